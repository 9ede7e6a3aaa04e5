"""Stores against the fake server."""

from __future__ import annotations

import pytest

from sitoo_async import changes, errors, replace
from sitoo_async.models import Store, StoreType

pytestmark = pytest.mark.virtual_time


async def test_stores_are_walked(fake, client):
    walk = client.stores.list(fields=["storeid", "storetype"], page_size=1)
    assert [store.storetype async for store in walk] == [StoreType.STORE] * 2
    assert await walk.count() == 2
    assert fake.requests[-1].query == {"start": ["0"], "num": ["1"], "fields": ["storeid"]}


async def test_a_store_is_added_read_changed_and_deleted(fake, client):
    storeid = await client.stores.add(
        storetype=StoreType.OUTLET,
        name="Outlet",
        nearby_stores=[1, 2],
        tags=["NORTH"],
        additional_data={"floor": "2"},
        latitude="59.329323",
    )
    assert fake.requests[-1].json == {
        "storetype": 20,
        "name": "Outlet",
        "nearby_stores": [1, 2],
        "tags": ["NORTH"],
        "additional_data": {"floor": "2"},
        "latitude": "59.329323",
    }
    before = await client.stores.get(storeid)
    assert (before.storetype, before.nearby_stores) == (StoreType.OUTLET, [1, 2])
    after = replace(before, phone="555", additional_data=None)
    assert await client.stores.update(storeid, changes(before, after))
    assert fake.requests[-1].json == {"phone": "555", "additional_data": None}
    assert await client.stores.update(storeid, city="Malmö")
    assert fake.items("/sites/1/stores")[storeid]["city"] == "Malmö"
    assert await client.stores.delete(storeid)
    with pytest.raises(errors.NotFoundError):
        await client.stores.get(storeid)


async def test_a_number_that_the_reference_does_not_list_survives(fake, client):
    fake.items("/sites/1/stores")[1]["storetype"] = 50
    store = await client.stores.get(1)
    assert isinstance(store.storetype, StoreType)
    assert store.storetype == 50


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "No type"}, "storetype"),
        ({"storetype": 10, "name": "S", "tags": ["north"]}, "tags[0]"),
        ({"storetype": 10, "name": "S", "additional_data": {"floor": 2}}, "additional_data.floor"),
        ({"storetype": 10, "name": "S", "nearby_stores": ["2"]}, "nearby_stores[0]"),
        ({"storetype": 10, "name": "S", "storeid": 3}, "storeid"),
    ],
)
async def test_what_can_not_be_sent_is_refused_and_nothing_is(fake, client, values, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await client.stores.add(**values)
    assert caught.value.field == field
    assert fake.requests == []


async def test_an_update_of_another_store_is_refused(fake, client):
    with pytest.raises(errors.InvalidInputError, match="another storeid"):
        await client.stores.update(1, Store(storeid=2, name="Elsewhere"))
    assert fake.requests == []
