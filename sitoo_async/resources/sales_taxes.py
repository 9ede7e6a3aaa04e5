"""Sales taxes and the groups that they are applied in; VAT is found under product groups.

Reference: https://developer.sitoo.com/api-reference/sales-taxes
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Unpack

from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.sales_taxes import (
    SalesTax,
    SalesTaxField,
    SalesTaxFields,
    SalesTaxGroup,
    SalesTaxGroupField,
    SalesTaxGroupFields,
)
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id
from sitoo_async.resources._operation import Operation, performs

__all__ = ["SalesTaxGroups", "SalesTaxes"]

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two taxes.
_LIST: Final = Operation("GET", "/sites/{siteid}/salestaxes.json", repeatable=True)
_ADD: Final = Operation("POST", "/sites/{siteid}/salestaxes.json", repeatable=False)
_GET: Final = Operation("GET", "/sites/{siteid}/salestaxes/{salestaxid}.json", repeatable=True)
_UPDATE: Final = Operation("PUT", "/sites/{siteid}/salestaxes/{salestaxid}.json", repeatable=True)
_DELETE: Final = Operation(
    "DELETE", "/sites/{siteid}/salestaxes/{salestaxid}.json", repeatable=True
)
_LIST_GROUPS: Final = Operation("GET", "/sites/{siteid}/salestaxgroups.json", repeatable=True)
_ADD_GROUP: Final = Operation("POST", "/sites/{siteid}/salestaxgroups.json", repeatable=False)
_GET_GROUP: Final = Operation(
    "GET", "/sites/{siteid}/salestaxgroups/{salestaxgroupid}.json", repeatable=True
)
_UPDATE_GROUP: Final = Operation(
    "PUT", "/sites/{siteid}/salestaxgroups/{salestaxgroupid}.json", repeatable=True
)
_DELETE_GROUP: Final = Operation(
    "DELETE", "/sites/{siteid}/salestaxgroups/{salestaxgroupid}.json", repeatable=True
)


class SalesTaxes(Resource):
    """The sales taxes of a site.

    Reference: https://developer.sitoo.com/api-reference/sales-taxes
    """

    @cached_property
    def groups(self) -> SalesTaxGroups:
        """The groups in which sales taxes are applied."""
        return SalesTaxGroups(self._session, self.options, self.site)

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[SalesTaxField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[SalesTax]:
        """Walk the sales taxes: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first sales tax, counted from 0.
            page_size: sales taxes per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#get-sales-taxes
        """
        return self._list(
            _LIST,
            {},
            SalesTax,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="salestaxid",
        )

    @performs(_GET)
    async def get(self, salestaxid: int, /) -> SalesTax:
        """Fetch one sales tax.

        Raises:
            NotFoundError: there is no such sales tax.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#get-sales-tax
        """
        return await self._get(_GET, {"salestaxid": salestaxid}, SalesTax)

    @performs(_ADD)
    async def add(self, item: SalesTax | None = None, /, **values: Unpack[SalesTaxFields]) -> int:
        """Add a sales tax, given as a model or by keywords.

        `name` and `decimalvaluedefault` are required; the latter is the tax in percent.

        Not repeatable: sent twice, it would make two. Where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The new salestaxid.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#add-sales-tax
        """
        return await self._add(_ADD, {}, SalesTax, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self, salestaxid: int, item: SalesTax | None = None, /, **values: Unpack[SalesTaxFields]
    ) -> bool:
        """Set fields of a sales tax and leave all others as they are. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such sales tax.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#update-sales-tax
        """
        return await self._update(_UPDATE, {"salestaxid": salestaxid}, SalesTax, item, values)

    @performs(_DELETE)
    async def delete(self, salestaxid: int, /) -> bool:
        """Delete a sales tax. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such sales tax.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#delete-sales-tax
        """
        return await self._delete(_DELETE, {"salestaxid": salestaxid})


class SalesTaxGroups(Resource):
    """The groups of sales taxes of a site.

    Reference: https://developer.sitoo.com/api-reference/sales-taxes
    """

    @performs(_LIST_GROUPS)
    def list(
        self,
        *,
        fields: Sequence[SalesTaxGroupField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[SalesTaxGroup]:
        """Walk the sales tax groups: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first sales tax group, counted from 0.
            page_size: sales tax groups per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#get-sales-tax-groups
        """
        return self._list(
            _LIST_GROUPS,
            {},
            SalesTaxGroup,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="salestaxgroupid",
        )

    @performs(_GET_GROUP)
    async def get(self, salestaxgroupid: int, /) -> SalesTaxGroup:
        """Fetch one sales tax group.

        Raises:
            NotFoundError: there is no such sales tax group.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#get-sales-tax-group
        """
        return await self._get(_GET_GROUP, {"salestaxgroupid": salestaxgroupid}, SalesTaxGroup)

    @performs(_ADD_GROUP)
    async def add(
        self, item: SalesTaxGroup | None = None, /, **values: Unpack[SalesTaxGroupFields]
    ) -> int:
        """Add a sales tax group, given as a model or by keywords.

        `name` and `salestaxes` are required. A sales tax that exists is put into the group by its
        id alone: ``salestaxes=[{"salestaxid": 1}]``.

        Not repeatable: sent twice, it would make two. Where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The new salestaxgroupid.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#add-sales-tax-group
        """
        return await self._add(_ADD_GROUP, {}, SalesTaxGroup, item, values, read=added_id)

    @performs(_UPDATE_GROUP)
    async def update(
        self,
        salestaxgroupid: int,
        item: SalesTaxGroup | None = None,
        /,
        **values: Unpack[SalesTaxGroupFields],
    ) -> bool:
        """Set fields of a sales tax group and leave all others as they are. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such sales tax group.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#update-sales-tax-group
        """
        return await self._update(
            _UPDATE_GROUP, {"salestaxgroupid": salestaxgroupid}, SalesTaxGroup, item, values
        )

    @performs(_DELETE_GROUP)
    async def delete(self, salestaxgroupid: int, /) -> bool:
        """Delete a sales tax group. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such sales tax group.

        Reference: https://developer.sitoo.com/api-reference/sales-taxes#delete-sales-tax-group
        """
        return await self._delete(_DELETE_GROUP, {"salestaxgroupid": salestaxgroupid})
