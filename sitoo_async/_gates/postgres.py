"""The gate of one PostgreSQL database: advisory locks, and one small table."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import inspect
import logging
import socket
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, Self
from uuid import uuid4

from sitoo_async._checks.show import told, type_name
from sitoo_async._forks import abandon, in_forked_child
from sitoo_async._gates._dsn import DataSource
from sitoo_async._gates._postgres_troubles import connection_lost, passes
from sitoo_async._gates.gate import Grant
from sitoo_async._http.keys import Secret, secret_of
from sitoo_async.errors import ConfigurationError, GateLostError, InvalidOptionError

__all__ = ["PostgresGate"]

logger = logging.getLogger("sitoo_async")

PATIENCE: Final = 10.0
"""Seconds for whatever is not a wait for the right: to connect, to give back, to clean up."""

SHORTEST_PAUSE: Final = 0.02
LONGEST_PAUSE: Final = 0.5
"""Seconds before the server is asked again after a trouble that passes, at first and at most."""

LONGEST_HOLD: Final = 660.0
"""Seconds beyond which a hold can't be one (they end by 601): the server's clock was set back."""

_TABLE: Final = """CREATE TABLE IF NOT EXISTS sitoo_gate (
    key text PRIMARY KEY,
    holder text,
    former_holder text,
    hold_until timestamptz
)"""

# Two who create it at once would collide in the catalogue in spite of IF NOT EXISTS.
_CREATE: Final = f"SELECT pg_advisory_xact_lock(hashtext('sitoo_gate')); {_TABLE}"

# The row is read and written only after the lock is there: INSERT asks for its source first, and
# ON CONFLICT works on the row as it was committed last, not as the statement's snapshot has it.
_ACQUIRE: Final = """
WITH turn AS MATERIALIZED (SELECT pg_advisory_lock($1))
INSERT INTO sitoo_gate AS gate (key, holder) SELECT $2, $3 FROM turn
ON CONFLICT (key) DO UPDATE SET holder = excluded.holder, former_holder = gate.holder
RETURNING former_holder IS NOT NULL AS abandoned, least($4, greatest(0, CASE
    WHEN isfinite(hold_until) THEN extract(epoch FROM hold_until - clock_timestamp())::float8
    END)) AS hold
"""

# Whoever gets the lock before this is committed waits for the row.
_RELEASE: Final = """
WITH told AS (
    UPDATE sitoo_gate SET holder = NULL, former_holder = NULL,
        hold_until = greatest(clock_timestamp() + $4 * interval '1 second', CASE
            WHEN hold_until < clock_timestamp() + $5 * interval '1 second' THEN hold_until END)
    WHERE key = $2 AND holder = $3 RETURNING key
)
SELECT pg_advisory_unlock($1) FROM (SELECT count(*) FROM told) AS after
"""

_WITHDRAW: Final = """
UPDATE sitoo_gate SET holder = former_holder, former_holder = NULL,
    hold_until = greatest(hold_until, clock_timestamp() + $3 * interval '1 second')
WHERE key = $1 AND holder = $2
"""

# By another connection, after the one with the lock was lost. The mark stays, whosever it is.
_TELL: Final = """
UPDATE sitoo_gate
SET hold_until = greatest(hold_until, clock_timestamp() + $2 * interval '1 second') WHERE key = $1
"""

_SETTINGS: Final[Mapping[str, str]] = {
    # What the database or the role sets for the sake of web requests would end a long wait.
    "statement_timeout": "0",
    "lock_timeout": "0",
    "transaction_timeout": "0",
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    # Else the row would be read as it was before the lock was there, or not be written at all.
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    # The disk would be waited for twice in each exchange.
    "synchronous_commit": "off",
    # How the server finds out that the other side is gone: 5 + 3 x 5 seconds. It looks once a
    # second after those that wait, whose places would come up otherwise.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20000",
    "client_connection_check_interval": "1000",
}

# Sets what this version of the server knows. One of them works on every system only from 15 on.
_PREPARE: Final = """
SELECT to_regclass('sitoo_gate') IS NULL AS missing, pg_backend_pid() AS process,
    count(set_config(name, value, false))
