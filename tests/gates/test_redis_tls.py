"""RedisGate over TLS, with certificates made for the purpose."""

from __future__ import annotations

import asyncio
import shutil
import subprocess

import attrs
import pytest

from sitoo_async import LaneError
from sitoo_async._gates.redis import RedisGate
from tests.gates._programs import redis_programs
from tests.gates._redis_server import MISSING, RedisServer, find_server, free_port

pytestmark = [
    pytest.mark.skipif(find_server() is None, reason=MISSING),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not on the PATH"),
]

KEY = "https://api.example.com 10020-140"


@attrs.frozen
class Encrypted:
    """A server that speaks TLS, and the URL to reach it by with and without its authority."""

    server: RedisServer
    url: str
    unknown_url: str


def speaks_tls(program):
    # Its configuration has the settings even if it was built without; what it links to tells.
    return b"SSL_CTX_new" in program.read_bytes()


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory):
    program = next(filter(speaks_tls, redis_programs()), None)
    if program is None:
        pytest.skip("TLS is NOT TESTED here: no Redis or Valkey server was built with it")
    place = tmp_path_factory.mktemp("tls")
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(  # noqa: S603  # as found on the PATH
        [
            *command.split(),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
            *("-keyout", place / "key", "-out", place / "certificate"),
        ],
        check=True,
        capture_output=True,
    )
    port = free_port()
    options = ["--tls-port", port, "--tls-cert-file", place / "certificate"]
    options += ["--tls-key-file", place / "key", "--tls-auth-clients", "no"]
    with RedisServer(program=program, options=[str(option) for option in options]) as server:
        url = f"rediss://127.0.0.1:{port}/0"
        yield Encrypted(server, f"{url}?ssl_ca_certs={place}/certificate", url)


async def test_a_server_whose_certificate_is_known_is_used(encrypted):
    async with RedisGate(encrypted.url, lease=1.0) as gate:
        await gate.acquire(KEY)
        await gate.release(KEY, 0.0)


async def test_a_server_whose_certificate_is_unknown_is_not(encrypted):
    async with RedisGate(encrypted.unknown_url, lease=0.3) as gate:
        with pytest.raises(LaneError, match="CERTIFICATE_VERIFY_FAILED"):
            await gate.acquire(KEY)


async def test_a_silent_server_is_not_waited_for_when_the_gate_is_closed(encrypted):
    gate = RedisGate(encrypted.url, lease=1.0)
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    encrypted.server.stop()
    try:
        async with asyncio.timeout(2):  # less than TLS waits for a farewell
            await gate.aclose()
    finally:
        encrypted.server.go_on()
