"""Shipments of the newer service: filters, what comes with them, and changes by actions alone."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sitoo_async import errors, is_set, unknown_fields
from sitoo_async.models import (
    CarrierV3,
    ShipmentActionV3,
    ShipmentInfoV3,
    ShipmentReceivedItemsV3,
    ShipmentReceivedItemV3,
    ShipmentSortOptionV3,
    ShipmentStateV3,
    ShipmentV3,
)
from sitoo_async.testing import Fault

pytestmark = [
    pytest.mark.virtual_time,
    pytest.mark.filterwarnings("ignore::sitoo_async.UnverifiedEndpointWarning"),
]

SHIPMENTS = "/shipments/v3/shipments"


def target(record):
    return f"{record.method} {record.raw_path.partition('/shipments/v3')[2]}"


def package(**item):
    return {"items": [{"sku": "S-1", "quantity": 3, **item}]}


async def test_a_shipment_goes_its_way_by_actions(fake_sitoo, sitoo):
    shipments = sitoo.shipments_v3
    info = ShipmentInfoV3(
        carrier=CarrierV3(name="Post", estimated_delivery_at=datetime(2024, 5, 1, tzinfo=UTC))
    )
    added = await shipments.add(info=info, packages=[package(cost_price=Decimal("123.50"))])
    sent = fake_sitoo.requests[-1]
    assert target(sent) == "POST /shipments"
    assert sent.json == {
        "info": {"carrier": {"name": "Post", "estimated_delivery_at": 1714521600}},
        "packages": [package(cost_price=12350)],
    }
    assert (added.state, added.version) == (ShipmentStateV3.NEW, 0)
    assert added.packages[0].items[0].cost_price == Decimal("123.50")
    for kind in ("in-transit", "arrived"):
        answer = await shipments.actions.add(added.id, type=kind)
        assert answer["state"] == kind
    (item,) = added.packages[0].items
    received = ShipmentReceivedItemsV3(items=[ShipmentReceivedItemV3(item_id=item.id, quantity=3)])
    await shipments.actions.add(added.id, ShipmentActionV3(type="items-receive", data=received))
    assert fake_sitoo.requests[-1].json["data"] == {"items": [{"item_id": item.id, "quantity": 3}]}
    await shipments.actions.add(added.id, type="closed")
    found = await shipments.get(added.id)
    assert (found.state, found.version) == (ShipmentStateV3.CLOSED, 4)
    assert target(fake_sitoo.requests[-1]) == (
        f"GET /shipments/{added.id}?include_packages=true&include_items_undeclared=true"
    )
    done = await shipments.actions.list(added.id, page_size=3).collect()
    assert [action.type for action in done] == ["in-transit", "arrived", "items-receive", "closed"]
    assert done[2].data == {"items": [{"item_id": item.id, "quantity": 3}]}
    assert await shipments.delete(added.id) is True
    with pytest.raises(errors.NotFoundError):
        await shipments.get(added.id)


async def test_an_action_that_the_state_does_not_allow_is_told_by_field(fake_sitoo, sitoo):
    key = fake_sitoo.add(SHIPMENTS, {"packages": [package()]})
    with pytest.raises(errors.BadRequestError, match="closed is not allowed") as caught:
        await sitoo.shipments_v3.actions.add(key, type="closed")
    assert (caught.value.error_code, caught.value.error_field) == ("field-validation", "type")
    for nothing in ({}, {"data": {}}):
        fake_sitoo.requests.clear()
        with pytest.raises(errors.SitooError) as caught:
            await sitoo.shipments_v3.actions.add(key, **nothing)
        assert len(fake_sitoo.requests) == len(nothing)


async def test_filters_order_and_what_comes_with_them_stand_in_the_query(fake_sitoo, sitoo):
    keys = [
        fake_sitoo.add(
            SHIPMENTS,
            {"info": {"origin_warehouse_id": 1, "carrier": {"estimated_delivery_at": 100 + n}}},
        )
        for n in range(3)
    ]
    found = sitoo.shipments_v3.list(
        shipment_state=(ShipmentStateV3.NEW, "arrived"),
        origin_warehouse_id=[1, 7],
        destination_warehouse_id=[9],
        warehouse_filter_mode="or",
        estimated_delivery_from=datetime.fromtimestamp(101, UTC),
        estimated_delivery_to=datetime.fromtimestamp(102, UTC),
        sort=ShipmentSortOptionV3.ESTIMATED_DELIVERY_AT_DESCENDING,
        include_packages=True,
        include_items_undeclared=False,
        page_size=1,
    )
    assert [each.id async for each in found] == [keys[2], keys[1]]
    query = target(fake_sitoo.requests[0]).partition("?")[2]
    assert query == (
        "shipment_state=new,arrived&origin_warehouse_id=1,7&destination_warehouse_id=9"
        "&warehouse_filter_mode=or&estimated_delivery_from=101&estimated_delivery_to=102"
        "&sort=-estimated_delivery_at&include_packages=true&include_items_undeclared=false&num=1"
    )
    (first,) = await sitoo.shipments_v3.list(page_size=1)
    assert not is_set(first, "packages")
    assert target(fake_sitoo.requests[-1]) == "GET /shipments?num=1"


@pytest.mark.parametrize("active", ["new", ShipmentStateV3.IN_TRANSIT])
@pytest.mark.parametrize("end", ["closed-incomplete", ShipmentStateV3.CANCELLED])
def test_active_states_beside_such_as_end_are_refused(sitoo, fake_sitoo, active, end):
    with pytest.raises(errors.InvalidInputError, match="make two lists") as caught:
        sitoo.shipments_v3.list(shipment_state=[end, "of-tomorrow", active])
    assert caught.value.field == "shipment_state"
    assert f"({active})" in str(caught.value)
    assert f"({end})" in str(caught.value)
    assert fake_sitoo.requests == []
    sitoo.shipments_v3.list(shipment_state=[end, "of-tomorrow"])


@pytest.mark.parametrize("states", ["new", [], [""], [5], ["a,b"], 5, None, [None, "new"]])
def test_states_that_are_none_are_refused(sitoo, states):
    says = "shipment_state (must be a list of strings|holds|is empty)"
    with pytest.raises(errors.InvalidInputError, match=says) as caught:
        sitoo.shipments_v3.list(shipment_state=states)
    assert caught.value.field == "shipment_state"


def test_a_shipment_has_no_update_and_says_what_it_has(sitoo):
    for name in ("update", "set"):
        with pytest.raises(AttributeError, match=r"actions alone, see shipments_v3\.actions\.add"):
            getattr(sitoo.shipments_v3, name)
    with pytest.raises(AttributeError, match=r"ShipmentsV3 has no attribute 'lists'$"):
        _ = sitoo.shipments_v3.lists
    assert not hasattr(sitoo.shipments_v3, "update_many")


async def test_what_only_sitoo_sets_can_not_be_sent(fake_sitoo, sitoo):
    for field, value in (("state", "new"), ("version", 1), ("items_undeclared", [])):
        with pytest.raises(errors.InvalidInputError, match="read-only") as caught:
            await sitoo.shipments_v3.add({field: value})
        assert caught.value.field == field
    with pytest.raises(errors.InvalidInputError, match="may mean a whole amount") as caught:
        await sitoo.shipments_v3.add(packages=[package(cost_price=12350)])
    assert caught.value.field == "packages[0].items[0].cost_price"
    with pytest.raises(errors.InvalidInputError, match="must be True or False"):
        await sitoo.shipments_v3.get("7b1f", include_packages="true")
    assert fake_sitoo.requests == []


async def test_what_nobody_documents_is_kept(fake_sitoo, sitoo):
    body = {"id": "7b1f", "state": "lost", "info": {"eta": 5}, "risk": "high"}
    fake_sitoo.script(Fault.answer(200, body=body))
    shipment = await sitoo.shipments_v3.get("7b1f")
    assert shipment == ShipmentV3(id="7b1f", state=ShipmentStateV3("lost"), info=ShipmentInfoV3())
    assert unknown_fields(shipment) == {"risk": "high"}
    assert unknown_fields(shipment.info) == {"eta": 5}


async def test_an_action_is_never_repeated_and_may_be_answered_with_nothing(fake_sitoo, sitoo):
    key = fake_sitoo.add(SHIPMENTS, {"packages": [package()]})
    fake_sitoo.script(Fault.drop(method="POST", when="after"))
    with pytest.raises(errors.ReadError) as caught:
        await sitoo.shipments_v3.actions.add(key, type="in-transit")
    assert caught.value.sent == "unknown"
    assert len(fake_sitoo.requests) == 1
    assert (await sitoo.shipments_v3.get(key)).version == 1
    fake_sitoo.script(Fault.answer(204, body=b"", method="POST"))
    assert await sitoo.shipments_v3.actions.add(key, type="arrived") is None


@pytest.mark.parametrize("body", ['""', "7", "{}", "[]", "true", ""])
async def test_the_bare_id_of_what_was_added_will_do_and_nothing_else(fake_sitoo, sitoo, body):
    # No page prints what is answered, and the other ways to add something answer with an id.
    fake_sitoo.script(Fault.answer(201, body='"4b1f"'), Fault.answer(201, body=body))
    assert await sitoo.shipments_v3.add(info={"note": "a"}) == ShipmentV3(id="4b1f")
    with pytest.raises(errors.DecodeError) as caught:
        await sitoo.shipments_v3.add(info={"note": "a"})
    assert (caught.value.sent, caught.value.path) == ("yes", "/shipments")
