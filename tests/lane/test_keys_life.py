"""The life of a client of several keys: closing, cancelling, loops, gates, and no secret shown."""

from __future__ import annotations

import asyncio
import base64
import logging
import pickle
import traceback

import aiohttp
import pytest

from sitoo_async import Grant, InvalidOptionError, RetryPolicy, SitooClient, errors
from sitoo_async.testing import Fault
from tests.lane._keys_server import KEYS, client_of, gets, limit, now, seconds_for, serving, used

virtual = pytest.mark.virtual_time


# The life of a client -----------------------------------------------------------------------


@virtual
async def test_draining_serves_what_waits_in_every_lane(server):
    async with client_of(server) as client:
        calls = gets(client, range(1, 31))
        await asyncio.sleep(0.01)
    assert [(await call).productid for call in calls] == [*range(1, 31)]
    with pytest.raises(errors.ClientClosedError):
        await client.products.get(1)


@virtual
async def test_dropping_awaits_all_flights_and_ends_what_waits_in_every_lane(server):
    server.script(Fault.hang(3, times=3))
    client = client_of(server)
    calls = gets(client, range(1, 31))
    await asyncio.sleep(1)
    await client.aclose(drain=False)
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [result.productid for result in results[:3]] == [1, 2, 3]
    assert {type(result) for result in results[3:]} == {errors.ClientClosedError}
    assert len(server.requests) == 3


@virtual
async def test_closing_waits_for_all_flights_together_only_as_long_as_the_grace(server):
    server.script(Fault.hang(1), Fault.hang(), Fault.hang())
    client = client_of(server, grace=2)
    calls = gets(client, (1, 2, 3))
    await asyncio.sleep(0.5)
    began = now()
    await client.aclose(drain=False)
    assert now() - began == pytest.approx(2, abs=0.1)
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert [getattr(result, "sent", "done") for result in results] == ["done", "unknown", "unknown"]
    server.unlock()


@virtual
async def test_cancelled_calls_leave_every_lane_and_nothing_overlaps(server):
    async with client_of(server) as client:
        calls = gets(client, range(1, 31))
        await asyncio.sleep(0.03)
        for call in calls[::2]:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert client.stats().waiting == {"interactive": 0, "bulk": 0}
    # The first three had their answer already.
    assert [call.cancelled() for call in calls] == [False] * 3 + [False, True] * 13 + [False]
    assert (server.overlaps, server.highest_in_flight) == (0, 1)


def test_a_client_of_several_keys_is_bound_anew_after_its_loop_has_closed():
    client = None

    async def use():
        nonlocal client
        async with serving() as server:
            client = client or client_of(server)
            client._session.address = client_of(server)._session.address
            await seconds_for(client, 3)
            assert len({*used(server)}) == 3

    asyncio.run(use())
    asyncio.run(use())
    asyncio.run(client.aclose())
    assert "closed" in repr(client)


async def test_a_client_called_from_inside_an_exchange_says_so_whatever_key_is_free(server):
    told = []

    class Connector(aiohttp.TCPConnector):
        async def connect(self, *args, **kwargs):
            try:
                await client.products.get(1)
            except errors.ReentryError as error:
                told.append(error)
            return await super().connect(*args, **kwargs)

    async with (
        aiohttp.ClientSession(connector=Connector()) as session,
        client_of(server, session=session) as client,
    ):
        assert (await client.products.get(1)).productid == 1
    assert told


@virtual
async def test_a_session_that_was_lent_serves_all_keys(server):
    async with aiohttp.ClientSession() as session, client_of(server, session=session) as client:
        await seconds_for(client, 9)
        await session.close()
        with pytest.raises(errors.ClientClosedError, match="session"):
            await client.products.get(1)
    assert {*used(server)} == {"5", "6", "7"}


