"""The value of a field that was neither fetched nor set."""

from __future__ import annotations

from typing import Any, Final, NoReturn

from sitoo_async.errors import FieldNotFetchedAttributeError, FieldNotFetchedError

__all__ = ["UNSET"]

_REMEDY: Final = (
    "name it in fields=, or get the single item; is_set(item, name) tells whether a field is there"
)


class _Unset:
    """The class of `UNSET`: quiet where it is compared or stored, loud where it is used."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    # Where it is public: what was pickled names it so.
    __module__ = "sitoo_async"

    def __reduce__(self) -> str:
        # A bare name: copy, deepcopy and pickle all give back the one and only UNSET.
        return "UNSET"

    def __getattr__(self, name: str) -> NoReturn:
        raise FieldNotFetchedAttributeError(
            f"{name!r} was looked up on a field that was neither fetched nor set; {_REMEDY}"
        )


def _loud(name: str) -> Any:
    def use(self: _Unset, *arguments: object) -> NoReturn:  # noqa: ARG001  # any use fails
        raise FieldNotFetchedError(f"a field was neither fetched nor set ({name}); {_REMEDY}")

    use.__name__ = use.__qualname__ = name
    return use


_TEXT = ("str", "format", "bytes")
_CONTAINER = ("bool", "iter", "len", "contains", "getitem", "reversed")
_NUMBER = ("int", "float", "complex", "index", "neg", "pos", "abs", "invert", "round", "trunc")
_ORDER = ("lt", "le", "gt", "ge")
_ARITHMETIC = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow")
_BITS = ("lshift", "rshift", "and", "or", "xor", "matmul")

for _name in (*_TEXT, *_CONTAINER, *_NUMBER, *_ORDER, *_ARITHMETIC, *_BITS):
    setattr(_Unset, f"__{_name}__", _loud(f"__{_name}__"))
for _name in (*_ARITHMETIC, *_BITS):
    # Both sides, so that `Decimal(1) + product.moneyprice` is as loud as the other way round.
    setattr(_Unset, f"__r{_name}__", _loud(f"__r{_name}__"))

# Any, so that a field is typed as the reference documents it and not as a union with this.
UNSET: Final[Any] = _Unset()
"""Absent: the field was not fetched, or is not to be sent. None is null; the two never mix.

Comparing, copying and pickling are quiet; any other use raises `FieldNotFetchedError`.
"""
