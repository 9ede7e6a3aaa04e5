# pyright: reportUnnecessaryTypeIgnoreComment=true
"""What a type checker knows of events, their handlers and what is read back.

Checked, never run. Lines that are wrong on purpose show what it refuses; see `groups`.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

from sitoo_async import SitooClient
from sitoo_async.models import (
    JournalEntry,
    Order,
    OrderDelivery,
    PosZReport,
    Shipment,
    ShipmentV3,
    WarehouseTransaction,
)
from sitoo_async.spi.events import (
    DeadLetter,
    Event,
    Events,
    MemoryInbox,
    Missed,
    OrderData,
    OrderDeliveryData,
    OrderEventType,
    ShipmentData,
    ShipmentV3Data,
    SQLiteInbox,
    StoreZReportData,
    WarehouseTransactionData,
    ZReportData,
)

events = Events(user="sitoo", password="made up", inbox=SQLiteInbox("events.sqlite3"))


@events.on("order")
async def order(event: Event[OrderData], sitoo: SitooClient) -> None:
    assert_type(event.data.order_event_type, OrderEventType)
    assert_type(await event.fetch(sitoo), Order)
    assert_type(event.attempt, int)


@events.on("booking")
async def booking(event: Event[OrderData], sitoo: SitooClient) -> int:
    return (await event.fetch(sitoo)).orderid


@events.on("order-delivery")
async def delivery(event: Event[OrderDeliveryData], sitoo: SitooClient) -> None:
    assert_type(await event.fetch(sitoo), OrderDelivery)


@events.on("shipment")
async def shipment(event: Event[ShipmentData], sitoo: SitooClient) -> None:
    assert_type(await event.fetch(sitoo), Shipment)


@events.on("shipment-v3")
async def shipment_v3(event: Event[ShipmentV3Data], sitoo: SitooClient) -> None:
    assert_type(await event.fetch(sitoo), ShipmentV3)


@events.on("warehouse-transaction")
async def movement(event: Event[WarehouseTransactionData], sitoo: SitooClient) -> None:
    assert_type(await event.fetch(sitoo), WarehouseTransaction)


@events.on("z-report")
async def report(event: Event[ZReportData], sitoo: SitooClient) -> None:
    assert_type(await event.fetch(sitoo), PosZReport)


@events.on("store-z-report")
async def store_report(event: Event[StoreZReportData], sitoo: SitooClient) -> None:
    assert_type(event.data.store_z_report_id, str | int)
    await event.fetch(sitoo)


@events.on("cash-report")
async def unknown(event: Event[dict[str, Any]], sitoo: SitooClient) -> None:
    assert_type(event.data["cash"], Any)


@events.on_other
async def other(event: Event, sitoo: SitooClient) -> None:
    assert_type(event.data, Any)


@events.on("order")  # type: ignore[arg-type]  # the data of another type
async def wrong_data(event: Event[ZReportData], sitoo: SitooClient) -> None: ...


@events.on("order")  # type: ignore[arg-type]  # no client
async def no_client(event: Event[OrderData]) -> None: ...


@events.on("order")  # type: ignore[arg-type]  # not async
def not_async(event: Event[OrderData], sitoo: SitooClient) -> None: ...


async def use(sitoo: SitooClient) -> None:
    Events(credentials=[("a", "b"), ("c", "d")], inbox=MemoryInbox(remember=timedelta(days=2)))
    async with events, events.worker(sitoo, attempts=3, handler_timeout=60):
        for letter in await events.dead_letters(limit=5):
            assert_type(letter, DeadLetter)
            assert_type(await events.rerun(letter.event_id), bool)
            assert_type(await events.discard(letter.event_id), bool)
    async for missed in events.reconcile(
        sitoo, since=datetime(2026, 12, 1, tzinfo=UTC), kinds=["order"]
    ):
        assert_type(missed, Missed)
        match missed.item:
            case Order():
                assert_type(missed.item.orderid, int)
            case PosZReport() | WarehouseTransaction():
                pass
            case entry:
                assert_type(entry, JournalEntry)
    events.reconcile(sitoo, since=datetime.now(UTC), kinds=["orders"])  # type: ignore[list-item]
