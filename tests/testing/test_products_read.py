"""Reading products from FakeSitoo: envelopes, fields, filters, paths and sites."""

from __future__ import annotations

import pytest

from sitoo_async.testing import FakeSitoo

DEFAULT_FIELDS = {
    "productid",
    "sku",
    "datemodified",
    "active",
    "activepos",
    "vatid",
    "manufacturerid",
    "stockcountenable",
    "stockallowbackorder",
    "barcode",
    "moneyprice",
    "moneyfinalprice",
}
PRODUCTS = "/sites/1/products.json"


def ids(reply):
    return [item["productid"] for item in reply.json["items"]]


async def test_a_list_is_an_envelope_of_ten_items_with_the_default_fields(ask):
    reply = await ask("GET", PRODUCTS)
    assert reply.status == 200
    assert reply.headers["Content-Type"] == "application/json"
    assert reply.json["totalcount"] == 25
    assert ids(reply) == list(range(1, 11))
    assert all(set(item) == DEFAULT_FIELDS for item in reply.json["items"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("start=20", range(21, 26)),
        ("start=2&num=2", range(3, 5)),
        ("num=100000", range(1, 26)),
        ("start=25", ()),
        ("num=0", ()),
    ],
)
async def test_start_and_num_cut_a_page_and_totalcount_stays(ask, query, expected):
    reply = await ask("GET", f"{PRODUCTS}?{query}")
    assert ids(reply) == list(expected)
    assert reply.json["totalcount"] == 25


@pytest.mark.parametrize(
    ("query", "errortext"),
    [
        ("start=x", "Invalid value in start (Not integer)"),
        ("num=-1", "Invalid value in num (Negative)"),
        ("num[]=1", "Invalid value in num"),
        ("datelastmodified=1.5", "Invalid value in datelastmodified (Not integer)"),
        ("includeinactive=1", "Invalid value in includeinactive (Not boolean)"),
        ("fields=productid,skue", 'Invalid input, "skue" is not a valid field.'),
    ],
)
async def test_a_bad_query_value_is_400_and_named(ask, query, errortext):
    reply = await ask("GET", f"{PRODUCTS}?{query}")
    assert reply.status == 400
    assert reply.errortext == errortext


async def test_fields_selects_the_fields(ask):
    reply = await ask("GET", f"{PRODUCTS}?fields=sku,title&num=1")
    assert reply.json["items"] == [{"sku": "10001-1", "title": reply.json["items"][0]["title"]}]


async def test_an_unknown_parameter_is_silently_ignored(ask):
    reply = await ask("GET", f"{PRODUCTS}?skus=10001-1&datelastmodified-from=9")
    assert reply.json["totalcount"] == 25


async def test_a_comma_joined_sku_filter_gives_all_of_them_in_any_case(ask, fake_sitoo):
    fake_sitoo.products()[3]["sku"] = "Abc-3"
    first = fake_sitoo.products()[1]["sku"]
    reply = await ask("GET", f"{PRODUCTS}?sku={first},aBC-3,nothing")
    assert ids(reply) == [1, 3]
    assert reply.json["totalcount"] == 2


async def test_a_repeated_parameter_counts_only_the_last(ask, fake_sitoo):
    skus = [fake_sitoo.products()[key]["sku"] for key in (1, 2, 3)]
    reply = await ask("GET", f"{PRODUCTS}?" + "&".join(f"sku={sku}" for sku in skus))
    assert ids(reply) == [3]


async def test_a_parameter_with_brackets_collects(ask, fake_sitoo):
    skus = [fake_sitoo.products()[key]["sku"] for key in (1, 2, 3)]
    reply = await ask("GET", f"{PRODUCTS}?" + "&".join(f"sku[]={sku}" for sku in skus))
    assert ids(reply) == [1, 2, 3]


async def test_an_empty_array_filter_means_everything(ask):
    assert (await ask("GET", f"{PRODUCTS}?sku=")).json["totalcount"] == 25


async def test_products_in_neither_pos_nor_webshop_are_hidden_unless_asked_for(ask, fake_sitoo):
    store = fake_sitoo.products()
    store[1].update(active=False, activepos=False)
    store[2].update(active=False, activepos=True)
    store[3].update(active=True, activepos=False)
    assert ids(await ask("GET", f"{PRODUCTS}?num=2")) == [2, 3]
    assert ids(await ask("GET", f"{PRODUCTS}?num=2&includeinactive=false")) == [2, 3]
    everything = await ask("GET", f"{PRODUCTS}?num=2&includeinactive=true")
    assert ids(everything) == [1, 2]
    assert everything.json["totalcount"] == 25


async def test_datelastmodified_gives_what_was_modified_after_it(ask, fake_sitoo):
    for key, product in fake_sitoo.products().items():
        product["datemodified"] = 1000 + key
    assert ids(await ask("GET", f"{PRODUCTS}?datelastmodified=1023")) == [24, 25]


async def test_the_order_is_by_productid_whatever_the_order_of_the_store(ask, fake_sitoo):
    store = fake_sitoo.products()
    store[1] = store.pop(1)
    assert ids(await ask("GET", f"{PRODUCTS}?num=3")) == [1, 2, 3]


