"""Warehouse transactions: the events that change stock.

Reference: https://developer.sitoo.com/api-reference/warehouse-transactions
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Decimal3, Mark, Money, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._shared_enums import TransactionType
from sitoo_async.models._written import written

__all__ = [
    "TransactionType",
    "WarehouseItemLog",
    "WarehouseItemLogFields",
    "WarehouseTransaction",
    "WarehouseTransactionField",
    "WarehouseTransactionFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.warehouse_transactions import (
        WarehouseItemLogFields,
        WarehouseTransactionField,
        WarehouseTransactionFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class WarehouseItemLog(Model):
    """What a transaction did to the stock of one article.

    Reference: https://developer.sitoo.com/api-reference/warehouse-transactions#warehouseitemlog
    """

    warehouseitemlogid: Annotated[int, Mark.READ_ONLY] = UNSET
    """Given by Sitoo when the transaction is added."""

    warehouseitemid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The stock that was changed."""

    warehousetransactionid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The transaction that it belongs to."""

    decimalquantity: Annotated[Decimal3, Mark.REQUIRED] = UNSET
    """The change of the quantity; negative for goods that leave."""

    decimaltotal: Annotated[Decimal3, Mark.READ_ONLY] = UNSET
    """The quantity in stock after it."""

    moneypricein: Money = UNSET
    """The purchase price of one unit, for the types of transaction that have one."""

    moneytotal: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The value of the stock after it."""

    moneyvalue: Annotated[Money, Mark.READ_ONLY] = UNSET
    """The change of the value of the stock."""

    sku: Annotated[str, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The article number."""


@model
class WarehouseTransaction(Model):
    """An event that changed the stock of a warehouse; it is never changed or deleted.

    Reference: https://developer.sitoo.com/api-reference/warehouse-transactions#warehousetransaction
    """

    warehousetransactionid: Annotated[int, Mark.READ_ONLY] = UNSET
    """Given by Sitoo when the transaction is added; later ones have higher ids."""

    warehouseid: Annotated[int, Mark.REQUIRED] = UNSET
    """The warehouse whose stock it changes; not a virtual one."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    transactiontype: Annotated[TransactionType, Mark.REQUIRED] = UNSET
    """What changed the stock; to be added, a move in or a move out."""

    description: str = UNSET
    """Free text."""

    orderdeliveryid: Annotated[int | None, Mark.READ_ONLY] = UNSET
    """The order delivery that caused it; None: another cause."""

    shipmentid: int | None = UNSET
    """The shipment that caused it; None: another cause."""

    externalid: str | None = UNSET
    """Its id in another system."""

    reasoncode: str | None = UNSET
    """The reason code."""

    items: Annotated[list[WarehouseItemLog], Mark.REQUIRED] = UNSET
    """What it does, article by article."""
