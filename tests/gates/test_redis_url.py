"""The options in the URL of a RedisGate: honoured, without effect, or refused when it is made."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import ssl
import traceback

import pytest
import redis.asyncio
from redis.asyncio import connection as theirs

from sitoo_async import InvalidOptionError
from sitoo_async._gates._from_url import gate_from_url
from sitoo_async._gates._redis_link import connect
from sitoo_async._gates.redis import RedisGate
from sitoo_async._http.keys import Secret
from tests.gates._redis_server import KEY, MISSING, find_server, soon

HOST = "redis://user:hunter2@host:6380/3"

REFUSED = {
    "max_connections=1": "takes a connection",
    "max_connections=100": "takes a connection",
    "timeout=20": "takes a connection",
    "single_connection_client=true": "takes a connection",
    "socket_timeout=5": "lose its place",
    "socket_timeout=hunter2": "lose its place",
    "retry=3": "the gate repeats by itself",
    "retry_on_timeout=true": "the gate repeats by itself",
    "retry_on_error=TimeoutError": "the gate repeats by itself",
    "protocol=3": "protocol 2",
    "protocol=hunter2": "protocol 2",
    "encoding=utf-16": "name a key alike",
    "encoding_errors=ignore": "name a key alike",
    "host=other": "before the question mark",
    "port=1": "before the question mark",
    "path=/run/redis.sock": "before the question mark",
    "unix_socket_path=/run/redis.sock": "before the question mark",
    "lease=10": "lease=10",
    "connection_class=BlockingConnectionPool": "an object of Python's",
    "connection_pool=mine": "an object of Python's",
    "credential_provider=mine": "an object of Python's",
    "parser_class=mine": "an object of Python's",
    "maint_notifications_config=on": "an object of Python's",
    "socket_keepalive_options=1": "an object of Python's",
    "socket_type=1": "an object of Python's",
    "auto_close_connection_pool=true": "does not know it",
    "maintenance_state=none": "does not know it",
    "max-connections=1": "does not know it",
    "Max_Connections=1": "does not know it",
    "ssl=true": "does not know it",
    "what=hunter2": "does not know it",
    "db=-1": "the number of a database",
    "db=1.5": "the number of a database",
    "db=hunter2": "the number of a database",
    "db=4": "twice",
    "username=other": "twice",
    "client_name=a&client_name=b": "twice",
    "client_name=my%20gate": "without spaces",
    "client_name=caf%C3%A9": "without spaces",
    "socket_connect_timeout=0": "more than 0",
    "socket_connect_timeout=-1": "more than 0",
    "socket_connect_timeout=nan": "more than 0",
    "socket_connect_timeout=inf": "more than 0",
    "socket_connect_timeout=hunter2": "more than 0",
    "socket_keepalive=hunter2": "true or false",
    "health_check_interval=-1": "0 or more",
    "health_check_interval=nan": "0 or more",
    "ssl_cert_reqs=hunter2": "none, optional or required",
    "ssl_check_hostname=hunter2": "true or false",
    "ssl_min_version=hunter2": "a version such as TLSv1_2",
    "ssl_min_version=9": "a version such as TLSv1_2",
    "ssl_include_verify_flags=HUNTER2": "names of ssl.VerifyFlags",
    "ssl_ca_certs=/no/such/file": "FileNotFoundError",
    "ssl_certfile=/no/such/file&ssl_keyfile=/no/such/file": "FileNotFoundError",
    "ssl_ciphers=hunter2": "SSLError",
    "ssl_ca_data=hunter2": "SSLError|ValueError",
}

HONOURED = {
    "db=3": {"db": 3},
    "client_name=stock-sync": {"client_name": "stock-sync"},
    "socket_connect_timeout=2.5": {"socket_connect_timeout": 2.5},
    "socket_keepalive=no": {"socket_keepalive": False},
    "socket_keepalive=True": {"socket_keepalive": True},
    "health_check_interval=0": {"health_check_interval": 0.0},
    "health_check_interval=30": {"health_check_interval": 30.0},
    "ssl_cert_reqs=none": {"ssl_cert_reqs": "none"},
    "ssl_cert_reqs=CERT_REQUIRED": {"ssl_cert_reqs": "required"},
    "ssl_cert_reqs=optional": {"ssl_cert_reqs": "optional"},
    "ssl_check_hostname=false": {"ssl_check_hostname": False},
    "ssl_min_version=TLSv1.3": {"ssl_min_version": ssl.TLSVersion.TLSv1_3},
    "ssl_min_version=771": {"ssl_min_version": ssl.TLSVersion.TLSv1_2},
    "ssl_ciphers=HIGH": {"ssl_ciphers": "HIGH"},
}

WITHOUT_EFFECT = [
    *("protocol=2", "retry_on_timeout=no", "single_connection_client=False", "encoding=UTF-8"),
    *("encoding_errors=strict", "decode_responses=true", "legacy_responses=false"),
    *("socket_read_size=4096", "lib_name=mine", "lib_version=1", "max_connections="),
]


def url_with(option, server="user:hunter2@host:6380/3"):
    """A server with that option, and with TLS only where that needs it: it takes its time."""
    scheme = "rediss" if option.startswith("ssl") else "redis"
    return f"{scheme}://{server}?{option}"


@pytest.mark.parametrize("option", [*REFUSED])
def test_what_would_break_the_gate_s_promises_is_refused_by_name_with_the_reason(option):
    with pytest.raises(InvalidOptionError, match=REFUSED[option]) as caught:
        RedisGate(url_with(option))
    assert caught.value.field == "url"
    named = option.partition("=")[0]
    if "-" not in named and not option.startswith("ssl_c"):
        assert named in str(caught.value)
    assert "hunter2" not in str(caught.value).lower()


@pytest.mark.parametrize("option", [*HONOURED])
def test_what_breaks_nothing_is_honoured(option):
    given = dict(RedisGate(url_with(option))._server.options)
    assert given["host"] == "host"
    assert given["port"] == 6380
    assert given["username"] == "user"
    assert given["password"] == "hunter2"
    assert given["db"] == 3
    for name, value in HONOURED[option].items():
        assert given[name] == value


def test_what_the_redis_py_that_is_installed_does_not_know_is_refused():
    url = url_with("ssl_include_verify_flags=VERIFY_X509_STRICT,VERIFY_CRL_CHECK_LEAF")
    if "ssl_include_verify_flags" in names():
        assert dict(RedisGate(url)._server.options)["ssl_include_verify_flags"] == (
            ssl.VerifyFlags.VERIFY_X509_STRICT,
            ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF,
        )
    else:  # pragma: no cover  # before 7.0
        with pytest.raises(InvalidOptionError, match="the redis-py that is installed"):
            RedisGate(url)


def test_what_a_later_redis_py_knows_no_more_is_refused(monkeypatch):
    def refuses(self, **options):
        raise TypeError(f"unexpected: {options}")

    monkeypatch.setattr(theirs.Connection, "__init__", refuses)
    with pytest.raises(InvalidOptionError, match="TypeError: not all options are known") as caught:
        RedisGate(HOST)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("option", WITHOUT_EFFECT)
def test_what_says_what_is_so_anyway_changes_nothing(option):
    assert RedisGate(url_with(option)) == RedisGate(HOST)


def names():
    """What redis-py's own classes take, those of the version that is installed."""
    kinds = [
        *(theirs.AbstractConnection, theirs.Connection, theirs.SSLConnection),
        *(theirs.UnixDomainSocketConnection, theirs.ConnectionPool),
        *(theirs.BlockingConnectionPool, redis.asyncio.Redis),
    ]
    found = {name for kind in kinds for name in inspect.signature(kind.__init__).parameters}
    return sorted(found - {"self", "kwargs", "connection_kwargs"})


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("name", names())
@pytest.mark.parametrize("value", ["1", "true", "x"])
def test_whatever_redis_py_takes_is_accepted_or_refused_but_never_decides(name, value):
    gate = None
    with contextlib.suppress(InvalidOptionError):
        gate = RedisGate(url_with(f"{name}={value}", "host/0"))
    if gate is not None:
        pool = connect(gate._server).connection_pool
        assert pool.max_connections > 1_000_000
        made = pool.connection_class(**pool.connection_kwargs)
        assert made.socket_timeout is None
        assert made.protocol == 2
        assert made.retry._retries == 0
        assert made.encoder.encoding == "utf-8"


