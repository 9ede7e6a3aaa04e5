"""Services on hosts of their own: where requests go, and that all hosts of a key are one lane."""

from __future__ import annotations

import asyncio
import logging

import pytest

from sitoo_async import RetryPolicy, SitooClient, errors
from tests.http._server import OK, http, refusing
from tests.lane._hosts import JOURNALS, OPTIONS, SHIPMENTS, V2, Hosts, ask
from tests.lane._keys_server import KEYS
from tests.lane._naming_gate import NamingGate

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def hosts():
    async with Hosts() as made:
        yield made


async def test_a_service_is_asked_at_its_own_host_with_the_same_key_and_no_account(hosts, caplog):
    caplog.set_level(logging.DEBUG, "sitoo_async")
    seen = []
    async with hosts.client(observers=[seen.append]) as client:
        for name in OPTIONS:
            await ask(client, name, params={"num": 2, "ids": ["a", "b"], "full": True})
    targets = {name: server.arrivals[0].target for name, server in hosts.servers.items()}
    query = "?num=2&ids=a,b&full=true"
    assert targets.pop(V2) == f"/v2/accounts/90316/things{query}"
    assert {*targets.values()} == {f"/v3/things{query}"}
    assert len({s.arrivals[0].headers["authorization"] for s in hosts.servers.values()}) == 1
    assert [record.service for record in seen] == [None, *list(OPTIONS)[1:]]
    assert "GET journals-v3 /things: 200" in caplog.text
    assert hosts.names == [*OPTIONS]


async def test_all_hosts_of_a_key_have_one_lane_and_ask_one_gate_for_one_name(hosts):
    gate = NamingGate()
    async with hosts.client(gate=gate) as one, hosts.client(gate=gate) as other:
        await asyncio.gather(*(ask(each, name) for each in (one, other) for name in OPTIONS))
        stats = one.stats()
    assert hosts.most_at_work == 1
    assert sorted(hosts.names) == sorted([*OPTIONS, *OPTIONS])
    assert gate.keys == {f"{hosts.url(V2)} 90316-125"}
    assert (stats.sent, stats.in_flight) == (8, 0)


async def test_a_429_of_one_host_holds_all_hosts_of_the_key(hosts):
    hosts.answer(JOURNALS, http(429, b"{}", "X-Rate-Limit-Reset: 30"))
    async with hosts.client() as client:
        journals = asyncio.ensure_future(ask(client, JOURNALS))
        await asyncio.sleep(0.01)
        await asyncio.gather(ask(client, V2), ask(client, SHIPMENTS), journals)
    assert hosts.names == [JOURNALS, JOURNALS, V2, SHIPMENTS]
    assert all(30 <= moment < 32 for moment in hosts.times[1:])


@pytest.mark.parametrize("answer", [http(503), None], ids=["50x", "lost connection"])
async def test_what_may_have_locked_the_key_holds_all_hosts_for_a_moment(hosts, answer):
    async def lose(_writer):
        """Close the connection without an answer."""

    hosts.answer(SHIPMENTS, answer or lose)
    async with hosts.client(retry=RetryPolicy(attempts=1)) as client:
        shipments = asyncio.ensure_future(ask(client, SHIPMENTS))
        await asyncio.sleep(0.01)
        await ask(client, V2)
        with pytest.raises((errors.ServerError, errors.ReadError)) as caught:
            await shipments
    assert hosts.times[1] == pytest.approx(0.22, abs=0.01)
    assert caught.value.service == SHIPMENTS
    assert "GET shipments-v3 /things" in str(caught.value)


async def test_a_host_that_has_never_answered_fails_soon_whatever_others_did(hosts):
    began = asyncio.get_running_loop().time()
    with refusing() as nowhere:
        async with hosts.client(journals_url=nowhere.root) as client:
            await ask(client, V2)
            with pytest.raises(errors.ConnectError) as caught:
                await ask(client, JOURNALS)
    assert caught.value.attempt == 4
    assert asyncio.get_running_loop().time() - began < 2


