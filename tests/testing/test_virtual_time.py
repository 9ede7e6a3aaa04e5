"""VirtualTimeLoop: waits cost nothing, times are exact, sockets and threads still work."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from sitoo_async.testing import VirtualTimeLoop, run_virtual


def now():
    return asyncio.get_running_loop().time()


def test_time_starts_at_a_thousand_and_sleeping_is_exact_and_free():
    async def sleep_an_hour():
        started = now()
        await asyncio.sleep(3600.25)
        return started, now()

    real = time.monotonic()
    assert run_virtual(sleep_an_hour()) == (1000.0, 4600.25)
    assert time.monotonic() - real < 3600


def test_timers_fire_in_their_order():
    async def race():
        order = []

        async def after(seconds):
            await asyncio.sleep(seconds)
            order.append((seconds, now()))

        await asyncio.gather(*(after(seconds) for seconds in (30, 10, 20, 10.5)))
        return order

    assert run_virtual(race()) == [(10, 1010.0), (10.5, 1010.5), (20, 1020.0), (30, 1030.0)]


def test_a_timeout_strikes_at_its_virtual_moment():
    async def wait_for_nothing():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(600):
                await asyncio.Event().wait()
        return now()

    assert run_virtual(wait_for_nothing()) == 1600.0


def test_time_stands_still_while_there_is_something_to_do():
    async def spin():
        asyncio.get_running_loop().call_later(1, lambda: None)
        for _ in range(1000):
            await asyncio.sleep(0)
        return now()

    assert run_virtual(spin()) == 1000.0


def test_bytes_between_two_ends_in_the_loop_arrive_before_time_jumps():
    async def echo(reader, writer):
        while chunk := await reader.read(65536):
            await asyncio.sleep(600)
            writer.write(chunk)
        writer.close()

    async def talk():
        server = await asyncio.start_server(echo, "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            answers = []
            for _ in range(3):
                writer.write(b"x" * 10_000)
                async with asyncio.timeout(601):
                    answers.append(await reader.readexactly(10_000))
            writer.close()
            await writer.wait_closed()
            return len(answers), now()

    assert run_virtual(talk()) == (3, 2800.0)


def test_time_keeps_real_pace_while_a_thread_is_at_work():
    async def work():
        release = threading.Event()
        patience = asyncio.create_task(asyncio.sleep(3600))
        job = asyncio.create_task(asyncio.to_thread(release.wait, 30))
        await asyncio.sleep(0.01)
        assert not job.done()
        release.set()
        assert await job
        assert now() < 1060
        await patience
        return now()

    assert run_virtual(work()) == 4600.0


def test_with_no_timer_the_loop_waits_for_a_foreign_thread():
    async def wait_for_thread():
        loop, woken = asyncio.get_running_loop(), asyncio.Event()
        waiting = threading.Event()
        loop.call_soon(waiting.set)

        def wake():
            waiting.wait(30)
            loop.call_soon_threadsafe(woken.set)

        thread = threading.Thread(target=wake)
        thread.start()
        await woken.wait()
        thread.join()
        return now()

    assert run_virtual(wait_for_thread()) == 1000.0


def test_a_name_is_resolved_at_real_pace():
    async def resolve():
        async with asyncio.timeout(60):
            found = await asyncio.get_running_loop().getaddrinfo(
                "localhost",
                80,
                type=socket.SOCK_STREAM,
            )
        return bool(found)

    assert run_virtual(resolve())


def test_it_serves_any_runner():
    async def sleep():
        await asyncio.sleep(5)
        return now()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        assert runner.run(sleep()) == 1005.0
        assert runner.run(sleep()) == 1010.0
