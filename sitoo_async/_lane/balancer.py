"""Several keys behind one client: who of them serves a call, and whether they gain anything.

Each key has a lane of its own, and calls wait in one queue for whichever is free first. As far as
anyone knows, Sitoo allows each key one request at a time. Should it allow each account only one,
further keys gain nothing but refusals. So the exchanges that overlap are watched, for good, and
what they tell is judged by `Evidence`, which is obeyed here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final, cast

import attrs

from sitoo_async._http.messages import Request, Response
from sitoo_async._http.verdict import Verdict
from sitoo_async._lane.call import Call
from sitoo_async._lane.lane import Flight, Lane
from sitoo_async._lane.overlap import MOST_UNPROVEN, Ending, Evidence, Exchange, InFlight
from sitoo_async._lane.queue import Queue
from sitoo_async._lane.stats import LaneStats, summed
from sitoo_async.errors import AuthenticationError

__all__ = ["Balancer", "together"]

logger = logging.getLogger("sitoo_async")

LEFT_OUT: Final = 60.0
"""Seconds for which a key is not used that is not let in, or that is locked by itself."""


class Balancer:
    """The lanes of some keys of one account, shared by all clients of the loop that have them.

    Args:
        loop: the running loop.
        lanes: one for each key, by API ID, in the order in which the keys were given.

    Attributes:
        lanes: them.
        by_api_id: them, each by its key's.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, lanes: Mapping[str, Lane]) -> None:
        self.lanes: tuple[Lane, ...] = tuple(lanes.values())
        self.by_api_id: Mapping[str, Lane] = lanes
        self._loop = loop
        self._api_ids = {lane: api_id for api_id, lane in lanes.items()}
        self._in_use = self.lanes[:MOST_UNPROVEN]
        self._shared = self._queue(*self._in_use)
        self._own: dict[Lane, Queue] = {}
        self._pinned: dict[str, Queue] = {}
        self._left_out: dict[Lane, float] = {}
        self._denied: set[Lane] = set()  # of those, the ones that are not let in
        self._evidence = Evidence()
        self._left = self.lanes[0]

    # ----------------------------------------------------------------------------- the choice

    @property
    def limited(self) -> bool:
        """Whether Sitoo turned out to limit the account, so that only one is used."""
        return self._evidence.limited

    @property
    def _trial(self) -> Lane | None:
        """The lane of the key that is to go alone."""
        trial = self._evidence.trial
        return None if trial is None else self.by_api_id[trial]

    @property
    def in_use(self) -> frozenset[str]:
        """The API IDs of the keys whose lanes calls go to."""
        return frozenset(self._api_ids[lane] for lane in self._in_use)

    def api_id(self, lane: Lane) -> str:
        """The API ID of the key that a lane is of."""
        return self._api_ids[lane]

    @property
    def queues(self) -> tuple[Queue, ...]:
        """Those in which calls wait."""
        return (self._shared, *self._own.values())

    def queue_for(self, request: Request, call: Call) -> Queue:
        """Where a request is to wait for its turn.

        Args:
            request: which one.
            call: whose.

        Raises:
            ReentryError: it would begin inside an exchange of one of the lanes.
        """
        for lane in self.lanes:
            # Each lane refuses what it would wait for itself; here one might wait for another.
            lane.check_reentry()
        self._try_again()
        if request.method != "GET":
            if call.uncertain:
                # Sitoo may still be at work on it, and until that is over it refuses the key. By
                # another key, the write would overtake itself and come a second time later on.
                return self._queue_of(call.lane)
            if call.options.pin:
                return self._pinned_queue(_group(request))
        return self._shared

    def _pinned_queue(self, group: str) -> Queue:
        queue = self._pinned.get(group)
        if queue is None:
            lanes = self._in_use
            queue = self._queue_of(lanes[len(self._pinned) % len(lanes)])
            self._pinned[group] = queue
        return queue

    def _queue_of(self, lane: Lane) -> Queue:
        """The queue of the calls that this one key is to serve."""
        queue = self._own.get(lane)
        if queue is None:
            queue = self._own[lane] = self._queue(self._server_of(lane))
        return queue

    def _queue(self, *lanes: Lane) -> Queue:
        return Queue(self._loop, *lanes, serve_otherwise=self._give_up_trial)

    # --------------------------------------------------------------------------- the evidence

    def learn(
        self, lane: Lane, response: Response | None, verdict: Verdict, host: str | None = None
    ) -> None:
        """Take note of how the exchange under way in a lane ended, before the lane is told."""
        flight = cast("Flight", lane.flying)  # the one that learns this
        if isinstance(verdict.outcome, AuthenticationError):
            self._denied.add(lane)
            self._leave_out(lane, "not let in")
        now = self._loop.time()
        exchange = Exchange(
            key=self._api_ids[lane],
            number=flight.number,
            sent=flight.began + (0.0 if response is None else response.sent_in),
            answered=now if response is None else flight.began + response.answered_in,
            ended=now,
            ending=_ending(verdict),
            host=host,
        )
        before = self._evidence.trial, self._evidence.proven
        advice = self._evidence.add(
            exchange,
            self._in_flight(),
            locked={api_id for each, api_id in self._api_ids.items() if each.locked},
            in_use=len(self._in_use),
        )
        if advice == "fall back":
            self._fall_back()
        elif advice == "try alone":
            self._change_over()
        elif advice == "leave out":
            self._leave_out(lane, "locked")
        elif before != (self._evidence.trial, self._evidence.proven):
            self._serve()
        if advice in ("fall back", "try alone") and verdict.overlap:
            # What was in the way is waited for, and needs no hold.
            verdict.brief = False

    def _in_flight(self) -> Iterator[InFlight]:
        for lane, api_id in self._api_ids.items():
            if lane.flying is not None:
                yield InFlight(api_id, lane.flying.number, lane.flying.began)

    # ------------------------------------------------------------------------ what comes of it

    def _leave_out(self, lane: Lane, reason: str) -> None:
        """Use a key no more for a while, as long as there are others."""
        if lane not in self._left_out:
            logger.warning("the key %s is %s: it is not used for now", self._api_ids[lane], reason)
        self._left_out[lane] = self._loop.time() + LEFT_OUT
        self._serve()

    def _try_again(self) -> None:
        """Let in again what was left out for long enough, and what waits for a trial in vain."""
        now = self._loop.time()
        trial = self._trial
        if trial is not None and now < trial.held_until:
            # It ran into a limit, or its gate told of one: the others need not wait for that.
            self._give_up_trial()
        over = [lane for lane, until in self._left_out.items() if now >= until]
        for lane in over:
            del self._left_out[lane]
            self._denied.discard(lane)
        if over:
            self._serve()

    def _give_up_trial(self) -> bool:
        """Let all keys serve again what waits for one to go alone; tell whether anything did."""
        if self._evidence.trial is None:
            return False
        self._evidence.give_up_trial()
        self._serve()
        return True

    def _fall_back(self) -> None:
        """Go on with one lane; what waits for the others goes there, with its place and budget.

        It is the first key's, so that several processes with the same keys end up with the same.
        """
        left = self._change_over()
        logger.warning(
            "Sitoo refuses a second request of this account at a time, whatever its key: of %d "
            "keys, only %s is used from now on",
            len(self.lanes),
            "the first" if left is self.lanes[0] else self._api_ids[left],
        )

    def _change_over(self) -> Lane:
        """Go on with one lane, as soon as nothing is under way in any."""
        self._serve()
        (left,) = self._in_use
        # In its own neither: a call that was refused there comes back to a place before the others.
        flights = (lane.task for lane in self.lanes)
        left.follow(flight for flight in flights if flight is not None)
        return left

    def _serve(self) -> None:
        """Let each queue be served by whom it now should be."""
        lanes = [lane for lane in self.lanes if lane not in self._left_out] or [*self.lanes]
        trial = self._trial
        if trial is not None:
            lanes = [trial]
        elif self.limited:
            self._left = self._left if self._left in lanes else lanes[0]
            lanes = [self._left]
        elif not self._evidence.proven:
            lanes = lanes[:MOST_UNPROVEN]
        self._in_use = tuple(lanes)
        self._shared.serve_by(self._in_use)
        for lane, queue in self._own.items():
            queue.serve_by((self._server_of(lane),))

    def _server_of(self, lane: Lane) -> Lane:
        """Who serves what one key is to serve."""
        alone = self.limited or self._trial is not None
        return self._in_use[0] if alone or lane in self._denied else lane

    # ------------------------------------------------------------------------------ the sight

    def stats(self) -> LaneStats:
        """What the lanes are doing together."""
        return together(self.lanes, self._in_use)


def together(lanes: Sequence[Lane], in_use: Iterable[Lane]) -> LaneStats:
    """What several lanes are doing together, of which only those in use count for a hold."""
    by_lane = {lane: lane.stats() for lane in lanes}
    # Each call once, however many lanes it waits for. In a closed loop none does any more.
    queues = {*chain.from_iterable(lane.queues for lane in lanes if not lane.loop.is_closed())}
    return attrs.evolve(
        summed([*by_lane.values()]),
        waiting={
            "interactive": sum(queue.waiting["interactive"] for queue in queues),
            "bulk": sum(queue.waiting["bulk"] for queue in queues),
        },
        held_for=min(by_lane[lane].held_for for lane in in_use),
    )


def _ending(verdict: Verdict) -> Ending:
    if verdict.overlap:
        return "refused"
    if isinstance(verdict.outcome, Response):
        return "served"
    return "answered" if verdict.answered else "unclear"


def _group(request: Request) -> str:
    """What stands first in a path, or first below its site."""
    names = request.path.strip("/").split("/")
    below_site = names[0] == "sites" and len(names) > 2
    name = names[2 if below_site else 0].removesuffix(".json")
    return name if request.service is None else f"{name} of {request.service}"
