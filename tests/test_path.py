"""Paths: whatever is put into one, it names a place below the account and no other."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import errors
from sitoo_async._operation import Operation
from sitoo_async._path import plain_path

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
        ("../1", "..%2F1"),
        ("../../accounts/1", "..%2F..%2Faccounts%2F1"),
        ("...", "..."),
        ("a/b", "a%2Fb"),
        ("a?fields=sku", "a%3Ffields%3Dsku"),
        ("a#b", "a%23b"),
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("%2E%2E", "%252E%252E"),
        ("\r\nHost: evil", "%0D%0AHost%3A%20evil"),
        ("smörgås", "sm%C3%B6rg%C3%A5s"),
        ("a&b;c@d:e+f", "a%26b%3Bc%40d%3Ae%2Bf"),
        ("{siteid}", "%7Bsiteid%7D"),
    ],
)
def test_path_parameters_are_percent_encoded(value, encoded):
    path = GET_ONE.at(siteid=1, registerid=value)
    assert path == f"/sites/1/registers/{encoded}.json"


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


@given(text.filter(lambda value: value not in {"", ".", ".."}))
def test_a_path_parameter_survives_decoding_and_stays_one_segment(value):
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
