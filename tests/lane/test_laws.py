"""What holds in the lane whatever happens: random programs on virtual time."""

from __future__ import annotations

import asyncio
import collections
import gc
import random

import anyio
import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitoo_async import Grant, errors
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.line import FEWEST_TO_COMPACT
from sitoo_async._lane.queue import HANDICAP, Queue
from sitoo_async.testing import run_virtual
from tests.lane._bench import begun

# ------------------------------------------------------------------------------- the programs

moments = st.integers(0, 40).map(lambda tick: tick / 4)
lengths = st.sampled_from([0.0, 0.25, 0.25, 0.5, 0.5, 1.0, 1.0, 3.0, 20.0])
holds = st.sampled_from([*[None] * 8, "brief", "brief", 0.25, 5.0, 60.0, 600.0])


@attrs.frozen
class Call:
    """One call of a program, with all that is to happen to it."""

    at: float
    priority: str
    queue_timeout: float | None
    deadline: float | None
    patience: float
    max_waiting: int | None
    cancel_after: float | None
    hops: int  # turns of the loop after that, to meet every moment of an exchange's end
    scope: str  # by what it is cancelled
    length: float
    ending: str  # how its exchange ends
    hold: float | str | None  # what its exchange tells the lane
    turns: int  # how many it takes, in one call of the lane's


calls = st.builds(
    Call,
    at=moments,
    priority=st.sampled_from(["interactive", "bulk"]),
    queue_timeout=st.sampled_from([*[None] * 5, 0, 1.0, 10.0]),
    deadline=st.sampled_from([*[None] * 5, 0.25, 2.0, 30.0]),
    patience=st.sampled_from([*[10_000.0] * 5, 660.0, 0.0, 10.0]),
    max_waiting=st.sampled_from([*[None] * 8, 0, 1, 3]),
    cancel_after=st.sampled_from([*[None] * 6, 0, 0.25, 0.5, 1.0, 3.0, 5.0]),
    hops=st.integers(0, 4),
    scope=st.sampled_from(["task", "task twice", "asyncio.timeout", "anyio", "anyio group"]),
    length=lengths,
    ending=st.sampled_from(["value", "value", "value", "error", "cancelled itself"]),
    hold=holds,
    turns=st.sampled_from([1, 1, 2]),
)


PATIENT = Call(
    at=0,
    priority="interactive",
    queue_timeout=None,
    deadline=None,
    patience=1e6,
    max_waiting=None,
    cancel_after=None,
    hops=0,
    scope="task",
    length=0.0,
    ending="value",
    hold=None,
    turns=1,
)


@attrs.frozen
class Event:
    """Something that happens from outside, at a moment."""

    at: float
    what: str
    hold: float | str | None = None


events = st.one_of(
    st.builds(Event, at=moments, what=st.just("hold"), hold=holds),
    st.builds(Event, at=moments, what=st.just("kill the exchange")),
    st.builds(Event, at=moments, what=st.just("drop the owner")),
    st.builds(Event, at=moments, what=st.just("fall back")),
)


class FakeGate:
    """Another process's worth of gate: late, on hold or out of order for a while, then healthy."""

    def __init__(self, steps):
        self.steps = [*steps]
        self.held = 0
        self.most_held = 0

    def _step(self):
        return self.steps.pop(0) if self.steps else (0, 0.0, False, False)

    async def acquire(self, key):
        delay, hold, fails, abandoned = self._step()
        if delay:
            await asyncio.sleep(delay)
        if fails:
            raise OSError("the engine is down")
        self.held += 1
        self.most_held = max(self.most_held, self.held)
        return Grant(hold, abandoned)

    async def release(self, key, hold):
        assert hold >= 0
        delay, _, fails, _ = self._step()
        if delay:
            await asyncio.sleep(delay)
        self.held -= 1
        if fails:
            raise OSError("the engine went down")


