"""One exchange over aiohttp; nothing else on the client's side imports it."""

from __future__ import annotations

import asyncio
import functools
import math
from types import SimpleNamespace
from typing import Any, Final

import aiohttp
import attrs
from aiohttp.tracing import Trace
from yarl import URL

from sitoo_async._credentials import Secret
from sitoo_async._show import told
from sitoo_async._version import __version__
from sitoo_async._wire import Request, Response
from sitoo_async.errors import (
    ClientClosedError,
    ConnectError,
    ReadError,
    RequestTimeoutError,
    WrongLoopError,
)

__all__ = ["Transport"]

FRESH: Final = 5.0
"""Seconds a kept-alive connection may have been idle for a request that can't be repeated."""

# What a broken connection raises: aiohttp's own errors, and now and then the system's.
_BROKEN: Final = (aiohttp.ClientError, OSError)

_NOT_MADE: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

# Making a connection has no time limit of its own: that of the whole exchange runs already.
_NO_TIMEOUT: Final = aiohttp.ClientTimeout()

_JSON: Final = {"Content-Type": "application/json"}


class _LostError(Exception):
    """A broken connection under a name that aiohttp does not know, and so does not re-send on."""


async def _note_reuse(_: Any, context: SimpleNamespace, __: Any) -> None:
    context.reused = True


async def _note_connection(_: Any, context: SimpleNamespace, __: Any) -> None:
    context.trace_request_ctx.connected = True


def _trace(**signals: Any) -> aiohttp.TraceConfig:
    config = aiohttp.TraceConfig()
    for name, note in signals.items():
        getattr(config, name).append(note)
    config.freeze()
    return config


_reuse: Final = _trace(on_connection_reuseconn=_note_reuse)
_connection: Final = _trace(on_connection_create_end=_note_connection)


@attrs.define
class _Attempt:
    """A client middleware for one request: first a connection, then, once, the request.

    It keeps apart what aiohttp mixes: while `connected` is False, nothing can have been sent. (A
    `warm` connection, used a moment ago, needs no looking after.) And it stops aiohttp from
    sending a PUT or DELETE a second time by itself when a kept-alive connection turns out to be
    dead: whether that may be done is the retry table's to say.
    """

    session: aiohttp.ClientSession
    fresh: bool
    warm: bool = False
    connected: bool = False
    sent: float = 0.0

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        connector = self.session.connector
        # A connector that keeps no connections would make one here and another one later; there
        # a trace of the session tells when the connection is made.
        if self.warm:
            self.connected = True
        elif connector is not None and not connector.force_close:
            await self._connect(connector, request)
            self.connected = True
        self.sent = asyncio.get_running_loop().time()
        try:
            return await handler(request)
        except TimeoutError:
            raise
        except _BROKEN as error:
            raise _LostError from error

    async def _connect(
        self, connector: aiohttp.BaseConnector, request: aiohttp.ClientRequest
    ) -> None:
        """Leave the connection in the pool that the request takes from there at once."""
        while True:
            context = SimpleNamespace(reused=False) if self.fresh else None
            traces = [] if context is None else [Trace(self.session, _reuse, context)]
            connection = await connector.connect(request, traces, _NO_TIMEOUT)
            if context is None or not context.reused:
                connection.release()
                return
            connection.close()


