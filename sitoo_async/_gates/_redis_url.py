"""The URL of a Redis server, read so that no option in it can break what the gate promises.

redis-py lets whatever stands in a URL win over what its caller has decided. So it gets no URL, but
what is read from it here. Each option is honoured, changes nothing, or is refused with the reason.
"""

from __future__ import annotations

import math
import re
import ssl
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

import attrs

from sitoo_async._http.keys import Secret
from sitoo_async.errors import InvalidOptionError

__all__ = ["RedisServer"]

SCHEMES: Final = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}


@attrs.frozen
class RedisServer:
    """A server, and how to connect to it.

    Attributes:
        place: scheme, host, port and database, for people to read.
        tls: whether it is reached by TLS.
        options: what redis-py is to be told of it, by the names of its arguments.
    """

    place: str = attrs.field(eq=False)
    tls: bool
    options: tuple[tuple[str, Any], ...] = attrs.field(repr=False)

    @classmethod
    def parse(cls, url: Secret) -> RedisServer:
        """Read ``redis://user:password@host:port/database?options``.

        Raises:
            InvalidOptionError: it is written otherwise, or an option can't be kept beside what the
                gate promises. No value is quoted.
        """
        parts = _split(url)
        if parts is None:
            raise InvalidOptionError(
                "the URL of RedisGate must be redis://user:password@host:port/database (or "
                "rediss://, valkey://, valkeys://) and name one server, no cluster, sentinel or "
                "socket, with '/', '?', '#' and '@' percent-encoded in user and password",
                field="url",
            )
        tls, place, options, query = parts
        for name, text in query:
            reason = _objection(name, text, tls=tls) or _add(options, name, text)
            if reason is not None:
                known = re.fullmatch(r"\w{1,60}", name)
                raise InvalidOptionError(
                    f"{name if known else 'an option'} in the URL of RedisGate: {reason}",
                    field="url",
                )
        return cls(place, tls, tuple(sorted(options.items())))


_Parts = tuple[bool, str, dict[str, Any], list[tuple[Secret, Secret]]]


def _split(url: Secret) -> _Parts | None:
    """Whether there is TLS, the place, the options before the query, and those in it.

    None where it can't be read. Nothing is raised from among its pieces.
    """
    # Half a password, cut at a '#', '/' or '?' that was not encoded, would be taken for the name
    # of a host, a port or an option, and shown in errors as such.
    try:
        parts = urlsplit(url)
        port = parts.port
        query = parse_qsl(parts.query, strict_parsing=bool(parts.query))
    except ValueError:
        return None
    host, database = unquote(parts.hostname or ""), parts.path.strip("/")
    if (
        parts.scheme not in SCHEMES
        or not re.fullmatch(r"[\w.:%-]+", host)
        or port == 0
        or parts.fragment
        or "@" in parts.query
        or not re.fullmatch(r"[0-9]{0,9}", database)
    ):
        return None
    scheme = SCHEMES[parts.scheme]
    place = f"{scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    options = _before_query(parts, host, port, database)
    return (
        scheme == "rediss",
        place,
        options,
        [(Secret(name), Secret(text)) for name, text in query],
    )


def _before_query(parts: SplitResult, host: str, port: int | None, database: str) -> dict[str, Any]:
    options: dict[str, Any] = {"host": host, "port": port or 6379, "db": int(database or 0)}
    if parts.username:
        options["username"] = unquote(parts.username)
    if parts.password:
        options["password"] = Secret(unquote(parts.password))
    return options


def _objection(name: Secret, text: Secret, *, tls: bool) -> str | None:
    """Why an option can't stand in the query, if so."""
    if name in _FIXED:
        wanted, reason = _FIXED[name]
        return None if text.lower() in wanted else reason
    if name in _READ:
        return "it needs TLS: write rediss://" if name.startswith("ssl_") and not tls else None
    unknown = None if name in _WITHOUT_EFFECT else "the gate does not know it: leave it out"
    return _REFUSED.get(name, unknown)


def _add(options: dict[str, Any], name: Secret, text: Secret) -> str | None:
    """Take over an option that is to be honoured; tell why not, if so."""
    if name not in _READ:
        return None
    read, kind = _READ[name]
    try:
        value = read(text)
    except (KeyError, ValueError):
        return f"it must be {kind}"
    # The database before the query is 0 where none is named.
    if name in options and options[name] not in (value, 0):
        return "it stands there twice: leave one out"
    options[name] = value
    return None


# ------------------------------------------------------------------------------- what is refused

