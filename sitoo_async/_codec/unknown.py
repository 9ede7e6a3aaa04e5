"""Fields that no model knows: where an object keeps them, and how they are read.

What is kept is no part of the object as its model describes it. So it doesn't count where objects
are compared or shown, and is never sent; but it goes where the object goes, with copies and
pickles.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from sitoo_async._codec.fields import fields_of

if TYPE_CHECKING:
    from sitoo_async._codec.base import Model

__all__ = ["Unknown", "keep", "unknown_fields"]

_NONE: Final[Mapping[str, Any]] = MappingProxyType({})


class Unknown:
    """The slot that a model has for them, empty as a rule."""

    __slots__ = ("_unknown",)


# Past whatever a model does when its attributes are read or set.
_read: Final = vars(Unknown)["_unknown"].__get__
_write: Final = vars(Unknown)["_unknown"].__set__


def unknown_fields(item: Model) -> Mapping[str, Any]:
    """The fields of an answer that its model doesn't know, by name, as plain JSON values.

    They are kept where the option `keep_unknown` asks for it, and always in models of the services
    beside v2 and of the interfaces, which are known in part; else there are none. Numbers with a
    fraction are Decimal. Models within an item have their own. Copies and pickles have
    them too; where items are compared or shown they don't count, and they are never sent.

    Args:
        item: what was read.

    Raises:
        InvalidInputError: it is no model.
    """
    fields_of(type(item))  # which tells
    try:
        return MappingProxyType(_read(item))
    except AttributeError:
        return _NONE


def keep(item: Model, fields: Mapping[str, Any]) -> None:
    """Keep these fields with an item."""
    if fields:
        _write(item, {**fields})
