"""Laws of the codec: both ways of reading agree, and nothing is lost on the way out and back."""

from __future__ import annotations

import copy
import json
import pickle
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPMethod
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import models, unknown_fields
from sitoo_async._codec.codec import decode_item, decode_page, encode, writable
from sitoo_async._codec.converter import converter
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.kinds import Kind, ListOf, MapOf, ObjectOf, Scalar
from sitoo_async._codec.tolerant import reported
from sitoo_async.errors import DecodeError, InvalidInputError, UnexpectedTypeWarning
from sitoo_async.models import (
    UNSET,
    Model,
    Product,
    ProductGroupType,
    changes,
    is_set,
    replace,
    set_fields,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
# Far beyond what a datetime holds on both sides, and often within.
SECONDS = st.integers(-(10**13), 10**13) | st.integers(0, 2**31)
AMOUNTS = st.decimals(-(10**9), 10**9, places=2, allow_nan=False)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.sampled_from(["NaN", "Infinity", "1_0", "12", "1.00", "10", ""]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=4,
)

PLAIN: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT,
    "an integer": st.integers(-(2**63), 2**63 - 1),
    "a boolean": st.booleans(),
    "money text": AMOUNTS.map(str) | st.sampled_from(["NaN", "12", "1.005", "+1.00", "1E5"]),
    "a timestamp": SECONDS,
    "a number": st.integers(0, 100) | st.floats(0, 100),
    "a ProductGroupType number": st.integers(0, 50),
    "an attribute value": JSON,
}

TYPED: dict[str, st.SearchStrategy[Any]] = {
    "text": TEXT.filter(bool),
    "an integer": st.integers(-(2**63), 2**63 - 1),
    "a boolean": st.booleans(),
    "money text": AMOUNTS,
    "a timestamp": st.datetimes(datetime(1, 1, 2), timezones=st.just(UTC)).map(  # noqa: DTZ001
        lambda moment: moment.replace(microsecond=0)
    ),
    "a number": st.decimals(0, 100, allow_nan=False),
    "a ProductGroupType number": st.integers(0, 50).map(ProductGroupType),
    "an attribute value": TEXT | st.booleans() | st.none() | st.integers(),
}


def kind_name(kind: Kind) -> str:
    match kind:
        case ListOf():
            return f"[{kind_name(kind.item)}]"
        case MapOf():
            return f"{{{kind_name(kind.value)}}}"
        case ObjectOf():
            return kind.model.__name__
        case _:
            return kind.name


# One field of each kind, writable and read-only, nullable and not: all 54 would only take longer.
FIELDS: list[str] = list(
    {
        (kind_name(field.kind), field.nullable, field.read_only): name
        for name, field in fields_of(Product).items()
    }.values()
)


def drawn(kind: Kind, scalars: dict[str, st.SearchStrategy[Any]], make: Any) -> Any:
    match kind:
        case ListOf():
            return st.lists(drawn(kind.item, scalars, make), max_size=3)
        case MapOf():
            return st.dictionaries(TEXT, drawn(kind.value, scalars, make), max_size=3)
        case ObjectOf():
            inner = {
                name: drawn(field.kind, scalars, make)
                for name, field in fields_of(kind.model).items()
            }
            return st.fixed_dictionaries({}, optional=inner).map(lambda row: make(kind.model, row))
        case _:
            return scalars[kind.name]


def rows(odd: st.SearchStrategy[Any] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """JSON objects of any of the fields of a product; now and then with a value that is `odd`."""
    values = {
        name: drawn(fields_of(Product)[name].kind, PLAIN, lambda _, row: row) | st.none()
        for name in FIELDS
    }
    if odd is not None:
        values = {name: value | odd for name, value in values.items()}
    return st.fixed_dictionaries({}, optional=values | {"unheardof": JSON})


def products(*, writable_only: bool = False) -> st.SearchStrategy[Product]:
    values = {}
    for name in FIELDS:
        field = fields_of(Product)[name]
        if writable_only and field.read_only:
            continue
        value = drawn(field.kind, TYPED, lambda cls, row: cls(**row))
        values[name] = value | st.none() if field.nullable and name != "barcode" else value
    return st.fixed_dictionaries({}, optional=values).map(lambda row: Product(**row))


def tolerantly(body: bytes) -> list[Product]:
    # Generically, as the codec does: a fraction stays exact.
    exact = json.loads(body, parse_float=Decimal)
    return converter.structure(exact["items"], list[Product])


@given(st.lists(rows(), max_size=4) | st.lists(rows(JSON), max_size=4))
def test_the_fast_and_the_tolerant_way_agree(items):
    body = json.dumps({"totalcount": len(items), "items": items}).encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnexpectedTypeWarning)
        expected = tolerantly(body)
        for _ in range(2):  # the second time by the selection that the first one taught
            page, totalcount = decode_page(body, Product)
            # By repr, since True, 1, 1.0 and Decimal(1) are equal.
            assert repr(page) == repr(expected)
            assert totalcount == len(items)
        for item, product in zip(items, expected, strict=True):
            assert repr(decode_item(json.dumps(item).encode(), Product)) == repr(product)


@given(rows(JSON))
def test_strict_reading_raises_just_where_the_tolerant_way_warns(item):
    body = json.dumps(item).encode()
    reported.clear()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        tolerant = decode_item(body, Product)
    if told:
        with pytest.raises(DecodeError) as caught:
            decode_item(body, Product, strict=True)
        assert f"(at {caught.value.location})" in str(told[0].message)
    else:
        assert repr(decode_item(body, Product, strict=True)) == repr(tolerant)


