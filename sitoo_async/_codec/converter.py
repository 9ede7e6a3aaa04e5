"""How cattrs reads and writes models: as the codec does, tolerantly, from and to plain objects."""

from __future__ import annotations

from typing import Any, Final

import cattrs

from sitoo_async._codec.base import Model
from sitoo_async._codec.json import is_mapping
from sitoo_async._codec.tolerant import Reading, wrong_shape
from sitoo_async._codec.writing import plain

__all__ = ["converter"]


def _structure(value: Any, cls: type[Model]) -> Any:
    if not is_mapping(value):
        raise wrong_shape(f"a mapping of {cls.__name__}", value, None)
    return Reading(strict=False).item(cls, value, None)


def _is_model(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Model)


converter: Final = cattrs.Converter()
"""Plain objects to models, and models to plain JSON-able objects; ours alone."""

converter.register_structure_hook_func(_is_model, _structure)
converter.register_unstructure_hook_func(_is_model, plain)
