"""Several keys behind one client: who of them serves a call, and whether they gain anything.

Each key has a lane of its own, and calls wait in one queue for whichever is free first. As far as
anyone knows, Sitoo allows each key one request at a time. Should it allow each account only one,
further keys gain nothing but refusals. So the exchanges that overlap are watched, for good.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from itertools import chain
from typing import Final

import attrs

from sitoo_async._lane import Lane
from sitoo_async._options import Options
from sitoo_async._queue import Queue
from sitoo_async._tickets import LaneStats, Ticket
from sitoo_async._wire import Request, Response, Verdict
from sitoo_async.errors import AuthenticationError

__all__ = ["Ways"]

logger = logging.getLogger("sitoo_async")

MOST_REFUSALS: Final = 3
"""Refusals that finding out may cost."""

ENOUGH_PROOFS: Final = 3
"""Pairs of exchanges that went well side by side, until further keys are believed to help."""

MOST_IN_A_ROW: Final = 10
"""Refusals without a proof between them, after which that is believed no more."""

MOST_UNPROVEN: Final = 3
"""Keys in use until it is known that they help: their refusals may all come at once."""

SHUNNED: Final = 60.0
"""Seconds for which a key that is not let in is not used; it fails fast, so it is always free."""


@attrs.frozen
class _Past:
    """An exchange that is over.

    Attributes:
        number: tells which of two began first.
        began: when it was sent.
        answered: when its answer began to arrive, however long the rest of it took.
        ended: when all of it was there.
        succeeded: whether it was served.
        refused: whether it was refused because another one was in flight.
    """

    number: int
    began: float
    answered: float
    ended: float
    succeeded: bool
    refused: bool

    def beside(self, other: _Past) -> bool:
        """Whether the server must have had both at work at once.

        Where one is sent while the answer of the other is on its way back, both are under way here
        for a while, and there one after the other. So they have to have run side by side nearly
        all the time that the shorter one took.
        """
        common = min(self.answered, other.answered) - max(self.began, other.began)
        shorter = min(self.answered - self.began, other.answered - other.began)
        return common > 0 and common >= 0.9 * shorter


class Ways:
    """The lanes of some keys of one account, shared by all clients of the loop that have them.

    Args:
        loop: the running loop.
        lanes: one for each key, by API ID, in the order in which the keys were given.

    Attributes:
        lanes: them.
        left: the only one that is used, where Sitoo turned out to limit the account.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, lanes: Mapping[str, Lane]) -> None:
        self.lanes: tuple[Lane, ...] = tuple(lanes.values())
        self.left: Lane | None = None
        self._loop = loop
        self._api_ids = {lane: api_id for api_id, lane in lanes.items()}
        self._several = len(lanes) > 1
        self._in_use = self.lanes[:MOST_UNPROVEN]
        self._shared = Queue(loop, *self._in_use) if self._several else self.lanes[0].queue
        self._own: dict[Lane, Queue] = {}
        self._pinned: dict[str, Queue] = {}
        self._shunned: dict[Lane, float] = {}
        self._last: dict[Lane, _Past] = {}
        # One more refusal than these may come, where all keys are in flight at that moment.
        self._enough = MOST_REFUSALS + 2 - len(self._in_use)
        self._refusals = self._proofs = 0

    # ----------------------------------------------------------------------------- the choice

    @property
    def queues(self) -> tuple[Queue, ...]:
        """Those in which calls wait."""
        return (self._shared, *self._own.values())

    def queue_for(self, request: Request, options: Options, ticket: Ticket | None) -> Queue:
        """Where a request is to wait for its turn.

        Args:
            request: which one.
            options: of its call.
            ticket: of its call; None where that only begins.

        Raises:
            ReentryError: it would begin inside an exchange of one of the lanes.
        """
        if not self._several:
            return self._shared
        for lane in self.lanes:
            # Each lane refuses what it would wait for itself; here one might wait for another.
            lane.check_reentry()
        self._try_again()
        if request.method != "GET":
            if ticket is not None and ticket.uncertain and ticket.lane is not None:
                # Sitoo may still be at work on it, and until that is over it refuses the key. By
                # another key, the write would overtake itself and come a second time later on.
                return self._queue_of(ticket.lane)
            if options.pin:
                return self._pinned_queue(_group(request.path))
        return self._shared

    def _pinned_queue(self, group: str) -> Queue:
        queue = self._pinned.get(group)
        if queue is None:
            lanes = self._shared.lanes
            queue = self._queue_of(lanes[len(self._pinned) % len(lanes)])
            self._pinned[group] = queue
        return queue

    def _queue_of(self, lane: Lane) -> Queue:
        """The queue of the calls that this one key is to serve."""
        queue = self._own.get(lane)
        if queue is None:
            queue = self._own[lane] = Queue(self._loop, self.left or lane)
        return queue

    # --------------------------------------------------------------------------- the evidence

    def learn(self, lane: Lane, verdict: Verdict) -> None:
        """Take note of how the exchange under way in a lane ended, before the lane is told."""
        flight = lane.flying
        if not self._several or self.left is not None or flight is None:
            return
        outcome, now = verdict.outcome, self._loop.time()
        if isinstance(outcome, AuthenticationError):
            self._shun(lane, now)
        served = isinstance(outcome, Response)
        answered = flight.began + outcome.answered_in if isinstance(outcome, Response) else now
        past = _Past(flight.number, flight.began, answered, now, served, verdict.overlap)
        before, self._last[lane] = self._last.get(lane), past
        if past.refused and not lane.locked:
            self._doubt(lane, past, before, verdict)
        elif served and any(self._both_went_well(other, past) for other in self._others(lane)):
            self._believe()

    def _doubt(self, lane: Lane, refused: _Past, before: _Past | None, verdict: Verdict) -> None:
        # With a gate, no other process is in the way with the same key. If one left it locked, that
        # shows as a series of refusals, so only the first of one counts.
        alone_with_it = lane.gate is not None and not (before is not None and before.refused)
        if not alone_with_it and not any(
            self._in_the_way(other, refused) for other in self._others(lane)
        ):
            return
        self._refusals += 1
        if self._refusals >= (MOST_IN_A_ROW if self._known else self._enough):
            self._fall_back()
            # What was in the way is waited for, and needs no hold.
            verdict.brief = False

    def _believe(self) -> None:
        self._proofs += 1
        if self._known:
            # Refusals that come now and then are somebody else's.
            self._refusals = 0
        if self._proofs == ENOUGH_PROOFS:
            self._in_use = self.lanes
            self._serve()

    @property
    def _known(self) -> bool:
        return self._proofs >= ENOUGH_PROOFS

    def _others(self, lane: Lane) -> list[Lane]:
        return [other for other in self.lanes if other is not lane]

    def _in_the_way(self, other: Lane, refused: _Past) -> bool:
        """Whether an exchange with another key may be why this one was refused.

        Not one that was refused itself, nor one that was sent later: it may have been there first
        all the same, but hardly by more than half of the time that the refusal took.
        """
        last, flight = self._last.get(other), other.flying
        if last is not None and last.refused:
            return False
        middle = (refused.began + refused.ended) / 2
        if flight is not None and (flight.number < refused.number or flight.began < middle):
            return True
        return (
            last is not None
            and last.ended > refused.began
            and (last.number < refused.number or last.began < middle)
        )

    def _both_went_well(self, other: Lane, past: _Past) -> bool:
        last = self._last.get(other)
        return last is not None and last.succeeded and past.beside(last)

    # ------------------------------------------------------------------------ what comes of it

    def _shun(self, lane: Lane, now: float) -> None:
        """Leave out a key that Sitoo does not let in, while there are others."""
        if lane not in self._shunned:
            logger.warning("the key %s is not let in: it is not used for now", self._api_ids[lane])
        self._shunned[lane] = now + SHUNNED
        self._serve()

    def _try_again(self) -> None:
        """Let in again what was left out for long enough."""
        now = self._loop.time() if self._shunned else 0.0
        over = [lane for lane, until in self._shunned.items() if now >= until]
        for lane in over:
            del self._shunned[lane]
        if over:
            self._serve()

    def _serve(self) -> None:
        welcome = [lane for lane in self._in_use if lane not in self._shunned]
        self._shared.serve_by(welcome or self._in_use)

    def _fall_back(self) -> None:
        """Go on with one lane; what waits for the others goes there, with its place and budget.

        It is the first key's, so that several processes with the same keys end up with the same.
        """
        welcome = (lane for lane in self.lanes if lane not in self._shunned)
        self.left = left = next(welcome, self.lanes[0])
        self._in_use = (left,)
        logger.warning(
            "Sitoo refuses a second request of this account at a time, whatever its key: of %d "
            "keys, only %s is used from now on",
            len(self.lanes),
            "the first" if left is self.lanes[0] else self._api_ids[left],
        )
        flights = (lane.task for lane in self._others(left))
        left.follow(flight for flight in flights if flight is not None)
        for queue in self.queues:
            queue.serve_by(self._in_use)

    # ------------------------------------------------------------------------------ the sight

    def stats(self) -> LaneStats:
        """What the lanes are doing together."""
        if not self._several:
            return self.lanes[0].stats()
        lanes = [lane.stats() for lane in self.lanes]
        # Each call once, however many lanes it waits for.
        queues = {*chain.from_iterable(lane.queues for lane in self.lanes)}
        return LaneStats(
            waiting={
                "interactive": sum(queue.waiting["interactive"] for queue in queues),
                "bulk": sum(queue.waiting["bulk"] for queue in queues),
            },
            in_flight=sum(lane.in_flight for lane in lanes),
            sent=sum(lane.sent for lane in lanes),
            joined=sum(lane.joined for lane in lanes),
            refused=sum(lane.refused for lane in lanes),
            held_for=min(lane.stats().held_for for lane in self._in_use),
            waits=sum(lane.waits for lane in lanes),
            waited=sum(lane.waited for lane in lanes),
            longest_wait=max(lane.longest_wait for lane in lanes),
            busy=sum(lane.busy for lane in lanes),
        )


def _group(path: str) -> str:
    """What stands first in a path, or first below its site."""
    names = path.strip("/").split("/")
    below_site = names[0] == "sites" and len(names) > 2
    return names[2 if below_site else 0].removesuffix(".json")
