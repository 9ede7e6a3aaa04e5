"""Stock on FakeSitoo: FIFO and Virtual warehouses, transactions, batches."""

from __future__ import annotations

import pytest

from sitoo_async.testing import FakeSitoo

STOCK = "/sites/1/warehouses/1/warehouseitems.json"
WEB_STOCK = "/sites/1/warehouses/3/warehouseitems.json"
TRANSACTIONS = "/sites/1/warehousetransactions.json"
MOVES = "/sites/1/warehouses/1/warehousetransactions.json"
BATCHES = "/sites/1/warehouses/1/warehousebatches.json"


@pytest.fixture
async def fake_sitoo():
    async with FakeSitoo() as fake:
        yield fake


def move(quantity, price="0.00", sku="Q100", **changes):
    row = {"sku": sku, "decimalquantity": quantity, "moneypricein": price}
    kind = 20 if quantity.startswith("-") else 10
    return {"warehouseid": 1, "transactiontype": kind, "items": [row], **changes}


async def test_a_put_sets_an_item_and_returns_its_id(ask, fake_sitoo):
    sent = [{"sku": "Q100", "binlocation": "I3:S4"}, {"sku": "Q200"}, {"binlocation": "x"}, 5]
    results = (await ask("PUT", STOCK, sent)).json
    assert [result["statuscode"] for result in results] == [200, 200, 400, 400]
    item = fake_sitoo.items(STOCK)["Q100"]
    assert item["warehouseitemid"] == results[0]["return"]
    assert (item["warehouseid"], item["decimaltotal"]) == (1, "0.000")
    again = (await ask("PUT", STOCK, {"sku": "Q100", "decimalthreshold": "3.000"})).json
    assert again == results[0]["return"]
    assert (item["binlocation"], item["decimalthreshold"]) == ("I3:S4", "3.000")


@pytest.mark.parametrize("name", ["decimaltotal", "moneytotal"])
async def test_stock_is_set_directly_for_virtual_warehouses_only(ask, fake_sitoo, name):
    value = "5.000" if name == "decimaltotal" else "5.00"
    reply = await ask("PUT", STOCK, {"sku": "Q100", name: value})
    assert (reply.status, reply.errortext) == (
        400,
        f"Invalid value in {name} (Use transactions for FIFO)",
    )
    assert (await ask("PUT", WEB_STOCK, {"sku": "Q100", name: value})).status == 200
    assert fake_sitoo.items(WEB_STOCK)["Q100"][name] == value


async def test_what_is_reserved_is_not_available(ask, fake_sitoo):
    fake_sitoo.add(WEB_STOCK, {"sku": "Q100", "decimaltotal": "5.000"})
    fake_sitoo.items(WEB_STOCK)["Q100"]["decimalreserved"] = "2.000"
    reply = await ask("GET", f"{WEB_STOCK}?sku=q100&fields=decimalavailable")
    assert reply.json == {"totalcount": 1, "items": [{"decimalavailable": "3.000"}]}


async def test_what_came_in_first_goes_out_first(ask, fake_sitoo):
    item = fake_sitoo.items(STOCK)
    await ask("POST", TRANSACTIONS, [move("2.000", "10.00"), move("3.000", "20.00")])
    assert (item["Q100"]["decimaltotal"], item["Q100"]["moneytotal"]) == ("5.000", "80.00")
    key = (await ask("POST", TRANSACTIONS, move("-3.000"))).json
    [row] = fake_sitoo.items(MOVES)[key]["items"]
    assert (row["moneyvalue"], row["moneytotal"], row["decimaltotal"]) == (
        "-40.00",
        "40.00",
        "2.000",
    )
    assert row["warehouseitemid"] == item["Q100"]["warehouseitemid"]
    # Nobody knows what more than all is worth.
    await ask("POST", TRANSACTIONS, move("-4.000"))
    assert (item["Q100"]["decimaltotal"], item["Q100"]["moneytotal"]) == ("-2.000", "0.00")
    # What fills up the hole is gone already.
    await ask("POST", TRANSACTIONS, move("3.000", "5.00"))
    assert (item["Q100"]["decimaltotal"], item["Q100"]["moneytotal"]) == ("1.000", "5.00")


async def test_the_largest_amounts_are_counted_and_larger_ones_refused(ask, fake_sitoo):
    # As large as they may be sent: together they have more digits than Python's decimals keep.
    reply = await ask("POST", TRANSACTIONS, move("9" * 15 + ".999", "1" + "0" * 14 + ".00"))
    assert reply.status == 200
    worth = fake_sitoo.items(STOCK)["Q100"]["moneytotal"]
    assert worth == "9" * 15 + "999" + "0" * 11 + ".00"
    reply = await ask("POST", TRANSACTIONS, move("1" * 16 + ".000"))
    assert (reply.status, reply.errortext) == (
        400,
        "Invalid value in decimalquantity (Not decimal)",
    )


