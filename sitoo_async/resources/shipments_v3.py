"""The calls about shipments of the newer service, which only actions change.

Reference: https://developer.sitoo.com/, the pages of Shipments v3
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, Literal, NoReturn, TypedDict, Unpack, cast

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.values import is_a
from sitoo_async._codec.codec import writable
from sitoo_async._http.url import query_string
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.shipments_v3 import (
    ShipmentActionV3,
    ShipmentActionV3Fields,
    ShipmentStateV3,
    ShipmentV3,
    ShipmentV3Fields,
)
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._collection import filter_kinds
from sitoo_async.resources._items import one_item
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ShipmentActionsV3", "ShipmentV3Filters", "ShipmentsV3"]

_operation = partial(Operation, service="shipments-v3", texts=("shipment_id",))

_SHIPMENT: Final = "/shipments/{shipment_id}"
_ACTIONS: Final = "/shipments/{shipment_id}/actions"
_LIST: Final = _operation("GET", "/shipments", repeatable=True, name="Get Shipments")
# Adding twice makes two shipments, and an action may move stock.
_ADD: Final = _operation("POST", "/shipments", repeatable=False, name="Add Shipment")
_inferred = partial(_operation, evidence="inferred")
_GET: Final = _inferred("GET", _SHIPMENT, repeatable=True, name="Get Shipment", confidence="high")
_DELETE: Final = _inferred(
    "DELETE",
    _SHIPMENT,
    repeatable=True,
    name="Delete Shipment",
    confidence="medium",
    ignored=True,
)
_LIST_ACTIONS: Final = _inferred(
    "GET", _ACTIONS, repeatable=True, name="Get Shipment Actions", confidence="medium"
)
_ADD_ACTION: Final = _inferred(
    "POST", _ACTIONS, repeatable=False, name="Add Shipment Action", confidence="medium"
)

_ACTIVE: Final = frozenset(
    {ShipmentStateV3.NEW, ShipmentStateV3.IN_TRANSIT, ShipmentStateV3.ARRIVED}
)
_END: Final = frozenset(
    {ShipmentStateV3.CLOSED, ShipmentStateV3.CLOSED_INCOMPLETE, ShipmentStateV3.CANCELLED}
)


class _Included(TypedDict, total=False):
    """What comes with a shipment where it is asked for."""

    include_packages: bool
    include_items_undeclared: bool


class ShipmentV3Filters(TypedDict, total=False):
    """What `ShipmentsV3.list` filters on, and what it asks for."""

    shipment_state: Sequence[str]
    """Only shipments in one of these states, see `ShipmentStateV3`.

    They are to be all active ones (new, in-transit, arrived), or all such as end a shipment.
    """
    origin_warehouse_id: Sequence[int]
    """Only shipments from one of these warehouses."""
    destination_warehouse_id: Sequence[int]
    """Only shipments to one of these warehouses."""
    warehouse_filter_mode: Literal["and", "or"]
    """Whether both of these have to hold or one will do; ``and`` by default."""
    estimated_delivery_from: datetime
    """Only shipments that are to arrive at that moment or later; not those that don't say."""
    estimated_delivery_to: datetime
    """Only shipments that are to arrive at that moment or earlier; not those that don't say."""
    sort: str
    """The order, see `ShipmentSortOptionV3`; ``-created_at`` by default.

    By the estimated delivery only those come that have one.
    """
    include_packages: bool
    """Whether they come with their packages; False by default."""
    include_items_undeclared: bool
    """Whether they come with what arrived undeclared; False by default."""


