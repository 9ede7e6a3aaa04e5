"""Moments: seconds since the epoch or ISO 8601 text in JSON, always aware datetimes here."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

from sitoo_async._codec.kinds.base import Scalar, refusal
from sitoo_async._codec.kinds.plain import write_integer, write_text
from sitoo_async.errors import InvalidInputError

__all__ = ["Moment", "Timestamp", "load_timestamp", "write_timestamp"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


def load_timestamp(value: int) -> datetime:
    """Seconds since the epoch to an aware datetime.

    Raises:
        ValueError: the year lies beyond what a datetime holds.
        OverflowError: likewise.
    """
    return datetime.fromtimestamp(value, UTC)


def _quick_timestamp(value: Any) -> int | None:
    if type(value) is datetime and value.tzinfo is UTC:
        return (value - _EPOCH) // _SECOND
    return None


def write_timestamp(value: Any, field: str) -> int:
    """An aware datetime to whole seconds since the epoch, rounded down.

    Raises:
        InvalidInputError: it is naive, or no datetime.
    """
    moment = _aware(value, field, "an aware datetime")
    return write_integer((moment - _EPOCH) // _SECOND, field)


def _aware(value: Any, field: str, need: str) -> datetime:
    if not isinstance(value, datetime):
        raise refusal(field, need, value)
    if value.utcoffset() is None:
        raise InvalidInputError(
            f"{field} is a naive datetime: give it a timezone, such as datetime.UTC", field=field
        )
    return value


Timestamp = Annotated[
    datetime,
    Scalar(
        name="a timestamp",
        wire=int,
        types=frozenset({int}),
        load=load_timestamp,
        convert=write_timestamp,
        accepts="datetime",
        quick=_quick_timestamp,
    ),
]
"""A moment: whole seconds since the Unix epoch on the wire, an aware UTC datetime here."""


# ISO 8601 -----------------------------------------------------------------------------------

# A date, a time and what it is off from UTC: what RFC 3339 has, and ISO 8601 shortens it to.
_ISO: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,9})?)?"
    r"(?:[Zz]|[-+][0-9]{2}(?::?[0-9]{2})?)",
    re.ASCII,
)


def _load_moment(value: str) -> datetime:
    if _ISO.fullmatch(value) is None:
        raise ValueError(value)
    return datetime.fromisoformat(value.upper())


def _write_moment(value: Any, field: str) -> str:
    if isinstance(value, str):
        text = write_text(value, field)
        try:
            _load_moment(text)
        except ValueError:
            raise InvalidInputError(
                f"{field} must be a moment with its offset, such as '2026-01-31T09:30:00Z'; or"
                " give an aware datetime",
                field=field,
            ) from None
        return text
    return _in_iso(_aware(value, field, "an aware datetime or text"))


def _quick_moment(value: Any) -> str | None:
    return _in_iso(value) if type(value) is datetime and value.tzinfo is UTC else None


def _in_iso(moment: datetime) -> str:
    text = moment.isoformat()
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


Moment = Annotated[
    datetime,
    Scalar(
        name="an ISO 8601 moment",
        wire=str,
        types=frozenset({str}),
        load=_load_moment,
        convert=_write_moment,
        accepts="datetime | str",
        quick=_quick_moment,
    ),
]
"""A moment: ISO 8601 text with an offset on the wire, an aware datetime with that offset here."""
