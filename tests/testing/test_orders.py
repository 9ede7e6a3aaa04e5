"""Orders on FakeSitoo: computed totals, filters, deliveries that move stock, the log."""

from __future__ import annotations

import copy

import pytest

from sitoo_async.testing import FakeSitoo

ORDERS = "/sites/1/orders.json"
STOCK = "/sites/1/warehouses/1/warehouseitems"
WEB_STOCK = "/sites/1/warehouses/3/warehouseitems"
MOVES = "/sites/1/warehouses/1/warehousetransactions"

# The rows of the reference's example.
ROWS = [
    {
        "productname": "Sofa Cosy",
        "sku": "10001-1",
        "quantity": 1,
        "moneyrowprice": "125.00",
        "vatvalue": 25,
    },
    {
        "productname": "Sofa Cosy",
        "sku": "83428-0",
        "quantity": 2,
        "moneyrowprice": "250.00",
        "moneyrowdiscount": "50.00",
        "vatvalue": 25,
    },
    {
        "productname": "Sofa Stressless",
        "sku": "83537-0",
        "quantity": 1,
        "moneyrowprice": "106.00",
        "vatvalue": 6,
    },
]


@pytest.fixture
async def fake_sitoo():
    async with FakeSitoo(products=25) as fake:
        yield fake


@pytest.fixture
def orderid(fake_sitoo):
    return fake_sitoo.add(ORDERS, {"ordertypeid": 10, "orderitems": ROWS})


@pytest.fixture
def order(fake_sitoo, orderid):
    return fake_sitoo.items(ORDERS)[orderid]


@pytest.fixture
def deliveries(orderid):
    return f"/sites/1/orders/{orderid}/orderdeliveries.json"


def ids(reply):
    return [item["orderid"] for item in reply.json["items"]]


def total(fake, sku="10001-1", stock=STOCK):
    return fake.items(stock)[sku]["decimaltotal"]


def test_totals_follow_from_the_rows(order):
    assert order["moneytotal_net"] == order["moneyfinal_net"] == "360.00"
    assert order["moneytotal_vat"] == order["moneyfinal_vat"] == "71.00"
    assert order["moneytotal_gross_all"] == "431.00"
    assert (order["orderstateid"], order["eshopid"], order["currencycode"]) == (0, 1, "SEK")


def test_a_row_reads_back_without_vat_and_with_the_index_as_its_id(order):
    first, second, third = order["orderitems"]
    assert [row["orderitemid"] for row in order["orderitems"]] == [0, 1, 2]
    assert (first["productid"], second["productid"], first["orderitemtype"]) == (1, 0, 10)
    assert (first["moneynetpriceperunit"], first["moneydiscountedprice"]) == ("100.00", "0.00")
    assert second["moneynetpriceperunit"] == second["moneydiscountedprice"] == "80.00"
    assert (second["moneyitemtotal_net"], second["moneyitemtotal_vat"]) == ("160.00", "40.00")
    assert (second["moneyoriginalprice"], second["moneydiscount"]) == ("100.00", "20.00")
    assert second["additionaldata"] == {"orderitem-moneyrowdiscount": "50.00"}
    assert second["decimalquantitytotal"] == "2.000"
    assert (third["moneyitemtotal_net"], third["moneyitemtotal_vat"]) == ("100.00", "6.00")
    assert not any(name.startswith("moneyrow") for name in first)


def test_a_row_of_units_has_a_price_per_quantity_beside_that_per_unit(fake_sitoo):
    # Two pieces of 0.5 each for 100.00 with 25 % VAT: 80.00 without, so 40.00 each, 80.00 for 1.
    row = {"productname": "x", "quantity": 2, "decimalunitquantity": "0.500"}
    row |= {"moneyrowprice": "100.00", "vatvalue": 25}
    key = fake_sitoo.add(ORDERS, {"ordertypeid": 10, "orderitems": [row]})
    [shown] = fake_sitoo.items(ORDERS)[key]["orderitems"]
    assert (shown["decimalquantitytotal"], shown["moneyitemtotal_net"]) == ("1.000", "80.00")
    assert (shown["moneynetpriceperunit"], shown["moneynetpriceperquantity"]) == ("40.00", "80.00")


