"""A worker process that shares a key: asks for one product again and again and prints how it went.

The client comes from the environment, gate included. A line on standard output says that the
worker is ready; a line on standard input lets it begin. Then there is one JSON line for each
request, with its outcome and the seconds that it took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

from sitoo_async import SitooClient, SitooError


def tell(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


async def caller(sitoo: SitooClient, product: int, numbers: list[int]) -> None:
    while numbers:
        number = numbers.pop()
        began = time.monotonic()
        try:
            outcome = (await sitoo.products.get(product)).productid
        except SitooError as error:
            outcome = repr(error)
        tell({"number": number, "outcome": outcome, "took": time.monotonic() - began})


async def work(product: int, requests: int, callers: int) -> None:
    async with SitooClient.from_env() as sitoo:
        # The modules that a first call imports are there before the race begins.
        tell("ready")
        await asyncio.to_thread(sys.stdin.readline)
        numbers = [*range(requests)]
        await asyncio.gather(*(caller(sitoo, product, numbers) for _ in range(callers)))
    tell("done")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--product", type=int, help="what to ask for, which tells workers apart")
    parser.add_argument("--requests", type=int)
    parser.add_argument("--callers", type=int, default=2, help="how many requests it has waiting")
    options = parser.parse_args()
    asyncio.run(work(options.product, options.requests, options.callers))
