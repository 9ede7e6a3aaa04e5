"""What becomes of one event: its handler is found and run, and what it fails with is told."""

from __future__ import annotations

import asyncio
import inspect
import logging
import signal
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, TypedDict

from sitoo_async._codec.base import Model, replace
from sitoo_async._codec.codec import decode_item
from sitoo_async.errors import DecodeError, InvalidInputError, printable
from sitoo_async.spi._core.running import Outcome
from sitoo_async.spi.events.handlers import AnyHandler
from sitoo_async.spi.events.in_order import finished
from sitoo_async.spi.events.inbox import Failure, Inbox, Letter, Patience
from sitoo_async.spi.events.objects import Event, EventType, handed_over
from sitoo_async.spi.events.reason import reason, reason_of_handler

if TYPE_CHECKING:
    from sitoo_async._client import SitooClient

__all__ = ["Worker", "WorkerOptions", "told_to_end"]

logger: logging.Logger = logging.getLogger("sitoo_async")

_KNOWN: Final = frozenset[str](EventType)
_ANEW: Final = 10.0
"""Seconds before an inbox is put to work again that gave up."""

_UNWILLING: Final = 10.0
"""Seconds after which it is told of a handler that it goes on though it was cancelled."""


class WorkerOptions(TypedDict, total=False):
    """What `Events.worker` takes, to be handed on by `Events.run_worker`."""

    attempts: int
    """How often a handler is tried before its event becomes a dead letter."""
    first_pause: float
    """Seconds before the second attempt; each further pause is twice as long."""
    longest_pause: float
    """Seconds that a pause lasts at the most."""
    handler_timeout: float
    """Seconds that a handler may take before it is cut short."""
    grace: float
    """Seconds for the handler that is at work when the worker is to end."""


