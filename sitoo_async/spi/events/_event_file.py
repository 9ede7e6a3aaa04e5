"""The file of an SQLite inbox: its tables, what is done to them, and when the disk is waited for.

Everything here is synchronous, and done by one thread. A connection that failed is closed, and the
next use opens another: what was wrong may have been mended, or the file been replaced.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Collection, Generator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sitoo_async.errors import ConfigurationError
from sitoo_async.spi.events.in_order import Taken
from sitoo_async.spi.events.inbox import DeadLetter, Letter

__all__ = ["EventFile"]

_BUSY: Final = 5.0
"""Seconds that a statement waits for those of other processes. With one more to open the file,
Sitoo has its answer well within the twelve seconds."""

_VERSION: Final = 1
_APPLICATION: Final = 0x51700E  # what tells our files from all others

_WAITING, _HANDLED, _DEAD = range(3)

# A handled letter keeps its place, without its body, until it is forgotten: that is how a repeat is
# known. Places are never given again, so that the oldest has the lowest.
_TABLES: Final = """
CREATE TABLE letters (
    place INTEGER PRIMARY KEY AUTOINCREMENT,
    event_id TEXT NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    subject TEXT,
    body BLOB,
    reason TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    failures INTEGER NOT NULL DEFAULT 0,
    received_at REAL NOT NULL,
    ended_at REAL
);
CREATE INDEX waiting ON letters (place) WHERE state = 0;
CREATE INDEX handled ON letters (ended_at) WHERE state = 1;
CREATE INDEX dead ON letters (place) WHERE state = 2;
CREATE INDEX subjects ON letters (subject) WHERE subject IS NOT NULL;
CREATE TABLE positions (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
"""

_ADD: Final = """
INSERT INTO letters (event_id, state, subject, body, reason, received_at, ended_at)
VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (event_id) DO NOTHING
"""

_OLDEST: Final = """
SELECT place, event_id, subject, body, attempts + 1, failures + 1
FROM letters WHERE state = 0 ORDER BY place LIMIT 1
"""

# By the id too: in a file that was replaced meanwhile, the same place is that of another letter.

_BEGIN: Final = """
UPDATE letters SET attempts = attempts + 1, failures = failures + 1
WHERE place = ? AND event_id = ?
"""

_GIVE_BACK: Final = "UPDATE letters SET failures = failures - 1 WHERE place = ? AND event_id = ?"

_END: Final = """
UPDATE letters SET state = 1, body = NULL, ended_at = ? WHERE place = ? AND event_id = ?
"""

_BURY: Final = """
UPDATE letters SET state = 2, reason = ?, ended_at = ? WHERE place = ? AND event_id = ?
"""

_DEAD_LETTERS: Final = """
SELECT event_id, body, reason, attempts, received_at, ended_at
FROM letters WHERE state = 2 ORDER BY place LIMIT ?
"""

_REMOVE: Final = """
DELETE FROM letters WHERE state = 2 AND event_id = ?
RETURNING event_id, subject, body, attempts, received_at
"""

# With a new place, behind those that wait.
_AGAIN: Final = """
INSERT INTO letters (event_id, state, subject, body, attempts, received_at)
VALUES (?, 0, ?, ?, ?, ?)
"""

_DISCARD: Final = """
UPDATE letters SET state = 1, body = NULL, ended_at = ? WHERE state = 2 AND event_id = ?
"""

_NOTE: Final = """
INSERT INTO positions (name, value) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET value = excluded.value
"""

_PRUNE: Final = """
DELETE FROM letters WHERE place IN (
    SELECT place FROM letters WHERE state = 1 AND ended_at < ? LIMIT 1000
)
"""


_making: Final = threading.Lock()


class EventFile:
    """An SQLite file that holds an inbox; it is opened when it is first used.

    Args:
        path: where it is; it is made if it is not there, for this user alone.

    Each method may raise `sqlite3.Error`; nothing was done then.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._found: os.stat_result | None = None
        self._turn = path.with_name(f"{path.name}-worker")
        self._lock: sqlite3.Connection | None = None
        self._locked: os.stat_result | None = None

    # What comes in ------------------------------------------------------------------------------

    def add(self, letters: Sequence[Letter]) -> int:
        """Write a batch down, and return when the disk has it; see `Inbox.add`."""
        now = time.time()
        new = 0
        with self._transaction(durable=True) as connection:
            for letter in letters:
                readable = letter.unreadable is None
                new += connection.execute(
                    _ADD,
                    (
                        letter.event_id,
                        _WAITING if readable else _DEAD,
                        letter.subject,
                        letter.body,
                        letter.unreadable,
                        now,
                        None if readable else now,
                    ),
                ).rowcount
        return new

    # What the worker does -----------------------------------------------------------------------

    # If the power fails, what was done last may be undone, and handled again: that is promised
    # anyway, and no event waits for the disk twice.

    def take(self) -> Taken | None:
        """The oldest letter that waits; counted as failed until something else is said."""
        if not self._has_turn():
            return None
        row = self._open().execute(_OLDEST).fetchone()
        if row is None:
            return None
        place, event_id, subject, body, attempt, failures = row
        self._do(_BEGIN, place, event_id)
        letter = Letter(event_id=event_id, subject=subject, body=body)
        return Taken(place=place, letter=letter, attempt=attempt, failures=failures)

    def give_back(self, taken: Taken) -> None:
        """Note that it was interrupted."""
        self._do(_GIVE_BACK, taken.place, taken.letter.event_id)

    def settle(self, taken: Taken) -> None:
        """Note that it was handled."""
        self._do(_END, time.time(), taken.place, taken.letter.event_id)

    def bury(self, taken: Taken, reason: str) -> None:
        """Make a dead letter of it."""
        self._do(_BURY, reason, time.time(), taken.place, taken.letter.event_id)

    def prune(self, remember: float) -> bool:
        """Forget some of what was handled before that many seconds; tell whether there was any.

        In portions: whoever receives waits for none of them for long.
        """
        return self._do(_PRUNE, time.time() - remember) > 0

    # What others ask ----------------------------------------------------------------------------

    def waiting(self) -> int:
        """How many wait."""
        (number,) = self._open().execute("SELECT count(*) FROM letters WHERE state = 0").fetchone()
        return int(number)

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """Those that were given up, the oldest first."""
        return [
            DeadLetter(
                event_id=event_id,
                body=body,
                reason=reason,
                attempts=attempts,
                received_at=datetime.fromtimestamp(received_at, UTC),
                died_at=datetime.fromtimestamp(died_at, UTC),
            )
            for event_id, body, reason, attempts, received_at, died_at in self._open().execute(
                _DEAD_LETTERS, (limit,)
            )
        ]

    def rerun(self, event_id: str) -> bool:
        """Let a dead letter wait again."""
        with self._transaction(durable=True) as connection:
            rows = connection.execute(_REMOVE, (event_id,)).fetchall()
            connection.executemany(_AGAIN, rows)
        return bool(rows)

    def discard(self, event_id: str) -> bool:
        """Take a dead letter for handled."""
        return self._do(_DISCARD, time.time(), event_id) > 0

    def told(self, subjects: Collection[str]) -> set[str]:
        """Which of these objects an event told of."""
        connection = self._open()
        asked = "SELECT 1 FROM letters WHERE subject = ? LIMIT 1"
        return {each for each in subjects if connection.execute(asked, (each,)).fetchone()}

    def position(self, name: str) -> str | None:
        """What was noted under a name."""
        asked = "SELECT value FROM positions WHERE name = ?"
        row = self._open().execute(asked, (name,)).fetchone()
        return None if row is None else row[0]

    def note_position(self, name: str, value: str) -> None:
        """Note something under a name."""
        self._do(_NOTE, name, value)

    # The turn -----------------------------------------------------------------------------------

    def lock(self) -> bool:
        """Become the one process that works; tell whether there was none.

        A file of its own, which SQLite locks for us: that works on each system, and the kernel
        frees it when the process dies, however it dies.
        """
        lock = self._connect(self._turn, patience=0)
        try:
            lock.execute("BEGIN EXCLUSIVE")
            self._locked = self._turn.stat()
        except BaseException as error:
            lock.close()
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
                return False
            raise
        self._lock = lock
        return True

    def _has_turn(self) -> bool:
        """Whether the turn is ours still: of a file that was removed, another has made its own."""
        with suppress(FileNotFoundError):
            if self._locked is not None and os.path.samestat(self._turn.stat(), self._locked):
                return True
        self.unlock()
        return self.lock()

    def unlock(self) -> None:
        """Let another process work."""
        lock, self._lock, self._locked = self._lock, None, None
        if lock is not None:
            lock.close()

    # The connection -----------------------------------------------------------------------------

    def close(self) -> None:
        """Close the file; the next use opens it again.

        Whoever is at work stays so: it goes on, and is not to be joined by another.
        """
        self._drop()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):  # one that failed may fail here too, and is gone then
                connection.close()

    @contextmanager
    def _transaction(self, *, durable: bool) -> Generator[sqlite3.Connection]:
        """All of what is done inside, or nothing.

        Args:
            durable: whether it has to outlast a loss of power.
        """
        connection = self._open()
        try:
            # FULL: the disk has it before we go on. Sitoo forgets what it was thanked for.
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            self._drop()  # which undoes it
            raise

    def _do(self, statement: str, *values: object) -> int:
        """Do one thing; tell how many letters it was done to."""
        with self._transaction(durable=False) as connection:
            return connection.execute(statement, values).rowcount

    def _open(self) -> sqlite3.Connection:
        """The connection; another one where the file is not the one that it was made for.

        What is written to a file that was moved away or removed would be lost without a word.
        """
        if self._connection is not None:
            with suppress(FileNotFoundError):
                found = self._path.stat()
                if self._found is not None and os.path.samestat(found, self._found):
                    return self._connection
            self._drop()
        connection = self._connect(self._path, patience=_BUSY)
        try:
            _prepare(connection, self._path)
            self._found = self._path.stat()
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _connect(self, path: Path, patience: float) -> sqlite3.Connection:
        try:
            # What others can't read: made before SQLite would make it by its own rights. One that
            # is there must not be opened so: when a process closes a file, the kernel takes all
            # locks on it from that process, those of SQLite's other connections too.
            with _making, suppress(FileExistsError):
                os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
            return sqlite3.connect(path, timeout=patience, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(
                f"the inbox {path} can't be opened: {error}; name a file in a directory that is"
                " there, on a disk of this host, and that this user writes to"
            ) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables where they are missing; refuse a file that is not an inbox of ours."""
    _write_ahead(connection)
    connection.execute("PRAGMA fullfsync = ON")  # macOS: else the disk may keep it for later
    connection.execute("BEGIN IMMEDIATE")  # or two processes would make them at once
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if application == 0 and version == 0 and not _tables(connection):
        for statement in _TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {_APPLICATION}")
        connection.execute(f"PRAGMA user_version = {_VERSION}")
    elif application != _APPLICATION:
        raise ConfigurationError(f"{path} is a database of something else; name another file")
    elif version != _VERSION:
        raise ConfigurationError(
            f"the inbox {path} was made by another version of sitoo_async (layout {version}, not"
            f" {_VERSION}); use that one, or name another file"
        )
    connection.execute("COMMIT")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and the writer not wait for each other, and a commit be one write."""
    until = time.monotonic() + _BUSY
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # Of several that open a new file at once, SQLite lets none wait.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
        else:
            return


def _tables(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is not None
