"""Products and their variants.

Reference: https://developer.sitoo.com/api-reference/products
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Attributes, Mark, Money, Number, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._shared_enums import ProductGroupType
from sitoo_async.models._written import written

__all__ = [
    "Product",
    "ProductField",
    "ProductFields",
    "ProductGroupType",
    "ProductVariant",
    "ProductVariantFields",
    "ProductVariantGroup",
    "ProductVariantGroupFields",
    "ProductVariantValue",
    "ProductVariants",
    "ProductVariantsFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.products import (
        ProductField,
        ProductFields,
        ProductVariantFields,
        ProductVariantGroupFields,
        ProductVariantsFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class ProductVariantValue(Model):
    """What sets a variant apart in one respect, such as Color: Red."""

    name: Annotated[str, Mark.READ_ONLY] = UNSET
    """The respect, which is the name of a variant group."""

    value: Annotated[str, Mark.READ_ONLY] = UNSET
    """The variant's option in that group."""


@model
class Product(Model):
    """A product of a site; stock is found under warehouses.

    Reference: https://developer.sitoo.com/api-reference/products#product
    """

    productid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the product is added; unique over all sites of the account."""

    sku: Annotated[str, Mark.IDENTIFIER, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The article number, unique within a site: one that another product has is refused by Sitoo.

    It should hold nothing but ``A-Z a-z 0-9 _ + - /``; that is advice, and not checked here.
    """

    skumanufacturer: str = UNSET
    """The manufacturer's own article number."""

    descriptionshort: str = UNSET
    """A short description, for lists."""

    description: str = UNSET
    """The main description."""

    descriptionhtml: Annotated[str, Mark.DEPRECATED] = UNSET
    """Deprecated: a further description, as HTML."""

    deliverystatus: Annotated[str, Mark.DEPRECATED] = UNSET
    """Deprecated: delivery status."""

    moneyprice: Money = UNSET
    """The price in the default price list; to set prices, the price lists are preferred."""

    moneypriceorg: Money = UNSET
    """The suggested retail price."""

    moneypricein: Money = UNSET
    """The purchase price, without VAT."""

    unitlabel: str = UNSET
    """The unit in which it is sold, such as ``pcs`` or ``kg``."""

    allowdecimals: bool = UNSET
    """Whether it can be bought in fractions."""

    deliveryinfo: str = UNSET
    """Told to the customer after the purchase."""

    externalinputtitle: Annotated[str, Mark.DEPRECATED] = UNSET
    """Deprecated: the title of a text that the customer may add."""

    offerisenabled: Annotated[bool, Mark.DEPRECATED] = UNSET
    """Deprecated, see price lists: whether the offer counts at all."""

    moneyofferprice: Annotated[Money, Mark.DEPRECATED] = UNSET
    """Deprecated, see price lists: the price while the offer is on."""

    offertitle: Annotated[str, Mark.DEPRECATED] = UNSET
    """Deprecated, see price lists: the title of the offer."""

    offerdatestart: Annotated[Timestamp | None, Mark.DEPRECATED] = UNSET
    """Deprecated, see price lists: when the offer starts; None means that it has."""

    offerdateend: Annotated[Timestamp | None, Mark.DEPRECATED] = UNSET
    """Deprecated, see price lists: the last day of the offer; None means that it has none."""

    active: Annotated[bool, Mark.DEPRECATED] = UNSET
    """Deprecated: whether it is shown in the webshop."""

    activepos: bool = UNSET
    """Whether it is shown in the POS."""

    vatid: int = UNSET
    """The product group that it belongs to, which also decides its VAT."""

    deliveryclassid: Annotated[int, Mark.DEPRECATED] = UNSET
    """Deprecated: the delivery class, which decides the shipping price."""

    defaultcategoryid: int | None = UNSET
    """The main category; setting it adds it to `categories`, None takes it out of them."""

    categories: list[int] = UNSET
    """The categories that it belongs to."""

    manufacturerid: int | None = UNSET
    """The manufacturer."""

    manufacturerurl: str = UNSET
    """The manufacturer's page about it."""

    custom1: str = UNSET
    """Free text 1."""

    custom2: str = UNSET
    """Free text 2."""

    custom3: str = UNSET
    """Free text 3."""

    custom4: str = UNSET
    """Free text 4."""

    custom5: str = UNSET
    """Free text 5."""

    stockcountenable: bool = UNSET
    """Whether its stock is counted."""

    stockallowbackorder: Annotated[bool, Mark.DEPRECATED] = UNSET
    """Deprecated: whether it can be ordered when out of stock; else it is then hidden."""

    variantparentid: Annotated[int | None, Mark.READ_ONLY] = UNSET
    """The main variant's productid, the main variant's own included; None: not a variant."""

    barcode: Annotated[str | None, Mark.EMPTY_FOR_NULL] = UNSET
    """The barcode. Cleared by setting it to ``""``, which is read back as None."""

    barcodealiases: list[str] = UNSET
    """Further barcodes."""

    similar: list[int] = UNSET
    """Productids of similar products; not for variants other than the main one."""

    related: list[int] = UNSET
    """Productids of related products; not for variants other than the main one."""

    accessories: list[int] = UNSET
    """Productids of its accessories; not for variants other than the main one."""

    offerisactive: Annotated[bool, Mark.READ_ONLY, Mark.DEPRECATED] = UNSET
    """Deprecated, see price lists: whether the offer is on now."""

    moneyfinalprice: Annotated[Money, Mark.READ_ONLY, Mark.DEPRECATED] = UNSET
    """Deprecated, see price lists: the offer's price while it is on, else the price."""

    vatvalue: Annotated[Number, Mark.READ_ONLY] = UNSET
    """VAT in percent."""

    productgrouptype: Annotated[ProductGroupType, Mark.READ_ONLY] = UNSET
    """Product, service or gift card."""

    pricelisthasvolume: Annotated[bool, Mark.READ_ONLY, Mark.DEPRECATED] = UNSET
    """Deprecated, see price lists: whether it has prices by volume."""

    variant: Annotated[list[ProductVariantValue], Mark.READ_ONLY] = UNSET
    """What sets this variant apart, group by group."""

    customattributes: Attributes = UNSET
    """Values by the id of an attribute that exists; text of at most 128 characters."""

    friendly: Annotated[str, Mark.DEPRECATED] = UNSET
    """Deprecated: the last part of its address in the webshop."""

    seo_title: Annotated[str, Mark.DEPRECATED] = UNSET
    """Deprecated: the title of its web page; `title` stands in for an empty one."""

    seo_keywords: Annotated[str, Mark.DEPRECATED] = UNSET
    """Deprecated: keywords of its web page."""

    seo_description: Annotated[str, Mark.DEPRECATED] = UNSET
    """Deprecated: description of its web page."""

    title: str = UNSET
    """The product's name."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    datemodified: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was last changed."""


