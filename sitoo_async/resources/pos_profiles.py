"""The calls about the profiles of POS devices.

Reference: https://developer.sitoo.com/api-reference/pos-profiles
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, TypedDict, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.pos_profiles import PosProfile, PosProfileField, PosProfileFields
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id
from sitoo_async.resources._operation import Operation, performs

__all__ = ["PosProfileFilters", "PosProfileSort", "PosProfiles"]

_PATH: Final = "/sites/{site_id}/posprofiles.json"
_ITEM: Final = "/sites/{site_id}/posprofiles/{id}.json"
_LIST: Final = Operation("GET", _PATH, repeatable=True)
_ADD: Final = Operation("POST", _PATH, repeatable=False)
_GET: Final = Operation("GET", _ITEM, repeatable=True, evidence="inferred", confidence="high")
# Nobody has seen what they answer.
_UPDATE: Final = Operation(
    "PUT", _ITEM, repeatable=True, evidence="inferred", confidence="high", ignored=True
)
_DELETE: Final = Operation(
    "DELETE", _ITEM, repeatable=True, evidence="inferred", confidence="high", ignored=True
)

PosProfileSort = Literal[
    "id",
    "-id",
    "name",
    "-name",
    "autologouttimer",
    "-autologouttimer",
    "logotype",
    "-logotype",
    "num_registers",
    "-num_registers",
]
"""The orders that profiles come in; ``-`` turns one around."""


class PosProfileFilters(TypedDict, total=False):
    """What `PosProfiles.list` filters on, and the order of its rows."""

    searchtext: str
    """Only profiles with this in one of their text fields."""
    sort: PosProfileSort
    """The order; by `id` if left out."""


class PosProfiles(Resource):
    """The POS profiles of a site.

    Reference: https://developer.sitoo.com/api-reference/pos-profiles
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[PosProfileField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[PosProfileFilters],
    ) -> Paginator[PosProfile]:
        """Walk the profiles: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, nearly all come.
            start: the index of the first profile, counted from 0.
            page_size: profiles per request, 1 to 100,000.
            filters: see `PosProfileFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/pos-profiles#get-pos-profiles
        """
        return self._list(
            _LIST,
            {},
            PosProfile,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=PosProfileFilters,
            fields=fields,
            identifier="id",
        )

    @performs(_GET)
    async def get(self, id: int, /) -> PosProfile:  # noqa: A002  # the reference's name for it
        """Fetch one profile.

        Inferred: the reference names this operation, and no page that is known prints it.

        Raises:
            NotFoundError: there is no such profile on the site.

        Reference: https://developer.sitoo.com/api-reference/pos-profiles
        """
        return await self._get(_GET, {"id": id}, PosProfile)

    @performs(_ADD)
    async def add(
        self, item: PosProfile | None = None, /, **values: Unpack[PosProfileFields]
    ) -> int:
        """Add a profile; the reference's example sets its `name` alone.

        Not repeatable: added twice, there are two of them.

        Returns:
            The new id.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/pos-profiles#add-pos-profile
        """
        return await self._add(_ADD, {}, PosProfile, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self,
        id: int,  # noqa: A002  # the reference's name for it
        item: PosProfile | None = None,
        /,
        **values: Unpack[PosProfileFields],
    ) -> bool:
        """Set fields of a profile and leave all others as they are.

        Inferred: the reference names this operation, and no page that is known prints it.
        Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such profile on the site.

        Reference: https://developer.sitoo.com/api-reference/pos-profiles
        """
        return await self._update(_UPDATE, {"id": id}, PosProfile, item, values)

    @performs(_DELETE)
    async def delete(self, id: int, /) -> bool:  # noqa: A002  # the reference's name for it
        """Delete a profile.

        Inferred: the reference names this operation, and no page that is known prints it.
        Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such profile on the site.

        Reference: https://developer.sitoo.com/api-reference/pos-profiles
        """
        return await self._delete(_DELETE, {"id": id})
