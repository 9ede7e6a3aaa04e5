"""Price lists, and the prices in them.

Reference: https://developer.sitoo.com/api-reference/price-lists
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from functools import cached_property
from typing import Any, Final, Unpack

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._checks.looking import Looking
from sitoo_async._codec.codec import writable
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.price_lists import (
    PriceList,
    PriceListField,
    PriceListFields,
    PriceListItem,
    PriceListItemField,
    PriceListItemFields,
)
from sitoo_async.resources._base import CHUNK_SIZE, PAGE_SIZE, Resource
from sitoo_async.resources._items import accepted, added_id, deletion, fields_of, one_item
from sitoo_async.resources._operation import Operation, performs

__all__ = ["PriceListItems", "PriceLists"]

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two price lists.
_LIST: Final = Operation("GET", "/sites/{siteid}/pricelists.json", repeatable=True)
_ADD: Final = Operation("POST", "/sites/{siteid}/pricelists.json", repeatable=False)
_GET: Final = Operation("GET", "/sites/{siteid}/pricelists/{pricelistid}.json", repeatable=True)
_UPDATE: Final = Operation("PUT", "/sites/{siteid}/pricelists/{pricelistid}.json", repeatable=True)
_DELETE: Final = Operation(
    "DELETE", "/sites/{siteid}/pricelists/{pricelistid}.json", repeatable=True
)
_ITEMS: Final = "/sites/{siteid}/pricelists/{pricelistid}/pricelistitems.json"
_LIST_ITEMS: Final = Operation("GET", _ITEMS, repeatable=True)
# "Returns true", though its example prints a result for each item; and nothing documents an object
# in place of the array.
_SET_ITEMS: Final = Operation(
    "PUT", _ITEMS, repeatable=True, tells_apart=("productid", "sku"), listed=True, whole=True
)
_DELETE_ITEMS: Final = Operation(
    "DELETE", _ITEMS, repeatable=True, tells_apart=("productid", "sku")
)

_NAMES: Final = ("productid", "sku")


class PriceLists(Resource):
    """The price lists of a site, at most 100 of them.

    Reference: https://developer.sitoo.com/api-reference/price-lists
    """

    @cached_property
    def items(self) -> PriceListItems:
        """The prices in a price list."""
        return PriceListItems(self._session, self.options, self.site)

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[PriceListField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[PriceList]:
        """Walk the price lists: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first price list, counted from 0.
            page_size: price lists per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/price-lists/get-price-lists
        """
        return self._list(
            _LIST,
            {},
            PriceList,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="pricelistid",
        )

    @performs(_GET)
    async def get(self, pricelistid: int, /) -> PriceList:
        """Fetch one price list, without its prices.

        Raises:
            NotFoundError: there is no such price list on the site.

        Reference: https://developer.sitoo.com/api-reference/price-lists/get-price-list
        """
        return await self._get(_GET, {"pricelistid": pricelistid}, PriceList)

    @performs(_ADD)
    async def add(self, item: PriceList | None = None, /, **values: Unpack[PriceListFields]) -> int:
        """Add a price list, as a model or by keywords; `pricelistname` is required.

        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The new pricelistid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it, for the site having 100 already, for example.

        Reference: https://developer.sitoo.com/api-reference/price-lists/add-price-list
        """
        return await self._add(_ADD, {}, PriceList, item, values, read=added_id)

    @performs(_UPDATE)
    async def update(
        self, pricelistid: int, item: PriceList | None = None, /, **values: Unpack[PriceListFields]
    ) -> bool:
        """Set fields of a price list and leave all others, and its prices, as they are.

        Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such price list on the site.

        Reference: https://developer.sitoo.com/api-reference/price-lists/update-price-list
        """
        return await self._update(_UPDATE, {"pricelistid": pricelistid}, PriceList, item, values)

    @performs(_DELETE)
    async def delete(self, pricelistid: int, /) -> bool:
        """Delete a price list. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such price list on the site.

        Reference: https://developer.sitoo.com/api-reference/price-lists/delete-price-list
        """
        return await self._delete(_DELETE, {"pricelistid": pricelistid})


class PriceListItems(Resource):
    """The prices in a price list, one for each product in it.

    Reference: https://developer.sitoo.com/api-reference/price-lists
    """

    @performs(_LIST_ITEMS)
    def list(
        self,
        pricelistid: int,
        /,
        *,
        fields: Sequence[PriceListItemField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[PriceListItem]:
        """Walk the prices of a price list, in the order of their productids.

        Args:
            pricelistid: the price list.
            fields: the fields to fetch; left out, all of them come.
            start: the index of the first price, counted from 0.
            page_size: prices per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field, a `start` or `page_size` out of range.
            NotFoundError: there is no such price list on the site; raised by the walk.

        Reference: https://developer.sitoo.com/api-reference/price-lists/get-price-lists-items
        """
        return self._list(
            _LIST_ITEMS,
            {"pricelistid": pricelistid},
            PriceListItem,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="sku",
        )

    @performs(_SET_ITEMS)
    async def set(
        self,
        pricelistid: int,
        item: PriceListItem | None = None,
        /,
        **values: Unpack[PriceListItemFields],
    ) -> bool:
        """Set the price of one product; it is added to the price list if it is not there.

        The product is named by `productid`, or else by `sku`; `moneyprice` is required.
        Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: a field that can't be sent, or no product; nothing was sent.
            NotFoundError: there is no such price list on the site, or no such product.

        Reference: https://developer.sitoo.com/api-reference/price-lists/batch-set-price-list-items
        """
        payload = _price(one_item(PriceListItem, item, values))
        return await self._write(_SET_ITEMS, {"pricelistid": pricelistid}, payload, accepted)

    @performs(_SET_ITEMS)
    def set_many(
        self,
        pricelistid: int,
        items: Iterable[PriceListItem | PriceListItemFields]
        | AsyncIterable[PriceListItem | PriceListItemFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Set prices in chunks; products that are not in the price list are added to it.

        Each item names its product by `productid`, or else by `sku`; `moneyprice` is required.
        Repeatable: a chunk whose answer is lost is halved and sent again.

        Args:
            pricelistid: the price list.
            items: models or mappings, from any iterable, sync or async.
            chunk_size: prices per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/price-lists/batch-set-price-list-items
        """
        return self._many(
            "set",
            _SET_ITEMS,
            {"pricelistid": pricelistid},
            PriceListItem,
            items,
            prepare=_price,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
        )

    @performs(_DELETE_ITEMS)
    async def delete(
        self, pricelistid: int, item: int | str | PriceListItem | PriceListItemFields, /
    ) -> bool:
        """Take one product out of a price list. Repeatable.

        Args:
            pricelistid: the price list.
            item: a productid, a sku (a str), or a model or mapping that holds one of them.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had taken it out.

        Raises:
            InvalidInputError: it names no product; nothing was sent.
            NotFoundError: there is no such price list, or no such product in it.

        Reference: https://developer.sitoo.com/api-reference/price-lists/batch-delete-price-list-items
        """
        payload = _named(item)
        return await self._write(_DELETE_ITEMS, {"pricelistid": pricelistid}, payload, accepted)

    @performs(_DELETE_ITEMS)
    def delete_many(
        self,
        pricelistid: int,
        items: Iterable[int | str | PriceListItem | PriceListItemFields]
        | AsyncIterable[int | str | PriceListItem | PriceListItemFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Take products out of a price list, in chunks. Repeatable.

        Args:
            pricelistid: the price list.
            items: productids, skus (as str), or models or mappings that hold one of them.
            chunk_size: products per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list name no product, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/price-lists/batch-delete-price-list-items
        """
        return self._many(
            "delete",
            _DELETE_ITEMS,
            {"pricelistid": pricelistid},
            PriceListItem,
            items,
            prepare=_named,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
        )


def _price(item: object) -> dict[str, Any]:
    values = writable(PriceListItem, fields_of(PriceListItem, item), required=True)
    if not values.keys() & {*_NAMES}:
        raise InvalidInputError(
            "a price must name its product, by productid or else by sku", field="productid"
        )
    return values


def _named(item: object) -> dict[str, Any]:
    with Looking("item"):
        # A bare value tells by its type which of the two it is.
        names = _NAMES[::-1] if isinstance(item, str) else _NAMES
    return deletion(PriceListItem, item, by=names)
