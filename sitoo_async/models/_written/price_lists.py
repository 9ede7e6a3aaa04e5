"""Which fields may be set and asked for, of the models in price_lists.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models.price_lists import VolumePriceLevel

__all__ = [
    "PriceListField",
    "PriceListFields",
    "PriceListItemField",
    "PriceListItemFields",
    "VolumePriceLevelFields",
]


class PriceListFields(TypedDict, total=False):
    """The fields of a PriceList that can be set."""

    pricelistname: str
    pricelistdescription: str
    active: bool
    externalid: str | None
    currencycode: str
    tags: Sequence[str]


PriceListField = Literal[
    "pricelistid",
    "pricelistname",
    "pricelistdescription",
    "active",
    "externalid",
    "currencycode",
    "tags",
]
"""The fields that can be asked for of a PriceList."""


class VolumePriceLevelFields(TypedDict, total=False):
    """The fields of a VolumePriceLevel that can be set."""

    levelstart: int
    moneyprice: Decimal | int | str


class PriceListItemFields(TypedDict, total=False):
    """The fields of a PriceListItem that can be set."""

    productid: int
    moneyprice: Decimal | int | str
    moneypricevolume: Sequence[VolumePriceLevel | VolumePriceLevelFields] | None
    sku: str


PriceListItemField = Literal[
    "productid",
    "moneyprice",
    "moneypricevolume",
    "sku",
]
"""The fields that can be asked for of a PriceListItem."""
