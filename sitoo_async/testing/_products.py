"""Products: the fields of the reference, and the rules that a table can't hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sitoo_async.testing._collection import Collection, Filter, Item, Table
from sitoo_async.testing._fields import Field, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["PRODUCT_GROUPS", "Products"]

PRODUCT_GROUPS: dict[int, tuple[float, int]] = {
    1: (0, 10),
    2: (25, 10),
    3: (12, 10),
    4: (6, 10),
    5: (25, 20),
    6: (0, 30),
}
"""vatid -> VAT in percent and productgrouptype (10 product, 20 service, 30 gift card)."""

_DAY = 86_400


def _group(product: Item) -> tuple[float, int]:
    return PRODUCT_GROUPS.get(product["vatid"], PRODUCT_GROUPS[2])


def _having_sku(products: list[Item], skus: set[str]) -> list[Item]:
    return [product for product in products if str(product.get("sku")).casefold() in skus]


def _visible(products: list[Item], include: bool) -> list[Item]:  # noqa: FBT001  # a query value
    # "Include products that are not active in POS or Webshop": hidden is what is in neither.
    if include:
        return products
    return [product for product in products if product.get("active") or product.get("activepos")]


def _modified_after(products: list[Item], moment: int) -> list[Item]:
    return [product for product in products if product.get("datemodified", 0) > moment]


TABLE = Table(
    key="productid",
    fields={
        "productid": Field("integer", access="read"),
        "sku": Field("string", required=True),
        "skumanufacturer": Field("string", ""),
        "descriptionshort": Field("string", ""),
        "description": Field("string", ""),
        "descriptionhtml": Field("string", ""),
        "deliverystatus": Field("string", ""),
        "moneyprice": Field("money", "0.00"),
        "moneypriceorg": Field("money", "0.00"),
        "moneypricein": Field("money", "0.00"),
        "unitlabel": Field("string", ""),
        "allowdecimals": Field("boolean", default=False),
        "deliveryinfo": Field("string", ""),
        "externalinputtitle": Field("string", ""),
        "offerisenabled": Field("boolean", default=False),
        "moneyofferprice": Field("money", "0.00"),
        "offertitle": Field("string", ""),
        "offerdatestart": Field("timestamp", nullable=True),
        "offerdateend": Field("timestamp", nullable=True),
        "active": Field("boolean", default=True),
        "activepos": Field("boolean", default=True),
        "vatid": Field("integer", 2),
        "deliveryclassid": Field("integer", 1),
        "defaultcategoryid": Field("integer", nullable=True),
        "categories": Field("integers", []),
        "manufacturerid": Field("integer", nullable=True),
        "manufacturerurl": Field("string", ""),
        "custom1": Field("string", ""),
        "custom2": Field("string", ""),
        "custom3": Field("string", ""),
        "custom4": Field("string", ""),
        "custom5": Field("string", ""),
        "stockcountenable": Field("boolean", default=True),
        "stockallowbackorder": Field("boolean", default=True),
        "variantparentid": Field("integer", access="read", nullable=True),
        # null is refused ("Invalid value"); "" clears it and reads back as null.
        "barcode": Field("string", nullable=True, accepts_null=False),
        "barcodealiases": Field("strings", []),
        "similar": Field("integers", []),
        "related": Field("integers", []),
        "accessories": Field("integers", []),
        "offerisactive": Field("boolean", default=False, access="read"),
        "moneyfinalprice": Field("money", "0.00", access="read"),
        "vatvalue": Field("number", 0, access="read"),
        "productgrouptype": Field("integer", 10, access="read"),
        "pricelisthasvolume": Field("boolean", default=False, access="read"),
        "variant": Field("objects", [], access="read"),
        "customattributes": Field("map", {}),
        "friendly": Field("string", ""),
        "seo_title": Field("string", ""),
        "seo_keywords": Field("string", ""),
        "seo_description": Field("string", ""),
        "title": Field("string", ""),
        "datecreated": Field("timestamp", access="read"),
        "datemodified": Field("timestamp", access="read"),
    },
    default_fields=(
        "productid",
        "sku",
        "datemodified",
        "active",
        "activepos",
        "vatid",
        "manufacturerid",
        "stockcountenable",
        "stockallowbackorder",
        "barcode",
        "moneyprice",
        "moneyfinalprice",
    ),
    filters={
        "sku": Filter("strings", _having_sku),
        "includeinactive": Filter("boolean", _visible, default=False),
        "datelastmodified": Filter("integer", _modified_after),
    },
    unique=("sku", "friendly"),
    also_by="sku",
)


class Products(Collection):
    """The products of one site.

    Attributes:
        groups: the variant groups by the productid of the main variant.
    """

    def __init__(self, new_key: Callable[[], int], clock: Callable[[], int]) -> None:
        super().__init__(TABLE, new_key, clock)
        self.groups: dict[int, list[Item]] = {}
        self.derived = {
            "offerisactive": self._in_offer,
            "moneyfinalprice": self._final_price,
            "vatvalue": lambda item: _group(item)[0],
            "productgrouptype": lambda item: _group(item)[1],
        }

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
