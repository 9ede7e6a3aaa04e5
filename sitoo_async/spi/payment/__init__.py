"""Payment: a way of paying of your own, offered by the POS.

Known of SPI Payment are its overview and its page of payments: all three operations, with every
field of a payment and its cart. Not known are the fields by which the POS shows something while a
payment is in progress, such as a QR code, and what it expects to be answered to an update.

The POS adds a payment and asks where it stands until it is ready to complete; then it completes or
cancels it. One that isn't completed within three minutes has to be reverted and cancelled by the
service. `PaymentService` is the interface, `PaymentProgress` says who may move a payment to which
state, and `PaymentsInMemory` is a service that does all of it, with your provider behind it.

Statuses: 200, 400, 401, 404 and 500; no body of an error is defined. Basic authentication is
expected. The POS gives up after 10 seconds.

Reference: the pages Overview and Payments of SPI Payment, https://developer.sitoo.com
"""

from __future__ import annotations

from sitoo_async.spi.payment.in_memory import PaymentsInMemory
from sitoo_async.spi.payment.models import (
    Cancelled,
    CartItem,
    CartItemDiscount,
    Completed,
    Customer,
    InProgress,
    Payment,
    PaymentState,
    ReadyToComplete,
)
from sitoo_async.spi.payment.progress import (
    TIME_TO_COMPLETE,
    Mover,
    PaymentProgress,
    Reversal,
    State,
)
from sitoo_async.spi.payment.record import PaymentRecord
from sitoo_async.spi.payment.service import PaymentService, cart_total, check_amount

__all__ = [
    "TIME_TO_COMPLETE",
    "Cancelled",
    "CartItem",
    "CartItemDiscount",
    "Completed",
    "Customer",
    "InProgress",
    "Mover",
    "Payment",
    "PaymentProgress",
    "PaymentRecord",
    "PaymentService",
    "PaymentState",
    "PaymentsInMemory",
    "ReadyToComplete",
    "Reversal",
    "State",
    "cart_total",
    "check_amount",
]
