"""Outages of the server and of the way to it: what outlasts them, and for how long."""

from __future__ import annotations

import asyncio
import itertools
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import attrs
import pytest

from sitoo_async import RetryPolicy, SitooClient, errors
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(products=300)]

ALWAYS = 1_000_000

TROUBLES = {
    "50x": Fault.html502(times=ALWAYS),
    "lost connections": Fault.drop(times=ALWAYS),
    "answers cut short": attrs.evolve(Fault.half(), times=ALWAYS),
}
troubles = pytest.mark.parametrize("fault", TROUBLES.values(), ids=TROUBLES)


@pytest.fixture
async def client(fake):
    async with SitooClient(**fake.credentials) as made:
        await made.products.get(1)  # so that the host has answered
        fake.reset()
        yield made


def now():
    return asyncio.get_running_loop().time()


def break_down(fake, fault, seconds):
    fake.script(fault)
    asyncio.get_running_loop().call_later(seconds, fake.reset)


def gaps(fake):
    times = [request.started for request in fake.requests]
    return [later - earlier for earlier, later in itertools.pairwise(times)]


# How long


@troubles
async def test_a_read_outlasts_a_server_that_restarts(fake, client, fault):
    break_down(fake, fault, 30)
    assert (await client.products.get(1)).productid == 1


@troubles
async def test_a_write_that_may_be_repeated_outlasts_it_too(fake, client, fault):
    break_down(fake, fault, 30)
    assert await client.products.update(1, title="New") is True


@troubles
async def test_a_walk_loses_no_row_to_an_outage_of_minutes(fake, client, fault):
    walked = []
    async for product in client.products.list(page_size=100):
        walked.append(product.productid)
        if len(walked) == 100:
            break_down(fake, fault, 200)
    assert walked == [*range(1, 301)]


@troubles
async def test_a_walk_may_begin_during_an_outage(fake, client, fault):
    break_down(fake, fault, 200)
    assert len(await client.products.list().collect()) == 300


@troubles
async def test_a_batch_loses_no_item_to_an_outage_of_minutes(fake, client, fault):
    break_down(fake, fault, 200)
    changes = [{"productid": n, "title": f"New {n}"} for n in range(1, 301)]
    result = await client.products.update_many(changes, chunk_size=100)
    assert len(result.succeeded) == 300


@troubles
async def test_a_batch_that_meets_nothing_but_trouble_ends_some_day(fake, client, fault):
    fake.script(fault)
    began = now()
    changes = [{"productid": n, "title": f"New {n}"} for n in range(1, 41)]
    result = await client.products.update_many(changes, chunk_size=16)
    assert {outcome.error.sent for outcome in result} == {"unknown"}
    # Two chunks with all their time, and then each once, at the pace of the lane's holds.
    assert [outcome.error.attempt for outcome in result][-20:] == [1] * 20
    assert 600 <= now() - began <= 1400


async def test_a_batch_gives_its_second_chunk_all_the_time_as_well(fake, client):
    break_down(fake, TROUBLES["50x"], 600)
    changes = [{"productid": n, "title": f"New {n}"} for n in range(1, 41)]
    result = await client.products.update_many(changes, chunk_size=16)
    assert [outcome.ok for outcome in result] == [False] * 16 + [True] * 24


async def test_a_batch_goes_on_as_ever_when_a_chunk_is_served_again(fake, client):
    break_down(fake, TROUBLES["50x"], 900)

    def changes():
        for productid in range(1, 61):
            yield {"productid": productid, "title": f"New {productid}"}
            if productid == 50:
                break_down(fake, TROUBLES["50x"], 200)

    result = await client.products.update_many(changes(), chunk_size=16)
    failed = len(result.failed)
    assert 16 < failed < 45
    assert [outcome.ok for outcome in result] == [False] * failed + [True] * (60 - failed)


@troubles
async def test_a_call_is_given_up_after_a_minute_of_trouble(fake, client, fault):
    fake.script(fault)
    began = now()
    with pytest.raises((errors.ServerError, errors.ReadError)) as caught:
        await client.products.get(1)
    # What it waited for the lane's holds is not counted.
    assert 60 <= now() - began <= 90
    assert caught.value.sent == "unknown"
    assert caught.value.attempt == len(fake.requests) > 8


@troubles
async def test_the_first_page_alone_is_a_call(fake, client, fault):
    fake.script(fault)
    began = now()
    with pytest.raises((errors.ServerError, errors.ReadError)):
        await client.products.list()
    assert now() - began <= 90


@troubles
async def test_a_walk_is_given_up_after_five_minutes_of_trouble(fake, client, fault):
    fake.script(fault)
    began = now()
    with pytest.raises((errors.ServerError, errors.ReadError)):
        await client.products.list().collect()
    assert 300 <= now() - began <= 360


