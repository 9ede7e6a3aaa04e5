"""Amounts as the API writes them: text of two decimals (money) or three (quantities)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

__all__ = ["decimal", "money", "number"]

_CENT = Decimal("0.01")
_THOUSANDTH = Decimal("0.001")

# Amounts have at most 15 digits before the point and integers 19; any product of three fits.
_WIDE = Context(prec=100)


def number(text: str | float | None) -> Decimal:
    """The value of an amount; that of nothing is 0."""
    return Decimal(str(text or 0))


def money(value: Decimal) -> str:
    """Money, rounded half up; never a negative zero."""
    return _text(value, _CENT)


def decimal(value: Decimal) -> str:
    """A quantity with three decimals."""
    return _text(value, _THOUSANDTH)


def _text(value: Decimal, step: Decimal) -> str:
    rounded = value.quantize(step, ROUND_HALF_UP, _WIDE)
    return str(abs(rounded) if rounded.is_zero() else rounded)
