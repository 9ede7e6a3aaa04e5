"""Receivers of events that are killed: uvicorn, with the events mounted under a framework.

They are forked from a process that has imported everything, so that the next one is there in no
time. Each line on standard input names a framework and lets a receiver begin; standard output gives
its process id when it listens. The end of standard input ends the last one.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI
from litestar import Litestar, asgi

from sitoo_async import SitooClient
from sitoo_async.spi.events import Events, SQLiteInbox
from tests.spi._notes import notes_in


def application(framework: str, folder: str):
    events = Events(
        user="sitoo", password="made up", inbox=SQLiteInbox(Path(folder) / "inbox.sqlite3")
    )
    notes = notes_in(folder)

    @events.on("order")
    async def order(event, sitoo):
        number = event.data.order_id
        notes.execute("INSERT INTO calls VALUES (?)", (number,))
        await asyncio.sleep(0)
        effect = (event.event_id, number)
        notes.execute("INSERT INTO effects VALUES (?, ?) ON CONFLICT DO NOTHING", effect)

    @contextlib.asynccontextmanager
    async def lifespan(_):
        sitoo = SitooClient(api_id="1-1", password="unused", base_url="http://127.0.0.1:1")
        async with sitoo, events, events.worker(sitoo):
            yield

    if framework == "litestar":
        mounted = asgi("/sitoo", is_mount=True, copy_scope=True)(events)
        return Litestar([mounted], lifespan=[lifespan], logging_config=None)
    app = FastAPI(lifespan=lifespan)
    app.mount("/sitoo", events)
    return app


class Receiver(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        os.write(1, f"{os.getpid()}\n".encode())


def main(folder: str, port: int) -> None:
    last = 0
    for line in sys.stdin:
        framework = line.strip()
        last = os.fork()
        if not last:
            app = application(framework, folder)
            config = uvicorn.Config(app, port=port, log_config=None)
            Receiver(config).run()
            os._exit(0)
    with contextlib.suppress(ProcessLookupError):
        os.kill(last, signal.SIGKILL)
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
