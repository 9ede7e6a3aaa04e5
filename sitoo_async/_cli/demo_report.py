"""What the demonstration cost, step by step, and whether it adds up."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Generator, Sequence
from typing import Final

import attrs

from sitoo_async._cli.screen import Screen
from sitoo_async._client import SitooClient
from sitoo_async._lane.stats import LaneStats
from sitoo_async.testing import FakeSitoo, RecordedRequest

__all__ = ["Step", "Tally", "repeats"]

_COLUMNS: Final = (
    "Step",
    "Requests",
    "In flight",
    "Refused",
    "Retried",
    "Items/s",
    "Idle",
    "Wait",
)


@attrs.define
class Step:
    """What one step cost.

    Attributes:
        name: what the table calls it.
        items: how many products, orders or articles it dealt with.
        seconds: how long it took.
        requests: exchanges that the lane started.
        refused: how many of them were answered with a 429.
        waits: turns that were waited for.
        waited: seconds that they were waited for, in all.
        busy: seconds that an exchange was under way.
        retried: requests that repeated a failed one, as the server saw them; None where it can't
            be asked.
        unrepeated: failed requests that nobody repeated; None likewise.
        highest: requests in flight at once, as the server saw them so far; None likewise.
    """

    name: str
    items: int = 0
    seconds: float = 0.0
    requests: int = 0
    refused: int = 0
    waits: int = 0
    waited: float = 0.0
    busy: float = 0.0
    retried: int | None = None
    unrepeated: int | None = None
    highest: int | None = None

    def row(self) -> tuple[str, ...]:
        """Its line in the table."""
        seconds = max(self.seconds, 1e-9)
        return (
            self.name,
            f"{self.requests:,}",
            "?" if self.highest is None else f"{self.highest}",
            f"{self.refused}",
            "?" if self.retried is None else f"{self.retried}",
            f"{self.items / seconds:,.0f}",
            f"{max(0.0, 1 - self.busy / seconds):.0%}",
            f"{self.waited / max(1, self.waits):.3f} s",
        )


@attrs.define
class Tally:
    """What all steps cost, and whether it adds up.

    Attributes:
        screen: where the result goes.
        steps: the steps so far.
        checks: what has to hold, and whether it does.
        longest_wait: seconds that the unluckiest call waited for its turn.
    """

    screen: Screen
    steps: list[Step] = attrs.field(factory=list[Step])
    checks: list[tuple[str, bool]] = attrs.field(factory=list[tuple[str, bool]])
    longest_wait: float = 0.0

    @contextlib.contextmanager
    def step(self, name: str, sitoo: SitooClient, fake: FakeSitoo | None = None) -> Generator[Step]:
        """Measure a step; whoever takes it fills in the items."""
        loop = asyncio.get_running_loop()
        before, began = sitoo.stats(), loop.time()
        known = 0 if fake is None else len(fake.requests)
        step = Step(name)
        yield step
        after = sitoo.stats()
        step.seconds = loop.time() - began
        step.requests = after.sent - before.sent
        step.refused = after.refused - before.refused
        step.waits = after.waits - before.waits
        step.waited = after.waited - before.waited
        step.busy = after.busy - before.busy
        self.longest_wait = max(self.longest_wait, after.longest_wait)
        if fake is not None:
            step.highest = fake.highest_in_flight
            step.retried, step.unrepeated = repeats(fake.requests[known:])
        self.steps.append(step)

    def check(self, rule: str, holds: bool) -> None:  # noqa: FBT001  # the rule says what
        """Note whether something holds that has to."""
        self.checks.append((rule, holds))

    def compare(self, stats: LaneStats, fake: FakeSitoo) -> None:
        """Hold what the lane counted against what the server saw."""
        self.check(
            "the server never saw two requests at once",
            fake.highest_in_flight == 1 and not fake.overlaps,
        )
        self.check("the server got every request once", len(fake.requests) == stats.sent)
        self.check("both counted the same refusals", fake.limited == stats.refused)

    def report(self) -> int:
        """Write the table and the verdict; return the exit status."""
        total = Step("all")
        for step in self.steps:
            for name in ("items", "seconds", "requests", "refused", "waits", "waited", "busy"):
                setattr(total, name, getattr(total, name) + getattr(step, name))
        if all(step.retried is not None for step in self.steps):
            total.retried = sum(step.retried or 0 for step in self.steps)
            total.highest = max(step.highest or 0 for step in self.steps)
        screen = self.screen
        screen.line("What it took", "heading")
        screen.table(_COLUMNS, [step.row() for step in (*self.steps, total)])
        screen.line(
            "In flight: the most requests at once that the server saw. Idle: the share of the "
            "time in which none was under way. Wait: for a turn, on average; the longest was "
            f"{self.longest_wait:.3f} s.",
            "note",
        )
        broken = [rule for rule, holds in self.checks if not holds]
        for rule in broken:
            screen.line(f"NOT SO: {rule}", "bad")
        if broken:
            return 1
        screen.line(f"All {len(self.checks)} checks hold; two requests never met.", "good")
        return 0


def repeats(requests: Sequence[RecordedRequest]) -> tuple[int, int]:
    """How many requests repeated a failed one, and how many failed ones nobody repeated.

    Failed are those that were refused, that the server broke down under, and that got no answer.
    """
    failed: Counter[str] = Counter()
    repeated = 0
    for request in requests:
        what = f"{request.method} {request.raw_path} {request.json!r}"
        if failed[what]:
            failed[what] -= 1
            repeated += 1
        if request.status is None or request.status == 429 or request.status >= 500:
            failed[what] += 1
    return repeated, failed.total()
