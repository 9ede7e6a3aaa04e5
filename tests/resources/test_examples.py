"""Every documented operation, with the reference's example: sent as it is, and read without loss.

Where the reference prints no example, one is made up of what it says about the fields.
"""

from __future__ import annotations

import base64
import inspect
import json
from datetime import UTC, datetime
from importlib import resources
from operator import attrgetter
from typing import Any
from urllib.parse import quote, unquote

import pytest

from sitoo_async import ApiError, SitooClient, models
from sitoo_async._cli.index import index
from sitoo_async._codec.codec import decode_item
from sitoo_async._codec.converter import converter
from sitoo_async._codec.fields import fields_of
from sitoo_async._paging.paginator import Page
from sitoo_async.testing import Fault

# Hundreds of calls alike; the tests of each group tell what is covered.
pytestmark = pytest.mark.no_cover

GUID = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}"
MOMENT = 1_556_466_245


def read_facts() -> list[dict[str, Any]]:
    return [
        json.loads(file.read_text("utf-8"))
        for file in sorted(
            (resources.files("sitoo_async.testing._reference") / "data").iterdir(), key=str
        )
        if file.is_file()
    ]


OBJECTS = {name: fact for group in read_facts() for name, fact in group["objects"].items()}
ENUMERATIONS = {name: values for group in read_facts() for name, values in group["enums"].items()}
OPERATIONS = {
    operation["operation"]: operation
    for group in read_facts()
    for operation in group["operations"]
    if operation["evidence"] == "documented"
}
CALLABLES = {(entry.method, entry.path): entry for entry in index()}
MODELS = {name.lower(): getattr(models, name) for name in models.__all__} | {
    "custommetricvalue-value_series": models.CustomMetricValueSeries,
    "custommetricvalue-value_series-series": models.CustomMetricValuePoint,
}


def model_of(wire_name: str) -> Any:
    return MODELS[wire_name.lower()]


# What the reference says, made concrete ------------------------------------------------------

SAMPLES = {
    "string": "text",
    "integer": 7,
    "number": 12.5,
    "boolean": True,
    "money": "12.30",
    "decimal": "1.250",
    "timestamp": MOMENT,
    "unknown": {"anything": [1, "two"]},
    "attributes": {"material": "Cotton"},
    "texts by key": {"pos-receiptid": "1-7"},
    "object": {"name": "Color", "value": "Red"},  # of a variant
}


def sample_of(field: dict[str, Any], *, write: bool) -> Any:
    """A value of a field: of its enumeration, if it has one."""
    if "enum" in field:
        return ENUMERATIONS[field["enum"]][0]["value"]
    return field["values"][0] if "values" in field else sample(field["type"], write=write)


def sample(kind: Any, *, write: bool) -> Any:
    if isinstance(kind, list):
        return [sample(kind[0], write=write)]
    if isinstance(kind, dict):
        return sample_object(kind["object"], write=write)
    if kind in OBJECTS:
        return sample_object(kind, write=write)
    return SAMPLES[kind]


def sample_object(name: str, *, write: bool) -> Any:
    if "keys" in OBJECTS[name]:
        return dict.fromkeys(OBJECTS[name]["keys"][:2], "text")
    hidden = "read" if write else "write"
    return {
        field: sample_of(fact, write=write)
        for field, fact in OBJECTS[name]["fields"].items()
        if fact.get("access") != hidden and field not in {"tags", "pricelisttags"}
    }


TEXTS = {"registerid": GUID, "userid": GUID, "cardnumber": "00012345", "plugin_id": "taxfree"}


def path_values(operation: dict[str, Any]) -> dict[str, Any]:
    return {
        name: (7 if kind == "integer" else TEXTS.get(name, "A B/1"))
        for name, kind in operation["path_parameters"].items()
        if name not in ("siteid", "site_id")
    }


