"""The rules around every request: credentials, one at a time, slots, records, life cycle."""

from __future__ import annotations

import asyncio
import json
import uuid

import aiohttp
import pytest

from sitoo_async.testing import FakeSitoo, Fault, run_virtual

ONE = "/sites/1/products/21.json"
PRODUCTS = "/sites/1/products.json"
TOO_MANY = {"statuscode": 429, "errortext": "429: Too many connections"}


async def turns(count=20):
    """Let the loop go round until everything that is on its way has arrived."""
    for _ in range(count):
        await asyncio.sleep(0)


async def until(condition):
    while not condition():  # noqa: ASYNC110  # the server has no event for each of its steps
        await asyncio.sleep(0)


@pytest.fixture
async def slow_fake():
    """A server that works for a second on each request; use it on virtual time."""
    async with FakeSitoo(products=25, delay=1.0) as fake:
        yield fake


@pytest.mark.parametrize(
    "credentials",
    [{"api_id": "90316-126"}, {"password": "wrong"}],
    ids=["unknown key", "wrong password"],
)
async def test_wrong_credentials_are_401_with_a_challenge(connected, fake_sitoo, credentials):
    async with connected(fake_sitoo, **credentials) as ask:
        reply = await ask("GET", ONE)
    assert reply.status == 401
    assert reply.errortext == "401: Unauthorized"
    assert reply.headers["WWW-Authenticate"].startswith("Basic ")
    assert fake_sitoo.highest_in_flight == 0


@pytest.mark.parametrize(
    "header",
    ["", "Bearer x", "Basic ???", "Basic " + "/w==", "Basic bm9jb2xvbg=="],
)
async def test_unreadable_credentials_are_401(fake_sitoo, header):
    async with (
        aiohttp.ClientSession(fake_sitoo.base_url) as session,
        session.get(
            f"/v2/accounts/90316{ONE}",
            headers={"Authorization": header} if header else {},
        ) as response,
    ):
        assert response.status == 401
    assert fake_sitoo.requests[-1].api_id is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v2/accounts/90317/sites/1/products.json", 403),
        ("/v2/accounts/nobody/sites/1/products.json", 404),
        ("/v1/accounts/90316/sites/1/products.json", 404),
        ("/", 404),
    ],
)
async def test_another_account_is_403_and_another_path_404(ask, fake_sitoo, path, status):
    assert (await ask("GET", fake_sitoo.base_url + path)).status == status


async def test_another_key_of_the_account_can_be_added(connected, fake_sitoo):
    fake_sitoo.add_key("90316-200", "other")
    async with connected(fake_sitoo, api_id="90316-200", password="other") as ask:
        assert (await ask("GET", ONE)).status == 200
    assert fake_sitoo.requests[-1].api_id == "90316-200"


@pytest.mark.virtual_time
async def test_an_overlap_is_refused_at_once_without_a_reset_and_counted(connected, slow_fake):
    async with connected(slow_fake) as ask:
        loop = asyncio.get_running_loop()
        first = asyncio.create_task(ask("GET", ONE))
        await asyncio.sleep(0.5)
        started = loop.time()
        refused = await ask("PUT", ONE, json={"title": "refused"})
        assert loop.time() == started
        assert (refused.status, refused.json) == (429, TOO_MANY)
        assert "X-Rate-Limit-Reset" not in refused.headers
        assert (await first).status == 200
        assert (await ask("GET", ONE)).json["title"] != "refused"
    assert (slow_fake.overlaps, slow_fake.limited) == (1, 0)
    assert slow_fake.highest_in_flight == 2


@pytest.mark.virtual_time
async def test_two_keys_do_not_refuse_each_other(connected, slow_fake):
    slow_fake.add_key("90316-200", "other")
    async with (
        connected(slow_fake) as ask,
        connected(slow_fake, api_id="90316-200", password="other") as ask_too,
    ):
        replies = await asyncio.gather(ask("GET", ONE), ask_too("GET", ONE))
    assert [reply.status for reply in replies] == [200, 200]
    assert (slow_fake.overlaps, slow_fake.highest_in_flight) == (0, 1)


