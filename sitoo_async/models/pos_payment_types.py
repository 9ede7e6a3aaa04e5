"""The ways to pay that a site's POS offers.

Reference: https://developer.sitoo.com/api-reference/pos-payment-types
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenEnum
from sitoo_async._codec.kinds import Mark
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "PosPaymentMethod",
    "PosPaymentType",
    "PosPaymentTypeField",
    "PosPaymentTypeFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.pos_payment_types import (
        PosPaymentTypeField,
        PosPaymentTypeFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


class PosPaymentMethod(OpenEnum):
    """What the POS does to take a payment; several payment types may share a method."""

    CASH = 100
    CREDIT_NOTE = 110
    CARD_VERIFONE_AIRPAY = 200
    CARD_VERIFONE_LPP = 210
    CARD_HOST2T = 220
    CARD_EXTERNAL = 300
    CUSTOM_METHOD_5 = 400
    GIFT_CARD = 500
    CREDIT_NOTE_AS_GIFT_CARD = 510
    INVOICE = 600
    CASH_ON_DELIVERY = 610
    KLARNA_V2 = 700
    KLARNA = 705
    SWISH = 710
    SWISH_QR = 711
    MOBILEPAY = 720
    VIPPS = 730
    VIPPS_MOBILEPAY = 800
    CUSTOM_METHOD_1 = 1000
    CUSTOM_METHOD_2 = 1100
    CUSTOM_METHOD_3 = 1200
    CUSTOM_METHOD_4 = 1300
    CUSTOM_INVOICE = 1400
    CUSTOM_PAYMENT_API = 2000
    CARD_ADYEN_SDK = 2100
    CARD_ADYEN_TERMINAL_API = 2110
    CARD_NETS = 2200
    CARD_COINEY = 2300
    CARD_IZETTLE = 2400
    SOFTPAY = 2500
    FOREIGN_CURRENCY = 3000


@model
class PosPaymentType(Model):
    """A way to pay in the POS: a method, and what a site calls it.

    Reference: https://developer.sitoo.com/api-reference/pos-payment-types#pospaymenttype
    """

    paymenttypeid: Annotated[int, Mark.READ_ONLY, Mark.IDENTIFIER] = UNSET
    """Given by Sitoo when the payment type is added."""

    paymentmethodid: Annotated[PosPaymentMethod, Mark.REQUIRED] = UNSET
    """What the POS does when it is chosen."""

    name: Annotated[str, Mark.REQUIRED] = UNSET
    """What the staff reads."""

    sortorder: int = UNSET
    """Its place among the payment types; the lowest comes first."""

    externalid: str | None = UNSET
    """Its name in your other systems."""
