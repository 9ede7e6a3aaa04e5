"""UNSET: quiet where it is stored and compared, loud where it is used."""

from __future__ import annotations

import copy
import json
import math
import operator
import pickle
from decimal import Decimal

import attrs
import pytest

from sitoo_async.errors import (
    FieldNotFetchedAttributeError,
    FieldNotFetchedError,
    SitooError,
)
from sitoo_async.models import UNSET, Product

USES = {
    "str()": str,
    "an f-string": lambda value: f"{value}",
    "a format with a width": lambda value: f"{value:>10}",
    "%s": lambda value: "%s" % value,  # noqa: UP031  # people write it
    "%d": lambda value: "%d" % value,  # noqa: UP031  # people write it
    "bytes()": bytes,
    "if": lambda value: 1 if value else 2,
    "not": operator.not_,
    "for": list,
    "len()": len,
    "in": lambda value: 1 in value,
    "indexing": lambda value: value[0],
    "slicing": lambda value: value[1:],
    "reversed()": reversed,
    "int()": int,
    "float()": float,
    "complex()": complex,
    "as an index": lambda value: [1][value],
    "minus": operator.neg,
    "plus": operator.pos,
    "abs()": abs,
    "invert": operator.invert,
    "round()": round,
    "round() to two places": lambda value: round(value, 2),
    "trunc()": math.trunc,
    "<": lambda value: value < 1,
    "<=": lambda value: value <= 1,
    ">": lambda value: value > 1,
    ">=": lambda value: Decimal(1) >= value,
    "sorted()": lambda value: sorted([Decimal(1), value]),
    "+": lambda value: value + 1,
    "+ on the right": lambda value: Decimal(1) + value,
    "+ of text": lambda value: "a" + value,
    "sum()": lambda value: sum([value]),
    "-": lambda value: 1 - value,
    "*": lambda value: value * 2,
    "/": lambda value: 2 / value,
    "//": lambda value: value // 2,
    "%": lambda value: value % 2,
    "divmod()": lambda value: divmod(2, value),
    "**": lambda value: value**2,
    "pow() with a modulus": lambda value: pow(value, 2, 3),
    "&": lambda value: value & {1},
    "|": lambda value: value | {1},
    "^": lambda value: value ^ 1,
    "<<": lambda value: value << 1,
    ">>": lambda value: 1 >> value,
    "@": lambda value: value @ value,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_using_a_field_that_was_not_fetched_raises(use):
    with pytest.raises(FieldNotFetchedError, match="neither fetched nor set"):
        use(Product(productid=21).moneyprice)


def test_the_error_says_how_to_fetch_the_field_and_is_ours():
    with pytest.raises(FieldNotFetchedError) as caught:
        str(UNSET)
    assert "fields=" in str(caught.value)
    assert "is_set" in str(caught.value)
    assert isinstance(caught.value, SitooError)
    assert caught.value.sent == "no"


def test_an_attribute_of_a_field_that_was_not_fetched_raises_an_attribute_error():
    with pytest.raises(FieldNotFetchedAttributeError, match="'upper'"):
        Product().title.upper()
    assert issubclass(FieldNotFetchedAttributeError, AttributeError)
    assert not hasattr(UNSET, "upper")


def test_comparing_and_hashing_are_quiet():
    assert UNSET == UNSET  # noqa: PLR0124  # that is the point
    assert UNSET != None  # noqa: E711  # as a generated __eq__ compares
    assert UNSET != ""
    assert UNSET not in (None, 0, "")
    assert {UNSET: 1}[UNSET] == 1


def test_its_own_repr_is_quiet():
    assert repr(UNSET) == "UNSET"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_there_is_one_unset_after_pickling(protocol):
    assert pickle.loads(pickle.dumps(UNSET, protocol)) is UNSET  # noqa: S301  # our own
    again = pickle.loads(pickle.dumps(Product(sku="a"), protocol))  # noqa: S301  # our own
    assert again == Product(sku="a")
    assert again.title is UNSET


def test_there_is_one_unset_after_copying():
    product = Product(sku="a", categories=[1])
    assert copy.copy(UNSET) is UNSET
    assert copy.deepcopy(UNSET) is UNSET
    for again in (copy.copy(product), copy.deepcopy(product), attrs.evolve(product, sku="a")):
        assert again == product
        assert again is not product
        assert again.title is UNSET


def test_json_refuses_it_rather_than_writing_something():
    with pytest.raises(TypeError):
        json.dumps({"title": UNSET})
