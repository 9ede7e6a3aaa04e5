"""The middlewares of a lent session: outside of ours, once an exchange, whatever they do."""

from __future__ import annotations

import asyncio
import contextlib
import gzip

import aiohttp
import pytest

from sitoo_async import RetryPolicy, SitooClient, errors
from sitoo_async.testing import Fault

pytestmark = pytest.mark.account(products=3)

ONCE = RetryPolicy(attempts=1)


@contextlib.asynccontextmanager
async def lending(fake, *, retry=ONCE, options=None, **settings):
    async with (
        aiohttp.ClientSession(**settings) as session,
        SitooClient(**fake.credentials, session=session, retry=retry, **(options or {})) as client,
    ):
        yield client


def packed(text, *, cut=0):
    body = gzip.compress(text)
    return Fault.answer(200, body=body[: len(body) - cut], headers={"Content-Encoding": "gzip"})


async def test_middlewares_run_once_an_exchange_in_their_order(fake):
    passed = []

    def named(name):
        async def middleware(request, handler):
            passed.append((name, request.method))
            answer = await handler(request)
            passed.append((name, answer.status))
            return answer

        return middleware

    async with lending(
        fake, middlewares=(named("outer"), named("inner")), retry=RetryPolicy()
    ) as client:
        fake.script(Fault.html502())
        await client.products.get(1)
    one = [("outer", "GET"), ("inner", "GET")]
    assert passed == [
        *one,
        ("inner", 502),
        ("outer", 502),
        *one,
        ("inner", 200),
        ("outer", 200),
    ]


async def test_a_middleware_may_sign_what_is_sent(fake):
    async def sign(request, handler):
        request.headers["X-Signature"] = "signed"
        return await handler(request)

    async with lending(fake, middlewares=(sign,)) as client:
        await client.products.get(1)
    assert fake.requests[0].headers["X-Signature"] == "signed"


async def test_a_middleware_does_not_say_who_we_are(fake):
    async def bearer(request, handler):
        request.headers["Authorization"] = "Bearer of another service"
        return await handler(request)

    async with lending(fake, middlewares=(bearer,)) as client:
        await client.products.get(1)
    assert [request.status for request in fake.requests] == [200]


@pytest.mark.parametrize("catches", [False, True], ids=["passes on", "catches"])
@pytest.mark.parametrize("method", ["get", "add"])
async def test_a_middleware_that_tries_twice_gets_an_error_and_nothing_is_sent_twice(
    fake, method, catches
):
    got = []

    async def insist(request, handler):
        await handler(request)
        try:
            return await handler(request)
        except Exception as error:
            got.append(error)
            if catches:
                raise ValueError("I give up") from error
            raise

    async with lending(fake, middlewares=(insist,), retry=RetryPolicy()) as client:
        writes = {"get": client.products.get(1), "add": client.products.add(sku="1", title="x")}
        with pytest.raises(errors.TransportError) as caught:
            await writes.pop(method)
        for never in writes.values():
            never.close()
    assert len(fake.requests) == 1
    assert "called its handler a second time" in str(got[0])
    assert caught.value.sent == "unknown"
    if not catches:
        assert "called its handler a second time" in str(caught.value)


async def test_a_middleware_that_tries_again_after_a_lost_connection_gets_an_error_too(fake):
    seen = []

    async def insist(request, handler):
        with contextlib.suppress(aiohttp.ClientError):
            await handler(request)
        seen.append(request.method)
        return await handler(request)

    fake.script(Fault.drop(when="before"))
    async with lending(fake, middlewares=(insist,)) as client:
        with pytest.raises(errors.TransportError, match="a second time") as caught:
            await client.products.delete(1)
    assert caught.value.sent == "unknown"
    assert seen == ["DELETE"]
    assert len(fake.requests) == 1


async def test_a_second_try_that_is_swallowed_leaves_the_first_answer(fake):
    async def insist(request, handler):
        answer = await handler(request)
        with contextlib.suppress(Exception):
            await handler(request)
        return answer

    async with lending(fake, middlewares=(insist,)) as client:
        assert (await client.products.get(1)).productid == 1
    assert len(fake.requests) == 1


async def test_middlewares_see_the_errors_that_aiohttp_raises(fake):
    seen = []

    async def watch(request, handler):
        try:
            return await handler(request)
        except aiohttp.ServerDisconnectedError as error:
            seen.append(error)
            raise

    fake.script(Fault.drop())
    async with lending(fake, middlewares=(watch,)) as client:
        with pytest.raises(errors.ReadError) as caught:
            await client.products.update(1, title="Blanket")
    assert caught.value.__cause__ is seen[0]
    assert caught.value.sent == "unknown"


FAILURES = {
    "a fault of its own": ValueError("oops"),
    "the system's": OSError("no such file"),
    "aiohttp's": aiohttp.ClientError("no token"),
    "another client's": errors.ReadError("lost", sent="unknown"),
    "one that can't be shown": type("Mute", (Exception,), {"__str__": None})(),
}
failing = pytest.mark.parametrize("failure", FAILURES.values(), ids=list(FAILURES))


