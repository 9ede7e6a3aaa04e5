"""What happens in the fake account, as the events that a partner is told of."""

from __future__ import annotations

import pytest

from sitoo_async.testing import FakeSitoo
from sitoo_async.testing._reference.services import service_facts

ROW = {"productname": "Cup", "sku": "S-1", "quantity": 2, "moneyrowprice": "20.00", "vatvalue": 25}
ORDER = {"ordertypeid": 10, "orderitems": [ROW], "warehouseid": 1}

DATA = {
    "order": "OrderData",
    "booking": "OrderData",
    "order-delivery": "OrderDeliveryData",
    "shipment": "ShipmentData",
    "shipment-v3": "ShipmentV3Data",
    "warehouse-transaction": "WarehouseTransactionData",
    "z-report": "ZReportData",
    "store-z-report": "StoreZReportData",
}


async def ok(scope, receive, send):
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body"})


@pytest.fixture
async def fake():
    """A server that tells of events; the account holds what it holds from the start by then."""
    async with FakeSitoo() as fake:
        fake.deliver_events(to=ok)
        yield fake


@pytest.fixture
async def told(fake):
    """Takes what was told since the last time, without ids and dates."""

    async def taken():
        await fake.events_delivered()
        events = [event for delivery in fake.deliveries for event in delivery.events]
        fake.deliveries.clear()
        return [(event["event_type"], event["data"]) for event in events]

    return taken


async def test_what_the_account_holds_from_the_start_is_told_to_nobody(fake, told, ask_of):
    for path in ("/orders.json", "/shipments.json", "/sites/1/warehousetransactions.json"):
        assert (await ask_of("GET", path)).json["totalcount"]
    assert (await ask_of("GET", f"{fake.shipments_v3_url}/shipments")).json["items"]
    assert await told() == []


@pytest.fixture
async def ask_of(connected, fake):
    async with connected(fake) as ask:
        yield ask


async def test_an_order_is_told_from_its_add_to_its_end(told, ask_of):
    key = (await ask_of("POST", "/sites/1/orders.json", ORDER)).json
    path = f"/sites/1/orders/{key}.json"
    ids = {"eshop_id": 1, "order_id": key, "warehouse_id": 1}
    assert await told() == [("order", {**ids, "order_event_type": "add"})]

    for changes, state in (
        ({"comment": "wrap it"}, {}),
        ({"orderstateid": 10}, {"order_state_changed": "closed"}),
        ({"orderstateid": 10}, {}),
        ({"orderstateid": 0}, {"order_state_changed": "open"}),
        ({"orderstateid": 20}, {"order_state_changed": "cancelled"}),
        ({"orderstateid": -1}, {}),
    ):
        assert (await ask_of("PUT", path, changes)).status == 200
        assert await told() == [("order", {**ids, "order_event_type": "update", **state})]
    # What is refused hasn't happened.
    assert (await ask_of("PUT", path, {"comment": 1})).status == 400
    assert await told() == []


async def test_staff_tells_by_the_log_that_an_order_is_ready_or_rejected(fake, told):
    key = fake.add("/sites/1/orders", {"ordertypeid": 10, "orderitems": []})
    await told()
    for kind, change in ((900, "ready-for-pickup"), (910, "pickup-rejected")):
        fake.add(f"/sites/1/orders/{key}/orderlogitems", {"orderlogtypeid": kind})
        data = {"eshop_id": 1, "order_id": key, "order_event_type": change}
        assert await told() == [("order", data)]


async def test_a_booking_is_told_as_one(fake, told):
    key = fake.add("/sites/2/orders", {**ORDER, "ordertypeid": 100})
    ids = {"eshop_id": 2, "order_id": key, "warehouse_id": 1}
    assert await told() == [("booking", {**ids, "order_event_type": "add"})]


async def test_a_delivery_is_told_with_the_transaction_that_follows(fake, told, ask_of):
    order = fake.add("/sites/1/orders", ORDER)
    await told()
    sent = {"warehouseid": 2, "orderdeliveryitems": [{"orderitemid": 0, "quantity": 1}]}
    key = fake.add(f"/sites/1/orders/{order}/orderdeliveries", sent)
    ids = {"eshop_id": 1, "order_id": order, "order_delivery_id": key, "warehouse_id": 2}
    done = {"order_delivery_state_changed": "delivered"}
    (delivered, added), (moved, transaction) = await told()
    assert delivered == "order-delivery"
    assert added == {**ids, "order_delivery_event_type": "add", **done}
    assert (moved, transaction["eshop_id"], transaction["warehouse_id"]) == (
        "warehouse-transaction",
        1,
        2,
    )
    transactions = fake.items("/sites/1/warehouses/2/warehousetransactions")
    assert transactions[transaction["warehouse_transaction_id"]]["orderdeliveryid"] == key
    path = f"/sites/1/orders/{order}/orderdeliveries/{key}.json"
    assert (await ask_of("PUT", path, {"orderdeliveryref": "T-1"})).status == 200
    assert await told() == [("order-delivery", {**ids, "order_delivery_event_type": "update"})]


