"""How many items go into one request, learned from how long requests take.

The reference recommends 1,000 to 5,000 items a batch and fewer after a 50x, a guide speaks of 200
products; neither knows the account. So whoever names a time lets the size find itself.
"""

from __future__ import annotations

from typing import Final

import attrs

__all__ = ["FIRST", "SMALLEST_SHARE", "Pace"]

FIRST: Final = 200
"""Items of the first request, while nothing is known of the server's speed."""

SMALLEST_SHARE: Final = 16
"""Sizes fall to this part of what the caller allows, and no further."""


@attrs.define(eq=False)
class Pace:
    """The size of the next request.

    Attributes:
        most: what the caller allows.
        aim: seconds that one request is to take; None keeps the size as it was given.
        least: how far the size may fall.
        size: items of the next request.
    """

    most: int
    aim: float | None = None
    least: int = attrs.field(init=False)
    size: int = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.size = self.most if self.aim is None else min(self.most, FIRST)
        self.least = min(self.size, max(1, self.most // SMALLEST_SHARE))

    def took(self, items: int, seconds: float) -> None:
        """Learn from a request that went well.

        Args:
            items: what it held, or was asked for.
            seconds: how long the exchange took, without its wait for the lane.
        """
        aim = self.aim
        if aim is None:
            return
        if seconds > aim:
            # A short request that was slow is no evidence against the size. And a request has a
            # cost of its own that no size shrinks away: never below the floor, and never at once.
            if items >= self.size:
                fitting = int(items * aim / seconds)
                self.size = max(self.least, self.size // 2, min(self.size, fitting))
        elif 2 * seconds <= aim and items >= self.size:
            # Twice at most: a page that was short, or answered from a cache, proves little.
            self.size = min(self.most, 2 * self.size)

    def failed(self, items: int) -> None:
        """Learn from a 50x or a timeout: the size may be the reason.

        A short request is no evidence, and one item that the server chokes on must not make every
        other request tiny.
        """
        if items >= self.size:
            self.size = min(self.size, max((items + 1) // 2, self.least))
