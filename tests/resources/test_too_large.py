"""Pages of Shipments v3 that would be too large: a 502, and half as many rows are asked for."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from sitoo_async import DeadlineError, RetryPolicy, errors
from sitoo_async._lane.batch_size import LONGEST_PATIENCE, Pace
from tests.http._server import http
from tests.resources._cursor_pages import Pages, numbers, page, things

pytestmark = pytest.mark.virtual_time

ONCE = RetryPolicy(attempts=1)
TOO_LARGE = http(502, b"<html>502 Bad Gateway</html>")


@pytest.fixture
async def pages():
    async with Pages(rows=45, most=5) as made:
        yield made


@pytest.fixture
async def client(pages):
    # With no patience at all, as if each 50x were the last.
    async with pages.client(retry=ONCE) as made:
        yield made


@pytest.fixture
def listing(client):
    return lambda page_size=20, **more: things(client).list(
        **{"page_size": page_size, "service": "shipments-v3", **more}
    )


def seconds_between(pages):
    return [later - earlier for earlier, later in itertools.pairwise(pages.moments)]


async def test_a_page_is_asked_for_by_halves_at_once_and_costs_the_key_nothing(
    pages, client, listing
):
    first = await listing()
    assert (numbers(first), first.next) == ([1, 2, 3, 4, 5], "0-5")
    assert pages.asked == [(None, 20), (None, 10), (None, 5)]
    await client.request("GET", "/things", params={"num": 1}, service="journals-v3")
    assert client.stats().held_for == 0
    assert max(seconds_between(pages)) < 0.1


@pytest.mark.parametrize("limit", [None, 13])
async def test_every_form_gives_each_row_once(pages, listing, limit):
    assert numbers(await listing().collect(limit)) == [*range(1, (limit or 45) + 1)]
    tried = len(pages.asked)
    assert numbers([thing async for thing in listing()]) == [*range(1, 46)]
    walked = [numbers(each) async for each in listing().pages()]
    assert [number for each in walked for number in each] == [*range(1, 46)]
    assert max(map(len, walked)) == 5
    assert (await listing().first()).productid == 1
    # The size that fits is kept: at first 20 and 10 were too many, and later 10 once more.
    too_many = [num for _, num in pages.asked[tried:] if num > 5]
    assert too_many == [20, 10, 10] * 2


async def test_a_page_that_is_asked_for_in_advance_is_halved_before_the_walk_needs_it(
    pages, listing
):
    pages.most = 20
    walk = aiter(listing().pages())
    await anext(walk)
    pages.scripted += [page([21], "0-21"), TOO_LARGE]
    assert numbers(await anext(walk)) == [21]
    await asyncio.sleep(1)
    assert pages.asked[2:] == [("0-21", 20), ("0-21", 10)]
    assert numbers(await anext(walk)) == [*range(22, 32)]


async def test_one_row_that_is_too_large_and_all_other_trouble_is_an_ordinary_50x(pages, listing):
    pages.most = 0
    with pytest.raises(errors.ServerError) as caught:
        await listing().collect()
    assert [num for _, num in pages.asked] == [20, 10, 5, 2, 1]
    assert caught.value.status == 502
    assert "see whether include_packages=False helps" in str(caught.value)
    with pytest.raises(errors.ServerError):
        await listing().first()
    # Now the key may be locked: the next request waits.
    assert seconds_between(pages)[-1] >= 0.2
    for answer, service in ((http(503), "shipments-v3"), (TOO_LARGE, "journals-v3")):
        pages.scripted.append(answer)
        before = len(pages.asked)
        with pytest.raises(errors.ServerError) as caught:
            await listing(service=service)
        assert pages.asked[before:] == [(None, 20)]
        assert "1 MB" not in str(caught.value)


async def test_an_outage_in_between_is_sat_out_and_the_walk_goes_on_as_before(pages):
    pages.most = 20
    async with pages.client() as client:
        walk = aiter(things(client).list(service="shipments-v3", page_size=20).pages())
        await anext(walk)
        pages.scripted += [TOO_LARGE] * 12
        seen = [number async for each in walk for number in numbers(each)]
    assert seen == [*range(21, 46)]
    assert {num for _, num in pages.asked[1:14]} == {20, 10, 5, 2, 1}


@pytest.mark.parametrize("bulk_seconds", [None, 0.5, 0.001])
async def test_sizes_by_time_and_by_room_go_together(pages, bulk_seconds):
    pages.rows, pages.most = 400, 30
    async with pages.client(bulk_seconds=bulk_seconds) as client:
        walk = things(client).list(service="shipments-v3", page_size=100)
        items = []
        async for each in walk.pages():
            items += numbers(each)
            if len(items) == 100:
                pages.scripted += [http(503)]
    assert items == [*range(1, 401)]
    assert sum(num > 30 for _, num in pages.asked) <= 6


async def test_a_deadline_ends_the_halving_too(pages):
    pages.most, pages.seconds = 1, 1.0
    async with pages.client(deadline=2.5) as client:
        with pytest.raises((DeadlineError, errors.ServerError)):
            await things(client).list(service="shipments-v3", page_size=64)
    assert [num for _, num in pages.asked] == [64, 32, 16]


@pytest.mark.parametrize(
    ("num", "service", "tries"),
    [(10, "shipments-v3", 1), (1, "shipments-v3", 2), (10, "journals-v3", 2)],
)
async def test_a_raw_request_for_a_page_that_is_too_large_fails_at_once_with_the_remedy(
    pages, num, service, tries
):
    pages.scripted += [TOO_LARGE] * 3
    async with pages.client(retry=RetryPolicy(attempts=2)) as client:
        with pytest.raises(errors.ServerError) as caught:
            await client.request("GET", "/things", params={"num": num}, service=service)
        assert (client.stats().held_for == 0) == (tries == 1)
    assert len(pages.asked) == tries
    assert ("ask for fewer rows with num" in str(caught.value)) == (tries == 1)


def test_what_was_too_large_is_tried_again_less_and_less_often():
    pace = Pace(1000)
    pace.too_many(1000)
    tried = []
    for number in range(1000):
        if pace.size > 500:
            tried.append(number)
            pace.too_many(pace.size)
        pace.took(pace.size, 1.0)
        assert pace.size <= 1000
    waits = [later - earlier for earlier, later in itertools.pairwise([0, *tried])]
    assert waits[:6] == [4, 8, 16, 32, 64, 64]
    assert {*waits[6:]} == {LONGEST_PATIENCE}


def test_what_fits_again_is_asked_for_again():
    pace = Pace(1000, 10.0)
    pace.too_many(3)  # a page for the end of a limit
    sizes = [pace.size]
    while pace.size < 1000:
        pace.took(pace.size, 0.1)
        sizes.append(pace.size)
    assert sizes[0] == 1
    assert sizes == sorted(sizes)
    assert len(sizes) < 60
