"""Walking a collection page by page: what a `list(...)` method returns.

A collection answers with an envelope: the rows from `start` on, at most `num` of them, and how many
there are in all (reference: Introduction, "Retrieving collections and envelopes"). The collection
lives on while it is walked, so rows may shift from one page to the next; a walk can't repair that,
but it never loops, never stops at a page that merely came short, and says what it noticed.

This module knows neither HTTP nor the lane: it is given a function that fetches the bytes of a page
and one that decodes them.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Self, TypeVar, overload

import attrs

from sitoo_async.errors import DecodeError, InvalidInputError

__all__ = ["ByOffset", "ItemWalk", "Page", "PageWalk", "Paginator"]

T = TypeVar("T")

_LARGEST_PAGE = 100_000  # the largest `num` that the reference's own examples use
_LOOP_TURNS = 3  # as many as it takes until the bytes of the next request are written


@attrs.frozen
class Page(Generic[T]):
    """One page of a collection; iterates, counts and indexes like its `items`.

    Attributes:
        items: the rows, in the order of the answer.
        totalcount: how many rows the whole query has, as this answer said.
        start: the index of the first of these rows in the collection, counted from 0.
    """

    items: list[T]
    totalcount: int
    start: int

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> list[T]: ...
    def __getitem__(self, index: int | slice) -> T | list[T]:
        return self.items[index]


class ByOffset:
    """How a walk advances: `start` is the index of a row and moves on by the rows received.

    A walk by ascending id would be another class with these three methods.
    """

    def ahead(self, start: int, num: int) -> int:
        """Where the next page starts if this one comes full, told before it is decoded."""
        return start + num

    def after(self, start: int, items: Sequence[Any]) -> int:
        """Where the next page starts, now that the rows of this one are known."""
        return start + len(items)

    def ended(self, following: int, received: int, totalcount: int) -> bool:
        """Whether nothing follows; a page that came short in the middle is not the end."""
        return received == 0 or following >= totalcount


@attrs.define(eq=False)
class _Query(Generic[T]):
    """What a paginator and its walks share: the question asked, and how far the last walk got."""

    fetch: Callable[[int, int, bool], Coroutine[Any, Any, bytes]]
    decode: Callable[[bytes], tuple[list[T], int]]
    start: int
    page_size: int
    label: str
    advance: ByOffset
    position: int
    totalcount: int | None = None
    drifted: bool = False


class PageWalk(AsyncIterator[Page[T]]):
    """The pages of one walk. Leaving it in any way drops a page that was asked for in advance.

    After an error the walk stands where it stood: asking again fetches the same page again.
    """

    def __init__(self, query: _Query[T], limit: int | None = None) -> None:
        self._ahead: tuple[int, asyncio.Task[bytes]] | None = None
        self._query = query
        self._start = query.start
        self._left = limit  # rows still wanted; None: all
        self._totalcount: int | None = None  # as the last page of this walk said
        self._full = False  # whether the last page came full; a short one is a bad base for a guess
        self._turned = False  # whether this walk has had its first page
        self._ended = False
        self._closed = False
        self._busy = False
        query.position = query.start
        query.drifted = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        if self._busy:
            raise RuntimeError(
                f"{self._query.label}: another task is waiting for the next page of this walk;"
                " give each task an iterator of its own, or share the items through a queue"
            )
        if self._closed:
            raise StopAsyncIteration
        # Whoever asks for more has finished with what came before.
        self._query.position = self._start
        if not self._ended:
            self._busy = True
            try:
                page = await self._turn()
            except BaseException:
                # The traceback would keep this walk, and with it the page ahead, alive.
                self._drop_ahead()
                raise
            finally:
                self._busy = False
            if page.items:
                return page
        raise StopAsyncIteration

    async def aclose(self) -> None:
        """End the walk and drop a page asked for in advance; a second call does nothing."""
        self._closed = True
        self._drop_ahead()

    def __del__(self) -> None:
        self._drop_ahead()

    async def _turn(self) -> Page[T]:
        query, start = self._query, self._start
        num = query.page_size if self._left is None else min(query.page_size, self._left)
        body = await self._arrival(start, num)
        if self._ask_ahead(start, num):
            # Decoding blocks the loop. The server works meanwhile only if the next request is on
            # the wire by then; whether it gets its turn in the lane is not waited for.
            for _ in range(_LOOP_TURNS):
                await asyncio.sleep(0)
        items, totalcount = query.decode(body)
        self._settle(start, num, items, totalcount)
        return Page(items, totalcount, start)

    async def _arrival(self, start: int, num: int) -> bytes:
        if self._ahead is not None:
            _, task = self._ahead
            self._ahead = None
            # Cancelling the consumer here cancels the task too, which is what leaving means.
            return await task
        return await self._query.fetch(start, num, self._turned)

    def _ask_ahead(self, start: int, num: int) -> bool:
        """Ask for the next page before this one is decoded, where there seems to be one."""
        query = self._query
        guess = query.advance.ahead(start, num)
        # No total yet: this is the first page, and a consumer may well stop inside it. After a
        # page that came short (a server may give less than asked, each time) the guess would miss.
        if self._totalcount is None or not self._full:
            return False
        if query.advance.ended(guess, num, self._totalcount):
            return False
        following = query.page_size
        if self._left is not None:
            following = min(following, self._left - num)
            if following <= 0:
                return False
        task = asyncio.create_task(
            query.fetch(guess, following, True),  # noqa: FBT003  # pages after the first are bulk
            name=f"sitoo_async page {guess} of {query.label}",
        )
        task.add_done_callback(_observe)
        self._ahead = guess, task
        return True

    def _settle(self, start: int, num: int, items: list[T], totalcount: int) -> None:
        """Move on behind a page that has come, and notice what does not fit."""
        query, received = self._query, len(items)
        following = query.advance.after(start, items)
        if received and following <= start:
            # Only a broken cursor gets here; without this it would ask for one page for ever.
            raise DecodeError(
                f"{query.label}: no progress: the page at {start} held {received} rows, but the"
                f" next one would start at {following}",
                sent="yes",
            )
        if self._totalcount not in (None, totalcount) or (not received and totalcount > start):
            # The collection changed under the walk, or claims rows that it does not give.
            query.drifted = True
        query.totalcount = self._totalcount = totalcount
        self._turned = True
        self._start = following
        self._full = received == num
        if self._left is not None:
            self._left -= received
        self._ended = query.advance.ended(following, received, totalcount) or (
            self._left is not None and self._left <= 0
        )
        if self._ahead is not None and (self._ended or self._ahead[0] != following):
            self._drop_ahead()

    def _drop_ahead(self) -> None:
        if self._ahead is None:
            return
        _, task = self._ahead
        self._ahead = None
        loop = task.get_loop()
        if _is_running(loop):
            task.cancel()
        else:
            # The garbage collector may run in another thread. A closed loop has nothing to cancel.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(task.cancel)


def _is_running(loop: asyncio.AbstractEventLoop) -> bool:
    """Whether this is the loop that runs right here, in this thread."""
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _observe(task: asyncio.Task[bytes]) -> None:
    """Take note of a failure, so that one nobody came for is not logged as never retrieved."""
    if not task.cancelled():
        task.exception()


class ItemWalk(AsyncIterator[T]):
    """The items of one walk, one page of them in memory. Use it under `contextlib.aclosing`."""

    def __init__(self, query: _Query[T]) -> None:
        self._query = query
        self._pages = PageWalk(query)
        self._items: Sequence[T] = ()
        self._first = 0  # the place of the first of these items in the collection
        self._index = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if self._index == len(self._items):
            self._items, self._index = (), 0  # so that one page is held, not two
            page = await anext(self._pages)
            self._items, self._first = page.items, page.start
        index = self._index
        self._index = index + 1
        self._query.position = self._first + index
        return self._items[index]

    async def aclose(self) -> None:
        """End the walk and drop a page asked for in advance; a second call does nothing."""
        self._items, self._index = (), 0
        await self._pages.aclose()


class Paginator(Generic[T]):
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
        fetch: gets the bytes of a page: `(start, num, bulk)`. `bulk` is true for all but the first.
        decode: turns the bytes of a page into its items and the totalcount.
        start: the index of the first row, counted from 0.
        page_size: the rows per request, 1 to 100 000 (on the wire: `num`).
        label: the collection's name, for texts.
        count: asks for the totalcount alone, where there is a cheaper way than a page of one row.
        advance: how a walk advances.

    Raises:
        InvalidInputError: `start` or `page_size` is out of its range.
    """

    def __init__(
        self,
        fetch: Callable[[int, int, bool], Coroutine[Any, Any, bytes]],
        decode: Callable[[bytes], tuple[list[T], int]],
        *,
        start: int,
        page_size: int,
        label: str,
        count: Callable[[], Coroutine[Any, Any, int]] | None = None,
        advance: ByOffset | None = None,
    ) -> None:
        _check("start", start, least=0)
        _check("page_size", page_size, least=1, most=_LARGEST_PAGE)
        self._count = count
        self._query = _Query(
            fetch, decode, start, page_size, label, advance or ByOffset(), position=start
        )

    @property
    def position(self) -> int:
        """The index of the first item that the consumer of the last walk has not finished with.

        An item counts as finished when the next one is asked for; in `pages()` likewise a page.
        `list(..., start=paginator.position)` resumes after a crash without leaving anything out.
        """
        return self._query.position

    @property
    def totalcount(self) -> int | None:
        """How many rows the query has, as the last answer said; None before any answer."""
        return self._query.totalcount

    @property
    def drifted(self) -> bool:
        """Whether the collection changed during the last walk, so that rows may have shifted."""
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
            _check("limit", limit, least=1)
        items: list[T] = []
        async for page in PageWalk(self._query, limit):
            items += page.items
        if limit is not None and len(items) > limit:  # the server gave more than it was asked for
            del items[limit:]
            self._query.position = self._query.start + limit
        return items

    async def first(self) -> T | None:
        """The first item, or None where there is none; asks for one row.

        Raises:
            SitooError: as any call.
        """
        page = await self._first_page(1)
        return page.items[0] if page.items else None

    async def count(self) -> int:
        """How many rows the query has, asked afresh and cheaply.

        Raises:
            SitooError: as any call.
        """
        if self._count is None:
            return (await self._first_page(1)).totalcount
        totalcount = self._query.totalcount = await self._count()
        return totalcount

    async def _first_page(self, num: int | None = None) -> Page[T]:
        query = self._query
        body = await query.fetch(query.start, num or query.page_size, False)  # noqa: FBT003  # interactive
        items, totalcount = query.decode(body)
        query.totalcount = totalcount
        return Page(items, totalcount, query.start)

    def __repr__(self) -> str:
        total = "unknown" if self.totalcount is None else self.totalcount
        drifted = ", drifted" if self.drifted else ""
        return f"<Paginator {self._query.label}: position {self.position}, total {total}{drifted}>"


def _check(field: str, value: object, *, least: int, most: int | None = None) -> None:
    """Refuse what is not a whole number within its range; a bool is no number here."""
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and least <= value
        and (most is None or value <= most)
    ):
        return
    limits = f"of {least} or more" if most is None else f"from {least} to {most}"
    raise InvalidInputError(f"{field} must be a whole number {limits}, not {value!r}", field=field)
