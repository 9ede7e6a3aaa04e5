"""Stock: the items of a warehouse and the transactions that move them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._account.amounts import decimal, money, number
from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._account.events import stock_moved
from sitoo_async.testing._account.keyed import Rows, View
from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Filter, Item, Parameters
    from sitoo_async.testing._reference.tables import Table

__all__ = [
    "ITEMS",
    "STOCKTAKING",
    "TRANSACTIONS",
    "AllTransactions",
    "Transactions",
    "WarehouseItems",
    "is_virtual",
    "warehouse_items",
    "warehouse_transactions",
]

ITEMS = "/sites/{}/warehouses/{}/warehouseitems"
TRANSACTIONS = "/sites/{}/warehouses/{}/warehousetransactions"

STOCKTAKING = 50
_VIRTUAL = 20
_MOST_TRANSACTIONS = 1000


def is_virtual(account: Account, site: int, warehouseid: int) -> bool:
    """Whether the stock of a warehouse is set directly; that of a FIFO one is moved."""
    warehouse = account.place("/sites/{}/warehouses", site).existing(warehouseid)
    return bool(warehouse["warehousetype"] == _VIRTUAL)


def warehouse_items(account: Account, site: int, warehouseid: int) -> WarehouseItems:
    """The stock of a warehouse."""
    return cast("WarehouseItems", account.place(ITEMS, site, warehouseid))


def warehouse_transactions(account: Account, site: int, warehouseid: int) -> Transactions:
    """The transactions of a warehouse."""
    return cast("Transactions", account.place(TRANSACTIONS, site, warehouseid))


class WarehouseItems(Rows):
    """The stock of one warehouse by sku; setting an item makes it if there is none.

    Attributes:
        layers: quantity and price of what came in and has not gone out, the oldest first.
    """

    kept = ("items", "layers")

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.layers: dict[str, list[tuple[Decimal, Decimal]]] = {}
        self.derived = {
            "decimalavailable": lambda item: decimal(
                number(item["decimaltotal"]) - number(item["decimalreserved"]),
            ),
        }

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse to set stock that only transactions move."""
        del item
        moved = {"decimaltotal", "moneytotal"} & changes.keys()
        if moved and not is_virtual(self.account, *self.scope):
            raise Refusal(400, f"Invalid value in {min(moved)} (Use transactions for FIFO)")

    def update_named(self, sent: Any, parameters: Parameters) -> Any:
        """Set an item and return its warehouseitemid."""
        return self.items[super().update_named(sent, parameters)]["warehouseitemid"]

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Number a new item."""
        if not item["warehouseitemid"]:
            item["warehouseitemid"] = self.account.next_number("warehouseitemid")
            item["warehouseid"] = self.scope[-1]
        super().settle(item, changes, before)

    def total(self, sku: str) -> Decimal:
        """How many there are."""
        return number(self.items[sku]["decimaltotal"]) if sku in self.items else Decimal(0)

    def move(self, sku: str, quantity: Decimal, price: Decimal) -> Item:
        """Take in a positive quantity at `price`, or give out a negative one, the oldest first.

        Returns:
            The row of the transaction.
        """
        if sku not in self.items:
            self.insert(sku, {"sku": sku})
        item = self.items[sku]
        layers = self.layers.setdefault(sku, [])
        total = number(item["decimaltotal"]) + quantity
        if quantity > 0:
            # What fills up a negative stock is gone already.
            layers.append((max(Decimal(0), min(quantity, total)), price))
            value = layers[-1][0] * price
        else:
            value = -_taken(layers, -quantity)
        worth = number(item["moneytotal"]) + value
        self.store(item, {"decimaltotal": decimal(total), "moneytotal": money(worth)})
        return {
            "warehouseitemlogid": self.account.next_number("warehouseitemlogid"),
            "warehouseitemid": item["warehouseitemid"],
            "decimalquantity": decimal(quantity),
            "decimaltotal": decimal(total),
            "moneypricein": money(price),
            "moneytotal": money(worth),
            "moneyvalue": money(value),
            "sku": sku,
        }


def _taken(layers: list[tuple[Decimal, Decimal]], quantity: Decimal) -> Decimal:
    value = Decimal(0)
    while quantity and layers:
        held, price = layers.pop(0)
        taken = min(held, quantity)
        value += taken * price
        quantity -= taken
        if held > taken:
            layers.insert(0, (held - taken, price))
    return value


# "Sales, Refund and StockTaking are read only."
_ADDED = frozenset({10, 20})

# "Ending before", as the reference says it of transactions alone.
_FILTERS: dict[str, Filter] = {
    "datecreatedto": lambda bound: lambda item: item.get("datecreated", bound) < bound,
}


class Transactions(Collection):
    """The transactions of one warehouse."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = _FILTERS

    def record(self, changes: Item, rows: Iterable[Item]) -> int:
        """Move the stock of `rows` (sku, decimalquantity, moneypricein) and write it down.

        Returns:
            The warehousetransactionid.
        """
        key: int = self.new_key(changes)
        items = warehouse_items(self.account, *self.scope)
        logged = [
            items.move(row["sku"], number(row["decimalquantity"]), number(row.get("moneypricein")))
            | {"warehousetransactionid": key}
            for row in rows
        ]
        if changes["transactiontype"] == STOCKTAKING:
            for row in logged:
                items.items[row["sku"]]["datelaststocktaking"] = self.now()
        self.insert(key, {**changes, "items": logged, "warehouseid": self.scope[-1]})
        site, warehouseid = self.scope
        stock_moved(self.account, site, warehouseid, key)
        return key


class AllTransactions(View):
    """The transactions of all warehouses of a site, where new ones are added too."""

    home = TRANSACTIONS

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = _FILTERS

    def check_batch(self, body: Sequence[Any]) -> None:
        """Refuse more than the reference allows at once."""
        if len(body) > _MOST_TRANSACTIONS:
            raise Refusal(400, f"Invalid input, at most {_MOST_TRANSACTIONS} transactions.")

    def add(self, sent: Any, parameters: Parameters) -> int:
        """Move stock and return the warehousetransactionid."""
        changes = self.checked_add(sent, parameters)
        if changes["transactiontype"] not in _ADDED:
            raise Refusal(400, "Invalid value in transactiontype")
        site, warehouseid = self.scope[0], changes["warehouseid"]
        if is_virtual(self.account, site, warehouseid):
            raise Refusal(400, "Invalid value in warehouseid (Virtual)")
        rows = changes.pop("items")
        return warehouse_transactions(self.account, site, warehouseid).record(changes, rows)
