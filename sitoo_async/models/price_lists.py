"""Price lists and the prices in them.

Reference: https://developer.sitoo.com/api-reference/price-lists
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Money, Tags
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "PriceList",
    "PriceListField",
    "PriceListFields",
    "PriceListItem",
    "PriceListItemField",
    "PriceListItemFields",
    "VolumePriceLevel",
    "VolumePriceLevelFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.price_lists import (
        PriceListField,
        PriceListFields,
        PriceListItemField,
        PriceListItemFields,
        VolumePriceLevelFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class PriceList(Model):
    """A set of prices, for everyone or for some stores or campaigns.

    Reference: https://developer.sitoo.com/api-reference/price-lists#pricelist
    """

    pricelistid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the price list is added; the default one always is 1."""

    pricelistname: Annotated[str, Mark.REQUIRED] = UNSET
    """The price list's name."""

    pricelistdescription: str = UNSET
    """Free text."""

    active: bool = UNSET
    """Whether its prices count."""

    externalid: str | None = UNSET
    """The price list's id in another system."""

    currencycode: str = UNSET
    """The currency of its prices, as a code of ISO 4217, such as ``SEK``."""

    tags: Tags = UNSET
    """The tags of the stores or campaigns that it is meant for."""


@model
class VolumePriceLevel(Model):
    """The price of a product that is bought in a certain quantity or more.

    Reference: https://developer.sitoo.com/api-reference/price-lists#volumepricelevel
    """

    levelstart: int = UNSET
    """The quantity from which on the price counts."""

    moneyprice: Money = UNSET
    """The price of one unit at that quantity."""


@model
class PriceListItem(Model):
    """The price of a product in a price list.

    Reference: https://developer.sitoo.com/api-reference/price-lists#pricelistitem
    """

    productid: Annotated[int, Mark.IDENTIFIER] = UNSET
    """The product; where it is missing, `sku` names it."""

    moneyprice: Annotated[Money, Mark.REQUIRED] = UNSET
    """The price of one unit, in the currency of the price list."""

    moneypricevolume: list[VolumePriceLevel] | None = UNSET
    """Lower prices for larger quantities; None: one price for every quantity."""

    sku: Annotated[str, Mark.IDENTIFIER, Mark.NOT_EMPTY] = UNSET
    """The product's article number."""
