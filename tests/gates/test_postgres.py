"""PostgresGate against a real server: order, loss, cancellation, the table, and the password."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import inspect
import os
import re
import signal
import sys
import textwrap
import threading
import traceback

import asyncpg
import pytest

from sitoo_async import ConfigurationError, GateLostError, Grant, InvalidOptionError
from sitoo_async._gates import postgres as module
from sitoo_async._gates.postgres import PostgresGate
from tests.gates._postgres import PASSWORD, QUOTED, PostgresServer

KEY = "https://host 10020-140"
FREE = Grant(hold=0.0, abandoned=False)
LEFT = Grant(hold=0.0, abandoned=True)
UNREACHABLE = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
)
"""What a connection may end in, or not begin for, while a server stops, is away, or starts."""


async def until(condition):
    async with asyncio.timeout(20):
        while not await condition():  # noqa: ASYNC110  # the server tells nobody
            await asyncio.sleep(0.005)


class Desk:
    """The server as its administrator sees it, and gates with connections of their own."""

    def __init__(self, server, connection):
        self.server = server
        self.connection = connection
        self.gates = []

    def gate(self, name, **place):
        # Gates with one DSN would share their connections.
        gate = PostgresGate(f"{self.server.url(**place)}?application_name={name}")
        self.gates.append(gate)
        return gate

    async def execute(self, statement, *arguments):
        return await self.connection.fetch(statement, *arguments)

    async def process_of(self, name):
        return await self.connection.fetchval(
            "SELECT pid FROM pg_stat_activity WHERE application_name = $1", name
        )

    async def cut_off(self, name):
        process = await self.process_of(name)
        await self.execute("SELECT pg_terminate_backend($1, 10000)", process)

    async def gone(self, name):
        """Return when that gate has no connection."""

        async def none_left():
            return await self.process_of(name) is None

        await until(none_left)

    async def waits(self, name):
        """Return when that gate waits for its lock."""

        async def waiting():
            return await self.connection.fetchval(
                "SELECT true FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE application_name = $1 AND locktype = 'advisory' AND NOT granted",
                name,
            )

        await until(waiting)

    async def ask(self, gate):
        """Let a gate wait for the key."""
        task = asyncio.create_task(gate.acquire(KEY))
        await self.waits(re.search("=(.*)", gate._source.query)[1])
        return task

    async def aclose(self):
        await self.end()
        await self.connection.close()

    async def end(self):
        """Close the gates, and what they still hold as if their process had died."""
        for gate in self.gates:
            for place, session in module._sessions.items():
                if place[0] == gate._source and session.held:
                    session.held = False
                    session._turn.release()
            await gate.aclose()


@contextlib.asynccontextmanager
async def opened(server):
    connection = await asyncpg.connect(server.url())
    await connection.execute("DROP TABLE IF EXISTS sitoo_gate")
    desk = Desk(server, connection)
    yield desk
    await desk.aclose()


@pytest.fixture
async def desk(postgres_server):
    async with opened(postgres_server) as desk:
        yield desk


@pytest.fixture
async def own_desk(postgres_server):
    """One at a server that no other test uses, so that it may be stopped."""
    with PostgresServer() as server:
        async with opened(server) as desk:
            yield desk


def elsewhere(coroutine):
    """Run it in another thread, while this loop stands still."""
    thread = threading.Thread(target=asyncio.run, args=[coroutine])
    thread.start()
    thread.join()


# ------------------------------------------------------------------------- the right, the hold


async def test_turns_are_given_in_the_order_in_which_they_were_asked_for(desk):
    first, *others = (desk.gate(name) for name in "abcd")
    assert await first.acquire(KEY) == FREE
    turns = []

    async def turn(gate, task):
        await task
        turns.append(gate)
        await gate.release(KEY, 0.0)

    waiting = [(gate, await desk.ask(gate)) for gate in others]
    again = asyncio.create_task(first.acquire(KEY))  # behind its own turn, and so behind all
    await first.release(KEY, 0.0)
    await asyncio.gather(*(turn(*waiter) for waiter in waiting), turn(first, again))
    assert turns == [*others, first]


async def test_what_the_last_holder_told_is_read_after_the_lock_was_given(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    waiting = await desk.ask(second)  # by now its snapshot holds the mark, and no hold
    await first.release(KEY, 300.0)
    grant = await waiting
    assert not grant.abandoned
    assert 200 < grant.hold <= 300


async def test_a_shorter_hold_does_not_end_a_longer_one(desk):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    await gate.release(KEY, 300.0)
    assert (await gate.acquire(KEY)).hold > 0
    await gate.release(KEY, 0.0)
    assert (await gate.acquire(KEY)).hold > 200


async def test_a_clock_set_back_does_not_hold_for_ever(desk):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    await desk.execute("UPDATE sitoo_gate SET hold_until = now() + interval '1 day'")
    assert (await gate.acquire(KEY)).hold == 660.0


async def test_keys_are_independent(desk):
    gate = desk.gate("a")
    assert await gate.acquire("one") == FREE
    assert await gate.acquire("two") == FREE
    await gate.release("two", 0.0)
    await gate.release("one", 0.0)


async def test_in_one_loop_too_only_one_has_the_right(desk):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    second = asyncio.create_task(gate.acquire(KEY))
    await asyncio.sleep(0.01)
    assert not second.done()
    await gate.release(KEY, 0.0)
    assert await second == FREE
    await gate.release(KEY, 0.0)
    with pytest.raises(GateLostError, match="does not hold"):
        await gate.release(KEY, 0.0)


async def test_what_was_never_acquired_is_not_held(desk):
    with pytest.raises(GateLostError, match="does not hold"):
        await desk.gate("a").release(KEY, 0.0)


async def test_equal_gates_are_one(desk):
    one, two, other = desk.gate("a"), desk.gate("a"), desk.gate("b")
    assert one == two
    assert hash(one) == hash(two)
    assert one != other
    assert one != "gate"
    await one.acquire(KEY)
    await two.release(KEY, 0.0)


async def test_other_loops_have_connections_of_their_own(desk):
    gate = desk.gate("a")
    grants = []

    async def visit():
        async with gate:
            grants.append(await gate.acquire(KEY))
            await gate.release(KEY, 0.0)

    await gate.acquire("another key")
    elsewhere(visit())
    assert grants == [FREE]
    assert await gate.acquire(KEY) == FREE
    assert all(loop is asyncio.get_running_loop() for _, _, loop in module._sessions)


async def test_unix_sockets_will_do(desk):
    async with PostgresGate(desk.server.local_url) as gate:
        assert await gate.acquire(KEY) == FREE
        await gate.release(KEY, 0.0)


# ----------------------------------------------------------------------------- cancellation


async def test_a_waiter_that_is_cancelled_leaves_the_queue(desk):
    first, second, third = (desk.gate(name) for name in "abc")
    await first.acquire(KEY)
    waiting = await desk.ask(second)
    last = await desk.ask(third)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await desk.gone("b")
    await first.release(KEY, 0.0)
    assert await last == FREE
    again = await desk.ask(second)
    await third.release(KEY, 0.0)
    assert await again == FREE


@pytest.mark.parametrize("grant", [FREE, LEFT])
async def test_a_lock_that_comes_with_the_cancellation_goes_back_as_it_was(desk, grant):
    first, second, third = (desk.gate(name) for name in "abc")
    await first.acquire(KEY)
    waiting = await desk.ask(second)

    async def free_the_lock():
        there = Desk(desk.server, await asyncpg.connect(desk.server.url()))

        async def taken():
            return await there.connection.fetchval(
                "SELECT state = 'idle' FROM pg_stat_activity WHERE application_name = 'b'"
            )

        if grant == FREE:
            # What the first gate would do, if its loop did not stand still.
            await there.execute("UPDATE sitoo_gate SET holder = NULL")
        await there.cut_off("a")
        await until(taken)
        await there.aclose()

    elsewhere(free_the_lock())
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await third.acquire(KEY) == grant


async def test_cancellation_at_any_moment_leaves_nothing_behind(desk):
    first, second = desk.gate("a"), desk.gate("b")
    for turn in range(40):
        assert await first.acquire(KEY) == FREE
        waiting = await desk.ask(second)
        release = asyncio.create_task(first.release(KEY, 0.0))
        await asyncio.sleep(turn * 0.00004)
        waiting.cancel()
        await release
        with contextlib.suppress(asyncio.CancelledError):
            assert await waiting == FREE
            await second.release(KEY, 0.0)


async def test_who_is_cancelled_twice_does_not_wait_for_the_farewell(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    waiting = await desk.ask(second)
    waiting.cancel()
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await second.aclose()
    await desk.gone("b")


async def test_a_release_that_is_cancelled_frees_the_lock_and_leaves_no_mark(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    releasing = asyncio.create_task(first.release(KEY, 0.0))
    await asyncio.sleep(0)
    releasing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await releasing
    assert await second.acquire(KEY) == FREE


# ------------------------------------------------------------------------------------ loss


async def test_a_connection_lost_while_the_key_was_held_is_told_to_both_sides(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    waiting = await desk.ask(second)
    await desk.cut_off("a")
    assert await waiting == LEFT
    with pytest.raises(GateLostError, match="lost while the key was held"):
        await first.release(KEY, 0.0)
    await second.release(KEY, 0.0)
    assert await first.acquire(KEY) == FREE


async def test_a_connection_lost_while_it_was_idle_is_opened_again(desk):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    elsewhere(cut_off_from_elsewhere(desk.server, "a"))  # the loop does not hear of it before
    assert await gate.acquire(KEY) == FREE
    await gate.release(KEY, 0.0)
    await desk.cut_off("a")
    assert await gate.acquire(KEY) == FREE


async def cut_off_from_elsewhere(server, name):
    there = Desk(server, await asyncpg.connect(server.url()))
    await there.cut_off(name)
    await there.aclose()


async def test_a_connection_lost_while_it_waited_asks_again_however_often(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    waiting = await desk.ask(second)
    processes = set()
    for _ in range(4):
        processes.add(await desk.process_of("b"))
        await desk.cut_off("b")
        await desk.waits("b")
    assert len(processes) == 4
    await first.release(KEY, 0.0)
    assert await waiting == FREE


async def test_a_restart_of_the_server_is_a_loss_and_no_more(own_desk, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 50.0)  # for a busy machine
    desk = own_desk
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    waiting = await desk.ask(second)
    await asyncio.to_thread(desk.server.stop)
    await asyncio.to_thread(desk.server.start)
    assert await waiting == LEFT
    desk.connection = await asyncpg.connect(desk.server.url())
    with pytest.raises(GateLostError):
        await first.release(KEY, 0.0)


async def test_a_server_that_does_not_come_back_is_told(own_desk, monkeypatch):
    desk = own_desk
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    waiting = await desk.ask(second)
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    await asyncio.to_thread(desk.server.stop)
    with pytest.raises(UNREACHABLE):
        await waiting
    await asyncio.to_thread(desk.server.start)
    desk.connection = await asyncpg.connect(desk.server.url())
    with pytest.raises(GateLostError):
        await first.release(KEY, 0.0)


async def test_closing_leaves_alone_what_is_held_or_waited_for(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    waiting = await desk.ask(second)
    await first.aclose()
    await second.aclose()
    await first.release(KEY, 0.0)
    assert await waiting == FREE
    await second.release(KEY, 0.0)
    await second.aclose()
    await desk.gone("b")


async def test_a_hold_outlives_the_connection_and_the_release(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    await desk.cut_off("a")
    with pytest.raises(GateLostError, match="lost while the key was held"):
        await first.release(KEY, 300.0)
    grant = await second.acquire(KEY)
    assert grant.abandoned
    assert 200 < grant.hold <= 300
    releasing = asyncio.create_task(second.release(KEY, 600.0))
    await asyncio.sleep(0)
    releasing.cancel()
    await asyncio.wait({releasing})
    assert 500 < (await first.acquire(KEY)).hold <= 600


@pytest.mark.filterwarnings("ignore:unclosed")
async def test_a_release_that_has_begun_is_made_although_the_loop_ends(desk):
    gate = desk.gate("a")

    def left():
        loop = asyncio.new_event_loop()
        loop.run_until_complete(gate.acquire(KEY))
        task = loop.create_task(gate.release(KEY, 300.0))
        task._log_destroy_pending = False
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
        return task

    task = await asyncio.to_thread(left)
    grant = await asyncio.wait_for(desk.gate("b").acquire(KEY), 10)
    assert not grant.abandoned
    assert grant.hold > 200
    del task  # unless the server was quicker than the loop, it never ended
    gc.collect()


@pytest.mark.filterwarnings("ignore:unclosed")
async def test_who_waited_in_a_loop_that_was_closed_leaves_the_queue(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)

    def left():
        loop = asyncio.new_event_loop()
        task = loop.create_task(second.acquire(KEY))
        task._log_destroy_pending = False
        loop.run_until_complete(asyncio.wait({task}, timeout=0.3))
        loop.close()

    await asyncio.to_thread(left)
    await desk.gate("c").acquire("another key")  # the next question, whoever asks it
    gc.collect()
    await desk.gone("b")
    await first.release(KEY, 0.0)
    assert await first.acquire(KEY) == FREE


async def test_a_connection_that_is_gone_already_is_not_cut_off_again(desk):
    connection = await asyncpg.connect(desk.server.url())
    link = connection._transport.get_extra_info("socket")
    connection.terminate()
    async with asyncio.timeout(5):
        while link.fileno() >= 0:  # noqa: ASYNC110  # the transport tells nobody
            await asyncio.sleep(0)
    module._cut_off(connection)
    assert connection.is_closed()


async def test_a_connection_that_the_server_has_ended_may_still_be_cut_off(desk):
    connection = await asyncpg.connect(f"{desk.server.url()}?application_name=a")
    module._cut_off(connection)
    elsewhere(gone_from_elsewhere(desk.server, "a"))  # this loop does not hear of it before
    module._cut_off(connection)
    connection.terminate()


async def gone_from_elsewhere(server, name):
    there = Desk(server, await asyncpg.connect(server.url()))
    await there.gone(name)
    await there.aclose()


@pytest.mark.filterwarnings("ignore:unclosed")
async def test_what_a_closed_loop_held_is_free_at_the_next_question(desk):
    gate, kept = desk.gate("a"), []

    def left():
        loop = asyncio.new_event_loop()
        loop.run_until_complete(gate.acquire(KEY))
        loop.close()
        kept.extend(module._sessions.values())  # so that no collection closes them

    await asyncio.to_thread(left)
    assert await asyncio.wait_for(gate.acquire(KEY), 10) == LEFT
    await gate.release(KEY, 0.0)
    kept.clear()
    gc.collect()


async def test_a_forked_child_does_not_keep_its_parents_lock(desk):
    code = OTHER.replace(
        "        await asyncio.sleep(60)",
        "        if not os.fork():\n"
        "            time.sleep(60)\n        print('held', flush=True)\n"
        "        time.sleep(60)",
    ).replace("asyncio, sys", "asyncio, os, sys, time")
    async with another_process(desk, code, start_new_session=True) as other:
        await other.stdout.readuntil(b"held\nheld")
        waiting = await desk.ask(desk.gate("a"))
        other.kill()
        try:
            assert await asyncio.wait_for(waiting, 10) == LEFT
        finally:
            os.killpg(other.pid, signal.SIGKILL)


@pytest.mark.filterwarnings("ignore:unclosed")
async def test_a_child_forgets_what_it_inherits(desk):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    module._forget()
    with pytest.raises(GateLostError, match="does not hold"):
        await gate.release(KEY, 0.0)
    gc.collect()


async def test_a_pooler_that_hands_connections_around_is_noticed(desk):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    (session,) = (found for place, found in module._sessions.items() if place[0] == gate._source)
    await session._connection.execute("SELECT pg_advisory_unlock_all()")
    with pytest.raises(GateLostError, match="pooler"):
        await gate.release(KEY, 0.0)


@pytest.fixture
async def pooler(desk, role):
    """Seen by the role, the server is behind a pooler; tells what process it claims to be."""
    await desk.execute("GRANT CREATE ON SCHEMA public TO guest")
    await desk.execute("ALTER ROLE guest SET search_path = public, pg_catalog")

    async def claims(process):
        await desk.execute(
            "CREATE OR REPLACE FUNCTION public.pg_backend_pid() RETURNS int LANGUAGE sql AS"
            f" 'SELECT {process}'"
        )

    yield claims
    await desk.execute("DROP FUNCTION public.pg_backend_pid")


async def test_a_pooler_that_gives_its_connections_away_is_refused(desk, role, pooler):
    await pooler("7")
    with pytest.raises(ConfigurationError, match="pool_mode to session"):
        await desk.gate("a", user=role).acquire(KEY)
    await desk.gone("a")


async def test_a_pooler_that_leaves_each_its_own_will_do(desk, role, pooler):
    await pooler("-pg_catalog.pg_backend_pid()")
    gate = desk.gate("a", user=role)
    assert await gate.acquire(KEY) == FREE
    await gate.release(KEY, 0.0)


async def test_a_table_that_went_away_is_a_loss_and_comes_back(desk):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    await desk.execute("DROP TABLE sitoo_gate")
    with pytest.raises(GateLostError, match="UndefinedTableError") as caught:
        await gate.release(KEY, 0.0)
    assert isinstance(caught.value.__cause__, asyncpg.UndefinedTableError)
    assert await gate.acquire(KEY) == FREE


async def test_a_server_that_is_silent_is_left(desk, monkeypatch):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    process = await desk.process_of("a")
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    os.kill(process, signal.SIGSTOP)
    try:
        with pytest.raises(GateLostError, match="TimeoutError"):
            await gate.release(KEY, 0.0)
    finally:
        os.kill(process, signal.SIGCONT)


async def test_an_idle_connection_to_a_silent_server_is_left_when_it_is_closed(desk, monkeypatch):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    process = await desk.process_of("a")
    monkeypatch.setattr(module, "PATIENCE", 0.1)
    os.kill(process, signal.SIGSTOP)
    try:
        await gate.aclose()
    finally:
        os.kill(process, signal.SIGCONT)
    assert await gate.acquire(KEY) == FREE


async def test_a_farewell_that_is_cancelled_leaves_no_connection(desk):
    first, second = desk.gate("a"), desk.gate("b")
    await first.acquire(KEY)
    waiting = await desk.ask(second)
    waiting.cancel()
    await asyncio.sleep(0)
    (session,) = (
        session for place, session in module._sessions.items() if place[0] == second._source
    )
    (leaving,) = session._leaving
    await asyncio.sleep(0)  # it begins
    leaving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await desk.gone("b")


async def test_who_leaves_as_the_loop_shuts_down_frees_the_lock_at_once(desk):
    first, second, third = (desk.gate(name) for name in "abc")
    await first.acquire(KEY)
    kept = []

    async def leaves():
        task = asyncio.create_task(second.acquire(KEY))
        await asyncio.to_thread(asked.wait)
        kept.extend(session._connection for session in module._sessions.values())
        # When its farewell is about to begin, the loop cancels all that is under way.
        task.cancel()

    asked = threading.Event()
    ending = asyncio.create_task(asyncio.to_thread(asyncio.run, leaves()))
    await desk.waits("b")
    asked.set()
    await ending
    # Neither is this gate asked again, nor is its connection collected.
    await desk.gone("b")
    kept.clear()
    await first.release(KEY, 0.0)
    assert await third.acquire(KEY) == FREE


async def test_a_hold_that_no_server_takes_is_logged(desk, caplog):
    gate = desk.gate("a")
    await gate.acquire(KEY)
    await asyncio.to_thread(desk.server.stop)
    with pytest.raises(GateLostError):
        await gate.release(KEY, 60.0)
    assert "could not be told how long to hold back" in caplog.text
    await asyncio.to_thread(desk.server.start)
    desk.connection = await asyncpg.connect(desk.server.url())


# --------------------------------------------------------------------------- other processes

OTHER = """
import asyncio, sys
from sitoo_async._gates.postgres import PostgresGate

