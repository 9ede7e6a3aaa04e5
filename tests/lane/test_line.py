"""Who stands in line, and who of them may leave together: the same as by looking at them all."""

from __future__ import annotations

import asyncio
import itertools
import sys

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async._lane.company import Company
from sitoo_async._lane.line import FEWEST_TO_COMPACT, Line, Mates
from tests.lane._bench import Bench, begun


@attrs.define(eq=False)
class Standing:
    """As much of a call as matters in a line."""

    number: int
    company: Company
    place: tuple | None = None
    cancelled: bool = False

    @property
    def answer(self):
        return self

    def done(self):
        return self.cancelled


def together(waiting, first, most):
    """Those that may leave with the first, found by looking at each in order."""
    found, names = [first], set(first.company.names)
    for call in sorted(waiting, key=lambda call: call.place[:3]):
        if call is first:
            continue
        if len(found) >= most:
            break
        if names.isdisjoint(call.company.names):
            found.append(call)
        names |= call.company.names
    return found


steps = st.lists(
    st.one_of(
        st.tuples(st.just("come"), st.frozensets(st.integers(0, 5), max_size=2)),
        st.tuples(st.just("go"), st.integers(0, 30)),
        st.tuples(st.just("leave"), st.integers(1, 4)),
        st.tuples(st.just("come back"), st.integers(0, 30)),
    ),
    max_size=60,
)


@given(steps)
def test_who_leaves_together_is_who_would_be_found_by_looking_at_all(program):
    mates, waiting, away, turn = Mates(), [], [], itertools.count()
    limits = [1]

    def enter(call):
        call.place = (0.0, call.number, next(turn), call)
        waiting.append(call)
        mates.add(call, call.place)

    def leave(call):
        call.place = None
        waiting.remove(call)
        mates.remove(call)
        away.append(call)

    for number, (what, value) in enumerate(program):
        if what == "come":
            enter(Standing(number, Company(key="all alike", names=value, most=lambda: limits[0])))
        elif what == "come back" and away:
            enter(away.pop(value % len(away)))
        elif what == "go" and waiting:
            leave(waiting[value % len(waiting)])
        elif what == "leave" and waiting:
            limits[0] = value
            first = min(waiting, key=lambda call: call.place[:3])
            expected = together(waiting, first, value)
            found = mates.together(first)
            assert found == expected
            for call in found:
                leave(call)
        assert len(mates) == len(waiting)


def standing(line, number):
    call = Standing(number, Company(key=None))
    call.place = (0.0, number, number, call)
    line.add(call.place)
    return call


def test_one_that_comes_back_stands_before_those_who_came_meanwhile():
    mates = Mates()

    def leave(*calls):
        for call in calls:
            call.place = None
            mates.remove(call)

    first, second, other, last = (
        Standing(number, Company(key="all alike", names=frozenset(name), most=lambda: 9))
        for number, name in enumerate("aaba")
    )
    for call in (second, other, last, first):
        call.place = (0.0, call.number, call.number, call)
        mates.add(call, call.place)
    leave(last)
    assert mates.together(first) == [first, other]
    leave(first, other)
    assert mates.together(second) == [second]
    leave(second)
    assert not mates


def test_who_is_cancelled_in_this_moment_is_passed_over_before_it_leaves():
    line = Line()
    first, second = standing(line, 1), standing(line, 2)
    first.cancelled = True
    assert line.first() is second.place
    second.cancelled = True
    assert line.first() is None
    assert line.waiting == 2


def test_a_line_forgets_those_who_left_from_its_middle():
    line = Line()
    calls = [standing(line, number) for number in range(10 * FEWEST_TO_COMPACT)]
    for call in calls[1:]:
        call.place = None
        line.left()
    assert len(line.places) <= FEWEST_TO_COMPACT
    assert line.first() is calls[0].place


@pytest.mark.virtual_time
async def test_a_turn_costs_the_same_however_many_wait_to_change_one_thing():
    async def functions(count):
        """Functions called, those of Python included, for each of that many calls."""
        bench, called = Bench(), itertools.count()
        company = Company(key="all alike", names=frozenset({"one thing"}), most=lambda: 1000)

        async def call():
            await bench.lane.queue.turn(begun(), bench.exchange("a change"), company=company)

        calls = [asyncio.ensure_future(call()) for _ in range(count)]
        sys.setprofile(lambda _, event, __: event in {"call", "c_call"} and next(called))
        await asyncio.wait(calls)
        sys.setprofile(None)
        assert len(bench.log) == count
        return next(called) / count

    few, many = await functions(20), await functions(200)
    assert many < 1.2 * few
