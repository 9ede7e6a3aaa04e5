"""One lane for each key in each loop, and one balancer for keys that are used together."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import attrs

from sitoo_async._checks.looking import LookingAtOption
from sitoo_async._forks import in_forked_child
from sitoo_async._gates import Gate
from sitoo_async._lane import holds
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.one_key import OneKey
from sitoo_async._lane.stats import NOTHING_YET, LaneStats
from sitoo_async.errors import InvalidOptionError

if TYPE_CHECKING:
    from sitoo_async._lane.balancer import Balancer

__all__ = ["balancer_for", "forget", "gate_in_use", "lane_for", "own_lane", "stats_of"]


@attrs.frozen
class _Known:
    """What there is in one loop, by origin and API ID."""

    lanes: dict[tuple[str, str], Lane] = attrs.field(factory=dict[tuple[str, str], Lane])
    balancers: dict[tuple[str, ...], Balancer | OneKey] = attrs.field(
        factory=dict[tuple[str, ...], "Balancer | OneKey"]
    )


def own_lane(origin: str, service: str | None) -> str:
    """What stands for the origin in the lanes that a service has for itself there.

    Their holds are kept by it, and the gate is asked by it: it gives the right for the service
    beside that for all the rest, since both may be used at a time.
    """
    return f"{origin} {service}"


_loops: dict[asyncio.AbstractEventLoop, _Known] = {}


def lane_for(
    loop: asyncio.AbstractEventLoop, origin: str, key: str, gate: Gate | None = None
) -> Lane:
    """The lane of a key in a loop; clients with one key share it.

    Lanes live as long as their loop, so that a hold outlives the client that ran into it. What the
    process knows of the key from loops before, a new one begins with.

    Raises:
        InvalidOptionError: the lane exists with another gate.
    """
    _forget_closed_loops()
    lanes = _loops.setdefault(loop, _Known()).lanes
    lane = lanes.get((origin, key))
    if lane is None:
        lane = lanes[origin, key] = Lane(
            loop, gate=gate, key=f"{origin} {key}", memory=_memory(loop, origin, key)
        )
        return lane
    with LookingAtOption("gate"):
        another = lane.gate is not gate and bool(lane.gate != gate)
    if another:
        raise InvalidOptionError(
            f"the key {key} is in use in this loop with another gate: give all its clients the "
            "same one",
            field="gate",
        )
    return lane


def _memory(loop: asyncio.AbstractEventLoop | None, origin: str, key: str) -> holds.Memory | None:
    # On virtual time, ten minutes are over in a moment, which is nothing to others.
    return None if getattr(loop, "virtual_time", False) else holds.Memory(origin, key)


def _forget_closed_loops() -> None:
    for loop in [*_loops]:
        if loop.is_closed():
            known = _loops.pop(loop, None)  # another loop, in its thread, may be at the same
            for lane in () if known is None else known.lanes.values():
                if lane.flying is not None:
                    lane.leave_behind()


def balancer_for(
    loop: asyncio.AbstractEventLoop, origin: str, keys: Sequence[str], gate: Gate | None = None
) -> Balancer | OneKey:
    """The balancer of some keys in a loop; clients with the same keys share what it learns.

    In whichever order they name them: the first client's is the one that counts.

    Raises:
        InvalidOptionError: a lane exists with another gate.
    """
    # All lanes first: one that has another gate refuses.
    lanes = {key: lane_for(loop, origin, key, gate) for key in keys}
    known = _loops[loop].balancers
    name = (origin, *sorted(keys))
    balancer = known.get(name)
    if balancer is None:
        balancer = known[name] = OneKey(lanes) if len(lanes) == 1 else _several(loop, lanes)
    return balancer


def _several(loop: asyncio.AbstractEventLoop, lanes: Mapping[str, Lane]) -> Balancer:
    from sitoo_async._lane.balancer import Balancer  # noqa: PLC0415  # few need it

    return Balancer(loop, lanes)


def stats_of(origin: str, keys: Sequence[str]) -> LaneStats:
    """What the lanes of some keys in the running loop are doing; makes none, and needs no loop."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        loop = None
    known = None if loop is None else _loops.get(loop)
    if known is not None:
        balancer = known.balancers.get((origin, *sorted(keys)))
        if balancer is not None:
            return balancer.stats()
        lanes = [known.lanes[origin, key] for key in keys if (origin, key) in known.lanes]
        if len(lanes) == 1:
            return lanes[0].stats()
        if lanes:
            from sitoo_async._lane.balancer import together  # noqa: PLC0415  # few need it

            return together(lanes, lanes)
    memories = [_memory(loop, origin, key) for key in keys]
    held_for = min(0.0 if memory is None else memory.held_for() for memory in memories)
    return attrs.evolve(NOTHING_YET, held_for=held_for)


def forget(origin: str) -> None:
    """Keep nothing of an origin whose server is gone for what begins there next."""
    _forget_closed_loops()
    holds.forget(origin)


def gate_in_use(loop: asyncio.AbstractEventLoop, gate: Gate) -> bool:
    """Whether a lane of the loop is at work with that gate, or with one that is equal."""
    known = _loops.get(loop)
    lanes = () if known is None else known.lanes.values()
    return any(lane.gate == gate and lane.busy for lane in lanes)


# What is under way in a loop is its process's: a forked child begins anew.
in_forked_child(_loops.clear)
