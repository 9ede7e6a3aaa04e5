"""Influencer codes: named by their own text, written in batches."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sitoo_async import errors
from sitoo_async.models import InfluencerCode

pytestmark = pytest.mark.virtual_time

CODE = {"code": "RUN&FAST", "name": "Joe Mason", "voucherpassword": "dJTv4gHE"}


async def test_codes_are_added_and_come_back_as_their_own_ids(sitoo, fake_sitoo):
    items = [
        CODE,
        InfluencerCode(code="KNITWEAR", name="Taylor", voucherpassword="x", maxuses=None),
    ]
    result = await sitoo.influencer_codes.add_many(items)
    assert [outcome.value for outcome in result] == ["RUN&FAST", "KNITWEAR"]
    assert fake_sitoo.requests[-1].json[0] == CODE
    assert fake_sitoo.requests[-1].json[1]["maxuses"] is None


async def test_a_code_stays_one_segment_of_the_path(sitoo, fake_sitoo):
    await sitoo.influencer_codes.add_many([CODE])
    found = await sitoo.influencer_codes.get("RUN&FAST")
    assert found.name == "Joe Mason"
    assert fake_sitoo.requests[-1].raw_path.endswith("/influencercodes/RUN%26FAST.json")
    some = await sitoo.influencer_codes.get("RUN&FAST", fields=["code", "name"])
    assert some == InfluencerCode(code="RUN&FAST", name="Joe Mason")


async def test_filters_and_order_are_written_as_sitoo_reads_them(sitoo, fake_sitoo):
    moment = datetime(2019, 6, 1, tzinfo=UTC)
    await sitoo.influencer_codes.list(
        active=True, name="Joe Mason", datestart_from=moment, sort="-datelastused", start=2
    )
    query = fake_sitoo.requests[-1].raw_path.split("?")[1]
    assert query == (
        "active=true&name=Joe%20Mason&datestart_from=1559347200&sort=-datelastused&start=2&num=1000"
    )


async def test_codes_are_updated_and_deleted_by_their_text(sitoo, fake_sitoo):
    await sitoo.influencer_codes.add_many([CODE])
    (await sitoo.influencer_codes.update_many([{"code": "RUN&FAST", "maxuses": 2000}]))[0]
    assert (await sitoo.influencer_codes.get("RUN&FAST")).maxuses == 2000
    result = await sitoo.influencer_codes.delete_many(["RUN&FAST", {"code": "NOBODY"}])
    assert fake_sitoo.requests[-1].json == [{"code": "RUN&FAST"}, {"code": "NOBODY"}]
    assert [outcome.ok for outcome in result] == [True, False]


@pytest.mark.parametrize(
    ("item", "field"),
    [
        ({"code": "X", "name": "Joe"}, "voucherpassword"),
        ({**CODE, "numused": 3}, "numused"),
        ({**CODE, "datestart": datetime(2019, 6, 1)}, "datestart"),  # noqa: DTZ001  # that is it
    ],
)
async def test_what_the_reference_forbids_is_refused(sitoo, fake_sitoo, item, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        await sitoo.influencer_codes.add_many([CODE, item])
    assert caught.value.field == field
    assert fake_sitoo.requests == []


async def test_a_bare_text_is_no_list_of_codes(sitoo, fake_sitoo):
    with pytest.raises(errors.InvalidInputError):
        await sitoo.influencer_codes.delete_many("KNITWEAR")
    assert fake_sitoo.requests == []
