"""What is sent for an item, given as a model, a mapping or keywords; and what comes back for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final, Generic, TypeVar

import attrs

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown, type_name
from sitoo_async._codec.fields import fields_of as model_fields
from sitoo_async._codec.json import is_mapping, json_name
from sitoo_async._codec.tolerant import Reading
from sitoo_async._codec.writing import by_name, is_plain, write_fields
from sitoo_async.errors import DecodeError, InvalidInputError
from sitoo_async.models import UNSET, Model, set_fields

__all__ = [
    "Expected",
    "accepted",
    "added_id",
    "added_text",
    "addition",
    "deletion",
    "fields_of",
    "named_update",
    "one_item",
    "update",
]

V = TypeVar("V")


# What comes back ----------------------------------------------------------------------------


@attrs.frozen
class Expected(Generic[V]):
    """What a write is answered with.

    Attributes:
        need: its name, for the error where it is missing.
        read: makes it of plain JSON; None where that is something else.
        form: how it is to come, for the error where it came otherwise.
        nothing: what stands for it where the answer is empty, as with a 204; left out, that is
            an error.
    """

    need: str
    read: Callable[[Any, Reading], V | None]
    form: str = ""
    nothing: V | None = None

    def of(self, value: Any, reading: Reading) -> V:
        """Read it; null is as good as nothing.

        Raises:
            DecodeError: it is missing, or something else; the write itself was done.
        """
        found = self.nothing if value is None else self.read(value, reading)
        if found is None:
            if value is None:
                raise DecodeError(f"{self.need} is missing from the answer", sent="yes")
            came = json_name(value)
            raise DecodeError(f"{self.need} was expected{self.form}, not {came}", sent="yes")
        return found


def _id(value: Any, reading: Reading) -> int | None:
    return reading.integer("an id", value, least=1)


def _text_id(value: Any, reading: Reading) -> str | None:
    if isinstance(value, str):
        return value if value.strip() else None
    # Text of digits is an integer as soon as PHP has used it as the key of an array.
    return reading.digits("an id, as text", value) if type(value) is int and value > 0 else None


added_id: Final = Expected[int]("an id", _id)
"""The bare id that adding one item answers with."""

added_text: Final = Expected[str]("an id", _text_id, form=", as text")
"""The bare id that adding one item answers with, where ids are text."""

accepted: Final = Expected[bool](
    "true", lambda value, reading: reading.true(value) or None, nothing=True
)
"""The bare ``true`` that a write answers with; the status says as much."""


# What is given ------------------------------------------------------------------------------


def one_item(
    model: type[Model], item: Model | Mapping[str, Any] | None, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The fields of a single write, given as a model, a mapping or keywords.

    Raises:
        InvalidInputError: both are given, or a model of another kind.
    """
    if item is None:
        return values
    if values:
        raise InvalidInputError(
            f"give a {model.__name__} or keywords, not both", field=next(iter(values))
        )
    return fields_of(model, item)


def fields_of(model: type[Model], item: object) -> dict[str, Any]:
    """The set fields of an item of a batch.

    Raises:
        InvalidInputError: it is neither such a model nor a mapping.
    """
    if is_plain(item):
        return item
    if type(item) is model:
        return set_fields(item)
    with Looking("item"):
        if isinstance(item, model):
            return set_fields(item)
        if is_mapping(item):
            return by_name(model, item)
        raise InvalidInputError(
            f"an item must be a {model.__name__} or a mapping of its fields, not {type_name(item)}",
            field="item",
        )


# What is sent -------------------------------------------------------------------------------


def addition(model: type[Model], item: object) -> dict[str, Any]:
    """One item of a batch of additions, checked.

    Raises:
        InvalidInputError: a field can't be sent, or a required one is missing.
    """
    return write_fields(model, fields_of(model, item), required=True)


def update(
    model: type[Model],
    item: Model | Mapping[str, Any] | None,
    values: Mapping[str, Any],
    named: Mapping[str, int | str],
) -> dict[str, Any]:
    """An update of the item that the path names, checked.

    Args:
        model: what is updated.
        item: the fields to set, or
        values: likewise, as keywords.
        named: the path's parameters; the item may repeat them.

    Raises:
        InvalidInputError: the item is another one than the path names, nothing is set, or a field
            can't be sent.
    """
    given = dict(one_item(model, item, values))
    for name, value in named.items():
        repeated = given.pop(name, UNSET)
        with Looking(name):
            if repeated is not UNSET and repeated != value:
                raise InvalidInputError(
                    f"the item has another {name} than the one to be updated, {shown(value)}",
                    field=name,
                )
    return _changed(model, given)


def named_update(model: type[Model], item: object) -> dict[str, Any]:
    """One item of a batch of updates, which names itself, checked.

    Of several identifiers the first counts, as Sitoo prefers the productid to the sku; the other
    is then a field to set like any other.

    Raises:
        InvalidInputError: it names no item, changes nothing, or a field can't be sent.
    """
    values = fields_of(model, item)
    hashable: Any = model  # which mypy doubts of a type
    identifiers = _identifiers(hashable)
    for name in identifiers:
        if values.get(name, UNSET) is not UNSET:
            return _changed(model, values, (name,))
    raise InvalidInputError(
        f"an item must name its {model.__name__}, by {' or else by '.join(identifiers)}",
        field=identifiers[0],
    )


@cache
def _identifiers(model: type[Model]) -> tuple[str, ...]:
    return tuple(name for name, field in model_fields(model).items() if field.identifier)


def _changed(
    model: type[Model], values: dict[str, Any], named: tuple[str, ...] = ()
) -> dict[str, Any]:
    """A checked update, which must set something beyond the field that names its item."""
    checked = write_fields(model, values, identifiers=named)
    if len(checked) == len(named):
        raise InvalidInputError("the update sets no field: nothing would change", field="item")
    return checked


def deletion(model: type[Model], item: object, by: Sequence[str]) -> dict[str, Any]:
    """One item of a batch of deletions: an identifier, or a model or a mapping that holds one.

    Args:
        model: what is deleted.
        item: the item as it was given; a bare value is the first of the identifiers.
        by: the fields that name it, the one that counts first.

    Raises:
        InvalidInputError: it holds none of them, or one of the wrong type.
    """
    with Looking("item"):
        holds = isinstance(item, Model) or is_mapping(item)
    values = fields_of(model, item) if holds else {by[0]: item}
    for name in by:
        value = values.get(name, UNSET)
        if value is not UNSET:
            return write_fields(model, {name: value}, identifiers=(name,))
    raise InvalidInputError(
        f"an item to delete is named by {' or else by '.join(by)} alone", field=by[0]
    )
