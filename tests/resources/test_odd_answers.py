"""Answers of 200 that are not what the reference prints, as the methods of a client meet them."""

from __future__ import annotations

import asyncio
import inspect
import json
import warnings
from decimal import Decimal
from operator import attrgetter
from typing import Any, get_type_hints

import pytest

from sitoo_async import errors
from sitoo_async._cli.index import index
from sitoo_async.models import CustomAttribute, Product
from sitoo_async.testing import Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(products=30)]

MARK = b"\xef\xbb\xbf"
ID = "{10840BB4-1FF3-3E63-7872-735A4846309E}"


def answers(fake, *bodies, status=200, **headers):
    fake.reset()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    fake.script(*(Fault.answer(status, body=body, headers=names) for body in bodies))


async def failure(call: Any) -> errors.DecodeError:
    with pytest.raises(errors.DecodeError) as caught:
        await call
    error = caught.value
    assert type(error) is errors.DecodeError
    assert error.method
    assert error.path
    return error


# Ids ------------------------------------------------------------------------------------------

ADDS = {
    "products": lambda c: c.products.add(sku="n", title="x"),
    "categories": lambda c: c.categories.add(title="x"),
    "warehouses": lambda c: c.warehouses.add(name="x", usetype=10, currencycode="SEK"),
    "users": lambda c: c.users.add(email="a@example.com"),
}
INTEGERS = [name for name in ADDS if name != "users"]


@pytest.mark.parametrize("body", ['"17"', "17.0", MARK + b"17"], ids=["text", "fraction", "mark"])
@pytest.mark.parametrize("group", INTEGERS)
async def test_an_id_in_another_form_is_the_id_with_one_warning(fake, client, group, body):
    answers(fake, body, body, body)
    with pytest.warns(errors.UnexpectedTypeWarning, match="the answer to POST") as told:
        assert [await ADDS[group](client) for _ in range(2)] == [17, 17]
    assert len(told) == 1
    assert told[0].filename == __file__
    error = await failure(ADDS[group](client.with_options(strict=True)))
    assert error.sent == "yes"


async def test_an_id_of_text_may_have_become_an_integer(fake, client):
    answers(fake, "17", json.dumps(ID))
    with pytest.warns(errors.UnexpectedTypeWarning):
        assert await ADDS["users"](client) == "17"
    assert await ADDS["users"](client) == ID


NO_IDS = [
    "0",
    "-1",
    '""',
    str(2**63),
    '" "',
    '"-1"',
    '"x y"',
    "null",
    "true",
    "{}",
    "[]",
    "[17]",
    "1.5",
    '"0"',
]


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("body", NO_IDS)
@pytest.mark.parametrize("group", ADDS)
async def test_what_is_no_id_is_an_error_that_says_that_it_was_added(fake, client, group, body):
    if group == "users" and body in ('"x y"', '"-1"', '"0"', str(2**63)):
        return  # any text that is not blank may be one
    answers(fake, body)
    error = await failure(ADDS[group](client))
    assert (error.sent, error.status, len(fake.requests)) == ("yes", 200, 1)
    assert error.request_id == fake.requests[0].request_id
    assert "an id" in str(error)


@pytest.mark.parametrize(("status", "body"), [(204, b""), (200, b""), (201, b"\r\n"), (200, MARK)])
@pytest.mark.parametrize("group", ADDS)
async def test_an_add_without_an_answer_says_what_is_missing(fake, client, group, status, body):
    answers(fake, body, status=status)
    error = await failure(ADDS[group](client))
    assert (error.sent, error.status, len(fake.requests)) == ("yes", status, 1)
    assert "an id is missing" in str(error)
    assert "empty" in str(error)


# True -----------------------------------------------------------------------------------------

