"""What was meant by a name that nobody knows: what is near to it, and could hold its value."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, Literal, cast

from sitoo_async._checks.values import is_a

__all__ = ["ABSENT", "ANYTHING", "Sort", "did_you_mean"]

Sort = Literal["boolean", "number", "text", "moment", "list", "object"]
"""What a value is, as roughly as a name tells."""

ANYTHING: Final[frozenset[Sort]] = frozenset(
    ("boolean", "number", "text", "moment", "list", "object")
)

ABSENT: Final = object()
"""No value, where none was given beside the name."""

_NUMBER_AS_TEXT: Final[frozenset[Sort]] = frozenset(("number", "text", "moment"))

# The first that fits counts.
_SORTS: Final[tuple[tuple[type | tuple[type, ...], frozenset[Sort]], ...]] = (
    (bool, frozenset(("boolean",))),
    ((int, float, Decimal), frozenset(("number", "moment"))),
    (str, frozenset(("text", "moment"))),
    (date, frozenset(("moment",))),
    (Mapping, frozenset(("object",))),
    (Collection, frozenset(("list",))),
)

_NEAR: Final = 0.6
_AS_NEAR: Final = 0.05  # below the nearest
_LONGEST: Final = 64  # characters of a name that may be a slip
_SHORTEST: Final = 4  # characters of a name that means something within another
_MOST: Final = 3

_NUMERIC: Final = re.compile(r"\s*[-+]?[0-9]+([.,][0-9]+)?\s*", re.ASCII)


def did_you_mean(name: str, known: Mapping[str, frozenset[Sort]], value: object = ABSENT) -> str:
    """The question after the names that may have been meant; empty where there are none.

    Those that are about as near as the nearest are named beside it, and those that are a part of
    the name, or the other way round: `decimalquantity` is a quantity first of all.

    Args:
        name: the name that is not known.
        known: the names that may be used here, and what they hold.
        value: what was given with it.
    """
    if len(name) > _LONGEST:
        return ""
    sorts = _sorts(value)
    ratios = {other: _likeness(other, name) for other in known}
    # Where the nearest can't hold the value, one that is less near is not what was meant.
    nearest = max(ratios.values(), default=0.0)
    least = 1.0 if nearest == 1 else max(_NEAR, nearest - _AS_NEAR)
    near = [
        other
        for other, ratio in ratios.items()
        if (ratio >= least or (least < 1 and _within(name.lower(), other)))
        and not sorts.isdisjoint(known[other])
    ]
    near.sort(key=lambda other: -ratios[other])
    return f"did you mean {' or '.join(map(repr, near[:_MOST]))}?" if near else ""


def _likeness(one: str, other: str) -> float:
    """How near two names are; one written as in another language (``moneyPrice``) is the same."""
    # Only whoever made a slip waits for it to load.
    from difflib import SequenceMatcher  # noqa: PLC0415

    plain, other_plain = (name.replace("_", "").lower() for name in (one, other))
    return SequenceMatcher(None, plain, other_plain).ratio()


def _within(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= _SHORTEST and (one in other or other in one)


def _sorts(value: object) -> frozenset[Sort]:
    """What a value may be; people write moments in any form, and numbers as text."""
    if is_a(value, str) and _NUMERIC.fullmatch(str.__str__(cast("str", value))) is not None:
        return _NUMBER_AS_TEXT
    found = (sorts for kind, sorts in _SORTS if is_a(value, kind))
    return next(found, ANYTHING)
