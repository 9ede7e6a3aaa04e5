"""Bytes to models: the fast way first, the tolerant one where an answer breaks its types.

Reading takes the fast path first: msgspec checks the bytes against plain JSON types that admit
null everywhere, and a generated function per shape of rows fills the slots. An answer that breaks
its documented types anywhere is read again, object by object and field by field, so that only the
broken fields stay as they came. Both paths give the same models.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from decimal import Decimal
from functools import cache
from operator import attrgetter
from typing import Annotated, Any, Final, NamedTuple, TypeVar, cast

import msgspec

from sitoo_async._codec.base import Model
from sitoo_async._codec.fast import (
    Build,
    Shape,
    any_object,
    any_row,
    builder,
    keeper,
    keeps,
    row_of,
)
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.json import MARK, UNREADABLE, encode, is_object, parse
from sitoo_async._codec.meaning import integer_of
from sitoo_async._codec.tolerant import Reading, wrong_shape
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
    "next_of",
    "select",
    "writable",
]

M = TypeVar("M", bound=Model)
V = TypeVar("V", int, str)


# Reading ------------------------------------------------------------------------------------


def decode_item(
    body: bytes, cls: type[M], *, strict: bool = False, keep_unknown: bool = False
) -> M:
    """Read one object.

    Raises:
        DecodeError: not JSON, not an object or, where `strict`, not of the documented types.
    """
    try:  # not suppress, which would take as long as some of the fields
        item: M = _fast(cls, keep_unknown=keep_unknown).item(body)
    except UNREADABLE:
        reading, value = _tolerantly(body, cls, strict=strict, keep_unknown=keep_unknown)
    else:
        return item
    if not is_object(value):
        raise wrong_shape("an object", value, None)
    with _in_depth():
        return cast("M", reading.item(cls, value, None))


def decode_page(
    body: bytes,
    cls: type[M],
    *,
    strict: bool = False,
    keep_unknown: bool = False,
    counted: bool = True,
) -> tuple[list[M | None], int | None]:
    """Read an envelope: its rows, and how many the query has in all, if it is one that tells.

    Returns:
        The items, with None for a row that came as null: it counts as received. And the
        totalcount; None where the answer does not tell.

    Raises:
        DecodeError: not JSON, no envelope or, where `strict`, not of the documented types.
    """
    with suppress(*UNREADABLE):
        items, totalcount = _fast(cls, keep_unknown=keep_unknown).page(body)
        if totalcount is None and counted:
            Reading(strict=strict, source=_page_of(cls)).uncounted()
        return items, totalcount
    reading, value = _tolerantly(body, cls, strict=strict, keep_unknown=keep_unknown)
    with _in_depth():
        rows, totalcount = reading.envelope(value, counted=counted)
        return [reading.row(cls, row, index) for index, row in enumerate(rows)], totalcount


def decode_array(
    body: bytes, cls: type[M], *, strict: bool = False, keep_unknown: bool = False
) -> tuple[list[M | None], int | None]:
    """Read a bare array of objects, and how many it holds; see `decode_page`.

    Raises:
        DecodeError: not JSON, no array or, where `strict`, not of the documented types.
    """
    with suppress(*UNREADABLE):
        items = _fast(cls, keep_unknown=keep_unknown).array(body)
        return items, len(items)
    reading, value = _tolerantly(body, cls, strict=strict, keep_unknown=keep_unknown)
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


def _tolerantly(
    body: bytes, cls: type[Model], *, strict: bool, keep_unknown: bool
) -> tuple[Reading, Any]:
    reading = Reading(strict=strict, source=_page_of(cls), keep_unknown=keep_unknown)
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


def next_of(body: bytes) -> str | None:
    """The cursor that a page names for the next one, without decoding the rest; None at the end.

    Raises:
        DecodeError: it names one that can't be a cursor.
    """
    with suppress(*UNREADABLE):
        return _next(body).next or None
    value, _ = parse(body)
    found = value.get("next") if is_object(value) else None
    if found is None:
        return None
    if isinstance(found, int) and not isinstance(found, bool):
        return str(found)
    if isinstance(found, str):
        with suppress(UnicodeEncodeError):  # what is no valid text can't be sent back
            found.encode()
            return found or None
    raise wrong_shape("a cursor", found, (None, "next"))


_next: Final[Callable[[bytes], Any]] = msgspec.json.Decoder(
    msgspec.defstruct("Next", [("next", str | None, None)], gc=False)
).decode


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
_MOST_SHAPES: Final = 64

# Types put together at run time, which no checker can follow.
_array: Final[Any] = list
_mapping: Final[Any] = dict
_count: Final[Any] = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class _Rows(NamedTuple):
    """How the rows of an answer are found: in an envelope, in a bare array, or as one alone."""

    envelope: Callable[[bytes], Any]
    array: Callable[[bytes], list[Any]]
    item: Callable[[bytes], Any]


_Form = Callable[[_Rows], Callable[[bytes], Any]]

# Which of them an answer takes.
_in_envelope: Final[_Form] = attrgetter("envelope")
_in_array: Final[_Form] = attrgetter("array")
_alone: Final[_Form] = attrgetter("item")


class _Reader(NamedTuple):
    """How rows of one shape are read, and what makes models of them."""

    shape: Shape
    rows: _Rows
    build: Build


class _Fast:
    """The fast path of one model.

    The rows of a page hold the same names, and so do the pages of a walk, and what is fetched one
    by one. So the shapes that came before are tried, the last one first; what doesn't fit mostly
    fails at the first row. An answer that fits none is looked through for the names that it holds,
    and read by them: such an answer takes twice the time, the next one doesn't.
    """

    def __init__(self, cls: type[Model], *, keep_unknown: bool) -> None:
        self._cls = cls
        self._keep_unknown = keep_unknown
        kept = keeps(cls, keep_unknown)
        row: Any = any_object if kept else any_row(cls)
        build = (keeper if kept else builder)(cls, keep_unknown=keep_unknown)
        self._any = _Reader(Shape(frozenset(), frozenset()), _rows(row), build)
        self._readers: tuple[_Reader, ...] = ()
        self._learned = 0
        self._most_names = 2 * len(fields_of(cls))

    def item(self, body: bytes) -> Any:
        row, reader = self._read(body, _alone)
        return reader.build((row,))[0]

    def array(self, body: bytes) -> list[Any]:
        rows, reader = self._read(body, _in_array)
        return reader.build(rows)

    def page(self, body: bytes) -> tuple[list[Any], int | None]:
        envelope, reader = self._read(body, _in_envelope)
        return reader.build(envelope.items), envelope.totalcount

    def _read(self, body: bytes, form: _Form) -> tuple[Any, _Reader]:
        readers = self._readers
        for reader in readers:
            try:
                found = form(reader.rows)(body)
            except msgspec.ValidationError:
                continue
            if reader is not readers[0]:
                self._readers = (reader, *(each for each in readers if each is not reader))
            return found, reader
        raw = form(_raw)(body)
        rows: Any = [raw] if form is _alone else getattr(raw, "items", raw)
        reader = self._reader(rows)
        return form(reader.rows)(body), reader

    def _reader(self, rows: list[msgspec.Raw]) -> _Reader:
        """The reader of rows that none of those before could read."""
        if not rows or self._learned == _MOST_SHAPES:
            return self._any
        always, ever = _shape(rows)
        near: list[_Reader] = []
        for reader in self._readers:
            # Rows that differ in little come from the same question: what some of them lack, or
            # have beyond the others, costs the others next to nothing.
            if 2 * len(ever & reader.shape.ever) >= len(ever | reader.shape.ever):
                near.append(reader)
                always &= reader.shape.always
                ever |= reader.shape.ever
        shape = Shape(always, ever)
        # It was not for its names that the page was refused, or there is no end to them.
        if any(reader.shape == shape for reader in near) or len(ever) > self._most_names:
            return self._any
        self._learned += 1
        row = row_of(self._cls, shape, keep_unknown=self._keep_unknown)
        reader = _Reader(
            shape, _rows(row), builder(self._cls, shape, keep_unknown=self._keep_unknown)
        )
        self._readers = (reader, *(each for each in self._readers if each not in near))
        return reader


def _rows(row: Any) -> _Rows:
    envelope = msgspec.defstruct(
        "Envelope", [("items", _array[row]), ("totalcount", _count | None, None)], gc=False
    )
    return _Rows(
        msgspec.json.Decoder(envelope, float_hook=Decimal).decode,
        msgspec.json.Decoder(_array[row], float_hook=Decimal).decode,
        msgspec.json.Decoder(row, float_hook=Decimal).decode,
    )


_raw: Final = _rows(msgspec.Raw)
_names: Final = msgspec.json.Decoder(_mapping[str, msgspec.Raw]).decode


def _shape(rows: list[msgspec.Raw]) -> Shape:
    always = ever = first = _names(rows[0]).keys()
    for row in rows:
        names = _names(row).keys()
        if names != first:
            always, ever = always & names, ever | names
    return Shape(frozenset(always), frozenset(ever))


_known: Final[dict[tuple[type[Model], bool], _Fast]] = {}


def _fast(cls: type[Model], *, keep_unknown: bool = False) -> _Fast:
    fast = _known.get((cls, keep_unknown))
    if fast is None:
        fast = _known[cls, keep_unknown] = _Fast(cls, keep_unknown=keep_unknown)
    return fast
