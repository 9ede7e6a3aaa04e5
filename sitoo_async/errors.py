"""Every error that is raised here, and what it tells of the request.

::

    SitooError
    ├─ ConfigurationError · ClientClosedError · WrongLoopError
    ├─ InvalidInputError (also ValueError) · FieldNotFetchedError (also AttributeError)
    │      · UnknownOperationError (not sent)
    │      InvalidOptionError is both a ConfigurationError and an InvalidInputError
    ├─ LaneError       LaneFullError · QueueTimeoutError · DeadlineError · ReentryError
    │                  · GateLostError
    ├─ TransportError  ConnectError (not sent) · ReadError · RequestTimeoutError (unknown)
    ├─ ApiError        BadRequestError 400 · AuthenticationError 401 · PermissionDeniedError 403
    │                  · NotFoundError 404 · ConflictError 409 · RateLimitError 429
    │                  · ServerError 5xx
    │      PreconditionFailedError 412 is also a ConflictError
    ├─ DecodeError     a 2xx that is not JSON, or not the documented shape
    └─ BatchError      carries the BatchResult

The three timeouts also derive from the builtin ``TimeoutError``. Every error is plain data: it
pickles, it holds no credentials, and its text is one line of limited length: what Sitoo or an
engine said is cut there, and what can't be printed is escaped. `errortext` holds it whole.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, Protocol, Self, TypeVar, overload

__all__ = [
    "AnyBatchResult",
    "AnyOutcome",
    "ApiError",
    "AuthenticationError",
    "BadRequestError",
    "BatchError",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ConnectError",
    "DeadlineError",
    "DecodeError",
    "FieldNotFetchedError",
    "GateLostError",
    "InvalidInputError",
    "InvalidOptionError",
    "InvalidRow",
    "LaneError",
    "LaneFullError",
    "NotFoundError",
    "PermissionDeniedError",
    "PreconditionFailedError",
    "QueueTimeoutError",
    "RateLimitError",
    "ReadError",
    "ReentryError",
    "RequestTimeoutError",
    "Sent",
    "ServerError",
    "SitooError",
    "SitooWarning",
    "TransportError",
    "UnexpectedTypeWarning",
    "UnknownOperationError",
    "UnverifiedEndpointWarning",
    "WrongLoopError",
]

E = TypeVar("E", bound="SitooError")

Sent = Literal["no", "yes", "unknown"]
"""Whether the server may have done the work: refused or not sent, answered, or nobody knows."""

_SEVERITY: dict[Sent, int] = {"no": 0, "yes": 1, "unknown": 2}


def escaped(text: str) -> str:
    """Text with escapes for what Python doesn't call printable.

    That is control characters, surrogates, and marks that have no width or turn the direction of
    writing.
    """
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in text
    )


def printable(text: str, most: int = 500) -> str:
    """Text of others as a terminal and a log can bear it: one line, cut, and escaped."""
    # Cut before it is looked at: it may be megabytes.
    head = text[: most + 1]
    line = escaped(" ".join(head.split()))
    return f"{line[: most - 3]}..." if len(line) > most or len(text) > len(head) else line


class SitooError(Exception):
    """The base of every error raised here.

    Attributes:
        sent: the worst over all attempts: ``"no"`` (nothing was done), ``"yes"`` (the server
            answered) or ``"unknown"`` (it may or may not have done the work).
        method: the HTTP method of the request, where there was one.
        path: its path below the account, or below the service, without query.
        service: the service on a host of its own that it was for, such as ``journals-v3``.
        attempt: how many exchanges the call had made, 429 refusals included.
        elapsed: seconds from the call's start to the error.
        status: the HTTP status, or the status code of one item of a batch.
        errortext: what Sitoo said, whole and as it came.
        request_id: the ``Sitoo-Request-ID`` of the answer, or else what its body names as such;
            tell it when you ask Sitoo's support.
    """

    # What an error that an older version pickled does not have reads as absent.
    sent: Sent = "unknown"
    method: str | None = None
    path: str | None = None
    service: str | None = None
    attempt: int | None = None
    elapsed: float | None = None
    status: int | None = None
    errortext: str | None = None
    request_id: str | None = None

    def __init__(
        self,
        message: str,
        *,
        sent: Sent = "no",
        method: str | None = None,
        path: str | None = None,
        attempt: int | None = None,
        elapsed: float | None = None,
        status: int | None = None,
        errortext: str | None = None,
        request_id: str | None = None,
    ) -> None:
        Exception.__init__(self, message)
        self.sent = sent
        self.method = method
        self.path = path
        self.attempt = attempt
        self.elapsed = elapsed
        self.status = status
        self.errortext = errortext
        self.request_id = request_id

    @property
    def message(self) -> str:
        """The text alone, without the request that it belongs to."""
        return str(self.args[0])

    def worsen(self, sent: Sent) -> Self:
        """Raise `sent` to what an earlier attempt of the same call left behind."""
        if _SEVERITY[sent] > _SEVERITY[self.sent]:
            self.sent = sent
        return self

    def __str__(self) -> str:
        place = "" if self.service is None else f"{self.service} "
        context = [printable(f"{self.method} {place}{self.path}", 200)] if self.method else []
        if self.attempt is not None:
            context.append(f"attempt {self.attempt}")
        if self.elapsed is not None:
            context.append(f"{self.elapsed:.3f} s")
        if self.request_id is not None:
            context.append(f"request id {printable(self.request_id, 100)}")
        if self.sent == "unknown":
            context.append("the server may have done the work")
        text = printable(self.message)
        return f"{text} ({', '.join(context)})" if context else text

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        # A foreign cause may hold live objects (sockets, request headers); its text is part of
        # ours already. Only our own causes travel.
        cause = self.__cause__ if isinstance(self.__cause__, SitooError) else None
        return _restore, (type(self), self.args, dict(self.__dict__), cause)


def _restore(
    cls: type[SitooError],
    args: tuple[Any, ...],
    state: dict[str, Any],
    cause: SitooError | None,
) -> SitooError:
    error = cls.__new__(cls)
    error.args = args
    error.__dict__.update(state)
    error.__cause__ = cause
    return error


def copy_of(error: E) -> E:
    """An error for one more caller: errors collect tracebacks, and what became of each call."""
    mine = copy.copy(error)
    mine.__cause__ = error.__cause__  # a foreign one stays behind otherwise
    return mine


class ConfigurationError(SitooError):
    """The client was built, or asked to change, in a way that can't work."""


