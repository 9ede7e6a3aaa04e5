"""What may handle events, and for which type: a misspelt one would never be called."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import Any

from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a
from sitoo_async.errors import InvalidInputError
from sitoo_async.spi.events.objects import EventType

__all__ = ["AnyHandler", "check_event_type", "check_handler"]

AnyHandler = Callable[[Any, Any], Awaitable[object]]
"""A handler as it is kept, whatever its events are."""


def check_event_type(event_type: str) -> None:
    """Refuse what no event can be of.

    Raises:
        InvalidInputError: it is not text, is empty, or is a known type in another spelling.
    """
    if not is_a(event_type, str) or not event_type:
        raise InvalidInputError(
            f'event_type must be text such as "order", not {shown(event_type)}',
            field="event_type",
        )
    for known in EventType:
        # Not by likeness: a type that Sitoo adds may be called nearly as one that there is.
        if event_type != known and _letters(event_type) == _letters(known):
            raise InvalidInputError(
                f"Sitoo sends no {shown(event_type)}; did you mean {shown(known.value)}?",
                field="event_type",
            )


def _letters(event_type: str) -> str:
    """What is left of a type without what is easily got wrong: case, hyphens and the plural."""
    return "".join(filter(str.isalnum, event_type.lower())).removesuffix("s")


def check_handler(handler: object) -> None:
    """Refuse what can't handle an event.

    Raises:
        InvalidInputError: it is no coroutine function, or takes other arguments than two.
    """
    if not (_is_async(handler) and _takes_two(handler)):
        raise InvalidInputError(
            "a handler is an `async def` that takes an event and the client of the worker, as"
            " in `async def order(event, sitoo)`",
            field="handler",
        )


def _is_async(handler: object) -> bool:
    own: object = getattr(type(handler), "__call__", None)  # noqa: B004 - it may be an object
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(own)


def _takes_two(handler: Any) -> bool:
    try:
        inspect.signature(handler).bind(None, None)
    except TypeError:
        return False
    return True
