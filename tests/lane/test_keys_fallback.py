"""Several keys against a server that turns out to limit the account: back to one lane."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging

import aiohttp
import pytest

from sitoo_async import Grant, SitooClient, errors
from sitoo_async.testing import FakeSitoo, Fault, run_virtual

pytestmark = [pytest.mark.virtual_time, pytest.mark.eager_too]

KEYS = [("90316-125", "fake-password"), ("90316-126", "second-pw"), ("90316-127", "third-pw")]
FIVE = [*KEYS, ("90316-128", "fourth-pw"), ("90316-129", "fifth-pw")]


@pytest.fixture
async def serve():
    """Start servers that know all keys."""
    started = []

    async def start(**options):
        server = FakeSitoo(**{"products": 60, "delay": 0.02} | options)
        for api_id, password in FIVE[1:]:
            server.add_key(api_id, password)
        await server.start()
        started.append(server)
        return server

    yield start
    for server in started:
        await server.aclose()


@pytest.fixture
async def fake(serve):
    return await serve()


def client_of(server, keys=KEYS, **options):
    return SitooClient(keys=keys, base_url=server.base_url, **options)


def now():
    return asyncio.get_running_loop().time()


def used(server):
    """The last digits of the keys, in the order of the requests."""
    return "".join(request.api_id[-1] for request in server.requests)


def warnings(caplog):
    return [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]


async def seconds_for(client, calls):
    began = now()
    results = await asyncio.gather(*(client.products.get(1 + n % 60) for n in range(calls)))
    assert [product.productid for product in results] == [1 + n % 60 for n in range(calls)]
    return now() - began


# Limits of the account ----------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 3, 5])
async def test_where_the_account_is_limited_one_lane_is_left_after_three_refusals(
    serve, count, caplog
):
    fake = await serve(per_account=True)
    async with client_of(fake, KEYS[:1]) as one:
        alone = await seconds_for(one, 300)
    fake.reset()
    async with client_of(fake, FIVE[:count]) as several:
        before = several.stats().sent
        together = await seconds_for(several, 300)
        assert 1 <= fake.overlaps <= 3
        assert len(fake.requests) == 300 + fake.overlaps
        # What the refusals cost, and not a moment more.
        assert together <= alone + 0.01
        fake.reset()
        assert await seconds_for(several, 300) <= alone + 0.01
        assert {*used(fake)} == {"5"}
        assert fake.overlaps == 0
        stats = several.stats()
        assert stats.refused <= 3
        assert stats.sent - before == 600 + stats.refused
    told = warnings(caplog)
    assert len(told) == 1
    assert f"of {count} keys, only the first is used from now on" in told[0]


async def test_overlaps_that_went_well_tell_that_refusals_are_somebody_elses(fake, caplog):
    async with client_of(fake) as client:
        await seconds_for(client, 6)
        fake.script(Fault.refuse(times=30))
        await seconds_for(client, 30)
        fake.reset()
        await seconds_for(client, 30)
    assert {*used(fake)} == {"5", "6", "7"}
    assert warnings(caplog) == []


async def test_a_refusal_while_no_other_key_is_at_work_tells_nothing(fake, caplog):
    fake.script(Fault.refuse(times=6))
    async with client_of(fake) as client:
        for _ in range(9):
            await client.products.get(1)
        assert await seconds_for(client, 60) < 0.5
    assert warnings(caplog) == []


async def test_two_that_were_both_refused_do_not_refuse_each_other(fake, caplog):
    fake.script(Fault.refuse(times=2))
    async with client_of(fake) as client:
        await seconds_for(client, 2)
        await asyncio.sleep(1)
        assert await seconds_for(client, 60) < 0.5
    assert warnings(caplog) == []


async def test_an_exchange_that_just_ended_may_be_why_another_was_refused(fake, caplog):
    async with client_of(fake, KEYS[:2]) as client:
        for _ in range(3):
            # The refusal comes when the other exchange has already ended.
            fake.script(Fault.hang(0.5, path="*/1.json"))
            fake.script(Fault.answer(429, errortext="429: Too many connections", path="*/2.json"))
            slow = asyncio.ensure_future(client.products.get(1))
            await asyncio.sleep(0.505)
            await asyncio.gather(slow, client.products.get(2))
            await asyncio.sleep(1)
    assert len(warnings(caplog)) == 1


async def test_an_exchange_that_was_sent_when_the_refusal_was_on_its_way_is_not_the_reason(
    fake, caplog
):
    async with client_of(fake, KEYS[:2]) as client:
        for _ in range(6):
            # After the 20 ms that every request takes here.
            fake.script(Fault.answer(429, errortext="429: Too many connections", path="*/2.json"))
            refused = asyncio.ensure_future(client.products.get(2))
            await asyncio.sleep(0.015)
            await asyncio.gather(refused, client.products.get(1))
            await asyncio.sleep(1)
    assert warnings(caplog) == []


async def test_exchanges_that_overlapped_only_in_part_prove_nothing(fake, caplog):
    # One may have been sent while the answer of the other was on its way back.
    fake.script(Fault.hang(1, times=2))
    async with client_of(fake, KEYS[:2]) as client:
        first = asyncio.ensure_future(client.products.get(1))
        await asyncio.sleep(0.5)
        await asyncio.gather(first, client.products.get(2))
        fake.script(Fault.hang(5), Fault.refuse(times=3))
        await asyncio.gather(*(client.products.get(n) for n in range(1, 21)))
    assert len(warnings(caplog)) == 1


async def test_an_answer_that_is_still_arriving_proves_nothing(fake):
    # The server may be done with it, and free for the next one.
    async with client_of(fake, FIVE) as client:
        for _ in range(4):
            fake.script(Fault.slow(5, path="*/1.json"))
            slow = asyncio.ensure_future(client.products.get(1))
            await asyncio.sleep(1)
            await client.products.get(2)
            await slow
        assert len({*used(fake)}) == 3
        await seconds_for(client, 60)
    assert len({*used(fake)}) == 5


async def test_what_was_proven_is_believed_no_more_after_a_row_of_refusals(serve, caplog):
    fake = await serve()
    async with client_of(fake) as client:
        await seconds_for(client, 60)
        # From now on, whatever is sent beside the request of this key is refused.
        fake.script(Fault.hang(60, path="*/1.json"))
        fake.script(Fault.refuse(path="*/2.json", times=15))
        slow = asyncio.ensure_future(client.products.get(1))
        await asyncio.sleep(0.1)
        refused = asyncio.ensure_future(client.products.get(2))
        await asyncio.sleep(50)
        assert len(warnings(caplog)) == 1
        assert [request.status for request in fake.requests].count(429) == 10
        await asyncio.gather(slow, refused)
        fake.reset()
        await seconds_for(client, 20)
    assert len({*used(fake)}) == 1


async def test_refusals_now_and_then_are_no_row(fake, caplog):
    async with client_of(fake) as client:
        await seconds_for(client, 60)
        for _ in range(30):
            fake.script(Fault.hang(0.5, path="*/1.json"), Fault.refuse(path="*/2.json"))
            await asyncio.gather(*(client.products.get(n) for n in range(1, 10)))
        fake.reset()
        await seconds_for(client, 30)
    assert len({*used(fake)}) == 3
    assert warnings(caplog) == []


async def test_clients_with_the_same_keys_learn_together_and_say_it_once(serve, caplog):
    fake = await serve(per_account=True)
    async with client_of(fake) as first, client_of(fake) as second:
        await asyncio.gather(seconds_for(first, 60), seconds_for(second, 60))
        assert 1 <= fake.overlaps <= 3
        assert first.stats() == second.stats()
    assert len(warnings(caplog)) == 1


async def test_a_request_of_another_client_with_one_of_the_keys_is_evidence_too(serve, caplog):
    fake = await serve(per_account=True)
    second_key = {"api_id": KEYS[1][0], "password": KEYS[1][1], "base_url": fake.base_url}
    async with client_of(fake, KEYS[:2]) as client, SitooClient(**second_key) as other:
        fake.script(Fault.hang(9))
        slow = asyncio.ensure_future(other.products.get(1))
        await asyncio.sleep(0.1)
        await client.products.get(2)
        await slow
        # What is left waits for the other client's request: it would be refused beside it.
        assert fake.overlaps == 3
    assert len(warnings(caplog)) == 1


async def lock(server, key, seconds):
    """Let another process's request with that key be lost, so that Sitoo goes on working on it."""
    server.script(Fault.locked(seconds))
    url = f"{server.base_url}/v2/accounts/90316/sites/1/products/9.json"
    async with aiohttp.ClientSession() as session:
        credentials = base64.b64encode(":".join(key).encode()).decode()
        headers = {"Authorization": f"Basic {credentials}"}
        async with session.get(url, headers=headers) as answer:
            assert answer.status == 504


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("which", [0, 1])
async def test_a_key_that_is_locked_by_itself_is_left_out_for_a_while(serve, caplog, count, which):
    fake = await serve(delay=0.3)
    await lock(fake, KEYS[which], 30)
    async with client_of(fake, KEYS[:count]) as client:
        calls = (client.products.get(1 + n % 60) for n in range(60))
        await asyncio.gather(*calls)
        refused = [request.api_id for request in fake.requests if request.status == 429]
        # It was tried alone once, after three refusals that another key might have explained.
        assert refused == [KEYS[which][0]] * 4
        await asyncio.sleep(60)
        fake.reset()
        await seconds_for(client, 20)
    assert len({*used(fake)}) == count
    assert warnings(caplog) == [f"the key {KEYS[which][0]} is locked: it is not used for now"]


