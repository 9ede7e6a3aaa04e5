"""What to send so that one state of an item becomes another."""

from __future__ import annotations

from typing import Any, TypeVar

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async._codec.base import Model, filled, set_fields
from sitoo_async._codec.fields import fields_of
from sitoo_async.errors import InvalidInputError

__all__ = ["changes"]

M = TypeVar("M", bound=Model)


def changes(before: M, after: M) -> M:
    """What to send so that `before` becomes `after`: fetch, change, save.

    Read-only fields are left out, and so are fields that `after` doesn't have. A list or an object
    in which anything differs is taken whole; what is read-only in its models is not sent.

    Args:
        before: the item as it was fetched.
        after: a changed copy of it: `replace`, or `copy.deepcopy`, so that no list is shared.

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
    return filled(cls, different)


def _differ(name: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    with Looking(name):
        return bool(old[name] != new[name])
