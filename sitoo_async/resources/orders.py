"""Orders, with their deliveries and their logs.

Reference: https://developer.sitoo.com/api-reference/orders
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Literal, TypedDict, Unpack

from sitoo_async._http.url import query_string
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.orders import (
    Order,
    OrderDelivery,
    OrderDeliveryFields,
    OrderField,
    OrderFields,
    OrderLogItem,
    OrderLogItemFields,
    OrderLogType,
)
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._collection import filter_kinds, refuse_ignored
from sitoo_async.resources._items import accepted, added_id, addition, one_item, update
from sitoo_async.resources._operation import Operation, performs

__all__ = ["AllOrderFilters", "OrderDeliveries", "OrderFilters", "OrderLogItems", "Orders"]

_LIST_ALL: Final = Operation("GET", "/orders.json", repeatable=True)
_LIST: Final = Operation("GET", "/sites/{siteid}/orders.json", repeatable=True)
_GET: Final = Operation("GET", "/sites/{siteid}/orders/{orderid}.json", repeatable=True)
# Adding twice makes two orders, moves stock twice, logs twice. An update sets values, but see
# `Orders.update`.
_ADD: Final = Operation("POST", "/sites/{siteid}/orders.json", repeatable=False)
_UPDATE: Final = Operation(
    "PUT",
    "/sites/{siteid}/orders/{orderid}.json",
    repeatable=True,
    unless="it sets the state, items or payments",
)
_LIST_DELIVERIES: Final = Operation(
    "GET", "/sites/{siteid}/orders/{orderid}/orderdeliveries.json", repeatable=True
)
_ADD_DELIVERY: Final = Operation(
    "POST", "/sites/{siteid}/orders/{orderid}/orderdeliveries.json", repeatable=False
)
_LIST_ALL_DELIVERIES: Final = Operation(
    "GET",
    "/sites/{siteid}/orderdeliveries.json",
    repeatable=True,
    evidence="unverified",
    confidence="low",
)
# Whatever is known of it is its name; it may well move stock.
_UPDATE_DELIVERY: Final = Operation(
    "PUT",
    "/sites/{siteid}/orders/{orderid}/orderdeliveries/{orderdeliveryid}.json",
    repeatable=False,
    evidence="unverified",
    confidence="medium",
    ignored=True,
)
_LIST_LOG_ITEMS: Final = Operation(
    "GET", "/sites/{siteid}/orders/{orderid}/orderlogitems.json", repeatable=True
)
_ADD_LOG_ITEM: Final = Operation(
    "POST", "/sites/{siteid}/orders/{orderid}/orderlogitems.json", repeatable=False
)


_MAY_DO_MORE: Final = {"orderstateid", "orderitems", "payments", "reservedpayments"}


class OrderFilters(TypedDict, total=False):
    """What `Orders.list` filters on."""

    orderid: Sequence[int]
    """Only these orders; not beside `receiptid` or `creditorderid`."""
    externalid: Sequence[str]
    """Only orders with one of these external ids."""
    receiptid: str
    """Only the order with this receipt."""
    creditorderid: int
    """Only the refunds of this order."""
    orderidfrom: int
    """Only orders with this orderid or a higher one."""
    orderidto: int
    """Only orders with a lower orderid than this one."""
    orderdatefrom: datetime
    """Only orders of that moment or later.

    Orders from registers that were offline come late, with their old date; `since_id` misses none.
    """
    orderdateto: datetime
    """Only orders of that moment or earlier."""
    orderstate: Sequence[int]
    """Only orders in one of these states, see `OrderState`."""
    paymentstate: Sequence[int]
    """Only orders in one of these states of payment, see `PaymentState`."""
    ordertype: Sequence[int]
    """Only orders of one of these types, see `OrderType`."""
    warehouseid: Sequence[int]
    """Only orders that are registered for one of these warehouses."""
    email: str
    """Only orders of the customer with this address."""


class AllOrderFilters(OrderFilters, total=False):
    """What `Orders.list_all` filters on."""

    eshopid: Sequence[int]
    """Only orders of these sites."""


class Orders(Resource):
    """The orders of a site; `list_all` walks those of all sites.

    Orders are never deleted. To cancel one, update its `orderstateid` to
    `OrderState.CANCELLED`.

    Reference: https://developer.sitoo.com/api-reference/orders
    """

    @cached_property
    def deliveries(self) -> OrderDeliveries:
        """What was delivered of an order, and from where."""
        return OrderDeliveries(self._session, self.options, self.site)

    @cached_property
    def log_items(self) -> OrderLogItems:
        """What happened to an order."""
        return OrderLogItems(self._session, self.options, self.site)

    @performs(_LIST)
    def list(
        self,
        *,
        since_id: int | None = None,
        sort: Literal["orderid", "-orderid"] | None = None,
        fields: Sequence[OrderField] | None = None,
        start: int | None = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[OrderFilters],
    ) -> Paginator[Order]:
        """Walk the orders of the site, the oldest first, by ascending orderid.

        New orders that come in meanwhile can't shift the rows of such a walk. To follow them, keep
        the paginator's `position` and go on with ``since_id=position``. With `sort` or `start`
        the rows are counted instead, and may shift; Sitoo's own order is the newest first.

        Args:
            since_id: only orders with a higher orderid than this one.
            sort: ``"orderid"`` or ``"-orderid"``, counted from `start`.
            fields: the fields to fetch; left out, Sitoo's default 24 come, with items and
                payments.
            start: the index of the first order, counted from 0.
            page_size: orders per request, 1 to 100,000.
            filters: see `OrderFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, filters of which Sitoo would ignore one,
                `since_id` beside `sort` or `start`, a value out of range.

        Reference: https://developer.sitoo.com/api-reference/orders#get-orders
        """
        return self._orders(
            _LIST,
            filters,
            OrderFilters,
            since_id=since_id,
            sort=sort,
            fields=fields,
            start=start,
            page_size=page_size,
        )

    @performs(_LIST_ALL)
    def list_all(
        self,
        *,
        since_id: int | None = None,
        sort: Literal["orderid", "-orderid"] | None = None,
        fields: Sequence[OrderField] | None = None,
        start: int | None = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[AllOrderFilters],
    ) -> Paginator[Order]:
        """Walk the orders of all sites of the account; as `list`, with `eshopid` to filter on.

        Args:
            since_id: only orders with a higher orderid than this one.
            sort: ``"orderid"`` or ``"-orderid"``, counted from `start`.
            fields: the fields to fetch; left out, Sitoo's default 24 come, with items and
                payments.
            start: the index of the first order, counted from 0.
            page_size: orders per request, 1 to 100,000.
            filters: see `AllOrderFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, filters of which Sitoo would ignore one,
                `since_id` beside `sort` or `start`, a value out of range.

        Reference: https://developer.sitoo.com/api-reference/orders#get-all-orders
        """
        return self._orders(
            _LIST_ALL,
            filters,
            AllOrderFilters,
            since_id=since_id,
            sort=sort,
            fields=fields,
            start=start,
            page_size=page_size,
        )

    @performs(_GET)
    async def get(self, orderid: int, /) -> Order:
        """Fetch one order with all its fields, its log among them.

        Raises:
            NotFoundError: there is no such order on the site.

        Reference: https://developer.sitoo.com/api-reference/orders#get-order
        """
        return await self._get(_GET, {"orderid": orderid}, Order)

    @performs(_ADD)
    async def add(self, item: Order | None = None, /, **values: Unpack[OrderFields]) -> int:
        """Add an order, given as a model or by keywords; `ordertypeid` is required.

        Of each row give `moneyrowprice`, the price of the whole row with VAT, and `vatvalue`;
        Sitoo works out the totals. Not repeatable: where the answer is lost, the error says so
        (``sent="unknown"``); an `externalid` of your own lets you look for the order then.

        Returns:
            The new orderid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/orders#add-order
        """
        return await self._add(_ADD, {}, Order, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self, orderid: int, item: Order | None = None, /, **values: Unpack[OrderFields]
    ) -> bool:
        """Set fields of an order and leave all others as they are.

        An order is cancelled by ``orderstateid=OrderState.CANCELLED``.

        Repeatable, unless it sets `orderstateid`, `orderitems`, `payments` or `reservedpayments`:
        nothing says that a state that is entered twice, or rows that come twice, do once what they
        do. Where the answer to such an update is lost, the error says so (``sent="unknown"``), and
        `get` tells whether it was done.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such order on the site.

        Reference: https://developer.sitoo.com/api-reference/orders#update-order
        """
        named = {"orderid": orderid}
        payload = update(Order, item, values, named)
        doubtful = not _MAY_DO_MORE.isdisjoint(payload)
        return await self._write(_UPDATE, named, payload, accepted, once=doubtful)

    def _orders(
        self,
        operation: Operation,
        filters: Mapping[str, Any],
        takes: type,
        *,
        since_id: int | None,
        sort: str | None,
        fields: Sequence[str] | None,
        start: int | None,
        page_size: int,
    ) -> Paginator[Order]:
        refuse_ignored(filters, "orderid", beside=("receiptid", "creditorderid"))
        return self._list_by_id(
            operation,
            {},
            Order,
            identifier="orderid",
            since_id=since_id,
            sort=sort,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=takes,
            fields=fields,
        )


class OrderDeliveries(Resource):
    """What was delivered of an order, and from which warehouse.

    A delivery takes its items out of the warehouse's stock, unless told to leave it alone.

    Reference: https://developer.sitoo.com/api-reference/orders
    """

    @performs(_LIST_DELIVERIES)
    def list(self, orderid: int, /, *, ignorestock: bool | None = None) -> Paginator[OrderDelivery]:
        """The deliveries of an order, all in one answer.

        Args:
            orderid: the order.
            ignorestock: the reference lists it here too, without saying what it does to a list.

        Raises:
            NotFoundError: there is no such order on the site.

        Reference: https://developer.sitoo.com/api-reference/orders#get-order-deliveries
        """
        return self._whole(
            _LIST_DELIVERIES,
            {"orderid": orderid},
            OrderDelivery,
            filters=_stock(ignorestock=ignorestock),
            takes=_Stock,
            bare=False,
        )

    @performs(_LIST_ALL_DELIVERIES)
    def list_all(self, *, start: int = 0, page_size: int = PAGE_SIZE) -> Paginator[OrderDelivery]:
        """Walk the deliveries of all orders of the site.

        Unverified: the reference names this operation and does not print it. Path, paging and
        shape are likely by analogy.

        Args:
            start: the index of the first delivery, counted from 0.
            page_size: deliveries per request, 1 to 100,000.

        Raises:
            InvalidInputError: `start` or `page_size` is out of range.

        Reference: https://developer.sitoo.com/api-reference/orders
        """
        return self._list(_LIST_ALL_DELIVERIES, {}, OrderDelivery, start=start, page_size=page_size)

    @performs(_ADD_DELIVERY)
    async def add(
        self,
        orderid: int,
        item: OrderDelivery | None = None,
        /,
        *,
        ignorestock: bool | None = None,
        **values: Unpack[OrderDeliveryFields],
    ) -> int:
        """Deliver items of an order; `warehouseid` and `orderdeliveryitems` are required.

        The items are taken out of the warehouse's stock. Not repeatable: where the answer is lost,
        the error says so (``sent="unknown"``), and `list` tells whether it was done.

        Args:
            orderid: the order.
            item: the delivery as a model, or
            ignorestock: True leaves the stock alone.
            values: the delivery by keywords. A row of the order is named by its `orderitemid`,
                which counts from 0.

        Returns:
            The new orderdeliveryid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            NotFoundError: there is no such order on the site.

        Reference: https://developer.sitoo.com/api-reference/orders#add-order-delivery
        """
        return await self._add(
            _ADD_DELIVERY,
            {"orderid": orderid},
            OrderDelivery,
            item,
            values,
            read=added_id,
            query=query_string(_stock(ignorestock=ignorestock), filter_kinds(_Stock)),
        )

    @performs(_UPDATE_DELIVERY)
    async def update(
        self,
        orderid: int,
        orderdeliveryid: int,
        item: OrderDelivery | None = None,
        /,
        **values: Unpack[OrderDeliveryFields],
    ) -> bool:
        """Set fields of a delivery.

        Unverified: the reference names this operation and does not print it. Path and shape are
        likely by analogy. Not repeatable, since nobody has told what it does to the stock.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such delivery.

        Reference: https://developer.sitoo.com/api-reference/orders
        """
        named = {"orderid": orderid, "orderdeliveryid": orderdeliveryid}
        return await self._update(_UPDATE_DELIVERY, named, OrderDelivery, item, values)


class OrderLogItems(Resource):
    """What happened to an order.

    Reference: https://developer.sitoo.com/api-reference/orders
    """

    @performs(_LIST_LOG_ITEMS)
    def list(self, orderid: int, /) -> Paginator[OrderLogItem]:
        """The log of an order, all in one answer.

        Raises:
            NotFoundError: there is no such order on the site.

        Reference: https://developer.sitoo.com/api-reference/orders#get-order-log-items
        """
        return self._whole(_LIST_LOG_ITEMS, {"orderid": orderid}, OrderLogItem, bare=False)

    @performs(_ADD_LOG_ITEM)
    async def add(
        self,
        orderid: int,
        item: OrderLogItem | None = None,
        /,
        **values: Unpack[OrderLogItemFields],
    ) -> bool:
        """Log that an order is ready for pickup, or that its pickup was rejected.

        `orderlogtypeid` is required, and of its values only those of `OrderLogType` may be added.
        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``), and
        `list` tells whether it was done.

        Returns:
            True; log entries have no id.

        Raises:
            InvalidInputError: a field that can't be sent, or a type that only Sitoo logs; nothing
                was sent.
            NotFoundError: there is no such order on the site.

        Reference: https://developer.sitoo.com/api-reference/orders#add-order-log-item
        """
        payload = addition(OrderLogItem, one_item(OrderLogItem, item, values))
        if payload["orderlogtypeid"] not in {*OrderLogType}:
            raise InvalidInputError(
                "orderlogtypeid must be one of OrderLogType: Sitoo alone logs any other",
                field="orderlogtypeid",
            )
        return await self._write(_ADD_LOG_ITEM, {"orderid": orderid}, payload, accepted)


class _Stock(TypedDict, total=False):
    ignorestock: bool


def _stock(*, ignorestock: bool | None) -> _Stock:
    return {} if ignorestock is None else {"ignorestock": ignorestock}
