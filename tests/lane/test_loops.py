"""What outlives an event loop: the key's hold, a request left behind, and what a client counted."""

from __future__ import annotations

import asyncio
import threading

import pytest

from sitoo_async import FileGate, RetryPolicy, SitooClient, errors
from sitoo_async._lane import holds, registry
from sitoo_async._lane.holds import Memory
from sitoo_async._lane.registry import lane_for
from sitoo_async.testing import FakeSitoo, Fault, VirtualTimeLoop, run_virtual
from tests.lane._bench import begun

ORIGIN = "https://loops.example"

RESET = {"X-Rate-Limit-Reset": "60"}


def served(**options):
    """A server in a thread of its own, which goes on whatever becomes of the clients' loops."""
    return FakeSitoo(products=25, **options)


async def arrived(fake, count=1):
    """Wait for so many more requests."""
    count += len(fake.requests)
    while len(fake.requests) < count:  # noqa: ASYNC110  # they arrive in another loop
        await asyncio.sleep(0)


async def get(client, productid=1):
    return (await client.products.get(productid)).productid


@pytest.fixture(autouse=True)
def _forgotten():
    yield
    registry.forget(ORIGIN)


# -------------------------------------------------------------------------------- the hold


def left_by_a_runner(client, fake):
    async def main():
        task = asyncio.create_task(get(client))
        await arrived(fake)
        return task  # which asyncio.run cancels, and the exchange with it

    asyncio.run(main())


def left_by_a_loop_that_was_stopped(client, fake):
    loop = asyncio.new_event_loop()
    task = loop.create_task(get(client))
    loop.run_until_complete(arrived(fake))
    assert not task.done()
    close_and_keep(loop)


def close_and_keep(loop):
    """Close a loop with all that is under way there."""
    for task in asyncio.all_tasks(loop):
        # Whenever they were destroyed, they would speak of themselves.
        task._log_destroy_pending = False
        _kept.append(task)
    loop.close()


_kept = []


@pytest.mark.parametrize("leave", [left_by_a_runner, left_by_a_loop_that_was_stopped])
@pytest.mark.parametrize("anew", [False, True], ids=["the same client", "another client"])
def test_a_loop_that_ends_in_flight_does_not_let_the_next_one_meet_its_request(leave, anew):
    async def use(client):
        async with client:
            return await get(client, 2)

    with served(delay=0.1) as fake:
        client = SitooClient(**fake.credentials)
        leave(client, fake)
        if anew:
            asyncio.run(client.aclose())
            client = SitooClient(**fake.credentials)
        assert asyncio.run(use(client)) == 2
        assert fake.highest_in_flight == 1
        assert len(fake.requests) == 2
        assert fake.overlaps == 0


def test_a_rate_limit_goes_on_in_the_next_loop():
    async def use(client):
        async with client:
            await get(client.with_options(max_rate_limit_wait=0))

    with served() as fake:
        fake.script(Fault.answer(429, headers=RESET))
        with pytest.raises(errors.RateLimitError):
            asyncio.run(use(SitooClient(**fake.credentials)))
        client = SitooClient(**fake.credentials)
        assert 0 < client.stats().held_for < 65  # known before there is a loop
        with pytest.raises(errors.RateLimitError) as caught:
            asyncio.run(use(client))
        assert 0 < caught.value.retry_after < 65
        assert caught.value.sent == "no"
        assert len(fake.requests) == 1


def test_a_call_waits_for_the_end_of_a_hold_from_another_loop():
    async def use():
        async with SitooClient(**fake.credentials) as client:
            assert await get(client) == 1
            return client.stats()

    with served() as fake:
        Memory(fake.base_url, fake.credentials["api_id"]).hold(0.05)
        assert asyncio.run(use()).longest_wait > 0.01


