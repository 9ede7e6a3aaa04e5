"""Gift Card: gift cards and credit notes of a provider of your own, sold and used in the POS.

Sitoo says of SPI Gift Card that it is the same as its own gift cards of v2, for which it acts as a
proxy; so the models are those of `sitoo_async.models`. Add Gift Card and Get Gift Card are printed,
the two operations on transactions are inferred from v2. Paths end in ``.json`` and name no site.

Add Gift Card is called only for gift cards that the POS prints itself (vouchers), and may come
without a number. Cards that are printed beforehand have to exist: they are sold and loaded by Add
Gift Card Transaction with an amount above zero, pay by one below zero, and are refunded by one
above zero; what came to nothing is taken back by Delete Gift Card Transactions.

Statuses: 200, 400, 401, 404, 429 and 500; no body of an error is defined. Basic authentication is
expected.

A PIN comes in the query of a request. It is in no log, error and repr of this library, but your
server may log the query by itself: turn that off, as with ``uvicorn --no-access-log``.

Reference: the page Gift Cards of SPI Gift Card, https://developer.sitoo.com
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, TypeVar

from sitoo_async._checks.show import type_name
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import known, scalar, union
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.kinds import Money, Timestamp
from sitoo_async.errors import (
    BadRequestError,
    ConflictError,
    InvalidInputError,
    InvalidOptionError,
    LaneError,
    NotFoundError,
    RateLimitError,
)
from sitoo_async.models import (
    GiftCard,
    GiftCardResponse,
    GiftCardTransaction,
    Model,
    set_fields,
)
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import Refusal, by_status
from sitoo_async.spi._core.service import Service

if TYPE_CHECKING:
    from sitoo_async._client import SitooClient

__all__ = [
    "DeliveryType",
    "GiftCard",
    "GiftCardProxy",
    "GiftCardResponse",
    "GiftCardService",
    "GiftCardTransaction",
    "GiftCardType",
]

M = TypeVar("M", bound=Model)

# Those of v2, which know more of an answer than this interface has.
union("spi-gift-card", "GiftCard", "documented", GiftCard)
union("spi-gift-card", "GiftCardResponse", "documented", GiftCardResponse)
union("spi-gift-card", "GiftCardTransaction", "documented", GiftCardTransaction)
scalar("spi-gift-card", "Money", "documented", Money)
scalar("spi-gift-card", "Timestamp", "documented", Timestamp)

_PATIENCE: Final = 10.0
"""Seconds after which the POS gives up."""

_TO_ANSWER: Final = 1.0
"""Seconds that are left for the answer's way back."""

_AT_LEAST: Final = 0.1
"""Seconds for a call that has hardly any left; it is refused before it is sent, as a rule."""

_RESPONSE: Final = ("giftcard", "addedtransactionids", "receipttext", "print_voucher", "print_pin")
"""What a `GiftCardResponse` of this interface holds, where v2 has more."""


@known("spi-gift-card", "GiftCardType", "documented")
class GiftCardType(OpenText):
    """What a card is."""

    GIFTCARD = "giftcard"
    CREDITNOTE = "creditnote"


@known("spi-gift-card", "DeliveryType", "documented")
class DeliveryType(OpenText):
    """How a card reaches the customer.

    There is another type, for cards that the POS prints itself; how it is spelt isn't known.
    """

    PREPRINTED = "preprinted"
    EMAIL = "email"
    SMS = "sms"


