"""The simulation in benchmarks/: its numbers agree, and are those that can be reckoned."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from sitoo_async.testing import run_virtual

if TYPE_CHECKING:
    from collections.abc import Iterator

# Hours of calls, which would take twice as long; the tests of each part tell what is covered.
pytestmark = pytest.mark.no_cover

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
MODULES = ("simulation", "_clients", "_model", "_shop", "_table")
HOUR = 3600.0


@pytest.fixture(scope="module")
def simulation() -> Iterator[Any]:
    sys.path.insert(0, str(BENCHMARKS))
    yield importlib.import_module("simulation")
    sys.path.remove(str(BENCHMARKS))
    for name in MODULES:
        sys.modules.pop(name, None)


@pytest.fixture(scope="module")
def morning(simulation) -> list[Any]:
    """When the shop opens."""
    calls = simulation.week(1, seed=1)
    return [call for call in calls if 8.95 * HOUR <= call.at < 9.25 * HOUR]


def lived(simulation, calls, client, **assumptions):
    hire = simulation.CLIENTS[client]
    assumed = simulation.Assumptions(**assumptions)
    ledger = run_virtual(simulation.live(hire, calls, assumed, seed=1))
    simulation.check(ledger, calls)
    return ledger


CLIENTS = (
    "lock, 1.5 s doubling, one process",
    "lock, 1.5 s doubling",
    "lock, 0.5 s pace, 5 s doubling",
    "sitoo_async",
    "… coalesce",
    "… coalesce, bulk_seconds=2",
    "… three keys",
    "… three keys, coalesce",
)


def test_these_are_all_the_clients(simulation):
    assert tuple(simulation.CLIENTS) == CLIENTS


@pytest.mark.parametrize("client", CLIENTS)
def test_every_call_ends_once_and_the_counts_agree(simulation, morning, client):
    # Small budgets and much trouble, so that all that can happen does.
    ledger = lived(simulation, morning, client, requests=100, breaks=1 / 60, loses=1 / 100)
    tally = ledger.tally
    assert tally.broken + tally.lost > 0
    assert tally.fullest <= 100
    assert tally.requests >= tally.refused + tally.broken + tally.lost
    assert sum(map(len, ledger.times.values())) == len(morning)
    ends = ("done", "failed", "unknown", "gave up")
    assert sum(map(ledger.count, ends)) == len(morning)
    if ledger.sent is None:
        assert ledger.joined == 0
    else:
        assert ledger.sent == tally.requests


def test_hours_without_every_kind_of_call_are_printed_too(simulation, morning, capsys):
    few = [call for call in morning if call.kind == "lookup"][:5]
    simulation.print_week({"sitoo_async": lived(simulation, few, "sitoo_async")}, 1)
    assert "none" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_numbers(simulation, morning):
    first, second = (lived(simulation, morning, "… coalesce", requests=100) for _ in range(2))
    assert first == second


def test_locks_of_several_processes_meet_and_lanes_with_a_gate_do_not(simulation, morning):
    assert lived(simulation, morning, "lock, 1.5 s doubling").tally.overlaps > 0
    assert lived(simulation, morning, "sitoo_async").tally.most_at_once == 1


def test_coalescing_saves_requests_and_so_gets_more_done(simulation, morning):
    plain = lived(simulation, morning, "sitoo_async", requests=100)
    sharing = lived(simulation, morning, "… coalesce", requests=100)
    assert sharing.joined > 0
    assert sharing.tally.requests < plain.tally.requests
    assert sharing.count("done") > plain.count("done")


@pytest.mark.parametrize(
    ("load", "budget", "done"),
    [
        ("single writes: sitoo_async", 300, 300 * HOUR / 120),
        ("single writes: lock, 1.5 s doubling", 300, 300 * HOUR / 120),
        ("single writes: sitoo_async", None, HOUR / 0.18),
        # Whoever is back first goes alone, and the others wait for that one together.
        ("… coalesced, 20 tasks", None, 20 * HOUR / (0.18 + 0.18 + 19 * 0.01)),
        ("stock levels in batches of 1,000", None, 1000 * HOUR / 10.18),
    ],
)
def test_a_key_carries_what_can_be_reckoned(simulation, load, budget, done):
    assumptions = simulation.Assumptions(slot=120, requests=budget).without_trouble()
    found, _ = run_virtual(simulation.capacity(simulation.LOADS[load], assumptions))
    assert found == pytest.approx(done, rel=0.05)


def test_no_days_are_no_calls(simulation):
    assert simulation.week(0, seed=1) == []