class ShipmentsV3(Resource):
    """The shipments of the newer service; those of `shipments` are others.

    A shipment begins as ``new``, is ``in-transit``, has ``arrived``, and ends as ``closed``,
    ``closed-incomplete`` or ``cancelled``. It has no update: each change is an action, see
    `actions`, and some of them move stock by themselves.

    Reference: https://developer.sitoo.com/, the pages of Shipments v3
    """

    @cached_property
    def actions(self) -> ShipmentActionsV3:
        """What was done to a shipment, and what is to be done."""
        return ShipmentActionsV3(self._session, self.options, self.site)

    @performs(_LIST)
    def list(
        self,
        *,
        after: str | None = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[ShipmentV3Filters],
    ) -> Paginator[ShipmentV3, str | None]:
        """Walk the shipments, those added last first. Nothing tells how many there are.

        An answer holds at most 1 MB, compressed: Sitoo answers 502 to a page that would be larger,
        which is asked for by halves then.

        Args:
            after: the cursor to begin at, as `position` or `next` of a page tells it.
            page_size: shipments per request, 1 to 100,000.
            filters: see `ShipmentV3Filters`.

        Raises:
            InvalidInputError: an unknown filter, active states beside such as end a shipment, an
                empty array filter, `after` is no cursor, or `page_size` out of range.

        Reference: https://developer.sitoo.com/, the page Endpoints of Shipments v3
        """
        asked: dict[str, Any] = {**filters}
        with Looking("shipment_state"):
            given = asked.get("shipment_state")
            states: list[object] = []
            # What is no list, or holds what is no text, is told below.
            if is_a(given, Iterable) and not is_a(given, str):
                asked["shipment_state"] = states = [*cast("Iterable[object]", given)]
            found = {str.__str__(state) for state in states if isinstance(state, str)}
        if found & _ACTIVE and found & _END:
            active, end = (", ".join(sorted(found & some)) for some in (_ACTIVE, _END))
            raise InvalidInputError(
                f"shipment_state mixes active states ({active}) with such as end a shipment"
                f" ({end}), which one request can't ask for: make two lists",
                field="shipment_state",
            )
        return self._list_by_next(
            _LIST,
            {},
            ShipmentV3,
            after=after,
            page_size=page_size,
            filters=asked,
            takes=ShipmentV3Filters,
        )

    @performs(_GET)
    async def get(
        self,
        shipment_id: str,
        /,
        *,
        include_packages: bool = True,
        include_items_undeclared: bool = True,
    ) -> ShipmentV3:
        """Fetch one shipment.

        Inferred, with high confidence, from its name and the path of the others; what can be
        included, from the list.

        Args:
            shipment_id: the shipment, a UUID.
            include_packages: whether it comes with its packages.
            include_items_undeclared: whether it comes with what arrived undeclared.

        Raises:
            NotFoundError: there is no such shipment.

        Reference: https://developer.sitoo.com/, the site map
        """
        asked = {
            "include_packages": include_packages,
            "include_items_undeclared": include_items_undeclared,
        }
        query = query_string(asked, filter_kinds(_Included))
        return await self._get(_GET, {"shipment_id": shipment_id}, ShipmentV3, query=query)

    @performs(_ADD)
    async def add(
        self, item: ShipmentV3 | None = None, /, **values: Unpack[ShipmentV3Fields]
    ) -> ShipmentV3:
        """Add a shipment, given as a model or by keywords: its `info` and its `packages`.

        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The shipment, with its `id` and `version`; that it comes back is inferred, and where the
            bare id does, as elsewhere, the shipment holds that alone.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/, the page Endpoints of Shipments v3
        """
        payload = writable(ShipmentV3, one_item(ShipmentV3, item, values), required=True)
        return await self._write_item(_ADD, {}, payload, ShipmentV3, or_id=True)

    @performs(_DELETE)
    async def delete(self, shipment_id: str, /) -> bool:
        """Delete a shipment; likely no more than one that is still new.

        Inferred, with medium confidence, from its name and the path of the others. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such shipment.

        Reference: https://developer.sitoo.com/, the site map
        """
        return await self._delete(_DELETE, {"shipment_id": shipment_id})

    if not TYPE_CHECKING:  # pragma: no branch  # checkers know what there is

        def __getattr__(self, name: str) -> NoReturn:
            message = f"{type(self).__name__} has no attribute {name!r}"
            if name in ("update", "set", "update_many"):
                message += ": a shipment changes by actions alone, see shipments_v3.actions.add"
            raise AttributeError(message, name=name, obj=self)


class ShipmentActionsV3(Resource):
    """What was done to shipments, and the only way to change one.

    Reference: https://developer.sitoo.com/, the page Overview of Shipments v3
    """

    @performs(_LIST_ACTIONS)
    def list(
        self, shipment_id: str, /, *, after: str | None = None, page_size: int = PAGE_SIZE
    ) -> Paginator[ShipmentActionV3, str | None]:
        """Walk what was done to a shipment. Nothing tells how many there are.

        Inferred, with medium confidence: that actions can be read is printed, the path is not.

        Args:
            shipment_id: the shipment, a UUID.
            after: the cursor to begin at, as `position` or `next` of a page tells it.
            page_size: actions per request, 1 to 100,000.

        Raises:
            InvalidInputError: `after` is no cursor, or `page_size` out of range.
            NotFoundError: there is no such shipment; raised by the walk.

        Reference: https://developer.sitoo.com/, the page Overview of Shipments v3
        """
        return self._list_by_next(
            _LIST_ACTIONS,
            {"shipment_id": shipment_id},
            ShipmentActionV3,
            after=after,
            page_size=page_size,
        )

    @performs(_ADD_ACTION)
    async def add(
        self,
        shipment_id: str,
        item: ShipmentActionV3 | None = None,
        /,
        **values: Unpack[ShipmentActionV3Fields],
    ) -> Mapping[str, Any] | None:
        """Do something to a shipment: send it, receive some of it, close it.

        Inferred, with medium confidence: that changes are actions is printed, the path and the
        values of `type` are not, so ask Sitoo for these. An action may move stock, so do not move
        it by a transaction as well. Not repeatable: where the answer is lost, the error says so
        (``sent="unknown"``), and `get` tells by the `version` whether it was done.

        Returns:
            What is answered, as plain JSON: the shipment or the action, which nothing tells; None
            for nothing.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such shipment.
            BadRequestError: Sitoo refused it, for the state of the shipment, for example.

        Reference: https://developer.sitoo.com/, the page Overview of Shipments v3
        """
        payload = writable(ShipmentActionV3, one_item(ShipmentActionV3, item, values))
        if not payload:
            raise InvalidInputError("no field is set: say at least the type", field="type")
        answer: Mapping[str, Any] | None = await self._as_it_came(
            _ADD_ACTION, {"shipment_id": shipment_id}, payload
        )
        return answer
