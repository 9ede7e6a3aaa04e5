"""Which fields may be set, of the models in gift_cards.py.

Written by .ci/write_fields.py; change the models and run it.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypedDict

from sitoo_async.models.gift_cards import GiftCard, GiftCardTransaction

__all__ = [
    "GiftCardFields",
    "GiftCardResponseFields",
    "GiftCardTransactionFields",
]


class GiftCardTransactionFields(TypedDict, total=False):
    """The fields of a GiftCardTransaction that can be set."""

    moneyamount: Decimal | int | str
    merchant_reference: str
    staff_reference: str | None
    transaction_reference: str | None


class GiftCardFields(TypedDict, total=False):
    """The fields of a GiftCard that can be set."""

    type: str
    currencycode: str
    cardnumber: str
    transactions: Sequence[GiftCardTransaction | GiftCardTransactionFields]


class GiftCardResponseFields(TypedDict, total=False):
    """The fields of a GiftCardResponse that can be set."""

    giftcard: GiftCard | GiftCardFields
    addedtransactionids: Sequence[str]
    receipttext: str | None
    print_voucher: bool
    print_pin: str | None
