"""Batches, over a server in memory that answers as Sitoo does: 200 outside, codes inside."""

from __future__ import annotations

import asyncio
import logging
import pickle
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from sitoo_async._batching.batch import Batch, BatchResult, Outcome
from sitoo_async._batching.chunk import SendPiece
from sitoo_async._lane.retry import RetryPolicy, Trouble
from sitoo_async.errors import (
    AuthenticationError,
    BadRequestError,
    BatchError,
    ClientClosedError,
    ConflictError,
    ConnectError,
    DeadlineError,
    DecodeError,
    InvalidInputError,
    LaneFullError,
    NotFoundError,
    PermissionDeniedError,
    QueueTimeoutError,
    RateLimitError,
    ReadError,
    RequestTimeoutError,
    ServerError,
    SitooError,
)


class Server:
    """Does the work of a chunk item by item; calls and items fail as the tests script it."""

    def __init__(self) -> None:
        self.calls: list[tuple[list[Any], bool]] = []
        self.done: Counter[Any] = Counter()
        self.failures: dict[int, Exception] = {}  # by the number of the call, nothing done
        self.lost: dict[int, Exception] = {}  # by the number of the call, the work done
        self.answers: dict[int, Any] = {}  # by the number of the call, in place of the results
        self.statuses: dict[Any, list[int]] = {}  # by item, one after the other; then 200
        self.errortext: Any = "refused"
        self.pauses: list[float] = []
        self.gate: asyncio.Event | None = None
        self.gated = 0  # from which call on the gate is closed
        self.takes = 0.0  # seconds that a call takes which fails

    async def send(self, items: list[Any], bulk: bool) -> Any:  # noqa: FBT001  # as in chunk
        call = len(self.calls)
        self.calls.append((items, bulk))
        await asyncio.sleep(0)
        if self.gate is not None and call >= self.gated:
            await self.gate.wait()
        if call in self.failures:
            raise self.failures[call]
        results = [self.work(item) for item in items]
        if call in self.lost:
            raise self.lost[call]
        return self.answers.get(call, results)

    def work(self, item: Any) -> dict[str, Any]:
        status = self.statuses[item].pop(0) if self.statuses.get(item) else 200
        if status >= 300:
            return {"statuscode": status, "errortext": self.errortext}
        self.done[item] += 1
        return {"statuscode": status, "return": item * 10}

    @contextmanager
    def chunk(self, bulk: bool) -> Iterator[SendPiece]:  # noqa: FBT001  # the contract
        async def send(items: list[Any], pause: float, trouble: Trouble) -> tuple[Any, float]:
            if pause:
                self.pauses.append(pause)
                trouble.paused(pause)
            trouble.exchanges += 1
            try:
                return await self.send(items, bulk), 0.0
            except SitooError:
                trouble.failed(self.takes)
                raise

        yield send

    def batch(self, items: Any, *, chunk_size: int = 4, **options: Any) -> Batch[int]:
        options = {
            "prepare": prepare,
            "read": int,
            "repeatable": True,
            "deletes": False,
            "policy": RetryPolicy(attempts=4),
            **options,
        }
        return Batch(self.chunk, items, chunk_size=chunk_size, label="items.update_many", **options)

    @property
    def chunks(self) -> list[list[Any]]:
        return [items for items, _ in self.calls]

    @property
    def sizes(self) -> list[int]:
        return [len(items) for items, _ in self.calls]


def prepare(item: Any) -> Any:
    if not isinstance(item, int):
        raise InvalidInputError(f"price must be a number, not {item!r}", field="price")
    return item


def numbers(count: int) -> Iterator[int]:
    yield from range(count)


async def later(items: Any) -> AsyncIterator[Any]:
    for item in items:
        await asyncio.sleep(0)
        yield item


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("it never came to that")


def sized(make: Callable[[int], Any]) -> bool:
    return make in (INPUTS["list"], INPUTS["range"])


def sent(result: Any) -> list[str | None]:
    return [outcome.error and outcome.error.sent for outcome in result]


INPUTS: dict[str, Callable[[int], Any]] = {
    "list": lambda count: list(range(count)),
    "range": range,
    "generator": numbers,
    "async generator": lambda count: later(range(count)),
}
inputs = pytest.mark.parametrize("make", INPUTS.values(), ids=INPUTS)


# Any length, one outcome per input


@inputs
async def test_every_input_has_one_outcome_in_input_order(make: Callable[[int], Any]):
    server = Server()
    result = await server.batch(make(10))
    assert [(o.index, o.item, o.status, o.value, o.error, o.ok) for o in result] == [
        (n, n, 200, n * 10, None, True) for n in range(10)
    ]
    assert server.chunks == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_the_first_chunk_is_interactive_and_the_rest_is_bulk():
    server = Server()
    await server.batch(range(9))
    assert [bulk for _, bulk in server.calls] == [False, True, True]


