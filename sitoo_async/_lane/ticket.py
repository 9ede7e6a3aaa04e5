"""What stands in a lane: a call's ticket, its entry for one turn, and the exchange under way."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from sitoo_async._records import Record

if TYPE_CHECKING:
    from sitoo_async._lane.lane import Lane

__all__ = [
    "HANDICAP",
    "NOTHING_YET",
    "Company",
    "Entry",
    "Flight",
    "LaneStats",
    "Place",
    "Priority",
    "Ticket",
    "next_number",
]

Priority = Literal["interactive", "bulk"]

HANDICAP: Final[Mapping[Priority, float]] = {"interactive": 0.0, "bulk": 30.0}
"""Seconds that a call's submit time is moved back: bulk gives way, but only for so long."""

next_number: Final = itertools.count().__next__
"""Numbers in the order of drawing, the same for all queues: a lane may serve several."""


@attrs.frozen
class LaneStats(Record):
    """What a lane is doing, at one moment.

    Attributes:
        waiting: calls that wait for their turn, by priority. One that waits for any of several
            keys counts with each of them, and once in all.
        in_flight: exchanges under way: 0 or 1; of several keys, at most one for each.
        sent: exchanges started so far.
        joined: calls that shared an exchange with another, and so cost none of their own.
        refused: how many of them were answered with a 429.
        held_for: seconds until the lane may be used again; 0 when it is not on hold. Of several
            keys, until the first of them may be.
        waits: how many turns were given.
        waited: seconds that these turns were waited for, in all.
        longest_wait: the longest of them, in seconds.
        busy: seconds that exchanges were under way, in all.
    """

    waiting: Mapping[Priority, int]
    in_flight: int
    sent: int
    joined: int
    refused: int
    held_for: float
    waits: int
    waited: float
    longest_wait: float
    busy: float


NOTHING_YET: Final = LaneStats(
    waiting={"interactive": 0, "bulk": 0},
    in_flight=0,
    sent=0,
    joined=0,
    refused=0,
    held_for=0.0,
    waits=0,
    waited=0.0,
    longest_wait=0.0,
    busy=0.0,
)


@attrs.define(eq=False)
class Ticket:
    """One call's place in the lane; it keeps its order through all attempts.

    Attributes:
        priority: how the call ranks.
        owner: whose call it is, so that closing one client leaves the others' calls alone.
        submitted: when the call began, in loop time.
        number: tells calls of one moment apart.
        queue_left: seconds it may still wait for turns; None for any time.
        deadline: the moment the whole call must be over, in loop time; None for never.
        patience: seconds the call agrees to sit out a rate limit.
        refused_since: when the call was first refused with a 429, in loop time.
        retried: whether this is not the call's first turn.
        lane: where its exchange is under way, or was last.
        flew_at: when that began, in loop time.
        uncertain: whether a write of it was sent of which nobody knows what became.
    """

    priority: Priority
    owner: object
    submitted: float
    number: int
    queue_left: float | None
    deadline: float | None
    patience: float
    refused_since: float | None = None
    retried: bool = False
    lane: Lane | None = None
    flew_at: float = 0.0
    uncertain: bool = False

    def lasts(self, until: float) -> bool:
        """Whether the deadline lets the call go on at that moment, in loop time."""
        return self.deadline is None or until <= self.deadline

    def hold_end(self, now: float, entered: float) -> float:
        """The latest end of a hold that the call still agrees to sit out, in loop time."""
        end = (now if self.refused_since is None else self.refused_since) + self.patience
        if self.deadline is not None:
            end = min(end, self.deadline)
        if self.queue_left is not None:
            end = min(end, entered + self.queue_left)
        return end


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


@attrs.define(eq=False)
class Entry:
    """A ticket that waits for one turn, or flies."""

    ticket: Ticket
    exchange: Callable[[], Coroutine[Any, Any, Any]]
    answer: asyncio.Future[Any]
    context: contextvars.Context
    entered: float
    company: Company | None = None
    waiting: bool = False
    timer: asyncio.TimerHandle | None = None

    @property
    def wanted(self) -> bool:
        """Whether it waits and its caller does, too; a cancelled caller leaves a turn later."""
        return self.waiting and not self.answer.done()

    def settle(self, *, result: Any = None, error: BaseException | None = None) -> None:
        """Tell the caller, if it is still there."""
        if self.answer.done():
            return
        if error is None:
            self.answer.set_result(result)
        else:
            self.answer.set_exception(error)

    def disarm(self) -> None:
        """Stop the timer, if one runs."""
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


Place: TypeAlias = tuple[float, int, int, Entry]
"""Where an entry stands in its queue: its order, and two numbers that tell equals apart."""


@attrs.define(eq=False)
class Flight:
    """An exchange under way.

    Attributes:
        entries: whose it is.
        several: whether its result is a result for each of them.
        began: when it began, in loop time.
        number: tells which of two began first, also those of one moment and of two lanes.
    """

    entries: list[Entry]
    several: bool
    began: float
    number: int = attrs.field(factory=next_number)
