"""The demonstration's steps with products: pages, batches, many tasks, faults, the rate limit."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import attrs

from sitoo_async._batching.outcome import Outcome
from sitoo_async._cli.demo_crowd import Crowd
from sitoo_async._cli.demo_report import Tally
from sitoo_async._client import SitooClient
from sitoo_async.errors import ReadError
from sitoo_async.models.products import Product
from sitoo_async.resources.products import ProductUpdate
from sitoo_async.testing import FakeSitoo, Fault

__all__ = ["SLOT_REQUESTS", "SLOT_TASKS", "ProductSteps", "planned_prices"]

MOST_PRICES: Final = 2_500
MOST_TASKS: Final = 1_000
SLOT_REQUESTS: Final = 25
SLOT_TASKS: Final = 40


@attrs.define
class ProductSteps:
    """The steps with products, each of which leaves something to the next.

    Attributes:
        tally: where each step is measured.
        sitoo: the client.
        fake: its server.
        products: what the walk gave.
    """

    tally: Tally
    sitoo: SitooClient
    fake: FakeSitoo
    products: list[Product] = attrs.field(factory=list[Product])

    async def walk(self) -> None:
        """Walk the whole catalogue."""
        total = len(self.fake.products())
        self.tally.screen.line(f"1. Walk {total:,} products, a page at a time", "heading")
        with self.tally.step("walk", self.sitoo, self.fake) as step:
            with self.tally.screen.bar("products", total) as advance:
                products = self.sitoo.products.list(
                    fields=["productid", "sku", "moneyprice"], page_size=1000
                )
                async for product in products:
                    self.products.append(product)
                    advance()
            step.items = len(self.products)
        productids = {product.productid for product in self.products}
        self.tally.check(
            "the walk gave every product exactly once",
            productids == set(self.fake.products()) and len(productids) == len(self.products),
        )

    async def prices(self) -> None:
        """Change prices in batches, some of which Sitoo refuses."""
        count = min(MOST_PRICES, len(self.products) // 4)
        changes, planned = planned_prices(self.products, count)
        self.tally.screen.line(
            f"2. Change {count:,} prices in batches; {len(planned)} of them can't be", "heading"
        )
        outcomes: list[Outcome[bool]] = []
        with self.tally.step("prices", self.sitoo, self.fake) as step:
            with self.tally.screen.bar("prices", count) as advance:
                async for outcome in self.sitoo.products.update_many(
                    changes, chunk_size=max(1, count // 5)
                ):
                    outcomes.append(outcome)
                    advance()
            step.items = count
        failed = {outcome.index: outcome for outcome in outcomes if outcome.error is not None}
        self.tally.screen.table(
            ("What Sitoo refused", "Item", "Product", "Status"),
            [
                (
                    str(outcome.error and outcome.error.errortext),
                    str(index),
                    str(outcome.item["productid"]),
                    str(outcome.status),
                )
                for index, outcome in failed.items()
            ],
        )
        self.tally.check(
            "every price change has an outcome, in the order of the input",
            [outcome.index for outcome in outcomes] == [*range(count)],
        )
        self.tally.check(
            "exactly the planned changes failed",
            {index: outcome.status for index, outcome in failed.items()} == planned,
        )
        store = self.fake.products()
        self.tally.check(
            "the server holds the new price wherever the outcome says so, and nowhere else",
            all(
                (Decimal(held["moneyprice"]) == change.get("moneyprice")) == (index not in failed)
                for index, change in enumerate(changes)
                if (held := store.get(change.get("productid", 0))) is not None
            ),
        )

    async def crowd(self) -> None:
        """Let many tasks ask at once, some of which give up."""
        count = min(MOST_TASKS, len(self.products))
        productids = [product.productid for product in self.products[:count]]
        self.tally.screen.line(f"3. {count:,} tasks at once, some of which give up", "heading")
        with self.tally.step("tasks", self.sitoo, self.fake) as step:
            crowd = await Crowd(
                self.sitoo,
                productids,
                leave_waiting=range(5, count, 10),
                leave_in_flight=(count // 5, count // 3, count // 2),
            ).gather(self.tally.screen)
            # Whoever gave up in flight left an exchange behind; this call waits for its end.
            await self.sitoo.products.get(productids[0])
            step.items = len(crowd.answered)
        self.tally.screen.line(
            f"  {len(crowd.answered):,} answered, {len(crowd.left):,} gave up, "
            f"{step.requests - len(crowd.answered) - 1} of them while their request was under way."
        )
        crowd.judge(self.tally)

    async def faults(self) -> None:
        """Lose answers of a read, an update and an add."""
        screen, sitoo, store = self.tally.screen, self.sitoo, self.fake.products()
        screen.line("4. A dropped connection and a 502", "heading")
        self.fake.script(
            Fault.drop(method="GET"),
            Fault.html502(method="PUT", when="after"),
            Fault.drop(method="POST", when="after"),
        )
        productid = self.products[0].productid
        with self.tally.step("faults", sitoo, self.fake) as step:
            product = await sitoo.products.get(productid)
            screen.line("  GET, connection dropped: sent again, and answered.")
            await sitoo.products.update(productid, title="Survivor")
            screen.line("  PUT, 502 although the work was done: sent again, since it sets a value.")
            sent = await _fate(sitoo.products.add(sku="DEMO-1", title="Added once"))
            screen.line(f"  POST, connection dropped: never sent again; sent={sent!r}.")
            added = await sitoo.products.list(sku=["DEMO-1"], fields=["productid"]).collect()
            screen.line(f"  Asked by sku, Sitoo shows that it was done: {added!r}")
            step.items = 4
        self.tally.check(
            "a read and an update survive a lost answer",
            product.productid == productid and store[productid]["title"] == "Survivor",
        )
        self.tally.check(
            "an add whose answer was lost says so, and is not sent twice",
            sent == "unknown" and len(added) == 1,
        )

    async def slot(self, seconds: float) -> None:
        """Run into the rate limit; the server's slot is of `seconds`."""
        self.tally.screen.line(
            f"8. {SLOT_TASKS} tasks, but a key that may make {SLOT_REQUESTS} requests in "
            f"{seconds:g} s",
            "heading",
        )
        with self.tally.step("slot", self.sitoo, self.fake) as step:
            crowd = await Crowd(self.sitoo, [*self.fake.products()]).gather(self.tally.screen)
            step.items = len(crowd.answered)
        self.tally.check("the rate limit was met", self.fake.limited > 0)
        crowd.judge(self.tally)


def planned_prices(
    products: Sequence[Product], count: int
) -> tuple[list[ProductUpdate], Mapping[int, int]]:
    """The first `count` prices raised by a tenth, among them some that only Sitoo can refuse.

    Returns:
        The changes, and the status that is planned for the items that fail, by index.
    """
    changes: list[ProductUpdate] = [
        {
            "productid": product.productid,
            "moneyprice": (product.moneyprice * Decimal("1.1")).quantize(Decimal("0.01"))
            + Decimal("0.01"),  # so that it differs even from a price of 0
        }
        for product in products[:count]
    ]
    unknown = max(product.productid for product in products)
    planned: dict[int, int] = {}
    for number, index in enumerate(range(count // 7, count, max(1, count // 7)), start=1):
        if number % 2:
            changes[index]["productid"] = unknown + number
            planned[index] = 404
        else:
            changes[index]["sku"] = products[0].sku  # taken: unique within a site
            planned[index] = 400
    return changes, planned


async def _fate(call: Awaitable[object]) -> str:
    """What is known of a call's request after it."""
    try:
        await call
    except ReadError as error:
        return error.sent
    return "yes"
