"""The inbox for several hosts: procrastinate's queue in PostgreSQL, and what it has no place for.

Each event is a job. That it is one at a time and in order, is procrastinate's lock; that it is
tried again, its retry; that a dead worker's event is taken over, its heartbeat. Beside its tables
there are two of ours: what came, by which a repeat is known, and how far things have come.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs

from sitoo_async._checks.show import type_name
from sitoo_async._checks.values import check_number, is_a
from sitoo_async._http.keys import hidden
from sitoo_async.errors import ConfigurationError, InvalidOptionError
from sitoo_async.spi.events.in_order import finished, log_death
from sitoo_async.spi.events.inbox import DeadLetter, Failure, Letter, Patience, Run, memory_of

try:
    import psycopg
    from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
    from procrastinate.exceptions import ConnectorException
    from procrastinate.jobs import Job, Status
    from procrastinate.schema import SchemaManager
    from psycopg.conninfo import conninfo_to_dict
    from psycopg.rows import TupleRow, tuple_row
    from psycopg.sql import SQL, Identifier
    from psycopg_pool import AsyncConnectionPool
except ModuleNotFoundError as _missing:  # pragma: no cover  # where the tests run, it is there
    raise ConfigurationError(
        'ProcrastinateInbox needs procrastinate: pip install "sitoo_async[procrastinate]"'
    ) from _missing

__all__ = ["ProcrastinateInbox"]

logger: logging.Logger = logging.getLogger("sitoo_async")

Connection = psycopg.AsyncConnection[TupleRow]

_QUEUE: Final = "sitoo-events"
_TASK: Final = "sitoo_event"
_SCHEMA: Final = "sitoo_events"

_LOOK: Final = 1.0
"""Seconds between looks for an event that is to be tried again; of new ones PostgreSQL tells."""

_PRUNE: Final = 3600.0
"""Seconds between looks for what is to be forgotten."""

_PATIENCE: Final = 10.0
"""Seconds that one waits for a connection."""

_TABLES: Final = """
CREATE TABLE events (
    event_id text PRIMARY KEY,
    subject text,
    body bytea,
    unreadable text,
    received_at timestamptz NOT NULL DEFAULT now(),
    handled_at timestamptz,
    failed_at timestamptz,
    reason text,
    forgiven integer NOT NULL DEFAULT 0,
    reruns integer NOT NULL DEFAULT 0
);
CREATE INDEX events_subject ON events (subject) WHERE subject IS NOT NULL;
CREATE INDEX events_handled_at ON events (handled_at) WHERE handled_at IS NOT NULL;
CREATE TABLE positions (name text PRIMARY KEY, value text NOT NULL);
"""

# The order of what comes back is that of what was given.
_ADD: Final = """
INSERT INTO events (event_id, subject, body, unreadable)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[], %s::text[])
ON CONFLICT (event_id) DO NOTHING RETURNING event_id
"""

_READ: Final = """
SELECT subject, body, unreadable, forgiven, reruns FROM events
WHERE event_id = %s AND handled_at IS NULL
"""

_SETTLE: Final = "UPDATE events SET handled_at = now(), body = NULL WHERE event_id = %s"

_FAIL: Final = "UPDATE events SET failed_at = now(), reason = %s WHERE event_id = %s"

# Of the attempts that procrastinate counts: those before a rerun, and those that were cut short.
_FORGIVE: Final = "UPDATE events SET forgiven = forgiven + 1 WHERE event_id = %s"

_RERUN: Final = "UPDATE events SET forgiven = %s, reruns = reruns + 1 WHERE event_id = %s"

_DEAD: Final = """
SELECT event_id, body, reason, reruns, received_at, failed_at FROM events
WHERE event_id = ANY(%s) AND handled_at IS NULL
"""

# Not those whose job is still to find out that they were handled: its lock would be in the way.
_PRUNE_EVENTS: Final = """
DELETE FROM events WHERE handled_at < now() - %s AND NOT EXISTS (
    SELECT FROM procrastinate_jobs AS job
    WHERE job.queueing_lock = events.event_id AND job.status IN ('todo', 'doing')
)
"""

_NOTE: Final = """
INSERT INTO positions (name, value) VALUES (%s, %s)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""


class _Failed(Exception):  # noqa: N818  # for procrastinate alone, which logs it
    """A handler that did not get through, with what becomes of its event."""

    def __init__(self, failure: Failure, retry_in: float | None) -> None:
        super().__init__(failure.reason)
        self.retry_in = retry_in


