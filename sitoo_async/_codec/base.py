"""What all models share: fields that may be absent, and polite ways to ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar, dataclass_transform

import attrs

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async._codec.fields import fields_of, unknown_field
from sitoo_async._codec.unset import UNSET
from sitoo_async.errors import InvalidInputError

__all__ = ["Model", "changes", "is_set", "model", "set_fields"]

C = TypeVar("C", bound=type)
M = TypeVar("M", bound="Model")


@attrs.define(kw_only=True, repr=False, getstate_setstate=False)
class Model:
    """An object of the reference.

    Every field may be absent: it then is `UNSET`, which is hidden here and raises where it is
    used. Fields are plain attributes; nothing is checked before it is sent.
    """

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in set_fields(self).items())
        return f"{type(self).__name__}({shown})"

    def __rich_repr__(self) -> Iterator[tuple[str, Any]]:
        # What rich asks for; left alone it would list every absent field.
        yield from set_fields(self).items()

    # What is pickled are the fields that are there, by name, so that a later version, which has
    # others, reads it: those that were not pickled are absent.

    def __getstate__(self) -> dict[str, Any]:
        return set_fields(self)

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name in fields_of(type(self)):
            setattr(self, name, state.get(name, UNSET))


@dataclass_transform(kw_only_default=True, field_specifiers=(attrs.field,))
def model(cls: C) -> C:
    """Make a model of an annotated class.

    No converters and no validators: they would cost every decoded object, while a value has to
    be right only when it is sent.
    """
    return attrs.define(kw_only=True, repr=False, getstate_setstate=False)(cls)


def is_set(item: Model, name: str) -> bool:
    """Whether a field was fetched or set; null counts as set.

    Raises:
        InvalidInputError: the model has no such field.
    """
    with Looking("name"):
        if name not in fields_of(type(item)):
            raise unknown_field(type(item), name)
        return getattr(item, name) is not UNSET


def set_fields(item: Model) -> dict[str, Any]:
    """The fields that were fetched or set, in the order of the reference."""
    return {
        name: value for name in fields_of(type(item)) if (value := getattr(item, name)) is not UNSET
    }


def changes(before: M, after: M) -> M:
    """What to send so that `before` becomes `after`: fetch, change, save.

    Read-only fields are left out, and so are fields that `after` doesn't have. A list or an object
    in which anything differs is taken whole; what is read-only in its models is not sent.

    Args:
        before: the item as it was fetched.
        after: a changed copy of it (`copy.deepcopy`, so that no list is shared, or
            `attrs.evolve`).

    Returns:
        A model with the writable fields that differ, with the field that identifies the item
        where one is set, and with what Sitoo wants back as it was fetched, such as a revision.

    Raises:
        InvalidInputError: they are of different classes or different items, nothing but a field
            that differs would identify the item, or two values of a field can't be compared.
    """
    cls = type(before)
    if type(after) is not cls:
        raise InvalidInputError(
            f"changes() compares two of a kind, not {cls.__name__} and {type(after).__name__}",
            field="after",
        )
    old, new = set_fields(before), set_fields(after)
    different = {
        name: value
        for name, value in new.items()
        if not fields_of(cls)[name].read_only and (name not in old or _differ(name, old, new))
    }
    # The first identifier that is known counts, as Sitoo prefers productid to sku.
    known = (name for name, field in fields_of(cls).items() if field.identifier)
    for name in known:
        if name not in old and name not in new:
            continue
        if name in old and name in new and _differ(name, old, new):
            raise InvalidInputError(
                f"{name} differs ({shown(old[name])}, {shown(new[name])}), so nothing says which"
                " item to change; compare two states of one item, fetched with its identifier",
                field=name,
            )
        different[name] = new.get(name, old.get(name))
        break
    for name, field in fields_of(cls).items():
        if field.guard and (name in old or name in new):
            different[name] = old.get(name, new.get(name))
    difference = cls()
    for name, value in different.items():
        setattr(difference, name, value)
    return difference


def _differ(name: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    with Looking(name):
        return bool(old[name] != new[name])