@failing
async def test_a_middleware_that_fails_before_the_request_is_told_and_nothing_was_sent(
    fake, failure
):
    async def broken(request, handler):
        raise failure

    async with lending(fake, middlewares=(broken,), retry=RetryPolicy()) as client:
        for call in (client.products.get(1), client.products.add(sku="1", title="x")):
            with pytest.raises(errors.TransportError, match=type(failure).__name__) as caught:
                await call
            assert type(caught.value) is errors.TransportError
            assert caught.value.sent == "no"
            assert caught.value.__cause__ is failure
        # Nothing that could have locked the key.
        assert client.stats().held_for == 0
    assert fake.requests == []


@failing
async def test_a_middleware_that_fails_after_the_answer_leaves_the_outcome_open(fake, failure):
    async def broken(request, handler):
        await handler(request)
        raise failure

    async with lending(fake, middlewares=(broken,), retry=RetryPolicy()) as client:
        with pytest.raises(errors.TransportError, match=type(failure).__name__) as caught:
            await client.products.add(sku="54051-1", title="Blanket")
    assert type(caught.value) is errors.TransportError
    assert caught.value.sent == "unknown"
    assert len(fake.requests) == 1


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("before", "kind", "sent"),
    [(True, errors.ConnectError, "no"), (False, errors.RequestTimeoutError, "unknown")],
    ids=["before", "after"],
)
async def test_a_middleware_that_dawdles_is_timed_with_the_exchange(fake, before, kind, sent):
    async def dawdle(request, handler):
        if before:
            await asyncio.sleep(1000)
        answer = await handler(request)
        await asyncio.sleep(1000)
        return answer

    options = {"request_timeout": 20.0}
    async with lending(fake, middlewares=(dawdle,), options=options) as client:
        with pytest.raises(kind, match="within 20 s") as caught:
            await client.products.add(sku="54051-1", title="Blanket")
    assert caught.value.sent == sent


@pytest.mark.virtual_time
async def test_a_middleware_with_less_patience_is_told_with_the_time_it_took(fake):
    async def hurry(request, handler):
        async with asyncio.timeout(5):
            return await handler(request)

    fake.script(Fault.hang())
    async with lending(fake, middlewares=(hurry,)) as client:
        with pytest.raises(errors.RequestTimeoutError, match="within 5 s") as caught:
            await client.products.add(sku="54051-1", title="Blanket")
    assert caught.value.sent == "unknown"


async def test_a_middleware_may_run_its_handler_in_a_task_of_its_own(fake):
    async def apart(request, handler):
        return await asyncio.create_task(handler(request))

    async with lending(fake, middlewares=(apart,)) as client:
        await client.products.get(1)
        await client.products.add(sku="54051-1", title="Blanket")
    assert [request.status for request in fake.requests] == [200, 200]


class Stub:
    """As much of an answer as aiohttp needs to hand it on."""

    status, headers, connection = 200, {"Content-Encoding": "gzip"}, None
    _raw_cookie_headers, _history = (), ()

    async def read(self):
        return b'{"productid": 7}'

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        pass


async def test_a_middleware_may_answer_by_itself(fake):
    async def cached(request, handler):
        return Stub()

    async with lending(fake, middlewares=(cached,)) as client:
        assert (await client.products.get(7)).productid == 7
        view = client.with_options(max_response_bytes=5)
        with pytest.raises(errors.DecodeError, match="larger than max_response_bytes"):
            await view.products.get(7)
    assert fake.requests == []


async def test_a_middleware_that_gives_no_answer_is_told(fake):
    async def broken(request, handler):
        return None

    async with lending(fake, middlewares=(broken,)) as client:
        with pytest.raises(errors.TransportError) as caught:
            await client.products.get(1)
    assert caught.value.sent == "no"


READS = {
    "text": lambda answer: answer.text(),
    "json": lambda answer: answer.json(content_type=None),
    "read": lambda answer: answer.read(),
    "content": lambda answer: answer.content.read(),
    "twice": lambda answer: answer.read(),
}


@pytest.mark.parametrize("how", READS.keys(), ids=READS.keys())
async def test_a_middleware_may_read_the_answer_as_aiohttp_gives_it(fake, how):
    seen = []

    async def look(request, handler):
        answer = await handler(request)
        seen.extend([await READS[how](answer) for _ in range(2 if how == "twice" else 1)])
        return answer

    text = b'{"productid":1}'
    fake.script(packed(text))
    async with lending(fake, middlewares=(look,)) as client:
        assert (await client.products.get(1)).productid == 1
    assert seen[-1] in (text, text.decode(), {"productid": 1})


async def test_an_answer_that_is_not_whole_is_a_read_error_with_middlewares_too(fake):
    seen = []

    async def watch(request, handler):
        try:
            return await handler(request)
        except aiohttp.ClientPayloadError as error:
            seen.append(error)
            raise

    fake.script(packed(b'{"productid":1}', cut=5))
    async with lending(fake, middlewares=(watch,)) as client:
        with pytest.raises(errors.ReadError, match="not whole") as caught:
            await client.products.get(1)
    assert caught.value.__cause__ is seen[0]
