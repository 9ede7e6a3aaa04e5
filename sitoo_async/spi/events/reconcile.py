"""What no event told: the collections that grow, walked from where they were left the last time.

Sitoo gives an event up after a day. So whoever must not miss one looks, once a day, at what came.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Collection, Sequence
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import attrs
import msgspec

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown, type_name
from sitoo_async._checks.values import is_a
from sitoo_async._http.url import query_string
from sitoo_async.errors import InvalidInputError
from sitoo_async.spi.events.batch import subject_called
from sitoo_async.spi.events.inbox import Inbox

if TYPE_CHECKING:
    from sitoo_async._client import SitooClient
    from sitoo_async._paging.paginator import Paginator
    from sitoo_async.models import JournalEntry, Order, PosZReport, WarehouseTransaction

__all__ = ["KINDS", "Missed", "MissedKind", "reconcile"]

MissedKind = Literal["order", "z-report", "warehouse-transaction", "journal-entry"]
"""What is looked at."""

KINDS: Final[tuple[MissedKind, ...]] = get_args(MissedKind)


@attrs.frozen(kw_only=True)
class Missed:
    """An object that no event told of.

    Attributes:
        kind: what it is.
        key: what tells it from all others, such as ``ORDER 12345``.
        item: the object: an `Order`, a `PosZReport`, a `WarehouseTransaction` or a `JournalEntry`.
    """

    kind: MissedKind
    key: str
    item: Order | PosZReport | WarehouseTransaction | JournalEntry = attrs.field(repr=False)


async def reconcile(
    sitoo: SitooClient,
    inbox: Inbox,
    /,
    *,
    since: datetime,
    settled: timedelta = timedelta(hours=1),
    kinds: Collection[MissedKind] = KINDS,
) -> AsyncGenerator[Missed]:
    """Give the objects that no event told of, and note how far that has come; once a day.

    ::

        async for missed in events.reconcile(sitoo, since=datetime(2026, 12, 1, tzinfo=UTC)):
            await take_over(missed.item)

    Orders of all sites are walked by id; so are the warehouse transactions of each site. Z-reports,
    and the journals of the cash registers of each site, are walked by the moment of their arrival,
    since those of a register that was offline come late. Each walk goes on where it was left, by
    notes in the inbox; an object counts as done when the next one is asked for, so that after a
    crash it is given once more.

    What it can't see: that an order, a delivery or a shipment *changed*, if its event was lost, for
    nothing walks changes; objects of the first run whose own date is before `since`; and events
    that the inbox has forgotten (see its `remember`), whose objects are given again. No event tells
    of journal entries, so all of them are given. By which names the events of Z-reports and
    warehouse transactions tell which one it is, is inferred: where Sitoo has other names, all of
    those are given too.

    Args:
        sitoo: a client of the account.
        inbox: where the events went, of this account alone.
        since: where to begin, the first time; afterwards the notes count.
        settled: how old an object has to be. The event of a younger one may be on its way yet, by a
            day at the most; what is given before it comes is handled twice.
        kinds: what to look at.

    Raises:
        InvalidInputError: a naive `since`, a `settled` that is no duration, an unknown kind.
        SitooError: what the walks raise; it goes on from there the next time.
    """
    asked = _checked(since, settled, kinds)
    now = datetime.now(UTC)
    async for source in _sources(sitoo, asked, since, now - settled, now):
        pages = source.pages(await inbox.position(source.name))
        async with aclosing(pages):
            async for rows in pages:
                told = await inbox.told([source.key(row) for row in rows])
                for row in rows:
                    if source.key(row) not in told:
                        yield Missed(kind=source.kind, key=source.key(row), item=row)
                        await inbox.note_position(source.name, source.after(row))
                    else:
                        source.after(row)
                if rows:
                    await inbox.note_position(source.name, source.after(rows[-1]))


def _checked(since: object, settled: object, kinds: Collection[str]) -> set[str]:
    with Looking("since"):
        query_string({"since": since}, {"since": "timestamp"})  # which tells of a bad one
    if not is_a(settled, timedelta):
        raise InvalidInputError(
            f"settled must be a duration such as timedelta(hours=1), not {shown(settled)}",
            field="settled",
        )
    with Looking("kinds"):
        if isinstance(kinds, str):
            raise InvalidInputError(
                f"kinds must be several of {', '.join(KINDS)}, not {type_name(kinds)}",
                field="kinds",
            )
        asked = set(kinds)
        for kind in asked - {*KINDS}:
            raise InvalidInputError(
                f"{shown(kind)} is nothing to look at; kinds are {', '.join(KINDS)}", field="kinds"
            )
    return asked


@attrs.frozen
class _ById:
    """A walk by ascending id, such as ``orders``; the note is the last id.

    Attributes:
        kind: what is walked.
        name: under which the note is.
        walk: from the note, None where there is none.
        place: what a key begins with.
        identifier: the field with the id.
        date: the field by which one is too young.
        limit: what is younger is left for the next time.
        now: what is dated later than that has no date to go by.
    """

    kind: MissedKind
    name: str
    walk: Callable[[int | None], Paginator[Any, Any]]
    place: tuple[str | int, ...]
    identifier: str
    date: str
    limit: datetime
    now: datetime

    async def pages(self, noted: str | None) -> AsyncGenerator[Sequence[Any]]:
        """The rows, a page at a time, up to the first that is too young."""
        walk = self.walk(None if noted is None else int(noted))
        async with aclosing(aiter(walk.pages())) as pages:
            async for page in pages:
                rows = [*takewhile(self._is_settled, page.items)]
                yield rows
                if len(rows) < len(page.items):
                    return

    def _is_settled(self, row: Any) -> bool:
        date: object = getattr(row, self.date, None)
        return not isinstance(date, datetime) or not self.limit < date <= self.now

    def key(self, row: Any) -> str:
        """What tells it from all others."""
        return subject_called(self.kind, *self.place, getattr(row, self.identifier))

    def after(self, row: Any) -> str:
        """The note when one is through with it."""
        return str(getattr(row, self.identifier))


class _Arrived(msgspec.Struct):
    """The note of a walk by arrival: the last moment, and what arrived in it.

    More of that moment may have come since, so that it is asked for again.
    """

    moment: datetime
    held: list[str]


@attrs.define
class _ByArrival:
    """A walk by the moment of arrival, such as ``z-reports``.

    Attributes:
        kind: what is walked.
        name: under which the note is.
        walk: from a moment on.
        keys: the fields that tell one from all others.
        since: where it begins without a note.
        limit: where it ends.
    """

    kind: MissedKind
    name: str
    walk: Callable[[datetime], Paginator[Any, Any]]
    keys: tuple[str, ...]
    since: datetime
    limit: datetime
    _noted: _Arrived = attrs.field(init=False)

    async def pages(self, noted: str | None) -> AsyncGenerator[Sequence[Any]]:
        """The rows, a page at a time, without those that one is through with."""
        self._noted = (
            _Arrived(self.since, []) if noted is None else msgspec.json.decode(noted, type=_Arrived)
        )
        held = {*self._noted.held}
        if self._noted.moment > self.limit:
            return
        async with aclosing(aiter(self.walk(self._noted.moment).pages())) as pages:
            async for page in pages:
                yield [row for row in page.items if self.key(row) not in held]

    def key(self, row: Any) -> str:
        """What tells it from all others."""
        return subject_called(self.kind, *(getattr(row, name) for name in self.keys))

    def after(self, row: Any) -> str:
        """The note when one is through with it."""
        if row.dateadded != self._noted.moment:
            self._noted = _Arrived(row.dateadded, [])
        if self.key(row) not in self._noted.held:
            self._noted.held.append(self.key(row))
        return msgspec.json.encode(self._noted).decode()


_Source = _ById | _ByArrival


async def _sources(
    sitoo: SitooClient, kinds: Collection[str], since: datetime, limit: datetime, now: datetime
) -> AsyncGenerator[_Source]:
    """What is to be walked, one after the other."""
    if "order" in kinds:
        yield _orders(sitoo, since, limit, now)
    if "z-report" in kinds:
        yield _reports(sitoo, since, limit)
    if "warehouse-transaction" in kinds:
        async for site in sitoo.sites.list():
            yield _transactions(sitoo.site(site.eshopid), site.eshopid, since, limit, now)

    if "journal-entry" in kinds:
        async for site in sitoo.sites.list():
            there = sitoo.site(site.eshopid)
            async for register in there.cash_registers.list(includenotregistered=True):
                yield _journal(there, register.registerid, since, limit)


def _orders(sitoo: SitooClient, since: datetime, limit: datetime, now: datetime) -> _ById:
    def walk(noted: int | None) -> Paginator[Any, Any]:
        if noted is None:
            return sitoo.orders.list_all(orderdatefrom=since)
        return sitoo.orders.list_all(since_id=noted)

    return _ById("order", "orders", walk, (), "orderid", "orderdate", limit, now)


def _reports(sitoo: SitooClient, since: datetime, limit: datetime) -> _ByArrival:
    def walk(moment: datetime) -> Paginator[Any, Any]:
        return sitoo.z_reports.list(added_from=moment, added_to=limit)

    return _ByArrival("z-report", "z-reports", walk, ("registerid", "zreportid"), since, limit)


def _transactions(
    there: SitooClient, eshopid: int, since: datetime, limit: datetime, now: datetime
) -> _ById:
    def walk(noted: int | None) -> Paginator[Any, Any]:
        if noted is None:
            return there.warehouse_transactions.list(datecreatedfrom=since)
        return there.warehouse_transactions.list(since_id=noted)

    kind: MissedKind = "warehouse-transaction"
    name = f"{kind}s {eshopid}"
    identifier = "warehousetransactionid"
    return _ById(kind, name, walk, (eshopid,), identifier, "datecreated", limit, now)


def _journal(there: SitooClient, registerid: str, since: datetime, limit: datetime) -> _ByArrival:
    def walk(moment: datetime) -> Paginator[Any, Any]:
        return there.journals.list_added(registerid, since=moment, until=limit)

    name = f"journal {registerid}"
    return _ByArrival("journal-entry", name, walk, ("registerid", "id"), since, limit)
