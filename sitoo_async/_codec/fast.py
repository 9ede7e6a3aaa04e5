"""The fast way from JSON to models: checked rows, and generated functions that turn them over.

A row is a msgspec struct of the plain JSON types of a model's fields, with null admitted wherever
a value is. msgspec checks it while it reads the bytes; all that is left to do is to fill the
slots of a new object and to convert a few kinds. Straight into the attrs classes would be one
step less, but there msgspec looks up every absent field, and most are absent most of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Any, Final, cast

import msgspec

from sitoo_async._codec.base import Model
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.kinds import Kind, ListOf, MapOf, Scalar
from sitoo_async._codec.unset import UNSET

__all__ = ["Build", "any_row", "builder", "exact_row"]

Build = Callable[[Any], Any]
"""Makes a model of a row; raises ValueError, OverflowError or OSError for a price like "NaN"."""


_any_rows: Final[dict[type[Model], type[msgspec.Struct]]] = {}


def any_row(cls: type[Model]) -> type[msgspec.Struct]:
    """The row that holds any of the fields of a model; the others are UNSET in it."""
    row = _any_rows.get(cls)
    if row is None:
        row = _any_rows[cls] = msgspec.defstruct(
            f"{cls.__name__}Row",
            [(name, _wire(field.kind) | None, UNSET) for name, field in fields_of(cls).items()],
            gc=False,
        )
    return row


def exact_row(cls: type[Model], names: Collection[str]) -> type[msgspec.Struct]:
    """The row that holds these fields, each of them, and refuses any other field."""
    return msgspec.defstruct(
        f"{cls.__name__}Row",
        [
            (name, _wire(field.kind) | None)
            for name, field in fields_of(cls).items()
            if name in names
        ],
        forbid_unknown_fields=True,
        gc=False,
    )


# Types put together at run time, which no checker can follow.
_array: Final[Any] = list
_mapping: Final[Any] = dict


def _wire(kind: Kind) -> Any:
    match kind:
        case Scalar():
            return kind.wire
        case ListOf():
            return _array[_wire(kind.item) | None]
        case MapOf():
            return _mapping[str, kind.value.wire | None]
        case _:
            return any_row(kind.model)


def builder(cls: type[Model], names: Collection[str] | None = None) -> Build:
    """Generate the function that turns a row into a model.

    Args:
        cls: the model.
        names: the fields of the `exact_row`; None for `any_row`.
    """
    scope: dict[str, Any] = {"new": object.__new__, "cls": cls, "unset": UNSET}
    lines: list[str] = []
    for name, field in fields_of(cls).items():
        load = _loader(field.kind)
        if names is not None and name not in names:
            lines.append(f"item.{name} = unset")
        elif load is None:
            lines.append(f"item.{name} = row.{name}")
        else:
            scope[f"load_{name}"] = load
            checked = f"value if value is None or value is unset else load_{name}(value)"
            lines.append(f"value = row.{name}; item.{name} = {checked}")
    # The scope comes in as defaults: local names are the fastest that there are.
    parameters = ", ".join(f"{name}={name}" for name in scope)
    source = "\n    ".join(
        [f"def build(row, {parameters}):", "item = new(cls)", *lines, "return item"]
    )
    exec(source, scope)  # noqa: S102  # our own field names, as attrs does for __init__
    return cast("Build", scope["build"])


def _loader(kind: Kind) -> Callable[[Any], Any] | None:
    """What turns a checked plain value into its Python value; None where it stays as it is."""
    match kind:
        case Scalar():
            return kind.load
        case ListOf():
            load = _loader(kind.item)
            return None if load is None else partial(_load_items, load)
        case MapOf():
            load = kind.value.load
            return None if load is None else partial(_load_values, load)
        case _:
            return builder(kind.model)


def _load_items(load: Callable[[Any], Any], items: list[Any]) -> list[Any]:
    return [None if item is None else load(item) for item in items]


def _load_values(load: Callable[[Any], Any], pairs: dict[str, Any]) -> dict[str, Any]:
    return {key: None if item is None else load(item) for key, item in pairs.items()}
