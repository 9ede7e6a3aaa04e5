"""What an operation of an interface is: its mark, and what its signature says of a request."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from inspect import isfunction
from typing import Any, Final, TypeVar, get_type_hints

import attrs

from sitoo_async._codec.evidence import Confidence, Evidence
from sitoo_async._codec.fields import without_none
from sitoo_async.errors import InvalidOptionError
from sitoo_async.spi._core.bodies import Read, Write, reader, writer
from sitoo_async.spi._core.query import Parameter, parameter
from sitoo_async.spi._core.routes import Template

__all__ = ["Operation", "Plan", "operation", "operation_of", "plan_of"]

F = TypeVar("F", bound=Callable[..., Awaitable[Any]])

_MARK: Final = "__sitoo_operation__"


@attrs.frozen(kw_only=True)
class Operation:
    """An operation of an interface, as its class declares it.

    Attributes:
        name: as the reference names it.
        handler: the method to implement.
        method: the HTTP method; None where it is not known.
        path: the path below the base URL, with its parameters in braces; None where it is not
            known, so that no request can mean it.
        also: other paths that mean the same.
        status: of an answer that is no error.
        evidence: where the operation is known from.
        confidence: of what is inferred.
        one_or_none: whether the one object goes out as an array of one, and None as ``[]``.
        check: looks at an answer as it will be sent, and raises `InvalidInputError` for one that
            breaks a rule of the interface.
    """

    name: str
    handler: str
    method: str | None
    path: str | None
    also: tuple[str, ...]
    status: int
    evidence: Evidence
    confidence: Confidence | None
    one_or_none: bool
    check: Callable[[Any], None] | None = attrs.field(repr=False)


def operation(
    name: str,
    method: str | None,
    path: str | None,
    *,
    also: tuple[str, ...] = (),
    status: int = 200,
    evidence: Evidence = "documented",
    confidence: Confidence | None = None,
    one_or_none: bool = False,
    check: Callable[[Any], None] | None = None,
) -> Callable[[F], F]:
    """Mark a method of a `Service` as an operation that Sitoo calls.

    Its signature says the rest. Positional-only arguments that the path names are its parameters,
    text or integers; one more is the body: a model, a list of models or of texts, a mapping where
    it is not known, or any of them or None where there may be none. Keyword-only arguments are
    parameters of the query, required where they have no default; one named with an underscore at
    its end is spelt without. The last of them, ``call``, is a `Call`. What is returned is the
    answer: a model, a list, text (as JSON), a mapping; None for no body. ``Model | None`` answers
    None with 404, or with ``[]`` where `one_or_none`.

    Args:
        name: as the reference names it.
        method: the HTTP method.
        path: the path, such as ``/payments/{paymentid}``.
        also: other paths that mean the same.
        status: of an answer that is no error.
        evidence: where the operation is known from.
        confidence: of what is inferred.
        one_or_none: whether the one object goes out as an array of one, and None as ``[]``.
        check: looks at an answer as plain JSON values before it is sent, and raises
            `InvalidInputError` for one that breaks a rule of the interface.
    """

    def mark(function: F) -> F:
        marked = Operation(
            name=name,
            handler=function.__name__,
            method=method,
            path=path,
            also=also,
            status=status,
            evidence=evidence,
            confidence=confidence,
            one_or_none=one_or_none,
            check=check,
        )
        setattr(function, _MARK, marked)
        return function

    return mark


def operation_of(member: object) -> Operation | None:
    """The operation that a member of a class was marked as."""
    found = getattr(member, _MARK, None) if isfunction(member) else None
    return found if isinstance(found, Operation) else None


@attrs.frozen(kw_only=True)
class Plan:
    """How a request becomes the arguments of a handler, and what it gives an answer.

    Attributes:
        operation: the operation.
        path: the parameters in the path, in the order of the arguments.
        read: what reads the body; None where there is none.
        query: the parameters of the query.
        write: what writes the answer; None where it has no body.
        optional: whether None may be answered.
    """

    operation: Operation
    path: tuple[Parameter, ...]
    read: Read | None
    query: tuple[Parameter, ...]
    write: Write | None
    optional: bool


def plan_of(operation: Operation, function: Callable[..., Any]) -> Plan:
    """Read the signature of a method that was marked.

    Raises:
        InvalidOptionError: it is none that `operation` describes.
    """
    hints = get_type_hints(function)
    named = Template.of(operation.path).parameters if operation.path is not None else ()
    path: list[Parameter] = []
    query: list[Parameter] = []
    read: Read | None = None
    called = False
    _, *arguments = inspect.signature(function).parameters.values()
    for argument in arguments:
        hint = hints.get(argument.name, Any)
        if argument.kind is inspect.Parameter.KEYWORD_ONLY:
            if argument.name == "call":
                called = True
            else:
                required = argument.default is inspect.Parameter.empty
                query.append(parameter(argument.name, hint, required=required))
        elif argument.kind is not inspect.Parameter.POSITIONAL_ONLY:
            raise _unreadable(operation, f"{argument.name} must be positional-only or keyword-only")
        elif argument.name in named:
            if read is not None:
                raise _unreadable(operation, "the body comes after what the path names")
            path.append(parameter(argument.name, hint, required=True))
        elif read is None:
            read = reader(hint)
        else:
            raise _unreadable(operation, f"{argument.name} is a second body")
    if not called:
        raise _unreadable(operation, "the keyword-only argument call is missing")
    if sorted(each.name for each in path) != sorted(named):
        raise _unreadable(operation, f"{operation.path} names other parameters than it takes")
    kind, optional = without_none(hints.get("return", Any))
    nothing = kind is type(None)
    return Plan(
        operation=operation,
        path=tuple(path),
        read=read,
        query=tuple(query),
        write=None if nothing else writer(kind),
        optional=optional,
    )


def _unreadable(operation: Operation, why: str) -> InvalidOptionError:
    return InvalidOptionError(f"{operation.handler}: {why}", field=operation.handler)
