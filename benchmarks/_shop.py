"""A shop's week of calls to Sitoo, drawn before anything runs: every client meets the same week."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final, Literal

import attrs
from _model import ROWS

Level = Literal["interactive", "bulk", "job"]

LEVELS: Final[dict[str, Level]] = {
    "lookup": "interactive",
    "change": "interactive",
    "move": "bulk",
    "prices": "job",
    "levels": "job",
    "products": "job",
    "stock": "job",
}
"""What the shop does, and how urgent it is."""

PATIENCE: Final = 15.0
"""Seconds after which whoever looks something up gives up; everything else waits."""

DAY: Final = 24 * 3600.0
OPENS, CLOSES = 9 * 3600.0, 20 * 3600.0
WEB: Final = (0, 1)
"""The processes of the web backend; the last process is the integration with the ERP system."""
ERP: Final = 2


@attrs.frozen(order=True)
class Call:
    """One thing that the shop does.

    Attributes:
        at: seconds since the week began.
        process: which process does it.
        kind: what it is, a method of `Worker`.
        number: of which product, or how many items.
    """

    at: float
    process: int
    kind: str
    number: int


def week(days: float, *, seed: int) -> list[Call]:
    """What the shop does, in the order of time.

    All day long: look-ups of single products, by staff and by customers of the web shop, mostly of
    a few products that sell well; stock movements, one for each sale, and four deliveries with
    hundreds of them at once; in the web backends every ten minutes a burst of small changes; at
    noon a campaign's prices. By night: walks of the products and of the stock, new prices, and the
    stock levels of every third article.
    """
    chance = random.Random(seed)  # noqa: S311  # chance, not secrets
    calls: list[Call] = []
    for day in range(int(days) + 1):
        begins = day * DAY
        for at in _arrivals(chance, open_rate=8 / 60, closed_rate=1 / 60):
            product = 1 + int(2000 * chance.random() ** 2)
            calls.append(Call(begins + at, chance.choice(WEB), "lookup", product))
        calls += [
            Call(begins + at, ERP, "move", chance.randint(1, ROWS))
            for at in _arrivals(chance, open_rate=3 / 60, closed_rate=0)
        ]
        for _ in range(4):
            calls += _burst(chance, begins, ERP, "move", chance.randint(200, 500))
        for _ in range(66):
            size = min(400, int(chance.paretovariate(1.1) * 20))
            calls += _burst(chance, begins, chance.choice(WEB), "change", size)
        jobs = [(1, "products", 0), (2, "prices", 5000), (3, "stock", 0), (4, "levels", 17_000)]
        jobs.append((12, "prices", 2000))
        calls += [Call(begins + 3600.0 * hour, ERP, kind, size) for hour, kind, size in jobs]
    return sorted(call for call in calls if call.at < days * DAY)


def _arrivals(chance: random.Random, *, open_rate: float, closed_rate: float) -> Iterator[float]:
    """Moments of a day, independent of each other; rates for each second."""
    at = 0.0
    highest = max(open_rate, closed_rate)
    while (at := at + chance.expovariate(highest)) < DAY:
        rate = open_rate if OPENS <= at < CLOSES else closed_rate
        if chance.random() * highest < rate:
            yield at


def _burst(
    chance: random.Random, begins: float, process: int, kind: str, size: int
) -> Iterator[Call]:
    """Calls of different products within a second or two, while the shop is open."""
    at = begins + chance.uniform(OPENS, CLOSES)
    for product in chance.sample(range(1, ROWS + 1), size):
        yield Call(at + chance.uniform(0, 2), process, kind, product)
