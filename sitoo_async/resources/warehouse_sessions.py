"""Warehouse batches as a block: opened at its beginning, closed at its end, or else left open.

Reference: https://developer.sitoo.com/api-reference/warehouse-batches
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Iterable
from contextlib import asynccontextmanager
from typing import TypedDict

from sitoo_async._outcomes import BatchResult, Outcome
from sitoo_async.errors import BadRequestError, BatchError, ConflictError, SitooError
from sitoo_async.models._json import is_mapping
from sitoo_async.models._shared_enums import TransactionType
from sitoo_async.models.warehouse_batches import (
    WarehouseBatchItem,
    WarehouseBatchItemFields,
    WarehouseBatchState,
)
from sitoo_async.resources._resource import CHUNK_SIZE
from sitoo_async.resources.warehouse_batches import WarehouseBatches

__all__ = ["WarehouseSession", "WarehouseSessionFields", "warehouse_session"]


class WarehouseSessionFields(TypedDict, total=False):
    """What can be said of a batch when it is opened; it goes on to the transaction."""

    emailowner: str
    """The e-mail address of whoever is responsible for it."""
    comment: str
    """Free text."""
    shipmentid: int | None
    """The shipment that it stems from."""
    externalid: str | None
    """Its id in another system."""
    reasoncode: str | None
    """The reason code."""


class WarehouseSession:
    """An open warehouse batch, inside the block of `Warehouses.stocktaking` or `session`.

    Attributes:
        warehouseid: the warehouse.
        warehousebatchid: the batch.
        reused: whether the batch was open before, with whatever it holds.
        closed: whether it is closed; None where nobody knows.
        warehousetransactionid: the transaction that it became when it was closed.
    """

    def __init__(
        self,
        batches: WarehouseBatches,
        warehouseid: int,
        warehousebatchid: int,
        at_close: WarehouseSessionFields,
        *,
        reused: bool,
    ) -> None:
        self.warehouseid = warehouseid
        self.warehousebatchid = warehousebatchid
        self.reused = reused
        self.closed: bool | None = False
        self.warehousetransactionid: int | None = None
        self._batches = batches
        self._at_close = at_close
        self._failed: dict[str | None, Outcome[bool]] = {}

    async def set_many(
        self,
        items: Iterable[WarehouseBatchItem | WarehouseBatchItemFields]
        | AsyncIterable[WarehouseBatchItem | WarehouseBatchItemFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
    ) -> BatchResult[bool]:
        """Set items of the batch, each named by `sku`; the stock changes when it is closed.

        An article that could not be set keeps the batch from being closed, until a later call
        sets it. Repeatable: a chunk whose answer is lost is halved and sent again.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: items per request, 1 to 5000.

        Returns:
            One outcome per item.

        Raises:
            InvalidInputError: an item of a list can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/batch-set-warehouse-batch-items
        """
        at = (self.warehouseid, self.warehousebatchid)
        result = await self._batches.items.set_many(*at, items, chunk_size=chunk_size)
        for outcome in result:
            sku = _sku(outcome.item)
            if outcome.ok:
                self._failed.pop(sku, None)
            else:
                self._failed[sku] = outcome
        return result

    async def close(self) -> None:
        """Close the batch now, even if an article could not be set; the block's end does the rest.

        Not repeatable. Where the answer is lost, the batch is looked at, and the error is raised
        only if it is open still.

        Raises:
            SitooError: as any call.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/update-warehouse-batch
        """
        at = (self.warehouseid, self.warehousebatchid)
        lost: SitooError | None = None
        try:
            await self._batches.update(
                *at, **self._at_close, warehousebatchstate=WarehouseBatchState.CLOSED
            )
        except SitooError as error:
            if error.sent != "unknown":
                raise
            lost, self.closed = error, None
        else:
            self.closed = True
        try:
            batch = await self._batches.get(*at)
        except SitooError as error:
            if lost is None:
                raise
            raise error.worsen(lost.sent) from lost
        if lost is not None:
            self.closed = batch.warehousebatchstate == WarehouseBatchState.CLOSED
            if not self.closed:
                raise lost
        self.warehousetransactionid = batch.warehousetransactionid

    def check(self) -> None:
        """Do nothing if every article could be set in the end.

        Raises:
            BatchError: some could not; it carries their last outcomes.
        """
        if not self._failed:
            return
        sku, first = next(iter(self._failed.items()))
        error = BatchError(
            f"{len(self._failed)} of the articles could not be set, so {self._state()}; the first"
            f" is {sku!r}: {first.error}",
            result=BatchResult(tuple(self._failed.values())),
        )
        for each in filter(None, (outcome.error for outcome in self._failed.values())):
            error.worsen(each.sent)
        raise error from first.error

    @property
    def outlook(self) -> str:
        """What became of the batch, and how to go on; a note on what ends the block early."""
        if self.closed:
            return self._state()
        return (
            f"{self._state()}: look at it with warehouses.batches, and close it with"
            f" warehouses.batches.update({self.warehouseid}, {self.warehousebatchid},"
            f" warehousebatchstate={WarehouseBatchState.CLOSED:d})"
        )

    def __repr__(self) -> str:
        return f"<WarehouseSession: {self._state()}>"

    def _state(self) -> str:
        where = f"warehouse batch {self.warehousebatchid} of warehouse {self.warehouseid}"
        if self.closed:
            return f"{where} is closed"
        return f"{where} is still open" if self.closed is False else f"{where} may be closed"


@asynccontextmanager
async def warehouse_session(
    batches: WarehouseBatches,
    warehouseid: int,
    transactiontype: TransactionType | int,
    values: WarehouseSessionFields,
) -> AsyncGenerator[WarehouseSession, None]:
    """Open a batch, or take the one that is open, and close it if the block ends well."""
    session = await _open(batches, warehouseid, transactiontype, values)
    try:
        yield session
        if not session.closed:
            session.check()
            await session.close()
    except BaseException as error:
        error.add_note(session.outlook)
        raise


async def _open(
    batches: WarehouseBatches,
    warehouseid: int,
    transactiontype: TransactionType | int,
    values: WarehouseSessionFields,
) -> WarehouseSession:
    try:
        opened = await batches.add(warehouseid, transactiontype=transactiontype, **values)
    except (BadRequestError, ConflictError):
        # A second batch of the same type seems to be refused while one is open (5.3.15).
        found = await batches.list(
            warehouseid,
            transactiontype=transactiontype,
            warehousebatchstate=WarehouseBatchState.OPEN,
            page_size=2,
        )
        if len(found.items) != 1:
            raise
        # It is not ours to change before it is to be closed.
        batchid = found.items[0].warehousebatchid
        return WarehouseSession(batches, warehouseid, batchid, {**values}, reused=True)
    return WarehouseSession(batches, warehouseid, opened, {}, reused=False)


def _sku(item: object) -> str | None:
    """Which article an input means; None where it names none."""
    if isinstance(item, WarehouseBatchItem):
        sku: object = item.sku
    else:
        sku = item.get("sku") if is_mapping(item) else None
    return sku if isinstance(sku, str) else None
