"""What the reference forbids is refused before it is sent, with the field's name and a remedy."""

from __future__ import annotations

import enum
import json
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from decimal import Decimal, getcontext, localcontext
from typing import Any

import pytest

from sitoo_async._codec.base import model
from sitoo_async._codec.codec import encode, select, writable
from sitoo_async._codec.kinds import AdditionalData, Decimal3, Number, Tags
from sitoo_async._codec.kinds import write_timestamp as timestamp
from sitoo_async.errors import InvalidInputError
from sitoo_async.models import (
    UNSET,
    Model,
    Product,
    ProductGroupType,
    ProductVariant,
    ProductVariantGroup,
    ProductVariants,
    SalesTax,
    SalesTaxGroup,
    set_fields,
)


@model
class Delivery(Model):
    quantity: Decimal3 = UNSET
    kind: ProductGroupType = UNSET
    tags: Tags = UNSET
    additionaldata: AdditionalData = UNSET
    weight: Number = UNSET
    anything: Any = UNSET


class Colour(enum.StrEnum):
    RED = "Red"


def sent(cls: type[Model], **values: Any) -> dict[str, Any]:
    return json.loads(encode(writable(cls, values)))


def refused(cls: type[Model], **values: Any) -> InvalidInputError:
    with pytest.raises(InvalidInputError) as caught:
        writable(cls, values)
    assert "\n" not in str(caught.value)
    assert caught.value.sent == "no"
    return caught.value


def test_only_the_set_fields_are_sent():
    expected = {"title": "Box", "barcode": "", "moneyprice": "7.00"}
    assert writable(Product, Product(title="Box", barcode="", moneyprice=Decimal(7))) == expected
    assert writable(Product, dict(expected, sku=UNSET)) == expected
    assert writable(Product, {}) == {}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal(7), "7.00"),
        (7, "7.00"),
        (0, "0.00"),
        (-3, "-3.00"),
        (Decimal("7.5"), "7.50"),
        (Decimal("7.500"), "7.50"),
        (Decimal("-0"), "0.00"),
        (Decimal("0E+5"), "0.00"),
        (Decimal("0E-9"), "0.00"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("0.01"), "0.01"),
        (Decimal("9" * 28), "9" * 28 + ".00"),
        ("59.00", "59.00"),
        ("+0.10", "+0.10"),
        ("-123456789.99", "-123456789.99"),
    ],
)
def test_money_is_sent_with_two_decimals(value, text):
    assert sent(Product, moneyprice=value) == {"moneyprice": text}


@pytest.mark.parametrize(
    "value",
    [
        Decimal("7.125"),
        Decimal("0.001"),
        Decimal("1E-30"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("Infinity"),
        Decimal("1E+1000000"),
        Decimal("1E-1000000"),
        Decimal("9" * 29),
        10**40,
        59.0,
        float("nan"),
        True,
        "59",
        "59.0",
        "59.000",
        "59,00",
        ".50",
        "",
        " 59.00",
        "59.00\n",
        "1e2",
        "NaN",
        "٥٩.٠٠",  # noqa: RUF001  # other digits are the point
        b"59.00",
        [Decimal(1)],
    ],
)
def test_money_that_would_be_rounded_or_misread_is_refused(value):
    error = refused(Product, moneyprice=value)
    assert error.field == "moneyprice"
    assert "moneyprice" in str(error)


def test_the_precision_of_the_caller_neither_rounds_nor_refuses_a_price():
    with localcontext() as context:
        context.prec = 3
        assert sent(Product, moneyprice=Decimal("12345.67")) == {"moneyprice": "12345.67"}
    assert getcontext().prec == 28


def test_three_decimals_are_three_decimals():
    assert sent(Delivery, quantity=Decimal("1.5")) == {"quantity": "1.500"}
    assert sent(Delivery, quantity="1.500") == {"quantity": "1.500"}
    assert "3 decimals" in str(refused(Delivery, quantity="1.50"))
    assert "3 decimals" in str(refused(Delivery, quantity=Decimal("1.2345")))


class Undecided(tzinfo):
    """A time zone that doesn't know its offset, which makes a datetime naive."""

    def utcoffset(self, moment: datetime | None) -> None:
        del moment


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), 0),
        (datetime(2013, 7, 5, 12, 10, 47, 999999, tzinfo=UTC), 1373026247),
        (datetime(2013, 7, 5, 14, 10, 47, tzinfo=timezone(timedelta(hours=2))), 1373026247),
        (datetime(1969, 12, 31, 23, 59, 59, 500000, tzinfo=UTC), -1),
        (datetime(1900, 1, 1, tzinfo=UTC), -2208988800),
    ],
)
def test_a_moment_is_sent_in_whole_seconds_rounded_down(moment, seconds):
    assert sent(Product, offerdatestart=moment) == {"offerdatestart": seconds}
    assert timestamp(moment, field="datelastmodified") == seconds


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        (datetime(2026, 1, 1), "naive"),  # noqa: DTZ001  # naive is the point
        (datetime(2026, 1, 1, tzinfo=Undecided()), "naive"),
        (date(2026, 1, 1), "not date"),
        (1373026247, "not int"),
        ("2026-01-01T00:00:00Z", "not str"),
    ],
)
def test_what_is_no_aware_datetime_is_refused(moment, reason):
    error = refused(Product, offerdateend=moment)
    assert error.field == "offerdateend"
    assert reason in str(error)
    with pytest.raises(InvalidInputError, match=reason) as caught:
        timestamp(moment, field="datelastmodified")
    assert caught.value.field == "datelastmodified"


