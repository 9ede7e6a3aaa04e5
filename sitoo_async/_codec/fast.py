"""The fast way from JSON to models: checked rows, and generated functions that turn them over.

A row is a msgspec struct of the plain JSON types of a model's fields, with null admitted wherever
a value is. msgspec checks it while it reads the bytes; all that is left to do is to fill the
slots of new objects and to convert a few kinds. Straight into the attrs classes would be one
step less, but there msgspec looks up every absent field, and most are absent most of the time.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache, partial
from itertools import count, repeat, starmap
from typing import Any, Final, NamedTuple, cast

import msgspec

from sitoo_async._codec.base import Model
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.json import is_object
from sitoo_async._codec.kinds import (
    ChoiceOf,
    Kept,
    Kind,
    ListOf,
    MapOf,
    ObjectOf,
    Scalar,
    load_timestamp,
)
from sitoo_async._codec.unknown import keep
from sitoo_async._codec.unset import UNSET

__all__ = ["Build", "Shape", "Way", "any_object", "any_row", "builder", "keeper", "row_of"]

Build = Callable[[Sequence[Any]], list[Any]]
"""Makes models of rows; raises ValueError, OverflowError or OSError for a price like "NaN"."""


class Shape(NamedTuple):
    """The names that the rows of an answer hold, also those that no field of the model has."""

    always: frozenset[str]
    ever: frozenset[str]


class Way(NamedTuple):
    """What becomes of names that are no field's.

    Attributes:
        keep: whether they are kept in any model, rather than in those alone that always do.
        close: whether objects within a row are refused for them, where they would be kept. To look
            for them in each object takes longer than all else, and few pages hold others than the
            page before; so a page is read close first, and loosely if it is refused.
        met: the names that were met so, with the model of their object; close, these are taken.
    """

    keep: bool = False
    close: bool = False
    met: frozenset[tuple[Any, str]] = frozenset()

    def keeps(self, cls: type[Model]) -> bool:
        """Whether what is read into a model keeps the fields that it doesn't know."""
        return self.keep or cls.__keeps_unknown__

    def met_in(self, cls: type[Model]) -> dict[str, str]:
        """The names that were met in objects of a model, by a name that they have in a row."""
        return _numbered(name for model, name in self.met if model is cls)


PASSING: Final = Way()
"""Names that are no field's are passed over, but in models that always keep them."""

_any_rows: Final[dict[tuple[type[Model], Way], type[msgspec.Struct]]] = {}


def any_row(cls: type[Model], way: Way = PASSING) -> type[msgspec.Struct]:
    """The row that holds any of the fields of a model; the others are UNSET in it.

    Names that are no field's are passed over, or refused where that is the way. Where they are to
    be kept, the objects within are left as they come, for the `keeper` of their model.
    """
    row = _any_rows.get((cls, way))
    if row is None:
        others = way.met_in(cls)
        row = _any_rows[cls, way] = msgspec.defstruct(
            f"{cls.__name__}Row",
            [
                (name, _nullable(_wire(field.kind, way)), UNSET)
                for name, field in fields_of(cls).items()
            ]
            + [(name, Any, UNSET) for name in others],
            rename=others,
            forbid_unknown_fields=way.close and way.keeps(cls),
            gc=False,
        )
    return row


def row_of(cls: type[Model], shape: Shape, way: Way = PASSING) -> type[msgspec.Struct]:
    """The row of a shape: it refuses any other name, and to lack one that is always there.

    What names hold that are no field's is passed over or, where it is to be kept, read.
    """
    fields = fields_of(cls)
    others = _others(cls, shape)
    return msgspec.defstruct(
        f"{cls.__name__}Row",
        [
            (
                name,
                _nullable(_wire(field.kind, way)),
                *([] if name in shape.always else [UNSET]),
            )
            for name, field in fields.items()
            if name in shape.ever
        ]
        + [(name, Any if way.keeps(cls) else msgspec.Raw, UNSET) for name in others],
        rename=others,
        kw_only=True,  # so that it doesn't matter which of them have a default
        forbid_unknown_fields=True,
        gc=False,
    )


def _others(cls: type[Model], shape: Shape) -> dict[str, str]:
    """The names of a shape that are no field's, which may be no names to Python either."""
    return _numbered(shape.ever - fields_of(cls).keys())


