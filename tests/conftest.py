"""What all tests share: time, FakeSitoo and its full accounts, and hypothesis' settings."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, settings

from sitoo_async import SitooClient
from sitoo_async._codec import tolerant
from sitoo_async._lane import holds
from sitoo_async.resources import _operation
from sitoo_async.spi._core import target
from sitoo_async.testing import FakeSitoo, VirtualTimeLoop
from sitoo_async.testing._reference.facts import operations
from tests.gates._postgres import PostgresServer, missing
from tests.gates._programs import MODULES, untested

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

pytest_plugins = ["sitoo_async.testing.fixtures"]

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("brief", settings.get_profile("default"), max_examples=25)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def _eager() -> asyncio.AbstractEventLoop:
    loop = VirtualTimeLoop()
    loop.set_task_factory(asyncio.eager_task_factory)
    return loop


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "virtual_time: runs on a clock that jumps over every wait")
    config.addinivalue_line("markers", "eager_too: also runs with the eager task factory")
    config.addinivalue_line("markers", "account(**options): what the server of `fake` holds")

    # No test trusts the authorities that the system knows, and to read them takes each process that
    # a test starts a tenth of a second.
    os.environ.setdefault("SSL_CERT_FILE", os.devnull)

    # Only where the whole bar can't be reached: it is lowered by name, and nobody can overlook it.
    coverage = config.pluginmanager.getplugin("_cov")
    if untested() and coverage is not None and hasattr(coverage.cov_controller, "combining_cov"):
        left_out = [module for engine in untested() for module in MODULES[engine]]
        coverage.cov_controller.combining_cov.set_option("report:omit", left_out)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    # In a process of pytest-xdist's, pytest-cov starts a second time now, and `no_cover` pauses
    # that alone. What the first one measures is thrown away, but takes as long.
    coverage = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and coverage is not None and coverage._started:
        coverage.cov_controller.cov.stop()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for engine, reason in untested().items():
        terminalreporter.write_sep("!", f"{engine} LEFT OUT", red=True, bold=True)
        terminalreporter.write_line(reason)
        terminalreporter.write_line(f"Left out of the coverage bar: {', '.join(MODULES[engine])}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        # Processes that share the tests out have to agree on their names.
        values = item.callspec.params.values() if hasattr(item, "callspec") else ()
        # Not `isinstance`: some of the values are made to raise when they are looked at.
        has_set = any(type(value) in {set, frozenset} and len(value) > 1 for value in values)
        if " at 0x" in item.name or (has_set and "{" in item.name):
            raise pytest.UsageError(f"the id of {item.nodeid} differs from run to run: give it one")
        for mark in item.iter_markers("parametrize"):
            if type(mark.args[1]) in {set, frozenset}:
                raise pytest.UsageError(
                    f"{item.nodeid} goes through a set, in another order each run"
                )
        # What chance comes by is another thing each time, so it doesn't count as covered. And
        # hypothesis takes twice as long where its every line is traced.
        if getattr(getattr(item, "function", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.no_cover)


def pytest_asyncio_loop_factories(
    config: pytest.Config,
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("virtual_time") is None:
        return {"real_time": asyncio.new_event_loop}
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"virtual_time": VirtualTimeLoop}
    if item.get_closest_marker("eager_too") and sys.version_info >= (3, 12):
        loops["virtual_time_eager"] = _eager
    return loops


@pytest.fixture(autouse=True)
def nothing_known_yet() -> None:
    """What a process tells once, or remembers of a key, begins anew with each test."""
    _operation._warned.clear()
    target._warned.clear()
    tolerant.reported.clear()
    holds._pasts.clear()


@pytest.fixture
async def fake(request: pytest.FixtureRequest) -> AsyncIterator[FakeSitoo]:
    """A server; ``pytest.mark.account`` says what `FakeSitoo` is made with, such as products=3."""
    account = request.node.get_closest_marker("account")
    async with FakeSitoo(**(account.kwargs if account else {})) as server:
        yield server


@pytest.fixture
async def client(fake: FakeSitoo) -> AsyncIterator[SitooClient]:
    """A client of that server."""
    async with SitooClient(**fake.credentials) as made:
        yield made


@pytest.fixture(scope="session")
def shared_postgres_server() -> Iterator[PostgresServer]:
    reason = missing()
    if reason is not None:
        pytest.skip(reason)
    with PostgresServer() as server:
        yield server


@pytest.fixture
def postgres_server(shared_postgres_server: PostgresServer) -> Iterator[PostgresServer]:
    """The same for all tests: however one leaves it, the next one finds it at work."""
    yield shared_postgres_server
    shared_postgres_server.restore()


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Ctrl-C interrupts here and in processes that are started here, whatever started the tests.

    What a script runs in the background (``pytest &``, or after ``trap '' INT``) ignores SIGINT.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


# Accounts that hold something at every path of the reference ----------------------------------


def _full_account() -> FakeSitoo:
    fake = FakeSitoo(products=25)
    fake.add("/sites/1/products/1/images", {"resourceid": "a.png", "filedata": "iVBORw0KGgo="})
    fake.add("/sites/1/products/1/files", {"resourceid": "b.txt", "filedata": "SGVsbG8="})
    fake.add("/sites/1/pricelists/1/pricelistitems", {"productid": 1, "moneyprice": "5.00"})
    fake.add("/sites/1/warehouses/1/warehousebatches", {"transactiontype": 50})
    batch_items = "/sites/1/warehouses/1/warehousebatches/1/warehousebatchitems"
    fake.add(batch_items, {"sku": "10001-1", "decimalquantity": "3.000"})
    value = {"key": "cm_budget", "date": "2020-12-11", "store_id": "101", "value_scalar": 5}
    fake.add("/custom_metric_values", value)
    use = {"moneyordertotal": "9.00", "moneyinfluencertotal": "8.00", "currencycode": "SEK"}
    use["moneyinfluencerdiscount"] = "1.00"
    fake.add("/sites/1/influencervouchers/SUMMER/transactions", use)
    return fake


# Where the store of the path's parent does not hold the key.
_KEYS = {
    "/sites": 1,
    "/sites/1/influencervouchers": "SUMMER",
    "/custom_metric_values": "cm_budget",
    "/store-z-reports": 1,
}


def _key_of(fake: FakeSitoo, prefix: str) -> Any:
    if prefix in _KEYS:
        return _KEYS[prefix]
    if prefix in {"/pos-z-reports", "/sites/1/cashregisters"}:
        registers = fake.items("/sites/1/cashregisters")
        return next(key for key, register in registers.items() if register["registerkey"])
    if prefix.startswith("/pos-z-reports"):
        return 1
    return next(iter(fake.items(prefix)))


def _path_to(fake: FakeSitoo, template: str) -> str:
    path = ""
    encoded = ""
    for part in template.removesuffix(".json").strip("/").split("/"):
        value = str(_key_of(fake, path)) if part.startswith("{") else part
        path += f"/{value}"
        encoded += f"/{quote(value, safe='')}"
    return encoded


_CODE = {"code": "SCRAPBOOK101", "name": "Emily Hadfield", "voucherpassword": "RLFm3bef"}
_USERS = (
    "{10840BB4-1FF3-3E63-7872-735A4846309E}",
    "{1F842C30-1982-5EB9-7C4F-408FE9546453}",
)

# What an example adds, so that it must not be there.
_ADDED = {
    "addCustomAttribute": ("/sites/1/customattributes", "material"),
    "addCustomMetric": ("/custom_metrics", "cm_revenue_total_budget"),
    "batchAddInfluencerCodes": ("/sites/1/influencercodes", "SCRAPBOOK101"),
}


def _prepared_for(name: str) -> FakeSitoo:
    fake = _full_account()
    fake.items("/sites/1/warehouses/1/warehousebatches")[1]["transactiontype"] = 10
    metric = {"key": "cm_revenue_total_budget", "grouping": "date_store", "type": "scalar"}
    fake.add("/custom_metrics", metric)
    fake.add("/sites/1/influencercodes", _CODE)
    manufacturers = fake.items("/sites/1/manufacturers")
    manufacturers[1] = {**manufacturers[3], "externalcompanyid": 1}
    for sku in ("36305-1", "36401-1", "36522-3"):
        productid = fake.add("/sites/1/products", {"sku": sku})
        price = {"productid": productid, "moneyprice": "5.00"}
        fake.add("/sites/1/pricelists/1/pricelistitems", price)
    users = fake.items("/sites/1/users")
    for userid in _USERS:
        users[userid] = {**next(iter(users.values())), "userid": userid}
    batch_items = "/sites/1/warehouses/1/warehousebatches/1/warehousebatchitems"
    for sku in ("10038-2", "10038-3"):
        fake.add(batch_items, {"sku": sku})
    orders = fake.items("/sites/1/orders")
    (example,) = [each.example for each in operations() if each.name == "addOrder"]
    rows = example["request"]["orderitems"]
    order = fake.add("/sites/1/orders", {"ordertypeid": 10, "orderitems": rows})
    first = next(iter(orders))
    orders[first] = {**orders.pop(order), "orderid": first}
    fake.items(f"/sites/1/orders/{first}/orderdeliveries").clear()
    for product in fake.products().values() if name == "deleteCustomAttribute" else ():
        product["customattributes"] = {}  # one that is in use can't be deleted
    if name in _ADDED:
        place, key = _ADDED[name]
        del fake.items(place)[key]
    return fake


@pytest.fixture(scope="session")
def full_account() -> Callable[[], FakeSitoo]:
    """Makes an account in which no collection of the reference is empty."""
    return _full_account


@pytest.fixture(scope="session")
def prepared_for() -> Callable[[str], FakeSitoo]:
    """Makes such an account with what the example of an operation, named so, refers to."""
    return _prepared_for


@pytest.fixture(scope="session")
def path_to() -> Callable[[FakeSitoo, str], str]:
    """Fills an operation's template with keys that an account holds; percent-encoded."""
    return _path_to
