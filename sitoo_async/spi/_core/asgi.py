"""The core as an ASGI 3 application: where it is mounted, bodies in chunks, and lifespan."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote_to_bytes

from sitoo_async.spi._core.answer import Answer

if TYPE_CHECKING:
    from sitoo_async.spi._core.endpoint import Endpoint

__all__ = ["path_below", "serve"]

logger = logging.getLogger("sitoo_async")

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

_ESCAPE: Final = re.compile(rb"%[0-9A-Fa-f]{2}")

_NOT_OURS: Final = 1008
"""The code that closes a websocket, which nobody speaks here."""


class _GoneError(Exception):
    """Whoever asked has gone before all was said; a part of it means nothing."""


async def serve(endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve what an ASGI server hands on: a request, or the beginning and the end of its life.

    Raises:
        ValueError: a kind of connection that ASGI has added since.
    """
    match scope["type"]:
        case "http":
            await _answer(endpoint, scope, receive, send)
        case "lifespan":
            await _live(receive, send)
        case "websocket":
            await send({"type": "websocket.close", "code": _NOT_OURS})
        case other:
            raise ValueError(other)


async def _live(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _answer(endpoint: Endpoint, scope: Scope, receive: Receive, send: Send) -> None:
    client = scope.get("client")
    begun = endpoint.begin(
        scope["method"],
        path_below(scope),
        scope["headers"],
        query=scope.get("query_string", b""),
        peer=client[0] if client else None,
    )
    if isinstance(begun, Answer):
        answer, read = begun, not _has_body(scope["headers"])
    else:
        try:
            async with aclosing(_chunks(receive)) as chunks:
                answer, read = await begun.read(chunks)
        except _GoneError:
            return
    headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
    if not read and scope.get("http_version", "1.1").startswith("1"):
        # The rest of the body stays where it is, so nothing that follows it can be read.
        headers.append((b"connection", b"close"))
    # Servers may raise where the connection is closed by then.
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})
    except OSError:
        logger.info("Whoever asked had gone before the answer, of status %d", answer.status)


def _has_body(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    lengths = {name.lower(): value for name, value in headers}
    return b"transfer-encoding" in lengths or lengths.get(b"content-length", b"0") != b"0"


async def _chunks(receive: Receive) -> AsyncGenerator[bytes, None]:
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _GoneError
        yield message.get("body", b"")
        more = message.get("more_body", False)


def path_below(scope: Scope) -> str:
    """The path below the place where an application is mounted, percent-encoded as it came.

    `path` is decoded, so a slash within an id is lost there: `raw_path` has it, where the server
    tells it. Frameworks mount in two ways: `path` still begins with `root_path` (Starlette), or
    has lost what stood before, with a slash more at its end (Litestar).
    """
    path: str = scope["path"]
    root: str = scope.get("root_path", "").rstrip("/")
    if root and path.startswith(root) and path[len(root) : len(root) + 1] in {"", "/"}:
        path = path[len(root) :]
    raw: bytes = (scope.get("raw_path") or b"").partition(b"?")[0]
    if b"%" in raw:
        # The end of the raw path that reads like the path is what is left of it.
        before = unquote_to_bytes(raw).rstrip(b"/")
        plain = path.rstrip("/").encode("utf-8", "surrogateescape")
        if before.endswith(plain):
            place = len(before) - len(plain)
            for escape in _ESCAPE.finditer(raw):
                if escape.start() >= place:
                    break
                place += 2  # which it has more than what it stands for
            if raw[place : place + 1] == b"/":
                return raw[place:].decode("latin-1")
        # What is no UTF-8, servers replace by this: no id may come of that.
        path = path.replace("\ufffd", "\udcff")
    return quote(path, safe="/:@!$&'()*+,;=~", errors="surrogateescape")