WRITES = {
    "an update": lambda c: c.products.update(1, title="x"),
    "a delete": lambda c: c.products.delete(2),
    "a set": lambda c: c.products.variants.set(
        1, groups=[{"name": "Color", "options": ["Red"]}], variants=[]
    ),
    "an update elsewhere": lambda c: c.orders.update(1, comment="x"),
    "an update of a plugin": lambda c: c.plugins.settings.update("taxfree", active=True),
    "what is added without an id": lambda c: c.products.images.add(1, "a.png"),
}
UNSEEN = pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnverifiedEndpointWarning")


@UNSEEN
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize("body", ["1", '"true"', '"1"', "1.0", MARK + b"true"])
async def test_what_can_only_mean_true_is_true_with_one_warning(fake, client, write, body):
    answers(fake, body, body)
    with pytest.warns(errors.UnexpectedTypeWarning) as told:
        assert [await write(client) for _ in range(2)] == [True, True]
    assert [each.category for each in told].count(errors.UnexpectedTypeWarning) == 1


@UNSEEN
@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES.keys())
@pytest.mark.parametrize(
    ("status", "body"), [(204, b""), (200, b""), (202, b" \n"), (200, b"null")]
)
async def test_a_write_is_done_where_nothing_comes_back(fake, client, write, status, body):
    for strict in (False, True):
        answers(fake, body, status=status)
        assert await write(client.with_options(strict=strict)) is True
        assert len(fake.requests) == 1


@UNSEEN
async def test_a_write_that_answers_with_more_is_done_without_it(fake, client):
    answers(fake, b"", b"null")
    for _ in range(2):
        updated = await client.custom_attributes.update("season", title="x")
        assert updated == CustomAttribute(id="season")
    answers(fake, b"", b"", status=204)
    assert await client.vouchers.products.add(1, [21]) is None
    assert await client.custom_metrics.values.update([{"key": "cm_a", "value_scalar": 5}]) == []
    answers(fake, {"any": 1.5})
    assert await client.vouchers.products.delete(1, [21]) == {"any": Decimal("1.5")}


@pytest.mark.parametrize("body", ["false", "0", "2", '"no"', "{}", "[]", '{"secret": "personal"}'])
async def test_what_does_not_say_true_is_an_error_that_shows_none_of_it(fake, client, body):
    answers(fake, body)
    error = await failure(client.products.update(1, title="x"))
    assert (error.sent, len(fake.requests)) == ("yes", 1)
    assert "true was expected" in str(error)
    assert "personal" not in str(error)


async def test_a_strict_client_takes_no_1_for_true(fake, client):
    answers(fake, "1")
    error = await failure(client.with_options(strict=True).products.update(1, title="x"))
    assert error.sent == "yes"
    assert "documented as true and came as an integer" in str(error)


async def test_an_update_that_answers_with_the_item_is_done_without_it(fake, client):
    answers(fake, b"", status=204)
    answer = await client.custom_attributes.update("season", title="x")
    assert answer.id == "season"
    answers(fake, b"", status=204)
    error = await failure(client.custom_attributes.add(id="x", title="X", type="string"))
    assert "a CustomAttribute is missing" in str(error)


# Batches --------------------------------------------------------------------------------------


def updates(client, count=2):
    return client.products.update_many([{"productid": n + 1, "title": "x"} for n in range(count)])


async def test_a_status_code_as_text_is_one_and_a_strict_reading_names_it(fake, client):
    body = [{"statuscode": "200", "return": "1"}, {"statuscode": "404", "errortext": "gone"}]
    answers(fake, body, body)
    with pytest.warns(errors.UnexpectedTypeWarning):
        first, second = await updates(client)
    assert (first.status, first.value, first.error) == (200, True, None)
    assert type(second.error) is errors.NotFoundError
    assert (second.status, second.error.errortext) == (404, "gone")
    strict = await updates(client.with_options(strict=True))
    assert [outcome.error.location for outcome in strict] == ["[0].statuscode", "[1].statuscode"]
    assert {outcome.error.sent for outcome in strict} == {"unknown"}


