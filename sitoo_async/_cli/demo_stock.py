"""The demonstration's steps with orders and stock: walks by id, and a stocktaking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar

import attrs

from sitoo_async._cli.demo_report import Tally
from sitoo_async._cli.screen import Screen
from sitoo_async._client import SitooClient
from sitoo_async._paging.paginator import Paginator
from sitoo_async.models.orders import Order, OrderState
from sitoo_async.models.products import Product
from sitoo_async.models.warehouse_transactions import WarehouseTransaction
from sitoo_async.models.warehouses import Warehouse, WarehouseItem, WarehouseType
from sitoo_async.testing import FakeSitoo

__all__ = ["Stock", "StockSteps", "list_orders", "read_stock", "show_orders", "show_stock"]

T = TypeVar("T")

MOST_COUNTED: Final = 500
CHUNK: Final = 200
PAGE: Final = 50
SHOWN: Final = 5

_ORDERS: Final = "/sites/1/orders"
_STOCK: Final = "/sites/1/warehouses/{}/warehouseitems"

Totals = Mapping[tuple[int | None, str | None], tuple[int, Decimal]]
"""How many orders there are in a state and a currency, and what they come to.

A real account has orders without a state or a currency, whatever the reference says.
"""


@attrs.frozen
class Stock:
    """What was read of the stock of a warehouse.

    Attributes:
        warehouse: the warehouse.
        items: its articles.
        complete: whether as many came as there are, or as were asked for.
    """

    warehouse: Warehouse
    items: Sequence[WarehouseItem]
    complete: bool

    @property
    def quantity(self) -> Decimal:
        """How much there is of all articles together."""
        return sum((item.decimaltotal for item in self.items), Decimal(0))


def list_orders(sitoo: SitooClient, *, page_size: int) -> Paginator[Order]:
    """The orders with what `show_orders` needs, by ascending orderid."""
    return sitoo.orders.list(
        fields=["orderid", "orderstateid", "currencycode", "moneytotal_gross_all"],
        page_size=page_size,
    )


def show_orders(screen: Screen, orders: Sequence[Order]) -> Totals:
    """Write and return what the orders come to, by state."""
    totals = _totals(
        (
            _if_is(int, order, "orderstateid"),
            _if_is(str, order, "currencycode") or None,
            _if_is(Decimal, order, "moneytotal_gross_all"),
        )
        for order in orders
    )
    rows = sorted(
        (
            "none" if state is None else f"{state:d} {OrderState(state).name}",
            f"{count:,}",
            f"{total:,.2f} {currency or '(no currency)'}",
        )
        for (state, currency), (count, total) in totals.items()
    )
    screen.table(("State", "Orders", "Total"), rows)
    return totals


async def read_stock(
    sitoo: SitooClient, *, page_size: int, warehouses: int | None = None, items: int | None = None
) -> list[Stock]:
    """Read the stock of all warehouses, or of as many and as much as is said."""
    found: list[Stock] = []
    for warehouse in await sitoo.warehouses.list(
        fields=["warehouseid", "warehousetype", "name"]
    ).collect(limit=warehouses):
        left = None if items is None else items - sum(len(stock.items) for stock in found)
        if left == 0:
            break
        paginator = sitoo.warehouses.items.list(
            warehouse.warehouseid, fields=["sku", "decimaltotal"], page_size=page_size
        )
        stock = await paginator.collect(limit=left)
        there = paginator.totalcount or 0
        wanted = there if left is None else min(left, there)
        complete = len(stock) == wanted or paginator.drifted
        found.append(Stock(warehouse, stock, complete))
    return found


def show_stock(screen: Screen, stock: Sequence[Stock]) -> None:
    """Write how much there is in each warehouse."""
    screen.table(
        ("Warehouse", "Kind", "Articles", "Quantity"),
        [
            (
                each.warehouse.name,
                each.warehouse.warehousetype.name,
                f"{len(each.items):,}",
                f"{each.quantity:,}",
            )
            for each in stock
        ],
    )


@attrs.define
class StockSteps:
    """The steps with orders and stock; the stocktaking needs what the stock step read.

    Attributes:
        tally: where each step is measured.
        sitoo: the client.
        fake: its server.
        stock: what was read of each warehouse.
    """

    tally: Tally
    sitoo: SitooClient
    fake: FakeSitoo
    stock: list[Stock] = attrs.field(factory=list[Stock])

    async def orders(self, sku: str) -> None:
        """Walk the orders, while a register sells the article `sku`."""
        screen, held = self.tally.screen, self.fake.items(_ORDERS)
        before = len(held)
        screen.line(f"5. Walk {before:,} orders by ascending id, while one more is sold", "heading")
        found: list[Order] = []
        with self.tally.step("orders", self.sitoo, self.fake) as step:
            with screen.bar("orders", before + 1) as advance:
                async for order in list_orders(self.sitoo, page_size=PAGE):
                    if not found:
                        self.fake.add(_ORDERS, _sale(sku))
                    found.append(order)
                    advance()
            step.items = len(found)
        totals = show_orders(screen, found)
        self.tally.check(
            "the walk gave every order once, by ascending id, and the one that was sold meanwhile",
            [order.orderid for order in found] == sorted(held) and len(found) == before + 1,
        )
        self.tally.check(
            "the orders of each state come to what the server holds",
            totals
            == _totals(
                (order["orderstateid"], order["currencycode"], order["moneytotal_gross_all"])
                for order in held.values()
            ),
        )

    async def levels(self) -> None:
        """Read the stock of every warehouse."""
        screen = self.tally.screen
        screen.line("6. The stock of every warehouse", "heading")
        with self.tally.step("stock", self.sitoo, self.fake) as step:
            self.stock = await read_stock(self.sitoo, page_size=PAGE)
            step.items = sum(len(each.items) for each in self.stock)
        show_stock(screen, self.stock)
        self.tally.check(
            "every warehouse holds what the server says",
            all(
                _levels(each.items) == self._held(each.warehouse.warehouseid) for each in self.stock
            ),
        )

    async def stocktaking(self, products: Sequence[Product]) -> None:
        """Count some products in the first warehouse that keeps its stock by transactions."""
        screen, sitoo = self.tally.screen, self.sitoo
        place = next(each for each in self.stock if _is_fifo(each.warehouse))
        warehouseid, name = place.warehouse.warehouseid, place.warehouse.name
        before = _levels(place.items)
        counted = planned_count(before, [product.sku for product in products[:MOST_COUNTED]])
        screen.line(f"7. Count {len(counted):,} articles of {name}", "heading")
        with self.tally.step("count", sitoo, self.fake) as step:
            async with sitoo.warehouses.stocktaking(warehouseid, comment="Autumn") as batch:
                screen.line(f"  Warehouse batch {batch.warehousebatchid} is open.")
                result = await batch.set_many(
                    [{"sku": sku, "decimalquantity": level} for sku, level in counted.items()],
                    chunk_size=CHUNK,
                )
                untouched = self._held(warehouseid) == before
            assert batch.warehousetransactionid is not None  # noqa: S101  # the block ended well
            transaction = await sitoo.warehouses.transactions.get(
                warehouseid, batch.warehousetransactionid
            )
            after = await sitoo.warehouses.items.list(
                warehouseid, fields=["sku", "decimaltotal"]
            ).collect()
            step.items = len(result.succeeded)
        moved = _moves(transaction)
        _show_transaction(screen, transaction, before, moved)
        self.tally.check(
            "the stock stayed as it was until the warehouse batch was closed", untouched
        )
        self.tally.check(
            "the transaction moved the differences between books and count, and nothing else",
            moved == {sku: level - before.get(sku, 0) for sku, level in counted.items()},
        )
        self.tally.check(
            "the stock is as it was counted, and elsewhere as it was",
            _levels(after) == {**before, **counted} == self._held(warehouseid),
        )

    def _held(self, warehouseid: int) -> dict[str, Decimal]:
        """The stock as the server holds it, by sku."""
        held = self.fake.items(_STOCK.format(warehouseid))
        return {sku: Decimal(item["decimaltotal"]) for sku, item in held.items()}


def planned_count(before: Mapping[str, Decimal], skus: Iterable[str]) -> dict[str, Decimal]:
    """What is counted: of every three articles one has a piece less than the books, one more."""
    return {
        sku: max(Decimal(0), before.get(sku, Decimal(0)) + index % 3 - 1)
        for index, sku in enumerate(skus)
    }


def _sale(sku: str) -> dict[str, Any]:
    row = {"productname": "Sold meanwhile", "sku": sku, "quantity": 1, "moneyrowprice": "199.00"}
    return {"ordertypeid": 10, "orderstateid": OrderState.CLOSED.value, "orderitems": [row]}


def _if_is(kind: type[T], order: Order, name: str) -> T | None:
    """A field, or None where the server sent none, or something of another type."""
    value: object = getattr(order, name, None)
    return value if isinstance(value, kind) else None


def _totals(rows: Iterable[tuple[int | None, str | None, Decimal | str | None]]) -> Totals:
    totals: dict[tuple[int | None, str | None], tuple[int, Decimal]] = {}
    for state, currency, amount in rows:
        count, total = totals.get((state, currency), (0, Decimal(0)))
        totals[state, currency] = count + 1, total + Decimal(amount or 0)
    return totals


def _is_fifo(warehouse: Warehouse) -> bool:
    return warehouse.warehousetype == WarehouseType.FIFO


def _levels(items: Sequence[WarehouseItem]) -> dict[str, Decimal]:
    return {item.sku: item.decimaltotal for item in items}


def _moves(transaction: WarehouseTransaction) -> dict[str, Decimal]:
    return {item.sku: item.decimalquantity for item in transaction.items}


def _show_transaction(
    screen: Screen,
    transaction: WarehouseTransaction,
    before: Mapping[str, Decimal],
    moved: Mapping[str, Decimal],
) -> None:
    differing = [sku for sku, quantity in moved.items() if quantity]
    screen.line(
        f"  Closed: it became transaction {transaction.warehousetransactionid} "
        f"({transaction.transactiontype.name}), which corrects {len(differing):,} of them."
    )
    screen.table(
        (f"The first {len(differing[:SHOWN])}", "Books", "Counted", "Moved"),
        [
            (
                sku,
                f"{before.get(sku, Decimal(0)):.0f}",
                f"{before.get(sku, Decimal(0)) + moved[sku]:.0f}",
                f"{moved[sku]:+.0f}",
            )
            for sku in differing[:SHOWN]
        ],
    )
