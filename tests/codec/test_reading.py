"""Bytes to models, where Sitoo keeps to its reference."""

from __future__ import annotations

import itertools
import json
import math
import traceback
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from sitoo_async._codec.base import model
from sitoo_async._codec.codec import (
    decode_array,
    decode_item,
    decode_page,
    decode_value,
    encode,
)
from sitoo_async._codec.converter import converter
from sitoo_async._codec.fast import builder
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.kinds import AdditionalData, Decimal3, Money, Number, Tags
from sitoo_async._codec.kinds.base import _MOST_KEPT
from sitoo_async._codec.learning import _MOST_SHAPES, learner
from sitoo_async.errors import DecodeError, InvalidInputError, UnexpectedTypeWarning
from sitoo_async.models import (
    UNSET,
    Model,
    Product,
    ProductGroupType,
    ProductVariant,
    ProductVariantGroup,
    ProductVariants,
    ProductVariantValue,
    is_set,
    set_fields,
)

BLANKET: dict[str, Any] = {
    "productid": 21,
    "sku": "54051-1",
    "moneyprice": "59.00",
    "offerdatestart": None,
    "active": True,
    "categories": [19, 49, 59],
    "barcode": None,
    "barcodealiases": [],
    "vatvalue": 25,
    "productgrouptype": 10,
    "variant": [{"name": "Color", "value": "Red"}, {"name": "Pattern", "value": "Striped"}],
    "customattributes": {"season": "winter", "weight": 1.5, "parts": [1, {"a": None}]},
    "datecreated": 1373026247,
}


def page(*items: Any, totalcount: Any = None) -> bytes:
    return json.dumps(
        {"totalcount": len(items) if totalcount is None else totalcount, "items": items}
    ).encode()


def test_an_item_becomes_a_typed_model():
    assert decode_item(json.dumps(BLANKET).encode(), Product) == Product(
        productid=21,
        sku="54051-1",
        moneyprice=Decimal("59.00"),
        offerdatestart=None,
        active=True,
        categories=[19, 49, 59],
        barcode=None,
        barcodealiases=[],
        vatvalue=Decimal(25),
        productgrouptype=ProductGroupType.PRODUCT,
        variant=[
            ProductVariantValue(name="Color", value="Red"),
            ProductVariantValue(name="Pattern", value="Striped"),
        ],
        customattributes={"season": "winter", "weight": Decimal("1.5"), "parts": [1, {"a": None}]},
        datecreated=datetime(2013, 7, 5, 12, 10, 47, tzinfo=UTC),
    )


def test_a_field_that_did_not_come_is_absent_and_a_null_is_none():
    product = decode_item(b'{"title": null}', Product)
    assert product.title is None
    assert not hasattr(product, "sku")
    assert list(set_fields(product)) == ["title"]


def test_unknown_fields_are_ignored():
    body = b'{"productid": 1, "brandnew": {"a": [1, 2]}, "variant": [{"name": "x", "new": 1}]}'
    assert decode_item(body, Product) == Product(
        productid=1, variant=[ProductVariantValue(name="x")]
    )


def test_an_undocumented_null_is_none_without_a_word():
    nulls = dict.fromkeys(fields_of(Product))
    product = decode_item(json.dumps(nulls).encode(), Product)
    assert set(set_fields(product).values()) == {None}
    inner = decode_item(b'{"categories": [1, null], "variant": [null, {"name": null}]}', Product)
    assert inner.categories == [1, None]
    assert inner.variant == [None, ProductVariantValue(name=None)]


def test_an_unknown_enumeration_value_is_kept():
    product = decode_item(b'{"productgrouptype": 40}', Product)
    assert product.productgrouptype == 40
    assert isinstance(product.productgrouptype, ProductGroupType)


def test_prices_are_exact_whatever_their_number_of_decimals():
    for text in ("0.00", "-1.50", "+3.00", "12", "12.345", "123456789012345678.99"):
        body = json.dumps({"moneyprice": text}).encode()
        assert decode_item(body, Product).moneyprice == Decimal(text)


