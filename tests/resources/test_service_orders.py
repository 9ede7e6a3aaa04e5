"""Service orders: the walk behind an id, and revisions."""

from __future__ import annotations

import copy

import pytest

from sitoo_async import changes, errors
from sitoo_async._codec.converter import converter
from sitoo_async.models import ServiceOrder, ServiceProduct, ServiceUser
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = pytest.mark.virtual_time

NEW = {
    "state": "new",
    "store": {"id": "STORE111", "name": "Barlay Shoe Inc"},
    "owner": {"email": "staff@example.com", "name": "Pete"},
    "customer": {"first_name": "Erica"},
    "currency": "SEK",
    "product": {
        "sku": "SHOE999",
        "name": "Barlay Shoe",
        "services": [
            {
                "sku": "SERVICE_HEEL",
                "name": "Replace heel",
                "quantity": 1,
                "unit_price": "50.00",
                "cost_share": 0,
                "note": "Left foot",
            }
        ],
    },
    "author": {"email": "anna@example.com", "name": None, "employee_id": None},
}


@pytest.fixture
async def fake_sitoo():
    async with FakeSitoo(service_orders=0) as fake:
        yield fake


def target(record):
    return record.raw_path.partition("/90316")[2]


async def test_adding_gives_the_service_order_back(fake_sitoo, sitoo):
    added = await sitoo.service_orders.add(**NEW)
    sent = fake_sitoo.requests[0]
    assert (sent.method, target(sent), sent.json) == ("POST", "/serviceorders.json", NEW)
    assert added.revision == 1
    assert added.author == ServiceUser(email="anna@example.com", name=None, employee_id=None)
    assert added.product.services[0].unit_price == "50.00"
    again = await sitoo.service_orders.get(added.id)
    assert target(fake_sitoo.requests[-1]) == f"/serviceorders/{added.id}.json"
    assert again == added


async def test_a_product_given_as_a_list_of_one_is_sent_so_and_read_as_the_object(
    fake_sitoo, sitoo
):
    product = NEW["product"]
    for given in ([product], [ServiceProduct(**product)]):
        added = await sitoo.service_orders.add(**NEW | {"product": given})
        assert fake_sitoo.requests[-1].json["product"] == [product]
        assert added.product.sku == "SHOE999"
    order = ServiceOrder(revision=1, product=[ServiceProduct(**product | {"sku": "SHOE1"})])
    changed = await sitoo.service_orders.update(added.id, order)
    assert fake_sitoo.requests[-1].json["product"] == [product | {"sku": "SHOE1"}]
    assert changed.product.sku == "SHOE1"


@pytest.mark.parametrize("strict", [False, True], ids=["tolerant", "strict"])
async def test_a_product_that_comes_as_a_list_of_one_is_the_object(fake_sitoo, sitoo, strict):
    listed = {"id": "A", "revision": 1} | NEW | {"product": [NEW["product"]]}
    fake_sitoo.script(
        Fault.answer(200, body=listed),
        Fault.answer(200, body=[listed, {"id": "B"} | NEW]),
        Fault.answer(200, body=[]),
        Fault.answer(200, body=listed),
    )
    orders = sitoo.with_options(strict=strict).service_orders
    before = await orders.get("A")
    assert before.product.services[0].sku == "SERVICE_HEEL"
    assert [order.product for order in await orders.list().collect()] == [before.product] * 2
    # As a list or as the object: it is the same product, and goes back as it was read.
    after = await orders.get("A")
    assert before == after
    assert converter.unstructure(after)["product"] == NEW["product"]


@pytest.mark.parametrize("product", [[], [NEW["product"]] * 2], ids=["none", "two"])
async def test_a_list_of_another_length_is_no_product(fake_sitoo, sitoo, product):
    with pytest.raises(errors.InvalidInputError, match="or a list that holds one") as caught:
        await sitoo.service_orders.add(**NEW | {"product": product})
    assert caught.value.field == "product"
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.service_orders.add(**NEW | {"product": [{"sku": "S", "name": "N"}]})
    assert caught.value.field == "product[0].services"
    assert fake_sitoo.requests == []


def test_a_list_that_was_set_by_hand_is_kept_as_it_is():
    product = NEW["product"]
    order = ServiceOrder(product=[ServiceProduct(**product)])
    assert converter.unstructure(order) == {"product": [product]}


async def test_what_can_t_be_added_is_not_sent(fake_sitoo, sitoo):
    with pytest.raises(errors.InvalidInputError, match="revision is counted") as caught:
        await sitoo.service_orders.add(**NEW, revision=1)
    assert caught.value.field == "revision"
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.service_orders.add(ServiceOrder(**{**NEW, "customer": {"last_name": "x"}}))
    assert caught.value.field == "customer.first_name"
    assert fake_sitoo.requests == []


