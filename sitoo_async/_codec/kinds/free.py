"""Free values, of which nothing is documented but that they are JSON, checked all the way down."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from sitoo_async._checks.show import type_name
from sitoo_async._codec.json import is_list, is_mapping
from sitoo_async._codec.kinds.amounts import write_number
from sitoo_async._codec.kinds.base import Scalar, refusal
from sitoo_async._codec.kinds.plain import quick_text, write_text
from sitoo_async.errors import InvalidInputError

__all__ = ["ATTRIBUTE", "FREE", "write_key"]


def write_key(key: Any, field: str) -> str:
    """A key of an object with free keys.

    Raises:
        InvalidInputError: it is no text.
    """
    if not isinstance(key, str):
        raise InvalidInputError(
            f"the keys of {field} must be text, not {type_name(key)}", field=field
        )
    return write_text(key, field)


_DEEPEST: Final = 100  # levels; beyond some hundreds Python and many a server give up


def _write_free(value: Any, field: str) -> Any:
    """Any JSON value, checked all the way down."""
    return _free(value, field, field, 0)


def _free(value: Any, place: str, field: str, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return write_text(value, place)
    if isinstance(value, int | float | Decimal):
        return write_number(value, place)
    if depth == _DEEPEST:
        raise InvalidInputError(
            f"{field} is nested deeper than {_DEEPEST} levels, or holds itself; flatten it",
            field=field,
        )
    if is_mapping(value):
        written: dict[str, Any] = {}
        for key, item in value.items():
            name = write_key(key, place)
            written[name] = _free(item, f"{place}.{name}", field, depth + 1)
        return written
    if is_list(value):
        return [
            _free(item, f"{place}[{index}]", field, depth + 1) for index, item in enumerate(value)
        ]
    raise refusal(place, "a JSON value", value)


FREE: Final = Scalar(
    name="anything",
    wire=Any,
    types=frozenset(),
    convert=_write_free,
    accepts="Any",
    quick=quick_text,
)

_ATTRIBUTE_LENGTH: Final = 128


def _write_attribute(value: Any, field: str) -> Any:
    written = _write_free(value, field)
    if isinstance(written, str) and len(written) > _ATTRIBUTE_LENGTH:
        raise InvalidInputError(
            f"{field} is longer than {_ATTRIBUTE_LENGTH} characters; shorten it", field=field
        )
    return written


def _quick_attribute(value: Any) -> str | None:
    text = quick_text(value)
    return None if text is None or len(text) > _ATTRIBUTE_LENGTH else text


ATTRIBUTE: Final = Scalar(
    name="an attribute value",
    wire=Any,
    types=frozenset(),
    convert=_write_attribute,
    accepts="Any",
    quick=_quick_attribute,
)
