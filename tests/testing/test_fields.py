"""The kinds of values that the tables of the fake server can name."""

from __future__ import annotations

import pytest

from sitoo_async.testing._reference.fields import Field, Refusal, check_write, is_of_kind


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("string", ["", "x"], [None, 1]),
        ("integer", [0, -1], [True, 1.0, "1"]),
        ("timestamp", [1_700_000_000], [False, "now"]),
        ("number", [25, 12.5], [True, "25"]),
        ("boolean", [True, False], [0, "true"]),
        ("money", ["1.00", "-0.50", "+7.25"], ["1", "1.0", "1.000", ".50", "1.00 ", 1.0]),
        ("decimal", ["1.000", "-0.500"], ["1.00", "1.0000", "x.000", 1]),
        ("strings", [[], ["a"]], ["a", [1], [None]]),
        ("integers", [[], [1]], [[True], ["1"], (1,)]),
        ("objects", [[], [{}]], [{}, ["a"]]),
        ("identifiers", [[], [1], ["a"]], [[1, "a"], [True], 1]),
        ("tags", [[], ["A-1_B"], ["A"] * 30], [["a"], ["A" * 17], ["A"] * 31, [""], "A"]),
        ("array", [[], [1, "a"]], [{}, None]),
        ("object", [{}], [[], "a"]),
        ("texts", [{}, {"a": "b"}], [[], {"a": 1}, {"a": None}]),
        ("map", [{}, {"a": "b", "c": 1, "d": 0.5}], [[], {"a": []}, {"a": "x" * 129}]),
    ],
)
def test_a_kind_takes_its_values_and_no_others(kind, good, bad):
    assert all(is_of_kind(kind, value) for value in good)
    assert not any(is_of_kind(kind, value) for value in bad)


def test_a_field_may_name_the_only_values_that_it_takes():
    fields = {"grouping": Field("string", values=("date", "store"))}
    assert check_write(fields, {"grouping": "date"}) == {"grouping": "date"}
    with pytest.raises(Refusal, match="Invalid value in grouping"):
        check_write(fields, {"grouping": "year"})
