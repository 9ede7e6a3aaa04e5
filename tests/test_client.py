"""Construction, views, lifecycle, and what must never be shown."""

from __future__ import annotations

import ast
import asyncio
import base64
import logging
import os
import pickle
import re
import subprocess
import sys
import traceback
from pathlib import Path

import aiohttp
import anyio
import pytest

import sitoo_async
from sitoo_async import InvalidOptionError, Key, RetryPolicy, SitooClient, errors
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = pytest.mark.account(products=25)

ROOT = Path(__file__).parent.parent

virtual = pytest.mark.virtual_time

GOOD = {"api_id": "90316-125", "password": "pw", "base_url": "https://api.example"}


# ------------------------------------------------------------------------------- construction


def test_it_is_made_outside_a_loop_and_used_in_one():
    async def use():
        async with FakeSitoo(products=3) as fake:
            client = SitooClient(**fake.credentials)
            assert (await client.products.list()).totalcount == 3
            await client.aclose()

    SitooClient(**GOOD)
    asyncio.run(use())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"base_url": "http://api.example"}, "base_url"),
        ({"base_url": "ftp://api.example"}, "base_url"),
        ({"base_url": ""}, "base_url"),
        ({"base_url": "https://user:pw@api.example"}, "base_url"),
        ({"base_url": "https://api.example/v3"}, "base_url"),
        ({"base_url": "https://api.example/v2/accounts/1"}, "account_id"),
        ({"account_id": "abc"}, "account_id"),
        ({"api_id": ""}, "api_id"),
        ({"api_id": "1:2"}, "api_id"),
        ({"password": ""}, "password"),
        ({"password": None}, "password"),
        ({"password": "\ud800"}, "password"),
        ({"site": "{0FA0E4C1-0000-0000-0000-000000000000}"}, "site"),
        ({"site": 0}, "site"),
        ({"site": True}, "site"),
        ({"queue_timeout": -1}, "queue_timeout"),
        ({"request_timeout": 0}, "request_timeout"),
        ({"request_timeout": None}, "request_timeout"),
        ({"deadline": float("nan")}, "deadline"),
        ({"max_rate_limit_wait": "60"}, "max_rate_limit_wait"),
        ({"max_waiting": 1.5}, "max_waiting"),
        ({"max_response_bytes": 0}, "max_response_bytes"),
        ({"priority": "urgent"}, "priority"),
        ({"retry": 3}, "retry"),
        ({"time_out": 3}, "time_out"),
        ({"grace": -1}, "grace"),
    ],
    ids=str,
)
def test_an_option_that_can_not_work_is_refused_by_its_name(wrong, field):
    with pytest.raises(errors.ConfigurationError) as caught:
        SitooClient(**{**GOOD, "account_id": 90316, **wrong})
    assert isinstance(caught.value, errors.InvalidInputError)
    assert caught.value.field == field
    assert field in str(caught.value)


def test_views_check_their_options_and_sites_too():
    client = SitooClient(**GOOD)
    with pytest.raises(errors.InvalidOptionError):
        client.with_options(deadline=0)
    with pytest.raises(errors.InvalidOptionError):
        client.site("{0FA0E4C1-0000-0000-0000-000000000000}")
    with pytest.raises(errors.InvalidOptionError, match="attempts"):
        RetryPolicy(attempts=0)


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("journal_url", "did you mean 'journals_url'?"),
        ("deadlines", "did you mean 'deadline'?"),
        ("zebra", "there are bulk_seconds, coalesce, "),
    ],
)
def test_a_misspelt_option_is_refused_with_the_one_that_was_meant(name, instead):
    with pytest.raises(InvalidOptionError, match=re.escape(instead)) as caught:
        SitooClient(**GOOD, **{name: 1})
    assert caught.value.field == name


def test_what_belongs_to_the_client_is_no_option_of_a_view():
    with pytest.raises(InvalidOptionError, match="given when the client is made"):
        SitooClient(**GOOD).with_options(own_lanes=["shipments-v3"])