async def test_the_policy_may_say_for_how_long(fake, client):
    fake.script(TROUBLES["50x"])
    began = now()
    with pytest.raises(errors.ServerError):
        await client.with_options(retry=RetryPolicy(within=5)).products.get(1)
    assert 5 <= now() - began <= 15


async def test_within_nothing_there_is_one_repetition(fake, client):
    fake.script(TROUBLES["50x"])
    with pytest.raises(errors.ServerError) as caught:
        await client.with_options(retry=RetryPolicy(within=0)).products.get(1)
    assert caught.value.attempt == 2


async def test_an_answer_that_took_longer_than_all_the_time_is_repeated_once(fake, client):
    fake.script(Fault.hang(100))
    view = client.with_options(request_timeout=90, retry=RetryPolicy(within=10))
    assert (await view.products.get(1)).productid == 1


async def test_the_deadline_bounds_it_all(fake, client):
    fake.script(TROUBLES["50x"])
    began = now()
    with pytest.raises(errors.ServerError) as caught:
        await client.with_options(deadline=7.0).products.get(1)
    assert now() - began <= 7
    assert caught.value.sent == "unknown"


async def test_waiting_for_a_turn_is_no_trouble(fake, client):
    fake.script(Fault.html502(times=2, path="*/1.json"), Fault.slow(80, path="*/2.json", times=3))
    impatient = client.with_options(retry=RetryPolicy(within=5))
    first = asyncio.ensure_future(impatient.products.get(1))
    await asyncio.sleep(0.15)
    others = [asyncio.ensure_future(client.products.get(2)) for _ in range(3)]
    assert (await first).productid == 1
    await asyncio.gather(*others)


async def test_a_hold_is_no_trouble(fake, client):
    limit = Fault.answer(429, headers={"X-Rate-Limit-Reset": "300"}, errortext="429: limit")
    fake.script(Fault.html502(), limit, Fault.html502())
    view = client.with_options(retry=RetryPolicy(within=5))
    assert (await view.products.get(1)).productid == 1


async def test_an_add_is_not_repeated_in_an_outage(fake, client):
    fake.script(TROUBLES["50x"])
    with pytest.raises(errors.ServerError) as caught:
        await client.products.add(sku="NEW")
    assert (caught.value.sent, len(fake.requests)) == ("unknown", 1)


# The host that is not there


async def test_a_host_that_is_gone_for_a_while_is_waited_for(fake, client):
    address = fake.base_url
    await fake.aclose()
    await asyncio.sleep(0.1)  # until the client has heard that its connection is gone
    back = FakeSitoo(products=3, port=int(address.rpartition(":")[2]))
    began = now()
    asyncio.get_running_loop().call_later(
        40, lambda: started.append(asyncio.ensure_future(back.start()))
    )
    started = []
    assert await client.products.add(sku="NEW") > 0  # nothing was sent before, so even this
    assert now() - began >= 40
    await back.aclose()


async def test_a_host_that_never_answered_fails_at_once(fake):
    address = fake.base_url
    await fake.aclose()
    async with SitooClient(api_id="90316-125", password="p", base_url=address) as client:
        began = now()
        for attempt in (
            client.products.get(1),
            client.products.list().collect(),
        ):
            with pytest.raises(errors.ConnectError) as caught:
                await attempt
            assert caught.value.attempt == 4
        result = await client.products.update_many(
            [{"productid": n, "title": "x"} for n in range(1, 4)], chunk_size=1
        )
        assert [outcome.error.sent for outcome in result] == ["no"] * 3
        assert [outcome.error.attempt for outcome in result] == [4, 4, None]
        assert now() - began < 5


async def test_something_that_answers_no_http_fails_at_once_as_well():
    async def hang_up(_, writer):
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with (
        server,
        SitooClient(
            api_id="90316-125", password="p", base_url=f"http://127.0.0.1:{port}"
        ) as client,
    ):
        began = now()
        with pytest.raises(errors.ReadError) as caught:
            await client.products.get(1)
        assert caught.value.attempt == 4
        result = await client.products.update_many([{"productid": 1, "title": "x"}])
        assert result[0].error.attempt == 4
        assert now() - began < 30


# Pauses


@troubles
async def test_pauses_grow_whatever_the_trouble_is(fake, client, fault):
    fake.script(fault)
    with pytest.raises((errors.ServerError, errors.ReadError)):
        await client.products.get(1)
    found = gaps(fake)
    assert found[0] == pytest.approx(0.2, abs=0.05)
    assert all(after > 1.3 * before for before, after in itertools.pairwise(found[:6]))
    assert max(found) <= 10.1
    assert found[7] > 9


async def test_pauses_grow_over_troubles_of_all_kinds(fake, client):
    fake.script(
        Fault.html502(), Fault.drop(), Fault.refuse(), Fault.server_error(503), Fault.drop()
    )
    await client.products.get(1)
    assert gaps(fake) == pytest.approx([0.2, 0.4, 0.8, 1.6, 3.2], abs=0.1)