class Doorman:
    """A gate of this process that notes who holds which key, and can't be had for some of them."""

    def __init__(self, *broken, **seconds):
        self.broken = broken  # what the names of such keys end with
        self.seconds = seconds  # that its answer takes
        self.asked = []
        self.locks = {}
        self.closed = 0

    async def acquire(self, key):
        self.asked.append(key[-3:])
        await asyncio.sleep(self.seconds.get(f"key{key[-3:]}", 0))
        if key.endswith(self.broken):
            raise OSError("the engine is down")
        await self.locks.setdefault(key, asyncio.Lock()).acquire()
        return Grant()

    async def release(self, key, hold):
        self.locks[key].release()

    async def aclose(self):
        self.closed += 1


class PromptDoorman(Doorman):
    """One that says at once where it can't be had."""

    def acquire_now(self, key):
        if key.endswith(self.broken):
            raise OSError("the engine is down")

    def release_now(self, key, hold):
        self.locks[key].release()


@virtual
async def test_one_gate_keeps_each_key_apart(server):
    gate = Doorman()
    async with client_of(server, gate=gate) as client:
        assert await seconds_for(client, 60) < 0.5
    assert [*gate.locks] == [f"{server.base_url} {api_id}" for api_id, _ in KEYS]
    assert not any(lock.locked() for lock in gate.locks.values())
    assert gate.closed == 0


@virtual
async def test_no_more_gates_are_asked_for_than_calls_wait(server):
    gate = Doorman()
    async with client_of(server, gate=gate) as client:
        for _ in range(6):
            await client.products.get(1)
        assert gate.asked == ["125", "126", "127"] * 2
        gate.asked.clear()
        await asyncio.gather(client.products.get(1), client.products.get(2))
        assert len(gate.asked) == 2


@virtual
async def test_a_call_whose_gate_takes_its_time_asks_for_the_others(server):
    gate = Doorman(key125=60)
    async with client_of(server, gate=gate) as client:
        began = now()
        await client.products.get(1)
        assert now() - began < 0.1
        assert gate.asked == ["125", "126", "127"]


@virtual
@pytest.mark.parametrize("gate", [Doorman, PromptDoorman])
async def test_a_call_fails_by_a_gate_only_where_no_key_can_be_had(server, gate):
    async with client_of(server, gate=gate("125", "127")) as client:
        assert await seconds_for(client, 30) < 1
        for _ in range(3):
            await client.products.get(1)
    assert {*used(server)} == {"6"}


@virtual
async def test_a_call_is_not_failed_by_a_gate_while_another_key_is_only_on_hold(server):
    server.script(limit(9))
    async with client_of(server, gate=Doorman("126", "127")) as client:
        (first,) = gets(client, [1])
        await asyncio.sleep(1)
        assert (await client.products.get(2)).productid == 2
        await first
    assert {*used(server)} == {"5"}


@virtual
async def test_a_gate_that_failed_once_is_soon_asked_again_for_those_who_wait(server):
    gate = Doorman("126")
    server.script(Fault.hang(60, path="*/1.json"))
    async with client_of(server, KEYS[:2], gate=gate) as client:
        slow, *others = gets(client, range(1, 31))
        began = now()
        await asyncio.sleep(0.5)
        gate.broken = ()
        await asyncio.gather(*others)
        assert now() - began < 3
        await slow


@virtual
@pytest.mark.parametrize("pin", [False, True])
async def test_a_trial_is_given_up_where_its_gate_fails(server, pin):
    gate = Doorman()
    async with client_of(server, KEYS[:2], gate=gate, pin=pin) as client:
        if pin:
            await client.products.update(9, title="so that writes are pinned to the first key")
        server.script(Fault.hang(5, path="*/1.json"), Fault.refuse(path="*/2.json", times=3))
        calls = gets(client, [1, 2])
        await asyncio.sleep(3)
        trial = client._session._binding.balancer._evidence.trial
        gate.broken = (trial[-3:],)
        began = now()
        calls += [client.products.update(3, title="new"), client.products.get(4)]
        await asyncio.gather(*calls)
        assert now() - began < 2.5
    assert {*used(server)[-3:]} == {"5" if trial.endswith("6") else "6"}


