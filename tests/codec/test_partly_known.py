"""Models of services of which the reference can be had in part: evidence, choices, what is kept."""

from __future__ import annotations

import copy
import json
import pickle
import warnings
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import unknown_fields
from sitoo_async._codec import learning
from sitoo_async._codec.base import Model, model
from sitoo_async._codec.codec import decode_item, decode_page, encode, writable
from sitoo_async._codec.converter import converter
from sitoo_async._codec.enums import OpenText
from sitoo_async._codec.evidence import elsewhere, facts, known, name_only, scalar, union
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.kinds import (
    ChoiceOf,
    Hundredths,
    Mark,
    Moment,
    Money,
    TextOrInteger,
)
from sitoo_async._codec.learning import _MOST_MET, learner
from sitoo_async._codec.unset import UNSET
from sitoo_async.errors import DecodeError, InvalidInputError, UnexpectedTypeWarning

SERVICE = "a-service-of-these-tests"


@known(SERVICE, "Stage", "documented")
class Stage(OpenText):
    """How far it is."""

    NEW = "new"
    SENT = "sent"


@known(SERVICE, "Login", "documented")
@model
class Login(Model):
    """Who came."""

    staff: str = UNSET
    """Who."""


@known(SERVICE, "Cash", "inferred")
@model
class Cash(Model):
    """What was in the drawer."""

    moneycash: Money = UNSET
    """How much."""

    counted: Annotated[Login | None, Mark.INFERRED] = UNSET
    """Who counted it (inferred)."""


@known(SERVICE, "Percent", "documented")
@model
class Percent(Model):
    """So many of a hundred."""

    type: str = UNSET
    """What tells it."""

    value_int: int = UNSET
    """How many."""


@known(SERVICE, "Amount", "documented")
@model
class Amount(Model):
    """So much."""

    type: Annotated[str, Mark.REQUIRED] = UNSET
    """What tells it."""

    value_money: Money = UNSET
    """How much."""


Told = Annotated[
    Login | Cash | dict[str, Any],
    ChoiceOf(models={"login": Login, "relogin": Login, "cash": Cash}, field="type", beside=True),
]
Reward = Annotated[
    Percent | Amount | dict[str, Any],
    ChoiceOf(models={"percent": Percent, "amount": Amount}, field="type", beside=False),
]
scalar(SERVICE, "Money", "documented", Money)
union(SERVICE, "Told", "documented", Told)
name_only(SERVICE, "Printout", "PrintLine")
elsewhere(SERVICE, "EntryEnvelope", "documented", "a page")


@known(SERVICE, "Entry", "documented")
@model
class Entry(Model):
    """A line of a log."""

    type: str = UNSET
    """What tells what `data` is."""

    data: Told | None = UNSET
    """What it is about."""

    stage: Stage | None = UNSET
    """How far it is."""

    cost: Annotated[Hundredths | None, Mark.INFERRED] = UNSET
    """What it cost (inferred)."""

    at: Moment | None = UNSET
    """When it was."""

    number: TextOrInteger | None = UNSET
    """Its number."""

    rewards: list[Reward] = UNSET
    """What it brings."""

    reward: Reward = UNSET
    """What it brings most of all."""


@model
class Folder(Model):
    """An object of which everything is known, around one of which it is not."""

    entry: Entry = UNSET
    """The entry."""

    entries: list[Entry] = UNSET
    """More of them."""


@known(SERVICE, "Shelf", "inferred")
@model
class Shelf(Model):
    """What is around that."""

    folder: Folder = UNSET
    """A folder."""

    type: str = UNSET
    """What tells what `data` is."""

    data: Annotated[
        Folder | dict[str, Any], ChoiceOf(models={"folder": Folder}, field="type", beside=True)
    ] = UNSET
    """Another one."""


