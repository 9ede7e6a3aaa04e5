"""The calls about service orders, which change revision by revision.

Reference: https://developer.sitoo.com/api-reference/service-orders
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, TypedDict, Unpack

from sitoo_async._checks.looking import Looking
from sitoo_async._codec.codec import last_row, writable
from sitoo_async._http.url import query_string
from sitoo_async._paging.cursor import AfterId
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.service_orders import ServiceOrder, ServiceOrderFields
from sitoo_async.resources._base import PAGE_SIZE, Resource, joined
from sitoo_async.resources._collection import filter_kinds
from sitoo_async.resources._items import one_item, update
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ServiceOrderFilters", "ServiceOrders"]

_LIST: Final = Operation("GET", "/serviceorders.json", repeatable=True)
_GET: Final = Operation(
    "GET", "/serviceorders/{service_order_id}.json", repeatable=True, texts=("service_order_id",)
)
_ADD: Final = Operation("POST", "/serviceorders.json", repeatable=False)
# A second time, its revision would be that of the past: refused with 412, though it was done.
_UPDATE: Final = Operation(
    "PUT", "/serviceorders/{service_order_id}.json", repeatable=False, texts=("service_order_id",)
)


class ServiceOrderFilters(TypedDict, total=False):
    """What `ServiceOrders.list` filters on."""

    store: str
    """Only service orders of the store with this external id."""
    state: Sequence[str]
    """Only service orders in one of these states, such as ``new`` and ``in_progress``."""
    sort: Literal["created", "-created"]
    """The oldest first, or the newest first, which is the default."""


class ServiceOrders(Resource):
    """The service orders of the account, whatever the site.

    Reference: https://developer.sitoo.com/api-reference/service-orders
    """

    @performs(_LIST)
    def list(
        self,
        *,
        start_after_id: str | None = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[ServiceOrderFilters],
    ) -> Paginator[ServiceOrder, str]:
        """Walk the service orders, the newest first; each page starts behind the last id seen.

        To follow new ones, walk with ``sort="created"``, keep the paginator's `position` and go
        on with ``start_after_id=position``. Their number is not told: `count()` walks them all,
        and a walk ends only at an empty page, so it takes one request more than it has pages.

        Args:
            start_after_id: the id of the service order to start behind.
            page_size: service orders per request, 1 to 100,000.
            filters: see `ServiceOrderFilters`.

        Raises:
            InvalidInputError: an unknown filter, an empty array filter, a `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/service-orders#get-service-orders
        """
        asked = query_string(filters, filter_kinds(ServiceOrderFilters))
        with Looking("start_after_id"):
            start = start_after_id or ""
        return self._walk(
            _LIST,
            {},
            ServiceOrder,
            start=start,
            page_size=page_size,
            query=lambda after, num: joined(asked, _start_after(after), f"num={num}"),
            advance=AfterId("id", lambda body: last_row(body, "id", str), told=False),
            bare=True,
        )

    @performs(_GET)
    async def get(self, service_order_id: str, /) -> ServiceOrder:
        """Fetch one service order.

        Raises:
            NotFoundError: there is no such service order.

        Reference: https://developer.sitoo.com/api-reference/service-orders#get-service-order
        """
        return await self._get(_GET, {"service_order_id": service_order_id}, ServiceOrder)

    @performs(_ADD)
    async def add(
        self, item: ServiceOrder | None = None, /, **values: Unpack[ServiceOrderFields]
    ) -> ServiceOrder:
        """Add a service order, given as a model or by keywords.

        `store`, `owner`, `customer`, `currency`, `product` and `author` are required. Not
        repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The service order as it was added, with its `id` and its first `revision`.

        Raises:
            InvalidInputError: a field that can't be sent, `revision` among them, or a required one
                is missing; nothing was sent.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/service-orders#add-service-order
        """
        return await self._write_item(_ADD, {}, _addition(item, values), ServiceOrder)

    @performs(_UPDATE)
    async def update(
        self,
        service_order_id: str,
        item: ServiceOrder | None = None,
        /,
        **values: Unpack[ServiceOrderFields],
    ) -> ServiceOrder:
        """Set fields of a service order and leave all others as they are.

        `revision` is required: that of the service order as you fetched it. Where another change
        came between, Sitoo refuses this one with a `PreconditionFailedError`; fetch it again then.
        `author` says who makes the change.

        Not repeatable: once it is done, the revision is another, and a repetition is refused.
        Where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The service order as it is now, with its new `revision`.

        Raises:
            InvalidInputError: `revision` is missing, nothing else is set, or a field can't be sent;
                nothing was sent.
            PreconditionFailedError: it was changed meanwhile.
            NotFoundError: there is no such service order.

        Reference: https://developer.sitoo.com/api-reference/service-orders#update-service-order
        """
        named = {"service_order_id": service_order_id}
        return await self._write_item(
            _UPDATE, named, _change(service_order_id, item, values), ServiceOrder
        )


def _start_after(service_order_id: str) -> str:
    if not service_order_id:
        return ""
    return query_string({"start_after_id": service_order_id}, {"start_after_id": "text"})


def _addition(item: ServiceOrder | None, values: Mapping[str, Any]) -> dict[str, Any]:
    payload = writable(ServiceOrder, one_item(ServiceOrder, item, values), required=True)
    if "revision" in payload:
        raise InvalidInputError(
            "revision is counted by Sitoo from the moment a service order is added: leave it out",
            field="revision",
        )
    return payload


def _change(
    service_order_id: str, item: ServiceOrder | None, values: Mapping[str, Any]
) -> dict[str, Any]:
    payload = update(ServiceOrder, item, values, {"id": service_order_id})
    if "revision" not in payload:
        raise InvalidInputError(
            "revision is required: set it to that of the service order as it was fetched",
            field="revision",
        )
    if len(payload) == 1:
        raise InvalidInputError(
            "the update sets no field beside revision: nothing would change", field="item"
        )
    return payload
