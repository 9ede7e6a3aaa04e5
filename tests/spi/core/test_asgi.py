"""The application as ASGI has it, against a server that is scripted message by message."""

from __future__ import annotations

import asyncio

import pytest

from sitoo_async.spi import App
from sitoo_async.spi._core.asgi import path_below
from tests.spi.core._payments import CREDENTIALS, HEADERS, Payment, Recorder, serving

AUTHORIZED = [(name.encode(), value.encode()) for name, value in HEADERS.items()]
GONE = {"type": "http.disconnect"}


def scope(method="POST", path="/settlements.json", *headers, **more):
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "query_string": b"",
        "headers": [*AUTHORIZED, *headers],
        "client": ("192.0.2.7", 5),
    } | more


def chunk(body, *, more=False):
    return {"type": "http.request", "body": body, "more_body": more}


async def served(server, scope, *messages):
    """What is sent, and how many of the messages were asked for."""
    waiting, sent = [*messages], []

    async def receive():
        assert waiting, "nothing is left to be received"
        return waiting.pop(0)

    async def send(message):
        sent.append(message)

    await server(scope, receive, send)
    return sent, len(messages) - len(waiting)


def headers_of(message):
    return dict(message["headers"])


async def test_a_body_in_pieces_becomes_one_call_and_the_answer_two_messages():
    service, server = serving(settle={"a": 1})
    pieces = [
        chunk(b'{"x"', more=True),
        {"type": "http.request", "more_body": True},
        {"type": "http.request", "body": b":1}"},
    ]
    (start, body), read = await served(server, scope(), *pieces)
    assert read == 3
    assert (start["type"], start["status"]) == ("http.response.start", 200)
    assert headers_of(start) == {b"content-type": b"application/json", b"content-length": b"7"}
    assert body == {"type": "http.response.body", "body": b'{"a":1}'}
    assert service.asked[0][1] == {"x": 1}


async def test_no_body_has_no_length_where_a_status_forbids_it():
    _, server = serving()
    (start, body), _ = await served(server, scope("PUT", "/payments/7"), chunk(b"{}"))
    assert (start["status"], start["headers"], body["body"]) == (204, [], b"")


@pytest.mark.parametrize(
    ("status", "headers", "messages", "read", "closed"),
    [
        (413, [(b"content-length", b"100000000")], [], 0, True),
        (413, [], [chunk(b"x" * 900_000, more=True)] * 2, 2, True),
        (413, [], [chunk(b"x" * 1_000_001)], 1, True),
        (400, [], [chunk(b"x" * 1_000_000)], 1, False),
    ],
)
async def test_a_body_that_is_too_long_is_answered_without_reading_on(
    status, headers, messages, read, *, closed, caplog
):
    service, server = serving()
    never = chunk(b"", more=True)
    (start, _), asked = await served(server, scope("POST", "/payments", *headers), *messages, never)
    assert (start["status"], asked) == (status, read)
    assert (headers_of(start).get(b"connection") == b"close") == closed
    assert service.asked == []
    (told,) = caplog.messages
    assert told.startswith("A request was refused, since the body is longer") == closed


@pytest.mark.parametrize(
    ("more", "closed"),
    [
        ([(b"Content-Length", b"5")], True),
        ([(b"transfer-encoding", b"chunked")], True),
        ([(b"content-length", b"0")], False),
        ([], False),
    ],
)
async def test_whoever_is_not_let_in_is_answered_before_the_body_is_read(more, closed):
    _, server = serving()
    asked = scope() | {"headers": more}
    (start, _), read = await served(server, asked, chunk(b"never"))
    assert (start["status"], read) == (401, 0)
    assert headers_of(start)[b"www-authenticate"].startswith(b"Basic")
    assert (b"connection" in headers_of(start)) == closed
    # A header of a connection is none of a stream's.
    (start, _), _ = await served(server, asked | {"http_version": "2"}, chunk(b"never"))
    assert b"connection" not in headers_of(start)


async def test_who_goes_away_before_all_was_said_has_said_nothing():
    service, server = serving()
    sent, read = await served(server, scope(), chunk(b'{"a":1}', more=True), GONE)
    assert (sent, read, service.asked) == ([], 2, [])


async def test_who_goes_away_afterwards_does_not_stop_the_handler():
    done = []

    async def slow():
        await asyncio.sleep(0)
        done.append(True)
        return {}

    _, server = serving(settle=slow)
    (start, _), read = await served(server, scope(), chunk(b"{}"), GONE)
    assert (start["status"], read, done) == (200, 1, [True])


