"""What an event tells of is read back by the right group, and nothing is guessed."""

from __future__ import annotations

from typing import Any

import pytest

from sitoo_async import SitooClient
from sitoo_async._codec.codec import decode_item
from sitoo_async.errors import InvalidInputError, NotFoundError, UnverifiedEndpointWarning
from sitoo_async.models import Order, OrderDelivery, PosZReport, Shipment, WarehouseTransaction
from sitoo_async.spi.events import (
    Event,
    OrderData,
    OrderDeliveryData,
    ShipmentData,
    ShipmentV3Data,
    StoreZReportData,
    WarehouseTransactionData,
    ZReportData,
)
from sitoo_async.testing import FakeSitoo

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def sitoo(full_account):
    async with full_account() as fake, SitooClient(**fake.credentials, site=7) as client:
        client.fake = fake
        yield client


def event(event_type: str, data: Any) -> Event[Any]:
    return Event(event_id="1", event_type=event_type, data=data)


def first(fake: FakeSitoo, path: str) -> Any:
    return next(iter(fake.items(path)))


async def test_an_order_and_a_booking_are_read_from_the_site_of_the_event(sitoo):
    orderid = first(sitoo.fake, "/sites/1/orders")
    for event_type in ("order", "booking"):
        told = event(event_type, OrderData(eshop_id=1, order_id=orderid))
        order = await told.fetch(sitoo)
        assert isinstance(order, Order)
        assert order.orderid == orderid


async def test_a_delivery_is_found_among_those_of_its_order(sitoo):
    fake = sitoo.fake
    orderid, key = next(
        (order, first(fake, path))
        for order in fake.items("/sites/1/orders")
        if fake.items(path := f"/sites/1/orders/{order}/orderdeliveries")
    )
    told = event(
        "order-delivery", OrderDeliveryData(eshop_id=1, order_id=orderid, order_delivery_id=key)
    )
    delivery = await told.fetch(sitoo)
    assert isinstance(delivery, OrderDelivery)
    assert delivery.orderdeliveryid == key
    told.data.order_delivery_id = 999
    with pytest.raises(NotFoundError, match=f"the order {orderid} has no delivery 999"):
        await told.fetch(sitoo)


async def test_a_shipment_a_movement_and_a_report_are_read_back(sitoo):
    fake = sitoo.fake
    shipmentid = first(fake, "/shipments")
    shipment = await event("shipment", ShipmentData(shipment_id=shipmentid)).fetch(sitoo)
    assert isinstance(shipment, Shipment)

    (movement,) = await sitoo.site(1).warehouses.transactions.list(1).collect(limit=1)
    data = WarehouseTransactionData(
        eshop_id=1, warehouse_id=1, warehouse_transaction_id=movement.warehousetransactionid
    )
    assert isinstance(await event("warehouse-transaction", data).fetch(sitoo), WarehouseTransaction)

    report = await sitoo.z_reports.list().first()
    told = event(
        "z-report", ZReportData(register_id=report.registerid, z_report_id=report.zreportid)
    )
    with pytest.warns(UnverifiedEndpointWarning):
        assert isinstance(await told.fetch(sitoo), PosZReport)


async def test_a_shipment_of_v3_is_read_back_where_it_is(sitoo):
    shipment = await sitoo.shipments_v3.list().first()
    told = event("shipment-v3", ShipmentV3Data(shipment_id=shipment.id))
    with pytest.warns(UnverifiedEndpointWarning):
        assert (await told.fetch(sitoo)).id == shipment.id


@pytest.mark.parametrize("key", ["1", 1])
async def test_a_report_of_a_store_is_read_back_whether_its_id_is_text_or_not(key, sitoo):
    told = event("store-z-report", StoreZReportData(store_z_report_id=key))
    with pytest.warns(UnverifiedEndpointWarning):
        assert await told.fetch(sitoo)


@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnverifiedEndpointWarning")
@pytest.mark.parametrize(
    ("told", "field"),
    [
        (event("order", OrderData(order_id=1)), "data.eshop_id"),
        (event("order", OrderData(eshop_id=1)), "data.order_id"),
        (event("booking", OrderData(eshop_id=1, order_id=None)), "data.order_id"),
        (
            event("order-delivery", OrderDeliveryData(eshop_id=1, order_id=1)),
            "data.order_delivery_id",
        ),
        (event("order", {"order_id": 1}), "data.eshop_id"),
        (event("order", OrderData(eshop_id="x", order_id=1)), "site"),
        (event("order", OrderData(eshop_id=1, order_id="x")), "orderid"),
        (event("store-z-report", StoreZReportData(store_z_report_id="x")), "zreportid"),
    ],
)
async def test_an_event_that_does_not_say_which_object_it_is_sends_nothing(told, field, sitoo):
    with pytest.raises(InvalidInputError) as caught:
        await told.fetch(sitoo)
    assert caught.value.field == field
    assert sitoo.fake.requests == []


async def test_an_inferred_name_that_sitoo_has_otherwise_is_told_with_what_came(sitoo):
    told = decode_item(
        b'{"event_type": "shipment", "data": {"shipmentid": 5, "shipment_event_type": "add"}}',
        Event,
    )
    with pytest.raises(InvalidInputError) as caught:
        await told.fetch(sitoo)
    assert "data.shipment_id is not there: its name is inferred" in str(caught.value)
    assert "what came is shipment_event_type, shipmentid" in str(caught.value)
    assert "by shipments.get" in str(caught.value)


async def test_an_unknown_type_is_not_read_back(sitoo):
    with pytest.raises(InvalidInputError, match="nothing is known here of events of this type"):
        await event("cash-report", {"order_id": 1}).fetch(sitoo)
