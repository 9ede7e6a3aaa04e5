"""However an exchange ends: its callers are told, the next one starts, and nothing is kept."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import inspect
import logging
import weakref

import pytest

from sitoo_async import RetryPolicy, SitooClient, errors
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.queue import Queue
from sitoo_async.testing import FakeSitoo, Fault
from tests.lane._bench import FakeGate, PromptGate, begun, gated, turns

pytestmark = [pytest.mark.virtual_time, pytest.mark.eager_too]


@pytest.fixture
async def told():
    """What the loop is told of where nobody else can be."""
    seen = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: seen.append(context["exception"]))
    return seen


# Whatever others do -------------------------------------------------------------------------


class BrokenLogError(Exception):
    pass


@pytest.fixture
def broken_log(caplog):
    """A log that raises at every word, as one with a filter of the user's may."""

    def fail(_):
        raise BrokenLogError

    logger = logging.getLogger("sitoo_async")
    caplog.set_level(logging.DEBUG, logger.name)
    logger.addFilter(fail)
    yield
    logger.removeFilter(fail)


@pytest.mark.usefixtures("broken_log")
async def test_a_log_that_raises_when_an_exchange_is_lost_keeps_nobody_waiting(bench, told):
    flying, waiting = bench.start("flying", 10.0), bench.start("waiting")
    await asyncio.sleep(1)
    bench.lane.flight("me").cancel()
    with pytest.raises(errors.ReadError, match="cancelled from outside"):
        await flying
    assert await waiting == "waiting"
    assert [type(error) for error in told] == [BrokenLogError]


@pytest.mark.usefixtures("broken_log")
@pytest.mark.parametrize("kind", [FakeGate, PromptGate])
async def test_a_log_that_raises_when_a_gate_is_lost_keeps_nobody_waiting(kind, told):
    gate, bench = await gated(kind)
    gate.fails_back = errors.GateLostError("the lease ran out")
    assert await asyncio.gather(bench.start("a"), bench.start("b")) == ["a", "b"]
    gate.fails_back = None
    assert await bench.call("c") == "c"
    assert {type(error) for error in told} == {BrokenLogError}


@pytest.mark.usefixtures("broken_log")
async def test_a_log_that_raises_when_another_process_was_lost_keeps_nobody_waiting(told):
    gate, bench = await gated(abandoned=True)
    first = bench.start("first")
    await turns(10)
    gate.abandoned = False
    assert await first == "first"
    assert bench.log == [("first", 0.2)]
    assert [type(error) for error in told] == [BrokenLogError]


@pytest.mark.usefixtures("broken_log")
async def test_a_log_that_raises_when_another_keys_exchange_is_lost_keeps_nobody(bench, told):
    other = Lane(bench.loop)
    flying = asyncio.ensure_future(other.queue.turn(begun(), bench.exchange("other", 10.0)))
    await turns()
    bench.lane.follow([other.task])
    waiting = bench.start("waiting")
    await turns()
    other.task.cancel()
    with pytest.raises(errors.ReadError):
        await flying
    assert await waiting == "waiting"
    assert {type(error) for error in told} == {BrokenLogError}


async def test_a_task_factory_that_raises_is_told_to_each_caller_and_leaves_the_lane_free(bench):
    def refuse(*_, **__):
        raise ZeroDivisionError("no more tasks")

    bench.lane.hold(1, "until they all wait")
    calls = [bench.start(number) for number in range(3)]
    await turns()
    factory = bench.loop.get_task_factory()
    bench.loop.set_task_factory(refuse)
    await asyncio.wait(calls)
    bench.loop.set_task_factory(factory)
    for call in calls:
        with pytest.raises(errors.LaneError, match="no more tasks") as caught:
            await call
        assert isinstance(caught.value.__cause__, ZeroDivisionError)
        assert caught.value.sent == "no"
    assert await bench.call("after") == "after"
    assert bench.names == ["after"]


async def test_what_stops_an_exchange_before_it_first_waits_leaves_the_lane_free(bench):
    """An eager task lets out what ends the process, and somebody may yet keep that from ending."""

    async def stop():
        raise KeyboardInterrupt

    flying = bench.lane.queue.turn(begun(), stop)
    factory = bench.loop.get_task_factory()
    bench.loop.set_task_factory(lambda _, coroutine, **__: coroutine.send(None))
    with pytest.raises(KeyboardInterrupt):
        await flying
    bench.loop.set_task_factory(factory)
    await turns()
    assert await bench.call("after") == "after"
    assert not bench.lane.busy


