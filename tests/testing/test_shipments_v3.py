"""Shipments v3 of the fake server: states that only actions change, filters, too large pages."""

from __future__ import annotations

import asyncio
import random
import uuid

import pytest

from sitoo_async.testing import FakeSitoo

SHIPMENTS = "/shipments/v3/shipments"


@pytest.fixture
def shipments(ask, fake_sitoo):
    """Asks below ``/shipments``."""

    async def asked(method, path="", json=None):
        return await ask(method, f"{fake_sitoo.shipments_v3_url}/shipments{path}", json)

    return asked


@pytest.fixture
def added(fake_sitoo):
    """Adds a shipment from warehouse 1 to warehouse 2 and returns its id."""

    def add(**info):
        items = [{"sku": "S-1", "quantity": 3, "cost_price": 12_350}, {"sku": "S-2", "quantity": 1}]
        about = {"origin_warehouse_id": 1, "destination_warehouse_id": 2, **info}
        return fake_sitoo.add(SHIPMENTS, {"info": about, "packages": [{"items": items}]})

    return add


@pytest.fixture
def act(shipments):
    """Does something to a shipment."""

    async def done(key, kind, data=None):
        return await shipments(
            "POST", f"/{key}/actions", {"type": kind} | ({"data": data} if data else {})
        )

    return done


async def test_the_account_has_shipments_in_several_states(shipments, fake_sitoo):
    before = fake_sitoo.items("/sites/1/warehouses/2/warehousetransactions").copy()
    found = (await shipments("GET")).json["items"]
    # Their goods are in the stock already.
    assert found[0]["info"]["destination_warehouse_id"] == 2
    assert fake_sitoo.items("/sites/1/warehouses/2/warehousetransactions") == before
    assert [each["state"] for each in found] == ["closed", "in-transit", "new"]  # newest first
    assert [each["version"] for each in found] == [3, 1, 0]


async def test_a_shipment_begins_new_with_ids_and_shows_its_packages_if_asked(shipments):
    sent = {
        "info": {"note": "by hand", "carrier": {"name": "Post"}},
        "packages": [{"barcode": "P", "items": [{"sku": "1", "quantity": 2, "cost_price": 12350}]}],
    }
    added = (await shipments("POST", json=sent)).json
    assert (added["state"], added["version"]) == ("new", 0)
    assert added["created_at"] == added["modified_at"]
    [package] = added["packages"]
    for key in (added["id"], package["id"], package["items"][0]["id"]):
        uuid.UUID(key)
    assert package["items"][0]["cost_price"] == 12350
    hidden = {"packages", "items_undeclared"}
    shown = (await shipments("GET", f"/{added['id'].upper()}")).json
    assert shown == {name: value for name, value in added.items() if name not in hidden}
    query = "?include_packages=true&include_items_undeclared=true"
    assert (await shipments("GET", f"/{added['id']}{query}")).json == added
    assert added in (await shipments("GET", f"{query}&num=1000")).json["items"]


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"state": "closed"}, (400, "field-readonly", "state")),
        ({"version": 1}, (400, "field-readonly", "version")),
        ({"info": []}, (400, "field-type", "info")),
        ({"info": {"origin_warehouse_id": "1"}}, (400, "field-type", "info.origin_warehouse_id")),
        ({"info": {"carrier": {"nam": "x"}}}, (400, "field-unknown", "info.carrier.nam")),
        (
            {"info": {"additional_data": {"key": 1}}},
            (400, "field-type", "info.additional_data.key"),
        ),
        (
            {"packages": [{}, {"items": [{"quantity": "2"}]}]},
            (400, "field-type", "packages[1].items[0].quantity"),
        ),
    ],
)
async def test_a_shipment_that_is_none_is_refused_by_the_path_of_its_field(shipments, sent, error):
    assert (await shipments("POST", json=sent)).error == error


async def test_what_is_known_in_part_takes_fields_that_nobody_knows(shipments):
    package = {"colour": "blue", "items": [{"sku": "1", "shelf": 7}]}
    info = {"mood": "good", "additional_data": {"web-order": "7"}}
    added = (await shipments("POST", json={"info": info, "packages": [package]})).json
    assert added["info"] == info
    assert added["packages"][0]["colour"] == "blue"
    assert added["packages"][0]["items"][0]["shelf"] == 7


ACTIVE = ("new", "in-transit", "arrived")
ENDS = ("closed", "closed-incomplete", "cancelled")
WAY = {
    "new": (),
    "in-transit": ("in-transit",),
    "arrived": ("in-transit", "arrived"),
    "closed": ("in-transit", "arrived", "closed"),
    "closed-incomplete": ("in-transit", "arrived", "closed-incomplete"),
    "cancelled": ("cancelled",),
}
ALLOWED = {
    "new": {"in-transit", "cancelled"},
    "in-transit": {"arrived", "cancelled"},
    "arrived": {"closed", "closed-incomplete", "cancelled"},
}


