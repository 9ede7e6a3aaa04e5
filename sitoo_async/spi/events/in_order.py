"""How an inbox that keeps its own line hands letters over: one by one, the oldest first."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Final, TypeVar

import attrs

from sitoo_async.spi.events.inbox import Letter, Patience, Run
from sitoo_async.spi.events.reason import reason

__all__ = ["InOrder", "Taken", "finished", "log_death"]

logger: logging.Logger = logging.getLogger("sitoo_async")

T = TypeVar("T")

_LOOK: Final = 0.5
"""Seconds between looks for what another process brought, or whether its worker is gone."""

_PRUNE: Final = 3600.0
"""Seconds between looks for what is to be forgotten."""

_SHORTEST: Final = 0.5
_LONGEST: Final = 10.0
"""Seconds before a store that failed is tried again, at first and at most."""


@attrs.frozen(kw_only=True)
class Taken:
    """The oldest letter, which is being handed over.

    Attributes:
        place: its place in the line.
        letter: the letter.
        attempt: how often its handler was begun, this time included.
        failures: how often it did not get through, this time included until it does.
    """

    place: int
    letter: Letter
    attempt: int
    failures: int


class InOrder(ABC):
    """What `MemoryInbox` and `SQLiteInbox` share."""

    def __init__(self) -> None:
        self._bell: tuple[asyncio.AbstractEventLoop, asyncio.Event] | None = None

    # The store ----------------------------------------------------------------------------------

    @abstractmethod
    async def _begin_turn(self) -> bool:
        """Become the one worker that is at work; tell whether there was none."""

    @abstractmethod
    async def _end_turn(self) -> None:
        """Let another worker take over."""

    @abstractmethod
    async def _take(self) -> Taken | None:
        """The oldest letter that waits, if there is one; counted as failed until it is not."""

    @abstractmethod
    async def _settle(self, taken: Taken) -> None:
        """Note that it was handled."""

    @abstractmethod
    async def _bury(self, taken: Taken, reason: str) -> None:
        """Make a dead letter of it."""

    @abstractmethod
    async def _give_back(self, taken: Taken) -> None:
        """Note that it was interrupted, which is no failure."""

    @abstractmethod
    async def _prune(self) -> None:
        """Forget what was handled long enough ago."""

    # The work -----------------------------------------------------------------------------------

    def _ring(self) -> None:
        """Tell the worker, if it is one of this process, that there is something to do."""
        bell = self._bell
        if bell is not None:
            with suppress(RuntimeError):  # its loop was closed in this very moment
                bell[0].call_soon_threadsafe(bell[1].set)

    async def work(self, run: Run, patience: Patience, /) -> None:
        """Hand over one letter at a time, the oldest first, until cancelled; see `Inbox.work`."""
        told = False
        while not await _patiently(self._begin_turn, undo=self._begun_in_vain):
            if not told:
                logger.info("another worker handles events; this one takes over when it ends")
                told = True
            await asyncio.sleep(_LOOK)
        loop = asyncio.get_running_loop()
        bell = asyncio.Event()
        self._bell = loop, bell
        try:
            prune_at = loop.time()
            while True:
                if loop.time() >= prune_at:
                    await _patiently(self._prune)
                    prune_at = loop.time() + _PRUNE
                bell.clear()
                taken = await _patiently(self._take, undo=self._put_back)
                if taken is not None:
                    await self._hand_over(taken, run, patience)
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK):
                        await bell.wait()
        finally:
            self._bell = None
            await _at_least_tried(self._end_turn())

    async def _hand_over(self, taken: Taken, run: Run, patience: Patience) -> None:
        if taken.failures > patience.attempts:
            # It was never told that it failed: whoever had begun it died.
            reason = f"its handler was begun {taken.failures - 1} times, and each process ended"
            await self._give_up(taken, reason)
            return
        try:
            failure = await run(taken.letter, taken.attempt)
        except asyncio.CancelledError:
            await _at_least_tried(self._give_back(taken))
            raise
        if failure is None:
            await _patiently(lambda: self._settle(taken))
        elif failure.final or taken.failures >= patience.attempts:
            await self._give_up(taken, failure.reason)
        else:
            await asyncio.sleep(patience.pause(taken.failures))

    async def _begun_in_vain(self, begun: bool) -> None:  # noqa: FBT001 - as it was given
        if begun:
            await self._end_turn()

    async def _put_back(self, taken: Taken | None) -> None:
        if taken is not None:
            await self._give_back(taken)

    async def _give_up(self, taken: Taken, reason: str) -> None:
        await _patiently(lambda: self._bury(taken, reason))
        log_death(taken.letter, taken.attempt)


def log_death(letter: Letter, attempts: int) -> None:
    """Say that an event was given up, whichever inbox it was in."""
    logger.error(
        "event %s is a dead letter after attempt %d; see dead_letters() and rerun()",
        letter.event_id,
        attempts,
    )


async def finished(
    work: Coroutine[Any, Any, T], undo: Callable[[T], Coroutine[Any, Any, None]] | None = None
) -> T:
    """Do something to its end, though the caller be cancelled, which it is told afterwards.

    However often that is, as by anyio's scopes; and whatever came of it then, so that a failure
    does not take the place of the cancellation.

    Args:
        work: what is to be done.
        undo: what is to be done with its result then, which nobody takes.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is None:
        return task.result()
    if not task.cancelled() and task.exception() is None and undo is not None:
        await _at_least_tried(undo(task.result()))
    raise cancelled


async def _at_least_tried(work: Coroutine[Any, Any, object]) -> None:
    """Do something to its end that no event depends on; what it fails with is told."""
    try:
        await finished(work)
    except Exception as error:  # noqa: BLE001 - whatever it is, what it belongs to is over
        logger.warning("the inbox of events failed at the end of its work: %s", reason(error))


async def _patiently(
    work: Callable[[], Coroutine[Any, Any, T]],
    undo: Callable[[T], Coroutine[Any, Any, None]] | None = None,
) -> T:
    """Do something with the store, again and again if need be: a worker outlives its failures."""
    pause = _SHORTEST
    while True:
        try:
            done = await finished(work(), undo)
        except Exception as error:  # noqa: BLE001 - whatever it is, events wait
            if pause == _SHORTEST:
                logger.error(  # noqa: TRY400 - what it says may be content
                    "the inbox of events failed, and is tried until it works again: %s",
                    reason(error),
                )
        else:
            if pause > _SHORTEST:
                logger.warning("the inbox of events works again")
            return done
        await asyncio.sleep(pause)
        pause = min(2 * pause, _LONGEST)
