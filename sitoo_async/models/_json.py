"""JSON: what a value is in it, said so that every type checker understands, and its bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

import msgspec

from sitoo_async._show import told
from sitoo_async.errors import InvalidInputError

__all__ = ["encode", "is_array", "is_list", "is_mapping", "is_object"]

# What is still a Decimal stands for a JSON number; money has become text long before.
_encoder: Final = msgspec.json.Encoder(decimal_format="number")


def encode(value: Any) -> bytes:
    """Plain JSON-able objects to bytes.

    Raises:
        InvalidInputError: something in it has no JSON form.
    """
    try:
        return _encoder.encode(value)
    except Exception as error:
        raise InvalidInputError(f"this can't be sent as JSON: {told(error)}") from error


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a JSON value is an array."""
    return isinstance(value, list)


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    """Whether a value may be sent as an array; text is a sequence too, but of letters."""
    return isinstance(value, list | tuple)


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether a value may be sent as an object."""
    return isinstance(value, Mapping)
