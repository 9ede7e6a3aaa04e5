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

FIRST_PATIENCE: Final = 4
LONGEST_PATIENCE: Final = 64
"""Requests in a row that have to go well before one that was too large is tried again."""


@attrs.define(eq=False)
class Pace:
    """The size of the next request.

    Attributes:
        most: what the caller allows.
        aim: seconds that one request is to take; None keeps the size as it was given.
        least: how far the size may fall, as far as the time that requests take goes.
        fits: how many the answer to one has room for, as far as is known.
        size: items of the next request.
    """

    most: int
    aim: float | None = None
    least: int = attrs.field(init=False)
    fits: int = attrs.field(init=False)
    size: int = attrs.field(init=False)
    _patience: int = attrs.field(default=FIRST_PATIENCE, init=False)
    _fitted: int = attrs.field(default=0, init=False)
    _trying: bool = attrs.field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self.fits = self.most
        self.size = self.most if self.aim is None else min(self.most, FIRST)
        self.least = min(self.size, max(1, self.most // SMALLEST_SHARE))

    def took(self, items: int, seconds: float) -> None:
        """Learn from a request that went well.

        Args:
            items: what it held, or was asked for.
            seconds: how long the exchange took, without its wait for the lane.
        """
        if self.fits < self.most and items >= self.fits:
            self._fit()
        aim = self.aim
        if aim is None:
            return
        if seconds > aim:
            # A short request that was slow is no evidence against the size. And a request has a
            # cost of its own that no size shrinks away: never below the floor, and never at once.
            if items >= self.size:
                fitting = int(items * aim / seconds)
                size = max(self.least, self.size // 2, min(self.size, fitting))
                self.size = min(self.fits, size)
        elif 2 * seconds <= aim and items >= self.size:
            # Twice at most: a page that was short, or answered from a cache, proves little.
            self.size = min(self.fits, 2 * self.size)

    def _fit(self) -> None:
        """Try twice as many again, after some requests for as many as have room went well."""
        self._fitted, self._trying = self._fitted + 1, False
        if self._fitted >= self._patience:
            self.fits = min(self.most, 2 * self.fits)
            self._fitted, self._trying = 0, True
            if self.aim is None:
                self.size = self.fits

    def too_many(self, items: int) -> None:
        """Learn that the answer to a request for so many has no room for them.

        However few they are: it says so itself. Where that is not the reason, it shows with one.
        """
        if self._trying:
            # The rows are as they were: each try in vain costs a request.
            self._patience = min(2 * self._patience, LONGEST_PATIENCE)
        self._fitted, self._trying = 0, False
        self.fits = max(1, items // 2)
        self.size = min(self.size, self.fits)

    def failed(self, items: int) -> None:
        """Learn from a 50x or a timeout: the size may be the reason.

        A short request is no evidence, and one item that the server chokes on must not make every
        other request tiny.
        """
        if items >= self.size:
            self.size = min(self.size, max((items + 1) // 2, self.least))