@pytest.mark.parametrize("vatvalue", [-100, -100.5, -1000])
async def test_a_vat_that_leaves_nothing_of_a_price_is_refused(ask, fake_sitoo, orderid, vatvalue):
    before = len(fake_sitoo.items(ORDERS))
    rows = [ROWS[0], ROWS[1] | {"vatvalue": vatvalue}]
    for method, path, changes in [
        ("POST", ORDERS, {"ordertypeid": 10}),
        ("PUT", f"/sites/1/orders/{orderid}.json", {"comment": "x"}),
    ]:
        reply = await ask(method, path, {**changes, "orderitems": rows})
        assert (reply.status, reply.errortext) == (400, "Invalid value in vatvalue")
    assert len(fake_sitoo.items(ORDERS)) == before
    kept = fake_sitoo.items(ORDERS)[orderid]
    assert (kept["moneytotal_net"], kept["comment"]) == ("360.00", "")


class UnsettledError(Exception):
    """What a mistake in the fake server itself might raise."""


async def test_nothing_is_left_of_what_could_not_be_settled(fake_sitoo, orderid, monkeypatch):
    def fail(rows):
        raise UnsettledError

    before = copy.deepcopy(fake_sitoo.items(ORDERS))
    place = fake_sitoo._account.place("/sites/{}/orders", 1)
    monkeypatch.setattr("sitoo_async.testing._account.orders._totals", fail)
    with pytest.raises(UnsettledError):
        place.add({"ordertypeid": 10}, {})
    with pytest.raises(UnsettledError):
        place.update(orderid, {"comment": "x", "orderitems": []}, {})
    assert fake_sitoo.items(ORDERS) == before


def test_sales_taxes_are_added_to_the_total(fake_sitoo):
    tax = {"name": "State", "moneytotal": "100.00", "moneytax": "6.00", "decimaltaxvalue": "6.000"}
    row = {"productname": "x", "quantity": 1, "moneyrowprice": "100.00", "salestaxes": [tax]}
    key = fake_sitoo.add(ORDERS, {"ordertypeid": 10, "orderitems": [row]})
    order = fake_sitoo.items(ORDERS)[key]
    assert (order["moneyfinal_salestax"], order["moneytotal_gross_all"]) == ("6.00", "106.00")


async def test_new_rows_give_new_totals_and_other_changes_keep_them(ask, order, orderid):
    path = f"/sites/1/orders/{orderid}.json"
    await ask("PUT", path, {"namefirst": "Adam"})
    assert (order["namefirst"], order["moneytotal_gross_all"]) == ("Adam", "431.00")
    await ask("PUT", path, {"orderitems": ROWS[:1]})
    assert order["moneytotal_gross_all"] == "125.00"


async def test_an_order_is_cancelled_and_never_deleted(ask, order, orderid):
    path = f"/sites/1/orders/{orderid}.json"
    assert (await ask("DELETE", path)).status == 405
    assert (await ask("PUT", path, {"orderstateid": 20})).text == "true"
    assert order["orderstateid"] == 20


@pytest.mark.parametrize("path", [ORDERS, "/orders.json"])
async def test_the_latest_order_comes_first_unless_sort_says_otherwise(ask, path):
    shown = ids(await ask("GET", path))
    assert shown == sorted(shown, reverse=True)
    shown = ids(await ask("GET", f"{path}?sort=orderid"))
    assert shown == sorted(shown)
    assert (await ask("GET", f"{path}?sort=email")).status == 400


async def test_all_orders_are_those_of_all_sites(ask):
    items = (await ask("GET", "/orders.json?num=100")).json["items"]
    assert {item["eshopid"] for item in items} == {1, 2}
    assert len(items) == 24
    assert len(ids(await ask("GET", "/orders.json?num=100&eshopid=2"))) == 12
    assert (await ask("GET", "/sites/2/orders.json")).json["totalcount"] == 12


async def test_ids_from_are_inclusive_and_ids_to_exclusive(ask):
    assert ids(await ask("GET", f"{ORDERS}?orderidfrom=5&orderidto=9")) == [7, 5]


@pytest.fixture
def bare(fake_sitoo):
    """Three orders of site 1 that differ in what the filters look at."""
    store = fake_sitoo.items(ORDERS)
    store.clear()
    changes = [
        {"orderstateid": 10, "paymentstateid": 20, "email": "A@example.com", "warehouseid": 1},
        {"orderstateid": 20, "ordertypeid": 100, "externalid": "X1", "creditorderid": 77},
        {"additionaldata": {"pos-receiptid": "R1"}, "externalid": "x2", "warehouseid": 2},
    ]
    for index, change in enumerate(changes):
        key = fake_sitoo.add(ORDERS, {"ordertypeid": 10, "orderdate": 1000 + index, **change})
        store[101 + index] = {**store.pop(key), "orderid": 101 + index}
    return store


