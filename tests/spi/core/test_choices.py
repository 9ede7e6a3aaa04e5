"""Answers that hold one of several objects: by model, by what they say, and by neither."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import ChoiceOf, Money
from sitoo_async.errors import InvalidInputError
from sitoo_async.spi._core.bodies import writer


@model
class Text(Model):
    type: str
    text: str


@model
class Amount(Model):
    type: str
    money: Money


MODELS = {"text": Text, "money": Amount}
ANY = Text | Amount | dict[str, Any]


@model
class Row(Model):
    kind: str
    inside: Annotated[ANY, ChoiceOf(models=MODELS, field="type", beside=False)]
    beside: Annotated[ANY, ChoiceOf(models=MODELS, field="kind", beside=True)]


write = writer(Row)


@pytest.mark.parametrize(
    ("row", "written"),
    [
        (Row(inside=Amount(money=5)), {"inside": {"type": "money", "money": "5.00"}}),
        ({"inside": Text(type="new", text="a")}, {"inside": {"type": "new", "text": "a"}}),
        (
            {"inside": {"type": "money", "money": 5, "more": 1}},
            {"inside": {"type": "money", "money": "5.00", "more": 1}},
        ),
        ({"inside": {"type": "chart", "rows": [1]}}, {"inside": {"type": "chart", "rows": [1]}}),
        (
            Row(kind="money", beside=Amount(money=5)),
            {"kind": "money", "beside": {"money": "5.00"}},
        ),
        ({"kind": "money", "beside": {"money": 5}}, {"kind": "money", "beside": {"money": "5.00"}}),
        ({"beside": {"money": 5}}, {"beside": {"money": 5}}),
    ],
)
def test_an_object_goes_out_as_what_tells_its_model_says(row, written):
    assert write(row) == written


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (Row(inside=Row()), "inside must be a Text or Amount, or a mapping, not Row"),
        (Row(inside=Text(type="money")), "inside must be a Amount where inside.type is 'money'"),
        (Row(kind="money", beside=Text()), "beside must be a Amount where kind is 'money'"),
        (Row(inside="money"), "inside must be a mapping, not str"),
    ],
)
def test_what_is_another_object_than_it_says_is_refused_by_its_field(row, says):
    with pytest.raises(InvalidInputError, match=says):
        write(row)
