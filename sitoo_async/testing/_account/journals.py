"""Journals v3: what each cash register has written down, and what of it a query selects."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.amounts import money, number
from sitoo_async.testing._account.cursors import cursor_page
from sitoo_async.testing._account.pos import register_of
from sitoo_async.testing._reference.services import service_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters

__all__ = ["Journals"]

_SERVICE = "journals-v3"
_REPORTS = "/sites/{}/cashregisters/{}/zreports"

_DAYS_WORK = 43_200
_A_MOMENT = 5


class Journals:
    """The journal entries of all registers.

    What the registers of the account did is written down when somebody looks: each order and each
    z-report that has no entry yet. The names of the types ``receipt`` and ``z-report`` are taken
    from their objects; the reference prints others.

    Attributes:
        entries: the entries by id, in the order in which they reached the server.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._begun = False
        self._written: set[tuple[str, Any, Any]] = set()
        self.entries: dict[int, Item] = {}

    def find(self, _values: Sequence[str], asked: Parameters, _sent: Any) -> Item:
        """One page of the entries of a register."""
        self.write_down()
        date = f"date{asked['date_type']}"
        register = asked["register_id"].upper()
        first, last, kind = asked["date_from"], asked["date_to"], asked["type"]
        found = [
            entry
            for entry in self.entries.values()
            if entry["registerid"].upper() == register
            and (first is None or entry[date] >= first)
            and (last is None or entry[date] <= last)
            and (kind is None or entry["type"] == kind)
        ]
        return cursor_page(
            found,
            asked,
            _SERVICE,
            lambda entry: (entry[date], entry["id"]),
            descending=asked["sort_order"] == "desc",
        )

    def note(self, register_id: str, entry: Item, created: int | None, added: int | None) -> int:
        """Write an entry into the journal of a register and return its id.

        Raises:
            KeyError: there is no such register.
        """
        self.write_down()
        created = self._account.now() if created is None else created
        dates = {"datecreated": created, "dateadded": created if added is None else added}
        return self._add(register_of(self._account, register_id)[1], dates | entry)

    def _add(self, register: Item, entry: Item) -> int:
        key = self._account.next_number("journalentryid")
        of = {name: register[name] for name in ("registerid", "registerkey")}
        self.entries[key] = {"id": key, **of, "ispractice": False, **entry}
        return key

    def write_down(self) -> None:
        """Bring the journals up to what is in the account."""
        # Python sorts what arrived together as it found it.
        for _, register, entry in sorted(self._new(), key=lambda found: found[0]):
            # After the first time, who reads on from the last arrival must not miss it.
            self._add(register, entry | ({"dateadded": self._account.now()} if self._begun else {}))
        self._begun = True

    def _new(self) -> Iterator[tuple[int, Item, Item]]:
        for site in self._account.sites:
            registers = self._account.place("/sites/{}/cashregisters", site).items
            for register in registers.values():
                reports = self._account.place(_REPORTS, site, register["registerid"])
                for report in reports.items.values():
                    if self._is_new("z-report", register["registerid"], report["zreportid"]):
                        yield from _day(self._account, register, report)
            for order in self._account.place("/sites/{}/orders", site).items.values():
                register = registers.get(order.get("registerid"), {})
                if register and self._is_new("receipt", site, order["orderid"]):
                    yield _receipt(register, order)

    def _is_new(self, kind: str, scope: Any, key: Any) -> bool:
        name = (kind, scope, key)
        is_new = name not in self._written
        self._written.add(name)
        return is_new


def _day(account: Account, register: Item, report: Item) -> Iterator[tuple[int, Item, Item]]:
    closed, added = report["datecreated"], report["dateadded"]
    opened = report["dateopened"] or closed - _DAYS_WORK
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{account.seed}/staff")).upper()
    staff = {"staff": "POS Staff", "staffuserid": f"{{{name}}}"}
    cash = {"currencycode": register["currencycode"], "moneycash": "5000.00"} | staff
    began = opened + _A_MOMENT
    fields = service_facts(_SERVICE)["objects"]["JournalZReport"]["fields"]
    data = {name: value for name, value in report.items() if name in fields}
    yield began, register, _entry("login", opened, began, staff)
    yield began, register, _entry("cash-start", began, began, cash)
    yield added, register, _entry("z-report", closed, added, data)


def _receipt(register: Item, order: Item) -> tuple[int, Item, Item]:
    # The log of an order begins when the order reached the server.
    logged = order.get("orderlogitems") or [{"datelog": order["orderdate"]}]
    added = logged[0]["datelog"]
    total = number(order["moneytotal_gross_all"])
    rows = order["orderitems"]
    vats = {row["vatvalue"]: (number(0), number(0)) for row in rows}
    for row in rows:
        net, vat = vats[row["vatvalue"]]
        net, vat = net + number(row["moneyitemtotal_net"]), vat + number(row["moneyitemtotal_vat"])
        vats[row["vatvalue"]] = (net, vat)
    data = {
        "additionaldata": order["additionaldata"],
        "comment": order["comment"],
        "currencycode": order["currencycode"],
        "isrefund": total < 0,
        "items": [_receipt_item(row) for row in rows],
        "payments": order["payments"],
        "customer": None,
        "vats": [
            {
                "vatvalue": value,
                "moneytotal": money(net + vat),
                "moneytotalnet": money(net),
                "moneytotalvat": money(vat),
            }
            for value, (net, vat) in vats.items()
        ],
        "salestaxes": [],
    }
    return added, register, _entry("receipt", order["orderdate"], added, data)


def _receipt_item(row: Item) -> Item:
    total = number(row["moneyitemtotal_net"]) + number(row["moneyitemtotal_vat"])
    same = ("additionaldata", "productname", "sku", "quantity", "unitlabel", "vatvalue")
    return {name: row[name] for name in same} | {
        "decimalunitquantity": row["decimalunitquantity"] or "0.000",
        "discounts": [],
        "moneytotal": money(total),
    }


def _entry(kind: str, created: int, added: int, data: Item) -> Item:
    return {"type": kind, "datecreated": created, "dateadded": added, "data": data}
