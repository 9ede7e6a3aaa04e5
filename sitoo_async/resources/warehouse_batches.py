"""Warehouse batches, and the items in them.

Reference: https://developer.sitoo.com/api-reference/warehouse-batches
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._codec.codec import writable
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.warehouse_batches import (
    WarehouseBatch,
    WarehouseBatchField,
    WarehouseBatchFields,
    WarehouseBatchItem,
    WarehouseBatchItemField,
    WarehouseBatchItemFields,
    WarehouseBatchState,
)
from sitoo_async.resources._base import CHUNK_SIZE, PAGE_SIZE, Resource
from sitoo_async.resources._items import accepted, added_id, deletion, one_item, update
from sitoo_async.resources._operation import Operation, performs

if TYPE_CHECKING:
    from sitoo_async.resources.warehouse_sessions import WarehouseSessionFields

__all__ = ["WarehouseBatchFilters", "WarehouseBatchItems", "WarehouseBatches"]

# Repeatable: reads, and the writes that set values or delete; but not an update that closes the
# batch, which moves stock. Adding twice makes two batches.
_BATCHES: Final = "/sites/{siteid}/warehouses/{warehouseid}/warehousebatches.json"
_BATCH: Final = "/sites/{siteid}/warehouses/{warehouseid}/warehousebatches/{warehousebatchid}.json"
_LIST: Final = Operation("GET", _BATCHES, repeatable=True)
_ADD: Final = Operation("POST", _BATCHES, repeatable=False)
_GET: Final = Operation("GET", _BATCH, repeatable=True)
_UPDATE: Final = Operation("PUT", _BATCH, repeatable=True, unless="it sets the state")
_ITEMS: Final = (
    "/sites/{siteid}/warehouses/{warehouseid}/warehousebatches/{warehousebatchid}"
    "/warehousebatchitems.json"
)
_LIST_ITEMS: Final = Operation("GET", _ITEMS, repeatable=True)
_SET_ITEMS: Final = Operation("PUT", _ITEMS, repeatable=True, tells_apart=("sku",))
_DELETE_ITEMS: Final = Operation("DELETE", _ITEMS, repeatable=True, tells_apart=("sku",))


class WarehouseBatchFilters(TypedDict, total=False):
    """What `WarehouseBatches.list` filters on."""

    transactiontype: int
    """Only batches of this `TransactionType`."""
    warehousebatchstate: int
    """Only batches in this `WarehouseBatchState`; left out, only open ones come."""


class WarehouseBatches(Resource):
    """The batches of a warehouse, which gather changes to its stock until they are closed.

    `Warehouses.stocktaking` and `Warehouses.session` see to the opening and closing; `close`
    closes one that was left open.

    Reference: https://developer.sitoo.com/api-reference/warehouse-batches
    """

    @cached_property
    def items(self) -> WarehouseBatchItems:
        """What a batch holds, article by article."""
        return WarehouseBatchItems(self._session, self.options, self.site)

    @performs(_LIST)
    def list(
        self,
        warehouseid: int,
        /,
        *,
        fields: Sequence[WarehouseBatchField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[WarehouseBatchFilters],
    ) -> Paginator[WarehouseBatch]:
        """Walk the **open** batches of a warehouse, or with `warehousebatchstate` the others.

        Args:
            warehouseid: the warehouse.
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first batch, counted from 0.
            page_size: batches per request, 1 to 100,000.
            filters: see `WarehouseBatchFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, a `start` or `page_size` out of range.
            NotFoundError: there is no such warehouse on the site; raised by the walk.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/get-warehouse-batches
        """
        return self._list(
            _LIST,
            {"warehouseid": warehouseid},
            WarehouseBatch,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=WarehouseBatchFilters,
            fields=fields,
            identifier="warehousebatchid",
        )

    @performs(_GET)
    async def get(self, warehouseid: int, warehousebatchid: int, /) -> WarehouseBatch:
        """Fetch one batch, without its items.

        Raises:
            NotFoundError: there is no such warehouse, or no such batch of it.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/get-warehouse-batch
        """
        at = {"warehouseid": warehouseid, "warehousebatchid": warehousebatchid}
        return await self._get(_GET, at, WarehouseBatch)

    @performs(_ADD)
    async def add(
        self,
        warehouseid: int,
        item: WarehouseBatch | None = None,
        /,
        **values: Unpack[WarehouseBatchFields],
    ) -> int:
        """Open a batch; `transactiontype` is required.

        Of each type, only one batch at a time seems to be possible in a warehouse.

        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The new warehousebatchid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            NotFoundError: there is no such warehouse on the site.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/add-warehouse-batch
        """
        at = {"warehouseid": warehouseid}
        return await self._add(_ADD, at, WarehouseBatch, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self,
        warehouseid: int,
        warehousebatchid: int,
        item: WarehouseBatch | None = None,
        /,
        **values: Unpack[WarehouseBatchFields],
    ) -> bool:
        """Set fields of a batch and leave all others, and its items, as they are.

        Setting `warehousebatchstate` to `WarehouseBatchState.CLOSED` turns the items into a
        transaction, and there is no way back; `close` does that, and tells what became of it.

        Repeatable, unless it sets the state: closing moves stock.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such warehouse, or no such batch of it.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/update-warehouse-batch
        """
        at = {"warehouseid": warehouseid, "warehousebatchid": warehousebatchid}
        payload = update(WarehouseBatch, item, values, at)
        return await self._write(
            _UPDATE, at, payload, accepted, once="warehousebatchstate" in payload
        )

    async def close(
        self,
        warehouseid: int,
        warehousebatchid: int,
        /,
        **values: Unpack[WarehouseSessionFields],
    ) -> int | None:
        """Commit what a batch holds: its state goes from open (10) to closed (20), for good.

        Sitoo makes one transaction of the items then, which takes over the batch's `externalid`,
        `reasoncode` and `shipmentid`. The batch is looked at first and last: one that is closed
        already stays as it is, so this may be called again whenever nobody knows what became of
        it. Where the answer is lost, the error is raised only if the batch is open still.

        Args:
            warehouseid: the warehouse.
            warehousebatchid: the batch.
            values: fields to set along with it, such as `comment`.

        Returns:
            The warehousetransactionid of what it became; None where Sitoo names none.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            NotFoundError: there is no such warehouse, or no such batch of it.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/update-warehouse-batch
        """
        from sitoo_async.resources.warehouse_sessions import (  # noqa: PLC0415  # on first use
            WarehouseSession,
        )

        if "warehousebatchstate" in values:
            raise InvalidInputError(
                "close sets warehousebatchstate itself; leave it out", field="warehousebatchstate"
            )
        closing = {**values, "warehousebatchstate": WarehouseBatchState.CLOSED}
        at = {"warehouseid": warehouseid, "warehousebatchid": warehousebatchid}
        update(WarehouseBatch, None, closing, at)  # a mistake costs no request
        session = WarehouseSession(self, warehouseid, warehousebatchid, values)
        session.closed = None
        await session.close()
        return session.warehousetransactionid


class WarehouseBatchItems(Resource):
    """What an open batch holds, one item for each article.

    Reference: https://developer.sitoo.com/api-reference/warehouse-batches
    """

    @performs(_LIST_ITEMS)
    def list(
        self,
        warehouseid: int,
        warehousebatchid: int,
        /,
        *,
        fields: Sequence[WarehouseBatchItemField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[WarehouseBatchItem]:
        """Walk the items of a batch: ``async for`` gives each, ``await`` the first page.

        Args:
            warehouseid: the warehouse.
            warehousebatchid: the batch.
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first item, counted from 0.
            page_size: items per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.
            NotFoundError: there is no such batch of that warehouse; raised by the walk.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/get-warehouse-batch-items
        """
        return self._list(
            _LIST_ITEMS,
            {"warehouseid": warehouseid, "warehousebatchid": warehousebatchid},
            WarehouseBatchItem,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="sku",
        )

    @performs(_SET_ITEMS)
    async def set(
        self,
        warehouseid: int,
        warehousebatchid: int,
        item: WarehouseBatchItem | None = None,
        /,
        **values: Unpack[WarehouseBatchItemFields],
    ) -> bool:
        """Set one item of a batch, named by `sku`; it is added if the batch lacks it.

        In a stocktaking `decimalquantity` is what was counted, else what is moved. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            NotFoundError: there is no such batch of that warehouse.
            BadRequestError: Sitoo refused it, for a closed batch, for example.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/batch-set-warehouse-batch-items
        """
        given = one_item(WarehouseBatchItem, item, values)
        payload = writable(WarehouseBatchItem, given, required=True)
        at = {"warehouseid": warehouseid, "warehousebatchid": warehousebatchid}
        return await self._write(_SET_ITEMS, at, payload, accepted)

    @performs(_SET_ITEMS)
    def set_many(
        self,
        warehouseid: int,
        warehousebatchid: int,
        items: Iterable[WarehouseBatchItem | WarehouseBatchItemFields]
        | AsyncIterable[WarehouseBatchItem | WarehouseBatchItemFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Set items of a batch in chunks, each named by `sku`; see `set`.

        Repeatable: a chunk whose answer is lost is halved and sent again.

        Args:
            warehouseid: the warehouse.
            warehousebatchid: the batch.
            items: models or mappings, from any iterable, sync or async.
            chunk_size: items per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/batch-set-warehouse-batch-items
        """
        return self._many(
            "set",
            _SET_ITEMS,
            {"warehouseid": warehouseid, "warehousebatchid": warehousebatchid},
            WarehouseBatchItem,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
        )

    @performs(_DELETE_ITEMS)
    async def delete(
        self,
        warehouseid: int,
        warehousebatchid: int,
        item: str | WarehouseBatchItem | WarehouseBatchItemFields,
        /,
    ) -> bool:
        """Take one item out of a batch. Repeatable.

        Args:
            warehouseid: the warehouse.
            warehousebatchid: the batch.
            item: a sku, or a model or mapping that holds one.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had taken it out.

        Raises:
            InvalidInputError: it names no article; nothing was sent.
            NotFoundError: there is no such batch, or no such item in it.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/batch-delete-warehouse-batch-items
        """
        payload = deletion(WarehouseBatchItem, item, by=["sku"])
        at = {"warehouseid": warehouseid, "warehousebatchid": warehousebatchid}
        return await self._write(_DELETE_ITEMS, at, payload, accepted)

    @performs(_DELETE_ITEMS)
    def delete_many(
        self,
        warehouseid: int,
        warehousebatchid: int,
        items: Iterable[str | WarehouseBatchItem | WarehouseBatchItemFields]
        | AsyncIterable[str | WarehouseBatchItem | WarehouseBatchItemFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Take items out of a batch, in chunks. Repeatable.

        Args:
            warehouseid: the warehouse.
            warehousebatchid: the batch.
            items: skus, or models or mappings that hold one.
            chunk_size: items per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list name no article, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches/batch-delete-warehouse-batch-items
        """
        return self._many(
            "delete",
            _DELETE_ITEMS,
            {"warehouseid": warehouseid, "warehousebatchid": warehousebatchid},
            WarehouseBatchItem,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
            by=["sku"],
        )
