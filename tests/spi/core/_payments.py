"""An interface as the modules of `sitoo_async.spi` declare them, and a class that implements it."""

# No `from __future__ import annotations` here: the codec reads them.

from collections.abc import Mapping
from typing import Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.kinds import Money
from sitoo_async.spi import App, Call, Service, operation
from sitoo_async.spi._core.refusal import BY_FIELD, by_status
from tests.spi._asking import basic


class Kind(OpenText):
    COPY = "copy"


@model
class Item(Model):
    sku: str
    total: Money


@model
class Payment(Model):
    paymentid: str
    amount: Money
    note: str | None
    items: list[Item]


class PaymentService(
    Service,
    interface="spi-payment",
    errors=by_status("bad-request", "not-found", "conflict", "other", late=504),
):
    @operation("Add Payment", "POST", "/payments", status=201, evidence="documented")
    async def add_payment(self, payment: Payment, /, *, call: Call) -> str:
        raise NotImplementedError

    @operation(
        "Get Payment",
        "GET",
        "/payments/{paymentid}",
        also=("/payment/{paymentid}",),
        evidence="documented",
    )
    async def get_payment(
        self, paymentid: str, /, *, extended: bool = False, call: Call
    ) -> Payment | None:
        raise NotImplementedError

    @operation("Update Payment", "PUT", "/payments/{paymentid}", status=204, evidence="documented")
    async def update_payment(self, paymentid: str, payment: Payment, /, *, call: Call) -> None:
        raise NotImplementedError

    @operation("Find Payment", "GET", "/payments", evidence="documented", one_or_none=True)
    async def find_payment(
        self,
        *,
        key: str,
        start: int = 0,
        filter_: Mapping[str, list[str]] | None = None,
        call: Call,
    ) -> Payment | None:
        raise NotImplementedError

    @operation("Add Payments", "POST", "/batches", evidence="documented")
    async def add_payments(self, payments: list[Payment], /, *, call: Call) -> list[str]:
        raise NotImplementedError

    @operation("Delete Payments", "DELETE", "/payments", evidence="documented")
    async def delete_payments(self, paymentids: list[str], /, *, call: Call) -> bool:
        raise NotImplementedError

    @operation("Get Receipt", "GET", "/receipts/{number}.json", evidence="documented")
    async def get_receipt(self, number: int, /, *, kind: Kind = Kind.COPY, call: Call) -> Any:
        raise NotImplementedError

    @operation("Settle", "POST", "/settlements.json", evidence="documented")
    async def settle(
        self, settlement: Mapping[str, Any] | None = None, /, *, call: Call
    ) -> Mapping[str, Any]:
        raise NotImplementedError


class FieldPaymentService(Service, interface="spi-rfid", errors=BY_FIELD):
    """The same, of an interface whose errors name a kind of fault rather than a status."""

    add_payment = PaymentService.add_payment
    add_payments = PaymentService.add_payments
    get_payment = PaymentService.get_payment
    update_payment = PaymentService.update_payment
    find_payment = PaymentService.find_payment
    delete_payments = PaymentService.delete_payments
    get_receipt = PaymentService.get_receipt
    settle = PaymentService.settle


class _Recording:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[Any, ...]] = []

    async def _answer(self, operation: str, *arguments: Any) -> Any:
        self.asked.append((operation, *arguments))
        answer = self.answers.get(operation)
        if isinstance(answer, BaseException):
            raise answer
        return await answer() if callable(answer) else answer

    async def add_payment(self, payment, /, *, call):
        return await self._answer("add_payment", payment, call)

    async def get_payment(self, paymentid, /, *, extended=False, call):
        return await self._answer("get_payment", paymentid, extended, call)

    async def update_payment(self, paymentid, payment, /, *, call):
        return await self._answer("update_payment", paymentid, payment, call)

    async def find_payment(self, *, key, start=0, filter_=None, call):
        return await self._answer("find_payment", key, start, filter_, call)

    async def add_payments(self, payments, /, *, call):
        return await self._answer("add_payments", payments, call)

    async def delete_payments(self, paymentids, /, *, call):
        return await self._answer("delete_payments", paymentids, call)

    async def get_receipt(self, number, /, *, kind=None, call):
        return await self._answer("get_receipt", number, kind, call)

    async def settle(self, settlement=None, /, *, call):
        return await self._answer("settle", settlement, call)


class Recorder(_Recording, PaymentService):
    pass


class FieldRecorder(_Recording, FieldPaymentService):
    pass


CREDENTIALS = {"user": "sitoo", "password": "geheim-4711"}
HEADERS = {"authorization": basic("sitoo", "geheim-4711")}


def serving(**answers: Any) -> tuple[Recorder, App]:
    service = Recorder(**answers)
    return service, App(service, **CREDENTIALS)