async def test_a_write_that_waits_for_a_locked_key_waits_while_that_is_left_out(fake):
    async with client_of(fake, KEYS[:2]) as client:
        fake.script(Fault.locked(30, method="PUT"))
        writing = asyncio.ensure_future(client.products.update(1, title="new"))
        reads = asyncio.ensure_future(seconds_for(client, 2000))
        await writing
        await reads
    writes = [request for request in fake.requests if request.method == "PUT"]
    assert len({write.api_id for write in writes}) == 1
    assert writes[-1].started - writes[0].started >= 30


async def test_a_trial_that_has_no_answer_tells_nothing(fake, caplog):
    async with client_of(fake, KEYS[:2]) as client:
        fake.script(Fault.hang(5, path="*/1.json"))
        fake.script(Fault.refuse(path="*/2.json", times=3), Fault.drop(path="*/2.json"))
        slow = asyncio.ensure_future(client.products.get(1))
        await asyncio.sleep(0.1)
        await asyncio.gather(client.products.get(2), slow)
        await asyncio.sleep(10)
        fake.reset()
        await seconds_for(client, 20)
    assert len({*used(fake)}) == 2
    assert warnings(caplog) == []


async def test_a_trial_is_given_up_where_its_key_is_on_hold(fake, caplog):
    async with client_of(fake, KEYS[:2]) as client:
        fake.script(Fault.hang(5, path="*/1.json"), Fault.refuse(path="*/2.json", times=3))
        slow = asyncio.ensure_future(client.products.get(1))
        await asyncio.sleep(0.1)
        refused = asyncio.ensure_future(client.products.get(2))
        await asyncio.sleep(3)
        ways = client._session._binding.ways
        assert ways._trial is ways.lanes[1]
        ways._trial.hold(500, "as another process told")
        began = now()
        await asyncio.gather(slow, refused, client.products.get(3))
        assert now() - began < 5
    assert "whatever its key" not in str(warnings(caplog))


