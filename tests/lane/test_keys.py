"""Several keys behind one client: speed, order, the fallback to one lane, and no secret shown."""

from __future__ import annotations

import asyncio
import copy
import pickle

import pytest

from sitoo_async import InvalidOptionError, Key, SitooClient, errors
from sitoo_async.errors import SitooWarning
from sitoo_async.testing import FakeSitoo, Fault

virtual = pytest.mark.virtual_time

KEYS = [("90316-125", "fake-password"), ("90316-126", "second-pw"), ("90316-127", "third-pw")]
AWAY = {"base_url": "https://api.example"}


@pytest.fixture
async def fake():
    async with FakeSitoo(products=60, delay=0.02) as server:
        for api_id, password in KEYS[1:]:
            server.add_key(api_id, password)
        yield server


def client_of(server, keys=KEYS, **options):
    return SitooClient(keys=keys, base_url=server.base_url, **options)


def now():
    return asyncio.get_running_loop().time()


def used(server):
    """The last digits of the keys, in the order of the requests."""
    return "".join(request.api_id[-1] for request in server.requests)


async def seconds_for(client, calls):
    began = now()
    results = await asyncio.gather(*(client.products.get(1 + n % 60) for n in range(calls)))
    assert [product.productid for product in results] == [1 + n % 60 for n in range(calls)]
    return now() - began


# What is given ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "api_id"),
        ({"api_id": "90316-125"}, "password"),
        ({"password": "pw"}, "api_id"),
        ({"keys": KEYS, "api_id": "90316-125"}, "api_id"),
        ({"keys": KEYS, "password": "pw"}, "password"),
        ({"keys": []}, "keys"),
        ({"keys": 5}, "keys"),
        ({"keys": "90316-125:pw"}, "keys"),
        ({"keys": {"90316-125": "pw"}}, "keys"),
        ({"keys": [("90316-125",)]}, "keys"),
        ({"keys": [("90316-125", None)]}, "keys"),
        ({"keys": [KEYS[0], ("90316:126", "pw")]}, "keys"),
        ({"keys": [KEYS[0], ("90316-125", "another")]}, "keys"),
        ({"keys": [KEYS[0], ("90317-1", "pw")]}, "keys"),
        ({"keys": KEYS, "pin": 1}, "pin"),
        (
            {"keys": KEYS, "account_id": 90317, "base_url": "https://a.b/v2/accounts/1"},
            "account_id",
        ),
    ],
    ids=str,
)
def test_what_can_not_be_the_keys_of_a_client_is_refused_by_its_name(wrong, field):
    with pytest.raises(InvalidOptionError) as caught:
        SitooClient(**{**AWAY, **wrong})
    assert caught.value.field == field
    assert field in str(caught.value)
    assert "another" not in str(caught.value)


def test_a_wrong_key_is_told_by_its_place():
    with pytest.raises(InvalidOptionError, match=r"keys\[1\]: password must be"):
        SitooClient(keys=[KEYS[0], ("90316-126", "")], **AWAY)


# What files, editors and the web add to what is copied from them.
ADDED = {
    "line end": "\n",
    "line ends": "\r\n\n",
    "carriage return": "\r",
    "mark": "\ufeff",
    "mark and line end": "\n\ufeff\r",
}
UNSEEN = {
    "tab": "\t",
    "nul": "\x00",
    "no break": "\xa0",
    "no width": "\u200b",
    "joiner": "\u2060",
    "turn": "\u202e",
    "separator": "\u2028",
    "escape": "\x1b",
    "half": "\udcef",
}
added = pytest.mark.parametrize("more", ADDED.values(), ids=[*ADDED])
unseen = pytest.mark.parametrize("more", [*UNSEEN.values(), " "], ids=[*UNSEEN, "space"])


@added
def test_line_ends_around_an_id_and_a_password_are_taken_off(more):
    for before, after in ((more, ""), ("", more), (more, more)):
        key = Key(f"{before}90316-125{after}", f"{before}pass word{after}")
        assert (key.api_id, key.password) == ("90316-125", "pass word")
        assert key == Key("90316-125", "pass word")
        client = SitooClient(api_id=f"{before}90316-125{after}", password=f"{before}pw", **AWAY)
        assert "account 90316 " in repr(client)


