"""Price lists, vouchers and sales taxes on FakeSitoo."""

from __future__ import annotations

import pytest

LISTS = "/sites/1/pricelists.json"
ITEMS = "/sites/1/pricelists/1/pricelistitems.json"
VOUCHERS = "/sites/1/vouchers.json"
VOUCHER = "/sites/1/vouchers/1.json"
VOUCHER_PRODUCTS = "/sites/1/vouchers/1/products.json"
GROUPS = "/sites/1/salestaxgroups.json"


async def test_a_site_holds_at_most_a_hundred_price_lists(ask, fake_sitoo):
    for _ in range(99):
        fake_sitoo.add(LISTS, {"pricelistname": "x"})
    reply = await ask("POST", LISTS, {"pricelistname": "x"})
    assert (reply.status, reply.errortext) == (400, "At most 100 price lists are allowed.")
    assert (await ask("PUT", "/sites/1/pricelists/1.json", {"pricelistname": "y"})).status == 200
    assert (await ask("POST", "/sites/2/pricelists.json", {"pricelistname": "x"})).status == 200


async def test_prices_are_set_by_productid_or_sku(ask, fake_sitoo):
    skus = {key: product["sku"] for key, product in fake_sitoo.products().items()}
    sent = [
        {"sku": skus[2].lower(), "moneyprice": "10.00"},
        {"productid": 1, "sku": "whatever", "moneyprice": "11.00"},
        {"productid": None, "sku": skus[3], "moneyprice": "12.00"},
        {"sku": "nothing", "moneyprice": "1.00"},
        {"productid": 99, "moneyprice": "1.00"},
        {"moneyprice": "1.00"},
        {"sku": 5, "moneyprice": "1.00"},
        {"productid": 4},
        {"productid": 4, "moneyprice": "1"},
    ]
    results = (await ask("PUT", ITEMS, sent)).json
    codes = [200, 200, 400, 404, 404, 400, 400, 400, 400]
    assert [result["statuscode"] for result in results] == codes
    items = (await ask("GET", ITEMS)).json["items"]
    assert [item["productid"] for item in items if "productid" in item] in ([], [1, 2])
    assert [(item["sku"], item["moneyprice"]) for item in items] == [
        (skus[1], "11.00"),
        (skus[2], "10.00"),
    ]
    assert items[0]["moneypricevolume"] is None


async def test_a_price_can_depend_on_the_volume_and_is_changed_in_place(ask, fake_sitoo):
    levels = [{"levelstart": 2, "moneyprice": "8.00"}]
    await ask("PUT", ITEMS, {"productid": 1, "moneyprice": "9.00", "moneypricevolume": levels})
    await ask("PUT", ITEMS, {"productid": 1, "moneyprice": "7.00"})
    [item] = fake_sitoo.items(ITEMS).values()
    assert (item["moneyprice"], item["moneypricevolume"]) == ("7.00", levels)


async def test_prices_are_deleted_by_productid_or_sku(ask, fake_sitoo):
    for key in (1, 2):
        fake_sitoo.add(ITEMS, {"productid": key, "moneyprice": "9.00"})
    sku = fake_sitoo.products()[1]["sku"]
    results = (await ask("DELETE", ITEMS, [{"sku": sku}, {"productid": 2}, {"sku": sku}])).json
    assert [result["statuscode"] for result in results] == [200, 200, 404]
    assert fake_sitoo.items(ITEMS) == {}


async def test_a_voucher_holds_productids_and_may_be_asked_for_skus(ask, fake_sitoo):
    sku = fake_sitoo.products()[1]["sku"]
    new = {"vouchertype": 200, "vouchername": "Resellers", "products": [sku]}
    new["discountoptions"] = [{"num": 1, "products": [sku], "moneyprice": "5.00"}]
    key = (await ask("POST", f"{VOUCHERS}?product_identifier=sku", new)).json
    voucher = fake_sitoo.items(VOUCHERS)[key]
    assert (voucher["products"], voucher["vouchergrouptype"]) == ([1], 20)
    assert voucher["discountoptions"][0]["products"] == [1]
    path = f"/sites/1/vouchers/{key}.json"
    assert (await ask("GET", path)).json == voucher
    assert (await ask("GET", f"{path}?product_identifier=sku")).json["products"] == [sku]
    listed = await ask("GET", f"{VOUCHERS}?product_identifier=sku&fields=voucherid,products")
    assert listed.json["items"][-1] == {"voucherid": key, "products": [sku]}
    listed = await ask("GET", f"{VOUCHERS}?product_identifier=sku&fields=voucherid,discountoptions")
    assert listed.json["items"][-1]["discountoptions"][0]["products"] == [sku]
    await ask("DELETE", "/sites/1/products/1.json")
    assert (await ask("GET", f"{path}?product_identifier=sku")).json["products"] == [""]


