"""Writing products to FakeSitoo: what it stores, what it refuses, one by one and in batches."""

from __future__ import annotations

import pytest

PRODUCTS = "/sites/1/products.json"
ONE = "/sites/1/products/21.json"


async def test_adding_one_product_returns_its_bare_id_and_fills_the_defaults(ask, fake_sitoo):
    reply = await ask("POST", PRODUCTS, json={"sku": "Q100", "moneyprice": "99.00"})
    assert (reply.status, reply.json) == (200, 26)
    product = fake_sitoo.products()[26]
    assert len(product) == 54
    assert product["moneyprice"] == product["moneyfinalprice"] == "99.00"
    assert (product["title"], product["friendly"], product["moneypriceorg"]) == ("", "", "0.00")
    assert (product["active"], product["activepos"], product["vatid"]) == (True, True, 2)
    assert product["barcode"] is product["manufacturerid"] is product["variantparentid"] is None
    assert (product["categories"], product["variant"], product["customattributes"]) == ([], [], {})


async def test_two_new_products_do_not_share_their_lists(ask, fake_sitoo):
    await ask("POST", PRODUCTS, json=[{"sku": "Q1"}, {"sku": "Q2"}])
    fake_sitoo.products()[26]["categories"].append(5)
    assert fake_sitoo.products()[27]["categories"] == []


async def test_an_update_changes_what_was_sent_and_nothing_else(ask, fake_sitoo):
    before = dict(fake_sitoo.products()[21])
    reply = await ask("PUT", ONE, json={"title": "Blanket"})
    assert (reply.status, reply.text) == (200, "true")
    after = fake_sitoo.products()[21]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"title", "datemodified"}


@pytest.mark.virtual_time
async def test_writes_move_the_dates_by_the_clock_of_the_loop(ask, fake_sitoo):
    await ask("POST", PRODUCTS, json={"sku": "Q1"})
    await ask("PUT", ONE, json={})
    added = fake_sitoo.products()[26]
    assert added["datecreated"] == added["datemodified"] == 1_700_001_000
    assert fake_sitoo.products()[21]["datemodified"] == 1_700_001_000
    assert fake_sitoo.products()[21]["datecreated"] < 1_700_000_000


async def test_deleting_a_product_makes_it_404_for_good(ask, fake_sitoo):
    assert (await ask("DELETE", ONE)).text == "true"
    assert 21 not in fake_sitoo.products()
    for method in ("GET", "PUT", "DELETE"):
        assert (await ask(method, ONE, json={} if method == "PUT" else None)).status == 404
    assert (await ask("GET", PRODUCTS)).json["totalcount"] == 24


@pytest.mark.parametrize(
    ("sent", "errortext"),
    [
        ({"skue": 1}, 'Invalid input, "skue" is not a valid field.'),
        ({"datemodified": 1}, 'Invalid input, "datemodified" is a read-only field.'),
        ({"variantparentid": 1}, 'Invalid input, "variantparentid" is a read-only field.'),
        ({"variant": []}, 'Invalid input, "variant" is a read-only field.'),
        ({"productid": 22}, 'Invalid input, "productid" is a read-only field.'),
        ({"sku": ""}, "Invalid value in sku"),
        ({"sku": None}, "Invalid value in sku"),
        ({"sku": 5}, "Invalid value in sku (Not string)"),
        ({"barcode": None}, "Invalid value in barcode"),
        ({"barcode": 5}, "Invalid value in barcode (Not string)"),
        ({"barcodealiases": [{"code": "1"}]}, "Invalid value in barcodealiases (Not string)"),
        ({"barcodealiases": "1"}, "Invalid value in barcodealiases (Not string)"),
        ({"moneyprice": "230"}, "Invalid value in moneyprice (Not money)"),
        ({"moneyprice": "230.0"}, "Invalid value in moneyprice (Not money)"),
        ({"moneyprice": "230.00\n"}, "Invalid value in moneyprice (Not money)"),
        ({"moneyprice": "٢.00"}, "Invalid value in moneyprice (Not money)"),
        ({"moneyprice": 230.0}, "Invalid value in moneyprice (Not money)"),
        ({"active": 1}, "Invalid value in active (Not boolean)"),
        ({"active": "true"}, "Invalid value in active (Not boolean)"),
        ({"vatid": True}, "Invalid value in vatid (Not integer)"),
        ({"vatid": "2"}, "Invalid value in vatid (Not integer)"),
        ({"vatid": None}, "Invalid value in vatid"),
        ({"categories": [1, True]}, "Invalid value in categories (Not integer)"),
        ({"offerdatestart": "today"}, "Invalid value in offerdatestart (Not integer)"),
        ({"customattributes": []}, "Invalid value in customattributes (Not object)"),
        ({"customattributes": {"a": "x" * 129}}, "Invalid value in customattributes (Not object)"),
        ({"customattributes": {"a": None}}, "Invalid value in customattributes (Not object)"),
        ([], "Invalid input, an object was expected."),
        (7, "Invalid input, an object was expected."),
    ],
)
async def test_a_bad_write_is_400_names_the_field_and_stores_nothing(
    ask,
    fake_sitoo,
    sent,
    errortext,
):
    before = dict(fake_sitoo.products()[21])
    if isinstance(sent, dict):
        sent = {"title": "changed", **sent}
    reply = await ask("PUT", ONE, json=sent)
    assert reply.status == 400
    assert reply.errortext == errortext
    assert fake_sitoo.products()[21] == before


