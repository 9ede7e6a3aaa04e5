"""What can be a key, the header to the byte, and text that shows nowhere."""

from __future__ import annotations

import copy
import pickle

import pytest

from sitoo_async import InvalidOptionError, Key, SitooClient
from sitoo_async._http.keys import Secret, authorization
from sitoo_async.errors import SitooWarning

KEYS = [("90316-125", "fake-password"), ("90316-126", "second-pw"), ("90316-127", "third-pw")]
AWAY = {"base_url": "https://api.example"}


def test_the_header_is_the_one_that_the_introduction_shows():
    value = authorization("10020-140", "buNxoOx2o5kM2JMc3VhBX20k4Gik4qKXyKfg332A")
    assert value == "Basic MTAwMjAtMTQwOmJ1TnhvT3gybzVrTTJKTWMzVmhCWDIwazRHaWs0cUtYeUtmZzMzMkE="


def test_credentials_beyond_ascii_are_sent_as_utf_8():
    assert authorization("1-1", "nyckel-åäö") == "Basic MS0xOm55Y2tlbC3DpcOkw7Y="


def test_a_secret_is_its_text_on_the_wire_and_nothing_in_a_repr():
    secret = Secret("hunter2")
    assert secret == "hunter2"
    assert secret.encode() == b"hunter2"
    assert str(secret) == f"{secret}" == "hunter2"
    for shown in (repr(secret), ascii(secret), f"{secret!r}", "%r" % (secret,), repr([secret])):  # noqa: UP031  # each way to a repr
        assert "hunter2" not in shown
        assert "redacted" in shown


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_secret_is_not_pickled(protocol):
    with pytest.raises(TypeError, match="not pickled") as caught:
        pickle.dumps({"password": Secret("hunter2")}, protocol)
    assert "hunter2" not in str(caught.value)


def test_a_piece_of_a_secret_is_a_secret():
    # Long values are cut before they are shown, by rich for one.
    assert repr(Secret("x" * 100)[:80]) == "'[redacted]'"
    assert repr(Secret("abc")[0]) == "'[redacted]'"


# What a client is given for its keys ---------------------------------------------------------


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
