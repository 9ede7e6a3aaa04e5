"""Reason codes, shared by all sites of the account.

Reference: https://developer.sitoo.com/api-reference/reason-codes
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypedDict, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.reason_codes import ReasonCode, ReasonCodeField, ReasonCodeFields
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ReasonCodeFilters", "ReasonCodes"]

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two.
_LIST: Final = Operation("GET", "/reasoncodes.json", repeatable=True)
_ADD: Final = Operation("POST", "/reasoncodes.json", repeatable=False)
_GET: Final = Operation("GET", "/reasoncodes/{reasoncodeid}.json", repeatable=True)
_UPDATE: Final = Operation("PUT", "/reasoncodes/{reasoncodeid}.json", repeatable=True)
_DELETE: Final = Operation("DELETE", "/reasoncodes/{reasoncodeid}.json", repeatable=True)


class ReasonCodeFilters(TypedDict, total=False):
    """What `ReasonCodes.list` filters on."""

    type: Sequence[int]
    """Only reason codes for one of these uses, such as 10 or 20."""


class ReasonCodes(Resource):
    """The reason codes of the account.

    Reference: https://developer.sitoo.com/api-reference/reason-codes
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[ReasonCodeField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[ReasonCodeFilters],
    ) -> Paginator[ReasonCode]:
        """Walk the reason codes: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first reason code, counted from 0.
            page_size: reason codes per request, 1 to 100,000.
            filters: see `ReasonCodeFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, an empty `type`, a `start` or `page_size`
                out of range.

        Reference: https://developer.sitoo.com/api-reference/reason-codes#get-reason-codes
        """
        return self._list(
            _LIST,
            {},
            ReasonCode,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=ReasonCodeFilters,
            fields=fields,
            identifier="reasoncodeid",
        )

    @performs(_GET)
    async def get(self, reasoncodeid: int, /) -> ReasonCode:
        """Fetch one reason code.

        Raises:
            NotFoundError: there is no such reason code.

        Reference: https://developer.sitoo.com/api-reference/reason-codes#get-reason-code
        """
        return await self._get(_GET, {"reasoncodeid": reasoncodeid}, ReasonCode)

    @performs(_ADD)
    async def add(
        self, item: ReasonCode | None = None, /, **values: Unpack[ReasonCodeFields]
    ) -> int:
        """Add a reason code, given as a model or by keywords; `type` and `reasoncode` are required.

        Not repeatable: sent twice, it would make two. Where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The new reasoncodeid.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/reason-codes#add-reason-code
        """
        return await self._add(_ADD, {}, ReasonCode, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self,
        reasoncodeid: int,
        item: ReasonCode | None = None,
        /,
        **values: Unpack[ReasonCodeFields],
    ) -> bool:
        """Set fields of a reason code and leave all others as they are. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such reason code.

        Reference: https://developer.sitoo.com/api-reference/reason-codes#update-reason-code
        """
        return await self._update(_UPDATE, {"reasoncodeid": reasoncodeid}, ReasonCode, item, values)

    @performs(_DELETE)
    async def delete(self, reasoncodeid: int, /) -> bool:
        """Delete a reason code. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such reason code.

        Reference: https://developer.sitoo.com/api-reference/reason-codes#delete-reason-code
        """
        return await self._delete(_DELETE, {"reasoncodeid": reasoncodeid})
