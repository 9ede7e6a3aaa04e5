"""Gift cards and credit notes, and the transactions on them.

Reference: https://developer.sitoo.com/api-reference/gift-cards
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import TYPE_CHECKING, Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Mark, Money, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.models._written import written

__all__ = [
    "GiftCard",
    "GiftCardFields",
    "GiftCardResponse",
    "GiftCardResponseFields",
    "GiftCardTransaction",
    "GiftCardTransactionFields",
]

if TYPE_CHECKING:
    from sitoo_async.models._written.gift_cards import (
        GiftCardFields,
        GiftCardResponseFields,
        GiftCardTransactionFields,
    )
else:
    __getattr__, __dir__ = written(__name__)


@model
class GiftCardTransaction(Model):
    """Money put on a gift card, or taken off it.

    Reference: https://developer.sitoo.com/api-reference/gift-cards#giftcardtransaction
    """

    transactionid: Annotated[str, Mark.READ_ONLY] = UNSET
    """Given when the transaction is added."""

    date: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it took place."""

    moneyamount: Annotated[Money, Mark.REQUIRED] = UNSET
    """The amount: above zero puts money on the card, below zero takes it off."""

    merchant_reference: str = UNSET
    """The merchant's or store's own reference."""

    staff_reference: str | None = UNSET
    """The staff's own reference."""

    transaction_reference: str | None = UNSET
    """A reference for the transaction; the POS puts the receipt's id here."""


@model
class GiftCard(Model):
    """A gift card or a credit note.

    Reference: https://developer.sitoo.com/api-reference/gift-cards#giftcard
    """

    type: Annotated[str, Mark.REQUIRED] = UNSET
    """``giftcard`` or ``creditnote``."""

    currencycode: Annotated[str, Mark.REQUIRED] = UNSET
    """The currency, as a code of ISO 4217, such as ``SEK``."""

    cardnumber: str = UNSET
    """The number of the card; one that another card has is refused by Sitoo."""

    cardnumber_display: Annotated[str, Mark.READ_ONLY] = UNSET
    """The number with most of its digits hidden, to be shown."""

    redeemable: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Whether the money on it can be used."""

    date_expires: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it ceases to be valid."""

    date_created: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """When it was made."""

    moneyamount: Annotated[Money, Mark.READ_ONLY] = UNSET
    """What is on it now."""

    requirespin: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Whether it takes a PIN to use it."""

    transactions: list[GiftCardTransaction] = UNSET
    """The transactions on it; with a new card, the first ones."""


@model
class GiftCardResponse(Model):
    """A gift card as Sitoo answers with it: wrapped, or bare.

    The reference shows both. A new card and a new transaction are answered with a `giftcard` and
    what to print; a card that is asked for comes with its fields at the top. The methods of
    `gift_cards` fill in `giftcard` in either case.

    Reference: https://developer.sitoo.com/api-reference/gift-cards#giftcardresponse
    """

    giftcard: GiftCard = UNSET
    """The card."""

    addedtransactionids: list[str] = UNSET
    """The transactions that the request added; deleting them takes it back."""

    receipttext: str | None = UNSET
    """A text for the receipt."""

    print_voucher: bool = UNSET
    """Whether the gift card is to be printed as a voucher."""

    print_pin: Annotated[str | None, Mark.SECRET] = UNSET
    """A PIN to be printed, usually of 4 to 6 digits."""

    type: Annotated[str, Mark.READ_ONLY] = UNSET
    """Of a bare card: ``giftcard`` or ``creditnote``."""

    currencycode: Annotated[str, Mark.READ_ONLY] = UNSET
    """Of a bare card: the currency, as three letters of ISO 4217."""

    cardnumber: Annotated[str, Mark.READ_ONLY] = UNSET
    """Of a bare card: its number."""

    cardnumber_display: Annotated[str, Mark.READ_ONLY] = UNSET
    """Of a bare card: the number with most of its digits hidden."""

    redeemable: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Of a bare card: whether the money on it can be used."""

    date_expires: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """Of a bare card: when it ceases to be valid."""

    date_created: Annotated[Timestamp, Mark.READ_ONLY] = UNSET
    """Of a bare card: when it was made."""

    moneyamount: Annotated[Money, Mark.READ_ONLY] = UNSET
    """Of a bare card: what is on it now."""

    requirespin: Annotated[bool, Mark.READ_ONLY] = UNSET
    """Of a bare card: whether it takes a PIN to use it."""

    transactions: Annotated[list[GiftCardTransaction], Mark.READ_ONLY] = UNSET
    """Of a bare card: the transactions on it."""
