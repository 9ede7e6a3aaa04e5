"""Shipments: what the server sees, and what is refused before it does."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sitoo_async import errors, is_set
from sitoo_async.models import ArchivedFilterType, Shipment, ShipmentState
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time


def target(record):
    return record.raw_path.partition("/90316")[2]


async def test_a_shipment_is_added_fetched_and_changed(fake_sitoo, sitoo):
    shipmentid = await sitoo.shipments.add(
        shipmentstate=ShipmentState.IN_TRANSIT,
        receiver_warehouseid=1,
        carrier_name="DHL",
        dateestimateddelivery=datetime(2024, 5, 1, tzinfo=UTC),
        shipmentpackages=[{"shipmentpackageid": 1, "barcode": "123456789"}],
        shipmentitems=[
            {"shipmentitemid": 1, "shipmentpackageid": 1, "sku": "sku-1", "quantity": 150},
            {"shipmentitemid": 2, "sku": "sku-2", "quantity": 3, "moneypricein": Decimal(7)},
        ],
    )
    sent = fake_sitoo.requests[-1]
    assert (sent.method, target(sent)) == ("POST", "/shipments.json")
    assert sent.json["shipmentstate"] == 10
    assert sent.json["dateestimateddelivery"] == 1714521600
    assert sent.json["shipmentitems"][1]["moneypricein"] == "7.00"
    shipment = await sitoo.shipments.get(shipmentid)
    assert target(fake_sitoo.requests[-1]) == f"/shipments/{shipmentid}.json"
    assert shipment.shipmentstate is ShipmentState.IN_TRANSIT
    assert [item.sku for item in shipment.shipmentitems] == ["sku-1", "sku-2"]
    assert await sitoo.shipments.update(shipmentid, Shipment(comment="Late")) is True
    sent = fake_sitoo.requests[-1]
    assert (sent.method, sent.json) == ("PUT", {"comment": "Late"})
    assert target(sent) == f"/shipments/{shipmentid}.json"


async def test_the_active_shipments_are_listed_unless_asked_otherwise(fake_sitoo, sitoo):
    first, second = [await sitoo.shipments.add(comment=text) for text in "ab"]
    await sitoo.shipments.update(first, archived=True)
    fake_sitoo.requests.clear()
    both = [first, second]
    active = sitoo.shipments.list(shipmentid=both, fields=["shipmentid"], page_size=5)
    assert [shipment.shipmentid async for shipment in active] == [second]
    assert await active.count() == 1
    archived = await sitoo.shipments.list(
        shipmentid=both, archived=ArchivedFilterType.ARCHIVED
    ).collect()
    assert [shipment.shipmentid for shipment in archived] == [first]
    assert not is_set(archived[0], "shipmentitems")
    assert [target(record) for record in fake_sitoo.requests] == [
        f"/shipments.json?shipmentid={first},{second}&start=0&num=5&fields=shipmentid",
        f"/shipments.json?shipmentid={first},{second}&start=0&num=1&fields=shipmentid",
        f"/shipments.json?shipmentid={first},{second}&archived=30&start=0&num=1000",
    ]


async def test_warehouses_at_one_end_beside_either_end_are_refused(fake_sitoo, sitoo):
    for ignored in ("sender_warehouseid", "receiver_warehouseid"):
        with pytest.raises(errors.InvalidInputError, match=f"ignores {ignored}") as caught:
            sitoo.shipments.list(any_warehouseid=[1], **{ignored: [2]})
        assert caught.value.field == ignored
    assert fake_sitoo.requests == []
    await sitoo.shipments.list(sender_warehouseid=[1, 2], receiver_warehouseid=[3])
    await sitoo.shipments.list(any_warehouseid=[4], shipmentid=[12345, 12347])
    assert [target(record).partition("?")[2] for record in fake_sitoo.requests] == [
        "sender_warehouseid=1,2&receiver_warehouseid=3&start=0&num=1000",
        "any_warehouseid=4&shipmentid=12345,12347&start=0&num=1000",
    ]


async def test_what_can_t_be_sent_is_refused(fake_sitoo, sitoo):
    with pytest.raises(errors.InvalidInputError, match="read-only") as caught:
        await sitoo.shipments.add(datenew=datetime(2024, 5, 1, tzinfo=UTC))
    assert caught.value.field == "datenew"
    with pytest.raises(errors.InvalidInputError, match="no field"):
        await sitoo.shipments.update(7)
    with pytest.raises(errors.InvalidInputError, match="another shipmentid"):
        await sitoo.shipments.update(7, Shipment(shipmentid=8, comment="x"))
    assert fake_sitoo.requests == []


async def test_a_lost_update_is_repeated_unless_it_may_move_stock(fake_sitoo, sitoo):
    shipmentid = await sitoo.shipments.add(comment="x")
    fake_sitoo.script(Fault.drop(method="PUT", when="after"))
    assert await sitoo.shipments.update(shipmentid, comment="y") is True
    fake_sitoo.script(Fault.drop(method="PUT", when="after"))
    with pytest.raises(errors.ReadError) as caught:
        await sitoo.shipments.update(shipmentid, shipmentstate=ShipmentState.RECEIVED)
    assert caught.value.sent == "unknown"
    assert len([record for record in fake_sitoo.requests if record.method == "PUT"]) == 3
