"""A small server on loopback that misbehaves to the byte, and a transport that asks it."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket

import aiohttp
import attrs
from aiohttp.abc import AbstractResolver

from sitoo_async._http.keys import authorization
from sitoo_async._http.messages import Request
from sitoo_async._http.route import route_of
from sitoo_async._http.transport import Transport

PASSWORD = "correct horse battery staple"
HEADER = authorization("90316-125", PASSWORD)
BASE64 = base64.b64encode(f"90316-125:{PASSWORD}".encode()).decode()

KILOBYTE = 1024
MEGABYTE = 1024 * 1024


@attrs.frozen
class Arrival:
    """A request as it came off the socket."""

    connection: int
    method: str
    target: str
    headers: dict[str, str]
    body: bytes


def http(status, body=b"", *headers, length=None):
    lines = [f"HTTP/1.1 {status} Whatever", *headers]
    if not any(line.lower().startswith("transfer-encoding") for line in headers):
        lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode() + body


OK = http(200, b"true")


async def drop(_writer):
    """Close the connection without an answer."""


async def hang(_writer):
    await asyncio.Event().wait()


def cut(answer):
    """Write what there is and close."""

    async def write(writer):
        writer.write(answer)
        await writer.drain()

    return write


def stuck(answer):
    """Write what there is and say no more."""

    async def write(writer):
        writer.write(answer)
        await hang(writer)

    return write


class Server:
    """Answers the requests that arrive, one after the other, by the given list.

    An answer is bytes, after which the connection stays open, or a function that gets the writer,
    after which it is closed. The last answer is repeated.
    """

    def __init__(self, *answers):
        self.answers = [*answers]
        self.arrivals = []
        self.writers = []
        self.closed = []  # connections whose other end has gone
        self._tasks = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        self.root = f"http://127.0.0.1:{self.port}/v2/accounts/90316"
        return self

    async def __aexit__(self, *_):
        self.stop_listening()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks)

    def stop_listening(self):
        """Refuse new connections; those that are there go on."""
        self._server.close()

    async def _serve(self, reader, writer):
        self._tasks.add(asyncio.current_task())
        number = len(self.writers)
        self.writers.append(writer)
        try:
            while await self._answer(number, reader, writer):
                pass
        except (asyncio.CancelledError, ConnectionError):
            pass
        except asyncio.IncompleteReadError:
            self.closed.append(number)
        finally:
            writer.transport.abort() if writer.is_closing() else writer.close()

    async def _answer(self, number, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *lines = head.strip().split("\r\n")
        headers = {}
        for each in lines:
            name, _, value = each.partition(": ")
            headers[name.lower()] = value
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        method, target, _ = line.split(" ")
        self.arrivals.append(Arrival(number, method, target, headers, body))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if not isinstance(answer, bytes):
            await answer(writer)
            return False
        writer.write(answer)
        await writer.drain()
        return True

    def lost(self, connection):
        """Write a byte, and tell whether the other end has gone."""
        self.writers[connection].write(b"x")
        return self.writers[connection].is_closing()

    @property
    def connections(self):
        return [arrival.connection for arrival in self.arrivals]

    async def until(self, happened):
        """Wait for what the server sees; the test's own time limit ends it."""
        while not happened():  # noqa: ASYNC110  # the conditions are as many as the tests
            await asyncio.sleep(0.001)

    async def saw_the_end_of(self, connection):
        await self.until(lambda: connection in self.closed)


@contextlib.asynccontextmanager
async def opened(lent=None):
    transport = Transport(HEADER, route=route_of("http://127.0.0.1", lent))
    try:
        yield transport
    finally:
        await transport.aclose()


@contextlib.asynccontextmanager
async def lent(**options):
    """A transport over the connector of somebody else's session."""
    async with aiohttp.ClientSession(**options) as session, opened(lent=session) as transport:
        yield transport


def request(method="GET", path="/sites/1/products.json", *, repeatable=None, **options):
    repeatable = method == "GET" if repeatable is None else repeatable
    return Request(method, path, repeatable=repeatable, **options)


def sending(transport, server, sent=None, *, seconds=10.0, limit=MEGABYTE):
    return transport.send(sent or request(), root=server.root, seconds=seconds, limit=limit)


METHODS = ["GET", "POST", "PUT", "DELETE"]


class Resolver(AbstractResolver):
    """Names that lead nowhere, or nowhere in time, or here after a while."""

    def __init__(self, failure=None, *, seconds=None):
        self._failure = failure
        self._seconds = seconds

    async def resolve(self, host, port=0, family=socket.AF_INET):
        if self._failure is not None:
            raise self._failure
        if self._seconds is None:
            await asyncio.Event().wait()
        await asyncio.sleep(self._seconds)
        here = {"hostname": host, "host": "127.0.0.1", "port": port}
        return [{**here, "family": family, "proto": 0, "flags": socket.AI_NUMERICHOST}]

    async def close(self):
        pass


@attrs.frozen
class Nowhere:
    """A place without a server."""

    root: str


@contextlib.contextmanager
def refusing():
    """A port that refuses: bound, so that nobody else gets it, and not listening."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        yield Nowhere(f"http://127.0.0.1:{closed.getsockname()[1]}/v2/accounts/90316")


@contextlib.contextmanager
def deaf(port=0):
    """A port whose backlog is full: connecting to it neither succeeds nor fails."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", port))
        listening.listen(0)
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(listening.getsockname())
        yield Nowhere(f"http://127.0.0.1:{listening.getsockname()[1]}/v2/accounts/90316")
