"""The demonstration and its command line, on virtual time wherever it waits."""

from __future__ import annotations

import io
import logging
import re
import runpy
import signal
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest

from sitoo_async import __main__ as command_line
from sitoo_async._cli.demo import DemoOptions, demo, show, show_real
from sitoo_async._cli.demo_products import planned_prices
from sitoo_async._cli.demo_report import Step, repeats
from sitoo_async._cli.demo_stock import planned_count
from sitoo_async._cli.screen import PlainScreen, RichScreen, log_on, screen_for
from sitoo_async.models import Product
from sitoo_async.testing import FakeSitoo, Fault

ROOT = Path(__file__).resolve().parents[2]
SMALL = DemoOptions(products=100)


@pytest.fixture(autouse=True)
def no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACCOUNT_ID", "API_ID", "PASSWORD", "BASE_URL", "SITE"):
        monkeypatch.delenv(f"SITOO_{name}", raising=False)


@pytest.fixture
def no_rich(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "rich"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "rich", None)


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture(params=[PlainScreen, RichScreen])
def screen(request: pytest.FixtureRequest, stream: io.StringIO) -> Any:
    return request.param(stream)


# ------------------------------------------------------------------------------- it all adds up


@pytest.mark.virtual_time
async def test_the_demo_shows_every_step_and_that_everything_adds_up(
    screen: Any, stream: io.StringIO
) -> None:
    assert await show(SMALL, screen) == 0
    shown = stream.getvalue()
    assert "productid 101 does not exist" in shown
    assert "already exists" in shown
    assert "13 gave up, 3 of them while their request was under way" in shown
    assert "sent='unknown'" in shown
    assert "Walk 120 orders by ascending id, while one more is sold" in shown
    assert "10 CLOSED" in shown
    assert "Stockholm Stock" in shown
    assert "Count 100 articles of Stockholm Stock" in shown
    assert "(STOCKTAKING), which corrects" in shown
    assert "checks hold; two requests never met" in shown
    assert "NOT SO" not in shown


@pytest.mark.virtual_time
async def test_the_table_tells_what_each_step_took(stream: io.StringIO) -> None:
    await show(SMALL, PlainScreen(stream))
    table = stream.getvalue().partition("What it took\n")[2]
    rows = {line.split()[0]: line.split()[1:5] for line in table.splitlines()[2:11]}
    # Requests, the highest number in flight, refused, retried.
    assert rows == {
        "walk": ["1", "1", "0", "0"],
        "prices": ["5", "1", "0", "0"],
        "tasks": ["91", "1", "0", "0"],
        "faults": ["6", "1", "0", "2"],
        "orders": ["3", "1", "0", "0"],
        "stock": ["4", "1", "0", "0"],
        "count": ["6", "1", "0", "0"],
        "slot": ["41", "1", "1", "1"],
        "all": ["157", "1", "1", "3"],
    }


@pytest.mark.virtual_time
async def test_the_rate_limit_is_sat_out_to_the_end_of_the_slot(stream: io.StringIO) -> None:
    await show(DemoOptions(products=100, slot=5.0), PlainScreen(stream))
    longest = stream.getvalue().rpartition("the longest was ")[2]
    assert 4.0 < float(longest.split()[0]) < 6.0


class Overlapping(FakeSitoo):
    """Claims to have seen two requests at once."""

    @property
    def overlaps(self) -> int:
        return 1


class Flawless(FakeSitoo):
    """Can't be made to fail."""

    def script(self, *faults: Fault) -> None:
        """Do nothing."""


class Broken(FakeSitoo):
    """Fails for all who ask for one product."""

    async def start(self) -> None:
        await super().start()
        self.script(Fault.answer(400, errortext="no [bold]", path="/products/7.json", method="GET"))


class Generous(FakeSitoo):
    """Knows no rate limit."""

    def __init__(self, *, slot_requests: int | None = None, **options: Any) -> None:
        assert slot_requests is None or slot_requests > 0
        super().__init__(**options)


class Forgetful(FakeSitoo):
    """Lists one product less than it has."""

    async def start(self) -> None:
        await super().start()
        self.products()[9].update(active=False, activepos=False)


class Closed(FakeSitoo):
    """Sells nothing while it is looked at."""

    def add(self, path: str, item: Mapping[str, Any]) -> Any:
        """Do nothing."""


