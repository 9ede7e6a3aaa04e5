"""Sizes that find themselves: chunks and pages towards the time that a request is to take."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import (
    DeadlineError,
    InvalidOptionError,
    RetryPolicy,
    ServerError,
    SitooClient,
)
from sitoo_async._lane.batch_size import FIRST, Pace
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = pytest.mark.virtual_time


class Slow:
    """A server that takes a while for each item, as Sitoo does; too many at once are a 504."""

    def __init__(self, *, base: float = 0.1, each: float = 0.001, most: int = 10_000) -> None:
        self.base, self.each, self.most = base, each, most
        self.sizes: list[int] = []
        self.asked = 0
        self.rows = 5000
        self.silent = False  # whether no totalcount is told

    async def __call__(self, request: web.BaseRequest) -> web.Response:
        self.asked += 1
        if "num" not in request.query and request.method == "GET":
            return web.Response(status=504)
        if request.method == "GET":
            start, num = int(request.query["start"]), int(request.query["num"])
            size = max(0, min(num, self.rows - start))
            items = [{"productid": number} for number in range(start + 1, start + size + 1)]
            body = {"items": items} if self.silent else {"totalcount": self.rows, "items": items}
        else:
            sent = json.loads(await request.read())
            size = num = len(sent)
            body = [{"statuscode": 200, "return": True} for _ in sent]
        self.sizes.append(num)
        await asyncio.sleep(self.base + self.each * size)
        if num > self.most:
            return web.Response(status=504, text="too much")
        return web.json_response(body)


@pytest.fixture
async def slow():
    return Slow()


@pytest.fixture
async def client(slow):
    runner = web.ServerRunner(web.Server(slow))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with SitooClient(
        api_id="1-1", password="p", base_url=f"http://{host}:{port}", bulk_seconds=1.0
    ) as made:
        yield made
    await runner.cleanup()


def changes(count):
    return [{"productid": number, "title": "x"} for number in range(1, count + 1)]


async def test_without_a_time_the_sizes_are_as_given(slow, client):
    plain = client.with_options(bulk_seconds=None)
    await plain.products.update_many(changes(2500))
    assert slow.sizes == [1000, 1000, 500]
    slow.sizes.clear()
    await plain.products.list(page_size=2000).collect()
    assert slow.sizes == [2000, 2000, 2000]


async def test_chunks_grow_while_the_server_is_quick(slow, client):
    await client.products.update_many(changes(3000), chunk_size=2000)
    # 200 items take 0.3 s and 400 take 0.5 s: there is room; 800 take 0.9 s, which is the aim.
    assert slow.sizes == [200, 400, 800, 800, 800]


async def test_chunks_shrink_when_the_server_slows_down(slow, client):
    slow.each = 0.02
    await client.products.update_many(changes(600))
    # Half as large at most each time, and no smaller than a sixteenth of the chunk_size.
    assert slow.sizes == [200, 100, 62, 62, 62, 62, 52]


async def test_a_cost_that_no_size_shrinks_away_does_not_make_every_chunk_tiny(slow, client):
    slow.base, slow.each = 1.2, 0.0
    await client.products.update_many(changes(1000))
    assert min(slow.sizes[:-1]) == 62


async def test_one_slow_item_is_no_evidence_against_the_size():
    pace = Pace(1000, 1.0)
    pace.took(1, 60.0)
    assert pace.size == 200


async def test_no_chunk_is_larger_than_the_user_allows(slow, client):
    slow.each = 0.0
    await client.products.update_many(changes(1500), chunk_size=300)
    assert slow.sizes == [200, 300, 300, 300, 300, 100]


async def test_a_chunk_that_is_too_much_is_halved_and_the_next_ones_stay_small(slow, client):
    slow.most, slow.each = 300, 0.0
    result = await client.products.update_many(changes(1000))
    assert len(result.succeeded) == 1000
    assert slow.sizes[:4] == [200, 400, 200, 200]


async def test_pages_grow_and_shrink_too_and_no_row_is_lost(slow, client):
    products = await client.products.list(page_size=2000).collect()
    assert [product.productid for product in products] == list(range(1, 5001))
    assert slow.sizes[:3] == [200, 400, 800]
    assert max(slow.sizes) <= 2000


async def test_a_page_that_is_too_much_is_asked_for_again_by_halves(slow, client):
    slow.most, slow.rows, slow.each = 50, 120, 0.0
    products = await client.products.list().collect()
    assert [product.productid for product in products] == list(range(1, 121))
    assert slow.sizes[:3] == [200, 100, 50]


@pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning")
async def test_a_half_that_came_full_is_no_end_where_no_count_is_told(slow, client):
    slow.most, slow.rows, slow.each, slow.silent = 50, 120, 0.0, True
    products = await client.products.list().collect()
    assert [product.productid for product in products] == list(range(1, 121))


async def test_halves_count_as_attempts(slow, client):
    slow.most = 0
    with pytest.raises(ServerError, match="504"):
        await client.with_options(retry=RetryPolicy(attempts=4)).products.list().collect()
    assert slow.sizes == [200, 100, 50, 25]


async def test_a_page_is_halved_down_to_one_row_which_has_all_the_time_of_a_walk(slow, client):
    slow.most = 0
    began = asyncio.get_running_loop().time()
    with pytest.raises(ServerError, match="504"):
        await client.products.list().collect()
    assert slow.sizes[:9] == [200, 100, 50, 25, 12, 6, 3, 1, 1]
    assert {*slow.sizes[9:]} == {1}
    assert asyncio.get_running_loop().time() - began > 300


async def test_halves_share_the_deadline_of_the_call(slow, client):
    slow.most = 0
    with pytest.raises(ServerError, match="504") as caught:
        await client.with_options(deadline=0.4).products.list().collect()
    assert slow.sizes == [200]
    assert "not tried again" in caught.value.__notes__[0]


async def test_a_deadline_in_flight_is_told_as_such(slow, client):
    with pytest.raises(DeadlineError):
        await client.with_options(deadline=0.05).products.list().collect()


async def test_a_collection_without_a_page_size_is_repeated_as_elsewhere(slow, client):
    slow.most = 0
    with pytest.raises(ServerError):
        await client.with_options(retry=RetryPolicy(attempts=4)).pos_payment_types.list()
    assert slow.asked == 4


async def test_a_client_that_is_closed_meanwhile_tells_the_error_it_had(slow, client):
    slow.most = 0
    walk = asyncio.ensure_future(client.products.list().collect())
    await asyncio.sleep(0.05)
    await client.aclose(drain=False)
    with pytest.raises(ServerError, match="504"):
        await walk


async def test_a_page_of_one_row_that_fails_is_an_error(slow, client):
    slow.most = 0
    with pytest.raises(ServerError, match="504"):
        await client.with_options(retry=RetryPolicy(attempts=4)).products.list().first()
    assert slow.sizes == [1, 1, 1, 1]


async def test_a_walk_by_id_loses_nothing_when_its_pages_shrink():
    async with FakeSitoo(orders=40) as fake:
        fake.script(Fault.server_error(when="before", path="orders"))
        async with SitooClient(**fake.credentials, bulk_seconds=0.5) as client:
            walked = [order.orderid async for order in client.orders.list(page_size=30)]
            assert sorted(walked) == sorted(fake.items("/sites/1/orders"))


@pytest.mark.parametrize("value", [0, -1, "1", True])
def test_a_time_that_can_not_be_meant_is_refused(value):
    with pytest.raises(InvalidOptionError, match="bulk_seconds"):
        SitooClient(api_id="1-1", password="p", base_url="https://a.b", bulk_seconds=value)


@given(
    most=st.integers(1, 5000),
    aim=st.floats(0.1, 60),
    events=st.lists(st.tuples(st.booleans(), st.floats(0.0001, 600)), max_size=30),
)
def test_whatever_happens_the_size_stays_within_its_limits(most, aim, events):
    pace = Pace(most, aim)
    assert pace.size == min(most, FIRST)
    for well, seconds in events:
        size = pace.size
        if well:
            pace.took(size, seconds)
            assert pace.size <= size or 2 * seconds <= aim
            assert pace.size >= size // 2
        else:
            pace.failed(size)
            assert pace.size <= max(size, most // 16)
        assert 1 <= pace.size <= most
        assert pace.size >= min(FIRST, most // 16)
