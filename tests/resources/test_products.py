"""Products end to end: every verb against the fake server, and every bad input refused."""

from __future__ import annotations

import asyncio
import inspect
import math
from datetime import UTC, datetime
from decimal import Decimal
from types import SimpleNamespace

import aiohttp
import aioresponses
import pytest
from yarl import URL

from sitoo_async import UNSET, BatchError, SitooClient, changes, errors, is_set
from sitoo_async.models import (
    Product,
    ProductGroupType,
    ProductVariant,
    ProductVariantGroup,
    ProductVariants,
)
from sitoo_async.testing import Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(products=25)]


@pytest.fixture
async def some(fake):
    return [*fake.products()]


class Blanket(Product):
    """A user's own class of products."""


# ------------------------------------------------------------------------------------- reading


async def test_the_first_page_comes_with_its_total_and_the_default_fields(fake, client):
    page = await client.products.list()
    assert (page.totalcount, page.start, len(page.items)) == (25, 0, 25)
    product = page.items[0]
    assert isinstance(product.moneyprice, Decimal)
    assert product.datemodified.tzinfo is UTC
    with pytest.raises(errors.FieldNotFetchedError, match=r"Product\.title .* fields="):
        _ = product.title
    assert fake.requests[0].raw_path.endswith("/sites/1/products.json?start=0&num=1000")


async def test_every_product_comes_once_page_by_page(fake, client):
    paginator = client.products.list(fields=["productid", "sku"], page_size=4)
    found = [product.productid async for product in paginator]
    assert found == [*fake.products()]
    starts = [int(record.query["start"][0]) for record in fake.requests]
    assert starts == [*range(0, 25, 4)]
    assert {record.raw_path.split("fields=")[1] for record in fake.requests} == {"productid,sku"}
    assert fake.highest_in_flight == 1
    assert await paginator.count() == 25
    assert (await paginator.first()).productid == found[0]


async def test_filters_are_written_as_sitoo_reads_them(fake, client, some):
    skus = [fake.products()[n]["sku"] for n in some[:3]]
    page = await client.products.list(
        sku=skus,
        includeinactive=True,
        datelastmodified=datetime(2001, 1, 1, microsecond=999_999, tzinfo=UTC),
        start=1,
        page_size=2,
    )
    assert page.totalcount == 3
    query = fake.requests[0].query
    assert query["sku"] == [",".join(skus)]
    assert query["includeinactive"] == ["true"]
    assert query["datelastmodified"] == ["978307200"]
    assert (query["start"], query["num"]) == (["1"], ["2"])


async def test_a_single_product_has_all_fields(client, some):
    product = await client.products.get(some[0])
    assert product.productid == some[0]
    assert all(is_set(product, name) for name in ("title", "vatvalue", "custom5", "seo_title"))
    assert product.productgrouptype is ProductGroupType.PRODUCT


async def test_strict_turns_a_broken_type_into_an_error_and_tolerance_into_a_warning(fake, client):
    body = {"totalcount": 1, "items": [{"productid": "twelve", "sku": "A"}]}
    fake.script(Fault.answer(200, body=body, times=2))
    with pytest.raises(errors.DecodeError) as caught:
        await client.with_options(strict=True).products.list()
    assert caught.value.location == "items[0].productid"
    assert (caught.value.method, caught.value.status) == ("GET", 200)
    with pytest.warns(errors.UnexpectedTypeWarning, match="productid"):
        page = await client.products.list()
    assert page.items[0].productid == "twelve"


async def test_a_walk_can_be_resumed_where_it_broke_off(fake, client):
    walk = client.products.list(page_size=4)
    seen = []
    fake.script(Fault.answer(400, errortext="hiccup", path="/products.json"))
    fake.reset()
    async for product in walk:
        if len(seen) == 10:
            break
        seen.append(product.productid)
    rest = [p.productid async for p in client.products.list(page_size=4, start=walk.position)]
    assert seen + rest == [*fake.products()]


