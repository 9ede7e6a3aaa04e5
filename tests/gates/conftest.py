"""Gates at work: real servers of each engine, and real worker processes that share one key."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
import redis.asyncio

from sitoo_async._gates.redis import RedisGate
from sitoo_async.testing import FakeSitoo
from tests.gates._redis_server import MISSING, RedisServer, die, find_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from tests.gates._postgres import PostgresServer

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


# ------------------------------------------------------------------------------ the engines

ENGINES = ["file", "postgres", "redis"]
"""Each has a fixture of its own, ``{name}_engine``."""


@attrs.frozen
class Engine:
    """How to reach an engine, and what it promises.

    Attributes:
        url: what SITOO_GATE says.
        lease: seconds after which a holder that is alive but stopped loses the right to the key;
            None where it keeps it for as long as it lives.
        freed_in: seconds within which the right of a killed holder is free.
    """

    url: str
    lease: float | None = None
    freed_in: float = 0.0


@pytest.fixture
def file_engine(tmp_path: Path) -> Engine:
    return Engine(f"file://{tmp_path}/gate")


@pytest.fixture
def postgres_engine(postgres_server: PostgresServer) -> Engine:
    return Engine(postgres_server.url())


@pytest.fixture(scope="session")
def shared_redis_server() -> Iterator[RedisServer]:
    if find_server() is None:
        pytest.skip(MISSING)
    with RedisServer() as server:
        server.settle()
        yield server


@pytest.fixture
def redis_server(shared_redis_server: RedisServer) -> Iterator[RedisServer]:
    """The same for all tests: however one leaves it, the next one finds it at work."""
    yield shared_redis_server
    shared_redis_server.restore()


@pytest.fixture
async def probe(redis_server: RedisServer) -> AsyncIterator[redis.asyncio.Redis]:
    """Looks into the Redis server, which is empty at first."""
    async with redis.asyncio.Redis.from_url(redis_server.url, decode_responses=True) as probe:
        await probe.flushall()
        yield probe


@pytest.fixture
async def make_gate(
    redis_server: RedisServer, probe: redis.asyncio.Redis
) -> AsyncIterator[Callable[..., Awaitable[RedisGate]]]:
    """Makes Redis gates, each of them as if in a process of its own."""
    async with contextlib.AsyncExitStack() as stack:

        async def make(url: str = redis_server.url, *, lease: float = 1.0) -> RedisGate:
            gate = RedisGate(url, lease=lease)
            stack.push_async_callback(die, gate)
            return gate

        yield make


@pytest.fixture
def redis_engine(redis_server: RedisServer) -> Engine:
    # The default lease is waited out by a test of its own.
    return Engine(f"{redis_server.url}?lease=1", lease=1.0, freed_in=1.2)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.getfixturevalue(f"{request.param}_engine")


# ------------------------------------------------------------------------------ the workers


@attrs.define(eq=False)
class Worker:
    """A process that makes requests for the product of its number.

    Attributes:
        number: its own, from 1.
        pid: by which signals reach it.
        outcomes: what became of each request, by its number.
    """

    number: int
    pid: int
    outcomes: dict[int, Any] = attrs.field(factory=dict)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        os.kill(self.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.kill(self.pid, signal.SIGCONT)


class Crowd:
    """Workers that share one key and one gate."""

    def __init__(self, fake: FakeSitoo, engine: Engine) -> None:
        self.fake = fake
        self.engine = engine
        self.workers: list[Worker] = []

    async def start(self, count: int, *, requests: int, callers: int = 2) -> None:
        """Start workers and let them begin together; each has that many requests to make."""
        environment = {
            **os.environ,
            **self.fake.environment,
            "SITOO_GATE": self.engine.url,
            "PYTHONPATH": str(ROOT),
        }
        self._parent = await asyncio.create_subprocess_exec(
            *(sys.executable, str(HERE / "_worker.py")),
            *(f"--workers={count}", f"--requests={requests}", f"--callers={callers}"),
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        ready = [await self._said() for _ in range(count)]
        self.workers = sorted(
            (Worker(said["worker"], said["ready"]) for said in ready), key=lambda each: each.number
        )
        assert self._parent.stdin is not None
        self._parent.stdin.write(b"\n" * count)
        self._reading = asyncio.create_task(self._read())

    async def _said(self) -> Any:
        assert self._parent.stdout is not None
        return json.loads(await self._parent.stdout.readline())

    async def _read(self) -> None:
        """Read what they say, until all have ended."""
        assert self._parent.stdout is not None
        async for line in self._parent.stdout:
            said = json.loads(line)
            outcomes = self.workers[said["worker"] - 1].outcomes
            assert said["number"] not in outcomes  # one each
            outcomes[said["number"]] = said["outcome"]

    async def finish(self) -> None:
        """Wait for all workers to have told everything and ended."""
        await self._reading

    async def in_flight(self, *but: Worker) -> Worker:
        """The worker whose request is under way, as soon as there is one, but for those named."""
        passed_over = {worker.number for worker in but}
        while True:
            last = self.fake.requests[-1] if self.fake.requests else None
            if last is not None and last.ended is None:
                number = int(last.path.rpartition("/")[2].partition(".")[0])
                if number not in passed_over:
                    return self.workers[number - 1]
            await asyncio.sleep(0.001)

    async def served(self, more: int) -> None:
        """Return when that many more requests have come than by now."""
        enough = len(self.fake.requests) + more
        while len(self.fake.requests) < enough:  # noqa: ASYNC110  # the server tells nobody
            await asyncio.sleep(0.001)

    async def aclose(self) -> None:
        for worker in self.workers:
            worker.kill()
        await self._reading
        assert self._parent.stdin is not None
        self._parent.stdin.close()
        await self._parent.wait()


@pytest.fixture
async def gather_crowd(engine: Engine) -> AsyncIterator[Callable[..., Awaitable[Crowd]]]:
    """Makes a crowd and its Sitoo, whose requests take that many seconds of work each."""
    async with contextlib.AsyncExitStack() as stack:

        async def gather(*, delay: float = 0.0) -> Crowd:
            fake = await stack.enter_async_context(FakeSitoo(products=25, delay=delay))
            crowd = Crowd(fake, engine)
            stack.push_async_callback(crowd.aclose)
            return crowd

        yield gather
