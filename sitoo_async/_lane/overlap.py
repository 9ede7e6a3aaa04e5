"""Whether several keys gain anything, as far as the exchanges that overlapped tell.

As far as anyone knows, Sitoo allows each key one request at a time. Should it allow each account
only one, further keys gain nothing but refusals. This judge is told how each exchange ended, and
says what to do. It knows nothing but what it is told, and no time but that of the exchanges.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable
from typing import Final, Literal, TypeAlias

import attrs

__all__ = ["MOST_UNPROVEN", "Advice", "Ending", "Evidence", "Exchange", "InFlight"]

MOST_REFUSALS: Final = 3
"""Refusals that finding out may cost."""

ENOUGH_PROOFS: Final = 3
"""Pairs of exchanges that went well side by side, until further keys are believed to help."""

MOST_IN_A_ROW: Final = 10
"""Refusals without a proof between them, after which that is believed no more."""

MOST_UNPROVEN: Final = 3
"""Keys in use until it is known that they help: their refusals may all come at once."""

REMEMBERED: Final = 8
"""Exchanges of each key that may have run beside a long one of another."""

SIDE_BY_SIDE: Final = 0.9
"""The share of the shorter of two exchanges that both are at work, where the server had both."""

Ending: TypeAlias = Literal["served", "refused", "answered", "unclear"]
"""How an exchange ended: with what was asked for; refused because another one was in flight; with
any other answer but a 429; or with nothing that would tell whether it was let in."""

Advice: TypeAlias = Literal["go on", "try alone", "leave out", "fall back"]
"""What to do: go on as before; let only the key of this exchange have the next one, with nothing
beside it; leave that key out, which is locked by itself; or use one key alone from now on."""


@attrs.frozen
class InFlight:
    """An exchange under way.

    Attributes:
        key: of which key.
        number: tells which of two began first.
        began: when.
    """

    key: str
    number: int
    began: float


@attrs.frozen
class Exchange:
    """An exchange that is over.

    Attributes:
        key: of which key.
        number: tells which of two began first.
        sent: when there was a connection for it, and it was sent.
        answered: when its answer began to arrive, however long the rest of it took.
        ended: when all of it was there.
        ending: how it ended.
        host: the service at whose host; None: the account's API.
    """

    key: str
    number: int
    sent: float
    answered: float
    ended: float
    ending: Ending
    host: str | None = None

    def beside(self, other: Exchange) -> bool:
        """Whether one server must have had both at work at once.

        That two hosts had one each tells nothing: nobody knows whether they count together.

        Where one is sent while the answer of the other is on its way back, both are under way here
        for a while, and there one after the other. So they have to have run side by side nearly
        all the time that the shorter one took.
        """
        common = min(self.answered, other.answered) - max(self.sent, other.sent)
        shorter = min(self.answered - self.sent, other.answered - other.sent)
        alongside = common > 0 and common >= SIDE_BY_SIDE * shorter
        return alongside and self.host == other.host


@attrs.define(eq=False)
class _Refusal:
    """A refusal that another key's exchange may explain.

    Attributes:
        key: the one that was refused.
        certain: whether one explains it that was not refused itself.
        flights: the numbers of others that may, unless they are refused in turn.
    """

    key: str
    certain: bool = False
    flights: set[int] = attrs.field(factory=set[int])

    def stands_without(self, flight: int) -> bool:
        """Whether it is still explained, now that one of them turned out refused."""
        self.flights.discard(flight)
        return self.certain or bool(self.flights)


class Evidence:
    """What the exchanges of several keys have told so far.

    Attributes:
        limited: whether Sitoo turned out to limit the account; nothing is judged after that.
        trial: the key of which an exchange is to go alone, and to tell why it was refused.
    """

    def __init__(self) -> None:
        self.limited: bool = False
        self.trial: str | None = None
        self._proofs = 0
        self._refusals: list[_Refusal] = []
        self._last: dict[str, Exchange] = {}
        self._served: dict[str, deque[Exchange]] = {}

    @property
    def proven(self) -> bool:
        """Whether further keys are known to help."""
        return self._proofs >= ENOUGH_PROOFS

    def add(
        self,
        exchange: Exchange,
        in_flight: Iterable[InFlight] = (),
        *,
        locked: Collection[str] = (),
        in_use: int = MOST_UNPROVEN,
    ) -> Advice:
        """Take note of how an exchange ended.

        Args:
            exchange: which one; they come in the order in which they end.
            in_flight: what is under way at this moment, whoever sent it.
            locked: the keys whose last request may still be at work, so that they are refused.
            in_use: how many keys exchanges are begun with.
        """
        if self.limited:
            return "go on"
        self._last[exchange.key] = exchange
        refused = exchange.ending == "refused"
        if refused:
            # It was not in anybody's way, then.
            number = exchange.number
            self._refusals = [each for each in self._refusals if each.stands_without(number)]
        if self.trial == exchange.key:
            return self._end_trial(exchange)
        if refused:
            return self._doubt(exchange, in_flight, locked, in_use)
        if exchange.ending == "served":
            self._believe(exchange)
        return "go on"

    def give_up_trial(self) -> None:
        """Learn why the key was refused another time."""
        self.trial, self._refusals = None, []

    def _believe(self, exchange: Exchange) -> None:
        """Count with how many exchanges of other keys this one went well side by side."""
        own = self._served.setdefault(exchange.key, deque(maxlen=REMEMBERED))
        others = (served for served in self._served.values() if served is not own)
        proofs = sum(exchange.beside(other) for served in others for other in served)
        own.append(exchange)
        if proofs and self.proven:
            # Refusals that come now and then are somebody else's.
            self._refusals = []
        self._proofs += proofs

    def _doubt(
        self,
        refused: Exchange,
        in_flight: Iterable[InFlight],
        locked: Collection[str],
        in_use: int,
    ) -> Advice:
        """Find out, after some refusals that other keys explain, whether they are the reason.

        Where different keys were refused, they are. Where it was always the same one, that may be
        locked by itself, which only shows when it goes alone.
        """
        refusal = self._explained(refused, in_flight)
        if refusal is None:
            return "go on"
        self._refusals.append(refusal)
        # Of a key that may be locked, a refusal tells nothing about the others.
        clear = [each.key for each in self._refusals if each.key not in locked]
        own = sum(each.key == refused.key for each in self._refusals)
        if self.proven:
            most = enough = MOST_IN_A_ROW
        else:
            # One more may come, where all keys are in flight at that moment.
            most, enough = MOST_REFUSALS, MOST_REFUSALS + 2 - in_use
        if len({*clear}) > 1 and len(clear) >= enough:
            return self._fall_back()
        if own >= most:
            self.trial = refused.key
            return "try alone"
        return "go on"

    def _explained(self, refused: Exchange, in_flight: Iterable[InFlight]) -> _Refusal | None:
        """A refusal that exchanges with other keys may explain.

        Not one that was refused itself, nor one that was sent later: it may have been there first
        all the same, but hardly by more than half of the time that the refusal took.
        """
        middle = (refused.sent + refused.ended) / 2
        refusal = _Refusal(refused.key)
        for last in self._last.values():
            if last.key != refused.key and last.ending != "refused" and last.ended > refused.sent:
                refusal.certain |= last.number < refused.number or last.sent <= middle
        for flight in in_flight:
            last_of_key = self._last.get(flight.key)
            if flight.key == refused.key or (
                # It has ended, and has only not landed yet.
                last_of_key is not None and last_of_key.number == flight.number
            ):
                continue
            if flight.number < refused.number or flight.began <= middle:
                refusal.flights.add(flight.number)
        return refusal if refusal.certain or refusal.flights else None

    def _end_trial(self, exchange: Exchange) -> Advice:
        """The exchange that went alone is over."""
        self.give_up_trial()
        if exchange.ending == "refused":
            return "leave out"
        if exchange.ending == "unclear":
            return "go on"
        return self._fall_back()

    def _fall_back(self) -> Advice:
        # One that was under way tells no more.
        self.limited, self.trial = True, None
        return "fall back"
