"""The Z-reports of whole stores, of which the reference prints nothing but the names.

Reference: https://developer.sitoo.com/api-reference/z-reports
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import type_name
from sitoo_async._codec.json import is_mapping
from sitoo_async._codec.kinds import FREE
from sitoo_async.errors import InvalidInputError
from sitoo_async.resources._base import Resource
from sitoo_async.resources._operation import Operation, performs

__all__ = ["StoreZReportConfiguration", "StoreZReports"]

_LIST: Final = Operation(
    "GET", "/store-z-reports", repeatable=True, evidence="unverified", confidence="low"
)
_GET: Final = Operation(
    "GET", "/store-z-reports/{zreportid}", repeatable=True, evidence="unverified", confidence="low"
)
_GET_CONFIGURATION: Final = Operation(
    "GET",
    "/store-z-reports/configuration",
    repeatable=True,
    evidence="unverified",
    confidence="low",
)
_SET_CONFIGURATION: Final = Operation(
    "PUT",
    "/store-z-reports/configuration",
    repeatable=True,
    evidence="unverified",
    confidence="low",
)


class StoreZReports(Resource):
    """The Z-reports of whole stores, which Sitoo has to switch on for an account.

    Unverified: paths are likely by analogy, and what comes back is given as plain JSON.

    Reference: https://developer.sitoo.com/api-reference/z-reports
    """

    @cached_property
    def configuration(self) -> StoreZReportConfiguration:
        """How the Z-reports of stores are put together."""
        return StoreZReportConfiguration(self._session, self.options, self.site)

    @performs(_LIST)
    async def list(self) -> Any:
        """Fetch the Z-reports of stores.

        Unverified: the reference names this operation and does not print it; its path is likely
        by analogy, and its filters and paging are unknown.

        Returns:
            The answer as plain JSON, numbers with a fraction as `Decimal`.

        Reference: https://developer.sitoo.com/api-reference/z-reports
        """
        return await self._as_it_came(_LIST, {})

    @performs(_GET)
    async def get(self, zreportid: int, /) -> Any:
        """Fetch one Z-report of a store.

        Unverified: the reference names this operation and does not print it; its path is likely
        by analogy.

        Returns:
            The answer as plain JSON, numbers with a fraction as `Decimal`.

        Raises:
            NotFoundError: there is no such report.

        Reference: https://developer.sitoo.com/api-reference/z-reports
        """
        return await self._as_it_came(_GET, {"zreportid": zreportid})


class StoreZReportConfiguration(Resource):
    """How the Z-reports of stores are put together.

    Unverified: the path is likely by analogy, and nothing is known of the fields.

    Reference: https://developer.sitoo.com/api-reference/z-reports
    """

    @performs(_GET_CONFIGURATION)
    async def get(self) -> Any:
        """Fetch the configuration.

        Unverified: the reference names this operation and does not print it; its path is likely
        by analogy.

        Returns:
            The answer as plain JSON, numbers with a fraction as `Decimal`.

        Reference: https://developer.sitoo.com/api-reference/z-reports
        """
        return await self._as_it_came(_GET_CONFIGURATION, {})

    @performs(_SET_CONFIGURATION)
    async def set(self, configuration: Mapping[str, Any], /) -> Any:
        """Set the configuration, in the shape in which `get` gave it.

        Unverified: the reference names this operation and does not print it; its path is likely
        by analogy. Repeatable, as setting the same twice leaves the same.

        Returns:
            The answer as plain JSON; most writes answer True.

        Raises:
            InvalidInputError: it is no mapping, or holds what JSON can't carry; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/z-reports
        """
        return await self._as_it_came(_SET_CONFIGURATION, {}, _json(configuration))


def _json(configuration: object) -> Any:
    with Looking("configuration"):
        held = is_mapping(configuration)
    if not held:
        raise InvalidInputError(
            f"configuration must be a mapping, not {type_name(configuration)}",
            field="configuration",
        )
    return FREE.write(configuration, "configuration")
