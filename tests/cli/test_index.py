"""Every name of the reference beside v2 is in an index, with how it is known."""

from __future__ import annotations

import importlib
import json
import pydoc
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from sitoo_async.__main__ import main
from sitoo_async._cli.index import operations as every_operation
from sitoo_async._cli.objects import objects
from sitoo_async._cli.services import public_names
from sitoo_async.errors import ConfigurationError
from sitoo_async.spi import events
from sitoo_async.testing._reference.services import service_facts, services

ROOT = Path(__file__).parents[2]
SITE_MAP = json.loads((ROOT / "tests" / "data" / "site_map.json").read_text("utf-8"))


def is_there(service):
    """Whether a service has its module."""
    name = service.removeprefix("spi-").replace("-", "_")
    return service.endswith("-v3") or find_spec(f"sitoo_async.spi.{name}") is not None


THERE = [service for service in services() if is_there(service)]


@pytest.fixture(scope="module")
def operations():
    return {
        (entry.service, entry.name): entry for entry in every_operation() if entry.service != "v2"
    }


@pytest.fixture(scope="module")
def known():
    return {(entry.service, entry.name): entry for entry in objects()}


def test_the_site_map_names_what_the_facts_name():
    for service, names in SITE_MAP.items():
        facts = service_facts(service)
        assert names["operations"] == [each["operation"] for each in facts["operations"]]
        assert {*names["objects"]} == {*facts["objects"]}
    # Newer than the site map.
    assert {*services()} - {*SITE_MAP} == {
        "spi-sales-tax",
        "spi-discount-cards",
        "spi-digital-receipts",
    }


@pytest.mark.parametrize("service", THERE)
def test_every_operation_is_in_the_index_with_its_evidence(service, operations):
    told = {each["operation"]: each for each in service_facts(service)["operations"]}
    ours = {name: entry for (of, name), entry in operations.items() if of == service}
    assert ours.keys() == told.keys()
    for name, fact in told.items():
        entry = ours[name]
        assert entry.evidence == fact["evidence"], name
        assert entry.confidence == fact.get("confidence"), name
        assert (entry.method, entry.path) == (fact["method"], fact["path"]), name


def test_three_operations_have_no_known_path(operations):
    nowhere = {name for (_, name), entry in operations.items() if entry.path is None}
    assert "Get Computed Purchase Prices" in nowhere
    assert nowhere <= {"Get Computed Purchase Prices", "Redeem Items", "Undo Redeem Items"}


@pytest.mark.parametrize("service", THERE)
def test_every_object_is_in_the_index_with_its_evidence(service, known):
    for name, fact in service_facts(service)["objects"].items():
        entry = known[service, name]
        assert entry.evidence == fact["evidence"], name
        if entry.fields:
            fields = {field: about["evidence"] for field, about in fact["fields"].items()}
            # Of a gift card v2 knows more.
            assert entry.fields | fields == entry.fields, name
        # What is neither a class nor explained would be a name alone.
        assert entry.here or entry.note, name


def test_what_the_indexes_name_is_where_they_say(operations, known):
    named = public_names()
    for entry in known.values():
        assert entry.here is None or entry.here in named
    for entry in operations.values():
        if entry.service.startswith("spi-"):
            assert any(entry.callable.startswith(place) for place in named)
            assert entry.repeatable is None


def test_the_objects_are_shown_in_three_forms(capsys, known):
    assert main(["objects"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split() == ["service", "object", "here", "evidence", "fields"]
    assert len(lines) == len(known) + 1
    (carrier,) = (line.split() for line in lines if " Carrier " in line)
    assert carrier == ["shipments-v3", "Carrier", "models.CarrierV3", "documented", "7"]
    assert any(line.endswith("8, 7 inferred") for line in lines)
    assert main(["objects", "--json"]) == 0
    rows = {(row["service"], row["name"]): row for row in json.loads(capsys.readouterr().out)}
    assert rows["purchase-prices-v3", "PriceListItem"] == {
        "service": "purchase-prices-v3",
        "name": "PriceListItem",
        "here": "sitoo_async.models.PurchasePriceListItem",
        "note": "",
        "evidence": "inferred",
        "fields": {"sku": "documented", "price": "inferred"},
    }
    assert rows["journals-v3", "Money"]["note"] == "money text"
    assert rows["journals-v3", "JournalData"]["note"].startswith("one of several")


def test_the_page_of_the_objects_is_current(capsys):
    assert main(["objects", "--markdown"]) == 0
    assert (ROOT / "docs" / "objects.md").read_text("utf-8") == capsys.readouterr().out


def test_an_extra_that_is_missing_takes_nothing_from_the_indexes_and_from_help(monkeypatch):
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "procrastinate", None)
        without.delitem(sys.modules, "sitoo_async.spi.events.procrastinate", raising=False)
        without.delitem(vars(events), "ProcrastinateInbox", raising=False)
        assert "ProcrastinateInbox" not in importlib.reload(events).__all__
        listed = public_names.__wrapped__()
        exec("from sitoo_async.spi.events import *", {})  # noqa: S102 - as at a prompt
        assert "class Events(" in pydoc.plain(pydoc.render_doc(events))
        with pytest.raises(ConfigurationError, match=r"sitoo_async\[procrastinate\]"):
            _ = events.ProcrastinateInbox
    importlib.reload(events)
    assert public_names().keys() - listed.keys() <= {"sitoo_async.spi.events.ProcrastinateInbox"}
