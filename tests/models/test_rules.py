"""The rules that docstrings state: the client refuses what breaks one, and so does FakeSitoo.

What no single request can tell, such as that a text is unique, Sitoo alone can refuse; then the
docstring says so and FakeSitoo does it.
"""

from __future__ import annotations

import ast
import inspect
import re
from itertools import pairwise

import pytest

import sitoo_async.models
from sitoo_async import errors
from sitoo_async._cli.index import index
from sitoo_async._codec.fields import fields_of
from sitoo_async.models import Model, TransactionType
from sitoo_async.testing import FakeSitoo
from sitoo_async.testing._reference.facts import fields_of as documented_fields
from sitoo_async.testing._reference.facts import operations

pytestmark = pytest.mark.virtual_time


@pytest.fixture
async def fake_sitoo():
    async with FakeSitoo(products=3, orders=1, users=1, service_orders=0) as fake:
        yield fake


ORDER = {"ordertypeid": 10}
REASON = {"type": 10, "reasoncode": "103"}
CODE = {"code": "SCRAPBOOK", "name": "Emily", "voucherpassword": "RLF"}
USER = {"email": "laura@example.com"}
METRIC = {"key": "cm_plan", "grouping": "none", "type": "scalar"}
ATTRIBUTE = {"id": "fabric", "title": "Fabric", "type": "string"}
MOVED = {"sku": "S-1", "decimalquantity": "1.000"}
MOVE = {"warehouseid": 1, "transactiontype": 10, "items": [MOVED]}
STAFF = {"email": "staff@example.com"}
SERVICE = {
    "store": {"id": "S", "name": "S"},
    "owner": STAFF,
    "customer": {"first_name": "E"},
    "currency": "SEK",
    "product": {"sku": "S", "name": "S", "services": []},
    "author": STAFF,
}
PRODUCT = {"sku": "A-1"}

# Field of a model: path of the collection, what an add needs beside it, what will do and what not.
KEPT = {
    "Order.externalid": (
        "/sites/1/orders",
        ORDER,
        ["a", "A-Z_09", "x" * 40, None],
        ["", "x" * 41, "a b", "å", "a.b", "a/b", "a\n"],
    ),
    "ReasonCode.reasoncode": ("/reasoncodes", REASON, ["", "x" * 32, "å b"], ["x" * 33]),
    "ReasonCode.name": ("/reasoncodes", REASON, ["", "å" * 64, "a\nb"], ["x" * 65]),
    "InfluencerCode.code": (
        "/sites/1/influencercodes",
        CODE,
        ["a", "A&b_9-.x"],
        ["", "a b", "å", "a/b", "a+b", "a\n"],
    ),
    "User.pin": (
        "/sites/1/users",
        USER,
        ["0123", "012345"],
        ["", "123", "12345", "1234567", "12a4", "١٢٣٤", "1234\n"],
    ),
    "CustomMetric.key": ("/custom_metrics", METRIC, ["cm_", "cm_a b"], ["", "plan", "CM_plan"]),
    "CustomAttribute.searchable": (
        "/sites/1/customattributes",
        ATTRIBUTE | {"id": "size", "type": "integer"},
        [False],
        [True],
    ),
    "Product.sku": ("/sites/1/products", {}, ["a", "a b"], [""]),
    "Product.customattributes": (
        "/sites/1/products",
        PRODUCT,
        [{"fabric": "x" * 128}],
        [{"fabric": "x" * 129}],
    ),
    "ServiceOrder.revision": ("/serviceorders", SERVICE, [], [1]),
    "WarehouseTransaction.transactiontype": (
        "/sites/1/warehousetransactions",
        MOVE,
        [10, TransactionType.MOVE_OUT],
        [TransactionType.SALES, TransactionType.REFUND, TransactionType.STOCKTAKING],
    ),
    "OrderLogItem.orderlogtypeid": (
        "/sites/1/orders/1/orderlogitems",
        {},
        [900, 910],
        [0, 70, 999],
    ),
}

# The method of the client that adds to a collection.
ADD = {
    "/sites/1/orders": "orders.add",
    "/reasoncodes": "reason_codes.add",
    "/sites/1/influencercodes": "influencer_codes.add_many",
    "/sites/1/users": "users.add",
    "/custom_metrics": "custom_metrics.add",
    "/sites/1/customattributes": "custom_attributes.add",
    "/sites/1/products": "products.add",
    "/serviceorders": "service_orders.add",
    "/sites/1/warehousetransactions": "warehouse_transactions.add",
    "/sites/1/orders/1/orderlogitems": "orders.log_items.add",
}

