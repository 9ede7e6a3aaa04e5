# pyright: reportUnnecessaryTypeIgnoreComment=true
"""What a type checker knows of the interfaces of the POS, and of classes that implement them.

Checked, never run. Lines that are wrong on purpose show what it refuses; see `groups`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, assert_type

from fastapi import FastAPI

from sitoo_async import SitooClient
from sitoo_async.models import GiftCard
from sitoo_async.spi import App, Call, Refusal
from sitoo_async.spi.crm_v1 import Contact, CrmV1Service
from sitoo_async.spi.crm_v2 import (
    CrmV2Service,
    Customer,
    CustomerSectionValueMoney,
    CustomerSectionValueText,
    Promotion,
    PromotionCartAmount,
    PromotionCartPercent,
    PromotionManual,
    PromotionOffer,
    SearchKeyType,
)
from sitoo_async.spi.digital_receipts import DigitalReceiptService
from sitoo_async.spi.discount_cards import DiscountCard, DiscountCardLookup, DiscountCardService
from sitoo_async.spi.gift_card import GiftCardProxy
from sitoo_async.spi.insurance import CartInsurance, InsuranceService
from sitoo_async.spi.payment import (
    Cancelled,
    Completed,
    InProgress,
    Payment,
    PaymentRecord,
    PaymentsInMemory,
    ReadyToComplete,
    cart_total,
)
from sitoo_async.spi.product_search import (
    Product,
    Products,
    ProductSearchResult,
    ProductSearchService,
)
from sitoo_async.spi.rfid import RfidService, TransactionSell
from sitoo_async.testing import FakePos, PosAnswer


class Crm(CrmV2Service):
    async def search_customer(
        self, *, key: str, key_type: SearchKeyType, call: Call
    ) -> Customer | None:
        if key_type is SearchKeyType.MEMBER_NUMBER and call.store_id:
            percent = PromotionCartPercent(value_int=10)
            return Customer(member_number=key, promotions=[Promotion(promotion_type=percent)])
        return None

    async def get_customer(self, customer_id: str, /, *, call: Call) -> Customer:
        raise Refusal("not-found", customer_id)

    async def update_customer(  # type: ignore[override]  # the customer is missing
        self, customer_id: str, /, *, call: Call
    ) -> Customer:
        raise NotImplementedError


class OldCrm(CrmV1Service):
    async def find_contact(  # type: ignore[override]  # there are never several
        self, *, key: str, include_extended: bool = False, call: Call
    ) -> list[Contact]:
        return []


class Cards(DiscountCardService):
    async def look_up_a_discount_card(
        self, lookup: DiscountCardLookup, /, *, eshop_id: int | None = None, call: Call
    ) -> DiscountCard | None:
        return DiscountCard(card_number=lookup.card_number, balance=Decimal(50))


class Receipts(DigitalReceiptService):
    async def create_a_digital_receipt(self, receipt: Mapping[str, Any], /, *, call: Call) -> None:
        assert_type(receipt["items"], Any)


class Insurances(InsuranceService):
    async def create_cart_insurance(self, cart: CartInsurance, /, *, call: Call) -> CartInsurance:
        assert_type(cart.items[0].total, Decimal)
        return CartInsurance(id=cart.id, items=[])


class Search(ProductSearchService):
    async def search_products(
        self, *, lang: str, currency: str, num: int = 10, call: Call, **others: Any
    ) -> ProductSearchResult:
        product = Product(custom_attributes={"images": []}, unit_price=Decimal(99))
        return ProductSearchResult(products=Products(count=1, items=[product]))


class Tags(RfidService):
    async def create_sell_transaction(self, transaction: TransactionSell, /, *, call: Call) -> None:
        assert_type(transaction.timestamp, datetime)
        assert_type(transaction.identifiers, list[str])


class Payments(PaymentsInMemory):
    async def begin(self, payment: Payment) -> None:
        assert_type(payment.customer.mobile, str)
        assert_type(cart_total(payment), Decimal)

    async def reverse(self, payment: Payment) -> None:
        raise NotImplementedError


class HalfAService(PaymentsInMemory):
    async def begin(self, payment: Payment) -> None:
        raise NotImplementedError


async def asked(payments: Payments) -> None:
    async with FakePos(App(payments, unprotected=True), store_id=None) as pos:
        answer = await pos.call("payment", "Get Payment", paymentid="1", headers={"a": "b"})
        assert_type(answer, PosAnswer)
        assert_type((await pos.pay({"amount": "1.00"}, hesitate=181)).state, str | None)
        assert_type(await pos.call_all("payment"), list[PosAnswer])
        assert_type(FakePos.operations(), list[tuple[str, str]])
    FakePos(FastAPI())
    FakePos(5)  # type: ignore[arg-type]  # neither a URL nor an application


async def served(sitoo: SitooClient, customer: Customer, payment: Payment) -> None:
    App(GiftCardProxy(sitoo), Crm(), Cards(), Receipts(), user="sitoo", password="made up")
    proxy = GiftCardProxy(sitoo.site(2), queue_timeout=2.0)
    call = Call(operation="Get Gift Card", request_id="1")
    assert_type(await proxy.get_gift_card("1", pin="2", call=call), GiftCard)
    payments = Payments()
    HalfAService()  # type: ignore[abstract]  # money must be able to go back
    record = await payments.ready("1", receiptrow="1", receiptsection=["Ref\t1"])
    assert_type(record, PaymentRecord)
    assert_type(
        payment.paymentstate,
        InProgress | ReadyToComplete | Completed | Cancelled | dict[str, Any],
    )
    assert_type(
        customer.promotions[0].promotion_type,
        PromotionCartPercent
        | PromotionCartAmount
        | PromotionManual
        | PromotionOffer
        | dict[str, Any],
    )
    assert_type(
        customer.sections[0].values,
        list[CustomerSectionValueText | CustomerSectionValueMoney | dict[str, Any]],
    )
