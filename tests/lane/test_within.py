"""`within`: one deadline for all calls of a view, such as those of one web request."""

from __future__ import annotations

import asyncio

import pytest

from sitoo_async import (
    DeadlineError,
    InvalidOptionError,
    QueueTimeoutError,
    SitooClient,
    WrongLoopError,
)
from sitoo_async.testing import Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(products=30)]


def now():
    return asyncio.get_running_loop().time()


async def test_calls_share_what_is_left(fake, client):
    fake.script(Fault.slow(0.8, times=3))
    view, began = client.within(2.0), now()
    await view.products.get(1)
    await view.products.get(2)
    with pytest.raises(DeadlineError) as caught:
        await view.products.get(3)
    assert now() - began == pytest.approx(2.0, abs=0.01)
    assert caught.value.sent == "unknown"  # it was in flight


async def test_a_call_that_begins_too_late_is_not_sent(fake, client):
    view = client.within(2.0)
    await asyncio.sleep(2.5)
    with pytest.raises(DeadlineError) as caught:
        await view.products.add(sku="NEW")
    assert caught.value.sent == "no"
    assert not fake.requests


async def test_a_call_that_waits_for_its_turn_is_not_sent_either(fake, client):
    fake.script(Fault.slow(5))
    other = asyncio.ensure_future(client.products.get(1))
    await asyncio.sleep(0.1)
    with pytest.raises(DeadlineError) as caught:
        await client.within(2.0).products.get(2)
    assert caught.value.sent == "no"
    await other
    assert len(fake.requests) == 1


async def test_the_client_itself_and_other_views_have_all_the_time(fake, client):
    fake.script(Fault.slow(5))
    client.within(2.0)
    await client.products.get(1)


async def test_it_holds_for_every_page_of_a_walk(fake, client):
    fake.script(Fault.slow(0.5, times=100))
    products = client.within(1.7).products.list(page_size=5)
    with pytest.raises(DeadlineError):
        await products.collect()
    assert products.position == 15


async def test_it_ends_a_batch_and_each_item_is_told(fake, client):
    fake.script(Fault.slow(1.0, times=100))
    changes = [{"productid": n, "title": "x"} for n in range(1, 31)]
    result = await client.within(2.5).products.update_many(changes, chunk_size=5)
    sent = [outcome.error and outcome.error.sent for outcome in result]
    assert sent == [None] * 10 + ["unknown"] * 5 + ["no"] * 15
    assert {type(outcome.error) for outcome in result.failed} == {DeadlineError}
    assert len(fake.requests) == 3


async def test_a_batch_that_gets_no_turn_waits_no_longer_either(fake, client):
    fake.script(Fault.slow(60))
    ahead = asyncio.ensure_future(client.products.get(1))
    await asyncio.sleep(0.1)
    began = now()
    changes = [{"productid": n, "title": "x"} for n in range(1, 21)]
    view = client.with_options(queue_timeout=0.0).within(10.0)
    result = await view.products.update_many(changes, chunk_size=1)
    assert now() - began == pytest.approx(10, abs=0.01)
    kinds = [type(outcome.error) for outcome in result]
    assert kinds == [QueueTimeoutError] * 6 + [DeadlineError] * 14
    await ahead


async def test_a_stream_is_read_no_further(fake, client):
    fake.script(Fault.slow(1.0, times=100))

    async def endless():
        while True:
            yield {"productid": 1, "title": "x"}

    result = await client.within(2.5).products.update_many(endless(), chunk_size=5)
    assert len(result) == 15


async def test_the_sooner_of_two_deadlines_counts(fake, client):
    fake.script(Fault.slow(50, times=100))
    for view in (
        lambda: client.within(3).within(9),
        lambda: client.within(9).within(3),
        lambda: client.with_options(deadline=3).within(9),
        lambda: client.within(9).with_options(deadline=3),
        lambda: client.within(3).with_options(deadline=9),
        lambda: client.within(3).site(2),
    ):
        began = now()
        with pytest.raises(DeadlineError):
            await view().products.list()
        assert now() - began == pytest.approx(3, abs=0.01)
        fake.unlock()
        await asyncio.sleep(60)


@pytest.mark.parametrize("seconds", [0, -1, "2", None, True, float("nan")])
async def test_what_is_no_time_is_refused(client, seconds):
    with pytest.raises(InvalidOptionError, match="seconds must be"):
        client.within(seconds)


async def test_the_moment_is_no_option_of_its_own(client):
    with pytest.raises(InvalidOptionError, match="not an option"):
        client.with_options(ends_at=5.0)


def test_without_a_loop_nobody_knows_what_now_is():
    client = SitooClient(api_id="1-1", password="p", base_url="https://a.b")
    with pytest.raises(WrongLoopError, match="in a coroutine"):
        client.within(2.0)
