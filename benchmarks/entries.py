"""How far one `products.get` goes through this library: functions entered, moves between modules.

::

    pip install '.[bench]'
    python benchmarks/entries.py
    python benchmarks/entries.py --list     # and each of them, in order

It counts and takes no time, so that one run says it all. An entry is a call of a function in a file
of this library, as a profile function is told of it; a coroutine that goes on after a wait was
entered before. A move is a change of file from one entry to the next. The fake server, which runs
in the same process, counts for nothing, nor does what attrs and the codec have compiled. Counted is
the sixth get of a client: what is done with the first use of anything has been done by then.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from types import FrameType
from typing import Final

import attrs
from _table import Target, print_table

import sitoo_async
from sitoo_async import SitooClient
from sitoo_async.testing import FakeSitoo

PACKAGE: Final = Path(sitoo_async.__file__).parent
BEFORE: Final = 5
"""Gets that are not counted."""


@attrs.frozen
class Entry:
    """A function that was entered.

    Attributes:
        module: its file, below the package.
        name: its own.
    """

    module: str
    name: str


@contextmanager
def entries() -> Iterator[list[Entry]]:
    """Note, in order, which functions of ours are entered meanwhile."""
    found: list[Entry] = []
    # As long as it is kept, none gets the place of another.
    seen: dict[int, FrameType] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        path = Path(frame.f_code.co_filename)
        if event != "call" or id(frame) in seen or not path.is_relative_to(PACKAGE):
            return
        seen[id(frame)] = frame
        module = path.relative_to(PACKAGE)
        if module.parts[0] != "testing":
            found.append(Entry(module.as_posix(), frame.f_code.co_qualname))

    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)


def moves(found: list[Entry]) -> int:
    """How often the next entry is in another module."""
    return sum(one.module != other.module for one, other in pairwise(found))


async def measure() -> list[Entry]:
    """What one get enters."""
    async with FakeSitoo(products=1) as fake, SitooClient(**fake.credentials) as sitoo:
        for _ in range(BEFORE):
            await sitoo.products.get(1)
        with entries() as found:
            await sitoo.products.get(1)
    return found


def main() -> None:
    """Read the options, count and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--list", action="store_true", help="name each function, in order")
    options = parser.parse_args()
    found = asyncio.run(measure())
    counted = {
        "functions entered": (len(found), Target(45)),
        "moves between modules": (moves(found), Target(25)),
        "modules": (len({entry.module for entry in found}), None),
    }
    print_table(
        "One sitoo.products.get, on a client that has been used before",
        ("", "count", "target"),
        [
            (name, str(count), "" if target is None else target.judge(count))
            for name, (count, target) in counted.items()
        ],
    )
    if options.list:
        print_table(
            "In order",
            ("module", "function"),
            [(entry.module, entry.name) for entry in found],
        )


if __name__ == "__main__":
    main()
