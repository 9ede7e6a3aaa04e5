"""Orders: totals that follow from the rows, deliveries that move stock, log items."""

from __future__ import annotations

import collections
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.amounts import decimal, money, number
from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._account.events import delivery_changed, order_changed, order_logged
from sitoo_async.testing._account.keyed import View
from sitoo_async.testing._account.stock import is_virtual, warehouse_items, warehouse_transactions
from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Filter, Item, Parameters
    from sitoo_async.testing._reference.tables import Table

__all__ = ["AllDeliveries", "AllOrders", "Deliveries", "LogItems", "Orders"]

_ORDERS = "/sites/{}/orders"
_DELIVERIES = "/sites/{}/orders/{}/orderdeliveries"
_LOG_ITEMS = "/sites/{}/orders/{}/orderlogitems"

_FILTERS: dict[str, Filter] = {
    "receiptid": lambda wanted: (
        lambda order: order.get("additionaldata", {}).get("pos-receiptid") == wanted
    ),
}

_PRODUCT = 10
_SALE = 30
_REFUND = 40

# In the log, and nothing that a client may write.
_CREATED = 0

_LEAST_VAT = -100  # percent, exclusive


def _row(sent: Item, index: int, productid: int) -> Item:
    """An order item as it reads back: what is sent includes VAT, what is shown does not."""
    quantity = number(sent["quantity"])
    total = quantity * number(sent["decimalunitquantity"] or 1)
    factor = 1 + number(sent["vatvalue"]) / 100
    price, discount = number(sent.get("moneyrowprice")), number(sent.get("moneyrowdiscount"))
    gross = price - discount
    net = gross / factor
    pieces, units = quantity or Decimal(1), total or Decimal(1)
    data: dict[str, str] = dict(sent["additionaldata"])
    if discount:
        data["orderitem-moneyrowdiscount"] = money(discount)
    shown = {name: value for name, value in sent.items() if not name.startswith("moneyrow")}
    return shown | {
        "orderitemid": index,
        "orderitemtype": sent["orderitemtype"] or _PRODUCT,
        "productid": productid,
        "moneynetpriceperunit": money(net / pieces),
        "moneyitemtotal_net": money(net),
        "moneyitemtotal_vat": money(gross - net),
        "moneyoriginalprice": money(price / factor / pieces),
        "moneydiscountedprice": money(net / pieces if discount else Decimal(0)),
        "moneydiscount": money(discount / factor / pieces),
        "decimalquantitytotal": decimal(total),
        "moneynetpriceperquantity": money(net / units),
        "additionaldata": data,
    }


class Orders(Collection):
    """The orders of one site; they are never deleted."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = _FILTERS
        self.derived = {"orderlogitems": self._log}

    def _log(self, order: Item) -> list[Item]:
        log = self.account.place(_LOG_ITEMS, *self.scope, order["orderid"])
        return [
            {name: value for name, value in item.items() if name != "orderid"}
            for item in log.rows()
        ]

    def begin(self) -> None:
        """Read the skus of the products anew, too."""
        super().begin()
        self.account.products(*self.scope).begin()

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """One envelope; a receipt and a credited order go before an orderid."""
        return super().list(_overriding(parameters))

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse a VAT that leaves nothing, or less, of a price without it, and a taken id."""
        if any(row["vatvalue"] <= _LEAST_VAT for row in changes.get("orderitems", ())):
            raise Refusal(400, "Invalid value in vatvalue")
        external = changes.get("externalid")
        if external is not None:
            # "Unique for a system": over all its sites.
            sites = self.account.places(_ORDERS)
            others = (order for place in sites for order in place.items.values())
            if any(other["externalid"] == external and other is not item for other in others):
                raise Refusal(400, f"Invalid value in externalid ({external} already exists)")

    def insert(self, key: Any, changes: Item) -> Any:
        """Store an order and open its log."""
        super().insert(key, changes)
        log = self.account.place(_LOG_ITEMS, *self.scope, key)
        log.insert(log.new_key({}), {"orderlogtypeid": _CREATED})
        self._derive(self.items[key], self.derived)
        order_changed(self.account, self.items[key], "add")
        return key

    def store(self, item: Item, changes: Item) -> None:
        """Store changes, and tell of them."""
        before = item["orderstateid"]
        super().store(item, changes)
        order_changed(self.account, item, "update", before)

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Compute the rows and the totals."""
        item["eshopid"] = self.scope[0]
        if "orderitems" in changes:
            products = self.account.products(*self.scope).names
            item["orderitems"] = [
                _row(row, index, products.owner("sku", row["sku"]) or 0)
                for index, row in enumerate(changes["orderitems"])
            ]
        item |= _totals(item["orderitems"])
        super().settle(item, changes, before)


def _overriding(parameters: Parameters) -> Parameters:
    strong = parameters.get("receiptid") or parameters.get("creditorderid")
    return {**parameters, "orderid": None} if strong else parameters


def _totals(rows: Sequence[Item]) -> dict[str, str]:
    net = sum((number(row["moneyitemtotal_net"]) for row in rows), Decimal(0))
    vat = sum((number(row["moneyitemtotal_vat"]) for row in rows), Decimal(0))
    taxes = [tax for row in rows for tax in row["salestaxes"]]
    salestax = sum((number(tax["moneytax"]) for tax in taxes), Decimal(0))
    return {
        "moneytotal_net": money(net),
        "moneytotal_vat": money(vat),
        "moneyfinal_net": money(net),
        "moneyfinal_vat": money(vat),
        "moneyfinal_salestax": money(salestax),
        "moneytotal_gross_all": money(net + vat + salestax),
    }


class AllOrders(View):
    """The orders of all sites."""

    home = _ORDERS

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = _FILTERS

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """One envelope; a receipt and a credited order go before an orderid."""
        return super().list(_overriding(parameters))


class LogItems(Collection):
    """The log of one order, as it was written."""

    def new_key(self, changes: Item) -> int:
        """The place in the log."""
        del changes
        return len(self.items)

    def insert(self, key: Any, changes: Item) -> Any:
        """Write into the log, and tell of what staff did with the order."""
        super().insert(key, changes)
        site, orderid = self.scope
        order = self.account.place(_ORDERS, site).existing(orderid)
        order_logged(self.account, order, changes["orderlogtypeid"])
        return key

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Note the order."""
        item["orderid"] = self.scope[-1]
        super().settle(item, changes, before)


