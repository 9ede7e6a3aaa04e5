"""Influencer vouchers: an influencer's code at the till, and each use of it.

Reference: https://developer.sitoo.com/api-reference/influencer-vouchers
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Money
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "InfluencerVoucher",
    "InfluencerVoucherFields",
    "InfluencerVoucherTransaction",
    "InfluencerVoucherTransactionFields",
    "InfluencerVoucherTransactionResponse",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.influencer_vouchers import (
        InfluencerVoucherFields,
        InfluencerVoucherTransactionFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class InfluencerVoucher(Model):
    """What an influencer's code unlocks.

    Reference: https://developer.sitoo.com/api-reference/influencer-vouchers#influencervoucher
    """

    influencercode: str = UNSET
    """The code."""

    influencername: str = UNSET
    """Whose code it is."""

    voucherpassword: str = UNSET
    """The password of the vouchers that it unlocks."""

    vouchercode: str | None = UNSET
    """Stands in for the `vouchercode` of the voucher; None leaves the voucher's own."""

    vouchername: str | None = UNSET
    """Stands in for the `vouchername` of the voucher; None leaves the voucher's own."""

    vouchercomment: str | None = UNSET
    """Stands in for the `vouchercomment` of the voucher; None leaves the voucher's own."""

    redeemable: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Whether it can be used now."""


@model
class InfluencerVoucherTransaction(Model):
    """One purchase with an influencer's code.

    Reference:
    https://developer.sitoo.com/api-reference/influencer-vouchers#influencervouchertransaction
    """

    moneyordertotal: Annotated[Money, Mark.REQUIRED] = UNSET
    """What the purchase came to."""

    moneyinfluencertotal: Annotated[Money, Mark.REQUIRED] = UNSET
    """What the items to which the voucher applied came to."""

    moneyinfluencerdiscount: Annotated[Money, Mark.REQUIRED] = UNSET
    """The discount that the voucher gave."""

    currencycode: Annotated[str, Mark.REQUIRED] = UNSET
    """The currency, as a code of ISO 4217, such as ``SEK``."""

    merchant_reference: str = UNSET
    """The merchant's or store's own reference."""

    staff_reference: str = UNSET
    """The staff's own reference."""


@model
class InfluencerVoucherTransactionResponse(Model):
    """What adding a transaction answers with.

    Reference:
    https://developer.sitoo.com/api-reference/influencer-vouchers#influencervouchertransactionresponse
    """

    transactionid: Annotated[str, Mark.READ_ONLY] = UNSET
    """Names the transaction, to take it back."""
