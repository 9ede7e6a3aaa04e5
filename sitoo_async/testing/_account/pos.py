"""What belongs to the POS: registers and their z-reports, profiles, settings, plugins."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.amounts import money, number
from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._account.events import z_report_added
from sitoo_async.testing._account.keyed import Document, View
from sitoo_async.testing._reference.fields import Refusal, json_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters
    from sitoo_async.testing._reference.tables import Table

__all__ = [
    "CashRegisters",
    "PluginSettings",
    "Plugins",
    "Profiles",
    "RegisterReports",
    "ReportFeed",
    "Settings",
    "StoreReportConfiguration",
    "StoreReports",
    "Stores",
    "add_z_report",
    "register_of",
]

_REGISTERS = "/sites/{}/cashregisters"
_REPORTS = "/sites/{}/cashregisters/{}/zreports"
_FEED = "/pos-z-reports"

_MOST_REPORTS = 500
_DAYS_WORK = 28_800

_OF_REGISTER = (
    "registerid",
    "manufacturerid",
    "registerkey",
    "company",
    "companyid",
    "currencycode",
)


class CashRegisters(Collection):
    """The cash registers of one site; one that is not registered has no key yet."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = {
            "includenotregistered": lambda include: (
                lambda register: include or register.get("registerkey")
            ),
        }


def register_of(account: Account, registerid: str) -> tuple[int, Item]:
    """The site of a cash register, and the register.

    Raises:
        KeyError: there is none.
    """
    for site in account.sites:
        found = account.place(_REGISTERS, site).items.get(registerid)
        if found is not None:
            return site, found
    raise KeyError(registerid)


def add_z_report(account: Account, registerid: str, fields: Item) -> int:
    """Close a register for the day, with `fields` in its report; return the zreportid.

    Raises:
        KeyError: there is no such register.
    """
    site, register = register_of(account, registerid)
    reports = account.place(_REPORTS, site, registerid)
    store = account.place("/sites/{}/stores", site).items.get(register["storesettingid"], {})
    key = max(reports.items, default=0) + 1
    about = {name: register[name] for name in _OF_REGISTER}
    about |= {"eshopid": site, "store_id": store.get("externalid", "")}
    now = account.now()
    about |= {"store_name": store.get("name", ""), "dateopened": now - _DAYS_WORK}
    about |= {"datecreated": now, "dateadded": now}
    reports.insert(key, about | fields)
    z_report_added(account, reports.items[key])
    return key


class ReportFeed(View):
    """The z-reports of all registers, in the order in which they reached the server."""

    home = _REPORTS

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """The first ones; who wants more asks from the last ``dateadded`` on."""
        envelope = super().list(parameters)
        return {**envelope, "items": envelope["items"][:_MOST_REPORTS]}

    def has(self, key: Any) -> bool:
        """Whether some site has such a register."""
        return any(place.has(key) for place in self.account.places(_REGISTERS))


class RegisterReports(Collection):
    """The z-reports of one register of whatever site."""

    def existing(self, key: Any) -> Item:
        """One of the register's reports."""
        found = [
            place for place in self.account.places(_REPORTS) if place.scope[1] == self.scope[0]
        ]
        return found[0].existing(key) if found else super().existing(key)


class StoreReports(Collection):
    """Z-reports added up by store and day."""

    def rows(self) -> Sequence[Item]:
        """One report for each store and day that has any, numbered from 1."""
        groups: dict[tuple[Any, ...], list[Item]] = {}
        for report in self.account.place(_FEED).rows():
            moment = dt.datetime.fromtimestamp(report["datecreated"], dt.UTC)
            day = (moment.date(), report["eshopid"], report["store_id"])
            groups.setdefault(day, []).append(report)
        return [_added_up(index, groups[day]) for index, day in enumerate(sorted(groups), start=1)]

    def existing(self, key: Any) -> Item:
        """The report of that number."""
        self.items = {row["zreportid"]: row for row in self.rows()}
        return super().existing(key)


_OF_STORE = ("eshopid", "store_id", "store_name", "company", "companyid", "currencycode")


def _added_up(zreportid: int, reports: Sequence[Item]) -> Item:
    first = reports[0]
    total: Item = {"zreportid": zreportid} | {name: first[name] for name in _OF_STORE}
    total["datecreated"] = max(report["datecreated"] for report in reports)
    total["dateadded"] = max(report["dateadded"] for report in reports)
    for name in first:
        if name.startswith("money"):
            total[name] = money(sum((number(report[name]) for report in reports), number(0)))
        elif name.startswith("num"):
            total[name] = sum(report[name] for report in reports)
    return total


class StoreReportConfiguration(Document):
    """How store z-reports are made: nothing is known of its fields, so it takes any."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.items[None] = {}

    def update(self, key: Any, sent: Any, parameters: Parameters) -> Any:
        """Replace it: the reference says "set", as for product variants."""
        del parameters
        self.items[key] = json_object(sent)
        return key


class Stores(Collection):
    """The stores of one site."""

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """A store belongs to the site of its path, unless another one is named."""
        del before
        if "eshopid" not in changes:
            item["eshopid"] = self.scope[0]


class Profiles(Collection):
    """The POS profiles of one site."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = {
            "searchtext": lambda text: (
                lambda profile: text.casefold() in profile.get("name", "").casefold()
            ),
        }


class Settings(Document):
    """The settings of one site."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        options = dict.fromkeys(_PERMISSIONS, "on")
        permissions = {"store_manager": options, "store_staff": dict(options)}
        site = {"eshopid": scope[0], "eshopname": f"Shop {scope[0]}", "permissions": permissions}
        self.insert(None, _SETTINGS | site)


_PERMISSIONS = (
    "manual_price",
    "validated_return",
    "validated_return_any_payment",
    "manual_return",
    "salestax_exemption",
    "explicit_open_cash_drawer",
    "cash_management",
    "inventory_management",
)

_SETTINGS: Item = {
    "eshoptype": "main",
    "emailfrom": "shop@example.com",
    "creditnotesalestype": 20,
    "creditnotevalidmonths": 12,
    "giftcardsalestype": 20,
    "giftcardvalidmonths": 12,
    "paymenttypeid_split": 1,
    "warehouseid": 1,
    "numdaysreserved": 14,
    "currencycode": "SEK",
    "timezone": "Europe/Stockholm",
    "pricesstoredwithvat": True,
    "uistrings": {},
    "other_delivery_online": "enable_all",
    "other_delivery_stores": "enable_all",
    "cart_item_price_display_mode": "default",
    "cart_print_pick_list_mode": "disabled",
    "cash_counting_mode": "enter-total-amount",
    "bank_bag_id_mode": "disabled",
    "copy_discounts_to_exchange_sale": "enabled",
    "transfer_gift_receipt_customer": "enabled",
    "pickup_printout_barcode": "order-id",
    "num_days_until_pickup_expires": 7,
}


class Plugins(Collection):
    """The plugins of one site; a test may put others in, by their ids."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.items["taxfree"] = {"id": "taxfree", "active": False}


class PluginSettings(Document):
    """The settings of one plugin."""

    def existing(self, key: Any) -> Item:
        """The plugin itself."""
        del key
        return self.account.place("/sites/{}/plugins", self.scope[0]).existing(self.scope[1])

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse another id."""
        del item
        if changes.get("id", self.scope[1]) != self.scope[1]:
            raise Refusal(400, "Invalid value in id")
