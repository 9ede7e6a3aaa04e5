"""Which fields may be set, of the models in purchase_prices.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from typing import TypedDict

from sitoo_async.models.purchase_prices import PurchasePriceListItem, PurchasePriceMappingItem

__all__ = [
    "PurchasePriceListFields",
    "PurchasePriceListItemFields",
    "PurchasePriceListItemsFields",
    "PurchasePriceMappingFields",
    "PurchasePriceMappingItemFields",
]


class PurchasePriceListFields(TypedDict, total=False):
    """The fields of a PurchasePriceList that can be set."""

    id: str
    owner_eshop_id: int
    name: str
    currency: str


class PurchasePriceListItemFields(TypedDict, total=False):
    """The fields of a PurchasePriceListItem that can be set."""

    sku: str
    price: str | int


class PurchasePriceListItemsFields(TypedDict, total=False):
    """The fields of a PurchasePriceListItems that can be set."""

    items: Sequence[PurchasePriceListItem | PurchasePriceListItemFields]


class PurchasePriceMappingItemFields(TypedDict, total=False):
    """The fields of a PurchasePriceMappingItem that can be set."""

    store_id: str
    price_list_ids: Sequence[str]


class PurchasePriceMappingFields(TypedDict, total=False):
    """The fields of a PurchasePriceMapping that can be set."""

    eshop_id: int
    price_list_ids: Sequence[str]
    stores: Sequence[PurchasePriceMappingItem | PurchasePriceMappingItemFields]
