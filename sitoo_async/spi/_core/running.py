"""Handlers as tasks: how one begins, whether it ends in time, and what its group refused."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

import attrs

from sitoo_async._checks.show import type_name
from sitoo_async._checks.values import is_a
from sitoo_async.spi._core.refusal import Refusal

__all__ = ["AtOnceError", "Outcome", "ends", "refusal_in", "started"]

# Before 3.12, a task begins at the next turn of the loop.
_EAGER: Final[Mapping[str, Any]] = {"eager_start": True} if sys.version_info >= (3, 12) else {}


@attrs.frozen(repr=False)
class Outcome:
    """What a handler gave or raised, as the result of its task.

    In its debug mode, asyncio logs the tasks that are slow with their results and exceptions, which
    are personal. Of this it logs the name.
    """

    given: Any = None
    error: BaseException | None = None


def started(handler: Callable[[], Awaitable[Any]], name: str) -> asyncio.Task[Outcome]:
    """The task in which a handler runs; it may have ended by now.

    Whatever the handler raises is in its outcome, SystemExit too, by which one request would end
    all others; but for a cancellation, and Ctrl-C.
    """
    loop = asyncio.get_running_loop()
    awaited = _awaited(handler)
    if loop.get_task_factory() is None:
        return asyncio.Task(awaited, loop=loop, name=name, **_EAGER)
    return loop.create_task(awaited, name=name)


class AtOnceError(Exception):
    """A handler gave something that can't be awaited."""


async def _awaited(handler: Callable[..., Awaitable[Any]]) -> Outcome:
    try:
        made: Any = handler()
        if not inspect.isawaitable(made):
            return Outcome(error=AtOnceError(type_name(made)))
        return Outcome(given=await made)
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise
    except BaseException as error:  # noqa: BLE001 - it is logged, and answered
        return Outcome(error=error)


def refusal_in(error: BaseException | None) -> BaseException | None:
    """The first of the refusals of a task group that failed by nothing else; else the error."""
    found: Any = error  # a group of what, no checker knows
    while is_a(found, BaseExceptionGroup) and found.split(Refusal)[1] is None:
        found = found.exceptions[0]
    return cast("BaseException | None", found)


async def ends(task: asyncio.Task[Outcome], seconds: float) -> bool:
    """Wait for a task, and tell whether it ended in time."""
    try:
        await asyncio.wait((task,), timeout=max(0.0, seconds))
    except asyncio.CancelledError:
        # What a plain await would do: the handler is cancelled, and ends before this does.
        task.cancel()
        await asyncio.wait((task,))
        raise
    return task.done()
