"""Answers that are not as documented, and yet can mean one thing only: they are read as that."""

from __future__ import annotations

import json
import warnings
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sitoo_async.models
from sitoo_async._codec.base import set_fields
from sitoo_async._codec.codec import (
    decode_array,
    decode_item,
    decode_page,
    decode_raw,
    decode_value,
    encode,
    last_row,
    writable,
)
from sitoo_async._codec.converter import converter
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.json import UNREADABLE
from sitoo_async._codec.kinds import ListOf, MapOf, ObjectOf
from sitoo_async._codec.meaning import elements_of, integer_of, is_true
from sitoo_async.errors import DecodeError, InvalidInputError, SitooError, UnexpectedTypeWarning
from sitoo_async.models import Model, Order, Product, ProductVariantValue


def told_once(read: Any, match: str) -> Any:
    """What was read three times, with one warning in all."""
    with pytest.warns(UnexpectedTypeWarning, match=match) as told:
        first, *others = [read() for _ in range(3)]
    assert len(told) == 1
    assert others == [first, first]
    return first


# A page around its rows -----------------------------------------------------------------------

ROW = {"productid": 1}
PAGES: dict[str, tuple[Any, list[Any], int | None, str]] = {
    "the count as text": ({"totalcount": "15", "items": [ROW]}, [1], 15, "totalcount"),
    "the count with a fraction": ({"totalcount": 3.0, "items": [ROW]}, [1], 3, "totalcount"),
    "the count null": ({"totalcount": None, "items": [ROW]}, [1], None, "totalcount"),
    "no count": ({"items": [ROW]}, [1], None, "totalcount"),
    "no items: null": ({"totalcount": 0, "items": None}, [], 0, "items"),
    "no items: an object": ({"totalcount": 0, "items": {}}, [], 0, "items"),
    "items with gaps": ({"totalcount": 2, "items": {"0": ROW, "10": ROW}}, [1, 1], 2, "items"),
    "a null row": ({"totalcount": 2, "items": [None, ROW]}, [None, 1], 2, "items[0]"),
    "a row that is an empty array": ({"totalcount": 2, "items": [ROW, []]}, [1, ...], 2, "items"),
    "no envelope": ([ROW], [1], None, ""),
    "no envelope and no rows": ([], [], None, ""),
}


def ids(page: Any) -> tuple[list[Any], int | None]:
    """The ids of a page, ... for a row without one, None for no row; and the count."""
    items, totalcount = page
    return [
        None if item is None else set_fields(item).get("productid", ...) for item in items
    ], totalcount


@pytest.mark.parametrize(("page", "rows", "count", "place"), PAGES.values(), ids=PAGES.keys())
def test_a_page_that_can_only_mean_one_thing_is_read_with_one_warning(page, rows, count, place):
    body = json.dumps(page).encode()
    assert told_once(lambda: ids(decode_page(body, Product)), "a page of Product") == (rows, count)


def test_two_oddities_of_a_page_are_told_one_by_one():
    body = b'{"totalcount": null, "items": [null, {"productid": 1}]}'
    with pytest.warns(UnexpectedTypeWarning) as told:
        assert ids(decode_page(body, Product)) == ([None, 1], None)
    assert [str(warning.message).split(" is ")[0] for warning in told] == [
        "totalcount of a page of Product",
        "a row of a page of Product",
    ]


@pytest.mark.parametrize(("page", "rows", "count", "place"), PAGES.values(), ids=PAGES.keys())
def test_a_strict_reading_of_such_a_page_names_the_place(page, rows, count, place):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DecodeError) as caught:
            decode_page(json.dumps(page).encode(), Product, strict=True)
    assert (caught.value.location or "").startswith(place)


def test_the_elements_of_an_object_come_in_the_order_of_their_indexes():
    body = b'{"totalcount": 3, "items": {"10": {"productid": 3}, "9": {"productid": 2}, "0": null}}'
    with pytest.warns(UnexpectedTypeWarning):
        assert ids(decode_page(body, Product)) == ([None, 2, 3], 3)


@pytest.mark.parametrize("body", [b'{"totalcount": 2, "items": [%s, null]}', b"[%s, null]"])
def test_a_bare_array_may_come_in_an_envelope_and_with_nulls(body):
    with pytest.warns(UnexpectedTypeWarning):
        page = decode_array(body % b'{"productid": 1}', Product)
    assert ids(page) == ([1, None], 2)
    with pytest.raises(DecodeError):
        decode_array(body % b'{"productid": 1}', Product, strict=True)


