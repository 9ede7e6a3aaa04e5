"""Categories, which form a tree.

Reference: https://developer.sitoo.com/api-reference/categories
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.categories import Category, CategoryField, CategoryFields
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id
from sitoo_async.resources._operation import Operation, performs

__all__ = ["Categories"]

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two categories.
_LIST: Final = Operation("GET", "/sites/{siteid}/categories.json", repeatable=True)
_ADD: Final = Operation("POST", "/sites/{siteid}/categories.json", repeatable=False)
_GET: Final = Operation("GET", "/sites/{siteid}/categories/{categoryid}.json", repeatable=True)
_UPDATE: Final = Operation("PUT", "/sites/{siteid}/categories/{categoryid}.json", repeatable=True)
_DELETE: Final = Operation(
    "DELETE", "/sites/{siteid}/categories/{categoryid}.json", repeatable=True
)


class Categories(Resource):
    """The categories of a site.

    Reference: https://developer.sitoo.com/api-reference/categories
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[CategoryField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Category]:
        """Walk the categories: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first category, counted from 0.
            page_size: categories per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/categories#get-categories
        """
        return self._list(
            _LIST,
            {},
            Category,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="categoryid",
        )

    @performs(_GET)
    async def get(self, categoryid: int, /) -> Category:
        """Fetch one category.

        Raises:
            NotFoundError: there is no such category.

        Reference: https://developer.sitoo.com/api-reference/categories#get-category
        """
        return await self._get(_GET, {"categoryid": categoryid}, Category)

    @performs(_ADD)
    async def add(self, item: Category | None = None, /, **values: Unpack[CategoryFields]) -> int:
        """Add a category, given as a model or by keywords; `title` is required.

        It goes below `categoryparentid`, or to the top of the tree without one.

        Not repeatable: sent twice, it would make two. Where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The new categoryid.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/categories#add-category
        """
        return await self._add(_ADD, {}, Category, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self, categoryid: int, item: Category | None = None, /, **values: Unpack[CategoryFields]
    ) -> bool:
        """Set fields of a category and leave all others as they are. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such category.

        Reference: https://developer.sitoo.com/api-reference/categories#update-category
        """
        return await self._update(_UPDATE, {"categoryid": categoryid}, Category, item, values)

    @performs(_DELETE)
    async def delete(self, categoryid: int, /) -> bool:
        """Delete a category **and all below it**. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such category.

        Reference: https://developer.sitoo.com/api-reference/categories#delete-category
        """
        return await self._delete(_DELETE, {"categoryid": categoryid})
