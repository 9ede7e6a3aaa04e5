"""A lane by itself, a record of what it ran, and the gate of another process."""

from __future__ import annotations

import asyncio

from sitoo_async import Grant
from sitoo_async._lane.call import Call
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.options import Options


def begun(*, priority="interactive", owner="me", **options):
    """A call of the running loop that begins now."""
    call = Call(owner, Options(**options), priority)
    call.begin(asyncio.get_running_loop().time())
    return call


class Bench:
    """A lane and a record of what it ran."""

    def __init__(self, **options):
        self.loop = asyncio.get_running_loop()
        self.lane = Lane(self.loop, random=lambda: 0.0, **options)
        self.log = []
        self.at_once = 0
        self.most_at_once = 0

    def now(self):
        return round(self.loop.time() - self.began, 6)

    began = 1000.0

    def exchange(self, name, seconds=1.0, *, fails=None, then=None):
        async def run():
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self.log.append((name, self.now()))
            try:
                await asyncio.sleep(seconds)
            finally:
                self.at_once -= 1
            if then is not None:
                then()
            if fails is not None:
                raise fails
            return name

        return run

    async def call(self, name, seconds=1.0, *, max_waiting=None, fails=None, then=None, **options):
        return await self.lane.queue.turn(
            begun(**options),
            self.exchange(name, seconds, fails=fails, then=then),
            max_waiting=max_waiting,
        )

    def start(self, *args, **options):
        return asyncio.ensure_future(self.call(*args, **options))

    @property
    def names(self):
        return [name for name, _ in self.log]


async def turns(count=5):
    for _ in range(count):
        await asyncio.sleep(0)


class FakeGate:
    """Two processes' worth of gate: somebody else holds it until told otherwise."""

    def __init__(self, *, free=True, hold=0.0, abandoned=False):
        self.free = asyncio.Event()
        if free:
            self.free.set()
        self.hold = hold
        self.abandoned = abandoned
        self.log = []
        self.keys = []
        self.held = False
        self.fails = None
        self.fails_back = None
        self.slow = 0

    async def acquire(self, key):
        self.keys.append(key)
        self.log.append("ask")
        await self.free.wait()
        if self.fails is not None:
            raise self.fails
        assert not self.held
        self.held = True
        self.log.append("take")
        return Grant(self.hold, self.abandoned)

    async def release(self, key, hold):
        await asyncio.sleep(self.slow)
        self.held = False
        self.log.append(f"give {hold:g}")
        if self.fails_back is not None:
            raise self.fails_back


class PromptGate(FakeGate):
    """Has its answer at once, unless it is not free."""

    def acquire_now(self, key):
        self.log.append("ask now")
        if self.fails is not None:
            raise self.fails
        if not self.free.is_set():
            return None
        self.held = True
        return Grant(self.hold, self.abandoned)

    def release_now(self, key, hold):
        self.held = False
        self.log.append(f"give {hold:g}")
        if self.fails_back is not None:
            raise self.fails_back

    async def aclose(self):
        pass


async def gated(kind=FakeGate, **options):
    gate = kind(**options)
    bench = Bench(gate=gate)
    bench.began = bench.loop.time()
    return gate, bench
