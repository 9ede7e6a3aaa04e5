"""The tolerant way from JSON to models: object by object, field by field.

A value that is not of its documented type stays as it came, with one warning per field and
process; a strict reading raises instead. All else comes out as on the fast way.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from sitoo_async._stack import level_outside
from sitoo_async.errors import DecodeError, UnexpectedTypeWarning
from sitoo_async.models._base import Model
from sitoo_async.models._fields import fields_of
from sitoo_async.models._json import is_array, is_object
from sitoo_async.models._kinds import Kind, ListOf, MapOf, ObjectOf, Scalar
from sitoo_async.models._unset import UNSET

__all__ = ["IMPOSSIBLE", "Reading", "Trail", "reported", "wrong_shape"]

# What may go wrong in a value whose JSON type is right: a price "NaN", a year 300000.
IMPOSSIBLE: Final = (ValueError, OverflowError, OSError)

# Where a value stands in an answer: the place of its container, and its name or index in there.
# Rendered only when something is wrong.
Trail = tuple["Trail | None", str | int]


def _location(trail: Trail | None) -> str | None:
    parts: list[str] = []
    while trail is not None:
        trail, step = trail
        parts.append(f"[{step}]" if isinstance(step, int) else f".{step}")
    return "".join(reversed(parts)).removeprefix(".") or None


_JSON_NAMES: Final[dict[type, str]] = {
    str: "text",
    int: "an integer",
    float: "a number",
    Decimal: "a number",
    bool: "a boolean",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def _json_name(value: object) -> str:
    return _JSON_NAMES.get(type(value), type(value).__name__)


def wrong_shape(need: str, value: object, trail: Trail | None) -> DecodeError:
    location = _location(trail)
    return DecodeError(
        f"{location or 'the answer'} should be {need} and is {_json_name(value)}",
        location=location,
    )


# (object, field) pairs that were warned about in this process.
reported: Final[set[str]] = set()


class Reading:
    """One tolerant, or strict, reading of an answer."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict

    def item(self, cls: type[Model], row: Mapping[str, Any], trail: Trail | None) -> Any:
        item = object.__new__(cls)
        for name, field in fields_of(cls).items():
            value = row.get(name, UNSET)
            if value is not UNSET:
                if field.list_of_one and is_array(value) and len(value) == 1:
                    (value,) = value
                value = self._value(field.kind, value, (trail, name), f"{cls.__name__}.{name}")
            setattr(item, name, value)
        return item

    def _value(self, kind: Kind, value: Any, trail: Trail, owner: str) -> Any:
        if value is None:
            # A null that the reference doesn't announce is too common to make a fuss about.
            return None
        match kind:
            case Scalar():
                return self._scalar(kind, value, trail, owner)
            case ListOf() if is_array(value):
                return [
                    self._value(kind.item, row, (trail, index), owner)
                    for index, row in enumerate(value)
                ]
            case MapOf() if is_object(value):
                return {
                    key: self._value(kind.value, item, (trail, key), owner)
                    for key, item in value.items()
                }
            case ObjectOf() if is_object(value):
                return self.item(kind.model, value, trail)
            case _:
                need = "an array" if isinstance(kind, ListOf) else "an object"
                return self._broken(need, _json_name(value), value, trail, owner)

    def _scalar(self, kind: Scalar, value: Any, trail: Trail, owner: str) -> Any:
        if kind.types and type(value) not in kind.types:
            return self._broken(kind.name, _json_name(value), value, trail, owner)
        try:
            return value if kind.load is None else kind.load(value)
        except IMPOSSIBLE:
            came = f"{_json_name(value)} that can't be one"
            return self._broken(kind.name, came, value, trail, owner)

    def _broken(self, need: str, came: str, value: Any, trail: Trail, owner: str) -> Any:
        location = _location(trail)
        if self._strict:
            raise DecodeError(
                f"{location} is documented as {need} and came as {came}", location=location
            )
        if owner not in reported:
            reported.add(owner)
            warnings.warn(
                f"{owner} is documented as {need} and came as {came} (at {location}); it stays"
                " as it came (told once for each field)",
                UnexpectedTypeWarning,
                stacklevel=level_outside(),
            )
        return value
