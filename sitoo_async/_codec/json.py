"""JSON: its bytes, and what a value is in it, said so that every type checker understands."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final, NoReturn, TypeGuard

import msgspec

from sitoo_async._checks.show import told
from sitoo_async.errors import DecodeError, InvalidInputError

__all__ = [
    "BLANK",
    "MARK",
    "UNREADABLE",
    "encode",
    "is_array",
    "is_list",
    "is_mapping",
    "is_object",
    "json_name",
    "parse",
]

UNREADABLE: Final = (ValueError, ArithmeticError, OSError, RecursionError, MemoryError)
"""All that reading an answer may raise, for every place that reads.

Bytes that are no JSON or no UTF-8 and a price "NaN" (ValueError, which msgspec's errors are too),
exponents and years beyond all bounds (ArithmeticError, OSError), and nesting without end.
"""

MARK: Final = b"\xef\xbb\xbf"
"""The byte order mark that some editors put before a text, and PHP then before its answers."""

BLANK: Final = b" \t\r\n" + MARK
"""The bytes that may stand before a value: PHP sends what each file of a program begins with."""


# Writing ------------------------------------------------------------------------------------

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


# Reading ------------------------------------------------------------------------------------


_exact: Final = msgspec.json.Decoder(float_hook=Decimal).decode
_near: Final = msgspec.json.Decoder().decode


def parse(body: bytes, *, exact: bool = True) -> tuple[Any, bool]:
    """JSON to plain values; what is nearly JSON is let through.

    Where msgspec refuses, the bytes are read once more with what no program can do without:
    byte order marks are passed over, and halves of surrogate pairs stay in the text that they stand
    in, to be mended by whoever knows which one that is. Bytes that are no UTF-8 might mean
    anything in another encoding.

    Args:
        body: the bytes.
        exact: whether numbers with a fraction become Decimal rather than float.

    Returns:
        The value, and whether it is JSON as it came, so that there is nothing to mend.

    Raises:
        DecodeError: it is no JSON at all.
    """
    try:
        return (_exact if exact else _near)(body), True
    except UNREADABLE as error:
        reason = _reason(error)
    try:
        value = json.loads(
            body.lstrip(BLANK).decode(),
            parse_float=Decimal if exact else _nearly,
            parse_constant=_no_constant,
        )
    except UNREADABLE:
        raise DecodeError(f"the answer is not JSON: {reason}") from None
    return value, False


def _reason(error: Exception) -> str:
    """What is wrong, and where; never the text, since an answer may hold personal data."""
    if isinstance(error, msgspec.DecodeError):
        return str(error)
    return (
        "a number beyond all bounds" if isinstance(error, ArithmeticError) else type(error).__name__
    )


def _nearly(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise OverflowError
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and its like, which Python's own reader takes for numbers


_NAMES: Final[dict[type, str]] = {
    str: "text",
    int: "an integer",
    float: "a number",
    Decimal: "a number",
    bool: "a boolean",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def json_name(value: object) -> str:
    """What JSON calls a value, which itself may be personal and is never shown."""
    return _NAMES.get(type(value), type(value).__name__)


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