class Inventing(FakeSitoo):
    """Answers with what it does not hold."""

    path = "/products.json"
    row: ClassVar[dict[str, Any]] = {}

    async def start(self) -> None:
        await super().start()
        answer = {"totalcount": 1, "items": [self.row]}
        self.script(Fault.answer(200, body=answer, path=self.path, method="GET"))


class InventingOrders(Inventing):
    path = "/sites/1/orders.json"
    row: ClassVar[dict[str, Any]] = {
        "orderid": 1,
        "orderstateid": 77,
        "currencycode": "SEK",
        "moneytotal_gross_all": "1.00",
    }


class InventingStock(Inventing):
    path = "/sites/1/warehouses/1/warehouseitems.json"
    row: ClassVar[dict[str, Any]] = {"sku": "10001-1", "decimaltotal": "1.000"}


class InventingMoves(FakeSitoo):
    async def start(self) -> None:
        await super().start()
        row = {"warehousetransactionid": 1, "transactiontype": 50, "items": []}
        self.script(Fault.answer(200, body=row, path="*/warehousetransactions/*.json"))


class Hasty(FakeSitoo):
    """Changes its stock while it is being counted."""

    def items(self, path: str) -> dict[Any, Any]:
        held = super().items(path)
        batches = super().items("/sites/1/warehouses/1/warehousebatches").values()
        if path.endswith("/1/warehouseitems") and any(
            batch["warehousebatchstate"] == 10 for batch in batches
        ):
            held["10001-1"]["decimaltotal"] = "1.000"
        return held


class Careless(FakeSitoo):
    """Forgets what it was told of a stocktaking."""

    async def start(self) -> None:
        await super().start()
        rows = [{"statuscode": 200, "return": True}] * 100
        self.script(Fault.answer(200, body=rows, path="/warehousebatchitems.json"))


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("server", "rule"),
    [
        (Overlapping, "the server never saw two requests at once"),
        (Flawless, "an add whose answer was lost says so, and is not sent twice"),
        (Flawless, "every refused or lost request was sent again, except the add"),
        (Broken, "each of 100 tasks got its own answer, unless it gave up"),
        (Generous, "the rate limit was met"),
        (Forgetful, "the walk gave every product exactly once"),
        (
            Closed,
            "the walk gave every order once, by ascending id, and the one that was sold meanwhile",
        ),
        (InventingOrders, "the orders of each state come to what the server holds"),
        (InventingStock, "every warehouse holds what the server says"),
        (Hasty, "the stock stayed as it was until the warehouse batch was closed"),
        (Careless, "the stock is as it was counted, and elsewhere as it was"),
        (
            InventingMoves,
            "the transaction moved the differences between books and count, and nothing else",
        ),
    ],
)
async def test_the_exit_status_is_1_when_something_does_not_add_up(
    server: type[FakeSitoo], rule: str, stream: io.StringIO
) -> None:
    assert await show(SMALL, PlainScreen(stream), server=server) == 1
    assert f"NOT SO: {rule}\n" in stream.getvalue()


@pytest.mark.virtual_time
async def test_a_task_that_failed_is_shown_as_sitoo_put_it(
    screen: Any, stream: io.StringIO
) -> None:
    await show(SMALL, screen, server=Broken)
    assert "BadRequestError: 400: no [bold]" in " ".join(stream.getvalue().split())


def test_planned_failures_are_some_of_the_changes_and_differ_in_kind() -> None:
    products = [Product(productid=number, sku=f"s{number}", moneyprice=0) for number in range(100)]
    changes, planned = planned_prices(products, 25)
    assert len(changes) == 25
    assert set(planned.values()) == {400, 404}
    assert 0 < len(planned) < 25


def test_of_three_articles_one_is_counted_short_and_one_over() -> None:
    books = {"a": Decimal(7), "b": Decimal(7), "c": Decimal(7)}
    counted = planned_count(books, ["a", "b", "c", "new", "newer", "newest"])
    assert counted == {"a": 6, "b": 7, "c": 8, "new": 0, "newer": 0, "newest": 1}


