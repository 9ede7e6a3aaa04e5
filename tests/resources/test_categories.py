"""Categories: a tree, one item at a time."""

from __future__ import annotations

import pytest

from sitoo_async import changes, errors
from sitoo_async.models import Category

pytestmark = pytest.mark.virtual_time


async def test_a_category_is_added_below_another_or_at_the_top(sitoo, fake_sitoo):
    top = await sitoo.categories.add(title="Living room")
    below = await sitoo.categories.add(Category(title="Sofas", categoryparentid=top))
    assert fake_sitoo.requests[-1].json == {"title": "Sofas", "categoryparentid": top}
    assert (await sitoo.categories.get(below)).categoryparentid == top
    assert (await sitoo.categories.get(top)).categoryparentid is None


async def test_a_category_is_moved_to_the_top_by_none(sitoo, fake_sitoo):
    top = await sitoo.categories.add(title="Living room")
    below = await sitoo.categories.add(title="Sofas", categoryparentid=top)
    assert await sitoo.categories.update(below, categoryparentid=None) is True
    assert fake_sitoo.requests[-1].json == {"categoryparentid": None}
    assert (await sitoo.categories.get(below)).title == "Sofas"


async def test_a_category_is_deleted_with_all_below_it(sitoo, fake_sitoo):
    top = await sitoo.categories.add(title="Living room")
    below = await sitoo.categories.add(title="Sofas", categoryparentid=top)
    await sitoo.categories.add(title="Corner sofas", categoryparentid=below)
    beside = await sitoo.categories.add(title="Kitchen")
    before = len(fake_sitoo.items("/sites/1/categories"))
    assert await sitoo.categories.delete(top) is True
    left = fake_sitoo.items("/sites/1/categories")
    assert len(left) == before - 3
    assert beside in left


async def test_a_category_is_fetched_changed_and_saved(sitoo, fake_sitoo):
    categoryid = await sitoo.categories.add(title="Sofas")
    before, after = await sitoo.categories.get(categoryid), await sitoo.categories.get(categoryid)
    after.custom1 = "winter"
    await sitoo.categories.update(categoryid, changes(before, after))
    assert fake_sitoo.requests[-1].json == {"custom1": "winter"}


async def test_categories_are_walked_counted_and_deleted(sitoo, fake_sitoo):
    for number in range(5):
        await sitoo.categories.add(title=f"Category {number}")
    walk = sitoo.categories.list(fields=["categoryid", "title"], page_size=2)
    found = [category async for category in walk]
    count = await walk.count()
    assert fake_sitoo.requests[-1].raw_path.endswith("?start=0&num=1&fields=categoryid")
    assert len(found) == count
    assert await sitoo.categories.delete(found[0].categoryid) is True
    with pytest.raises(errors.NotFoundError):
        await sitoo.categories.get(found[0].categoryid)
    assert await walk.count() == count - 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({}, "title"),
        ({"title": "Sofas", "datecreated": 0}, "datecreated"),
        ({"title": None}, "title"),
        ({"title": "Sofas", "sortorder": "1"}, "sortorder"),
        ({"titel": "Sofas"}, "titel"),
    ],
)
async def test_what_the_reference_forbids_is_refused_and_nothing_is_sent(
    sitoo, fake_sitoo, values, field
):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.categories.add(**values)
    assert caught.value.field == field
    assert fake_sitoo.requests == []
