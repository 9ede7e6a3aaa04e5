"""Several keys behind one client: which of them a call takes, and whether they gain anything.

Each key has a lane and a connection of its own. As far as anyone knows, Sitoo allows each key one
request at a time. Should it allow each account only one, further keys gain nothing but refusals. So
the client watches those of its exchanges that overlap, until they have told it one or the other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import attrs

from sitoo_async._keys import Key
from sitoo_async._lane import Lane
from sitoo_async._options import Options
from sitoo_async._tickets import LaneStats, Priority, Ticket
from sitoo_async._transport import Transport
from sitoo_async._wire import Request, Response, Verdict
from sitoo_async.errors import AuthenticationError

__all__ = ["Way", "Ways", "added_up"]

logger = logging.getLogger("sitoo_async")

MOST_REFUSALS: Final = 3
"""Refusals that finding out may cost."""

ENOUGH_PROOFS: Final = 3
"""Pairs of exchanges that went well side by side; one alone may be the network's delay."""

MOST_UNPROVEN: Final = 3
"""Keys in use until it is known that they help: their refusals may all come at once."""

SHUNNED: Final = 60.0
"""Seconds for which a key that is not let in is taken last; it fails fast, so it looks free."""

FIRST_PACE: Final = 0.1
"""Seconds that an exchange is taken to last before any was seen."""


@attrs.frozen
class _Past:
    """An exchange that is over."""

    began: float
    ended: float
    succeeded: bool
    refused: bool

    def beside(self, other: _Past) -> bool:
        """Whether the server must have had both at work at once.

        Where one is sent while the answer of the other is on its way back, both are under way here
        for a while, and there one after the other. So they have to have run side by side nearly
        all the time that the shorter one took.
        """
        common = min(self.ended, other.ended) - max(self.began, other.began)
        shorter = min(self.ended - self.began, other.ended - other.began)
        return common > 0 and common >= 0.9 * shorter


@attrs.define(eq=False)
class Way:
    """One key's way to Sitoo, in one loop.

    Attributes:
        key: the key.
        lane: its lane, shared with other clients of the key.
        transport: its connection, this client's own.
        successor: where calls that began here go on, once that is no longer here.
        began: since when an exchange of this client is under way; None: none is.
        last: the exchange before.
        locked: whether its key may still be locked by what it sent: then refusals are expected, and
            say nothing about the other keys.
        shunned_until: the moment until which it is taken last.
    """

    key: Key
    lane: Lane
    transport: Transport
    successor: Way | None = None
    began: float | None = None
    last: _Past | None = None
    locked: bool = False
    shunned_until: float = 0.0


