"""What may each operation be answered with, and does it expect an array of one.

Both questions are asked of every operation of the reference; the answers are its descriptions,
which are quoted beside them.
"""

from __future__ import annotations

import asyncio
import json

import pytest

from sitoo_async import errors
from sitoo_async._cli.index import index
from sitoo_async.resources._operation import operation_of
from sitoo_async.testing import Fault
from sitoo_async.testing._reference.facts import operations

pytestmark = [
    pytest.mark.virtual_time,
    pytest.mark.filterwarnings("ignore::sitoo_async.UnverifiedEndpointWarning"),
    pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning"),
]

# "Returns true" beside an array; the examples print a result for each item.
WHOLE = {"manufacturers.update_many", "price_lists.items.set"}

# Of no other is said what one object is answered with ("... or a batch envelope if multiple", "if
# array of objects was provided").
LISTED = {"price_lists.items.set"}

# "The body can be ignored"; the status alone is printed; or nobody has seen the answer.
IGNORED = {
    "custom_attributes.delete": lambda sitoo: sitoo.custom_attributes.delete("fabric"),
    "custom_metrics.delete": lambda sitoo: sitoo.custom_metrics.delete("cm_plan"),
    "custom_metrics.values.delete": lambda sitoo: sitoo.custom_metrics.values.delete("cm_plan"),
    "pos_payment_types.update": lambda sitoo: sitoo.pos_payment_types.update(1, name="Cash"),
    "pos_payment_types.delete": lambda sitoo: sitoo.pos_payment_types.delete(1),
    "pos_profiles.update": lambda sitoo: sitoo.pos_profiles.update(1, name="Till"),
    "pos_profiles.delete": lambda sitoo: sitoo.pos_profiles.delete(1),
    "purchase_prices.lists.delete": lambda sitoo: sitoo.purchase_prices.lists.delete("A"),
    "purchase_prices.items.set": lambda sitoo: sitoo.purchase_prices.items.set("A", SKUS),
    "purchase_prices.items.delete": lambda sitoo: sitoo.purchase_prices.items.delete("A", ["S"]),
    "shipments_v3.delete": lambda sitoo: sitoo.shipments_v3.delete("7b1f"),
    "settings.update": lambda sitoo: sitoo.settings.update(eshopname="Shop"),
    "orders.deliveries.update": lambda sitoo: sitoo.orders.deliveries.update(
        1, 1, orderdeliveryref="D"
    ),
}

# Where nobody has seen the answer, and it is given as it came.
AS_IT_CAME = {
    "vouchers.products.add",
    "vouchers.products.delete",
    "store_z_reports.configuration.set",
}

GUID = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}"
MOVE = {
    "warehouseid": 1,
    "transactiontype": 10,
    "items": [{"sku": "S-1", "decimalquantity": 1}],
}

# One item, where the operation takes many of them; and what it is answered with.
ONE = {
    "manufacturers.add": (lambda sitoo: sitoo.manufacturers.add(name="Sitoo"), 7),
    "price_lists.items.set": (
        lambda sitoo: sitoo.price_lists.items.set(1, sku="S-1", moneyprice=5),
        True,
    ),
    "price_lists.items.delete": (lambda sitoo: sitoo.price_lists.items.delete(1, "S-1"), True),
    "products.add": (lambda sitoo: sitoo.products.add(sku="S-1"), 7),
    "users.add": (lambda sitoo: sitoo.users.add(email="laura@example.com"), GUID),
    "warehouse_transactions.add": (lambda sitoo: sitoo.warehouse_transactions.add(**MOVE), 7),
    "warehouses.batches.items.set": (
        lambda sitoo: sitoo.warehouses.batches.items.set(1, 1, sku="S-1", decimalquantity=1),
        True,
    ),
    "warehouses.batches.items.delete": (
        lambda sitoo: sitoo.warehouses.batches.items.delete(1, 1, "S-1"),
        True,
    ),
}