async def main():
    async with PostgresGate(sys.argv[1]) as gate:
        await gate.acquire(sys.argv[2])
        print("held", flush=True)
        await asyncio.sleep(60)

asyncio.run(main())
"""


@contextlib.asynccontextmanager
async def another_process(desk, code=OTHER, **options):
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", code, f"{desk.server.url()}?application_name=other", KEY),
        stdout=asyncio.subprocess.PIPE,
        **options,
    )
    yield process
    with contextlib.suppress(ProcessLookupError):
        process.kill()
    await process.communicate()


async def test_a_holder_that_is_killed_frees_the_lock_and_leaves_its_mark(desk):
    async with another_process(desk) as other:
        await other.stdout.readuntil(b"held")
        gate = desk.gate("a")
        waiting = await desk.ask(gate)
        other.kill()
        assert await waiting == LEFT


async def test_a_waiter_that_is_killed_loses_its_place(desk):
    first = desk.gate("a")
    await first.acquire(KEY)
    async with another_process(desk) as other:
        await desk.waits("other")
        other.kill()
        await desk.gone("other")
    await first.release(KEY, 0.0)
    assert await first.acquire(KEY) == FREE


# ----------------------------------------------------------------- the server's own settings


@pytest.fixture
async def role(desk):
    """A role that may nothing but log in."""
    await desk.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    yield "guest"
    await desk.end()
    await desk.execute("DROP OWNED BY guest")
    await desk.execute("DROP ROLE guest")


async def test_limits_that_the_role_is_set_do_not_end_a_wait_or_an_idle_connection(desk, role):
    await desk.execute("GRANT CREATE ON SCHEMA public TO guest")
    for setting in ("statement_timeout", "lock_timeout", "idle_session_timeout"):
        await desk.execute(f"ALTER ROLE guest SET {setting} = '60ms'")
    await desk.execute("ALTER ROLE guest SET default_transaction_isolation = 'serializable'")
    await desk.execute("ALTER ROLE guest SET default_transaction_read_only = on")
    first, second = desk.gate("a", user=role), desk.gate("b", user=role)
    await first.acquire(KEY)
    processes = [await desk.process_of("a")]
    waiting = await desk.ask(second)
    processes.append(await desk.process_of("b"))
    await asyncio.sleep(0.2)
    await first.release(KEY, 300.0)
    grant = await waiting
    assert grant.hold > 0
    assert not grant.abandoned
    assert processes == [await desk.process_of("a"), await desk.process_of("b")]


async def test_the_docstring_tells_how_to_create_the_table_by_hand(desk, role):
    gate = desk.gate("a", user=role)
    with pytest.raises(ConfigurationError, match="may not create") as caught:
        await gate.acquire(KEY)
    assert isinstance(caught.value.__cause__, asyncpg.InsufficientPrivilegeError)
    assert "CREATE TABLE IF NOT EXISTS sitoo_gate (" in str(caught.value)
    told = re.search(r" *CREATE TABLE.*?the_role;", inspect.getdoc(PostgresGate), re.DOTALL)[0]
    assert textwrap.dedent(told).split("\nGRANT")[0] == (
        module._TABLE.replace(" IF NOT EXISTS", "") + ";"
    )
    await desk.connection.execute(told.replace("the_role", role))
    assert await gate.acquire(KEY) == FREE
    await gate.release(KEY, 0.0)


async def test_a_role_without_a_schema_is_told_the_same(desk, role):
    await desk.execute("ALTER ROLE guest SET search_path = ''")
    with pytest.raises(ConfigurationError, match="no schema"):
        await desk.gate("a", user=role).acquire(KEY)


async def test_many_may_create_the_table_at_once(desk):
    gates = [desk.gate(f"gate{number}") for number in range(8)]
    grants = await asyncio.gather(
        *(gate.acquire(f"key {number}") for number, gate in enumerate(gates))
    )
    assert grants == [FREE] * 8


# ------------------------------------------------------------------------- DSN and password


@pytest.mark.parametrize(
    "dsn",
    [
        "",
        None,
        "mysql://user:secret@host/db",
        "host=localhost password=secret",
        "user:secret@host/db",
        "postgresql://user:sec/ret@host/db",
        "postgresql://user:sec?ret@host/db",
        "postgresql://user:sec#ret@host/db",
        "postgresql://user:sec@ret@host/db",
        "postgresql://user:sec ret@host/db",
        "postgresql://user:secret",
        "postgresql://user:secret@host:port/db",
        "postgresql://user@host/db?password=secret",
    ],
)
def test_a_dsn_that_can_not_be_read_is_refused_and_not_quoted(dsn):
    with pytest.raises(InvalidOptionError) as caught:
        PostgresGate(dsn)
    assert "sec" not in str(caught.value)
    assert caught.value.field == "dsn"


@pytest.mark.parametrize(
    ("dsn", "shown"),
    [
        ("postgres://host", "postgres://host"),
        ("postgresql://u:p@a:1,b:2/db?sslmode=require", "postgresql://u@a:1,b:2/db"),
        ("postgresql://u:p@[::1]:2/db?sslmode=require", "postgresql://u@[::1]:2/db"),
        ("postgresql:///db?host=/tmp", "postgresql:///db"),
        ("postgresql://:p@/db", "postgresql://@/db"),
    ],
)
def test_a_gate_shows_all_of_its_dsn_but_password_and_parameters(dsn, shown):
    assert repr(PostgresGate(dsn)) == f"PostgresGate({shown!r})"


async def test_a_wrong_password_is_told_and_shown_nowhere(desk, caplog):
    caplog.set_level("DEBUG")
    gate = desk.gate("a", password="sesame%2Fopen")
    with pytest.raises(asyncpg.InvalidPasswordError) as caught:
        await gate.acquire(KEY)
    told = "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    )
    assert "sesame" not in told + caplog.text + repr(gate) + repr(vars(gate))
    assert "10020-140" in told  # the variables were printed indeed


async def test_the_right_password_is_shown_nowhere_either(desk, caplog):
    caplog.set_level("DEBUG")
    gate = desk.gate("a")
    await gate.acquire(KEY)
    (session,) = (found for place, found in module._sessions.items() if place[0] == gate._source)
    shown = repr(gate) + repr(vars(session)) + repr(session._connection._params) + caplog.text
    await desk.execute("DROP TABLE sitoo_gate")
    with pytest.raises(GateLostError) as caught:
        await gate.release(KEY, 0.0)
    shown += "".join(
        traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    )
    assert PASSWORD not in shown
    assert QUOTED not in shown


async def test_a_server_that_is_not_there_is_told(postgres_server):
    gate = PostgresGate(f"postgresql://sitoo:{QUOTED}@127.0.0.1:1/postgres")
    with pytest.raises(ConnectionRefusedError):
        await gate.acquire(KEY)


def test_without_the_driver_the_gate_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(ConfigurationError, match=r"sitoo_async\[postgres\]"):
        PostgresGate("postgresql://host/db")
