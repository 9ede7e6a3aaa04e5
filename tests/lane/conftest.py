"""A lane by itself, and servers that know several keys of one account."""

from __future__ import annotations

import pytest

from tests.lane._bench import Bench
from tests.lane._keys_server import serving


@pytest.fixture
async def bench():
    made = Bench()
    made.began = made.loop.time()
    return made


@pytest.fixture
async def server():
    """One that allows each key one request at a time."""
    async with serving() as started:
        yield started


@pytest.fixture
async def limited():
    """One that allows the account one request at a time, whatever its key."""
    async with serving(per_account=True) as started:
        yield started