class ClientClosedError(SitooError):
    """The client was closed before this call, or while it waited for its turn."""


class WrongLoopError(SitooError):
    """The client, or the session lent to it, belongs to another event loop."""


class InvalidRow(NamedTuple):
    """An item of a batch that can't be sent.

    Attributes:
        index: its place in the input, counted from 0.
        reason: why, with the field and the remedy.
    """

    index: int  # type: ignore[assignment]  # of a tuple's own method, which is of no use here
    reason: str


class InvalidInputError(SitooError, ValueError):
    """What was given breaks a rule of the reference; nothing was sent.

    Attributes:
        field: the offending field, parameter or option.
        index: which item of a batch it was, counted from 0; of several, the first.
        rows: all items of a batch that can't be sent, where the input was refused for them.
    """

    field: str | None = None
    index: int | None = None
    rows: tuple[InvalidRow, ...] = ()

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        index: int | None = None,
        rows: tuple[InvalidRow, ...] = (),
        **context: Any,
    ) -> None:
        super().__init__(message, **context)
        self.field = field
        self.index = index
        self.rows = rows

    def __str__(self) -> str:
        text = super().__str__()
        # The text about several names the first few of them itself.
        return text if self.index is None or len(self.rows) > 1 else f"item {self.index}: {text}"


class InvalidOptionError(ConfigurationError, InvalidInputError):
    """An option of the client, or of a view of it, has a value that can't work."""


