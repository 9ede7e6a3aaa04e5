"""One exchange over real sockets: small servers on loopback that misbehave to the byte."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import gzip
import logging
import traceback
import tracemalloc
import warnings
import zlib
from types import SimpleNamespace

import aiohttp
import brotli
import msgspec
import pytest

from sitoo_async import errors
from sitoo_async._http import transport as transport_module
from sitoo_async._http.content_coding import ACCEPTED
from sitoo_async._http.keys import Secret
from sitoo_async._http.messages import Request
from sitoo_async._http.route import route_of
from sitoo_async._http.transport import Transport
from sitoo_async._http.verdict import judge
from tests.http._server import (
    BASE64,
    HEADER,
    KILOBYTE,
    MEGABYTE,
    METHODS,
    OK,
    PASSWORD,
    Nowhere,
    Resolver,
    Server,
    cut,
    deaf,
    drop,
    hang,
    http,
    lent,
    opened,
    refusing,
    request,
    sending,
    stuck,
)

# ------------------------------------------------------------------------------- what goes out


async def test_a_request_arrives_byte_by_byte_as_it_was_encoded():
    path = "/sites/1/%7BGUID%7D/..%2Fa%20b/%252E.json"
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server, request(path=path, query="sku=a%20b,c%2C&x=%C3%A5+"))
        await sending(transport, server, request(path=path))
    with_query, without = server.arrivals
    assert with_query.method == "GET"
    assert with_query.target == f"/v2/accounts/90316{path}?sku=a%20b,c%2C&x=%C3%A5+"
    assert without.target == f"/v2/accounts/90316{path}"


async def test_a_request_carries_the_credentials_and_what_it_accepts():
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server)
    headers = server.arrivals[0].headers
    assert headers["authorization"] == f"Basic {BASE64}"
    assert headers["accept"] == "application/json"
    assert headers["user-agent"].startswith("sitoo_async/")
    assert headers["host"] == f"127.0.0.1:{server.port}"
    assert "content-type" not in headers
    assert "cookie" not in headers


@pytest.mark.parametrize("method", METHODS)
async def test_a_body_goes_out_as_json_with_any_method(method):
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server, request(method, payload=[{"productid": 1}]))
    arrival = server.arrivals[0]
    assert (arrival.method, arrival.body) == (method, b'[{"productid":1}]')
    assert arrival.headers["content-type"] == "application/json"


async def test_whatever_the_body_is_it_is_json():
    bodies = [
        ({"title": "Filt", "barcode": ""}, b'{"title":"Filt","barcode":""}'),
        ([], b"[]"),
        ({}, b"{}"),
        (0, b"0"),
        (False, b"false"),
        ({"title": "å"}, '{"title":"å"}'.encode()),
        (msgspec.Raw(b'{"a": 1}'), b'{"a": 1}'),
    ]
    async with Server(OK) as server, opened() as transport:
        for payload, _ in bodies:
            await sending(transport, server, request("POST", payload=payload))
    assert [arrival.body for arrival in server.arrivals] == [body for _, body in bodies]


@pytest.mark.parametrize("method", METHODS)
async def test_a_request_without_a_body_has_none(method):
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server, request(method))
    assert server.arrivals[0].body == b""


# --------------------------------------------------------------------------- what comes back


@pytest.mark.parametrize("status", [200, 201, 400, 404, 429, 500, 502])
async def test_an_answer_is_handed_on_whatever_its_status(status):
    answer = http(status, b'{"errortext":"x"}', "sitoo-request-id: 86aa994c")
    async with Server(answer) as server, opened() as transport:
        response = await sending(transport, server)
    assert (response.status, response.body, response.oversized) == (
        status,
        b'{"errortext":"x"}',
        False,
    )
    assert response.request_id == "86aa994c"  # in any case


async def test_an_empty_answer_is_an_answer():
    async with Server(b"HTTP/1.1 204 No Content\r\n\r\n") as server, opened() as transport:
        response = await sending(transport, server)
    assert (response.status, response.body) == (204, b"")


async def test_a_compressed_or_chunked_body_is_read_whole():
    chunked = b"4\r\ntrue\r\n0\r\n\r\n"
    answers = [
        http(200, gzip.compress(b"true"), "Content-Encoding: gzip"),
        http(200, chunked, "Transfer-Encoding: chunked"),
    ]
    async with Server(*answers) as server, opened() as transport:
        assert (await sending(transport, server)).body == b"true"
        assert (await sending(transport, server)).body == b"true"
    assert server.connections == [0, 0]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed_with_credentials(status):
    async with Server(OK) as target, opened() as transport:
        moved = http(status, b"", f"Location: {target.root}/sites.json")
        async with Server(moved) as server:
            response = await sending(transport, server)
    assert response.status == status
    assert response.headers["location"] == f"{target.root}/sites.json"
    assert target.arrivals == []
    assert len(server.arrivals) == 1


async def test_a_cookie_that_the_server_sets_is_forgotten():
    async with (
        Server(http(200, b"true", "Set-Cookie: session=1; Path=/")) as server,
        opened() as transport,
    ):
        await sending(transport, server)
        await sending(transport, server)
    assert "cookie" not in server.arrivals[1].headers


# ---------------------------------------------------------------- a connection that is dropped


@pytest.mark.parametrize("repeatable", [True, False])
@pytest.mark.parametrize("method", METHODS)
async def test_on_a_kept_alive_connection_that_is_dropped_a_request_arrives_exactly_once(
    method, repeatable
):
    # aiohttp alone sends a GET, PUT or DELETE again, once, behind everybody's back.
    async with Server(OK, drop, OK) as server, opened() as transport:
        await sending(transport, server)
        with pytest.raises(errors.ReadError) as caught:
            await sending(transport, server, request(method, repeatable=repeatable, payload=[1]))
        assert caught.value.sent == "unknown"
        assert [arrival.method for arrival in server.arrivals] == ["GET", method]
        assert (await sending(transport, server)).status == 200
    assert server.connections == [0, 0, 1]


@pytest.mark.parametrize("method", METHODS)
async def test_an_aiohttp_that_can_not_be_told_sends_nothing_again_either(method, monkeypatch):
    assert not transport_module._told_to_send_once(SimpleNamespace())
    monkeypatch.setattr(transport_module, "_told_to_send_once", lambda _: False)
    async with Server(OK, drop, OK) as server, opened() as transport:
        await sending(transport, server)
        with pytest.raises(errors.ReadError) as caught:
            await sending(transport, server, request(method))
        assert isinstance(caught.value.__cause__, aiohttp.ServerDisconnectedError)
        assert [arrival.method for arrival in server.arrivals] == ["GET", method]
        server.stop_listening()
        with pytest.raises(errors.ConnectError, match="no connection: "):
            await sending(transport, server)


@pytest.mark.parametrize("method", METHODS)
async def test_on_a_connection_that_dies_unnoticed_a_request_is_not_sent_again(method):
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server)
        server.writers[0].transport.abort()
        # No turn of the loop in between: the client writes before it hears of the end.
        with pytest.raises(errors.ReadError) as caught:
            await sending(transport, server, request(method))
        assert caught.value.sent == "unknown"
        await asyncio.sleep(0.01)
        assert len(server.arrivals) == 1


async def test_a_connection_whose_end_was_noticed_is_replaced_in_silence():
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server)
        server.writers[0].close()
        await server.writers[0].wait_closed()
        await asyncio.sleep(0.01)
        assert (await sending(transport, server, request("POST"))).status == 200
    assert server.connections == [0, 1]


HALVES = {
    "length": http(200, b'{"items": [', length=100),
    "chunked": http(200, b"b\r\n" + b'{"items": [\r\n', "Transfer-Encoding: chunked"),
    "gzip": http(200, gzip.compress(b"true" * 100)[:20], "Content-Encoding: gzip", length=100),
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
async def test_half_a_body_is_a_read_error(half):
    async with Server(cut(half)) as server, opened() as transport:
        with pytest.raises(errors.ReadError) as caught:
            await sending(transport, server)
    assert caught.value.sent == "unknown"
    assert isinstance(caught.value.__cause__, aiohttp.ClientPayloadError)


@pytest.mark.parametrize("status", [302, 400, 429, 500, 502, 503])
@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES.keys())
async def test_half_a_body_under_another_status_leaves_the_status_to_decide(half, status):
    answer = half.replace(b"200", str(status).encode(), 1)
    async with Server(cut(answer)) as server, opened() as transport:
        response = await sending(transport, server)
    assert response.status == status
    assert response.oversized is False


async def test_what_there_was_of_a_server_errors_body_is_kept():
    async with Server(cut(http(502, b"<html>", length=100))) as server, opened() as transport:
        response = await sending(transport, server)
    assert (response.status, response.body) == (502, b"<html>")


@pytest.mark.parametrize(
    "garbage",
    [
        b"",
        b"HTTP/1.1 200",
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
    ],
)
async def test_what_is_no_http_answer_is_a_read_error_of_one_line(garbage):
    async with Server(cut(garbage)) as server, opened() as transport:
        with pytest.raises(errors.ReadError) as caught:
            await sending(transport, server)
    assert caught.value.sent == "unknown"
    assert len(str(caught.value).splitlines()) == 1


# What comes through HTTP whole, with a true length, and is not what the server meant to say.
CODINGS = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}


def damaged(coding, text=b'{"errortext":"said"}' * 100):
    return CODINGS[coding](text)[:-5]


def chunked(coding, body, status=200):
    pieces = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (body[:9], body[9:], b"")]
    head = ["Transfer-Encoding: chunked", f"Content-Encoding: {coding}"]
    return http(status, b"".join(pieces), *head)


def measured(coding, body, status=200):
    return http(status, body, f"Content-Encoding: {coding}")


framed = pytest.mark.parametrize("framing", [measured, chunked], ids=["length", "chunked"])
coded = pytest.mark.parametrize("coding", CODINGS.keys(), ids=CODINGS.keys())


@coded
@framed
async def test_a_compressed_body_is_read_whole(coding, framing):
    answer = framing(coding, CODINGS[coding](b"[1, 2]" * 100))
    async with Server(answer) as server, opened() as transport:
        for _ in range(2):
            assert (await sending(transport, server)).body == b"[1, 2]" * 100
    assert server.connections == [0, 0]


@coded
@framed
async def test_a_body_that_was_cut_off_before_it_was_sent_is_a_read_error(coding, framing):
    async with Server(framing(coding, damaged(coding))) as server, opened() as transport:
        with pytest.raises(errors.ReadError, match=f"not whole: .*cut off within its {coding}"):
            await sending(transport, server)


async def test_without_a_length_the_end_of_the_stream_still_tells_what_was_cut_off():
    def ending(body):
        return cut(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + body)

    whole = gzip.compress(b"true")
    async with Server(ending(whole), ending(whole[:-1])) as server, opened() as transport:
        assert (await sending(transport, server)).body == b"true"
        with pytest.raises(errors.ReadError) as caught:
            await sending(transport, server)
    assert caught.value.sent == "unknown"


@coded
@pytest.mark.parametrize("status", [400, 404, 429, 500, 502, 503])
async def test_a_damaged_body_under_another_status_leaves_the_status_to_decide(coding, status):
    answer = measured(coding, damaged(coding), status)
    async with Server(answer) as server, opened() as transport:
        response = await sending(transport, server)
    assert (response.status, response.oversized) == (status, False)


@pytest.mark.parametrize(
    "body", [b"not gzip", gzip.compress(b"true")[:-8] + b"12345678"], ids=["plain", "checksum"]
)
async def test_a_body_that_can_not_be_decompressed_is_a_read_error(body):
    async with Server(measured("gzip", body)) as server, opened() as transport:
        with pytest.raises(errors.ReadError) as caught:
            await sending(transport, server)
    assert caught.value.sent == "unknown"
    assert isinstance(caught.value.__cause__, aiohttp.ClientPayloadError)


@pytest.mark.parametrize("coding", ["gzip", "br"], ids=str)
async def test_the_answer_to_a_write_may_be_empty_whatever_its_coding(coding):
    nothing = f"HTTP/1.1 204 No Content\r\nContent-Encoding: {coding}\r\n\r\n".encode()
    async with Server(measured(coding, b""), nothing) as server, opened() as transport:
        assert (await sending(transport, server, Request("PUT", "/x.json"))).body == b""
        assert (await sending(transport, server)).status == 204


@coded
async def test_what_was_asked_for_was_cut_off_where_not_even_its_coding_began(coding):
    async with Server(measured(coding, b"")) as server, opened() as transport:
        with pytest.raises(errors.ReadError, match=f"not whole: .*cut off within its {coding}"):
            await sending(transport, server)


@pytest.mark.parametrize("coding", ["identity", "utf-8", "gzip, gzip"], ids=str)
async def test_a_body_of_a_coding_that_is_not_known_is_handed_on_as_it_is(coding):
    async with Server(measured(coding, b"true")) as server, opened() as transport:
        assert (await sending(transport, server)).body == b"true"


async def test_only_codings_that_are_read_are_asked_for():
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server)
    assert server.arrivals[0].headers["accept-encoding"] == ACCEPTED


# ------------------------------------------------------------------------- no connection at all


KEEPING = [{}, {"force_close": True}]
keeping = pytest.mark.parametrize("connector", KEEPING, ids=["keep-alive", "force-close"])


@keeping
@pytest.mark.parametrize("method", METHODS)
async def test_a_refused_connection_is_a_connect_error_and_nothing_was_sent(method, connector):
    with refusing() as nowhere:
        async with lent(connector=aiohttp.TCPConnector(**connector)) as transport:
            with pytest.raises(errors.ConnectError, match="no connection: ") as caught:
                await sending(transport, nowhere, request(method))
    assert caught.value.sent == "no"
    assert isinstance(caught.value.__cause__, aiohttp.ClientConnectorError)


@keeping
async def test_a_name_that_leads_nowhere_is_a_connect_error(connector):
    resolver = Resolver(OSError(-2, "Name or service not known"))
    async with lent(connector=aiohttp.TCPConnector(resolver=resolver, **connector)) as transport:
        with pytest.raises(errors.ConnectError, match=r"shop\.invalid") as caught:
            await sending(transport, Nowhere("http://shop.invalid"))
    assert caught.value.sent == "no"


# --------------------------------------------------------------------------------------- time

now = asyncio.get_running_loop


@pytest.mark.virtual_time
@pytest.mark.parametrize("method", METHODS)
async def test_no_answer_in_time_is_a_timeout_of_unknown_outcome(method):
    async with Server(hang) as server, opened() as transport:
        began = now().time()
        with pytest.raises(errors.RequestTimeoutError, match="within 120 s") as caught:
            await sending(transport, server, request(method), seconds=120)
        assert now().time() - began == pytest.approx(120)
    assert caught.value.sent == "unknown"
    assert isinstance(caught.value, TimeoutError)
    assert len(server.arrivals) == 1


@pytest.mark.virtual_time
async def test_the_time_counts_the_whole_exchange_and_not_each_byte():
    async def trickle(writer):
        writer.write(http(200, b"", length=1000))
        for _ in range(1000):
            writer.write(b" ")
            await asyncio.sleep(1)

    async with Server(trickle) as server, opened() as transport:
        began = now().time()
        with pytest.raises(errors.RequestTimeoutError) as caught:
            await sending(transport, server, seconds=90.5)
        assert now().time() - began == pytest.approx(90.5)
    assert caught.value.sent == "unknown"


@pytest.mark.virtual_time
async def test_a_server_error_whose_body_never_ends_is_a_server_error():
    async with Server(stuck(http(502, b"<html>", length=100))) as server, opened() as transport:
        response = await sending(transport, server, seconds=30)
        assert (response.status, response.body) == (502, b"<html>")
        # What may still come on that connection belongs to nobody.
        server.answers = [OK]
        assert (await sending(transport, server)).status == 200
    assert server.connections == [0, 1]


@keeping
@pytest.mark.virtual_time
async def test_no_name_in_time_is_a_connect_error(connector):
    connector = aiohttp.TCPConnector(resolver=Resolver(), **connector)
    async with lent(connector=connector) as transport:
        began = now().time()
        with pytest.raises(errors.ConnectError, match="no connection within 20 s") as caught:
            await sending(transport, Nowhere("http://shop.invalid"), seconds=20)
        assert now().time() - began == pytest.approx(20)
    assert caught.value.sent == "no"


@keeping
@pytest.mark.virtual_time
@pytest.mark.parametrize("seconds", [12.5, 120])
async def test_no_connection_in_time_is_a_connect_error_that_tells_the_time(connector, seconds):
    with deaf() as nowhere:
        async with lent(connector=aiohttp.TCPConnector(**connector)) as transport:
            began = now().time()
            with pytest.raises(errors.ConnectError) as caught:
                await sending(transport, nowhere, request("POST"), seconds=seconds)
            elapsed = now().time() - began
    assert caught.value.sent == "no"
    assert str(caught.value) == f"no connection within {elapsed:g} s"


@pytest.mark.virtual_time
async def test_no_connection_of_a_full_pool_in_time_is_a_connect_error():
    async with (
        Server(hang) as server,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session,
        opened(lent=session) as transport,
    ):
        others = asyncio.ensure_future(session.get(server.root))
        await asyncio.sleep(1)
        with pytest.raises(errors.ConnectError) as caught:
            await sending(transport, server, seconds=5)
        others.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await others
    assert caught.value.sent == "no"
    assert len(server.arrivals) == 1


# ---------------------------------------------------------------------------------- the limit


async def test_a_body_of_exactly_the_limit_is_read():
    async with Server(http(200, b"x" * KILOBYTE)) as server, opened() as transport:
        response = await sending(transport, server, limit=KILOBYTE)
        assert (len(response.body), response.oversized) == (KILOBYTE, False)
        response = await sending(transport, server, limit=KILOBYTE - 1)
        assert response.oversized is True
        assert len(response.body) < KILOBYTE
        assert type(judge(response).outcome) is errors.DecodeError


async def test_what_is_not_read_of_a_large_body_does_not_reach_the_next_request():
    async with Server(http(200, b"x" * MEGABYTE), OK) as server, opened() as transport:
        assert (await sending(transport, server, limit=KILOBYTE)).oversized
        assert (await sending(transport, server)).body == b"true"
    assert server.connections == [0, 1]


@contextlib.contextmanager
def peak_below(most):
    gc.collect()
    tracemalloc.start()
    try:
        yield
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < most


async def endless(writer):
    writer.write(http(200, b"", "Transfer-Encoding: chunked"))
    chunk = b"%x\r\n%b\r\n" % (64 * KILOBYTE, b"x" * 64 * KILOBYTE)
    while True:
        writer.write(chunk)
        await writer.drain()


async def test_an_endless_body_does_not_fill_the_memory():
    async with Server(endless) as server, opened() as transport:
        with peak_below(8 * MEGABYTE):
            response = await sending(transport, server, limit=MEGABYTE)
    assert response.oversized is True
    assert len(response.body) <= MEGABYTE


# As fast as each of them goes: a small body is small enough.
FAST = {"gzip": {"compresslevel": 1}, "deflate": {"level": 1}, "br": {"quality": 1}}


@coded
async def test_a_small_body_that_expands_without_end_does_not_fill_the_memory(coding):
    bomb = CODINGS[coding](bytes(64 * MEGABYTE), **FAST[coding])
    assert len(bomb) < MEGABYTE
    answer = measured(coding, bomb)
    async with Server(answer) as server, opened() as transport:
        with peak_below(8 * MEGABYTE):
            response = await sending(transport, server, limit=MEGABYTE)
    assert response.oversized is True
    assert len(response.body) <= MEGABYTE


async def test_the_decompressed_size_is_what_counts():
    answer = http(200, gzip.compress(b" " * 10 * KILOBYTE), "Content-Encoding: gzip")
    async with Server(answer) as server, opened() as transport:
        assert (await sending(transport, server, limit=KILOBYTE)).oversized is True
        assert len((await sending(transport, server, limit=10 * KILOBYTE)).body) == 10 * KILOBYTE


# ------------------------------------------------------------------------------ a lent session


@contextlib.asynccontextmanager
async def opinionated(**options):
    """A session with settings of its own in every place where aiohttp takes some."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # auth=, which some still use
        session = aiohttp.ClientSession(
            auth=aiohttp.BasicAuth("somebody", "else"),
            headers={"X-Mine": "1", "Accept": "text/html"},
            cookies={"mine": "1"},
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            raise_for_status=True,
            timeout=aiohttp.ClientTimeout(total=0.000_001),
            auto_decompress=False,
            **options,
        )
    async with session:
        yield session