# Path of a collection: two additions of which the second takes what the first one has.
UNIQUE = {
    "Order.externalid": ("/sites/1/orders", ORDER, "externalid", "E-1"),
    "InfluencerCode.code": ("/sites/1/influencercodes", CODE, "code", "SCRAPBOOK"),
    "User.email": ("/sites/1/users", {}, "email", "laura@example.com"),
    "Product.sku": ("/sites/1/products", {}, "sku", "A-1"),
    "CustomAttribute.id": ("/sites/1/customattributes", ATTRIBUTE, "id", "fabric"),
    "GiftCard.cardnumber": (
        "/sites/1/giftcards",
        {"type": "giftcard", "currencycode": "SEK"},
        "cardnumber",
        "95",
    ),
    "Shipment.barcode": ("/shipments", {}, "barcode", "B-1"),
    "ShipmentPackage.barcode": ("/shipments", {}, "shipmentpackages", [{"barcode": "P-1"}]),
}

# What the sentence tells is no rule for whoever writes, or is kept elsewhere.
TOLD = {
    "CustomMetricValue.date": "tests/testing/test_services.py: the metric's grouping decides",
    "CustomMetricValue.store_id": "likewise",
    "ProductVariant.active": "tests/models/test_catalogue.py: required",
    "ProductVariant.deliverystatus": "likewise",
    "ProductVariant.moneyofferprice": "likewise",
    "ProductVariant.friendly": "likewise; tests/testing/test_variants.py: unique",
    "WarehouseItem.decimaltotal": "tests/testing/test_stock.py: the kind of warehouse decides",
    "WarehouseItem.moneytotal": "likewise",
    "Settings.limit_open_cash_drawer": "what a setting does",
    "Voucher.tags": "where a voucher counts",
    "GiftCardResponse.print_pin": "an answer",
    "User.role": "the reference does not tell which role is that of an administrator",
}

# Words by which a rule gives itself away.
RULE = re.compile(
    r"characters|digits|letters|capitals|unique|at most|at least|begins with|\bmust\b|\bonly\b"
    r"|refused|required|a-z|nothing but|to be added",
    re.IGNORECASE,
)


def test_every_sentence_of_a_model_that_states_a_rule_is_held_against_client_and_server():
    stated = set()
    for name in sitoo_async.models.__all__:
        model = getattr(sitoo_async.models, name)
        if not (isinstance(model, type) and issubclass(model, Model)) or model is Model:
            continue
        (declaration,) = ast.parse(inspect.getsource(model)).body
        for field, after in pairwise(declaration.body):
            if not isinstance(field, ast.AnnAssign):
                continue
            writable = not fields_of(model)[field.target.id].read_only
            if writable and RULE.search(after.value.value):
                stated.add(f"{name}.{field.target.id}")
    held = {"CustomAttribute.searchable", "OrderLogItem.orderlogtypeid"}  # said of the operation
    assert stated == {*KEPT, *UNIQUE, *TOLD} - held


def test_every_pattern_of_the_facts_is_held_against_client_and_server():
    documented = {
        f"{operation.body_of}.{name}".lower()
        for operation in operations()
        if operation.body_of
        for name, field in documented_fields(operation.body_of).items()
        if field.pattern is not None
    }
    assert documented
    assert documented <= {kept.lower() for kept in KEPT}


CASES = [
    pytest.param((path, needed, kept.partition(".")[2], value), id=f"{kept}-{number}")
    for kept, (path, needed, _, bad) in KEPT.items()
    for number, value in enumerate(bad)
]


async def add(sitoo, path, item):
    group, _, verb = ADD[path].rpartition(".")
    method = sitoo
    for name in (*group.split("."), verb):
        method = getattr(method, name)
    if path == "/sites/1/orders/1/orderlogitems":
        return await method(1, **item)
    if verb == "add_many":
        (await method([item])).raise_for_failures()
        return None
    return await method(**item)


@pytest.mark.parametrize("rule", CASES)
async def test_what_breaks_a_rule_is_refused_before_it_is_sent(fake_sitoo, sitoo, rule):
    path, needed, field, value = rule
    with pytest.raises(errors.InvalidInputError) as caught:
        await add(sitoo, path, needed | {field: value})
    assert caught.value.field.partition(".")[0] == field
    assert fake_sitoo.requests == []