@pytest.mark.parametrize("code", [0, -200, 99, 1000, "0", 10**40, None, True], ids=str)
async def test_what_is_no_status_code_leaves_its_item_unknown(fake, client, code):
    answers(fake, [{"statuscode": code, "return": True}, {"statuscode": 200}])
    first, second = await updates(client)
    assert type(first.error) is errors.DecodeError
    assert "without statuscode" in str(first.error)
    assert (first.status, first.error.sent, second.ok) == (None, "unknown", True)
    assert len(fake.requests) == 1


@pytest.mark.parametrize("returned", ["17", 1.0], ids=["text", "fraction"])
async def test_a_strict_reading_names_what_is_returned_for_an_item(fake, client, returned):
    strict = client.with_options(strict=True)
    answers(fake, [{"statuscode": 200, "return": returned}])
    (added,) = await strict.products.add_many([{"sku": "a", "title": "x"}])
    assert (added.status, added.error.location, added.error.sent) == (200, "return", "yes")
    assert str(added.error).startswith("return is documented as an id")


async def test_a_null_for_a_batch_of_one_is_as_unknown_as_for_one_of_more(fake, client):
    answers(fake, "null", "null")
    for count in (1, 2):
        outcomes = await updates(client, count)
        assert {outcome.error.sent for outcome in outcomes} == {"unknown"}
        assert "not null" in str(outcomes[0].error)


async def test_a_result_without_a_return_is_done_where_nothing_is_to_come(fake, client):
    answers(fake, [{"statuscode": 200}, {"statuscode": 204, "return": None}])
    assert [outcome.value for outcome in await updates(client)] == [True, True]
    answers(fake, [{"statuscode": 200}, {"statuscode": 200, "return": 0}])
    added = await client.products.add_many([{"sku": "a", "title": "x"}, {"sku": "b", "title": "x"}])
    assert [outcome.ok for outcome in added] == [False, False]
    assert {outcome.error.sent for outcome in added} == {"yes"}
    assert "an id is missing" in str(added[0].error)


async def test_the_results_may_come_as_an_object_of_them(fake, client):
    answers(fake, {"0": {"statuscode": 200, "return": True}, "1": {"statuscode": 404}})
    with pytest.warns(errors.UnexpectedTypeWarning):
        outcomes = await updates(client)
    assert [outcome.status for outcome in outcomes] == [200, 404]


NO_BATCHES = {
    "nothing": (204, b""),
    "an empty body": (200, b""),
    "html": (200, b"<!DOCTYPE html><title>personal</title>"),
    "half": (200, b'[{"statuscode": 200, "return": true}, {"stat'),
    "an endless number": (200, b"[1e9999999999999999999999, 1]"),
    "bad UTF-8": (200, b'["\xff", 1]'),
    "endless nesting": (200, b"[" * 200_000),
    "one too few": (200, b'[{"statuscode": 200}]'),
    "an empty object": (200, b"{}"),
}


