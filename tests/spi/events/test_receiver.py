"""What Sitoo is answered: 200 for what is kept, 503 for what is to come again, and nothing else."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from sitoo_async.errors import InvalidInputError, InvalidOptionError
from sitoo_async.spi.events import Events, MemoryInbox, SQLiteInbox
from tests.spi.events._events import PAIR, authorization, batch, event, post

pytestmark = pytest.mark.virtual_time


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def events(inbox: MemoryInbox) -> Events:
    return Events(**PAIR, inbox=inbox)


def waiting(inbox: MemoryInbox) -> list[int]:
    return [int(event_id, 16) for event_id in inbox._waiting]


async def test_a_batch_is_thanked_for_without_a_word_and_waits_in_its_order(events, inbox):
    assert await post(events, batch(3, 1, 2)) == (200, {"content-length": "0"}, b"")
    assert waiting(inbox) == [3, 1, 2]


async def test_a_batch_that_comes_again_or_in_part_again_is_thanked_for_and_kept_once(
    events, inbox
):
    for body in (batch(1, 2), batch(1, 2), batch(2, 3, 3), batch(1)):
        assert (await post(events, body)).status == 200
    assert waiting(inbox) == [1, 2, 3]


async def test_more_than_ten_events_are_taken_and_none_are_too(events, inbox):
    assert (await post(events, batch(*range(1, 101)))).status == 200
    assert (await post(events, batch())).status == 200
    assert (await post(events, b"")).status == 200
    assert waiting(inbox) == [*range(1, 101)]


@pytest.mark.parametrize(
    "junk",
    [
        b"12",
        b"null",
        b'"text"',
        b"[[]]",
        b"{}",
        b'{"event_id": "1"}',
        b'{"event_id": "", "event_type": "order"}',
        b'{"event_id": "a\\u0000b", "event_type": "order"}',
        b'{"event_id": "\\ud800", "event_type": "order"}',
        b'{"event_id": "%s", "event_type": "order"}' % (b"1" * 3000),
        b'{"event_id": ["1"], "event_type": "order"}',
        b'{"event_id": true, "event_type": "order"}',
        b'{"event_id": "1", "event_type": 5}',
        b"not JSON",
        b'{"event_id": "1", "event_type": "order", "data": NaN}',
        b'{"event_id": "1", "event_type": "or\xff"}',
        b'{"event_id": "1", "event_type": "order", "data": %s}' % (b"[" * 9999 + b"]" * 9999),
    ],
    ids=lambda junk: repr(junk[:40]),
)
async def test_an_element_that_is_no_event_is_kept_raw_and_its_neighbours_are_handled(
    junk, events, inbox, caplog
):
    assert (await post(events, batch(1, junk, 2))).status == 200
    assert waiting(inbox) == [1, 2]
    (letter,) = await events.dead_letters()
    assert letter.body == junk
    assert letter.attempts == 0
    assert "not an event" in letter.reason
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert letter.event_id in record.getMessage()
    assert f"{len(junk)} bytes" in record.getMessage()
    # The same junk is the same letter.
    await post(events, batch(junk))
    assert len(await events.dead_letters()) == 1


@pytest.mark.parametrize(
    ("body", "kept", "dead"),
    [
        (b"<html>", [], [b"<html>"]),
        (b"true", [], [b"true"]),
        (b"\xff\xfe[", [], [b"\xff\xfe["]),
        (b"\xef\xbb\xbf" + batch(1), [1], []),
        (json.dumps(event(1)).encode(), [1], []),  # an event that is in no array
        (batch(1, 2)[:-30], [1], [batch(2)[1:-30]]),  # cut on its way
        (batch(1, b'"a\\"]["', 2) + b" trailing", [1, 2], [b'"a\\"]["', b"trailing"]),
        (batch(1) + batch(2), [1], [batch(2)]),
        (b"[" * 5000, [], [b"[" * 4999]),
    ],
    ids=["html", "true", "utf16", "mark", "bare", "cut", "trailing", "twice", "deep"],
)
async def test_a_body_that_is_no_array_is_kept_as_far_as_it_can_be_read(
    body, kept, dead, events, inbox
):
    assert (await post(events, body)).status == 200
    assert waiting(inbox) == kept
    assert [letter.body for letter in await events.dead_letters()] == dead


async def test_what_is_nearly_an_event_is_one(events, inbox):
    half = b'{"event_id": 7, "event_type": "order", "note": "\\ud800"}'
    huge = b'{"event_id": "8", "event_type": "order", "data": {"a": 1e999}}'
    assert (await post(events, batch(half, huge))).status == 200
    assert waiting(inbox) == [7, 8]


class Broken(MemoryInbox):
    """An inbox that fails, or takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.error: Exception | None = None
        self.takes = 0.0

    async def add(self, letters, /):
        await asyncio.sleep(self.takes)
        if self.error is not None:
            raise self.error
        return await super().add(letters)


async def test_an_inbox_that_fails_lets_sitoo_ask_again_and_nothing_is_lost(caplog):
    inbox = Broken()
    events = Events(**PAIR, inbox=inbox)
    inbox.error = RuntimeError("the row (secret) is too long")
    assert await post(events, batch(1)) == (503, {"content-length": "0"}, b"")
    (record,) = caplog.records
    assert "RuntimeError at" in record.getMessage()
    assert "secret" not in caplog.text
    inbox.error = None
    assert (await post(events, batch(1))).status == 200
    assert waiting(inbox) == [1]


