"""What becomes of events: one at a time, in order, again if need be, and given up at last."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from urllib.error import URLError

import anyio
import pytest

from sitoo_async.errors import (
    InvalidInputError,
    InvalidOptionError,
    NotFoundError,
)
from sitoo_async.spi.events import Events, MemoryInbox, OrderData, SQLiteInbox, in_order
from sitoo_async.spi.events.reason import reason_of_handler
from sitoo_async.spi.events.worker import told_to_end
from tests.spi.events._events import PAIR, batch, event, post, until

pytestmark = pytest.mark.virtual_time

SITOO = object()
"""Stands for a client, which the worker hands on unseen."""


class Noted(list):
    """A handler that notes the events it gets, by number and attempt, and fails where told to."""

    def __init__(self, events: Events, event_type: str = "order") -> None:
        super().__init__()
        self.failures: dict[int, Exception] = {}
        self.takes = 0.0
        self.times: list[float] = []
        self.at_once = 0
        events.on(event_type)(self)

    async def __call__(self, event, sitoo):
        assert sitoo is SITOO
        number = int(event.event_id, 16)
        self.append((number, event.attempt))
        self.times.append(asyncio.get_running_loop().time())
        self.at_once += 1
        assert self.at_once == 1
        try:
            await asyncio.sleep(self.takes)
        finally:
            self.at_once -= 1
        if number in self.failures:
            raise self.failures[number]

    @property
    def pauses(self) -> list[float]:
        return [after - before for before, after in zip(self.times, self.times[1:], strict=False)]


async def test_events_are_handled_one_at_a_time_in_the_order_in_which_they_came(events):
    noted = Noted(events)
    noted.takes = 5.0
    await post(events, batch(3, 1, 2, b"junk"))
    assert await events.waiting() == 3
    async with events.worker(SITOO):
        await until(lambda: noted)
        assert await events.waiting() == 3
        await post(events, batch(2, 5, 4))
        await until(lambda: len(noted) == 5 and not noted.at_once)
    assert noted == [(3, 1), (1, 1), (2, 1), (5, 1), (4, 1)]
    assert await events.waiting() == 0
    # And never again: they are remembered.
    await post(events, batch(1, 2, 3, 4, 5))
    async with events.worker(SITOO):
        await asyncio.sleep(10)
    assert len(noted) == 5


async def test_an_event_that_fails_is_tried_again_and_holds_up_the_others(events, caplog):
    noted = Noted(events)
    noted.failures[1] = ValueError("a secret")
    await post(events, batch(1, 2))
    async with events.worker(SITOO, longest_pause=5.0):
        await until(lambda: len(noted) == 6)
        del noted.failures[1]
        await until(lambda: (2, 1) in noted)
    assert noted == [*((1, attempt) for attempt in range(1, 8)), (2, 1)]
    assert noted.pauses[:5] == pytest.approx([1, 2, 4, 5, 5], abs=0.1)
    assert await events.dead_letters() == []
    said = [each.getMessage() for each in caplog.records if "failed" in each.getMessage()]
    assert len(said) == 6
    assert f"event {1:032x} (order): attempt 1 failed: ValueError at test_worker.py" in said[0]
    assert "a secret" not in caplog.text


async def test_an_event_that_fails_each_time_is_given_up_and_may_be_run_again(events, caplog):
    noted = Noted(events)
    noted.failures[1] = NotFoundError("no such order", status=404)
    began = datetime.now(UTC)
    await post(events, batch(1, 2))
    async with events.worker(SITOO, attempts=3):
        await until(lambda: len(noted) == 4)
        (letter,) = await events.dead_letters()
        assert letter.event_id == f"{1:032x}"
        assert batch(letter.body) == batch(1)
        assert letter.attempts == 3
        assert letter.reason == "NotFoundError: no such order"
        assert began <= letter.received_at <= letter.died_at
        assert b"order_id" not in repr(letter).encode()
        assert caplog.records[-1].levelno == logging.ERROR or "dead letter" in caplog.text

        assert not await events.rerun("another")
        await post(events, batch(1))  # a repeat does not do it
        await asyncio.sleep(10)
        assert len(noted) == 4

        del noted.failures[1]
        await post(events, batch(3))
        assert await events.rerun(letter.event_id)
        await until(lambda: len(noted) == 6)
        await asyncio.sleep(1)
        assert noted[4:] == [(3, 1), (1, 4)]
        assert await events.dead_letters() == []


async def test_a_dead_letter_may_be_taken_for_handled(events):
    noted = Noted(events)
    noted.failures[1] = ValueError()
    await post(events, batch(1, b"junk"))
    async with events.worker(SITOO, attempts=1):
        await until(lambda: noted)
        await asyncio.sleep(1)
    assert len(await events.dead_letters(limit=1)) == 1
    for letter in await events.dead_letters():
        assert await events.discard(letter.event_id)
        assert not await events.discard(letter.event_id)
    await post(events, batch(1, b"junk"))
    assert await events.dead_letters() == []


async def test_a_handler_that_hangs_is_cut_short_and_tried_again(events):
    noted = Noted(events)
    noted.takes = 1e6
    await post(events, batch(1, 2))
    async with events.worker(SITOO, attempts=2, handler_timeout=60):
        await until(lambda: len(noted) == 2)
        noted.takes = 0
        await until(lambda: (2, 1) in noted)
    assert noted.pauses == pytest.approx([61, 60], abs=0.1)
    (letter,) = await events.dead_letters()
    assert letter.reason == "it took longer than 60 s"


class Strange(BaseException):
    """As those are by which frameworks end things."""


async def test_whatever_a_handler_raises_of_its_own_is_a_failure_of_one_event(events):
    noted = Noted(events)
    own = [TimeoutError("a secret"), asyncio.CancelledError(), Strange("a secret"), SystemExit(1)]
    noted.failures = dict(enumerate(own))
    await post(events, batch(*range(len(own) + 1)))
    async with events.worker(SITOO, attempts=1):
        await until(lambda: (len(own), 1) in noted)
        await asyncio.sleep(1)
    reasons = [letter.reason.partition(" at ")[0] for letter in await events.dead_letters()]
    assert reasons == ["TimeoutError", "CancelledError", "Strange", "SystemExit"]


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (OSError(28, os.strerror(28)), "OSError: [Errno 28] No space left on device"),
        (OSError("a secret"), "OSError at "),
        (OSError(13, os.strerror(13), "/receipts/a secret"), "PermissionError at "),
        (URLError("https://shop.example/?token=a secret"), "URLError at "),
        (sqlite3.OperationalError("no such column: a secret"), "OperationalError at "),
        (NotFoundError("no such order", status=404), "NotFoundError: no such order"),
    ],
    ids=str,
)
def test_of_what_a_handler_raises_that_is_told_which_can_hold_nothing_personal(raised, told):
    with pytest.raises(type(raised)) as caught:
        raise raised
    assert reason_of_handler(caught.value).startswith(told)


@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnexpectedTypeWarning")
async def test_an_id_that_came_as_a_number_is_the_text_by_which_its_event_is_known(events):
    seen = []
    events.on("order")(_note_in(seen))
    await post(events, batch(event(1) | {"event_id": 17}))
    async with events.worker(SITOO):
        await until(lambda: seen)
    assert (seen[0].event_id, seen[0].attempt) == ("17", 1)


async def test_a_handler_leaves_nothing_to_the_next_and_what_it_forgot_to_await_is_awaited(events):
    tenant = ContextVar("tenant", default="nobody")
    seen = []

    async def work(event):
        seen.append((int(event.event_id, 16), tenant.get()))
        tenant.set("somebody")

    @events.on("order")
    async def order(event, sitoo):
        return work(event)

    @events.on("booking")
    async def booking(event, sitoo):
        await work(event)

    await post(events, batch(event(1), event(2, "booking"), event(3)))
    async with events.worker(SITOO):
        await until(lambda: len(seen) == 3)
    assert seen == [(1, "nobody"), (2, "nobody"), (3, "nobody")]


async def test_a_handler_that_makes_away_with_a_cancellation_does_not_keep_the_worker(events):
    begun = []

    @events.on("order")
    async def order(event, sitoo):
        begun.append(event.attempt)
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(100)

    await post(events, batch(1))
    worker = events.worker(SITOO, grace=0)
    for times in (1, 2):  # the same one may be entered again
        async with worker:
            await until(lambda: len(begun) == times)  # noqa: B023 - it is left in this round
            with pytest.raises(InvalidInputError, match="at work already"):
                await worker.__aenter__()


async def test_no_handler_is_run_beside_one_that_does_not_end_and_nobody_waits_for_it_for_long(
    events, caplog
):
    begun, enough = [], asyncio.Event()

    @events.on("order")
    async def order(event, sitoo):
        begun.append(event.event_id)
        while not enough.is_set():
            with suppress(asyncio.CancelledError):
                await enough.wait()

    await post(events, batch(1, 2))
    loop = asyncio.get_running_loop()
    async with events.worker(SITOO, handler_timeout=60, grace=0):
        await asyncio.sleep(100)
        assert len(begun) == 1
        assert "goes on though it was cancelled; no event is handled until" in caplog.text
        left = loop.time()
    assert loop.time() - left == pytest.approx(11, abs=0.1)
    async with events.worker(SITOO, attempts=1):
        await asyncio.sleep(100)
        assert len(begun) == 1
        enough.set()
        await until(lambda: len(begun) == 3)
    assert begun == [f"{number:032x}" for number in (1, 1, 2)]


async def test_a_scope_that_cancels_again_and_again_is_left_when_the_handler_has_ended(events):
    noted = []

    @events.on("order")
    async def order(event, sitoo):
        try:
            noted.append("begun")
            await asyncio.sleep(100)
        finally:
            for _ in range(10):
                await asyncio.sleep(0)
            noted.append("ended")

    await post(events, batch(1))
    async with anyio.create_task_group() as group:
        group.start_soon(events.run_worker, SITOO)
        await until(lambda: noted)
        group.cancel_scope.cancel()
    assert noted == ["begun", "ended"]


async def test_leaving_lets_the_handler_finish_and_begins_no_other(events):
    noted = Noted(events)
    noted.takes = 5.0
    await post(events, batch(1, 2))
    async with events.worker(SITOO, grace=10):
        await until(lambda: noted)
    assert noted == [(1, 1)]
    async with events.worker(SITOO):
        await until(lambda: len(noted) == 2)
    assert noted == [(1, 1), (2, 1)]


async def test_what_is_cut_short_is_handled_again_and_counts_as_no_failure(events):
    noted = Noted(events)
    noted.takes = 1000.0
    await post(events, batch(1))
    for attempt in range(1, 5):
        async with events.worker(SITOO, attempts=2, grace=1 if attempt < 3 else 0):
            await until(lambda: len(noted) == attempt)  # noqa: B023 - it is left in this round
    with pytest.raises(AssertionError, match="it did not come to pass"):
        async with events.worker(SITOO, attempts=2):
            await until(lambda: len(noted) == 6)  # which it never is
    task = asyncio.create_task(events.run_worker(SITOO, attempts=2))
    await until(lambda: len(noted) == 6)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    noted.takes = 0.0
    async with events.worker(SITOO, attempts=2):
        await until(lambda: len(noted) == 7)
    assert noted == [(1, attempt) for attempt in range(1, 8)]
    assert await events.dead_letters() == []


async def test_an_event_that_is_just_being_taken_is_given_back():
    class Slow(MemoryInbox):
        async def _take(self):
            taken = await super()._take()
            await asyncio.sleep(5)
            return taken

    events = Events(**PAIR, inbox=Slow())
    noted = Noted(events)
    await post(events, batch(1))
    for _ in range(3):
        async with events.worker(SITOO, attempts=2):
            await asyncio.sleep(1)
    async with events.worker(SITOO, attempts=2):
        await until(lambda: noted)
    assert noted == [(1, 4)]


async def test_a_turn_that_comes_when_nobody_wants_it_any_more_is_given_up():
    class Slow(MemoryInbox):
        async def _begin_turn(self):
            await asyncio.sleep(5)
            return await super()._begin_turn()

    events = Events(**PAIR, inbox=Slow())
    noted = Noted(events)
    await post(events, batch(1))
    async with events.worker(SITOO):
        await asyncio.sleep(2)
        async with events.worker(SITOO):  # which gets none
            await asyncio.sleep(4)
            await until(lambda: noted)
    async with events.worker(SITOO):
        await asyncio.sleep(1)
    await post(events, batch(2))
    async with events.worker(SITOO):
        await until(lambda: len(noted) == 2)


async def test_a_process_of_its_own_ends_with_sigterm_when_its_handler_is_through(events):
    noted = Noted(events)
    noted.takes = 5.0
    await post(events, batch(1, 2))
    running = asyncio.create_task(events.run_worker(SITOO))
    await until(lambda: noted)
    signal.raise_signal(signal.SIGTERM)
    await running
    assert noted == [(1, 1)]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


async def test_it_leaves_the_signal_to_whoever_has_it(events, monkeypatch):
    def refuse(*_):
        raise NotImplementedError

    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    try:
        with told_to_end() as end:
            signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGTERM, before)
    monkeypatch.setattr(asyncio.get_running_loop(), "add_signal_handler", refuse)  # as on Windows
    with told_to_end() as end:
        await asyncio.sleep(1)
    assert not end.is_set()


async def test_no_handler_is_begun_by_a_worker_that_is_leaving():
    class Hasty(MemoryInbox):
        async def work(self, run, patience, /):
            for kept in [*self._waiting.values()]:
                await run(kept.letter, 1)

    events = Events(**PAIR, inbox=Hasty())
    noted = Noted(events)
    noted.takes = 5.0
    await post(events, batch(1, 2))
    async with events.worker(SITOO):
        await until(lambda: noted)
    assert noted == [(1, 1)]


async def test_an_event_whose_handler_ends_the_process_each_time_is_given_up(events, inbox):
    noted = Noted(events)
    await post(events, batch(1, 2))
    for attempt in (1, 2):  # as of processes that die in the middle of it
        assert (await inbox._take()).attempt == attempt
        await inbox._end_turn()
    async with events.worker(SITOO, attempts=2):
        await until(lambda: noted)
    assert noted == [(2, 1)]
    (letter,) = await events.dead_letters()
    assert letter.reason == "its handler was begun 2 times, and each process ended"


async def test_one_worker_is_at_work_and_another_takes_over(events, inbox, tmp_path):
    noted = Noted(events)
    other = Events(**PAIR, inbox=SQLiteInbox(inbox._path) if hasattr(inbox, "_path") else inbox)
    noted_there = Noted(other)
    noted.takes = noted_there.takes = 1.0
    async with other.worker(SITOO):
        await asyncio.sleep(1)
        async with events.worker(SITOO, grace=0):
            await asyncio.sleep(1)
            await post(events, batch(1, 2, 3))
            await until(lambda: len(noted_there) == 2)
        assert noted == []
        await until(lambda: len(noted_there) == 3)
    await post(other, batch(4, 5))
    async with events.worker(SITOO):
        await until(lambda: noted)
        async with other.worker(SITOO):
            await until(lambda: len(noted) == 2)
    assert len(noted_there) == 3
    await other.aclose()


async def test_events_of_each_type_go_to_their_handler_and_all_others_to_the_catch_all(events):
    orders, others = Noted(events), Noted(events, "*")
    seen = []
    events.on("booking")(lambda_ := _note_in(seen))
    assert lambda_ is not None
    await post(
        events,
        batch(1, event(2, "z-report"), event(3, "cash-report", {"a": [1.5]}), event(4, "booking")),
    )
    async with events.worker(SITOO):
        await until(lambda: len(others) == 2 and seen)
    assert orders == [(1, 1)]
    assert others == [(2, 1), (3, 1)]
    assert seen[0].data == OrderData(eshop_id=1, order_id=4, order_event_type="update")


def _note_in(seen):
    async def handler(event, sitoo):
        seen.append(event)

    return handler


async def test_what_nobody_asked_for_counts_as_handled_and_unknown_types_are_told_once(
    events, caplog
):
    noted = Noted(events)
    unknown = [event(number, "cash-report") for number in (2, 3)]
    await post(events, batch(event(1, "booking"), *unknown, 4))
    async with events.worker(SITOO):
        await until(lambda: noted)
    assert noted == [(4, 1)]
    assert await events.dead_letters() == []
    said = [each.getMessage() for each in caplog.records if "on_other" in each.getMessage()]
    assert len(said) == 1
    assert said[0].startswith("events of the type cash-report are not known here")


@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnexpectedTypeWarning")
@pytest.mark.parametrize("data", ["text", 5, None])
async def test_an_event_of_a_known_type_without_an_object_is_given_up_at_once(data, events):
    noted = Noted(events)
    strange = event(1) | {"data": data}
    await post(events, batch(strange, 2))
    async with events.worker(SITOO):
        await until(lambda: noted)
    assert noted == [(2, 1)]
    (letter,) = await events.dead_letters()
    assert (letter.reason, letter.attempts) == ("not an event: its data is not an object", 1)


async def test_a_warning_that_is_made_an_error_is_a_failure_of_the_event(events):
    noted = Noted(events)
    await post(events, batch(event(1) | {"event_date": "soon"}, 2))
    async with events.worker(SITOO):
        await until(lambda: len(noted) == 2)
    assert noted == [(1, 2), (2, 1)]  # the warning is given once


async def test_what_was_handled_is_remembered_for_as_long_as_asked(tmp_path):
    for inbox in (
        MemoryInbox(remember=timedelta(0)),
        SQLiteInbox(tmp_path / "events", remember=timedelta(0)),
    ):
        events = Events(**PAIR, inbox=inbox)
        noted = Noted(events)
        for times in (1, 2):
            async with events.worker(SITOO):  # which looks what to forget when it begins
                await asyncio.sleep(1)
                await post(events, batch(1, b"junk"))
                await until(lambda: len(noted) == times)  # noqa: B023 - it is left in this round
        assert len(await events.dead_letters()) == 1  # those stay
        await inbox.aclose()


async def test_a_worker_looks_now_and_then_what_to_forget(monkeypatch):
    monkeypatch.setattr(in_order, "_PRUNE", 60.0)
    events = Events(**PAIR, inbox=MemoryInbox(remember=timedelta(0)))
    noted = Noted(events)
    await post(events, batch(1))
    async with events.worker(SITOO):
        await asyncio.sleep(59)
        await post(events, batch(1))
        await asyncio.sleep(2)
        assert len(noted) == 1
        await post(events, batch(1))
        await until(lambda: len(noted) == 2)


FULL = "OSError: [Errno 28] No space left on device"


class Failing(MemoryInbox):
    """An inbox that fails for a time."""

    broken = False

    async def _take(self):
        if self.broken:
            raise OSError(28, "No space left on device")
        return await super()._take()

    async def _settle(self, taken):
        if self.broken:
            raise OSError(28, "No space left on device")
        await super()._settle(taken)


async def test_a_worker_outlives_an_inbox_that_fails_and_runs_no_handler_twice_for_it(caplog):
    inbox = Failing()
    events = Events(**PAIR, inbox=inbox)
    noted = Noted(events)
    noted.takes = 10.0
    await post(events, batch(1, 2))
    async with events.worker(SITOO):
        await until(lambda: noted)
        inbox.broken = True
        await asyncio.sleep(60)
        inbox.broken = False
        await until(lambda: len(noted) == 2)
    assert noted == [(1, 1), (2, 1)]
    said = [each.getMessage() for each in caplog.records if "inbox" in each.getMessage()]
    assert said == [
        f"the inbox of events failed, and is tried until it works again: {FULL}",
        "the inbox of events works again",
    ]


@pytest.mark.parametrize("failing", ["_take", "_give_back", "_end_turn"])
async def test_an_inbox_that_fails_while_its_worker_ends_does_not_keep_it(failing, caplog):
    inbox = MemoryInbox()

    async def fails(*_):
        await asyncio.sleep(5)
        raise OSError(28, "No space left on device")

    events = Events(**PAIR, inbox=inbox)
    noted = Noted(events)
    noted.takes = 100.0
    async with events.worker(SITOO, grace=0):
        if failing != "_take":
            await post(events, batch(1))
            await until(lambda: noted)
        setattr(inbox, failing, fails)
        await asyncio.sleep(1)
    assert ("at the end of its work: OSError: [Errno 28]" in caplog.text) == (failing != "_take")


async def test_an_inbox_of_ones_own_that_gives_up_is_begun_anew(caplog):
    class Mine(MemoryInbox):
        times = 0

        async def work(self, run, patience, /):
            self.times += 1
            if self.times == 1:
                raise RuntimeError("a secret")
            if self.times > 2:
                await super().work(run, patience)

    events = Events(**PAIR, inbox=Mine())
    noted = Noted(events)
    await post(events, batch(1))
    async with events.worker(SITOO):
        await until(lambda: noted)
    assert "gave up, and is begun anew: RuntimeError at" in caplog.text
    assert "a secret" not in caplog.text


@pytest.mark.parametrize(
    ("option", "value"),
    [("attempts", 0), ("attempts", 1.5), ("first_pause", -1), ("handler_timeout", "1")],
)
def test_an_option_that_can_not_work_is_named(option, value, events):
    with pytest.raises(InvalidOptionError, match=option):
        events.worker(SITOO, **{option: value})
