"""FakeSitoo: a real HTTP server on loopback that keeps the rules of the Sitoo REST API."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
import random
import uuid
from typing import TYPE_CHECKING, Any, Self, TypeVar, TypeVarTuple, Unpack

from aiohttp import web
from aiohttp.http import HttpProcessingError

from sitoo_async._lane.registry import forget
from sitoo_async.testing._account.account import Account
from sitoo_async.testing._account.world import World
from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._server.answers import (
    Answer,
    literal,
    oversized,
    refused,
    send,
    send_half,
    worked,
)
from sitoo_async.testing._server.faults import FaultQueue, check_seconds
from sitoo_async.testing._server.keys import Key, admitted
from sitoo_async.testing._server.requests import Connections, RecordedRequest, decoded, recorded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from anyio.from_thread import BlockingPortal

    from sitoo_async.testing._reference.parameters import Item
    from sitoo_async.testing._server.faults import Fault

__all__ = ["FakeSitoo", "RecordedRequest"]

EPOCH = 1_700_000_000
"""What the server's clock shows when the loop's clock shows 0."""

_MADE_UP = b'{"totalcount": 0, "items": []}'


Given = TypeVarTuple("Given")
R = TypeVar("R")

_log = logging.getLogger("sitoo_async.testing")


def _in_a_line(record: logging.LogRecord) -> bool:
    """Tell of what is no HTTP in a line: aiohttp shows where in itself it noticed."""
    if record.exc_info and isinstance(record.exc_info[1], HttpProcessingError):
        reason = " ".join(str(record.exc_info[1]).split())
        sender = record.args[0] if isinstance(record.args, tuple) and record.args else "a client"
        record.msg, record.args = "what %s sent is no HTTP request: %s", (sender, reason)
        record.exc_info = None
    return True


_log.addFilter(_in_a_line)


class _Dropped(Exception):  # noqa: N818  # not an error: the connection is closed on purpose
    """The connection goes away without an answer."""


class FakeSitoo:
    """A Sitoo account behind a real HTTP server on loopback, written from the public reference.

    It serves every operation of the v2 reference; a test looks into its stores with `items` and
    puts something in with `add`. It refuses what the reference says that Sitoo refuses: a second
    request while one is in flight, more requests than a slot allows, unknown fields, prices off
    their pattern. Faults can be scripted, and every request is recorded. Time is the running
    loop's, so on a `VirtualTimeLoop` ten-minute slots pass at once.

    Example:
        >>> async with FakeSitoo(products=100) as fake:
        ...     fake.script(Fault.drop(when="after", method="PUT"))
        ...     async with SitooClient(**fake.credentials) as sitoo:
        ...         await sitoo.products.get(21)

    A plain ``with`` serves from a thread of its own. Code under test that is synchronous outside
    (a Celery task, a command, a Django view) has event loops of its own, and while one of them
    runs, a server in the loop of the test would stand still.

        >>> with FakeSitoo(products=100) as fake:
        ...     synchronise_prices(**fake.credentials)

    Args:
        products: how many products of the catalogue the first site holds from the start.
        orders: how many orders each site holds from the start.
        z_reports: how many z-reports each cash register has made.
        users: how many users the account holds.
        service_orders: how many service orders the account holds.
        wrapped_gift_cards: whether a gift card is wrapped when it is read, too: the reference
            shows it bare there, and wrapped after a change.
        seed: of the catalogue, of the rest of the world and of the request ids.
        account_id: the account number in the path.
        api_id: the first API key; default ``{account_id}-125``.
        password: of that key.
        sites: the eshopids that exist.
        host: the address to listen on.
        port: 0 takes a free one.
        delay: seconds of work that each admitted request takes, during which its key is busy.
        slot_seconds: the length of a slot.
        slot_requests: how many requests a key may make in one slot; None: any number.
        per_account: whether one request at a time is allowed to the account, not to each key.
        record: whether `requests` is filled; a server that runs for days had better not.

    Attributes:
        requests: every request since the start or the last `reset`, in the order of arrival.
        highest_in_flight: the largest number of requests of one key that were open at once,
            refused ones included. A request stays open until its work is over, even if its client
            has gone. A lock that a fault left behind is not a request.
        overlaps: requests refused because the key was busy; not those of `Fault.refuse`.
        limited: requests refused because the slot was used up.
    """

    def __init__(
        self,
        *,
        products: int = 0,
        orders: int = 12,
        z_reports: int = 4,
        users: int = 6,
        service_orders: int = 4,
        wrapped_gift_cards: bool = False,
        seed: int = 1,
        account_id: int = 90316,
        api_id: str | None = None,
        password: str = "fake-password",  # noqa: S107  # it opens this fake and nothing else
        sites: Sequence[int] = (1, 2),
        host: str = "127.0.0.1",
        port: int = 0,
        delay: float = 0.0,
        slot_seconds: float = 600.0,
        slot_requests: int | None = None,
        per_account: bool = False,
        record: bool = True,
    ) -> None:
        if not sites:
            raise ValueError("sites: name at least one eshopid")
        check_seconds("delay", delay)
        check_seconds("slot_seconds", slot_seconds)
        self.requests: list[RecordedRequest] = []
        self.highest_in_flight: int = 0
        self.overlaps: int = 0
        self.limited: int = 0
        self._account_id = account_id
        self._api_id = f"{account_id}-125" if api_id is None else api_id
        self._password = password
        self._keys = {self._api_id: Key(password)}
        self._sites = tuple(sites)
        self._host = host
        self._port = port
        self._delay = delay
        self._slot_seconds = slot_seconds
        self._slot_requests = slot_requests
        self._per_account = per_account
        self._record = record
        self._random = random.Random(seed)  # noqa: S311  # ids of requests, not secrets
        self._account = Account(
            sites,
            seed,
            self._clock,
            World(orders, z_reports, users, service_orders),
            wrapped_gift_cards=wrapped_gift_cards,
        )
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: web.ServerRunner | None = None
        self._base_url: str | None = None
        self._handlers: set[asyncio.Task[Any]] = set()
        self._connections = Connections()
        self._faults = FaultQueue()
        self._unlocked = asyncio.Event()
        self._thread: AbstractContextManager[BlockingPortal] | None = None
        self._portal: BlockingPortal | None = None  # into that thread
        self.add_products(products)

    # The server's life.

    async def start(self) -> None:
        """Listen.

        Raises:
            RuntimeError: it listens already.
            OSError: the port is taken.
        """
        if self._runner is not None:
            raise RuntimeError("this FakeSitoo is started already")
        self._loop = asyncio.get_running_loop()
        self._unlocked = asyncio.Event()  # one of this loop
        # A disconnected client does not cancel the handler: the real server goes on working too.
        server = web.Server(self._handle, handler_cancellation=False, access_log=None, logger=_log)
        runner = web.ServerRunner(server, shutdown_timeout=1)
        await runner.setup()
        site = web.TCPSite(runner, self._host, self._port)
        try:
            await site.start()
        except OSError:
            await runner.cleanup()
            raise
        self._runner = runner
        host = f"[{self._host}]" if ":" in self._host else self._host
        self._base_url = f"http://{host}:{runner.addresses[0][1]}"
        # Whatever was at this port before was another server.
        forget(self._base_url)

    async def aclose(self) -> None:
        """Stop at once, hanging requests included. The stores and the records stay."""
        runner, self._runner = self._runner, None
        if runner is None:
            return
        handlers = list(self._handlers)
        for handler in handlers:
            handler.cancel()
        await asyncio.gather(*handlers, return_exceptions=True)
        await runner.cleanup()
        forget(self.base_url)
        self._base_url = None

    def __enter__(self) -> Self:
        """Serve from a thread of its own, for code under test that has its own event loops."""
        if self._portal is not None or self._runner is not None:
            raise RuntimeError("this FakeSitoo is started already")
        # On first use: most servers live in their test's own loop.
        from anyio.from_thread import start_blocking_portal  # noqa: PLC0415

        thread = start_blocking_portal()
        portal = thread.__enter__()
        try:
            portal.call(self.start)
        except BaseException:
            thread.__exit__(None, None, None)
            raise
        self._thread, self._portal = thread, portal
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        thread, portal = self._thread, self._portal
        assert thread is not None and portal is not None  # noqa: S101, PT018  # it was entered
        self._thread = self._portal = None
        try:
            portal.call(self.aclose)
        finally:
            thread.__exit__(None, None, None)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    @property
    def base_url(self) -> str:
        """Where it listens, such as ``http://127.0.0.1:41234``."""
        if self._base_url is None:
            raise RuntimeError("this FakeSitoo is not started: use `async with` or `start()`")
        return self._base_url

    @property
    def credentials(self) -> dict[str, Any]:
        """What a client is built with: ``SitooClient(**fake.credentials)``."""
        return {
            "account_id": self._account_id,
            "api_id": self._api_id,
            "password": self._password,
            "base_url": self.base_url,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same as environment variables."""
        return {
            "SITOO_ACCOUNT_ID": str(self._account_id),
            "SITOO_API_ID": self._api_id,
            "SITOO_PASSWORD": self._password,
            "SITOO_BASE_URL": self.base_url,
            "SITOO_SITE": str(self._sites[0]),
        }

    # What a test does to it.

    def script(self, *faults: Fault) -> None:
        """Queue `faults`; each admitted request meets the first one in the queue that fits it."""
        self._in_its_loop(self._faults.extend, faults)

    def add_key(self, api_id: str, password: str) -> None:
        """Let another API key of this account in."""
        self._keys[api_id] = Key(password)

    def products(self, site: int | None = None) -> dict[int, Item]:
        """The live store of `site` (default: the first) by productid.

        A test may read and change it: what it holds is what the server answers.
        """
        return self._account.products(self._sites[0] if site is None else site).items

    def add_products(self, count: int, site: int | None = None) -> None:
        """Add the next `count` products of the catalogue to `site` (default: the first)."""
        at = self._sites[0] if site is None else site
        self._in_its_loop(self._account.add_products, count, at)

    def items(self, path: str) -> dict[Any, Item]:
        """The live store of the collection at `path`, by key.

        A test may read and change it: what it holds is what the server answers. A single object,
        such as the settings of a site, stands under the key None; a view of several collections,
        such as ``/orders``, holds nothing itself.

        Example:
            >>> fake.items("/sites/1/warehouses/1/warehouseitems")["10001-1"]["decimaltotal"]

        Raises:
            KeyError: there is no such path.
            ValueError: it names one item.
        """
        return self._account.items(path)

    def add(self, path: str, item: Mapping[str, Any]) -> Any:
        """Add `item` to the collection at `path` as a request would, with all that follows.

        Example:
            >>> fake.add("/sites/1/orders", {"ordertypeid": 10, "orderitems": [...]})

        Returns:
            What the server would: mostly the key.

        Raises:
            KeyError: there is no such path.
            ValueError: the server would refuse it.
        """
        return self._in_its_loop(self._account.put_in, path, dict(item))

    def unlock(self) -> None:
        """Free the keys that a fault left locked, and let hanging requests end."""
        self._in_its_loop(self._unlock)

    def _unlock(self) -> None:
        for key in self._keys.values():
            key.locked_until = None
        self._unlocked.set()
        self._unlocked = asyncio.Event()

    def reset(self) -> None:
        """Forget records, faults, counters, slots and locks; the stores stay as they are."""
        self._in_its_loop(self._reset)

    def _reset(self) -> None:
        self.requests.clear()
        self._faults.clear()
        self.highest_in_flight = self.overlaps = self.limited = 0
        for key in self._keys.values():
            key.forget()

    def _in_its_loop(self, function: Callable[[Unpack[Given]], R], *given: *Given) -> R:
        """Call where the server runs, so that no request is under work meanwhile."""
        portal = self._portal
        return function(*given) if portal is None else portal.call(function, *given)

    def _clock(self) -> int:
        return EPOCH if self._loop is None else EPOCH + int(self._loop.time())

    # One request.

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # a coroutine of a running server has a task
        self._handlers.add(task)
        record = recorded(
            request,
            connection=self._connections.number(request),
            request_id=str(uuid.UUID(int=self._random.getrandbits(128), version=4)),
            now=self._now(),
        )
        if self._record:
            self.requests.append(record)
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
            key = admitted(request, self._account_id, self._keys)
        except Refusal as refusal:
            return await send(request, record, refused(refusal))
        key.open += 1
        self.highest_in_flight = max(self.highest_in_flight, key.open)
        try:
            too_many = self._refused_turn(key)
            if too_many is not None:
                return await send(request, record, too_many)
            key.at_work += 1
            try:
                return await self._work(request, record, key, readable=readable)
            finally:
                key.at_work -= 1
        finally:
            key.open -= 1

    def _refused_turn(self, key: Key) -> Answer | None:
        now = self._now()
        sharing = self._keys.values() if self._per_account else (key,)
        if any(other.busy(now) for other in sharing):
            self.overlaps += 1
            # This kind of 429 names no time: the other request may end any moment.
            return refused(Refusal(429, "429: Too many connections"))
        key.enter_slot(now, self._slot_seconds)
        if self._slot_requests is not None and key.used >= self._slot_requests:
            self.limited += 1
            left = math.ceil(key.slot_left(now, self._slot_seconds))
            return refused(
                Refusal(429, "429: Too many requests"),
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
        await asyncio.sleep(self._delay)
        fault = self._faults.next_for(record.method, record.path)
        if fault is None:
            return await send(
                request, record, worked(self._account, request, record, readable=readable)
            )
        answer = None
        if fault.when == "after":
            answer = worked(self._account, request, record, readable=readable)
        if fault.kind == "hang":
            await self._hang(fault.seconds)
            answer = answer or worked(self._account, request, record, readable=readable)
            return await send(request, record, answer)
        return await self._strike(request, record, key, fault, answer)

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
            key.lock(self._now(), fault.seconds, self._slot_seconds)
        return await send(request, record, literal(fault))