@pytest.mark.parametrize("status", [200, 404, 502])
async def test_the_settings_of_a_lent_session_do_not_leak_in(status):
    body = gzip.compress(b'{"errortext":"said"}')
    answer = http(status, body, "Content-Encoding: gzip", "Set-Cookie: theirs=1; Path=/")
    async with (
        Server(answer) as server,
        opinionated() as session,
        opened(lent=session) as transport,
    ):
        for _ in range(2):
            response = await sending(transport, server)
            assert (response.status, response.body) == (status, b'{"errortext":"said"}')
    for arrival in server.arrivals:
        assert arrival.headers["authorization"] == f"Basic {BASE64}"
        assert arrival.headers["accept"] == "application/json"
        assert "x-mine" not in arrival.headers
        assert "cookie" not in arrival.headers
    assert [cookie.key for cookie in session.cookie_jar] == ["mine"]


async def test_the_connector_of_a_lent_session_is_used_and_left_open():
    async with Server(OK) as server, aiohttp.ClientSession() as session:
        async with session.get(server.root) as answer:
            await answer.read()
        async with opened(lent=session) as transport:
            await sending(transport, server)
        assert not session.closed
        async with session.get(server.root) as answer:
            assert await answer.read() == b"true"
    assert "authorization" not in server.arrivals[-1].headers
    assert server.arrivals[1].headers["authorization"] == f"Basic {BASE64}"


