"""What Sitoo is answered, and what is written down before that; the handlers and their worker."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Literal, Self, TypeVar, Unpack, overload

from sitoo_async._checks.show import shown, type_name
from sitoo_async._checks.values import check_number, is_a
from sitoo_async._http.keys import concealed, hidden
from sitoo_async.errors import InvalidInputError, InvalidOptionError
from sitoo_async.spi._core.answer import Answer, empty
from sitoo_async.spi._core.call import Incoming
from sitoo_async.spi._core.endpoint import Endpoint, Exchange
from sitoo_async.spi._core.refusal import Errors
from sitoo_async.spi.events.batch import letters_of
from sitoo_async.spi.events.handlers import AnyHandler, check_event_type, check_handler
from sitoo_async.spi.events.inbox import DeadLetter, Inbox, Letter, Patience
from sitoo_async.spi.events.objects import (
    Event,
    OrderData,
    OrderDeliveryData,
    ShipmentData,
    ShipmentV3Data,
    StoreZReportData,
    WarehouseTransactionData,
    ZReportData,
)
from sitoo_async.spi.events.reason import reason
from sitoo_async.spi.events.reconcile import KINDS, Missed, MissedKind, reconcile
from sitoo_async.spi.events.worker import Worker, WorkerOptions, told_to_end

if TYPE_CHECKING:
    from sitoo_async._client import SitooClient

__all__ = ["Events", "Handler"]

logger: logging.Logger = logging.getLogger("sitoo_async")

D = TypeVar("D")

_DEADLINE: Final = 12.0
"""Seconds within which Sitoo is answered. It waits for 15, and the way there takes its time."""

_LARGEST: Final = 1_000_000
"""Bytes of a body. Ten events, which hold ids only, have some 3,000; what is longer is not Sitoo's
and must not fill the memory, so it is refused with 413."""

# Newer pages of the reference repeat 503 and drop 500, older ones repeat both.
_ERRORS: Final = Errors({"unauthorized": 401, "other": 503}, body=False, late=503)

_FILE: Final = "sitoo-events.sqlite3"

Handler = Callable[[Event[D], "SitooClient"], Awaitable[object]]
"""An ``async def`` that takes an event and the client that the worker was given."""

_Kept = Callable[[Handler[D]], Handler[D]]


class Events(Endpoint):
    """The address that Sitoo posts events to: an ASGI application, and `handle` without I/O.

    ::

        events = Events(user="sitoo", password="made up", inbox=SQLiteInbox("events.sqlite3"))

        @events.on("order")
        async def order(event: Event[OrderData], sitoo: SitooClient) -> None:
            order = await event.fetch(sitoo)

        async with events.worker(sitoo):
            ...  # for as long as the server runs

    Each batch is written to an inbox in one transaction, and answered with 200 then; events that
    were there before are passed over. The answer is 503 where the inbox fails, or 12 seconds have
    passed: Sitoo sends the batch again, for about a day. No other answer makes it do so, so nothing
    that it may send gets one: what can't be read is kept as a dead letter, beside those that can.

    A worker hands the events to their handlers, one at a time in the order of arrival, in this
    process or in another one that has the same inbox. A handler that fails is tried again, with
    growing pauses, and holds up the events behind it meanwhile; after `attempts` its event becomes
    a dead letter, and the next one is handled. **An event may be handled more than once**, where a
    process ends in the middle of its handler: see `Event.event_id`.

    Where nobody asked for an event, by its type or by `on_other`, it counts as handled.

    Args:
        user: the user that Sitoo is to give. You make it up, with its password, for this alone.
        password: the password.
        credentials: several such pairs instead, so that a rotation loses nothing: while Sitoo has
            the old one, both are let in.
        unprotected: whether anybody may call, where there are none.
        inbox: where events wait for their handlers. Left out, that is an `SQLiteInbox` in the file
            ``sitoo-events.sqlite3`` of the working directory.
        max_body_bytes: bytes that a body may have; a longer one is refused with 413, unread, and
            can't be Sitoo's: ten events have some 3,000.
        deadline: seconds until 503 is answered. Sitoo waits for 15.

    Raises:
        InvalidOptionError: an option that can't work.

    Reference: SPI Events, Overview page.
    """

    def __init__(
        self,
        *,
        user: str | None = None,
        password: str | None = None,
        credentials: Iterable[tuple[str, str]] | None = None,
        unprotected: bool = False,
        inbox: Inbox | None = None,
        max_body_bytes: int = _LARGEST,
        deadline: float = _DEADLINE,
    ) -> None:
        # First of all, so that no traceback that shows local variables shows the password.
        password = hidden(password)
        pairs = concealed(credentials)
        credentials = None
        super().__init__(
            _ERRORS,
            user=user,
            password=password,
            credentials=pairs,
            unprotected=unprotected,
            max_body_bytes=max_body_bytes,
            deadline=deadline,
            warn_after=deadline,
        )
        if inbox is None:
            from sitoo_async.spi.events.sqlite import SQLiteInbox  # noqa: PLC0415  # if it is used

            inbox = SQLiteInbox(_FILE)
        elif isinstance(inbox, type) or not isinstance(inbox, Inbox):
            raise InvalidOptionError(
                f"inbox must be an Inbox, such as SQLiteInbox(path), not {type_name(inbox)}",
                field="inbox",
            )
        self._inbox = inbox
        self._handlers: dict[str, AnyHandler] = {}

    def __repr__(self) -> str:
        return f"<Events: {', '.join(self._handlers) or 'no handlers'}; {shown(self._inbox)}>"

    @property
    def inbox(self) -> Inbox:
        """Where events wait for their handlers."""
        return self._inbox

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Let go of the files and connections of the inbox; the next use opens them again."""
        await self._inbox.aclose()

    # Handlers -----------------------------------------------------------------------------------

    @overload
    def on(self, event_type: Literal["order", "booking"], /) -> _Kept[OrderData]: ...
    @overload
    def on(self, event_type: Literal["order-delivery"], /) -> _Kept[OrderDeliveryData]: ...
    @overload
    def on(self, event_type: Literal["shipment"], /) -> _Kept[ShipmentData]: ...
    @overload
    def on(self, event_type: Literal["shipment-v3"], /) -> _Kept[ShipmentV3Data]: ...
    @overload
    def on(
        self, event_type: Literal["warehouse-transaction"], /
    ) -> _Kept[WarehouseTransactionData]: ...
    @overload
    def on(self, event_type: Literal["z-report"], /) -> _Kept[ZReportData]: ...
    @overload
    def on(self, event_type: Literal["store-z-report"], /) -> _Kept[StoreZReportData]: ...
    @overload
    def on(self, event_type: str, /) -> _Kept[Any]: ...
    def on(self, event_type: str, /) -> Any:
        """Handle events of one type; a decorator for an ``async def`` of an event and a client.

        Several types are handled by one function that is decorated several times.

        Args:
            event_type: one of the eight of `EventType`, such as ``"order"``; or another, whose data
                is a plain mapping; or ``"*"``, see `on_other`.

        Raises:
            InvalidInputError: it has a handler already, or what is decorated can't be one, or the
                type is one of the eight in another spelling, such as ``"orders"``.
        """
        check_event_type(event_type)
        return partial(self._keep, event_type)

    def on_other(self, handler: Handler[Any], /) -> Handler[Any]:
        """Handle all events whose type has no handler, known or not; a decorator.

        Sitoo adds types at any time. The data of those that are not known here is a plain mapping.

        Raises:
            InvalidInputError: there is such a handler already, or this can't be one.
        """
        kept: Handler[Any] = self._keep("*", handler)
        return kept

    def _keep(self, event_type: str, handler: Any) -> Any:
        if event_type in self._handlers:
            raise InvalidInputError(
                f"{shown(event_type)} has a handler already; let one call the other, since an event"
                " that fails is handled again as a whole",
                field="event_type",
            )
        check_handler(handler)
        self._handlers[event_type] = handler
        return handler

    # What comes in ------------------------------------------------------------------------------

    def _begin(self, given: Incoming) -> Exchange | Answer:
        if given.method != "POST":
            return empty(405, {"allow": "POST"})
        # At whatever path: there is nothing else that Sitoo could mean, and 404 would lose it.
        return Exchange(given, self._errors, partial(self._receive, given), self._most)

    async def _receive(self, given: Incoming, body: bytes) -> Answer:
        letters = letters_of(body)
        try:
            async with asyncio.timeout_at(given.due):
                new = await self._inbox.add(letters)
        except Exception as error:  # noqa: BLE001 - whatever it is, Sitoo is to ask again
            logger.error(  # noqa: TRY400 - what it says may be content
                "a batch of %d events could not be written down, and Sitoo is asked for it again:"
                " %s",
                len(letters),
                reason(error),
            )
            return empty(503)
        _tell_unreadable(letters)
        logger.debug("a batch of %d events, %d of them new", len(letters), new)
        return empty(200)

    # What waits ---------------------------------------------------------------------------------

    def worker(
        self,
        sitoo: SitooClient,
        /,
        *,
        attempts: int = 10,
        first_pause: float = 1.0,
        longest_pause: float = 300.0,
        handler_timeout: float = 900.0,
        grace: float = 10.0,
    ) -> Worker:
        """What runs the handlers: ``async with events.worker(sitoo):``, around what serves.

        Any number of processes may have one; with the same inbox one of them is at work, and
        another takes over when it ends.

        Args:
            sitoo: what each handler gets beside its event.
            attempts: how often a handler is tried before its event becomes a dead letter. With the
                pauses as they are, ten take eight and a half minutes.
            first_pause: seconds before the second attempt; each further pause is twice as long.
            longest_pause: seconds that a pause lasts at the most.
            handler_timeout: seconds that a handler may take before it is cut short, which counts as
                a failure. Above 660, so that a slot of Sitoo's that is used up is waited out.
            grace: seconds for the handler that is at work when the block is left.

        Raises:
            InvalidOptionError: an option that can't work.
        """
        patience = Patience(
            attempts=check_number("attempts", attempts, whole=True),
            first_pause=check_number("first_pause", first_pause, zero=True),
            longest_pause=check_number("longest_pause", longest_pause, zero=True),
        )
        return Worker(
            self._inbox,
            self._handlers,
            sitoo,
            patience=patience,
            handler_timeout=check_number("handler_timeout", handler_timeout),
            grace=check_number("grace", grace, zero=True),
        )

    async def run_worker(self, sitoo: SitooClient, /, **options: Unpack[WorkerOptions]) -> None:
        """Run handlers in a process that does nothing else: ``await events.run_worker(sitoo)``.

        It returns after SIGTERM, as when a container is stopped, unless something else in the
        process takes that signal: the handler that is at work may finish, for `grace` seconds. When
        it is cancelled, as by Ctrl-C, the handler is cut short, and its event is handled again.

        Args:
            sitoo: what each handler gets beside its event.
            options: see `worker`.

        Raises:
            InvalidOptionError: an option that can't work.
        """
        with told_to_end() as end:
            async with self.worker(sitoo, **options):
                await end.wait()

    async def waiting(self) -> int:
        """How many events wait for their handlers, to see whether a worker keeps up with them."""
        return await self._inbox.waiting()

    async def dead_letters(self, *, limit: int = 100) -> Sequence[DeadLetter]:
        """The events that were given up, the oldest first.

        Args:
            limit: how many at the most.

        Raises:
            InvalidOptionError: `limit` is not above 0.
        """
        return await self._inbox.dead_letters(limit=check_number("limit", limit, whole=True))

    async def rerun(self, event_id: str, /) -> bool:
        """Let a dead letter be handled again, behind those that wait.

        Returns:
            Whether there was one of that id.

        Raises:
            InvalidInputError: `event_id` is not text.
        """
        return await self._inbox.rerun(_text(event_id))

    async def discard(self, event_id: str, /) -> bool:
        """Take a dead letter for handled, where it was seen to by hand.

        Returns:
            Whether there was one of that id.

        Raises:
            InvalidInputError: `event_id` is not text.
        """
        return await self._inbox.discard(_text(event_id))

    def reconcile(
        self,
        sitoo: SitooClient,
        /,
        *,
        since: datetime,
        settled: timedelta = timedelta(hours=1),
        kinds: Collection[MissedKind] = KINDS,
    ) -> AsyncGenerator[Missed]:
        """Give the objects that no event told of: once a day, since Sitoo drops events after one.

        Each walk goes on where it was left. What it can't see is said beside the function, in
        `sitoo_async.spi.events.reconcile`.

        Args:
            sitoo: a client of the account.
            since: where to begin, the first time; afterwards it goes on where it was left.
            settled: how old an object has to be, since the event of a younger one may come yet.
            kinds: what to look at: ``"order"``, ``"z-report"``, ``"warehouse-transaction"`` and
                ``"journal-entry"``.

        Raises:
            InvalidInputError: a naive `since`, an unknown kind.
        """
        return reconcile(sitoo, self._inbox, since=since, settled=settled, kinds=kinds)


def _text(event_id: object) -> str:
    if not is_a(event_id, str):
        raise InvalidInputError(
            f"event_id must be text, such as that of a dead letter, not {type_name(event_id)}",
            field="event_id",
        )
    return str(event_id)


def _tell_unreadable(letters: Sequence[Letter]) -> None:
    for letter in letters:
        if letter.unreadable is not None:
            logger.error(
                "what came as an event can't be read, and is kept as the dead letter %s: %s"
                " (%d bytes)",
                letter.event_id,
                letter.unreadable,
                len(letter.body),
            )
