"""Where an account's API and the services beside it live, read from URLs as they are printed."""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple, cast
from urllib.parse import urlsplit

import attrs

from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a, trimmed
from sitoo_async._http.keys import Secret
from sitoo_async.errors import InvalidOptionError

__all__ = ["Address", "Place", "loopback"]


class Place(NamedTuple):
    """Where a service is that has a host of its own.

    Attributes:
        origin: scheme, host and port, such as ``https://journals.sitooapis.com``.
        root: the URL that its paths are relative to.
    """

    origin: str
    root: str

    @classmethod
    def parse(cls, url: str, option: str, printed: str) -> Place:
        """Read a URL that a service's paths are relative to.

        Args:
            url: as the reference prints it, or with another host, or with other paths before its
                own; of a bare host, the path is that of the reference.
            option: the option that gave it.
            printed: the reference's.

        Raises:
            InvalidOptionError: not https (but for loopback), credentials or a query in the URL, or
                a path that not all servers would read alike.
        """
        # Hidden as below.
        url = Secret(trimmed(url) if is_a(url, str) else "")
        origin, path = _parsed(
            url,
            option,
            missing=f"give a URL such as {printed}, or leave it out",
            like=printed,
            forms=f" and a path, as in {printed}",
        )
        path = path.rstrip("/") or urlsplit(printed).path
        if not re.fullmatch(r"(/(?!\.{1,2}(/|$))[A-Za-z0-9_~.-]+)+", path):
            raise InvalidOptionError(
                f"{option} has the path {shown(path)}: give a plain one, as in {printed}",
                field=option,
            )
        return cls(origin, f"{origin}{path}")


@attrs.frozen
class Address:
    """Where an account's API lives.

    Attributes:
        origin: scheme, host and port, such as ``https://api.mysitoo.com``.
        account_id: the account's number.
        root: the URL that every path of the reference is relative to.
    """

    origin: str
    account_id: int
    root: str = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        object.__setattr__(self, "root", f"{self.origin}/v2/accounts/{self.account_id}")

    @classmethod
    def parse(cls, base_url: str, *, account_id: int | str | None, api_id: str) -> Address:
        """Read a base URL as the Backoffice prints it.

        A bare host, one with ``/v2``, or one with ``/v2/accounts/{id}`` all name the same
        place. Where no account is given, the API ID tells it: it begins with its number. The
        host is never derived from the account: the same number may live on any node.

        Raises:
            InvalidOptionError: not https (but for loopback), credentials or a query in the URL,
                another path, or account numbers that contradict each other.
        """
        # Hidden until it is known to hold no password: some tracebacks show local variables.
        base_url = Secret(trimmed(base_url) if is_a(base_url, str) else "")
        origin, path = _parsed(
            base_url,
            "base_url",
            missing="copy it from the Backoffice, Settings / Sitoo REST API",
            like="https://api.mysitoo.com",
            forms=", alone or with /v2 or /v2/accounts/{id}",
        )
        named = re.fullmatch(r"(?:/v2(?:/accounts/([0-9]+))?)?/?", path)
        if named is None:
            raise InvalidOptionError(
                f"base_url has the path {shown(path)}: leave it out, or give /v2/accounts/{{id}}",
                field="base_url",
            )
        account = cls._account(account_id, api_id, named.group(1))
        return cls(origin, account)

    @staticmethod
    def _account(account_id: int | str | None, api_id: str, in_url: str | None) -> int:
        if account_id is None:
            account_id = in_url or api_id.partition("-")[0]
        number = trimmed(cast("str", account_id)) if is_a(account_id, str) else shown(account_id)
        if not re.fullmatch(r"[0-9]{1,18}", number):
            raise InvalidOptionError(
                "account_id must be the account's number, the first part of the API ID",
                field="account_id",
            )
        if in_url is not None and int(in_url) != int(number):
            raise InvalidOptionError(
                f"account_id is {number}, but base_url names account {in_url}",
                field="account_id",
            )
        return int(number)


def _parsed(
    url: Secret, option: str, *, missing: str, like: str, forms: str = ""
) -> tuple[str, str]:
    """The origin and the path of a URL that requests go to.

    Args:
        url: it, hidden.
        option: the option that gave it.
        missing: what to do where there is none.
        like: one such as it should be.
        forms: how else it may be written.

    Raises:
        InvalidOptionError: as for `Address.parse`.
    """
    if not url:
        raise InvalidOptionError(f"{option} is missing: {missing}", field=option)
    # Before anything is taken apart: a password with a slash in it looks like a path or a port,
    # and would be quoted as one.
    if "@" in url:
        raise InvalidOptionError(
            f"{option} must not carry credentials: give api_id= and password=", field=option
        )
    # Python takes line ends and tabs out of a URL without a word.
    if not url.isprintable():
        raise InvalidOptionError(
            f"{option} holds what can't be seen, such as a line end: copy it anew", field=option
        )
    parts = _split(url)
    if parts is None:
        raise InvalidOptionError(
            f"{option} is not a URL such as {like} or one with a port, which is a number from 1 to"
            " 65535",
            field=option,
        )
    scheme, host, port, path = parts
    if not host:
        raise InvalidOptionError(f"{option} must be a host{forms}", field=option)
    # Basic authentication sends the password with each request: never in clear text.
    if scheme != "https" and not (scheme == "http" and _is_loopback(host)):
        raise InvalidOptionError(
            f"{option} must be https, not {scheme}: every request carries the password",
            field=option,
        )
    return _origin(scheme, host, port, option), path


def _split(url: Secret) -> tuple[str, str, int | None, str] | None:
    """Scheme, host, port and path; no host where there is a query, None where it is no URL."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        port = parts.port
    except ValueError:
        # Its text quotes what it takes for a port, and that may be a password.
        return None
    if port == 0:
        return None
    host = "" if parts.query or parts.fragment else parts.hostname or ""
    return parts.scheme, host, port, parts.path


def _origin(scheme: str, host: str, port: int | None, option: str) -> str:
    if ":" in host:
        host = f"[{host}]"
    else:
        try:
            # What no resolver takes would otherwise look like a network that is down.
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
        if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", host):
            raise InvalidOptionError(f"{option} names no valid host", field=option)
    # A default port that is written out would make a second lane for the same key.
    if port is None or port == {"https": 443, "http": 80}[scheme]:
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def loopback(origin: str) -> bool:
    """Whether an origin is on this machine."""
    return _is_loopback(urlsplit(origin).hostname or "")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
