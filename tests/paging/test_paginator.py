"""The paginator, over a collection in memory that answers by `start` and `num` as Sitoo does."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import pickle
import sys
import weakref
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from sitoo_async._paging.cursor import ByOffset
from sitoo_async._paging.paginator import Page, PageOf, Paginator, Part
from sitoo_async.errors import DecodeError, InvalidInputError, ReadError


class Collection:
    """Rows behind `start`/`num`, with what a live server may do to a walk."""

    def __init__(self, count: int) -> None:
        self.rows = list(range(count))
        self.requests: list[tuple[int, int, bool]] = []
        self.events: list[str] = []
        self.cancelled: list[int] = []
        self.gates: dict[int, asyncio.Event] = {}  # the answer for this start waits
        self.errors: dict[int, Exception] = {}  # this start fails, once
        self.shorten: dict[int, int] = {}  # this start gets that many rows only
        self.lengthen = 0  # rows given beyond what was asked
        self.claim: int | None = None  # a totalcount that is not so
        self.silent = False  # no totalcount at all
        self.own = False  # the totalcount is that of the page
        self.heeds = True  # whether `start` is heeded

    async def fetch(self, start: int, num: int, of: PageOf) -> bytes:
        self.requests.append((start, num, of == "rest"))
        self.events.append(f"ask {start}")
        try:
            if start in self.gates:
                await self.gates[start].wait()
            await asyncio.sleep(0)
        except asyncio.CancelledError:
            self.cancelled.append(start)
            raise
        if start in self.errors:
            raise self.errors.pop(start)
        num = self.shorten.get(start, num) + self.lengthen
        at = start if self.heeds else 0
        page = self.rows[at : at + num]
        claim = len(page) if self.own else self.claim
        total = len(self.rows) if claim is None else claim
        return json.dumps([page, None if self.silent else total]).encode()

    def decode(self, body: bytes) -> tuple[list[int], int | None]:
        items, totalcount = json.loads(body)
        self.events.append(f"decode {items[0]}" if items else "decode nothing")
        return items, totalcount

    def list(self, *, start: int = 0, page_size: int = 10, **options: Any) -> Paginator[int]:
        return Paginator(
            self.fetch, self.decode, start=start, page_size=page_size, label="rows", **options
        )

    @property
    def starts(self) -> list[int]:
        return [start for start, _, _ in self.requests]


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        await asyncio.sleep(0)
    pytest.fail("it never came to that")


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


# One object, used in every way


async def test_await_gives_the_first_page_with_one_interactive_request():
    rows = Collection(25)
    page = await rows.list()
    assert page == Page(list(range(10)), 25, 0)
    assert rows.requests == [(0, 10, False)]


async def test_a_page_is_a_sequence_of_its_items_and_pickles():
    page = await Collection(3).list()
    assert (len(page), list(page), page[-1], page[:2]) == (3, [0, 1, 2], 2, [0, 1])
    assert pickle.loads(pickle.dumps(page)) == page  # noqa: S301  # our own bytes


async def test_async_for_gives_every_item_and_only_later_pages_are_bulk():
    rows = Collection(25)
    paginator = rows.list()
    assert [item async for item in paginator] == list(range(25))
    assert rows.requests == [(0, 10, False), (10, 10, True), (20, 10, True)]
    assert (paginator.totalcount, paginator.drifted) == (25, False)


async def test_a_collection_that_fills_its_last_page_needs_no_empty_one():
    rows = Collection(20)
    assert len(await rows.list().collect()) == 20
    assert rows.starts == [0, 10]


async def test_each_loop_starts_again():
    rows = Collection(12)
    paginator = rows.list(start=2)
    first = [item async for item in paginator]
    assert first == list(range(2, 12))
    assert [item async for item in paginator] == first
    assert await paginator.collect() == first


async def test_pages_gives_pages():
    paginator = Collection(25).list()
    assert [(page.start, len(page)) async for page in paginator.pages()] == [
        (0, 10),
        (10, 10),
        (20, 5),
    ]


async def test_an_empty_collection_costs_one_request_and_has_no_pages():
    rows = Collection(0)
    paginator = rows.list()
    assert [item async for item in paginator] == []
    assert rows.starts == [0]
    assert [page async for page in paginator.pages()] == []
    assert not paginator.drifted
    assert (await paginator).items == []


async def test_a_start_beyond_the_end_gives_nothing_and_is_no_drift():
    paginator = Collection(5).list(start=9)
    assert await paginator.collect() == []
    assert (paginator.totalcount, paginator.drifted) == (5, False)


async def test_collect_asks_for_no_more_rows_than_its_limit():
    rows = Collection(1000)
    paginator = rows.list()
    assert await paginator.collect(limit=25) == list(range(25))
    assert rows.requests == [(0, 10, False), (10, 10, True), (20, 5, True)]
    assert paginator.position == 25
    rows.requests.clear()
    assert await paginator.collect(20) == list(range(20))
    assert rows.requests == [(0, 10, False), (10, 10, True)]
    rows.requests.clear()
    assert await paginator.collect(limit=3) == [0, 1, 2]
    assert rows.requests == [(0, 3, False)]


async def test_collect_keeps_to_its_limit_where_the_server_gives_more_than_asked():
    rows = Collection(40)
    rows.lengthen = 3
    paginator = rows.list()
    assert await paginator.collect(limit=11) == list(range(11))
    assert paginator.position == 11
    assert len(rows.requests) == 1


async def test_first_asks_for_one_row():
    rows = Collection(9)
    paginator = rows.list(start=4)
    assert await paginator.first() == 4
    assert rows.requests == [(4, 1, False)]
    assert await Collection(0).list().first() is None


async def test_count_asks_for_one_row_or_as_it_was_told():
    rows = Collection(9)
    paginator = rows.list()
    assert await paginator.count() == 9
    assert rows.requests == [(0, 1, False)]

    async def count() -> int:
        return 7

    counted = rows.list(count=count)
    assert await counted.count() == 7
    assert counted.totalcount == 7
    assert len(rows.requests) == 1


def test_nothing_is_sent_before_it_is_used_and_the_repr_says_where_it_stands():
    rows = Collection(25)
    paginator = rows.list(start=3)
    assert repr(paginator) == "<Paginator rows: position 3, total unknown>"
    assert rows.requests == []


async def test_repr_shows_position_total_and_drift():
    rows = Collection(25)
    paginator = rows.list()
    async for item in paginator:
        if item == 4:
            rows.rows.append(25)
        if item == 12:
            break
    assert repr(paginator) == "<Paginator rows: position 12, total 26, drifted>"


def test_a_plain_for_says_what_to_write_instead():
    with pytest.raises(TypeError, match=r"async for item in paginator.*collect"):
        list(Collection(1).list())  # type: ignore[call-overload]  # the mistake under test


@pytest.mark.parametrize("start", [-1, True, 1.0, "1", None])
def test_a_bad_start_is_refused(start: Any):
    with pytest.raises(InvalidInputError, match="start must be a whole number of 0 or") as caught:
        Collection(1).list(start=start)
    assert caught.value.field == "start"


@pytest.mark.parametrize("page_size", [0, -5, 100_001, True, 10.0, "10"])
def test_a_bad_page_size_is_refused(page_size: Any):
    with pytest.raises(InvalidInputError, match=r"page_size .* from 1 to 100000, not") as caught:
        Collection(1).list(page_size=page_size)
    assert caught.value.field == "page_size"


async def test_a_bad_limit_is_refused_before_anything_is_sent():
    rows = Collection(1)
    with pytest.raises(InvalidInputError, match="limit") as caught:
        await rows.list().collect(limit=0)
    assert caught.value.field == "limit"
    assert rows.requests == []


# A collection that does not behave


async def test_a_server_that_gives_less_than_asked_each_time_is_walked_to_the_end():
    rows = Collection(25)
    rows.shorten = dict.fromkeys(range(0, 25, 4), 4)
    assert await rows.list().collect() == list(range(25))
    # After a short page nothing is guessed, so no request is wasted.
    assert rows.starts == [0, 4, 8, 12, 16, 20, 24]


async def test_a_short_page_in_the_middle_throws_the_page_ahead_away():
    rows = Collection(45)
    rows.shorten = {10: 6}
    assert await rows.list().collect() == list(range(45))
    assert rows.starts == [0, 10, 20, 16, 26, 36]
    assert rows.requests[3] == (16, 10, True)


async def test_a_short_page_cancels_the_page_ahead_that_still_waits():
    rows = Collection(45)
    rows.shorten = {10: 6}
    rows.gates = {20: asyncio.Event()}
    assert await rows.list().collect() == list(range(45))
    assert rows.cancelled == [20]


async def test_a_server_that_gives_more_than_asked_loses_and_repeats_nothing():
    rows = Collection(50)
    rows.lengthen = 3
    assert await rows.list().collect() == list(range(50))


async def test_an_empty_page_ends_the_walk_and_is_drift_where_more_was_claimed():
    rows = Collection(20)
    rows.claim = 35
    paginator = rows.list()
    assert await paginator.collect() == list(range(20))
    assert paginator.drifted
    assert paginator.position == 20
    assert rows.starts == [0, 10, 20, 30]  # 30 was on its way already


async def test_a_collection_that_shrinks_ends_early_and_drops_the_page_ahead():
    rows = Collection(40)
    rows.gates = {20: asyncio.Event()}
    paginator = rows.list()
    seen = []
    async for item in paginator:
        seen.append(item)
        if item == 9:
            del rows.rows[15:]
    assert seen == list(range(15))
    assert paginator.drifted
    await settle()
    assert rows.cancelled == [20]


async def test_drift_is_that_of_the_last_walk():
    rows = Collection(15)
    paginator = rows.list()
    async for item in paginator:
        if item == 0:
            rows.rows.append(15)
    assert paginator.drifted
    await paginator.collect()
    assert not paginator.drifted


async def test_a_walk_that_would_stand_still_raises():
    class Stuck(ByOffset):
        def after(self, start, items, body):  # a broken cursor
            return start

    rows = Collection(25)
    with pytest.raises(DecodeError, match="no progress: the page at 0 held 10 rows"):
        await rows.list(advance=Stuck()).collect()
    assert rows.starts == [0]


# A totalcount that is not true, or not told


@pytest.mark.parametrize("claim", [0, 2, 9])
async def test_a_full_page_is_followed_by_another_where_fewer_rows_are_claimed(claim: int):
    rows = Collection(35)
    rows.claim = claim
    paginator = rows.list()
    assert await paginator.collect() == list(range(35))
    assert rows.starts == [0, 10, 20, 30]
    assert (paginator.totalcount, paginator.drifted, paginator.position) == (35, True, 35)


async def test_a_count_that_is_too_low_costs_one_empty_page_where_the_last_one_is_full():
    rows = Collection(20)
    rows.claim = 1
    paginator = rows.list()
    assert await paginator.collect() == list(range(20))
    assert rows.starts == [0, 10, 20]
    assert (paginator.totalcount, paginator.drifted) == (20, True)


async def test_where_no_count_is_told_a_short_page_is_the_end():
    rows = Collection(25)
    rows.silent = True
    paginator = rows.list()
    assert [(page.start, page.totalcount) async for page in paginator.pages()] == [
        (0, 10),
        (10, 20),
        (20, 25),
    ]
    assert rows.starts == [0, 10, 20]
    assert (paginator.totalcount, paginator.drifted) == (25, False)


async def test_where_no_count_is_told_an_empty_page_is_the_end():
    rows = Collection(20)
    rows.silent = True
    paginator = rows.list()
    assert await paginator.collect() == list(range(20))
    assert (rows.starts, paginator.drifted) == ([0, 10, 20], False)


@pytest.mark.parametrize("count", [10, 20, 25, 30])
async def test_a_count_that_is_the_page_s_own_ends_no_walk(count: int):
    rows = Collection(count)
    rows.own = True
    paginator = rows.list()
    assert await paginator.collect() == list(range(count))
    assert paginator.drifted


async def test_a_collection_of_one_full_page_is_asked_once_more_and_is_no_drift():
    rows = Collection(10)
    paginator = rows.list()
    assert await paginator.collect() == list(range(10))
    assert rows.starts == [0, 10]
    assert (paginator.totalcount, paginator.drifted) == (10, False)


async def test_a_limit_asks_for_no_row_more_whatever_is_claimed():
    for claim in (0, 10):
        rows = Collection(35)
        rows.claim = claim
        assert await rows.list().collect(limit=10) == list(range(10))
        assert rows.requests == [(0, 10, False)]
        rows.requests.clear()
        assert await rows.list().collect(limit=15) == list(range(15))
        assert rows.requests == [(0, 10, False), (10, 5, True)]


async def test_a_walk_from_the_middle_does_not_end_by_a_count_below_its_rows():
    rows = Collection(45)
    rows.claim = 10
    paginator = rows.list(start=15)
    assert await paginator.collect() == list(range(15, 45))
    assert paginator.drifted
    rows.claim = None
    paginator = rows.list(start=35)
    rows.requests.clear()
    assert await paginator.collect() == list(range(35, 45))
    assert (rows.starts, paginator.drifted) == ([35], False)


async def test_the_first_page_counts_the_rows_that_came_where_the_answer_does_not():
    rows = Collection(35)
    rows.silent = True
    assert await rows.list() == Page(list(range(10)), 10, 0)
    assert await rows.list(start=30) == Page(list(range(30, 35)), 35, 30)
    rows.silent, rows.claim = False, 2
    assert (await rows.list()).totalcount == 10


async def test_a_count_that_is_not_told_or_can_t_be_true_is_walked():
    rows = Collection(25)
    rows.silent = True
    paginator = rows.list(start=40)
    assert await paginator.count() == 25
    assert rows.starts == [40, 0, 10, 20]
    assert (paginator.totalcount, paginator.position) == (25, 40)
    rows.silent, rows.claim = False, 0
    assert await rows.list().count() == 25

    async def count() -> None:
        return None

    assert await rows.list(count=count).count() == 25


async def test_a_smaller_page_than_was_asked_for_is_no_short_one_where_it_was_asked_for_so():
    rows = Collection(35)
    rows.silent = True

    async def fetch(start: int, num: int, of: PageOf) -> bytes:
        if num > 6:
            return Part.of(await rows.fetch(start, 6, of), 6)
        return await rows.fetch(start, num, of)

    paginator = Paginator(fetch, rows.decode, start=0, page_size=10, label="rows")
    assert await paginator.collect() == list(range(35))
    assert rows.starts == [0, 6, 12, 18, 24, 30]


@pytest.mark.parametrize("claim", [None, 0, 10])
async def test_a_server_that_gives_one_page_for_ever_is_noticed(claim: int | None):
    rows = Collection(10)
    rows.heeds = False
    rows.claim, rows.silent = claim, claim is None
    paginator = rows.list()
    with pytest.raises(DecodeError, match="no progress: the page at 10 is the one before it"):
        await paginator.collect()
    assert rows.starts == [0, 10]


async def test_a_row_that_is_null_counts_as_received_and_is_no_item():
    rows = Collection(25)
    rows.rows[3] = rows.rows[24] = None  # type: ignore[call-overload]  # as a server may
    rows.rows[10:20] = [None] * 10  # type: ignore[list-item]
    paginator = rows.list()
    left = [*range(3), *range(4, 10), *range(20, 24)]
    assert await paginator.collect() == left
    assert (rows.starts, paginator.position, paginator.totalcount) == ([0, 10, 20], 25, 25)
    assert (await rows.list()).items == left[:9]


# The page ahead


async def test_stopping_inside_the_first_page_costs_one_request():
    rows = Collection(100)
    async for item in rows.list():
        if item == 9:
            break
    await settle()
    assert rows.starts == [0]


async def test_the_next_request_is_made_before_this_page_is_decoded():
    rows = Collection(40)
    await rows.list().collect()
    assert rows.events == [
        "ask 0",
        "decode 0",
        "ask 10",
        "ask 20",
        "decode 10",
        "ask 30",
        "decode 20",
        "decode 30",
    ]


async def test_decoding_does_not_wait_for_the_answer_to_the_next_request():
    rows = Collection(40)
    rows.gates = {20: asyncio.Event()}
    seen = []
    async for item in rows.list():
        seen.append(item)
        if item == 19:
            assert rows.starts == [0, 10, 20]
            rows.gates[20].set()
    assert seen == list(range(40))


async def test_one_page_is_asked_for_ahead_and_no_more():
    rows = Collection(100)
    async for item in rows.list():
        await settle()
        assert len(rows.requests) <= item // 10 + 2


@pytest.mark.parametrize("form", ["items", "pages"])
async def test_leaving_the_loop_cancels_the_page_ahead_at_once(form: str):
    rows = Collection(100)
    rows.gates = {20: asyncio.Event()}
    paginator = rows.list()
    if form == "items":
        async for item in paginator:
            if item == 10:
                break
    else:
        async for page in paginator.pages():
            if page.start == 10:
                break
    await asyncio.sleep(0)
    assert rows.cancelled == [20]
    assert paginator.position == 10


async def test_an_exception_in_the_loop_cancels_the_page_ahead():
    rows = Collection(100)
    rows.gates = {20: asyncio.Event()}

    async def consume() -> None:
        async for item in rows.list():
            _ = 1 / (10 - item)

    with pytest.raises(ZeroDivisionError):
        await consume()
    await settle()
    assert rows.cancelled == [20]


async def test_aclosing_cancels_the_page_ahead_although_the_iterator_is_still_held():
    rows = Collection(100)
    rows.gates = {20: asyncio.Event()}
    paginator = rows.list()
    async with contextlib.aclosing(aiter(paginator)) as items:
        async for item in items:
            if item == 12:
                break
    await settle()
    assert rows.cancelled == [20]
    assert paginator.position == 12
    with pytest.raises(StopAsyncIteration):
        await anext(items)
    assert paginator.position == 12
    await items.aclose()


async def test_an_iterator_collected_in_another_thread_cancels_the_page_ahead():
    rows = Collection(100)
    rows.gates = {20: asyncio.Event()}
    held = [aiter(rows.list())]
    while await anext(held[0]) < 10:
        pass
    await asyncio.to_thread(held.clear)
    await settle()
    assert rows.cancelled == [20]


def test_an_iterator_that_outlives_its_loop_goes_quietly():
    rows = Collection(100)

    async def walk() -> Any:
        items = aiter(rows.list())
        while await anext(items) < 10:
            pass
        await settle()
        return items

    items = asyncio.run(walk())
    assert rows.starts == [0, 10, 20]
    del items
    gc.collect()


async def test_a_page_ahead_that_fails_raises_only_when_it_is_reached():
    rows = Collection(40)
    rows.errors = {20: ReadError("lost", sent="unknown")}
    paginator = rows.list()
    seen = []

    async def consume() -> None:
        async for item in paginator:
            seen.append(item)
            await settle()

    with pytest.raises(ReadError):
        await consume()
    assert seen == list(range(20))
    assert paginator.position == 20
    # Resuming leaves nothing out.
    rest = await rows.list(start=paginator.position).collect()
    assert seen + rest == list(range(40))


async def test_after_an_error_the_same_iterator_asks_for_the_same_page_again():
    rows = Collection(25)
    rows.errors = {10: ReadError("lost", sent="unknown")}
    items = aiter(rows.list())
    seen = [await anext(items) for _ in range(10)]
    with pytest.raises(ReadError):
        await anext(items)
    seen += [item async for item in items]
    assert seen == list(range(25))


async def test_a_failure_nobody_came_for_is_not_logged():
    logged: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context))
    rows = Collection(100)
    rows.errors = {20: ReadError("lost", sent="unknown")}
    async for item in rows.list():
        await settle()
        if item == 10:
            break
    gc.collect()
    await settle()
    assert rows.errors == {}
    assert logged == []


async def test_a_request_that_fails_while_it_is_dropped_is_not_logged():
    logged: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: logged.append(context))
    rows = Collection(100)

    async def fetch(start: int, num: int, of: PageOf) -> bytes:
        if start == 20:
            try:
                await asyncio.get_running_loop().create_future()
            finally:
                raise ReadError("lost", sent="unknown")
        return await rows.fetch(start, num, of)

    async for item in Paginator(fetch, rows.decode, start=0, page_size=10, label="rows"):
        if item == 10:
            break
    await settle()
    gc.collect()
    assert logged == []


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks came with Python 3.12")
async def test_the_page_ahead_works_under_an_eager_task_factory():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    rows = Collection(45)
    rows.shorten = {20: 6}
    rows.errors = {36: ReadError("lost", sent="unknown")}
    items = aiter(rows.list())
    seen = [await anext(items) for _ in range(36)]
    with pytest.raises(ReadError):
        await anext(items)
    seen += [item async for item in items]
    assert seen == list(range(45))


async def test_an_undecodable_page_drops_the_page_ahead():
    rows = Collection(40)
    rows.gates = {20: asyncio.Event()}

    def decode(body: bytes) -> tuple[list[int], int]:
        if json.loads(body)[0][0] == 10:
            raise DecodeError("not JSON", sent="yes")
        return rows.decode(body)

    paginator = Paginator(rows.fetch, decode, start=0, page_size=10, label="rows")
    with pytest.raises(DecodeError) as caught:
        await paginator.collect()
    await settle()
    assert rows.cancelled == [20]  # although the traceback still holds the walk
    assert caught.value.__traceback__ is not None
    assert paginator.position == 10


# Cancellation


async def test_cancelling_a_consumer_that_waits_for_a_page_cancels_the_request():
    rows = Collection(40)
    rows.gates = {20: asyncio.Event()}
    seen: list[int] = []

    async def consume() -> None:
        async for item in rows.list():
            seen.append(item)  # noqa: PERF401  # what was seen before the cancellation counts

    task = asyncio.create_task(consume())
    await until(lambda: 19 in seen)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert rows.cancelled == [20]
    assert seen == list(range(20))


async def test_cancelling_a_consumer_just_before_it_decodes_drops_the_page_ahead():
    rows = Collection(40)
    rows.gates = {20: asyncio.Event()}

    task = asyncio.ensure_future(rows.list().collect())
    await until(lambda: 20 in rows.starts)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await settle()
    assert rows.cancelled == [20]
    assert "decode 10" not in rows.events


@pytest.mark.virtual_time  # however long the walk takes until it waits
async def test_an_anyio_scope_leaves_nothing_behind_and_the_walk_can_go_on():
    rows = Collection(40)
    rows.gates = {20: asyncio.Event()}
    before = asyncio.all_tasks()
    items = aiter(rows.list())
    seen: list[int] = []
    with anyio.move_on_after(0.01) as scope:
        while True:
            seen.append(await anext(items))
    assert scope.cancelled_caught
    assert rows.cancelled == [20]
    assert asyncio.all_tasks() == before
    rows.gates.clear()
    seen += [item async for item in items]
    assert seen == list(range(40))


async def test_two_tasks_on_one_iterator_are_told_so():
    rows = Collection(40)
    rows.gates = {0: asyncio.Event()}
    items = aiter(rows.list())
    waiting = asyncio.create_task(items.__anext__())
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="rows: another task is waiting"):
        await anext(items)
    rows.gates[0].set()
    assert await waiting == 0


# Position


async def test_an_item_counts_as_finished_when_the_next_one_is_asked_for():
    paginator = Collection(12).list(start=1, page_size=4)
    assert paginator.position == 1
    async for item in paginator:
        assert paginator.position == item
    assert paginator.position == 12


async def test_a_page_counts_as_finished_when_the_next_one_is_asked_for():
    paginator = Collection(25).list()
    async for page in paginator.pages():
        assert paginator.position == page.start
    assert paginator.position == 25


async def test_a_crash_at_any_item_resumes_with_that_item():
    rows = Collection(23)
    for crash in range(23):
        paginator = rows.list(page_size=5)
        done = []
        with contextlib.suppress(ZeroDivisionError):
            async for item in paginator:
                _ = 1 / (crash - item)
                done.append(item)
        assert done + await rows.list(start=paginator.position).collect() == list(range(23))


# Memory


async def test_a_walk_holds_one_page_whatever_their_number():
    class Row:
        pass

    alive: weakref.WeakSet[Row] = weakref.WeakSet()
    rows = Collection(200)

    def decode(body: bytes) -> tuple[list[Row], int]:
        assert len(alive) <= 1  # the item that the loop variable still names
        numbers, totalcount = rows.decode(body)
        page = [Row() for _ in numbers]
        alive.update(page)
        return page, totalcount

    paginator = Paginator(rows.fetch, decode, start=0, page_size=10, label="rows")
    seen = 0
    async for _ in paginator:
        seen += 1
        assert len(alive) <= 11
    assert seen == 200
