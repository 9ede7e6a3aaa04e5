"""The value that stands where a default has to be written and nothing is meant."""

from __future__ import annotations

from typing import Any, Final, NoReturn

__all__ = ["UNSET"]


class _Unset:
    """The class of `UNSET`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    # Where it is public: what was pickled names it so.
    __module__ = "sitoo_async"

    def __reduce__(self) -> str:
        # A bare name: copy, deepcopy and pickle all give back the one and only UNSET.
        return "UNSET"

    def __bool__(self) -> NoReturn:
        # Neither will do: what was left out is not false, and was not given either.
        raise TypeError("UNSET is neither true nor false; ask whether a value `is UNSET`")


# Any, so that a field is typed as the reference documents it and not as a union with this.
UNSET: Final[Any] = _Unset()
"""Nothing: the default of what may be left out. None is null; the two never mix.

No field of a model holds it. Setting a field to it, by the constructor or by assignment, makes the
field absent; in a mapping of fields it stands for a field that is left out.
"""
