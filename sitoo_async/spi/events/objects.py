"""What an event is: which objects of the reference it has, and how each of its fields is known.

An event says little more than which object has changed. Read it back (`Event.fetch`), and trust
that rather than the order of events.

Reference: SPI Events, Events page.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, Generic, overload

from typing_extensions import TypeVar

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import known
from sitoo_async._codec.kinds import ChoiceOf, Mark, TextOrInteger, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.spi.events.fetch import fetched

if TYPE_CHECKING:
    from sitoo_async._client import SitooClient
    from sitoo_async.models import (
        Order,
        OrderDelivery,
        PosZReport,
        Shipment,
        ShipmentV3,
        WarehouseTransaction,
    )

__all__ = [
    "Event",
    "EventType",
    "OrderData",
    "OrderDeliveryData",
    "OrderDeliveryEventType",
    "OrderDeliveryStateChanged",
    "OrderEventType",
    "OrderStateChanged",
    "ShipmentData",
    "ShipmentEventType",
    "ShipmentV3Data",
    "ShipmentV3StateChanged",
    "StoreZReportData",
    "WarehouseTransactionData",
    "ZReportData",
    "handed_over",
]

_SERVICE: Final = "spi-events"


# Texts that are one of several --------------------------------------------------------------


@known(_SERVICE, "Event.event_type", "documented")
class EventType(OpenText):
    """What kind of object an event tells of."""

    ORDER = "order"
    ORDER_DELIVERY = "order-delivery"
    BOOKING = "booking"
    SHIPMENT = "shipment"
    SHIPMENT_V3 = "shipment-v3"
    WAREHOUSE_TRANSACTION = "warehouse-transaction"
    Z_REPORT = "z-report"
    STORE_Z_REPORT = "store-z-report"


@known(_SERVICE, "OrderData.order_event_type", "documented")
class OrderEventType(OpenText):
    """What happened to an order. An older guide also has ``closed``, now a change of the state."""

    ADD = "add"
    UPDATE = "update"
    READY_FOR_PICKUP = "ready-for-pickup"
    PICKUP_REJECTED = "pickup-rejected"
    EMAIL_RECEIPT = "email-receipt"


@known(_SERVICE, "OrderData.order_state_changed", "documented")
class OrderStateChanged(OpenText):
    """Which state an order has come to."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@known(_SERVICE, "OrderDeliveryData.order_delivery_state_changed", "inferred")
class OrderDeliveryStateChanged(OpenText):
    """Which state a delivery has come to. The states are documented."""

    NEW = "new"
    READY_TO_SHIP = "ready-to-ship"
    IN_TRANSIT = "in-transit"
    ARRIVED = "arrived"
    READY_FOR_PICKUP = "ready-for-pickup"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@known(_SERVICE, "OrderDeliveryData.order_delivery_event_type", "inferred")
class OrderDeliveryEventType(OpenText):
    """What happened to a delivery."""

    ADD = "add"
    UPDATE = "update"


@known(_SERVICE, "ShipmentData.shipment_event_type", "inferred")
@known(_SERVICE, "ShipmentV3Data.shipment_event_type", "inferred")
class ShipmentEventType(OpenText):
    """What happened to a shipment."""

    ADD = "add"
    UPDATE = "update"


@known(_SERVICE, "ShipmentV3Data.shipment_state_changed", "inferred")
class ShipmentV3StateChanged(OpenText):
    """Which state a shipment of Shipments v3 has come to."""

    NEW = "new"
    IN_TRANSIT = "in-transit"
    ARRIVED = "arrived"
    CLOSED = "closed"
    CLOSED_INCOMPLETE = "closed-incomplete"
    CANCELLED = "cancelled"


# What the events of each type tell ----------------------------------------------------------


