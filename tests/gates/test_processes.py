"""Processes that share a key through a gate: never two requests at once, whatever befalls them.

FakeSitoo counts a request of a killed worker until its work is over. So it shows whether the
successor waited for work that its dead predecessor had left behind.
"""

from __future__ import annotations

import asyncio

import pytest

# What the workers do is not measured anyway, and the tests of each gate tell what is covered.
pytestmark = pytest.mark.no_cover

WORKERS = 4


def all_went_well(worker, *, requests):
    return worker.outcomes == dict.fromkeys(range(requests), worker.number)


async def test_a_thousand_requests_of_four_processes_never_meet(gather_crowd):
    crowd = await gather_crowd()
    await crowd.start(WORKERS, requests=250)
    await crowd.finish()
    assert all(all_went_well(worker, requests=250) for worker in crowd.workers)
    assert len(crowd.fake.requests) == 1000
    assert crowd.fake.highest_in_flight == 1
    assert crowd.fake.overlaps == 0


async def test_killed_holders_leave_the_key_to_the_others_and_their_work_to_its_end(
    gather_crowd, engine
):
    # Shorter than the first brief hold, so that whoever heeds the mark meets no work left over,
    # and long enough that whoever does not would.
    crowd = await gather_crowd(delay=0.1)
    await crowd.start(WORKERS, requests=8)
    killed = []
    for _ in range(2):
        victim = await crowd.in_flight(*killed)
        victim.kill()
        killed.append(victim)
        await asyncio.wait_for(crowd.served(1), engine.freed_in + 10)
    survivors = [worker for worker in crowd.workers if worker not in killed]
    await crowd.finish()
    assert all(all_went_well(worker, requests=8) for worker in survivors)
    assert all(
        outcome == worker.number for worker in killed for outcome in worker.outcomes.values()
    )
    assert crowd.fake.highest_in_flight == 1
    assert crowd.fake.overlaps == 0


async def test_stopped_holders_lose_no_outcome_and_the_key_only_after_their_lease(
    gather_crowd, engine
):
    crowd = await gather_crowd(delay=0.05)
    await crowd.start(WORKERS, requests=10)
    for _ in range(2):
        victim = await crowd.in_flight()
        victim.stop()
        before = len(crowd.fake.requests)
        if engine.lease is None:
            await asyncio.sleep(0.3)
            assert len(crowd.fake.requests) == before  # it lives, so the key is still its own
        else:
            await asyncio.wait_for(crowd.served(1), engine.lease + 10)
        victim.go_on()
        await asyncio.wait_for(crowd.served(1), 10)
    await crowd.finish()
    assert all(all_went_well(worker, requests=10) for worker in crowd.workers)
    # A holder that was stopped past its lease between looking at it and sending may meet another,
    # and is refused by Sitoo: once each time that one was stopped.
    most = 0 if engine.lease is None else 2
    assert crowd.fake.overlaps <= most
    assert crowd.fake.highest_in_flight <= 1 + most
