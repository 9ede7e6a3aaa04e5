"""SITOO_GATE: which gate it names, and that a client closes the one it made itself."""

from __future__ import annotations

import asyncio
import traceback

import pytest

from sitoo_async import FileGate, Grant, RedisGate, SitooClient, errors
from sitoo_async._gates._from_url import gate_from_url
from sitoo_async._http.keys import Secret
from sitoo_async.testing import FakeSitoo
from tests.gates._noting_gate import NotingGate


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("file:///run/sitoo/gate", "/run/sitoo/gate"),
        ("FILE:///run/sitoo/gate", "/run/sitoo/gate"),
        ("file://localhost/run/sitoo/gate", "/run/sitoo/gate"),
        ("file:///run/my%20gate", "/run/my gate"),
    ],
)
def test_a_file_url_names_a_file_gate(url, path):
    assert gate_from_url(Secret(url)) == FileGate(path)


@pytest.mark.parametrize(
    ("url", "engine"),
    [
        ("postgresql://user:hunter2@host/database", "PostgresGate"),
        ("postgres://user:hunter2@host/database", "PostgresGate"),
        ("redis://user:hunter2@host:6379/0", "RedisGate"),
        ("rediss://user:hunter2@host:6379/0", "RedisGate"),
        ("valkey://user:hunter2@host:6379/0", "RedisGate"),
        ("valkeys://user:hunter2@host:6379/0", "RedisGate"),
    ],
)
def test_other_urls_name_the_engines_of_several_hosts(url, engine):
    gate = gate_from_url(Secret(url))
    assert type(gate).__name__ == engine
    assert "hunter2" not in repr(gate)


@pytest.mark.parametrize(
    "url",
    [
        "hunter2",
        "/run/gate",
        "file://",
        "file:///",
        "file://run/gate",
        "file:///run/gate?hunter2",
        "file:///run/gate#hunter2",
        "file://[hunter2/gate",
        "mysql://user:hunter2@host/db",
    ],
)
def test_anything_else_is_refused_and_never_quoted(url):
    with pytest.raises(errors.InvalidOptionError, match="file:///path") as caught:
        gate_from_url(Secret(url))
    assert caught.value.field == "SITOO_GATE"
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize(
    ("query", "lease", "rest"),
    [
        ("?lease=10", 10.0, ""),
        ("?lease=0.5&health_check_interval=30", 0.5, "?health_check_interval=30"),
        (
            "?ssl_cert_reqs=none&lease=2&client_name=a%26b",
            2.0,
            "?ssl_cert_reqs=none&client_name=a%26b",
        ),
        ("?health_check_interval=30", 5.0, "?health_check_interval=30"),
        ("", 5.0, ""),
    ],
)
def test_a_redis_url_may_tell_the_lease(query, lease, rest):
    url = "rediss://user:hunter2@host:6379/0"
    assert gate_from_url(Secret(url + query)) == RedisGate(url + rest, lease=lease)


@pytest.mark.parametrize(
    "query", ["lease=", "lease=hunter2", "lease=0", "lease=-1", "lease=nan", "lease=inf"]
)
def test_a_lease_that_is_no_number_of_seconds_is_refused_and_never_quoted(query):
    with pytest.raises(errors.InvalidOptionError, match=r"redis://host/0\?lease=10") as caught:
        gate_from_url(Secret(f"redis://user:hunter2@host/0?{query}"))
    assert caught.value.field == "lease"
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert "hunter2" not in "".join(line for line in told if "test_from_url" not in line)


def test_a_lease_that_is_told_twice_is_refused():
    with pytest.raises(errors.InvalidOptionError, match="once"):
        gate_from_url(Secret("redis://host/0?lease=1&lease=2"))


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """SITOO_GATE names a gate; gives that gate and a function to add a server's address."""
    monkeypatch.setenv("SITOO_GATE", f"file://{tmp_path}/gate")

    def serves(fake):
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        return f"{fake.base_url} {fake.credentials['api_id']}"

    return FileGate(tmp_path / "gate"), serves