def test_other_keys_and_origins_are_not_held():
    Memory(ORIGIN, "1-1").hold(60)
    Memory(ORIGIN, "1-1").leave()

    async def held(origin, key):
        return lane_for(asyncio.get_running_loop(), origin, key).stats().held_for

    assert asyncio.run(held(ORIGIN, "1-1")) > 0
    assert asyncio.run(held(ORIGIN, "1-2")) == 0
    assert asyncio.run(held(ORIGIN + ":8", "1-1")) == 0


def test_what_was_left_behind_is_minded_once_and_settled_by_an_answer():
    memory = Memory(ORIGIN, "1-1")

    async def lane():
        return lane_for(asyncio.get_running_loop(), ORIGIN, "1-1")

    async def cancelled():
        made = lane_for(asyncio.get_running_loop(), ORIGIN, "1-1")
        turn = asyncio.create_task(made.queue.turn(begun(), lambda: asyncio.sleep(60)))
        await asyncio.sleep(0)
        made.task.cancel()
        with pytest.raises(errors.ReadError):
            await turn
        return made

    asyncio.run(cancelled())
    assert asyncio.run(lane()).locked
    assert not asyncio.run(lane()).locked  # the hold goes on, but nobody doubts the key again

    async def answered():
        (await cancelled()).served()

    registry.forget(ORIGIN)  # the hold of those before
    asyncio.run(answered())
    assert not memory.take_over()
    registry.forget(ORIGIN)
    memory.settle()  # what is forgotten is settled
    assert not memory.take_over()


