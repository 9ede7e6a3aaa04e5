"""What RedisGate takes, what it refuses, and what it never shows."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import traceback
from pathlib import Path

import pytest

from sitoo_async import ConfigurationError, GateLostError, InvalidOptionError, LaneError
from sitoo_async._gates.redis import RedisGate
from tests.gates._redis_server import MISSING, RedisServer, find_server

KEY = "https://api.example.com 10020-140"
PASSWORD = "kl0rofyll-9"
ROOT = Path(__file__).parent.parent.parent


def test_gates_at_the_same_place_are_equal_whatever_the_scheme_is_called():
    gate = RedisGate("redis://localhost:6379/1")
    assert gate == RedisGate("valkey://localhost:6379/1")
    assert hash(gate) == hash(RedisGate("redis://localhost:6379/1"))
    assert gate != RedisGate("redis://localhost:6379/2")
    assert gate != RedisGate("redis://localhost:6379/1", lease=10.0)


@pytest.mark.parametrize(
    "url",
    [
        f"http://:{PASSWORD}@localhost",
        f"redis://:{PASSWORD}/x@localhost/0",
        f"redis://:12#{PASSWORD}@localhost/0",
        f"redis://:12?{PASSWORD}@localhost/0",
        f"redis://:12/{PASSWORD}@localhost/0",
        f"redis://user:{PASSWORD}@localhost:none/0",
        f"redis://:{PASSWORD}@[::1/0",
        f"redis://:{PASSWORD}@localhost/name",
        f"redis://:{PASSWORD}@localhost/0?what={PASSWORD}",
        f"redis://:{PASSWORD}@localhost/0?socket_timeout={PASSWORD}",
        f"redis://:{PASSWORD}@/0",
        "",
        None,
    ],
)
def test_a_url_that_can_not_be_used_is_refused_without_being_shown(url):
    with pytest.raises(InvalidOptionError) as caught:
        RedisGate(url)
    assert caught.value.field == "url"
    assert PASSWORD not in f"{caught.value!r} {caught.value.__cause__!r}"
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


@pytest.mark.parametrize("lease", [0, -1.0, float("nan"), float("inf"), "5"])
def test_a_lease_is_a_number_of_seconds(lease):
    with pytest.raises(InvalidOptionError, match="lease"):
        RedisGate("redis://localhost", lease=lease)


def test_the_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'sitoo_async\[redis\]'"):
        RedisGate("redis://localhost")


async def test_nothing_but_redis_gate_imports_redis():
    code = "import sys, sitoo_async, sitoo_async._gates.redis; print('redis' in sys.modules)"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code), stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    output, _ = await process.communicate()
    assert json.loads(output.decode().lower()) is False


@pytest.mark.skipif(find_server() is None, reason=MISSING)
async def test_the_password_shows_nowhere(caplog):
    caplog.set_level(logging.DEBUG)
    with RedisServer(password=PASSWORD) as server:
        async with RedisGate(server.url, lease=0.4) as gate:
            await gate.acquire(KEY)
            assert PASSWORD not in repr(gate)
            assert f"127.0.0.1:{server.port}" in repr(gate)
            server.kill()
            with pytest.raises(GateLostError) as lost:
                await gate.release(KEY, 0.0)
        server.start_again()
        wrong = server.url.replace(PASSWORD, f"wrong-{PASSWORD}")
        async with RedisGate(wrong, lease=0.4) as gate:
            with pytest.raises(LaneError, match="AuthenticationError") as refused:
                await gate.acquire(KEY)
    assert (
        PASSWORD not in f"{lost.value!r} {lost.value.__cause__!r} {refused.value!r} {caplog.text}"
    )


@pytest.mark.skipif(find_server() is None, reason=MISSING)
async def test_who_is_cancelled_while_it_logs_in_does_not_show_the_password():
    with RedisServer(password=PASSWORD) as server:
        gate = RedisGate(server.url, lease=0.4)
        server.stop()
        asking = asyncio.create_task(gate.acquire(KEY))
        await asyncio.sleep(0.05)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError) as cancelled:
            await asking
        server.go_on()
        await gate.aclose()
    told = traceback.TracebackException.from_exception(cancelled.value, capture_locals=True)
    assert PASSWORD not in "".join(told.format())
