"""Calls that leave together: a thousand updates at once, identical reads, and two callers.

::

    pip install .
    python benchmarks/coalescing.py

Against the fake server in a process of its own, at 20 ms a request: a thousand tasks each change a
product, with a lock around single calls as users write it, with this client as it comes, and with
``coalesce=True``. Then two callers, who have nothing to share, with and without it. The aims: at
least fifty times faster than the lock, and within 5 % for two callers, in time, since most of that
is the server's. What is printed of the processor is this process's alone.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import re
import statistics
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from typing import Any, Final

from _table import Target, print_table
from _times import Rounds, Took, taking

from sitoo_async import SitooClient

PRODUCTS: Final = 1000
SINGLES: Final = 100  # of the thousand, where each costs 20 ms; the time is for a thousand

Job = Callable[[], Awaitable[None]]


@contextlib.contextmanager
def serving() -> Iterator[dict[str, Any]]:
    """A fake server in a process of its own; gives what a client is built with."""
    arguments = ["--port", "0", "--products", str(PRODUCTS), "--delay", "0.02"]
    process = subprocess.Popen(  # noqa: S603  # our own server
        [sys.executable, "-m", "sitoo_async.testing", *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r"http://\S+?:\d+", line)
        if found is None:
            raise SystemExit(f"the server did not start: {line}")
        yield {"api_id": "90316-125", "password": "fake-password", "base_url": found[0]}
    finally:
        process.terminate()
        process.wait()


async def together(client: SitooClient, count: int) -> None:
    """That many tasks at once, each with an update of its own."""
    await asyncio.gather(*(client.products.update(i, title="x") for i in range(1, count + 1)))


async def locked(client: SitooClient, count: int) -> None:
    """The same with a lock around each call, as is done without a lane."""
    lock = asyncio.Lock()

    async def one(number: int) -> None:
        async with lock:
            await client.products.update(number, title="x")

    await asyncio.gather(*map(one, range(1, count + 1)))


async def readers(client: SitooClient) -> None:
    """A thousand tasks that ask for one and the same product."""
    await asyncio.gather(*(client.products.get(21) for _ in range(PRODUCTS)))


async def two_callers(client: SitooClient) -> None:
    """Two tasks, each with one call after the other, to products of its own."""

    async def caller(first: int) -> None:
        for number in range(first, first + 20):
            await client.products.update(number, title="y")

    await asyncio.gather(caller(1), caller(101))


async def run(rounds: int) -> None:
    """Measure in turns, and print the tables."""
    with serving() as credentials:
        async with (
            SitooClient(**credentials) as plain,
            SitooClient(**credentials, coalesce=True) as sharing,
        ):
            await together(sharing, PRODUCTS)
            times: dict[str, list[Took]] = {}
            requests: dict[str, int] = {}
            scale = PRODUCTS / SINGLES
            jobs: dict[str, tuple[Callable[[], Awaitable[None]], float]] = {
                "a lock around single updates": (lambda: locked(plain, SINGLES), scale),
                "the lane as it comes": (lambda: together(plain, SINGLES), scale),
                "the lane, coalescing": (lambda: together(sharing, PRODUCTS), 1.0),
                "1,000 identical gets, coalescing": (lambda: readers(sharing), 1.0),
                "two callers, plain": (lambda: two_callers(plain), 1.0),
                "two callers, coalescing": (lambda: two_callers(sharing), 1.0),
            }
            for _ in range(rounds):
                for name, (job, factor) in jobs.items():
                    before = sharing.stats().sent  # both clients share the lane of their key
                    with taking(times.setdefault(name, []), factor):
                        await job()
                    requests[name] = round(factor * (sharing.stats().sent - before))
    by_name = {name: Rounds.of(took) for name, took in times.items()}
    lock, callers = by_name["a lock around single updates"], by_name["two callers, plain"]
    targets = {
        "the lane, coalescing": Target(1 / 50),
        "two callers, coalescing": Target(1.05),
    }
    rows: list[list[str]] = []
    for name, found in by_name.items():
        wall, cpu = found.to(callers if name.startswith("two") else lock)
        target = targets.get(name)
        rows.append(
            [
                name,
                f"{min(found.walls) * 1000:,.0f} ({statistics.median(found.walls) * 1000:,.0f})",
                f"{min(found.cpus) * 1000:,.0f} ({statistics.median(found.cpus) * 1000:,.0f})",
                f"{requests[name]:,}",
                f"{wall.of_least:.3f} ({wall.by_round:.3f})",
                f"{cpu.of_least:.3f} ({cpu.by_round:.3f})",
                "" if target is None else target.judge(wall.of_least, "time"),
            ]
        )
    print_table(
        f"1,000 updates at once, 20 ms a request, {rounds} rounds: the least (and the median)",
        ["", "ms", "CPU ms", "requests", "time to its first", "CPU to its first", "aim"],
        rows,
    )


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    asyncio.run(run(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
