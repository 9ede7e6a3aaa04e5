"""The seeded catalogue of FakeSitoo: deterministic, plausible, unique."""

from __future__ import annotations

import re

import pytest

from sitoo_async.testing import FakeSitoo


def test_the_same_seed_gives_the_same_products_however_they_are_added():
    whole = FakeSitoo(products=200, seed=5)
    parts = FakeSitoo(seed=5)
    for count in (1, 99, 100):
        parts.add_products(count)
    assert whole.products() == parts.products()
    assert FakeSitoo(products=200, seed=6).products() != whole.products()


def test_two_sites_hold_different_products_of_one_seed():
    fake = FakeSitoo(products=5)
    fake.add_products(5, site=2)
    assert set(fake.products(1)) == {1, 2, 3, 4, 5}
    assert set(fake.products(2)) == {6, 7, 8, 9, 10}
    first, second = fake.products(1)[1], fake.products(2)[6]
    assert first["barcode"] != second["barcode"]


@pytest.fixture(scope="module")
def products():
    return list(FakeSitoo(products=2000).products().values())


@pytest.mark.parametrize("name", ["productid", "sku", "barcode", "friendly"])
def test_what_identifies_a_product_is_unique(products, name):
    assert len({product[name] for product in products}) == 2000


def test_barcodes_have_a_valid_check_digit(products):
    for product in products:
        digits = [int(digit) for digit in product["barcode"]]
        assert len(digits) == 13
        assert (sum(digits[::2]) + 3 * sum(digits[1::2])) % 10 == 0


def test_products_look_like_those_of_the_reference(products):
    for product in products:
        assert re.fullmatch(r"\d{5}-\d", product["sku"])
        assert re.fullmatch(r"[0-9]+\.[0-9]{2}", product["moneyprice"])
        assert product["title"]
        assert product["defaultcategoryid"] in product["categories"]
        assert product["datecreated"] <= product["datemodified"] < 1_700_000_000
        assert all(similar < product["productid"] for similar in product["similar"])


def test_every_product_is_for_sale_somewhere_so_a_plain_list_shows_all(products):
    assert all(product["active"] or product["activepos"] for product in products)
    assert not all(product["active"] for product in products)


def test_some_products_are_in_offer_and_some_are_variants(products):
    assert any(product["offerisactive"] for product in products)
    assert all(
        product["moneyfinalprice"] == product["moneyofferprice"]
        for product in products
        if product["offerisactive"]
    )
    assert any(product["variantparentid"] for product in products)
    assert any(product["variantparentid"] is None for product in products)


async def test_a_sku_that_a_test_took_is_skipped(connected):
    async with FakeSitoo(seed=1) as fake, connected(fake) as ask:
        await ask("POST", "/sites/1/products.json", json={"sku": "10001-1"})
        fake.add_products(3)
        skus = [product["sku"] for product in fake.products().values()]
        assert skus[0] == "10001-1"
        assert len(set(skus)) == 4
