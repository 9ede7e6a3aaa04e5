"""The v3 services of an account: which part of it answers which operation."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._account.catalogue import CATALOGUE_DATE
from sitoo_async.testing._account.journals import Journals
from sitoo_async.testing._account.purchase_prices import PurchasePrices
from sitoo_async.testing._account.shipments_v3 import ShipmentsV3
from sitoo_async.testing._reference.routes_v3 import query_values, route_v3

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item, Parameters

__all__ = ["ServicesV3"]

_DAY = 86_400


class ServicesV3:
    """Journals, purchase prices and shipments of one account, with a little in each."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self.journals = Journals(account)
        self.purchase_prices = PurchasePrices(account)
        self.shipments = ShipmentsV3(account)
        self._work: Mapping[str, Callable[[Sequence[str], Parameters, Any], Item | None]] = {
            "Get Journal Entries": self.journals.find,
            "Get Price Lists": self.purchase_prices.find,
            "Add Price List": self.purchase_prices.add,
            "Get Price List": self.purchase_prices.get,
            "Update Price List": self.purchase_prices.update,
            "Delete Price List": self.purchase_prices.delete,
            "Get Price List Items": self.purchase_prices.find_items,
            "Set Price List Items": self.purchase_prices.set_items,
            "Delete Price List Items": self.purchase_prices.delete_items,
            "Get Shipments": self.shipments.find,
            "Add Shipment": self.shipments.add,
            "Get Shipment": self.shipments.get,
            "Delete Shipment": self.shipments.delete,
            "Get Shipment Actions": self.shipments.find_actions,
            "Add Shipment Action": self.shipments.act,
        }
        self._build()

    def answer(
        self, service: str, method: str, path: Sequence[str], query: Mapping[str, str], body: Any
    ) -> tuple[int, Item | None]:
        """Do what a request asks for.

        Args:
            service: the service, such as ``shipments-v3``.
            method: the HTTP method.
            path: the decoded parts of the path below the service's root.
            query: the parameters.
            body: the decoded JSON of the request.

        Returns:
            The status, and what is sent back with it; None: nothing.

        Raises:
            Refusal: anything else.
        """
        found = route_v3(service, method, path)
        # What is stored changes later; the record of the request doesn't.
        sent = copy.deepcopy(body)
        value = self._work[found.name](found.values, query_values(found, query), sent)
        return (200, value) if value is not None else (204, None)

    def items(self, service: str, path: Sequence[str]) -> dict[Any, Any]:
        """The live store at a path.

        Raises:
            KeyError: there is none.
        """
        match service, *path:
            case "journals-v3", "journal-entries":
                self.journals.write_down()
                return self.journals.entries
            case "purchase-prices-v3", "price-lists":
                return self.purchase_prices.lists
            case "purchase-prices-v3", "price-lists", key, "items" if (
                key in self.purchase_prices.lists
            ):
                return self.purchase_prices.prices[key]
            case "purchase-prices-v3", "mappings":
                return self.purchase_prices.mappings
            case "shipments-v3", "shipments":
                return self.shipments.shipments
            case _:
                raise KeyError("/".join(path))

    def put_in(self, service: str, path: Sequence[str], item: Item) -> Any:
        """Add an item to the collection at a path, or set it there, as a request would.

        Returns:
            The id of what was added or changed.

        Raises:
            Refusal: the server would refuse it; 404, there is no such path.
        """
        if service == "purchase-prices-v3" and path[-1] == "items":
            self.answer(service, "PUT", path, {}, {"items": [item]})
            return item["sku"]
        _, added = self.answer(service, "POST", path, {}, item)
        assert added is not None  # noqa: S101  # each POST of a v3 service answers an object
        return added["id"]

    def _build(self) -> None:
        site = self._account.sites[0]
        skus = [
            product["sku"]
            for product in list(self._account.products(site).items.values())[:10]
            if product.get("sku")
        ]
        with self._account.at(CATALOGUE_DATE):
            franchise = {"id": "A", "owner_eshop_id": site, "name": "Franchise A"}
            self.purchase_prices.add((), {}, {**franchise, "currency": "SEK"})
            prices = [{"sku": sku, "price": "49.00"} for sku in skus]
            self.purchase_prices.set_items(["A"], {}, {"items": prices})
        # Of the first two warehouses, if a test has left them there.
        ends = dict(
            zip(
                ("origin_warehouse_id", "destination_warehouse_id"),
                self._account.place("/sites/{}/warehouses", site).items,
                strict=False,
            )
        )
        for index, steps in enumerate(((), ("in-transit",), ("in-transit", "arrived", "closed"))):
            arrival = CATALOGUE_DATE + (index + 2) * _DAY
            info = {
                "reference_number": f"SH-{index + 1}",
                "currency": "SEK",
                **ends,
                "carrier": {"name": "Post", "estimated_delivery_at": arrival},
            }
            items = [{"sku": sku, "quantity": 2, "cost_price": 4900} for sku in skus[:2]]
            sent = {"info": info, "packages": [{"barcode": f"P-{index + 1}", "items": items}]}
            with self._account.at(CATALOGUE_DATE + index * _DAY):
                added = self.shipments.add((), {}, sent)
                for step in steps:
                    self.shipments.act([added["id"]], {}, {"type": step})
