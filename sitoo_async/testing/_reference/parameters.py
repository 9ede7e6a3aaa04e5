"""The query parameters of a request: read as the reference types them, and what they select."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._reference.fields import Field, Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sitoo_async.testing._reference.facts import Operation, Parameter

__all__ = ["Filter", "Item", "Parameters", "Query", "filter_by", "parameters", "sort_key"]

_ORDERED = frozenset({"string", "integer", "number", "boolean", "timestamp"})

_MOST_DIGITS = 18  # all these fit into the 64 bits of PHP's integers

Item = dict[str, Any]
Query = dict[str, "str | list[str]"]
Parameters = dict[str, Any]
Filter = Callable[[Any], Callable[[Item], object]]
"""Given the value of a parameter: whether an item passes."""


def parameters(operation: Operation, query: Query) -> Parameters:
    """The values of the parameters that the operation lists, or their defaults.

    Unknown ones are ignored, as the API does.

    Raises:
        Refusal: 400, naming the first value that is not of its type.
    """
    return {name: _value(query, name, known) for name, known in operation.query.items()}


def _value(query: Query, name: str, known: Parameter) -> Any:
    if known.kind in {"strings", "integers"}:
        elements = _elements(query.get(name, ""))
        if known.kind == "integers":
            elements = [_integer(name, element) for element in elements]
        # An empty array selects nothing away: it means everything.
        return elements or known.default
    text = query.get(name)
    if isinstance(text, list):
        raise Refusal(400, f"Invalid value in {name}")
    if text is None:
        return known.default
    value = _scalar(name, known, text)
    if known.values and value not in known.values:
        raise Refusal(400, f"Invalid value in {name}")
    return value


def _scalar(name: str, known: Parameter, text: str) -> Any:
    if known.kind == "string":
        return text
    if known.kind == "boolean":
        # Only the words count; PHP's 1 and 0 are known to break.
        if text not in {"true", "false"}:
            raise Refusal(400, f"Invalid value in {name} (Not boolean)")
        return text == "true"
    value = _integer(name, text)
    above = known.minimum is None or value >= known.minimum
    if not above or (known.maximum is not None and value > known.maximum):
        problem = "Negative" if value < 0 else "Out of range"
        raise Refusal(400, f"Invalid value in {name} ({problem})")
    return value


def _elements(value: str | list[str]) -> list[Any]:
    # An array is comma-joined, or one ``name[]`` each.
    parts = [value] if isinstance(value, str) else value
    return [element for part in parts for element in part.split(",") if element]


def _integer(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (text.isascii() and digits.isdecimal() and len(digits) <= _MOST_DIGITS):
        raise Refusal(400, f"Invalid value in {name} (Not integer)")
    return int(text)


def filter_by(name: str, fields: Mapping[str, Field]) -> Filter | None:
    """What the parameter `name` selects, told by its name: a field, or a bound of a field."""
    field = next((field for field in (name, f"{name}id") if field in fields), None)
    if field is not None:
        return _is_one_of(field)
    base = name.removesuffix("from").removesuffix("to").removesuffix("_")
    if base == name or base not in fields:
        return None
    if name.endswith("from"):
        return _compared(base, operator.ge)
    # An id "to" is exclusive: `orderidto` selects lower ids. A moment is not.
    return _compared(base, operator.le if fields[base].kind == "timestamp" else operator.lt)


def _compared(field: str, compare: Callable[[Any, Any], bool]) -> Filter:
    return lambda bound: lambda item: item.get(field) is not None and compare(item[field], bound)


def _is_one_of(field: str) -> Filter:
    def selects(wanted: Any) -> Callable[[Item], bool]:
        listed = cast("Sequence[Any]", wanted) if isinstance(wanted, list) else [wanted]
        values = {_plain(value) for value in listed}
        return lambda item: _plain(item.get(field)) in values

    return selects


def _plain(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def sort_key(name: str, field: Field) -> Callable[[Item], tuple[bool, Any]]:
    """Orders items by a field; those without a value come first.

    Raises:
        Refusal: 400, the field holds what has no order, such as a list.
    """
    if field.kind not in _ORDERED:
        raise Refusal(400, "Invalid value in sort")
    return lambda item: (item.get(name) is not None, _plain(item.get(name)))