def test_from_env_reads_the_environment_and_the_constructor_does_not(monkeypatch):
    monkeypatch.setenv("SITOO_API_ID", "90316-125")
    monkeypatch.setenv("SITOO_BASE_URL", "https://api.example/v2/accounts/90316")
    monkeypatch.delenv("SITOO_PASSWORD", raising=False)
    with pytest.raises(errors.ConfigurationError, match="SITOO_PASSWORD"):
        SitooClient.from_env()
    monkeypatch.setenv("SITOO_PASSWORD", "pw")
    monkeypatch.setenv("SITOO_SITE", "2")
    client = SitooClient.from_env(deadline=5)
    assert repr(client) == "<SitooClient account 90316 site 2 at https://api.example, open>"
    monkeypatch.setenv("SITOO_ACCOUNT_ID", "7")
    with pytest.raises(errors.ConfigurationError, match="account"):
        SitooClient.from_env()
    monkeypatch.delenv("SITOO_ACCOUNT_ID")
    monkeypatch.setenv("SITOO_SITE", "{GUID}")
    with pytest.raises(errors.ConfigurationError, match="site"):
        SitooClient.from_env()


ENVIRONMENT = {
    "SITOO_API_ID": "90316-125",
    "SITOO_PASSWORD": "se cret",
    "SITOO_BASE_URL": "https://api.example/v2",
    "SITOO_ACCOUNT_ID": "90316",
    "SITOO_SITE": "2",
}


@pytest.fixture
def environment(monkeypatch):
    for name in [name for name in os.environ if name.startswith("SITOO_")]:
        monkeypatch.delenv(name)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("more", ["\n", "\r\n", "\r", "\ufeff"], ids=ascii)
@pytest.mark.parametrize("name", [*ENVIRONMENT, "SITOO_KEYS", "SITOO_GATE"])
def test_line_ends_around_a_variable_are_taken_off(environment, tmp_path, name, more):
    value = ENVIRONMENT.get(name, "90316-125:se cret")
    if name == "SITOO_GATE":
        value = f"file://{tmp_path}/key.lock"
    if name == "SITOO_KEYS":
        environment.delenv("SITOO_API_ID")
        environment.delenv("SITOO_PASSWORD")
    for given in (value + more, more + value):
        environment.setenv(name, given)
        client = SitooClient.from_env()
        assert repr(client) == "<SitooClient account 90316 site 2 at https://api.example, open>"
        assert client._session._keys == (Key("90316-125", "se cret"),)


@pytest.mark.parametrize("more", [" ", "\t", "\xa0", "\u200b", "\x1b"], ids=ascii)
@pytest.mark.parametrize("name", ENVIRONMENT)
def test_what_surrounds_a_variable_unseen_is_taken_off_or_refused_by_name(environment, name, more):
    for given in (ENVIRONMENT[name] + more, more + ENVIRONMENT[name]):
        environment.setenv(name, given)
        if name != "SITOO_PASSWORD":
            assert "account 90316 site 2 at https://api.example" in repr(SitooClient.from_env())
            continue
        with pytest.raises(InvalidOptionError, match=r"^SITOO_PASSWORD: password") as caught:
            SitooClient.from_env()
        assert caught.value.field == "password"
        assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("SITOO_API_ID", "90316-1\n25", "api_id"),
        ("SITOO_API_ID", "\uff19\uff10\uff13\uff11\uff16-125", "api_id"),
        ("SITOO_PASSWORD", "se\tcret", "password"),
        ("SITOO_PASSWORD", "\r\n", "password"),
        ("SITOO_BASE_URL", "https://api.exa\nmple", "base_url"),
        ("SITOO_BASE_URL", "https://api.exa\u200bmple", "base_url"),
        ("SITOO_ACCOUNT_ID", "\uff19\uff10\uff13\uff11\uff16", "account_id"),
        ("SITOO_ACCOUNT_ID", "903 16", "account_id"),
        ("SITOO_SITE", "\uff11\uff12", "site"),
        ("SITOO_SITE", "1 2", "site"),
        ("SITOO_SITE", "9" * 5_000, "site"),
        ("SITOO_SITE", "0", "site"),
        ("SITOO_GATE", "file:///tmp/a\nb.lock", "SITOO_GATE"),
    ],
    ids=lambda text: ascii(text)[:20],
)
def test_a_variable_that_can_not_be_meant_is_refused_by_name(environment, name, value, field):
    environment.setenv(name, value)
    with pytest.raises(InvalidOptionError, match=f"^{name}") as caught:
        SitooClient.from_env()
    assert caught.value.field == field
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["SITOO_API_ID", "SITOO_PASSWORD", "SITOO_BASE_URL"])
def test_a_variable_of_nothing_that_can_be_seen_is_missing(environment, name):
    environment.setenv(name, "")
    with pytest.raises(InvalidOptionError, match=f"set {name} in the environment"):
        SitooClient.from_env()


