"""The boundary around what users give: looking at a value may run code of theirs.

A moment of pandas that is "no date", a lazy mapping, a subclass with methods of its own may raise
anything when it is compared, measured or walked. What comes of that is an `InvalidInputError` that
names the field, as for any other value that can't be sent.
"""

from __future__ import annotations

from types import TracebackType
from typing import ClassVar

from sitoo_async._checks.show import told
from sitoo_async.errors import InvalidInputError, InvalidOptionError

__all__ = ["Looking", "LookingAtOption", "unreadable"]


class Looking:
    """A block that looks at a value; what it raises becomes an `InvalidInputError`.

    Whatever is no `Exception`, such as a cancellation or a KeyboardInterrupt, passes.

    Args:
        field: whose value it is.
    """

    __slots__ = ("field",)

    kind: ClassVar[type[InvalidInputError]] = InvalidInputError

    def __init__(self, field: str) -> None:
        self.field = field

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        _: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if isinstance(error, Exception) and not isinstance(error, InvalidInputError):
            raise unreadable(self.field, error, self.kind) from error


class LookingAtOption(Looking):
    """The same around an option of a client."""

    __slots__ = ()

    kind = InvalidOptionError


def unreadable(
    field: str, error: Exception, kind: type[InvalidInputError] = InvalidInputError
) -> InvalidInputError:
    """The error for a value that raised; its cause is to be what it raised.

    Args:
        field: whose value it was.
        error: what it raised.
        kind: the class of the error.
    """
    if isinstance(error, RecursionError):
        text = f"{field} is nested too deep, or holds itself; flatten it"
    else:
        text = f"{field} can't be read, it raised {told(error)}; give a plain value"
    return kind(text, field=field)
