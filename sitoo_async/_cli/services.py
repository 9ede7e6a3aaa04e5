"""What the services beside v2 have here: the modules that hold it, and the public names in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import Any

import sitoo_async.spi

__all__ = ["place_of", "public_names"]

# Beside the interfaces stands what serves them by a framework.
_NO_INTERFACES = {"aiohttp"}


@cache
def public_names() -> Mapping[str, Any]:
    """All that the models and the interfaces have, by where it is found; all of it is loaded."""
    modules = ["sitoo_async.models"]
    modules += [
        f"sitoo_async.spi.{each.name}"
        for each in iter_modules(sitoo_async.spi.__path__)
        if not each.name.startswith("_") and each.name not in _NO_INTERFACES
    ]
    return MappingProxyType(
        {f"{module}.{name}": value for module in modules for name, value in _of_module(module)}
    )


def _of_module(name: str) -> Iterator[tuple[str, Any]]:
    module = import_module(name)
    for each in module.__all__:
        yield each, getattr(module, each)


@cache
def _places() -> Mapping[int, str]:
    # The names of the models come first, and those of one's own class win over what it shares.
    return {id(value): place for place, value in reversed([*public_names().items()])}


def place_of(value: object) -> str | None:
    """Where a class is found by its public name; None: it has none."""
    return _places().get(id(value))
