"""Products, and the variants of a product.

Reference: https://developer.sitoo.com/api-reference/products
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final, TypedDict, Unpack

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._codec.codec import writable
from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.products import (
    Product,
    ProductField,
    ProductFields,
    ProductVariant,
    ProductVariantFields,
    ProductVariantGroup,
    ProductVariantGroupFields,
    ProductVariants,
)
from sitoo_async.resources._base import CHUNK_SIZE, PAGE_SIZE, Resource
from sitoo_async.resources._items import accepted, added_id
from sitoo_async.resources._operation import Operation, performs

if TYPE_CHECKING:
    from sitoo_async.resources.product_images_and_files import ProductFiles, ProductImages

__all__ = ["ProductFilters", "ProductUpdate", "ProductVariantsOfProduct", "Products"]

# Repeatable: reads, and the writes that set values or delete. Adding twice makes two products.
_LIST: Final = Operation("GET", "/sites/{siteid}/products.json", repeatable=True)
_ADD: Final = Operation(
    "POST", "/sites/{siteid}/products.json", repeatable=False, tells_apart=("sku",)
)
_UPDATE_MANY: Final = Operation("PUT", "/sites/{siteid}/products.json", repeatable=True)
_DELETE_MANY: Final = Operation("DELETE", "/sites/{siteid}/products.json", repeatable=True)
_GET: Final = Operation("GET", "/sites/{siteid}/products/{productid}.json", repeatable=True)
_UPDATE: Final = Operation(
    "PUT", "/sites/{siteid}/products/{productid}.json", repeatable=True, many=_UPDATE_MANY
)
_DELETE: Final = Operation(
    "DELETE", "/sites/{siteid}/products/{productid}.json", repeatable=True, many=_DELETE_MANY
)
_GET_VARIANTS: Final = Operation(
    "GET", "/sites/{siteid}/products/{productid}/productvariants.json", repeatable=True
)
_SET_VARIANTS: Final = Operation(
    "PUT",
    "/sites/{siteid}/products/{productid}/productvariants.json",
    repeatable=True,
    unless="it makes a new variant",
)


class ProductFilters(TypedDict, total=False):
    """What `Products.list` filters on."""

    sku: Sequence[str]
    """Only products with one of these article numbers."""
    includeinactive: bool
    """Products too that are active neither in the POS nor in the webshop; False by default."""
    datelastmodified: datetime
    """Only products modified after that moment; rounded down to whole seconds."""


class ProductUpdate(ProductFields, total=False):
    """An item of `Products.update_many`: the fields to set, and which product it is."""

    productid: int


class Products(Resource):
    """The products of a site.

    Reference: https://developer.sitoo.com/api-reference/products
    """

    @cached_property
    def variants(self) -> ProductVariantsOfProduct:
        """The variants of a product, as one item."""
        return ProductVariantsOfProduct(self._session, self.options, self.site)

    @cached_property
    def images(self) -> ProductImages:
        """The images of a product."""
        from sitoo_async.resources.product_images_and_files import (  # noqa: PLC0415  # on first use
            ProductImages,
        )

        return ProductImages(self._session, self.options, self.site)

    @cached_property
    def files(self) -> ProductFiles:
        """The other files of a product, such as a manual."""
        from sitoo_async.resources.product_images_and_files import (  # noqa: PLC0415  # on first use
            ProductFiles,
        )

        return ProductFiles(self._session, self.options, self.site)

    @performs(_LIST)
    def list(
        self,
        *,
        fields: Sequence[ProductField] | None = None,
        start: int = 0,
        page_size: int = PAGE_SIZE,
        **filters: Unpack[ProductFilters],
    ) -> Paginator[Product]:
        """Walk the products: ``async for`` gives each, ``await`` the first page.

        Some fields are calculated and slow: ask only for what you use.

        Args:
            fields: the fields to fetch; left out, Sitoo's default twelve come.
            start: the index of the first product, counted from 0.
            page_size: products per request, 1 to 100,000.
            filters: see `ProductFilters`.

        Raises:
            InvalidInputError: an unknown field or filter, an empty or bare-string array filter,
                a naive datetime, a `start` or `page_size` out of range.

        Reference: https://developer.sitoo.com/api-reference/products/get-products
        """
        return self._list(
            _LIST,
            {},
            Product,
            start=start,
            page_size=page_size,
            filters=filters,
            takes=ProductFilters,
            fields=fields,
            identifier="productid",
        )

    @performs(_GET)
    async def get(self, productid: int, /) -> Product:
        """Fetch one product with all its fields.

        Raises:
            NotFoundError: there is no such product on the site.

        Reference: https://developer.sitoo.com/api-reference/products/get-product
        """
        return await self._get(_GET, {"productid": productid}, Product)

    @performs(_ADD)
    async def add(self, item: Product | None = None, /, **values: Unpack[ProductFields]) -> int:
        """Add a product, given as a model or by keywords; `sku` is required.

        Not repeatable: where the answer is lost, the error says so (``sent="unknown"``).

        Returns:
            The new productid.

        Raises:
            InvalidInputError: a field that can't be sent; nothing was sent.
            BadRequestError: Sitoo refused it, for a `sku` that exists, for example.

        Reference: https://developer.sitoo.com/api-reference/products/batch-add-products
        """
        return await self._add(_ADD, {}, Product, item, values, read=added_id)

    @performs(_ADD)
    def add_many(
        self,
        items: Iterable[Product | ProductFields] | AsyncIterable[Product | ProductFields],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[int]:
        """Add products in chunks; each outcome's `value` is the new productid.

        Not repeatable: where the answer to a chunk is lost, its outcomes say so.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: products per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/products/batch-add-products
        """
        return self._many(
            "add", _ADD, {}, Product, items, read=added_id, chunk_size=chunk_size, invalid=invalid
        )

    @performs(_UPDATE)
    async def update(
        self, productid: int, item: Product | None = None, /, **values: Unpack[ProductFields]
    ) -> bool:
        """Set fields of a product and leave all others as they are.

        Clear a `barcode` with ``""``: Sitoo refuses null. Repeatable.

        Returns:
            True.

        Raises:
            InvalidInputError: no field is set, or one can't be sent; nothing was sent.
            NotFoundError: there is no such product on the site.

        Reference: https://developer.sitoo.com/api-reference/products/update-product
        """
        return await self._update(_UPDATE, {"productid": productid}, Product, item, values)

    @performs(_UPDATE_MANY)
    def update_many(
        self,
        items: Iterable[Product | ProductUpdate] | AsyncIterable[Product | ProductUpdate],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Update products in chunks; each item names its `productid`, or else its `sku`.

        With a `productid`, a `sku` is a field to set like any other. Repeatable: a chunk whose
        answer is lost is halved and sent again.

        Args:
            items: models or mappings, from any iterable, sync or async.
            chunk_size: products per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list can't be sent, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/products/batch-update-products
        """
        return self._many(
            "update",
            _UPDATE_MANY,
            {},
            Product,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
        )

    @performs(_DELETE)
    async def delete(self, productid: int, /) -> bool:
        """Delete a product. Repeatable.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted it.

        Raises:
            NotFoundError: there is no such product on the site.

        Reference: https://developer.sitoo.com/api-reference/products/delete-product
        """
        return await self._delete(_DELETE, {"productid": productid})

    @performs(_DELETE_MANY)
    def delete_many(
        self,
        items: Iterable[int | Product | ProductUpdate]
        | AsyncIterable[int | Product | ProductUpdate],
        /,
        *,
        chunk_size: int = CHUNK_SIZE,
        invalid: Invalid | None = None,
    ) -> Batch[bool]:
        """Delete products in chunks, named by productid. Repeatable.

        Args:
            items: productids, or models or mappings that hold one.
            chunk_size: products per request, 1 to 5000.
            invalid: what becomes of items that can't be sent: ``"raise"``, as left out for a list,
                or ``"outcome"``, as left out for a stream; see `Batch`.

        Raises:
            InvalidInputError: items of a list name no productid, see its `rows`; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/products/batch-delete-products
        """
        # By productid alone: the reference names no other identifier here.
        return self._many(
            "delete",
            _DELETE_MANY,
            {},
            Product,
            items,
            read=accepted,
            chunk_size=chunk_size,
            invalid=invalid,
            by=["productid"],
        )


