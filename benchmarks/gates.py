"""Gates: what they cost a lane that is alone, and how they treat processes that contend.

::

    pip install '.[postgres,redis]'
    python benchmarks/gates.py

Each engine that this machine has is measured: the file gate in a directory of its own, PostgreSQL
and Redis (or Valkey) as servers that are started on loopback for the purpose. There is no HTTP
here: a real lane runs exchanges that sleep.

*Idle* is the time from the end of one exchange to the start of the next while calls wait and no
other process wants the key, above that of a lane without a gate. *Contention* is four processes
with a call waiting at all times and exchanges of 5 ms: how many exchanges in a row one process had
at most, and how long its turns were waited for. Two exchanges at once would end the run.

The targets: 0.1 ms of idle time for the file gate, 1 ms for the others; at most 4 exchanges in a
row; the 99th percentile of the waits at most 3 times their mean.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
from _table import Target, print_table

sys.path.append(str(Path(__file__).parent.parent / "tests" / "gates"))

import _postgres  # the tests' servers
import _redis_server  # as above

from sitoo_async._gates._from_url import gate_from_url
from sitoo_async._http.keys import Secret
from sitoo_async._lane.call import Call
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.options import Options

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sitoo_async import Gate

KEY: Final = "https://benchmark.example 1-1"
PROCESSES: Final = 4
EXCHANGE: Final = 0.005
IDLE: Final = {"file": Target(0.1)}
IDLE_ELSEWHERE: Final = Target(1.0)
STREAK: Final = Target(4)
UNEVEN: Final = Target(3)


@contextlib.contextmanager
def engines() -> Iterator[dict[str, str]]:
    """The URLs of the engines that are here, by their names, for as long as the block lasts."""
    with contextlib.ExitStack() as stack:
        urls = {"file": f"file://{stack.enter_context(tempfile.TemporaryDirectory())}/gate"}
        if _postgres.missing() is None:
            urls["postgresql"] = stack.enter_context(_postgres.PostgresServer()).url()
        if _redis_server.find_server() is not None:
            server = stack.enter_context(_redis_server.RedisServer())
            # Later than in its first second, in which it counts as restarted.
            server.settle()
            urls["redis"] = server.url
        yield urls


@attrs.frozen
class Exchange:
    """When an exchange ran, in seconds on a clock that all processes share."""

    began: float
    ended: float


async def exchanges(
    gate: Gate | None, *, count: int, callers: int, seconds: float
) -> list[Exchange]:
    """Run exchanges through a lane that always has a call waiting."""
    lane = Lane(asyncio.get_running_loop(), gate=gate, key=KEY)
    done: list[Exchange] = []
    nobody: Any = None  # the lane is measured by itself, without a client

    async def exchange() -> None:
        began = time.monotonic()
        await asyncio.sleep(seconds)
        done.append(Exchange(began, time.monotonic()))

    async def caller() -> None:
        while len(done) < count:
            call = Call(nobody, Options())
            call.begin(lane.loop.time())
            await lane.queue.turn(call, exchange)

    await asyncio.gather(*(caller() for _ in range(callers)))
    await lane.settle()
    return done


async def idle(gates: Sequence[Gate | None], *, count: int, rounds: int) -> list[float]:
    """Median seconds between two exchanges, for each gate; the gates take turns."""
    medians: list[list[float]] = [[] for _ in gates]
    for _ in range(rounds):
        for gate, found in zip(gates, medians, strict=True):
            done = await exchanges(gate, count=count, callers=2, seconds=0)
            found.append(
                statistics.median(
                    after.began - before.ended for before, after in itertools.pairwise(done)
                )
            )
    for gate in gates:
        if gate is not None:
            await gate.aclose()
    return [statistics.median(found) for found in medians]


def contend(url: str, count: int) -> list[list[Exchange]]:
    """The exchanges of each of the processes that contend for one gate."""
    command = [sys.executable, __file__, "--contender", "--exchanges", str(count)]
    processes = [
        # By the standard input, since other users can read a command line.
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603  # this very file
        for _ in range(PROCESSES)
    ]
    for process in processes:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{url}\n")
        process.stdin.flush()
        process.stdout.readline()
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("begin\n")
        process.stdin.flush()
    answers = [process.communicate()[0] for process in processes]
    return [[Exchange(*times) for times in json.loads(answer)] for answer in answers]


def contender(count: int) -> None:
    """One of them: waits for its start, runs its exchanges and prints when they ran."""
    gate = gate_from_url(Secret(sys.stdin.readline().strip()))

    async def main() -> list[Exchange]:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        try:
            return await exchanges(gate, count=count, callers=1, seconds=EXCHANGE)
        finally:
            await gate.aclose()

    print(json.dumps([attrs.astuple(done) for done in asyncio.run(main())]))


@attrs.frozen
class Fairness:
    """How turns were dealt out while all processes wanted them.

    Attributes:
        streak: the most exchanges in a row of one process.
        mean: seconds a turn was waited for.
        late: the 99th percentile of that.
        used: the share of the time in which an exchange ran.
    """

    streak: int
    mean: float
    late: float
    used: float

    @classmethod
    def of(cls, processes: Sequence[Sequence[Exchange]]) -> Fairness:
        """Judge the time in which none of the processes was through with its exchanges."""
        end = min(done[-1].ended for done in processes)
        turns = sorted(
            (exchange.began, exchange.ended, process)
            for process, done in enumerate(processes)
            for exchange in done
            if exchange.began < end
        )
        longest, row = 1, 1
        for before, after in itertools.pairwise(turns):
            assert before[1] <= after[0], "two exchanges at once"
            row = row + 1 if before[2] == after[2] else 1
            longest = max(longest, row)
        waits = [
            after.began - before.ended
            for done in processes
            for before, after in itertools.pairwise(done)
            if after.began < end
        ]
        return cls(
            streak=longest,
            mean=statistics.fmean(waits),
            late=statistics.quantiles(waits, n=100)[-1],
            used=sum(ended - began for began, ended, _ in turns) / (end - turns[0][0]),
        )


def idle_row(name: str, seconds: float, bare: float) -> list[str]:
    """What an engine costs a lane that nobody contends with."""
    above = 1000 * (seconds - bare)
    return [
        name,
        f"{1000 * seconds:.3f}",
        f"{above:.3f}",
        IDLE.get(name, IDLE_ELSEWHERE).judge(above),
    ]


def contention_row(name: str, rounds: Sequence[Fairness]) -> list[str]:
    """How an engine deals out turns: the worst streak, else medians of the rounds."""
    streak = max(fairness.streak for fairness in rounds)
    mean = statistics.median(fairness.mean for fairness in rounds)
    late = statistics.median(fairness.late for fairness in rounds)
    used = statistics.median(fairness.used for fairness in rounds)
    return [
        name,
        f"{streak}",
        STREAK.judge(streak),
        f"{1000 * mean:.1f}",
        f"{1000 * late:.1f}",
        f"{late / mean:.2f}",
        UNEVEN.judge(late / mean),
        f"{used:.0%}",
    ]


def main() -> None:
    """Measure, and print two tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--exchanges", type=int, default=300, help="of each process and round")
    parser.add_argument("--rounds", type=int, default=9, help="of the idle lane")
    parser.add_argument("--contender", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.contender:
        contender(options.exchanges)
        return
    with engines() as urls:
        gates = [None, *(gate_from_url(Secret(url)) for url in urls.values())]
        bare, *gated = asyncio.run(idle(gates, count=options.exchanges, rounds=options.rounds))
        print_table(
            f"Idle lane between exchanges, ms; without a gate {1000 * bare:.3f}",
            ["gate", "idle", "above none", "target"],
            [idle_row(name, seconds, bare) for name, seconds in zip(urls, gated, strict=True)],
        )
        contention = {
            name: [Fairness.of(contend(url, options.exchanges)) for _ in range(3)]
            for name, url in urls.items()
        }
    print_table(
        f"{PROCESSES} processes contend, three rounds; waits in ms",
        ["gate", "in a row", "target", "mean", "p99", "p99 to mean", "target", "key in use"],
        [contention_row(name, rounds) for name, rounds in contention.items()],
    )


if __name__ == "__main__":
    main()