@pytest.mark.parametrize("status", [200, 404], ids=["ok", "not found"])
async def test_any_answer_but_a_failure_lets_them_begin_anew(fake, client, status):
    productid = 1 if status == 200 else 9999
    fake.script(Fault.html502(times=3, path="*/2.json"))
    await client.products.get(2)
    fake.reset()
    fake.script(Fault.html502(path="*/2.json"))
    try:
        await client.products.get(productid)
    except errors.NotFoundError:
        assert status == 404
    await client.products.get(2)
    assert gaps(fake)[-1] == pytest.approx(0.2, abs=0.05)


# A server that says for how long


def said(value, status=503, **more):
    return Fault.answer(status, headers={"Retry-After": value, **more}, errortext="maintenance")


async def test_the_seconds_that_a_503_names_are_sat_out_by_all(fake, client, caplog):
    fake.script(said("45"))
    began = now()
    both = asyncio.gather(client.products.get(1), client.products.get(2))
    assert [product.productid for product in await both] == [1, 2]
    assert 45 <= now() - began <= 48
    assert len(fake.requests) == 3
    assert sum("on hold for 4" in record.getMessage() for record in caplog.records) == 1


async def test_they_do_not_count_as_trouble(fake, client):
    fake.script(said("45"), said("45"), said("45"))
    view = client.with_options(retry=RetryPolicy(within=10))
    assert (await view.products.get(1)).productid == 1


async def test_who_does_not_agree_to_wait_that_long_is_told_at_once(fake, client):
    fake.script(said("7200"))
    began = now()
    with pytest.raises(errors.ServerError) as caught:
        await client.products.get(1)
    assert now() - began < 1
    assert (caught.value.status, caught.value.sent) == (503, "unknown")
    assert caught.value.retry_after == pytest.approx(3600, abs=5)
    assert "not tried again" in caught.value.__notes__[0]
    with pytest.raises(errors.RateLimitError) as caught:
        await client.products.get(1)
    assert caught.value.retry_after == pytest.approx(3600, abs=5)
    await asyncio.sleep(3604)  # no longer than an hour, whatever was said
    await client.products.get(1)


async def test_all_that_is_sat_out_together_has_the_bound_of_a_rate_limit(fake, client):
    fake.script(said("50"), said("50"), said("50"), said("50"))
    began = now()
    with pytest.raises(errors.ServerError) as caught:
        await client.with_options(max_rate_limit_wait=120).products.get(1)
    assert 100 <= now() - began <= 110
    assert caught.value.attempt == 3


@pytest.mark.parametrize("what", ["batch", "walk"])
async def test_it_has_that_bound_too_where_less_is_asked_for_each_time(fake, client, what):
    fake.script(attrs.evolve(said("300"), times=ALWAYS))
    began = now()
    if what == "batch":
        changes = [{"productid": n, "title": f"New {n}"} for n in range(1, 65)]
        error = (await client.products.update_many(changes))[0].error
    else:
        with pytest.raises(errors.ServerError) as caught:
            await client.with_options(bulk_seconds=5.0).products.list().collect()
        error = caught.value
    assert isinstance(error, errors.ServerError)
    assert 600 <= now() - began <= 660
    assert (error.attempt, error.sent) == (len(fake.requests), "unknown") == (3, "unknown")


async def test_what_is_served_ends_what_is_sat_out_together(fake, client):
    # Each half in turn; together they would be too much.
    fake.script(said("50"), said("50"), Fault.hang(0), said("50"), said("50"))
    changes = [{"productid": n, "title": f"New {n}"} for n in range(1, 5)]
    view = client.with_options(max_rate_limit_wait=120)
    assert len((await view.products.update_many(changes)).succeeded) == 4


async def test_an_add_learns_when_to_come_back(fake, client):
    fake.script(said("45"))
    with pytest.raises(errors.ServerError) as caught:
        await client.products.add(sku="NEW")
    assert (caught.value.retry_after, caught.value.sent) == (45, "unknown")


async def test_a_proxy_that_limits_may_name_a_date(fake, client):
    there = datetime.now(UTC)
    date = format_datetime(there, usegmt=True)
    later = format_datetime(there + timedelta(seconds=90), usegmt=True)
    fake.script(Fault.answer(429, headers={"Retry-After": later, "Date": date}, errortext="slow"))
    began = now()
    await client.products.get(1)
    assert 90 <= now() - began <= 92


async def test_a_page_that_was_sent_before_the_host_went_away_says_so(fake, client):
    fake.script(Fault.html502())
    paged = client.with_options(bulk_seconds=5.0)
    walk = asyncio.ensure_future(paged.products.list(page_size=100).collect())
    await asyncio.sleep(0.05)
    await fake.aclose()
    with pytest.raises(errors.ConnectError) as caught:
        await walk
    assert caught.value.sent == "unknown"
