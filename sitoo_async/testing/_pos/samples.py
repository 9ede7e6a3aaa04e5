"""What a POS asks where a test doesn't say it: the documented examples, else made-up values."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, cast

from sitoo_async.testing._pos.operations import named_in, operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sitoo_async.testing._pos.operations import PosOperation

__all__ = ["found", "sample_body", "sample_parameters"]

_PARAMETERS: Mapping[str, Any] = {
    "key": "12345",
    "key_type": "member_number",
    "lang": "SE",
    "currency": "SEK",
    "transaction_id": "QH8X33XXUL8Z",
    "invoice_id": "INV-2025-001",
}

_VALUES: Mapping[str, Any] = {
    "money": "100.00",
    "decimalquantity": "1.000",
    "Identifier": "(01)09506000134352(21)12345",
    "integer": 1,
    "integer unix s": 1_769_850_000,
    "timestamp": 1_769_850_000,
    "number": 25,
    "boolean": True,
    "string E.164": "+46701234567",
    "string ISO 3166-1 alpha-2": "SE",
    "string ISO 4217": "SEK",
    "string ISO 8601": "2026-01-31T09:30:00Z",
    "string RFC 3339": "2026-01-31T09:30:00Z",
}

# What single fields have to hold, or a request means nothing.
_FIELDS: Mapping[tuple[str, str], Any] = {
    ("spi-digital-receipts", "personal_id"): "19121212-1212",
    ("spi-digital-receipts", "email"): "ann@example.com",
    ("spi-digital-receipts", "phone_number"): "+46701234567",
    ("spi-rfid", "store_id"): "SCS101",
    ("spi-tax-free", "ui_type"): "web-page",
}

# What only an answer has, though no page marks it: a POS can't know it of a new customer.
_ANSWERED: Mapping[str, frozenset[str]] = {
    "spi-crm-v2": frozenset(
        {"bonus_checks", "customer_id", "promotions", "sections", "status", "voucher_passwords"}
    ),
}

_BESIDE: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("spi-payment", "Update Payment"): {"paymentstate": {"state": "cancelled"}},
}


def sample_parameters(operation: PosOperation) -> dict[str, Any]:
    """Values for the parameters that an operation can't do without."""
    required = [name for name, each in operation.query.items() if each.get("required")]
    return {
        name: _sample_parameter(operation, name) for name in (*operation.path_parameters, *required)
    }


def _sample_parameter(operation: PosOperation, name: str) -> Any:
    if name in _PARAMETERS:
        return _PARAMETERS[name]
    return found(operation.facts["examples"], name) or "1"


def found(value: Any, name: str) -> Any:
    """The first field of a name, however deep it stands; None where there is none."""
    if isinstance(value, dict):
        given = cast("Mapping[str, Any]", value)
        if name in given:
            return given[name]
        value = list(given.values())
    if isinstance(value, list):
        inside = (found(each, name) for each in cast("Sequence[Any]", value))
        return next((each for each in inside if each is not None), None)
    return None


def sample_body(operation: PosOperation) -> Any:
    """The printed request, else one that its object makes likely; None where there is no body."""
    if "request" in operation.example:
        return copy.deepcopy(operation.example["request"])
    if operation.body is None:
        return None
    name = named_in(operation.body, operation.facts)
    if name is None or operation.facts["objects"][name]["kind"] != "object":
        return {}
    printed = next(_printed(operation.service, name), None)
    if printed is None:
        return _made_up(operation.service, operation.facts, name)
    fields: Mapping[str, Mapping[str, Any]] = operation.facts["objects"][name]["fields"]
    writable = {
        field: copy.deepcopy(value)
        for field, value in printed.items()
        if fields.get(field, {}).get("access") != "read"
        and field not in _ANSWERED.get(operation.service, ())
    }
    return {**writable, **_BESIDE.get((operation.service, operation.name), {})}


def _printed(service: str, name: str) -> Iterator[Mapping[str, Any]]:
    """The examples of an object among those of an interface, requests first."""
    known = operations(service)
    for side, of in (("request", "body"), ("response", "returns")):
        for each in known:
            if side in each.example and named_in(getattr(each, of), each.facts) == name:
                value = each.example[side]
                rows = cast("Sequence[Any]", value if isinstance(value, list) else [value])
                yield from (row for row in rows if isinstance(row, dict))


def _made_up(service: str, facts: Mapping[str, Any], name: str) -> dict[str, Any]:
    """An object with a value in each field that a POS may send."""
    fields: Mapping[str, Mapping[str, Any]] = facts["objects"][name]["fields"]
    sent = {field: rules for field, rules in fields.items() if rules.get("access") != "read"}
    return {
        field: _FIELDS.get((service, field)) or _value(service, facts, rules["type"], field)
        for field, rules in sent.items()
    }


def _value(service: str, facts: Mapping[str, Any], kind: str, field: str) -> Any:
    if kind.startswith("array<"):
        element = kind.removeprefix("array<").partition(">")[0]
        return [_value(service, facts, element, field)]
    if kind in _VALUES or kind.lower() in _VALUES:
        return copy.deepcopy(_VALUES.get(kind, _VALUES.get(kind.lower())))
    if kind in facts["objects"]:
        about = facts["objects"][kind]
        return about["values"][0] if "values" in about else _made_up(service, facts, kind)
    return field
