"""Collections that are not counted: by ascending id, by a moment, or all at once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async._codec.codec import last_row
from sitoo_async._paging.cursor import AfterId, AtOnce, FromMoment
from sitoo_async._paging.paginator import PageOf, Paginator
from sitoo_async.errors import DecodeError, InvalidInputError


@attrs.frozen
class Order:
    orderid: Any


class Orders:
    """Rows that are asked for by `orderidfrom`, and answered in an envelope."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = sorted(ids)
        self.asked: list[tuple[int, int, bool]] = []
        self.events: list[str] = []
        self.most = 1000  # rows that the server gives at most

    async def fetch(self, since: int, num: int, of: PageOf) -> bytes:
        self.asked.append((since, num, of == "rest"))
        self.events.append(f"ask {since}")
        rows = [{"orderid": found} for found in self.ids if found > since]
        page = rows[: min(num, self.most)]
        return json.dumps({"totalcount": len(rows), "items": page}).encode()

    def decode(self, body: bytes) -> tuple[list[Order], int]:
        envelope = json.loads(body)
        self.events.append("decode")
        return [Order(**row) for row in envelope["items"]], envelope["totalcount"]

    def list(self, since: int = 0, page_size: int = 10, **options: Any) -> Paginator[Order]:
        return Paginator(
            self.fetch,
            self.decode,
            start=since,
            page_size=page_size,
            label="orders",
            advance=AfterId("orderid", lambda body: last_row(body, "orderid", int)),
            **options,
        )


async def ids_of(paginator: Paginator[Order]) -> list[int]:
    return [order.orderid async for order in paginator]


async def test_a_walk_by_id_asks_for_what_follows_the_last_id():
    orders = Orders(range(100, 125))
    paginator = orders.list()
    assert await ids_of(paginator) == list(range(100, 125))
    assert orders.asked == [(0, 10, False), (109, 10, True), (119, 10, True)]
    assert (paginator.totalcount, paginator.drifted) == (25, False)


async def test_a_full_last_page_is_followed_by_an_empty_one_which_is_the_end():
    orders = Orders(range(1, 21))
    assert len(await orders.list().collect()) == 20
    assert [since for since, _, _ in orders.asked] == [0, 10, 20]


async def test_a_server_that_gives_fewer_rows_than_asked_for_loses_none():
    orders = Orders(range(1, 21))
    orders.most = 7
    assert await ids_of(orders.list()) == list(range(1, 21))


async def test_the_page_behind_a_full_second_page_is_asked_for_before_that_is_decoded():
    orders = Orders(range(1, 31))
    await orders.list().collect()
    assert orders.events[:5] == ["ask 0", "decode", "ask 10", "ask 20", "decode"]


async def test_pages_tell_where_they_stand_and_how_many_rows_the_whole_has():
    orders = Orders(range(1, 26))
    pages = [page async for page in orders.list().pages()]
    assert [(page.start, page.totalcount) for page in pages] == [(0, 25), (10, 25), (20, 25)]
    first = await orders.list(since=5)
    assert (first.start, first.totalcount) == (0, 20)


async def test_position_is_the_last_id_that_was_finished_with():
    orders = Orders(range(100, 125))
    paginator = orders.list()
    assert paginator.position == 0
    async for order in paginator:
        if order.orderid == 112:
            break
    assert paginator.position == 111
    assert await ids_of(orders.list(since=paginator.position)) == list(range(112, 125))


async def test_position_at_the_end_is_the_last_id_so_that_polling_goes_on_from_there():
    orders = Orders([3, 7])
    paginator = orders.list()
    await paginator.collect()
    assert paginator.position == 7
    orders.ids.append(9)
    assert await ids_of(orders.list(since=7)) == [9]


async def test_a_limit_asks_for_no_more_and_position_stands_behind_it():
    orders = Orders(range(1, 31))
    paginator = orders.list()
    assert len(await paginator.collect(limit=12)) == 12
    assert orders.asked == [(0, 10, False), (10, 2, True)]
    assert paginator.position == 12


