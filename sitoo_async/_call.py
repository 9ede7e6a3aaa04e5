"""One call: turns in the lane, attempts, and the last real error.

`Caller` is what a client and all its views share: the key, the lane and the transport of the
running loop, and the calls under way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self

import anyio
import attrs

from sitoo_async._address import Address
from sitoo_async._credentials import Secret
from sitoo_async._hooks import ExchangeRecord, Observer, log_exchange
from sitoo_async._lane import Gate, Lane, LaneStats, Priority, Ticket, lane_for
from sitoo_async._options import Options
from sitoo_async._retry import decide
from sitoo_async._transport import Transport
from sitoo_async._wire import Request, Response, judge, judge_failure
from sitoo_async.errors import (
    ClientClosedError,
    DeadlineError,
    LaneError,
    NotFoundError,
    RateLimitError,
    ReadError,
    Sent,
    SitooError,
    TransportError,
    WrongLoopError,
)

if TYPE_CHECKING:
    import aiohttp

__all__ = ["Call", "Caller"]

logger = logging.getLogger("sitoo_async")


@attrs.frozen
class _Binding:
    """What belongs to one event loop."""

    loop: asyncio.AbstractEventLoop
    lane: Lane
    transport: Transport


class Caller:
    """The shared part of a client and its views.

    Args:
        address: the account's address.
        api_id: the key; its lane is shared with every other client of it in the loop.
        authorization: the header's value.
        session: a session whose connector is borrowed.
        gate: who else may use the key.
        grace: seconds that closing waits for an exchange in flight.
        observers: called after each exchange.
    """

    def __init__(
        self,
        address: Address,
        *,
        api_id: str,
        authorization: Secret,
        session: aiohttp.ClientSession | None,
        gate: Gate | None,
        grace: float,
        observers: Sequence[Observer],
    ) -> None:
        self.address = address
        self.api_id = api_id
        self._authorization = authorization
        self._session = session
        self._gate = gate
        self._grace = grace
        self._observers = tuple(observers)
        self._binding: _Binding | None = None
        self._state: Literal["open", "draining", "dropping", "closed"] = "open"
        self._calls = 0
        self._idle: asyncio.Future[None] | None = None  # set while somebody waits for no calls

    # ------------------------------------------------------------------------------ the state

    @property
    def state(self) -> str:
        """``open``, ``draining``, ``dropping`` or ``closed``."""
        return self._state

    @property
    def dropped(self) -> bool:
        """Whether nothing is sent any more, not even for a call that has begun."""
        return self._state in ("dropping", "closed")

    def stats(self) -> LaneStats:
        """What the key's lane in the running loop is doing."""
        return self._lane(asyncio.get_running_loop()).stats()

    def _lane(self, loop: asyncio.AbstractEventLoop) -> Lane:
        return lane_for(loop, self.address.origin, self.api_id, self._gate)

    async def _bind(self) -> _Binding:
        """Bind to the running loop, where there is no binding yet or its loop is gone."""
        loop = asyncio.get_running_loop()
        former = self._binding
        if former is not None and not former.loop.is_closed():
            raise WrongLoopError(
                "the client is at work in another event loop: give each loop its own client"
            )
        transport = Transport(self._authorization, lent=self._session)
        self._binding = binding = _Binding(loop, self._lane(loop), transport)
        if former is not None:
            self._calls, self._idle = 0, None
            # Its loop is gone and its sockets with it; this only marks the session closed.
            await former.transport.aclose()
        return binding

    async def aclose(self, *, drain: bool) -> None:
        """Take no more calls, end those under way, close the transport.

        Args:
            drain: whether calls that wait are still served, retries included; otherwise they end
                with a `ClientClosedError`. An exchange in flight is always awaited, for as long
                as the grace allows, even when the task that closes is cancelled.
        """
        binding = self._binding
        if binding is None or binding.loop.is_closed():
            self._state = "closed"
            self._binding = None
            if binding is not None:
                await binding.transport.aclose()
            return
        if binding.loop is not asyncio.get_running_loop():
            raise WrongLoopError("the client is at work in another event loop: close it there")
        try:
            if drain and self._calls:
                self._state = "draining"
                if self._idle is None:
                    self._idle = binding.loop.create_future()
                await asyncio.shield(self._idle)
        finally:
            self._state = "dropping"
            binding.lane.drop(self, "the client was closed while the call waited for its turn")
            await _outlast(binding.loop.create_task(self._finish(binding)))

    async def _finish(self, binding: _Binding) -> None:
        flight = binding.lane.flight(self)
        if flight is not None:
            with anyio.move_on_after(self._grace):
                await asyncio.wait({flight})
            if not flight.done():
                flight.cancel()
                await asyncio.wait({flight})
        await binding.transport.aclose()
        self._state = "closed"
        self._binding = None

    # -------------------------------------------------------------------------------- calling

    async def call(self, request: Request, options: Options, *, bulk: bool = False) -> Response:
        """Make a call of one request; see `Call.send`."""
        with self.open(options, bulk=bulk) as call:
            return await call.send(request)

    def open(self, options: Options, *, bulk: bool = False) -> Call:
        """A call of one or more requests, to be used in a ``with``."""
        return Call(self, options, "bulk" if bulk else options.priority)

    async def admit(self, options: Options, priority: Priority) -> tuple[_Binding, Ticket]:
        """Let a call begin now; `end` must follow."""
        if self._state != "open":
            raise ClientClosedError("the client is closed: make a new one")
        binding = self._binding
        if binding is None or binding.loop is not asyncio.get_running_loop():
            binding = await self._bind()
        self._calls += 1
        return binding, binding.lane.ticket(
            priority=priority,
            owner=self,
            queue_timeout=options.queue_timeout,
            deadline=options.deadline,
            patience=options.max_rate_limit_wait,
        )

    def end(self, binding: _Binding) -> None:
        """Count a call out that was admitted."""
        # A call that its closed loop left behind may end when the client is bound anew.
        if self._binding is binding or self._binding is None:
            self._calls -= 1
        if not self._calls and self._idle is not None:
            self._idle.set_result(None)
            self._idle = None

    async def exchange(
        self, binding: _Binding, request: Request, options: Options
    ) -> Response | SitooError:
        """One exchange, run by the lane; what it learns about the key it tells the lane."""
        loop, lane = binding.loop, binding.lane
        began = loop.time()
        response: Response | None = None
        try:
            response = await binding.transport.send(
                request,
                root=self.address.root,
                seconds=options.request_timeout,
                limit=options.max_response_bytes,
            )
            verdict = judge(response)
        except TransportError as error:
            verdict = judge_failure(error)
        outcome = verdict.outcome
        if verdict.answered:
            lane.served()
        if verdict.refused:
            lane.refuse()
        if verdict.hold is not None:
            lane.hold(verdict.hold, f"Sitoo said {outcome}")
        elif verdict.brief:
            lane.hold_briefly(str(outcome))
        if self._observers or logger.isEnabledFor(logging.DEBUG):
            self._tell(request, response, outcome, loop.time() - began)
        return outcome

    def _tell(
        self,
        request: Request,
        response: Response | None,
        outcome: Response | SitooError,
        elapsed: float,
    ) -> None:
        """Log the exchange and show it to the observers."""
        record = ExchangeRecord(
            method=request.method,
            path=request.path,
            status=None if response is None else response.status,
            error=type(outcome).__name__ if isinstance(outcome, SitooError) else None,
            request_id=None if response is None else response.request_id,
            elapsed=elapsed,
            received=0 if response is None else len(response.body),
        )
        log_exchange(record)
        loop = asyncio.get_running_loop()
        for observer in self._observers:
            # Not here: an observer is not to run, let alone to raise, inside an exchange.
            loop.call_soon(observer, record)


