"""Price lists, vouchers and sales taxes: what refers to products, or to each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._account.keyed import Rows
from sitoo_async.testing._reference.fields import Refusal, check_write, json_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters
    from sitoo_async.testing._reference.tables import Table

__all__ = ["PriceListItems", "PriceLists", "SalesTaxGroups", "VoucherProducts", "Vouchers"]

_VOUCHERS = "/sites/{}/vouchers"
_TAXES = "/sites/{}/salestaxes"

_MOST_PRICE_LISTS = 100


def _productid(account: Account, site: int, sent: Item) -> int:
    """The product that an object names, by its productid or else by its sku."""
    products = account.products(site)
    key = sent.get("productid")
    if key is None:
        if "sku" not in sent:
            raise Refusal(400, "400: Missing required field 'sku'.")
        key = products.names.owner("sku", sent["sku"])
    if not isinstance(key, int) or not products.has(key):
        named = "sku" if sent.get("productid") is None else "productid"
        raise Refusal(404, f"{named} {sent[named]} does not exist.")
    return key


class PriceLists(Collection):
    """The price lists of one site."""

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse one more than the reference allows."""
        del changes
        if item is None and len(self.items) >= _MOST_PRICE_LISTS:
            raise Refusal(400, f"At most {_MOST_PRICE_LISTS} price lists are allowed.")


class PriceListItems(Rows):
    """The prices of one list, by productid."""

    def begin(self) -> None:
        """Read the skus of the products anew, too."""
        super().begin()
        self.account.products(self.scope[0]).begin()

    def update_named(self, sent: Any, parameters: Parameters) -> Any:
        """Set the price of a product."""
        check_write(self.table.fields, json_object(sent))
        key = _productid(self.account, self.scope[0], sent)
        sku = self.account.products(self.scope[0]).items[key]["sku"]
        return super().update_named({**sent, "productid": key, "sku": sku}, parameters)

    def new_key(self, changes: Item) -> int:
        """The product's."""
        return int(changes["productid"])

    def checked_add(self, sent: Any, parameters: Parameters) -> Item:
        """What an add may store, the product's identifier included."""
        return {**super().checked_add(sent, parameters), "productid": sent["productid"]}

    def delete_named(self, sent: Any, parameters: Parameters) -> None:
        """Take a product out of the list."""
        self.delete(_productid(self.account, self.scope[0], json_object(sent)), parameters)


class Vouchers(Collection):
    """The vouchers of one site; they hold productids, and may be asked for skus."""

    def begin(self) -> None:
        """Read the skus of the products anew, too."""
        super().begin()
        self.account.products(*self.scope).begin()

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse skus in an update, which names products by their productids."""
        if item is not None and any(isinstance(key, str) for key in changes.get("products", ())):
            raise Refusal(400, "Invalid value in products (Not integer)")

    def checked_add(self, sent: Any, parameters: Parameters) -> Item:
        """What an add may store."""
        changes = super().checked_add(sent, parameters)
        name = parameters.get("product_identifier", "productid")

        def productid(value: Any) -> int:
            return _productid(self.account, self.scope[0], {name: value})

        return _with_products(changes, productid)

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Tell the group of the voucher's type: 20 for 200, 210 and so on."""
        item["vouchergrouptype"] = item["vouchertype"] // 100 * 10
        super().settle(item, changes, before)

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """One envelope."""
        envelope = super().list(parameters)
        items = [self._identified(item, parameters) for item in envelope["items"]]
        return {**envelope, "items": items}

    def get(self, key: Any, parameters: Parameters) -> Item:
        """One voucher."""
        return self._identified(super().get(key, parameters), parameters)

    def _identified(self, voucher: Item, parameters: Parameters) -> Item:
        if parameters.get("product_identifier") != "sku":
            return voucher
        products = self.account.products(*self.scope).items
        gone: Item = {"sku": ""}
        return _with_products(voucher, lambda key: products.get(key, gone)["sku"])


def _with_products(voucher: Item, converted: Callable[[Any], Any]) -> Item:
    changed = dict(voucher)
    if "products" in voucher:
        changed["products"] = [converted(value) for value in voucher["products"]]
    if "discountoptions" in voucher:
        changed["discountoptions"] = [
            {**option, "products": [converted(value) for value in option["products"]]}
            for option in voucher["discountoptions"]
        ]
    return changed


class VoucherProducts(Collection):
    """The products of one voucher, which holds them itself."""

    def begin(self) -> None:
        """Read the skus of the products anew, too."""
        super().begin()
        self.account.products(self.scope[0]).begin()

    def _held(self) -> list[int]:
        voucher = self.account.place(_VOUCHERS, self.scope[0]).existing(self.scope[1])
        held: list[int] = voucher["products"]
        return held

    def add(self, sent: Any, parameters: Parameters) -> Any:
        """Add a product, unless it is there already."""
        del parameters
        key = _productid(self.account, self.scope[0], json_object(sent))
        if key not in self._held():
            self._held().append(key)
        return key

    def delete_named(self, sent: Any, parameters: Parameters) -> None:
        """Take a product out."""
        del parameters
        key = _productid(self.account, self.scope[0], json_object(sent))
        if key not in self._held():
            raise Refusal(404, f"productid {key} does not exist.")
        self._held().remove(key)


class SalesTaxGroups(Collection):
    """The sales tax groups of one site; they name sales taxes and show them whole."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        # A group names its taxes by their identifiers: nothing else is required.
        taxes = table.fields["salestaxes"]
        inner = {
            name: attrs.evolve(field, required=name == "salestaxid")
            for name, field in (taxes.of or {}).items()
        }
        fields = {**table.fields, "salestaxes": attrs.evolve(taxes, of=inner)}
        super().__init__(attrs.evolve(table, fields=fields), account, scope)

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse a sales tax that is none."""
        del item
        taxes = self.account.place(_TAXES, *self.scope)
        if any(not taxes.has(tax["salestaxid"]) for tax in changes.get("salestaxes", ())):
            raise Refusal(400, "Invalid value in salestaxes")

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Show the sales taxes whole."""
        taxes = self.account.place(_TAXES, *self.scope).items
        item["salestaxes"] = [taxes.get(tax["salestaxid"], tax) for tax in item["salestaxes"]]
        super().settle(item, changes, before)