ROW: dict[str, Any] = {
    "type": "cash",
    "data": {"moneycash": "5.00", "counted": {"staff": "Ann", "odd": 1}, "more": [1.5]},
    "stage": "lost",
    "cost": 12350,
    "at": "2023-05-06T07:08:09+02:00",
    "number": "7a",
    "rewards": [{"type": "percent", "value_int": 10, "x": 0}, {"type": "kiss", "y": 1}, None],
    "reward": {"type": "amount", "value_money": "1.00"},
    "rank": 7,
}
ENTRY = Entry(
    type="cash",
    data=Cash(moneycash=Decimal("5.00"), counted=Login(staff="Ann")),
    stage=Stage("lost"),
    cost=Decimal("123.50"),
    at=datetime(2023, 5, 6, 7, 8, 9, tzinfo=timezone(timedelta(hours=2))),
    number="7a",
    rewards=[Percent(type="percent", value_int=10), {"type": "kiss", "y": 1}, None],
    reward=Amount(type="amount", value_money=Decimal("1.00")),
)


# What is noted ------------------------------------------------------------------------------


def test_what_is_known_of_a_service_is_noted_by_its_name():
    found = {name: fact for (service, name), fact in facts().items() if service == SERVICE}
    assert found["Cash"] == (SERVICE, "Cash", "inferred", Cash, "")
    assert found["Stage"].of is Stage
    assert found["Money"].of is Money
    assert found["Told"].of is Told
    assert found["PrintLine"] == (SERVICE, "PrintLine", "name-only", None, "a plain mapping")
    assert found["EntryEnvelope"].note == "a page"
    inferred = [name for name, field in fields_of(Entry).items() if field.inferred]
    assert inferred == ["cost"]
    with pytest.raises(TypeError):
        facts()["a", "b"] = found["Cash"]  # type: ignore[index]  # it can't be written


# Reading ------------------------------------------------------------------------------------


def kept_in(entry: Any) -> list[dict[str, Any]]:
    found = (entry, entry.data, entry.data.counted, entry.rewards[0], entry.reward)
    return [{**unknown_fields(each)} for each in found]


@pytest.mark.parametrize("keep_unknown", [False, True])
@pytest.mark.parametrize("strict", [False, True])
def test_both_ways_of_reading_tell_the_models_and_keep_what_they_lack(strict, keep_unknown):
    options = {"strict": strict, "keep_unknown": keep_unknown}
    body = encode({"totalcount": 1, "items": [ROW]})
    (first,), _ = decode_page(body, Entry, **options)
    (second,), _ = decode_page(body, Entry, **options)  # by the shape that the first one taught
    folder = decode_item(encode({"entry": ROW, "entries": [ROW], "z": 1}), Folder, **options)
    exact = json.loads(encode(ROW), parse_float=Decimal)
    read = [first, second, decode_item(encode(ROW), Entry, **options), folder.entry]
    for entry in (*read, folder.entries[0], converter.structure(exact, Entry)):
        assert repr(entry) == repr(ENTRY)
        more = [{"rank": 7}, {"more": [Decimal("1.5")]}, {"odd": 1}, {"x": 0}, {}]
        assert kept_in(entry) == more
    assert unknown_fields(folder) == ({"z": 1} if keep_unknown else {})


@pytest.mark.parametrize(
    ("row", "data"),
    [
        ({"type": "login", "data": {"staff": "Ann"}}, Login(staff="Ann")),
        ({"type": "relogin", "data": {}}, Login()),
        ({"type": "login", "data": None}, None),
        ({"type": "printout", "data": {"lines": [{"a": 1}]}}, {"lines": [{"a": 1}]}),
        ({"type": "printout", "data": None}, None),
        ({"data": {"staff": "Ann"}}, {"staff": "Ann"}),
        ({"type": None, "data": {"staff": "Ann"}}, {"staff": "Ann"}),
    ],
)
def test_an_object_is_told_by_the_text_beside_it(row, data):
    for body in (encode(row), encode({**row, "number": True})):  # and where something is broken
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UnexpectedTypeWarning)
            found = decode_item(body, Entry)
        assert repr(found.data) == repr(data)


