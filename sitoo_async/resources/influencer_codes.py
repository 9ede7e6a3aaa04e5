"""The codes of influencers.

Reference: https://developer.sitoo.com/api-reference/influencer-codes
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from datetime import datetime
from typing import Final, Literal, TypedDict, Unpack

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.influencer_codes import (
    InfluencerCode,
    InfluencerCodeField,
    InfluencerCodeFields,
)
from sitoo_async.resources._base import CHUNK_SIZE, PAGE_SIZE, Resource
from sitoo_async.resources._collection import selected
from sitoo_async.resources._items import accepted, added_text
from sitoo_async.resources._operation import Operation, performs

__all__ = ["InfluencerCodeFilters", "InfluencerCodeSort", "InfluencerCodes"]

_ALL: Final = "/sites/{siteid}/influencercodes.json"

# Repeatable: reads, and the writes that set values or delete. An add is not, although codes are
# unique: tried again, one that was done would be refused as a failure.
_LIST: Final = Operation("GET", _ALL, repeatable=True)
_ADD_MANY: Final = Operation("POST", _ALL, repeatable=False)
_UPDATE_MANY: Final = Operation("PUT", _ALL, repeatable=True)
_DELETE_MANY: Final = Operation("DELETE", _ALL, repeatable=True)
_GET: Final = Operation(
    "GET", "/sites/{siteid}/influencercodes/{code}.json", repeatable=True, texts=("code",)
)

InfluencerCodeSort = Literal[
    "code",
    "-code",
    "name",
    "-name",
    "vouchername",
    "-vouchername",
    "voucherpassword",
    "-voucherpassword",
    "datestart",
    "-datestart",
    "dateend",
    "-dateend",
    "datelastused",
    "-datelastused",
]
"""The order of influencer codes; ``-`` turns it round."""


class InfluencerCodeFilters(TypedDict, total=False):
    """What `InfluencerCodes.list` filters on, and the order."""

    active: bool
    """Only codes that are in use, or that are not."""
    redeemable: bool
    """Only codes that can be used now, or that can't."""
    code: str
    """Only the code itself."""
    name: str
    """Only the codes of this influencer."""
    vouchername: str
    """Only codes that give this name to the voucher."""
    voucherpassword: str
    """Only codes that unlock vouchers with this password."""
    datestart_from: datetime
    """Only codes that start at that moment or later."""
    datestart_to: datetime
    """Only codes that start at that moment or earlier."""
    dateend_from: datetime
    """Only codes that end at that moment or later."""
    dateend_to: datetime
    """Only codes that end at that moment or earlier."""
    datelastused_from: datetime
    """Only codes that were last used at that moment or later."""
    datelastused_to: datetime
    """Only codes that were last used at that moment or earlier."""
    sort: InfluencerCodeSort
    """The order in which they come."""


class InfluencerCodes(Resource):
    """The influencer codes of a site, each named by its own text.

    The reference adds, updates and deletes them in batches only.

    Reference: https://developer.sitoo.com/api-reference/influencer-codes
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[InfluencerCodeField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[InfluencerCodeFilters],
    ) -> Paginator[InfluencerCode]:
        """Walk the influencer codes: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, Sitoo's default selection comes.
            start: the index of the first code, counted from 0.
            page_size: codes per request, 1 to 100,000.
            filters: see `InfluencerCodeFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, a naive datetime, a `start` or
                `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/influencer-codes#get-influencer-codes
        """
        return self._list(
            _LIST,
            {},
            InfluencerCode,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=InfluencerCodeFilters,
            fields=fields,
            identifier="code",
        )

    @performs(_GET)
    async def get(
        self, code: str, /, *, fields: Sequence[InfluencerCodeField] | None = None
    ) -> InfluencerCode:
        """Fetch one influencer code.

        Args:
            code: the code itself.
            fields: the fields to fetch; left out, all of them come.

        Raises:
            InvalidInputError: an unknown field, or no text for a code; nothing was sent.
            NotFoundError: there is no such code.

        Reference: https://developer.sitoo.com/api-reference/influencer-codes#get-influencer-code
        """
        query = selected(InfluencerCode, fields)
        return await self._get(_GET, {"code": code}, InfluencerCode, query=query)

    @performs(_ADD_MANY)
    def add_many(
        self,
        items: Iterable[InfluencerCode | InfluencerCodeFields]
        | AsyncIterable[InfluencerCode | InfluencerCodeFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[str]:
        """Add influencer codes in chunks; each outcome's `value` is the code.

        `code`, `name` and `voucherpassword` are required. Not repeatable: where the answer to a
        chunk is lost, its outcomes say so.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: codes per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/influencer-codes
        """
        return self._many(
            "add",
            _ADD_MANY,
            {},
            InfluencerCode,
            items,
            read=added_text,
            chunk_size=chunk_size,
            invalid=invalid,
        )

    @performs(_UPDATE_MANY)
    def update_many(
        self,
        items: Iterable[InfluencerCode | InfluencerCodeFields]
        | AsyncIterable[InfluencerCode | InfluencerCodeFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Update influencer codes in chunks; each item names its `code`.

        Repeatable: a chunk whose answer is lost is halved and sent again.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: codes per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference:
        https://developer.sitoo.com/api-reference/influencer-codes#batch-update-influencer-codes
        """
        return self._many(
            "update",
            _UPDATE_MANY,
            {},
            InfluencerCode,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
        )

    @performs(_DELETE_MANY)
    def delete_many(
        self,
        items: Iterable[str | InfluencerCode | InfluencerCodeFields]
        | AsyncIterable[str | InfluencerCode | InfluencerCodeFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Delete influencer codes in chunks. Repeatable.

        Args:
            items: codes, or models or mappings that hold one.
            chunk_size: codes per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list name no code, see its `rows`; nothing was sent.

        Reference:
        https://developer.sitoo.com/api-reference/influencer-codes#batch-delete-influencer-codes
        """
        return self._many(
            "delete",
            _DELETE_MANY,
            {},
            InfluencerCode,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
            by=["code"],
        )
