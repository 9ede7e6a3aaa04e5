"""Purchase Prices v3 of the fake server: lists that clients name, and their items."""

from __future__ import annotations

import asyncio

import pytest

from sitoo_async.testing._reference.services import service_facts

EXAMPLES = service_facts("purchase-prices-v3")["examples"]
LIST = {"id": "B", "owner_eshop_id": 2, "name": "Franchise B", "currency": "SEK"}


@pytest.fixture
def prices(ask, fake_sitoo):
    """Asks below the root of the service."""

    async def asked(method, path, json=None):
        return await ask(method, fake_sitoo.purchase_prices_url + path, json)

    return asked


async def test_the_account_has_a_list_like_the_example(prices):
    reply = await prices("GET", "/price-lists?eshop_id=1")
    [example] = EXAMPLES["Get Price Lists"]["response"]["items"]
    [found] = reply.json["items"]
    assert set(found) == set(example)
    assert found["id"] == example["id"]
    items = (await prices("GET", "/price-lists/A/items?num=3")).json
    assert len(items["items"]) == 3
    assert items["next"]


@pytest.mark.virtual_time
async def test_a_list_is_added_read_changed_and_deleted(prices):
    added = await prices("POST", "/price-lists", LIST)
    assert (added.status, set(added.json) - set(LIST)) == (200, {"created_at", "modified_at"})
    assert (await prices("GET", "/price-lists/B")).json == added.json
    await asyncio.sleep(5)
    changed = await prices("PUT", "/price-lists/B", {**LIST, "name": "B2"})
    assert (changed.status, changed.json["name"]) == (200, "B2")
    assert changed.json["modified_at"] >= changed.json["created_at"] + 5
    assert changed.json["created_at"] == added.json["created_at"]
    await prices("PUT", "/price-lists/B/items", {"items": [{"sku": "1", "price": "1.00"}]})
    assert (await prices("DELETE", "/price-lists/B")).status == 204
    assert (await prices("GET", "/price-lists/B")).error == (404, "other", None)
    await prices("POST", "/price-lists", LIST)
    assert (await prices("GET", "/price-lists/B/items")).json["items"] == []


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"id": "A"}, (400, "field-validation", "id")),
        ({"name": None}, (400, "field-type", "name")),
        ({"owner_eshop_id": True}, (400, "field-type", "owner_eshop_id")),
        ({"owner_eshop_id": 9}, (400, "field-validation", "owner_eshop_id")),
        ({"currency": "kr"}, (400, "field-validation", "currency")),
        ({"created_at": 1}, (400, "field-readonly", "created_at")),
        ({"colour": "red"}, (400, "field-unknown", "colour")),
    ],
)
async def test_a_list_that_is_none_is_refused_by_the_name_of_its_field(prices, changes, error):
    assert (await prices("POST", "/price-lists", LIST | changes)).error == error
    assert (await prices("GET", "/price-lists?eshop_id=2")).json["items"] == []


async def test_an_update_says_all_of_a_list_as_in_the_example(prices):
    sent = EXAMPLES["Update Price List"]["request"]
    assert (await prices("PUT", "/price-lists/A", sent)).status == 200
    reply = await prices("PUT", "/price-lists/A", {"name": "Only this"})
    assert reply.error == (400, "field-missing", "id")
    reply = await prices("PUT", "/price-lists/A", sent | {"id": "C"})
    assert reply.error == (400, "field-validation", "id")


async def test_lists_that_were_assigned_to_a_site_are_shown_to_it(prices, fake_sitoo):
    fake_sitoo.add("/purchaseprices/v3/price-lists", LIST)
    mappings = fake_sitoo.items("/purchaseprices/v3/mappings")
    mappings[2] = {"eshop_id": 2, "price_list_ids": ["A"]}
    found = (await prices("GET", "/price-lists?eshop_id=2")).json["items"]
    assert [each["id"] for each in found] == ["A", "B"]
    assert set(fake_sitoo.items("/purchaseprices/v3/price-lists")) == {"A", "B"}


async def test_items_are_set_by_sku_and_others_stay(prices, fake_sitoo):
    fake_sitoo.add("/purchaseprices/v3/price-lists", LIST)
    path = "/price-lists/B/items"
    # Nobody knows whether a price is text or hundredths.
    sent = {"items": [{"sku": "1", "price": "1.00"}, {"sku": "2", "price": 250}]}
    assert (await prices("PUT", path, sent)).status == 204
    assert fake_sitoo.add(f"/purchaseprices/v3{path}", {"sku": "1", "price": 7}) == "1"
    items = [{"sku": "1", "price": 7}, {"sku": "2", "price": 250}]
    assert (await prices("GET", path)).json == {"items": items, "next": ""}
    assert (await prices("DELETE", path, ["1", "unheard of"])).status == 204
    assert set(fake_sitoo.items(f"/purchaseprices/v3{path}")) == {"2"}
    assert (await prices("DELETE", path, {"items": [{"sku": "2"}]})).status == 204
    assert (await prices("GET", path)).json["items"] == []


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({}, (400, "field-missing", "items")),
        ({"items": {}}, (400, "field-type", "items")),
        ({"items": [{"sku": "1"}, {"price": 1}]}, (400, "field-missing", "items[1].sku")),
        ({"items": [{"sku": 1}]}, (400, "field-type", "items[0].sku")),
        ([{"sku": "1"}], (400, "field-type", None)),
    ],
)
async def test_items_that_are_none_are_refused(prices, sent, error):
    assert (await prices("PUT", "/price-lists/A/items", sent)).error == error


async def test_an_item_to_delete_has_a_sku(prices):
    reply = await prices("DELETE", "/price-lists/A/items", {"items": [{"price": 1}]})
    assert reply.error == (400, "field-type", "items[0]")
