"""The Z-reports of all cash registers, as they arrive.

Reference: https://developer.sitoo.com/api-reference/z-reports
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, TypedDict, Unpack

from sitoo_async._codec.codec import last_row
from sitoo_async._codec.json import UNREADABLE
from sitoo_async._http.url import Kind, query_string
from sitoo_async._paging.cursor import FromMoment
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import DecodeError
from sitoo_async.models.z_reports import PosZReport
from sitoo_async.resources._base import PAGE_SIZE, Resource, joined
from sitoo_async.resources._collection import filter_kinds
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ZReportFilters", "ZReports"]

# Printed without ".json".
_LIST: Final = Operation("GET", "/pos-z-reports", repeatable=True)
_GET: Final = Operation(
    "GET",
    "/pos-z-reports/{registerid}/{zreportid}",
    repeatable=True,
    evidence="unverified",
    confidence="low",
    texts=("registerid",),
)

_PAGE: Final = 500
"""The reports that one answer holds at most; it takes no `num`."""

_MOMENTS: Final[Mapping[str, Kind]] = {"dateaddedfrom": "timestamp", "dateaddedto": "timestamp"}


class ZReportFilters(TypedDict, total=False):
    """What `ZReports.list` filters on."""

    eshopid: Sequence[int]
    """Only reports of these sites."""
    store_id: Sequence[str]
    """Only reports of the stores with these external ids."""
    registerid: Sequence[str]
    """Only reports of these cash registers; GUIDs, braces included."""


class ZReports(Resource):
    """The Z-reports of all cash registers of the account, whatever the site.

    Reference: https://developer.sitoo.com/api-reference/z-reports
    """

    @performs(_LIST)
    def list(
        self,
        *,
        added_from: datetime | None = None,
        added_to: datetime | None = None,
        **filters: Unpack[ZReportFilters],
    ) -> Paginator[PosZReport, datetime | None]:
        """Walk the Z-reports in the order in which they reached Sitoo, oldest first.

        A report of a register that was offline arrives late, so the walk goes by `dateadded`, not
        by `datecreated`. Sitoo gives at most 500 at a time, and the next page begins with the
        moment of the last; a walk gives none twice. To follow new ones, keep the paginator's
        `position` and go on with ``added_from=position``: the reports of that very moment come
        again then, since more of them may have come. Their number is not told: `count()` walks
        them all.

        Args:
            added_from: only reports that arrived at that moment or later.
            added_to: only reports that arrived at that moment or earlier.
            filters: see `ZReportFilters`.

        Raises:
            InvalidInputError: an unknown filter, an empty array filter, a naive datetime.
            DecodeError: from the walk: the last report of a full answer has no `dateadded`, reports
                are not in its order, or more of them share one moment than an answer holds.

        Reference: https://developer.sitoo.com/api-reference/z-reports#get-pos-z-reports
        """
        asked = joined(
            query_string(filters, filter_kinds(ZReportFilters)), _moment("dateaddedto", added_to)
        )
        _moment("dateaddedfrom", added_from)  # a bad one is to be told now, not in the walk
        return self._walk(
            _LIST,
            {},
            PosZReport,
            start=added_from,
            page_size=PAGE_SIZE,
            query=lambda moment, _num: joined(asked, _moment("dateaddedfrom", moment)),
            advance=FromMoment("dateadded", _key, _last_moment, _PAGE),
            bare=True,
        )

    @performs(_GET)
    async def get(self, registerid: str, zreportid: int, /) -> PosZReport:
        """Fetch one Z-report.

        Unverified: the reference names this operation and does not print it; its path is likely
        by analogy. `CashRegisterZReports.get` is documented.

        Args:
            registerid: the register's GUID, braces included.
            zreportid: the number of the report, which each register counts for itself.

        Raises:
            NotFoundError: there is no such report.

        Reference: https://developer.sitoo.com/api-reference/z-reports
        """
        return await self._get(_GET, {"registerid": registerid, "zreportid": zreportid}, PosZReport)


def _moment(name: str, moment: datetime | None) -> str:
    return "" if moment is None else query_string({name: moment}, _MOMENTS)


def _key(report: PosZReport) -> tuple[str, int]:
    """What tells two reports apart."""
    register: object = getattr(report, "registerid", None)
    number: object = getattr(report, "zreportid", None)
    if not isinstance(register, str) or not isinstance(number, int):
        raise DecodeError(
            "the page holds a report without its registerid or zreportid, so that nothing tells it"
            " from those of the next page",
            sent="yes",
        )
    return register, number


def _last_moment(body: bytes) -> tuple[int, datetime | None]:
    """How many reports a page holds, and when the last one arrived."""
    received, seconds = last_row(body, "dateadded", int)
    # What is no moment is reported when the page is decoded.
    with suppress(*UNREADABLE):
        return received, None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    return received, None
