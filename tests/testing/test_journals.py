"""Journals v3 of the fake server: what registers write down, and what a query selects of it."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from sitoo_async.testing import FakeSitoo
from sitoo_async.testing._reference.services import service_facts

ENTRIES = "/journals/v3/journal-entries"
NOBODY = "{00000000-0000-0000-0000-000000000000}"


def registers_of(fake, site=1):
    registers = fake.items(f"/sites/{site}/cashregisters").values()
    return [register["registerid"] for register in registers if register["registerkey"]]


@pytest.fixture
async def bare():
    """A server whose registers have written nothing yet."""
    async with FakeSitoo(orders=0, z_reports=0) as fake:
        yield fake


@pytest.fixture
async def entries(bare, connected):
    """Asks for the entries of the first register."""
    register = registers_of(bare)[0]
    async with connected(bare) as ask:

        async def find(query="", register=register):
            url = f"{bare.journals_url}/journal-entries?register_id={quote(register)}"
            return await ask("GET", f"{url}&num=1000&{query}")

        yield find


async def test_what_the_registers_of_the_account_did_is_in_their_journals(ask, fake_sitoo):
    facts = service_facts("journals-v3")["objects"]
    found = []
    for register in registers_of(fake_sitoo) + registers_of(fake_sitoo, 2):
        url = f"{fake_sitoo.journals_url}/journal-entries?num=1000&register_id={quote(register)}"
        items = (await ask("GET", url)).json["items"]
        assert {item["registerid"] for item in items} == {register}
        found += items
    reports = sum(
        len(fake_sitoo.items(f"/sites/{site}/cashregisters/{register}/zreports"))
        for site in (1, 2)
        for register in registers_of(fake_sitoo, site)
    )
    orders = [fake_sitoo.items(f"/sites/{site}/orders") for site in (1, 2)]
    kinds = [item["type"] for item in found]
    assert kinds.count("z-report") == kinds.count("login") == kinds.count("cash-start") == reports
    assert kinds.count("receipt") == sum(map(len, orders))
    of_kind = {
        "login": "JournalStaff",
        "cash-start": "JournalCash",
        "receipt": "JournalReceipt",
        "z-report": "JournalZReport",
    }
    for item in found:
        assert set(item) == set(facts["JournalEntry"]["fields"])
        assert set(item["data"]) <= set(facts[of_kind[item["type"]]]["fields"])
    [receipt, *_] = [item["data"] for item in found if item["type"] == "receipt"]
    assert receipt["items"][0]["moneytotal"].endswith(".00")
    assert receipt["isrefund"] is False
    assert len({item["id"] for item in found}) == len(found) == len(fake_sitoo.items(ENTRIES))
    # Some came late, as from a register that was offline.
    assert any(item["dateadded"] - item["datecreated"] > 86_400 for item in found)


async def test_what_happens_later_is_written_down_later(entries, bare):
    register = registers_of(bare)[0]
    assert (await entries()).json["items"] == []
    assert bare.add_z_report(register, moneysalestotal="12.50") == 1
    back = {"productname": "Cup", "sku": "S-1", "quantity": -1, "moneyrowprice": "-20.00"}
    order = {"ordertypeid": 10, "orderitems": [{**back, "vatvalue": 25}]}
    orderid = bare.add("/sites/1/orders", order)
    day = (await entries(register=register.lower())).json["items"]
    assert [item["type"] for item in day] == ["login", "cash-start", "z-report"]
    # Who reads on from the last arrival misses none, though the morning was hours ago.
    assert day[0]["datecreated"] < day[2]["datecreated"] <= min(item["dateadded"] for item in day)
    bare.items("/sites/1/orders")[orderid]["registerid"] = register
    [receipt] = (await entries("type=receipt")).json["items"]
    assert receipt["data"]["isrefund"] is True
    assert receipt["data"]["items"][0]["moneytotal"] == "-20.00"
    [report] = (await entries("type=z-report")).json["items"]
    assert report["data"]["moneysalestotal"] == "12.50"


async def test_both_ends_of_both_dates_are_inclusive_and_the_date_sorts(entries, bare):
    register = registers_of(bare)[0]
    late = bare.add_journal_entry(register, "login", {"staff": "A"}, created=100, added=300)
    soon = bare.add_journal_entry(register, "cart-clear", created=200)
    practice = bare.add_journal_entry(register, "login", created=200, practice=True)
    bare.add_journal_entry(registers_of(bare)[1], "login", created=200)

    async def ids(query):
        return [item["id"] for item in (await entries(query)).json["items"]]

    assert await ids("") == [late, soon, practice]
    assert await ids("date_type=added") == [soon, practice, late]
    assert await ids("date_type=added&sort_order=desc") == [late, practice, soon]
    assert await ids("date_from=100&date_to=200") == [late, soon, practice]
    assert await ids("date_from=101") == [soon, practice]
    assert await ids("date_to=199") == [late]
    assert await ids("date_type=added&date_from=300&date_to=300") == [late]
    assert await ids("type=login") == [late, practice]
    assert await ids("type=of-tomorrow") == []
    [_, _, trained] = (await entries()).json["items"]
    assert trained["ispractice"] is True
    assert bare.items(ENTRIES)[late]["data"] == {"staff": "A"}


async def test_an_entry_without_a_date_is_of_now(bare):
    key = bare.add_journal_entry(registers_of(bare)[0], "login")
    entry = bare.items(ENTRIES)[key]
    assert entry["datecreated"] == entry["dateadded"] > 1_700_000_000
    with pytest.raises(KeyError):
        bare.add_journal_entry(NOBODY, "login")
    with pytest.raises(KeyError):
        bare.add_z_report(NOBODY)


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("", "register_id", "field-missing"),
        ("register_id=1", "register_id", "field-validation"),
        (f"register_id={NOBODY[1:-1]}", "register_id", "field-validation"),
        (f"register_id={quote(NOBODY)}&date_type=sold", "date_type", "field-validation"),
        (f"register_id={quote(NOBODY)}&date_from=today", "date_from", "field-type"),
        (f"register_id={quote(NOBODY)}&sort_order=up", "sort_order", "field-validation"),
    ],
)
async def test_a_query_that_is_none_is_refused(ask, fake_sitoo, query, field, code):
    reply = await ask("GET", f"{fake_sitoo.journals_url}/journal-entries?{query}")
    assert reply.error == (400, code, field)
