"""A service with a lane of its own: called beside the others, with its own holds and gate right."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from sitoo_async import errors
from sitoo_async._lane import holds
from sitoo_async._lane.registry import forget
from tests.http._server import http
from tests.lane._hosts import JOURNALS, OPTIONS, SHIPMENTS, V2, Hosts, ask
from tests.lane._keys_server import KEYS
from tests.lane._naming_gate import NamingGate

OWN = {"own_lanes": [SHIPMENTS]}


@pytest.fixture
async def hosts():
    async with Hosts() as made:
        yield made


@pytest.mark.virtual_time
async def test_it_is_called_beside_the_others_and_one_at_a_time_whatever_the_client(hosts):
    async with hosts.client(**OWN) as one, hosts.client(**OWN) as other:
        asked = [ask(each, name) for each in (one, other) for name in OPTIONS for _ in range(3)]
        asking = asyncio.gather(*asked)
        await asyncio.sleep(0.01)
        assert one.stats().in_flight == 2
        assert sum(one.stats().waiting.values()) == len(asked) - 2
        await asking
        stats, by_key = one.stats(), one.stats_by_key()
    assert hosts.most_at_work == 2
    of_shipments = [moment for name, moment in hosts.arrived if name == SHIPMENTS]
    assert all(later - earlier > 0.019 for earlier, later in itertools.pairwise(of_shipments))
    assert stats.sent == len(asked) == by_key["90316-125"].sent
    # Both lanes were there all the time, and the shorter one was done first.
    assert stats.busy > max(hosts.times)


@pytest.mark.virtual_time
@pytest.mark.parametrize("refusing", [SHIPMENTS, V2])
async def test_neither_is_held_with_the_other(hosts, refusing):
    hosts.answer(refusing, http(429, b"{}", "X-Rate-Limit-Reset: 30"))
    async with hosts.client(**OWN) as client:
        held = asyncio.ensure_future(ask(client, refusing))
        await asyncio.sleep(0.05)
        for name in {V2, JOURNALS, SHIPMENTS} - {refusing}:
            # What shares the lane of v2 shares its hold.
            waits = refusing == V2 and name == JOURNALS
            asking = asyncio.ensure_future(ask(client, name))
            await asyncio.sleep(0.05)
            assert asking.done() is not waits
        assert 29 < client.stats().held_for < 32
        await held
        await asking
        assert client.stats().refused == 1


@pytest.mark.virtual_time
async def test_the_gate_is_asked_for_two_rights_that_may_be_held_at_a_time(hosts):
    gate = NamingGate()
    async with hosts.client(gate=gate, **OWN) as client:
        await asyncio.gather(*(ask(client, name) for name in OPTIONS))
    origin = hosts.url(V2)
    assert gate.keys == {f"{origin} 90316-125", f"{origin} shipments-v3 90316-125"}
    assert gate.log.count("acquire") == gate.log.count("release")


@pytest.mark.virtual_time
async def test_with_several_keys_each_has_a_lane_of_its_own_there(hosts):
    async with hosts.client(keys=KEYS, **OWN) as client:
        assert client.stats_by_key().keys() == {api_id for api_id, _ in KEYS}
        await asyncio.gather(*(ask(client, name) for name in (V2, SHIPMENTS) for _ in range(9)))
        sent = [stats.sent for stats in client.stats_by_key().values()]
        assert client.stats().sent == sum(sent) == 18
    assert hosts.most_at_work == 6
    assert min(sent) == max(sent)


@pytest.mark.virtual_time
async def test_closing_waits_for_what_is_under_way_in_each_lane(hosts):
    client = hosts.client(**OWN)
    asking = [asyncio.ensure_future(ask(client, name)) for name in (V2, SHIPMENTS) for _ in "ab"]
    await asyncio.sleep(0.01)
    await client.aclose(drain=False)
    told = await asyncio.gather(*asking, return_exceptions=True)
    assert [getattr(each, "status", None) for each in told] == [200, None] * 2
    assert {type(each) for each in told[1::2]} == {errors.ClientClosedError}


def test_its_hold_is_remembered_beyond_the_loop_until_its_server_is_gone():
    async def be_refused():
        async with Hosts(seconds=0) as hosts:
            hosts.answer(SHIPMENTS, http(429, b"{}", "X-Rate-Limit-Reset: 30"))
            client = hosts.client(max_rate_limit_wait=0, **OWN)
            with pytest.raises(errors.RateLimitError):
                await ask(client, SHIPMENTS)
            await ask(client, V2)
            await client.aclose()
            return hosts.url(V2), hosts.client(**OWN), hosts.client()

    origin, same, plain = asyncio.run(be_refused())
    assert same.stats().held_for > 29
    assert plain.stats().held_for == 0
    forget(origin)
    assert same.stats().held_for == 0
    assert holds._pasts == {}


@pytest.mark.parametrize(
    "given", ["shipments-v3", b"shipments-v3", {"shipments-v3": 1}, ["shipments"], [None], 5, None]
)
async def test_what_names_no_service_is_refused_by_name(hosts, given):
    with pytest.raises(errors.InvalidOptionError, match="own_lanes must be a list") as caught:
        hosts.client(own_lanes=given)
    assert caught.value.field == "own_lanes"


def test_a_client_goes_on_in_the_next_loop_with_all_its_hosts():
    async def ask_all(client=None):
        async with Hosts(seconds=0) as hosts:
            made = hosts.client(**OWN)
            if client is None:
                client = made
            else:
                # The servers of the first loop are gone with it.
                client._session.address = made._session.address
                client._session._places = made._session._places
            await asyncio.gather(*(ask(client, name) for name in OPTIONS))
            assert sorted(hosts.names) == sorted(OPTIONS)
        return client

    client = asyncio.run(ask_all())
    assert asyncio.run(ask_all(client)).stats().sent == len(OPTIONS)
    asyncio.run(client.aclose())
