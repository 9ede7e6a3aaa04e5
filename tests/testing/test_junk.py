"""Whatever is sent to FakeSitoo, the answer is Sitoo's and never a failure of the fake itself."""

from __future__ import annotations

import contextlib
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitoo_async.testing._reference.facts import fields_of, operations
from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._reference.routes import place_of, route
from sitoo_async.testing._reference.tables import table
from sitoo_async.testing._server.answers import encoded

OPERATIONS = operations()
INTEGERS = st.sampled_from([0, 1, -1, 2, 10, 20, 50, -100, 2**63 - 1, -(2**63)])
NUMBERS = st.sampled_from([0.0, -0.5, 25.0, -100.0, -99.99999999999999, 1e308, -1e308, 5e-324])
TEXTS = st.sampled_from(
    [
        "",
        "x",
        "0",
        "-1",
        "true",
        "2020-12-11",
        "9999-12-31",
        "10001-1",
        "SUMMER",
        "cm_budget",
        "é\0",
    ]
)
AMOUNTS = st.sampled_from(["0", "1", "-1", "+7", "9" * 15, "-" + "9" * 15, "9" * 16])
JUNK = st.recursive(
    st.none() | st.booleans() | INTEGERS | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)


OF_KIND = {
    "string": TEXTS,
    "integer": INTEGERS,
    "timestamp": INTEGERS,
    "number": INTEGERS | NUMBERS,
    "boolean": st.booleans(),
    "money": AMOUNTS.map("{}.00".format),
    "decimal": AMOUNTS.map("{}.000".format),
    "strings": st.lists(TEXTS, max_size=2),
    "tags": st.lists(TEXTS, max_size=2),
    "integers": st.lists(INTEGERS, max_size=2),
    "identifiers": st.lists(INTEGERS, max_size=2) | st.lists(TEXTS, max_size=2),
    "map": st.dictionaries(TEXTS, TEXTS, max_size=2),
    "texts": st.dictionaries(TEXTS, TEXTS, max_size=2),
}


def fitting(field):
    """Values that are of a field's type, or nearly."""
    if field.values:
        return st.sampled_from(field.values)
    if field.of is not None:
        inner = objects(field.of)
        return inner if field.kind == "object" else st.lists(inner, max_size=2)
    return OF_KIND.get(field.kind, JUNK)


def objects(fields):
    """Objects with some of the fields, mostly the required ones among them."""
    required, other = {}, {}
    for name, field in fields.items():
        if field.access != "read":
            (required if field.required else other)[name] = fitting(field)
    return st.fixed_dictionaries(required, optional=other)


@st.composite
def spoilt(draw, good):
    """What `good` gives, with one value replaced by junk."""
    item = draw(good)
    return item | ({draw(st.sampled_from(sorted(item))): draw(JUNK)} if item else {})


def bodies(operation, keys):
    """Bodies that are near to what an operation takes, and others that are not."""
    if operation.body is None:
        return st.none() | JUNK
    fields = fields_of(operation.body_of) if operation.body_of else {}
    item = st.just({}) if not fields else objects(fields)
    here = table(place_of(operation.template)).key
    if here and operation.method != "POST":
        own = st.sampled_from(keys).map(lambda key: {here: key})
        named = st.just({}) | own | st.just({"sku": "10001-1"}) | st.just({"revision": 1})
        item = st.tuples(item, named).map(lambda both: both[0] | both[1])
    values = st.lists(TEXTS | JUNK, max_size=3)
    return st.one_of(item, spoilt(item), st.lists(item | JUNK, max_size=3), values, JUNK)


def queries(operation):
    """Query parameters by their names, with values of their type and others."""
    place = table(place_of(operation.template))
    names = [*place.fields, "nothing"]
    texts = TEXTS | st.sampled_from(["1", "0,1", "false", "9" * 5000, "-" + "9" * 30, "²"])
    sorts = st.sampled_from([sign + name for name in names for sign in ("", "-")])
    chosen = {"sort": sorts | texts, "fields": st.sampled_from(names) | texts}
    optional = {name: chosen.get(name, texts) for name in operation.query}
    optional = {name: one | st.lists(one, max_size=2) for name, one in optional.items()}
    return st.fixed_dictionaries({}, optional=optional)