@unseen
def test_what_surrounds_an_id_unseen_is_taken_off_and_a_password_with_it_is_refused(more):
    for id_, password in (("90316-125" + more, "secret"), (more + "90316-125", "secret")):
        assert Key(id_, password).api_id == "90316-125"
    for password in ("secret" + more, more + "secret"):
        with pytest.raises(InvalidOptionError) as caught:
            Key("90316-125", password)
        assert caught.value.field == "password"
        assert "secret" not in f"{caught.value!r}{vars(caught.value)}"


@pytest.mark.parametrize("more", [*UNSEEN.values(), "\n", "\ufeff"], ids=[*UNSEEN, "line", "mark"])
def test_what_can_not_be_seen_within_is_refused_by_name(more):
    with pytest.raises(InvalidOptionError, match="api_id") as caught:
        Key(f"90316-1{more}25", "secret")
    assert caught.value.field == "api_id"
    with pytest.raises(InvalidOptionError, match="password") as caught:
        Key("90316-125", f"sec{more}ret")
    assert caught.value.field == "password"
    assert "ret" not in str(caught.value)


@pytest.mark.parametrize(
    "api_id",
    [
        "\uff19\uff10\uff13\uff11\uff16-125",
        "90316-١٢٥",
        "90316\u2013125",
        "90316 -125",
        "n\u00e5-1",
    ],
    ids=ascii,
)
def test_an_api_id_is_ascii(api_id):
    with pytest.raises(InvalidOptionError, match="such as '10020-140'") as caught:
        Key(api_id, "pw")
    assert caught.value.field == "api_id"


@pytest.mark.parametrize(
    ("given", "named_by"),
    [
        ({"account_id": 5}, "account_id"),
        ({"account_id": "90317"}, "account_id"),
        ({"base_url": "https://api.example/v2/accounts/5"}, "base_url"),
        ({"account_id": 5, "base_url": "https://api.example/v2/accounts/5"}, "account_id"),
        ({"account_id": 5, "keys": KEYS}, "account_id"),
    ],
    ids=["number", "text", "url", "both", "keys"],
)
def test_an_account_that_can_not_be_that_of_the_key_is_refused_before_anything_is_sent(
    given, named_by
):
    key = {} if "keys" in given else {"api_id": "90316-125", "password": "se-cret"}
    says = rf"^{named_by} names account \d+, and the API ID 90316-125 belongs to account 90316"
    with pytest.raises(InvalidOptionError, match=says) as caught:
        SitooClient(**{**AWAY, **key, **given})
    assert caught.value.field == named_by


@pytest.mark.parametrize("account_id", [90316, "90316", "090316", None], ids=str)
def test_the_account_of_the_key_may_be_named_in_any_form(account_id):
    client = SitooClient(api_id="90316-125", password="pw", account_id=account_id, **AWAY)
    assert "account 90316 " in repr(client)


@pytest.mark.parametrize(
    "api_id",
    ["90316", "key", "90316-", "90316-a", "-5", "9" * 5_000 + "-1"],
    ids=["number", "word", "no number", "no digits", "no account", "long"],
)
def test_an_api_id_of_another_form_is_warned_of_by_name(api_id):
    # Nothing says that there are none, so it is let through.
    with pytest.warns(SitooWarning, match="^api_id is .*API IDs look like '10020-140'") as caught:
        client = SitooClient(api_id=api_id, password="pw", account_id=90316, **AWAY)
    assert "account 90316 " in repr(client)
    assert caught[0].filename == __file__
    assert len(str(caught[0].message)) < 500


async def test_a_refused_key_is_named_with_what_to_check_and_without_its_password(fake):
    async with SitooClient(
        api_id="90316-125", password="se-cret", base_url=fake.base_url, account_id=90316
    ) as client:
        with pytest.raises(errors.AuthenticationError) as caught:
            await client.products.get(1)
    assert caught.value.message == (
        f"401: Unauthorized: API ID 90316-125 was refused for account 90316 at {fake.base_url};"
        " check the API ID, the password and the base URL, and that the key's allow-list of"
        " addresses holds this machine's"
    )
    assert caught.value.errortext == "401: Unauthorized"
    assert "se-cret" not in f"{caught.value!r}{vars(caught.value)}"
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301
    assert str(again) == str(caught.value)


