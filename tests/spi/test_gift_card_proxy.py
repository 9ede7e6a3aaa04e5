"""Gift cards of the POS that are passed on to Sitoo's own."""

from __future__ import annotations

import asyncio

import pytest

from sitoo_async import InvalidOptionError, SitooClient
from sitoo_async.spi import App
from sitoo_async.spi.gift_card import GiftCardProxy
from sitoo_async.testing import Fault
from sitoo_async.testing._reference.services import service_facts
from tests.spi._asking import asking

pytestmark = [
    pytest.mark.virtual_time,
    # Two of the operations are inferred, and told so when the application is made.
    pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnverifiedEndpointWarning"),
]

EXAMPLES = service_facts("spi-gift-card")["examples"]
NUMBER = "95116763063530548720"
CARD = EXAMPLES["Add Gift Card"]["request"] | {"cardnumber": NUMBER}


@pytest.fixture
def pos(sitoo):
    return asking(App(GiftCardProxy(sitoo), unprotected=True))


@pytest.fixture
async def sold(pos):
    status, answer = await pos("POST", "/giftcards.json?pin=47110815", CARD)
    assert status == 200
    return answer


async def test_a_card_is_sold_used_and_taken_back(pos, sold):
    assert sold.keys() == EXAMPLES["Add Gift Card"]["response"].keys()
    status, card = await pos("GET", f"/giftcards/{NUMBER}.json?pin=47110815")
    assert (status, card) == (200, sold["giftcard"])
    payment = EXAMPLES["Add Gift Card Transaction"]["request"]
    at = f"/giftcards/{NUMBER}/transactions.json"
    status, paid = await pos("POST", f"{at}?pin=47110815", payment)
    assert (status, paid["giftcard"]["moneyamount"]) == (200, "201.00")
    assert await pos("DELETE", at, paid["addedtransactionids"]) == (200, True)
    _, card = await pos("GET", f"/giftcards/{NUMBER}.json")
    assert card["moneyamount"] == "500.00"


async def test_a_card_goes_on_as_it_came(pos, fake_sitoo):
    # What only the provider fills in is left out, and so is what nobody knows.
    rows = [{"moneyamount": "5.00", "transactionid": "1"}]
    card = CARD | {"redeemable": True, "colour": "red", "transactions": rows}
    query = "deliverytype=email&deliverytext=Hej%20d%C3%A5&email=a@example.com&mobile=46701&pin=1"
    status, _ = await pos("POST", f"/giftcards.json?{query}&product_reference=GC-1", card)
    assert status == 200
    sent = fake_sitoo.requests[-1]
    assert sent.json == CARD | {"transactions": [{"moneyamount": "5.00"}]}
    assert sent.query == {
        "deliverytype": ["email"],
        "deliverytext": ["Hej då"],
        "email": ["a@example.com"],
        "mobile": ["46701"],
        "pin": ["1"],
        "product_reference": ["GC-1"],
    }


async def test_an_answer_with_the_card_at_its_top_is_wrapped(pos, fake_sitoo):
    bare = EXAMPLES["Get Gift Card"]["response"]
    fake_sitoo.script(Fault.answer(200, body=bare))
    assert await pos("POST", "/giftcards.json", CARD) == (200, {"giftcard": bare})


@pytest.mark.parametrize(
    ("request_", "body", "status"),
    [
        ("GET /giftcards/1.json", None, 404),
        ("POST /giftcards/1/transactions.json", {"moneyamount": "5.00"}, 404),
        (f"GET /giftcards/{NUMBER}.json?pin=1", None, 400),
        (f"GET /giftcards/{NUMBER}.json?pin=%C3%A5", None, 400),
        (f"POST /giftcards/{NUMBER}/transactions.json?pin=47110815", {}, 400),
        (f"DELETE /giftcards/{NUMBER}/transactions.json", [], 400),
        (f"DELETE /giftcards/{NUMBER}/transactions.json", {}, 400),
        ("POST /giftcards.json", CARD, 400),
        ("POST /giftcards.json", CARD | {"transactions": 5}, 400),
    ],
)
async def test_what_sitoo_or_the_client_refuses_is_refused_by_its_status(
    pos, sold, request_, body, status
):
    assert await pos(*request_.split(" "), body) == (status, None)


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (Fault.answer(409), 400),
        (Fault.answer(401), 500),
        (Fault.answer(403), 500),
        (Fault.answer(200, body=[]), 500),
        (Fault.answer(503), 500),
        (Fault.answer(429, headers={"X-Rate-Limit-Reset": "300"}), 429),
        (Fault.hang(60), 500),
    ],
)
@pytest.mark.usefixtures("sold")
async def test_the_pos_is_answered_in_time_whatever_becomes_of_a_transaction(
    pos, fake_sitoo, fault, status, caplog
):
    fake_sitoo.script(fault)
    began = asyncio.get_running_loop().time()
    at = f"/giftcards/{NUMBER}/transactions.json?pin=47110815"
    assert await pos("POST", at, {"moneyamount": "-5.00"}) == (status, None)
    assert asyncio.get_running_loop().time() - began < 10
    assert "47110815" not in caplog.text


async def test_a_turn_that_does_not_come_in_time_is_told_as_too_many_requests(
    pos, sold, sitoo, fake_sitoo
):
    fake_sitoo.script(Fault.hang(60))
    slow = asyncio.create_task(sitoo.products.get(1))
    await asyncio.sleep(0.1)
    began = asyncio.get_running_loop().time()
    count = len(fake_sitoo.requests)
    assert await pos("GET", f"/giftcards/{NUMBER}.json") == (429, None)
    assert asyncio.get_running_loop().time() - began == pytest.approx(4)
    assert len(fake_sitoo.requests) == count
    slow.cancel()


@pytest.mark.parametrize("sitoo", [None, SitooClient])
def test_what_is_no_client_is_refused(sitoo):
    with pytest.raises(InvalidOptionError, match="sitoo must be a SitooClient, not"):
        GiftCardProxy(sitoo)
