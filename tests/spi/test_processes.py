"""Real processes: a receiver of events that is killed again and again loses none of them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sitoo_async.testing import FakeSitoo
from tests.spi._notes import notes_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

# What the receivers do is not measured anyway, and each of their parts has tests of its own.
pytestmark = [
    pytest.mark.no_cover,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="the receivers are forked"),
]

EVENTS = 2000
ROOT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def receivers(folder: Path, port: int) -> AsyncIterator[Any]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.spi._receivers", str(folder), str(port)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )

    async def begin(framework: str) -> int:
        process.stdin.write(f"{framework}\n".encode())
        return int(await process.stdout.readline())

    try:
        yield begin
    finally:
        process.stdin.close()
        await process.wait()


async def test_a_receiver_killed_thrice_under_two_frameworks_handles_every_event_in_order(tmp_path):
    port = free_port()
    notes = notes_in(str(tmp_path))

    def done() -> int:
        return notes.execute("SELECT max(rowid) FROM effects").fetchone()[0] or 0

    async def reaches(number: int) -> None:
        async with asyncio.timeout(30):
            while done() < number:  # noqa: ASYNC110  # it happens in another process
                await asyncio.sleep(0.01)

    async with receivers(tmp_path, port) as begin, FakeSitoo() as fake:
        running = await begin("fastapi")
        fake.deliver_events(
            to=f"http://127.0.0.1:{port}",
            user="sitoo",
            password="made up",
            prefix="/sitoo",
            pause=0.3,
        )
        sent = [
            fake.emit("order", {"eshop_id": 1, "order_id": number, "order_event_type": "add"})
            for number in range(EVENTS)
        ]
        for number, framework in ((300, "litestar"), (800, "fastapi"), (1300, "litestar")):
            await reaches(number)
            os.kill(running, signal.SIGKILL)
            running = await begin(framework)
        async with asyncio.timeout(30):
            await fake.events_delivered()
        await reaches(EVENTS)
    assert {each.outcome for each in fake.deliveries} == {"delivered"}
    effects = notes.execute("SELECT event_id, number FROM effects ORDER BY rowid").fetchall()
    calls = [number for (number,) in notes.execute("SELECT number FROM calls ORDER BY rowid")]
    notes.close()
    # Each of them once by its id, in the order in which they happened, and none is lost.
    assert effects == [(event["event_id"], number) for number, event in enumerate(sent)]
    # What was begun twice is what was cut short: never an earlier one, and never a later one.
    assert [*dict.fromkeys(calls)] == [*range(EVENTS)]
    assert calls == sorted(calls)
    assert len(calls) <= EVENTS + 3
