"""From models to plain JSON-able values: checked where it is sent, unchecked where it is kept.

A value that is plain and right, as most are, is written at once, by its kind's `quick`. Any other
goes through the rules of its field, which either write it or say what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, TypeGuard

import attrs

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown, type_name
from sitoo_async._codec.base import Model, set_fields
from sitoo_async._codec.fields import Field, fields_of, unknown_field
from sitoo_async._codec.json import is_array, is_list, is_mapping, is_object
from sitoo_async._codec.kinds import (
    FREE,
    ChoiceOf,
    Kind,
    ListOf,
    MapOf,
    ObjectOf,
    Scalar,
    write_key,
)
from sitoo_async._codec.meaning import is_empty
from sitoo_async._codec.unset import UNSET
from sitoo_async.errors import InvalidInputError

__all__ = [
    "by_name",
    "is_plain",
    "plain",
    "select",
    "tag_in",
    "tagged",
    "told_of",
    "writable",
    "write_fields",
]


def writable(
    cls: type[Model],
    values: Model | Mapping[str, Any],
    *,
    identifiers: Collection[str] = (),
    required: bool = False,
) -> dict[str, Any]:
    """Check what is to be sent, and turn it into plain JSON-able values.

    Args:
        cls: the model of the object.
        values: a model, or a mapping of field names to values; what is `UNSET` is left out, and
            what is read-only in a model within it.
        identifiers: read-only fields that may be sent here because they name the object.
        required: whether all fields that an add requires must be there.

    Raises:
        InvalidInputError: the field that breaks a rule of the reference, and the remedy.
    """
    given = _values_of(cls, values, "")
    return write_fields(cls, given, identifiers=tuple(identifiers), required=required)


def write_fields(
    cls: type[Model],
    values: dict[str, Any],
    prefix: str = "",
    *,
    identifiers: tuple[str, ...] = (),
    required: bool = False,
) -> dict[str, Any]:
    """The same of fields that were looked at already, of an object that stands behind `prefix`."""
    model: Any = cls  # hashable, which mypy doubts of a type
    quick = _quick(model, identifiers)
    written: dict[str, Any] = {}
    for name, value in values.items():
        write = quick.get(name)
        plain = None if write is None else write(value)
        if plain is None:
            plain = _write_named(cls, name, values, prefix, identifiers, required=required)
            if plain is UNSET:
                continue
        written[name] = plain
    if required:
        _check_required(cls, written, prefix)
    return written


@cache
def _quick(cls: type[Model], identifiers: tuple[str, ...]) -> Mapping[str, Callable[[Any], Any]]:
    """What writes the plain values of the fields that may be sent, by name."""
    quick: dict[str, Callable[[Any], Any]] = {}
    for name, field in fields_of(cls).items():
        if name in identifiers or not field.read_only:
            write = _quick_of(field.kind)
            quick[name] = _filled(write) if field.not_empty else write
    return quick


def _quick_of(kind: Kind) -> Callable[[Any], Any]:
    return (kind.quick if isinstance(kind, Scalar) else None) or _never


def _never(_: object) -> None:
    """Where no value is plain."""


def _filled(quick: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The same for a field that is never sent empty."""
    return lambda value: quick(value) or None


def _write_named(
    cls: type[Model],
    name: str,
    values: Mapping[str, Any],
    prefix: str,
    identifiers: tuple[str, ...],
    *,
    required: bool,
) -> Any:
    """A field by all its rules; `UNSET` where it is left out."""
    value = values[name]
    field = fields_of(cls).get(name)
    if field is None:
        raise unknown_field(cls, name, prefix, value)
    if value is UNSET:
        return UNSET
    if field.read_only and name not in identifiers:
        raise InvalidInputError(
            f"{prefix}{name} is read-only; leave it out (models.changes(before, after) does)",
            field=f"{prefix}{name}",
        )
    if isinstance(field.kind, ChoiceOf) and field.kind.beside:
        with Looking(prefix + name):
            tag = values.get(field.kind.field, UNSET)
            kind = told_of(field.kind, tag, value, prefix, prefix + name)
        field = attrs.evolve(field, kind=kind)
    return _write_field(field, value, prefix + name, required=required)


def _check_required(cls: type[Model], written: dict[str, Any], prefix: str) -> None:
    # An object within another may be named rather than described: the reference puts a sales tax
    # into a group by its salestaxid alone.
    fields = fields_of(cls)
    if prefix and any(fields[name].identifier for name in written):
        return
    for name, field in fields.items():
        if field.required and name not in written:
            raise InvalidInputError(
                f"{prefix}{name} is required here; set it", field=f"{prefix}{name}"
            )


