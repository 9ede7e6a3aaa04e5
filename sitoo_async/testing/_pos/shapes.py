"""Whether a JSON value is of the type that the facts of an interface have for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._pos.findings import Finding
from sitoo_async.testing._reference.shapes import is_plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["inside", "json_type", "unlike"]

_NAMES: Mapping[type, str] = {
    str: "text",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}

# By the first word of a type.
_NEEDED: Mapping[str, str] = {
    "string": "text",
    "integer": "an integer",
    "timestamp": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "object": "an object",
    "array": "an array",
}

# What texts have to look like, by the type of a field or the name of a scalar in lower case.
_PATTERNS: Mapping[str, tuple[str | None, str]] = {
    "money": (r"-?[0-9]+\.[0-9]{2}", "an amount with two decimals"),
    "decimalquantity": (r"-?[0-9]+\.[0-9]{3}", "a quantity with three decimals"),
    "string iso 4217": ("[A-Z]{3}", "a code of ISO 4217"),
    "string iso 3166-1 alpha-2": ("([A-Z]{2})?", "two capital letters"),
    "string minlength 1": ("(?s).+", "not empty"),
    "string 1..128": ("(?s).{1,128}", "1 to 128 characters"),
    "string up to 128": ("(?s).{0,128}", "at most 128 characters"),
}


def json_type(value: Any) -> str:
    """What a JSON value is, in words."""
    return _NAMES[type(value)]


def inside(place: str, name: str) -> str:
    """The place of a field in an object; the body itself has no name."""
    return name if place == "body" else f"{place}.{name}"


def unlike(
    facts: Mapping[str, Any], kind: str, value: Any, place: str, *, sure: bool
) -> Iterator[Finding]:
    """Where a value is not of a type.

    Args:
        facts: the facts of the interface.
        kind: the type, as the facts have it.
        value: the value.
        place: where it stands.
        sure: whether the type is documented.
    """
    named = _object(facts, kind)
    if named is not None:
        yield from _unlike_named(facts, kind, named, value, place, sure=sure)
    elif kind.startswith('"'):
        yield from _unlike_plain("string", value, place, sure=sure)
    elif kind.startswith("array<"):
        element, _, rest = kind.removeprefix("array<").partition(">")
        most = re.search(r"at most (\d+)", rest)
        yield from _unlike_array(facts, element, value, place, sure=sure)
        if most and isinstance(value, list) and len(cast("Sequence[Any]", value)) > int(most[1]):
            yield Finding(place, f"holds more than {most[1]} values", sure)
    elif " | " in kind:
        yield from _unlike_any(facts, kind.split(" | "), value, place, sure=sure)
    elif kind.startswith("object {") and " " in (fields := kind[8:-1]).partition(",")[0]:
        known = dict(pair.split(" ") for pair in fields.split(", "))
        rules = {name: {"type": each, "evidence": "documented"} for name, each in known.items()}
        yield from _unlike_object(facts, rules, value, place, sure=sure)
    else:
        yield from _unlike_plain(kind, value, place, sure=sure)


def _object(facts: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    """What is known by a name; pages spell those of v2 in lower case."""
    objects: Mapping[str, Mapping[str, Any]] = facts["objects"]
    return objects.get(name) or next(
        (each for key, each in objects.items() if key.lower() == name), None
    )


def _unlike_named(  # as `unlike`, with what the name stands for
    facts: Mapping[str, Any],
    name: str,
    about: Mapping[str, Any],
    value: Any,
    place: str,
    *,
    sure: bool,
) -> Iterator[Finding]:
    sure = sure and about["evidence"] == "documented"
    match about["kind"]:
        case "scalar":
            kind = "integer" if name.lower() == "timestamp" else "string"
            yield from _unlike_plain(kind, value, place, sure=sure, pattern=name)
        case "enum":
            yield from _unlike_plain("string", value, place, sure=sure)
            known = facts["enums"].get(name, about)
            values = [*known["values"], *known.get("values_inferred", ())]
            if isinstance(value, str) and value not in values:
                yield Finding(place, f"is none of {', '.join(values)}", breaks=False)
        case "object":
            yield from _unlike_object(facts, about["fields"], value, place, sure=sure)
        case _:  # a union of objects
            yield from _unlike_plain("object", value, place, sure=sure)


def _unlike_object(
    facts: Mapping[str, Any],
    fields: Mapping[str, Mapping[str, Any]],
    value: Any,
    place: str,
    *,
    sure: bool,
) -> Iterator[Finding]:
    yield from _unlike_plain("object", value, place, sure=sure)
    if not isinstance(value, dict):
        return
    given = cast("Mapping[str, Any]", value)
    for name, rules in fields.items():
        where = inside(place, name)
        documented = sure and rules["evidence"] == "documented"
        if name not in given:
            if rules.get("required"):
                yield Finding(where, "is missing", documented)
        elif given[name] is None:
            if not rules.get("nullable"):
                yield Finding(where, "is null, which no page shows", breaks=False)
        else:
            kind = f"array<{rules['items']}>" if "items" in rules else rules["type"]
            yield from unlike(facts, kind, given[name], where, sure=documented)
    for name in given:
        if fields and name not in fields:
            yield Finding(inside(place, name), "is a field that no page has", breaks=False)


def _unlike_any(
    facts: Mapping[str, Any], kinds: Sequence[str], value: Any, place: str, *, sure: bool
) -> Iterator[Finding]:
    """Where it is none of several objects, which a text in one of their fields tells apart."""
    yield from _unlike_plain("object", value, place, sure=sure)
    if not isinstance(value, dict):
        return
    given = cast("Mapping[str, Any]", value)
    for kind in kinds:
        for name, rules in facts["objects"][kind]["fields"].items():
            if rules["type"] == f'"{given.get(name)}"':
                yield from unlike(facts, kind, given, place, sure=sure)
                return
    yield Finding(place, "is of none of the known sorts", breaks=False)


def _unlike_array(
    facts: Mapping[str, Any], element: str, value: Any, place: str, *, sure: bool
) -> Iterator[Finding]:
    yield from _unlike_plain("array", value, place, sure=sure)
    if isinstance(value, list):
        for index, each in enumerate(cast("Sequence[Any]", value)):
            yield from unlike(facts, element, each, f"{place}[{index}]", sure=sure)


def _unlike_plain(
    kind: str, value: Any, place: str, *, sure: bool, pattern: str | None = None
) -> Iterator[Finding]:
    needed = _NEEDED.get(re.split("[ <]", kind)[0])
    if needed is None:  # a name that the facts don't explain
        return
    if not is_plain(kind, value):
        yield Finding(place, f"should be {needed} and is {json_type(value)}", sure)
        return
    matches, need = _PATTERNS.get((pattern or kind).lower(), (None, ""))
    if matches is not None and re.fullmatch(matches, str(value), re.ASCII) is None:
        yield Finding(place, f"should be {need}", sure)
    if kind == "object<string,string>":
        for name, each in cast("Mapping[str, Any]", value).items():
            yield from _unlike_plain("string", each, inside(place, name), sure=sure)
