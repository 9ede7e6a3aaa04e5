"""One call: turns in the lane, attempts, and the last real error.

`Caller` is what a client and all its views share: the key, the lane and the transport of the
running loop, and the calls under way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import anyio
import attrs

from sitoo_async._checks import check_number
from sitoo_async._hooks import ExchangeRecord, Observer, log_exchange
from sitoo_async._lane import Gate, Lane, LaneStats, Priority, Ticket, lane_for
from sitoo_async._retry import RetryPolicy, decide
from sitoo_async._transport import Transport
from sitoo_async._wire import Address, Request, Response, Secret, judge, judge_failure
from sitoo_async.errors import (
    ClientClosedError,
    InvalidOptionError,
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

__all__ = ["Caller", "Options"]

logger = logging.getLogger("sitoo_async")


@attrs.frozen
class Options:
    """What travels with each call, and differs between the views of one client.

    Attributes:
        queue_timeout: seconds a call may wait for its turns, in all; None for any time.
        request_timeout: seconds for one exchange.
        deadline: seconds for the whole call: queue, holds, retries; None for any time.
        max_rate_limit_wait: seconds a call agrees to sit out a rate limit.
        max_waiting: calls that may wait in the lane when this one comes; None for any number.
        priority: ``"interactive"``, or ``"bulk"`` to give way to interactive calls.
        retry: how often a call is tried.
        strict: whether an answer that breaks its documented types is a `DecodeError`.
        max_response_bytes: the largest body that is read, decompressed.
    """

    queue_timeout: float | None = None
    request_timeout: float = 120.0
    deadline: float | None = None
    max_rate_limit_wait: float = 660.0
    max_waiting: int | None = None
    priority: Priority = "interactive"
    retry: RetryPolicy = attrs.field(factory=RetryPolicy)
    strict: bool = False
    max_response_bytes: int = 64 * 1024 * 1024

    def __attrs_post_init__(self) -> None:
        check_number("queue_timeout", self.queue_timeout, zero=True, optional=True)
        check_number("request_timeout", self.request_timeout)
        check_number("deadline", self.deadline, optional=True)
        check_number("max_rate_limit_wait", self.max_rate_limit_wait, zero=True)
        check_number("max_waiting", self.max_waiting, whole=True, zero=True, optional=True)
        check_number("max_response_bytes", self.max_response_bytes, whole=True)
        if self.priority not in ("interactive", "bulk"):
            raise InvalidOptionError(
                f"priority must be 'interactive' or 'bulk', not {self.priority!r}",
                field="priority",
            )
        if not isinstance(self.retry, RetryPolicy):
            raise InvalidOptionError("retry must be a RetryPolicy", field="retry")


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
        """Make one call: as many exchanges as it takes and the retry policy allows.

        Returns:
            The answer, always a 2xx.

        Raises:
            SitooError: how the call failed; `sent` tells the worst over all its attempts.
        """
        request.check(self.address.root)
        if self._state != "open":
            raise ClientClosedError("the client is closed: make a new one")
        binding = self._binding
        if binding is None or binding.loop is not asyncio.get_running_loop():
            binding = await self._bind()
        ticket = binding.lane.ticket(
            priority="bulk" if bulk else options.priority,
            owner=self,
            queue_timeout=options.queue_timeout,
            deadline=options.deadline,
            patience=options.max_rate_limit_wait,
        )
        self._calls += 1
        try:
            return await _Call(self, binding, ticket, request, options).run()
        finally:
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
class _Call:
    """The attempts of one call."""

    caller: Caller
    binding: _Binding
    ticket: Ticket
    request: Request
    options: Options
    exchanges: int = 0
    counted: int = 0
    worst: Sent = "no"
    last: SitooError | None = None

    async def run(self) -> Response:
        while True:
            outcome = await self._turn()
            self.exchanges += 1
            if isinstance(outcome, Response):
                return outcome
            if self._already_gone(outcome):
                return Response(200, {}, b"true")
            self.last = self._describe(outcome)
            self.worst = self.last.sent
            await self._go_again(self.last)

    async def _turn(self) -> Response | SitooError:
        caller, binding = self.caller, self.binding
        try:
            return await binding.lane.turn(
                self.ticket,
                lambda: caller.exchange(binding, self.request, self.options),
                max_waiting=self.options.max_waiting,
            )
        except (LaneError, RateLimitError, ReadError, ClientClosedError) as refusal:
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
            if ticket.deadline is not None and loop.time() + decision.pause > ticket.deadline:
                raise error
            await anyio.sleep(decision.pause)
        if self.caller.state in ("dropping", "closed"):
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
