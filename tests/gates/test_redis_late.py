"""RedisGate: what comes late or twice, and processes that do not agree on the lease."""

from __future__ import annotations

import asyncio
import contextlib

import pytest
import redis.asyncio

from sitoo_async import GateLostError, Grant, LaneError
from sitoo_async._gates._redis_scripts import ASK, RELEASE
from sitoo_async._gates.redis import RedisGate
from tests.gates._redis_server import MISSING, RedisServer, die, find_server

pytestmark = pytest.mark.skipif(find_server() is None, reason=MISSING)

KEY = "https://api.example.com 10020-140"
SHORT = 0.4


@pytest.fixture(scope="module")
def server():
    with RedisServer() as server:
        server.settle()
        yield server


@pytest.fixture
async def probe(server):
    async with redis.asyncio.Redis.from_url(server.url, decode_responses=True) as probe:
        await probe.flushall()
        yield probe


@pytest.fixture
async def make_gate(server, probe):
    async with contextlib.AsyncExitStack() as stack:

        async def make(url=server.url, *, lease=1.0):
            gate = RedisGate(url, lease=lease)
            stack.push_async_callback(die, gate)
            return gate

        yield make


async def waiting(probe, count):
    """Return when that many stand in line."""
    async with asyncio.timeout(5):
        while await probe.llen(f"sitoo:{{{KEY}}}:queue") != count:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.001)


async def soon(coroutine, seconds=5.0):
    async with asyncio.timeout(seconds):
        return await coroutine


# ----------------------------------------------------------------------------- late, or twice


async def test_a_question_that_comes_after_the_release_is_not_heard(make_gate):
    gate, other = await make_gate(), await make_gate()
    await gate.acquire(KEY)
    (link,) = gate._links.values()
    ((holding,),) = link._held.values()
    await gate.release(KEY, 0.0)
    # It was sent by a connection that was then given up, and lay about in the network.
    await link._run(ASK, KEY, holding.token)
    assert await soon(other.acquire(KEY), 0.7) == Grant()
    await other.release(KEY, 0.0)


async def test_a_release_whose_answer_was_lost_is_repeated_and_has_gone_well(make_gate):
    gate, other = await make_gate(), await make_gate()
    await gate.acquire(KEY)
    (link,) = gate._links.values()
    ((holding,),) = link._held.values()
    assert (await link._run(RELEASE, KEY, holding.token, holding.ends, 0))[1] == [1]
    await other.acquire(KEY)
    await gate.release(KEY, 0.0)
    # The repetition did not free what is another's by now.
    with pytest.raises(TimeoutError):
        await soon(gate.acquire(KEY), 0.05)
    await other.release(KEY, 0.0)


async def test_in_one_loop_too_a_late_holder_does_not_free_what_is_anothers(make_gate, probe):
    gate, other = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    await gate.acquire(KEY)
    await probe.hset(f"sitoo:{{{KEY}}}:state", "holder", "")  # its lease has ended
    assert await soon(gate.acquire(KEY)) == Grant()
    with pytest.raises(GateLostError):
        await gate.release(KEY, 0.0)
    waits = asyncio.create_task(other.acquire(KEY))
    await asyncio.sleep(1.5 * SHORT)  # renewed meanwhile
    assert not waits.done()
    await gate.release(KEY, 0.0)
    assert await soon(waits) == Grant()
    await other.release(KEY, 0.0)
    with pytest.raises(GateLostError):
        await gate.release(KEY, 0.0)


@pytest.mark.parametrize("times", [1, 3])
async def test_a_release_that_is_cancelled_frees_the_right_all_the_same(make_gate, server, times):
    gate, other = await make_gate(), await make_gate()
    await gate.acquire(KEY)
    (link,) = gate._links.values()
    ((holding,),) = link._held.values()
    server.stop()
    link._renew_now(KEY, holding)
    releasing = asyncio.create_task(gate.release(KEY, 30.0))
    await asyncio.sleep(0.01)  # by now it waits for the end of the renewal
    for _ in range(times):
        releasing.cancel()
        await asyncio.sleep(0)
    server.go_on()
    await asyncio.wait({releasing})
    assert releasing.cancelled()
    await gate.aclose()  # waits for what was under way
    grant = await soon(other.acquire(KEY), 0.7)
    assert not grant.abandoned
    assert grant.hold > 20
    await other.release(KEY, 0.0)


# ---------------------------------------------------------------------------- several leases


async def test_a_waiter_with_a_shorter_lease_keeps_its_place(make_gate, probe):
    holder, waiter = await make_gate(lease=3.0), await make_gate(lease=SHORT)
    await holder.acquire(KEY)
    waits = asyncio.create_task(waiter.acquire(KEY))
    await waiting(probe, 1)
    await asyncio.sleep(2 * SHORT)
    await holder.release(KEY, 0.0)
    assert await soon(waits, 1.0) == Grant()
    await waiter.release(KEY, 0.0)


async def test_after_a_restart_a_longer_lease_of_the_holder_counts(make_gate):
    with RedisServer(durable=True) as server:
        holder = await make_gate(server.url, lease=3.0)
        other = await make_gate(server.url, lease=0.3)
        await holder.acquire(KEY)
        server.kill()
        await asyncio.to_thread(server.start_again)
        with pytest.raises(TimeoutError):
            await soon(other.acquire(KEY), 0.6)
        await holder.release(KEY, 0.0)


# ------------------------------------------------------------------------------ several users


@pytest.fixture
async def limited(server, probe):
    """The server's URL for a user that may not use the commands named."""

    async def limit(*commands):
        await probe.acl_setuser(
            "gate",
            enabled=True,
            passwords=["+word"],
            keys=["sitoo:*"],
            commands=["+@all", *(f"-{command}" for command in commands)],
        )
        return server.url.replace("//", "//gate:word@")

    yield limit
    await probe.acl_deluser("gate")


async def test_users_that_see_info_and_users_that_do_not_get_on(make_gate, probe, limited):
    lost, seeing = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    blind = await make_gate(await limited("info"), lease=SHORT)
    await lost.acquire(KEY)
    await die(lost)

    async def turn(gate):
        grant = await gate.acquire(KEY)
        await gate.release(KEY, 0.0)
        return grant

    grants = await soon(asyncio.gather(turn(seeing), turn(blind)))
    assert sorted(grant.abandoned for grant in grants) == [False, True]


async def test_whoever_may_not_wait_does_not_stand_in_the_way(make_gate, probe, limited):
    holder, other = await make_gate(), await make_gate()
    await holder.acquire(KEY)
    gate = await make_gate(await limited("blpop"))
    with pytest.raises(LaneError, match="NoPermissionError"):
        await soon(gate.acquire(KEY))
    waits = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 1)
    await holder.release(KEY, 0.0)
    assert await soon(waits, 0.7) == Grant()
    await other.release(KEY, 0.0)


async def test_any_number_of_keys_may_be_waited_for(make_gate):
    holder, waiter = await make_gate(), await make_gate()
    keys = [f"https://api.example.com 10020-{number}" for number in range(120)]
    await asyncio.gather(*(holder.acquire(key) for key in keys))
    waits = [asyncio.create_task(waiter.acquire(key)) for key in keys]
    await asyncio.wait(waits, timeout=1.5)  # longer than whoever has no connection would try
    await asyncio.gather(*(holder.release(key, 0.0) for key in keys))
    assert await soon(asyncio.gather(*waits)) == [Grant()] * 120
    await asyncio.gather(*(waiter.release(key, 0.0) for key in keys))