def test_numbers_with_a_fraction_are_exact():
    assert decode_item(b'{"vatvalue": 25.1}', Product).vatvalue == Decimal("25.1")
    assert decode_item(b'{"vatvalue": 0.1234567890123456789}', Product).vatvalue == Decimal(
        "0.1234567890123456789"
    )


def test_timestamps_before_1970_are_read():
    assert decode_item(b'{"datecreated": -1}', Product).datecreated == datetime(
        1969, 12, 31, 23, 59, 59, tzinfo=UTC
    )


def test_nested_objects_become_models():
    body = json.dumps(
        {
            "groups": [{"name": "Color", "options": ["Red"]}],
            "variants": [{"productid": 1, "attributes": ["Red"], "moneyprice": "1.00"}],
        }
    ).encode()
    assert decode_item(body, ProductVariants) == ProductVariants(
        groups=[ProductVariantGroup(name="Color", options=["Red"])],
        variants=[ProductVariant(productid=1, attributes=["Red"], moneyprice=Decimal("1.00"))],
    )


def test_a_page_gives_its_items_and_the_total():
    items, totalcount = decode_page(
        page({"productid": 1}, {"productid": 2}, totalcount=15), Product
    )
    assert items == [Product(productid=1), Product(productid=2)]
    assert totalcount == 15


def test_an_empty_page_is_a_page():
    assert decode_page(b'{"totalcount": 0, "items": []}', Product) == ([], 0)


NAMES = [f"{letter}{number}" for letter in "abcd" for number in range(5)]


def model_of(names: list[str]) -> type[Model]:
    """A model of its own, of which nothing was read yet."""
    fields = {"__annotations__": dict.fromkeys(names, "int"), **dict.fromkeys(names, UNSET)}
    return model(type("Parcel", (Model,), fields | {"__module__": __name__}))


def test_any_number_of_selections_is_read_and_only_so_many_are_remembered():
    parcel = model_of(NAMES)
    for one, other in itertools.combinations(NAMES, 2):
        row = {one: 1, other: 2}
        for _ in range(2):
            assert decode_page(page(row), parcel) == ([parcel(**row)], 1)
    assert len(learner(parcel)._readers) <= _MOST_SHAPES < math.comb(len(NAMES), 2)


# The rows of each page of a walk.
ROWS = dict.fromkeys(NAMES[:12], 1)
LESS = {name: value for name, value in ROWS.items() if name != "b3"}
WALKS = {
    "a field that no model has": [[ROWS | {"new field": [{"a": 1}]}] * 3] * 4,
    "such a field in the last row": [[ROWS, ROWS, ROWS | {"new": None}]] * 4,
    "another one on each page": [[ROWS | {f"new{number}": 1}] for number in (1, 2, 1, 2)],
    "the last row lacks a field": [[ROWS, ROWS, LESS]] * 4,
    "every second row lacks a field": [[ROWS, LESS] * 2, [LESS, ROWS] * 2] * 2,
    "a page lacks a field": [[ROWS] * 3, [LESS] * 3] * 2,
    "a row has another field": [[ROWS] * 3, [ROWS, ROWS | {"d4": 2}]] * 2,
    "two selections take turns": [[ROWS] * 2, [{"d1": 1, "d2": 2}] * 2] * 2,
    "an empty page comes first": [[], [ROWS], [], [ROWS]],
    "rows share no field": [[{"a1": 1}, {}, {"b1": 2, "c1": None}], [{"c1": 1}, {"a1": 2}]] * 2,
    "rows hold nothing": [[{}, {}]] * 4,
}


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS.keys())
def test_a_page_unlike_those_before_is_looked_at_twice_and_the_next_one_is_not(walk):
    parcel = model_of(NAMES)
    fast = learner(parcel)
    for index, rows in enumerate(walk):
        learned = fast._learned
        body = page(*rows)
        expected = [parcel(**{k: v for k, v in row.items() if k in NAMES}) for row in rows]
        assert decode_page(body, parcel) == (expected, len(rows))
        assert decode_array(json.dumps(rows).encode(), parcel) == (expected, len(rows))
        assert decode_page(body, parcel, strict=True) == (expected, len(rows))
        assert fast._learned == learned or index < 2
    assert 0 < fast._learned <= 2


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS.keys())
def test_an_object_unlike_those_before_is_looked_at_twice_and_those_that_come_again_are_not(walk):
    parcel = model_of(NAMES)
    rows = [row for rows in walk for row in rows]
    for again in range(2):
        learned = learner(parcel)._learned
        for row in rows:
            expected = parcel(**{name: row[name] for name in row if name in NAMES})
            assert decode_item(json.dumps(row).encode(), parcel, strict=True) == expected
        assert again == 0 or learner(parcel)._learned == learned
    assert 0 < learned <= 4


