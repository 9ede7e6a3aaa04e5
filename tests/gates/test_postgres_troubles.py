"""PostgresGate while somebody ends its connections and drops its table: waits go on."""

from __future__ import annotations

import asyncio
import contextlib
import random

import asyncpg
import attrs
import pytest

from sitoo_async import GateLostError, SitooClient, errors
from sitoo_async._gates import postgres as module
from sitoo_async._gates._postgres_troubles import connection_lost, passes
from sitoo_async._gates.postgres import PostgresGate
from sitoo_async.testing import FakeSitoo

KEY = "https://host 10020-140"

exceptions = asyncpg.exceptions


@attrs.define(eq=False)
class Vandal:
    """Somebody with all rights who ends connections and drops tables at random."""

    connection: asyncpg.Connection
    chance: random.Random = attrs.field(factory=lambda: random.Random(7))  # noqa: S311  # no secret
    ended: int = 0
    dropped: int = 0

    async def end_some(self, share):
        self.ended += await self.connection.fetchval(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name LIKE 'gate%' AND random() < $1",
            share,
        )

    async def drop(self):
        await self.end_some(1.0)  # else it would wait for those who wait
        with contextlib.suppress(asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            await self.connection.execute("DROP TABLE sitoo_gate")
            self.dropped += 1

    async def strike(self):
        if self.chance.random() < 0.7:
            await self.end_some(0.3)
        else:
            with contextlib.suppress(asyncpg.UndefinedTableError):
                await self.drop()

    async def rage(self):
        while True:
            await self.strike()
            await asyncio.sleep(self.chance.random() * 0.05)


@pytest.fixture
async def vandal(postgres_server):
    connection = await asyncpg.connect(
        postgres_server.url(), server_settings={"lock_timeout": "20ms"}
    )
    await connection.execute("DROP TABLE IF EXISTS sitoo_gate")
    yield Vandal(connection)
    await connection.execute("DROP TABLE IF EXISTS sitoo_gate")
    await connection.close()


async def test_waits_go_on_while_connections_are_ended_and_tables_dropped(postgres_server, vandal):
    lost = 0

    async def take_turns(gate):
        nonlocal lost
        turns = 0
        while turns < 5 or vandal.ended < 12 or vandal.dropped < 2:
            await gate.acquire(KEY)
            await asyncio.sleep(0.01)
            try:
                await gate.release(KEY, 0.0)
            except GateLostError:
                lost += 1  # it was held when that happened
            turns += 1
        return turns

    async with contextlib.AsyncExitStack() as stack:
        gates = [
            PostgresGate(f"{postgres_server.url()}?application_name=gate{n}") for n in range(6)
        ]
        for gate in gates:
            await stack.enter_async_context(gate)
        raging = asyncio.create_task(vandal.rage())
        async with asyncio.timeout(50):
            turns = await asyncio.gather(*(take_turns(gate) for gate in gates))
        raging.cancel()
        await asyncio.wait({raging})
    assert lost < sum(turns)


async def test_no_call_fails_while_its_gate_is_cut_off(postgres_server, vandal):
    gate = PostgresGate(f"{postgres_server.url()}?application_name=gate")
    async with (
        FakeSitoo(products=5) as fake,
        gate,
        SitooClient(**fake.credentials, gate=gate) as sitoo,
    ):
        await sitoo.products.get(1)
        raging = asyncio.create_task(vandal.rage())
        results = await asyncio.gather(
            *(sitoo.products.update(1 + number % 5, title=f"{number}") for number in range(20)),
            return_exceptions=True,
        )
        raging.cancel()
        await asyncio.wait({raging})
    assert [error for error in results if isinstance(error, BaseException)] == []


async def test_a_statement_that_is_never_carried_out_is_told_in_time(
    postgres_server, vandal, monkeypatch
):
    monkeypatch.setattr(module, "PATIENCE", 0.2)
    gate = PostgresGate(f"{postgres_server.url()}?application_name=gate")
    monkeypatch.setattr(module, "_ACQUIRE", "SELECT $1, $2, $3, $4 FROM no_such_table")
    async with asyncio.timeout(10):
        with pytest.raises(asyncpg.UndefinedTableError):
            await gate.acquire(KEY)
    await gate.aclose()


@pytest.mark.parametrize(
    ("error", "at_first", "later", "lost"),
    [
        (ConnectionRefusedError(), False, True, True),
        (TimeoutError(), False, True, True),
        (ConnectionResetError(), True, True, True),
        (exceptions.ConnectionDoesNotExistError("cut"), True, True, True),
        (exceptions.AdminShutdownError("ended"), True, True, True),
        (exceptions.CannotConnectNowError("starting"), True, True, True),
        (exceptions.QueryCanceledError("cancelled"), True, True, False),
        (exceptions.TooManyConnectionsError("full"), True, True, False),
        (exceptions.DeadlockDetectedError("deadlock"), True, True, False),
        (exceptions.UndefinedTableError("dropped"), True, True, False),
        (exceptions.ReadOnlySQLTransactionError("standby"), True, True, False),
        (exceptions.InterfaceError("closed"), False, True, True),
        (exceptions.TargetServerAttributeNotMatched("no primary"), False, True, False),
        (exceptions.InvalidPasswordError("wrong"), False, False, False),
        (exceptions.InvalidCatalogNameError("no such database"), False, False, False),
        (exceptions.InsufficientPrivilegeError("not allowed"), False, False, False),
        (errors.ConfigurationError("a pooler"), False, False, False),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else str(value),
)
def test_what_passes_and_what_does_not(error, at_first, later, lost):
    assert passes(error, reached=False) is at_first
    assert passes(error, reached=True) is later
    assert connection_lost(error) is lost
