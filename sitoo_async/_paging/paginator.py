"""A collection of the API, walked page by page: what a `list(...)` method returns.

A collection answers with an envelope: the rows from `start` on, at most `num` of them, and how many
there are in all (reference: Introduction, "Retrieving collections and envelopes"). Some collections
differ in how the next page is asked for, or come as a bare array; here they all look the same.

This module knows neither HTTP nor the lane: it is given a function that fetches the bytes of a page
and one that decodes them.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

import attrs

from sitoo_async._checks.values import check_whole
from sitoo_async._lane.batch_size import Pace
from sitoo_async._paging.cursor import Advance, ByOffset, P
from sitoo_async._paging.walk import (
    ItemWalk,
    Page,
    PageOf,
    PageWalk,
    Part,
    Query,
    not_counted,
    uncounted,
)
from sitoo_async.errors import DecodeError

__all__ = ["ItemWalk", "Page", "PageOf", "PageWalk", "Paginator", "Part"]

T = TypeVar("T")

LARGEST_PAGE = 100_000  # the largest `num` that the reference's own examples use


class Paginator(Generic[T, P]):
    """A collection that is fetched while you walk it; nothing is sent before you do.

    ::

        async for product in sitoo.products.list(): ...     # every item, a page at a time
        page = await sitoo.products.list()                  # the first page, with .totalcount
        async for page in sitoo.products.list().pages(): ...
        products = await sitoo.products.list().collect(limit=50)

    Each `async for` starts at `start` again. The first page is asked for alone; from the second on,
    the next page is on its way while you work on this one. Leaving a loop drops it.
    `contextlib.aclosing(aiter(paginator))` does so at the end of its block even where something
    still refers to the iterator.

    Args:
        fetch: gets the bytes of a page: `(cursor, num, of)`; see `PageOf`. A `Part` where it asked
            for fewer rows than it was to.
        decode: turns the bytes of a page into its items, None for a row that is null, and the
            totalcount that it tells, if it does.
        start: where to begin: the index of the first row, counted from 0, or another cursor.
        page_size: the rows per request, 1 to 100 000 (on the wire: `num`).
        label: the collection's name, for texts.
        count: asks for the totalcount alone, where there is a cheaper way than a page of one row;
            None: the answer does not tell it.
        advance: how a walk advances.
        pace: how many rows to ask for at a time; left out, always `page_size`.

    Raises:
        InvalidInputError: `start` or `page_size` is out of its range.
    """

    def __init__(
        self,
        fetch: Callable[[P, int, PageOf], Coroutine[Any, Any, bytes]],
        decode: Callable[[bytes], tuple[Sequence[T | None], int | None]],
        *,
        start: P,
        page_size: int,
        label: str,
        count: Callable[[], Coroutine[Any, Any, int | None]] | None = None,
        advance: Advance[P] | None = None,
        pace: Pace | None = None,
    ) -> None:
        advance = advance or cast("Advance[P]", ByOffset())
        if advance.counted:
            check_whole("start", start, least=0)
        check_whole("page_size", page_size, least=1, most=LARGEST_PAGE)
        self._count = count
        self._query = Query(fetch, decode, start, pace or Pace(page_size), label, advance)

    @property
    def position(self) -> P:
        """Where the consumer of the last walk stands, to resume after a crash.

        The index of the first item that it has not finished with, for ``list(start=...)``. Where a
        collection goes by id (``list(since_id=...)``), the id of the last item that it has finished
        with; where it goes by a moment, that of the first one it has not. An item counts as
        finished when the next one is asked for; in `pages()` likewise a page.

        Where it goes by the cursors of pages (``list(after=...)``), that of the page which holds
        the first item not finished with, None for the first page: the items before it in that page
        come once more. At the end, that of the last page: what has come to it since is there, too.

        Raises:
            DecodeError: the item came without the id or moment that would tell.
        """
        return self._query.position

    @property
    def totalcount(self) -> int | None:
        """How many rows the query has, as the last answer said; None before any answer.

        Where an answer does not tell it, or tells of fewer rows than came, the rows that came so
        far.

        Raises:
            FieldNotFetchedError: no answer ever tells it, as in the services on hosts of their own.
        """
        query = self._query
        if not query.advance.countable:
            raise not_counted(query.label)
        return query.totalcount

    @property
    def drifted(self) -> bool:
        """Whether the answers of the last walk contradict each other, or themselves.

        Then the collection changed meanwhile, so that rows may have shifted, or the `totalcount`
        is not true. A walk never ends by such a count: where a full page brings more rows than
        were counted, it asks for the next one. A walk by id takes no notice of the count.
        """
        return self._query.drifted

    def __await__(self) -> Generator[Any, Any, Page[T]]:
        return self._first_page().__await__()

    def __aiter__(self) -> ItemWalk[T]:
        return ItemWalk(self._query)

    if not TYPE_CHECKING:  # pragma: no branch  # checkers are to refuse a plain `for` themselves

        def __iter__(self) -> NoReturn:
            raise TypeError(
                "a Paginator is asynchronous: use `async for item in paginator`,"
                " or `await paginator.collect()` for a list"
            )

    def pages(self) -> PageWalk[T]:
        """The pages instead of the items, for `async for`; an empty collection has none."""
        return PageWalk(self._query)

    async def collect(self, limit: int | None = None) -> list[T]:
        """Every item, or the first `limit` of them, in a list; asks for no more rows than that.

        Raises:
            InvalidInputError: `limit` is less than 1.
            SitooError: as any call.
        """
        if limit is not None:
            check_whole("limit", limit, least=1)
        items: list[T] = []
        async for page in PageWalk(self._query, limit):
            items += page.items
        if limit is not None and len(items) > limit:  # the server gave more than it was asked for
            del items[limit:]
            query = self._query
            query.stand(query.start)
            query.items, query.finished = tuple(items), limit
        return items

    async def first(self) -> T | None:
        """The first item, or None where there is none; asks for one row.

        Raises:
            SitooError: as any call.
        """
        page = await self._first_page(1)
        if page.items:
            return page.items[0]
        query = self._query
        counted = query.advance.countable
        if page.totalcount > page.start if counted else page.next:
            # The row was null, or not there: the first item comes later.
            behind: Any = query.start if counted else page.next
            async for later in PageWalk(attrs.evolve(query, start=behind), 1):
                return later.items[0]
        return None

    async def count(self) -> int:
        """How many rows the query has, asked afresh and as cheaply as can be.

        A collection that does not tell its size, or not truly, is walked to its end.

        Raises:
            FieldNotFetchedError: it goes by the cursors of pages, as in the services on hosts of
                their own, so that only walking all of it would tell.
            SitooError: as any call.
        """
        query = self._query
        if not query.advance.countable:
            raise not_counted(query.label)
        if self._count is not None:
            told = await self._count()
        elif query.advance.counted:
            rows, told = query.read(await self._ask(1))
            least = query.advance.row(query.start) + len(rows)
            told = None if told is None or (rows and told < least) else told
        else:
            told = None
        if told is None:
            # All rows are counted, wherever this paginator starts.
            start: Any = 0 if query.advance.counted else query.start
            walk = PageWalk(attrs.evolve(query, start=start))
            async for _ in walk:
                pass
            told = walk.passed
        query.totalcount = told
        return told

    async def _first_page(self, num: int | None = None) -> Page[T]:
        query = self._query
        advance, start = query.advance, query.start
        body = await self._ask(num)
        rows, totalcount = query.read(body)
        items = [row for row in rows if row is not None]
        row = advance.row(start)
        if not advance.countable:
            return uncounted(items, row, cast("str | None", advance.after(start, rows, body)))
        received = len(rows)
        query.totalcount = advance.total(row, received, totalcount, come=received > 0)
        return Page(items, query.totalcount, row)

    async def _ask(self, num: int | None = None) -> bytes:
        query = self._query
        size = query.advance.page_size or num or query.pace.size
        return await query.fetch(query.start, size, "call")

    def __repr__(self) -> str:
        total = "unknown" if self._query.totalcount is None else self._query.totalcount
        drifted = ", drifted" if self.drifted else ""
        try:
            position: object = self.position
        except DecodeError:
            position = "unknown"
        return f"<Paginator {self._query.label}: position {position}, total {total}{drifted}>"