gates = st.one_of(
    st.none(),
    st.lists(
        st.tuples(
            st.sampled_from([0, 0, 0.25, 3.0]),
            st.sampled_from([0.0, 0.0, 2.0]),
            st.sampled_from([False, False, False, True]),
            st.sampled_from([False, False, False, True]),
        ),
        min_size=1,
        max_size=20,
    ),
)


# Where tasks may begin before create_task returns, the laws hold as well.
eagerness = st.booleans() if hasattr(asyncio, "eager_task_factory") else st.just(value=False)


class Run:
    """A queue and its lanes, what is done to them, and what was seen of them."""

    def __init__(self, steps=None, *, eager=False, count=1):
        self.loop = asyncio.get_running_loop()
        if eager:
            self.loop.set_task_factory(asyncio.eager_task_factory)
        self.reported = []
        self.loop.set_exception_handler(lambda _, context: self.reported.append(context))
        self.gates = [FakeGate(steps) for _ in range(count)] if steps is not None else []
        self.lanes = [
            Lane(self.loop, gate=gate, random=random.Random(0).random)  # noqa: S311  # jitter
            for gate in self.gates or [None] * count
        ]
        self.lane = self.lanes[0]
        self.queue = self.lane.queue if count == 1 else Queue(self.loop, *self.lanes)
        self.at_once = collections.Counter()
        self.most_at_once = 0
        self.submitted = []
        self.started = []
        self.starts = []  # the moments
        self.holds = []  # made when, in force until when
        self.begun = {}
        self.gone = set()  # callers that were cancelled while they waited
        self.unwanted = []  # exchanges that started although their caller was gone
        self.outcomes = {}
        self.idle = []  # moments when a lane was free while calls waited for it

    def hold(self, hold, lane=None):
        lane = lane or self.lane
        if hold == "brief":
            lane.hold_briefly("a law")
        elif hold is not None:
            lane.hold(hold, "a law")
        now = self.loop.time()
        self.holds.append((lane, now, now + lane.stats().held_for))

    def exchange(self, number, call):
        async def run():
            lane = self.begun[number].lane
            assert lane.flying is not None
            self.at_once[lane] += 1
            self.most_at_once = max(self.most_at_once, self.at_once[lane])
            self.started.append(number)
            self.starts.append((lane, self.loop.time()))
            if number in self.gone:
                self.unwanted.append(number)
            try:
                if call.length:
                    await asyncio.sleep(call.length)
                self.hold(call.hold, lane)
                if call.hold is None:
                    lane.served()
                if call.ending == "error":
                    raise ZeroDivisionError(number)
                if call.ending == "cancelled itself":
                    raise asyncio.CancelledError
                return number
            finally:
                self.at_once[lane] -= 1

        return run

    async def call(self, number, call):
        self.submitted.append(number)
        self.begun[number] = mine = begun(
            priority=call.priority,
            queue_timeout=call.queue_timeout,
            deadline=call.deadline,
            max_rate_limit_wait=call.patience,
        )
        for _ in range(call.turns):
            value = await self.queue.turn(
                mine, self.exchange(number, call), max_waiting=call.max_waiting
            )
        return value

    async def under(self, number, call):
        """The call, under what will cancel it."""
        if call.cancel_after is None or call.scope.startswith("task"):
            return await self.call(number, call)
        if call.scope == "asyncio.timeout":
            async with asyncio.timeout(call.cancel_after):
                return await self.call(number, call)
        if call.scope == "anyio":
            with anyio.fail_after(call.cancel_after):
                return await self.call(number, call)
        values = []

        async def member():
            values.append(await self.call(number, call))

        async with anyio.create_task_group() as group:
            group.start_soon(member)
            group.cancel_scope.deadline = anyio.current_time() + call.cancel_after
        return values[0] if values else None

    def note(self, number, outcome):
        # A second outcome would be as wrong as none.
        assert number not in self.outcomes
        self.outcomes[number] = outcome

    async def caller(self, number, call):
        try:
            self.note(number, ("value", await self.under(number, call)))
        except asyncio.CancelledError:
            self.note(number, ("cancelled", None))
            raise
        except ExceptionGroup as group:
            (error,) = group.exceptions
            self.note(number, ("error", error))
        except Exception as error:  # noqa: BLE001  # each is an outcome, judged later
            self.note(number, ("error", error))

    def happen(self, event):
        if event.what == "hold":
            self.hold(event.hold)
        elif event.what == "drop the owner":
            self.queue.drop("me", "a law")
        elif event.what == "fall back":
            self.lane.follow(lane.task for lane in self.lanes[1:] if lane.task is not None)
            self.queue.serve_by(self.lanes[:1])
        elif (flight := self.lane.flight("me")) is not None:
            flight.cancel()

    def cancel(self, number, task, hops, *, twice):
        if hops:
            self.loop.call_soon(lambda: self.cancel(number, task, hops - 1, twice=twice))
            return
        flights = [lane.flying for lane in self.lanes if lane.flying is not None]
        mine = self.begun.get(number)
        if all(flight.calls[0] is not mine for flight in flights):
            self.gone.add(number)
        task.cancel()
        if twice:
            self.loop.call_soon(task.cancel)

    async def play(self, program, happenings):
        tasks = []

        def start(number, call):
            task = self.loop.create_task(self.caller(number, call))
            tasks.append(task)
            if call.cancel_after is not None and call.scope.startswith("task"):
                twice = call.scope == "task twice"
                self.loop.call_later(
                    call.cancel_after,
                    lambda: self.cancel(number, task, call.hops, twice=twice),
                )

        for number, call in enumerate(program):
            self.loop.call_later(call.at, start, number, call)
        for event in happenings:
            self.loop.call_later(event.at, self.happen, event)
        for tick in range(60):
            self.loop.call_later(tick / 4 + 0.1, self.look)
        await asyncio.sleep(11)
        _, forgotten = await asyncio.wait(tasks, timeout=1e6)
        assert not forgotten

    def look(self):
        """Between all other moments: does a lane do nothing although it could?"""
        now = self.loop.time()
        if self.queue.used and not self.gates and not self.lane._followed:
            self.idle += [
                now
                for lane in self.queue.lanes
                if lane.flying is None and lane.held_until <= now - 1e-6
            ]

    async def settle(self):
        """Let what runs on without its callers come to its end."""
        for lane in self.lanes:
            while not await lane.settle():  # noqa: ASYNC110  # an exchange tells no event
                await asyncio.sleep(1)

    async def serves_afterwards(self):
        async def fresh():
            return "served"

        return await self.queue.turn(begun(owner="you"), fresh)