async def test_requests_one_after_the_other_never_overlap(ask, fake_sitoo):
    for _ in range(50):
        assert (await ask("GET", f"{PRODUCTS}?num=25")).status == 200
    assert (fake_sitoo.overlaps, fake_sitoo.highest_in_flight) == (0, 1)


async def test_a_client_that_asks_again_before_it_has_read_a_large_body_is_refused(
    connected,
    fake_sitoo,
):
    fake_sitoo.script(Fault.oversize(32_000_000))
    async with connected(fake_sitoo) as ask, aiohttp.ClientSession() as session:
        credentials = fake_sitoo.credentials
        authorization = aiohttp.encode_basic_auth(credentials["api_id"], credentials["password"])
        async with session.get(
            f"{fake_sitoo.base_url}/v2/accounts/90316{ONE}",
            headers={"Authorization": authorization},
        ) as unread:
            assert unread.status == 200
            assert (await ask("GET", ONE)).status == 429
            assert len(await unread.read()) == 32_000_000
        assert (await ask("GET", ONE)).status == 200


@pytest.mark.virtual_time
async def test_the_server_goes_on_working_when_the_client_has_gone(connected, slow_fake):
    async with connected(slow_fake) as ask:
        put = asyncio.create_task(ask("PUT", ONE, json={"title": "done anyway"}))
        await asyncio.sleep(0.5)
        put.cancel()
        await turns()
        assert slow_fake.products()[21]["title"] != "done anyway"
        assert (await ask("GET", ONE)).status == 429
        await asyncio.sleep(0.5)
        await turns()
        record = slow_fake.requests[0]
        assert slow_fake.products()[21]["title"] == "done anyway"
        assert record.status is None
        assert record.ended == record.started + 1.0
        assert (await ask("GET", ONE)).json["title"] == "done anyway"


async def test_a_client_that_leaves_in_the_middle_of_its_request_does_no_work(fake_sitoo):
    credentials = fake_sitoo.credentials
    authorization = aiohttp.encode_basic_auth(credentials["api_id"], credentials["password"])
    port = int(fake_sitoo.base_url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"DELETE /v2/accounts/90316{ONE} HTTP/1.1\r\nHost: fake\r\n"
        f"Authorization: {authorization}\r\nContent-Length: 100\r\n\r\nhalf".encode(),
    )
    await until(lambda: fake_sitoo.requests)
    writer.close()
    await until(lambda: fake_sitoo.requests[0].ended is not None)
    assert fake_sitoo.requests[0].status is None
    assert 21 in fake_sitoo.products()
    assert fake_sitoo.highest_in_flight == 0


@pytest.mark.virtual_time
async def test_a_used_up_slot_is_429_with_the_whole_seconds_that_are_left(connected):
    async with FakeSitoo(products=25, slot_requests=2) as fake, connected(fake) as ask:
        assert (await ask("GET", ONE)).status == 200
        await asyncio.sleep(30.25)
        assert (await ask("GET", ONE)).status == 200
        refused = await ask("DELETE", ONE)
        assert (refused.status, refused.errortext) == (429, "429: Too many requests")
        assert refused.headers["X-Rate-Limit-Reset"] == "570"
        assert 21 in fake.products()
        await asyncio.sleep(569.5)
        assert (await ask("GET", ONE)).headers["X-Rate-Limit-Reset"] == "1"
        await asyncio.sleep(0.25)
        assert (await ask("GET", ONE)).status == 200
        assert (fake.limited, fake.overlaps) == (2, 0)


