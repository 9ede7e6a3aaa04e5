"""The lane's side of a gate: asking for the right to use the key, and giving it back.

Nothing waits here either. A task asks the gate, and its end calls the lane; a gate that has its
answer at once needs no task.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from sitoo_async._gates import Gate, Grant, PromptGate
from sitoo_async._show import told
from sitoo_async.errors import GateLostError

__all__ = ["Turnstile", "failure_of"]

logger = logging.getLogger("sitoo_async")


class Turnstile:
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
                grant = self._prompt.acquire_now(self._key)
            except Exception as failure:  # noqa: BLE001  # whoever waits is told
                self._failed(failure)
                return
            if grant is not None:
                self._have(grant)
                return
        self._taking, self._withdrawn = True, False
        self._ask(self._gate.acquire(self._key), self._on_taken)

    def give(self, hold: float) -> None:
        """Give the right back, and tell for how many seconds the key is on hold."""
        self.held = self._taking = False
        if self._prompt is None:
            self._ask(self._gate.release(self._key, hold), self._on_given)
            return
        failure = None
        try:
            self._prompt.release_now(self._key, hold)
        except Exception as error:  # noqa: BLE001  # the lane is told
            failure = error
        self._have_given(failure)

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

    def _ask(
        self, question: Coroutine[Any, Any, Any], answered: Callable[[asyncio.Task[Any]], None]
    ) -> None:
        # A context of its own: the gate serves the key, not the call that happens to be first.
        self._task = self._loop.create_task(question, context=contextvars.Context())
        self._task.add_done_callback(answered)

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
        logger.error("%s: %s", reason, told(failure))
        self._given(reason)


def failure_of(task: asyncio.Task[Any]) -> BaseException | None:
    """What a task that is done ended with, where that is no result."""
    return asyncio.CancelledError() if task.cancelled() else task.exception()
