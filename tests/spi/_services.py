"""The twelve interfaces of the POS beside events, with handlers that answer what is likely."""

from __future__ import annotations

from typing import Any, NamedTuple

from sitoo_async._codec.codec import decode_array, decode_item, encode
from sitoo_async.spi import (
    App,
    crm_v1,
    crm_v2,
    digital_receipts,
    discount_cards,
    gift_card,
    insurance,
    payment,
    product_recommendations,
    product_search,
    rfid,
    sales_tax,
    tax_free,
)
from sitoo_async.spi._core.service import interface_of
from sitoo_async.testing._reference.services import service_facts

__all__ = ["SERVICES", "answer_of", "expected", "served", "snake_case"]

SERVICES = {
    "spi-crm-v1": crm_v1.CrmV1Service,
    "spi-crm-v2": crm_v2.CrmV2Service,
    "spi-gift-card": gift_card.GiftCardService,
    "spi-payment": payment.PaymentService,
    "spi-discount-cards": discount_cards.DiscountCardService,
    "spi-digital-receipts": digital_receipts.DigitalReceiptService,
    "spi-insurance": insurance.InsuranceService,
    "spi-product-recommendations": product_recommendations.ProductRecommendationsService,
    "spi-product-search": product_search.ProductSearchService,
    "spi-rfid": rfid.RfidService,
    "spi-tax-free": tax_free.TaxFreeService,
    "spi-sales-tax": sales_tax.SalesTaxService,
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
    ("spi-product-recommendations", "Create Product Recommendations"): {
        "id": "c-1",
        "sku": "A",
        "recommendations": {"similar": ["B"], "related": [], "accessories": ["C", "D"]},
    },
    ("spi-tax-free", "Add Transaction"): {
        "id": "QH8X33XXUL8Z",
        "ui_type": "web-page",
        "web_page_url": "https://example.com/form",
    },
    ("spi-tax-free", "Get Transaction"): {"id": "QH8X33XXUL8Z", "order": {"total": "9.50"}},
    ("spi-tax-free", "Get Printouts"): [{"rows": ["Tax free", "9.50"]}],
    ("spi-sales-tax", "Get a tax quote"): {"taxes": [{"amount": 7.98}]},
    ("spi-sales-tax", "Create tax invoice"): {"invoice": "INV-2025-001"},
    ("spi-sales-tax", "Get tax invoice"): {"invoice": "INV-2025-001"},
    ("spi-sales-tax", "Commit tax invoice"): {"committed": True},
    ("spi-sales-tax", "Refund invoice"): {},
    ("spi-sales-tax", "Standalone refund"): {"refund": "R-1"},
    ("spi-sales-tax", "Exemption codes"): [{"code": "DIPLOMAT"}],
    ("spi-sales-tax", "Tax codes"): {"codes": ["FOOD"]},
}

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
    ("spi-insurance", "create_cart_insurance"): insurance.CartInsurance,
    (
        "spi-product-recommendations",
        "create_product_recommendations",
    ): product_recommendations.ProductRecommendations,
    ("spi-product-search", "search_products"): product_search.ProductSearchResult,
    ("spi-tax-free", "add_transaction"): tax_free.Transaction,
    ("spi-tax-free", "get_transaction"): tax_free.Transaction,
}


def expected(service: str, operation: str) -> Any:
    """What a partner answers: the documented example, else what the facts make likely."""
    example = service_facts(service)["examples"].get(operation, {})
    return example.get("response", ANSWERS.get((service, operation)))


def answer_of(service: str, name: str, answer: Any) -> Any:
    """What a handler gives that knows the models."""
    operation = interface_of(SERVICES[service]).operations[snake_case(name)]
    kind = ANSWERED.get((service, operation.handler))
    if kind is None:
        return answer
    if operation.one_or_none:
        (answer,) = answer
    elif isinstance(answer, list):
        return decode_array(encode(answer), kind)[0]
    return decode_item(encode(answer), kind)
