"""Orders, their deliveries and logs: what the server sees, and what is refused before it does."""

from __future__ import annotations

import asyncio
import copy
import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sitoo_async import changes, errors, is_set
from sitoo_async.models import (
    Order,
    OrderDelivery,
    OrderItem,
    OrderLogItem,
    OrderLogType,
    OrderState,
    OrderType,
    PaymentState,
)
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = pytest.mark.virtual_time

ROW = {"productname": "Sofa Cosy", "sku": "10038-2", "quantity": 2, "moneyrowprice": "250.00"}


@pytest.fixture
async def fake_sitoo():
    async with FakeSitoo(orders=0) as fake:
        yield fake


@pytest.fixture
async def warehouseid(sitoo):
    response = await sitoo.request("GET", "/sites/1/warehouses.json", params={"num": 1})
    return json.loads(response.body)["items"][0]["warehouseid"]


@pytest.fixture
async def orderid(sitoo):
    return await sitoo.orders.add(ordertypeid=OrderType.ORDER, orderitems=[{**ROW, "vatvalue": 25}])


async def add_orders(sitoo, count):
    return [await sitoo.orders.add(ordertypeid=OrderType.ORDER) for _ in range(count)]


def seen(fake, method=None):
    return [record for record in fake.requests if method in (None, record.method)]


def target(record):
    return record.raw_path.partition("/90316")[2]


# ------------------------------------------------------------------------------------ one order


async def test_an_order_is_added_fetched_and_changed(fake_sitoo, sitoo):
    orderid = await sitoo.orders.add(
        ordertypeid=OrderType.ORDER,
        currencycode="USD",
        orderdate=datetime(2024, 5, 1, 12, tzinfo=UTC),
        orderitems=[
            OrderItem(
                productname="Sofa",
                sku="S1",
                quantity=2,
                moneyrowprice=Decimal(250),
                moneyrowdiscount=Decimal("50.00"),
                vatvalue=25,
            )
        ],
        payments=[{"name": "Card", "moneyamount": Decimal("200.00")}],
        additionaldata={"weborder": "true"},
    )
    added, *_ = seen(fake_sitoo, "POST")
    assert added.path == "/sites/1/orders.json"
    assert added.json["orderdate"] == 1714564800
    assert added.json["orderitems"][0]["moneyrowprice"] == "250.00"
    assert added.json["payments"] == [{"name": "Card", "moneyamount": "200.00"}]
    order = await sitoo.orders.get(orderid)
    assert order.moneyfinal_net == Decimal("160.00")
    assert order.moneytotal_gross_all == Decimal("200.00")
    assert (order.orderstateid, order.paymentstateid) == (OrderState.OPEN, PaymentState.NONE)
    assert not is_set(order.orderitems[0], "moneyrowprice")
    assert order.additionaldata == {"weborder": "true"}
    assert await sitoo.orders.update(orderid, namefirst="Adam", namelast="Smith") is True
    changed = seen(fake_sitoo, "PUT")[0]
    assert changed.path == f"/sites/1/orders/{orderid}.json"
    assert changed.json == {"namefirst": "Adam", "namelast": "Smith"}


async def test_the_difference_of_two_states_is_an_update(fake_sitoo, sitoo, orderid):
    before = await sitoo.orders.get(orderid)
    after = await sitoo.orders.get(orderid)
    after.comment = "Ring twice"
    await sitoo.orders.update(orderid, changes(before, after))
    assert seen(fake_sitoo, "PUT")[0].json == {"comment": "Ring twice"}


async def test_what_sitoo_worked_out_of_a_row_is_not_sent_back(fake_sitoo, sitoo, orderid):
    before = await sitoo.orders.get(orderid)
    after = copy.deepcopy(before)
    after.orderitems[0].productname = "Sofa Cosy, grey"
    await sitoo.orders.update(orderid, changes(before, after))
    (row,) = seen(fake_sitoo, "PUT")[0].json["orderitems"]
    assert row["productname"] == "Sofa Cosy, grey"
    assert "orderitemid" not in row
    with pytest.raises(errors.InvalidInputError, match="read-only") as caught:
        await sitoo.orders.update(orderid, orderitems=[{**ROW, "orderitemid": 0}])
    assert caught.value.field == "orderitems[0].orderitemid"


