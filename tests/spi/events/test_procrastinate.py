"""Events on several hosts: procrastinate on a real PostgreSQL, with what it promises used as is."""

from __future__ import annotations

import asyncio
import inspect
import logging
import traceback
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException

from sitoo_async.errors import ConfigurationError, InvalidOptionError
from sitoo_async.spi.events import Events, Patience, ProcrastinateInbox
from sitoo_async.spi.events.batch import letters_of
from tests.spi.events._events import PAIR, batch, post
from tests.spi.events._processes import Receiver, in_order

SCHEMA = 'quo"ted \\ name'


@pytest.fixture
def dsn(postgres_server):
    yield postgres_server.url()
    postgres_server.restore()
    with psycopg.connect(postgres_server.url()) as connection:
        connection.execute("DROP SCHEMA IF EXISTS sitoo_events CASCADE")


@pytest.fixture
async def inbox(dsn):
    made = ProcrastinateInbox(dsn, lease=0.6)
    yield made
    await made.aclose()


@pytest.fixture
def events(inbox):
    return Events(**PAIR, inbox=inbox)


@pytest.fixture(autouse=True)
def often(monkeypatch) -> None:
    monkeypatch.setattr("sitoo_async.spi.events.procrastinate._LOOK", 0.02)


async def until(condition) -> None:
    """Wait for what happens in real time, and nobody tells."""
    async with asyncio.timeout(45):
        while not await _true(condition()):  # noqa: ASYNC110 - as it says
            await asyncio.sleep(0.01)


async def _true(value):
    return await value if inspect.isawaitable(value) else value


async def dead_are(events, number):
    return len(await events.dead_letters()) == number


async def succeeded(inbox):
    try:
        return await jobs(inbox, "succeeded")
    except ConnectorException:
        return []  # no connection in that short a time, on a busy machine


async def thanked(events, body):
    return (await post(events, body)).status == 200


async def jobs(inbox, status):
    app = await inbox._opened()
    return [job.queueing_lock for job in await app.job_manager.list_jobs_async(status=status)]


class Noted(list):
    def __init__(self, events) -> None:
        super().__init__()
        self.failing: set[int] = set()
        self.takes = 0.0
        events.on("order")(self)

    async def __call__(self, event, sitoo):
        number = int(event.event_id, 16)
        self.append((number, event.attempt))
        await asyncio.sleep(self.takes)
        if number in self.failing:
            raise ValueError("a secret")


async def test_an_event_is_a_job_that_is_handled_in_order_tried_again_and_given_up(
    events, inbox, caplog
):
    caplog.set_level(logging.INFO)
    began = datetime.now(UTC)
    noted = Noted(events)
    noted.failing = {2}
    assert (await post(events, batch(3, 2, b"junk"))).status == 200
    assert (await post(events, batch(2, 1))).status == 200  # one of them once more
    assert await events.waiting() == 4  # what can't be read is given up in its turn
    async with events.worker(None, attempts=2, first_pause=0.0):
        await until(lambda: (1, 1) in noted)
        assert noted == [(3, 1), (2, 1), (2, 2), (1, 1)]
        dead, junk = await events.dead_letters()
        assert [dead.event_id, dead.attempts] == [f"{2:032x}", 2]
        assert batch(dead.body) == batch(2)
        assert dead.reason.startswith("ValueError at test_procrastinate.py")
        assert began - timedelta(seconds=1) <= dead.received_at <= dead.died_at
        assert junk.body == b"junk"
        assert junk.reason.startswith("not an event: not JSON")
        assert await events.dead_letters(limit=1) == [dead]

        # With all its attempts, and counted on.
        assert not await events.rerun("another")
        assert await events.rerun(dead.event_id)
        await until(lambda: (2, 4) in noted)
        await until(lambda: dead_are(events, 2))
        noted.failing.clear()
        assert await events.rerun(dead.event_id)
        await until(lambda: (2, 5) in noted)
        assert await events.discard(junk.event_id)
        assert not await events.discard(junk.event_id)
        assert not await events.rerun(junk.event_id)
        assert not await events.discard("another")
        await until(lambda: dead_are(events, 0))
    assert await inbox.told(["ORDER 1", "ORDER 4"]) == {"ORDER 1"}
    # And never again.
    await post(events, batch(1, 2, 3, b"junk"))
    assert await inbox._execute(
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'"
    ) == [(0,)]
    assert "order_id" not in caplog.text
    assert "a secret" not in caplog.text


