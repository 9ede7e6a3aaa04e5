"""Pages of the v3 services: how many items one holds, and where the next one begins."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any, TypeVar

from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sitoo_async.testing._reference.parameters import Parameters

__all__ = ["cursor_page"]

T = TypeVar("T")

# Neither what a page holds nor how much of each item it shows makes it another walk: a page that
# was too large is asked for again from the same place.
_OF_THE_PAGE = frozenset({"num", "next", "include_packages", "include_items_undeclared"})


def cursor_page(
    found: Iterable[T],
    asked: Parameters,
    walk: str,
    key: Callable[[T], tuple[Any, ...]],
    *,
    descending: bool = False,
) -> dict[str, Any]:
    """One page of what was found.

    Args:
        found: all items that the filters select.
        asked: the parameters; ``num`` and ``next`` are obeyed, the rest binds the cursor.
        walk: what is walked over, which binds the cursor, too.
        key: what orders the items, different for each and fit for JSON.
        descending: whether the highest key comes first.

    Returns:
        The envelope: ``items`` and ``next``, which is empty at the end.

    Raises:
        Refusal: 400, ``num`` is below 1, or ``next`` is no cursor of this walk.
    """
    if asked["num"] < 1:
        raise Refusal(400, "num is at least 1.", code="field-validation", field="num")
    bound = {name: value for name, value in asked.items() if name not in _OF_THE_PAGE}
    query = json.dumps([walk, bound], sort_keys=True)
    rows = list(found)
    if asked["next"]:
        last = _last_key(asked["next"], query)
        rows = [row for row in rows if (key(row) < last if descending else key(row) > last)]
    page = sorted(rows, key=key, reverse=descending)[: asked["num"]]
    more = len(rows) > len(page)
    return {"items": page, "next": _cursor(query, key(page[-1])) if more else ""}


def _mark(query: str, last: Sequence[Any]) -> str:
    """What tells a cursor of this query from any other, and from one that a client has changed."""
    return hashlib.sha256(json.dumps([query, last]).encode()).hexdigest()[:16]


def _cursor(query: str, last: Sequence[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps([_mark(query, last), last]).encode()).decode()


def _last_key(cursor: str, query: str) -> tuple[Any, ...]:
    try:
        mark, last = json.loads(base64.urlsafe_b64decode(cursor))
        is_own = mark == _mark(query, last)
    except (ValueError, TypeError, RecursionError):
        is_own, last = False, ()
    if not is_own:
        message = "next is no cursor of this query."
        raise Refusal(400, message, code="field-validation", field="next")
    return tuple(last)