@given(products())
def test_a_model_comes_back_as_it_went(product):
    plain = converter.unstructure(product)
    assert decode_item(encode(plain), Product) == product
    assert converter.structure(plain, Product) == product
    body = encode({"totalcount": 2, "items": [plain, plain]})
    assert decode_page(body, Product) == ([product, product], 2)


@given(products(writable_only=True))
def test_what_is_written_reads_back_as_it_was_set(product):
    written = writable(Product, product)
    assert list(written) == list(set_fields(product))
    assert decode_item(encode(written), Product, strict=True) == product
    assert writable(Product, set_fields(product)) == written
    assert writable(Product, written_again(written)) == written


def written_again(written: dict[str, Any]) -> dict[str, Any]:
    """What was sent, set once more: all but moments are taken in their JSON form."""
    moments = ("offerdatestart", "offerdateend")
    return {
        name: datetime.fromtimestamp(value, UTC) if name in moments and value is not None else value
        for name, value in written.items()
    }


@given(products(), products())
def test_applying_the_changes_gives_the_writable_part_of_after(before, after):
    before.productid = after.productid = 1
    difference = set_fields(changes(before, after))
    assert difference.pop("productid") == 1
    applied = replace(before, **difference)
    for name, value in set_fields(after).items():
        if not fields_of(Product)[name].read_only:
            assert getattr(applied, name) == value
            assert (name in difference) == (getattr(before, name, UNSET) != value)
    assert set(difference) <= set(set_fields(after))


@given(products())
def test_models_are_copied_whatever_they_hold(product):
    pickled = pickle.loads(pickle.dumps(product))  # noqa: S301  # our own bytes
    for again in (pickled, copy.copy(product), copy.deepcopy(product), replace(product)):
        assert again == product
        assert repr(again) == repr(product)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["set", "unset", "delete", "replace", "copy", "pickle"]),
        st.sampled_from(["sku", "title", "barcode", "custom1"]),
        st.none() | st.integers(0, 2),
    ),
    max_size=8,
)


@given(st.dictionaries(st.sampled_from(["sku", "title", "barcode"]), st.integers(0, 2)), STEPS)
def test_an_item_is_what_was_done_to_it(fields, steps):
    item, there = Product(**fields), dict(fields)
    for step, name, value in steps:
        match step:
            case "set":
                setattr(item, name, value)
                there[name] = value
            case "unset":
                setattr(item, name, UNSET)
                there.pop(name, None)
            case "delete" if name in there:
                delattr(item, name)
                del there[name]
            case "replace":
                item = replace(item, **{name: value})
                there[name] = value
            case "copy":
                item = copy.copy(item)
            case "pickle":
                item = pickle.loads(pickle.dumps(item))  # noqa: S301  # our own bytes
    assert set_fields(item) == there
    assert list(set_fields(item)) == [name for name in fields_of(Product) if name in there]
    assert item == Product(**there)
    for name in ("sku", "title", "barcode", "custom1"):
        assert is_set(item, name) == hasattr(item, name) == (name in there)


@given(st.decimals(allow_nan=True, allow_infinity=True) | st.integers() | TEXT)
def test_whatever_is_given_as_money_is_sent_exactly_or_not_at_all(value):
    try:
        text = writable(Product, {"moneyprice": value})["moneyprice"]
    except InvalidInputError:
        return
    assert Decimal(text) == Decimal(value)
    assert text[-3] == "."
    assert len(text) <= len(str(value)) + 32


def scalars(kind: Kind) -> Iterator[Scalar]:
    match kind:
        case ListOf():
            yield from scalars(kind.item)
        case MapOf():
            yield kind.value
        case Scalar():
            yield kind
        case _:
            pass  # its fields are those of a model of its own


SCALARS = {
    scalar.name: scalar
    for cls in (getattr(models, name) for name in models.__all__)
    if isinstance(cls, type) and issubclass(cls, Model)
    for field in fields_of(cls).values()
    for scalar in scalars(field.kind)
}


@given(
    st.decimals()
    | st.decimals(-(10**30), 10**30, places=3)
    | st.integers(-(2**64), 2**64)
    | st.floats()
    | st.text(st.characters(), max_size=200)
    | st.from_regex(r"-?[0-9]{0,9}\.?[0-9]{0,4}")
    | st.datetimes(timezones=st.none() | st.just(UTC) | st.timezones())
    | st.sampled_from([None, True, UNSET, ProductGroupType.SERVICE, HTTPMethod.GET, [], {}])
)
def test_what_is_written_at_once_is_what_the_rules_would_write(value):
    for name, kind in SCALARS.items():
        quick = None if kind.quick is None else kind.quick(value)
        if quick is not None:
            # By repr, since True, 1 and a member of an enumeration are equal.
            assert repr(quick) == repr(kind.write(value, "field")), name


@given(st.lists(rows(), max_size=3) | st.lists(rows(JSON), max_size=3))
def test_what_no_model_knows_changes_nothing_of_what_it_knows(items):
    body = json.dumps({"totalcount": len(items), "items": items}).encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnexpectedTypeWarning)
        without, _ = decode_page(body, Product)
        page, _ = decode_page(body, Product, keep_unknown=True)
    assert repr(page) == repr(without)
    exact = json.loads(body, parse_float=Decimal)["items"]
    for product, item in zip(page, exact, strict=True):
        kept = {name: item[name] for name in item if name == "unheardof"}
        assert repr(unknown_fields(product)) == f"mappingproxy({kept!r})"


def test_the_laws_cover_every_kind_of_field():
    kinds = {str(kind_name(field.kind)) for field in fields_of(Product).values()}
    assert {str(kind_name(fields_of(Product)[name].kind)) for name in FIELDS} == kinds
    assert kinds >= {"[ProductVariantValue]", "[an integer]", "[text]", "{an attribute value}"}
