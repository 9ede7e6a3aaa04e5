"""What is known of the services beside v2 stands in a model, with its evidence, or is left out."""

from __future__ import annotations

import ast
import json
import pkgutil
import warnings
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest

import sitoo_async
from sitoo_async import set_fields, unknown_fields
from sitoo_async._codec.base import Model
from sitoo_async._codec.codec import decode_item, encode
from sitoo_async._codec.converter import converter
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import facts
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.kinds import ChoiceOf, Kind, ListOf, MapOf, ObjectOf, Scalar
from sitoo_async.errors import UnexpectedTypeWarning
from sitoo_async.models import (
    GiftCard,
    JournalCash,
    JournalEntry,
    JournalStaff,
    PurchasePriceList,
    ShipmentActionV3,
    ShipmentReceivedItemsV3,
    ShipmentReceivedItemV3,
    ShipmentStateV3,
    ShipmentV3,
)
from sitoo_async.testing._reference.services import service_facts, services
from tests._spoilt import spoilt

PACKAGE = Path(sitoo_async.__file__).parent
MODULES = {
    "journals-v3": ("sitoo_async.models.journals", "sitoo_async.models.journal_reports"),
    "purchase-prices-v3": ("sitoo_async.models.purchase_prices",),
    "shipments-v3": ("sitoo_async.models.shipments_v3",),
}


def modules_of(service: str) -> tuple[str, ...]:
    """The modules that hold the models of a service."""
    name = service.removeprefix("spi-").replace("-", "_")
    place = PACKAGE / "spi" / name
    inside = [f".{each.name}" for each in pkgutil.iter_modules([str(place)])]
    return MODULES.get(service) or tuple(f"sitoo_async.spi.{name}{end}" for end in ("", *inside))


def is_there(service: str) -> bool:
    name = service.removeprefix("spi-").replace("-", "_")
    spi = PACKAGE / "spi"
    return service in MODULES or (spi / name).is_dir() or (spi / f"{name}.py").exists()


THERE = [service for service in services() if is_there(service)]


@pytest.fixture(scope="module")
def noted() -> dict[tuple[str, str], Any]:
    for service in THERE:
        for module in modules_of(service):
            import_module(module)
    return dict(facts())


# What the facts name --------------------------------------------------------------------------

# Fields of objects that are no models here, with the reason.
LEFT_OUT = {
    "items of an envelope": "a walk gives them",
    "next of an envelope": "a walk follows it",
    "ErrorMessage": "ApiError has all of it",
    "Error": "the same by another name",
}


# Fields of a model that v2 has as well, where an answer may hold the card at its top.
MORE = {("spi-gift-card", "GiftCardResponse"): fields_of(GiftCard).keys()}


@pytest.mark.parametrize("service", THERE)
def test_every_object_of_a_service_is_noted_with_its_evidence(service, noted):
    told = {name: each["evidence"] for name, each in service_facts(service)["objects"].items()}
    ours = {name: fact.evidence for (of, name), fact in noted.items() if of == service}
    assert {name: ours.get(name) for name in told} == told
    # An enumeration without a name of its own is called by its field.
    named = {*told, *service_facts(service)["enums"]}
    assert {name for name in ours if name not in named} == set()


@pytest.mark.parametrize("service", THERE)
def test_every_field_of_a_service_is_in_a_model_with_its_evidence(service, noted):
    missing = []
    for name, about in service_facts(service)["objects"].items():
        fact = noted[service, name]
        if not about["fields"] or is_left_out(name, fact):
            continue
        assert isinstance(fact.of, type), f"{service}.{name}"
        assert issubclass(fact.of, Model), f"{service}.{name}"
        fields = fields_of(fact.of)
        missing += [
            f"{service}.{name}.{field}: {told['evidence']}"
            for field, told in about["fields"].items()
            if field not in fields or fields[field].inferred != (told["evidence"] != "documented")
        ]
        invented = fields.keys() - about["fields"].keys() - MORE.get((service, name), set())
        assert invented == set(), f"{service}.{name}"
    assert missing == []


def is_left_out(name: str, fact: Any) -> bool:
    """Whether an object needs no model, since its parts are found elsewhere, as the note says."""
    if name.endswith("Envelope") or name in LEFT_OUT:
        return fact.of is None and bool(fact.note)
    return False


def kinds(kind: Kind, path: str = "") -> str:
    match kind:
        case ListOf():
            return f"array<{kinds(kind.item)}>"
        case MapOf():
            return f"object<string,{kind.value.name}>"
        case ObjectOf():
            return kind.model.__name__
        case ChoiceOf():
            return "choice"
        case _:
            return kind.name