async def test_only_the_repetition_of_a_failed_request_counts_as_one(
    fake_sitoo: FakeSitoo, sitoo: Any
) -> None:
    fake_sitoo.script(Fault.refuse(), Fault.drop(method="POST"))
    await sitoo.products.get(1)
    await sitoo.products.get(1)
    with pytest.raises(Exception, match="may have done the work"):
        await sitoo.products.add(sku="new")
    assert repeats(fake_sitoo.requests) == (1, 1)


def test_a_step_that_took_no_time_has_a_row_nevertheless() -> None:
    assert Step("quick").row() == ("quick", "0", "?", "0", "?", "0", "100%", "0.000 s")


# --------------------------------------------------------------------------------- a real account


@pytest.fixture
async def account(monkeypatch: pytest.MonkeyPatch) -> Any:
    async with FakeSitoo(products=1100) as fake:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        yield fake


async def test_a_real_account_is_only_read_and_only_a_little(
    account: FakeSitoo, screen: Any, stream: io.StringIO
) -> None:
    assert await show_real(DemoOptions(real=True), screen) == 0
    assert {request.method for request in account.requests} == {"GET"}
    assert len(account.requests) == 4 + 10 + 1 + 4
    shown = " ".join(stream.getvalue().split())
    assert "at most 1,000 products" in shown
    assert "at most 1,000 orders" in shown
    assert "Nothing is changed" in shown
    orders = len(account.items("/sites/1/orders"))
    assert f"{orders} of {orders} orders read" in shown
    assert "No stocktaking It would change the stock, so it is left out" in shown


@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnexpectedTypeWarning")
async def test_orders_without_a_state_a_currency_or_a_total_are_counted_too(
    account: FakeSitoo, screen: Any, stream: io.StringIO
) -> None:
    orders = account.items("/sites/1/orders")
    first, second, third = list(orders.values())[:3]
    first |= {"orderstateid": None, "currencycode": None, "moneytotal_gross_all": None}
    second |= {"orderstateid": None, "moneytotal_gross_all": "12.00"}
    third |= {"moneytotal_gross_all": "", "currencycode": "", "orderstateid": "10"}
    assert await show_real(DemoOptions(real=True, products=100), screen) == 0
    shown = " ".join(stream.getvalue().split())
    assert re.search(r"none\W+2\W+0\.00 \(no currency\)", shown)
    assert re.search(r"none\W+1\W+12\.00 SEK", shown)


async def test_of_large_stocks_only_the_beginning_is_read(
    account: FakeSitoo, stream: io.StringIO
) -> None:
    for warehouseid in (1, 2, 3):
        stock = account.items(f"/sites/1/warehouses/{warehouseid}/warehouseitems")
        item = next(iter(stock.values()))
        stock.clear()
        stock |= {f"sku-{number}": {**item, "sku": f"sku-{number}"} for number in range(60)}
    assert await show_real(DemoOptions(real=True, products=100), PlainScreen(stream)) == 0
    read = [record for record in account.requests if record.path.endswith("/warehouseitems.json")]
    # The second is not read to its end, the third not at all.
    assert [record.query["num"] for record in read] == [["100"], ["40"]]
    assert "Web Stock" not in stream.getvalue()


async def test_an_empty_account_and_fewer_products_will_do(
    account: FakeSitoo, screen: Any, stream: io.StringIO
) -> None:
    account.products().clear()
    assert await show_real(DemoOptions(real=True, products=100), screen) == 0
    assert "0 of 0 products read" in stream.getvalue()


async def test_a_real_account_that_fails_is_told(
    account: FakeSitoo, screen: Any, stream: io.StringIO
) -> None:
    account.script(Fault.answer(403, path="/products/1.json"))
    assert await show_real(DemoOptions(real=True, products=100), screen) == 1
    assert "PermissionDeniedError" in stream.getvalue()


# --------------------------------------------------------------------------- ends before the end


class Interrupting(FakeSitoo):
    async def start(self) -> None:
        await super().start()
        signal.raise_signal(signal.SIGINT)


class Locked(FakeSitoo):
    @property
    def credentials(self) -> dict[str, Any]:
        return super().credentials | {"password": "wrong"}


@pytest.mark.usefixtures("ctrl_c")
def test_ctrl_c_ends_the_demo_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo(SMALL, server=Interrupting) == 130
    assert "Interrupted" in capsys.readouterr().out


