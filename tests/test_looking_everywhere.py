"""Whatever is given to whichever parameter of a method: only errors of ours come out."""

from __future__ import annotations

import inspect
from inspect import Parameter
from operator import attrgetter
from typing import Any

import pytest

from sitoo_async import InvalidInputError, SitooClient, SitooError
from sitoo_async._index import index
from sitoo_async.testing import FakeSitoo

pytestmark = pytest.mark.virtual_time

SPECIAL = ["repr", "str", "format", "bool", "len", "iter", "contains", "getitem", "eq", "ne", "lt"]
SPECIAL += ["le", "gt", "ge", "hash", "int", "index", "sub", "floordiv", "fspath", "next"]


def hostile(base: type, *content: Any, also: bool = False) -> Any:
    """A value of which every method raises; `also` what tells its class."""

    def refuse(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    methods: dict[str, Any] = {f"__{name}__": refuse for name in SPECIAL}
    if also:
        methods["__class__"] = property(refuse)
    return type(f"Hostile_{base.__name__}", (base,), methods)(*content)


KINDS: dict[str, tuple[Any, ...]] = {
    "object": (object,),
    "int": (int, 7),
    "text": (str, "a"),
    "list": (list, [1]),
    "dict": (dict, {"sku": "a"}),
}


@pytest.fixture
async def client():
    async with FakeSitoo() as fake, SitooClient(**fake.credentials) as made:
        yield made


def plain(parameter: Parameter) -> Any:
    """Something that will do."""
    if parameter.default is not Parameter.empty:
        return parameter.default
    if parameter.name in ("items", "values", "groups", "variants"):
        return []
    return 1 if "int" in str(parameter.annotation) else "a"


def arguments(parameters: list[Parameter], at: str, value: Any) -> tuple[list[Any], dict[str, Any]]:
    """Arguments of which one is that value."""
    positional: list[Any] = []
    named: dict[str, Any] = {}
    for parameter in parameters:
        given = value if parameter.name == at else plain(parameter)
        if parameter.kind is Parameter.POSITIONAL_ONLY:
            positional.append(given)
        elif parameter.kind is not Parameter.VAR_KEYWORD:
            named[parameter.name] = given
        elif parameter.name == at:
            named |= {"sku": value, "active": value, "comment": value}
    return positional, named


async def outcome(called: Any) -> Any:
    """What comes of a method; of a paginator, the first item."""
    while inspect.isawaitable(called):
        called = await (called.first() if hasattr(called, "first") else called)
    return called


@pytest.mark.filterwarnings("ignore::sitoo_async.UnverifiedEndpointWarning")
@pytest.mark.parametrize("also", [False, True], ids=["", "class"])
@pytest.mark.parametrize("kind", KINDS)
async def test_no_method_lets_anything_else_out(client, kind: str, also: bool):  # noqa: FBT001
    value = hostile(*KINDS[kind], also=also)
    refused = 0
    for name in sorted({entry.callable for entry in index()}):
        method = attrgetter(name)(client)
        parameters = [*inspect.signature(method).parameters.values()]
        for parameter in parameters:
            if name.endswith("_many") and parameter.name == "items":
                continue  # what the reading of the input raises is the caller's own
            positional, named = arguments(parameters, parameter.name, value)
            try:
                await outcome(method(*positional, **named))
            except SitooError as error:
                refused += isinstance(error, InvalidInputError)
                assert str(error), (name, parameter.name)  # noqa: PT017  # others are well taken
            except FileNotFoundError:
                assert parameter.name == "data"  # the text is a path, of no file
            except ZeroDivisionError:
                pytest.fail(f"{name}({parameter.name}=...) let it out")
    assert refused > 200
