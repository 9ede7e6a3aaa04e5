"""Gift cards and influencer codes on FakeSitoo: balances and uses that transactions count."""

from __future__ import annotations

import pytest

from sitoo_async.testing import FakeSitoo

CARDS = "/sites/1/giftcards.json"
NUMBER = "95116763063530548720"
CARD = f"/sites/1/giftcards/{NUMBER}.json"
TRANSACTIONS = f"/sites/1/giftcards/{NUMBER}/transactions.json"
CODES = "/sites/1/influencercodes.json"
VOUCHER = "/sites/1/influencervouchers/SUMMER.json"
USES = "/sites/1/influencervouchers/SUMMER/transactions.json"

NEW = {
    "type": "giftcard",
    "currencycode": "USD",
    "cardnumber": NUMBER,
    "transactions": [{"moneyamount": "500.00", "merchant_reference": "SC101"}],
}

USE = {
    "moneyordertotal": "100.00",
    "moneyinfluencertotal": "80.00",
    "moneyinfluencerdiscount": "20.00",
    "currencycode": "USD",
}


@pytest.fixture
async def fake_sitoo():
    async with FakeSitoo() as fake:
        yield fake


async def test_a_new_card_comes_wrapped_and_is_read_bare(ask):
    added = (await ask("POST", CARDS, NEW)).json
    card = added["giftcard"]
    assert (card["cardnumber"], card["moneyamount"]) == (NUMBER, "500.00")
    assert card["cardnumber_display"] == "95** **** **** **** 8720"
    assert (card["redeemable"], card["requirespin"]) == (True, False)
    [transaction] = card["transactions"]
    assert transaction["transactionid"] in added["addedtransactionids"]
    assert (transaction["merchant_reference"], transaction["staff_reference"]) == ("SC101", None)
    assert (await ask("GET", CARD)).json == card


async def test_a_card_can_be_wrapped_always(connected):
    async with FakeSitoo(wrapped_gift_cards=True) as fake, connected(fake) as ask:
        await ask("POST", CARDS, NEW)
        read = (await ask("GET", CARD)).json
        assert (read["giftcard"]["cardnumber"], read["addedtransactionids"]) == (NUMBER, [])
        changed = (await ask("POST", TRANSACTIONS, {"moneyamount": "1.00"})).json
        assert changed["giftcard"]["moneyamount"] == "501.00"


async def test_a_card_without_a_number_gets_one(ask):
    card = (await ask("POST", CARDS, {"type": "creditnote", "currencycode": "SEK"})).json[
        "giftcard"
    ]
    assert len(card["cardnumber"]) == 20
    assert (card["moneyamount"], card["redeemable"]) == ("0.00", False)


@pytest.mark.parametrize(
    ("changes", "errortext"),
    [
        ({"cardnumber": NUMBER}, f"Invalid value in cardnumber ({NUMBER} already exists)"),
        ({"type": "loan"}, "Invalid value in type"),
        ({"transactions": [{"moneyamount": "-1.00"}]}, "Invalid value in moneyamount"),
    ],
)
async def test_a_card_that_can_not_be_is_400(ask, changes, errortext):
    await ask("POST", CARDS, NEW)
    reply = await ask("POST", CARDS, NEW | {"cardnumber": "1"} | changes)
    assert (reply.status, reply.errortext) == (400, errortext)


async def test_a_redemption_takes_from_the_balance_and_not_beyond_it(ask):
    await ask("POST", CARDS, NEW)
    changed = (await ask("POST", TRANSACTIONS, {"moneyamount": "-299.00"})).json
    assert changed["giftcard"]["moneyamount"] == "201.00"
    [_, transaction] = changed["giftcard"]["transactions"]
    assert changed["addedtransactionids"][0] == transaction["transactionid"]
    reply = await ask("POST", TRANSACTIONS, {"moneyamount": "-201.01"})
    assert (reply.status, reply.errortext) == (
        400,
        "Invalid value in moneyamount (Insufficient balance)",
    )
    assert (await ask("POST", TRANSACTIONS, {"moneyamount": "-201.00"})).status == 200
    assert (await ask("GET", CARD)).json["redeemable"] is False
    reply = await ask("POST", TRANSACTIONS, {"moneyamount": "-0.01"})
    assert reply.errortext == "The gift card is not redeemable."
    assert (await ask("POST", TRANSACTIONS, {"moneyamount": "5.00"})).status == 200


async def test_an_expired_card_pays_nothing(ask, fake_sitoo):
    await ask("POST", CARDS, NEW)
    fake_sitoo.items(CARDS)[NUMBER]["date_expires"] = 1
    assert (await ask("GET", CARD)).json["redeemable"] is False
    assert (await ask("POST", TRANSACTIONS, {"moneyamount": "-1.00"})).status == 400


