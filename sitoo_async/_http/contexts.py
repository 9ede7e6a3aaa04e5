"""Whose context variables a piece of work sees: those of the caller, or nobody's.

What asyncio is told to call later, it calls in the context that is current when it is told: a
socket that is read from keeps the context of whoever began to read, with all that is in there, such
as a web request and its database session. What outlives a call is therefore begun in nobody's.
"""

from __future__ import annotations

import asyncio
import contextvars
import types
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

__all__ = ["begun_in_no_context", "in_no_context", "sleep_in_no_context"]

T = TypeVar("T")


@types.coroutine
def in_no_context(work: Awaitable[T]) -> Generator[Any, Any, T]:
    """Await work that is to see an empty context.

    It stays in the task that awaits it, so that a cancellation or a timeout of the task reaches it
    as ever, and no result of it can be lost on its way from one task to the other.
    """
    context = contextvars.Context()
    # Not what wraps a coroutine: its frame would keep what is thrown in, which keeps the frame.
    steps: Any = work.__await__()
    step: Callable[[Any], Any] = steps.send
    awaited: Any = None
    given: Any = None
    try:
        while True:
            try:
                awaited = context.run(step, given)
            except StopIteration as end:
                result: T = end.value
                return result
            try:
                given, step = (yield awaited), steps.send
            except BaseException as error:  # noqa: BLE001  # cancellation and closing as well
                given, step = error, steps.throw
    finally:
        # A failure would hold the frame that holds it, itself or in the future that it came from.
        del awaited, given, step


@types.coroutine
def begun_in_no_context(work: Awaitable[T]) -> Generator[Any, Any, T]:
    """Await work that is to see an empty context until it first waits, and then that of its task.

    That costs next to nothing, and is enough for what sets its timers before all else.
    """
    steps: Generator[Any, Any, T] = work.__await__()
    awaited: Any = None
    try:
        awaited = contextvars.Context().run(steps.send, None)
        while True:
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001  # cancellation and closing as well
                awaited = steps.throw(error)
            else:
                break
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        # As above.
        del awaited
    result = yield from steps
    return result


async def sleep_in_no_context(seconds: float) -> None:
    """Sleep without a trace: a timer keeps its context until its time, stopped or not."""
    await begun_in_no_context(asyncio.sleep(seconds))
