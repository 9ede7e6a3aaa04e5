"""The facts of the services beside v2, and of the interfaces that Sitoo calls, read from data."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["service_facts", "services"]


def _folder() -> Any:
    return resources.files("sitoo_async.testing._reference").joinpath("data", "services")


@functools.cache
def services() -> tuple[str, ...]:
    """The name of each, such as ``shipments-v3`` and ``spi-payment``."""
    names = (file.name.removesuffix(".json") for file in _folder().iterdir())
    return tuple(sorted(name.replace("_", "-") for name in names))


@functools.cache
def service_facts(service: str) -> Mapping[str, Any]:
    """What is known of one: ``operations``, ``objects``, ``enums`` and ``examples``.

    Each operation, object and field carries its evidence: ``documented``, ``inferred`` (an
    operation with its confidence) or ``name-only``. Examples are by the name of the operation.
    """
    file = _folder().joinpath(f"{service.replace('-', '_')}.json")
    facts: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return facts
