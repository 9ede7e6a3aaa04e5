"""Which fields may be set, of the models in influencer_vouchers.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from decimal import Decimal
from typing import TypedDict

__all__ = [
    "InfluencerVoucherFields",
    "InfluencerVoucherTransactionFields",
]


class InfluencerVoucherFields(TypedDict, total=False):
    """The fields of a InfluencerVoucher that can be set."""

    influencercode: str
    influencername: str
    voucherpassword: str
    vouchercode: str | None
    vouchername: str | None
    vouchercomment: str | None


class InfluencerVoucherTransactionFields(TypedDict, total=False):
    """The fields of a InfluencerVoucherTransaction that can be set."""

    moneyordertotal: Decimal | int | str
    moneyinfluencertotal: Decimal | int | str
    moneyinfluencerdiscount: Decimal | int | str
    currencycode: str
    merchant_reference: str
    staff_reference: str