@pytest.mark.parametrize(
    "url",
    [
        "unix:///run/redis.sock?db=0",
        "redis+sentinel://:hunter2@one:26379,two:26379/primary/0",
        "redis-sentinel://:hunter2@one:26379/primary",
        "redis+cluster://:hunter2@one:6379",
        "rediss+cluster://:hunter2@one:6379",
        "redis://:hunter2@one:6379,two:6379/0",
        "redis://:hunter2@one,two/0",
        "redis://:hunter2@%2Frun%2Fredis.sock/0",
        "redis://:hunter2@two%20words/0",
        "redis://:12?x=hunter2@host/0",
        "redis://host:12?x=hunter2@host/0",
        "redis://:hunter2@host/12345678901",
        "redis://:hunter2@host/0?max_connections",
    ],
)
def test_what_is_no_single_server_is_refused(url):
    with pytest.raises(InvalidOptionError, match="one server, no cluster, sentinel") as caught:
        RedisGate(url)
    assert "hunter2" not in str(caught.value)


def test_tls_options_need_tls():
    with pytest.raises(InvalidOptionError, match=r"ssl_cert_reqs .*: it needs TLS: .*rediss://"):
        RedisGate("redis://host/0?ssl_cert_reqs=none")


def test_sitoo_gate_goes_the_same_way():
    with pytest.raises(InvalidOptionError, match="max_connections"):
        gate_from_url(Secret("redis://:hunter2@host/0?lease=10&max_connections=1"))


