"""Laws of the batch, whatever faults strike its chunks and its items."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any, Literal, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from sitoo_async._batching.batch import Batch, BatchResult
from sitoo_async._batching.chunk import SendPiece
from sitoo_async._lane.retry import RetryPolicy, Trouble
from sitoo_async.errors import (
    AuthenticationError,
    BadRequestError,
    ClientClosedError,
    ConnectError,
    DecodeError,
    ReadError,
    RequestTimeoutError,
    ServerError,
    SitooError,
)

ATTEMPTS = 3
REFUSALS = 8

BEFORE = {  # the call fails and none of its items is done
    "bad": BadRequestError("400", status=400, sent="yes"),
    "server": ServerError("500", status=500, sent="unknown"),
    "timeout": RequestTimeoutError("late", sent="unknown"),
    "login": AuthenticationError("401", status=401, sent="yes"),
    "connect": ConnectError("refused"),
    "closed": ClientClosedError("closed"),
}
AFTER = {  # the call fails although its items are done
    "server after": ServerError("502", status=502, sent="unknown"),
    "lost after": ReadError("lost", sent="unknown"),
    "undecodable": DecodeError("not JSON"),
}
FATAL = {"login", "closed"}
UNKNOWN = {"server", "timeout", "short", *AFTER}

call_faults = st.lists(
    st.sampled_from(["fine", "fine", "fine", "short", *BEFORE, *AFTER]), max_size=25
)
harmless_faults = st.lists(
    st.sampled_from(["fine", "fine", "short", "bad", "server", "timeout", *AFTER]), max_size=25
)
item_faults = st.dictionaries(
    st.integers(0, 30),
    st.lists(st.sampled_from([200, 400, 404, 409, 429, 500, -500]), max_size=10),
    max_size=15,
)
counts = st.integers(0, 30)
sizes = st.integers(1, 12)


class Sent(NamedTuple):
    """One item in one call."""

    item: int
    known: Literal["done", "not done", "unknown"]  # what the client can know afterwards


class Server:
    """Follows a script of faults; -500 is a 500 for an item whose work was done."""

    def __init__(self, calls: list[str], items: dict[int, list[int]]) -> None:
        self.calls = list(calls)
        self.items = {item: list(statuses) for item, statuses in items.items()}
        self.done: Counter[int] = Counter()
        self.log: list[Sent] = []
        self.bulk: list[bool] = []

    async def send(self, items: list[int], bulk: bool) -> Any:  # noqa: FBT001  # as in open_chunk
        self.bulk.append(bulk)
        await asyncio.sleep(0)
        fault = self.calls.pop(0) if self.calls else "fine"
        if fault in BEFORE:
            known: Any = "unknown" if fault in UNKNOWN else "not done"
            self.log += [Sent(item, known) for item in items]
            raise BEFORE[fault]
        results = [self.work(item) for item in items]
        if fault in UNKNOWN:
            self.log += [Sent(item, "unknown") for item in items]
            if fault in AFTER:
                raise AFTER[fault]
            return [*results, results[0]]  # an answer of the wrong length
        for item, result in zip(items, results, strict=True):
            status = result["statuscode"]
            known = "done" if status == 200 else "unknown" if status == 500 else "not done"
            self.log.append(Sent(item, known))
        return results

    def work(self, item: int) -> dict[str, Any]:
        script = self.items.get(item)
        status = script.pop(0) if script else 200
        if status in (200, -500):
            self.done[item] += 1
        if status == 200:
            return {"statuscode": 200, "return": True}
        return {"statuscode": abs(status), "errortext": "scripted"}

    def run(
        self, items: Any, *, chunk_size: int, repeatable: bool, deletes: bool = False
    ) -> BatchResult[bool]:
        @contextmanager
        def open_chunk(bulk: bool) -> Iterator[SendPiece]:  # noqa: FBT001  # the contract
            async def send(items: list[int], pause: float, trouble: Trouble) -> tuple[Any, float]:
                assert 0 <= pause <= 10
                trouble.paused(pause)
                try:
                    return await self.send(items, bulk), 0.0
                except SitooError:
                    trouble.failed(0.0)
                    raise

            yield send

        async def run() -> BatchResult[bool]:
            return await Batch(
                open_chunk,
                items() if callable(items) else items,
                prepare=lambda item: item,
                read=bool,
                chunk_size=chunk_size,
                repeatable=repeatable,
                deletes=deletes,
                label="laws",
                policy=RetryPolicy(attempts=ATTEMPTS),
            )

        return asyncio.run(run())

    def sends(self) -> Counter[int]:
        return Counter(sent.item for sent in self.log)


@given(counts, sizes, call_faults, item_faults, st.booleans())
def test_every_input_has_exactly_one_outcome_in_its_place(count, size, calls, items, repeatable):
    server = Server(calls, items)
    result = server.run(range(count), chunk_size=size, repeatable=repeatable)
    assert [(outcome.index, outcome.item) for outcome in result] == [(n, n) for n in range(count)]
    assert len(result.succeeded) + len(result.failed) == count
    assert all((outcome.value is None) != outcome.ok for outcome in result)


@given(counts, sizes, call_faults, item_faults)
def test_what_must_not_be_repeated_is_never_sent_after_an_unknown_outcome(
    count, size, calls, items
):
    server = Server(calls, items)
    result = server.run(range(count), chunk_size=size, repeatable=False)
    unknown: set[int] = set()
    for sent in server.log:
        assert sent.item not in unknown
        if sent.known == "unknown":
            unknown.add(sent.item)
    assert max(server.done.values(), default=0) <= 1
    assert all(server.done[outcome.item] == 1 for outcome in result.succeeded)


@given(counts, sizes, call_faults, item_faults, st.booleans())
def test_sent_tells_the_truth(count, size, calls, items, repeatable):
    server = Server(calls, items)
    for outcome in server.run(range(count), chunk_size=size, repeatable=repeatable):
        tries = [sent.known for sent in server.log if sent.item == outcome.item]
        if outcome.error is None:
            assert tries[-1] == "done"
        elif outcome.error.sent == "no":
            assert server.done[outcome.item] == 0
            assert set(tries) <= {"not done"}
        elif outcome.error.sent == "yes":
            assert server.done[outcome.item] == 0
            assert "unknown" not in tries
        else:
            assert "unknown" in tries


@given(counts, sizes, call_faults, item_faults, st.booleans())
def test_no_item_is_sent_more_often_than_its_attempts_and_refusals(
    count, size, calls, items, repeatable
):
    server = Server(calls, items)
    server.run(range(count), chunk_size=size, repeatable=repeatable)
    assert max(server.sends().values(), default=0) <= ATTEMPTS + REFUSALS
    assert server.bulk == sorted(server.bulk)  # interactive first, then bulk


@given(counts, sizes, call_faults, item_faults)
def test_a_delete_that_succeeds_left_the_item_gone(count, size, calls, items):
    server = Server(calls, items)
    result = server.run(range(count), chunk_size=size, repeatable=True, deletes=True)
    for outcome in result.succeeded:
        tries = [sent.known for sent in server.log if sent.item == outcome.item]
        assert tries[-1] == "done" or (outcome.status == 404 and "unknown" in tries)


@given(counts, sizes, harmless_faults, item_faults, st.booleans())
def test_a_list_and_a_stream_fare_alike(count, size, calls, items, repeatable):
    async def stream() -> AsyncIterator[int]:
        for n in range(count):
            yield n

    def told(result: BatchResult[bool]) -> list[Any]:
        return [
            (o.index, o.status, o.value, type(o.error), o.error and o.error.sent) for o in result
        ]

    options: dict[str, Any] = {"chunk_size": size, "repeatable": repeatable}
    whole = Server(calls, items).run(list(range(count)), **options)
    lazy = Server(calls, items).run(lambda: iter(range(count)), **options)
    streamed = Server(calls, items).run(stream, **options)
    assert told(whole) == told(lazy) == told(streamed)


@given(counts, sizes, st.lists(st.sampled_from(["fine", *FATAL]), max_size=6))
def test_after_a_fatal_error_nothing_more_is_sent(count, size, calls):
    server = Server(calls, {})
    result = server.run(range(count), chunk_size=size, repeatable=True)
    struck = [n for n, call in enumerate(calls) if call in FATAL]
    if struck and struck[0] < len(server.bulk):
        assert len(server.bulk) == struck[0] + 1
        kind = type(BEFORE[calls[struck[0]]])
        assert {type(outcome.error) for outcome in result.failed} == {kind}
    else:
        assert result.failed == ()
