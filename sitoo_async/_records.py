"""How public records are pickled: by their public names and fields.

Queues and caches keep what was pickled for longer than a version lives. So what they keep names no
room of ours but this one, which stays where it is.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import attrs

__all__ = ["Record", "restore"]


class Record:
    """The base of public attrs classes that can be pickled now and read in later versions."""

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        cls: Any = type(self)
        public = getattr(import_module("sitoo_async"), cls.__name__, None) is cls
        fields = attrs.fields(cls)
        # One that is missing came from an older version, and stays so.
        state = {each.name: getattr(self, each.name) for each in fields if hasattr(self, each.name)}
        return restore, (cls.__name__ if public else cls, state)


def restore(kind: str | type[Any], state: dict[str, Any]) -> Any:
    """Make a record again.

    A field that the state lacks, since it was pickled before there was that field, has its default;
    without one it is absent, as an attribute that was never set.

    Args:
        kind: the public name of its class, or a class of the user's own.
        state: its fields.
    """
    cls: Any = getattr(import_module("sitoo_async"), kind) if isinstance(kind, str) else kind
    record = cls.__new__(cls)
    for field in attrs.fields(cls):
        if field.name in state:
            object.__setattr__(record, field.name, state[field.name])
        elif isinstance(field.default, attrs.Factory):  # type: ignore[arg-type]  # a class to attrs
            object.__setattr__(record, field.name, field.default.factory())
        elif field.default is not attrs.NOTHING:
            object.__setattr__(record, field.name, field.default)
    return record