def test_a_space_around_a_password_among_several_keys_is_refused_by_name(environment):
    environment.delenv("SITOO_API_ID")
    environment.delenv("SITOO_PASSWORD")
    environment.setenv("SITOO_KEYS", "90316-125:one , 90316-126:two")
    with pytest.raises(InvalidOptionError, match=r"^SITOO_KEYS, key 1: password") as caught:
        SitooClient.from_env()
    assert caught.value.field == "SITOO_KEYS"


def test_the_environment_may_hold_several_keys(environment):
    environment.delenv("SITOO_API_ID")
    environment.delenv("SITOO_PASSWORD")
    environment.setenv("SITOO_KEYS", "90316-125:one:1, 90316-126:two")
    client = SitooClient.from_env()
    assert client._session._keys == (Key("90316-125", "one:1"), Key("90316-126", "two"))
    environment.setenv("SITOO_API_ID", "90316-125")
    with pytest.raises(InvalidOptionError, match="exclude each other"):
        SitooClient.from_env()


@pytest.mark.parametrize("text", ["90316-125", "90316-125:", ":pw", "90316-125:se,cret"])
def test_keys_in_the_environment_that_can_not_be_read_are_refused_unseen(environment, text):
    environment.delenv("SITOO_API_ID")
    environment.delenv("SITOO_PASSWORD")
    environment.setenv("SITOO_KEYS", text)
    with pytest.raises(InvalidOptionError, match=r"^SITOO_KEYS must be pairs") as caught:
        SitooClient.from_env()
    assert caught.value.field == "SITOO_KEYS"
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize("observers", [None, 5, print, [None], [print, "log"]], ids=ascii)
def test_observers_that_can_not_be_called_are_refused_by_name(observers):
    with pytest.raises(InvalidOptionError, match="observers must be a list of functions") as caught:
        SitooClient(**GOOD, observers=observers)
    assert caught.value.field == "observers"


async def test_observers_may_come_from_any_iterable(fake):
    seen = []
    async with SitooClient(**fake.credentials, observers=iter([seen.append])) as client:
        await client.products.get(1)
        await client.products.get(2)
        await asyncio.sleep(0)
    assert [record.status for record in seen] == [200, 200]


class Raising:
    def __getattribute__(self, name):
        raise ZeroDivisionError("looked at")

    def __repr__(self):
        raise ZeroDivisionError("looked at")


RAISING = {
    "keys": ({"keys": Raising()}, "keys"),
    "a key": ({"keys": [Raising()]}, "keys"),
    "a pair": ({"keys": [(Raising(), Raising())]}, "keys"),
    "id": ({"api_id": Raising(), "password": "pw"}, "api_id"),
    "password": ({"api_id": "90316-125", "password": Raising()}, "password"),
    "url": ({**GOOD, "base_url": Raising()}, "base_url"),
    "account": ({**GOOD, "account_id": Raising()}, "account_id"),
    "observers": ({**GOOD, "observers": Raising()}, "observers"),
}


@pytest.mark.parametrize("which", RAISING)
def test_what_raises_when_it_is_looked_at_is_refused_by_name(which):
    given, field = RAISING[which]  # not a parameter: pytest looks at those
    with pytest.raises(InvalidOptionError) as caught:
        SitooClient(**{"base_url": GOOD["base_url"], **given})
    assert caught.value.field == field


async def test_whether_a_request_is_repeatable_is_yes_or_no(fake):
    async with SitooClient(**fake.credentials) as client:
        for repeatable in (1, "yes", Raising()):
            with pytest.raises(errors.InvalidInputError, match="repeatable must be True") as caught:
                await client.request("GET", "/sites.json", repeatable=repeatable)
            assert caught.value.field == "repeatable"
    assert fake.requests == []


def test_resources_are_cached_attributes():
    client = SitooClient(**GOOD)
    assert client.products is client.products
    assert client.products.variants is client.products.variants
    assert client.site(2).products is not client.products


# --------------------------------------------------------------------------------------- views


