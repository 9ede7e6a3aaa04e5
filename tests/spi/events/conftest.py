"""Each inbox that keeps its own line, empty at first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sitoo_async.spi.events import Events, MemoryInbox, SQLiteInbox
from tests.spi.events._events import PAIR

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture(params=[MemoryInbox, SQLiteInbox])
async def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Any]:
    made = MemoryInbox() if request.param is MemoryInbox else SQLiteInbox(tmp_path / "events")
    yield made
    await made.aclose()


@pytest.fixture
def events(inbox: Any) -> Events:
    return Events(**PAIR, inbox=inbox)
