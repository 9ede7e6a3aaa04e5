"""What `import sitoo_async` costs beyond `import aiohttp`, and all its groups beyond that.

::

    pip install '.[bench]'
    python benchmarks/imports.py
    python benchmarks/imports.py --verbose     # and the ten modules that take longest

Each import runs in a fresh interpreter, in turns, and finds its bytecode compiled, as after an
installation. The aims: at most 24 ms above aiohttp, which nobody can do without; at most 400 ms
more where a client touches every group, which loads all models and resources; and at most 15 ms
more for `import sitoo_async.spi`. They are held against the processor's time, of which an import is
made, and against the least of the rounds: what else runs on the machine only adds.
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

EVERYTHING: Final = """
import sitoo_async
from importlib import import_module
from pkgutil import iter_modules
from sitoo_async import models, resources
from sitoo_async._groups import GROUPS
sitoo = sitoo_async.SitooClient(
    api_id="90316-125", password="secret", base_url="http://127.0.0.1:1"
)
for name in GROUPS:
    getattr(sitoo, name)
# Some nested collections have modules of their own, which come when they are used in turn.
for package in (models, resources):
    for module in iter_modules(package.__path__):
        import_module(f"{package.__name__}.{module.name}")
"""


SERVED: Final = """
from sitoo_async.spi import App
from sitoo_async.spi.payment import PaymentService
App(PaymentService(), user="sitoo", password="made up")
"""


@attrs.frozen
class Measured:
    """What is measured.

    Attributes:
        name: how the table calls it.
        statement: what runs.
        above: the statement that has to run in any case.
        target: the most milliseconds of the processor that it may take above that one.
    """

    name: str
    statement: str
    above: str = BASE
    target: Target | None = None


MEASURED: Final = (
    Measured("import asyncio (the floor)", "import asyncio"),
    Measured(BASE, BASE),
    Measured("import httpx (a peer)", "import httpx"),
    Measured(OURS, OURS, target=Target(24)),
    Measured("the first group touched", f"{OURS}, sitoo_async.resources.products", above=OURS),
    Measured("all groups touched", EVERYTHING, above=OURS, target=Target(400)),
    Measured("import sitoo_async.spi", f"{OURS}.spi", above=OURS, target=Target(15)),
    Measured("… and an App of payments", SERVED, above=OURS),
)

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
    """Import everything in turns, and print what that took."""
    statements = [measured.statement for measured in MEASURED]
    walls: dict[str, list[float]] = {statement: [] for statement in statements}
    cpus: dict[str, list[float]] = {statement: [] for statement in statements}
    for statement in statements:
        interpreters.milliseconds(statement)  # compiled from here on
    for _ in range(rounds):
        for statement in statements:
            wall, cpu = interpreters.milliseconds(statement)
            walls[statement].append(wall)
            cpus[statement].append(cpu)
    rows: list[tuple[str, ...]] = []
    for measured in MEASURED:
        of, above = measured.statement, measured.above
        least = min(cpus[of]) - min(cpus[above])
        rows.append(
            (
                measured.name,
                f"{min(walls[of]):.1f} ({statistics.median(walls[of]):.1f})",
                f"{min(cpus[of]):.1f} ({statistics.median(cpus[of]):.1f})",
                above,
                _beyond(walls[of], walls[above]),
                _beyond(cpus[of], cpus[above]),
                measured.target.judge(least, "CPU") if measured.target else "",
            )
        )
    print_table(
        f"Import in a fresh interpreter, {rounds} rounds: the least (and the median)",
        ("", "ms", "CPU ms", "above", "ms", "CPU ms", "aim"),
        rows,
    )


def _beyond(times: list[float], others: list[float]) -> str:
    """By how much the least of these is beyond that of others, and the median of the rounds'."""
    by_round = statistics.median(one - other for one, other in zip(times, others, strict=True))
    return f"{min(times) - min(others):+.1f} ({by_round:+.1f})"


def breakdown(interpreters: Interpreters, rounds: int, measured: Measured) -> None:
    """Print where an import spends most time, of what comes beyond that above which it is."""
    known = interpreters.by_module(measured.above)
    times: dict[str, list[float]] = {}
    for _ in range(rounds):
        for module, alone in interpreters.by_module(measured.statement).items():
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
            f"{measured.name}: by {kind}, each without what it imports in turn,"
            f" of {len(modules)} modules",
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
            for measured in MEASURED:
                if measured.target:
                    breakdown(interpreters, options.rounds, measured)


if __name__ == "__main__":
    main()
