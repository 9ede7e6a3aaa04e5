"""Gift cards: wrapped or bare, and no PIN where somebody could read it."""

from __future__ import annotations

import logging
from decimal import Decimal

import pytest

from sitoo_async import SitooClient, errors, is_set
from sitoo_async.models import GiftCard, GiftCardTransaction
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time

NUMBER = "95116763063530548720"
CARD = {
    "type": "giftcard",
    "cardnumber": NUMBER,
    "moneyamount": "500.00",
    "transactions": [{"transactionid": "3458", "moneyamount": "500.00"}],
}


@pytest.fixture
async def card(sitoo):
    answer = await sitoo.gift_cards.add(
        type="giftcard",
        currencycode="USD",
        cardnumber=NUMBER,
        transactions=[{"moneyamount": Decimal(500)}],
    )
    return answer.giftcard


async def test_a_card_is_added_with_its_first_money(sitoo, fake_sitoo):
    item = GiftCard(
        type="giftcard", currencycode="USD", transactions=[GiftCardTransaction(moneyamount=500)]
    )
    answer = await sitoo.gift_cards.add(
        item, deliverytype="email", email="a@example.com", deliverytext="Enjoy & spend"
    )
    assert fake_sitoo.requests[-1].json == {
        "type": "giftcard",
        "currencycode": "USD",
        "transactions": [{"moneyamount": "500.00"}],
    }
    assert fake_sitoo.requests[-1].raw_path.endswith(
        "/giftcards.json?deliverytype=email&deliverytext=Enjoy%20%26%20spend&email=a%40example.com"
    )
    assert answer.giftcard.moneyamount == Decimal("500.00")


@pytest.mark.parametrize("body", [CARD, {"giftcard": CARD, "addedtransactionids": ["3458"]}])
async def test_the_card_is_at_hand_whether_it_came_wrapped_or_bare(sitoo, fake_sitoo, body):
    fake_sitoo.script(Fault.answer(200, body=body))
    answer = await sitoo.with_options(strict=True).gift_cards.get(NUMBER)
    assert answer.giftcard == GiftCard(
        type="giftcard",
        cardnumber=NUMBER,
        moneyamount=Decimal("500.00"),
        transactions=[GiftCardTransaction(transactionid="3458", moneyamount=Decimal("500.00"))],
    )
    assert not is_set(answer.giftcard, "redeemable")


async def test_money_is_taken_off_and_the_transaction_taken_back(sitoo, fake_sitoo, card):
    transactions = sitoo.gift_cards.transactions
    answer = await transactions.add(NUMBER, moneyamount=Decimal(-299), merchant_reference="SC102")
    assert fake_sitoo.requests[-1].json == {"moneyamount": "-299.00", "merchant_reference": "SC102"}
    assert answer.giftcard.moneyamount == Decimal(201)
    assert await transactions.delete(NUMBER, answer.addedtransactionids) is True
    assert fake_sitoo.requests[-1].method == "DELETE"
    assert fake_sitoo.requests[-1].json == answer.addedtransactionids
    assert (await sitoo.gift_cards.get(NUMBER)).giftcard.moneyamount == card.moneyamount


async def test_a_payment_whose_answer_is_lost_is_not_made_again(sitoo, fake_sitoo, card):
    fake_sitoo.reset()
    fake_sitoo.script(Fault.drop(method="POST", when="after"))
    with pytest.raises(errors.TransportError) as caught:
        await sitoo.gift_cards.transactions.add(NUMBER, GiftCardTransaction(moneyamount=-1))
    assert caught.value.sent == "unknown"
    assert [record.method for record in fake_sitoo.requests] == ["POST"]
    assert (await sitoo.gift_cards.get(NUMBER)).giftcard.moneyamount == Decimal(499)


async def test_a_pin_is_in_no_error_record_or_log(fake_sitoo, caplog):
    caplog.set_level(logging.DEBUG, logger="sitoo_async")
    records = []
    seen = []
    async with SitooClient(**fake_sitoo.credentials, observers=[records.append]) as sitoo:
        for fault in (
            Fault.answer(400, errortext="wrong"),
            Fault.answer(429, errortext="429: Too many connections"),
            Fault.answer(200, body=["no", "card"]),
            Fault.drop(times=4),
            Fault.html502(times=4),
        ):
            fake_sitoo.script(fault)
            try:
                await sitoo.gift_cards.get(NUMBER, pin="83719")
            except errors.SitooError as error:
                cause = error.__cause__ or error.__context__
                seen.append(f"{error} {error!r} {vars(error)} {cause!r}")
    assert len(seen) >= 4
    assert "pin=83719" in fake_sitoo.requests[0].raw_path
    assert records
    told = " ".join([*seen, *map(repr, records), caplog.text])
    assert NUMBER in told
    assert "83719" not in told


@pytest.mark.parametrize("pin", [83719, b"83719", "8371\uff19", "\udcff83719"])
async def test_a_pin_that_is_refused_is_not_quoted(sitoo, fake_sitoo, pin):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.gift_cards.get(NUMBER, pin=pin)
    assert caught.value.field == "pin"
    assert "8371" not in str(caught.value)
    assert fake_sitoo.requests == []


@pytest.mark.parametrize("ids", [[], "3459", None, [3459]])
async def test_what_is_no_list_of_transactions_is_refused(sitoo, fake_sitoo, ids):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.gift_cards.transactions.delete(NUMBER, ids)
    assert caught.value.field.startswith("addedtransactionids")
    assert fake_sitoo.requests == []


async def test_a_card_number_is_text(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.gift_cards.get(None)
    assert caught.value.field == "cardnumber"
    assert fake_sitoo.requests == []


async def test_a_deletion_whose_first_answer_was_lost_is_done(fake_sitoo, sitoo):
    added = await sitoo.gift_cards.add(type="giftcard", currencycode="SEK")
    number = added.giftcard.cardnumber
    await sitoo.gift_cards.transactions.add(number, moneyamount="10.00")
    answer = await sitoo.gift_cards.transactions.add(number, moneyamount="-3.00")
    fake_sitoo.script(Fault.drop(when="after", method="DELETE"))
    assert await sitoo.gift_cards.transactions.delete(number, answer.addedtransactionids) is True
    assert (await sitoo.gift_cards.get(number)).giftcard.moneyamount == 10
