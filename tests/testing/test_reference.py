"""Every operation of the reference on FakeSitoo: its path, its shapes, what it refuses."""

from __future__ import annotations

import collections
from urllib.parse import quote, unquote

import pytest

from sitoo_async.testing import FakeSitoo
from sitoo_async.testing._facts import fields_of, operations
from sitoo_async.testing._fields import is_of_kind
from sitoo_async.testing._parameters import filter_by
from sitoo_async.testing._routes import place_of, route
from sitoo_async.testing._tables import table

OPERATIONS = operations()

# Where the store of the path's parent does not hold the key.
KEYS = {
    "/sites": 1,
    "/sites/1/influencervouchers": "SUMMER",
    "/custom_metric_values": "cm_budget",
    "/store-z-reports": 1,
}

BAD = {
    "string": 5,
    "integer": "x",
    "number": "x",
    "boolean": "true",
    "money": "7",
    "decimal": "7.00",
    "timestamp": "now",
    "strings": [1],
    "integers": ["x"],
    "identifiers": [1, "x"],
    "objects": ["x"],
    "tags": ["lower case"],
    "array": "x",
    "object": "x",
    "map": [],
    "texts": {"key": 1},
}


def some(chosen):
    return [pytest.param(each, id=f"{each.method} {each.template}") for each in chosen]


GETS = [each for each in OPERATIONS if each.method == "GET"]
LISTS = [each for each in GETS if each.returns in {"envelope", "array"}]
# The variants are a document with texts of its own: see test_variants.
WRITES = [
    each
    for each in OPERATIONS
    if each.body in {"object", "objects"} and each.body_of not in {None, "productvariants"}
]


def full_account():
    """An account in which no collection of the reference is empty."""
    fake = FakeSitoo(products=25)
    fake.add("/sites/1/products/1/images", {"resourceid": "a.png", "filedata": "iVBORw0KGgo="})
    fake.add("/sites/1/products/1/files", {"resourceid": "b.txt", "filedata": "SGVsbG8="})
    fake.add("/sites/1/pricelists/1/pricelistitems", {"productid": 1, "moneyprice": "5.00"})
    fake.add("/sites/1/warehouses/1/warehousebatches", {"transactiontype": 50})
    batch_items = "/sites/1/warehouses/1/warehousebatches/1/warehousebatchitems"
    fake.add(batch_items, {"sku": "10001-1", "decimalquantity": "3.000"})
    value = {"key": "cm_budget", "date": "2020-12-11", "store_id": "101", "value_scalar": 5}
    fake.add("/custom_metric_values", value)
    use = {"moneyordertotal": "9.00", "moneyinfluencertotal": "8.00", "currencycode": "SEK"}
    use["moneyinfluencerdiscount"] = "1.00"
    fake.add("/sites/1/influencervouchers/SUMMER/transactions", use)
    return fake


@pytest.fixture(scope="module")
def world():
    """One account for all tests that change nothing in it."""
    return full_account()


@pytest.fixture
async def asked(world, connected):
    async with world, connected(world) as ask:
        yield ask


def key_of(fake, prefix):
    if prefix in KEYS:
        return KEYS[prefix]
    if prefix == "/pos-z-reports":
        return min(fake.items("/sites/1/cashregisters"), key=lambda key: is_new(fake, key))
    if prefix.startswith("/pos-z-reports"):
        return 1
    if prefix == "/sites/1/cashregisters":
        return key_of(fake, "/pos-z-reports")
    return next(iter(fake.items(prefix)))


def is_new(fake, registerid):
    return not fake.items("/sites/1/cashregisters")[registerid]["registerkey"]


def path_to(fake, operation):
    path = ""
    encoded = ""
    for part in operation.template.strip("/").split("/"):
        value = str(key_of(fake, path)) if part.startswith("{") else part
        path += f"/{value}"
        encoded += f"/{quote(value, safe='')}"
    return encoded


