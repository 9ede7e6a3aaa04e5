"""Text, integers and booleans: what of them JSON can carry, and what nobody means by them."""

from __future__ import annotations

import re
from typing import Annotated, Any, Final

from sitoo_async._codec.kinds.base import Scalar, refusal
from sitoo_async.errors import InvalidInputError

__all__ = [
    "BOOLEAN",
    "INTEGER",
    "TEXT",
    "TextOrInteger",
    "quick_integer",
    "quick_text",
    "text_like",
    "write_integer",
    "write_text",
]


def write_text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise refusal(field, "a str", value)
    text = str.__str__(value)  # the text itself, also of a member of a text enumeration
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidInputError(
                f"{field} holds half of a surrogate pair, which JSON can't carry; clean the text",
                field=field,
            ) from None
    return text


def quick_text(value: Any) -> str | None:
    if type(value) is not str:
        return None
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
    return value


def write_integer(value: Any, field: str) -> int:
    # A bool is an int to Python, but true is not a number to Sitoo.
    if isinstance(value, bool) or not isinstance(value, int):
        raise refusal(field, "an int", value)
    number = int.__int__(value)  # the number itself, whatever a class makes of it
    if not -(2**63) <= number < 2**63:
        raise InvalidInputError(f"{field} does not fit into 64 bits", field=field)
    return number


def quick_integer(value: Any) -> int | None:
    return value if type(value) is int and -(2**63) <= value < 2**63 else None


def _write_boolean(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise refusal(field, "True or False", value)
    return value


def _quick_boolean(value: Any) -> bool | None:
    return value if type(value) is bool else None


TEXT: Final = Scalar(
    name="text",
    wire=str,
    types=frozenset({str}),
    convert=write_text,
    accepts="str",
    quick=quick_text,
)
INTEGER: Final = Scalar(
    name="an integer",
    wire=int,
    types=frozenset({int}),
    convert=write_integer,
    accepts="int",
    quick=quick_integer,
)
BOOLEAN: Final = Scalar(
    name="a boolean",
    wire=bool,
    types=frozenset({bool}),
    convert=_write_boolean,
    accepts="bool",
    quick=_quick_boolean,
)


def _write_text_or_integer(value: Any, field: str) -> str | int:
    if isinstance(value, str):
        return write_text(value, field)
    if isinstance(value, bool) or not isinstance(value, int):
        raise refusal(field, "a str or an int", value)
    return write_integer(value, field)


def _quick_text_or_integer(value: Any) -> str | int | None:
    return quick_text(value) if type(value) is str else quick_integer(value)


TextOrInteger = Annotated[
    str | int,
    Scalar(
        name="text or an integer",
        wire=str | int,
        types=frozenset({str, int}),
        convert=_write_text_or_integer,
        accepts="str | int",
        quick=_quick_text_or_integer,
    ),
]
"""A value of which nobody knows whether JSON has it as text or as an integer; kept as it came."""


def text_like(pattern: str, need: str, name: str = "text") -> Scalar:
    """Text of which the reference says what it may hold.

    Args:
        pattern: what the whole text has to match.
        need: the same in words, for the error; the text itself is not shown, it may be a secret.
        name: what the kind is called.
    """
    matches = re.compile(pattern, re.ASCII | re.DOTALL).fullmatch

    def convert(value: Any, field: str) -> str:
        text = write_text(value, field)
        if matches(text) is None:
            raise InvalidInputError(f"{field} must be {need}", field=field)
        return text

    def quick(value: Any) -> str | None:
        text = quick_text(value)
        return None if text is None or matches(text) is None else text

    return Scalar(
        name=name,
        wire=str,
        types=frozenset({str}),
        convert=convert,
        accepts="str",
        quick=quick,
    )