@pytest.mark.parametrize("fails", [False, True])
async def test_a_task_that_is_over_as_soon_as_it_is_made_lands_afterwards(bench, fails):
    """As with eager tasks: one exchange must not start inside of another, and so on."""

    async def at_once():
        ran.append(bench.lane.flying)
        if fails:
            raise ZeroDivisionError

    class Over(asyncio.Future):
        def set_name(self, _): ...

    def over(loop, coroutine, **_):
        done = Over(loop=loop)
        try:
            coroutine.send(None)
        except StopIteration as end:
            done.set_result(end.value)
        except ZeroDivisionError as error:
            done.set_exception(error)
        return done

    ran = []
    bench.lane.hold(1, "until they all wait")
    calls = [asyncio.ensure_future(bench.lane.queue.turn(begun(), at_once)) for _ in range(300)]
    await turns()
    factory = bench.loop.get_task_factory()
    bench.loop.set_task_factory(over)
    await asyncio.wait(calls)
    bench.loop.set_task_factory(factory)
    kinds = {type(call.exception()) for call in calls}
    assert kinds == ({ZeroDivisionError} if fails else {type(None)})
    assert len({*ran}) == 300
    assert not bench.lane.busy


async def test_a_gate_is_told_to_hold_back_after_an_exchange_that_was_lost():
    gate, bench = await gated(PromptGate)
    flying = bench.start("flying")
    await turns()
    bench.lane.task.cancel()
    with pytest.raises(errors.ReadError):
        await flying
    assert gate.log == ["ask now", "give 0.2"]


@pytest.mark.parametrize("limit", ["queue_timeout", "deadline"])
async def test_a_call_that_can_not_enter_leaves_nothing_in_the_queue(bench, limit, monkeypatch):
    def fail(*_, **__):
        raise OverflowError("no such moment")

    flying = bench.start("flying")
    await turns()
    with monkeypatch.context() as broken:
        broken.setattr(bench.loop, "call_at", fail)
        with pytest.raises(OverflowError):
            await bench.call("broken", **{limit: 5.0})
    assert bench.lane.stats().waiting == {"interactive": 0, "bulk": 0}
    assert await asyncio.gather(flying, bench.start("after")) == ["flying", "after"]
    assert bench.names == ["flying", "after"]


# Contexts -----------------------------------------------------------------------------------

request = contextvars.ContextVar("request")


class Request:
    """What a web framework would keep in a context for as long as it answers."""


class Caller:
    """A call from a task whose context holds something that is to go with it."""

    def __init__(self, call):
        self.kept = None
        self.task = asyncio.ensure_future(self._run(call))

    async def _run(self, call):
        mine = Request()
        self.kept = weakref.ref(mine)
        request.set(mine)
        del mine
        await call()

    async def ends(self):
        await asyncio.wait({self.task})
        self.task = None
        await turns()  # the loop is through with it
        gc.collect()

    @property
    def forgotten(self):
        return self.kept() is None


async def test_a_busy_lane_keeps_no_callers_context(bench):
    first = Caller(lambda: bench.call("first"))
    await turns()
    others = [bench.start(number) for number in range(5)]
    await first.ends()
    assert bench.lane.stats().in_flight == 1
    assert first.forgotten
    await asyncio.gather(*others)


@pytest.mark.parametrize("limit", ["queue_timeout", "deadline"])
async def test_a_timer_that_was_stopped_keeps_no_callers_context(bench, limit):
    bench.start("flying")
    bench.start("next")
    await turns()
    caller = Caller(lambda: bench.call("waits first", **{limit: 3600.0}))
    # The loop drops what was stopped as soon as it comes next, so something has to come before.
    before = bench.loop.call_later(600, lambda: None)
    await caller.ends()
    assert caller.forgotten
    before.cancel()


async def test_a_hold_keeps_no_context_of_a_caller_who_gave_up(bench):
    bench.lane.hold(600, "slot")
    caller = Caller(lambda: bench.call("gives up"))
    await turns()
    caller.task.cancel()
    await caller.ends()
    assert caller.forgotten


async def test_the_lane_that_follows_another_keeps_no_callers_context(bench):
    other = Lane(bench.loop)
    flying = asyncio.ensure_future(other.queue.turn(begun(), bench.exchange("other", 10.0)))
    await turns()

    async def follow():
        bench.lane.follow([other.task])

    caller = Caller(follow)
    await caller.ends()
    assert not flying.done()
    assert caller.forgotten
    await flying


async def test_a_gate_that_is_asked_keeps_no_context_of_the_caller_for_whom_it_was():
    gate, bench = await gated(free=False)
    caller = Caller(lambda: bench.call("gives up"))
    await turns()
    caller.task.cancel()
    await caller.ends()
    assert gate.log == ["ask"]  # and still waits for its answer
    assert caller.forgotten


