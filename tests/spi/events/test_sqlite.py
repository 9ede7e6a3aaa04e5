"""The inbox in a file: it outlasts its processes, and what is wrong with it loses nothing."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import attrs
import pytest

from sitoo_async.spi.events import Events, Letter, SQLiteInbox
from sitoo_async.spi.events._event_file import EventFile, _write_ahead
from tests.spi.events._events import PAIR, batch, post


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events"


@pytest.fixture
async def inbox(path: Path):
    made = SQLiteInbox(path)
    yield made
    await made._end_turn()  # which some tests began by hand
    await made.aclose()


@pytest.fixture
def events(inbox: SQLiteInbox) -> Events:
    return Events(**PAIR, inbox=inbox)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitoo_async.spi.events._event_file._BUSY", 0.01)


def numbers(path: Path) -> list[int]:
    """What waits in a file, as another process sees it."""
    connection = sqlite3.connect(path)
    try:
        rows = connection.execute("SELECT event_id FROM letters WHERE state = 0 ORDER BY place")
        return [int(event_id, 16) for (event_id,) in rows]
    finally:
        connection.close()


async def test_what_was_thanked_for_is_there_after_the_process_and_for_nobody_else(
    events, inbox, path
):
    await post(events, batch(2, 1))
    await post(events, batch(3))
    assert numbers(path) == [2, 1, 3]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    await inbox.aclose()
    again = SQLiteInbox(path)
    assert await again.add([]) == 0
    await post(Events(**PAIR, inbox=again), batch(1, 4))
    assert numbers(path) == [2, 1, 3, 4]
    await again.aclose()


async def test_a_batch_is_written_whole_or_not_at_all(events, inbox, path):
    await post(events, batch(1))
    good, bad = (Letter(event_id=f"{number:032x}", body=b"{}") for number in (2, 3))
    with pytest.raises(sqlite3.Error):
        await inbox.add([good, attrs.evolve(bad, body=object())])
    assert numbers(path) == [1]
    await inbox.add([good, bad])
    assert numbers(path) == [1, 2, 3]


def _locked(path: Path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    return connection.close


def _damaged(path: Path):
    kept = path.read_bytes()
    path.write_bytes(b"nonsense" * 1000)
    return lambda: path.write_bytes(kept)


def _another(path: Path):
    path.rename(aside := path.with_name("aside"))
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE customers (name)")
    connection.close()
    return lambda: aside.replace(path)


def _later(path: Path):
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    return lambda: (connection.execute("PRAGMA user_version = 1"), connection.close())


def _no_directory(path: Path):
    path.parent.rename(aside := path.parent.with_name("aside"))
    return lambda: aside.rename(path.parent)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (_locked, "database is locked"),
        (_damaged, "file is not a database"),
        (_another, "is a database of something else"),
        (_later, "made by another version of sitoo_async (layout 99, not 1)"),
        (_no_directory, "can't be opened: "),
    ],
)
@pytest.mark.usefixtures("impatient")
async def test_what_is_wrong_with_the_file_makes_sitoo_ask_again(spoil, said, events, path, caplog):
    await post(events, batch(1))
    await events.aclose()
    mend = spoil(path)
    assert (await post(events, batch(2))).status == 503
    assert said in caplog.text
    mend()
    assert (await post(events, batch(2))).status == 200
    assert numbers(path) == [1, 2]


async def test_a_disk_that_is_full_makes_sitoo_ask_again(events, inbox, path, caplog):
    def full(file: EventFile) -> None:
        file._open().execute("PRAGMA max_page_count = 1")

    await inbox._do(full)
    assert (await post(events, batch(*range(200)))).status == 503
    assert "database or disk is full" in caplog.text
    # A connection that failed is closed, and this limit was its own.
    assert (await post(events, batch(*range(200)))).status == 200
    assert numbers(path) == [*range(200)]


async def test_a_file_that_is_moved_away_or_replaced_is_not_written_to_any_more(events, path):
    await post(events, batch(1))
    path.rename(path.with_name("aside"))
    assert (await post(events, batch(2))).status == 200
    assert numbers(path) == [2]
    path.with_name("aside").replace(path)
    for end in ("-wal", "-shm"):
        path.with_name(f"events{end}").unlink()
    assert (await post(events, batch(3))).status == 200
    assert numbers(path)[-1] == 3


def test_a_new_file_that_others_are_making_too_is_waited_for(monkeypatch):
    busy = sqlite3.OperationalError("database is locked")
    busy.sqlite_errorcode = sqlite3.SQLITE_BUSY
    left = [None, busy, busy]

    class Connection:
        def execute(self, statement):
            error = left.pop()
            if error is not None:
                raise error

    _write_ahead(Connection())
    assert left == []
    left += [busy]
    monkeypatch.setattr("sitoo_async.spi.events._event_file._BUSY", -1.0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        _write_ahead(Connection())


async def test_what_is_noted_of_a_letter_is_not_noted_of_one_that_has_its_place_by_now(inbox, path):
    letters = [Letter(event_id=f"{number:032x}", body=b"{}") for number in range(4)]
    await inbox.add(letters[:3])
    taken = await inbox._take()
    for each in path.parent.glob("events*"):
        each.unlink()
    await inbox.add(letters[3:])
    await inbox._settle(taken)
    await inbox._bury(taken, "it failed")
    assert numbers(path) == [3]


ELSEWHERE = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
connection.execute("SELECT * FROM letters").fetchall()
connection.close()  # the last one to close a file removes what stands beside it
try:
    sqlite3.connect(sys.argv[1] + "-worker", timeout=0).execute("BEGIN EXCLUSIVE")
except sqlite3.OperationalError as error:
    print(error)
"""


