"""Arrays, maps and objects, and objects whose model depends on a text in or beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final

import attrs

from sitoo_async._codec.kinds.base import Scalar
from sitoo_async._codec.kinds.free import ATTRIBUTE, FREE
from sitoo_async._codec.kinds.plain import TEXT, text_like

if TYPE_CHECKING:
    from sitoo_async._codec.base import Model

__all__ = [
    "AdditionalData",
    "Attributes",
    "ChoiceOf",
    "Kind",
    "ListOf",
    "MapOf",
    "ObjectOf",
    "Tags",
]


@attrs.frozen(eq=False)
class ListOf:
    """An array."""

    item: Kind
    at_most: int | None = None


@attrs.frozen(eq=False)
class MapOf:
    """An object with free keys."""

    value: Scalar


@attrs.frozen(eq=False)
class ObjectOf:
    """An object of the reference."""

    model: type[Model]


@attrs.frozen(kw_only=True, eq=False)
class ChoiceOf:
    """An object of one of several models, as a text tells; of no model where that is unknown.

    Written beside the types in an annotation: ``Annotated[A | B | dict[str, Any], ChoiceOf(…)]``.

    Attributes:
        models: the models, by the text that tells them.
        field: the name of the field that holds the text.
        beside: whether that stands beside the object, rather than in it.
        others: more models that may be written, where nobody knows by which text they are told.
    """

    models: Mapping[str, type[Model]]
    field: str
    beside: bool
    others: tuple[type[Model], ...] = ()

    def told_by(self, tag: object) -> ObjectOf | MapOf:
        """The kind that a text tells; that of a plain mapping where it tells none."""
        model = self.models.get(tag) if isinstance(tag, str) else None
        return _PLAIN_OBJECT if model is None else ObjectOf(model)


Kind = Scalar | ListOf | MapOf | ObjectOf | ChoiceOf

_PLAIN_OBJECT: Final = MapOf(FREE)


# Maps and lists of their own names --------------------------------------------------------

Attributes = Annotated[dict[str, Any], MapOf(ATTRIBUTE)]
"""Values by attribute id; text of at most 128 characters, other JSON values as they are."""

AdditionalData = Annotated[dict[str, str], MapOf(TEXT)]
"""Free data whose values are all text."""

_TAG: Final = text_like(r"[A-Z0-9_-]{1,16}", "1 to 16 characters of A-Z, 0-9, _ and -", "a tag")

Tags = Annotated[list[str], ListOf(_TAG, at_most=30)]
"""At most 30 tags of 1 to 16 characters out of A-Z, 0-9, ``_`` and ``-``."""
