"""Each fault of FakeSitoo, before and after the work is done."""

from __future__ import annotations

import asyncio

import aiohttp
import pytest

from sitoo_async.testing import FakeSitoo, Fault

ONE = "/sites/1/products/21.json"
CHANGE = {"title": "changed"}

pytestmark = pytest.mark.virtual_time


def is_changed(fake):
    return fake.products()[21]["title"] == "changed"


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_dropped_connection_gives_no_answer(ask, fake_sitoo, when):
    fake_sitoo.script(Fault.drop(when=when))
    # A POST, since aiohttp sends a PUT again on its own.
    with pytest.raises(aiohttp.ClientError):
        await ask("POST", "/sites/1/products.json", json={"sku": "new"})
    assert (26 in fake_sitoo.products()) == (when == "after")
    [record] = fake_sitoo.requests
    assert record.status is None
    assert record.ended is not None
    assert (await ask("GET", ONE)).status == 200


@pytest.mark.parametrize("when", ["before", "after"])
async def test_half_a_body_is_an_incomplete_payload_after_good_headers(ask, fake_sitoo, when):
    fake_sitoo.script(Fault.half(when=when))
    with pytest.raises(aiohttp.ClientPayloadError):
        await ask("PUT", ONE, json=CHANGE)
    assert is_changed(fake_sitoo) == (when == "after")
    assert fake_sitoo.requests[0].status is None
    assert (await ask("GET", ONE)).status == 200


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_load_balancer_answers_502_with_a_page_and_no_request_id(ask, fake_sitoo, when):
    fake_sitoo.script(Fault.html502(when=when))
    reply = await ask("PUT", ONE, json=CHANGE)
    assert reply.status == 502
    assert reply.headers["Content-Type"] == "text/html"
    assert reply.text.startswith("<html>")
    assert "Sitoo-Request-ID" not in reply.headers
    assert is_changed(fake_sitoo) == (when == "after")
    assert (await ask("GET", ONE)).status == 200


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_server_error_has_an_error_object_and_frees_the_key(ask, fake_sitoo, when):
    fake_sitoo.script(
        Fault.server_error(503, errortext="503: Down", when=when),
        Fault.server_error(),
    )
    reply = await ask("PUT", ONE, json=CHANGE)
    assert (reply.status, reply.errortext) == (503, "503: Down")
    assert is_changed(fake_sitoo) == (when == "after")
    assert (await ask("GET", ONE)).errortext == "500: fault"
    assert (await ask("GET", ONE)).status == 200


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_hang_keeps_the_key_busy_and_answers_in_the_end(ask, fake_sitoo, when):
    fake_sitoo.script(Fault.hang(300, when=when))
    started = asyncio.get_running_loop().time()
    hanging = asyncio.create_task(ask("PUT", ONE, json=CHANGE, timeout=aiohttp.ClientTimeout()))
    await asyncio.sleep(150)
    assert is_changed(fake_sitoo) == (when == "after")
    assert (await ask("GET", ONE)).status == 429
    assert (await hanging).text == "true"
    assert asyncio.get_running_loop().time() == started + 300
    assert is_changed(fake_sitoo)


async def test_a_hang_without_end_waits_for_unlock(ask, fake_sitoo):
    fake_sitoo.script(Fault.hang())
    hanging = asyncio.create_task(ask("PUT", ONE, json=CHANGE, timeout=aiohttp.ClientTimeout()))
    await asyncio.sleep(100_000)
    assert not hanging.done()
    fake_sitoo.unlock()
    assert (await hanging).text == "true"
    assert (await ask("GET", ONE)).status == 200


async def test_a_slow_body_trickles_and_keeps_the_key_busy_to_its_end(ask, fake_sitoo):
    fake_sitoo.script(Fault.slow(8))
    started = asyncio.get_running_loop().time()
    slow = asyncio.create_task(ask("GET", ONE))
    await asyncio.sleep(7.5)
    assert (await ask("GET", ONE)).status == 429
    assert (await slow).json == fake_sitoo.products()[21]
    assert asyncio.get_running_loop().time() == started + 8
    assert (await ask("GET", ONE)).status == 200


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_50x_can_leave_the_key_locked(ask, fake_sitoo, when):
    fake_sitoo.script(Fault.locked(20, when=when, errortext="too long"))
    reply = await ask("PUT", ONE, json=CHANGE)
    assert (reply.status, reply.errortext) == (504, "too long")
    assert is_changed(fake_sitoo) == (when == "after")
    await asyncio.sleep(19)
    assert (await ask("GET", ONE)).errortext == "429: Too many connections"
    await asyncio.sleep(1)
    assert (await ask("GET", ONE)).status == 200
    assert fake_sitoo.overlaps == 1
    # Nothing but one request at a time ever came; the lock is the server's own.
    assert fake_sitoo.highest_in_flight == 1


async def test_a_lock_without_end_lasts_until_the_slot_ends(connected):
    async with FakeSitoo(products=25, slot_seconds=100) as fake, connected(fake) as ask:
        await ask("GET", ONE)
        await asyncio.sleep(30)
        fake.script(Fault.locked(status=502), Fault.locked(500))
        assert (await ask("GET", ONE)).status == 502
        await asyncio.sleep(69)
        assert (await ask("GET", ONE)).status == 429
        await asyncio.sleep(1)
        assert (await ask("GET", ONE)).status == 504
        await asyncio.sleep(100)
        assert (await ask("GET", ONE)).status == 200