async def test_connections_that_are_made_side_by_side_prove_nothing(serve, caplog):
    class Connector(aiohttp.TCPConnector):
        async def connect(self, *args, **kwargs):
            await asyncio.sleep(0.3)
            return await super().connect(*args, **kwargs)

    fake = await serve(per_account=True)
    async with (
        aiohttp.ClientSession(connector=Connector()) as session,
        client_of(fake, session=session) as client,
    ):
        for _ in range(6):
            await asyncio.gather(*(client.categories.add(title=f"{n}") for n in range(3)))
            await asyncio.sleep(8)
    assert fake.overlaps <= 3
    assert len(warnings(caplog)) == 1


async def test_short_exchanges_beside_a_long_one_prove_that_keys_help(fake, caplog):
    async with client_of(fake, FIVE) as client:
        fake.script(Fault.hang(5, path="*/1.json"))
        slow = asyncio.ensure_future(client.products.get(1))
        for number in (2, 3, 4):
            await client.products.get(number)
        await slow
        fake.reset()
        await seconds_for(client, 60)
    assert len({*used(fake)}) == 5


async def test_what_can_not_wait_for_the_lanes_that_are_left_goes_home_at_once(fake):
    keys = [KEYS[0], (KEYS[1][0], "wrong")]
    limit = {"headers": {"X-Rate-Limit-Reset": "500"}, "errortext": "429: limit"}
    async with client_of(fake, keys, max_rate_limit_wait=5) as client:
        fake.script(Fault.answer(429, **limit))
        began = now()
        calls = (client.products.get(n) for n in range(1, 6))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert now() - began < 1
        assert client.stats().held_for > 400
    kinds = [type(result) for result in results]
    assert kinds.count(errors.AuthenticationError) == 1
    assert kinds.count(errors.RateLimitError) == 4


