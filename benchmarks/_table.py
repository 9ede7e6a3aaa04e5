"""What the benchmarks print: a table that reads the same in a terminal and in a README."""

from __future__ import annotations

import platform
import statistics
import sys
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence


@attrs.frozen
class Target:
    """A bound that a ratio is meant to keep; told, never asserted: machines differ."""

    bound: float
    at_least: bool = False

    def judge(self, value: float, what: str = "") -> str:
        """The bound, and whether a value keeps it."""
        kept = value >= self.bound if self.at_least else value <= self.bound
        told = f"{'≥' if self.at_least else '≤'} {self.bound:g}: {'kept' if kept else 'MISSED'}"
        return f"{what} {told}".lstrip()


def by_python(on_311: float, later: float) -> float:
    """A bound that is another on Python 3.11, where a task can't start at once, than later."""
    return on_311 if sys.version_info < (3, 12) else later


def ratios(times: Sequence[float], to: Sequence[float]) -> tuple[float, float]:
    """The ratio of the medians, and the median of the ratios of the rounds."""
    by_round = [one / other for one, other in zip(times, to, strict=True)]
    return statistics.median(times) / statistics.median(to), statistics.median(by_round)


def print_table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a Markdown table, its first column left-aligned and the others right-aligned."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = zip(cells, widths, strict=True)
        aligned = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        return f"| {' | '.join(aligned)} |"

    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    print(f"\n{title}, Python {platform.python_version()}\n")
    print(line(header), line(rule), *map(line, rows), sep="\n")