@pytest.mark.parametrize(
    "body", [b"true", b'{"a": []}', b'{"items": 1}', b"[1]", b'[],"a":[]', b'{"items": [1]}']
)
def test_what_is_no_array_of_rows_is_an_error(body):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnexpectedTypeWarning)
        with pytest.raises(DecodeError):
            decode_array(body, Product)


# A byte order mark, and text that is no Unicode -----------------------------------------------

MARK = b"\xef\xbb\xbf"
READERS = {
    "item": (lambda body, **how: decode_item(body, Product, **how), b'{"productid": 1}'),
    "page": (
        lambda body, **how: decode_page(body, Product, **how),
        b'{"totalcount": 1, "items": [{"productid": 1}]}',
    ),
    "array": (lambda body, **how: decode_array(body, Product, **how), b'[{"productid": 1}]'),
    "value": (decode_value, b'[{"statuscode": 200, "return": 1.5}]'),
}


@pytest.mark.parametrize(
    "mark",
    [MARK, MARK + MARK, b"\r\n" + MARK, MARK + b"\n" + MARK],
    ids=["one", "two", "behind a line", "around a line"],
)
@pytest.mark.parametrize(("read", "body"), READERS.values(), ids=READERS.keys())
def test_a_byte_order_mark_is_passed_over_with_one_warning(read, body, mark):
    assert told_once(lambda: read(mark + body), "byte order mark") == read(body)
    with pytest.raises(DecodeError, match="byte order mark"):
        read(mark + body, strict=True)


def test_half_a_surrogate_pair_becomes_a_replacement_in_its_field_alone():
    row = b'{"productid": 1, "title": "a\\ud800b", "sku": "\\ud83d\\ude00", "moneyprice": "1.00"}'
    expected = Product(productid=1, title="a\ufffdb", sku="\U0001f600", moneyprice=Decimal("1.00"))
    match = r"^Product\.title is documented as text .* U\+FFFD stands for"
    assert told_once(lambda: decode_item(row, Product), match) == expected
    page = b'{"totalcount": 2, "items": [{"productid": 2}, %s]}' % row
    with pytest.raises(DecodeError) as caught:
        decode_page(page, Product, strict=True)
    assert caught.value.location == "items[1].title"
    assert decode_page(page, Product) == ([Product(productid=2), expected], 2)


ODD_TEXTS = {
    "in a list": ({"barcodealiases": ["a", "\udfff"]}, {"barcodealiases": ["a", "\ufffd"]}),
    "in an object": (
        {"variant": [{"name": "\ud800"}]},
        {"variant": [ProductVariantValue(name="\ufffd")]},
    ),
    "in a map": ({"customattributes": {"a": "\ud800"}}, {"customattributes": {"a": "\ufffd"}}),
    "as a key": ({"customattributes": {"\ud800": 1}}, {"customattributes": {"\ufffd": 1}}),
    "deep in a map": (
        {"customattributes": {"a": [{"\ud800": ["\ud800"]}]}},
        {"customattributes": {"a": [{"\ufffd": ["\ufffd"]}]}},
    ),
    "where a number belongs": ({"vatvalue": "\ud800"}, {"vatvalue": "\ufffd"}),
    "in what is kept as it came": ({"title": {"a": ["\ud800"]}}, {"title": {"a": ["\ufffd"]}}),
}


