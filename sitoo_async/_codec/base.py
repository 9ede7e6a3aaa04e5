"""What all models share: fields that may be absent, and polite ways to ask."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar, dataclass_transform

import attrs

from sitoo_async._checks.looking import Looking
from sitoo_async._codec.fields import fields_of, unknown_field
from sitoo_async._codec.unknown import Unknown, keep, unknown_fields
from sitoo_async._codec.unset import UNSET
from sitoo_async.errors import FieldNotFetchedError

__all__ = ["Model", "filled", "is_set", "model", "present", "replace", "set_fields"]

C = TypeVar("C", bound=type)
M = TypeVar("M", bound="Model")

# Past what a model, or a subclass of it, makes of its attributes.
_read: Final = object.__getattribute__
_put: Final = object.__setattr__
_drop: Final = object.__delattr__

_HIDDEN: Final = "***"
"""What is shown for a secret that is there."""

_UNKNOWN: Final = "(unknown)"
"""Where a pickle has the fields that no model knows; no field is called so."""


class _Signature:
    """The signature of a model's constructor, made when somebody asks for it."""

    def __get__(self, _: object, cls: type[Model]) -> inspect.Signature:
        if cls.__init__ is not Model.__init__:
            raise AttributeError("__signature__")  # Python tells that of another constructor
        return inspect.Signature(
            [
                inspect.Parameter(
                    field.name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=field.default,
                    annotation=field.type,
                )
                for field in attrs.fields(cls)
            ]
        )


class _Noted(Unknown):
    """The slot in which an item notes which of its fields are there."""

    __slots__ = ("_present",)

    _present: tuple[str, ...] | list[str]
    """A tuple: just these, in the order of the reference. A list: these, as far as is known."""


@attrs.define(kw_only=True, init=False, repr=False, eq=False, getstate_setstate=False)
class Model(_Noted):  # noqa: PLW1641  # an item changes, so it has no hash
    """An object of the reference.

    Every field may be absent: reading it raises `FieldNotFetchedError` then, which is an
    `AttributeError` too. Fields are plain attributes; nothing is checked before it is sent.
    """

    # An absent field is an empty slot: to leave it empty costs a page nothing, to find it empty
    # takes an exception. So an item notes which fields are there. What is noted when it is made
    # holds until it is changed; what is noted then has to be proved, see `present`: of two threads
    # that set two fields of one item, the note of one may be lost.

    __keeps_unknown__: ClassVar[bool] = False
    """Whether what is read keeps the fields that the model doesn't know, without being asked."""

    if not TYPE_CHECKING:  # pragma: no branch  # checkers know the fields of each model
        __signature__: ClassVar = _Signature()

        def __init__(self, /, **fields: Any) -> None:
            _fill(self, fields)

        def __getattr__(self, name: str) -> Any:
            if _is_missed(type(self), name):
                raise _missed(type(self), name)
            return _read(self, name)  # once more, for what Python or a property says

        def __setattr__(self, name: str, value: Any) -> None:
            cls = type(self)
            if value is UNSET and name in fields_of(cls):
                if is_set(self, name):
                    delattr(self, name)
                return
            try:
                _put(self, name, value)
            except AttributeError:
                if hasattr(cls, name):
                    raise  # a property that can't be set
                raise AttributeError(_unknown(cls, name), name=name) from None
            _note_too(self, name)

    def __delattr__(self, name: str) -> None:
        _put(self, "_present", [each for each in _note(self) if each != name])
        try:
            _drop(self, name)
        except AttributeError:
            if _is_missed(type(self), name):
                raise _missed(type(self), name) from None
            raise

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return set_fields(self) == set_fields(other)

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in _shown(self))
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        # What rich asks for; left alone it would ask for every field.
        yield from _shown(self)

    def __replace__(self, /, **fields: Any) -> Self:
        return replace(self, **fields)

    # What is pickled are the fields that are there, by name, so that a later version, which has
    # others, reads it: those that were not pickled are absent.

    def __getstate__(self) -> dict[str, Any]:
        unknown = unknown_fields(self)
        return _others(self) | set_fields(self) | ({_UNKNOWN: {**unknown}} if unknown else {})

    def __setstate__(self, state: dict[str, Any]) -> None:
        state = dict(state)
        keep(self, state.pop(_UNKNOWN, {}))
        known = fields_of(type(self))
        _fill(self, {name: value for name, value in state.items() if name in known})
        if type(self).__dictoffset__:
            _others(self).update((name, state[name]) for name in state if name not in known)

    # A class that attrs makes of a subclass gets methods that read every field, and a constructor
    # that may fill slots behind the back of `__setattr__`.

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        made: Any = cls  # whose methods no checker lets be replaced
        for name in ("__eq__", "__ne__", "__repr__", "__replace__", "__getstate__", "__setstate__"):
            if _is_of_attrs(cls, name):
                delattr(made, name)
        if _is_of_attrs(cls, "__hash__"):
            made.__hash__ = _hash
        if vars(cls).get("__attrs_own_setattr__"):
            made.__attrs_own_setattr__ = False  # it isn't any more, and is inherited
            made.__setattr__ = _noticed(made.__setattr__)

    def __attrs_post_init__(self) -> None:
        if type(self).__setattr__ is not Model.__setattr__:
            for name in fields_of(type(self)):
                with suppress(AttributeError):  # of a slot that is empty
                    if _read(self, name) is UNSET:
                        _drop(self, name)


