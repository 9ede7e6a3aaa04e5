"""Numbers that users give, checked where they are given."""

from __future__ import annotations

from typing import cast

from sitoo_async._show import shown
from sitoo_async.errors import InvalidInputError, InvalidOptionError

__all__ = ["check_number", "check_whole"]


def check_number(
    name: str,
    value: object,
    *,
    whole: bool = False,
    zero: bool = False,
    optional: bool = False,
) -> None:
    """Refuse an option that is not the number it has to be.

    Args:
        name: the option.
        value: what was given.
        whole: whether it counts something; otherwise it is a number of seconds.
        zero: whether 0 will do.
        optional: whether None will do.

    Raises:
        InvalidOptionError: it is another type, too small, or not a number.
    """
    if value is None and optional:
        return
    # A bool is an int to Python and no number to anybody; NaN is neither above nor equal to 0.
    number = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool)
    if number and (cast("float", value) > 0 or (zero and value == 0)):
        return
    kind = "an int" if whole else "a number of seconds"
    least = "0 or more" if zero else "more than 0"
    raise InvalidOptionError(
        f"{name} must be {kind}, {least}{', or None' if optional else ''}, not {shown(value)}",
        field=name,
    )


def check_whole(field: str, value: object, *, least: int, most: int | None = None) -> None:
    """Refuse what is not a whole number within its range; a bool is no number here.

    Raises:
        InvalidInputError: it is another type, too small or too large.
    """
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and least <= value
        and (most is None or value <= most)
    ):
        return
    limits = f"of {least} or more" if most is None else f"from {least} to {most}"
    raise InvalidInputError(
        f"{field} must be a whole number {limits}, not {shown(value)}", field=field
    )
