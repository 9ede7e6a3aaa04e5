"""What a test can make the fake server do wrong, once or several times."""

from __future__ import annotations

import fnmatch
import json
from typing import TYPE_CHECKING, Any, Literal, TypedDict

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Unpack

__all__ = ["HTML_502", "Fault", "FaultKind", "FaultQueue", "check_seconds"]

FaultKind = Literal[
    "drop",
    "half",
    "html502",
    "error50x",
    "hang",
    "slow",
    "locked",
    "refuse",
    "status",
    "oversize",
]

When = Literal["before", "after"]

HTML_502 = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"
)

_LONGEST = 1_000_000_000  # seconds; beyond that, timers overflow


def check_seconds(name: str, value: object) -> None:
    """Refuse what no timer can wait for.

    Raises:
        ValueError: it is no number of seconds, negative, or longer than some 31 years.
    """
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= _LONGEST:
        raise ValueError(f"{name}: give a number of seconds from 0 to {_LONGEST:,}")


def _check_headers(_fault: Fault, _field: Any, headers: Mapping[str, str]) -> None:
    for name, value in headers.items():
        if any(char < " " or char == "\x7f" for char in f"{name}{value}"):
            raise ValueError(f"headers: {name!r} holds a control character, which no server sends")


class Match(TypedDict, total=False):
    """Which requests a fault strikes; see the attributes of `Fault`."""

    method: str | None
    path: str | None
    times: int


class Strike(Match, total=False):
    """Which requests a fault strikes, and whether before or after the work is done."""

    when: When


@attrs.frozen(kw_only=True)
class Fault:
    """One fault, made by one of the named constructors and queued with `FakeSitoo.script`.

    A fault strikes requests that were admitted: a request that is refused (wrong password,
    another one in flight, slot used up) leaves it in the queue.

    Attributes:
        kind: what goes wrong.
        when: ``"before"``: it strikes before the work is done in the store; ``"after"``: the work
            is done, then it strikes.
        method: strike only this HTTP method.
        path: strike only paths (decoded, below the account) that contain this text, or that match
            it where it holds ``*``, ``?`` or ``[``. The paths of the v3 services are whole, such
            as ``/journals/v3/journal-entries``.
        times: how many requests it strikes.
        seconds: how long it lasts; None: until `FakeSitoo.unlock`.
        status: the status of the answer.
        errortext: what the error object says; None: a text that fits the status.
        body: the body of the answer, instead of an error object.
        headers: further headers of the answer.
        size: bytes of the answer, counted before compression.
        compressed: whether the answer travels as gzip.
    """

    kind: FaultKind
    when: When = attrs.field(default="before", validator=attrs.validators.in_(("before", "after")))
    method: str | None = None
    path: str | None = None
    times: int = attrs.field(default=1, validator=attrs.validators.ge(1))
    seconds: float | None = None
    status: int = 200
    errortext: str | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], validator=_check_headers)
    size: int = 0
    compressed: bool = False

    def matches(self, method: str, path: str) -> bool:
        """Whether this fault strikes a request for `path` (decoded, below the account)."""
        if self.method is not None and self.method.upper() != method:
            return False
        if self.path is None:
            return True
        if any(sign in self.path for sign in "*?["):
            return fnmatch.fnmatchcase(path, self.path)
        return self.path in path

    @classmethod
    def drop(cls, **strike: Unpack[Strike]) -> Fault:
        """Close the TCP connection without an answer."""
        return cls(kind="drop", **strike)

    @classmethod
    def half(cls, *, when: When = "after", **match: Unpack[Match]) -> Fault:
        """Send the headers with the full length and half the body, then close.

        With ``when="before"`` nothing was done, and the half body is one of a made-up answer.
        """
        return cls(kind="half", when=when, **match)

    @classmethod
    def html502(cls, **strike: Unpack[Strike]) -> Fault:
        """Answer 502 with the HTML page of a load balancer, which knows no request id."""
        html = {"Content-Type": "text/html"}
        return cls(kind="html502", status=502, body=HTML_502, headers=html, **strike)

    @classmethod
    def server_error(
        cls,
        status: int = 500,
        *,
        errortext: str | None = None,
        **strike: Unpack[Strike],
    ) -> Fault:
        """Answer a 50x with an error object; the key is free afterwards."""
        return cls(kind="error50x", status=status, errortext=errortext, **strike)

    @classmethod
    def hang(cls, seconds: float | None = None, **strike: Unpack[Strike]) -> Fault:
        """Keep the request, and with it the key, for `seconds`, then answer as if nothing was.

        With ``when="before"`` the work is done after the wait, with ``"after"`` before it.
        None waits until `FakeSitoo.unlock`.
        """
        if seconds is not None:
            check_seconds("seconds", seconds)
        return cls(kind="hang", seconds=seconds, **strike)

    @classmethod
    def slow(cls, seconds: float, **match: Unpack[Match]) -> Fault:
        """Do the work, then let the body trickle in pieces over `seconds`."""
        check_seconds("seconds", seconds)
        return cls(kind="slow", when="after", seconds=seconds, **match)

    @classmethod
    def locked(
        cls,
        seconds: float | None = None,
        *,
        status: int = 504,
        errortext: str | None = None,
        **strike: Unpack[Strike],
    ) -> Fault:
        """Answer a 50x at once, but keep the key busy.

        The key is freed after `seconds`, by `FakeSitoo.unlock`, or when its slot ends, whichever
        comes first.
        """
        if seconds is not None:
            check_seconds("seconds", seconds)
        return cls(kind="locked", seconds=seconds, status=status, errortext=errortext, **strike)

    @classmethod
    def refuse(cls, **match: Unpack[Match]) -> Fault:
        """Answer 429 ``Too many connections`` although nothing overlaps; nothing is done.

        Such a refusal does not count in `FakeSitoo.overlaps`.
        """
        return cls(kind="refuse", status=429, errortext="429: Too many connections", **match)

    @classmethod
    def answer(
        cls,
        status: int,
        *,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        errortext: str | None = None,
        **strike: Unpack[Strike],
    ) -> Fault:
        """Answer literally: any status, body and headers.

        Args:
            status: the HTTP status.
            body: bytes and text go out as they are, anything else as JSON; None stands for an
                error object with `errortext`.
            headers: added to the usual headers, or replacing them.
            errortext: the text of the error object.
            **strike: which requests it strikes, and whether before or after their work.
        """
        return cls(
            kind="status",
            status=status,
            errortext=errortext,
            body=_as_bytes(body),
            headers=dict(headers or {}),
            **strike,
        )

    @classmethod
    def oversize(
        cls,
        size: int,
        *,
        compressed: bool = False,
        **strike: Unpack[Strike],
    ) -> Fault:
        """Answer 200 with a JSON text of `size` bytes (at least 2), gzipped if `compressed`."""
        return cls(kind="oversize", size=size, compressed=compressed, **strike)


def _as_bytes(body: Any) -> bytes | None:
    if body is None or isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    return json.dumps(body).encode()


class FaultQueue:
    """The faults that wait for requests."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int]] = []

    def extend(self, faults: Iterable[Fault]) -> None:
        """Queue `faults`, each as many times as it says."""
        self._waiting.extend((fault, fault.times) for fault in faults)

    def clear(self) -> None:
        """Forget them all."""
        self._waiting.clear()

    def next_for(self, method: str, path: str) -> Fault | None:
        """Take the first one that strikes such a request."""
        for index, (fault, times) in enumerate(self._waiting):
            if fault.matches(method, path):
                if times > 1:
                    self._waiting[index] = (fault, times - 1)
                else:
                    del self._waiting[index]
                return fault
        return None
