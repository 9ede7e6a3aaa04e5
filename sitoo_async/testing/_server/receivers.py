"""Where the fake server sends events: an ASGI application without sockets, or a loopback URL."""

from __future__ import annotations

import abc
import asyncio
import ipaddress
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp

from sitoo_async.testing._server.exchanges import log

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

__all__ = ["AsgiApp", "NoAnswer", "Receiver", "receiver_of"]

PATIENCE = 15.0
"""Seconds in which Sitoo wants its answer."""

# Of typing rather than collections.abc: applications are written against many definitions of these.
Message = Any
AsgiApp = Callable[
    [Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
"""An ASGI 3 application."""


class NoAnswer(Exception):  # noqa: N818  # what happens to a receiver, no error of ours
    """There was no whole answer; the text says why."""


class Receiver(abc.ABC):
    """Whoever implements the Events interface.

    Args:
        authorization: what goes into the header of that name; None: no such header.
    """

    def __init__(self, authorization: str | None) -> None:
        self._headers = {"Content-Type": "application/json"}
        if authorization is not None:
            self._headers["Authorization"] = authorization

    @abc.abstractmethod
    async def post(self, body: bytes) -> int:
        """Send a batch and return the status of the answer.

        Raises:
            NoAnswer: there was none within the time that Sitoo gives.
        """

    @abc.abstractmethod
    async def aclose(self) -> None:
        """Let go of what is open."""


def receiver_of(to: str | AsgiApp, prefix: str, authorization: str | None) -> Receiver:
    """The receiver that a user means.

    Raises:
        ValueError: a URL that is not one of this machine, or not one at all.
        TypeError: neither a URL nor an application.
    """
    if prefix and (not prefix.startswith("/") or prefix.endswith("/")):
        raise ValueError(f"prefix: begin it with a slash and end it without one, not {prefix!r}")
    if isinstance(to, str):
        return _Url(_checked(to) + f"{prefix}/events", authorization)
    if not callable(to):
        raise TypeError(f"to: give a URL or an ASGI application, not a {type(to).__name__}")
    return _App(to, f"{prefix}/events", authorization)


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "http" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("to: give a URL such as http://127.0.0.1:8000, to which /events is added")
    if parts.username is not None:
        raise ValueError("to: give user= and password= instead of writing them into the URL")
    if not _is_loopback(parts.hostname):
        raise ValueError(f"to: {parts.hostname} is another machine; events are made up, and stay")
    return url.rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _Url(Receiver):
    """One behind a URL, which has a connection of its own for each batch."""

    def __init__(self, url: str, authorization: str | None) -> None:
        super().__init__(authorization)
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def post(self, body: bytes) -> int:
        """Send a batch and return the status of the answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
            )
        try:
            async with self._session.post(
                self._url, data=body, headers=self._headers, allow_redirects=False
            ) as response:
                await response.read()
                return response.status
        except TimeoutError:
            raise NoAnswer(f"no answer within {PATIENCE:.0f} s") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NoAnswer(f"no connection: {type(error).__name__}") from None

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()


class _App(Receiver):
    """One in this process, called as a server would call it.

    What it does after its answer, or after the patience of Sitoo is over, it may do to its end.
    """

    def __init__(self, app: AsgiApp, path: str, authorization: str | None) -> None:
        super().__init__(authorization)
        self._app = app
        self._path = path
        self._running: set[asyncio.Task[None]] = set()

    async def post(self, body: bytes) -> int:
        """Send a batch and return the status of the answer."""
        call = _Call(body)
        task = asyncio.ensure_future(self._run(call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            async with asyncio.timeout(PATIENCE):
                return await call.answered
        except TimeoutError:
            raise NoAnswer(f"no answer within {PATIENCE:.0f} s") from None
        finally:
            call.gone.set()

    async def _run(self, call: _Call) -> None:
        try:
            await self._app(self._scope(call.body), call.receive, call.send)
        except Exception:  # noqa: BLE001  # whatever it is, a server answers 500
            log.exception("the receiver of events failed, which a server answers with 500")
        finally:
            call.end(500)

    def _scope(self, body: bytes) -> MutableMapping[str, Any]:
        headers = {**self._headers, "Host": "127.0.0.1", "Content-Length": str(len(body))}
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": self._path,
            "raw_path": self._path.encode(),
            "root_path": "",
            "query_string": b"",
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
        answered: the status, when the answer is whole.
        gone: set when nobody waits for more.
    """

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.answered: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.gone = asyncio.Event()
        self._status = 500
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
        elif not message.get("more_body", False):
            self.end(self._status)

    def end(self, status: int) -> None:
        """The answer is whole, or there won't be any."""
        if not self.answered.done():
            self.answered.set_result(status)
