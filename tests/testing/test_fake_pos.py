"""What a fake POS sends to a partner's server, and what it has to say of the answers."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from typing import Any

import attrs
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sitoo_async.testing import ContractError, FakePos
from sitoo_async.testing._reference.services import service_facts

PAYMENT = service_facts("spi-payment")["examples"]["Get Payment"]["response"]
CUSTOMER = service_facts("spi-crm-v2")["examples"]["Search Customer"]["response"][0]
INSURED = service_facts("spi-insurance")["examples"]["Create Cart Insurance"]["response"]
CARD = service_facts("spi-discount-cards")["examples"]["Look up a discount card"]["response"]
FOUND = service_facts("spi-product-search")["examples"]["Search Products"]["response"]
ERROR = {"request_id": "r-1", "error_code": "other", "error_data": {"message": "no"}}


@attrs.define
class Partner:
    """An ASGI application that gives the answers it is given: a status, a body, and how late."""

    answers: list[Any]
    scopes: list[dict] = attrs.field(factory=list)
    bodies: list[bytes] = attrs.field(factory=list)

    async def __call__(self, scope, receive, send):
        self.scopes.append(scope)
        self.bodies.append((await receive())["body"])
        status, body, *late = self.answers.pop(0)
        if isinstance(status, Exception):
            raise status
        await asyncio.sleep(late[0] if late else 0)
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = [(b"content-type", b"text/plain" if body is sent else b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": sent})


def pos_of(*answers: Any, **options: Any) -> tuple[FakePos, Partner]:
    partner = Partner([*answers])
    return FakePos(partner, **options), partner


# What goes out ----------------------------------------------------------------------------------


async def test_it_sends_the_headers_that_an_interface_has_percent_encoded():
    pos, partner = pos_of((201, INSURED), (200, {}), (200, "1"), user="sitoo", password="a:ö")
    insured = await pos.call("insurance", "Create Cart Insurance")
    await pos.call("sales-tax", "Get a tax quote", headers={"store-id": "2"})
    await pos.call("payment", "Add Payment")
    of_insurance, of_tax, of_payment = (dict(scope["headers"]) for scope in partner.scopes)
    token = base64.b64encode("sitoo:a:ö".encode()).decode()
    assert of_insurance[b"authorization"] == f"Basic {token}".encode()
    assert of_insurance[b"store-id"] == b"SCS101"
    assert of_insurance[b"staff-id"] == b"%C3%A5sa%2F1"
    assert of_insurance[b"register-id"] == b"SIE0000160000051"
    assert of_insurance[b"request-id"].decode() == insured.request_id
    assert of_insurance[b"content-type"] == b"application/json"
    assert of_tax[b"store-id"] == b"2"
    assert b"request-id" not in of_tax
    assert not {b"store-id", b"staff-id", b"register-id", b"request-id"} & of_payment.keys()
    assert repr(pos) == "<FakePos: 3 answers>"


async def test_it_sends_what_a_test_says_and_made_up_values_for_the_rest():
    pos, partner = pos_of(*[(200, FOUND)] * 2, (200, True), (200, b""), (200, b""), store_id=None)
    await pos.call(
        "product-search",
        "Search Products",
        lang="NO",
        filter={"CATEGORY": ["COATS", "a b"], "NEW": "true"},
        search_text=None,
        num=5,
    )
    await pos.call("spi-product-search", "Search Products", return_only_filters=False)
    await pos.call("gift-card", "Delete Gift Card Transactions", cardnumber="a/ö", body=["1"])
    await pos.call("payment", "Update Payment", body=b"{nonsense")
    await pos.call("tax-free", "Void Transaction", body=None)
    chosen, others, card, payment, void = partner.scopes
    query = b"lang=NO&currency=SEK&filter%5BCATEGORY%5D=COATS&filter%5BCATEGORY%5D=a+b"
    assert chosen["query_string"] == query + b"&filter%5BNEW%5D=true&num=5"
    assert others["query_string"] == b"lang=SE&currency=SEK&return_only_filters=false"
    assert card["raw_path"] == b"/giftcards/a%2F%C3%B6/transactions.json"
    assert card["path"] == "/giftcards/a/ö/transactions.json"
    assert payment["path"] == "/payments/123456789"
    assert partner.bodies == [b"", b"", b'["1"]', b"{nonsense", b""]
    assert b"content-length" not in dict(void["headers"])
    assert b"store-id" not in dict(void["headers"])


async def test_an_operation_that_nobody_documents_is_called_where_it_was_seen():
    pos, partner = pos_of((200, {"redeemed": True}))
    answer = await pos.call(
        "crm-v2",
        "Redeem Items",
        at="post /customers/{customer_id}/redeem",
        body={"promotions": ["1"]},
        customer_id="7",
        new="1",
    )
    scope = partner.scopes[0]
    assert (scope["method"], scope["path"]) == ("POST", "/customers/7/redeem")
    assert answer.path == "/customers/7/redeem?new=1"
    assert answer.json == {"redeemed": True}


async def test_all_operations_of_an_interface_are_called_with_the_ids_that_were_told():
    added = {**PAYMENT, "paymentid": "4/7"}
    pos, partner = pos_of((200, "4/7"), (200, added), (200, b""), prefix="/sitoo")
    answers = await pos.call_all("payment")
    assert [answer.operation for answer in answers] == [
        "Add Payment",
        "Get Payment",
        "Update Payment",
    ]
    assert [scope["raw_path"] for scope in partner.scopes] == [
        b"/sitoo/payments",
        b"/sitoo/payments/4%2F7",
        b"/sitoo/payments/4%2F7",
    ]
    form = {"id": "F-1", "ui_type": "web-page"}
    pos, partner = pos_of((201, form), (404, ERROR), (200, b""), (200, []))
    await pos.call_all("tax-free")
    assert {scope["path"].split("/")[2] for scope in partner.scopes[1:]} == {"F-1"}
    invoice = {"invoice_id": {"of": "a sort that nobody knows"}, "items": [{"id": "1"}]}
    pos, partner = pos_of((200, {}), (201, invoice), *[(200, {})] * 6)
    await pos.call_all("sales-tax")
    assert partner.scopes[2]["path"] == "/invoices/INV-2025-001"


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        ({"service": "payments"}, ValueError, "did you mean 'spi-payment'"),
        ({"service": "spi-events"}, ValueError, "'Get Payment' is none of spi-events"),
        ({"service": "x" * 9}, ValueError, "there are spi-crm-v1, "),
        ({"operation": "Get Payments"}, ValueError, "did you mean 'Get Payment'"),
        ({"paymentid": None}, ValueError, "paymentid has a place in /payments/{paymentid}"),
        (
            {"pin": "4711"},
            ValueError,
            "pin is none of spi-payment Get Payment, which has paymentid",
        ),
        ({"paymentid": 1.5}, TypeError, "paymentid must be text, an integer or a boolean"),
        ({"body": float("nan")}, ValueError, "JSON"),
        ({"body": {"a": object()}}, TypeError, "JSON"),
        ({"at": "/payments"}, ValueError, "at: give a method and a path"),
        (
            {"service": "crm-v2", "operation": "Redeem Items"},
            ValueError,
            "nobody knows the path of Redeem Items",
        ),
    ],
)
async def test_a_call_that_makes_no_sense_is_refused_before_anything_is_sent(call, error, match):
    pos, partner = pos_of((200, PAYMENT))
    named = {"service": "payment", "operation": "Get Payment"} | call
    with pytest.raises(error, match=match):
        await pos.call(named.pop("service"), named.pop("operation"), **named)
    assert partner.scopes == []


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"to": "http://shop.example.com"}, ValueError),
        ({"to": "https://127.0.0.1"}, ValueError),
        ({"to": 5}, TypeError),
        ({"user": "a"}, ValueError),
        ({"user": "a:b", "password": "c"}, ValueError),
        ({"prefix": "sitoo"}, ValueError),
        ({"patience": -1}, ValueError),
        ({"slow_after": float("nan")}, ValueError),
    ],
)
def test_a_pos_that_makes_no_sense_is_refused(options, error):
    with pytest.raises(error):
        FakePos(**{"to": "http://localhost:80", **options})


def test_the_operations_of_an_interface_are_those_with_a_known_path():
    assert FakePos.operations("crm-v2")[0] == ("spi-crm-v2", "Search Customer")
    assert ("spi-crm-v2", "Redeem Items") not in FakePos.operations()
    with pytest.raises(ValueError, match="spi-events"):
        FakePos.operations("events")


# What comes back --------------------------------------------------------------------------------

SEARCH = "crm-v2.Search Customer"
GET_PAYMENT = "payment.Get Payment"


@pytest.mark.parametrize(
    ("called", "status", "body", "found"),
    [
        (SEARCH, 200, [CUSTOMER] * 2, "body holds several, where it is one or none"),
        (SEARCH, 200, CUSTOMER, "body should be an array and is an object"),
        (SEARCH, 200, None, "body should be an array and is null"),
        (SEARCH, 200, b"", "body is empty"),
        (SEARCH, 200, b"[}", "body is no JSON"),
        (SEARCH, 200, b"[NaN]", "body is no JSON"),
        (SEARCH, 200, b"[" * 20000, "body is no JSON"),
        (SEARCH, 200, [["1"]], "body[0] should be an object and is an array"),
        (SEARCH, 204, b"", "status is 204, and documented are 200, 400"),
        (SEARCH, 302, b"", "status is 302, and documented are 200, 400"),
        (SEARCH, 200, [{"status": {"color": 5}}], "body[0].status.color should be text and is"),
        (
            SEARCH,
            200,
            [{"promotions": [{"promotion_type": {"type": "cart_percent", "value_int": "10"}}]}],
            "body[0].promotions[0].promotion_type.value_int should be an integer and is text",
        ),
        ("payment.Add Payment", 200, 17, "body should be text and is an integer"),
        ("payment.Add Payment", 200, {"paymentid": "17"}, "body should be text and is an object"),
        ("payment.Add Payment", 201, "17", "status is 201, and documented are 200"),
        ("payment.Add Payment", 503, b"", "status is 503, and documented are 200"),
        (GET_PAYMENT, 200, {"amount": 398.0}, "amount should be text and is a number"),
        (GET_PAYMENT, 200, {"amount": "398"}, "amount should be an amount with two decimals"),
        (GET_PAYMENT, 200, {"currencycode": "kr"}, "currencycode should be a code of ISO 4217"),
        (GET_PAYMENT, 200, {"cartitems": {}}, "cartitems should be an array and is an object"),
        (
            GET_PAYMENT,
            200,
            {"cartitems": [{"quantity": True}]},
            "cartitems[0].quantity should be an integer and is a boolean",
        ),
        (
            GET_PAYMENT,
            200,
            {"paymentstate": {"state": "ready_to_complete", "receiptsection": [1]}},
            "paymentstate.receiptsection[0] should be text and is an integer",
        ),
        (GET_PAYMENT, 200, {"paymentstate": "completed"}, "paymentstate should be an object"),
        (GET_PAYMENT, 200, {"amount": "1.00"}, "paymentstate is missing, so that a POS would ask"),
        (
            GET_PAYMENT,
            200,
            {**PAYMENT, "paymentid": "7"},
            "paymentid is that of another payment",
        ),
        ("payment.Update Payment", 307, b"", "status is 307, which a POS makes nothing of"),
        ("rfid.Create Sell Transaction", 200, b"", "status is 200, and documented are 204"),
        (
            "rfid.Create Return Transaction",
            200,
            {},
            "status is 200, and documented are 204, 400, 404, 429, 500; body is there where none",
        ),
        ("rfid.Create Sell Transaction", 204, b"{}", "body is there with status 204"),
        ("rfid.Create Sell Transaction", 400, b"no", "body should be the documented error and is"),
        ("rfid.Create Sell Transaction", 400, [], "body should be an error object and is an array"),
        (
            "rfid.Create Sell Transaction",
            400,
            {**ERROR, "error_code": "not-found"},
            "error_code is none of field-missing, field-unknown",
        ),
        ("rfid.Create Sell Transaction", 429, {**ERROR, "request_id": 5}, "request_id is missing"),
        (
            "sales-tax.Get tax invoice",
            404,
            {**ERROR, "error_code": "not-found", "error_data": {}},
            "error_data.message is missing or no text",
        ),
        ("insurance.Create Cart Insurance", 200, INSURED, "status is 200, and documented are 201"),
        (
            "insurance.Create Cart Insurance",
            201,
            {"items": [{"insurance_options": [{"type": "none"}] * 2}, {"insurance_options": []}]},
            "items[0].insurance_options has several options of type none",
        ),
        (
            "product-recommendations.Create Product Recommendations",
            201,
            {"id": "1", "sku": "A", "recommendations": {"similar": ["B"] * 65}},
            "recommendations.similar holds more than 64 values",
        ),
        (
            "product-recommendations.Create Product Recommendations",
            201,
            {"sku": "A" * 129},
            "id is missing; sku should be at most 128 characters",
        ),
        (
            "product-search.Search Products",
            200,
            {"products": {"count": "1", "items": [{"additional_data": {"a": 1}}]}},
            "products.count should be an integer and is text; products.items[0].additional_data.a",
        ),
        (
            "discount-cards.Post a discount card transaction",
            200,
            CARD,
            "transaction_id is missing in the answer to a transaction",
        ),
        ("gift-card.Get Gift Card", 200, {"transactions": [5]}, "transactions[0] should be an obj"),
    ],
)
async def test_it_complains_of_what_breaks_the_documented_contract(called, status, body, found):
    service, operation = called.split(".")
    pos, _ = pos_of((status, body))
    with pytest.raises(ContractError, match=re.escape(f": {found}")) as caught:
        await pos.call(service, operation)
    assert str(caught.value).startswith(f"spi-{service}, {operation} (")
    assert caught.value.answer is pos.answers[0]
    assert caught.value.answer.status == status


@pytest.mark.parametrize(
    ("called", "status", "body", "noted"),
    [
        (SEARCH, 200, [], []),
        (SEARCH, 401, b"", []),
        (SEARCH, 404, b"", []),
        (
            SEARCH,
            200,
            [{"email": None, "tier": "gold", "status": {"color": "blue"}}],
            [
                "body[0].email is null, which no page shows",
                "body[0].status.color is none of green",
                "body[0].tier is a field that no page has",
            ],
        ),
        (GET_PAYMENT, 200, PAYMENT, []),
        (
            GET_PAYMENT,
            200,
            {"paymentstate": {"state": "queued"}},
            ["paymentstate is of none of the known sorts"],
        ),
        (GET_PAYMENT, 404, b"", []),
        ("payment.Update Payment", 200, b"anything", []),
        ("payment.Update Payment", 409, b"", []),
        ("rfid.Create Sell Transaction", 400, ERROR, []),
        ("tax-free.Add Transaction", 201, {"ui_type": "web-page"}, []),
        ("tax-free.Add Transaction", 201, {"ui_type": "x"}, ["id is missing, which only a web"]),
        ("insurance.Create Cart Insurance", 201, b"{}", ["header Content-Type does not say JSON"]),
        (
            "insurance.Create Cart Insurance",
            400,
            b"",
            ["body should be the documented error and is no JSON"],
        ),
        ("sales-tax.Get a tax quote", 200, {"any": [1]}, []),
        ("sales-tax.Tax codes", 200, b"", []),
        ("crm-v2.Get Customer", 200, {"email": 5}, ["email should be text and is an integer"]),
        ("crm-v1.Get Contact", 200, {"promotions": [{"promotiontype": {}}]}, []),
        (
            "gift-card.Delete Gift Card Transactions",
            200,
            "true",
            ["body should be true and is text"],
        ),
        ("product-search.Search Products", 200, {"products": None}, ["products is null, which no"]),
    ],
)
async def test_it_notes_what_no_page_has_and_takes_what_is_documented(called, status, body, noted):
    pos, _ = pos_of((status, body))
    answer = await pos.call(*called.split("."))
    assert [str(each)[: len(text)] for each, text in zip(pos.findings, noted, strict=True)] == noted
    assert not any(each.breaks for each in answer.findings)
    assert answer.ok == (status < 300)


async def test_filters_alone_hold_no_products():
    pos, _ = pos_of((200, FOUND), (200, {"filters": []}))
    with pytest.raises(ContractError, match="holds products, where only filters"):
        await pos.call("product-search", "Search Products", return_only_filters=True)
    await pos.call("product-search", "Search Products", return_only_filters=True)


async def test_a_broken_contract_may_be_noted_alone_and_no_secret_is_told():
    pos, _ = pos_of((500, {"pin": "4711"}), complain=False)
    answer = await pos.call("crm-v2", "Search Customer", key="4711")
    assert not answer.ok or answer.json == {"pin": "4711"}
    pos, _ = pos_of((200, {"cardnumber": 4711}))
    with pytest.raises(ContractError) as caught:
        await pos.call("gift-card", "Get Gift Card", cardnumber="1", pin="4711")
    assert "4711" not in f"{caught.value} {caught.value.answer!r}"


@pytest.mark.virtual_time
async def test_it_gives_up_after_ten_seconds_and_notes_what_takes_more_than_one():
    pos, _ = pos_of((200, [], 0.9), (200, [], 1.5), (200, [], 9.9), (200, [], 10.1))
    for noted in (0, 1, 1):
        answer = await pos.call("crm-v2", "Search Customer")
        assert len(answer.findings) == noted
    assert str(answer.findings[0]) == "time was 9.9 s, where an answer is expected within 1"
    with pytest.raises(ContractError, match=r"time is no answer within 10 s") as caught:
        await pos.call("crm-v2", "Search Customer")
    answer = caught.value.answer
    assert (answer.status, answer.json, answer.ok) == (None, None, False)
    await pos.aclose()


async def test_an_application_that_raises_is_answered_as_by_a_server(caplog):
    pos, _ = pos_of((ValueError(), b""))
    assert (await pos.call("payment", "Get Payment")).status == 500
    assert "the application of a partner failed" in caplog.text


async def test_it_calls_a_server_of_any_kind_through_http(unused_tcp_port):
    async def answer(request: web.Request) -> web.Response:
        seen.append((request.raw_path, request.headers["Host"], await request.json()))
        return web.json_response("17", headers={"X-More": "1"})

    seen: list[Any] = []
    server = web.Application()
    server.router.add_route("*", "/{any:.*}", answer)
    async with (
        TestServer(server) as listening,
        FakePos(str(listening.make_url("/sitoo/"))) as pos,
    ):
        answered = await pos.call("payment", "Add Payment", body={"amount": "1.00"})
        assert (answered.json, answered.headers["x-more"]) == ("17", "1")
        assert seen == [("/sitoo/payments", seen[0][1], {"amount": "1.00"})]
    async with FakePos(f"http://127.0.0.1:{unused_tcp_port}", complain=False) as pos:
        answered = await pos.call("payment", "Get Payment")
        assert [str(each) for each in answered.findings] == [
            "status is no connection: ClientConnectorError"
        ]


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}", "no HTTP answer, or more"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "no connection: ClientPayloadError"),
        (b"SSH-2.0\r\n\r\n", "no HTTP answer, or more than one"),
        (b"", "no connection: ServerDisconnectedError"),
    ],
)
async def test_it_says_what_is_wrong_with_what_is_no_http(sent, found):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(sent)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with server, FakePos(f"http://{host}:{port}", complain=False) as pos:
        answered = await pos.call("payment", "Get Payment")
    assert str(answered.findings[0]).startswith(f"status is {found}")


# Payments ---------------------------------------------------------------------------------------


def told(state: str) -> tuple[int, Any]:
    return 200, {**PAYMENT, "paymentstate": {"state": state}}


ADDED, DONE = (200, PAYMENT["paymentid"]), (200, b"")


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("answers", "options", "states"),
    [
        (
            [ADDED, told("inprogress"), told("ready_to_complete"), DONE, told("completed")],
            {},
            ["inprogress", "ready_to_complete", "completed"],
        ),
        (
            [ADDED, told("ready_to_complete"), DONE, told("cancelled")],
            {"accept": False},
            ["ready_to_complete", "cancelled"],
        ),
        ([ADDED, told("inprogress"), told("cancelled")], {}, ["inprogress", "cancelled"]),
        # Nobody pays: it is cancelled at the register.
        (
            [ADDED, *[told("inprogress")] * 4, DONE, told("cancelled")],
            {"patience": 3},
            ["inprogress", "cancelled"],
        ),
        # Too late to accept it: the service has taken it back by then.
        (
            [ADDED, told("ready_to_complete"), (400, b""), told("cancelled")],
            {"hesitate": 181},
            ["ready_to_complete", "cancelled"],
        ),
        # A failure in between is no end, a payment that is gone is one.
        ([ADDED, (500, b""), told("cancelled")], {}, ["cancelled"]),
        ([ADDED, told("inprogress"), (404, b"")], {}, ["inprogress"]),
        ([ADDED, told("ready_to_complete"), (500, b""), (500, b"")], {}, ["ready_to_complete"]),
        ([(400, b"")], {}, []),
    ],
)
async def test_a_payment_is_led_through_its_states(answers, options, states):
    pos, partner = pos_of(*answers)
    payment = await pos.pay({"amount": "1.00"}, **options)
    assert payment.states == states
    assert payment.completed == (states[-1:] == ["completed"])
    assert payment.answers == pos.answers
    assert not partner.answers
    assert json.loads(partner.bodies[0]) == {"amount": "1.00"}
    puts = [
        json.loads(body)
        for scope, body in zip(partner.scopes, partner.bodies, strict=True)
        if scope["method"] == "PUT"
    ]
    for put in puts:
        wanted = "cancelled" if "accept" in options or "patience" in options else "completed"
        assert put == {**PAYMENT, "paymentstate": {"state": wanted}}


@pytest.mark.virtual_time
@pytest.mark.parametrize(
    ("answers", "options", "found"),
    [
        ([ADDED, told("completed")], {}, "is completed, which only the POS may say"),
        (
            [ADDED, told("ready_to_complete"), DONE, told("cancelled")],
            {},
            "paymentstate.state is cancelled after it was set completed",
        ),
        (
            [ADDED, told("ready_to_complete"), (400, b""), told("cancelled")],
            {},
            "status is 400, though the payment was ready and in time",
        ),
        (
            [ADDED, told("ready_to_complete"), DONE, told("completed")],
            {"hesitate": 180},
            "time is over: three minutes after it was ready, it is reversed",
        ),
    ],
)
async def test_a_payment_that_breaks_the_rules_is_complained_of(answers, options, found):
    pos, _ = pos_of(*answers)
    with pytest.raises(ContractError, match=found):
        await pos.pay(**options)


async def test_a_payment_takes_times_that_can_be():
    pos, _ = pos_of()
    with pytest.raises(ValueError, match="pause"):
        await pos.pay(pause=-1)