async def test_a_server_may_raise_where_nobody_waits_for_the_answer(caplog):
    caplog.set_level("INFO", "sitoo_async")
    service, server = serving(settle={})
    asked = [chunk(b"{}")]

    async def receive():
        return asked.pop()

    async def send(message):
        raise ConnectionResetError

    await server(scope(), receive, send)
    assert len(service.asked) == 1
    assert caplog.messages == ["Whoever asked had gone before the answer, of status 200"]


@pytest.mark.virtual_time
async def test_a_body_that_does_not_come_is_waited_for_until_the_deadline(caplog):
    service, server = serving()
    sent = []

    async def receive():
        await asyncio.sleep(4)
        return chunk(b"", more=True)

    async def send(message):
        sent.append(message)

    began = asyncio.get_running_loop().time()
    await server(scope(), receive, send)
    assert asyncio.get_running_loop().time() == began + 10
    assert (sent[0]["status"], service.asked) == (504, [])
    assert caplog.messages[0].startswith("A request was refused, since the body did not come in")


async def test_the_beginning_and_the_end_of_a_server_are_confirmed():
    _, server = serving()
    messages = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]
    sent, _ = await served(server, {"type": "lifespan"}, *messages)
    assert [each["type"] for each in sent] == [
        "lifespan.startup.complete",
        "lifespan.shutdown.complete",
    ]


async def test_nobody_speaks_websockets_here_nor_what_comes_after_them():
    _, server = serving()
    sent, _ = await served(server, {"type": "websocket"}, {"type": "websocket.connect"})
    assert [each["type"] for each in sent] == ["websocket.close"]
    with pytest.raises(ValueError, match="carrier-pigeon"):
        await served(server, {"type": "carrier-pigeon"})


@pytest.mark.parametrize(
    ("asked", "below"),
    [
        ({"path": "/a/b"}, "/a/b"),
        ({"path": "/a/ö b"}, "/a/%C3%B6%20b"),
        ({"path": "/a/b/c", "raw_path": b"/a/b%2Fc?x=%20"}, "/a/b%2Fc"),
        ({"path": "/a/%2F", "raw_path": b"/a/%252F"}, "/a/%252F"),
        # Starlette leaves the root where it is, Litestar takes it away.
        ({"path": "/r/a/b", "root_path": "/r", "raw_path": b"/r/a%2Fb"}, "/a%2Fb"),
        ({"path": "/r/a", "root_path": "/r/"}, "/a"),
        ({"path": "/r", "root_path": "/r"}, ""),
        ({"path": "/rest", "root_path": "/r"}, "/rest"),
        ({"path": "/a/b/", "root_path": "", "raw_path": b"/r/a%2Fb"}, "/a%2Fb"),
        ({"path": "/a", "root_path": "/r", "raw_path": None}, "/a"),
        ({"path": "/r/a", "raw_path": b"/%72/x%2Fr/%61"}, "/r/a"),
        ({"path": "/", "root_path": "", "raw_path": b"/r%20/"}, "/"),
        # What is no UTF-8 was replaced by the server.
        ({"path": "/p/\ufffd", "raw_path": b"/p/%FF"}, "/p/%FF"),
        ({"path": "/p/\ufffd", "raw_path": b"/p/%EF%BF%BD"}, "/p/%EF%BF%BD"),
        # What no part of the raw path reads like is told by the path alone.
        ({"path": "/a b", "raw_path": b"/x%20y"}, "/a%20b"),
        ({"path": "/\udcff", "raw_path": b"/%FF"}, "/%FF"),
    ],
    ids=str,
)
def test_the_path_is_the_one_below_the_mount(asked, below):
    assert path_below(asked) == below


async def test_the_query_and_the_peer_are_told(caplog):
    service, server = serving(find_payment=Payment(note="x"))
    asked = scope("GET", "/payments", query_string=b"key=%2Bsesame")
    (start, _), _ = await served(server, asked, chunk(b""))
    assert (start["status"], service.asked[0][1]) == (200, "+sesame")
    await served(server, asked | {"headers": []}, chunk(b""))
    assert "from 192.0.2.7," in caplog.text
    unknown = App(Recorder(), **CREDENTIALS)
    await served(unknown, asked | {"headers": [], "client": None}, chunk(b""))
    assert "from an unknown address," in caplog.text
    assert "sesame" not in caplog.text
