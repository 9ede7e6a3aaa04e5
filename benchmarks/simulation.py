"""A model of the whole: a shop's week on one key, and how much fits through it.

::

    pip install .
    python benchmarks/simulation.py            # a week, and the capacity of a key
    python benchmarks/simulation.py --days 1 --requests 1000

Time is virtual. The lane, the retries, the coalescing, the batches and the paginators are the
library's own; a model of Sitoo's rules stands in for the transport (`_model.py`, which names its
assumptions; each of them is an option here). Three processes of a shop (`_shop.py`) make their
calls in several ways (`_clients.py`): as users write it today, and with this library. The processes
are lanes of one loop; a gate in memory stands for those that span processes.

The same seed gives the same numbers.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Final

import attrs
from _clients import BACKS_OFF, PACES, Hire, ThroughTheLane, Worker, laned, locked
from _model import ROWS, Assumptions, Server, Tally
from _shop import DAY, LEVELS, PATIENCE, Call, Level, week
from _table import print_table

from sitoo_async.errors import SitooError
from sitoo_async.testing import run_virtual

READS: Final = ("lookup", "products", "stock")

KEYS: Final = ("1-1", "1-2", "1-3")
ONE_KEY: Final = (KEYS[:1],) * 3
THREE_KEYS: Final = (KEYS,) * 3

CLIENTS: Final[dict[str, Hire]] = {
    "lock, 1.5 s doubling, one process": locked(BACKS_OFF, processes=1),
    "lock, 1.5 s doubling": locked(BACKS_OFF, processes=3),
    "lock, 0.5 s pace, 5 s doubling": locked(PACES, processes=3),
    "sitoo_async": laned(*ONE_KEY),
    "… coalesce": laned(*ONE_KEY, coalesce=True),
    "… coalesce, bulk_seconds=2": laned(*ONE_KEY, coalesce=True, bulk_seconds=2),
    "… three keys": laned(*THREE_KEYS),
    "… three keys, coalesce": laned(*THREE_KEYS, coalesce=True),
}

# ------------------------------------------------------------------------------------- the week


@attrs.define
class Ledger:
    """What became of the calls of one run.

    Attributes:
        tally: what the server saw.
        ends: how calls ended, by level: done, failed, unknown (a write whose outcome nobody
            knows), gave up.
        times: seconds from a call to its end, by level.
        demand: seconds in which at least one call had begun and not ended.
        joined: calls that cost no request of their own.
        sent: requests that the lanes counted; None where there are none.
    """

    tally: Tally
    ends: dict[Level, Counter[str]] = attrs.field(
        factory=lambda: {level: Counter() for level in LEVELS.values()}
    )
    times: dict[Level, list[float]] = attrs.field(
        factory=lambda: {level: [] for level in LEVELS.values()}
    )
    demand: float = 0.0
    joined: int = 0
    sent: int | None = None

    def count(self, end: str) -> int:
        """How many calls ended so."""
        return sum(ends[end] for ends in self.ends.values())

    @property
    def calls(self) -> int:
        """All that ended."""
        return sum(ends.total() for ends in self.ends.values())


async def live(
    hire: Hire,
    calls: Sequence[Call],
    assumptions: Assumptions,
    *,
    seed: int,
    progress: Callable[[float], None] = lambda _: None,
) -> Ledger:
    """Let the shop make its calls in one way, and wait for the last of them.

    Args:
        hire: makes the processes.
        calls: what the shop does.
        assumptions: the model's.
        seed: of the model's chance.
        progress: called with the days that have passed, at each midnight.
    """
    random.seed(seed)  # the jitter of the lane's holds
    server = Server(assumptions, seed=seed)
    workers = hire(server)
    ledger = Ledger(server.tally)
    loop = asyncio.get_running_loop()
    began = loop.time()
    tasks: set[asyncio.Task[None]] = set()
    busy_since = 0.0

    async def make(call: Call) -> None:
        nonlocal busy_since
        now = loop.time()
        if len(tasks) == 1:
            busy_since = now
        end = await _end(workers[call.process % len(workers)], call)
        level = LEVELS[call.kind]
        ledger.ends[level][end] += 1
        ledger.times[level].append(loop.time() - now)

    def ended(task: asyncio.Task[None]) -> None:
        tasks.remove(task)
        if not tasks:
            ledger.demand += loop.time() - busy_since
        task.result()

    day = 0
    for call in calls:
        await asyncio.sleep(began + call.at - loop.time())
        if call.at // DAY > day:
            day = int(call.at // DAY)
            progress(day)
        task = loop.create_task(make(call))
        tasks.add(task)
        task.add_done_callback(ended)
    while tasks:
        await asyncio.wait(tasks)
    _sum_up(ledger, workers)
    for worker in workers:
        await worker.aclose()
    return ledger


async def _end(worker: Worker, call: Call) -> str:
    """Make one call, and tell how it ended."""
    make: Callable[[int], Coroutine[Any, Any, None]] = getattr(worker, call.kind)
    try:
        async with asyncio.timeout(PATIENCE if call.kind == "lookup" else None):
            await make(call.number)
    except SitooError as error:
        unknown = error.sent == "unknown" and call.kind not in READS
        return "unknown" if unknown else "failed"
    except TimeoutError:
        return "gave up"
    return "done"


def _sum_up(ledger: Ledger, workers: Sequence[Worker]) -> None:
    """Add what the lanes counted."""
    stats = [worker.client.stats() for worker in workers if isinstance(worker, ThroughTheLane)]
    if stats:
        ledger.sent = sum(each.sent for each in stats)
        ledger.joined = sum(each.joined for each in stats)


def check(ledger: Ledger, calls: Sequence[Call]) -> None:
    """Hold the numbers against each other, where they must agree.

    Raises:
        AssertionError: they don't.
    """
    tally = ledger.tally
    assert ledger.calls == len(calls), "a call was lost, or counted twice"
    if ledger.sent is not None:
        assert ledger.sent == tally.requests, "the lanes and the server counted differently"
        assert tally.most_at_once == 1, "two requests of one key met"
        assert tally.overlaps == 0, "a request met another's work"


# --------------------------------------------------------------------------------- the capacity

BUDGETS: Final[dict[str, dict[str, Any]]] = {
    "no limit": {"requests": None, "work": None},
    "1,000 requests": {"requests": 1000, "work": None},
    "300 requests": {"requests": 300, "work": None},
    "300 requests, 150 s of work": {"requests": 300, "work": 150.0},
}

SLOTS: Final = 2


@attrs.frozen
class Load:
    """What keeps a key busy: tasks that do one thing over and over.

    Attributes:
        hire: in which way.
        kind: what they do, a method of `Worker`.
        tasks: how many there are.
        number: of items, where it is a batch.
    """

    hire: Hire
    kind: str
    tasks: int = 1
    number: int | None = None


LOADS: Final[dict[str, Load]] = {
    "single writes: lock, 1.5 s doubling": Load(locked(BACKS_OFF, processes=1), "change", 20),
    "single writes: lock, 0.5 s pace, 5 s doubling": Load(locked(PACES, processes=1), "change", 20),
    "single reads: sitoo_async": Load(laned(KEYS[:1]), "lookup", 20),
    "single writes: sitoo_async": Load(laned(KEYS[:1]), "change", 20),
    "… coalesced, 20 tasks": Load(laned(KEYS[:1], coalesce=True), "change", 20),
    "… coalesced, 200 tasks": Load(laned(KEYS[:1], coalesce=True), "change", 200),
    "… coalesced, 1,000 tasks": Load(laned(KEYS[:1], coalesce=True), "change", 1000),
    "stock movements, coalesced, 200 tasks": Load(laned(KEYS[:1], coalesce=True), "move", 200),
    "stock levels in batches of 1,000": Load(laned(KEYS[:1]), "levels", number=ROWS),
    "products read in pages of 1,000": Load(laned(KEYS[:1]), "products", number=0),
}


async def capacity(load: Load, assumptions: Assumptions) -> tuple[float, float]:
    """How much is done in an hour, and how many calls fail."""
    server = Server(assumptions, seed=1)
    (worker,) = load.hire(server)
    make: Callable[[int], Coroutine[Any, Any, None]] = getattr(worker, load.kind)
    failed = 0

    async def again_and_again(first: int) -> None:
        nonlocal failed
        number = first
        while True:
            number = 1 + number % ROWS
            try:
                await make(number if load.number is None else load.number)
            except SitooError:
                failed += 1

    # Far apart, so that two of them never have the same product.
    apart = ROWS // load.tasks
    tasks = [asyncio.create_task(again_and_again(task * apart)) for task in range(load.tasks)]
    seconds = SLOTS * assumptions.slot
    await asyncio.sleep(seconds)
    done = server.tally.things
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await worker.aclose()
    return done * 3600 / seconds, failed * 3600 / seconds


# ------------------------------------------------------------------------------------ the report


def print_week(found: dict[str, Ledger], days: float) -> None:
    """Print what became of the calls, what it cost, and how long it took."""
    rows = [
        [
            name,
            f"{ledger.calls:,}",
            *(f"{ledger.count(end):,}" for end in ("done", "failed", "unknown", "gave up")),
            f"{ledger.ends['job']['done']} of {ledger.ends['job'].total()}",
        ]
        for name, ledger in found.items()
    ]
    header = ["", "calls", "done", "failed", "unknown", "gave up", "jobs done"]
    print_table(f"What became of the calls, {days:g} days", header, rows)

    rows = []
    for name, ledger in found.items():
        tally, demand = ledger.tally, ledger.demand
        rows.append(
            [
                name,
                f"{tally.requests:,}",
                f"{ledger.joined:,}",
                f"{tally.overlaps:,}",
                f"{tally.locked:,}",
                f"{tally.limited:,}",
                f"{tally.broken + tally.lost}",
                f"{tally.used_up}",
                f"{tally.busy / demand:.0%}",
                f"{ledger.count('done') * 3600 / demand:,.0f}",
            ]
        )
    header = ["", "requests", "saved", "overlap", "locked", "slot used up", "broken"]
    header += ["slots used up", "in use", "done an hour"]
    print_table("What it cost: requests, refusals by reason, use while calls waited", header, rows)

    rows = []
    for name, ledger in found.items():
        cells = [name]
        for level in ("interactive", "bulk"):
            times = sorted(ledger.times[level])
            cells += [shown(times, math.ceil(len(times) * at) - 1, 1) for at in (0.5, 0.95, 0.99)]
        jobs = sorted(ledger.times["job"])
        rows.append([*cells, shown(jobs, len(jobs) // 2, 0), shown(jobs, -1, 0)])
    header = ["", "interactive p50", "p95", "p99", "bulk p50", "p95", "p99", "jobs p50", "longest"]
    print_table("Seconds from a call to its end", header, rows)


def shown(times: Sequence[float], index: int, digits: int) -> str:
    """One of these times; a few hours may have none."""
    return f"{times[index]:,.{digits}f}" if times else "none"


def print_capacity(assumptions: Assumptions) -> None:
    """Print how much of each kind fits through one key in an hour."""
    rows = []
    for name, load in LOADS.items():
        cells = [name]
        for budget in BUDGETS.values():
            done, failed = run_virtual(capacity(load, attrs.evolve(assumptions, **budget)))
            cells.append(f"{done:,.0f}" + (f" ({failed:,.0f} failed)" if failed else ""))
        rows.append(cells)
    print_table("Through one key in an hour, by what a slot allows", ["", *BUDGETS], rows)


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--days", type=float, default=7.0, help="0 leaves the week out")
    parser.add_argument("--no-capacity", action="store_true", help="the week alone")
    parser.add_argument("--seed", type=int, default=1)
    for field in attrs.fields(Assumptions):
        kind = int if field.name == "requests" else float
        option = f"--{field.name.replace('_', '-')}"
        parser.add_argument(option, type=kind, default=field.default, help="see _model.py")
    given = vars(parser.parse_args())
    days, seed, week_alone = given.pop("days"), given.pop("seed"), given.pop("no_capacity")
    assumptions = Assumptions(**given)
    # One warning for each hold would be a thousand lines.
    logging.getLogger("sitoo_async").setLevel(logging.ERROR)
    print(f"Seed {seed}; {assumptions}")
    calls = week(days, seed=seed)
    if calls:
        print_week(run_week(calls, days, assumptions, seed), days)
    if not week_alone:
        print_capacity(assumptions.without_trouble())


def run_week(
    calls: Sequence[Call], days: float, assumptions: Assumptions, seed: int
) -> dict[str, Ledger]:
    """Let each client make the calls; tell how far it is, and that its numbers agree."""
    found: dict[str, Ledger] = {}
    for name, hire in CLIENTS.items():
        began = time.process_time()

        def tell(day: float, name: str = name) -> None:
            print(f"\r{name}: day {day:g} of {days:g} ", end="", file=sys.stderr, flush=True)

        found[name] = run_virtual(live(hire, calls, assumptions, seed=seed, progress=tell))
        check(found[name], calls)
        print(f"\r{name}: {time.process_time() - began:.0f} s of CPU  ", file=sys.stderr)
    return found


if __name__ == "__main__":
    main()