async def test_a_batch_and_its_jobs_are_there_together_or_not_at_all(events, inbox, monkeypatch):
    app = await inbox._opened()
    with monkeypatch.context() as patch:
        patch.setattr(app.job_manager, "batch_defer_jobs_async", None)
        assert (await post(events, batch(1))).status == 503
    assert await inbox._execute("SELECT event_id FROM events") == []
    assert (await post(events, batch(1))).status == 200
    assert await inbox.add([]) == 0
    assert await inbox._execute("SELECT event_id FROM events") == [(f"{1:032x}",)]


async def test_what_is_cut_short_is_no_failure_and_comes_again(events):
    noted = Noted(events)
    noted.takes = 60.0
    await post(events, batch(1))
    for attempt in (1, 2):
        async with events.worker(None, attempts=2, grace=0):
            await until(lambda: (1, attempt) in noted)  # noqa: B023 - it is left in this round
    noted.takes = 0.0
    noted.failing = {1}
    async with events.worker(None, attempts=2, first_pause=0.0):
        await until(lambda: (1, 4) in noted)
        await until(lambda: dead_are(events, 1))


async def test_a_worker_that_died_is_found_out_and_its_event_given_up_at_last(events, inbox):
    noted = Noted(events)
    await post(events, batch(1, 2))
    app = await inbox._opened()
    for _ in range(2):  # as of workers that die in the middle of it, whose heart stopped
        (worker,) = await inbox._execute("SELECT procrastinate_register_worker_v1()")
        job = await app.job_manager.fetch_job(queues=None, worker_id=worker[0])
        assert job.queueing_lock == f"{1:032x}"
        await inbox._execute(
            "UPDATE procrastinate_workers SET last_heartbeat = now() - '1 h'::interval"
        )
        inbox._patience = Patience(attempts=2)
        async with inbox._connection() as other:  # whose worker is at it already
            await other.execute("SELECT pg_advisory_xact_lock(hashtext('sitoo_events rescue'))")
            await inbox._rescue_once(app)
            assert await jobs(inbox, "doing") == [job.queueing_lock]
        await inbox._rescue_once(app)
        assert await jobs(inbox, "doing") == []
    async with events.worker(None, attempts=2):
        await until(lambda: noted)
    assert noted == [(2, 1)]
    (letter,) = await events.dead_letters()
    assert letter.reason == "its handler was begun 2 times, and each process ended"


async def test_an_event_of_which_procrastinate_could_not_note_the_end_is_let_go(
    events, inbox, monkeypatch
):
    noted = Noted(events)
    await post(events, batch(1, 2))
    app = await inbox._opened()
    real = app.job_manager.finish_job
    left = [1]

    async def finish(**given):
        if left and left.pop():
            given["job"] = given["job"].evolve(id=999)  # which there is not
        await real(**given)

    monkeypatch.setattr(app.job_manager, "finish_job", finish)
    async with events.worker(None):
        await until(lambda: (2, 1) in noted)
    assert noted == [(1, 1), (2, 1)]


async def test_what_was_handled_before_its_process_died_is_not_handled_again(events, inbox):
    noted = Noted(events)
    await post(events, batch(1, 2))
    await inbox._execute("UPDATE events SET handled_at = now() WHERE event_id = %s", f"{1:032x}")
    async with events.worker(None):
        await until(lambda: noted)
    assert noted == [(2, 1)]


async def test_what_was_handled_is_remembered_for_as_long_as_asked(dsn):
    inbox = ProcrastinateInbox(dsn, remember=timedelta(0), lease=0.6)
    events = Events(**PAIR, inbox=inbox)
    noted = Noted(events)
    await post(events, batch(1))
    await inbox._execute("UPDATE events SET handled_at = now()")  # of which its job is to be told
    await inbox._prune(await inbox._opened())
    assert await inbox.add(letters_of(batch(1))) == 0
    async with events.worker(None):
        await until(lambda: jobs(inbox, "succeeded"))
        await inbox._prune(await inbox._opened())
        await post(events, batch(1))
        await until(lambda: noted)
    await inbox.aclose()


