"""How a walk gets from one page of a collection to the next.

Most collections are counted: the next page starts at the index behind the rows that came. Counted
rows shift when the collection changes under the walk, so wherever the API can be asked for what
follows a known id or moment, a walk goes by that instead; it then misses nothing and gives nothing
twice.

A *cursor* is what the next page is asked for by: an index, the last id seen, a moment, or a text
that the page before names for that.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import pairwise
from typing import Any, Generic, Self, TypeGuard, cast

import attrs
from typing_extensions import TypeVar, override

from sitoo_async._checks.show import shown
from sitoo_async._codec.meaning import integer_of
from sitoo_async.errors import DecodeError

__all__ = [
    "Advance",
    "AfterId",
    "AtOnce",
    "ByNext",
    "ByNextFromMoment",
    "ByOffset",
    "Cursor",
    "FromMoment",
    "P",
]

P = TypeVar("P", default=int)
"""What a cursor is; an index where nothing else is said."""


class Advance(ABC, Generic[P]):
    """The rules of one kind of walk; what they need to remember is in their arguments.

    Attributes:
        counted: whether the cursor is the index of a row, so that rows may shift under the walk.
        countable: whether anything ever tells how many rows there are.
        whole: whether all rows come in one answer, so that no others can be asked for.
        page_size: how many rows a page has at most, where the caller has no say in it.
        key: what tells two rows apart, where a page begins with the last rows of the one before.
    """

    counted: bool = False
    countable: bool = True
    whole: bool = False
    page_size: int | None = None
    key: Callable[[Any], Hashable] | None = None

    @abstractmethod
    def ahead(
        self, at: P, num: int, body: bytes, totalcount: int | None, *, full: bool
    ) -> P | None:
        """Where the next page starts, told before this one is decoded; None if nobody can tell.

        Args:
            at: the cursor of this page.
            num: the rows it was asked for.
            body: this page.
            totalcount: what the page before said.
            full: whether that one held as many rows as were asked for.
        """

    @abstractmethod
    def after(self, at: P, rows: Sequence[Any], body: bytes) -> P:
        """Where the next page starts, now that this one's rows are known; None is a row too."""

    @abstractmethod
    def ended(
        self, following: P, received: int, num: int, totalcount: int | None, *, first: bool
    ) -> bool:
        """Whether nothing follows.

        Args:
            following: where the next page would start.
            received: the rows of this one.
            num: the rows it was asked for.
            totalcount: what its answer told; None: nothing.
            first: whether it is the first page of the walk.
        """

    @abstractmethod
    def position(self, at: P, items: Sequence[Any], finished: int) -> P:
        """The cursor that resumes behind the first `finished` of a page's items."""

    def rest(self, at: P, following: P) -> P:
        """Where a walk stands that has ended with the page at that cursor."""
        del at
        return following

    def stuck(self, at: P, following: P) -> bool:
        """Whether the next page would be this one again."""
        return following == at

    def row(self, at: P) -> int:
        """The index of the first row of a walk that starts at this cursor."""
        return cast("int", at) if self.counted else 0

    def total(self, row: int, received: int, totalcount: int | None, *, come: bool) -> int:
        """The rows of the whole walk, as far as a page and those before it tell.

        Args:
            row: the index of the page's first row.
            received: its rows.
            totalcount: what its answer told; None: nothing.
            come: whether any row has come so far.
        """
        if totalcount is None:
            return row + received
        told = totalcount if self.counted else row + totalcount
        # Rows that came are there, whatever the count says.
        return max(told, row + received) if come else told


class ByOffset(Advance[int]):
    """By the index of a row: on by as many rows as came."""

    counted = True

    @override
    def ahead(
        self, at: int, num: int, body: bytes, totalcount: int | None, *, full: bool
    ) -> int | None:
        # After a page that came short (a server may give less than asked, each time) the guess
        # would miss.
        if totalcount is None or not full or at + num >= totalcount:
            return None
        return at + num

    @override
    def after(self, at: int, rows: Sequence[Any], body: bytes) -> int:
        return at + len(rows)

    @override
    def ended(
        self, following: int, received: int, num: int, totalcount: int | None, *, first: bool
    ) -> bool:
        if received == 0:
            return True
        if totalcount is not None and following < totalcount:
            # A page that came short in the middle is not the end.
            return False
        if received < num:
            return True
        # A full page. Where the count is missing or refuted by the rows that came, only asking
        # tells what follows. A count of just what was asked for may be that of the page.
        agrees = following == totalcount
        return agrees and not (first and totalcount == num)

    @override
    def stuck(self, at: int, following: int) -> bool:
        return following <= at

    @override
    def position(self, at: int, items: Sequence[Any], finished: int) -> int:
        # Rows that are null are not among the items: inside such a page it may stand too low, so
        # that an item comes twice rather than never.
        return at + finished