@pytest.mark.parametrize("broken", [[1], "text", 5, True])
@pytest.mark.parametrize("tag", ["login", "printout", 3, ["login"]])
def test_what_is_no_object_stays_as_it_came(tag, broken):
    row = {"type": tag, "data": broken, "reward": broken, "rewards": [broken]}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnexpectedTypeWarning)
        found = decode_item(encode(row), Entry)
    assert [found.type, found.data, found.reward, found.rewards] == [tag, broken, broken, [broken]]
    with pytest.raises(DecodeError):
        decode_item(encode(row), Entry, strict=True)


# Laws ---------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
TAGS = st.sampled_from(["login", "cash", "relogin", "percent", "amount", "other", ""])
MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30))]))
OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "type": TAGS | JSON,
        "staff": st.text(max_size=3) | JSON,
        "moneycash": st.just("1.00") | JSON,
        "value_int": st.integers() | JSON,
        "value_money": st.just("2.50") | JSON,
        "rank": JSON,
    },
)
ROWS = st.fixed_dictionaries(
    {},
    optional={
        "type": TAGS | JSON,
        "data": OBJECTS | JSON,
        "stage": st.sampled_from(["new", "lost"]) | JSON,
        "cost": st.integers() | JSON,
        "at": MOMENTS.map(datetime.isoformat) | st.from_regex(r"2023-0[0-9]-[0-3]1T12:0.*") | JSON,
        "number": JSON,
        "rewards": st.lists(OBJECTS | JSON, max_size=2),
        "reward": OBJECTS | JSON,
        "unheardof": JSON,
    },
)


@given(st.lists(ROWS, max_size=3))
def test_the_fast_and_the_tolerant_way_agree(rows):
    body = json.dumps({"totalcount": len(rows), "items": rows}).encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnexpectedTypeWarning)
        expected = converter.structure(json.loads(body)["items"], list[Entry])
        for _ in range(2):
            page, _ = decode_page(body, Entry)
            assert repr(page) == repr(expected)
            assert [*map(unknown_fields, page)] == [*map(unknown_fields, expected)]
        for row, entry in zip(rows, expected, strict=True):
            assert repr(decode_item(json.dumps(row).encode(), Entry)) == repr(entry)


AMOUNTS = st.decimals(-(10**16), 10**16, places=2).map(lambda amount: amount or amount.copy_abs())
ENTRIES = st.fixed_dictionaries(
    {
        "type": st.just("cash"),
        "data": AMOUNTS.map(lambda amount: Cash(moneycash=amount)),
        "stage": TEXT.map(Stage),
        "cost": AMOUNTS,
        "at": MOMENTS,
        "number": TEXT | st.integers(-(2**63), 2**63 - 1),
        "reward": st.integers(-9, 9).map(lambda value: Percent(type="percent", value_int=value))
        | st.dictionaries(st.sampled_from(["a", "b"]), TEXT, max_size=2),
    }
).map(lambda row: Entry(**row))


@given(ENTRIES)
def test_what_is_written_reads_back_as_it_was_set(entry):
    written = writable(Entry, entry)
    again = decode_item(encode(written), Entry, strict=True)
    assert again == entry
    assert again.at.utcoffset() == entry.at.utcoffset()
    assert converter.unstructure(entry) == written
    assert pickle.loads(pickle.dumps(entry)) == entry  # noqa: S301  # our own bytes


# Writing ------------------------------------------------------------------------------------


def test_what_was_read_goes_back_as_it_came_but_for_what_is_unknown():
    entry, wanted = copy.deepcopy(ENTRY), copy.deepcopy(ROW)
    entry.rewards.pop()  # null, which is read and never written
    wanted["rewards"].pop()
    for each in (wanted, wanted["data"], wanted["data"]["counted"], wanted["rewards"][0]):
        for name in ("rank", "more", "odd", "x"):
            each.pop(name, None)
    assert writable(Entry, entry) == wanted