@pytest.mark.parametrize("value", [True, 1.0, "1", Decimal(1), [1], 2**63, -(2**63) - 1])
def test_an_integer_is_an_integer(value):
    assert refused(Product, vatid=value).field == "vatid"


def test_integers_are_sent_as_such_also_from_enumerations():
    assert sent(Product, vatid=2**63 - 1) == {"vatid": 2**63 - 1}
    assert sent(Product, vatid=ProductGroupType.SERVICE) == {"vatid": 20}


@pytest.mark.parametrize("value", [0, 1, "true", Decimal(1)])
def test_a_boolean_is_a_boolean(value):
    assert refused(Product, active=value).field == "active"


@pytest.mark.parametrize("value", [1, b"x", ["x"], Decimal(1), True])
def test_text_is_text(value):
    assert refused(Product, title=value).field == "title"


def test_text_may_hold_anything_that_json_carries():
    title = "Täcke 毛布 🧶 \x00 \u2028"
    assert sent(Product, title=title) == {"title": title}
    assert sent(Product, title=Colour.RED) == {"title": "Red"}
    assert "surrogate" in str(refused(Product, title="x\ud800"))


def test_enumerations_are_sent_as_their_number_unknown_ones_too():
    for value in (ProductGroupType.SERVICE, 20):
        assert sent(Delivery, kind=value) == {"kind": 20}
    assert sent(Delivery, kind=ProductGroupType(77)) == {"kind": 77}
    assert refused(Delivery, kind="Service").field == "kind"


def test_lists_are_lists():
    assert sent(Product, categories=[1, 2], barcodealiases=("a",)) == {
        "categories": [1, 2],
        "barcodealiases": ["a"],
    }
    assert sent(Product, categories=[]) == {"categories": []}


@pytest.mark.parametrize("value", ["731", b"731", {"a"}, {"a": 1}, 731, iter(["a"])])
def test_what_is_no_list_is_refused_a_bare_string_above_all(value):
    error = refused(Product, barcodealiases=value)
    assert error.field == "barcodealiases"
    assert "must be a list" in str(error)


def test_an_element_of_the_wrong_type_is_named_by_its_place():
    # Sitoo: "Invalid value in barcodealiases (Not string)".
    assert refused(Product, barcodealiases=["a", {"barcode": "b"}]).field == "barcodealiases[1]"
    assert refused(Product, categories=[1, None]).field == "categories[1]"
    assert refused(Product, categories=[True]).field == "categories[0]"


def test_an_unknown_field_is_refused_with_the_nearest_name():
    error = refused(Product, titel="Box")
    assert error.field == "titel"
    assert "did you mean 'title'?" in str(error)
    assert "did you mean" not in str(refused(Product, qqqq=1))


@pytest.mark.parametrize("name", ["productid", "moneyfinalprice", "variantparentid", "variant"])
def test_a_read_only_field_is_refused(name):
    error = refused(Product, title="x", **{name: 1})
    assert error.field == name
    assert "read-only" in str(error)


def test_a_read_only_field_may_name_the_item_of_a_batch():
    values = {"productid": 12, "moneyprice": "990.00"}
    assert writable(Product, values, identifiers=("productid",)) == values
    with pytest.raises(InvalidInputError, match="must be an int"):
        writable(Product, {"productid": "12"}, identifiers=("productid",))
    with pytest.raises(InvalidInputError, match="read-only"):
        writable(Product, {"vatvalue": 12}, identifiers=("productid",))