@pytest.mark.parametrize("state", WAY)
async def test_a_state_leads_to_the_next_ones_and_an_end_to_none(act, added, fake_sitoo, state):
    for target in WAY:
        key = added()
        for step in WAY[state]:
            assert (await act(key, step)).status == 200
        reply = await act(key, target)
        if target in ALLOWED.get(state, ()):
            assert (reply.json["state"], reply.json["version"]) == (target, len(WAY[state]) + 1)
        else:
            assert reply.error == (400, "field-validation", "type")
            assert fake_sitoo.items(SHIPMENTS)[key]["state"] == state


@pytest.mark.virtual_time
async def test_actions_are_kept_in_their_order(shipments, act, fake_sitoo):
    key = (await shipments("POST", json={"info": {"note": "old"}})).json["id"]
    await asyncio.sleep(5)
    changed = (await act(key, "info-update", {"note": "new"})).json
    assert changed["modified_at"] >= changed["created_at"] + 5
    assert fake_sitoo.items(SHIPMENTS)[key]["info"] == {"note": "new"}
    assert fake_sitoo.requests[0].json == {"info": {"note": "old"}}
    await act(key, "in-transit")
    first = (await shipments("GET", f"/{key}/actions?num=1")).json
    assert [action["type"] for action in first["items"]] == ["info-update"]
    assert first["items"][0]["data"] == {"note": "new"}
    then = (await shipments("GET", f"/{key}/actions?next={first['next']}")).json
    assert [action["type"] for action in then["items"]] == ["in-transit"]
    assert then["next"] == ""


async def test_packages_change_by_actions(act, added):
    key = added()
    more = (await act(key, "package-add", {"barcode": "P2", "items": [{"sku": "9"}]})).json
    package = more["packages"][1]
    changed = {"id": package["id"], "note": "fragile"}
    changed = (await act(key, "package-update", changed)).json["packages"][1]
    assert changed == {**package, "note": "fragile"}
    left = (await act(key, "package-remove", {"id": package["id"]})).json
    assert (len(left["packages"]), left["version"]) == (1, 3)
    gone = await act(key, "package-remove", {"id": package["id"]})
    assert gone.error == (400, "field-validation", "data.id")


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, (400, "field-missing", "type")),
        ({"type": "explode"}, (400, "field-validation", "type")),
        ({"type": 1}, (400, "field-type", "type")),
        ({"type": "arrived"}, (400, "field-validation", "type")),
        ({"type": "info-update", "data": []}, (400, "field-type", "data")),
        ({"type": "info-update", "data": {"note": 1}}, (400, "field-type", "data.note")),
    ],
)
async def test_an_action_that_is_none_changes_nothing(shipments, added, fake_sitoo, sent, error):
    key = added()
    assert (await shipments("POST", f"/{key}/actions", sent)).error == error
    assert fake_sitoo.items(SHIPMENTS)[key]["version"] == 0


def stock(fake, warehouseid, sku="S-1"):
    item = fake.items(f"/sites/1/warehouses/{warehouseid}/warehouseitems").get(sku)
    return 0.0 if item is None else float(item["decimaltotal"])


async def test_goods_leave_one_warehouse_and_are_received_in_parts_in_another(
    act, added, fake_sitoo
):
    before = stock(fake_sitoo, 1), stock(fake_sitoo, 2)
    key = added()
    await act(key, "in-transit")
    assert stock(fake_sitoo, 1) == before[0] - 3
    await act(key, "arrived")
    first, second = fake_sitoo.items(SHIPMENTS)[key]["packages"][0]["items"]
    await act(key, "items-receive", {"items": [{"item_id": first["id"], "quantity": 2}]})
    assert stock(fake_sitoo, 2) == before[1] + 2
    # Not all came, so it can't be closed as if it had.
    assert (await act(key, "closed")).error == (400, "field-validation", "type")
    rows = [{"item_id": item["id"], "quantity": 1} for item in (first, second)]
    await act(key, "items-receive", {"items": rows})
    assert (await act(key, "closed")).json["state"] == "closed"
    assert stock(fake_sitoo, 2) == before[1] + 3
    moved = fake_sitoo.items("/sites/1/warehouses/2/warehousetransactions").values()
    assert [each["transactiontype"] for each in moved][-2:] == [10, 10]


async def test_what_nobody_counted_is_received_whole(act, added, fake_sitoo):
    before = stock(fake_sitoo, 3)
    key = added(destination_warehouse_id=3)  # a virtual one, which has no transactions
    for step in WAY["closed"]:
        await act(key, step)
    assert stock(fake_sitoo, 3) == before + 3
    assert fake_sitoo.items("/sites/1/warehouses/3/warehousetransactions") == {}


