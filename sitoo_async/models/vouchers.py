"""Vouchers, which are the campaigns of the POS.

Reference: https://developer.sitoo.com/api-reference/vouchers
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated, Any, Final

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenEnum
from sitoo_async._codec.kinds import (
    INTEGER,
    TEXT,
    Decimal3,
    Mark,
    Money,
    Scalar,
    Tags,
    Timestamp,
)
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "Voucher",
    "VoucherDiscountOption",
    "VoucherDiscountOptionFields",
    "VoucherField",
    "VoucherFields",
    "VoucherProductOption",
    "VoucherProductOptionFields",
    "VoucherType",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.vouchers import (
        VoucherDiscountOptionFields,
        VoucherField,
        VoucherFields,
        VoucherProductOptionFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


def _write_product(value: Any, field: str) -> Any:
    return TEXT.write(value, field) if isinstance(value, str) else INTEGER.write(value, field)


# An operation's product_identifier decides which of the two stands in all lists of products.
_PRODUCT: Final = Scalar(
    name="a productid or a sku",
    wire=int | str,
    types=frozenset({int, str}),
    convert=_write_product,
    accepts="int | str",
)


class VoucherType(OpenEnum):
    """What kind of campaign a voucher is, as far as is known.

    The reference names its types without their numbers. These two are known from a partner's
    public page, which says that both need a code. Of 200 and 210, which examples show, no more is
    known than that they are discounts on products.
    """

    ORDER_DISCOUNT_AMOUNT = 100
    """OrderDiscountM: an amount off the order."""

    ORDER_DISCOUNT_PERCENT = 110
    """OrderDiscountX: a percentage off the order."""


@model
class VoucherProductOption(Model):
    """A part of a package: so many out of these products.

    Reference: https://developer.sitoo.com/api-reference/vouchers#voucherproductoption
    """

    num: int = UNSET
    """How many of the products have to be in the cart."""

    products: list[str] = UNSET
    """The products to choose from, as text: productids, or skus."""


@model
class VoucherDiscountOption(Model):
    """A discount that certain products in the cart open up.

    Reference: https://developer.sitoo.com/api-reference/vouchers#voucherdiscountoption
    """

    num: int = UNSET
    """To how many products it applies."""

    products: list[Annotated[int | str, _PRODUCT]] = UNSET
    """The products that open it up: productids, or skus."""

    moneyprice: Money = UNSET
    """The price instead, if set."""

    moneydiscount: Money = UNSET
    """The amount off, if set."""

    decimaldiscount: Decimal3 = UNSET
    """The percentage off, if set."""


@model
class Voucher(Model):
    """A campaign: on the whole order, on products, on packages, or by price lists.

    What the values X, Y, Z, M and N mean depends on its `vouchertype`; the reference says which
    of them a type takes.

    Reference: https://developer.sitoo.com/api-reference/vouchers#voucher
    """

    voucherid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the voucher is added."""

    activepos: bool = UNSET
    """Whether the POS applies it."""

    vouchercode: str = UNSET
    """A code by which reports put vouchers together."""

    voucherpassword: str = UNSET
    """What unlocks it; customers and influencer codes hold such passwords too."""

    vouchername: Annotated[str, Mark.REQUIRED] = UNSET
    """What the campaign is called."""

    vouchercomment: str = UNSET
    """A note for the staff."""

    datecreated: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was added."""

    datestart: Timestamp | None = UNSET
    """When it starts; None means that it has."""

    dateend: Timestamp | None = UNSET
    """When it ends; None means never."""

    tags: Tags = UNSET
    """Where there are any, it counts only in stores with the same tags."""

    vouchertype: Annotated[VoucherType, Mark.REQUIRED] = UNSET
    """What kind of campaign it is, such as 110, 200 or 210; few of the numbers are explained."""

    value_x: int = UNSET
    """The X of its type, an integer."""

    value_y: int | None = UNSET
    """The Y of its type, an integer."""

    value_z: int | None = UNSET
    """The Z of its type, an integer."""

    money_m: Money | None = UNSET
    """The M of its type, an amount."""

    money_n: Money | None = UNSET
    """The N of its type, an amount."""

    vouchername1: str | None = UNSET
    """Its name when three were bought for two (type ProductBuy3For2Or2For1AndAHalf)."""

    vouchercode1: str | None = UNSET
    """Its code when three were bought for two (type ProductBuy3For2Or2For1AndAHalf)."""

    vouchername2: str | None = UNSET
    """Its name when two were bought for one and a half (type ProductBuy3For2Or2For1AndAHalf)."""

    vouchercode2: str | None = UNSET
    """Its code when two were bought for one and a half (type ProductBuy3For2Or2For1AndAHalf)."""

    maxuses: int | None = UNSET
    """How often it applies to one purchase."""

    priority: int = UNSET
    """Which voucher goes first: 1 is the highest priority, 5 the lowest."""

    pricelisttags: Tags | None = UNSET
    """Switches on the price lists with the same tags."""

    vouchergrouptype: Annotated[int, Mark.READ_ONLY] = UNSET
    """The group that its type belongs to; a VoucherGroupType of the reference."""

    voucherstate: Annotated[int, Mark.READ_ONLY] = UNSET
    """A VoucherState of the reference, such as 10."""

    products: list[Annotated[int | str, _PRODUCT]] = UNSET
    """The products it applies to: productids, or skus with ``product_identifier="sku"``."""

    productoptions: list[VoucherProductOption] = UNSET
    """The parts of a package, for the types of that group; all have to be in the cart."""

    discountoptions: list[VoucherDiscountOption] = UNSET
    """The discounts to choose from (type ProductBuyXGetDiscountList)."""

    active: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Whether the voucher is active."""

    voucherterms: Annotated[str, Mark.READ_ONLY] = UNSET
    """The terms of the campaign."""
