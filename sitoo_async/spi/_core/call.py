"""What a request says beside its body: its place, its headers, and who calls from where."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

import attrs

from sitoo_async._codec.json import is_mapping
from sitoo_async._http.keys import Secret
from sitoo_async.spi._core.percent import bytes_of, text_of
from sitoo_async.spi._core.refusal import Unfit

__all__ = ["Call", "Headers", "Incoming", "header_text", "incoming", "without_credentials"]

Headers = Mapping[Any, Any] | Iterable[tuple[Any, Any]] | None
"""Headers as any server has them: a mapping or pairs, of str or of bytes."""

_NOT_SHOWN: Final = frozenset({"authorization", "proxy-authorization", "cookie"})


@attrs.frozen
class Incoming:
    """A request before its body; its repr shows nothing personal, neither path nor query.

    Attributes:
        method: the method, in upper case.
        path: the path below the place where the interface is served, still percent-encoded.
        query: the query, likewise.
        headers: the headers by name, in lower case, as Latin-1 has them.
        peer: the address of whoever asks, where it is known.
        request_id: from the ``Request-ID`` header, or made up.
        due: when the answer is, on the clock of the event loop.
    """

    method: str
    path: str = attrs.field(repr=False)
    query: str = attrs.field(repr=False)
    headers: Mapping[str, str] = attrs.field(repr=False)
    peer: str | None
    request_id: str
    due: float


@attrs.frozen(kw_only=True)
class Call:
    """Who calls, from where, and until when; the last argument of every handler.

    The headers are percent-decoded as UTF-8. Any of them may be missing.

    Attributes:
        operation: the operation, as the reference names it, such as ``"Get Payment"``.
        store_id: ``Store-ID``, the `externalid` of the store.
        staff_id: ``Staff-ID``, the `externalid` of the user.
        register_id: ``Register-ID``, the id of the cash register.
        request_id: ``Request-ID``; made up where there is none. It is in the log and in error
            bodies.
        headers: all headers by name, in lower case and as they came, without credentials.
        path_parameters: what stands in the path for its parameters, by name, decoded.
        deadline: when the answer is due, on the clock of the event loop.
    """

    operation: str
    store_id: str | None = None
    staff_id: str | None = None
    register_id: str | None = None
    request_id: str
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    path_parameters: Mapping[str, str] = attrs.field(factory=dict[str, str], repr=False)
    deadline: float = attrs.field(default=float("inf"), repr=False)

    def remaining(self) -> float:
        """Seconds until the answer is due; below zero when that is past."""
        return self.deadline - asyncio.get_running_loop().time()


def incoming(
    method: str | bytes,
    path: str | bytes,
    headers: Headers,
    *,
    query: str | bytes,
    peer: str | None,
    allowed: float,
) -> Incoming:
    """Put together what a server hands on, in whatever form it has it.

    Args:
        method: the method.
        path: the path, percent-encoded; it may carry its query.
        headers: the headers.
        query: the query, percent-encoded, where the path doesn't carry it.
        peer: the address of whoever asks.
        allowed: seconds until the answer is due.
    """
    place, mark, carried = _latin(path).partition("?")
    by_name = _by_name(headers)
    return Incoming(
        method=_latin(method).upper(),
        path=place,
        query=carried if mark else _latin(query).removeprefix("?"),
        headers=by_name,
        peer=peer,
        request_id=_request_id(by_name),
        due=asyncio.get_running_loop().time() + allowed,
    )


def _request_id(headers: Mapping[str, str]) -> str:
    # What can't be decoded is told by whoever looks at it; the answer needs an id anyway.
    with suppress(Unfit):
        given = header_text(headers, "Request-ID")
        if given:
            return given
    return str(uuid.uuid4())


def _by_name(headers: Headers) -> dict[str, str]:
    pairs: Any = headers or ()
    if is_mapping(pairs):
        pairs = pairs.items()
    found: dict[str, str] = {}
    for name, value in pairs:
        key = _latin(name).lower()
        if key not in found:
            text = _latin(value)
            found[key] = Secret(text) if key in _NOT_SHOWN else text
    return found


def _latin(text: str | bytes) -> str:
    """Text as servers have it that don't know its encoding: a character for each byte."""
    if not isinstance(text, str):
        return text.decode("latin-1")
    if text.isascii():
        return text
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("latin-1")
    return text


def without_credentials(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that a handler may see."""
    return {name: value for name, value in headers.items() if name not in _NOT_SHOWN}


def header_text(headers: Mapping[str, str], name: str) -> str | None:
    """A header that is percent-encoded UTF-8; None where it is missing or empty.

    Raises:
        Unfit: it is no UTF-8.
    """
    value = headers.get(name.lower())
    if not value:
        return None
    if "%" not in value and value.isascii():
        return value.strip()
    return text_of(bytes_of(value), name).strip()
