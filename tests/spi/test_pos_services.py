"""CRM, gift cards, payments, discount cards and receipts: each operation as the POS calls it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from sitoo_async import InvalidOptionError, unknown_fields
from sitoo_async._codec.base import Model
from sitoo_async._codec.codec import decode_array, decode_item, encode
from sitoo_async._codec.writing import plain
from sitoo_async.spi import (
    App,
    Refusal,
    crm_v1,
    crm_v2,
    digital_receipts,
    discount_cards,
    gift_card,
    payment,
)
from sitoo_async.spi._core.service import interface_of
from sitoo_async.testing._reference.services import service_facts

pytestmark = pytest.mark.filterwarnings(
    "ignore::sitoo_async.errors.UnverifiedEndpointWarning"  # what is inferred is served here, too
)

SERVICES = {
    "spi-crm-v1": crm_v1.CrmV1Service,
    "spi-crm-v2": crm_v2.CrmV2Service,
    "spi-gift-card": gift_card.GiftCardService,
    "spi-payment": payment.PaymentService,
    "spi-discount-cards": discount_cards.DiscountCardService,
    "spi-digital-receipts": digital_receipts.DigitalReceiptService,
}


class Asked(NamedTuple):
    """What a handler was called with."""

    places: tuple[Any, ...]
    keywords: dict[str, Any]


def served(
    service: str, routes: dict[str, str] | None = None, /, **answers: Any
) -> tuple[App, list[Asked]]:
    """An application that answers so, by handler, and what it was asked."""
    asked: list[Asked] = []

    def handler(name):
        async def answer(self, *places, **keywords):
            asked.append(Asked(places, keywords))
            if isinstance(answers[name], Exception):
                raise answers[name]
            return answers[name]

        return answer

    implemented = type("Mine", (SERVICES[service],), {name: handler(name) for name in answers})
    return App(implemented(), unprotected=True, routes=routes), asked


def snake_case(operation: str) -> str:
    return operation.lower().replace(" ", "_")


ROUTED = [
    pytest.param(service, each, id=f"{service} {each['operation']}")
    for service in SERVICES
    for each in service_facts(service)["operations"]
    if each["path"] is not None
]


@pytest.mark.parametrize("service", SERVICES)
def test_the_class_has_a_method_for_each_operation_with_its_evidence(service):
    declared = {
        each.name: (each.handler, each.method, each.path, each.evidence, each.confidence)
        for each in interface_of(SERVICES[service]).operations.values()
    }
    assert declared == {
        each["operation"]: (
            snake_case(each["operation"]),
            each.get("method"),
            each.get("path"),
            each["evidence"],
            each.get("confidence"),
        )
        for each in service_facts(service)["operations"]
    }


# What each operation answers where it has no example, by what the facts say that it returns.
ANSWERS = {
    ("spi-crm-v2", "Add Customer"): {"customer_id": "1"},
    ("spi-crm-v2", "Update Customer"): {"customer_id": "1", "personal_id": "19121212-1212"},
    ("spi-crm-v2", "Get Customer"): {"customer_id": "1", "bonus_checks": [{"value": "50.00"}]},
    ("spi-crm-v2", "Get Transactions"): [{"id": 1, "total": 9.5}],
    ("spi-crm-v2", "Get Consents"): [{"consent_id": "1", "value": True}],
    ("spi-crm-v2", "Get Additional Options"): [
        {"title": "Sports", "options": [{"id": "team", "enum_values": [{"id": "toronto"}]}]}
    ],
    ("spi-crm-v2", "Lookup Customer"): [{"name_first": "Johan"}],
    ("spi-crm-v1", "Find Contact"): [{"contactid": "1", "promotions": [{"promotionid": "2"}]}],
    ("spi-crm-v1", "Get Contact"): {"contactid": "1", "status_color": "green"},
    ("spi-gift-card", "Add Gift Card Transaction"): {"addedtransactionids": ["3458"]},
    ("spi-digital-receipts", "Lookup recipient"): {
        "type": "email",
        "identifier": "a@example.com",
        "loyalty": {"id": "1234567890", "provider": "Superstore", "level": "gold"},
    },
}

# Bodies where no example has one.
BODIES = {
    ("spi-crm-v2", "Add Customer"): {"name_first": "John", "invoice_address": {"zip": "12345"}},
    ("spi-crm-v2", "Update Customer"): {"gender": "other", "delivery_address": {"city": "Oslo"}},
    ("spi-crm-v1", "Update Contact"): {"namefirst": "Steve", "birthday": ""},
    ("spi-crm-v1", "Add Transaction"): {"receiptid": "1", "items": [{"total": 9.5}]},
    ("spi-payment", "Update Payment"): {"paymentstate": {"state": "cancelled"}},
    ("spi-digital-receipts", "Lookup recipient"): {"email": "a@example.com"},
    ("spi-digital-receipts", "Create a digital receipt"): {"items": [], "total": 9.5},
}

# On the wire and for a handler; all else is text.
VALUES = {"boolean": ("true", True), "integer": ("7", 7)}


@pytest.mark.parametrize(("service", "fact"), ROUTED)
async def test_a_call_reaches_its_handler_typed_and_its_answer_the_pos(service, fact):
    """Each documented example goes through the models both ways, and nothing gets lost."""
    name = fact["operation"]
    example = service_facts(service)["examples"].get(name, {})
    body = example.get("request", BODIES.get((service, name)))
    expected = example.get("response", ANSWERS.get((service, name)))
    app, asked = served(service, **{snake_case(name): answer_of(service, name, expected)})
    query = {each["name"]: VALUES.get(each["type"], ("email", "email")) for each in queries(fact)}
    path = re.sub(r"\{\w+\}", "a%2F%C3%A5", fact["path"])
    answer = await app.handle(
        fact["method"],
        f"{path}?{urlencode({name: wire for name, (wire, _) in query.items()})}",
        {"Store-ID": "St%C3%A5ngby"},
        b"" if body is None else json.dumps(body).encode(),
    )
    assert answer.status == fact.get("statuses", [200])[0]
    assert answer.json() == expected
    ((places, keywords),) = asked
    bodies = () if body is None else (body,)
    assert [as_json(each) for each in places] == ["a/å" for _ in fact.get("path_params", ())] + [
        *bodies
    ]
    assert keywords.pop("call").store_id == "Stångby"
    assert keywords == {name: value for name, (_, value) in query.items()}


def queries(fact: dict[str, Any]) -> list[dict[str, Any]]:
    return fact.get("query", [])


def as_json(value: Any) -> Any:
    if isinstance(value, Model):
        assert not unknown_fields(value)
        return plain(value)
    return value


def answer_of(service: str, name: str, expected: Any) -> Any:
    """What a handler gives that knows the models."""
    operation = interface_of(SERVICES[service]).operations[snake_case(name)]
    kind = ANSWERED.get((service, operation.handler))
    if kind is None:
        return expected
    if operation.one_or_none:
        (expected,) = expected
    elif isinstance(expected, list):
        return decode_array(encode(expected), kind)[0]
    return decode_item(encode(expected), kind)


ANSWERED = {
    ("spi-crm-v2", "search_customer"): crm_v2.Customer,
    ("spi-crm-v2", "add_customer"): crm_v2.Customer,
    ("spi-crm-v2", "update_customer"): crm_v2.Customer,
    ("spi-crm-v2", "get_customer"): crm_v2.Customer,
    ("spi-crm-v2", "get_consents"): crm_v2.Consent,
    ("spi-crm-v2", "get_additional_options"): crm_v2.AdditionalOptionsSection,
    ("spi-crm-v2", "lookup_customer"): crm_v2.Customer,
    ("spi-crm-v1", "get_consents"): crm_v1.Consent,
    ("spi-crm-v1", "find_contact"): crm_v1.Contact,
    ("spi-crm-v1", "get_contact"): crm_v1.Contact,
    ("spi-crm-v1", "lookup_contacts"): crm_v1.Contact,
    ("spi-gift-card", "add_gift_card"): gift_card.GiftCardResponse,
    ("spi-gift-card", "get_gift_card"): gift_card.GiftCard,
    ("spi-gift-card", "add_gift_card_transaction"): gift_card.GiftCardResponse,
    ("spi-payment", "get_payment"): payment.Payment,
    ("spi-discount-cards", "look_up_a_discount_card"): discount_cards.DiscountCard,
    ("spi-discount-cards", "post_a_discount_card_transaction"): discount_cards.DiscountCard,
    ("spi-digital-receipts", "lookup_recipient"): digital_receipts.Recipient,
}


# What handlers and the POS get wrong ------------------------------------------------------------

TOLD_BY_BODY = ["spi-discount-cards", "spi-digital-receipts"]
CARD = crm_v2.Customer(customer_id="1")


@pytest.mark.parametrize(
    ("service", "request_", "answer", "status", "told"),
    [
        ("spi-crm-v2.search_customer", "GET /customers?key=1&key_type=new", None, 200, []),
        (
            "spi-crm-v2.search_customer",
            "GET /customers?key=1&key_type=a",
            CARD,
            200,
            [plain(CARD)],
        ),
        ("spi-crm-v2.search_customer", "GET /customers?key=1&key_type=a", [CARD], 500, None),
        ("spi-crm-v2.search_customer", "GET /customers?key=1&key_type=a", [CARD] * 2, 500, None),
        ("spi-crm-v2.search_customer", "GET /customers?key=1", CARD, 400, None),
        ("spi-crm-v2.get_customer", "GET /customers/1", None, 404, None),
        ("spi-crm-v2.get_customer", "GET /customers/1", "1", 500, None),
        ("spi-crm-v2.get_consents", "GET /consents", None, 500, None),
        ("spi-crm-v2.get_consents", "GET /consents", Refusal("bad-gateway"), 502, None),
        ("spi-crm-v1.find_contact", "GET /contacts?key=1", [], 500, None),
        ("spi-crm-v1.find_contact", "GET /contacts?key=1&include_extended=1", None, 400, None),
        ("spi-crm-v1.add_contact", "POST /contacts", 255934461, 500, None),
        ("spi-crm-v1.add_contact", "POST /contacts", crm_v1.Contact(contactid="1"), 500, None),
        ("spi-crm-v1.get_consents", "POST /consents", [], 405, None),
        ("spi-gift-card.get_gift_card", "GET /giftcards/1.json", None, 404, None),
        ("spi-gift-card.get_gift_card", "GET /giftcards/1", None, 404, None),
        ("spi-gift-card.add_gift_card", "POST /giftcards.json", Refusal("conflict"), 500, None),
        ("spi-payment.get_payment", "GET /payments/1", None, 404, None),
        ("spi-payment.update_payment", "PUT /payment/1", True, 500, None),
        (
            "spi-discount-cards.look_up_a_discount_card",
            "POST /discount-cards/lookup",
            Refusal("pin-invalid", "wrong PIN", field="pin_input"),
            400,
            ("pin-invalid", {"message": "wrong PIN", "field": "pin_input"}),
        ),
        (
            "spi-digital-receipts.lookup_recipient",
            "POST /recipient-lookup",
            digital_receipts.Recipient(type="email", identifier=5),
            500,
            ("other", {"message": "the service failed; see its log"}),
        ),
    ],
)
async def test_what_goes_wrong_is_told_as_the_interface_documents(
    service, request_, answer, status, told
):
    service, handler = service.split(".")
    app, _ = served(service, **{handler: answer})
    answered = await app.handle(*request_.split(" "), {"Request-ID": "r-1"}, b"{}")
    if service in TOLD_BY_BODY:
        code, data = told
        told = {"request_id": "r-1", "error_code": code, "error_data": data}
    assert (answered.status, answered.json()) == (status, told)


async def test_what_no_model_knows_reaches_handlers_and_the_pos():
    section = {"title": "Stamps", "values": [{"type": "chart", "bars": [1, 2]}]}
    offer = {"type": "threefortwo", "sku": "1"}
    told = {"customer_id": "1", "sections": [section], "tier": "gold"}
    app, asked = served("spi-crm-v2", add_customer=told)
    body = {"promotions": [{"promotion_type": offer}], "gender": "x", "tier": "gold"}
    answer = await app.handle("POST", "/customers", {}, json.dumps(body).encode())
    assert answer.json() == told
    ((customer,), _) = asked[0]
    assert customer.promotions[0].promotion_type == offer
    assert (customer.gender, unknown_fields(customer)) == ("x", {"tier": "gold"})


async def test_a_pin_is_in_no_log_whatever_goes_wrong(caplog):
    app, _ = served("spi-gift-card", get_gift_card=Decimal(1))
    for query in ("pin=4711", "pin=4711&pin=4712", "pin=4711&pin=%ff4711"):
        answer = await app.handle("GET", f"/giftcards/1.json?{query}", {}, b"")
        assert answer.status in {400, 500}
    assert caplog.text
    assert "4711" not in caplog.text


def test_a_pin_is_not_shown():
    transaction = discount_cards.DiscountCardTransaction(card_number="1", pin_input="4711")
    assert repr(transaction) == "DiscountCardTransaction(card_number='1', pin_input='***')"


async def test_what_is_known_by_name_alone_is_served_by_a_path_that_was_seen():
    with pytest.raises(InvalidOptionError, match="no path of Redeem Items is known"):
        served("spi-crm-v2", redeem_items={})
    told = {"redeemed": True}
    routes = {"redeem_items": "POST /customers/{customer_id}/redeem"}
    app, asked = served("spi-crm-v2", routes, redeem_items=told)
    answer = await app.handle("POST", "/customers/1/redeem", {}, b'{"promotions": ["2"], "x": 3}')
    assert (answer.status, answer.json()) == (200, told)
    (((redeem,), keywords),) = asked
    assert (redeem, unknown_fields(redeem)) == (crm_v2.Redeem(promotions=["2"]), {"x": 3})
    assert keywords["call"].path_parameters == {"customer_id": "1"}