@pytest.mark.parametrize(("status", "body"), NO_BATCHES.values(), ids=NO_BATCHES.keys())
@pytest.mark.parametrize("verb", ["update", "add", "delete"])
async def test_a_batch_whose_answer_can_not_be_used_is_unknown_item_by_item(
    fake, client, verb, status, body
):
    answers(fake, body, status=status)
    calls = {
        "update": lambda: updates(client),
        "add": lambda: client.products.add_many([{"sku": s, "title": "x"} for s in "ab"]),
        "delete": lambda: client.products.delete_many([1, 2]),
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", errors.UnexpectedTypeWarning)
        outcomes = await calls[verb]()
    assert [type(outcome.error) for outcome in outcomes] == [errors.DecodeError] * 2
    assert {outcome.error.sent for outcome in outcomes} == {"unknown"}
    assert "personal" not in str(outcomes[0].error)
    assert len(fake.requests) == 1


# Calls that left together ---------------------------------------------------------------------


async def together(client, calls: int = 3) -> list[Any]:
    """The first call goes alone and well, the others share one answer."""
    sharing = client.with_options(coalesce=True)
    given = [sharing.products.update(n + 1, title="x") for n in range(calls)]
    return await asyncio.gather(*given, return_exceptions=True)


async def test_calls_that_left_together_are_read_as_tolerantly(fake, client):
    results = [{"statuscode": "200", "return": 1}, {"statuscode": 200}]
    answers(fake, "true", results)
    with pytest.warns(errors.UnexpectedTypeWarning):
        assert await together(client) == [True, True, True]
    answers(fake, "true", results)
    strict = await together(client.with_options(strict=True))
    assert [type(result) for result in strict] == [bool, errors.DecodeError, bool]
    assert strict[1].location == "[0].statuscode"
    assert strict[1].sent == "unknown"


async def test_half_a_surrogate_pair_in_one_result_harms_no_other(fake, client):
    body = b'[{"statuscode": 400, "errortext": "\\ud800"}, {"statuscode": 200, "return": true}]'
    answers(fake, "true", body)
    with pytest.warns(errors.UnexpectedTypeWarning):
        _, second, third = await together(client)
    assert type(second) is errors.BadRequestError
    assert third is True


@pytest.mark.parametrize(("status", "body"), NO_BATCHES.values(), ids=NO_BATCHES.keys())
async def test_a_shared_answer_that_can_not_be_used_leaves_each_call_unknown(
    fake, client, status, body
):
    answers(fake)
    fake.script(Fault.answer(200, body="true"), Fault.answer(status, body=body))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", errors.UnexpectedTypeWarning)
        first, *others = await together(client)
    assert first is True
    assert [type(error) for error in others] == [errors.DecodeError] * 2
    assert {error.sent for error in others} == {"unknown"}
    assert others[0] is not others[1]
    assert len(fake.requests) == 2


# Pages ----------------------------------------------------------------------------------------


async def test_a_page_with_everything_in_another_form_is_read(fake, client):
    rows = {"0": {"productid": 1}, "2": None, "3": {"productid": 2}}
    body = MARK + json.dumps({"totalcount": "3", "items": rows}).encode()
    answers(fake, body, body, body)
    with pytest.warns(errors.UnexpectedTypeWarning) as told:
        page = await client.products.list()
    assert len(told) == 4  # the mark, the count, the object, the null
    assert ([item.productid for item in page.items], page.totalcount) == ([1, 2], 3)
    found = client.products.list()
    assert [product.productid async for product in found] == [1, 2]
    assert (found.totalcount, found.position) == (3, 3)
    error = await failure(client.with_options(strict=True).products.list())
    assert "byte order mark" in str(error)


async def test_a_null_row_counts_as_received_wherever_a_walk_counts(fake, client):
    pages = [[{"productid": 1}, None], [None, None], [{"productid": 5}]]
    answers(fake, *({"totalcount": 5, "items": rows} for rows in pages))
    walk = client.products.list(page_size=2)
    with pytest.warns(errors.UnexpectedTypeWarning, match="left out") as told:
        assert [product.productid async for product in walk] == [1, 5]
    assert len(told) == 1
    assert [record.query["start"] for record in fake.requests] == [["0"], ["2"], ["4"]]
    assert (walk.position, walk.totalcount, walk.drifted) == (5, 5, False)


async def test_a_walk_is_resumed_behind_the_null_rows_that_it_has_passed(fake, client):
    rows = [None, {"productid": 1}, None, None, {"productid": 2}, {"productid": 3}]
    answers(fake, {"totalcount": 6, "items": rows})
    walk = client.products.list()
    with pytest.warns(errors.UnexpectedTypeWarning):
        positions = [walk.position async for _ in walk]
    assert positions == [1, 4, 5]
    assert walk.position == 6
    answers(fake, {"totalcount": 6, "items": rows})
    walk = client.products.list()
    assert len(await walk.collect(2)) == 2
    assert walk.position == 2  # never further than what was given out


async def test_the_first_item_may_stand_behind_null_rows(fake, client):
    null, last = {"totalcount": 3, "items": [None]}, {"totalcount": 3, "items": [{"productid": 5}]}
    answers(fake, null, null, null, last)
    with pytest.warns(errors.UnexpectedTypeWarning):
        found = await client.products.list().first()
    assert found == Product(productid=5)
    assert [record.query["start"] for record in fake.requests] == [["0"], ["0"], ["1"], ["2"]]
    nothing = {"totalcount": 1, "items": []}
    answers(fake, {"totalcount": 1, "items": [None]}, {"totalcount": 1, "items": [None]}, nothing)
    assert await client.products.list().first() is None


async def test_null_rows_count_where_a_collection_is_counted_by_a_walk(fake, client):
    answers(fake, *({"totalcount": 0, "items": rows} for rows in ([{}], [None, {}], [None])))
    with pytest.warns(errors.UnexpectedTypeWarning):
        assert await client.products.list(page_size=2).count() == 3


async def test_ids_as_text_do_not_stop_a_walk_by_id(fake, client):
    pages = [[{"orderid": "1"}, {"orderid": "9"}], [{"orderid": "10"}, None], [{"orderid": "12"}]]
    answers(
        fake, *({"totalcount": 9, "items": rows} for rows in pages), {"items": [], "totalcount": 0}
    )
    walk = client.orders.list(page_size=2)
    with pytest.warns(errors.UnexpectedTypeWarning):
        orders = [order.orderid async for order in walk]
    assert orders == ["1", "9", "10", "12"]  # fields stay as they came
    assert [record.query["orderidfrom"] for record in fake.requests] == [
        ["1"],
        ["10"],
        ["11"],
        ["13"],
    ]
    assert walk.position == 12


@pytest.mark.parametrize("group", ["products", "orders"])
async def test_count_takes_a_count_as_text(fake, client, group):
    answers(fake, {"totalcount": "17", "items": [{}]})
    with pytest.warns(errors.UnexpectedTypeWarning):
        assert await getattr(client, group).list().count() == 17
    assert len(fake.requests) == 1


UNREADABLE_PAGES = {
    "an endless number": b'{"totalcount": 9, "items": [1e9999999999999999999999]}',
    "an endless integer": b'{"totalcount": 9, "items": [{"productid": %s}]}' % (b"9" * 5000),
    "bad UTF-8": b'{"totalcount": 9, "items": [{"sku": "\xff", "comment": "\xff", "id": "\xff"}]}',
    "endless nesting": b'{"totalcount": 9, "items": [{"customattributes": {"a": ' + b"[" * 200_000,
    "half a page": b'{"totalcount": 9, "items": [{"productid": 3',
    "html": b"<html><body>secret</body></html>",
    "nothing": b"",
}


async def take(walk: Any, field: str, seen: list[Any]) -> None:
    async for item in walk:
        seen += [getattr(item, field)]


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("body", UNREADABLE_PAGES.values(), ids=UNREADABLE_PAGES.keys())
@pytest.mark.parametrize("at", [1, 2, 3])
@pytest.mark.parametrize("group", ["products", "orders", "service_orders"])
async def test_a_page_that_can_not_be_read_is_an_error_of_ours_on_any_page(
    fake, client, group, at, body
):
    field = {"products": "productid", "orders": "orderid", "service_orders": "id"}[group]
    ids = [1, 2, 3, 4] if field != "id" else ["a", "b", "c", "d"]
    pages = [[{field: each} for each in ids[:2]], [{field: each} for each in ids[2:]]]
    whole = pages if group == "service_orders" else [{"totalcount": 9, "items": p} for p in pages]
    answers(fake, *whole[: at - 1], body)
    walk = getattr(client, group).list(page_size=2)
    seen = []
    with pytest.raises(errors.DecodeError) as caught:
        await take(walk, field, seen)
    assert seen == ids[: 2 * (at - 1)]
    assert caught.value.sent == "yes"
    assert "secret" not in str(caught.value)


# No JSON at all -------------------------------------------------------------------------------

READS = {
    "get": lambda c: c.products.get(1),
    "list": lambda c: c.products.list(),
    "count": lambda c: c.products.list().count(),
    "walk": lambda c: c.products.list().collect(),
    "bare array": lambda c: c.pos_payment_types.list().collect(),
    "add": lambda c: c.products.add(sku="n", title="x"),
    "update": lambda c: c.products.update(1, title="x"),
    "what nobody documents": lambda c: c.store_z_reports.list(),
}
NO_JSON = {
    "html": (b"<!doctype html><html>Anna", "text/html; charset=utf-8", "an HTML page|text/html"),
    "a PHP warning": (b"<br />\n<b>Anna", "application/json", "an HTML page|application/json"),
    "xml": (b'<?xml version="1.0"?><Anna/>', "text/xml", "an XML document|text/xml"),
    "text": (b"upstream connect error: Anna", "text/plain", "text|text/plain"),
    "no type": (b"\n\n<html>Anna</html>", "", "an HTML page|no content type"),
    "an odd type": (b"<html>Anna</html>", "Anna: <x>", "an HTML page|no content type"),
}


@pytest.mark.no_cover  # many alike; others tell what is covered
@UNSEEN
@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
@pytest.mark.parametrize("answer", NO_JSON.values(), ids=NO_JSON.keys())
async def test_what_is_no_json_is_named_with_its_type(fake, client, read, answer):
    body, kind, text = answer
    answers(fake, body, Content_Type=kind)
    error = await failure(read(client))
    named, shown = text.split("|")
    assert f"the answer is {named}, not JSON (status 200, {shown})" in str(error)
    assert "Anna" not in str(error)
    assert "byte 0" not in str(error)
    assert (error.sent, error.status) == ("yes", 200)
    assert error.request_id == fake.requests[0].request_id


@UNSEEN
@pytest.mark.parametrize("name", [name for name in READS if name != "update"])
@pytest.mark.parametrize("status", [200, 204])
async def test_an_empty_body_is_named_as_that_where_an_answer_is_needed(fake, client, name, status):
    answers(fake, b"", status=status, Content_Type="text/html")
    error = await failure(READS[name](client))
    assert "the answer is empty, not JSON: " in str(error)
    assert "is missing" in str(error)
    assert f"(status {status}, text/html)" in str(error)


async def test_a_raw_answer_says_the_same(fake, client):
    answers(fake, b"<html>Anna", b"", MARK + b'["\\ud800", 1.5]', Content_Type="text/html")
    for part in ("an HTML page", "empty"):
        answer = await client.request("GET", "/sites/1/products.json")
        with pytest.raises(errors.DecodeError, match=f"{part}, not JSON.* text/html") as caught:
            answer.json()
        assert caught.value.request_id == answer.request_id
    answer = await client.request("GET", "/sites/1/products.json")
    assert answer.json() == ["\ufffd", 1.5]


async def test_json_of_another_content_type_is_json(fake, client):
    answers(fake, '{"productid": 1}', Content_Type="text/html")
    assert await client.products.get(1) == Product(productid=1)


# Objects that are not the one that was asked for ----------------------------------------------


def gets() -> dict[str, Any]:
    sent = [entry for entry in index() if entry.repeatable is not None]
    return {entry.callable: entry for entry in sent if entry.callable.endswith(".get")}


def call_of(client: Any, name: str) -> Any:
    """Call a method with what its signature asks for."""
    method = attrgetter(name)(client)
    hints = get_type_hints(method)
    given = [
        1 if hints[parameter.name] is int else "x"
        for parameter in inspect.signature(method).parameters.values()
        if parameter.kind is parameter.POSITIONAL_ONLY and parameter.default is parameter.empty
    ]
    return method(*given)


NOT_ITEMS = {
    "an empty object": {},
    "an envelope": {"totalcount": 1, "items": [{"productid": 1}]},
    "an error object": {"statuscode": 404, "errortext": "secret"},
    "an error of the services": {"request_id": "1", "error_code": "other", "error_data": None},
    "something unheard of": {"unheardof": 1},
    "an array": [],
    "an array of one": [{"productid": 1}],
    "null": None,
    "true": True,
    "an id": 17,
    "text": "secret",
}


# What nobody documents comes as it came.
@pytest.mark.no_cover  # many alike; others tell what is covered
@UNSEEN
@pytest.mark.parametrize("name", sorted(name for name in gets() if "store_z" not in name))
async def test_a_get_takes_nothing_for_its_item_that_is_none(fake, client, name):
    for body in NOT_ITEMS.values():
        answers(fake, json.dumps(body))
        error = await failure(call_of(client, name))
        assert error.sent == "yes"
        assert "secret" not in str(error)
        assert len(fake.requests) == 1


@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnexpectedTypeWarning")
@pytest.mark.parametrize("identifier", [None, 0, "", "missing"], ids=str)
async def test_an_item_without_what_identifies_it_is_an_error(fake, client, identifier):
    body = {"title": "x", "moneyprice": "1.00"}
    answers(fake, body if identifier == "missing" else body | {"productid": identifier})
    error = await failure(client.products.get(1))
    assert "the answer should be a Product and holds no productid or sku" in str(error)


async def test_of_a_selection_any_field_will_do(fake, client):
    answers(fake, {"email": None})
    assert (await client.users.get(ID, fields=["email"])).email is None
    answers(fake, {"eshopname": ""})
    assert (await client.settings.get()).eshopname == ""
    answers(fake, {"statuscode": 200})
    assert "none of its fields" in str(await failure(client.users.get(ID, fields=["email"])))


async def test_an_object_that_a_write_answers_with_is_looked_at_too(fake, client):
    answers(fake, {"statuscode": 400, "errortext": "no"})
    error = await failure(client.custom_attributes.add(id="x", title="X", type="string"))
    assert (error.sent, len(fake.requests)) == ("yes", 1)


async def test_a_gift_card_may_come_wrapped_or_bare_but_has_to_come(fake, client):
    answers(fake, {"giftcard": {"cardnumber": "1"}}, {"cardnumber": "1"}, {"receipttext": "x"})
    for _ in range(2):
        assert (await client.gift_cards.get("1")).giftcard.cardnumber == "1"
    assert "holds no giftcard or cardnumber" in str(await failure(client.gift_cards.get("1")))


# When the slot ends ---------------------------------------------------------------------------

RESETS = {
    "57": (57, 61),
    " 57 ": (57, 61),
    "0.5": (0.5, 1),
    "1760000000": (600, 631),  # an epoch, where a delta belongs
    "9" * 50: (600, 631),
    **dict.fromkeys(("", "0", "0.001", "-57", "+57", "57s", "57, 99", "1e3", "nan", "inf"), (0, 1)),
    "Wed, 21 Oct 2099 07:28:00 GMT": (0, 1),
}


@pytest.mark.parametrize(("reset", "least", "most"), [(r, *t) for r, t in RESETS.items()])
async def test_a_reset_in_any_form_costs_a_call_a_bounded_wait_and_no_storm(
    fake, client, reset, least, most
):
    name = {"X-Rate-Limit-Reset": reset}
    fake.script(Fault.answer(429, errortext="Rate limit exceeded", headers=name))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await client.products.get(1)
    assert least <= loop.time() - began <= most
    assert len(fake.requests) == 2
