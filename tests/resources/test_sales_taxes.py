"""Sales taxes and their groups."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitoo_async import errors
from sitoo_async.models import SalesTax, SalesTaxProductGroupRule

pytestmark = pytest.mark.virtual_time


async def test_a_sales_tax_has_rules_by_product_group(sitoo, fake_sitoo):
    rule = SalesTaxProductGroupRule(
        vatid=2, type=20, moneymin=175, moneymax=None, decimalvalue=Decimal("6.25")
    )
    salestaxid = await sitoo.sales_taxes.add(
        name="MA State Tax", decimalvaluedefault=Decimal("6.25"), productgrouprules=[rule]
    )
    assert fake_sitoo.requests[-1].json == {
        "name": "MA State Tax",
        "decimalvaluedefault": "6.250",
        "productgrouprules": [
            {
                "vatid": 2,
                "type": 20,
                "moneymin": "175.00",
                "moneymax": None,
                "decimalvalue": "6.250",
            }
        ],
    }
    found = await sitoo.sales_taxes.get(salestaxid)
    assert found.decimalvaluedefault == Decimal("6.250")
    assert found.productgrouprules[0].moneymin == Decimal(175)


async def test_a_group_takes_a_sales_tax_by_its_id_alone(sitoo, fake_sitoo):
    salestaxid = await sitoo.sales_taxes.add(SalesTax(name="FL", decimalvaluedefault=6))
    groupid = await sitoo.sales_taxes.groups.add(
        name="Miami", region="FL", salestaxes=[{"salestaxid": salestaxid}]
    )
    assert fake_sitoo.requests[-1].json["salestaxes"] == [{"salestaxid": salestaxid}]
    group = await sitoo.sales_taxes.groups.get(groupid)
    assert group.salestaxes[0].salestaxid == salestaxid
    listed = [found.region async for found in sitoo.sales_taxes.groups.list(fields=["region"])]
    assert "FL" in listed


async def test_taxes_and_groups_are_updated_and_deleted(sitoo, fake_sitoo):
    salestaxid = await sitoo.sales_taxes.add(name="FL", decimalvaluedefault=6)
    groupid = await sitoo.sales_taxes.groups.add(name="Miami", salestaxes=[{"salestaxid": 1}])
    assert await sitoo.sales_taxes.groups.update(groupid, name="Miami Dade") is True
    assert fake_sitoo.requests[-1].path == f"/sites/1/salestaxgroups/{groupid}.json"
    assert await sitoo.sales_taxes.groups.delete(groupid) is True
    assert await sitoo.sales_taxes.update(salestaxid, SalesTax(code="FL-1")) is True
    assert [tax.code async for tax in sitoo.sales_taxes.list()][-1] == "FL-1"
    assert await sitoo.sales_taxes.delete(salestaxid) is True
    with pytest.raises(errors.NotFoundError):
        await sitoo.sales_taxes.get(salestaxid)


async def test_a_percentage_off_its_pattern_is_refused(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError, match="exactly 3 decimals") as caught:
        await sitoo.sales_taxes.add(name="FL", decimalvaluedefault="6.5")
    assert caught.value.field == "decimalvaluedefault"
    assert fake_sitoo.requests == []


async def test_an_update_of_another_tax_than_the_path_names_is_refused(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.sales_taxes.update(1, SalesTax(salestaxid=2, name="FL"))
    assert caught.value.field == "salestaxid"
    assert fake_sitoo.requests == []
