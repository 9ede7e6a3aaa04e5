"""Bodies by their types: bytes to what a handler takes, and what it gives to plain JSON."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeGuard, get_args, get_origin

from sitoo_async._checks.show import shown, type_name
from sitoo_async._codec.base import Model, set_fields
from sitoo_async._codec.codec import decode_array, decode_item, decode_raw
from sitoo_async._codec.fields import fields_of, without_none
from sitoo_async._codec.json import is_array, is_list, is_mapping, is_object, json_name
from sitoo_async._codec.kinds import (
    FREE,
    ChoiceOf,
    Kind,
    ListOf,
    MapOf,
    Scalar,
    write_key,
)
from sitoo_async._codec.unset import UNSET
from sitoo_async._codec.writing import tag_in, tagged, told_of
from sitoo_async.errors import (
    DecodeError,
    InvalidInputError,
    InvalidOptionError,
    UnexpectedTypeWarning,
)
from sitoo_async.spi._core.refusal import Finding, Unfit

__all__ = ["Read", "Write", "check_required", "reader", "writer"]

Read = Callable[[bytes, bool], Any]
"""Bytes to what a handler takes; the second argument is whether to be strict. Raises `Unfit`."""

Write = Callable[[Any], Any]
"""What a handler gives to plain JSON values; raises `InvalidInputError`."""

_BLANK: Final = b" \t\r\n"


def _is_model(hint: Any) -> TypeGuard[type[Model]]:
    return isinstance(hint, type) and issubclass(hint, Model)


# Reading ------------------------------------------------------------------------------------


def reader(hint: Any) -> Read:
    """What reads bodies of a type: a model, a list of models or texts, a mapping, or one or None.

    Raises:
        InvalidOptionError: another type.
    """
    kind, optional = without_none(hint)
    read = _reader(kind)
    many = get_origin(kind) in (list, Sequence)

    def of_body(body: bytes, strict: bool) -> Any:  # noqa: FBT001  # called by position, here alone
        if not body.strip(_BLANK):
            if optional:
                return None
            raise Unfit("missing", "body is missing", "body")
        try:
            return read(body, strict)
        except DecodeError as error:
            # Its texts are of answers and their pages; this is a request. They never tell values.
            field = (error.location or "body").removeprefix("items" if many else "")
            text = error.message.replace(error.location or "the answer", field, 1)
            finding: Finding = "type" if error.location else "unreadable"
            raise Unfit(finding, text, field) from None
        except UnexpectedTypeWarning as error:  # where the process has made it an error
            raise Unfit("type", str(error), "body") from None

    return of_body


def _reader(kind: Any) -> Read:
    if _is_model(kind):
        return lambda body, strict: decode_item(body, kind, strict=strict, keep_unknown=True)
    if get_origin(kind) in (list, Sequence):
        (item,) = get_args(kind)
        if _is_model(item):
            return _of_models(item)
        if item is str:
            return _texts
    if get_origin(kind) in (Mapping, dict):
        return _shaped(is_object, "an object")
    raise InvalidOptionError(f"no body is of type {shown(kind)}", field="body")


def _of_models(item: type[Model]) -> Read:
    def read(body: bytes, strict: bool) -> list[Any]:  # noqa: FBT001  # as above
        rows, _ = decode_array(body, item, strict=strict, keep_unknown=True)
        for index, row in enumerate(rows):
            if row is None:
                raise Unfit("type", f"[{index}] should be an object and is null", f"[{index}]")
        return rows

    return read


def _texts(body: bytes, _: object) -> list[str]:
    rows: list[Any] = _array(body, False)  # noqa: FBT003  # see `Read`
    texts: list[str] = []
    for index, row in enumerate(rows):
        # An id may come as a number: it can only mean one thing.
        if isinstance(row, bool) or not isinstance(row, str | int):
            raise Unfit("type", f"[{index}] should be text and is {json_name(row)}", f"[{index}]")
        texts.append(str(row))
    return texts


def _shaped(fits: Callable[[object], bool], need: str) -> Read:
    def read(body: bytes, _: object) -> Any:
        value = decode_raw(body)
        if not fits(value):
            raise Unfit("unreadable", f"body should be {need} and is {json_name(value)}", "body")
        return value

    return read


_array: Final = _shaped(is_array, "an array")


def check_required(body: Any) -> None:
    """Refuse an object without a field that the reference requires, or with null in its place.

    Raises:
        Unfit: the first that is missing.
    """
    if isinstance(body, Model):
        lacking = _lacking(type(body), set_fields(body))
        if lacking is not None:
            raise Unfit("missing", f"{lacking} is required", lacking)


# Writing ------------------------------------------------------------------------------------


def writer(hint: Any) -> Write:
    """What writes answers of a type: a model, a list, text, a boolean, a mapping, or anything.

    Raises:
        InvalidOptionError: another type.
    """
    if _is_model(hint):
        return lambda value: _object(hint, value, "the answer")
    if get_origin(hint) in (list, Sequence):
        write = writer(get_args(hint)[0])
        return lambda value: _rows(write, value)
    if hint is str or hint is bool or hint is int:
        return lambda value: _plain(hint, value)
    if get_origin(hint) in (Mapping, dict):
        return _mapping
    if hint is Any:
        return lambda value: FREE.write(value, "the answer")
    raise InvalidOptionError(f"no answer is of type {shown(hint)}", field="return")


def _rows(write: Write, value: Any) -> list[Any]:
    if not is_list(value):
        raise _wrong("the answer", "a list", value)
    return [write(row) for row in value]


def _plain(kind: type, value: Any) -> Any:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise _wrong("the answer", f"a {kind.__name__}", value)
    return FREE.write(value, "the answer")


def _mapping(value: Any) -> Any:
    if not is_mapping(value):
        raise _wrong("the answer", "a mapping", value)
    return FREE.write(value, "the answer")


def _object(model: type[Model], value: Any, place: str, prefix: str = "") -> dict[str, Any]:
    """The fields of an object, read-only ones too, each checked by its kind.

    Null stands only where the reference announces it: elsewhere the field is left out. Of a mapping
    the names that no field has go out as they are, for what the reference has and the model lacks.
    """
    if isinstance(value, model):
        given: Mapping[Any, Any] = set_fields(value)
    elif is_mapping(value):
        given = value
    else:
        raise _wrong(place, f"a {model.__name__}", value)
    fields = fields_of(type(value) if isinstance(value, Model) else model)
    written: dict[str, Any] = {}
    for key, item in given.items():
        if item is UNSET:
            continue
        name = write_key(key, place)
        field = fields.get(name)
        if field is None:
            written[name] = FREE.write(item, prefix + name)
        elif item is not None:
            kind = field.kind
            if isinstance(kind, ChoiceOf) and kind.beside:
                tag = given.get(kind.field)
                kind = told_of(kind, tag, item, prefix, prefix + name)
            written[name] = _value(kind, item, prefix + name)
        elif field.nullable:
            written[name] = None
    # What v2 requires, it requires of what is added; an interface, of the object itself.
    lacking = _lacking(model, written) if model.__keeps_unknown__ else None
    if lacking is not None:
        raise InvalidInputError(f"{prefix}{lacking} is missing", field=prefix + lacking)
    return written


def _lacking(model: type[Model], given: Mapping[str, Any]) -> str | None:
    """The first field that is required and isn't there, or is null."""
    return next(
        (
            name
            for name, field in fields_of(model).items()
            if field.required and given.get(name) is None
        ),
        None,
    )


def _value(kind: Kind, value: Any, place: str) -> Any:
    match kind:
        case Scalar():
            return kind.write(value, place)
        case ListOf():
            if not is_list(value):
                raise _wrong(place, "a list", value)
            if kind.at_most is not None and len(value) > kind.at_most:
                raise InvalidInputError(
                    f"{place} holds {len(value)} values; {kind.at_most} are allowed", field=place
                )
            return [_value(kind.item, row, f"{place}[{index}]") for index, row in enumerate(value)]
        case MapOf():
            if not is_mapping(value):
                raise _wrong(place, "a mapping", value)
            return {
                write_key(key, place): _value(kind.value, item, f"{place}.{key}")
                for key, item in value.items()
            }
        case ChoiceOf():
            told = told_of(kind, tag_in(kind, value), value, f"{place}.", place)
            return tagged(kind, value, _value(told, value, place))
        case _:
            return _object(kind.model, value, place, f"{place}.")


def _wrong(place: str, need: str, value: object) -> InvalidInputError:
    return InvalidInputError(f"{place} must be {need}, not {type_name(value)}", field=place)
