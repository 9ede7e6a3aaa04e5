"""Events as Sitoo posts them, and what posts them without a server."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

from tests.spi._asking import basic

if TYPE_CHECKING:
    from collections.abc import Callable

    from sitoo_async.spi._core.answer import Answer
    from sitoo_async.spi.events import Events

__all__ = ["PAIR", "authorization", "batch", "event", "post", "until"]

PAIR: dict[str, str] = {"user": "sitoo", "password": "made up"}


def authorization(user: str = PAIR["user"], password: str = PAIR["password"]) -> dict[str, str]:
    return {"Authorization": basic(user, password), "Content-Type": "application/json"}


def event(number: int, event_type: str = "order", data: Any = None) -> dict[str, Any]:
    """An event whose id and order are of that number."""
    if data is None:
        data = {"eshop_id": 1, "order_id": number, "order_event_type": "update"}
    return {
        "event_id": f"{number:032x}",
        "event_type": event_type,
        "event_date": 1611138542,
        "account_id": 1500,
        "data": data,
    }


def batch(*elements: Any) -> bytes:
    """A body; numbers stand for events, bytes for themselves."""
    texts = [
        each if isinstance(each, bytes) else json.dumps(event(each)).encode()
        for each in (
            json.dumps(each).encode() if isinstance(each, dict) else each for each in elements
        )
    ]
    return b"[%s]" % b", ".join(texts)


async def post(events: Events, body: bytes) -> Answer:
    return await events.handle("POST", "/events", authorization(), body)


async def until(condition: Callable[[], Any]) -> None:
    """Wait for what nobody tells, for a while."""
    for _ in range(4_000):
        if condition():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to pass")