async def test_transactions_are_undone_by_either_of_their_ids(ask):
    await ask("POST", CARDS, NEW)
    for which in (0, 1):
        added = (await ask("POST", TRANSACTIONS, {"moneyamount": "-100.00"})).json
        assert added["giftcard"]["moneyamount"] == "400.00"
        undo = [added["addedtransactionids"][which]]
        assert (await ask("DELETE", TRANSACTIONS, undo)).text == "true"
        assert (await ask("GET", CARD)).json["moneyamount"] == "500.00"


async def test_what_was_spent_can_not_be_undone_and_what_is_not_there_is_404(ask):
    first = (await ask("POST", CARDS, NEW)).json["addedtransactionids"]
    await ask("POST", TRANSACTIONS, {"moneyamount": "-100.00"})
    assert (await ask("DELETE", TRANSACTIONS, first)).status == 400
    assert (await ask("DELETE", TRANSACTIONS, ["nothing"])).status == 404
    assert (await ask("DELETE", TRANSACTIONS, {"addedtransactionids": first})).status == 400
    assert (await ask("GET", CARD)).json["moneyamount"] == "400.00"


async def test_a_card_with_a_pin_wants_it(ask):
    card = (await ask("POST", f"{CARDS}?pin=1234", NEW)).json["giftcard"]
    assert card["requirespin"] is True
    assert (await ask("GET", f"{CARD}?pin=1234")).status == 200
    redeem = {"moneyamount": "-1.00"}
    for path in (f"{CARD}?pin=4321", f"{TRANSACTIONS}?pin=4321", TRANSACTIONS):
        reply = await ask("GET" if path.startswith(CARD) else "POST", path, redeem)
        assert (reply.status, reply.errortext) == (400, "Invalid value in pin")
    assert (await ask("POST", f"{TRANSACTIONS}?pin=1234", redeem)).status == 200


async def test_a_card_that_does_not_exist_is_404(ask):
    assert (await ask("GET", CARD)).status == 404
    assert (await ask("POST", TRANSACTIONS, {"moneyamount": "1.00"})).status == 404


async def test_a_use_counts_on_the_influencer_code_and_can_be_taken_back(ask, fake_sitoo):
    code = fake_sitoo.items(CODES)["SUMMER"]
    key = (await ask("POST", USES, USE)).json["transactionid"]
    assert (code["numused"], code["moneyordertotal"]) == (1, "100.00")
    assert (code["moneyinfluencertotal"], code["moneyinfluencerdiscount"]) == ("80.00", "20.00")
    assert code["datelastused"] is not None
    path = USES.replace(".json", f"/{key}.json")
    assert (await ask("DELETE", path)).text == "true"
    assert (code["numused"], code["moneyordertotal"]) == (0, "0.00")
    assert (await ask("DELETE", path)).status == 404


@pytest.mark.parametrize(
    ("changes", "redeemable"),
    [
        ({}, True),
        ({"maxuses": None}, True),
        ({"datestart": 1, "dateend": 2_000_000_000}, True),
        ({"active": False}, False),
        ({"datestart": 2_000_000_000}, False),
        ({"dateend": 1}, False),
        ({"maxuses": 0}, False),
    ],
)
async def test_a_code_is_redeemable_within_its_bounds(ask, fake_sitoo, changes, redeemable):
    fake_sitoo.items(CODES)["SUMMER"].update(changes)
    voucher = (await ask("GET", VOUCHER)).json
    assert (voucher["influencercode"], voucher["redeemable"]) == ("SUMMER", redeemable)
    listed = await ask("GET", f"{CODES}?redeemable=true")
    assert listed.json["totalcount"] == int(redeemable)
    assert (await ask("POST", USES, USE)).status == (200 if redeemable else 400)


async def test_an_influencer_code_is_its_own_key(ask, fake_sitoo):
    new = {"code": "WINTER", "name": "Joe", "voucherpassword": "x"}
    assert (await ask("POST", CODES, new)).json == "WINTER"
    assert (await ask("POST", CODES, new)).status == 400
    changes = [{"code": "WINTER", "maxuses": 5}, {"code": "NONE"}, {"code": 5}, {"maxuses": 5}]
    results = (await ask("PUT", CODES, changes)).json
    assert [result["statuscode"] for result in results] == [200, 404, 400, 400]
    assert fake_sitoo.items(CODES)["WINTER"]["maxuses"] == 5
    shown = await ask("GET", "/sites/1/influencercodes/WINTER.json?fields=code,active")
    assert shown.json == {"code": "WINTER", "active": True}
    assert (await ask("DELETE", CODES, {"code": "WINTER"})).text == "true"
    assert (await ask("GET", VOUCHER.replace("SUMMER", "WINTER"))).status == 404
