"""The use of influencers' codes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitoo_async import errors
from sitoo_async.models import InfluencerVoucherTransaction
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time

PURCHASE = {
    "moneyordertotal": Decimal(100),
    "moneyinfluencertotal": Decimal(80),
    "moneyinfluencerdiscount": Decimal(20),
    "currencycode": "USD",
}


@pytest.fixture
async def code(sitoo):
    item = {"code": "KNITWEAR", "name": "Taylor Smith", "voucherpassword": "Lzs5MvMr"}
    (await sitoo.influencer_codes.add_many([item])).raise_for_failures()
    return "KNITWEAR"


async def test_a_code_tells_what_it_unlocks(sitoo, code):
    voucher = await sitoo.influencer_vouchers.get(code)
    assert (voucher.influencercode, voucher.voucherpassword) == ("KNITWEAR", "Lzs5MvMr")
    assert voucher.redeemable in {True, False}
    with pytest.raises(errors.NotFoundError):
        await sitoo.influencer_vouchers.get("NOBODY")


async def test_a_purchase_counts_and_can_be_taken_back(sitoo, fake_sitoo, code):
    transactions = sitoo.influencer_vouchers.transactions
    answer = await transactions.add(code, **PURCHASE, staff_reference="Anna")
    assert fake_sitoo.requests[-1].json["moneyordertotal"] == "100.00"
    assert (await sitoo.influencer_codes.get(code)).numused == 1
    assert await transactions.delete(code, answer.transactionid) is True
    assert fake_sitoo.requests[-1].path == (
        f"/sites/1/influencervouchers/KNITWEAR/transactions/{answer.transactionid}.json"
    )
    assert (await sitoo.influencer_codes.get(code)).numused == 0


async def test_a_purchase_whose_answer_is_lost_is_not_told_again(sitoo, fake_sitoo, code):
    fake_sitoo.reset()
    fake_sitoo.script(Fault.drop(method="POST", when="after"))
    purchase = InfluencerVoucherTransaction(**PURCHASE)
    with pytest.raises(errors.TransportError) as caught:
        await sitoo.influencer_vouchers.transactions.add(code, purchase)
    assert caught.value.sent == "unknown"
    assert len(fake_sitoo.requests) == 1
    assert (await sitoo.influencer_codes.get(code)).numused == 1


async def test_a_purchase_without_its_currency_is_refused(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.influencer_vouchers.transactions.add(
            "KNITWEAR", moneyordertotal=1, moneyinfluencertotal=1, moneyinfluencerdiscount=0
        )
    assert caught.value.field == "currencycode"
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.influencer_vouchers.transactions.delete("KNITWEAR", None)
    assert caught.value.field == "transactionid"
    assert fake_sitoo.requests == []