async def test_a_database_that_is_away_makes_sitoo_ask_again_and_the_worker_goes_on(
    events, inbox, postgres_server, monkeypatch, caplog
):
    monkeypatch.setattr("sitoo_async.spi.events.procrastinate._PATIENCE", 0.2)
    monkeypatch.setattr("sitoo_async.spi.events.worker._ANEW", 0.1)
    noted = Noted(events)
    postgres_server.stop()
    assert (await post(events, batch(1))).status == 503  # from the beginning
    # However long it is away, nobody is left to wait for an attempt that is minutes ahead.
    async with asyncio.timeout(20):  # with pauses that grow on it would be half a minute
        while inbox._pool.get_stats()["connections_errors"] < 12:
            assert (await post(events, batch(1))).status == 503
    postgres_server.start()
    await until(lambda: thanked(events, batch(1)))
    async with events.worker(None):
        await until(lambda: succeeded(inbox))
        postgres_server.stop()
        assert (await post(events, batch(2))).status == 503
        await until(lambda: "gave up, and is begun anew" in caplog.text)
        postgres_server.start()
        await until(lambda: thanked(events, batch(2)))
        await until(lambda: (2, 1) in noted)


async def test_who_looks_after_others_goes_on_when_that_failed(events, inbox, monkeypatch, caplog):
    real = inbox._rescue_once
    failures = [psycopg.OperationalError("a secret")]
    again = asyncio.Event()

    async def fail_once(app):
        if failures:
            raise failures.pop()
        await real(app)
        again.set()

    monkeypatch.setattr(inbox, "_rescue_once", fail_once)
    async with events.worker(None):
        await again.wait()
    assert "the inbox of events can't look after others: OperationalError" in caplog.text
    assert "a secret" not in caplog.text


async def test_it_keeps_to_a_schema_of_its_own_whatever_that_is_called(dsn):
    inboxes = [ProcrastinateInbox(dsn, schema=SCHEMA) for _ in range(4)]
    assert repr(inboxes[0]) == f"<ProcrastinateInbox: schema {SCHEMA}>"
    await asyncio.gather(*(each.note_position("a", "1") for each in inboxes))  # made once
    assert await inboxes[0].position("a") == "1"
    assert await inboxes[0].position("b") is None
    async with await psycopg.AsyncConnection.connect(dsn) as connection:
        found = await connection.execute(
            "SELECT DISTINCT schemaname FROM pg_tables WHERE tablename LIKE 'procrastinate%'"
        )
        assert (SCHEMA,) in await found.fetchall()
        name = SCHEMA.replace('"', '""')
        await connection.execute(f'DROP SCHEMA "{name}" CASCADE')
    for each in inboxes:
        await each.aclose()
        await each.aclose()


async def test_a_connection_of_an_inbox_that_was_closed_is_not_to_be_had(inbox):
    await inbox.position("a")
    await inbox.aclose()
    with pytest.raises(ConfigurationError, match="was closed while it was used"):
        async with inbox._connection():
            pass
    assert await inbox.position("a") is None


@pytest.mark.parametrize(
    "dsn", ["postgresql//sitoo:secret@host", "postgresql://sitoo:secret%zz@host"]
)
def test_a_dsn_that_can_not_be_read_is_not_quoted(dsn):
    with pytest.raises(InvalidOptionError, match="dsn must be postgresql://") as caught:
        ProcrastinateInbox(dsn)
    report = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    shown = [str(frame.locals) for frame in report.stack if "sitoo_async" in frame.filename]
    assert shown
    assert "secret" not in "".join([*shown, str(caught.value)])


@pytest.mark.parametrize(
    ("option", "value"), [("dsn", ""), ("dsn", 5), ("schema", ""), ("lease", 0)]
)
def test_an_option_that_can_not_work_is_named(option, value):
    with pytest.raises(InvalidOptionError, match=option):
        ProcrastinateInbox(**{"dsn": "postgresql:///", option: value})


async def test_two_receivers_and_two_workers_of_which_one_is_killed_lose_nothing_in_order(
    dsn, tmp_path
):
    notes = tmp_path / "notes"
    first, second = await asyncio.gather(*(Receiver.begin(dsn, notes) for _ in range(2)))
    for number in range(20):
        receiver = (first, second)[number % 2]
        body = batch(*range(number * 5, number * 5 + 5))
        if number == 10:
            # Nobody knows whether it is written, so that Sitoo sends it again, to the other one.
            receiver.send(body)
            await receiver.kill()
            first = receiver = second
        receiver.send(body)
        assert await receiver.answer() == b"200\n"
    await until(lambda: "\n99\n" in notes.read_text())
    await second.kill()
    handled = [int(line) for line in notes.read_text().splitlines()]
    assert in_order(handled) == [*range(100)]
    assert len(handled) <= 102