def test_a_call_that_fails_ends_the_demo_with_its_error(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert demo(SMALL, server=Locked) == 1
    shown = capsys.readouterr().out
    assert "ended early: AuthenticationError: 401" in shown
    assert "wrong" not in shown


def test_without_credentials_the_demo_says_what_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert demo(DemoOptions(real=True)) == 2
    assert "set SITOO_API_ID" in capsys.readouterr().out


def test_warnings_of_the_library_stand_among_the_lines(stream: io.StringIO) -> None:
    logger = logging.getLogger("sitoo_async")
    with log_on(PlainScreen(stream)):
        logger.warning("on hold for %.1f s", 2)
        logger.info("all quiet")
    logger.warning("afterwards")
    assert stream.getvalue() == "  log: on hold for 2.0 s\n"


# ------------------------------------------------------------------------------------- the screen


@pytest.mark.usefixtures("no_rich")
def test_without_rich_the_screen_is_plain_text(stream: io.StringIO) -> None:
    screen = screen_for(stream)
    assert isinstance(screen, PlainScreen)
    screen.line("Title", "heading")
    with screen.bar("things", 8) as advance:
        for _ in range(8):
            advance()
    screen.table(("Name", "Count"), [("a", "1"), ("long name", "12")])
    assert stream.getvalue() == (
        "\nTitle\n"
        "  things: 2 of 8\n  things: 4 of 8\n  things: 6 of 8\n  things: 8 of 8\n"
        "  Name       Count\n"
        "  ---------  -----\n"
        "  a              1\n"
        "  long name     12\n"
    )


def test_with_rich_a_bar_and_a_table_are_drawn(stream: io.StringIO) -> None:
    screen = screen_for(stream)
    assert isinstance(screen, RichScreen)
    with screen.bar("things", 2) as advance:
        advance()
        advance()
    screen.table(("Name", "Count"), [("[a]", "1")])
    shown = stream.getvalue()
    assert "2/2" in shown
    assert "[a]" in shown


# ------------------------------------------------------------------------------- the command line


def run_main(arguments: list[str]) -> int:
    try:
        return command_line.main(arguments)
    except SystemExit as stop:
        return int(stop.code or 0)


def test_help_tells_of_the_prompt_and_of_the_demo(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert "top-level await" in shown
    assert "demo" in shown


def test_the_demo_has_a_help_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_main(["demo", "--help"]) == 0
    assert "at least 100 (default: 10000)" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["dance"], "invalid choice: 'dance'"),
        (["demo", "--products", "99"], "99 is not from 100"),
        (["demo", "--real", "--products", "0"], "0 is not from 100"),
        (["demo", "--products", "many"], "invalid int value: 'many'"),
        (["demo", "--delay", "nan"], "nan is not from 0"),
        (["demo", "--slot", "0.5"], "0.5 is not from 1"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused_with_the_usage(
    arguments: list[str], remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_main(arguments) == 2
    shown = capsys.readouterr().err
    assert "usage: python -m sitoo_async" in shown
    assert remedy in shown


def test_the_demo_command_passes_its_options_on(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[DemoOptions] = []

    def note(options: DemoOptions) -> int:
        given.append(options)
        return 7

    monkeypatch.setattr("sitoo_async._cli.demo.demo", note)
    assert command_line.main(["demo", "--products", "100", "--seed", "3", "--real"]) == 7
    assert given == [DemoOptions(products=100, seed=3, real=True)]


def test_what_is_missing_is_named_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name in sys.modules if name.startswith("sitoo_async._cli.demo")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "anyio.lowlevel", None)
    assert command_line.main(["demo"]) == 1
    assert "anyio.lowlevel is missing" in capsys.readouterr().err


def test_ctrl_c_before_a_command_is_at_work_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: DemoOptions) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("sitoo_async._cli.demo.demo", interrupted)
    assert command_line.main(["demo"]) == 130


@pytest.fixture
def as_a_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["sitoo_async", "dance"])
    monkeypatch.delitem(sys.modules, "sitoo_async.__main__")


@pytest.mark.usefixtures("as_a_module")
def test_the_package_runs_as_a_module(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        runpy.run_module("sitoo_async", run_name="__main__")
    assert stop.value.code == 2
    assert "dance" in capsys.readouterr().err


def test_the_demo_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sitoo_async", "demo", "--products", "100", "--slot", "1"],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "two requests never met" in done.stdout
    assert "log: on hold" in done.stdout
    assert done.stderr == ""
