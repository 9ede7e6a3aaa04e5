"""The calls about stores.

Reference: https://developer.sitoo.com/api-reference/stores
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.stores import Store, StoreField, StoreFields
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id
from sitoo_async.resources._operation import Operation, performs

__all__ = ["Stores"]

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two stores.
_LIST: Final = Operation("GET", "/sites/{siteid}/stores.json", repeatable=True)
_ADD: Final = Operation("POST", "/sites/{siteid}/stores.json", repeatable=False)
_GET: Final = Operation("GET", "/sites/{siteid}/stores/{storeid}.json", repeatable=True)
_UPDATE: Final = Operation("PUT", "/sites/{siteid}/stores/{storeid}.json", repeatable=True)
_DELETE: Final = Operation("DELETE", "/sites/{siteid}/stores/{storeid}.json", repeatable=True)


class Stores(Resource):
    """The stores of a site.

    Reference: https://developer.sitoo.com/api-reference/stores
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[StoreField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Store]:
        """Walk the stores: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first store, counted from 0.
            page_size: stores per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/stores/get-stores
        """
        return self._list(
            _LIST,
            {},
            Store,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="storeid",
        )

    @performs(_GET)
    async def get(self, storeid: int, /) -> Store:
        """Fetch one store with all its fields.

        Raises:
            NotFoundError: there is no such store on the site.

        Reference: https://developer.sitoo.com/api-reference/stores/get-store
        """
        return await self._get(_GET, {"storeid": storeid}, Store)

    @performs(_ADD)
    async def add(self, item: Store | None = None, /, **values: Unpack[StoreFields]) -> int:
        """Add a store, as a model or by keywords; `storetype` and `name` are required.

        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The new storeid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it.

        Reference: https://developer.sitoo.com/api-reference/stores/add-store
        """
        return await self._add(_ADD, {}, Store, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self, storeid: int, item: Store | None = None, /, **values: Unpack[StoreFields]
    ) -> bool:
        """Set fields of a store and leave all others as they are. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such store on the site.

        Reference: https://developer.sitoo.com/api-reference/stores/update-store
        """
        return await self._update(_UPDATE, {"storeid": storeid}, Store, item, values)

    @performs(_DELETE)
    async def delete(self, storeid: int, /) -> bool:
        """Delete a store. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such store on the site.

        Reference: https://developer.sitoo.com/api-reference/stores/delete-store
        """
        return await self._delete(_DELETE, {"storeid": storeid})
