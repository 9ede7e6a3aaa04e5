"""Laws of the paginator, over a collection that grows and shrinks between the pages."""

from __future__ import annotations

import asyncio
import json
from typing import Literal, NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from sitoo_async._paging.paginator import PageOf, Paginator


class Change(NamedTuple):
    """What happens to the collection before one of its answers."""

    kind: Literal["append", "insert", "remove", "nothing"]
    place: int = 0
    count: int = 1


class Body(bytes):
    """Bytes that tell when nobody holds them any more."""

    live: Live

    def __del__(self) -> None:
        self.live.bodies -= 1


class Live:
    """A collection that changes before each answer, as the script says, and may give less."""

    def __init__(self, count: int, changes: list[Change], caps: list[int]) -> None:
        self.rows = list(range(count))
        self.changes = list(changes)
        self.caps = list(caps)
        self.added = count
        self.requests: list[tuple[int, int, bool]] = []
        self.pending = 0
        self.bodies = 0
        self.most = 0

    def change(self) -> None:
        if not self.changes:
            return
        kind, place, count = self.changes.pop(0)
        at = place % (len(self.rows) + 1)
        fresh = list(range(self.added, self.added + count))
        if kind == "append":
            self.rows += fresh
            self.added += count
        elif kind == "insert":
            self.rows[at:at] = fresh
            self.added += count
        elif kind == "remove":
            del self.rows[at : at + count]

    async def fetch(self, start: int, num: int, of: PageOf) -> bytes:
        self.requests.append((start, num, of == "rest"))
        self.pending += 1
        self.watch()
        try:
            await asyncio.sleep(0)
        finally:
            self.pending -= 1
        self.change()
        cap = self.caps.pop(0) if self.caps else num
        rows = self.rows[start : start + min(num, cap)]
        body = Body(json.dumps([rows, len(self.rows)]).encode())
        body.live = self
        self.bodies += 1
        self.watch()
        return body

    def watch(self) -> None:
        self.most = max(self.most, self.pending + self.bodies)

    def decode(self, body: bytes) -> tuple[list[int], int]:
        items, totalcount = json.loads(body)
        return items, totalcount

    def walk(self, page_size: int) -> tuple[list[int], Paginator[int]]:
        paginator = Paginator(self.fetch, self.decode, start=0, page_size=page_size, label="live")

        async def walk() -> list[int]:
            return [item async for item in paginator]

        return asyncio.run(walk()), paginator


changes = st.lists(
    st.builds(
        Change,
        st.sampled_from(["append", "insert", "remove", "nothing"]),
        st.integers(0, 200),
        st.integers(1, 12),
    ),
    max_size=20,
)
appends = st.lists(
    st.builds(Change, st.sampled_from(["append", "nothing"]), st.just(0), st.integers(1, 12)),
    max_size=10,
)
caps = st.lists(st.integers(1, 12), max_size=10)
counts = st.integers(0, 60)
sizes = st.integers(1, 15)


@given(counts, changes, caps, sizes)
def test_every_walk_ends_with_a_bounded_number_of_requests(count, script, caps, page_size):
    live = Live(count, script, caps)
    items, paginator = live.walk(page_size)
    # Each page that was used brought a row or ended the walk; at most one more was asked for
    # beside each of them.
    assert len(live.requests) <= 2 * (len(items) + 1)
    assert paginator.position == len(items)
    assert [bulk for _, _, bulk in live.requests] == [False] + [True] * (len(live.requests) - 1)


@given(counts, changes, caps, sizes)
def test_no_more_than_a_page_and_a_prefetched_one_are_held(count, script, caps, page_size):
    live = Live(count, script, caps)
    live.walk(page_size)
    assert live.most <= 2


@given(counts, appends, caps, sizes)
def test_with_appends_only_every_original_row_comes_exactly_once(count, script, caps, page_size):
    items, paginator = Live(count, script, caps).walk(page_size)
    assert items == list(range(len(items)))
    assert len(items) >= count
    if not paginator.drifted:
        assert paginator.totalcount == len(items)


@given(counts, changes, sizes)
def test_a_walk_without_drift_saw_a_collection_of_one_size(count, script, page_size):
    items, paginator = Live(count, script, []).walk(page_size)
    if not paginator.drifted:
        assert paginator.totalcount == len(items)


@given(counts, caps, sizes, st.integers(0, 70))
def test_a_walk_left_anywhere_resumes_where_it_was(count, caps, page_size, stop):
    live = Live(count, [], caps)

    async def walk() -> list[int]:
        paginator = Paginator(live.fetch, live.decode, start=0, page_size=page_size, label="live")
        seen = []
        async for item in paginator:
            if item == stop:
                break
            seen.append(item)
        rest = Paginator(
            live.fetch, live.decode, start=paginator.position, page_size=page_size, label="live"
        )
        return seen + await rest.collect()

    assert asyncio.run(walk()) == list(range(count))