def test_null_is_sent_only_where_the_reference_knows_it():
    assert sent(Product, manufacturerid=None, defaultcategoryid=None, offerdatestart=None) == {
        "manufacturerid": None,
        "defaultcategoryid": None,
        "offerdatestart": None,
    }
    error = refused(Product, title=None)
    assert error.field == "title"
    assert "leave it out" in str(error)


def test_a_barcode_is_cleared_by_an_empty_text_not_by_null():
    # Sitoo answers 400 "Invalid value" to null, and reads "" back as null.
    error = refused(Product, barcode=None)
    assert error.field == "barcode"
    assert 'clear it with ""' in str(error)
    assert sent(Product, barcode="") == {"barcode": ""}


def test_an_empty_sku_is_refused():
    error = refused(Product, sku="")
    assert error.field == "sku"
    assert "empty" in str(error)


def test_what_an_add_requires_must_be_there():
    with pytest.raises(InvalidInputError, match="sku is required") as caught:
        writable(Product, {"title": "Box"}, required=True)
    assert caught.value.field == "sku"
    with pytest.raises(InvalidInputError, match="sku is required"):
        writable(Product, {"sku": UNSET}, required=True)
    assert writable(Product, {"sku": "Q100"}, required=True) == {"sku": "Q100"}


def test_a_model_of_another_kind_or_no_mapping_is_refused():
    for values in (ProductVariant(), "sku", 21, [("sku", "a")], None):
        with pytest.raises(InvalidInputError, match="must be a Product or a mapping") as caught:
            writable(Product, values)
        assert caught.value.field == "item"


FULL_VARIANT: dict[str, Any] = {
    "productid": 0,
    "active": True,
    "activepos": True,
    "title": "Blanket red",
    "sku": "B-1",
    "deliverystatus": "",
    "moneyprice": Decimal("59.00"),
    "moneypriceorg": Decimal("59.00"),
    "moneypricein": Decimal("8.00"),
    "moneyofferprice": 0,
    "barcode": "",
    "friendly": "B-1",
    "attributes": ["Red"],
}


def variants(**changed: Any) -> dict[str, Any]:
    return {
        "groups": [ProductVariantGroup(name="Color", options=["Red"])],
        "variants": [ProductVariant(**FULL_VARIANT), {**FULL_VARIANT, **changed}],
    }


def test_nested_objects_are_checked_and_sent_as_models_or_mappings():
    written = writable(ProductVariants, variants(), required=True)
    assert written["groups"] == [{"name": "Color", "options": ["Red"]}]
    assert written["variants"][0] == written["variants"][1]
    assert written["variants"][0]["moneyofferprice"] == "0.00"


def test_what_only_sitoo_sets_is_left_out_of_a_nested_model_and_refused_in_a_mapping():
    given = variants()
    model = ProductVariant(**given["variants"][1], pricelisthasvolume=True)
    written = writable(ProductVariants, {**given, "variants": [model]}, required=True)
    assert "pricelisthasvolume" not in written["variants"][0]
    mapping = set_fields(model)
    with pytest.raises(InvalidInputError, match="read-only"):
        writable(ProductVariants, {**given, "variants": [mapping]}, required=True)
    # What names a row and is no more than that goes back.
    group = SalesTaxGroup(salestaxes=[SalesTax(salestaxid=3)])
    assert writable(SalesTaxGroup, group)["salestaxes"] == [{"salestaxid": 3}]


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"active": UNSET}, "variants[1].active", "required"),
        ({"deliverystatus": 1}, "variants[1].deliverystatus", "must be a str"),
        ({"barcode": None}, "variants[1].barcode", 'clear it with ""'),
        ({"sku": ""}, "variants[1].sku", "empty"),
        ({"moneyprice": 1.5}, "variants[1].moneyprice", "Decimal"),
        ({"pricelisthasvolume": False}, "variants[1].pricelisthasvolume", "read-only"),
        ({"tittle": "x"}, "variants[1].tittle", "did you mean 'title'"),
    ],
)
def test_a_nested_field_is_named_by_its_whole_place(changed, field, reason):
    with pytest.raises(InvalidInputError, match=r"^variants\[1\]") as caught:
        writable(ProductVariants, variants(**changed), required=True)
    assert caught.value.field == field
    assert reason in str(caught.value)


def test_what_is_no_nested_object_is_refused():
    for value in ("Color", None, Product()):
        error = refused(ProductVariants, groups=[value])
        assert error.field == "groups[0]"
        assert "ProductVariantGroup" in str(error)


