"""RedisGate while its server is away, comes back with or without what it knew, or hangs."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import redis.asyncio

from sitoo_async import GateLostError, Grant, LaneError
from sitoo_async._gates.redis import RedisGate
from tests.gates._redis_server import MISSING, RedisServer, Wire, die, find_server

pytestmark = pytest.mark.skipif(find_server() is None, reason=MISSING)

KEY = "https://api.example.com 10020-140"
LEASE = 0.8


@pytest.fixture(params=[False, True], ids=["forgets", "remembers"])
def server(request):
    with RedisServer(durable=request.param) as server:
        yield server


@pytest.fixture
def forgetful():
    with RedisServer() as server:
        yield server


@pytest.fixture
async def make_gate():
    async with contextlib.AsyncExitStack() as stack:

        async def make(server, *, lease=LEASE):
            gate = RedisGate(server.url, lease=lease)
            stack.push_async_callback(die, gate)
            return gate

        yield make


async def soon(coroutine, seconds=6.0):
    async with asyncio.timeout(seconds):
        return await coroutine


async def waiting(server):
    """Return when somebody stands in line."""
    async with redis.asyncio.Redis.from_url(server.url) as probe, asyncio.timeout(5):
        while not await probe.exists(f"sitoo:{{{KEY}}}:queue"):  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.001)


async def restart(server):
    server.kill()
    await asyncio.to_thread(server.start_again)


async def test_a_holder_keeps_its_right_across_a_restart_and_a_waiter_its_wait(server, make_gate):
    holder, waiter, newcomer = [await make_gate(server) for _ in range(3)]
    await holder.acquire(KEY)
    waits = asyncio.create_task(waiter.acquire(KEY))
    await waiting(server)
    await restart(server)
    comes = asyncio.create_task(newcomer.acquire(KEY))
    # Longer than the lease that nobody is given the right for: the holder has renewed its own.
    await asyncio.sleep(2 * LEASE)
    assert not waits.done()
    assert not comes.done()
    await holder.release(KEY, 0.0)
    granted, _ = await soon(asyncio.wait({waits, comes}, return_when=asyncio.FIRST_COMPLETED))
    assert [task.result() for task in granted] == [Grant()]
    await (waiter if waits.done() else newcomer).release(KEY, 0.0)
    await soon(asyncio.wait({waits, comes}))
    await (newcomer if granted == {waits} else waiter).release(KEY, 0.0)


async def test_a_right_is_given_back_to_a_server_that_was_just_restarted(server, make_gate):
    holder, other = await make_gate(server), await make_gate(server)
    await holder.acquire(KEY)
    await restart(server)
    await holder.release(KEY, 30.0)
    grant = await soon(other.acquire(KEY))
    assert 25 < grant.hold <= 30
    assert not grant.abandoned
    await other.release(KEY, 0.0)


async def test_a_holder_that_dies_with_the_server_is_told_of_after_a_lease(server, make_gate):
    holder, other = await make_gate(server), await make_gate(server)
    await holder.acquire(KEY)
    await die(holder)
    await restart(server)
    assert (await soon(other.acquire(KEY))).abandoned
    await other.release(KEY, 0.0)


async def test_a_holder_that_was_cut_off_for_longer_than_its_lease_has_lost_it(
    server, make_gate, caplog
):
    holder, other = await make_gate(server), await make_gate(server)
    await holder.acquire(KEY)
    server.kill()
    await asyncio.sleep(1.3 * LEASE)
    assert "could not be renewed" in caplog.text
    await asyncio.to_thread(server.start_again)
    waits = asyncio.create_task(other.acquire(KEY))
    await waiting(server)
    with pytest.raises(GateLostError, match="does so no longer"):
        await holder.release(KEY, 0.0)
    assert (await soon(waits)).abandoned
    await other.release(KEY, 0.0)


async def test_a_right_that_can_not_be_given_back_is_reported_as_lost(forgetful, make_gate):
    gate = await make_gate(forgetful, lease=0.3)
    await gate.acquire(KEY)
    forgetful.kill()
    with pytest.raises(GateLostError, match="could not be given back"):
        await soon(gate.release(KEY, 0.0))


async def test_a_server_that_stays_away_ends_the_waiting_after_a_lease(forgetful, make_gate):
    holder, waiter = await make_gate(forgetful, lease=0.3), await make_gate(forgetful, lease=0.3)
    await holder.acquire(KEY)
    waits = asyncio.create_task(waiter.acquire(KEY))
    await waiting(forgetful)
    forgetful.kill()
    with pytest.raises(LaneError, match="ConnectionError"):
        await soon(waits)
    with pytest.raises(LaneError, match="ConnectionError"):
        await soon(waiter.acquire(KEY))


async def test_a_waiter_cancelled_while_the_server_is_away_is_gone_at_once(
    forgetful, make_gate, caplog
):
    holder, waiter = await make_gate(forgetful), await make_gate(forgetful)
    await holder.acquire(KEY)
    waits = asyncio.create_task(waiter.acquire(KEY))
    await waiting(forgetful)
    forgetful.kill()
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await soon(waits)
    assert "ends with its lease" in caplog.text


async def test_a_server_that_hangs_ends_the_waiting_after_some_time(forgetful, make_gate):
    gate = await make_gate(forgetful, lease=0.6)
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    forgetful.stop()
    with pytest.raises(LaneError, match="TimeoutError"):
        await soon(gate.acquire(KEY))
    forgetful.go_on()
    await soon(gate.acquire(KEY))
    await gate.release(KEY, 0.0)


async def test_a_server_that_hangs_for_a_moment_is_waited_for(forgetful, make_gate):
    holder, waiter = await make_gate(forgetful), await make_gate(forgetful)
    await holder.acquire(KEY)
    waits = asyncio.create_task(waiter.acquire(KEY))
    await waiting(forgetful)
    forgetful.stop()
    await asyncio.sleep(LEASE / 2)
    forgetful.go_on()
    await holder.release(KEY, 0.0)
    assert await soon(waits) == Grant()
    await waiter.release(KEY, 0.0)


async def test_a_right_is_renewed_and_given_back_although_its_connection_has_gone_silent(
    forgetful, make_gate
):
    async with Wire(forgetful) as wire:
        holder, other = RedisGate(wire.url, lease=LEASE), await make_gate(forgetful)
        await holder.acquire(KEY)
        wire.cut()
        waits = asyncio.create_task(other.acquire(KEY))
        await asyncio.sleep(2 * LEASE)
        assert not waits.done()
        wire.cut()
        await holder.release(KEY, 0.0)
        assert await soon(waits, LEASE / 2) == Grant()
        await other.release(KEY, 0.0)
        wire.cut()
        assert await soon(holder.acquire(KEY)) == Grant()
        await holder.release(KEY, 0.0)
        await holder.aclose()


@pytest.mark.parametrize("stale", ["yes", "no"])
async def test_a_primary_that_becomes_a_replica_for_a_moment_is_waited_for(
    forgetful, make_gate, stale
):
    holder, waiter = await make_gate(forgetful), await make_gate(forgetful)
    await holder.acquire(KEY)
    waits = asyncio.create_task(waiter.acquire(KEY))
    await waiting(forgetful)
    async with redis.asyncio.Redis.from_url(forgetful.url) as probe:
        await probe.config_set("replica-serve-stale-data", stale)
        # Nobody listens at that port, so that it keeps what it has.
        await probe.execute_command("REPLICAOF", "127.0.0.1", "1")
        await asyncio.sleep(LEASE / 2)
        assert not waits.done()
        await probe.execute_command("REPLICAOF", "NO", "ONE")
    await holder.release(KEY, 0.0)
    assert await soon(waits) == Grant()
    await waiter.release(KEY, 0.0)


async def test_a_primary_that_misses_its_replicas_for_a_moment_is_waited_for(forgetful, make_gate):
    holder, waiter = await make_gate(forgetful), await make_gate(forgetful)
    await holder.acquire(KEY)
    async with redis.asyncio.Redis.from_url(forgetful.url) as probe:
        await probe.config_set("min-replicas-to-write", 1)
        waits = asyncio.create_task(waiter.acquire(KEY))
        await asyncio.sleep(LEASE / 2)
        assert not waits.done()
        await probe.config_set("min-replicas-to-write", 0)
    await holder.release(KEY, 0.0)
    assert await soon(waits) == Grant()
    await waiter.release(KEY, 0.0)


async def test_a_replica_that_is_promoted_gives_nobody_the_right_while_the_holder_may_have_it(
    forgetful, make_gate
):
    with RedisServer() as replica:
        async with redis.asyncio.Redis.from_url(replica.url) as probe:
            await probe.execute_command("REPLICAOF", "127.0.0.1", str(forgetful.port))
            gate = await make_gate(forgetful)
            await gate.acquire(KEY)
            await gate.release(KEY, 0.0)
            # Nothing of what follows reaches the replica.
            async with asyncio.timeout(10):
                while not await probe.exists(f"sitoo:{{{KEY}}}:state"):  # noqa: ASYNC110  # as above
                    await asyncio.sleep(0.01)
            await probe.execute_command("REPLICAOF", "NO", "ONE")
        await gate.acquire(KEY)
        other = await make_gate(replica)
        with pytest.raises(TimeoutError):
            await soon(other.acquire(KEY), LEASE / 2)
        assert (await soon(other.acquire(KEY))).abandoned
        await other.release(KEY, 0.0)
        await gate.release(KEY, 0.0)


def test_where_nobody_listens_each_loop_is_told_so(forgetful):
    gate = RedisGate(forgetful.url, lease=0.1)
    forgetful.kill()
    for _ in range(2):
        with pytest.raises(LaneError, match="ConnectionError"):
            asyncio.run(soon(gate.acquire(KEY)))
