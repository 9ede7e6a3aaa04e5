"""Every item has an outcome: after a fault of our own, a cancellation, a stream that raises."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from sitoo_async import BatchError, InvalidInputError, LaneStats, SitooClient, SitooError
from sitoo_async._batching import chunk
from sitoo_async._lane import session, sharing
from sitoo_async.testing import Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(products=9)]


class OurFaultError(Exception):
    """A fault of the library itself."""


def breaks(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, after: int = 0) -> None:
    """Let a function of the library's raise from its call number `after` on."""
    works, calls = getattr(module, name), 0

    def function(*arguments: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > after:
            raise OurFaultError("we were wrong")
        return works(*arguments, **named)

    monkeypatch.setattr(module, name, function)


def changes(count: int = 9) -> list[dict[str, Any]]:
    return [{"productid": n + 1, "title": f"Title {n + 1}"} for n in range(count)]


def known(outcomes: Any) -> list[str | None]:
    return [outcome.error and outcome.error.sent for outcome in outcomes]


def errors_logged(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.levelno == logging.ERROR]


def assert_ours(error: BaseException | None) -> None:
    """An error of ours that somebody foreseeing nothing can still work with."""
    assert type(error) is SitooError
    assert "an exception that nobody foresaw, OurFaultError: we were wrong" in str(error)
    assert isinstance(error.__cause__, OurFaultError)


# ------------------------------------------------------------------------ a fault of our own


async def test_a_fault_of_ours_in_flight_leaves_each_item_an_outcome(client, monkeypatch, caplog):
    breaks(monkeypatch, session, "judge", after=1)
    result = await client.products.update_many(changes(), chunk_size=3)
    assert known(result) == [None] * 3 + ["unknown"] * 3 + ["no"] * 3
    for outcome in result.failed:
        assert_ours(outcome.error)
    assert len({id(outcome.error) for outcome in result.failed}) == 6
    assert "not sent, because the batch had to stop" in str(result[8].error)
    (record,) = errors_logged(caplog)
    assert record.exc_info is not None
    assert record.exc_info[0] is OurFaultError
    assert "PUT /sites/1/products.json" in record.getMessage()
    # The log of the batch itself is one record more.
    assert len(caplog.records) == 2


async def test_a_fault_of_ours_in_reading_an_answer_leaves_its_items_unknown(
    fake, client, monkeypatch, caplog
):
    breaks(monkeypatch, chunk, "results_of", after=1)
    result = await client.products.update_many(changes(), chunk_size=3)
    assert known(result) == [None] * 3 + ["unknown"] * 3 + ["no"] * 3
    assert_ours(result[3].error)
    assert len(fake.requests) == 2
    assert len(errors_logged(caplog)) == 1


async def test_a_fault_of_ours_before_anything_was_sent_says_so(fake, client, monkeypatch, caplog):
    def broken(*_: Any) -> Any:
        raise OurFaultError("we were wrong")

    monkeypatch.setattr(session.Session, "admit", broken)
    result = await client.products.update_many(changes(), chunk_size=3)
    assert known(result) == ["no"] * 9
    assert_ours(result[0].error)
    assert fake.requests == []
    assert len(errors_logged(caplog)) == 1


async def test_a_fault_of_ours_half_way_keeps_the_outcomes_that_are_known(client, monkeypatch):
    breaks(monkeypatch, chunk, "error_for_status")
    items = [*changes(2), {"productid": 999, "title": "Nobody"}, *changes(2)]
    result = await client.products.update_many(items)
    assert known(result) == [None, None, "unknown", "unknown", "unknown"]


async def test_a_fault_of_ours_after_a_lost_try_is_never_called_unsent(fake, client, monkeypatch):
    fake.script(Fault.drop(when="after"))
    breaks(monkeypatch, chunk, "results_of")
    result = await client.products.update_many(changes(8), chunk_size=4)
    # All four of the first chunk were sent before; the half that was not sent again, too.
    assert known(result) == ["unknown"] * 4 + ["no"] * 4


async def test_a_stream_is_read_no_further_after_a_fault_of_ours(client, monkeypatch):
    breaks(monkeypatch, session, "judge")
    source = iter(changes())
    outcomes = [o async for o in client.products.update_many(source, chunk_size=3)]
    assert known(outcomes) == ["unknown"] * 3
    assert len([*source]) == 6


async def test_a_return_that_ends_in_an_exception_fails_its_item_alone(client, caplog):
    batch = client.products.update_many(changes(4))
    batch._sending.read = _fails_on_second()
    result = await batch
    assert known(result) == [None, "yes", "yes", "yes"]
    assert all(outcome.status == 200 for outcome in result)
    for outcome in result.failed:
        assert type(outcome.error).__name__ == "DecodeError"
        assert isinstance(outcome.error.__cause__, OurFaultError)
    assert len(errors_logged(caplog)) == 1


def _fails_on_second() -> Any:
    calls = 0

    def read(value: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise OurFaultError("we were wrong")
        return value

    return read


@pytest.mark.parametrize("coalesce", [False, True], ids=["alone", "coalesced"])
async def test_single_calls_get_errors_of_their_own(fake, monkeypatch, caplog, coalesce: bool):  # noqa: FBT001
    async with SitooClient(**fake.credentials, coalesce=coalesce) as client:
        await client.products.get(1)
        breaks(monkeypatch, session, "judge")
        calls = [client.products.update(n, title="x") for n in range(1, 6)]
        raised = await asyncio.gather(*calls, return_exceptions=True)
        for error in raised:
            assert_ours(error)
            assert error.sent == "unknown"
            assert (error.method, error.attempt) == ("PUT", 1)
        assert len({id(error) for error in raised}) == 5
        assert len(errors_logged(caplog)) == len(fake.requests) - 1
        # The key goes on: nobody is left waiting, and what comes next is served.
        monkeypatch.undo()
        assert await client.products.update(1, title="y") is True
        assert stands_still(client.stats())


def stands_still(stats: LaneStats) -> bool:
    return not stats.in_flight and not any(stats.waiting.values())


async def test_a_fault_of_ours_in_sharing_an_answer_reaches_each_caller(fake, monkeypatch, caplog):
    async with SitooClient(**fake.credentials, coalesce=True) as client:
        breaks(monkeypatch, sharing, "results_of")
        first = asyncio.ensure_future(client.products.get(9))
        calls = [client.products.update(n, title="x") for n in range(1, 6)]
        raised = await asyncio.gather(*calls, return_exceptions=True)
        await first
    for error in raised:
        assert_ours(error)
        assert error.sent == "unknown"
    assert len({id(error) for error in raised}) == 5
    assert len(errors_logged(caplog)) == 1


async def test_callers_of_one_shared_read_get_errors_of_their_own(fake, monkeypatch, caplog):
    async with SitooClient(**fake.credentials, coalesce=True) as client:
        breaks(monkeypatch, session, "judge")
        raised = await asyncio.gather(
            *(client.products.get(1) for _ in range(4)), return_exceptions=True
        )
    for error in raised:
        assert_ours(error)
    assert len({id(error) for error in raised}) == 4
    assert len(fake.requests) == len(errors_logged(caplog)) == 1


async def test_a_fault_in_preparing_an_item_is_told_of_that_item(client):
    batch = client.products.update_many(iter(changes(3)))
    prepare = batch._prepare
    batch._prepare = lambda item: prepare(item) if item["productid"] != 2 else 1 / 0
    result = await batch
    assert [outcome.ok for outcome in result] == [True, False, True]
    assert isinstance(result[1].error, InvalidInputError)
    assert isinstance(result[1].error.__cause__, ZeroDivisionError)


# ----------------------------------------------------------- cancellations, and raising streams


async def begun(awaitable: Any, seconds: float) -> asyncio.Task[Any]:
    async def run() -> Any:
        return await awaitable

    task = asyncio.create_task(run())
    await asyncio.sleep(seconds)
    return task


async def cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_cancellation_in_flight_leaves_those_in_flight_unknown(fake, client):
    fake.script(Fault.hang(60, path="products.json"))
    batch = client.products.update_many(changes(), chunk_size=3)
    task = await begun(batch, 1)
    await cancelled(task)
    assert known(batch.outcomes) == ["unknown"] * 3 + ["no"] * 6
    assert [outcome.index for outcome in batch.outcomes] == [*range(9)]
    attempts = [outcome.error and outcome.error.attempt for outcome in batch.outcomes]
    assert attempts == [1] * 3 + [None] * 6
    assert str(batch.outcomes[0].error).startswith("it was cut short by CancelledError")
    assert str(batch.outcomes[8].error) == (
        "not sent, because the batch had to stop: it was cut short by CancelledError"
    )
    assert repr(batch) == "<Batch products.update_many: cut short, 9 outcomes, 9 failed>"
    with pytest.raises(BatchError):
        type(await client.products.update_many([]))(batch.outcomes).raise_for_failures()


async def test_a_cancellation_while_it_waits_for_its_turn_leaves_all_unsent(fake, client):
    fake.script(Fault.hang(60))
    ahead = await begun(client.products.get(1), 1)
    batch = client.products.update_many(iter(changes()), chunk_size=3)
    task = await begun(batch, 1)
    await cancelled(task)
    assert known(batch.outcomes) == ["no"] * 3
    await ahead
    assert len(fake.requests) == 1


async def test_a_timeout_in_the_second_chunk_keeps_the_first(fake, client):
    fake.script(Fault.hang(0), Fault.hang(60))
    batch = client.products.update_many(changes(), chunk_size=3)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await batch
    assert known(batch.outcomes) == [None] * 3 + ["unknown"] * 3 + ["no"] * 3


async def test_a_cancellation_between_two_tries_is_never_called_unsent(fake, client):
    fake.script(Fault.html502(times=9))
    batch = client.products.update_many(changes(4))
    task = await begun(batch, 1.5)
    assert len(fake.requests) > 1
    await cancelled(task)
    assert known(batch.outcomes) == ["unknown"] * 4


async def test_bad_rows_keep_their_reasons_when_a_list_is_cut_short(fake, client):
    fake.script(Fault.hang(60))
    items = changes()
    items[7] = {"productid": 8, "moneyprice": 0.5}
    batch = client.products.update_many(items, chunk_size=3, invalid="outcome")
    task = await begun(batch, 1)
    await cancelled(task)
    assert [type(outcome.error) for outcome in batch.outcomes] == [
        *[SitooError] * 7,
        InvalidInputError,
        SitooError,
    ]


async def some(count: int, error: BaseException) -> AsyncIterator[Any]:
    for item in changes(count):
        yield item
    raise error


def some_at_once(count: int, error: BaseException) -> Iterator[Any]:
    yield from changes(count)
    raise error


@pytest.mark.parametrize("stream", [some, some_at_once], ids=["async", "plain"])
@pytest.mark.parametrize("error", [ZeroDivisionError, asyncio.CancelledError])
async def test_what_was_read_before_a_stream_raised_has_outcomes(
    fake, client, stream: Any, error: type[BaseException]
):
    batch = client.products.update_many(stream(5, error("mine")), chunk_size=3)
    with pytest.raises(error, match="mine"):
        await batch
    assert known(batch.outcomes) == [None] * 3 + ["no"] * 2
    assert len(fake.requests) == 1


async def test_an_iteration_that_is_cut_short_tells_of_the_chunk_at_hand(client):
    batch = client.products.update_many(some_at_once(5, ZeroDivisionError()), chunk_size=3)
    seen = [(await anext(batch)).index for _ in range(3)]
    with pytest.raises(ZeroDivisionError):
        await anext(batch)
    assert seen == [0, 1, 2]
    assert [outcome.index for outcome in batch.outcomes] == [3, 4]


# ------------------------------------------------------------------------------------- the log


def warnings_logged(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.INFO]


async def test_a_batch_with_failures_is_one_record_however_many_there_are(client, caplog):
    await client.products.update_many(
        [{"productid": 100 + n, "title": "x"} for n in range(40)], chunk_size=1
    )
    (told,) = warnings_logged(caplog)
    assert told.startswith("products.update_many: 40 of 40 items failed; the first is item 0: 404:")
    caplog.clear()
    async for _ in client.products.update_many(iter([{"titel": "x"}] * 40), chunk_size=4):
        pass
    assert len(warnings_logged(caplog)) == 1


async def test_batches_of_one_are_one_record_each_and_none_where_all_went_well(client, caplog):
    for n in range(1, 20):
        await client.products.update_many([{"productid": n, "title": "x"}])
    assert len(warnings_logged(caplog)) == 10


async def test_single_calls_that_fail_together_are_told_to_their_callers_alone(fake, caplog):
    async with SitooClient(**fake.credentials, coalesce=True) as client:
        calls = [client.products.update(100 + n, title="x") for n in range(40)]
        raised = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error).__name__ for error in raised} == {"NotFoundError"}
    assert warnings_logged(caplog) == []


async def test_a_cut_short_or_refused_batch_is_told_to_its_caller_alone(fake, client, caplog):
    fake.script(Fault.hang(60))
    batch = client.products.update_many(changes(), chunk_size=3)
    await cancelled(await begun(batch, 1))
    with pytest.raises(InvalidInputError):
        await client.products.update_many([{"titel": "x"}] * 40)
    assert warnings_logged(caplog) == []
