"""Paths: whatever is put into one, it names a place below the account and no other."""

from __future__ import annotations

import importlib
import pkgutil
import posixpath
import re
from decimal import Decimal
from urllib.parse import unquote

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from yarl import URL

from sitoo_async import SitooClient, errors, resources
from sitoo_async._http.url import _climbs, plain_path
from sitoo_async.resources._operation import Operation
from sitoo_async.testing import FakeSitoo

GET_ONE = Operation(
    "GET", "/sites/{siteid}/registers/{registerid}.json", repeatable=True, texts=("registerid",)
)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        ("21", "21"),
        ("Q100", "Q100"),
        (
            "{0B4E1A7C-1111-2222-3333-444455556666}",
            "%7B0B4E1A7C-1111-2222-3333-444455556666%7D",
        ),
        ("a.b", "a.b"),
        ("..a", "..a"),
        ("a..", "a.."),
        ("a\\b", "a%5Cb"),
        ("...", "..."),
        ("a/b", "a%2Fb"),
        ("a?fields=sku", "a%3Ffields%3Dsku"),
        ("a#b", "a%23b"),
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("%2F", "%252F"),
        ("\r\nHost: evil", "%0D%0AHost%3A%20evil"),
        ("smörgås", "sm%C3%B6rg%C3%A5s"),
        ("a&b;c@d:e+f", "a%26b%3Bc%40d%3Ae%2Bf"),
        ("{siteid}", "%7Bsiteid%7D"),
    ],
)
def test_path_parameters_are_percent_encoded(value, encoded):
    path = GET_ONE.at(siteid=1, registerid=value)
    assert path == f"/sites/1/registers/{encoded}.json"


CLIMBING = [
    "..",
    ".",
    "../1",
    "../../users",
    "a/../b",
    "a/..",
    "/..",
    "./a",
    "..\\users",
    "a\\..\\b",
    "%2e%2e",
    "%2E.",
    "..%2Fusers",
    "..%5cusers",
    "%252e%252e%252fusers",
    "%25252525252e.",
    "%2%65%2e/x",
    "..;/users",
    "..;a=b/users",
    "a/..%3b",
    "..\x00/users",
    "..%00/users",
    ".\t./users",
    ".. /users",
    "\ufeff../users",
    ".\u200b./users",
    "\uff0e\uff0e/users",
    "\u2025/users",
    "..\uff0fusers",
    "\uff052e\uff052e",
]


@pytest.mark.parametrize("value", CLIMBING, ids=ascii)
def test_what_may_climb_once_it_is_decoded_is_refused(value):
    with pytest.raises(errors.InvalidInputError, match="registerid must not climb") as caught:
        GET_ONE.at(siteid=1, registerid=value)
    assert caught.value.field == "registerid"
    with pytest.raises(errors.InvalidInputError, match="path must not climb") as caught:
        plain_path(f"/sites/{value}")
    assert caught.value.field == "path"


async def test_every_path_parameter_that_is_text_is_held_below_its_collection():
    modules = [
        importlib.import_module(f"sitoo_async.resources.{found.name}")
        for found in pkgutil.iter_modules(resources.__path__)
    ]
    taken = [
        attrs.evolve(each, evidence="documented")
        for module in modules
        for each in vars(module).values()
        if isinstance(each, Operation) and each.texts
    ]
    assert len(taken) >= 16
    for operation in taken:
        names = re.findall(r"{(\w+)}", operation.path)
        for name in operation.texts:
            values = {each: "x" if each in operation.texts else 1 for each in names}
            with pytest.raises(errors.InvalidInputError) as caught:
                operation.at(**values | {name: "../../users"})
            assert caught.value.field == name
    async with FakeSitoo(products=1) as fake, SitooClient(**fake.credentials) as sitoo:
        with pytest.raises(errors.InvalidInputError):
            await sitoo.gift_cards.get("../../users")
        for path in (r"/sites/1/..\2", "/sites/1/%2e%2e%5c2", "/sites/1/..;/2"):
            with pytest.raises(errors.InvalidInputError):
                await sitoo.request("GET", path)
        assert fake.requests == []


@pytest.mark.parametrize(
    "number", [10**5_000, -(10**5_000), 2**63], ids=["large", "low", "64 bits"]
)
def test_an_id_that_no_server_can_hold_is_refused_by_name(number):
    with pytest.raises(errors.InvalidInputError, match="siteid must be an int") as caught:
        GET_ONE.at(siteid=number, registerid="a")
    assert caught.value.field == "siteid"


def test_an_endlessly_encoded_path_is_judged_in_no_time():
    value = "%" + "25" * 1_000_000 + "2e"
    with pytest.raises(errors.InvalidInputError, match="climb"):
        GET_ONE.at(siteid=1, registerid=value)


@pytest.mark.parametrize("value", ["", ".", "..", 21, True, None, 1.0, Decimal(1), b"1", ["1"]])
def test_a_path_parameter_that_would_name_another_place_is_refused(value):
    with pytest.raises(errors.InvalidInputError, match="registerid") as caught:
        GET_ONE.at(siteid=1, registerid=value)
    assert caught.value.field == "registerid"