@pytest.mark.parametrize(
    ("values", "sent"),
    [
        ({"comment": "x", "externalid": "A"}, 2),
        ({"orderstateid": OrderState.CLOSED}, 1),
        ({"payments": [{"name": "Card", "moneyamount": Decimal(7)}], "comment": "x"}, 1),
        ({"reservedpayments": []}, 1),
        ({"orderitems": [{**ROW, "vatvalue": 25}]}, 1),
    ],
    ids=["text", "state", "payments", "reserved", "rows"],
)
async def test_a_lost_update_is_sent_again_unless_it_may_do_more_than_set(
    fake_sitoo, sitoo, orderid, values, sent
):
    fake_sitoo.script(Fault.drop(method="PUT", when="after"))
    result = await asyncio.gather(sitoo.orders.update(orderid, **values), return_exceptions=True)
    assert [getattr(each, "sent", each) for each in result] == [True if sent == 2 else "unknown"]
    assert len(seen(fake_sitoo, "PUT")) == sent


async def test_an_order_of_another_site_is_another(fake_sitoo, sitoo, orderid):
    with pytest.raises(errors.NotFoundError):
        await sitoo.site(2).orders.get(orderid)
    assert fake_sitoo.requests[-1].path == f"/sites/2/orders/{orderid}.json"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        pytest.param({}, "ordertypeid", id="without its type"),
        pytest.param({"ordertypeid": 10, "orderid": 7}, "orderid", id="with an id"),
        pytest.param({"ordertypeid": 10, "moneytotal_net": 1}, "moneytotal_net", id="with a total"),
        pytest.param(
            {"ordertypeid": 10, "orderitems": [{"productname": "Sofa"}]},
            "orderitems[0].quantity",
            id="with half a row",
        ),
        pytest.param(
            {"ordertypeid": 10, "additionaldata": {"crm-customerid": 7}},
            "additionaldata.crm-customerid",
            id="with a number in the data",
        ),
        pytest.param(
            {"ordertypeid": 10, "reservedpayments": [{"id": "1", "name": "Card"}]},
            "reservedpayments[0].moneyreserved",
            id="with half a reserved payment",
        ),
    ],
)
async def test_an_order_that_can_t_be_added_is_not_sent(fake_sitoo, sitoo, values, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.orders.add(**values)
    assert caught.value.field == field
    assert fake_sitoo.requests == []


async def test_an_update_of_another_order_is_not_sent(fake_sitoo, sitoo):
    with pytest.raises(errors.InvalidInputError, match="another orderid"):
        await sitoo.orders.update(7, Order(orderid=8, comment="x"))
    with pytest.raises(errors.InvalidInputError, match="orderid must be an int"):
        await sitoo.orders.update("7", comment="x")
    assert fake_sitoo.requests == []


async def test_a_lost_update_is_sent_again_and_a_lost_addition_is_not(fake_sitoo, sitoo, orderid):
    fake_sitoo.script(Fault.drop(method="PUT", when="after"))
    assert await sitoo.orders.update(orderid, comment="x") is True
    assert len(seen(fake_sitoo, "PUT")) == 2
    fake_sitoo.script(Fault.drop(method="POST", when="after"))
    with pytest.raises(errors.ReadError) as caught:
        await sitoo.orders.add(ordertypeid=OrderType.ORDER)
    assert caught.value.sent == "unknown"
    assert len(seen(fake_sitoo, "POST")) == 2  # the fixture's, and this one


async def test_quirk_5_3_18_orders_are_cancelled_and_never_deleted(fake_sitoo, sitoo, orderid):
    assert not hasattr(sitoo.orders, "delete")
    await sitoo.orders.update(orderid, orderstateid=OrderState.CANCELLED)
    assert seen(fake_sitoo, "PUT")[0].json == {"orderstateid": 20}
    page = await sitoo.orders.list(orderstate=[OrderState.CANCELLED])
    assert [order.orderid for order in page] == [orderid]


# ------------------------------------------------------------------------------------- the walk


async def test_orders_are_walked_by_ascending_id(fake_sitoo, sitoo):
    orderids = await add_orders(sitoo, 5)
    fake_sitoo.requests.clear()
    orders = sitoo.orders.list(fields=["ordertypeid"], page_size=2)
    assert [order.orderid async for order in orders] == orderids
    first, second, third = orderids[0], orderids[1], orderids[3]
    assert target(fake_sitoo.requests[0]) == (
        "/sites/1/orders.json?orderidfrom=1&num=2&sort=orderid&fields=ordertypeid,orderid"
    )
    assert [int(record.query["orderidfrom"][0]) for record in fake_sitoo.requests] == [
        first,
        second + 1,
        third + 1,
    ]
    assert orders.position == orderids[-1]
    assert await orders.count() == 5


async def test_quirk_5_3_16_a_walk_misses_nothing_while_orders_come_in(sitoo):
    orderids = await add_orders(sitoo, 4)
    found = []
    async for order in sitoo.orders.list(page_size=2):
        found.append(order.orderid)
        if len(found) == 2:
            orderids += await add_orders(sitoo, 2)
    assert found == orderids


async def test_quirk_5_3_17_an_order_that_comes_late_is_found_behind_the_last_id(sitoo):
    await sitoo.orders.add(ordertypeid=OrderType.ORDER, orderdate=datetime(2024, 5, 2, tzinfo=UTC))
    orders = sitoo.orders.list()
    await orders.collect()
    late = await sitoo.orders.add(
        ordertypeid=OrderType.ORDER, orderdate=datetime(2024, 5, 1, tzinfo=UTC)
    )
    new = sitoo.orders.list(since_id=orders.position)
    assert [order.orderid async for order in new] == [late]
    by_date = sitoo.orders.list(orderdatefrom=datetime(2024, 5, 2, tzinfo=UTC))
    assert late not in [order.orderid async for order in by_date]


async def test_with_an_order_or_an_index_the_rows_are_counted(fake_sitoo, sitoo):
    orderids = await add_orders(sitoo, 3)
    newest = await sitoo.orders.list(sort="-orderid").first()
    assert newest.orderid == orderids[-1]
    assert target(fake_sitoo.requests[-1]) == "/sites/1/orders.json?sort=-orderid&start=0&num=1"
    assert len(await sitoo.orders.list(start=2).collect()) == 1
    assert target(fake_sitoo.requests[-1]) == "/sites/1/orders.json?start=2&num=1000"


async def test_the_orders_of_all_sites_are_walked_alike(fake_sitoo, sitoo):
    here = await sitoo.orders.add(ordertypeid=OrderType.ORDER)
    there = await sitoo.site(2).orders.add(ordertypeid=OrderType.ORDER)
    found = await sitoo.orders.list_all(since_id=here - 1).collect()
    assert [order.orderid for order in found] == [here, there]
    only = await sitoo.orders.list_all(eshopid=[2], fields=["orderid"])
    assert [order.orderid for order in only] == [there]
    assert target(fake_sitoo.requests[-1]) == (
        "/orders.json?eshopid=2&orderidfrom=1&num=1000&sort=orderid&fields=orderid"
    )


async def test_quirk_5_3_5_filters_are_joined_by_commas(fake_sitoo, sitoo):
    await sitoo.orders.list(
        externalid=["A-1", "A-2"],
        orderstate=[OrderState.OPEN, OrderState.CLOSED],
        paymentstate=[PaymentState.RESERVED],
        ordertype=[OrderType.ORDER],
        warehouseid=[4, 5],
        email="john.smith@example.com",
        orderidto=900,
        orderdatefrom=datetime(2024, 5, 1, microsecond=5, tzinfo=UTC),
        orderdateto=datetime(2024, 5, 2, tzinfo=UTC),
    )
    assert target(fake_sitoo.requests[0]).partition("?")[2] == (
        "externalid=A-1,A-2&orderstate=0,10&paymentstate=15&ordertype=10&warehouseid=4,5"
        "&email=john.smith%40example.com&orderidto=900&orderdatefrom=1714521600"
        "&orderdateto=1714608000&orderidfrom=1&num=1000&sort=orderid"
    )


async def test_quirk_5_3_4_a_filter_that_sitoo_would_ignore_is_refused(fake_sitoo, sitoo):
    with pytest.raises(errors.InvalidInputError, match="orderdatefrom") as caught:
        sitoo.orders.list(orderdate_from=datetime(2024, 5, 1, tzinfo=UTC))
    assert caught.value.field == "orderdate_from"
    with pytest.raises(errors.InvalidInputError, match="eshopid"):
        sitoo.orders.list(eshopid=[1])
    assert fake_sitoo.requests == []


@pytest.mark.parametrize("stronger", [{"receiptid": "SII0001"}, {"creditorderid": 7}])
async def test_an_orderid_beside_what_overrides_it_is_refused(fake_sitoo, sitoo, stronger):
    with pytest.raises(errors.InvalidInputError, match="ignores orderid") as caught:
        sitoo.orders.list(orderid=[1], **stronger)
    assert caught.value.field == "orderid"
    await sitoo.orders.list(**stronger)
    ((name, value),) = stronger.items()
    assert fake_sitoo.requests[0].query[name] == [str(value)]


# ----------------------------------------------------------------------------------- deliveries


async def test_a_delivery_is_added_and_listed(fake_sitoo, sitoo, orderid, warehouseid):
    orderdeliveryid = await sitoo.orders.deliveries.add(
        orderid,
        warehouseid=warehouseid,
        orderdeliveryref="D123",
        orderdeliveryitems=[{"orderitemid": 0, "quantity": 1}],
    )
    sent = fake_sitoo.requests[-1]
    assert target(sent) == f"/sites/1/orders/{orderid}/orderdeliveries.json"
    assert sent.json["orderdeliveryitems"] == [{"orderitemid": 0, "quantity": 1}]
    (delivery,) = await sitoo.orders.deliveries.list(orderid)
    assert (delivery.orderdeliveryid, delivery.orderid) == (orderdeliveryid, orderid)
    assert delivery.orderdeliveryitems[0].quantity == 1
    assert target(fake_sitoo.requests[-1]) == f"/sites/1/orders/{orderid}/orderdeliveries.json"


async def test_quirk_5_3_22_the_stock_is_left_alone_by_a_word(
    fake_sitoo, sitoo, orderid, warehouseid
):
    item = OrderDelivery(
        warehouseid=warehouseid, orderdeliveryitems=[{"orderitemid": 0, "quantity": 1}]
    )
    await sitoo.orders.deliveries.add(orderid, item, ignorestock=True)
    assert target(fake_sitoo.requests[-1]).endswith("/orderdeliveries.json?ignorestock=true")
    assert len(await sitoo.orders.deliveries.list(orderid, ignorestock=False).collect()) == 1
    assert target(fake_sitoo.requests[-1]).endswith("/orderdeliveries.json?ignorestock=false")


async def test_a_delivery_that_can_t_be_added_is_not_sent(fake_sitoo, sitoo):
    with pytest.raises(errors.InvalidInputError, match="warehouseid is required"):
        await sitoo.orders.deliveries.add(7, orderdeliveryitems=[])
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.orders.deliveries.add(7, warehouseid=1, orderdeliveryitems=[{"orderitemid": 0}])
    assert caught.value.field == "orderdeliveryitems[0].quantity"
    with pytest.raises(errors.InvalidInputError, match="ignorestock must be True or False"):
        await sitoo.orders.deliveries.add(
            7, warehouseid=1, orderdeliveryitems=[], ignorestock="yes"
        )
    assert fake_sitoo.requests == []


async def test_a_lost_delivery_is_not_made_twice(fake_sitoo, sitoo, orderid, warehouseid):
    fake_sitoo.script(Fault.html502(method="POST", when="after"))
    with pytest.raises(errors.ServerError) as caught:
        await sitoo.orders.deliveries.add(
            orderid,
            warehouseid=warehouseid,
            orderdeliveryitems=[{"orderitemid": 0, "quantity": 1}],
        )
    assert caught.value.sent == "unknown"
    assert len(await sitoo.orders.deliveries.list(orderid).collect()) == 1


async def test_what_nobody_has_seen_documented_says_so(fake_sitoo, sitoo, orderid, warehouseid):
    orderdeliveryid = await sitoo.orders.deliveries.add(
        orderid, warehouseid=warehouseid, orderdeliveryitems=[{"orderitemid": 0, "quantity": 1}]
    )
    with pytest.warns(errors.UnverifiedEndpointWarning, match="orderdeliveries"):
        every = sitoo.orders.deliveries.list_all(page_size=7)
    assert [delivery.orderdeliveryid async for delivery in every] == [orderdeliveryid]
    assert target(fake_sitoo.requests[-1]) == "/sites/1/orderdeliveries.json?start=0&num=7"
    with pytest.warns(errors.UnverifiedEndpointWarning, match="orderdeliveryid"):
        changed = await sitoo.orders.deliveries.update(
            orderid, orderdeliveryid, orderdeliveryref="D9"
        )
    assert changed is True
    sent = fake_sitoo.requests[-1]
    assert (sent.method, sent.json) == ("PUT", {"orderdeliveryref": "D9"})
    assert target(sent) == f"/sites/1/orders/{orderid}/orderdeliveries/{orderdeliveryid}.json"
    fake_sitoo.script(Fault.drop(method="PUT"))
    with pytest.raises(errors.ReadError):
        await sitoo.orders.deliveries.update(orderid, orderdeliveryid, orderdeliveryref="D10")


# -------------------------------------------------------------------------------------- the log


async def test_an_order_is_logged_as_ready_for_pickup(fake_sitoo, sitoo, orderid):
    ready = OrderLogItem(orderlogtypeid=OrderLogType.READY_FOR_PICKUP)
    assert await sitoo.orders.log_items.add(orderid, ready) is True
    sent = fake_sitoo.requests[-1]
    assert target(sent) == f"/sites/1/orders/{orderid}/orderlogitems.json"
    assert sent.json == {"orderlogtypeid": 900}
    logged = await sitoo.orders.log_items.list(orderid).collect()
    assert target(fake_sitoo.requests[-1]) == f"/sites/1/orders/{orderid}/orderlogitems.json"
    assert logged[-1].orderlogtypeid is OrderLogType.READY_FOR_PICKUP
    assert logged[-1].orderid == orderid
    with pytest.raises(errors.InvalidInputError, match="orderlogtypeid is required"):
        await sitoo.orders.log_items.add(orderid, strvalue="x")


async def test_a_type_that_only_sitoo_logs_is_read_as_its_number(fake_sitoo, sitoo, orderid):
    row = {"datelog": 1463041059, "orderlogtypeid": 70, "strvalue": None, "fvalue": 10}
    fake_sitoo.script(Fault.answer(200, body={"totalcount": 1, "items": [row]}))
    (logged,) = await sitoo.orders.log_items.list(orderid)
    assert (logged.orderlogtypeid, logged.fvalue, logged.strvalue) == (70, 10, None)
    assert not is_set(logged, "orderid")