def test_any_number_of_prices_is_read_and_only_so_many_are_remembered():
    prices = [f"{number}.00" for number in range(_MOST_KEPT + 100)]
    items, _ = decode_page(page(*({"moneyprice": price} for price in prices)), Product)
    assert [str(item.moneyprice) for item in items] == prices
    kept = fields_of(Product)["moneyprice"].kind.load
    assert 0 < len(kept) <= _MOST_KEPT


def test_names_without_end_are_not_remembered():
    parcel = model_of(["a", "b"])
    row = {"a": 1, **dict.fromkeys(map(str, range(9)), 2)}
    for _ in range(3):
        assert decode_page(page(row), parcel) == ([parcel(a=1)], 1)
    assert learner(parcel)._readers == ()


def test_a_page_with_a_wrong_value_teaches_no_names():
    parcel = model_of(NAMES)
    decode_page(page(ROWS), parcel)
    with pytest.warns(UnexpectedTypeWarning, match=r"Parcel\.a0 is documented as an integer"):
        assert decode_page(page(ROWS, ROWS | {"a0": []}), parcel)[0][1].a0 == []
    assert learner(parcel)._learned == 1


def test_a_traceback_shows_the_line_of_a_generated_function():
    with pytest.raises(AttributeError) as caught:
        builder(Product)([None])
    assert "(value := row.productid)" in "".join(traceback.format_exception(caught.value))


@model
class Delivery(Model):
    quantity: Decimal3 = UNSET
    tags: Tags = UNSET
    additionaldata: AdditionalData = UNSET
    rates: dict[str, Number] = UNSET
    amounts: list[Money] = UNSET
    kinds: list[ProductGroupType] = UNSET
    anything: Any = UNSET


def test_the_kinds_that_products_do_not_use_are_read_too():
    row = {
        "quantity": "1.500",
        "tags": ["A", "B-2"],
        "additionaldata": {"pos-timezone": "Europe/Stockholm", "x": None},
        "rates": {"a": 1, "b": 2.5, "c": None},
        "amounts": ["1.00", None, "2.50"],
        "kinds": [10, 99],
        "anything": [1, {"a": "b"}],
    }
    expected = Delivery(
        quantity=Decimal("1.5"),
        tags=["A", "B-2"],
        additionaldata={"pos-timezone": "Europe/Stockholm", "x": None},
        rates={"a": Decimal(1), "b": Decimal("2.5"), "c": None},
        amounts=[Decimal("1.00"), None, Decimal("2.50")],
        kinds=[ProductGroupType.PRODUCT, ProductGroupType(99)],
        anything=[1, {"a": "b"}],
    )
    assert decode_item(json.dumps(row).encode(), Delivery) == expected
    assert converter.structure(row, Delivery) == expected
    assert decode_item(encode(converter.unstructure(expected)), Delivery) == expected
    nothing = Delivery(**dict.fromkeys(row))
    assert decode_item(json.dumps(dict.fromkeys(row)).encode(), Delivery) == nothing


@pytest.mark.parametrize(
    ("body", "value"),
    [(b"28", 28), (b"true", True), (b'[{"statuscode": 200}]', [{"statuscode": 200}])],
)
def test_plain_json_is_read_as_it_is(body, value):
    assert decode_value(body) == value


NOT_JSON = {
    "nothing": b"",
    "a page of HTML": b"<html><title>secret-customer</title></html>",
    "half an answer": b'{"productid": 1, "title": "secret-cust',
    "something behind it": b'{"productid": 1} secret-customer',
    "bad UTF-8": b'{"title": "secret-customer \xff"}',
    "an endless fraction": b'{"title": "secret-customer", "vatvalue": 1e9999999999999999999999}',
    "half a surrogate pair in half an answer": b'{"title": "secret-customer \\ud800',
    "NaN": b'{"title": "secret-customer", "vatvalue": NaN}',
    "too deep": b'{"title": ' + b"[" * 100_000,
    "an endless number": b'{"productid": ' + b"1" * 5000 + b"}",
}


