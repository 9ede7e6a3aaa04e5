"""Gift cards and influencer vouchers: cards and codes whose transactions count."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._account.amounts import money, number
from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._reference.fields import Refusal, is_of_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters
    from sitoo_async.testing._reference.tables import Table

__all__ = [
    "GiftCardTransactions",
    "GiftCards",
    "InfluencerCodes",
    "InfluencerTransactions",
    "InfluencerVouchers",
]

_CARDS = "/sites/{}/giftcards"
_CODES = "/sites/{}/influencercodes"

_OF_VOUCHER = ("voucherpassword", "vouchercode", "vouchername", "vouchercomment")
_SUMS = ("moneyordertotal", "moneyinfluencertotal", "moneyinfluencerdiscount")

# Ten years, as between the two dates of the reference's examples.
_VALIDITY = 3653 * 86_400


def _masked(cardnumber: str) -> str:
    shown = cardnumber[:2] + "*" * max(0, len(cardnumber) - 6) + cardnumber[2:][-4:]
    return " ".join(shown[start : start + 4] for start in range(0, len(shown), 4))


class GiftCards(Collection):
    """The gift cards of one site, with their balances.

    Attributes:
        pins: the PIN of each card that requires one.
    """

    kept = ("items", "pins")

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.pins: dict[str, str] = {}
        self.derived = {
            "moneyamount": lambda card: money(balance(card["transactions"])),
            "redeemable": self._is_redeemable,
        }

    def _is_redeemable(self, card: Item) -> bool:
        return balance(card["transactions"]) > 0 and self.now() < card["date_expires"]

    def add(self, sent: Any, parameters: Parameters) -> Any:
        """Add a card and return its number."""
        changes = self.checked_add(sent, parameters)
        if "cardnumber" not in changes:
            changes["cardnumber"] = f"95{self.account.next_number('cardnumber'):018}"
        if balance(changes.get("transactions", ())) < 0:
            raise Refusal(400, "Invalid value in moneyamount")
        key = self.new_key(changes)
        if parameters.get("pin"):
            self.pins[key] = parameters["pin"]
        return self.insert(key, changes)

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Fill in what the server knows about a new card."""
        key = item["cardnumber"]
        item["cardnumber_display"] = _masked(key)
        item["date_expires"] = self.now() + _VALIDITY
        item["requirespin"] = key in self.pins
        item["transactions"] = [self.dated(sent) for sent in changes.get("transactions", ())]
        super().settle(item, changes, before)

    def dated(self, sent: Item) -> Item:
        """A transaction as the card shows it."""
        number_ = self.account.next_number("transactionid")
        return {**sent, "transactionid": str(number_), "date": self.now()}

    def check_pin(self, key: str, pin: str | None) -> None:
        """Refuse a PIN that is wrong, or missing where one is required."""
        if self.pins.get(key) not in {None, pin}:
            raise Refusal(400, "Invalid value in pin")

    def get(self, key: Any, parameters: Parameters) -> Item:
        """The card, bare: so the reference shows it when it is read."""
        card = super().get(key, {})
        if parameters.get("pin") is not None:
            self.check_pin(key, parameters["pin"])
        return self.wrapped(card, ()) if self.account.wrapped_gift_cards else card

    def shown(self, key: Any) -> Item:
        """The new card, wrapped."""
        card = super().get(key, {})
        return self.wrapped(card, card["transactions"])

    def wrapped(self, card: Item, added: Sequence[Item]) -> Item:
        """The card in an answer that tells which transactions were added."""
        return {
            "giftcard": card,
            "addedtransactionids": [id_ for each in added for id_ in _ids(each)],
            "receipttext": None,
            "print_voucher": False,
            "print_pin": None,
        }


def balance(transactions: Sequence[Item]) -> Decimal:
    """What is left on a card."""
    return sum((number(each["moneyamount"]) for each in transactions), Decimal(0))


def _ids(transaction: Item) -> dict[str, None]:
    """Both ids that the reference shows for one transaction: a number and a hash."""
    transactionid = transaction["transactionid"]
    return dict.fromkeys((transactionid, hashlib.sha256(transactionid.encode()).hexdigest()[:40]))