async def test_leaving_a_walk_drops_the_page_that_was_asked_for_in_advance(fake, client):
    async for number in _numbered(client.products.list(page_size=4)):
        if number == 5:
            break
    await asyncio.sleep(0)
    assert client.stats().waiting == {"interactive": 0, "bulk": 0}


async def _numbered(walk):
    number = 0
    async for _ in walk:
        yield number
        number += 1


# ------------------------------------------------------------------------------------- writing


async def test_add_gives_the_new_id(fake, client):
    productid = await client.products.add(sku="Q100", title="Box", moneyprice=Decimal(99))
    assert fake.requests[0].json == {"sku": "Q100", "title": "Box", "moneyprice": "99.00"}
    assert fake.products()[productid]["title"] == "Box"
    other = await client.products.add(Product(sku="Q101", moneyprice=7))
    assert fake.products()[other]["moneyprice"] == "7.00"


async def test_update_sends_the_given_fields_only(fake, client, some):
    assert await client.products.update(some[0], title="Blanket", barcode="") is True
    assert fake.requests[0].json == {"title": "Blanket", "barcode": ""}
    assert (await client.products.get(some[0])).barcode is None
    assert await client.products.update(some[0], Product(title="Rug")) is True
    assert await client.products.update(some[0], {"productid": UNSET, "title": "Mat"}) is True


async def test_a_decimal_in_a_free_field_goes_out_as_the_number_it_is(fake, client, some):
    long = Decimal("0.12345678901234567890123")
    fake.script(Fault.answer(200, body=True))
    await client.products.update(some[0], customattributes={"1": long, "2": Decimal("0.5")})
    # As a number; its last digits are lost only where the fake server reads it as a float.
    assert fake.requests[0].json == {"customattributes": {"1": float(long), "2": 0.5}}


async def test_fetch_change_save(fake, client, some):
    before = await client.products.get(some[0])
    after = await client.products.get(some[0])
    after.title = "Changed"
    after.categories = [*before.categories, 77]
    assert await client.products.update(some[0], changes(before, after)) is True
    assert fake.requests[-1].json == {
        "title": "Changed",
        "categories": [*before.categories, 77],
    }
    await client.products.update_many([changes(before, after)])
    assert fake.requests[-1].json == [
        {"productid": some[0], "title": "Changed", "categories": [*before.categories, 77]}
    ]


async def test_delete(fake, client, some):
    assert await client.products.delete(some[0]) is True
    assert some[0] not in fake.products()
    with pytest.raises(errors.NotFoundError):
        await client.products.get(some[0])


async def test_many_have_one_outcome_each_in_order(fake, client, some):
    existing = fake.products()[some[0]]["sku"]
    result = await client.products.add_many(
        [{"sku": "N1"}, {"sku": existing}, Product(sku="N2")], chunk_size=2
    )
    assert [outcome.ok for outcome in result] == [True, False, True]
    assert fake.products()[result[2].value]["sku"] == "N2"
    assert isinstance(result[1].error, errors.BadRequestError)
    assert [len(record.json) for record in fake.requests] == [2, 1]
    with pytest.raises(BatchError) as caught:
        result.raise_for_failures()
    assert caught.value.result is result

    result = await client.products.update_many(
        [
            Blanket(productid=some[0], title="By id"),
            {"productid": UNSET, "sku": fake.products()[some[1]]["sku"], "title": "By sku"},
            {"productid": 999_999, "title": "Nobody"},
            {"productid": some[2], "sku": "RENAMED"},
        ]
    )
    assert [outcome.status for outcome in result][:2] == [200, 200]
    assert [outcome.index for outcome in result.failed] == [2]
    assert fake.products()[some[1]]["title"] == "By sku"
    assert fake.products()[some[2]]["sku"] == "RENAMED"

    result = await client.products.delete_many(
        [some[0], Product(productid=some[1]), {"productid": some[2]}]
    )
    result.raise_for_failures()
    assert fake.requests[-1].json == [{"productid": n} for n in some[:3]]
    assert [outcome.value for outcome in result] == [True] * 3