@pytest.mark.parametrize("errortext", ["Not for you", "x" * 10_000_000], ids=["short", "long"])
async def test_a_key_that_may_not_is_named_with_what_to_check(fake, errortext):
    fake.script(Fault.answer(403, errortext=errortext), Fault.answer(403, body=b""))
    async with client_of(fake, KEYS[1:2]) as client:
        for said in (errortext[:50], "403: API ID"):
            with pytest.raises(errors.PermissionDeniedError) as caught:
                await client.products.get(1)
            text = str(caught.value)
            assert said in text
            assert "API ID 90316-126 was refused for account 90316 at http://127.0.0.1:" in text
            assert "check what the key may do, the account and the site" in text
            assert "allow-list" in text


async def test_of_several_keys_the_one_that_was_refused_is_named(fake):
    async with client_of(fake, [("90316-999", "nobody's")]) as client:
        with pytest.raises(errors.AuthenticationError, match="API ID 90316-999 was refused"):
            await client.request("GET", "/sites.json")
        with pytest.raises(errors.AuthenticationError, match="API ID 90316-999 was refused"):
            await client.products.list()
        result = await client.products.update_many([{"productid": 1, "title": "a"}])
    assert "API ID 90316-999 was refused" in str(result[0].error)


def test_keys_may_be_pairs_lists_and_objects_from_any_iterable():
    client = SitooClient(keys=iter([Key(*KEYS[0]), [*KEYS[1]], KEYS[2]]), **AWAY)
    assert repr(client) == "<SitooClient account 90316 site 1 at https://api.example, open>"


def test_a_key_shows_its_id_alone():
    key = Key("90316-125", "se-cret")
    assert repr(key) == "Key(api_id='90316-125')"
    assert key == Key("90316-125", "se-cret") != Key("90316-125", "other")
    assert "se-cret" not in repr([key.password, copy.copy(key)])
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(key)


@pytest.fixture
def environment(monkeypatch):
    for name in ("API_ID", "PASSWORD", "KEYS", "ACCOUNT_ID", "SITE", "GATE"):
        monkeypatch.delenv(f"SITOO_{name}", raising=False)
    monkeypatch.setenv("SITOO_BASE_URL", "https://api.example")
    return monkeypatch


def test_the_environment_may_hold_several_keys(environment):
    environment.setenv("SITOO_KEYS", "90316-125:one:1, 90316-126:two")
    client = SitooClient.from_env()
    assert client._session._keys == (Key("90316-125", "one:1"), Key("90316-126", "two"))
    environment.setenv("SITOO_API_ID", "90316-125")
    with pytest.raises(InvalidOptionError, match="exclude each other"):
        SitooClient.from_env()


@pytest.mark.parametrize("text", ["90316-125", "90316-125:", ":pw", "90316-125:se,cret"])
def test_keys_in_the_environment_that_can_not_be_read_are_refused_unseen(environment, text):
    environment.setenv("SITOO_KEYS", text)
    with pytest.raises(InvalidOptionError) as caught:
        SitooClient.from_env()
    assert caught.value.field == "SITOO_KEYS"
    assert "cret" not in str(caught.value)


# Speed --------------------------------------------------------------------------------------


@virtual
async def test_three_keys_are_nearly_three_times_as_fast_as_one(fake):
    async with client_of(fake, KEYS[:1]) as one:
        alone = await seconds_for(one, 300)
    async with client_of(fake) as three:
        together = await seconds_for(three, 300)
    assert alone / together >= 2.7
    assert (fake.overlaps, fake.highest_in_flight) == (0, 1)
    assert len(fake.requests) == 600


@virtual
async def test_each_key_keeps_one_connection(fake):
    async with client_of(fake) as client:
        await seconds_for(client, 30)
    assert len({request.connection for request in fake.requests}) == 3
    assert len({(request.connection, request.api_id) for request in fake.requests}) == 3


@virtual
async def test_calls_one_after_the_other_take_the_keys_in_turn(fake):
    async with client_of(fake) as client:
        for _ in range(6):
            await client.products.get(1)
    assert used(fake)[:3] == used(fake)[3:]
    assert {*used(fake)} == {"5", "6", "7"}


@virtual
async def test_calls_wait_for_whichever_key_is_free_first(fake):
    async with client_of(fake) as client:
        await seconds_for(client, 30)
        fake.reset()
        fake.script(Fault.hang(5))
        slow = asyncio.ensure_future(client.products.get(1))
        await asyncio.sleep(1)
        await seconds_for(client, 40)
        assert not slow.done()
        await slow
    assert fake.requests[0].api_id not in {request.api_id for request in fake.requests[1:]}


