"""The queue: calls in their order, until a lane gives them their turn.

A queue is served by one lane, or by several of which each takes what comes next when it is free.
So a call waits for no key in particular, as long as any will do.

No task waits here either. Whatever changes is told to the lanes at once, by a synchronous call.
Timers run in empty contexts, lest they keep for longer than a call what the caller's context holds.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Hashable, Sequence
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from sitoo_async._lane.ticket import (
    HANDICAP,
    Company,
    Entry,
    Place,
    Priority,
    Ticket,
    next_number,
)
from sitoo_async.errors import (
    ClientClosedError,
    DeadlineError,
    LaneError,
    LaneFullError,
    QueueTimeoutError,
    RateLimitError,
    SitooError,
)

if TYPE_CHECKING:
    from sitoo_async._lane.lane import Lane

__all__ = ["FEWEST_TO_COMPACT", "Queue"]

T = TypeVar("T")

FEWEST_TO_COMPACT: Final = 64

GATE_PATIENCE: Final = 0.01
"""Seconds after which a call that waits for the gate of one key asks for those of the others."""


class Queue:
    """Calls that wait for a turn.

    Args:
        loop: the running loop; all times are its times.
        lanes: which of them serve it, see `serve_by`.
        serve_otherwise: lets it be served by other lanes where none of these can take its gate,
            and tells whether there are any.

    Attributes:
        lanes: the lanes that serve it.
        waiting: how many calls wait, by priority.
        newcomers: how many of them wait for their first turn.
        places: a heap of them, with some that wait no more.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *lanes: Lane,
        serve_otherwise: Callable[[], bool] = lambda: False,
    ) -> None:
        self.lanes: tuple[Lane, ...] = ()
        self.waiting: dict[Priority, int] = {"interactive": 0, "bulk": 0}
        self.newcomers: int = 0
        self._loop = loop
        self._serve_otherwise = serve_otherwise
        self.places: list[Place] = []
        # Those that may share an exchange, with their places in the heap.
        self._mates: dict[Hashable, dict[Entry, tuple[float, int]]] = {}
        self._first = 0
        self._patience: asyncio.TimerHandle | None = None
        self._hurry = False
        self.serve_by(lanes)

    # ------------------------------------------------------------------------ for the callers

    def ticket(
        self,
        *,
        priority: Priority,
        owner: object,
        queue_timeout: float | None = None,
        deadline: float | None = None,
        ends_at: float | None = None,
        patience: float = 660.0,
    ) -> Ticket:
        """Draw a number for a call that begins now.

        Args:
            priority: how it ranks.
            owner: whose it is.
            queue_timeout: seconds that it may wait for turns.
            deadline: seconds from now that it may take in all.
            ends_at: the moment by which it has to be over in any case, in loop time.
            patience: seconds that it agrees to sit out a rate limit.
        """
        now = self._loop.time()
        ends = [] if ends_at is None else [ends_at]
        if deadline is not None:
            ends.append(now + deadline)
        return Ticket(
            priority=priority,
            owner=owner,
            submitted=now,
            number=next_number(),
            queue_left=queue_timeout,
            deadline=min(ends, default=None),
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
        """Wait for the ticket's turn, run `exchange` in a task of a lane's, return its result.

        While it runs, and afterwards, the ticket says in which lane.

        Cancelled while it waits, the call leaves the queue at once. Cancelled in flight, it returns
        at once too, but the exchange runs on to its end and the lane stays busy, since the server
        is still at work.

        With `company`, calls that wait together may leave in one exchange; each of them gets its
        own part of the result.

        Raises:
            ReentryError: called from inside an exchange of one of the lanes.
            LaneFullError: `max_waiting` calls wait already (retries are always let in).
            QueueTimeoutError: no turn came within the ticket's `queue_left`.
            DeadlineError: the ticket's deadline passed.
            RateLimitError: every lane is on hold for longer than the ticket can wait.
            ReadError: the exchange's task was cancelled from outside.
            Exception: whatever `exchange` raised.
        """
        now = self._loop.time()
        answer = self._loop.create_future()
        entry = Entry(ticket, exchange, answer, copy_context(), now, company)
        lane = self.lanes[0]
        idle = len(self.lanes) == 1 and lane.idle(now)
        boards = not idle and self._boards(entry)
        if not boards:
            self._admit(ticket, now, max_waiting, idle=idle)
        try:
            if idle:
                self._arm(entry, lane, now)
                lane.start([entry], now)
            elif not boards:
                self._enter(entry)
                self._dispatch(in_turn=True)
            return cast("T", await answer)
        except BaseException:
            # Cancelled; or a lane failed, and nobody is here to be told of a turn.
            if entry.waiting:
                self._leave(entry)
                self._dispatch()
            elif answer.done() and not answer.cancelled():
                answer.exception()  # asyncio logs one that nobody looked at
            raise
        finally:
            ticket.retried = True
            entry.disarm()
            # What is left of the entry may stay in the heap for as long as a hold lasts, and an
            # error keeps this frame alive, which had better not keep the error.
            del entry.context, entry, answer

    def drop(self, owner: object, reason: str) -> None:
        """Send all waiting calls of one owner home with a `ClientClosedError`."""
        for entry in self._entries():
            if entry.ticket.owner is owner:
                self._dismiss(entry, ClientClosedError(reason))
        self._dispatch()

    # -------------------------------------------------------------------------- for the lanes

    def serve_by(self, lanes: Sequence[Lane]) -> None:
        """Be served by these lanes from now on; what waits keeps its place and its budget."""
        for lane in self.lanes:
            if lane not in lanes:
                lane.queues.remove(self)
        for lane in lanes:
            if lane not in self.lanes:
                lane.queues.append(self)
        self.lanes = tuple(lanes)
        if self.used:
            # They may be on hold for longer than those before.
            self.shed(self._loop.time())
            self._dispatch()

    @property
    def used(self) -> bool:
        """Whether a call waits."""
        return self.waiting["interactive"] > 0 or self.waiting["bulk"] > 0

    def first(self) -> Place | None:
        """The place of the call that comes next; it tells which of two queues is ahead."""
        heap = self.places
        while heap and not heap[0][-1].wanted:
            heapq.heappop(heap)
        return heap[0] if heap else None

    def take(self, lane: Lane, now: float) -> list[Entry]:
        """The call that comes next, and those that may leave with it; they wait no more."""
        entries = self._together(heapq.heappop(self.places)[-1])
        for entry in entries:
            self._leave(entry)
            self._arm(entry, lane, now)
            if entry.ticket.queue_left is not None:
                entry.ticket.queue_left -= now - entry.entered
        return entries

    def needs(self, lane: Lane) -> bool:
        """Whether a lane is to ask its gate: at first, no more of them do than calls wait."""
        asking = sum(other.asking for other in self.lanes if other is not lane)
        if self._hurry or asking < sum(self.waiting.values()):
            return True
        if self._patience is None:
            self._patience = self._loop.call_later(GATE_PATIENCE, self._hurry_up, context=Context())
        return False

    def _hurry_up(self) -> None:
        self._patience, self._hurry = None, True
        self._dispatch()
        self._hurry = False

    def shed(self, now: float) -> None:
        """Send home whoever can't wait until a lane may be used again, where all are on hold."""
        until = self._held_until()
        for entry in self._entries() if now < until else ():
            if entry.ticket.hold_end(now, entry.entered) < until:
                self._dismiss(entry, _too_long(until - now))

    def fail(self, text: str, failure: BaseException) -> None:
        """Tell all that wait why the gate could not be taken, unless another lane may yet."""
        if self._patience is not None or any(lane.coming for lane in self.lanes):
            return
        if self._serve_otherwise():
            return
        for entry in self._entries():
            error = LaneError(text)
            error.__cause__ = failure
            self._dismiss(entry, error)

    # ---------------------------------------------------------------------------- the waiting

    def _admit(self, ticket: Ticket, now: float, max_waiting: int | None, *, idle: bool) -> None:
        if ticket.deadline is not None and now >= ticket.deadline:
            raise DeadlineError("the deadline of the whole call has passed")
        if idle:
            return
        until = self._held_until()
        if now < until and ticket.hold_end(now, now) < until:
            raise _too_long(until - now)
        if max_waiting is None or ticket.retried or any(lane.free for lane in self.lanes):
            return
        # Those of other queues wait for the same lanes.
        ahead = min(sum(queue.newcomers for queue in lane.queues) for lane in self.lanes)
        if ahead >= max_waiting:
            raise LaneFullError(f"{ahead} calls wait already, as many as max_waiting allows")

    def _held_until(self) -> float:
        if len(self.lanes) == 1:
            return self.lanes[0].held_until
        return min(lane.held_until for lane in self.lanes)

    def _entries(self) -> list[Entry]:
        return [entry for *_, entry in self.places if entry.waiting]

    def _enter(self, entry: Entry) -> None:
        ticket = entry.ticket
        queue_end = None if ticket.queue_left is None else entry.entered + ticket.queue_left
        if queue_end is not None and (ticket.deadline is None or queue_end < ticket.deadline):
            entry.timer = self._loop.call_at(queue_end, self._expire, entry, context=Context())
        elif ticket.deadline is not None:
            entry.timer = self._loop.call_at(
                ticket.deadline, self._overdue, entry, context=Context()
            )
        entry.waiting = True
        order = ticket.submitted + HANDICAP[ticket.priority]
        # The last number keeps entries of one ticket apart: one that shared an exchange stays in
        # the heap for a while, and its call may be back before it is gone.
        heapq.heappush(self.places, (order, ticket.number, next_number(), entry))
        if entry.company is not None:
            self._mates.setdefault(entry.company.key, {})[entry] = (order, ticket.number)
        self._count(ticket, 1)

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
        left = len(self.places)
        if left > FEWEST_TO_COMPACT and left > 2 * sum(self.waiting.values()):
            self.places = [place for place in self.places if place[-1].waiting]
            heapq.heapify(self.places)

    def _count(self, ticket: Ticket, change: int) -> None:
        self.waiting[ticket.priority] += change
        if not ticket.retried:
            self.newcomers += change

    def _dismiss(self, entry: Entry, error: SitooError) -> None:
        self._leave(entry)
        entry.settle(error=error)

    def _arm(self, entry: Entry, lane: Lane, now: float) -> None:
        """Let an entry fly in that lane, and end at its deadline."""
        entry.ticket.lane, entry.ticket.flew_at = lane, now
        if entry.ticket.deadline is not None:
            entry.timer = self._loop.call_at(
                entry.ticket.deadline, self._overdue, entry, context=Context()
            )

    def _expire(self, entry: Entry) -> None:
        """The queue timeout of an entry that waits."""
        waited = self._loop.time() - entry.entered
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

    def _dispatch(self, *, in_turn: bool = False) -> None:
        """Let the lanes look for what they can start; `in_turn`: another one first each time."""
        lanes = self.lanes
        if in_turn and len(lanes) > 1:
            # So that the slots of all keys are used alike.
            first, self._first = self._first % len(lanes), self._first + 1
            lanes = lanes[first:] + lanes[:first]
        for lane in lanes:
            lane.dispatch()

    # ---------------------------------------------------------------------------- the sharing

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

    def _boards(self, entry: Entry) -> bool:
        """Join an exchange under way, where one asks the very same question."""
        for lane in self.lanes:
            lane.check_reentry()
        company, deadline = entry.company, entry.ticket.deadline
        if company is None or not company.boards:
            return False
        if deadline is not None and entry.entered >= deadline:
            return False
        for lane in self.lanes:
            if lane.board(entry):
                self._arm(entry, lane, entry.entered)
                return True
        return False


def _too_long(seconds: float) -> RateLimitError:
    return RateLimitError(
        f"the key is on hold for another {seconds:.1f} s, longer than the call may wait",
        retry_after=seconds,
    )
