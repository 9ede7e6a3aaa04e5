"""Which connection an attempt goes over, and whether there was one for it."""

from __future__ import annotations

import asyncio
import contextvars
import weakref
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
import attrs
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import Connection
from aiohttp.tracing import Trace

from sitoo_async._forks import abandon
from sitoo_async._http.body import BROKEN, read_body, show_body
from sitoo_async._http.contexts import in_no_context
from sitoo_async._http.keys import Secret
from sitoo_async._http.route import BrokenError
from sitoo_async.errors import WrongLoopError

__all__ = ["FORKED", "Attempt", "LentConnector", "OwnConnector", "RepeatedError"]

FORKED: Final = (
    "the client was in use before this process was forked, and so its event loop and connections "
    "are the parent's: make a client, its session and its loop in the child, after the fork"
)


class RepeatedError(Exception):
    """A middleware of the user's called its handler again."""


@attrs.define
class Attempt:
    """One request on its way through aiohttp.

    It keeps apart what aiohttp mixes: while `connected` is False, nothing can have been sent.

    Attributes:
        connector: our session's.
        authorization: the header's value.
        fresh: whether only a connection will do that is new or was used a moment ago.
        limit: the most bytes of body to read.
        sent: when it was sent.
        connected: whether there was a connection for it.
        passed: whether it came to the innermost middleware.
        answer: what came back there, where somebody else looks at it before we do.
        read: the body of that.
    """

    connector: OwnConnector | LentConnector
    authorization: Secret
    fresh: bool
    limit: int
    sent: float
    connected: bool = False
    passed: bool = False
    answer: aiohttp.ClientResponse | None = None
    read: tuple[bytes, bool] = attrs.field(default=(b"", False), repr=False)

    async def first(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """The outermost middleware, where there are some: hides a broken connection from aiohttp.

        Which would take what a middleware of the user's raises for an error of the connection, and
        may send a PUT or DELETE again by itself.
        """
        self.connector.coming[:] = [self]
        try:
            return await handler(request)
        except TimeoutError:
            raise
        except BROKEN as error:
            raise BrokenError from error

    async def last(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """The innermost middleware, where the user has some."""
        if self.passed:
            raise RepeatedError(
                "a middleware of the session called its handler a second time: the client itself "
                "repeats what may be repeated, so let the middleware pass the first outcome on"
            )
        self.passed = True
        # Who we are is not a middleware's to say.
        request.headers["Authorization"] = self.authorization
        self.connector.coming[:] = [self]
        answer = await handler(request)
        # They may read the body as well, and expect it decompressed.
        self.answer, self.read = answer, await read_body(answer, self.limit)
        await show_body(answer, self.read[0])
        return answer


class _Connections:
    """The connections that a connector gave out, for as long as there are any."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        # The attempt that asks next: a list of one, or of none.
        self.coming: list[Attempt] = []
        self.given: weakref.WeakSet[ResponseHandler] = weakref.WeakSet()
        self.inherited = False

    def close_given(self) -> None:
        """Close the connections without waiting for it."""
        for protocol in [*self.given]:
            protocol.close()

    def abandon(self) -> None:
        """In a forked child: let go of the connections, which are the parent's."""
        self.inherited = True
        for protocol in [*self.given]:
            transport = protocol.transport
            link = None if transport is None else transport.get_extra_info("socket")
            if link is not None and link.fileno() >= 0:
                # Before all else. What is closed or written from now on reaches nobody, and takes
                # nothing out of the selector that the child shares with its parent.
                abandon(link)

    def _give(self, protocol: ResponseHandler) -> None:
        self.given.add(protocol)
        if self.inherited:
            self.abandon()
            protocol.close()
            raise WrongLoopError(FORKED)


class OwnConnector(_Connections, aiohttp.TCPConnector):
    """Ours: no caller's context stays with a connection, and none says that it was left open.

    The client that it belongs to says so. With a lent session both are its owner's business, and
    what traces the making of a connection there finds the context of the call.
    """

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's own signature
    ) -> Connection:
        """A connection for the attempt that comes."""
        attempt = self.coming.pop()
        if attempt.fresh:
            # A key has one exchange at a time, so what there is idles.
            self.close_given()
        if req.proxy_headers is not None:
            _tell_host(req)
        connection = await aiohttp.TCPConnector.connect(self, req, traces, timeout)
        attempt.connected, attempt.sent = True, self._loop.time()
        return connection

    async def _create_connection(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # aiohttp's own signature
    ) -> ResponseHandler:
        protocol = await in_no_context(super()._create_connection(req, traces, timeout))
        self._give(protocol)
        return protocol

    def _release(self, *args: Any, **kwargs: Any) -> None:
        # It sets the timer that closes what idles, and that sets the next one.
        contextvars.Context().run(super()._release, *args, **kwargs)

    def __del__(self, _warnings: Any = None) -> None:
        pass


class LentConnector(_Connections):
    """That of a lent session, to which others may have given connections back at any time.

    Args:
        session: the lent session.
    """

    def __init__(self, session: aiohttp.ClientSession) -> None:
        super().__init__()
        self._session = session
        self._connector: Any = session.connector

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connector, name)

    async def connect(
        self,
        req: aiohttp.ClientRequest,
        traces: list[Trace],
        timeout: Any,  # noqa: ASYNC109  # aiohttp's own signature
    ) -> Any:
        """A connection for the attempt that comes."""
        attempt = self.coming.pop()
        if req.proxy_headers is not None:
            _tell_host(req)
        while True:
            noted = SimpleNamespace(reused=False)
            if traces or attempt.fresh:
                noting = [*traces, Trace(self._session, _reuse, noted)]
                connection = await self._connector.connect(req, noting, timeout)
            else:
                connection = await self._connector.connect(req, traces, timeout)
            # While a trace is told of the reuse, the connection may come to its end.
            usable = not attempt.fresh and connection.protocol.is_connected()
            if usable or not noted.reused:
                break
            connection.close()
        try:
            self._give(connection.protocol)
        except WrongLoopError:
            connection.close()
            raise
        attempt.connected, attempt.sent = True, asyncio.get_running_loop().time()
        return connection


def _tell_host(req: aiohttp.ClientRequest) -> None:
    """Show the proxy the host that is asked for.

    aiohttp does so too, but after it has looked in its pool by what is in there.
    """
    shown: Any = req.proxy_headers
    shown["Host"] = req.headers["Host"]


async def _note_reuse(_: Any, context: SimpleNamespace, __: Any) -> None:
    context.reused = True


_reuse: Final = aiohttp.TraceConfig()
_reuse.on_connection_reuseconn.append(_note_reuse)
_reuse.freeze()
