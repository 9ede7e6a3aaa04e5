"""The fields of a model, read once from its annotations."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType, NoneType, UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Final,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import attrs

from sitoo_async._checks.nearest import ABSENT, ANYTHING, Sort, did_you_mean
from sitoo_async._codec.enums import OpenEnum, OpenText
from sitoo_async._codec.kinds import (
    BOOLEAN,
    FREE,
    INTEGER,
    TEXT,
    Kind,
    ListOf,
    MapOf,
    Mark,
    ObjectOf,
    Scalar,
    enumeration,
)
from sitoo_async.errors import InvalidInputError, printable

if TYPE_CHECKING:
    from sitoo_async._codec.base import Model

__all__ = ["Field", "fields_of", "unknown_field", "without_none"]

_PLAIN: dict[Any, Scalar] = {str: TEXT, int: INTEGER, bool: BOOLEAN, Any: FREE}


@attrs.frozen(kw_only=True)
class Field:
    """What the reference says about one field; the booleans are the marks it bears."""

    name: str
    kind: Kind
    nullable: bool
    read_only: bool
    write_only: bool
    required: bool
    identifier: bool
    guard: bool
    not_empty: bool
    empty_for_null: bool
    list_of_one: bool
    deprecated: bool
    secret: bool
    inferred: bool


# By what a scalar accepts; what else there is are numbers, or members of enumerations of texts.
_SORTS: Final[Mapping[str, frozenset[Sort]]] = {
    "str": frozenset({"text"}),
    "bool": frozenset({"boolean"}),
    "str | int": frozenset({"text", "number"}),
    "datetime": frozenset({"moment"}),
    "datetime | str": frozenset({"moment"}),
    "Any": ANYTHING,
}

_known: Final[dict[type[Model], Mapping[str, Field]]] = {}


def fields_of(cls: type[Model]) -> Mapping[str, Field]:
    """The fields of a model by name, in the order of the reference.

    Raises:
        InvalidInputError: it is no model.
    """
    known = _known.get(cls)
    if known is None:
        if not hasattr(cls, "__attrs_attrs__"):
            raise InvalidInputError(
                f"a model is expected here, such as a Product, not {printable(cls.__name__)}",
                field="item",
            )
        hints = get_type_hints(cls, include_extras=True)
        names = [attribute.name for attribute in attrs.fields(cls)]
        known = MappingProxyType({name: _field(name, hints[name]) for name in names})
        _known[cls] = known
    return known


def unknown_field(
    cls: type[Model], name: str, prefix: str = "", value: object = ABSENT
) -> InvalidInputError:
    """The error for a name that the model doesn't have, with those that may have been meant.

    Args:
        cls: the model.
        name: the name.
        prefix: where the object stands.
        value: what was to be written there; then only what can be written is suggested.
    """
    known = {
        field.name: _sorts(field.kind)
        for field in fields_of(cls).values()
        if value is ABSENT or field.identifier or not field.read_only
    }
    hint = did_you_mean(name, known, value)
    return InvalidInputError(
        f"{prefix}{name} is not a field of {cls.__name__}{hint and f'; {hint}'}",
        field=f"{prefix}{name}",
    )


def _sorts(kind: Kind) -> frozenset[Sort]:
    match kind:
        case Scalar():
            numeric = kind.accepts.endswith("int") or "Decimal" in kind.accepts
            return _SORTS.get(kind.accepts, frozenset({"number" if numeric else "text"}))
        case ListOf():
            return frozenset({"list"})
        case _:
            return frozenset({"object"})


def without_none(hint: Any) -> tuple[Any, bool]:
    """A type without None, and whether None was among it."""
    if get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint):
        kinds = tuple(each for each in get_args(hint) if each is not NoneType)
        return Union[kinds], True  # noqa: UP007  # of a tuple it can't be written with |
    return hint, False


def _field(name: str, hint: Any) -> Field:
    marks: set[Mark] = set()
    nullable = False
    kind: Kind | None = None
    # Peel: Annotated[Annotated[datetime, TIMESTAMP] | None, DEPRECATED] has a layer of each.
    while True:
        hint, optional = without_none(hint)
        nullable |= optional
        if get_origin(hint) is Annotated:
            for extra in hint.__metadata__:
                if isinstance(extra, Mark):
                    marks.add(extra)
                else:
                    kind = extra
            hint = hint.__origin__
        else:
            break
    return Field(
        name=name,
        kind=kind or _kind(hint),
        nullable=nullable,
        **{mark.name.lower(): mark in marks for mark in Mark},
    )


def _kind(hint: Any) -> Kind:
    if hint in _PLAIN:
        return _PLAIN[hint]
    if get_origin(hint) is list:
        (item,) = get_args(hint)
        return ListOf(_field("", item).kind)
    if get_origin(hint) is dict:
        _, value = get_args(hint)
        return MapOf(cast("Scalar", _field("", value).kind))
    if issubclass(hint, OpenEnum | OpenText):
        return enumeration(hint)
    return ObjectOf(hint)
