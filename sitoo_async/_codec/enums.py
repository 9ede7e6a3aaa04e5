"""Enumerations that outlive the reference: an unknown value is kept, not refused."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any, Self

__all__ = ["OpenEnum", "OpenText"]


class OpenEnum(IntEnum):
    """An enumeration of integers to which Sitoo may add values at any time.

    A value that the reference does not list is a member-like value named ``UNKNOWN``. It equals
    its integer, pickles, and is sent back as it came.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if type(value) is not int:
            return None
        # Not kept: what a server sends must not grow this class for the life of the process.
        member = int.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = value
        return member

    def __reduce_ex__(self, proto: object) -> tuple[Any, ...]:
        # By value: the first Pythons 3.11 pickle by name, by which only what is listed is found.
        return type(self), (self._value_,)


class OpenText(StrEnum):
    """An enumeration of texts to which Sitoo may add values at any time.

    A text that the reference does not list is a member-like value named ``UNKNOWN``. It equals
    its text, has its hash, pickles, and is sent back as it came.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if type(value) is not str:
            return None
        # Not kept, as above.
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = value
        return member

    def __reduce_ex__(self, proto: object) -> tuple[Any, ...]:
        return type(self), (self._value_,)
