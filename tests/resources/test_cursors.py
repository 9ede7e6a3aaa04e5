"""Cursors that are taken from answers: what a walk does where the answer does not hold a good one.

A walk that goes by the last id or the last moment it saw must not begin anew, go round in circles
or put the blame on the caller, whatever the server puts in that place.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from sitoo_async.errors import DecodeError
from sitoo_async.testing import Fault

pytestmark = [
    pytest.mark.virtual_time,
    pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning"),
]

MISSING = object()
START = 1_618_225_274
REGISTER = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}"

# The walks that go by a number.
WALKS = {
    "orders": (lambda sitoo: sitoo.orders.list(page_size=3), "orderid"),
    "orders of all sites": (lambda sitoo: sitoo.orders.list_all(page_size=3), "orderid"),
    "transactions": (
        lambda sitoo: sitoo.warehouse_transactions.list(page_size=3),
        "warehousetransactionid",
    ),
    "transactions of a warehouse": (
        lambda sitoo: sitoo.warehouses.transactions.list(1, page_size=3),
        "warehousetransactionid",
    ),
}

BAD_NUMBERS = {
    "missing": MISSING,
    "null": None,
    "text": "x7",
    "empty": "",
    "boolean": True,
    "fraction": 7.5,
    "array": [7],
    "object": {"id": 7},
    "zero": 0,
    "negative": -7,
    "that of the page before": 3,
    "one that goes back": 2,
}


def row(identifier, value):
    return {} if value is MISSING else {identifier: value}


def envelope(*rows, totalcount=50):
    return {"totalcount": totalcount, "items": rows}


async def seen_of(paginator, identifier):
    """What a walk gives before it fails, and how."""
    seen = []

    async def walk():
        async for item in paginator:
            seen.append(getattr(item, identifier))  # noqa: PERF401  # what came before the error

    with pytest.raises(DecodeError) as caught:
        await walk()
    assert caught.value.sent == "yes"
    return seen, caught.value


def position_of(paginator):
    """Where it stands, or the error that says why nobody can tell."""
    try:
        return paginator.position
    except DecodeError as error:
        return str(error)


@pytest.mark.no_cover  # many alike; others tell what is covered
@pytest.mark.parametrize("bad", BAD_NUMBERS.values(), ids=[*BAD_NUMBERS])
@pytest.mark.parametrize(("walk", "identifier"), WALKS.values(), ids=[*WALKS])
async def test_a_last_id_that_is_no_good_ends_the_walk_with_an_error(
    fake_sitoo, sitoo, walk, identifier, bad
):
    rows = [row(identifier, number) for number in range(1, 6)]
    fake_sitoo.script(
        Fault.answer(200, body=envelope(*rows[:3])),
        Fault.answer(200, body=envelope(*rows[3:5], row(identifier, bad))),
        Fault.answer(200, body=envelope(*rows[:3]), times=20),
    )
    paginator = walk(sitoo)
    seen, error = await seen_of(paginator, identifier)
    assert seen == [1, 2, 3]
    assert identifier in str(error)
    assert len(fake_sitoo.requests) <= 3  # one may have been asked for ahead
    # Once the answers are good again, it goes on where it stood.
    assert paginator.position == 3


@pytest.mark.parametrize(("walk", "identifier"), WALKS.values(), ids=[*WALKS])
async def test_ids_that_go_back_inside_a_page_are_refused(fake_sitoo, sitoo, walk, identifier):
    rows = [row(identifier, number) for number in (1, 9, 3)]
    fake_sitoo.script(Fault.answer(200, body=envelope(*rows)))
    seen, error = await seen_of(walk(sitoo), identifier)
    assert seen == []
    assert f"{identifier} should ascend" in str(error)


@pytest.mark.parametrize(("walk", "identifier"), WALKS.values(), ids=[*WALKS])
async def test_a_row_in_the_middle_without_its_id_ends_no_walk_and_has_no_position(
    fake_sitoo, sitoo, walk, identifier
):
    rows = [row(identifier, 1), row(identifier, MISSING), row(identifier, 3)]
    fake_sitoo.script(
        Fault.answer(200, body=envelope(*rows, totalcount=4)),
        Fault.answer(200, body=envelope(row(identifier, 4), totalcount=1)),
    )
    paginator = walk(sitoo)
    positions = []
    reprs = []
    async for _ in paginator:
        positions.append(position_of(paginator))
        reprs.append(repr(paginator))
    assert positions[:2] == [0, 1]
    assert f"without its {identifier}" in positions[2]
    assert positions[3] == 3
    assert "position unknown" in reprs[2]
    assert paginator.position == 4


# By an id that is text


@pytest.mark.parametrize(
    "bad", [MISSING, None, "", 7, True, ["C"]], ids=["missing", "null", "empty", "1", "true", "[]"]
)
async def test_a_text_id_that_is_no_good_never_makes_the_walk_begin_anew(fake_sitoo, sitoo, bad):
    fake_sitoo.script(
        Fault.answer(200, body=[{"id": "A"}, {"id": "B"}]),
        Fault.answer(200, body=[{"id": "C"}, row("id", bad)]),
        Fault.answer(200, body=[{"id": "A"}, {"id": "B"}], times=20),
    )
    paginator = sitoo.service_orders.list(page_size=2)
    seen, error = await seen_of(paginator, "id")
    assert seen == ["A", "B"]
    assert "without its id" in str(error) or "as its id" in str(error)
    assert (len(fake_sitoo.requests), paginator.position) == (2, "B")


async def test_text_ids_that_go_round_in_circles_are_noticed(fake_sitoo, sitoo):
    pages = [[{"id": "A"}, {"id": "B"}], [{"id": "C"}, {"id": "D"}]]
    fake_sitoo.script(*(Fault.answer(200, body=page) for page in pages * 10))
    seen, error = await seen_of(sitoo.service_orders.list(page_size=2), "id")
    assert seen == ["A", "B", "C", "D"]
    assert "no progress" in str(error)


async def test_a_page_that_holds_the_id_it_was_to_follow_is_refused(fake_sitoo, sitoo):
    fake_sitoo.script(
        Fault.answer(200, body=[{"id": "A"}, {"id": "B"}]),
        Fault.answer(200, body=[{"id": "B"}, {"id": "C"}], times=20),
    )
    seen, error = await seen_of(sitoo.service_orders.list(page_size=2), "id")
    assert seen == ["A", "B"]
    assert "should follow the id 'B'" in str(error)


# By a moment


def report(zreportid, dateadded=MISSING):
    return {"zreportid": zreportid, "registerid": REGISTER} | row("dateadded", dateadded)


def page(first, last):
    """An answer as full as can be, the last of its reports with that moment."""
    reports = [report(first + at, START + first + at) for at in range(499)]
    return [*reports, report(first + 499, last)]


BAD_MOMENTS = {
    "missing": MISSING,
    "null": None,
    "text": "yesterday",
    "boolean": True,
    "array": [START],
    "beyond any year": 10**15,
    "one that goes back": START,
    "one before all others": 5,
}


@pytest.mark.parametrize("bad", BAD_MOMENTS.values(), ids=[*BAD_MOMENTS])
@pytest.mark.parametrize("full_pages", [0, 1, 2])
async def test_a_last_moment_that_is_no_good_never_makes_the_walk_begin_anew(
    fake_sitoo, sitoo, bad, full_pages
):
    good = [page(500 * at, START + 500 * at + 499) for at in range(full_pages)]
    fake_sitoo.script(
        *(Fault.answer(200, body=body) for body in good),
        Fault.answer(200, body=page(500 * full_pages, bad)),
        Fault.answer(200, body=page(0, START + 499), times=20),
    )
    paginator = sitoo.z_reports.list()
    seen, error = await seen_of(paginator, "zreportid")
    assert seen == list(range(500 * full_pages))
    assert "dateadded" in str(error)
    assert len(fake_sitoo.requests) == full_pages + 1
    expected = datetime.fromtimestamp(START + 500 * full_pages - 1, UTC) if full_pages else None
    assert paginator.position == expected


async def test_moments_that_go_back_inside_an_answer_are_refused(fake_sitoo, sitoo):
    fake_sitoo.script(
        Fault.answer(200, body=[report(1, START), report(2, START + 9), report(3, START + 5)])
    )
    seen, error = await seen_of(sitoo.z_reports.list(), "zreportid")
    assert seen == []
    assert "dateadded should ascend, and goes back" in str(error)


async def test_a_moment_finer_than_a_second_to_begin_with_is_no_step_back(fake_sitoo, sitoo):
    fake_sitoo.script(Fault.answer(200, body=[report(1, START), report(2, START + 5)]))
    since = datetime.fromtimestamp(START, UTC).replace(microsecond=500_000)
    assert len(await sitoo.z_reports.list(added_from=since).collect()) == 2


async def test_behind_the_last_page_no_moment_is_needed(fake_sitoo, sitoo):
    fake_sitoo.script(
        Fault.answer(200, body=page(0, START + 499)),
        Fault.answer(200, body=[report(500, START + 500), report(501), report(502)]),
        Fault.answer(200, body=[report(1), report(2)]),
    )
    paginator = sitoo.z_reports.list()
    assert len(await paginator.collect()) == 503
    # Whoever goes on from there gets some twice rather than none.
    assert paginator.position == datetime.fromtimestamp(START + 500, UTC)
    paginator = sitoo.z_reports.list()
    assert len(await paginator.collect()) == 2
    assert paginator.position is None


async def test_a_report_in_the_middle_without_its_moment_has_no_position(fake_sitoo, sitoo):
    reports = [report(1, START), report(2), report(3, START + 5)]
    fake_sitoo.script(Fault.answer(200, body=reports))
    paginator = sitoo.z_reports.list()
    positions = []
    async for found in paginator:
        if found.zreportid == 2:
            with pytest.raises(DecodeError, match="without its dateadded"):
                _ = paginator.position
        else:
            positions.append(int(paginator.position.timestamp()))
    assert positions == [START, START + 5]


@pytest.mark.parametrize("at_once", [500, 700])
async def test_a_moment_that_more_reports_share_than_an_answer_holds_is_an_error(
    fake_sitoo, sitoo, at_once
):
    answer = [report(number, START) for number in range(at_once)][:500]
    fake_sitoo.script(Fault.answer(200, body=answer, times=20))
    seen, error = await seen_of(sitoo.z_reports.list(), "zreportid")
    assert seen == list(range(500))
    assert "no progress" in str(error)
    assert len(fake_sitoo.requests) == 2


@pytest.mark.parametrize(
    "broken",
    [
        {"zreportid": 7},
        {"registerid": REGISTER},
        {"registerid": None, "zreportid": 7},
        {"registerid": [REGISTER], "zreportid": {"of": 7}},
    ],
    ids=["no register", "no number", "null", "of other types"],
)
async def test_a_report_that_nothing_tells_from_others_is_an_error_where_it_matters(
    fake_sitoo, sitoo, broken
):
    broken = broken | {"dateadded": START}
    # One answer holds all of them: nothing has to be told apart.
    fake_sitoo.script(Fault.answer(200, body=[broken, broken]))
    assert len(await sitoo.z_reports.list().collect()) == 2
    fake_sitoo.script(
        Fault.answer(200, body=page(0, START + 499)),
        Fault.answer(200, body=[broken | {"dateadded": START + 499}]),
    )
    seen, error = await seen_of(sitoo.z_reports.list(), "zreportid")
    assert seen == list(range(500))
    assert "registerid or zreportid" in str(error)
