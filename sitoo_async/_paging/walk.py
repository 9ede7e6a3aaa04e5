"""One walk over a collection, page by page or item by item.

A collection lives on while it is walked, so rows may shift from one page to the next; a walk can't
repair that, but it never loops, never stops at a page that merely came short, and says what it
noticed.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, NoReturn, Self, TypeVar, overload

import attrs

from sitoo_async._lane.batch_size import Pace
from sitoo_async._paging.cursor import Advance, P
from sitoo_async._records import Record, restore
from sitoo_async.errors import DecodeError, FieldNotFetchedError

__all__ = ["ItemWalk", "Page", "PageOf", "PageWalk", "Part", "Query", "not_counted", "uncounted"]

T = TypeVar("T")

PageOf = Literal["call", "walk", "rest"]
"""What a page is asked for: it alone, to begin a walk, or to go on with one.

Who walks can wait for longer; and what goes on gives way to whoever waits for an answer.
"""

_LOOP_TURNS = 3  # as many as it takes until the bytes of the next request are written


@attrs.frozen(eq=False, repr=False)
class Page(Record, Generic[T]):
    """One page of a collection; iterates, counts and indexes like its `items`.

    Attributes:
        items: the rows, in the order of the answer.
        totalcount: how many rows the whole query has, as this answer said; where it said nothing,
            or less than came, the rows that came so far. The services on hosts of their own never
            say it: there it is absent, and reading it a `FieldNotFetchedError`.
        start: the index of the first of these rows in the collection, counted from 0; where the
            walk did not begin at its beginning and goes by id or cursor, in the walk.
        next: in those services, the cursor of the next page, for ``list(after=...)``; None where
            this is the last one, and elsewhere.
    """

    items: list[T]
    totalcount: int
    start: int
    next: str | None = None

    if not TYPE_CHECKING:  # pragma: no branch  # checkers know what there is

        def __getattr__(self, name: str) -> NoReturn:
            if name == "totalcount":
                raise not_counted("the collection")
            raise AttributeError(f"a Page has no {name}", name=name, obj=self)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._told() == other._told()

    __hash__: ClassVar[None]  # type: ignore[assignment]  # its items can be changed

    def __repr__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self._told().items())
        return f"{type(self).__name__}({told})"

    def _told(self) -> dict[str, Any]:
        names = [each.name for each in attrs.fields(Page)]
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

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


def uncounted(items: list[T], start: int, following: str | None) -> Page[T]:
    """A page of a collection that nobody counts."""
    page: Page[T] = restore(Page, {"items": items, "start": start, "next": following or None})
    return page


def not_counted(label: str) -> FieldNotFetchedError:
    """What is raised where it is asked how many rows there are, and nothing ever tells."""
    error = FieldNotFetchedError(
        f"totalcount is not there: no answer tells how many rows {label} holds. Walk it and count,"
        " or see by `next` of a page whether another one follows"
    )
    error.name = "totalcount"
    return error


class Part(bytes):
    """The body of a page that was asked for with fewer rows, since all were too many at once."""

    num: int

    @classmethod
    def of(cls, body: bytes, num: int) -> Self:
        """Such a body, and how many rows it was asked for with."""
        part = cls(body)
        part.num = num
        return part


@attrs.define(eq=False)
class Query(Generic[T, P]):
    """What a paginator and its walks share: the question asked, and how far the last walk got.

    Attributes:
        fetch: gets the bytes of a page: `(cursor, num, of)`; a `Part` where it asked for less.
        decode: turns them into the items, None for a row that is null, and the totalcount that the
            answer tells, if it does.
        start: the cursor of the first page.
        pace: the rows to ask for at a time.
        label: the collection's name, for texts.
        advance: how a walk gets from page to page.
        at: the cursor of the page where the last walk stands.
        items: that page, as far as its items are given out one by one.
        gaps: where in that page rows were null, so that no item stands for them.
        finished: how many of them the consumer has finished with.
        totalcount: how many rows there are, as far as the last answer told.
        drifted: whether the answers of the last walk contradict each other, or themselves.
    """

    fetch: Callable[[P, int, PageOf], Coroutine[Any, Any, bytes]]
    decode: Callable[[bytes], tuple[Sequence[T | None], int | None]]
    start: P
    pace: Pace
    label: str
    advance: Advance[P]
    at: P = attrs.field(init=False)
    items: Sequence[T] = ()
    gaps: Sequence[int] = ()
    finished: int = 0
    totalcount: int | None = None
    drifted: bool = False

    def __attrs_post_init__(self) -> None:
        self.at = self.start

    def read(self, body: bytes) -> tuple[Sequence[T | None], int | None]:
        """The rows of an answer, and the totalcount that it tells; None: nothing.

        Raises:
            DecodeError: it can't be read, or holds a part where the whole was to come.
        """
        items, totalcount = self.decode(body)
        if self.advance.whole and totalcount is not None and len(items) < totalcount:
            raise DecodeError(
                f"{self.label}: the answer holds {len(items)} of {totalcount} rows, and the API has"
                " no parameter to ask for the others",
                sent="yes",
            )
        return items, totalcount

    def stand(self, at: P) -> None:
        """Note that a walk has finished with everything before this cursor."""
        self.at, self.items, self.gaps, self.finished = at, (), (), 0

    @property
    def position(self) -> P:
        """The cursor that resumes where the consumer of the last walk stands."""
        finished = self.finished
        for gap in self.gaps:
            finished += gap <= finished
        return self.advance.position(self.at, self.items, finished)


class PageWalk(AsyncIterator[Page[T]]):
    """The pages of one walk. Leaving it in any way drops a page that was asked for in advance.

    After an error the walk stands where it stood: asking again fetches the same page again.
    """

    def __init__(self, query: Query[T, Any], limit: int | None = None) -> None:
        # The cursor of a page that is asked for in advance, and the size that it is asked for with.
        self._ahead: tuple[Any, int, asyncio.Task[bytes]] | None = None
        self._query = query
        self._at = query.start
        self._row = query.advance.row(query.start)
        self._repeated: Collection[Any] = ()  # keys of rows that the next page may hold again
        self._visited: set[Any] = set()  # cursors of the pages before, where they are not counted
        self._left = limit  # rows still wanted; None: all
        self._totalcount: int | None = None  # as the last page of this walk said
        self._doubtful: int | None = None  # the hash of a page behind which nothing was promised
        self._full = False  # whether the last page came full; a short one is a bad base for a guess
        self._turned = False  # whether this walk has had its first page
        self._come = False  # whether any row has come
        self._ended = False
        self._closed = False
        self._busy = False
        query.stand(query.start)
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
        while True:
            # Whoever asks for more has finished with what came before.
            self._query.stand(self._at)
            if self._ended:
                raise StopAsyncIteration
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

    @property
    def passed(self) -> int:
        """How many rows lie before the next page: those that came, and those before `start`."""
        return self._row

    async def aclose(self) -> None:
        """End the walk and drop a page asked for in advance; a second call does nothing."""
        self._closed = True
        self._drop_ahead()

    def __del__(self) -> None:
        self._drop_ahead()

    async def _turn(self) -> Page[T]:
        query, at = self._query, self._at
        num, body = await self._arrival(at)
        if self._turned and self._ask_ahead(at, num, body):
            # Decoding blocks the loop. The server works meanwhile only if the next request is on
            # the wire by then; whether it gets its turn in the lane is not waited for.
            for _ in range(_LOOP_TURNS):
                await asyncio.sleep(0)
        rows, totalcount = query.read(body)
        if rows and self._doubtful == hash(body):
            raise DecodeError(
                f"{query.label}: no progress: the page at {at} is the one before it once more, so"
                " the server does not heed where a page is to start",
                sent="yes",
            )
        page = self._settle(at, num, rows, totalcount, body)
        promised = totalcount is not None and self._row < totalcount
        # Where no count ends it, a server that gives one page for ever has to be noticed.
        doubtful = query.advance.counted and not self._ended and not promised
        self._doubtful = hash(body) if doubtful else None
        return page

    def _size(self, left: int | None) -> int:
        """How many rows to ask for, when that many are wanted."""
        size = self._query.advance.page_size
        if size is not None:
            return size
        return self._query.pace.size if left is None else min(self._query.pace.size, left)

    async def _arrival(self, at: Any) -> tuple[int, bytes]:
        """The page at a cursor, and how many rows it was asked for with."""
        if self._ahead is not None:
            _, num, task = self._ahead
            self._ahead = None
            # Cancelling the consumer here cancels the task too, which is what leaving means.
            body = await task
        else:
            num = self._size(self._left)
            body = await self._query.fetch(at, num, "rest" if self._turned else "walk")
        return (body.num if isinstance(body, Part) else num), body

    def _ask_ahead(self, at: Any, num: int, body: bytes) -> bool:
        """Ask for the next page before this one is decoded, where there seems to be one.

        Not beside the first page: a consumer may well stop inside it.
        """
        query = self._query
        left = None if self._left is None else self._left - num
        if left is not None and left <= 0:
            return False
        guess = query.advance.ahead(at, num, body, self._totalcount, full=self._full)
        if guess is None:
            return False
        size = self._size(left)
        task = asyncio.create_task(
            query.fetch(guess, size, "rest"),
            name=f"sitoo_async page {guess} of {query.label}",
        )
        task.add_done_callback(_observe)
        self._ahead = guess, size, task
        return True

    def _settle(
        self, at: Any, num: int, rows: Sequence[T | None], totalcount: int | None, body: bytes
    ) -> Page[T]:
        """Move on behind a page that has come, and notice what does not fit."""
        query, advance, received = self._query, self._query.advance, len(rows)
        following = advance.after(at, rows, body)
        first = not self._turned
        ended = advance.ended(following, received, num, totalcount, first=first)
        if not advance.counted:
            self._visited.add(at)
        if not ended and (advance.stuck(at, following) or following in self._visited):
            # Without this it would ask for the same pages for ever.
            raise DecodeError(
                f"{query.label}: no progress: the page at {at} held {received} rows, but the"
                f" next one would start at {following}",
                sent="yes",
            )
        if advance.counted and totalcount is not None:
            # The collection changed under the walk, claims rows that it does not give, or gives
            # rows that it does not claim.
            changed = self._totalcount not in (None, totalcount)
            missing = ended and following < totalcount
            unclaimed = received > 0 and following > totalcount
            query.drifted = query.drifted or changed or missing or unclaimed
        self._totalcount = totalcount
        items = [row for row in rows if row is not None]
        if advance.counted and len(items) < received:
            query.gaps = [index for index, row in enumerate(rows) if row is None]
        key = advance.key
        if key is not None:
            if self._turned:
                items = [item for item in items if key(item) not in self._repeated]
            self._repeated = set() if ended else {key(item) for item in items}
            # Where rows come twice, no answer counts them.
            received, totalcount = len(items), None
        self._come = self._come or received > 0
        if advance.countable:
            total = advance.total(self._row, received, totalcount, come=self._come)
            page = Page(items, total, self._row)
            query.totalcount = total
        else:
            page = uncounted(items, self._row, following)
        self._turned = True
        self._at = advance.rest(at, following) if ended else following
        self._row += received
        self._full = len(rows) == num
        if self._left is not None:
            self._left -= len(items)
        self._ended = ended or (self._left is not None and self._left <= 0)
        if self._ahead is not None and (self._ended or self._ahead[0] != following):
            self._drop_ahead()
        return page

    def _drop_ahead(self) -> None:
        if self._ahead is None:
            return
        *_, task = self._ahead
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

    def __init__(self, query: Query[T, Any]) -> None:
        self._query = query
        self._pages = PageWalk(query)
        self._items: Sequence[T] = ()
        self._index = 0

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        if self._index == len(self._items):
            self._items, self._index = (), 0  # so that one page is held, not two
            page = await anext(self._pages)
            self._items = self._query.items = page.items
        index = self._index
        self._index = index + 1
        self._query.finished = index
        return self._items[index]

    async def aclose(self) -> None:
        """End the walk and drop a page asked for in advance; a second call does nothing."""
        self._items, self._index = (), 0
        await self._pages.aclose()
