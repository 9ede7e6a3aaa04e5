"""The fields of the reference as data, and the rules that the server checks a write against."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, Literal, cast

import attrs

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

__all__ = [
    "Field",
    "Kind",
    "Refusal",
    "check_required",
    "check_texts",
    "check_write",
    "completed",
    "is_of_kind",
    "json_object",
    "with_whole_objects",
]

_LONGEST = 128

_MOST_TAGS = 30

Kind = Literal[
    "string", "integer", "number", "boolean", "money", "decimal", "timestamp",
    "strings", "integers", "identifiers", "objects", "tags", "array", "object", "map", "texts",
    "any",
]  # fmt: skip


class Refusal(Exception):  # noqa: N818  # an answer of the server, no error of ours
    """The server refuses a request, or one item of a batch.

    Attributes:
        statuscode: the HTTP status.
        errortext: what is wrong.
        code: the same in a word, on the services beside v2.
        field: the path of the field that is at fault, there.
    """

    def __init__(
        self,
        statuscode: int,
        errortext: str,
        *,
        code: str = "other",
        field: str | None = None,
    ) -> None:
        super().__init__(errortext)
        self.statuscode = statuscode
        self.errortext = errortext
        self.code = code
        self.field = field

    def as_object(self) -> dict[str, Any]:
        """The error object of v2."""
        return {"statuscode": self.statuscode, "errortext": self.errortext}

    def as_message(self, request_id: str) -> dict[str, Any]:
        """The error object of the services beside v2."""
        named = {} if self.field is None else {"field": self.field}
        data = named | {"message": self.errortext}
        return {"request_id": request_id, "error_code": self.code, "error_data": data}


@attrs.frozen
class Field:
    """What the reference says about one field of an object.

    Attributes:
        kind: its type.
        default: what it holds when a write has not set it.
        access: ``"read"`` where the reference says READ ONLY, ``"write"`` where it is only sent.
        nullable: whether it may read back as null.
        accepts_null: whether a write may send null; ``barcode`` reads back as null, yet refuses it.
        required: whether an add must hold it.
        of: the fields of the objects that it holds.
        values: the only values that it takes; empty: any of its type.
        pattern: what a text has to match as a whole; None: any text will do.
    """

    kind: Kind
    default: Any = None
    access: Literal["both", "read", "write"] = "both"
    nullable: bool = False
    accepts_null: bool = attrs.field(
        default=attrs.Factory(lambda self: self.nullable, takes_self=True),
    )
    required: bool = False
    of: Mapping[str, Field] | None = None
    values: tuple[Any, ...] = ()
    pattern: re.Pattern[str] | None = None


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _matches(pattern: str) -> Callable[[Any], bool]:
    compiled = re.compile(pattern, re.ASCII)
    return lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None


def _list_of(kind: type) -> Callable[[Any], bool]:
    # type() rather than isinstance(): true and false are no integers here.
    return lambda value: (
        isinstance(value, list) and all(type(item) is kind for item in cast("Sequence[Any]", value))
    )


def _is_attribute_map(value: Any) -> bool:
    # "The limit of string values is 128 characters."
    return isinstance(value, dict) and all(
        len(item) <= _LONGEST if isinstance(item, str) else isinstance(item, int | float)
        for item in cast("dict[str, Any]", value).values()
    )


def _is_text_map(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(item, str) for item in cast("dict[str, Any]", value).values()
    )


def _are_tags(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(cast("Sequence[Any]", value)) <= _MOST_TAGS
        and all(_is_tag(item) for item in cast("Sequence[Any]", value))
    )


_is_tag = _matches("[A-Z0-9_-]{1,16}")


_CHECKS: dict[Kind, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "integer": _is_integer,
    "number": _is_number,
    "boolean": lambda value: isinstance(value, bool),
    # So few digits that nothing computed of them outgrows what _amounts can write.
    "money": _matches(r"[-+]?[0-9]{1,15}\.[0-9]{2}"),
    "decimal": _matches(r"[-+]?[0-9]{1,15}\.[0-9]{3}"),
    "timestamp": _is_integer,
    "strings": _list_of(str),
    "integers": _list_of(int),
    # The productids of a voucher, which may be its skus instead.
    "identifiers": lambda value: _list_of(int)(value) or _list_of(str)(value),
    "objects": _list_of(dict),
    "tags": _are_tags,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "map": _is_attribute_map,
    "texts": _is_text_map,
    "any": lambda _value: True,
}

# "Invalid value in barcodealiases (Not string)" was seen; the other texts follow its pattern.
_EXPECTED: dict[Kind, str] = {
    "timestamp": "integer",
    "strings": "string",
    "integers": "integer",
    "identifiers": "integer",
    "objects": "object",
    "map": "object",
    "texts": "string",
}


def is_of_kind(kind: Kind, value: Any) -> bool:
    """Whether `value`, as JSON gave it, is of the type that the reference documents."""
    return _CHECKS[kind](value)


def json_object(sent: Any) -> dict[str, Any]:
    """`sent` itself, or a refusal when it is no object."""
    if not isinstance(sent, dict):
        raise Refusal(400, "Invalid input, an object was expected.")
    return cast("dict[str, Any]", sent)


def check_required(fields: Mapping[str, Field], sent: Mapping[str, Any]) -> None:
    """Refuse an item that lacks a field which an add must hold."""
    for name, field in fields.items():
        if field.required and name not in sent:
            raise Refusal(400, f"400: Missing required field '{name}'.")


def check_texts(fields: Mapping[str, Field], changes: Mapping[str, Any]) -> None:
    """Refuse a text that the reference does not allow in its field."""
    for name, value in changes.items():
        field = fields.get(name)
        if field is None or field.pattern is None or value is None:
            continue
        if field.pattern.fullmatch(value) is None:
            raise Refusal(400, f"Invalid value in {name}")


def completed(fields: Mapping[str, Field], sent: Mapping[str, Any]) -> dict[str, Any]:
    """An inner object as it reads back: with all its fields."""
    defaults = {
        name: copy.copy(field.default)
        for name, field in fields.items()
        if field.access != "write" and (field.default is not None or field.nullable)
    }
    return defaults | with_whole_objects(fields, sent)


def with_whole_objects(fields: Mapping[str, Field], sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, with all fields in the objects inside."""
    return {
        name: _whole(fields[name].of, value) if name in fields else value
        for name, value in sent.items()
    }


