"""Purchase prices by franchisee or store: price lists, what is in them, and where they apply.

Reference: the pages Overview and Endpoints of Purchase Prices v3, of which the tops can be had.
What is marked as inferred is printed on none of them.
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.evidence import elsewhere, known, name_only
from sitoo_async._codec.kinds import Mark, TextOrInteger, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "PurchasePriceList",
    "PurchasePriceListFields",
    "PurchasePriceListItem",
    "PurchasePriceListItemFields",
    "PurchasePriceListItems",
    "PurchasePriceListItemsFields",
    "PurchasePriceMapping",
    "PurchasePriceMappingFields",
    "PurchasePriceMappingItem",
    "PurchasePriceMappingItemFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.purchase_prices import (
        PurchasePriceListFields,
        PurchasePriceListItemFields,
        PurchasePriceListItemsFields,
        PurchasePriceMappingFields,
        PurchasePriceMappingItemFields,
    )
else:
    __getattr__, __dir__ = written(__name__)

# The price that results for a store from the lists that are mapped to it.
name_only("purchase-prices-v3", "ComputedPrices")
elsewhere(
    "purchase-prices-v3",
    "PriceListEnvelope",
    "documented",
    "the pages of purchase_prices.lists.list()",
)
elsewhere(
    "purchase-prices-v3",
    "PriceListItemEnvelope",
    "inferred",
    "the pages of purchase_prices.items.list()",
)
elsewhere("purchase-prices-v3", "ErrorCode", "inferred", "ApiError.error_code")
elsewhere("purchase-prices-v3", "ErrorMessage", "inferred", "ApiError")


@known("purchase-prices-v3", "PriceList", "documented")
@model
class PurchasePriceList(Model):
    """A list of purchase prices, which one site owns and others may share.

    Reference: the page Endpoints of Purchase Prices v3.
    """

    id: Annotated[str, Mark.REQUIRED, Mark.IDENTIFIER] = UNSET
    """The name by which it is addressed, such as ``A``; whoever adds it chooses it."""

    created_at: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    modified_at: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was last changed."""

    owner_eshop_id: Annotated[int, Mark.REQUIRED] = UNSET
    """The site that owns it."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What it is called, such as ``Franchise A``."""

    currency: Annotated[str, Mark.REQUIRED] = UNSET
    """The currency of its prices, by its code (ISO 4217)."""


@known("purchase-prices-v3", "PriceListItem", "inferred")
@model
class PurchasePriceListItem(Model):
    """The purchase price of a product in a list.

    Inferred: it is printed that prices are set by SKU, and no more.
    """

    sku: Annotated[str, Mark.REQUIRED, Mark.IDENTIFIER] = UNSET
    """The product's article number."""

    price: Annotated[TextOrInteger, Mark.INFERRED] = UNSET
    """The price (inferred, the name of the field too).

    Nobody knows whether it is text with two decimals, as in v2, or an integer of hundredths, as in
    Shipments v3; so it comes as it is, and is sent as it is given.
    """


@known("purchase-prices-v3", "PriceListItems", "inferred")
@model
class PurchasePriceListItems(Model):
    """What is sent to set prices of a list, or to delete them.

    Inferred from its name; a bare array would be as likely.
    """

    items: Annotated[list[PurchasePriceListItem], Mark.INFERRED] = UNSET
    """The prices, or the products whose prices are deleted (inferred)."""


@known("purchase-prices-v3", "MappingItem", "inferred")
@model
class PurchasePriceMappingItem(Model):
    """The price lists of one store, where they differ from those of its site.

    Inferred: it is printed that there are exceptions for stores, and no more.
    """

    store_id: Annotated[str, Mark.INFERRED] = UNSET
    """The store (inferred)."""

    price_list_ids: Annotated[list[str], Mark.INFERRED] = UNSET
    """The price lists that apply to it (inferred)."""


@known("purchase-prices-v3", "Mapping", "inferred")
@model
class PurchasePriceMapping(Model):
    """The price lists of a site, and the exceptions for stores.

    Inferred: it is printed that lists are assigned by site, with exceptions for stores.
    """

    eshop_id: Annotated[int, Mark.INFERRED] = UNSET
    """The site (inferred)."""

    price_list_ids: Annotated[list[str], Mark.INFERRED] = UNSET
    """The price lists that apply to its stores (inferred)."""

    stores: Annotated[list[PurchasePriceMappingItem], Mark.INFERRED] = UNSET
    """The stores to which others apply (inferred)."""
