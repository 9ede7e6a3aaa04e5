"""The wire without I/O: literal values in, literal bytes, errors and holds out."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs, unquote

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from sitoo_async import errors
from sitoo_async._wire import (
    Address,
    Operation,
    Request,
    Response,
    Secret,
    authorization,
    error_for_status,
    judge,
    judge_failure,
    plain_json,
    plain_path,
    query_string,
)

# ------------------------------------------------------------------------------------ addresses


def parse(base_url, *, account_id=None, api_id="90316-125"):
    return Address.parse(base_url, account_id=account_id, api_id=api_id)


@pytest.mark.parametrize(
    "base_url",
    [
        "https://api.mysitoo.com",
        "api.mysitoo.com",
        "  api.mysitoo.com\n",
        "https://api.mysitoo.com/",
        "HTTPS://API.MySitoo.com/",
        "https://api.mysitoo.com/v2",
        "https://api.mysitoo.com/v2/",
        "api.mysitoo.com/v2",
        "https://api.mysitoo.com/v2/accounts/90316",
        "https://api.mysitoo.com/v2/accounts/90316/",
        "api.mysitoo.com/v2/accounts/90316/",
    ],
)
def test_every_form_that_the_backoffice_prints_names_the_same_place(base_url):
    address = parse(base_url)
    assert address == Address("https://api.mysitoo.com", 90316)
    assert address.root == "https://api.mysitoo.com/v2/accounts/90316"


@pytest.mark.parametrize(
    ("base_url", "origin"),
    [
        ("https://api.mysitoo.com:8443/v2", "https://api.mysitoo.com:8443"),
        ("api.mysitoo.com:8443", "https://api.mysitoo.com:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://127.9.9.9", "http://127.9.9.9"),
        ("http://localhost:8080/v2", "http://localhost:8080"),
        ("http://[::1]:8080/v2/", "http://[::1]:8080"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]"),
    ],
)
def test_ports_and_loopback_addresses_are_kept(base_url, origin):
    assert parse(base_url).origin == origin


def test_a_default_port_that_is_written_out_is_the_same_origin():
    # Two origins would be two lanes, and the two would overlap.
    assert parse("https://api.mysitoo.com:443/v2") == parse("https://api.mysitoo.com/v2")
    assert parse("http://127.0.0.1:80") == parse("http://127.0.0.1")


@pytest.mark.parametrize(
    ("base_url", "says"),
    [
        ("", "missing"),
        ("   ", "missing"),
        (None, "missing"),
        (b"https://api.mysitoo.com", "missing"),
        ("https://", "must be a host"),
        ("https:///v2", "must be a host"),
        ("https://:443", "must be a host"),
        ("http://api.mysitoo.com", "must be https, not http"),
        ("http://10.0.0.1", "must be https, not http"),
        ("http://localhost.example", "must be https, not http"),
        ("http://127.0.0.1.example", "must be https, not http"),
        ("ftp://127.0.0.1", "must be https, not ftp"),
        ("https://90316-125:secret@api.mysitoo.com", "credentials"),
        ("https://90316-125@api.mysitoo.com", "credentials"),
        ("https://@api.mysitoo.com", "credentials"),
        ("https://api.mysitoo.com/v2?site=1", "must be a host"),
        ("https://api.mysitoo.com/v2#top", "must be a host"),
        ("https://api.mysitoo.com/v1", "has the path '/v1'"),
        ("https://api.mysitoo.com/v2/accounts", "has the path"),
        ("https://api.mysitoo.com/v2/accounts/me", "has the path"),
        ("https://api.mysitoo.com/v2/accounts/٣", "has the path"),
        ("https://api.mysitoo.com/v2/accounts/90316/sites/1", "has the path"),
        ("https://api.mysitoo.com//v2", "has the path"),
        ("https://api.mysitoo.com/v2/../v2", "has the path"),
        ("https://api.mysitoo.com:99999", "not a URL"),
        ("https://api.mysitoo.com:http", "not a URL"),
        ("https://[::1", "not a URL"),
    ],
)
def test_a_base_url_that_can_not_be_meant_is_refused_by_name(base_url, says):
    with pytest.raises(errors.InvalidOptionError, match=says) as caught:
        parse(base_url)
    assert caught.value.field == "base_url"
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "userinfo", ["key:sec/ret", "key:sec#ret", "key:sec?ret", "key:/ret", "key:sec:ret"]
)
@pytest.mark.parametrize("scheme", ["", "https://"])
def test_a_password_with_the_marks_of_a_url_in_it_is_not_quoted_as_a_part_of_the_url(
    scheme, userinfo
):
    with pytest.raises(errors.InvalidOptionError, match="credentials") as caught:
        parse(f"{scheme}{userinfo}@api.mysitoo.com")
    assert "sec" not in str(caught.value)
    assert "ret" not in str(caught.value)
    assert caught.value.field == "base_url"


@pytest.mark.parametrize(
    "host", ["a" * 64 + ".mysitoo.com", "api..mysitoo.com", "api mysitoo.com", "api\x00.com"]
)
def test_a_host_that_no_resolver_takes_is_refused_by_name(host):
    with pytest.raises(errors.InvalidOptionError) as caught:
        parse(f"https://{host}")
    assert caught.value.field == "base_url"


@pytest.mark.parametrize(
    ("base_url", "account_id", "api_id", "account"),
    [
        ("api.mysitoo.com", 1500, "1500-1", 1500),
        ("api.mysitoo.com", "1500", "1500-1", 1500),
        ("api.mysitoo.com", "01500", "1500-1", 1500),
        ("api.mysitoo.com", None, "1500-1", 1500),
        ("api.mysitoo.com", None, "1500", 1500),
        ("api.mysitoo.com/v2/accounts/1500", None, "key", 1500),
        ("api.mysitoo.com/v2/accounts/1500", 1500, "key", 1500),
        ("api.mysitoo.com/v2/accounts/1500", "1500", "key", 1500),
    ],
)
def test_the_account_is_told_by_the_option_else_the_url_else_the_api_id(
    base_url, account_id, api_id, account
):
    assert parse(base_url, account_id=account_id, api_id=api_id).account_id == account


@pytest.mark.parametrize(
    ("base_url", "account_id", "api_id"),
    [
        ("api.mysitoo.com", None, "key"),
        ("api.mysitoo.com", None, ""),
        ("api.mysitoo.com", None, "-1500"),
        ("api.mysitoo.com", None, "٣٤-1"),
        ("api.mysitoo.com", True, "1500-1"),
        ("api.mysitoo.com", -1500, "1500-1"),
        ("api.mysitoo.com", 1500.0, "1500-1"),
        ("api.mysitoo.com", "1500-1", "1500-1"),
        ("api.mysitoo.com", "../1", "1500-1"),
        ("api.mysitoo.com", "", "1500-1"),
        ("api.mysitoo.com", "9" * 19, "1500-1"),
        ("api.mysitoo.com/v2/accounts/1500", 1501, "1500-1"),
    ],
)
def test_an_account_that_is_no_number_or_contradicts_the_url_is_refused(
    base_url, account_id, api_id
):
    with pytest.raises(errors.InvalidOptionError, match="account") as caught:
        parse(base_url, account_id=account_id, api_id=api_id)
    assert caught.value.field == "account_id"


def test_a_contradiction_between_option_and_url_names_both_accounts():
    with pytest.raises(errors.InvalidOptionError, match=r"is 1501, but base_url names account 15$"):
        parse("api.mysitoo.com/v2/accounts/15", account_id=1501)


# ----------------------------------------------------------------------------------- credentials


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


# ---------------------------------------------------------------------------------------- paths

GET_ONE = Operation("GET", "/sites/{siteid}/registers/{registerid}.json", repeatable=True)


@pytest.mark.parametrize(
    ("value", "encoded"),
    [
        (21, "21"),
        (-1, "-1"),
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


@pytest.mark.parametrize("value", ["", ".", "..", True, None, 1.0, Decimal(1), b"1", ["1"]])
def test_a_path_parameter_that_would_name_another_place_is_refused(value):
    with pytest.raises(errors.InvalidInputError, match="registerid") as caught:
        GET_ONE.at(siteid=1, registerid=value)
    assert caught.value.field == "registerid"


def test_text_that_is_no_unicode_is_refused_by_name():
    # A lone surrogate comes from os.fsdecode and broken exports.
    with pytest.raises(errors.InvalidInputError) as in_path:
        GET_ONE.at(siteid=1, registerid="\ud800")
    assert in_path.value.field == "registerid"
    with pytest.raises(errors.InvalidInputError) as in_query:
        query_string({"sku": ["\ud800"]}, KINDS)
    assert in_query.value.field == "sku"
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


# -------------------------------------------------------------------------------------- queries

KINDS = {
    "searchtext": "text",
    "num": "integer",
    "includehidden": "boolean",
    "datemodifiedfrom": "timestamp",
    "sku": "texts",
    "productid": "integers",
}

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "query"),
    [
        ({}, ""),
        ({"searchtext": "sofa"}, "searchtext=sofa"),
        ({"searchtext": ""}, "searchtext="),
        ({"searchtext": "a b&c=d+e,f"}, "searchtext=a%20b%26c%3Dd%2Be%2Cf"),
        ({"searchtext": "smörgås"}, "searchtext=sm%C3%B6rg%C3%A5s"),
        ({"num": 1000}, "num=1000"),
        ({"num": 0}, "num=0"),
        ({"includehidden": True}, "includehidden=true"),
        ({"includehidden": False}, "includehidden=false"),
        ({"datemodifiedfrom": NOON}, "datemodifiedfrom=1795348800"),
        (
            {"datemodifiedfrom": NOON.astimezone(timezone(timedelta(hours=9)))},
            "datemodifiedfrom=1795348800",
        ),
        (
            {"datemodifiedfrom": NOON + timedelta(microseconds=999_999)},
            "datemodifiedfrom=1795348800",
        ),
        ({"datemodifiedfrom": datetime(1969, 12, 31, 23, 59, 59, 1, UTC)}, "datemodifiedfrom=-1"),
        ({"sku": ["54051-1"]}, "sku=54051-1"),
        ({"sku": ["54051-1", "54051-2"]}, "sku=54051-1,54051-2"),
        ({"sku": ["a b", "c&d", "å"]}, "sku=a%20b,c%26d,%C3%A5"),
        ({"sku": ("a", "b")}, "sku=a,b"),
        ({"sku": {"a": 1, "b": 2}.keys()}, "sku=a,b"),
        ({"productid": [21, 22]}, "productid=21,22"),
        ({"productid": range(3)}, "productid=0,1,2"),
        ({"num": 2, "sku": ["b"], "searchtext": "a"}, "num=2&sku=b&searchtext=a"),
    ],
)
def test_parameters_are_joined_as_sitoo_reads_them(values, query):
    assert query_string(values, KINDS) == query
    # Without a declaration, which is the escape hatch, the value's own type tells.
    assert query_string(values) == query


def test_a_generator_is_read_once_and_whole_whether_declared_or_not():
    def skus():
        yield from ("a", "b", "c")

    assert query_string({"sku": skus()}, KINDS) == "sku=a,b,c"
    assert query_string({"sku": skus()}) == "sku=a,b,c"
    assert query_string({"productid": iter([1, 2])}) == "productid=1,2"


REFUSED = [
    ("searchtext", 1),
    ("searchtext", ["sofa"]),
    ("searchtext", None),
    ("searchtext", True),
    ("num", "10"),
    ("num", True),
    ("num", 10.0),
    ("num", [10]),
    ("includehidden", 1),
    ("includehidden", "true"),
    ("datemodifiedfrom", NOON.replace(tzinfo=None)),
    ("datemodifiedfrom", 1_795_348_800),
    ("datemodifiedfrom", date(2026, 11, 22)),
    ("datemodifiedfrom", "2026-11-22"),
    ("sku", "54051-1"),
    ("sku", b"54051-1"),
    ("sku", []),
    ("sku", ()),
    ("sku", iter(())),
    ("sku", 54051),
    ("sku", {"54051-1": True}),
    ("sku", [54051]),
    ("sku", ["54051-1", None]),
    ("sku", [""]),
    ("sku", ["a,b"]),
    ("sku", None),
    ("productid", 21),
    ("productid", "21"),
    ("productid", ["21"]),
    ("productid", [True]),
    ("productid", [2.0]),
    ("productid", []),
]


@pytest.mark.parametrize(("name", "value"), REFUSED, ids=repr)
def test_a_filter_of_another_kind_is_refused_by_name(name, value):
    with pytest.raises(errors.InvalidInputError, match=name) as caught:
        query_string({name: value}, KINDS)
    assert caught.value.field == name
    assert caught.value.sent == "no"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    [
        None,
        1.5,
        Decimal("1.50"),
        b"ab",
        {"a": 1},
        [],
        [True],
        [1.5],
        ["a", 1],
        [""],
        ["a,b"],
        [["a"]],
        date(2026, 1, 1),
        NOON.replace(tzinfo=None),
    ],
    ids=repr,
)
def test_an_undeclared_parameter_is_refused_too_where_nobody_can_tell_its_meaning(value):
    with pytest.raises(errors.InvalidInputError, match="anything") as caught:
        query_string({"anything": value})
    assert caught.value.field == "anything"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("skus", "did you mean 'sku'"),
        ("datemodified_from", "did you mean 'datemodifiedfrom'"),
        ("SKU", "it takes datemodifiedfrom, includehidden, num, productid, searchtext, sku"),
        ("zzz", "it takes datemodifiedfrom"),
        ("", "it takes datemodifiedfrom"),
    ],
)
def test_a_filter_that_the_server_would_silently_ignore_is_refused(name, says):
    with pytest.raises(errors.InvalidInputError, match=says) as caught:
        query_string({"num": 1, name: "value"}, KINDS)
    assert caught.value.field == name


@pytest.mark.parametrize("params", [{1: 2}, {None: "a"}, [("a", 1)], "a=1"], ids=repr)
def test_parameters_that_are_no_mapping_from_names_are_refused(params):
    with pytest.raises(errors.InvalidInputError, match="params") as caught:
        query_string(params)
    assert caught.value.field == "params"


def test_the_refusals_tell_the_remedy():
    for value, remedy in [
        ([], "leave it out"),
        ("54051-1", "a list of strings, even for one"),
        (["a,b"], "comma"),
    ]:
        with pytest.raises(errors.InvalidInputError, match=remedy):
            query_string({"sku": value}, KINDS)
    with pytest.raises(errors.InvalidInputError, match="timezone"):
        query_string({"datemodifiedfrom": datetime(2026, 1, 1)}, KINDS)  # noqa: DTZ001  # the case


@given(
    st.dictionaries(text.filter(bool), text | st.integers() | st.booleans(), max_size=5),
    st.lists(text.filter(lambda sku: sku and "," not in sku), min_size=1, max_size=5),
)
def test_a_query_is_read_back_as_it_was_meant(values, skus):
    values["sku"] = skus
    query = query_string(values)
    assert query.isascii()
    expected = {
        name: [str(value).lower() if isinstance(value, bool) else str(value)]
        for name, value in values.items()
    }
    expected["sku"] = [",".join(skus)]
    assert parse_qs(query, keep_blank_values=True, strict_parsing=True) == expected


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2500, 1, 1), timezones=st.timezones()),  # noqa: DTZ001  # hypothesis adds the timezone
)
def test_a_timestamp_is_rounded_down_to_whole_seconds(moment):
    seconds = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    assert query_string({"datemodifiedfrom": moment}, KINDS) == f"datemodifiedfrom={seconds}"


# ------------------------------------------------------------------------------------- requests

ROOT = "https://api.mysitoo.com/v2/accounts/90316"


def test_a_request_is_put_together_from_its_parts():
    request = Request("GET", "/sites/1/products.json", query="num=2&sku=a,b")
    assert request.url(ROOT) == f"{ROOT}/sites/1/products.json?num=2&sku=a,b"
    assert request.body() is None
    assert request.repeatable is False
    assert Request("GET", "/sites.json").url(ROOT) == f"{ROOT}/sites.json"


@pytest.mark.parametrize(
    ("payload", "body"),
    [
        ({"title": "Filt", "barcode": ""}, b'{"title":"Filt","barcode":""}'),
        ([{"productid": 1}], b'[{"productid":1}]'),
        ([], b"[]"),
        ({}, b"{}"),
        (0, b"0"),
        (False, b"false"),
        ({"title": "å"}, '{"title":"å"}'.encode()),
        (msgspec.Raw(b'{"a": 1}'), b'{"a": 1}'),
    ],
)
def test_a_body_is_json_and_only_none_sends_none(payload, body):
    assert Request("POST", "/x.json", payload=payload).body() == body


def test_a_url_of_eight_kilobytes_is_the_longest():
    path = "/sites/1/products.json"
    room = 8192 - len(ROOT) - len(path) - len("?sku=")
    Request("GET", path, query=f"sku={'a' * room}").check(ROOT)
    with pytest.raises(errors.InvalidInputError, match="8193 bytes") as caught:
        Request("GET", path, query=f"sku={'a' * (room + 1)}").check(ROOT)
    assert caught.value.field == "url"
    assert "fewer values" in str(caught.value)


@pytest.mark.parametrize(
    ("value", "body"),
    [
        ({"a": [1, 2.5, None, True, "å"]}, '{"a":[1,2.5,null,true,"å"]}'),
        ([], "[]"),
        ("text", '"text"'),
        (0, "0"),
    ],
)
def test_a_body_of_the_users_own_is_encoded_at_once(value, body):
    payload = plain_json(value)
    assert msgspec.json.decode(bytes(payload)) == msgspec.json.decode(body)
    assert Request("POST", "/x.json", payload=payload).body() == bytes(payload)


def deep(levels):
    value = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [object(), {"a": object()}, {"a": 1j}, {("a", "b"): 1}, "\ud800", deep(100_000)],
    ids=["object", "nested", "complex", "key", "surrogate", "deep"],
)
def test_a_body_that_is_no_json_is_refused_before_it_waits(value):
    with pytest.raises(errors.InvalidInputError, match="json can't be encoded") as caught:
        plain_json(value)
    assert caught.value.field == "json"


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), NOON, date(2026, 1, 1), Decimal("1.5"), b"bytes", {"a", "b"}],
    ids=repr,
)
def test_a_body_with_what_json_has_no_word_for_is_refused_and_not_guessed(value):
    # NaN would go out as null, a datetime as text where Sitoo wants seconds, bytes as base64.
    with pytest.raises(errors.InvalidInputError) as caught:
        plain_json({"moneyprice": value})
    assert caught.value.field == "json"


# -------------------------------------------------------------------------------------- answers


def answer(status, body=b"", **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, CIMultiDict(names), body)


def test_an_answer_shows_its_size_and_not_its_content():
    response = answer(200, b'{"email": "someone@example.com"}')
    assert "someone" not in repr(response)
    assert "<32 bytes>" in repr(response)


def test_the_request_id_is_found_in_any_case():
    assert answer(200, sitoo_request_id="86aa994c").request_id == "86aa994c"
    assert answer(200).request_id is None


def test_an_answer_is_read_as_json():
    assert answer(200, b'{"items": [1, 2.5, null]}').json() == {"items": [1, 2.5, None]}
    assert answer(200, b"true").json() is True


BROKEN = {
    "empty": b"",
    "html": b"<html><body>502 Bad Gateway</body></html>",
    "truncated": b'{"items": [',
    "trailing": b"true true",
    "not utf-8": b'"\xff\xfe"',
    "deep": b"[" * 200_000,
    "deep and closed": b"[" * 200_000 + b"]" * 200_000,
    "nan": b"NaN",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_a_body_that_is_no_json_is_a_decode_error(body):
    response = answer(200, body, Sitoo_Request_ID="86aa994c")
    with pytest.raises(errors.DecodeError, match="not JSON") as caught:
        response.json()
    assert caught.value.sent == "yes"
    assert caught.value.status == 200
    assert caught.value.request_id == "86aa994c"


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_the_answer_whatever_its_body(status):
    response = answer(status, b"<html>")
    verdict = judge(response)
    assert verdict.outcome is response
    assert (verdict.answered, verdict.refused, verdict.hold, verdict.brief) == (
        True,
        False,
        None,
        False,
    )


def test_a_2xx_that_was_cut_at_the_limit_is_an_error_that_tells_what_to_do():
    verdict = judge(Response(200, {"Sitoo-Request-ID": "86aa994c"}, b"[", oversized=True))
    assert type(verdict.outcome) is errors.DecodeError
    assert "max_response_bytes" in str(verdict.outcome)
    assert verdict.outcome.sent == "yes"
    assert verdict.outcome.request_id == "86aa994c"
    assert verdict.answered
    assert not verdict.brief


def test_the_status_decides_also_where_the_body_was_cut():
    verdict = judge(Response(502, {}, b"<html>", oversized=True))
    assert type(verdict.outcome) is errors.ServerError
    assert verdict.brief


STATUSES = [
    (301, errors.ApiError, "yes", False),
    (304, errors.ApiError, "yes", False),
    (400, errors.BadRequestError, "yes", False),
    (401, errors.AuthenticationError, "yes", False),
    (403, errors.PermissionDeniedError, "yes", False),
    (404, errors.NotFoundError, "yes", False),
    (405, errors.ApiError, "yes", False),
    (409, errors.ConflictError, "yes", False),
    (414, errors.ApiError, "yes", False),
    (422, errors.ApiError, "yes", False),
    (500, errors.ServerError, "unknown", True),
    (501, errors.ServerError, "unknown", True),
    (502, errors.ServerError, "unknown", True),
    (503, errors.ServerError, "unknown", True),
    (504, errors.ServerError, "unknown", True),
    (599, errors.ServerError, "unknown", True),
]


@pytest.mark.parametrize(("status", "kind", "sent", "brief"), STATUSES)
@pytest.mark.parametrize(
    "body", [b'{"statuscode":400,"errortext":"said"}', *BROKEN.values()], ids=["v2", *BROKEN]
)
def test_the_status_alone_decides_the_error_and_the_hold(status, kind, sent, brief, body):
    verdict = judge(answer(status, body, Sitoo_Request_ID="86aa994c"))
    error = verdict.outcome
    assert type(error) is kind
    assert (error.status, error.sent, error.request_id) == (status, sent, "86aa994c")
    assert (verdict.answered, verdict.refused, verdict.hold) == (True, False, None)
    assert verdict.brief is brief
    assert str(status) in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("body", "errortext"),
    [
        (
            b'{"statuscode":400,"errortext":"Invalid input, \\"skue\\" is not a valid field."}',
            'Invalid input, "skue" is not a valid field.',
        ),
        (b'{"errortext":"only a text"}', "only a text"),
        (b'{"errortext":42}', "42"),
        (b'{"errortext":""}', ""),
        (b'{"errortext":null}', None),
        (b'{"statuscode":400}', None),
        (b'["errortext"]', None),
        (b'"errortext"', None),
        (b"null", None),
        (
            (
                b'{"request_id":"c0ffee","error_code":"field-missing",'
                b'"error_data":{"field":"identifiers[0]","message":"is required"}}'
            ),
            "field-missing: identifiers[0]: is required",
        ),
        (b'{"error_code":"other","error_data":null}', "other"),
        (b'{"error_code":"other"}', "other"),
        (b'{"error_code":"other","error_data":"text"}', "other"),
        (b'{"errortext":null,"error_code":"other"}', "other"),
    ],
)
def test_the_text_of_an_error_is_found_in_both_generations_of_bodies(body, errortext):
    error = judge(answer(400, body)).outcome
    assert error.errortext == errortext
    assert str(error) == f"400: {errortext or 'no reason given'}"


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_an_error_without_a_readable_body_has_no_text_of_the_servers(body):
    assert judge(answer(502, body)).outcome.errortext is None
    assert str(judge(answer(400, body)).outcome) == "400: no reason given"


def test_an_error_text_of_several_lines_is_shown_on_one():
    error = judge(answer(400, b'{"errortext":"first\\nsecond"}')).outcome
    assert error.errortext == "first\nsecond"
    assert str(error) == "400: first second"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_that_names_its_target(status):
    verdict = judge(answer(status, b"<html>moved</html>", Location="https://evil.example/"))
    assert type(verdict.outcome) is errors.ApiError
    assert "https://evil.example/" in str(verdict.outcome)
    assert "base_url" in str(verdict.outcome)
    assert "nowhere" in str(judge(answer(status)).outcome)


# ------------------------------------------------------------------------------- the two 429s


@pytest.mark.parametrize(
    "text", ["429: Too many connections", "Too many connections", "too MANY connections."]
)
@pytest.mark.parametrize("headers", [{}, {"X_Rate_Limit_Reset": "57"}], ids=["bare", "reset"])
def test_an_overlap_is_sat_out_for_a_moment_and_not_until_the_slot_ends(text, headers):
    body = msgspec.json.encode({"statuscode": 429, "errortext": text})
    verdict = judge(answer(429, body, **headers))
    assert type(verdict.outcome) is errors.RateLimitError
    assert verdict.outcome.sent == "no"
    assert verdict.outcome.retry_after is None
    assert (verdict.answered, verdict.refused, verdict.hold, verdict.brief) == (
        False,
        True,
        None,
        True,
    )


def test_a_text_that_begins_with_the_status_is_not_told_twice():
    body = b'{"statuscode":429,"errortext":"429: Too many connections"}'
    assert str(judge(answer(429, body)).outcome) == "429: Too many connections"


@pytest.mark.parametrize(
    ("reset", "hold"),
    [
        ("57", 57.0),
        (" 57 ", 57.0),
        ("57\t", 57.0),
        ("057", 57.0),
        ("12.5", 12.5),
        ("1", 1.0),
        ("600", 600.0),
        ("601", 600.0),
        ("1760000000", 600.0),
        ("9" * 400, 600.0),
        ("0", None),
        ("0.0", None),
        ("-1", None),
        ("+57", None),
        ("abc", None),
        ("57 s", None),
        ("57, 57", None),
        ("1e3", None),
        ("0x10", None),
        ("1_000", None),
        (".5", None),
        ("5.", None),
        ("nan", None),
        ("inf", None),
        ("", None),
        ("\u0665\u0667", None),  # 57 in arabic-indic digits
        ("\uff15\uff17", None),  # and in full width
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
@pytest.mark.parametrize("body", [b'{"errortext":"Rate limit exceeded"}', b"", b"<html>"])
def test_a_used_up_slot_is_sat_out_for_the_seconds_that_the_server_names(reset, hold, body):
    verdict = judge(answer(429, body, X_Rate_Limit_Reset=reset))
    assert type(verdict.outcome) is errors.RateLimitError
    assert verdict.outcome.retry_after == hold
    assert verdict.refused
    assert not verdict.answered
    assert verdict.hold == hold
    assert verdict.brief is (hold is None)


def test_a_429_without_a_reset_is_sat_out_briefly():
    verdict = judge(answer(429, b'{"errortext":"Rate limit exceeded"}'))
    assert (verdict.hold, verdict.brief, verdict.refused) == (None, True, True)


def test_a_reset_on_an_answer_that_is_no_429_holds_nothing():
    assert judge(answer(200, b"true", X_Rate_Limit_Reset="57")).hold is None
    assert judge(answer(400, b"", X_Rate_Limit_Reset="57")).hold is None
    assert judge(answer(503, b"", X_Rate_Limit_Reset="57")).hold is None


# ------------------------------------------------------------------------ failures without answer


@pytest.mark.parametrize(
    ("error", "brief"),
    [
        (errors.ConnectError("no connection"), False),
        (errors.ReadError("lost", sent="unknown"), True),
        (errors.RequestTimeoutError("no answer", sent="unknown"), True),
    ],
)
def test_what_was_sent_may_still_lock_the_key_and_what_was_not_may_not(error, brief):
    verdict = judge_failure(error)
    assert verdict.outcome is error
    assert (verdict.answered, verdict.refused, verdict.hold) == (False, False, None)
    assert verdict.brief is brief


# ----------------------------------------------------------------------------- items of a batch


@pytest.mark.parametrize(
    ("status", "kind", "sent"),
    [
        (400, errors.BadRequestError, "yes"),
        (401, errors.AuthenticationError, "yes"),
        (403, errors.PermissionDeniedError, "yes"),
        (404, errors.NotFoundError, "yes"),
        (409, errors.ConflictError, "yes"),
        (418, errors.ApiError, "yes"),
        (429, errors.RateLimitError, "no"),
        (500, errors.ServerError, "unknown"),
        (503, errors.ServerError, "unknown"),
    ],
)
def test_an_item_of_a_batch_fails_with_the_same_errors_as_a_whole_answer(status, kind, sent):
    error = error_for_status(status, errortext="Invalid sku", method="PUT", path="/x.json")
    assert type(error) is kind
    assert (error.status, error.sent, error.errortext) == (status, sent, "Invalid sku")
    assert error.message == f"{status}: Invalid sku"
    assert str(error).startswith(f"{status}: Invalid sku (PUT /x.json")


def test_an_item_may_know_better_what_was_sent():
    assert error_for_status(500, errortext=None, sent="yes").sent == "yes"


@pytest.mark.parametrize("errortext", [None, ""])
def test_a_status_without_a_text_gives_a_hint_where_there_is_one(errortext):
    assert "password" in str(error_for_status(401, errortext=errortext))
    assert "identifier" in str(error_for_status(404, errortext=errortext))
    assert str(error_for_status(418, errortext=errortext)) == "418: no reason given"
    assert error_for_status(401, errortext=errortext).errortext == errortext


def test_an_error_made_from_an_answer_can_be_pickled_and_copied():
    error = judge(answer(429, b"", X_Rate_Limit_Reset="57", Sitoo_Request_ID="86aa994c")).outcome
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301  # our own bytes
        assert (type(again), again.retry_after, again.request_id) == (
            errors.RateLimitError,
            57.0,
            "86aa994c",
        )


def test_a_piece_of_a_secret_is_a_secret():
    # Long values are cut before they are shown, by rich for one.
    assert repr(Secret("x" * 100)[:80]) == "'[redacted]'"
    assert repr(Secret("abc")[0]) == "'[redacted]'"
