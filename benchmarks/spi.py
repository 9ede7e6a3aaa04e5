"""What `sitoo_async.spi` adds to a server: its share of a request, and events a second.

::

    pip install '.[bench]' uvicorn
    python benchmarks/spi.py

*A request to a server*: uvicorn serves, each in a process of its own and in turns, a bare ASGI
application that reads a body, parses it by the standard library's `json` and answers; the same with
a payment interface, whose handler gets the payment as a model; and `Events`, with an inbox that
keeps nothing. What counts is the time of the processor in the server's process, and
the ratio to that of the bare application which is asked the same. The aim is 2 at the most.

*Batches of ten events*: one process bound to one processor, no server, one batch after the other
into each kind of inbox. The aims are 1,000 batches a second in memory and 300 with SQLite, each of
which is on the disk before it is answered.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import functools
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import uvicorn
from _table import Target, print_table

from sitoo_async.spi import App
from sitoo_async.spi.events import Events, MemoryInbox, SQLiteInbox
from sitoo_async.spi.payment import PaymentService

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from sitoo_async.spi.events import Letter

SHARE: Final = Target(2)
RATES: Final = {"memory": Target(1000, at_least=True), "SQLite": Target(300, at_least=True)}

USER: Final = "sitoo"
PASSWORD: Final = "made up"  # noqa: S105  # it opens nothing
HEADERS: Final = {
    "Host": "127.0.0.1",
    "User-Agent": "benchmark",
    "Authorization": f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}",
    "Content-Type": "application/json",
    "Store-ID": "G%C3%B6teborg",
    "Staff-ID": "17",
    "Register-ID": "%7B840F83A3-1C7B-4C05-A9BC-3CB3C7CBE2B9%7D",
}

_CARTITEM: Final = {
    "itemid": "0",
    "sku": "9783836508766",
    "productname": "Les Diners De Gala",
    "vatvalue": 6,
    "total": "118.00",
    "vat": "6.68",
    "manual_discount": "19.00",
    "quantity": 1,
}


def payment(number: int) -> bytes:
    """A payment as a POS adds it; each has a number of its own."""
    return json.dumps(
        {
            "paymentname": "Custom Payment",
            "amount": "398.00",
            "currencycode": "SEK",
            "storeid": "1",
            "storename": "Concept Store",
            "receiptid": f"SIE0000160000051{number}",
            "customer": {"mobile": "+46701234567"},
            "cartitems": [_CARTITEM | {"itemid": str(item)} for item in range(5)],
        }
    ).encode()


def batch(number: int) -> bytes:
    """Ten events that no other number has."""
    return json.dumps(
        [
            {
                "event_id": f"{10 * number + event:032x}",
                "event_type": "order",
                "event_date": 1611138542,
                "account_id": 1500,
                "data": {
                    "eshop_id": 1,
                    "order_id": 10 * number + event,
                    "order_event_type": "update",
                    "order_state_changed": "closed",
                },
            }
            for event in range(10)
        ]
    ).encode()


# Servers --------------------------------------------------------------------------------------


class Payments(PaymentService):
    """Takes every payment."""

    async def add_payment(self, payment: Any, /, *, call: Any) -> str:  # noqa: ARG002
        """What a handler does is none of the library's."""
        return str(payment.receiptid)


async def bare(scope: Any, receive: Any, send: Any) -> None:
    """What anybody would write who needs nothing but the body."""
    parts: list[bytes] = []
    more = True
    while more:
        message = await receive()
        parts.append(message["body"])
        more = message["more_body"]
    value = json.loads(b"".join(parts))
    answer = json.dumps(len(value)).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(answer)).encode()),
    ]
    assert scope["method"] == "POST"
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def payments() -> App:
    """The application of the payments."""
    return App(Payments(), user=USER, password=PASSWORD)


class Nowhere(MemoryInbox):
    """An inbox that keeps nothing, so that what it holds is none of the core's."""

    async def add(self, letters: Sequence[Letter], /) -> int:
        """Count them, and let them go."""
        return len(letters)


def events() -> Events:
    """The address of the events."""
    return Events(user=USER, password=PASSWORD, inbox=Nowhere())


APPLICATIONS: Final[dict[str, Callable[[], Any]]] = {
    "bare": lambda: bare,
    "payments": payments,
    "events": events,
}


