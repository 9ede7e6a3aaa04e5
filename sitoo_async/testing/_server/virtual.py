"""An event loop whose time is virtual, for tests that wait for minutes in milliseconds."""

from __future__ import annotations

import asyncio
import contextlib
import selectors
import time
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator

__all__ = ["VirtualTimeLoop", "run_virtual"]

T = TypeVar("T")

_START = 1000.0
"""Not 0, so that a forgotten start time shows up as a wait of a thousand seconds."""

_GRACE = 0.001
"""Real seconds given to bytes on their way through the kernel before time jumps."""


class _VirtualClock(selectors.DefaultSelector):
    """The selector of the loop: the one place where a loop waits, hence where time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = _START
        self.threads = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return super().select(timeout)
        if self.threads:
            # A thread needs real time, so the clock keeps pace with it until it is done.
            began = time.monotonic()
            events = super().select(timeout)
            self.now += time.monotonic() - began
            return events
        if timeout is None:
            return super().select(timeout)
        # The loop's own wake-up socket is always registered; any other may have bytes coming.
        grace = min(timeout, _GRACE) if len(self.get_map()) > 1 else 0
        events = super().select(grace)
        if not events:
            self.now += timeout
        return events


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An event loop that jumps to its next timer as soon as nothing else is left to do.

    ``loop.time()`` starts at 1000.0 and moves only when the loop would have slept, so
    ``asyncio.sleep``, ``asyncio.timeout`` and everything built on them take no real time, and the
    times that a test sees are exact. Sockets work as long as both ends live in this loop, such as
    `FakeSitoo` and a client: before each jump the loop looks for bytes that are still under way,
    for one millisecond at most.

    While ``run_in_executor`` has work under way (name resolution included), time passes at its
    real pace, and jumps again afterwards. Threads that are started in other ways, and processes at
    the other end of a socket or pipe, are not seen: a timer may fire before they answer. With no
    timer at all the loop blocks for real until something wakes it.

    Give it to ``asyncio.Runner(loop_factory=VirtualTimeLoop)``, or use `run_virtual`.

    Attributes:
        virtual_time: True. The lanes look for it: what they learn is not kept beyond the loop.
    """

    virtual_time: Final = True

    def __init__(self) -> None:
        self._clock = _VirtualClock()
        super().__init__(self._clock)

    def time(self) -> float:
        """Seconds of virtual time."""
        return self._clock.now

    @contextlib.contextmanager
    def _real_pace(self) -> Generator[None]:
        self._clock.threads += 1
        try:
            yield
        finally:
            self._clock.threads -= 1

    def run_in_executor(  # type: ignore[override]  # the stub's ParamSpec differs by version
        self,
        executor: Any,
        func: Callable[..., T],
        *args: Any,
    ) -> asyncio.Future[T]:
        """Run `func` in a thread; until it is done, time passes at its real pace."""
        future: asyncio.Future[T] = super().run_in_executor(executor, func, *args)
        self._clock.threads += 1
        future.add_done_callback(self._thread_ended)
        return future

    def _thread_ended(self, _future: asyncio.Future[Any]) -> None:
        self._clock.threads -= 1

    async def shutdown_default_executor(self, *args: Any, **kwargs: Any) -> None:
        """Join the executor's threads at real pace: its time limit means real seconds."""
        with self._real_pace():
            await super().shutdown_default_executor(*args, **kwargs)


def run_virtual(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run `coroutine` on a `VirtualTimeLoop` of its own and return its result.

    Like ``asyncio.run``: call it where no event loop is running.
    """
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(coroutine)