@pytest.mark.parametrize("pin", [False, True])
async def test_keys_beyond_the_first_are_used_where_those_are_not_let_in(serve, pin):
    fake = await serve()
    keys = [(api_id, "wrong") for api_id, _ in FIVE[:3]] + FIVE[3:]
    async with client_of(fake, keys, pin=pin) as client:
        calls = (client.products.update(1 + n % 60, title="new") for n in range(30))
        results = await asyncio.gather(*calls, return_exceptions=True)
        assert 1 <= sum(isinstance(r, errors.AuthenticationError) for r in results) <= 3
        assert await client.products.update(1, title="newer")
    assert {*used(fake)} >= ({"8"} if pin else {"8", "9"})


async def test_clients_that_name_the_same_keys_in_another_order_end_up_with_the_same(serve):
    fake = await serve(per_account=True)
    async with client_of(fake) as first, client_of(fake, KEYS[::-1]) as second:
        await asyncio.gather(seconds_for(first, 60), seconds_for(second, 60))
        assert fake.overlaps <= 3
        fake.reset()
        await asyncio.gather(seconds_for(first, 20), seconds_for(second, 20))
    assert {*used(fake)} == {"5"}


async def test_pinned_writes_keep_their_order_in_the_moment_of_falling_back(serve):
    fake = await serve(per_account=True)
    async with client_of(fake, KEYS[:2], pin=True) as client:
        for number in range(3):
            fake.script(Fault.hang(0.1, path="*/1.json"))
            reading = asyncio.ensure_future(client.products.get(1))
            await asyncio.sleep(0.095)
            writes = (client.products.update(2, title=f"{number}-{n}") for n in range(3))
            await asyncio.gather(*writes, reading)
            await asyncio.sleep(20)
    sent = [request.json["title"] for request in fake.requests if request.json]
    served = [r.json["title"] for r in fake.requests if r.json and r.status == 200]
    assert served == sorted(served)
    assert len(sent) > len(served) == 9


class Turnstile:
    """A gate of which this process is the only user."""

    async def acquire(self, key):
        return Grant()

    async def release(self, key, hold):
        pass

    async def aclose(self):
        pass


@pytest.fixture
async def stranger(serve):
    """A server that limits the account, and a way to keep it at work from another process."""
    fake = await serve(per_account=True)
    api_id, password = FIVE[4]
    async with SitooClient(api_id=api_id, password=password, base_url=fake.base_url) as other:

        @contextlib.asynccontextmanager
        async def at_work():
            fake.script(Fault.hang(times=1))
            flight = asyncio.ensure_future(other.products.get(1))
            await asyncio.sleep(0.1)
            yield
            fake.unlock()
            await flight

        yield fake, at_work


@pytest.mark.parametrize("gate", [None, Turnstile()], ids=["no gate", "gate"])
async def test_a_request_of_another_process_is_no_evidence(stranger, caplog, gate):
    fake, at_work = stranger
    async with client_of(fake, gate=gate) as client:
        for _ in range(5):
            async with at_work():
                call = asyncio.ensure_future(client.products.get(2))
                await asyncio.sleep(0.1)
            await call
            await asyncio.sleep(1)
    assert fake.overlaps >= 5
    assert warnings(caplog) == []


# What waits, flies or goes again when it happens ----------------------------------------------


@pytest.fixture
async def limited(serve):
    return await serve(per_account=True)


async def busy(client, fake, seconds=5):
    """Let the third key be at work for some time, the other two free."""
    for _ in range(2):
        await client.products.get(1)
    fake.reset()
    fake.script(Fault.hang(seconds))
    flight = asyncio.ensure_future(client.products.get(1))
    await asyncio.sleep(0.1)
    assert used(fake) == "7"
    return flight


