"""Bytes to models: the fast way first, the tolerant one where an answer breaks its types.

Reading takes the fast path first: msgspec checks the bytes against plain JSON types that admit
null everywhere, and a generated function per set of fields fills the slots. An answer that breaks
its documented types anywhere is read again, object by object and field by field, so that only the
broken fields stay as they came. Both paths give the same models.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, Final, NamedTuple, TypeVar, cast

import msgspec

from sitoo_async._codec.base import Model
from sitoo_async._codec.fast import Build, any_row, builder, exact_row
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.json import MARK, UNREADABLE, encode, is_object, parse
from sitoo_async._codec.meaning import integer_of
from sitoo_async._codec.tolerant import Reading, wrong_shape
from sitoo_async._codec.unset import UNSET
from sitoo_async._codec.writing import select, writable
from sitoo_async.errors import DecodeError

__all__ = [
    "decode_array",
    "decode_item",
    "decode_page",
    "decode_raw",
    "decode_value",
    "encode",
    "last_row",
    "select",
    "writable",
]

M = TypeVar("M", bound=Model)
V = TypeVar("V", int, str)


# Reading ------------------------------------------------------------------------------------


def decode_item(body: bytes, cls: type[M], *, strict: bool = False) -> M:
    """Read one object.

    Raises:
        DecodeError: not JSON, not an object or, where `strict`, not of the documented types.
    """
    with suppress(*UNREADABLE):
        return cast("M", _fast(cls).item(body))
    reading, value = _tolerantly(body, cls, strict=strict)
    if not is_object(value):
        raise wrong_shape("an object", value, None)
    with _in_depth():
        return cast("M", reading.item(cls, value, None))


def decode_page(
    body: bytes, cls: type[M], *, strict: bool = False
) -> tuple[list[M | None], int | None]:
    """Read an envelope: its rows, and how many the query has in all.

    Returns:
        The items, with None for a row that came as null: it counts as received. And the
        totalcount; None where the answer does not tell.

    Raises:
        DecodeError: not JSON, no envelope or, where `strict`, not of the documented types.
    """
    with suppress(*UNREADABLE):
        items, totalcount = _fast(cls).page(body)
        if totalcount is None:
            Reading(strict=strict, source=_page_of(cls)).uncounted()
        return items, totalcount
    reading, value = _tolerantly(body, cls, strict=strict)
    with _in_depth():
        rows, totalcount = reading.envelope(value)
        return [reading.row(cls, row, index) for index, row in enumerate(rows)], totalcount


def decode_array(
    body: bytes, cls: type[M], *, strict: bool = False
) -> tuple[list[M | None], int | None]:
    """Read a bare array of objects, and how many it holds; see `decode_page`.

    Raises:
        DecodeError: not JSON, no array or, where `strict`, not of the documented types.
    """
    with suppress(*UNREADABLE):
        items = _fast(cls).array(body)
        return items, len(items)
    reading, value = _tolerantly(body, cls, strict=strict)
    with _in_depth():
        rows = reading.array(value)
        return [reading.row(cls, row, index) for index, row in enumerate(rows)], len(rows)


def decode_value(body: bytes, *, strict: bool = False, source: str = "an answer") -> Any:
    """Read plain JSON: an id, true, the answers of a batch.

    Args:
        body: the answer.
        strict: whether what is only nearly JSON is an error.
        source: what is read, for the warning about that.

    Raises:
        DecodeError: not JSON.
    """
    return _mended(body, Reading(strict=strict, source=source), exact=True)


def decode_raw(body: bytes) -> Any:
    """Read JSON of which nothing is documented, fractions as floats and without a word.

    Raises:
        DecodeError: not JSON.
    """
    return _mended(body, Reading(strict=False, quiet=True), exact=False)


def _mended(body: bytes, reading: Reading, *, exact: bool) -> Any:
    value, proper = _parsed(body, reading, exact=exact)
    if proper:
        return value
    with _in_depth():
        return reading.plain(value)


def _page_of(cls: type[Model]) -> str:
    return f"a page of {cls.__name__}"


def _tolerantly(body: bytes, cls: type[Model], *, strict: bool) -> tuple[Reading, Any]:
    reading = Reading(strict=strict, source=_page_of(cls))
    value, _ = _parsed(body, reading)
    return reading, value


def _parsed(body: bytes, reading: Reading, *, exact: bool = True) -> tuple[Any, bool]:
    value, proper = parse(body, exact=exact)
    if body.lstrip(b" \t\r\n").startswith(MARK):
        reading.marked()
    return value, proper


@contextmanager
def _in_depth() -> Generator[None, None, None]:
    """What could be parsed may still be nested too deeply to be looked at."""
    try:
        yield
    except UNREADABLE as error:
        raise DecodeError(f"the answer can't be read: {type(error).__name__}") from None


def last_row(body: bytes, name: str, kind: type[V]) -> tuple[int, V | None]:
    """How many rows an answer holds, and a field of the last one, without decoding the rest.

    An answer that can't be read has no rows here; decoding it tells what is wrong.
    """
    hashable: Any = kind  # which mypy doubts of a type
    rows = _peek(name, hashable)
    with suppress(*UNREADABLE):
        found = rows(body)
        items: list[Any] = getattr(found, "items", found)
        value: Any = next((getattr(row, name) for row in reversed(items) if row is not None), None)
        meant: Any = integer_of(value) if kind is int else value
        return len(items), meant
    return 0, None


@cache
def _peek(name: str, kind: Any) -> Callable[[bytes], Any]:
    rows = list
    # An id may come as text where it is documented as an integer.
    wire = int | str | None if kind is int else kind | None
    row: Any = msgspec.defstruct("Row", [(name, wire, None)], gc=False) | None
    envelope = msgspec.defstruct("Rows", [("items", rows[row])], gc=False)
    return msgspec.json.Decoder(envelope | rows[row]).decode


# The fast path ------------------------------------------------------------------------------

# Callers choose the fields, and few of them choose many selections.
_MOST_SELECTIONS: Final = 64


class _Reader(NamedTuple):
    """How the rows of one selection of fields are read."""

    envelope: Callable[[bytes], Any]
    array: Callable[[bytes], list[Any]]
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

    def array(self, body: bytes) -> list[Any]:
        build = self._any.build
        return [build(row) for row in self._any.array(body)]

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
    # Types put together at run time, which no checker can follow.
    array: Any = list
    rows: Any = array[row]
    count: Any = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
    envelope = msgspec.defstruct(
        "Envelope", [("items", rows), ("totalcount", count | None, None)], gc=False
    )
    return _Reader(
        msgspec.json.Decoder(envelope, float_hook=Decimal).decode,
        msgspec.json.Decoder(rows, float_hook=Decimal).decode,
        build,
    )


_known: Final[dict[type[Model], _Fast]] = {}


def _fast(cls: type[Model]) -> _Fast:
    fast = _known.get(cls)
    if fast is None:
        fast = _known[cls] = _Fast(cls)
    return fast