class GiftCardService(
    Service,
    interface="spi-gift-card",
    errors=by_status(
        "bad-request", "unauthorized", "not-found", "too-many-requests", "other", body=False
    ),
):
    """What a provider of gift cards answers; derive from it, and write the operations.

    Reference: SPI Gift Card, https://developer.sitoo.com
    """

    @operation("Add Gift Card", "POST", "/giftcards.json", status=200, evidence="documented")
    async def add_gift_card(
        self,
        card: GiftCard,
        /,
        *,
        deliverytype: DeliveryType = DeliveryType.PREPRINTED,
        deliverytext: str | None = None,
        email: str | None = None,
        mobile: str | None = None,
        product_reference: str | None = None,
        pin: str | None = None,
        call: Call,
    ) -> GiftCardResponse:
        """Make a card; its first `transactions` put money on it.

        Args:
            card: the card; without a number it gets one here.
            deliverytype: how it reaches the customer.
            deliverytext: a text that goes with it.
            email: where to, with ``email``.
            mobile: where to, with ``sms``: a number with its country, in MSISDN form.
            product_reference: the product that was sold, mostly its sku.
            pin: the PIN that it shall have.
            call: what the request tells beside it.

        Returns:
            The card, the `addedtransactionids` by which it can be taken back, and what to print.
        """
        raise NotImplementedError

    @operation(
        "Get Gift Card", "GET", "/giftcards/{cardnumber}.json", status=200, evidence="documented"
    )
    async def get_gift_card(
        self, cardnumber: str, /, *, pin: str | None = None, call: Call
    ) -> GiftCard | None:
        """Read a card with its balance.

        Args:
            cardnumber: the number of the card.
            pin: the PIN that was typed in, to be checked.
            call: what the request tells beside it.

        Returns:
            The card, or None where there is none.

        Raises:
            Refusal: ``bad-request``, where the PIN is wrong.
        """
        raise NotImplementedError

    @operation(
        "Add Gift Card Transaction",
        "POST",
        "/giftcards/{cardnumber}/transactions.json",
        status=200,
        evidence="inferred",
        confidence="high",
    )
    async def add_gift_card_transaction(
        self,
        cardnumber: str,
        transaction: GiftCardTransaction,
        /,
        *,
        pin: str | None = None,
        call: Call,
    ) -> GiftCardResponse:
        """Move the balance of a card. That it is called so is inferred from v2.

        Args:
            cardnumber: the number of the card.
            transaction: the amount: above zero it is put on the card, below zero it is taken off.
                Its `transaction_reference` is the id of the receipt.
            pin: the PIN that was typed in, to be checked.
            call: what the request tells beside it.

        Returns:
            The card as it now is, and the `addedtransactionids` by which it can be taken back.

        Raises:
            Refusal: ``not-found``, where there is no such card; ``bad-request``, where the PIN is
                wrong, or too little is on the card.
        """
        raise NotImplementedError

    @operation(
        "Delete Gift Card Transactions",
        "DELETE",
        "/giftcards/{cardnumber}/transactions.json",
        status=200,
        evidence="inferred",
        confidence="high",
    )
    async def delete_gift_card_transactions(
        self, cardnumber: str, addedtransactionids: list[str], /, *, call: Call
    ) -> bool:
        """Take transactions back that came to nothing. That it is called so is inferred from v2.

        Args:
            cardnumber: the number of the card.
            addedtransactionids: the transactions, as the answer that added them named them.
            call: what the request tells beside it.

        Returns:
            True.

        Raises:
            Refusal: ``not-found``, where there is no such card or transaction.
        """
        raise NotImplementedError