def test_text_that_is_no_unicode_is_refused_by_name():
    # A lone surrogate comes from os.fsdecode and broken exports.
    with pytest.raises(errors.InvalidInputError) as in_path:
        GET_ONE.at(siteid=1, registerid="\ud800")
    assert in_path.value.field == "registerid"
    with pytest.raises(errors.InvalidInputError) as in_own_path:
        plain_path("/sites/\ud800.json")
    assert in_own_path.value.field == "path"


text = st.text(st.characters(exclude_categories=["Cs"]))


@given(text.filter(bool))
def test_a_path_parameter_survives_decoding_and_stays_one_segment(value):
    assume(not _climbs(value))
    path = GET_ONE.at(siteid=1, registerid=value)
    assert path.isascii()
    assert path.count("/") == 4
    assert not {"?", "#", " "} & {*path}
    segment = path.removeprefix("/sites/1/registers/").removesuffix(".json")
    assert unquote(segment, errors="strict") == value


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        ("/sites/1/anything.json", "/sites/1/anything.json"),
        ("/sites/1/a b.json", "/sites/1/a%20b.json"),
        ("/sites/1/{GUID}.json", "/sites/1/%7BGUID%7D.json"),
        ("/sites/1/%7BGUID%7D.json", "/sites/1/%7BGUID%7D.json"),
        ("/sites/1/å.json", "/sites/1/%C3%A5.json"),
        ("/a\r\nHost: evil", "/a%0D%0AHost%3A%20evil"),
        ("/", "/"),
    ],
)
def test_a_path_of_the_users_own_is_encoded_where_it_is_not_yet(path, encoded):
    assert plain_path(path) == encoded


def test_a_percent_sign_that_encodes_nothing_is_encoded_itself():
    assert plain_path("/sites/1/100%.json") == "/sites/1/100%25.json"
    assert plain_path("/sites/1/50%zz") == "/sites/1/50%25zz"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "sites/1.json",
        "https://evil.example/",
        "/sites/1.json?fields=sku",
        "/sites/1.json#top",
        "/sites/../../accounts/1",
        "/sites/./1.json",
        "/..",
        "/%2e%2e/accounts/1",
        "/sites%2F..%2F..%2Faccounts",
        None,
        21,
        b"/sites",
    ],
)
def test_a_path_of_the_users_own_that_leaves_the_account_is_refused(path):
    with pytest.raises(errors.InvalidInputError, match="path must") as caught:
        plain_path(path)
    assert caught.value.field == "path"


# Whole paths ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "right"),
    [
        ("/v2/accounts/90316/sites/1/products.json", "/sites/1/products.json"),
        ("v2/accounts/90316/sites/1/products.json", "/sites/1/products.json"),
        ("/V2/Accounts/90316/sites.json?fields=a", "/sites.json"),
        ("/accounts/90316/sites/1/orders.json", "/sites/1/orders.json"),
        ("/v2/sites/1/orders.json", "/sites/1/orders.json"),
        ("https://api.mysitoo.com/v2/accounts/90316/sites.json", "/sites.json"),
        ("https://api.mysitoo.com:443/v2/accounts/90316/sites.json?num=1#a", "/sites.json"),
        ("//api.mysitoo.com/v2/accounts/1/sites.json", "/sites.json"),
        ("/v2/accounts/90316", "/sites.json"),
        ("/v2", "/sites.json"),
    ],
)
def test_a_path_that_names_the_account_again_is_refused_with_the_right_form(path, right):
    with pytest.raises(errors.InvalidInputError, match="path must not name the account") as caught:
        plain_path(path)
    assert caught.value.field == "path"
    assert caught.value.message.endswith(f"give '{right}'")


@pytest.mark.parametrize("path", ["/v2.json", "/v21/a", "/accounts.json", "/sites/v2/accounts/1"])
def test_a_path_that_only_looks_like_the_account_is_one(path):
    assert plain_path(path) == path


# What servers, proxies and clients make of a path: decoded, and then walked.
TRICKY = st.text(st.sampled_from([*"./\\%25eEfFcC;a\x00 \u200b\uff0e{}"]), max_size=24)


def _as_others_see(path):  # pragma: no cover
    """A path at each stage of its decoding."""
    while True:
        yield path
        decoded = unquote(path)
        if decoded == path:
            return
        path = decoded


def _stays_below(path, root):  # pragma: no cover
    for stage in _as_others_see(path):
        walked = posixpath.normpath(stage.replace("\\", "/"))
        without_parameters = posixpath.normpath(re.sub(";[^/]*", "", stage.replace("\\", "/")))
        if not all(f"{seen}/".startswith(root) for seen in (walked, without_parameters)):
            return False
    return True


@given(TRICKY)
def test_no_path_parameter_leads_out_of_the_collection(value):  # pragma: no cover
    try:
        path = GET_ONE.at(siteid=1, registerid=value)
    except errors.InvalidInputError:
        return
    assert _stays_below(f"/v2/accounts/1{path}", "/v2/accounts/1/sites/1/registers/")


@given(TRICKY)
def test_no_path_of_the_users_own_leads_out_of_the_account(value):  # pragma: no cover
    try:
        path = plain_path(f"/{value}")
    except errors.InvalidInputError:
        return
    assert _stays_below(f"/v2/accounts/1{path}", "/v2/accounts/1/")
    sent = URL(f"https://api.example/v2/accounts/1{path}", encoded=True)
    assert sent.raw_path == f"/v2/accounts/1{path}"
