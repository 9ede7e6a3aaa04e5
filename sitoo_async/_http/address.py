"""Where an account's API lives, read from a base URL as the Backoffice prints it."""

from __future__ import annotations

import ipaddress
import re
from typing import cast
from urllib.parse import urlsplit

import attrs

from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a, trimmed
from sitoo_async._http.keys import Secret
from sitoo_async.errors import InvalidOptionError

__all__ = ["Address"]


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
        if not base_url:
            raise InvalidOptionError(
                "base_url is missing: copy it from the Backoffice, Settings / Sitoo REST API",
                field="base_url",
            )
        # Before anything is taken apart: a password with a slash in it looks like a path or a port,
        # and would be quoted as one.
        if "@" in base_url:
            raise InvalidOptionError(
                "base_url must not carry credentials: give api_id= and password=",
                field="base_url",
            )
        # Python takes line ends and tabs out of a URL without a word.
        if not base_url.isprintable():
            raise InvalidOptionError(
                "base_url holds what can't be seen, such as a line end: copy it anew",
                field="base_url",
            )
        parts = _split(base_url)
        if parts is None:
            raise InvalidOptionError(
                "base_url is not a URL such as https://api.mysitoo.com or one with a port, which "
                "is a number from 1 to 65535",
                field="base_url",
            )
        scheme, host, port, path = parts
        if not host:
            raise InvalidOptionError(
                "base_url must be a host, alone or with /v2 or /v2/accounts/{id}",
                field="base_url",
            )
        # Basic authentication sends the password with each request: never in clear text.
        if scheme != "https" and not (scheme == "http" and _is_loopback(host)):
            raise InvalidOptionError(
                f"base_url must be https, not {scheme}: every request carries the password",
                field="base_url",
            )
        named = re.fullmatch(r"(?:/v2(?:/accounts/([0-9]+))?)?/?", path)
        if named is None:
            raise InvalidOptionError(
                f"base_url has the path {shown(path)}: leave it out, or give /v2/accounts/{{id}}",
                field="base_url",
            )
        account = cls._account(account_id, api_id, named.group(1))
        return cls(_origin(scheme, host, port), account)

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


def _origin(scheme: str, host: str, port: int | None) -> str:
    if ":" in host:
        host = f"[{host}]"
    else:
        try:
            # What no resolver takes would otherwise look like a network that is down.
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            host = ""
        if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?", host):
            raise InvalidOptionError("base_url names no valid host", field="base_url")
    # A default port that is written out would make a second lane for the same key.
    if port is None or port == {"https": 443, "http": 80}[scheme]:
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