@virtual
async def test_a_view_of_another_site_shares_the_lane(fake):
    fake.add_products(7, site=2)
    async with SitooClient(**fake.credentials) as client:
        assert (await client.site(2).products.list()).totalcount == 7
        assert client.stats().sent == 1


@virtual
async def test_a_view_with_other_options_leaves_the_client_as_it_was(fake):
    async with SitooClient(**fake.credentials) as client:
        hasty = client.with_options(request_timeout=1, retry=RetryPolicy(attempts=1))
        fake.script(Fault.hang(5, times=2))
        with pytest.raises(errors.RequestTimeoutError):
            await hasty.products.list()
        assert (await client.products.list()).totalcount == 25


@virtual
async def test_bulk_views_give_way_to_interactive_calls(fake):
    async with SitooClient(**fake.credentials) as client:
        fake.script(Fault.hang(1, times=4))
        bulk = client.with_options(priority="bulk")
        calls = [asyncio.ensure_future(bulk.products.get(n)) for n in (1, 2, 3)]
        await asyncio.sleep(0.5)
        calls.append(asyncio.ensure_future(client.products.list()))
        await asyncio.gather(*calls, return_exceptions=True)
    assert [record.path.count("/") for record in fake.requests] == [4, 3, 4, 4]


# ----------------------------------------------------------------------------------- lifecycle


@virtual
async def test_a_closed_client_says_so(fake):
    client = SitooClient(**fake.credentials)
    await client.aclose()
    await client.aclose()
    with pytest.raises(errors.ClientClosedError):
        await client.products.list()
    assert fake.requests == []
    assert "closed" in repr(client)


@virtual
async def test_async_with_drains_what_waits(fake):
    fake.script(Fault.hang(1, times=3))
    async with SitooClient(**fake.credentials) as client:
        calls = [asyncio.ensure_future(client.products.list()) for _ in range(3)]
        await asyncio.sleep(0.1)
    assert [(await call).totalcount for call in calls] == [25] * 3
    with pytest.raises(errors.ClientClosedError):
        await client.products.list()


@virtual
async def test_retries_are_let_in_while_it_drains(fake):
    fake.script(Fault.html502(times=2))
    async with SitooClient(**fake.credentials) as client:
        call = asyncio.ensure_future(client.products.list())
        await asyncio.sleep(0.05)
    assert (await call).totalcount == 25
    assert len(fake.requests) == 3


@virtual
async def test_an_exception_drops_what_waits_and_awaits_what_flies(fake):
    fake.script(Fault.hang(1))
    client = SitooClient(**fake.credentials)

    async def fail():
        async with client:
            flying = asyncio.ensure_future(client.products.list())
            waiting = asyncio.ensure_future(client.products.list())
            await asyncio.sleep(0.5)
            calls.extend([flying, waiting])
            raise ZeroDivisionError

    calls = []
    with pytest.raises(ZeroDivisionError):
        await fail()
    assert (await calls[0]).totalcount == 25
    with pytest.raises(errors.ClientClosedError):
        await calls[1]
    assert len(fake.requests) == 1


@virtual
async def test_a_dropped_call_that_fails_is_not_tried_again(fake):
    fake.script(Fault.server_error(503, times=5))
    client = SitooClient(**fake.credentials)
    call = asyncio.ensure_future(client.products.list())
    await asyncio.sleep(0)
    await client.aclose(drain=False)
    with pytest.raises((errors.ServerError, errors.ClientClosedError)):
        await call
    assert len(fake.requests) <= 1


@virtual
async def test_a_call_that_pauses_before_its_next_try_ends_when_the_client_is_dropped(fake):
    client = SitooClient(**fake.credentials, retry=RetryPolicy(pause=3))
    await fake.aclose()
    call = asyncio.ensure_future(client.products.list())
    await asyncio.sleep(1)
    await client.aclose(drain=False)
    with pytest.raises(errors.ConnectError):
        await call


@virtual
async def test_closing_waits_for_the_exchange_in_flight_only_so_long(fake):
    fake.script(Fault.hang())
    loop = asyncio.get_running_loop()
    client = SitooClient(**fake.credentials, grace=2)
    call = asyncio.ensure_future(client.products.list())
    await asyncio.sleep(1)
    began = loop.time()
    await client.aclose(drain=False)
    assert loop.time() - began == pytest.approx(2, abs=0.1)
    with pytest.raises(errors.ReadError) as caught:
        await call
    assert caught.value.sent == "unknown"
    fake.unlock()


