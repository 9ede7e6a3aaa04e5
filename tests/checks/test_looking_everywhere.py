"""Whatever is given to whichever parameter of a method: only errors of ours come out."""

from __future__ import annotations

import inspect
from inspect import Parameter
from operator import attrgetter
from traceback import TracebackException
from typing import Any

import aiohttp
import pytest
from attrs import fields_dict

from sitoo_async import (
    Grant,
    InvalidInputError,
    InvalidOptionError,
    PostgresGate,
    RedisGate,
    SitooClient,
    SitooError,
)
from sitoo_async._cli.index import index
from sitoo_async._lane.options import Options
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

CREDENTIALS: dict[str, Any] = {
    "api_id": "90316-125",
    "password": "hunter2",
    "base_url": "http://127.0.0.1:1",
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


@pytest.mark.parametrize("also", [False, True], ids=["", "class"])
@pytest.mark.parametrize("kind", [*KINDS, "pair"])
async def test_no_option_of_a_client_lets_anything_else_out(kind: str, also: bool):  # noqa: FBT001
    other = {"text": (str, "90316-125"), "pair": (tuple, ("90316-125", "hunter2"))}
    value = hostile(*other.get(kind) or KINDS[kind], also=also)
    names = {*inspect.signature(SitooClient.__init__).parameters, *fields_dict(Options)}
    for name in names - {"self", "options", "ends_at"}:
        given = {**CREDENTIALS, name: value}
        if name == "keys":
            del given["api_id"], given["password"]
        refuses = name not in ("api_id", "password", "base_url", "proxy", "user_agent", "site")
        try:
            await SitooClient(**given).aclose()
        except InvalidOptionError as error:
            assert error.field == name, name  # noqa: PT017  # others are well taken
            lines = TracebackException.from_exception(error.with_traceback(None)).format()
            assert "hunter2" not in "".join(lines)
        else:
            assert kind in ("int", "text", "pair") or not refuses, name


@pytest.mark.parametrize("made", [RedisGate, PostgresGate])
@pytest.mark.parametrize("kind", KINDS)
def test_no_gate_lets_anything_else_out(made: type, kind: str):
    with pytest.raises(InvalidOptionError, match="password@host"):
        made(hostile(*KINDS[kind], also=True))


def test_a_lease_of_a_class_of_its_own_counts_as_the_number_that_it_is():
    lease = RedisGate("redis://127.0.0.1", lease=hostile(int, 7)).lease
    assert type(lease) is int


def endless_trouble():
    yield ("90316-125", "hunter2")
    raise ZeroDivisionError


def test_keys_whose_reading_fails_are_refused_by_their_place_and_never_shown():
    keys = hostile(list, [("90316-125", "hunter2")])
    for given, place in ((keys, 0), (endless_trouble(), 1)):
        with pytest.raises(InvalidOptionError, match=rf"keys\[{place}\]") as caught:
            SitooClient(keys=given, base_url="http://127.0.0.1:1")
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None


def test_observers_whose_reading_fails_are_the_cause():
    def observers():
        yield print
        raise ZeroDivisionError

    with pytest.raises(InvalidOptionError, match="observers can't be read") as caught:
        SitooClient(**CREDENTIALS, observers=observers())  # type: ignore[arg-type]  # no sequence
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


@pytest.mark.filterwarnings("ignore:Inheritance class")
async def test_a_session_that_does_not_tell_its_settings_is_refused():
    class Mute(aiohttp.ClientSession):
        @property
        def trust_env(self) -> bool:
            raise ZeroDivisionError

    async with Mute() as session:
        with pytest.raises(InvalidOptionError, match="session can't be read"):
            SitooClient(**CREDENTIALS, session=session)


async def test_a_gate_that_can_not_be_compared_is_refused_beside_another():
    class Touchy:
        async def acquire(self, _key: str) -> Grant:
            return Grant()

        async def release(self, _key: str, _hold: float) -> None:
            pass

        async def aclose(self) -> None:
            pass

        def __eq__(self, _other: object) -> bool:
            raise ZeroDivisionError

        __hash__ = None  # type: ignore[assignment]  # as Python does it beside an equality

    async with FakeSitoo() as fake, SitooClient(**fake.credentials, gate=Touchy()) as first:
        await first.products.list().first()
        async with SitooClient(**fake.credentials, gate=Touchy()) as second:
            with pytest.raises(InvalidOptionError, match="gate can't be read"):
                await second.products.list().first()
