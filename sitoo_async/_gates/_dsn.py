"""A PostgreSQL address, taken apart so that its password is shown nowhere."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, unquote

import attrs

from sitoo_async._credentials import Secret
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
    """Where a database is.

    Attributes:
        name: scheme, user, hosts and database, for people to read.
        query: the further parameters, with their question mark.
        password: what the user logs in with; None to have it from the environment.
    """

    name: str
    query: Secret = attrs.field(repr=False)
    password: Secret | None = attrs.field(repr=False)

    @property
    def dsn(self) -> str:
        """All but the password, as a driver takes it."""
        return self.name + self.query

    @classmethod
    def parse(cls, dsn: Secret) -> DataSource:
        """Read ``postgresql://user:password@host:port/database?parameters``.

        Raises:
            InvalidOptionError: it is written otherwise. It is not quoted.
        """
        source = _read(dsn)
        if source is None:
            raise InvalidOptionError(
                "the DSN must be postgresql://user:password@host:port/database, where a @, /, :, "
                "?, # or % of the password is written as %40, %2F, %3A, %3F, %23 or %25",
                field="dsn",
            )
        if "password" in dict(parse_qsl(source.query[1:])):
            raise InvalidOptionError(
                "write the DSN's password before the host, as in user:password@host", field="dsn"
            )
        return source


def _read(dsn: Secret) -> DataSource | None:
    """Take it apart; None where it can't be. Nothing is raised from among its pieces."""
    parts = _DSN.fullmatch(dsn)
    if parts is None:
        return None
    user = "" if parts["user"] is None else f"{parts['user']}@"
    password = Secret(unquote(parts["password"])) if parts["password"] else None
    query = Secret(parts["query"] or "")
    return DataSource(f"{parts['scheme']}{user}{parts['place']}", query, password)
