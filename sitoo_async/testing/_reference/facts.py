"""The facts of the public reference: every operation and object of v2, read from ``data/``."""

from __future__ import annotations

import functools
import json
import re
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal, cast

import attrs

from sitoo_async.testing._reference.fields import Field, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Operation", "Parameter", "fields_of", "is_open", "operations"]

_KINDS: dict[str, Kind] = {
    "string": "string",
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "money": "money",
    "decimal": "decimal",
    "timestamp": "timestamp",
    "unknown": "any",
    "attributes": "map",
    "texts by key": "texts",
}

_LISTS: dict[str, Kind] = {
    "string": "strings",
    "integer": "integers",
    "object": "objects",
    "unknown": "array",
}

_ZEROS: dict[Kind, Any] = {
    "string": "",
    "integer": 0,
    "number": 0,
    "boolean": False,
    "money": "0.00",
    "decimal": "0.000",
    "strings": [],
    "integers": [],
    "identifiers": [],
    "objects": [],
    "tags": [],
    "array": [],
    "map": {},
    "texts": {},
    "object": {},
}
"""What a field holds when nothing was said about it."""

_COUNTS = frozenset({"start", "num"})

# New ways to pay keep being added: two of the list stand on one version of the page alone.
_OPEN_ENUMS = frozenset({"PosPaymentMethod", "vouchertype"})
_TAGS = frozenset({"tags", "pricelisttags"})


@attrs.frozen
class Parameter:
    """A query parameter.

    Attributes:
        kind: the type of its value; ``"strings"`` and ``"integers"`` are arrays.
        default: its value when it is absent.
        values: the only values that it takes; empty: any.
        minimum: its lowest value.
        maximum: its highest value.
    """

    kind: Literal["string", "integer", "boolean", "timestamp", "strings", "integers"]
    default: Any = None
    values: tuple[Any, ...] = ()
    minimum: int | None = None
    maximum: int | None = None


@attrs.frozen
class Operation:
    """One operation of the reference.

    Attributes:
        name: as the reference calls it.
        group: the group of the reference, which is the name of its file.
        method: the HTTP method.
        template: the path below the account without ``.json``, with names in braces.
        evidence: ``"documented"``, ``"inferred"`` or ``"name-only"``.
        path_parameters: the type of each name in the template.
        query: the query parameters.
        body: the shape of the body (``"object"``, ``"objects"``), or None.
        body_of: the object that is sent.
        without: fields of that object which are not sent here.
        returns: the shape of the answer.
        returns_of: the object that is returned.
        example: ``request`` and ``response``, as far as the reference prints them.
    """

    name: str
    group: str
    method: str
    template: str
    evidence: str
    path_parameters: Mapping[str, str]
    query: Mapping[str, Parameter]
    body: str | None
    body_of: str | None
    without: frozenset[str]
    returns: str
    returns_of: str | None
    example: Mapping[str, Any]


@functools.cache
def _groups() -> dict[str, dict[str, Any]]:
    files = resources.files("sitoo_async.testing._reference").joinpath("data").iterdir()
    return {
        file.name.removesuffix(".json"): json.loads(file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
        if file.name.endswith(".json")
    }


@functools.cache
def operations() -> tuple[Operation, ...]:
    """Every operation; one of which only the name is known has the likeliest path and shapes."""
    return tuple(
        _operation(group, fact)
        for group, facts in _groups().items()
        for fact in facts["operations"]
    )


def _operation(group: str, fact: Mapping[str, Any]) -> Operation:
    analogy: Mapping[str, Any] = fact.get("by_analogy", {})
    template = cast("str", fact["path"] or fact["path_by_analogy"]).removesuffix(".json")
    body: Mapping[str, Any] = fact["body"] or analogy.get("body") or {}
    returns: Mapping[str, Any] = analogy.get("returns") or fact["returns"]
    return Operation(
        name=fact["operation"],
        group=group,
        method=fact["method"],
        template=template,
        evidence=fact["evidence"],
        path_parameters=fact.get("path_parameters") or analogy.get("path_parameters", {}),
        query={
            name: Parameter(
                parameter["type"],
                parameter.get("default"),
                tuple(parameter.get("values", ())),
                parameter.get("minimum", 0 if name in _COUNTS else None),
                parameter.get("maximum"),
            )
            for name, parameter in fact["query"].items()
        },
        body=body.get("shape"),
        body_of=body.get("of"),
        without=frozenset(body.get("without", ())),
        returns=returns["shape"],
        returns_of=returns.get("of"),
        example=fact.get("example", {}),
    )


def _described(name: str) -> Iterator[Mapping[str, Any]]:
    # An object may stand in several files, each with the fields that its group shows.
    for facts in _groups().values():
        if name in facts["objects"]:
            yield facts["objects"][name]


@functools.cache
def fields_of(name: str) -> dict[str, Field]:
    """The fields of an object, in the reference's order."""
    found: dict[str, Field] = {}
    for described in _described(name):
        required = set(described["required"])
        for field, fact in described["fields"].items():
            found[field] = _field(field, fact, required=field in required)
    return found


def _field(name: str, fact: Mapping[str, Any], *, required: bool) -> Field:
    kind, of = _kind(name, fact["type"])
    if kind == "integers" and "also" in fact:
        kind = "identifiers"
    nullable = fact.get("nullable", False)
    return Field(
        kind,
        default=fact.get("default", None if nullable else _ZEROS.get(kind)),
        access=fact.get("access", "both"),
        nullable=nullable or kind == "any",
        required=required,
        of=of,
        values=tuple(fact.get("values", ())) or _enum_values(fact.get("enum")),
        pattern=re.compile(fact["pattern"], re.ASCII) if "pattern" in fact else None,
    )


def _kind(name: str, described: Any) -> tuple[Kind, dict[str, Field] | None]:
    match described:
        case {"object": inner}:
            return "object", fields_of(inner)
        case ["string"] if name in _TAGS:
            return "tags", None
        case [element] if element in _LISTS:
            return _LISTS[element], None
        case [inner]:
            return "objects", fields_of(inner)
        case _:
            return _KINDS[described], None


def is_open(name: str) -> bool:
    """Whether an object has more fields than the reference lists."""
    return any(described.get("open", False) for described in _described(name))


def _enum_values(name: str | None) -> tuple[Any, ...]:
    # No values: any will do.
    if name is None or name in _OPEN_ENUMS:
        return ()
    found = (facts["enums"].get(name, ()) for facts in _groups().values())
    return tuple(value["value"] for values in found for value in values)