@inputs
async def test_an_empty_input_is_an_empty_result_and_no_request(make: Callable[[int], Any]):
    server = Server()
    result = await server.batch(make(0))
    assert len(result) == 0
    assert server.calls == []
    result.raise_for_failures()
    assert [outcome async for outcome in server.batch(make(0))] == []


@inputs
async def test_async_for_gives_outcomes_chunk_by_chunk(make: Callable[[int], Any]):
    server = Server()
    seen = []
    async for outcome in server.batch(make(10)):
        seen.append(outcome.index)
        assert len(server.calls) == outcome.index // 4 + 1
    assert seen == list(range(10))


async def test_only_one_chunk_of_a_stream_is_read_ahead():
    server = Server()
    read = []

    def stream() -> Iterator[int]:
        for n in range(100):
            read.append(n)
            assert n // 4 == len(server.calls)
            yield n

    await server.batch(stream())
    assert len(read) == 100


async def test_an_endless_stream_can_be_iterated_and_its_outcomes_are_not_kept():
    async def endless() -> AsyncIterator[int]:
        n = 0
        while True:
            await asyncio.sleep(0)
            yield n
            n += 1

    server = Server()
    batch = server.batch(endless())
    async for outcome in batch:
        assert len(batch.outcomes) <= 4
        if outcome.index == 41:
            break
    assert [outcome.index for outcome in batch.outcomes] == [40, 41, 42, 43]


# What is refused before it is sent


async def test_a_list_is_checked_whole_before_anything_is_sent():
    server = Server()
    with pytest.raises(InvalidInputError, match=r"^item 7: price must be a number") as caught:
        await server.batch([0, 1, 2, 3, 4, 5, 6, "x", 8])
    assert (caught.value.index, caught.value.field, caught.value.sent) == (7, "price", "no")
    assert server.calls == []


@pytest.mark.parametrize("wrap", [iter, later], ids=["iterator", "async generator"])
async def test_a_bad_item_in_a_stream_is_a_failed_outcome_and_the_rest_goes_on(wrap: Any):
    server = Server()
    result = await server.batch(wrap([0, "x", 2, 3, 4, "y"]))
    assert [outcome.index for outcome in result] == list(range(6))
    assert [outcome.index for outcome in result.failed] == [1, 5]
    first = result.failed[0]
    assert isinstance(first.error, InvalidInputError)
    assert (first.item, first.status, first.error.index, first.error.sent) == ("x", None, 1, "no")
    assert server.chunks == [[0, 2, 3], [4]]


async def test_a_chunk_of_nothing_but_bad_items_makes_no_request():
    server = Server()
    result = await server.batch(iter(["a", "b", "c", "d", 4]))
    assert len(result.failed) == 4
    assert server.calls == [([4], False)]


@pytest.mark.parametrize("chunk_size", [0, -1, 5001, True, 10.0, "10", None])
def test_a_bad_chunk_size_is_refused(chunk_size: Any):
    with pytest.raises(InvalidInputError, match=r"chunk_size .* from 1 to 5000, not") as caught:
        Server().batch([1], chunk_size=chunk_size)
    assert caught.value.field == "chunk_size"


@pytest.mark.parametrize(
    ("items", "kind"),
    [("text", "str"), (b"text", "bytes"), ({"productid": 1}, "dict"), (7, "int"), (None, "None")],
)
def test_a_single_item_is_refused_with_the_remedy(items: Any, kind: str):
    with pytest.raises(InvalidInputError, match=f"not {kind}.*put a single item into a list: "):
        Server().batch(items)


def test_a_plain_for_says_what_to_write_instead():
    batch = Server().batch([])
    with pytest.raises(TypeError, match=r"async for outcome in batch.*await batch"):
        list(batch)  # type: ignore[call-overload]  # the mistake under test
    asyncio.run(consume(batch))


async def consume(batch: Batch[Any]) -> None:
    await batch


def test_a_forgotten_await_is_a_warning():
    with pytest.warns(RuntimeWarning, match=r"items.update_many: this batch was never awaited"):
        Server().batch([1])


# A batch runs once


async def test_awaited_again_it_gives_the_same_result():
    server = Server()
    batch = server.batch(range(5))
    assert await batch is await batch
    assert len(server.calls) == 2


async def test_a_list_that_was_iterated_to_its_end_can_be_awaited():
    batch = Server().batch(range(5))
    outcomes = [outcome async for outcome in batch]
    assert list(await batch) == outcomes
    assert [outcome async for outcome in batch] == []


async def test_a_stream_that_was_iterated_to_its_end_has_no_result_left():
    batch = Server().batch(numbers(5))
    assert len([outcome async for outcome in batch]) == 5
    with pytest.raises(RuntimeError, match="handed out one by one"):
        await batch


