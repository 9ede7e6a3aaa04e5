"""Product groups: what decides VAT."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitoo_async import errors
from sitoo_async.models import ProductGroup, ProductGroupType

pytestmark = pytest.mark.virtual_time


async def test_a_product_group_has_a_kind_and_a_percentage(sitoo, fake_sitoo):
    vatid = await sitoo.product_groups.add(
        productgroupname="Gift cards", productgrouptype=ProductGroupType.GIFT_CARD, value=0
    )
    sent = {"productgroupname": "Gift cards", "productgrouptype": 30, "value": 0}
    assert fake_sitoo.requests[-1].json == sent
    group = await sitoo.product_groups.get(vatid)
    assert group.productgrouptype is ProductGroupType.GIFT_CARD
    assert group.value == Decimal(0)


async def test_a_percentage_keeps_its_digits(sitoo, fake_sitoo):
    vatid = await sitoo.product_groups.add(ProductGroup(productgroupname="Books", value=6))
    await sitoo.product_groups.update(vatid, value=Decimal("5.5"))
    assert fake_sitoo.requests[-1].json == {"value": 5.5}
    assert (await sitoo.product_groups.get(vatid)).value == Decimal("5.5")


async def test_product_groups_are_listed_and_deleted(sitoo):
    vatid = await sitoo.product_groups.add(productgroupname="Books")
    groups = sitoo.product_groups.list(fields=["vatid", "productgroupname"])
    assert vatid in [group.vatid async for group in groups]
    assert await sitoo.product_groups.delete(vatid) is True
    assert vatid not in [group.vatid async for group in groups]


async def test_a_product_group_without_a_name_is_refused(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.product_groups.add(value=25)
    assert caught.value.field == "productgroupname"
    assert fake_sitoo.requests == []
