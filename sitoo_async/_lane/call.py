"""One call: its place in the lane, attempts, and the last real error."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from contextvars import Context
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeGuard, cast

from sitoo_async._http.contexts import sleep_in_no_context
from sitoo_async._http.messages import Request, Response
from sitoo_async._lane.options import Options, Priority
from sitoo_async._lane.retry import CALL_WITHIN, Trouble, pause_before_item, pause_before_repeat
from sitoo_async.errors import (
    ClientClosedError,
    DeadlineError,
    LaneError,
    NotFoundError,
    RateLimitError,
    ReadError,
    Sent,
    ServerError,
    SitooError,
)

if TYPE_CHECKING:
    from sitoo_async._lane.binding import Binding
    from sitoo_async._lane.company import Company
    from sitoo_async._lane.lane import Flight, Lane
    from sitoo_async._lane.line import Place
    from sitoo_async._lane.queue import Queue
    from sitoo_async._lane.session import Session
    from sitoo_async._lane.sharing import Sharing

__all__ = ["CLOSED_WHILE_WAITING", "Call", "next_number"]

CLOSED_WHILE_WAITING: Final = "the client was closed while the call waited for its turn"

next_number: Final = itertools.count().__next__
"""Numbers in the order of drawing, the same for all queues: a lane may serve several."""


class Call:
    """One call: where it stands in the lane, and what it sends there.

    Most calls send one request. The chunk of a batch may be sent again in pieces, which are
    retries to the lane: they keep the chunk's order, are let in whatever waits, also while the
    client drains, and have what the chunk left of `deadline` and `queue_timeout`.

    Args:
        session: whose call it is, so that closing one client leaves the others' calls alone.
        options: what travels with it.
        priority: how it ranks.
        within: seconds of trouble that each request outlasts, if its policy does not say.

    Attributes:
        begun: whether its session counts it.
        submitted: when it began, in loop time.
        number: tells calls of one moment apart.
        queue_left: seconds it may still wait for turns; None for any time.
        deadline: the moment the whole call must be over, in loop time; None for never.
        refused_since: when it was first refused with a 429, in loop time.
        retried: whether it has had a turn.
        lane: where its exchange is under way, or was last.
        flew_at: when that began, in loop time.
        uncertain: whether a write of it was sent of which nobody knows what became.

        exchange: makes the exchange of the turn at hand.
        answer: what the caller awaits.
        context: the caller's, for the exchange.
        entered: since when it waits for its turn, in loop time.
        company: with whom it may share the exchange.
        place: where it stands in the queue; None when it does not wait.
        flight: the exchange under way; None when there is none, or the caller is gone.
        timer: ends the waiting, and then the exchange, for the caller.

        binding: what its session has for the loop.
        queue: where it waits.
        request: the one at hand.
        trouble: what that has met with so far.
        worst: what is known, at the worst, of whether it was sent.
        last: how it failed last.
    """

    __slots__ = (
        *("session", "options", "priority", "within", "begun"),
        *("submitted", "number", "queue_left", "deadline"),
        *("refused_since", "retried", "lane", "flew_at", "uncertain"),
        *("exchange", "answer", "context", "entered", "company", "place", "flight", "timer"),
        *("binding", "queue", "request", "trouble", "worst", "last"),
    )

    submitted: float
    number: int
    queue_left: float | None
    deadline: float | None
    lane: Lane
    flew_at: float
    exchange: Callable[[], Coroutine[Any, Any, Any]]
    answer: asyncio.Future[Any]
    context: Context
    entered: float
    binding: Binding
    queue: Queue
    request: Request
    trouble: Trouble

    def __init__(
        self,
        session: Session,
        options: Options,
        priority: Priority = "interactive",
        within: float = CALL_WITHIN,
    ) -> None:
        self.session = session
        self.options = options
        self.priority: Priority = priority
        self.within = within
        self.begun = self.retried = self.uncertain = False
        self.refused_since: float | None = None
        self.company: Company | None = None
        self.place: Place | None = None
        self.flight: Flight | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.worst: Sent = "no"
        self.last: SitooError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.begun:
            self.session.end(self.binding)

    # --------------------------------------------------------------------------- for the lane

    def begin(self, now: float) -> None:
        """Draw a number, and let the times that the options allow for begin."""
        options = self.options
        self.submitted, self.number = now, next_number()
        self.queue_left = options.queue_timeout
        self.deadline = options.ends_at
        if options.deadline is not None:
            end = now + options.deadline
            self.deadline = end if self.deadline is None else min(end, self.deadline)

    def lasts(self, until: float) -> bool:
        """Whether the deadline lets the call go on at that moment, in loop time."""
        return self.deadline is None or until <= self.deadline

    def hold_end(self, now: float) -> float:
        """The latest end of a hold that the call still agrees to sit out, in loop time."""
        since = now if self.refused_since is None else self.refused_since
        end = since + self.options.max_rate_limit_wait
        if self.deadline is not None:
            end = min(end, self.deadline)
        if self.queue_left is not None:
            end = min(end, self.entered + self.queue_left)
        return end

    def settle(self, *, result: Any = None, error: BaseException | None = None) -> None:
        """Tell the caller, if it is still there."""
        if self.answer.done():
            return
        if error is None:
            self.answer.set_result(result)
        else:
            self.answer.set_exception(error)

    def disarm(self) -> None:
        """Stop the timer that runs."""
        cast("asyncio.TimerHandle", self.timer).cancel()
        self.timer = None

    # ------------------------------------------------------------------------- for the caller

    async def send(  # noqa: C901  # the life of a request, best read at a stretch
        self, request: Request, *, pause: float = 0.0, trouble: Trouble | None = None
    ) -> Response:
        """Send one request: as many exchanges as it takes and the retry policy allows.

        Args:
            request: what to send; the first one begins the call.
            pause: seconds to wait before a further one, off the lane.
            trouble: what the request has met with before; what it meets with now is noted there.

        Returns:
            The answer, always a 2xx.

        Raises:
            SitooError: how it failed; `sent` tells the worst over all attempts at this request.
        """
        session, service = self.session, request.service
        request.check((session.address if service is None else session.place(service)).root)
        # Each request has tries of its own, and may meet the end of a slot of its own.
        self.trouble = Trouble() if trouble is None else trouble
        self.trouble.flying = False
        if self.begun:
            await self._go_on(request, pause)
        else:
            await self.session.admit(self, request)
        self.request = request
        most = self.options.max_waiting
        sharing = self._sharing() if self.options.coalesce else None
        inside = 0  # failures inside an answer that went well as a whole
        while True:
            company = None if sharing is None else sharing.company(request, self.session.writes)
            try:
                outcome = await self.queue.turn(
                    self,
                    partial(self.session.exchange, self, request),
                    max_waiting=most,
                    company=company,
                )
            except (LaneError, RateLimitError, ReadError, ClientClosedError) as refusal:
                raise self._given_up(refusal)  # noqa: B904  # it says itself what caused it
            self.trouble.flying = False
            self.trouble.exchanges += 1
            self.trouble.heard = service in self.session.heard
            if sharing is not None:
                outcome = sharing.own(outcome)
                if sharing.alone and isinstance(outcome, SitooError):
                    self.last = self._describe(outcome)
                    del outcome
                    if self.session.dropped:
                        raise self._given_up(ClientClosedError(CLOSED_WHILE_WAITING))
                    continue
            pause = 0.0 if sharing is None else sharing.pause
            if request.of_batch and isinstance(outcome, Response):
                from sitoo_async._lane.sharing import only_result  # noqa: PLC0415  # few need it

                outcome = only_result(outcome, request.path, strict=self.options.strict)
                # What fails inside a 200 is paced by no hold of the lane.
                inside += 1
                pause = pause_before_item(inside)
            if isinstance(outcome, Response):
                self.last = self.refused_since = None
                return outcome
            if self._already_gone(outcome):
                self.last = self.refused_since = None
                return Response(200, {}, b"true")
            self.last = self._describe(outcome)
            self.worst = self.last.sent
            # What is raised keeps the frames that it passes through: they had better not keep it.
            del outcome
            if not await self._goes_again(self.last, pause):
                raise self._taken(self.last)
            self._choose(request)

    def _choose(self, request: Request) -> None:
        """Choose anew where to wait, by what was learned meanwhile of the keys and the call."""
        if self.worst == "unknown" and self.request.method != "GET":
            self.uncertain = True
        self.queue = self.binding.balancer.queue_for(request, self)

    async def _go_on(self, request: Request, pause: float) -> None:
        """Return when the next request may be sent, raise when none may."""
        if pause:
            if not self.lasts(self.binding.loop.time() + pause):
                raise DeadlineError("the deadline of the whole call allows no further try")
            await self._pause(pause)
        if self.session.dropped:
            raise ClientClosedError("the client was closed before all of the call was sent")
        self._choose(request)
        self.worst, self.last = "no", None

    def _sharing(self) -> Sharing:
        from sitoo_async._lane.sharing import Sharing  # noqa: PLC0415  # few need it

        return Sharing(
            partial(self.session.exchange, self),
            like=(self.session, self.options, self.priority),
            paces=self.session.paces,
            strict=self.options.strict,
            # A batch has the time of a single request, so it had better take a part of that.
            aim=self.options.bulk_seconds or self.options.request_timeout / 4,
        )

    def _taken(self, error: SitooError) -> SitooError:
        """What is to be raised, and kept here no more."""
        if error is not self.last or not _names_a_wait(error):
            # What the server sends away goes on in parts, and has sat out some of it already.
            self.refused_since = None
        self.last = None
        return error

    def _given_up(self, refusal: SitooError) -> SitooError:
        """What to raise for a turn that did not come, or whose exchange was given up."""
        if refusal.sent == "unknown":
            self.trouble.flying = False
            self.trouble.exchanges += 1
            self.worst = "unknown"
        elif self.last is not None:
            # Something was sent before: what became of it matters more than the queue.
            if isinstance(refusal, RateLimitError) and _names_a_wait(self.last):
                self.last.retry_after = refusal.retry_after
            self.last.add_note(f"not tried again: {refusal}")
            return self._taken(self._describe(self.last))
        refusal.__cause__ = refusal.__cause__ or self.last
        return self._taken(self._describe(refusal))

    async def _goes_again(self, error: SitooError, pause: float) -> bool:
        """Wait until the call may go again, for that pause at least; False when it may not."""
        if self.request.asks_too_much(error):
            # No trouble, and not as it is: whoever asked for so much asks for less.
            return False
        now = self.binding.loop.time()
        if not isinstance(error, RateLimitError):
            self.trouble.failed(now - self.flew_at)
        if _names_a_wait(error) and self.refused_since is None:
            self.refused_since = now
        least = self.pause_before_repeat(error, repeatable=self.request.repeatable)
        if least is None:
            return False
        pause = max(pause, least)
        if pause:
            if not self.lasts(now + pause):
                return False
            await self._pause(pause)
        return not self.session.dropped

    def pause_before_repeat(self, error: SitooError, *, repeatable: bool = True) -> float | None:
        """Seconds to wait before what failed so goes again, whole or in part; None: never."""
        return pause_before_repeat(
            self.options.retry,
            error,
            repeatable=repeatable,
            trouble=self.trouble,
            within=self.within,
        )

    async def _pause(self, seconds: float) -> None:
        """Wait off the lane, which counts as trouble."""
        await sleep_in_no_context(seconds)
        self.trouble.paused(seconds)

    def _already_gone(self, outcome: SitooError) -> bool:
        """Whether a 404 says that an earlier attempt, whose answer was lost, did the deletion."""
        deletes = self.request.method == "DELETE"
        return deletes and self.worst == "unknown" and isinstance(outcome, NotFoundError)

    def _describe(self, error: SitooError) -> SitooError:
        request = self.request
        error.method, error.path, error.service = request.method, request.path, request.service
        error.attempt = self.trouble.exchanges
        error.elapsed = self.binding.loop.time() - self.submitted
        return error.worsen(self.worst)


def _names_a_wait(error: SitooError) -> TypeGuard[RateLimitError | ServerError]:
    """Whether the server refused for a time: by a 429, or by a 503 that says for how long."""
    if isinstance(error, ServerError):
        return error.retry_after is not None
    return isinstance(error, RateLimitError)
