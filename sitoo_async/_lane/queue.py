"""The queue: calls in their order, until a lane gives them their turn.

A queue is served by one lane, or by several of which each takes what comes next when it is free.
So a call waits for no key in particular, as long as any will do.

No task waits here either. Whatever changes is told to the lanes at once, by a synchronous call.
Timers run in empty contexts, lest they keep for longer than a call what the caller's context holds.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Hashable, Mapping, Sequence
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sitoo_async._lane.call import Call, next_number
from sitoo_async._lane.line import Line, Mates
from sitoo_async._lane.options import Priority
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
    from sitoo_async._lane.company import Company
    from sitoo_async._lane.lane import Flight, Lane

__all__ = ["HANDICAP", "Queue"]

T = TypeVar("T")

HANDICAP: Final[Mapping[Priority, float]] = {"interactive": 0.0, "bulk": 30.0}
"""Seconds that a call's submit time is moved back: bulk gives way, but only for so long."""

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
        line: in which order.
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
        self.line = Line()
        # Those that may share an exchange.
        self._mates: dict[Hashable, Mates] = {}
        self._first = 0
        self._patience: asyncio.TimerHandle | None = None
        self._hurry = False
        self.serve_by(lanes)

    # ------------------------------------------------------------------------ for the callers

    async def turn(
        self,
        call: Call,
        exchange: Callable[[], Coroutine[Any, Any, T]],
        *,
        max_waiting: int | None = None,
        company: Company | None = None,
    ) -> T:
        """Wait for the call's turn, run `exchange` in a task of a lane's, return its result.

        While it runs, and afterwards, the call says in which lane.

        Cancelled while it waits, the call leaves the queue at once. Cancelled in flight, it returns
        at once too, but the exchange runs on to its end and the lane stays busy, since the server
        is still at work.

        With `company`, calls that wait together may leave in one exchange; each of them gets its
        own part of the result.

        Raises:
            ReentryError: called from inside an exchange of one of the lanes.
            LaneFullError: `max_waiting` calls wait already (retries are always let in).
            QueueTimeoutError: no turn came within the call's `queue_left`.
            DeadlineError: the call's deadline passed.
            RateLimitError: every lane is on hold for longer than the call can wait.
            ReadError: the exchange's task was cancelled from outside.
            Exception: whatever `exchange` raised.
        """
        call.entered = now = self._loop.time()
        lane = self.lanes[0]
        idle = len(self.lanes) == 1 and lane.idle(now)
        if call.deadline is not None and now >= call.deadline:
            raise DeadlineError("the deadline of the whole call has passed")
        flight = None if idle else self._admit(call, now, max_waiting, company)
        call.exchange, call.company, call.context = exchange, company, copy_context()
        call.answer = self._loop.create_future()
        try:
            if not idle and flight is None:
                self._enter(call)
                self._dispatch(in_turn=True)
            else:
                if call.deadline is not None:
                    self._arm(call, call.deadline)
                if flight is not None:
                    flight.board(call, now)
                else:
                    lane.start([call], now)
            result: T = await call.answer
        except BaseException:
            # Cancelled; or a lane failed, and nobody is here to be told of a turn.
            if call.place is not None:
                self._leave(call)
                self._dispatch()
            elif call.answer.done() and not call.answer.cancelled():
                call.answer.exception()  # asyncio logs one that nobody looked at
            raise
        else:
            return result
        finally:
            call.retried = True
            call.company = call.flight = None
            if call.timer is not None:
                call.disarm()
            # What is left of the call may stay in the heap for as long as a hold lasts, and an
            # error keeps this frame alive, which had better not keep the error.
            del call.context, call.exchange, call.answer

    def drop(self, owner: object, reason: str) -> None:
        """Send all waiting calls of one owner home with a `ClientClosedError`."""
        for call in self._calls():
            if call.session is owner:
                self._dismiss(call, ClientClosedError(reason))
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
        return self.line.waiting > 0

    def take(self, now: float) -> list[Call]:
        """The call that comes first, and those that may leave with it; they wait no more."""
        first = heapq.heappop(self.line.places)[-1]
        company = first.company
        calls = [first] if company is None else self._mates[company.key].together(first)
        for call in calls:
            self._leave(call)
            if call.deadline is not None:
                self._arm(call, call.deadline)
            if call.queue_left is not None:
                call.queue_left -= now - call.entered
        return calls

    def needs(self, lane: Lane) -> bool:
        """Whether a lane is to ask its gate: at first, no more of them do than calls wait."""
        asking = sum(other.asking for other in self.lanes if other is not lane)
        if self._hurry or asking < self.line.waiting:
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
        for call in self._calls() if now < until else ():
            if call.hold_end(now) < until:
                self._dismiss(call, _too_long(until - now))

    def fail(self, text: str, failure: BaseException) -> None:
        """Tell all that wait why the gate could not be taken, unless another lane may yet."""
        if self._patience is not None or any(lane.coming for lane in self.lanes):
            return
        if self._serve_otherwise():
            return
        for call in self._calls():
            error = LaneError(text)
            error.__cause__ = failure
            self._dismiss(call, error)

    # ---------------------------------------------------------------------------- the waiting

    def _admit(
        self, call: Call, now: float, max_waiting: int | None, company: Company | None
    ) -> Flight | None:
        """Refuse a call that can't wait; tell which exchange under way it may join at once."""
        for lane in self.lanes:
            lane.check_reentry()
        if company is not None and company.boards:
            for lane in self.lanes:
                flight = lane.flight_with(company)
                if flight is not None:
                    return flight
        until = self._held_until()
        if now < until and call.hold_end(now) < until:
            raise _too_long(until - now)
        if max_waiting is None or call.retried or any(lane.free for lane in self.lanes):
            return None
        # Those of other queues wait for the same lanes.
        ahead = min(sum(queue.newcomers for queue in lane.queues) for lane in self.lanes)
        if ahead >= max_waiting:
            raise LaneFullError(f"{ahead} calls wait already, as many as max_waiting allows")
        return None

    def _held_until(self) -> float:
        if len(self.lanes) == 1:
            return self.lanes[0].held_until
        return min(lane.held_until for lane in self.lanes)

    def _calls(self) -> list[Call]:
        return [place[-1] for place in self.line.places if place[-1].place is place]

    def _enter(self, call: Call) -> None:
        queue_end = None if call.queue_left is None else call.entered + call.queue_left
        if queue_end is not None and (call.deadline is None or queue_end < call.deadline):
            call.timer = self._loop.call_at(queue_end, self._expire, call, context=Context())
        elif call.deadline is not None:
            self._arm(call, call.deadline)
        order = call.submitted + HANDICAP[call.priority]
        # The last number keeps the places of one call apart: one that it has left stays in the
        # heap for a while, and the call may be back before it is gone.
        call.place = place = (order, call.number, next_number(), call)
        self.line.add(place)
        if call.company is not None:
            self._mates.setdefault(call.company.key, Mates()).add(call, place)
        self.waiting[call.priority] += 1
        self.newcomers += not call.retried

    def _leave(self, call: Call) -> None:
        """Count a call out; what is left of it in the heap is passed over later."""
        call.place = None
        if call.timer is not None:
            call.disarm()
        company = call.company
        if company is not None:
            mates = self._mates[company.key]
            mates.remove(call)
            if not mates:
                del self._mates[company.key]
        self.waiting[call.priority] -= 1
        self.newcomers -= not call.retried
        self.line.left()

    def _dismiss(self, call: Call, error: SitooError) -> None:
        self._leave(call)
        call.settle(error=error)

    def _arm(self, call: Call, deadline: float) -> None:
        """Let a call end at its deadline, whether it waits then or flies."""
        call.timer = self._loop.call_at(deadline, self._overdue, call, context=Context())

    def _expire(self, call: Call) -> None:
        """The queue timeout of a call that waits."""
        waited = self._loop.time() - call.entered
        error = QueueTimeoutError(f"no turn came within queue_timeout, after {waited:.1f} s")
        self._dismiss(call, error)
        self._dispatch()

    def _overdue(self, call: Call) -> None:
        """The deadline of a call that waits or flies."""
        if call.place is not None:
            waited = "the deadline of the whole call passed while it waited for its turn"
            self._dismiss(call, DeadlineError(waited))
            self._dispatch()
        else:
            # Like a cancellation in flight: the exchange runs on.
            flew = "the deadline of the whole call passed while the request was in flight"
            call.settle(error=DeadlineError(flew, sent="unknown"))

    def _dispatch(self, *, in_turn: bool = False) -> None:
        """Let the lanes look for what they can start; `in_turn`: another one first each time."""
        lanes = self.lanes
        if in_turn and len(lanes) > 1:
            # So that the slots of all keys are used alike.
            first, self._first = self._first % len(lanes), self._first + 1
            lanes = lanes[first:] + lanes[:first]
        for lane in lanes:
            lane.dispatch()


def _too_long(seconds: float) -> RateLimitError:
    return RateLimitError(
        f"the key is on hold for another {seconds:.1f} s, longer than the call may wait",
        retry_after=seconds,
    )
