"""The interfaces that Sitoo calls on a partner's server.

Sitoo is the caller here, and the partner answers: events of what happened, customers, gift cards,
payments and the like. Nothing is imported that is not used. Each interface is a class in a module
of its own; derive from it, implement the operations that you have, and serve it by an `App`::

    from sitoo_async.spi import App, Refusal
    from sitoo_async.spi.payment import PaymentService

    class MyPayments(PaymentService):
        async def get_payment(self, paymentid, /, *, call):
            if paymentid not in payments:
                raise Refusal("not-found")
            return payments[paymentid]

    app = App(MyPayments(), user="sitoo", password="made up")

An `App` is an ASGI application. Give it to uvicorn, or mount it where Sitoo is to find it::

    fastapi_app.mount("/sitoo", app)                                   # or Starlette's Mount
    Litestar([asgi("/sitoo", is_mount=True, copy_scope=True)(app)])
    serve_below(aiohttp_app, "/sitoo", app)                            # sitoo_async.spi.aiohttp

Servers log the query of a request by themselves, in which a POS may send a PIN: turn that off, as
with ``uvicorn --no-access-log``.

Reference: https://developer.sitoo.com
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sitoo_async._on_demand import on_demand

__all__ = ["Answer", "App", "Call", "Refusal", "Service", "operation"]

if TYPE_CHECKING:
    from sitoo_async.spi._core.answer import Answer
    from sitoo_async.spi._core.app import App
    from sitoo_async.spi._core.call import Call
    from sitoo_async.spi._core.operation import operation
    from sitoo_async.spi._core.refusal import Refusal
    from sitoo_async.spi._core.service import Service
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {
            "Answer": "sitoo_async.spi._core.answer",
            "App": "sitoo_async.spi._core.app",
            "Call": "sitoo_async.spi._core.call",
            "Refusal": "sitoo_async.spi._core.refusal",
            "Service": "sitoo_async.spi._core.service",
            "operation": "sitoo_async.spi._core.operation",
        },
    )
