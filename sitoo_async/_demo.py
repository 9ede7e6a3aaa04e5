"""The demonstration: everything that goes wrong with such an API, met once and counted.

The fake server runs in this very process and loop, so that its counters can be read and its
faults scripted; the speeds shown are therefore those of client and server together.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from decimal import Decimal
from typing import Final

import anyio
import anyio.lowlevel
import attrs

from sitoo_async._client import SitooClient
from sitoo_async._outcomes import Outcome
from sitoo_async._screen import Screen, log_on, screen_for
from sitoo_async._tally import Tally
from sitoo_async.errors import ConfigurationError, ReadError, SitooError
from sitoo_async.models.products import Product
from sitoo_async.resources.products import ProductUpdate
from sitoo_async.testing import FakeSitoo, Fault

__all__ = ["DemoOptions", "demo", "planned_prices", "show", "show_real"]

INTERRUPTED: Final = 130
"""The exit status of whoever was ended by Ctrl-C."""

MOST_PRICES: Final = 2_500
MOST_TASKS: Final = 1_000
REAL_PRODUCTS: Final = 1_000
REAL_PAGE: Final = 250
REAL_TASKS: Final = 10
SLOT_REQUESTS: Final = 25
SLOT_TASKS: Final = 40


@attrs.frozen
class DemoOptions:
    """What the command line asked for.

    Attributes:
        products: size of the catalogue; with `real`, the most products to read.
        seed: of the catalogue.
        delay: seconds of work that the fake server puts into each request.
        slot: seconds of the rate limit's slot in the step that runs into it.
        real: whether the account that the environment names is read instead.
    """

    products: int = 10_000
    seed: int = 1
    delay: float = 0.002
    slot: float = 2.0
    real: bool = False


def demo(options: DemoOptions, *, server: Callable[..., FakeSitoo] = FakeSitoo) -> int:
    """Run the demonstration on standard output.

    Args:
        options: what was asked for.
        server: makes the fake servers.

    Returns:
        The exit status: 0 when everything adds up; 1 when it does not, or a call failed that
        should not have; 2 when the environment names no account; 130 after Ctrl-C.
    """
    screen = screen_for(sys.stdout)
    try:
        with log_on(screen):
            return asyncio.run(
                show_real(options, screen) if options.real else show(options, screen, server=server)
            )
    except KeyboardInterrupt:
        screen.line("Interrupted; the client and the server have been closed.", "bad")
        return INTERRUPTED
    except ConfigurationError as error:
        screen.line(str(error), "bad")
        return 2
    except SitooError as error:
        screen.line(f"The demonstration ended early: {type(error).__name__}: {error}", "bad")
        return 1


async def show(
    options: DemoOptions, screen: Screen, *, server: Callable[..., FakeSitoo] = FakeSitoo
) -> int:
    """All five steps against fake servers."""
    screen.line(
        f"A fake Sitoo with {options.products:,} products, which works {options.delay:g} s on each "
        "request. It runs in this process, so the speeds are those of client and server together."
    )
    tally = Tally(screen)
    async with (
        server(products=options.products, seed=options.seed, delay=options.delay) as fake,
        SitooClient(**fake.credentials) as sitoo,
    ):
        demonstration = _Demonstration(screen, tally, sitoo, fake)
        await demonstration.walk()
        await demonstration.prices()
        await demonstration.crowd()
        await demonstration.faults()
        tally.compare(sitoo.stats(), fake)
    # A slot of two seconds instead of ten minutes is another server's.
    async with (
        server(
            products=SLOT_TASKS,
            seed=options.seed,
            slot_seconds=options.slot,
            slot_requests=SLOT_REQUESTS,
        ) as fake,
        SitooClient(**fake.credentials) as sitoo,
    ):
        await _Demonstration(screen, tally, sitoo, fake).slot(options.slot)
        tally.compare(sitoo.stats(), fake)
    tally.check(
        "every refused or lost request was sent again, except the add",
        sum(step.unrepeated or 0 for step in tally.steps) == 1,
    )
    return tally.report()


async def show_real(options: DemoOptions, screen: Screen) -> int:
    """The two steps that only read, against the account that the environment names."""
    tally = Tally(screen)
    most = min(options.products, REAL_PRODUCTS)
    async with SitooClient.from_env() as sitoo:
        screen.line(f"{sitoo!r}: a real account.")
        screen.line(
            f"It is only read: at most {most:,} products, {REAL_PAGE} a page, then "
            f"{REAL_TASKS} of them one by one. Nothing is changed."
        )
        with tally.step("walk", sitoo) as step:
            screen.line("Walk the products", "heading")
            paginator = sitoo.products.list(fields=["productid", "sku"], page_size=REAL_PAGE)
            products = await paginator.collect(limit=most)
            step.items = len(products)
            screen.line(f"  {len(products):,} of {paginator.totalcount:,} products read.")
            expected = min(most, paginator.totalcount or 0)
            tally.check(
                "the walk gave as many products as the account has, or as many as were asked for",
                len(products) == expected or paginator.drifted,
            )
        with tally.step("tasks", sitoo) as step:
            productids = [product.productid for product in products[:REAL_TASKS]]
            screen.line(f"{len(productids)} tasks at once, each asking for one product", "heading")
            crowd = await Crowd(sitoo, productids).gather(screen)
            step.items = len(crowd.answered)
            crowd.judge(tally)
    return tally.report()


# ------------------------------------------------------------------------------------ the steps


@attrs.define
class _Demonstration:
    """The steps, each of which leaves something to the next."""

    screen: Screen
    tally: Tally
    sitoo: SitooClient
    fake: FakeSitoo
    products: list[Product] = attrs.field(factory=list[Product])

    async def walk(self) -> None:
        total = len(self.fake.products())
        self.screen.line(f"1. Walk {total:,} products, a page at a time", "heading")
        with self.tally.step("walk", self.sitoo, self.fake) as step:
            with self.screen.bar("products", total) as advance:
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
        count = min(MOST_PRICES, len(self.products) // 4)
        changes, planned = planned_prices(self.products, count)
        self.screen.line(
            f"2. Change {count:,} prices in batches; {len(planned)} of them can't be", "heading"
        )
        outcomes: list[Outcome[bool]] = []
        with self.tally.step("prices", self.sitoo, self.fake) as step:
            with self.screen.bar("prices", count) as advance:
                async for outcome in self.sitoo.products.update_many(
                    changes, chunk_size=max(1, count // 5)
                ):
                    outcomes.append(outcome)
                    advance()
            step.items = count
        failed = {outcome.index: outcome for outcome in outcomes if outcome.error is not None}
        self.screen.table(
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
        count = min(MOST_TASKS, len(self.products))
        productids = [product.productid for product in self.products[:count]]
        self.screen.line(f"3. {count:,} tasks at once, some of which give up", "heading")
        with self.tally.step("tasks", self.sitoo, self.fake) as step:
            crowd = await Crowd(
                self.sitoo,
                productids,
                leave_waiting=range(5, count, 10),
                leave_in_flight=(count // 5, count // 3, count // 2),
            ).gather(self.screen)
            # Whoever gave up in flight left an exchange behind; this call waits for its end.
            await self.sitoo.products.get(productids[0])
            step.items = len(crowd.answered)
        self.screen.line(
            f"  {len(crowd.answered):,} answered, {len(crowd.left):,} gave up, "
            f"{step.requests - len(crowd.answered) - 1} of them while their request was under way."
        )
        crowd.judge(self.tally)

    async def faults(self) -> None:
        screen, sitoo, store = self.screen, self.sitoo, self.fake.products()
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
        self.screen.line(
            f"5. {SLOT_TASKS} tasks, but a key that may make {SLOT_REQUESTS} requests in "
            f"{seconds:g} s",
            "heading",
        )
        with self.tally.step("slot", self.sitoo, self.fake) as step:
            crowd = await Crowd(self.sitoo, [*self.fake.products()]).gather(self.screen)
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


@attrs.define
class Crowd:
    """Tasks that all ask for one product each at once, some of which give up.

    Attributes:
        sitoo: whom they ask.
        productids: what they ask for.
        leave_waiting: the tasks that give up at once, while they wait for their turn.
        leave_in_flight: after so many answers, the task whose request is under way gives up.
        answered: what became of the others, by task.
        left: the tasks that gave up.
        failed: the tasks that got an error.
    """

    sitoo: SitooClient
    productids: Sequence[int]
    leave_waiting: Sequence[int] = ()
    leave_in_flight: Sequence[int] = ()
    answered: dict[int, Product] = attrs.field(factory=dict[int, Product], init=False)
    left: set[int] = attrs.field(factory=set[int], init=False)
    failed: dict[int, SitooError] = attrs.field(factory=dict[int, SitooError], init=False)
    _scopes: dict[int, anyio.CancelScope] = attrs.field(
        factory=dict[int, anyio.CancelScope], init=False
    )

    async def gather(self, screen: Screen) -> Crowd:
        """Start all tasks and wait until the last has ended."""
        with screen.bar("tasks", len(self.productids)) as advance:
            async with anyio.create_task_group() as group:
                for number in range(len(self.productids)):
                    group.start_soon(self._ask, number, advance)
                await anyio.lowlevel.checkpoint()  # lets them all take their places in the lane
                for number in self.leave_waiting:
                    self._scopes[number].cancel()
        return self

    async def _ask(self, number: int, advance: Callable[[], None]) -> None:
        with anyio.CancelScope() as scope:
            self._scopes[number] = scope
            try:
                self.answered[number] = await self.sitoo.products.get(self.productids[number])
            except SitooError as error:
                self.failed[number] = error
        del self._scopes[number]
        if scope.cancelled_caught:
            self.left.add(number)
        if number in self.answered and len(self.answered) in self.leave_in_flight:
            # The lane keeps the order, so whoever came next is in flight now.
            for following in itertools.islice(self._scopes.values(), 1):
                following.cancel()
        advance()

    def judge(self, tally: Tally) -> None:
        """Note whether each task either was answered with what it asked for, or gave up."""
        for error in itertools.islice(self.failed.values(), 3):
            tally.screen.line(f"  A task failed: {type(error).__name__}: {error}", "bad")
        answered = all(
            product.productid == self.productids[number]
            for number, product in self.answered.items()
        )
        fates = sorted([*self.answered, *self.left])
        tally.check(
            f"each of {len(self.productids):,} tasks got its own answer, unless it gave up",
            answered and fates == [*range(len(self.productids))],
        )
