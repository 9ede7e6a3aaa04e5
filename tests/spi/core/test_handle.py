"""Requests to calls, and what handlers give to answers, without a server."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitoo_async.spi import App, Refusal
from tests.spi.core._payments import CREDENTIALS, HEADERS, Item, Payment, Recorder


def app(**answers):
    service = Recorder(**answers)
    return service, App(service, **CREDENTIALS)


async def test_a_request_becomes_a_typed_call_and_its_answer_json():
    service, server = app(add_payment="17")
    body = b'{"amount":"9.00","items":[{"sku":"A","total":"9.00","new":1}],"more":{}}'
    status, headers, answered = await server.handle("POST", "/payments", HEADERS, body)
    assert (status, headers["content-type"], answered) == (201, "application/json", b'"17"')
    ((_, payment, call),) = service.asked
    assert payment == Payment(amount=Decimal("9.00"), items=[Item(sku="A", total=Decimal(9))])
    assert call.operation == "Add Payment"


@pytest.mark.parametrize(
    ("operation", "request_", "answer", "expected"),
    [
        ("get_payment", "GET /payments/7", Payment(paymentid="7"), (200, {"paymentid": "7"})),
        ("get_payment", "GET /payment/7", Payment(note=None), (200, {"note": None})),
        ("find_payment", "GET /payments?key=7", None, (200, [])),
        ("find_payment", "GET /payments?key=7", Payment(note="x"), (200, [{"note": "x"}])),
        ("update_payment", "PUT /payments/7", None, (204, None)),
        ("settle", "POST /settlements.json", {"total": Decimal("1.5")}, (200, {"total": 1.5})),
    ],
)
async def test_what_a_handler_gives_is_answered_as_its_operation_has_it(
    operation, request_, answer, expected
):
    _, server = app(**{operation: answer})
    answered = await server.handle(*request_.split(" "), HEADERS, b"{}")
    assert (answered.status, answered.json()) == expected


async def test_a_refusal_is_the_documented_error():
    refusal = Refusal("not-found", "no such payment", field="paymentid")
    _, server = app(get_payment=refusal)
    answer = await server.handle("GET", "/payments/7", HEADERS | {"Request-ID": "r-1"}, b"")
    assert answer.status == 404
    assert answer.json() == {
        "request_id": "r-1",
        "error_code": "not-found",
        "error_data": {"message": "no such payment", "field": "paymentid"},
    }