class Deliveries(Collection):
    """The deliveries of one order."""

    def add(self, sent: Any, parameters: Parameters) -> int:
        """Deliver, and move the stock unless ``ignorestock=true``."""
        changes = self.checked_add(sent, parameters)
        key: int = self.insert(self.new_key(changes), changes)
        delivery_changed(self.account, self.scope[0], self.items[key], "add")
        if not parameters.get("ignorestock"):
            self._move(self.items[key])
        return key

    def store(self, item: Item, changes: Item) -> None:
        """Store changes, and tell of them."""
        super().store(item, changes)
        delivery_changed(self.account, self.scope[0], item, "update")

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse a warehouse or a row that is none, and more than was ordered."""
        site, orderid = self.scope
        warehouses = self.account.place("/sites/{}/warehouses", site)
        if "warehouseid" in changes and not warehouses.has(changes["warehouseid"]):
            raise Refusal(400, "Invalid value in warehouseid")
        rows = self.account.place(_ORDERS, site).existing(orderid)["orderitems"]
        ordered = {row["orderitemid"]: row["quantity"] for row in rows}
        delivered = collections.Counter[int]()
        for delivery in self.items.values():
            for row in delivery["orderdeliveryitems"] if delivery is not item else ():
                delivered[row["orderitemid"]] += row["quantity"]
        for row in changes.get("orderdeliveryitems", ()):
            orderitemid, quantity = row["orderitemid"], row["quantity"]
            if orderitemid not in ordered:
                raise Refusal(400, "Invalid value in orderitemid")
            delivered[orderitemid] += quantity
            # A refund is a row of less than nothing, and so is its delivery.
            left = ordered[orderitemid] - delivered[orderitemid]
            if quantity == 0 or quantity * left < 0:
                raise Refusal(400, "Invalid value in quantity")

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Number the delivery's items."""
        item["orderid"] = self.scope[-1]
        if "orderdeliveryitems" in changes:
            item["orderdeliveryitems"] = [
                {
                    **row,
                    "orderdeliveryitemid": self.account.next_number("orderdeliveryitemid"),
                    "orderdeliveryid": item["orderdeliveryid"],
                }
                for row in changes["orderdeliveryitems"]
            ]
        super().settle(item, changes, before)

    def _move(self, delivery: Item) -> None:
        site, orderid = self.scope
        ordered = self.account.place(_ORDERS, site).existing(orderid)["orderitems"]
        moved: list[Item] = []
        for row in delivery["orderdeliveryitems"]:
            item = ordered[row["orderitemid"]]
            quantity = row["quantity"] * number(item["decimalunitquantity"] or 1)
            if item["sku"]:
                moved.append({"sku": item["sku"], "decimalquantity": decimal(-quantity)})
        if is_virtual(self.account, site, delivery["warehouseid"]):
            # "None on Virtual warehouses": the stock goes down without a transaction.
            items = warehouse_items(self.account, site, delivery["warehouseid"])
            for row in moved:
                items.move(row["sku"], number(row["decimalquantity"]), Decimal(0))
        elif moved:
            sold = number(moved[0]["decimalquantity"]) < 0
            warehouse_transactions(self.account, site, delivery["warehouseid"]).record(
                {
                    "transactiontype": _SALE if sold else _REFUND,
                    "orderdeliveryid": delivery["orderdeliveryid"],
                },
                moved,
            )


class AllDeliveries(View):
    """The deliveries of all orders of a site."""

    home = _DELIVERIES
