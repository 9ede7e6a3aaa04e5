"""A client that nobody closed: it says so itself, once, and leaves no connection behind."""

from __future__ import annotations

import asyncio
import gc
import inspect
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import aiohttp
import pytest

from sitoo_async import SitooClient
from sitoo_async.testing import FakeSitoo

pytestmark = pytest.mark.account(products=25)

ROOT = Path(__file__).parent.parent


class Heard:
    """What was warned of and logged while it listened."""

    def __init__(self, caplog):
        self.caplog = caplog

    def __enter__(self):
        self.catching = warnings.catch_warnings(record=True)
        self.caught = self.catching.__enter__()
        warnings.simplefilter("always")
        return self

    def __exit__(self, *exception):
        gc.collect()
        self.catching.__exit__(*exception)

    def one(self):
        (warning,) = self.caught
        assert warning.category is ResourceWarning
        assert self.caplog.records == []
        return warning


@pytest.fixture
def heard(caplog):
    return Heard(caplog)


async def connections(fake, count):
    """Wait until so many are open."""
    while len(fake._runner.server.connections) != count:  # noqa: ASYNC110  # aiohttp has no event
        await asyncio.sleep(0)


async def test_it_is_named_with_the_line_that_made_it(fake, heard):
    with heard:
        line = inspect.currentframe().f_lineno + 1
        client = SitooClient(**fake.credentials)
        await client.products.get(1)
        await connections(fake, 1)
        del client
        await asyncio.wait_for(connections(fake, 0), 10)
    warning = heard.one()
    assert str(warning.message) == (
        f"unclosed SitooClient for {fake.base_url}: use it with `async with`, or `await` its "
        "aclose()"
    )
    assert (warning.filename, warning.lineno) == (__file__, line)
    assert warning.source is not None  # what tracemalloc shows more of


async def test_one_from_the_environment_is_found_where_it_was_asked_for(fake, heard, monkeypatch):
    for name, value in fake.environment.items():
        monkeypatch.setenv(name, value)
    with heard:
        line = inspect.currentframe().f_lineno + 1
        client = SitooClient.from_env()
        await client.products.get(1)
        del client
    assert (heard.one().filename, heard.one().lineno) == (__file__, line)


async def test_it_lives_as_long_as_any_view_or_group_of_it(fake, heard):
    with heard:
        products = SitooClient(**fake.credentials).site(1).with_options(pin=True).products
        await products.get(1)
        gc.collect()
        assert (await products.get(2)).productid == 2
        assert heard.caught == []
        del products
    heard.one()


async def test_nothing_is_said_of_one_that_was_never_used_or_is_closed(fake, heard):
    with heard:
        SitooClient(**fake.credentials)
        client = SitooClient(**fake.credentials)
        await client.products.get(1)
        await client.aclose()
        del client
    assert heard.caught == []


async def test_a_thread_may_be_the_one_that_drops_it(fake, heard):
    with heard:
        kept = [SitooClient(**fake.credentials)]
        await kept[0].products.get(1)
        thread = threading.Thread(target=kept.clear)
        thread.start()
        await asyncio.to_thread(thread.join)
        await asyncio.wait_for(connections(fake, 0), 10)
    heard.one()


async def test_a_lent_session_stays_as_it_is(fake, heard):
    async with aiohttp.ClientSession() as session:
        with heard:
            client = SitooClient(**fake.credentials, session=session)
            await client.products.get(1)
            del client
        heard.one()
        assert not session.closed
        async with SitooClient(**fake.credentials, session=session) as client:
            await client.products.get(2)
    first, second = fake.requests
    assert first.connection == second.connection


def test_one_whose_loop_does_not_run(heard):
    loop = asyncio.new_event_loop()
    fake = FakeSitoo(products=3)
    loop.run_until_complete(fake.start())
    with heard:
        client = SitooClient(**fake.credentials)
        loop.run_until_complete(client.products.get(1))
        del client
        loop.run_until_complete(connections(fake, 0))
    heard.one()
    loop.run_until_complete(fake.aclose())
    loop.close()


def test_one_whose_loop_is_closed(heard):
    async def use(client):
        async with FakeSitoo(products=3) as fake:
            client.append(SitooClient(**fake.credentials))
            await client[0].products.get(1)

    kept = []
    with heard:
        asyncio.run(use(kept))
        kept.clear()
    heard.one()


SCRIPT = """\
import asyncio, sys, tracemalloc
from sitoo_async import SitooClient

tracemalloc.start(9)

client = SitooClient(
    api_id="90316-125", password="fake-password", base_url=sys.argv[1]
)

async def main():
    await client.products.get(1)

asyncio.run(main())
asyncio.run(main())
print("done")
"""


async def test_a_program_that_ends_is_told_once_and_nothing_is_left_to_say(fake, tmp_path):
    script = tmp_path / "program.py"
    script.write_text(SCRIPT, "utf-8")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-W", "always", str(script), fake.base_url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PYTHONPATH": str(ROOT)},
    )
    output, told = (text.decode() for text in await process.communicate())
    assert output == "done\n"
    assert told.startswith(f"{script}:6: ResourceWarning: unclosed SitooClient for {fake.base_url}")
    assert f'File "{script}", lineno 6' in told
    assert told.count("nclosed") == told.count("Warning") == 1