def _numbered(names: Iterable[str]) -> dict[str, str]:
    return {f"_{number}": name for number, name in enumerate(sorted(names))}


# Types put together at run time, which no checker can follow.
_array: Final[Any] = list
_mapping: Final[Any] = dict

any_object: Final = _mapping[str, Any]
"""What stands for a row where all that it holds is kept."""


def _nullable(wire: Any) -> Any:
    """The same with null; bytes as they come may be null anyway."""
    return wire if wire is msgspec.Raw else wire | None


def _wire(kind: Kind, way: Way) -> Any:
    match kind:
        case Scalar():
            return kind.wire
        case ListOf():
            return _array[_wire(kind.item, way) | None]
        case MapOf():
            return _mapping[str, kind.value.wire | None]
        case ChoiceOf():
            # What it holds is told only by what stands elsewhere.
            return msgspec.Raw if way.close and kind.beside else Any
        case _:
            loose = way.keeps(kind.model) and not way.close
            return any_object if loose else any_row(kind.model, way)


def _loaded(
    name: str, kind: Kind, load: Callable[[Any], Any] | None, names: Collection[str]
) -> str:
    """The source text of what becomes of a value of a row."""
    if load is None:
        return "value"
    if isinstance(load, Kept):
        return f"load_{name}[value]"
    if load is load_timestamp:
        return "value if value is None else moment(value, utc)"  # without a call in between
    beside = ""
    if isinstance(kind, ChoiceOf) and kind.beside:
        beside = f", row.{kind.field}" if kind.field in names else ", None"
    return f"value if value is None else load_{name}(value{beside})"


# Told apart, so that each keeps its source.
_number: Final = count(1)


def builder(cls: type[Model], shape: Shape | None = None, way: Way = PASSING) -> Build:
    """Generate the function that turns rows into models.

    Args:
        cls: the model.
        shape: that of the rows; None for `any_row`.
        way: what becomes of what names hold that are no field's.
    """
    hashable: Any = cls  # which mypy doubts of a type
    fields = fields_of(cls)
    names = tuple(name for name in fields if shape is None or name in shape.ever)
    sure = shape is not None and shape.always.issuperset(names)
    scope: dict[str, Any] = {
        "bare": _bare(hashable),
        "cls": cls,
        "present": names if sure else list(names),
        "unset": UNSET,
        "repeat": repeat,
        "starmap": starmap,
        "moment": datetime.fromtimestamp,
        "utc": UTC,
    }
    fill: list[str] = []
    for name in names:
        kind = fields[name].kind
        load = _loader(kind, way)
        if load is not None:
            scope[f"load_{name}"] = load
        value = _loaded(name, kind, load, names)
        if shape is None or name not in shape.always:
            fill.append(f"if (value := row.{name}) is not unset: item.{name} = {value}")
        elif load is None:
            fill.append(f"item.{name} = row.{name}")
        elif isinstance(load, Kept):
            fill.append(f"item.{name} = load_{name}[row.{name}]")
        else:
            fill.append(f"value = row.{name}; item.{name} = {value}")
    others: dict[str, str] = {}
    if way.keeps(cls):
        others = way.met_in(cls) if shape is None else _others(cls, shape)
    if others:
        fill.append("unknown = {}")
        for place, name in others.items():
            scope[f"name{place}"] = name
            fill.append(f"if (value := row.{place}) is not unset: unknown[name{place}] = value")
        fill.append("if unknown: item._unknown = unknown")
    # The scope comes in as defaults: local names are the fastest that there are.
    parameters = ", ".join(f"{name}={name}" for name in scope)
    source = f"def build(rows, {parameters}):\n" + "".join(
        f"    {line}\n"
        for line in (
            "items = [*starmap(bare, repeat((), len(rows)))]",
            "for item, row in zip(items, rows):",
            *(f"    {line}" for line in fill),
            "    item._present = present",
            "    item.__class__ = cls",
            "return items",
        )
    )
    # Under a name of its own, so that a traceback shows the line.
    place = f"<{cls.__name__} of a row, {next(_number)}>"
    linecache.cache[place] = (len(source), None, source.splitlines(keepends=True), place)
    exec(compile(source, place, "exec"), scope)  # noqa: S102  # our own field names, as in attrs
    return cast("Build", scope["build"])