async def test_shipments_of_both_kinds_are_told_apart(fake, told, ask_of):
    old = fake.add("/shipments", {"receiver_name": "Oslo"})
    await ask_of("PUT", f"/shipments/{old}.json", {"carrier_name": "Post"})
    await ask_of("PUT", f"/shipments/{old}.json", {"shipmentstate": 10})
    new = fake.add("/shipments/v3/shipments", {})
    fake.add(f"/shipments/v3/shipments/{new}/actions", {"type": "info-update"})
    fake.add(f"/shipments/v3/shipments/{new}/actions", {"type": "in-transit"})
    added, updated = {"shipment_event_type": "add"}, {"shipment_event_type": "update"}
    sent = {"shipment_state_changed": "in-transit"}
    assert await told() == [
        ("shipment", {"shipment_id": old, **added}),
        ("shipment", {"shipment_id": old, **updated}),
        ("shipment", {"shipment_id": old, **updated, **sent}),
        ("shipment-v3", {"shipment_id": new, **added}),
        ("shipment-v3", {"shipment_id": new, **updated}),
        ("shipment-v3", {"shipment_id": new, **updated, **sent}),
    ]


async def test_a_closed_register_is_told_with_its_store(fake, told):
    register = next(iter(fake.items("/sites/1/cashregisters")))
    assert fake.add_z_report(register, moneysalestotal="7.00") == 5
    (first, report), (second, of_store) = await told()
    assert (first, second) == ("z-report", "store-z-report")
    assert report == {"eshop_id": 1, "register_id": register, "z_report_id": 5}
    assert (of_store["eshop_id"], of_store["store_id"]) == (1, "101")
    # The number under which the API shows the report of that store and day.
    assert isinstance(of_store["store_z_report_id"], int)


WHERE = {
    "order": "/sites/{eshop_id}/orders/{order_id}.json",
    "booking": "/sites/{eshop_id}/orders/{order_id}.json",
    "order-delivery": "/sites/{eshop_id}/orders/{order_id}/orderdeliveries.json",
    "shipment": "/shipments/{shipment_id}.json",
    "shipment-v3": "{root}/shipments/{shipment_id}",
    "warehouse-transaction": "/sites/{eshop_id}/warehouses/{warehouse_id}/warehousetransactions/"
    "{warehouse_transaction_id}.json",
    "z-report": "/pos-z-reports/{register_id}/{z_report_id}.json",
    "store-z-report": "/store-z-reports/{store_z_report_id}.json",
}


async def test_what_is_told_has_the_fields_that_the_reference_knows(fake, ask_of):
    register = next(iter(fake.items("/sites/1/cashregisters")))
    fake.add_z_report(register)
    order = fake.add("/sites/1/orders", ORDER)
    fake.add("/sites/1/orders", {**ORDER, "ordertypeid": 100})
    row = {"orderitemid": 0, "quantity": 1}
    delivery = {"warehouseid": 1, "orderdeliveryitems": [row]}
    fake.add(f"/sites/1/orders/{order}/orderdeliveries", delivery)
    fake.add("/shipments", {"receiver_name": "Oslo"})
    fake.add("/shipments/v3/shipments", {})
    await fake.events_delivered()
    facts = service_facts("spi-events")["objects"]
    events = [event for delivery in fake.deliveries for event in delivery.events]
    assert {event["event_type"] for event in events} == set(DATA)
    for event in events:
        assert set(event) == set(facts["Event"]["fields"])
        assert len(event["event_id"]) == 32
        assert event["account_id"] == 90316
        assert event["event_date"] > 1_700_000_000
        fields = facts[DATA[event["event_type"]]]["fields"]
        assert set(event["data"]) <= set(fields)
        for name, value in event["data"].items():
            assert value in fields[name].get("enum", (value,))
        # Events carry ids alone: what they tell of is read back.
        path = WHERE[event["event_type"]].format(root=fake.shipments_v3_url, **event["data"])
        assert (await ask_of("GET", path)).status == 200, path
    assert len({event["event_id"] for event in events}) == len(events)


async def test_a_server_that_begins_anew_tells_of_other_events():
    """An inbox on disk, which remembers ids, would pass over them else."""
    ids = []
    for _ in range(2):
        async with FakeSitoo() as fake:
            fake.deliver_events(to=ok)
            fake.add("/sites/1/orders", ORDER)
            await fake.events_delivered()
            ids.append(fake.deliveries[0].events[0]["event_id"])
    assert len(set(ids)) == 2