class AtOnce(ByOffset):
    """What comes whole: one page, and no parameter to ask for another."""

    whole = True
    page_size = 100_000

    @override
    def ended(
        self, following: int, received: int, num: int, totalcount: int | None, *, first: bool
    ) -> bool:
        return True


@attrs.frozen
class AfterId(Advance[P]):
    """By ascending id: what follows the last id that came. Rows that shift do not matter.

    Attributes:
        identifier: the field that holds the id.
        peek: how many rows a page has, and the last one's id, without decoding all of it.
        told: whether the answers tell how many rows there are; a bare array does not.
    """

    identifier: str
    peek: Callable[[bytes], tuple[int, P | None]]
    told: bool = True

    @override
    def ahead(
        self, at: P, num: int, body: bytes, totalcount: int | None, *, full: bool
    ) -> P | None:
        received, last = self.peek(body)
        return None if self.told and received < num else last

    @override
    def after(self, at: P, rows: Sequence[Any], body: bytes) -> P:
        items = [row for row in rows if row is not None]
        if not items:
            return at
        last = self._id(items[-1], at)
        self._check_order(at, items)
        return last

    def _check_order(self, at: P, items: Sequence[Any]) -> None:
        """Refuse a page that does not follow its cursor: the next one might begin anew."""
        ids: list[Any] = [found for item in items if type(found := self._raw(item, at)) is type(at)]
        if isinstance(at, int):
            if any(later < earlier for earlier, later in pairwise([at + 1, *ids])):
                raise DecodeError(
                    f"{self.identifier} should ascend from above {at}, and the page holds"
                    f" {shown(ids[0])} to {shown(ids[-1])}",
                    sent="yes",
                )
        # Only numbers are known to be in order; the ids of service orders are text.
        elif at and at in ids:
            raise DecodeError(
                f"no progress: the page should follow the {self.identifier} {shown(at)}, and it"
                " holds that one too",
                sent="yes",
            )

    @override
    def ended(
        self, following: P, received: int, num: int, totalcount: int | None, *, first: bool
    ) -> bool:
        # A short page is the end, unless the envelope says that more rows follow: then the
        # server gives fewer than asked for. A bare array never says so: one more request tells.
        short = received < num and received >= (totalcount or 0)
        return received == 0 or (self.told and short)

    @override
    def position(self, at: P, items: Sequence[Any], finished: int) -> P:
        return self._id(items[finished - 1], at) if finished else at

    def _raw(self, item: Any, at: P) -> Any:
        found: Any = getattr(item, self.identifier, None)
        # A field stays as it came, but what follows the id "17" is known.
        meant = integer_of(found) if isinstance(at, int) else None
        return found if meant is None else meant

    def _id(self, item: Any, at: P) -> P:
        """The id of an item, which is to be a cursor such as `at`; 0 and "" are none."""
        found = self._raw(item, at)
        if type(found) is not type(at) or not found:
            raise _lost(self.identifier, found)
        return found


class FromMoment(Advance[datetime | None]):
    """By a moment, which the page includes: what came with the last one comes once more.

    Args:
        field: the field that holds the moment; rows come in its order.
        key: what tells two rows apart.
        peek: how many rows a page has, and the last one's moment.
        page_size: the rows that a page has at most.
    """

    def __init__(
        self,
        field: str,
        key: Callable[[Any], Hashable],
        peek: Callable[[bytes], tuple[int, datetime | None]],
        page_size: int,
    ) -> None:
        self._field = field
        self._peek = peek
        self.key = key
        self.page_size = self._full = page_size

    @override
    def ahead(
        self,
        at: datetime | None,
        num: int,
        body: bytes,
        totalcount: int | None,
        *,
        full: bool,
    ) -> datetime | None:
        received, last = self._peek(body)
        return None if received < num or (at is not None and last and last < at) else last

    @override
    def after(self, at: datetime | None, rows: Sequence[Any], body: bytes) -> datetime | None:
        items = [row for row in rows if row is not None]
        if not items:
            return at
        moments = [found for item in items if isinstance(found := self._raw(item), datetime)]
        if len(rows) < self._full:
            # Nothing follows; whoever goes on some other day had better get some twice.
            last = moments[-1] if moments else at
        else:
            last = self._moment(items[-1])
        _check_ascending(self._field, at, moments)
        return last

    @override
    def ended(
        self,
        following: datetime | None,
        received: int,
        num: int,
        totalcount: int | None,
        *,
        first: bool,
    ) -> bool:
        return received < num

    @override
    def position(self, at: datetime | None, items: Sequence[Any], finished: int) -> datetime | None:
        return self._moment(items[min(finished, len(items) - 1)]) if items else at

    def _raw(self, item: Any) -> Any:
        return getattr(item, self._field, None)

    def _moment(self, item: Any) -> datetime:
        found = self._raw(item)
        if not isinstance(found, datetime):
            raise _lost(self._field, found)
        return found