@pytest.mark.parametrize(
    "sent",
    [
        {"productid": 21},
        {"manufacturerid": None},
        {"offerdateend": None},
        {"moneyprice": "-0.50"},
        {"moneyprice": "+1.00"},
        {"customattributes": {"a": "x" * 128, "b": 1, "c": 0.5, "d": True}},
        {"vatid": 77},
    ],
)
async def test_what_the_reference_allows_is_taken(ask, fake_sitoo, sent):
    assert (await ask("PUT", ONE, json=sent)).status == 200
    assert sent.items() <= fake_sitoo.products()[21].items()


async def test_an_empty_barcode_reads_back_as_null(ask):
    await ask("PUT", ONE, json={"barcode": "735"})
    assert (await ask("GET", ONE)).json["barcode"] == "735"
    await ask("PUT", ONE, json={"barcode": ""})
    assert (await ask("GET", ONE)).json["barcode"] is None


async def test_a_sku_is_required_on_add(ask):
    reply = await ask("POST", PRODUCTS, json={"title": "Box"})
    assert (reply.status, reply.errortext) == (400, "400: Missing required field 'sku'.")


async def test_a_sku_is_unique_within_a_site_whatever_its_case(ask, fake_sitoo):
    fake_sitoo.products()[1]["sku"] = "Abc"
    for method, path in (("POST", PRODUCTS), ("PUT", ONE)):
        reply = await ask(method, path, json={"sku": "aBC"})
        assert (reply.status, reply.errortext) == (400, "Invalid value in sku (aBC already exists)")
    assert (await ask("POST", "/sites/2/products.json", json={"sku": "aBC"})).status == 200


async def test_a_change_of_case_of_its_own_sku_is_accepted(ask, fake_sitoo):
    fake_sitoo.products()[21]["sku"] = "Abc"
    assert (await ask("PUT", ONE, json={"sku": "ABC"})).status == 200
    assert fake_sitoo.products()[21]["sku"] == "ABC"


async def test_a_friendly_name_is_unique_unless_it_is_empty(ask):
    first = {"sku": "Q1", "friendly": "box"}
    assert (await ask("POST", PRODUCTS, json=first)).status == 200
    assert (await ask("POST", PRODUCTS, json=first | {"sku": "Q2"})).status == 400
    assert (await ask("POST", PRODUCTS, json={"sku": "Q3", "friendly": ""})).status == 200
    assert (await ask("POST", PRODUCTS, json={"sku": "Q4", "friendly": ""})).status == 200


