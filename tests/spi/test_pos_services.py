"""The twelve interfaces of the POS beside events: each operation as the POS calls it."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest

from sitoo_async import InvalidOptionError, unknown_fields
from sitoo_async._codec.base import Model
from sitoo_async._codec.writing import plain
from sitoo_async.spi import (
    Refusal,
    crm_v1,
    crm_v2,
    digital_receipts,
    discount_cards,
    insurance,
    product_recommendations,
    product_search,
)
from sitoo_async.spi._core.service import interface_of
from sitoo_async.testing._reference.services import service_facts
from tests.spi._services import SERVICES, answer_of, expected, served, snake_case

pytestmark = pytest.mark.filterwarnings(
    "ignore::sitoo_async.errors.UnverifiedEndpointWarning"  # what is inferred is served here, too
)

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


# Bodies where no example has one.
BODIES = {
    ("spi-crm-v2", "Add Customer"): {"name_first": "John", "invoice_address": {"zip": "12345"}},
    ("spi-crm-v2", "Update Customer"): {"gender": "other", "delivery_address": {"city": "Oslo"}},
    ("spi-crm-v1", "Update Contact"): {"namefirst": "Steve", "birthday": ""},
    ("spi-crm-v1", "Add Transaction"): {"receiptid": "1", "items": [{"total": 9.5}]},
    ("spi-payment", "Update Payment"): {"paymentstate": {"state": "cancelled"}},
    ("spi-digital-receipts", "Lookup recipient"): {"email": "a@example.com"},
    ("spi-digital-receipts", "Create a digital receipt"): {"items": [], "total": 9.5},
    ("spi-product-recommendations", "Create Product Recommendations"): {
        "id": "c-1",
        "sku": "A",
        "crm_channel_id": "custom-crm",
        "customer_id": "123456789",
    },
    ("spi-rfid", "Create Sell Transaction"): {
        "store_id": "St%C3%A5ngby",
        "identifiers": ["0109506000134352213039"],
        "timestamp": "2026-01-31T09:30:00+01:00",
    },
    ("spi-rfid", "Create Return Transaction"): {
        "store_id": "1",
        "identifiers": [],
        "timestamp": "2026-01-31T09:30:00Z",
    },
    ("spi-tax-free", "Add Transaction"): {"ui_type": "web-page", "customer": {"name": "Ann"}},
    ("spi-sales-tax", "Get a tax quote"): {"items": [{"sku": "A", "total": 39.9}]},
    ("spi-sales-tax", "Create tax invoice"): {"items": [{"sku": "A", "total": 39.9}]},
    ("spi-sales-tax", "Commit tax invoice"): {"date": "2026-01-31"},
    ("spi-sales-tax", "Refund invoice"): {"items": ["A"]},
    ("spi-sales-tax", "Standalone refund"): {"total": -9.5},
}

# On the wire and for a handler; all else is text.
VALUES = {
    "boolean": ("true", True),
    "integer": ("7", 7),
    "object": ("COATS", {"CATEGORY": ["COATS"]}),
}

# How a parameter is spelt that is an object, and which argument it becomes.
WIRE = {"filter": "filter[CATEGORY]"}
ARGUMENTS = {"filter[CATEGORY]": "filter_"}


@pytest.mark.parametrize(("service", "fact"), ROUTED)
async def test_a_call_reaches_its_handler_typed_and_its_answer_the_pos(service, fact):
    """Each documented example goes through the models both ways, and nothing gets lost."""
    name = fact["operation"]
    example = service_facts(service)["examples"].get(name, {})
    body = example.get("request", BODIES.get((service, name)))
    likely = expected(service, name)
    app, asked = served(service, **{snake_case(name): answer_of(service, name, likely)})
    query = {
        WIRE.get(each["name"], each["name"]): VALUES.get(each["type"], ("email", "email"))
        for each in queries(fact)
    }
    path = re.sub(r"\{\w+\}", "a%2F%C3%A5", fact["path"])
    answer = await app.handle(
        fact["method"],
        f"{path}?{urlencode({name: wire for name, (wire, _) in query.items()})}",
        {"Store-ID": "St%C3%A5ngby"},
        b"" if body is None else json.dumps(body).encode(),
    )
    assert answer.status == fact.get("statuses", [200])[0]
    assert answer.json() == likely
    ((places, keywords),) = asked
    bodies = () if body is None else (body,)
    assert [as_json(each) for each in places] == ["a/å" for _ in fact.get("path_params", ())] + [
        *bodies
    ]
    assert keywords.pop("call").store_id == "Stångby"
    assert keywords == {ARGUMENTS.get(name, name): value for name, (_, value) in query.items()}


def queries(fact: dict[str, Any]) -> list[dict[str, Any]]:
    return fact.get("query", [])


def as_json(value: Any) -> Any:
    if isinstance(value, Model):
        assert not unknown_fields(value)
        return plain(value)
    return value


# What handlers and the POS get wrong ------------------------------------------------------------

TOLD_BY_BODY = [
    "spi-discount-cards",
    "spi-digital-receipts",
    "spi-insurance",
    "spi-product-recommendations",
    "spi-rfid",
    "spi-tax-free",
    "spi-sales-tax",
]
FAILED = {"message": "the service failed; see its log"}
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
            ("other", FAILED),
        ),
        (
            "spi-product-recommendations.create_product_recommendations",
            'POST /product-recommendations {"sku": "A"}',
            None,
            400,
            ("field-missing", {"field": "id", "message": "id is required"}),
        ),
        ("spi-product-search.search_products", "GET /product-search?lang=SE", None, 400, None),
        ("spi-product-search.search_products", "GET /product-search?currency=SEK", None, 400, None),
        (
            "spi-product-search.search_products",
            "GET /product-search?lang=SE&currency=SEK&num=all",
            None,
            400,
            None,
        ),
        (
            "spi-rfid.create_sell_transaction",
            'POST /transactions/sell {"store_id": "1", "identifiers": [], "timestamp": null}',
            None,
            400,
            ("field-missing", {"field": "timestamp", "message": "timestamp is required"}),
        ),
        (
            "spi-rfid.create_return_transaction",
            "POST /transactions/return",
            None,
            400,
            ("field-missing", {"field": "store_id", "message": "store_id is required"}),
        ),
        (
            "spi-tax-free.get_transaction",
            "GET /transactions/1",
            None,
            404,
            ("other", {"message": "Get Transaction: there is none"}),
        ),
        (
            "spi-tax-free.void_transaction",
            "DELETE /transactions/1",
            Refusal("other", "no such form", status=404),
            404,
            ("other", {"message": "no such form"}),
        ),
        ("spi-tax-free.void_transaction", "DELETE /transactions/1", True, 500, ("other", FAILED)),
        (
            "spi-sales-tax.get_tax_invoice",
            "GET /invoices/1",
            None,
            404,
            ("not-found", {"message": "Get tax invoice: there is none"}),
        ),
        (
            "spi-sales-tax.create_tax_invoice",
            "POST /invoices",
            Refusal("unprocessable-entity", "no address"),
            422,
            ("unprocessable-entity", {"message": "no address"}),
        ),
        ("spi-sales-tax.tax_codes", "GET /tax-codes", {1: 2}, 502, ("bad-gateway", FAILED)),
    ],
)
async def test_what_goes_wrong_is_told_as_the_interface_documents(
    service, request_, answer, status, told
):
    service, handler = service.split(".")
    app, _ = served(service, **{handler: answer})
    method, path, body = f"{request_} {{}}".split(" ", 2)
    answered = await app.handle(method, path, {"Request-ID": "r-1"}, body.removesuffix(" {}"))
    if service in TOLD_BY_BODY:
        code, data = told
        told = {"request_id": "r-1", "error_code": code, "error_data": data}
    assert (answered.status, answered.json()) == (status, told)


NO_INSURANCE = insurance.InsuranceOption(type="none", sku="0")


@pytest.mark.parametrize(
    ("service", "request_", "answer", "logged"),
    [
        (
            "spi-insurance.create_cart_insurance",
            "/cart-insurances",
            {
                "items": [
                    {"insurance_options": [NO_INSURANCE]},
                    insurance.CartItem(insurance_options=[NO_INSURANCE, {"type": "none"}]),
                ]
            },
            "items[1].insurance_options[1] is a second option of type none",
        ),
        (
            "spi-product-recommendations.create_product_recommendations",
            "/product-recommendations",
            {"id": "1", "sku": "A", "recommendations": {"related": ["B"] * 65}},
            "recommendations.related holds 65 values; 64 are allowed",
        ),
        (
            "spi-product-recommendations.create_product_recommendations",
            "/product-recommendations",
            product_recommendations.ProductRecommendations(id="1"),
            "sku is missing",
        ),
        (
            "spi-product-recommendations.create_product_recommendations",
            "/product-recommendations",
            {"id": "1" * 129, "sku": "A"},
            "id must be 1 to 128 characters",
        ),
        (
            "spi-digital-receipts.lookup_recipient",
            "/recipient-lookup",
            {"type": "email", "identifier": "a", "loyalty": {"id": "1", "provider": None}},
            "loyalty.provider is missing",
        ),
        (
            "spi-insurance.create_cart_insurance",
            "/cart-insurances",
            {"items": [{"id": "1"}, None]},
            "items[1] must be a CartItem, not NoneType",
        ),
    ],
)
async def test_an_answer_that_breaks_a_rule_is_not_sent_and_the_log_says_which(
    service, request_, answer, logged, caplog
):
    service, handler = service.split(".")
    app, _ = served(service, **{handler: answer})
    answered = await app.handle("POST", request_, {}, b'{"id": "1", "sku": "A"}')
    assert answered.status == 500
    assert logged in caplog.text


async def test_an_item_without_options_or_with_one_to_do_without_is_sent():
    told = {"items": [{"id": "1"}, {"insurance_options": None}]}
    app, _ = served("spi-insurance", create_cart_insurance=told)
    answered = await app.handle("POST", "/cart-insurances", {}, b"{}")
    assert (answered.status, answered.json()) == (201, {"items": [{"id": "1"}, {}]})


async def test_the_images_of_a_product_stand_in_its_attributes_as_models_or_as_mappings():
    image = product_search.Image(name="Front", url="https://example.com/1.png")
    product = product_search.Product(
        custom_attributes={"images": [image, plain(image)], "style": "v-neck"},
        additional_data={"images": [image]},
    )
    found = product_search.ProductSearchResult(products=product_search.Products(items=[product]))
    app, _ = served("spi-product-search", search_products=found)
    answer = await app.handle("GET", "/product-search?lang=SE&currency=SEK", {}, b"")
    (told,) = answer.json()["products"]["items"]
    assert told["custom_attributes"] == {"images": [plain(image)] * 2, "style": "v-neck"}
    assert told["additional_data"] == {"images": [plain(image)]}


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


@pytest.mark.parametrize("key", ["+46701112233", "%2B46701112233"])
async def test_a_customer_is_found_by_a_mobile_number_however_its_plus_sign_is_sent(key):
    app, asked = served("spi-crm-v2", search_customer=CARD)
    answer = await app.handle("GET", f"/customers?key={key}&key_type=mobile", {}, b"")
    assert answer.status == 200
    assert asked[0].keywords["key"] == "+46701112233"
    assert asked[0].keywords["key_type"] is crm_v2.SearchKeyType.MOBILE


async def test_a_pin_is_in_no_log_whatever_goes_wrong(caplog):
    app, _ = served("spi-gift-card", get_gift_card=Decimal(1))
    for query in ("pin=sesame", "pin=sesame&pin=open", "pin=sesame&pin=%ffsesame"):
        answer = await app.handle("GET", f"/giftcards/1.json?{query}", {}, b"")
        assert answer.status in {400, 500}
    assert caplog.text
    assert "sesame" not in caplog.text  # digits might be in the id of a request


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
