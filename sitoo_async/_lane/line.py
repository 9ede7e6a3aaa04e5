"""In which order calls wait, and which of those that wait may leave together."""

from __future__ import annotations

import heapq
from collections.abc import Hashable
from typing import TYPE_CHECKING, Final, TypeAlias, cast

if TYPE_CHECKING:
    from sitoo_async._lane.call import Call
    from sitoo_async._lane.company import Company

__all__ = ["FEWEST_TO_COMPACT", "Line", "Mates", "Place"]

FEWEST_TO_COMPACT: Final = 64
"""Places that a line may have before those that nobody stands in any more are thrown away."""

Place: TypeAlias = "tuple[float, int, int, Call]"
"""Where a call stands: its order, and two numbers that tell equals apart."""


class Line:
    """Calls in their order. The place of one that leaves is passed over later.

    Attributes:
        places: a heap.
        waiting: how many of them somebody stands in.
    """

    __slots__ = ("places", "waiting")

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.waiting = 0

    def add(self, place: Place) -> None:
        """Let a call stand there."""
        heapq.heappush(self.places, place)
        self.waiting += 1

    def first(self) -> Place | None:
        """The first place whose caller waits; one that is cancelled leaves a turn later."""
        places = self.places
        while places:
            call = places[0][-1]
            if call.place is places[0] and not call.answer.done():
                return places[0]
            heapq.heappop(places)
        return None

    def left(self) -> None:
        """Count out a call whose place stands empty."""
        self.waiting -= 1
        # A storm of cancellations during a long hold must not leave a heap of the dead.
        if len(self.places) > FEWEST_TO_COMPACT and len(self.places) > 2 * self.waiting:
            self.places = [place for place in self.places if place[-1].place is place]
            heapq.heapify(self.places)


class Mates:
    """Calls with equal keys, which may leave together unless they touch the same thing.

    The second of two changes to one thing has to see the first one done, and the third has to see
    the second. So each thing has a line of its own, and a call is clear if it is the first in all
    lines in which it stands: which it is costs the same however many stand behind it.
    """

    __slots__ = ("_calls", "_clear", "_lines")

    def __init__(self) -> None:
        # Each call, and whether it has a place among those that are clear.
        self._calls: dict[Call, bool] = {}
        self._clear = Line()
        self._lines: dict[Hashable, Line] = {}

    def __len__(self) -> int:
        return len(self._calls)

    def add(self, call: Call, place: Place) -> None:
        """Let a call stand there."""
        for name in _company(call).names:
            self._lines.setdefault(name, Line()).add(place)
        self._calls[call] = False
        self._promote(place)

    def remove(self, call: Call) -> None:
        """Let a call go that stands nowhere any more, and those behind it be clear."""
        if self._calls.pop(call):
            self._clear.left()
        for name in _company(call).names:
            line = self._lines[name]
            line.left()
            if line.waiting:
                self._promote(line.first())
            else:
                del self._lines[name]

    def together(self, call: Call) -> list[Call]:
        """A call, which comes before all others, and those that may leave with it, in order."""
        company = _company(call)
        calls, most = [call], company.most()
        while (place := self._clear.first()) is not None:
            other = place[-1]
            clear = self._is_clear(place)
            if clear and other is not call and not company.boards:
                most = min(most, _company(other).most())
                if len(calls) >= most:
                    break
            heapq.heappop(self._clear.places)
            if not clear:
                # One that came back stands before it, and lets it be clear again when it goes.
                self._calls[other] = False
                self._clear.left()
            elif other is not call:
                calls.append(other)
        return calls

    def _promote(self, place: Place | None) -> None:
        if place is not None and not self._calls[place[-1]] and self._is_clear(place):
            self._calls[place[-1]] = True
            self._clear.add(place)

    def _is_clear(self, place: Place) -> bool:
        names = _company(place[-1]).names
        return all(self._lines[name].first() is place for name in names)


def _company(call: Call) -> Company:
    return cast("Company", call.company)
