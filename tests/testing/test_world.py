"""What a new FakeSitoo holds, how a test puts something in, and how it reads it."""

from __future__ import annotations

import pytest

from sitoo_async.testing import FakeSitoo
from sitoo_async.testing._account import world
from sitoo_async.testing._reference.facts import operations
from sitoo_async.testing._reference.routes import place_of
from sitoo_async.testing._reference.tables import table

ORDERS = "/sites/1/orders"
STOCK = "/sites/1/warehouses/1/warehouseitems"


def test_the_counts_decide_the_size_of_the_world():
    fake = FakeSitoo(orders=3, z_reports=2, users=1, service_orders=0)
    assert len(fake.items(ORDERS)) == len(fake.items("/sites/2/orders")) == 3
    registers = fake.items("/sites/1/cashregisters")
    reports = [len(fake.items(f"/sites/1/cashregisters/{key}/zreports")) for key in registers]
    assert sorted(reports) == [0, 2, 2]
    assert len(fake.items("/sites/2/users")) == 1
    assert fake.items("/serviceorders") == {}


@pytest.mark.parametrize("products", [0, 1, 2, 3])
def test_a_small_catalogue_is_enough_for_orders(products):
    assert len(FakeSitoo(products=products).items(ORDERS)) == 12


def test_the_same_seed_gives_the_same_world():
    first, second = (FakeSitoo(products=5, seed=9).items(ORDERS) for _ in range(2))
    assert first == second
    assert FakeSitoo(products=5, seed=10).items(ORDERS) != first


def everything(fake):
    """All that an account stores, by place."""
    fake.items("/sites")
    return {
        key: {name: getattr(place, name) for name in place.kept}
        for key, place in fake._account._places.items()
    }


@pytest.fixture
def saved(monkeypatch):
    """What is saved from now on."""
    saved = {}
    monkeypatch.setattr(world, "_saved", saved)
    return saved


def test_a_world_that_was_saved_is_the_one_that_was_built(saved):
    first, second = FakeSitoo(products=25), FakeSitoo(products=25)
    assert everything(first) == everything(second)
    assert list(everything(first)) == list(everything(second))
    assert first._account._numbers == second._account._numbers
    assert len(saved) == 1
    users = [second.items(f"/sites/{site}/users") for site in (1, 2)]
    assert users[0] is users[1]
    # And yet it is another one.
    second.items("/sites/1/categories")[10]["title"] = "mine"
    assert first.items("/sites/1/categories")[10]["title"] == "Category 10"
    assert FakeSitoo(products=25).items("/sites/1/categories") == first.items("/sites/1/categories")


def test_of_many_worlds_the_last_ones_are_saved(saved, monkeypatch):
    monkeypatch.setattr(world, "_MOST_SAVED", 2)
    for orders in range(4):
        FakeSitoo(orders=orders).items("/sites")
    assert [world.orders for _, world, _ in saved] == [2, 3]


def test_what_was_saved_serves_no_account_with_other_products():
    usual, fewer, changed = (FakeSitoo(products=count) for count in (25, 10, 25))
    changed.products()[1]["sku"] = "mine"
    stocked = usual.items(STOCK).keys()
    assert fewer.items(STOCK).keys() == stocked
    assert changed.items(STOCK).keys() == stocked - {"10001-1"} | {"mine"}
    assert [fake.add("/sites/1/products", {"sku": "new"}) for fake in (usual, fewer)] == [26, 11]


def test_each_site_has_two_fifo_warehouses_and_a_virtual_one():
    fake = FakeSitoo(sites=(4, 7))
    for site in (4, 7):
        warehouses = fake.items(f"/sites/{site}/warehouses").values()
        assert [each["warehousetype"] for each in warehouses] == [10, 10, 20]
        for key in fake.items(f"/sites/{site}/warehouses"):
            assert fake.items(f"/sites/{site}/warehouses/{key}/warehouseitems")


def test_orders_sell_the_products_of_the_site_and_moved_its_stock():
    fake = FakeSitoo(products=25)
    sold = {row["sku"] for order in fake.items(ORDERS).values() for row in order["orderitems"]}
    assert sold <= {product["sku"] for product in fake.products().values()}
    states = {order["orderstateid"] for order in fake.items(ORDERS).values()}
    assert states == {0, 10}
    moves = fake.items("/sites/1/warehouses/1/warehousetransactions").values()
    assert {each["transactiontype"] for each in moves} == {10, 30}


