"""The feed of Z-reports, which goes by a moment, and the Z-reports of stores."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sitoo_async import errors
from sitoo_async.testing import Fault

pytestmark = pytest.mark.virtual_time

REGISTER = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}"
ENCODED = "%7B3CCB9848-155A-49E1-7CA8-5F7F78FC3067%7D"
START = 1_618_225_274


def target(record):
    return record.raw_path.partition("/90316")[2]


def moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def report(zreportid, dateadded):
    return {"zreportid": zreportid, "registerid": REGISTER, "dateadded": dateadded}


# 500 reports fill an answer; the last two of them came in the same second.
FULL = [report(number, START + min(number, 498)) for number in range(500)]
# So the next answer begins with these two, and perhaps with more of that second.
REST = [*FULL[-2:], report(500, START + 498), report(501, START + 600)]


async def test_reports_are_walked_by_the_moment_they_arrived_and_none_comes_twice(
    fake_sitoo, sitoo
):
    fake_sitoo.script(Fault.answer(200, body=FULL), Fault.answer(200, body=REST))
    reports = sitoo.z_reports.list(added_from=moment(START), added_to=moment(START + 900))
    assert reports.position == moment(START)
    assert [found.zreportid async for found in reports] == [*range(502)]
    assert [target(record) for record in fake_sitoo.requests] == [
        f"/pos-z-reports?dateaddedto={START + 900}&dateaddedfrom={START}",
        f"/pos-z-reports?dateaddedto={START + 900}&dateaddedfrom={START + 498}",
    ]
    assert reports.position == moment(START + 600)
    assert reports.totalcount == 502


async def test_a_page_is_asked_for_in_advance_from_the_last_moment_of_a_full_one(fake_sitoo, sitoo):
    second = [report(number + 498, START + 498 + number) for number in range(500)]
    fake_sitoo.script(
        Fault.answer(200, body=FULL),
        Fault.answer(200, body=second),
        Fault.answer(200, body=second[-1:]),
    )
    assert len(await sitoo.z_reports.list().collect()) == 998
    assert [record.query for record in fake_sitoo.requests] == [
        {},
        {"dateaddedfrom": [str(START + 498)]},
        {"dateaddedfrom": [str(START + 997)]},
    ]


async def test_filters_are_written_as_sitoo_reads_them(fake_sitoo, sitoo):
    await sitoo.z_reports.list(eshopid=[1, 2], store_id=["100", "299"], registerid=[REGISTER])
    assert target(fake_sitoo.requests[0]) == (
        f"/pos-z-reports?eshopid=1,2&store_id=100,299&registerid={ENCODED}"
    )


async def test_a_bad_moment_is_told_before_the_walk(fake_sitoo, sitoo):
    for name, wire in (("added_from", "dateaddedfrom"), ("added_to", "dateaddedto")):
        with pytest.raises(errors.InvalidInputError, match="naive") as caught:
            sitoo.z_reports.list(**{name: datetime(2024, 5, 1)})  # noqa: DTZ001  # that is the point
        assert caught.value.field == wire
    with pytest.raises(errors.InvalidInputError, match="is not a filter"):
        sitoo.z_reports.list(dateaddedfrom=moment(START))
    assert fake_sitoo.requests == []


async def test_a_moment_beyond_what_python_holds_is_told_when_it_is_read(fake_sitoo, sitoo):
    broken = [*FULL[:-1], report(499, 10**15)]
    fake_sitoo.script(Fault.answer(200, body=FULL), Fault.answer(200, body=broken))
    strict = sitoo.with_options(strict=True)
    with pytest.raises(errors.DecodeError, match="dateadded"):
        await strict.z_reports.list().collect()


async def test_what_nobody_has_seen_documented_says_so(fake_sitoo, sitoo):
    fake_sitoo.script(
        Fault.answer(200, body=report(2, START)),
        Fault.answer(200, body=[{"id": 1, "share": 0.1}]),
        Fault.answer(200, body={"id": 1}),
        Fault.answer(200, body={"enabled": True}),
        Fault.answer(200, body=True),
    )
    stores = sitoo.store_z_reports
    with pytest.warns(errors.UnverifiedEndpointWarning):
        found = await sitoo.z_reports.get(REGISTER, 2)
    assert (found.zreportid, found.dateadded) == (2, moment(START))
    with pytest.warns(errors.UnverifiedEndpointWarning):
        assert await stores.list() == [{"id": 1, "share": Decimal("0.1")}]
    with pytest.warns(errors.UnverifiedEndpointWarning):
        assert await stores.get(1) == {"id": 1}
    with pytest.warns(errors.UnverifiedEndpointWarning):
        assert await stores.configuration.get() == {"enabled": True}
    with pytest.warns(errors.UnverifiedEndpointWarning):
        assert await stores.configuration.set({"enabled": True, "share": Decimal("0.5")}) is True
    assert [(record.method, target(record)) for record in fake_sitoo.requests] == [
        ("GET", f"/pos-z-reports/{ENCODED}/2"),
        ("GET", "/store-z-reports"),
        ("GET", "/store-z-reports/1"),
        ("GET", "/store-z-reports/configuration"),
        ("PUT", "/store-z-reports/configuration"),
    ]
    assert fake_sitoo.requests[-1].json == {"enabled": True, "share": 0.5}


async def test_a_configuration_that_is_no_json_is_not_sent(fake_sitoo, sitoo):
    for configuration in ([], None, "x"):
        with pytest.raises(errors.InvalidInputError, match="must be a mapping") as caught:
            await sitoo.store_z_reports.configuration.set(configuration)
        assert caught.value.field == "configuration"
    with pytest.raises(errors.InvalidInputError, match=r"configuration\.a"):
        await sitoo.store_z_reports.configuration.set({"a": {1, 2}})
    assert fake_sitoo.requests == []