@dataclass_transform(kw_only_default=True, field_specifiers=(attrs.field,))
def model(cls: C) -> C:
    """Make a model of an annotated class.

    No converters and no validators: they would cost every decoded object, while a value has to
    be right only when it is sent.
    """
    return attrs.define(kw_only=True, init=False, repr=False, eq=False, getstate_setstate=False)(
        cls
    )


# What is there ------------------------------------------------------------------------------


def is_set(item: Model, name: str) -> bool:
    """Whether a field was fetched or set; null counts as set.

    Raises:
        InvalidInputError: the model has no such field.
    """
    with Looking("name"):
        if name not in fields_of(type(item)):
            raise unknown_field(type(item), name)
        noted = _note(item)
        return name in noted if isinstance(noted, tuple) else _value(item, name) is not UNSET


def set_fields(item: Model) -> dict[str, Any]:
    """The fields that were fetched or set, in the order of the reference."""
    try:
        return {name: getattr(item, name) for name in present(item)}
    except FieldNotFetchedError:  # another thread made one absent in the meantime
        values = {name: _value(item, name) for name in fields_of(type(item))}
        return {name: value for name, value in values.items() if value is not UNSET}


def present(item: Model) -> tuple[str, ...]:
    """The names of the fields that were fetched or set, in the order of the reference."""
    noted = _note(item)
    if isinstance(noted, tuple):
        return noted
    cls: Any = type(item)  # hashable, which mypy doubts of a type
    names = tuple(name for name in noted if _value(item, name) is not UNSET)
    # Beside what any item refers to, there is one reference for each slot that is filled; an item
    # that notes nothing lacks one of them.
    if noted and len(gc.get_referents(item)) == _REFERENCES + len(names):
        return _in_order(cls, names)
    return tuple(name for name in fields_of(cls) if _value(item, name) is not UNSET)


def _shown(item: Model) -> Iterator[tuple[str, Any]]:
    """The fields that are there, but for what a log or a screen must not get."""
    known = fields_of(type(item))
    for name, value in set_fields(item).items():
        yield name, _HIDDEN if known[name].secret and value else value


def _note(item: Model) -> tuple[str, ...] | list[str]:
    try:
        noted: tuple[str, ...] | list[str] = _read(item, "_present")
    except AttributeError:  # nothing was ever noted
        return []
    return noted


def _note_too(item: Model, name: str) -> None:
    """Note that another field was set; a list that is noted is shared, and stays as it is."""
    noted = _note(item)
    if name not in noted and name in fields_of(type(item)):
        _put(item, "_present", [*noted, name])


def _value(item: Model, name: str) -> Any:
    """The value of a field; `UNSET` where it is absent."""
    try:
        return _read(item, name)
    except AttributeError:
        return UNSET