class GiftCardProxy(GiftCardService):
    """Gift cards that are Sitoo's own: each operation is passed on to the gift cards of v2.

    That is what Sitoo does by itself where it has no provider of gift cards. Here it is a start
    for a provider that looks at each operation, or keeps a copy: derive from it, and override what
    shall be different.

    Each call has to be over before the POS gives up, waiting for its turn included. What Sitoo
    refuses is refused with the same status. A limit that is used up, and a turn that doesn't come
    in time, are answered with 429: nothing was done then. Anything else is answered with 500, and
    what became of a transaction may not be known; the log says what happened.

    Args:
        sitoo: the client, or a view of it for another site.
        queue_timeout: seconds that a call may wait for its turn. What is left until the POS gives
            up is the call's own; money that moves after that is money of which the POS knows
            nothing.

    Raises:
        InvalidOptionError: `sitoo` is no client, or `queue_timeout` no such number.
    """

    def __init__(self, sitoo: SitooClient, *, queue_timeout: float = 4.0) -> None:
        if isinstance(sitoo, type) or not hasattr(sitoo, "with_options"):
            raise InvalidOptionError(
                f"sitoo must be a SitooClient, not {type_name(sitoo)}", field="sitoo"
            )
        # Somebody stands at the register, whatever else this client is for.
        self._sitoo = sitoo.with_options(queue_timeout=queue_timeout, priority="interactive")

    async def add_gift_card(
        self,
        card: GiftCard,
        /,
        *,
        deliverytype: DeliveryType = DeliveryType.PREPRINTED,
        deliverytext: str | None = None,
        email: str | None = None,
        mobile: str | None = None,
        product_reference: str | None = None,
        pin: str | None = None,
        call: Call,
    ) -> GiftCardResponse:
        """Add the card to Sitoo's own."""
        with _refusing():
            answer = await self._quick(call).gift_cards.add(
                _writable(card),
                deliverytype=deliverytype,
                deliverytext=deliverytext,
                email=email,
                mobile=mobile,
                product_reference=product_reference,
                pin=pin,
            )
        return _wrapped(answer)

    async def get_gift_card(
        self, cardnumber: str, /, *, pin: str | None = None, call: Call
    ) -> GiftCard:
        """Read one of Sitoo's own."""
        with _refusing():
            answer = await self._quick(call).gift_cards.get(cardnumber, pin=pin)
        return answer.giftcard

    async def add_gift_card_transaction(
        self,
        cardnumber: str,
        transaction: GiftCardTransaction,
        /,
        *,
        pin: str | None = None,
        call: Call,
    ) -> GiftCardResponse:
        """Move the balance of one of Sitoo's own."""
        with _refusing():
            answer = await self._quick(call).gift_cards.transactions.add(
                cardnumber, _writable(transaction), pin=pin
            )
        return _wrapped(answer)

    async def delete_gift_card_transactions(
        self, cardnumber: str, addedtransactionids: list[str], /, *, call: Call
    ) -> bool:
        """Take transactions on one of Sitoo's own back."""
        with _refusing():
            return await self._quick(call).gift_cards.transactions.delete(
                cardnumber, addedtransactionids
            )

    def _quick(self, call: Call) -> SitooClient:
        """A view whose calls are over before that of the POS is, answer included."""
        return self._sitoo.within(max(min(call.remaining(), _PATIENCE) - _TO_ANSWER, _AT_LEAST))


@contextmanager
def _refusing() -> Generator[None]:
    """Tell the POS by a status what became of a call to Sitoo.

    Whatever is raised beside that is logged by the `App`, and answered with 500. So is a refusal
    of our own key, which must not look as if that of the POS was wrong.
    """
    try:
        yield
    except NotFoundError as error:
        raise Refusal("not-found", error.message) from None
    except (BadRequestError, ConflictError, InvalidInputError) as error:
        raise Refusal("bad-request", error.message) from None
    except (RateLimitError, LaneError) as error:
        if error.sent != "no":
            raise
        raise Refusal("too-many-requests", error.message) from None


def _wrapped(answer: GiftCardResponse) -> GiftCardResponse:
    """What the POS is answered: v2 may answer with the card's fields at the top as well."""
    given = set_fields(answer)
    return GiftCardResponse(**{name: given[name] for name in _RESPONSE if name in given})


def _writable(item: M) -> M:
    """What of an item may be sent to Sitoo; the POS may fill in more.

    Of what lies within it, the client leaves out the rest.
    """
    known = fields_of(type(item))
    given = set_fields(item).items()
    return type(item)(**{name: value for name, value in given if not known[name].read_only})