async def test_one_product_has_all_54_fields_and_ignores_fields(ask):
    reply = await ask("GET", "/sites/1/products/21.json?fields=sku")
    assert reply.status == 200
    assert len(reply.json) == 54
    assert reply.json["productid"] == 21


async def test_the_store_is_live_and_may_hold_what_the_reference_does_not_know(ask, fake_sitoo):
    product = fake_sitoo.products()[21]
    product["brandnew"] = [1]
    del product["title"]
    reply = await ask("GET", "/sites/1/products/21.json")
    assert reply.json == product
    listed = await ask("GET", f"{PRODUCTS}?fields=sku,title&start=20&num=1")
    assert listed.json["items"] == [{"sku": product["sku"]}]


async def test_a_sparse_item_in_the_store_breaks_nothing(ask, fake_sitoo):
    fake_sitoo.products()[26] = {"productid": 26}
    reply = await ask("GET", f"{PRODUCTS}?includeinactive=true&start=25")
    assert reply.json == {"totalcount": 26, "items": [{"productid": 26}]}
    assert (await ask("GET", PRODUCTS)).json["totalcount"] == 25
    assert (await ask("GET", f"{PRODUCTS}?sku=x&datelastmodified=1")).json["totalcount"] == 0
    assert (await ask("GET", "/sites/1/products/26.json")).json == {"productid": 26}


@pytest.mark.parametrize("path", ["/sites/1/products", "/sites/1/products.json"])
async def test_paths_answer_with_and_without_the_extension(ask, path):
    assert (await ask("GET", path)).json["totalcount"] == 25
    assert (await ask("GET", path.replace("products", "products/3"))).json["productid"] == 3


@pytest.mark.parametrize(
    "path",
    [
        "/sites/1/products/26.json",
        "/sites/1/products/x.json",
        "/sites/1/products/%C2%B2.json",
        "/sites/3/products.json",
        "/sites/x/products.json",
        "/sites/1/nothing.json",
        "/sites/1/products/1/2/3.json",
    ],
)
async def test_what_does_not_exist_is_404_with_an_error_object(ask, path):
    reply = await ask("GET", path)
    assert reply.status == 404
    assert reply.errortext


@pytest.mark.parametrize("method", ["PATCH", "POST"])
async def test_a_method_that_the_reference_does_not_list_is_405(ask, method):
    assert (await ask(method, "/sites/1/products/1.json", json={})).status == 405


async def test_a_guid_as_site_lists_nothing_and_holds_nothing(ask):
    guid = "%7B0F8FAD5B-D9CB-469F-A165-70867728950E%7D"
    listed = await ask("GET", f"/sites/{guid}/products.json")
    assert (listed.status, listed.json) == (200, {"totalcount": 0, "items": []})
    assert (await ask("GET", f"/sites/{guid}/products/1.json")).status == 404
    assert (await ask("POST", f"/sites/{guid}/products.json", json={"sku": "x"})).status == 404


async def test_sites_have_stores_of_their_own_and_productids_are_unique_over_all(connected):
    async with FakeSitoo(products=3, sites=(7, 8)) as fake, connected(fake) as ask:
        fake.add_products(2, site=8)
        assert ids(await ask("GET", "/sites/7/products.json")) == [1, 2, 3]
        assert ids(await ask("GET", "/sites/8/products.json")) == [4, 5]
        assert list(fake.products()) == [1, 2, 3]
        assert list(fake.products(site=8)) == [4, 5]
        assert (await ask("GET", "/sites/8/products/1.json")).status == 404


async def test_what_follows_from_the_product_group_is_derived(ask, fake_sitoo):
    fake_sitoo.products()[1]["vatid"] = 6
    fake_sitoo.products()[2]["vatid"] = 999
    gift_card = (await ask("GET", "/sites/1/products/1.json")).json
    assert (gift_card["vatvalue"], gift_card["productgrouptype"]) == (0, 30)
    unknown_group = (await ask("GET", "/sites/1/products/2.json")).json
    assert (unknown_group["vatvalue"], unknown_group["productgrouptype"]) == (25, 10)


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("offer", "active"),
    [
        ({"offerisenabled": False}, False),
        ({}, True),
        ({"offerdatestart": 1_700_001_000}, True),
        ({"offerdatestart": 1_700_001_001}, False),
        ({"offerdateend": 1_700_001_000 - 86_399}, True),
        ({"offerdateend": 1_700_001_000 - 86_400}, False),
    ],
)
async def test_the_final_price_is_the_offer_price_while_the_offer_lasts(
    ask,
    fake_sitoo,
    offer,
    active,
):
    # The server's clock shows 1,700,001,000 here: 1,000 virtual seconds after its epoch.
    fake_sitoo.products()[1].update(
        {
            "offerisenabled": True,
            "moneyprice": "100.00",
            "moneyofferprice": "80.00",
            "offerdatestart": None,
            "offerdateend": None,
        },
    )
    fake_sitoo.products()[1].update(offer)
    listed = (await ask("GET", f"{PRODUCTS}?fields=offerisactive,moneyfinalprice&num=1")).json
    price = "80.00" if active else "100.00"
    assert listed["items"] == [{"offerisactive": active, "moneyfinalprice": price}]
