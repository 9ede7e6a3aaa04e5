"""The parameters of a PostgreSQL DSN, as libpq, hosters and other drivers write them.

asyncpg takes what it does not know for a setting of the server, which then refuses each connection.
So it gets what is left here. Each parameter is passed on, translated, changes nothing, or is
refused with the reason, because it asks for what can't be had.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

import attrs

from sitoo_async._http.keys import Secret

__all__ = ["Parameters"]


@attrs.define
class Parameters:
    """What the parameters of a DSN come to.

    Attributes:
        passed: what the driver is told in a DSN, by name.
        connect_timeout: seconds to connect in; None where the gate's own will do.
        keepalive: when a dead server is noticed, by libpq's names; what is sooner than the gate's
            own counts.
        system_authorities: whether the server's certificate has to be one that an authority known
            to this system vouches for.
    """

    passed: dict[str, str] = attrs.field(factory=dict[str, str], repr=False)
    connect_timeout: float | None = None
    keepalive: dict[str, int] = attrs.field(factory=dict[str, int])
    system_authorities: bool = False
    # Where nothing else is said.
    _instead: dict[str, str] = attrs.field(factory=dict[str, str], init=False, repr=False)

    @property
    def query(self) -> Secret:
        """What is passed on, with its question mark."""
        return Secret(f"?{urlencode(self.passed)}" if self.passed else "")

    def read(self, query: Secret, *, named: Mapping[str, str]) -> str | None:
        """Take over the parameters of a query; tell why not, if so. No value is told.

        Args:
            query: without its question mark.
            named: what is named before that, by parameter.
        """
        try:
            pairs = parse_qsl(query, strict_parsing=bool(query))
        except ValueError:
            return "its parameters must be name=value, with & between"
        for name, text in pairs:
            twice = "it stands before the question mark as well" if named.get(name) else None
            reason = twice or _objection(name, text) or self._add(name, text)
            if reason is not None:
                known = re.fullmatch(r"\w{1,60}", name)
                return f"{name if known else 'a parameter'}: {reason}"
        for instead, text in self._instead.items():
            self.passed.setdefault(instead, text)
        if "," in self.passed.get("host", named["host"]):
            # Else two processes might find the right at two servers. Where one is named, it is
            # asked whatever it is.
            self.passed.setdefault("target_session_attrs", "primary")
        return self._settle_tls()

    def _add(self, name: str, text: str) -> str | None:
        if name in _COUNTS or name == "connect_timeout":
            return self._add_limit(name, text)
        if name in _TRANSLATED:
            instead, values, reason = _TRANSLATED[name]
            if text.lower() not in values:
                return reason
            value = values[text.lower()]
            if value is not None:
                self._instead[instead] = value
        elif name == "fallback_application_name":
            self._instead["application_name"] = text
        elif name == "schema":
            # What stands in a search_path unquoted is folded to lower case.
            quoted = text.replace('"', '""')
            return self._pass_on("search_path", f'"{quoted}"')
        elif name in _PASSED:
            return self._pass_on(name, text)
        return None

    def _add_limit(self, name: str, text: str) -> str | None:
        seconds = _seconds(text)
        if seconds is None:
            return "it must be a number"
        # As with libpq, what is not more than 0 is what the system or the gate has anyway.
        if name == "connect_timeout":
            self.connect_timeout = seconds if seconds > 0 else None
        elif seconds >= 1 and name != "keepalives":
            self.keepalive[name] = int(min(seconds, _LONGEST))
        return None

    def _pass_on(self, name: str, text: str) -> str | None:
        if self.passed.setdefault(name, text) != text:
            return f"{name} stands there twice: leave one out"
        return None

    def _settle_tls(self) -> str | None:
        """Hold what is told of TLS together; translate the root certificate ``system``."""
        mode = self.passed.get("sslmode")
        if self.passed.get("sslnegotiation") == "direct" and mode in ("disable", "allow", "prefer"):
            return "sslnegotiation: direct needs sslmode=require, verify-ca or verify-full"
        if self.passed.get("sslrootcert") != "system":
            return None
        beside = {"sslcert", "sslkey", "sslcrl"} & {*self.passed}
        if beside or mode not in (None, "verify-full"):
            return (
                "sslrootcert: system means sslmode=verify-full, and no sslcert, sslkey and sslcrl "
                "beside it; name a file instead"
            )
        del self.passed["sslrootcert"]
        self.passed.pop("sslmode", None)
        self.system_authorities = True
        return None


def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) else None


def _objection(name: str, text: str) -> str | None:
    """Why a parameter can't stand there, if so."""
    if name in _FIXED:
        wanted, reason = _FIXED[name]
        return None if text.lower() in wanted else reason
    if name in _CHOICES and text not in _CHOICES[name]:
        return f"it must be one of {', '.join(_CHOICES[name])}"
    if name in _UNDERSTOOD:
        return None
    return _REFUSED.get(
        name, f"the gate does not know it: leave it out, or set it by options=-c {_SETTING}"
    )


_SETTING: Final = "name=value where it is a setting of the server"

_PASSED: Final = (
    *("host", "port", "dbname", "database", "user", "passfile", "krbsrvname", "gsslib"),
    *("sslmode", "sslcert", "sslkey", "sslrootcert", "sslcrl", "sslpassword", "sslnegotiation"),
    *("ssl_min_protocol_version", "ssl_max_protocol_version"),
    # These are for the server.
    *("application_name", "options", "search_path", "role"),
    *("timezone", "TimeZone"),
)

_TLS_VERSIONS: Final = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")

_CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    # asyncpg would refuse others likewise, but quote them.
    "gsslib": ("gssapi", "sspi"),
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": ("postgres", "direct"),
    "ssl_min_protocol_version": _TLS_VERSIONS,
    "ssl_max_protocol_version": _TLS_VERSIONS,
}

