"""What a payment service answers, and whether a payment's amount is that of its cart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from sitoo_async._codec.base import Model
from sitoo_async._codec.json import is_array
from sitoo_async.spi._core.call import Call
from sitoo_async.spi._core.operation import operation
from sitoo_async.spi._core.refusal import Refusal, by_status
from sitoo_async.spi._core.service import Service
from sitoo_async.spi.payment.models import CartItem, Payment

__all__ = ["PaymentService", "cart_total", "check_amount"]

_NOTHING: Final = Decimal("0.00")


class PaymentService(
    Service,
    interface="spi-payment",
    errors=by_status("bad-request", "unauthorized", "not-found", "other", body=False),
):
    """What a payment service answers; derive from it, and write the operations.

    The POS adds a payment, asks for it again and again until it is ready to complete, and then
    sets it ``completed`` or ``cancelled``. `PaymentProgress` says which of that is allowed, and
    `PaymentsInMemory` is a whole service to begin with.

    Reference: SPI Payment, https://developer.sitoo.com
    """

    @operation("Add Payment", "POST", "/payments", status=200, evidence="documented")
    async def add_payment(self, payment: Payment, /, *, call: Call) -> str:
        """Begin a payment, which comes without an id and a state.

        Args:
            payment: what is paid. One with a `creditpaymentid` gives an earlier payment back,
                which is inferred from the field's name.
            call: what the request tells beside it.

        Returns:
            The id that the payment has now.
        """
        raise NotImplementedError

    @operation("Get Payment", "GET", "/payments/{paymentid}", status=200, evidence="documented")
    async def get_payment(self, paymentid: str, /, *, call: Call) -> Payment | None:
        """Tell where a payment stands; the POS asks again and again.

        Args:
            paymentid: the id.
            call: what the request tells beside it.

        Returns:
            The payment, or None where there is none.
        """
        raise NotImplementedError

    # The overview spells the path without its s once.
    @operation(
        "Update Payment",
        "PUT",
        "/payments/{paymentid}",
        also=("/payment/{paymentid}",),
        status=200,
        evidence="documented",
    )
    async def update_payment(self, paymentid: str, payment: Payment, /, *, call: Call) -> None:
        """Complete a payment that is ready, or cancel it. What is answered is not known.

        Args:
            paymentid: the id.
            payment: the payment; its `paymentstate` says ``completed`` or ``cancelled``.
            call: what the request tells beside it.

        Raises:
            Refusal: ``not-found``, where there is no such payment; ``bad-request``, where it can't
                become that.
        """
        raise NotImplementedError


def cart_total(payment: Payment) -> Decimal:
    """The sum of a payment's cart: totals without manual discounts and discounts, VAT included.

    A payment without a cart sums up to nothing.

    Raises:
        Refusal: an amount that the sum takes is missing, by its field.
    """
    rows = _rows(payment, "cartitems", "cartitems")
    return sum((_row_total(row, place) for row, place in rows), _NOTHING)


def check_amount(payment: Payment) -> None:
    """Refuse a payment whose amount is another than the sum of its cart.

    The rule follows from the printed example. It isn't checked by itself: a customer who pays in
    two ways, half of it with a card, may well break it.

    Raises:
        Refusal: ``bad-request``: the amounts differ, or one of them is missing.
    """
    total = cart_total(payment)
    amount = _amount(payment, "amount", "amount")
    if amount != total:
        raise Refusal(
            "bad-request", f"amount is {amount}, while the cart comes to {total}", field="amount"
        )


def _row_total(row: CartItem, place: str) -> Decimal:
    total = _amount(row, "total", f"{place}.total")
    if _of(row, "manual_discount") is not None:
        total -= _amount(row, "manual_discount", f"{place}.manual_discount")
    for each, where in _rows(row, "discounts", f"{place}.discounts"):
        total -= _amount(each, "total", f"{where}.total")
    return total


def _rows(item: Model, name: str, place: str) -> list[tuple[Any, str]]:
    """The rows of a list, each with its place; none where the list is absent or null."""
    rows = _of(item, name)
    if rows is None:
        return []
    if not is_array(rows):
        raise Refusal("bad-request", f"{place} is no array", field=place)
    return [(row, f"{place}[{number}]") for number, row in enumerate(rows)]


def _amount(item: Model, name: str, place: str) -> Decimal:
    amount = _of(item, name)
    if not isinstance(amount, Decimal):  # absent, null, or text that is no money
        raise Refusal("bad-request", f"{place} is missing or no amount", field=place)
    return amount


def _of(item: Model, name: str) -> Any:
    return getattr(item, name, None)
