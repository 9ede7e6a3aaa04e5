"""Warehouse batches: sessions that change stock once they are closed.

Reference: https://developer.sitoo.com/api-reference/warehouse-batches
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenEnum
from sitoo_async._codec.kinds import Decimal3, Mark, Money, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._shared_enums import TransactionType
from sitoo_async.models._written import written

__all__ = [
    "WarehouseBatch",
    "WarehouseBatchField",
    "WarehouseBatchFields",
    "WarehouseBatchItem",
    "WarehouseBatchItemField",
    "WarehouseBatchItemFields",
    "WarehouseBatchState",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.warehouse_batches import (
        WarehouseBatchField,
        WarehouseBatchFields,
        WarehouseBatchItemField,
        WarehouseBatchItemFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


class WarehouseBatchState(OpenEnum):
    """Whether a batch still takes items."""

    OPEN = 10
    """Items can be set and deleted; the stock is as it was."""

    CLOSED = 20
    """Its items have become a transaction. There is no way back."""


@model
class WarehouseBatch(Model):
    """A session that gathers changes to the stock of a warehouse, such as a stocktaking.

    Closing it makes one transaction of its items.

    Reference: https://developer.sitoo.com/api-reference/warehouse-batches#warehousebatch
    """

    warehousebatchid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the batch is added."""

    warehouseid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The warehouse whose stock it changes."""

    warehousetransactionid: Annotated[int | None, Mark.READ_ONLY] = UNSET
    """The transaction that it became; None while it is open."""

    transactiontype: Annotated[TransactionType, Mark.REQUIRED] = UNSET
    """The kind of transaction that it becomes; a stocktaking sets levels, the others move."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    warehousebatchstate: WarehouseBatchState = UNSET
    """Open or closed; setting it to closed commits the batch."""

    emailowner: str = UNSET
    """The e-mail address of whoever is responsible for it."""

    comment: str = UNSET
    """Free text, which describes the transaction afterwards."""

    shipmentid: int | None = UNSET
    """The shipment that it stems from; None: from no shipment."""

    externalid: str | None = UNSET
    """Its id in another system; passed on to the transaction."""

    reasoncode: str | None = UNSET
    """The reason code, which is passed on to the transaction."""


@model
class WarehouseBatchItem(Model):
    """One article in a warehouse batch.

    Reference: https://developer.sitoo.com/api-reference/warehouse-batches#warehousebatchitem
    """

    warehousebatchitemid: Annotated[int, Mark.READ_ONLY] = UNSET
    """Given by Sitoo when the item is first set."""

    warehousebatchid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The batch that it belongs to."""

    warehouseitemid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The stock that it changes."""

    datemodified: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was last set."""

    decimalquantity: Decimal3 = UNSET
    """The quantity: what was counted in a stocktaking, else what is moved."""

    moneypricein: Money = UNSET
    """The purchase price of one unit."""

    emailowner: str = UNSET
    """The e-mail address of whoever counted or moved it."""

    comment: str | None = UNSET
    """Free text."""

    sku: Annotated[str, Mark.IDENTIFIER, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The article number, which names the item within its batch."""
