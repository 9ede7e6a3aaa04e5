"""A gate from a URL, as ``SITOO_GATE`` holds it."""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from sitoo_async._http.keys import Secret
from sitoo_async.errors import InvalidOptionError

if TYPE_CHECKING:
    from sitoo_async._gates.gate import Gate

__all__ = ["gate_from_url"]


@functools.cache
def gate_from_url(url: Secret) -> Gate:
    """The gate that a URL names; its engine is imported here, and no other.

    It is one object for one URL, so that whichever of its clients is closed last closes what the
    first of them opened.

    Args:
        url: ``file:///path``, ``postgresql://…``, or ``redis://…``, ``rediss://…``,
            ``valkey://…``, ``valkeys://…``. The latter four may end in ``?lease=10``, which is not
            for the server but the `RedisGate.lease`, in seconds.

    Raises:
        InvalidOptionError: it names no gate, or the lease is no number of seconds. The URL is not
            quoted: it may hold a password.
        ConfigurationError: the engine's package is not installed.
    """
    # Secret, as everything here: a password without a colon would be taken for a scheme.
    scheme = Secret(url.partition(":")[0].lower())
    if scheme == "file":
        from sitoo_async._gates.file import FileGate  # noqa: PLC0415  # only when used

        path = _path(url)
        if path is not None:
            return FileGate(path)
    if scheme in ("postgresql", "postgres"):
        from sitoo_async._gates.postgres import PostgresGate  # noqa: PLC0415  # only when used

        return PostgresGate(url)
    if scheme in ("redis", "rediss", "valkey", "valkeys"):
        from sitoo_async._gates.redis import RedisGate  # noqa: PLC0415  # only when used

        address, lease = _lease(url)
        if lease is None:
            return RedisGate(address)
        seconds = _number(lease)
        if seconds is None:
            raise InvalidOptionError(
                "the lease in SITOO_GATE must be a number of seconds, more than 0, and stand there "
                "once, as in redis://host/0?lease=10",
                field="lease",
            )
        return RedisGate(address, lease=seconds)
    raise InvalidOptionError(
        "SITOO_GATE must be file:///path, postgresql://… or redis://… (rediss://, valkey://)",
        field="SITOO_GATE",
    )


def _path(url: Secret) -> str | None:
    """The path of a file URL; None where it is none. Nothing is raised from among its pieces."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path.strip("/") or "?" in url or "#" in url:
        return None
    return path


def _lease(url: Secret) -> tuple[Secret, Secret | None]:
    """The URL of a Redis server, and the lease that stood in its query, if there was one."""
    address, _, query = url.partition("?")
    options = query.split("&")
    leases = [option.removeprefix("lease=") for option in options if option.startswith("lease=")]
    if not leases:
        return url, None
    rest = "&".join(option for option in options if not option.startswith("lease="))
    # Two of them, put together like this, are not a number.
    return Secret(f"{address}?{rest}" if rest else address), Secret("&".join(leases))


def _number(text: Secret) -> float | None:
    """The number more than 0 that a text says; None where it says none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < math.inf else None
