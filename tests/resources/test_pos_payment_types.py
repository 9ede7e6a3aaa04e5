"""POS payment types against the fake server."""

from __future__ import annotations

import pytest

from sitoo_async import changes, errors
from sitoo_async.models import PosPaymentMethod, PosPaymentType
from sitoo_async.testing import Fault

pytestmark = [
    pytest.mark.virtual_time,
    pytest.mark.filterwarnings("ignore::sitoo_async.errors.UnverifiedEndpointWarning"),
]


async def test_quirk_5_3_14_the_list_is_a_bare_array_and_still_walks_like_any_other(fake, client):
    first = await client.pos_payment_types.add(paymentmethodid=100, name="Cash", sortorder=7)
    second = await client.pos_payment_types.add(
        PosPaymentType(paymentmethodid=PosPaymentMethod.GIFT_CARD, name="Gift Card", sortorder=6)
    )
    page = await client.pos_payment_types.list()
    assert page.totalcount == len(page.items) >= 2
    found = [kind.paymenttypeid async for kind in client.pos_payment_types.list()]
    assert [kind for kind in found if kind in (first, second)] == [second, first]
    assert fake.requests[-1].raw_path.endswith("/sites/1/pospaymenttypes.json")
    kinds = await client.pos_payment_types.list(fields=["paymenttypeid", "name"]).collect()
    assert fake.requests[-1].query == {"fields": ["paymenttypeid,name"]}
    assert PosPaymentType(paymenttypeid=first, name="Cash") in kinds


async def test_a_payment_type_lives_from_add_to_delete(fake, client):
    found = await client.pos_payment_types.add(paymentmethodid=2400, name="iZettle")
    assert fake.requests[-1].json == {"paymentmethodid": 2400, "name": "iZettle"}
    before = await client.pos_payment_types.get(found)
    assert before.paymentmethodid is PosPaymentMethod.CARD_IZETTLE
    after = PosPaymentType(paymenttypeid=found, name="Zettle", externalid=None)
    assert await client.pos_payment_types.update(found, changes(before, after))
    assert fake.requests[-1].json["name"] == "Zettle"
    assert "paymenttypeid" not in fake.requests[-1].json
    assert await client.pos_payment_types.update(found, name="Card")
    assert (await client.pos_payment_types.get(found)).name == "Card"
    assert await client.pos_payment_types.delete(found)
    with pytest.raises(errors.NotFoundError):
        await client.pos_payment_types.get(found)
    assert fake.requests[-1].path == f"/sites/1/pospaymenttypes/{found}.json"


async def test_a_method_that_the_reference_does_not_list_survives(fake, client):
    fake.script(Fault.answer(200, body={"paymenttypeid": 4, "paymentmethodid": 4711}))
    found = await client.pos_payment_types.get(4)
    assert found.paymentmethodid == 4711


@pytest.mark.parametrize(
    ("call", "field"),
    [
        (lambda types: types.add(name="Cash"), "paymentmethodid"),
        (lambda types: types.add(paymentmethodid=100), "name"),
        (lambda types: types.add(paymentmethodid="cash", name="Cash"), "paymentmethodid"),
        (lambda types: types.add(paymenttypeid=3, paymentmethodid=100, name="A"), "paymenttypeid"),
        (lambda types: types.update(3, PosPaymentType(paymenttypeid=4, name="A")), "paymenttypeid"),
        (lambda types: types.update(3, PosPaymentType(paymenttypeid=3)), "item"),
        (lambda types: types.update(3, name=None), "name"),
        (lambda types: types.get("3"), "pos_payment_type_id"),
        (lambda types: types.delete("3"), "pos_payment_type_id"),
    ],
)
async def test_bad_input_is_named_and_not_sent(fake, client, call, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await call(client.pos_payment_types)
    assert caught.value.field == field
    assert fake.requests == []


async def test_an_unknown_field_is_refused_when_the_list_is_made(fake, client):
    with pytest.raises(errors.InvalidInputError, match="sortorder"):
        client.pos_payment_types.list(fields=["sortoder"])
