"""RedisGate against a real server: turns in order, whoever waits, leaves or closes."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

from sitoo_async import GateLostError, Grant
from tests.gates._redis_server import KEY, MISSING, die, find_server, soon, waiting

pytestmark = pytest.mark.skipif(find_server() is None, reason=MISSING)

SHORT = 0.4


# ---------------------------------------------------------------------------------- turns


async def test_a_free_right_is_given_at_once_and_again_after_its_release(make_gate):
    gate = await make_gate()
    for _ in range(3):
        assert await soon(gate.acquire(KEY)) == Grant()
        await gate.release(KEY, 0.0)


async def test_turns_come_in_the_order_of_asking(make_gate, probe):
    gates = [await make_gate() for _ in range(6)]
    order = []

    async def turn(number):
        assert await gates[number].acquire(KEY) == Grant()
        order.append(number)
        await gates[number].release(KEY, 0.0)

    await gates[0].acquire(KEY)
    async with asyncio.TaskGroup() as group:
        for number in range(1, 6):
            group.create_task(turn(number))
            await waiting(probe, number)
        # Whoever comes after all of them, and asks at the very moment of the release, is last.
        await gates[0].release(KEY, 0.0)
        group.create_task(turn(0))
    assert order == [1, 2, 3, 4, 5, 0]


async def test_waiting_for_one_key_leaves_another_alone(make_gate):
    first, second = await make_gate(), await make_gate()
    await first.acquire(KEY)
    assert await soon(second.acquire("https://api.example.com 10020-141")) == Grant()
    await second.release("https://api.example.com 10020-141", 0.0)
    await first.release(KEY, 0.0)


async def test_one_gate_object_serves_two_loops_as_if_they_were_two_processes(make_gate):
    gate = await make_gate()
    await gate.acquire(KEY)
    granted = threading.Event()

    async def other():
        await gate.acquire(KEY)
        granted.set()
        await gate.release(KEY, 0.0)
        await gate.aclose()

    thread = asyncio.create_task(asyncio.to_thread(asyncio.run, other()))
    await asyncio.sleep(0.05)
    assert not granted.is_set()
    await gate.release(KEY, 0.0)
    await soon(thread)
    assert granted.is_set()
    assert await soon(gate.acquire(KEY)) == Grant()  # forgets the loop that is closed
    await gate.release(KEY, 0.0)


async def test_the_hold_travels_and_a_shorter_one_does_not_end_it(make_gate):
    first, second = await make_gate(), await make_gate()
    await first.acquire(KEY)
    await first.release(KEY, 300.0)
    grant = await second.acquire(KEY)
    assert 290 < grant.hold <= 300
    assert not grant.abandoned
    await second.release(KEY, 0.5)
    assert 290 < (await first.acquire(KEY)).hold <= grant.hold
    await first.release(KEY, 0.0)


async def test_a_hold_ends(make_gate):
    gate = await make_gate()
    await gate.acquire(KEY)
    await gate.release(KEY, 0.02)
    await asyncio.sleep(0.03)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


@pytest.mark.parametrize("field", ["hold", "ends"])
async def test_a_server_whose_clock_was_set_back_keeps_nobody_out(make_gate, probe, field):
    gate, other = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    await gate.acquire(KEY)
    await probe.hset(f"sitoo:{{{KEY}}}:state", field, 10**15)
    if field == "hold":
        await gate.release(KEY, 0.0)
        assert (await soon(other.acquire(KEY))).hold == 0.0
    else:
        await die(gate)
        assert (await soon(other.acquire(KEY))).abandoned
    await other.release(KEY, 0.0)


async def test_a_right_is_renewed_for_as_long_as_it_is_held(make_gate):
    holder, other = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    await holder.acquire(KEY)
    with pytest.raises(TimeoutError):
        await soon(other.acquire(KEY), 3 * SHORT)
    await holder.release(KEY, 0.0)
    assert await soon(other.acquire(KEY)) == Grant()
    await other.release(KEY, 0.0)


async def test_a_right_that_became_anothers_is_renewed_no_longer(make_gate, probe):
    holder = await make_gate(lease=SHORT)
    await holder.acquire(KEY)
    await probe.hset(f"sitoo:{{{KEY}}}:state", "holder", "another")
    await asyncio.sleep(SHORT)
    assert await probe.hget(f"sitoo:{{{KEY}}}:state", "holder") == "another"
    with pytest.raises(GateLostError, match="does so no longer"):
        await holder.release(KEY, 300.0)
    # It was right about the hold, all the same.
    assert 290 < (await soon(holder.acquire(KEY))).hold <= 300
    await holder.release(KEY, 0.0)


async def test_everything_on_the_server_ends_by_itself_and_shares_a_slot(make_gate, probe):
    gates = [await make_gate() for _ in range(3)]

    async def check():
        keys = [key async for key in probe.scan_iter()]
        assert keys
        for key in keys:
            assert key.startswith(f"sitoo:{{{KEY}}}:")
            assert 0 < await probe.pttl(key) <= 700_000

    await gates[0].acquire(KEY)
    await check()
    tasks = [asyncio.create_task(gate.acquire(KEY)) for gate in gates[1:]]
    await waiting(probe, 2)
    await check()
    tasks[0].cancel()
    await asyncio.wait(tasks[:1])
    await check()
    await gates[0].release(KEY, 0.0)
    await check()
    await tasks[1]
    await gates[2].release(KEY, 0.0)
    await check()


async def test_scripts_that_the_server_lost_are_sent_again(make_gate, probe):
    gate = await make_gate()
    await gate.acquire(KEY)
    await probe.script_flush()
    await gate.release(KEY, 0.0)
    await probe.script_flush()
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


# --------------------------------------------------------------------------- cancellation


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_cancelled_at_any_moment_of_asking_it_leaves_nothing_behind(make_gate, probe, turns):
    gate, other = await make_gate(), await make_gate()
    task = asyncio.create_task(gate.acquire(KEY))
    for _ in range(turns):
        await asyncio.sleep(0)
    if task.cancel():
        with pytest.raises(asyncio.CancelledError):
            await task
    else:
        await gate.release(KEY, 0.0)
    assert await soon(other.acquire(KEY), 0.7) == Grant()
    await other.release(KEY, 0.0)
    assert await probe.llen(f"sitoo:{{{KEY}}}:queue") == 0


async def test_a_question_overtaken_by_its_withdrawal_is_not_heard(make_gate, probe, monkeypatch):
    gate, other = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    monkeypatch.setattr("secrets.token_hex", lambda _: "token")
    await probe.set(f"sitoo:{{{KEY}}}:waiter:token", "gone", px=100)
    late = asyncio.create_task(gate.acquire(KEY))
    await asyncio.sleep(0.03)
    assert not await probe.exists(f"sitoo:{{{KEY}}}:state")
    assert await soon(late) == Grant()
    await gate.release(KEY, 0.0)
    await other.aclose()


async def test_a_cancelled_waiter_leaves_the_line(make_gate, probe):
    holder, leaver, other = [await make_gate() for _ in range(3)]
    await holder.acquire(KEY)
    leaving = asyncio.create_task(leaver.acquire(KEY))
    await waiting(probe, 1)
    staying = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 2)
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await leaving
    assert await probe.llen(f"sitoo:{{{KEY}}}:queue") == 1
    await holder.release(KEY, 0.0)
    assert await soon(staying, 0.7) == Grant()
    await other.release(KEY, 0.0)


@pytest.mark.parametrize("turns", range(0, 60, 3))
async def test_a_turn_handed_to_a_waiter_that_is_just_cancelled_is_passed_on(
    make_gate, probe, turns
):
    holder, leaver, other = [await make_gate() for _ in range(3)]
    await holder.acquire(KEY)
    leaving = asyncio.create_task(leaver.acquire(KEY))
    await waiting(probe, 1)
    staying = asyncio.create_task(other.acquire(KEY))
    await waiting(probe, 2)
    releasing = asyncio.create_task(holder.release(KEY, 0.0))
    for _ in range(turns):
        await asyncio.sleep(0)
    if leaving.cancel():
        with pytest.raises(asyncio.CancelledError):
            await leaving
    else:
        await leaver.release(KEY, 0.0)
    await releasing
    assert await soon(staying, 0.7) == Grant()  # less than a lease: nobody had to expire
    await other.release(KEY, 0.0)


async def test_cancelled_again_while_it_leaves_it_still_leaves(make_gate, probe):
    holder, leaver = await make_gate(), await make_gate()
    await holder.acquire(KEY)
    leaving = asyncio.create_task(leaver.acquire(KEY))
    await waiting(probe, 1)
    for _ in range(3):
        leaving.cancel()
        await asyncio.sleep(0)
    await asyncio.wait({leaving})
    assert leaving.cancelled()
    await leaver.aclose()  # waits for what was under way
    assert await probe.llen(f"sitoo:{{{KEY}}}:queue") == 0
    await holder.release(KEY, 0.0)


# ------------------------------------------------------------------------ closing, equality


async def test_closing_leaves_alone_what_is_held_or_waited_for(make_gate, probe):
    holder, waiter = await make_gate(lease=SHORT), await make_gate(lease=SHORT)
    await holder.acquire(KEY)
    waits = asyncio.create_task(waiter.acquire(KEY))
    await waiting(probe, 1)
    await holder.aclose()
    await waiter.aclose()
    await asyncio.sleep(1.5 * SHORT)  # renewed meanwhile
    assert not waits.done()
    await holder.release(KEY, 0.0)
    assert await soon(waits) == Grant()
    releasing = asyncio.create_task(waiter.release(KEY, 0.0))
    await asyncio.sleep(0)
    await waiter.aclose()
    await releasing
    await waiter.aclose()
    await waiter.aclose()
    assert waiter._links == {}
    assert await soon(waiter.acquire(KEY)) == Grant()
    await waiter.release(KEY, 0.0)


async def gone(probe, name):
    """Return when the server knows no connection of that name."""
    gc.collect()  # what was left unclosed says so now, and is an error
    async with asyncio.timeout(5):
        while name in {client["name"] for client in await probe.client_list()}:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.001)


@pytest.mark.parametrize("times", [1, 2, 3])
async def test_whenever_a_caller_was_cancelled_closing_leaves_no_connection(
    make_gate, redis_server, probe, times
):
    url = f"{redis_server.url}?client_name=closed"
    holder = await make_gate()
    await holder.acquire(KEY)
    for turns in range(1, 60, 5):  # a release that never began would give nothing back
        gate = await make_gate(url)
        await gate.acquire("another key")
        tasks = [
            asyncio.create_task(gate.acquire(KEY)),
            asyncio.create_task(gate.release("another key", 0.0)),
        ]
        for _ in range(turns):
            await asyncio.sleep(0)
        for _ in range(times):
            for task in tasks:
                task.cancel()
            await asyncio.sleep(0)
        await asyncio.wait(tasks)
        await gate.aclose()
        assert gate._links == {}
    await gone(probe, "closed")
    await holder.release(KEY, 0.0)


@pytest.mark.parametrize("turns", range(5))
async def test_closing_that_is_cancelled_closes_everything_or_may_be_repeated(
    make_gate, redis_server, probe, turns
):
    gate = await make_gate(f"{redis_server.url}?client_name=closed")
    keys = [f"{KEY}{number}" for number in range(3)]
    await asyncio.gather(*(gate.acquire(key) for key in keys))
    await asyncio.gather(*(gate.release(key, 0.0) for key in keys))
    closing = asyncio.create_task(gate.aclose())
    for _ in range(turns):
        await asyncio.sleep(0)
    closing.cancel()
    await asyncio.wait({closing})
    await gate.aclose()
    await gone(probe, "closed")


async def test_what_was_never_acquired_is_not_released(make_gate):
    gate = await make_gate()
    with pytest.raises(GateLostError):
        await gate.release(KEY, 0.0)
    await gate.acquire("another key")
    with pytest.raises(GateLostError):
        await gate.release(KEY, 0.0)
    await gate.release("another key", 0.0)