async def test_a_batch_left_between_two_outcomes_can_be_iterated_further_but_not_awaited():
    server = Server()
    batch = server.batch(range(10))
    async for outcome in batch:
        if outcome.index == 5:
            break
    assert [outcome.index for outcome in batch.outcomes] == list(range(8))
    with pytest.raises(RuntimeError, match="left half done"):
        await batch
    assert [outcome.index async for outcome in batch] == [6, 7, 8, 9]
    assert [server.done[n] for n in range(10)] == [1] * 10


async def test_an_awaited_batch_is_not_iterated():
    batch = Server().batch(range(5))
    await batch
    with pytest.raises(RuntimeError, match="iterate the result of the await"):
        await anext(batch)


async def test_a_list_refused_at_the_await_can_be_mended_and_awaited_again():
    items: list[Any] = [1, "x"]
    batch = Server().batch(items)
    with pytest.raises(InvalidInputError):
        await batch
    items[1] = 2
    assert len((await batch).succeeded) == 2


async def test_two_tasks_on_one_batch_are_told_so():
    server = Server()
    server.gate = asyncio.Event()
    batch = server.batch(range(5))
    waiting = asyncio.create_task(batch.__anext__())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="another task is running this batch"):
        await anext(batch)
    server.gate.set()
    assert (await waiting).index == 0


