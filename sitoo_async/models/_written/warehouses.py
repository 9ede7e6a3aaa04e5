"""Which fields may be set and asked for, of the models in warehouses.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models.warehouses import WarehouseType

__all__ = [
    "WarehouseField",
    "WarehouseFields",
    "WarehouseItemField",
    "WarehouseItemFields",
]


class WarehouseFields(TypedDict, total=False):
    """The fields of a Warehouse that can be set."""

    warehousetype: WarehouseType | int
    usetype: int
    storeid: int | None
    sellable: bool
    currencycode: str
    name: str
    address: str
    address2: str
    zip: str
    city: str
    state: str
    countryid: str | None
    externalid: str | None


WarehouseField = Literal[
    "warehouseid",
    "warehousetype",
    "usetype",
    "storeid",
    "sellable",
    "currencycode",
    "name",
    "address",
    "address2",
    "zip",
    "city",
    "state",
    "countryid",
    "externalid",
]
"""The fields that can be asked for of a Warehouse."""


class WarehouseItemFields(TypedDict, total=False):
    """The fields of a WarehouseItem that can be set."""

    sku: str
    binlocation: str
    decimalthreshold: Decimal | int | str
    decimaltotal: Decimal | int | str
    moneytotal: Decimal | int | str


WarehouseItemField = Literal[
    "warehouseitemid",
    "warehouseid",
    "sku",
    "binlocation",
    "decimalthreshold",
    "decimaltotal",
    "moneytotal",
    "datelastmodified",
    "datelaststocktaking",
    "decimalreserved",
    "decimalavailable",
]
"""The fields that can be asked for of a WarehouseItem."""
