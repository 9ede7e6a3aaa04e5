"""Values that raise when they are looked at: an InvalidInputError that names the field, always."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import InvalidInputError, SitooClient, changes, is_set, set_fields
from sitoo_async import models as public_models
from sitoo_async._codec.codec import encode, select, writable
from sitoo_async._codec.converter import converter
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.kinds import FREE, Kind, ListOf, MapOf
from sitoo_async._http.messages import plain_json
from sitoo_async._http.url import plain_path, query_string, segment
from sitoo_async.models import Model, Product, ProductVariants
from sitoo_async.resources._items import addition, deletion, named_update, update

pytestmark = pytest.mark.account(products=5)

SPECIAL = [
    *("repr", "str", "format", "bytes", "bool", "len", "iter", "contains", "getitem", "reversed"),
    *("eq", "ne", "lt", "le", "gt", "ge", "hash", "int", "float", "index", "neg", "abs", "round"),
    *("add", "radd", "sub", "rsub", "mul", "floordiv", "mod", "getattribute", "fspath", "next"),
]
ORDINARY = [
    *("isascii", "encode", "startswith", "casefold", "keys", "values", "items", "get"),
    *("is_finite", "quantize", "utcoffset", "timestamp", "astimezone", "as_tuple"),
]
METHODS = [f"__{name}__" for name in SPECIAL] + ORDINARY

# What a subclass holds where its methods are left alone.
CONTENT: dict[str, tuple[type, tuple[Any, ...]]] = {
    "object": (object, ()),
    "text": (str, ("12.50",)),
    "int": (int, (7,)),
    "float": (float, (7.5,)),
    "decimal": (Decimal, ("7.50",)),
    "datetime": (datetime, (2026, 1, 1, 0, 0, 0, 0, UTC)),
    "list": (list, (["a", 1],)),
    "tuple": (tuple, (("a", 1),)),
    "dict": (dict, ({"sku": "a", "title": "b"},)),
    "set": (set, (["a"],)),
    "bytes": (bytes, (b"a",)),
}


class OddError(Exception):
    """Whose own text raises too."""

    def __str__(self) -> str:
        raise OddError

    __repr__ = __str__


RAISED = [ValueError, TypeError, OddError, StopIteration, RecursionError]


def hostile(kind: str, names: Any = METHODS, error: type[BaseException] = ValueError) -> Any:
    """A value of that kind of which those methods raise, and `__class__` where it is among them."""
    base, content = CONTENT[kind]

    def refuse(*_: Any, **__: Any) -> Any:
        raise error("don't look")

    methods = {name: property(refuse) if name == "__class__" else refuse for name in names}
    return type(f"Hostile_{kind}", (base,), methods)(*content)


class Lazy(Mapping[str, Any]):
    """As a mapping that reads a database: any look may fail."""

    def __getitem__(self, name: str) -> Any:
        raise OSError("the database is gone")

    def __iter__(self) -> Iterator[str]:
        raise OSError("the database is gone")

    def __len__(self) -> int:
        return 2


class Liar(dict[Any, Any]):
    """Whose items are not what it holds."""

    def __init__(self, items: Any) -> None:
        super().__init__(title="x")
        self._items = items

    def items(self) -> Any:
        return self._items


class Nowhere(tzinfo):
    """As pandas' NaT: asking it for its offset raises."""

    def utcoffset(self, moment: datetime | None) -> Any:
        raise ValueError("NaTType does not support utcoffset")


NO_DATE = datetime(2026, 1, 1, tzinfo=Nowhere())
ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)
LOOP: dict[str, Any] = {}
LOOP["again"] = LOOP


