"""The inbox in an SQLite file: the embedded one, for one host with any number of processes."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeVar

from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a
from sitoo_async.errors import InvalidOptionError
from sitoo_async.spi.events._event_file import EventFile
from sitoo_async.spi.events.in_order import InOrder, Taken
from sitoo_async.spi.events.inbox import DeadLetter, Letter, memory_of

__all__ = ["SQLiteInbox"]

T = TypeVar("T")

_inherited: Final[list[EventFile]] = []


class SQLiteInbox(InOrder):
    """Events in a file, which outlast the process and a loss of power.

    Any number of processes of one host may receive into the same file. One worker at a time is at
    work on it; the others wait, and one of them takes over at once when its process ends, however
    it ends. Beside the file SQLite keeps two more (``-wal`` and ``-shm``), and one (``-worker``)
    says who is at work. The file must be on a disk of this host, not on a network share.

    A batch is thanked for when the disk has it (``synchronous=FULL``): Sitoo keeps nothing of it.
    What the worker notes needs no such wait, since an event may be handled again anyway. To copy
    the file, use SQLite's ``VACUUM INTO`` or its backup: a process that receives or works must not
    open it in any other way, for when it closes it, the system takes SQLite's locks away.

    Args:
        path: the file; it is made if it is not there, and nobody else may read it.
        remember: how long an `event_id` that was handled is known, so that a repeat does no harm.
            Sitoo repeats for a day. What is older is removed, an hour later at the latest; dead
            letters stay until somebody does something about them.

    Raises:
        InvalidOptionError: an option that can't work.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, remember: timedelta = timedelta(days=7)
    ) -> None:
        super().__init__()
        self._remember = memory_of(remember).total_seconds()
        if not is_a(path, (str, os.PathLike)) or not os.fspath(path):
            raise InvalidOptionError(
                f"path must be the path of a file, not {shown(path)}", field="path"
            )
        if path == ":memory:":
            raise InvalidOptionError(
                "path must be the path of a file; MemoryInbox() is the one in memory", field="path"
            )
        self._path = Path(path).absolute()  # a later chdir is not to move it
        self._start()

    def __repr__(self) -> str:
        return f"<SQLiteInbox: {self._path}>"

    def _start(self) -> None:
        # One thread, so that no connection is ever used by two, and calls keep their order.
        self._thread = ThreadPoolExecutor(1, "sitoo-events")
        self._file = EventFile(self._path)
        self._pid = os.getpid()

    async def _do(self, work: Callable[..., T], *given: object) -> T:
        if self._pid != os.getpid():
            # A forked child has no thread, and must not even close its parent's connection.
            _inherited.append(self._file)
            self._start()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, self._file, *given)

    # What it is told ----------------------------------------------------------------------------

    async def add(self, letters: Sequence[Letter], /) -> int:
        """Write a batch down; see `Inbox.add`.

        Raises:
            ConfigurationError: the file can't be opened, or is not an inbox.
            sqlite3.Error: it is locked, read-only, damaged, or the disk is full.
        """
        new = await self._do(EventFile.add, letters)
        self._ring()
        return new

    async def waiting(self) -> int:
        """How many wait, the one that is being handled among them."""
        return await self._do(EventFile.waiting)

    async def dead_letters(self, *, limit: int = 100) -> Sequence[DeadLetter]:
        """Those that were given up, the oldest first."""
        return await self._do(EventFile.dead_letters, limit)

    async def rerun(self, event_id: str, /) -> bool:
        """Let a dead letter be handled again, behind those that wait; tell whether it was there."""
        found = await self._do(EventFile.rerun, event_id)
        self._ring()
        return found

    async def discard(self, event_id: str, /) -> bool:
        """Take a dead letter for handled; tell whether there was one."""
        return await self._do(EventFile.discard, event_id)

    async def told(self, subjects: Collection[str], /) -> Collection[str]:
        """Which of these objects an event told of that is still remembered."""
        return await self._do(EventFile.told, subjects)

    async def position(self, name: str, /) -> str | None:
        """What was noted last under a name; None if nothing was."""
        return await self._do(EventFile.position, name)

    async def note_position(self, name: str, value: str, /) -> None:
        """Note how far something has come."""
        await self._do(EventFile.note_position, name, value)

    async def aclose(self) -> None:
        """Close the file; the next use opens it again."""
        await self._do(EventFile.close)

    # What the worker does -----------------------------------------------------------------------

    async def _begin_turn(self) -> bool:
        return await self._do(EventFile.lock)

    async def _end_turn(self) -> None:
        await self._do(EventFile.unlock)

    async def _take(self) -> Taken | None:
        return await self._do(EventFile.take)

    async def _settle(self, taken: Taken) -> None:
        await self._do(EventFile.settle, taken)

    async def _bury(self, taken: Taken, reason: str) -> None:
        await self._do(EventFile.bury, taken, reason)

    async def _give_back(self, taken: Taken) -> None:
        await self._do(EventFile.give_back, taken)

    async def _prune(self) -> None:
        while await self._do(EventFile.prune, self._remember):
            pass
