"""What all collections share: input that is refused before anything is sent, and odd answers."""

from __future__ import annotations

import pytest

from sitoo_async import DecodeError, InvalidInputError
from sitoo_async._codec.codec import last_row
from sitoo_async.testing import Fault

pytestmark = pytest.mark.account(products=3)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"since_id": 5, "start": 0}, "since_id"),
        ({"since_id": 5, "sort": "orderid"}, "since_id"),
        ({"since_id": 5, "orderidfrom": 6}, "since_id"),
        ({"since_id": -1}, "since_id"),
        ({"since_id": True}, "since_id"),
        ({"since_id": "5"}, "since_id"),
        ({"orderidfrom": -1}, "orderidfrom"),
        ({"orderidfrom": "6"}, "orderidfrom"),
        ({"sort": "date"}, "sort"),
        ({"sort": "-ORDERID"}, "sort"),
        ({"start": -1}, "start"),
        ({"page_size": 0}, "page_size"),
        ({"fields": ["orderid", "nothing"]}, "nothing"),
        ({"fields": "orderid"}, "fields"),
        ({"fields": []}, "fields"),
        ({"fields": 5}, "fields"),
        ({"orderstate": []}, "orderstate"),
        ({"externalid": "1"}, "externalid"),
        ({"email": ""}, "email"),
        ({"datemodified": 1}, "datemodified"),
    ],
    ids=str,
)
async def test_a_walk_that_can_not_be_meant_is_refused_by_name(arguments, field, fake, client):
    with pytest.raises(InvalidInputError) as caught:
        await client.orders.list(**arguments)
    assert caught.value.field == field
    assert fake.requests == []


async def test_sort_or_start_makes_it_a_counted_walk(fake, client):
    newest = [order.orderid async for order in client.orders.list(sort="-orderid", page_size=5)]
    assert newest == sorted(newest, reverse=True)
    assert [request.query["start"] for request in fake.requests] == [["0"], ["5"], ["10"]]
    await client.orders.list(start=3)
    assert fake.requests[-1].query["start"] == ["3"]
    assert "sort" not in fake.requests[-1].query
    assert await client.orders.list(start=3).count() == len(newest)


async def test_the_id_is_asked_for_even_where_it_was_not_selected(fake, client):
    first = await client.orders.list(fields=["email"]).first()
    assert fake.requests[0].query["fields"] == ["email,orderid"]
    assert first.orderid == 1


async def test_orderidfrom_is_where_a_walk_begins_and_the_count_is_cheap(fake, client):
    walked = [order.orderid async for order in client.orders.list(orderidfrom=4)]
    assert min(walked) >= 4
    assert await client.orders.list(since_id=3).count() == len(walked)
    assert fake.requests[-1].query == {
        "orderidfrom": ["4"],
        "num": ["1"],
        "sort": ["orderid"],
        "fields": ["orderid"],
    }


async def test_orderidfrom_0_is_the_beginning(fake, client):
    orders = client.orders.list(orderidfrom=0)
    assert orders.position == 0
    assert (await orders.first()).orderid == 1
    assert fake.requests[0].query["orderidfrom"] == ["1"]


@pytest.mark.parametrize(
    "walk",
    [
        lambda client: client.sites.list(),
        lambda client: client.orders.deliveries.list(1),
        lambda client: client.orders.log_items.list(1),
    ],
    ids=["sites", "deliveries", "log items"],
)
async def test_a_whole_that_comes_in_part_is_an_error_and_not_half_an_answer(fake, client, walk):
    fake.script(Fault.answer(200, body={"totalcount": 25, "items": [{}] * 10}, times=2))
    with pytest.raises(DecodeError, match="holds 10 of 25 rows"):
        await walk(client)
    with pytest.raises(DecodeError, match="holds 10 of 25 rows") as caught:
        await walk(client).collect()
    assert caught.value.sent == "yes"


@pytest.mark.parametrize("told", [0, 1, None, "missing"], ids=str)
@pytest.mark.parametrize("group", ["products", "orders", "warehouses"])
@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnexpectedTypeWarning")
async def test_a_walk_does_not_end_by_a_count_that_its_rows_refute(fake, client, group, told):
    identifier = {"products": "productid", "orders": "orderid", "warehouses": "warehouseid"}[group]
    for first in (1, 4, 7):
        rows = [{identifier: first + more} for more in range(3 if first < 7 else 1)]
        count = {} if told == "missing" else {"totalcount": told}
        fake.script(Fault.answer(200, body=count | {"items": rows}))
    found = getattr(client, group).list(page_size=3)
    assert [getattr(row, identifier) async for row in found] == [1, 2, 3, 4, 5, 6, 7]
    assert (found.totalcount, len(fake.requests)) == (7, 3)
    # A walk by id asks for what follows the last one; it takes no notice of the count.
    assert found.drifted == (told in (0, 1) and group != "orders")


async def test_an_id_of_the_wrong_type_is_an_error_that_says_it_was_done(fake, client):
    fake.script(Fault.answer(200, body="[1]", method="POST", path="users"))
    with pytest.raises(DecodeError, match="an id was expected, as text") as caught:
        await client.users.add(email="a@example.com")
    assert caught.value.sent == "yes"


@pytest.mark.parametrize("body", [b"", b"<html>", b'{"items": 1}', b'[{"id": 1}]', b'"text"'])
def test_an_answer_that_can_not_be_peeked_at_has_no_rows_for_now(body):
    assert last_row(body, "id", str) == (0, None)