async def test_a_change_names_the_revision_that_it_changes(fake_sitoo, sitoo):
    before = await sitoo.service_orders.add(**NEW)
    after = copy.deepcopy(before)
    after.state = "in_progress"
    changed = await sitoo.service_orders.update(before.id, changes(before, after))
    sent = fake_sitoo.requests[-1]
    assert (sent.method, sent.json) == ("PUT", {"state": "in_progress", "revision": 1})
    assert target(sent) == f"/serviceorders/{before.id}.json"
    assert (changed.state, changed.revision) == ("in_progress", 2)
    with pytest.raises(errors.InvalidInputError, match="revision is required") as caught:
        await sitoo.service_orders.update(before.id, state="done")
    assert caught.value.field == "revision"
    with pytest.raises(errors.InvalidInputError, match="beside revision"):
        await sitoo.service_orders.update(before.id, changes(changed, copy.deepcopy(changed)))


async def test_an_update_that_changes_nothing_is_not_sent(fake_sitoo, sitoo):
    with pytest.raises(errors.InvalidInputError, match="beside revision") as caught:
        await sitoo.service_orders.update("102DC4AA3", revision=3)
    assert caught.value.field == "item"
    with pytest.raises(errors.InvalidInputError, match="another id"):
        await sitoo.service_orders.update("A", ServiceOrder(id="B", revision=1, note="x"))
    with pytest.raises(errors.InvalidInputError, match="service_order_id"):
        await sitoo.service_orders.update("", revision=1, note="x")
    assert fake_sitoo.requests == []


async def test_a_change_that_came_between_is_a_conflict_that_fetching_again_resolves(sitoo):
    mine = await sitoo.service_orders.add(**NEW)
    await sitoo.service_orders.update(mine.id, revision=mine.revision, note="theirs")
    with pytest.raises(errors.ConflictError) as caught:
        await sitoo.service_orders.update(mine.id, revision=mine.revision, note="mine")
    assert type(caught.value) is errors.PreconditionFailedError
    assert (caught.value.status, caught.value.sent) == (412, "yes")
    newest = await sitoo.service_orders.get(mine.id)
    assert newest.note == "theirs"
    changed = await sitoo.service_orders.update(mine.id, revision=newest.revision, note="mine")
    assert changed.note == "mine"


async def test_a_lost_update_is_not_repeated_into_a_refusal(fake_sitoo, sitoo):
    added = await sitoo.service_orders.add(**NEW)
    fake_sitoo.script(Fault.drop(method="PUT", when="after"))
    with pytest.raises(errors.ReadError) as caught:
        await sitoo.service_orders.update(added.id, revision=1, note="x")
    assert caught.value.sent == "unknown"
    assert len([record for record in fake_sitoo.requests if record.method == "PUT"]) == 1


async def test_each_page_starts_behind_the_last_id(fake_sitoo, sitoo):
    ids = [(await sitoo.service_orders.add(**NEW)).id for _ in range(5)]
    fake_sitoo.requests.clear()
    oldest_first = sitoo.service_orders.list(sort="created", page_size=2)
    assert oldest_first.position == ""
    assert [order.id async for order in oldest_first] == ids
    assert [target(record) for record in fake_sitoo.requests] == [
        "/serviceorders.json?sort=created&num=2",
        f"/serviceorders.json?sort=created&start_after_id={ids[1]}&num=2",
        f"/serviceorders.json?sort=created&start_after_id={ids[3]}&num=2",
        # A short page may be one that the server cut.
        f"/serviceorders.json?sort=created&start_after_id={ids[4]}&num=2",
    ]
    assert oldest_first.position == ids[-1]
    assert await oldest_first.count() == 5
    newer = await sitoo.service_orders.list(sort="created", start_after_id=ids[3]).collect()
    assert [order.id for order in newer] == [ids[4]]


async def test_filters_are_written_as_sitoo_reads_them(fake_sitoo, sitoo):
    await sitoo.service_orders.list(store="STORE 1", state=["new", "in_progress"])
    assert target(fake_sitoo.requests[0]) == (
        "/serviceorders.json?store=STORE%201&state=new,in_progress&num=1000"
    )
    with pytest.raises(errors.InvalidInputError, match="is not a filter"):
        sitoo.service_orders.list(stores="x")


async def test_a_walk_that_does_not_get_on_says_so(fake_sitoo, sitoo):
    rows = [{"id": "A"}, {"id": "B"}]
    fake_sitoo.script(*[Fault.answer(200, body=rows)] * 2)
    with pytest.raises(errors.DecodeError, match="no progress"):
        await sitoo.service_orders.list(page_size=2).collect()