def path_values_in(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """The values of the path's parameters, read off a path."""
    template = operation["path"].removesuffix(".json").split("/")
    values = {
        part.strip("{}"): unquote(value)
        for part, value in zip(template, path.split("/"), strict=True)
        if part.startswith("{")
    }
    kinds = operation["path_parameters"]
    return {
        name: int(value) if kinds[name] == "integer" else value
        for name, value in values.items()
        if name not in ("siteid", "site_id")
    }


def wire_path(operation: dict[str, Any]) -> str:
    values = {"siteid": 1, "site_id": 1} | path_values(operation)
    return operation["path"].format(
        **{name: quote(str(value), safe="") for name, value in values.items()}
    )


def example_request(operation: dict[str, Any]) -> Any:
    example = operation.get("example", {})
    if "request" in example:
        return example["request"]
    body = operation["body"]
    if body is None:
        return None
    if body["shape"] == "values":
        return ["T-1", "T-2"]
    item = {"sku": "A-1"} if body["of"] is None else sample_object(body["of"], write=True)
    return [item] if body["shape"] == "objects" else item


def example_response(operation: dict[str, Any], sent: Any) -> Any:
    example = operation.get("example", {})
    if "response" in example:
        return example["response"]
    shape, of = operation["returns"]["shape"], operation["returns"].get("of")
    if shape == "envelope":
        return {"totalcount": 1, "items": [sample_object(of, write=False)]}
    if shape == "array":
        return [sample_object(of, write=False)]
    if shape == "object":
        return sample_object(of, write=False)
    if "batch" not in shape:
        return added(operation) if "id" in shape else True
    return [
        {"statuscode": 200, "return": added(operation, index) if "id" in shape else True}
        for index in range(len(sent))
    ]


def added(operation: dict[str, Any], index: int = 0) -> Any:
    return GUID[:-2] + f"{index}}}" if "User" in operation["operation"] else 42 + index


QUERY = {
    "string": ("text", "text"),
    "integer": (7, "7"),
    "boolean": (True, "true"),
    "timestamp": (datetime.fromtimestamp(MOMENT, UTC), str(MOMENT)),
    "strings": (["A-1", "B-2"], "A-1,B-2"),
    "integers": ([7, 8], "7,8"),
}
# Not filters: how the rows are paged, ordered and cut.
OWN = {"start", "num", "sort", "start_after_id", "dateaddedfrom", "dateaddedto"}
# Typed as one string in the reference, whose text says that it holds several.
LISTS = {"keys"}
# Filters that Sitoo ignores beside another one, so that both together are refused.
IGNORED = {
    "getOrders": {"receiptid", "creditorderid"},
    "getAllOrders": {"receiptid", "creditorderid"},
    "getShipments": {"sender_warehouseid", "receiver_warehouseid"},
}


def filters(operation: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """The filters to give, and the query that should come of them."""
    given: dict[str, Any] = {}
    sent: dict[str, list[str]] = {}
    for name, fact in operation["query"].items():
        if name in OWN or name in IGNORED.get(operation["operation"], ()):
            continue
        if name == "fields":
            given[name] = list(fields_of(model_of(operation["returns"]["of"])))[:2]
            sent[name] = [",".join(given[name])]
            continue
        value, text = QUERY["strings" if name in LISTS else fact["type"]]
        if name == "date":
            value = text = "2026-11-23"
        if "values" in fact and fact["type"] == "string":
            value = text = fact["values"][0]
        given[name], sent[name] = value, [text]
    return given, sent


# How each is called --------------------------------------------------------------------------


def model_from(item: Any, name: str) -> Any:
    return decode_item(json.dumps(item).encode(), model_of(name), strict=True)


async def call(
    client: SitooClient, operation: dict[str, Any], sent: Any, at: dict[str, Any] | None = None
) -> Any:
    """Call the method of the operation with the example, as a user would.

    `at` are the values of the path's parameters.
    """
    entry = CALLABLES[operation["method"], operation["path"]]
    name = entry.batch if isinstance(sent, list) and entry.batch else entry.callable
    method = attrgetter(name)(client)
    parameters = inspect.signature(method).parameters
    given, _ = filters(operation)
    positional = list((path_values(operation) if at is None else at).values())
    keywords: dict[str, Any] = {key: value for key, value in given.items() if accepts(method, key)}
    special = SPECIAL.get(name)
    if special is not None:
        return await special(method, positional, sent)
    if sent is not None:
        of = operation["body"]["of"]
        if operation["body"]["shape"] == "values":
            positional.append(sent)
        elif "items" in parameters or name.endswith(("_many", "values.update")):
            positional.append([item if of is None else model_from(item, of) for item in sent])
        else:
            positional.append(sent if of is None else model_from(sent, of))
    called = method(*positional, **keywords)
    return await called


def accepts(method: Any, name: str) -> bool:
    parameters = inspect.signature(method).parameters
    return name in parameters or any(
        (parameter.kind is parameter.VAR_KEYWORD and "Filters" in str(parameter.annotation))
        or "OfMetric" in str(parameter.annotation)
        for parameter in parameters.values()
    )


async def set_variants(method: Any, positional: list[Any], sent: Any) -> Any:
    return await method(*positional, groups=sent["groups"], variants=sent["variants"])


async def upload(method: Any, positional: list[Any], sent: Any) -> Any:
    return await method(*positional, sent["resourceid"], data=base64.b64decode(sent["filedata"]))


async def plugin(method: Any, positional: list[Any], sent: Any) -> Any:
    return await method(*positional, **{k: v for k, v in sent.items() if k != "id"})


SPECIAL = {
    "products.variants.set": set_variants,
    "products.images.add": upload,
    "products.files.add": upload,
    "plugins.settings.update": plugin,
}


@pytest.fixture
async def client(fake):
    async with SitooClient(**fake.credentials, strict=True) as made:
        yield made


@pytest.mark.parametrize("name", OPERATIONS)
async def test_the_example_arrives_as_the_reference_prints_it(name, fake, client):
    operation = OPERATIONS[name]
    sent = example_request(operation)
    answer = example_response(operation, sent)
    fake.script(Fault.answer(200, body=json.dumps(answer)))
    result = await call(client, operation, sent)
    (request,) = fake.requests
    target, _, _ = request.raw_path.partition("?")
    assert (request.method, target) == (
        operation["method"],
        f"/v2/accounts/90316{wire_path(operation)}",
    )
    _, query = filters(operation)
    assert {key: value for key, value in request.query.items() if key not in OWN} == query
    assert request.query.keys() <= operation["query"].keys() | {"sort"}
    assert request.json == sent
    of = operation["returns"].get("of")
    if of is not None:
        rows = answer["items"] if operation["returns"]["shape"] == "envelope" else answer
        read = result.items if isinstance(result, Page) else result
        assert_no_loss(read, rows, model_of(of))
    elif isinstance(answer, list):
        assert [outcome.value for outcome in result.succeeded] == [row["return"] for row in answer]
        assert result.failed == ()
        assert [outcome.index for outcome in result] == list(range(len(sent)))
    else:
        assert (type(result), result) == (type(answer), answer)


def assert_no_loss(read: Any, rows: Any, model: Any) -> None:
    if not isinstance(rows, list):
        read, rows = [read], [rows]
    assert len(read) == len(rows)
    for item, row in zip(read, rows, strict=True):
        assert isinstance(item, model)
        known = {name: value for name, value in row.items() if name in fields_of(model)}
        assert known
        assert {
            name: value for name, value in converter.unstructure(item).items() if name in row
        } == known


ONE_OF_MANY = [
    name
    for name, operation in OPERATIONS.items()
    if CALLABLES[operation["method"], operation["path"]].batch
    and (operation["body"] or {}).get("shape") == "objects"
]


# Of all others, what the reference says of the answer to one implies that it takes one.
ARRAYS_ALONE = {"batchSetPriceListItems"}


@pytest.mark.parametrize("name", ONE_OF_MANY)
async def test_where_many_are_taken_one_is_sent_as_a_bare_object_or_as_an_array_of_one(
    name, fake, client
):
    operation = OPERATIONS[name]
    (first, *_) = example_request(operation)
    bare = True if operation["returns"]["shape"] == "true or batch" else added(operation)
    fake.script(Fault.answer(200, body=json.dumps(bare)))
    assert await call(client, operation, first) == bare
    assert fake.requests[0].json == ([first] if name in ARRAYS_ALONE else first)


# What the fake server, which checks each request against the facts, refuses of the examples. Their
# shape has passed by then: they name what exists in the reference's own world alone.
REFUSED = {
    # The server itself gives these ids: see tests/testing/test_cards.py.
    "deleteGiftCardTransactions": "transactionid 3459 does not exist",
    # Its variants are of another family than the product in the path, which here has one, too:
    # see tests/testing/test_variants.py.
    "setProductVariants": "Invalid value in productid",
}


@pytest.mark.parametrize("name", OPERATIONS)
async def test_the_fake_server_takes_the_example_for_a_valid_request(name, prepared_for, path_to):
    operation = OPERATIONS[name]
    async with prepared_for(name) as fake, SitooClient(**fake.credentials, strict=True) as client:
        at = path_values_in(path_to(fake, operation["path"]), operation)
        failures: list[Any] = []
        try:
            result = await call(client, operation, example_request(operation), at)
        except ApiError as error:
            failures.append(error)
        else:
            failures += [failed.error for failed in getattr(result, "failed", ())]
    assert bool(failures) == (name in REFUSED)
    for error in failures:
        assert REFUSED[name] in str(error)


def test_nothing_documented_is_left_out():
    assert len(OPERATIONS) == 147
