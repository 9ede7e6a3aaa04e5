"""A server in a process of its own whose answers are made in advance.

The benchmarks measure clients, so the server has to cost next to nothing: it reads no more of a
request than it has to and writes bytes that have been ready since it started. It can take a fixed
time for each request, as Sitoo does, and it keeps count of what it was asked.

It keeps the one rule of Sitoo that decides how a client has to be built: while it is at work for a
key, it refuses that key's next request with a 429. Whoever goes away does not end the work.

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
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import attrs
from _products import ALL, DEFAULT, FOUR, products, selected

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = "/v2/accounts/1"
PRODUCT: Final = f"{ROOT}/sites/1/products/1.json"
PRODUCTS: Final = f"{ROOT}/sites/1/products.json"
REGISTER: Final = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}"

UNKNOWN: Final = 10_000_000
"""From this number on there are no products; an item of a batch that names one fails."""

_ASIDE: Final = "/server/"
_HEAD_END: Final = b"\r\n\r\n"
_SINGLES: Final = 1000
_SELECTIONS: Final = {len(fields): fields for fields in (FOUR, DEFAULT, ALL)}
_A_BATCH_ITEM: Final = 1 / 15
"""What each item of a batch adds to the delay, as docs/capacity.md assumes it."""


def page_path(start: int, size: int, fields: Sequence[str] = DEFAULT) -> str:
    """Where a page of the products is found; the client asks in the same words."""
    selection = "" if fields == DEFAULT else f"&fields={','.join(fields)}"
    return f"{PRODUCTS}?start={start}&num={size}{selection}"


def journal_path(cursor: str, size: int) -> str:
    """Where a page of the journal is found; the first one has no cursor."""
    following = f"&next={cursor}" if cursor else ""
    return f"/v3/journal-entries?register_id={quote(REGISTER)}&num={size}{following}"


@attrs.define
class Tally:
    """What a server was asked so far.

    Attributes:
        requests: how many requests came.
        refused: how many of them came while it was at work for their key.
        busy: seconds from a request to the moment its answer was written, in all.
    """

    requests: int = 0
    refused: int = 0
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
        return Tally(**json.loads(self._ask("tally")))

    def take(self, delay: float) -> None:
        """Let it take that many seconds for each request from now on."""
        self._ask(f"{delay}")

    def _ask(self, question: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        with contextlib.closing(connection):
            connection.request("GET", f"{_ASIDE}{question}")
            return connection.getresponse().read()


@contextlib.contextmanager
def serving(
    *,
    products: int = 0,
    entries: int = 0,
    page_size: int = 1000,
    delay: float = 0.0,
    fields: Sequence[int] = (12,),
) -> Iterator[Server]:
    """Run a server for as long as the block lasts.

    Args:
        products: how many there are in the list.
        entries: how many there are in the journal of the cash register.
        page_size: how many of them an answer holds; no other pages are there.
        delay: seconds from a request to its answer; for a batch, a fifteenth more for each item.
        fields: in how many fields the pages may be asked for: 4, 12 (which needs no asking), 54. A
            single product has the most of them.
    """
    options = {"products": products, "entries": entries, "page-size": page_size, "delay": delay}
    command = [sys.executable, __file__, *(f"--{name}={value}" for name, value in options.items())]
    command += ["--fields", *map(str, fields)]
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


def _answers(count: int, page_size: int, fields: Sequence[int]) -> dict[bytes, bytes]:
    some = products(min(page_size, count) or 1)
    singles = [selected(row, _SELECTIONS[max(fields)]) for row in some[:_SINGLES]]
    bodies = {f"{ROOT}/sites/1/products/{row['productid']}.json": row for row in singles}
    answers = {path.encode(): _render("200 OK", json.dumps(row)) for path, row in bodies.items()}
    for selection in map(_SELECTIONS.__getitem__, fields):
        # The pages differ by their numbers alone, or they would take long to make.
        rows = [selected(row, selection) for row in some]
        for start in range(0, count, page_size):
            items = [
                {**row, "productid": start + number}
                for number, row in enumerate(rows[: count - start], start=1)
            ]
            answer = _render("200 OK", json.dumps({"totalcount": count, "items": items}))
            path = page_path(start, page_size, selection)
            # Commas may be sent as they are, or quoted.
            for written in (path, path.replace(",", "%2C")):
                answers[written.encode()] = answer
    return answers


def _journal(count: int, page_size: int) -> dict[bytes, bytes]:
    """The pages of the journal, of which each names the next."""
    answers: dict[bytes, bytes] = {}
    for start in range(0, count, page_size):
        end = min(start + page_size, count)
        following = f"e{end}" if end < count else ""
        items = [_entry(number) for number in range(start + 1, end + 1)]
        path = journal_path(f"e{start}" if start else "", page_size)
        answer = json.dumps({"items": items, "next": following})
        answers[path.encode()] = _render("200 OK", answer)
    return answers


def _entry(number: int) -> dict[str, Any]:
    """A login, or cash that was put into the drawer, as the reference prints them."""
    login = {"staff": "POS Staff", "staffuserid": REGISTER}
    cash = {"currencycode": "SEK", "moneycash": f"{number % 5000}.00"}
    return {
        "data": {**cash, **login} if number % 2 else login,
        "dateadded": 1672386301 + number,
        "datecreated": 1672386296 + number,
        "id": number,
        "ispractice": False,
        "registerid": REGISTER,
        "registerkey": "SIE0000150100023",
        "type": "cash-start" if number % 2 else "login",
    }


def _render(status: str, body: str) -> bytes:
    head = (
        f"HTTP/1.1 {status}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Sitoo-Request-ID: 0123456789abcdef",
    )
    return "\r\n".join((*head, "", body)).encode("ascii")


_DONE: Final = _render("200 OK", "true")
_NOT_FOUND: Final = _render("404 Not Found", '{"statuscode":404,"errortext":"no such answer"}')
_TOO_MANY: Final = _render(
    "429 Too Many Requests", '{"statuscode":429,"errortext":"429: Too many connections"}'
)
_ITEM_DONE: Final = '{"statuscode":200,"return":true}'
_ITEM_NOT_FOUND: Final = '{"statuscode":404,"errortext":"productid does not exist."}'

_KEY: Final = re.compile(rb"^authorization:\s*(.*?)\r$", re.IGNORECASE | re.MULTILINE)
_LENGTH: Final = re.compile(rb"^content-length:\s*(\d+)", re.IGNORECASE | re.MULTILINE)


@attrs.define(eq=False)
class _Desk:
    """What all connections share: the answers, the pace, and who is served at the moment."""

    answers: dict[bytes, bytes]
    delay: float
    tally: Tally = attrs.field(factory=Tally)
    at_work: set[bytes] = attrs.field(factory=set[bytes])

    def aside(self, question: str) -> bytes:
        """The answer to what is about the server itself; none of it is counted."""
        if question == "tally":
            return _render("200 OK", json.dumps(attrs.asdict(self.tally)))
        self.delay = float(question)
        return _DONE

    def work(self, method: bytes, path: bytes, body: bytes) -> tuple[bytes, float]:
        """The answer to a request, and how long it takes."""
        if method == b"GET":
            return self.answers.get(path, _NOT_FOUND), self.delay
        if path != PRODUCTS.encode():
            return _DONE, self.delay
        items: list[dict[str, Any]] = json.loads(body)
        told = [_ITEM_DONE if item["productid"] < UNKNOWN else _ITEM_NOT_FOUND for item in items]
        more = _A_BATCH_ITEM * (len(items) - 1)
        return _render("200 OK", f"[{','.join(told)}]"), self.delay * (1 + more)


@attrs.define(eq=False)
class _Connection(asyncio.Protocol):
    """One kept-alive connection; its client waits for each answer."""

    desk: _Desk
    received: bytes = b""
    transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(_HEAD_END)
        if not end:
            return
        head += b"\r"  # so that each line ends alike
        method, path, _ = head.split(b" ", 2)
        length = None if method == b"GET" else _LENGTH.search(head)
        if length is not None and len(body) < int(length[1]):
            return
        self.received = b""
        if path.startswith(_ASIDE.encode()):
            self._write(self.desk.aside(path.decode().removeprefix(_ASIDE)))
            return
        self._serve(head, method, path, body)

    def _serve(self, head: bytes, method: bytes, path: bytes, body: bytes) -> None:
        desk, loop = self.desk, asyncio.get_running_loop()
        desk.tally.requests += 1
        key = b""
        if desk.delay:  # without it, nobody is at work when the next request is read
            found = _KEY.search(head)
            key = found[1] if found is not None else b""
            if key in desk.at_work:
                desk.tally.refused += 1
                self._write(_TOO_MANY)
                return
        answer, delay = desk.work(method, path, body)
        if delay:
            desk.at_work.add(key)
            loop.call_later(delay, self._answer, answer, key, loop.time())
        else:
            self._answer(answer, key, loop.time())

    def _answer(self, answer: bytes, key: bytes, since: float) -> None:
        self._write(answer)
        self.desk.at_work.discard(key)
        self.desk.tally.busy += asyncio.get_running_loop().time() - since

    def _write(self, answer: bytes) -> None:
        # Whoever went away meanwhile gets nothing: the transport drops it.
        assert self.transport is not None
        self.transport.write(answer)


async def _serve(desk: _Desk) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(desk), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, required=True)
    parser.add_argument("--entries", type=int, required=True)
    parser.add_argument("--page-size", type=int, required=True)
    parser.add_argument("--delay", type=float, required=True)
    parser.add_argument("--fields", type=int, nargs="+", choices=[*_SELECTIONS], required=True)
    options = parser.parse_args()
    answers = _answers(options.products, options.page_size, options.fields)
    answers |= _journal(options.entries, options.page_size)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(_Desk(answers, options.delay)))


if __name__ == "__main__":
    _main()
