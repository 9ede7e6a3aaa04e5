"""How each kind of value travels: what JSON carries, what Python holds, what may be sent.

A model's annotations name these kinds: ``str``, ``int`` and ``bool`` stand for themselves, and
`Money`, `Timestamp` and the other aliases below carry theirs with them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Context, Decimal, Inexact, InvalidOperation
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final

import attrs

from sitoo_async._checks.looking import unreadable
from sitoo_async._checks.show import type_name
from sitoo_async._codec.enums import OpenEnum
from sitoo_async._codec.json import is_list, is_mapping
from sitoo_async.errors import InvalidInputError

if TYPE_CHECKING:
    from sitoo_async._codec.base import Model

__all__ = [
    "BOOLEAN",
    "FREE",
    "INTEGER",
    "TEXT",
    "AdditionalData",
    "Attributes",
    "Decimal3",
    "Kept",
    "Kind",
    "ListOf",
    "MapOf",
    "Mark",
    "Money",
    "Number",
    "ObjectOf",
    "Scalar",
    "Tags",
    "Timestamp",
    "enumeration",
    "load_timestamp",
    "text_like",
    "write_key",
    "write_timestamp",
]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


class Mark(Enum):
    """What else the reference says about a field; written beside its type in `Annotated`."""

    READ_ONLY = "only ever returned"
    WRITE_ONLY = "only ever sent"
    REQUIRED = "must be there when the object is added"
    IDENTIFIER = "names the object in an update or a delete"
    GUARD = "must be sent back as it was fetched, so that no change in between is lost"
    NOT_EMPTY = "is never sent empty"
    EMPTY_FOR_NULL = "read as null, but cleared by sending an empty text"
    LIST_OF_ONE = "also printed as a list that holds the one object"
    DEPRECATED = "still served, not to be used in new work"


class Kept(dict[Any, Any]):
    """Values by what they were read from, where the same ones come again and again.

    One of each saves the reading and a hundred bytes. There are at most 4096 of them.

    Args:
        load: reads a value that is not kept yet; null is None whatever it does.
    """

    __slots__ = ("_load",)

    def __init__(self, load: Callable[[Any], Any]) -> None:
        super().__init__()
        self._load = load

    def __missing__(self, raw: Any) -> Any:
        value = None if raw is None else self._load(raw)
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[raw] = value
        return value

    def __call__(self, raw: Any) -> Any:
        return self[raw]


_MOST_KEPT: Final = 4096


@attrs.frozen(kw_only=True, eq=False)
class Scalar:
    """One JSON value that is not a container of ours.

    Attributes:
        name: what an error message calls it.
        wire: the plain type that msgspec checks on the fast path.
        types: the Python types of the JSON values that may stand here.
        load: JSON to Python; raises ValueError or OverflowError for a value that
            its JSON type admits and the reference doesn't. Left out, the value stays as it is;
            values that repeat are `Kept`.
        convert: Python to JSON, checked; takes the value and the field's name for the error.
        accepts: the Python types that `write` takes, as source text.
        quick: the same as `convert` for a value that is plain and right, as most are, and None for
            any other, of which `write` then says what is wrong. It looks at types that run no
            code of their own, so it never raises.
    """

    name: str
    wire: Any
    types: frozenset[type]
    convert: Callable[[Any, str], Any]
    accepts: str
    load: Callable[[Any], Any] | None = None
    quick: Callable[[Any], Any] | None = None

    def write(self, value: Any, field: str) -> Any:
        """Python to JSON, checked.

        Raises:
            InvalidInputError: the value may not stand here, or raised when it was looked at.
        """
        try:
            return self.convert(value, field)
        except InvalidInputError:
            raise
        except Exception as error:
            raise unreadable(field, error) from error


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


Kind = Scalar | ListOf | MapOf | ObjectOf


def _refuse(field: str, need: str, value: object) -> InvalidInputError:
    return InvalidInputError(f"{field} must be {need}, not {type_name(value)}", field=field)


# Text, integers, booleans -------------------------------------------------------------------


def _write_text(value: Any, field: str) -> str:
    if not isinstance(value, str):
        raise _refuse(field, "a str", value)
    text = str.__str__(value)  # the text itself, also of a member of a text enumeration
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidInputError(
                f"{field} holds half of a surrogate pair, which JSON can't carry; clean the text",
                field=field,
            ) from None
    return text


def _quick_text(value: Any) -> str | None:
    if type(value) is not str:
        return None
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            return None
    return value


def _write_integer(value: Any, field: str) -> int:
    # A bool is an int to Python, but true is not a number to Sitoo.
    if isinstance(value, bool) or not isinstance(value, int):
        raise _refuse(field, "an int", value)
    number = int.__int__(value)  # the number itself, whatever a class makes of it
    if not -(2**63) <= number < 2**63:
        raise InvalidInputError(f"{field} does not fit into 64 bits", field=field)
    return number


def _quick_integer(value: Any) -> int | None:
    return value if type(value) is int and -(2**63) <= value < 2**63 else None


def _write_boolean(value: Any, field: str) -> bool:
    if not isinstance(value, bool):
        raise _refuse(field, "True or False", value)
    return value


def _quick_boolean(value: Any) -> bool | None:
    return value if type(value) is bool else None


TEXT: Final = Scalar(
    name="text",
    wire=str,
    types=frozenset({str}),
    convert=_write_text,
    accepts="str",
    quick=_quick_text,
)
INTEGER: Final = Scalar(
    name="an integer",
    wire=int,
    types=frozenset({int}),
    convert=_write_integer,
    accepts="int",
    quick=_quick_integer,
)
BOOLEAN: Final = Scalar(
    name="a boolean",
    wire=bool,
    types=frozenset({bool}),
    convert=_write_boolean,
    accepts="bool",
    quick=_quick_boolean,
)


def text_like(pattern: str, need: str, name: str = "text") -> Scalar:
    """Text of which the reference says what it may hold.

    Args:
        pattern: what the whole text has to match.
        need: the same in words, for the error; the text itself is not shown, it may be a secret.
        name: what the kind is called.
    """
    matches = re.compile(pattern, re.ASCII | re.DOTALL).fullmatch

    def convert(value: Any, field: str) -> str:
        text = _write_text(value, field)
        if matches(text) is None:
            raise InvalidInputError(f"{field} must be {need}", field=field)
        return text

    def quick(value: Any) -> str | None:
        text = _quick_text(value)
        return None if text is None or matches(text) is None else text

    return Scalar(
        name=name,
        wire=str,
        types=frozenset({str}),
        convert=convert,
        accepts="str",
        quick=quick,
    )


# Fixed decimals -----------------------------------------------------------------------------

# What is read may have any number of decimals; what is sent has the documented number.
_DECIMAL_TEXT: Final = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?", re.ASCII)
_DIGITS: Final = 28  # before the point, as the precision of Decimal's default context


def _load_decimal(value: str) -> Decimal:
    if _DECIMAL_TEXT.fullmatch(value) is None:
        raise ValueError(value)
    return Decimal(value)


# Prices repeat, "0.00" above all.
_decimals: Final = Kept(_load_decimal)


def _fixed_decimal(name: str, places: int, example: str) -> Scalar:
    pattern = re.compile(rf"[-+]?[0-9]+\.[0-9]{{{places}}}", re.ASCII)
    step = Decimal(1).scaleb(-places)
    # Inexact traps, so that digits are never rounded away. The precision also keeps 1E+1000000
    # from becoming a megabyte of text.
    exact = Context(prec=_DIGITS + places, traps=[Inexact, InvalidOperation])

    def write(value: Any, field: str) -> str:
        if isinstance(value, str):
            text = str.__str__(value)
            if pattern.fullmatch(text) is None:
                raise InvalidInputError(
                    f"{field} must have exactly {places} decimals as text, such as {example!r};"
                    " or give a Decimal",
                    field=field,
                )
            return text
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise _refuse(field, "a Decimal, an int or text", value)
        number = Decimal(value)
        if not number.is_finite():
            raise InvalidInputError(f"{field} must be a finite number", field=field)
        if not number:
            return str(step * 0)
        try:
            return str(number.quantize(step, context=exact))
        except Inexact:
            raise InvalidInputError(
                f"{field} has more than {places} decimals; round it yourself", field=field
            ) from None
        except InvalidOperation:
            raise InvalidInputError(
                f"{field} has more than {_DIGITS} digits", field=field
            ) from None

    return Scalar(
        name=name,
        wire=str,
        types=frozenset({str}),
        load=_decimals,
        convert=write,
        accepts="Decimal | int | str",
        quick=_quick_decimal(pattern, places),
    )


def _quick_decimal(pattern: re.Pattern[str], places: int) -> Callable[[Any], str | None]:
    point, zeros = slice(-places - 1, -places), f".{'0' * places}"

    def quick(value: Any) -> str | None:
        if type(value) is not Decimal:
            return value if type(value) is str and pattern.fullmatch(value) is not None else None
        # Nothing is reckoned: most Decimals read as they are to be sent. What is negative may be
        # zero; an exponent, which has a sign and a digit, leaves no point in this place.
        text = str(value)
        if text[0] == "-" or len(text) > _DIGITS:
            return None
        if text[point] == ".":
            return text
        return text + zeros if text.isdigit() else None

    return quick


Money = Annotated[Decimal, _fixed_decimal("money text", 2, "59.00")]
"""An amount: text with two decimals on the wire."""

Decimal3 = Annotated[Decimal, _fixed_decimal("text with three decimals", 3, "1.000")]
"""A quantity: text with three decimals on the wire."""


# Plain JSON numbers -------------------------------------------------------------------------


def _load_number(value: object) -> Decimal:
    # msgspec was not told what to expect here, so the type is checked on the fast path too.
    if type(value) is int or type(value) is Decimal:
        return Decimal(value)
    if type(value) is float and math.isfinite(value):
        return Decimal(float.__repr__(value))
    raise ValueError(value)


def _write_number(value: Any, field: str) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _refuse(field, "a Decimal, an int or a float", value)
    if isinstance(value, int):
        number = int.__int__(value)
        # Beyond 64 bits the encoder takes no int, while JSON knows no limit.
        return number if -(2**63) <= number < 2**63 else Decimal(number)
    exact = Decimal(float.__repr__(value) if isinstance(value, float) else value)
    if not exact.is_finite():
        raise InvalidInputError(f"{field} must be a finite number", field=field)
    # As a float where that is the same number, so that any JSON library can write it.
    near = float(exact)
    if math.isfinite(near) and Decimal(repr(near)) == exact:
        return int(near) if near.is_integer() and abs(near) < 2**53 else near
    return exact


Number = Annotated[
    Decimal,
    Scalar(
        name="a number",
        wire=Any,
        types=frozenset({int, float, Decimal}),
        load=_load_number,
        convert=_write_number,
        accepts="Decimal | int | float",
        quick=_quick_integer,
    ),
]
"""A JSON number, read without loss; a Decimal, so that it can be reckoned with `Money`."""


# Timestamps ---------------------------------------------------------------------------------


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
    if not isinstance(value, datetime):
        raise _refuse(field, "an aware datetime", value)
    if value.utcoffset() is None:
        raise InvalidInputError(
            f"{field} is a naive datetime: give it a timezone, such as datetime.UTC", field=field
        )
    return _write_integer((value - _EPOCH) // _SECOND, field)


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


# Enumerations -------------------------------------------------------------------------------


@cache
def enumeration(members: type[OpenEnum]) -> Scalar:
    """The kind of an open enumeration."""
    return Scalar(
        name=f"a {members.__name__} number",
        wire=int,
        types=frozenset({int}),
        load=Kept(members),  # calling an enumeration takes ten times as long
        convert=_write_integer,
        accepts=f"{members.__name__} | int",
        quick=_quick_integer,
    )


# Free values and their maps -----------------------------------------------------------------


def write_key(key: Any, field: str) -> str:
    """A key of an object with free keys.

    Raises:
        InvalidInputError: it is no text.
    """
    if not isinstance(key, str):
        raise InvalidInputError(
            f"the keys of {field} must be text, not {type_name(key)}", field=field
        )
    return _write_text(key, field)


_DEEPEST: Final = 100  # levels; beyond some hundreds Python and many a server give up


def _write_free(value: Any, field: str) -> Any:
    """Any JSON value, checked all the way down."""
    return _free(value, field, field, 0)


def _free(value: Any, place: str, field: str, depth: int) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _write_text(value, place)
    if isinstance(value, int | float | Decimal):
        return _write_number(value, place)
    if depth == _DEEPEST:
        raise InvalidInputError(
            f"{field} is nested deeper than {_DEEPEST} levels, or holds itself; flatten it",
            field=field,
        )
    if is_mapping(value):
        written: dict[str, Any] = {}
        for key, item in value.items():
            name = write_key(key, place)
            written[name] = _free(item, f"{place}.{name}", field, depth + 1)
        return written
    if is_list(value):
        return [
            _free(item, f"{place}[{index}]", field, depth + 1) for index, item in enumerate(value)
        ]
    raise _refuse(place, "a JSON value", value)


FREE: Final = Scalar(
    name="anything",
    wire=Any,
    types=frozenset(),
    convert=_write_free,
    accepts="Any",
    quick=_quick_text,
)

_ATTRIBUTE_LENGTH: Final = 128


def _write_attribute(value: Any, field: str) -> Any:
    written = _write_free(value, field)
    if isinstance(written, str) and len(written) > _ATTRIBUTE_LENGTH:
        raise InvalidInputError(
            f"{field} is longer than {_ATTRIBUTE_LENGTH} characters; shorten it", field=field
        )
    return written


def _quick_attribute(value: Any) -> str | None:
    text = _quick_text(value)
    return None if text is None or len(text) > _ATTRIBUTE_LENGTH else text


_ATTRIBUTE: Final = Scalar(
    name="an attribute value",
    wire=Any,
    types=frozenset(),
    convert=_write_attribute,
    accepts="Any",
    quick=_quick_attribute,
)

Attributes = Annotated[dict[str, Any], MapOf(_ATTRIBUTE)]
"""Values by attribute id; text of at most 128 characters, other JSON values as they are."""

AdditionalData = Annotated[dict[str, str], MapOf(TEXT)]
"""Free data whose values are all text."""

_TAG: Final = text_like(r"[A-Z0-9_-]{1,16}", "1 to 16 characters of A-Z, 0-9, _ and -", "a tag")

Tags = Annotated[list[str], ListOf(_TAG, at_most=30)]
"""At most 30 tags of 1 to 16 characters out of A-Z, 0-9, ``_`` and ``-``."""