async def test_our_own_connections_are_closed_with_the_transport():
    async with Server(OK) as server:
        async with opened() as transport:
            await sending(transport, server)
        await server.saw_the_end_of(0)
        with pytest.raises(errors.ClientClosedError):
            await sending(transport, server)
    assert len(server.arrivals) == 1


async def test_closing_twice_is_harmless():
    async with opened() as transport:
        await transport.aclose()


async def test_a_lent_session_that_is_closed_is_told_at_once():
    session = aiohttp.ClientSession()
    await session.close()
    with pytest.raises(errors.ClientClosedError, match="session"):
        Transport(HEADER, route=route_of("http://127.0.0.1", session))


async def a_session():
    return aiohttp.ClientSession()


@pytest.mark.parametrize("closed", [False, True], ids=["alive", "closed"])
async def test_a_lent_session_of_another_loop_is_told_before_anything_is_sent(closed):
    other = asyncio.new_event_loop()
    session = await asyncio.to_thread(other.run_until_complete, a_session())
    if closed:
        other.close()
    async with Server(OK) as server:
        with pytest.raises(errors.WrongLoopError, match="session") as caught:
            async with opened(lent=session) as transport:
                await sending(transport, server)
        assert server.writers == []
    assert caught.value.sent == "no"
    assert "make it in the loop" in str(caught.value)
    assert not session.closed  # it stays its owner's to close
    await session.close()
    other.close()


