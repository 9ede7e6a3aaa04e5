"""The recipes are run as their pages have them: whole, and killed at each of their requests.

A page holds what a shop has (files, each after a comment that names it) and one program: all its
Python blocks together. Whatever becomes of a run, after the next one Sitoo and the shop hold what
they hold after a run that nothing disturbed.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from sitoo_async import RetryPolicy, SitooClient, SitooError
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = pytest.mark.virtual_time

PAGES = Path(__file__).resolve().parent.parent / "docs" / "recipes"
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOST_LINES = 60


class Recipe:
    """One page: its program as a namespace, and its files, written to a directory."""

    def __init__(self, name: str, directory: Path) -> None:
        page = (PAGES / f"{name}.md").read_text(encoding="utf-8")
        self.directory = directory
        for file, text in FILE.findall(page):
            (directory / file).write_text(text, encoding="utf-8")
        self._names: dict[str, Any] = {"__name__": name}
        program = compile("\n".join(PYTHON.findall(page)), f"{name}.md", "exec")
        exec(program, self._names)  # noqa: S102  # our page

    def __getattr__(self, name: str) -> Any:
        return self._names[name]

    def __truediv__(self, name: str) -> Path:
        return self.directory / name


Run = Callable[[SitooClient], Awaitable[Any]]
State = Callable[[FakeSitoo], Any]


def fake_sitoo(**options: Any) -> FakeSitoo:
    """A server that holds no more than it is told."""
    return FakeSitoo(**{"orders": 0, "z_reports": 0, "users": 0, "service_orders": 0, **options})


async def held_after(run: Run, state: State, make: Callable[[], FakeSitoo]) -> Any:
    """What is held after a run that nothing disturbed, and after any other as well."""
    async with make() as fake, SitooClient(**fake.credentials) as sitoo:
        await run(sitoo)
        held, methods = state(fake), [request.method for request in fake.requests]
        assert fake.overlaps == 0
        await run(sitoo)
        assert state(fake) == held, "run twice"
    # Nothing changes by a read, so whoever dies at one dies at the write before it.
    for number, method in enumerate(methods, start=1):
        for strike in (_killed, _unanswered) if method != "GET" else ():
            async with make() as fake:
                await strike(fake, run, number)
                fake.reset()
                async with SitooClient(**fake.credentials) as sitoo:
                    await run(sitoo)
                assert state(fake) == held, f"{strike.__name__} at request {number}"
    return held


async def _killed(fake: FakeSitoo, run: Run, number: int) -> None:
    """Sitoo does the work of that request, and whoever asked for it dies before he knows."""

    def note(_: object) -> None:
        if len(fake.requests) == number:
            task.cancel()

    async with SitooClient(**fake.credentials, observers=[note]) as sitoo:
        task = asyncio.ensure_future(run(sitoo))
        with suppress(asyncio.CancelledError):
            await task
    assert len(fake.requests) == number


async def _unanswered(fake: FakeSitoo, run: Run, number: int) -> None:
    """The answer to that request is lost, and nobody asks again."""
    lost = Fault.drop(when="after")

    def note(_: object) -> None:
        if len(fake.requests) == number - 1:
            fake.script(lost)

    if number == 1:
        fake.script(lost)
    once = RetryPolicy(attempts=1)
    async with SitooClient(**fake.credentials, retry=once, observers=[note]) as sitoo:
        with suppress(SitooError):
            await run(sitoo)
    assert len(fake.requests) >= number


# ------------------------------------------------------------------------------------- the pages


@pytest.mark.parametrize("page", sorted(PAGES.glob("*.md")), ids=lambda page: page.stem)
def test_a_recipe_is_short_and_says_what_is_known(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    program = "\n".join(PYTHON.findall(text))
    assert len([line for line in program.splitlines() if line.strip()]) <= MOST_LINES
    assert max(map(len, program.splitlines())) <= 100
    for word in ("What is known", "documented", "inferred", "Where the run is killed", "Events"):
        assert word in text


# -------------------------------------------------------------------------------- the catalogue


async def test_a_catalogue_is_brought_to_sitoo(tmp_path: Path) -> None:
    recipe = Recipe("catalogue-sync", tmp_path)
    for name in ("mug.jpg", "bowl.jpg"):
        (recipe / name).write_bytes(b"\xff\xd8\xff")

    def state(fake: FakeSitoo) -> Any:
        tree = fake.items("/sites/1/categories")
        makers = fake.items("/sites/1/manufacturers")
        groups = fake.items("/sites/1/productgroups")
        assert len(groups) == 8
        assert len(makers) == 6
        return {
            product["sku"]: (
                product["moneyprice"],
                groups[product["vatid"]]["productgroupname"],
                makers[product["manufacturerid"]]["name"],
                [tree[categoryid]["title"] for categoryid in product["categories"]],
                [value["value"] for value in product["variant"]],
                [
                    image["resourceid"]
                    for image in fake.items(f"/sites/1/products/{productid}/images").values()
                ],
            )
            for productid, product in fake.products().items()
        }

    async def run(sitoo: SitooClient) -> None:
        await recipe.sync(sitoo, recipe / "articles.csv")

    assert await held_after(run, state, fake_sitoo) == {
        "MUG-1-BL": ("149.00", "Kitchenware", "Fjord AB", ["Mugs"], ["Blue"], ["mug.jpg"]),
        "MUG-1-RD": ("149.00", "Kitchenware", "Fjord AB", ["Mugs"], ["Red"], []),
        "BOWL-1": ("249.00", "Kitchenware", "Oak & Ash", ["Bowls"], [], ["bowl.jpg"]),
        "TEA-1": ("59.00", "Tea", "Fjord AB", ["Kitchen"], [], []),
    }


async def test_an_article_that_is_refused_takes_no_other_with_it(tmp_path: Path) -> None:
    recipe = Recipe("catalogue-sync", tmp_path)
    file = recipe / "articles.csv"
    without = re.sub("mug.jpg|bowl.jpg|TEA-1", "", file.read_text("utf-8"))
    file.write_text(without, "utf-8")
    async with fake_sitoo() as fake, SitooClient(**fake.credentials) as sitoo:
        (trouble,) = await recipe.sync(sitoo, file)
        assert "sku" in trouble
        assert len(fake.products()) == 3
        # A file that lacks a variant must not delete it.
        file.write_text(re.sub("MUG-1-RD.*\n", "", file.read_text("utf-8")), "utf-8")
        troubles = await recipe.sync(sitoo, file)
        assert "would be deleted" in troubles[-1]
        assert len(fake.products()) == 3


# -------------------------------------------------------------------------- prices and campaigns


async def test_a_campaign_is_switched_on_when_all_of_it_is_there(tmp_path: Path) -> None:
    recipe = Recipe("prices-and-campaigns", tmp_path)

    def state(fake: FakeSitoo) -> Any:
        (price_list,) = (
            each
            for each in fake.items("/sites/1/pricelists").values()
            if each["externalid"] == "summer-2027"
        )
        (voucher,) = (
            each
            for each in fake.items("/sites/1/vouchers").values()
            if each["vouchercode"] == "summer-2027"
        )
        listid = price_list["pricelistid"]
        prices = fake.items(f"/sites/1/pricelists/{listid}/pricelistitems").values()
        codes = fake.items("/sites/1/influencercodes")
        return (
            (price_list["active"], voucher["activepos"], voucher["vouchertype"]),
            {item["sku"]: item["moneyprice"] for item in prices},
            {code for code in codes if codes[code]["voucherpassword"] == "SUMMER27"},
        )

    async def run(sitoo: SitooClient) -> Any:
        return await recipe.launch(sitoo, recipe / "campaign.json", recipe / "prices.csv")

    def make() -> FakeSitoo:
        return fake_sitoo(products=20)

    prices = {"10001-1": "149.00", "10002-1": "99.00"}
    off = await held_after(run, state, make)
    assert off == ((False, False, 110), prices, {"EMILY", "TAYLOR"})
    async with make() as fake, SitooClient(**fake.credentials) as sitoo:
        (trouble,) = await run(sitoo)
        assert "NOT-YET" in trouble
        fake.add("/sites/1/products", {"sku": "NOT-YET"})
        assert await run(sitoo) == []
        assert state(fake) == ((True, True, 110), prices | {"NOT-YET": "59.00"}, off[2])
        # What the file no longer has loses its price.
        (recipe / "prices.csv").write_text("sku,moneyprice\n10001-1,149.00\n", "utf-8")
        assert await run(sitoo) == []
        assert state(fake)[1] == {"10001-1": "149.00"}
        used = await recipe.redeem(sitoo, "EMILY", "298.00", "29.80", "W-1")
        code = fake.items("/sites/1/influencercodes")["EMILY"]
        assert (code["numused"], code["moneyinfluencerdiscount"]) == (1, "29.80")
        await sitoo.influencer_vouchers.transactions.delete("EMILY", used)
        assert code["numused"] == 0
        code["active"] = False
        assert await recipe.redeem(sitoo, "EMILY", "298.00", "29.80", "W-1") == ""
        fake.items("/sites/1/settings")[None]["pricesstoredwithvat"] = False
        assert "VAT" in (await run(sitoo))[0]


# ------------------------------------------------------------------------------------------ stock


def stock(fake: FakeSitoo, warehouseid: int) -> dict[str, str]:
    items = fake.items(f"/sites/1/warehouses/{warehouseid}/warehouseitems")
    return {sku: item["decimaltotal"] for sku, item in items.items()}


def transactions(fake: FakeSitoo, warehouseid: int) -> list[Any]:
    items = fake.items(f"/sites/1/warehouses/{warehouseid}/warehousetransactions").values()
    return [(item["transactiontype"], item["externalid"]) for item in items]


@pytest.mark.parametrize(
    ("warehouseid", "file", "changed", "moved"),
    [
        (3, "levels.csv", {"10001-1": "12.000", "10002-1": "0.000", "NEW-1": "5.000"}, []),
        (1, "arrived.csv", {}, [(10, "D-4711"), (10, "D-4712")]),
    ],
    ids=["virtual", "fifo"],
)
async def test_stock_is_changed_as_its_warehouse_has_it(
    tmp_path: Path, warehouseid: int, file: str, changed: dict[str, str], moved: list[Any]
) -> None:
    recipe = Recipe("stock", tmp_path)
    before = fake_sitoo(products=5)
    held = stock(before, warehouseid)
    if moved:
        more = {"10001-1": 36, "10002-1": 6}
        changed = {sku: f"{Decimal(held[sku]) + count}" for sku, count in more.items()}

    async def run(sitoo: SitooClient) -> None:
        await recipe.bring(sitoo, warehouseid, recipe / file)

    def state(fake: FakeSitoo) -> Any:
        return stock(fake, warehouseid), transactions(fake, warehouseid)

    expected = held | changed, transactions(before, warehouseid) + moved
    assert await held_after(run, state, lambda: fake_sitoo(products=5)) == expected


async def test_changes_are_followed_from_the_last_one_seen(tmp_path: Path) -> None:
    recipe = Recipe("stock", tmp_path)
    async with fake_sitoo(products=5) as fake, SitooClient(**fake.credentials) as sitoo:
        levels: dict[Any, Any] = {}
        last = await recipe.follow(sitoo, 0, levels)
        assert levels.keys() == {(at, sku) for at in (1, 2) for sku in stock(fake, at)}
        await recipe.bring(sitoo, 1, recipe / "arrived.csv")
        changed: dict[Any, Any] = {}
        newest = await recipe.follow(sitoo, last, changed)
        assert newest > last
        assert {sku: f"{level}" for (_, sku), level in changed.items()} == {
            sku: stock(fake, 1)[sku] for sku in ("10001-1", "10002-1")
        }
        assert await recipe.follow(sitoo, newest, changed) == newest


async def test_the_stock_becomes_what_was_counted(tmp_path: Path) -> None:
    recipe = Recipe("stocktaking", tmp_path)

    async def run(sitoo: SitooClient) -> Any:
        return await recipe.take_stock(sitoo, 1, recipe / "count.csv", "autumn")

    def state(fake: FakeSitoo) -> Any:
        return stock(fake, 1), transactions(fake, 1)[1:]

    def make() -> FakeSitoo:
        return fake_sitoo(products=5)

    counted = {"10001-1": "12.000", "10002-1": "7.000", "10003-1": "0.000"}
    expected = stock(make(), 1) | counted, [(50, "autumn")]
    assert await held_after(run, state, make) == expected
    batches = "/sites/1/warehouses/1/warehousebatches"
    async with make() as fake, SitooClient(**fake.credentials) as sitoo:
        # Another count is open, and is not touched.
        other = fake.add(batches, {"transactiontype": 50, "externalid": "spring"})
        with pytest.raises(recipe.NotYetError, match="another count"):
            await run(sitoo)
        assert fake.items(batches)[other]["warehousebatchstate"] == 10
        del fake.items(batches)[other]
        # An article was sold after it was counted.
        file = recipe / "count.csv"
        count = file.read_text("utf-8")
        file.write_text(
            count.replace("10003-1,0,2030", "OLD-1,3,2030-01-01T00:00:00Z\n10003-1,0,2020"), "utf-8"
        )
        with pytest.raises(recipe.NotYetError, match="10003-1"):
            await run(sitoo)
        assert state(fake) == (stock(make(), 1), [])
        file.write_text(count, "utf-8")
        await run(sitoo)
        assert state(fake) == expected
