"""The calls about vouchers, and about the products that they are for.

Reference: https://developer.sitoo.com/api-reference/vouchers
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Final, Literal, Unpack

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async._codec.json import is_list
from sitoo_async._codec.kinds import INTEGER, TEXT
from sitoo_async._paging.paginator import Paginator
from sitoo_async.errors import InvalidInputError
from sitoo_async.models.vouchers import Voucher, VoucherField, VoucherFields
from sitoo_async.resources._base import PAGE_SIZE, Resource
from sitoo_async.resources._items import added_id
from sitoo_async.resources._operation import Operation, performs

__all__ = ["ProductIdentifier", "VoucherProducts", "Vouchers"]

_ONE: Final = "/sites/{siteid}/vouchers/{voucherid}.json"
_PRODUCTS: Final = "/sites/{siteid}/vouchers/{voucherid}/products.json"

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two vouchers.
_LIST: Final = Operation("GET", "/sites/{siteid}/vouchers.json", repeatable=True)
_ADD: Final = Operation("POST", "/sites/{siteid}/vouchers.json", repeatable=False)
_GET: Final = Operation("GET", _ONE, repeatable=True)
_UPDATE: Final = Operation("PUT", _ONE, repeatable=True)
_DELETE: Final = Operation("DELETE", _ONE, repeatable=True)
_ADD_PRODUCTS: Final = Operation(
    "POST", _PRODUCTS, repeatable=False, evidence="unverified", confidence="low"
)
_DELETE_PRODUCTS: Final = Operation(
    "DELETE", _PRODUCTS, repeatable=True, evidence="unverified", confidence="low"
)

ProductIdentifier = Literal["productid", "sku"]
"""What stands for a product in the lists of a voucher."""


class Vouchers(Resource):
    """The vouchers of a site.

    Reference: https://developer.sitoo.com/api-reference/vouchers
    """

    @cached_property
    def products(self) -> VoucherProducts:
        """The products of a voucher, to be put in and taken out one by one."""
        return VoucherProducts(self._session, self.options, self.site)

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[VoucherField] | None = None,
        product_identifier: ProductIdentifier = "productid",
        start: int = 0,
        page_size: int = PAGE_SIZE,
    ) -> Paginator[Voucher]:
        """Walk the vouchers: ``async for`` gives each, ``await`` the first page.

        Args:
            fields: the fields to fetch; left out, Sitoo's default five come.
            product_identifier: what the lists of products shall hold.
            start: the index of the first voucher, counted from 0.
            page_size: vouchers per request, 1 to 100,000.

        Raises:
            InvalidInputError: an unknown field or identifier, a `start` or `page_size` out of
                range.

        Reference: https://developer.sitoo.com/api-reference/vouchers#get-vouchers
        """
        return self._list(
            _LIST,
            {},
            Voucher,
            start=start,
            page_size=page_size,
            fields=fields,
            identifier="voucherid",
            extra=_identified(product_identifier),
        )

    @performs(_GET)
    async def get(
        self, voucherid: int, /, *, product_identifier: ProductIdentifier = "productid"
    ) -> Voucher:
        """Fetch one voucher with all its fields.

        Args:
            voucherid: which one.
            product_identifier: what the lists of products shall hold.

        Raises:
            InvalidInputError: an unknown identifier; nothing was sent.
            NotFoundError: there is no such voucher.

        Reference: https://developer.sitoo.com/api-reference/vouchers#get-voucher
        """
        query = _identified(product_identifier)
        return await self._get(_GET, {"voucherid": voucherid}, Voucher, query=query)

    @performs(_ADD)
    async def add(
        self,
        item: Voucher | None = None,
        /,
        *,
        product_identifier: ProductIdentifier = "productid",
        **values: Unpack[VoucherFields],
    ) -> int:
        """Add a voucher, given as a model or by keywords.

        `vouchername` and `vouchertype` are required. Not repeatable: sent twice, it would make
        two. Where the answer is lost, the error says so (``sent="unknown"``).

        Args:
            item: the voucher, if it is given as a model.
            product_identifier: what the lists of products hold.
            values: see `VoucherFields`.

        Returns:
            The new voucherid.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/vouchers
        """
        query = _identified(product_identifier)
        return await self._add(_ADD, {}, Voucher, item, values, read=added_id, query=query)

    @performs(_UPDATE)
    async def update(
        self, voucherid: int, item: Voucher | None = None, /, **values: Unpack[VoucherFields]
    ) -> bool:
        """Set fields of a voucher and leave all others as they are. Repeatable.

        Products are named by productid: the reference knows no `product_identifier` here.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such voucher.

        Reference: https://developer.sitoo.com/api-reference/vouchers#update-voucher
        """
        return await self._update(_UPDATE, {"voucherid": voucherid}, Voucher, item, values)

    @performs(_DELETE)
    async def delete(self, voucherid: int, /) -> bool:
        """Delete a voucher. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such voucher.

        Reference: https://developer.sitoo.com/api-reference/vouchers#delete-voucher
        """
        return await self._delete(_DELETE, {"voucherid": voucherid})


class VoucherProducts(Resource):
    """The products of a voucher.

    Unverified: the reference gives the names of these operations and nothing more. The documented
    way is `Vouchers.update`, which sets all `products` of a voucher.

    Reference: https://developer.sitoo.com/api-reference/vouchers
    """

    @performs(_ADD_PRODUCTS)
    async def add(
        self,
        voucherid: int,
        products: Sequence[int] | Sequence[str],
        /,
        *,
        product_identifier: ProductIdentifier = "productid",
    ) -> Any:
        """Put products into a voucher.

        Unverified: path and body are the likeliest by analogy. Not repeatable, as nothing is known
        of a product that is put in twice.

        Args:
            voucherid: which one.
            products: productids, or skus with ``product_identifier="sku"``.
            product_identifier: what `products` holds.

        Returns:
            The answer as it came, as plain JSON.

        Raises:
            InvalidInputError: no list, an empty one, or one of something else; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/vouchers
        """
        return await self._as_it_came(
            _ADD_PRODUCTS,
            {"voucherid": voucherid},
            _named(products, product_identifier),
            query=_identified(product_identifier),
        )

    @performs(_DELETE_PRODUCTS)
    async def delete(
        self,
        voucherid: int,
        products: Sequence[int] | Sequence[str],
        /,
        *,
        product_identifier: ProductIdentifier = "productid",
    ) -> Any:
        """Take products out of a voucher.

        Unverified: path and body are the likeliest by analogy. Repeatable: what is out stays out.

        Args:
            voucherid: which one.
            products: productids, or skus with ``product_identifier="sku"``.
            product_identifier: what `products` holds.

        Returns:
            The answer as it came, as plain JSON.

        Raises:
            InvalidInputError: no list, an empty one, or one of something else; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/vouchers
        """
        return await self._as_it_came(
            _DELETE_PRODUCTS,
            {"voucherid": voucherid},
            _named(products, product_identifier),
            query=_identified(product_identifier),
        )


def _identified(product_identifier: str) -> str:
    """The query that says what stands for a product; a productid does where nothing is said."""
    with Looking("product_identifier"):
        if product_identifier == "productid":
            return ""
        if product_identifier == "sku":
            return "product_identifier=sku"
    raise InvalidInputError(
        f"product_identifier must be 'productid' or 'sku', not {shown(product_identifier)}",
        field="product_identifier",
    )


def _named(
    products: Sequence[int] | Sequence[str], product_identifier: str
) -> list[dict[str, Any]]:
    by, kind = ("sku", TEXT) if _identified(product_identifier) else ("productid", INTEGER)
    with Looking("products"):
        if not is_list(products) or not products:
            raise InvalidInputError(
                "products must be a list that names at least one product", field="products"
            )
        return [
            {by: kind.write(product, f"products[{index}]")}
            for index, product in enumerate(products)
        ]