@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_a_host_does_not_let_in_is_named_with_that_host(hosts, status):
    hosts.answer(JOURNALS, http(status))
    async with hosts.client() as client:
        with pytest.raises(errors.ApiError) as caught:
            await ask(client, JOURNALS)
    origin = hosts.url(JOURNALS).removesuffix("/v3")
    assert f"API ID 90316-125 was refused for account 90316 at {origin};" in str(caught.value)


async def test_a_client_of_this_machine_calls_no_real_host_that_it_was_not_told(hosts):
    async with SitooClient(
        api_id="90316-125", password="sesame", base_url=hosts.url(V2), journals_url=hosts.url(V2)
    ) as client:
        await ask(client, JOURNALS)
        with pytest.raises(errors.InvalidOptionError, match="Give shipments_v3_url=") as caught:
            await ask(client, SHIPMENTS)
    assert caught.value.field == "shipments_v3_url"
    assert hosts.names == [V2]


@pytest.mark.parametrize("service", ["shipments", "shipments_v3", "v2", "", 3, True])
async def test_a_service_that_there_is_not_is_refused_by_name(hosts, service):
    async with hosts.client() as client:
        with pytest.raises(errors.InvalidInputError, match="'shipments-v3', not") as caught:
            await client.request("GET", "/things", service=service)
    assert caught.value.field == "service"
    assert hosts.arrived == []


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/v3/shipments/1", "give '/shipments/1'"),
        ("https://shipments.sitooapis.com/v3", "give '/shipments'"),
        ("shipments", "below the service"),
        ("/shipments?num=3", "below the service"),
        ("/shipments/../../v2", "climb"),
    ],
)
async def test_a_path_that_names_the_service_again_or_leaves_it_is_refused(hosts, path, says):
    async with hosts.client() as client:
        with pytest.raises(errors.InvalidInputError, match=says) as caught:
            await client.request("GET", path, service=SHIPMENTS)
    assert caught.value.field == "path"


async def test_of_two_requests_that_wait_for_two_hosts_none_takes_the_answer_of_the_other(hosts):
    hosts.answer(JOURNALS, http(200, b'"journals"'))
    hosts.answer(V2, OK, http(200, b'"v2"'))
    async with hosts.client(coalesce=True) as client:
        first = asyncio.ensure_future(ask(client, V2, "/first"))
        await asyncio.sleep(0.01)
        answers = await asyncio.gather(first, ask(client, V2), ask(client, JOURNALS))
    assert [answer.json() for answer in answers] == [True, "v2", "journals"]


async def test_several_keys_serve_all_hosts_and_find_out_what_they_gain_as_ever(hosts):
    async with hosts.client(keys=KEYS, pin=True) as client:
        asked = [ask(client, name) for name in OPTIONS for _ in range(3)]
        written = [client.request("POST", "/a", json=[], service=SHIPMENTS) for _ in range(3)]
        await asyncio.gather(*asked, *written)
        assert client.stats().sent == 15
        assert sum(stats.sent for stats in client.stats_by_key().values()) == 15
    assert hosts.most_at_work == 3
    of_writes = {a.headers["authorization"] for a in hosts.servers[SHIPMENTS].arrivals if a.body}
    assert len(of_writes) == 1


async def test_what_is_sent_once_goes_over_no_connection_of_the_host_that_has_idled_long(hosts):
    async with hosts.client() as client:
        await ask(client, SHIPMENTS)
        await asyncio.sleep(60)
        await ask(client, V2)
        await client.request("POST", "/shipments", json={}, service=SHIPMENTS)
        await ask(client, V2)
    assert hosts.servers[SHIPMENTS].connections == [0, 1]
    assert hosts.servers[V2].connections == [0, 0]


async def test_closing_a_client_ends_what_is_under_way_at_any_host_and_its_connections(hosts):
    client = hosts.client()
    await ask(client, V2)
    waiting = [asyncio.ensure_future(ask(client, JOURNALS)) for _ in range(3)]
    await asyncio.sleep(0.01)
    await client.aclose(drain=False)
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert told[0].status == 200
    assert [type(each) for each in told[1:]] == [errors.ClientClosedError] * 2
    for name in (V2, JOURNALS):
        await hosts.servers[name].saw_the_end_of(0)
