"""Events on their way to a receiver: batches in order, when one is tried again, when it is lost."""

from __future__ import annotations

import asyncio
import collections
import itertools
import uuid
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Literal

import attrs

from sitoo_async.testing._server.answers import encoded
from sitoo_async.testing._server.partners import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sitoo_async.testing._server.receivers import Receiver

__all__ = ["EventAttempt", "EventDelivery", "EventQueue"]

_MOST = 10
"""Events in one request."""

_AGAIN = frozenset({429, 503, 504})
"""What asks for the same batch again; every other code is the end of it."""

# "Up to ten tries in the first hour, then hourly, thirty and more in all": these are the seconds
# after the first one. How they lie within the hour is not told.
_FIRST_HOUR = (0, 30, 90, 210, 450, 900, 1500, 2100, 2700, 3300)
_HOUR = 3600
_DAY = 86_400


@attrs.frozen
class EventAttempt:
    """One try to deliver a batch.

    Attributes:
        at: the loop's time when it was begun.
        status: the status of the answer; None: there was no whole one.
        problem: why not.
    """

    at: float
    status: int | None
    problem: str | None = None


@attrs.define(eq=False)
class EventDelivery:
    """One batch of events, and what became of it.

    Attributes:
        events: its elements, one to ten, the oldest first.
        attempts: each try; a batch that was tried again has several.
        outcome: ``"delivered"``: answered with 200; ``"dropped"``: answered with another code that
            doesn't ask for a repetition; ``"lost"``: not answered well for a day; ``"waiting"``:
            none of these yet.
    """

    events: list[Any]
    attempts: list[EventAttempt] = attrs.field(factory=list[EventAttempt])
    outcome: Literal["waiting", "delivered", "dropped", "lost"] = "waiting"


class EventQueue:
    """The events of one account.

    Args:
        account_id: the account's number.
        clock: the server's time, in seconds since the epoch.
        deliveries: where batches are recorded, if they are.
    """

    def __init__(
        self,
        account_id: int,
        clock: Callable[[], int],
        deliveries: list[EventDelivery] | None,
    ) -> None:
        self._account_id = account_id
        self._clock = clock
        self._deliveries = deliveries
        self._waiting: collections.deque[Any] = collections.deque()
        self._current: EventDelivery | None = None
        self._receiver: Receiver | None = None
        self._pause: float | None = None
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None
        self._more = asyncio.Event()
        self._empty = asyncio.Event()

    def begin(self, receiver: Receiver, pause: float | None) -> None:
        """Deliver to `receiver` from now on; what waits for another one goes to it, too."""
        if self._task is not None:
            self._task.cancel()
        before, self._receiver = self._receiver, receiver
        self._pause = pause
        self._failure = None
        self._more, self._empty = asyncio.Event(), asyncio.Event()
        self._task = asyncio.get_running_loop().create_task(
            self._deliver(before), name="FakeSitoo delivers events"
        )
        self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Let nobody wait for what isn't going to happen."""
        if not task.cancelled():
            self._failure = task.exception()
            self._empty.set()

    async def end(self) -> None:
        """Stop; what was not delivered stays."""
        task, self._task = self._task, None
        receiver, self._receiver = self._receiver, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if receiver is not None:
            await receiver.aclose()

    def clear(self) -> None:
        """Forget what waits and what became of the rest."""
        self._waiting.clear()
        if self._deliveries is not None:
            self._deliveries.clear()

    @property
    def is_delivering(self) -> bool:
        """Whether there is a receiver."""
        return self._receiver is not None

    def tell(self, event_type: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Queue an event and return it."""
        event = {
            # Of no seed: an inbox on disk that saw an id passes it over for days.
            "event_id": uuid.uuid4().hex,
            "event_type": event_type,
            "event_date": self._clock(),
            "account_id": self._account_id,
            "data": dict(data),
        }
        self.put(event)
        return event

    def put(self, element: Any) -> None:
        """Queue whatever is to stand in a batch.

        Raises:
            TypeError: it has no JSON form.
        """
        encoded(element)
        self._waiting.append(element)
        if self._failure is None:
            self._empty.clear()
        self._more.set()

    async def emptied(self) -> None:
        """Wait until everything is delivered, dropped or lost.

        Raises:
            RuntimeError: the delivery itself has failed.
        """
        await self._empty.wait()
        if self._failure is not None:
            raise RuntimeError("the delivery of events has failed") from self._failure

    async def _deliver(self, before: Receiver | None) -> None:
        if before is not None:
            await before.aclose()
        receiver = self._receiver
        assert receiver is not None  # noqa: S101  # this task runs as long as it is there
        while True:
            batch = self._current or self._next_batch()
            if batch is None:
                self._empty.set()
                self._more.clear()
                await self._more.wait()
                continue
            self._current = batch
            await self._settle(batch, receiver)
            self._current = None

    def _next_batch(self) -> EventDelivery | None:
        events = [self._waiting.popleft() for _ in range(min(_MOST, len(self._waiting)))]
        if not events:
            return None
        batch = EventDelivery(events)
        if self._deliveries is not None:
            self._deliveries.append(batch)
        return batch

    async def _settle(self, batch: EventDelivery, receiver: Receiver) -> None:
        """Try until one of the three ends is reached; what is behind it waits."""
        loop = asyncio.get_running_loop()
        body = encoded(batch.events)
        began = batch.attempts[0].at if batch.attempts else loop.time()
        for after in self._tries(len(batch.attempts)):
            await asyncio.sleep(began + after - loop.time())
            at = loop.time()
            try:
                status = await receiver.post(body)
            except NoAnswer as error:
                batch.attempts.append(EventAttempt(at, None, str(error)))
                continue
            batch.attempts.append(EventAttempt(at, status))
            if status not in _AGAIN:
                batch.outcome = "delivered" if status == HTTPStatus.OK else "dropped"
                return
        batch.outcome = "lost"

    def _tries(self, made: int) -> Iterator[float]:
        """The seconds after the first try at which the following ones are due, within a day."""
        return itertools.takewhile(lambda due: due <= _DAY, map(self._due, itertools.count(made)))

    def _due(self, tries: int) -> float:
        """How long after the first try another one comes, when there were so many."""
        if self._pause is not None:
            return tries * self._pause
        if tries < len(_FIRST_HOUR):
            return _FIRST_HOUR[tries]
        return _FIRST_HOUR[-1] + (tries - len(_FIRST_HOUR) + 1) * _HOUR