async def test_a_second_inbox_in_a_process_takes_no_lock_away_from_the_first(inbox, path):
    letters = [Letter(event_id=f"{number:032x}", body=b"{}") for number in range(4)]
    other = SQLiteInbox(path)
    assert await inbox._begin_turn()
    await inbox.add(letters[:1])
    await other.add(letters[1:2])
    assert not await other._begin_turn()
    ran = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", ELSEWHERE, path], capture_output=True, check=True
    )
    assert ran.stdout == b"database is locked\n"
    await inbox.add(letters[2:3])
    await other.add(letters[3:])
    await other.aclose()
    await inbox.aclose()
    assert numbers(path) == [0, 1, 2, 3]


async def test_the_turn_is_kept_while_the_file_is_closed_and_is_taken_anew_where_it_was_removed(
    inbox, path
):
    other = SQLiteInbox(path)
    await inbox.add([Letter(event_id=f"{1:032x}", body=b"{}")])
    assert await inbox._begin_turn()
    await inbox.aclose()
    assert not await other._begin_turn()
    path.with_name("events-worker").unlink()
    assert await inbox._take() is not None
    assert not await other._begin_turn()
    path.with_name("events-worker").unlink()
    assert await other._begin_turn()
    assert await inbox._take() is None  # it is the other's now
    await other._end_turn()
    assert await inbox._take() is not None
    await other.aclose()


async def test_a_forked_child_opens_the_file_anew(events, inbox, path, monkeypatch):
    await post(events, batch(1))
    thread = inbox._thread
    monkeypatch.setattr("sitoo_async.spi.events.sqlite.os.getpid", lambda: -1)
    await post(events, batch(2))
    assert inbox._thread is not thread
    assert numbers(path) == [1, 2]
    await inbox.aclose()


async def test_the_turn_is_refused_for_what_is_no_other_worker(inbox, path):
    path.with_name("events-worker").write_bytes(b"nonsense" * 1000)
    with pytest.raises(sqlite3.DatabaseError):
        await inbox._begin_turn()


async def test_many_that_open_a_new_file_at_once_make_it_once(path):
    inboxes = [SQLiteInbox(path) for _ in range(8)]
    answers = await asyncio.gather(
        *(post(Events(**PAIR, inbox=each), batch(number)) for number, each in enumerate(inboxes))
    )
    assert {answer.status for answer in answers} == {200}
    assert sorted(numbers(path)) == [*range(8)]
    for each in inboxes:
        await each.aclose()


async def test_a_worker_finds_what_another_process_received(events, path):
    other = Events(**PAIR, inbox=SQLiteInbox(path))
    seen = asyncio.Event()

    @events.on("order")
    async def order(event, sitoo):
        seen.set()

    async with events.worker(None):
        await asyncio.sleep(0)
        await post(other, batch(1))
        await seen.wait()
    await other.aclose()