class ByNext(Advance[str | None]):
    """By the cursor that the page before names; None is the beginning, and behind the last page.

    Args:
        peek: the cursor that a page names for the next one; None: it is the last.
    """

    countable = False

    def __init__(self, peek: Callable[[bytes], str | None]) -> None:
        self._peek = peek

    @override
    def ahead(
        self, at: str | None, num: int, body: bytes, totalcount: int | None, *, full: bool
    ) -> str | None:
        with suppress(DecodeError):  # decoding the page tells what is wrong
            following = self._peek(body)
            return None if following == at else following
        return None

    @override
    def after(self, at: str | None, rows: Sequence[Any], body: bytes) -> str | None:
        return self._peek(body)

    @override
    def ended(
        self,
        following: str | None,
        received: int,
        num: int,
        totalcount: int | None,
        *,
        first: bool,
    ) -> bool:
        # Not by the rows: a page may be short, or empty, and others follow.
        return following is None

    @override
    def rest(self, at: str | None, following: str | None) -> str | None:
        # Nothing else is known that would not begin anew, and more rows may come to that page.
        return at

    @override
    def position(self, at: str | None, items: Sequence[Any], finished: int) -> str | None:
        # A cursor names a page, so those of its items that are finished come again.
        return at


class Cursor(str):
    """A cursor of a page, empty at both ends, and how far the rows before it reach.

    Attributes:
        moment: the moment of the last of them; None where nothing tells.
    """

    __slots__ = ("moment",)

    moment: datetime | None

    @classmethod
    def reaching(cls, moment: datetime | None, following: str | None = None) -> Self:
        """The cursor behind rows of that moment, as their page names it."""
        cursor = cls(following or "")
        cursor.moment = moment
        return cursor


class ByNextFromMoment(Advance[Any]):
    """By the cursor that the page before names; to be resumed by a moment, which outlives cursors.

    A walk that goes on from its position gets what has that very moment once more, since more of
    it may have come.

    Args:
        field: the field that holds the moment; rows come in its order.
        peek: the cursor that a page names for the next one; None: it is the last.
    """

    countable = False

    def __init__(self, field: str, peek: Callable[[bytes], str | None]) -> None:
        self._field = field
        self._peek = peek
        self._pages = ByNext(peek)

    @override
    def ahead(
        self, at: Cursor, num: int, body: bytes, totalcount: int | None, *, full: bool
    ) -> str | None:
        return self._pages.ahead(at, num, body, totalcount, full=full)

    @override
    def after(self, at: Cursor, rows: Sequence[Any], body: bytes) -> Cursor:
        found = (getattr(row, self._field, None) for row in rows)
        _check_ascending(self._field, at.moment, [each for each in found if _is_moment(each)])
        return Cursor.reaching(self._reached(rows, at), self._peek(body))

    @override
    def ended(
        self, following: Cursor, received: int, num: int, totalcount: int | None, *, first: bool
    ) -> bool:
        return not following

    @override
    def rest(self, at: Cursor, following: Cursor) -> Cursor:
        return Cursor.reaching(following.moment)

    @override
    def position(self, at: Cursor, items: Sequence[Any], finished: int) -> datetime | None:
        return self._reached(items[: finished + 1], at)

    def _reached(self, rows: Sequence[Any], at: Cursor) -> datetime | None:
        """The moment of the last row that has one; rather one too early than one too late."""
        moments = (getattr(row, self._field, None) for row in reversed(rows))
        return next(filter(_is_moment, moments), at.moment)


def _is_moment(found: object) -> TypeGuard[datetime]:
    return isinstance(found, datetime)


def _check_ascending(field: str, at: datetime | None, moments: Sequence[datetime]) -> None:
    """Refuse rows in another order than that of their moments: a position would leave some out."""
    # What the caller began with may be finer than the whole seconds that are sent.
    begin = [] if at is None else [at.replace(microsecond=0)]
    for earlier, later in pairwise([*begin, *moments]):
        if later < earlier:
            raise DecodeError(
                f"{field} should ascend, and goes back from {earlier} to {later}", sent="yes"
            )


def _lost(name: str, found: object) -> DecodeError:
    """What is raised where a row does not hold the cursor that should follow from it."""
    came = "without" if found is None else f"with {shown(found)} as"
    return DecodeError(
        f"the page holds a row {came} its {name}, so that nothing tells where the next one starts",
        sent="yes",
    )
