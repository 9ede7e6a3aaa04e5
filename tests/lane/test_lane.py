"""The lane's rules, one by one, on virtual time."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import logging

import anyio
import pytest

from sitoo_async import errors
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.registry import lane_for
from sitoo_async.testing import VirtualTimeLoop
from tests.lane._bench import Bench, FakeGate, PromptGate, begun, gated, turns

pytestmark = [pytest.mark.virtual_time, pytest.mark.eager_too]


# ------------------------------------------------------------------------ 1: one lane per key


async def test_clients_of_one_key_share_a_lane_and_others_have_their_own():
    loop = asyncio.get_running_loop()
    lane = lane_for(loop, "https://a.example", "1-1")
    assert lane_for(loop, "https://a.example", "1-1") is lane
    assert lane_for(loop, "https://a.example", "1-2") is not lane
    assert lane_for(loop, "https://b.example", "1-1") is not lane


async def test_a_gate_that_is_equal_is_the_same_gate():
    loop = asyncio.get_running_loop()
    lane = lane_for(loop, "https://gate.example", "1-2", EqualGate())
    assert lane_for(loop, "https://gate.example", "1-2", EqualGate()) is lane
    await lane.queue.turn(begun(), lambda: asyncio.sleep(0))
    assert lane.gate.keys == ["https://gate.example 1-2"]  # what the gate was asked for


async def test_another_gate_on_an_existing_lane_is_a_configuration_error():
    loop = asyncio.get_running_loop()
    lane_for(loop, "https://gate.example", "1-1", FakeGate())
    with pytest.raises(errors.ConfigurationError, match="another gate") as caught:
        lane_for(loop, "https://gate.example", "1-1")
    assert caught.value.field == "gate"


def test_the_lanes_of_a_closed_loop_are_forgotten():
    lanes = []

    async def remember():
        lanes.append(lane_for(asyncio.get_running_loop(), "https://c.example", "1-1"))

    asyncio.run(remember())
    asyncio.run(remember())
    assert lanes[0] is not lanes[1]


async def test_dropping_one_owners_calls_leaves_the_others_alone(bench):
    first = bench.start("first", owner="a")
    gone = bench.start("gone", owner="a")
    stays = bench.start("stays", owner="b")
    await turns()
    bench.lane.queue.drop("a", "closed")
    assert await stays == "stays"
    assert await first == "first"
    with pytest.raises(errors.ClientClosedError, match="closed"):
        await gone
    assert bench.names == ["first", "stays"]


# ------------------------------------------------------- 2: no task waits; the exchange frees


async def test_one_exchange_at_a_time_in_the_order_of_submission(bench):
    calls = [bench.start(number) for number in range(10)]
    assert await asyncio.gather(*calls) == [*range(10)]
    assert bench.log == [(number, float(number)) for number in range(10)]
    assert bench.most_at_once == 1


async def test_the_next_exchange_starts_before_the_caller_of_the_last_goes_on(bench):
    async def first():
        await bench.call("first")
        bench.log.append(("decoding", bench.now()))

    caller = asyncio.ensure_future(first())
    await asyncio.gather(caller, bench.start("second"))
    assert bench.names == ["first", "second", "decoding"]


async def test_an_idle_lane_has_no_task_and_no_timer(bench):
    before = asyncio.all_tasks()
    await bench.call("only")
    assert asyncio.all_tasks() == before


async def test_the_exchange_runs_in_the_context_of_its_caller(bench):
    variable = contextvars.ContextVar("variable", default="nobody")

    async def caller(name):
        variable.set(name)

        async def exchange():
            await asyncio.sleep(0.1)
            return variable.get()

        return await bench.lane.queue.turn(begun(), exchange)

    results = await asyncio.gather(*(asyncio.ensure_future(caller(n)) for n in "abc"))
    assert results == ["a", "b", "c"]


async def test_calling_the_lane_from_inside_an_exchange_raises(bench):
    async def exchange():
        return await bench.call("inner")

    with pytest.raises(errors.ReentryError):
        await bench.lane.queue.turn(begun(), exchange)
    assert await bench.call("after") == "after"


async def test_a_task_that_an_exchange_starts_may_call_and_waits_its_turn(bench):
    started = []

    async def exchange():
        started.append(asyncio.ensure_future(bench.call("child")))
        await asyncio.sleep(1)
        return "parent"

    assert await bench.lane.queue.turn(begun(), exchange) == "parent"
    assert await started[0] == "child"


async def test_an_error_of_the_exchange_reaches_its_caller_and_frees_the_lane(bench):
    failing = bench.start("failing", fails=ZeroDivisionError("mine"))
    after = bench.start("after")
    with pytest.raises(ZeroDivisionError, match="mine"):
        await failing
    assert await after == "after"


async def test_an_exchange_that_ends_without_waiting_frees_the_lane_too(bench):
    async def at_once():
        return "at once"

    assert await bench.lane.queue.turn(begun(), at_once) == "at once"
    assert await bench.call("after") == "after"


# -------------------------------------------------------------------------- 3: cancellation


async def test_cancelling_a_waiting_caller_removes_it_at_once(bench):
    first = bench.start("first")
    waiting = bench.start("waiting")
    last = bench.start("last")
    await turns()
    waiting.cancel()
    await turns()
    assert bench.lane.stats().waiting == {"interactive": 1, "bulk": 0}
    await asyncio.gather(first, last)
    assert waiting.cancelled()
    assert bench.log == [("first", 0.0), ("last", 1.0)]


async def test_a_caller_cancelled_in_the_moment_of_its_turn_is_passed_over(bench):
    waiting = None

    def cancel():
        waiting.cancel()

    first = bench.start("first", then=cancel)
    waiting = bench.start("waiting")
    last = bench.start("last")
    await asyncio.gather(first, last)
    assert waiting.cancelled()
    assert bench.names == ["first", "last"]


async def test_cancelling_in_flight_returns_at_once_and_the_exchange_runs_on(bench):
    flying = bench.start("flying", 10.0)
    waiting = bench.start("waiting")
    await asyncio.sleep(1)
    flying.cancel()
    with pytest.raises(asyncio.CancelledError):
        await flying
    assert bench.now() == 1.0
    assert bench.lane.stats().in_flight == 1
    await waiting
    assert bench.log == [("flying", 0.0), ("waiting", 10.0)]
    assert bench.most_at_once == 1


async def test_asyncio_timeout_in_flight_leaves_the_lane_busy(bench):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(2):
            await bench.call("flying", 10.0)
    assert bench.now() == 2.0
    await bench.call("next")
    assert bench.log[1] == ("next", 10.0)


async def test_a_task_group_that_fails_leaves_nothing_behind(bench):
    async def fail():
        await asyncio.sleep(0.5)
        raise ValueError

    async def grouped():
        async with asyncio.TaskGroup() as group:
            group.create_task(bench.call("flying", 3.0))
            group.create_task(bench.call("waiting", 3.0))
            group.create_task(fail())

    with pytest.raises(ExceptionGroup):
        await grouped()
    assert bench.lane.stats().waiting["interactive"] == 0
    await bench.call("next")
    assert bench.log == [("flying", 0.0), ("next", 3.0)]


async def test_anyio_scopes_cancel_again_and_again_and_still_nothing_overlaps(bench):
    with anyio.move_on_after(1):
        await bench.call("flying", 5.0)
    assert bench.now() == 1.0
    with anyio.move_on_after(1):
        await bench.call("waiting")
    assert bench.now() == 2.0
    async with anyio.create_task_group() as group:
        group.start_soon(bench.call, "grouped")
        await anyio.sleep(0.1)
        group.cancel_scope.cancel()
    await bench.call("next")
    assert bench.log == [("flying", 0.0), ("next", 5.0)]
    assert bench.most_at_once == 1


async def test_an_error_that_comes_in_the_moment_of_cancellation_is_not_reported_lost(bench):
    reported = []
    bench.loop.set_exception_handler(lambda _, context: reported.append(context))
    callers = []

    def cancel_soon():
        # After the lane has told the caller, before the caller has run.
        bench.loop.call_soon(callers[0].cancel)

    callers.append(bench.start("flying", fails=ValueError("late"), then=cancel_soon))
    await asyncio.wait(callers)
    assert callers.pop().cancelled()
    gc.collect()
    assert reported == []


async def test_an_exchange_cancelled_from_outside_starts_nothing_and_tells_its_caller(bench):
    flying = bench.start("flying", 10.0)
    waiting = bench.start("waiting")
    await asyncio.sleep(1)
    bench.lane.flight("me").cancel()
    with pytest.raises(errors.ReadError) as caught:
        await flying
    assert caught.value.sent == "unknown"
    assert bench.names == ["flying"]  # nothing yet: the hold after a lost exchange
    await waiting
    assert bench.log[1] == ("waiting", 1.2)


def test_a_loop_that_shuts_down_ends_in_peace(caplog):
    async def main():
        made = Bench()
        for number in range(3):
            made.start(number, 100.0)
        await asyncio.sleep(1)
        return made

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        made = runner.run(main())
    assert made.names == [0]
    assert caplog.records == []


# ------------------------------------------------------------------------------------ 4: order


async def test_interactive_calls_overtake_bulk_and_bulk_does_not_starve(bench):
    await bench.call("start", 0.0)
    bench.log.clear()
    bench.start("busy", 1.0)
    await turns()
    bulk = bench.start("bulk", 1.0, priority="bulk")
    await turns()
    stream = []

    async def talk():
        for number in range(60):
            stream.append(bench.start(number, 1.0))
            await asyncio.sleep(0.9)

    await talk()
    await asyncio.gather(bulk, *stream)
    at = bench.names.index("bulk")
    began = bench.log[at][1]
    # Overtaken by the calls of the next 30 s, and by none that came later.
    assert 25 <= began <= 45
    assert bench.names[1] == 0


async def test_an_interactive_call_waits_for_at_most_one_exchange(bench):
    for number in range(20):
        bench.start(f"bulk {number}", 1.0, priority="bulk")
    await asyncio.sleep(2.5)
    await bench.call("now")
    assert ("now", 3.0) in bench.log


async def test_cancelled_entries_are_compacted_during_a_long_hold(bench):
    bench.lane.hold(600, "a long one")
    survivor = bench.start("survivor")
    storm = [bench.start(number) for number in range(5_000)]
    await turns()
    for call in storm:
        call.cancel()
    await turns()
    assert len(bench.lane.queue.line.places) < 200
    assert bench.lane.stats().waiting["interactive"] == 1
    assert await survivor == "survivor"


# ---------------------------------------------------------------------------------- 5: retries


async def test_a_retry_gives_its_turn_back_and_keeps_its_place(bench):
    call = begun()
    first = asyncio.ensure_future(bench.lane.queue.turn(call, bench.exchange("try 1")))
    other = bench.start("other")
    last = bench.start("last")
    await first
    second = asyncio.ensure_future(bench.lane.queue.turn(call, bench.exchange("try 2")))
    await asyncio.gather(second, other, last)
    # "other" had its turn while the retry was not there; then the retry goes before "last".
    assert bench.names == ["try 1", "other", "try 2", "last"]


async def test_retries_do_not_count_against_max_waiting(bench):
    call = begun()
    await bench.lane.queue.turn(call, bench.exchange("try 1"), max_waiting=1)
    bench.start("flying")
    await turns()
    bench.start("waiting", max_waiting=1)
    await turns()
    again = asyncio.ensure_future(
        bench.lane.queue.turn(call, bench.exchange("try 2"), max_waiting=1)
    )
    await turns()
    with pytest.raises(errors.LaneFullError):
        await bench.call("too many", max_waiting=1)
    await again
    assert bench.names[:3] == ["try 1", "flying", "try 2"]


# ------------------------------------------------------------------------------------ 6: holds


async def test_a_hold_only_ever_rises_and_nothing_starts_before_its_end(bench):
    bench.lane.hold(10, "slot")
    bench.lane.hold(5, "shorter")
    waiting = bench.start("waiting")
    await asyncio.sleep(4)
    bench.lane.hold(20, "longer")
    await waiting
    assert bench.log == [("waiting", 24.0)]


async def test_a_hold_made_inside_an_exchange_comes_before_the_next_start(bench):
    first = bench.start("first", 1.0, then=lambda: bench.lane.hold(10, "slot"))
    second = bench.start("second")
    await asyncio.gather(first, second)
    assert bench.log == [("first", 0.0), ("second", 11.0)]


async def test_a_hold_is_made_although_nobody_waits_for_the_answer_any_more(bench):
    first = bench.start("first", 2.0, then=lambda: bench.lane.hold(10, "slot"))
    await asyncio.sleep(1)
    first.cancel()
    await bench.call("second")
    assert bench.log[1] == ("second", 12.0)


async def test_a_brief_hold_within_a_long_one_changes_nothing(bench):
    bench.lane.hold(60, "slot")
    bench.lane.hold_briefly("busy")
    assert bench.lane.stats().held_for == pytest.approx(60)


async def test_whoever_got_an_answer_gets_it_at_once(bench):
    await bench.call("first", 1.0, then=lambda: bench.lane.hold(600, "slot"))
    assert bench.now() == 1.0


async def test_brief_holds_double_up_to_ten_seconds_until_something_is_served(bench):
    lengths = []
    for _ in range(8):
        bench.lane.hold_briefly("busy")
        lengths.append(round(bench.lane.stats().held_for, 6))
        await asyncio.sleep(lengths[-1])
    assert lengths == [0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 10.0, 10.0]
    bench.lane.served()
    bench.lane.hold_briefly("busy")
    assert bench.lane.stats().held_for == pytest.approx(0.2)


async def test_the_jitter_of_a_hold_is_at_most_a_second_and_a_twentieth():
    lane = Lane(asyncio.get_running_loop(), random=lambda: 1.0)
    lane.hold(4, "short")
    assert lane.stats().held_for == pytest.approx(4.2)
    lane.hold(600, "long")
    assert lane.stats().held_for == pytest.approx(601.0)


async def test_each_long_hold_is_told_once_with_its_length(bench, caplog):
    bench.lane.hold(57, "Sitoo said 429")
    bench.lane.hold(30, "shorter than the one in force")
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in warnings] == ["on hold for 57.0 s: Sitoo said 429"]


# --------------------------------------------------------------------------------- 7: timeouts


async def test_queue_timeout_ends_the_wait_and_nothing_is_sent(bench):
    bench.start("flying", 10.0)
    await turns()
    with pytest.raises(errors.QueueTimeoutError) as caught:
        await bench.call("waiting", queue_timeout=3)
    assert bench.now() == 3.0
    assert caught.value.sent == "no"
    assert isinstance(caught.value, TimeoutError)
    assert bench.names == ["flying"]


async def test_queue_timeout_does_not_run_in_flight(bench):
    assert await bench.call("long", 100.0, queue_timeout=3) == "long"


async def test_queue_timeout_counts_the_waits_of_all_attempts(bench):
    call = begun(queue_timeout=3)
    bench.start("busy", 2.0)
    await turns()
    await bench.lane.queue.turn(call, bench.exchange("try 1"))
    bench.start("busy", 5.0)
    await turns()
    with pytest.raises(errors.QueueTimeoutError):
        await bench.lane.queue.turn(call, bench.exchange("try 2"))
    assert bench.now() == 4.0  # 2 s before the first turn, 1 s before the second


async def test_a_deadline_while_waiting_says_that_nothing_was_sent(bench):
    bench.start("flying", 10.0)
    await turns()
    with pytest.raises(errors.DeadlineError) as caught:
        await bench.call("waiting", deadline=3, queue_timeout=5)
    assert (bench.now(), caught.value.sent) == (3.0, "no")


async def test_a_deadline_in_flight_behaves_like_a_cancellation(bench):
    with pytest.raises(errors.DeadlineError) as caught:
        await bench.call("flying", 10.0, deadline=3)
    assert (bench.now(), caught.value.sent) == (3.0, "unknown")
    await bench.call("next")
    assert bench.log[1] == ("next", 10.0)


async def test_a_turn_asked_for_after_the_deadline_is_refused(bench):
    call = begun(deadline=3)
    await asyncio.sleep(3)
    with pytest.raises(errors.DeadlineError):
        await bench.lane.queue.turn(call, bench.exchange("late"))


@pytest.mark.parametrize(
    "budget", [{"queue_timeout": 5}, {"deadline": 5}, {"max_rate_limit_wait": 5}], ids=str
)
async def test_a_hold_longer_than_the_smallest_budget_is_refused_at_once(bench, budget):
    bench.lane.hold(60, "slot")
    with pytest.raises(errors.RateLimitError) as caught:
        await bench.call("hopeless", **budget)
    assert bench.now() == 0.0
    assert caught.value.retry_after == pytest.approx(60)
    assert caught.value.sent == "no"


@pytest.mark.parametrize(
    "budget", [{"queue_timeout": 5}, {"deadline": 5}, {"max_rate_limit_wait": 5}], ids=str
)
async def test_a_hold_that_comes_later_sends_the_hopeless_home_at_once(bench, budget):
    flying = bench.start("flying", 1.0, then=lambda: bench.lane.hold(60, "slot"))
    await turns()
    hopeless = bench.start("hopeless", **budget)
    patient = bench.start("patient")
    with pytest.raises(errors.RateLimitError) as caught:
        await hopeless
    assert bench.now() == 1.0
    # What is left of the hold, counted from now: when it pays to come back.
    assert caught.value.retry_after == pytest.approx(60)
    assert "another 60.0 s" in str(caught.value)
    await asyncio.gather(flying, patient)


async def test_patience_counts_from_the_first_refusal_of_a_call(bench):
    call = begun(max_rate_limit_wait=100)
    call.refused_since = bench.loop.time()
    await asyncio.sleep(50)
    bench.lane.hold(49, "slot")
    assert await bench.lane.queue.turn(call, bench.exchange("in time")) == "in time"
    bench.lane.hold(10, "slot")
    with pytest.raises(errors.RateLimitError):
        await bench.lane.queue.turn(call, bench.exchange("out of patience"))


# ------------------------------------------------------------------------------ 8: limits, end


async def test_a_full_lane_refuses_at_once(bench):
    flying = bench.start("flying", max_waiting=0)
    await turns()
    with pytest.raises(errors.LaneFullError):
        await bench.call("no room", max_waiting=0)
    waiting = bench.start("waiting", max_waiting=1)
    await turns()
    with pytest.raises(errors.LaneFullError, match="1 calls wait"):
        await bench.call("no room", max_waiting=1)
    await asyncio.gather(flying, waiting)


async def test_the_flight_of_an_owner_is_told_to_that_owner_alone(bench):
    assert bench.lane.flight("me") is None
    flying = bench.start("flying", owner="me")
    await turns()
    assert bench.lane.flight("me") is not None
    assert bench.lane.flight("you") is None
    await flying


# ------------------------------------------------------------------------------------ 9: stats


async def test_stats_tell_what_the_lane_does(bench):
    calls = [bench.start("a", 2.0), bench.start("b", 2.0), bench.start("c", 2.0, priority="bulk")]
    await asyncio.sleep(1)
    stats = bench.lane.stats()
    assert stats.waiting == {"interactive": 1, "bulk": 1}
    assert (stats.in_flight, stats.sent, stats.refused, stats.held_for) == (1, 1, 0, 0)
    assert stats.busy == pytest.approx(1.0)
    bench.lane.refuse()
    bench.lane.hold(30, "slot")
    await asyncio.gather(*calls)
    stats = bench.lane.stats()
    assert stats.waiting == {"interactive": 0, "bulk": 0}
    assert (stats.in_flight, stats.sent, stats.refused, stats.waits) == (0, 3, 1, 3)
    assert stats.busy == pytest.approx(6.0)
    assert stats.longest_wait == pytest.approx(33.0)
    assert stats.waited == pytest.approx(31.0 + 33.0)


# ------------------------------------------------------------------------------------ 10: gate


class EqualGate(FakeGate):
    """Stands for the same right as any other of its kind."""

    def __eq__(self, other):
        return isinstance(other, EqualGate)

    def __hash__(self):
        return 0


async def test_the_lane_takes_the_gate_for_each_exchange_and_gives_it_back():
    gate, bench = await gated()
    await asyncio.gather(bench.start("a"), bench.start("b"))
    await turns()
    assert gate.log == ["ask", "take", "give 0", "ask", "take", "give 0"]
    assert not gate.held


async def test_the_best_waiter_is_picked_after_the_gate_is_taken():
    gate, bench = await gated(free=False)
    first = bench.start("bulk", priority="bulk")
    await asyncio.sleep(1)
    later = bench.start("interactive")
    await turns()
    assert bench.lane.stats().waiting == {"interactive": 1, "bulk": 1}  # they stay in the heap
    gate.free.set()
    await asyncio.gather(first, later)
    assert bench.names == ["interactive", "bulk"]


async def test_a_gate_that_comes_when_nobody_waits_goes_back():
    gate, bench = await gated(free=False)
    waiting = bench.start("gone")
    await turns()
    waiting.cancel()
    await turns()
    gate.free.set()
    await turns(10)
    assert gate.log == ["ask", "take", "give 0"]
    assert bench.names == []
    assert await bench.call("later") == "later"


async def test_the_hold_travels_with_the_gate_both_ways():
    gate, bench = await gated(hold=10.0)
    first = bench.start("first")
    await turns(10)
    # On hold: it goes back at once, and what the gate knows is not told back, since it would come
    # out a little longer each time.
    assert gate.log == ["ask", "take", "give 0"]
    gate.hold = 0.0
    await first
    assert bench.log == [("first", 10.0)]
    await turns()
    gate.log.clear()
    await bench.call("second", then=lambda: bench.lane.hold(60, "slot"))
    await turns()
    assert gate.log[-1] == "give 60"


async def test_a_gate_that_fails_tells_every_waiting_caller_why():
    gate, bench = await gated()
    gate.fails = OSError("the engine is down")
    results = await asyncio.gather(bench.start("a"), bench.start("b"), return_exceptions=True)
    assert all(isinstance(error, errors.LaneError) for error in results)
    assert "the engine is down" in str(results[0])
    assert isinstance(results[0].__cause__, OSError)
    gate.fails = None
    assert await bench.call("c") == "c"


async def test_a_gate_that_can_not_be_given_back_is_told_and_asked_again(caplog):
    gate, bench = await gated()
    gate.fails_back = OSError("the engine went down")
    assert await bench.call("a") == "a"
    await turns()
    gate.fails_back = None
    assert await bench.call("b") == "b"
    assert "could not be given back" in caplog.text


async def test_a_loop_that_shuts_down_while_the_gate_is_asked_for_ends_in_peace():
    gate, bench = await gated(free=False)
    waiting = bench.start("waiting")
    await turns()
    bench.lane._gatekeeper._task.cancel()
    with pytest.raises(errors.LaneError):
        await waiting
    with contextlib.suppress(asyncio.CancelledError):
        gate.free.set()
    assert await bench.call("after") == "after"


async def test_a_right_that_a_lost_process_left_behind_goes_back_with_a_brief_hold():
    gate, bench = await gated(abandoned=True)
    first = bench.start("first")
    await turns(10)
    assert gate.log == ["ask", "take", "give 0.2"]  # the others hold, too
    gate.abandoned = False
    await first
    assert bench.log == [("first", 0.2)]


async def test_a_right_that_was_lost_is_told_and_the_lane_holds_briefly(caplog):
    gate, bench = await gated()
    gate.fails_back = errors.GateLostError("the lease ran out")
    assert await bench.call("a") == "a"
    await turns()
    gate.fails_back = None
    assert await bench.call("b") == "b"
    assert bench.log == [("a", 0.0), ("b", 1.2)]
    lost = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert [record.getMessage() for record in lost] == [
        "the gate was lost while it was held: GateLostError: the lease ran out"
    ]


async def test_a_gate_that_answers_at_once_costs_no_turn_of_the_loop():
    gate, bench = await gated(PromptGate)
    await asyncio.gather(bench.start("a"), bench.start("b"))
    assert gate.log == ["ask now", "give 0", "ask now", "give 0"]
    assert bench.log == [("a", 0.0), ("b", 1.0)]
    assert not gate.held
    assert not bench.lane.busy


async def test_a_gate_without_an_answer_at_once_is_waited_for():
    gate, bench = await gated(PromptGate, free=False)
    waiting = bench.start("a")
    await turns()
    assert gate.log == ["ask now", "ask"]
    gate.free.set()
    assert await waiting == "a"
    assert gate.log == ["ask now", "ask", "take", "give 0"]


async def test_a_hold_that_is_told_at_once_is_waited_out():
    gate, bench = await gated(PromptGate, hold=5.0)
    first = bench.start("a")
    await turns()
    assert gate.log == ["ask now", "give 0"]
    gate.hold = 0.0
    assert await first == "a"
    assert bench.log == [("a", 5.0)]


async def test_a_gate_that_fails_at_once_tells_the_caller_why():
    gate, bench = await gated(PromptGate)
    gate.fails = OSError("the disk is gone")
    with pytest.raises(errors.LaneError, match="the disk is gone") as caught:
        await bench.call("a")
    assert isinstance(caught.value.__cause__, OSError)
    gate.fails = None
    assert await bench.call("b") == "b"


async def test_a_right_that_turns_out_lost_at_once_is_told_and_the_lane_holds_briefly(caplog):
    gate, bench = await gated(PromptGate)
    gate.fails_back = errors.GateLostError("the file was removed")
    assert await bench.call("a") == "a"
    gate.fails_back = None
    assert await bench.call("b") == "b"
    assert bench.log == [("a", 0.0), ("b", 1.2)]
    assert "the gate was lost while it was held" in caplog.text


async def test_settling_waits_until_the_gate_is_back():
    gate, bench = await gated()
    gate.slow = 5.0
    await bench.call("a")
    assert gate.held
    assert await bench.lane.settle()
    assert not gate.held
    assert bench.now() == 6.0
    assert await bench.lane.settle()  # nothing to wait for


async def test_settling_gives_up_a_wait_that_nobody_needs_any_more():
    gate, bench = await gated(free=False)
    waiting = bench.start("gone")
    await turns()
    waiting.cancel()
    await turns()
    assert await bench.lane.settle()
    gate.free.set()
    await turns()
    assert gate.log == ["ask"]
    assert await bench.call("later") == "later"


async def test_whoever_comes_while_a_wait_is_given_up_is_served_all_the_same():
    gate, bench = await gated(free=False)
    waiting = bench.start("gone")
    await turns()
    waiting.cancel()
    await turns()
    settling = asyncio.ensure_future(bench.lane.settle())
    await asyncio.sleep(0)
    later = bench.start("later")
    assert not await settling
    gate.free.set()
    assert await later == "later"


async def test_settling_leaves_a_lane_alone_that_others_use():
    _, bench = await gated()
    flying = bench.start("flying")
    await turns()
    assert not await bench.lane.settle()
    assert bench.now() == 0.0
    await flying