class Ways:
    """A client's ways, of which each call takes one.

    Args:
        ways: one for each key, in the order in which the keys were given.
        owner: whose calls they are, as the lanes know it.
    """

    def __init__(self, ways: Sequence[Way], owner: object) -> None:
        self.all: tuple[Way, ...] = tuple(ways)
        self.fallen: bool = False
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._in_use = self.all[:MOST_UNPROVEN]
        # One more refusal than these may come, where all keys are in flight at that moment.
        self._enough = MOST_REFUSALS + 2 - len(self._in_use)
        self._refusals = self._proofs = 0
        self._known = len(self.all) == 1
        self._pace = FIRST_PACE
        self._turn = 0
        self._pinned: dict[str, Way] = {}

    # ----------------------------------------------------------------------------- the choice

    def take(self, request: Request, options: Options, priority: Priority) -> tuple[Way, Ticket]:
        """The way and the place of a call that begins now with that request.

        Raises:
            ReentryError: it would begin inside an exchange of one of the lanes.
        """
        first = self.all[0]
        ticket = first.lane.ticket(
            priority=priority,
            owner=self._owner,
            queue_timeout=options.queue_timeout,
            deadline=options.deadline,
            patience=options.max_rate_limit_wait,
        )
        if len(self._in_use) == 1:
            return first, ticket
        for way in self.all:
            # Each lane refuses what it would wait for itself; here one might wait for another.
            way.lane.check_reentry()
        if not options.pin or request.method == "GET":
            return self._freest(ticket, options), ticket
        group = _group(request.path)
        pinned = self._pinned.get(group)
        if pinned is None:
            pinned = self._pinned[group] = self._freest(ticket, options)
        return pinned, ticket

    def _freest(self, ticket: Ticket, options: Options) -> Way:
        """The way that will be free first; where several will be, each in turn."""
        in_turn = self._in_use[self._turn :] + self._in_use[: self._turn]
        self._turn = (self._turn + 1) % len(self._in_use)

        now = self._loop.time()

        def preference(way: Way) -> tuple[bool, bool, float]:
            admits = way.lane.admits(ticket, options.max_waiting)
            free_in = way.lane.free_in(ticket.priority, self._pace)
            return not admits, now < way.shunned_until, free_in

        return min(in_turn, key=preference)

    # --------------------------------------------------------------------------- the evidence

    def depart(self, way: Way) -> None:
        """An exchange begins."""
        way.began = self._loop.time()

    def arrive(self, way: Way, verdict: Verdict | None) -> None:
        """The exchange is over; None where it can't be judged."""
        now = self._loop.time()
        began, way.began = way.began, None
        if began is None or len(self._in_use) == 1:
            return
        self._pace += (now - began - self._pace) / 8
        was_locked = way.locked
        if verdict is None or (verdict.brief and not verdict.refused):
            way.locked = True
            return
        if not verdict.refused:
            way.locked = False
        if isinstance(verdict.outcome, AuthenticationError):
            self._shun(way, now)
        if self._known:
            return
        past = _Past(began, now, isinstance(verdict.outcome, Response), verdict.overlap)
        way.last = past
        others = [other for other in self.all if other is not way]
        if past.refused and not was_locked:
            self._refusals += any(_in_the_way(other, past) for other in others)
            if self._refusals >= self._enough:
                self._fall_back()
                # What was in the way is waited for, and needs no hold.
                verdict.brief = False
        elif past.succeeded and any(_both_succeeded(other.last, past) for other in others):
            self._proofs += 1
            if self._proofs >= ENOUGH_PROOFS:
                self._known = True
                self._in_use = self.all

    def _shun(self, way: Way, now: float) -> None:
        """Take a key last that Sitoo does not let in."""
        if now >= way.shunned_until:
            logger.warning("the key %s is not let in: it is taken last for now", way.key.api_id)
        way.shunned_until = now + SHUNNED

    def _fall_back(self) -> None:
        """Go on with one lane; what waits in the others goes there, with its place and budget.

        It is the first key's, so that several processes with the same keys end up with the same.
        """
        remaining, *others = self.all
        self.fallen = self._known = True
        self._in_use = (remaining,)
        logger.warning(
            "Sitoo refuses a second request of this account at a time, whatever its key: of %d "
            "keys, only the first is used from now on",
            len(self.all),
        )
        flights = (way.lane.flight(self._owner) for way in others)
        remaining.lane.follow(flight for flight in flights if flight is not None)
        for way in others:
            way.successor = remaining
            way.lane.send_on(self._owner)


def _in_the_way(other: Way, refused: _Past) -> bool:
    """Whether an exchange with another key may be why this one was refused."""
    if other.began is not None:
        return True
    last = other.last
    return last is not None and last.ended > refused.began and not last.refused


def _both_succeeded(other: _Past | None, past: _Past) -> bool:
    return other is not None and other.succeeded and past.beside(other)


def _group(path: str) -> str:
    """What stands first in a path, or first below its site."""
    names = path.strip("/").split("/")
    below_site = names[0] == "sites" and len(names) > 2
    return names[2 if below_site else 0].removesuffix(".json")


def added_up(lanes: Sequence[LaneStats], in_use: Sequence[LaneStats]) -> LaneStats:
    """What several lanes are doing together; `in_use` are those that calls still take."""
    return LaneStats(
        waiting={
            "interactive": sum(lane.waiting["interactive"] for lane in lanes),
            "bulk": sum(lane.waiting["bulk"] for lane in lanes),
        },
        in_flight=sum(lane.in_flight for lane in lanes),
        sent=sum(lane.sent for lane in lanes),
        joined=sum(lane.joined for lane in lanes),
        refused=sum(lane.refused for lane in lanes),
        held_for=min(lane.held_for for lane in in_use),
        waits=sum(lane.waits for lane in lanes),
        waited=sum(lane.waited for lane in lanes),
        longest_wait=max(lane.longest_wait for lane in lanes),
        busy=sum(lane.busy for lane in lanes),
    )
