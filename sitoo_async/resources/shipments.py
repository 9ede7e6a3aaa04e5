"""The calls about shipments, whose states lead on to others.

Reference: https://developer.sitoo.com/api-reference/shipments
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypedDict, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.shipments import (
    ArchivedFilterType,
    Shipment,
    ShipmentField,
    ShipmentFields,
)
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._collection import refuse_ignored
from sitoo_async.resources._items import accepted, added_id, update
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ShipmentFilters", "Shipments"]

_LIST: Final = Operation("GET", "/shipments.json", repeatable=True)
_GET: Final = Operation("GET", "/shipments/{shipmentid}.json", repeatable=True)
# Adding twice makes two shipments. An update sets values, but see `Shipments.update`.
_ADD: Final = Operation("POST", "/shipments.json", repeatable=False)
_UPDATE: Final = Operation(
    "PUT", "/shipments/{shipmentid}.json", repeatable=True, unless="it sets the state"
)


class ShipmentFilters(TypedDict, total=False):
    """What `Shipments.list` filters on."""

    shipmentid: Sequence[int]
    """Only these shipments."""
    sender_warehouseid: Sequence[int]
    """Only shipments from one of these warehouses; not beside `any_warehouseid`."""
    receiver_warehouseid: Sequence[int]
    """Only shipments to one of these warehouses; not beside `any_warehouseid`."""
    any_warehouseid: Sequence[int]
    """Only shipments from or to one of these warehouses."""
    archived: ArchivedFilterType
    """Which of them, by whether they are archived; ``ACTIVE`` by default."""


class Shipments(Resource):
    """The shipments of the account, whatever the site.

    Reference: https://developer.sitoo.com/api-reference/shipments
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[ShipmentField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[ShipmentFilters],
    ) -> Paginator[Shipment]:
        """Walk the shipments that are not archived, or those that `archived` says.

        Args:
            fields: the fields to fetch; left out, Sitoo's default 15 come, which hold neither
                packages nor items.
            start: the index of the first shipment, counted from 0.
            page_size: shipments per request, 1 to 100,000.
            filters: see `ShipmentFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, filters of which Sitoo would ignore one,
                an empty array filter, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/shipments#get-shipments
        """
        for ignored in ("sender_warehouseid", "receiver_warehouseid"):
            refuse_ignored(filters, ignored, beside=("any_warehouseid",))
        return self._list(
            _LIST,
            {},
            Shipment,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=ShipmentFilters,
            fields=fields,
            identifier="shipmentid",
        )

    @performs(_GET)
    async def get(self, shipmentid: int, /) -> Shipment:
        """Fetch one shipment with its packages and items.

        Raises:
            NotFoundError: there is no such shipment.

        Reference: https://developer.sitoo.com/api-reference/shipments#get-shipment
        """
        return await self._get(_GET, {"shipmentid": shipmentid}, Shipment)

    @performs(_ADD)
    async def add(self, item: Shipment | None = None, /, **values: Unpack[ShipmentFields]) -> int:
        """Add a shipment, given as a model or by keywords.

        Packages and items carry numbers of your own, by which an item names its package. Not
        repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The new shipmentid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/shipments#add-shipment
        """
        return await self._add(_ADD, {}, Shipment, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self, shipmentid: int, item: Shipment | None = None, /, **values: Unpack[ShipmentFields]
    ) -> bool:
        """Set fields of a shipment and leave all others as they are.

        Repeatable, unless it sets `shipmentstate`: a shipment that is received moves stock, and
        nothing says that doing so twice moves it once.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such shipment.

        Reference: https://developer.sitoo.com/api-reference/shipments#update-shipment
        """
        named = {"shipmentid": shipmentid}
        payload = update(Shipment, item, values, named)
        moves = "shipmentstate" in payload
        return await self._write(_UPDATE, named, payload, accepted, once=moves)
