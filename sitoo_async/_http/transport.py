"""One exchange over aiohttp, and how it failed if it did."""

from __future__ import annotations

import asyncio
import functools
import math
import re
from collections.abc import Awaitable, Callable
from types import FunctionType
from typing import Any, Final, cast

import aiohttp
from multidict import CIMultiDict
from yarl import URL

from sitoo_async._checks.show import told
from sitoo_async._checks.values import is_a
from sitoo_async._codec.json import encode
from sitoo_async._http.body import BROKEN, read_body, show_body
from sitoo_async._http.connector import (
    FORKED,
    Attempt,
    LentConnector,
    OwnConnector,
    RepeatedError,
)
from sitoo_async._http.content_coding import ACCEPTED
from sitoo_async._http.contexts import begun_in_no_context
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

_InContext = Callable[[Awaitable[aiohttp.ClientResponse]], Awaitable[aiohttp.ClientResponse]]

FRESH: Final = 5.0
"""Seconds a kept-alive connection may have been idle for a request that can't be repeated."""


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
        self._connector = connector = (
            OwnConnector(ssl=route.ssl) if lent is None else LentConnector(lent)
        )
        headers = {
            "Accept": "application/json",
            "User-Agent": user_agent_of(None) if user_agent is None else user_agent,
        }
        if "accept-encoding" not in map(str.lower, route.settings.get("skip_auto_headers", ())):
            headers["Accept-Encoding"] = ACCEPTED
        try:
            self._session = aiohttp.ClientSession(
                connector=cast("aiohttp.BaseConnector", connector),
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
        # When a kept-alive connection turns out to be dead, aiohttp sends a PUT or DELETE a second
        # time by itself. Whether that may be done is the retry table's to say.
        self._resends = not _told_to_send_once(self._session)
        # Whether nobody else looks at an answer.
        self._plain = not (route.middlewares or route.traces)
        if lent is not None:
            # Not when it is made: what instruments that has added its own to the lent one already.
            self._session.trace_configs[:] = route.traces
        # Where nobody looks on who might ask on whose behalf it is, aiohttp's timers are made in
        # nobody's context, since they keep theirs until the time that they were set to.
        unseen = self._plain and not self._session.trace_configs and not _instrumented()
        self._in_context: _InContext = begun_in_no_context if unseen else lambda sending: sending
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
        session, route, connector = self._session, self._route, self._connector
        if session.closed:
            raise self._closed()
        loop = self._loop
        began = loop.time()
        # Of the connections that others left in a lent pool, nobody knows how long they idled.
        stale = route.session is not None or began - self._last_used > FRESH
        fresh = stale and not request.repeatable
        attempt = Attempt(connector, self._authorization, fresh, limit, began)
        # Only an exchange that ends well leaves a connection behind.
        self._last_used = -math.inf
        query = f"?{request.query}" if request.query else ""
        url = URL(f"{root}{request.path}{query}", encoded=True)
        # Only now, so that what waits is not held twice.
        payload = None if request.payload is None else encode(request.payload)
        headers = self._bare if payload is None else self._json
        way: dict[str, Any] = {"headers": headers}
        if route.proxy is not None:
            way = _through(route.proxy, url, headers)
        between: tuple[aiohttp.ClientMiddlewareType, ...] = ()
        if route.middlewares:
            between = (attempt.first, *route.middlewares, attempt.last)
        elif self._resends:
            between = (attempt.first,)
        connector.coming[:] = (attempt,)
        try:
            answer = await self._in_context(
                session.request(
                    request.method,
                    url,
                    data=payload,
                    allow_redirects=False,
                    timeout=_timeout(seconds),
                    middlewares=between,
                    **way,
                )
            )
            status, came_with = answer.status, answer.headers
            answered = ended = loop.time()
            if (
                self._plain
                and (content := answer.content).is_eof()
                and content.exception() is None
                and answer.connection is None
                and "Content-Encoding" not in came_with
            ):
                # All of it is here already, as with most answers, and the connection is given back.
                body = content.read_nowait()
                if oversized := len(body) > limit:
                    body = body[:limit]
            else:
                async with answer:
                    body, oversized = await self._body(answer, attempt)
                ended = loop.time()
        except Exception as error:  # noqa: BLE001  # code of the user's may run in there
            # No local: an error keeps the frames that it passes through, which must not keep it.
            if connector.inherited:
                raise WrongLoopError(
                    FORKED, sent="unknown" if attempt.connected else "no"
                ) from _cause(error)
            elapsed = min(loop.time() - began, seconds)
            raise self._failure(_cause(error), attempt, elapsed) from _cause(error)
        if status == 407 and route.proxy is not None and url.scheme == "http":
            raise ConnectError(_refusal(route.proxy, 407, "Proxy Authentication Required"))
        self._last_used = ended
        sent_in, answered_in = attempt.sent - began, answered - began
        return Response(status, came_with, body, oversized, ended - began, sent_in, answered_in)

    def _closed(self) -> WrongLoopError | ClientClosedError:
        if self._connector.inherited:
            return WrongLoopError(FORKED)
        return ClientClosedError("the session that was given to the client is closed")

    async def _body(self, answer: aiohttp.ClientResponse, attempt: Attempt) -> tuple[bytes, bool]:
        if answer is attempt.answer:
            return attempt.read
        if self._route.middlewares:
            # One of theirs, whatever they did instead of asking the server.
            body = await answer.read()
            return body, len(body) > attempt.limit
        came = await read_body(answer, attempt.limit)
        if self._route.traces:
            await show_body(answer, came[0])
        return came

    def _failure(
        self, error: BaseException | None, attempt: Attempt, elapsed: float
    ) -> TransportError:
        """How the exchange failed, and what is known of the request."""
        if isinstance(error, TimeoutError):
            if not attempt.connected:
                return ConnectError(f"no connection within {elapsed:g} s")
            return RequestTimeoutError(f"no complete answer within {elapsed:g} s", sent="unknown")
        # What a middleware raises before the request comes to us, or after its answer, is its own.
        ours = not self._route.middlewares or (attempt.passed and attempt.answer is None)
        if ours and isinstance(error, BROKEN):
            if not attempt.connected:
                return ConnectError(_unmade(error, self._route.proxy))
            damaged = isinstance(error, aiohttp.ClientPayloadError)
            how = "the answer is not whole" if damaged else "the connection was lost"
            return ReadError(f"{how}: {told(error)}", sent="unknown")
        repeats = isinstance(error, RepeatedError)
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
            self._connector.close_given()

    def abandon(self) -> None:
        """In a forked child: let go of the connections, which are the parent's."""
        self._session.detach()
        self._connector.abandon()
        if not self._loop.is_running() and not self._loop.is_closed():
            # Whoever waits for an answer there, in the child, is told when the loop goes on.
            self._connector.close_given()


def _told_to_send_once(session: aiohttp.ClientSession) -> bool:
    """Tell a session to send nothing again by itself; False where this aiohttp can't be told."""
    settings = vars(session)
    known = "_retry_connection" in settings  # private, but what aiohttp's own test client sets, too
    if known:
        settings["_retry_connection"] = False
    return known


def _instrumented() -> bool:
    """Whether somebody has put functions of his own around aiohttp's, as some tracers do."""
    session: Any = aiohttp.ClientSession
    ways = session.request, session._request, aiohttp.TCPConnector.connect  # noqa: SLF001
    # By the type: some of what is put around a function says that it is that function. What was
    # generated, as the function of a mock is, may come from no module at all.
    return any(
        type(way) is not FunctionType
        or not way.__globals__.get("__name__", "").startswith("aiohttp.")
        for way in ways
    )


def _cause(error: BaseException) -> BaseException | None:
    return error.__cause__ if isinstance(error, BrokenError) else error


@functools.lru_cache(maxsize=64)
def _timeout(seconds: float) -> aiohttp.ClientTimeout:
    # aiohttp rounds long timeouts up to whole seconds unless told not to.
    return aiohttp.ClientTimeout(total=seconds, ceil_threshold=math.inf)


def _through(proxy: Proxy, url: URL, headers: CIMultiDict[str]) -> dict[str, Any]:
    """The headers, and the proxy with those that only it is to see."""
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
