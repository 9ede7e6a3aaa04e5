"""One call on loopback: what the lane, the retries and the models add to raw aiohttp.

::

    pip install '.[bench]'
    python benchmarks/call.py

One caller asks for one small product again and again, over raw streams (the floor), raw aiohttp as
it comes, httpx (a peer), and this client; then a thousand callers ask this client at once. All in
one run, in turns, against a server process whose answers are ready.

The aims: one call takes at most 1.30 times the processor's time that it takes over raw aiohttp on
Python 3.11, and 1.20 times from 3.12 on, and at most 1.15 times as long; and with a thousand
waiting, the client makes at least 0.90 times as many calls a second as raw aiohttp in a loop on
3.11, and 0.95 times from 3.12 on. They are held against the least that each took: what else runs on
the machine only adds. Takes about a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import statistics
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import aiohttp
import attrs
import httpx
import orjson
from _server import PRODUCT, ROOT, Server, serving
from _table import Target, by_python, print_table
from _times import Ratio, Rounds, Took, taking

from sitoo_async import SitooClient

Calls = Callable[[int], Awaitable[None]]
"""Makes that many calls."""

RAW: Final = "raw aiohttp, one by one"


@attrs.frozen
class Contender:
    """A way to make calls, and what is expected of it.

    Attributes:
        calls: makes them.
        cpu: how many times the processor's time of raw aiohttp a call may take.
        wall: how many times as long as with raw aiohttp it may take.
        rate: how many times as many calls a second it makes at least.
    """

    calls: Calls
    cpu: Target | None = None
    wall: Target | None = None
    rate: Target | None = None

    def judge(self, wall: Ratio, cpu: Ratio) -> str:
        """Which aims are kept."""
        told = [
            target.judge(value, what)
            for target, value, what in (
                (self.cpu, cpu.of_least, "CPU"),
                (self.wall, wall.of_least, "time"),
                (self.rate, 1 / wall.of_least, "calls/s"),
            )
            if target is not None
        ]
        return ", ".join(told)


@contextlib.asynccontextmanager
async def streams(server: Server) -> AsyncIterator[Calls]:
    """The least that HTTP takes on asyncio: one write, two reads."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    request = f"GET {PRODUCT} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()

    async def calls(number: int) -> None:
        for _ in range(number):
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.partition(b"Content-Length: ")[2].split(b"\r\n", 1)[0])
            orjson.loads(await reader.readexactly(length))

    yield calls
    writer.close()
    await writer.wait_closed()


@contextlib.asynccontextmanager
async def raw_aiohttp(server: Server) -> AsyncIterator[Calls]:
    """Over aiohttp as anybody would write it."""
    url = f"{server.url}{PRODUCT}"
    async with aiohttp.ClientSession() as session:

        async def calls(number: int) -> None:
            for _ in range(number):
                async with session.get(url) as answer:
                    orjson.loads(await answer.read())

        yield calls


@contextlib.asynccontextmanager
async def raw_httpx(server: Server) -> AsyncIterator[Calls]:
    """The other asyncio client that people use."""
    url = f"{server.url}{PRODUCT}"
    async with httpx.AsyncClient() as client:

        async def calls(number: int) -> None:
            for _ in range(number):
                orjson.loads((await client.get(url)).content)

        yield calls


def typed(sitoo: SitooClient) -> Calls:
    """A model for each call."""

    async def calls(number: int) -> None:
        for _ in range(number):
            await sitoo.products.get(1)

    return calls


def typed_crowd(sitoo: SitooClient, callers: int) -> Calls:
    """A model for each call, with that many callers waiting at once."""

    async def calls(number: int) -> None:
        for first in range(0, number, callers):
            crowd = range(first, min(first + callers, number))
            await asyncio.gather(*(sitoo.products.get(1) for _ in crowd))

    return calls


def escape_hatch(sitoo: SitooClient) -> Calls:
    """The raw answer, read as plain JSON."""
    path = PRODUCT.removeprefix(ROOT)

    async def calls(number: int) -> None:
        for _ in range(number):
            (await sitoo.request("GET", path)).json()

    return calls


async def measure(server: Server, *, rounds: int, calls: int, callers: int) -> None:
    """Let all contenders take turns, and print what they took."""
    async with contextlib.AsyncExitStack() as stack:
        sitoo = await stack.enter_async_context(
            SitooClient(api_id="1-1", password="bench", base_url=server.url)  # noqa: S106  # opens nothing
        )
        cpu, wall = Target(by_python(1.30, 1.20)), Target(1.15)
        rate = Target(by_python(0.90, 0.95), at_least=True)
        contenders = {
            "raw streams, the floor": Contender(await stack.enter_async_context(streams(server))),
            RAW: Contender(await stack.enter_async_context(raw_aiohttp(server))),
            "httpx, one by one": Contender(await stack.enter_async_context(raw_httpx(server))),
            "sitoo.products.get, one by one": Contender(typed(sitoo), cpu=cpu, wall=wall),
            "sitoo.request, one by one": Contender(escape_hatch(sitoo)),
            f"sitoo.products.get, {callers:,} at once": Contender(
                typed_crowd(sitoo, callers), rate=rate
            ),
        }
        for contender in contenders.values():
            await contender.calls(calls // 4)
        times: dict[str, list[Took]] = {name: [] for name in contenders}
        order = [*contenders]
        for _ in range(rounds):
            order.append(order.pop(0))  # so that nobody always runs behind the same neighbour
            for name in order:
                before = server.tally().requests
                gc.collect()
                with taking(times[name]):
                    await contenders[name].calls(calls)
                # Nothing was answered from elsewhere, nothing was sent twice.
                assert server.tally().requests - before == calls
    found = {name: Rounds.of(times[name]) for name in contenders}
    print_table(
        f"One call on loopback, {rounds} rounds of {calls:,} calls: the least (and the median)",
        ("", "µs", "CPU µs", "calls/s", "time to raw aiohttp", "CPU to raw aiohttp", "aim"),
        [row(name, contenders[name], found, calls) for name in contenders],
    )


def row(name: str, contender: Contender, found: dict[str, Rounds], calls: int) -> tuple[str, ...]:
    """One contender's line of the table."""
    walls, cpus = found[name].walls, found[name].cpus
    wall, cpu = found[name].to(found[RAW])
    micro = 1e6 / calls
    return (
        name,
        f"{min(walls) * micro:.0f} ({statistics.median(walls) * micro:.0f})",
        f"{min(cpus) * micro:.0f} ({statistics.median(cpus) * micro:.0f})",
        f"{calls / min(walls):,.0f}",
        str(wall),
        str(cpu),
        contender.judge(wall, cpu),
    )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30, help="interleaved rounds (30)")
    parser.add_argument("--calls", type=int, default=1000, help="calls in each of them (1000)")
    parser.add_argument("--callers", type=int, default=1000, help="how many wait at once (1000)")
    options = parser.parse_args()
    with serving() as server:
        asyncio.run(
            measure(server, rounds=options.rounds, calls=options.calls, callers=options.callers)
        )


if __name__ == "__main__":
    main()
