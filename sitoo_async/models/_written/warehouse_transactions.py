"""Which fields may be set and asked for, of the models in warehouse_transactions.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models._shared_enums import TransactionType
from sitoo_async.models.warehouse_transactions import WarehouseItemLog

__all__ = [
    "WarehouseItemLogFields",
    "WarehouseTransactionField",
    "WarehouseTransactionFields",
]


class WarehouseItemLogFields(TypedDict, total=False):
    """The fields of a WarehouseItemLog that can be set."""

    decimalquantity: Decimal | int | str
    moneypricein: Decimal | int | str
    sku: str


class WarehouseTransactionFields(TypedDict, total=False):
    """The fields of a WarehouseTransaction that can be set."""

    warehouseid: int
    transactiontype: TransactionType | int
    description: str
    shipmentid: int | None
    externalid: str | None
    reasoncode: str | None
    items: Sequence[WarehouseItemLog | WarehouseItemLogFields]


WarehouseTransactionField = Literal[
    "warehousetransactionid",
    "warehouseid",
    "datecreated",
    "transactiontype",
    "description",
    "orderdeliveryid",
    "shipmentid",
    "externalid",
    "reasoncode",
    "items",
]
"""The fields that can be asked for of a WarehouseTransaction."""
