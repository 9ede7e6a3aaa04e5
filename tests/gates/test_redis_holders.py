"""RedisGate when holders and waiters in other processes are killed, stopped, or late."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from pathlib import Path

import pytest

from sitoo_async import GateLostError, Grant
from sitoo_async._gates import _redis_link
from sitoo_async._gates.redis import RedisGate
from tests.gates._redis_server import KEY, MISSING, die, find_server, soon, waiting

pytestmark = pytest.mark.skipif(find_server() is None, reason=MISSING)

SHORT = 0.4
ROOT = Path(__file__).parent.parent.parent


# ------------------------------------------------------------------------------ processes

PROCESS = f"""
import asyncio, sys
sys.path.insert(0, {str(ROOT)!r})
from sitoo_async import GateLostError
from sitoo_async._gates.redis import RedisGate

async def main():
    gate = RedisGate(sys.argv[1], lease=float(sys.argv[2]))
    print("asking", flush=True)
    await gate.acquire({KEY!r})
    print("held", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    try:
        await gate.release({KEY!r}, 0.0)
        print("released", flush=True)
    except GateLostError as error:
        print(repr(error), flush=True)
    await gate.aclose()

asyncio.run(main())
"""


class Process:
    """Another process that asks for the key, holds it, and gives it back when told."""

    def __init__(self, process):
        self._process = process

    async def says(self):
        return (await soon(self._process.stdout.readline(), 10)).decode().strip()

    def release(self):
        self._process.stdin.write(b"\n")

    def send(self, number):
        self._process.send_signal(number)

    async def end(self):
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.communicate()


@pytest.fixture
async def start_process(redis_server, probe):
    async with contextlib.AsyncExitStack() as stack:

        async def start(*, lease=SHORT):
            process = Process(
                await asyncio.create_subprocess_exec(
                    *(sys.executable, "-c", PROCESS, redis_server.url, str(lease)),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                )
            )
            stack.push_async_callback(process.end)
            assert await process.says() == "asking"
            return process

        yield start


# -------------------------------------------------------------------- killed, stopped, late


async def test_a_killed_holder_is_succeeded_after_its_lease_and_its_request_is_told_of(
    make_gate, start_process
):
    holder = await start_process()
    assert await holder.says() == "held"
    holder.send(signal.SIGKILL)
    gate = await make_gate(lease=SHORT)
    assert await soon(gate.acquire(KEY)) == Grant(abandoned=True)
    await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


async def test_with_the_default_lease_a_killed_holder_is_succeeded_after_the_time_that_is_stated(
    make_gate, start_process
):
    holder = await start_process(lease=5.0)
    assert await holder.says() == "held"
    gate = await make_gate(lease=RedisGate("redis://localhost").lease)
    waits = asyncio.create_task(gate.acquire(KEY))
    holder.send(signal.SIGKILL)
    # Stated are 5.2 s; the rest is for a busy machine.
    assert await soon(waits, 9.0) == Grant(abandoned=True)
    await gate.release(KEY, 0.0)


async def test_what_a_lost_holder_left_is_told_until_somebody_makes_use_of_the_right(
    make_gate, probe
):
    lost, leaver, other = [await make_gate(lease=SHORT) for _ in range(3)]
    await lost.acquire(KEY)
    await die(lost)
    leaving = asyncio.create_task(leaver.acquire(KEY))
    await waiting(probe, 1)
    staying = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 2)
    await asyncio.sleep(SHORT)
    leaving.cancel()
    await asyncio.wait({leaving})
    if not leaving.cancelled():
        assert leaving.result().abandoned
        await die(leaver)
    assert (await soon(staying)).abandoned
    await other.release(KEY, 0.0)


async def test_a_killed_waiter_holds_the_line_up_for_one_lease_at_most(
    make_gate, probe, start_process
):
    holder, other = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    await holder.acquire(KEY)
    waiter = await start_process()
    await waiting(probe, 1)
    task = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 2)
    waiter.send(signal.SIGKILL)
    await holder.release(KEY, 0.0)
    # It never knew that it had the turn, so there is no request of its own to wait for.
    assert await soon(task) == Grant()
    await other.release(KEY, 0.0)


async def test_a_waiter_that_was_killed_a_while_ago_is_skipped(make_gate, probe, start_process):
    holder, other = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    await holder.acquire(KEY)
    waiter = await start_process()
    await waiting(probe, 1)
    waiter.send(signal.SIGKILL)
    await asyncio.sleep(2 * SHORT)
    task = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 2)
    await holder.release(KEY, 0.0)
    assert await soon(task, SHORT / 2) == Grant()
    await other.release(KEY, 0.0)


async def test_a_late_holder_neither_frees_nor_extends_what_is_anothers(
    make_gate, probe, start_process
):
    late = await start_process()
    assert await late.says() == "held"
    late.send(signal.SIGSTOP)
    gate, other = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    assert await soon(gate.acquire(KEY)) == Grant(abandoned=True)
    task = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 1)
    late.send(signal.SIGCONT)
    await asyncio.sleep(SHORT)  # it renews meanwhile, or tries to
    late.release()
    assert (await late.says()).startswith("GateLostError")
    assert not task.done()
    await gate.release(KEY, 0.0)
    assert await soon(task) == Grant()
    await other.release(KEY, 0.0)


async def test_a_stopped_waiter_does_not_believe_in_a_turn_that_has_passed(
    make_gate, probe, start_process
):
    holder, other = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    await holder.acquire(KEY)
    waiter = await start_process()
    await waiting(probe, 1)
    waiter.send(signal.SIGSTOP)
    task = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 2)
    await holder.release(KEY, 0.0)
    assert await soon(task) == Grant()
    waiter.send(signal.SIGCONT)
    await waiting(probe, 1)  # back in line
    await other.release(KEY, 0.0)
    assert await waiter.says() == "held"
    waiter.release()
    assert await waiter.says() == "released"


# -------------------------------------------------------------------------------- forks

FORKING = f"""
import asyncio, gc, os, sys, time
sys.path.insert(0, {str(ROOT)!r})
from sitoo_async import GateLostError
from sitoo_async._gates.redis import RedisGate

idle, holding = [RedisGate(sys.argv[1], lease=30.0) for _ in range(2)]

async def turn():
    await idle.acquire("another key")
    await idle.release("another key", 0.0)

async def child():
    global idle
    await turn()
    await idle.aclose()
    # What it inherited is collected in a loop that runs.
    idle = None
    gc.collect()
    try:
        await holding.release({KEY!r}, 0.0)
    except GateLostError:
        print("ready", flush=True)

async def parent():
    await turn()
    await holding.release({KEY!r}, 0.0)
    await idle.aclose()
    await holding.aclose()

loop = asyncio.new_event_loop()
loop.run_until_complete(turn())
loop.run_until_complete(holding.acquire({KEY!r}))
number = os.fork()
if not number:
    asyncio.run(child())
    time.sleep(60)
print(number, flush=True)
sys.stdin.readline()
loop.run_until_complete(asyncio.wait_for(parent(), 8))
loop.close()
print("released", flush=True)
"""


@pytest.fixture
async def forked(redis_server, make_gate):
    """A process that holds the key and has forked a child."""
    gate = await make_gate()
    for key in (KEY, "another key"):
        # A server that knows the key counts as started before, whatever the lease is.
        await gate.acquire(key)
        await gate.release(key, 0.0)
    process = Process(
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", FORKING, f"{redis_server.url}?client_name=parent"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
    )
    said = {await process.says(), await process.says()}
    (child,) = said - {"ready"}
    yield process
    os.kill(int(child), signal.SIGKILL)
    await process.end()


async def test_a_forked_child_has_connections_of_its_own_and_leaves_its_parents_alone(
    forked, probe
):
    forked.release()
    assert await forked.says() == "released"
    assert await probe.hget(f"sitoo:{{{KEY}}}:state", "holder") == ""


async def test_a_forked_child_does_not_keep_its_parents_connections(forked, probe):
    forked.send(signal.SIGKILL)
    async with asyncio.timeout(10):
        while "parent" in {client["name"] for client in await probe.client_list()}:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)


async def test_what_a_child_inherits_is_not_its_own(make_gate, monkeypatch):
    gate = await make_gate()
    await gate.acquire(KEY)
    _redis_link.let_go()
    with monkeypatch.context() as child:
        child.setattr(os, "getpid", lambda: 0)
        with pytest.raises(GateLostError):
            await gate.release(KEY, 0.0)
        assert await gate.acquire("another key") == Grant()
        await gate.release("another key", 0.0)
        await gate.aclose()