async def test_products_of_a_voucher_must_be_products(ask):
    new = {"vouchertype": 200, "vouchername": "x"}
    assert (await ask("POST", VOUCHERS, {**new, "products": [99]})).status == 404
    assert (await ask("POST", VOUCHERS, {**new, "products": ["10001-1"]})).status == 404
    assert (await ask("POST", f"{VOUCHERS}?product_identifier=ean", new)).status == 400
    assert (await ask("PUT", VOUCHER, {"products": ["10001-1"]})).status == 400
    assert (await ask("PUT", VOUCHER, {"products": [1]})).status == 200


async def test_products_join_and_leave_a_voucher(ask, fake_sitoo):
    held = fake_sitoo.items(VOUCHERS)[1]["products"]
    sku = fake_sitoo.products()[2]["sku"]
    sent = [{"productid": 1}, {"sku": sku}, {"productid": 1}, {"productid": 99}]
    results = (await ask("POST", VOUCHER_PRODUCTS, sent)).json
    assert [result.get("return", result["statuscode"]) for result in results] == [True] * 3 + [404]
    assert held == [1, 2]
    results = (await ask("DELETE", VOUCHER_PRODUCTS, [{"productid": 1}, {"productid": 1}])).json
    assert [result["statuscode"] for result in results] == [200, 404]
    assert held == [2]


async def test_a_group_names_its_sales_taxes_and_shows_them_whole(ask, fake_sitoo):
    new = {"name": "Miami", "region": "FL", "salestaxes": [{"salestaxid": 1}]}
    key = (await ask("POST", GROUPS, new)).json
    group = (await ask("GET", f"/sites/1/salestaxgroups/{key}.json")).json
    tax = (await ask("GET", "/sites/1/salestaxes/1.json")).json
    assert group["salestaxes"] == [tax]
    assert (tax["name"], tax["decimalvaluedefault"]) == ("State Tax", "6.000")
    reply = await ask("POST", GROUPS, new | {"salestaxes": [{"salestaxid": 9}]})
    assert (reply.status, reply.errortext) == (400, "Invalid value in salestaxes")
    reply = await ask("POST", GROUPS, new | {"salestaxes": [{}]})
    assert reply.errortext == "400: Missing required field 'salestaxid'."
    await ask("DELETE", "/sites/1/salestaxes/1.json")
    path = f"/sites/1/salestaxgroups/{key}.json"
    assert (await ask("PUT", path, {"name": "Dade"})).text == "true"
    assert fake_sitoo.items(GROUPS)[key]["salestaxes"] == [tax]


@pytest.mark.parametrize("tags", [["a"], ["A" * 17], ["A"] * 31, [5], "A"])
async def test_tags_follow_their_pattern(ask, tags):
    reply = await ask("PUT", "/sites/1/pricelists/1.json", {"tags": tags})
    assert (reply.status, reply.errortext) == (400, "Invalid value in tags (Not tags)")
    assert (await ask("PUT", "/sites/1/pricelists/1.json", {"tags": ["A-1_B"]})).status == 200


async def test_a_new_product_group_counts_for_its_products(ask, fake_sitoo):
    new = {"value": 14, "productgroupname": "Tea"}
    key = (await ask("POST", "/sites/1/productgroups.json", new)).json
    assert key == 7
    fake_sitoo.products()[1]["vatid"] = key
    assert (await ask("GET", "/sites/1/products/1.json")).json["vatvalue"] == 14
    await ask("PUT", f"/sites/1/productgroups/{key}.json", {"value": 15})
    assert (await ask("GET", "/sites/1/products/1.json")).json["vatvalue"] == 15
