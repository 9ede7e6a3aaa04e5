"""The file gate: who gets the lock and when, what travels with it, and which files it refuses."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from sitoo_async import FileGate, Grant, errors
from sitoo_async._gates import _lock_file, file
from sitoo_async._gates._lock_file import LockFile, clock

KEY = "https://a.example 1-1"


def threads():
    return [thread for thread in threading.enumerate() if thread.name == "sitoo_async gate"]


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # threads and processes tell no event
            await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def nothing_left():
    """Whatever a test does: no file stays open but for the next time, no thread goes on waiting."""
    yield
    for thread in threads():
        thread.join(10)
    assert threads() == []
    while file._idle:
        file._idle.popitem()[1].close()
    assert [file for file in _lock_file._open if file.is_open] == []


@pytest.fixture
def gate(tmp_path):
    return FileGate(tmp_path / "gate")


def lock_path(gate):
    (found,) = Path(gate.path).parent.glob("gate.????????")
    return found


def die():
    """Free what is held, as if this process had died."""
    while file._held:
        file._held.popitem()[1].close()


async def waits(gate, key=KEY):
    """A task that waits for the lock in a thread by now."""
    before = len(threads())
    task = asyncio.create_task(gate.acquire(key))
    await until(lambda: len(threads()) > before)
    return task


def somebody_is_next(gate):
    """Whether the queue is taken: a thread that has just begun may not stand there yet."""
    probe = LockFile(f"{lock_path(gate)}.queue")
    free = probe.lock(wait=False)
    probe.close()
    return not free


# ------------------------------------------------------------------------------- who has it


async def test_a_free_key_is_had_at_once_and_without_a_thread(gate):
    assert await gate.acquire(KEY) == Grant()
    assert threads() == []
    await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


async def test_what_is_asked_for_now_is_had_now_or_leaves_nothing_behind(gate):
    assert gate.acquire_now(KEY) == Grant()
    assert gate.acquire_now(KEY) is None
    waiting = await waits(gate)
    gate.release_now(KEY, 0.0)
    # Whoever waits comes first, also where it was not woken yet.
    assert gate.acquire_now(KEY) is None
    assert await waiting == Grant()
    gate.release_now(KEY, 5.0)
    grant = gate.acquire_now(KEY)
    assert grant.hold == pytest.approx(5, abs=0.5)
    gate.release_now(KEY, 0.0)
    assert file._held == {}


async def test_a_place_that_was_given_up_comes_before_who_asks_now(gate):
    assert gate.acquire_now(KEY) == Grant()
    waiting = await waits(gate)
    waiting.cancel()
    await asyncio.wait({waiting})
    gate.release_now(KEY, 0.0)
    assert gate.acquire_now(KEY) is None
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


async def test_a_file_that_can_not_be_locked_now_is_closed(gate, monkeypatch):
    def broken(*_, **__):
        raise OSError(errno.ENOLCK, "no locks available")

    with monkeypatch.context() as patch:
        patch.setattr(LockFile, "lock", broken)
        with pytest.raises(OSError, match="no locks"):
            gate.acquire_now(KEY)
    assert gate.acquire_now(KEY) == Grant()
    gate.release_now(KEY, 0.0)


async def test_there_are_two_files_for_a_key_that_only_their_owner_reads(gate):
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    lock = lock_path(gate)
    queue = lock.with_name(f"{lock.name}.queue")
    assert sorted(lock.parent.iterdir()) == [lock, queue]
    for path in (lock, queue):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_key_that_is_held_is_waited_for_while_the_loop_goes_on(gate):
    await gate.acquire(KEY)
    task = await waits(FileGate(gate.path))
    await asyncio.sleep(0.02)
    assert not task.done()
    await gate.release(KEY, 0.0)
    assert await task == Grant()
    await gate.release(KEY, 0.0)


async def test_other_keys_are_free(gate):
    await gate.acquire(KEY)
    assert await gate.acquire("https://a.example 1-2") == Grant()
    await gate.release("https://a.example 1-2", 0.0)
    await gate.release(KEY, 0.0)


async def test_whoever_was_just_served_queues_up_behind_those_who_wait(gate):
    await gate.acquire(KEY)
    other = await waits(gate)
    await gate.release(KEY, 0.0)
    again = asyncio.create_task(gate.acquire(KEY))
    await other
    await asyncio.sleep(0.01)
    assert not again.done()
    await gate.release(KEY, 0.0)
    await again
    await gate.release(KEY, 0.0)


async def test_loops_of_one_process_shut_each_other_out(gate):
    await gate.acquire(KEY)
    got = []

    async def other():
        got.append(await gate.acquire(KEY))
        await gate.release(KEY, 0.0)

    thread = threading.Thread(target=asyncio.run, args=(other(),))
    thread.start()
    await until(threads)
    assert got == []
    await gate.release(KEY, 0.0)
    await until(lambda: not thread.is_alive())
    assert got == [Grant()]


# ------------------------------------------------------------------------------ giving up


async def test_a_wait_that_is_cancelled_leaves_nothing_behind(gate):
    await gate.acquire(KEY)
    task = await waits(gate)
    await until(lambda: somebody_is_next(gate))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await gate.release(KEY, 0.0)
    await until(lambda: not threads())
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


async def test_a_cancelled_wait_in_the_queue_passes_the_lock_by(gate):
    await gate.acquire(KEY)
    first = await waits(gate)
    await until(lambda: somebody_is_next(gate))
    second = await waits(gate)
    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    await gate.release(KEY, 0.0)
    assert await first == Grant()
    await until(lambda: not threads())  # although the first still holds the lock
    await gate.release(KEY, 0.0)


async def test_a_lock_that_comes_in_the_moment_of_cancellation_is_freed(gate):
    await gate.acquire(KEY)
    task = await waits(gate)
    await gate.release(KEY, 0.0)
    for thread in threads():
        thread.join()  # it has told the loop, and the loop has not heard yet
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


async def test_a_lock_that_comes_when_the_loop_is_gone_is_freed(gate):
    await gate.acquire(KEY)
    kept = []

    def gone():
        loop = asyncio.new_event_loop()
        kept.append(loop.create_task(gate.acquire(KEY)))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    await asyncio.to_thread(gone)
    assert len(threads()) == 1
    await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)
    kept[0]._log_destroy_pending = False


async def test_what_a_closed_loop_held_is_free_and_told_as_abandoned(gate):
    def gone():
        asyncio.run(gate.acquire(KEY))

    await asyncio.to_thread(gone)
    assert await FileGate(gate.path).acquire(KEY) == Grant(abandoned=True)
    await gate.release(KEY, 0.0)


async def test_closing_leaves_alone_what_is_held(gate):
    async with gate:
        await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


# ---------------------------------------------------------------------------- the files are kept


def opened():
    return {*_lock_file._open}


def replace(path):
    path.unlink()
    path.touch(0o600)


async def test_the_files_are_opened_once_and_closed_with_the_gate(gate):
    other = FileGate(f"{gate.path}.other")
    await other.acquire(KEY)
    await other.release(KEY, 0.0)
    of_other = opened()
    gate.acquire_now(KEY)
    once = opened()
    for _ in range(3):
        gate.release_now(KEY, 0.0)
        assert await gate.acquire(KEY) == Grant()
        waiting = await waits(gate)
        gate.release_now(KEY, 0.0)
        assert await waiting == Grant()
    gate.release_now(KEY, 0.0)
    assert len(once - of_other) == 2
    assert len(opened() - of_other) == 2
    await gate.aclose()
    assert opened() == of_other
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


async def test_they_are_closed_when_their_loop_is_gone(gate):
    async def use():
        gate.acquire_now(KEY)
        gate.release_now(KEY, 0.0)

    await asyncio.to_thread(asyncio.run, use())
    before = opened()
    await use()
    assert len(before) == len(opened()) == 2
    assert before.isdisjoint(opened())
    for each in before:
        each.close()  # a second time, which does nothing


async def test_a_child_opens_its_own(gate):
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    before = opened()
    _lock_file.close_all()
    file._idle.clear()
    assert opened() == set()
    assert await gate.acquire(KEY) == Grant()
    assert before.isdisjoint(opened())
    await gate.release(KEY, 0.0)


@pytest.mark.parametrize("suffix", ["", ".queue"])
async def test_a_file_that_was_replaced_while_it_idled_is_opened_anew(gate, suffix):
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    replace(Path(f"{lock_path(gate)}{suffix}"))
    assert gate.acquire_now(KEY) is None
    assert await gate.acquire(KEY) == Grant()
    other = LockFile(str(lock_path(gate)))
    assert not other.lock(wait=False)
    other.close()
    await gate.release(KEY, 0.0)  # which is not lost


async def test_a_place_that_was_given_up_is_taken_over_by_the_next_wait(gate):
    await gate.acquire(KEY)
    for _ in range(5):
        task = asyncio.create_task(gate.acquire(KEY))
        await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait({task})
    assert len(threads()) == 1
    task = asyncio.create_task(gate.acquire(KEY))
    await asyncio.sleep(0)
    await gate.release(KEY, 0.0)
    assert await task == Grant()
    await gate.release(KEY, 0.0)


async def test_a_place_whose_thread_has_ended_is_not_taken_over(gate):
    await gate.acquire(KEY)
    task = await waits(gate)
    task.cancel()
    await asyncio.wait({task})
    await gate.release(KEY, 0.0)
    await until(lambda: not threads())
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


async def test_a_file_system_that_can_not_lock_is_told(gate, monkeypatch):
    flock = fcntl.flock

    def unable(file, operation):
        if operation == fcntl.LOCK_EX:
            raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))
        flock(file, operation)

    monkeypatch.setattr(fcntl, "flock", unable)
    await gate.acquire(KEY)
    with pytest.raises(OSError, match="locks"):
        await gate.acquire(KEY)
    await gate.release(KEY, 0.0)


async def test_a_full_disk_frees_the_lock(gate, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="space"):
            await gate.acquire(KEY)
    await gate.acquire(KEY)
    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(OSError, match="space"):
            await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant(abandoned=True)  # its mark could not be cleared
    await gate.release(KEY, 0.0)


# ------------------------------------------------------------------------ what is handed on


async def test_the_hold_is_handed_on_as_the_time_that_is_left(gate):
    await gate.acquire(KEY)
    await gate.release(KEY, 30.0)
    await asyncio.sleep(0.01)
    grant = await gate.acquire(KEY)
    assert 0 < grant.hold < 30.0
    await gate.release(KEY, 0.0)
    assert (await gate.acquire(KEY)).hold > 0  # the shorter one did not end it
    await gate.release(KEY, 0.0)


async def test_a_hold_outlives_a_holder_that_dies(gate):
    await gate.acquire(KEY)
    await gate.release(KEY, 30.0)
    await gate.acquire(KEY)
    die()
    grant = await gate.acquire(KEY)
    assert grant.abandoned
    assert 0 < grant.hold < 30.0
    await gate.release(KEY, 0.0)


@pytest.mark.parametrize("seconds", [-5.0, 10_000.0], ids=["over", "of a clock before a reboot"])
async def test_a_hold_that_is_over_or_can_not_be_is_none(gate, seconds):
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    file = LockFile(str(lock_path(gate)))
    file.write(in_flight=False, hold_until=clock() + seconds)
    file.close()
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


@pytest.mark.parametrize("text", ["{}", "[1, 2", "\0" * 128, '{"pid": 1, "in_flight": "no"}'])
async def test_a_file_that_can_not_be_read_counts_as_left_by_a_dead_holder(gate, text):
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    lock_path(gate).write_text(text)
    assert await gate.acquire(KEY) == Grant(abandoned=True)
    await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


# ---------------------------------------------------------------------------- lost files


async def test_a_file_that_was_removed_while_it_was_held_is_told(gate):
    await gate.acquire(KEY)
    lock_path(gate).unlink()
    with pytest.raises(errors.GateLostError, match="removed or replaced"):
        await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


@pytest.mark.parametrize("replaced", [False, True])
async def test_a_file_that_was_removed_while_it_was_waited_for_is_opened_anew(gate, replaced):
    await gate.acquire(KEY)
    path = lock_path(gate)
    task = await waits(gate)
    path.unlink()
    if replaced:
        path.write_text("")
    with pytest.raises(errors.GateLostError):
        await gate.release(KEY, 0.0)
    assert await task == Grant()
    await gate.release(KEY, 0.0)  # which is not lost


# ------------------------------------------------------------------ directories for everybody


def planted(path, what, tmp_path):
    path.unlink()
    if what == "symbolic link":
        path.symlink_to(tmp_path / "elsewhere")
    elif what == "hard link":
        (tmp_path / "victim").write_text("precious")
        path.hardlink_to(tmp_path / "victim")
    elif what == "regular file":
        os.mkfifo(path)
    else:
        path.mkdir()


@pytest.mark.parametrize("what", ["symbolic link", "hard link", "regular file", "directory"])
@pytest.mark.parametrize("suffix", ["", ".queue"])
async def test_what_somebody_planted_is_refused_and_left_alone(gate, tmp_path, what, suffix):
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    path = Path(f"{lock_path(gate)}{suffix}")
    planted(path, what, tmp_path)
    with pytest.raises(errors.ConfigurationError, match=what) as caught:
        await gate.acquire(KEY)
    assert str(path) in str(caught.value)
    assert not (tmp_path / "elsewhere").exists()
    if what == "hard link":
        assert (tmp_path / "victim").read_text() == "precious"


async def test_a_file_of_another_user_is_refused(gate, monkeypatch):
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    await gate.aclose()
    me = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    with pytest.raises(errors.ConfigurationError, match=rf"another user \(uid {me}\)"):
        await gate.acquire(KEY)


async def test_a_directory_that_is_not_there_is_named(tmp_path):
    with pytest.raises(errors.ConfigurationError, match=r"nowhere/gate.*no such file"):
        await FileGate(tmp_path / "nowhere" / "gate").acquire(KEY)


# ------------------------------------------------------------------------------ processes

HOLDER = """
import asyncio, os, sys, time
from sitoo_async import FileGate