class Transport:
    """Sends requests over a session of its own.

    Args:
        authorization: the header's value.
        lent: a session of the user's; its connector is used and never closed, its own settings
            (errors on a status, authentication, cookies, re-sending) are not.

    Raises:
        ClientClosedError: the session that was lent is closed.
        WrongLoopError: the session that was lent belongs to another loop than the running one.
    """

    def __init__(self, authorization: Secret, *, lent: aiohttp.ClientSession | None = None) -> None:
        self._lent = lent
        if lent is not None and lent.closed:
            raise ClientClosedError("the session that was given to the client is closed")
        loop = asyncio.get_running_loop()
        connector = aiohttp.TCPConnector() if lent is None else lent.connector
        keeps = connector is not None and not connector.force_close
        try:
            self._session = aiohttp.ClientSession(
                connector=connector,
                # Without it the session takes the connector's loop, whichever that is.
                loop=loop,
                trace_configs=[] if keeps else [_connection],
                connector_owner=lent is None,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={
                    "Accept": "application/json",
                    "Authorization": authorization,
                    "User-Agent": f"sitoo_async/{__version__} {aiohttp.http.SERVER_SOFTWARE}",
                },
            )
        except RuntimeError as error:
            # All that aiohttp raises here, and its one public way to tell a connector's loop.
            raise WrongLoopError(
                "the session that was given to the client belongs to another event loop: make it "
                "in the loop that uses the client, or leave session out"
            ) from error
        self._last_used = -math.inf

    async def send(self, request: Request, *, root: str, seconds: float, limit: int) -> Response:
        """Make one exchange, the whole of it, the answer's body included.

        Args:
            request: what to send; encoded here, when its turn has come.
            root: the URL that its path is relative to.
            seconds: how long the whole exchange may take.
            limit: the most bytes of body to read, decompressed.

        Raises:
            ConnectError: no connection was made; nothing was sent.
            ReadError: the connection was lost.
            RequestTimeoutError: the time ran out after a connection was made.
            ClientClosedError: the session that was lent is closed.
        """
        session = self._session
        if session.closed:
            raise ClientClosedError("the session that was given to the client is closed")
        loop = asyncio.get_running_loop()
        began = loop.time()
        # Of the connections that others left in a lent pool, nobody knows how long they idled.
        stale = self._lent is not None or began - self._last_used > FRESH
        attempt = _Attempt(session, fresh=stale and not request.repeatable, warm=not stale)
        # Only an exchange that ends well leaves a connection behind.
        self._last_used = -math.inf
        payload = request.body()
        try:
            async with session.request(
                request.method,
                URL(request.url(root), encoded=True),
                data=payload,
                headers=None if payload is None else _JSON,
                allow_redirects=False,
                timeout=_timeout(seconds),
                middlewares=(attempt,),
                trace_request_ctx=attempt,
            ) as answer:
                status, headers, answered = answer.status, answer.headers, loop.time()
                body, oversized = await _read(answer, limit)
        except TimeoutError as error:
            if not attempt.connected:
                raise ConnectError(f"no connection within {seconds:g} s") from error
            raise RequestTimeoutError(
                f"no complete answer within {seconds:g} s", sent="unknown"
            ) from error
        except _LostError as error:
            raise _lost(error.__cause__) from error.__cause__
        except _BROKEN as error:
            if not attempt.connected:
                raise ConnectError(f"no connection: {told(error)}") from error
            raise _lost(error) from error
        self._last_used = ended = loop.time()
        sent_in, answered_in = attempt.sent - began, answered - began
        return Response(status, headers, body, oversized, ended - began, sent_in, answered_in)

    async def aclose(self) -> None:
        """Close the session, and the connections unless they were lent."""
        await self._session.close()


@functools.lru_cache(maxsize=64)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    # aiohttp rounds long timeouts up to whole seconds unless told not to.
    return aiohttp.ClientTimeout(total=seconds, ceil_threshold=math.inf)


def _lost(error: BaseException | None) -> ConnectError | ReadError:
    if isinstance(error, _NOT_MADE):
        return ConnectError(f"no connection: {told(error)}")
    return ReadError(f"the connection was lost: {told(error)}", sent="unknown")


async def _read(answer: aiohttp.ClientResponse, limit: int) -> tuple[bytes, bool]:
    """The body, and whether it was cut because it goes beyond the limit."""
    chunks: list[bytes] = []
    size = 0
    try:
        while chunk := await answer.content.readany():
            size += len(chunk)
            if size > limit:
                # What is not read is not kept: leaving the response closes the connection.
                return b"".join(chunks), True
            chunks.append(chunk)
    except _BROKEN:
        # The status decides first: a 50x is a 50x whatever becomes of its body.
        if answer.ok and answer.status < 300:
            raise
    return b"".join(chunks), False
