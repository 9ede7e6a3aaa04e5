"""Numbers and texts that users give, checked where they are given."""

from __future__ import annotations

import math
import sys
from typing import Any, Final, cast

from sitoo_async._checks.show import shown
from sitoo_async.errors import InvalidInputError, InvalidOptionError

__all__ = ["LARGEST", "LONGEST", "check_number", "check_whole", "is_a", "trimmed"]

LONGEST: Final = 1_000_000_000
"""Seconds, some 31 years: what is longer than that overflows one clock or timer or another."""

LARGEST: Final = 2**63 - 1
"""The largest id or count that a server can hold."""


def is_a(value: object, kind: type | tuple[type, ...]) -> bool:
    """`isinstance` by the value's true class, which runs no code of the value's own."""
    return issubclass(type(value), kind)


def trimmed(text: str) -> str:
    """Text without what surrounds it unseen: spaces, line ends, a byte order mark.

    Files with secrets and lines of an ``.env`` bring them along; no id has any.
    """
    text = str.__str__(text)  # whatever a subclass makes of it
    seen = [place for place, char in enumerate(text) if char.isprintable() and char != " "]
    return text[seen[0] : seen[-1] + 1] if seen else ""


def check_number(
    name: str,
    value: object,
    *,
    whole: bool = False,
    zero: bool = False,
    optional: bool = False,
    endless: bool = False,
) -> Any:
    """Refuse an option that is not the number it has to be.

    Args:
        name: the option.
        value: what was given.
        whole: whether it counts something; otherwise it is a number of seconds.
        zero: whether 0 will do.
        optional: whether None will do. Unless `endless`, it means that there is no limit, so what
            is larger than any limit, such as `math.inf`, is taken for it.
        endless: whether `math.inf` means that there is no limit; larger numbers are taken for it.

    Returns:
        The number as it counts.

    Raises:
        InvalidOptionError: it is another type, too small or too large, or not a number.
    """
    if value is None and optional:
        return None
    number: float | None = None
    # A bool is an int to Python and no number to anybody. Of a member of an enumeration, and of
    # whatever else is derived from a number, the number itself counts.
    if is_a(value, int) and not is_a(value, bool):
        number = int.__index__(cast("int", value))
    elif is_a(value, float):
        number = float.__float__(cast("float", value))
        if whole and not (optional and number == math.inf):
            number = None
    least = "0 or more" if zero else "more than 0"
    # NaN is neither above nor equal to 0.
    if number is not None and (number > 0 or (zero and number == 0)):
        most = sys.maxsize if whole else LONGEST
        if number <= most:
            return number
        if endless:
            return math.inf
        if optional:
            return None
        least = f"at most {most:,}"
    kind = "an int" if whole else "a number of seconds"
    raise InvalidOptionError(
        f"{name} must be {kind}, {least}{', or None' if optional else ''}, not {shown(value)}",
        field=name,
    )


def check_whole(field: str, value: object, *, least: int, most: int | None = None) -> int:
    """Refuse what is not a whole number within its range; a bool is no number here.

    Returns:
        The number itself, also of a member of an enumeration.

    Raises:
        InvalidInputError: it is another type, too small or too large.
    """
    if is_a(value, int) and not is_a(value, bool):
        number = int.__index__(cast("int", value))
        if least <= number <= (LARGEST if most is None else most):
            return number
    limits = f"of {least} or more" if most is None else f"from {least} to {most}"
    raise InvalidInputError(
        f"{field} must be a whole number {limits}, not {shown(value)}", field=field
    )