@pytest.mark.usefixtures("bare")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("orderstate=10,20", [102, 101]),
        ("paymentstate=0", [103, 102]),
        ("ordertype=100", [102]),
        ("email=a@EXAMPLE.com", [101]),
        ("externalid=x1,x2", [103, 102]),
        ("orderid=101,103,999", [103, 101]),
        ("warehouseid=1,2", [103, 101]),
        ("orderdatefrom=1001", [103, 102]),
        ("orderdateto=1001", [102, 101]),
        ("receiptid=R1&orderid=101", [103]),
        ("creditorderid=77&orderid=101", [102]),
        ("receiptid=R2", []),
    ],
)
async def test_filters(ask, query, expected):
    assert ids(await ask("GET", f"{ORDERS}?{query}")) == expected
    assert ids(await ask("GET", f"/orders.json?eshopid=1&{query}")) == expected


async def test_a_delivery_moves_stock_and_makes_a_transaction(ask, fake_sitoo, deliveries):
    before = float(total(fake_sitoo))
    sent = {"warehouseid": 1, "orderdeliveryitems": [{"orderitemid": 0, "quantity": 1}]}
    reply = await ask("POST", deliveries, sent)
    delivery = fake_sitoo.items(deliveries)[reply.json]
    [row] = delivery["orderdeliveryitems"]
    assert row["orderdeliveryid"] == delivery["orderdeliveryid"] == reply.json
    assert row["orderdeliveryitemid"]
    assert delivery["datecancelled"] is None
    assert float(total(fake_sitoo)) == before - 1
    latest = max(fake_sitoo.items(MOVES).values(), key=lambda move: move["warehousetransactionid"])
    assert (latest["transactiontype"], latest["orderdeliveryid"]) == (30, reply.json)
    assert [row["decimalquantity"] for row in latest["items"]] == ["-1.000"]


async def test_a_delivery_can_leave_the_stock_alone(ask, fake_sitoo, deliveries):
    before, moves = total(fake_sitoo), len(fake_sitoo.items(MOVES))
    sent = {"warehouseid": 1, "orderdeliveryitems": [{"orderitemid": 0, "quantity": 1}]}
    assert (await ask("POST", f"{deliveries}?ignorestock=true", sent)).status == 200
    assert (total(fake_sitoo), len(fake_sitoo.items(MOVES))) == (before, moves)


async def test_a_virtual_warehouse_delivers_without_a_transaction(ask, fake_sitoo, deliveries):
    before = float(total(fake_sitoo, stock=WEB_STOCK))
    sent = {"warehouseid": 3, "orderdeliveryitems": [{"orderitemid": 0, "quantity": 1}]}
    assert (await ask("POST", deliveries, sent)).status == 200
    assert float(total(fake_sitoo, stock=WEB_STOCK)) == before - 1
    assert fake_sitoo.items("/sites/1/warehouses/3/warehousetransactions") == {}


async def test_a_refund_puts_the_stock_back(ask, fake_sitoo):
    before = float(total(fake_sitoo))
    row = {"productname": "x", "sku": "10001-1", "quantity": -1, "moneyrowprice": "-10.00"}
    key = fake_sitoo.add(ORDERS, {"ordertypeid": 10, "orderitems": [row]})
    sent = {"warehouseid": 1, "orderdeliveryitems": [{"orderitemid": 0, "quantity": -1}]}
    await ask("POST", f"/sites/1/orders/{key}/orderdeliveries.json", sent)
    assert float(total(fake_sitoo)) == before + 1
    latest = max(fake_sitoo.items(MOVES))
    assert fake_sitoo.items(MOVES)[latest]["transactiontype"] == 40


async def test_a_row_moves_its_unit_quantity_and_one_without_sku_nothing(ask, fake_sitoo):
    before, moves = float(total(fake_sitoo)), len(fake_sitoo.items(MOVES))
    rows = [
        {"productname": "x", "sku": "10001-1", "quantity": 2, "decimalunitquantity": "0.500"},
        {"productname": "freight", "quantity": 1},
    ]
    key = fake_sitoo.add(ORDERS, {"ordertypeid": 10, "orderitems": rows})
    path = f"/sites/1/orders/{key}/orderdeliveries.json"
    for row in ({"orderitemid": 0, "quantity": 2}, {"orderitemid": 1, "quantity": 1}):
        sent = {"warehouseid": 1, "orderdeliveryitems": [row]}
        assert (await ask("POST", path, sent)).status == 200
    assert float(total(fake_sitoo)) == before - 1
    assert len(fake_sitoo.items(MOVES)) == moves + 1


