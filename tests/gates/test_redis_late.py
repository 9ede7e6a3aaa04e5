"""RedisGate: what comes late or twice, and processes that do not agree on the lease."""

from __future__ import annotations

import asyncio
import inspect
import re

import pytest

from sitoo_async import GateLostError, Grant, LaneError
from sitoo_async._gates._redis_scripts import ASK, RELEASE
from sitoo_async._gates.redis import RedisGate
from tests.gates._redis_server import KEY, MISSING, RedisServer, die, find_server, soon, waiting

pytestmark = pytest.mark.skipif(find_server() is None, reason=MISSING)

SHORT = 0.4


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
async def test_a_release_that_is_cancelled_frees_the_right_all_the_same(
    make_gate, redis_server, times
):
    gate, other = await make_gate(), await make_gate()
    await gate.acquire(KEY)
    (link,) = gate._links.values()
    ((holding,),) = link._held.values()
    redis_server.stop()
    link._renew_now(KEY, holding)
    releasing = asyncio.create_task(gate.release(KEY, 30.0))
    await asyncio.sleep(0.01)  # by now it waits for the end of the renewal
    for _ in range(times):
        releasing.cancel()
        await asyncio.sleep(0)
    redis_server.go_on()
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
        # A server that knows the key counts as started before, whatever the lease is.
        await other.acquire(KEY)
        await other.release(KEY, 0.0)
        await holder.acquire(KEY)
        server.kill()
        await asyncio.to_thread(server.start_again)
        with pytest.raises(TimeoutError):
            await soon(other.acquire(KEY), 0.6)
        await holder.release(KEY, 0.0)


# ------------------------------------------------------------------------------ several users


@pytest.fixture
async def limited(redis_server, probe):
    """Gives the server's URL for a user with the rights that are named."""

    async def limit(*rights):
        await probe.execute_command("ACL", "SETUSER", "gate", "reset", "on", ">word", *rights)
        return redis_server.url.replace("//", "//gate:word@")

    yield limit
    await probe.acl_deluser("gate")


async def test_the_rights_that_the_docstring_names_are_enough(make_gate, probe, limited):
    told = re.search(r"~sitoo:.*?\n\n", inspect.getdoc(RedisGate), re.DOTALL)[0]
    url = await limited(*told.split())
    await probe.script_flush()
    lost, leaver, waiter = [await make_gate(url, lease=SHORT) for _ in range(3)]
    await lost.acquire(KEY)
    leaving = asyncio.create_task(leaver.acquire(KEY))
    await waiting(probe, 1)
    waits = asyncio.create_task(waiter.acquire(KEY))
    await waiting(probe, 2)
    leaving.cancel()
    await waiting(probe, 1)
    await asyncio.sleep(SHORT)  # renewed meanwhile
    await lost.release(KEY, 0.0)
    assert await soon(waits, SHORT / 2) == Grant()
    await die(waiter)
    assert await soon(lost.acquire(KEY)) == Grant(abandoned=True)
    await lost.release(KEY, 0.0)


async def test_users_that_see_info_and_users_that_do_not_get_on(make_gate, probe, limited):
    lost, seeing = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    blind = await make_gate(await limited("~*", "+@all", "-info"), lease=SHORT)
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
    gate = await make_gate(await limited("~*", "+@all", "-blpop"))
    with pytest.raises(LaneError, match="NoPermissionError"):
        await soon(gate.acquire(KEY))
    waits = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 1)
    await holder.release(KEY, 0.0)
    assert await soon(waits, 0.7) == Grant()
    await other.release(KEY, 0.0)


async def test_more_keys_may_be_waited_for_than_a_pool_has_connections_by_default(
    make_gate, redis_server, probe
):
    waiter = await make_gate(f"{redis_server.url}?client_name=waiter", lease=5.0)
    keys = [f"{KEY}{number}" for number in range(101)]
    for key in keys:
        await probe.hset(f"sitoo:{{{key}}}:state", "holder", "another")
    waits = [asyncio.create_task(waiter.acquire(key)) for key in keys]
    async with asyncio.timeout(10):
        while sum(each["name"] == "waiter" for each in await probe.client_list()) < 101:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)
    for task in waits:
        task.cancel()
    await asyncio.wait(waits)
    await waiter.aclose()
