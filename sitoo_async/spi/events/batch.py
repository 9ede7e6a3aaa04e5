"""A batch as it came, to letters: what can't be read takes nothing else with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from sitoo_async._codec.json import BLANK, UNREADABLE, is_object, parse
from sitoo_async.errors import DecodeError
from sitoo_async.spi.events.inbox import Letter, unreadable

__all__ = ["letters_of", "subject_called"]


class _Head(msgspec.Struct):
    """What must be there, so that a letter can be told from others and handed over."""

    event_id: str | int
    event_type: str
    data: Any = None


_elements: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_head: Final = msgspec.json.Decoder(_Head).decode

_LONGEST: Final = 200
"""Characters of an event_id, of which Sitoo's have 32; beyond some 2,000 no database indexes it."""


def letters_of(body: bytes) -> list[Letter]:
    """One letter for each element, in their order.

    Sitoo drops for good whatever is answered with an error, so nothing is refused here: a body that
    is no array is one letter, and an element that is no event is one that can't be read.
    """
    body = body.strip(BLANK)
    try:
        elements = [bytes(each) for each in _elements(body)]
    except UNREADABLE:
        elements = [*_split(body)] if body[:1] == b"[" else [body]
    return [_letter(element) for element in elements if element]


# Strings, in which the others say nothing; an escape may hide the end of one.
_TOKEN: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?|[\[\]{},]', re.DOTALL)


def _split(body: bytes) -> Iterator[bytes]:
    """The elements of an array, though some of them are not JSON, or nested beyond all bounds.

    They are told by brackets and commas alone. Where the end is missing, the last one is cut.
    """
    depth, began = 0, 1
    for token in _TOKEN.finditer(body):
        match token[0]:
            case b"[" | b"{":
                depth += 1
            case b"]" | b"}":
                depth -= 1
            case b"," if depth == 1:
                yield body[began : token.start()].strip()
                began = token.end()
            case _:
                continue
        if depth == 0:
            yield body[began : token.start()].strip()
            began = token.end()
            break
    yield body[began:].strip()  # what follows the array, or the element that was cut


def _letter(element: bytes) -> Letter:
    try:
        head = _head(element)
    except UNREADABLE:
        try:
            # What is nearly JSON, or holds a number that no float does, may be an event yet.
            head = msgspec.convert(parse(element)[0], _Head)
        except DecodeError as error:
            why = error.message.removeprefix("the answer is ")
            return unreadable(element, f"not an event: {why}")
        except msgspec.ValidationError as error:
            return unreadable(element, f"not an event: {error}")  # which names no value
    event_id = str(head.event_id)
    if not _storable(event_id):
        return unreadable(element, "not an event: its event_id is empty, too long or unprintable")
    return Letter(event_id=event_id, subject=_subject(head.event_type, head.data), body=element)


def _storable(key: str) -> bool:
    """Whether every database takes it: a zero in it, and they fail each time that it is sent."""
    return 0 < len(key) <= _LONGEST and key.isprintable()


# What reconciliation looks for ----------------------------------------------------------------

_SUBJECTS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "order": ("order", ("order_id",)),
    "booking": ("order", ("order_id",)),
    "warehouse-transaction": ("warehouse-transaction", ("eshop_id", "warehouse_transaction_id")),
    "z-report": ("z-report", ("register_id", "z_report_id")),
}
"""Of which kind of object an event tells, and by which of its data it is known."""


def _subject(event_type: str, data: object) -> str | None:
    """The object that an event tells of, such as ``ORDER 12345``, where that is known."""
    known = _SUBJECTS.get(event_type)
    if known is None or not is_object(data):
        return None
    kind, names = known
    keys = [key for key in map(data.get, names) if type(key) is int or type(key) is str]
    if len(keys) < len(names):
        return None
    subject = subject_called(kind, *keys)
    return subject if _storable(subject) else None


def subject_called(kind: str, *keys: str | int) -> str:
    """An object by its kind and its keys; GUIDs come in either case."""
    return f"{kind} {'/'.join(map(str, keys))}".upper()