def test_attributes_are_json_values_with_short_texts():
    values = {"season": "x" * 128, "n": 1, "d": Decimal("1.5"), "f": 2.5, "b": True, "z": None}
    nested = {"list": [1, (2, "y" * 129)], "map": {"a": {"b": "c"}}}
    assert sent(Product, customattributes={**values, **nested}) == {
        "customattributes": {
            **values,
            "d": 1.5,
            "list": [1, [2, "y" * 129]],
            "map": {"a": {"b": "c"}},
        }
    }


@pytest.mark.parametrize(
    ("value", "field"),
    [
        ("season=winter", "customattributes"),
        (["season"], "customattributes"),
        ({"season": "x" * 129}, "customattributes.season"),
        ({"season": float("nan")}, "customattributes.season"),
        ({"season": Decimal("Infinity")}, "customattributes.season"),
        ({"season": datetime(2026, 1, 1, tzinfo=UTC)}, "customattributes.season"),
        ({"season": b"x"}, "customattributes.season"),
        ({"season": {"deep": [{1}]}}, "customattributes.season.deep[0]"),
        ({1: "x"}, "customattributes"),
        ({"a": {1: "x"}}, "customattributes.a"),
    ],
)
def test_attributes_without_a_json_form_are_refused(value, field):
    assert refused(Product, customattributes=value).field == field


def test_additional_data_is_text_by_text():
    assert sent(Delivery, additionaldata={"a": "b"}) == {"additionaldata": {"a": "b"}}
    assert refused(Delivery, additionaldata={"a": 1}).field == "additionaldata.a"
    assert refused(Delivery, additionaldata="a").field == "additionaldata"


def test_tags_keep_to_their_pattern():
    tags = ["1", "TWO", "TAG-3", "_" * 16]
    assert sent(Delivery, tags=tags) == {"tags": tags}
    assert sent(Delivery, tags=["A"] * 30) == {"tags": ["A"] * 30}
    assert "30 are allowed" in str(refused(Delivery, tags=["A"] * 31))
    for tag in ("", "two", "T" * 17, "A B", "A\n", "Ä", 1):
        assert refused(Delivery, tags=["OK", tag]).field == "tags[1]"


def test_numbers_are_sent_without_loss():
    for value, text in (
        (25, "25"),
        (Decimal(25), "25"),
        (Decimal("25.10"), "25.1"),
        (25.5, "25.5"),
        (Decimal("0.1234567890123456789"), "0.1234567890123456789"),
        (Decimal("1E+400"), "1E+400"),
        (2**70, str(2**70)),
    ):
        assert encode(writable(Delivery, {"weight": value})) == f'{{"weight":{text}}}'.encode()
    for value in (True, "25", float("inf"), Decimal("NaN")):
        assert refused(Delivery, weight=value).field == "weight"


def test_anything_goes_where_the_reference_says_nothing():
    value = {"a": [1, "b", None, True, {"c": 2.5}]}
    assert sent(Delivery, anything=value) == {"anything": value}


def test_encoding_refuses_what_has_no_json_form():
    for value in (object(), {"a": "\ud800"}, {1 + 1j: 2}):
        with pytest.raises(InvalidInputError, match="can't be sent as JSON"):
            encode(value)


def test_a_selection_is_joined_by_commas():
    assert select(Product, ["productid", "sku"]) == "productid,sku"
    assert select(Product, ("title",)) == "title"
    assert select(Product, ["sku", "title", "sku"]) == "sku,title"


@pytest.mark.parametrize(
    ("fields", "field", "reason"),
    [
        ("sku", "fields", "must be a list"),
        (b"sku", "fields", "must be a list"),
        (5, "fields", "must be a list"),
        ([], "fields", "empty"),
        (["sku", "titel"], "titel", "did you mean 'title'"),
        (["sku,title"], "sku,title", "not a field"),
        ([1], "1", "not a field"),
        ([["sku"]], "['sku']", "not a field"),
    ],
)
def test_a_selection_that_sitoo_would_refuse_or_misread_is_refused(fields, field, reason):
    with pytest.raises(InvalidInputError, match=reason) as caught:
        select(Product, fields)
    assert caught.value.field == field


def test_a_field_that_is_never_returned_can_not_be_asked_for():
    with pytest.raises(InvalidInputError, match="never returned") as caught:
        select(ProductVariant, ["sku", "friendly"])
    assert caught.value.field == "friendly"
