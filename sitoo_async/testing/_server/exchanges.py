"""One request at the fake server: whether it is let in, what a fault does to it, how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import random
import uuid
from typing import TYPE_CHECKING, Any

import attrs
from aiohttp import web
from aiohttp.http import HttpProcessingError

from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._server.answers import (
    Answer,
    bad_gateway,
    larger,
    literal,
    oversized,
    refused,
    send,
    send_half,
    worked,
    worked_v3,
)
from sitoo_async.testing._server.faults import FaultQueue
from sitoo_async.testing._server.keys import admitted
from sitoo_async.testing._server.requests import Connections, RecordedRequest, decoded, recorded

if TYPE_CHECKING:
    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._server.faults import Fault
    from sitoo_async.testing._server.keys import Key

__all__ = ["Exchanges", "Rules", "log"]

_MEGABYTE = 1_000_000

_MADE_UP = b'{"totalcount": 0, "items": []}'

log = logging.getLogger("sitoo_async.testing")


def _in_a_line(record: logging.LogRecord) -> bool:
    """Tell of what is no HTTP in a line: aiohttp shows where in itself it noticed."""
    if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
        reason = " ".join(str(record.exc_info[1]).split())
        sender = record.args[0] if isinstance(record.args, tuple) and record.args else "a client"
        record.msg, record.args = "what %s sent is no HTTP request: %s", (sender, reason)
        record.exc_info = None
    return True


log.addFilter(_in_a_line)


class _Dropped(Exception):  # noqa: N818  # not an error: the connection is closed on purpose
    """The connection goes away without an answer."""


@attrs.define
class Rules:
    """How many requests a server takes, and how long each keeps its key busy.

    See the arguments of `FakeSitoo`.
    """

    account_id: int
    delay: float
    slot_seconds: float
    slot_requests: int | None
    per_account: bool
    services_apart: bool


class Exchanges:
    """The requests of one server.

    Args:
        account: what answers them.
        rules: how many are taken.
        requests: where they are recorded, if they are.
        seed: of the request ids.

    Attributes:
        highest_in_flight: as of `FakeSitoo`, like the next three.
        overlaps: how many were refused because the key was busy.
        limited: how many were refused because the slot was used up.
        shipments_limit: the size above which an answer of Shipments v3 is 502.
        keys: who is let in, by API ID.
        faults: what strikes the next ones.
    """

    def __init__(
        self,
        account: Account,
        rules: Rules,
        requests: list[RecordedRequest] | None,
        seed: int,
    ) -> None:
        self.highest_in_flight = 0
        self.overlaps = 0
        self.limited = 0
        self.shipments_limit = _MEGABYTE
        self.keys: dict[str, Key] = {}
        self.faults = FaultQueue()
        self._account = account
        self._rules = rules
        self._requests = requests
        self._random = random.Random(seed)  # noqa: S311  # ids of requests, not secrets
        self._handlers: set[asyncio.Task[Any]] = set()
        self._connections = Connections()
        self._unlocked = asyncio.Event()

    def begin(self) -> None:
        """Make ready for the loop that runs: what hanging requests wait for belongs to it."""
        self._unlocked = asyncio.Event()

    async def end(self) -> None:
        """Stop all requests, hanging ones included."""
        handlers = list(self._handlers)
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)

    def unlock(self) -> None:
        """Free the keys that a fault left locked, and let hanging requests end."""
        for key in self.keys.values():
            key.unlock()
        self._unlocked.set()
        self._unlocked = asyncio.Event()

    def reset(self) -> None:
        """Forget records, faults, counters, slots and locks."""
        if self._requests is not None:
            self._requests.clear()
        self.faults.clear()
        self.highest_in_flight = self.overlaps = self.limited = 0
        for key in self.keys.values():
            key.forget()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one."""
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine of a running server has a task
        self._handlers.add(task)
        record = recorded(
            request,
            connection=self._connections.number(request),
            request_id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            now=self._now(),
        )
        if self._requests is not None:
            self._requests.append(record)
        try:
            return await self._exchange(request, record)
        except (_Dropped, ConnectionError):
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        finally:
            record.ended = self._now()
            self._handlers.discard(task)

    def _now(self) -> float:
        return asyncio.get_running_loop().time()

    async def _exchange(
        self,
        request: web.BaseRequest,
        record: RecordedRequest,
    ) -> web.StreamResponse:
        try:
            body = await request.content.read()
        except Exception as error:
            # The client went away, or sent what is no HTTP body, before the request was complete.
            raise _Dropped from error
        record.json, readable = decoded(body)
        try:
            key = admitted(request, self._rules.account_id, self.keys)
        except Refusal as refusal:
            return await send(request, record, refused(refusal, record))
        if self._rules.services_apart:
            key = key.part(record.service)
        key.open += 1
        self.highest_in_flight = max(self.highest_in_flight, key.open)
        try:
            too_many = self._refused_turn(record, key)
            if too_many is not None:
                return await send(request, record, too_many)
            key.at_work += 1
            try:
                return await self._work(request, record, key, readable=readable)
            finally:
                key.at_work -= 1
        finally:
            key.open -= 1

    def _refused_turn(self, record: RecordedRequest, key: Key) -> Answer | None:
        now = self._now()
        sharing = self.keys.values() if self._rules.per_account else (key,)
        if any(other.busy(now) for other in sharing):
            self.overlaps += 1
            # This kind of 429 names no time: the other request may end any moment.
            return refused(Refusal(429, "429: Too many connections"), record)
        key.enter_slot(now, self._rules.slot_seconds)
        if self._rules.slot_requests is not None and key.used >= self._rules.slot_requests:
            self.limited += 1
            left = math.ceil(key.slot_left(now, self._rules.slot_seconds))
            return refused(
                Refusal(429, "429: Too many requests"),
                record,
                {"X-Rate-Limit-Reset": str(max(1, left))},
            )
        key.used += 1
        return None

    async def _work(
        self,
        request: web.BaseRequest,
        record: RecordedRequest,
        key: Key,
        *,
        readable: bool,
    ) -> web.StreamResponse:
        # At least one turn of the loop, so that requests that come together do overlap.
        await asyncio.sleep(self._rules.delay)
        fault = self.faults.next_for(record.method, record.path)
        if fault is None:
            return await send(request, record, self._worked(request, record, readable=readable))
        answer = None
        if fault.when == "after":
            answer = self._worked(request, record, readable=readable)
        if fault.kind == "hang":
            await self._hang(fault.seconds)
            answer = answer or self._worked(request, record, readable=readable)
            return await send(request, record, answer)
        return await self._strike(request, record, key, fault, answer)

    def _worked(
        self, request: web.BaseRequest, record: RecordedRequest, *, readable: bool
    ) -> Answer:
        if record.service is None:
            return worked(self._account, request, record, readable=readable)
        answer = worked_v3(self._account, request, record, readable=readable)
        if record.service == "shipments-v3" and larger(answer, self.shipments_limit):
            # "The answer is limited to 1 MB compressed": the work is done all the same.
            return bad_gateway()
        return answer

    async def _hang(self, seconds: float | None) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._unlocked.wait()

    async def _strike(
        self,
        request: web.BaseRequest,
        record: RecordedRequest,
        key: Key,
        fault: Fault,
        answer: Answer | None,
    ) -> web.StreamResponse:
        kind = fault.kind
        if kind == "drop":
            raise _Dropped
        if kind == "half":
            return await send_half(request, record, answer or Answer(200, _MADE_UP))
        if kind == "slow" and answer is not None:
            return await send(request, record, answer, seconds=fault.seconds or 0.0)
        if kind == "oversize":
            return await send(request, record, oversized(fault))
        if kind == "locked":
            key.lock(self._now(), fault.seconds, self._rules.slot_seconds)
        return await send(request, record, literal(fault, record))
