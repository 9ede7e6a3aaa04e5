"""Who is let in, what is told of those who are not, and that no password shows."""

from __future__ import annotations

import asyncio
import base64
import logging
import traceback

import pytest

from sitoo_async import Key
from sitoo_async.errors import InvalidOptionError, SitooWarning
from sitoo_async.spi import App
from sitoo_async.spi._core import credentials
from tests.spi._asking import basic
from tests.spi.core._payments import CREDENTIALS, HEADERS, Recorder

SECRET = "geheim-4711"  # it opens nothing


async def asked(server, header, **more):
    headers = {} if header is None else {"Authorization": header}
    return await server.handle("GET", "/payments?key=1", headers, b"", **more)


@pytest.mark.parametrize(
    "header",
    [
        basic("sitoo", SECRET),
        basic("sitoo", SECRET).replace("Basic ", "basic   "),
        f" {basic('sitoo', SECRET)} ",
        basic("sitoo", "next"),
        basic("café", "smörgås"),
        basic("café", "smörgås", "latin-1"),
        basic("with", "a:colon"),
    ],
)
async def test_each_pair_is_let_in_during_a_rotation(header):
    pairs = [("sitoo", SECRET), ("sitoo", "next"), ("café", "smörgås"), ("with", "a:colon")]
    server = App(Recorder(), credentials=pairs)
    assert (await asked(server, header)).status == 200
    assert (await asked(server, header.encode("latin-1"))).status == 200


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Basic !",
        "Basic Zm9v",
        "Basic é",
        "Basic \udc80",
        "Bearer geheim-4711",
        basic("sitoo", ""),
        basic("sitoo", SECRET + " "),
        basic("Sitoo", SECRET),
        basic("", ""),
        basic("sitoo", SECRET)[:-1],
        base64.b64encode(b"sitoo:geheim-4711").decode(),
    ],
)
async def test_whoever_gives_another_or_none_is_answered_401_whatever_was_asked(header):
    service = Recorder()
    server = App(service, **CREDENTIALS)
    answer = await asked(server, header)
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="Sitoo", charset="UTF-8"'
    assert answer.json()["error_code"] == "other"  # this interface has no code for it
    nowhere = await server.handle("GET", "/", {"authorization": header or ""}, b"")
    assert nowhere.status == 401
    assert service.asked == []


async def test_only_who_says_so_lets_everybody_in():
    assert (await asked(App(Recorder(), unprotected=True), None)).status == 200


@pytest.mark.virtual_time
async def test_who_is_refused_is_told_once_a_minute_with_its_address_and_length(caplog):
    server = App(Recorder(), **CREDENTIALS)
    told = []
    for header, length, wait in [
        (basic("sitoo", "wrong-pw"), "2000", 0),
        (None, None, 59),
        (None, "x\n", 1),
        (None, None, 60),
    ]:
        await asyncio.sleep(wait)
        headers = {"Authorization": header} if header else {}
        if length:
            headers["Content-Length"] = length
        caplog.clear()
        await server.handle("POST", "/payments?pin=1234", headers, b"4111", peer="192.0.2.7")
        told.append([(each.levelno, each.getMessage()) for each in caplog.records])
    first, second, third, last = told
    ((level, text),) = first
    assert level == logging.ERROR
    assert "from 192.0.2.7, 2000 bytes)" in text
    assert second == []
    assert "an unknown number of bytes, and 1 more since" in third[0][1]
    assert "more" not in last[0][1]
    everything = repr(told)
    assert not any(each in everything for each in ("wrong-pw", SECRET, "1234", "4111", "\\n"))


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "user"),
        ({"user": "sitoo"}, "password"),
        ({"password": SECRET}, "user"),
        ({"user": "", "password": SECRET}, "user"),
        ({"user": "a:b", "password": SECRET}, "user"),
        ({"user": "a\nb", "password": SECRET}, "user"),
        ({"user": 5, "password": SECRET}, "user"),
        ({"user": "sitoo", "password": ""}, "password"),
        ({"user": "sitoo", "password": SECRET + "\0"}, "password"),
        ({"user": "sitoo", "password": SECRET.encode()}, "password"),
        ({"credentials": []}, "credentials"),
        ({"credentials": 5}, "credentials"),
        ({"credentials": {"sitoo": SECRET}}, "credentials"),
        ({"credentials": [("sitoo", SECRET), (SECRET,)]}, "credentials"),
        ({"credentials": [("sitoo", SECRET), Key("1-1", SECRET)]}, "credentials"),
        ({"credentials": [("sitoo", SECRET), ("a:b", SECRET)]}, "user"),
        ({"credentials": [("sitoo", SECRET)], **CREDENTIALS}, "credentials"),
        ({"unprotected": True, **CREDENTIALS}, "unprotected"),
        ({"max_body_bytes": 0, **CREDENTIALS}, "max_body_bytes"),
        ({"deadline": -1, **CREDENTIALS}, "deadline"),
        ({"warn_after": "1", **CREDENTIALS}, "warn_after"),
    ],
    ids=str,
)
def test_what_can_not_work_is_refused_by_its_name_and_no_password_shows(wrong, field):
    with pytest.raises(InvalidOptionError) as caught:
        App(Recorder(), **wrong)
    assert caught.value.field == field
    # Which of several it is, and nothing of the kind where there is one.
    several = isinstance(wrong.get("credentials"), list) and len(wrong["credentials"]) == 2
    assert str(caught.value).startswith("credentials[1]: ") == several
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    ours = [frame for frame in frames.stack if "/sitoo_async/" in frame.filename]
    assert len(ours) > 1
    assert not any(SECRET in repr(frame.locals) for frame in ours)
    assert SECRET not in str(caught.value)


def test_what_looks_like_a_key_of_the_api_is_warned_of():
    with pytest.warns(SitooWarning, match="never those of the Sitoo API"):
        App(Recorder(), user="10020-140", password=SECRET)


async def test_no_repr_shows_who_is_let_in():
    server = App(Recorder(), **CREDENTIALS)
    begun = server.begin("GET", "/payments/sesame?extended=true&pin=sesame", HEADERS)
    for shown in (repr(server), repr(vars(server)), repr(begun)):
        assert SECRET not in shown
        assert HEADERS["authorization"] not in shown
        assert "sesame" not in shown


async def test_all_pairs_are_compared_whichever_it_is(monkeypatch):
    compared = []

    def compare(one, other):
        compared.append(len(other))
        return one == other

    monkeypatch.setattr(credentials.hmac, "compare_digest", compare)
    server = App(Recorder(), credentials=[("a", "1"), ("b", "22"), ("c", "333")])
    for header in (basic("a", "1"), basic("c", "333"), basic("x" * 999, ""), None):
        compared.clear()
        await asked(server, header)
        assert compared == [32, 32, 32]