class ProductVariantsOfProduct(Resource):
    """All variants of a product, which Sitoo keeps as one item.

    Reference: https://developer.sitoo.com/api-reference/product-variants
    """

    @performs(_GET_VARIANTS)
    async def get(self, productid: int, /) -> ProductVariants:
        """Fetch the variants of a product and the groups that they differ in.

        Raises:
            NotFoundError: there is no such product on the site.

        Reference: https://developer.sitoo.com/api-reference/product-variants
        """
        return await self._get(_GET_VARIANTS, {"productid": productid}, ProductVariants)

    @performs(_SET_VARIANTS)
    async def set(
        self,
        productid: int,
        /,
        *,
        groups: Sequence[ProductVariantGroup | ProductVariantGroupFields],
        variants: Sequence[ProductVariant | ProductVariantFields],
    ) -> bool:
        """Replace all variants of a product: what is left out is DELETED.

        A variant that is not in `variants` is deleted as a product, and a field that a variant
        leaves out is reset. So both are required whole, each variant with all its required
        fields, among them four that Sitoo calls deprecated and still wants: `active`,
        `deliverystatus` (text), `moneyofferprice` and `friendly` (unique; its sku will do). A
        `barcode` may be ``""`` and not null. ``productid=0`` makes a new variant; fetch the
        variants again to learn its id. Repeatable, unless it makes a new variant.

        A fetched variant can be given back once those four, which Sitoo does not return, are set.

        Args:
            productid: the product that owns the variants; it is one of them.
            groups: what the variants differ in, such as size, and all the options.
            variants: every variant that shall exist afterwards.

        Returns:
            True.

        Raises:
            InvalidInputError: a required field is missing, or one can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/product-variants
        """
        given = {"groups": groups, "variants": variants}
        payload = writable(ProductVariants, given, required=True)
        # Sent twice, a variant without an id would be made, deleted and made anew.
        makes = any(variant["productid"] == 0 for variant in payload["variants"])
        return await self._write(
            _SET_VARIANTS, {"productid": productid}, payload, accepted, once=makes
        )