@pytest.mark.parametrize(
    ("values", "written"),
    [
        ({"type": "login", "data": {"staff": ""}}, {"type": "login", "data": {"staff": ""}}),
        ({"data": Login(staff="Ann")}, {"data": {"staff": "Ann"}}),
        ({"type": "new", "data": Login(staff="x")}, {"type": "new", "data": {"staff": "x"}}),
        ({"type": "new one", "data": {"free": [1]}}, {"type": "new one", "data": {"free": [1]}}),
        ({"data": {"free": None}}, {"data": {"free": None}}),
        ({"reward": Percent(value_int=5)}, {"reward": {"type": "percent", "value_int": 5}}),
        ({"reward": {"type": "kiss", "n": 1}}, {"reward": {"type": "kiss", "n": 1}}),
        ({"stage": Stage.SENT}, {"stage": "sent"}),
        ({"stage": "brand-new"}, {"stage": "brand-new"}),
        ({"cost": Decimal("-0.05")}, {"cost": -5}),
        ({"cost": "123.50"}, {"cost": 12350}),
        ({"cost": Decimal(7)}, {"cost": 700}),
        ({"at": datetime(2023, 1, 2, 3, 4, 5, 6, UTC)}, {"at": "2023-01-02T03:04:05.000006Z"}),
        ({"at": "2023-01-02T03:04:05Z"}, {"at": "2023-01-02T03:04:05Z"}),
    ],
)  # fmt: skip
def test_how_a_value_is_written(values, written):
    assert writable(Entry, values) == written


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"type": "login", "data": Cash()}, "data must be a Login where type is 'login', not Cash"),
        ({"data": Percent()}, "data must be a Login or Cash, or a mapping, not Percent"),
        ({"type": "login", "data": {"stuff": 1}}, "data.stuff is not a field of Login"),
        ({"type": "login", "data": "x"}, "data must be a Login or a mapping"),
        ({"data": "x"}, "data must be a mapping, not str"),
        ({"reward": Amount(type="percent")}, "reward must be a Percent where reward.type is"),
        ({"rewards": [{"type": "percent", "value_int": "1"}]}, r"rewards\[0\].value_int must be"),
        ({"cost": 12350}, "cost must be a Decimal or text with two decimals, not int"),
        ({"cost": True}, "cost must be a Decimal, an int or text, not bool"),
        ({"cost": Decimal("0.005")}, "cost has more than 2 decimals"),
        ({"cost": Decimal(10) ** 20}, "cost does not fit into 64 bits"),
        ({"at": datetime(2023, 1, 1)}, "at is a naive datetime"),  # noqa: DTZ001  # that is it
        ({"at": "2023-01-01"}, "at must be a moment with its offset"),
        ({"at": 5}, "at must be an aware datetime or text, not int"),
        ({"number": 1.5}, "number must be a str or an int, not float"),
        ({"number": True}, "number must be a str or an int, not bool"),
        ({"number": 2**63}, "number does not fit into 64 bits"),
        ({"number": "\ud800"}, "number holds half of a surrogate pair"),
        ({"stage": 5}, "stage must be a str, not int"),
    ],
)
def test_what_can_not_be_written_is_named(values, told):
    with pytest.raises(InvalidInputError, match=told):
        writable(Entry, values)


# Open texts ---------------------------------------------------------------------------------


def test_a_text_that_nobody_lists_is_itself():
    stage = Stage("lost")
    assert stage == "lost"
    assert hash(stage) == hash("lost")
    assert {stage: 1}["lost"] == 1
    assert f"{stage}" == "lost"
    assert stage.name == "UNKNOWN"
    assert Stage("lost") == stage
    assert "lost" not in Stage.__members__
    for again in (copy.copy(stage), copy.deepcopy(stage), pickle.loads(pickle.dumps(stage))):  # noqa: S301
        assert (type(again), again) == (Stage, "lost")
    assert pickle.loads(pickle.dumps(Stage.NEW)) is Stage.NEW  # noqa: S301  # our own bytes
    with pytest.raises(ValueError, match="5"):
        Stage(5)


def test_long_texts_are_not_kept_for_the_next_time():
    load: Any = fields_of(Entry)["stage"].kind
    long = "x" * 65
    assert decode_item(encode({"stage": long}), Entry).stage == long
    assert long not in load.load


