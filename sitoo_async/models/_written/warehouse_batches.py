"""Which fields may be set and asked for, of the models in warehouse_batches.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models._shared_enums import TransactionType
from sitoo_async.models.warehouse_batches import WarehouseBatchState

__all__ = [
    "WarehouseBatchField",
    "WarehouseBatchFields",
    "WarehouseBatchItemField",
    "WarehouseBatchItemFields",
]


class WarehouseBatchFields(TypedDict, total=False):
    """The fields of a WarehouseBatch that can be set."""

    transactiontype: TransactionType | int
    warehousebatchstate: WarehouseBatchState | int
    emailowner: str
    comment: str
    shipmentid: int | None
    externalid: str | None
    reasoncode: str | None


WarehouseBatchField = Literal[
    "warehousebatchid",
    "warehouseid",
    "warehousetransactionid",
    "transactiontype",
    "datecreated",
    "warehousebatchstate",
    "emailowner",
    "comment",
    "shipmentid",
    "externalid",
    "reasoncode",
]
"""The fields that can be asked for of a WarehouseBatch."""


class WarehouseBatchItemFields(TypedDict, total=False):
    """The fields of a WarehouseBatchItem that can be set."""

    decimalquantity: Decimal | int | str
    moneypricein: Decimal | int | str
    emailowner: str
    comment: str | None
    sku: str


WarehouseBatchItemField = Literal[
    "warehousebatchitemid",
    "warehousebatchid",
    "warehouseitemid",
    "datemodified",
    "decimalquantity",
    "moneypricein",
    "emailowner",
    "comment",
    "sku",
]
"""The fields that can be asked for of a WarehouseBatchItem."""
