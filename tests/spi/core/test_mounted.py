"""The application where users have it: under FastAPI, Litestar, Starlette, uvicorn and aiohttp."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import ssl
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import uvicorn
from aiohttp import web
from fastapi import FastAPI
from litestar import Litestar, asgi
from starlette.applications import Starlette
from starlette.routing import Mount

from sitoo_async.errors import InvalidOptionError
from sitoo_async.spi.aiohttp import serve_below
from sitoo_async.spi.events import Events, MemoryInbox
from tests.spi.core._payments import CREDENTIALS, HEADERS, Payment, Recorder, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

STORE = {"Store-ID": "G%C3%B6teborg"}
PLACE = "/sitoo/pos"


def below_fastapi(server):
    app = FastAPI()
    app.mount(PLACE, server)
    return app


def below_starlette(server):
    return Starlette(routes=[Mount("/sitoo", Starlette(routes=[Mount("/pos", server)]))])


def below_litestar(server):
    return Litestar([asgi(PLACE, is_mount=True, copy_scope=True)(server)], logging_config=None)


# Or httpx reads the certificates that a machine may lack, and its proxies, for a call to itself.
UNUSED = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextlib.asynccontextmanager
async def in_process(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, root_path="")
    async with httpx.AsyncClient(
        transport=transport, base_url="http://pos.example", verify=UNUSED
    ) as client:
        yield client


@contextlib.asynccontextmanager
async def by_uvicorn(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    # By its name, or asyncio takes it for none of TCP and each answer waits for Nagle's algorithm.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    config = uvicorn.Config(app, log_config=None, lifespan="on")
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # this process has its own
    task = asyncio.create_task(server.serve([listening]))
    base = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        async with httpx.AsyncClient(base_url=base, verify=UNUSED, trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        await task
        listening.close()


@contextlib.asynccontextmanager
async def by_aiohttp(server: Any) -> AsyncIterator[httpx.AsyncClient]:
    app = web.Application()
    outer, _, inner = PLACE.rpartition("/")
    within = web.Application()
    serve_below(within, f"/{inner}/", server)
    app.add_subapp(outer, within)
    runner = web.AppRunner(app, lingering_time=0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0]
    try:
        async with httpx.AsyncClient(
            base_url=f"http://{host}:{port}", verify=UNUSED, trust_env=False
        ) as client:
            yield client
    finally:
        await runner.cleanup()


PLACES = {
    "fastapi": lambda server: in_process(below_fastapi(server)),
    "starlette": lambda server: in_process(below_starlette(server)),
    "litestar": lambda server: in_process(below_litestar(server)),
    "uvicorn": lambda server: by_uvicorn(below_fastapi(server)),
    "aiohttp": by_aiohttp,
}


@pytest.mark.parametrize("place", PLACES)
async def test_it_answers_the_same_wherever_it_is_mounted(place, caplog):
    service, server = serving(get_payment=Payment(note="x"), settle={"a": 1})
    async with PLACES[place](server) as client:
        client.headers = HEADERS | STORE
        found = await client.get(f"{PLACE}/payments/a%2Fb%20%C3%B6?extended=true")
        settled = await client.post(f"{PLACE}//settlements.json", content=b'{"x":[1]}')
        updated = await client.put(f"{PLACE}/payments/7", json={"note": None})
        wrong = await client.patch(f"{PLACE}/payments/7", json={})
        nowhere = await client.get(f"{PLACE}/nowhere")
        client.headers = {}
        refused = await client.get(f"{PLACE}/payments/7")
    assert (found.status_code, found.json()) == (200, {"note": "x"})
    assert (settled.status_code, settled.json()) == (200, {"a": 1})
    assert (updated.status_code, updated.content) == (204, b"")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "GET, PUT")
    assert (nowhere.status_code, refused.status_code) == (404, 401)
    (_, paymentid, extended, call), (_, settlement, _), (_, _, payment, _) = service.asked
    assert (paymentid, extended, call.store_id) == ("a/b ö", True, "Göteborg")
    assert settlement == {"x": [1]}
    assert payment == Payment(note=None)
    for answer in (wrong, nowhere, refused):
        assert set(answer.json()) == {"request_id", "error_code", "error_data"}
    (text,) = [each.getMessage() for each in caplog.records if each.levelname == "ERROR"]
    assert "from 127.0.0.1, " in text


@pytest.mark.parametrize("place", ["uvicorn", "aiohttp"])
async def test_a_body_of_a_hundred_megabytes_is_not_waited_for(place):
    service, server = serving()

    async with PLACES[place](server) as client:
        port = client.base_url.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST {PLACE}/payments HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n"
        fields = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
        writer.write(f"{head}{fields}\r\n".encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        error = json.loads(await reader.readexactly(length))
        assert b" 413 " in answer
        assert b"connection: close" in answer.lower()
        assert error["error_data"]["field"] == "body"
        assert await reader.read() == b""
        writer.close()
    assert service.asked == []


@pytest.mark.parametrize("place", ["uvicorn", "aiohttp"])
async def test_a_body_that_ends_too_early_or_is_no_gzip_is_none(place, caplog):
    service, server = serving(settle={})
    async with PLACES[place](server) as client:
        client.headers = HEADERS | {"Content-Encoding": "gzip"}
        answer = await client.post(f"{PLACE}/settlements.json", content=b"\x1f\x8bnone")
        _, writer = await asyncio.open_connection("127.0.0.1", client.base_url.port)
        head = f"POST {PLACE}/settlements.json HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n"
        fields = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
        writer.write(f"{head}{fields}\r\n{{}}".encode())
        await asyncio.sleep(0.01)  # so that it has begun
        writer.transport.abort()
    assert answer.status_code == 400
    assert service.asked == []
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


async def test_events_are_taken_at_the_very_path_where_they_are_served_under_aiohttp():
    events = Events(**CREDENTIALS, inbox=MemoryInbox())
    async with by_aiohttp(events) as client:
        client.headers = HEADERS
        answers = [await client.post(f"{PLACE}{end}", json=[]) for end in ("", "/", "/events")]
    assert [each.status_code for each in answers] == [200] * 3


@pytest.mark.parametrize("path", ["sitoo", "/{id}", ""])
def test_a_place_under_aiohttp_that_can_not_be_is_refused(path):
    with pytest.raises(InvalidOptionError, match="path must begin with a slash"):
        serve_below(web.Application(), path, serving()[1])


def test_a_service_is_served_under_aiohttp_by_an_application_of_it():
    with pytest.raises(InvalidOptionError, match=r"endpoint must be .* not Recorder") as caught:
        serve_below(web.Application(), PLACE, Recorder())
    assert caught.value.field == "endpoint"
