"""Product groups, which decide VAT and bookkeeping.

Reference: https://developer.sitoo.com/api-reference/product-groups
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Unpack

from sitoo_async._checks.looking import Looking
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.product_groups import ProductGroup, ProductGroupField, ProductGroupFields
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ProductGroups"]

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two groups.
_LIST: Final = Operation("GET", "/sites/{siteid}/productgroups.json", repeatable=True)
_ADD: Final = Operation("POST", "/sites/{siteid}/productgroups.json", repeatable=False)
_GET: Final = Operation("GET", "/sites/{siteid}/productgroups/{vatid}.json", repeatable=True)
_UPDATE: Final = Operation("PUT", "/sites/{siteid}/productgroups/{vatid}.json", repeatable=True)
_DELETE: Final = Operation("DELETE", "/sites/{siteid}/productgroups/{vatid}.json", repeatable=True)

_DEFAULT_GROUP: Final = 2


class ProductGroups(Resource):
    """The product groups of a site.

    Reference: https://developer.sitoo.com/api-reference/product-groups
    """

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[ProductGroupField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[ProductGroup]:
        """Walk the product groups: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first product group, counted from 0.
            page_size: product groups per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/product-groups#get-product-groups
        """
        return self._list(
            _LIST,
            {},
            ProductGroup,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="vatid",
        )

    @performs(_GET)
    async def get(self, vatid: int, /) -> ProductGroup:
        """Fetch one product group.

        Raises:
            NotFoundError: there is no such product group.

        Reference: https://developer.sitoo.com/api-reference/product-groups#get-product-group
        """
        return await self._get(_GET, {"vatid": vatid}, ProductGroup)

    @performs(_ADD)
    async def add(
        self, item: ProductGroup | None = None, /, **values: Unpack[ProductGroupFields]
    ) -> int:
        """Add a product group, given as a model or by keywords; `productgroupname` is required.

        Not repeatable: sent twice, it would make two. Where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The new vatid.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/product-groups#add-product-group
        """
        return await self._add(_ADD, {}, ProductGroup, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self, vatid: int, item: ProductGroup | None = None, /, **values: Unpack[ProductGroupFields]
    ) -> bool:
        """Set fields of a product group and leave all others as they are. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such product group.

        Reference: https://developer.sitoo.com/api-reference/product-groups#update-product-group
        """
        return await self._update(_UPDATE, {"vatid": vatid}, ProductGroup, item, values)

    @performs(_DELETE)
    async def delete(self, vatid: int, /) -> bool:
        """Delete a product group. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            InvalidInputError: it is 2, the default group, which can't be deleted; nothing was sent.
            NotFoundError: there is no such product group.

        Reference: https://developer.sitoo.com/api-reference/product-groups#delete-product-group
        """
        with Looking("vatid"):
            if vatid == _DEFAULT_GROUP:
                raise InvalidInputError(
                    f"vatid {_DEFAULT_GROUP} is the default product group, which can't be deleted",
                    field="vatid",
                )
        return await self._delete(_DELETE, {"vatid": vatid})
