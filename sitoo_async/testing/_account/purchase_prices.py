"""Purchase Prices v3: the price lists of the account and what each says that an article costs."""

from __future__ import annotations

import collections
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._account.cursors import cursor_page
from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._reference.services import service_facts
from sitoo_async.testing._reference.shapes import check_object, check_value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters

__all__ = ["PurchasePrices"]

_SERVICE = "purchase-prices-v3"


class PurchasePrices:
    """The price lists, their items by SKU, and which lists were given to which site.

    The calls for mappings are not known well enough to be served; a test writes to `mappings`.

    Attributes:
        lists: the price lists by their ids, which clients choose.
        prices: the items of each list by SKU.
        mappings: by eshopid, an object whose ``price_list_ids`` name the lists of other sites.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._facts = service_facts(_SERVICE)
        self.lists: dict[str, Item] = {}
        self.prices: dict[str, dict[str, Item]] = collections.defaultdict(dict)
        self.mappings: dict[int, Item] = {}

    def find(self, _values: Sequence[str], asked: Parameters, _sent: Any) -> Item:
        """Those that a site owns, and those that others assigned to it, the oldest first."""
        site = asked["eshop_id"]
        assigned = self.mappings.get(site, {}).get("price_list_ids", ())
        found = [
            each
            for each in self.lists.values()
            if each["owner_eshop_id"] == site or each["id"] in assigned
        ]
        return cursor_page(found, asked, _SERVICE, lambda each: (each["created_at"], each["id"]))

    def add(self, _values: Sequence[str], _asked: Parameters, sent: Any) -> Item:
        """Add a list and show it."""
        self._check(sent)
        if sent["id"] in self.lists:
            message = f"There is a price list {sent['id']} already."
            raise Refusal(400, message, code="field-validation", field="id")
        now = self._account.now()
        self.lists[sent["id"]] = {"id": "", "created_at": now, "modified_at": now} | sent
        return self.lists[sent["id"]]

    def get(self, values: Sequence[str], _asked: Parameters, _sent: Any) -> Item:
        """One list."""
        if values[0] not in self.lists:
            raise Refusal(404, f"There is no price list {values[0]}.")
        return self.lists[values[0]]

    def update(self, values: Sequence[str], asked: Parameters, sent: Any) -> Item:
        """Replace what a client said of a list, all of it as in the example."""
        found = self.get(values, asked, sent)
        self._check(sent)
        if sent["id"] != found["id"]:
            message = "The id of a price list stays."
            raise Refusal(400, message, code="field-validation", field="id")
        found |= {**sent, "modified_at": self._account.now()}
        return found

    def delete(self, values: Sequence[str], asked: Parameters, sent: Any) -> None:
        """Delete a list with its items."""
        self.get(values, asked, sent)
        del self.lists[values[0]]
        self.prices.pop(values[0], None)

    def find_items(self, values: Sequence[str], asked: Parameters, _sent: Any) -> Item:
        """The items of a list, by SKU."""
        self.get(values, asked, None)
        found = self.prices[values[0]].values()
        return cursor_page(found, asked, f"{_SERVICE}/{values[0]}", lambda each: (each["sku"],))

    def set_items(self, values: Sequence[str], asked: Parameters, sent: Any) -> None:
        """Set the items that were sent; the others stay. What it answers is not known: nothing."""
        self.get(values, asked, sent)
        check_object(self._facts, "PriceListItems", sent)
        for index, item in enumerate(_items(sent)):
            if "sku" not in item:
                message = "The field sku is required."
                raise Refusal(400, message, code="field-missing", field=f"items[{index}].sku")
        self.prices[values[0]] |= {item["sku"]: dict(item) for item in sent["items"]}

    def delete_items(self, values: Sequence[str], asked: Parameters, sent: Any) -> None:
        """Delete items, named by an object as for `set_items`, or by an array of SKUs."""
        self.get(values, asked, sent)
        if not isinstance(sent, list):
            check_object(self._facts, "PriceListItems", sent)
            sent = [item.get("sku") for item in _items(sent)]
        check_value(self._facts, "array<string>", sent, "items")
        for sku in cast("Sequence[str]", sent):
            self.prices[values[0]].pop(sku, None)

    def _check(self, sent: Any) -> None:
        check_object(self._facts, "PriceList", sent)
        if sent["owner_eshop_id"] not in self._account.sites:
            message = f"There is no site {sent['owner_eshop_id']}."
            raise Refusal(400, message, code="field-validation", field="owner_eshop_id")


def _items(sent: Item) -> Sequence[Item]:
    if "items" not in sent:
        raise Refusal(400, "The field items is required.", code="field-missing", field="items")
    items: Sequence[Item] = sent["items"]
    return items