@attrs.define(eq=False)
class Call:
    """One call's place in the lane, kept for all that it sends.

    Most calls send one request. The chunk of a batch may be sent again in pieces, which are
    retries to the lane: they keep the chunk's order, are let in whatever waits, also while the
    client drains, and have what the chunk left of `deadline` and `queue_timeout`.
    """

    caller: Caller
    options: Options
    priority: Priority
    begun: bool = False
    binding: _Binding = attrs.field(init=False)
    ticket: Ticket = attrs.field(init=False)
    # Of the request at hand:
    request: Request = attrs.field(init=False)
    exchanges: int = 0
    counted: int = 0
    worst: Sent = "no"
    last: SitooError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.begun:
            self.caller.end(self.binding)

    async def send(self, request: Request, *, pause: float = 0.0) -> Response:
        """Send one request: as many exchanges as it takes and the retry policy allows.

        Args:
            request: what to send; the first one begins the call.
            pause: seconds to wait before a further one, off the lane.

        Returns:
            The answer, always a 2xx.

        Raises:
            SitooError: how it failed; `sent` tells the worst over all attempts at this request.
        """
        request.check(self.caller.address.root)
        if self.begun:
            await self._go_on(pause)
        else:
            self.binding, self.ticket = await self.caller.admit(self.options, self.priority)
            self.begun = True
        self.request = request
        turn, most = self.binding.lane.turn, self.options.max_waiting
        while True:
            try:
                outcome = await turn(self.ticket, self._exchange, max_waiting=most)
            except (LaneError, RateLimitError, ReadError, ClientClosedError) as refusal:
                self._give_up(refusal)
            self.exchanges += 1
            if isinstance(outcome, Response):
                return outcome
            if self._already_gone(outcome):
                return Response(200, {}, b"true")
            self.last = self._describe(outcome)
            self.worst = self.last.sent
            await self._go_again(self.last)

    async def _go_on(self, pause: float) -> None:
        """Return when the next request may be sent, raise when none may."""
        if pause:
            if not self.ticket.lasts(self.binding.loop.time() + pause):
                raise DeadlineError("the deadline of the whole call allows no further try")
            await anyio.sleep(pause)
        if self.caller.dropped:
            raise ClientClosedError("the client was closed before all of the call was sent")
        # Each request has attempts of its own, and may meet the end of a slot of its own.
        self.exchanges, self.counted, self.worst, self.last = 0, 0, "no", None
        self.ticket.refused_since = None

    def _exchange(self) -> Coroutine[Any, Any, Response | SitooError]:
        return self.caller.exchange(self.binding, self.request, self.options)

    def _give_up(self, refusal: SitooError) -> NoReturn:
        """Raise for a turn that did not come, or whose exchange was given up."""
        if refusal.sent == "unknown":
            self.exchanges += 1
        elif self.last is not None:
            # Something was sent before: what became of it matters more than the queue.
            if isinstance(self.last, RateLimitError) and isinstance(refusal, RateLimitError):
                self.last.retry_after = refusal.retry_after
            self.last.add_note(f"not tried again: {refusal}")
            raise self._describe(self.last) from self.last.__cause__
        raise self._describe(refusal) from refusal.__cause__ or self.last

    async def _go_again(self, error: SitooError) -> None:
        """Return when the call may go again, raise when it may not."""
        loop, ticket = self.binding.loop, self.ticket
        if isinstance(error, RateLimitError):
            if ticket.refused_since is None:
                ticket.refused_since = loop.time()
        else:
            self.counted += 1
        decision = decide(
            self.options.retry,
            error,
            repeatable=self.request.repeatable,
            attempt=self.counted,
        )
        if not decision.again:
            raise error
        if decision.pause:
            if not ticket.lasts(loop.time() + decision.pause):
                raise error
            await anyio.sleep(decision.pause)
        if self.caller.dropped:
            raise error

    def _already_gone(self, outcome: SitooError) -> bool:
        """Whether a 404 says that an earlier attempt, whose answer was lost, deleted the item.

        A body names several items, and a 404 then speaks of the collection.
        """
        deletes_one = self.request.method == "DELETE" and self.request.payload is None
        return deletes_one and self.worst == "unknown" and isinstance(outcome, NotFoundError)

    def _describe(self, error: SitooError) -> SitooError:
        error.method, error.path = self.request.method, self.request.path
        error.attempt = self.exchanges
        error.elapsed = self.binding.loop.time() - self.ticket.submitted
        return error.worsen(self.worst)


async def _outlast(task: asyncio.Task[None]) -> None:
    """Wait for a task to end whatever cancels the waiting, by asyncio or by anyio, then tell."""
    cancelled: asyncio.CancelledError | None = None
    with anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as error:
                cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled
