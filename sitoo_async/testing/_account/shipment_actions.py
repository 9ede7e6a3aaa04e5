"""What can be done to a shipment of v3, in which state, and which stock it moves."""

from __future__ import annotations

import collections
from decimal import Decimal
from typing import TYPE_CHECKING

from sitoo_async.testing._account.amounts import decimal
from sitoo_async.testing._account.stock import is_virtual, warehouse_items, warehouse_transactions
from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._reference.services import service_facts
from sitoo_async.testing._reference.shapes import check_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item

__all__ = ["ACTIVE", "END", "Actions"]

_FACTS = "shipments-v3"

ACTIVE = frozenset({"new", "in-transit", "arrived"})
END = frozenset({"closed", "closed-incomplete", "cancelled"})

_MOVE_IN, _MOVE_OUT = 10, 20

_FROM: Mapping[str, frozenset[str]] = {
    "in-transit": frozenset({"new"}),
    "arrived": frozenset({"in-transit"}),
    "closed": frozenset({"arrived"}),
    "closed-incomplete": frozenset({"arrived"}),
    "cancelled": ACTIVE,
    "info-update": ACTIVE,
    "package-add": ACTIVE,
    "package-update": ACTIVE,
    "package-remove": ACTIVE,
    "items-receive": frozenset({"arrived"}),
    "items-receive-undeclared": frozenset({"arrived"}),
}
"""From which states each action is allowed.

The reference doesn't show the names of the actions. One that takes a shipment to another state
bears the name of that state here, and the others are named for what they do.
"""

_DATA: Mapping[str, str] = {
    "info-update": "ShipmentInfo",
    "package-add": "ShipmentPackage",
    "package-update": "ShipmentPackage",
    "package-remove": "ShipmentPackage",
    "items-receive": "ShipmentReceivedItems",
    "items-receive-undeclared": "ShipmentReceivedItemsUndeclared",
}


