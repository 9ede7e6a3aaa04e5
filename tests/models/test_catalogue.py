"""The models against the facts of the reference: every field of every object, and none invented."""

from __future__ import annotations

import ast
import inspect
import json
import re
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import sitoo_async.models
import sitoo_async.testing
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.kinds import ListOf, MapOf, ObjectOf, Scalar

# Hundreds of fields, one by one; the tests of the models tell what is covered.
pytestmark = pytest.mark.no_cover

FACTS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted(
        (Path(sitoo_async.testing.__file__).parent / "_reference" / "data").glob("*.json")
    )
}

# The model of each object of the reference. One that holds additional data is a map, no model.
MODELS = {
    "category": "Category",
    "CustomAttribute": "CustomAttribute",
    "CustomMetric": "CustomMetric",
    "CustomMetricValue": "CustomMetricValue",
    "CustomMetricValue-value_series": "CustomMetricValueSeries",
    "CustomMetricValue-value_series-series": "CustomMetricValuePoint",
    "giftcard": "GiftCard",
    "giftcardresponse": "GiftCardResponse",
    "giftcardtransaction": "GiftCardTransaction",
    "influencercode": "InfluencerCode",
    "influencervoucher": "InfluencerVoucher",
    "influencervouchertransaction": "InfluencerVoucherTransaction",
    "influencervouchertransactionresponse": "InfluencerVoucherTransactionResponse",
    "manufacturer": "Manufacturer",
    "order": "Order",
    "order-additionaldata": None,
    "orderdelivery": "OrderDelivery",
    "orderdeliveryitem": "OrderDeliveryItem",
    "orderitem": "OrderItem",
    "orderitem-additionaldata": None,
    "orderitemsalestax": "OrderItemSalesTax",
    "orderlogitem": "OrderLogItem",
    "orderpayment": "OrderPayment",
    "orderpayment-additionaldata": None,
    "orderreservedpayment": "OrderReservedPayment",
    "orderreservedpayment-additionaldata": None,
    "PluginSettings": "PluginSettings",
    "PosPaymentType": "PosPaymentType",
    "PosPermissionOptions": "PosPermissionOptions",
    "PosPermissions": "PosPermissions",
    "PosProfile": "PosProfile",
    "posregister": "PosRegister",
    "poszreport": "PosZReport",
    "poszreportdiscount": "PosZReportDiscount",
    "poszreportpayment": "PosZReportPayment",
    "poszreportproductgroup": "PosZReportProductGroup",
    "poszreportsalestax": "PosZReportSalesTax",
    "poszreportsubpayment": "PosZReportSubPayment",
    "poszreportvatgroup": "PosZReportVatGroup",
    "pricelist": "PriceList",
    "pricelistitem": "PriceListItem",
    "product": "Product",
    "productgroup": "ProductGroup",
    "productvariant": "ProductVariant",
    "productvariantgroup": "ProductVariantGroup",
    "productvariants": "ProductVariants",
    "productvariantvalue": "ProductVariantValue",
    "reasoncode": "ReasonCode",
    "resource": "Resource",
    "salestax": "SalesTax",
    "salestaxgroup": "SalesTaxGroup",
    "salestaxproductgrouprule": "SalesTaxProductGroupRule",
    "ServiceCustomer": "ServiceCustomer",
    "ServiceItem": "ServiceItem",
    "ServiceOrder": "ServiceOrder",
    "ServiceProduct": "ServiceProduct",
    "ServiceStore": "ServiceStore",
    "ServiceUser": "ServiceUser",
    "Settings": "Settings",
    "shipment": "Shipment",
    "shipmentitem": "ShipmentItem",
    "shipmentpackage": "ShipmentPackage",
    "site": "Site",
    "store": "Store",
    "user": "User",
    "volumepricelevel": "VolumePriceLevel",
    "voucher": "Voucher",
    "voucherdiscountoption": "VoucherDiscountOption",
    "voucherproductoption": "VoucherProductOption",
    "warehouse": "Warehouse",
    "warehousebatch": "WarehouseBatch",
    "warehousebatchitem": "WarehouseBatchItem",
    "warehouseitem": "WarehouseItem",
    "warehouseitemlog": "WarehouseItemLog",
    "warehousetransaction": "WarehouseTransaction",
}

# What the kinds of values are called in the models, by what they are called in the facts.
KINDS: dict[str, Any] = {
    "string": "text",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "money": "money text",
    "decimal": "text with three decimals",
    "timestamp": "a timestamp",
    "unknown": "anything",
    "attributes": {"an attribute value"},
    "texts by key": {"text"},
}

JSON_TYPES = {"string": str, "integer": int}

# A tag is a text with a pattern, and the facts tell such patterns in words.
REFINED = {"a tag": "text"}

