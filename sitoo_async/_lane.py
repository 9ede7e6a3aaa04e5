"""The queue: one exchange at a time, in order, with turns, holds and deadlines.

The lane knows neither HTTP nor Sitoo. It is handed coroutine functions, runs one of them at a
time in a task of its own, and tells each caller how its own one ended. What it learns about the
key (held until when, possibly locked) is told to it from inside the exchange.

No task waits here for work. Everything happens in a synchronous `_dispatch`, which is called when
a call comes, leaves or lands, and by one timer.
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import heapq
import itertools
import logging
import random
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, Final, Literal, Protocol, TypeVar, cast

import attrs

from sitoo_async.errors import (
    ClientClosedError,
    DeadlineError,
    InvalidOptionError,
    LaneError,
    LaneFullError,
    QueueTimeoutError,
    RateLimitError,
    ReadError,
    ReentryError,
    SitooError,
)

__all__ = ["Gate", "Lane", "LaneStats", "Priority", "Ticket", "lane_for"]

logger = logging.getLogger("sitoo_async")

T = TypeVar("T")

Priority = Literal["interactive", "bulk"]

HANDICAP: Final[Mapping[Priority, float]] = {"interactive": 0.0, "bulk": 30.0}
"""Seconds that a call's submit time is moved back: bulk gives way, but only for so long."""

BRIEF: Final = 0.2
LONGEST_BRIEF: Final = 10.0
"""Seconds of the first brief hold, and of the longest that its doubling leads to."""

FEWEST_TO_COMPACT: Final = 64


class Gate(Protocol):
    """The right to use a key that other processes use too.

    The lane takes the gate while calls wait, and gives it back after each exchange.
    """

    def acquire(self) -> Coroutine[Any, Any, float]:
        """Wait for the right; return for how many seconds the key is still on hold."""
        ...

    def release(self, hold: float) -> Coroutine[Any, Any, None]:
        """Give the right back, and tell for how many seconds the key is on hold."""
        ...


@attrs.frozen
class LaneStats:
    """What a lane is doing, at one moment.

    Attributes:
        waiting: calls that wait for their turn, by priority.
        in_flight: exchanges under way: 0 or 1.
        sent: exchanges started so far.
        refused: how many of them were answered with a 429.
        held_for: seconds until the lane may be used again; 0 when it is not on hold.
        waits: how many turns were given.
        waited: seconds that these turns were waited for, in all.
        longest_wait: the longest of them, in seconds.
        busy: seconds that exchanges were under way, in all.
    """

    waiting: Mapping[Priority, int]
    in_flight: int
    sent: int
    refused: int
    held_for: float
    waits: int
    waited: float
    longest_wait: float
    busy: float


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


@attrs.define(eq=False)
class _Entry:
    """A ticket that waits for one turn, or flies."""

    ticket: Ticket
    exchange: Callable[[], Coroutine[Any, Any, Any]]
    answer: asyncio.Future[Any]
    context: contextvars.Context
    entered: float
    waiting: bool = True
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


