"""What `import sitoo_async` costs beyond `import aiohttp`, which nobody can do without.

::

    pip install '.[bench]'
    python benchmarks/imports.py
    python benchmarks/imports.py --verbose     # and the ten modules that take longest

Each import runs in a fresh interpreter, in turns, and finds its bytecode compiled, as after an
installation. The target: at most 40 ms above aiohttp. On a busy machine the processor's time is the
steadier figure; an import does nothing but compute.
"""

from __future__ import annotations

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Final

import attrs
from _table import Target, print_table

BASE: Final = "import aiohttp"
OURS: Final = "import sitoo_async"

STATEMENTS: Final = {
    "import asyncio": "the floor",
    BASE: "",
    "import httpx": "a peer",
    OURS: "",
    # The models and methods of a resource group come on first use.
    f"{OURS}, sitoo_async.resources.products": "and the first resource",
}

_TIMED: Final = """
import time
wall, cpu = time.perf_counter(), time.process_time()
{statement}
print(time.perf_counter() - wall, time.process_time() - cpu)
"""

_IMPORTTIME: Final = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \|\s*(\S+)")


@attrs.frozen
class Interpreters:
    """Fresh interpreters that share their bytecode, whatever the environment says about it."""

    environment: Mapping[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one."""
        return subprocess.run(  # noqa: S603  # this interpreter, on the statements above
            [sys.executable, *arguments],
            check=True,
            capture_output=True,
            text=True,
            env=self.environment,
        )

    def milliseconds(self, statement: str) -> tuple[float, float]:
        """How long a statement takes once the interpreter has started: wall, and processor."""
        wall, cpu = self.run("-c", _TIMED.format(statement=statement)).stdout.split()
        return 1000 * float(wall), 1000 * float(cpu)

    def by_module(self, statement: str) -> dict[str, float]:
        """Milliseconds that each module took by itself, as the interpreter tells them."""
        told = self.run("-X", "importtime", "-c", statement).stderr
        return {module: int(alone) / 1000 for alone, _, module in _IMPORTTIME.findall(told)}


def measure(interpreters: Interpreters, rounds: int) -> None:
    """Import everything in turns, and print the medians."""
    walls: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    cpus: dict[str, list[float]] = {statement: [] for statement in STATEMENTS}
    for statement in STATEMENTS:
        interpreters.milliseconds(statement)  # compiled from here on
    for _ in range(rounds):
        for statement in STATEMENTS:
            wall, cpu = interpreters.milliseconds(statement)
            walls[statement].append(wall)
            cpus[statement].append(cpu)
    rows: list[tuple[str, ...]] = []
    for statement, note in STATEMENTS.items():
        above = statistics.median(walls[statement]) - statistics.median(walls[BASE])
        rows.append(
            (
                f"{statement} ({note})" if note else statement,
                f"{statistics.median(walls[statement]):.1f}",
                f"{above:+.1f}",
                f"{_median_difference(walls[statement], walls[BASE]):+.1f}",
                f"{_median_difference(cpus[statement], cpus[BASE]):+.1f}",
                Target(40).judge(above) if statement == OURS else "",
            )
        )
    print_table(
        f"Import in a fresh interpreter, {rounds} rounds",
        ("", "median ms", "above aiohttp", "(by round)", "(by round, processor)", "target"),
        rows,
    )


def _median_difference(times: list[float], others: list[float]) -> float:
    return statistics.median(one - other for one, other in zip(times, others, strict=True))


def breakdown(interpreters: Interpreters, rounds: int) -> None:
    """Print where our import spends most time, of what aiohttp's does not load anyway."""
    known = interpreters.by_module(BASE)
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for module, alone in interpreters.by_module(OURS).items():
            if module not in known:
                times.setdefault(module, []).append(alone)
    modules = {module: statistics.median(alone) for module, alone in times.items()}
    packages: dict[str, float] = {}
    for module, median in modules.items():
        package = module.partition(".")[0]
        packages[package] = packages.get(package, 0.0) + median
    for kind, medians in (("module", modules), ("package", packages)):
        slowest = sorted(medians.items(), key=lambda item: item[1], reverse=True)[:10]
        print_table(
            f"By {kind}, each without what it imports in turn, of {len(modules)} modules",
            (kind, "median ms"),
            [(name, f"{median:.2f}") for name, median in slowest],
        )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds (15)")
    parser.add_argument("--verbose", action="store_true", help="show the slowest modules")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as bytecode:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": bytecode}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        interpreters = Interpreters(environment)
        measure(interpreters, options.rounds)
        if options.verbose:
            breakdown(interpreters, options.rounds)


if __name__ == "__main__":
    main()
