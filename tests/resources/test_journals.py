"""Journals: one register's, by cursor or as they arrive, and those of all registers."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sitoo_async import errors
from sitoo_async.models import JournalCash, JournalEntryType, JournalReceipt, JournalZReport
from sitoo_async.testing import FakeSitoo, Fault

pytestmark = pytest.mark.virtual_time

START = 1_700_000_000


def moment(seconds):
    return datetime.fromtimestamp(seconds, UTC)


def ids(entries):
    return [entry.id for entry in entries]


def target(record):
    return record.raw_path.partition("/journals/v3")[2]


@pytest.fixture
async def fake():
    """A server whose registers have written nothing yet."""
    async with FakeSitoo(orders=0, z_reports=0) as server:
        yield server


@pytest.fixture
def registers(fake):
    """The GUIDs of the two registered registers of the first site."""
    found = fake.items("/sites/1/cashregisters").values()
    return [each["registerid"] for each in found if each["registerkey"]][:2]


async def test_a_register_is_named_with_braces_or_without(fake, client, registers):
    fake.add_journal_entry(registers[0], "login", {"staff": "Ann"}, created=START)
    bare = registers[0][1:-1]
    for name in (registers[0], bare):
        (entry,) = await client.journals.list(name, page_size=5).collect()
        assert (entry.type, entry.data.staff) == (JournalEntryType.LOGIN, "Ann")
        wanted = f"/journal-entries?register_id=%7B{bare}%7D&num=5"
        assert target(fake.requests[-1]) == wanted


@pytest.mark.parametrize("name", ["", "1", "{}", "{GUID}", "3CCB9848", 7, None, "{%s" % ("A" * 36)])
def test_what_is_no_register_is_refused_before_anything_is_sent(client, name):
    for ask in (client.journals.list, client.journals.list_added):
        with pytest.raises(errors.InvalidInputError, match="must be the GUID of a cash") as caught:
            ask(name)
        assert caught.value.field == "register_id"


async def test_filters_and_cursor_stand_in_the_query(fake, client, registers):
    bare = registers[0][1:-1]
    entries = [fake.add_journal_entry(registers[0], "login", created=START + n) for n in range(5)]
    found = client.journals.list(
        bare,
        date_from=moment(START + 1),
        date_to=moment(START + 4),
        date_type="created",
        sort_order="desc",
        type=JournalEntryType.LOGIN,
        page_size=3,
    )
    assert ids(await found.collect()) == entries[:0:-1]
    first, second = (target(record).partition("?")[2] for record in fake.requests)
    assert first == (
        f"register_id=%7B{bare}%7D&date_from={START + 1}&date_to={START + 4}&date_type=created"
        "&sort_order=desc&type=login&num=3"
    )
    assert second.startswith(f"{first}&next=")
    with pytest.raises(errors.InvalidInputError, match="one of 'created', 'added'"):
        client.journals.list(bare, date_type="arrived")
    with pytest.raises(errors.InvalidInputError, match="naive"):
        client.journals.list(bare, date_from=datetime(2026, 1, 1))  # noqa: DTZ001  # that is it
    with pytest.raises(errors.InvalidInputError, match="page_size="):
        client.journals.list(bare, num=3)


async def test_data_is_typed_by_the_type_of_the_entry(fake, client, registers):
    cash = {"currencycode": "SEK", "moneycash": "5000.00"}
    for kind, data in (("cash-start", cash), ("cart-clear", {"odd": [1]}), ("of-tomorrow", {})):
        fake.add_journal_entry(registers[0], kind, data, created=START)
    fake.add_z_report(registers[0], moneysalestotal="12.50")
    orderid = fake.add("/sites/1/orders", {"ordertypeid": 10, "orderitems": []})
    fake.items("/sites/1/orders")[orderid]["registerid"] = registers[0]
    found = {entry.type: entry.data async for entry in client.journals.list(registers[0])}
    assert found["cash-start"] == JournalCash(currencycode="SEK", moneycash=Decimal(5000))
    assert found["cart-clear"] == {"odd": [1]}
    assert found["of-tomorrow"] == {}
    assert isinstance(found["receipt"], JournalReceipt)
    assert isinstance(found["z-report"], JournalZReport)
    assert found["z-report"].moneysalestotal == Decimal("12.50")
    assert [type(kind) for kind in found] == [JournalEntryType] * len(found)


# As they arrive -------------------------------------------------------------------------------


async def test_a_backup_goes_by_arrival_and_is_resumed_by_the_moment(fake, client, registers):
    register = registers[0]
    # What was done first arrives last.
    numbers = [
        fake.add_journal_entry(register, "login", created=START - n, added=START + n // 2)
        for n in range(6)
    ]
    walk = client.journals.list_added(register, page_size=2)
    assert walk.position is None
    seen = []
    async for entry in walk:
        seen.append(entry.id)
        if entry.id == numbers[3]:
            break
    # It broke off before it was finished with that one, so that is where it goes on.
    assert (seen, walk.position) == (numbers[:4], moment(START + 1))
    assert target(fake.requests[0]).partition("&")[2] == ("date_type=added&sort_order=asc&num=2")
    again = client.journals.list_added(register, since=walk.position, page_size=2)
    assert again.position == moment(START + 1)
    assert ids(await again.collect()) == numbers[2:]
    held = client.journals.list_added(register, since=walk.position, held=seen)
    assert ids(await held.collect()) == numbers[4:]
    assert held.position == moment(START + 2)
    # The end is inclusive, so what arrives in that second later is there, and nothing is twice.
    late = fake.add_journal_entry(register, "login", created=START, added=START + 2)
    rest = client.journals.list_added(register, since=held.position, held=numbers)
    assert ids(await rest.collect()) == [late]
    assert f"date_from={START + 2}" in target(fake.requests[-1])
    nothing = client.journals.list_added(register, since=held.position, held=[*numbers, late])
    assert (await nothing.collect(), nothing.position) == ([], moment(START + 2))
    until = client.journals.list_added(register, until=moment(START))
    assert ids(await until.collect()) == numbers[:2]


async def test_every_form_of_a_walk_by_arrival_agrees(fake, client, registers):
    numbers = [fake.add_journal_entry(registers[0], "login", created=START + n) for n in range(5)]
    walk = client.journals.list_added(registers[0], page_size=2)
    pages = [page async for page in walk.pages()]
    assert [ids(page) for page in pages] == [numbers[:2], numbers[2:4], numbers[4:]]
    assert pages[-1].next is None
    assert (walk.position, ids(await walk)) == (moment(START + 4), numbers[:2])
    assert (await walk.first()).id == numbers[0]
    assert ids(await walk.collect(limit=3)) == numbers[:3]
    assert walk.position == moment(START + 2)
    with pytest.raises(errors.FieldNotFetchedError, match="no answer tells how many"):
        await walk.count()
    cursor = pages[0].next
    rest = client.journals.list(
        registers[0], after=cursor, date_type="added", sort_order="asc", page_size=2
    )
    assert ids(await rest.collect()) == numbers[2:]


async def test_a_page_ahead_is_the_one_that_is_needed_next(fake, client, registers):
    for number in range(10):
        fake.add_journal_entry(registers[0], "login", created=START + number)
    assert len(await client.journals.list_added(registers[0], page_size=2).collect()) == 10
    assert len(fake.requests) == 5


@pytest.mark.filterwarnings("ignore::sitoo_async.UnexpectedTypeWarning")
async def test_what_has_no_moment_is_walked_over(fake, client, registers):
    rows = [{"id": 1, "dateadded": START}, {"id": 2}, {"id": 3, "dateadded": None}, None]
    fake.script(Fault.answer(200, body={"items": rows, "next": ""}))
    walk = client.journals.list_added(registers[0], since=moment(START - 9), held=[1])
    assert ids(await walk.collect()) == [1, 2, 3]  # that of another moment is another one
    # Rather one too early than one too late.
    assert walk.position == moment(START)


async def test_entries_in_another_order_than_that_of_their_arrival_are_told(
    fake, client, registers
):
    early, late = ({"id": n, "dateadded": START + n} for n in (1, 2))
    for rows, since in (([late, early], None), ([early], moment(START + 2))):
        fake.script(Fault.answer(200, body={"items": rows, "next": ""}))
        with pytest.raises(errors.DecodeError, match="dateadded should ascend"):
            await client.journals.list_added(registers[0], since=since).collect()
    fake.script(Fault.answer(200, body={"items": [late, early], "next": ""}))
    # To whom the order does not matter, it does not.
    assert ids(await client.journals.list(registers[0]).collect()) == [2, 1]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"held": [1]}, "held"),
        ({"held": 1, "since": moment(1)}, "held"),
        ({"held": ["1"], "since": moment(1)}, "held"),
        ({"since": datetime(2026, 1, 1)}, "since"),  # noqa: DTZ001  # that is it
        ({"until": 5}, "until"),
        ({"page_size": 0}, "page_size"),
    ],
)
def test_what_can_not_be_meant_is_refused(client, registers, options, field):
    with pytest.raises(errors.InvalidInputError) as caught:
        client.journals.list_added(registers[0], **options)
    assert caught.value.field == field


# All registers --------------------------------------------------------------------------------


async def test_all_registers_are_walked_one_after_the_other(fake, client, registers):
    one, other = registers
    numbers = [
        fake.add_journal_entry(register, "login", created=START, added=START + n)
        for n, register in enumerate((one, other, one))
    ]
    walk = client.journals.list_all(page_size=1)
    nobody = client.site(2).journals.list_all(includenotregistered=True)
    assert [entry async for entry in nobody] == []
    assert walk.positions == nobody.positions == {}
    assert ids([entry async for entry in walk]) == [numbers[0], numbers[2], numbers[1]]
    positions = dict(walk.positions)
    assert positions == {one: moment(START + 2), other: moment(START + 1)}
    late = fake.add_journal_entry(other, "login", created=START, added=START + 9)
    lower = {register.lower(): position for register, position in positions.items()}
    for since in (positions, lower):
        again = client.journals.list_all(since=since)
        assert ids([entry async for entry in again]) == [numbers[2], numbers[1], late]
        assert again.positions == {one: moment(START + 2), other: moment(START + 9)}
    assert ids([entry async for entry in client.journals.list_all(since=moment(START + 9))]) == [
        late
    ]


async def test_a_walk_of_all_that_is_left_tells_where_at_once(fake, client, registers):
    numbers = [fake.add_journal_entry(registers[0], "login", created=START + n) for n in range(3)]
    walk = client.journals.list_all()
    async for entry in walk:
        if entry.id == numbers[1]:
            break
    assert walk.positions == {registers[0]: moment(START + 1)}


async def test_a_walk_of_all_that_is_broken_off_tells_where(fake, client, registers):
    one, other = registers
    numbers = [
        fake.add_journal_entry(register, "login", created=START + n)
        for n, register in enumerate((one, other, other))
    ]
    walk = client.journals.list_all(since={one: moment(START - 5)})
    entries = aiter(walk)
    assert ids([await anext(entries), await anext(entries)]) == numbers[:2]
    await entries.aclose()
    assert walk.positions == {one: moment(START), other: moment(START + 1)}
    rest = [entry.id async for entry in client.journals.list_all(since=walk.positions)]
    assert rest == numbers
    fake.script(Fault.answer(403, body={"request_id": "r", "error_code": "forbidden"}, times=1))
    with pytest.raises(errors.PermissionDeniedError):
        _ = [entry async for entry in walk]
    assert walk.positions == {one: moment(START - 5)}


async def test_a_register_is_known_by_its_guid_however_it_comes(fake, client, registers):
    bare = registers[0][1:-1].lower()
    fake.add_journal_entry(registers[0], "login", created=START)
    for name in (bare, None):
        page = {"totalcount": 1, "items": [{"registerid": name}]}
        fake.script(Fault.answer(200, body=page, times=1, path="cashregisters"))
        walk = client.journals.list_all(since={registers[0]: moment(START - 9)})
        if name is None:
            with pytest.raises(errors.DecodeError, match="of a cash register, registerid must be"):
                _ = [entry async for entry in walk]
        else:
            assert len([entry async for entry in walk]) == 1
            assert f"date_from={START - 9}" in target(fake.requests[-1])
            assert walk.positions == {f"{{{bare}}}": moment(START)}


@pytest.mark.parametrize("since", [5, "today", {"1": moment(1)}, {1: moment(1)}])
def test_what_is_no_moment_and_names_no_register_is_refused(client, registers, since):
    with pytest.raises(errors.InvalidInputError) as caught:
        client.journals.list_all(since=since)
    assert caught.value.field == "since"
    naive = datetime(2026, 1, 1)  # noqa: DTZ001  # that is it
    for each in (naive, {registers[0]: naive}, {registers[0]: 5}):
        with pytest.raises(errors.InvalidInputError, match="since"):
            client.journals.list_all(since=each)
