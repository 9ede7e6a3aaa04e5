"""One exchange over aiohttp."""

from __future__ import annotations

import asyncio
import functools
import math
import re
import weakref
from types import SimpleNamespace
from typing import Any, Final, cast

import aiohttp
import attrs
from aiohttp.base_protocol import BaseProtocol
from aiohttp.client_proto import ResponseHandler
from aiohttp.tracing import Trace
from multidict import CIMultiDict
from yarl import URL

from sitoo_async._checks.show import told
from sitoo_async._checks.values import is_a
from sitoo_async._forks import abandon
from sitoo_async._http.content_coding import ACCEPTED, DamagedError, decoder_for
from sitoo_async._http.keys import Secret
from sitoo_async._http.messages import Request, Response
from sitoo_async._http.route import BrokenError, Proxy, Route
from sitoo_async._version import __version__
from sitoo_async.errors import (
    ClientClosedError,
    ConnectError,
    InvalidOptionError,
    ReadError,
    RequestTimeoutError,
    TransportError,
    WrongLoopError,
)

__all__ = ["FORKED", "Transport", "user_agent_of"]

FORKED: Final = (
    "the client was in use before this process was forked, and so its event loop and connections "
    "are the parent's: make a client, its session and its loop in the child, after the fork"
)

FRESH: Final = 5.0
"""Seconds a kept-alive connection may have been idle for a request that can't be repeated."""

# What a broken connection raises: aiohttp's own errors, and now and then the system's.
_BROKEN: Final = (aiohttp.ClientError, OSError)


class _Connector(aiohttp.TCPConnector):
    """One that says nothing when it is left open: the client that it belongs to does."""

    def __del__(self, _warnings: Any = None) -> None:
        pass


class _RepeatedError(Exception):
    """A middleware of the user's called its handler again."""


async def _note_reuse(_: Any, context: SimpleNamespace, __: Any) -> None:
    context.reused = True


_reuse: Final = aiohttp.TraceConfig()
_reuse.on_connection_reuseconn.append(_note_reuse)
_reuse.freeze()


