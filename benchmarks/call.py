"""One call on loopback: what the lane, the retries and the models add to raw aiohttp.

::

    pip install '.[bench]'
    python benchmarks/call.py

One caller asks for one small product again and again, over raw streams (the floor), raw aiohttp as
it comes, httpx (a peer), and this client; then a thousand callers ask this client at once. All in
one run, in turns, against a server process whose answers are ready. The targets: a call takes at
most 1.3 times as long as with raw aiohttp, and with a thousand waiting the client makes at least
0.85 times as many calls a second as raw aiohttp in a loop.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import aiohttp
import attrs
import httpx
import orjson
from _server import PRODUCT, ROOT, Server, serving
from _table import Target, print_table, ratios

from sitoo_async import SitooClient

Calls = Callable[[int], Awaitable[None]]
"""Makes that many calls."""

RAW: Final = "raw aiohttp, one by one"


@attrs.frozen
class Contender:
    """A way to make calls, and what is expected of it.

    Attributes:
        calls: makes them.
        slowest: how many times as long as with raw aiohttp a call may take.
        fewest: how many times as many calls a second it makes at least.
    """

    calls: Calls
    slowest: Target | None = None
    fewest: Target | None = None


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
        slowest, fewest = Target(1.3), Target(0.85, at_least=True)
        contenders = {
            "raw streams, the floor": Contender(await stack.enter_async_context(streams(server))),
            RAW: Contender(await stack.enter_async_context(raw_aiohttp(server))),
            "httpx, one by one": Contender(await stack.enter_async_context(raw_httpx(server))),
            "sitoo.products.get, one by one": Contender(typed(sitoo), slowest=slowest),
            "sitoo.request, one by one": Contender(escape_hatch(sitoo), slowest=slowest),
            f"sitoo.products.get, {callers:,} at once": Contender(
                typed_crowd(sitoo, callers), fewest=fewest
            ),
        }
        for contender in contenders.values():
            await contender.calls(calls // 4)
        times: dict[str, list[float]] = {name: [] for name in contenders}
        order = [*contenders]
        for _ in range(rounds):
            order.append(order.pop(0))  # so that nobody always runs behind the same neighbour
            for name in order:
                before = server.tally().requests
                gc.collect()
                began = time.perf_counter()
                await contenders[name].calls(calls)
                times[name].append((time.perf_counter() - began) / calls)
                # Nothing was answered from elsewhere, nothing was sent twice.
                assert server.tally().requests - before == calls
    print_table(
        f"One call on loopback, {rounds} rounds of {calls:,} calls",
        (
            "",
            "median µs",
            "calls/s",
            "time to raw aiohttp (of medians)",
            "(by round)",
            "calls/s to raw aiohttp",
            "target",
        ),
        [row(name, contenders[name], times) for name in contenders],
    )


def row(name: str, contender: Contender, times: dict[str, list[float]]) -> tuple[str, ...]:
    """One contender's line of the table."""
    median = statistics.median(times[name])
    of_medians, by_round = ratios(times[name], times[RAW])
    target = ""
    if contender.slowest is not None:
        target = contender.slowest.judge(by_round)
    if contender.fewest is not None:
        target = contender.fewest.judge(1 / by_round)
    return (
        name,
        f"{median * 1e6:.0f}",
        f"{1 / median:,.0f}",
        f"{of_medians:.2f}",
        f"{by_round:.2f}",
        f"{1 / by_round:.2f}",
        target,
    )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds (15)")
    parser.add_argument("--calls", type=int, default=1000, help="calls in each of them (1000)")
    parser.add_argument("--callers", type=int, default=1000, help="how many wait at once (1000)")
    options = parser.parse_args()
    with serving() as server:
        asyncio.run(
            measure(server, rounds=options.rounds, calls=options.calls, callers=options.callers)
        )


if __name__ == "__main__":
    main()
