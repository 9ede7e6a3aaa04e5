"""One lane for each key in each loop, and one set of ways for keys that are used together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import attrs

from sitoo_async._gates import Gate
from sitoo_async._lane import Lane
from sitoo_async._ways import Ways
from sitoo_async.errors import InvalidOptionError

__all__ = ["gate_in_use", "lane_for", "ways_for"]


@attrs.frozen
class _Known:
    """What there is in one loop, by origin and API ID."""

    lanes: dict[tuple[str, str], Lane] = attrs.field(factory=dict[tuple[str, str], Lane])
    ways: dict[tuple[str, ...], Ways] = attrs.field(factory=dict[tuple[str, ...], Ways])


_loops: dict[asyncio.AbstractEventLoop, _Known] = {}


def lane_for(
    loop: asyncio.AbstractEventLoop, origin: str, key: str, gate: Gate | None = None
) -> Lane:
    """The lane of a key in a loop; clients with one key share it.

    Lanes live as long as their loop, so that a hold outlives the client that ran into it.

    Raises:
        InvalidOptionError: the lane exists with another gate.
    """
    for other in [*_loops]:
        if other.is_closed():
            _loops.pop(other, None)  # another loop, in its thread, may be at the same
    lanes = _loops.setdefault(loop, _Known()).lanes
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


def ways_for(
    loop: asyncio.AbstractEventLoop, origin: str, keys: Sequence[str], gate: Gate | None = None
) -> Ways:
    """The ways of some keys in a loop; clients with the same keys share what is learned of them.

    In whichever order they name them: the first client's is the one that counts.

    Raises:
        InvalidOptionError: a lane exists with another gate.
    """
    # All lanes first: one that has another gate refuses.
    lanes = {key: lane_for(loop, origin, key, gate) for key in keys}
    known = _loops[loop].ways
    name = (origin, *sorted(keys))
    ways = known.get(name)
    if ways is None:
        ways = known[name] = Ways(loop, lanes)
    return ways


def gate_in_use(loop: asyncio.AbstractEventLoop, gate: Gate) -> bool:
    """Whether a lane of the loop is at work with that gate, or with one that is equal."""
    known = _loops.get(loop)
    lanes = () if known is None else known.lanes.values()
    return any(lane.gate == gate and lane.busy for lane in lanes)
