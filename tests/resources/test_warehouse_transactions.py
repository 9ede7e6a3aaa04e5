"""Warehouse transactions against the fake server."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sitoo_async import errors
from sitoo_async.models import TransactionType, WarehouseItemLog, WarehouseTransaction
from sitoo_async.testing import Fault

pytestmark = [pytest.mark.virtual_time, pytest.mark.account(orders=0)]

VIRTUAL = 3


def move_in(warehouseid, quantity, sku="Q100"):
    return {
        "warehouseid": warehouseid,
        "transactiontype": TransactionType.MOVE_IN,
        "items": [{"sku": sku, "decimalquantity": quantity, "moneypricein": Decimal("3.45")}],
    }


async def test_stock_is_moved_in_and_out(fake, client):
    moved = await client.warehouse_transactions.add(**move_in(1, 13), externalid="EXT")
    assert fake.requests[-1].json == {
        "warehouseid": 1,
        "transactiontype": 10,
        "items": [{"sku": "Q100", "decimalquantity": "13.000", "moneypricein": "3.45"}],
        "externalid": "EXT",
    }
    await client.warehouse_transactions.add(
        WarehouseTransaction(
            warehouseid=1,
            transactiontype=TransactionType.MOVE_OUT,
            items=[WarehouseItemLog(sku="Q100", decimalquantity=Decimal("-1.5"))],
        )
    )
    assert fake.items("/sites/1/warehouses/1/warehouseitems")["Q100"]["decimaltotal"] == "11.500"
    found = await client.warehouses.transactions.get(1, moved)
    assert (found.transactiontype, found.externalid) == (TransactionType.MOVE_IN, "EXT")
    assert found.items[0].moneyvalue == Decimal("44.85")
    assert fake.requests[-1].path == f"/sites/1/warehouses/1/warehousetransactions/{moved}.json"


async def test_many_transactions_have_one_outcome_each(fake, client):
    result = await client.warehouse_transactions.add_many(
        [move_in(1, 1), move_in(VIRTUAL, 1), move_in(2, 1)], chunk_size=2
    )
    assert [outcome.ok for outcome in result] == [True, False, True]
    assert [len(record.json) for record in fake.requests] == [2, 1]
    assert result[0].value < result[2].value


async def test_one_request_holds_at_most_1000_transactions(fake, client):
    with pytest.raises(errors.InvalidInputError, match="at most 1000") as caught:
        client.warehouse_transactions.add_many([], chunk_size=1001)
    assert caught.value.field == "chunk_size"
    result = await client.warehouse_transactions.add_many(
        [move_in(1, 1) for _ in range(1001)], chunk_size=1000
    )
    result.raise_for_failures()
    assert [len(record.json) for record in fake.requests] == [1000, 1]


async def test_a_transaction_whose_answer_was_lost_is_not_sent_again(fake, client):
    fake.script(Fault.drop(when="after", method="POST", times=2))
    with pytest.raises(errors.ReadError) as caught:
        await client.warehouse_transactions.add(**move_in(1, 1))
    assert caught.value.sent == "unknown"
    result = await client.warehouse_transactions.add_many([move_in(1, 1), move_in(1, 1)])
    assert [outcome.error.sent for outcome in result] == ["unknown", "unknown"]
    assert len(fake.requests) == 2
    assert fake.items("/sites/1/warehouses/1/warehouseitems")["Q100"]["decimaltotal"] == "3.000"


async def test_quirk_5_3_16_new_transactions_do_not_disturb_a_walk(fake, client):
    for number in range(5):
        await client.warehouse_transactions.add(**move_in(1 + number % 2, 1))
    fake.reset()
    walk = client.warehouse_transactions.list(
        page_size=2, fields=["warehousetransactionid", "warehouseid"]
    )
    seen = []
    async for transaction in walk:
        seen.append(transaction.warehousetransactionid)
        if len(seen) == 3:
            await client.warehouse_transactions.add(**move_in(1, 1))
    assert seen == sorted(set(seen))
    assert len(seen) == 2 + 5 + 1
    queries = [record.query for record in fake.requests if record.method == "GET"]
    assert all(query["sort"] == ["warehousetransactionid"] for query in queries)
    assert not any("start" in query for query in queries)
    # The next poll begins behind the last one.
    later = await client.warehouse_transactions.add(**move_in(2, 1))
    again = client.warehouse_transactions.list(since_id=walk.position)
    assert [each.warehousetransactionid async for each in again] == [later]
    assert await client.warehouse_transactions.list(since_id=later).count() == 0


async def test_the_transactions_of_one_warehouse_are_walked(fake, client):
    added = [await client.warehouse_transactions.add(**move_in(2, 1)) for _ in range(3)]
    walk = client.warehouses.transactions.list(2, since_id=added[0] - 1, page_size=2)
    assert [each.warehousetransactionid async for each in walk] == added
    assert fake.requests[-1].path == "/sites/1/warehouses/2/warehousetransactions.json"
    newest = await client.warehouses.transactions.list(2, sort="-warehousetransactionid").first()
    assert newest.warehousetransactionid == added[-1]


async def test_filters_are_written_as_sitoo_reads_them(fake, client):
    await client.warehouse_transactions.list(
        warehouseid=2,
        transactiontype=TransactionType.MOVE_IN,
        warehousetransactionid=[1, 2],
        warehousetransactionidfrom=1,
        warehousetransactionidto=9,
        datecreatedfrom=datetime(2001, 1, 1, tzinfo=UTC),
        datecreatedto=datetime(2101, 1, 1, tzinfo=UTC),
    )
    assert fake.requests[-1].query == {
        "warehouseid": ["2"],
        "transactiontype": ["10"],
        "warehousetransactionid": ["1,2"],
        "warehousetransactionidto": ["9"],
        "datecreatedfrom": ["978307200"],
        "datecreatedto": ["4133980800"],
        "warehousetransactionidfrom": ["1"],
        "num": ["1000"],
        "sort": ["warehousetransactionid"],
    }


async def test_one_warehouse_is_not_filtered_by_warehouse(fake, client):
    with pytest.raises(errors.InvalidInputError, match="'warehouseid' is not a filter here"):
        client.warehouses.transactions.list(1, warehouseid=2)
    assert fake.requests == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"items": [{"sku": "Q100"}]}, "items[0].decimalquantity"),
        ({"items": [{"decimalquantity": 1}]}, "items[0].sku"),
        ({"items": [{"sku": "Q", "decimalquantity": 1, "moneyvalue": 1}]}, "items[0].moneyvalue"),
        ({"orderdeliveryid": 5}, "orderdeliveryid"),
        ({"transactiontype": "in"}, "transactiontype"),
    ],
)
async def test_a_transaction_that_can_not_be_sent_is_refused(fake, client, change, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await client.warehouse_transactions.add(**(move_in(1, 1) | change))
    assert caught.value.field == field
    assert fake.requests == []


@pytest.mark.parametrize("size", ["5", None, 0, 1001, True], ids=repr)
async def test_a_chunk_size_that_is_none_is_refused(client, size):
    with pytest.raises(errors.InvalidInputError) as caught:
        client.warehouse_transactions.add_many([], chunk_size=size)
    assert caught.value.field == "chunk_size"
