"""The one thing that a value of another type than the documented one can mean, where there is one.

PHP writes its integers as text, true as 1 and an empty list as an empty object with little notice;
so these are read for what they mean, and everything that might mean two things is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final

from sitoo_async._codec.json import is_array, is_object

__all__ = ["elements_of", "integer_of", "is_empty", "is_true", "mended"]

# Within 64 bits, and without the spaces, signs and zeros that no server writes by accident.
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,17}", re.ASCII)
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_HALF: Final = re.compile("[\ud800-\udfff]")


def integer_of(value: object) -> int | None:
    """An integer, also one that came as text or with a fraction of zero; None where it is none.

    What goes beyond 64 bits is none: no server counts so far.
    """
    if isinstance(value, str):
        return int(value) if _INTEGER.fullmatch(value) is not None else None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | float):
        return None
    # The bounds first: an exponent of a million would be a million digits.
    return int(value) if -(2**63) <= value < 2**63 and value == int(value) else None


def is_true(value: object) -> bool:
    """Whether a value says that something is true: 1 and the text of either included."""
    if isinstance(value, str):
        return value.lower() in ("true", "1")
    return value is True or integer_of(value) == 1


def is_empty(value: object) -> bool:
    """Whether it is PHP's empty array, which is written in the same way whatever it is to hold."""
    return (is_array(value) or is_object(value)) and not value


def elements_of(value: object) -> Sequence[Any] | None:
    """The elements of an array that came as an object, by their indexes; None where it is none.

    PHP writes an array whose indexes have gaps as an object.
    """
    if not is_object(value) or not all(_INDEX.fullmatch(key) for key in value):
        return None
    return [value[key] for key in sorted(value, key=int)]


def mended(text: str) -> str:
    """Text with U+FFFD for each half of a surrogate pair, of which no program makes anything."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)
