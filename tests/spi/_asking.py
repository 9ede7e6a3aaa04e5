"""What asks an application as a POS does, without a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sitoo_async.spi import App

__all__ = ["asking"]


def asking(app: App) -> Callable[..., Awaitable[tuple[int, Any]]]:
    """Asks, and gives the status and what is in the body."""

    async def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        content = b"" if body is None else json.dumps(body).encode()
        answer = await app.handle(method, path, {}, content)
        return answer.status, answer.json()

    return ask