class Lane:
    """One exchange at a time for one key.

    Args:
        loop: the running loop; all times are its times.
        gate: who else may use the key; None where this process is alone.
        random: a number from 0 to 1, for the jitter of long holds.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        gate: Gate | None = None,
        random: Callable[[], float] = random.random,
    ) -> None:
        self.loop = loop
        self.gate = gate
        self._random = random
        self._numbers = itertools.count()
        self._heap: list[tuple[float, int, _Entry]] = []
        self._waiting: dict[Priority, int] = {"interactive": 0, "bulk": 0}
        self._newcomers = 0
        self._flying: _Entry | None = None
        self._task: asyncio.Task[Any] | None = None
        self._started = 0.0
        self._held_until = 0.0
        self._brief = BRIEF
        self._timer: asyncio.TimerHandle | None = None
        self._gate_held = False
        self._gate_task: asyncio.Task[Any] | None = None
        self._sent = 0
        self._refused = 0
        self._waits = 0
        self._waited = 0.0
        self._longest_wait = 0.0
        self._busy = 0.0

    # ------------------------------------------------------------------------ for the callers

    def ticket(
        self,
        *,
        priority: Priority,
        owner: object,
        queue_timeout: float | None = None,
        deadline: float | None = None,
        patience: float = 660.0,
    ) -> Ticket:
        """Draw a number for a call that begins now; `deadline` in seconds from now."""
        now = self.loop.time()
        return Ticket(
            priority=priority,
            owner=owner,
            submitted=now,
            number=next(self._numbers),
            queue_left=queue_timeout,
            deadline=None if deadline is None else now + deadline,
            patience=patience,
        )

    async def turn(
        self,
        ticket: Ticket,
        exchange: Callable[[], Coroutine[Any, Any, T]],
        *,
        max_waiting: int | None = None,
    ) -> T:
        """Wait for the ticket's turn, run `exchange` in a task of the lane's, return its result.

        Cancelled while it waits, the call leaves the lane at once. Cancelled in flight, it returns
        at once too, but the exchange runs on to its end and the lane stays busy, since the server
        is still at work.

        Raises:
            ReentryError: called from inside an exchange of this lane.
            LaneFullError: `max_waiting` calls wait already (retries are always let in).
            QueueTimeoutError: no turn came within the ticket's `queue_left`.
            DeadlineError: the ticket's deadline passed.
            RateLimitError: the lane is on hold for longer than the ticket can wait.
            ReadError: the exchange's task was cancelled from outside.
            Exception: whatever `exchange` raised.
        """
        if self._task is not None and asyncio.current_task() is self._task:
            raise ReentryError(
                "the client was called from inside one of its own exchanges, which would wait "
                "for itself for ever: make the call after the exchange has ended"
            )
        now = self.loop.time()
        self._admit(ticket, now, max_waiting)
        answer = self.loop.create_future()
        entry = _Entry(ticket, exchange, answer, contextvars.copy_context(), now)
        self._enter(entry)
        self._dispatch()
        try:
            return cast("T", await answer)
        except asyncio.CancelledError:
            if entry.waiting:
                self._leave(entry)
                self._dispatch()
            raise
        finally:
            ticket.retried = True
            entry.disarm()

    def drop(self, owner: object, reason: str) -> None:
        """Send all waiting calls of one owner home with a `ClientClosedError`."""
        for entry in self._entries():
            if entry.ticket.owner is owner:
                self._dismiss(entry, ClientClosedError(reason))
        self._dispatch()

    def flight(self, owner: object) -> asyncio.Task[Any] | None:
        """The exchange under way, where it is that owner's, wanted any more or not."""
        flying = self._flying
        return self._task if flying is not None and flying.ticket.owner is owner else None

    def stats(self) -> LaneStats:
        """What the lane is doing at this moment."""
        now = self.loop.time()
        flying = self._flying is not None
        return LaneStats(
            waiting=dict(self._waiting),
            in_flight=int(flying),
            sent=self._sent,
            refused=self._refused,
            held_for=max(0.0, self._held_until - now),
            waits=self._waits,
            waited=self._waited,
            longest_wait=self._longest_wait,
            busy=self._busy + (now - self._started if flying else 0.0),
        )

    # -------------------------------------------------------------- for the exchange under way

    def served(self) -> None:
        """An answer came that is not a refusal: the next brief hold starts small again."""
        self._brief = BRIEF

    def refuse(self) -> None:
        """Count a refusal."""
        self._refused += 1

    def hold(self, seconds: float, reason: str) -> None:
        """Let nothing start for that many seconds, and a little more.

        The jitter keeps the processes that share a slot from all returning in one moment.
        """
        jitter = min(1.0, 0.05 * seconds) * self._random()
        if self._raise_hold(seconds + jitter):
            logger.warning("on hold for %.1f s: %s", seconds + jitter, reason)

    def hold_briefly(self, reason: str) -> None:
        """Let nothing start for a moment, twice as long each time until something is served."""
        seconds = self._brief
        self._brief = min(2 * seconds, LONGEST_BRIEF)
        if self._raise_hold(seconds):
            logger.debug("on hold for %.1f s: %s", seconds, reason)

    def _raise_hold(self, seconds: float) -> bool:
        now = self.loop.time()
        if now + seconds <= self._held_until:
            return False
        self._held_until = now + seconds
        for entry in self._entries():
            if entry.ticket.hold_end(now, entry.entered) < self._held_until:
                self._dismiss(entry, self._too_long(now))
        return True

    def _too_long(self, now: float) -> RateLimitError:
        seconds = self._held_until - now
        return RateLimitError(
            f"the key is on hold for another {seconds:.1f} s, longer than the call may wait",
            retry_after=seconds,
        )

    # ---------------------------------------------------------------------------- the waiting

    def _admit(self, ticket: Ticket, now: float, max_waiting: int | None) -> None:
        if ticket.deadline is not None and now >= ticket.deadline:
            raise DeadlineError("the deadline of the whole call has passed")
        held = now < self._held_until
        if held and ticket.hold_end(now, now) < self._held_until:
            raise self._too_long(now)
        if max_waiting is None or ticket.retried:
            return
        must_wait = held or self._flying is not None or any(self._waiting.values())
        if must_wait and self._newcomers >= max_waiting:
            raise LaneFullError(
                f"{self._newcomers} calls wait already, as many as max_waiting allows"
            )

    def _entries(self) -> list[_Entry]:
        return [entry for _, _, entry in self._heap if entry.waiting]

    def _enter(self, entry: _Entry) -> None:
        ticket = entry.ticket
        order = ticket.submitted + HANDICAP[ticket.priority]
        heapq.heappush(self._heap, (order, ticket.number, entry))
        self._count(ticket, 1)
        queue_end = None if ticket.queue_left is None else entry.entered + ticket.queue_left
        if queue_end is not None and (ticket.deadline is None or queue_end < ticket.deadline):
            entry.timer = self.loop.call_at(queue_end, self._expire, entry)
        elif ticket.deadline is not None:
            entry.timer = self.loop.call_at(ticket.deadline, self._overdue, entry)

    def _leave(self, entry: _Entry) -> None:
        """Count an entry out; what is left of it in the heap is passed over later."""
        entry.waiting = False
        entry.disarm()
        self._count(entry.ticket, -1)
        # A storm of cancellations during a long hold must not leave a heap of the dead.
        left = len(self._heap)
        if left > FEWEST_TO_COMPACT and left > 2 * sum(self._waiting.values()):
            self._heap = [item for item in self._heap if item[2].waiting]
            heapq.heapify(self._heap)

    def _count(self, ticket: Ticket, change: int) -> None:
        self._waiting[ticket.priority] += change
        if not ticket.retried:
            self._newcomers += change

    def _dismiss(self, entry: _Entry, error: SitooError) -> None:
        self._leave(entry)
        entry.settle(error=error)

    def _expire(self, entry: _Entry) -> None:
        """The queue timeout of an entry that waits."""
        waited = self.loop.time() - entry.entered
        error = QueueTimeoutError(f"no turn came within queue_timeout, after {waited:.1f} s")
        self._dismiss(entry, error)
        self._dispatch()

    def _overdue(self, entry: _Entry) -> None:
        """The deadline of an entry that waits or flies."""
        if entry.waiting:
            waited = "the deadline of the whole call passed while it waited for its turn"
            self._dismiss(entry, DeadlineError(waited))
            self._dispatch()
        else:
            # Like a cancellation in flight: the exchange runs on.
            flew = "the deadline of the whole call passed while the request was in flight"
            entry.settle(error=DeadlineError(flew, sent="unknown"))

    # --------------------------------------------------------------------------- the dispatch

    def _wake(self) -> None:
        self._timer = None
        self._dispatch()

    def _dispatch(self) -> None:
        """Start the next exchange if one may start; never waits."""
        if self._flying is not None:
            return
        while self._heap and not self._heap[0][2].wanted:
            heapq.heappop(self._heap)
        now = self.loop.time()
        if not self._heap or now < self._held_until:
            if self._heap and self._timer is None:
                # The hold may be raised meanwhile: the timer looks again when it fires.
                self._timer = self.loop.call_at(self._held_until, self._wake)
            if self.gate is not None and self._gate_held:
                self._give(self.gate)
        elif self.gate is not None and not self._gate_held:
            # The lane takes the gate, the callers stay in the heap: whoever is best when the
            # gate comes goes first.
            self._take(self.gate)
        else:
            self._start(heapq.heappop(self._heap)[2], now)

    def _start(self, entry: _Entry, now: float) -> None:
        self._leave(entry)
        ticket = entry.ticket
        wait = now - entry.entered
        if ticket.queue_left is not None:
            ticket.queue_left -= wait
        if ticket.deadline is not None:
            entry.timer = self.loop.call_at(ticket.deadline, self._overdue, entry)
        self._waits += 1
        self._waited += wait
        self._longest_wait = max(self._longest_wait, wait)
        self._sent += 1
        self._started = now
        # Set before the task exists: an eager task factory runs the exchange's first part here
        # and now, and whatever that part does must find the lane taken.
        self._flying = entry
        self._task = self.loop.create_task(self._fly(entry), context=entry.context)
        self._task.add_done_callback(functools.partial(self._land, entry))

    async def _fly(self, entry: _Entry) -> Any:
        self._task = asyncio.current_task()
        return await entry.exchange()

    def _land(self, entry: _Entry, task: asyncio.Task[Any]) -> None:
        """The exchange is over: this, and nothing else, frees the lane."""
        self._flying = None
        self._task = None
        self._busy += self.loop.time() - self._started
        failure = _failure(task)
        if task.cancelled():
            # By somebody else: the loop shuts down, most likely. The hold keeps _dispatch from
            # starting a task that the shutdown would not see.
            self.hold_briefly("an exchange was cancelled from outside")
            failure = ReadError("the exchange was cancelled from outside", sent="unknown")
        # The next exchange first, then the caller of this one: what that does with its answer it
        # then does while the next request is on the wire.
        if self.gate is not None:
            self._give(self.gate)
        else:
            self._dispatch()
        if failure is None:
            entry.settle(result=task.result())
        else:
            entry.settle(error=failure)

    # ------------------------------------------------------------------------------- the gate

    def _take(self, gate: Gate) -> None:
        if self._gate_task is None:
            self._ask(gate.acquire(), self._taken)

    def _give(self, gate: Gate) -> None:
        self._gate_held = False
        hold = max(0.0, self._held_until - self.loop.time())
        self._ask(gate.release(hold), self._given)

    def _ask(
        self, question: Coroutine[Any, Any, Any], answered: Callable[[asyncio.Task[Any]], None]
    ) -> None:
        # A context of its own: the gate serves the key, not the call that happens to be first.
        self._gate_task = self.loop.create_task(question, context=contextvars.Context())
        self._gate_task.add_done_callback(answered)

    def _taken(self, task: asyncio.Task[float]) -> None:
        self._gate_task = None
        failure = _failure(task)
        if failure is None:
            self._gate_held = True
            if task.result() > 0:
                self._raise_hold(task.result())
            self._dispatch()
            return
        for entry in self._entries():
            error = LaneError(f"the gate could not be taken: {failure!r}")
            error.__cause__ = failure
            self._dismiss(entry, error)

    def _given(self, task: asyncio.Task[None]) -> None:
        self._gate_task = None
        failure = _failure(task)
        if failure is not None:
            logger.error("the gate could not be given back: %r", failure)
            # Somebody may still wait for it to come free; and a loop that shuts down must not
            # be handed another task.
            self.hold_briefly("the gate could not be given back")
        self._dispatch()


def _failure(task: asyncio.Task[Any]) -> BaseException | None:
    return asyncio.CancelledError() if task.cancelled() else task.exception()


# ------------------------------------------------------------------------------ one lane a key

_lanes: dict[asyncio.AbstractEventLoop, dict[tuple[str, str], Lane]] = {}


def lane_for(
    loop: asyncio.AbstractEventLoop, origin: str, key: str, gate: Gate | None = None
) -> Lane:
    """The lane of a key in a loop; clients with one key share it.

    Lanes live as long as their loop, so that a hold outlives the client that ran into it.

    Raises:
        InvalidOptionError: the lane exists with another gate.
    """
    for known in [*_lanes]:
        if known.is_closed():
            del _lanes[known]
    lanes = _lanes.setdefault(loop, {})
    lane = lanes.get((origin, key))
    if lane is None:
        lane = lanes[origin, key] = Lane(loop, gate=gate)
    elif lane.gate is not gate:
        raise InvalidOptionError(
            f"the key {key} is in use in this loop with another gate: give all its clients the "
            "same one",
            field="gate",
        )
    return lane
