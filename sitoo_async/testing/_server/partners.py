"""How a partner's server is called: a loopback URL, or an ASGI application without sockets."""

from __future__ import annotations

import abc
import asyncio
import base64
import ipaddress
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

import aiohttp
import attrs
from multidict import CIMultiDict
from yarl import URL

from sitoo_async.testing._server.exchanges import log

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

__all__ = ["AsgiApp", "NoAnswer", "Outgoing", "Partner", "Reply", "basic", "partner_of"]

# Of typing rather than collections.abc: applications are written against many definitions of these.
Message = Any
AsgiApp = Callable[
    [Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
"""An ASGI 3 application."""


class NoAnswer(Exception):  # noqa: N818  # what happens to a request, no error of ours
    """There was no whole answer; the text says why."""


@attrs.frozen(kw_only=True)
class Outgoing:
    """A request to a partner.

    Attributes:
        method: the HTTP method.
        path: the path below the partner's address, percent-encoded.
        query: the query, percent-encoded, without its question mark.
        headers: the headers.
        body: the body; None: there is none.
    """

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = attrs.field(repr=False)
    body: bytes | None = attrs.field(default=None, repr=False)


@attrs.frozen
class Reply:
    """A whole answer of a partner."""

    status: int
    headers: CIMultiDict[str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)


class Partner(abc.ABC):
    """Whoever implements an interface that Sitoo calls."""

    @abc.abstractmethod
    async def exchange(self, request: Outgoing, patience: float) -> Reply:
        """Send a request and return the answer.

        Args:
            request: what to send.
            patience: seconds until the answer has to be whole.

        Raises:
            NoAnswer: there was none within that time.
        """

    @abc.abstractmethod
    async def aclose(self) -> None:
        """Let go of what is open."""


def partner_of(to: str | AsgiApp, prefix: str) -> Partner:
    """The partner that a user means.

    Raises:
        ValueError: a URL that is not one of this machine, or not one at all; a bad prefix.
        TypeError: neither a URL nor an application.
    """
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise ValueError(f"prefix: begin it with a slash and end it without one, not {prefix!r}")
    if isinstance(to, str):
        return _Url(_checked(to) + prefix)
    if not callable(to):
        raise TypeError(f"to: give a URL or an ASGI application, not a {type(to).__name__}")
    return _App(to, prefix)


def basic(user: str | None, password: str | None) -> str | None:
    """What goes into ``Authorization``; None where there are no credentials.

    Raises:
        ValueError: one without the other, or a colon in the user.
    """
    if user is None and password is None:
        return None
    if user is None or password is None or ":" in user:
        raise ValueError("user, password: give both or neither, and no colon in the user")
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(
            "to: give an http URL of this machine, such as http://127.0.0.1:8000, below which the"
            " paths are"
        )
    if parts.username is not None:
        raise ValueError("to: give user= and password= instead of writing them into the URL")
    if not _is_loopback(parts.hostname):
        raise ValueError(f"to: {parts.hostname} is another machine; what is sent is made up")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Url(Partner):
    """One behind a URL, which has a connection of its own for each request."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def exchange(self, request: Outgoing, patience: float) -> Reply:
        """Send a request and return the answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        target = self._url + request.path + (f"?{request.query}" if request.query else "")
        try:
            async with self._session.request(
                request.method,
                URL(target, encoded=True),
                data=request.body,
                headers=request.headers,
                skip_auto_headers=("Content-Type",),
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=patience),
            ) as response:
                body = await response.read()
                return Reply(response.status, CIMultiDict(response.headers), body)
        except TimeoutError:
            raise NoAnswer(_too_late(patience)) from None
        except aiohttp.ClientResponseError:
            # No HTTP at all, or more of it than there may be, such as a body with status 204.
            raise NoAnswer("no HTTP answer, or more than one") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NoAnswer(f"no connection: {type(error).__name__}") from None

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


def _too_late(patience: float) -> str:
    return f"no answer within {patience:g} s"


class _App(Partner):
    """One in this process, called as a server would call it.

    What it does after its answer, or after the patience of Sitoo is over, it may do to its end.
    """

    def __init__(self, app: AsgiApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix
        self._running: set[asyncio.Task[None]] = set()

    async def exchange(self, request: Outgoing, patience: float) -> Reply:
        """Send a request and return the answer."""
        call = _Call(request.body or b"")
        task = asyncio.ensure_future(self._run(call, request))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            async with asyncio.timeout(patience):
                return await call.answered
        except TimeoutError:
            raise NoAnswer(_too_late(patience)) from None
        finally:
            call.gone.set()

    async def _run(self, call: _Call, request: Outgoing) -> None:
        try:
            await self._app(self._scope(request), call.receive, call.send)
        except Exception:  # noqa: BLE001  # whatever it is, a server answers 500
            log.exception("the application of a partner failed, which a server answers with 500")
        finally:
            call.end(broken=True)

    def _scope(self, request: Outgoing) -> MutableMapping[str, Any]:
        path = self._prefix + request.path
        headers = {**request.headers, "Host": "127.0.0.1"}
        if request.body is not None:
            headers["Content-Length"] = str(len(request.body))
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": "http",
            "path": unquote_to_bytes(path).decode("utf-8", "replace"),
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": request.query.encode(),
            "headers": [(name.lower().encode(), text.encode()) for name, text in headers.items()],
            "client": ("127.0.0.1", 50_000),
            "server": ("127.0.0.1", 80),
            "state": {},
        }

    async def aclose(self) -> None:
        """Cancel what still runs."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


class _Call:
    """One call of an application.

    Attributes:
        body: what it is sent.
        answered: the answer, when it is whole.
        gone: set when nobody waits for more.
    """

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.answered: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()
        self._status = 500
        self._headers: CIMultiDict[str] = CIMultiDict()
        self._parts: list[bytes] = []
        self._read = False

    async def receive(self) -> Mapping[str, Any]:
        """What the application is told next."""
        if self._read:
            await self.gone.wait()
            return {"type": "http.disconnect"}
        self._read = True
        return {"type": "http.request", "body": self.body, "more_body": False}

    async def send(self, message: Mapping[str, Any]) -> None:
        """What the application tells."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            for name, text in message.get("headers", ()):
                self._headers.add(name.decode("latin-1"), text.decode("latin-1"))
            return
        self._parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            self.end()

    def end(self, *, broken: bool = False) -> None:
        """The answer is whole, or there won't be any more of it."""
        if not self.answered.done():
            status = 500 if broken else self._status
            self.answered.set_result(Reply(status, self._headers, b"".join(self._parts)))
