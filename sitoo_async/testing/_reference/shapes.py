"""The objects of the services beside v2 as data, and the rules that a write is checked against."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._reference.fields import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["check_object", "check_value", "is_plain"]

# By the first word of a type.
_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "timestamp": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}

_PATTERNS: Mapping[str, str] = {
    "string uuid": "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "string GUID in braces": r"\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}",
    "string ISO 4217": "[A-Z]{3}",
}


def is_plain(kind: str, value: Any) -> bool:
    """Whether a value is what a type begins with in JSON; of what nobody explains, any value is."""
    types = _TYPES.get(re.split("[ <]", kind)[0])
    # true and false are no integers here.
    return types is None or (
        isinstance(value, types) and (bool in types or not isinstance(value, bool))
    )


def check_object(facts: Mapping[str, Any], name: str, sent: Any, at: str = "") -> None:
    """Check what a client sent as an object of a service.

    An object that is documented in full takes no other fields; one of which something is inferred
    takes any, since nobody knows them all.

    Args:
        facts: the facts of the service.
        name: the object.
        sent: what came.
        at: the path of the field that holds it; empty: the body.

    Raises:
        Refusal: 400, naming the first field that breaks a rule.
    """
    if not isinstance(sent, dict):
        raise Refusal(400, "An object is expected.", code="field-type", field=at or None)
    known = facts["objects"][name]
    fields: Mapping[str, Mapping[str, Any]] = known["fields"]
    inside = f"{at}." if at else ""
    for field, rules in fields.items():
        if rules.get("required") and field not in sent:
            message = f"The field {field} is required."
            raise Refusal(400, message, code="field-missing", field=inside + field)
    is_open = {known["evidence"], *(rules["evidence"] for rules in fields.values())} != {
        "documented"
    }
    for field, value in cast("Mapping[str, Any]", sent).items():
        if field in fields:
            if fields[field].get("access") == "read":
                message = f"The field {field} is read-only."
                raise Refusal(400, message, code="field-readonly", field=inside + field)
            check_value(facts, fields[field]["type"], value, inside + field)
        elif not is_open:
            message = f"There is no field {field}."
            raise Refusal(400, message, code="field-unknown", field=inside + field)


def check_value(facts: Mapping[str, Any], kind: str, value: Any, at: str) -> None:
    """Check one value by the type that the facts have for it; what they don't know passes.

    Raises:
        Refusal: 400, naming the field.
    """
    if kind in facts["objects"]:
        _check_named(facts, kind, value, at)
    elif kind.startswith("array<"):
        if not isinstance(value, list):
            raise Refusal(400, "An array is expected.", code="field-type", field=at)
        element = kind.removeprefix("array<").removesuffix(">")
        for index, each in enumerate(cast("Sequence[Any]", value)):
            check_value(facts, element, each, f"{at}[{index}]")
    else:
        _check_plain(kind, value, at)


def _check_named(facts: Mapping[str, Any], name: str, value: Any, at: str) -> None:
    known = facts["objects"][name]
    if known["kind"] != "enum":
        check_object(facts, name, value, at)
        return
    _check_plain("string", value, at)
    rules = facts["enums"].get(name, {})
    values = [*rules.get("values", ()), *rules.get("values_inferred", ())]
    # Of the types of journal entries only the top of the list is known.
    if values and name != "JournalEntryType" and value not in values:
        raise Refusal(400, f"{value} is no {name}.", code="field-validation", field=at)


def _check_plain(kind: str, value: Any, at: str) -> None:
    if not is_plain(kind, value):
        expected = kind.partition(" ")[0]
        raise Refusal(400, f"The type {expected} is expected.", code="field-type", field=at)
    pattern = _PATTERNS.get(kind)
    if pattern is not None and re.fullmatch(pattern, str(value), re.ASCII) is None:
        raise Refusal(400, f"A {kind} is expected.", code="field-validation", field=at)
    if kind == "object<string,string>":
        for name, each in cast("Mapping[str, Any]", value).items():
            _check_plain("string", each, f"{at}.{name}")
