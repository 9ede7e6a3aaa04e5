"""Price lists and their items against the fake server."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitoo_async import changes, errors, replace
from sitoo_async.models import PriceList, PriceListItem, VolumePriceLevel
from sitoo_async.testing import Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(products=5)]

ITEMS = "/sites/1/pricelists/1/pricelistitems.json"


@pytest.fixture
async def some(fake):
    return [*fake.products()]


async def test_a_price_list_is_added_read_changed_and_deleted(fake, client):
    pricelistid = await client.price_lists.add(pricelistname="Resellers", tags=["RESELLER"])
    assert fake.requests[-1].json == {"pricelistname": "Resellers", "tags": ["RESELLER"]}
    before = await client.price_lists.get(pricelistid)
    assert (before.pricelistname, before.tags) == ("Resellers", ["RESELLER"])
    after = replace(before, pricelistdescription="For resellers")
    assert await client.price_lists.update(pricelistid, changes(before, after))
    assert fake.requests[-1].json == {"pricelistdescription": "For resellers"}
    assert await client.price_lists.delete(pricelistid)
    names = [found.pricelistname async for found in client.price_lists.list(page_size=1)]
    assert names == ["Default Price List"]
    assert await client.price_lists.list(fields=["pricelistname"]).count() == 1


async def test_a_site_has_at_most_100_price_lists(client):
    for number in range(99):
        await client.price_lists.add(PriceList(pricelistname=f"{number}"))
    with pytest.raises(errors.BadRequestError):
        await client.price_lists.add(pricelistname="One more")


async def test_a_price_is_set_by_productid_or_else_by_sku(fake, client, some):
    levels = [
        VolumePriceLevel(levelstart=2, moneyprice=Decimal(849)),
        {"levelstart": 4, "moneyprice": "749.00"},
    ]
    assert await client.price_lists.items.set(
        1, productid=some[0], moneyprice=895, moneypricevolume=levels
    )
    assert (fake.requests[-1].method, fake.requests[-1].path) == ("PUT", ITEMS)
    assert fake.requests[-1].json == [
        {
            "productid": some[0],
            "moneyprice": "895.00",
            "moneypricevolume": [
                {"levelstart": 2, "moneyprice": "849.00"},
                {"levelstart": 4, "moneyprice": "749.00"},
            ],
        }
    ]
    sku = fake.products()[some[1]]["sku"]
    assert await client.price_lists.items.set(1, PriceListItem(sku=sku, moneyprice=Decimal(5)))
    fields = ["productid", "moneyprice", "moneypricevolume"]
    found = await client.price_lists.items.list(1, fields=fields).collect()
    assert [(item.productid, item.moneyprice) for item in found] == [
        (some[0], Decimal("895.00")),
        (some[1], Decimal("5.00")),
    ]
    assert found[0].moneypricevolume[1].moneyprice == Decimal("749.00")
    assert found[1].moneypricevolume is None
    # What was fetched can be given back.
    found[1].moneyprice = Decimal(6)
    result = await client.price_lists.items.set_many(1, found)
    assert [outcome.value for outcome in result] == [True, True]
    assert await client.price_lists.items.list(1, fields=["sku"]).count() == 2


async def test_many_prices_have_one_outcome_each(fake, client, some):
    result = await client.price_lists.items.set_many(
        1,
        [
            {"productid": some[0], "moneyprice": 1},
            {"sku": "UNKNOWN", "moneyprice": 2},
            {"productid": some[1], "moneyprice": 3},
        ],
        chunk_size=2,
    )
    assert [outcome.ok for outcome in result] == [True, False, True]
    assert [len(record.json) for record in fake.requests] == [2, 1]


async def test_products_are_taken_out_by_productid_or_sku_or_what_holds_one(fake, client, some):
    await client.price_lists.items.set_many(
        1, [{"productid": productid, "moneyprice": 1} for productid in some]
    )
    skus = [fake.products()[productid]["sku"] for productid in some]
    fetched = (await client.price_lists.items.list(1, fields=["productid"]).collect())[2]
    assert await client.price_lists.items.delete(1, skus[0])
    assert fake.requests[-1].json == {"sku": skus[0]}
    assert await client.price_lists.items.delete(1, some[1])
    assert fake.requests[-1].json == {"productid": some[1]}
    result = await client.price_lists.items.delete_many(1, [fetched, {"sku": skus[3]}, some[4]])
    result.raise_for_failures()
    assert fake.requests[-1].json == [
        {"productid": some[2]},
        {"sku": skus[3]},
        {"productid": some[4]},
    ]
    assert (await client.price_lists.items.list(1)).totalcount == 0


async def test_setting_a_price_is_sent_again_where_its_answer_was_lost(fake, client, some):
    fake.script(Fault.drop(when="after", method="PUT"))
    assert await client.price_lists.items.set(1, productid=some[0], moneyprice=1)
    assert len(fake.requests) == 2


async def test_a_price_list_is_not_added_twice(fake, client):
    fake.script(Fault.drop(when="after", method="POST"))
    with pytest.raises(errors.ReadError) as caught:
        await client.price_lists.add(pricelistname="Once")
    assert caught.value.sent == "unknown"
    assert len(fake.requests) == 1


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"moneyprice": 1}, "productid"),
        ({"sku": "Q100"}, "moneyprice"),
        ({"sku": "", "moneyprice": 1}, "sku"),
        ({"sku": "Q100", "moneyprice": 0.5}, "moneyprice"),
        (
            {"sku": "Q100", "moneyprice": 1, "moneypricevolume": [{"start": 2}]},
            "moneypricevolume[0].start",
        ),
    ],
)
async def test_a_price_that_can_not_be_sent_is_refused(fake, client, item, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await client.price_lists.items.set(1, **item)
    assert caught.value.field == field
    with pytest.raises(errors.InvalidInputError) as caught:
        await client.price_lists.items.set_many(1, [item])
    assert (caught.value.field, caught.value.index) == (field, 0)
    assert fake.requests == []


async def test_what_names_no_product_can_not_be_taken_out(fake, client):
    for item in ({"moneyprice": 1}, 1.5, None):
        with pytest.raises(errors.InvalidInputError) as caught:
            await client.price_lists.items.delete(1, item)
        assert caught.value.field == "productid"
    assert fake.requests == []