async def test_an_empty_batch_is_an_empty_result_without_a_request(fake, client):
    products = client.products
    for many in (products.add_many, products.update_many, products.delete_many):
        assert [*await many([])] == []
    assert fake.requests == []


async def test_a_chunk_that_is_too_much_is_halved_where_repeating_is_safe(fake, client, some):
    fake.script(Fault.html502(times=2))
    items = [{"productid": productid, "title": "Halved"} for productid in some[:20]]
    result = await client.products.update_many(items, chunk_size=8)
    result.raise_for_failures()
    assert [len(record.json) for record in fake.requests][:4] == [8, 4, 2, 2]
    assert {fake.products()[n]["title"] for n in some[:20]} == {"Halved"}
    assert client.stats().sent == len(fake.requests)


async def test_a_chunk_of_additions_whose_answer_is_lost_is_unknown_and_not_repeated(fake, client):
    fake.script(Fault.drop(when="after"))
    result = await client.products.add_many([{"sku": f"L{n}"} for n in range(6)], chunk_size=3)
    assert [outcome.ok for outcome in result] == [False] * 3 + [True] * 3
    assert {outcome.error.sent for outcome in result.failed} == {"unknown"}
    sent = [item["sku"] for record in fake.requests for item in record.json]
    assert sent == [f"L{n}" for n in range(6)]


async def test_a_fatal_error_ends_the_run_with_an_outcome_for_everyone(fake, client, some):
    fake.script(Fault.answer(401, errortext="gone"))
    items = [{"productid": productid, "title": "x"} for productid in some[:6]]
    result = await client.products.update_many(items, chunk_size=2)
    assert len(result.failed) == 6
    assert [outcome.error.sent for outcome in result] == ["yes"] * 2 + ["no"] * 4
    assert len(fake.requests) == 1


async def test_items_come_from_async_streams_too(fake, client, some):
    async def stream():
        for productid in some:
            yield {"productid": productid, "custom1": "streamed"}
        yield {"custom1": "nobody"}

    outcomes = [o async for o in client.products.update_many(stream(), chunk_size=10)]
    assert len(outcomes) == 26
    assert [o.index for o in outcomes if not o.ok] == [25]
    assert isinstance(outcomes[25].error, errors.InvalidInputError)
    assert [len(record.json) for record in fake.requests] == [10, 10, 5]


async def test_bulk_chunks_give_way_to_interactive_calls(fake, client, some):
    fake.script(Fault.hang(1, times=10))
    items = [{"productid": productid, "title": "x"} for productid in some[:12]]
    batch = asyncio.ensure_future(_result(client.products.update_many(items, chunk_size=3)))
    await asyncio.sleep(1.5)
    await client.products.get(some[0])
    await batch
    assert [record.method for record in fake.requests] == ["PUT", "PUT", "GET", "PUT", "PUT"]


async def _result(batch):
    return await batch


# ------------------------------------------------------------------------------------ variants


def variant(sku, **values):
    fields = {
        "productid": 0,
        "sku": sku,
        "title": sku,
        "active": True,
        "activepos": True,
        "deliverystatus": "",
        "moneyprice": "10.00",
        "moneypriceorg": "10.00",
        "moneypricein": "5.00",
        "moneyofferprice": "0.00",
        "barcode": "",
        "friendly": sku.lower(),
        "attributes": ["S"],
    }
    return {**fields, **values}


async def test_variants_are_set_whole_and_read_back(fake, client, some):
    owner = fake.products()[some[0]]["sku"]
    groups = [ProductVariantGroup(name="Size", options=["S", "M"])]
    variants = [
        variant(owner, productid=some[0]),
        ProductVariant(**variant("NEW-M", attributes=["M"], moneyprice=Decimal(12))),
    ]
    assert await client.products.variants.set(some[0], groups=groups, variants=variants) is True
    sent = fake.requests[-1].json
    assert sent["groups"] == [{"name": "Size", "options": ["S", "M"]}]
    assert sent["variants"][1]["moneyprice"] == "12.00"
    found = await client.products.variants.get(some[0])
    assert isinstance(found, ProductVariants)
    assert [v.sku for v in found.variants] == [owner, "NEW-M"]
    assert found.variants[1].productid not in (0, some[0])
    product = await client.products.get(found.variants[1].productid)
    assert product.variantparentid == some[0]
    assert [(pair.name, pair.value) for pair in product.variant] == [("Size", "M")]


