"""Requests to calls, and what handlers give to answers, without a server."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import pytest

from sitoo_async import UNSET, unknown_fields
from sitoo_async.spi import App, Refusal
from tests.spi.core._payments import CREDENTIALS, HEADERS, Item, Kind, Payment, Recorder, serving

PLAIN = [("staff-id", "A/B"), ("request-id", "r 1")]


async def test_a_request_becomes_a_typed_call_and_its_answer_json():
    service, server = serving(add_payment="17")
    body = b'{"amount":"9.00","items":[{"sku":"A","total":"9.00","new":1}],"more":{}}'
    status, headers, answered = await server.handle("POST", "/payments", HEADERS, body)
    assert (status, answered) == (201, b'"17"')
    assert headers == {"content-type": "application/json", "content-length": "4"}
    ((_, payment, call),) = service.asked
    assert payment == Payment(amount=Decimal("9.00"), items=[Item(sku="A", total=Decimal(9))])
    assert unknown_fields(payment) == {"more": {}}
    assert unknown_fields(payment.items[0]) == {"new": 1}
    assert call.operation == "Add Payment"


@pytest.mark.parametrize(
    ("method", "path", "body", "asked"),
    [
        ("GET", "/payments/7", b"", ("get_payment", "7", False)),
        ("get", "/payment/7/", None, ("get_payment", "7", False)),
        (b"GET", b"//payments/7", b"junk", ("get_payment", "7", False)),
        ("GET", "/pay%6Dents/a%2Fb%3Fc%20%C3%B6+", b"", ("get_payment", "a/b?c ö+", False)),
        ("GET", "/payments/7?extended=true&new=1", b"", ("get_payment", "7", True)),
        ("GET", "/payments/7?extended=true&extended=true", b"", ("get_payment", "7", True)),
        ("GET", "/payments?key=%2B46+70&start=-1", b"", ("find_payment", "+46 70", -1, None)),
        ("GET", "/payments?key=&&=5", b"", ("find_payment", "", 0, None)),
        ("GET", f"/payments?key=a&start={-(2**63)}", b"", ("find_payment", "a", -(2**63), None)),
        ("GET", f"/payments?key=a&start={2**63 - 1}", b"", ("find_payment", "a", 2**63 - 1, None)),
        (
            "GET",
            "/payments?key=a&filter[size]=M&filter%5Bsize%5D=L&filter[x]=%C3%B6&filter=1",
            b"",
            ("find_payment", "a", 0, {"size": ["M", "L"], "x": ["ö"]}),
        ),
        ("POST", "/settlements.json", b" ", ("settle", None)),
        ("POST", "/settlements.json", '{"a":[1.5,"ö"]}', ("settle", {"a": [1.5, "ö"]})),
        ("PUT", "/payments/7", b"{}", ("update_payment", "7", Payment())),
        ("DELETE", "/payments", b'["a",7]', ("delete_payments", ["a", "7"])),
        ("POST", "/batches", b'[{"note":"x"}]', ("add_payments", [Payment(note="x")])),
        ("GET", "/receipts/-17.json", b"", ("get_receipt", -17, None)),
        ("GET", "/receipts/17.json?kind=new", b"", ("get_receipt", 17, Kind("new"))),
    ],
)
async def test_what_a_method_and_a_path_mean(method, path, body, asked):
    service, server = serving(settle={})
    assert (await server.handle(method, path, HEADERS, body)).status in {200, 204, 404, 500}
    assert service.asked[0][:-1] == asked


async def test_a_query_may_come_beside_the_path():
    service, server = serving()
    for query in ("key=5", b"?key=5"):
        await server.handle("GET", "/payments", HEADERS, b"", query=query)
    assert [each[1] for each in service.asked] == ["5", "5"]


async def test_who_calls_is_decoded_from_the_headers_and_none_of_them_has_to_be_there():
    service, server = serving()
    for pairs in (
        [("Store-ID", "G%C3%B6teborg"), ("STAFF-ID", "A%2FB"), ("Request-ID", "r%201")],
        [(b"store-id", b"G%C3%B6teborg"), (b"Staff-Id", "A/B"), ("request-id", b"r 1")],
        [("Store-ID", "Göteborg".encode()), ("staff-id", b"A/B"), ("request-id", "r 1")],
        [("store-id", "Göteborg".encode().decode("latin-1")), *PLAIN, ("cookie", "s=1")],
    ):
        given = [*HEADERS.items(), *pairs, ("register-id", ""), ("Store-ID", "another")]
        await server.handle("GET", "/payments/7", given, b"")
    await server.handle("GET", "/payments/7", HEADERS, b"")
    *calls, without = (each[-1] for each in service.asked)
    for call in calls:
        assert (call.staff_id, call.register_id) == ("A/B", None)
        assert call.request_id == "r 1"
        assert not {"authorization", "cookie"} & call.headers.keys()
    assert [call.store_id for call in calls] == ["Göteborg"] * 4
    assert without.store_id is None
    assert len(without.request_id) == 36
    assert without.path_parameters == {"paymentid": "7"}
    assert 0 < without.remaining() <= 10


@pytest.mark.parametrize(
    ("operation", "request_", "answer", "expected"),
    [
        ("get_payment", "GET /payments/7", Payment(paymentid="7"), (200, {"paymentid": "7"})),
        ("get_payment", "GET /payments/7", Payment(note=None), (200, {"note": None})),
        ("get_payment", "GET /payments/7", Payment(paymentid=None), (200, {})),
        (
            "get_payment",
            "GET /payments/7",
            {"amount": 5, "new": {"a": [1]}, "items": ({"sku": "A"},), "note": UNSET},
            (200, {"amount": "5.00", "new": {"a": [1]}, "items": [{"sku": "A"}]}),
        ),
        ("find_payment", "GET /payments?key=7", None, (200, [])),
        ("find_payment", "GET /payments?key=7", Payment(note="x"), (200, [{"note": "x"}])),
        ("update_payment", "PUT /payments/7", None, (204, None)),
        ("settle", "POST /settlements.json", {"total": Decimal("1.5")}, (200, {"total": 1.5})),
        ("add_payments", "POST /batches []", ("a", "b"), (200, ["a", "b"])),
        ("delete_payments", "DELETE /payments []", True, (200, True)),
        ("get_receipt", "GET /receipts/7.json", [None, {"a": 1}], (200, [None, {"a": 1}])),
    ],
)
async def test_what_a_handler_gives_is_answered_as_its_operation_has_it(
    operation, request_, answer, expected
):
    _, server = serving(**{operation: answer})
    method, path, *body = request_.split(" ")
    answered = await server.handle(method, path, HEADERS, body[0] if body else "{}")
    assert (answered.status, answered.json()) == expected
    length = None if answered.status == 204 else str(len(answered.body))
    assert answered.headers.get("content-length") == length


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Refusal("not-found", "no such payment", field="paymentid"), 404),
        (Refusal("other", "no such payment", field="paymentid", status=409), 409),
        (Refusal("other", "no such payment", field="paymentid"), 500),
    ],
    ids=str,
)
async def test_a_refusal_is_the_documented_error_and_is_not_logged(refusal, status, caplog):
    _, server = serving(get_payment=refusal)
    answer = await server.handle("GET", "/payments/7", HEADERS | {"Request-ID": "r-1"}, b"")
    assert answer.status == status
    assert answer.json() == {
        "request_id": "r-1",
        "error_code": refusal.code,
        "error_data": {"message": "no such payment", "field": "paymentid"},
    }
    assert caplog.records == []


async def test_a_refusal_whose_text_was_cut_within_a_character_is_told_all_the_same():
    _, server = serving(get_payment=Refusal("other", "no \ud83d", field="a\udc00"))
    answer = await server.handle("GET", "/payments/7", HEADERS, b"")
    assert answer.json()["error_data"] == {"message": "no ?", "field": "a?"}


async def test_none_where_there_may_be_none_is_the_documented_404():
    _, server = serving(get_payment=None)
    answer = await server.handle("GET", "/payments/7", HEADERS, b"")
    assert answer.status == 404
    assert answer.json()["error_code"] == "not-found"


async def test_what_is_left_out_or_not_there_is_404_and_another_method_405():
    service, server = serving()
    asked = [
        ("PATCH", "/payments/7", 405, "GET, PUT"),
        ("HEAD", "/payment/7", 405, "GET"),
        ("GET", "/payments/7/8", 404, None),
        ("GET", "/", 404, None),
        ("GET", "", 404, None),
        ("POST", "/settlements", 404, None),
        ("GET", "/receipts/7", 404, None),
        ("GET", "/receipts/.json", 404, None),
        ("POST", "/payments/.json", 405, "GET, PUT"),
        ("DELETE", "/nothing", 404, None),
    ]
    for method, path, status, allow in asked:
        answer = await server.handle(method, path, HEADERS, b"")
        assert (answer.status, answer.headers.get("allow")) == (status, allow), path
        assert set(answer.json()) == {"request_id", "error_code", "error_data"}
    assert service.asked == []


async def test_an_answer_is_a_tuple_that_shows_no_body():
    _, server = serving(add_payment="geheim")
    answer = await server.handle("POST", "/payments", HEADERS, b"{}")
    assert repr(answer) == "Answer(status=201, 8 bytes)"
    assert answer == (201, answer.headers, b'"geheim"')
    assert json.loads(answer.body) == answer.json() == "geheim"


async def test_many_requests_at_once_keep_their_own_answers():
    async def later():
        await asyncio.sleep(0)
        return Payment(note="x")

    service, server = serving(get_payment=later)
    answers = await asyncio.gather(
        *(server.handle("GET", f"/payments/{number}", HEADERS, b"") for number in range(20))
    )
    assert {each.status for each in answers} == {200}
    assert sorted(int(each[1]) for each in service.asked) == [*range(20)]


def test_an_app_says_what_it_serves():
    assert repr(App(Recorder(), **CREDENTIALS)) == "<App: Recorder>"


async def test_what_no_operation_is_for_is_told_once_and_without_whom_it_names(caplog):
    _, server = serving()
    asked = [
        ("GET", "/sitoo/payments/7?pin=1234"),
        ("GET", "/sitoo/payments/8"),
        ("POST", "/cards/ann@example.com/4711.json"),
        ("DELETE", "/payments/7"),
    ]
    for method, path in asked:
        assert (await server.handle(method, path, HEADERS, b"")).status in {404, 405}
    told = [record.getMessage().partition(", which")[0] for record in caplog.records]
    assert told == [
        "<App: Recorder> has no operation for GET /sitoo/payments/…",
        "<App: Recorder> has no operation for POST /cards/…/…",
        "<App: Recorder> has no operation for DELETE /payments/…",
    ]
    for number in range(200):
        await server.handle("GET", "/" + "x" * number, HEADERS, b"")
    assert len(caplog.records) == 100
