"""What follows from the models, a file a group: who changes a model writes these anew.

Each holds the dictionaries of the fields that may be set, as keywords and mappings give them, and
the names of the fields that may be asked for. They are written by .ci/write_fields.py.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from sitoo_async._on_demand import on_demand

__all__ = ["written"]


def written(module: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """What a module of models needs to have its written names, too, once they are used.

    Args:
        module: its name; of the names that it declares as public, it defines the others itself.
    """
    home = module.replace(".models.", ".models._written.")
    return on_demand(module, dict.fromkeys(sys.modules[module].__all__, home))