@pytest.mark.virtual_time
async def test_slots_follow_each_other_from_the_first_request_and_keys_have_their_own(connected):
    async with FakeSitoo(products=25, slot_seconds=10, slot_requests=1) as fake:
        fake.add_key("90316-200", "other")
        async with (
            connected(fake) as ask,
            connected(fake, api_id="90316-200", password="other") as ask_too,
        ):
            await ask("GET", ONE)
            await asyncio.sleep(27)
            assert (await ask("GET", ONE)).status == 200
            assert (await ask("GET", ONE)).headers["X-Rate-Limit-Reset"] == "3"
            assert (await ask_too("GET", ONE)).status == 200
            assert (await ask_too("GET", ONE)).headers["X-Rate-Limit-Reset"] == "10"


@pytest.mark.virtual_time
async def test_a_refused_overlap_does_not_count_in_the_slot(connected):
    async with FakeSitoo(products=25, slot_requests=2, delay=1.0) as fake, connected(fake) as ask:
        replies = await asyncio.gather(*(ask("GET", ONE) for _ in range(5)))
        assert sorted(reply.status for reply in replies) == [200, 429, 429, 429, 429]
        assert (await ask("GET", ONE)).status == 200
        assert (await ask("GET", ONE)).status == 429
        assert (fake.overlaps, fake.limited) == (4, 1)


async def test_every_answer_carries_a_request_id_that_the_seed_decides(connected):
    seen = []
    for _ in range(2):
        async with FakeSitoo(products=25, seed=7) as fake:
            async with connected(fake) as ask, connected(fake, password="wrong") as stranger:
                replies = [
                    await ask("GET", ONE),
                    await ask("GET", "/nothing"),
                    await stranger("GET", ONE),
                ]
            seen.append([reply.headers["Sitoo-Request-ID"] for reply in replies])
            assert seen[-1] == [record.request_id for record in fake.requests]
    assert seen[0] == seen[1]
    assert len({uuid.UUID(text) for text in seen[0]}) == 3


@pytest.mark.virtual_time
async def test_a_record_tells_what_came_when_and_how_it_ended(connected, slow_fake):
    async with connected(slow_fake) as ask:
        put = asyncio.create_task(
            ask("PUT", "/sites/1/products/%7B21%7D.json?a=1&a=2&b=%C3%A5", json={"sku": "x"}),
        )
        await asyncio.sleep(0.5)
        record = slow_fake.requests[0]
        assert (record.ended, record.status) == (None, None)
        await put
    assert record.method == "PUT"
    assert record.path == "/sites/1/products/{21}.json"
    assert record.raw_path.startswith("/v2/accounts/90316/sites/1/products/%7B21%7D.json?a=1&a=2&b")
    assert record.query == {"a": ["1", "2"], "b": ["å"]}
    assert record.json == {"sku": "x"}
    assert record.headers["content-type"] == "application/json"
    assert "Authorization" not in record.headers
    assert slow_fake.credentials["password"] not in repr(record)
    assert (record.api_id, record.status) == ("90316-125", 404)
    assert (record.started, record.ended) == (1000.0, 1001.0)


async def test_connections_are_numbered(connected, fake_sitoo):
    async with connected(fake_sitoo, keep_alive=True) as ask:
        await ask("GET", ONE)
        await ask("GET", ONE)
    async with connected(fake_sitoo) as ask:
        await ask("GET", ONE)
        await ask("GET", ONE)
    assert [record.connection for record in fake_sitoo.requests] == [1, 1, 2, 3]


async def test_reset_forgets_everything_but_the_stores(connected):
    async with FakeSitoo(products=25, slot_requests=1) as fake, connected(fake) as ask:
        await ask("PUT", ONE, json={"title": "kept"})
        await ask("GET", ONE)
        fake.script(Fault.drop())
        fake.reset()
        assert fake.requests == []
        assert (fake.limited, fake.overlaps, fake.highest_in_flight) == (0, 0, 0)
        assert (await ask("GET", ONE)).json["title"] == "kept"


async def test_records_can_be_switched_off(connected):
    async with FakeSitoo(products=25, record=False) as fake, connected(fake) as ask:
        await ask("GET", ONE)
        assert fake.requests == []
        assert fake.highest_in_flight == 1