@pytest.mark.parametrize(
    "url",
    [
        "redis://user:hunter2@host/0?max_connections=1",
        "redis://user:hunter2@host:x/0",
        "redis://user:hunter2@host/0?ssl_keyfile=hunter2",
        "rediss://user:hunter2@host/0?ssl_ca_certs=hunter2",
        "rediss://user:hunter2@host/0?password=hunter2&what=1",
    ],
)
@pytest.mark.parametrize("lease", [5.0, -1.0, 601.0])
def test_no_frame_of_ours_shows_a_password(url, lease):
    url = Secret(url)  # as for this frame
    with pytest.raises(InvalidOptionError) as caught:
        RedisGate("".join(url), lease=lease)
    error = caught.value
    assert error.__cause__ is error.__context__ is None
    told = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert "hunter2" not in "".join(told.format())


def test_a_password_may_hold_anything_that_is_percent_encoded():
    odd = "p%40ss%2Fw%3Frd%23%25%3A+%20"
    before = RedisGate(f"redis://user:{odd}@host/0")
    assert dict(before._server.options)["password"] == "p@ss/w?rd#%:+ "
    query = RedisGate(f"redis://user@host/0?password={odd.replace('+', '%2B')}")
    assert before == query
    assert "p%40ss" not in repr(before) + repr(before._server)


def test_a_host_may_be_an_address():
    for host, read in [("[::1]", "::1"), ("127.0.0.1", "127.0.0.1"), ("my_redis-1.local", None)]:
        options = dict(RedisGate(f"redis://{host}:7000/0")._server.options)
        assert options["host"] == (read or host)
        assert options["port"] == 7000


# -------------------------------------------------------------------------- with a real server


@pytest.mark.skipif(find_server() is None, reason=MISSING)
async def test_a_lease_is_renewed_however_many_keys_are_waited_for(make_gate):
    lease = 0.4
    busy, gate, rival = [await make_gate(lease=lease) for _ in range(3)]
    others = [f"other {number}" for number in range(5)]
    for key in others:
        await busy.acquire(key)
    await gate.acquire(KEY)
    waits = [asyncio.create_task(gate.acquire(key)) for key in others]
    wants = asyncio.create_task(rival.acquire(KEY))
    await asyncio.sleep(2.5 * lease)
    assert not wants.done()
    await gate.release(KEY, 0.0)
    assert not (await soon(wants)).abandoned
    await rival.release(KEY, 0.0)
    for key, wait in zip(others, waits, strict=True):
        await busy.release(key, 0.0)
        await soon(wait)
        await gate.release(key, 0.0)


@pytest.mark.skipif(find_server() is None, reason=MISSING)
async def test_the_server_sees_what_is_honoured(make_gate, redis_server, probe):
    url = redis_server.url.replace("/0", "/5")
    gate = await make_gate(
        f"{url}?client_name=stock-sync&health_check_interval=1&decode_responses=true"
    )
    await gate.acquire(KEY)
    clients = await probe.client_list()
    assert {"5"} == {each["db"] for each in clients if each["name"] == "stock-sync"}
    await gate.release(KEY, 0.0)