def rows_of(quantity):
    sold = {"productname": "x", "sku": "10001-1", "quantity": quantity, "moneyrowprice": "1.00"}
    return {"ordertypeid": 10, "orderitems": [sold]}


@pytest.mark.parametrize(
    ("ordered", "delivered"),
    [(2, 3), (2, -1), (-2, -3), (-2, 1), (2, 0), (-2, 0)],
)
async def test_a_sale_goes_out_and_a_refund_comes_back_and_neither_beyond_it(
    ask, fake_sitoo, ordered, delivered
):
    path = f"/sites/1/orders/{fake_sitoo.add(ORDERS, rows_of(ordered))}/orderdeliveries.json"
    before, moves = total(fake_sitoo), len(fake_sitoo.items(MOVES))

    async def deliver(quantity):
        row = {"orderitemid": 0, "quantity": quantity}
        return await ask("POST", path, {"warehouseid": 1, "orderdeliveryitems": [row]})

    reply = await deliver(delivered)
    assert (reply.status, reply.errortext) == (400, "Invalid value in quantity")
    assert (total(fake_sitoo), len(fake_sitoo.items(MOVES))) == (before, moves)
    assert (await deliver(ordered)).status == 200
    assert (await deliver(ordered // 2)).status == 400


@pytest.mark.parametrize(
    ("changes", "errortext"),
    [
        ({"warehouseid": 99}, "Invalid value in warehouseid"),
        (
            {"orderdeliveryitems": [{"orderitemid": 3, "quantity": 1}]},
            "Invalid value in orderitemid",
        ),
        ({"orderdeliveryitems": [{"orderitemid": 1, "quantity": 2}]}, "Invalid value in quantity"),
        ({"orderdeliveryitems": [{"orderitemid": 1}]}, "400: Missing required field 'quantity'."),
    ],
)
async def test_a_delivery_of_what_is_not_there_is_400(
    ask,
    fake_sitoo,
    deliveries,
    changes,
    errortext,
):
    sent = {"warehouseid": 1, "orderdeliveryitems": [{"orderitemid": 1, "quantity": 1}]}
    fake_sitoo.add(deliveries, sent)
    reply = await ask("POST", deliveries, sent | changes)
    assert (reply.status, reply.errortext) == (400, errortext)
    assert len(fake_sitoo.items(deliveries)) == 1


async def test_a_delivery_is_updated_and_seen_among_all_of_the_site(ask, fake_sitoo, deliveries):
    sent = {"warehouseid": 1, "orderdeliveryitems": [{"orderitemid": 0, "quantity": 1}]}
    key = fake_sitoo.add(deliveries, sent)
    path = deliveries.replace(".json", f"/{key}.json")
    changes = {"orderdeliveryref": "D1", "orderdeliveryitems": sent["orderdeliveryitems"]}
    assert (await ask("PUT", path, changes)).text == "true"
    assert (await ask("PUT", path, {"orderdeliveryref": "D2"})).text == "true"
    found = (await ask("GET", "/sites/1/orderdeliveries.json")).json
    assert found["totalcount"] == len(found["items"]) == 10
    assert [each["orderdeliveryref"] for each in found["items"] if each["orderdeliveryref"]] == [
        "D2",
    ]
    assert (await ask("GET", "/sites/2/orderdeliveries.json")).json["totalcount"] == 9


async def test_an_order_opens_its_log_and_the_log_grows(ask, orderid):
    path = f"/sites/1/orders/{orderid}/orderlogitems.json"
    assert (await ask("POST", path, {"orderlogtypeid": 900})).text == "true"
    log = (await ask("GET", path)).json["items"]
    assert [(item["orderlogtypeid"], item["orderid"]) for item in log] == [
        (0, orderid),
        (900, orderid),
    ]
    order = (await ask("GET", f"/sites/1/orders/{orderid}.json")).json
    assert [item["orderlogtypeid"] for item in order["orderlogitems"]] == [0, 900]
    assert "orderid" not in order["orderlogitems"][0]


async def test_what_belongs_to_an_order_that_does_not_exist_is_404(ask):
    for part in ("orderdeliveries", "orderlogitems"):
        assert (await ask("GET", f"/sites/1/orders/999/{part}.json")).status == 404
    # The order of another site is none of this one.
    assert (await ask("GET", "/sites/1/orders/2/orderlogitems.json")).status == 404