@virtual
async def test_what_waits_when_a_key_runs_into_its_limit_goes_on_with_the_others(fake):
    fake.script(
        Fault.answer(
            429, headers={"X-Rate-Limit-Reset": "300"}, errortext="429: limit", path="*/1.json"
        )
    )
    async with client_of(fake) as client:
        began = now()
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 61)]
        results = await asyncio.gather(*calls)
        # The call that was refused as well: nothing was done for it.
        assert now() - began < 1
        assert [product.productid for product in results] == [*range(1, 61)]
        assert [lane.held_for > 290 for lane in client.stats_by_key().values()].count(True) == 1


@virtual
async def test_a_key_on_hold_is_left_alone_while_others_are_free(fake):
    fake.script(Fault.answer(429, headers={"X-Rate-Limit-Reset": "300"}, errortext="429: limit"))
    async with client_of(fake) as client:
        await client.products.get(1)
        hasty = client.with_options(max_rate_limit_wait=0)
        assert await seconds_for(hasty, 40) < 1
        assert client.stats().held_for == 0
        by_key = client.stats_by_key()
        assert [*by_key] == [api_id for api_id, _ in KEYS]
        assert by_key[fake.requests[0].api_id].held_for > 290


@virtual
async def test_bulk_work_in_a_lane_does_not_count_for_interactive_calls(fake):
    fake.script(Fault.hang(1, times=2))
    async with client_of(fake, KEYS[:2]) as client:
        bulk = client.with_options(priority="bulk")
        calls = [asyncio.ensure_future(bulk.products.get(n)) for n in range(1, 41)]
        await asyncio.sleep(0.5)
        began = now()
        await asyncio.gather(client.products.get(1), client.products.get(2))
        assert now() - began == pytest.approx(0.54, abs=0.01)
        await asyncio.gather(*calls)


@virtual
async def test_max_waiting_counts_the_calls_that_wait_whichever_key_they_wait_for(fake):
    fake.script(Fault.hang(5, times=3))
    async with client_of(fake, max_waiting=2) as client:
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 6)]
        await asyncio.sleep(1)
        with pytest.raises(errors.LaneFullError, match="2 calls wait already"):
            await client.products.get(1)
        pinned = client.with_options(pin=True)
        with pytest.raises(errors.LaneFullError):
            await pinned.products.update(1, title="one too many")
        assert await asyncio.gather(*calls)


@virtual
async def test_a_call_that_waits_for_any_key_waits_in_each_and_once_in_all(fake):
    fake.script(Fault.hang(5, times=3))
    async with client_of(fake) as client:
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 8)]
        await asyncio.sleep(1)
        assert client.stats().waiting == {"interactive": 4, "bulk": 0}
        waiting = [lane.waiting["interactive"] for lane in client.stats_by_key().values()]
        assert waiting == [4, 4, 4]
        await asyncio.gather(*calls)


@virtual
async def test_stats_add_up(fake):
    fake.script(Fault.hang(2, times=3))
    async with client_of(fake) as client:
        assert client.stats().sent == 0
        bulk = client.with_options(priority="bulk")
        calls = [asyncio.ensure_future(client.products.get(n)) for n in range(1, 6)]
        calls += [asyncio.ensure_future(bulk.products.get(n)) for n in range(1, 5)]
        await asyncio.sleep(1)
        stats = client.stats()
        assert (stats.waiting, stats.in_flight) == ({"interactive": 2, "bulk": 4}, 3)
        assert stats.busy == pytest.approx(3, abs=0.2)
        assert [lane.in_flight for lane in client.stats_by_key().values()] == [1, 1, 1]
        await asyncio.gather(*calls)
        stats = client.stats()
        assert (stats.sent, stats.waits, stats.refused) == (9, 9, 0)
        assert stats.longest_wait == max(s.longest_wait for s in client.stats_by_key().values())


@virtual
async def test_a_write_of_unknown_outcome_is_tried_again_with_its_own_key(fake):
    # Only that key tells, by refusing, that Sitoo is still at work on the first attempt.
    async with client_of(fake) as client:
        await seconds_for(client, 30)
        fake.reset()
        fake.script(Fault.locked(3.0, method="PUT"))
        writing = asyncio.ensure_future(client.products.update(1, title="new"))
        await asyncio.sleep(0.1)
        assert await seconds_for(client, 30) < 1
        await writing
    tries = [request for request in fake.requests if request.method == "PUT"]
    assert len({request.api_id for request in tries}) == 1
    assert [request.status for request in tries] == [504, *[429] * (len(tries) - 2), 200]
    assert tries[-1].started - tries[0].started >= 3