async def test_transactions_of_a_batch_stand_or_fall_alone(ask, fake_sitoo):
    sent = [
        move("1.000"),
        move("1.000", warehouseid=3),
        move("1.000", warehouseid=99),
        move("1.000", transactiontype=99),
        move("1.000", items=[{"sku": "Q100"}]),
        move("1"),
        move("1.000", shipmentid=4, externalid="E", reasoncode="101"),
    ]
    results = (await ask("POST", TRANSACTIONS, sent)).json
    assert [result["statuscode"] for result in results] == [200, 400, 404, 400, 400, 400, 200]
    assert results[1]["errortext"] == "Invalid value in warehouseid (Virtual)"
    assert fake_sitoo.items(STOCK)["Q100"]["decimaltotal"] == "2.000"
    made = fake_sitoo.items(MOVES)[results[-1]["return"]]
    assert (made["shipmentid"], made["externalid"], made["reasoncode"]) == (4, "E", "101")


async def test_at_most_a_thousand_transactions_at_once(ask, fake_sitoo):
    before = len(fake_sitoo.items(MOVES))
    reply = await ask("POST", TRANSACTIONS, [move("1.000")] * 1001)
    assert reply.status == 400
    assert len(fake_sitoo.items(MOVES)) == before
    reply = await ask("POST", TRANSACTIONS, [move("1.000")] * 1000)
    assert len(fake_sitoo.items(MOVES)) == before + 1000


async def test_lists_of_transactions_begin_with_the_latest(ask, fake_sitoo):
    first = 1 + max(fake_sitoo.items("/sites/2/warehouses/5/warehousetransactions"), default=0)
    keys = [
        fake_sitoo.add(TRANSACTIONS, move("1.000", warehouseid=warehouseid))
        for warehouseid in (1, 2, 1)
    ]
    a, b, c = keys
    assert a >= first

    async def ids(path, query=""):
        items = (await ask("GET", f"{path}?num=100&{query}")).json["items"]
        return [item["warehousetransactionid"] for item in items]

    everything = await ids(TRANSACTIONS)
    assert everything == sorted(everything, reverse=True)
    assert everything[:3] == [c, b, a]
    assert await ids(TRANSACTIONS, "sort=warehousetransactionid") == sorted(everything)
    assert await ids(MOVES, f"warehousetransactionidfrom={a}") == [c, a]
    since = f"warehousetransactionidfrom={a}&warehousetransactionidto"
    assert await ids(MOVES, f"{since}={c}") == [a]
    assert await ids(TRANSACTIONS, f"warehousetransactionid={a},{b},99999") == [b, a]
    assert await ids(TRANSACTIONS, f"warehouseid=2&warehousetransactionidfrom={a}") == [b]
    assert (await ask("GET", f"{TRANSACTIONS}?sort=items.sku")).status == 400
    fake_sitoo.items(MOVES)[a]["datecreated"] = 1000
    for path in (TRANSACTIONS, MOVES):
        assert await ids(path, "datecreatedfrom=1000&datecreatedto=1001") == [a]
        assert await ids(path, "datecreatedto=1000") == []


@pytest.fixture
def open_batch(fake_sitoo):
    def open_(kind, *rows):
        key = fake_sitoo.add(BATCHES, {"transactiontype": kind, "comment": "Why"})
        items = BATCHES.replace(".json", f"/{key}/warehousebatchitems.json")
        for sku, quantity in rows:
            row = {"sku": sku, "decimalquantity": quantity, "moneypricein": "4.00"}
            fake_sitoo.add(items, row)
        return BATCHES.replace(".json", f"/{key}.json"), items

    return open_


async def test_one_batch_of_a_type_may_be_open_in_a_warehouse(ask, open_batch):
    path, _ = open_batch(50)
    reply = await ask("POST", BATCHES, {"transactiontype": 50})
    assert (reply.status, reply.errortext) == (
        400,
        "Invalid value in transactiontype (A batch is open already)",
    )
    assert (await ask("POST", BATCHES, {"transactiontype": 10})).status == 200
    other = BATCHES.replace("warehouses/1", "warehouses/2")
    assert (await ask("POST", other, {"transactiontype": 50})).status == 200
    await ask("PUT", path, {"warehousebatchstate": 20})
    assert (await ask("POST", BATCHES, {"transactiontype": 50})).status == 200


async def test_closed_batches_are_listed_only_when_asked_for(ask, open_batch):
    path, _ = open_batch(50)
    await ask("PUT", path, {"warehousebatchstate": 20})
    open_batch(10)
    for query, states in [("", [10]), ("?warehousebatchstate=20", [20])]:
        items = (await ask("GET", BATCHES + query)).json["items"]
        assert [item["warehousebatchstate"] for item in items] == states
    reply = await ask("GET", f"{BATCHES}?transactiontype=50")
    assert reply.json["items"] == []


