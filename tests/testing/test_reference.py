"""Every operation of the reference on FakeSitoo: its path, its shapes, what it refuses."""

from __future__ import annotations

import collections

import pytest

from sitoo_async.testing._reference.facts import fields_of, operations
from sitoo_async.testing._reference.fields import is_of_kind
from sitoo_async.testing._reference.routes import place_of
from sitoo_async.testing._reference.tables import table

OPERATIONS = operations()

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


@pytest.fixture(scope="module")
def world(full_account):
    """One account for all tests that change nothing in it."""
    return full_account()


@pytest.fixture
async def asked(world, connected):
    async with world, connected(world) as ask:
        yield ask


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
async def test_what_is_read_has_the_shape_of_the_reference(
    path_to, world, asked, operation, extension
):
    reply = await asked("GET", path_to(world, operation.template) + extension)
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
async def test_unknown_parameters_are_ignored_and_bad_values_are_refused(
    path_to, world, asked, operation
):
    path = path_to(world, operation.template)
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


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("operation", some(each for each in LISTS if "fields" in each.query))
async def test_each_field_of_a_list_can_be_asked_for_alone(path_to, world, asked, operation):
    path = path_to(world, operation.template)
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


FAR = "999999999999"


def telling(name, parameter):
    """Values of a parameter of which one leaves rows out; where any will do, one of nobody's."""
    if parameter.kind == "boolean":
        return ["true", "false"]
    if parameter.values or name == "archived":
        return [str(value) for value in parameter.values or (10, 20, 30)]
    if parameter.kind in {"string", "strings"}:
        return ["nobody's"]
    return ["0"] if name.endswith("to") else [FAR]


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("operation", some(LISTS))
async def test_every_parameter_of_a_list_has_an_effect(path_to, full_account, connected, operation):
    fake = full_account()
    fake.add("/sites/1/products", {"sku": "hidden", "active": False, "activepos": False})
    path = path_to(fake, operation.template)

    async def rows(ask, **asked):
        all_ = {"num": "1000"} if "num" in operation.query else {}
        reply = await ask("GET", path, params=all_ | asked)
        assert reply.status == 200, reply.text
        return len(reply.json if operation.returns == "array" else reply.json["items"])

    async with fake, connected(fake) as ask:
        everything = await rows(ask)
        for name in operation.query.keys() - {"start", "num", "sort", "fields"} - OWN_RULES:
            values = telling(name, operation.query[name])
            found = [await rows(ask, **{name: value}) for value in values]
            assert min(found) < max(everything, *found), name


@pytest.mark.parametrize("operation", some(each for each in LISTS if "num" in each.query))
async def test_a_page_is_cut_by_num(path_to, world, asked, operation):
    path = path_to(world, operation.template)
    reply = await asked("GET", path, params={"num": "0"})
    assert reply.json in ([], {"totalcount": reply.json and reply.json["totalcount"], "items": []})


def refusals(reply):
    if isinstance(reply.json, list):
        return [(result["statuscode"], result.get("errortext")) for result in reply.json]
    return [(reply.status, reply.json.get("errortext"))]


@pytest.mark.parametrize("operation", some(WRITES))
async def test_a_write_is_checked_field_by_field(path_to, world, asked, operation):
    path = path_to(world, operation.template)
    fields = fields_of(operation.body_of)
    here = table(place_of(operation.template))
    key = here.key if operation.method == "PUT" else None
    required = naming(world, operation, path) if operation.method == "PUT" else {}
    sent = [({"brandnew": 1}, 'Invalid input, "brandnew" is not a valid field.')]
    if here.is_open:
        sent.clear()
    for name, field in fields.items():
        if name in required or name == key:
            continue
        if field.access == "read" or name in operation.without:
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


def naming(world, operation, path):
    """What names an existing item in a batch."""
    if operation.body == "object":
        return {}
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


ENUMERATED = {
    "CustomMetric": {"grouping", "type", "format"},
    "giftcard": {"type"},
    "order": {"orderstateid", "paymentstateid", "ordertypeid"},
    "orderlogitem": {"orderlogtypeid"},
    "product": {"productgrouptype"},
    "productgroup": {"productgrouptype"},
    "shipment": {"shipmentstate"},
    "store": {"storetype"},
    "warehouse": {"warehousetype"},
    "warehousebatch": {"transactiontype", "warehousebatchstate"},
    "warehousetransaction": {"transactiontype"},
}


def test_the_enumerations_of_the_reference_are_those_of_fields():
    names = {name for each in OPERATIONS for name in (each.body_of, each.returns_of) if name}
    found = {
        name: {field for field, described in fields_of(name).items() if described.values}
        for name in names
    }
    assert {name: fields for name, fields in found.items() if fields} == ENUMERATED


@pytest.mark.parametrize("operation", some(each for each in WRITES if each.body_of in ENUMERATED))
async def test_a_value_that_an_enumeration_lacks_is_refused(path_to, world, asked, operation):
    path = path_to(world, operation.template)
    named = naming(world, operation, path) if operation.method == "PUT" else {}
    for name in ENUMERATED[operation.body_of]:
        field = fields_of(operation.body_of)[name]
        if field.access == "read":
            continue
        unknown = "unheard of" if field.kind == "string" else 9
        body = {**named, name: unknown}
        reply = await asked(operation.method, path, [body] if operation.body == "objects" else body)
        assert refusals(reply) == [(400, f"Invalid value in {name}")]


async def test_ways_to_pay_are_open_ended(full_account, connected):
    async with full_account() as fake, connected(fake) as ask:
        sent = {"paymentmethodid": 9999, "name": "Seashells"}
        assert (await ask("POST", "/sites/1/pospaymenttypes.json", sent)).status == 200


@pytest.mark.parametrize(
    "operation",
    some(each for each in WRITES if each.method == "POST"),
)
async def test_an_add_needs_its_required_fields(path_to, world, asked, operation):
    path = path_to(world, operation.template)
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


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("template", sorted({each.template for each in OPERATIONS}))
async def test_a_method_that_the_reference_does_not_list_is_405(path_to, world, asked, template):
    [operation, *_] = [each for each in OPERATIONS if each.template == template]
    reply = await asked("PATCH", path_to(world, operation.template))
    assert (reply.status, reply.errortext) == (405, "Method Not Allowed.")


# The ids of gift card transactions are the server's own: see test_cards.
EXAMPLES = [
    each
    for each in OPERATIONS
    if "request" in each.example and each.name != "deleteGiftCardTransactions"
]


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("operation", some(EXAMPLES))
async def test_the_requests_of_the_reference_are_accepted(
    prepared_for, path_to, connected, operation
):
    prepared = prepared_for(operation.name)
    path = path_to(prepared, operation.template)
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
