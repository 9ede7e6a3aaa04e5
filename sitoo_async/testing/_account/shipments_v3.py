"""Shipments v3: which shipments a query selects, and how actions take one from state to state."""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.cursors import cursor_page
from sitoo_async.testing._account.events import shipment_v3_changed
from sitoo_async.testing._account.shipment_actions import ACTIVE, END, Actions
from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._reference.services import service_facts
from sitoo_async.testing._reference.shapes import check_object, check_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters

__all__ = ["ShipmentsV3"]

_SERVICE = "shipments-v3"
_ENDS = ("origin_warehouse_id", "destination_warehouse_id")


class ShipmentsV3:
    """The shipments of the account.

    Attributes:
        shipments: the shipments by id, packages and all.
        actions: what was done to each, the oldest first.
    """

    def __init__(self, account: Account) -> None:
        self._account = account
        self._facts = service_facts(_SERVICE)
        self._random = random.Random(f"{account.seed}/{_SERVICE}")  # noqa: S311  # ids, no secrets
        self._actions = Actions(account, self._package)
        self.shipments: dict[str, Item] = {}
        self.actions: dict[str, list[Item]] = {}

    def find(self, _values: Sequence[str], asked: Parameters, _sent: Any) -> Item:
        """One page: the newest first, or by the estimated delivery, without those that have none.

        Raises:
            Refusal: 400, active states and end states are asked for at once.
        """
        states = set(asked["shipment_state"] or ())
        if states & ACTIVE and states & END:
            message = "Ask for active states or for end states, not for both."
            raise Refusal(400, message, code="field-validation", field="shipment_state")
        sort = asked["sort"] or "-created_at"
        name = sort.removeprefix("-")
        found = [each for each in self.shipments.values() if not states or each["state"] in states]
        found = list(_between(_estimated(found, asked, name), asked))
        page = cursor_page(
            found,
            asked,
            _SERVICE,
            lambda each: (_moment(each, name), each["id"]),
            descending=sort.startswith("-"),
        )
        return {**page, "items": [_shown(each, asked) for each in page["items"]]}

    def get(self, values: Sequence[str], asked: Parameters, _sent: Any) -> Item:
        """One shipment, with its packages if they are asked for."""
        return _shown(self._existing(values), asked)

    def add(self, _values: Sequence[str], _asked: Parameters, sent: Any) -> Item:
        """Add a shipment in the state ``new`` and show all of it."""
        check_object(self._facts, "Shipment", sent)
        now = self._account.now()
        key = self._new_id()
        shipment: Item = {
            "id": key,
            "version": 0,
            "created_at": now,
            "modified_at": now,
            "state": "new",
            "info": {},
            "packages": [],
            "items_undeclared": [],
        }
        shipment |= sent
        shipment["packages"] = [self._package(package) for package in shipment["packages"]]
        self.shipments[key] = shipment
        self.actions[key] = []
        shipment_v3_changed(self._account, shipment, "add")
        return shipment

    def delete(self, values: Sequence[str], _asked: Parameters, _sent: Any) -> None:
        """Delete a shipment, whatever its state."""
        key = self._existing(values)["id"]
        del self.shipments[key]
        self.actions.pop(key, None)

    def find_actions(self, values: Sequence[str], asked: Parameters, _sent: Any) -> Item:
        """What was done to a shipment, the oldest first."""
        key = self._existing(values)["id"]
        done = enumerate(self.actions.get(key, ()))
        page = cursor_page(done, asked, f"{_SERVICE}/{key}", lambda numbered: (numbered[0],))
        return {**page, "items": [action for _, action in page["items"]]}

    def act(self, values: Sequence[str], _asked: Parameters, sent: Any) -> Item:
        """Do something to a shipment, and show all of it afterwards."""
        shipment = self._existing(values)
        before = shipment["state"]
        check_object(self._facts, "ShipmentAction", sent)
        self._actions.act(shipment, sent)
        now = self._account.now()
        shipment |= {"version": shipment["version"] + 1, "modified_at": now}
        self.actions.setdefault(shipment["id"], []).append({**sent, "created_at": now})
        shipment_v3_changed(self._account, shipment, "update", before)
        return shipment

    def _existing(self, values: Sequence[str]) -> Item:
        check_value(self._facts, "string uuid", values[0], "shipment_id")
        # A UUID is a number: the case of its letters says nothing.
        if values[0].lower() not in self.shipments:
            raise Refusal(404, f"There is no shipment {values[0]}.")
        return self.shipments[values[0].lower()]

    def _package(self, sent: Item) -> Item:
        """A package as it reads back: it and its items have ids."""
        items = [{"id": self._new_id(), **item} for item in sent.get("items", ())]
        return {"id": self._new_id(), **sent, "items": items}

    def _new_id(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))


def _estimated(found: Sequence[Item], asked: Parameters, name: str) -> Iterable[Item]:
    first, last = asked["estimated_delivery_from"], asked["estimated_delivery_to"]
    if first is None and last is None and name != "estimated_delivery_at":
        return found
    pairs = [(_moment(shipment, "estimated_delivery_at"), shipment) for shipment in found]
    return [
        shipment
        for moment, shipment in pairs
        if moment is not None
        and (first is None or moment >= first)
        and (last is None or moment <= last)
    ]


def _between(found: Iterable[Item], asked: Parameters) -> Iterable[Item]:
    wanted = {name: asked[name] for name in _ENDS if asked[name]}
    if not wanted:
        return found
    either = any if asked["warehouse_filter_mode"] == "or" else all
    return [
        shipment
        for shipment in found
        if either(shipment["info"].get(name) in ids for name, ids in wanted.items())
    ]


def _moment(shipment: Item, name: str) -> Any:
    if name == "created_at":
        return shipment["created_at"]
    return shipment["info"].get("carrier", {}).get("estimated_delivery_at")


def _shown(shipment: Item, asked: Parameters) -> Item:
    hidden = {name for name in ("packages", "items_undeclared") if not asked[f"include_{name}"]}
    return {name: value for name, value in shipment.items() if name not in hidden}
