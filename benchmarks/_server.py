"""A server in a process of its own whose answers are made in advance.

The benchmarks measure clients, so the server has to cost next to nothing: it reads no more of a
request than its first line and writes bytes that have been ready since it started. It can take a
fixed time for each page, as Sitoo does, and it keeps count of what it was asked.

Sitoo runs on another machine, so the server gets a processor of its own where the system lets
processes be bound to one. Left alone, a scheduler puts the two on one processor in some runs, where
neither works while the other does, and on two in others, which no median evens out.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = "/v2/accounts/1"
PRODUCT: Final = f"{ROOT}/sites/1/products/1.json"
PRODUCTS: Final = f"{ROOT}/sites/1/products.json"

_TALLY: Final = "/tally"
_HEAD_END: Final = b"\r\n\r\n"


def product(number: int) -> dict[str, Any]:
    """A product with the twelve fields that Sitoo answers with unless it is asked for others."""
    price = f"{number % 4000}.90"
    return {
        "productid": number,
        "sku": f"54051-{number}",
        "datemodified": 1_700_000_000 + number,
        "active": True,
        "activepos": number % 7 != 0,
        "vatid": 2,
        "manufacturerid": number % 60 or None,
        "stockcountenable": True,
        "stockallowbackorder": False,
        "barcode": f"73{number:011d}",
        "moneyprice": price,
        "moneyfinalprice": price,
    }


def page_path(start: int, size: int) -> str:
    """Where a page of the products is found; the client asks in the same words."""
    return f"{PRODUCTS}?start={start}&num={size}"


@attrs.define
class Tally:
    """What a server was asked so far.

    Attributes:
        requests: how many requests came.
        most_at_once: how many of them it was at work on at one time.
        busy: seconds from a request to the moment its answer was written, in all.
    """

    requests: int = 0
    most_at_once: int = 0
    busy: float = 0.0


@attrs.frozen
class Server:
    """A server that runs in another process."""

    port: int

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def tally(self) -> Tally:
        """What it was asked so far; this question is not counted."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        with contextlib.closing(connection):
            connection.request("GET", _TALLY)
            return Tally(**json.loads(connection.getresponse().read()))


@contextlib.contextmanager
def serving(*, products: int = 0, page_size: int = 1000, delay: float = 0.0) -> Iterator[Server]:
    """Run a server for as long as the block lasts.

    Args:
        products: how many there are in the list.
        page_size: how many of them an answer holds; no other pages are there.
        delay: seconds from a request to its answer.
    """
    options = {"products": products, "page-size": page_size, "delay": delay}
    command = [sys.executable, __file__, *(f"--{name}={value}" for name, value in options.items())]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603  # this very file
    try:
        assert process.stdout is not None
        port = int(process.stdout.readline())
        with _apart(process.pid):
            yield Server(port)
    finally:
        process.terminate()
        process.communicate()


@contextlib.contextmanager
def _apart(process: int) -> Iterator[None]:
    """Give another process one processor for itself, and this one the others."""
    if sys.platform != "linux" or len(mine := os.sched_getaffinity(0)) < 2:
        yield
        return
    theirs = {max(mine)}
    os.sched_setaffinity(process, theirs)
    os.sched_setaffinity(0, mine - theirs)
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


# --------------------------------------------------------------------------- the other process


def _answers(products: int, page_size: int) -> dict[bytes, bytes]:
    bodies = {PRODUCT: json.dumps(product(1))}
    for start in range(0, products, page_size):
        numbers = range(start + 1, min(start + page_size, products) + 1)
        envelope = {"totalcount": products, "items": [product(number) for number in numbers]}
        bodies[page_path(start, page_size)] = json.dumps(envelope)
    return {path.encode(): _render("200 OK", body) for path, body in bodies.items()}


def _render(status: str, body: str) -> bytes:
    head = (
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Sitoo-Request-ID: 0123456789abcdef",
    )
    return "\r\n".join((*head, "", body)).encode("ascii")


_NOT_FOUND: Final = _render("404 Not Found", '{"statuscode":404,"errortext":"no such answer"}')


@attrs.define(eq=False)
class _Connection(asyncio.Protocol):
    """One kept-alive connection; its client sends no body and waits for each answer."""

    answers: dict[bytes, bytes]
    delay: float
    tally: Tally
    at_work: set[_Connection]
    head: bytes = b""
    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.head += data
        if not self.head.endswith(_HEAD_END):
            return
        loop = asyncio.get_running_loop()
        path = self.head.split(b" ", 2)[1]
        self.head = b""
        if path == _TALLY.encode():
            self._write(_render("200 OK", json.dumps(attrs.asdict(self.tally))))
            return
        self.tally.requests += 1
        self.at_work.add(self)
        self.tally.most_at_once = max(self.tally.most_at_once, len(self.at_work))
        answer = self.answers.get(path, _NOT_FOUND)
        if self.delay:
            loop.call_later(self.delay, self._answer, answer, loop.time())
        else:
            self._answer(answer, loop.time())

    def _answer(self, answer: bytes, since: float) -> None:
        self._write(answer)
        self.at_work.discard(self)
        self.tally.busy += asyncio.get_running_loop().time() - since

    def _write(self, answer: bytes) -> None:
        # Whoever went away meanwhile gets nothing: the transport drops it.
        assert self.transport is not None
        self.transport.write(answer)


async def _serve(answers: dict[bytes, bytes], delay: float) -> None:
    tally, at_work = Tally(), set[_Connection]()
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(answers, delay, tally, at_work), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, required=True)
    parser.add_argument("--page-size", type=int, required=True)
    parser.add_argument("--delay", type=float, required=True)
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(_answers(options.products, options.page_size), options.delay))


if __name__ == "__main__":
    _main()