async def main():
    await FileGate(sys.argv[1]).acquire(sys.argv[2])
    child = os.fork()
    if child == 0:
        time.sleep(60)
    print(child, flush=True)
    time.sleep(60)

asyncio.run(main())
"""


async def test_a_killed_holder_frees_the_key_at_once_although_a_child_of_its_lives_on(gate):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, gate.path, KEY, env=environment, stdout=subprocess.PIPE
    )
    child = int(await holder.stdout.readline())
    try:
        task = await waits(gate)
        assert not task.done()
        holder.kill()
        assert await asyncio.wait_for(task, 10) == Grant(abandoned=True)
        await gate.release(KEY, 0.0)
    finally:
        os.kill(child, signal.SIGKILL)
        await holder.communicate()  # until the child has let go of the pipe, too


async def test_a_fork_leaves_the_locks_with_the_parent(gate):
    await gate.acquire(KEY)
    ((_, held),) = file._held.items()
    copy = os.dup(held.lock._file)  # the parent's: a fork shares the open file like this
    try:
        _lock_file.close_all()
        with pytest.raises(errors.GateLostError):
            await gate.release(KEY, 0.0)
        task = await waits(gate)
        await asyncio.sleep(0.01)
        assert not task.done()
    finally:
        os.close(copy)
    assert await task == Grant(abandoned=True)
    await gate.release(KEY, 0.0)


# ------------------------------------------------------------------------------- the object


def test_gates_of_one_place_are_equal(tmp_path, monkeypatch):
    gate = FileGate(tmp_path / "gate")
    (tmp_path / "link").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    same = [FileGate("gate"), FileGate("./x/../gate"), FileGate(tmp_path / "link" / "gate")]
    assert {gate, *same} == {gate}
    assert gate != FileGate("other")
    assert repr(gate) == f"FileGate(path='{tmp_path.resolve()}/gate')"


@pytest.mark.parametrize("path", [None, 5, ["gate"], b"gate\0", "/run/ga\0te"], ids=ascii)
def test_what_is_no_path_is_refused_when_the_gate_is_made(path):
    with pytest.raises(errors.SitooError, match="path"):
        FileGate(path)


@pytest.mark.parametrize("path", ["", "/", "/tmp/"])  # noqa: S108  # nothing is made there
def test_a_path_without_a_name_is_refused(path):
    with pytest.raises(errors.ConfigurationError, match="path"):
        FileGate(path)


def test_a_system_without_flock_is_told_what_to_use_instead(monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)  # importing it fails, as on Windows
    with pytest.raises(errors.ConfigurationError, match=r"flock.*PostgresGate or RedisGate"):
        FileGate("gate")


def test_the_clock_is_one_for_all_processes_of_the_host():
    command = [sys.executable, "-c", "from sitoo_async._gates._lock_file import clock"]
    before = clock()
    there = float(
        subprocess.run(  # noqa: S603  # this very Python
            [*command[:2], f"{command[2]}; print(clock())"],
            cwd=Path(__file__).parents[2],
            capture_output=True,
            check=True,
        ).stdout
    )
    assert before <= there <= clock()
