"""Warehouse transactions: of a site, and of one warehouse.

Reference: https://developer.sitoo.com/api-reference/warehouse-transactions
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Literal, TypedDict, Unpack

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models import TransactionType
from sitoo_async.models.warehouse_transactions import (
    WarehouseTransaction,
    WarehouseTransactionField,
    WarehouseTransactionFields,
)
from sitoo_async.resources._base import CHUNK_SIZE, PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id, addition, one_item
from sitoo_async.resources._operation import Operation, performs

__all__ = [
    "TransactionsOfWarehouse",
    "TransactionsOfWarehouseFilters",
    "WarehouseTransactionFilters",
    "WarehouseTransactionSort",
    "WarehouseTransactions",
]

# Repeatable: reads only. Whatever is added moves stock, and sent twice it moves it twice.
_LIST: Final = Operation("GET", "/sites/{siteid}/warehousetransactions.json", repeatable=True)
_ADD: Final = Operation(
    "POST", "/sites/{siteid}/warehousetransactions.json", repeatable=False, tells_apart=()
)
_LIST_OF_WAREHOUSE: Final = Operation(
    "GET", "/sites/{siteid}/warehouses/{warehouseid}/warehousetransactions.json", repeatable=True
)
_GET_OF_WAREHOUSE: Final = Operation(
    "GET",
    "/sites/{siteid}/warehouses/{warehouseid}/warehousetransactions/{warehousetransactionid}.json",
    repeatable=True,
)

_LARGEST_CHUNK: Final = 1000  # the most that the reference allows in one request

_MADE_BY_SITOO: Final = frozenset(
    {TransactionType.SALES, TransactionType.REFUND, TransactionType.STOCKTAKING}
)

WarehouseTransactionSort = Literal["warehousetransactionid", "-warehousetransactionid"]
"""The order of transactions: by ascending or, with a minus, by descending id."""


class TransactionsOfWarehouseFilters(TypedDict, total=False):
    """What `TransactionsOfWarehouse.list` filters on."""

    warehousetransactionid: Sequence[int]
    """Only these transactions."""
    warehousetransactionidfrom: int
    """Only transactions with this id or a higher one."""
    warehousetransactionidto: int
    """Only transactions with an id below this one."""
    datecreatedfrom: datetime
    """Only transactions added at that moment or later; rounded down to whole seconds."""
    datecreatedto: datetime
    """Only transactions added before that moment; rounded down to whole seconds."""
    transactiontype: int
    """Only transactions of this `TransactionType`."""


class WarehouseTransactionFilters(TransactionsOfWarehouseFilters, total=False):
    """What `WarehouseTransactions.list` filters on."""

    warehouseid: int
    """Only transactions of this warehouse."""


class WarehouseTransactions(Resource):
    """The movements of stock in all warehouses of a site.

    Reference: https://developer.sitoo.com/api-reference/warehouse-transactions
    """

    @performs(_LIST)
    def list(
        self,
        *,
        since_id: int | None = None,
        sort: WarehouseTransactionSort | None = None,
        fields: Sequence[WarehouseTransactionField] | None = None,
        start: int | None = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[WarehouseTransactionFilters],
    ) -> Paginator[WarehouseTransaction]:
        """Walk the transactions of all warehouses, the oldest first.

        The walk goes by ascending id, so transactions that are added meanwhile do not disturb it.
        To poll, keep the highest id that you have seen, and give it as `since_id` next time.

        With `sort` or `start` it is counted instead, and Sitoo's order is the newest first.

        Args:
            since_id: only transactions with a higher id than this.
            sort: the order, for a counted walk.
            fields: the fields to fetch; left out, Sitoo's default ten come, items among them.
            start: the index of the first transaction, counted from 0, for a counted walk.
            page_size: transactions per request, 1 to 100,000.
            filters: see `WarehouseTransactionFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, an empty array filter, a naive datetime,
                a number out of range, `since_id` together with `sort` or `start`.

        Reference: https://developer.sitoo.com/api-reference/warehouse-transactions/get-all-warehouse-transactions
        """
        return self._list_by_id(
            _LIST,
            {},
            WarehouseTransaction,
            identifier="warehousetransactionid",
            since_id=since_id,
            sort=sort,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=WarehouseTransactionFilters,
            fields=fields,
        )

    @performs(_ADD)
    async def add(
        self,
        item: WarehouseTransaction | None = None,
        /,
        **values: Unpack[WarehouseTransactionFields],
    ) -> int:
        """Move stock into or out of a FIFO warehouse.

        `warehouseid`, `transactiontype` and `items` are required, and in each of the items `sku`
        and `decimalquantity`, which is negative for goods that leave. Sales, refunds and
        stocktakings can't be added: the first two come of orders, the third of a batch (see
        `Warehouses.stocktaking`).

        Not repeatable, since stock would move twice: where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The new warehousetransactionid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it, for a virtual warehouse, for example.

        Reference: https://developer.sitoo.com/api-reference/warehouse-transactions/batch-add-warehouse-transactions
        """
        payload = _movement(one_item(WarehouseTransaction, item, values))
        return await self._write(_ADD, {}, payload, added_id)

    @performs(_ADD)
    def add_many(
        self,
        items: Iterable[WarehouseTransaction | WarehouseTransactionFields]
        | AsyncIterable[WarehouseTransaction | WarehouseTransactionFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[int]:
        """Move stock by many transactions, in chunks; see `add`.

        Not repeatable: where the answer to a chunk is lost, its outcomes say so.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: transactions per request, 1 to 1000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Returns:
            A batch; each outcome's `value` is the new warehousetransactionid.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`, or `chunk_size` is out
                of range; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/warehouse-transactions/batch-add-warehouse-transactions
        """
        # What is no int at all is refused where the batch is made.
        if is_a(chunk_size, int) and int.__index__(chunk_size) > _LARGEST_CHUNK:
            raise InvalidInputError(
                f"chunk_size must be at most {_LARGEST_CHUNK} here, not {shown(chunk_size)}: the"
                " reference allows no more transactions in one request",
                field="chunk_size",
            )
        return self._many(
            "add",
            _ADD,
            {},
            WarehouseTransaction,
            items,
            prepare=_movement,
            read=added_id,
            chunk_size=chunk_size,
            invalid=invalid,
        )


class TransactionsOfWarehouse(Resource):
    """The movements of stock in one warehouse; they are added by `WarehouseTransactions`.

    Reference: https://developer.sitoo.com/api-reference/warehouse-transactions
    """

    @performs(_LIST_OF_WAREHOUSE)
    def list(
        self,
        warehouseid: int,
        /,
        *,
        since_id: int | None = None,
        sort: WarehouseTransactionSort | None = None,
        fields: Sequence[WarehouseTransactionField] | None = None,
        start: int | None = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[TransactionsOfWarehouseFilters],
    ) -> Paginator[WarehouseTransaction]:
        """Walk the transactions of a warehouse, the oldest first.

        The walk goes by ascending id, unless `sort` or `start` is given: see
        `WarehouseTransactions.list`.

        Args:
            warehouseid: the warehouse.
            since_id: only transactions with a higher id than this.
            sort: the order, for a counted walk.
            fields: the fields to fetch; left out, Sitoo's default ten come, items among them.
            start: the index of the first transaction, counted from 0, for a counted walk.
            page_size: transactions per request, 1 to 100,000.
            filters: see `TransactionsOfWarehouseFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, an empty array filter, a naive datetime,
                a number out of range, `since_id` together with `sort` or `start`.
            NotFoundError: there is no such warehouse on the site; raised by the walk.

        Reference: https://developer.sitoo.com/api-reference/warehouse-transactions/get-warehouse-transactions
        """
        return self._list_by_id(
            _LIST_OF_WAREHOUSE,
            {"warehouseid": warehouseid},
            WarehouseTransaction,
            identifier="warehousetransactionid",
            since_id=since_id,
            sort=sort,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=TransactionsOfWarehouseFilters,
            fields=fields,
        )

    @performs(_GET_OF_WAREHOUSE)
    async def get(self, warehouseid: int, warehousetransactionid: int, /) -> WarehouseTransaction:
        """Fetch one transaction of a warehouse, with what it did to each article.

        Raises:
            NotFoundError: there is no such warehouse, or no such transaction of it.

        Reference: https://developer.sitoo.com/api-reference/warehouse-transactions/get-warehouse-transaction
        """
        at = {"warehouseid": warehouseid, "warehousetransactionid": warehousetransactionid}
        return await self._get(_GET_OF_WAREHOUSE, at, WarehouseTransaction)


def _movement(item: object) -> dict[str, Any]:
    """A transaction that is to be added, checked."""
    payload = addition(WarehouseTransaction, item)
    if payload["transactiontype"] in _MADE_BY_SITOO:
        raise InvalidInputError(
            "transactiontype must be one that can be added, such as MOVE_IN or MOVE_OUT: sales and"
            " refunds come of orders, a stocktaking of a batch (see warehouses.stocktaking)",
            field="transactiontype",
        )
    return payload
