"""Filters beside which Sitoo ignores another: the answer would be to another question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sitoo_async.errors import InvalidInputError

__all__ = ["refuse_ignored"]


def refuse_ignored(filters: Mapping[str, Any], ignored: str, *, beside: Iterable[str]) -> None:
    """Refuse a filter that would not count.

    Args:
        filters: what the caller filters on.
        ignored: the filter that Sitoo ignores, where there is
        beside: one of these.

    Raises:
        InvalidInputError: it is given together with one of them.
    """
    for stronger in beside:
        if ignored in filters and stronger in filters:
            raise InvalidInputError(
                f"Sitoo ignores {ignored} where {stronger} is given: leave one of them out",
                field=ignored,
            )
