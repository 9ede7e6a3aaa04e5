"""The option `keep_unknown`, through every way by which an object is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sitoo_async import SitooClient, changes, errors, unknown_fields
from sitoo_async.models import replace
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time

ROW = {"productid": 1, "rank": 7}
CARD = {"cardnumber": "5", "rank": 7}
ORDER = {"id": "A", "revision": 1, "rank": 7}
VALUE = {"key": "cm_plan", "date": "2020-12-11", "store_id": "1", "value_scalar": 1}


Read = Callable[[SitooClient], Awaitable[Any]]

READS: dict[str, tuple[Any, Read]] = {
    "one": (ROW, lambda sitoo: sitoo.products.get(1)),
    "a page": ({"totalcount": 1, "items": [ROW]}, lambda sitoo: sitoo.products.list().first()),
    "an array": ([ORDER], lambda sitoo: sitoo.service_orders.list().first()),
    "a write": (ORDER, lambda sitoo: sitoo.service_orders.update("A", revision=1, state="new")),
    "values": ([VALUE | {"rank": 7}], lambda sitoo: first(sitoo.custom_metrics.values.update)),
    "a card": (CARD, lambda sitoo: sitoo.gift_cards.get("5")),
    "the card within": (CARD, lambda sitoo: within(sitoo.gift_cards.get("5"))),
    "the card wrapped": ({"giftcard": CARD}, lambda sitoo: within(sitoo.gift_cards.get("5"))),
}


async def first(update: Any) -> Any:
    (value,) = await update([VALUE])
    return value


async def within(answer: Any) -> Any:
    return (await answer).giftcard


@pytest.mark.parametrize("name", READS)
async def test_what_no_model_knows_is_kept_by_the_views_that_ask_for_it(fake, client, name):
    answer, read = READS[name]
    fake.script(Fault.answer(200, body=answer), Fault.answer(200, body=answer))
    keeping = await read(client.with_options(keep_unknown=True))
    assert unknown_fields(keeping) == {"rank": 7}
    assert unknown_fields(await read(client)) == {}


async def test_a_walk_keeps_them_on_each_page(fake):
    pages = [[ROW], [{"productid": 2}], [{"productid": 3, "rank": 9}]]
    fake.script(*(Fault.answer(200, body={"totalcount": 3, "items": rows}) for rows in pages))
    async with SitooClient(**fake.credentials, keep_unknown=True) as client:
        found = [product async for product in client.products.list(page_size=1)]
    assert [unknown_fields(product) for product in found] == [{"rank": 7}, {}, {"rank": 9}]


async def test_they_are_not_sent_back(fake):
    async with SitooClient(**fake.credentials, keep_unknown=True) as client:
        fake.script(Fault.answer(200, body=ROW | {"title": "old"}))
        before = await client.products.get(1)
        after = replace(before, title="new")
        fake.script(Fault.answer(200, body=True), Fault.answer(200, body=[{"statuscode": 200}]))
        await client.products.update(1, changes(before, after))
        await client.products.update_many([after])
    assert [request.json for request in fake.requests[1:]] == [
        {"title": "new"},
        [{"productid": 1, "title": "new"}],
    ]


def test_it_is_on_or_off():
    with pytest.raises(errors.InvalidOptionError, match="keep_unknown must be True or False"):
        SitooClient(api_id="1-1", password="x", base_url="https://a.test", keep_unknown=1)
