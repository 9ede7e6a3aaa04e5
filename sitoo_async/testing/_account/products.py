"""Products: the rules that a table can't hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters
    from sitoo_async.testing._reference.tables import Table

__all__ = ["PRODUCT_GROUPS", "Categories", "CustomAttributes", "ProductGroups", "Products"]

PRODUCT_GROUPS: dict[int, tuple[float, int, str]] = {
    1: (0, 10, "No VAT"),
    2: (25, 10, "Common Goods"),
    3: (12, 10, "Food"),
    4: (6, 10, "Books"),
    5: (25, 20, "Consulting"),
    6: (0, 30, "Gift Cards"),
}
"""vatid -> VAT in percent, productgrouptype (10 product, 20 service, 30 gift card) and name."""

_DEFAULT_GROUP = 2

_DAY = 86_400

_STANDARD: Item = {"value": 25, "productgrouptype": 10}


class Products(Collection):
    """The products of one site.

    Attributes:
        groups: the variant groups by the productid of the main variant.
    """

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        # null is refused ("Invalid value"); "" clears it and reads back as null.
        barcode = attrs.evolve(table.fields["barcode"], accepts_null=False)
        table = attrs.evolve(table, fields={**table.fields, "barcode": barcode}, also_by="sku")
        super().__init__(table, account, scope)
        self.groups: dict[int, list[Item]] = {}
        self.filters = {
            # "Include products that are not active in POS or Webshop": hidden is what is in
            # neither.
            "includeinactive": lambda include: (
                lambda product: include or product.get("active") or product.get("activepos")
            ),
            "datelastmodified": lambda moment: (
                lambda product: product.get("datemodified", 0) > moment
            ),
        }
        self.derived = {
            "offerisactive": self._in_offer,
            "moneyfinalprice": self._final_price,
            "vatvalue": lambda item: self._group(item)["value"],
            "productgrouptype": lambda item: self._group(item)["productgrouptype"],
        }

    def _group(self, product: Item) -> Item:
        groups = self.account.place("/sites/{}/productgroups", *self.scope).items
        return groups.get(product["vatid"], _STANDARD)

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse an empty sku."""
        if changes.get("sku") == "":
            raise Refusal(400, "Invalid value in sku")
        super().check(changes, item)

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Keep the default category among the categories."""
        # "If set to a category then the value will also be added to categories. If set to null,
        # then the previous value will be removed from categories."
        default, previous = changes.get("defaultcategoryid"), before.get("defaultcategoryid")
        categories = item["categories"]
        if default is not None and default not in categories:
            item["categories"] = [*categories, default]
        elif "defaultcategoryid" in changes and default is None:
            item["categories"] = [category for category in categories if category != previous]
        super().settle(item, changes, before)

    def _final_price(self, item: Item) -> Any:
        return item["moneyofferprice" if self._in_offer(item) else "moneyprice"]

    def _in_offer(self, item: Item) -> bool:
        if not item["offerisenabled"]:
            return False
        start, end, now = item["offerdatestart"], item["offerdateend"], self.now()
        # The end date is "the last day the offer is still active".
        return (start is None or start <= now) and (end is None or now < end + _DAY)

    def members(self, parent: int) -> list[Item]:
        """The variants that belong to `parent`, itself included, in the order of their ids."""
        found = [item for item in self.items.values() if item.get("variantparentid") == parent]
        return sorted(found, key=lambda item: item["productid"])

    def leave_family(self, item: Item) -> None:
        """Make `item` a single product."""
        item["variantparentid"] = None
        item["variant"] = []

    def forget(self, item: Item) -> None:
        """Dissolve the family of a deleted main variant: nobody may refer to it any more."""
        parent = item["productid"]
        if item["variantparentid"] == parent:
            self.groups.pop(parent, None)
            for member in self.members(parent):
                self.leave_family(member)


class Categories(Collection):
    """The tree of categories of one site."""

    def forget(self, item: Item) -> None:
        """Delete what is below a deleted one, too."""
        parent = item["categoryid"]
        # Looked for anew each time: a test may have made a ring of the tree.
        while below := [
            key for key, each in self.items.items() if each.get("categoryparentid") == parent
        ]:
            self.forget(self.items.pop(below[0]))
        super().forget(item)


class CustomAttributes(Collection):
    """The fields that the products of one site have beside those of the reference."""

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse to find products by what is no text: "only allowed for type string"."""
        kind = changes.get("type") if item is None else item["type"]
        if changes.get("searchable") and kind != "string":
            raise Refusal(400, "Invalid value in searchable")

    def delete(self, key: Any, parameters: Parameters) -> None:
        """Delete an attribute of which no product has a value."""
        products = self.account.products(*self.scope).items.values()
        if self.has(key) and any(key in product["customattributes"] for product in products):
            raise Refusal(400, "The custom attribute is in use.")
        super().delete(key, parameters)


class ProductGroups(Collection):
    """The product groups of one site, which every site begins with."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        for vatid, (value, kind, name) in PRODUCT_GROUPS.items():
            self.insert(
                vatid,
                {"value": value, "productgrouptype": kind, "productgroupname": name},
            )

    def delete(self, key: Any, parameters: Parameters) -> None:
        """Delete a group, but for the default one."""
        if key == _DEFAULT_GROUP:
            raise Refusal(400, "The default product group can't be deleted.")
        super().delete(key, parameters)

    def new_key(self, changes: Item) -> Any:
        """The next vatid of this site."""
        del changes
        return max(self.items, default=0) + 1
