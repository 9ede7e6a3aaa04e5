"""Work that sees nobody's context variables, in the task of whoever awaits it."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import weakref

import pytest

from sitoo_async._http.contexts import begun_in_no_context, in_no_context

variable = contextvars.ContextVar("variable", default="nothing")
both = pytest.mark.parametrize("wrapped", [in_no_context, begun_in_no_context])


async def test_it_sees_an_empty_context_from_its_beginning_to_its_end():
    async def work():
        seen = [variable.get()]
        variable.set("its own")
        await asyncio.sleep(0)
        return [*seen, variable.get()]

    variable.set("the caller's")
    assert await in_no_context(work()) == ["nothing", "its own"]
    assert variable.get() == "the caller's"


async def test_it_sees_an_empty_context_until_it_first_waits():
    async def work():
        seen = [variable.get()]
        for _ in range(2):
            await asyncio.sleep(0)
            seen.append(variable.get())
        return seen

    variable.set("the caller's")
    assert await begun_in_no_context(work()) == ["nothing", "the caller's", "the caller's"]


@both
async def test_what_never_waits_gives_its_result_at_once(wrapped):
    async def work():
        return variable.get()

    variable.set("the caller's")
    assert await wrapped(work()) == "nothing"


@both
async def test_it_is_cancelled_with_its_task_and_may_end_in_its_own_way(wrapped):
    async def work():
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.sleep(0)
            return variable.get()

    async def caller():
        return await wrapped(work())

    task = asyncio.ensure_future(caller())
    await asyncio.sleep(0)
    task.cancel()
    assert await task == "nothing"


@both
async def test_a_timeout_of_the_task_reaches_it(wrapped):
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0):
            await wrapped(asyncio.Event().wait())


@both
def test_closed_it_is_closed(wrapped):
    ended = []

    async def work():
        try:
            await asyncio.sleep(0)
        finally:
            ended.append(variable.get())

    outer = wrapped(work())
    next(outer)
    outer.close()
    assert ended == ["nothing"]


@both
def test_what_is_thrown_into_it_is_held_by_no_cycle(wrapped):
    class ThrownError(Exception):
        pass

    outer = wrapped(asyncio.sleep(0))
    next(outer)
    gc.disable()
    try:
        thrown = ThrownError()
        kept = weakref.ref(thrown)
        with pytest.raises(ThrownError):
            outer.throw(thrown)
        del thrown
        assert kept() is None
    finally:
        gc.enable()
