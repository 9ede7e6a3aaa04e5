"""No money is taken for nothing, whatever POS, provider, database and clock do to a payment."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from sitoo_async.spi import Call, Refusal
from sitoo_async.spi.payment import Payment, PaymentRecord, PaymentsInMemory
from sitoo_async.testing import run_virtual

CALL = Call(operation="Update Payment", request_id="1")
FAILS = st.lists(st.booleans(), max_size=6)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["ready", "cancel", "pos completes", "pos cancels", "restart"]),
        st.sampled_from([0.0, 1.0, 100.0, 179.0, 180.0]),
    ),
    max_size=8,
)


class Payments(PaymentsInMemory):
    """A service whose database and provider take a moment, and fail when they are told to."""

    def __init__(self, saves, reversals, database):
        super().__init__()
        self.fails = {"save": list(saves), "reverse": list(reversals)}
        self.database = database
        self.reversals = 0

    async def begin(self, payment):
        pass

    async def save(self, record):
        await self._may_fail("save")
        self.database[record.paymentid] = record.as_json()

    async def reverse(self, payment):
        await self._may_fail("reverse")
        self.reversals += 1

    async def _may_fail(self, what):
        await asyncio.sleep(0.5)
        if self.fails[what] and self.fails[what].pop(0):
            raise OSError


async def life(saves, reversals, steps):
    """Run the steps at their moments, those of one moment at once."""
    database = {}
    payments = Payments([], reversals, database)
    paymentid = await payments.add_payment(Payment(), call=CALL)
    payments.fails["save"] = list(saves)
    done = []

    async def step(what):
        with suppress(Refusal, OSError):
            if what == "ready":
                await payments.ready(paymentid)
            elif what == "cancel":
                await payments.cancel(paymentid)
            else:
                state = "completed" if what == "pos completes" else "cancelled"
                update = Payment(paymentstate={"state": state})
                await payments.update_payment(paymentid, update, call=CALL)
            done.append(what)

    tasks = []
    for what, pause in steps:
        if what == "restart":
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await payments.aclose(grace=0)
            count = payments.reversals
            payments = Payments(payments.fails["save"], payments.fails["reverse"], database)
            payments.reversals = count
            await payments.restore(map(PaymentRecord.from_json, database.values()))
        else:
            tasks.append(asyncio.create_task(step(what)))
        await asyncio.sleep(pause)
    await asyncio.sleep(1000)
    await asyncio.gather(*tasks, return_exceptions=True)
    (record,) = payments.records()
    await payments.aclose()
    return done, record, PaymentRecord.from_json(database[paymentid]), payments.reversals


@settings(max_examples=settings().max_examples // 2)
@given(saves=FAILS, reversals=FAILS, steps=STEPS)
def test_what_was_taken_is_completed_or_goes_back(saves, reversals, steps):
    done, record, kept, reversed_ = run_virtual(life(saves, reversals, steps))
    progress = record.progress
    assert kept == record
    assert progress.state != "ready_to_complete"
    assert progress.reversal != "due"
    if "pos completes" in done:
        assert (progress.state, reversed_) == ("completed", 0)
    elif "ready" in done:
        assert progress.state == "cancelled"
        assert reversed_ > 0
    if "pos cancels" in done or "cancel" in done:
        assert progress.state == "cancelled"
