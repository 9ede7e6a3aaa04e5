"""Warehouses, and the stock in them.

Reference: https://developer.sitoo.com/api-reference/warehouses
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._paging.paginator import Paginator
from sitoo_async.models._shared_enums import TransactionType
from sitoo_async.models.warehouses import (
    Warehouse,
    WarehouseField,
    WarehouseFields,
    WarehouseItem,
    WarehouseItemField,
    WarehouseItemFields,
)
from sitoo_async.resources._base import CHUNK_SIZE, PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id
from sitoo_async.resources._operation import Operation, performs

if TYPE_CHECKING:
    from sitoo_async.resources.warehouse_batches import WarehouseBatches
    from sitoo_async.resources.warehouse_sessions import WarehouseSession, WarehouseSessionFields
    from sitoo_async.resources.warehouse_transactions import TransactionsOfWarehouse

__all__ = ["WarehouseItemFilters", "WarehouseItems", "Warehouses"]

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two warehouses.
_LIST: Final = Operation("GET", "/sites/{siteid}/warehouses.json", repeatable=True)
_ADD: Final = Operation("POST", "/sites/{siteid}/warehouses.json", repeatable=False)
_GET: Final = Operation("GET", "/sites/{siteid}/warehouses/{warehouseid}.json", repeatable=True)
_UPDATE: Final = Operation("PUT", "/sites/{siteid}/warehouses/{warehouseid}.json", repeatable=True)
_DELETE: Final = Operation(
    "DELETE", "/sites/{siteid}/warehouses/{warehouseid}.json", repeatable=True
)
_ITEMS: Final = "/sites/{siteid}/warehouses/{warehouseid}/warehouseitems.json"
_LIST_ITEMS: Final = Operation("GET", _ITEMS, repeatable=True)
_SET_ITEMS: Final = Operation("PUT", _ITEMS, repeatable=True)


class WarehouseItemFilters(TypedDict, total=False):
    """What `WarehouseItems.list` filters on."""

    sku: Sequence[str]
    """Only the stock of these articles."""
    datelastmodifiedfrom: datetime
    """Only stock that was in a transaction at that moment or later; in whole seconds."""
    datelastmodifiedto: datetime
    """Only stock whose last transaction came up to that moment; in whole seconds."""


class Warehouses(Resource):
    """The warehouses of a site.

    The stock of a FIFO warehouse changes through transactions and batches: see `transactions`,
    `batches`, and `stocktaking`, which is the simplest. That of a virtual one is set: see `items`.

    Reference: https://developer.sitoo.com/api-reference/warehouses
    """

    @cached_property
    def items(self) -> WarehouseItems:
        """The stock of a warehouse, article by article."""
        return WarehouseItems(self._session, self.options, self.site)

    @cached_property
    def batches(self) -> WarehouseBatches:
        """The batches of a warehouse, which gather changes to its stock."""
        from sitoo_async.resources.warehouse_batches import (  # noqa: PLC0415  # on first use
            WarehouseBatches,
        )

        return WarehouseBatches(self._session, self.options, self.site)

    @cached_property
    def transactions(self) -> TransactionsOfWarehouse:
        """What has changed the stock of a warehouse."""
        from sitoo_async.resources.warehouse_transactions import (  # noqa: PLC0415  # on first use
            TransactionsOfWarehouse,
        )

        return TransactionsOfWarehouse(self._session, self.options, self.site)

    def stocktaking(
        self, warehouseid: int, /, **values: Unpack[WarehouseSessionFields]
    ) -> AbstractAsyncContextManager[WarehouseSession]:
        """Set the stock of a FIFO warehouse to what was counted, all of it at once.

        ::

            async with sitoo.warehouses.stocktaking(4, comment="Autumn") as batch:
                result = await batch.set_many([{"sku": "Q100", "decimalquantity": 12}])
                result.raise_for_failures()
            print(batch.warehousetransactionid)

        It opens a warehouse batch, which takes the counted quantities, and closes it at the end of
        the block; only then does the stock change. If an exception leaves the block, an item could
        not be set, or a `set_many` did not return, the batch stays open and the stock as it was;
        the error says which batch it is and how to go on.

        Where Sitoo refuses to open a batch with 400 or 409, whatever its text, and exactly one of
        the type is open, that one is used, **with all that it holds**: `batch.reused` is True,
        `batch.found` is that batch as it was, so that its `externalid` can tell whose it is,
        `batch.refusal` is what Sitoo said, and `values` are set when it is closed.

        Args:
            warehouseid: the warehouse.
            values: what the batch, and then the transaction, is to hold besides.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused to open a batch, and not one is open; also if several
                are open, of which none can be chosen.
            BatchError: at the end of the block: part of the count was not set.
            SitooError: as any call. Where the answer to the opening is lost (``sent="unknown"``), a
                batch may be open, which the next stocktaking then uses.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches
        """
        return self.session(warehouseid, transactiontype=TransactionType.STOCKTAKING, **values)

    def session(
        self,
        warehouseid: int,
        /,
        *,
        transactiontype: TransactionType | int,
        **values: Unpack[WarehouseSessionFields],
    ) -> AbstractAsyncContextManager[WarehouseSession]:
        """Move stock of a FIFO warehouse in or out, all of it at once: see `stocktaking`.

        Args:
            warehouseid: the warehouse.
            transactiontype: what the batch becomes, such as `TransactionType.MOVE_IN`; the
                quantities then are what is moved, not what is there afterwards.
            values: what the batch, and then the transaction, is to hold besides.

        Raises:
            SitooError: as for `stocktaking`.

        Reference: https://developer.sitoo.com/api-reference/warehouse-batches
        """
        from sitoo_async.resources.warehouse_sessions import (  # noqa: PLC0415  # on first use
            warehouse_session,
        )

        return warehouse_session(self.batches, warehouseid, transactiontype, values)

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[WarehouseField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Warehouse]:
        """Walk the warehouses: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first warehouse, counted from 0.
            page_size: warehouses per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/warehouses/get-warehouses
        """
        return self._list(
            _LIST,
            {},
            Warehouse,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="warehouseid",
        )

    @performs(_GET)
    async def get(self, warehouseid: int, /) -> Warehouse:
        """Fetch one warehouse, without its stock.

        Raises:
            NotFoundError: there is no such warehouse on the site.

        Reference: https://developer.sitoo.com/api-reference/warehouses/get-warehouse
        """
        return await self._get(_GET, {"warehouseid": warehouseid}, Warehouse)

    @performs(_ADD)
    async def add(self, item: Warehouse | None = None, /, **values: Unpack[WarehouseFields]) -> int:
        """Add a warehouse; `usetype`, `currencycode` and `name` are required.

        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The new warehouseid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/warehouses/add-warehouse
        """
        return await self._add(_ADD, {}, Warehouse, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self, warehouseid: int, item: Warehouse | None = None, /, **values: Unpack[WarehouseFields]
    ) -> bool:
        """Set fields of a warehouse and leave all others, and its stock, as they are.

        Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such warehouse on the site.

        Reference: https://developer.sitoo.com/api-reference/warehouses/update-warehouse
        """
        return await self._update(_UPDATE, {"warehouseid": warehouseid}, Warehouse, item, values)

    @performs(_DELETE)
    async def delete(self, warehouseid: int, /) -> bool:
        """Delete a warehouse. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such warehouse on the site.

        Reference: https://developer.sitoo.com/api-reference/warehouses/delete-warehouse
        """
        return await self._delete(_DELETE, {"warehouseid": warehouseid})


class WarehouseItems(Resource):
    """The stock of a warehouse, one item for each article.

    Reference: https://developer.sitoo.com/api-reference/warehouses
    """

    @performs(_LIST_ITEMS)
    def list(
        self,
        warehouseid: int,
        /,
        *,
        fields: Sequence[WarehouseItemField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[WarehouseItemFilters],
    ) -> Paginator[WarehouseItem]:
        """Walk the stock of a warehouse: ``async for`` gives each item, ``await`` the first page.

        Args:
            warehouseid: the warehouse.
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first item, counted from 0.
            page_size: items per request, 1 to 100,000.
            filters: see `WarehouseItemFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, an empty or bare-string array filter,
                a naive datetime, a `start` or `page_size` out of range.
            NotFoundError: there is no such warehouse on the site; raised by the walk.

        Reference: https://developer.sitoo.com/api-reference/warehouses/get-warehouse-items
        """
        return self._list(
            _LIST_ITEMS,
            {"warehouseid": warehouseid},
            WarehouseItem,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=WarehouseItemFilters,
            fields=fields,
            identifier="sku",
        )

    @performs(_SET_ITEMS)
    def set_many(
        self,
        warehouseid: int,
        items: Iterable[WarehouseItem | WarehouseItemFields]
        | AsyncIterable[WarehouseItem | WarehouseItemFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[int]:
        """Set fields of the stock of articles, named by `sku`, in chunks.

        What is not set stays as it is. `decimaltotal` and `moneytotal` can be set in a virtual
        warehouse only; in a FIFO one, use `Warehouses.stocktaking` or a transaction.
        Repeatable: a chunk whose answer is lost is halved and sent again.

        Args:
            warehouseid: the warehouse.
            items: models or mappings, from any iterable, sync or async.
            chunk_size: items per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Returns:
            A batch; each outcome's `value` is the warehouseitemid.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/warehouses/batch-set-warehouse-items
        """
        return self._many(
            "set",
            _SET_ITEMS,
            {"warehouseid": warehouseid},
            WarehouseItem,
            items,
            read=added_id,
            chunk_size=chunk_size,
            invalid=invalid,
        )