async def test_a_default_category_joins_the_categories_and_null_takes_it_out(ask, fake_sitoo):
    product = fake_sitoo.products()[21]
    await ask("PUT", ONE, json={"categories": [4], "defaultcategoryid": 9})
    assert product["categories"] == [4, 9]
    await ask("PUT", ONE, json={"defaultcategoryid": 4})
    assert product["categories"] == [4, 9]
    await ask("PUT", ONE, json={"defaultcategoryid": None})
    assert (product["categories"], product["defaultcategoryid"]) == ([9], None)


@pytest.mark.parametrize("body", [b"{", b'{"vatid": NaN}', b"\xff"])
async def test_a_body_that_is_no_json_is_400(ask, body):
    reply = await ask("PUT", ONE, data=body)
    assert (reply.status, reply.errortext) == (400, "Invalid JSON.")


async def test_a_write_without_a_body_is_400(ask):
    assert (await ask("POST", PRODUCTS)).status == 400


async def test_a_batch_add_answers_each_item_on_its_own(ask, fake_sitoo):
    reply = await ask(
        "POST",
        PRODUCTS,
        json=[
            {"sku": "Q1"},
            {"sku": "Q1"},
            {"title": "x"},
            5,
            {"sku": "Q2", "bad": 1},
            {"sku": "Q3"},
        ],
    )
    assert reply.status == 200
    assert [result["statuscode"] for result in reply.json] == [200, 400, 400, 400, 400, 200]
    assert [result.get("return") for result in reply.json] == [26, None, None, None, None, 27]
    assert reply.json[1] == {
        "statuscode": 400,
        "errortext": "Invalid value in sku (Q1 already exists)",
    }
    assert [fake_sitoo.products()[key]["sku"] for key in (26, 27)] == ["Q1", "Q3"]


async def test_a_batch_update_names_its_items_by_productid_or_sku(ask, fake_sitoo):
    store = fake_sitoo.products()
    sku = store[2]["sku"]
    reply = await ask(
        "PUT",
        PRODUCTS,
        json=[
            {"productid": 1, "title": "one"},
            {"sku": sku.upper(), "title": "two"},
            {"productid": 3, "sku": "renamed", "title": "three"},
            {"productid": None, "sku": "renamed", "custom1": "found again"},
            {"productid": 99, "title": "nobody"},
            {"sku": "nobody"},
            {"sku": 5},
            {"title": "nameless"},
            {"productid": "1"},
            {"productid": 4, "title": 4},
        ],
    )
    assert reply.status == 200
    assert [result["statuscode"] for result in reply.json] == [
        200, 200, 200, 200, 404, 404, 404, 400, 400, 400,
    ]  # fmt: skip
    assert all(result["return"] is True for result in reply.json[:4])
    assert [store[key]["title"] for key in (1, 2, 3)] == ["one", "two", "three"]
    assert (store[2]["sku"], store[3]["sku"], store[3]["custom1"]) == (
        sku,
        "renamed",
        "found again",
    )


async def test_a_sku_given_up_in_a_batch_is_free_for_the_next_item(ask, fake_sitoo):
    old = fake_sitoo.products()[1]["sku"]
    reply = await ask(
        "PUT",
        PRODUCTS,
        json=[{"productid": 1, "sku": "new"}, {"productid": 2, "sku": old}],
    )
    assert [result["statuscode"] for result in reply.json] == [200, 200]


async def test_the_collection_takes_a_single_object_too(ask, fake_sitoo):
    assert (await ask("PUT", PRODUCTS, json={"productid": 1, "title": "x"})).text == "true"
    assert fake_sitoo.products()[1]["title"] == "x"
    assert (await ask("DELETE", PRODUCTS, json={"productid": 1})).text == "true"
    assert 1 not in fake_sitoo.products()


async def test_a_batch_delete_takes_a_body_of_productids(ask, fake_sitoo):
    sku = fake_sitoo.products()[3]["sku"]
    reply = await ask(
        "DELETE",
        PRODUCTS,
        json=[{"productid": 1}, {"productid": 1}, {"sku": sku}, {"productid": 2}],
    )
    assert [result["statuscode"] for result in reply.json] == [200, 404, 400, 200]
    assert min(fake_sitoo.products()) == 3


async def test_an_empty_batch_is_an_empty_answer(ask):
    assert (await ask("PUT", PRODUCTS, json=[])).json == []