# ----------------------------------------------------------------------------------- the laws


def may_end_so(call, outcome, happenings, steps):
    """Whether an outcome is one that the call's own program allows for."""
    kind, value = outcome
    if kind == "value":
        return True
    if kind == "cancelled":
        return call.cancel_after is not None
    if type(value) is TimeoutError:
        return call.scope in {"asyncio.timeout", "anyio"}
    return {
        ZeroDivisionError: call.ending == "error",
        errors.QueueTimeoutError: call.queue_timeout is not None,
        errors.DeadlineError: call.deadline is not None,
        errors.RateLimitError: True,
        errors.LaneFullError: call.max_waiting is not None,
        errors.ClientClosedError: any(event.what == "drop the owner" for event in happenings),
        errors.ReadError: call.ending == "cancelled itself"
        or any(event.what == "kill the exchange" for event in happenings),
        errors.LaneError: any(fails for _, _, fails, _ in steps or ()),
    }[type(value)]


@settings(max_examples=3 * settings().max_examples)
@given(
    program=st.lists(calls, min_size=1, max_size=25),
    happenings=st.lists(events, max_size=6),
    steps=gates,
    eager=eagerness,
    count=st.sampled_from([1, 1, 2, 3]),
)
def test_whatever_happens_one_exchange_at_a_time_and_one_outcome_a_caller(
    program, happenings, steps, eager, count
):
    async def main():
        run = Run(steps, eager=eager, count=count)
        await run.play(program, happenings)
        # Nobody waits any more, although an exchange that nobody wants may still be under way.
        assert run.queue.waiting == {"interactive": 0, "bulk": 0}
        assert run.queue.newcomers == 0
        await run.settle()
        stats = [lane.stats() for lane in run.lanes]
        assert all(lane.in_flight == 0 for lane in stats)
        assert sum(lane.sent for lane in stats) == len(run.started)
        assert all(lane.sent == lane.waits for lane in stats)
        assert len(run.queue.line.places) <= max(FEWEST_TO_COMPACT, len(program))
        for gate in run.gates:
            assert gate.held == 0  # nobody waits: somebody else may have it
            gate.steps.clear()
        assert await run.serves_afterwards() == "served"
        await run.settle()
        assert run.most_at_once <= 1
        for gate in run.gates:
            assert gate.held == 0
            assert gate.most_held <= 1
        return run

    gc.freeze()  # what is older than the run need not be searched below
    run = run_virtual(main())
    for lane, start in run.starts:
        told = [(made, end) for whose, made, end in run.holds if whose is lane]
        assert all(end <= start + 1e-6 for made, end in told if made < start)
    assert run.unwanted == []
    assert run.idle == []
    assert sorted(run.outcomes) == [*range(len(program))]
    for number, outcome in run.outcomes.items():
        assert may_end_so(program[number], outcome, happenings, steps)
        kind, value = outcome
        if kind == "value" and value is not None:
            assert value == number  # its own, and nobody else's
    reported = run.reported
    del run, outcome, value
    gc.collect()  # an error that nobody looked at is reported when it is thrown away
    gc.unfreeze()
    assert reported == []


