"""Product variants on FakeSitoo: a set replaces the whole family."""

from __future__ import annotations

import pytest

VARIANTS = "/sites/1/products/1/productvariants.json"
GROUPS = [{"name": "Color", "options": ["Red", "Blue"]}, {"name": "Size", "options": ["S", "L"]}]


def variant(productid, *attributes, **fields):
    number = "-".join(attributes).lower()
    return {
        "productid": productid,
        "active": True,
        "activepos": True,
        "title": f"Blanket {number}",
        "sku": f"B-{number}",
        "deliverystatus": "",
        "moneyprice": "59.00",
        "moneypriceorg": "69.00",
        "moneypricein": "8.00",
        "moneyofferprice": "0.00",
        "barcode": "",
        "friendly": f"blanket-{number}",
        "attributes": list(attributes),
        **fields,
    }


def without(name, document):
    return {key: value for key, value in document.items() if key != name}


def family(*variants):
    return {"groups": GROUPS, "variants": list(variants)}


@pytest.fixture
async def single(fake_sitoo):
    """The store, in which product 1 and 2 are single products."""
    for key in (1, 2):
        fake_sitoo.products()[key].update(variantparentid=None, variant=[])
    return fake_sitoo.products()


@pytest.fixture
async def pair(ask, single):
    """Product 1 as the main variant of a family with the new product 26."""
    reply = await ask(
        "PUT",
        VARIANTS,
        json=family(
            variant(1, "Red", "S", barcode="735", barcodealiases=["1"]),
            variant(0, "Blue", "L"),
        ),
    )
    assert (reply.status, reply.text) == (200, "true")
    return single


async def test_a_single_product_has_no_variants(ask, single):
    assert single[1]["variantparentid"] is None
    assert (await ask("GET", VARIANTS)).json == {"groups": [], "variants": []}


async def test_variants_of_a_product_that_does_not_exist_are_404(ask):
    path = "/sites/1/products/99/productvariants.json"
    assert (await ask("GET", path)).status == 404
    assert (await ask("PUT", path, json=family())).status == 404
    assert (await ask("DELETE", VARIANTS)).status == 405


async def test_productid_zero_creates_and_the_parent_refers_to_itself(pair):
    assert pair[1]["variantparentid"] == pair[26]["variantparentid"] == 1
    assert pair[26]["variant"] == [
        {"name": "Color", "value": "Blue"},
        {"name": "Size", "value": "L"},
    ]
    assert (pair[26]["sku"], pair[26]["vatid"], pair[26]["barcode"]) == ("B-blue-l", 2, None)


@pytest.mark.usefixtures("pair")
async def test_any_member_shows_the_family_without_the_fields_that_are_only_sent(ask):
    document = (await ask("GET", VARIANTS)).json
    assert document["groups"] == GROUPS
    assert [shown["productid"] for shown in document["variants"]] == [1, 26]
    assert [shown["attributes"] for shown in document["variants"]] == [["Red", "S"], ["Blue", "L"]]
    assert document["variants"][0]["barcode"] == "735"
    assert document["variants"][1]["pricelisthasvolume"] is False
    assert not document["variants"][0].keys() & {
        "active", "deliverystatus", "moneyofferprice", "friendly",
    }  # fmt: skip
    other = (await ask("GET", "/sites/1/products/26/productvariants.json")).json
    assert other == document


async def test_a_set_deletes_left_out_variants_and_resets_left_out_fields(ask, pair):
    description = pair[1]["description"]
    reply = await ask(
        "PUT",
        VARIANTS,
        json=family(variant(1, "Red", "L"), variant(0, "Red", "S", sku="b-BLUE-L")),
    )
    assert reply.text == "true"
    assert 26 not in pair
    assert pair[27]["sku"] == "b-BLUE-L"
    assert (pair[1]["barcodealiases"], pair[1]["barcode"]) == ([], None)
    assert pair[1]["description"] == description


@pytest.mark.usefixtures("pair")
async def test_two_variants_may_swap_their_skus(ask, pair):
    reply = await ask(
        "PUT",
        VARIANTS,
        json=family(
            variant(1, "Red", "S", sku="B-blue-l"),
            variant(26, "Blue", "L", sku="B-red-s"),
        ),
    )
    assert reply.text == "true"
    assert (pair[1]["sku"], pair[26]["sku"]) == ("B-blue-l", "B-red-s")


async def test_a_single_product_may_join_and_a_member_of_another_family_may_not(ask, pair):
    joined = family(variant(1, "Red", "S"), variant(2, "Red", "L"))
    assert (await ask("PUT", VARIANTS, json=joined)).text == "true"
    assert pair[2]["variantparentid"] == 1
    pair[3]["variantparentid"] = 4
    stolen = family(variant(1, "Red", "S"), variant(3, "Red", "L"))
    reply = await ask("PUT", VARIANTS, json=stolen)
    assert (reply.status, reply.errortext) == (400, "Invalid value in productid")


