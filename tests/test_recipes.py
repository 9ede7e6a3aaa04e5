"""The recipes are run as their pages have them: whole, and killed at each of their requests.

A page holds what a shop has (files, each after a comment that names it) and one program: all its
Python blocks together. Whatever becomes of a run, after the next one Sitoo and the shop hold what
they hold after a run that nothing disturbed.
"""

from __future__ import annotations

import ast
import asyncio
import itertools
import json
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from sitoo_async import RetryPolicy, SitooClient, SitooError
from sitoo_async.models import OrderState
from sitoo_async.spi.events import MemoryInbox
from sitoo_async.testing import FakeSitoo, Fault

# Some hundred runs alike; the tests of what they call tell what is covered.
pytestmark = [pytest.mark.virtual_time, pytest.mark.no_cover]

PAGES = Path(__file__).resolve().parent.parent / "docs" / "recipes"
PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MOST_LINES = 60
MOST_WRITES = 9
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


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
    writes = [number for number, method in enumerate(methods, start=1) if method != "GET"]
    for number, strike in itertools.product(writes, (_killed, _unanswered)):
        if len(writes) > MOST_WRITES and (number % 2 == 0) is (strike is _killed):
            continue  # each of them is struck in one of the two ways
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


class Shop:
    """The user's own system, which is told things: what it is told twice it knows already.

    Args:
        dies: whether it does each thing, and then dies before it can say so.
    """

    def __init__(self, *, dies: bool) -> None:
        self._dies = dies
        self.told: dict[str, None] = {}

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        async def tell(*what: object, **more: object) -> None:
            said = [name, *map(str, what), *(f"{key}={value}" for key, value in more.items())]
            await self.tell(" ".join(said))

        return tell

    async def tell(self, said: str) -> None:
        anew = said not in self.told
        self.told[said] = None
        if anew and self._dies:
            raise ConnectionError


Scenario = Callable[[FakeSitoo, SitooClient], Awaitable[None]]


async def told_by_events(recipe: Recipe, scenario: Scenario, kind: type[Shop] = Shop) -> list[str]:
    """What the user's system is told, in its order; the same if it dies at each of these things."""
    told = []
    for dies in (False, True):
        shop = kind(dies=dies)
        async with fake_sitoo(products=5) as fake, SitooClient(**fake.credentials) as sitoo:
            events = recipe.receiver(shop, user="sitoo", password="made up", inbox=MemoryInbox())
            fake.deliver_events(to=events, user="sitoo", password="made up")
            async with events, events.worker(sitoo):
                await scenario(fake, sitoo)
                await fake.events_delivered()
                await asyncio.sleep(20)
            assert list(await events.dead_letters()) == []
        told.append([*shop.told])
    assert told[0] == told[1]
    return told[0]


# ------------------------------------------------------------------------------------- the pages


RECIPES = sorted(page for page in PAGES.glob("*.md") if page.stem != "index")


