"""What a Redis gate does in one event loop: its connections, its waiters, and what it holds."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakSet

import attrs

from sitoo_async._checks.show import told, type_name
from sitoo_async._forks import abandon
from sitoo_async._gates._redis_scripts import ASK, LEAVE, RELEASE, RENEW
from sitoo_async._gates.gate import Grant
from sitoo_async.errors import ConfigurationError, GateLostError, LaneError

if TYPE_CHECKING:
    import redis.asyncio

    from sitoo_async._gates._redis_url import RedisServer

__all__ = ["Link", "let_go", "refusal"]

logger = logging.getLogger("sitoo_async")

RENEWALS: Final = 3
"""How often a lease is renewed in its length."""

ATTEMPTS: Final = 20
"""How often in a lease a server that can't be reached is tried."""

PASSING: Final = ("CLUSTERDOWN", "MASTERDOWN", "NOREPLICAS", "READONLY", "UNBLOCKED")
"""What a server says that changes its role, and not every redis-py understands."""


def connect(server: RedisServer) -> redis.asyncio.Redis:
    """A client of redis-py; it connects when it is used.

    Raises:
        ConfigurationError: redis-py is not installed.
    """
    try:
        import redis.asyncio  # noqa: PLC0415  # only when used
        from redis.asyncio.retry import Retry  # noqa: PLC0415  # as above
        from redis.backoff import NoBackoff  # noqa: PLC0415  # as above
    except ImportError as error:
        raise ConfigurationError(
            "RedisGate needs the package redis: pip install 'sitoo_async[redis]'"
        ) from error
    # It must not repeat or time out anything on its own: that is decided here. And whoever waits
    # takes up a connection, so that a limit would keep those who hold a right from renewing it.
    pool = redis.asyncio.ConnectionPool(
        connection_class=redis.asyncio.SSLConnection if server.tls else redis.asyncio.Connection,
        protocol=2,
        socket_timeout=None,
        retry=Retry(NoBackoff(), 0),
        max_connections=sys.maxsize,
        **dict(server.options),
    )
    return redis.asyncio.Redis(connection_pool=pool)


def refusal(server: RedisServer) -> str | None:
    """Why redis-py could never connect there, told without trying to; None if it could."""
    pool: Any = connect(server).connection_pool
    try:
        connection = pool.connection_class(**pool.connection_kwargs)
        context = getattr(connection, "ssl_context", None)
        if context is not None:
            context.get()
    except OSError as error:
        # Of OpenSSL or the file system: they quote nothing.
        return told(error)
    except Exception as error:  # noqa: BLE001  # of which kind does not matter
        return f"{type_name(error)}: not all options are known to the redis-py that is installed"
    return None


@attrs.define(eq=False)
class _Holding:
    """A right that is held.

    Attributes:
        token: what the server knows the holder by.
        ends: the moment, on the loop's clock, until which it can't be another's.
        timer: begins the next renewal.
        renewal: the last one.
        wanted: whether it is to be renewed at all.
    """

    token: str
    ends: float
    timer: asyncio.TimerHandle = attrs.field(init=False)
    renewal: asyncio.Task[None] | None = None
    wanted: bool = True

    async def stop(self) -> None:
        """Renew no more; a renewal under way comes to its end, so that it can't come late."""
        self.wanted = False
        self.timer.cancel()
        if self.renewal is not None:
            await asyncio.wait({self.renewal})