def _others(item: Model) -> dict[str, Any]:
    """What a subclass keeps beside the fields."""
    return vars(item) if type(item).__dictoffset__ else {}


# Making and changing ------------------------------------------------------------------------


def filled(cls: type[M], fields: Mapping[str, Any]) -> M:
    """An item with these fields, past whatever constructor its class has."""
    item = object.__new__(cls)
    _fill(item, fields)
    return item


def _fill(item: Model, fields: Mapping[str, Any]) -> None:
    """Fill the slots of a new item."""
    cls: Any = type(item)  # hashable, which mypy doubts of a type
    names = _in_order(cls, tuple(fields))
    for name, value in fields.items():
        if value is UNSET:
            names = tuple(each for each in names if each != name)
        else:
            _put(item, name, value)
    _put(item, "_present", names)


# For speed only: few different sets of fields are given again and again.
@lru_cache(maxsize=1024)
def _in_order(cls: type[Model], names: tuple[str, ...]) -> tuple[str, ...]:
    """Names of fields in the order of the reference.

    Raises:
        TypeError: one of them is none, as for any keyword that Python doesn't know.
    """
    known = list(fields_of(cls))
    for name in names:
        if name not in known:
            raise TypeError(str(unknown_field(cls, name)))
    return tuple(sorted(names, key=known.index))


# Where the code is that attrs has, and the code that it generates.
_OF_ATTRS: Final = (str(Path(attrs.define.__code__.co_filename).parent), "<attrs generated")
_REFERENCES: Final = len(gc.get_referents(Model()))  # its class, and what it notes


# Many ask for a name only to learn that it isn't there, and the likeness takes its time.
@lru_cache(maxsize=1024)
def _unknown(cls: type[Model], name: str) -> str:
    return str(unknown_field(cls, name))


def _is_missed(cls: type[Model], name: str) -> bool:
    """Whether a name that isn't there is a field, or was meant to be one.

    It wasn't where only tools ask for it, or where it is a property of a subclass, which raised.
    """
    return name in fields_of(cls) or not (name.startswith("_") or hasattr(cls, name))


def _missed(cls: type[Model], name: str) -> AttributeError:
    """The error for a name that was missed: an absent field, or none of the fields."""
    if name not in fields_of(cls):
        hashable: Any = cls  # which mypy doubts of a type
        return AttributeError(_unknown(hashable, name), name=name)
    error = FieldNotFetchedError(
        f"{cls.__name__}.{name} was neither fetched nor set; name it in fields= of the list or"
        f" get, or set it (is_set(item, {name!r}) tells whether it is there)"
    )
    error.name = name  # or Python would suggest a field that is spelt alike
    return error


def _is_of_attrs(cls: type[Model], name: str) -> bool:
    """Whether a class has a method that attrs wrote, as its code tells; -OO leaves no docstring."""
    code = getattr(vars(cls).get(name), "__code__", None)
    return code is not None and code.co_filename.startswith(_OF_ATTRS)


def _hash(item: Model) -> int:
    """The hash of an item that can't be changed."""
    return hash((type(item), *set_fields(item).items()))


def _noticed(assign: Callable[[Any, str, Any], None]) -> Callable[[Any, str, Any], None]:
    """A `__setattr__` that attrs wrote, with what ours does."""

    def __setattr__(self: Model, name: str, value: Any) -> None:  # noqa: N807  # it becomes one
        if value is UNSET:
            Model.__setattr__(self, name, value)
        else:
            assign(self, name, value)
            _note_too(self, name)

    return __setattr__


def replace(item: M, /, **fields: Any) -> M:
    """A copy of an item with some fields changed; the item itself stays as it is.

    What `copy.replace` and `attrs.evolve` do, also where fields are absent. Lists and objects are
    shared with the item; `copy.deepcopy` shares nothing.

    Args:
        item: a model.
        fields: the fields to set, by name; `UNSET` makes one absent.

    Raises:
        TypeError: the model has no such field.
        InvalidInputError: the item is no model.
    """
    again = filled(type(item), set_fields(item) | fields)
    _others(again).update(_others(item))
    keep(again, unknown_fields(item))
    return again
