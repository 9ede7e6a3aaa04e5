"""One lane for each key in each loop; clients with one key share it."""

from __future__ import annotations

import asyncio

from sitoo_async._gates import Gate
from sitoo_async._lane import Lane
from sitoo_async.errors import InvalidOptionError

__all__ = ["gate_in_use", "lane_for"]

_lanes: dict[asyncio.AbstractEventLoop, dict[tuple[str, str], Lane]] = {}


def lane_for(
    loop: asyncio.AbstractEventLoop, origin: str, key: str, gate: Gate | None = None
) -> Lane:
    """The lane of a key in a loop; clients with one key share it.

    Lanes live as long as their loop, so that a hold outlives the client that ran into it.

    Raises:
        InvalidOptionError: the lane exists with another gate.
    """
    for known in [*_lanes]:
        if known.is_closed():
            _lanes.pop(known, None)  # another loop, in its thread, may be at the same
    lanes = _lanes.setdefault(loop, {})
    lane = lanes.get((origin, key))
    if lane is None:
        lane = lanes[origin, key] = Lane(loop, gate=gate, key=f"{origin} {key}")
    elif lane.gate != gate:
        raise InvalidOptionError(
            f"the key {key} is in use in this loop with another gate: give all its clients the "
            "same one",
            field="gate",
        )
    return lane


def gate_in_use(loop: asyncio.AbstractEventLoop, gate: Gate) -> bool:
    """Whether a lane of the loop is at work with that gate, or with one that is equal."""
    return any(lane.gate == gate and lane.busy for lane in _lanes.get(loop, {}).values())
