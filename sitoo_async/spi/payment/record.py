"""What a payment service keeps of a payment, as JSON text too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from sitoo_async._checks.show import type_name
from sitoo_async._codec.base import Model, replace, set_fields
from sitoo_async._codec.codec import decode_item
from sitoo_async._codec.json import encode, is_array, parse
from sitoo_async._codec.kinds import FREE
from sitoo_async._codec.unknown import unknown_fields
from sitoo_async._codec.writing import plain
from sitoo_async._records import Record
from sitoo_async.errors import DecodeError, InvalidInputError
from sitoo_async.spi.payment.models import Payment
from sitoo_async.spi.payment.progress import PaymentProgress

__all__ = ["PaymentRecord"]


@attrs.frozen(kw_only=True)
class PaymentRecord(Record):
    """A payment with where it stands; it is never changed, another one takes its place.

    Attributes:
        payment: what the POS added, with its `paymentid`.
        progress: where it stands.
        shown: what the POS is told beside the state, such as `receiptrow` and `receiptsection`.
    """

    payment: Payment
    progress: PaymentProgress = attrs.field(factory=PaymentProgress)
    shown: Mapping[str, Any] = attrs.field(factory=dict[str, Any])

    @property
    def paymentid(self) -> str:
        """The id of the payment."""
        return self.payment.paymentid

    def answer(self, at: datetime) -> Payment:
        """The payment as the POS is told of it at a moment."""
        progress = self.progress.settled(at)
        state: dict[str, Any] = {"state": progress.state}
        if not progress.has_ended:
            state |= self.shown
        return replace(self.payment, paymentstate=state)

    def as_json(self) -> str:
        """All of it as JSON text, to be stored; `from_json` reads it."""
        progress = self.progress
        stored = {
            "payment": _everything(self.payment),
            "state": progress.state,
            "ready_at": None if progress.ready_at is None else progress.ready_at.isoformat(),
            "reversal": progress.reversal,
            "shown": self.shown,
        }
        return encode(stored).decode()

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """The record again that `as_json` gave.

        Raises:
            InvalidInputError: it is another text.
        """
        try:
            stored, _ = parse(text.encode() if isinstance(text, str) else text)
            ready_at = stored["ready_at"]
            return cls(
                payment=decode_item(encode(stored["payment"]), Payment),
                progress=PaymentProgress(
                    state=stored["state"],
                    ready_at=None if ready_at is None else datetime.fromisoformat(ready_at),
                    reversal=stored["reversal"],
                ),
                shown=dict(stored["shown"]),
            )
        except (DecodeError, LookupError, TypeError, ValueError) as error:
            raise InvalidInputError(
                f"text must be what as_json gave; it is not ({type_name(error)})", field="text"
            ) from None


def _everything(item: Model) -> dict[str, Any]:
    """A model with the fields that it doesn't know, and those within."""
    written = plain(item)
    for name, value in set_fields(item).items():
        if isinstance(value, Model):
            written[name] = _everything(value)
        elif is_array(value):
            rows = zip(value, written[name], strict=True)
            written[name] = [
                _everything(each) if isinstance(each, Model) else row for each, row in rows
            ]
    return {**written, **FREE.write({**unknown_fields(item)}, "unknown_fields")}