def test_the_facts_hold_the_162_operations_of_31_groups():
    evidence = collections.Counter(operation.evidence for operation in OPERATIONS)
    assert evidence == {"documented": 147, "inferred": 6, "name-only": 9}
    assert len({operation.group for operation in OPERATIONS}) == 31


def test_no_two_operations_have_one_method_and_path():
    shapes = [
        (each.method, place_of(each.template), each.template.endswith("}")) for each in OPERATIONS
    ]
    assert len(set(shapes)) == 162


def breaches(fields, item, path=""):
    """Where an item breaks the reference: unknown fields, wrong types, undocumented nulls."""
    for name, value in item.items():
        where = f"{path}.{name}"
        field = fields.get(name)
        if field is None:
            yield f"{where} is unknown"
        elif field.access == "write":
            yield f"{where} is only sent"
        elif value is None:
            if not field.nullable:
                yield f"{where} is null"
        elif not is_of_kind(field.kind, value):
            yield f"{where} is {value!r}"
        elif field.of is not None:
            for inner in value if isinstance(value, list) else [value]:
                yield from breaches(field.of, inner, where)


@pytest.mark.parametrize("operation", some(GETS))
@pytest.mark.parametrize("extension", ["", ".json"])
async def test_what_is_read_has_the_shape_of_the_reference(world, asked, operation, extension):
    reply = await asked("GET", path_to(world, operation) + extension)
    assert reply.status == 200, reply.text
    match operation.returns:
        case "envelope":
            assert set(reply.json) == {"totalcount", "items"}
            items = reply.json["items"]
            assert reply.json["totalcount"] >= len(items)
            assert items
        case "array":
            items = reply.json
            assert items
        case _:
            items = [reply.json]
    if operation.returns_of is not None:
        fields = fields_of(operation.returns_of)
        assert not [breach for item in items for breach in breaches(fields, item)]


@pytest.mark.parametrize("operation", some(GETS))
async def test_unknown_parameters_are_ignored_and_bad_values_are_refused(world, asked, operation):
    path = path_to(world, operation)
    plain = await asked("GET", path)
    ignored = await asked("GET", path, params={"orderdate-from": "x", "nonsense": "1"})
    assert ignored.json == plain.json
    for name, parameter in operation.query.items():
        if name == "fields":
            reply = await asked("GET", path, params={"fields": "skue"})
            text = 'Invalid input, "skue" is not a valid field.'
            assert (reply.status, reply.errortext) == (400, text)
        elif parameter.kind not in {"string", "strings"}:
            reply = await asked("GET", path, params={name: "x"})
            kind = "boolean" if parameter.kind == "boolean" else "integer"
            assert reply.errortext == f"Invalid value in {name} (Not {kind})"
        elif parameter.values:
            reply = await asked("GET", path, params={name: "x"})
            assert (reply.status, reply.errortext) == (400, f"Invalid value in {name}")


@pytest.mark.parametrize("operation", some(each for each in LISTS if "fields" in each.query))
async def test_each_field_of_a_list_can_be_asked_for_alone(world, asked, operation):
    path = path_to(world, operation)
    for name, field in fields_of(operation.returns_of).items():
        reply = await asked("GET", path, params={"fields": name})
        if field.access == "write":
            assert reply.status == 400
        else:
            items = reply.json if operation.returns == "array" else reply.json["items"]
            assert all(set(item) <= {name} for item in items)


@pytest.mark.parametrize(
    ("path", "shown", "hidden"),
    [
        ("/sites/1/stores", {"externalid", "tags"}, set()),
        ("/sites/1/warehouses", {"currencycode", "address"}, set()),
        ("/sites/1/users", {"userid", "email", "company"}, {"externalid", "role", "mobile"}),
        ("/sites/1/vouchers", {"voucherid", "voucherstate"}, {"products", "tags"}),
        ("/shipments", {"shipmentid", "datenew"}, {"shipmentitems", "comment"}),
        ("/sites/1/warehouses/1/warehousetransactions", {"items"}, set()),
        ("/sites/1/orders", {"orderitems", "payments"}, {"orderlogitems", "phone"}),
        ("/pos-z-reports", {"dateadded", "moneycash_diff"}, set()),
    ],
)
async def test_a_list_shows_its_default_fields(asked, path, shown, hidden):
    reply = (await asked("GET", path)).json
    [item, *_] = reply if isinstance(reply, list) else reply["items"]
    assert shown <= item.keys()
    assert not hidden & item.keys()