@pytest.mark.parametrize("page", RECIPES, ids=lambda page: page.stem)
def test_a_recipe_is_short_and_says_what_is_known(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    program = "\n".join(PYTHON.findall(text))
    assert len([line for line in program.splitlines() if line.strip()]) <= MOST_LINES
    assert max(map(len, program.splitlines())) <= 100
    for word in ("| What is known |", "documented", "inferred", "is killed.**", "**Events.**"):
        assert word in text


def test_the_index_names_each_recipe() -> None:
    text = (PAGES / "index.md").read_text(encoding="utf-8")
    named = re.findall(r"\]\((\S+\.md)\)", text)
    assert sorted(named) == [page.name for page in RECIPES]


async def test_a_recipe_is_run_as_the_index_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe("catalogue-sync", tmp_path)
    monkeypatch.chdir(tmp_path)
    text = (recipe / "articles.csv").read_text("utf-8")
    (recipe / "articles.csv").write_text(re.sub("mug.jpg|bowl.jpg", "", text), "utf-8")
    async with fake_sitoo() as fake:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        await run_of_index(0, sync=recipe.sync)
        assert len(fake.products()) == 4


async def test_a_recipe_is_tried_as_the_index_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe("ship-from-store", tmp_path)
    monkeypatch.chdir(tmp_path)
    told = []

    class Shop:
        async def done(self, number: str, *, total: Decimal) -> None:
            told.append((number, total))

    await run_of_index(1, place=recipe.place, receiver=recipe.receiver, shop=Shop())
    # Of the order that was added, and of its end; either time it is read as it is by then.
    assert told == [("W-2001", Decimal("818.00"))] * len(told) != []


async def run_of_index(number: int, **names: Any) -> None:
    """Run one of the index's blocks of Python, with what its page has imported."""
    code = PYTHON.findall((PAGES / "index.md").read_text(encoding="utf-8"))[number]
    imported = {
        each.__name__.rpartition(".")[2]: each
        for each in (SitooClient, FakeSitoo, MemoryInbox, OrderState, Path, asyncio, json)
    }
    block = compile(code, "index.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    await FunctionType(block, imported | names)()


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
                makers.get(product["manufacturerid"], {}).get("name"),
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
        "TEA-1": ("59.00", "Tea", None, ["Kitchen"], [], []),
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


async def test_the_shop_hears_of_all_that_moved_however_it_is_told(tmp_path: Path) -> None:
    recipe = Recipe("stock", tmp_path)

    class Levels(Shop):
        last = 0

        async def last_transaction(self) -> int:
            return self.last

        async def set_levels(self, warehouseid: int, levels: Any, *, last: int) -> None:
            self.last = last
            shown = {sku: f"{level}" for sku, level in levels.items()}
            await self.tell(f"{warehouseid} {shown}")

    async def scenario(fake: FakeSitoo, sitoo: SitooClient) -> None:
        await recipe.bring(sitoo, 1, recipe / "arrived.csv")
        # One of which it has heard, and one of nothing that anybody knows.
        (event,) = json.loads((recipe / "events.json").read_text("utf-8"))
        fake.emit("warehouse-transaction", event["data"])
        fake.emit("warehouse-transaction", {"warehouse_transaction_id": 99})

    told = await told_by_events(recipe, scenario, Levels)
    before = stock(fake_sitoo(products=5), 1)
    first, second = (Decimal(before[sku]) for sku in ("10001-1", "10002-1"))
    # What was there before any event is told along with it.
    assert [each.split()[0] for each in told] == ["1", "2", "1", "1"]
    assert told[-2:] == [
        f"1 {{'10001-1': '{first + 12}', '10002-1': '{second + 6}'}}",
        f"1 {{'10001-1': '{first + 36}'}}",
    ]


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


# ------------------------------------------------------------------------------------ web orders


def web_order(recipe: Recipe) -> Any:
    return json.loads((recipe / "order.json").read_text("utf-8"))


def orders(fake: FakeSitoo) -> Any:
    return [
        (
            order["externalid"],
            order["orderstateid"],
            order["warehouseid"],
            order["delivery_address"],
            order["moneytotal_gross_all"],
            [(row["sku"], row["quantity"]) for row in order["orderitems"]],
        )
        for order in fake.items("/sites/1/orders").values()
    ]


ROWS = [("10001-1", 2), ("10002-1", 1)]


@pytest.mark.parametrize(
    ("name", "entry", "expected"),
    [
        ("pick-up-in-store", "place", ("W-1001", 0, 1, "", "818.00", ROWS)),
        ("ship-from-store", "place", ("W-2001", 0, 1, "Storgatan 1", "818.00", ROWS)),
        ("return-in-store", "tell", ("W-3001", 10, None, "", "818.00", ROWS)),
    ],
)
async def test_a_web_order_is_there_once(
    tmp_path: Path, name: str, entry: str, expected: Any
) -> None:
    recipe = Recipe(name, tmp_path)

    async def run(sitoo: SitooClient) -> None:
        await getattr(recipe, entry)(sitoo, web_order(recipe))

    assert await held_after(run, orders, fake_sitoo) == [expected]


async def sent_by_store(recipe: Recipe, fake: FakeSitoo, sitoo: SitooClient) -> None:
    """What the store does before the events on the page of that name."""
    await sitoo.orders.update(await recipe.place(sitoo, web_order(recipe)), orderstateid=10)
    parcel = {"warehouseid": 1, "orderdeliveryref": "SE-1"}
    rows = [{"orderitemid": 0, "quantity": 2}]
    fake.add("/sites/1/orders/1/orderdeliveries", parcel | {"orderdeliveryitems": rows})


async def returned(recipe: Recipe, fake: FakeSitoo, sitoo: SitooClient) -> None:
    credited = await recipe.tell(sitoo, web_order(recipe))
    refund = {"ordertypeid": 10, "warehouseid": 1, "creditorderid": credited}
    row = {"productname": "x", "quantity": -1}
    row |= {"additionaldata": {"pos-originalsales-orderitemid": "0", "reasoncode-return": "101"}}
    fake.add("/sites/1/orders", refund | {"orderitems": [row]})


BY_CARRIER = {"delivery-carrier-productid": "7"}

ON_PAGES: dict[str, tuple[Any, list[str]]] = {
    "pick-up-in-store": (
        lambda recipe, _, sitoo: recipe.place(sitoo, web_order(recipe)),
        ["ready W-1001"],
    ),
    "ship-from-store": (sent_by_store, ["sent W-2001 SE-1 {'a': 2}", "done W-2001 total=818.00"]),
    "return-in-store": (
        returned,
        ["returned W-3001 a refund=2 quantity=1 reason=101 warehouse=1"],
    ),
    "ship-from-central-warehouse": (
        lambda _, fake, __: asyncio.sleep(0, sold_in_store(fake, BY_CARRIER)),
        ["send 1 {'10001-1': 2} to=('Storgatan 1', '111 22', 'Stockholm') carrier=7"],
    ),
}


@pytest.mark.parametrize("name", ON_PAGES)
async def test_the_events_of_a_page_are_handled_as_it_says(tmp_path: Path, name: str) -> None:
    recipe = Recipe(name, tmp_path)
    prepare, expected = ON_PAGES[name]
    shop = Shop(dies=False)
    async with fake_sitoo(products=5) as fake, SitooClient(**fake.credentials) as sitoo:
        await prepare(recipe, fake, sitoo)
        events = recipe.receiver(shop, unprotected=True, inbox=MemoryInbox())
        async with events, events.worker(sitoo):
            body = (recipe / "events.json").read_bytes()
            for _ in range(2):  # told twice, and taken once
                assert (await events.handle("POST", "/events", {}, body)).status == 200
            await asyncio.sleep(1)
    assert [*shop.told] == expected


async def test_the_shop_hears_of_an_order_that_is_picked_up_or_is_not(tmp_path: Path) -> None:
    recipe = Recipe("pick-up-in-store", tmp_path)

    async def scenario(fake: FakeSitoo, sitoo: SitooClient) -> None:
        web = web_order(recipe)
        first = await recipe.place(sitoo, web)
        other = await recipe.place(sitoo, web | {"number": "W-1002"})
        fake.add("/sites/1/orders", {"ordertypeid": 10})  # the store sells on
        fake.add(f"/sites/1/orders/{first}/orderlogitems", {"orderlogtypeid": 900})
        fake.add(f"/sites/1/orders/{other}/orderlogitems", {"orderlogtypeid": 910})
        await fake.events_delivered()
        await asyncio.sleep(20)
        await sitoo.orders.update(first, orderstateid=10)
        await sitoo.orders.update(other, orderstateid=20)

    assert await told_by_events(recipe, scenario) == [
        "ready W-1001",
        "rejected W-1002",
        "collected W-1001 total=818.00",
        "cancelled W-1002",
    ]


async def test_the_shop_hears_of_each_parcel_of_a_store(tmp_path: Path) -> None:
    recipe = Recipe("ship-from-store", tmp_path)

    async def scenario(fake: FakeSitoo, sitoo: SitooClient) -> None:
        orderid = await recipe.place(sitoo, web_order(recipe))
        deliveries = f"/sites/1/orders/{orderid}/orderdeliveries"
        for row, quantity in ((0, 2), (1, 1)):
            fake.add(
                deliveries,
                {
                    "warehouseid": 1,
                    "orderdeliveryref": f"SE-{row}",
                    "orderdeliveryitems": [{"orderitemid": row, "quantity": quantity}],
                },
            )
        await fake.events_delivered()
        await asyncio.sleep(20)
        await sitoo.orders.update(orderid, orderstateid=10)

    assert await told_by_events(recipe, scenario) == [
        "sent W-2001 SE-0 {'a': 2}",
        "sent W-2001 SE-1 {'b': 1}",
        "done W-2001 total=818.00",
    ]


async def test_the_shop_hears_of_what_came_back_to_a_store(tmp_path: Path) -> None:
    recipe = Recipe("return-in-store", tmp_path)

    async def scenario(fake: FakeSitoo, sitoo: SitooClient) -> None:
        sold = await recipe.tell(sitoo, web_order(recipe))
        row = {"productname": "x", "quantity": -1, "moneyrowprice": "-299.00", "vatvalue": 25}
        data = {"pos-originalsales-orderitemid": "0", "reasoncode-return": "101"}
        elsewhere = data | {"pos-originalsales-orderitemid": "1", "return-warehouseid": "2"}
        rows = [row | {"additionaldata": data}, row | {"additionaldata": elsewhere}]
        refund = {"ordertypeid": 10, "warehouseid": 1, "orderstateid": 10, "orderitems": rows}
        fake.add("/sites/1/orders", refund | {"creditorderid": sold})
        other = fake.add("/sites/1/orders", {"ordertypeid": 10})
        fake.add("/sites/1/orders", refund | {"creditorderid": other})
        # In a store of another site.
        fake.add("/sites/2/orders", refund | {"creditorderid": sold, "orderitems": rows[:1]})

    assert await told_by_events(recipe, scenario) == [
        "returned W-3001 a refund=2 quantity=1 reason=101 warehouse=1",
        "returned W-3001 b refund=2 quantity=1 reason=101 warehouse=2",
        "returned W-3001 a refund=5 quantity=1 reason=101 warehouse=1",
    ]


# What a customer bought in a store that did not have it: one thing was handed over.
SOLD = {
    "ordertypeid": 10,
    "orderstateid": 0,
    "delivery_address": "Storgatan 1",
    "delivery_zip": "111 22",
    "delivery_city": "Stockholm",
    "orderitems": [
        {"productname": "Blanket", "sku": "10001-1", "quantity": 2},
        {"productname": "Vase", "sku": "10002-1", "quantity": 1},
    ],
}


def sold_in_store(fake: FakeSitoo, data: dict[str, str]) -> int:
    key: int = fake.add("/sites/1/orders", SOLD | {"additionaldata": data})
    order = fake.items("/sites/1/orders")[key]
    order["registerid"] = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}"
    order["orderitems"][1]["additionaldata"]["item-delivered"] = "true"
    return key


async def test_the_warehouse_hears_of_what_a_store_sold_without_having_it(tmp_path: Path) -> None:
    recipe = Recipe("ship-from-central-warehouse", tmp_path)

    async def scenario(fake: FakeSitoo, _: SitooClient) -> None:
        sold_in_store(fake, BY_CARRIER)
        sold_in_store(fake, {"delivery-pickup-warehouseid": "2"})
        done = fake.add("/sites/1/orders", {"ordertypeid": 10, "orderstateid": 10})
        fake.items("/sites/1/orders")[done]["registerid"] = "{3CCB}"

    assert await told_by_events(recipe, scenario) == [
        "send 1 {'10001-1': 2} to=('Storgatan 1', '111 22', 'Stockholm') carrier=7",
        "send 2 {'10001-1': 2} to=2 carrier=None",
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [({}, (10, [0])), ({"delivery-pickup-warehouseid": "2"}, (0, [0, 900]))],
    ids=["sent", "picked up"],
)
async def test_an_order_is_ended_by_its_last_parcel(
    tmp_path: Path, data: dict[str, str], expected: Any
) -> None:
    recipe = Recipe("ship-from-central-warehouse", tmp_path)
    parcel = json.loads((recipe / "parcel.json").read_text("utf-8"))

    def make() -> FakeSitoo:
        fake = fake_sitoo(products=5)
        sold_in_store(fake, data)
        return fake

    async def run(sitoo: SitooClient) -> None:
        await recipe.sent(sitoo, 2, parcel)

    def state(fake: FakeSitoo) -> Any:
        deliveries = fake.items("/sites/1/orders/1/orderdeliveries").values()
        log = fake.items("/sites/1/orders/1/orderlogitems").values()
        return (
            [(each["orderdeliveryref"], each["warehouseid"]) for each in deliveries],
            transactions(fake, 2)[1:],
            (
                fake.items("/sites/1/orders")[1]["orderstateid"],
                [each["orderlogtypeid"] for each in log],
            ),
        )

    assert await held_after(run, state, make) == ([("SE-4711", 2)], [], expected)
    # A part of it ends nothing.
    parcel["lines"][0]["quantity"] = 1
    assert (await held_after(run, state, make))[2] == (0, [0])


# ------------------------------------------------------------------------------------- the night


class Nights(Shop):
    """It is told of objects, and remembers which."""

    def __getattr__(self, name: str) -> Callable[..., Awaitable[None]]:
        async def tell(item: Any) -> None:
            fields = ("orderid", "zreportid", "warehousetransactionid", "id")
            key = next(getattr(item, field) for field in fields if hasattr(item, field))
            await self.tell(f"{name} {key}")

        return tell


async def test_what_no_event_told_is_taken_over_at_night(tmp_path: Path) -> None:
    recipe = Recipe("nightly-reconciliation", tmp_path)
    told = []
    for dies in (False, True):
        shop, fake = Nights(dies=dies), FakeSitoo(products=2, orders=1, z_reports=1, sites=(1,))
        events = recipe.receiver(shop, unprotected=True, inbox=MemoryInbox())
        async with fake, fake.client() as sitoo, events:
            fake.add("/sites/1/orders", {"ordertypeid": 10})  # of which the event is lost
            fake.deliver_events(to=events)
            fake.add("/sites/1/orders", {"ordertypeid": 10})
            async with events.worker(sitoo):
                await fake.events_delivered()
                await asyncio.sleep(20)
            assert [*shop.told] == ["order 3"]
            shop.told.clear()
            for _ in range(50):
                with suppress(ConnectionError):
                    await recipe.night(sitoo, events, shop, recipe / "open.json", LONG_AGO)
                    break
            told.append([*shop.told])
            # Of the next night there is nothing but what is open and under way.
            shop.told.clear()
            with suppress(ConnectionError):
                await recipe.night(sitoo, events, shop, recipe / "open.json", LONG_AGO)
            assert {each.split()[0] for each in shop.told} <= {"order", "under_way"}
    assert told[0] == told[1]
    assert [each for each in told[0] if each.startswith("order")] == ["order 1", "order 2"]
    kinds = {each.split()[0] for each in told[0]}
    assert kinds == {"order", "z_report", "moved", "journal_entry", "under_way"}