def _values_of(cls: type[Model], values: Any, prefix: str) -> dict[str, Any]:
    if is_plain(values):
        return values
    place = prefix.rstrip(".")
    with Looking(place or "item"):
        if isinstance(values, cls):
            given = set_fields(values)
            if not prefix:
                return given
            # A row that was fetched goes back with those around it, and what only Sitoo sets is
            # not the user's doing. In a mapping each name is.
            fields = fields_of(cls)
            return {name: value for name, value in given.items() if not fields[name].read_only}
        if is_mapping(values):
            return by_name(cls, values, prefix)
        raise InvalidInputError(
            f"{place or 'the item'} must be a {cls.__name__} or a mapping of its"
            f" fields, not {type_name(values)}",
            field=place or "item",
        )


def is_plain(values: object) -> TypeGuard[dict[str, Any]]:
    """Whether it is a dict whose keys are text, as most are; to ask runs no code but ours."""
    names: Any = values
    if type(values) is not dict:
        return False
    for name in names:  # noqa: SIM110  # a generator would take three times as long
        if type(name) is not str:
            return False
    return True


def by_name(cls: type[Model], values: Mapping[Any, Any], prefix: str = "") -> dict[str, Any]:
    """A mapping of a model's fields as a plain dict, looked at once and never again.

    Raises:
        InvalidInputError: one of the names is no text.
    """
    plain: dict[str, Any] = {}
    for name, value in values.items():
        if not isinstance(name, str):
            raise unknown_field(cls, shown(name), prefix)
        plain[str.__str__(name)] = value
    return plain


def _write_field(field: Field, value: Any, place: str, *, required: bool) -> Any:
    if value is None:
        if field.empty_for_null:
            raise InvalidInputError(f'{place} can\'t be null; clear it with ""', field=place)
        if not field.nullable:
            raise InvalidInputError(
                f"{place} can't be null; leave it out to keep it as it is", field=place
            )
        return None
    if field.list_of_one:
        return _write_one(field.kind, value, place, required=required)
    written = _write_value(field.kind, value, place, required=required)
    if field.not_empty and written == "":
        raise InvalidInputError(f"{place} can't be empty; give it a text", field=place)
    return written


def _write_one(kind: Kind, value: Any, place: str, *, required: bool) -> Any:
    with Looking(place):
        if not is_list(value):
            return _write_value(kind, value, place, required=required)
        # Sent as it was given, since the reference prints both and nobody knows what it reads.
        if len(value) != 1:
            raise InvalidInputError(
                f"{place} is a list of {len(value)}; give one object, or a list that holds one",
                field=place,
            )
        return [_write_value(kind, value[0], f"{place}[0]", required=required)]


def _write_value(kind: Kind, value: Any, place: str, *, required: bool) -> Any:
    if isinstance(kind, Scalar):
        return kind.write(value, place)
    with Looking(place):
        return _write_container(kind, value, place, required=required)


def _write_container(
    kind: ListOf | MapOf | ObjectOf | ChoiceOf, value: Any, place: str, *, required: bool
) -> Any:
    if is_empty(value):
        # What PHP writes for anything empty may go back as it came.
        value = [] if isinstance(kind, ListOf) else {}
    match kind:
        case ListOf():
            return _write_list(kind, value, place, required=required)
        case MapOf():
            return _write_map(kind, value, place)
        case ChoiceOf():
            return _write_choice(kind, value, place, required=required)
        case _:
            prefix = f"{place}."
            given = _values_of(kind.model, value, prefix)
            return write_fields(kind.model, given, prefix, required=required)


def _write_choice(kind: ChoiceOf, value: Any, place: str, *, required: bool) -> Any:
    """An object that says itself which of the models it is, or whose model says it."""
    told = told_of(kind, tag_in(kind, value), value, f"{place}.", place)
    return tagged(kind, value, _write_container(told, value, place, required=required))


def tag_in(kind: ChoiceOf, value: Any) -> Any:
    """The text in an object that tells which of the models it is; `UNSET` where there is none."""
    if isinstance(value, Model):
        return getattr(value, kind.field, UNSET)
    return value.get(kind.field, UNSET) if is_mapping(value) else UNSET


def tagged(kind: ChoiceOf, value: Any, written: dict[str, Any]) -> dict[str, Any]:
    """An object as it is written, with the text that tells its model, where only its model does."""
    tags = [tag for tag, model in kind.models.items() if type(value) is model]
    return {kind.field: tags[0], **written} if len(tags) == 1 else written


