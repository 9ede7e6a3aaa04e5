"""What a payment service keeps of a payment, as plain data too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import attrs

from sitoo_async._codec.base import Model, replace, set_fields
from sitoo_async._codec.codec import decode_item, encode
from sitoo_async._codec.json import is_array
from sitoo_async._codec.unknown import unknown_fields
from sitoo_async._codec.writing import plain
from sitoo_async._records import Record
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

    def as_data(self) -> dict[str, Any]:
        """All of it as plain JSON values, to be stored; `from_data` reads them."""
        ready_at = self.progress.ready_at
        return {
            "payment": _everything(self.payment),
            "state": self.progress.state,
            "ready_at": None if ready_at is None else ready_at.isoformat(),
            "reversal": self.progress.reversal,
            "shown": dict(self.shown),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The record again that `as_data` made plain.

        Raises:
            KeyError: it is no such data.
            ValueError: likewise.
        """
        ready_at = data["ready_at"]
        return cls(
            payment=decode_item(encode(data["payment"]), Payment),
            progress=PaymentProgress(
                state=data["state"],
                ready_at=None if ready_at is None else datetime.fromisoformat(ready_at),
                reversal=data["reversal"],
            ),
            shown=data["shown"],
        )


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
    return {**written, **unknown_fields(item)}
