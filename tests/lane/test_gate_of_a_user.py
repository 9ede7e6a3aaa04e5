"""A gate of the user's own that misbehaves: its callers are told, and nobody waits for ever."""

from __future__ import annotations

import asyncio
import gc
import logging
import pickle

import pytest

from sitoo_async import FileGate, Grant, SitooClient, errors
from tests.gates._noting_gate import NotingGate

pytestmark = [pytest.mark.virtual_time, pytest.mark.eager_too, pytest.mark.account(products=3)]


class HomeMade(NotingGate):
    """An engine as a user would write one; each test lets it go wrong in one way."""

    def __repr__(self):
        return "HomeMade('redis://:hunter2@host')"


class Prompt(HomeMade):
    """One that has its answer at once."""

    def acquire_now(self, key):
        self.log.append("acquire")
        return Grant()

    def release_now(self, key, hold):
        self.log.append("release")


def raises(error):
    def method(*_):
        raise error

    return method


def returns(value):
    def method(*_):
        return value

    return method


def gives(value):
    async def method(*_):
        return value

    return method


async def hangs(*_):
    await asyncio.Event().wait()


class Mute(Exception):  # noqa: N818  # whatever it is called
    def __repr__(self):
        raise RuntimeError("not even this")


def everybody(sitoo, count=3):
    """As many callers at once."""
    return asyncio.gather(
        *(sitoo.products.get(number) for number in range(1, count + 1)), return_exceptions=True
    )


async def mended(sitoo, gate, *names):
    """Let the gate behave again: a call is served, and nothing is left of the former ones."""
    for name in names:
        delattr(gate, name)
    assert (await sitoo.products.get(1)).productid == 1
    stats = sitoo.stats()
    assert stats.waiting == {"interactive": 0, "bulk": 0}
    assert stats.in_flight == 0


# ----------------------------------------------------------------------------------- acquire


@pytest.mark.parametrize("kind", [HomeMade, Prompt], ids=["awaited", "prompt"])
@pytest.mark.parametrize(
    "wrong",
    [
        raises(OSError("before it gives a coroutine")),
        raises(Mute()),
        returns(None),
        returns(Grant()),
        gives(None),
        gives(30),
        gives({"hold": 0.0, "abandoned": False}),
        gives(Grant),
        gives(Grant(hold=float("nan"))),
        gives(Grant(hold=float("inf"))),
        gives(Grant(hold=-1.0)),
        gives(Grant(hold="1")),
        gives(Grant(hold=None)),
        gives(Grant(hold=True)),
        gives(Grant(hold=10**400)),
        gives(Grant(abandoned="no")),
        gives(Grant(abandoned=None)),
    ],
    ids=[
        *("raises before", "raises what has no repr", "gives nothing to await"),
        *("forgets async", "None", "int", "dict", "the class"),
        *("NaN", "infinite", "negative", "text", "no hold", "bool", "beyond floats"),
        *("abandoned text", "abandoned None"),
    ],
)
async def test_an_acquire_that_goes_wrong_is_told_to_every_caller(fake, wrong, kind):
    gate = kind()
    gate.acquire = wrong
    if kind is Prompt:
        gate.acquire_now = returns(None)
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        results = await everybody(sitoo)
        assert [type(error) for error in results] == [errors.LaneError] * 3
        for error in results:
            assert f"the gate {kind.__name__} could not be taken" in str(error)
            assert "hunter2" not in str(error)
            assert error.sent == "no"
            assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301  # ours
        assert fake.requests == []
        await mended(sitoo, gate, "acquire")
    assert gate.log.count("close") == 0  # it is the user's


@pytest.mark.parametrize(
    ("grant", "told"),
    [
        (30, "it gave a int where a Grant is due"),
        ("", "it gave a str where a Grant is due"),
        (Grant(hold=float("nan")), "hold is no number of seconds"),
        (Grant(abandoned=0), "abandoned is no bool"),
    ],
    ids=["int", "empty text", "NaN", "zero"],
)
@pytest.mark.parametrize("kind", [HomeMade, Prompt], ids=["awaited", "prompt"])
async def test_a_right_that_came_with_a_wrong_grant_is_given_back(fake, kind, grant, told):
    gate = kind()
    gate.acquire = gives(grant)
    gate.acquire_now = returns(grant)
    if kind is HomeMade:
        del gate.acquire_now
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        with pytest.raises(errors.LaneError, match=told):
            await sitoo.products.get(1)
    assert gate.log == ["release"]


async def test_what_a_prompt_gate_raises_is_told_to_every_caller(fake):
    gate = Prompt()
    gate.acquire_now = raises(OSError("no disk"))
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        for error in await everybody(sitoo):
            assert isinstance(error, errors.LaneError)
            assert "the gate Prompt could not be taken: OSError: no disk" in str(error)
            assert isinstance(error.__cause__, OSError)
        await mended(sitoo, gate, "acquire_now")


async def test_a_wrong_grant_that_can_not_be_given_back_either_is_told_all_the_same(fake):
    gate = HomeMade()
    gate.acquire = gives(None)
    gate.release = raises(OSError("gone"))
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        with pytest.raises(errors.LaneError, match="gone") as caught:
            await sitoo.products.get(1)
        assert "where a Grant is due" in str(caught.value.__cause__.__context__)
        await mended(sitoo, gate, "acquire", "release")


async def test_a_plain_method_that_gives_a_coroutine_will_do(fake):
    gate = HomeMade()

    def plain(key, acquire=gate.acquire):
        return acquire(key)

    gate.acquire = plain
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        assert (await sitoo.products.get(1)).productid == 1
    assert gate.log == ["acquire", "release"]