@virtual
async def test_a_gate_that_fails_for_all_keys_tells_every_call(server):
    async with client_of(server, gate=Doorman("125", "126", "127")) as client:
        results = await asyncio.gather(*gets(client, range(1, 6)), return_exceptions=True)
    assert {type(result) for result in results} == {errors.LaneError}
    assert {result.sent for result in results} == {"no"}
    assert server.requests == []


async def test_a_gate_from_the_environment_is_closed_once_no_key_is_in_use(
    server, monkeypatch, tmp_path
):
    monkeypatch.setenv("SITOO_KEYS", ",".join(map(":".join, KEYS)))
    monkeypatch.setenv("SITOO_BASE_URL", server.base_url)
    monkeypatch.setenv("SITOO_GATE", f"file://{tmp_path}/gate")
    async with SitooClient.from_env() as client:
        await seconds_for(client, 9)
    assert {*used(server)} == {"5", "6", "7"}
    assert len([*tmp_path.iterdir()]) >= 1


@virtual
async def test_a_key_with_another_gate_is_refused_before_anything_is_opened(server):
    async with client_of(server, KEYS[2:]) as other:
        await other.products.get(1)
        client = client_of(server, gate=Doorman())
        with pytest.raises(InvalidOptionError, match="another gate"):
            await client.products.get(1)
        await client.aclose()


# Secrets ------------------------------------------------------------------------------------


async def test_the_passwords_appear_nowhere(server, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    asyncio.get_running_loop().set_debug(enabled=True)
    shown = []

    def show(error):
        whole = traceback.TracebackException.from_exception(error, capture_locals=True)
        shown.extend([*whole.format(), repr(error), repr(vars(error)), repr(pickle.dumps(error))])

    async with client_of(server, retry=RetryPolicy(attempts=1)) as client:
        shown += [repr(client), repr(vars(client)), repr(vars(client._session))]
        for fault in (Fault.drop(), Fault.html502(), Fault.answer(401, errortext="no")):
            server.script(fault)
            with pytest.raises(errors.SitooError) as caught:
                await client.products.list()
            show(caught.value)
        balancer = client._session._binding.balancer
        shown += [repr(vars(balancer)), repr(balancer.lanes), repr(client.stats_by_key())]
        server.script(Fault.hang(0.05, times=3))
        hasty = client.with_options(request_timeout=0.02)
        calls = (hasty.products.get(n) for n in (1, 2, 3))
        for error in await asyncio.gather(*calls, return_exceptions=True):
            show(error)
        with pytest.raises(TypeError, match="pickled"):
            pickle.dumps(client)
    wrong = [
        [*KEYS, KEYS[0]],
        [*KEYS, ("90317-1", "third-pw")],
        [*KEYS, "fourth"],
        [*KEYS, ("", "x")],
    ]
    for keys in wrong:
        with pytest.raises(InvalidOptionError) as caught:
            SitooClient(keys=keys, base_url="https://api.example")
        show(caught.value)
    monkeypatch.setenv("SITOO_KEYS", "90316-125:fake-password,90316-126:sec,ond-pw")
    with pytest.raises(InvalidOptionError) as caught:
        SitooClient.from_env()
    show(caught.value)
    shown += [repr(record.__dict__) + record.getMessage() for record in caplog.records]
    # This test's own frame holds the passwords openly; everything else may not.
    own = ("keys =", "wrong =", "shown =", "text =")
    lines = [line for line in "\n".join(shown).splitlines() if not line.strip().startswith(own)]
    assert len(lines) > 300
    text = "\n".join(lines)
    for api_id, password in KEYS:
        assert password not in text
        assert base64.b64encode(f"{api_id}:{password}".encode()).decode() not in text
    assert "ond-pw" not in text
