"""The parameters in a PostgresGate's DSN: passed on, translated, without effect, or refused."""

from __future__ import annotations

import asyncio
import socket
import traceback
from urllib.parse import parse_qs

import pytest
from asyncpg import connect_utils

from sitoo_async import InvalidOptionError
from sitoo_async._gates import postgres as module
from sitoo_async._gates._from_url import gate_from_url
from sitoo_async._gates.postgres import PostgresGate
from sitoo_async._http.keys import Secret

KEY = "https://host 10020-140"
HOST = "postgresql://user:hunter2@host:5433/db"

REFUSED = {
    "channel_binding=require": "can't bind the login",
    "channel_binding=hunter2": "can't bind the login",
    "gssencmode=require": "can't encrypt by GSSAPI",
    "gssdelegation=1": "can't pass on",
    "require_auth=scram-sha-256": "logs in as the server asks",
    "requirepeer=postgres": "who owns a socket",
    "hostaddr=10.0.0.1": "give the address as the host",
    "password=hunter2": "before the host",
    "service=prod": "write it into the DSN",
    "servicefile=/etc/pg_service.conf": "write it into the DSN",
    "sslcrldir=/etc/crl": "name it by sslcrl",
    "sslkeylogfile=/tmp/keys": "set SSLKEYLOGFILE",
    "sslcertmode=require": "where it has one",
    "sslsni=0": "whenever it has one",
    "sslaccept=strict": "sslmode=verify-full",
    "sslcompression=hunter2": "0 or 1",
    "sslmode=hunter2": "sslmode",
    "sslmode=no-verify": "sslmode",
    "sslmode=verify-full&sslrootcert=/no/such/file": "No such file|not exist",
    "sslmode=require&sslcert=/no/such/file": "FileNotFoundError",
    "sslnegotiation=hunter2": "sslnegotiation",
    "sslnegotiation=direct&sslmode=prefer": "sslmode=require",
    "sslrootcert=system&sslmode=require": "sslmode=verify-full",
    "sslrootcert=system&sslcert=/etc/cert": "no sslcert",
    "ssl_min_protocol_version=hunter2": "TLSv1.2",
    "ssl=hunter2": "true or false",
    "requiressl=2": "0 or 1",
    "gsslib=hunter2": "gsslib",
    "scram_client_key=hunter2": "by a password",
    "oauth_issuer=https%3A%2F%2Fissuer": "by OAuth",
    "oauth_client_secret=hunter2": "by OAuth",
    "replication=database": "gives no locks",
    "client_encoding=LATIN1": "UTF-8",
    "target_session_attrs=standby": "primary, read-write or any",
    "target_session_attrs=prefer-standby": "primary, read-write or any",
    "target_session_attrs=read-only": "primary, read-write or any",
    "target_session_attrs=hunter2": "primary, read-write or any",
    "load_balance_hosts=hunter2": "disable or random",
    "min_protocol_version=3.2": "version 3.0",
    "max_protocol_version=2": "version 3.0",
    "pgbouncer=true": "pool_mode = session",
    "connect_timeout=hunter2": "a number",
    "connect_timeout=nan": "a number",
    "connect_timeout=inf": "a number",
    "keepalives=hunter2": "a number",
    "keepalives_idle=5s": "a number",
    "tcp_user_timeout=x": "a number",
    "application_name=a&application_name=b": "twice",
    "schema=a&search_path=b": "search_path stands there twice",
    "port=5432": "as well",
    "host=other": "as well",
    "dbname=other": "as well",
    "database=other": "as well",
    "user=other": "as well",
    "geqo=off": "options=-c",
    "authtype=x": "does not know it",
    "tty=x": "does not know it",
    "sslfactory=x": "does not know it",
    "SSLMode=require": "does not know it",
    "channel-binding=require": "does not know it",
    "what=hunter2": "does not know it",
    "what": "name=value",
}

