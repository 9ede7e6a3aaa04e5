"""Product Search: the search of the POS, with filters that follow what is found.

What is known of SPI Product Search is its overview and its page: its one operation is printed with
an example. Not known is how the types of filters are spelt of which several values, or none but
yes and no, may be chosen. The images of a product stand in its custom attributes, on an older
page in its additional data.

Statuses: 200, 400, 401 and 403; no body of an error is defined. Basic authentication is expected.

Reference: the pages Overview and Product Search of SPI Product Search, https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Final

from sitoo_async._codec.base import Model, model, set_fields
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import known, scalar, union
from sitoo_async._codec.json import is_list
from sitoo_async._codec.kinds import FREE, TEXT, MapOf, Money, Number, Scalar
from sitoo_async._codec.unset import UNSET
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import by_status
from sitoo_async.spi._core.service import Service

__all__ = [
    "Filter",
    "FilterOption",
    "FilterType",
    "Image",
    "Product",
    "ProductSearchResult",
    "ProductSearchService",
    "Products",
    "SalesTax",
]

scalar("spi-product-search", "money", "documented", Money)


@known("spi-product-search", "filter.type", "documented")
class FilterType(OpenText):
    """How many options of a filter may be chosen.

    Only the spelling of ``single-enum`` is printed; the two others are inferred from the overview.
    """

    SINGLE_ENUM = "single-enum"
    MULTI_ENUM = "multi-enum"
    BOOLEAN = "boolean"


@known("spi-product-search", "filter_option", "documented")
@model
class FilterOption(Model):
    """A value that a filter may have."""

    id: str = UNSET
    """The value, as it comes back in ``filter``."""

    name: str = UNSET
    """What the POS shows."""

    num_products: int = UNSET
    """How many products it leaves."""

    options: list["FilterOption"] = UNSET
    """Finer values below it."""


@known("spi-product-search", "filter", "documented")
@model
class Filter(Model):
    """What a search can be narrowed by."""

    id: str = UNSET
    """The key by which it comes back in ``filter``: a letter, then at most 31 more letters,
    digits, underscores and hyphens."""

    title: str = UNSET
    """What the POS shows."""

    type: FilterType = UNSET
    """How many options may be chosen."""

    options: list[FilterOption] = UNSET
    """The values that it may have."""


@known("spi-product-search", "image", "documented")
@model
class Image(Model):
    """A picture of a product."""

    name: str = UNSET
    """What it is called."""

    url: str = UNSET
    """Where it is to be had."""


union("spi-product-search", "images", "documented", list[Image])


@known("spi-product-search", "sales_tax", "documented")
@model
class SalesTax(Model):
    """A tax that is part of a price."""

    name: str = UNSET
    """What it is called."""

    amount: Money = UNSET
    """The amount."""

    percentage: Number = UNSET
    """The rate in percent, such as 25."""


def _images_in(value: Any) -> Any:
    """A value that may be a list of images, as plain JSON values have it."""
    if is_list(value):
        return [set_fields(each) if isinstance(each, Image) else each for each in value]
    return value


def _write_attribute(value: Any, field: str) -> Any:
    return FREE.write(_images_in(value), field)


def _write_data(value: Any, field: str) -> Any:
    return FREE.write(_images_in(value), field) if is_list(value) else TEXT.write(value, field)


_ATTRIBUTE: Final = Scalar(
    name="anything", wire=Any, types=frozenset(), convert=_write_attribute, accepts="Any"
)
_DATA: Final = Scalar(
    name="anything", wire=Any, types=frozenset(), convert=_write_data, accepts="Any"
)


@known("spi-product-search", "product", "documented")
@model
class Product(Model):
    """A product that was found."""

    sku: str = UNSET
    """The sku."""

    name: str = UNSET
    """What it is called."""

    variant_text: str = UNSET
    """Which variant it is."""

    product_group: str = UNSET
    """The product group."""

    custom_attributes: Annotated[dict[str, Any], MapOf(_ATTRIBUTE)] = UNSET
    """Values by names of your own. ``images`` is a list of `Image`, or of such mappings."""

    additional_data: Annotated[dict[str, Any], MapOf(_DATA)] = UNSET
    """Further data as text by key. An older page has ``images`` here."""

    offer_text: str = UNSET
    """What the POS says of an offer."""

    unit_regular_price: Money = UNSET
    """The price of one without the offer."""

    unit_price: Money = UNSET
    """The price of one."""

    unit_sales_taxes: list[SalesTax] = UNSET
    """The taxes that are part of `unit_price`."""


@model
class Products(Model):
    """A page of the products that were found."""

    # As all models of this interface, though the reference has no name for this one.
    __keeps_unknown__: ClassVar[bool] = True

    count: int = UNSET
    """How many were found, on all pages."""

    items: list[Product] = UNSET
    """Those of this page."""


@known("spi-product-search", "product_search_result", "documented")
@model
class ProductSearchResult(Model):
    """What a search found, and by what it may be narrowed."""

    products: Products = UNSET
    """The products; none where only the filters were asked for."""

    filters: list[Filter] = UNSET
    """The filters that fit what was found."""

    search_text_used: str | None = UNSET
    """The text that was searched for if it was another one, such as one that is spelt right; None
    where it was not. What it means is inferred."""


class ProductSearchService(
    Service,
    interface="spi-product-search",
    errors=by_status("bad-request", "unauthorized", "forbidden", "other", body=False),
):
    """What a search for products answers; derive from it, and write the operation.

    Reference: SPI Product Search, https://developer.sitoo.com
    """

    @operation("Search Products", "GET", "/product-search", status=200, evidence="documented")
    async def search_products(
        self,
        *,
        lang: str,
        currency: str,
        search_text: str | None = None,
        filter_: Mapping[str, list[str]] | None = None,
        return_only_filters: bool = False,
        store_id: str | None = None,
        customer_id: str | None = None,
        start: int = 0,
        num: int = 10,
        call: Call,
    ) -> ProductSearchResult:
        """Search for products.

        Args:
            lang: two capital letters, of a country according to the page.
            currency: the currency, as a code of ISO 4217.
            search_text: what was typed in.
            filter_: which options were chosen, by the id of the filter, such as
                ``{"CATEGORY": ["COATS"]}``; they come as ``filter[CATEGORY]=COATS``.
            return_only_filters: whether no products are wanted but the filters to begin with.
            store_id: the store, by its `externalid`.
            customer_id: the customer, where there is one.
            start: how many products to leave out from the beginning.
            num: how many to answer at most.
            call: what the request tells beside it.
        """
        raise NotImplementedError
