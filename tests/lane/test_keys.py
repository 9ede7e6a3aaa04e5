"""Several keys behind one client: what they gain, what keeps its order, and which one failed."""

from __future__ import annotations

import asyncio
import pickle

import pytest

from sitoo_async import SitooClient, errors
from sitoo_async.testing import Fault
from tests.lane._keys_server import KEYS, client_of, gets, limit, seconds_for, used

virtual = pytest.mark.virtual_time


# Speed --------------------------------------------------------------------------------------


@virtual
async def test_three_keys_are_nearly_three_times_as_fast_as_one(server):
    async with client_of(server, KEYS[:1]) as one:
        alone = await seconds_for(one, 90)
    async with client_of(server) as three:
        together = await seconds_for(three, 90)
    assert alone / together >= 2.7
    assert (server.overlaps, server.highest_in_flight) == (0, 1)
    # One connection for each key of each client.
    assert len({(request.connection, request.api_id) for request in server.requests}) == 4
    assert len({request.connection for request in server.requests}) == 4


@virtual
async def test_calls_one_after_the_other_take_the_keys_in_turn(server):
    async with client_of(server) as client:
        for _ in range(6):
            await client.products.get(1)
    assert used(server)[:3] == used(server)[3:]
    assert {*used(server)} == {"5", "6", "7"}


@virtual
async def test_calls_wait_for_whichever_key_is_free_first(server):
    async with client_of(server) as client:
        await seconds_for(client, 9)
        server.reset()
        server.script(Fault.hang(5))
        (slow,) = gets(client, [1])
        await asyncio.sleep(1)
        await seconds_for(client, 40)
        assert not slow.done()
        await slow
    assert server.requests[0].api_id not in {request.api_id for request in server.requests[1:]}


@virtual
async def test_what_waits_when_a_key_runs_into_its_limit_goes_on_with_the_others(server):
    server.script(limit(300, path="*/1.json"))
    async with client_of(server) as client:
        # The call that was refused as well: nothing was done for it.
        assert await seconds_for(client, 60) < 1
        assert [lane.held_for > 290 for lane in client.stats_by_key().values()].count(True) == 1


@virtual
async def test_a_key_on_hold_is_left_alone_while_others_are_free(server):
    server.script(limit(300))
    async with client_of(server) as client:
        await client.products.get(1)
        hasty = client.with_options(max_rate_limit_wait=0)
        assert await seconds_for(hasty, 40) < 1
        assert client.stats().held_for == 0
        by_key = client.stats_by_key()
        assert [*by_key] == [api_id for api_id, _ in KEYS]
        assert by_key[server.requests[0].api_id].held_for > 290


@virtual
async def test_bulk_work_in_a_lane_does_not_count_for_interactive_calls(server):
    server.script(Fault.hang(1, times=2))
    async with client_of(server, KEYS[:2]) as client:
        calls = gets(client.with_options(priority="bulk"), range(1, 41))
        await asyncio.sleep(0.5)
        assert await seconds_for(client, 2) == pytest.approx(0.54, abs=0.01)
        await asyncio.gather(*calls)


@virtual
async def test_max_waiting_counts_the_calls_that_wait_whichever_key_they_wait_for(server):
    server.script(Fault.hang(5, times=3))
    async with client_of(server, max_waiting=2) as client:
        calls = gets(client, range(1, 6))
        await asyncio.sleep(1)
        with pytest.raises(errors.LaneFullError, match="2 calls wait already"):
            await client.products.get(1)
        pinned = client.with_options(pin=True)
        with pytest.raises(errors.LaneFullError):
            await pinned.products.update(1, title="one too many")
        assert await asyncio.gather(*calls)


@virtual
async def test_stats_add_up(server):
    server.script(Fault.hang(2, times=3))
    async with client_of(server) as client:
        assert client.stats().sent == 0
        calls = gets(client, range(1, 6))
        calls += gets(client.with_options(priority="bulk"), range(1, 5))
        await asyncio.sleep(1)
        stats = client.stats()
        assert (stats.waiting, stats.in_flight) == ({"interactive": 2, "bulk": 4}, 3)
        assert stats.busy == pytest.approx(3, abs=0.2)
        # A call that waits for any key waits in each, and once in all.
        for lane in client.stats_by_key().values():
            assert (lane.waiting, lane.in_flight) == (stats.waiting, 1)
        await asyncio.gather(*calls)
        stats = client.stats()
        assert (stats.sent, stats.waits, stats.refused) == (9, 9, 0)
        assert stats.longest_wait == max(s.longest_wait for s in client.stats_by_key().values())


# Trouble ------------------------------------------------------------------------------------


@virtual
async def test_a_write_of_unknown_outcome_is_tried_again_with_its_own_key(server):
    # Only that key tells, by refusing, that Sitoo is still at work on the first attempt.
    async with client_of(server) as client:
        await seconds_for(client, 9)
        server.script(Fault.locked(3.0, method="PUT"))
        writing = asyncio.ensure_future(client.products.update(1, title="new"))
        await asyncio.sleep(0.1)
        assert await seconds_for(client, 30) < 1
        await writing
    tries = [request for request in server.requests if request.method == "PUT"]
    assert len({request.api_id for request in tries}) == 1
    assert [request.status for request in tries] == [504, *[429] * (len(tries) - 2), 200]
    assert tries[-1].started - tries[0].started >= 3


