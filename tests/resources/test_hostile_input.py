"""Whatever is given for whichever parameter of whichever method, the error is one of ours."""

from __future__ import annotations

import asyncio
import inspect

import pytest

from sitoo_async import RetryPolicy, SitooClient, SitooError
from sitoo_async._cli.index import index
from sitoo_async.testing import FakeSitoo


def _refuse(*_, **__):
    raise ZeroDivisionError("looked at")


_SPECIAL = (
    *("repr", "str", "format", "len", "iter", "aiter", "contains", "getitem", "getattribute"),
    *("eq", "ne", "lt", "gt", "le", "ge", "hash", "bool", "int", "index", "float", "fspath"),
)


def _deep():
    nested = []
    for _ in range(50_000):
        nested = [nested]
    return nested


VALUES = {
    "whose every method raises": type(
        "Hostile", (), {f"__{name}__": _refuse for name in _SPECIAL} | {"__slots__": ()}
    )(),
    "nested too deep": _deep(),
    "too large to be written out": 10**5_000,
    "half a pair": "\ud800\x1b[2J",
}

EMPTY = inspect.Parameter.empty


def _calls(method, value):
    """The arguments of a call for each parameter, where that alone is the value."""
    parameters = [*inspect.signature(method).parameters.values()]
    for target in parameters:
        positional, named = [], {}
        for parameter in parameters:
            given = value if parameter is target else 1
            if parameter.kind is parameter.VAR_KEYWORD:
                if parameter is target:
                    named["anything"] = value
            elif parameter is target or parameter.default is EMPTY:
                if parameter.kind is parameter.KEYWORD_ONLY:
                    named[parameter.name] = given
                elif len(positional) == parameters.index(parameter):
                    positional.append(given)
                else:
                    # One before it was left out, which only its place could name.
                    positional += [None] * (parameters.index(parameter) - len(positional))
                    positional.append(given)
        yield target.name, positional, named


@pytest.mark.parametrize("kind", VALUES)
async def test_any_value_for_any_parameter_ends_in_an_error_of_ours_or_in_none(kind):
    tried, foreign = 0, []
    async with (
        FakeSitoo(products=3) as fake,
        SitooClient(**fake.credentials, retry=RetryPolicy(attempts=1)) as sitoo,
    ):
        for entry in index():
            if entry.evidence != "documented":
                continue
            method = sitoo
            for part in entry.callable.split("."):
                method = getattr(method, part)
            for name, positional, named in _calls(method, VALUES[kind]):
                tried += 1
                try:
                    answer = method(*positional, **named)
                    await asyncio.wait_for(answer, 30)
                except SitooError as error:
                    assert len(str(error)) < 1_000  # noqa: PT017 - most values are refused
                    if "nobody foresaw" in str(error):
                        foreign.append(f"{entry.callable}({name}): {error}")
                except Exception as error:  # noqa: BLE001 - all of them are told together
                    foreign.append(f"{entry.callable}({name}): {type(error).__name__}: {error}")
    assert foreign == []
    assert tried > 300