# What a list does with these is a rule of its own, tested beside its theme; on a GET,
# `ignorestock` says nothing.
OWN_RULES = {"date", "ignorestock", "num_days", "product_identifier", "start_after_id"}


@pytest.mark.parametrize("operation", some(LISTS))
def test_every_parameter_of_a_list_has_an_effect(world, operation):
    place = world._account.locate(route(unquote(path_to(world, operation)).strip("/").split("/")))[
        0
    ]
    for name in operation.query.keys() - {"start", "num", "sort", "fields"} - OWN_RULES:
        assert name in place.filters or filter_by(name, place.table.fields), name


@pytest.mark.parametrize("operation", some(each for each in LISTS if "num" in each.query))
async def test_a_page_is_cut_by_num(world, asked, operation):
    path = path_to(world, operation)
    reply = await asked("GET", path, params={"num": "0"})
    assert reply.json in ([], {"totalcount": reply.json and reply.json["totalcount"], "items": []})


def refusals(reply):
    if isinstance(reply.json, list):
        return [(result["statuscode"], result.get("errortext")) for result in reply.json]
    return [(reply.status, reply.json.get("errortext"))]


@pytest.mark.parametrize("operation", some(WRITES))
async def test_a_write_is_checked_field_by_field(world, asked, operation):
    path = path_to(world, operation)
    fields = fields_of(operation.body_of)
    key = table(place_of(operation.template)).key if operation.method == "PUT" else None
    required = naming(world, operation) if operation.method == "PUT" else {}
    sent = [({"brandnew": 1}, 'Invalid input, "brandnew" is not a valid field.')]
    if table(place_of(operation.template)).is_open:
        sent.clear()
    for name, field in fields.items():
        if name in required or name == key:
            continue
        if field.access == "read":
            sent.append(({name: None}, f'Invalid input, "{name}" is a read-only field.'))
            continue
        if field.kind in BAD:
            sent.append(({name: BAD[field.kind]}, f"Invalid value in {name} (Not"))
        if not field.nullable and name != "productid":
            sent.append(({name: None}, f"Invalid value in {name}"))
    for changes, errortext in sent:
        body = {**required, **changes}
        reply = await asked(operation.method, path, [body] if operation.body == "objects" else body)
        [(status, text)] = refusals(reply)
        assert (status, text.startswith(errortext)) == (400, True), (changes, text)


def naming(world, operation):
    """What names an existing item in a batch."""
    if operation.body == "object":
        return {}
    path = path_to(world, operation)
    items = world.items(path)
    key = next(iter(items))
    place = place_of(operation.template)
    name = {
        "/custom_metric_values": "key",
        "/sites/{}/influencercodes": "code",
        "/sites/{}/manufacturers": "externalcompanyid",
        "/sites/{}/pricelists/{}/pricelistitems": "productid",
        "/sites/{}/products": "productid",
        "/sites/{}/users": "userid",
    }.get(place, "sku")
    return {name: key[0] if isinstance(key, tuple) else key}


@pytest.mark.parametrize(
    "operation",
    some(each for each in WRITES if each.method == "POST"),
)
async def test_an_add_needs_its_required_fields(world, asked, operation):
    path = path_to(world, operation)
    for name, field in fields_of(operation.body_of).items():
        if field.required:
            every = required_of(fields_of(operation.body_of))
            del every[name]
            reply = await asked("POST", path, [every] if operation.body == "objects" else every)
            missing = f"400: Missing required field '{name}'."
            assert refusals(reply) == [(400, missing)]


GOOD = {"string": "x", "money": "1.00", "decimal": "1.000", "integer": 1}


def required_of(fields):
    return {name: good(field) for name, field in fields.items() if field.required}