@model
class ProductVariantGroup(Model):
    """A respect in which the variants of a product differ, such as Color."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What the customer reads."""

    options: Annotated[list[str], Mark.REQUIRED] = UNSET
    """What there is to choose from."""


@model
class ProductVariant(Model):
    """One of the variants of a product.

    Reference: https://developer.sitoo.com/api-reference/product-variants#productvariant
    """

    productid: Annotated[int, Mark.REQUIRED] = UNSET
    """The product that this variant is; 0 makes a new one."""

    active: Annotated[bool, Mark.WRITE_ONLY, Mark.REQUIRED, Mark.DEPRECATED] = UNSET
    """Deprecated, and required: whether it is shown in the webshop."""

    activepos: Annotated[bool, Mark.REQUIRED] = UNSET
    """Whether it is shown in the POS."""

    title: Annotated[str, Mark.REQUIRED] = UNSET
    """The variant's own name."""

    sku: Annotated[str, Mark.REQUIRED, Mark.NOT_EMPTY] = UNSET
    """The article number."""

    deliverystatus: Annotated[str, Mark.WRITE_ONLY, Mark.REQUIRED, Mark.DEPRECATED] = UNSET
    """Deprecated, and required: delivery status; may be empty."""

    moneyprice: Annotated[Money, Mark.REQUIRED] = UNSET
    """The price in the default price list."""

    moneypriceorg: Annotated[Money, Mark.REQUIRED] = UNSET
    """The suggested retail price."""

    moneypricein: Annotated[Money, Mark.REQUIRED] = UNSET
    """The purchase price, without VAT."""

    moneyofferprice: Annotated[Money, Mark.WRITE_ONLY, Mark.REQUIRED, Mark.DEPRECATED] = UNSET
    """Deprecated, and required: the price while an offer is on."""

    barcode: Annotated[str | None, Mark.REQUIRED, Mark.EMPTY_FOR_NULL] = UNSET
    """The barcode; ``""`` for none, which is read back as None."""

    barcodealiases: list[str] = UNSET
    """Further barcodes."""

    friendly: Annotated[str, Mark.WRITE_ONLY, Mark.REQUIRED, Mark.DEPRECATED] = UNSET
    """Deprecated, and required: a name that no other product has; the sku will do."""

    attributes: Annotated[list[str], Mark.REQUIRED] = UNSET
    """The variant's option in each group, in the order of the groups."""

    pricelisthasvolume: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Whether it has prices by volume."""


@model
class ProductVariants(Model):
    """All variants of a product. To set them is to replace them all.

    Reference: https://developer.sitoo.com/api-reference/product-variants#productvariants
    """

    groups: Annotated[list[ProductVariantGroup], Mark.REQUIRED] = UNSET
    """The respects in which they differ."""

    variants: Annotated[list[ProductVariant], Mark.REQUIRED] = UNSET
    """The variants; one that is left out of a set is deleted on the server."""
