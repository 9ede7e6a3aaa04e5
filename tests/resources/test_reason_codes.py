"""Reason codes belong to the account, not to a site."""

from __future__ import annotations

import pytest

from sitoo_async import errors
from sitoo_async.models import ReasonCode

pytestmark = pytest.mark.virtual_time


async def test_reason_codes_are_the_accounts_own(sitoo, fake_sitoo):
    one = await sitoo.reason_codes.add(type=10, reasoncode="103", name="Reclaims")
    assert fake_sitoo.requests[-1].path == "/reasoncodes.json"
    assert (await sitoo.site(2).reason_codes.get(one)).name == "Reclaims"
    assert fake_sitoo.requests[-1].path == f"/reasoncodes/{one}.json"


async def test_reason_codes_are_filtered_by_several_uses_in_one_parameter(sitoo, fake_sitoo):
    await sitoo.reason_codes.add(ReasonCode(type=10, reasoncode="103"))
    await sitoo.reason_codes.add(type=20, reasoncode="201")
    both = [code.type async for code in sitoo.reason_codes.list(type=[10, 20])]
    assert {*both} == {10, 20}
    assert "type=10,20" in fake_sitoo.requests[-1].raw_path
    assert {code.type async for code in sitoo.reason_codes.list(type=[20])} == {20}


async def test_a_reason_code_is_updated_and_deleted(sitoo, fake_sitoo):
    reasoncodeid = await sitoo.reason_codes.add(type=10, reasoncode="103")
    assert await sitoo.reason_codes.update(reasoncodeid, name="Customer reclaim") is True
    assert fake_sitoo.requests[-1].json == {"name": "Customer reclaim"}
    assert await sitoo.reason_codes.delete(reasoncodeid) is True
    with pytest.raises(errors.NotFoundError):
        await sitoo.reason_codes.get(reasoncodeid)


@pytest.mark.parametrize("types", [[], 10, ["10"], [True]])
async def test_a_use_that_would_be_misread_is_refused(sitoo, fake_sitoo, types):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.reason_codes.list(type=types)
    assert caught.value.field == "type"
    assert fake_sitoo.requests == []