def good(field):
    if field.values:
        return field.values[0]
    if field.kind == "object":
        return required_of(field.of)
    return GOOD.get(field.kind, field.default)


@pytest.mark.parametrize("template", sorted({each.template for each in OPERATIONS}))
async def test_a_method_that_the_reference_does_not_list_is_405(world, asked, template):
    [operation, *_] = [each for each in OPERATIONS if each.template == template]
    reply = await asked("PATCH", path_to(world, operation))
    assert (reply.status, reply.errortext) == (405, "Method Not Allowed.")


@pytest.fixture
def prepared():
    """Such an account with what the reference's example requests refer to."""
    world = full_account()
    world.items("/sites/1/warehouses/1/warehousebatches")[1]["transactiontype"] = 10
    metric = {"key": "cm_revenue_total_budget", "grouping": "date_store", "type": "scalar"}
    world.add("/custom_metrics", metric)
    world.items("/custom_metrics").pop("cm_budget")
    world.add("/sites/1/influencercodes", CODE)
    manufacturers = world.items("/sites/1/manufacturers")
    manufacturers[1] = {**manufacturers[3], "externalcompanyid": 1}
    for sku in ("36305-1", "36401-1", "36522-3"):
        productid = world.add("/sites/1/products", {"sku": sku})
        price = {"productid": productid, "moneyprice": "5.00"}
        world.add("/sites/1/pricelists/1/pricelistitems", price)
    users = world.items("/sites/1/users")
    for userid in USERS:
        users[userid] = {**next(iter(users.values())), "userid": userid}
    batch_items = "/sites/1/warehouses/1/warehousebatches/1/warehousebatchitems"
    for sku in ("10038-2", "10038-3"):
        world.add(batch_items, {"sku": sku})
    orders = world.items("/sites/1/orders")
    [rows] = [
        each.example["request"]["orderitems"] for each in OPERATIONS if each.name == "addOrder"
    ]
    order = world.add("/sites/1/orders", {"ordertypeid": 10, "orderitems": rows})
    first = next(iter(orders))
    orders[first] = {**orders.pop(order), "orderid": first}
    world.items(f"/sites/1/orders/{first}/orderdeliveries").clear()
    return world


CODE = {"code": "SCRAPBOOK101", "name": "Emily Hadfield", "voucherpassword": "RLFm3bef"}
USERS = (
    "{10840BB4-1FF3-3E63-7872-735A4846309E}",
    "{1F842C30-1982-5EB9-7C4F-408FE9546453}",
)

# What an example adds, so that it must not be there.
ADDED = {
    "addCustomAttribute": ("/sites/1/customattributes", "material"),
    "addCustomMetric": ("/custom_metrics", "cm_revenue_total_budget"),
    "batchAddInfluencerCodes": ("/sites/1/influencercodes", "SCRAPBOOK101"),
}

# The ids of gift card transactions are the server's own: see test_cards.
EXAMPLES = [
    each
    for each in OPERATIONS
    if "request" in each.example and each.name != "deleteGiftCardTransactions"
]


@pytest.mark.parametrize("operation", some(EXAMPLES))
async def test_the_requests_of_the_reference_are_accepted(prepared, connected, operation):
    if operation.name in ADDED:
        place, key = ADDED[operation.name]
        del prepared.items(place)[key]
    path = path_to(prepared, operation)
    async with prepared, connected(prepared) as ask:
        reply = await ask(operation.method, path, operation.example["request"])
    assert reply.status in {200, 201}, reply.text
    expected = operation.example.get("response")
    if isinstance(reply.json, list) and operation.returns.endswith("batch"):
        assert {status for status, _ in refusals(reply)} == {200}
        results = [result["return"] for result in reply.json]
        assert expected is None or types_of(results) == types_of(r["return"] for r in expected)
    elif isinstance(expected, dict):
        assert expected.keys() <= reply.json.keys()
    elif expected is not None:
        assert type(reply.json) is type(expected)


def types_of(values):
    return {type(value) for value in values}