@virtual
@pytest.mark.parametrize("drain", [True, False])
@pytest.mark.parametrize("how", ["asyncio", "anyio"])
async def test_closing_is_shielded_from_cancellation_while_an_exchange_flies(
    fake, how, drain, monkeypatch
):
    fake.script(Fault.hang(3))
    loop = asyncio.get_running_loop()
    client = SitooClient(**fake.credentials)
    call = asyncio.ensure_future(client.products.list())
    await asyncio.sleep(1)
    if how == "asyncio":
        monkeypatch.delitem(sys.modules, "anyio")  # as if nobody had asked for it
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await client.aclose(drain=drain)
    else:
        with anyio.move_on_after(0.5) as scope:
            await client.aclose(drain=drain)
        assert scope.cancelled_caught is drain  # what was shielded ended well
    assert loop.time() - fake.requests[0].started == pytest.approx(3, abs=0.1)
    assert (await call).totalcount == 25


@virtual
async def test_cancelling_a_drain_turns_it_into_a_drop(fake):
    fake.script(Fault.answer(429, headers={"X-Rate-Limit-Reset": "300"}, errortext="429: x"))
    client = SitooClient(**fake.credentials)
    calls = [asyncio.ensure_future(client.products.list()) for _ in range(3)]
    await asyncio.sleep(1)
    closing = asyncio.ensure_future(client.aclose())
    also = asyncio.ensure_future(client.aclose())
    with anyio.move_on_after(5):
        await client.aclose()
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(results[0], errors.RateLimitError)  # its last real error
    assert [type(r) for r in results[1:]] == [errors.ClientClosedError] * 2
    await asyncio.gather(closing, also)


@virtual
async def test_closing_one_client_leaves_the_other_of_the_same_key_alone(fake):
    fake.script(Fault.hang(1, times=2))
    one, two = SitooClient(**fake.credentials), SitooClient(**fake.credentials)
    first = asyncio.ensure_future(one.products.list())
    second = asyncio.ensure_future(two.products.list())
    await asyncio.sleep(0.1)
    await two.aclose(drain=False)
    with pytest.raises(errors.ClientClosedError):
        await second
    assert (await first).totalcount == 25
    await one.aclose()


def test_one_loop_at_a_time_and_a_new_one_after_its_loop_has_closed():
    client = None

    async def use():
        async with FakeSitoo(products=3) as fake:
            nonlocal client
            client = client or SitooClient(**fake.credentials)
            client._session.address = SitooClient(**fake.credentials)._session.address
            assert (await client.products.list()).totalcount == 3

    async def close():
        await client.aclose()

    asyncio.run(use())
    asyncio.run(use())  # bound anew
    asyncio.run(close())
    assert "closed" in repr(client)


def test_a_call_that_a_closed_loop_left_behind_does_not_disturb_the_next_loop():
    client = SitooClient(**GOOD | {"base_url": "http://127.0.0.1:9"})
    left = []

    async def leave():
        left.append(client.products.get(1).__await__())
        next(left[0])

    loop = asyncio.new_event_loop()
    loop.run_until_complete(leave())
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()

    async def use():
        with pytest.raises(errors.ConnectError):
            await client.with_options(retry=RetryPolicy(attempts=1)).products.get(1)
        left.pop().close()
        await asyncio.wait_for(client.aclose(), 5)

    asyncio.run(use())


def test_a_client_at_work_in_another_loop_is_told_apart():
    async def in_other_loop(call):
        with pytest.raises(errors.WrongLoopError):
            await call

    async def main():
        async with FakeSitoo(products=3) as fake, SitooClient(**fake.credentials) as client:
            await client.products.list()
            for call in (client.products.get(1), client.aclose()):
                await asyncio.to_thread(asyncio.run, in_other_loop(call))

    asyncio.run(main())


async def test_an_injected_session_is_used_and_never_closed(fake):
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        async with SitooClient(**fake.credentials, session=session) as client:
            with pytest.raises(errors.NotFoundError):
                await client.products.get(999_999)
        assert not session.closed
        async with session.get(fake.base_url, raise_for_status=False) as answer:
            assert answer.status in (401, 404)
    client = SitooClient(**fake.credentials, session=session)
    with pytest.raises(errors.ClientClosedError, match="session"):
        await client.products.get(1)
    await client.aclose()