@known(_SERVICE, "OrderData", "documented")
@model
class OrderData(Model):
    """An order or a booking that was added or has changed."""

    eshop_id: int = UNSET
    """The site that it belongs to."""

    order_id: int = UNSET
    """The order; `Order.orderid`."""

    warehouse_id: int = UNSET
    """The warehouse of the order."""

    order_event_type: OrderEventType = UNSET
    """What happened to it."""

    order_state_changed: OrderStateChanged = UNSET
    """The state that it came to; there only where the state has changed."""


@known(_SERVICE, "OrderDeliveryData", "documented")
@model
class OrderDeliveryData(Model):
    """A delivery of an order that was added or has changed."""

    eshop_id: int = UNSET
    """The site that the order belongs to."""

    order_id: int = UNSET
    """The order; `Order.orderid`."""

    order_delivery_id: int = UNSET
    """The delivery; `OrderDelivery.orderdeliveryid`."""

    warehouse_id: int = UNSET
    """The warehouse that it leaves from, which may be another than that of the order."""

    order_delivery_state_changed: Annotated[OrderDeliveryStateChanged, Mark.INFERRED] = UNSET
    """The state that it came to. The meaning is documented, the name of the field inferred."""

    order_delivery_event_type: Annotated[OrderDeliveryEventType, Mark.INFERRED] = UNSET
    """What happened to it. The meaning is documented, the name of the field inferred."""


@known(_SERVICE, "ShipmentData", "inferred")
@model
class ShipmentData(Model):
    """A shipment of v2 that was added or has changed; all of it is inferred from `OrderData`."""

    shipment_id: Annotated[int, Mark.INFERRED] = UNSET
    """The shipment, inferred; `Shipment.shipmentid`, which all sites share."""

    shipment_event_type: Annotated[ShipmentEventType, Mark.INFERRED] = UNSET
    """What happened to it, inferred."""

    shipment_state_changed: Annotated[str, Mark.INFERRED] = UNSET
    """The state that it came to, inferred."""


@known(_SERVICE, "ShipmentV3Data", "inferred")
@model
class ShipmentV3Data(Model):
    """A shipment of Shipments v3 that was added or has changed; all of it is inferred."""

    shipment_id: Annotated[str, Mark.INFERRED] = UNSET
    """The shipment, a UUID, inferred."""

    shipment_event_type: Annotated[ShipmentEventType, Mark.INFERRED] = UNSET
    """What happened to it, inferred."""

    shipment_state_changed: Annotated[ShipmentV3StateChanged, Mark.INFERRED] = UNSET
    """The state that it came to, inferred."""


@known(_SERVICE, "WarehouseTransactionData", "inferred")
@model
class WarehouseTransactionData(Model):
    """A movement of stock; all of it is inferred."""

    eshop_id: Annotated[int, Mark.INFERRED] = UNSET
    """The site, inferred."""

    warehouse_id: Annotated[int, Mark.INFERRED] = UNSET
    """The warehouse, inferred."""

    warehouse_transaction_id: Annotated[int, Mark.INFERRED] = UNSET
    """The transaction, inferred; `WarehouseTransaction.warehousetransactionid`."""


@known(_SERVICE, "ZReportData", "inferred")
@model
class ZReportData(Model):
    """A Z-report of a cash register; all of it is inferred."""

    eshop_id: Annotated[int, Mark.INFERRED] = UNSET
    """The site, inferred."""

    register_id: Annotated[str, Mark.INFERRED] = UNSET
    """The cash register, a GUID in braces, inferred; `PosZReport.registerid`."""

    z_report_id: Annotated[int, Mark.INFERRED] = UNSET
    """The number of the report, which each register counts for itself, inferred."""


@known(_SERVICE, "StoreZReportData", "inferred")
@model
class StoreZReportData(Model):
    """A Z-report of a whole store; all of it is inferred."""

    eshop_id: Annotated[int, Mark.INFERRED] = UNSET
    """The site, inferred."""

    store_id: Annotated[str, Mark.INFERRED] = UNSET
    """The store, by its external id, inferred."""

    store_z_report_id: Annotated[TextOrInteger, Mark.INFERRED] = UNSET
    """The report, inferred; whether it is text or a number is not known."""