async def test_the_lane_that_is_left_waits_for_the_exchange_that_was_in_the_way(limited, caplog):
    async with client_of(limited) as client:
        flight = await busy(client, limited)
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 21)]
        await asyncio.sleep(1)
        assert len(warnings(caplog)) == 1
        assert client.stats().waiting["interactive"] == 20
        results = await asyncio.gather(flight, *calls)
    assert [product.productid for product in results] == [1, *range(1, 21)]
    assert limited.overlaps == 2
    assert {*used(limited)[3:]} == {"5"}
    served = [request for request in limited.requests[3:] if request.status == 200]
    assert served[0].started == pytest.approx(limited.requests[0].ended, abs=0.01)


async def test_calls_that_moved_keep_their_order(limited):
    async with client_of(limited) as client:
        flight = await busy(client, limited)
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 31)]
        await asyncio.gather(flight, *calls)
    served = [r.path for r in limited.requests[1:] if r.status == 200]
    assert served == [f"/sites/1/products/{n}.json" for n in range(1, 31)]


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


async def test_calls_that_moved_may_be_cancelled(limited):
    async with client_of(limited) as client:
        flight = await busy(client, limited)
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 21)]
        await asyncio.sleep(1)
        for call in calls[::2]:
            call.cancel()
        await asyncio.sleep(0)
        assert client.stats().waiting["interactive"] == 10
        results = await asyncio.gather(flight, *calls, return_exceptions=True)
    gone = [result for result in results if isinstance(result, asyncio.CancelledError)]
    assert len(gone) == 10
    assert len(limited.requests) == 1 + 10 + limited.overlaps


async def test_calls_that_moved_are_never_too_many(limited):
    async with client_of(limited, max_waiting=5) as client:
        flight = await busy(client, limited)
        # Two begin at once and are refused; then seven wait, and nobody new is let in.
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 8)]
        await asyncio.sleep(1)
        with pytest.raises(errors.LaneFullError):
            await client.products.get(8)
        await asyncio.gather(flight, *calls)


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
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 31)]
        results = await asyncio.gather(*calls, return_exceptions=True)
    finally:
        logger.removeHandler(handler)
    await asyncio.gather(*closing)
    kinds = [type(result) for result in results]
    assert kinds.count(errors.ClientClosedError) == 27
    assert kinds.count(errors.RateLimitError) == 2
    assert results[0].productid == 1
    assert len(limited.requests) == 3


async def test_draining_serves_the_calls_that_moved(limited):
    async with client_of(limited) as client:
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 31)]
        await asyncio.sleep(0)
    assert [(await call).productid for call in calls] == [*range(1, 31)]


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
    second_key = {"api_id": KEYS[1][0], "password": KEYS[1][1], "base_url": limited.base_url}
    async with client_of(limited) as client, SitooClient(**second_key) as other:
        flight = await busy(client, limited, seconds=1)
        calls = [client.products.get(n) for n in range(1, 11)]
        others = [other.products.get(n) for n in range(1, 11)]
        await asyncio.gather(flight, *calls, *others)
        assert client.stats().sent == sum(s.sent for s in client.stats_by_key().values())
    assert [r.api_id[-1] for r in limited.requests if r.status == 200].count("6") == 10


async def test_a_flight_cancelled_from_outside_is_not_waited_for_any_longer(limited):
    async with client_of(limited) as client:
        flight = await busy(client, limited)
        calls = [asyncio.ensure_future(client.products.get(n)) for n in (1, 2, 3)]
        await asyncio.sleep(1)
        limited.unlock()
        ways = client._session._binding.ways
        ways.lanes[2].flight(client._session).cancel()
        began = now()
        results = await asyncio.gather(flight, *calls, return_exceptions=True)
        # Its own brief hold is the second in a row.
        assert now() - began == pytest.approx(0.46, abs=0.02)
    assert isinstance(results[0], errors.ReadError)
    assert [result.productid for result in results[1:]] == [1, 2, 3]


async def test_a_held_lane_that_is_left_is_waited_for(limited):
    async with client_of(limited) as client:
        limited.script(
            Fault.answer(429, headers={"X-Rate-Limit-Reset": "60"}, errortext="429: limit")
        )
        held = asyncio.ensure_future(client.products.get(1))
        await asyncio.sleep(1)
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 61)]
        await asyncio.sleep(1)
        assert client._session._binding.ways.limited
        assert client.stats().held_for > 50
        hasty = client.with_options(max_rate_limit_wait=5)
        with pytest.raises(errors.RateLimitError):
            await hasty.products.get(1)
        results = await asyncio.gather(held, *calls)
    assert [product.productid for product in results] == [1, *range(1, 61)]
    assert limited.requests[-1].started - limited.requests[0].started > 60


