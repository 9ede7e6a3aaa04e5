"""How a POS leads a payment through its states, and what of that breaks the rules."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import attrs

from sitoo_async.testing._pos.findings import Finding, PosAnswer
from sitoo_async.testing._pos.samples import found

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

__all__ = ["PosPayment", "lead"]

THREE_MINUTES = 180.0
"""Seconds that a POS has to accept a payment that is ready."""


@attrs.define(kw_only=True)
class PosPayment:
    """What became of a payment.

    Attributes:
        paymentid: its id; None where it could not be added.
        states: the states that the POS saw, in order and each change once.
        answers: all answers.
    """

    paymentid: str | None = None
    states: list[str] = attrs.field(factory=list[str])
    answers: list[PosAnswer] = attrs.field(factory=list[PosAnswer], repr=False)

    @property
    def state(self) -> str | None:
        """Where it stood at the end, such as ``completed``; None where nobody said."""
        return self.states[-1] if self.states else None

    @property
    def completed(self) -> bool:
        """Whether it was paid."""
        return self.state == "completed"


async def lead(  # what `FakePos.pay` takes
    call: Callable[..., Awaitable[PosAnswer]],
    complain: Callable[[PosAnswer, Finding], None],
    payment: Mapping[str, Any] | None,
    *,
    accept: bool,
    hesitate: float,
    pause: float,
    patience: float,
) -> PosPayment:
    """See `FakePos.pay`; `complain` takes what is found beside what `call` finds."""
    led = _Led(call, complain)
    if not await led.add(payment):
        return led.payment
    ready = await led.wait(pause, patience)
    if ready is None:
        return led.payment
    if ready:
        await asyncio.sleep(hesitate)
    await led.end(accept=accept and ready, waited=hesitate, pause=pause)
    return led.payment


class _Led:
    def __init__(
        self,
        call: Callable[..., Awaitable[PosAnswer]],
        complain: Callable[[PosAnswer, Finding], None],
    ) -> None:
        self.payment = PosPayment()
        self._call = call
        self._complain = complain
        self._told: Mapping[str, Any] = {}

    async def add(self, payment: Mapping[str, Any] | None) -> bool:
        """Whether there is a payment now."""
        given = {} if payment is None else {"body": payment}
        answer = await self._made("Add Payment", **given)
        if not answer.ok or not isinstance(answer.json, str):
            return False
        self.payment.paymentid = answer.json
        return True

    async def wait(self, pause: float, patience: float) -> bool | None:
        """Ask until it is ready: True; False where that takes too long, None where it is over."""
        loop = asyncio.get_running_loop()
        gives_up = loop.time() + patience
        while True:
            answer = await self._look()
            state = self.payment.state if answer.ok else None
            if state == "completed":
                self._complain(
                    answer,
                    Finding("paymentstate.state", "is completed, which only the POS may say"),
                )
            if state in {"completed", "cancelled"} or answer.status == 404:
                return None
            if state == "ready_to_complete":
                return True
            if loop.time() >= gives_up:
                return False
            await asyncio.sleep(pause)

    async def end(self, *, accept: bool, waited: float, pause: float) -> None:
        """Say how it ends, and look what the service makes of it."""
        wanted = "completed" if accept else "cancelled"
        body = {**self._told, "paymentstate": {"state": wanted}}
        answer = await self._made("Update Payment", paymentid=self.payment.paymentid, body=body)
        seen = await self._look()
        state = self.payment.state
        if answer.ok and seen.ok and state != wanted:
            self._complain(
                seen, Finding("paymentstate.state", f"is {state} after it was set {wanted}")
            )
        elif accept and answer.ok and waited >= THREE_MINUTES:
            self._complain(
                answer, Finding("time", "is over: three minutes after it was ready, it is reversed")
            )
        elif accept and answer.status == 400 and waited + pause < THREE_MINUTES:
            self._complain(
                answer, Finding("status", "is 400, though the payment was ready and in time")
            )

    async def _look(self) -> PosAnswer:
        answer = await self._made("Get Payment", paymentid=self.payment.paymentid)
        told: Any = answer.json
        if answer.ok and isinstance(told, dict):
            self._told = cast("Mapping[str, Any]", told)
            state = found(self._told.get("paymentstate"), "state")
            if isinstance(state, str) and state != self.payment.state:
                self.payment.states.append(state)
        return answer

    async def _made(self, operation: str, **given: Any) -> PosAnswer:
        answer = await self._call("spi-payment", operation, **given)
        self.payment.answers.append(answer)
        return answer
