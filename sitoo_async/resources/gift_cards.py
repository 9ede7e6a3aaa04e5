"""Gift cards and credit notes, and what moves their balance.

Reference: https://developer.sitoo.com/api-reference/gift-cards
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final, Unpack

import attrs

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.values import is_a
from sitoo_async._codec.codec import writable
from sitoo_async._codec.json import is_list
from sitoo_async._codec.kinds import TEXT
from sitoo_async._codec.unknown import keep, unknown_fields
from sitoo_async._http.url import query_string
from sitoo_async.errors import InvalidInputError
from sitoo_async.models import is_set, set_fields
from sitoo_async.models.gift_cards import (
    GiftCard,
    GiftCardFields,
    GiftCardResponse,
    GiftCardTransaction,
    GiftCardTransactionFields,
)
from sitoo_async.resources._base import Resource
from sitoo_async.resources._items import accepted, one_item
from sitoo_async.resources._operation import Operation, performs

__all__ = ["GiftCardTransactions", "GiftCards"]

_TRANSACTIONS: Final = "/sites/{siteid}/giftcards/{cardnumber}/transactions.json"

_ADD: Final = Operation("POST", "/sites/{siteid}/giftcards.json", repeatable=False)
_GET: Final = Operation(
    "GET", "/sites/{siteid}/giftcards/{cardnumber}.json", repeatable=True, texts=("cardnumber",)
)
# Each transaction moves the balance once more.
_ADD_TRANSACTION: Final = Operation("POST", _TRANSACTIONS, repeatable=False, texts=("cardnumber",))
# It takes back the transactions that it names, once.
_DELETE_TRANSACTIONS: Final = Operation(
    "DELETE", _TRANSACTIONS, repeatable=True, texts=("cardnumber",)
)

_NAMED_BY: Final = ("giftcard", "cardnumber")
"""What an answer holds at least: the card, wrapped or bare."""


class GiftCards(Resource):
    """The gift cards and credit notes of a site.

    A PIN travels in the query of a request, and the library keeps the query out of its errors,
    records and logs.

    Reference: https://developer.sitoo.com/api-reference/gift-cards
    """

    @cached_property
    def transactions(self) -> GiftCardTransactions:
        """The transactions on a card."""
        return GiftCardTransactions(self._session, self.options, self.site)

    @performs(_GET)
    async def get(self, cardnumber: str, /, *, pin: str | None = None) -> GiftCardResponse:
        """Fetch a gift card with its balance and its transactions.

        Args:
            cardnumber: the number of the card, as text.
            pin: the card's PIN, to have it checked.

        Returns:
            The answer, its `giftcard` filled in whether the card came wrapped or bare.

        Raises:
            InvalidInputError: no text for a number or a PIN; nothing was sent.
            NotFoundError: there is no such card.

        Reference: https://developer.sitoo.com/api-reference/gift-cards#get-gift-card
        """
        at = {"cardnumber": cardnumber}
        answer = await self._get(
            _GET, at, GiftCardResponse, query=_query(pin=pin), named_by=_NAMED_BY
        )
        return _wrapped(answer)

    @performs(_ADD)
    async def add(
        self,
        item: GiftCard | None = None,
        /,
        *,
        deliverytype: str | None = None,
        deliverytext: str | None = None,
        email: str | None = None,
        mobile: str | None = None,
        product_reference: str | None = None,
        pin: str | None = None,
        **values: Unpack[GiftCardFields],
    ) -> GiftCardResponse:
        """Add a gift card, given as a model or by keywords; `type` and `currencycode` are required.

        Money is put on it by its first `transactions`. Not repeatable: sent twice, it would make
        two. Where the answer is lost, the error says so (``sent="unknown"``).

        Args:
            item: the card, if it is given as a model.
            deliverytype: how it reaches the customer, such as ``email`` or ``sms``; left out, it
                counts as ``preprinted``.
            deliverytext: a text that goes with it.
            email: where to, with ``deliverytype="email"``.
            mobile: where to, with ``deliverytype="sms"``: a number with its country, in MSISDN
                form.
            product_reference: the product that was sold, mostly its sku.
            pin: the PIN that it shall have.
            values: see `GiftCardFields`.

        Returns:
            The answer, with the `giftcard` and what is to be printed.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.

        Reference: https://developer.sitoo.com/api-reference/gift-cards
        """
        query = _query(
            deliverytype=deliverytype,
            deliverytext=deliverytext,
            email=email,
            mobile=mobile,
            product_reference=product_reference,
            pin=pin,
        )
        payload = writable(GiftCard, one_item(GiftCard, item, values), required=True)
        answer = await self._write_item(
            _ADD, {}, payload, GiftCardResponse, query=query, named_by=_NAMED_BY
        )
        return _wrapped(answer)


class GiftCardTransactions(Resource):
    """What puts money on a gift card, or takes it off.

    Reference: https://developer.sitoo.com/api-reference/gift-cards
    """

    @performs(_ADD_TRANSACTION)
    async def add(
        self,
        cardnumber: str,
        item: GiftCardTransaction | None = None,
        /,
        *,
        pin: str | None = None,
        **values: Unpack[GiftCardTransactionFields],
    ) -> GiftCardResponse:
        """Move the balance of a card; `moneyamount` is required, and below zero it is a payment.

        Not repeatable: sent twice, the money would move twice. Where the answer is lost, the error
        says so (``sent="unknown"``); then fetch the card and look at its transactions.

        Args:
            cardnumber: the number of the card, as text.
            item: the transaction, if it is given as a model.
            pin: the card's PIN, where it requires one.
            values: see `GiftCardTransactionFields`.

        Returns:
            The answer, with the `giftcard` as it now is, and with the `addedtransactionids` by
            which this can be taken back.

        Raises:
            InvalidInputError: a field that is missing or can't be sent; nothing was sent.
            NotFoundError: there is no such card.

        Reference: https://developer.sitoo.com/api-reference/gift-cards#add-gift-card-transaction
        """
        payload = writable(
            GiftCardTransaction, one_item(GiftCardTransaction, item, values), required=True
        )
        return _wrapped(
            await self._write_item(
                _ADD_TRANSACTION,
                {"cardnumber": cardnumber},
                payload,
                GiftCardResponse,
                query=_query(pin=pin),
                named_by=_NAMED_BY,
            )
        )

    @performs(_DELETE_TRANSACTIONS)
    async def delete(self, cardnumber: str, addedtransactionids: Sequence[str], /) -> bool:
        """Take transactions back, as when the purchase came to nothing. Repeatable.

        Args:
            cardnumber: the number of the card, as text.
            addedtransactionids: all of them, as the answer that added the transactions gave them.

        Returns:
            True; also where an earlier attempt, whose answer was lost, had deleted them.

        Raises:
            InvalidInputError: no list of texts, or an empty one; nothing was sent.
            NotFoundError: there is no such card, or no such transaction.

        Reference: https://developer.sitoo.com/api-reference/gift-cards#delete-gift-card-transactions
        """
        with Looking("addedtransactionids"):
            if not is_list(addedtransactionids) or not addedtransactionids:
                raise InvalidInputError(
                    "addedtransactionids must be a list that holds at least one id",
                    field="addedtransactionids",
                )
            payload = [
                TEXT.write(value, f"addedtransactionids[{index}]")
                for index, value in enumerate(addedtransactionids)
            ]
        return await self._write(
            _DELETE_TRANSACTIONS, {"cardnumber": cardnumber}, payload, accepted
        )


def _query(**parameters: str | None) -> str:
    given = {name: value for name, value in parameters.items() if value is not None}
    # Looked at here, since elsewhere an error would quote what it refuses.
    pin = given.get("pin", "")
    if not is_a(pin, str) or not str.isascii(pin):
        raise InvalidInputError("pin must be text, of digits or plain letters", field="pin")
    return query_string(given, dict.fromkeys(given, "text"))


def _wrapped(answer: GiftCardResponse) -> GiftCardResponse:
    """The answer with its `giftcard` filled in, also where the card came bare."""
    if not is_set(answer, "giftcard"):
        names = attrs.fields_dict(GiftCard)
        card = {name: value for name, value in set_fields(answer).items() if name in names}
        answer.giftcard = GiftCard(**card)
        keep(answer.giftcard, unknown_fields(answer))
    return answer
