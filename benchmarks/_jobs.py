"""What a shop does with Sitoo, what it takes, and how many of the outcomes are wrong."""

from __future__ import annotations

import asyncio
import functools
import time
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Final

import attrs
from _peers import PEERS, Peer
from _products import ALL, FOUR
from _server import UNKNOWN, Server


@attrs.frozen
class Sizes:
    """How large the jobs are.

    Attributes:
        rows: products to walk.
        page: of them on a page.
        gets: products to get, one after the other.
        prices: prices to change in batches.
        failing: how many of those have no product.
        updates: products to change at once.
        callers: who change a product each, at once, where some are cancelled.
        cancelled: how many of them are, while their request is in flight.
    """

    rows: int = 100_000
    page: int = 1000
    gets: int = 1000
    prices: int = 2500
    failing: int = 50
    updates: int = 1000
    callers: int = 200
    cancelled: int = 10

    def divided(self, by: int) -> Sizes:
        """The same jobs, that many times smaller; the pages stay as large as they are."""
        sizes = {name: max(1, size // by) for name, size in attrs.asdict(self).items()}
        return Sizes(**{**sizes, "page": min(self.page, sizes["rows"])})


@attrs.frozen
class Job:
    """Something to do.

    Attributes:
        name: how the table calls it.
        wrong: what a wrong outcome is.
        delay: seconds that the server takes for a request.
        run: does it, and tells how many outcomes are wrong.
        coalescing: whether it is one for the option of that name, too.
    """

    name: str
    wrong: str
    delay: float
    run: Callable[[Peer, Sizes, float], Awaitable[int]]
    coalescing: bool = False


async def walk_few(peer: Peer, sizes: Sizes, _: float) -> int:
    """Walk all products in four fields."""
    return abs(await peer.walk(FOUR, sizes.page) - sizes.rows)


async def walk_all(peer: Peer, sizes: Sizes, _: float) -> int:
    """Walk all products in all their fields."""
    return abs(await peer.walk(ALL, sizes.page) - sizes.rows)


async def get(peer: Peer, sizes: Sizes, _: float) -> int:
    """Get one product after the other."""
    numbers = range(1, sizes.gets + 1)
    return sum([await peer.get(number) != number for number in numbers])


async def change_prices(peer: Peer, sizes: Sizes, _: float) -> int:
    """Change prices, some of them of products that are not there."""
    every = sizes.prices // sizes.failing
    numbers = [
        number if number % every else UNKNOWN + number for number in range(1, sizes.prices + 1)
    ]
    failing = sum(number >= UNKNOWN for number in numbers)
    return abs(failing - await peer.change_prices(numbers))


async def update(peer: Peer, sizes: Sizes, _: float) -> int:
    """Change many products at once, one by one."""
    numbers = range(1, sizes.updates + 1)
    told = await asyncio.gather(*map(peer.update, numbers), return_exceptions=True)
    return sum(one is not True for one in told)


async def cancel(peer: Peer, sizes: Sizes, delay: float) -> int:
    """Change products at once, and cancel some callers while their requests are in flight."""
    loop = asyncio.get_running_loop()
    callers = [asyncio.ensure_future(peer.update(number)) for number in range(1, sizes.callers + 1)]
    every = sizes.callers // sizes.cancelled
    for one in range(every // 2, sizes.callers, every):
        # Its request leaves when that of the one before it has been answered.
        give_up = functools.partial(loop.call_later, delay / 2, callers[one].cancel)
        callers[one - 1].add_done_callback(lambda _, later=give_up: later())
    told = await asyncio.gather(*callers, return_exceptions=True)
    return sum(one is not True and not isinstance(one, asyncio.CancelledError) for one in told)


JOBS: Final = {
    job.name: job
    for job in (
        Job("walk in 4 fields, no delay", "rows missing", 0.0, walk_few),
        Job("walk in 4 fields, 40 ms a page", "rows missing", 0.04, walk_few),
        Job("walk in 54 fields, no delay", "rows missing", 0.0, walk_all),
        Job("walk in 54 fields, 40 ms a page", "rows missing", 0.04, walk_all),
        Job("gets one by one, no delay", "not what was asked for", 0.0, get),
        Job(
            "prices in batches, some fail", "failures that nobody is told of", 0.005, change_prices
        ),
        Job("updates at once, 5 ms", "not done", 0.005, update, coalescing=True),
        Job("updates at once, some cancelled", "not done, though not cancelled", 0.005, cancel),
    )
}


@attrs.frozen
class Measured:
    """What a job took.

    Attributes:
        wall: seconds.
        cpu: seconds of the processor in this process.
        requests: how many the server saw.
        refused: how many of those it refused.
        wrong: how many outcomes were.
        memory: the most bytes that were held beyond those before, 0 where that was not asked for.
    """

    wall: float
    cpu: float
    requests: int
    refused: int
    wrong: int
    memory: int = 0


async def measured(
    peer: str, job: Job, server: Server, sizes: Sizes, *, memory: bool = False
) -> Measured:
    """Do a job once; memory is traced instead of time, which that would tell wrong."""
    server.take(0.0)
    async with PEERS[peer](server.url) as doing:
        for _ in range(2):  # what is loaded or opened once is there now
            await doing.get(1)
            await doing.update(1)
            await doing.change_prices([1])
        server.take(job.delay)
        before = server.tally()
        if memory:
            tracemalloc.start()
        wall, cpu = time.perf_counter(), time.process_time()
        wrong = await job.run(doing, sizes, job.delay)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        most = tracemalloc.get_traced_memory()[1] if memory else 0
        tracemalloc.stop()
        after = server.tally()
    requests, refused = after.requests - before.requests, after.refused - before.refused
    return Measured(wall, cpu, requests, refused, wrong, most)
