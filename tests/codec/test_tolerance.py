"""Answers that break their documented types: one bad field must not cost a page."""

from __future__ import annotations

import json
import warnings
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from sitoo_async._codec.codec import decode_item, decode_page, encode
from sitoo_async._codec.converter import converter
from sitoo_async.errors import DecodeError, UnexpectedTypeWarning
from sitoo_async.models import Product, ProductVariants, ProductVariantValue, set_fields

BROKEN: list[tuple[str, Any]] = [
    ("productid", "12"),
    ("productid", 12.0),
    ("productid", 12.5),
    ("productid", True),
    ("productid", [12]),
    ("sku", 12),
    ("sku", {}),
    ("active", 1),
    ("active", "true"),
    ("moneyprice", 12),
    ("moneyprice", 12.5),
    ("moneyprice", "NaN"),
    ("moneyprice", "Infinity"),
    ("moneyprice", ""),
    ("moneyprice", "1_000.00"),
    ("moneyprice", " 1.00"),
    ("moneyprice", "1.00\n"),
    ("moneyprice", "1E+3"),
    ("moneyprice", "١.٠٠"),  # noqa: RUF001  # other digits are the point
    ("moneyprice", ["1.00"]),
    ("datecreated", "1373026247"),
    ("datecreated", 1373026247.5),
    ("datecreated", 10**15),
    ("datecreated", -(10**15)),
    ("datecreated", 10**30),
    ("vatvalue", "25"),
    ("vatvalue", True),
    ("productgrouptype", "10"),
    ("productgrouptype", 10.0),
    ("productgrouptype", False),
    ("categories", "1,2"),
    ("categories", 5),
    ("categories", {"a": 1}),
    ("categories", {"00": 1}),
    ("categories", [1, "2"]),
    ("barcodealiases", [None, 1]),
    ("customattributes", ["a"]),
    ("variant", {"name": "Color"}),
    ("variant", "x"),
    ("variant", ["x"]),
    ("variant", [["x"]]),
]


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_a_broken_field_stays_as_it_came_with_a_warning(name, value):
    body = json.dumps({"title": "Box", "sku": "a", "moneypricein": "1.00", name: value}).encode()
    with pytest.warns(UnexpectedTypeWarning, match=rf"^Product\.{name} is documented as ") as told:
        product = decode_item(body, Product)
    assert len(told) == 1
    assert getattr(product, name) == value
    assert product.title == "Box"
    assert product.moneypricein == Decimal("1.00")


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_a_page_behaves_like_an_item_and_keeps_its_other_items(name, value):
    rows = [{"productid": 1, "moneyprice": "2.00"}, {name: value}, {"datecreated": 0}]
    with pytest.warns(UnexpectedTypeWarning, match=rf"items\[1\]\.{name}"):
        items, totalcount = decode_page(
            json.dumps({"totalcount": 9, "items": rows}).encode(), Product
        )
    assert totalcount == 9
    assert items[0] == Product(productid=1, moneyprice=Decimal("2.00"))
    assert set_fields(items[1]) == {name: value}
    assert items[2] == Product(datecreated=datetime(1970, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_strict_reading_raises_with_the_place_instead(name, value):
    body = json.dumps({"totalcount": 2, "items": [{"sku": "a"}, {name: value}]}).encode()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DecodeError, match="is documented as") as caught:
            decode_page(body, Product, strict=True)
        with pytest.raises(DecodeError) as alone:
            decode_item(json.dumps({name: value}).encode(), Product, strict=True)
    assert caught.value.location.startswith(f"items[1].{name}")
    assert alone.value.location.startswith(name)


@pytest.mark.parametrize(("name", "value"), BROKEN)
def test_a_broken_value_goes_back_as_it_came(name, value):
    body = json.dumps({name: value}).encode()
    with pytest.warns(UnexpectedTypeWarning):
        product = decode_item(body, Product)
    # A price that came as a number leaves as the text that it should have been.
    prices = {12: "12.00", 12.5: "12.50"}
    expected = prices.get(value, value) if isinstance(value, int | float) else value
    sent = json.loads(encode(converter.unstructure(product)))
    assert sent == {name: expected if name == "moneyprice" else value}


def test_strict_reading_of_a_proper_answer_is_quiet():
    assert decode_item(b'{"sku": "a", "title": null}', Product, strict=True) == Product(
        sku="a", title=None
    )


def read_three_times(body: bytes) -> None:
    for _ in range(3):
        assert [item.sku for item in decode_page(body, Product)[0]] == [1, 2]


def test_each_field_is_told_once_per_process():
    body = json.dumps({"totalcount": 2, "items": [{"sku": 1}, {"sku": 2}]}).encode()
    with pytest.warns(UnexpectedTypeWarning) as told:
        read_three_times(body)
    assert len(told) == 1
    assert str(told[0].message) == (
        "Product.sku is documented as text and came as an integer (at items[0].sku);"
        " it stays as it came (told once for each field)"
    )
    with pytest.warns(UnexpectedTypeWarning, match=r"Product\.title"):
        decode_item(b'{"sku": 1, "title": 2}', Product)


def test_the_warning_points_at_the_caller():
    with pytest.warns(UnexpectedTypeWarning) as told:
        decode_item(b'{"sku": 1}', Product)
    with pytest.warns(UnexpectedTypeWarning) as told_by_cattrs:
        converter.structure({"title": 1}, Product)
    assert told[0].filename == told_by_cattrs[0].filename == __file__


def test_inside_an_object_only_the_broken_field_is_kept():
    body = b'{"variant": [{"name": 1, "value": "Red"}, {"name": "Color", "value": "Blue"}, 5]}'
    with pytest.warns(UnexpectedTypeWarning) as told:
        product = decode_item(body, Product)
    assert product.variant == [
        ProductVariantValue(name=1, value="Red"),
        ProductVariantValue(name="Color", value="Blue"),
        5,
    ]
    assert [str(warning.message).split(" is ")[0] for warning in told] == [
        "ProductVariantValue.name",
        "Product.variant",
    ]


def test_the_place_of_a_broken_field_leads_into_nested_objects():
    body = b'{"groups": [], "variants": [{}, {"attributes": ["Red", 5]}]}'
    with pytest.raises(DecodeError) as caught:
        decode_item(body, ProductVariants, strict=True)
    assert caught.value.location == "variants[1].attributes[1]"


def test_a_warning_or_a_strict_error_never_shows_the_value():
    body = b'{"title": 731000000000177}'
    with pytest.warns(UnexpectedTypeWarning) as told:
        decode_item(body, Product)
    with pytest.raises(DecodeError) as caught:
        decode_item(body, Product, strict=True)
    assert "731000000000177" not in str(told[0].message) + str(caught.value)


def test_the_converter_is_as_tolerant():
    with pytest.warns(UnexpectedTypeWarning, match=r"Product\.sku .* as tuple"):
        product = converter.structure({"sku": (1,), "title": "x"}, Product)
    assert product == Product(sku=(1,), title="x")
    with pytest.warns(UnexpectedTypeWarning, match=r"Product\.vatvalue"):
        assert converter.structure({"vatvalue": float("inf")}, Product).vatvalue == float("inf")
