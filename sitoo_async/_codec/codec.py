"""Bytes to models: the fast way first, the tolerant one where an answer breaks its types.

Reading takes the fast path first: msgspec checks the bytes against plain JSON types that admit
null everywhere, and a generated function per shape of rows fills the slots. An answer that breaks
its documented types anywhere is read again, object by object and field by field, so that only the
broken fields stay as they came. Both paths give the same models.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, Final, TypeVar, cast

import msgspec

from sitoo_async._codec.base import Model
from sitoo_async._codec.json import MARK, UNREADABLE, encode, is_object, parse
from sitoo_async._codec.learning import learner
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
        item: M = learner(cls, keep_unknown=keep_unknown).item(body)
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
        items, totalcount = learner(cls, keep_unknown=keep_unknown).page(body)
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
        items = learner(cls, keep_unknown=keep_unknown).array(body)
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
