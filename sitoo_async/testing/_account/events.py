"""What Sitoo tells a partner when something in an account changes: the data of each event."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item

__all__ = [
    "delivery_changed",
    "order_changed",
    "order_logged",
    "shipment_changed",
    "shipment_v3_changed",
    "stock_moved",
    "z_report_added",
]

Change = Literal["add", "update"]

_BOOKING = 100

# An abandoned order has no word of its own.
_ORDER_STATES: Mapping[int, str] = {0: "open", 10: "closed", 20: "cancelled"}

_LOGGED: Mapping[int, str] = {900: "ready-for-pickup", 910: "pickup-rejected"}

_SHIPMENT_STATES: Mapping[int, str] = {0: "new", 10: "in-transit", 20: "received"}


def order_changed(account: Account, order: Item, change: str, before: int | None = None) -> None:
    """Tell of an order or of a booking; `before` is the state that it had before an update."""
    state = order["orderstateid"]
    data = {"eshop_id": order["eshopid"], "order_id": order["orderid"]} | _warehouse(order)
    data["order_event_type"] = change
    if before not in {None, state} and state in _ORDER_STATES:
        data["order_state_changed"] = _ORDER_STATES[state]
    # A booking "has OrderData"; that it is told of instead of an order is inferred.
    account.happened("booking" if order["ordertypeid"] == _BOOKING else "order", data)


def order_logged(account: Account, order: Item, orderlogtypeid: int) -> None:
    """Tell of what was written into the log of an order, if it is one of the two known types."""
    if orderlogtypeid in _LOGGED:
        order_changed(account, order, _LOGGED[orderlogtypeid])


def delivery_changed(account: Account, site: int, delivery: Item, change: Change) -> None:
    """Tell of an order delivery. The names of its last two fields are inferred.

    One that is added through the API is done: it has a date, and its stock was moved.
    """
    data = {
        "eshop_id": site,
        "order_id": delivery["orderid"],
        "order_delivery_id": delivery["orderdeliveryid"],
        **_warehouse(delivery),
        "order_delivery_event_type": change,
    }
    if change == "add":
        data["order_delivery_state_changed"] = "delivered"
    account.happened("order-delivery", data)


def shipment_changed(
    account: Account, shipment: Item, change: Change, before: int | None = None
) -> None:
    """Tell of a shipment of v2. The names of all its fields are inferred."""
    state = shipment["shipmentstate"]
    data = {"shipment_id": shipment["shipmentid"], "shipment_event_type": change}
    if before not in {None, state} and state in _SHIPMENT_STATES:
        data["shipment_state_changed"] = _SHIPMENT_STATES[state]
    account.happened("shipment", data)


def shipment_v3_changed(
    account: Account, shipment: Item, change: Change, before: str | None = None
) -> None:
    """Tell of a shipment of v3. The names of all its fields are inferred."""
    data = {"shipment_id": shipment["id"], "shipment_event_type": change}
    if before not in {None, shipment["state"]}:
        data["shipment_state_changed"] = shipment["state"]
    account.happened("shipment-v3", data)


def stock_moved(account: Account, site: int, warehouseid: int, key: int) -> None:
    """Tell of a warehouse transaction. The names of all its fields are inferred."""
    data = {"eshop_id": site, "warehouse_id": warehouseid, "warehouse_transaction_id": key}
    account.happened("warehouse-transaction", data)


def z_report_added(account: Account, report: Item) -> None:
    """Tell of a z-report and of that of its store. The names of all their fields are inferred."""
    site = report["eshopid"]
    data = {"eshop_id": site, "register_id": report["registerid"]}
    account.happened("z-report", data | {"z_report_id": report["zreportid"]})
    for added_up in account.place("/store-z-reports").rows():
        if (
            added_up["eshopid"] == site
            and added_up["store_id"] == report["store_id"]
            and _day(added_up) == _day(report)
        ):
            of_store = {"eshop_id": site, "store_id": report["store_id"]}
            of_store |= {"store_z_report_id": added_up["zreportid"]}
            account.happened("store-z-report", of_store)


def _warehouse(item: Item) -> dict[str, Any]:
    return {} if item["warehouseid"] is None else {"warehouse_id": item["warehouseid"]}


def _day(report: Item) -> dt.date:
    return dt.datetime.fromtimestamp(report["datecreated"], dt.UTC).date()