SKUS = [{"sku": "S-1"}, {"sku": "S-2"}, {"sku": "S-3"}]
CODES = [{"code": each["sku"], "name": "E", "voucherpassword": "p"} for each in SKUS]
NUMBERED = [{"externalcompanyid": number, "name": "Sitoo"} for number in (1, 2, 3)]

# Three items in two chunks.
MANY = {
    "influencer_codes.add_many": lambda many: many(CODES, chunk_size=2),
    "influencer_codes.update_many": lambda many: many(CODES, chunk_size=2),
    "influencer_codes.delete_many": lambda many: many(["A", "B", "C"], chunk_size=2),
    "manufacturers.add_many": lambda many: many([{"name": "Sitoo"}] * 3, chunk_size=2),
    "manufacturers.update_many": lambda many: many(NUMBERED, chunk_size=2),
    "manufacturers.delete_many": lambda many: many([1, 2, 3], chunk_size=2),
    "price_lists.items.set_many": lambda many: many(
        1, [each | {"moneyprice": 5} for each in SKUS], chunk_size=2
    ),
    "price_lists.items.delete_many": lambda many: many(1, SKUS, chunk_size=2),
    "products.add_many": lambda many: many(SKUS, chunk_size=2),
    "products.update_many": lambda many: many(
        [each | {"title": "x"} for each in SKUS], chunk_size=2
    ),
    "products.delete_many": lambda many: many([1, 2, 3], chunk_size=2),
    "users.add_many": lambda many: many(
        [{"email": f"{each['sku']}@example.com"} for each in SKUS], chunk_size=2
    ),
    "users.update_many": lambda many: many(
        [{"userid": GUID, "company": each["sku"]} for each in SKUS], chunk_size=2
    ),
    "warehouse_transactions.add_many": lambda many: many([MOVE] * 3, chunk_size=2),
    "warehouses.batches.items.set_many": lambda many: many(
        1, 1, [each | {"decimalquantity": 1} for each in SKUS], chunk_size=2
    ),
    "warehouses.batches.items.delete_many": lambda many: many(1, 1, SKUS, chunk_size=2),
    "warehouses.items.set_many": lambda many: many(1, SKUS, chunk_size=2),
}
STATUS = {errors.BadRequestError: 400, errors.NotFoundError: 404, errors.ConflictError: 409}
WHOLE_MANY = ["manufacturers.update_many", "price_lists.items.set_many"]

ENTRIES = {entry.callable: entry for entry in index() if entry.service == "v2"}


def method_of(sitoo, name):
    for part in name.split("."):
        sitoo = getattr(sitoo, part)
    return sitoo


async def test_every_operation_has_its_place_in_the_tables(sitoo):
    facts = {(fact.method, fact.template): fact for fact in operations()}
    assert len(facts) == len(ENTRIES) == 162
    many = {entry.batch for entry in ENTRIES.values() if entry.batch}
    for name, entry in ENTRIES.items():
        fact = facts[entry.method, entry.path.removesuffix(".json")]
        operation = operation_of(method_of(sitoo, name))
        assert operation.whole == (name in WHOLE), name
        assert operation.listed == (name in LISTED), name
        assert operation.ignored == (name in IGNORED), name
        if name in AS_IT_CAME or entry.method == "GET":
            continue
        # Where the body is an array of objects, there is a way to send many.
        arrays = fact.body == "objects" and fact.returns != "array"
        assert arrays == (name in MANY or name in ONE), name
        assert (operation.tells_apart is not None) == (name in ONE), name
        assert fact.returns in {
            "true",
            "true or batch",
            "id",
            "id or batch",
            "object",
            "array",
            "unknown",
        }
        if entry.evidence != "documented":
            assert name in IGNORED or fact.returns == "id", name
    assert many <= {*MANY} >= {f"{name}_many" for name in ONE}


# Where nothing in the answer matters

