"""What a client and all its views share: keys, lanes, connections, and the calls under way."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextvars import Context
from typing import TYPE_CHECKING, Any, Literal

from sitoo_async._checks.unforeseen import unforeseen
from sitoo_async._forks import in_forked_child
from sitoo_async._gates import Gate
from sitoo_async._http.address import Address, Place
from sitoo_async._http.connections import Connections, Origin
from sitoo_async._http.keys import Key
from sitoo_async._http.messages import Request, Response
from sitoo_async._http.observers import ExchangeRecord, Observer, log_exchange
from sitoo_async._http.services import ServiceName, divides, nowhere
from sitoo_async._http.transport import FORKED, Transport
from sitoo_async._http.verdict import Verdict, judge, judge_failure, name_the_key, name_the_size
from sitoo_async._lane.batch_size import Pace
from sitoo_async._lane.binding import Binding
from sitoo_async._lane.call import CLOSED_WHILE_WAITING, Call
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.one_key import OneKey
from sitoo_async._lane.options import Options
from sitoo_async._lane.registry import (
    balancer_for,
    gate_in_use,
    lane_for,
    own_lane,
    stats_of,
)
from sitoo_async._lane.retry import CALL_WITHIN
from sitoo_async._lane.stats import LaneStats, summed
from sitoo_async.errors import (
    ApiError,
    ClientClosedError,
    SitooError,
    TransportError,
    WrongLoopError,
)

if TYPE_CHECKING:
    from sitoo_async._lane.balancer import Balancer

__all__ = ["Session"]

logger = logging.getLogger("sitoo_async")


_sessions: weakref.WeakSet[Session] = weakref.WeakSet()


class Session:
    """The shared part of a client and its views.

    Args:
        address: the account's address.
        places: where the services are that have hosts of their own, by name; some may be nowhere.
        keys: the keys; the lane of each is shared with every other client of it in the loop.
        connect: makes the connection for a key to the host of that origin.
        gate: who else may use the keys.
        own_lanes: the services that have lanes of their own.
        grace: seconds that closing waits for an exchange in flight.
        observers: called after each exchange.
        origin: where the client was made.
        lent: whether the connections are those of a session that was lent.
    """

    def __init__(
        self,
        address: Address,
        *,
        places: Mapping[str, Place],
        keys: Sequence[Key],
        connect: Callable[[Key, str], Transport],
        gate: Gate | None,
        own_lanes: Sequence[ServiceName],
        grace: float,
        observers: Sequence[Observer],
        origin: Origin,
        lent: bool,
    ) -> None:
        self.address = address
        self._places = places
        self._keys = self._keys_in_use = tuple(keys)
        # Changed by a simulation, which has a server of its own and no sockets.
        self.connect = connect
        self._gate = gate
        self._own_lanes = own_lanes
        self.closes_gate = False  # a client that made the gate itself says so
        self._grace = grace
        self._observers = tuple(observers)
        self._origin = origin
        self._lent = lent
        self._binding: Binding | None = None
        # In a forked child: what the parent had, kept as it is, and whether its session was lent.
        self._inherited: Binding | None = None
        self._session_inherited = False
        self._state: Literal["open", "draining", "dropping", "closed"] = "open"
        self._calls = 0
        self.heard: set[ServiceName | None] = set()  # those whose host has ever answered
        self.paces: dict[
            tuple[str | None, str, str], Pace
        ] = {}  # of the batches that calls leave in
        self.writes: int = 0  # that have ended, one way or the other
        self._idle: asyncio.Future[None] | None = None  # set while somebody waits for no calls
        _sessions.add(self)

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
        """What the lanes of the keys are doing together."""
        api_ids = [key.api_id for key in self._keys_in_use]
        return self._stats(lambda balancer: balancer.stats(), api_ids)

    def stats_by_key(self) -> dict[str, LaneStats]:
        """What each of them is doing, by API ID."""

        def of(api_id: str) -> LaneStats:
            def at(balancer: Balancer | OneKey) -> LaneStats | None:
                lane = balancer.by_api_id.get(api_id)
                return None if lane is None else lane.stats()

            return self._stats(at, [api_id])

        return {key.api_id: of(key.api_id) for key in self._keys}

    def _stats(
        self, at: Callable[[Balancer | OneKey], LaneStats | None], api_ids: Sequence[str]
    ) -> LaneStats:
        """What is told of the lanes that all hosts share, and of those that are a service's own."""
        binding = self._binding
        told: list[LaneStats] = []
        for service in (None, *self._own_lanes):
            bound = binding
            if binding is not None and service is not None:
                bound = binding.services.get(service)
            of_bound = None if bound is None else at(bound.balancer)
            told.append(of_bound or stats_of(self._lanes_of(service), api_ids))
        return told[0] if len(told) == 1 else summed(told)

    def _lanes_of(self, service: ServiceName | None) -> str:
        """The name under which lanes are looked up."""
        origin = self.address.origin
        return own_lane(origin, service) if service in self._own_lanes else origin

    async def _bind(self) -> Binding:
        """Bind to the running loop, where there is no binding yet or its loop is gone."""
        loop = self._loop()
        former = self._binding or self._inherited
        if former is not None and not former.loop.is_closed():
            raise WrongLoopError(
                "the client is at work in another event loop: give each loop its own client"
            )
        if former is not None and former.balancer.limited:
            left = former.balancer.in_use
            self._keys_in_use = tuple(key for key in self._keys_in_use if key.api_id in left)
        api_ids = [key.api_id for key in self._keys_in_use]
        balancer = balancer_for(loop, self.address.origin, api_ids, self._gate)
        transports = {
            lane_for(loop, self.address.origin, key.api_id, self._gate): self.connect(
                key, self.address.origin
            )
            for key in self._keys_in_use
        }
        connections = Connections(loop, transports.values())
        self._binding = binding = Binding(loop, balancer, transports, connections)
        self._calls, self._idle, self._inherited = 0, None, None
        await connections.watch(self, self._origin)
        if former is not None:
            # Its loop is gone and its sockets with it; this only marks the sessions closed.
            await former.connections.aclose()
        return binding

    def _bind_to(self, service: ServiceName, binding: Binding) -> Binding:
        """What belongs to the loop and that service."""
        found = binding.services.get(service)
        if found is None:
            origin, balancer = self.place(service).origin, binding.balancer
            if service in self._own_lanes:
                api_ids = [key.api_id for key in self._keys_in_use]
                lanes = self._lanes_of(service)
                balancer = balancer_for(binding.loop, lanes, api_ids, self._gate)
            transports = {
                balancer.by_api_id[key.api_id]: self.connect(key, origin)
                for key in self._keys_in_use
            }
            binding.connections.add(transports.values())
            found = Binding(binding.loop, balancer, transports, binding.connections)
            binding.services[service] = found
        return found

    def place(self, service: ServiceName | None) -> Place | Address:
        """Where a service is; None: the account's API.

        Raises:
            InvalidOptionError: nobody has told.
        """
        if service is None:
            return self.address
        place = self._places.get(service)
        if place is None:
            raise nowhere(service)
        return place

    def _loop(self) -> asyncio.AbstractEventLoop:
        """The loop to bind to."""
        inherited = self._inherited
        if self._session_inherited or (inherited is not None and not inherited.loop.is_closed()):
            raise WrongLoopError(FORKED)
        try:
            return asyncio.get_running_loop()
        except RuntimeError as error:
            # As after a fork inside a running loop: it goes on running in the parent alone.
            raise WrongLoopError(
                "no event loop is running here: call the client inside of asyncio.run(), and in a "
                "forked child inside of one that begins there"
            ) from error

    def inherit(self) -> Connections | None:
        """In a forked child: give up what the parent has; tell what is to be let go of."""
        self._session_inherited = self._lent
        if self._binding is None:
            return None
        self._inherited, self._binding = self._binding, None
        return self._inherited.connections

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
                await binding.connections.aclose()
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
            for balancer in binding.balancers:
                for queue in balancer.queues:
                    queue.drop(self, CLOSED_WHILE_WAITING)
            # In nobody's context, which the timers in there would keep for as long as the grace.
            finish = binding.loop.create_task(self._finish(binding), context=Context())
            await _outlast(finish)

    async def _finish(self, binding: Binding) -> None:
        lanes = [lane for balancer in binding.balancers for lane in balancer.lanes]
        flights = {flight for lane in lanes if (flight := lane.flight(self)) is not None}
        await _within(self._grace, flights)
        await binding.connections.aclose()
        if self._gate is not None:
            farewell = binding.loop.create_task(self._part_from(self._gate, binding.loop, lanes))
            await _within(self._grace, {farewell})
            if not farewell.cancelled():
                farewell.result()
        self._state = "closed"
        self._binding = None

    async def _part_from(
        self, gate: Gate, loop: asyncio.AbstractEventLoop, lanes: Iterable[Lane]
    ) -> None:
        # The loop may end next, and would leave the keys to other processes as if their holder
        # had died.
        await asyncio.gather(*(lane.settle() for lane in lanes))
        # Other clients may be at work with it, or with one that is equal.
        if self.closes_gate and not gate_in_use(loop, gate):
            await gate.aclose()

    # -------------------------------------------------------------------------------- calling

    async def call(self, request: Request, options: Options) -> Response:
        """Make a call of one request; see `Call.send`."""
        call = Call(self, options, options.priority)
        try:
            return await call.send(request)
        finally:
            if call.begun:
                self.end(call.binding)

    def open(self, options: Options, *, bulk: bool = False, within: float = CALL_WITHIN) -> Call:
        """A call of one or more requests, to be used in a ``with``.

        Args:
            options: what travels with it.
            bulk: whether it gives way to interactive calls.
            within: seconds of trouble that each request outlasts, if its policy does not say.
        """
        return Call(self, options, "bulk" if bulk else options.priority, within)

    async def admit(self, call: Call, request: Request) -> None:
        """Let a call begin now, with that request; `end` must follow."""
        if self._state != "open":
            raise ClientClosedError("the client is closed: make a new one")
        binding = self._binding
        if binding is None or binding.loop is not asyncio.get_running_loop():
            binding = await self._bind()
        if request.service is not None:
            binding = self._bind_to(request.service, binding)
        call.binding = binding
        call.begin(binding.loop.time())
        balancer = binding.balancer
        call.queue = (
            balancer.queue if isinstance(balancer, OneKey) else balancer.queue_for(request, call)
        )
        call.begun = True
        self._calls += 1

    def end(self, binding: Binding) -> None:
        """Count a call out that was admitted."""
        # A call that its closed loop left behind may end when the client is bound anew.
        now = self._binding
        if now is None or now.loop is binding.loop:
            self._calls -= 1
        if not self._calls and self._idle is not None:
            self._idle.set_result(None)
            self._idle = None

    async def exchange(self, call: Call, request: Request) -> Response | SitooError:
        """One exchange, run by the lane; what it learns about the key it tells the lane."""
        options = call.options
        call.trouble.flying = True
        try:
            try:
                response = await call.binding.transports[call.lane].send(
                    request,
                    root=(
                        self.address if request.service is None else self.place(request.service)
                    ).root,
                    seconds=options.request_timeout,
                    limit=options.max_response_bytes,
                )
            except TransportError as error:
                return self._heed(call, request, None, judge_failure(error))
            self.heard.add(request.service)
            return self._heed(call, request, response, judge(response))
        except SitooError:
            raise
        except Exception as error:  # noqa: BLE001  # whoever waits is told
            return self._unforeseen(call, request, error)

    def _heed(
        self, call: Call, request: Request, response: Response | None, verdict: Verdict
    ) -> Response | SitooError:
        """Do what a verdict says; what becomes of the call is its own to say."""
        binding, lane = call.binding, call.lane
        if not isinstance(binding.balancer, OneKey):
            # Before the lane is held: what waits there may be about to go on elsewhere.
            binding.balancer.learn(lane, response, verdict, request.service)
        outcome = verdict.outcome
        if isinstance(outcome, ApiError):
            name_the_key(
                outcome,
                api_id=binding.balancer.api_id(lane),
                account_id=self.address.account_id,
                origin=self.place(request.service).origin,
            )
            if outcome.status == 502 and request.method == "GET" and divides(request.service):
                name_the_size(outcome, rows=request.divisible)
        if request.method != "GET":
            self.writes += 1
        if verdict.served:
            lane.served()
        if verdict.refused:
            lane.refuse()
        if verdict.hold is not None:
            lane.hold(verdict.hold, f"Sitoo said {outcome}")
        elif verdict.brief and not request.asks_too_much(outcome):
            lane.hold_briefly(str(outcome), refused=verdict.refused)
        if self._observers or logger.isEnabledFor(logging.DEBUG):
            self._tell(request, response, outcome, binding.loop.time() - call.flew_at)
        return outcome

    def _unforeseen(self, call: Call, request: Request, error: Exception) -> SitooError:
        failure = unforeseen(error, f"{request.method} {request.path}", sent="unknown")
        call.lane.hold_briefly(str(failure))
        self.writes += request.method != "GET"
        return failure

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
            request_id=outcome.request_id,
            elapsed=elapsed,
            received=0 if response is None else len(response.body),
            service=request.service,
        )
        log_exchange(record)
        loop = asyncio.get_running_loop()
        for observer in self._observers:
            # Not here: an observer is not to run, let alone to raise, inside an exchange.
            loop.call_soon(observer, record)


async def _within(seconds: float, tasks: set[asyncio.Task[Any]]) -> None:
    """Wait for tasks for so long, then cancel those that are left, and wait for their end."""
    late = tasks and (await asyncio.wait(tasks, timeout=seconds))[1]
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late)


async def _outlast(task: asyncio.Task[None]) -> None:
    """Wait for a task to end whatever cancels the waiting, by asyncio or by anyio, then tell."""
    cancelled: asyncio.CancelledError | None = None
    # Only who has imported anyio can have a scope of it; it is not loaded to shut nothing out.
    anyio: Any = sys.modules.get("anyio")
    with contextlib.nullcontext() if anyio is None else anyio.CancelScope(shield=True):
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError as error:
                cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled


def _inherit() -> None:
    # First of all none is used any more, whatever becomes of letting go.
    inherited = [session.inherit() for session in [*_sessions]]
    for connections in inherited:
        if connections is not None:
            connections.abandon()


in_forked_child(_inherit)
