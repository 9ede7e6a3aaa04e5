"""The fast way for the answers of a server: which names their rows hold is learned as they come."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any, Final, NamedTuple

import msgspec

from sitoo_async._codec.base import Model
from sitoo_async._codec.fast import (
    Build,
    Shape,
    Way,
    any_object,
    any_row,
    builder,
    keeper,
    row_of,
)
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.json import is_array, is_object
from sitoo_async._codec.kinds import ChoiceOf, Kind, ListOf, ObjectOf
from sitoo_async._codec.unset import UNSET

__all__ = ["learner"]

# Callers choose the fields, and few of them choose many selections.
_MOST_SHAPES: Final = 64
_MOST_MET: Final = 64

# What msgspec takes in no name.
_UNFIT: Final = re.compile(r'["\\\x00-\x1f]')

# Types put together at run time, which no checker can follow.
_array: Final[Any] = list
_mapping: Final[Any] = dict
_count: Final[Any] = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class _Rows(NamedTuple):
    """How the rows of an answer are found: in an envelope, in a bare array, or as one alone."""

    envelope: Callable[[bytes], Any]
    array: Callable[[bytes], list[Any]]
    item: Callable[[bytes], Any]


_Form = Callable[[_Rows], Callable[[bytes], Any]]

# Which of them an answer takes.
_in_envelope: Final[_Form] = attrgetter("envelope")
_in_array: Final[_Form] = attrgetter("array")
_alone: Final[_Form] = attrgetter("item")


class _Reader(NamedTuple):
    """How rows of one shape are read in one way, and what makes models of them."""

    shape: Shape
    rows: _Rows
    build: Build
    way: Way


class Learner:
    """The fast path of one model.

    The rows of a page hold the same names, and so do the pages of a walk, and what is fetched one
    by one. So the shapes that came before are tried, the last one first; what doesn't fit mostly
    fails at the first row. An answer that fits none is looked through for the names that it holds,
    and read by them: such an answer takes twice the time, the next one doesn't. Where the objects
    within rows keep what is no field of theirs, the same holds for the names in these.
    """

    def __init__(self, cls: type[Model], *, keep_unknown: bool) -> None:
        self._cls = cls
        self._way = Way(keep=keep_unknown)
        self._keeps = self._way.keeps(cls)
        row: Any = any_object if self._keeps else any_row(cls)
        build = keeper(cls, self._way) if self._keeps else builder(cls)
        self._any = _Reader(Shape(frozenset(), frozenset()), _rows(row), build, self._way)
        self._readers: tuple[_Reader, ...] = ()
        self._loose: dict[Shape, _Reader] = {}
        self._met: frozenset[tuple[type[Model], str]] = frozenset()
        self._learned = 0
        self._most_names = 2 * len(fields_of(cls))

    def item(self, body: bytes) -> Any:
        _, items = self._read(body, _alone)
        return items[0]

    def array(self, body: bytes) -> list[Any]:
        _, items = self._read(body, _in_array)
        return items

    def page(self, body: bytes) -> tuple[list[Any], int | None]:
        envelope, items = self._read(body, _in_envelope)
        return items, envelope.totalcount

    def _read(self, body: bytes, form: _Form) -> tuple[Any, list[Any]]:
        """What an answer holds, and the models of its rows."""
        readers = self._readers
        for reader in readers:
            try:
                found = form(reader.rows)(body)
                items = reader.build(_rows_in(found, form))
            except msgspec.ValidationError:
                continue
            if reader is not readers[0]:
                self._readers = (reader, *(each for each in readers if each is not reader))
            return found, items
        reader = self._reader(_rows_in(form(_raw)(body), form))
        try:
            found = form(reader.rows)(body)
            return found, reader.build(_rows_in(found, form))
        except msgspec.ValidationError:
            if not reader.way.close:
                raise
        loose = self._loosely(reader.shape)
        found = form(loose.rows)(body)
        rows = _rows_in(found, form)
        items = loose.build(rows)
        other = self._again(reader, rows) or loose
        self._readers = tuple(other if each is reader else each for each in self._readers)
        return found, items

    def _reader(self, rows: Sequence[msgspec.Raw]) -> _Reader:
        """The reader of rows that none of those before could read."""
        if not rows or self._learned == _MOST_SHAPES:
            return self._any
        always, ever = _shape(rows)
        near: list[_Reader] = []
        for reader in self._readers:
            # Rows that differ in little come from the same question: what some of them lack, or
            # have beyond the others, costs the others next to nothing.
            if 2 * len(ever & reader.shape.ever) >= len(ever | reader.shape.ever):
                near.append(reader)
                always &= reader.shape.always
                ever |= reader.shape.ever
        shape = Shape(always, ever)
        for reader in near:
            if reader.shape == shape:
                # It was not for its names that the page was refused; but objects within have some.
                return reader if reader.way.close else self._any
        if len(ever) > self._most_names:
            return self._any  # there is no end to them
        self._learned += 1
        close = self._keeps and all(reader.way.close for reader in near)
        reader = self._new(shape, close=close)
        self._readers = (reader, *(each for each in self._readers if each not in near))
        return reader

    def _loosely(self, shape: Shape) -> _Reader:
        """The reader of that shape that takes any name in objects within."""
        reader = self._loose.get(shape)
        if reader is None:
            reader = self._loose[shape] = self._new(shape, close=False)
        return reader

    def _again(self, reader: _Reader, rows: Sequence[Any]) -> _Reader | None:
        """The same reader with the names that these rows hold within; None: no end to them."""
        met = self._met.union(_names_within(self._cls, rows, self._way))
        if met == reader.way.met or len(met) > _MOST_MET:
            return None
        if any(_UNFIT.search(name) for _, name in met):
            return None
        self._met = met
        return self._new(reader.shape, close=True)

    def _new(self, shape: Shape, *, close: bool) -> _Reader:
        way = Way(self._way.keep, close=True, met=self._met) if close else self._way
        row = row_of(self._cls, shape, way)
        return _Reader(shape, _rows(row), builder(self._cls, shape, way), way)


def _rows_in(found: Any, form: _Form) -> Sequence[Any]:
    """The rows of what an answer holds."""
    if form is _alone:
        return (found,)
    rows: Sequence[Any] = getattr(found, "items", found)
    return rows


def _rows(row: Any) -> _Rows:
    envelope = msgspec.defstruct(
        "Envelope", [("items", _array[row]), ("totalcount", _count | None, None)], gc=False
    )
    return _Rows(
        msgspec.json.Decoder(envelope, float_hook=Decimal).decode,
        msgspec.json.Decoder(_array[row], float_hook=Decimal).decode,
        msgspec.json.Decoder(row, float_hook=Decimal).decode,
    )


_raw: Final = _rows(msgspec.Raw)
_names: Final = msgspec.json.Decoder(_mapping[str, msgspec.Raw]).decode


def _shape(rows: Sequence[msgspec.Raw]) -> Shape:
    always = ever = first = _names(rows[0]).keys()
    for row in rows:
        names = _names(row).keys()
        if names != first:
            always, ever = always & names, ever | names
    return Shape(frozenset(always), frozenset(ever))


_known: Final[dict[tuple[type[Model], bool], Learner]] = {}


def learner(cls: type[Model], *, keep_unknown: bool = False) -> Learner:
    """What the answers so far taught of the rows of a model."""
    found = _known.get((cls, keep_unknown))
    if found is None:
        found = _known[cls, keep_unknown] = Learner(cls, keep_unknown=keep_unknown)
    return found


# Names that were met ------------------------------------------------------------------------


def _names_within(
    cls: type[Model], rows: Iterable[Any], way: Way
) -> Iterator[tuple[type[Model], str]]:
    """The names that are no field's in objects within rows that were read loosely.

    With the model of their object; those of the rows themselves are known by their shape.
    """
    for row in rows:
        of_row = {name: getattr(row, name, UNSET) for name in fields_of(cls)}
        yield from _names_in_fields(cls, of_row, way)


def _names_in_fields(
    cls: type[Model], values: Mapping[str, Any], way: Way
) -> Iterator[tuple[type[Model], str]]:
    for name, field in fields_of(cls).items():
        kind = field.kind
        if isinstance(kind, ChoiceOf) and kind.beside:
            kind = kind.told_by(values.get(kind.field))
        yield from _names_in(kind, values.get(name), way)


def _names_in(kind: Kind, value: Any, way: Way) -> Iterator[tuple[type[Model], str]]:
    if isinstance(kind, ListOf) and is_array(value):
        for item in value:
            yield from _names_in(kind.item, item, way)
    elif isinstance(kind, ObjectOf) and isinstance(value, msgspec.Struct):
        yield from _names_within(kind.model, (value,), way)  # of a model that keeps none itself
    elif isinstance(kind, ObjectOf) and is_object(value):
        if way.keeps(kind.model):
            known = fields_of(kind.model)
            yield from ((kind.model, name) for name in value if name not in known)
        yield from _names_in_fields(kind.model, value, way)
