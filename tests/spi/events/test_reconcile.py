"""What no event told is given, once, from where it was left; and nothing that one told of."""

from __future__ import annotations

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from sitoo_async import SitooClient
from sitoo_async.errors import InvalidInputError
from sitoo_async.models import Order, PosZReport, WarehouseTransaction
from sitoo_async.testing import FakeSitoo
from tests.spi.events._events import batch, event, post

pytestmark = pytest.mark.virtual_time

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_ids = count(1)


@pytest.fixture
async def fake():
    async with FakeSitoo(products=3) as server:
        yield server


@pytest.fixture
async def sitoo(fake):
    async with SitooClient(**fake.credentials) as client:
        yield client


async def tell(events, event_type, **data):
    """Let an event tell of something."""
    assert (await post(events, batch(event(next(_ids), event_type, data)))).status == 200


async def missed(events, sitoo, *kinds, since=LONG_AGO, **options):
    return [each async for each in events.reconcile(sitoo, since=since, kinds=kinds, **options)]


async def test_orders_that_no_event_told_of_are_given_once(events, sitoo, fake):
    for orderid in (1, 3, 23):
        await tell(events, "order", eshop_id=1, order_id=orderid)
    await tell(events, "booking", eshop_id=2, order_id=4)
    first = await missed(events, sitoo, "order")
    assert [each.item.orderid for each in first] == [*({*range(1, 25)} - {1, 3, 4, 23})]
    assert all(isinstance(each.item, Order) for each in first)
    assert (first[0].kind, first[0].key) == ("order", "ORDER 2")
    assert "item" not in repr(first[0])
    assert await missed(events, sitoo, "order") == []

    # An order of a register that was offline has an old date and a new id.
    told, late = (
        fake.add("/sites/1/orders", {"ordertypeid": 10, "orderdate": 946684800}) for _ in range(2)
    )
    await tell(events, "order", eshop_id=1, order_id=told)
    (only,) = await missed(events, sitoo, "order", since=datetime.now(UTC))
    assert only.item.orderid == late


async def test_the_first_time_it_begins_where_it_is_told_to(events, sitoo):
    (order,) = await sitoo.orders.list_all().collect(limit=1)
    last = await missed(events, sitoo, "order", since=datetime(2020, 9, 24, tzinfo=UTC))
    assert [each.item.orderid for each in last] == [21, 22, 23, 24]
    assert order.orderid == 1


async def test_what_is_too_young_is_left_for_the_next_time_and_a_date_to_come_counts_for_nothing(
    events, sitoo, fake
):
    orders = fake.items("/sites/1/orders")
    now = datetime.now(UTC)
    orders[5]["orderdate"] = int((now + timedelta(days=365)).timestamp())
    orders[7]["orderdate"] = int((now - timedelta(minutes=50)).timestamp())
    first = await missed(events, sitoo, "order")
    assert [each.item.orderid for each in first] == [1, 2, 3, 4, 5, 6]
    rest = await missed(events, sitoo, "order", settled=timedelta(minutes=10))
    assert [each.item.orderid for each in rest] == [*range(7, 25)]


async def test_after_a_crash_what_was_at_hand_is_given_again_and_nothing_else(events, sitoo):
    given = []
    for _ in range(3):  # each time it crashes over the third
        async with aclosing(events.reconcile(sitoo, since=LONG_AGO, kinds=["order"])) as walk:
            async for each in walk:
                given.append(each.item.orderid)
                if len(given) % 3 == 0:
                    break
    assert given == [1, 2, 3, 3, 4, 5, 5, 6, 7]
    given += [each.item.orderid for each in await missed(events, sitoo, "order")]
    assert given[9:] == [*range(7, 25)]


async def test_reports_are_walked_by_arrival_and_those_of_one_moment_each_given_once(
    events, sitoo, fake
):
    reports = await sitoo.z_reports.list().collect()
    one = reports[2]
    await tell(events, "z-report", register_id=one.registerid.lower(), z_report_id=1)
    given = []
    for _ in range(3):
        async with aclosing(events.reconcile(sitoo, since=LONG_AGO, kinds=["z-report"])) as walk:
            async for each in walk:
                assert isinstance(each.item, PosZReport)
                given.append((each.item.registerid, each.item.zreportid))
                if len(given) in {2, 5}:  # in the middle of those of one moment
                    break
    expected = [(each.registerid, each.zreportid) for each in reports if each is not one]
    assert given == [*expected[:2], *expected[1:4], *expected[3:]]
    assert await missed(events, sitoo, "z-report") == []
    fake.add_z_report(one.registerid)
    assert len(await missed(events, sitoo, "z-report")) == 1
    # What is noted may lie beyond what is old enough.
    assert await missed(events, sitoo, "z-report", settled=timedelta(days=36500)) == []


async def test_movements_are_walked_by_id_site_by_site(events, sitoo, fake):
    await tell(events, "warehouse-transaction", eshop_id=1, warehouse_transaction_id=5)
    await tell(events, "warehouse-transaction", eshop_id=1, warehouse_transaction_id=6)
    first = await missed(events, sitoo, "warehouse-transaction")
    assert all(isinstance(each.item, WarehouseTransaction) for each in first)
    expected = [
        (siteid, each.warehousetransactionid)
        for siteid in (1, 2)
        for each in await sitoo.site(siteid).warehouse_transactions.list().collect()
        if each.warehousetransactionid != 5  # 6 is one of the other site
    ]
    keys = [f"WAREHOUSE-TRANSACTION {siteid}/{number}" for siteid, number in expected]
    assert [each.key for each in first] == keys
    assert await missed(events, sitoo, "warehouse-transaction") == []


async def test_journals_are_walked_register_by_register_and_all_of_them_given(events, sitoo, fake):
    first = await missed(events, sitoo, "journal-entry")
    registers = [each.registerid for each in await sitoo.cash_registers.list().collect()]
    assert {each.item.registerid for each in first} > {*registers}  # and those of the other site
    assert len({each.key for each in first}) == len(first)
    assert await missed(events, sitoo, "journal-entry") == []
    number = fake.add_journal_entry(registers[1], "login")
    (only,) = await missed(events, sitoo, "journal-entry")
    assert (only.item.registerid, only.item.id) == (registers[1], number)


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("since", datetime(2020, 1, 1), "since"),  # noqa: DTZ001 - a naive one is meant
        ("since", None, "since"),
        ("settled", 60, "settled must be a duration"),
        ("kinds", "order", "kinds must be several of order, z-report"),
        ("kinds", ["orders"], "'orders' is nothing to look at"),
    ],
)
async def test_what_can_not_be_looked_at_is_told_before_anything_is_sent(
    option, value, said, events, sitoo
):
    with pytest.raises(InvalidInputError, match=said) as caught:
        async for _ in events.reconcile(sitoo, **{"since": LONG_AGO, option: value}):
            pass
    assert caught.value.field == option
    assert sitoo.stats().sent == 0
