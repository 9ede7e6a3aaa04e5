"""What a lane tells of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from sitoo_async._lane.options import Priority
from sitoo_async._records import Record

__all__ = ["NOTHING_YET", "LaneStats", "summed"]


@attrs.frozen
class LaneStats(Record):
    """What a lane is doing, at one moment.

    Attributes:
        waiting: calls that wait for their turn, by priority. One that waits for any of several
            keys counts with each of them, and once in all.
        in_flight: exchanges under way: 0 or 1; of several keys, at most one for each; likewise of
            services with lanes of their own.
        sent: exchanges started so far.
        joined: calls that shared an exchange with another, and so cost none of their own.
        refused: how many of them were answered with a 429.
        held_for: seconds until the lane may be used again; 0 when it is not on hold. Of several
            keys, until the first of them may be. With services that have lanes of their own, until
            the last of these lanes may be.
        waits: how many turns were given.
        waited: seconds that these turns were waited for, in all.
        longest_wait: the longest of them, in seconds.
        busy: seconds that exchanges were under way, in all.
    """

    waiting: Mapping[Priority, int]
    in_flight: int
    sent: int
    joined: int
    refused: int
    held_for: float
    waits: int
    waited: float
    longest_wait: float
    busy: float


NOTHING_YET: Final = LaneStats(
    waiting={"interactive": 0, "bulk": 0},
    in_flight=0,
    sent=0,
    joined=0,
    refused=0,
    held_for=0.0,
    waits=0,
    waited=0.0,
    longest_wait=0.0,
    busy=0.0,
)


def summed(stats: Sequence[LaneStats]) -> LaneStats:
    """What lanes for different calls do together."""
    return LaneStats(
        waiting={
            "interactive": sum(each.waiting["interactive"] for each in stats),
            "bulk": sum(each.waiting["bulk"] for each in stats),
        },
        in_flight=sum(each.in_flight for each in stats),
        sent=sum(each.sent for each in stats),
        joined=sum(each.joined for each in stats),
        refused=sum(each.refused for each in stats),
        held_for=max(each.held_for for each in stats),
        waits=sum(each.waits for each in stats),
        waited=sum(each.waited for each in stats),
        longest_wait=max(each.longest_wait for each in stats),
        busy=sum(each.busy for each in stats),
    )
