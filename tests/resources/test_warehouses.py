"""Warehouses and their stock against the fake server."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sitoo_async import changes, errors, replace
from sitoo_async.models import Warehouse, WarehouseItem, WarehouseType

pytestmark = pytest.mark.virtual_time

FIFO, VIRTUAL = 1, 3


async def test_a_warehouse_is_added_read_changed_and_deleted(fake, client):
    warehouseid = await client.warehouses.add(usetype=40, currencycode="USD", name="Reclaims")
    before = await client.warehouses.get(warehouseid)
    assert (before.usetype, before.storeid) == (40, None)
    after = replace(before, name="Demo", countryid="se")
    assert await client.warehouses.update(warehouseid, changes(before, after))
    assert fake.requests[-1].json == {"name": "Demo", "countryid": "se"}
    assert await client.warehouses.update(warehouseid, storeid=1, sellable=False)
    assert await client.warehouses.delete(warehouseid)
    with pytest.raises(errors.NotFoundError):
        await client.warehouses.get(warehouseid)


async def test_warehouses_are_walked(client):
    walk = client.warehouses.list(fields=["warehouseid", "warehousetype"], page_size=2)
    types = [warehouse.warehousetype async for warehouse in walk]
    assert types == [WarehouseType.FIFO, WarehouseType.FIFO, WarehouseType.VIRTUAL]
    assert await walk.count() == 3


async def test_a_warehouse_lacks_no_required_field(fake, client):
    for values in ({"currencycode": "SEK", "name": "x"}, {"usetype": 10, "name": "x"}):
        with pytest.raises(errors.InvalidInputError, match="required"):
            await client.warehouses.add(Warehouse(**values))
    assert fake.requests == []


async def test_stock_is_walked_and_filtered(fake, client):
    skus = sorted(fake.items("/sites/1/warehouses/1/warehouseitems"))
    walk = client.warehouses.items.list(
        FIFO,
        sku=skus[:2],
        datelastmodifiedfrom=datetime(2001, 1, 1, tzinfo=UTC),
        datelastmodifiedto=datetime(2101, 1, 1, tzinfo=UTC),
        fields=["sku", "decimaltotal"],
        page_size=1,
    )
    found = [item async for item in walk]
    assert sorted(item.sku for item in found) == skus[:2]
    assert all(isinstance(item.decimaltotal, Decimal) for item in found)
    assert fake.requests[0].path == "/sites/1/warehouses/1/warehouseitems.json"
    assert fake.requests[0].query == {
        "sku": [",".join(skus[:2])],
        "datelastmodifiedfrom": ["978307200"],
        "datelastmodifiedto": ["4133980800"],
        "start": ["0"],
        "num": ["1"],
        "fields": ["sku,decimaltotal"],
    }
    assert await walk.count() == 2


async def test_quirk_5_3_5_many_skus_travel_in_one_parameter(fake, client):
    await client.warehouses.items.list(FIFO, sku=["S-1", "S-2", "S-3"])
    assert "sku=S-1,S-2,S-3&" in fake.requests[0].raw_path
    with pytest.raises(errors.InvalidInputError, match="a list of strings"):
        client.warehouses.items.list(FIFO, sku="S-1")


async def test_quirk_5_3_4_a_misspelt_filter_is_refused_not_ignored(fake, client):
    with pytest.raises(errors.InvalidInputError, match="did you mean 'datelastmodifiedfrom'"):
        client.warehouses.items.list(FIFO, datelastmodified_from=datetime.now(UTC))
    assert fake.requests == []


async def test_stock_of_a_virtual_warehouse_is_set(fake, client):
    result = await client.warehouses.items.set_many(
        VIRTUAL,
        [
            {"sku": "S-1", "decimaltotal": 7, "moneytotal": Decimal("70.00")},
            WarehouseItem(sku="NEW", binlocation="I3:S4", decimalthreshold=Decimal("1.5")),
        ],
    )
    assert fake.requests[-1].json == [
        {"sku": "S-1", "decimaltotal": "7.000", "moneytotal": "70.00"},
        {"sku": "NEW", "binlocation": "I3:S4", "decimalthreshold": "1.500"},
    ]
    stock = fake.items("/sites/1/warehouses/3/warehouseitems")
    assert [outcome.value for outcome in result] == [
        stock["S-1"]["warehouseitemid"],
        stock["NEW"]["warehouseitemid"],
    ]
    assert stock["S-1"]["decimaltotal"] == "7.000"


async def test_quirk_5_3_18_stock_of_a_fifo_warehouse_is_not_set(client):
    result = await client.warehouses.items.set_many(
        FIFO, [{"sku": "S-1", "decimaltotal": 7}, {"sku": "S-1", "binlocation": "A"}]
    )
    assert [outcome.ok for outcome in result] == [False, True]
    with pytest.raises(errors.BatchError):
        result.raise_for_failures()


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"binlocation": "A"}, "sku"),
        ({"sku": ""}, "sku"),
        ({"sku": "S-1", "decimalavailable": 5}, "decimalavailable"),
        ({"sku": "S-1", "decimaltotal": 0.5}, "decimaltotal"),
        ({"sku": "S-1", "decimaltotal": Decimal("0.0005")}, "decimaltotal"),
    ],
)
async def test_stock_that_can_not_be_sent_is_refused(fake, client, item, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await client.warehouses.items.set_many(VIRTUAL, [{"sku": "S-2"}, item])
    assert (caught.value.field, caught.value.index) == (field, 1)
    assert fake.requests == []
