"""The tolerant way from JSON to models: object by object, field by field.

What can only mean one thing is read as that; any other value that is not of its documented type
stays as it came. Both are told with one warning per place and process; a strict reading raises
instead. All else comes out as on the fast way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sitoo_async._checks.warning import warn
from sitoo_async._codec.base import Model, filled
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.json import (
    UNREADABLE,
    is_array,
    is_object,
    json_name,
)
from sitoo_async._codec.kinds import ChoiceOf, Kind, ListOf, MapOf, ObjectOf, Scalar
from sitoo_async._codec.meaning import elements_of, integer_of, is_empty, is_true, mended
from sitoo_async._codec.unknown import keep
from sitoo_async._codec.unset import UNSET
from sitoo_async.errors import DecodeError, UnexpectedTypeWarning, printable

__all__ = ["Reading", "Trail", "reported", "wrong_shape"]

# Where a value stands in an answer: the place of its container, and its name or index in there.
# Rendered only when something is wrong.
Trail = tuple["Trail | None", str | int]

_KEPT: Final = "it stays as it came"
_MEANT: Final = "it is read as the one thing that it can mean"
_LAST_STATUS: Final = 999  # status codes have three digits
_MENDED: Final = "U+FFFD stands for what can't be text"


def _location(trail: Trail | None) -> str | None:
    parts: list[str] = []
    while trail is not None:
        trail, step = trail
        parts.append(f"[{step}]" if isinstance(step, int) else f".{printable(step)}")
    return "".join(reversed(parts)).removeprefix(".") or None


def _place(location: str | None) -> str:
    """A location as a text can bear it: nested a thousand deep, it would leave room for no more."""
    return "the answer" if location is None else printable(location, 120)


def wrong_shape(need: str, value: object, trail: Trail | None) -> DecodeError:
    """The error for a value that nothing can be made of."""
    location = _location(trail)
    return DecodeError(
        f"{_place(location)} should be {need} and is {json_name(value)}",
        location=location,
    )


# Places that were warned about in this process.
reported: Final[set[str]] = set()


class Reading:
    """One tolerant, or strict, reading of an answer.

    Args:
        strict: whether what is not of its documented type is an error.
        source: what is read, for the warnings about what is no field of a model.
        keep_unknown: whether the fields that a model doesn't know are kept.
        quiet: whether nothing is told, as of what nobody documents.
        root: where what is read stands, where that is a part of the answer.
    """

    def __init__(
        self,
        *,
        strict: bool,
        source: str = "the answer",
        keep_unknown: bool = False,
        quiet: bool = False,
        root: Trail | None = None,
    ) -> None:
        self._strict = strict
        self._source = source
        self._keep_unknown = keep_unknown
        self._quiet = quiet
        self._root = root

    # Models ---------------------------------------------------------------------------------

    def item(self, cls: type[Model], row: Mapping[str, Any], trail: Trail | None) -> Any:
        """A model of a row.

        Raises:
            DecodeError: where `strict`, something in it is not of its documented type.
        """
        values: dict[str, Any] = {}
        for name, field in fields_of(cls).items():
            value = row.get(name, UNSET)
            if value is not UNSET:
                if field.list_of_one and is_array(value) and len(value) == 1:
                    (value,) = value
                kind = field.kind
                if isinstance(kind, ChoiceOf) and kind.beside:
                    kind = kind.told_by(row.get(kind.field))
                values[name] = self._value(kind, value, (trail, name), f"{cls.__name__}.{name}")
        item = filled(cls, values)
        if self._keep_unknown or cls.__keeps_unknown__:
            keep(item, self._unknown(cls, row, trail))
        return item

    def _unknown(
        self, cls: type[Model], row: Mapping[str, Any], trail: Trail | None
    ) -> dict[str, Any]:
        known, owner = fields_of(cls), f"an unknown field of {cls.__name__}"
        return {
            self._text(name, (trail, name), owner): self._free(value, (trail, name), owner)
            for name, value in row.items()
            if name not in known
        }

    def _value(self, kind: Kind, value: Any, trail: Trail, owner: str) -> Any:
        if value is None:
            # A null that the reference doesn't announce is too common to make a fuss about.
            return None
        if isinstance(kind, ChoiceOf):
            kind = kind.told_by(value.get(kind.field) if is_object(value) else None)
        match kind:
            case Scalar():
                return self._scalar(kind, value, trail, owner)
            case ListOf() if (rows := self._elements(value, trail, owner)) is not None:
                return [
                    self._value(kind.item, row, (trail, index), owner)
                    for index, row in enumerate(rows)
                ]
            case MapOf() if (pairs := self._pairs(value, trail, owner)) is not None:
                return {
                    self._text(key, trail, owner): self._value(
                        kind.value, item, (trail, key), owner
                    )
                    for key, item in pairs.items()
                }
            case ObjectOf() if (pairs := self._pairs(value, trail, owner)) is not None:
                return self.item(kind.model, pairs, trail)
            case _:
                need = "an array" if isinstance(kind, ListOf) else "an object"
                return self._broken(need, json_name(value), value, trail, owner)

    def _elements(self, value: Any, trail: Trail | None, owner: str) -> Sequence[Any] | None:
        if is_array(value):
            return value
        found = elements_of(value)
        if found is not None:
            came = "an object of its elements" if found else "an empty object"
            self._tell("an array", came, _MEANT, trail, owner)
        return found

    def _pairs(self, value: Any, trail: Trail | None, owner: str) -> Mapping[str, Any] | None:
        if is_object(value):
            return value
        if not is_empty(value):
            return None
        self._tell("an object", "an empty array", _MEANT, trail, owner)
        return {}

    def _scalar(self, kind: Scalar, value: Any, trail: Trail, owner: str) -> Any:
        if not kind.types:
            return self._free(value, trail, owner)
        if type(value) is str:
            value = self._text(value, trail, owner)
        if type(value) not in kind.types:
            return self._broken(kind.name, json_name(value), value, trail, owner)
        try:
            return value if kind.load is None else kind.load(value)
        except UNREADABLE:
            came = f"{json_name(value)} that can't be one"
            return self._broken(kind.name, came, value, trail, owner)

    def _free(self, value: Any, trail: Trail | None, owner: str) -> Any:
        """A value of any type, which may hold what is nearly JSON at any depth."""
        if type(value) is str:
            return self._text(value, trail, owner)
        if is_array(value):
            return [self._free(item, (trail, index), owner) for index, item in enumerate(value)]
        if is_object(value):
            return {
                self._text(key, trail, owner): self._free(item, (trail, key), owner)
                for key, item in value.items()
            }
        return value

    def _text(self, value: str, trail: Trail | None, owner: str) -> str:
        text = mended(value)
        if text != value:
            self._tell("text", "text that is no Unicode", _MENDED, trail, owner)
        return text

    def _broken(self, need: str, came: str, value: Any, trail: Trail | None, owner: str) -> Any:
        self._tell(need, came, _KEPT, trail, owner)
        return self._free(value, trail, owner)

    # What is no field of a model ------------------------------------------------------------

    def envelope(self, value: Any, *, counted: bool = True) -> tuple[Sequence[Any], int | None]:
        """The rows of a page, null for one that came as null, and how many the query has in all.

        Of a page that is not `counted`, nothing tells that.

        Raises:
            DecodeError: there are no rows or, where `strict`, it is not the documented envelope.
        """
        if is_array(value):
            self._tell("an envelope", "an array", _MEANT, None, self._source)
            return value, None
        if not is_object(value):
            raise wrong_shape("an envelope", value, None)
        rows = self._rows(value)
        return rows, self._totalcount(value.get("totalcount")) if counted else None

    def array(self, value: Any) -> Sequence[Any]:
        """The rows of a collection that comes without an envelope.

        Raises:
            DecodeError: there are none or, where `strict`, it is no array.
        """
        if is_object(value) and "items" in value:
            self._tell("an array", "an envelope", _MEANT, None, self._source)
            return self._rows(value)
        found = self._elements(value, None, self._source)
        if found is None:
            raise wrong_shape("an array", value, None)
        return found

    def _rows(self, value: Mapping[str, Any]) -> Sequence[Any]:
        trail, owner = (None, "items"), f"items of {self._source}"
        if "items" not in value:
            raise DecodeError("the answer should be an envelope and has no items", location="items")
        rows = value["items"]
        if rows is None:
            self._tell("an array", "null", _MEANT, trail, owner)
            return []
        found = self._elements(rows, trail, owner)
        if found is None:
            raise wrong_shape("an array", rows, trail)
        return found

    def _totalcount(self, value: Any) -> int | None:
        if value is None:
            self.uncounted()
            return None
        trail, owner = (None, "totalcount"), f"totalcount of {self._source}"
        count = self.integer("a count", value, trail=trail, owner=owner)
        if count is None:
            raise wrong_shape("a count", value, trail)
        return count

    def uncounted(self) -> None:
        """Note that a page does not tell how many rows there are."""
        owner = f"totalcount of {self._source}"
        came = "null, or not at all"
        self._tell("a count", came, "the rows that come are counted", (None, "totalcount"), owner)

    def row(self, cls: type[Model], value: Any, index: int) -> Any:
        """A model of one of the rows, or None for a null.

        Raises:
            DecodeError: it is no object or, where `strict`, not of the documented types.
        """
        trail, owner = ((None, "items"), index), f"a row of {self._source}"
        if value is None:
            self._tell("an object", "null", "it is left out", trail, owner)
            return None
        pairs = self._pairs(value, trail, owner)
        if pairs is None:
            raise wrong_shape("an object", value, trail)
        return self.item(cls, pairs, trail)

    def elements(self, value: Any) -> Sequence[Any] | None:
        """The elements of an array, or None where it is none."""
        return self._elements(value, None, self._source)

    def statuscode(self, row: Any, index: int) -> int | None:
        """The status code of one result of a batch, or None where it has none."""
        if not is_object(row):
            return None
        trail = ((None, index), "statuscode")
        status = self.integer("a status code", row.get("statuscode"), least=100, trail=trail)
        return None if status is None or status > _LAST_STATUS else status

    def integer(
        self,
        need: str,
        value: Any,
        *,
        least: int = 0,
        trail: Trail | None = None,
        owner: str | None = None,
    ) -> int | None:
        """An integer of at least that, or None where the value can't mean one."""
        meant = integer_of(value)
        if meant is None or meant < least:
            return None
        if type(value) is not int:
            self._tell(need, json_name(value), _MEANT, trail, owner or self._source)
        return meant

    def digits(self, need: str, value: int) -> str:
        """The text that an integer was before PHP made it the key of an array."""
        self._tell(need, json_name(value), _MEANT, None, self._source)
        return str(value)

    def true(self, value: Any) -> bool:
        """Whether the value says that something is true."""
        if not is_true(value):
            return False
        if value is not True:
            self._tell("true", json_name(value), _MEANT, None, self._source)
        return True

    def plain(self, value: Any) -> Any:
        """Plain JSON without what is only nearly that."""
        return self._free(value, None, self._source)

    def marked(self) -> None:
        """Note that a byte order mark stands before the answer."""
        came = "JSON behind a byte order mark"
        self._tell("JSON", came, "that is passed over", None, self._source)

    # Telling --------------------------------------------------------------------------------

    def _tell(self, need: str, came: str, what: str, trail: Trail | None, owner: str) -> None:
        location = _location(trail or self._root)
        if self._strict:
            raise DecodeError(
                f"{_place(location)} is documented as {need} and came as {came}",
                location=location,
            )
        if owner not in reported and not self._quiet:
            reported.add(owner)
            place = "" if location is None else f" (at {_place(location)})"
            warn(
                f"{owner} is documented as {need} and came as {came}{place}; {what}"
                " (told once for each field)",
                UnexpectedTypeWarning,
            )
