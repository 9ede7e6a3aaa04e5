"""Open enumerations, of integers and of texts: a value that nobody lists is kept, not refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sitoo_async._codec.enums import OpenEnum, OpenText
from sitoo_async._codec.kinds.base import Kept, Scalar
from sitoo_async._codec.kinds.plain import quick_integer, quick_text, write_integer, write_text

__all__ = ["enumeration"]


@cache
def enumeration(members: type[OpenEnum | OpenText]) -> Scalar:
    """The kind of an open enumeration."""
    load = Kept(members)  # calling an enumeration takes ten times as long
    if issubclass(members, OpenText):
        return Scalar(
            name=f"a {members.__name__} text",
            wire=str,
            types=frozenset({str}),
            load=load,
            convert=write_text,
            accepts=f"{members.__name__} | str",
            quick=_quick_member_of(members),
        )
    return Scalar(
        name=f"a {members.__name__} number",
        wire=int,
        types=frozenset({int}),
        load=load,
        convert=write_integer,
        accepts=f"{members.__name__} | int",
        quick=quick_integer,
    )


def _quick_member_of(members: type[OpenText]) -> Callable[[Any], str | None]:
    return lambda value: quick_text(str.__str__(value) if type(value) is members else value)
