"""Several keys behind one client: who of them serves a call, and whether they gain anything.

Each key has a lane of its own, and calls wait in one queue for whichever is free first. As far as
anyone knows, Sitoo allows each key one request at a time. Should it allow each account only one,
further keys gain nothing but refusals. So the exchanges that overlap are watched, for good.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

import attrs

from sitoo_async._http.messages import Request, Response
from sitoo_async._http.verdict import Verdict
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.options import Options
from sitoo_async._lane.queue import Queue
from sitoo_async._lane.ticket import LaneStats, Ticket
from sitoo_async.errors import AuthenticationError

__all__ = ["Ways", "together"]

logger = logging.getLogger("sitoo_async")

MOST_REFUSALS: Final = 3
"""Refusals that finding out may cost."""

ENOUGH_PROOFS: Final = 3
"""Pairs of exchanges that went well side by side, until further keys are believed to help."""

MOST_IN_A_ROW: Final = 10
"""Refusals without a proof between them, after which that is believed no more."""

MOST_UNPROVEN: Final = 3
"""Keys in use until it is known that they help: their refusals may all come at once."""

LEFT_OUT: Final = 60.0
"""Seconds for which a key is not used that is not let in, or that is locked by itself."""

REMEMBERED: Final = 8
"""Exchanges of each key that may have run beside a long one of another."""


@attrs.frozen
class _Past:
    """An exchange that is over.

    Attributes:
        number: tells which of two began first.
        sent: when there was a connection for it, and it was sent.
        answered: when its answer began to arrive, however long the rest of it took.
        ended: when all of it was there.
        refused: whether it was refused because another one was in flight.
    """

    number: int
    sent: float
    answered: float
    ended: float
    refused: bool

    def beside(self, other: _Past) -> bool:
        """Whether the server must have had both at work at once.

        Where one is sent while the answer of the other is on its way back, both are under way here
        for a while, and there one after the other. So they have to have run side by side nearly
        all the time that the shorter one took.
        """
        common = min(self.answered, other.answered) - max(self.sent, other.sent)
        shorter = min(self.answered - self.sent, other.answered - other.sent)
        return common > 0 and common >= 0.9 * shorter


@attrs.define(eq=False)
class _Refusal:
    """A refusal that another key's exchange may explain.

    Attributes:
        lane: of the key that was refused.
        certain: whether one explains it that was served.
        flights: the numbers of others that may, unless they are refused in turn.
    """

    lane: Lane
    certain: bool = False
    flights: set[int] = attrs.field(factory=set[int])

    def stands_without(self, flight: int) -> bool:
        """Whether it is still explained, now that one of them turned out refused."""
        self.flights.discard(flight)
        return self.certain or bool(self.flights)


class Ways:
    """The lanes of some keys of one account, shared by all clients of the loop that have them.

    Args:
        loop: the running loop.
        lanes: one for each key, by API ID, in the order in which the keys were given.

    Attributes:
        lanes: them.
        limited: whether Sitoo turned out to limit the account, so that only one is used.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, lanes: Mapping[str, Lane]) -> None:
        self.lanes: tuple[Lane, ...] = tuple(lanes.values())
        self.limited: bool = False
        self._loop = loop
        self._api_ids = {lane: api_id for api_id, lane in lanes.items()}
        self._several = len(lanes) > 1
        self._in_use = self.lanes[:MOST_UNPROVEN]
        self._shared = Queue(loop, *self._in_use) if self._several else self.lanes[0].queue
        self._own: dict[Lane, Queue] = {}
        self._pinned: dict[str, Queue] = {}
        self._left_out: dict[Lane, float] = {}
        self._denied: set[Lane] = set()  # of those, the ones that are not let in
        self._last: dict[Lane, _Past] = {}
        self._served: dict[Lane, deque[_Past]] = {
            lane: deque(maxlen=REMEMBERED) for lane in self.lanes
        }
        self._refusals: list[_Refusal] = []
        self._proofs = 0
        self._trial: Lane | None = None
        self._left = self.lanes[0]

    # ----------------------------------------------------------------------------- the choice

    @property
    def in_use(self) -> frozenset[str]:
        """The API IDs of the keys whose lanes calls go to."""
        return frozenset(self._api_ids[lane] for lane in self._in_use)

    def api_id(self, lane: Lane) -> str:
        """The API ID of the key that a lane is of."""
        return self._api_ids[lane]

    @property
    def by_api_id(self) -> Mapping[str, Lane]:
        """The lane of each key."""
        return {api_id: lane for lane, api_id in self._api_ids.items()}

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
            lanes = self._in_use
            queue = self._queue_of(lanes[len(self._pinned) % len(lanes)])
            self._pinned[group] = queue
        return queue

    def _queue_of(self, lane: Lane) -> Queue:
        """The queue of the calls that this one key is to serve."""
        queue = self._own.get(lane)
        if queue is None:
            queue = self._own[lane] = Queue(self._loop, self._server_of(lane))
        return queue

    # --------------------------------------------------------------------------- the evidence

    def learn(self, lane: Lane, response: Response | None, verdict: Verdict) -> None:
        """Take note of how the exchange under way in a lane ended, before the lane is told."""
        flight = lane.flying
        if not self._several or flight is None:
            return
        if isinstance(verdict.outcome, AuthenticationError):
            self._denied.add(lane)
            self._leave_out(lane, "not let in")
        if self.limited:
            return
        now = self._loop.time()
        sent = flight.began + (0.0 if response is None else response.sent_in)
        answered = now if response is None else flight.began + response.answered_in
        past = _Past(flight.number, sent, answered, now, verdict.overlap)
        self._last[lane] = past
        if past.refused:
            # It was not in anybody's way, then.
            self._refusals = [each for each in self._refusals if each.stands_without(past.number)]
        if self._trial is lane:
            self._end_trial(lane, verdict)
        elif past.refused:
            self._doubt(lane, past, verdict)
        elif isinstance(verdict.outcome, Response):
            self._believe(lane, past)

    def _believe(self, lane: Lane, past: _Past) -> None:
        """Count with how many exchanges of other keys this one went well side by side."""
        beside = [other for each in self._others(lane) for other in self._served[each]]
        proofs = sum(past.beside(other) for other in beside)
        self._served[lane].append(past)
        was_known = self._known
        self._proofs += proofs
        if proofs and was_known:
            # Refusals that come now and then are somebody else's.
            self._refusals = []
        if self._known and not was_known:
            self._serve()

    def _doubt(self, lane: Lane, refused: _Past, verdict: Verdict) -> None:
        """Find out, after some refusals that other keys explain, whether they are the reason.

        Where different keys were refused, they are. Where it was always the same one, that may be
        locked by itself, which only shows when it goes alone.
        """
        refusal = self._explained(lane, refused)
        if refusal is None:
            return
        self._refusals.append(refusal)
        # Of a key that may be locked, a refusal tells nothing about the others.
        clear = [each.lane for each in self._refusals if not each.lane.locked]
        own = sum(each.lane is lane for each in self._refusals)
        if self._known:
            most = enough = MOST_IN_A_ROW
        else:
            # One more may come, where all keys are in flight at that moment.
            most, enough = MOST_REFUSALS, MOST_REFUSALS + 2 - len(self._in_use)
        if len({*clear}) > 1 and len(clear) >= enough:
            self._fall_back()
        elif own >= most:
            self._trial = lane
            self._change_over()
        else:
            return
        # What was in the way is waited for, and needs no hold.
        verdict.brief = False

    def _end_trial(self, lane: Lane, verdict: Verdict) -> None:
        """The exchange that went alone is over."""
        self._trial, self._refusals = None, []
        if verdict.overlap:
            self._leave_out(lane, "locked")
        elif verdict.answered:
            self._fall_back()
        else:
            self._serve()

    @property
    def _known(self) -> bool:
        return self._proofs >= ENOUGH_PROOFS

    def _others(self, lane: Lane) -> list[Lane]:
        return [other for other in self.lanes if other is not lane]

    def _explained(self, lane: Lane, refused: _Past) -> _Refusal | None:
        """A refusal that exchanges with other keys may explain.

        Not one that was refused itself, nor one that was sent later: it may have been there first
        all the same, but hardly by more than half of the time that the refusal took.
        """
        middle = (refused.sent + refused.ended) / 2
        refusal = _Refusal(lane)
        for other in self._others(lane):
            last, flight = self._last.get(other), other.flying
            if last is not None and not last.refused and last.ended > refused.sent:
                refusal.certain |= last.number < refused.number or last.sent <= middle
            if flight is None or (last is not None and last.number == flight.number):
                continue  # one that has ended and has only not landed yet is the last one
            if flight.number < refused.number or flight.began <= middle:
                refusal.flights.add(flight.number)
        return refusal if refusal.certain or refusal.flights else None

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
        if self._trial is not None and now < self._trial.held_until:
            # It ran into a limit, or its gate told of one: the others need not wait for that.
            self._trial, self._refusals = None, []
            self._serve()
        over = [lane for lane, until in self._left_out.items() if now >= until]
        for lane in over:
            del self._left_out[lane]
            self._denied.discard(lane)
        if over:
            self._serve()

    def _fall_back(self) -> None:
        """Go on with one lane; what waits for the others goes there, with its place and budget.

        It is the first key's, so that several processes with the same keys end up with the same.
        """
        self.limited = True
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
        if self._trial is not None:
            lanes = [self._trial]
        elif self.limited:
            self._left = self._left if self._left in lanes else lanes[0]
            lanes = [self._left]
        elif not self._known:
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
    """What some lanes are doing together, of which only those in use count for a hold."""
    if len(lanes) == 1:
        return lanes[0].stats()
    by_lane = {lane: lane.stats() for lane in lanes}
    each = by_lane.values()
    # Each call once, however many lanes it waits for. In a closed loop none does any more.
    queues = {*chain.from_iterable(lane.queues for lane in lanes if not lane.loop.is_closed())}
    return LaneStats(
        waiting={
            "interactive": sum(queue.waiting["interactive"] for queue in queues),
            "bulk": sum(queue.waiting["bulk"] for queue in queues),
        },
        in_flight=sum(stats.in_flight for stats in each),
        sent=sum(stats.sent for stats in each),
        joined=sum(stats.joined for stats in each),
        refused=sum(stats.refused for stats in each),
        held_for=min(by_lane[lane].held_for for lane in in_use),
        waits=sum(stats.waits for stats in each),
        waited=sum(stats.waited for stats in each),
        longest_wait=max(stats.longest_wait for stats in each),
        busy=sum(stats.busy for stats in each),
    )


def _group(path: str) -> str:
    """What stands first in a path, or first below its site."""
    names = path.strip("/").split("/")
    below_site = names[0] == "sites" and len(names) > 2
    return names[2 if below_site else 0].removesuffix(".json")