def told_of(
    kind: ChoiceOf, tag: object, value: object, prefix: str, place: str
) -> ObjectOf | MapOf:
    """The kind of a value of which a text tells the model, unless it is one already.

    Raises:
        InvalidInputError: it is another model than the text tells, or none of the models.
    """
    told = kind.told_by(tag)
    if not isinstance(value, Model):
        return told
    cls = type(value)
    models = dict.fromkeys((*kind.models.values(), *kind.others))
    if not issubclass(cls, tuple(models)):
        names = " or ".join(model.__name__ for model in models)
        raise InvalidInputError(
            f"{place} must be a {names}, or a mapping, not {type_name(value)}", field=place
        )
    if isinstance(told, ObjectOf) and not issubclass(cls, told.model):
        raise InvalidInputError(
            f"{place} must be a {told.model.__name__} where {prefix}{kind.field} is"
            f" {shown(tag)}, not {type_name(value)}",
            field=place,
        )
    return told if isinstance(told, ObjectOf) else ObjectOf(cls)


def _write_list(kind: ListOf, value: Any, place: str, *, required: bool) -> list[Any]:
    if not is_list(value):
        raise InvalidInputError(f"{place} must be a list, not {type_name(value)}", field=place)
    if kind.at_most is not None and len(value) > kind.at_most:
        raise InvalidInputError(
            f"{place} holds {len(value)} values; {kind.at_most} are allowed", field=place
        )
    quick = _quick_of(kind.item)
    written: list[Any] = []
    for index, item in enumerate(value):
        plain = quick(item)
        if plain is None:
            plain = _write_value(kind.item, item, f"{place}[{index}]", required=required)
        written.append(plain)
    return written


def _write_map(kind: MapOf, value: Any, place: str) -> dict[str, Any]:
    if not is_mapping(value):
        raise InvalidInputError(f"{place} must be a mapping, not {type_name(value)}", field=place)
    quick = _quick_of(kind.value)
    written: dict[str, Any] = {}
    for key, item in value.items():
        name = write_key(key, place)
        plain = quick(item)
        if plain is None:
            plain = kind.value.write(item, f"{place}.{name}")
        written[name] = plain
    return written


def select(cls: type[Model], fields: Sequence[str]) -> str:
    """The value of a ``fields=`` parameter.

    Raises:
        InvalidInputError: a bare string, nothing at all, or a name that can't be asked for.
    """
    # Refused rather than repaired: Sitoo answers 400 to an unknown name, and to none at all
    # with its default selection.
    with Looking("fields"):
        if not isinstance(fields, Collection) or isinstance(fields, str | bytes):
            raise InvalidInputError(
                f"fields must be a list of names, not {type_name(fields)}", field="fields"
            )
        names: list[str] = []
        for name in fields:
            # Types are no promise: what is no text is shown as it is.
            if not isinstance(name, str):
                raise unknown_field(cls, shown(name))
            names.append(str.__str__(name))
    if not names:
        raise InvalidInputError(
            "fields is empty; name the fields, or leave it out for Sitoo's defaults",
            field="fields",
        )
    known = fields_of(cls)
    for name in names:
        if name not in known:
            raise unknown_field(cls, name)
        if known[name].write_only:
            raise InvalidInputError(f"{name} is never returned; don't ask for it", field=name)
    return ",".join(dict.fromkeys(names))


def plain(item: Model) -> dict[str, Any]:
    """All set fields as plain JSON-able values, read-only ones too; nothing is barred.

    What came broken and was kept goes back as it came.

    Raises:
        InvalidInputError: a value that was set by hand has no JSON form, such as NaN.
    """
    fields = fields_of(type(item))
    written: dict[str, Any] = {}
    for name, value in set_fields(item).items():
        with Looking(name):
            written[name] = _plain_field(fields[name], value)
    return written


def _plain_field(field: Field, value: Any) -> Any:
    if field.list_of_one and is_array(value):
        return [_plain_value(field.kind, row, field.name) for row in value]
    return _plain_value(field.kind, value, field.name)


def _plain_value(kind: Kind, value: Any, place: str) -> Any:
    match kind:
        case ListOf() if is_array(value):
            return [_plain_value(kind.item, row, place) for row in value]
        case MapOf() if is_object(value):
            return {key: _plain_value(kind.value, item, place) for key, item in value.items()}
        case ObjectOf() | ChoiceOf() if isinstance(value, Model):
            return plain(value)
        case Scalar() if value is not None:
            try:
                return kind.write(value, place)
            except InvalidInputError:
                kept = FREE.write(value, place)
                # A price that came with three decimals came as text.
                return str(value) if isinstance(value, Decimal) and kind.wire is str else kept
        case _:
            return FREE.write(value, place)
