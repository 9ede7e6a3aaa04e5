"""Purchase prices: lists, what is in them, and what is not known well enough to be called."""

from __future__ import annotations

import copy
import pickle

import pytest

from sitoo_async import SitooError, UnknownOperationError, UnverifiedEndpointWarning, errors
from sitoo_async.models import PurchasePriceList, PurchasePriceListItem, replace
from sitoo_async.testing import Fault

pytestmark = [
    pytest.mark.virtual_time,
    pytest.mark.filterwarnings("ignore::sitoo_async.UnverifiedEndpointWarning"),
]

LIST = {"id": "F/1", "owner_eshop_id": 1, "name": "Franchise F", "currency": "SEK"}


def target(record):
    return f"{record.method} {record.raw_path.partition('/purchaseprices/v3')[2]}"


async def test_a_price_list_is_added_fetched_changed_and_deleted(fake_sitoo, sitoo):
    lists = sitoo.purchase_prices.lists
    added = await lists.add(**LIST)
    assert (added.id, added.name) == ("F/1", "Franchise F")
    assert added.created_at is not None
    found = await lists.get("F/1")
    assert found == added
    # What was fetched goes back, changed, without what only Sitoo sets.
    changed = await lists.update("F/1", replace(found, name="F"))
    assert (changed.name, changed.currency) == ("F", "SEK")
    assert fake_sitoo.requests[-1].json == LIST | {"name": "F"}
    await lists.update("F/1", owner_eshop_id=1, name="G", currency="NOK")
    assert fake_sitoo.requests[-1].json == LIST | {"name": "G", "currency": "NOK"}
    assert await lists.delete("F/1") is True
    with pytest.raises(errors.NotFoundError):
        await lists.get("F/1")
    assert [target(record) for record in fake_sitoo.requests[:2]] == [
        "POST /price-lists",
        "GET /price-lists/F%2F1",
    ]
    assert target(fake_sitoo.requests[-2]) == "DELETE /price-lists/F%2F1"


async def test_the_lists_of_a_site_are_walked_by_cursor(fake_sitoo, sitoo):
    for number in range(4):
        await sitoo.purchase_prices.lists.add(LIST | {"id": str(number)})
    fake_sitoo.requests.clear()
    found = sitoo.purchase_prices.lists.list(1, page_size=3)
    assert {each.id for each in await found.collect()} == {"A", "0", "1", "2", "3"}
    first, second = map(target, fake_sitoo.requests)
    assert first == "GET /price-lists?eshop_id=1&num=3"
    assert second.startswith(f"{first}&next=")
    assert await sitoo.purchase_prices.lists.list(eshop_id=2).collect() == []


async def test_what_can_not_be_sent_names_its_field_and_sends_nothing(fake_sitoo, sitoo):
    lists, items = sitoo.purchase_prices.lists, sitoo.purchase_prices.items
    for eshop_id in ((), (None,), ("1",)):
        with pytest.raises(errors.InvalidInputError, match="eshop_id") as caught:
            lists.list(*eshop_id)
        assert caught.value.field == "eshop_id"
    refused = {
        "owner_eshop_id": lists.add(id="B", name="B", currency="SEK"),
        "created_at": lists.add(LIST | {"created_at": 1}),
        "name": lists.update("F/1", owner_eshop_id=1, currency="SEK"),
        "id": lists.update("F/1", LIST | {"id": "other"}),
        "items": items.set("A", []),
        "items[0].sku": items.set("A", [{"price": "1.00"}]),
        "items[1].price": items.set("A", [{"sku": "a", "price": 1}, {"sku": "b", "price": 1.5}]),
        "items[0].prise": items.set("A", [{"sku": "a", "prise": 1}]),
        "skus": items.delete("A", "a"),
    }
    for field, call in refused.items():
        with pytest.raises(errors.InvalidInputError) as caught:
            await call
        assert caught.value.field == field
    for wrong in ("a", {"sku": "a"}, PurchasePriceListItem(sku="a"), None):
        with pytest.raises(errors.InvalidInputError, match="items") as caught:
            await items.set("A", wrong)
    assert fake_sitoo.requests == []


async def test_prices_are_set_listed_and_deleted_in_one_request_each(fake_sitoo, sitoo):
    await sitoo.purchase_prices.lists.add(LIST)
    items = sitoo.purchase_prices.items
    price = PurchasePriceListItem(sku="b", price=4900)
    assert await items.set("F/1", ({"sku": "a", "price": "49.00"}, price)) is True
    found = await items.list("F/1", page_size=1).collect()
    # Nobody knows which of the two it is, so it comes as it was given.
    assert [(item.sku, item.price) for item in found] == [("a", "49.00"), ("b", 4900)]
    assert await items.delete("F/1", ["a"]) is True
    assert [item.sku for item in await items.list("F/1").collect()] == ["b"]
    sent = [record for record in fake_sitoo.requests if record.method in ("PUT", "DELETE")]
    assert [(target(record), record.json) for record in sent] == [
        (
            "PUT /price-lists/F%2F1/items",
            {"items": [{"sku": "a", "price": "49.00"}, {"sku": "b", "price": 4900}]},
        ),
        ("DELETE /price-lists/F%2F1/items", {"items": [{"sku": "a"}]}),
    ]


async def test_an_update_that_is_answered_with_nothing_has_done_its_work(fake_sitoo, sitoo):
    fake_sitoo.script(Fault.answer(204, body=b"", method="PUT"))
    assert await sitoo.purchase_prices.lists.update("A", LIST | {"id": "A"}) == PurchasePriceList(
        id="A"
    )


async def test_what_is_inferred_warns_once(fake_sitoo, sitoo):
    del fake_sitoo
    told = r"DELETE purchase-prices-v3 /price-lists/\{price_list_id\} is .*with high confidence"
    with pytest.warns(UnverifiedEndpointWarning, match=told):
        await sitoo.purchase_prices.lists.delete("A")


UNKNOWN = {
    "Get Mapping": (lambda sitoo: sitoo.purchase_prices.mappings.get(1), "GET"),
    "Set Mapping": (lambda sitoo: sitoo.purchase_prices.mappings.set(1, stores=[]), "PUT"),
    "Get Computed Purchase Prices": (
        lambda sitoo: sitoo.purchase_prices.get_computed(1, store="A"),
        "GET",
    ),
}


@pytest.mark.parametrize("name", UNKNOWN)
async def test_what_is_hardly_known_refuses_by_its_name_and_says_how_to_call_it(
    fake_sitoo, sitoo, name
):
    call, method = UNKNOWN[name]
    with pytest.raises(UnknownOperationError) as caught:
        await call(sitoo)
    error = caught.value
    assert isinstance(error, SitooError)
    assert (error.operation, error.sent, error.service) == (name, "no", "purchase-prices-v3")
    assert str(error).startswith(f"{name} of purchase-prices-v3 is not called")
    assert f"sitoo.request('{method}', '/" in str(error)
    assert "service='purchase-prices-v3')" in str(error)
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301
        assert (again.operation, str(again)) == (name, str(error))
    assert fake_sitoo.requests == []
    # As the error says, it can be sent for all that.
    fake_sitoo.script(Fault.answer(200, body={"stores": []}))
    path = "/mappings?eshop_id=1" if False else "/mappings"
    answer = await sitoo.request(method, path, params={"eshop_id": 1}, service="purchase-prices-v3")
    assert answer.status == 200
