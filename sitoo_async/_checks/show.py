"""One safe way to show what others gave, a value or an exception, in texts of ours.

What a user passes, a server answers or an engine raises may be an integer of 5,000 digits, a list
that holds itself, ten megabytes of text, or an object whose every method raises. A text that names
it must not end in another exception, fill a log, or move the cursor of a terminal.
"""

from __future__ import annotations

import reprlib
from typing import Final

from sitoo_async.errors import printable

__all__ = ["LONGEST_SHOWN", "as_text", "shown", "told", "type_name"]

LONGEST_SHOWN: Final = 120
"""Characters of a value that an error shows."""

_MOST_BITS: Final = 400  # of an integer that is written out; Python refuses beyond 4,300 digits


class _Short(reprlib.Repr):
    """The first few elements, three levels deep: self-reference and depth end by themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = LONGEST_SHOWN

    def repr_int(self, x: int, level: int) -> str:  # noqa: ARG002 - the form that reprlib asks for
        if x.bit_length() > _MOST_BITS:
            # By log10(2): to count them exactly, one would have to write them out.
            return f"an int of some {x.bit_length() * 30_103 // 100_000 + 1:,} digits"
        return int.__repr__(x)

    def repr_instance(self, x: object, level: int) -> str:  # noqa: ARG002 - as above
        if isinstance(x, bytes):
            x = x[:LONGEST_SHOWN]
        return str.__str__(repr(x))


_short: Final = _Short()


def shown(value: object, most: int = LONGEST_SHOWN) -> str:
    """A value as an error can show it: like its repr, but short, on one line, and printable.

    It never raises, whatever the value's own methods do, but for what is no `Exception`, such as
    a KeyboardInterrupt. Secrets stay redacted.
    """
    try:
        return printable(_short.repr(value), most)
    except Exception:  # noqa: BLE001 - whatever it is, it must not take the place of the real error
        return f"<{type_name(value)} that can't be shown>"


def told(error: BaseException | None) -> str:
    """What a foreign exception says, with its class; it never raises, like `shown`."""
    try:
        text = str.__str__(str(error))
    except Exception:  # noqa: BLE001 - as above
        text = "its text can't be shown"
    return printable(f"{type_name(error)}: {text}".removesuffix(": "))


def as_text(value: object) -> str:
    """What stands where a text belongs: the text, whole, or else the value as it can be shown."""
    return value if isinstance(value, str) else shown(value)


def type_name(value: object) -> str:
    """The name of a value's class, which a metaclass can't keep from being read."""
    name: str = type.__dict__["__name__"].__get__(type(value))
    return printable(name, LONGEST_SHOWN)
