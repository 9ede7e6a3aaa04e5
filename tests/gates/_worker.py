"""Worker processes that share a key: each asks for one product again and again and tells of it.

They are forked from a process that has imported everything, so that many are there in no time. The
client comes from the environment, gate included. Each line on standard output is JSON, a worker's
number and what that worker says: its process id when it is ready, and the outcome of each request.
As many bytes on standard input as there are workers let them begin.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import select
import sys

import asyncpg  # noqa: F401  # so that it need not be imported in each worker
import redis.asyncio  # noqa: F401  # as above

from sitoo_async import SitooClient, SitooError


def tell(worker: int, **said: object) -> None:
    # In one piece, so that no two lines get mixed up.
    os.write(sys.stdout.fileno(), json.dumps({"worker": worker, **said}).encode() + b"\n")


async def caller(sitoo: SitooClient, worker: int, numbers: list[int]) -> None:
    while numbers:
        number = numbers.pop()
        try:
            outcome = (await sitoo.products.get(worker)).productid
        except SitooError as error:
            outcome = repr(error)
        tell(worker, number=number, outcome=outcome)


async def work(worker: int, requests: int, callers: int) -> None:
    async with SitooClient.from_env() as sitoo:
        # The modules that a first call imports are there before the race begins.
        tell(worker, ready=os.getpid())
        await asyncio.to_thread(os.read, sys.stdin.fileno(), 1)
        numbers = [*range(requests)]
        await asyncio.gather(*(caller(sitoo, worker, numbers) for _ in range(callers)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--workers", type=int, help="each asks for the product of its number")
    parser.add_argument("--requests", type=int)
    parser.add_argument("--callers", type=int, help="how many requests each has waiting")
    options = parser.parse_args()
    for number in range(1, options.workers + 1):
        if not os.fork():
            asyncio.run(work(number, options.requests, options.callers))
            os._exit(0)
    # Who ends is waited for by nobody, so that the ids of the processes stay theirs until standard
    # input is closed.
    os.close(sys.stdout.fileno())
    waiting = select.poll()
    waiting.register(sys.stdin, 0)
    waiting.poll()