async def test_a_gate_that_hangs_does_not_keep_those_who_set_a_limit(fake):
    gate = HomeMade()
    gate.acquire = hangs
    loop = asyncio.get_running_loop()
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        began = loop.time()
        calls = [
            sitoo.with_options(queue_timeout=5.0).products.get(1),
            sitoo.with_options(deadline=7.0).products.get(2),
        ]
        kinds = [type(error) for error in await asyncio.gather(*calls, return_exceptions=True)]
        assert kinds == [errors.QueueTimeoutError, errors.DeadlineError]
        assert loop.time() - began == pytest.approx(7.0)
        assert sitoo.stats().waiting == {"interactive": 0, "bulk": 0}
    assert fake.requests == []


async def test_a_gate_that_hangs_whatever_cancels_it_lets_the_client_close(fake):
    gate, ended = HomeMade(), asyncio.Event()

    async def stubborn(key):
        while not ended.is_set():
            try:
                await ended.wait()
            except asyncio.CancelledError:
                gate.log.append("cancelled")
        return Grant()

    gate.acquire = stubborn
    async with SitooClient(**fake.credentials, gate=gate, grace=2.0, queue_timeout=1.0) as sitoo:
        with pytest.raises(errors.QueueTimeoutError):
            await sitoo.products.get(1)
    assert "cancelled" in gate.log
    ended.set()
    async with asyncio.timeout(1):
        while gate.log[-1] != "release":  # noqa: ASYNC110  # it came too late for anybody
            await asyncio.sleep(0)


# ------------------------------------------------------------------------- release and close


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (raises(OSError("no coroutine yet")), "could not be given back: OSError: no coroutine"),
        (raises(Mute()), "could not be given back: Mute"),
        (raises(errors.GateLostError("it was another's")), "was lost while it was held"),
    ],
    ids=["raises before", "raises what has no repr", "lost"],
)
@pytest.mark.parametrize("kind", [HomeMade, Prompt], ids=["awaited", "prompt"])
async def test_whoever_was_served_has_the_answer_although_the_release_fails(
    fake, caplog, kind, wrong, told
):
    gate = kind()
    gate.release = gate.release_now = wrong
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        results = await everybody(sitoo)
        assert [product.productid for product in results] == [1, 2, 3]
        await mended(sitoo, gate, "release", "release_now")
    errors_told = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(errors_told) == 3
    assert all(told in record.getMessage() for record in errors_told)


async def test_a_release_that_is_not_awaitable_is_told(fake, caplog):
    gate = HomeMade()
    gate.release = returns(None)
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        assert (await sitoo.products.get(1)).productid == 1
        await mended(sitoo, gate, "release")
    assert "the gate could not be given back: TypeError" in caplog.text


async def test_what_a_release_returns_does_not_matter(fake, caplog):
    gate = HomeMade()
    gate.release = gives("thank you")
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        assert (await sitoo.products.get(1)).productid == 1
    assert not [record for record in caplog.records if record.levelno == logging.ERROR]


class Stop(BaseException):
    """What no gate may catch, such as KeyboardInterrupt; the loop goes on after this one."""


async def test_what_passes_through_a_release_leaves_everybody_served(fake):
    gate, told = Prompt(), []
    gate.release_now = raises(Stop())
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: told.append(context["exception"]))
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        results = await everybody(sitoo)
        assert [product.productid for product in results] == [1, 2, 3]
        await mended(sitoo, gate, "release_now")
    assert [type(error) for error in told] == [Stop] * 3


async def test_what_passes_through_an_acquire_leaves_no_ghost_in_the_queue(fake, caplog):
    gate = Prompt()
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        gate.acquire_now = raises(Stop())
        with pytest.raises(Stop):
            await sitoo.products.get(1)
        gc.collect()
        await mended(sitoo, gate, "acquire_now")
    assert "never retrieved" not in caplog.text


async def test_a_release_that_hangs_does_not_keep_those_who_set_a_limit(fake):
    gate = HomeMade()
    gate.release = hangs
    async with SitooClient(**fake.credentials, gate=gate, grace=2.0) as sitoo:
        assert (await sitoo.products.get(1)).productid == 1
        with pytest.raises(errors.QueueTimeoutError):
            await sitoo.with_options(queue_timeout=5.0).products.get(2)
        with pytest.raises(errors.DeadlineError):
            await sitoo.with_options(deadline=5.0).products.get(2)


async def test_a_gate_that_raises_when_it_is_closed_is_not_closed_by_the_client(fake):
    gate = HomeMade()
    gate.aclose = raises(OSError("never"))
    async with SitooClient(**fake.credentials, gate=gate) as sitoo:
        await sitoo.products.get(1)
    assert "closed" in repr(sitoo)


# ------------------------------------------------------------------------------ construction


class WithoutRelease:
    async def acquire(self, key): ...

    async def aclose(self): ...


class PromptlyAwaited(HomeMade):
    async def acquire_now(self, key): ...

    def release_now(self, key, hold): ...


@pytest.mark.parametrize(
    ("gate", "told"),
    [
        ("redis://:hunter2@host", "not str"),
        (FileGate, "not the class FileGate"),
        (WithoutRelease(), "not WithoutRelease"),
        (PromptlyAwaited(), "acquire_now of the gate PromptlyAwaited must be a plain function"),
    ],
    ids=["a URL", "a class", "without release", "coroutines where plain functions are due"],
)
def test_what_is_no_gate_is_refused_when_the_client_is_made(gate, told):
    with pytest.raises(errors.InvalidOptionError, match=told) as caught:
        SitooClient(api_id="90316-125", password="pw", base_url="https://api.example", gate=gate)
    assert caught.value.field == "gate"
    assert "hunter2" not in str(caught.value)
