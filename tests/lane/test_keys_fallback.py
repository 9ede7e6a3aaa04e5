"""What is found out about several keys, and what then becomes of the calls: wait, fly or go again.

How the evidence is judged is told in the table of `test_overlap`.
"""

from __future__ import annotations

import asyncio
import base64
import logging

import aiohttp
import pytest

from sitoo_async import SitooClient, errors
from sitoo_async.testing import Fault, run_virtual
from tests.lane._keys_server import (
    FIVE,
    KEYS,
    client_of,
    gets,
    limit,
    now,
    seconds_for,
    serving,
    used,
    warnings,
)

pytestmark = [pytest.mark.virtual_time, pytest.mark.eager_too]


def with_second_key(server):
    return SitooClient(api_id=KEYS[1][0], password=KEYS[1][1], base_url=server.base_url)


# What is found out --------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 5])
async def test_where_the_account_is_limited_one_lane_is_left_after_three_refusals(
    limited, count, caplog
):
    async with client_of(limited, KEYS[:1]) as one:
        alone = await seconds_for(one, 60)
    limited.reset()
    async with client_of(limited, FIVE[:count]) as several:
        before = several.stats().sent
        # What the refusals cost, and not a moment more.
        assert await seconds_for(several, 60) <= alone + 0.01
        assert 1 <= several.stats().refused == limited.overlaps <= 3
        assert len(limited.requests) == several.stats().sent - before == 60 + limited.overlaps
        limited.reset()
        assert await seconds_for(several, 60) <= alone + 0.01
        assert {*used(limited)} == {"5"}
        assert limited.overlaps == 0
    (told,) = warnings(caplog)
    assert f"of {count} keys, only the first is used from now on" in told


async def test_clients_with_the_same_keys_in_any_order_learn_together_and_say_it_once(
    limited, caplog
):
    async with client_of(limited) as first, client_of(limited, KEYS[::-1]) as second:
        await asyncio.gather(seconds_for(first, 30), seconds_for(second, 30))
        assert 1 <= limited.overlaps <= 3
        assert first.stats() == second.stats()
        limited.reset()
        await asyncio.gather(seconds_for(first, 9), seconds_for(second, 9))
    assert {*used(limited)} == {"5"}
    assert len(warnings(caplog)) == 1


async def test_a_request_of_another_client_with_one_of_the_keys_is_evidence_too(limited, caplog):
    async with client_of(limited, KEYS[:2]) as client, with_second_key(limited) as other:
        limited.script(Fault.hang(9))
        (slow,) = gets(other, [1])
        await asyncio.sleep(0.1)
        await client.products.get(2)
        await slow
        # What is left waits for the other client's request: it would be refused beside it.
        assert limited.overlaps == 3
    assert len(warnings(caplog)) == 1


async def test_all_keys_are_used_once_they_are_proven_but_not_by_what_was_still_arriving(server):
    async with client_of(server, FIVE) as client:
        for _ in range(4):
            # The server may be done with it, and free for the next one.
            server.script(Fault.slow(5, path="*/1.json"))
            (slow,) = gets(client, [1])
            await asyncio.sleep(1)
            await client.products.get(2)
            await slow
        assert len({*used(server)}) == 3
        await seconds_for(client, 20)
    assert len({*used(server)}) == 5


async def test_connections_that_are_made_side_by_side_prove_nothing(limited, caplog):
    class Connector(aiohttp.TCPConnector):
        async def connect(self, *args, **kwargs):
            await asyncio.sleep(0.3)
            return await super().connect(*args, **kwargs)

    async with (
        aiohttp.ClientSession(connector=Connector()) as session,
        client_of(limited, session=session) as client,
    ):
        for _ in range(4):
            await asyncio.gather(*(client.categories.add(title=f"{n}") for n in range(3)))
            await asyncio.sleep(8)
    assert limited.overlaps <= 3
    assert len(warnings(caplog)) == 1


# A key that is locked, not let in, or on hold ------------------------------------------------