class _Retry(BaseRetryStrategy):
    """Whether an event is tried again, as it was decided where it failed."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:  # noqa: ARG002 - the form that procrastinate asks for
        if isinstance(exception, _Failed):
            if exception.retry_in is None:
                return None
            pause = exception.retry_in
        else:
            pause = _LOOK  # cut short, or the database failed: neither is the event's fault
        return RetryDecision(retry_at=datetime.now(UTC) + timedelta(seconds=pause))


class ProcrastinateInbox:
    """Events in PostgreSQL, for receivers and workers on any number of hosts.

    They are jobs of `procrastinate <https://procrastinate.readthedocs.io>`_, which comes with
    ``pip install "sitoo_async[procrastinate]"``. All of them share one lock, so that one is handled
    at a time, whichever worker does, and one that fails holds up those behind it. Its tables, and
    two of ours, are in a schema of their own, and are made when they are not there; beside them,
    those of your own use of procrastinate are left alone. With
    ``PGOPTIONS="-c search_path=sitoo_events"`` its own tools work on them too, as do its migrations
    where a later version of it asks for some.

    A batch is in the database with its jobs, in one transaction, before Sitoo is thanked for it.

    Args:
        dsn: the database, as ``postgresql://user:password@host/database``. The user must be allowed
            to make the schema, or to use the one that is there.
        schema: the name of the schema.
        lease: seconds after which an event is handed to another worker when nothing was heard of
            its own, as when a host is gone. A handler that blocks the event loop for as long as
            that is taken for dead, and its event is handled a second time beside it.
        remember: how long an `event_id` that was handled is known, so that a repeat does no harm.
            Sitoo repeats for a day.

    Raises:
        ConfigurationError: procrastinate is not installed; raised when this class is imported.
        InvalidOptionError: an option that can't work.
    """

    def __init__(
        self,
        dsn: str,
        *,
        schema: str = _SCHEMA,
        lease: float = 30.0,
        remember: timedelta = timedelta(days=7),
    ) -> None:
        dsn = hidden(dsn)
        self._schema = schema  # which its repr shows, also in a traceback of what follows
        for name, text in (("dsn", dsn), ("schema", schema)):
            if not is_a(text, str) or not text:
                raise InvalidOptionError(f"{name} must be text, and not empty", field=name)
        if not _is_readable(dsn):
            raise InvalidOptionError(
                "dsn must be postgresql://user:password@host:port/database, where a @, /, :, ?, #"
                " or % of the password is written as %40, %2F, %3A, %3F, %23 or %25",
                field="dsn",
            )
        self._dsn = dsn
        self._lease: float = check_number("lease", lease)
        self._remember = memory_of(remember)
        self._app: App | None = None
        self._pool: AsyncConnectionPool[Connection] | None = None
        self._opening = asyncio.Lock()
        self._run: Run | None = None
        self._patience = Patience()
        self._done: tuple[Job, float] | None = None

    def __repr__(self) -> str:
        return f"<ProcrastinateInbox: schema {self._schema}>"

    # What it is told ----------------------------------------------------------------------------

    async def add(self, letters: Sequence[Letter], /) -> int:
        """Write a batch and its jobs down; see `Inbox.add`.

        Raises:
            psycopg.Error: the database can't be had, or refuses.
        """
        app = await self._opened()
        async with self._connection() as connection:
            columns = zip(*(attrs.astuple(each) for each in letters), strict=True)
            event_ids, subjects, bodies, unreadable = map(list, columns) if letters else ([],) * 4
            rows = await connection.execute(_ADD, [event_ids, subjects, bodies, unreadable])
            new = [event_id for (event_id,) in await rows.fetchall()]
            if new:
                jobs = [
                    Job(
                        queue=_QUEUE,
                        task_name=_TASK,
                        lock=_QUEUE,
                        queueing_lock=event_id,
                        # What came is not among them: procrastinate writes them into its log.
                        task_kwargs={"event_id": event_id},
                    )
                    for event_id in new
                ]
                await app.job_manager.batch_defer_jobs_async(jobs, connection=connection)
        return len(new)

    async def waiting(self) -> int:
        """How many wait, the one that is being handled among them."""
        app = await self._opened()
        queues = await app.job_manager.list_queues_async(queue=_QUEUE)
        return sum(queue["todo"] + queue["doing"] for queue in queues)

    async def dead_letters(self, *, limit: int = 100) -> Sequence[DeadLetter]:
        """Those that were given up, the oldest first."""
        attempts = {str(job.queueing_lock): job.attempts for job in await self._failed()}
        rows = await self._execute(_DEAD, [*attempts])
        found = {row[0]: row for row in rows}
        return [
            DeadLetter(
                event_id=event_id,
                body=body,
                reason=reason,
                attempts=attempts[event_id] - reruns,
                received_at=received_at.astimezone(UTC),
                died_at=failed_at.astimezone(UTC),
            )
            for event_id, body, reason, reruns, received_at, failed_at in [
                found[each] for each in attempts if each in found
            ][:limit]
        ]

    async def rerun(self, event_id: str, /) -> bool:
        """Let a dead letter be handled again, before those that wait; tell whether it was there."""
        for job in await self._failed(event_id):
            if not await self._execute(_READ, event_id):
                return False  # it was discarded
            await self._execute(_RERUN, job.attempts + 1, event_id)
            app = await self._opened()
            await app.job_manager.retry_job(job)
            return True
        return False

    async def discard(self, event_id: str, /) -> bool:
        """Take a dead letter for handled; tell whether there was one."""
        for _ in await self._failed(event_id):
            if await self._execute(_READ, event_id):
                await self._execute(_SETTLE, event_id)
                return True
        return False

    async def told(self, subjects: Collection[str], /) -> Collection[str]:
        """Which of these objects an event told of that is still remembered."""
        asked = "SELECT subject FROM events WHERE subject = ANY(%s)"
        return {subject for (subject,) in await self._execute(asked, [*subjects])}

    async def position(self, name: str, /) -> str | None:
        """What was noted last under a name; None if nothing was."""
        rows = await self._execute("SELECT value FROM positions WHERE name = %s", name)
        return rows[0][0] if rows else None

    async def note_position(self, name: str, value: str, /) -> None:
        """Note how far something has come."""
        await self._execute(_NOTE, name, value)

    async def aclose(self) -> None:
        """Close the connections; the next use opens others."""
        pool, self._pool, self._app = self._pool, None, None
        if pool is not None:
            await pool.close()

    # What the worker does -----------------------------------------------------------------------

    async def work(self, run: Run, patience: Patience, /) -> None:
        """Hand over one letter at a time, the oldest first, until cancelled; see `Inbox.work`."""
        app = await self._opened()
        self._run, self._patience = run, patience
        rescuing = asyncio.create_task(self._rescue(app))
        try:
            await app.run_worker_async(
                queues=[_QUEUE],
                concurrency=1,
                install_signal_handlers=False,
                fetch_job_polling_interval=_LOOK,
                shutdown_graceful_timeout=0,  # who ends a worker has waited by then
                update_heartbeat_interval=self._lease / 3,
                stalled_worker_timeout=self._lease,
            )
        finally:
            rescuing.cancel()
            await asyncio.wait([rescuing])

    async def _handle(self, context: JobContext, event_id: str) -> None:
        """The job of an event."""
        try:
            await self._handled(context.job, event_id)
        finally:
            self._done = context.job, asyncio.get_running_loop().time()

    async def _handled(self, job: Job, event_id: str) -> None:
        run = self._run
        assert run is not None  # noqa: S101 - jobs run below `work` alone
        rows = await self._execute(_READ, event_id)
        if not rows:
            return  # it was handled, but its process died before procrastinate was told
        subject, body, unreadable, forgiven, reruns = rows[0]
        attempt = job.attempts + 1 - reruns  # a rerun counts as one for procrastinate
        letter = Letter(event_id=event_id, subject=subject, body=body, unreadable=unreadable)
        if unreadable is not None:
            failure: Failure | None = Failure(reason=unreadable, final=True)
        else:
            try:
                failure = await run(letter, attempt)
            except asyncio.CancelledError:
                await finished(self._execute(_FORGIVE, event_id))
                raise
        if failure is None:
            # Though it be cancelled in this moment, or it would be handled again.
            await finished(self._execute(_SETTLE, event_id))
            return
        await finished(self._execute(_FAIL, failure.reason, event_id))
        failures = job.attempts + 1 - forgiven
        if failure.final or failures >= self._patience.attempts:
            if unreadable is None:
                log_death(letter, attempt)
            raise _Failed(failure, None)
        raise _Failed(failure, self._patience.pause(failures))

    # When a worker dies -------------------------------------------------------------------------

    async def _rescue(self, app: App) -> None:
        """Let the events of workers that died be handled again, and forget what is old."""
        loop = asyncio.get_running_loop()
        prune_at = loop.time()
        while True:
            try:
                await self._rescue_own(app)
                await self._rescue_once(app)
                if loop.time() >= prune_at:
                    await self._prune(app)
                    prune_at = loop.time() + _PRUNE
            except (psycopg.Error, ConnectorException) as error:
                logger.warning("the inbox of events can't look after others: %s", type_name(error))
            await asyncio.sleep(self._lease / 3)

    async def _rescue_own(self, app: App) -> None:
        """Let an event go of which procrastinate could not note what became of it.

        Its job would be under way for as long as this worker lives, and all others behind it.
        """
        done = self._done
        if done is None or asyncio.get_running_loop().time() - done[1] < self._lease / 3:
            return
        self._done = None
        for job in await app.job_manager.list_jobs_async(
            id=done[0].id, status=Status.DOING.value, worker_id=done[0].worker_id
        ):
            await app.job_manager.retry_job(job)

    async def _rescue_once(self, app: App) -> None:
        async with self._connection() as connection:
            # One at a time: what another has let run again in the meantime may be at work.
            mine = await connection.execute(
                "SELECT 1 WHERE pg_try_advisory_xact_lock(hashtext(%s))", [f"{self._schema} rescue"]
            )
            if await mine.fetchone() is None:
                return
            for job in await app.job_manager.get_stalled_jobs(
                queue=_QUEUE, seconds_since_heartbeat=self._lease
            ):
                event_id = str(job.queueing_lock)
                rows = await self._execute(
                    "SELECT forgiven FROM events WHERE event_id = %s", event_id
                )
                begun = job.attempts + 1 - rows[0][0]
                if begun < self._patience.attempts:
                    await app.job_manager.retry_job(job)
                else:
                    reason = f"its handler was begun {begun} times, and each process ended"
                    await self._execute(_FAIL, reason, event_id)
                    await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)
                    logger.error("event %s is a dead letter: %s", event_id, reason)

    async def _prune(self, app: App) -> None:
        hours = max(1, int(self._remember / timedelta(hours=1)))
        await app.job_manager.delete_old_jobs(hours, queue=_QUEUE)
        await self._execute(_PRUNE_EVENTS, self._remember)

    # The database -------------------------------------------------------------------------------

    async def _failed(self, event_id: str | None = None) -> list[Job]:
        app = await self._opened()
        found = await app.job_manager.list_jobs_async(
            queue=_QUEUE, status=Status.FAILED.value, queueing_lock=event_id
        )
        return [*found]

    async def _opened(self) -> App:
        """The application of procrastinate, with its tables."""
        async with self._opening:
            if self._app is not None:
                return self._app
            pool = self._pool
            if pool is None:
                pool = self._pool = AsyncConnectionPool(
                    self._dsn,
                    kwargs={"options": f"-c search_path={_quoted(self._schema)}"},
                    connection_class=Connection,
                    min_size=1,
                    max_size=8,
                    timeout=_PATIENCE,
                    # Each failure doubles the pause before the next attempt. Whoever waits after
                    # this begins anew, so that no long outage is followed by minutes of pause.
                    reconnect_timeout=_PATIENCE,
                    open=False,
                    check=AsyncConnectionPool.check_connection,
                )
                await pool.open()
            await self._make_tables()
            app = App(connector=PsycopgConnector())
            app.task(name=_TASK, queue=_QUEUE, pass_context=True, retry=_Retry())(self._handle)
            await app.open_async(pool)
            self._app = app
            return app

    async def _make_tables(self) -> None:
        async with self._connection() as connection:
            # Two who make them at once would collide in spite of IF NOT EXISTS.
            await connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{self._schema} tables"]
            )
            found = await connection.execute(
                "SELECT 1 FROM pg_tables WHERE schemaname = %s AND tablename = 'positions'",
                [self._schema],
            )
            if await found.fetchone() is None:
                schema = Identifier(self._schema)
                await connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(schema))
                await connection.execute(SchemaManager.get_schema())
                await connection.execute(_TABLES)

    @asynccontextmanager
    async def _connection(self) -> AsyncGenerator[Connection]:
        """A connection, and a transaction in it."""
        pool = self._pool
        if pool is None:
            raise ConfigurationError("the inbox was closed while it was used")
        async with pool.connection() as connection:
            yield connection

    async def _execute(self, statement: Any, *values: Any) -> list[Any]:
        """Do one thing, and give its rows."""
        await self._opened()
        async with self._connection() as connection:
            cursor = await connection.cursor(row_factory=tuple_row).execute(statement, values)
            return await cursor.fetchall() if cursor.description else []


def _is_readable(dsn: str) -> bool:
    """Whether it can be read; else it would be quoted in the log of each attempt to connect."""
    try:
        conninfo_to_dict(dsn)
    except psycopg.Error:
        return False
    return True


def _quoted(name: str) -> str:
    """A name as it stands in an option of libpq: an identifier, with what ends a word escaped."""
    quoted = '"' + name.replace('"', '""') + '"'
    return quoted.replace("\\", "\\\\").replace(" ", "\\ ")
