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
import copy
import functools
import heapq
import itertools
import logging
import random
from collections.abc import Callable, Coroutine, Hashable, Iterable
from typing import Any, Final, TypeVar, cast

from sitoo_async._gates import Gate, Grant
from sitoo_async._tickets import HANDICAP, Company, Entry, Flight, LaneStats, Priority, Ticket
from sitoo_async._turnstile import Turnstile, failure_of
from sitoo_async.errors import (
    ClientClosedError,
    DeadlineError,
    LaneError,
    LaneFullError,
    QueueTimeoutError,
    RateLimitError,
    ReadError,
    ReentryError,
    SitooError,
)

__all__ = ["Lane", "SentOnError"]

logger = logging.getLogger("sitoo_async")

T = TypeVar("T")

BRIEF: Final = 0.2
LONGEST_BRIEF: Final = 10.0
"""Seconds of the first brief hold, and of the longest that its doubling leads to."""

FEWEST_TO_COMPACT: Final = 64

# Of all lanes: a call that is sent on from one to another keeps its place among those there.
_numbers: Final = itertools.count()

_SENT_ON: Final = object()


class SentOnError(Exception):
    """The call left its lane unserved, and is to go on in another; no user ever sees it."""


class Lane:
    """One exchange at a time for one key.

    Args:
        loop: the running loop; all times are its times.
        gate: who else may use the key; None where this process is alone.
        key: what the gate is asked for.
        random: a number from 0 to 1, for the jitter of long holds.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        gate: Gate | None = None,
        key: str = "",
        random: Callable[[], float] = random.random,
    ) -> None:
        self.loop = loop
        self.gate = gate
        self._random = random
        self._heap: list[tuple[float, int, int, Entry]] = []
        self._waiting: dict[Priority, int] = {"interactive": 0, "bulk": 0}
        # Those that wait and may share an exchange, with their places in the heap.
        self._mates: dict[Hashable, dict[Entry, tuple[float, int]]] = {}
        self._newcomers = 0
        self._flying: Flight | None = None
        self._task: asyncio.Task[Any] | None = None
        self._started = 0.0
        self._held_until = 0.0
        self._heard_until = 0.0  # as far as other processes have told of it
        self._followed: set[asyncio.Task[Any]] = set()
        self._brief = BRIEF
        self._timer: asyncio.TimerHandle | None = None
        self._turnstile: Turnstile | None = None
        if gate is not None:
            self._turnstile = Turnstile(
                loop,
                gate,
                key,
                taken=self._gate_taken,
                failed=self._gate_failed,
                given=self._gate_given,
            )
        self._sent = 0
        self._joined = 0
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
            number=next(_numbers),
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
        company: Company | None = None,
    ) -> T:
        """Wait for the ticket's turn, run `exchange` in a task of the lane's, return its result.

        Cancelled while it waits, the call leaves the lane at once. Cancelled in flight, it returns
        at once too, but the exchange runs on to its end and the lane stays busy, since the server
        is still at work.

        With `company`, calls that wait together may leave in one exchange; each of them gets its
        own part of the result.

        Raises:
            SentOnError: the call left the lane unserved, to go on in another.
            ReentryError: called from inside an exchange of this lane.
            LaneFullError: `max_waiting` calls wait already (retries are always let in).
            QueueTimeoutError: no turn came within the ticket's `queue_left`.
            DeadlineError: the ticket's deadline passed.
            RateLimitError: the lane is on hold for longer than the ticket can wait.
            ReadError: the exchange's task was cancelled from outside.
            Exception: whatever `exchange` raised.
        """
        self.check_reentry()
        now = self.loop.time()
        answer = self.loop.create_future()
        entry = Entry(ticket, exchange, answer, contextvars.copy_context(), now, company)
        if not self._board(entry):
            self._admit(ticket, now, max_waiting)
            self._enter(entry)
            self._dispatch()
        try:
            outcome = await answer
            if outcome is _SENT_ON:
                raise SentOnError
            return cast("T", outcome)
        except asyncio.CancelledError:
            if entry.waiting:
                self._leave(entry)
                self._dispatch()
            raise
        finally:
            ticket.retried = True
            entry.disarm()

    def check_reentry(self) -> None:
        """Refuse a call from inside the exchange under way.

        Raises:
            ReentryError: it is one.
        """
        if self._task is not None and asyncio.current_task() is self._task:
            raise ReentryError(
                "the client was called from inside one of its own exchanges, which would wait "
                "for itself for ever: make the call after the exchange has ended"
            )

    def admits(self, ticket: Ticket, max_waiting: int | None) -> bool:
        """Whether a call that came now would be let in."""
        try:
            self._admit(ticket, self.loop.time(), max_waiting)
        except (LaneError, RateLimitError):
            return False
        return True

    def free_in(self, priority: Priority, pace: float) -> float:
        """Seconds until a call that came now would have its turn, as far as one can tell.

        Args:
            priority: of the call.
            pace: seconds that an exchange takes as a rule.
        """
        left = 0.0
        if self._flying is not None:
            # What takes longer than usual may well take as long again.
            left = max(pace, self.loop.time() - self._started)
        ahead = self._waiting["interactive"]
        if priority == "bulk":
            ahead += self._waiting["bulk"]
        return max(left, self._hold_left()) + pace * ahead

    def send_on(self, owner: object) -> None:
        """Let all waiting calls of one owner go on in another lane; each gets a `SentOnError`."""
        now = self.loop.time()
        for entry in self._entries():
            if entry.ticket.owner is owner:
                self._leave(entry)
                self._charge(entry, now)
                entry.settle(result=_SENT_ON)
        self._dispatch()

    def follow(self, flights: Iterable[asyncio.Task[Any]]) -> None:
        """Let nothing start before those exchanges of other lanes are over."""
        for flight in flights:
            self._followed.add(flight)
            flight.add_done_callback(self._followed_landed)

    def _followed_landed(self, flight: asyncio.Task[Any]) -> None:
        self._followed.discard(flight)
        if flight.cancelled():
            # As where an exchange of this lane is: the loop may be about to shut down.
            self.hold_briefly("an exchange was cancelled from outside")
        # Not yet: a call that was refused there comes here now, to a place before those that wait.
        self.loop.call_soon(self._dispatch)

    def drop(self, owner: object, reason: str) -> None:
        """Send all waiting calls of one owner home with a `ClientClosedError`."""
        for entry in self._entries():
            if entry.ticket.owner is owner:
                self._dismiss(entry, ClientClosedError(reason))
        self._dispatch()

    def flight(self, owner: object) -> asyncio.Task[Any] | None:
        """The exchange under way, where it is that owner's, wanted any more or not."""
        flying = self._flying
        if flying is None or all(entry.ticket.owner is not owner for entry in flying.entries):
            return None
        return self._task

    def stats(self) -> LaneStats:
        """What the lane is doing at this moment."""
        now = self.loop.time()
        flying = self._flying is not None
        return LaneStats(
            waiting=dict(self._waiting),
            in_flight=int(flying),
            sent=self._sent,
            joined=self._joined,
            refused=self._refused,
            held_for=self._hold_left(),
            waits=self._waits,
            waited=self._waited,
            longest_wait=self._longest_wait,
            busy=self._busy + (now - self._started if flying else 0.0),
        )

    async def settle(self) -> bool:
        """Wait until the gate is back, unless others use the lane; tell whether nobody does."""
        turnstile = self._turnstile
        while turnstile is not None and not self._used() and await turnstile.settle():
            pass  # what came of it may have to be settled in turn
        return not self._used()

    @property
    def busy(self) -> bool:
        """Whether somebody uses the lane, or the lane its gate."""
        return self._used() or (self._turnstile is not None and self._turnstile.busy)

    def _used(self) -> bool:
        return self._flying is not None or any(self._waiting.values())

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

    def _entries(self) -> list[Entry]:
        return [entry for *_, entry in self._heap if entry.waiting]

    def _enter(self, entry: Entry) -> None:
        ticket = entry.ticket
        order = ticket.submitted + HANDICAP[ticket.priority]
        # The last number keeps entries of one ticket apart: one that shared an exchange stays in
        # the heap for a while, and its call may be back before it is gone.
        heapq.heappush(self._heap, (order, ticket.number, next(_numbers), entry))
        if entry.company is not None:
            self._mates.setdefault(entry.company.key, {})[entry] = (order, ticket.number)
        self._count(ticket, 1)
        queue_end = None if ticket.queue_left is None else entry.entered + ticket.queue_left
        if queue_end is not None and (ticket.deadline is None or queue_end < ticket.deadline):
            entry.timer = self.loop.call_at(queue_end, self._expire, entry)
        elif ticket.deadline is not None:
            entry.timer = self.loop.call_at(ticket.deadline, self._overdue, entry)

    def _leave(self, entry: Entry) -> None:
        """Count an entry out; what is left of it in the heap is passed over later."""
        entry.waiting = False
        entry.disarm()
        if entry.company is not None:
            mates = self._mates[entry.company.key]
            del mates[entry]
            if not mates:
                del self._mates[entry.company.key]
        self._count(entry.ticket, -1)
        # A storm of cancellations during a long hold must not leave a heap of the dead.
        left = len(self._heap)
        if left > FEWEST_TO_COMPACT and left > 2 * sum(self._waiting.values()):
            self._heap = [item for item in self._heap if item[-1].waiting]
            heapq.heapify(self._heap)

    def _count(self, ticket: Ticket, change: int) -> None:
        self._waiting[ticket.priority] += change
        if not ticket.retried:
            self._newcomers += change

    def _dismiss(self, entry: Entry, error: SitooError) -> None:
        self._leave(entry)
        entry.settle(error=error)

    def _expire(self, entry: Entry) -> None:
        """The queue timeout of an entry that waits."""
        waited = self.loop.time() - entry.entered
        error = QueueTimeoutError(f"no turn came within queue_timeout, after {waited:.1f} s")
        self._dismiss(entry, error)
        self._dispatch()

    def _overdue(self, entry: Entry) -> None:
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
        while self._heap and not self._heap[0][-1].wanted:
            heapq.heappop(self._heap)
        now = self.loop.time()
        if self._followed or not self._heap or now < self._held_until:
            if self._heap and self._timer is None and not self._followed:
                # The hold may be raised meanwhile: the timer looks again when it fires.
                self._timer = self.loop.call_at(self._held_until, self._wake)
            if self._turnstile is not None and self._turnstile.held:
                self._turnstile.give(self._hold_to_tell())
        elif self._turnstile is not None and not self._turnstile.held:
            # The lane takes the gate, the callers stay in the heap: whoever is best when the
            # gate comes goes first.
            self._turnstile.take()
        else:
            self._start(heapq.heappop(self._heap)[-1], now)

    def _start(self, entry: Entry, now: float) -> None:
        entries = self._together(entry)
        for member in entries:
            self._take_off(member, now)
        self._sent += 1
        self._joined += len(entries) - 1
        self._started = now
        # Set before the task exists: an eager task factory runs the exchange's first part here
        # and now, and whatever that part does must find the lane taken.
        company = entry.company
        several = len(entries) > 1 and company is not None and not company.boards
        self._flying = flight = Flight(entries, several)
        self._task = self.loop.create_task(self._fly(flight), context=entry.context)
        self._task.add_done_callback(functools.partial(self._land, flight))

    def _take_off(self, entry: Entry, now: float) -> None:
        """Count an entry out of the waiting and into the flying."""
        self._leave(entry)
        if entry.ticket.deadline is not None:
            entry.timer = self.loop.call_at(entry.ticket.deadline, self._overdue, entry)
        self._waits += 1
        self._longest_wait = max(self._longest_wait, self._charge(entry, now))

    def _charge(self, entry: Entry, now: float) -> float:
        """Take what an entry has waited from what its call may wait; tell how much that was."""
        wait = now - entry.entered
        if entry.ticket.queue_left is not None:
            entry.ticket.queue_left -= wait
        self._waited += wait
        return wait

    async def _fly(self, flight: Flight) -> Any:
        self._task = asyncio.current_task()
        first = flight.entries[0]
        company = first.company
        if company is None or company.exchange is None or not flight.several:
            return await first.exchange()
        return await company.exchange(
            [entry.company.brings for entry in flight.entries if entry.company is not None]
        )

    # -------------------------------------------------------------------------- the sharing

    def _together(self, entry: Entry) -> list[Entry]:
        """An entry, and those that wait and may leave with it, in their order."""
        company = entry.company
        if company is None:
            return [entry]
        entries = [entry]
        names, most = set(company.names), company.most()
        mates = self._mates[company.key]
        for other in sorted(mates, key=mates.__getitem__):
            theirs = other.company
            if theirs is None or other is entry or not other.wanted:
                continue
            if not company.boards:
                most = min(most, theirs.most())
                if len(entries) >= most:
                    break
                # The second of two changes to one thing has to see the first one done, and the
                # third has to see the second.
                clear = names.isdisjoint(theirs.names)
                names |= theirs.names
                if not clear:
                    continue
            entries.append(other)
        return entries

    def _board(self, entry: Entry) -> bool:
        """Join the exchange under way, where it asks the very same question."""
        company, flying = entry.company, self._flying
        if company is None or flying is None or not company.boards:
            return False
        theirs = flying.entries[0].company
        if theirs is None or theirs.key != company.key:
            return False
        deadline = entry.ticket.deadline
        if deadline is not None and entry.entered >= deadline:
            return False
        entry.waiting = False
        if deadline is not None:
            entry.timer = self.loop.call_at(deadline, self._overdue, entry)
        flying.entries.append(entry)
        self._joined += 1
        return True

    def _land(self, flight: Flight, task: asyncio.Task[Any]) -> None:
        """The exchange is over: this, and nothing else, frees the lane."""
        self._flying = None
        self._task = None
        self._busy += self.loop.time() - self._started
        failure = failure_of(task)
        if task.cancelled():
            # By somebody else: the loop shuts down, most likely. The hold keeps _dispatch from
            # starting a task that the shutdown would not see.
            self.hold_briefly("an exchange was cancelled from outside")
            failure = ReadError("the exchange was cancelled from outside", sent="unknown")
        # The next exchange first, then the caller of this one: what that does with its answer it
        # then does while the next request is on the wire.
        if self._turnstile is not None:
            self._turnstile.give(self._hold_to_tell())
        else:
            self._dispatch()
        for index, entry in enumerate(flight.entries):
            if failure is not None:
                # What is not ours may not be copied; several then get the same.
                ours = isinstance(failure, SitooError) and index > 0
                entry.settle(error=copy.copy(failure) if ours else failure)
            else:
                result = task.result()
                entry.settle(result=result[index] if flight.several else result)

    # ------------------------------------------------------------------------------- the gate

    def _hold_left(self) -> float:
        return max(0.0, self._held_until - self.loop.time())

    def _hold_to_tell(self) -> float:
        """The seconds of hold that the other processes do not know of yet.

        A hold that they told is not told back: each time it would come out a little longer.
        """
        return self._hold_left() if self._held_until > self._heard_until else 0.0

    def _gate_taken(self, grant: Grant) -> None:
        if grant.abandoned:
            self.hold_briefly("the process that used the key before was lost with a request")
        if grant.hold > 0:
            self._raise_hold(grant.hold)
            self._heard_until = self.loop.time() + grant.hold
        self._dispatch()

    def _gate_failed(self, failure: BaseException) -> None:
        for entry in self._entries():
            error = LaneError(f"the gate could not be taken: {failure!r}")
            error.__cause__ = failure
            self._dismiss(entry, error)

    def _gate_given(self, trouble: str | None) -> None:
        if trouble is not None:
            # Somebody may still wait for it to come free; and a loop that shuts down must not
            # be handed another task.
            self.hold_briefly(trouble)
        self._dispatch()
