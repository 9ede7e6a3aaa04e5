"""Which connection an attempt goes over, how long one is used, and whom it remembers."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import gc
import weakref

import aiohttp
import pytest

from sitoo_async import errors
from tests.http._server import (
    KILOBYTE,
    MEGABYTE,
    METHODS,
    OK,
    Nowhere,
    Resolver,
    Server,
    cut,
    deaf,
    http,
    lent,
    opened,
    request,
    sending,
)

now = asyncio.get_running_loop

# ------------------------------------------------------------------- how long a connection keeps


@pytest.mark.virtual_time
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_what_can_not_be_repeated_goes_over_a_fresh_connection_only(method):
    once = request(method, repeatable=False)
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server, once)
        await asyncio.sleep(4.9)
        await sending(transport, server, once)
        assert server.connections == [0, 0]
        await asyncio.sleep(5.1)
        await sending(transport, server, once)
        assert server.connections == [0, 0, 1]
        await server.saw_the_end_of(0)
        await sending(transport, server)
        assert server.connections == [0, 0, 1, 1]


@pytest.mark.virtual_time
async def test_what_can_be_repeated_reuses_an_idle_connection():
    async with Server(OK) as server, opened() as transport:
        for method in ("GET", "PUT", "DELETE"):
            await sending(transport, server, request(method, repeatable=True))
            await asyncio.sleep(10)
        assert server.connections == [0, 0, 0]


@pytest.mark.virtual_time
async def test_a_repeatable_request_makes_a_connection_fresh_for_the_next():
    async with Server(OK) as server, opened() as transport:
        await sending(transport, server)
        await asyncio.sleep(10)
        await sending(transport, server)
        await sending(transport, server, request("POST"))
    assert server.connections == [0, 0, 0]


@pytest.mark.virtual_time
async def test_a_connection_that_others_left_idle_is_not_fresh():
    # Several clients over one session: one pool, from which the longest idle is taken first.
    async with (
        Server(OK) as server,
        aiohttp.ClientSession() as session,
        opened(lent=session) as one,
        opened(lent=session) as two,
        opened(lent=session) as three,
    ):
        await asyncio.gather(*(sending(transport, server) for transport in (one, two, three)))
        last_used = dict.fromkeys(server.connections, now().time())
        assert len(last_used) == 3
        for _ in range(4):
            await asyncio.sleep(4)
            await sending(one, server, request("POST"))
            used = server.connections[-1]
            assert now().time() - last_used.get(used, now().time()) <= 5
            last_used[used] = now().time()


async def test_a_connector_that_keeps_nothing_makes_one_connection_a_request():
    connector = aiohttp.TCPConnector(force_close=True)
    async with Server(OK) as server, lent(connector=connector) as transport:
        for method in METHODS:
            await sending(transport, server, request(method))
        assert len(server.writers) == 4
    assert server.connections == [0, 1, 2, 3]


async def test_a_request_makes_one_connection_and_not_one_to_try():
    async with Server(OK) as server, opened() as transport:
        for method in METHODS:
            await sending(transport, server, request(method))
        assert len(server.writers) == 1


# ------------------------------------------------------------------ whether anything was sent


async def closed_while_idle(server):
    server.writers[0].close()
    await server.writers[0].wait_closed()
    await asyncio.sleep(0.01)


async def nothing_more(_server):
    """The exchange itself was the end of the connection."""
    await asyncio.sleep(0.01)


ENDS = {
    "the answer says so": (http(200, b"{}", "Connection: close"), nothing_more),
    "the server hangs up behind it": (cut(OK), nothing_more),
    "its body is larger than the limit": (http(200, b"x" * 2 * MEGABYTE), nothing_more),
    "its body breaks off": (cut(http(502, b"<html>", length=100)), nothing_more),
    "the server hangs up later": (OK, closed_while_idle),
}


@pytest.mark.virtual_time
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(("answer", "then"), ENDS.values(), ids=ENDS)
async def test_behind_a_connection_that_has_ended_nothing_was_sent_without_another(
    answer, then, method
):
    async with Server(answer) as server, opened() as transport:
        await sending(transport, server, limit=KILOBYTE)
        await then(server)
        server.stop_listening()
        with pytest.raises(errors.ConnectError, match="no connection: ") as refused:
            await sending(transport, server, request(method))
        with deaf(server.port), pytest.raises(errors.ConnectError, match="within 20 s") as late:
            await sending(transport, server, request(method), seconds=20)
    assert (refused.value.sent, late.value.sent) == ("no", "no")
    assert len(server.arrivals) == 1


@pytest.mark.virtual_time
async def test_a_connection_that_was_kept_for_too_long_was_never_sent_over():
    connector = aiohttp.TCPConnector(keepalive_timeout=0)
    async with Server(OK) as server, lent(connector=connector) as transport:
        await sending(transport, server)
        server.stop_listening()
        with pytest.raises(errors.ConnectError) as caught:
            await sending(transport, server, request("PUT", repeatable=True))
    assert caught.value.sent == "no"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_connection_that_ends_while_its_reuse_is_traced_is_not_sent_over(method):
    async def take_time(*_):
        await closed_while_idle(server)

    config = aiohttp.TraceConfig()
    config.on_connection_reuseconn.append(take_time)
    async with Server(OK) as server, lent(trace_configs=[config]) as transport:
        for _ in range(2):
            sent = request(method, payload=[1], repeatable=True)
            assert (await sending(transport, server, sent)).status == 200
    assert server.connections == [0, 1]


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("answer", "again"),
    [(OK, 0), (http(200, b"{}", "Connection: close"), 3)],
    ids=["kept", "closed"],
)
async def test_an_answer_tells_when_its_request_was_sent(answer, again):
    connector = aiohttp.TCPConnector(resolver=Resolver(seconds=3), use_dns_cache=False)
    async with Server(answer) as server, lent(connector=connector) as transport:
        place = Nowhere(server.root.replace("127.0.0.1", "shop.example"))
        first, second = [await sending(transport, place) for _ in range(2)]
    assert (first.sent_in, second.sent_in) == (3, again)


# ---------------------------------------------------------------------- whom a connection remembers


class Carried:
    """What a caller carries in a context variable: its span, its database session."""


# So many pieces that aiohttp stops reading from the connection until they are read.
PIECES = http(200, b"1\r\nx\r\n" * 60_000 + b"0\r\n\r\n", "Transfer-Encoding: chunked")


@pytest.mark.virtual_time
@pytest.mark.parametrize("answer", [OK, PIECES], ids=["small", "of many pieces"])
@pytest.mark.parametrize("opens", [True, False], ids=["who opened it", "who used it"])
async def test_a_connection_keeps_no_context_of_a_caller(answer, opens):
    carries = contextvars.ContextVar("carries")

    async def call():
        thing = Carried()
        carries.set(thing)
        await sending(transport, server)
        return weakref.ref(thing)

    answers = [answer] if opens else [OK, answer]
    async with Server(*answers, OK) as server, opened() as transport:
        if not opens:
            await sending(transport, server)
        carried = await asyncio.create_task(call())
        await sending(transport, server)
        gc.collect()
        assert carried() is None
    assert set(server.connections) == {0}


class Around:
    """A tracer around a function, which passes for that one, as those of wrapt do."""

    def __init__(self, wrapped, around):
        self.wrapped, self.around = wrapped, around

    def __get__(self, *bound):
        return Around(self.wrapped.__get__(*bound), self.around)

    def __call__(self, *args, **kwargs):
        return self.around(self.wrapped, *args, **kwargs)

    def __getattr__(self, name):
        return getattr(self.wrapped, name)


def around(wrapped, function):
    @functools.wraps(wrapped)
    async def wrapper(*args, **kwargs):
        return await function(wrapped, *args, **kwargs)

    return wrapper


@pytest.mark.virtual_time
@pytest.mark.parametrize("put", [Around, around])
@pytest.mark.parametrize(
    ("owner", "name"), [(aiohttp.ClientSession, "_request"), (aiohttp.TCPConnector, "connect")]
)
async def test_a_tracer_around_a_function_of_aiohttps_finds_the_context_of_the_call(
    put, owner, name, monkeypatch
):
    span, parents = contextvars.ContextVar("span"), []

    async def trace(wrapped, *args, **kwargs):
        parents.append(span.get())
        token = span.set("the request's")
        try:
            return await wrapped(*args, **kwargs)
        finally:
            span.reset(token)

    monkeypatch.setattr(owner, name, put(getattr(owner, name), trace))
    span.set("the caller's")
    async with Server(OK) as server, opened() as transport:
        assert (await sending(transport, server)).status == 200
    assert parents == ["the caller's"]
