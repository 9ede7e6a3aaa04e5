"""Service orders, shipments, users and custom metrics."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._account.events import shipment_changed
from sitoo_async.testing._account.keyed import Rows, Shared
from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters
    from sitoo_async.testing._reference.tables import Table

__all__ = ["MetricValues", "Metrics", "ServiceOrders", "Shipments", "Users"]

_METRICS = "/custom_metrics"
_VALUES = "/custom_metric_values"

_FIRST_SERVICE_ORDER = 0x102DC4AA3

_ACTIVE, _ARCHIVED = 20, 30
_IN_TRANSIT, _RECEIVED = 10, 20


class ServiceOrders(Collection):
    """The service orders of the account, paged by the last id that was seen."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = {
            "store": lambda wanted: lambda order: order.get("store", {}).get("id") == wanted,
        }

    def new_key(self, changes: Item) -> str:
        """The next id: capital hexadecimal digits, as in the reference's examples."""
        del changes
        return f"{_FIRST_SERVICE_ORDER + self.account.next_number('service_order_id') - 1:X}"

    def checked_add(self, sent: Any, parameters: Parameters) -> Item:
        """What an add may store."""
        return super().checked_add(_with_one_product(sent), parameters)

    def update(self, key: Any, sent: Any, parameters: Parameters) -> Any:
        """Change the fields that were sent, and no others."""
        return super().update(key, _with_one_product(sent), parameters)

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse a revision in an add, and an update of any other than the present one."""
        if item is None:
            if "revision" in changes:
                raise Refusal(400, 'Invalid input, "revision" is a read-only field.')
        elif "revision" not in changes:
            raise Refusal(400, "400: Missing required field 'revision'.")
        elif changes["revision"] != item["revision"]:
            raise Refusal(412, "412: Precondition Failed")

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Make a changed order the next revision."""
        if before:
            item["revision"] += 1
        super().settle(item, changes, before)

    def _ordered(self, found: Sequence[Item], parameters: Parameters) -> Sequence[Item]:
        ordered = super()._ordered(found, parameters)
        last = parameters.get("start_after_id")
        if last is None:
            return ordered
        ids = [order["id"] for order in ordered]
        if last not in ids:
            raise Refusal(400, "Invalid value in start_after_id")
        return ordered[ids.index(last) + 1 :]