@virtual
async def test_a_read_of_unknown_outcome_is_tried_again_with_any_key(server):
    server.script(Fault.locked(60.0))
    async with client_of(server) as client:
        assert await seconds_for(client, 1) < 1
    first, second = server.requests
    assert first.api_id != second.api_id


@virtual
async def test_the_pieces_of_a_chunk_stay_with_its_key(server):
    server.script(Fault.html502(method="PUT"))
    async with client_of(server) as client:
        changes = [{"productid": n, "title": "new"} for n in range(1, 9)]
        result, _ = await asyncio.gather(
            client.products.update_many(changes), client.products.get(1)
        )
    assert len(result.succeeded) == 8
    pieces = [request for request in server.requests if request.method == "PUT"]
    assert [len(piece.json) for piece in pieces] == [8, 4, 4]
    assert len({piece.api_id for piece in pieces}) == 1


async def test_a_refused_key_is_named_with_what_to_check_and_without_its_password(server):
    async with SitooClient(
        api_id="90316-125", password="se-cret", base_url=server.base_url, account_id=90316
    ) as client:
        with pytest.raises(errors.AuthenticationError) as caught:
            await client.products.get(1)
    assert caught.value.message == (
        f"401: Unauthorized: API ID 90316-125 was refused for account 90316 at {server.base_url};"
        " check the API ID, the password and the base URL, and that the key's allow-list of"
        " addresses holds this machine's"
    )
    assert caught.value.errortext == "401: Unauthorized"
    assert "se-cret" not in f"{caught.value!r}{vars(caught.value)}"
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert str(again) == str(caught.value)


async def test_of_several_keys_the_one_that_was_refused_is_named(server):
    async with client_of(server, [("90316-999", "nobody's")]) as client:
        with pytest.raises(errors.AuthenticationError, match="API ID 90316-999 was refused"):
            await client.request("GET", "/sites.json")
        with pytest.raises(errors.AuthenticationError, match="API ID 90316-999 was refused"):
            await client.products.list()
        result = await client.products.update_many([{"productid": 1, "title": "a"}])
    assert "API ID 90316-999 was refused" in str(result[0].error)


# Order --------------------------------------------------------------------------------------


@virtual
async def test_pinned_writes_of_one_group_keep_their_order(server):
    server.script(Fault.html502(method="PUT", times=3), Fault.hang(1, path="*/3.json"))
    async with client_of(server, pin=True) as client:
        await asyncio.gather(
            *(client.products.update(1 + n % 7, title=f"{n}") for n in range(40)),
            *gets(client, range(1, 41)),
            client.site(2).products.list().collect(),
        )
    titles = [r.json["title"] for r in server.requests if r.status == 200 and r.json]
    assert titles == [f"{n}" for n in range(40)]
    assert len({request.api_id for request in server.requests if request.method == "PUT"}) == 1
    assert len({*used(server)}) == 3
    assert server.products()[5]["title"] == "39"


@virtual
async def test_groups_are_pinned_each_to_its_own_key(server):
    server.add_products(9, site=2)
    async with client_of(server) as client:
        pinned = client.with_options(pin=True)
        for _ in range(3):
            await pinned.products.update(1, title="a")
            await pinned.site(2).products.update(next(iter(server.products(2))), title="a")
            await pinned.categories.add(title="a")
    products = {r.api_id for r in server.requests if "products" in r.path}
    categories = {r.api_id for r in server.requests if "categories" in r.path}
    assert len(products) == len(categories) == 1
    assert products != categories


# Coalescing ---------------------------------------------------------------------------------


@virtual
async def test_a_read_never_joins_one_that_began_before_a_write_through_another_key_ended(server):
    server.script(Fault.hang(3, method="GET", when="after", times=2))
    async with client_of(server, KEYS[:2], coalesce=True) as client:
        (early,) = gets(client, [1])
        await asyncio.sleep(0.1)
        await client.products.update(1, title="written")
        # Both keys are at work now, the one of the early read for longer.
        late = gets(client, [2, *[1] * 6])[1:]
        assert {product.title for product in await asyncio.gather(*late)} == {"written"}
        assert (await early).title != "written"


@virtual
async def test_what_waits_for_any_key_leaves_together_with_the_first_that_is_free(server):
    async with client_of(server, coalesce=True) as client:
        calls = (client.products.update(1 + n % 60, title=f"{n}") for n in range(60))
        assert await asyncio.gather(*calls) == [True] * 60
    # One alone with each key, and all others together.
    assert len(server.requests) == 4
    assert server.overlaps == 0


@virtual
@pytest.mark.parametrize("others", [0, 3], ids=["all keys are free", "none is"])
async def test_identical_reads_are_one_request_whatever_keys_are_free(server, others):
    server.script(*[Fault.hang(1)] * others)
    async with client_of(server, coalesce=True) as client:
        flights = gets(client, range(1, 1 + others))
        await asyncio.sleep(0.5)
        results = await asyncio.gather(*gets(client, [7] * 200))
        await asyncio.gather(*flights)
    assert [product.productid for product in results] == [7] * 200
    assert len(server.requests) == 1 + others
