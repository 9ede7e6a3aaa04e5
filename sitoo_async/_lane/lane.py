"""The lane: one exchange at a time for one key, with holds and a gate.

The lane knows neither HTTP nor Sitoo. It takes calls from its queues, runs the exchange of one at a
time in a task of its own, and tells each caller how its own one ended. What it learns about the
key (held until when, possibly locked) is told to it from inside the exchange.

No task waits here for work. Everything happens in a synchronous `dispatch`, which is called when
a call comes or leaves, when an exchange lands, and by one timer. Only the exchange itself runs in
its caller's context; a lane that is never idle would hand what that holds on for ever.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sys
from collections.abc import Callable, Iterable, Mapping
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any, Final, cast

from sitoo_async._checks.show import told, type_name
from sitoo_async._gates import Gate, Grant
from sitoo_async._lane.call import Call, next_number
from sitoo_async._lane.gatekeeper import Gatekeeper, failure_of
from sitoo_async._lane.holds import Memory
from sitoo_async._lane.line import Place
from sitoo_async._lane.queue import Queue
from sitoo_async._lane.stats import LaneStats
from sitoo_async.errors import LaneError, ReadError, ReentryError, SitooError, copy_of

if TYPE_CHECKING:
    from sitoo_async._lane.company import Company

__all__ = ["Flight", "Lane"]

logger = logging.getLogger("sitoo_async")

BRIEF: Final = 0.2
LONGEST_BRIEF: Final = 10.0
"""Seconds of the first brief hold, and of the longest that its doubling leads to."""

GATE_AGAIN: Final = 1.0
"""Seconds after which a gate that failed is asked again, where another lane may serve meanwhile."""

# Its first part runs at once, which saves a turn of the loop.
_EAGER: Final[Mapping[str, Any]] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


class Flight:
    """An exchange under way.

    Attributes:
        lane: where.
        calls: whose it is.
        company: with whom the first of them shares it.
        exchange: makes it.
        several: whether its result is a result for each of them.
        began: when it began, in loop time.
        number: tells which of two began first, also those of one moment and of two lanes.
    """

    __slots__ = ("began", "calls", "company", "exchange", "lane", "number", "several")

    def __init__(self, lane: Lane, calls: list[Call], began: float) -> None:
        first = calls[0]
        self.calls = calls
        self.company = company = first.company
        self.several = len(calls) > 1 and company is not None and not company.boards
        # Kept here: a caller that goes away takes along what it brought.
        self.exchange = first.exchange
        if self.several and company is not None and company.exchange is not None:
            together = [call.company.brings for call in calls if call.company is not None]
            self.exchange = partial(company.exchange, together)
        self.began = began
        self.lane = lane
        self.number = next_number()

    def board(self, call: Call, now: float) -> None:
        """Take one more call along, which asks the very same."""
        call.lane, call.flight, call.flew_at = self.lane, self, now
        self.calls.append(call)
        self.lane.joined += 1


class Lane:
    """One exchange at a time for one key.

    Args:
        loop: the running loop; all times are its times.
        gate: who else may use the key; None where this process is alone.
        key: what the gate is asked for.
        memory: what the process knows of the key beyond this loop; None where that is nothing.
        random: a number from 0 to 1, for the jitter of long holds.

    Attributes:
        queues: whom it serves; of their calls, whichever is ahead comes next.
        queue: the one that it alone serves.
        flying: the exchange under way.
        held_until: the moment from which the key may be used again.
        locked: whether Sitoo may still be at work on what was sent and had no answer, so that
            refusals are expected; until something is served.
        joined: calls that shared an exchange with another.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        *,
        gate: Gate | None = None,
        key: str = "",
        memory: Memory | None = None,
        random: Callable[[], float] = random.random,
    ) -> None:
        self.loop = loop
        self.gate = gate
        self.memory = memory
        self.flying: Flight | None = None
        self.held_until: float = 0.0
        self.locked: bool = False
        self._random = random
        self._task: asyncio.Task[Any] | None = None
        self._starting = False  # whether an exchange runs up to where it first waits
        self._heard_until = 0.0  # as far as other processes have told of it
        self._followed: set[asyncio.Task[Any]] = set()
        self._brief = BRIEF
        self._timer: asyncio.TimerHandle | None = None
        self._gatekeeper: Gatekeeper | None = None
        self._gate_failing = False
        if gate is not None:
            self._gatekeeper = Gatekeeper(
                loop,
                gate,
                key,
                taken=self._gate_taken,
                failed=self._gate_failed,
                given=self._gate_given,
            )
        self._sent = 0
        self.joined = 0
        self._refused = 0
        self._waits = 0
        self._waited = 0.0
        self._longest_wait = 0.0
        self._busy = 0.0
        self.queues: list[Queue] = []
        self.queue: Queue = Queue(loop, self)
        if memory is not None:
            self._go_on_from(memory)

    def _go_on_from(self, memory: Memory) -> None:
        """Begin with what the lanes of former loops knew."""
        left = memory.held_for()
        if left > 0:
            self.held_until = self.loop.time() + left
        if memory.take_over():
            self.hold_briefly("an event loop ended while a request was under way")

    # --------------------------------------------------------------------------- for the queues

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

    @property
    def free(self) -> bool:
        """Whether a call that came now would have its turn at once, but for the gate."""
        return not self._used() and self.loop.time() >= self.held_until

    def idle(self, now: float) -> bool:
        """Whether a call that comes now may start at once, past the queue."""
        if self.flying is not None or now < self.held_until or self._gatekeeper is not None:
            return False
        for queue in self.queues:
            if queue.line.places:
                return False
        return not self._followed

    @property
    def at_work(self) -> bool:
        """Whether an exchange is under way, or the gate is asked."""
        return self.flying is not None or (self._gatekeeper is not None and self._gatekeeper.busy)

    @property
    def asking(self) -> bool:
        """Whether it waits for its gate."""
        return self._gatekeeper is not None and self._gatekeeper.asking

    @property
    def coming(self) -> bool:
        """Whether it is going to look for its next call by itself, and may start it then."""
        return not self._gate_failing and (self.at_work or self._timer is not None)

    def flight_with(self, company: Company) -> Flight | None:
        """The exchange under way, where it asks the very same question."""
        flying = self.flying
        theirs = None if flying is None else flying.company
        return flying if theirs is not None and theirs.key == company.key else None

    # ----------------------------------------------------------------------- for the callers

    def follow(self, flights: Iterable[asyncio.Task[Any]]) -> None:
        """Let nothing start before those exchanges of other lanes are over."""
        for flight in flights:
            self._followed.add(flight)
            flight.add_done_callback(self._followed_landed, context=Context())

    def _followed_landed(self, flight: asyncio.Task[Any]) -> None:
        self._followed.discard(flight)
        # Not yet: a call that was refused there comes here now, to a place before those that wait.
        self.loop.call_soon(self.dispatch)
        if flight.cancelled():
            # As where an exchange of this lane is: the loop may be about to shut down.
            self.hold_briefly("an exchange was cancelled from outside")

    @property
    def task(self) -> asyncio.Task[Any] | None:
        """The exchange under way, whoever's it is."""
        return self._task

    def flight(self, owner: object) -> asyncio.Task[Any] | None:
        """The exchange under way, where it is that owner's, wanted any more or not."""
        flying = self.flying
        if flying is None or all(call.session is not owner for call in flying.calls):
            return None
        return self._task

    def stats(self) -> LaneStats:
        """What the lane is doing at this moment."""
        now = self.loop.time()
        # A loop that was closed took with it what waited and flew there.
        queues, flying = ((), None) if self.loop.is_closed() else (self.queues, self.flying)
        return LaneStats(
            waiting={
                "interactive": sum(queue.waiting["interactive"] for queue in queues),
                "bulk": sum(queue.waiting["bulk"] for queue in queues),
            },
            in_flight=int(flying is not None),
            sent=self._sent,
            joined=self.joined,
            refused=self._refused,
            held_for=self._hold_left(),
            waits=self._waits,
            waited=self._waited,
            longest_wait=self._longest_wait,
            busy=self._busy + (now - flying.began if flying else 0.0),
        )

    async def settle(self) -> bool:
        """Wait until the gate is back, unless others use the lane; tell whether nobody does."""
        gatekeeper = self._gatekeeper
        while gatekeeper is not None and not self._used() and await gatekeeper.settle():
            pass  # what came of it may have to be settled in turn
        return not self._used()

    @property
    def busy(self) -> bool:
        """Whether somebody uses the lane, or the lane its gate."""
        return self._used() or self.at_work

    def _used(self) -> bool:
        return self.flying is not None or any(queue.used for queue in self.queues)

    # -------------------------------------------------------------- for the exchange under way

    def served(self) -> None:
        """An answer came that is not a refusal: the next brief hold starts small again."""
        self._brief = BRIEF
        if self.locked:
            self.locked = False
            if self.memory is not None:
                self.memory.settle()

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

    def hold_briefly(self, reason: str, *, refused: bool = False) -> None:
        """Let nothing start for a moment, twice as long each time until something is served.

        Args:
            reason: for the log.
            refused: whether nothing more is known than a refusal; else the key may be locked.
        """
        self.locked = self.locked or not refused
        seconds = self._brief
        self._brief = min(2 * seconds, LONGEST_BRIEF)
        if self._raise_hold(seconds):
            logger.debug("on hold for %.1f s: %s", seconds, reason)

    def _raise_hold(self, seconds: float) -> bool:
        now = self.loop.time()
        if now + seconds <= self.held_until:
            return False
        self.held_until = now + seconds
        if self.memory is not None:
            self.memory.hold(seconds)
        for queue in self.queues:
            queue.shed(now)
        return True

    def leave_behind(self) -> None:
        """Let the next lane of the key know that nobody has waited for what this one sent."""
        if self.memory is not None:
            self.memory.leave()

    # --------------------------------------------------------------------------- the dispatch

    def _wake(self) -> None:
        self._timer = None
        self.dispatch()

    def dispatch(self) -> None:
        """Start the next exchange if one may start; never waits."""
        if self.flying is not None:
            return
        ahead: tuple[Place, Queue] | None = None
        for queue in self.queues:
            place = queue.line.first() if queue.line.places else None
            if place is not None and (ahead is None or place < ahead[0]):
                ahead = place, queue
        if ahead is not None or self._gatekeeper is not None:
            self._serve(None if ahead is None else ahead[1])

    def _serve(self, queue: Queue | None) -> None:
        """Serve the queue whose first call comes next here; None where nobody waits."""
        now = self.loop.time()
        if self._followed or queue is None or now < self.held_until:
            if queue is not None and self._timer is None and not self._followed:
                # The hold may be raised meanwhile: the timer looks again when it fires.
                self._timer = self.loop.call_at(self.held_until, self._wake, context=Context())
            if self._gatekeeper is not None and self._gatekeeper.held:
                self._gatekeeper.give(self._hold_to_tell())
        elif self._gatekeeper is not None and not self._gatekeeper.held:
            # The lane takes the gate, the callers stay in the heap: whoever is best when the
            # gate comes goes first.
            if queue.needs(self):
                self._gatekeeper.take()
        else:
            self.start(queue.take(now), now)

    def start(self, calls: list[Call], now: float) -> None:
        """Start the exchange of these, whose turn it is."""
        # Set before the task exists: an eager task factory runs the exchange's first part here
        # and now, and whatever that part does must find the lane taken.
        self.flying = flight = Flight(self, calls, now)
        for call in calls:
            call.lane, call.flight, call.flew_at = self, flight, now
            wait = now - call.entered
            self._waited += wait
            self._longest_wait = max(self._longest_wait, wait)
        self._waits += len(calls)
        self._sent += 1
        self.joined += len(calls) - 1
        flown = self._fly(flight)
        self._starting = True
        try:
            if self.loop.get_task_factory() is None:
                task = asyncio.Task(flown, loop=self.loop, context=calls[0].context, **_EAGER)
            else:
                task = self.loop.create_task(flown, context=calls[0].context)
        except BaseException as failure:
            flown.close()
            error = failure
            if isinstance(failure, Exception):  # a task factory of the user's
                error = LaneError(f"no task could be made for the exchange: {told(failure)}")
                error.__cause__ = failure
            # Not at once: each call that waits may meet with the same.
            self.loop.call_soon(self._land, flight, None, error, context=Context())
            if error is failure:
                raise  # such as KeyboardInterrupt, which an eager task lets out
        else:
            self._task = task
            task.add_done_callback(self._caught, context=Context())
        finally:
            self._starting = False

    async def _fly(self, flight: Flight) -> Any:
        if self._starting:
            self._task = asyncio.current_task()
        failure = result = None
        try:
            result = await flight.exchange()
        except Exception as error:
            if self._starting:
                raise
            failure = error
        try:
            if self._starting:
                # It never waited: the net catches it, lest one exchange start inside of another.
                return result
            cast("asyncio.Task[Any]", self._task).remove_done_callback(self._caught)
            self._land(flight, result, failure)
        finally:
            # A failure keeps this frame, which had better not keep the failure.
            del failure, result, flight
        return None

    def _caught(self, task: asyncio.Task[Any]) -> None:
        """Land an exchange that could not do so itself, most likely because it was cancelled."""
        failure = failure_of(task)
        self._land(cast("Flight", self.flying), None if failure else task.result(), failure)

    def _land(self, flight: Flight, result: Any, failure: BaseException | None) -> None:
        """The exchange is over: this, and nothing else, frees the lane."""
        self.flying = self._task = None
        self._busy += self.loop.time() - flight.began
        # The next exchange first, then the caller of this one: what that does with its answer it
        # then does while the next request is on the wire. Whatever comes of it, the caller is told.
        try:
            if isinstance(failure, asyncio.CancelledError):
                failure = ReadError("the exchange was cancelled from outside", sent="unknown")
                self._lost()
            elif self._gatekeeper is None:
                self.dispatch()  # as below, and said twice for the sake of the short way
            else:
                self._go_on()
        finally:
            if failure is not None or flight.several:
                self._tell(flight, result, failure)
            else:
                for call in flight.calls:
                    # The others' callers are gone.
                    if call.flight is flight and not call.answer.done():
                        call.answer.set_result(result)

    def _lost(self) -> None:
        # It was cancelled by somebody else: the loop shuts down, most likely. The hold keeps
        # dispatch from starting a task that the shutdown would not see.
        self.leave_behind()
        try:
            self.hold_briefly("an exchange was cancelled from outside")
        finally:
            self._go_on()

    def _go_on(self) -> None:
        if self._gatekeeper is None:
            self.dispatch()
        else:
            self._gatekeeper.give(self._hold_to_tell())

    def _tell(self, flight: Flight, result: Any, failure: BaseException | None) -> None:
        """Tell each caller its part of an exchange, or how it failed."""
        for index, call in enumerate(flight.calls):
            if call.flight is not flight:
                continue
            if failure is not None:
                # What is not ours may not be copied; several then get the same.
                error = copy_of(failure) if index and isinstance(failure, SitooError) else failure
                call.settle(error=error)
            else:
                call.settle(result=result[index])

    # ------------------------------------------------------------------------------- the gate

    def _hold_left(self) -> float:
        return max(0.0, self.held_until - self.loop.time())

    def _hold_to_tell(self) -> float:
        """The seconds of hold that the other processes do not know of yet.

        A hold that they told is not told back: each time it would come out a little longer.
        """
        return self._hold_left() if self.held_until > self._heard_until else 0.0

    def _gate_taken(self, grant: Grant) -> None:
        self._gate_failing = False
        try:
            if grant.abandoned:
                self.hold_briefly("the process that used the key before was lost with a request")
        finally:
            if grant.hold > 0:
                self._raise_hold(grant.hold)
                self._heard_until = self.loop.time() + grant.hold
            self.dispatch()

    def _gate_failed(self, failure: BaseException) -> None:
        self._gate_failing = True
        # By its class: what a gate says of itself may hold a password.
        text = f"{type_name(self.gate)} could not be taken: {told(failure)}"
        for queue in [*self.queues]:
            if self in queue.lanes:  # another queue's failing may have led this one elsewhere
                queue.fail(f"the gate {text}", failure)
        if self._timer is None and any(queue.used for queue in self.queues):
            self._timer = self.loop.call_later(GATE_AGAIN, self._wake, context=Context())

    def _gate_given(self, trouble: str | None) -> None:
        try:
            if trouble is not None:
                # Somebody may still wait for it to come free; and a loop that shuts down must not
                # be handed another task.
                self.hold_briefly(trouble)
        finally:
            self.dispatch()