async def test_fetched_variants_are_set_back_once_what_sitoo_hides_is_filled_in(fake, client, some):
    owner = variant(fake.products()[some[0]]["sku"], productid=some[0])
    groups = [{"name": "Size", "options": ["S"]}]
    await client.products.variants.set(some[0], groups=groups, variants=[owner])
    found = await client.products.variants.get(some[0])
    assert is_set(found.variants[0], "pricelisthasvolume")
    for one in found.variants:
        one.active, one.deliverystatus, one.moneyofferprice = True, "", 0
        one.friendly, one.barcode, one.title = one.sku, one.barcode or "", "Changed"
    sent = {"groups": found.groups, "variants": found.variants}
    assert await client.products.variants.set(some[0], **sent) is True
    assert fake.products()[some[0]]["title"] == "Changed"


@pytest.mark.parametrize("wrong", [None, "S", {"sku": "a"}], ids=repr)
async def test_variants_that_are_no_list_are_refused(fake, client, wrong):
    with pytest.raises(errors.InvalidInputError, match="variants"):
        await client.products.variants.set(1, groups=[], variants=wrong)
    assert fake.requests == []


async def test_what_a_set_of_variants_leaves_out_is_deleted(fake, client, some):
    owner = variant(fake.products()[some[0]]["sku"], productid=some[0])
    groups = [{"name": "Size", "options": ["S", "M"]}]
    both = [owner, variant("NEW-M", attributes=["M"])]
    await client.products.variants.set(some[0], groups=groups, variants=both)
    new = (await client.products.variants.get(some[0])).variants[1].productid
    await client.products.variants.set(some[0], groups=groups, variants=[owner])
    assert new not in fake.products()


async def test_a_set_of_variants_with_a_new_one_is_not_repeated_and_others_are(fake, client, some):
    owner = variant(fake.products()[some[0]]["sku"], productid=some[0])
    groups = [{"name": "Size", "options": ["S", "M"]}]
    fake.script(Fault.drop(method="PUT", times=2))
    new = [owner, variant("NEW-M", attributes=["M"])]
    with pytest.raises(errors.ReadError):
        await client.products.variants.set(some[0], groups=groups, variants=new)
    assert len(fake.requests) == 1
    assert await client.products.variants.set(some[0], groups=groups, variants=[owner]) is True
    assert len(fake.requests) == 3


@pytest.mark.parametrize("missing", ["active", "deliverystatus", "friendly", "attributes", "sku"])
async def test_a_set_of_variants_without_a_required_field_is_refused(fake, client, missing):
    broken = variant("X")
    del broken[missing]
    with pytest.raises(errors.InvalidInputError, match=missing):
        await client.products.variants.set(
            1, groups=[{"name": "Size", "options": ["S"]}], variants=[variant("Y"), broken]
        )
    assert fake.requests == []


# ----------------------------------------------------------------------------------- bad input


NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001  # naive on purpose