async def test_a_lent_session_that_is_closed_later_is_told_before_anything_is_sent():
    async with (
        Server(OK) as server,
        aiohttp.ClientSession() as session,
        opened(lent=session) as transport,
    ):
        await sending(transport, server)
        await session.close()
        with pytest.raises(errors.ClientClosedError, match="session") as caught:
            await sending(transport, server)
    assert caught.value.sent == "no"
    assert len(server.arrivals) == 1


async def test_a_lent_session_that_is_closed_in_flight_is_a_lost_connection():
    async with (
        Server(hang) as server,
        aiohttp.ClientSession() as session,
        opened(lent=session) as transport,
    ):
        flying = asyncio.ensure_future(sending(transport, server))
        await server.until(lambda: server.arrivals)
        await session.close()
        with pytest.raises(errors.ReadError) as caught:
            await flying
    assert caught.value.sent == "unknown"


# ------------------------------------------------------------------------------- cancellation


@pytest.mark.parametrize(
    "answer", [hang, stuck(http(200, b"[", length=100))], ids=["before", "within the body"]
)
async def test_cancelled_in_an_exchange_it_closes_the_connection_and_leaves_nothing(answer):
    reported = []
    now().set_exception_handler(lambda _, context: reported.append(context))
    async with Server(answer, OK) as server, opened() as transport:
        tasks = asyncio.all_tasks()
        flying = asyncio.ensure_future(sending(transport, server))
        await server.until(lambda: server.arrivals)
        await asyncio.sleep(0.01)
        flying.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flying
        await server.until(lambda: server.lost(0))
        assert (await sending(transport, server)).status == 200
        assert server.connections == [0, 1]
        del flying
        gc.collect()
        assert {task for task in asyncio.all_tasks() if not task.done()} - tasks <= {*server._tasks}
    assert reported == []