class Shipments(Collection):
    """The shipments of the account."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = {
            "archived": lambda wanted: (
                lambda shipment: (
                    wanted not in {_ACTIVE, _ARCHIVED}
                    or shipment.get("archived", False) == (wanted == _ARCHIVED)
                )
            ),
            "any_warehouseid": lambda wanted: (
                lambda shipment: (
                    shipment.get("sender_warehouseid") in wanted
                    or shipment.get("receiver_warehouseid") in wanted
                )
            ),
        }

    def list(self, parameters: Parameters) -> dict[str, Any]:
        """One envelope; a filter on either end goes before those on one end."""
        if parameters.get("any_warehouseid"):
            ignored = dict.fromkeys(("sender_warehouseid", "receiver_warehouseid"))
            parameters = {**parameters, **ignored}
        return super().list(parameters)

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse a package whose barcode another one bears."""
        others = [shipment for shipment in self.rows() if shipment is not item]
        packages = [package for other in others for package in other["shipmentpackages"]]
        seen = {package["barcode"] for package in packages}
        for package in changes.get("shipmentpackages", ()):
            barcode = package["barcode"]
            if barcode and barcode in seen:
                raise Refusal(400, f"Invalid value in barcode ({barcode} already exists)")
            seen.add(barcode)

    def insert(self, key: Any, changes: Item) -> Any:
        """Store a shipment, and tell of it."""
        super().insert(key, changes)
        shipment_changed(self.account, self.items[key], "add")
        return key

    def store(self, item: Item, changes: Item) -> None:
        """Store changes, and tell of them."""
        before = item["shipmentstate"]
        super().store(item, changes)
        shipment_changed(self.account, item, "update", before)

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Note when a state was reached."""
        state = item["shipmentstate"]
        for reached, date in ((_IN_TRANSIT, "dateintransit"), (_RECEIVED, "datereceived")):
            if state == reached and item[date] is None:
                item[date] = self.now()
        super().settle(item, changes, before)


class Users(Shared):
    """The users of the account.

    Attributes:
        pins: their PINs by userid, which are never shown.
    """

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.pins = account.shared("pin")

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse the PIN of somebody else."""
        own = None if item is None else item["userid"]
        if any(pin["pin"] == changes.get("pin") for key, pin in self.pins.items() if key != own):
            raise Refusal(400, "Invalid value in pin (It already exists)")

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Note the PIN."""
        if "pin" in changes:
            self.pins[item["userid"]] = {"pin": changes["pin"]}
        super().settle(item, changes, before)

    def forget(self, item: Item) -> None:
        """Free the PIN."""
        self.pins.pop(item["userid"], None)
        super().forget(item)

    def new_key(self, changes: Item) -> str:
        """A new GUID in braces; the seed decides which."""
        del changes
        name = f"{self.account.seed}/{self.account.next_number('userid')}"
        return f"{{{str(uuid.uuid5(uuid.NAMESPACE_OID, name)).upper()}}}"


class Metrics(Collection):
    """The custom metrics of the account, by key; they never change."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        self.filters = {"keys": _is_one_of_keys}

    def forget(self, item: Item) -> None:
        """Delete the values with the metric."""
        values = self.account.place(_VALUES).items
        for name in [name for name in values if name[0] == item["key"]]:
            del values[name]
        super().forget(item)


def _is_one_of_keys(wanted: str) -> Callable[[Item], bool]:
    keys = set(wanted.split(","))
    return lambda item: item["key"] in keys


class MetricValues(Rows):
    """The values of all custom metrics, by metric, day and store."""

    def __init__(self, table: Table, account: Account, scope: tuple[Any, ...]) -> None:
        super().__init__(table, account, scope)
        # A day and a store select only among the values that are grouped by them.
        self.filters = {
            "keys": _is_one_of_keys,
            "store_id": lambda wanted: lambda value: value.get("store_id", wanted) == wanted,
        }

    def update_named(self, sent: Any, parameters: Parameters) -> tuple[str, ...]:
        """Set a value."""
        changes = self.checked_add(sent, parameters)
        metric = self.account.place(_METRICS).existing(changes["key"])
        for part, name in (("date", "date"), ("store", "store_id")):
            if part in metric["grouping"] and name not in changes:
                raise Refusal(400, f"400: Missing required field '{name}'.")
        if "date" in changes:
            _day(changes["date"])
        key = (changes["key"], changes.get("date", ""), changes.get("store_id", ""))
        self.items[key] = changes
        return key

    def _filtered(self, rows: Iterable[Item], parameters: Parameters) -> Sequence[Item]:
        found = super()._filtered(rows, {**parameters, "date": None})
        if parameters.get("date") is None:
            return found
        first = _day(parameters["date"])
        length = dt.timedelta(days=parameters.get("num_days") or 1)
        return [
            value
            for value in found
            if "date" not in value or dt.timedelta(0) <= _day(value["date"]) - first < length
        ]

    def delete(self, key: Any, parameters: Parameters) -> None:
        """Delete the values of a metric that the filters select."""
        self.account.place(_METRICS).existing(key)
        selected = self._filtered(self.rows(), {**parameters, "keys": key})
        for name in [name for name, value in self.items.items() if value in selected]:
            del self.items[name]


def _with_one_product(sent: Any) -> Any:
    """A service order, whose product the reference prints as an object and as a list of one."""
    match sent:
        case {"product": [product]}:
            return {**sent, "product": product}
        case _:
            return sent


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise Refusal(400, "Invalid value in date") from None
