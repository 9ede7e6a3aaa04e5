"""Handlers that answer something else, raise, refuse in vain, hang, or are cancelled."""

from __future__ import annotations

import asyncio
import logging
import re

import attrs
import pytest

from sitoo_async.spi import App, Refusal
from tests.spi.core._payments import CREDENTIALS, HEADERS, FieldRecorder, Item, Payment, serving

pytestmark = pytest.mark.virtual_time

SECRET = "card 4111 1111"
PAYMENT = "/payments/7"


class Awkward:
    def __repr__(self):
        raise RuntimeError(SECRET)


def told(caplog, level=logging.ERROR):
    return [each.getMessage() for each in caplog.records if each.levelno >= level]


# What is answered is not what the operation has -------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "request_", "answer", "why"),
    [
        ("get_payment", f"GET {PAYMENT}", [Payment()], "the answer must be a Payment, not"),
        ("get_payment", f"GET {PAYMENT}", Item(sku="A"), "the answer must be a Payment, not"),
        ("get_payment", f"GET {PAYMENT}", "17", "the answer must be a Payment, not str"),
        ("get_payment", f"GET {PAYMENT}", Awkward(), "the answer must be a Payment, not"),
        ("get_payment", f"GET {PAYMENT}", Payment(amount=1.5), "amount must be a Decimal"),
        ("get_payment", f"GET {PAYMENT}", Payment(items=[5]), "items[0] must be a Item, not int"),
        ("get_payment", f"GET {PAYMENT}", {"items": [None]}, "items[0] must be a Item, not None"),
        (
            "get_payment",
            f"GET {PAYMENT}",
            Payment(items={}),
            "items must be a list, not dict",
        ),
        ("get_payment", f"GET {PAYMENT}", {5: 1}, "the keys of the answer must be text"),
        ("get_payment", f"GET {PAYMENT}", {"new": {1, 2}}, "new must be a JSON value"),
        ("find_payment", "GET /payments?key=1", Payment(), "where none was found, it is None"),
        ("find_payment", "GET /payments?key=1", [Payment(note="x")], "must be a Payment"),
        ("add_payment", "POST /payments", 17, "the answer must be a str, not int"),
        ("add_payment", "POST /payments", None, "the answer must be a str, not NoneType"),
        ("add_payment", "POST /payments", "\ud800", "holds half of a surrogate pair"),
        ("update_payment", f"PUT {PAYMENT}", Payment(), "a Payment, where nothing is answered"),
        ("delete_payments", "DELETE /payments []", 1, "the answer must be a bool, not int"),
        ("add_payments", "POST /batches []", "ab", "the answer must be a list, not str"),
        ("add_payments", "POST /batches []", [5], "the answer must be a str, not int"),
        ("settle", "POST /settlements.json", [1], "the answer must be a mapping, not list"),
        ("settle", "POST /settlements.json", {"a": float("nan")}, "a must be a finite number"),
        ("get_receipt", "GET /receipts/1.json", object(), "the answer must be a JSON value"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value[:30],
)
async def test_another_type_is_an_error_that_says_what_was_due(
    operation, request_, answer, why, caplog
):
    _, server = serving(**{operation: answer})
    method, path, *body = request_.split(" ")
    headers = HEADERS | {"Request-ID": "r-1"}
    answered = await server.handle(method, path, headers, body[0] if body else "{}")
    assert (answered.status, answered.json()["error_code"]) == (500, "other")
    (text,) = told(caplog)
    assert text.startswith(f"Recorder.{operation} gave an answer that can't be sent: ")
    assert why in text
    assert text.endswith("(request r-1)")


async def test_a_handler_that_is_no_coroutine_is_an_error(caplog):
    class Sync(FieldRecorder):
        def get_payment(self, paymentid, /, *, extended=False, call):
            return Payment(note=SECRET)

    answer = await App(Sync(), **CREDENTIALS).handle("GET", PAYMENT, HEADERS, b"")
    assert answer.status == 500
    assert "Sync.get_payment gave a Payment at once: write it as async def" in told(caplog)[0]
    assert SECRET not in caplog.text


# Raising ----------------------------------------------------------------------------------------


async def broken():
    try:
        int(SECRET)
    except ValueError as error:
        raise KeyError(SECRET) from error


async def cancels_itself():
    raise asyncio.CancelledError(SECRET)


async def broken_in_a_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(broken())


async def refusing_in_a_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(3600))
        group.create_task(refusing())