BAD = {
    "unknown field name": (lambda p: p.list(fields=["titel"]), "titel"),
    "bare string as fields": (lambda p: p.list(fields="title"), "fields"),
    "no fields": (lambda p: p.list(fields=[]), "fields"),
    "unknown filter": (lambda p: p.list(skuu=["a"]), "skuu"),
    "bare string as array filter": (lambda p: p.list(sku="a"), "sku"),
    "empty array filter": (lambda p: p.list(sku=[]), "sku"),
    "comma in an array filter": (lambda p: p.list(sku=["a,b"]), "sku"),
    "naive datetime filter": (
        lambda p: p.list(datelastmodified=NAIVE),
        "datelastmodified",
    ),
    "negative start": (lambda p: p.list(start=-1), "start"),
    "page of none": (lambda p: p.list(page_size=0), "page_size"),
    "page beyond the limit": (lambda p: p.list(page_size=100_001), "page_size"),
    "chunk of none": (lambda p: p.update_many([], chunk_size=0), "chunk_size"),
    "chunk beyond the limit": (lambda p: p.update_many([], chunk_size=5001), "chunk_size"),
    "a url too long": (lambda p: p.list(sku=["x" * 100] * 100), "url"),
    "read-only field": (lambda p: p.update(1, datecreated=datetime.now(UTC)), "datecreated"),
    "read-only field in an addition": (lambda p: p.add(sku="a", productid=1), "productid"),
    "unknown field in a write": (lambda p: p.update(1, titel="x"), "titel"),
    "one decimal": (lambda p: p.update(1, moneyprice="1.5"), "moneyprice"),
    "three decimals": (lambda p: p.update(1, moneyprice=Decimal("1.005")), "moneyprice"),
    "float price": (lambda p: p.update(1, moneyprice=1.5), "moneyprice"),
    "nan price": (lambda p: p.update(1, moneyprice=Decimal("NaN")), "moneyprice"),
    "float nan price": (lambda p: p.update(1, moneyprice=math.nan), "moneyprice"),
    "naive datetime": (
        lambda p: p.update(1, offerdatestart=NAIVE),
        "offerdatestart",
    ),
    "empty sku": (lambda p: p.add(sku=""), "sku"),
    "no sku": (lambda p: p.add(title="x"), "sku"),
    "null barcode": (lambda p: p.update(1, barcode=None), "barcode"),
    "empty update": (lambda p: p.update(1), "item"),
    "an item without its id before it": (lambda p: p.update(Product(title="x")), "productid"),
    "empty update by a model": (lambda p: p.update(1, Product(productid=1)), "item"),
    "update of another": (lambda p: p.update(1, Product(productid=2, title="x")), "productid"),
    "model and keywords": (lambda p: p.update(1, Product(title="x"), title="y"), "title"),
    "not a product": (lambda p: p.update(1, ProductVariantGroup(name="x")), "item"),
    "an id that is none": (lambda p: p.get("1"), "productid"),
    "item without identifier": (lambda p: p.update_many([{"title": "x"}]), "productid"),
    "item whose identifier is left out": (
        lambda p: p.update_many([{"productid": UNSET, "title": "x"}]),
        "productid",
    ),
    "item with nothing but its id": (lambda p: p.update_many([{"productid": 1}]), "item"),
    "item with nothing but its sku": (lambda p: p.update_many([{"sku": "a"}]), "item"),
    "item with an id that is none": (
        lambda p: p.update_many([{"productid": "1", "title": "x"}]),
        "productid",
    ),
    "item of another kind": (lambda p: p.update_many([7]), "item"),
    "deletion by sku": (lambda p: p.delete_many([{"sku": "a"}]), "productid"),
    "deletion without an identifier": (lambda p: p.delete_many([{}]), "productid"),
    "deletion of what is left out": (lambda p: p.delete_many([{"productid": UNSET}]), "productid"),
    "deletion of nothing": (lambda p: p.delete_many([UNSET]), "productid"),
    "deletion of a text": (lambda p: p.delete_many(["a"]), "productid"),
    "one item for many": (lambda p: p.update_many(Product(title="x")), "items"),
    "one mapping for many": (lambda p: p.update_many({"title": "x"}), "items"),
}


@pytest.mark.parametrize("call", BAD, ids=str)
async def test_bad_input_is_refused_by_name_and_nothing_is_sent(fake, client, call):
    make, field = BAD[call]
    with pytest.raises(errors.InvalidInputError) as caught:
        await make(client.products)
    assert caught.value.field == field
    assert caught.value.sent == "no"
    assert isinstance(caught.value, ValueError)
    assert fake.requests == []


