"""The states of a payment: which moves are allowed, until when, and when money has to go back."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from sitoo_async import InvalidInputError, unknown_fields
from sitoo_async._codec.codec import decode_item, encode
from sitoo_async.spi._core.refusal import Refusal
from sitoo_async.spi.payment import (
    TIME_TO_COMPLETE,
    Payment,
    PaymentProgress,
    PaymentRecord,
    cart_total,
    check_amount,
)
from sitoo_async.testing._reference.services import service_facts

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
IN_TIME = NOON + TIME_TO_COMPLETE - timedelta(microseconds=1)
TOO_LATE = NOON + TIME_TO_COMPLETE

NEW = PaymentProgress()
READY = NEW.move("ready_to_complete", by="service", at=NOON)
COMPLETED = READY.move("completed", by="pos", at=IN_TIME)
STOPPED = NEW.move("cancelled", by="service", at=NOON)
DUE = READY.move("cancelled", by="pos", at=NOON)
DONE = DUE.reversed()

EXAMPLE = service_facts("spi-payment")["examples"]["Add Payment"]["request"]


@pytest.mark.parametrize(
    ("progress", "state", "reversal"),
    [
        (NEW, "inprogress", "none"),
        (READY, "ready_to_complete", "none"),
        (COMPLETED, "completed", "none"),
        (STOPPED, "cancelled", "none"),
        (DUE, "cancelled", "due"),
        (DONE, "cancelled", "done"),
        (READY.move("cancelled", by="service", at=NOON), "cancelled", "due"),
        (NEW.move("cancelled", by="pos", at=NOON), "cancelled", "none"),
        (READY.settled(IN_TIME), "ready_to_complete", "none"),
        (READY.settled(TOO_LATE), "cancelled", "due"),
        (COMPLETED.settled(TOO_LATE), "completed", "none"),
        # The provider took the money after all.
        (STOPPED.move("ready_to_complete", by="service", at=NOON), "cancelled", "due"),
        # A word that comes twice, or too late.
        (READY.move("ready_to_complete", by="service", at=IN_TIME), "ready_to_complete", "none"),
        (READY.move("ready_to_complete", by="service", at=TOO_LATE), "cancelled", "due"),
        (COMPLETED.move("completed", by="pos", at=TOO_LATE), "completed", "none"),
        (COMPLETED.move("ready_to_complete", by="service", at=NOON), "completed", "none"),
        (DUE.move("cancelled", by="service", at=NOON), "cancelled", "due"),
        (DONE.move("ready_to_complete", by="service", at=NOON), "cancelled", "done"),
        (READY.move("cancelled", by="pos", at=TOO_LATE), "cancelled", "due"),
    ],
)
def test_where_a_payment_stands(progress, state, reversal):
    assert (progress.state, progress.reversal) == (state, reversal)


def test_three_minutes_count_from_the_first_time_it_was_ready():
    again = READY.move("ready_to_complete", by="service", at=IN_TIME)
    assert again.expires_at == NOON + timedelta(minutes=3)
    assert NEW.expires_at is COMPLETED.expires_at is None


@pytest.mark.parametrize(
    ("progress", "state", "by", "at", "says"),
    [
        (NEW, "completed", "pos", NOON, "it is inprogress, and can't become completed"),
        (READY, "completed", "service", NOON, "the service sets ready_to_complete or cancelled"),
        (READY, "completed", "pos", TOO_LATE, "its three minutes are over, so it was cancelled"),
        (READY, "inprogress", "pos", NOON, "the POS sets completed or cancelled, not inprogress"),
        (NEW, "ready_to_complete", "pos", NOON, "the POS sets completed or cancelled"),
        (COMPLETED, "cancelled", "pos", NOON, "it is completed, and can't become cancelled"),
        (COMPLETED, "cancelled", "service", NOON, "it is completed, and can't become cancelled"),
        (STOPPED, "completed", "pos", NOON, "it is cancelled, and can't become completed"),
    ],
)
def test_a_forbidden_move_is_refused_and_says_why(progress, state, by, at, says):
    with pytest.raises(Refusal, match=says) as caught:
        progress.move(state, by=by, at=at)
    assert (caught.value.code, caught.value.field) == ("bad-request", "paymentstate")


NAIVE = datetime(2026, 1, 31, 12)  # noqa: DTZ001 - which is what is refused


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (lambda: READY.settled(NAIVE), "at is a naive datetime"),
        (lambda: READY.settled(5), "at must be an aware datetime, not int"),
        (lambda: READY.move("completed", by="POS", at=NOON), "by must be pos or service"),
        (lambda: PaymentProgress(state="lost"), "state must be inprogress or ready_to_complete or"),
        (lambda: PaymentProgress(state=[]), "state must be inprogress or"),
        (lambda: PaymentProgress(reversal="lost"), "reversal must be none or due or done, not"),
        (lambda: PaymentProgress(ready_at=NAIVE), "ready_at is a naive datetime"),
        # Its three minutes would never be over.
        (lambda: PaymentProgress(state="ready_to_complete"), "ready_at must be an aware datetime"),
    ],
    ids=range(8),
)
def test_what_can_not_be_is_refused_by_its_field(act, says):
    with pytest.raises(InvalidInputError, match=says):
        act()


# The amount -----------------------------------------------------------------------------------

ROWS = EXAMPLE["cartitems"]
BARE = {"total": "100.00"}


def paid(**changes):
    """The printed payment, as it is read, with other fields; those that are None are left out."""
    fields = {name: value for name, value in (EXAMPLE | changes).items() if value is not None}
    return decode_item(encode(fields), Payment)


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        (ROWS, "398.00"),
        (ROWS[:1], "99.00"),
        ([BARE], "100.00"),
        ([BARE | {"manual_discount": None, "discounts": None}], "100.00"),
        ([], "0.00"),
        (None, "0.00"),
    ],
)
def test_the_amount_is_the_sum_of_the_cart_without_its_discounts(rows, total):
    payment = paid(cartitems=rows, amount=total)
    assert cart_total(payment) == Decimal(total)
    check_amount(payment)


@pytest.mark.parametrize(
    ("changes", "field", "says"),
    [
        ({"amount": "398.01"}, "amount", "amount is 398.01, while the cart comes to 398.00"),
        ({"amount": None}, "amount", "amount is missing or no amount"),
        ({"cartitems": [BARE, {}]}, "cartitems[1].total", "total is missing"),
        (
            {"cartitems": [BARE | {"discounts": [{"name": "VIP"}]}]},
            "cartitems[0].discounts[0].total",
            "total is missing",
        ),
        ({"cartitems": 5}, "cartitems", "cartitems is no array"),
        ({"cartitems": ["lost"]}, "cartitems[0].total", "total is missing"),
        (
            {"cartitems": [BARE | {"discounts": 5}]},
            "cartitems[0].discounts",
            "discounts is no array",
        ),
        (
            {"cartitems": [BARE | {"manual_discount": "1,00"}]},
            "cartitems[0].manual_discount",
            "manual_discount is missing or no amount",
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnexpectedTypeWarning")
def test_an_amount_that_is_not_that_of_the_cart_is_refused_by_its_field(changes, field, says):
    with pytest.raises(Refusal, match=says) as caught:
        check_amount(paid(**changes))
    assert caught.value.field == field


@pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnexpectedTypeWarning")
def test_a_record_is_stored_as_json_with_all_that_came():
    payment = paid(cartitems=[BARE | {"colour": "red"}, "lost"], tip=0.1)
    record = PaymentRecord(payment=payment, progress=READY, shown={"receiptrow": "1"})
    again = PaymentRecord.from_json(record.as_json())
    assert again == record
    assert unknown_fields(again.payment) == {"tip": Decimal("0.1")}
    assert unknown_fields(again.payment.cartitems[0]) == {"colour": "red"}
    new = PaymentRecord(payment=payment)
    assert PaymentRecord.from_json(new.as_json().encode()) == new
    assert pickle.loads(pickle.dumps(record)) == record  # noqa: S301 - its own


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "7", '{"payment": {}}', PaymentRecord(payment=Payment()).as_json()[:-2] + "5}"],
)
def test_what_is_no_stored_record_is_refused(text):
    with pytest.raises(InvalidInputError, match="text must be what as_json gave"):
        PaymentRecord.from_json(text)


def test_a_stored_state_that_is_none_is_refused():
    text = PaymentRecord(payment=Payment()).as_json().replace("inprogress", "lost")
    with pytest.raises(InvalidInputError, match="text must be what as_json gave"):
        PaymentRecord.from_json(text)
