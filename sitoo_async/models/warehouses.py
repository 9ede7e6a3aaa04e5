"""Warehouses and the stock in them.

Reference: https://developer.sitoo.com/api-reference/warehouses
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenEnum
from sitoo_async._codec.kinds import Decimal3, Mark, Money, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "Warehouse",
    "WarehouseField",
    "WarehouseFields",
    "WarehouseItem",
    "WarehouseItemField",
    "WarehouseItemFields",
    "WarehouseType",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.warehouses import (
        WarehouseField,
        WarehouseFields,
        WarehouseItemField,
        WarehouseItemFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


class WarehouseType(OpenEnum):
    """How the stock of a warehouse is kept."""

    FIFO = 10
    """First in, first out: stock and its value change through transactions and batches only.

    Examples show the number; that it is this type's is inferred, there being no third.
    """

    VIRTUAL = 20
    """Levels are set directly on its items; it takes no transactions."""


@model
class Warehouse(Model):
    """A place that holds stock; it may belong to a store.

    Reference: https://developer.sitoo.com/api-reference/warehouses#warehouse
    """

    warehouseid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the warehouse is added."""

    warehousetype: WarehouseType = UNSET
    """FIFO or virtual, which decides how its stock can be changed."""

    usetype: Annotated[int, Mark.REQUIRED] = UNSET
    """The number of what its stock is used for, such as 10; a store prefers some to others."""

    storeid: int | None = UNSET
    """The store that it belongs to; None: to no store."""

    sellable: bool = UNSET
    """Whether its stock can be sold."""

    currencycode: Annotated[str, Mark.REQUIRED] = UNSET
    """The currency that its stock is valued in, as a code of ISO 4217, such as ``SEK``."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """The warehouse's name."""

    address: str = UNSET
    """Street address."""

    address2: str = UNSET
    """Second line of the street address."""

    zip: str = UNSET
    """Postal code."""

    city: str = UNSET
    """City."""

    state: str = UNSET
    """State or region."""

    countryid: str | None = UNSET
    """The country as a code of ISO 3166, such as ``se``."""

    externalid: str | None = UNSET
    """The warehouse's id in another system."""


@model
class WarehouseItem(Model):
    """The stock of one article in a warehouse.

    Reference: https://developer.sitoo.com/api-reference/warehouses#warehouseitem
    """

    warehouseitemid: Annotated[int, Mark.READ_ONLY] = UNSET
    """Given by Sitoo when the article is first registered in the warehouse."""

    warehouseid: Annotated[int, Mark.READ_ONLY] = UNSET
    """The warehouse that holds it."""

    sku: Annotated[str, Mark.IDENTIFIER, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The article number, which names the item within its warehouse."""

    binlocation: str = UNSET
    """Where in the warehouse it lies."""

    decimalthreshold: Decimal3 = UNSET
    """The level at which to order more."""

    decimaltotal: Decimal3 = UNSET
    """The quantity in stock, reserved or not; can be set in a virtual warehouse only."""

    moneytotal: Money = UNSET
    """The value of that stock; can be set in a virtual warehouse only."""

    datelastmodified: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it last was in a transaction."""

    datelaststocktaking: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it last was in a stocktaking."""

    decimalreserved: Annotated[Decimal3, Mark.READ_ONLY] = UNSET
    """The quantity that is reserved."""

    decimalavailable: Annotated[Decimal3, Mark.READ_ONLY] = UNSET
    """The quantity that is left to sell."""