PLAIN = {
    "string": "text",
    "integer": "an integer",
    "boolean": "a boolean",
    "number": "a number",
    "integer unix s": "a timestamp",
    "timestamp": "a timestamp",
    "integer hundredths": "an integer of hundredths",
    "Money": "money text",
    "money": "money text",
    "DecimalQuantity": "text with three decimals",
    "decimalquantity": "text with three decimals",
    "string ISO 8601": "an ISO 8601 moment",
    "string RFC 3339": "an ISO 8601 moment",
    "object<string,string>": "object<string,text>",
    "object": "object<string,anything>",
    "string or integer": "text or an integer",
}


TYPED = [
    *MODULES,
    "spi-crm-v1",
    "spi-crm-v2",
    "spi-payment",
    "spi-discount-cards",
    "spi-digital-receipts",
    "spi-insurance",
    "spi-product-recommendations",
    "spi-product-search",
    "spi-rfid",
    "spi-tax-free",
    "spi-events",
]


@pytest.mark.parametrize("service", TYPED)
def test_every_field_is_of_its_type(service, noted):
    wrong = []
    for name, about in service_facts(service)["objects"].items():
        cls = noted[service, name].of
        if not isinstance(cls, type) or not issubclass(cls, Model):
            continue
        for field, told in about["fields"].items():
            kind = fields_of(cls)[field].kind
            if (service, name, field) not in ODD and not fits(kind, told, service, noted):
                wrong.append(f"{name}.{field}: {told['type']} and {kinds(kind)}")
    assert wrong == []


# Of another type than the facts say in so many words.
ODD = {
    ("shipments-v3", "ShipmentAction", "data"): "a mapping, or one of four models when written",
    ("shipments-v3", "ShipmentInfo", "receive_method"): "text, since no value is printed",
    ("shipments-v3", "ShipmentAction", "type"): "text, since no value is printed",
    ("purchase-prices-v3", "PriceListItem", "price"): "text or an integer, which nobody knows",
    ("journals-v3", "JournalReceipt", "customer"): "a mapping, since only the name is printed",
    ("spi-crm-v1", "crmcontact", "birthday"): "a day as text, which no timezone moves",
    ("spi-crm-v1", "crmcontact", "transactions"): "mappings, since only the name is printed",
    ("spi-product-recommendations", "Recommendations", "similar"): "at most 64 texts",
    ("spi-product-recommendations", "Recommendations", "related"): "at most 64 texts",
    ("spi-product-recommendations", "Recommendations", "accessories"): "at most 64 texts",
    ("spi-product-search", "product_search_result", "products"): "a model without a name",
    ("spi-product-search", "product", "additional_data"): "images too, as on an older page",
    ("spi-rfid", "TransactionSell", "identifiers"): "texts, of which the name is a scalar's",
    ("spi-rfid", "TransactionReturn", "identifiers"): "texts, of which the name is a scalar's",
    ("spi-tax-free", "Transaction", "customer"): "a mapping, since only the name is printed",
    ("spi-events", "Event", "data"): "one of seven models, by the type of the event",
    ("spi-tax-free", "Transaction", "order"): "a mapping, since only the name is printed",
}


def fits(kind: Kind, told: dict[str, Any], service: str, noted: Any) -> bool:
    text = told["type"]
    if isinstance(kind, ChoiceOf) and " | " in text:
        return [noted[service, part].of for part in text.split(" | ")] == [*kind.models.values()]
    if isinstance(kind, ListOf):
        inner = text.removeprefix("array").strip("<>")
        return text.startswith("array") and (
            not inner or fits(kind.item, {"type": inner}, service, noted)
        )
    if text in PLAIN:
        # An enumeration may have no name, and the reports of v2, from which those of journals are
        # inferred, spell amounts and moments as such.
        return (
            kinds(kind) == PLAIN[text]
            or ("enum" in told and kinds(kind).endswith(" text"))
            or (service == "journals-v3" and kinds(kind) in {"money text", "a timestamp", DECIMALS})
        )
    if text.startswith(("string ", '"')):
        return kinds(kind) == "text"
    return is_of(kind, noted[service, text].of)


def is_of(kind: Kind, of: Any) -> bool:
    """Whether it is the kind of what is noted by a name."""
    if isinstance(of, type) and issubclass(of, Model):
        return isinstance(kind, ObjectOf) and kind.model is of
    if isinstance(of, type):
        return isinstance(kind, Scalar) and of.__name__ in kind.name
    return get_origin(of) is not None and kind in get_args(of)