# The event ----------------------------------------------------------------------------------

_DATA: Final[Mapping[str, type[Model]]] = {
    EventType.ORDER: OrderData,
    EventType.ORDER_DELIVERY: OrderDeliveryData,
    EventType.BOOKING: OrderData,
    EventType.SHIPMENT: ShipmentData,
    EventType.SHIPMENT_V3: ShipmentV3Data,
    EventType.WAREHOUSE_TRANSACTION: WarehouseTransactionData,
    EventType.Z_REPORT: ZReportData,
    EventType.STORE_Z_REPORT: StoreZReportData,
}

DataT = TypeVar("DataT", default=Any)


class _HandedOver(Model):
    """The slot in which an event notes how often its handler was begun; no field of it."""

    __slots__ = ("_attempt",)

    _attempt: int


@known(_SERVICE, "Event", "documented")
@model
class Event(_HandedOver, Generic[DataT]):
    """Something that happened in Sitoo, as a handler gets it; its type argument is that of `data`.

    Reference: SPI Events, Events page.
    """

    event_id: str = UNSET
    """What tells it from all others: the same one is the same event, sent once more.

    An event may be handled more than once, where a process ends in the middle of its handler. To
    have its effect once, do it in one transaction with a note of this id, and do nothing where the
    note is there.
    """

    event_type: EventType = UNSET
    """What kind of object it tells of; one that is not known here has its text all the same."""

    event_date: Timestamp = UNSET
    """When it happened."""

    account_id: int = UNSET
    """The account in which it happened; an address may be told of several."""

    data: Annotated[DataT, ChoiceOf(models=_DATA, field="event_type", beside=True)] = UNSET
    """Which object it was; a plain mapping where `event_type` is not known here."""

    @property
    def attempt(self) -> int:
        """Which attempt of its handler this is, from 1.

        Above 1, an earlier one failed or was cut short, after whatever it had done by then.
        """
        try:
            return self._attempt
        except AttributeError:  # one that was made by hand
            return 1

    # What each type is read back as; bookings are orders.
    @overload
    async def fetch(self: Event[OrderData], sitoo: SitooClient, /) -> Order: ...
    @overload
    async def fetch(self: Event[OrderDeliveryData], sitoo: SitooClient, /) -> OrderDelivery: ...
    @overload
    async def fetch(self: Event[ShipmentData], sitoo: SitooClient, /) -> Shipment: ...
    @overload
    async def fetch(self: Event[ShipmentV3Data], sitoo: SitooClient, /) -> ShipmentV3: ...
    @overload
    async def fetch(
        self: Event[WarehouseTransactionData], sitoo: SitooClient, /
    ) -> WarehouseTransaction: ...
    @overload
    async def fetch(self: Event[ZReportData], sitoo: SitooClient, /) -> PosZReport: ...
    @overload
    async def fetch(self, sitoo: SitooClient, /) -> Any: ...
    async def fetch(self, sitoo: SitooClient, /) -> Any:
        """Read back the object that the event tells of, as it is now.

        An order and a booking give an `Order`, a delivery an `OrderDelivery`, a shipment a
        `Shipment` or, of Shipments v3, a `ShipmentV3`, a movement of stock a
        `WarehouseTransaction`, a Z-report a `PosZReport`, and that of a store plain JSON.

        Args:
            sitoo: a client of the account; which site it is for, the event says.

        Raises:
            InvalidInputError: the event doesn't say which object it is, or not by the names that
                are known here, many of which are inferred. Nothing was sent.
            NotFoundError: there is no such object any more.
        """
        return await fetched(self, sitoo)


def handed_over(event: Event[Any], attempt: int) -> Event[Any]:
    """The event, noted to be in that attempt."""
    object.__setattr__(event, "_attempt", attempt)
    return event