class Worker:
    """Runs the handlers, one event at a time, for as long as its ``async with`` lasts.

    It is made by `Events.worker`. Leaving the block lets the handler that is at work finish, for
    `grace` seconds at the most; where the block ends in an exception or a cancellation, the handler
    is cut short at once. What was cut short is handled again.

    Each handler has a task of its own, with its own context variables. One that goes on though it
    was cancelled can't be ended by anybody: no other is run beside it, the log tells of it, and
    leaving the block doesn't wait for it for longer than ten seconds.
    """

    def __init__(
        self,
        inbox: Inbox,
        handlers: Mapping[str, AnyHandler],
        sitoo: SitooClient,
        *,
        patience: Patience,
        handler_timeout: float,
        grace: float,
    ) -> None:
        self._inbox = inbox
        self._handlers = handlers
        self._sitoo = sitoo
        self._patience = patience
        self._timeout = handler_timeout
        self._grace = grace
        self._task: asyncio.Task[None]
        self._entered = False
        self._idle = asyncio.Event()
        self._idle.set()
        self._leaving = False
        self._untold = set[str]()

    async def run(self) -> None:
        """Work until cancelled; the handler that is at work then is cut short."""
        while True:
            try:
                await self._inbox.work(self._handle, self._patience)
            except Exception as error:  # noqa: BLE001 - whatever it is, events wait
                logger.error(  # noqa: TRY400 - what it says may be content
                    "the inbox of events gave up, and is begun anew: %s", reason(error)
                )
            await asyncio.sleep(_ANEW)

    async def __aenter__(self) -> Self:
        if self._entered:
            raise InvalidInputError("this worker is at work already; make another", field="worker")
        self._entered, self._leaving = True, False
        self._task = asyncio.create_task(self.run(), name="sitoo events")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._leaving = True
        try:
            if kind is None:
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._grace):
                        await self._idle.wait()
        finally:
            await finished(self._stop())

    async def _stop(self) -> None:
        self._task.cancel()
        # A second more than until it is told of a handler that doesn't end.
        await asyncio.wait([self._task], timeout=_UNWILLING + 1.0)
        self._entered = False

    # One event ----------------------------------------------------------------------------------

    async def _handle(self, letter: Letter, attempt: int) -> Failure | None:
        if self._leaving:
            await asyncio.get_running_loop().create_future()  # until cancelled, which is next
        self._idle.clear()
        try:
            return await self._handled(letter, attempt)
        finally:
            self._idle.set()

    async def _handled(self, letter: Letter, attempt: int) -> Failure | None:
        try:
            event = _read(letter, attempt)
        except DecodeError as error:
            return Failure(reason=f"not an event: {error.message}", final=True)
        except Exception as error:  # noqa: BLE001 - such as a warning that is made an error
            return Failure(reason=reason(error))
        handler = self._handler_of(event)
        if handler is None:
            return None
        loop = asyncio.get_running_loop()
        began = loop.time()
        why = await self._run(handler, event)
        if why is None:
            logger.debug(
                "event %s (%s) was handled in %.3f s",
                letter.event_id,
                printable(event.event_type, 40),
                loop.time() - began,
            )
            return None
        logger.warning(
            "event %s (%s): attempt %d failed: %s",
            letter.event_id,
            printable(event.event_type, 40),
            attempt,
            why,
        )
        return Failure(reason=why)

    async def _run(self, handler: AnyHandler, event: Event[Any]) -> str | None:
        """Run a handler to its end, and tell why it failed, if it did."""
        # A task of its own, so that none leaves context variables to the next, and a cancellation
        # that it makes away with is not that of the worker.
        task = asyncio.create_task(_outcome(handler, event, self._sitoo), name="sitoo event")
        try:
            await asyncio.wait([task], timeout=self._timeout)
        except asyncio.CancelledError:
            await finished(self._cut_short(task, event))
            raise
        if not task.done():
            await finished(self._cut_short(task, event))
            return f"it took longer than {self._timeout:g} s"
        try:
            error = task.result().error
        except asyncio.CancelledError as cancelled:
            error = cancelled  # the handler's own, of something that it had begun
        return None if error is None else reason_of_handler(error)

    async def _cut_short(self, task: asyncio.Task[Any], event: Event[Any]) -> None:
        """Cancel a handler, and wait for its end: no other may run beside it."""
        task.cancel()
        await asyncio.wait([task], timeout=_UNWILLING)
        if not task.done():
            logger.error(
                "the handler of event %s goes on though it was cancelled; no event is handled until"
                " it ends",
                event.event_id,
            )
            await asyncio.wait([task])

    def _handler_of(self, event: Event[Any]) -> AnyHandler | None:
        handler = self._handlers.get(event.event_type, self._handlers.get("*"))
        kind = printable(event.event_type, 40)
        # Unknown ones are Sitoo's to make up, so that their number has no bounds but this.
        if handler is None and event.event_type not in _KNOWN and len(self._untold) < 100:
            if kind not in self._untold:
                logger.warning(
                    "events of the type %s are not known here, and nobody asked for them; on_other"
                    " gets them",
                    kind,
                )
            self._untold.add(kind)
        return handler


@contextmanager
def told_to_end() -> Generator[asyncio.Event]:
    """An event that SIGTERM sets, where nobody else has a use for the signal."""
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    ours = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if ours:
        try:
            loop.add_signal_handler(signal.SIGTERM, end.set)
        except (NotImplementedError, RuntimeError, ValueError):
            ours = False  # Windows, or another thread than the first
    try:
        yield end
    finally:
        if ours:
            loop.remove_signal_handler(signal.SIGTERM)


def _read(letter: Letter, attempt: int) -> Event[Any]:
    """The event in a letter.

    Raises:
        DecodeError: it can't be read, or lacks what its handler is promised.
    """
    event: Event[Any] = decode_item(letter.body, Event, keep_unknown=True)
    if event.event_type in _KNOWN and not isinstance(getattr(event, "data", None), Model):
        raise DecodeError("its data is not an object", location="data")
    if event.event_id != letter.event_id:  # it came as a number, and is text everywhere else
        event = replace(event, event_id=letter.event_id)
    return handed_over(event, attempt)


async def _outcome(handler: AnyHandler, event: Event[Any], sitoo: SitooClient) -> Outcome:
    """What a handler fails with, even where it means to end the process: that fails one event."""
    try:
        made = await handler(event, sitoo)
        # As by `return work(event)` without an await, which else would never be done.
        while inspect.isawaitable(made):
            made = await made
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - it is told in the log, and events wait
        return Outcome(error=error)
    return Outcome()