async def test_what_no_package_declared_makes_a_difference(shipments, act, added, fake_sitoo):
    key = added()
    for step in WAY["arrived"]:
        await act(key, step)
    rows = {"items": [{"sku": "S-9", "quantity": 4}]}
    assert (await act(key, "items-receive-undeclared", rows)).status == 200
    assert stock(fake_sitoo, 2, "S-9") == 4
    assert (await act(key, "closed")).error == (400, "field-validation", "type")
    assert (await act(key, "closed-incomplete")).json["state"] == "closed-incomplete"
    shown = await shipments("GET", f"/{key}?include_items_undeclared=true")
    assert shown.json["items_undeclared"] == rows["items"]


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"item_id": "none", "quantity": 1}, "data.items[0].item_id"),
        ({"item_id": None, "quantity": 1}, "data.items[0].item_id"),
        ({"quantity": 4}, "data.items[0].quantity"),
        ({"quantity": 0}, "data.items[0].quantity"),
    ],
)
async def test_more_than_was_declared_is_not_received(act, added, fake_sitoo, row, field):
    key = added()
    for step in WAY["arrived"]:
        await act(key, step)
    item = fake_sitoo.items(SHIPMENTS)[key]["packages"][0]["items"][0]
    reply = await act(key, "items-receive", {"items": [{"item_id": item["id"], **row}]})
    assert reply.error[2] == field


async def test_active_states_and_end_states_are_not_asked_for_at_once(shipments):
    mixed = await shipments("GET", "?shipment_state=new,closed")
    assert mixed.error == (400, "field-validation", "shipment_state")
    none = await shipments("GET", "?shipment_state=lost")
    assert none.error == (400, "field-validation", "shipment_state")
    for states in (ACTIVE, ENDS):
        found = (await shipments("GET", f"?shipment_state={','.join(states)}")).json["items"]
        assert found
        assert {each["state"] for each in found} <= set(states)


async def test_either_end_or_both_select(shipments, added, fake_sitoo):
    fake_sitoo.items(SHIPMENTS).clear()
    near = added(origin_warehouse_id=1, destination_warehouse_id=2)
    far = added(origin_warehouse_id=1, destination_warehouse_id=9)
    back = added(origin_warehouse_id=2, destination_warehouse_id=1)

    async def ids(query):
        return {each["id"] for each in (await shipments("GET", f"?{query}")).json["items"]}

    both = "origin_warehouse_id=1&destination_warehouse_id=2,1"
    assert await ids("origin_warehouse_id=1") == {near, far}
    assert await ids(both) == {near}
    assert await ids(f"{both}&warehouse_filter_mode=or") == {near, far, back}


async def test_the_estimated_delivery_sorts_and_drops_those_without(shipments, added, fake_sitoo):
    fake_sitoo.items(SHIPMENTS).clear()
    late, soon = (added(carrier={"estimated_delivery_at": moment}) for moment in (200, 100))
    without = added()

    async def ids(query):
        return [each["id"] for each in (await shipments("GET", f"?{query}")).json["items"]]

    assert await ids("sort=estimated_delivery_at") == [soon, late]
    assert await ids("sort=-estimated_delivery_at") == [late, soon]
    assert await ids("estimated_delivery_from=200") == [late]
    assert await ids("estimated_delivery_to=100") == [soon]
    assert set(await ids("sort=created_at")) == {late, soon, without}


async def test_a_deleted_shipment_is_gone(shipments, added):
    key = added()
    assert (await shipments("DELETE", f"/{key}")).status == 204
    for path in (f"/{key}", f"/{key}/actions"):
        assert (await shipments("GET", path)).error == (404, "other", None)


async def test_an_answer_that_is_too_large_when_compressed_is_502(connected):
    async with FakeSitoo() as fake, connected(fake) as ask:
        noise = random.Random(1)  # noqa: S311  # what doesn't compress
        for _ in range(8):
            note = noise.randbytes(2000).hex()
            fake.add(SHIPMENTS, {"info": {"note": note}, "packages": [{"note": "x" * 4000}]})
        url = f"{fake.shipments_v3_url}/shipments?shipment_state=new"
        assert fake.shipments_limit == 1_000_000
        assert (await ask("GET", url)).status == 200
        fake.shipments_limit = 12_000
        too_large = await ask("GET", f"{url}&num=8")
        assert (too_large.status, too_large.json) == (502, None)
        assert (await ask("GET", f"{url}&num=4")).status == 200
        # What compresses well counts for little.
        assert (await ask("GET", f"{url}&num=4&include_packages=true")).status == 200
        fake.shipments_limit = 100
        assert (await ask("GET", f"{url}&num=1")).status == 502
        assert (await ask("GET", f"{fake.journals_url}/nothing")).status == 404
        assert fake.overlaps == 0
