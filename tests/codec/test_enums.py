"""Open enumerations: what Sitoo adds tomorrow must not break a client of today."""

from __future__ import annotations

import copy
import pickle

import pytest

from sitoo_async.models import ProductGroupType

UNKNOWN = ProductGroupType(40)


def test_known_values_are_members():
    assert ProductGroupType(10) is ProductGroupType.PRODUCT
    assert ProductGroupType.GIFT_CARD == 30


def test_an_unknown_value_survives_as_a_member_like_value():
    assert isinstance(UNKNOWN, ProductGroupType)
    assert UNKNOWN == 40
    assert UNKNOWN.value == 40
    assert UNKNOWN.name == "UNKNOWN"
    assert hash(UNKNOWN) == hash(40)
    assert ProductGroupType(40) == UNKNOWN
    assert ProductGroupType(50) != UNKNOWN


def test_the_repr_of_an_unknown_value_shows_it():
    assert repr(UNKNOWN) == "<ProductGroupType.UNKNOWN: 40>"
    assert f"{UNKNOWN}" == "40"


def test_an_unknown_value_pickles_and_copies():
    for again in (
        pickle.loads(pickle.dumps(UNKNOWN)),  # noqa: S301  # our own bytes
        copy.copy(UNKNOWN),
        copy.deepcopy(UNKNOWN),
    ):
        assert again == 40
        assert isinstance(again, ProductGroupType)


def test_unknown_values_are_not_kept_by_the_class():
    ProductGroupType(41)
    assert [member.value for member in ProductGroupType] == [10, 20, 30]
    assert 41 not in ProductGroupType._value2member_map_


@pytest.mark.parametrize("value", ["10", "Product", 10.5, None])
def test_what_is_no_integer_is_no_value(value):
    with pytest.raises(ValueError, match="not a valid ProductGroupType"):
        ProductGroupType(value)
