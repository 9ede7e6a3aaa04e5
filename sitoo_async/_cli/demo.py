"""The demonstration: everything that goes wrong with such an API, met once and counted.

The fake server runs in this very process and loop, so that its counters can be read and its
faults scripted; the speeds shown are therefore those of client and server together.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Final

import attrs

from sitoo_async._cli.demo_crowd import Crowd
from sitoo_async._cli.demo_products import SLOT_REQUESTS, SLOT_TASKS, ProductSteps
from sitoo_async._cli.demo_report import Tally
from sitoo_async._cli.demo_stock import (
    StockSteps,
    list_orders,
    read_stock,
    show_orders,
    show_stock,
)
from sitoo_async._cli.screen import Screen, log_on, screen_for
from sitoo_async._client import SitooClient
from sitoo_async.errors import ConfigurationError, SitooError
from sitoo_async.models.products import Product
from sitoo_async.testing import FakeSitoo

__all__ = ["DemoOptions", "demo", "show", "show_real"]

INTERRUPTED: Final = 130
"""The exit status of whoever was ended by Ctrl-C."""

ORDERS: Final = 120
REAL_ROWS: Final = 1_000
REAL_PAGE: Final = 250
REAL_TASKS: Final = 10
REAL_WAREHOUSES: Final = 5


@attrs.frozen
class DemoOptions:
    """What the command line asked for.

    Attributes:
        products: size of the catalogue; with `real`, the most products to read, and likewise
            the most orders and articles in stock.
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
    """All eight steps against fake servers."""
    screen.line(
        f"A fake Sitoo with {options.products:,} products, which works {options.delay:g} s on each "
        "request. It runs in this process, so the speeds are those of client and server together."
    )
    tally = Tally(screen)
    async with (
        server(
            products=options.products, orders=ORDERS, seed=options.seed, delay=options.delay
        ) as fake,
        SitooClient(**fake.credentials) as sitoo,
    ):
        catalogue = ProductSteps(tally, sitoo, fake)
        await catalogue.walk()
        await catalogue.prices()
        await catalogue.crowd()
        await catalogue.faults()
        stock = StockSteps(tally, sitoo, fake)
        await stock.orders(catalogue.products[0].sku)
        await stock.levels()
        await stock.stocktaking(catalogue.products)
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
        await ProductSteps(tally, sitoo, fake).slot(options.slot)
        tally.compare(sitoo.stats(), fake)
    tally.check(
        "every refused or lost request was sent again, except the add",
        sum(step.unrepeated or 0 for step in tally.steps) == 1,
    )
    return tally.report()


async def show_real(options: DemoOptions, screen: Screen) -> int:
    """The four steps that only read, against the account that the environment names."""
    tally = Tally(screen)
    most = min(options.products, REAL_ROWS)
    async with SitooClient.from_env() as sitoo:
        screen.line(f"{sitoo!r}: a real account.")
        screen.line(
            f"It is only read: at most {most:,} products, {REAL_PAGE} a page, then {REAL_TASKS} of "
            f"them one by one; at most {most:,} orders, and {most:,} articles in stock in "
            f"{REAL_WAREHOUSES} warehouses. Nothing is changed."
        )
        products = await _read_products(tally, sitoo, most)
        with tally.step("tasks", sitoo) as step:
            productids = [product.productid for product in products[:REAL_TASKS]]
            screen.line(f"{len(productids)} tasks at once, each asking for one product", "heading")
            crowd = await Crowd(sitoo, productids).gather(screen)
            step.items = len(crowd.answered)
            crowd.judge(tally)
        await _read_orders(tally, sitoo, most)
        await _read_stock(tally, sitoo, most)
        screen.line("No stocktaking", "heading")
        screen.line("  It would change the stock, so it is left out; without --real you see one.")
    return tally.report()


async def _read_products(tally: Tally, sitoo: SitooClient, most: int) -> list[Product]:
    screen = tally.screen
    screen.line("Walk the products", "heading")
    with tally.step("walk", sitoo) as step:
        paginator = sitoo.products.list(fields=["productid", "sku"], page_size=REAL_PAGE)
        products = await paginator.collect(limit=most)
        step.items = len(products)
    screen.line(f"  {len(products):,} of {paginator.totalcount:,} products read.")
    expected = min(most, paginator.totalcount or 0)
    tally.check(
        "the walk gave as many products as the account has, or as many as were asked for",
        len(products) == expected or paginator.drifted,
    )
    return products


async def _read_orders(tally: Tally, sitoo: SitooClient, most: int) -> None:
    screen = tally.screen
    screen.line("Walk the orders, the oldest first", "heading")
    with tally.step("orders", sitoo) as step:
        paginator = list_orders(sitoo, page_size=REAL_PAGE)
        orders = await paginator.collect(limit=most)
        step.items = len(orders)
    screen.line(f"  {len(orders):,} of {paginator.totalcount:,} orders read.")
    show_orders(screen, orders)
    orderids = [order.orderid for order in orders]
    tally.check(
        "the orders came by ascending id, each of them once", orderids == sorted(set(orderids))
    )


async def _read_stock(tally: Tally, sitoo: SitooClient, most: int) -> None:
    screen = tally.screen
    screen.line("The stock of the warehouses", "heading")
    with tally.step("stock", sitoo) as step:
        stock = await read_stock(sitoo, page_size=REAL_PAGE, warehouses=REAL_WAREHOUSES, items=most)
        step.items = sum(len(each.items) for each in stock)
    show_stock(screen, stock)
    tally.check(
        "the walks gave as many articles as there are, or as many as were asked for",
        all(each.complete for each in stock),
    )
