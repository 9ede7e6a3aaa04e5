"""A Redis or Valkey server on loopback, for tests and benchmarks: real, and gone afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

from sitoo_async._gates.redis import RedisGate
from tests.gates._programs import NO_REDIS, redis_programs

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    import redis.asyncio

__all__ = [
    "KEY",
    "MISSING",
    "RedisServer",
    "Wire",
    "die",
    "find_server",
    "free_port",
    "soon",
    "waiting",
]

T = TypeVar("T")

KEY = "https://api.example.com 10020-140"

MISSING = NO_REDIS


def find_server() -> Path | None:
    """The program of the server to use, where this machine has one."""
    return next(iter(redis_programs()), None)


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RedisServer:
    """A server that runs from the start; use it with ``with``, or close it.

    Args:
        password: of its default user; None for no password.
        durable: whether it keeps everything that was written when it is restarted.
        options: of its command line, beyond that.
        program: which one to run; the first there is unless you say.
    """

    def __init__(
        self,
        *,
        password: str | None = None,
        durable: bool = False,
        options: Sequence[str] = (),
        program: Path | None = None,
    ) -> None:
        program = program or find_server()
        assert program is not None, MISSING
        self.port = free_port()
        self._directory = tempfile.TemporaryDirectory(prefix="sitoo-redis-")
        self._log = Path(self._directory.name) / "log"
        self._command: list[str | Path] = [
            *(program, "--port", str(self.port), "--bind", "127.0.0.1"),
            *("--dir", self._directory.name, "--logfile", str(self._log), "--save", ""),
            *("--appendonly", "yes" if durable else "no", "--appendfsync", "always"),
            *("--repl-diskless-sync-delay", "0"),
            *(("--requirepass", password) if password else ()),
            *options,
        ]
        user = f":{password}@" if password else ""
        self.url = f"redis://{user}127.0.0.1:{self.port}/0"
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._started = time.monotonic()
        process = subprocess.Popen(self._command)  # noqa: S603  # ours
        until = time.monotonic() + 10
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    connection.sendall(b"PING\r\n")
                    # Or that a password is wanted; but not that it is still loading.
                    if connection.recv(100).startswith((b"+PONG", b"-NOAUTH")):
                        return process
            except OSError:
                assert process.poll() is None, self._log.read_text()
            assert time.monotonic() < until, self._log.read_text()
            time.sleep(0.01)

    def settle(self) -> None:
        """Return when it no longer counts as started just now, for leases of up to a second."""
        time.sleep(max(0.0, self._started + 3.1 - time.monotonic()))

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()

    def start_again(self) -> None:
        """Start it, at the same port, with what it kept."""
        self.process = self._start()

    def stop(self) -> None:
        """Let it hang: connections stand, nothing is answered."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self.process.send_signal(signal.SIGCONT)

    def restore(self) -> None:
        """Let it be at work and settled, whatever was done to it."""
        if self.process.poll() is None:
            self.go_on()
        else:
            self.start_again()
            self.settle()

    def close(self) -> None:
        """End it, and remove what it wrote."""
        self.kill()
        self._directory.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Wire:
    """A way to a server, whose connections can go silent as if a cable had been cut.

    Use it with ``async with``.

    Args:
        server: where it leads to.
    """

    def __init__(self, server: RedisServer) -> None:
        self._server = server
        self._open: list[asyncio.Event] = []

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, cut: asyncio.Event
    ) -> None:
        while data := await reader.read(65536):
            if not cut.is_set():
                writer.write(data)
        writer.close()

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        cut = asyncio.Event()
        self._open.append(cut)
        there = await asyncio.open_connection("127.0.0.1", self._server.port)
        await asyncio.gather(self._carry(reader, there[1], cut), self._carry(there[0], writer, cut))

    def cut(self) -> None:
        """Let those connections that there are carry nothing more; new ones do."""
        for cut in self._open:
            cut.set()

    async def __aenter__(self) -> Self:
        self._listener = await asyncio.start_server(self._join, "127.0.0.1", 0)
        port = self._listener.sockets[0].getsockname()[1]
        self.url = self._server.url.replace(f":{self._server.port}", f":{port}")
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listener.close()


async def waiting(probe: redis.asyncio.Redis, count: int) -> None:
    """Return when that many stand in line for `KEY`."""
    async with asyncio.timeout(5):
        while await probe.llen(f"sitoo:{{{KEY}}}:queue") != count:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.001)


async def soon(coroutine: Awaitable[T], seconds: float = 5.0) -> T:
    """What is awaited, which comes within that many seconds."""
    async with asyncio.timeout(seconds):
        return await coroutine


async def die(gate: RedisGate) -> None:
    """Let a gate do nothing more in this loop, as if its process had died; nobody waits by now."""
    link = gate._links.pop((os.getpid(), asyncio.get_running_loop()), None)
    if link is not None:
        # Whoever was cancelled twice is gone, but not the farewell that was begun.
        await link.settle()
        for holdings in link._held.values():
            for holding in holdings:
                await holding.stop()
        await link.aclose()