def _whole(fields: Mapping[str, Field] | None, value: Any) -> Any:
    if fields is None or value is None:
        return value
    if isinstance(value, list):
        return [completed(fields, inner) for inner in cast("Sequence[Any]", value)]
    return completed(fields, value)


def _check_inside(fields: Mapping[str, Field], value: Any) -> None:
    inners = cast("Sequence[Any]", value) if isinstance(value, list) else [value]
    for inner in inners:
        check_required(fields, check_write(fields, json_object(inner)))


def _check_value(name: str, field: Field, value: Any) -> None:
    if field.access == "read":
        raise Refusal(400, f'Invalid input, "{name}" is a read-only field.')
    if value is None:
        if not field.accepts_null:
            raise Refusal(400, f"Invalid value in {name}")
    elif not _CHECKS[field.kind](value):
        expected = _EXPECTED.get(field.kind, field.kind)
        raise Refusal(400, f"Invalid value in {name} (Not {expected})")
    elif field.values and value not in field.values:
        raise Refusal(400, f"Invalid value in {name}")
    elif field.of is not None:
        _check_inside(field.of, value)


def check_write(
    fields: Mapping[str, Field],
    sent: Mapping[str, Any],
    *,
    identifiers: tuple[str, ...] = (),
    is_open: bool = False,
) -> dict[str, Any]:
    """Check what a client sent for one item.

    Args:
        fields: the table of the object.
        sent: the item as it came.
        identifiers: read-only fields that name the item here, hence may be present.
        is_open: whether fields that the table doesn't know are taken as they are.

    Returns:
        What is to be stored, identifiers left out.

    Raises:
        Refusal: 400, naming the first field that breaks a rule.
    """
    stored: dict[str, Any] = {}
    for name, value in sent.items():
        if name in identifiers:
            continue
        field = fields.get(name)
        if field is None:
            if not is_open:
                raise Refusal(400, f'Invalid input, "{name}" is not a valid field.')
            stored[name] = value
            continue
        _check_value(name, field, value)
        # A nullable text that refuses null is cleared with "", which reads back as null.
        cleared = value == "" and field.nullable and not field.accepts_null
        stored[name] = None if cleared else value
    return stored
