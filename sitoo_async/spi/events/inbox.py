"""What an inbox of events is: what it keeps, and what it promises to Sitoo and to the worker.

An event that was answered with 200 exists nowhere else: Sitoo forgets it. So an inbox has written
it down before that, and gives it up only when its handler is through, or somebody says so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol, cast, runtime_checkable

import attrs

from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a
from sitoo_async.errors import InvalidOptionError

__all__ = ["DeadLetter", "Failure", "Inbox", "Letter", "Patience", "Run", "memory_of", "unreadable"]


@attrs.frozen(kw_only=True)
class Letter:
    """One element of a batch, as an inbox keeps it.

    Attributes:
        event_id: what tells it from all others.
        subject: the object that it tells of, such as ``ORDER 12345``; None where that is not
            known. See `reconcile`.
        body: the element as it came: JSON, if it can be read.
        unreadable: why it can't be read; such a letter is a dead one from the beginning.
    """

    event_id: str
    subject: str | None = None
    body: bytes = attrs.field(repr=False)
    unreadable: str | None = None


@attrs.frozen(kw_only=True)
class DeadLetter:
    """An event that was given up: it could not be read, or its handler failed each time.

    Attributes:
        event_id: what `Events.rerun` and `Events.discard` take. Where Sitoo's own could not be
            read, it is made of the content.
        body: the element as it came; nothing shows it by itself.
        reason: what its handler failed with, or why it can't be read.
        attempts: how many times its handler was begun.
        received_at: when it came.
        died_at: when it was given up.
    """

    event_id: str
    body: bytes = attrs.field(repr=False)
    reason: str
    attempts: int
    received_at: datetime
    died_at: datetime


@attrs.frozen(kw_only=True)
class Failure:
    """A handler that did not get through.

    Attributes:
        reason: why, for the list of dead letters.
        final: whether another attempt can't do better.
    """

    reason: str
    final: bool = False


@attrs.frozen(kw_only=True)
class Patience:
    """How often a failing handler is tried, and how long the pauses are.

    Attributes:
        attempts: how often in all; a process that died in the middle of a handler counts.
        first_pause: seconds before the second attempt; each further pause is twice as long.
        longest_pause: seconds that a pause lasts at the most.
    """

    attempts: int = 10
    first_pause: float = 1.0
    longest_pause: float = 300.0

    def pause(self, failures: int) -> float:
        """Seconds to wait after that many failures in a row."""
        # Any more doublings exceed every pause that one would wait for, and float ends somewhere.
        return min(self.first_pause * 2.0 ** min(failures - 1, 64), self.longest_pause)


Run = Callable[[Letter, int], Awaitable[Failure | None]]
"""Runs the handler of a letter, given which attempt it is, from 1; None where it got through."""


@runtime_checkable
class Inbox(Protocol):
    """Where events wait for their handlers; `MemoryInbox`, `SQLiteInbox` and the like.

    One of your own has these methods. Whatever they raise, `add` for one, is answered with 503,
    so that Sitoo sends the batch again.
    """

    async def add(self, letters: Sequence[Letter], /) -> int:
        """Write a batch down in one transaction: all of it, or nothing.

        A letter whose `event_id` is known already, handled or not, is passed over. They are handled
        in the order in which they stand here, after all that came before.

        Returns:
            How many of them are new.
        """
        ...

    async def work(self, run: Run, patience: Patience, /) -> None:
        """Hand over one letter at a time, the oldest first, until cancelled.

        Among all workers of all processes one is at work, and another takes over when it dies.
        Whose handler was cut short is handed over again. A letter that fails holds up those behind
        it until it gets through or is given up.
        """
        ...

    async def waiting(self) -> int:
        """How many wait, the one that is being handled among them."""
        ...

    async def dead_letters(self, *, limit: int = 100) -> Sequence[DeadLetter]:
        """Those that were given up, the oldest first."""
        ...

    async def rerun(self, event_id: str, /) -> bool:
        """Let a dead letter be handled again, with all attempts; tell whether there was one."""
        ...

    async def discard(self, event_id: str, /) -> bool:
        """Take a dead letter for handled; tell whether there was one."""
        ...

    async def told(self, subjects: Collection[str], /) -> Collection[str]:
        """Which of these objects an event told of that is still remembered."""
        ...

    async def position(self, name: str, /) -> str | None:
        """What was noted last under a name; None if nothing was."""
        ...

    async def note_position(self, name: str, value: str, /) -> None:
        """Note how far something has come."""
        ...

    async def aclose(self) -> None:
        """Let go of files and connections; the next use opens them again."""
        ...


def memory_of(remember: object) -> timedelta:
    """How long what was handled is known, checked.

    Raises:
        InvalidOptionError: it is no duration.
    """
    if not is_a(remember, timedelta):
        raise InvalidOptionError(
            f"remember must be a duration such as timedelta(days=7), not {shown(remember)}",
            field="remember",
        )
    return cast("timedelta", remember)


_DIGITS: Final = 32  # of the hash, as many as a UUID has


def unreadable(body: bytes, reason: str) -> Letter:
    """A letter of what can't be read; the same bytes make the same letter."""
    digest = hashlib.blake2b(body, digest_size=_DIGITS // 2).hexdigest()
    return Letter(event_id=f"unreadable-{digest}", body=body, unreadable=reason)