async def test_an_injected_session_closed_on_the_way_is_told(fake):
    session = aiohttp.ClientSession()
    async with SitooClient(**fake.credentials, session=session) as client:
        await client.products.list()
        await session.close()
        with pytest.raises(errors.ClientClosedError, match="session"):
            await client.products.list()


# ---------------------------------------------------------------------------- the escape hatch


@virtual
async def test_the_escape_hatch_gives_the_raw_answer(fake):
    async with SitooClient(**fake.credentials) as client:
        answer = await client.request(
            "GET", "/sites/1/products.json", params={"num": 2, "fields": ["productid", "sku"]}
        )
        assert answer.status == 200
        assert answer.json()["totalcount"] == 25
        assert len(answer.json()["items"]) == 2
        assert answer.request_id == answer.headers["sitoo-request-id"]
        made = await client.request("POST", "/sites/1/products.json", json={"sku": "RAW"})
        assert fake.products()[made.json()]["sku"] == "RAW"
        fake.script(Fault.drop(method="PUT"))
        body = {"title": "x"}
        path = f"/sites/1/products/{made.json()}.json"
        with pytest.raises(errors.ReadError):
            await client.request("PUT", path, json=body)
        assert (await client.request("PUT", path, json=body, repeatable=True)).json() is True


@virtual
@pytest.mark.parametrize(
    ("call", "field"),
    [
        ({"method": "PATCH", "path": "/a"}, "method"),
        ({"method": "GET", "path": "a"}, "path"),
        ({"method": "GET", "path": "/a/../b"}, "path"),
        ({"method": "GET", "path": "/a?b=c"}, "path"),
        ({"method": "GET", "path": "/a", "params": {"sku": []}}, "sku"),
        ({"method": "POST", "path": "/a", "json": object()}, "json"),
        ({"method": "GET", "path": "/a", "params": {"sku": ["x" * 9000]}}, "url"),
    ],
    ids=["method", "no slash", "dots", "query", "empty filter", "no JSON", "too long"],
)
async def test_the_escape_hatch_refuses_what_can_not_be_sent(fake, call, field):
    async with SitooClient(**fake.credentials) as client:
        with pytest.raises(errors.InvalidInputError) as caught:
            await client.request(**call)
    assert caught.value.field == field
    assert fake.requests == []


# ------------------------------------------------------------------- wrong credentials and host


@virtual
async def test_wrong_credentials_give_one_clear_error(fake):
    async with SitooClient(**{**fake.credentials, "password": "wrong"}) as client:
        with pytest.raises(errors.AuthenticationError) as caught:
            await client.products.list()
    assert caught.value.status == 401


async def test_a_wrong_host_gives_one_clear_error():
    class NoSuchHost(aiohttp.abc.AbstractResolver):
        async def resolve(self, host, port=0, family=0):
            raise OSError(-2, "Name or service not known")

        async def close(self):
            pass

    connector = aiohttp.TCPConnector(resolver=NoSuchHost())
    async with aiohttp.ClientSession(connector=connector) as session:
        options = {**GOOD, "base_url": "https://api.nowhere.invalid", "session": session}
        async with SitooClient(**options, retry=RetryPolicy(attempts=1)) as client:
            with pytest.raises(errors.ConnectError, match=r"api\.nowhere\.invalid") as caught:
                await client.products.list()
    assert caught.value.sent == "no"


# ------------------------------------------------------------------------------------- secrets


