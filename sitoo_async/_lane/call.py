"""One call: its place in the lane, attempts, and the last real error."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Final, Self, TypeGuard, cast

import attrs

from sitoo_async._http.messages import Request, Response
from sitoo_async._lane.options import Options
from sitoo_async._lane.queue import Queue
from sitoo_async._lane.retry import CALL_WITHIN, Trouble, pause_before_item, pause_before_repeat
from sitoo_async._lane.ticket import Priority, Ticket
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
    from sitoo_async._lane.lane import Lane
    from sitoo_async._lane.session import Binding, Session
    from sitoo_async._lane.sharing import Sharing

__all__ = ["CLOSED_WHILE_WAITING", "Call"]

CLOSED_WHILE_WAITING: Final = "the client was closed while the call waited for its turn"


@attrs.define(eq=False)
class Call:
    """One call's place in the lane, kept for all that it sends.

    Most calls send one request. The chunk of a batch may be sent again in pieces, which are
    retries to the lane: they keep the chunk's order, are let in whatever waits, also while the
    client drains, and have what the chunk left of `deadline` and `queue_timeout`.
    """

    session: Session
    options: Options
    priority: Priority
    within: float = CALL_WITHIN
    begun: bool = False
    binding: Binding = attrs.field(init=False)
    queue: Queue = attrs.field(init=False)
    ticket: Ticket = attrs.field(init=False)
    # Of the request at hand:
    request: Request = attrs.field(init=False)
    trouble: Trouble = attrs.field(factory=Trouble)
    worst: Sent = "no"
    last: SitooError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.begun:
            self.session.end(self.binding)

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
        request.check(self.session.address.root)
        # Each request has tries of its own, and may meet the end of a slot of its own.
        self.trouble = Trouble() if trouble is None else trouble
        self.trouble.flying = False
        if self.begun:
            await self._go_on(request, pause)
        else:
            self.binding, self.queue, self.ticket = await self.session.admit(
                request, self.options, self.priority
            )
            self.begun = True
        self.request = request
        most = self.options.max_waiting
        sharing = self._sharing() if self.options.coalesce else None
        inside = 0  # failures inside an answer that went well as a whole
        while True:
            company = None if sharing is None else sharing.company(request, self.session.writes)
            try:
                outcome = await self.queue.turn(
                    self.ticket, self._exchange, max_waiting=most, company=company
                )
            except (LaneError, RateLimitError, ReadError, ClientClosedError) as refusal:
                raise self._given_up(refusal)  # noqa: B904  # it says itself what caused it
            self.trouble.flying = False
            self.trouble.exchanges += 1
            self.trouble.heard = self.session.heard
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
                self.last = self.ticket.refused_since = None
                return outcome
            if self._already_gone(outcome):
                self.last = self.ticket.refused_since = None
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
            self.ticket.uncertain = True
        self.queue = self.binding.ways.queue_for(request, self.options, self.ticket)

    async def _go_on(self, request: Request, pause: float) -> None:
        """Return when the next request may be sent, raise when none may."""
        if pause:
            if not self.ticket.lasts(self.binding.loop.time() + pause):
                raise DeadlineError("the deadline of the whole call allows no further try")
            await self._pause(pause)
        if self.session.dropped:
            raise ClientClosedError("the client was closed before all of the call was sent")
        self._choose(request)
        self.worst, self.last = "no", None

    def _exchange(self) -> Coroutine[Any, Any, Response | SitooError]:
        self.trouble.flying = True
        return self._send(self.request)

    def _send(self, request: Request) -> Coroutine[Any, Any, Response | SitooError]:
        lane = cast("Lane", self.ticket.lane)  # it is there as soon as the turn has come
        return self.session.exchange(self.binding, lane, request, self.options)

    def _sharing(self) -> Sharing:
        from sitoo_async._lane.sharing import Sharing  # noqa: PLC0415  # few need it

        return Sharing(
            self._send,
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
            self.ticket.refused_since = None
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
        ticket, now = self.ticket, self.binding.loop.time()
        if not isinstance(error, RateLimitError):
            self.trouble.failed(now - ticket.flew_at)
        if _names_a_wait(error) and ticket.refused_since is None:
            ticket.refused_since = now
        least = self.pause_before_repeat(error, repeatable=self.request.repeatable)
        if least is None:
            return False
        pause = max(pause, least)
        if pause:
            if not ticket.lasts(now + pause):
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
        await asyncio.sleep(seconds)
        self.trouble.paused(seconds)

    def _already_gone(self, outcome: SitooError) -> bool:
        """Whether a 404 says that an earlier attempt, whose answer was lost, did the deletion."""
        deletes = self.request.method == "DELETE"
        return deletes and self.worst == "unknown" and isinstance(outcome, NotFoundError)

    def _describe(self, error: SitooError) -> SitooError:
        error.method, error.path = self.request.method, self.request.path
        error.attempt = self.trouble.exchanges
        error.elapsed = self.binding.loop.time() - self.ticket.submitted
        return error.worsen(self.worst)


def _names_a_wait(error: SitooError) -> TypeGuard[RateLimitError | ServerError]:
    """Whether the server refused for a time: by a 429, or by a 503 that says for how long."""
    if isinstance(error, ServerError):
        return error.retry_after is not None
    return isinstance(error, RateLimitError)
