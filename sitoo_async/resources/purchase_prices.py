"""The calls about purchase prices: their lists, what is in these, and where they apply.

Reference: https://developer.sitoo.com/, the pages of Purchase Prices v3
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, partial
from typing import Any, Final, NoReturn, TypedDict, Unpack

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown, type_name
from sitoo_async._codec.codec import writable
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.json import is_mapping
from sitoo_async._codec.unset import UNSET
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.purchase_prices import (
    PurchasePriceList,
    PurchasePriceListFields,
    PurchasePriceListItem,
    PurchasePriceListItemFields,
    PurchasePriceListItems,
    PurchasePriceMapping,
    PurchasePriceMappingFields,
)
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import accepted, one_item
from sitoo_async.resources._operation import Operation, UnknownOperation, performs

__all__ = [
    "PurchasePriceLists",
    "PurchasePriceMappings",
    "PurchasePrices",
    "PurchasePricesOfLists",
]

_operation = partial(Operation, service="purchase-prices-v3", texts=("price_list_id",))
_unknown = partial(UnknownOperation, service="purchase-prices-v3")

_LISTS: Final = "/price-lists"
_LIST: Final = "/price-lists/{price_list_id}"
_ITEMS: Final = "/price-lists/{price_list_id}/items"
_LIST_ALL: Final = _operation("GET", _LISTS, repeatable=True, name="Get Price Lists")
# The id is the client's own, so adding twice fails; but nobody knows then who was first.
_ADD: Final = _operation("POST", _LISTS, repeatable=False, name="Add Price List")
_GET: Final = _operation("GET", _LIST, repeatable=True, name="Get Price List")
_UPDATE: Final = _operation("PUT", _LIST, repeatable=True, name="Update Price List")
# What inferred operations answer is not printed: any 2xx is success.
_inferred = partial(_operation, evidence="inferred", repeatable=True, ignored=True)
_DELETE: Final = _inferred("DELETE", _LIST, name="Delete Price List", confidence="high")
_LIST_ITEMS: Final = _inferred("GET", _ITEMS, name="Get Price List Items", confidence="high")
_SET_ITEMS: Final = _inferred("PUT", _ITEMS, name="Set Price List Items", confidence="medium")
_DELETE_ITEMS: Final = _inferred(
    "DELETE", _ITEMS, name="Delete Price List Items", confidence="medium"
)
_PLACE: Final = (
    "nothing tells whether the site stands in its path or in its query, nor what a mapping holds"
)
_GET_MAPPING: Final = _unknown(
    "Get Mapping", lacks=_PLACE, method="GET", path="/mappings/{eshop_id}", confidence="low"
)
_SET_MAPPING: Final = _unknown(
    "Set Mapping", lacks=_PLACE, method="PUT", path="/mappings/{eshop_id}", confidence="low"
)
_GET_COMPUTED: Final = _unknown(
    "Get Computed Purchase Prices", lacks="nothing but its name is printed"
)


class _OfSite(TypedDict):
    """What the lists are asked for by."""

    eshop_id: int


class PurchasePrices(Resource):
    """The purchase prices of franchisees and stores, for margins and the value of stock.

    A list of prices is added, filled, and mapped to the sites and stores where it applies.

    Reference: https://developer.sitoo.com/, the pages of Purchase Prices v3
    """

    @cached_property
    def lists(self) -> PurchasePriceLists:
        """The price lists."""
        return PurchasePriceLists(self._session, self.options, self.site)

    @cached_property
    def items(self) -> PurchasePricesOfLists:
        """The prices in a price list."""
        return PurchasePricesOfLists(self._session, self.options, self.site)

    @cached_property
    def mappings(self) -> PurchasePriceMappings:
        """Which price lists apply to a site, and to which of its stores others do."""
        return PurchasePriceMappings(self._session, self.options, self.site)

    @performs(_GET_COMPUTED)
    async def get_computed(self, *_: object, **__: object) -> NoReturn:
        """Fetch the prices that result for a store from the lists that are mapped to it.

        Name-only: nothing but its name is printed, so it refuses, whatever is given.

        Raises:
            UnknownOperationError: always; nothing is sent.

        Reference: https://developer.sitoo.com/, the site map
        """
        _GET_COMPUTED.refuse()


class PurchasePriceLists(Resource):
    """The lists of purchase prices, each owned by a site.

    Reference: https://developer.sitoo.com/, the page Endpoints of Purchase Prices v3
    """

    @performs(_LIST_ALL)
    def list(
        self, eshop_id: int = UNSET, *, after: str | None = None, page_size: int = PAGE_SIZE
    ) -> Paginator[PurchasePriceList, str | None]:
        """Walk the price lists that a site owns, and those that others assigned to it.

        The oldest come first. Nothing tells how many there are.

        Args:
            eshop_id: the site; it has to be named, whatever the site of the client.
            after: the cursor to begin at, as `position` or `next` of a page tells it.
            page_size: price lists per request, 1 to 100,000.

        Raises:
            InvalidInputError: `eshop_id` is missing or no integer, `after` is no cursor, or
                `page_size` out of range.

        Reference: https://developer.sitoo.com/, the page Endpoints of Purchase Prices v3
        """
        if eshop_id is UNSET:
            raise InvalidInputError(
                "eshop_id is missing: name the site whose price lists are asked for, such as 1",
                field="eshop_id",
            )
        return self._list_by_next(
            _LIST_ALL,
            {},
            PurchasePriceList,
            after=after,
            page_size=page_size,
            filters={"eshop_id": eshop_id},
            takes=_OfSite,
        )

    @performs(_GET)
    async def get(self, price_list_id: str, /) -> PurchasePriceList:
        """Fetch one price list, without its prices.

        Raises:
            NotFoundError: there is no such price list.

        Reference: https://developer.sitoo.com/, the page Endpoints of Purchase Prices v3
        """
        return await self._get(_GET, {"price_list_id": price_list_id}, PurchasePriceList)

    @performs(_ADD)
    async def add(
        self, item: PurchasePriceList | None = None, /, **values: Unpack[PurchasePriceListFields]
    ) -> PurchasePriceList:
        """Add a price list, as a model or by keywords; all four fields are required.

        Its `id` is yours to choose. Not repeatable: where the answer is lost, the error says so
        (``sent="unknown"``).

        Returns:
            The price list, with when it was added.

        Raises:
            InvalidInputError: a field is missing, or can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it, for there being one of that id, for example.

        Reference: https://developer.sitoo.com/, the page Endpoints of Purchase Prices v3
        """
        payload = writable(
            PurchasePriceList, one_item(PurchasePriceList, item, values), required=True
        )
        return await self._write_item(_ADD, {}, payload, PurchasePriceList)

    @performs(_UPDATE)
    async def update(
        self,
        price_list_id: str,
        item: PurchasePriceList | None = None,
        /,
        **values: Unpack[PurchasePriceListFields],
    ) -> PurchasePriceList:
        """Replace what is said of a price list; its prices stay as they are.

        Unlike elsewhere all fields are required, since the one printed example has them all, but
        for the `id`, which the path names. So fetch it, change it, and give it whole. Repeatable.

        Returns:
            The price list; that it comes back is inferred, and where nothing does, its `id` alone.

        Raises:
            InvalidInputError: a field is missing, can't be sent, or is another `id`; nothing was
                sent.
            NotFoundError: there is no such price list.

        Reference: https://developer.sitoo.com/, the page Endpoints of Purchase Prices v3
        """
        given = dict(one_item(PurchasePriceList, item, values))
        if item is not None and isinstance(item, PurchasePriceList):
            known = fields_of(PurchasePriceList)
            given = {name: value for name, value in given.items() if not known[name].read_only}
        with Looking("id"):
            if given.setdefault("id", price_list_id) != price_list_id:
                raise InvalidInputError(
                    f"the item has another id than {shown(price_list_id)}: the id of a price list"
                    " stays",
                    field="id",
                )
        at = {"price_list_id": price_list_id}
        payload = writable(PurchasePriceList, given, required=True)
        return await self._write_item(_UPDATE, at, payload, PurchasePriceList)

    @performs(_DELETE)
    async def delete(self, price_list_id: str, /) -> bool:
        """Delete a price list with its prices.

        Inferred, with high confidence, from its name and the path of the others. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such price list.

        Reference: https://developer.sitoo.com/, the site map
        """
        return await self._delete(_DELETE, {"price_list_id": price_list_id})


class PurchasePricesOfLists(Resource):
    """The prices in a list of purchase prices, by SKU.

    Reference: https://developer.sitoo.com/, the page Overview of Purchase Prices v3
    """

    @performs(_LIST_ITEMS)
    def list(
        self, price_list_id: str, /, *, after: str | None = None, page_size: int = PAGE_SIZE
    ) -> Paginator[PurchasePriceListItem, str | None]:
        """Walk the prices of a list. Nothing tells how many there are.

        Inferred, with high confidence: the path is printed, and paging follows from the objects.

        Args:
            price_list_id: the price list.
            after: the cursor to begin at, as `position` or `next` of a page tells it.
            page_size: prices per request, 1 to 100,000.

        Raises:
            InvalidInputError: `after` is no cursor, or `page_size` out of range.
            NotFoundError: there is no such price list; raised by the walk.

        Reference: https://developer.sitoo.com/, the page Overview of Purchase Prices v3
        """
        return self._list_by_next(
            _LIST_ITEMS,
            {"price_list_id": price_list_id},
            PurchasePriceListItem,
            after=after,
            page_size=page_size,
        )

    @performs(_SET_ITEMS)
    async def set(
        self,
        price_list_id: str,
        items: Iterable[PurchasePriceListItem | PurchasePriceListItemFields | Mapping[str, Any]],
        /,
    ) -> bool:
        """Set the prices of products, all in one request.

        Inferred, with medium confidence: the path is printed, the verb is that of v2, and the body
        follows from the name of an object. Nothing tells how the field of the price is called, nor
        whether prices that are not given stay; try it on a price list of a test. Repeatable.

        Args:
            price_list_id: the price list.
            items: the prices, each with its `sku`.

        Returns:
            True.

        Raises:
            InvalidInputError: there are none, or one can't be sent; nothing was sent.
            NotFoundError: there is no such price list.

        Reference: https://developer.sitoo.com/, the page Overview of Purchase Prices v3
        """
        payload = _payload(_read("items", items))
        return await self._write(_SET_ITEMS, {"price_list_id": price_list_id}, payload, accepted)

    @performs(_DELETE_ITEMS)
    async def delete(self, price_list_id: str, skus: Sequence[str], /) -> bool:
        """Delete the prices of products, all in one request.

        Inferred, with medium confidence: the path is printed, verb and body follow from names.
        Repeatable.

        Args:
            price_list_id: the price list.
            skus: the article numbers of the products.

        Returns:
            True.

        Raises:
            InvalidInputError: there are none, or one is no text; nothing was sent.
            NotFoundError: there is no such price list.

        Reference: https://developer.sitoo.com/, the page Overview of Purchase Prices v3
        """
        payload = _payload([{"sku": sku} for sku in _read("skus", skus)])
        return await self._write(_DELETE_ITEMS, {"price_list_id": price_list_id}, payload, accepted)


def _read(name: str, given: Iterable[Any]) -> list[Any]:
    """What was given as many, looked at once.

    Raises:
        InvalidInputError: it is empty, or one alone.
    """
    with Looking(name):
        if isinstance(given, str | bytes | PurchasePriceListItem) or is_mapping(given):
            raise InvalidInputError(f"{name} must be a list, not {type_name(given)}", field=name)
        found = list(given)
    if not found:
        raise InvalidInputError(f"{name} is empty; give what is meant", field=name)
    return found


def _payload(items: list[Any]) -> Mapping[str, Any]:
    return writable(PurchasePriceListItems, {"items": items}, required=True)


class PurchasePriceMappings(Resource):
    """Which lists of purchase prices apply where: by site, with exceptions for stores.

    Reference: https://developer.sitoo.com/, the page Overview of Purchase Prices v3
    """

    @performs(_GET_MAPPING)
    async def get(self, eshop_id: int, /) -> PurchasePriceMapping:
        """Fetch the price lists of a site.

        Inferred, with low confidence, so it refuses: see `UnknownOperationError`.

        Raises:
            UnknownOperationError: always; nothing is sent.

        Reference: https://developer.sitoo.com/, the page Overview of Purchase Prices v3
        """
        del eshop_id
        _GET_MAPPING.refuse()

    @performs(_SET_MAPPING)
    async def set(
        self,
        eshop_id: int,
        item: PurchasePriceMapping | None = None,
        /,
        **values: Unpack[PurchasePriceMappingFields],
    ) -> PurchasePriceMapping:
        """Set the price lists of a site.

        Inferred, with low confidence, so it refuses: see `UnknownOperationError`. Repeatable.

        Raises:
            UnknownOperationError: always; nothing is sent.

        Reference: https://developer.sitoo.com/, the page Overview of Purchase Prices v3
        """
        del eshop_id, item, values
        _SET_MAPPING.refuse()