async def test_rows_that_do_not_ascend_are_refused_rather_than_walked_for_ever():
    orders = Orders(range(1, 21))
    orders.ids.reverse()
    with pytest.raises(DecodeError, match="orderid should ascend from above 0"):
        await orders.list().collect()


async def test_rows_without_their_id_are_refused_by_name():
    class Nameless(Orders):
        def decode(self, body: bytes) -> tuple[list[Order], int]:
            items, totalcount = super().decode(body)
            return [Order(None) for _ in items], totalcount

    with pytest.raises(DecodeError, match="without its orderid"):
        await Nameless(range(1, 5)).list().collect()


@given(
    present=st.sets(st.integers(1, 60), min_size=1),
    changes=st.lists(st.tuples(st.booleans(), st.integers(1, 90)), max_size=12),
    page_size=st.integers(1, 9),
)
async def test_a_changing_collection_is_walked_without_gap_or_repeat(present, changes, page_size):
    orders = Orders(present)
    pending = list(changes)
    seen = []
    touched = set()
    async for order in orders.list(page_size=page_size):
        seen.append(order.orderid)
        if pending:
            adds, number = pending.pop()
            touched.add(number)
            if adds:
                orders.ids = sorted({*orders.ids, number})
            else:
                orders.ids = [found for found in orders.ids if found != number]
    assert seen == sorted(set(seen))
    assert present - touched <= set(seen)


# By an id that is text


class Texts:
    """Service orders: a bare array behind `start_after_id`."""

    def __init__(self, ids: list[str]) -> None:
        self.ids = ids
        self.asked: list[str] = []
        self.repeats = False
        self.most = 1000  # rows that the server gives at most

    async def fetch(self, since: str, num: int, of: PageOf) -> bytes:
        self.asked.append(since)
        at = 0 if since == "" or self.repeats else self.ids.index(since) + 1
        page = self.ids[at : at + min(num, self.most)]
        return json.dumps([{"id": found} for found in page]).encode()

    def decode(self, body: bytes) -> tuple[list[Any], int]:
        rows = [attrs.make_class("ServiceOrder", ["id"])(**row) for row in json.loads(body)]
        return rows, len(rows)

    def list(self, since: str = "") -> Paginator[Any, str]:
        return Paginator(
            self.fetch,
            self.decode,
            start=since,
            page_size=2,
            label="serviceorders",
            advance=AfterId("id", lambda body: last_row(body, "id", str), told=False),
        )


async def test_ids_of_text_need_no_order_of_their_own():
    texts = Texts(["b", "a", "d", "c", "e"])
    paginator = texts.list()
    assert [row.id async for row in paginator] == ["b", "a", "d", "c", "e"]
    assert texts.asked == ["", "a", "c", "e"]
    assert (paginator.position, paginator.totalcount) == ("e", 5)
    assert [row.id async for row in texts.list("d")] == ["c", "e"]


async def test_where_no_total_is_told_only_an_empty_page_is_the_end():
    texts = Texts(["b", "a", "d", "c", "e"])
    texts.most = 1
    assert [row.id async for row in texts.list()] == ["b", "a", "d", "c", "e"]
    assert texts.asked == ["", "b", "a", "d", "c", "e"]
    texts.asked.clear()
    assert len(await texts.list().collect(limit=3)) == 3
    assert texts.asked == ["", "b", "a"]


async def test_a_count_that_nobody_tells_is_walked():
    assert await Texts(["b", "a", "c"]).list().count() == 3


async def test_a_server_that_ignores_the_cursor_is_noticed():
    texts = Texts(["a", "b", "c"])
    texts.repeats = True
    with pytest.raises(DecodeError, match="no progress"):
        await texts.list().collect()


# By a moment


def moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


@attrs.frozen
class Report:
    number: int
    dateadded: datetime


