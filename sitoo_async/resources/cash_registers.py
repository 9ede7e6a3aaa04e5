"""Cash registers, and the Z-reports of each.

Reference: https://developer.sitoo.com/api-reference/cash-registers
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Final, TypedDict, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.cash_registers import PosRegister
from sitoo_async.models.z_reports import PosZReport
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._operation import Operation, performs

__all__ = [
    "CashRegisterFilters",
    "CashRegisterZReportFilters",
    "CashRegisterZReports",
    "CashRegisters",
]

_LIST: Final = Operation("GET", "/sites/{siteid}/cashregisters.json", repeatable=True)
_GET: Final = Operation(
    "GET",
    "/sites/{siteid}/cashregisters/{registerid}.json",
    repeatable=True,
    texts=("registerid",),
)
_LIST_Z_REPORTS: Final = Operation(
    "GET",
    "/sites/{siteid}/cashregisters/{registerid}/zreports.json",
    repeatable=True,
    texts=("registerid",),
)
_GET_Z_REPORT: Final = Operation(
    "GET",
    "/sites/{siteid}/cashregisters/{registerid}/zreports/{zreportid}.json",
    repeatable=True,
    texts=("registerid",),
)


class CashRegisterFilters(TypedDict, total=False):
    """What `CashRegisters.list` filters on."""

    includenotregistered: bool
    """Registers too that have no `registerkey` yet; False by default."""


class CashRegisterZReportFilters(TypedDict, total=False):
    """What `CashRegisterZReports.list` filters on."""

    datecreatedfrom: datetime
    """Only reports made at that moment or later."""
    datecreatedto: datetime
    """Only reports made at that moment or earlier."""


class CashRegisters(Resource):
    """The cash registers of a site.

    Reference: https://developer.sitoo.com/api-reference/cash-registers
    """

    @cached_property
    def z_reports(self) -> CashRegisterZReports:
        """The Z-reports of a register."""
        return CashRegisterZReports(self._session, self.options, self.site)

    @performs(_LIST)
    def list(
        self,
        *,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[CashRegisterFilters],
    ) -> Paginator[PosRegister]:
        """Walk the registered cash registers, or all of them.

        Args:
            start: the index of the first register, counted from 0.
            page_size: registers per request, 1 to 100,000.
            filters: see `CashRegisterFilters`.

        Raises:
            InvalidInputError: an unknown filter, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/cash-registers#get-cash-registers
        """
        return self._list(
            _LIST,
            {},
            PosRegister,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=CashRegisterFilters,
        )

    @performs(_GET)
    async def get(self, registerid: str, /) -> PosRegister:
        """Fetch one cash register by its GUID, braces included.

        Raises:
            NotFoundError: there is no such register on the site.

        Reference: https://developer.sitoo.com/api-reference/cash-registers#get-cash-register
        """
        return await self._get(_GET, {"registerid": registerid}, PosRegister)


class CashRegisterZReports(Resource):
    """The Z-reports of a cash register.

    Still served, but superseded: `ZReports` walks the reports of all registers in the order in
    which they arrive, so that those of a register that was offline are not missed.

    Reference: https://developer.sitoo.com/api-reference/cash-registers
    """

    @performs(_LIST_Z_REPORTS)
    def list(
        self,
        registerid: str,
        /,
        *,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[CashRegisterZReportFilters],
    ) -> Paginator[PosZReport]:
        """Walk the Z-reports of a register.

        Args:
            registerid: the register's GUID, braces included.
            start: the index of the first report, counted from 0.
            page_size: reports per request, 1 to 100,000.
            filters: see `CashRegisterZReportFilters`.

        Raises:
            InvalidInputError: an unknown filter, a naive datetime, a `start` or `page_size` out of
                range.

        Reference: https://developer.sitoo.com/api-reference/cash-registers#get-z-reports
        """
        return self._list(
            _LIST_Z_REPORTS,
            {"registerid": registerid},
            PosZReport,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=CashRegisterZReportFilters,
        )

    @performs(_GET_Z_REPORT)
    async def get(self, registerid: str, zreportid: int, /) -> PosZReport:
        """Fetch one Z-report of a register, by its number.

        Raises:
            NotFoundError: there is no such report.

        Reference: https://developer.sitoo.com/api-reference/cash-registers#get-z-report
        """
        return await self._get(
            _GET_Z_REPORT, {"registerid": registerid, "zreportid": zreportid}, PosZReport
        )
