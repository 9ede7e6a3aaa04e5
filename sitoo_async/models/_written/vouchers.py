"""Which fields may be set and asked for, of the models in vouchers.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypedDict

from sitoo_async.models.vouchers import VoucherDiscountOption, VoucherProductOption, VoucherType

__all__ = [
    "VoucherDiscountOptionFields",
    "VoucherField",
    "VoucherFields",
    "VoucherProductOptionFields",
]


class VoucherProductOptionFields(TypedDict, total=False):
    """The fields of a VoucherProductOption that can be set."""

    num: int
    products: Sequence[str]


class VoucherDiscountOptionFields(TypedDict, total=False):
    """The fields of a VoucherDiscountOption that can be set."""

    num: int
    products: Sequence[int | str]
    moneyprice: Decimal | int | str
    moneydiscount: Decimal | int | str
    decimaldiscount: Decimal | int | str


class VoucherFields(TypedDict, total=False):
    """The fields of a Voucher that can be set."""

    activepos: bool
    vouchercode: str
    voucherpassword: str
    vouchername: str
    vouchercomment: str
    datestart: datetime | None
    dateend: datetime | None
    tags: Sequence[str]
    vouchertype: VoucherType | int
    value_x: int
    value_y: int | None
    value_z: int | None
    money_m: Decimal | int | str | None
    money_n: Decimal | int | str | None
    vouchername1: str | None
    vouchercode1: str | None
    vouchername2: str | None
    vouchercode2: str | None
    maxuses: int | None
    priority: int
    pricelisttags: Sequence[str] | None
    products: Sequence[int | str]
    productoptions: Sequence[VoucherProductOption | VoucherProductOptionFields]
    discountoptions: Sequence[VoucherDiscountOption | VoucherDiscountOptionFields]


VoucherField = Literal[
    "voucherid",
    "activepos",
    "vouchercode",
    "voucherpassword",
    "vouchername",
    "vouchercomment",
    "datecreated",
    "datestart",
    "dateend",
    "tags",
    "vouchertype",
    "value_x",
    "value_y",
    "value_z",
    "money_m",
    "money_n",
    "vouchername1",
    "vouchercode1",
    "vouchername2",
    "vouchercode2",
    "maxuses",
    "priority",
    "pricelisttags",
    "vouchergrouptype",
    "voucherstate",
    "products",
    "productoptions",
    "discountoptions",
    "active",
    "voucherterms",
]
"""The fields that can be asked for of a Voucher."""