class Link:
    """One gate in one loop.

    Args:
        loop: the running loop.
        server: where it is.
        lease: seconds.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, server: RedisServer, lease: float) -> None:
        self._loop = loop
        self._lease = lease
        self._patience = lease / RENEWALS
        self._pause = lease / ATTEMPTS
        self._client = connect(server)
        self._scripts = {
            text: self._client.register_script(text) for text in (ASK, LEAVE, RELEASE, RENEW)
        }
        self._asking = 0
        self._giving = 0
        # By key, the oldest first. There are several only while those before the last are lost and
        # not given back yet: whoever gives back first must not free what the last one has.
        self._held: dict[str, deque[_Holding]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        _open.add(self)

    @property
    def in_use(self) -> bool:
        """Whether a right is asked for, held or given back."""
        return bool(self._asking or self._giving or self._held or self._leaving)

    async def acquire(self, key: str) -> Grant:
        """Wait for the right."""
        token = secrets.token_hex(8)
        self._asking += 1
        try:
            return await self._wait(key, token)
        except _failures() as error:
            reason = told(error)
        except asyncio.CancelledError as error:
            await self._leave(key, partial(self._run, LEAVE, key, token))
            # Without the driver's frames, which hold the password.
            raise error.with_traceback(None) from None
        finally:
            self._asking -= 1
        # Not from the error: as above.
        raise LaneError(f"Redis could not be asked for the key {key}: {reason}")

    async def release(self, key: str, hold: float) -> bool:
        """Give the right back; tell whether it was still ours."""
        holdings = self._held.get(key)
        if holdings is None:
            return False
        holding = holdings.popleft()
        if not holdings:
            del self._held[key]
        milliseconds = math.ceil(1000 * hold)
        self._giving += 1
        try:
            await holding.stop()
            _, answer = await self._insist(RELEASE, key, holding, milliseconds)
            return answer[0] == 1
        except _failures() as error:
            reason = told(error)
        except asyncio.CancelledError as error:
            await self._leave(key, partial(self._insist, RELEASE, key, holding, milliseconds))
            raise error.with_traceback(None) from None
        finally:
            self._giving -= 1
        raise GateLostError(f"the key {key} could not be given back to Redis: {reason}")

    async def settle(self) -> None:
        """Wait until whoever was cancelled has left the line, or given the right back."""
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def aclose(self) -> None:
        """Close the connections that are not in use."""
        pool: Any = self._client.connection_pool
        idle = [*pool._available_connections]  # noqa: SLF001  # no other way
        writers = _writers(idle)
        for writer in writers:
            # With TLS, a server that is silent would be waited for until it says farewell.
            writer.transport.abort()
        for connection in idle:
            # In one go: whoever is cancelled in between would leave the others half open, and
            # whoever gets one meanwhile must find it either open or closed.
            await connection.disconnect(nowait=True)
        # By now nobody minds how they ended.
        ends = (writer.wait_closed() for writer in writers)
        await asyncio.gather(*ends, return_exceptions=True)

    def let_go(self) -> None:
        """Leave the connections to the parent of this process, which is a forked child."""
        pool: Any = self._client.connection_pool
        # redis-py's own way to close them would tell the server, and the parent's loop.
        known = (*pool._available_connections, *pool._in_use_connections)  # noqa: SLF001
        for writer in _writers(known):
            abandon(writer.get_extra_info("socket"))

    # -------------------------------------------------------------------------------- waiting

    async def _wait(self, key: str, token: str) -> Grant:
        give_up: float | None = None
        while True:
            try:
                asked, answer = await self._run(ASK, key, token)
            except _failures() as error:
                # From the first failure on, whenever that was noticed: this process may have been
                # stopped for longer.
                if give_up is None:
                    give_up = self._loop.time() + self._lease
                await self._pass_over(error, give_up)
                continue
            give_up = None
            granted, hold, abandoned, rest = answer
            if granted:
                holding = _Holding(token, asked + self._lease)
                self._held.setdefault(key, deque()).append(holding)
                self._renew_later(key, holding)
                return Grant(hold / 1000, bool(abandoned))
            await self._sleep(key, token, rest / 1000)

    async def _sleep(self, key: str, token: str, seconds: float) -> None:
        """Wait until the turn has come, but no longer than until the holder's lease ends."""
        try:
            async with asyncio.timeout(seconds + self._patience):
                # Being woken is no proof that the turn still is ours: that is asked for next.
                await self._client.blpop([f"{_prefix(key)}turn:{token}"], timeout=seconds)
        except _failures() as error:
            if not _passes(error):
                # It may ask but not wait: it must not stand in the way of those who may.
                await self._leave(key, partial(self._run, LEAVE, key, token))
            await self._pass_over(error, math.inf)

    async def _leave(self, key: str, farewell: Callable[[], Awaitable[Any]]) -> None:
        """Say the last thing, in a task of its own: whoever cancels may do so again and again."""
        leaving = self._loop.create_task(self._say(key, farewell))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)
        await asyncio.shield(leaving)

    async def _say(self, key: str, farewell: Callable[[], Awaitable[Any]]) -> None:
        try:
            await farewell()
        except _failures() as error:
            logger.warning(
                "the right to %s, or a place in its queue, ends with its lease: %s",
                key,
                told(error),
            )

    # ------------------------------------------------------------------------------- renewing

    def _renew_later(self, key: str, holding: _Holding) -> None:
        if holding.wanted:
            holding.timer = self._loop.call_later(
                self._lease / RENEWALS, self._renew_now, key, holding
            )

    def _renew_now(self, key: str, holding: _Holding) -> None:
        holding.renewal = self._loop.create_task(self._renew(key, holding))

    async def _renew(self, key: str, holding: _Holding) -> None:
        try:
            renewed, answer = await self._insist(RENEW, key, holding)
        except _failures() as error:
            logger.warning("the lease of %s could not be renewed: %s", key, told(error))
            return
        if answer[0] == 1:
            holding.ends = renewed + self._lease
            self._renew_later(key, holding)
        else:
            # It was another's meanwhile. Whoever gives it back is told.
            holding.ends = 0.0

    # ------------------------------------------------------------------------------ the server

    async def _insist(
        self, script: str, key: str, holding: _Holding, *arguments: int
    ) -> tuple[float, list[int]]:
        """Run a script, again where the server can't be reached while the lease lasts."""
        while True:
            try:
                return await self._run(script, key, holding.token, holding.ends, *arguments)
            except _failures() as error:
                await self._pass_over(error, holding.ends)

    async def _pass_over(self, error: Exception, give_up: float) -> None:
        """Pause after an error that may not come again; raise it where it will, or it is late."""
        if not _passes(error) or self._loop.time() + self._pause >= give_up:
            raise error
        # A server that is no longer the primary is found by its address again.
        await self.aclose()
        await asyncio.sleep(self._pause)

    async def _run(
        self, script: str, key: str, token: str, ends: float = 0.0, *arguments: int
    ) -> tuple[float, list[int]]:
        """Run a script once; tell when it was sent, and what it answered."""
        prefix = _prefix(key)
        sent = self._loop.time()
        lease = math.ceil(1000 * self._lease)
        # A connection that has gone silent is given up soon enough for another to be tried. What
        # the server then does twice, it does once: all scripts know the token.
        async with asyncio.timeout(self._patience):
            answer = await self._scripts[script](
                keys=[f"{prefix}state", f"{prefix}queue"],
                args=[prefix, token, lease, int(sent < ends), *arguments],
            )
        return sent, answer


_open: WeakSet[Link] = WeakSet()


def let_go() -> None:
    """Let go, in a forked child, of all that its parent has open."""
    for link in [*_open]:
        link.let_go()


def _writers(connections: Iterable[Any]) -> list[asyncio.StreamWriter]:
    """Those of the connections that are open."""
    return [each._writer for each in connections if each.is_connected]  # noqa: SLF001  # as above


def _prefix(key: str) -> str:
    # What is in the braces decides on the slot of a cluster.
    return f"sitoo:{{{key}}}:"


def _failures() -> tuple[type[Exception], ...]:
    from redis.exceptions import RedisError  # noqa: PLC0415  # only when used

    return RedisError, OSError


def _passes(error: Exception) -> bool:
    """Whether this is a server that is away, or that is no primary: it may be back soon."""
    from redis import exceptions  # noqa: PLC0415  # only when used

    if isinstance(error, exceptions.AuthenticationError):
        return False
    away = (
        exceptions.ConnectionError,
        exceptions.TimeoutError,
        exceptions.ReadOnlyError,
        exceptions.ClusterDownError,
        OSError,
    )
    # Where it comes from a script, older servers tell it in a sentence of their own.
    text = str(error)
    return isinstance(error, away) or any(word in text for word in PASSING)