@attrs.define
class _Attempt:
    """One request on its way through aiohttp.

    It keeps apart what aiohttp mixes: while `connected` is False, nothing can have been sent.

    Attributes:
        session: our session.
        door: its connector.
        authorization: the header's value.
        fresh: whether only a connection will do that is new or was used a moment ago.
        limit: the most bytes of body to read.
        sent: when it was sent.
        connected: whether there was a connection for it.
        passed: whether it came to the innermost middleware.
        answer: what came back there, where somebody else looks at it before we do.
        read: the body of that.
    """

    session: aiohttp.ClientSession
    door: _Door
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
        """The outermost middleware: hides a broken connection from aiohttp.

        Which would send a PUT or DELETE a second time by itself when a kept-alive connection turns
        out to be dead: whether that may be done is the retry table's to say.
        """
        self.door.coming[:] = [self]
        try:
            return await handler(request)
        except TimeoutError:
            raise
        except _BROKEN as error:
            raise BrokenError from error

    async def last(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """The innermost middleware, where the user has some."""
        if self.passed:
            raise _RepeatedError(
                "a middleware of the session called its handler a second time: the client itself "
                "repeats what may be repeated, so let the middleware pass the first outcome on"
            )
        self.passed = True
        # Who we are is not a middleware's to say.
        request.headers["Authorization"] = self.authorization
        self.door.coming[:] = [self]
        answer = await handler(request)
        # They may read the body as well, and expect it decompressed.
        self.answer, self.read = answer, await _read(answer, self.limit)
        await _show(answer, self.read[0])
        return answer


class _Door:
    """The connector of our session: another one, which is told what each attempt needs."""

    def __init__(self, connector: aiohttp.BaseConnector | None) -> None:
        self._connector: Any = connector
        # The attempt that asks next; nothing is awaited between its saying so and its asking.
        self.coming: list[_Attempt] = []
        # The connections that it gave out, for as long as there are any.
        self.given: weakref.WeakSet[ResponseHandler] = weakref.WeakSet()
        self.inherited = False

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
        shown_to_proxy: Any = req.proxy_headers
        if shown_to_proxy is not None:
            # aiohttp does so too, but after it has looked in its pool by what is in there.
            shown_to_proxy["Host"] = req.headers["Host"]
        if attempt.fresh:
            connection = await self._fresh(attempt, req, traces, timeout)
        else:
            connection = await self._connector.connect(req, traces, timeout)
        self.given.add(connection.protocol)
        if self.inherited:
            self.abandon()
            connection.close()
            raise WrongLoopError(FORKED)
        attempt.connected = True
        attempt.sent = asyncio.get_running_loop().time()
        return connection

    async def _fresh(
        self, attempt: _Attempt, req: aiohttp.ClientRequest, traces: list[Trace], limits: Any
    ) -> Any:
        while True:
            noted = SimpleNamespace(reused=False)
            noting = Trace(attempt.session, _reuse, noted)
            connection = await self._connector.connect(req, [*traces, noting], limits)
            if not noted.reused:
                return connection
            connection.close()

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


def user_agent_of(application: str | None) -> str:
    """The User-Agent: this library, aiohttp, and the user's application.

    Raises:
        InvalidOptionError: what names the application can't stand in a header.
    """
    ours = f"sitoo_async/{__version__} {aiohttp.http.SERVER_SOFTWARE}"
    if application is None:
        return ours
    name = str.__str__(application) if is_a(application, str) else ""
    if not re.fullmatch(r"[!-~]+( [!-~]+)*", name):
        raise InvalidOptionError(
            "user_agent must name your application in printable ASCII, such as 'shop-sync/2.1'",
            field="user_agent",
        )
    return f"{ours} {name}"


class Transport:
    """Sends requests over a session of its own.

    Args:
        authorization: the header's value.
        route: the way out. Of a session that was lent, the connector is used and never closed.
        user_agent: the header's value.

    Raises:
        ClientClosedError: the session that was lent is closed.
        WrongLoopError: the session that was lent belongs to another loop than the running one.
    """

    def __init__(
        self, authorization: Secret, *, route: Route | None = None, user_agent: str | None = None
    ) -> None:
        self._route = route = Route() if route is None else route
        self._authorization = authorization
        lent = route.session
        if lent is not None and lent.closed:
            raise ClientClosedError("the session that was given to the client is closed")
        self._loop = loop = asyncio.get_running_loop()
        self._door = _Door(_Connector(ssl=route.ssl) if lent is None else lent.connector)
        headers = {
            "Accept": "application/json",
            "User-Agent": user_agent_of(None) if user_agent is None else user_agent,
        }
        if "accept-encoding" not in map(str.lower, route.settings.get("skip_auto_headers", ())):
            headers["Accept-Encoding"] = ACCEPTED
        try:
            self._session = aiohttp.ClientSession(
                connector=cast("aiohttp.BaseConnector", self._door),
                # Without it the session takes the connector's loop, whichever that is.
                loop=loop,
                connector_owner=lent is None,
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                **route.settings,
            )
        except RuntimeError as error:
            # All that aiohttp raises here, and its one public way to tell a connector's loop.
            raise WrongLoopError(
                "the session that was given to the client belongs to another event loop: make it "
                "in the loop that uses the client, or leave session out"
            ) from error
        if lent is not None:
            # Not when it is made: what instruments that has added its own to the lent one already.
            self._session.trace_configs[:] = route.traces
        # Not with the session: its headers go to a proxy too.
        self._bare: CIMultiDict[str] = CIMultiDict({"Authorization": authorization})
        self._json = CIMultiDict(self._bare, **{"Content-Type": "application/json"})
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
            ReadError: the connection was lost, or the answer was cut off.
            RequestTimeoutError: the time ran out after a connection was made.
            TransportError: a middleware, a trace or another part of a lent session failed.
            ClientClosedError: the session that was lent is closed.
            WrongLoopError: the connections are those of the process that was forked.
        """
        session, route = self._session, self._route
        if session.closed:
            if self._door.inherited:
                raise WrongLoopError(FORKED)
            raise ClientClosedError("the session that was given to the client is closed")
        loop = asyncio.get_running_loop()
        began = loop.time()
        # Of the connections that others left in a lent pool, nobody knows how long they idled.
        stale = route.session is not None or began - self._last_used > FRESH
        fresh = stale and not request.repeatable
        attempt = _Attempt(session, self._door, self._authorization, fresh, limit, sent=began)
        # Only an exchange that ends well leaves a connection behind.
        self._last_used = -math.inf
        payload = request.body()
        headers = self._bare if payload is None else self._json
        url = URL(request.url(root), encoded=True)
        try:
            async with session.request(
                request.method,
                url,
                data=payload,
                allow_redirects=False,
                timeout=_timeout(seconds),
                **_through(route.proxy, url, headers),
                middlewares=(
                    (attempt.first, *route.middlewares, attempt.last)
                    if route.middlewares
                    else (attempt.first,)
                ),
            ) as answer:
                status, came_with, answered = answer.status, answer.headers, loop.time()
                body, oversized = await self._body(answer, attempt)
        except Exception as error:  # noqa: BLE001  # code of the user's may run in there
            cause = error.__cause__ if isinstance(error, BrokenError) else error
            if self._door.inherited:
                raise WrongLoopError(
                    FORKED, sent="unknown" if attempt.connected else "no"
                ) from cause
            raise self._failure(cause, attempt, min(loop.time() - began, seconds)) from cause
        if status == 407 and route.proxy is not None and url.scheme == "http":
            raise ConnectError(_refusal(route.proxy, 407, "Proxy Authentication Required"))
        self._last_used = ended = loop.time()
        sent_in, answered_in = attempt.sent - began, answered - began
        return Response(status, came_with, body, oversized, ended - began, sent_in, answered_in)

    async def _body(self, answer: aiohttp.ClientResponse, attempt: _Attempt) -> tuple[bytes, bool]:
        if answer is attempt.answer:
            return attempt.read
        if self._route.middlewares:
            # One of theirs, whatever they did instead of asking the server.
            body = await answer.read()
            return body, len(body) > attempt.limit
        read = await _read(answer, attempt.limit)
        if self._route.traces:
            await _show(answer, read[0])
        return read

    def _failure(
        self, error: BaseException | None, attempt: _Attempt, elapsed: float
    ) -> TransportError:
        """How the exchange failed, and what is known of the request."""
        if isinstance(error, TimeoutError):
            if not attempt.connected:
                return ConnectError(f"no connection within {elapsed:g} s")
            return RequestTimeoutError(f"no complete answer within {elapsed:g} s", sent="unknown")
        # What a middleware raises before the request comes to us, or after its answer, is its own.
        ours = not self._route.middlewares or (attempt.passed and attempt.answer is None)
        if ours and isinstance(error, _BROKEN):
            if not attempt.connected:
                return ConnectError(_unmade(error, self._route.proxy))
            damaged = isinstance(error, aiohttp.ClientPayloadError)
            how = "the answer is not whole" if damaged else "the connection was lost"
            return ReadError(f"{how}: {told(error)}", sent="unknown")
        repeats = isinstance(error, _RepeatedError)
        return TransportError(
            str(error) if repeats else f"the request failed: {told(error)}",
            sent="unknown" if attempt.connected else "no",
        )

    async def aclose(self) -> None:
        """Close the session, and the connections unless they were lent."""
        await self._session.close()

    def rest(self) -> None:
        """Close the connection that is kept for the next request, if it is ours."""
        if self._last_used > -math.inf:
            self._last_used = -math.inf
            self._close_own()

    def drop(self) -> None:
        """Close the session without waiting, and the connections unless they were lent."""
        self._session.detach()
        self._close_own()

    def _close_own(self) -> None:
        # A closed loop has no hold of its sockets any more.
        if self._route.session is None and not self._loop.is_closed():
            self._door.close_given()

    def abandon(self) -> None:
        """In a forked child: let go of the connections, which are the parent's."""
        self._session.detach()
        self._door.abandon()
        if not self._loop.is_running() and not self._loop.is_closed():
            # Whoever waits for an answer there, in the child, is told when the loop goes on.
            self._door.close_given()


@functools.lru_cache(maxsize=64)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    # aiohttp rounds long timeouts up to whole seconds unless told not to.
    return aiohttp.ClientTimeout(total=seconds, ceil_threshold=math.inf)


def _through(proxy: Proxy | None, url: URL, headers: CIMultiDict[str]) -> dict[str, Any]:
    """The headers, and the proxy with those that only it is to see."""
    if proxy is None:
        return {"headers": headers}
    wanted: dict[str, str] = {}
    if proxy.authorization is not None:
        wanted["Proxy-Authorization"] = proxy.authorization
    if url.scheme == "http":
        # There is no tunnel: the proxy reads the request itself.
        headers, wanted = CIMultiDict(headers, **wanted), {}
    return {"headers": headers, "proxy": proxy.url, "proxy_headers": wanted}


def _unmade(error: BaseException, proxy: Proxy | None) -> str:
    if proxy is not None and isinstance(error, aiohttp.ClientHttpProxyError):
        return _refusal(proxy, error.status, error.message)
    way = "" if proxy is None else f" by way of the proxy {proxy.url.authority}"
    return f"no connection{way}: {told(error)}"


def _refusal(proxy: Proxy, status: int, reason: str) -> str:
    hint = ": check the login and password for it" if status == 407 else ""
    return f"the proxy {proxy.url.authority} refused to connect ({status} {reason}){hint}"


async def _read(answer: aiohttp.ClientResponse, limit: int) -> tuple[bytes, bool]:
    """The body, and whether it was cut because it goes beyond the limit."""
    chunks: list[bytes] = []
    size = 0
    decoder = decoder_for(answer.headers.get("Content-Encoding"))
    try:
        while chunk := await answer.content.readany():
            if decoder is not None:
                chunk = decoder.feed(chunk, limit - size + 1)
            size += len(chunk)
            if size > limit:
                # What is not read is not kept: leaving the response closes the connection.
                return b"".join(chunks), True
            chunks.append(chunk)
        if decoder is not None:
            # The answer to a write may be left out; its status says enough.
            decoder.end(needed=answer.method == "GET" and answer.status == 200)
    except (DamagedError, *_BROKEN) as error:
        # The status decides first: a 50x is a 50x whatever becomes of its body.
        if answer.status < 300:
            if isinstance(error, DamagedError):
                raise aiohttp.ClientPayloadError(str(error)) from error
            raise
    return b"".join(chunks), False


async def _show(answer: aiohttp.ClientResponse, body: bytes) -> None:
    """Let an answer be read once more, as if aiohttp had read it; traces of it are told here."""
    answer.content = _filled(body)
    await answer.read()
    answer.content = _filled(body)


def _filled(body: bytes) -> aiohttp.StreamReader:
    loop = asyncio.get_running_loop()
    reader = aiohttp.StreamReader(BaseProtocol(loop), len(body) + 1, loop=loop)
    reader.feed_data(body)
    reader.feed_eof()
    return reader
