"""How cattrs reads and writes models: as the codec does, tolerantly, from and to plain objects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

import cattrs

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async._codec.base import Model
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.json import is_mapping
from sitoo_async._codec.kinds import FREE
from sitoo_async._codec.tolerant import Reading, wrong_shape
from sitoo_async._codec.writing import plain
from sitoo_async.errors import InvalidInputError

__all__ = ["as_model", "converter"]

M = TypeVar("M", bound=Model)


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


def as_model(cls: type[M], data: Mapping[str, Any], /) -> M:
    """A model of plain JSON data, read as tolerantly as an answer.

    For what comes as a mapping: an object of which the reference does not say where it stands, an
    answer to `SitooClient.request`, what you stored as JSON. Fields that the model doesn't know
    are kept, see `unknown_fields`.

    ::

        as_model(Product, {"productid": 21, "moneyprice": "199.00"})

    Args:
        cls: the model.
        data: its fields as JSON has them, money as text and moments as seconds.

    Raises:
        InvalidInputError: it is no model, no mapping, or holds what JSON has not.
    """
    if not isinstance(cls, type):
        raise InvalidInputError(f"cls must be a model, such as Product, not {shown(cls)}")
    fields_of(cls)  # which tells
    with Looking("data"):
        if not is_mapping(data):
            raise InvalidInputError(
                f"data must be a mapping with the fields of {cls.__name__}", field="data"
            )
        read = FREE.write(data, "data")
    return Reading(strict=False, keep_unknown=True).item(cls, read, None)  # type: ignore[no-any-return]  # of that class