def test_an_order_of_an_offline_register_has_a_later_id_and_an_older_date():
    orders = FakeSitoo().items(ORDERS)
    dates = [orders[key]["orderdate"] for key in sorted(orders)]
    assert dates != sorted(dates)


def test_the_products_of_the_catalogue_find_their_categories_and_manufacturers():
    fake = FakeSitoo(products=200)
    categories = fake.items("/sites/1/categories")
    manufacturers = fake.items("/sites/1/manufacturers")
    for product in fake.products().values():
        assert set(product["categories"]) <= categories.keys()
        assert product["manufacturerid"] in {None, *manufacturers}


async def test_a_new_number_skips_those_that_are_taken(connected):
    async with FakeSitoo() as fake, connected(fake) as ask:
        keys = [
            (await ask("POST", "/sites/1/categories.json", {"title": "x"})).json for _ in range(12)
        ]
    assert keys == [*range(1, 10), 26, 27, 28]


def test_products_alone_do_not_build_the_world():
    fake = FakeSitoo(products=25)
    assert len(fake.products()) == 25
    assert fake._account._built is False
    assert fake.items("/sites")[1]["server"] == "shop1.example.com"
    assert fake._account._built is True


def test_a_test_adds_as_a_request_would():
    fake = FakeSitoo(products=25)
    rows = [{"productname": "x", "quantity": 2, "moneyrowprice": "10.00"}]
    key = fake.add(f"{ORDERS}.json", {"ordertypeid": 10, "orderitems": rows})
    assert fake.items(ORDERS)[key]["moneytotal_gross_all"] == "10.00"
    with pytest.raises(ValueError, match="Missing required field 'ordertypeid'"):
        fake.add(ORDERS, {})
    with pytest.raises(ValueError, match="Method Not Allowed"):
        fake.add("/orders", {"ordertypeid": 10})


@pytest.mark.parametrize("path", ["/nothing", "/sites/1/nothing", "/sites/9/orders", "/", ""])
def test_a_path_that_is_none_is_a_key_error(path):
    with pytest.raises(KeyError):
        FakeSitoo().items(path)


def test_a_path_of_one_item_is_a_value_error():
    with pytest.raises(ValueError, match="leave out its key"):
        FakeSitoo().items(f"{ORDERS}/1")


async def test_a_path_of_a_parent_alone_is_404(connected):
    async with FakeSitoo() as fake, connected(fake) as ask:
        assert (await ask("GET", "/sites/1/plugins.json")).status == 404
        assert (await ask("GET", "/sites/1/plugins/taxfree.json")).status == 404


async def test_stores_carry_the_eshopid_of_their_site(connected):
    async with FakeSitoo(sites=(1, 7)) as fake, connected(fake) as ask:
        for site in (1, 7):
            stores = fake.items(f"/sites/{site}/stores")
            assert {store["eshopid"] for store in stores.values()} == {site}
        added = await ask("POST", "/sites/7/stores.json", {"name": "Kiosk", "storetype": 10})
        assert fake.items("/sites/7/stores")[added.json]["eshopid"] == 7
        named = {"name": "Kiosk", "storetype": 10, "eshopid": 1}
        added = await ask("POST", "/sites/7/stores.json", named)
        assert fake.items("/sites/7/stores")[added.json]["eshopid"] == 1


def test_payments_carry_what_the_terminal_told():
    orders = FakeSitoo().items(ORDERS).values()
    payments = [payment for order in orders for payment in order["payments"]]
    assert payments
    for payment in payments:
        assert {type(payment[name]) for name in ("cardissuer", "refid", "reftype")} == {str}
        assert all(payment[name] for name in ("cardissuer", "refid", "reftype"))
    assert len({payment["refid"] for payment in payments}) == len(payments)


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/sites/1/products/1/images/9.json", "imageid 9 does not exist."),
        ("/sites/1/products/1/files/9.json", "fileid 9 does not exist."),
        (
            "/sites/1/influencervouchers/SUMMER/transactions/9.json",
            "transactionid 9 does not exist.",
        ),
        ("/sites/1/products/999.json", "productid 999 does not exist."),
    ],
    ids=["image", "file", "transaction", "product"],
)
async def test_a_message_names_the_thing_that_is_not_there(connected, path, message):
    async with FakeSitoo(products=3) as fake, connected(fake) as ask:
        reply = await ask("DELETE", path)
        assert (reply.status, reply.errortext) == (404, message)


def test_whatever_there_is_has_a_name_in_messages():
    assert all(table(place_of(each.template)).named for each in operations())
