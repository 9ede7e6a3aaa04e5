"""Where a payment stands, who may move it to where, and when it is too late.

::

    inprogress ──service──> ready_to_complete ──POS──> completed
        │                          │
        └────────either────────────┴────either───────> cancelled

Nothing here waits or asks for the time: each move is told the moment at which it is made. So it
can be tested without a clock, and kept wherever a payment service keeps its payments.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Self, get_args

import attrs

from sitoo_async._checks.show import shown, type_name
from sitoo_async._checks.values import is_a
from sitoo_async._records import Record
from sitoo_async.errors import InvalidInputError
from sitoo_async.spi._core.refusal import Refusal

__all__ = ["TIME_TO_COMPLETE", "Mover", "PaymentProgress", "Reversal", "State"]

State = Literal["inprogress", "ready_to_complete", "completed", "cancelled"]
"""What ``paymentstate.state`` may say."""

Mover = Literal["pos", "service"]
"""Who moves a payment: the POS, or the payment service."""

Reversal = Literal["none", "due", "done"]
"""Whether money was taken that has to go back: no, not yet given back, given back."""

TIME_TO_COMPLETE: Final = timedelta(minutes=3)
"""How long the POS has to complete a payment that is ready; then the service reverts it."""

_MOVES: Final[Mapping[tuple[Mover, State], frozenset[State]]] = {
    ("service", "ready_to_complete"): frozenset({"inprogress"}),
    ("service", "cancelled"): frozenset({"inprogress", "ready_to_complete"}),
    ("pos", "completed"): frozenset({"ready_to_complete"}),
    ("pos", "cancelled"): frozenset({"inprogress", "ready_to_complete"}),
}
"""From which states each may move a payment to a state; what isn't here, they may not set."""

_MAY_SET: Final[Mapping[Mover, str]] = {
    "pos": "the POS sets completed or cancelled",
    "service": "the service sets ready_to_complete or cancelled",
}


@attrs.frozen(kw_only=True)
class PaymentProgress(Record):
    """Where a payment stands: plain data that is never changed, a move gives another one.

    Attributes:
        state: what the POS is told.
        ready_at: when the service found it ready to complete, aware; None before that.
        reversal: whether money was taken that has to go back.

    Raises:
        InvalidInputError: no state, no such reversal, or no moment at which it was ready where it
            is: without that its time would never be over.
    """

    state: State = "inprogress"
    ready_at: datetime | None = None
    reversal: Reversal = "none"

    def __attrs_post_init__(self) -> None:
        _check_one_of("state", self.state, get_args(State))
        _check_one_of("reversal", self.reversal, get_args(Reversal))
        if self.ready_at is not None or self.state == "ready_to_complete":
            _check_aware("ready_at", self.ready_at)

    @property
    def expires_at(self) -> datetime | None:
        """When the service has to revert it; None where nobody waits for the POS to complete it."""
        if self.state != "ready_to_complete" or self.ready_at is None:
            return None
        return self.ready_at + TIME_TO_COMPLETE

    @property
    def has_ended(self) -> bool:
        """Whether it is completed or cancelled."""
        return self.state in {"completed", "cancelled"}

    @property
    def is_over(self) -> bool:
        """Whether it has ended, and no money has to go back any more."""
        return self.has_ended and self.reversal != "due"

    def settled(self, at: datetime) -> Self:
        """Where it stands at a moment: cancelled, with a reversal due, once its time is over.

        Raises:
            InvalidInputError: the moment is naive.
        """
        _check_aware("at", at)
        expires_at = self.expires_at
        if expires_at is None or at < expires_at:
            return self
        return attrs.evolve(self, state="cancelled", reversal="due")

    def move(self, state: State, *, by: Mover, at: datetime) -> Self:
        """Move it to a state.

        A move that was made before changes nothing, since a request may be repeated. Whoever
        cancels what was ready to complete makes a reversal due. A payment that is found ready
        after it was cancelled stays so, with a reversal due: its money was taken all the same.

        Args:
            state: where to.
            by: who moves it.
            at: the moment, aware. Of a payment whose time is over, see `settled`.

        Raises:
            Refusal: it may not move there; the POS is answered with 400.
            InvalidInputError: the moment is naive, or `by` is nobody.
        """
        _check_one_of("by", by, get_args(Mover))
        now = self.settled(at)
        if (by, state) not in _MOVES:
            raise _refused(f"{_MAY_SET[by]}, not {state}")
        if now.state == state:
            return now
        if now.state in _MOVES[by, state]:
            if state == "ready_to_complete":
                return attrs.evolve(now, state=state, ready_at=at)
            taken = state == "cancelled" and now.state == "ready_to_complete"
            return attrs.evolve(now, state=state, reversal="due" if taken else now.reversal)
        if state == "ready_to_complete":  # a word that comes late, once all is over
            late = now.state == "cancelled" and now.reversal == "none"
            return attrs.evolve(now, reversal="due") if late else now
        if now is not self:
            raise _refused("its three minutes are over, so it was cancelled")
        raise _refused(f"it is {now.state}, and can't become {state}")

    def reversed(self) -> Self:
        """Note that the money went back."""
        return attrs.evolve(self, reversal="done")


def _check_aware(name: str, at: Any) -> None:
    if not is_a(at, datetime):
        raise InvalidInputError(
            f"{name} must be an aware datetime, not {type_name(at)}", field=name
        )
    if at.utcoffset() is None:
        raise InvalidInputError(
            f"{name} is a naive datetime: give it a timezone, such as datetime.UTC", field=name
        )


def _check_one_of(name: str, value: object, known: tuple[str, ...]) -> None:
    if not is_a(value, str) or value not in known:
        raise InvalidInputError(
            f"{name} must be {' or '.join(known)}, not {shown(value)}", field=name
        )


def _refused(why: str) -> Refusal:
    return Refusal("bad-request", f"paymentstate: {why}", field="paymentstate")
