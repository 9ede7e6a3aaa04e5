"""Bytes to models and back.

Reading takes the fast path first: msgspec checks the bytes against plain JSON types that admit
null everywhere, and a generated function per set of fields fills the slots. An answer that breaks
its documented types anywhere is read again, object by object and field by field, so that only the
broken fields stay as they came. Both paths give the same models.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, NamedTuple, TypeVar, cast

import cattrs
import msgspec

from sitoo_async.errors import DecodeError
from sitoo_async.models._base import Model
from sitoo_async.models._fields import fields_of
from sitoo_async.models._json import encode, is_array, is_mapping, is_object
from sitoo_async.models._reading import IMPOSSIBLE, Reading, wrong_shape
from sitoo_async.models._rows import Build, any_row, builder, exact_row
from sitoo_async.models._unset import UNSET
from sitoo_async.models._writing import plain, select, writable

__all__ = [
    "converter",
    "decode_array",
    "decode_item",
    "decode_page",
    "decode_value",
    "encode",
    "last_row",
    "select",
    "writable",
]

M = TypeVar("M", bound=Model)
V = TypeVar("V", int, str)

# Floats come as Decimal on both paths: exact, and never a surprise in a sum of money.
_generic: Final = msgspec.json.Decoder(float_hook=Decimal)


# Reading ------------------------------------------------------------------------------------


def decode_item(body: bytes, cls: type[M], *, strict: bool = False) -> M:
    """Read one object.

    Raises:
        DecodeError: not JSON, not an object or, where `strict`, not of the documented types.
    """
    with suppress(*IMPOSSIBLE, RecursionError):
        return cast("M", _fast(cls).item(body))
    value = decode_value(body)
    if not is_object(value):
        raise wrong_shape("an object", value, None)
    return cast("M", Reading(strict=strict).item(cls, value, None))


def decode_page(body: bytes, cls: type[M], *, strict: bool = False) -> tuple[list[M], int | None]:
    """Read an envelope: its items, and how many the query has in all; None where it tells nothing.

    Raises:
        DecodeError: not JSON, no envelope or, where `strict`, not of the documented types.
    """
    with suppress(*IMPOSSIBLE, RecursionError):
        page = _fast(cls).page(body)
        if page[1] is not None or not strict:
            return page
    rows, totalcount = _envelope(decode_value(body), strict=strict)
    reading = Reading(strict=strict)
    items: list[M] = []
    for index, row in enumerate(rows):
        trail = ((None, "items"), index)
        if not is_object(row):
            raise wrong_shape("an object", row, trail)
        items.append(reading.item(cls, row, trail))
    return items, totalcount


def decode_array(body: bytes, cls: type[M], *, strict: bool = False) -> tuple[list[M], int]:
    """Read a bare array of objects, and how many it holds.

    Raises:
        DecodeError: not JSON, no array or, where `strict`, not of the documented types.
    """
    items, _ = decode_page(b'{"totalcount":0,"items":%b}' % body, cls, strict=strict)
    return items, len(items)


def last_row(body: bytes, name: str, kind: type[V]) -> tuple[int, V | None]:
    """How many rows an answer holds, and a field of the last one, without decoding the rest.

    An answer that can't be read has no rows here; decoding it tells what is wrong.
    """
    hashable: Any = kind  # which mypy doubts of a type
    rows = _peek(name, hashable)
    with suppress(msgspec.DecodeError):
        found = rows(body)
        items: list[Any] = getattr(found, "items", found)
        return len(items), getattr(items[-1], name) if items else None
    return 0, None


@cache
def _peek(name: str, kind: Any) -> Callable[[bytes], Any]:
    rows = list
    row = msgspec.defstruct("Row", [(name, kind | None, None)], gc=False)
    envelope = msgspec.defstruct("Rows", [("items", rows[row])], gc=False)
    return msgspec.json.Decoder(envelope | rows[row]).decode


def _envelope(value: Any, *, strict: bool) -> tuple[list[Any], int | None]:
    if not is_object(value):
        raise wrong_shape("an envelope", value, None)
    rows = value.get("items")
    totalcount = value.get("totalcount")
    if not is_array(rows):
        raise wrong_shape("an array", rows, (None, "items"))
    if totalcount is None and not strict:
        return rows, None
    if type(totalcount) is not int or totalcount < 0:
        raise wrong_shape("a count", totalcount, (None, "totalcount"))
    return rows, totalcount


def decode_value(body: bytes) -> Any:
    """Read plain JSON: an id, true, the answers of a batch.

    Raises:
        DecodeError: not JSON.
    """
    try:
        return _generic.decode(body)
    except (ValueError, RecursionError) as error:
        # The reason tells a position, never the text: an answer may hold personal data.
        reason = str(error) if isinstance(error, msgspec.DecodeError) else type(error).__name__
        raise DecodeError(f"the answer is not JSON: {reason}") from None


# The fast path ------------------------------------------------------------------------------

# Callers choose the fields, and few of them choose many selections.
_MOST_SELECTIONS: Final = 64


class _Reader(NamedTuple):
    """How the rows of one selection of fields are read."""

    envelope: Callable[[bytes], Any]
    build: Build


class _Fast:
    """The fast path of one model."""

    def __init__(self, cls: type[Model]) -> None:
        self._cls = cls
        self._row = any_row(cls)
        self._item = msgspec.json.Decoder(self._row, float_hook=Decimal).decode
        self._any = _reader(self._row, builder(cls))
        self._selections: dict[frozenset[str], _Reader] = {}
        self._recent = self._any

    def item(self, body: bytes) -> Any:
        return self._any.build(self._item(body))

    def page(self, body: bytes) -> tuple[list[Any], int | None]:
        # The rows of a page, and the pages of a walk, hold the same fields. So the last selection
        # is tried first; its row refuses a page of another selection at the first object.
        recent, envelope = self._recent, None
        build = recent.build
        if recent is not self._any:
            with suppress(msgspec.ValidationError):
                envelope = recent.envelope(body)
        if envelope is None:
            envelope, build = self._any.envelope(body), self._any.build
            if envelope.items:
                self._recent = self._selection(envelope.items[0])
        return [build(row) for row in envelope.items], envelope.totalcount

    def _selection(self, row: Any) -> _Reader:
        names = frozenset(name for name in fields_of(self._cls) if getattr(row, name) is not UNSET)
        known = self._selections.get(names)
        if known is not None:
            return known
        if len(self._selections) == _MOST_SELECTIONS:
            return self._any
        reader = _reader(exact_row(self._cls, names), builder(self._cls, names))
        self._selections[names] = reader
        return reader


def _reader(row: type[msgspec.Struct], build: Build) -> _Reader:
    rows = list
    envelope = msgspec.defstruct(
        "Envelope",
        [("items", rows[row]), ("totalcount", Annotated[int, msgspec.Meta(ge=0)] | None, None)],
        gc=False,
    )
    return _Reader(msgspec.json.Decoder(envelope, float_hook=Decimal).decode, build)


_known: Final[dict[type[Model], _Fast]] = {}


def _fast(cls: type[Model]) -> _Fast:
    fast = _known.get(cls)
    if fast is None:
        fast = _known[cls] = _Fast(cls)
    return fast


# Writing ------------------------------------------------------------------------------------


# cattrs -------------------------------------------------------------------------------------


def _structure(value: Any, cls: type[Model]) -> Any:
    if not is_mapping(value):
        raise wrong_shape(f"a mapping of {cls.__name__}", value, None)
    return Reading(strict=False).item(cls, value, None)


def _is_model(cls: Any) -> bool:
    return isinstance(cls, type) and issubclass(cls, Model)


converter: Final = cattrs.Converter()
"""Plain objects to models, tolerantly, and models to plain JSON-able objects; ours alone."""

converter.register_structure_hook_func(_is_model, _structure)
converter.register_unstructure_hook_func(_is_model, plain)