@virtual
async def test_a_read_of_unknown_outcome_is_tried_again_with_any_key(fake):
    fake.script(Fault.locked(60.0))
    async with client_of(fake) as client:
        began = now()
        await client.products.get(1)
        assert now() - began < 1
    first, second = fake.requests
    assert first.api_id != second.api_id


@virtual
async def test_the_pieces_of_a_chunk_stay_with_its_key(fake):
    fake.script(Fault.html502(method="PUT"))
    async with client_of(fake) as client:
        changes = [{"productid": n, "title": "new"} for n in range(1, 9)]
        result, _ = await asyncio.gather(
            client.products.update_many(changes), client.products.get(1)
        )
    assert len(result.succeeded) == 8
    pieces = [request for request in fake.requests if request.method == "PUT"]
    assert [len(piece.json) for piece in pieces] == [8, 4, 4]
    assert len({piece.api_id for piece in pieces}) == 1


# Order --------------------------------------------------------------------------------------


@virtual
async def test_pinned_writes_of_one_group_keep_their_order(fake):
    fake.script(Fault.html502(method="PUT", times=3), Fault.hang(1, path="*/3.json"))
    async with client_of(fake, pin=True) as client:
        await asyncio.gather(
            *(client.products.update(1 + n % 7, title=f"{n}") for n in range(40)),
            *(client.products.get(n) for n in range(1, 41)),
            client.site(2).products.list().collect(),
        )
    titles = [
        request.json["title"] for request in fake.requests if request.status == 200 and request.json
    ]
    assert titles == [f"{n}" for n in range(40)]
    assert len({request.api_id for request in fake.requests if request.method == "PUT"}) == 1
    assert len({*used(fake)}) == 3
    assert fake.products()[5]["title"] == "39"


@virtual
async def test_groups_are_pinned_each_to_its_own_key(fake):
    fake.add_products(9, site=2)
    async with client_of(fake) as client:
        pinned = client.with_options(pin=True)
        for _ in range(3):
            await pinned.products.update(1, title="a")
            await pinned.site(2).products.update(next(iter(fake.products(2))), title="a")
            await pinned.categories.add(title="a")
    products = {r.api_id for r in fake.requests if "products" in r.path}
    categories = {r.api_id for r in fake.requests if "categories" in r.path}
    assert len(products) == len(categories) == 1
    assert products != categories


# Coalescing ---------------------------------------------------------------------------------


@virtual
async def test_a_read_never_joins_one_that_began_before_a_write_through_another_key_ended(fake):
    fake.script(Fault.hang(3, method="GET", when="after", times=2))
    async with client_of(fake, KEYS[:2], coalesce=True) as client:
        early = asyncio.ensure_future(client.products.get(1))
        await asyncio.sleep(0.1)
        await client.products.update(1, title="written")
        # Both keys are at work now, the one of the early read for longer.
        other = asyncio.ensure_future(client.products.get(2))
        late = [asyncio.ensure_future(client.products.get(1)) for _ in range(6)]
        await asyncio.gather(other, *late)
        assert {(await product).title for product in late} == {"written"}
        assert (await early).title != "written"


@virtual
async def test_what_waits_for_any_key_leaves_together_with_the_first_that_is_free(fake):
    async with client_of(fake, coalesce=True) as client:
        calls = (client.products.update(1 + n % 60, title=f"{n}") for n in range(60))
        assert await asyncio.gather(*calls) == [True] * 60
    # One alone with each key, and all others together.
    assert len(fake.requests) == 4
    assert fake.overlaps == 0


@virtual
async def test_identical_reads_are_one_request_whatever_keys_are_free(fake):
    async with client_of(fake, coalesce=True) as client:
        results = await asyncio.gather(*(client.products.get(7) for _ in range(1000)))
    assert [product.productid for product in results] == [7] * 1000
    assert len(fake.requests) == 1


@virtual
async def test_identical_reads_that_wait_for_any_key_are_one_request_as_well(fake):
    fake.script(Fault.hang(1, times=3))
    async with client_of(fake, coalesce=True) as client:
        others = [asyncio.ensure_future(client.products.get(n)) for n in (1, 2, 3)]
        await asyncio.sleep(0.5)
        results = await asyncio.gather(*(client.products.get(7) for _ in range(50)))
        assert [product.productid for product in results] == [7] * 50
        await asyncio.gather(*others)
    assert len(fake.requests) == 4
