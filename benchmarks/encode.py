"""Partial updates to bytes: what checking each value adds to writing plain dicts.

``python benchmarks/encode.py`` encodes 1,000 updates of three fields, as `update_many` does before
it sends them, in turns with what others do for the same bytes. The floor builds a plain dict of
each row, its price as text, and encodes them all, without a look at any value; the peer is
pydantic 2, which checks the types and, as we do, writes only the fields that are set. The targets:
at most 6 times the floor's processor time from mappings, and 7 times from models.
"""

from __future__ import annotations

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

import attrs
from _table import Target, print_table, ratios
from pydantic import BaseModel, TypeAdapter

from sitoo_async._codec.json import encode
from sitoo_async.models.products import Product
from sitoo_async.resources._items import named_update

FLOOR: Final = "plain dicts, unchecked, by msgspec"


class Update(BaseModel):
    """The peer's model of an update."""

    productid: int
    moneyprice: Decimal | None = None
    title: str | None = None


@attrs.frozen
class Contender:
    """A way to encode the updates, and what is expected of it."""

    bytes: Callable[[], bytes]
    target: Target | None = None


def contenders(count: int) -> dict[str, Contender]:
    """All ways to encode so many updates."""
    rows: list[dict[str, Any]] = [
        {
            "productid": 1000 + index,
            "moneyprice": Decimal(995 + 5 * index) / 10,
            "title": f"Blanket {index}",
        }
        for index in range(count)
    ]
    for row in rows:
        row["moneyprice"] = row["moneyprice"].quantize(Decimal("0.01"))
    models = [Product(**row) for row in rows]
    adapter = TypeAdapter(list[Update])
    updates = adapter.validate_python(rows)

    def plain() -> list[dict[str, Any]]:
        return [
            {
                "productid": row["productid"],
                "moneyprice": str(row["moneyprice"]),
                "title": row["title"],
            }
            for row in rows
        ]

    return {
        FLOOR: Contender(lambda: encode(plain())),
        "plain dicts, unchecked, by json": Contender(
            lambda: json.dumps(plain(), separators=(",", ":")).encode()
        ),
        "ours, from mappings": Contender(
            lambda: encode([named_update(Product, row) for row in rows]), Target(6)
        ),
        "ours, from models": Contender(
            lambda: encode([named_update(Product, model) for model in models]), Target(7)
        ),
        "pydantic, from mappings": Contender(
            lambda: adapter.dump_json(adapter.validate_python(rows), exclude_unset=True)
        ),
        "pydantic, from models, unchecked": Contender(
            lambda: adapter.dump_json(updates, exclude_unset=True)
        ),
    }


def measure(count: int, rounds: int) -> None:
    """Let all contenders take turns, and print what they took."""
    every = contenders(count)
    expected = every[FLOOR].bytes()
    for name, contender in every.items():
        assert contender.bytes() == expected, name
    walls: dict[str, list[float]] = {name: [] for name in every}
    cpus: dict[str, list[float]] = {name: [] for name in every}
    order = [*every]
    for _ in range(rounds):
        order.append(order.pop(0))  # so that nobody always runs behind the same neighbour
        for name in order:
            gc.collect()
            wall, cpu = time.perf_counter(), time.process_time()
            every[name].bytes()
            cpus[name].append(time.process_time() - cpu)
            walls[name].append(time.perf_counter() - wall)
    rows: list[tuple[str, ...]] = []
    for name, contender in every.items():
        _, wall_ratio = ratios(walls[name], walls[FLOOR])
        _, cpu_ratio = ratios(cpus[name], cpus[FLOOR])
        rows.append(
            (
                name,
                f"{1000 * statistics.median(walls[name]):.2f}",
                f"{wall_ratio:.1f}",
                f"{1000 * statistics.median(cpus[name]):.2f}",
                f"{cpu_ratio:.1f}",
                contender.target.judge(cpu_ratio) if contender.target else "",
            )
        )
    print_table(
        f"{count:,} partial updates of three fields to bytes, {rounds} rounds",
        ("", "median ms", "to the floor", "processor ms", "to the floor", "target"),
        rows,
    )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=1000, help="updates (1000)")
    parser.add_argument("--rounds", type=int, default=25, help="interleaved rounds (25)")
    options = parser.parse_args()
    measure(options.count, options.rounds)


if __name__ == "__main__":
    main()