def some(chosen):
    return [pytest.param(each, id=f"{each.method} {each.template}") for each in chosen]


@pytest.mark.no_cover  # as conftest.py says of all that hypothesis draws
@pytest.mark.parametrize("operation", some(OPERATIONS))
def test_junk_is_refused_and_breaks_nothing(operation, full_account, path_to):
    fake = full_account()
    account = fake._account
    path = unquote(path_to(fake, operation.template)).strip("/").split("/")
    place, key = account.locate(route(path))
    lists = [each for each in OPERATIONS if place_of(each.template) == place_of(operation.template)]
    keys = sorted(place.items, key=repr) or [key]

    def answered(method, path, query, body):
        with contextlib.suppress(Refusal):
            status, value = account.answer(method, path, query, body)
            assert status in {200, 201}
            assert encoded(value)

    # A second deletion finds nothing.
    once = operation.method == "DELETE" and operation.body is None

    @settings(max_examples=1 + settings().max_examples // (25 if once else 5))
    @given(bodies(operation, keys), queries(operation))
    def attempt(body, query):
        answered(operation.method, path, query, body)
        # What was stored can be read.
        for each in lists:
            if each.method == "GET" and not each.template.endswith("}"):
                answered("GET", path[: len(each.template.strip("/").split("/"))], {}, None)

    attempt()


@pytest.mark.parametrize(
    "body",
    [
        b'{"title": "\\ud83d"}',
        b'{"title": "\\ud83d \\ude00"}',
        b'{"title": "\xed\xa0\x80"}',
        b'{"title": "\xff"}',
        b'\xef\xbb\xbf{"title": "x"}',
        b'{"categoryparentid": 1e999}',
        b'{"categoryparentid": NaN}',
        b'{"categoryparentid": ' + b"9" * 400 + b"}",
        b"[" * 100_000,
        b"{",
    ],
    ids=range(10),
)
async def test_what_is_no_json_is_400_and_nothing_of_it_is_kept(ask, fake_sitoo, body):
    path = "/sites/1/categories.json"
    before = len(fake_sitoo.items(path))
    reply = await ask("POST", path, data=body)
    assert (reply.status, reply.errortext) == (400, "Invalid JSON.")
    assert len(fake_sitoo.items(path)) == before
    assert fake_sitoo.requests[-1].json is None


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63), 2**63, -(2**63) - 1, 10**30])
async def test_an_integer_has_64_bits(ask, fake_sitoo, number):
    path = "/sites/1/categories.json"
    title = "\N{GRINNING FACE} \\u"
    reply = await ask("POST", path, {"title": title, "categoryparentid": number})
    if -(2**63) <= number < 2**63:
        item = fake_sitoo.items(path)[reply.json]
        assert (item["title"], item["categoryparentid"]) == (title, number)
    else:
        text = "Invalid value in categoryparentid (Not integer)"
        assert (reply.status, reply.errortext) == (400, text)


async def test_a_number_in_an_address_has_64_bits(ask):
    huge = "9" * 5000
    assert (await ask("GET", f"/sites/1/products/{huge}.json")).status == 404
    reply = await ask("GET", f"/sites/1/products.json?start={huge}")
    assert (reply.status, reply.errortext) == (400, "Invalid value in start (Not integer)")
    assert (await ask("GET", f"/sites/1/products.json?start={'9' * 18}")).json["items"] == []


@pytest.mark.parametrize("sent", [[[]], [{}], [1], [None], ["a", []]])
async def test_transactions_of_a_gift_card_are_named_by_texts(ask, fake_sitoo, sent):
    card = next(iter(fake_sitoo.items("/sites/1/giftcards")))
    reply = await ask("DELETE", f"/sites/1/giftcards/{card}/transactions.json", sent)
    text = "Invalid value in transactionid (Not string)"
    assert (reply.status, reply.errortext) == (400, text)


@pytest.mark.parametrize("sort", ["items", "-items", "items.sku", "-"])
async def test_what_has_no_order_is_not_sorted_by(ask, sort):
    reply = await ask("GET", f"/sites/1/warehousetransactions.json?sort={sort}")
    assert (reply.status, reply.errortext) == (400, "Invalid value in sort")
