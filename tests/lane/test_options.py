"""Numbers among the options: what is no limit, what is too much, and what is no number."""

from __future__ import annotations

import enum
import math
from decimal import Decimal
from fractions import Fraction

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import InvalidOptionError, Options, RedisGate, RetryPolicy, SitooClient
from sitoo_async._checks.values import LONGEST
from sitoo_async.testing import FakeSitoo, Fault

virtual = pytest.mark.virtual_time

HUGE = {
    "inf": math.inf,
    "beyond a float": 10**400,
    "beyond a text": 10**5_000,
    "beyond any clock": 1e300,
    "a second too long": LONGEST + 1,
}

# What stands for no limit, by option.
NO_LIMIT = {
    "queue_timeout": None,
    "deadline": None,
    "bulk_seconds": None,
    "max_rate_limit_wait": math.inf,
}


class Five(enum.IntEnum):
    FIVE = 5


class Tenth(float):
    def __gt__(self, other: object) -> bool:
        raise ValueError


def made(name: str, value: object) -> object:
    """Whatever takes that option."""
    if name in attrs.fields_dict(Options):
        return Options(**{name: value})
    if name in attrs.fields_dict(RetryPolicy):
        return RetryPolicy(**{name: value})
    if name == "lease":
        return RedisGate("redis://127.0.0.1", lease=value)
    return SitooClient(api_id="90316-1", password="p", base_url="http://127.0.0.1", **{name: value})


SECONDS = [*NO_LIMIT, "within", "request_timeout", "pause", "longest_pause", "lease", "grace"]
WHOLE = ["max_waiting", "max_response_bytes", "attempts"]


@pytest.mark.parametrize("huge", HUGE.values(), ids=[*HUGE])
@pytest.mark.parametrize("name", NO_LIMIT)
def test_what_is_larger_than_any_limit_is_none(name, huge):
    assert getattr(Options(**{name: huge}), name) == NO_LIMIT[name]


@pytest.mark.parametrize("huge", HUGE.values(), ids=[*HUGE])
@pytest.mark.parametrize("name", ["request_timeout", "pause", "longest_pause", "lease", "grace"])
def test_where_there_has_to_be_a_limit_it_is_refused_by_name(name, huge):
    with pytest.raises(InvalidOptionError, match=rf"^{name} .*at most 1,000,000,000") as caught:
        made(name, huge)
    assert caught.value.field == name


def test_a_count_beyond_any_machine_is_refused_by_name():
    for huge in (10**400, math.inf, 1e300):
        with pytest.raises(InvalidOptionError, match=r"^max_response_bytes must be an int"):
            Options(max_response_bytes=huge)


def test_where_none_is_any_number_a_count_beyond_all_is_none():
    for huge in (math.inf, 10**400):
        assert Options(max_waiting=huge).max_waiting is None
        assert RetryPolicy(attempts=huge).attempts is None


def test_where_none_is_a_number_of_its_own_infinity_stays_infinity():
    for huge in HUGE.values():
        assert RetryPolicy(within=huge).within == math.inf
    assert RetryPolicy(within=None).within is None


ODD = {
    "a bool": True,
    "text": "5",
    "a Decimal": Decimal(5),
    "a Fraction": Fraction(5, 2),
    "a complex": 5j,
    "not a number": math.nan,
    "below all": -math.inf,
    "below": -1,
    "a list": [5],
}


@pytest.mark.parametrize("odd", ODD.values(), ids=[*ODD])
@pytest.mark.parametrize("name", [*SECONDS, *WHOLE])
def test_what_is_no_number_is_refused_by_name(name, odd):
    with pytest.raises(InvalidOptionError, match=f"^{name} must be") as caught:
        made(name, odd)
    assert caught.value.field == name


@pytest.mark.parametrize("name", WHOLE)
def test_a_count_is_whole(name):
    for odd in (5.0, 5.5, 1e300):
        with pytest.raises(InvalidOptionError, match="an int"):
            made(name, odd)


def test_what_is_derived_from_a_number_counts_as_the_number():
    assert type(Options(deadline=Five.FIVE).deadline) is int
    assert Options(max_waiting=Five.FIVE).max_waiting == 5
    # A number whose comparisons misbehave would otherwise break the lane that all share.
    assert type(Options(queue_timeout=Tenth(0.1)).queue_timeout) is float


@given(st.floats() | st.integers())
def test_whatever_number_is_given_is_taken_or_refused_by_name(number):  # pragma: no cover
    for name in SECONDS:
        if name == "lease":
            continue
        try:
            made(name, number)
        except InvalidOptionError as error:
            assert error.field == name  # noqa: PT017 - whether it is raised depends on the number


# ------------------------------------------------------------------------------- end to end


@pytest.mark.parametrize("huge", HUGE.values(), ids=[*HUGE])
async def test_a_call_without_limits_succeeds(huge):
    async with FakeSitoo(products=3) as fake:
        options = dict.fromkeys([*NO_LIMIT, "max_waiting"], huge)
        options["retry"] = RetryPolicy(within=huge)
        if type(huge) is not int and huge != math.inf:
            del options["max_waiting"]
        async with SitooClient(**fake.credentials, **options) as sitoo:
            assert (await sitoo.products.get(1)).productid == 1
            assert len(await sitoo.products.list(page_size=2).collect()) == 3
            result = await sitoo.products.update_many([{"productid": 1, "title": "a"}])
            result.raise_for_failures()
            coalescing = sitoo.with_options(coalesce=True, deadline=huge)
            assert (await coalescing.products.get(2)).productid == 2


async def test_the_longest_limits_that_there_may_be_are_kept_by_any_clock():
    async with FakeSitoo(products=1) as fake:
        options = dict.fromkeys([*NO_LIMIT, "request_timeout", "grace"], LONGEST)
        async with SitooClient(**fake.credentials, **options) as sitoo:
            assert (await sitoo.products.get(1)).productid == 1


@virtual
async def test_with_endless_patience_any_rate_limit_is_sat_out():
    async with FakeSitoo(products=1) as fake:
        # Half an hour, which is more than any call waits by default.
        refused = Fault.answer(429, headers={"X-Rate-Limit-Reset": "600"})
        fake.script(refused, refused, refused)
        async with SitooClient(**fake.credentials, max_rate_limit_wait=math.inf) as sitoo:
            assert (await sitoo.products.get(1)).productid == 1


# ---------------------------------------------------------------------------- the fake server


@pytest.mark.parametrize("odd", [*ODD.values(), *HUGE.values()], ids=[*ODD, *HUGE])
def test_the_fake_server_refuses_what_no_timer_can_wait_for_by_name(odd):
    for name in ("delay", "slot_seconds"):
        with pytest.raises(ValueError, match=f"^{name}: give a number of seconds"):
            FakeSitoo(**{name: odd})
    for fault in (Fault.hang, Fault.slow, Fault.locked):
        with pytest.raises(ValueError, match=r"^seconds: give a number of seconds"):
            fault(odd)
