"""How the fake server delivers events: batches, order, repetitions, what is dropped and lost."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import logging
import socket

import attrs
import pytest
from aiohttp import web

from sitoo_async.testing import EventAttempt, FakeSitoo

HOUR = 3600


@attrs.define
class Receiver:
    """An ASGI application that answers with the statuses it is given, then with 200."""

    statuses: list[int | float] = attrs.field(factory=list)
    scopes: list[dict] = attrs.field(factory=list)
    bodies: list[list] = attrs.field(factory=list)

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        message = await receive()
        self.bodies.append(json.loads(message["body"]))
        status = self.statuses.pop(0) if self.statuses else 200
        if isinstance(status, float):  # so many seconds late
            await asyncio.sleep(status)
            status = 200
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        await send({"type": "http.response.body"})


@pytest.fixture
async def fake():
    async with FakeSitoo() as fake:
        yield fake


def emit(fake, count):
    return [fake.emit("order", {"order_id": index}) for index in range(count)]


def statuses(delivery):
    return [attempt.status for attempt in delivery.attempts]


@pytest.mark.virtual_time
async def test_batches_of_ten_go_out_in_order_and_one_at_a_time(fake):
    receiver = Receiver()
    fake.deliver_events(to=receiver, user="sitoo", password="made:up")
    events = emit(fake, 23)
    await fake.events_delivered()
    assert [len(body) for body in receiver.bodies] == [10, 10, 3]
    assert [event for body in receiver.bodies for event in body] == events
    assert [delivery.events for delivery in fake.deliveries] == receiver.bodies
    assert {delivery.outcome for delivery in fake.deliveries} == {"delivered"}
    scope = receiver.scopes[0]
    assert (scope["method"], scope["path"]) == ("POST", "/events")
    headers = dict(scope["headers"])
    token = base64.b64encode(b"sitoo:made:up").decode()
    assert headers[b"authorization"] == f"Basic {token}".encode()
    assert headers[b"content-type"] == b"application/json"
    # What comes later is another batch.
    emit(fake, 1)
    await fake.events_delivered()
    assert len(fake.deliveries) == 4


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [429, 503, 504])
async def test_a_batch_that_may_come_again_comes_again_as_it_was_before_all_others(fake, status):
    receiver = Receiver([status, status])
    fake.deliver_events(to=receiver)
    first = emit(fake, 3)
    await asyncio.sleep(1)
    then = emit(fake, 2)
    await fake.events_delivered()
    assert receiver.bodies == [first, first, first, then]
    assert [statuses(delivery) for delivery in fake.deliveries] == [[status, status, 200], [200]]
    assert b"authorization" not in dict(receiver.scopes[0]["headers"])


@pytest.mark.virtual_time
@pytest.mark.parametrize("status", [201, 204, 302, 400, 401, 404, 500, 502])
async def test_any_other_code_is_the_end_of_a_batch(fake, status):
    receiver = Receiver([status])
    fake.deliver_events(to=receiver)
    emit(fake, 11)
    await fake.events_delivered()
    outcomes = [(delivery.outcome, statuses(delivery)) for delivery in fake.deliveries]
    assert outcomes == [("dropped", [status]), ("delivered", [200])]


@pytest.mark.virtual_time
async def test_an_answer_after_fifteen_seconds_is_none_and_blocks_what_is_behind(fake):
    receiver = Receiver([14.9, 15.1])
    fake.deliver_events(to=receiver)
    emit(fake, 21)
    await fake.events_delivered()
    # The app has worked to its end meanwhile, so it has seen the second batch twice.
    assert [len(body) for body in receiver.bodies] == [10, 10, 10, 1]
    assert receiver.bodies[1] == receiver.bodies[2]
    late, again = fake.deliveries[1].attempts
    assert late.status is None
    assert late.problem == "no answer within 15 s"
    assert again.status == 200
    assert fake.deliveries[2].attempts[0].at == again.at


@pytest.mark.virtual_time
async def test_a_batch_is_tried_ten_times_in_an_hour_then_hourly_and_lost_after_a_day(fake):
    receiver = Receiver([503] * 33)
    fake.deliver_events(to=receiver)
    emit(fake, 11)
    await fake.events_delivered()
    lost, following = fake.deliveries
    assert (lost.outcome, following.outcome) == ("lost", "delivered")
    began = lost.attempts[0].at
    after = [round(attempt.at - began, 6) for attempt in lost.attempts]
    assert len([seconds for seconds in after if seconds < HOUR]) == 10
    assert after == sorted(after)
    late = [seconds for seconds in after if seconds >= HOUR]
    assert {round(two - one, 6) for one, two in itertools.pairwise(late)} == {HOUR}
    assert len(after) == 33
    assert 23 * HOUR < after[-1] <= 24 * HOUR
    assert following.attempts[0].at == lost.attempts[-1].at


@pytest.mark.virtual_time
async def test_a_test_in_real_time_says_how_long_the_pauses_are(fake):
    receiver = Receiver([503, 503])
    fake.deliver_events(to=receiver, pause=0.5)
    emit(fake, 1)
    await fake.events_delivered()
    began, *others = (attempt.at for attempt in fake.deliveries[0].attempts)
    assert [round(at - began, 6) for at in others] == [0.5, 1.0]


@pytest.mark.virtual_time
async def test_an_app_that_raises_or_says_nothing_is_answered_as_by_a_server(fake, caplog):
    async def broken(scope, receive, send):
        raise LookupError("no such order")

    async def silent(scope, receive, send):
        pass

    fake.deliver_events(to=broken)
    with caplog.at_level(logging.ERROR, "sitoo_async.testing"):
        emit(fake, 1)
        await fake.events_delivered()
    assert "no such order" in caplog.text
    fake.deliver_events(to=silent)
    emit(fake, 1)
    await fake.events_delivered()
    assert [statuses(delivery) for delivery in fake.deliveries] == [[500], [500]]


@pytest.mark.virtual_time
async def test_nobody_waits_for_a_delivery_that_has_failed_by_itself(fake):
    async def confused(scope, receive, send):
        await send({"type": "http.response.start", "status": [200], "headers": []})
        await send({"type": "http.response.body"})

    fake.deliver_events(to=confused)
    for _ in range(2):
        emit(fake, 1)
        with pytest.raises(RuntimeError, match="delivery of events has failed") as failed:
            await fake.events_delivered()
        assert isinstance(failed.value.__cause__, TypeError)
    # Another receiver gets all of it.
    fake.deliver_events(to=Receiver())
    await fake.events_delivered()
    assert [delivery.outcome for delivery in fake.deliveries] == ["delivered", "delivered"]


@pytest.mark.virtual_time
async def test_an_app_is_told_that_nobody_waits_and_ends_with_the_server():
    told, ended = [], []

    async def patient(scope, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body"})
        told.append(await receive())
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    async with FakeSitoo() as fake:
        fake.deliver_events(to=patient)
        emit(fake, 1)
        await fake.events_delivered()
        await asyncio.sleep(0)
        assert told == [{"type": "http.disconnect"}]
        assert ended == []
    assert ended == [True]


@pytest.mark.virtual_time
async def test_what_waits_goes_to_the_next_receiver(fake):
    down, up = Receiver([503] * 5), Receiver()
    fake.deliver_events(to=down)
    events = emit(fake, 12)
    await asyncio.sleep(100)
    fake.deliver_events(to=up, prefix="/sitoo")
    await fake.events_delivered()
    assert len(down.bodies) == 3
    assert [event for body in up.bodies for event in body] == events
    assert up.scopes[0]["path"] == "/sitoo/events"
    assert statuses(fake.deliveries[0]) == [503, 503, 503, 200]
    # Its day goes on, and with it the pauses.
    began, *_, last = (attempt.at for attempt in fake.deliveries[0].attempts)
    assert round(last - began, 6) == 210


@pytest.mark.virtual_time
async def test_duplicates_and_junk_stand_in_a_batch_as_they_are(fake):
    receiver = Receiver()
    fake.deliver_events(to=receiver)
    event = fake.emit("of-tomorrow", {"id": 7})
    for element in (event, None, "junk", {"event_id": event["event_id"]}):
        fake.emit_element(element)
    await fake.events_delivered()
    assert receiver.bodies == [[event, event, None, "junk", {"event_id": event["event_id"]}]]
    with pytest.raises(TypeError):
        fake.emit("order", {"order_id": {1, 2}})
    await fake.events_delivered()


@pytest.mark.virtual_time
async def test_a_reset_forgets_what_waits_and_what_became_of_the_rest(fake):
    receiver = Receiver()
    fake.deliver_events(to=receiver)
    emit(fake, 1)
    await fake.events_delivered()
    emit(fake, 5)
    fake.reset()
    await fake.events_delivered()
    assert (fake.deliveries, len(receiver.bodies)) == ([], 1)


@pytest.mark.virtual_time
async def test_a_server_that_records_nothing_delivers_all_the_same():
    async with FakeSitoo(record=False) as fake:
        receiver = Receiver()
        fake.deliver_events(to=receiver)
        emit(fake, 1)
        await fake.events_delivered()
        fake.reset()
        assert (len(receiver.bodies), fake.deliveries) == (1, [])


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"to": "https://shop.example.com"}, "to: give an http URL of this machine"),
        ({"to": "http://shop.example.com"}, "another machine"),
        ({"to": "http://10.0.0.1/"}, "another machine"),
        ({"to": "127.0.0.1:80"}, "to: give an http URL"),
        ({"to": "http://127.0.0.1/?a=b"}, "to: give an http URL"),
        ({"to": "http://user:secret@127.0.0.1"}, "user= and password="),
        ({"to": Receiver(), "prefix": "sitoo"}, "prefix: begin"),
        ({"to": Receiver(), "prefix": "/sitoo/"}, "prefix: begin"),
        ({"to": Receiver(), "user": "sitoo"}, "both or neither"),
        ({"to": Receiver(), "password": "x"}, "both or neither"),
        ({"to": Receiver(), "user": "a:b", "password": "x"}, "no colon"),
        ({"to": Receiver(), "pause": 0}, "pause: give a time above 0"),
        ({"to": Receiver(), "pause": -1}, "pause: give a number"),
    ],
)
async def test_what_can_not_be_meant_is_refused_and_shows_no_password(fake, options, problem):
    with pytest.raises(ValueError, match=problem) as refused:
        fake.deliver_events(**options)
    assert "secret" not in str(refused.value)


async def test_a_receiver_is_a_url_or_an_app_of_a_server_that_runs(fake):
    with pytest.raises(TypeError, match="ASGI application, not a int"):
        fake.deliver_events(to=8000)
    with pytest.raises(RuntimeError, match="start this FakeSitoo"):
        FakeSitoo().deliver_events(to=Receiver())
    for call in (lambda: fake.emit("order", {}), lambda: fake.emit_element({})):
        with pytest.raises(RuntimeError, match="deliver_events first"):
            call()
    with pytest.raises(RuntimeError, match="deliver_events first"):
        await fake.events_delivered()
    fake.add("/shipments", {})
    fake.deliver_events(to="http://[::1]:9/")
    fake.deliver_events(to=Receiver())
    await fake.events_delivered()
    assert fake.deliveries == []  # nobody was told of what was before


@pytest.fixture
async def listening():
    """A web server on loopback with the URL in front of its ``/sitoo/events``."""
    seen = []

    async def events(request):
        seen.append((request.headers.get("Authorization"), await request.json()))
        if len(seen) == 1:
            request.transport.abort()
        raise web.HTTPFound("http://127.0.0.1:9/") if len(seen) == 3 else web.HTTPOk

    application = web.Application()
    application.router.add_post("/sitoo/events", events)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/sitoo/", seen
    await runner.cleanup()


async def test_a_url_is_posted_to_and_no_redirect_is_followed(fake, listening):
    url, seen = listening
    fake.deliver_events(to=url, user="sitoo", password="p", pause=0.01)
    events = emit(fake, 11)
    await fake.events_delivered()
    assert [len(body) for _, body in seen] == [10, 10, 1]
    assert [event for _, body in seen[1:] for event in body] == events
    assert {authorization for authorization, _ in seen} == {"Basic c2l0b286cA=="}
    first, second = fake.deliveries
    assert [attempt.status for attempt in first.attempts] == [None, 200]
    assert first.attempts[0].problem.startswith("no connection: Server")
    assert (second.outcome, statuses(second)) == ("dropped", [302])


@pytest.mark.virtual_time
async def test_nobody_listens_or_nobody_answers(fake):
    # Connections are made, and nobody takes them.
    with socket.create_server(("127.0.0.1", 0)) as server:
        fake.deliver_events(to=f"http://localhost:{server.getsockname()[1]}")
        emit(fake, 1)
        await asyncio.sleep(16)
    [silent] = fake.deliveries[0].attempts
    assert silent.problem == "no answer within 15 s"
    await asyncio.sleep(60)
    problems = [attempt.problem for attempt in fake.deliveries[0].attempts]
    assert problems[1].startswith("no connection: ")
    assert fake.deliveries[0].outcome == "waiting"


def test_events_are_delivered_from_a_server_in_a_thread_too():
    receiver = Receiver()
    with FakeSitoo() as fake:
        fake.deliver_events(to=receiver)
        key = fake.add("/shipments", {})
        asyncio.run(fake.events_delivered())
        [delivery] = fake.deliveries
        assert delivery.outcome == "delivered"
        assert receiver.bodies[0][0]["data"]["shipment_id"] == key
        assert isinstance(delivery.attempts[0], EventAttempt)