@inputs
async def test_cancelling_the_await_cancels_the_run_and_leaves_the_outcomes(make: Any):
    server = Server()
    server.gate, server.gated = asyncio.Event(), 2
    server.failures = {0: ServerError("502")}  # the first chunk goes out as two halves
    batch = server.batch(make(10))
    task = asyncio.create_task(consume(batch))
    await until(lambda: len(server.calls) == 3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert [outcome.value for outcome in batch.outcomes if outcome.ok] == [0, 10]
    # The rest of what was read has outcomes too: a list was read whole, of a stream one chunk.
    assert [outcome.index for outcome in batch.outcomes] == [*range(10 if sized(make) else 4)]
    await asyncio.sleep(0)
    assert len(server.calls) == 3
    with pytest.raises(RuntimeError, match="left half done"):
        await batch


async def test_after_a_cancelled_iteration_nothing_is_sent_again():
    server = Server()
    server.gate, server.gated = asyncio.Event(), 1
    batch = server.batch(range(8))
    assert [(await anext(batch)).index for _ in range(4)] == [0, 1, 2, 3]
    task = asyncio.create_task(batch.__anext__())
    await until(lambda: len(server.calls) == 2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(RuntimeError, match="an exception cut it short"):
        await anext(batch)
    assert len(server.calls) == 2


async def test_an_exception_out_of_the_stream_comes_out_of_the_await():
    def broken() -> Iterator[int]:
        yield from range(6)
        raise ZeroDivisionError

    server = Server()
    batch = server.batch(broken())
    with pytest.raises(ZeroDivisionError):
        await batch
    assert [(outcome.index, outcome.ok) for outcome in batch.outcomes] == [
        *((n, True) for n in range(4)),
        *((n, False) for n in (4, 5)),
    ]
    error = batch.outcomes[-1].error
    assert (
        str(error)
        == "not sent, because the batch had to stop: it was cut short by ZeroDivisionError"
    )
    assert server.chunks == [[0, 1, 2, 3]]


async def test_repr_says_how_far_it_is():
    server = Server()
    server.statuses = {1: [404]}
    batch = server.batch(range(6))
    assert repr(batch) == "<Batch items.update_many: not started, await it>"
    await anext(batch)
    assert repr(batch) == "<Batch items.update_many: under way, 4 outcomes, 1 failed>"
    async for _ in batch:
        pass
    assert repr(batch) == "<Batch items.update_many: finished, 6 outcomes, 1 failed>"


# The result


async def test_the_result_is_a_sequence_that_knows_what_failed():
    server = Server()
    server.statuses = {2: [404], 5: [400]}
    result = await server.batch(range(6))
    assert len(result) == 6
    assert result[2] is result.failed[0]
    assert [outcome.index for outcome in result[1:3]] == [1, 2]
    assert [outcome.index for outcome in result.succeeded] == [0, 1, 3, 4]
    assert [outcome.index for outcome in result.failed] == [2, 5]
    assert next(reversed(result)) is result[-1]
    assert repr(result) == (
        "<BatchResult: 2 of 6 items failed; the first is item 2: 404: refused (attempt 1)>"
    )
    assert repr(await server.batch([1])) == "<BatchResult: all 1 succeeded>"


async def test_raise_for_failures_counts_and_quotes_the_first_on_one_line():
    server = Server()
    server.statuses = {2: [404], 5: [500]}
    server.errortext = "no such\nproduct"
    result = await server.batch(range(6), repeatable=False)
    with pytest.raises(BatchError) as caught:
        result.raise_for_failures()
    assert caught.value.message.startswith("2 of 6 items failed; the first is item 2: 404: no such")
    assert "\n" not in str(caught.value)
    assert caught.value.result is result
    assert caught.value.sent == "unknown"  # the worst of theirs
    assert caught.value.__cause__ is result.failed[0].error


async def test_a_bad_item_is_named_once_in_the_text():
    result = await Server().batch(iter(["x"]))
    with pytest.raises(BatchError, match=r"^1 of 1 items failed; the first is item 0: price must"):
        result.raise_for_failures()


async def test_result_and_error_pickle():
    server = Server()
    server.statuses = {2: [409]}
    result = await server.batch(range(4))
    copied = pickle.loads(pickle.dumps(result))  # noqa: S301  # our own bytes
    assert isinstance(copied, BatchResult)
    assert copied.succeeded == result.succeeded
    assert isinstance(copied[2].error, ConflictError)
    with pytest.raises(BatchError) as caught:
        result.raise_for_failures()
    error = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own bytes
    assert str(error) == str(caught.value)
    assert len(error.result) == 4


async def test_a_partial_failure_is_logged_once_with_counts_and_the_first(
    caplog: pytest.LogCaptureFixture,
):
    server = Server()
    server.statuses = {2: [404], 5: [404]}
    await server.batch(range(6))
    assert [(r.name, r.levelno, r.getMessage()) for r in caplog.records] == [
        (
            "sitoo_async",
            logging.WARNING,
            "items.update_many: 2 of 6 items failed; the first is item 2: 404: refused (attempt 1)",
        )
    ]
    caplog.clear()
    await server.batch(range(6))
    assert caplog.records == []
    server.statuses = {2: [404]}
    async for _ in server.batch(numbers(6)):
        pass
    assert len(caplog.records) == 1


# Items that fail


@pytest.mark.parametrize(
    ("status", "kind", "known"),
    [
        (400, BadRequestError, "yes"),
        (401, AuthenticationError, "yes"),
        (403, PermissionDeniedError, "yes"),
        (404, NotFoundError, "yes"),
        (409, ConflictError, "yes"),
        (500, ServerError, "unknown"),
    ],
)
async def test_an_item_fails_alone_with_the_error_of_its_status(
    status: int, kind: type[SitooError], known: str
):
    server = Server()
    server.statuses = {1: [status]}
    result = await server.batch(range(6), repeatable=False)
    error = result[1].error
    assert type(error) is kind
    assert (error.status, error.errortext, error.sent) == (status, "refused", known)
    assert (result[1].status, result[1].value) == (status, None)
    assert len(result.succeeded) == 5
    assert server.sizes == [4, 2]


async def test_an_errortext_may_be_missing_or_no_text():
    server = Server()
    server.errortext = None
    server.statuses = {0: [400]}
    result = await server.batch([0])
    assert result[0].error is not None
    assert result[0].error.errortext is None
    server.errortext = ["sku", 1]
    server.statuses = {0: [400]}
    result = await server.batch([0])
    assert result[0].error is not None
    assert result[0].error.errortext == "['sku', 1]"


@pytest.mark.parametrize("status", [200, 201, 204])
async def test_any_2xx_is_success(status: int):
    server = Server()
    server.statuses = {0: [status]}
    result = await server.batch([0])
    assert (result[0].ok, result[0].status, result[0].value) == (True, status, 0)


@pytest.mark.parametrize("repeatable", [True, False])
async def test_a_refused_item_is_sent_again_after_growing_pauses(repeatable: bool):  # noqa: FBT001
    server = Server()
    server.statuses = {1: [429, 429, 429], 2: [429]}
    result = await server.batch(range(6), repeatable=repeatable)
    assert len(result.succeeded) == 6
    assert server.chunks == [[0, 1, 2, 3], [1, 2], [1], [1], [4, 5]]
    assert server.pauses == [0.2, 0.4, 0.8]
    assert set(server.done.values()) == {1}


async def test_an_item_is_refused_for_so_long_and_no_longer():
    server = Server()
    server.statuses = {1: [429] * 200}
    result = await server.batch(range(2), policy=RetryPolicy(attempts=1))
    error = result[1].error
    assert isinstance(error, RateLimitError)
    assert (result[1].status, error.sent, error.attempt) == (429, "no", len(server.calls))
    assert server.pauses[:8] == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    assert 300 < sum(server.pauses) <= 310


async def test_a_failing_item_is_repeated_within_the_attempts_where_that_is_harmless():
    server = Server()
    server.statuses = {1: [500, 503], 2: [500] * 9}
    result = await server.batch(range(4))
    assert result[1].ok
    assert isinstance(result[2].error, ServerError)
    assert result[2].error.sent == "unknown"
    assert server.chunks == [[0, 1, 2, 3], [1, 2], [1, 2], [2]]
    assert server.pauses == [0.2, 0.4, 0.8]


async def test_refused_and_failing_items_go_again_apart_from_each_other():
    server = Server()
    server.statuses = {0: [429], 1: [500], 2: [429], 3: [500]}
    result = await server.batch(range(4))
    assert len(result.succeeded) == 4
    assert server.chunks == [[0, 1, 2, 3], [0, 2], [1, 3]]


async def test_sent_is_the_worst_over_the_tries_of_an_item():
    server = Server()
    server.statuses = {1: [500, 400], 2: [500] + [429] * 200}
    result = await server.batch(range(3))
    assert isinstance(result[1].error, BadRequestError)
    assert isinstance(result[2].error, RateLimitError)
    assert sent(result) == [None, "unknown", "unknown"]


async def test_deleting_what_an_earlier_try_deleted_is_success():
    server = Server()
    server.statuses = {1: [500, 404], 2: [404]}
    result = await server.batch(range(3), deletes=True)
    assert (result[1].ok, result[1].status, result[1].value) == (True, 404, True)
    # Nothing was lost here: there was nothing to delete.
    assert isinstance(result[2].error, NotFoundError)


async def test_not_found_after_a_lost_update_is_a_failure():
    server = Server()
    server.statuses = {1: [500, 404]}
    result = await server.batch(range(2))
    assert isinstance(result[1].error, NotFoundError)
    assert result[1].error.sent == "unknown"


async def test_a_lost_delete_of_a_whole_chunk_counts_for_each_item():
    server = Server()
    server.lost = {0: ReadError("lost", sent="unknown")}
    server.statuses = {n: [200, 404] for n in range(4)}
    result = await server.batch(range(4), deletes=True)
    assert [outcome.value for outcome in result] == [True] * 4
    assert server.sizes == [4, 2, 2]


@pytest.mark.parametrize(
    "row", [None, 7, True, {}, {"statuscode": "ok"}, {"statuscode": True}, {"return": 1}]
)
async def test_a_result_without_a_status_code_fails_its_item_alone(row: Any):
    server = Server()
    server.answers = {0: [{"statuscode": 200, "return": 1}, row]}
    result = await server.batch(range(2))
    assert result[0].ok
    assert isinstance(result[1].error, DecodeError)
    assert (result[1].status, result[1].error.sent) == (None, "unknown")


@pytest.mark.parametrize("returned", ["x", None])
async def test_an_unreadable_return_is_a_decode_error_of_work_that_was_done(returned: Any):
    server = Server()
    server.answers = {0: [{"statuscode": 200, "return": returned}]}
    result = await server.batch([0])
    assert isinstance(result[0].error, DecodeError)
    assert (result[0].status, result[0].error.sent) == (200, "yes")


async def test_a_decode_error_from_the_reader_is_kept():
    def read(returned: Any) -> int:
        raise DecodeError(f"no id: {returned}", location="return")

    result = await Server().batch([0], read=read)
    assert isinstance(result[0].error, DecodeError)
    assert (result[0].error.location, result[0].error.sent) == ("return", "yes")


# Chunks that fail

AMBIGUOUS = [
    ServerError("502: bad gateway", status=502, sent="unknown"),
    ReadError("connection lost", sent="unknown"),
    RequestTimeoutError("no answer within 120 s", sent="unknown"),
]
ambiguous = pytest.mark.parametrize("error", AMBIGUOUS, ids=lambda error: type(error).__name__)


@ambiguous
async def test_a_chunk_of_unknown_fate_is_halved_and_later_chunks_stay_small(error: SitooError):
    server = Server()
    server.lost = {0: error}
    result = await server.batch(range(20), chunk_size=8)
    assert len(result.succeeded) == 20
    assert server.chunks == [
        [0, 1, 2, 3, 4, 5, 6, 7],
        [0, 1, 2, 3],
        [4, 5, 6, 7],
        [8, 9, 10, 11],
        [12, 13, 14, 15],
        [16, 17, 18, 19],
    ]
    assert [bulk for _, bulk in server.calls] == [False, False, False, True, True, True]


@ambiguous
async def test_a_chunk_that_must_not_be_repeated_fails_and_the_next_ones_are_smaller(
    error: SitooError,
):
    server = Server()
    server.lost = {0: error}
    result = await server.batch(range(8), repeatable=False)
    assert [type(outcome.error) for outcome in result.failed] == [type(error)] * 4
    assert sent(result) == ["unknown"] * 4 + [None] * 4
    assert server.chunks == [[0, 1, 2, 3], [4, 5], [6, 7]]
    assert set(server.done.values()) == {1}


async def test_each_half_is_halved_again_within_the_attempts():
    server = Server()
    server.failures = dict.fromkeys(range(1, 100), AMBIGUOUS[0])
    result = await server.batch([*range(16)], chunk_size=8, policy=RetryPolicy(attempts=3))
    assert len(result.succeeded) == 8
    assert sent(result)[8:] == ["unknown"] * 8
    assert server.sizes[:4] == [8, 8, 4, 2]
    assert max(Counter(n for chunk in server.chunks for n in chunk).values()) == 3


async def test_a_piece_is_cut_to_a_size_that_was_lowered_meanwhile():
    server = Server()
    server.failures = {0: AMBIGUOUS[0], 1: AMBIGUOUS[0]}
    result = await server.batch(range(8), chunk_size=8)
    assert len(result.succeeded) == 8
    assert server.chunks == [[*range(8)], [0, 1, 2, 3], [0, 1], [2, 3], [4, 5], [6, 7]]


async def test_refused_items_still_wait_when_their_piece_is_cut():
    server = Server()
    server.statuses = {n: [429] for n in range(4)}
    server.failures = {0: AMBIGUOUS[0], 2: AMBIGUOUS[0]}
    result = await server.batch(range(8), chunk_size=8)
    assert len(result.succeeded) == 8
    assert server.sizes == [8, 4, 4, 2, 2, 2, 2]
    assert server.chunks[-2:] == [[0, 1], [2, 3]]
    assert server.pauses == [0.1, 0.2, 0.2]  # two halves, and the first part of the refused ones


async def test_one_item_that_the_server_chokes_on_fails_alone():
    class Choking(Server):
        async def send(self, items: list[Any], bulk: bool) -> Any:  # noqa: FBT001  # as in chunk
            answer = await super().send(items, bulk)
            if 5 in items:
                raise AMBIGUOUS[0]
            return answer

    server = Choking()
    result = await server.batch(range(64), chunk_size=32, policy=RetryPolicy(attempts=6))
    assert [outcome.index for outcome in result.failed] == [5]
    # Later chunks are smaller, but not of one item each.
    assert server.sizes[-1] == 2


async def test_a_short_chunk_that_fails_does_not_make_the_next_ones_short():
    server = Server()
    server.failures = {0: AMBIGUOUS[0]}
    result = await server.batch(iter(["x", "x", "x", 3, *range(4, 12)]))
    assert len(result.failed) == 3
    assert server.sizes == [1, 1, 4, 4]


async def test_a_single_item_is_repeated_as_often_as_the_policy_says():
    server = Server()
    server.failures = dict.fromkeys(range(100), AMBIGUOUS[1])
    result = await server.batch([1], policy=RetryPolicy(attempts=3))
    assert len(server.calls) == 3
    assert sent(result) == ["unknown"]


@pytest.mark.parametrize(
    ("error", "known"),
    [
        (BadRequestError("400: bad", status=400, sent="yes"), "yes"),
        (ConflictError("409: not now", status=409, sent="yes"), "yes"),
        (DecodeError("not JSON"), "unknown"),
    ],
)
async def test_a_refused_or_undecodable_chunk_fails_and_the_run_goes_on(
    error: SitooError, known: str
):
    server = Server()
    server.failures = {0: error}
    result = await server.batch(range(6))
    assert [type(outcome.error) for outcome in result.failed] == [type(error)] * 4
    assert sent(result) == [known] * 4 + [None] * 2
    assert server.sizes == [4, 2]


@pytest.mark.parametrize("answer", [[], [{"statuscode": 200}], True, {"statuscode": 200}, None])
async def test_an_answer_of_the_wrong_length_is_a_decode_error_for_its_chunk(answer: Any):
    server = Server()
    server.answers = {0: answer}
    result = await server.batch(range(6))
    assert len(result.failed) == 4
    assert isinstance(result[0].error, DecodeError)
    assert "4 items were sent" in str(result[0].error)
    assert sent(result) == ["unknown"] * 4 + [None] * 2


async def test_one_item_may_be_answered_by_its_bare_value_or_result():
    server = Server()
    server.answers = {0: 28, 1: {"statuscode": 404, "errortext": "gone"}, 2: []}
    result = await server.batch(range(3), chunk_size=1)
    assert (result[0].status, result[0].value) == (200, 28)
    assert isinstance(result[1].error, NotFoundError)
    assert isinstance(result[2].error, DecodeError)


FATAL = [
    AuthenticationError("401: wrong password", status=401, sent="yes", attempt=1, elapsed=0.1),
    PermissionDeniedError("403: not allowed", status=403, sent="yes"),
    NotFoundError("404: no such site", status=404, sent="yes"),
    RateLimitError("429: slot used up", status=429, retry_after=500.0),
    ClientClosedError("the client was closed"),
    SitooError("something else"),
]


@pytest.mark.parametrize("error", FATAL, ids=lambda error: type(error).__name__)
async def test_an_error_that_would_strike_all_chunks_stops_the_sending(error: SitooError):
    server = Server()
    server.failures = {1: error}
    result = await server.batch(range(11))
    assert len(server.calls) == 2
    assert [outcome.ok for outcome in result] == [True] * 4 + [False] * 7
    assert {type(outcome.error) for outcome in result.failed} == {type(error)}
    assert sent(result)[4:8] == [error.sent] * 4
    assert sent(result)[8:] == ["no"] * 3
    last = result[-1].error
    assert last is not None
    assert last.message == f"not sent, because the batch had to stop: {error.message}"
    assert (last.attempt, last.elapsed) == (None, None)


# What passes

UNREACHED = ConnectError("connection refused")
TURNED_AWAY = {
    "no turn": QueueTimeoutError("waited for 5 s"),
    "full": LaneFullError("100 calls wait already"),
}


@pytest.mark.virtual_time
@pytest.mark.parametrize("error", TURNED_AWAY.values(), ids=TURNED_AWAY)
async def test_a_chunk_that_got_no_turn_fails_alone_and_the_next_one_waits_a_moment(error):
    server = Server()
    server.failures = {1: error, 2: error, 3: error, 5: error}
    began = asyncio.get_running_loop().time()
    result = await server.batch(range(28))
    assert [outcome.ok for outcome in result] == (
        [True] * 4 + [False] * 12 + [True] * 4 + [False] * 4 + [True] * 4
    )
    assert {type(outcome.error) for outcome in result.failed} == {type(error)}
    assert {outcome.error.sent for outcome in result.failed} == {"no"}
    # After a turn the pauses begin anew.
    took = asyncio.get_running_loop().time() - began
    assert took == pytest.approx(0.2 + 0.4 + 0.8 + 0.2, abs=0.05)


@pytest.mark.virtual_time
async def test_the_rest_of_a_chunk_that_got_no_turn_is_not_sent():
    server = Server()
    server.failures = {0: AMBIGUOUS[0], 1: TURNED_AWAY["full"]}
    result = await server.batch(range(6))
    assert server.chunks == [[0, 1, 2, 3], [0, 1], [4, 5]]
    assert sent(result) == ["unknown"] * 4 + [None] * 2


async def test_a_chunk_without_a_connection_fails_alone():
    server = Server()
    server.failures = {1: UNREACHED, 3: UNREACHED}
    result = await server.batch(range(20))
    assert len(server.calls) == 5
    assert [outcome.index for outcome in result.failed] == [4, 5, 6, 7, 12, 13, 14, 15]
    assert sent(result.failed) == ["no"] * 8


@pytest.mark.parametrize(
    "make", [range, numbers, lambda n: later(range(n))], ids=["list", "stream", "async"]
)
async def test_two_chunks_in_a_row_without_a_connection_end_the_run(make):
    server = Server()
    server.failures = dict.fromkeys(range(1, 100), UNREACHED)
    result = await server.batch(make(40))
    assert len(server.calls) == 3
    assert {type(outcome.error) for outcome in result.failed} == {ConnectError}
    assert sent(result)[:12] == [None] * 4 + ["no"] * 8
    assert set(sent(result)[12:]) <= {"no"}
    assert len(result) == (40 if make is range else 12)


async def test_the_rest_of_a_chunk_without_a_connection_is_not_sent():
    server = Server()
    server.failures = {0: AMBIGUOUS[1], 1: UNREACHED}
    result = await server.batch(range(6))
    assert server.chunks == [[0, 1, 2, 3], [0, 1], [4, 5]]
    assert [type(outcome.error) for outcome in result] == [ReadError] * 4 + [type(None)] * 2
    for outcome in result[2:4]:
        assert outcome.error is not None
        assert outcome.error.sent == "unknown"  # they were in the first request


@pytest.mark.parametrize("shared", [False, True])
async def test_a_deadline_of_its_own_ends_a_chunk_and_one_of_all_ends_the_run(shared):
    server = Server()
    server.failures = {1: DeadlineError("the deadline of the whole call passed", sent="unknown")}
    result = await server.batch(range(16), ends_at=1e9 if shared else None)
    assert sent(result)[:8] == [None] * 4 + ["unknown"] * 4
    assert sent(result)[8:] == (["no"] if shared else [None]) * 8


async def test_a_chunk_that_fails_for_all_its_time_is_given_up_piece_by_piece():
    server = Server()
    server.takes = 20.0
    server.failures = dict.fromkeys(range(1000), AMBIGUOUS[1])
    result = await server.batch(range(8), chunk_size=8, policy=RetryPolicy())
    assert sent(result) == ["unknown"] * 8
    # By halves down to one item, that one for 300 s; then the others once each.
    assert server.sizes[:3] == [8, 4, 2]
    assert 10 < server.chunks.count([0]) < 20
    assert server.chunks[-7:] == [[n] for n in range(1, 8)]
    attempts = [outcome.error and outcome.error.attempt for outcome in result]
    assert attempts == [server.chunks.count([0]) + 3, 4, 3, 3, 2, 2, 2, 2]


async def test_what_is_served_again_meanwhile_gives_the_others_their_time_back():
    class Choking(Server):
        async def send(self, items: list[Any], bulk: bool) -> Any:  # noqa: FBT001  # as in chunk
            answer = await super().send(items, bulk)
            if {0, 3} & {*items}:
                raise AMBIGUOUS[0]
            return answer

    server = Choking()
    server.takes = 60.0
    result = await server.batch(range(8), chunk_size=8, policy=RetryPolicy())
    assert [outcome.index for outcome in result.failed] == [0, 3]


async def test_the_attempt_of_an_outcome_counts_the_exchanges_of_its_item():
    server = Server()
    server.failures = {0: AMBIGUOUS[0]}
    server.statuses = {0: [500, 400], 1: [404], 2: [409]}
    result = await server.batch(range(4))
    assert server.chunks == [[0, 1, 2, 3], [0, 1], [2, 3], [0]]
    attempts = [outcome.error and outcome.error.attempt for outcome in result]
    assert attempts == [3, 2, 2, None]


async def test_a_chunk_that_can_not_even_be_opened_ends_the_run():
    class Closed(Server):
        @contextmanager
        def chunk(self, bulk: bool) -> Iterator[SendPiece]:  # noqa: FBT001  # the contract
            raise ClientClosedError("the client was closed")
            yield

    result = await Closed().batch(range(6))
    assert [type(outcome.error) for outcome in result] == [ClientClosedError] * 6
    assert sent(result) == ["no"] * 6


@pytest.mark.parametrize("wrap", [iter, later], ids=["iterator", "async generator"])
async def test_a_fatal_error_stops_the_reading_of_a_stream(wrap: Any):
    server = Server()
    server.failures = {1: FATAL[0]}
    source = wrap(range(100))
    result = await server.batch(source)
    assert len(result) == 8  # one outcome for each item that was read
    assert len(result.failed) == 4
    rest = [n async for n in source] if hasattr(source, "__anext__") else list(source)
    assert rest == list(range(8, 100))  # still there for whoever wants to go on


async def test_a_fatal_error_in_one_half_keeps_the_other_half_from_being_sent():
    server = Server()
    server.failures = {0: AMBIGUOUS[1], 2: FATAL[0]}
    result = await server.batch(range(8))
    assert server.sizes == [4, 2, 2]
    assert [outcome.ok for outcome in result] == [True] * 2 + [False] * 6
    # 2 and 3 were tried before, and nobody knows what became of that; 4 to 7 never were.
    assert sent(result)[2:] == ["unknown"] * 2 + ["no"] * 4


async def test_once_something_was_sent_an_error_never_claims_otherwise():
    server = Server()
    server.lost = {0: AMBIGUOUS[1]}
    server.failures = {1: QueueTimeoutError("waited for 5 s")}
    result = await server.batch(range(8))
    kinds = [type(outcome.error) for outcome in result]
    assert kinds == [ReadError] * 4 + [type(None)] * 4
    assert sent(result) == ["unknown"] * 4 + [None] * 4


async def test_an_item_that_was_only_refused_is_told_that_the_batch_stopped():
    server = Server()
    server.statuses = {0: [429]}
    server.failures = {1: FATAL[-2]}
    result = await server.batch(range(2))
    assert isinstance(result[0].error, ClientClosedError)
    assert sent(result) == ["no", None]


async def test_items_have_errors_of_their_own_without_tracebacks():
    server = Server()
    server.failures = {0: AMBIGUOUS[0], 1: FATAL[0]}
    result = await server.batch(range(12), repeatable=False)
    errors = [outcome.error for outcome in result]
    assert len({id(error) for error in errors}) == 12
    for error in errors:
        assert error is not None
        assert error.__traceback__ is None
        assert error.__context__ is None
        assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301  # our own bytes


def test_an_outcome_is_plain_data():
    outcome = Outcome(1, {"sku": "a"}, 200, True)  # noqa: FBT003  # what an update gives
    assert outcome == Outcome(1, {"sku": "a"}, 200, True)  # noqa: FBT003  # as above
    assert outcome.ok
