"""Calls against the fake server on virtual time: the retry table, holds, timeouts, cancellation."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import logging

import anyio
import attrs
import pytest

from sitoo_async import (
    ExchangeRecord,
    RetryPolicy,
    SitooClient,
    errors,
)
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(products=25)]

ONCE = RetryPolicy(attempts=1)


def methods(fake):
    return [record.method for record in fake.requests]


def now():
    return asyncio.get_running_loop().time()


async def first_id(client):
    return (await client.products.list(page_size=1)).items[0].productid


# ------------------------------------------------------------- the retry table, row by row


async def test_connection_not_made_is_tried_again_whatever_the_method(fake, client):
    address = fake.base_url
    await fake.aclose()
    began = now()
    with pytest.raises(errors.ConnectError) as caught:
        await client.products.add(sku="NEW")
    assert caught.value.sent == "no"
    assert caught.value.attempt == 4
    assert now() - began == pytest.approx(0.1 + 0.2 + 0.4, abs=0.05)
    assert address.rpartition(":")[2] in str(caught.value)


async def test_a_429_of_overlap_is_sat_out_for_any_method(fake, client):
    fake.script(Fault.refuse(times=3))
    productid = await client.products.add(sku="NEW")
    assert fake.products()[productid]["sku"] == "NEW"
    assert methods(fake) == ["POST"] * 4
    times = [record.started for record in fake.requests]
    waits = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert waits == pytest.approx([0.2, 0.4, 0.8], abs=0.02)
    assert client.stats().refused == 3


async def test_a_429_of_the_slot_is_sat_out_until_its_reset(fake, client, caplog):
    fake.script(Fault.answer(429, headers={"X-Rate-Limit-Reset": "57"}, errortext="429: limit"))
    began = now()
    await client.products.get(await first_id(client))
    assert 57 <= now() - began <= 59
    told = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(told) == 1
    assert "on hold for 5" in told[0]


@pytest.mark.parametrize("reset", ["", "soon", "-5", "0"])
async def test_a_bad_reset_is_like_the_brief_hold(fake, client, reset):
    fake.script(Fault.answer(429, headers={"X-Rate-Limit-Reset": reset}, errortext="429: limit"))
    began = now()
    await first_id(client)
    assert now() - began == pytest.approx(0.2, abs=0.02)


async def test_an_epoch_as_reset_is_capped_at_a_slot(fake, client):
    fake.script(Fault.answer(429, headers={"X-Rate-Limit-Reset": "1760000000"}, errortext="x"))
    began = now()
    await first_id(client)
    assert 600 <= now() - began <= 601


async def test_the_real_slot_budget_is_waited_out(client):
    async with (
        FakeSitoo(products=3, slot_requests=5) as small,
        SitooClient(**small.credentials) as other,
    ):
        for _ in range(12):
            await first_id(other)
        assert small.highest_in_flight == 1
        assert small.limited == 2  # each slot is run into once, by one request
        assert small.requests[-1].started - small.requests[0].started >= 1200


AMBIGUOUS = {
    "50x": Fault.server_error(503),
    "html 502": Fault.html502(),
    "dropped": Fault.drop(),
    "half a body": Fault.half(),
}


def twice(fault):
    return attrs.evolve(fault, times=2)


@pytest.mark.parametrize("fault", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
async def test_an_unknown_outcome_of_a_get_is_tried_again(fake, client, fault):
    fake.script(twice(fault))
    assert (await client.products.list()).totalcount == 25
    assert methods(fake) == ["GET"] * 3


@pytest.mark.parametrize("fault", AMBIGUOUS.values(), ids=AMBIGUOUS.keys())
async def test_an_unknown_outcome_of_a_repeatable_put_is_tried_again(fake, client, fault):
    productid = await first_id(client)
    fake.reset()
    fake.script(twice(fault))
    assert await client.products.update(productid, title="New") is True
    assert methods(fake) == ["PUT"] * 3
    assert fake.products()[productid]["title"] == "New"


def cut_at_its_source(status=200):
    """An answer whose gzip breaks off, under a length that is true."""
    body = gzip.compress(b'{"productid":1,"title":"Blanket"}')[:-9]
    return Fault.answer(status, body=body, headers={"Content-Encoding": "gzip"})


async def test_a_read_whose_compressed_answer_was_cut_off_at_its_source_is_tried_again(
    fake, client
):
    fake.script(cut_at_its_source(), cut_at_its_source())
    assert (await client.products.get(1)).productid == 1
    assert methods(fake) == ["GET"] * 3


async def test_an_add_whose_compressed_answer_was_cut_off_is_not_tried_again(fake, client):
    fake.script(cut_at_its_source())
    with pytest.raises(errors.ReadError, match="the answer is not whole") as caught:
        await client.products.add(sku="NEW")
    assert caught.value.sent == "unknown"
    assert methods(fake) == ["POST"]


async def test_a_50x_whose_compressed_body_was_cut_off_is_a_50x(fake, client):
    fake.script(cut_at_its_source(502))
    with pytest.raises(errors.ServerError) as caught:
        await client.products.add(sku="NEW")
    assert caught.value.status == 502


async def test_json_that_ends_early_under_a_true_length_is_no_lost_answer(fake, client):
    fake.script(Fault.answer(200, body=b'{"productid":1,"titl'))
    with pytest.raises(errors.DecodeError):
        await client.products.get(1)
    assert methods(fake) == ["GET"]


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("kind", ["server_error", "drop", "half"])
async def test_a_post_is_never_repeated_and_says_that_nobody_knows(fake, client, kind, when):
    fake.script(getattr(Fault, kind)(when=when))
    with pytest.raises((errors.ServerError, errors.ReadError)) as caught:
        await client.products.add(sku="NEW")
    assert caught.value.sent == "unknown"
    assert caught.value.attempt == 1
    assert "may have done the work" in str(caught.value)
    assert methods(fake) == ["POST"]
    assert client.stats().held_for > 0


async def test_no_answer_in_time_is_tried_again_for_a_get(fake, client):
    fake.script(Fault.hang(300))
    began = now()
    await client.with_options(request_timeout=10).products.list()
    # The key stays busy for 300 s: refusals cost time, not attempts.
    assert now() - began >= 300
    assert fake.overlaps > 20


async def test_no_answer_in_time_to_a_post_is_unknown(fake, client):
    fake.script(Fault.hang(300))
    with pytest.raises(errors.RequestTimeoutError) as caught:
        await client.with_options(request_timeout=10).products.add(sku="NEW")
    assert caught.value.sent == "unknown"
    assert isinstance(caught.value, TimeoutError)
    fake.unlock()


async def test_a_50x_that_locks_the_key_costs_time_and_not_attempts(fake, client):
    fake.script(Fault.locked(120))
    began = now()
    assert (await client.products.list()).totalcount == 25
    assert 120 <= now() - began <= 135
    assert fake.overlaps > 10


async def test_as_many_attempts_as_the_policy_says_and_then_the_last_error(fake, client):
    fake.script(Fault.server_error(500, errortext="first", times=3), Fault.html502())
    with pytest.raises(errors.ServerError) as caught:
        await client.with_options(retry=RetryPolicy(attempts=4)).products.list()
    assert (caught.value.status, caught.value.attempt) == (502, 4)
    assert methods(fake) == ["GET"] * 4


async def test_retries_can_be_switched_off_for_a_view(fake, client):
    fake.script(Fault.drop(method="PUT"))
    productid = await first_id(client)
    with pytest.raises(errors.ReadError):
        await client.with_options(retry=ONCE).products.update(productid, title="x")
    assert methods(fake) == ["GET", "PUT"]  # and aiohttp has not sent it again by itself


ANSWERED = {
    400: errors.BadRequestError,
    401: errors.AuthenticationError,
    403: errors.PermissionDeniedError,
    404: errors.NotFoundError,
    409: errors.ConflictError,
    418: errors.ApiError,
}


@pytest.mark.parametrize("status", ANSWERED)
async def test_another_4xx_is_never_tried_again(fake, client, status):
    fake.script(Fault.answer(status, errortext="because"))
    with pytest.raises(ANSWERED[status], match="because") as caught:
        await client.products.get(1)
    error = caught.value
    assert (error.status, error.errortext, error.sent, error.attempt) == (
        status,
        "because",
        "yes",
        1,
    )
    assert (error.method, error.path) == ("GET", "/sites/1/products/1.json")
    assert error.request_id is not None
    assert error.elapsed is not None
    assert len(fake.requests) == 1


async def test_an_undecodable_2xx_is_never_tried_again(fake, client):
    fake.script(Fault.answer(200, body="<html>hello</html>"))
    with pytest.raises(errors.DecodeError) as caught:
        await client.products.get(1)
    assert (caught.value.sent, caught.value.path) == ("yes", "/sites/1/products/1.json")
    assert len(fake.requests) == 1


async def test_a_404_after_an_unknown_delete_is_success(fake, client):
    productid = await first_id(client)
    fake.script(Fault.drop(when="after", method="DELETE"))
    assert await client.products.delete(productid) is True
    assert methods(fake) == ["GET", "DELETE", "DELETE"]
    with pytest.raises(errors.NotFoundError):
        await client.products.delete(productid)


async def test_sent_tells_the_worst_over_all_attempts(fake, client):
    productid = await first_id(client)
    fake.script(Fault.drop(method="PUT"), Fault.answer(400, errortext="no", method="PUT"))
    with pytest.raises(errors.BadRequestError) as caught:
        await client.products.update(productid, title="x")
    assert (caught.value.sent, caught.value.attempt) == ("unknown", 2)


async def test_once_sent_the_last_real_error_is_raised_and_not_a_queue_timeout(fake, client):
    fake.script(Fault.server_error(503, times=3))
    patient = client.with_options(queue_timeout=0.5)
    with pytest.raises(errors.ServerError) as caught:
        await patient.products.list()  # 0.2 s of hold fit, then 0.4 s do not
    assert caught.value.sent == "unknown"
    assert any("not tried again" in note for note in caught.value.__notes__)


async def test_a_refused_call_out_of_patience_tells_when_to_come_back(fake, client):
    fake.script(Fault.answer(429, headers={"X-Rate-Limit-Reset": "300"}, errortext="429: limit"))
    began = now()
    with pytest.raises(errors.RateLimitError) as caught:
        await client.with_options(max_rate_limit_wait=60).products.list()
    assert now() - began < 1
    assert 300 <= caught.value.retry_after <= 302
    with pytest.raises(errors.RateLimitError):  # at submit, too
        await client.with_options(deadline=60).products.list()
    assert len(fake.requests) == 1


async def test_endless_refusals_end_when_patience_does(fake, client):
    fake.script(Fault.refuse(times=10_000))
    began = now()
    with pytest.raises(errors.RateLimitError) as caught:
        await client.products.list()
    assert 600 < now() - began <= 660
    assert caught.value.sent == "no"


async def test_a_pause_that_would_outlast_the_deadline_is_not_begun(fake, client):
    await fake.aclose()
    began = now()
    slow = RetryPolicy(pause=5, longest_pause=5)
    with pytest.raises(errors.ConnectError):
        await client.with_options(deadline=3, retry=slow).products.list()
    assert now() - began < 1


async def test_a_deadline_in_flight_is_unknown_and_the_exchange_runs_on(fake, client):
    fake.script(Fault.hang(5))
    with pytest.raises(errors.DeadlineError) as caught:
        await client.with_options(deadline=2).products.list()
    assert (caught.value.sent, caught.value.attempt) == ("unknown", 1)
    await client.products.list()
    assert fake.requests[1].started >= fake.requests[0].ended
    assert fake.overlaps == 0


# -------------------------------------------------------- the server's view: never two at once


async def test_a_thousand_callers_and_cancellations_never_overlap(fake, client):
    ids = [product.productid for product in await client.products.list()]
    calls = [asyncio.ensure_future(client.products.get(ids[n % 25])) for n in range(300)]
    await asyncio.sleep(0)
    for number, call in enumerate(calls):
        if number % 3 == 0:
            call.cancel()
            await asyncio.sleep(0)
    results = await asyncio.gather(*calls, return_exceptions=True)
    cancelled = [r for r in results if isinstance(r, asyncio.CancelledError)]
    assert len(cancelled) + sum(hasattr(r, "sku") for r in results) == 300
    assert (fake.highest_in_flight, fake.overlaps) == (1, 0)


async def test_cancelled_in_flight_in_every_way_nothing_overlaps(fake, client):
    fake.script(Fault.hang(3, times=3))
    with anyio.move_on_after(1):
        await client.products.list()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1):
            await client.products.list()
    call = asyncio.ensure_future(client.products.list())
    await asyncio.sleep(2)
    call.cancel()
    await client.products.list()
    assert (fake.highest_in_flight, fake.overlaps) == (1, 0)


async def test_two_clients_with_one_key_share_the_lane_and_two_keys_do_not(fake, client):
    fake.add_key("90316-126", "other")
    same = SitooClient(**fake.credentials)
    other = SitooClient(**{**fake.credentials, "api_id": "90316-126", "password": "other"})
    fake.script(Fault.hang(1, times=3))
    async with same, other:
        began = now()
        await asyncio.gather(*(c.products.list() for c in (client, same, other)))
        assert now() - began == pytest.approx(2, abs=0.1)
    assert fake.overlaps == 0


# ------------------------------------------------------------------------------- observation


async def test_observers_see_every_exchange_and_may_call_back(fake):
    seen = []
    async with SitooClient(**fake.credentials, observers=[seen.append]) as client:
        fake.script(Fault.html502(), Fault.drop())
        await client.products.list()
    assert all(isinstance(record, ExchangeRecord) for record in seen)
    assert [(r.status, r.error) for r in seen] == [
        (502, "ServerError"),
        (None, "ReadError"),
        (200, None),
    ]
    assert seen[2].received > 0
    assert seen[2].path == "/sites/1/products.json"
    assert seen[2].request_id is not None


async def test_an_observer_that_fails_is_reported_and_disturbs_nobody(fake):
    reported = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))

    def observer(_):
        raise ZeroDivisionError

    async with SitooClient(**fake.credentials, observers=[observer]) as client:
        assert (await client.products.list()).totalcount == 25
    assert [type(error) for error in reported] == [ZeroDivisionError]


async def test_one_debug_record_an_exchange_without_the_query(fake, client, caplog):
    caplog.set_level(logging.DEBUG, logger="sitoo_async")
    await client.products.list(sku=["secret-sku"])
    told = [r.getMessage() for r in caplog.records if r.name == "sitoo_async"]
    assert len(told) == 1
    assert told[0].startswith("GET /sites/1/products.json: 200 in ")
    assert "secret-sku" not in told[0]


# ------------------------------------------------------- a chunk and its pieces are one call


EIGHT = [{"productid": n, "title": f"New {n}"} for n in range(1, 9)]


def chunks(fake):
    """How many items each batch held, as it came to the server."""
    return [len(record.json) for record in fake.requests if record.method == "PUT"]


async def started(batch):
    """Run a batch in a task, and return when its first request is under way."""

    async def run():
        return await batch

    task = asyncio.ensure_future(run())
    await asyncio.sleep(0.05)
    return task


@pytest.mark.parametrize("fault", [Fault.html502(), Fault.hang(20)], ids=["50x", "timeout"])
async def test_a_drain_serves_all_pieces_of_a_chunk(fake, fault):
    fake.script(twice(attrs.evolve(fault, method="PUT")))
    async with SitooClient(**fake.credentials, request_timeout=10) as client:
        batch = await started(client.products.update_many(EIGHT))
    assert batch.done()
    assert len((await batch).succeeded) == 8
    assert chunks(fake)[-3:] == [2, 2, 4]
    assert fake.products()[8]["title"] == "New 8"


async def test_a_drain_serves_no_further_chunk(fake):
    fake.script(Fault.html502(method="PUT"))
    async with SitooClient(**fake.credentials) as client:
        batch = await started(client.products.update_many(EIGHT, chunk_size=4))
    result = await batch
    assert [outcome.ok for outcome in result] == [True] * 4 + [False] * 4
    assert isinstance(result[4].error, errors.ClientClosedError)
    assert chunks(fake) == [4, 2, 2]


async def test_a_drop_between_two_pieces_ends_the_chunk(fake):
    fake.script(Fault.answer(200, body=[{"statuscode": 429}] * 8, method="PUT"))
    client = SitooClient(**fake.credentials)
    batch = await started(client.products.update_many(EIGHT))  # pauses for 0.2 s
    await client.aclose(drain=False)
    result = await batch
    assert {type(outcome.error) for outcome in result} == {errors.ClientClosedError}
    assert {outcome.error.sent for outcome in result} == {"no"}
    assert chunks(fake) == [8]


async def test_pieces_do_not_count_against_max_waiting(fake, client):
    fake.script(Fault.hang(1, method="PUT"), Fault.html502(method="PUT"))
    narrow = client.with_options(max_waiting=2)
    # The first chunk passes; the second one is cut while as many calls wait as may.
    batch = await started(narrow.products.update_many(EIGHT, chunk_size=4))
    await asyncio.sleep(1)
    reads = [asyncio.ensure_future(narrow.products.get(n)) for n in (1, 2)]
    assert len((await batch).succeeded) == 8
    await asyncio.gather(*reads)
    assert chunks(fake) == [4, 4, 2, 2]


async def test_pieces_keep_the_place_of_their_chunk(fake, client):
    fake.script(Fault.server_error(503, method="PUT"))
    batch = await started(client.products.update_many(EIGHT))  # the hold of 0.2 s runs
    reads = [asyncio.ensure_future(client.products.get(n)) for n in (1, 2, 3)]
    await asyncio.gather(batch, *reads)
    # The lane has gone on when the first half's caller hears of it; the second half waits once.
    assert methods(fake) == ["PUT", "PUT", "GET", "PUT", "GET", "GET"]


async def test_a_deadline_holds_for_a_chunk_and_all_its_pieces(fake, client):
    fake.script(Fault.server_error(503, method="PUT"), Fault.hang(2, method="PUT", times=2))
    began = now()
    result = await client.with_options(deadline=3).products.update_many(EIGHT)
    assert now() - began == pytest.approx(3, abs=0.01)
    assert [outcome.ok for outcome in result] == [True] * 4 + [False] * 4
    assert isinstance(result[7].error, errors.DeadlineError)
    assert result[7].error.sent == "unknown"


async def test_a_deadline_begins_anew_with_each_chunk(fake, client):
    fake.script(Fault.hang(2, method="PUT", times=2))
    result = await client.with_options(deadline=3).products.update_many(EIGHT, chunk_size=4)
    assert len(result.succeeded) == 8


async def test_a_chunk_does_not_pause_beyond_its_deadline(fake, client):
    refused = [{"statuscode": 429, "errortext": "busy"}] * 8
    fake.script(Fault.answer(200, body=refused, method="PUT", times=9))
    began = now()
    result = await client.with_options(deadline=1).products.update_many(EIGHT)
    assert now() - began < 1  # 0.2 and 0.4 s fit, another 0.8 do not
    assert {type(outcome.error) for outcome in result} == {errors.DeadlineError}
    assert {outcome.error.sent for outcome in result} == {"no"}
    assert chunks(fake) == [8] * 3


async def test_a_queue_timeout_holds_for_a_chunk_and_all_its_pieces(fake, client):
    fake.script(Fault.server_error(503, times=5, method="PUT"))
    began = now()
    # The holds grow faster than the pauses: each is waited for a little longer than the last one.
    result = await client.with_options(queue_timeout=1).products.update_many(EIGHT)
    assert now() - began < 1 + 1.5
    assert {type(outcome.error) for outcome in result} == {errors.ServerError}
    assert {outcome.error.sent for outcome in result} == {"unknown"}


async def test_each_piece_may_sit_out_a_rate_limit(fake, client):
    limit = Fault.answer(429, headers={"X-Rate-Limit-Reset": "500"}, errortext="429: limit")
    fake.script(limit, Fault.html502(method="PUT"), limit)
    began = now()
    result = await client.products.update_many(EIGHT)
    assert len(result.succeeded) == 8
    assert now() - began > 1000