async def test_an_inbox_that_is_slow_is_waited_for_for_twelve_seconds():
    inbox = Broken()
    events = Events(**PAIR, inbox=inbox)
    loop = asyncio.get_running_loop()
    inbox.takes = 11.9
    assert (await post(events, batch(1))).status == 200
    began = loop.time()
    inbox.takes = 60.0
    assert (await post(events, batch(2))).status == 503
    assert loop.time() - began == pytest.approx(12)


@pytest.mark.parametrize("path", ["", "/", "/events", "/events/", "/a/b?c=d"])
async def test_events_are_taken_at_whatever_path_they_come(path, events):
    # As `Events` is mounted somewhere, and 404 would lose them.
    answer = await events.handle("POST", path, authorization(), batch(1))
    assert answer.status == 200


async def test_nobody_gets_events_from_there(events):
    answer = await events.handle("GET", "/events", authorization(), b"")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


async def test_both_pairs_of_a_rotation_are_let_in_and_nobody_else(inbox, caplog):
    events = Events(credentials=[("old", "one"), ("new", "two")], inbox=inbox)
    for number, pair in enumerate([("old", "one"), ("new", "two")], 1):
        answer = await events.handle("POST", "/events", authorization(*pair), batch(number))
        assert answer.status == 200
    for headers in ({}, authorization("old", "two")):
        assert (await events.handle("POST", "/events", headers, batch(9))).status == 401
    assert waiting(inbox) == [1, 2]
    assert [record.levelname for record in caplog.records].count("ERROR") == 1


async def test_a_body_that_can_not_be_sitoos_is_refused(inbox):
    events = Events(**PAIR, inbox=inbox, max_body_bytes=100)
    assert (await post(events, batch(1))).status == 413
    assert waiting(inbox) == []


async def test_memory_says_that_it_is_memory(events, caplog):
    await post(events, batch(1))
    await post(events, batch(2))
    (record,) = caplog.records
    assert record.levelname == "WARNING"
    assert "die with this process" in record.getMessage()


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: MemoryInbox(remember=7), "remember must be a duration"),
        (lambda: SQLiteInbox("events", remember=None), "remember must be a duration"),
        (lambda: SQLiteInbox(""), "path must be the path of a file"),
        (lambda: SQLiteInbox(None), "path must be the path of a file"),
        (lambda: SQLiteInbox(":memory:"), "MemoryInbox"),
    ],
)
def test_what_an_inbox_can_not_be_made_of_is_named(make, said):
    with pytest.raises(InvalidOptionError, match=said):
        make()


async def test_a_dead_letter_is_named_by_its_id(events):
    with pytest.raises(InvalidOptionError, match="limit"):
        await events.dead_letters(limit=0)
    await post(events, batch(b"junk"))
    (letter,) = await events.dead_letters()
    for done in (events.rerun, events.discard):
        with pytest.raises(InvalidInputError, match="event_id must be text, such as that of a"):
            await done(letter)


@pytest.mark.parametrize("inbox", ["events.sqlite3", MemoryInbox])
def test_an_inbox_that_is_none_is_refused(inbox):
    with pytest.raises(InvalidOptionError, match="inbox must be an Inbox, such as SQLiteInbox"):
        Events(**PAIR, inbox=inbox)


async def test_the_inbox_is_a_file_where_nobody_says_another(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with Events(**PAIR) as events:
        assert repr(events) == f"<Events: no handlers; <SQLiteInbox: {events.inbox._path}>>"
        assert [*tmp_path.iterdir()] == []  # not before something is to be kept
        await post(events, batch(1))
    assert (tmp_path / "sitoo-events.sqlite3").exists()


async def good(event, sitoo): ...


class Called:
    async def __call__(self, event, sitoo): ...


def test_what_can_be_a_handler(events):
    for event_type in ("order", "booking", "cash-report"):
        assert events.on(event_type)(good) is good  # several times, if need be
    called = Called()
    assert events.on_other(called) is called
    assert "order, booking, cash-report, *" in repr(events)


@pytest.mark.parametrize(
    "handler",
    [
        None,
        lambda event, sitoo: None,
        Called,
        pytest.param(lambda: None, id="nothing"),
    ],
    ids=lambda handler: type(handler).__name__,
)
def test_what_can_not_be_one(handler, events):
    with pytest.raises(InvalidInputError, match="`async def` that takes an event and the client"):
        events.on("order")(handler)


def test_one_handler_is_enough(events):
    async def one(event): ...

    with pytest.raises(InvalidInputError, match="`async def` that takes an event and the client"):
        events.on_other(one)
    events.on("order")(good)
    with pytest.raises(InvalidInputError, match="'order' has a handler already"):
        events.on("order")(good)
    with pytest.raises(InvalidInputError, match="event_type must be text"):
        events.on(5)


@pytest.mark.parametrize(
    ("spelling", "meant"),
    [("Order", "order"), ("orders", "order"), ("order_delivery", "order-delivery"),
     ("ZReport", "z-report"), ("SHIPMENT_V3", "shipment-v3")],
)  # fmt: skip
def test_a_type_in_another_spelling_is_refused(spelling, meant, events):
    with pytest.raises(InvalidInputError, match=f"did you mean '{meant}'") as caught:
        events.on(spelling)
    assert caught.value.field == "event_type"