async def refusing():
    raise Refusal("not-found", "no such payment")


async def test_a_refusal_within_a_task_group_is_a_refusal(caplog):
    async def twice():
        async with asyncio.TaskGroup() as group:
            group.create_task(refusing_in_a_group())

    for handler in (refusing, refusing_in_a_group, twice):
        _, server = serving(get_payment=handler)
        answer = await server.handle("GET", PAYMENT, HEADERS, b"")
        assert (answer.status, answer.json()["error_code"]) == (404, "not-found")
    assert caplog.records == []


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (broken, r"failed: KeyError at test_handlers\.py:\d+ in broken < .+, from ValueError at "),
        (broken_in_a_group, r"failed: ExceptionGroup at .+, from KeyError at .+, from ValueError"),
        (cancels_itself, r"cancelled itself"),
        (Refusal("field-type", SECRET), r"refused with 'field-type', which its interface doesn't"),
        (SystemExit(SECRET), r"failed: SystemExit at .+ in get_payment"),
        (NotImplementedError(), r"failed: NotImplementedError at .+ in get_payment"),
    ],
    ids=[
        "raises",
        "raises in a group",
        "cancelled",
        "refuses in vain",
        "exits",
        "left out after all",
    ],
)
async def test_what_a_handler_raises_is_told_without_what_it_says(handler, why, caplog):
    _, server = serving(get_payment=handler)
    headers = HEADERS | {"Request-ID": "r-1%0Ax"}
    answer = await server.handle("GET", f"{PAYMENT}?extended=true", headers, SECRET)
    assert (answer.status, answer.json()["error_code"]) == (500, "other")
    ((record),) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.getMessage().startswith("Recorder.get_payment ")
    assert "(request r-1 x)" in record.getMessage()
    assert re.search(why, record.getMessage())
    assert SECRET not in caplog.text
    assert SECRET not in str(answer.json())


@pytest.mark.parametrize("raised", [None, KeyError(SECRET)])
async def test_the_debug_mode_of_asyncio_logs_nothing_of_what_a_handler_gave(raised, caplog):
    async def handler():
        await asyncio.sleep(0)
        if raised is not None:
            raise raised
        return Payment(note=SECRET)

    _, server = serving(get_payment=handler)
    loop = asyncio.get_running_loop()
    loop.slow_callback_duration = 0.0
    loop.set_debug(True)
    try:
        answer = await server.handle("GET", PAYMENT, HEADERS, b"")
    finally:
        loop.set_debug(False)
    assert answer.status == (200 if raised is None else 500)
    assert "<Task finished name='Recorder.get_payment'" in caplog.text
    assert SECRET not in caplog.text


async def test_who_collects_errors_is_given_them_with_the_call(caplog):
    given = []

    def collect(error, call):
        given.append((error, call.operation))
        raise RuntimeError(SECRET)

    service = FieldRecorder(get_payment=KeyError(SECRET), settle=[1])
    server = App(service, on_error=collect, **CREDENTIALS)
    assert (await server.handle("GET", PAYMENT, HEADERS, b"")).status == 500
    assert (await server.handle("POST", "/settlements.json", HEADERS, b"")).status == 500
    (error, operation), (_, other) = given
    assert (type(error), operation, other) == (KeyError, "Get Payment", "Settle")
    assert len([text for text in told(caplog) if text.startswith("on_error failed: ")]) == 2
    assert SECRET not in caplog.text


async def test_what_nobody_foresaw_is_answered_all_the_same(caplog):
    _, server = serving()
    begun = server.begin("GET", PAYMENT, HEADERS)

    async def act(body):
        raise KeyError(SECRET)

    answer = await attrs.evolve(begun, act=act).finish(b"")
    assert (answer.status, answer.json()["error_code"]) == (500, "other")
    assert "an exception that nobody foresaw, KeyError at test_handlers.py" in told(caplog)[0]
    assert SECRET not in caplog.text