async def test_credentials_and_environment_say_the_same(fake_sitoo):
    credentials, environment = fake_sitoo.credentials, fake_sitoo.environment
    urls = {"journals_url", "purchase_prices_url", "shipments_v3_url"}
    assert set(credentials) == {"account_id", "api_id", "password", "base_url"} | urls
    assert credentials["base_url"] == fake_sitoo.base_url
    assert fake_sitoo.base_url.startswith("http://127.0.0.1:")
    assert environment == {
        "SITOO_ACCOUNT_ID": str(credentials["account_id"]),
        "SITOO_API_ID": credentials["api_id"],
        "SITOO_PASSWORD": credentials["password"],
        "SITOO_BASE_URL": credentials["base_url"],
        "SITOO_JOURNALS_URL": credentials["journals_url"],
        "SITOO_PURCHASE_PRICES_URL": credentials["purchase_prices_url"],
        "SITOO_SHIPMENTS_V3_URL": credentials["shipments_v3_url"],
        "SITOO_SITE": "1",
    }


async def test_the_address_is_an_error_before_the_start_and_after_the_end(fake_sitoo):
    with pytest.raises(RuntimeError, match="not started"):
        _ = FakeSitoo().base_url
    with pytest.raises(RuntimeError, match="started already"):
        await fake_sitoo.start()
    await fake_sitoo.aclose()
    await fake_sitoo.aclose()
    with pytest.raises(RuntimeError, match="not started"):
        _ = fake_sitoo.credentials


async def test_it_can_be_started_again_with_its_stores(connected, fake_sitoo):
    fake_sitoo.products()[21]["title"] = "kept"
    await fake_sitoo.aclose()
    async with fake_sitoo, connected(fake_sitoo) as ask:
        assert (await ask("GET", ONE)).json["title"] == "kept"


def test_it_can_be_started_again_in_another_loop(connected):
    fake = FakeSitoo(products=25)

    async def hang_a_minute():
        fake.script(Fault.hang(60))
        async with fake, connected(fake) as ask:
            return (await ask("GET", ONE)).status

    assert [run_virtual(hang_a_minute()) for _ in range(2)] == [200, 200]


async def test_a_taken_port_is_an_os_error_and_leaves_nothing_behind(fake_sitoo):
    port = int(fake_sitoo.base_url.rpartition(":")[2])
    other = FakeSitoo(port=port)
    with pytest.raises(OSError, match="in use"):
        await other.start()
    with pytest.raises(RuntimeError, match="not started"):
        _ = other.base_url


async def test_it_listens_on_ipv6_too(connected):
    try:
        fake = FakeSitoo(products=25, host="::1")
        await fake.start()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    async with connected(fake) as ask:
        assert fake.base_url.startswith("http://[::1]:")
        assert (await ask("GET", ONE)).status == 200
    await fake.aclose()


async def test_a_server_without_sites_is_refused():
    with pytest.raises(ValueError, match="sites"):
        FakeSitoo(sites=())


@pytest.mark.virtual_time
async def test_closing_ends_hanging_requests_at_once_and_leaves_no_task(connected):
    before = asyncio.all_tasks()
    fake = FakeSitoo(products=25)
    fake.script(Fault.hang())
    await fake.start()
    async with connected(fake) as ask:
        hanging = asyncio.create_task(ask("GET", ONE))
        await until(lambda: fake.requests)
        closed_at = asyncio.get_running_loop().time()
        await fake.aclose()
        assert asyncio.get_running_loop().time() == closed_at
        with pytest.raises(aiohttp.ClientError):
            await hanging
    await turns()
    assert asyncio.all_tasks() == before
    assert fake.requests[0].ended == closed_at


async def test_answers_are_plain_compact_json(ask):
    reply = await ask("GET", f"{PRODUCTS}?fields=productid&num=2")
    assert reply.text == json.dumps(
        {"totalcount": 25, "items": [{"productid": 1}, {"productid": 2}]},
        separators=(",", ":"),
    )