async def test_keys_whose_gates_are_asked_one_by_one_keep_no_callers_context():
    gates = [FakeGate(free=False) for _ in range(2)]
    loop = asyncio.get_running_loop()
    lanes = [Lane(loop, gate=gate) for gate in gates]
    queue = Queue(loop, *lanes)

    async def call():
        await queue.turn(begun(), lambda: None)

    caller = Caller(call)
    await asyncio.sleep(0)
    caller.task.cancel()
    await caller.ends()
    assert [gate.log for gate in gates] == [["ask"], []]
    assert caller.forgotten


def retry(client):
    return client.with_options(retry=RetryPolicy(pause=100.0, longest_pause=100.0)).products.get(1)


def batch(client):
    items = [{"productid": number, "title": "new"} for number in range(2000)]
    return client.with_options(queue_timeout=0.01).products.update_many(items)


@pytest.mark.parametrize(
    ("pausing", "fault"), [(retry, Fault.answer(500)), (batch, Fault.slow(100.0))]
)
async def test_a_pause_keeps_no_context_of_a_caller_who_gave_up(pausing, fault):
    before = asyncio.get_running_loop().call_later(0.08, lambda: None)  # as above
    async with FakeSitoo(products=1) as fake, SitooClient(**fake.credentials) as client:
        fake.script(fault)
        slow = asyncio.ensure_future(client.products.get(1)) if pausing is batch else None
        await turns()
        caller = Caller(lambda: pausing(client))
        await asyncio.sleep(0.05)
        assert client.stats().waiting == {"interactive": 0, "bulk": 0}
        caller.task.cancel()
        await caller.ends()
        assert caller.forgotten
        if slow is not None:
            await slow
    before.cancel()


async def test_who_closes_a_client_leaves_no_context_with_it():
    before = asyncio.get_running_loop().call_later(5.0, lambda: None)  # as above
    async with FakeSitoo(products=1) as fake:
        client = SitooClient(**fake.credentials, grace=10.0)
        fake.script(Fault.slow(1.0))
        call = asyncio.ensure_future(client.products.get(1))
        await asyncio.sleep(0.1)
        caller = Caller(lambda: client.aclose(drain=False))
        await call
        await caller.ends()
        assert caller.forgotten
    before.cancel()


# Failures -----------------------------------------------------------------------------------


at_once = RetryPolicy(attempts=1)

FAILURES = {
    "missing": (errors.NotFoundError, Fault.answer(404), {}),
    "refused": (
        errors.RateLimitError,
        Fault.answer(429, headers={"X-Rate-Limit-Reset": "60"}),
        {"max_rate_limit_wait": 1.0},
    ),
    "broken": (errors.ServerError, Fault.html502(times=2), {"retry": RetryPolicy(attempts=2)}),
    "lost": (errors.ReadError, Fault.drop(), {"retry": at_once}),
    "unreadable": (errors.DecodeError, Fault.answer(200, body=b"[]"), {}),
    "too late": (errors.DeadlineError, Fault.slow(1.0), {"deadline": 0.5}),
    "late again": (errors.ServerError, Fault.html502(times=9), {"deadline": 0.15}),
}


def ours_among(garbage):
    """What the collector found of ours: objects, and the frames of our code."""
    frames = [each.f_code.co_filename for each in garbage if inspect.isframe(each)]
    kinds = [type(each).__module__ for each in garbage]
    return [name for name in kinds if name.startswith("sitoo_async")] + [
        name for name in frames if "sitoo_async" in name and "testing" not in name
    ]


async def leaves(failing):
    """What is left of a call that failed, for the collector to find."""
    gc.collect()
    gc.disable()
    try:
        with contextlib.suppress(errors.SitooError):
            await failing()
        await turns()
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        return ours_among(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


@pytest.mark.parametrize(("kind", "fault", "options"), FAILURES.values(), ids=FAILURES)
async def test_a_call_that_fails_leaves_nothing_for_the_collector(kind, fault, options):
    async with FakeSitoo(products=1) as fake, SitooClient(**fake.credentials) as client:
        await client.products.get(1)
        view = client.with_options(**options)

        async def failing():
            fake.script(fault)
            with pytest.raises(kind):
                await view.products.get(1)

        assert await leaves(failing) == []


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (errors.QueueTimeoutError, {"queue_timeout": 0.1}),
        (errors.DeadlineError, {"deadline": 0.1}),
        (errors.LaneFullError, {"max_waiting": 0}),
    ],
    ids=["queue_timeout", "deadline", "max_waiting"],
)
async def test_a_call_whose_turn_does_not_come_leaves_nothing_for_the_collector(kind, options):
    async with FakeSitoo(products=2) as fake, SitooClient(**fake.credentials) as client:
        await client.products.get(1)
        fake.script(Fault.slow(1.0))
        busy = asyncio.ensure_future(client.products.get(1))
        await turns()

        async def failing():
            with pytest.raises(kind):
                await client.with_options(**options).products.get(2)

        assert await leaves(failing) == []
        await busy