async def test_unlock_frees_a_locked_key(ask, fake_sitoo):
    fake_sitoo.script(Fault.locked())
    assert (await ask("GET", ONE)).status == 504
    assert (await ask("GET", ONE)).status == 429
    fake_sitoo.unlock()
    assert (await ask("GET", ONE)).status == 200


async def test_a_refusal_can_be_scripted_and_is_no_overlap(ask, fake_sitoo):
    fake_sitoo.script(Fault.refuse(times=2))
    for _ in range(2):
        reply = await ask("PUT", ONE, json=CHANGE)
        assert (reply.status, reply.errortext) == (429, "429: Too many connections")
        assert "X-Rate-Limit-Reset" not in reply.headers
    assert not is_changed(fake_sitoo)
    assert fake_sitoo.overlaps == 0
    assert (await ask("PUT", ONE, json=CHANGE)).status == 200


@pytest.mark.parametrize("when", ["before", "after"])
async def test_any_answer_can_be_given_literally(ask, fake_sitoo, when):
    fake_sitoo.script(
        Fault.answer(429, headers={"X-Rate-Limit-Reset": "soon"}, errortext="wait", when=when),
        Fault.answer(302, body=b"", headers={"Location": "https://elsewhere.example/"}),
        Fault.answer(200, body="no json", headers={"Content-Type": "text/plain"}),
        Fault.answer(200, body={"totalcount": "one"}),
    )
    reply = await ask("PUT", ONE, json=CHANGE)
    assert (reply.status, reply.errortext) == (429, "wait")
    assert reply.headers["X-Rate-Limit-Reset"] == "soon"
    assert is_changed(fake_sitoo) == (when == "after")
    reply = await ask("GET", ONE)
    assert (reply.status, reply.headers["Location"]) == (302, "https://elsewhere.example/")
    assert (await ask("GET", ONE)).text == "no json"
    assert (await ask("GET", ONE)).json == {"totalcount": "one"}


@pytest.mark.parametrize("compressed", [False, True])
async def test_a_body_of_any_size(ask, fake_sitoo, compressed):
    fake_sitoo.script(Fault.oversize(1_000_000, compressed=compressed))
    reply = await ask("GET", ONE)
    assert reply.status == 200
    assert len(reply.text) == 1_000_000
    assert (int(reply.headers["Content-Length"]) < 10_000) == compressed


async def test_a_request_meets_the_first_queued_fault_that_fits_it(ask, fake_sitoo):
    fake_sitoo.script(
        Fault.server_error(501, method="put"),
        Fault.server_error(502, path="/sites/2/"),
        Fault.server_error(503, path="/sites/*/products/2?.json", times=2),
        Fault.server_error(504),
    )
    statuses = [
        (await ask("GET", ONE)).status,
        (await ask("GET", "/sites/2/products.json")).status,
        (await ask("PUT", ONE, json=CHANGE)).status,
        (await ask("GET", "/sites/1/products/1.json")).status,
        (await ask("GET", ONE)).status,
        (await ask("GET", ONE)).status,
    ]
    assert statuses == [503, 502, 501, 504, 503, 200]


async def test_a_refused_request_leaves_the_fault_in_the_queue(connected, ask, fake_sitoo):
    fake_sitoo.script(Fault.server_error())
    async with connected(fake_sitoo, password="wrong") as stranger:
        assert (await stranger("GET", ONE)).status == 401
    assert (await ask("GET", ONE)).status == 500


@pytest.mark.parametrize("bad", [{"when": "during"}, {"times": 0}])
def test_a_fault_that_can_not_be_is_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        Fault.drop(**bad)


# Nothing but a line


@pytest.mark.parametrize(
    "headers",
    [{"X": "a\x00b"}, {"X": "a\r\nb"}, {"X\x1b": "a"}, {"X": "\x7f"}],
    ids=["nul", "line", "name", "del"],
)
def test_a_header_that_no_server_sends_is_refused_when_the_fault_is_made(headers):
    with pytest.raises(ValueError, match=r"headers: .* holds a control character"):
        Fault.answer(200, headers=headers)


async def test_what_is_no_http_request_is_told_in_a_line(caplog):
    async with FakeSitoo() as fake:
        port = int(fake.base_url.rpartition(":")[2])
        for sent in (b"X-A: a\x00b", b"Content-Length: zz"):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n" + sent + b"\r\n\r\n")
            assert b" 400 " in await reader.readline()
            writer.close()
            await writer.wait_closed()
    assert len(caplog.records) == 2
    for record in caplog.records:
        assert record.name == "sitoo_async.testing"
        assert record.exc_info is None
        assert "sent is no HTTP request: 400, message: Invalid" in record.getMessage()
        assert record.getMessage().startswith(("what 127.0.0.1 ", "what a client "))
        assert "\n" not in record.getMessage()


async def test_what_goes_wrong_in_the_fake_server_itself_keeps_its_traceback(caplog, monkeypatch):
    async def broken(_fake, _request):
        raise ZeroDivisionError

    monkeypatch.setattr(FakeSitoo, "_handle", broken)
    async with (
        FakeSitoo() as fake,
        aiohttp.ClientSession() as session,
        session.get(fake.base_url) as response,
    ):
        assert response.status == 500
    (record,) = caplog.records
    assert record.name == "sitoo_async.testing"
    assert record.exc_info[0] is ZeroDivisionError
