"""Which fields may be set, of the models in service_orders.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict

from sitoo_async.models.service_orders import (
    ServiceCustomer,
    ServiceItem,
    ServiceProduct,
    ServiceStore,
    ServiceUser,
)

__all__ = [
    "ServiceCustomerFields",
    "ServiceItemFields",
    "ServiceOrderFields",
    "ServiceProductFields",
    "ServiceStoreFields",
    "ServiceUserFields",
]


class ServiceStoreFields(TypedDict, total=False):
    """The fields of a ServiceStore that can be set."""

    id: str
    name: str


class ServiceUserFields(TypedDict, total=False):
    """The fields of a ServiceUser that can be set."""

    email: str
    name: str | None
    employee_id: str | None


class ServiceCustomerFields(TypedDict, total=False):
    """The fields of a ServiceCustomer that can be set."""

    first_name: str
    last_name: str
    email: str
    mobile: str


class ServiceItemFields(TypedDict, total=False):
    """The fields of a ServiceItem that can be set."""

    sku: str
    name: str
    quantity: int
    unit_price: str
    cost_share: Decimal | int | float
    note: str


class ServiceProductFields(TypedDict, total=False):
    """The fields of a ServiceProduct that can be set."""

    sku: str
    name: str
    serial: str | None
    services: Sequence[ServiceItem | ServiceItemFields]


class ServiceOrderFields(TypedDict, total=False):
    """The fields of a ServiceOrder that can be set."""

    revision: int
    state: str
    store: ServiceStore | ServiceStoreFields
    owner: ServiceUser | ServiceUserFields
    customer: ServiceCustomer | ServiceCustomerFields
    currency: str
    note: str
    product: ServiceProduct | ServiceProductFields | Sequence[ServiceProduct | ServiceProductFields]
    author: ServiceUser | ServiceUserFields