DECIMALS = "text with three decimals"


def test_every_value_of_an_enumeration_is_a_member(noted):
    lacking = {}
    for service in THERE:
        for name, about in service_facts(service)["enums"].items():
            fact = noted.get((service, name))
            if fact is None or fact.of is None:
                continue
            assert issubclass(fact.of, OpenText), f"{service}.{name}"
            values = {*about["values"], *about.get("values_inferred", ())}
            if values != {member.value for member in fact.of}:
                lacking[f"{service}.{name}"] = values
    assert lacking == {}


# What the source says ---------------------------------------------------------------------------


def annotated() -> Iterator[tuple[str, str, str]]:
    """Each field of a model: where it stands, its annotation, and its docstring."""
    for path in sorted((*(PACKAGE / "models").glob("*.py"), *(PACKAGE / "spi").rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ClassDef):
                continue
            for line, after in zip(node.body, [*node.body[1:], ast.Pass()], strict=True):
                if isinstance(line, ast.AnnAssign):
                    text = ast.unparse(after) if isinstance(after, ast.Expr) else ""
                    yield f"{node.name}.{ast.unparse(line.target)}", ast.unparse(line), text


def test_what_is_inferred_says_so_in_its_docstring():
    fields = [(place, text) for place, line, text in annotated() if "Mark.INFERRED" in line]
    assert len(fields) > 100
    assert [place for place, text in fields if "inferred" not in text.lower()] == []


# Examples -----------------------------------------------------------------------------------


def examples() -> Iterator[tuple[type[Model], dict[str, Any]]]:
    """Each printed object of the three services, with its model."""
    models = {"journals-v3": JournalEntry, "purchase-prices-v3": PurchasePriceList}
    for service, cls in models.items():
        for example in service_facts(service)["examples"].values():
            for body in example.values():
                yield from ((cls, row) for row in body.get("items", [body]))


def test_every_example_goes_through_a_model_and_back():
    found = [*examples()]
    assert len(found) == 7
    for cls, row in found:
        item = decode_item(encode(row), cls, strict=True)
        assert unknown_fields(item) == {}
        assert converter.unstructure(item) == row
        assert converter.structure(row, cls) == item
    login, cash = (converter.structure(row, cls).data for cls, row in found[:2])
    assert isinstance(login, JournalStaff)
    assert cash == JournalCash(
        currencycode="SEK", moneycash=Decimal(5000), staff="POS Staff", staffuserid="{GUID}"
    )


ODD_VALUES = [None, True, -5, 1.5, "x", "\ud800", [], {}, [1], {"a": 1}, 10**30, "9" * 5000]


def test_no_spoilt_example_breaks_a_reader():
    rows = [
        (cls, odd)
        for cls, row in examples()
        for odd in spoilt(row, ODD_VALUES)
        if isinstance(odd, dict)
    ]
    assert len(rows) > 500
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnexpectedTypeWarning)
        for cls, row in rows:
            item = decode_item(json.dumps(row).encode(), cls)
            assert set_fields(item).keys() == row.keys() & fields_of(cls).keys()
            assert {*unknown_fields(item)} == row.keys() - fields_of(cls).keys()


def test_a_shipment_is_read_as_it_came():
    body = encode(
        {
            "id": "7b1f",
            "version": 3,
            "state": "lost",
            "info": {"carrier": {"estimated_delivery_at": 1672386301, "eta": "soon"}},
            "packages": [{"items": [{"sku": "A", "quantity": 2, "cost_price": 12350}]}],
            "items_undeclared": [],
        }
    )
    shipment = decode_item(body, ShipmentV3, strict=True)
    assert shipment.state == ShipmentStateV3("lost")
    assert shipment.version == 3
    assert shipment.packages[0].items[0].cost_price == Decimal("123.50")
    assert unknown_fields(shipment.info.carrier) == {"eta": "soon"}


def test_an_action_takes_the_likeliest_models_as_its_data():
    data = ShipmentReceivedItemsV3(items=[ShipmentReceivedItemV3(sku="A", quantity=1)])
    action = ShipmentActionV3(type="receive", data=data)
    written = {"type": "receive", "data": {"items": [{"sku": "A", "quantity": 1}]}}
    assert converter.unstructure(action) == written
    assert decode_item(encode(written), ShipmentActionV3).data == written["data"]
