"""Discount Cards: percentages off up to a limit, for staff, ambassadors and regular customers.

What is known of SPI Discount Cards is its overview and the top of its page of endpoints. Both
operations are printed with an example; the names of the objects are ours, since the page gives
none. Not known are the transaction type of a return and the limit types beside ``hard``. This
interface is newer than the reference's site map.

Statuses: 200, 400, 404 and 500, and the error codes are ``pin-invalid``, ``bad-request``,
``unauthorized``, ``forbidden``, ``not-found``, ``too-many-requests``, ``bad-gateway`` and
``other``. Basic authentication is
expected. The headers Store-ID, Staff-ID, Register-ID and Request-ID come with each request, see
`Call`.

Reference: the pages Overview and Endpoints of SPI Discount Cards, https://developer.sitoo.com
"""

# No `from __future__ import annotations` here: the codec reads these annotations, so everything
# they name has to be imported for real.

from typing import Annotated

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.evidence import elsewhere, known
from sitoo_async._codec.kinds import Mark, Money, Number, Timestamp
from sitoo_async._codec.unset import UNSET
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import by_status
from sitoo_async.spi._core.service import Service

__all__ = [
    "AlternateDiscount",
    "DiscountCard",
    "DiscountCardLookup",
    "DiscountCardService",
    "DiscountCardTransaction",
]

elsewhere("spi-discount-cards", "ErrorMessage", "documented", "sitoo_async.spi.Refusal")
elsewhere("spi-discount-cards", "ErrorCode", "documented", "sitoo_async.spi.Refusal.code")


@known("spi-discount-cards", "AlternateDiscount", "documented")
@model
class AlternateDiscount(Model):
    """Another percentage, for products of which a custom attribute has a certain value."""

    alternate_discount_percentage: Number = UNSET
    """The percentage off such products."""

    product_attribute_id: str = UNSET
    """The id of the custom attribute, such as ``low_margin``."""

    product_attribute_value: str = UNSET
    """The value that it has to have, as text."""


@known("spi-discount-cards", "DiscountCard", "documented")
@model
class DiscountCard(Model):
    """A discount card, with what is left of its limit."""

    currency_code: str = UNSET
    """The currency, as a code of ISO 4217."""

    card_name: str = UNSET
    """What the card is called."""

    card_number: str = UNSET
    """The number of the card."""

    card_number_display: str = UNSET
    """The number with most of its digits hidden, to be shown."""

    card_type: str = UNSET
    """What kind of card it is, in your own words."""

    active: bool = UNSET
    """Whether it can be used."""

    original_balance: Money = UNSET
    """The spending limit that it began with."""

    limit_type: str = UNSET
    """What the limit does, such as ``hard``; the other kinds aren't known."""

    balance: Money = UNSET
    """What is left of the limit."""

    discount_percentage: Number = UNSET
    """The percentage off."""

    alternate_discount: AlternateDiscount = UNSET
    """Another percentage for some products."""

    date_expires: Timestamp = UNSET
    """When it ceases to be valid."""

    requires_pin: bool = UNSET
    """Whether it takes a PIN to use it."""

    transaction_id: str = UNSET
    """The transaction that was posted; only in the answer to one."""


@known("spi-discount-cards", "DiscountCardTransaction", "documented")
@model
class DiscountCardTransaction(Model):
    """A use of a discount card."""

    card_number: str = UNSET
    """The number of the card."""

    pin_input: Annotated[str, Mark.SECRET] = UNSET
    """The PIN that was typed in; it isn't shown where the transaction is."""

    date: Timestamp = UNSET
    """When it took place."""

    discount_amount: Money = UNSET
    """How much was taken off."""

    total_amount: Money = UNSET
    """The amount of the purchase."""

    transaction_type: str = UNSET
    """What it was, such as ``sale``; how a return is spelt isn't known."""

    transaction_reference: str = UNSET
    """A UUID that names the transaction in the POS."""

    transaction_code: str = UNSET
    """A code of the transaction."""


@model
class DiscountCardLookup(Model):
    """Which card is asked for; the page prints it without a name."""

    card_number: str = UNSET
    """The number of the card."""


class DiscountCardService(
    Service,
    interface="spi-discount-cards",
    errors=by_status(
        "pin-invalid",
        "bad-request",
        "unauthorized",
        "forbidden",
        "not-found",
        "too-many-requests",
        "bad-gateway",
        "other",
    ),
):
    """What a provider of discount cards answers; derive from it, and write the operations.

    Reference: SPI Discount Cards, https://developer.sitoo.com
    """

    @operation(
        "Look up a discount card",
        "POST",
        "/discount-cards/lookup",
        status=200,
        evidence="documented",
    )
    async def look_up_a_discount_card(
        self, lookup: DiscountCardLookup, /, *, eshop_id: int | None = None, call: Call
    ) -> DiscountCard | None:
        """Read a card, with what is left of its limit.

        Args:
            lookup: the number of the card.
            eshop_id: the site, where the POS names one.
            call: what the request tells beside it.

        Returns:
            The card, or None where there is none.
        """
        raise NotImplementedError

    @operation(
        "Post a discount card transaction",
        "POST",
        "/discount-cards/transactions",
        status=200,
        evidence="documented",
    )
    async def post_a_discount_card_transaction(
        self,
        transaction: DiscountCardTransaction,
        /,
        *,
        eshop_id: int | None = None,
        call: Call,
    ) -> DiscountCard:
        """Use a card.

        Args:
            transaction: what was bought, and how much was taken off.
            eshop_id: the site, where the POS names one.
            call: what the request tells beside it.

        Returns:
            The card with its new balance, and with the `transaction_id`.

        Raises:
            Refusal: ``pin-invalid``, where the PIN is wrong; ``not-found``, where there is no such
                card.
        """
        raise NotImplementedError