async def test_one_bad_item_keeps_a_list_from_being_sent_and_is_counted(fake, client, some):
    items = [{"productid": productid, "title": "x"} for productid in some[:3]]
    items[2] = {"productid": some[2], "moneyprice": "1.5"}
    with pytest.raises(errors.InvalidInputError, match="item 2") as caught:
        await client.products.update_many(items, chunk_size=1)
    assert caught.value.index == 2
    assert fake.requests == []


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (lambda p: p.add(sku="a"), b'"28.0"'),
        (lambda p: p.add(sku="a"), b"true"),
        (lambda p: p.update(1, title="a"), b"false"),
        (lambda p: p.delete(1), b"2"),
    ],
    ids=["an odd id", "true for an id", "false for true", "2 for true"],
)
async def test_an_answer_of_another_shape_is_a_decode_error(fake, client, call, answer):
    fake.script(Fault.answer(200, body=answer))
    with pytest.raises(errors.DecodeError) as caught:
        await call(client.products)
    assert caught.value.sent == "yes"
    assert caught.value.path.startswith("/sites/1/products")


# ------------------------------------------------------------------- the shape of one request


class Answer(aiohttp.ClientResponse):
    """aioresponses does not know yet that aiohttp 3.14 asks for a stream writer."""

    def __init__(self, *args, **options):
        if "stream_writer" in inspect.signature(aiohttp.ClientResponse.__init__).parameters:
            options.setdefault("stream_writer", SimpleNamespace(output_size=0))
        super().__init__(*args, **options)


ROOT = "https://api.example/v2/accounts/10020/sites/1/products"

SHAPES = {
    "get": (lambda p: p.get(21), "get", f"{ROOT}/21.json", b'{"productid":21}', None),
    "list": (
        lambda p: p.list(sku=["a b", "ö/&"], fields=["productid", "sku"], start=2, page_size=2),
        "get",
        f"{ROOT}.json?sku=a%20b,%C3%B6%2F%26&start=2&num=2&fields=productid,sku",
        b'{"totalcount":0,"items":[]}',
        None,
    ),
    "add": (lambda p: p.add(sku="Q100"), "post", f"{ROOT}.json", b"28", b'{"sku":"Q100"}'),
    "update": (
        lambda p: p.update(21, title="Blanket"),
        "put",
        f"{ROOT}/21.json",
        b"true",
        b'{"title":"Blanket"}',
    ),
    "update_many": (
        lambda p: p.update_many([{"productid": 12, "moneyprice": Decimal(990)}]),
        "put",
        f"{ROOT}.json",
        b'[{"statuscode":200,"return":true}]',
        b'[{"productid":12,"moneyprice":"990.00"}]',
    ),
    "delete": (lambda p: p.delete(21), "delete", f"{ROOT}/21.json", b"true", None),
    "delete_many": (
        lambda p: p.delete_many([18]),
        "delete",
        f"{ROOT}.json",
        b'[{"statuscode":200,"return":true}]',
        b'[{"productid":18}]',
    ),
    "variants.get": (
        lambda p: p.variants.get(21),
        "get",
        f"{ROOT}/21/productvariants.json",
        b'{"groups":[],"variants":[]}',
        None,
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_a_request_has_the_shape_that_the_reference_shows(shape):
    call, method, url, answer, body = SHAPES[shape]
    with aioresponses.aioresponses() as mocked:
        mocked.add(URL(url, encoded=True), method, body=answer, response_class=Answer)
        client = SitooClient(api_id="10020-140", password="pw", base_url="api.example")
        async with client:
            await call(client.products)
    (((_, asked), calls),) = mocked.requests.items()
    # aioresponses sorts and re-quotes the query; its raw form is tested against the fake server.
    assert (asked.path, dict(asked.query)) == (URL(url).path, dict(URL(url).query))
    assert calls[0].kwargs["data"] == body
    headers = calls[0].kwargs["headers"]
    assert headers["Accept"] == "application/json"
    assert headers["Authorization"] == "Basic MTAwMjAtMTQwOnB3"
    assert headers.get("Content-Type") == (None if body is None else "application/json")
    assert calls[0].kwargs["allow_redirects"] is False
