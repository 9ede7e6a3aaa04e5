"""The calls about journals: what was done at each cash register, as it reaches Sitoo.

Reference: https://developer.sitoo.com/, the pages of Journals v3
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal, TypedDict, Unpack

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async._checks.values import check_whole
from sitoo_async._codec.json import is_mapping
from sitoo_async._http.url import query_string
from sitoo_async._paging.cursor import ByNextFromMoment, Cursor
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import DecodeError, InvalidInputError
from sitoo_async.models.journals import JournalEntry
from sitoo_async.resources._base import PAGE_SIZE, Resource, joined
from sitoo_async.resources._collection import filter_kinds
from sitoo_async.resources._operation import Operation, performs

if TYPE_CHECKING:
    from sitoo_async.models.cash_registers import PosRegister
    from sitoo_async.resources.cash_registers import CashRegisters

__all__ = ["JournalFilters", "Journals", "JournalsOfAll"]

_LIST: Final = Operation(
    "GET",
    "/journal-entries",
    repeatable=True,
    service="journals-v3",
    name="Get Journal Entries",
)

_GUID: Final = re.compile(r"[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}", re.ASCII | re.IGNORECASE)


class JournalFilters(TypedDict, total=False):
    """What `Journals.list` filters on."""

    date_from: datetime
    """Only entries of that moment or later, by the date that `date_type` says."""
    date_to: datetime
    """Only entries of that moment or earlier, by the date that `date_type` says."""
    date_type: Literal["created", "added"]
    """Whether filters and order go by when it was done, as by default, or by when it arrived."""
    sort_order: Literal["asc", "desc"]
    """The direction of the order; its values are inferred, and so is the default."""
    type: str
    """Only entries of this type, see `JournalEntryType`."""


class _Asked(JournalFilters, total=False):
    """What an operation takes, with the register."""

    register_id: str


class Journals(Resource):
    """The journals of cash registers: everything that was done at them, for a backup.

    Reference: https://developer.sitoo.com/, the pages of Journals v3
    """

    @performs(_LIST)
    def list(
        self,
        register_id: str,
        /,
        *,
        after: str | None = None,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[JournalFilters],
    ) -> Paginator[JournalEntry, str | None]:
        """Walk the journal of one cash register. Nothing tells how many entries there are.

        Args:
            register_id: the register's GUID, as `CashRegisters.list` has it; with braces or
                without.
            after: the cursor to begin at, as `position` or `next` of a page tells it.
            page_size: entries per request, 1 to 100,000.
            filters: see `JournalFilters`.

        Raises:
            InvalidInputError: `register_id` is no GUID, an unknown filter, a naive datetime,
                `after` is no cursor, or `page_size` out of range.

        Reference: https://developer.sitoo.com/, the page Endpoints of Journals v3
        """
        return self._list_by_next(
            _LIST,
            {},
            JournalEntry,
            after=after,
            page_size=page_size,
            filters={"register_id": _braced(register_id), **filters},
            takes=_Asked,
        )

    def list_added(
        self,
        register_id: str,
        /,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        held: Collection[int] = (),
        page_size: int = PAGE_SIZE,
    ) -> Paginator[JournalEntry, datetime | None]:
        """Walk the journal of one cash register in the order in which it reached Sitoo.

        What a register did without network arrives late, so a backup goes by `dateadded`. To go on
        some other day, keep the paginator's `position`, which is a moment, and give it as `since`.
        The entries of that very moment come again then, since more of them may have come; name
        those that you have in `held`, or tell them by their `registerid` and `id`.

        Args:
            register_id: the register's GUID, with braces or without.
            since: only entries that arrived at that moment or later.
            until: only entries that arrived at that moment or earlier.
            held: the ids of entries of the moment `since` that are not to come again.
            page_size: entries per request, 1 to 100,000.

        Raises:
            InvalidInputError: `register_id` is no GUID, a naive datetime, `held` without `since` or
                of other than whole numbers, or `page_size` out of range.
            BadRequestError: from the walk: Sitoo spells the order otherwise than ``asc``, which is
                inferred.
            DecodeError: from the walk: the entries are not in the order in which they arrived.

        Reference: https://developer.sitoo.com/, the page Endpoints of Journals v3
        """
        asked: dict[str, Any] = {"register_id": _braced(register_id)}
        asked |= {"date_type": "added", "sort_order": "asc"}
        for name, moment in (("since", since), ("until", until)):
            if moment is not None:
                _check_moment(name, moment)
                asked["date_from" if name == "since" else "date_to"] = moment
        query = query_string(asked, filter_kinds(_Asked))

        def of_page(cursor: str, num: int) -> str:
            return joined(query, f"num={num}", query_string({"next": cursor}) if cursor else "")

        start: Any = Cursor.reaching(since)  # told as the moment that a position is
        return self._walk(
            _LIST,
            {},
            JournalEntry,
            start=start,
            page_size=page_size,
            query=of_page,
            advance=ByNextFromMoment("dateadded", self._next_of(_LIST, {})),
            through=_without(held, since),
        )

    def list_all(
        self,
        *,
        since: datetime | Mapping[str, datetime] | None = None,
        includenotregistered: bool = False,
        page_size: int = PAGE_SIZE,
    ) -> JournalsOfAll:
        """Walk the journals of all cash registers of the site, one after the other.

        The registers are those of `CashRegisters.list`; each journal comes in the order in which
        it reached Sitoo. To go on some other day, keep the `positions` of the walk and give them as
        `since`: a register that is not among them is walked from its beginning. The entries of
        those very moments come again then, which their `registerid` and `id` tell.

        Args:
            since: only entries that arrived at that moment or later; a moment for all registers,
                or one for each by its GUID.
            includenotregistered: whether registers are walked, too, that have no `registerkey`.
            page_size: entries per request, 1 to 100,000.

        Raises:
            InvalidInputError: `since` is neither, or names what is no GUID; a naive datetime.
            DecodeError: from the walk: as of `list_added`, or a cash register has no GUID.

        Reference: https://developer.sitoo.com/, the page Endpoints of Journals v3
        """
        begin: dict[str, datetime] = {}
        everywhere: datetime | None = None
        with Looking("since"):
            if since is None or isinstance(since, datetime):
                everywhere = since
            elif is_mapping(since):
                begin = {_braced(key, "since"): moment for key, moment in since.items()}
            else:
                raise InvalidInputError(
                    f"since must be a moment, or one for each register, not {shown(since)}",
                    field="since",
                )
        for moment in (everywhere, *begin.values()):
            if moment is not None:
                _check_moment("since", moment)
        # Another group, of which no other method knows.
        from sitoo_async.resources.cash_registers import CashRegisters  # noqa: PLC0415

        registers = CashRegisters(self._session, self.options, self.site)
        return JournalsOfAll(
            self, registers, begin, everywhere, page_size, includenotregistered=includenotregistered
        )


class JournalsOfAll(AsyncIterable[JournalEntry]):
    """The entries of all cash registers: ``async for`` gives each, register by register."""

    def __init__(
        self,
        journals: Journals,
        registers: CashRegisters,
        begin: Mapping[str, datetime],
        since: datetime | None,
        page_size: int,
        *,
        includenotregistered: bool,
    ) -> None:
        self._journals = journals
        self._registers = registers
        self._begin = begin
        self._since = since
        self._page_size = page_size
        self._includenotregistered = includenotregistered
        self._positions = dict(begin)
        self._walks: dict[str, Paginator[JournalEntry, datetime | None]] = {}

    @property
    def positions(self) -> Mapping[str, datetime]:
        """The moment by which each register is resumed, by its GUID in braces.

        That of the first entry that the last walk has not finished with, or of the last one of the
        register. A register that had no entries is not among them.
        """
        # Each under one spelling of its GUID.
        found = {key.upper(): (key, moment) for key, moment in self._positions.items()}
        for key, walk in self._walks.items():
            position = walk.position
            if position is not None:
                found[key.upper()] = key, position
        return MappingProxyType(dict(found.values()))

    async def __aiter__(self) -> AsyncGenerator[JournalEntry, None]:
        # Noted before anything is waited for, so that whoever leaves in between finds it.
        self._walks = walks = {}
        given = {key.upper(): moment for key, moment in self._begin.items()}
        registers = self._registers.list(includenotregistered=self._includenotregistered)
        for register in await registers.collect():
            key = _guid_of(register)
            since = given.get(key.upper(), self._since)
            walk = self._journals.list_added(key, since=since, page_size=self._page_size)
            walks[key] = walk
            async with aclosing(aiter(walk)) as entries:
                async for entry in entries:
                    yield entry


def _guid_of(register: PosRegister) -> str:
    """The GUID of a register as Sitoo has it, in braces.

    Raises:
        DecodeError: it has none, so that its journal can't be asked for.
    """
    try:
        return _braced(register.registerid, "registerid")
    except InvalidInputError as error:
        raise DecodeError(f"of a cash register, {error.message}", sent="yes") from None


def _check_moment(name: str, moment: object) -> None:
    """Refuse what is no moment, by its name.

    Raises:
        InvalidInputError: it is naive, or none.
    """
    query_string({name: moment}, {name: "timestamp"})


def _braced(register_id: object, field: str = "register_id") -> str:
    """The GUID of a cash register in the braces that Sitoo has around it.

    Raises:
        InvalidInputError: it is none.
    """
    with Looking(field):
        if isinstance(register_id, str):
            text = str.__str__(register_id)
            bare = text[1:-1] if text[:1] == "{" and text[-1:] == "}" else text
            if _GUID.fullmatch(bare) is not None:
                return f"{{{bare}}}"
    raise InvalidInputError(
        f"{field} must be the GUID of a cash register, such as"
        f" '{{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}}', not {shown(register_id)}",
        field=field,
    )


def _without(
    held: Collection[int], since: datetime | None
) -> Callable[[Sequence[JournalEntry | None]], Sequence[JournalEntry | None]] | None:
    """What leaves out the entries that the caller has of the moment at which a walk begins."""
    with Looking("held"):
        given = [*held]
    for each in given:
        check_whole("held", each, least=0)
    ids = frozenset(given)
    if not ids:
        return None
    if since is None:
        raise InvalidInputError(
            "held names entries of the moment since: give that as well", field="held"
        )
    moment = since.replace(microsecond=0)  # sent as whole seconds, rounded down

    def through(rows: Sequence[JournalEntry | None]) -> Sequence[JournalEntry | None]:
        return [row for row in rows if row is None or not _is_held(row, ids, moment)]

    return through


def _is_held(entry: JournalEntry, ids: frozenset[int], moment: datetime) -> bool:
    return getattr(entry, "dateadded", None) == moment and getattr(entry, "id", None) in ids