def timed(application: Any) -> Any:
    """An application that also tells what its process has used of the processor."""

    async def served(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] != "/used":
            await application(scope, receive, send)
            return
        used = repr(time.process_time()).encode()
        headers = [(b"content-length", str(len(used)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": used})

    return served


def serve(name: str) -> None:
    """Serve one of the applications until the end, and print its port."""
    # By its name, or asyncio takes it for none of TCP and leaves Nagle's algorithm at work.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    print(listening.getsockname()[1], flush=True)
    application = timed(APPLICATIONS[name]())
    config = uvicorn.Config(
        application, log_config=None, access_log=False, lifespan="off", timeout_keep_alive=3600
    )
    asyncio.run(uvicorn.Server(config).serve([listening]))


@contextlib.contextmanager
def serving(name: str) -> Iterator[int]:
    """Serve one in a process of its own; gives its port."""
    command = [sys.executable, __file__, "--serve", name]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)  # noqa: S603  # this very file
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate()


@attrs.frozen
class Connection:
    """A kept-alive connection to a server."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        """One request; the status and the body of its answer."""
        fields = {**HEADERS, "Content-Length": str(len(body))}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        self.writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length: ")[2].partition(b"\r")[0])
        return int(answer.split(b" ", 2)[1]), await self.reader.readexactly(length)

    async def used(self) -> float:
        """Seconds of the processor that the server has used."""
        return float((await self.ask("GET", "/used"))[1])


@contextlib.asynccontextmanager
async def connected(name: str) -> AsyncIterator[Connection]:
    """A server, and a connection to it."""
    with serving(name) as port:
        connection = Connection(*await asyncio.open_connection("127.0.0.1", port))
        yield connection
        connection.writer.close()


@attrs.frozen
class Asked:
    """What the servers are asked, and which of them."""

    name: str
    path: str
    body: Callable[[int], bytes]
    server: str


ASKED: Final = (
    Asked("payments: a bare application", "/payments", payment, "bare"),
    Asked("payments: App", "/payments", payment, "payments"),
    Asked("events: a bare application", "/events", batch, "bare"),
    Asked("events: Events, kept nowhere", "/events", batch, "events"),
)


async def shares(*, rounds: int, requests: int) -> dict[str, list[float]]:
    """Seconds of the processor that each server used for a request, by round."""
    numbers = iter(range(10**9))
    found: dict[str, list[float]] = {asked.name: [] for asked in ASKED}
    async with contextlib.AsyncExitStack() as stack:
        connections = {
            name: await stack.enter_async_context(connected(name)) for name in APPLICATIONS
        }
        order = [*ASKED]
        for number in range(rounds + 1):
            order.append(order.pop(0))
            for asked in order:
                connection = connections[asked.server]
                bodies = [asked.body(next(numbers)) for _ in range(requests)]
                before = await connection.used()
                for body in bodies:
                    status, _ = await connection.ask("POST", asked.path, body)
                    assert status == 200, status
                if number:  # the first round warms up
                    found[asked.name].append((await connection.used() - before) / requests)
    return found


# Batches --------------------------------------------------------------------------------------


async def batches(endpoint: Events, bodies: Sequence[bytes]) -> float:
    """Seconds that it takes to take these in, one after the other."""
    began = time.perf_counter()
    for body in bodies:
        answer = await endpoint.handle("POST", "/events", HEADERS, body)
        assert answer.status == 200, answer
    return time.perf_counter() - began


def rates(*, rounds: int, count: int) -> dict[str, list[float]]:
    """Batches a second of each kind of inbox, by round."""
    numbers = iter(range(10**9))
    found: dict[str, list[float]] = {name: [] for name in RATES}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as folder, on_one_processor():
            inboxes = {"memory": MemoryInbox, "SQLite": functools.partial(_in_a_file, folder)}
            for name, inbox in inboxes.items():
                bodies = [batch(next(numbers)) for _ in range(count)]
                found[name].append(count / asyncio.run(_into(inbox, bodies)))
    return found


async def _into(inbox: Callable[[], Any], bodies: Sequence[bytes]) -> float:
    async with Events(user=USER, password=PASSWORD, inbox=inbox()) as endpoint:
        await batches(endpoint, bodies[: len(bodies) // 10])
        return await batches(endpoint, bodies)


def _in_a_file(folder: str) -> SQLiteInbox:
    return SQLiteInbox(Path(folder) / "events.sqlite3")


@contextlib.contextmanager
def on_one_processor() -> Iterator[None]:
    """Bind this process to one processor, where the system allows it."""
    if sys.platform != "linux":
        yield
        return
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(mine)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, mine)


# Tables ---------------------------------------------------------------------------------------


def share_rows(found: dict[str, list[float]]) -> list[tuple[str, ...]]:
    """What each server used, and its ratio to the bare one before it."""
    rows: list[tuple[str, ...]] = []
    least = 0.0
    for asked in ASKED:
        used = found[asked.name]
        least = min(used) if asked.server == "bare" else least
        ratio = min(used) / least
        aim = "" if asked.server == "bare" else SHARE.judge(ratio)
        micro = f"{1e6 * min(used):.0f} ({1e6 * statistics.median(used):.0f})"
        rows.append((asked.name, micro, f"{ratio:.2f}", aim))
    return rows


def rate_rows(found: dict[str, list[float]]) -> list[tuple[str, ...]]:
    """How many batches each kind of inbox took in."""
    return [
        (
            name,
            f"{max(each):,.0f} ({statistics.median(each):,.0f})",
            f"{10 * max(each):,.0f}",
            RATES[name].judge(max(each)),
        )
        for name, each in found.items()
    ]


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--requests", type=int, default=1000, help="of each kind and round")
    parser.add_argument("--serve", choices=APPLICATIONS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return
    print_table(
        f"A request to uvicorn, {options.rounds} rounds of {options.requests:,}: the least (and the"
        " median) of the server's processor",
        ("", "CPU µs", "to bare", "aim"),
        share_rows(asyncio.run(shares(rounds=options.rounds, requests=options.requests))),
    )
    print_table(
        f"Batches of ten events a second on one processor, {options.rounds} rounds of"
        f" {options.requests:,}: the most (and the median)",
        ("inbox", "batches", "events", "aim"),
        rate_rows(rates(rounds=options.rounds, count=options.requests)),
    )


if __name__ == "__main__":
    main()
