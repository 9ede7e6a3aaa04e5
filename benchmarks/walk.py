"""A walk of a whole collection: how much of the time the server is kept at work.

::

    pip install '.[bench]'
    python benchmarks/walk.py

100,000 products with the API's twelve default fields, 1,000 a page, from a server that takes 40 ms
for each page; nothing is done with them. Since Sitoo takes one request at a time, the server's own
time is the least that a walk can take. Beside it runs the loop that one writes without a library:
raw aiohttp and orjson, one page after the other, to plain dicts where the client makes models.
Then the same with the 100,000 entries of a cash register's journal, whose pages name the next one
by a cursor. The aims: the walk of the products takes at most 1.03 times the time that the server
was at work, that of the journal 1.05 times, and the peak memory of neither grows with the number of
pages. The first two are held against the least of the rounds. Takes about three minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import statistics
import tracemalloc
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from typing import Any, Final

import aiohttp
import attrs
import orjson
from _server import REGISTER, Server, journal_path, page_path, serving
from _table import Target, print_table
from _times import Rounds, Took, taking

from sitoo_async import SitooClient

Walk = Callable[[Server, int, int], Coroutine[Any, Any, int]]
"""Walks that many rows, so many a page, and tells how many came."""

MEGABYTE: Final = 1024 * 1024


def client_of(server: Server) -> SitooClient:
    """A client that calls nothing but that server."""
    return SitooClient(
        api_id="1-1",
        password="bench",  # noqa: S106  # opens nothing
        base_url=server.url,
        journals_url=f"{server.url}/v3",
    )


async def naive(server: Server, products: int, page_size: int) -> int:
    """One page after the other over raw aiohttp."""
    received = 0
    async with aiohttp.ClientSession() as session:
        while received < products:
            async with session.get(f"{server.url}{page_path(received, page_size)}") as answer:
                page = orjson.loads(await answer.read())
            for _ in page["items"]:
                received += 1
    return received


async def lazily(server: Server, products: int, page_size: int) -> int:
    """One model after the other, the next page on its way meanwhile."""
    received = 0
    async with client_of(server) as sitoo:
        walk = sitoo.products.list(page_size=page_size)
        async for _ in walk:
            received += 1
    assert walk.totalcount == products
    return received


async def naive_journal(server: Server, _: int, page_size: int) -> int:
    """One page after the other over raw aiohttp, by the cursor of the one before."""
    received, following = 0, ""
    async with aiohttp.ClientSession() as session:
        while following or not received:
            async with session.get(f"{server.url}{journal_path(following, page_size)}") as answer:
                page = orjson.loads(await answer.read())
            following = page["next"]
            for _ in page["items"]:
                received += 1
    return received


async def lazy_journal(server: Server, _: int, page_size: int) -> int:
    """One model after the other, likewise."""
    received = 0
    async with client_of(server) as sitoo:
        async for _ in sitoo.journals.list(REGISTER, page_size=page_size):
            received += 1
    return received


@attrs.frozen
class Collection:
    """What is walked.

    Attributes:
        rows: what its rows are called.
        loop: the walk by hand.
        name: how the walk of this library is written.
        walk: it.
        aim: how many times the server's time that may take.
    """

    rows: str
    loop: Walk
    name: str
    walk: Walk
    aim: float

    @property
    def walks(self) -> dict[str, Walk]:
        """Both, by name."""
        return {
            "raw aiohttp and orjson in a loop": self.loop,
            f"async for over {self.name}": self.walk,
        }

    def serving(
        self, rows: int, page_size: int, delay: float = 0.0
    ) -> AbstractContextManager[Server]:
        """A server of so many rows."""
        return serving(**{self.rows: rows}, page_size=page_size, delay=delay)


COLLECTIONS: Final = (
    Collection("products", naive, "sitoo.products.list()", lazily, 1.03),
    Collection("entries", naive_journal, "sitoo.journals.list(…)", lazy_journal, 1.05),
)


@attrs.frozen
class Timing:
    """One walk: what it took, and for how long of that the server was at work."""

    took: Took
    busy: float


def timed(walk: Walk, server: Server, rows: int, page_size: int) -> Timing:
    """Walk once, from opening the connection to closing it."""
    before = server.tally()
    gc.collect()
    took: list[Took] = []
    with taking(took):
        received = asyncio.run(walk(server, rows, page_size))
    after = server.tally()
    assert received == rows
    assert after.requests - before.requests == -(-rows // page_size)
    return Timing(took[0], after.busy - before.busy)


def speed(collection: Collection, *, count: int, page_size: int, delay: float, rounds: int) -> None:
    """Let both walk in turns, and print what they took beside the server's own time."""
    walks = collection.walks
    timings: dict[str, list[Timing]] = {name: [] for name in walks}
    with collection.serving(count, page_size, delay) as server:
        for _ in range(rounds):
            for name, walk in walks.items():
                timings[name].append(timed(walk, server, count, page_size))
        assert server.tally().refused == 0
    pages = -(-count // page_size)
    found = {name: Rounds.of([one.took for one in timings[name]]) for name in walks}
    raw, *_ = found.values()
    rows: list[tuple[str, ...]] = []
    for name, walk in walks.items():
        walls, cpus = found[name].walls, found[name].cpus
        _, cpu = found[name].to(raw)
        to_server = [one.took.wall / one.busy for one in timings[name]]
        rows.append(
            (
                name,
                f"{min(walls):.2f} ({statistics.median(walls):.2f})",
                f"{min(cpus):.2f} ({statistics.median(cpus):.2f})",
                f"{count / min(walls):,.0f}",
                f"{min(walls) / (pages * delay):.3f}",
                f"{min(to_server):.3f} ({statistics.median(to_server):.3f})",
                str(cpu),
                Target(collection.aim).judge(min(to_server)) if walk is collection.walk else "",
            )
        )
    print_table(
        f"{count:,} {collection.rows} in {pages} pages of {delay * 1000:g} ms, {rounds} rounds: "
        "the least (and the median)",
        (
            "",
            "s",
            "CPU s",
            "rows/s",
            f"time to {pages} delays",
            "to the server's time",
            "CPU to the loop",
            "aim",
        ),
        rows,
    )


def memory(collection: Collection, *, count: int, page_size: int, rounds: int) -> None:
    """Print the peaks of a fifth of the walk and of all of it, from a server that never waits."""
    sizes = (count // 5, count)
    peaks: dict[tuple[str, int], list[int]] = {}
    for size in sizes:
        with collection.serving(size, page_size) as server:
            for name, walk in collection.walks.items():
                asyncio.run(walk(server, size, page_size))  # what is kept for ever is there now
                peaks[name, size] = [
                    peak(walk, server, size, page_size) for _ in range(min(rounds, 3))
                ]
    rows: list[tuple[str, ...]] = []
    for name, walk in collection.walks.items():
        few, all_of_them = (statistics.median(peaks[name, size]) for size in sizes)
        growth = all_of_them / few
        rows.append(
            (
                name,
                f"{few / MEGABYTE:.2f}",
                f"{all_of_them / MEGABYTE:.2f}",
                f"{growth:.2f}",
                Target(1.05).judge(growth) if walk is collection.walk else "",
            )
        )
    pages = [-(-size // page_size) for size in sizes]
    print_table(
        f"Peak memory of a walk of {collection.rows}",
        ("", f"{pages[0]} pages, MB", f"{pages[1]} pages, MB", "ratio", "target"),
        rows,
    )


def peak(walk: Walk, server: Server, rows: int, page_size: int) -> int:
    """The most bytes that a walk held at one time."""
    gc.collect()
    tracemalloc.start()
    asyncio.run(walk(server, rows, page_size))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=9, help="interleaved rounds (9)")
    parser.add_argument("--rows", type=int, default=100_000, help="in all (100000)")
    parser.add_argument("--page-size", type=int, default=1000, help="rows a page (1000)")
    parser.add_argument("--delay", type=float, default=40, help="milliseconds a page (40)")
    options = parser.parse_args()
    for collection in COLLECTIONS:
        speed(
            collection,
            count=options.rows,
            page_size=options.page_size,
            delay=options.delay / 1000,
            rounds=options.rounds,
        )
        memory(collection, count=options.rows, page_size=options.page_size, rounds=options.rounds)


if __name__ == "__main__":
    main()
