"""How public names come that are loaded when they are first used, and not before."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["on_demand"]


def on_demand(
    module: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and the ``__dir__`` of a module that loads names when they are used.

    Type checkers must not see them, but plain imports instead.

    Args:
        module: its name; it declares ``__all__``.
        homes: in which module each of the names is defined, or the module that it names itself.
    """
    names = vars(sys.modules[module])

    def load(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        found = import_module(home)
        value = names[name] = found if home == f"{module}.{name}" else getattr(found, name)
        return value

    return load, lambda: names["__all__"]