@pytest.mark.parametrize(("row", "held"), ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
def test_no_half_of_a_surrogate_pair_is_left_anywhere(row, held):
    body = json.dumps(row).encode()
    with pytest.warns(UnexpectedTypeWarning):
        product = decode_item(body, Product)
    assert set_fields(product) == held
    assert b"\\ud" not in encode(converter.unstructure(product))
    with pytest.raises(DecodeError) as caught:
        decode_item(body, Product, strict=True)
    assert caught.value.location.startswith(next(iter(row)))


def test_plain_values_are_mended_too_and_raw_ones_without_a_word():
    body = b'[{"statuscode": 200, "return": "\\ud800"}, 1.5]'
    with pytest.warns(UnexpectedTypeWarning, match="text"):
        assert decode_value(body) == [{"statuscode": 200, "return": "\ufffd"}, Decimal("1.5")]
    assert repr(decode_raw(body)) == "[{'statuscode': 200, 'return': '\ufffd'}, 1.5]"
    with pytest.raises(DecodeError, match="not JSON"):
        decode_raw(b'["\\ud800", 1e400]')


# PHP's empty array ----------------------------------------------------------------------------

MODELS = sorted(
    (
        found
        for name in sitoo_async.models.__all__
        if isinstance(found := getattr(sitoo_async.models, name), type)
        and issubclass(found, Model)
        and found is not Model
    ),
    key=lambda model: model.__name__,
)
CONTAINERS = [
    (model, name, field.kind)
    for model in MODELS
    for name, field in fields_of(model).items()
    if isinstance(field.kind, ListOf | MapOf | ObjectOf)
]
CONTAINER_IDS = [f"{model.__name__}.{name}" for model, name, _ in CONTAINERS]


def test_the_models_hold_containers_of_every_kind():
    assert len(MODELS) > 40
    assert {type(kind) for _, _, kind in CONTAINERS} == {ListOf, MapOf, ObjectOf}


@pytest.mark.parametrize(("model", "name", "kind"), CONTAINERS, ids=CONTAINER_IDS)
def test_an_empty_container_of_the_other_form_reads_as_the_documented_one(model, name, kind):
    other, empty = ({}, []) if isinstance(kind, ListOf) else ([], {})
    if isinstance(kind, ObjectOf):
        empty = kind.model()
    body = json.dumps({name: other}).encode()
    item = told_once(lambda: decode_item(body, model), rf"^{model.__name__}\.{name} ")
    assert getattr(item, name) == empty
    with pytest.raises(DecodeError) as caught:
        decode_item(body, model, strict=True)
    assert caught.value.location == name


@pytest.mark.parametrize(
    ("model", "name", "kind"),
    [row for row in CONTAINERS if not fields_of(row[0])[row[1]].read_only],
    ids=[
        f"{model.__name__}.{name}"
        for model, name, _ in CONTAINERS
        if not fields_of(model)[name].read_only
    ],
)
def test_what_was_read_so_can_be_sent_back(model, name, kind):
    other, empty = ({}, []) if isinstance(kind, ListOf) else ([], {})
    with pytest.warns(UnexpectedTypeWarning):
        item = decode_item(json.dumps({name: other}).encode(), model)
    # Of what the reference prints both alone and in a list of one, an empty list might mean none.
    raw = () if fields_of(model)[name].list_of_one else (other,)
    for value in (getattr(item, name), *raw):
        assert writable(model, {name: value}) == {name: empty}


def test_an_empty_container_reads_as_the_documented_one_at_every_depth():
    body = b"""{"orderid": 1, "additionaldata": [], "payments": {}, "orderitems": [
        {"sku": "a", "additionaldata": [], "salestaxes": {}}, []]}"""
    with pytest.warns(UnexpectedTypeWarning):
        order = decode_item(body, Order)
    first, second = order.orderitems
    assert (order.additionaldata, order.payments) == ({}, [])
    assert set_fields(first) == {"sku": "a", "additionaldata": {}, "salestaxes": []}
    assert set_fields(second) == {}


def test_a_list_with_gaps_reads_as_the_list():
    body = b'{"categories": {"0": 19, "2": 49}, "variant": {"1": {"name": "Color"}}}'
    with pytest.warns(UnexpectedTypeWarning) as told:
        product = decode_item(body, Product)
    assert len(told) == 2
    assert product.categories == [19, 49]
    assert product.variant == [ProductVariantValue(name="Color")]
    assert writable(Product, {"categories": product.categories}) == {"categories": [19, 49]}


@pytest.mark.parametrize(
    "value",
    [{"a": 1}, {"0": 1, "a": 2}, {"-1": 1}, {"01": 1}, {"\u0661": 1}, {"9" * 30: 1}],
    ids=str,
)
def test_an_object_of_other_keys_is_no_list_and_stays_as_it_came(value):
    with pytest.warns(UnexpectedTypeWarning, match="stays as it came"):
        product = decode_item(json.dumps({"categories": value}).encode(), Product)
    assert product.categories == value
    with pytest.raises(InvalidInputError, match="categories"):
        writable(Product, {"categories": value})


# Numbers and truth ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "integer"),
    [
        (17, 17),
        ("17", 17),
        ("0", 0),
        ("-5", -5),
        (17.0, 17),
        (Decimal("17.0"), 17),
        (Decimal("1.7E+1"), 17),
        *((odd, None) for odd in ("", " 17", "17 ", "+17", "017", "17.0", "1e1", "0x11", "1_7")),
        *(
            (odd, None)
            for odd in ("\u0661\u0667", "-0", "9" * 19, "id", True, False, None, [], {}, [17])
        ),
        *((odd, None) for odd in (17.5, Decimal("17.5"), Decimal("1E+999999"), 1e300)),
        *((odd, None) for odd in (2**63, -(2**63) - 1, 10**40)),
        *((odd, None) for odd in (Decimal("1E-999999"), float("inf"))),
    ],
    ids=str,
)
def test_an_integer_is_read_from_what_can_only_be_one(value, integer):
    assert integer_of(value) == integer


