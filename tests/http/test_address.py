"""Base URLs as the Backoffice prints them, and those that can't be meant."""

from __future__ import annotations

import traceback

import pytest

from sitoo_async import SitooClient, errors
from sitoo_async._http.address import Address
from sitoo_async._http.keys import Secret


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
        ("https://api.mysitoo.com:0", "not a URL"),
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


LEAKS = [
    "https://90316-125:hunter2@api.mysitoo.com",
    "https://90316-125:hunter2/x@api.mysitoo.com",
    "https://90316-125:hunter2",
    "https://90316-125:hunter2%40api.mysitoo.com",
    "https://[hunter2",
    "https://api.mysitoo.com/v2?password=hunter2",
    "https://api.mysitoo.com/v2#hunter2",
    "https://hunter2@api.mysitoo.com\n",
]


@pytest.mark.parametrize("base_url", LEAKS)
@pytest.mark.parametrize("way", ["constructor", "environment", "address"])
def test_no_frame_of_ours_shows_a_password_in_a_base_url(base_url, way, monkeypatch):
    monkeypatch.setenv("SITOO_API_ID", "90316-125")
    monkeypatch.setenv("SITOO_PASSWORD", "sesame")
    monkeypatch.setenv("SITOO_BASE_URL", base_url)
    for name in ("SITOO_KEYS", "SITOO_GATE", "SITOO_ACCOUNT_ID", "SITOO_SITE"):
        monkeypatch.delenv(name, raising=False)
    hidden = Secret(base_url)
    del base_url
    make = {
        "constructor": lambda: SitooClient(
            api_id="90316-125", password="sesame", base_url="".join(hidden)
        ),
        "environment": SitooClient.from_env,
        "address": lambda: parse("".join(hidden)),
    }[way]
    with pytest.raises(errors.InvalidOptionError) as caught:
        make()
    shown = []
    error = caught.value
    while error is not None:  # suppressed or not
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        assert "hunter2" not in "".join(told.format_exception_only())
        shown += [repr(frame.locals) for frame in told.stack if "/tests/" not in frame.filename]
        error = error.__context__
    assert shown
    assert "hunter2" not in "".join(shown)
    assert "sesame" not in "".join(shown)
