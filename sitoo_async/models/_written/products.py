"""Which fields may be set and asked for, of the models in products.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypedDict

from sitoo_async.models.products import ProductVariant, ProductVariantGroup

__all__ = [
    "ProductField",
    "ProductFields",
    "ProductVariantFields",
    "ProductVariantGroupFields",
    "ProductVariantsFields",
]


class ProductFields(TypedDict, total=False):
    """The fields of a Product that can be set."""

    sku: str
    skumanufacturer: str
    descriptionshort: str
    description: str
    descriptionhtml: str
    deliverystatus: str
    moneyprice: Decimal | int | str
    moneypriceorg: Decimal | int | str
    moneypricein: Decimal | int | str
    unitlabel: str
    allowdecimals: bool
    deliveryinfo: str
    externalinputtitle: str
    offerisenabled: bool
    moneyofferprice: Decimal | int | str
    offertitle: str
    offerdatestart: datetime | None
    offerdateend: datetime | None
    active: bool
    activepos: bool
    vatid: int
    deliveryclassid: int
    defaultcategoryid: int | None
    categories: Sequence[int]
    manufacturerid: int | None
    manufacturerurl: str
    custom1: str
    custom2: str
    custom3: str
    custom4: str
    custom5: str
    stockcountenable: bool
    stockallowbackorder: bool
    barcode: str
    barcodealiases: Sequence[str]
    similar: Sequence[int]
    related: Sequence[int]
    accessories: Sequence[int]
    customattributes: Mapping[str, Any]
    friendly: str
    seo_title: str
    seo_keywords: str
    seo_description: str
    title: str


ProductField = Literal[
    "productid",
    "sku",
    "skumanufacturer",
    "descriptionshort",
    "description",
    "descriptionhtml",
    "deliverystatus",
    "moneyprice",
    "moneypriceorg",
    "moneypricein",
    "unitlabel",
    "allowdecimals",
    "deliveryinfo",
    "externalinputtitle",
    "offerisenabled",
    "moneyofferprice",
    "offertitle",
    "offerdatestart",
    "offerdateend",
    "active",
    "activepos",
    "vatid",
    "deliveryclassid",
    "defaultcategoryid",
    "categories",
    "manufacturerid",
    "manufacturerurl",
    "custom1",
    "custom2",
    "custom3",
    "custom4",
    "custom5",
    "stockcountenable",
    "stockallowbackorder",
    "variantparentid",
    "barcode",
    "barcodealiases",
    "similar",
    "related",
    "accessories",
    "offerisactive",
    "moneyfinalprice",
    "vatvalue",
    "productgrouptype",
    "pricelisthasvolume",
    "variant",
    "customattributes",
    "friendly",
    "seo_title",
    "seo_keywords",
    "seo_description",
    "title",
    "datecreated",
    "datemodified",
]
"""The fields that can be asked for of a Product."""


class ProductVariantGroupFields(TypedDict, total=False):
    """The fields of a ProductVariantGroup that can be set."""

    name: str
    options: Sequence[str]


class ProductVariantFields(TypedDict, total=False):
    """The fields of a ProductVariant that can be set."""

    productid: int
    active: bool
    activepos: bool
    title: str
    sku: str
    deliverystatus: str
    moneyprice: Decimal | int | str
    moneypriceorg: Decimal | int | str
    moneypricein: Decimal | int | str
    moneyofferprice: Decimal | int | str
    barcode: str
    barcodealiases: Sequence[str]
    friendly: str
    attributes: Sequence[str]


class ProductVariantsFields(TypedDict, total=False):
    """The fields of a ProductVariants that can be set."""

    groups: Sequence[ProductVariantGroup | ProductVariantGroupFields]
    variants: Sequence[ProductVariant | ProductVariantFields]