@given(
    st.lists(
        st.tuples(moments, st.sampled_from(["interactive", "bulk"]), lengths),
        min_size=2,
        max_size=20,
    ),
    st.lists(st.builds(Event, at=moments, what=st.just("hold"), hold=holds), max_size=3),
    gates.map(
        lambda steps: steps and [(delay, hold, False, lost) for delay, hold, _, lost in steps]
    ),
)
def test_calls_of_equal_level_start_in_the_order_of_submission(plan, happenings, steps):
    """And all are served, since all are patient."""
    program = [
        attrs.evolve(PATIENT, at=at, priority=priority, length=length)
        for at, priority, length in plan
    ]

    async def main():
        run = Run(steps)
        await run.play(program, happenings)
        return run

    run = run_virtual(main())
    for level in HANDICAP:
        started = [number for number in run.started if program[number].priority == level]
        assert started == [number for number in run.submitted if program[number].priority == level]
    assert run.outcomes == {number: ("value", number) for number in range(len(program))}


@given(
    st.lists(st.tuples(st.sampled_from(["interactive", "bulk"]), lengths), min_size=2, max_size=15)
)
def test_bulk_is_overtaken_for_thirty_seconds_and_not_longer(plan):
    async def main():
        run = Run()
        first = attrs.evolve(PATIENT, length=100.0)
        tasks = [asyncio.ensure_future(run.caller(0, first))]
        await asyncio.sleep(1)
        submitted = {}
        for number, (priority, length) in enumerate(plan, 1):
            call = attrs.evolve(first, priority=priority, length=length)
            submitted[number] = run.loop.time() + HANDICAP[priority]
            tasks.append(asyncio.ensure_future(run.caller(number, call)))
            await asyncio.sleep(length)
        await asyncio.wait(tasks)
        # All but the last few came while the first was under way, and so were waiting together.
        waiting = [number for number, moment in submitted.items() if moment < 1100.0]
        return [number for number in run.started[1:] if number in waiting], submitted

    started, submitted = run_virtual(main())
    together = [number for number in started if submitted[number] - 30 < 1100.0]
    assert together == sorted(together, key=lambda number: (submitted[number], number))


