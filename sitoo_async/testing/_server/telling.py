"""How a test lets the fake server tell a partner of events, as Sitoo does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._server.event_queue import EventDelivery, EventQueue
from sitoo_async.testing._server.faults import check_seconds
from sitoo_async.testing._server.listening import Listener
from sitoo_async.testing._server.partners import basic, partner_of
from sitoo_async.testing._server.receivers import Receiver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sitoo_async.testing._server.partners import AsgiApp

__all__ = ["Teller"]


class Teller(Listener):
    """A server that tells of events; what happens is decided in the class derived from it.

    Attributes:
        deliveries: every batch since the start or the last `reset`, if they are recorded.
    """

    def __init__(self, host: str, port: int, account_id: int, *, record: bool) -> None:
        super().__init__(host, port)
        self.deliveries: list[EventDelivery] = []
        self._events = EventQueue(account_id, self._clock, self.deliveries if record else None)

    def _happened(self, event_type: str, data: Mapping[str, Any]) -> None:
        if self._events.is_delivering:
            self._events.tell(event_type, data)

    def deliver_events(
        self,
        *,
        to: str | AsgiApp,
        user: str | None = None,
        password: str | None = None,
        prefix: str = "",
        pause: float | None = None,
    ) -> None:
        """Tell a partner of events from now on, as Sitoo does, until the server ends.

        Orders, order deliveries, bookings, shipments of both kinds, warehouse transactions and
        z-reports that change through the API, through `add` or `add_z_report` become events;
        `emit` adds others. They go out in batches of one to ten, in order and one at a time. An
        answer of 200 is the end of a batch. With 429, 503 and 504 the same one is sent again, and
        those behind it wait; so it is, though nobody documents it, without an answer within 15
        seconds and without a connection. Any other code drops the batch for good. It is tried ten
        times in the first hour, then hourly, 33 times in all, and lost after a day. What became
        of each is in `deliveries`.

        Example:
            >>> fake.deliver_events(to=app, user="sitoo", password="made up")
            >>> fake.add("/sites/1/orders", {"ordertypeid": 10, "orderitems": []})
            >>> await fake.events_delivered()

        Args:
            to: a URL of this machine, or an ASGI application, which is then called in this loop
                without sockets. A later call takes another receiver, to which whatever still
                waits goes, too.
            user: the user of its Basic credentials; None: none are sent.
            password: the password.
            prefix: the path before ``/events``, such as ``/sitoo``.
            pause: seconds from one try to the next instead of Sitoo's pauses, which last up to an
                hour; for tests in real time.

        Raises:
            RuntimeError: the server is not started.
            ValueError: a URL of another machine, a user without a password or with a colon, a bad
                prefix or a bad pause.
            TypeError: neither a URL nor an application.
        """
        if self._loop is None or self._runner is None:
            raise RuntimeError("start this FakeSitoo before it delivers events")
        if pause is not None:
            check_seconds("pause", pause)
            if not pause:
                raise ValueError("pause: give a time above 0")
        authorization = basic(user, password)
        receiver = Receiver(partner_of(to, prefix), authorization)
        self._in_its_loop(self._events.begin, receiver, pause)

    def emit(self, event_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Tell of an event that nothing in the account has caused.

        Returns:
            The event with its id, as it is going to be sent.

        Raises:
            RuntimeError: `deliver_events` was not called.
            TypeError: the data have no JSON form.
        """
        self._check_delivering()
        return self._in_its_loop(self._events.tell, event_type, data)

    def emit_element(self, element: Any) -> None:
        """Let any JSON value stand in a batch: an event once more, or what is none at all.

        Raises:
            RuntimeError: `deliver_events` was not called.
            TypeError: it has no JSON form.
        """
        self._check_delivering()
        self._in_its_loop(self._events.put, element)

    async def events_delivered(self) -> None:
        """Wait until all events so far are delivered, dropped or lost.

        Raises:
            RuntimeError: `deliver_events` was not called, or the delivery itself has failed, by an
                application that doesn't speak ASGI, for example.
        """
        self._check_delivering()
        if self._portal is None:
            await self._events.emptied()
        else:
            await asyncio.wrap_future(self._portal.start_task_soon(self._events.emptied))

    def _check_delivering(self) -> None:
        if not self._events.is_delivering:
            raise RuntimeError("call deliver_events first, which says to whom")
