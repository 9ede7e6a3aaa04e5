"""The gate of several hosts that share a Redis or Valkey server."""

from __future__ import annotations

import asyncio
import math
import os
from typing import Final, Self
from urllib.parse import parse_qsl, urlsplit

import attrs

from sitoo_async._checks import check_number
from sitoo_async._credentials import Secret
from sitoo_async._gates._forks import in_forked_child
from sitoo_async._gates._gate import Grant
from sitoo_async._gates._redis_link import Link, connect, let_go
from sitoo_async.errors import GateLostError, InvalidOptionError

__all__ = ["RedisGate"]

SCHEMES: Final = {"redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss"}


def _secret_url(url: str) -> Secret:
    """The URL as redis-py reads it; refused without being quoted, since it may hold a password."""
    url = Secret(url) if isinstance(url, str) else Secret()
    if not _is_plain(url):
        raise InvalidOptionError(
            "the URL of RedisGate must be redis://user:password@host:port/database (or "
            "rediss://, valkey://, valkeys://), with '/', '?', '#' and '@' percent-encoded in user "
            "and password",
            field="url",
        )
    scheme, _, rest = url.partition(":")
    return Secret(f"{SCHEMES[scheme.lower()]}:{rest}")


def _is_plain(url: str) -> bool:
    # Half a password, cut at a '#', '/' or '?' that was not encoded, would be taken for the name
    # of a host or a port, and shown in errors as such.
    try:
        parts = urlsplit(url)
        database = parts.path.strip("/")
        parse_qsl(parts.query, strict_parsing=bool(parts.query))
        return (
            parts.scheme in SCHEMES
            and bool(parts.hostname)
            and parts.port != 0
            and not parts.fragment
            and (not database or database.isdecimal())
        )
    except ValueError:
        return False


@attrs.frozen(repr=False)
class RedisGate:
    """Workers on several hosts share a key, by a Redis (6.2 or later) or Valkey server.

    Turns are handed over first come, first served: each waiter blocks on a list of its own, and
    whoever releases wakes the next. A right is a lease that its holder renews. All times are on
    the server's clock, and all keys begin with ``sitoo:{`` and end by themselves.

    What happens when something dies, with the lease at its default of 5 seconds:

    - The holder, or its host: the next waiter has the right after the rest of the lease (at most
      5 s) and some 0.2 s, and is told that a request may be under way.
    - A waiter: skipped. One that died in the last 7.5 s may be handed the right, which then is
      lost for one lease.
    - A holder that is stopped beyond its lease and goes on: it can neither free nor extend what is
      another's by then; its `release` raises `GateLostError`. Its request may overlap the next
      one: a lease can't promise more.
    - The server, for less than a lease: waiters and holders go on afterwards. After a restart or a
      failover nobody is given the right for one lease, except the holder from before, which takes
      it back. So there are no two holders even where the server lost what was written last, as
      long as the holder reaches it within that time.

    What can't be promised is that there are no two holders

    - where the holder was cut off for longer than its lease, two servers take themselves for the
      primary at once, or an ACL forbids the command ``INFO``: replication is asynchronous;
    - where the server loses all that it knows of the key and has been up for longer than a lease:
      by ``FLUSHALL``, by an eviction (so set ``maxmemory-policy noeviction``), or by a failover
      within moments of the first use after ten minutes without;
    - where the server's clock leaps ahead: all leases end.

    A server that was started some seconds ago makes the first acquire wait for one lease. Behind a
    cluster, give the address of what follows its redirections: they are not followed here.

    Where an ACL limits the user, it needs this, ``+select`` for any database but 0, and ``+info``,
    without which a restart is not noticed::

        ~sitoo:* +evalsha +script|load +blpop +time +hmget +hset +pexpire +lpop +get +rpush +set
        +lpos +exists +del +lrem

    Args:
        url: ``redis://user:password@host:port/database``, or ``rediss://`` for TLS; the password
            never shows. ``valkey://`` and ``valkeys://`` mean the same. Options of redis-py may
            follow as a query.
        lease: seconds for which a holder that is silent keeps the right; best the same in all
            processes, and at least ten times what it takes to connect. ``SITOO_GATE`` tells it as
            ``redis://host/0?lease=10``.

    Raises:
        InvalidOptionError: the URL can't be used, or the lease is no number of seconds.
        ConfigurationError: the package redis is not installed.
    """

    _url: Secret = attrs.field(converter=_secret_url)
    lease: float = attrs.field(default=5.0, kw_only=True)
    _links: dict[tuple[int, asyncio.AbstractEventLoop], Link] = attrs.field(
        factory=dict[tuple[int, asyncio.AbstractEventLoop], Link], init=False, eq=False
    )

    def __attrs_post_init__(self) -> None:
        check_number("lease", self.lease)
        if math.isinf(self.lease):
            raise InvalidOptionError("lease must end: give a number of seconds", field="lease")
        try:
            pool = connect(self._url).connection_pool
            pool.connection_class(**pool.connection_kwargs)
        except (TypeError, ValueError):
            raise InvalidOptionError(
                "the URL of RedisGate has an option that redis-py does not know", field="url"
            ) from None
        in_forked_child(let_go)

    def __repr__(self) -> str:
        # There is none yet where it is refused, and some tools show what a frame holds.
        parts = urlsplit(getattr(self, "_url", ""))
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        return f"RedisGate({place!r}, lease={getattr(self, 'lease', None)!r})"

    async def acquire(self, key: str) -> Grant:
        """Wait for the right to use a key; see `Gate.acquire`.

        Raises:
            LaneError: the server refused, or did not answer for some four thirds of a lease.
        """
        for known in [*self._links]:
            if known[-1].is_closed():
                self._links.pop(known, None)
        place = _here()
        link = self._links.get(place)
        if link is None:
            link = self._links[place] = Link(place[-1], self._url, self.lease)
        return await link.acquire(key)

    async def release(self, key: str, hold: float) -> None:
        """Give the right back; see `Gate.release`.

        Raises:
            GateLostError: it is not held, its lease has ended and another has it, or the server
                could not be reached.
        """
        link = self._links.get(_here())
        if link is None or not await link.release(key, hold):
            raise GateLostError(f"{self} does not hold the key {key}, or does so no longer")

    async def aclose(self) -> None:
        """Close the running loop's connections, unless a right is held or asked for by them."""
        place = _here()
        link = self._links.get(place)
        if link is not None:
            await link.settle()
            if link is self._links.get(place) and not link.in_use:
                del self._links[place]
                await link.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _here() -> tuple[int, asyncio.AbstractEventLoop]:
    """The process and the running loop: a forked child uses nothing of its parent's."""
    return os.getpid(), asyncio.get_running_loop()