async def test_credentials_appear_nowhere(fake, caplog):
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(enabled=True)
    credentials = fake.credentials
    password = credentials["password"]
    header = base64.b64encode(f"{fake.credentials['api_id']}:{password}".encode()).decode()
    shown = []

    def show(error):
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        shown.extend([*whole.format(), repr(error), str(error), repr(vars(error))])
        if isinstance(error, errors.SitooError):
            shown.append(repr(pickle.dumps(error)))

    async with SitooClient(**fake.credentials, retry=RetryPolicy(attempts=1)) as client:
        shown.extend([repr(client), repr(vars(client)), repr(vars(client._session))])
        faults = [
            Fault.drop(),
            Fault.half(),
            Fault.html502(),
            Fault.answer(302, headers={"Location": "https://elsewhere.example/"}),
            Fault.answer(200, body="no JSON"),
            Fault.answer(401, errortext="no"),
        ]
        for fault in faults:
            fake.script(fault)
            with pytest.raises(errors.SitooError) as caught:
                await client.products.list()
            show(caught.value)
        fake.script(Fault.hang(0.05))
        with pytest.raises(errors.RequestTimeoutError) as caught:
            await client.with_options(request_timeout=0.02).products.list()
        show(caught.value)
        await fake.aclose()
        with pytest.raises(errors.ConnectError) as caught:
            await client.products.list()
        show(caught.value)
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(client)
    with pytest.raises(errors.ConfigurationError) as caught:
        SitooClient(**{**credentials, "base_url": "http://api.example"})
    show(caught.value)
    shown.extend(repr(record.__dict__) + record.getMessage() for record in caplog.records)
    # This test's own frame holds the credentials openly; everything else may not.
    own = ("password =", "header =", "credentials =", "shown =", "text =")
    lines = [line for line in "\n".join(shown).splitlines() if not line.strip().startswith(own)]
    assert len(lines) > 500
    text = "\n".join(lines)
    assert password not in text
    assert header not in text


# --------------------------------------------------------------------------------- public names


def test_the_public_names():
    assert sitoo_async.__all__ == sorted(sitoo_async.__all__)
    for name in sitoo_async.__all__:
        assert getattr(sitoo_async, name) is not None
    only_for_annotations = {"AnyBatchResult", "AnyOutcome", "Sent"}
    assert {*errors.__all__} - {*sitoo_async.__all__} == only_for_annotations
    assert dir(sitoo_async) == sitoo_async.__all__
    by_star: dict[str, object] = {}
    exec("from sitoo_async import *", by_star)  # noqa: S102  # the one place where it may be written
    assert {*by_star} - {"__builtins__"} == {*sitoo_async.__all__}


def test_a_name_that_is_not_public_is_missing():
    with pytest.raises(AttributeError, match="no attribute 'Engine'"):
        sitoo_async.Engine  # noqa: B018  # the access is the test


def test_what_not_every_program_uses_is_loaded_with_its_first_use():
    used = (
        "sitoo_async.SitooClient(api_id='1-1', password='x', base_url='https://x.example').stats(),"
        " sitoo_async.Options, sitoo_async.NotFoundError"
    )
    # A package that could be had through the door before can be had there still.
    then = "sitoo_async.models.Product, sitoo_async.errors"
    command = f"import sys, sitoo_async; {used}; print([*sys.modules]); {then}"
    output = subprocess.run(  # noqa: S603  # this very Python
        [sys.executable, "-c", command], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    loaded = ast.literal_eval(output)
    assert {"cattrs", "difflib"}.isdisjoint(loaded)
    rooms = {name.rpartition(".")[0] for name in loaded if name.startswith("sitoo_async.")}
    assert rooms == {
        "sitoo_async",
        "sitoo_async._checks",
        "sitoo_async._codec",
        "sitoo_async._gates",
        "sitoo_async._http",
        "sitoo_async._lane",
    }
    late = {
        "sitoo_async._codec.codec",
        "sitoo_async._codec.kinds",
        "sitoo_async._gates.file",
        "sitoo_async._gates.redis",
        "sitoo_async._lane.balancer",
        "sitoo_async._lane.sharing",
        "sitoo_async.models",
    }
    assert late.isdisjoint(loaded)


PAUSE_AND_FAREWELL = """
import asyncio, sys
from sitoo_async import SitooClient
from sitoo_async.testing import FakeSitoo, Fault

async def main():
    async with FakeSitoo(products=1) as fake:
        async with SitooClient(**fake.credentials) as client:
            await client.products.get(1)
            loaded = {*sys.modules}
            fake.script(Fault.html502())
            await client.products.get(1)
        print({*sys.modules} - loaded or "nothing")

asyncio.run(main())
"""


def test_the_first_pause_and_the_end_of_a_client_load_nothing():
    output = subprocess.run(  # noqa: S603  # this very Python
        [sys.executable, "-c", PAUSE_AND_FAREWELL],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    assert output.strip() == "nothing"