_COUNTS: Final = (
    *("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"),
    "tcp_user_timeout",
)

_FALSE: Final = ("0", "false", "no", "off", "n", "f")
_LONGEST: Final = 1_000_000  # more than any that counts, and within what a socket takes
_TRUE: Final = ("1", "true", "yes", "on", "y", "t")

_TRANSLATED: Final[Mapping[str, tuple[str, Mapping[str, str | None], str]]] = {
    # As libpq does it with what JDBC writes, and with what it took itself before there was sslmode.
    "ssl": (
        "sslmode",
        {**dict.fromkeys(_TRUE, "require"), **dict.fromkeys(_FALSE)},
        "it must be true or false; sslmode says more, such as verify-full",
    ),
    "requiressl": ("sslmode", {"1": "require", "0": None}, "it must be 0 or 1"),
    "target_session_attrs": (
        "target_session_attrs",
        {"any": None, "primary": "primary", "read-write": "read-write"},
        "it must be primary, read-write or any: the gate writes, and to one server for all",
    ),
}
"""What it is called instead, what its values are there (None: nothing), and why not another one."""

_WITHOUT_EFFECT: Final = (
    # Pools and caches of other drivers and of ORMs: the gate has one connection for each key.
    *("connection_limit", "pool_timeout", "pool_size", "pool_max_conns", "pool_min_conns"),
    *("pool_max_conn_lifetime", "pool_max_conn_idle_time", "pool_pre_ping", "pool_recycle"),
    *("max_overflow", "conn_max_age", "conn_health_checks", "max_idle_connection_lifetime"),
    *("single_use_connections", "statement_cache_size", "max_cached_statement_lifetime"),
    *("max_cacheable_statement_size", "statement_cache_capacity", "statement_cache_mode"),
    *("description_cache_capacity", "default_query_exec_mode", "prepared_statements"),
    *("prepared_statement_cache_size", "prepareThreshold", "prepare_threshold"),
    *("binary_parameters", "uselibpqcompat", "supa", "workaround"),
    # Limits of web requests: the gate sets its own, or a turn could not be waited for.
    *("socket_timeout", "command_timeout", "statement_timeout", "lock_timeout"),
    *("transaction_timeout", "idle_session_timeout", "idle_in_transaction_session_timeout"),
)

_UNDERSTOOD: Final = frozenset(
    (
        *(*_PASSED, *_COUNTS, *_TRANSLATED, *_WITHOUT_EFFECT),
        *("connect_timeout", "fallback_application_name", "schema"),
    )
)

# ------------------------------------------------------------------------------- what is refused

_VERIFY: Final = "sslmode=verify-full keeps others out as well"


def _all(names: Iterable[str], reason: str) -> dict[str, str]:
    return dict.fromkeys(names, reason)


_REFUSED: Final[Mapping[str, str]] = {
    "password": "write it before the host, as in user:password@host",
    "hostaddr": "asyncpg asks the name that it verifies: give the address as the host",
    "require_auth": f"asyncpg logs in as the server asks it to: leave it out; {_VERIFY}",
    "requirepeer": "asyncpg can't tell who owns a socket: leave it out",
    "service": "what its file says would go unread here: write it into the DSN",
    "servicefile": "what the file says would go unread here: write it into the DSN",
    "sslcrldir": "asyncpg reads revocations from one file: name it by sslcrl",
    "sslkeylogfile": "asyncpg has it from the environment: set SSLKEYLOGFILE",
    **_all(
        ("scram_client_key", "scram_server_key"),
        "asyncpg logs in by a password: write it before the host",
    ),
    **_all(
        (
            *("oauth_issuer", "oauth_client_id", "oauth_client_secret", "oauth_scope"),
            "oauth_ca_file",
        ),
        "asyncpg can't log in by OAuth: use a password",
    ),
}

_FIXED: Final[Mapping[str, tuple[tuple[str, ...], str]]] = {
    "channel_binding": (
        ("disable", "prefer"),
        f"asyncpg can't bind the login to its channel: leave it out, or write prefer; {_VERIFY}",
    ),
    "gssencmode": (
        ("disable", "prefer"),
        f"asyncpg can't encrypt by GSSAPI: leave it out, or write prefer; {_VERIFY}",
    ),
    "gssdelegation": (("0",), "asyncpg can't pass on GSSAPI credentials: leave it out"),
    "client_encoding": (
        ("utf8", "utf-8", "unicode", "auto"),
        "the gate reads and writes UTF-8: leave it out",
    ),
    "replication": (_FALSE, "a connection for replication gives no locks: leave it out"),
    "sslcompression": (("0", "1"), "it must be 0 or 1, neither of which has an effect"),
    "sslsni": (("1",), "asyncpg names the host whenever it has one: leave it out"),
    "sslcertmode": (("allow",), "asyncpg sends a certificate where it has one: leave it out"),
    "sslaccept": (
        ("accept_invalid_certs",),
        "write sslmode=verify-full, with sslrootcert=system or a file",
    ),
    "load_balance_hosts": (
        # Of several hosts it is the primary that counts, wherever the search begins.
        ("disable", "random"),
        "it must be disable or random, neither of which has an effect",
    ),
    "min_protocol_version": (("3.0",), "asyncpg speaks version 3.0: leave it out"),
    "max_protocol_version": (
        ("3.0", "3.2", "latest"),
        "asyncpg speaks version 3.0: leave it out",
    ),
    "pgbouncer": (
        _FALSE,
        "such a pooler hands locks around: name the server, or one with pool_mode = session",
    ),
}
"""What may say what is so anyway."""
