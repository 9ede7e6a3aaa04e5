"""A shop's jobs through this client and its peers: time, processor, memory, and what goes wrong.

::

    pip install '.[bench]'
    python benchmarks/peers.py
    python benchmarks/peers.py --divide-by 20 --rounds 1     # in some seconds
    python benchmarks/peers.py --picture docs                # and the picture of the README

The peers: a lock around raw aiohttp and around httpx, as one writes it without a library; and a
client of the kind that openapi-python-client generates, as it comes, which has models, and no lock.
All talk to one server process, whose answers are ready, and which keeps Sitoo's rule: one request
at a time for a key, else a 429, and whoever goes away does not end the work. Each job of each peer
runs in a process of its own, in turns.

The jobs: to walk 100,000 products in 4 and in 54 fields, with and without 40 ms a page; to get
1,000 products, one after the other; to change 2,500 prices in batches, of which 50 fail; to change
1,000 products at once; and 200, where 10 callers are cancelled while their request is in flight.
A request of the last three takes the server 5 ms, and a fifteenth of that more for each item of a
batch, the proportion that docs/capacity.md assumes.

Time, processor and memory are ratios to the lock around raw aiohttp, which makes no models. Memory
is what the process grew by beyond its size after some first calls. A wrong outcome is a row that
did not come, a failure that nobody is told of, or a change that was not made though nothing was
wrong with it. None of the peers tries anything again: one with retries would have fewer wrong
outcomes, and as many refusals. A peer that is refused is done sooner; its times say nothing then.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import platform
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol

import attrs
from _jobs import JOBS, Job, Measured, Sizes, measured
from _peers import AIOHTTP, COALESCING, PEERS
from _picture import Bar, drawn
from _server import Server, serving
from _table import print_table

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"
MEGABYTE: Final = 1024 * 1024


class Measure(Protocol):
    """Lets a peer do a job."""

    def __call__(
        self, peer: str, job: Job, server: Server, sizes: Sizes, *, memory: bool
    ) -> Measured:
        """Do it once, for the time or for the memory that it takes."""


def apart(peer: str, job: Job, server: Server, sizes: Sizes, *, memory: bool) -> Measured:
    """Let a peer do a job in a process of its own."""
    worker = [peer, job.name, server.port, attrs.asdict(sizes), memory]
    told = subprocess.run(  # noqa: S603  # this very file
        [sys.executable, __file__, "--worker", json.dumps(worker)],
        check=True,
        stdout=subprocess.PIPE,
    )
    return Measured(**json.loads(told.stdout))


def work(peer: str, job: str, port: int, sizes: Mapping[str, int], memory: bool) -> None:  # noqa: FBT001  # from JSON
    """What such a process does."""
    # That items of a batch failed is said in one warning, which the table says as well.
    logging.getLogger("sitoo_async").setLevel(logging.ERROR)
    gc.collect()
    done = measured(peer, JOBS[job], Server(port), Sizes(**sizes), memory=memory)
    print(json.dumps(attrs.asdict(asyncio.run(done))))


@attrs.frozen
class Result:
    """What a job took a peer in all rounds.

    Attributes:
        wall: seconds, the least of all rounds.
        cpu: seconds of the client's processor, likewise.
        memory: the most bytes held beyond those before.
        requests: how many the server saw, the most of all rounds.
        refused: how many of those it refused, likewise.
        wrong: how many outcomes were, likewise.
    """

    wall: float
    cpu: float
    memory: int
    requests: int
    refused: int
    wrong: int

    @classmethod
    def of(cls, rounds: Sequence[Measured], memory: Measured) -> Result:
        """Sum up the rounds."""
        return cls(
            wall=min(one.wall for one in rounds),
            cpu=min(one.cpu for one in rounds),
            memory=memory.memory,
            requests=max(one.requests for one in rounds),
            refused=max(one.refused for one in rounds),
            wrong=max(one.wrong for one in rounds),
        )


Results = Mapping[Job, Mapping[str, Result]]
"""What each job took each of its peers."""


def pairs() -> Iterator[tuple[Job, str]]:
    """Who does what."""
    for job in JOBS.values():
        for peer in PEERS:
            if peer != COALESCING or job.coalescing:
                yield job, peer


def compare(server: Server, sizes: Sizes, rounds: int, measure: Measure = apart) -> Results:
    """Let all peers do all jobs in turns."""
    taken: dict[Job, dict[str, list[Measured]]] = {}
    for number in range(rounds):
        for job, peer in pairs():
            show(f"round {number + 1} of {rounds}: {job.name}: {peer}")
            one = measure(peer, job, server, sizes, memory=False)
            taken.setdefault(job, {}).setdefault(peer, []).append(one)
    results: dict[Job, dict[str, Result]] = {}
    for job, peer in pairs():
        show(f"memory: {job.name}: {peer}")
        one = measure(peer, job, server, sizes, memory=True)
        results.setdefault(job, {})[peer] = Result.of(taken[job][peer], one)
    show("")
    return results


def show(progress: str) -> None:
    """Tell whoever waits how far it is."""
    if sys.stderr.isatty():
        print(f"\r\x1b[K{progress}", end="", file=sys.stderr, flush=True)


def table(results: Results) -> Iterator[tuple[str, ...]]:
    """The lines of the table: ratios to raw aiohttp behind a lock, and counts."""
    for job, by_peer in results.items():
        raw = by_peer[AIOHTTP]
        for peer, result in by_peer.items():
            yield (
                job.name if peer == AIOHTTP else "",
                peer,
                f"{result.wall:.2f}",
                f"{result.wall / raw.wall:.2f}",
                f"{result.cpu:.2f}",
                f"{result.cpu / raw.cpu:.2f}",
                f"{result.memory / MEGABYTE:.1f}",
                f"{result.memory / raw.memory:.2f}",
                f"{result.requests:,}",
                f"{result.refused:,}",
                f"{result.wrong:,} {job.wrong}" if result.wrong else "0",
            )


def bars(results: Results) -> Iterator[tuple[str, list[Bar]]]:
    """What the picture shows of each job."""
    for job, by_peer in results.items():
        raw = by_peer[AIOHTTP]
        yield (
            job.name,
            [
                Bar(peer, result.wall / raw.wall, result.cpu / raw.cpu, result.wrong)
                for peer, result in by_peer.items()
            ],
        )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds (3)")
    parser.add_argument("--divide-by", type=int, default=1, help="make the jobs so much smaller")
    parser.add_argument("--picture", type=Path, help="where to (docs/, unless they are smaller)")
    parser.add_argument("--worker", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker is not None:
        work(*options.worker)
        return
    if options.rounds < 1:
        parser.error("--rounds is at least 1")
    if not 1 <= options.divide_by <= 100:
        parser.error("--divide-by is a number from 1 to 100")
    sizes = Sizes().divided(options.divide_by)
    with serving(products=sizes.rows, page_size=sizes.page, fields=(4, 54)) as server:
        results = compare(server, sizes, options.rounds)
    header = ("job", "client", "s", "ratio", "CPU s", "ratio", "MB", "ratio")
    print_table(
        f"A shop's jobs, to a lock around raw aiohttp, the least of the rounds ({options.rounds})",
        (*header, "requests", "refused", "wrong"),
        [*table(results)],
    )
    folder = options.picture or (DOCS if options.divide_by == 1 else None)
    if folder is not None:
        for theme in ("light", "dark"):
            picture = drawn([*bars(results)], theme, f"Python {platform.python_version()}")
            (folder / f"peers-{theme}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