@pytest.mark.parametrize("rule", CASES)
async def test_the_fake_server_answers_400_to_what_breaks_a_rule(sitoo, rule):
    path, needed, field, value = rule
    item = needed | {field: value}
    # Over the way that checks nothing.
    with pytest.raises(errors.BadRequestError, match=field):
        await sitoo.request("POST", f"{path}.json", json=item)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param((path, needed, kept.partition(".")[2], value), id=f"{kept}-{number}")
        for kept, (path, needed, good, _) in KEPT.items()
        for number, value in enumerate(good)
    ],
)
async def test_what_keeps_to_the_rules_is_sent_and_taken(fake_sitoo, sitoo, rule):
    path, needed, field, value = rule
    if field == "customattributes":
        await sitoo.custom_attributes.add(**ATTRIBUTE)
    await add(sitoo, path, needed | {field: value})
    assert fake_sitoo.requests[-1].status in {200, 201}


@pytest.mark.parametrize(
    "rule",
    [pytest.param(row, id=unique) for unique, row in UNIQUE.items()],
)
async def test_what_another_one_has_is_refused_by_the_server(sitoo, rule):
    path, needed, field, value = rule
    addition = needed | {field: value}
    await sitoo.request("POST", f"{path}.json", json=addition)
    with pytest.raises(errors.BadRequestError, match="already exists"):
        await sitoo.request("POST", f"{path}.json", json=addition)


async def test_an_order_keeps_its_own_externalid_and_takes_none_of_another_site(sitoo):
    orderid = await sitoo.orders.add(ordertypeid=10, externalid="E-1")
    await sitoo.orders.update(orderid, externalid="E-1", comment="again")
    with pytest.raises(errors.BadRequestError, match="externalid"):
        await sitoo.site(2).orders.add(ordertypeid=10, externalid="E-1")
    await sitoo.orders.update(orderid, externalid=None)
    assert await sitoo.site(2).orders.add(ordertypeid=10, externalid="E-1")


async def test_a_pin_is_free_again_when_its_user_is_gone_or_has_another(sitoo):
    laura = await sitoo.users.add(email="laura@example.com", pin="4711")
    await sitoo.users.update(laura, pin="4711", company="Example")
    john = await sitoo.users.add(email="john@example.com", pin="0815")
    with pytest.raises(errors.BadRequestError):
        await sitoo.users.update(john, pin="4711")
    await sitoo.users.update(laura, pin="123456")
    await sitoo.users.update(john, pin="4711")
    await sitoo.users.delete(laura)
    await sitoo.users.update(john, pin="123456")


async def test_a_pin_that_is_refused_is_not_shown(sitoo):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.users.add(email="laura@example.com", pin="47114")
    assert "47114" not in str(caught.value)


async def test_the_default_product_group_stays(fake_sitoo, sitoo):
    with pytest.raises(errors.InvalidInputError, match="default") as caught:
        await sitoo.product_groups.delete(2)
    assert caught.value.field == "vatid"
    assert fake_sitoo.requests == []
    with pytest.raises(errors.BadRequestError, match="default"):
        await sitoo.request("DELETE", "/sites/1/productgroups/2.json")
    assert await sitoo.product_groups.delete(1)


# What is required


def _claimed(method):
    text = " ".join((inspect.getdoc(method) or "").split())
    sentences = re.findall(r"((?:`\w+`(?:, | and )?)+) (?:is|are) required", text)
    return {name for sentence in sentences for name in re.findall(r"`(\w+)`", sentence)}


ADDITIONS = {
    entry.callable: operation
    for entry in index()
    if entry.service == "v2"
    for operation in operations()
    if (entry.method, entry.path.removesuffix(".json")) == (operation.method, operation.template)
    and operation.method == "POST"
    and operation.body_of
}


@pytest.mark.parametrize("name", ADDITIONS)
async def test_a_method_says_which_fields_are_required_and_refuses_to_do_without(
    fake_sitoo, sitoo, name
):
    operation = ADDITIONS[name]
    method = sitoo
    for part in name.split("."):
        method = getattr(method, part)
    fields = documented_fields(operation.body_of)
    required = {field for field, fact in fields.items() if fact.required}
    assert _claimed(method) == required
    if required:
        at = [7 if kind == "integer" else "x" for kind in operation.path_parameters.values()][1:]
        with pytest.raises(errors.InvalidInputError) as caught:
            await (method([{}]) if name.endswith("_many") else method(*at))
        assert caught.value.field in required
    assert fake_sitoo.requests == []