_ITS_OWN: Final = "the gate repeats by itself what may be repeated, within its lease: leave it out"
_CONNECTIONS: Final = (
    "each key that is waited for takes a connection, and what is held must be renewed by another "
    "meanwhile, else two processes would hold one key: leave it out"
)
_BEFORE: Final = "write it before the question mark, as in redis://user:password@host:port/database"
_OBJECT: Final = "it is an object of Python's, which a URL can't hold: leave it out"
_UTF_8: Final = "all processes must name a key alike, which is in UTF-8: leave it out"

_REFUSED: Final[Mapping[str, str]] = {
    "max_connections": _CONNECTIONS,
    "timeout": _CONNECTIONS,
    "socket_timeout": (
        "whoever waits for a turn hears nothing until it comes, and would lose its place; the gate "
        "leaves a silent server by itself, after a third of its lease: leave it out"
    ),
    "retry": _ITS_OWN,
    "retry_on_error": _ITS_OWN,
    "lease": "it is not for the server: RedisGate(url, lease=10), or in SITOO_GATE once",
    **dict.fromkeys(("host", "port", "path", "unix_socket_path"), _BEFORE),
    **dict.fromkeys(
        (
            *("connection_class", "connection_pool", "credential_provider", "driver_info"),
            *("encoder_class", "event_dispatcher", "himport_registry", "parser_class"),
            *("maint_notifications_config", "queue_class", "redis_connect_func"),
            *("socket_keepalive_options", "socket_type"),
        ),
        _OBJECT,
    ),
}

_FALSE: Final = ("0", "f", "false", "n", "no", "off")
_TRUE: Final = ("1", "t", "true", "y", "yes", "on")

_FIXED: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "protocol": (("2",), "the gate speaks protocol 2, which every server knows: leave it out"),
    "retry_on_timeout": (_FALSE, _ITS_OWN),
    "single_connection_client": (_FALSE, _CONNECTIONS),
    "encoding": (("utf-8", "utf8"), _UTF_8),
    "encoding_errors": (("strict",), _UTF_8),
}
"""What may say what is so anyway."""

_WITHOUT_EFFECT: Final = (
    # The gate reads whole numbers, and few of them.
    *("decode_responses", "legacy_responses", "socket_read_size"),
    # How redis-py calls itself in the server's list of clients.
    *("lib_name", "lib_version"),
)

# ------------------------------------------------------------------------------ what is honoured


def _database(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError
    return int(text)


def _flag(text: str) -> bool:
    if text.lower() not in (*_TRUE, *_FALSE):
        raise ValueError
    return text.lower() in _TRUE


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < math.inf:
        raise ValueError
    return seconds


def _interval(text: str) -> float:
    return 0.0 if text == "0" else _seconds(text)


def _client_name(text: str) -> str:
    # Else the server refuses it, at each connection.
    if not re.fullmatch(r"[!-~]+", text):
        raise ValueError
    return text


def _cert_reqs(text: str) -> str:
    # Other clients of Redis call them CERT_NONE, CERT_OPTIONAL and CERT_REQUIRED.
    word = text.lower().removeprefix("cert_")
    if word not in ("none", "optional", "required"):
        raise ValueError
    return word


def _verify_flags(text: str) -> tuple[ssl.VerifyFlags, ...]:
    return tuple(ssl.VerifyFlags[name.strip()] for name in text.strip("[]").split(","))


def _tls_version(text: str) -> ssl.TLSVersion:
    # As redis-py wants it, by its number, or by its name.
    return ssl.TLSVersion(int(text)) if text.isdecimal() else ssl.TLSVersion[text.replace(".", "_")]


_TRUTH: Final = (_flag, "true or false")
_TEXT: Final[tuple[Callable[[str], Any], str]] = (Secret, "text")

_READ: Final[Mapping[str, tuple[Callable[[str], Any], str]]] = {
    "db": (_database, "the number of a database"),
    "username": (str, "text"),
    "password": _TEXT,
    "client_name": (_client_name, "ASCII without spaces"),
    "socket_keepalive": _TRUTH,
    "socket_connect_timeout": (_seconds, "a number of seconds, more than 0"),
    "health_check_interval": (_interval, "a number of seconds, 0 or more"),
    "ssl_keyfile": _TEXT,
    "ssl_certfile": _TEXT,
    "ssl_password": _TEXT,
    "ssl_ca_certs": _TEXT,
    "ssl_ca_data": _TEXT,
    "ssl_ca_path": _TEXT,
    "ssl_ciphers": _TEXT,
    "ssl_cert_reqs": (_cert_reqs, "none, optional or required"),
    "ssl_check_hostname": _TRUTH,
    "ssl_min_version": (_tls_version, "a version such as TLSv1_2, or its number"),
    "ssl_include_verify_flags": (_verify_flags, "names of ssl.VerifyFlags, with commas between"),
    "ssl_exclude_verify_flags": (_verify_flags, "names of ssl.VerifyFlags, with commas between"),
}
