"""Cash registers and their Z-reports: GUIDs in paths, and what is asked for."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sitoo_async import errors
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time

REGISTER = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}"
ENCODED = "%7B3CCB9848-155A-49E1-7CA8-5F7F78FC3067%7D"
REPORT = {"zreportid": 2, "registerid": REGISTER, "dateopened": None, "moneycash_diff": "0.14"}


def target(record):
    return record.raw_path.partition("/90316")[2]


def envelope(*items):
    return Fault.answer(200, body={"totalcount": len(items), "items": [*items]})


async def test_quirk_5_3_22_registers_are_asked_for_by_a_word(fake_sitoo, sitoo):
    fake_sitoo.script(*[envelope({"registerid": REGISTER, "salestaxgroupid": None})] * 2)
    registers = sitoo.cash_registers.list(includenotregistered=True, page_size=5)
    (register,) = [register async for register in registers]
    assert (register.registerid, register.salestaxgroupid) == (REGISTER, None)
    assert await registers.count() == 1
    assert [target(record) for record in fake_sitoo.requests] == [
        "/sites/1/cashregisters.json?includenotregistered=true&start=0&num=5",
        "/sites/1/cashregisters.json?includenotregistered=true&start=0&num=1",
    ]
    with pytest.raises(errors.InvalidInputError, match="includenotregistered"):
        sitoo.cash_registers.list(includeinactive=True)


async def test_quirk_5_3_21_the_braces_of_a_guid_are_encoded(fake_sitoo, sitoo):
    fake_sitoo.script(
        Fault.answer(200, body={"registerid": REGISTER}),
        envelope(REPORT),
        Fault.answer(200, body=REPORT),
    )
    assert (await sitoo.cash_registers.get(REGISTER)).registerid == REGISTER
    (report,) = await sitoo.cash_registers.z_reports.list(
        REGISTER,
        datecreatedfrom=datetime(2024, 5, 1, tzinfo=UTC),
        datecreatedto=datetime(2024, 5, 2, tzinfo=UTC),
    )
    assert (report.zreportid, report.dateopened) == (2, None)
    assert await sitoo.cash_registers.z_reports.get(REGISTER, 2) == report
    one, listed, single = [target(record) for record in fake_sitoo.requests]
    assert one == f"/sites/1/cashregisters/{ENCODED}.json"
    assert listed == (
        f"/sites/1/cashregisters/{ENCODED}/zreports.json"
        "?datecreatedfrom=1714521600&datecreatedto=1714608000&start=0&num=1000"
    )
    assert single == f"/sites/1/cashregisters/{ENCODED}/zreports/2.json"


async def test_a_register_that_can_t_stand_in_a_path_is_refused(fake_sitoo, sitoo):
    for registerid in ("", "..", None):
        with pytest.raises(errors.InvalidInputError) as caught:
            await sitoo.cash_registers.get(registerid)
        assert caught.value.field == "registerid"
    with pytest.raises(errors.InvalidInputError, match="zreportid"):
        await sitoo.cash_registers.z_reports.get(REGISTER, "2")
    assert fake_sitoo.requests == []


async def test_a_register_that_is_not_there_is_told(sitoo):
    with pytest.raises(errors.NotFoundError):
        await sitoo.cash_registers.get(REGISTER)


async def test_the_reports_of_a_register_are_those_that_the_feed_gives(sitoo):
    registers = await sitoo.cash_registers.list().collect()
    feed = await sitoo.z_reports.list(eshopid=[1]).collect()
    for register in registers:
        own = await sitoo.cash_registers.z_reports.list(register.registerid).collect()
        fed = [report for report in feed if report.registerid == register.registerid]
        assert {report.zreportid for report in own} == {report.zreportid for report in fed}
    assert [report.dateadded for report in feed] == sorted(report.dateadded for report in feed)
    report = await sitoo.cash_registers.z_reports.get(feed[0].registerid, feed[0].zreportid)
    assert report.moneysummarytotal == feed[0].moneysummarytotal
