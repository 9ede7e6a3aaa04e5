"""Amounts and quantities: text, integers of hundredths or numbers in JSON, always Decimal here."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from typing import Annotated, Any, Final

from sitoo_async._codec.kinds.base import Kept, Scalar, refusal
from sitoo_async._codec.kinds.plain import quick_integer, write_integer
from sitoo_async.errors import InvalidInputError

__all__ = ["Decimal3", "Hundredths", "Money", "Number", "write_number"]


# Decimals as text ----------------------------------------------------------------------------

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
            raise refusal(field, "a Decimal, an int or text", value)
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


# Integers of hundredths ---------------------------------------------------------------------

# Set up by nobody else, unlike the context of the thread: what doesn't fit exactly is refused.
_cents: Final = Context(prec=_DIGITS + 2, traps=[Inexact, InvalidOperation, Overflow])
_write_amount: Final = _fixed_decimal("an amount", 2, "59.00").convert


def _load_hundredths(value: int) -> Decimal:
    return Decimal(value).scaleb(-2, _cents)


def _write_hundredths(value: Any, field: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        raise InvalidInputError(
            f"{field} must be a Decimal or text with two decimals, not int, which may mean a whole"
            " amount as well as hundredths",
            field=field,
        )
    return write_integer(int(_write_amount(value, field).replace(".", "")), field)


Hundredths = Annotated[
    Decimal,
    Scalar(
        name="an integer of hundredths",
        wire=int,
        types=frozenset({int}),
        load=Kept(_load_hundredths),
        convert=_write_hundredths,
        accepts="Decimal | str",
    ),
]
"""An amount: an integer of hundredths on the wire, so that 12350 is ``Decimal("123.50")``."""


# Plain JSON numbers -------------------------------------------------------------------------


def _load_number(value: object) -> Decimal:
    # msgspec was not told what to expect here, so the type is checked on the fast path too.
    if type(value) is int or type(value) is Decimal:
        return Decimal(value)
    if type(value) is float and math.isfinite(value):
        return Decimal(float.__repr__(value))
    raise ValueError(value)


def write_number(value: Any, field: str) -> int | float | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise refusal(field, "a Decimal, an int or a float", value)
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
        convert=write_number,
        accepts="Decimal | int | float",
        quick=quick_integer,
    ),
]
"""A JSON number, read without loss; a Decimal, so that it can be reckoned with `Money`."""
