"""Time on the clock and of this process's processor, taken together and set against each other."""

from __future__ import annotations

import contextlib
import statistics
import time
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@attrs.frozen
class Took:
    """What something took.

    Attributes:
        wall: seconds on the clock.
        cpu: seconds of the processor in this process.
    """

    wall: float
    cpu: float


@contextlib.contextmanager
def taking(into: list[Took], factor: float = 1.0) -> Iterator[None]:
    """Note what the block takes, or that many times of it."""
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    into.append(Took(factor * wall, factor * cpu))


@attrs.frozen
class Ratio:
    """How many times as long one thing takes as another, in interleaved rounds.

    Attributes:
        of_least: of the least that each took. What else runs on a machine only adds to a time, so
            this is the steadiest figure, and the one that aims are held against.
        by_round: the median of the ratios of the rounds.
    """

    of_least: float
    by_round: float

    @classmethod
    def of(cls, times: Sequence[float], to: Sequence[float]) -> Ratio:
        """Compare what the same rounds took."""
        by_round = [one / other for one, other in zip(times, to, strict=True)]
        return cls(min(times) / min(to), statistics.median(by_round))

    def __str__(self) -> str:
        return f"{self.of_least:.2f} ({self.by_round:.2f})"


@attrs.frozen
class Rounds:
    """What the same thing took in all rounds."""

    walls: list[float]
    cpus: list[float]

    @classmethod
    def of(cls, rounds: Sequence[Took]) -> Rounds:
        """Take the two apart."""
        return cls([one.wall for one in rounds], [one.cpu for one in rounds])

    def to(self, other: Rounds) -> tuple[Ratio, Ratio]:
        """Time and processor, to those of something else in the same rounds."""
        return Ratio.of(self.walls, other.walls), Ratio.of(self.cpus, other.cpus)