class Reports:
    """Z-reports: a bare array from a moment on, which it includes; at most four."""

    def __init__(self, seconds: list[int]) -> None:
        self.rows = [{"number": at, "dateadded": second} for at, second in enumerate(seconds)]
        self.asked: list[int | None] = []

    async def fetch(self, since: datetime | None, num: int, of: PageOf) -> bytes:
        second = None if since is None else int(since.timestamp())
        self.asked.append(second)
        rows = [row for row in self.rows if second is None or row["dateadded"] >= second]
        return json.dumps(rows[:4]).encode()

    def decode(self, body: bytes) -> tuple[list[Report], int]:
        rows = [Report(row["number"], moment(row["dateadded"])) for row in json.loads(body)]
        return rows, len(rows)

    def peek(self, body: bytes) -> tuple[int, datetime | None]:
        rows = json.loads(body)
        return len(rows), moment(rows[-1]["dateadded"]) if rows else None

    def list(self, since: datetime | None = None) -> Paginator[Report, datetime | None]:
        return Paginator(
            self.fetch,
            self.decode,
            start=since,
            page_size=10,
            label="pos-z-reports",
            advance=FromMoment("dateadded", lambda row: row.number, self.peek, 4),
        )


async def test_what_comes_twice_because_the_moment_is_included_is_given_once():
    reports = Reports([1, 2, 3, 3, 3, 4, 5, 6, 6])
    paginator = reports.list()
    assert [report.number async for report in paginator] == list(range(9))
    assert reports.asked == [None, 3, 4, 6]
    assert (paginator.totalcount, paginator.drifted) == (9, False)


async def test_the_whole_page_is_asked_for_even_where_one_row_is_wanted():
    reports = Reports([1, 2, 3])
    assert await reports.list().first() == Report(0, moment(1))
    assert [report.number for report in await reports.list().collect(limit=2)] == [0, 1]


async def test_position_is_the_moment_of_the_first_report_not_finished_with():
    paginator = Reports([1, 2, 3, 3, 4]).list()
    assert paginator.position is None
    async for report in paginator:
        if report.number == 3:
            break
    assert paginator.position == moment(3)
    await paginator.collect()
    assert paginator.position == moment(4)


async def test_an_empty_feed_ends_at_once_and_keeps_its_cursor():
    paginator = Reports([]).list(moment(7))
    assert await paginator.collect() == []
    assert paginator.position == moment(7)
    assert await paginator.count() == 0


async def test_a_moment_with_more_reports_than_a_page_holds_is_an_error_not_a_loop():
    with pytest.raises(DecodeError, match="no progress"):
        await Reports([1, 2, 2, 2, 2, 2, 3]).list().collect()


# All at once


class Types:
    """POS payment types: a bare array, whole."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.asked = 0

    async def fetch(self, start: int, num: int, of: PageOf) -> bytes:
        self.asked += 1
        return json.dumps(list(range(self.count))).encode()

    def decode(self, body: bytes) -> tuple[list[int], int]:
        rows = json.loads(body)
        return rows, len(rows)

    def list(self, start: int = 0) -> Paginator[int]:
        return Paginator(
            self.fetch, self.decode, start=start, page_size=2, label="types", advance=AtOnce()
        )


async def test_an_array_that_comes_whole_is_one_page_whatever_its_size():
    types = Types(5)
    paginator = types.list()
    assert [item async for item in paginator] == [0, 1, 2, 3, 4]
    assert (types.asked, paginator.totalcount, paginator.drifted) == (1, 5, False)
    assert len([page async for page in paginator.pages()]) == 1
    assert await paginator.collect(limit=3) == [0, 1, 2]
    assert paginator.position == 3
    assert await paginator.count() == 5
    assert await Types(0).list().collect() == []


async def test_a_whole_that_came_in_part_is_refused_since_the_rest_can_t_be_asked_for():
    class Cut(Types):
        def decode(self, body: bytes) -> tuple[list[int], int]:
            rows, _ = super().decode(body)
            return rows, 9

    paginator = Cut(5).list()
    for ask in (paginator.collect, paginator.first, paginator.count):
        with pytest.raises(DecodeError, match="types: the answer holds 5 of 9 rows") as caught:
            await ask()
        assert caught.value.sent == "yes"
    with pytest.raises(DecodeError):
        await paginator


def test_a_cursor_that_is_an_index_is_checked_as_one():
    with pytest.raises(InvalidInputError, match="start"):
        Types(1).list(start=-1)
