"""A PostgreSQL address, taken apart so that its password is shown nowhere."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import unquote

import attrs

from sitoo_async._gates._dsn_parameters import Parameters
from sitoo_async._http.keys import Secret
from sitoo_async.errors import InvalidOptionError

__all__ = ["DataSource"]

_HOST: Final = r"(?:\[[0-9A-Fa-f:.%]+\]|[^][:,@/?#\s]*)(?::[0-9]+)?"

_DSN: Final = re.compile(
    r"(?P<scheme>(?i:postgres(?:ql)?)://)"
    r"(?:(?P<user>[^:@/?#\s]*)(?::(?P<password>[^@/?#\s]*))?@)?"
    rf"(?P<place>{_HOST}(?:,{_HOST})*(?:/[^@?#\s]*)?)"
    r"(?P<query>\?[^@#\s]*)?"
)
"""Stricter than it needs to be: an ``@`` or a ``/`` that is not quoted puts a piece of the password
where a host, a port or a database is read, and all of these are printed."""


@attrs.frozen
class DataSource:
    """Where a database is, and how to connect to it.

    Attributes:
        name: scheme, user, hosts and database, for people to read.
        query: the parameters that the driver is told, with their question mark.
        password: what the user logs in with; None to have it from the environment.
        connect_timeout: seconds to connect in; None where the gate's own will do.
        keepalive: when a dead server is noticed, by libpq's names, where that is told.
        system_authorities: whether the server's certificate has to be one that an authority known
            to this system vouches for.
    """

    name: str
    query: Secret = attrs.field(repr=False)
    password: Secret | None = attrs.field(repr=False)
    connect_timeout: float | None = None
    keepalive: tuple[tuple[str, int], ...] = ()
    system_authorities: bool = False

    @property
    def driver(self) -> dict[str, Any]:
        """All but the password, as asyncpg takes it."""
        dsn = Secret(self.name + self.query)
        return {"dsn": dsn, "ssl": True} if self.system_authorities else {"dsn": dsn}

    @classmethod
    def parse(cls, dsn: Secret) -> DataSource:
        """Read ``postgresql://user:password@host:port/database?parameters``.

        Raises:
            InvalidOptionError: it is written otherwise, or a parameter asks for what can't be had.
                No value is quoted.
        """
        source = _read(dsn)
        if source is None:
            raise InvalidOptionError(
                "the DSN must be postgresql://user:password@host:port/database, where a @, /, :, "
                "?, # or % of the password is written as %40, %2F, %3A, %3F, %23 or %25",
                field="dsn",
            )
        parameters = Parameters()
        user, _, place = source.name.partition("://")[2].rpartition("@")
        hosts, _, database = place.partition("/")
        reason = parameters.read(
            source.query[1:],
            named={
                "user": user,
                **dict.fromkeys(("host", "port"), hosts),
                **dict.fromkeys(("dbname", "database"), database),
            },
        )
        if reason is not None:
            raise InvalidOptionError(f"the DSN of PostgresGate: {reason}", field="dsn")
        return attrs.evolve(
            source,
            query=parameters.query,
            connect_timeout=parameters.connect_timeout,
            keepalive=tuple(sorted(parameters.keepalive.items())),
            system_authorities=parameters.system_authorities,
        )


def _read(dsn: Secret) -> DataSource | None:
    """Take it apart; None where it can't be. Nothing is raised from among its pieces."""
    parts = _DSN.fullmatch(dsn)
    if parts is None:
        return None
    user = "" if parts["user"] is None else f"{parts['user']}@"
    password = Secret(unquote(parts["password"])) if parts["password"] else None
    query = Secret(parts["query"] or "")
    return DataSource(f"{parts['scheme']}{user}{parts['place']}", query, password)