async def test_setting_no_variants_leaves_the_parent_as_a_single_product(ask, pair):
    reply = await ask("PUT", VARIANTS, json={"groups": [], "variants": []})
    assert reply.text == "true"
    assert 26 not in pair
    assert (pair[1]["variantparentid"], pair[1]["variant"]) == (None, [])
    assert (await ask("GET", VARIANTS)).json == {"groups": [], "variants": []}


async def test_deleting_the_parent_makes_the_others_single_products(ask, pair):
    await ask("DELETE", "/sites/1/products/1.json")
    assert (pair[26]["variantparentid"], pair[26]["variant"]) == (None, [])


async def test_deleting_another_member_leaves_the_family(ask, pair):
    await ask("DELETE", "/sites/1/products/26.json")
    assert pair[1]["variantparentid"] == 1
    assert len((await ask("GET", VARIANTS)).json["variants"]) == 1


REQUIRED = sorted(without("", variant(1)))


@pytest.mark.usefixtures("single")
@pytest.mark.parametrize("name", REQUIRED)
async def test_a_variant_without_a_required_field_is_400(ask, name):
    reply = await ask("PUT", VARIANTS, json=family(without(name, variant(1, "Red", "S"))))
    assert (reply.status, reply.errortext) == (400, f"400: Missing required field '{name}'.")


@pytest.mark.parametrize(
    ("document", "errortext"),
    [
        ([], "Invalid input, an object was expected."),
        ({"variants": []}, "400: Missing required field 'groups'."),
        ({"groups": []}, "400: Missing required field 'variants'."),
        ({"groups": [], "variants": [], "x": 1}, 'Invalid input, "x" is not a valid field.'),
        (
            {"groups": "x", "variants": []},
            "Invalid field value 'groups' should be array of objects.",
        ),
        ({"groups": [{"name": "x"}], "variants": []}, "400: Missing required field 'options'."),
        (
            {"groups": [{"name": "x", "options": [1]}], "variants": []},
            "Invalid field value 'options' should be array of strings.",
        ),
        (
            family(variant(1, "Red", "S", deliverystatus=5)),
            "Invalid field value 'deliverystatus' should be string.",
        ),
        (
            family(variant(1, "Red", "S", barcode=None)),
            "Invalid field value 'barcode' should be string.",
        ),
        (
            family(variant(1, "Red", "S", moneyprice="5")),
            "Invalid field value 'moneyprice' should be money string.",
        ),
        (family(variant(1, "Red", "S", colour=1)), 'Invalid input, "colour" is not a valid field.'),
        (
            family(variant(1, "Red", "S", pricelisthasvolume=False)),
            'Invalid input, "pricelisthasvolume" is a read-only field.',
        ),
        (family(variant(1, "Red")), "Invalid value in attributes"),
        (family(variant(1, "S", "Red")), "Invalid value in attributes"),
        (
            family(variant(1, "Red", "S"), variant(0, "Red", "S", sku="o", friendly="o")),
            "Invalid value in attributes",
        ),
        (
            family(variant(0, "Red", "S")),
            "Invalid value in variants (Main variant is missing)",
        ),
        (
            family(variant(1, "Red", "S"), variant(1, "Red", "L")),
            "Invalid value in productid",
        ),
        (
            family(variant(1, "Red", "S"), variant(0, "Red", "L", sku="b-RED-s")),
            "Invalid value in sku",
        ),
        (family(variant(1, "Red", "S", sku="10003-1")), "Invalid value in sku"),
        (family(variant(1, "Red", "S", friendly="")), "Invalid value in friendly"),
        (
            family(variant(1, "Red", "S"), variant(0, "Red", "L", friendly="blanket-red-s")),
            "Invalid value in friendly",
        ),
    ],
)
async def test_a_bad_set_is_400_and_changes_nothing(ask, single, document, errortext):
    single[3]["sku"] = "10003-1"
    before = {key: dict(product) for key, product in single.items()}
    reply = await ask("PUT", VARIANTS, json=document)
    assert (reply.status, reply.errortext) == (400, errortext)
    assert single == before


@pytest.mark.usefixtures("single")
async def test_a_variant_that_does_not_exist_is_404(ask):
    reply = await ask("PUT", VARIANTS, json=family(variant(1, "Red", "S"), variant(99, "Red", "L")))
    assert reply.status == 404


async def test_the_catalogue_holds_families_that_read_back(ask, fake_sitoo):
    parents = {product["variantparentid"] for product in fake_sitoo.products().values()} - {None}
    assert parents
    for parent in parents:
        path = f"/sites/1/products/{parent}/productvariants.json"
        document = (await ask("GET", path)).json
        assert document["variants"][0]["productid"] == parent
        for shown in document["variants"]:
            for attribute, group in zip(shown["attributes"], document["groups"], strict=True):
                assert attribute in group["options"]