BODIES = {
    "empty": b"",
    "true": b"true",
    "false": b"false",
    "null": b"null",
    "an id": b"7",
    "an object": b'{"id": "fabric"}',
    "an array": b"[]",
    "HTML": b"<html><body>deleted</body></html>",
    "half of it": b'{"id": ',
    "no text at all": b"\xff\xfe\x00",
}


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("name", IGNORED)
@pytest.mark.parametrize("body", BODIES.values(), ids=[*BODIES])
@pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])
async def test_any_2xx_is_success_where_the_answer_does_not_matter(
    fake_sitoo, sitoo, name, body, strict
):
    status = 200 if body else 204
    fake_sitoo.script(Fault.answer(status, body=body))
    assert await IGNORED[name](sitoo.with_options(strict=strict)) is True
    assert len(fake_sitoo.requests) == 1


@pytest.mark.parametrize("name", IGNORED)
async def test_an_error_is_an_error_also_where_the_answer_does_not_matter(fake_sitoo, sitoo, name):
    fake_sitoo.script(Fault.answer(400, errortext="400: in use"))
    with pytest.raises(errors.BadRequestError, match="in use"):
        await IGNORED[name](sitoo)


# One item, where many may be sent


RESULT = {"statuscode": 200, "return": True}


def wrapped(value):
    return {"statuscode": 200, "return": value}


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize("form", ["bare", "an array of one result", "one result"])
@pytest.mark.parametrize("coalesce", [False, True], ids=["alone", "coalesced"])
async def test_one_item_is_answered_bare_or_as_a_batch_of_one(
    fake_sitoo, sitoo, name, form, coalesce
):
    write, value = ONE[name]
    answer = {"bare": value, "an array of one result": [wrapped(value)]}.get(form, wrapped(value))
    fake_sitoo.script(Fault.answer(200, body=json.dumps(answer)))
    assert await write(sitoo.with_options(coalesce=coalesce)) == value
    (request,) = fake_sitoo.requests
    assert isinstance(request.json, list) == (name in LISTED)
    assert name not in LISTED or len(request.json) == 1


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize(
    "kind", [errors.NotFoundError, errors.BadRequestError, errors.ConflictError]
)
@pytest.mark.parametrize("listed", [True, False], ids=["in an array", "as an object"])
async def test_a_refusal_inside_a_200_is_that_error(fake_sitoo, sitoo, name, kind, listed):
    status = STATUS[kind]
    result = {"statuscode": status, "errortext": "no such thing"}
    fake_sitoo.script(Fault.answer(200, body=[result] if listed else result))
    with pytest.raises(kind, match="no such thing") as caught:
        await ONE[name][0](sitoo)
    assert (caught.value.sent, caught.value.status) == ("yes", status)
    assert len(fake_sitoo.requests) == 1


@pytest.mark.parametrize("name", ONE)
async def test_a_429_inside_a_200_is_tried_again_after_a_pause(fake_sitoo, sitoo, name):
    write, value = ONE[name]
    refused = [{"statuscode": 429, "errortext": "429: Too many connections"}]
    fake_sitoo.script(
        Fault.answer(200, body=refused, times=2), Fault.answer(200, body=[wrapped(value)])
    )
    assert await write(sitoo) == value
    first, second, third = (request.started for request in fake_sitoo.requests)
    assert 0 < second - first < third - second


@pytest.mark.parametrize("name", ONE)
async def test_a_50x_inside_a_200_is_tried_again_where_that_is_harmless(fake_sitoo, sitoo, name):
    write, value = ONE[name]
    broken = [{"statuscode": 500, "errortext": "500: oops"}]
    fake_sitoo.script(Fault.answer(200, body=broken), Fault.answer(200, body=[wrapped(value)]))
    if ENTRIES[name].repeatable:
        assert await write(sitoo) == value
    else:
        with pytest.raises(errors.ServerError) as caught:
            await write(sitoo)
        assert caught.value.sent == "unknown"