class Actions:
    """Does what clients ask for; that stock moves is documented, by which actions is inferred.

    What leaves is moved out of the warehouse it comes from, what is received into the one it goes
    to. Neither happens where the shipment names no warehouse of the account.
    """

    def __init__(self, account: Account, completed: Callable[[Item], Item]) -> None:
        self._account = account
        self._completed = completed
        self._facts = service_facts(_FACTS)
        self._received: dict[str, collections.Counter[str]] = collections.defaultdict(
            collections.Counter
        )
        self._work: Mapping[str, Callable[[Item, Item], None]] = {
            "info-update": lambda shipment, data: shipment["info"].update(data),
            "package-add": self._add_package,
            "package-update": self._update_package,
            "package-remove": self._remove_package,
            "items-receive": self._receive,
            "items-receive-undeclared": self._receive_undeclared,
        }

    def act(self, shipment: Item, action: Item) -> None:
        """Do `action` to `shipment`.

        Raises:
            Refusal: 400, there is no such action, it isn't allowed in this state, or its data are
                wrong.
        """
        kind = action.get("type")
        if kind is None:
            raise Refusal(400, "The field type is required.", code="field-missing", field="type")
        if kind not in _FROM:
            message = f"There is no action {kind}; there are {', '.join(_FROM)}."
            raise Refusal(400, message, code="field-validation", field="type")
        if shipment["state"] not in _FROM[kind]:
            message = f"{kind} is not allowed in the state {shipment['state']}."
            raise Refusal(400, message, code="field-validation", field="type")
        if kind in self._work:
            data = action.get("data", {})
            check_object(self._facts, _DATA[kind], data, "data")
            self._work[kind](shipment, data)
        else:
            self._reach(shipment, kind)

    def _add_package(self, shipment: Item, data: Item) -> None:
        shipment["packages"].append(self._completed(data))

    def _update_package(self, shipment: Item, data: Item) -> None:
        place = _place(shipment, data)
        shipment["packages"][place] = self._completed(shipment["packages"][place] | data)

    def _remove_package(self, shipment: Item, data: Item) -> None:
        del shipment["packages"][_place(shipment, data)]

    def _reach(self, shipment: Item, state: str) -> None:
        if state == "in-transit":
            sent = {sku: -quantity for sku, quantity in _quantities(shipment).items()}
            self._move(shipment["info"].get("origin_warehouse_id"), sent)
        if state == "closed":
            self._close(shipment)
        shipment["state"] = state

    def _close(self, shipment: Item) -> None:
        received = self._received[shipment["id"]]
        if not received and not shipment["items_undeclared"]:
            # Nobody counted: all of it came.
            self._move(shipment["info"].get("destination_warehouse_id"), _quantities(shipment))
            return
        short = [item for item in _items(shipment) if received[item["id"]] != _quantity(item)]
        if short or shipment["items_undeclared"]:
            message = "Not all was received as declared: closed-incomplete says so."
            raise Refusal(400, message, code="field-validation", field="type")

    def _receive(self, shipment: Item, data: Item) -> None:
        declared = {item["id"]: item for item in _items(shipment)}
        now = collections.Counter[str]()
        moved = collections.Counter[str]()
        for index, row in enumerate(data.get("items", ())):
            at = f"data.items[{index}]"
            key, quantity = row.get("item_id"), _quantity(row)
            if key not in declared:
                message = "There is no such item in the packages."
                raise Refusal(400, message, code="field-validation", field=f"{at}.item_id")
            now[key] += quantity
            total = self._received[shipment["id"]][key] + now[key]
            if quantity < 1 or total > _quantity(declared[key]):
                message = "More than was declared, or less than one."
                raise Refusal(400, message, code="field-validation", field=f"{at}.quantity")
            moved[declared[key].get("sku", "")] += quantity
        self._received[shipment["id"]] += now
        self._move(shipment["info"].get("destination_warehouse_id"), moved)

    def _receive_undeclared(self, shipment: Item, data: Item) -> None:
        rows: list[Item] = data.get("items", [])
        shipment["items_undeclared"] += rows
        moved = collections.Counter[str]()
        for row in rows:
            moved[row.get("sku", "")] += _quantity(row)
        self._move(shipment["info"].get("destination_warehouse_id"), moved)

    def _move(self, warehouseid: int | None, quantities: Mapping[str, int]) -> None:
        rows = [
            {"sku": sku, "decimalquantity": decimal(Decimal(quantity))}
            for sku, quantity in quantities.items()
            if sku and quantity
        ]
        sites = [
            site
            for site in self._account.sites
            if self._account.place("/sites/{}/warehouses", site).has(warehouseid)
        ]
        # What an account holds from the start is counted already.
        if not rows or not sites or warehouseid is None or self._account.is_seeding:
            return
        if is_virtual(self._account, sites[0], warehouseid):
            items = warehouse_items(self._account, sites[0], warehouseid)
            for row in rows:
                items.move(row["sku"], Decimal(row["decimalquantity"]), Decimal(0))
            return
        kind = _MOVE_OUT if rows[0]["decimalquantity"].startswith("-") else _MOVE_IN
        transactions = warehouse_transactions(self._account, sites[0], warehouseid)
        transactions.record({"transactiontype": kind}, rows)


def _items(shipment: Item) -> Iterator[Item]:
    for package in shipment["packages"]:
        yield from package["items"]


def _quantity(item: Item) -> int:
    quantity: int = item.get("quantity", 0)
    return quantity


def _quantities(shipment: Item) -> Mapping[str, int]:
    found = collections.Counter[str]()
    for item in _items(shipment):
        found[item.get("sku", "")] += _quantity(item)
    return found


def _place(shipment: Item, data: Item) -> int:
    keys = [package["id"] for package in shipment["packages"]]
    if data.get("id") not in keys:
        message = "There is no such package in the shipment."
        raise Refusal(400, message, code="field-validation", field="data.id")
    return keys.index(data["id"])