OBJECTS = [
    pytest.param(wire_name, documented, id=f"{group}-{wire_name}")
    for group, facts in FACTS.items()
    for wire_name, documented in facts["objects"].items()
    if MODELS.get(wire_name, wire_name) is not None
]
FIELDS = [
    pytest.param(wire_name, name, fact, name in documented["required"], id=f"{case.id}.{name}")
    for case in OBJECTS
    for wire_name, documented in [case.values]
    for name, fact in documented["fields"].items()
]
ENUMERATIONS = {
    name.lower(): sorted(entry["value"] for entry in entries)
    for facts in FACTS.values()
    for name, entries in facts["enums"].items()
}


def model_of(wire_name):
    # Looked up in each test, so that a group without models fails its own tests alone.
    return getattr(sitoo_async.models, MODELS[wire_name])


def enumeration_of(kind):
    """The enumeration that a kind of number stands for; None for all other kinds."""
    match kind:
        case ListOf():
            return enumeration_of(kind.item)
        case Scalar() if found := re.fullmatch(r"a (\w+) number", kind.name):
            return getattr(sitoo_async.models, found[1])
        case _:
            return None


def described(kind):
    match kind:
        case ListOf():
            return [described(kind.item)]
        case MapOf():
            return {kind.value.name}
        case ObjectOf():
            return kind.model
        case _:
            return "an integer" if enumeration_of(kind) else REFINED.get(kind.name, kind.name)


def documented_kind(fact):
    match fact:
        case [item]:
            return [documented_kind(item)]
        case {"object": wire_name}:
            return model_of(wire_name)
        case _:
            return KINDS[fact] if fact in KINDS else model_of(fact)


def test_every_object_of_the_facts_has_its_place_in_the_table():
    assert {name for facts in FACTS.values() for name in facts["objects"]} == set(MODELS)


@pytest.mark.parametrize(("wire_name", "name", "fact", "required"), FIELDS)
def test_a_field_is_as_the_reference_documents_it(wire_name, name, fact, required):
    field = fields_of(model_of(wire_name))[name]
    if "also" in fact:
        # The same array holds values of one type or of another.
        assert field.kind.item.types == {JSON_TYPES[of] for of in (*fact["type"], *fact["also"])}
    else:
        assert described(field.kind) == documented_kind(fact["type"])
    assert field.nullable == fact.get("nullable", False)
    assert field.read_only == (fact.get("access") == "read")
    assert field.write_only == (fact.get("access") == "write")
    assert field.required == required
    assert field.deprecated == fact.get("deprecated", False)


@pytest.mark.parametrize(("wire_name", "documented"), OBJECTS)
def test_no_field_is_invented(wire_name, documented):
    # An open object has fields of which the public reference does not tell the names.
    further = {"further"} if documented.get("open") else set()
    assert set(fields_of(model_of(wire_name))) == documented["fields"].keys() | further


@pytest.mark.parametrize(("wire_name", "documented"), OBJECTS)
def test_an_enumeration_is_that_of_the_reference(wire_name, documented):
    for name, field in fields_of(model_of(wire_name)).items():
        members = enumeration_of(field.kind)
        named = documented["fields"].get(name, {}).get("enum")
        if members is None:
            assert named is None, name
            continue
        assert members.__name__.lower() == (named or members.__name__).lower(), name
        assert sorted(members) == ENUMERATIONS[members.__name__.lower()], name


@pytest.mark.parametrize(
    "name", [name for name, values in ENUMERATIONS.items() if all(type(v) is int for v in values)]
)
def test_every_enumeration_of_the_facts_is_there(name):
    (public,) = [spelt for spelt in dir(sitoo_async.models) if spelt.lower() == name]
    assert sorted(getattr(sitoo_async.models, public)) == ENUMERATIONS[name]


@pytest.mark.parametrize(("wire_name", "documented"), OBJECTS)
def test_every_field_is_explained(wire_name, documented):
    source = ast.parse(inspect.getsource(model_of(wire_name)))
    (declaration,) = source.body
    assert ast.get_docstring(declaration)
    for field, after in pairwise(declaration.body):
        if isinstance(field, ast.AnnAssign):
            assert isinstance(after, ast.Expr), ast.unparse(field)
            assert isinstance(after.value, ast.Constant), ast.unparse(field)
            assert isinstance(after.value.value, str), ast.unparse(field)
    assert not isinstance(declaration.body[-1], ast.AnnAssign)


def test_annotations_name_the_types_that_python_holds():
    annotations = sitoo_async.models.Product.__annotations__
    assert annotations["sku"].__origin__ is str
    assert annotations["moneyprice"].__origin__ is Decimal
    assert annotations["datecreated"].__origin__ is datetime
