"""The lane's side of a gate: asking for the right to use the key, and giving it back.

Nothing waits here either. A task asks the gate, and its end calls the lane; a gate that has its
answer at once needs no task.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Coroutine
from contextvars import Context
from typing import Any, cast

from sitoo_async._checks.show import told, type_name
from sitoo_async._gates import Gate, Grant, PromptGate
from sitoo_async.errors import GateLostError, LaneError

__all__ = ["Gatekeeper", "failure_of"]

logger = logging.getLogger("sitoo_async")


class Gatekeeper:
    """One lane's way through a gate; at any time it asks for the right, has it, or gives it back.

    Args:
        loop: the lane's loop.
        gate: who gives the right.
        key: what the right is for.
        taken: called with the grant when the right is there.
        failed: called with the reason when it could not be had.
        given: called when it was given back; with what to hold back for if that did not go well.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        gate: Gate,
        key: str,
        *,
        taken: Callable[[Grant], None],
        failed: Callable[[BaseException], None],
        given: Callable[[str | None], None],
    ) -> None:
        self._loop = loop
        self._gate = gate
        self._prompt = gate if isinstance(gate, PromptGate) else None
        self._key = key
        self._taken = taken
        self._failed = failed
        self._given = given
        self._task: asyncio.Task[Any] | None = None
        self._taking = False
        self._withdrawn = False
        self.held: bool = False

    @property
    def busy(self) -> bool:
        """Whether it asks for the right, has it, or gives it back."""
        return self.held or self._task is not None

    @property
    def asking(self) -> bool:
        """Whether it waits for the right."""
        return self._task is not None and self._taking

    def take(self) -> None:
        """Ask for the right, unless an answer is awaited already."""
        if self._task is not None:
            return
        if self._prompt is not None:
            try:
                grant = self._acquire_now(self._prompt)
            except Exception as failure:  # noqa: BLE001  # whoever waits is told
                # Not here and now: whoever waits may be served by another key, asked next.
                self._take_by(_failing(failure))
                return
            except BaseException as failure:
                self._failed(failure)  # whoever waits is told in any case
                raise
            if grant is not None:
                self._have(grant)
                return
        self._take_by(self._acquire())

    def give(self, hold: float) -> None:
        """Give the right back, and tell for how many seconds the key is on hold."""
        self.held = self._taking = False
        if self._prompt is None:
            self._ask(self._release(hold), self._on_given)
            return
        try:
            self._prompt.release_now(self._key, hold)
        except BaseException as failure:
            self._have_given(failure)  # the lane is told in any case
            if not isinstance(failure, Exception):
                raise
        else:
            self._have_given(None)

    def _take_by(self, question: Coroutine[Any, Any, Grant]) -> None:
        self._taking, self._withdrawn = True, False
        self._ask(question, self._on_taken)

    async def settle(self) -> bool:
        """Wait for the gate's answer; a right that is only asked for is asked for no longer.

        Returns:
            Whether an answer was awaited.
        """
        if self._task is None:
            return False
        if self._taking:
            self._withdrawn = True
            self._task.cancel()
        await asyncio.wait({self._task})
        return True

    # Coroutines of ours: what a gate raises before it has made one of its own ends them likewise.

    async def _acquire(self) -> Grant:
        grant = await self._gate.acquire(self._key)
        try:
            _check(grant)
        except Exception:
            # As far as the gate knows, the right was taken.
            await self._gate.release(self._key, 0.0)
            raise
        return grant

    async def _release(self, hold: float) -> None:
        await self._gate.release(self._key, hold)

    def _acquire_now(self, gate: PromptGate) -> Grant | None:
        grant = gate.acquire_now(self._key)
        if grant is not None:
            try:
                _check(grant)
            except Exception:
                gate.release_now(self._key, 0.0)
                raise
        return grant

    def _ask(
        self, question: Coroutine[Any, Any, Any], answered: Callable[[asyncio.Task[Any]], None]
    ) -> None:
        # A context of its own: the gate serves the key, not the call that happens to be first.
        self._task = self._loop.create_task(question, context=Context())
        self._task.add_done_callback(answered, context=Context())

    def _on_taken(self, task: asyncio.Task[Grant]) -> None:
        self._task = None
        failure = failure_of(task)
        if failure is None:
            self._have(task.result())
        elif self._withdrawn:
            # Somebody may have come to wait since.
            self._given(None)
        else:
            self._failed(failure)

    def _have(self, grant: Grant) -> None:
        self.held = True
        self._taken(grant)

    def _on_given(self, task: asyncio.Task[None]) -> None:
        self._task = None
        self._have_given(failure_of(task))

    def _have_given(self, failure: BaseException | None) -> None:
        if failure is None:
            self._given(None)
            return
        if isinstance(failure, GateLostError):
            reason = "the gate was lost while it was held"
        else:
            reason = "the gate could not be given back"
        try:
            logger.error("%s: %s", reason, told(failure))
        finally:
            self._given(reason)  # whatever whoever reads the log does


async def _failing(failure: Exception) -> Grant:
    try:
        raise failure
    finally:
        del failure  # its traceback leads here


def failure_of(task: asyncio.Task[Any]) -> BaseException | None:
    """What a task that is done ended with, where that is no result."""
    return asyncio.CancelledError() if task.cancelled() else task.exception()


def _check(grant: object) -> None:
    """Refuse what a gate gave for a grant and is none.

    Raises:
        LaneError: it is something else, or says something else than a grant does.
    """
    if not isinstance(grant, Grant):
        raise LaneError(f"it gave a {type_name(grant)} where a Grant is due")
    hold: object = grant.hold
    number = isinstance(hold, (int, float)) and not isinstance(hold, bool)
    # NaN is neither above nor below, and an int may be beyond any float.
    if not (number and 0 <= cast("float", hold) <= sys.float_info.max):
        raise LaneError("it gave a Grant whose hold is no number of seconds, from 0")
    if not isinstance(grant.abandoned, bool):
        raise LaneError("it gave a Grant whose abandoned is no bool")
