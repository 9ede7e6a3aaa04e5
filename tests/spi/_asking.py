"""What asks an application as Sitoo and its POS do, without a server."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sitoo_async.spi import App

__all__ = ["asking", "basic"]


def basic(user: str, password: str, encoding: str = "utf-8") -> str:
    """What goes into the ``Authorization`` header."""
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode(encoding)).decode()}"


def asking(app: App) -> Callable[..., Awaitable[tuple[int, Any]]]:
    """Asks, and gives the status and what is in the body."""

    async def ask(method: str, path: str, body: Any = None) -> tuple[int, Any]:
        content = b"" if body is None else json.dumps(body).encode()
        answer = await app.handle(method, path, {}, content)
        return answer.status, answer.json()

    return ask
