"""Warehouse batches: sessions that become a transaction when they are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.amounts import decimal, number
from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._account.keyed import Rows
from sitoo_async.testing._account.stock import (
    STOCKTAKING,
    is_virtual,
    warehouse_items,
    warehouse_transactions,
)
from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from sitoo_async.testing._reference.parameters import Item, Parameters

__all__ = ["BatchItems", "Batches"]

_BATCHES = "/sites/{}/warehouses/{}/warehousebatches"
_BATCH_ITEMS = f"{_BATCHES}/{{}}/warehousebatchitems"

_OPEN = 10
_CLOSED = 20


class Batches(Collection):
    """The batches of one warehouse."""

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse a second open batch of a type, and any change of a closed one."""
        if item is None:
            if is_virtual(self.account, *self.scope):
                raise Refusal(400, "Invalid value in warehouseid (Virtual)")
            if changes.get("warehousebatchstate", _OPEN) != _OPEN:
                raise Refusal(400, "Invalid value in warehousebatchstate")
            # Seen from outside only: adding a second one fails, and clients take the open one.
            if any(
                batch["warehousebatchstate"] == _OPEN
                and batch["transactiontype"] == changes["transactiontype"]
                for batch in self.items.values()
            ):
                raise Refusal(400, "Invalid value in transactiontype (A batch is open already)")
        elif item["warehousebatchstate"] != _OPEN:
            raise Refusal(400, "The warehouse batch is closed.")
        elif changes.get("transactiontype", item["transactiontype"]) != item["transactiontype"]:
            raise Refusal(400, "Invalid value in transactiontype")

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Make the transaction of a batch that was just closed."""
        item["warehouseid"] = self.scope[-1]
        if item["warehousebatchstate"] == _CLOSED:
            item["warehousetransactionid"] = self._transaction(item)
        super().settle(item, changes, before)

    def _transaction(self, batch: Item) -> int:
        rows = [
            dict(row)
            for row in self.account.place(
                _BATCH_ITEMS,
                *self.scope,
                batch["warehousebatchid"],
            ).items.values()
        ]
        if batch["transactiontype"] == STOCKTAKING:
            # What was counted becomes the stock, so the difference is moved.
            items = warehouse_items(self.account, *self.scope)
            for row in rows:
                counted = number(row["decimalquantity"])
                row["decimalquantity"] = decimal(counted - items.total(row["sku"]))
        carried = ("transactiontype", "shipmentid", "externalid", "reasoncode")
        changes = {name: batch[name] for name in carried} | {"description": batch["comment"]}
        return warehouse_transactions(self.account, *self.scope).record(changes, rows)


class BatchItems(Rows):
    """What was counted or moved in one batch, by sku."""

    def _check_open(self) -> None:
        batch = self.account.place(_BATCHES, *self.scope[:-1]).existing(self.scope[-1])
        if batch["warehousebatchstate"] != _OPEN:
            raise Refusal(400, "The warehouse batch is closed.")

    def check(self, changes: Item, item: Item | None) -> None:
        """Refuse to set an item of a closed batch."""
        del changes, item
        self._check_open()

    def settle(self, item: Item, changes: Item, before: Item) -> None:
        """Number a new item."""
        if not item["warehousebatchitemid"]:
            item["warehousebatchitemid"] = self.account.next_number("warehousebatchitemid")
            item["warehousebatchid"] = self.scope[-1]
            stock = warehouse_items(self.account, *self.scope[:-1]).items.get(item["sku"], {})
            item["warehouseitemid"] = stock.get("warehouseitemid", 0)
        super().settle(item, changes, before)

    def delete(self, key: Any, parameters: Parameters) -> None:
        """Delete an item of an open batch."""
        self._check_open()
        super().delete(key, parameters)
