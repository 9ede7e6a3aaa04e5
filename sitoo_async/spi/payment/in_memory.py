"""A payment service that keeps its payments in memory, and gives money back where it must."""

from __future__ import annotations

import asyncio
import logging
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, Final, Self

import attrs

from sitoo_async._checks.show import shown, type_name
from sitoo_async._checks.values import check_number, is_a
from sitoo_async._codec.base import is_set, replace
from sitoo_async._codec.codec import writable
from sitoo_async._codec.json import is_mapping
from sitoo_async._codec.kinds import FREE
from sitoo_async.errors import InvalidInputError, InvalidOptionError
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.failure import places
from sitoo_async.spi._core.refusal import Refusal
from sitoo_async.spi.payment.models import Payment, ReadyToComplete
from sitoo_async.spi.payment.progress import Mover, State
from sitoo_async.spi.payment.record import PaymentRecord
from sitoo_async.spi.payment.service import PaymentService

__all__ = ["PaymentsInMemory"]

logger: logging.Logger = logging.getLogger("sitoo_async")

_LONGEST_PAUSE: Final = 60.0
"""Seconds between two tries to give money back."""


class PaymentsInMemory(PaymentService, ABC):
    """A payment service for one process; derive from it, and say how money is taken and given back.

    ::

        class Payments(PaymentsInMemory):
            async def begin(self, payment):
                await provider.ask(payment.paymentid, payment.amount, payment.customer.mobile)

            async def reverse(self, payment):
                await provider.refund(payment.paymentid)

        async with Payments() as payments:
            app = App(payments, user="sitoo", password=password)

    Once the provider has the money, call `ready`; where it comes to nothing, `cancel`. What the
    POS wants is done by itself: a payment that it doesn't complete within three minutes is
    cancelled, and its money goes back by `reverse`. So does that of a payment that the POS cancels
    after it was ready, and of one that the provider takes after it was cancelled. `reverse` is
    tried again with growing pauses until it succeeds, so it has to bear being called twice.

    What is held here dies with the process. Override `save` to keep each change, and call
    `restore` with what was kept when the process starts again: three minutes go on where they
    were, and so do reversals. For several processes keep the payments in a database instead, and
    let `PaymentProgress` say which moves are allowed.

    Time is that of the event loop, so that tests can jump over the three minutes on a
    `VirtualTimeLoop`.

    Args:
        keep_for: how long a payment that has ended can still be asked for.

    Raises:
        InvalidOptionError: `keep_for` is no time.
    """

    def __init__(self, *, keep_for: timedelta = timedelta(days=1)) -> None:
        if not is_a(keep_for, timedelta) or keep_for < timedelta(0):
            raise InvalidOptionError(
                f"keep_for must be a timedelta of some length, not {shown(keep_for)}",
                field="keep_for",
            )
        self._keep_for = keep_for
        self._held: dict[str, _Held] = {}
        self._ended: dict[str, datetime] = {}  # in the order in which they did
        self._anchor: tuple[datetime, float] | None = None

    # ------------------------------------------------------------------- what you write

    @abstractmethod
    async def begin(self, payment: Payment) -> None:
        """Ask your provider for the money; called once for each payment, which has its id then.

        The POS waits for it, so it should take less than a second. Where it raises, the payment is
        cancelled and the POS told so.
        """

    @abstractmethod
    async def reverse(self, payment: Payment) -> None:
        """Give the money of a payment back; it may have gone back already.

        Where it raises, it is called again after a pause.
        """

    async def save(self, record: PaymentRecord) -> None:
        """Store what changed, before anybody is told; nothing is stored if you don't override it.

        Where it raises, the change isn't made. `PaymentRecord.as_json` is all of it as text. The
        payment is locked meanwhile, so nothing else of it can be called from here.
        """

    # --------------------------------------------------------------- what you call

    async def ready(
        self,
        paymentid: str,
        /,
        *,
        receiptrow: str | None = None,
        receiptsection: Sequence[str] | None = None,
    ) -> PaymentRecord:
        """Say that the provider has the money: the POS may complete the payment now.

        A payment that was cancelled in the meantime stays so, and its money is given back.

        Args:
            paymentid: the id.
            receiptrow: what the receipt says in the row of the payment.
            receiptsection: lines for a section of the receipt; a tab parts left from right.

        Returns:
            Where it stands now.

        Raises:
            Refusal: ``not-found``: there is no such payment.
            InvalidInputError: something for the receipt is no text.
        """
        given = {"receiptrow": receiptrow, "receiptsection": receiptsection}
        shown = {name: value for name, value in given.items() if value is not None}
        return await self._move(
            paymentid, "ready_to_complete", "service", writable(ReadyToComplete, shown)
        )

    async def cancel(self, paymentid: str, /) -> PaymentRecord:
        """Say that the payment came to nothing; if it was ready, its money is given back.

        Raises:
            Refusal: ``not-found``: there is no such payment; ``bad-request``: it is completed.
        """
        return await self._move(paymentid, "cancelled", "service")

    async def show(self, paymentid: str, shown: Mapping[str, Any], /) -> None:
        """Let the POS show something while the payment is in progress, such as a QR code.

        Args:
            paymentid: the id.
            shown: what stands in `paymentstate` beside its state. The names that the POS knows
                are in no page; Sitoo has to tell you.

        Raises:
            Refusal: ``not-found``: there is no such payment.
            InvalidInputError: something in it has no JSON form.
        """
        written = FREE.write(dict(shown), "shown")
        held = self._found(paymentid)
        async with held.lock:
            if held.record.progress.state == "inprogress":
                await self._put(held, attrs.evolve(held.record, shown=written))

    async def restore(self, records: Iterable[PaymentRecord]) -> None:
        """Take up payments that were stored; call it before the POS calls.

        Those whose three minutes have passed in the meantime are cancelled now, and what is due is
        given back.

        Raises:
            InvalidInputError: something is no `PaymentRecord`; none of them is taken up then.
        """
        restored = list(records)
        for number, record in enumerate(restored):
            if not is_a(record, PaymentRecord):
                raise InvalidInputError(
                    f"records[{number}] must be a PaymentRecord, not {type_name(record)};"
                    " PaymentRecord.from_json reads what was stored",
                    field=f"records[{number}]",
                )
        for record in restored:
            self._take_up(_Held(record))

    def records(self) -> list[PaymentRecord]:
        """All payments that are held, in the order in which they came."""
        return [held.record for held in self._held.values()]

    async def aclose(self, *, grace: float = 10.0) -> None:
        """End what runs in the background; `restore` takes it up again.

        Where nothing is stored, the log names the payments whose money is still in the balance:
        somebody has to look after them.

        Args:
            grace: seconds in which money that is due may still go back.

        Raises:
            InvalidOptionError: `grace` is no such number.
        """
        check_number("grace", grace, zero=True)
        tasks = {each.task: each for each in self._held.values() if each.task is not None}
        due = [task for task, each in tasks.items() if each.record.progress.reversal == "due"]
        if due:
            await asyncio.wait(due, timeout=grace)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if type(self).save is PaymentsInMemory.save:
            for held in (each for each in self._held.values() if each.is_pending):
                logger.error(
                    "Payment %s was %s when its service ended, and is stored nowhere: see whether"
                    " its money has to go back",
                    held.record.paymentid,
                    held.record.progress.state,
                )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    # --------------------------------------------------------------- what the POS calls

    async def add_payment(
        self,
        payment: Payment,
        /,
        *,
        call: Call,  # noqa: ARG002 - part of the operation, here and below
    ) -> str:
        """Give the payment an id, and begin it."""
        self._forget()
        paymentid = uuid.uuid4().hex
        record = PaymentRecord(payment=replace(payment, paymentid=paymentid))
        await self.save(record)
        self._take_up(_Held(record))
        try:
            await self.begin(record.payment)
        except BaseException:
            # Cancelled too, where it took too long: the POS learns no id, so nobody completes it.
            await self.cancel(paymentid)
            raise
        return paymentid

    async def get_payment(
        self,
        paymentid: str,
        /,
        *,
        call: Call,  # noqa: ARG002
    ) -> Payment:
        """Tell where a payment stands."""
        return self._found(paymentid).record.answer(self._now())

    async def update_payment(
        self,
        paymentid: str,
        payment: Payment,
        /,
        *,
        call: Call,  # noqa: ARG002
    ) -> None:
        """Complete or cancel a payment for the POS."""
        wanted = _state_of(payment)
        if wanted == "completed":
            await self._move(paymentid, "completed", "pos")
        elif wanted == "cancelled":
            await self._move(paymentid, "cancelled", "pos")
        else:
            raise Refusal(
                "bad-request",
                "paymentstate.state must be completed or cancelled",
                field="paymentstate.state",
            )

    # ------------------------------------------------------------------------- inside

    def _found(self, paymentid: str) -> _Held:
        held = self._held.get(paymentid)
        if held is None:
            raise Refusal("not-found", "there is no such payment")
        return held

    def _now(self) -> datetime:
        """The time of day, which goes on by the clock of the event loop."""
        now = asyncio.get_running_loop().time()
        if self._anchor is None:
            self._anchor = datetime.now(UTC), now
        began, at = self._anchor
        return began + timedelta(seconds=now - at)

    async def _move(
        self, paymentid: str, state: State, by: Mover, shown: Mapping[str, Any] | None = None
    ) -> PaymentRecord:
        held, at = self._found(paymentid), self._now()  # the moment at which it was asked for
        async with held.lock:
            progress = held.record.progress.move(state, by=by, at=at)
            record = attrs.evolve(held.record, progress=progress)
            if shown is not None and progress.state != held.record.progress.state:
                record = attrs.evolve(record, shown=shown)
            await self._put(held, record)
            return record

    async def _put(self, held: _Held, record: PaymentRecord) -> None:
        """Store what changed, and see to what follows from it."""
        if record != held.record:
            await self.save(record)
            held.record = record
            self._take_up(held)

    def _take_up(self, held: _Held) -> None:
        record = held.record
        self._held[record.paymentid] = held
        if record.progress.is_over:
            self._ended.setdefault(record.paymentid, self._now())
        else:
            self._ended.pop(record.paymentid, None)
        held.changed.set()
        if held.is_pending and (held.task is None or held.task.done()):
            held.task = asyncio.create_task(self._look_after(held))

    def _forget(self) -> None:
        """Let go of what ended long ago."""
        before = self._now() - self._keep_for
        for paymentid, ended_at in list(self._ended.items()):
            if ended_at > before:
                break
            del self._ended[paymentid], self._held[paymentid]

    async def _look_after(self, held: _Held) -> None:
        """Wait for the POS as long as it may take, and give back what is due."""
        failures = 0
        while held.is_pending:
            try:
                if held.record.progress.reversal == "due":
                    await self._give_back(held)
                else:
                    await self._expire(held)
                failures = 0
            except Exception as error:  # noqa: BLE001 - whatever `reverse` and `save` may raise
                pause = min(2.0**failures, _LONGEST_PAUSE)
                failures += 1
                logger.error(  # noqa: TRY400 - a traceback would show what is paid, and by whom
                    "Payment %s could not be reverted yet (attempt %d, again in %g s): %s",
                    held.record.paymentid,
                    failures,
                    pause,
                    places(error),
                )
                await asyncio.sleep(pause)

    async def _expire(self, held: _Held) -> None:
        """Cancel what is not completed in time; return early where something else changed it."""
        expires_at = held.record.progress.expires_at
        if expires_at is not None and (left := (expires_at - self._now()).total_seconds()) > 0:
            held.changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await held.changed.wait()
            return
        async with held.lock:
            progress = held.record.progress.settled(self._now())
            await self._put(held, attrs.evolve(held.record, progress=progress))

    async def _give_back(self, held: _Held) -> None:
        await self.reverse(held.record.payment)
        async with held.lock:
            progress = held.record.progress.reversed()
            await self._put(held, attrs.evolve(held.record, progress=progress))


@attrs.define(eq=False)
class _Held:
    """A payment that is held, and what goes on with it."""

    record: PaymentRecord
    lock: asyncio.Lock = attrs.field(factory=asyncio.Lock)
    changed: asyncio.Event = attrs.field(factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    @property
    def is_pending(self) -> bool:
        """Whether there is something to wait for or to do."""
        progress = self.record.progress
        return progress.state == "ready_to_complete" or progress.reversal == "due"


def _state_of(payment: Payment) -> object:
    state: Any = payment.paymentstate if is_set(payment, "paymentstate") else None
    return state.get("state") if is_mapping(state) else getattr(state, "state", None)
