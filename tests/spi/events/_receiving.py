"""A process that receives batches, one a line, and handles them, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sitoo_async.spi.events import Events, ProcrastinateInbox, procrastinate
from tests.spi.events._events import PAIR, post


async def main(dsn: str, notes: str) -> None:
    procrastinate._LOOK = 0.02
    events = Events(**PAIR, inbox=ProcrastinateInbox(dsn, lease=1.0))
    handled = Path(notes).open("a", buffering=1)  # noqa: ASYNC230, SIM115 - until it is killed

    @events.on("order")
    async def order(event, sitoo):
        handled.write(f"{int(event.event_id, 16)}\n")
        await asyncio.sleep(0.001)

    async with events.worker(None):
        loop = asyncio.get_running_loop()
        while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
            sys.stdout.write(f"{(await post(events, line)).status}\n")
            sys.stdout.flush()


asyncio.run(main(*sys.argv[1:]))
