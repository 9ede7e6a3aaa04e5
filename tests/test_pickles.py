"""What was pickled reads in every later version: caches and queues outlive an upgrade.

`data/pickled.json` holds what each version pickled, as bytes. It is only ever added to:
`python tests/test_pickles.py` writes the state of a version that has none there yet.
"""

from __future__ import annotations

import base64
import copy
import json
import pickle
import pickletools
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from multidict import CIMultiDict

import sitoo_async
from sitoo_async import (
    UNSET,
    BatchError,
    BatchResult,
    ExchangeRecord,
    FieldNotFetchedError,
    Grant,
    InvalidInputError,
    LaneStats,
    Options,
    Outcome,
    Page,
    RateLimitError,
    Response,
    RetryPolicy,
    ServerError,
    errors,
    is_set,
)
from sitoo_async._records import Record, restore
from sitoo_async.models import Order, OrderItem, OrderState, Product

KEPT = Path(__file__).parent / "data" / "pickled.json"

PRODUCT = Product(productid=21, title="Blanket", moneyprice=Decimal("199.00"), barcode=None)
REFUSED = RateLimitError(
    "429: Too many connections",
    status=429,
    errortext="Too many connections",
    retry_after=57.5,
    method="PUT",
    path="/sites/1/products.json",
    attempt=3,
    elapsed=1.25,
    request_id="86aa994c",
)
FAILED = Outcome(1, {"productid": 22}, 429, error=REFUSED)
RESULT = BatchResult((Outcome(0, PRODUCT, 200, value=True), FAILED))

STATE: dict[str, Any] = {
    "product": PRODUCT,
    "order": Order(
        orderid=1,
        orderdate=datetime(2026, 11, 29, tzinfo=UTC),
        orderstateid=OrderState(10),
        orderitems=[OrderItem(sku="10001-1"), OrderItem()],
        additionaldata={"a": "b"},
    ),
    "unknown member": OrderState(4711),
    "absent": UNSET,
    "page": Page([PRODUCT], 3, 0),
    "result": RESULT,
    "batch error": BatchError("1 of 2 items failed", result=RESULT, sent="unknown"),
    "input error": InvalidInputError("price must be a number", field="price", index=3),
    "server error": ServerError("503: maintenance", status=503, retry_after=45.0, sent="unknown"),
    "response": Response(200, CIMultiDict({"Sitoo-Request-ID": "86aa994c"}), b"true"),
    "policy": RetryPolicy(within=5.0, attempts=2),
    "options": Options(deadline=5.0, retry=RetryPolicy(attempts=1)),
    "record": ExchangeRecord("GET", "/sites/1/products.json", 200, None, "86aa994c", 0.2, 120),
    "stats": LaneStats({"interactive": 1, "bulk": 2}, 1, 7, 0, 0, 0.0, 7, 1.5, 0.5, 3.0),
    "grant": Grant(hold=2.5, abandoned=True),
}


def facts(value: Any) -> Any:
    """What has to come back; errors are equal to nothing but themselves."""
    if isinstance(value, errors.SitooError):
        return type(value), value.args, {name: facts(each) for name, each in vars(value).items()}
    if isinstance(value, BatchResult):
        return [facts(outcome) for outcome in value]
    if isinstance(value, Outcome):
        return value.index, value.item, value.status, value.value, facts(value.error)
    return value


def write() -> None:
    kept = json.loads(KEPT.read_text())
    if sitoo_async.__version__ in kept:
        sys.exit(f"{sitoo_async.__version__} has its state there already")
    kept[sitoo_async.__version__] = {
        name: base64.b64encode(pickle.dumps(value, protocol=4)).decode()
        for name, value in STATE.items()
    }
    KEPT.write_text(json.dumps(kept, indent=1) + "\n")


def kept() -> list[Any]:
    return [
        pytest.param(name, base64.b64decode(text), id=f"{version} {name}")
        for version, state in json.loads(KEPT.read_text()).items()
        for name, text in state.items()
    ]


@pytest.mark.parametrize(("name", "pickled"), kept())
def test_what_was_pickled_is_read(name, pickled):
    assert facts(pickle.loads(pickled)) == facts(STATE[name])  # noqa: S301  # our own bytes


@pytest.mark.parametrize(("name", "pickled"), kept())
def test_it_names_no_room_that_may_be_moved(name, pickled):
    strings = {text for _, text, _ in pickletools.genops(pickled) if isinstance(text, str)}
    rooms = {text for text in strings if text.startswith("sitoo_async")}
    public = ("sitoo_async", "sitoo_async._records", "sitoo_async.errors")
    assert all(room in public or room.startswith("sitoo_async.models.") for room in rooms)
    assert not any("._" in room for room in rooms - {"sitoo_async._records"})


@pytest.mark.parametrize("name", STATE)
def test_what_is_pickled_now_comes_back(name):
    value = STATE[name]
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(value, protocol=protocol))  # noqa: S301  # our own bytes
        assert facts(again) == facts(value)
    assert facts(copy.copy(value)) == facts(value)
    assert facts(copy.deepcopy(value)) == facts(value)


def test_all_that_is_public_is_kept():
    kinds = {type(value) for value in STATE.values()} | {Outcome}
    # These hold credentials, or belong to a process.
    others = {"Key", "FileGate", "PostgresGate", "RedisGate"}
    public = (getattr(sitoo_async, name) for name in {*sitoo_async.__all__} - others)
    classes = {each for each in public if isinstance(each, type) and attrs.has(each)}
    assert classes <= kinds
    assert all(issubclass(each, Record) for each in classes)


# Written by a version that had fewer fields, or others


def test_a_field_that_a_model_did_not_have_yet_is_absent():
    old = Product.__new__(Product)
    old.__setstate__({"productid": 21, "gone": 5})
    assert old == Product(productid=21)
    assert not is_set(old, "title")
    with pytest.raises(FieldNotFetchedError):
        _ = old.title


def test_an_attribute_that_an_error_did_not_have_yet_is_absent():
    make, (kind, args, state, cause) = STATE["server error"].__reduce__()
    for name in ("retry_after", "request_id", "sent"):
        del state[name]
    old = make(kind, args, state, cause)
    assert (old.retry_after, old.request_id, old.sent) == (None, None, "unknown")
    assert "503: maintenance" in str(old)
    again = pickle.loads(pickle.dumps(old))  # noqa: S301  # our own bytes
    assert facts(again) == facts(old)


def test_a_field_that_a_record_did_not_have_yet_has_its_default_or_is_absent():
    old = restore("Options", {"deadline": 5.0})
    assert old == Options(deadline=5.0)
    old = restore("ExchangeRecord", {"method": "GET"})
    assert old.method == "GET"
    assert not hasattr(old, "status")
    again = pickle.loads(pickle.dumps(old))  # noqa: S301  # our own bytes
    assert (again.method, hasattr(again, "status")) == ("GET", False)


@attrs.frozen
class Mine(RetryPolicy):
    """A user's own, which has no public name of ours."""

    name: str = "mine"


def test_a_class_of_the_users_own_is_pickled_as_such():
    again = pickle.loads(pickle.dumps(Mine(attempts=2)))  # noqa: S301  # our own bytes
    assert again == Mine(attempts=2)


if __name__ == "__main__":
    write()
