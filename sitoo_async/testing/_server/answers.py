"""What the server sends back, and how it goes out."""

from __future__ import annotations

import asyncio
import gzip
import json
import math
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import attrs
from aiohttp import web
from multidict import CIMultiDict

from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._server.faults import HTML_502
from sitoo_async.testing._server.requests import as_php, below_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._server.faults import Fault
    from sitoo_async.testing._server.requests import RecordedRequest

__all__ = [
    "Answer",
    "bad_gateway",
    "encoded",
    "larger",
    "literal",
    "oversized",
    "refused",
    "send",
    "send_half",
    "worked",
    "worked_v3",
]

_PIECE = 0x10000
_SLOW_PIECES = 8


_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Sitoo"'}


@attrs.frozen
class Answer:
    """An answer of the server.

    Attributes:
        status: the HTTP status.
        body: as it goes out.
        headers: added to the usual headers, or replacing them.
        named: whether it carries a ``Sitoo-Request-ID``.
    """

    status: int
    body: bytes
    headers: Mapping[str, str] = attrs.field(factory=dict[str, str])
    named: bool = True


def encoded(value: Any) -> bytes:
    """`value` as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def refused(
    refusal: Refusal,
    record: RecordedRequest,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """The error object of the reference, v2's or that of the v3 services."""
    challenge = _CHALLENGE if refusal.statuscode == HTTPStatus.UNAUTHORIZED else {}
    of_v2 = record.service is None
    said = refusal.as_object() if of_v2 else refusal.as_message(record.request_id)
    return Answer(refusal.statuscode, encoded(said), challenge | dict(headers or {}))


def worked(
    account: Account,
    request: web.BaseRequest,
    record: RecordedRequest,
    *,
    readable: bool,
) -> Answer:
    """Do what the request asks for; the answer is what `account` says to it."""
    if not readable and request.method != "GET":
        return refused(Refusal(400, "Invalid JSON."), record)
    parts = [unquote(part) for part in below_root(request)[2]]
    # Every path answers with and without the extension.
    parts[-1:] = [part.removesuffix(".json") for part in parts[-1:]]
    try:
        status, value = account.answer(request.method, parts, as_php(request), record.json)
    except Refusal as refusal:
        return refused(refusal, record)
    return Answer(status, encoded(value))


def worked_v3(
    account: Account,
    request: web.BaseRequest,
    record: RecordedRequest,
    *,
    readable: bool,
) -> Answer:
    """The same for a v3 service."""
    if not readable and request.method != "GET":
        return refused(Refusal(400, "The body is not JSON."), record)
    service, _, below = below_root(request)
    assert service is not None  # noqa: S101  # it is a request for one
    parts = [unquote(part) for part in below]
    query = {name: values[-1] for name, values in record.query.items()}
    try:
        status, value = account.v3.answer(service, request.method, parts, query, record.json)
    except Refusal as refusal:
        return refused(refusal, record)
    return Answer(status, b"" if value is None else encoded(value))


def larger(answer: Answer, limit: int) -> bool:
    """Whether an answer has more than `limit` bytes when it is compressed."""
    # Compressing is slow, and makes nothing larger that would count here.
    return len(answer.body) > limit and len(gzip.compress(answer.body)) > limit


def bad_gateway() -> Answer:
    """The page of a load balancer, which knows no request id."""
    return Answer(502, HTML_502, {"Content-Type": "text/html"}, named=False)


def literal(fault: Fault, record: RecordedRequest) -> Answer:
    """The answer that a fault gives by itself."""
    if fault.body is None:
        text = fault.errortext or f"{fault.status}: fault"
        return refused(Refusal(fault.status, text), record, fault.headers)
    # The load balancer's own page comes without a request id.
    return Answer(fault.status, fault.body, fault.headers, named=fault.kind != "html502")


def oversized(fault: Fault) -> Answer:
    """One JSON text of the size that the fault names."""
    body = b'"%s"' % (b"x" * (fault.size - 2))
    if fault.compressed:
        return Answer(200, gzip.compress(body), {"Content-Encoding": "gzip"})
    return Answer(200, body)


async def send(
    request: web.BaseRequest,
    record: RecordedRequest,
    answer: Answer,
    *,
    seconds: float = 0.0,
) -> web.StreamResponse:
    """Send `answer`; with `seconds`, in a few pieces with pauses that add up to it.

    The request counts as open until the last piece was handed over: a client that asks again
    before it has read the body is caught.
    """
    response = await _begun(request, record, answer)
    size = max(1, math.ceil(len(answer.body) / _SLOW_PIECES)) if seconds else _PIECE
    starts = range(0, len(answer.body), size)
    for start in starts:
        if seconds:
            await asyncio.sleep(seconds / len(starts))
        await response.write(answer.body[start : start + size])
    await response.write_eof()
    record.status = answer.status
    return response


async def send_half(
    request: web.BaseRequest,
    record: RecordedRequest,
    answer: Answer,
) -> web.StreamResponse:
    """Send all headers, half the body, and close."""
    response = await _begun(request, record, answer)
    await response.write(answer.body[: len(answer.body) // 2])
    response.force_close()
    return response


async def _begun(
    request: web.BaseRequest,
    record: RecordedRequest,
    answer: Answer,
) -> web.StreamResponse:
    headers = CIMultiDict({"Content-Type": "application/json"})
    # Of the v3 services only the error object is known to name the request.
    if answer.named and record.service is None:
        headers["Sitoo-Request-ID"] = record.request_id
    headers.update(answer.headers)
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.content_length = len(answer.body)
    await response.prepare(request)
    return response
