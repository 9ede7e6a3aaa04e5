"""The inbox in memory, for tests: whatever waits in it dies with the process."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta

import attrs

from sitoo_async.spi.events.in_order import InOrder, Taken
from sitoo_async.spi.events.inbox import DeadLetter, Letter, memory_of

__all__ = ["MemoryInbox"]

logger: logging.Logger = logging.getLogger("sitoo_async")


@attrs.define(eq=False)
class _Kept:
    letter: Letter
    received_at: float
    attempts: int = 0
    failures: int = 0
    reason: str = ""
    ended_at: float = 0.0


class MemoryInbox(InOrder):
    """Events in the memory of one process, for tests and for trying things out.

    **What it holds dies with the process**, and Sitoo does not send it again: it was answered with
    200. The log says so once, as a warning. Use `SQLiteInbox` for anything that matters.

    Args:
        remember: how long an `event_id` that was handled is known, so that a repeat does no harm.
            Sitoo repeats for a day.

    Raises:
        InvalidOptionError: an option that can't work.
    """

    def __init__(self, *, remember: timedelta = timedelta(days=7)) -> None:
        super().__init__()
        self._remember = memory_of(remember).total_seconds()
        self._waiting: dict[str, _Kept] = {}
        self._dead: dict[str, _Kept] = {}
        self._handled: dict[str, float] = {}
        self._subjects: dict[str, float] = {}
        self._positions: dict[str, str] = {}
        self._at_work = False
        self._warned = False

    def __repr__(self) -> str:
        return f"<MemoryInbox: {len(self._waiting)} waiting, {len(self._dead)} dead>"

    # What it is told ----------------------------------------------------------------------------

    async def add(self, letters: Sequence[Letter], /) -> int:
        """Keep a batch; see `Inbox.add`."""
        if not self._warned:
            self._warned = True
            logger.warning(
                "events are kept in memory, and die with this process; use SQLiteInbox instead"
            )
        now = time.time()
        known = (self._waiting, self._dead, self._handled)
        new = 0
        for letter in letters:
            if any(letter.event_id in each for each in known):
                continue
            new += 1
            kept = _Kept(letter, now)
            if letter.subject is not None:
                self._subjects[letter.subject] = now
            if letter.unreadable is None:
                self._waiting[letter.event_id] = kept
            else:
                kept.reason, kept.ended_at = letter.unreadable, now
                self._dead[letter.event_id] = kept
        self._ring()
        return new

    async def waiting(self) -> int:
        """How many wait, the one that is being handled among them."""
        return len(self._waiting)

    async def dead_letters(self, *, limit: int = 100) -> Sequence[DeadLetter]:
        """Those that were given up, the oldest first."""
        return [
            DeadLetter(
                event_id=event_id,
                body=kept.letter.body,
                reason=kept.reason,
                attempts=kept.attempts,
                received_at=datetime.fromtimestamp(kept.received_at, UTC),
                died_at=datetime.fromtimestamp(kept.ended_at, UTC),
            )
            for event_id, kept in [*self._dead.items()][:limit]
        ]

    async def rerun(self, event_id: str, /) -> bool:
        """Let a dead letter be handled again, behind those that wait; tell whether it was there."""
        kept = self._dead.pop(event_id, None)
        if kept is None:
            return False
        kept.failures = 0
        self._waiting[event_id] = kept
        self._ring()
        return True

    async def discard(self, event_id: str, /) -> bool:
        """Take a dead letter for handled; tell whether there was one."""
        kept = self._dead.pop(event_id, None)
        if kept is None:
            return False
        self._end(kept)
        return True

    async def told(self, subjects: Collection[str], /) -> Collection[str]:
        """Which of these objects an event told of that is still remembered."""
        return {subject for subject in subjects if subject in self._subjects}

    async def position(self, name: str, /) -> str | None:
        """What was noted last under a name; None if nothing was."""
        return self._positions.get(name)

    async def note_position(self, name: str, value: str, /) -> None:
        """Note how far something has come."""
        self._positions[name] = value

    async def aclose(self) -> None:
        """Do nothing: there is nothing to let go of, and what it holds stays."""

    # What the worker does -----------------------------------------------------------------------

    async def _begin_turn(self) -> bool:
        if self._at_work:
            return False
        self._at_work = True
        return True

    async def _end_turn(self) -> None:
        self._at_work = False

    async def _take(self) -> Taken | None:
        kept = next(iter(self._waiting.values()), None)
        if kept is None:
            return None
        kept.attempts += 1
        kept.failures += 1
        return Taken(place=0, letter=kept.letter, attempt=kept.attempts, failures=kept.failures)

    async def _settle(self, taken: Taken) -> None:
        self._end(self._waiting.pop(taken.letter.event_id))

    async def _bury(self, taken: Taken, reason: str) -> None:
        kept = self._dead[taken.letter.event_id] = self._waiting.pop(taken.letter.event_id)
        kept.reason, kept.ended_at = reason, time.time()

    async def _give_back(self, taken: Taken) -> None:
        self._waiting[taken.letter.event_id].failures -= 1

    async def _prune(self) -> None:
        before = time.time() - self._remember
        for times in (self._handled, self._subjects):
            for key in [each for each, moment in times.items() if moment < before]:
                del times[key]

    def _end(self, kept: _Kept) -> None:
        self._handled[kept.letter.event_id] = time.time()