async def test_a_closed_stocktaking_makes_the_count_the_stock(ask, fake_sitoo, open_batch):
    fake_sitoo.add(TRANSACTIONS, move("10.000", "3.00"))
    path, _ = open_batch(50, ("Q100", "8.000"), ("Q200", "2.000"))
    assert (await ask("PUT", path, {"warehousebatchstate": 20})).text == "true"
    batch = (await ask("GET", path)).json
    made = fake_sitoo.items(MOVES)[batch["warehousetransactionid"]]
    assert (made["transactiontype"], made["description"]) == (50, "Why")
    assert [row["decimalquantity"] for row in made["items"]] == ["-2.000", "2.000"]
    stock = fake_sitoo.items(STOCK)
    assert (stock["Q100"]["decimaltotal"], stock["Q200"]["decimaltotal"]) == ("8.000", "2.000")
    assert (stock["Q100"]["moneytotal"], stock["Q200"]["moneytotal"]) == ("24.00", "8.00")


async def test_a_closed_move_adds_its_quantities(ask, fake_sitoo, open_batch):
    fake_sitoo.add(TRANSACTIONS, move("10.000"))
    path, _ = open_batch(20, ("Q100", "-4.000"))
    await ask("PUT", path, {"warehousebatchstate": 20})
    assert fake_sitoo.items(STOCK)["Q100"]["decimaltotal"] == "6.000"


async def test_items_of_a_batch_are_set_by_sku_and_deleted(ask, fake_sitoo, open_batch):
    fake_sitoo.add(STOCK, {"sku": "Q100"})
    _, items = open_batch(50, ("Q100", "1.000"), ("Q200", "1.000"))
    sent = [{"sku": "Q100", "decimalquantity": "7.000"}, {"decimalquantity": "1.000"}]
    results = (await ask("PUT", items, sent)).json
    assert [result.get("return", 400) for result in results] == [True, 400]
    held = fake_sitoo.items(items)
    assert (held["Q100"]["decimalquantity"], held["Q100"]["moneypricein"]) == ("7.000", "4.00")
    assert held["Q100"]["warehouseitemid"] == fake_sitoo.items(STOCK)["Q100"]["warehouseitemid"]
    assert (held["Q200"]["warehouseitemid"], held["Q200"]["warehousebatchid"]) == (0, 1)
    assert (await ask("DELETE", items, {"sku": "Q200"})).text == "true"
    assert (await ask("DELETE", items, {"sku": "Q200"})).status == 404
    assert list(held) == ["Q100"]


async def test_a_closed_batch_never_changes(ask, open_batch):
    path, items = open_batch(50, ("Q100", "1.000"))
    await ask("PUT", path, {"warehousebatchstate": 20})
    requests = [
        ("PUT", path, {"comment": "late"}),
        ("PUT", items, {"sku": "Q100", "decimalquantity": "2.000"}),
        ("PUT", items, {"sku": "Q300"}),
        ("DELETE", items, {"sku": "Q100"}),
    ]
    for method, where, body in requests:
        reply = await ask(method, where, body)
        assert (reply.status, reply.errortext) == (400, "The warehouse batch is closed.")


@pytest.mark.parametrize(
    ("sent", "errortext"),
    [
        ({"transactiontype": 99}, "Invalid value in transactiontype"),
        (
            {"transactiontype": 50, "warehousebatchstate": 20},
            "Invalid value in warehousebatchstate",
        ),
    ],
)
async def test_a_batch_begins_open_and_of_a_known_type(ask, sent, errortext):
    assert (await ask("POST", BATCHES, sent)).errortext == errortext


@pytest.mark.parametrize("changes", [{"warehousebatchstate": 30}, {"transactiontype": 10}])
async def test_an_open_batch_is_only_closed(ask, open_batch, changes):
    path, _ = open_batch(50)
    assert (await ask("PUT", path, {"warehousebatchstate": 10, "comment": "x"})).status == 200
    reply = await ask("PUT", path, changes)
    assert (reply.status, reply.errortext) == (400, f"Invalid value in {next(iter(changes))}")


async def test_a_virtual_warehouse_has_no_batches(ask):
    path = BATCHES.replace("warehouses/1", "warehouses/3")
    reply = await ask("POST", path, {"transactiontype": 50})
    assert (reply.status, reply.errortext) == (400, "Invalid value in warehouseid (Virtual)")


async def test_what_belongs_to_a_warehouse_that_does_not_exist_is_404(ask):
    for path in (STOCK, MOVES, BATCHES):
        assert (await ask("GET", path.replace("warehouses/1", "warehouses/9"))).status == 404
        assert (await ask("GET", path.replace("warehouses/1", "warehouses/x"))).status == 404
