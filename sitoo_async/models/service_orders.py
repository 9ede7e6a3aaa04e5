"""Service orders: repairs and other services on a customer's product.

Reference: https://developer.sitoo.com/api-reference/service-orders
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Number, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "ServiceCustomer",
    "ServiceCustomerFields",
    "ServiceItem",
    "ServiceItemFields",
    "ServiceOrder",
    "ServiceOrderFields",
    "ServiceProduct",
    "ServiceProductFields",
    "ServiceStore",
    "ServiceStoreFields",
    "ServiceUser",
    "ServiceUserFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.service_orders import (
        ServiceCustomerFields,
        ServiceItemFields,
        ServiceOrderFields,
        ServiceProductFields,
        ServiceStoreFields,
        ServiceUserFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class ServiceStore(Model):
    """The store that took in the product."""

    id: Annotated[str, Mark.REQUIRED] = UNSET
    """The store's external id, such as its number."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """The store's name."""


@model
class ServiceUser(Model):
    """A member of staff."""

    email: Annotated[str, Mark.REQUIRED] = UNSET
    """The email address, by which Sitoo knows the person."""

    name: str | None = UNSET
    """The person's name."""

    employee_id: str | None = UNSET
    """The person's number as an employee."""


@model
class ServiceCustomer(Model):
    """Whose product it is."""

    first_name: Annotated[str, Mark.REQUIRED] = UNSET
    """First name."""

    last_name: str = UNSET
    """Last name."""

    email: str = UNSET
    """Email address."""

    mobile: str = UNSET
    """Mobile number, with the country's code."""


@model
class ServiceItem(Model):
    """One service that the product gets."""

    sku: Annotated[str, Mark.REQUIRED] = UNSET
    """The article number of the service."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What is done."""

    quantity: Annotated[int, Mark.REQUIRED] = UNSET
    """How many times."""

    unit_price: str = UNSET
    """The price of one with VAT, as text with two decimals, such as ``50.00``."""

    cost_share: Number = UNSET
    """How much of the price the customer pays, in percent: 100 is all of it."""

    note: Annotated[str, Mark.REQUIRED] = UNSET
    """A note, such as where on the product."""


@model
class ServiceProduct(Model):
    """The product that is worked on."""

    sku: Annotated[str, Mark.REQUIRED] = UNSET
    """The product's article number."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """The product's name."""

    serial: str | None = UNSET
    """The serial number of this very piece."""

    services: Annotated[list[ServiceItem], Mark.REQUIRED] = UNSET
    """What is done to it."""


@model
class ServiceOrder(Model):
    """A service on a customer's product; shared by all sites of the account.

    Reference: https://developer.sitoo.com/api-reference/service-orders#serviceorder
    """

    version: Annotated[str, Mark.READ_ONLY] = UNSET
    """The version of this structure, such as ``1.0``."""

    id: Annotated[str, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the service order is added; unique in all accounts."""

    revision: Annotated[int, Mark.GUARD] = UNSET
    """Counts the changes, and guards them.

    An update must name the revision that it changes: if another came between, Sitoo refuses it
    with 412. It must not be there when the service order is added.
    """

    created: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    modified: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was last changed."""

    state: str = UNSET
    """How far it has come, such as ``new`` or ``in_progress``."""

    store: Annotated[ServiceStore, Mark.REQUIRED] = UNSET
    """The store that took the product in."""

    owner: Annotated[ServiceUser, Mark.REQUIRED] = UNSET
    """Who is in charge of it."""

    customer: Annotated[ServiceCustomer, Mark.REQUIRED] = UNSET
    """Whose product it is."""

    currency: Annotated[str, Mark.REQUIRED] = UNSET
    """The currency of its prices, as a code of ISO 4217, such as ``SEK``."""

    note: str = UNSET
    """A note on it."""

    product: Annotated[ServiceProduct, Mark.REQUIRED, Mark.LIST_OF_ONE] = UNSET
    """What is worked on, and how.

    The reference prints it as an object and as a list of one. Either is read as the object; to
    send a list, give a list.
    """

    author: Annotated[ServiceUser, Mark.REQUIRED] = UNSET
    """Who made this revision."""
