"""The interfaces under aiohttp.web: one handler that hands requests to an `App` or to `Events`.

::

    from aiohttp import web
    from sitoo_async.spi.aiohttp import serve_below

    server = web.Application()
    serve_below(server, "/sitoo", app)
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from aiohttp import web

from sitoo_async._checks.show import shown, type_name
from sitoo_async._checks.values import is_a
from sitoo_async.errors import InvalidOptionError
from sitoo_async.spi._core.answer import Answer
from sitoo_async.spi._core.asgi import path_below
from sitoo_async.spi._core.endpoint import Endpoint

__all__ = ["serve_below"]


def serve_below(server: web.Application, path: str, endpoint: Endpoint) -> None:
    """Serve an interface below a path of an aiohttp.web application, or of one within another.

    Its `client_max_size` does not count here, that of the endpoint does.

    Args:
        server: the application.
        path: where Sitoo finds the interface, such as ``/sitoo/payments``; ``/`` for everywhere.
            What is at the path itself goes there too, such as events at ``/sitoo/events``.
        endpoint: an `App`, or `Events`.

    Raises:
        InvalidOptionError: the path doesn't begin with a slash, or holds a brace; `endpoint` is
            neither an `App` nor `Events`.
    """
    if not is_a(endpoint, Endpoint):
        raise InvalidOptionError(
            "endpoint must be Events, or an App of your services, such as"
            f" App(Payments(), user=…, password=…), not {type_name(endpoint)}",
            field="endpoint",
        )
    if not path.startswith("/") or "{" in path or "}" in path:
        raise InvalidOptionError(
            f"path must begin with a slash and have no parameters, not {shown(path)}", field="path"
        )

    async def handler(request: web.Request) -> web.StreamResponse:
        begun = endpoint.begin(
            request.method,
            path_below(
                {
                    "path": f"/{request.match_info.get('below', '')}",
                    "raw_path": request.rel_url.raw_path.encode(),
                }
            ),
            request.raw_headers,
            query=request.rel_url.raw_query_string,
            peer=request.remote,
        )
        if isinstance(begun, Answer):
            answer, read = begun, not request.can_read_body
        else:
            try:
                answer, read = await begun.read(_chunks(request))
            except (ConnectionError, web.RequestPayloadError):
                # Whoever asked has gone, or has packed it wrong; a part of it means nothing.
                answer, read = begun.refused("unreadable", "body ended too early", "body"), False
        response = web.Response(
            status=answer.status, headers=dict(answer.headers), body=answer.body or None
        )
        if not read:
            response.force_close()
        return response

    root = path.rstrip("/")
    server.router.add_route("*", root or "/", handler)
    server.router.add_route("*", f"{root}/{{below:.*}}", handler)


async def _chunks(request: web.Request) -> AsyncIterator[bytes]:
    async for chunk in request.content.iter_any():
        yield chunk
