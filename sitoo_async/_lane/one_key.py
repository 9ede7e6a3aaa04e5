"""Who serves the calls of a client with one key: its lane, and there is nothing to learn."""

from __future__ import annotations

from collections.abc import Mapping

from sitoo_async._http.messages import Request
from sitoo_async._lane.call import Call
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.queue import Queue
from sitoo_async._lane.stats import LaneStats

__all__ = ["OneKey"]


class OneKey:
    """The lane of one key, where a `Balancer` has those of several.

    Args:
        lanes: the lane, by the key's API ID.

    Attributes:
        queue: where all calls wait.
    """

    limited = False

    def __init__(self, lanes: Mapping[str, Lane]) -> None:
        self.by_api_id: Mapping[str, Lane] = lanes
        self.lanes: tuple[Lane, ...] = tuple(lanes.values())
        self.in_use: frozenset[str] = frozenset(lanes)
        (self._api_id,) = lanes
        self.queue: Queue = self.lanes[0].queue

    @property
    def queues(self) -> tuple[Queue, ...]:
        """The one in which calls wait."""
        return (self.queue,)

    def api_id(self, _: Lane) -> str:
        """The API ID of the key."""
        return self._api_id

    def queue_for(self, _: Request, __: Call) -> Queue:
        """Where each request is to wait for its turn."""
        return self.queue

    def stats(self) -> LaneStats:
        """What the lane is doing."""
        return self.lanes[0].stats()
