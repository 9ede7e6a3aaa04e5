"""A payment service as the POS sees it, on virtual time: three minutes, money back, restarts."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from sitoo_async import InvalidInputError, InvalidOptionError
from sitoo_async.spi import App, Call, Refusal
from sitoo_async.spi.payment import Payment, PaymentRecord, PaymentsInMemory
from sitoo_async.testing._reference.services import service_facts
from tests.spi._asking import asking

pytestmark = [pytest.mark.virtual_time, pytest.mark.eager_too]

EXAMPLE = service_facts("spi-payment")["examples"]["Add Payment"]["request"]


class Payments(PaymentsInMemory):
    """Notes what it is asked to do; what `fails` holds is raised first."""

    def __init__(self, **options):
        super().__init__(**options)
        self.begun = []
        self.reversed = []
        self.saved = {}
        self.fails = {"begin": [], "reverse": [], "save": []}

    async def begin(self, payment):
        self._fail("begin")
        self.begun.append(payment.paymentid)

    async def reverse(self, payment):
        self._fail("reverse")
        self.reversed.append((payment.paymentid, now()))

    async def save(self, record):
        self._fail("save")
        self.saved[record.paymentid] = record.as_json()

    def _fail(self, what):
        if self.fails[what]:
            raise self.fails[what].pop(0)


def now():
    return asyncio.get_running_loop().time()


@pytest.fixture
async def payments():
    async with Payments() as made:
        yield made


@pytest.fixture
def pos(payments):
    return asking(App(payments, unprotected=True))


@pytest.fixture
async def added(pos):
    status, paymentid = await pos("POST", "/payments", EXAMPLE)
    assert status == 200
    return paymentid


def put(pos, paymentid, state, place="payments"):
    return pos("PUT", f"/{place}/{paymentid}", EXAMPLE | {"paymentstate": {"state": state}})


def stored(payments, paymentid):
    return PaymentRecord.from_json(payments.saved[paymentid])


async def state(pos, paymentid):
    status, payment = await pos("GET", f"/payments/{paymentid}")
    assert status == 200
    return payment["paymentstate"]


async def test_a_payment_from_its_beginning_to_its_end(payments, pos, added):
    assert payments.begun == [added]
    assert await state(pos, added) == {"state": "inprogress"}
    await payments.show(added, {"qrcode": "https://pay.example/1"})
    assert await state(pos, added) == {"state": "inprogress", "qrcode": "https://pay.example/1"}
    await payments.ready(added, receiptrow="1", receiptsection=["Ref\t1"])
    told = {"state": "ready_to_complete", "receiptrow": "1", "receiptsection": ["Ref\t1"]}
    assert await pos("GET", f"/payments/{added}") == (
        200,
        EXAMPLE | {"paymentid": added, "paymentstate": told},
    )
    await payments.show(added, {"qrcode": "too late"})
    await payments.ready(added)
    assert await state(pos, added) == told
    assert await put(pos, added, "completed", "payment") == (200, None)
    assert await put(pos, added, "completed") == (200, None)
    await asyncio.sleep(1000)
    assert await state(pos, added) == {"state": "completed"}
    assert payments.reversed == []
    assert [record.paymentid for record in payments.records()] == [added]


@pytest.mark.parametrize(
    ("told", "status"),
    [({"state": "ready_to_complete"}, 400), ({"state": 1}, 400), ({}, 400), (None, 400)],
)
async def test_the_pos_can_set_no_other_state(pos, added, told, status):
    assert await pos("PUT", f"/payments/{added}", {"paymentstate": told}) == (status, None)


async def test_what_may_not_be_and_what_is_not_there_is_refused_by_a_status(pos, payments, added):
    assert await put(pos, added, "completed") == (400, None)
    assert await put(pos, "lost", "completed") == (404, None)
    assert await pos("GET", "/payments/lost") == (404, None)
    with pytest.raises(Refusal, match="no such payment"):
        await payments.ready("lost")


async def test_what_the_pos_could_not_be_told_is_refused_at_once(payments, pos, added):
    with pytest.raises(InvalidInputError, match="receiptrow must be a str, not int"):
        await payments.ready(added, receiptrow=5)
    with pytest.raises(InvalidInputError, match="receiptsection must be a list, not str"):
        await payments.ready(added, receiptsection="Ref\t1")
    with pytest.raises(InvalidInputError, match=r"shown.qrcode must be a JSON value, not bytes"):
        await payments.show(added, {"qrcode": b"1"})
    assert await state(pos, added) == {"state": "inprogress"}


async def test_money_goes_back_after_three_minutes_to_the_second(payments, pos, added):
    await asyncio.sleep(100)
    await payments.ready(added)
    began = now()
    await asyncio.sleep(179.9)
    assert (await state(pos, added))["state"] == "ready_to_complete"
    await asyncio.sleep(0.1)
    assert await put(pos, added, "completed") == (400, None)
    assert await state(pos, added) == {"state": "cancelled"}
    await asyncio.sleep(1)
    assert payments.reversed == [(added, began + 180)]
    assert stored(payments, added).progress.reversal == "done"


@pytest.mark.parametrize("who", ["pos", "service"])
async def test_what_is_cancelled_after_it_was_ready_goes_back_at_once(payments, pos, added, who):
    await payments.ready(added)
    await asyncio.sleep(10)
    if who == "pos":
        assert await put(pos, added, "cancelled") == (200, None)
    else:
        await payments.cancel(added)
    began = now()
    await asyncio.sleep(0.001)
    assert payments.reversed == [(added, began)]
    assert await put(pos, added, "cancelled") == (200, None)
    await asyncio.sleep(1000)
    assert len(payments.reversed) == 1


async def test_money_that_comes_after_the_cancellation_goes_back_too(payments, pos, added):
    assert await put(pos, added, "cancelled") == (200, None)
    await asyncio.sleep(1)
    assert payments.reversed == []
    record = await payments.ready(added, receiptrow="1")
    assert (record.progress.state, record.progress.reversal) == ("cancelled", "due")
    await asyncio.sleep(1)
    assert [paymentid for paymentid, _ in payments.reversed] == [added]


async def test_money_is_given_back_again_and_again_until_it_is(payments, added, caplog):
    payments.fails["reverse"] = [ConnectionError("card of Ann")] * 3
    await payments.ready(added)
    await payments.cancel(added)
    began = now()
    await asyncio.sleep(100)
    assert payments.reversed == [(added, began + 1 + 2 + 4)]
    assert "(attempt 3, again in 4 s): ConnectionError at " in caplog.text
    assert "Ann" not in caplog.text


async def test_what_is_not_stored_did_not_happen(payments, pos, added):
    await payments.ready(added)
    payments.fails["save"] = [OSError("disk full")]
    assert await put(pos, added, "completed") == (500, None)
    assert (await state(pos, added))["state"] == "ready_to_complete"
    assert await put(pos, added, "completed") == (200, None)


async def test_what_can_not_be_stored_when_time_is_over_is_stored_later(payments, pos, added):
    await payments.ready(added)
    payments.fails["save"] = [OSError("disk full")]
    await asyncio.sleep(180)
    assert await state(pos, added) == {"state": "cancelled"}
    await asyncio.sleep(5)
    assert stored(payments, added).progress.reversal == "done"


async def test_what_can_not_begin_is_cancelled(payments, pos, caplog):
    payments.fails["begin"] = [ConnectionError(), Refusal("bad-request", "no such number")]
    assert await pos("POST", "/payments", EXAMPLE) == (500, None)
    assert await pos("POST", "/payments", EXAMPLE) == (400, None)
    assert [record.progress.state for record in payments.records()] == ["cancelled", "cancelled"]


async def test_a_provider_may_have_the_money_before_it_has_begun(payments, pos):
    async def pay_at_once(payment):
        await payments.ready(payment.paymentid, receiptrow="paid")

    payments.begin = pay_at_once
    _, paymentid = await pos("POST", "/payments", EXAMPLE)
    assert await state(pos, paymentid) == {"state": "ready_to_complete", "receiptrow": "paid"}


async def test_what_begins_too_slowly_is_cancelled_when_the_pos_gives_up(payments, pos):
    async def hang(payment):
        payments.begun.append(payment.paymentid)
        await asyncio.sleep(3600)

    payments.begin = hang
    began = now()
    assert await pos("POST", "/payments", EXAMPLE) == (500, None)
    assert now() - began <= 10
    # The provider took the money all the same, and says so later.
    (paymentid,) = payments.begun
    await asyncio.sleep(60)
    await payments.ready(paymentid)
    await asyncio.sleep(1)
    assert [each for each, _ in payments.reversed] == [paymentid]


async def test_three_minutes_and_reversals_go_on_after_a_restart(payments, pos):
    ids = [(await pos("POST", "/payments", EXAMPLE))[1] for _ in range(3)]
    payments.fails["reverse"] = [OSError()]
    await payments.ready(ids[0])
    await payments.ready(ids[1])
    await payments.cancel(ids[1])
    await asyncio.sleep(0.5)
    await payments.aclose(grace=0)
    assert payments.reversed == []
    began = now()
    async with Payments() as again:
        await again.restore(PaymentRecord.from_json(text) for text in payments.saved.values())
        await asyncio.sleep(0)
        assert [paymentid for paymentid, _ in again.reversed] == [ids[1]]
        await asyncio.sleep(1000)
        (late,) = [at for paymentid, at in again.reversed if paymentid == ids[0]]
        # By the time of day, which is real time to the new process: a little of it has passed.
        assert began + 175 < late <= began + 181
        assert [record.progress.state for record in again.records()] == [
            "cancelled",
            "cancelled",
            "inprogress",
        ]


async def test_what_is_due_may_still_go_back_when_the_service_ends(payments, pos, added):
    payments.fails["reverse"] = [OSError()]
    await payments.ready(added)
    await payments.cancel(added)
    began = now()
    await payments.aclose()
    assert payments.reversed == [(added, began + 1)]


async def test_money_in_the_balance_is_told_where_nothing_is_stored(caplog):
    class Forgetful(PaymentsInMemory):
        async def begin(self, payment):
            pass

        async def reverse(self, payment):
            raise OSError

    async with Forgetful() as payments:
        new, ready, due = [
            await payments.add_payment(Payment(), call=Call(operation="", request_id=""))
            for _ in range(3)
        ]
        await payments.ready(ready)
        await payments.ready(due)
        await payments.cancel(due)
        began = now()
    assert now() - began == 10
    assert f"Payment {ready} was ready_to_complete when its service ended" in caplog.text
    assert f"Payment {due} was cancelled when its service ended" in caplog.text
    assert new not in caplog.text


@pytest.mark.parametrize("keep_for", [300, timedelta(-1), None])
async def test_what_is_no_time_to_keep_payments_for_is_refused(keep_for):
    with pytest.raises(InvalidOptionError, match="keep_for must be a timedelta"):
        Payments(keep_for=keep_for)


async def test_what_is_no_record_is_not_taken_up(payments, added):
    text = payments.saved[added]
    with pytest.raises(InvalidInputError, match=r"records\[1\] must be a PaymentRecord, not str"):
        await payments.restore([PaymentRecord.from_json(text), text])
    assert len(payments.records()) == 1


async def test_payments_that_ended_are_forgotten_after_a_while():
    async with Payments(keep_for=timedelta(minutes=10)) as payments:
        app = App(payments, unprotected=True)
        ids = []
        for _ in range(3):
            answer = await app.handle("POST", "/payments", {}, json.dumps(EXAMPLE).encode())
            ids.append(answer.json())
            await asyncio.sleep(300)
            if len(ids) < 3:
                await payments.cancel(ids[-1])
        assert [record.paymentid for record in payments.records()] == ids
        await asyncio.sleep(299)
        await app.handle("POST", "/payments", {}, json.dumps(EXAMPLE).encode())
        assert [record.paymentid for record in payments.records()][:2] == ids[1:]