def test_holds_of_several_threads_leave_the_longest_one():
    memory = Memory(ORIGIN, "1-1")
    threads = [threading.Thread(target=memory.hold, args=(seconds,)) for seconds in range(1, 60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 58 < memory.held_for() <= 59


def test_what_is_over_is_not_kept():
    for number in range(100):
        Memory(ORIGIN, f"1-{number}").hold(-1)
    assert sum(origin == ORIGIN for origin, _ in holds._pasts) == 1


def test_a_server_that_is_closed_takes_its_holds_with_it():
    async def refused(fake):
        async with fake, SitooClient(**fake.credentials) as client:
            fake.script(Fault.answer(429, headers=RESET))
            with pytest.raises(errors.RateLimitError):
                await get(client.with_options(max_rate_limit_wait=0))
            return int(fake.base_url.rpartition(":")[2])

    async def used(fake):
        async with fake, SitooClient(**fake.credentials) as client:
            assert client.stats().held_for == 0
            assert await get(client) == 1

    port = asyncio.run(refused(FakeSitoo(products=1)))
    asyncio.run(used(FakeSitoo(products=1, port=port)))


def test_virtual_time_and_real_time_do_not_know_of_each_other():
    async def hold():
        lane = lane_for(asyncio.get_running_loop(), ORIGIN, "1-1")
        lane.hold(600, "Sitoo said so")
        lane.leave_behind()
        assert lane.stats().held_for > 0

    async def held():
        lane = lane_for(asyncio.get_running_loop(), ORIGIN, "1-1")
        return lane.stats().held_for > 0, lane.locked

    run_virtual(hold())
    assert asyncio.run(held()) == (False, False)
    asyncio.run(hold())
    assert run_virtual(held()) == (False, False)
    assert asyncio.run(held()) == (True, True)


def test_a_virtual_loop_says_so():
    loop = VirtualTimeLoop()
    assert loop.virtual_time
    loop.close()


def test_a_forked_child_keeps_the_hold_and_forgets_the_flight():
    memory = Memory(ORIGIN, "1-1")
    memory.hold(60)
    memory.leave()
    guard = holds._guard
    with guard:  # by another thread, at the moment of the fork
        holds._keep_holds_alone()
        memory.hold(1)
    assert memory.held_for() > 50
    assert not memory.take_over()


# -------------------------------------------------------------------------------- the stats


async def test_stats_tell_of_the_clients_loop_wherever_they_are_asked():
    async with FakeSitoo(products=25) as fake, SitooClient(**fake.credentials) as client:
        await get(client)
        fake.script(Fault.hang())
        flying, waiting = (asyncio.create_task(get(client, number)) for number in (2, 3))
        await arrived(fake)

        async def in_other_loop():
            return client.stats(), client.stats_by_key()

        for ask in (
            lambda: (client.stats(), client.stats_by_key()),
            lambda: asyncio.run(in_other_loop()),
        ):
            stats, by_key = await asyncio.to_thread(ask)
            assert (stats.sent, stats.in_flight) == (2, 1)
            assert stats.waiting == {"interactive": 1, "bulk": 0}
            assert list(by_key) == ["90316-125"]
            assert by_key["90316-125"].sent == 2
        fake.unlock()
        assert [await flying, await waiting] == [2, 3]


def test_stats_where_no_loop_runs_and_after_the_loop_is_closed():
    with served() as fake:
        client = SitooClient(**fake.credentials)
        assert client.stats() == client.stats_by_key()["90316-125"]
        assert client.stats().sent == client.stats().in_flight == client.stats().held_for == 0
        loop = asyncio.new_event_loop()
        loop.run_until_complete(get(client))
        assert client.stats().sent == client.stats_by_key()["90316-125"].sent == 1
        left_by_a_loop_that_was_stopped(SitooClient(**fake.credentials), fake)
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()
        stats = client.stats()
        assert (stats.sent, stats.in_flight, stats.waiting["interactive"]) == (1, 0, 0)
        asyncio.run(client.aclose())


def test_a_closed_loop_took_with_it_what_waited_there():
    with served() as fake:
        fake.add_key("90316-126", "second")
        keys = [("90316-125", "fake-password"), ("90316-126", "second")]
        client = SitooClient(keys=keys, base_url=fake.base_url)
        loop = asyncio.new_event_loop()
        fake.script(Fault.hang(times=2))
        _kept.extend(loop.create_task(get(client, number)) for number in (1, 2, 3))
        loop.run_until_complete(arrived(fake, 2))
        assert client.stats().in_flight == 2
        assert client.stats().waiting["interactive"] == 1
        close_and_keep(loop)
        stats = client.stats()
        assert (stats.sent, stats.in_flight, stats.waiting["interactive"]) == (2, 0, 0)
        by_key = client.stats_by_key()
        assert [each.in_flight for each in by_key.values()] == [0, 0]
        asyncio.run(client.aclose())


async def test_asking_makes_no_lane(tmp_path):
    async with FakeSitoo(products=1) as fake:
        assert SitooClient(**fake.credentials).stats().sent == 0
        gate = FileGate(tmp_path / "gate")  # which another lane of the key would refuse
        async with SitooClient(**fake.credentials, gate=gate) as client:
            assert await get(client) == 1


async def test_before_its_first_call_a_client_tells_of_the_lanes_that_others_use():
    async with FakeSitoo(products=1) as fake, SitooClient(**fake.credentials) as client:
        fake.add_key("90316-126", "second")
        keys = [("90316-125", "fake-password"), ("90316-126", "second")]
        assert await get(client) == 1
        assert SitooClient(**fake.credentials).stats().sent == 1
        other = SitooClient(keys=keys, base_url=fake.base_url)
        assert other.stats().sent == 1
        assert [stats.sent for stats in other.stats_by_key().values()] == [1, 0]
        async with SitooClient(keys=keys[1:], base_url=fake.base_url) as second:
            assert await get(second) == 1
        assert other.stats().sent == 2
        async with SitooClient(keys=keys, base_url=fake.base_url) as third:
            assert await get(third) == 1
            assert other.stats().sent == 3


async def test_a_key_that_is_left_out_since_a_former_loop_is_still_in_the_stats():
    async with FakeSitoo(products=1) as fake:
        keys = [("90316-125", "fake-password"), ("90316-126", "second")]
        async with SitooClient(keys=keys, base_url=fake.base_url) as client:
            client._session._keys_in_use = client._session._keys_in_use[:1]  # limited, back then
            assert await get(client.with_options(retry=RetryPolicy(attempts=1))) == 1
            assert [stats.sent for stats in client.stats_by_key().values()] == [1, 0]
