"""An interface as the modules of `sitoo_async.spi` declare them, and a class that implements it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.kinds import Money
from sitoo_async.spi import Call, Service, operation
from sitoo_async.spi._core.refusal import by_status


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

    @operation("Settle", "POST", "/settlements.json", evidence="documented")
    async def settle(
        self, settlement: Mapping[str, Any] | None = None, /, *, call: Call
    ) -> Mapping[str, Any]:
        raise NotImplementedError


class Recorder(PaymentService):
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

    async def settle(self, settlement=None, /, *, call):
        return await self._answer("settle", settlement, call)


def basic(user: str, password: str, encoding: str = "utf-8") -> str:
    return f"Basic {base64.b64encode(f'{user}:{password}'.encode(encoding)).decode()}"


CREDENTIALS = {"user": "sitoo", "password": "geheim-4711"}
HEADERS = {"authorization": basic("sitoo", "geheim-4711")}