def deep(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


def broken() -> Iterator[str]:
    yield "a"
    raise OSError("the cursor is gone")


def refused(look: Callable[[], Any]) -> InvalidInputError:
    with pytest.raises(InvalidInputError) as caught:
        look()
    error = caught.value
    assert error.field
    assert error.sent == "no"
    assert "\n" not in str(error)
    return error


def models() -> list[type[Model]]:
    every = [getattr(public_models, name) for name in public_models.__all__]
    return [each for each in every if isinstance(each, type) and issubclass(each, Model)]


# ----------------------------------------------------------------------- what users run into


BAD: dict[str, tuple[str, Any]] = {
    "no date": ("offerdatestart", NO_DATE),
    "a list in itself": ("customattributes.a", {"a": ENDLESS}),
    "a mapping in itself": ("customattributes.a", {"a": LOOP}),
    "a deep list": ("customattributes.a", {"a": deep(5000)}),
    "a lazy mapping as a value": ("customattributes.a", {"a": Lazy()}),
    "a lazy mapping": ("customattributes", Lazy()),
    "items that are no pairs": ("customattributes", Liar([("a", 1), 7])),
    "items that are triples": ("customattributes.a", {"a": Liar([(1, 2, 3)])}),
    "a list that raises": ("categories", hostile("list")),
    "a list too deep to walk": ("categories", hostile("list", error=RecursionError)),
    "a class that raises as a text": ("title", hostile("object", ["__class__"])),
    "a class that raises as a price": ("moneyprice", hostile("object", ["__class__"])),
}
# By name: pytest would look at the values.
bad = pytest.mark.parametrize("case", BAD)


@bad
def test_a_value_that_raises_is_refused_by_its_field(case: str):
    field, value = BAD[case]
    name = field.split(".", maxsplit=1)[0]
    assert refused(lambda: writable(Product, {name: value})).field == field
    assert refused(lambda: writable(Product, Product(**{name: value}))).field == field


def test_what_it_raised_is_told_and_kept_as_the_cause():
    error = refused(lambda: writable(Product, {"offerdatestart": NO_DATE}))
    assert str(error) == (
        "offerdatestart can't be read, it raised ValueError: NaTType does not support utcoffset;"
        " give a plain value"
    )
    assert isinstance(error.__cause__, ValueError)


def test_what_holds_itself_is_called_that():
    error = refused(lambda: writable(Product, {"customattributes": {"a": ENDLESS}}))
    assert "nested deeper than 100 levels, or holds itself" in str(error)
    assert FREE.write(deep(100), "further") == deep(100)
    error = refused(lambda: FREE.write(deep(101), "further"))
    assert error.field == "further"


def test_a_nested_value_is_named_by_its_place():
    variant = {"sku": "a", "moneyprice": hostile("object")}
    error = refused(lambda: writable(ProductVariants, {"variants": [{}, variant]}))
    assert error.field == "variants[1].moneyprice"
    error = refused(lambda: writable(ProductVariants, {"variants": [{}, Lazy()]}))
    assert error.field == "variants[1]"


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_what_ends_the_program_or_the_task_passes(error: type[BaseException]):
    looks: list[Callable[[Any], Any]] = [
        lambda value: writable(Product, {"title": value}),
        lambda value: writable(Product, {"categories": value}),
        lambda value: named_update(Product, value),
        lambda value: query_string({"sku": value}, {"sku": "texts"}),
        plain_path,
    ]
    for look in looks:
        with pytest.raises(error):
            look(hostile("object", ["__class__"], error))


def test_subclasses_go_out_as_what_they_are():
    class Colour(StrEnum):
        RED = "Red"

    quiet = ["__str__", "__repr__", "__format__", "__eq__", "__hash__", "__len__", "__bool__"]
    sent = writable(
        Product,
        {
            "title": hostile("text", [*quiet, *ORDINARY]),
            "moneyprice": hostile("decimal", [*quiet, *ORDINARY]),
            "moneypricein": hostile("text", [*quiet, *ORDINARY]),
            "manufacturerid": hostile("int", [*quiet, "__int__", "__lt__", "__le__", "__ge__"]),
            "sku": Colour.RED,
            hostile("text", ["__str__", "__format__"]) and "barcode": "",
        },
    )
    assert json.loads(encode(sent)) == {
        "title": "12.50",
        "moneyprice": "7.50",
        "moneypricein": "12.50",
        "manufacturerid": 7,
        "sku": "Red",
        "barcode": "",
    }
    assert {type(value) for value in sent.values()} == {str, int}


def test_an_integer_of_any_length_is_sent_where_the_reference_says_nothing():
    long = 10**5000
    written = encode(FREE.write({"long": long}, "further"))
    assert written == b'{"long":1' + b"0" * 5000 + b"}"


def test_a_name_that_is_no_text_is_no_field():
    assert "7 is not a field of Product" in str(refused(lambda: writable(Product, {7: "x"})))
    refused(lambda: writable(Product, {hostile("object", ["__repr__"]): "x"}))
    refused(lambda: select(Product, ["sku", hostile("object", ["__repr__"])]))


# -------------------------------------------------------------------- whatever method raises


def settles(write: Callable[[], Any]) -> None:
    """What is written is plain JSON, or refused with a field; nothing else comes out."""
    try:
        written = encode(write())
    except InvalidInputError as error:
        told = (error.field, str(error))
    else:
        told = (written.decode(), json.dumps(json.loads(written)))
    assert all(told)


hostiles = st.builds(
    hostile,
    st.sampled_from([*CONTENT]),
    st.lists(st.sampled_from([*METHODS, "__class__"]), unique=True, max_size=12)
    | st.just(METHODS)
    | st.just([*METHODS, "__class__"]),
    st.sampled_from(RAISED),
)


def places(kind: Kind, value: Any) -> list[Any]:
    """The value itself, and as an element where the kind has some."""
    if isinstance(kind, ListOf):
        return [value, [value], (value,)]
    if isinstance(kind, MapOf):
        return [value, {"a": value}, {"a": {"b": [value]}}]
    return [value]


FIELDS = [(cls, field) for cls in models() for field in fields_of(cls).values()]


@given(value=hostiles, place=st.sampled_from(FIELDS))
def test_any_field_of_any_model_takes_or_refuses_any_value(value: Any, place: Any):
    cls, field = place
    for each in places(field.kind, value):
        settles(partial(writable, cls, {field.name: each}, identifiers=[field.name]))


@given(value=hostiles)
def test_any_object_is_an_item_or_refused(value: Any):
    for prepare in (addition, named_update):
        settles(lambda p=prepare: p(Product, value))
        settles(lambda p=prepare: p(Product, {"productid": 1, "title": value}))
        settles(lambda p=prepare: p(Product, Liar([("productid", 1), (value, "x")])))
        settles(lambda p=prepare: p(Product, Liar(value)))
    settles(lambda: deletion(Product, value, by=["productid"]))
    settles(lambda: deletion(Product, {"productid": value}, by=["productid"]))
    settles(lambda: update(Product, value, {}, {"productid": 1}))
    settles(lambda: update(Product, {"productid": value, "title": "x"}, {}, {"productid": 1}))


@given(value=hostiles)
def test_any_value_is_a_filter_or_refused(value: Any):
    kinds = ("text", "integer", "boolean", "timestamp", "texts", "integers", ("a", "b"))
    for kind in kinds:
        for each in (value, [value], iter([value])):
            settles(lambda k=kind, v=each: query_string({"sku": v}, {"sku": k}))
    settles(lambda: query_string({"sku": value}))
    settles(lambda: query_string({"sku": [value]}))
    settles(lambda: query_string(value))
    settles(lambda: query_string(Liar([(value, "a")])))
    settles(lambda: select(Product, value))
    settles(lambda: select(Product, ["sku", value]))


@given(value=hostiles)
def test_any_value_is_a_path_or_a_body_or_refused(value: Any):
    settles(lambda: plain_path(value))
    settles(lambda: segment("code", value))
    settles(lambda: plain_json(value))
    settles(lambda: plain_json({"a": [value]}))


@given(value=hostiles)
def test_models_hold_anything_and_compare_or_refuse(value: Any):
    before, after = Product(productid=1, title="a"), Product(productid=1, title=value)
    assert is_set(after, "title")
    for pair in ((before, after), (after, before), (after, Product(productid=1, title=value))):
        settles(lambda p=pair: [*set_fields(changes(*p))])
    settles(lambda: is_set(after, value))
    settles(lambda: converter.unstructure(after))


# ------------------------------------------------------------------------------- end to end


@bad
@pytest.mark.virtual_time
async def test_in_a_stream_it_is_a_failed_outcome_and_the_rest_is_sent(fake, client, case: str):
    field, value = BAD[case]
    items = [{"productid": n, "title": "new"} for n in (1, 2, 3)]
    items[1] = {"productid": 2, field.split(".", maxsplit=1)[0]: value}
    result = await client.products.update_many(iter(items))
    assert [outcome.ok for outcome in result] == [True, False, True]
    assert isinstance(result[1].error, InvalidInputError)
    assert (result[1].error.field, result[1].error.index) == (field, 1)
    with pytest.raises(InvalidInputError) as caught:
        await client.products.update_many([*items, Lazy(), hostile("object")])
    assert [row.index for row in caught.value.rows] == [1, 3, 4]
    assert len(fake.requests) == 1


@pytest.mark.virtual_time
async def test_single_calls_refuse_it_before_anything_is_sent(fake, client):
    products = client.products
    calls: dict[str, tuple[Callable[[], Any], str]] = {
        "add": (lambda: products.add(sku="a", offerdatestart=NO_DATE), "offerdatestart"),
        "update": (lambda: products.update(1, title=hostile("object", ["__class__"])), "title"),
        "update by a mapping": (lambda: products.update(1, Lazy()), "item"),
        "filter": (lambda: products.list(datelastmodified=NO_DATE).first(), "datelastmodified"),
        "filter from a generator": (lambda: products.list(sku=broken()).first(), "sku"),
        "fields": (lambda: products.list(fields=hostile("list")).first(), "fields"),
        "path": (lambda: client.gift_cards.get(hostile("object", ["__class__"])), "cardnumber"),
        "json": (lambda: client.request("PUT", "/x.json", json={"a": [hostile("dict")]}), "json"),
        "json in itself": (lambda: client.request("PUT", "/x.json", json=ENDLESS), "json"),
        "params": (lambda: client.request("GET", "/x.json", params=Lazy()), "params"),
        "parameter": (lambda: client.request("GET", "/x.json", params={"a": NO_DATE}), "a"),
        "method": (lambda: client.request(hostile("object"), "/x.json"), "method"),
        "request": (lambda: client.request("GET", hostile("object", ["__class__"])), "path"),
        "items": (lambda: products.update_many(hostile("object", ["__class__"])), "items"),
        "invalid": (lambda: products.update_many([], invalid=hostile("object")), "invalid"),
        "price": (
            lambda: client.price_lists.items.delete(1, hostile("object", ["__class__"])),
            "item",
        ),
    }
    for name, (call, field) in calls.items():
        with pytest.raises(InvalidInputError) as caught:
            await call()
        assert caught.value.field == field, name
    assert fake.requests == []


@pytest.mark.virtual_time
async def test_names_that_raise_when_compared_share_a_batch_all_the_same(fake):
    async with SitooClient(**fake.credentials, coalesce=True) as client:
        code = hostile("text", ["__str__", "__eq__", "__hash__", "casefold", "__format__"])
        calls = [client.users.update(code, namefirst="Ann") for _ in range(3)]
        errors = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error).__name__ for error in errors} == {"NotFoundError"}
