"""The operations of the reference, each said once, and the methods that perform them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from inspect import CO_COROUTINE, CO_VARKEYWORDS
from typing import Any, Final, Literal, NoReturn, TypeVar, cast

import attrs

from sitoo_async._checks.show import shown
from sitoo_async._checks.values import LARGEST
from sitoo_async._checks.warning import warn
from sitoo_async._codec.evidence import Confidence
from sitoo_async._http.messages import Method
from sitoo_async._http.services import ServiceName
from sitoo_async._http.url import PAGING, segment
from sitoo_async.errors import (
    InvalidInputError,
    UnknownOperationError,
    UnverifiedEndpointWarning,
)

__all__ = [
    "Evidence",
    "Operation",
    "UnknownOperation",
    "operation_of",
    "performs",
]

F = TypeVar("F", bound=Callable[..., Any])

Evidence = Literal["documented", "inferred", "unverified", "name-only"]
"""What is known: printed in the reference, likely by analogy, or nothing but a name.

Of what is unverified a guess is sent, of what is known by its name alone nothing is.
"""


@attrs.frozen
class Operation:
    """One operation of the reference.

    Attributes:
        method: the HTTP method.
        path: the reference's template below the account, such as ``/sites/{siteid}/orders.json``.
        repeatable: whether sending it twice leaves the same state as sending it once, so that it
            may be tried again when nobody knows what became of it.
        evidence: how much of it is known.
        texts: the path parameters that are text; all others are integers.
        many: the operation that does the same to many, where that is another one.
        tells_apart: where it takes one item or an array of them, the fields that tell two items
            of an array apart; None where it takes one alone.
        unless: when it is not repeatable, where that depends on what is sent: a phrase that
            follows the word.
        listed: whether one item, too, is sent as an array.
        whole: whether one ``true`` may answer for all the items of an array.
        ignored: whether nothing in the answer matters, so that any 2xx is success.
        service: the service that it is of, where that has a host of its own: its path is below
            that, and names no account.
        name: its name in the reference, where that tells more than its path.
        confidence: how likely it is right, where it is not documented.
    """

    method: Method
    path: str
    repeatable: bool
    evidence: Evidence = "documented"
    texts: tuple[str, ...] = ()
    many: Operation | None = None
    tells_apart: tuple[str, ...] | None = None
    unless: str | None = None
    listed: bool = False
    whole: bool = False
    ignored: bool = False
    service: ServiceName | None = None
    name: str | None = None
    confidence: Confidence | None = None

    @property
    def collection(self) -> str:
        """The name that the path ends in, such as ``orders``."""
        *_, last = (part for part in self.path.split("/") if not part.startswith("{"))
        return last.removesuffix(".json")

    def at(self, **values: int | str) -> str:
        """The path with its parameters filled in, percent-encoded.

        Raises:
            InvalidInputError: a parameter of the wrong type, empty, or one that climbs.
        """
        if self.evidence != "documented":
            _warn(self)
        for name, value in values.items():
            if name in self.texts:
                values[name] = segment(name, value)
            elif type(value) is not int or abs(value) > LARGEST:  # digits need no encoding
                raise InvalidInputError(f"{name} must be an int, not {shown(value)}", field=name)
        return self.path.format_map(values)


@attrs.frozen
class UnknownOperation:
    """An operation of which too little is known to call it.

    Attributes:
        name: its name in the reference.
        service: the service that it is of.
        lacks: what is not known of it, as a sentence.
        method: the likeliest HTTP method; None where there is none.
        path: the likeliest path; None where there is none.
        confidence: how likely these two are right.
    """

    name: str
    service: ServiceName
    lacks: str
    method: Method | None = None
    path: str | None = None
    confidence: Confidence | None = None

    @property
    def evidence(self) -> Evidence:
        """How much of it is known."""
        return "name-only" if self.path is None else "inferred"

    def refuse(self) -> NoReturn:
        """Say what is not known, and how to call it for all that.

        Raises:
            UnknownOperationError: always.
        """
        method, path = self.method or "GET", self.path or "/..."
        error = UnknownOperationError(
            f"{self.name} of {self.service} is not called, since too little is known of it:"
            f" {self.lacks}. If you know, send it yourself: sitoo.request('{method}', '{path}',"
            f" service='{self.service}')",
            operation=self.name,
        )
        error.service = self.service
        raise error


_warned: Final[set[Operation]] = set()


def _warn(operation: Operation) -> None:
    """Say once per operation and process that nobody has seen it documented."""
    if operation in _warned:
        return
    known = (
        "its path is the likeliest by analogy"
        if operation.evidence == "inferred"
        else "nothing but its name is known, so path and shape are a guess"
    )
    likely = "" if operation.confidence is None else f", with {operation.confidence} confidence"
    place = "" if operation.service is None else f"{operation.service} "
    warn(
        f"{operation.method} {place}{operation.path} is not documented: {known}{likely}. Try it on"
        " a test account first (told once for each operation)",
        UnverifiedEndpointWarning,
    )
    # Only now: a warning that was made an error is raised again the next time.
    _warned.add(operation)


def performs(operation: Operation | UnknownOperation | str) -> Callable[[F], F]:
    """Mark a method as the way to an operation, for the index of operations.

    Where groups share the method, each has its own operation in the attribute of that name.

    A method that lists says what the paging of other clients is called here; where it takes
    filters, the names are refused along with theirs.
    """

    def mark(method: F) -> F:
        method.__dict__["operation"] = operation
        code = method.__code__
        if not code.co_name.startswith("list") or code.co_flags & (CO_VARKEYWORDS | CO_COROUTINE):
            return method
        return cast("F", _paging(method))

    return mark


def _paging(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def listing(*args: Any, **kwargs: Any) -> Any:
        for name in kwargs:
            if name in PAGING:
                raise InvalidInputError(
                    f"{name} is not a parameter here: {PAGING[name]}", field=name
                )
        return method(*args, **kwargs)

    return listing


def operation_of(method: Any) -> Operation | UnknownOperation | None:
    """The operation that a method of a group is marked with."""
    operation = getattr(method, "operation", None)
    return getattr(method.__self__, operation) if isinstance(operation, str) else operation