class GiftCardTransactions(Collection):
    """The transactions of one gift card, which keeps them itself."""

    @property
    def _cards(self) -> GiftCards:
        return cast("GiftCards", self.account.place(_CARDS, self.scope[0]))

    def add(self, sent: Any, parameters: Parameters) -> str:
        """Refill or redeem the card; return the transactionid."""
        changes = self.checked_add(sent, parameters)
        cards, cardnumber = self._cards, self.scope[1]
        cards.check_pin(cardnumber, parameters.get("pin"))
        card = Collection.get(cards, cardnumber, {})
        if number(changes["moneyamount"]) < 0 and not card["redeemable"]:
            raise Refusal(400, "The gift card is not redeemable.")
        self._check_balance([*card["transactions"], changes])
        added = cards.dated(changes)
        card["transactions"].append(added)
        return str(added["transactionid"])

    def shown(self, key: Any) -> Item:
        """The card after the transaction, wrapped."""
        card = Collection.get(self._cards, self.scope[1], {})
        added = [each for each in card["transactions"] if each["transactionid"] == key]
        return self._cards.wrapped(card, added)

    def delete_named(self, sent: Any, parameters: Parameters) -> None:
        """Undo the transactions of the ids in an array."""
        del parameters
        if not is_of_kind("strings", sent):
            raise Refusal(400, "Invalid value in transactionid (Not string)")
        card = self._cards.items[self.scope[1]]
        known = {id_ for each in card["transactions"] for id_ in _ids(each)}
        for transactionid in sent:
            if transactionid not in known:
                raise Refusal(404, f"transactionid {transactionid} does not exist.")
        left = [each for each in card["transactions"] if _ids(each).keys().isdisjoint(sent)]
        self._check_balance(left)
        card["transactions"] = left

    def _check_balance(self, transactions: Sequence[Item]) -> None:
        if balance(transactions) < 0:
            raise Refusal(400, "Invalid value in moneyamount (Insufficient balance)")


def _is_redeemable(code: Item, now: int) -> bool:
    start, end, most = code["datestart"], code["dateend"], code["maxuses"]
    return (
        code["active"]
        and (start is None or start <= now)
        and (end is None or now <= end)
        and (most is None or code["numused"] < most)
    )


class InfluencerCodes(Collection):
    """The influencer codes of one site; the code itself is the key."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = {
            "redeemable": lambda wanted: lambda code: _is_redeemable(code, self.now()) == wanted,
        }


class InfluencerVouchers(Collection):
    """What an influencer code unlocks, read from the code."""

    def has(self, key: Any) -> bool:
        """Whether there is such a code."""
        return self.account.place(_CODES, *self.scope).has(key)

    def get(self, key: Any, parameters: Parameters) -> Item:
        """The voucher of a code."""
        del parameters
        code = self.account.place(_CODES, *self.scope).existing(key)
        return {
            "influencercode": code["code"],
            "influencername": code["name"],
            **{name: code[name] for name in _OF_VOUCHER},
            "redeemable": _is_redeemable(code, self.now()),
        }


class InfluencerTransactions(Collection):
    """The uses of one influencer code: they count on the code."""

    def _count(self, transaction: Item, sign: int) -> None:
        code = self.account.place(_CODES, self.scope[0]).existing(self.scope[1])
        code["numused"] += sign
        for name in _SUMS:
            code[name] = money(number(code[name]) + sign * number(transaction[name]))

    def add(self, sent: Any, parameters: Parameters) -> str:
        """Use the code once; return the transactionid."""
        changes = self.checked_add(sent, parameters)
        code = self.account.place(_CODES, self.scope[0]).existing(self.scope[1])
        if not _is_redeemable(code, self.now()):
            raise Refusal(400, "The influencer code is not redeemable.")
        self._count(changes, 1)
        code["datelastused"] = self.now()
        key = str(self.account.next_number("transactionid"))
        self.items[key] = changes
        return key

    def shown(self, key: Any) -> Item:
        """The id alone."""
        return {"transactionid": key}

    def delete(self, key: Any, parameters: Parameters) -> None:
        """Take a use back."""
        transaction = self.existing(key)
        super().delete(key, parameters)
        self._count(transaction, -1)
