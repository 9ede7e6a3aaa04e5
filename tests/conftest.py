"""What all tests share: real and virtual time, FakeSitoo, and hypothesis' settings."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from sitoo_async.testing import VirtualTimeLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

pytest_plugins = ["sitoo_async.testing.fixtures"]

settings.register_profile("default", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def _eager() -> asyncio.AbstractEventLoop:
    loop = VirtualTimeLoop()
    loop.set_task_factory(asyncio.eager_task_factory)
    return loop


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "virtual_time: runs on a clock that jumps over every wait")
    config.addinivalue_line("markers", "eager_too: also runs with the eager task factory")


def pytest_asyncio_loop_factories(
    config: pytest.Config,
    item: pytest.Item,
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    if item.get_closest_marker("virtual_time") is None:
        return {"real_time": asyncio.new_event_loop}
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"virtual_time": VirtualTimeLoop}
    if item.get_closest_marker("eager_too") and sys.version_info >= (3, 12):
        loops["virtual_time_eager"] = _eager
    return loops
