"""What an engine holds is not trusted: a lease, an end or a hold that is none blocks nobody."""

from __future__ import annotations

import asyncio
import hashlib
import time

import asyncpg
import pytest

from sitoo_async import FileGate, Grant, InvalidOptionError, RedisGate
from sitoo_async._gates._lock_file import clock
from sitoo_async._gates.postgres import PostgresGate
from tests.gates._redis_server import KEY, MISSING, find_server, soon

GARBAGE = ["nan", "-nan", "inf", "-inf", "1e300", "-1e300", "1e12", "-1", "0", "", "soon", "0x1p99"]

# ------------------------------------------------------------------------------------- Redis


async def state(probe, key=KEY, **fields):
    """Let the server hold that a foreign process has the key, with these fields."""
    now = int(1000 * time.time())
    foreign = {"holder": "foreign", "ends": now + 200, "lease": 200, "claimed": 1, "hold": 0}
    mapping = {**foreign, "abandoned": 0, "server": "", **fields}
    await probe.hset(f"sitoo:{{{key}}}:state", mapping=mapping)


@pytest.mark.skipif(find_server() is None, reason=MISSING)
@pytest.mark.parametrize("text", GARBAGE)
async def test_no_lease_that_redis_holds_of_a_foreign_holder_blocks_for_ever(
    make_gate, probe, text
):
    gate = await make_gate(lease=0.6)

    async def turn(key, **fields):
        await state(probe, key, **fields)
        grant = await soon(gate.acquire(key))
        await gate.release(key, 0.0)
        return grant

    grants = await asyncio.gather(
        turn("one", lease=text), turn("two", ends=text), turn("three", lease=text, ends=text)
    )
    assert grants == [Grant(abandoned=True)] * 3


@pytest.mark.skipif(find_server() is None, reason=MISSING)
@pytest.mark.parametrize("text", ["nan", "inf", "1e15", "soon"])
async def test_an_end_that_can_not_be_read_leaves_a_living_holder_its_lease(make_gate, probe, text):
    # Who knows whether it is still at work.
    gate = await make_gate(lease=0.5)
    await state(probe, ends=text, lease=text)
    asking = asyncio.ensure_future(gate.acquire(KEY))
    done, _ = await asyncio.wait({asking}, timeout=0.25)
    assert not done
    assert (await soon(asking)).abandoned
    await gate.release(KEY, 0.0)


@pytest.mark.skipif(find_server() is None, reason=MISSING)
@pytest.mark.parametrize("text", GARBAGE)
async def test_no_hold_that_redis_holds_lasts_longer_than_holds_do(make_gate, probe, text):
    gate = await make_gate(lease=0.3)
    await state(probe, holder="", hold=text)
    assert (await soon(gate.acquire(KEY))).hold == 0.0
    await gate.release(KEY, 300.0)
    assert 200 < (await gate.acquire(KEY)).hold <= 300
    await gate.release(KEY, 0.0)


@pytest.mark.parametrize("lease", [600.1, 1e12, 10**400])
def test_no_gate_has_a_lease_that_makes_no_sense(lease):
    with pytest.raises(InvalidOptionError, match="lease must be"):
        RedisGate("redis://localhost", lease=lease)


# -------------------------------------------------------------------------------- PostgreSQL


@pytest.fixture
async def table(postgres_server):
    connection = await asyncpg.connect(postgres_server.url())
    async with PostgresGate(f"{postgres_server.url()}?application_name=stored") as gate:
        await gate.acquire(KEY)
        await gate.release(KEY, 0.0)
        yield gate, connection
        await connection.execute("DROP TABLE sitoo_gate")
    await connection.close()


@pytest.mark.parametrize(
    ("moment", "longest"),
    [
        ("infinity", 0.0),
        ("-infinity", 0.0),
        ("4713-01-01 BC", 0.0),
        ("1970-01-01", 0.0),
        ("2100-01-01", 660.0),  # a clock that was set back
        ("294276-12-31", 660.0),
    ],
)
async def test_no_hold_that_a_table_holds_lasts_longer_than_holds_do(table, moment, longest):
    gate, connection = table
    await connection.execute(f"UPDATE sitoo_gate SET hold_until = '{moment}'")  # noqa: S608  # ours
    assert await gate.acquire(KEY) == Grant(hold=longest)
    await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 300.0)
    assert 200 < (await gate.acquire(KEY)).hold <= 300
    await gate.release(KEY, 0.0)


@pytest.mark.parametrize("mark", ["", "foreign", "x" * 100_000])
async def test_any_mark_that_a_table_holds_is_that_of_a_lost_holder_once(table, mark):
    gate, connection = table
    await connection.execute("UPDATE sitoo_gate SET holder = $1, former_holder = $1", mark)
    assert await gate.acquire(KEY) == Grant(abandoned=True)
    await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 0.0)


# ------------------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    "content",
    [
        *(b"soon", b"\xff\xfe\x00", b"\x00" * 300, b"[", b"[" * 128, b"null", b"[1, true]"),
        b'{"pid": 1, "in_flight": true}',
        *(
            b'{"pid": 1, "in_flight": true, "hold_until": %s}' % value
            for value in (b"NaN", b"Infinity", b"1e400", b"-1e400", b"null", b'"60"', b"true")
        ),
        b'{"pid": "x", "in_flight": true, "hold_until": 0}',
        b'{"pid": 1, "in_flight": true, "hold_until": 1' + b"0" * 80 + b"}",
        b'{"pid": 1, "in_flight": true, "hold_until": 1e300}',
        b'{"pid": 1, "in_flight": true, "hold_until": -1e300}',
        b'{"pid": 1, "in_flight": true, "hold_until": 1796000000}',
    ],
    ids=lambda content: hashlib.sha256(content).hexdigest()[:6],
)
@pytest.mark.parametrize("prompt", [False, True])
async def test_a_lock_file_that_holds_anything_is_that_of_a_lost_holder_once(
    tmp_path, content, prompt
):
    gate = FileGate(tmp_path / "gate")
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    (lock,) = (path for path in tmp_path.iterdir() if path.suffix != ".queue")
    lock.write_bytes(content)
    assert (gate.acquire_now(KEY) if prompt else await gate.acquire(KEY)) == Grant(abandoned=True)
    await gate.release(KEY, 0.0)
    assert await gate.acquire(KEY) == Grant()
    await gate.release(KEY, 300.0)
    assert 200 < (await gate.acquire(KEY)).hold <= 300
    await gate.release(KEY, 0.0)


async def test_a_hold_that_a_lock_file_holds_ends_with_the_longest_there_is(tmp_path):
    gate = FileGate(tmp_path / "gate")
    await gate.acquire(KEY)
    await gate.release(KEY, 0.0)
    (lock,) = (path for path in tmp_path.iterdir() if path.suffix != ".queue")
    for seconds, hold in [(600, 600), (700, 0)]:
        until = clock() + seconds
        lock.write_text(f'{{"pid": 1, "in_flight": false, "hold_until": {until}}}')
        assert (await gate.acquire(KEY)).hold == pytest.approx(hold, abs=30)
        await gate.release(KEY, 0.0)
