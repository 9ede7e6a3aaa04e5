"""Which operation of the reference a request is."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

import attrs

from sitoo_async.testing._reference.facts import Operation, operations
from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["NOTHING", "Route", "is_guid", "place_of", "route"]

NOTHING = "Not Found. The url is invalid."

_MOST_DIGITS = 18  # all these fit into the 64 bits of PHP's integers

_GUID = re.compile(r"\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?", re.IGNORECASE)


@attrs.frozen
class Route:
    """Where a path leads.

    Attributes:
        methods: the operations at this path by their method.
        place: the collection's template, its parameters without their names.
        parameters: text and type of each parameter, in the order of the path.
        has_key: whether the last parameter names an item of the place.
    """

    methods: Mapping[str, Operation]
    place: str
    parameters: Sequence[tuple[str, str]]
    has_key: bool

    def values(self) -> list[Any]:
        """The parameters' values.

        Raises:
            Refusal: 404, one is no integer where one is meant.
        """
        return [_value(text, kind) for text, kind in self.parameters]


def _value(text: str, kind: str) -> Any:
    if kind == "string":
        return text
    if not (text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS):
        raise Refusal(404, NOTHING)
    return int(text)


@attrs.define
class _Node:
    kind: str = ""
    literals: dict[str, _Node] = attrs.field(factory=dict[str, "_Node"])
    parameter: _Node | None = None
    methods: dict[str, Operation] = attrs.field(factory=dict[str, Operation])


def _parts(template: str) -> list[str]:
    return template.strip("/").split("/")


def place_of(template: str) -> str:
    """The place of an operation: its template without the key and without names in its braces."""
    parts = ["{}" if part.startswith("{") else part for part in _parts(template)]
    return "/" + "/".join(parts[:-1] if parts[-1] == "{}" else parts)


@functools.cache
def _root() -> _Node:
    root = _Node()
    for operation in operations():
        node = root
        for part in _parts(operation.template):
            if part.startswith("{"):
                kind = operation.path_parameters[part.strip("{}")]
                if node.parameter is None:
                    node.parameter = _Node(kind)
                node = node.parameter
            else:
                node = node.literals.setdefault(part, _Node())
        node.methods[operation.method] = operation
    return root


def route(path: Sequence[str]) -> Route:
    """Where the decoded parts of a path lead; a literal goes before a parameter.

    Raises:
        Refusal: 404, no operation has such a path or one that begins with it.
    """
    node = _root()
    place: list[str] = []
    parameters: list[tuple[str, str]] = []
    for part in path:
        literal = node.literals.get(part)
        following = literal or node.parameter
        if following is None:
            raise Refusal(404, NOTHING)
        if literal is None:
            parameters.append((part, following.kind))
        place.append(part if literal else "{}")
        node = following
    has_key = place[-1] == "{}"
    place_ = "/" + "/".join(place[:-1] if has_key else place)
    return Route(node.methods, place_, parameters, has_key)


def is_guid(text: str) -> bool:
    """Whether `text` has the form of a siteid, which is deprecated."""
    return _GUID.fullmatch(text) is not None