class UnknownOperationError(SitooError):
    """Too little is known of an operation to call it; nothing was sent.

    Its name is printed, but its path, or what it takes, would be a guess. Whoever knows more sends
    it by `SitooClient.request`.

    Attributes:
        operation: its name in the reference, such as ``Get Mapping``.
    """

    operation: str | None = None

    def __init__(self, message: str, *, operation: str | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.operation = operation


class FieldNotFetchedError(SitooError, AttributeError):
    """A field was read that was neither fetched nor set.

    It is an `AttributeError` too, so that `hasattr`, `getattr` with a default and all that builds
    on them take the field for absent.

    Attributes:
        name: the field.
    """


class LaneError(SitooError):
    """The call did not get, or could not keep, its place in the lane."""


class LaneFullError(LaneError):
    """As many calls as `max_waiting` allows are waiting already."""


class QueueTimeoutError(LaneError, TimeoutError):
    """The call waited longer for its turn than `queue_timeout` allows; it was not sent."""


class DeadlineError(LaneError, TimeoutError):
    """The whole call took longer than its `deadline`."""


class ReentryError(LaneError):
    """The client was called from inside one of its own exchanges, which would never end."""


class GateLostError(LaneError):
    """A gate's right to use the key was lost while it was held; another process may have it."""


class TransportError(SitooError):
    """No complete answer came."""


class ConnectError(TransportError):
    """No connection was made; nothing was sent."""


class ReadError(TransportError):
    """The connection was lost before the answer was complete."""


class RequestTimeoutError(TransportError, TimeoutError):
    """One exchange took longer than `request_timeout`; the server may still be working."""


class ApiError(SitooError):
    """Sitoo answered with a status outside the 200 range.

    Attributes:
        error_code: what kind of mistake it is, such as ``field-missing``, where the answer is of a
            service on a host of its own; None elsewhere, and where it says none.
        error_field: the field of the request that it is about, where such an answer says that.
    """

    error_code: str | None = None
    error_field: str | None = None

    def __init__(
        self,
        message: str,
        *,
        error_code: str | None = None,
        error_field: str | None = None,
        **context: Any,
    ) -> None:
        super().__init__(message, **context)
        # Absent where there is none, as in an error that an older version pickled.
        if error_code is not None:
            self.error_code = error_code
        if error_field is not None:
            self.error_field = error_field


class BadRequestError(ApiError):
    """400: the request broke a rule that only the server knows."""


class AuthenticationError(ApiError):
    """401: the API ID or the password is wrong, or the address is not on the allow-list."""


class PermissionDeniedError(ApiError):
    """403: the key is not allowed to do this."""


class NotFoundError(ApiError):
    """404: no such item, collection, site or account."""


class ConflictError(ApiError):
    """409: the request does not fit the present state of the item."""


class PreconditionFailedError(ConflictError):
    """412: the item has changed since it was read, so a change of it was refused.

    Sitoo tells so of service orders alone. Fetch the item again, make the change in what you got,
    and send that.
    """


class RateLimitError(ApiError):
    """429, or a hold in force that is longer than the call agreed to wait.

    Attributes:
        retry_after: seconds until the lane may be used again, as known when this was raised.
    """

    retry_after: float | None = None

    def __init__(self, message: str, *, retry_after: float | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.retry_after = retry_after


class ServerError(ApiError):
    """5xx: the server failed; whether it did the work is unknown.

    Attributes:
        retry_after: seconds until it may be asked again, where a 503 said so by ``Retry-After``.
    """

    retry_after: float | None = None

    def __init__(self, message: str, *, retry_after: float | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.retry_after = retry_after


class DecodeError(SitooError):
    """A 2xx answer that is not JSON, not the documented shape, or too large.

    Attributes:
        location: where in the answer the fault lies, such as ``items[3].moneyprice``.
    """

    location: str | None = None

    def __init__(self, message: str, *, location: str | None = None, **context: Any) -> None:
        super().__init__(message, **context)
        self.location = location


class AnyOutcome(Protocol):
    """An `Outcome` of whichever operation, by what can be read of it."""

    @property
    def index(self) -> int:
        """Its place in the input, counted from 0."""
        ...

    @property
    def item(self) -> Any:
        """The input as it was given."""
        ...

    @property
    def status(self) -> int | None:
        """Its own status code in the answer; None where no answer told."""
        ...

    @property
    def value(self) -> Any:
        """What the operation gave for it; None where it failed."""
        ...

    @property
    def error(self) -> SitooError | None:
        """Why it failed."""
        ...

    @property
    def ok(self) -> bool:
        """Whether the item succeeded."""
        ...


class AnyBatchResult(Protocol):
    """A `BatchResult` of whichever operation, by what can be read of it."""

    @property
    def outcomes(self) -> tuple[AnyOutcome, ...]:
        """One per input, in input order."""
        ...

    @property
    def succeeded(self) -> tuple[AnyOutcome, ...]:
        """Those of the items that succeeded."""
        ...

    @property
    def failed(self) -> tuple[AnyOutcome, ...]:
        """Those of the items that failed."""
        ...

    def raise_for_failures(self) -> None:
        """Raise a `BatchError` if an item failed."""
        ...

    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[AnyOutcome]: ...
    @overload
    def __getitem__(self, index: int, /) -> AnyOutcome: ...
    @overload
    def __getitem__(self, index: slice, /) -> tuple[AnyOutcome, ...]: ...


class BatchError(SitooError):
    """Some items of a batch failed.

    Attributes:
        result: the whole `BatchResult`, one outcome per input in input order. Its type here says
            what can be read of it, whichever operation it is of.
    """

    result: AnyBatchResult

    def __init__(self, message: str, *, result: AnyBatchResult, **context: Any) -> None:
        super().__init__(message, **context)
        self.result = result


class SitooWarning(UserWarning):
    """The base of every warning given here."""

    def __init__(self, message: str) -> None:
        super().__init__(printable(message))


class UnexpectedTypeWarning(SitooWarning):
    """An answer held a value of another type than the reference documents.

    It was read as the one thing that it can mean, or else kept as it came.
    """


class UnverifiedEndpointWarning(SitooWarning):
    """An operation was used whose path no reference page prints; told once for each.

    Raised as an error (``warnings.simplefilter("error", UnverifiedEndpointWarning)``), it keeps
    such requests from being sent at all.
    """