async def test_a_delete_that_an_earlier_attempt_did_is_done_also_inside_a_200(fake_sitoo, sitoo):
    gone = [{"statuscode": 404, "errortext": "404: no such product"}]
    fake_sitoo.script(Fault.drop(when="before"), Fault.answer(200, body=gone))
    assert await sitoo.price_lists.items.delete(1, "S-1") is True


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("name", ONE)
@pytest.mark.parametrize(
    "answer",
    [[], [RESULT, RESULT], [1, 2], [{}], {}, "text"],
    ids=["nothing", "two results", "two ids", "no result", "an object", "text"],
)
async def test_what_is_no_answer_to_one_item_is_a_decode_error(fake_sitoo, sitoo, name, answer):
    fake_sitoo.script(Fault.answer(200, body=json.dumps(answer)))
    if name == "users.add" and answer == "text":
        assert await ONE[name][0](sitoo) == "text"  # an id as good as any
        return
    with pytest.raises(errors.DecodeError) as caught:
        await ONE[name][0](sitoo)
    assert caught.value.sent in {"yes", "unknown"}
    assert len(fake_sitoo.requests) == 1


@pytest.mark.parametrize("name", ONE)
async def test_a_page_of_html_is_no_answer_to_one_item(fake_sitoo, sitoo, name):
    fake_sitoo.script(Fault.answer(200, body=b"<html><body>Welcome</body></html>"))
    with pytest.raises(errors.DecodeError) as caught:
        await ONE[name][0](sitoo)
    assert caught.value.sent == "yes"
    assert len(fake_sitoo.requests) == 1


# Many items


@pytest.mark.parametrize("name", WHOLE_MANY)
@pytest.mark.parametrize("body", [b"true", b"1"], ids=["true", "1"])
async def test_one_true_says_that_all_items_succeeded(fake_sitoo, sitoo, name, body):
    fake_sitoo.script(Fault.answer(200, body=body, times=2))
    result = await MANY[name](method_of(sitoo, name))
    assert [(outcome.ok, outcome.value, outcome.status) for outcome in result] == [
        (True, True, 200)
    ] * 3
    assert [len(request.json) for request in fake_sitoo.requests] == [2, 1]


@pytest.mark.parametrize("name", WHOLE_MANY)
async def test_a_false_for_all_items_is_no_success(fake_sitoo, sitoo, name):
    fake_sitoo.script(Fault.answer(200, body=b"false", times=2))
    result = await MANY[name](method_of(sitoo, name))
    assert [type(outcome.error) for outcome in result] == [errors.DecodeError] * 3


@pytest.mark.parametrize("body", [b"null", b"{}", b"[]", b"<html>"], ids=["null", "{", "[", "html"])
@pytest.mark.parametrize("name", WHOLE_MANY)
async def test_what_says_nothing_of_the_items_is_unknown(fake_sitoo, sitoo, name, body):
    fake_sitoo.script(Fault.answer(200, body=body))
    result = await MANY[name](method_of(sitoo, name))
    for outcome in result[:2]:
        assert isinstance(outcome.error, errors.DecodeError)
        assert outcome.error.sent == "unknown"


@pytest.mark.parametrize("name", [name for name in MANY if name not in WHOLE_MANY])
async def test_elsewhere_one_true_for_several_items_is_not_believed(fake_sitoo, sitoo, name):
    fake_sitoo.script(Fault.answer(200, body=b"true", times=2))
    result = await MANY[name](method_of(sitoo, name))
    # A chunk of one item may be answered as one item is.
    for outcome in result[:2]:
        assert isinstance(outcome.error, errors.DecodeError)
        assert outcome.error.sent == "unknown"


async def test_one_true_answers_all_calls_that_left_together(fake_sitoo, sitoo):
    quick = sitoo.with_options(coalesce=True)
    fake_sitoo.script(Fault.answer(200, body=b"true", method="PUT", times=2))
    answers = await asyncio.gather(
        quick.products.get(1),
        *(quick.price_lists.items.set(1, productid=id_, moneyprice=5) for id_ in (1, 2, 3)),
        *(quick.manufacturers.update(id_, name="Sitoo") for id_ in (1, 2)),
    )
    assert answers[1:] == [True] * 5
    assert [len(request.json) for request in fake_sitoo.requests[1:]] == [3, 2]