@pytest.mark.virtual_time
async def test_cancelled_while_it_connects_it_leaves_nothing():
    async with lent(connector=aiohttp.TCPConnector(resolver=Resolver())) as transport:
        connecting = asyncio.ensure_future(sending(transport, Nowhere("http://shop.invalid")))
        await asyncio.sleep(1)
        connecting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await connecting
        gc.collect()


# -------------------------------------------------------------------------------- credentials

FAILURES = {
    "dropped": drop,
    "garbage": cut(b"SSH-2.0-OpenSSH_9.6\r\n\r\n"),
    "half a body": cut(http(200, b"[", length=100)),
    "bad gzip": http(200, b"plain", "Content-Encoding: gzip"),
    "no answer": hang,
}


def assert_no_credentials(shown):
    for secret in (PASSWORD, BASE64, HEADER[:]):
        assert secret not in shown


def everything_shown(error):
    """Each traceback that hangs on the error, those that Python itself would hide included."""
    seen = {}

    def walk(each):
        if each is not None and id(each) not in seen:
            told = traceback.TracebackException.from_exception(each, capture_locals=True)
            seen[id(each)] = "".join(told.format(chain=False))
            walk(each.__cause__)
            walk(each.__context__)

    walk(error)
    return "".join(seen.values())


async def failing(transport, server):
    with pytest.raises(errors.TransportError) as caught:
        await sending(transport, server, request("PUT", payload=[1]), seconds=20)
    return caught.value


