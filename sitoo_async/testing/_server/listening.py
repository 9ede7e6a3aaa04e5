"""How the fake server listens: in the loop that starts it, or in a thread of its own."""

from __future__ import annotations

import abc
import asyncio
from typing import TYPE_CHECKING, Self, TypeVar, TypeVarTuple, Unpack

from aiohttp import web

from sitoo_async._lane.registry import forget
from sitoo_async.testing._server.exchanges import log

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType

    from anyio.from_thread import BlockingPortal

__all__ = ["EPOCH", "Listener"]

EPOCH = 1_700_000_000
"""What the server's clock shows when the loop's clock shows 0."""

Given = TypeVarTuple("Given")
R = TypeVar("R")


class Listener(abc.ABC):
    """A server on loopback; what it answers is decided in the class that is derived from it."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runner: web.ServerRunner | None = None
        self._base_url: str | None = None
        self._thread: AbstractContextManager[BlockingPortal] | None = None
        self._portal: BlockingPortal | None = None  # into that thread

    @abc.abstractmethod
    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request."""

    @abc.abstractmethod
    def _begin(self) -> None:
        """Make ready for the loop that runs."""

    @abc.abstractmethod
    async def _end(self) -> None:
        """Stop what is under work."""

    async def start(self) -> None:
        """Listen.

        Raises:
            RuntimeError: it listens already.
            OSError: the port is taken.
        """
        if self._runner is not None:
            raise RuntimeError("this FakeSitoo is started already")
        self._loop = asyncio.get_running_loop()
        self._begin()
        # A disconnected client does not cancel the handler: the real server goes on working too.
        server = web.Server(self._handle, handler_cancellation=False, access_log=None, logger=log)
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
        await self._end()
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

    def _in_its_loop(self, function: Callable[[Unpack[Given]], R], *given: *Given) -> R:
        """Call where the server runs, so that no request is under work meanwhile."""
        portal = self._portal
        return function(*given) if portal is None else portal.call(function, *given)

    def _clock(self) -> int:
        return EPOCH if self._loop is None else EPOCH + int(self._loop.time())
