"""One chunk of a batch: sent, halved, sent again, until each of its items has an outcome.

An item is sent again only where that is known to do no harm: the server refused it (429), or the
operation is declared repeatable. `sent` on an item's error is the worst over all its tries.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractContextManager
from typing import Any, Generic, TypeVar, cast

import attrs

from sitoo_async._answers import errortext_of, pause_before, results_of, statuscode_of
from sitoo_async._outcomes import Outcome
from sitoo_async._pace import Pace
from sitoo_async._retry import RetryPolicy, decide
from sitoo_async._show import told
from sitoo_async._wire import error_for_status
from sitoo_async.errors import (
    BadRequestError,
    ConflictError,
    DecodeError,
    ReadError,
    RequestTimeoutError,
    Sent,
    ServerError,
    SitooError,
    copy_of,
)

__all__ = ["Entry", "OpenChunk", "SendPiece", "Sending"]

V = TypeVar("V")

SendPiece = Callable[[list[Any], float], Coroutine[Any, Any, tuple[Any, float]]]
"""Waits for that many seconds, sends prepared items; gives the decoded answer and how long it took.

It makes one attempt: refusals and connections that could not be made are its own business.
"""

OpenChunk = Callable[[bool], AbstractContextManager[SendPiece]]
"""Opens one chunk, bulk or not; all that is sent for it counts as one call."""

_MOST_REFUSALS = 8  # how often one item may be answered 429 inside a batch


@attrs.define(eq=False)
class Entry:
    """One item on its way: what is sent for it, and its last failure, worst `sent` included."""

    index: int
    item: Any
    prepared: Any
    failure: SitooError | None = None

    def fail(self, error: SitooError, least: Sent = "no") -> None:
        """Note a failure; its `sent` is at least `least`."""
        # A copy for each item: errors collect tracebacks, and callers change what they are given.
        mine = copy_of(error).worsen(least)
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
    """The entries of one request, and how often they were tried."""

    entries: list[Entry]
    attempt: int = 1  # this one included; refusals do not count
    refusals: int = 0
    pause: float = 0.0  # seconds before it is sent

    def parts(self, size: int) -> list[_Piece]:
        """Cut it up in order; only the first part waits."""
        parts = [
            _Piece(self.entries[at : at + size], self.attempt, self.refusals)
            for at in range(0, len(self.entries), size)
        ]
        parts[0].pause = self.pause
        return parts


@attrs.define(eq=False)
class Sending(Generic[V]):
    """Brings one chunk after the other to its outcomes; keeps the pace and what ended the run."""

    open: OpenChunk
    read: Callable[[Any], V]
    policy: RetryPolicy
    repeatable: bool
    deletes: bool
    label: str
    pace: Pace
    fatal: SitooError | None = None

    async def chunk(
        self, entries: list[Entry], found: dict[int, Outcome[V]], *, bulk: bool
    ) -> None:
        """Send the entries until each has an outcome in `found`, by its index."""
        work = deque([_Piece(entries)])
        with self.open(bulk) as send:
            while work:
                piece = work.popleft()
                if self.fatal is not None:
                    self._refuse(piece, self.fatal, found)
                elif len(piece.entries) > self.pace.size:
                    # The size was lowered after this piece was made.
                    work.extendleft(reversed(piece.parts(self.pace.size)))
                else:
                    first, later = await self._exchange(piece, found, send)
                    work.extendleft(reversed(first))
                    work.extend(later)

    async def _exchange(
        self, piece: _Piece, found: dict[int, Outcome[V]], send: SendPiece
    ) -> tuple[list[_Piece], list[_Piece]]:
        """Send one piece; what must be sent again comes back, to go first or last."""
        try:
            prepared = [entry.prepared for entry in piece.entries]
            answer, seconds = await send(prepared, piece.pause)
            self.pace.took(len(prepared), seconds)
            rows = results_of(answer, len(piece.entries), self.label)
        except (ServerError, ReadError, RequestTimeoutError) as error:
            return self._halve(piece, error, found), []
        except (BadRequestError, ConflictError, DecodeError) as error:
            # It is about this chunk: the next one may well go through.
            least: Sent = "unknown" if isinstance(error, DecodeError) else "yes"
            for entry in piece.entries:
                entry.fail(error, least)
                _record(entry, found)
        except SitooError as error:
            # It is about the key, the collection or the client: what remains would fare the same.
            self.fatal = copy_of(error)
            for entry in piece.entries:
                entry.stop(error)
                _record(entry, found)
        else:
            return [], self._settle(piece, rows, found)
        return [], []

    def _halve(
        self, piece: _Piece, error: SitooError, found: dict[int, Outcome[V]]
    ) -> list[_Piece]:
        """What goes again after an exchange whose fate is unknown."""
        half = (len(piece.entries) + 1) // 2
        self.pace.failed(len(piece.entries))
        for entry in piece.entries:
            entry.fail(error, "unknown")
        decision = decide(self.policy, error, repeatable=self.repeatable, attempt=piece.attempt)
        if not decision.again:
            for entry in piece.entries:
                _record(entry, found)
            return []
        piece.attempt += decision.counts
        piece.pause = decision.pause
        return piece.parts(half)

    def _settle(
        self, piece: _Piece, rows: Sequence[Any], found: dict[int, Outcome[V]]
    ) -> list[_Piece]:
        """Take the results of one answer; the items to send again come back as new pieces."""
        # The answer as a whole was a 200, so no hold of the lane paces what goes again.
        broken = _Piece([], piece.attempt + 1, piece.refusals, pause_before(piece.attempt))
        refused = _Piece([], piece.attempt, piece.refusals + 1, pause_before(piece.refusals + 1))
        for entry, row in zip(piece.entries, rows, strict=True):
            status = statuscode_of(row)
            if status is None:
                error: SitooError = DecodeError(f"{self.label}: a result without statuscode")
                entry.fail(error, "unknown")
                _record(entry, found)
            elif 200 <= status < 300:
                self._succeed(entry, status, row.get("return"), found)
            elif status == 404 and self.deletes and entry.lost:
                # Gone is what was wanted; an earlier try, whose answer was lost, did it.
                value = cast("V", True)  # noqa: FBT003  # what a delete gives
                found[entry.index] = Outcome(entry.index, entry.item, status, value)
            else:
                error = error_for_status(status, errortext=errortext_of(row))
                entry.fail(error)
                decision = decide(
                    self.policy, error, repeatable=self.repeatable, attempt=piece.attempt
                )
                gathered = broken if decision.counts else refused
                if decision.again and gathered.refusals < _MOST_REFUSALS:
                    gathered.entries.append(entry)
                    gathered.pause = max(gathered.pause, decision.pause)
                else:
                    _record(entry, found, status)
        return [gathered for gathered in (refused, broken) if gathered.entries]

    def _succeed(
        self, entry: Entry, status: int, returned: Any, found: dict[int, Outcome[V]]
    ) -> None:
        try:
            value = self.read(returned)
        except DecodeError as error:
            entry.fail(error, "yes")
        except (TypeError, ValueError) as error:
            entry.fail(DecodeError(f"{self.label}: unexpected `return`: {told(error)}"), "yes")
        else:
            found[entry.index] = Outcome(entry.index, entry.item, status, value)
            return
        _record(entry, found, status)

    def _refuse(self, piece: _Piece, fatal: SitooError, found: dict[int, Outcome[V]]) -> None:
        """Give the entries of a piece that is not sent any more their outcomes."""
        unsent = copy_of(fatal)
        unsent.args = (f"not sent, because the batch had to stop: {fatal.message}",)
        unsent.sent, unsent.attempt, unsent.elapsed = "no", None, None
        for entry in piece.entries:
            entry.stop(unsent)
            _record(entry, found)


def _record(entry: Entry, found: dict[int, Outcome[Any]], status: int | None = None) -> None:
    """Settle a failed entry."""
    found[entry.index] = Outcome(entry.index, entry.item, status, error=entry.failure)