async def test_the_log_tells_what_was_answered_and_refused_but_no_content(caplog):
    caplog.set_level(logging.DEBUG, "sitoo_async")
    _, server = serving(get_payment=Payment(note=SECRET))
    headers = HEADERS | {"Request-ID": "r-1"}
    path = f"/payments/{SECRET.replace(' ', '%20')}"
    await server.handle("GET", path, headers, b"")
    await server.handle("GET", f"{path}?extended={SECRET}", headers, b"")
    await server.handle("PUT", path, headers, f"[{SECRET}")
    await server.handle("PUT", f"{path}/{SECRET}", headers, b"")
    told = [f"{each.levelname} {each.getMessage()}" for each in caplog.records]
    assert all(text.endswith(" (request r-1)") for text in told)
    assert SECRET not in caplog.text
    for text, begin in zip(
        told,
        [
            "DEBUG Recorder.get_payment answered 200 in 0.000 s",
            "WARNING Recorder.get_payment: a request was refused, since extended must be true or",
            "WARNING Recorder.update_payment: a request was refused, since body is not JSON: JSON",
            "WARNING <App: Recorder> has no operation for PUT /payments/…/…",
        ],
        strict=True,
    ):
        assert text.startswith(begin)


# Hanging ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "warned"), [(0.9, False), (1.0, True), (9.9, True)])
async def test_a_slow_answer_is_warned_of_from_a_second_on(seconds, warned, caplog):
    async def slow():
        await asyncio.sleep(seconds)
        return Payment(note="x")

    _, server = serving(get_payment=slow)
    assert (await server.handle("GET", PAYMENT, HEADERS, b"")).status == 200
    texts = told(caplog, logging.WARNING)
    assert [text.partition(";")[0] for text in texts] == (
        [f"Recorder.get_payment took {seconds} s"] if warned else []
    )


@pytest.mark.parametrize("stubborn", [False, True])
async def test_what_hangs_is_cancelled_and_answered_in_time(stubborn, caplog):
    ended = []

    async def hangs():
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            if stubborn:  # a connection that doesn't close, say
                await asyncio.sleep(60)
                ended.append(asyncio.get_running_loop().time())
                raise KeyError(SECRET) from None
            ended.append(asyncio.get_running_loop().time())
            raise

    _, server = serving(get_payment=hangs)
    began = asyncio.get_running_loop().time()
    answer = await server.handle("GET", PAYMENT, HEADERS, b"")
    assert asyncio.get_running_loop().time() == began + 10
    assert (answer.status, answer.json()["error_code"]) == (504, "other")
    assert "did not answer within 10.0 s and was cancelled" in told(caplog)[0]
    await asyncio.sleep(61)
    assert ended == [began + (70 if stubborn else 10)]
    assert [text.partition(":")[0] for text in told(caplog)[1:]] == (
        ["Recorder.get_payment failed after its deadline"] if stubborn else []
    )
    assert SECRET not in caplog.text


async def test_an_interface_without_a_status_for_it_tells_what_hangs_as_any_failure():
    server = App(FieldRecorder(get_payment=asyncio.Event().wait), deadline=0.5, **CREDENTIALS)
    answer = await server.handle("GET", PAYMENT, HEADERS, b"")
    assert (answer.status, answer.json()["error_code"]) == (500, "other")


async def test_a_task_factory_of_the_user_makes_the_tasks_of_handlers():
    made = []

    def factory(loop, coroutine, **options):
        made.append(coroutine.__name__)
        return asyncio.Task(coroutine, loop=loop, **options)

    _, server = serving(get_payment=Payment(note="x"))
    loop = asyncio.get_running_loop()
    loop.set_task_factory(factory)
    answer = await server.handle("GET", PAYMENT, HEADERS, b"")
    loop.set_task_factory(None)
    assert (answer.status, made) == (200, ["_awaited"])


async def test_the_handler_knows_how_long_it_has():
    service, server = serving(get_payment=asyncio.Event().wait)
    task = asyncio.create_task(server.handle("GET", PAYMENT, HEADERS, b""))
    await asyncio.sleep(4)
    assert service.asked[0][-1].remaining() == 6
    await task
    assert service.asked[0][-1].remaining() == 0


async def test_when_the_server_cancels_the_handler_is_cancelled_and_ends_first():
    ended = []

    async def hangs():
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(2)
            ended.append(asyncio.get_running_loop().time())

    _, server = serving(get_payment=hangs)
    task = asyncio.create_task(server.handle("GET", PAYMENT, HEADERS, b""))
    await asyncio.sleep(1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [asyncio.get_running_loop().time()]