FROM unnest($1::text[], $2::text[]) AS wanted (name, value) JOIN pg_settings USING (name)
WHERE name <> 'client_connection_check_interval' OR version() LIKE '%linux%'
"""

# The same for our side, by what libpq calls it; not every system has all of them.
_KEEPALIVE: Final[Mapping[str, tuple[int, int]]] = {
    parameter: (getattr(socket, name), value)
    for parameter, name, value in (
        ("keepalives_idle", "TCP_KEEPIDLE", 5),
        ("keepalives_interval", "TCP_KEEPINTVL", 5),
        ("keepalives_count", "TCP_KEEPCNT", 3),
        ("tcp_user_timeout", "TCP_USER_TIMEOUT", 20_000),
    )
    if hasattr(socket, name)
}


def _driver() -> Any:
    """The asyncpg module; it tells no types."""
    try:
        return import_module("asyncpg")
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            'PostgresGate needs asyncpg: pip install "sitoo_async[postgres]"'
        ) from error


def _refusal(source: DataSource) -> str | None:
    """Why the driver could never connect there, told without trying to; None if it could."""
    # It reads a DSN, and the files that this names, when it connects. A driver without this
    # function is asked then.
    parse = getattr(import_module("asyncpg.connect_utils"), "_parse_connect_dsn_and_args", None)
    if parse is None:
        return None
    arguments = {**dict.fromkeys(inspect.signature(parse).parameters), **source.driver}
    if source.password is not None:
        arguments["password"] = source.password
    try:
        parse(**arguments)
    except (OSError, _driver().InterfaceError) as error:
        return told(error)
    except Exception as error:  # noqa: BLE001  # of which kind does not matter
        # What else it says may quote what it reads, such as a line of a file with passwords.
        return type_name(error)
    return None


class PostgresGate:
    """Workers on any number of hosts share a key, by the advisory locks of one PostgreSQL database.

    Turns are given in the order in which they were asked for. The lock belongs to a connection, of
    which the gate has one for each key and event loop: opened when it is first needed, and again
    after it was lost. So the server frees the lock of a process that dies at once, that of a host
    or a network that is silent after 20 seconds. A process that is merely stopped keeps its turn.

    One table says what a lock can't. It has a row for each key, named by host and API ID:

    - ``holder``: the mark, a random name for whoever has the right; NULL once it was given back.
      Whoever gets the lock and finds a name there knows that its holder was lost.
    - ``former_holder``: what the mark was before, for one who has to take a step back.
    - ``hold_until``: when the key may be used again, by the server's clock.

    It is created on first use. Where the role may not create tables, somebody else does::

        CREATE TABLE sitoo_gate (
            key text PRIMARY KEY,
            holder text,
            former_holder text,
            hold_until timestamptz
        );
        GRANT SELECT, INSERT, UPDATE ON sitoo_gate TO the_role;

    All processes must name the same database, in which the ``search_path`` leads them to the same
    table. A server that crashes may forget the marks and holds of its last second. Locks are not
    replicated: after a failover the right is free, and a holder that still reaches the former
    server does not know. PgBouncer and its like may stand between only with ``pool_mode =
    session``: in the other modes the locks of one process end up with another. Such a pooler is
    refused where it shows at once. Where it is too busy for that, there are errors of PostgreSQL
    and `GateLostError`, and locks may stay with the pooler for as long as it keeps its connections.

    Args:
        dsn: ``postgresql://user:password@host:port/database``, with parameters as libpq and
            hosters write them, such as ``?sslmode=verify-full&application_name=…``. The password
            is shown nowhere. What asyncpg does not know is translated (``connect_timeout``,
            ``keepalives_idle``, ``schema``, ``sslrootcert=system``), or has no effect here, like
            the sizes of pools. What can't be had is refused (``channel_binding=require``,
            ``target_session_attrs=standby``, ``pgbouncer=true``). Of several hosts the primary is
            used. Other settings of the server go into ``options=-c%20name%3Dvalue``.

    Raises:
        InvalidOptionError: the DSN is written otherwise, or has a parameter that can't be kept.
        ConfigurationError: asyncpg is not installed.
    """

    def __init__(self, dsn: str) -> None:
        # First of all, so that no traceback that shows local variables shows the password.
        dsn = secret_of(dsn) or Secret()
        source = DataSource.parse(dsn)
        _driver()
        reason = _refusal(source)
        if reason is not None:
            raise InvalidOptionError(
                f"asyncpg refuses the DSN of PostgresGate: {reason}", field="dsn"
            )
        self._source = source
        in_forked_child(_forget)

    def __repr__(self) -> str:
        # There is no source yet where it is refused.
        return f"PostgresGate({getattr(getattr(self, '_source', None), 'name', '')!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PostgresGate) and self._source == other._source

    def __hash__(self) -> int:
        return hash(self._source)

    async def acquire(self, key: str) -> Grant:
        """Wait for the right to use a key; see `Gate.acquire`.

        A connection that is lost, however often, is opened again, and a table that was dropped is
        made again; the question then is at the end of the queue. So restarts are waited out, too.

        Raises:
            ConfigurationError: the table is missing and may not be created, or a pooler hands
                connections around.
            OSError: the server can't be reached: at once if it never was, else after 10 seconds.
            asyncpg.PostgresError: the server refuses.
        """
        for known in [*_sessions]:
            if known[-1].is_closed():
                # In another thread another loop may be at the same.
                with contextlib.suppress(KeyError):
                    _sessions.pop(known).cut_off()
        loop = asyncio.get_running_loop()
        place = self._source, key, loop
        session = _sessions.get(place)
        if session is None:
            session = _sessions[place] = _Session(self._source, key, loop)
        return await session.acquire()

    async def release(self, key: str, hold: float) -> None:
        """Give the right back; see `Gate.release`.

        Raises:
            GateLostError: it is not held, or the connection was lost while it was.
        """
        session = _sessions.get((self._source, key, asyncio.get_running_loop()))
        if session is None or not session.held:
            raise GateLostError(f"{self} does not hold the key {key}")
        await session.release(hold)

    async def aclose(self) -> None:
        """Close the connections of the running loop, but for those that serve a right.

        Whether it is held, asked for or given back.
        """
        loop = asyncio.get_running_loop()
        for (source, _, owner), session in [*_sessions.items()]:
            if source == self._source and owner is loop:
                await session.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


class _Session:
    """The connection of one key in one loop.

    Args:
        source: the database.
        key: what the right is for.
        loop: the running loop.
    """

    def __init__(self, source: DataSource, key: str, loop: asyncio.AbstractEventLoop) -> None:
        self.held = False
        self._loop = loop
        self._source = source
        self._key = key
        digest = hashlib.sha256(f"sitoo_async gate {key}".encode()).digest()
        self._lock = int.from_bytes(digest[:8], "big", signed=True)
        self._holder = ""
        self._reached = False
        self._connection: Any = None
        self._giving_back: Any = None
        # A connection may take its own lock again and again. So within the loop, this gives turns.
        self._turn = asyncio.Lock()
        self._leaving: dict[asyncio.Task[None], Any] = {}

    async def acquire(self) -> Grant:
        """Wait for the turn in this loop, then for the lock."""
        await self._turn.acquire()
        try:
            grant = await self._insist()
        except BaseException:
            self._turn.release()
            raise
        self.held = True
        return grant

    async def _insist(self) -> Grant:
        """Ask, again after what passes: for as long as it takes, while the server can be reached.

        Each time that is at the end of the queue: a place belongs to a connection.
        """
        pause = SHORTEST_PAUSE
        give_up: float | None = None
        while True:
            asked: float | None = None
            try:
                connection = await self._connect()
                asked = self._loop.time()
                return await self._ask(connection)
            except Exception as error:
                now = self._loop.time()
                waited = asked is not None and (
                    connection_lost(error) or now - asked >= LONGEST_PAUSE
                )
                if give_up is None or waited:
                    give_up = now + PATIENCE
                if now + pause >= give_up or not passes(error, reached=self._reached):
                    raise
                logger.info("PostgreSQL is asked for the key again: %s", told(error))
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def release(self, hold: float) -> None:
        """Tell the hold, clear the mark and free the lock."""
        connection = self._connection
        until = self._loop.time() + hold if hold else 0.0
        self.held = False
        try:
            if connection.is_closed():
                await self._leave(connection, until)
                raise GateLostError("the connection to PostgreSQL was lost while the key was held")
            try:
                owned = await self._giving_back.fetchval(
                    *(self._lock, self._key, self._holder, hold, LONGEST_HOLD), timeout=PATIENCE
                )
            except BaseException:
                await self._leave(connection, until)
                raise
            if not owned:
                await self._leave(connection, until)
                raise GateLostError(
                    "the connection to PostgreSQL did not hold the lock any more: there may be a "
                    "pooler between that hands connections around"
                )
        except _losses() as error:
            raise GateLostError(f"the right could not be given back: {told(error)}") from error
        finally:
            self._turn.release()

    async def aclose(self) -> None:
        """Close the connection if it is idle, and wait for those that are being closed."""
        if not self._turn.locked() and self._connection is not None:
            connection, self._connection = self._connection, None
            try:
                await connection.close(timeout=PATIENCE)
            except _losses() as error:
                logger.debug("a connection to PostgreSQL ends without farewell: %s", told(error))
        if self._leaving:
            await asyncio.wait(self._leaving)

    def cut_off(self) -> None:
        """End the connections of a loop that is closed, so that the server frees the lock."""
        for connection in self._connections():
            _cut_off(connection)

    def let_go(self) -> None:
        """Leave the connections to the parent of this process, which is a forked child."""
        for connection in self._connections():
            abandon(_socket_of(connection))

    def _connections(self) -> list[Any]:
        """Those that are open."""
        known = [self._connection, *self._leaving.values()]
        return [each for each in known if each is not None and not each.is_closed()]

    # ------------------------------------------------------------------------- the connection

    async def _connect(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            connection = await self._open()
            self._reached = True
            try:
                await self._prepare(connection)
                # So that it goes out at once: a loop that shuts down does nothing afterwards.
                self._giving_back = await connection.prepare(_RELEASE, timeout=PATIENCE)
            except BaseException:
                connection.terminate()
                raise
            self._connection = connection
        return self._connection

    async def _open(self) -> Any:
        password = self._source.password
        try:
            return await _driver().connect(
                **self._source.driver,
                # Called when it is needed, so that it does not stay with the connection.
                password=None if password is None else lambda: str(password),
                timeout=self._source.connect_timeout or PATIENCE,
            )
        except BaseException as error:  # noqa: BLE001  # of which kind does not matter
            # The driver's frames hold the password, and some tools print what a frame holds.
            raise error.with_traceback(None) from None

    async def _prepare(self, connection: Any) -> None:
        # asyncpg leaves a dead server to the kernel, which by default waits for ever.
        link = _socket_of(connection)
        if link.family != socket.AF_UNIX:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            wanted = dict(self._source.keepalive)
            for parameter, (option, most) in _KEEPALIVE.items():
                link.setsockopt(socket.IPPROTO_TCP, option, min(most, wanted.get(parameter, most)))
        prepared = await connection.fetchrow(
            _PREPARE, [*_SETTINGS], [*_SETTINGS.values()], timeout=PATIENCE
        )
        if prepared["process"] != connection.get_server_pid():
            await self._try_pooler(prepared["process"])
        if not prepared["missing"]:
            return
        driver = _driver()
        try:
            await connection.execute(_CREATE, timeout=PATIENCE)
        except (driver.InsufficientPrivilegeError, driver.InvalidSchemaNameError) as error:
            raise ConfigurationError(
                f"PostgresGate needs a table that this role may not create ({error}): have the "
                f"owner of the database do it, by {_TABLE}"
            ) from error

    async def _try_pooler(self, process: int) -> None:
        """Refuse a pooler that would give our process of the server, and our lock, to another."""
        connection = await self._open()
        try:
            theirs = await connection.fetchval("SELECT pg_backend_pid()", timeout=PATIENCE)
        finally:
            connection.terminate()
        if theirs == process:
            raise ConfigurationError(
                "the pooler between here and PostgreSQL hands its connections around, and locks "
                "with them: set its pool_mode to session, or name the server itself"
            )

    async def _ask(self, connection: Any) -> Grant:
        self._holder = uuid4().hex
        try:
            row = await connection.fetchrow(
                _ACQUIRE, self._lock, self._key, self._holder, LONGEST_HOLD
            )
        except BaseException:
            await self._leave(connection, 0.0)
            raise
        return Grant(row["hold"], row["abandoned"])

    async def _leave(self, connection: Any, until: float) -> None:
        """Give up a connection whose last statement did not end well, lock and mark included.

        Cancelled, a statement may or may not have been carried out, and a lock stays with its
        connection even if the statement that took it failed. So the connection goes.

        Args:
            connection: what goes.
            until: the moment, on the loop's clock, from which the key may be used again.
        """
        self._connection = None
        if self._loop.is_closed():
            # It is a collection that ends whoever waited, and nothing can be awaited any more.
            _cut_off(connection)
            return
        leaving = self._loop.create_task(self._withdraw(connection, self._holder, until))
        self._leaving[leaving] = connection
        leaving.add_done_callback(self._left_by)
        await asyncio.shield(leaving)

    def _left_by(self, leaving: asyncio.Task[None]) -> None:
        connection = self._leaving.pop(leaving)
        if not connection.is_closed():
            # A loop that shuts down cancels what has not even begun.
            connection.terminate()

    async def _withdraw(self, connection: Any, holder: str, until: float) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                # First it waits until the server has cancelled what asyncpg asked it to cancel.
                await connection.execute(_WITHDRAW, self._key, holder, self._left(until))
                await connection.close()
        except _losses() as error:
            connection.terminate()
            logger.debug("a connection to PostgreSQL ends without farewell: %s", told(error))
            if self._left(until):
                await self._tell(until)

    async def _tell(self, until: float) -> None:
        """Tell the hold by a connection of its own, if there is a server to tell it to."""
        failures: tuple[type[Exception], ...] = (*_losses(), ConfigurationError)
        try:
            async with asyncio.timeout(PATIENCE):
                connection = await self._open()
                try:
                    await self._prepare(connection)
                    await connection.execute(_TELL, self._key, self._left(until))
                    await connection.close()
                finally:
                    connection.terminate()
        except failures as error:
            logger.warning("PostgreSQL could not be told how long to hold back: %s", told(error))

    def _left(self, until: float) -> float:
        return max(0.0, until - self._loop.time())


_sessions: dict[tuple[DataSource, str, asyncio.AbstractEventLoop], _Session] = {}
"""Of this process. Not kept by gate: equal ones stand for the same right."""


def _forget() -> None:
    """Leave the connections to the parent of this process, which is a forked child."""
    for session in _sessions.values():
        session.let_go()
    _sessions.clear()


def _losses() -> tuple[type[Exception], ...]:
    """What a connection ends with that was lost, or a statement that was refused."""
    driver = _driver()
    # The last one is raised where a connection is lost between two statements.
    internal = driver.exceptions.InternalClientError
    return OSError, driver.PostgresError, driver.InterfaceError, internal


def _socket_of(connection: Any) -> Any:
    return connection._transport.get_extra_info("socket")  # noqa: SLF001  # no other way


def _cut_off(connection: Any) -> None:
    """End a connection whose loop is closed: by its socket, since nothing else works by now."""
    found = _socket_of(connection)
    if found.fileno() >= 0:  # else it was collected before
        # Where the server has ended it already, there is nothing to shut down.
        with found.dup() as link, contextlib.suppress(OSError):
            link.shutdown(socket.SHUT_RDWR)
