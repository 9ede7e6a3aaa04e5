"""One chunk of a batch: sent, halved, sent again, until each of its items has an outcome.

An item is sent again only where that is known to do no harm: the server refused it (429), or the
operation is declared repeatable. `sent` on an item's error is the worst over all its tries.

What strikes a chunk strikes that chunk alone, unless every further one would fare the same.
"""

from __future__ import annotations

import asyncio
import copy
from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar, cast

import attrs

from sitoo_async._batching.outcome import Outcome
from sitoo_async._checks.show import told
from sitoo_async._checks.unforeseen import unforeseen
from sitoo_async._http.batch_answer import Result, results_of
from sitoo_async._http.contexts import sleep_in_no_context
from sitoo_async._http.verdict import error_for_status
from sitoo_async._lane.batch_size import Pace
from sitoo_async._lane.retry import (
    JOB_WITHIN,
    RetryPolicy,
    Trouble,
    pause_before_item,
    pause_before_repeat,
)
from sitoo_async.errors import (
    BadRequestError,
    ConflictError,
    ConnectError,
    DeadlineError,
    DecodeError,
    LaneFullError,
    QueueTimeoutError,
    ReadError,
    RequestTimeoutError,
    Sent,
    ServerError,
    SitooError,
    copy_of,
)

__all__ = ["Entry", "OpenChunk", "SendPiece", "Sending", "not_sent"]

V = TypeVar("V")

SendPiece = Callable[[list[Any], float, Trouble], Coroutine[Any, Any, tuple[Any, float]]]
"""Waits for that many seconds, sends prepared items; gives the decoded answer and how long it took.

It makes one attempt: refusals and connections that could not be made are its own business. What it
meets with, it notes in the trouble that it is given.
"""

OpenChunk = Callable[[bool], AbstractContextManager[SendPiece]]
"""Opens one chunk, bulk or not; all that is sent for it counts as one call."""

_MOST_UNREACHED = 2  # chunks in a row for which no connection was made, until the run ends
_MOST_WORN_OUT = 2  # chunks in a row that used up their time, until each is tried once


@attrs.define(eq=False)
class Entry:
    """One item on its way: what is sent for it, and its last failure, worst `sent` included."""

    index: int
    item: Any
    prepared: Any
    failure: SitooError | None = None
    exchanges: int = 0

    def fail(self, error: SitooError, least: Sent = "no") -> None:
        """Note a failure; its `sent` is at least `least`."""
        # A copy for each item: errors collect tracebacks, and callers change what they are given.
        mine = copy_of(error).worsen(least)
        mine.attempt = self.exchanges or None
        self.failure = mine if self.failure is None else mine.worsen(self.failure.sent)

    def stop(self, error: SitooError) -> None:
        """Fail for an `error` that ends the run, unless an earlier try says more.

        Once something was sent, an error that says that nothing was would be wrong.
        """
        if self.failure is None or self.failure.sent == "no" or error.sent != "no":
            self.fail(error)

    @property
    def lost(self) -> bool:
        """Whether an earlier try may have done the work."""
        return self.failure is not None and self.failure.sent == "unknown"


@attrs.define(eq=False)
class _Piece:
    """The entries of one request, and what they have met with."""

    entries: list[Entry]
    trouble: Trouble = attrs.field(factory=Trouble)
    refusals: Trouble = attrs.field(factory=Trouble)  # 429s for items, in answers that went well
    pause: float = 0.0  # seconds before it is sent
    gone: bool = False  # whether it was sent, whatever came of it

    def parts(self, size: int) -> list[_Piece]:
        """Cut it up in order, or leave it as it is; only the first part waits."""
        if len(self.entries) <= size:
            return [self]
        parts = [
            _Piece(self.entries[at : at + size], self.trouble.smaller(), self.refusals.smaller())
            for at in range(0, len(self.entries), size)
        ]
        parts[0].pause = self.pause
        return parts


