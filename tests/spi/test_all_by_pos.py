"""Each operation whose path is known, called by the fake POS through a real HTTP client."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from multidict import CIMultiDict

from sitoo_async.spi import App
from sitoo_async.spi.aiohttp import serve_below
from sitoo_async.spi.payment import Payment, PaymentsInMemory
from sitoo_async.testing import FakePos
from sitoo_async.testing._pos.contract import findings_of
from sitoo_async.testing._pos.operations import operation_of
from sitoo_async.testing._pos.samples import sample_body, sample_parameters
from sitoo_async.testing._server.partners import Reply
from tests._spoilt import spoilt
from tests.spi._services import SERVICES, answer_of, expected, served, snake_case

pytestmark = pytest.mark.filterwarnings(
    "ignore::sitoo_async.errors.UnverifiedEndpointWarning"  # what is inferred is served here, too
)


async def test_every_interface_is_served_to_a_pos_through_http():
    server, asked = web.Application(), {}
    for service in SERVICES:
        answers = {
            snake_case(name): answer_of(service, name, expected(service, name))
            for _, name in FakePos.operations(service)
        }
        app, asked[service] = served(service, **answers)
        serve_below(server, f"/{service}", app)
    called = set()
    async with TestServer(server) as listening:
        for service in SERVICES:
            async with FakePos(
                str(listening.make_url("/")), prefix=f"/{service}", store_id="Stångby/1"
            ) as pos:
                for name, operation in FakePos.operations(service):
                    answer = await pos.call(name, operation)
                    assert answer.ok
                    assert answer.json == expected(name, operation), operation
                    assert answer.findings == []
                    called.add((name, operation))
            assert len(asked[service]) == len(pos.answers)
    assert called == {*FakePos.operations()}
    assert len(called) == 43
    stores = {service: asked[service][0].keywords["call"].store_id for service in SERVICES}
    assert {service for service, store in stores.items() if store == "Stångby/1"} == {
        "spi-crm-v2",
        "spi-discount-cards",
        "spi-insurance",
        "spi-product-recommendations",
        "spi-sales-tax",
        "spi-tax-free",
    }
    ((recommended,), keywords) = asked["spi-product-recommendations"][0]
    assert (recommended.id, recommended.sku) == ("id", "sku")
    assert keywords["call"].staff_id == "åsa/1"


class Payments(PaymentsInMemory):
    """Payments of which the provider has the money three seconds later."""

    def __init__(self) -> None:
        super().__init__()
        self.given_back: list[str] = []
        self.tasks = set[asyncio.Task[Any]]()

    async def begin(self, payment: Payment) -> None:
        self.tasks.add(asyncio.ensure_future(self._paid(payment.paymentid)))

    async def _paid(self, paymentid: str) -> None:
        await asyncio.sleep(3)
        await self.ready(paymentid, receiptrow=paymentid, receiptsection=["Amount\t398.00"])

    async def reverse(self, payment: Payment) -> None:
        self.given_back.append(payment.paymentid)


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("options", "end"),
    [
        ({}, "completed"),
        ({"accept": False}, "cancelled"),
        ({"hesitate": 179.0}, "completed"),
        ({"hesitate": 181.0}, "cancelled"),
    ],
)
async def test_payments_are_led_to_their_ends_by_a_pos(options, end):
    async with Payments() as payments:
        app = App(payments, user="sitoo", password="made up")
        async with FakePos(app, user="sitoo", password="made up") as pos:
            payment = await pos.pay(pause=0.5, **options)
        assert payment.states == ["inprogress", "ready_to_complete", end]
        assert pos.findings == []
    assert payments.given_back == ([] if end == "completed" else [payment.paymentid])


ODD_VALUES = [None, 5, "\ud800", [[]]]


# Each of these ways through the code is another test's too, and to trace thousands takes as long.
@pytest.mark.no_cover
@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnexpectedTypeWarning")
async def test_no_spoilt_request_is_more_than_a_bad_one_and_no_spoilt_answer_breaks_a_pos():
    statuses, broken = Counter[int](), Counter[str]()
    for service, name in FakePos.operations():
        operation = operation_of(service, name)
        answer = expected(service, name)
        app, _ = served(service, **{snake_case(name): answer_of(service, name, answer)})
        body, parameters = sample_body(operation), sample_parameters(operation)
        path = re.sub(r"\{\w+\}", "1", operation.path)
        for odd in () if body is None else spoilt(body, ODD_VALUES):
            answered = await app.handle(operation.method, path, {}, json.dumps(odd))
            statuses[answered.status] += 1
        for odd in spoilt(answer, ODD_VALUES):
            reply = Reply((*operation.statuses, 200)[0], CIMultiDict(), json.dumps(odd).encode())
            broken[service] += any(
                each.breaks for each in findings_of(operation, parameters, reply)
            )
    assert statuses.keys() == {200, 201, 204, 400}
    # Of these no body is documented.
    assert {*SERVICES} - {*+broken} == {"spi-sales-tax"}
    assert statuses.total() > 500