@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON.keys())
@pytest.mark.parametrize("strict", [False, True])
def test_what_is_not_json_is_one_clear_error_without_the_body(body, strict):
    for read in (
        lambda: decode_item(body, Product, strict=strict),
        lambda: decode_page(body, Product, strict=strict),
        lambda: decode_value(body),
    ):
        with pytest.raises(DecodeError, match="not JSON") as caught:
            read()
        assert len(str(caught.value)) < 200
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "came"),
    [
        (b"[]", "an array"),
        (b"1", "an integer"),
        (b"true", "a boolean"),
        (b'"x"', "text"),
        (b"1.5", "a number"),
        (b"null", "null"),
    ],
)
def test_an_item_that_is_no_object_is_an_error(body, came):
    with pytest.raises(DecodeError, match=f"should be an object and is {came}$") as caught:
        decode_item(body, Product)
    assert caught.value.location is None


@pytest.mark.parametrize(
    ("body", "location"),
    [
        (b"true", None),
        (b'"x"', None),
        (b"{}", "items"),
        (b'{"totalcount": 1}', "items"),
        (b'{"statuscode": 500, "errortext": "secret"}', "items"),
        (b'{"items": {"a": {}}, "totalcount": 1}', "items"),
        (b'{"items": "[]", "totalcount": 1}', "items"),
        (b'{"items": [], "totalcount": "one"}', "totalcount"),
        (b'{"items": [], "totalcount": 1.5}', "totalcount"),
        (b'{"items": [], "totalcount": true}', "totalcount"),
        (b'{"items": [], "totalcount": -1}', "totalcount"),
        (b'{"items": [{}, "{}"], "totalcount": 2}', "items[1]"),
        (b'{"items": [{}, [1]], "totalcount": 2}', "items[1]"),
    ],
)
def test_a_page_without_the_documented_envelope_is_an_error(body, location):
    with pytest.raises(DecodeError, match="should be") as caught:
        decode_page(body, Product)
    assert caught.value.location == location
    assert caught.value.__cause__ is None


def test_the_converter_structures_items_and_lists_of_them():
    assert converter.structure(BLANKET, Product) == decode_item(
        json.dumps(BLANKET).encode(), Product
    )
    assert converter.structure([{"productid": 1}], list[Product]) == [Product(productid=1)]
    assert converter.structure({"vatvalue": 2.5, "sku": UNSET}, Product) == Product(
        vatvalue=Decimal("2.5")
    )
    with pytest.raises(DecodeError, match="a mapping of Product"):
        converter.structure([1], Product)


def test_the_converter_unstructures_all_that_is_set():
    product = decode_item(json.dumps(BLANKET).encode(), Product)
    assert converter.unstructure(product) == BLANKET
    assert json.loads(json.dumps(converter.unstructure(product))) == BLANKET
    assert converter.unstructure([Product(productid=1)]) == [{"productid": 1}]


def test_unstructuring_pads_what_was_set_by_hand():
    product = Product(moneyprice=Decimal(7), moneypricein=Decimal("1.005"), categories=(1, 2))
    assert converter.unstructure(product) == {
        "moneyprice": "7.00",
        "moneypricein": "1.005",
        "categories": [1, 2],
    }


def test_unstructuring_what_has_no_json_form_is_an_error():
    for field, value in (
        ("datecreated", datetime(2026, 1, 1)),  # noqa: DTZ001  # naive is the point
        ("vatvalue", Decimal("NaN")),
        ("title", object()),
        ("categories", {1}),
    ):
        product = Product()
        setattr(product, field, value)
        with pytest.raises(InvalidInputError, match=field):
            converter.unstructure(product)


def test_is_set_agrees_with_what_was_read():
    product = decode_item(b'{"sku": "a", "barcode": null}', Product)
    assert [is_set(product, name) for name in ("sku", "barcode", "title")] == [True, True, False]