@keeping
@pytest.mark.virtual_time
@pytest.mark.parametrize("answer", FAILURES.values(), ids=FAILURES.keys())
async def test_credentials_show_in_no_traceback_with_local_variables(answer, connector, caplog):
    caplog.set_level(logging.DEBUG)
    connector = aiohttp.TCPConnector(**connector)
    async with Server(answer) as server, lent(connector=connector) as transport:
        error = await failing(transport, server)
    shown = everything_shown(error)
    assert "in read_body" in shown or "/aiohttp/" in shown  # down to where it failed
    assert_no_credentials(shown)
    assert_no_credentials(repr(error) + str(error) + repr(transport) + repr(vars(transport)))
    assert_no_credentials(caplog.text)


@keeping
@pytest.mark.virtual_time
@pytest.mark.parametrize("place", [refusing, deaf])
async def test_credentials_show_in_no_traceback_of_a_connection_that_was_not_made(place, connector):
    with place() as nowhere:
        async with lent(connector=aiohttp.TCPConnector(**connector)) as transport:
            shown = everything_shown(await failing(transport, nowhere))
    assert "Authorization" in shown  # it was there to be seen
    assert_no_credentials(shown)


async def test_the_header_stays_a_secret_inside_aiohttp():
    async with opened() as transport:
        for headers in (transport._bare, transport._json):
            assert type(headers["Authorization"]) is Secret
            assert_no_credentials(repr(headers))
