"""The gate of several hosts that share a Redis or Valkey server."""

from __future__ import annotations

import asyncio
import os
from typing import Self

import attrs

from sitoo_async._checks.values import check_number
from sitoo_async._forks import in_forked_child
from sitoo_async._gates._redis_link import Link, let_go, refusal
from sitoo_async._gates._redis_scripts import LONGEST_LEASE
from sitoo_async._gates._redis_url import RedisServer
from sitoo_async._gates.gate import Grant
from sitoo_async._http.keys import Secret, secret_of
from sitoo_async.errors import GateLostError, InvalidOptionError

__all__ = ["RedisGate"]


@attrs.frozen(repr=False, init=False)
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
            never shows. ``valkey://`` and ``valkeys://`` mean the same. These options of redis-py
            may follow as a query: ``db``, ``username``, ``password``, ``client_name``,
            ``socket_connect_timeout``, ``socket_keepalive``, ``health_check_interval``, and with
            TLS those that begin with ``ssl_``. Some others change nothing here
            (``decode_responses``). Whatever would break what is promised above is refused, such
            as ``max_connections``: each key that is waited for takes a connection, and one more
            renews what is held.
        lease: seconds for which a holder that is silent keeps the right, at most 600; best the
            same in all processes, and at least ten times what it takes to connect. Where the
            server says that a holder has a lease beyond that, or none, it is taken for one of
            this length. ``SITOO_GATE`` tells it as ``redis://host/0?lease=10``.

    Raises:
        InvalidOptionError: the URL or an option in it can't be used, or the lease is no number of
            seconds.
        ConfigurationError: the package redis is not installed.
    """

    _server: RedisServer
    lease: float
    _links: dict[tuple[int, asyncio.AbstractEventLoop], Link] = attrs.field(eq=False)

    def __init__(self, url: str, *, lease: float = 5.0) -> None:
        # First of all, so that no traceback that shows local variables shows the password.
        url = secret_of(url) or Secret()
        server = RedisServer.parse(url)
        lease = check_number("lease", lease)
        if lease > LONGEST_LEASE:
            raise InvalidOptionError(
                f"lease must be at most {LONGEST_LEASE:.0f} seconds: for so long nobody may use "
                "the key after its holder died",
                field="lease",
            )
        reason = refusal(server)
        if reason is not None:
            raise InvalidOptionError(
                f"the URL of RedisGate has an option that can't work: {reason}", field="url"
            )
        object.__setattr__(self, "_server", server)
        object.__setattr__(self, "lease", lease)
        object.__setattr__(self, "_links", {})
        in_forked_child(let_go)

    def __repr__(self) -> str:
        # There is nothing yet where it is refused, and some tools show what a frame holds.
        server = getattr(self, "_server", None)
        place = "" if server is None else server.place
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
            link = self._links[place] = Link(place[-1], self._server, self.lease)
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
