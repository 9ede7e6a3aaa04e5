"""Pytest fixtures: write ``pytest_plugins = ["sitoo_async.testing.fixtures"]`` in a conftest.py.

They need pytest and pytest-asyncio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from sitoo_async.testing._server.http import FakeSitoo

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from sitoo_async._client import SitooClient

__all__ = ["fake_sitoo", "fake_sitoo_in_thread", "sitoo"]


@pytest_asyncio.fixture
async def fake_sitoo() -> AsyncIterator[FakeSitoo]:
    """A started fake server whose first site holds 25 products."""
    async with FakeSitoo(products=25) as fake:
        yield fake


@pytest.fixture
def fake_sitoo_in_thread() -> Iterator[FakeSitoo]:
    """The same in a thread of its own, for code under test that is synchronous outside."""
    with FakeSitoo(products=25) as fake:
        yield fake


@pytest_asyncio.fixture
async def sitoo(fake_sitoo: FakeSitoo) -> AsyncIterator[SitooClient]:
    """A client on the fake server of this test."""
    async with fake_sitoo.client() as client:
        yield client
