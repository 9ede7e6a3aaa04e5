"""The models of events: data by the type, and what they do not know passes through."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime

import pytest

from sitoo_async._codec.codec import decode_item, encode, writable
from sitoo_async.models import unknown_fields
from sitoo_async.spi import events as door
from sitoo_async.spi.events import Event, EventType, OrderData, OrderEventType
from sitoo_async.spi.events.objects import handed_over
from sitoo_async.testing._reference.services import service_facts
from tests.spi.events._events import event


def test_the_documented_example_goes_in_and_out():
    (example,) = service_facts("spi-events")["examples"]["Add Events"]["request"]
    read = decode_item(encode(example), Event, strict=True)
    assert read == Event(
        event_id="5e9fd002119a4c5fb4de5ccb9d0b90ea",
        event_type=EventType.ORDER,
        event_date=datetime(2021, 1, 20, 10, 29, 2, tzinfo=UTC),
        account_id=1500,
        data=OrderData(
            eshop_id=1,
            order_id=12345,
            order_event_type=OrderEventType.UPDATE,
            order_state_changed="closed",
        ),
    )
    assert writable(Event, read) == example


@pytest.mark.parametrize("event_type", [*EventType])
def test_data_is_of_the_model_that_the_type_says_and_keeps_what_it_does_not_know(event_type):
    told = event(1, event_type, {"order_id": 5, "new_in_2027": [1]})
    read = decode_item(encode(told), Event)
    assert type(read.data).__name__.lower() in {
        f"{event_type.replace('-', '')}data",
        "orderdata",
    }
    assert unknown_fields(read.data)["new_in_2027"] == [1]


def test_data_of_an_unknown_type_is_a_mapping():
    read = decode_item(encode(event(1, "cash-report", {"a": {"b": 1.5}})), Event)
    assert read.event_type == "cash-report"
    assert dict(read.data) == {"a": {"b": 1.5}}


def test_an_event_knows_in_which_attempt_it_is_and_that_is_no_field_of_it():
    mine = Event(event_id="1", event_type="order", data=OrderData(order_id=1))
    assert mine.attempt == 1
    assert handed_over(mine, 3).attempt == 3
    for same in (copy.deepcopy(mine), pickle.loads(pickle.dumps(mine))):  # noqa: S301 - our own
        assert same == mine
    assert "attempt" not in repr(mine)
    assert "attempt" not in writable(Event, mine)


def test_the_door_has_what_it_says():
    assert sorted(door.__all__) == door.__all__
    for name in door.__all__:
        assert getattr(door, name).__module__.startswith("sitoo_async.spi.events") or name in {
            "Handler",
            "Run",
            "MissedKind",
        }
