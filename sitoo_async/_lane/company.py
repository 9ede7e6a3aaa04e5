"""With whom a call may share an exchange, as far as the lane has to know it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Hashable, Sequence
from typing import Any

import attrs

__all__ = ["Company"]


@attrs.frozen(eq=False)
class Company:
    """With whom a call may share an exchange.

    Attributes:
        key: calls with equal keys may share one.
        brings: what this call brings to it.
        exchange: makes one exchange of what several bring, and gives a result for each.
        names: what the call touches; two calls that touch the same thing never share.
        most: how many may share, as far as this call goes; asked when the turn is given.
        boards: whether the exchange is the same for all, however many; then a call may also join
            one that is under way, and `exchange` is not used.
    """

    key: Hashable
    brings: Any = None
    exchange: Callable[[Sequence[Any]], Coroutine[Any, Any, Sequence[Any]]] | None = None
    names: frozenset[Hashable] = frozenset()
    most: Callable[[], int] = lambda: 1
    boards: bool = False