class Witness(NotingGate):
    def __eq__(self, other):
        return isinstance(other, FileGate | Witness)

    def __hash__(self):
        return 1


async def test_a_client_from_the_environment_goes_through_the_gate(environment):
    gate, serves = environment
    async with FakeSitoo(products=1) as fake:
        key = serves(fake)
        async with SitooClient.from_env() as sitoo:
            assert await gate.acquire(key) == Grant()
            waiting = asyncio.create_task(sitoo.products.get(1))
            await asyncio.sleep(0.02)
            assert fake.requests == []
            await gate.release(key, 0.0)
            assert (await waiting).productid == 1


async def test_a_gate_that_is_given_wins_and_is_not_closed(environment):
    _, serves = environment
    witness = Witness()
    async with FakeSitoo(products=1) as fake:
        serves(fake)
        async with SitooClient.from_env(gate=witness) as sitoo:
            await sitoo.products.get(1)
    assert witness.log == ["acquire", "release"]


async def test_an_empty_variable_names_no_gate(environment, monkeypatch):
    _, serves = environment
    async with FakeSitoo(products=1) as fake:
        serves(fake)
        monkeypatch.setenv("SITOO_GATE", "")
        async with SitooClient.from_env() as sitoo:
            await sitoo.products.get(1)
            assert sitoo._session._gate is None


async def test_a_gate_that_somebody_else_brought_is_not_closed(environment):
    _, serves = environment
    witness = Witness()
    async with FakeSitoo(products=1, delay=0.02) as fake:
        serves(fake)
        # The lane keeps the gate of whoever came first.
        async with SitooClient(**fake.credentials, gate=witness) as theirs:
            await theirs.products.get(1)
            ours = SitooClient.from_env()
            await ours.products.get(1)
            using = asyncio.create_task(theirs.products.get(1))
            await asyncio.sleep(0)
            await ours.aclose()
            assert "close" not in witness.log
            await using
            async with SitooClient.from_env() as ours:
                await ours.products.get(1)
        # Theirs never is, and ours has nothing open.
        assert "close" not in witness.log


async def test_a_gate_of_the_environment_is_closed_when_nobody_is_at_work_with_it(environment):
    _, serves = environment
    async with FakeSitoo(products=1) as fake, FakeSitoo(products=1, delay=0.05) as slow:
        serves(fake)
        sitoo = SitooClient.from_env()
        own = Witness()
        sitoo._session._gate = own
        await sitoo.products.get(1)
        async with SitooClient(**slow.credentials, gate=Witness()) as theirs:
            theirs._session._gate = own  # on another key
            using = asyncio.create_task(theirs.products.get(1))
            await asyncio.sleep(0.01)
            await sitoo.aclose()
            assert "close" not in own.log
            await using
        serves(fake)
        async with SitooClient.from_env() as sitoo:
            sitoo._session._gate = own
            await sitoo.products.get(1)
        assert own.log[-1] == "close"


def test_one_url_names_one_gate():
    url = Secret("redis://host:1")
    assert gate_from_url(url) is gate_from_url(Secret("redis://host:1"))


async def test_a_client_is_not_closed_before_the_gate_is_back(environment):
    _, serves = environment
    witness = Witness()
    free = asyncio.Event()

    async def slow(key, hold):
        await free.wait()
        witness.log.append("release")

    witness.release = slow
    async with FakeSitoo(products=1) as fake:
        serves(fake)
        sitoo = SitooClient(**fake.credentials, gate=witness)
        await sitoo.products.get(1)
        closing = asyncio.create_task(sitoo.aclose())
        await asyncio.sleep(0.01)
        assert not closing.done()
        free.set()
        await closing
    assert witness.log == ["acquire", "release"]


async def test_closing_waits_for_a_gate_no_longer_than_its_grace():
    witness = Witness()
    witness.release = lambda key, hold: asyncio.sleep(3600)
    async with FakeSitoo(products=1) as fake:
        sitoo = SitooClient(**fake.credentials, gate=witness, grace=0.01)
        await sitoo.products.get(1)
        await sitoo.aclose()
        assert "closed" in repr(sitoo)