# Names that nobody documents, in objects within -------------------------------------------------


def page_of(*rows: dict[str, Any]) -> bytes:
    return encode({"totalcount": len(rows), "items": rows})


def read(*rows: dict[str, Any]) -> list[Any]:
    """The entries of a page, read twice: by what was learned, and by what it taught."""
    (first, _), (second, _) = (decode_page(page_of(*rows), Entry) for _ in range(2))
    exact = json.loads(page_of(*rows), parse_float=Decimal)["items"]
    expected = converter.structure(exact, list[Entry])
    for found in (first, second):
        assert repr(found) == repr(expected)
        assert [*map(everything, found)] == [*map(everything, expected)]
    return second


def everything(item: Any) -> Any:
    """All that an item and the objects within keep."""
    if isinstance(item, Model):
        inner = {name: everything(getattr(item, name, None)) for name in fields_of(type(item))}
        return {**unknown_fields(item)}, inner
    return [everything(each) for each in item] if isinstance(item, list) else item


def row_of(names: dict[str, Any], more: dict[str, Any] | None = None) -> dict[str, Any]:
    login = {"staff": "Ann", **(more or {})}
    return {"type": "cash", "data": {"moneycash": "1.00", "counted": login, **names}}


def test_names_within_are_learned_so_that_the_next_page_is_read_close_again(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(learning, "_known", {})  # whatever other tests taught
    learned = learner(Entry)
    for names in ({"a": 1}, {"a": 1, "b": [1.5]}, {"b": None}, {}, {"c": {"d": 1}}):
        read(row_of(names), row_of({}, names))
        reader = learned._readers[0]
        assert reader.way.close
        assert {name for cls, name in reader.way.met if cls is Cash} >= {*names}
    # What is met in one of them is met in all that are read from then on.
    read({"type": "login", "data": {"a": 2, "staff": "x"}, "stage": "new"})
    assert learned._readers[0].way.close


@pytest.mark.parametrize("name", ['a"b', "a\\b", "a\nb", "\x00", "", " ", "é", "_0", "self"])
def test_any_name_may_stand_within(name):
    for names in ({name: 1}, {name: 1, "plain": 2}):
        (entry,) = read(row_of(names, names))
        assert unknown_fields(entry.data) == names
        assert unknown_fields(entry.data.counted) == names


def test_where_there_is_no_end_to_the_names_they_are_kept_all_the_same():
    @known(SERVICE, "Endless", "inferred")
    @model
    class Endless(Model):
        entry: Entry = UNSET

    for number in range(_MOST_MET + 9):
        body = encode({"entry": {"stage": "new", f"name{number}": number}})
        for _ in range(2):
            found = decode_item(body, Endless)
            assert unknown_fields(found.entry) == {f"name{number}": number}
    assert len(learner(Endless)._met) == _MOST_MET
    assert not learner(Endless)._readers[0].way.close


def test_each_model_says_for_itself_whether_it_keeps_them():
    folder = {"z": 1, "entry": {"stage": "new", "odd": 2}}
    body = encode({"folder": folder, "type": "folder", "data": folder, "y": 3})
    for keep_unknown in (False, True):
        for _ in range(2):
            shelf = decode_item(body, Shelf, keep_unknown=keep_unknown)
            assert unknown_fields(shelf) == {"y": 3}
            for each in (shelf.folder, shelf.data):
                assert unknown_fields(each) == ({"z": 1} if keep_unknown else {})
                assert unknown_fields(each.entry) == {"odd": 2}
        assert learner(Shelf, keep_unknown=keep_unknown)._readers[0].way.close


def test_what_breaks_its_type_within_leaves_what_was_learned_as_it_is():
    read(row_of({}))
    before = learner(Entry)._readers[0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnexpectedTypeWarning)
        for broken in ({"moneycash": 5}, {"moneycash": "NaN"}):
            body = page_of({"type": "cash", "data": broken})
            (entry,), _ = decode_page(body, Entry)
            assert entry.data.moneycash == broken["moneycash"]
    assert before in learner(Entry)._readers