PASSED = {
    "application_name=stock%20sync": {"application_name": "stock sync"},
    "fallback_application_name=sync": {"application_name": "sync"},
    "fallback_application_name=sync&application_name=stock": {"application_name": "stock"},
    "options=-c%20search_path%3Dsitoo": {"options": "-c search_path=sitoo"},
    "options=endpoint%3Dep-1": {"options": "endpoint=ep-1"},
    "search_path=sitoo,public": {"search_path": "sitoo,public"},
    "schema=public": {"search_path": '"public"'},
    "schema=My%20%22Own%22": {"search_path": '"My ""Own"""'},
    "role=worker": {"role": "worker"},
    "timezone=UTC": {"timezone": "UTC"},
    "sslmode=require": {"sslmode": "require"},
    "sslmode=disable": {"sslmode": "disable"},
    "ssl=true": {"sslmode": "require"},
    "ssl=true&sslmode=prefer": {"sslmode": "prefer"},
    "sslmode=prefer&ssl=true": {"sslmode": "prefer"},
    "ssl=false": {},
    "requiressl=1": {"sslmode": "require"},
    "requiressl=0": {},
    "ssl_min_protocol_version=TLSv1.3": {"ssl_min_protocol_version": "TLSv1.3"},
    "krbsrvname=postgres": {"krbsrvname": "postgres"},
    "passfile=/no/such/file": {"passfile": "/no/such/file"},
    "target_session_attrs=read-write": {"target_session_attrs": "read-write"},
    "target_session_attrs=primary": {"target_session_attrs": "primary"},
    "target_session_attrs=any": {},
}