async def lock(server, key, seconds):
    """Let another process's request with that key be lost, so that Sitoo goes on working on it."""
    server.script(Fault.locked(seconds))
    url = f"{server.base_url}/v2/accounts/90316/sites/1/products/9.json"
    async with aiohttp.ClientSession() as session:
        credentials = base64.b64encode(":".join(key).encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"}
        async with session.get(url, headers=headers) as answer:
            assert answer.status == 504


@pytest.mark.parametrize("which", [0, 1])
async def test_a_key_that_is_locked_by_itself_is_left_out_for_a_while(caplog, which):
    async with serving(delay=0.3) as server, client_of(server) as client:
        await lock(server, KEYS[which], 30)
        await asyncio.gather(*gets(client, range(1, 31)))
        refused = [request.api_id for request in server.requests if request.status == 429]
        # It was tried alone once, after three refusals that another key might have explained.
        assert refused == [KEYS[which][0]] * 4
        await asyncio.sleep(60)
        server.reset()
        await seconds_for(client, 9)
    assert len({*used(server)}) == 3
    assert warnings(caplog) == [f"the key {KEYS[which][0]} is locked: it is not used for now"]


async def test_a_write_that_waits_for_a_locked_key_waits_while_that_is_left_out():
    async with serving(delay=0.5) as server, client_of(server, KEYS[:2]) as client:
        server.script(Fault.locked(30, method="PUT"))
        writing = asyncio.ensure_future(client.products.update(1, title="new"))
        reads = asyncio.ensure_future(seconds_for(client, 80))
        await writing
        await reads
    writes = [request for request in server.requests if request.method == "PUT"]
    assert len({write.api_id for write in writes}) == 1
    assert writes[-1].started - writes[0].started >= 30


async def test_refusals_after_a_lost_answer_are_expected_and_tell_nothing(server, caplog):
    # The work of the lost request goes on for a while, and its own key stays busy meanwhile.
    server.script(Fault.locked(seconds=3.0, path="products/1.json"))
    async with client_of(server, KEYS[:2]) as client:
        await seconds_for(client, 60)
        await asyncio.sleep(10)
        server.reset()
        await seconds_for(client, 9)
    assert {*used(server)} == {"5", "6"}
    assert not any("whatever its key" in text for text in warnings(caplog))


async def test_a_trial_is_given_up_where_its_key_is_on_hold(server, caplog):
    async with client_of(server, KEYS[:2]) as client:
        server.script(Fault.hang(5, path="*/1.json"), Fault.refuse(path="*/2.json", times=3))
        calls = gets(client, [1, 2])
        await asyncio.sleep(3)
        balancer = client._session._binding.balancer
        assert balancer._evidence.trial == KEYS[1][0]
        balancer.lanes[1].hold(500, "as another process told")
        began = now()
        await asyncio.gather(*calls, client.products.get(3))
        assert now() - began < 5
    assert "whatever its key" not in str(warnings(caplog))


async def test_what_can_not_wait_for_the_lanes_that_are_left_goes_home_at_once(server):
    keys = [KEYS[0], (KEYS[1][0], "wrong")]
    async with client_of(server, keys, max_rate_limit_wait=5) as client:
        server.script(limit(500))
        began = now()
        results = await asyncio.gather(*gets(client, range(1, 6)), return_exceptions=True)
        assert now() - began < 1
        assert client.stats().held_for > 400
    kinds = [type(result) for result in results]
    assert kinds.count(errors.AuthenticationError) == 1
    assert kinds.count(errors.RateLimitError) == 4


@pytest.mark.parametrize("pin", [False, True])
async def test_keys_beyond_the_first_are_used_where_those_are_not_let_in(server, pin):
    keys = [(api_id, "wrong") for api_id, _ in FIVE[:3]] + FIVE[3:]
    async with client_of(server, keys, pin=pin) as client:
        calls = (client.products.update(1 + n % 60, title="new") for n in range(30))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert 1 <= sum(isinstance(r, errors.AuthenticationError) for r in results) <= 3
        assert await client.products.update(1, title="newer")
    assert {*used(server)} >= ({"8"} if pin else {"8", "9"})


async def test_a_key_that_is_not_let_in_draws_no_calls_for_a_minute_and_is_told_of_once(
    server, caplog
):
    async with client_of(server, [*KEYS[:2], ("90316-127", "wrong")]) as client:
        for denied in (1, 0, 1):
            results = await asyncio.gather(*gets(client, [1, 1, 1]), return_exceptions=True)
            kinds = [type(result) for result in results]
            assert kinds.count(errors.AuthenticationError) == denied
            await asyncio.sleep(30)
    told = "the key 90316-127 is not let in: it is not used for now"
    assert [text for text in warnings(caplog) if "not let in" in text] == [told] * 2
    assert used(server).count("7") == 2


async def test_it_is_told_once_in_a_while_where_no_key_is_let_in(server, caplog):
    async with client_of(server, [(api_id, "wrong") for api_id, _ in KEYS[:2]]) as client:
        for _ in range(6):
            with pytest.raises(errors.AuthenticationError):
                await client.products.get(1)
    assert len([text for text in warnings(caplog) if "not let in" in text]) == 2


async def test_the_lane_that_is_left_is_that_of_a_key_that_is_let_in(limited, caplog):
    async with client_of(limited, [(KEYS[0][0], "wrong"), *KEYS[1:]]) as client:
        with pytest.raises(errors.AuthenticationError):
            await client.products.get(1)
        await seconds_for(client, 60)
        limited.reset()
        await asyncio.sleep(60)
        await seconds_for(client, 9)
        assert {*used(limited)} == {"6"}
    assert "of 3 keys, only 90316-126 is used from now on" in warnings(caplog)[-1]


# What waits, flies or goes again when it happens ----------------------------------------------


async def busy(client, fake, seconds=5):
    """Let the third key be at work for some time, the other two free."""
    for _ in range(2):
        await client.products.get(1)
    fake.reset()
    fake.script(Fault.hang(seconds))
    (flight,) = gets(client, [1])
    await asyncio.sleep(0.1)
    assert used(fake) == "7"
    return flight


async def test_the_lane_that_is_left_waits_for_what_was_in_the_way_and_keeps_the_order(
    limited, caplog
):
    async with client_of(limited) as client:
        flight = await busy(client, limited)
        calls = gets(client, range(1, 21))
        await asyncio.sleep(1)
        assert len(warnings(caplog)) == 1
        assert client.stats().waiting["interactive"] == 20
        await asyncio.gather(flight, *calls)
    assert limited.overlaps == 2
    assert {*used(limited)[3:]} == {"5"}
    served = [request for request in limited.requests[3:] if request.status == 200]
    assert served[0].started == pytest.approx(limited.requests[0].ended, abs=0.01)
    assert [r.path for r in served] == [f"/sites/1/products/{n}.json" for n in range(1, 21)]


async def test_calls_that_moved_keep_their_budgets(limited):
    async with client_of(limited) as client:
        flight = await busy(client, limited)
        began = now()
        ended = {}

        async def call(name, **options):
            try:
                await client.with_options(**options).products.get(2)
            finally:
                ended[name] = now() - began

        results = await asyncio.gather(
            call("refused first"),
            call("refused too"),
            call("queue", queue_timeout=2),
            call("deadline", deadline=3),
            call("queue again", queue_timeout=2.5),
            call("patient"),
            return_exceptions=True,
        )
        await flight
    late = (errors.QueueTimeoutError, errors.DeadlineError, errors.QueueTimeoutError)
    served = type(None)
    assert [type(result) for result in results] == [served, served, *late, served]
    assert {error.sent for error in results if error is not None} == {"no"}
    assert ended["queue"] == pytest.approx(2)
    assert ended["deadline"] == pytest.approx(3)
    assert ended["queue again"] == pytest.approx(2.5)


async def test_a_client_dropped_while_calls_move_loses_none_of_them(limited):
    closing = []

    class Closer(logging.Handler):
        def emit(self, record):
            closing.append(asyncio.ensure_future(client.aclose(drain=False)))

    client = client_of(limited)
    handler = Closer(logging.WARNING)
    logger = logging.getLogger("sitoo_async")
    logger.addHandler(handler)
    try:
        results = await asyncio.gather(*gets(client, range(1, 31)), return_exceptions=True)
    finally:
        logger.removeHandler(handler)
    await asyncio.gather(*closing)
    kinds = [type(result) for result in results]
    assert kinds.count(errors.ClientClosedError) == 27
    assert kinds.count(errors.RateLimitError) == 2
    assert results[0].productid == 1
    assert len(limited.requests) == 3


async def test_pinned_writes_keep_their_order_in_the_moment_of_falling_back(limited):
    async with client_of(limited, KEYS[:2], pin=True) as client:
        for number in range(3):
            limited.script(Fault.hang(0.1, path="*/1.json"))
            (reading,) = gets(client, [1])
            await asyncio.sleep(0.095)
            writes = (client.products.update(2, title=f"{number}-{n}") for n in range(3))
            await asyncio.gather(*writes, reading)
            await asyncio.sleep(20)
    writes = [request for request in limited.requests if request.json]
    served = [r.json["title"] for r in writes if r.status == 200]
    assert served == sorted(served)
    assert len(writes) > len(served) == 9


async def test_pinned_writes_that_moved_keep_their_order(limited):
    async with client_of(limited, pin=True) as client:
        flight = await busy(client, limited)
        # The first write and the read are refused, and the other writes wait behind it.
        writes = [client.products.update(3, title=f"{n}") for n in range(20)]
        await asyncio.gather(*writes, client.products.get(5), flight)
    sent = [r for r in limited.requests if r.json]
    assert {r.api_id[-1] for r in sent if r.status == 429} <= {"5", "6"}
    assert [r.json["title"] for r in sent if r.status == 200] == [f"{n}" for n in range(20)]


async def test_a_chunk_goes_on_in_the_lane_that_is_left(limited):
    limited.script(Fault.html502(method="PUT"))
    async with client_of(limited, KEYS[:2]) as client:
        changes = [{"productid": n, "title": "new"} for n in range(1, 41)]
        batches = [client.products.update_many(changes[n::4], chunk_size=3) for n in range(4)]

        async def run(batch):
            return await batch

        results = await asyncio.gather(*map(run, batches))
    assert all(len(result.succeeded) == 10 for result in results)
    assert {limited.products()[n]["title"] for n in range(1, 41)} == {"new"}
    assert limited.overlaps <= 3


async def test_coalesced_calls_go_on_in_the_lane_that_is_left(limited):
    async with client_of(limited, coalesce=True) as client:
        flight = await busy(client, limited)
        calls = [client.products.update(n, title=f"{n}") for n in range(1, 41)]
        assert await asyncio.gather(*calls) == [True] * 40
        await flight
    assert [limited.products()[n]["title"] for n in (1, 40)] == ["1", "40"]
    # The two that were refused went first, and took all others along.
    assert len([r for r in limited.requests[1:] if r.status == 200]) <= 2


async def test_calls_of_other_clients_stay_where_they_are(limited):
    async with client_of(limited) as client, with_second_key(limited) as other:
        flight = await busy(client, limited, seconds=1)
        await asyncio.gather(flight, *gets(client, range(1, 11)), *gets(other, range(1, 11)))
        assert client.stats().sent == sum(s.sent for s in client.stats_by_key().values())
    assert [r.api_id[-1] for r in limited.requests if r.status == 200].count("6") == 10


async def test_a_flight_cancelled_from_outside_is_not_waited_for_any_longer(limited):
    async with client_of(limited) as client:
        flight = await busy(client, limited)
        calls = gets(client, (1, 2, 3))
        await asyncio.sleep(1)
        limited.unlock()
        balancer = client._session._binding.balancer
        balancer.lanes[2].flight(client._session).cancel()
        began = now()
        results = await asyncio.gather(flight, *calls, return_exceptions=True)
        # Its own brief hold is the second in a row.
        assert now() - began == pytest.approx(0.46, abs=0.02)
    assert isinstance(results[0], errors.ReadError)
    assert [result.productid for result in results[1:]] == [1, 2, 3]


async def test_a_held_lane_that_is_left_is_waited_for(limited):
    async with client_of(limited) as client:
        limited.script(limit(60))
        held = gets(client, [1])
        await asyncio.sleep(1)
        calls = gets(client, range(1, 61))
        await asyncio.sleep(1)
        assert client._session._binding.balancer.limited
        assert client.stats().held_for > 50
        hasty = client.with_options(max_rate_limit_wait=5)
        with pytest.raises(errors.RateLimitError):
            await hasty.products.get(1)
        await asyncio.gather(*held, *calls)
    assert limited.requests[-1].started - limited.requests[0].started > 60


@pytest.mark.parametrize("wrong", [0, 1])
def test_the_client_stays_with_one_lane_when_it_is_bound_anew(caplog, wrong):
    keys = [(api_id, "wrong") for api_id, _ in KEYS[:wrong]] + KEYS[wrong:]
    client = None

    async def use():
        nonlocal client
        async with serving(delay=0.05, per_account=True) as fake:
            client = client or client_of(fake, keys)
            client._session.address = client_of(fake)._session.address
            results = await asyncio.gather(*gets(client, range(1, 31)), return_exceptions=True)
            failed = [result for result in results if isinstance(result, Exception)]
            assert [*client.stats_by_key()] == [api_id for api_id, _ in KEYS]
            return fake.overlaps, len(failed), used(fake)[-1]

    overlaps, failed, last = run_virtual(use())
    assert 1 <= overlaps <= 3
    assert (failed, last) == (wrong, str(5 + wrong))
    assert run_virtual(use()) == (0, 0, str(5 + wrong))
    run_virtual(client.aclose())
    assert len(warnings(caplog)) == 1 + wrong
