"""Warehouse batches against the fake server."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitoo_async import errors
from sitoo_async.models import (
    TransactionType,
    WarehouseBatch,
    WarehouseBatchItem,
    WarehouseBatchState,
)
from sitoo_async.testing import Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(orders=0)]


@pytest.fixture
async def batchid(fake):
    return fake.add("/sites/1/warehouses/1/warehousebatches", {"transactiontype": 50})


async def test_a_batch_becomes_a_transaction_when_it_is_closed(fake, client):
    batches = client.warehouses.batches
    batchid = await batches.add(
        1, transactiontype=TransactionType.STOCKTAKING, emailowner="info@example.com"
    )
    assert fake.requests[-1].json == {"transactiontype": 50, "emailowner": "info@example.com"}
    assert await batches.items.set(1, batchid, sku="S-1", decimalquantity=9, comment="1 missing")
    assert fake.requests[-1].json == {
        "sku": "S-1",
        "decimalquantity": "9.000",
        "comment": "1 missing",
    }
    before = await batches.get(1, batchid)
    assert before.warehousebatchstate is WarehouseBatchState.OPEN
    assert before.warehousetransactionid is None
    closing = WarehouseBatch(warehousebatchid=batchid, warehousebatchstate=20, comment="Done")
    assert await batches.update(1, batchid, closing)
    assert fake.requests[-1].json == {"warehousebatchstate": 20, "comment": "Done"}
    after = await batches.get(1, batchid)
    assert after.warehousebatchstate is WarehouseBatchState.CLOSED
    transaction = await client.warehouses.transactions.get(1, after.warehousetransactionid)
    assert transaction.description == "Done"
    assert fake.items("/sites/1/warehouses/1/warehouseitems")["S-1"]["decimaltotal"] == "9.000"


async def test_only_open_batches_are_listed_unless_asked_for(fake, client, batchid):
    await client.warehouses.batches.update(1, batchid, warehousebatchstate=20)
    opened = await client.warehouses.batches.add(1, transactiontype=TransactionType.MOVE_IN)
    found = client.warehouses.batches.list(1, fields=["warehousebatchid"])
    assert [batch.warehousebatchid async for batch in found] == [opened]
    assert await found.count() == 1
    closed = await client.warehouses.batches.list(
        1, warehousebatchstate=WarehouseBatchState.CLOSED, transactiontype=50
    )
    assert [batch.warehousebatchid for batch in closed.items] == [batchid]
    assert fake.requests[-1].query == {
        "warehousebatchstate": ["20"],
        "transactiontype": ["50"],
        "start": ["0"],
        "num": ["1000"],
    }


async def test_items_are_set_walked_and_taken_out(fake, client, batchid):
    items = client.warehouses.batches.items
    result = await items.set_many(
        1,
        batchid,
        [
            {"sku": "S-1", "decimalquantity": 1, "moneypricein": Decimal("3.45")},
            WarehouseBatchItem(sku="S-2", decimalquantity=Decimal(2)),
            {"sku": "S-3", "decimalquantity": 3},
            {"sku": "S-4", "decimalquantity": 4},
        ],
        chunk_size=3,
    )
    assert [outcome.value for outcome in result] == [True] * 4
    assert [len(record.json) for record in fake.requests] == [3, 1]
    found = await items.list(1, batchid, page_size=3).collect()
    assert {item.sku: item.decimalquantity for item in found} == {
        f"S-{number}": Decimal(number) for number in range(1, 5)
    }
    assert await items.delete(1, batchid, "S-1")
    assert fake.requests[-1].json == {"sku": "S-1"}
    result = await items.delete_many(1, batchid, [found[1], {"sku": "S-3"}])
    result.raise_for_failures()
    assert fake.requests[-1].json == [{"sku": found[1].sku}, {"sku": "S-3"}]
    assert await items.list(1, batchid, fields=["sku"]).count() == 1


async def test_an_update_is_sent_again_unless_it_closes_the_batch(fake, client, batchid):
    fake.script(Fault.drop(when="after", method="PUT"))
    assert await client.warehouses.batches.update(1, batchid, comment="Aisle 1")
    assert [record.method for record in fake.requests] == ["PUT", "PUT"]
    fake.reset()
    fake.script(Fault.drop(when="after", method="PUT"))
    with pytest.raises(errors.ReadError) as caught:
        await client.warehouses.batches.update(1, batchid, warehousebatchstate=20)
    assert caught.value.sent == "unknown"
    assert [record.method for record in fake.requests] == ["PUT"]


async def test_a_batch_that_is_closed_tells_its_transaction_however_often_it_is_asked(
    fake, client, batchid
):
    batches = client.warehouses.batches
    await batches.items.set(1, batchid, sku="S-1", decimalquantity=9)
    transactionid = await batches.close(1, batchid, comment="Autumn", reasoncode="7")
    assert [(record.method, record.json) for record in fake.requests[1:]] == [
        ("GET", None),
        ("PUT", {"comment": "Autumn", "reasoncode": "7", "warehousebatchstate": 20}),
        ("GET", None),
    ]
    made = await client.warehouses.transactions.get(1, transactionid)
    assert (made.transactiontype, made.description, made.reasoncode) == (50, "Autumn", "7")
    fake.reset()
    assert await batches.close(1, batchid) == transactionid
    assert [record.method for record in fake.requests] == ["GET"]


async def test_a_batch_whose_closing_got_no_answer_is_looked_at_and_not_closed_twice(
    fake, client, batchid
):
    fake.script(Fault.drop(when="after", method="PUT"))
    assert await client.warehouses.batches.close(1, batchid) is not None
    assert [record.method for record in fake.requests] == ["GET", "PUT", "GET"]


async def test_what_can_not_be_said_of_a_closed_batch_costs_no_request(fake, client, batchid):
    for values in ({"coment": "Autumn"}, {"reasoncode": 7}, {"warehousebatchstate": 10}):
        with pytest.raises(errors.InvalidInputError) as caught:
            await client.warehouses.batches.close(1, batchid, **values)
        assert caught.value.field == next(iter(values))
    assert fake.requests == []


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"decimalquantity": 1}, "sku"),
        ({"sku": "S-1", "warehouseitemid": 1}, "warehouseitemid"),
        ({"sku": "S-1", "moneypricein": Decimal("0.001")}, "moneypricein"),
    ],
)
async def test_an_item_that_can_not_be_sent_is_refused(fake, client, batchid, item, field):
    items = client.warehouses.batches.items
    with pytest.raises(errors.InvalidInputError) as caught:
        await items.set(1, batchid, **item)
    assert caught.value.field == field
    with pytest.raises(errors.InvalidInputError) as caught:
        await items.set_many(1, batchid, [item])
    assert (caught.value.field, caught.value.index) == (field, 0)
    assert fake.requests == []


async def test_what_names_no_article_can_not_be_taken_out(fake, client, batchid):
    for item in ({"comment": "x"}, 5):
        with pytest.raises(errors.InvalidInputError) as caught:
            await client.warehouses.batches.items.delete(1, batchid, item)
        assert caught.value.field == "sku"
    assert fake.requests == []


async def test_an_update_of_another_batch_is_refused(fake, client, batchid):
    for values in ({"warehousebatchid": batchid + 1}, {"warehouseid": 2}):
        with pytest.raises(errors.InvalidInputError, match="another"):
            await client.warehouses.batches.update(
                1, batchid, WarehouseBatch(**values, comment="x")
            )
    assert fake.requests == []