@attrs.define(eq=False)
class Sending(Generic[V]):
    """Brings one chunk after the other to its outcomes; keeps the pace and what ended the run.

    Attributes:
        open: opens a chunk.
        read: turns the `return` of one result into a value.
        policy: for how long a chunk, or an item of it, is tried.
        repeatable: whether sending an item twice does no harm.
        deletes: whether an item that is gone is what was wanted.
        label: the operation's name.
        pace: how many items a request holds.
        ends_at: the moment by which all chunks have to be over, in loop time; None for never.
        strict: whether what is not of its documented type is an error.
        whole: whether one bare value may answer for all items of a request.
        fatal: what ended the run.
    """

    open: OpenChunk
    read: Callable[[Any], V]
    policy: RetryPolicy
    repeatable: bool
    deletes: bool
    label: str
    pace: Pace
    ends_at: float | None = None
    strict: bool = False
    whole: bool = False
    fatal: SitooError | None = None
    _unreached: int = 0  # chunks in a row that got no connection
    _turned_away: int = 0  # chunks in a row that got no turn
    _given_up: SitooError | None = None  # what the rest of the chunk at hand is not sent for
    _worn_out: bool = False  # whether a piece of it used up its time, and none was served since
    _unserved: int = 0  # chunks in a row that ended so
    _at_hand: _Piece | None = None  # the piece that is being sent or settled
    _odd: bool = False  # whether the log was told of a `return` that ended in a foreign exception

    async def chunk(
        self, entries: list[Entry], found: dict[int, Outcome[V]], *, bulk: bool
    ) -> None:
        """Send the entries until each has an outcome in `found`, by its index.

        An exception that nobody foresaw ends the run; what is no `Exception` passes, and leaves it
        to `abandon` to give an outcome to those that have none.
        """
        self._at_hand = None
        try:
            await self._chunk(entries, found, bulk=bulk)
        except Exception as error:  # noqa: BLE001  # whoever waits is told
            if isinstance(error, SitooError):
                fatal = copy_of(error)
            else:
                fatal = unforeseen(error, self.label, sent="no")
            self.fatal = fatal
            self.abandon(entries, found, fatal)

    def abandon(
        self, entries: Sequence[Entry], found: dict[int, Outcome[V]], error: SitooError
    ) -> None:
        """Give an outcome to each entry that has none, since nothing more is sent."""
        piece = self._at_hand
        gone = {*piece.entries} if piece is not None and piece.gone else set[Entry]()
        unsent = not_sent(f"the batch had to stop: {error.message}", error)
        for entry in entries:
            if entry.index not in found:
                if entry in gone:
                    entry.fail(error, "unknown")
                else:
                    entry.stop(unsent)
                _record(entry, found)

    async def _chunk(
        self, entries: list[Entry], found: dict[int, Outcome[V]], *, bulk: bool
    ) -> None:
        work = deque([_Piece(entries)])
        # A server that comes back serves the first one that is sent then.
        self._given_up, self._worn_out = None, self._unserved >= _MOST_WORN_OUT
        if self._turned_away and self.fatal is None:
            # Whoever takes all the turns, or fills the queue, is given time to get done.
            pause = pause_before_item(self._turned_away)
            if self.ends_at is not None:
                pause = min(pause, self.ends_at - asyncio.get_running_loop().time())
            await sleep_in_no_context(pause)
        with self.open(bulk) as send:
            while work:
                piece = work.popleft()
                ended = self.fatal or self._given_up
                if ended is not None:
                    self._refuse(piece, ended, found)
                elif len(piece.entries) > self.pace.size:
                    # The size was lowered after this piece was made.
                    work.extendleft(reversed(piece.parts(self.pace.size)))
                else:
                    first, later = await self._exchange(piece, found, send)
                    work.extendleft(reversed(first))
                    work.extend(later)
        self._unserved = self._unserved + 1 if self._worn_out else 0
        if not isinstance(self._given_up, ConnectError):
            self._unreached = 0
        if not isinstance(self._given_up, (LaneFullError, QueueTimeoutError)):
            self._turned_away = 0

    async def _exchange(
        self, piece: _Piece, found: dict[int, Outcome[V]], send: SendPiece
    ) -> tuple[list[_Piece], list[_Piece]]:
        """Send one piece; what must be sent again comes back, to go first or last."""
        prepared, before = [entry.prepared for entry in piece.entries], piece.trouble.exchanges
        piece.refusals.paused(piece.pause)
        self._at_hand = piece
        try:
            try:
                answer, seconds = await send(prepared, piece.pause, piece.trouble)
            finally:
                made = piece.trouble.exchanges + piece.trouble.flying - before
                piece.gone = made > 0
                for entry in piece.entries:
                    entry.exchanges += made
            self._worn_out = False
            self.pace.took(len(prepared), seconds)
            rows = results_of(
                answer, len(piece.entries), self.label, whole=self.whole, strict=self.strict
            )
        except (ServerError, ReadError, RequestTimeoutError) as error:
            return self._halve(piece, error, found), []
        except (BadRequestError, ConflictError, DecodeError) as error:
            # It is about this chunk: the next one may well go through.
            least: Sent = "unknown" if isinstance(error, DecodeError) else "yes"
            for entry in piece.entries:
                entry.fail(error, least)
                _record(entry, found)
        except SitooError as error:
            self._give_up(error)
            for entry in piece.entries:
                entry.stop(error)
                _record(entry, found)
        else:
            return [], self._settle(piece, seconds, rows, found)
        return [], []

    def _give_up(self, error: SitooError) -> None:
        """Send nothing more for the chunk at hand, or for any where all would fare the same."""
        ends_run = True
        if isinstance(error, ConnectError):
            # Its whole patience is over. Another chunk has its own, which may be enough.
            self._unreached += 1
            ends_run = self._unreached >= _MOST_UNREACHED
        elif isinstance(error, (LaneFullError, QueueTimeoutError)):
            # Others were before this one. That passes.
            self._turned_away += 1
            ends_run = False
        elif isinstance(error, DeadlineError):
            ends_run = self.ends_at is not None
        # All else is about the key, the collection or the client.
        mine = copy_of(error)
        if ends_run:
            self.fatal = mine
        else:
            self._given_up = mine

    def _halve(
        self, piece: _Piece, error: SitooError, found: dict[int, Outcome[V]]
    ) -> list[_Piece]:
        """What goes again after an exchange whose fate is unknown."""
        half = (len(piece.entries) + 1) // 2
        self.pace.failed(len(piece.entries))
        for entry in piece.entries:
            entry.fail(error, "unknown")
        pause = None if self._worn_out else self._pause(piece.trouble, error)
        if pause is None:
            # Where it has used up the chunk's time, the other pieces are tried once more each, in
            # case that it alone was the reason.
            most = self.policy.attempts
            tries_left = most is None or piece.trouble.failures < most
            self._worn_out = self._worn_out or (self.repeatable and tries_left)
            for entry in piece.entries:
                _record(entry, found)
            return []
        piece.pause = pause
        return piece.parts(half)

    def _pause(self, trouble: Trouble, error: SitooError) -> float | None:
        return pause_before_repeat(
            self.policy, error, repeatable=self.repeatable, trouble=trouble, within=JOB_WITHIN
        )

    def _settle(
        self, piece: _Piece, seconds: float, rows: Sequence[Result], found: dict[int, Outcome[V]]
    ) -> list[_Piece]:
        """Take the results of one answer; the items to send again come back as new pieces."""
        broken, refused = (
            _Piece([], copy.copy(piece.trouble), copy.copy(piece.refusals)) for _ in range(2)
        )
        for entry, row in zip(piece.entries, rows, strict=True):
            status = row.status
            if row.unreadable is not None:
                entry.fail(row.unreadable, "unknown")
                _record(entry, found)
            elif 200 <= status < 300:
                self._succeed(entry, status, row.returned, found)
            elif status == 404 and self.deletes and entry.lost:
                # Gone is what was wanted; an earlier try, whose answer was lost, did it.
                value = cast("V", True)  # noqa: FBT003  # what a delete gives
                found[entry.index] = Outcome(entry.index, entry.item, status, value)
            else:
                entry.fail(error_for_status(status, errortext=row.errortext))
                (refused if status == 429 else broken).entries.append(entry)
        return [
            gathered
            for gathered, clock in ((refused, refused.refusals), (broken, broken.trouble))
            if gathered.entries and self._goes_again(gathered, clock, seconds, found)
        ]

    def _goes_again(
        self, piece: _Piece, clock: Trouble, seconds: float, found: dict[int, Outcome[V]]
    ) -> bool:
        """Let items go again that failed inside an answer that went well, or settle them."""
        clock.failed(seconds)
        within = JOB_WITHIN if self.policy.within is None else self.policy.within
        again: list[Entry] = []
        for entry in piece.entries:
            error = cast("SitooError", entry.failure)
            pause = self._pause(clock, error)
            # Items are refused, too, for so long and no longer.
            if pause is None or clock.lasted > within:
                _record(entry, found, error.status)
            else:
                again.append(entry)
                # No hold of the lane paces them: the answer as a whole was a 200.
                piece.pause = max(pause, pause_before_item(clock.failures))
        piece.entries = again
        return bool(again)

    def _succeed(
        self, entry: Entry, status: int, returned: Any, found: dict[int, Outcome[V]]
    ) -> None:
        try:
            value = self.read(returned)
        except DecodeError as error:
            entry.fail(error, "yes")
        except Exception as error:  # noqa: BLE001  # whatever it is, the item was done
            odd = DecodeError(f"{self.label}: unexpected `return`: {told(error)}")
            odd.__cause__ = error
            entry.fail(odd, "yes")
            if not self._odd:
                # Once: the others of the batch are likely to fare the same.
                self._odd = True
                unforeseen(error, f"{self.label}, item {entry.index}", sent="yes")
        else:
            found[entry.index] = Outcome(entry.index, entry.item, status, value)
            return
        _record(entry, found, status)

    def _refuse(self, piece: _Piece, reason: SitooError, found: dict[int, Outcome[V]]) -> None:
        """Give the entries of a piece that is not sent any more their outcomes."""
        stopped = "batch had to stop" if reason is self.fatal else "rest of its chunk was given up"
        unsent = not_sent(f"the {stopped}: {reason.message}", reason)
        for entry in piece.entries:
            entry.stop(unsent)
            _record(entry, found)


def not_sent(why: str, reason: SitooError) -> SitooError:
    """The error of an item that was never sent, for a reason that struck another."""
    unsent = copy_of(reason)
    unsent.args = (f"not sent, because {why}",)
    unsent.sent, unsent.attempt, unsent.elapsed = "no", None, None
    return unsent


def _record(entry: Entry, found: dict[int, Outcome[Any]], status: int | None = None) -> None:
    """Settle a failed entry."""
    found[entry.index] = Outcome(entry.index, entry.item, status, error=entry.failure)
