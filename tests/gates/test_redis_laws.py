"""RedisGate under random programs: never two holders, and everybody is served."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitoo_async import ClientClosedError
from sitoo_async._gates.redis import RedisGate
from tests.gates._redis_server import KEY, MISSING, die, find_server

pytestmark = pytest.mark.skipif(find_server() is None, reason=MISSING)

STEPS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from(["ask", "ask", "release", "cancel", "kill"])),
    max_size=14,
)


class Program:
    """Four gates, each of which at any moment asks, holds, or does neither."""

    def __init__(self, gates):
        self.gates = gates
        self.asking = {}
        self.holders = []

    async def ask(self, number):
        if number not in self.holders and number not in self.asking:
            self.asking[number] = asyncio.create_task(self.turn(number))

    async def turn(self, number):
        await self.gates[number].acquire(KEY)
        self.holders.append(number)
        assert self.holders == [number]

    async def release(self, number):
        if number in self.holders:
            self.holders.remove(number)
            await self.gates[number].release(KEY, 0.0)

    async def cancel(self, number):
        if number in self.asking:
            self.asking[number].cancel()

    async def kill(self, number):
        # As if its process had died: what it holds ends with its lease.
        if number in self.holders:
            self.holders.remove(number)
        await self.cancel(number)
        if number in self.asking:
            await asyncio.wait({self.asking[number]})
            if number in self.holders:
                self.holders.remove(number)
        await die(self.gates[number])

    async def collect(self):
        for number in [number for number, task in self.asking.items() if task.done()]:
            with contextlib.suppress(asyncio.CancelledError, ClientClosedError):
                await self.asking.pop(number)

    async def finish(self):
        while self.asking:
            for number in [*self.holders]:
                await self.release(number)
            await asyncio.wait(self.asking.values(), return_when=asyncio.FIRST_COMPLETED)
            await self.collect()
        for number in [*self.holders]:
            await self.release(number)


async def run(shared_redis_server, steps):
    async with contextlib.AsyncExitStack() as stack:
        gates = [RedisGate(shared_redis_server.url, lease=0.3) for _ in range(4)]
        for gate in gates:
            await stack.enter_async_context(gate)
        program = Program(gates)
        for number, step in steps:
            await getattr(program, step)(number)
            await asyncio.sleep(0.002)
            await program.collect()
        async with asyncio.timeout(10):
            await program.finish()


@settings(max_examples=25)
@given(STEPS)
def test_whatever_happens_there_is_one_holder_and_everybody_is_served(shared_redis_server, steps):
    asyncio.run(run(shared_redis_server, steps))