WITHOUT_EFFECT = [
    *("channel_binding=prefer", "channel_binding=disable", "gssencmode=prefer"),
    *("gssencmode=disable", "gssdelegation=0", "client_encoding=UTF8", "client_encoding=auto"),
    *("replication=false", "sslcompression=1", "sslsni=1", "sslcertmode=allow", "sslcertmode="),
    *("load_balance_hosts=random", "min_protocol_version=3.0", "max_protocol_version=latest"),
    *("pgbouncer=false", "connection_limit=1", "pool_timeout=10", "statement_cache_size=0"),
    *("prepareThreshold=0", "socket_timeout=3", "statement_timeout=1000", "supa=base-pooler.x"),
    *("uselibpqcompat=true", "sslaccept=accept_invalid_certs", "keepalives=0", "keepalives=1"),
    *("keepalives_idle=0", "connect_timeout=0", "connect_timeout=-1"),
]


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    """No setting of this machine's plays a part."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("PGSSLMODE", "PGSERVICE", "PGSERVICEFILE", "PGPORT", "PGHOST", "PGPASSFILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("parameter", [*REFUSED])
def test_what_can_not_be_had_is_refused_when_the_gate_is_made(parameter):
    with pytest.raises(InvalidOptionError, match=REFUSED[parameter]) as caught:
        PostgresGate(f"{HOST}?{parameter}")
    assert caught.value.field == "dsn"
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("parameter", [*PASSED])
def test_what_the_driver_knows_is_passed_on_or_translated(parameter):
    query = PostgresGate(f"{HOST}?{parameter}")._source.query
    assert parse_qs(query[1:]) == {name: [text] for name, text in PASSED[parameter].items()}


@pytest.mark.parametrize("parameter", WITHOUT_EFFECT)
def test_what_is_so_anyway_or_plays_no_part_changes_nothing(parameter):
    gate = PostgresGate(f"{HOST}?{parameter}")
    assert gate == PostgresGate(HOST)
    assert gate._source.query == ""


def test_limits_are_translated():
    dsn = f"{HOST}?connect_timeout=3&keepalives_idle=2&keepalives_count=9&tcp_user_timeout=1500"
    source = PostgresGate(dsn)._source
    assert source.connect_timeout == 3.0
    assert dict(source.keepalive) == {
        "keepalives_idle": 2,
        "keepalives_count": 9,
        "tcp_user_timeout": 1500,
    }
    assert dict(PostgresGate(f"{HOST}?keepalives_idle=1e99")._source.keepalive) == {
        "keepalives_idle": 1_000_000
    }


@pytest.mark.parametrize("mode", ["", "&sslmode=verify-full"])
def test_the_system_s_authorities_are_asked_where_libpq_would_ask_them(mode):
    source = PostgresGate(f"{HOST}?sslrootcert=system{mode}")._source
    assert source.driver["ssl"] is True
    assert source.query == ""


@pytest.mark.parametrize(
    ("dsn", "wanted"),
    [
        ("postgresql://u:p@a,b/db", "primary"),
        ("postgresql://u:p@a:1,b:2/db?target_session_attrs=any", "primary"),
        ("postgresql:///db?host=a,b", "primary"),
        ("postgresql://u:p@a,b/db?target_session_attrs=read-write", "read-write"),
        ("postgresql://u:p@a/db,x", None),
    ],
)
def test_of_several_hosts_all_processes_use_the_primary(dsn, wanted):
    told = parse_qs(PostgresGate(dsn)._source.query[1:])
    assert told.get("target_session_attrs") == (None if wanted is None else [wanted])


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql:///db?host=a,b&port=1,2,3",
        "postgresql:///db?host=a&port=hunter2",
        "postgresql+asyncpg://user:hunter2@host/db",
        "postgresql+psycopg://user:hunter2@host/db",
        "jdbc:postgresql://user:hunter2@host/db",
        "prisma://user:hunter2@host/db",
        f"{HOST}?sslmode=require#hunter2",
        f"{HOST}?sslmode=require&x=a@hunter2",
    ],
)
def test_whatever_the_driver_could_not_read_is_refused(dsn):
    with pytest.raises(InvalidOptionError) as caught:
        PostgresGate(dsn)
    assert "hunter2" not in str(caught.value)


def test_sitoo_gate_goes_the_same_way():
    with pytest.raises(InvalidOptionError, match="channel_binding"):
        gate_from_url(Secret(f"{HOST}?sslmode=require&channel_binding=require"))


def test_who_nobody_knows_the_name_of_is_told_when_the_gate_is_made(monkeypatch):
    def nobody():
        raise KeyError("getpwuid(): uid not found: 1234")

    monkeypatch.delenv("PGUSER", raising=False)
    monkeypatch.setattr("getpass.getuser", nobody)
    with pytest.raises(InvalidOptionError, match="KeyError"):
        PostgresGate("postgresql://host/db")


def test_a_driver_that_can_not_be_asked_before_is_asked_later(monkeypatch):
    monkeypatch.delattr(connect_utils, "_parse_connect_dsn_and_args")
    PostgresGate(f"{HOST}?sslmode=verify-full&sslrootcert=/no/such/file")


@pytest.mark.parametrize(
    "parameter",
    [
        "channel_binding=require",
        "sslmode=verify-full&sslrootcert=/no/file&sslpassword=hunter2",
        "password=hunter2",
        "sslpassword=hunter2&what=1",
        "sslmode=hunter2",
    ],
)
def test_no_frame_of_ours_shows_a_password(parameter):
    dsn = Secret(f"{HOST}?{parameter}")  # as for this frame
    with pytest.raises(InvalidOptionError) as caught:
        PostgresGate("".join(dsn))
    parameter = ""
    assert caught.value.__cause__ is caught.value.__context__ is None
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "hunter2" not in "".join(told.format())


# -------------------------------------------------------------------------- with a real server


async def test_what_hosters_write_works(postgres_server):
    dsn = (
        f"{postgres_server.url()}?sslmode=prefer&channel_binding=prefer&connect_timeout=15"
        "&application_name=hosted&keepalives=1&keepalives_idle=2&keepalives_interval=30"
        "&tcp_user_timeout=9000&gssencmode=prefer&schema=public&connection_limit=1&supa=x"
        "&target_session_attrs=read-write&options=-c%20work_mem%3D8MB&fallback_application_name=y"
    )
    async with PostgresGate(dsn) as gate:
        await gate.acquire(KEY)
        (session,) = (each for place, each in module._sessions.items() if place[0] == gate._source)
        connection = session._connection
        assert await connection.fetchval("SHOW application_name") == "hosted"
        assert await connection.fetchval("SHOW work_mem") == "8MB"
        assert await connection.fetchval("SHOW search_path") == '"public"'
        link = connection._transport.get_extra_info("socket")
        if hasattr(socket, "TCP_KEEPIDLE"):
            # What is sooner than the gate's own is kept, and what is later is not.
            assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 2
            assert link.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 5
        await gate.release(KEY, 0.0)


async def test_several_hosts_may_be_named_of_which_one_is_away(postgres_server):
    dsn = postgres_server.url().replace("@127.0.0.1:", "@127.0.0.1:1,127.0.0.1:")
    async with PostgresGate(dsn) as gate:
        await gate.acquire(KEY)
        await gate.release(KEY, 0.0)


@pytest.fixture
async def silent():
    """A server that takes connections and says nothing: its port, and when it has been reached."""
    reached, ended = asyncio.Event(), asyncio.Queue()

    async def listen(reader, writer):
        reached.set()
        await reader.read()
        writer.close()
        await writer.wait_closed()
        ended.put_nowait(None)

    async with await asyncio.start_server(listen, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1], reached
        await ended.get()


async def test_a_connect_timeout_holds(silent):
    port, _ = silent
    gate = PostgresGate(f"postgresql://u:p@127.0.0.1:{port}/db?connect_timeout=0.05")
    async with asyncio.timeout(5):  # less than the gate's own
        with pytest.raises(TimeoutError):
            await gate.acquire(KEY)


async def test_who_is_cancelled_while_it_connects_does_not_show_the_password(silent):
    port, reached = silent
    gate = PostgresGate(f"postgresql://u:fish%2Fchips@127.0.0.1:{port}/db?sslmode=disable")
    asking = asyncio.ensure_future(gate.acquire(KEY))
    await reached.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await asking
    told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert "fish/chips" not in "".join(told.format())