@pytest.mark.parametrize("value", [True, 1, 1.0, Decimal(1), "1", "true", "True", "TRUE"], ids=repr)
def test_what_says_true_is_true(value):
    assert is_true(value)


@pytest.mark.parametrize(
    "value", [False, 0, 2, -1, "0", "false", "", "yes", "ok", None, [], {}, [True]], ids=repr
)
def test_what_does_not_say_true_is_not(value):
    assert not is_true(value)


@given(st.dictionaries(st.integers(0, 10**17), st.integers(), max_size=5))
def test_the_elements_of_any_array_with_gaps_come_in_order(array):
    came = {str(index): value for index, value in array.items()}
    assert elements_of(came) == [array[index] for index in sorted(array)]


# The cursor, read before the page -------------------------------------------------------------


def test_the_last_id_is_read_whatever_form_it_came_in():
    assert last_row(b'{"items": [{"orderid": 1}, {"orderid": "17"}]}', "orderid", int) == (2, 17)
    assert last_row(b'[{"orderid": 17}, null]', "orderid", int) == (2, 17)
    assert last_row(b'{"items": [null]}', "orderid", int) == (1, None)
    assert last_row(b'[{"id": "a"}]', "id", str) == (1, "a")
    assert last_row(b'[{"id": "x"}]', "id", int) == (1, None)


# Nothing but our own errors -------------------------------------------------------------------

HOSTILE = {
    "an endless exponent": b"1e9999999999999999999999",
    "an endless negative exponent": b"-1e-9999999999999999999999",
    "an endless integer": b"9" * 5000,
    "endless nesting": b"[" * 100_000,
    "deep nesting": b"[" * 400 + b"]" * 400,
    "deeper nesting": b"[" * 900 + b"]" * 900,
    "deep nesting of half a pair": b"[" * 900 + b'"\\ud800"' + b"]" * 900,
    "deep objects": b'{"a":' * 400 + b"1" + b"}" * 400,
    "bad UTF-8": b'"\xff"',
    "half a surrogate pair": b'"\\ud800"',
    "NaN": b"NaN",
    "a great exponent": b"1e999999999999999999",
    "a year beyond all": b"99999999999999999999",
    "nothing": b"",
    "a control character": b'"\x00"',
}
PLACES = {
    "alone": b"%s",
    "as a row": b'{"totalcount": 1, "items": [%s]}',
    "as a count": b'{"totalcount": %s, "items": [{"productid": 1}]}',
    "as rows": b'{"totalcount": 1, "items": %s}',
    "as a price": b'{"totalcount": 1, "items": [{"productid": 1, "moneyprice": %s}]}',
    "as a number": b'{"totalcount": 1, "items": [{"productid": 1, "vatvalue": %s}]}',
    "as a moment": b'{"totalcount": 1, "items": [{"productid": 1, "datecreated": %s}]}',
    "as an attribute": b'{"totalcount": 1, "items": [{"customattributes": {"a": %s}}]}',
    "as an unknown field": b'{"totalcount": 1, "items": [{"productid": 1, "unheardof": %s}]}',
    "in an object": b'{"productid": 1, "vatvalue": %s, "customattributes": {"a": [%s]}}',
    "as a result": b'[{"statuscode": 200, "return": %s}]',
}


def error_of(read: Any) -> DecodeError | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnexpectedTypeWarning)
        try:
            read()
        except DecodeError as error:
            return error
    return None


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])
def test_only_errors_of_ours_come_out_of_reading(value, place, strict):
    body = place.replace(b"%s", value)
    for read in (
        lambda: decode_item(body, Product, strict=strict),
        lambda: decode_page(body, Product, strict=strict),
        lambda: decode_array(body, Product, strict=strict),
        lambda: decode_value(body, strict=strict),
        lambda: decode_raw(body),
        lambda: last_row(body, "productid", int),
        lambda: last_row(body, "sku", str),
    ):
        error = error_of(read)
        assert error is None or len(str(error)) < 300


@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace"))
)
def test_no_bytes_whatever_make_reading_raise_anything_else(body):
    for read in (decode_value, decode_raw, lambda body: decode_page(body, Product)):
        error_of(lambda read=read: read(body))


def test_what_reading_may_raise_is_said_once_and_holds_what_is_known_of_it():
    for error in (UnicodeDecodeError, RecursionError, OverflowError, OSError, MemoryError):
        assert issubclass(error, UNREADABLE)
    assert not issubclass(SitooError, UNREADABLE)
    assert not issubclass(InvalidInputError, OSError)
