"""The models against the facts of the reference: every field, and none invented."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from sitoo_async.models import (
    Product,
    ProductGroupType,
    ProductVariant,
    ProductVariantGroup,
    ProductVariants,
    ProductVariantValue,
)
from sitoo_async.models._fields import fields_of
from sitoo_async.models._kinds import ListOf, MapOf, ObjectOf

FACTS = json.loads((Path(__file__).parents[1] / "data" / "products.json").read_text("utf-8"))

MODELS = {
    "product": Product,
    "productvariant": ProductVariant,
    "productvariantgroup": ProductVariantGroup,
    "productvariants": ProductVariants,
    "productvariantvalue": ProductVariantValue,
}

SCALARS = {
    ("string", None): "text",
    ("integer", None): "an integer",
    ("boolean", None): "a boolean",
    ("number", None): "a number",
    ("string", "money"): "money text",
    ("integer", "timestamp"): "a timestamp",
    ("productgrouptype", None): "a ProductGroupType number",
}

CASES = [
    pytest.param(model, name, fact, id=f"{name_of_object}.{name}")
    for name_of_object, model in MODELS.items()
    for name, fact in FACTS["objects"][name_of_object].items()
]


def described(kind: Any) -> Any:
    match kind:
        case ListOf():
            return ["array", described(kind.item)]
        case MapOf():
            return "object"
        case ObjectOf():
            return kind.model.__name__.lower()
        case _:
            return kind.name


def documented(fact: dict[str, Any]) -> Any:
    if fact["type"] == "array":
        return ["array", SCALARS.get((fact["items"], None), fact["items"])]
    return SCALARS.get((fact["type"], fact.get("format")), fact["type"])


@pytest.mark.parametrize(("model", "name", "fact"), CASES)
def test_a_field_is_as_the_reference_documents_it(model, name, fact):
    field = fields_of(model)[name]
    assert described(field.kind) == documented(fact)
    assert field.nullable == fact.get("nullable", False)
    assert field.read_only == (fact.get("access") == "read")
    assert field.write_only == (fact.get("access") == "write")
    assert field.required == fact.get("required", False)
    assert field.deprecated == fact.get("deprecated", False)


@pytest.mark.parametrize("name", MODELS)
def test_no_field_is_invented(name):
    assert set(fields_of(MODELS[name])) == set(FACTS["objects"][name])


def test_a_product_has_the_54_fields_of_the_reference():
    assert len(attrs.fields(Product)) == 54


def test_the_kinds_of_product_are_those_of_the_reference():
    assert [member.value for member in ProductGroupType] == FACTS["enums"]["productgrouptype"]


def test_every_field_is_explained():
    source = (Path(__file__).parents[2] / "sitoo_async/models/products.py").read_text("utf-8")
    for model in MODELS.values():
        for name in fields_of(model):
            body = source.split(f"class {model.__name__}(Model)")[1]
            declaration = body.split(f"\n    {name}: ")[1]
            assert declaration.split(" = UNSET\n")[1].startswith('    """'), (model, name)


def test_annotations_name_the_types_that_python_holds():
    annotations = Product.__annotations__
    assert annotations["sku"].__origin__ is str
    assert annotations["moneyprice"].__origin__ is Decimal
    assert annotations["datecreated"].__origin__ is datetime
