"""A process that receives batches, one a line, and handles them, until it is killed."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from sitoo_async.spi.events import Events, Inbox, SQLiteInbox
from tests.spi.events._events import PAIR, post


def inbox_at(place: str) -> Inbox:
    if "://" not in place:
        return SQLiteInbox(place)
    # Not at the top: the other processes need none of it.
    from sitoo_async.spi.events import procrastinate  # noqa: PLC0415

    procrastinate._LOOK = 0.02
    return procrastinate.ProcrastinateInbox(place, lease=1.0)


async def main(place: str, notes: str) -> None:
    events = Events(**PAIR, inbox=inbox_at(place))
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
