"""What a request may mean: an operation, with the method that performs it and its places."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Collection
from inspect import getattr_static
from typing import Any, Final, cast

import attrs

from sitoo_async._checks.show import as_text
from sitoo_async._checks.warning import warn
from sitoo_async.errors import InvalidOptionError, UnverifiedEndpointWarning
from sitoo_async.spi._core.operation import Operation, Plan
from sitoo_async.spi._core.refusal import Errors
from sitoo_async.spi._core.routes import Template

__all__ = ["Target", "check_handler", "check_names", "places_of"]

_SLIP: Final = 0.85  # how near a name is to the one that was meant, at least


@attrs.frozen
class Target:
    """An operation that requests may mean.

    Attributes:
        plan: how a request becomes a call.
        errors: how its interface tells errors.
        handler: the method of the user's class; None where it has none.
        called: what a log calls it.
    """

    plan: Plan
    errors: Errors
    handler: Callable[..., Awaitable[Any]] | None
    called: str


def check_handler(target: Target) -> None:
    """Refuse a handler that can't take what it is going to be called with."""
    plan, handler = target.plan, target.handler
    places = [None] * (len(plan.path) + (plan.read is not None))
    query = {each.argument: None for each in plan.query}
    try:
        inspect.signature(cast("Any", handler)).bind(*places, call=None, **query)
    except TypeError as error:
        raise InvalidOptionError(
            f"{target.called} can't take what it is called with: {error}; give it the arguments"
            " that its interface declares",
            field="services",
        ) from None


def check_names(cls: type, operations: Collection[str], missing: Collection[str]) -> None:
    """Refuse what looks like a handler and is misspelt, since nothing would ever call it.

    Raises:
        InvalidOptionError: a public method takes a call, and its name is nearly that of an
            operation which the class leaves out.
    """
    for name in dir(cls):
        if name.startswith("_") or name in operations:
            continue
        member = getattr_static(cls, name)  # without running code of the user's
        if not (inspect.isfunction(member) and "call" in inspect.signature(member).parameters):
            continue
        # Only a class with such methods of its own waits for it to load.
        from difflib import get_close_matches  # noqa: PLC0415

        near = get_close_matches(name, missing, n=1, cutoff=_SLIP)
        if near:
            raise InvalidOptionError(
                f"{cls.__name__}.{name} is no operation of its interface; did you mean"
                f" {near[0]!r}? A method of your own that takes a call begins with an underscore",
                field="services",
            )


def places_of(target: Target, told: str | None) -> list[tuple[str, Template]]:
    """The methods and paths that mean an operation.

    Raises:
        InvalidOptionError: none is known of one that is implemented, or one that was told can't be.
    """
    operation = target.plan.operation
    if told is not None:
        method, _, path = as_text(told).partition(" ")
        # Without a method, what is there is the path.
        template = Template.of(path.strip() or method)
        missing = {each.name for each in target.plan.path}.difference(template.parameters)
        if not method.isalpha() or missing:
            raise InvalidOptionError(
                f"routes: {operation.handler} needs a method and a path, such as"
                f" {operation.method or 'POST'} {operation.path or '/redeem'}",
                field="routes",
            )
        return [(method.upper(), template)]
    if target.handler is not None and operation.evidence != "documented":
        _warn_unverified(target)
    if operation.method is None or operation.path is None:
        return []
    return [(operation.method, Template.of(path)) for path in (operation.path, *operation.also)]


_warned: Final[set[Operation]] = set()


def _warn_unverified(target: Target) -> None:
    """Say once per operation and process that nobody has seen its path documented.

    Raises:
        InvalidOptionError: nobody knows its path at all.
    """
    operation = target.plan.operation
    if operation.path is None:
        raise InvalidOptionError(
            f"{target.called}: no path of {operation.name} is known, so nothing would call it."
            " Leave it out, or give the path once you have seen what Sitoo calls:"
            f' routes={{"{operation.handler}": "POST /…"}}',
            field="routes",
        )
    if operation in _warned:
        return
    warn(
        f"{target.called}: the path of {operation.name}, {operation.method} {operation.path}, is"
        f" not documented but inferred, with {operation.confidence} confidence. See what Sitoo"
        f' calls; routes={{"{operation.handler}": …}} gives another (told once for each operation)',
        UnverifiedEndpointWarning,
    )
    # Only now: a warning that was made an error is raised again the next time.
    _warned.add(operation)
