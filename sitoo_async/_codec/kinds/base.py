"""What the kind of a value says of it, and what else the reference says about a field."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, Final

import attrs

from sitoo_async._checks.looking import unreadable
from sitoo_async._checks.show import type_name
from sitoo_async.errors import InvalidInputError

__all__ = ["Kept", "Mark", "Scalar", "refusal"]


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
    SECRET = "opens something, and is not shown where the object is"  # noqa: S105  # a mark
    INFERRED = "printed on no page: its name, type or place follows from what is printed"


class Kept(dict[Any, Any]):
    """Values by what they were read from, where the same ones come again and again.

    One of each saves the reading and a hundred bytes. There are at most 4096 of them, and none of
    a text that is long: what a server sends must not fill the memory.

    Args:
        load: reads a value that is not kept yet; null is None whatever it does.
    """

    __slots__ = ("_load",)

    def __init__(self, load: Callable[[Any], Any]) -> None:
        super().__init__()
        self._load = load

    def __missing__(self, raw: Any) -> Any:
        value = None if raw is None else self._load(raw)
        if type(raw) is str and len(raw) > _LONGEST_KEPT:
            return value
        if len(self) >= _MOST_KEPT:
            self.clear()
        self[raw] = value
        return value

    def __call__(self, raw: Any) -> Any:
        return self[raw]


_MOST_KEPT: Final = 4096
_LONGEST_KEPT: Final = 64


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


def refusal(field: str, need: str, value: object) -> InvalidInputError:
    return InvalidInputError(f"{field} must be {need}, not {type_name(value)}", field=field)