@cache
def _bare(cls: Any) -> Any:
    """The model without what it does when an attribute is set, which each field would pay for.

    It has the slots of the model, so an item that is filled can become one.
    """
    own = {name: getattr(object, name) for name in ("__init__", "__setattr__", "__delattr__")}
    return type(cls.__name__, (cls,), {"__slots__": (), "__module__": cls.__module__, **own})


def keeper(cls: type[Model], way: Way) -> Build:
    """Make the function that turns objects as they come into models that keep all they hold."""
    known = fields_of(cls).keys()
    make = maker(cls, way)

    def build(objects: Sequence[Any]) -> list[Any]:
        items = make(objects)
        for item, pairs in zip(items, objects, strict=True):
            if not pairs.keys() <= known:
                keep(item, {name: pairs[name] for name in pairs if name not in known})
        return items

    return build


def maker(cls: type[Model], way: Way) -> Build:
    """Make the function that turns objects as they come into models that keep nothing else."""
    rows = _array[any_row(cls, way)]
    make = builder(cls, None, way)
    return lambda objects: make(msgspec.convert(objects, rows))


def _loader(kind: Kind, way: Way) -> Callable[[Any], Any] | None:
    """What turns a checked plain value into its Python value; None where it stays as it is.

    That of an object whose model is told by a text beside it takes the text as well.
    """
    match kind:
        case Scalar():
            return kind.load
        case ListOf(item=ObjectOf(model=model)):
            return partial(_load_objects, _builder_of(model, way))
        case ListOf():
            load = _loader(kind.item, way)
            return None if load is None else partial(_load_items, load)
        case MapOf():
            load = kind.value.load
            return None if load is None else partial(_load_values, load)
        case ChoiceOf():
            return _choice_loader(kind, way)
        case _:
            return partial(_load_object, _builder_of(kind.model, way))


def _choice_loader(kind: ChoiceOf, way: Way) -> Callable[..., Any]:
    if way.close and kind.beside:
        reads = {tag: _raw_reader(model, way) for tag, model in kind.models.items()}
        return partial(_load_raw, reads)
    builds = {tag: _maker_of(model, way) for tag, model in kind.models.items()}
    return partial(_load_told if kind.beside else partial(_load_choice, kind.field), builds)


def _builder_of(cls: type[Model], way: Way) -> Build:
    """What makes models of objects within a row."""
    if way.keeps(cls) and not way.close:
        return keeper(cls, way)
    return builder(cls, None, way)


def _maker_of(cls: type[Model], way: Way) -> Build:
    """What makes models of objects as they come."""
    loose = Way(keep=way.keep)
    return (keeper if loose.keeps(cls) else maker)(cls, loose)


_as_it_comes: Final = msgspec.json.Decoder(any_object | None, float_hook=Decimal).decode


def _raw_reader(cls: type[Model], way: Way) -> Callable[[msgspec.Raw], Any]:
    """Make the function that reads one object from its bytes."""
    decode: Callable[[msgspec.Raw], Any] = msgspec.json.Decoder(
        any_row(cls, way) | None, float_hook=Decimal
    ).decode
    build = builder(cls, None, way)

    def read(raw: msgspec.Raw) -> Any:
        row = decode(raw)
        return None if row is None else build((row,))[0]

    return read


def _load_items(load: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    return [None if item is None else load(item) for item in items]


def _load_values(load: Callable[[Any], Any], pairs: dict[str, Any]) -> dict[str, Any]:
    return {key: None if item is None else load(item) for key, item in pairs.items()}


def _load_object(build: Build, row: Any) -> Any:
    return build((row,))[0]


def _load_objects(build: Build, rows: list[Any]) -> list[Any]:
    if None in rows:
        return [None if row is None else _load_object(build, row) for row in rows]
    return build(rows)


def _load_told(builds: Mapping[str, Build], value: Any, tag: Any) -> Any:
    build = builds.get(tag) if isinstance(tag, str) else None
    if build is not None:
        return build((value,))[0]
    if not is_object(value):
        raise ValueError(value)  # the tolerant way tells what is wrong
    return value


def _load_choice(field: str, builds: Mapping[str, Build], value: Any) -> Any:
    return _load_told(builds, value, value.get(field) if is_object(value) else None)


def _load_raw(
    reads: Mapping[str, Callable[[msgspec.Raw], Any]], value: msgspec.Raw, tag: Any
) -> Any:
    read = reads.get(tag) if isinstance(tag, str) else None
    return (read or _as_it_comes)(value)
