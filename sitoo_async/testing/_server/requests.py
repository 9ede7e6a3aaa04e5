"""A request as the server reads it, and the record that a test reads afterwards."""

from __future__ import annotations

import base64
import binascii
import json
import math
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import attrs
from multidict import CIMultiDict

from sitoo_async.testing._reference.routes_v3 import roots, service_at

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.web_protocol import RequestHandler

    from sitoo_async.testing._reference.parameters import Query

__all__ = [
    "Connections",
    "RecordedRequest",
    "as_php",
    "basic_credentials",
    "below_root",
    "decoded",
    "recorded",
]

_LONGEST_INTEGER = len(str(-(2**63)))


@attrs.define(eq=False, kw_only=True)
class RecordedRequest:
    """One request as the server saw it.

    Attributes:
        method: the HTTP method.
        service: the v3 service that it was for, such as ``shipments-v3``; None: v2.
        path: decoded, without the query. Of v2 it is what stands below ``/v2/accounts/{id}``; of
            a v3 service it is whole, such as ``/shipments/v3/shipments``.
        raw_path: the whole request target as it was sent, query included.
        query: decoded parameters; each with all its values, also those that the API ignores.
        json: the decoded body; None without one, or when it is not JSON.
        headers: without ``Authorization``; names in any case.
        api_id: who it claimed to be; None without readable credentials.
        connection: the number of the TCP connection that it came on, from 1.
        request_id: the ``Sitoo-Request-ID`` given to it.
        started: the loop's time when it came.
        ended: the loop's time when it was over, answered or not; None while it runs.
        status: of the answer; None while it runs, and when no whole answer was sent.
    """

    method: str
    service: str | None
    path: str
    raw_path: str
    query: dict[str, list[str]]
    json: Any = None
    headers: CIMultiDict[str] = attrs.field(repr=False)
    api_id: str | None
    connection: int
    request_id: str
    started: float
    ended: float | None = None
    status: int | None = None


class Connections:
    """The TCP connections, numbered as they came."""

    def __init__(self) -> None:
        self._numbers: dict[RequestHandler, int] = {}
        self._count = 0

    def number(self, request: web.BaseRequest) -> int:
        """The number of the connection that a request came on, from 1."""
        protocol = request.protocol
        if protocol not in self._numbers:
            self._count += 1
            living = {p: n for p, n in self._numbers.items() if p.transport is not None}
            self._numbers = living | {protocol: self._count}
        return self._numbers[protocol]


def recorded(
    request: web.BaseRequest,
    *,
    connection: int,
    request_id: str,
    now: float,
) -> RecordedRequest:
    """The record of a request that has just come."""
    query: dict[str, list[str]] = {}
    for name, value in request.query.items():
        query.setdefault(name, []).append(value)
    headers = CIMultiDict(request.headers)
    credentials = basic_credentials(headers.popall("Authorization", [""])[0])
    service, _, below = below_root(request)
    root = "" if service is None else roots()[service]
    return RecordedRequest(
        method=request.method,
        service=service,
        path=unquote(f"{root}/{'/'.join(below)}"),
        raw_path=request.raw_path,
        query=query,
        headers=headers,
        api_id=None if credentials is None else credentials[0],
        connection=connection,
        request_id=request_id,
        started=now,
    )


def below_root(request: web.BaseRequest) -> tuple[str | None, str | None, list[str]]:
    """What a request is for.

    Returns:
        The v3 service, or None for v2; the account number of v2, if one is there; and the parts
        of the path below, still percent-encoded.
    """
    parts = request.raw_path.partition("?")[0].split("/")
    service, below = service_at(parts[1:])
    if service is not None:
        return service, None, [*below]
    match parts:
        case ["", "v2", "accounts", account, *below] if account.isascii() and account.isdecimal():
            return None, account, below
        case _:
            return None, None, parts[1:]


def as_php(request: web.BaseRequest) -> Query:
    """The parameters as PHP reads them: the last of a name counts, ``name[]`` collects."""
    query: Query = {}
    for name, value in request.query.items():
        if name.endswith("[]"):
            held = query.get(name[:-2])
            query[name[:-2]] = [*held, value] if isinstance(held, list) else [value]
        else:
            query[name] = value
    return query


def basic_credentials(header: str) -> tuple[str, str] | None:
    """API ID and password of an ``Authorization`` header, if it is readable."""
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        api_id, separator, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (api_id, password) if separator else None


def decoded(body: bytes) -> tuple[Any, bool]:
    """The value of a JSON body (None without one), and whether it could be read."""
    if not body:
        return None, True
    try:
        text = body.decode()
        value = json.loads(text, parse_constant=_float, parse_float=_float, parse_int=_integer)
        if "\\u" in text:
            # Half a surrogate pair can be escaped and is no text; so PHP refuses it, too.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None, False
    return value, True


def _float(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text} is not JSON")
    return value


def _integer(text: str) -> int | float:
    # PHP's integers have 64 bits; it reads a larger number as a float.
    value = int(text) if len(text) <= _LONGEST_INTEGER else None
    return value if value is not None and -(2**63) <= value < 2**63 else _float(text)