@given(st.lists(st.one_of(st.just("brief"), st.floats(0, 700)), min_size=1, max_size=12))
def test_a_hold_only_ever_rises_while_it_is_in_force(seconds):
    async def main():
        run = Run()
        end = 0.0
        for each in seconds:
            before = run.loop.time() + run.lane.stats().held_for
            run.hold(each)
            end = run.loop.time() + run.lane.stats().held_for
            assert end >= before
            if each != "brief":
                assert run.lane.stats().held_for >= each - 1e-6
        mine = begun(max_rate_limit_wait=1e6)

        async def when():
            return run.loop.time()

        assert await run.queue.turn(mine, when) >= end - 1e-6
        assert run.lane.stats().held_for == pytest.approx(0, abs=1e-6)

    run_virtual(main())


@pytest.mark.no_cover  # thousands of calls alike; others tell what is covered
@given(
    st.lists(st.integers(1, 80), min_size=1, max_size=12),
    st.sampled_from(["task", "drop", "hold"]),
)
def test_storms_of_cancelled_calls_during_a_hold_do_not_grow_the_heap(storms, by):
    async def main():
        run = Run()
        run.lane.hold(600, "a law")
        survivor = asyncio.ensure_future(run.caller(-1, PATIENT))
        number = 0
        for storm in storms:
            tasks = []
            for _ in range(storm):
                mine = begun(priority="bulk", owner="storm", max_rate_limit_wait=700.0)
                tasks.append(
                    asyncio.ensure_future(run.queue.turn(mine, run.exchange(number, PATIENT)))
                )
                number += 1
            await asyncio.sleep(0)
            if by == "task":
                for task in tasks:
                    task.cancel()
            elif by == "drop":
                run.queue.drop("storm", "a law")
            else:
                run.lane.hold(run.lane.stats().held_for + 1000.0, "too long for the storm")
            results = await asyncio.gather(*tasks, return_exceptions=True)
            assert not any(isinstance(result, int) for result in results)
            assert sum(run.lane.stats().waiting.values()) == 1
            assert len(run.queue.line.places) <= FEWEST_TO_COMPACT
            if by == "hold":
                break
        await survivor
        assert run.started == [-1]

    run_virtual(main())


@pytest.mark.parametrize("whom", [0, 1], ids=["flying", "waiting"])
@pytest.mark.parametrize("ending", ["value", "error", "cancelled itself"])
@pytest.mark.parametrize("hops", range(8))
def test_a_cancellation_in_any_moment_around_an_exchanges_end_is_neither_lost_nor_reported(
    whom, ending, hops
):
    async def main():
        run = Run()
        program = [
            attrs.evolve(PATIENT, at=number / 8, length=1.0, ending=ending) for number in range(3)
        ]
        # The first exchange ends in that moment, and the second call is the next to go.
        program[whom] = attrs.evolve(program[whom], cancel_after=1 - whom / 8, hops=hops)
        await run.play(program, [])
        assert run.lane.stats().waiting == {"interactive": 0, "bulk": 0}
        return run

    gc.freeze()
    run = run_virtual(main())
    assert run.most_at_once == 1
    assert run.unwanted == []
    assert sorted(run.outcomes) == [0, 1, 2]
    assert run.outcomes[2][0] == ("value" if ending == "value" else "error")
    reported = run.reported
    del run
    gc.collect()
    gc.unfreeze()
    assert reported == []


def test_a_deadline_is_told_as_a_deadline_on_a_clock_of_coarse_ticks():
    # A timer may fire one tick of the clock early, which is 16 ms on some systems.
    async def main():
        run = Run()
        run.loop._clock_resolution = 0.016
        first = attrs.evolve(PATIENT, length=100.0)
        flying = asyncio.ensure_future(run.caller(0, first))
        await asyncio.sleep(0)
        run.loop.call_later(2.99, flying.done)  # a reason for the loop to wake up a little early
        with pytest.raises(errors.DeadlineError):
            await run.call(1, attrs.evolve(first, deadline=3.0))
        assert run.loop.time() < 1003.0
        await flying

    run_virtual(main())
