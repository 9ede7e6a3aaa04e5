"""Warehouse batches as a block: opened at its beginning, closed at its end, or else left open.

Reference: https://developer.sitoo.com/api-reference/warehouse-batches
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, Collection, Iterable
from contextlib import asynccontextmanager
from typing import TypedDict

from sitoo_async._batching.batch import Invalid
from sitoo_async._batching.outcome import BatchResult, Outcome, batch_error
from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async._codec.kinds import TEXT
from sitoo_async.errors import (
    BadRequestError,
    ConflictError,
    InvalidInputError,
    SitooError,
)
from sitoo_async.models._shared_enums import TransactionType
from sitoo_async.models.warehouse_batches import (
    WarehouseBatch,
    WarehouseBatchItem,
    WarehouseBatchItemFields,
    WarehouseBatchState,
)
from sitoo_async.resources._base import CHUNK_SIZE
from sitoo_async.resources._items import fields_of
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
        refusal: what Sitoo said when it refused to open another, where this one is reused.
        found: the batch as it was then; its `externalid` may tell whose it is. None: a new one.
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
        refusal: str | None = None,
        found: WarehouseBatch | None = None,
    ) -> None:
        self.warehouseid = warehouseid
        self.warehousebatchid = warehousebatchid
        self.reused: bool = refusal is not None
        self.refusal = refusal
        self.found = found
        self.closed: bool | None = False
        self.warehousetransactionid: int | None = None
        self._batches = batches
        self._at_close = at_close
        self._failed: dict[str | None, Outcome[bool]] = {}
        self._missing: set[str | None] = set()  # skus that may not have gone out; None: any
        self._ended_early: str | None = None  # how the last set_many did that did not return

    async def set_many(
        self,
        items: Iterable[WarehouseBatchItem | WarehouseBatchItemFields]
        | AsyncIterable[WarehouseBatchItem | WarehouseBatchItemFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> BatchResult[bool]:
        """Set items of the batch, each named by `sku`; the stock changes when it is closed.

        An article that could not be set keeps the batch from being closed, until a later call
        sets it. So does a call that does not return, such as one that is cancelled or whose
        generator raises, for part of the count is missing then: until later calls have set all
        the articles of its list, or for good where it was given a stream, of which nobody knows
        the rest. `close` closes the batch even so.

        Repeatable: a chunk whose answer is lost is halved and sent again.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: items per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Returns:
            One outcome per item.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`, or the batch is
                closed; nothing was sent.
            BatchError: a stream was ended by an item that can't be sent, with ``invalid="raise"``.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/batch-set-warehouse-batch-items
        """
        if self.closed:
            raise InvalidInputError(
                f"{self._state()}: open another session for what is still to be set", field="items"
            )
        at = (self.warehouseid, self.warehousebatchid)
        try:
            result = await self._batches.items.set_many(
                *at, items, chunk_size=chunk_size, invalid=invalid
            )
        except BaseException as error:
            self._missing |= _skus(items)
            self._ended_early = shown(error)
            raise
        for outcome in result:
            sku = _sku(outcome.item)
            if outcome.ok:
                self._failed.pop(sku, None)
                self._missing.discard(sku)
            else:
                self._failed[sku] = outcome
        return result

    async def close(self) -> None:
        """Close the batch now, even if part of the count is missing; the block's end then does not.

        Not repeatable. Where the answer is lost, the batch is looked at, and the error is raised
        only if it is open still. A batch that may be closed already, since an earlier call was
        cancelled, is looked at first; one that is closed stays so.

        Raises:
            SitooError: as any call.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/update-warehouse-batch
        """
        if self.closed is not False:
            await self._look()
            if self.closed:
                return
        lost: SitooError | None = None
        # Until the answer is there: whoever is cancelled meanwhile leaves a request behind that
        # runs on and closes the batch.
        self.closed = None
        try:
            await self._batches.update(
                self.warehouseid,
                self.warehousebatchid,
                **self._at_close,
                warehousebatchstate=WarehouseBatchState.CLOSED,
            )
        except SitooError as error:
            if error.sent != "unknown":
                self.closed = False
                raise
            lost = error
        else:
            self.closed = True
        try:
            await self._look()
        except SitooError as error:
            if lost is None:
                raise
            raise error.worsen(lost.sent) from lost
        if lost is not None and not self.closed:
            raise lost

    async def _look(self) -> None:
        """Learn whether the batch is closed, and what it became."""
        batch = await self._batches.get(self.warehouseid, self.warehousebatchid)
        self.closed = batch.warehousebatchstate == WarehouseBatchState.CLOSED
        self.warehousetransactionid = batch.warehousetransactionid

    def check(self) -> None:
        """Do nothing if the whole count was set in the end.

        Raises:
            BatchError: part of it was not; it carries the last outcomes of what failed.
        """
        reasons: list[str] = []
        cause: SitooError | None = None
        if self._missing:
            reasons.append(
                f"a set_many ended early ({self._ended_early}) and part of its count may be missing"
            )
        if self._failed:
            sku, first = next(iter(self._failed.items()))
            cause = first.error
            reasons.append(
                f"{len(self._failed)} of the articles could not be set (the first is {shown(sku)}:"
                f" {cause})"
            )
        if not reasons:
            return
        text = f"{' and '.join(reasons)}, so {self._state()}"
        raise batch_error(text, BatchResult(tuple(self._failed.values()))) from cause

    @property
    def outlook(self) -> str:
        """What became of the batch, and how to go on; a note on what ends the block early."""
        if self.closed:
            return self._state()
        origin = ""
        if self.reused:
            origin = f" (it was open before; a new one was refused with {self.refusal})"
        return (
            f"{self._state()}{origin}: look at it with warehouses.batches, and close it with"
            f" warehouses.batches.close({self.warehouseid}, {self.warehousebatchid})"
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
    except (BadRequestError, ConflictError) as refused:
        # A second batch of the same type seems to be refused while one is open (5.3.15).
        found = await batches.list(
            warehouseid,
            transactiontype=transactiontype,
            warehousebatchstate=WarehouseBatchState.OPEN,
            page_size=2,
        )
        if len(found.items) != 1:
            raise
        # It is not ours to change before it is to be closed. Whether the refusal was for it, only
        # the text tells, and nobody has seen all those texts; so the user gets to see this one.
        (batch,) = found.items
        return WarehouseSession(
            batches,
            warehouseid,
            batch.warehousebatchid,
            {**values},
            refusal=str(refused),
            found=batch,
        )
    return WarehouseSession(batches, warehouseid, opened, {})


def _sku(item: object) -> str | None:
    """Which article an input means; None where it names none."""
    try:
        sku: str = TEXT.write(fields_of(WarehouseBatchItem, item).get("sku"), "sku")
    except InvalidInputError:
        return None
    return sku


def _skus(items: Iterable[object] | AsyncIterable[object]) -> set[str | None]:
    """Which articles an input means as a whole; None among them where nobody can tell."""
    try:
        with Looking("items"):
            return {_sku(item) for item in items} if isinstance(items, Collection) else {None}
    except InvalidInputError:
        return {None}