@pytest.mark.parametrize("wrong", [0, 1])
def test_the_client_stays_with_one_lane_when_it_is_bound_anew(caplog, wrong):
    keys = [(api_id, "wrong") for api_id, _ in KEYS[:wrong]] + KEYS[wrong:]
    client = None

    async def use():
        nonlocal client
        async with FakeSitoo(products=60, delay=0.05, per_account=True) as fake:
            for api_id, password in KEYS[1:]:
                fake.add_key(api_id, password)
            client = client or client_of(fake, keys)
            client._session.address = client_of(fake)._session.address
            calls = (client.products.get(n) for n in range(1, 31))
            results = await asyncio.gather(*calls, return_exceptions=True)
            failed = [result for result in results if isinstance(result, Exception)]
            assert [*client.stats_by_key()] == [api_id for api_id, _ in KEYS]
            return fake.overlaps, len(failed), used(fake)[-1]

    overlaps, failed, last = run_virtual(use())
    assert 1 <= overlaps <= 3
    assert (failed, last) == (wrong, str(5 + wrong))
    assert run_virtual(use()) == (0, 0, str(5 + wrong))
    run_virtual(client.aclose())
    assert len(warnings(caplog)) == 1 + wrong


async def test_refusals_after_a_lost_answer_are_expected_and_tell_nothing(fake, caplog):
    # The work of the lost request goes on for a while, and its own key stays busy meanwhile.
    fake.script(Fault.locked(seconds=3.0, path="products/1.json"))
    async with client_of(fake, KEYS[:2]) as client:
        await seconds_for(client, 60)
        await asyncio.sleep(10)
        fake.reset()
        await seconds_for(client, 30)
    assert {*used(fake)} == {"5", "6"}
    assert not any("whatever its key" in text for text in warnings(caplog))


async def test_a_key_that_is_not_let_in_does_not_draw_the_calls_to_itself(serve, caplog):
    fake = await serve()
    keys = [*KEYS[:2], ("90316-127", "wrong")]
    async with client_of(fake, keys) as client:
        results = await asyncio.gather(
            *(client.products.get(1) for _ in range(3)), return_exceptions=True
        )
        assert sum(isinstance(result, errors.AuthenticationError) for result in results) == 1
        for _ in range(20):
            await asyncio.gather(client.products.get(1), client.products.get(2))
    assert [text for text in warnings(caplog) if "not let in" in text] == [
        "the key 90316-127 is not let in: it is not used for now"
    ]


async def test_a_key_that_was_not_let_in_is_tried_again_after_a_minute(serve):
    fake = await serve()
    fake.script(Fault.answer(401, errortext="401: no"))
    async with client_of(fake, KEYS[:2]) as client:
        with pytest.raises(errors.AuthenticationError):
            await client.products.get(1)
        for _ in range(4):
            await client.products.get(1)
        assert used(fake) == "56666"
        await asyncio.sleep(60)
        await seconds_for(client, 4)
        assert {*used(fake)[5:]} == {"5", "6"}


async def test_the_lane_that_is_left_is_that_of_a_key_that_is_let_in(serve, caplog):
    fake = await serve(per_account=True)
    keys = [(KEYS[0][0], "wrong"), *KEYS[1:]]
    async with client_of(fake, keys) as client:
        with pytest.raises(errors.AuthenticationError):
            await client.products.get(1)
        await seconds_for(client, 90)
        fake.reset()
        await asyncio.sleep(60)
        await seconds_for(client, 30)
        assert {*used(fake)} == {"6"}
    assert "of 3 keys, only 90316-126 is used from now on" in warnings(caplog)[-1]


async def test_it_is_told_once_in_a_while(serve, caplog):
    fake = await serve()
    keys = [(api_id, "wrong") for api_id, _ in KEYS[:2]]
    async with client_of(fake, keys) as client:
        for _ in range(6):
            with pytest.raises(errors.AuthenticationError):
                await client.products.get(1)
    assert len([text for text in warnings(caplog) if "not let in" in text]) == 2
