"""Manufacturers, one by one and in batches."""

from __future__ import annotations

import pytest

from sitoo_async import errors
from sitoo_async.models import Manufacturer

pytestmark = pytest.mark.virtual_time


async def test_one_manufacturer_goes_out_as_an_object_and_many_as_an_array(sitoo, fake_sitoo):
    one = await sitoo.manufacturers.add(name="Sitoo", url1="http://www.sitoo.com")
    assert fake_sitoo.requests[-1].json == {"name": "Sitoo", "url1": "http://www.sitoo.com"}
    result = await sitoo.manufacturers.add_many([Manufacturer(name="A"), {"name": "B"}])
    assert fake_sitoo.requests[-1].json == [{"name": "A"}, {"name": "B"}]
    ids = [one, *(outcome.value for outcome in result)]
    walk = sitoo.manufacturers.list(fields=["externalcompanyid"])
    assert {*ids} <= {found.externalcompanyid async for found in walk}


async def test_a_manufacturer_is_updated_alone_or_named_in_a_batch(sitoo, fake_sitoo):
    one = await sitoo.manufacturers.add(name="Sitoo")
    await sitoo.manufacturers.update(one, description="Sofas")
    assert fake_sitoo.requests[-1].path == f"/sites/1/manufacturers/{one}.json"
    result = await sitoo.manufacturers.update_many(
        [{"externalcompanyid": one, "countryid": "se"}, Manufacturer(externalcompanyid=9, city="X")]
    )
    assert [outcome.ok for outcome in result] == [True, False]
    found = await sitoo.manufacturers.get(one)
    assert (found.description, found.countryid) == ("Sofas", "se")


async def test_manufacturers_are_deleted_alone_or_in_a_batch(sitoo, fake_sitoo):
    ids = [await sitoo.manufacturers.add(name=name) for name in "ABCD"]
    assert await sitoo.manufacturers.delete(ids[0]) is True
    items = [ids[1], {"externalcompanyid": ids[2]}, Manufacturer(externalcompanyid=ids[3])]
    (await sitoo.manufacturers.delete_many(items)).raise_for_failures()
    assert fake_sitoo.requests[-1].method == "DELETE"
    assert fake_sitoo.requests[-1].json == [{"externalcompanyid": each} for each in ids[1:]]


async def test_an_item_that_names_no_manufacturer_is_refused(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.manufacturers.update_many([{"name": "Nobody"}])
    assert caught.value.field == "externalcompanyid"
    assert fake_sitoo.requests == []
