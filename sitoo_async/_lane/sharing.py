"""Calls that wait together leave together: single writes as one batch, identical reads as one.

A request is composed only when the lane gives the turn, so whatever waits by then can share it. No
timer runs, and a call that waits alone goes out as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Hashable, Sequence
from functools import partial
from typing import Any, Final

import attrs

from sitoo_async._checks.unforeseen import unforeseen
from sitoo_async._codec.codec import decode_raw, decode_value, encode
from sitoo_async._codec.json import is_array, is_object
from sitoo_async._http.batch_answer import Result, results_of
from sitoo_async._http.messages import Request, Response, Twin
from sitoo_async._http.services import ServiceName
from sitoo_async._http.verdict import error_for_status
from sitoo_async._lane.batch_size import Pace
from sitoo_async._lane.company import Company
from sitoo_async._lane.retry import pause_before_item
from sitoo_async.errors import (
    ApiError,
    DecodeError,
    ReadError,
    RequestTimeoutError,
    ServerError,
    SitooError,
    copy_of,
)

__all__ = ["MOST", "Part", "Sharing", "only_result"]

MOST: Final = 1000
"""Calls in one batch at most; each collection begins lower and finds its size, see `Pace`."""

# What these refuse, they refuse for each item alone just the same.
_FOR_ALL: Final = frozenset({401, 403, 429})

Exchange = Callable[[Request], Coroutine[Any, Any, "Response | SitooError"]]


@attrs.frozen
class Part:
    """What one call got of an exchange that several shared.

    Attributes:
        outcome: its own answer, or its own error.
        size: how many shared the exchange.
        alone: whether it is to go again by itself, since the batch as a whole was refused and
            another item may be the reason.
        inside: whether this is the outcome of the one item, in an answer that went well as a whole,
            so that nothing has made the lane hold back.
    """

    outcome: Response | SitooError
    size: int
    alone: bool = False
    inside: bool = False


@attrs.define(eq=False)
class Sharing:
    """One call's part in shared exchanges, through all its attempts.

    Attributes:
        exchange: makes an exchange.
        like: what has to be equal between two calls that share: client, options, level.
        paces: how many items the batches of each collection hold, for all calls of the client.
        aim: seconds that a batch is to take.
        strict: whether what is not of its documented type is an error.
        most: how many may share, as far as this call goes; fewer after each failure.
        alone: whether the call has to go again by itself, for no fault of its own.
        failures: how often it failed inside a batch that went well as a whole.
        pause: seconds to wait before it goes again.
    """

    exchange: Exchange
    like: Hashable
    paces: dict[tuple[str | None, str, str], Pace]
    aim: float
    strict: bool = False
    most: int = MOST
    alone: bool = False
    failures: int = 0
    pause: float = 0.0

    def company(self, request: Request, writes: int) -> Company | None:
        """With whom a request may share an exchange; None where it has to go alone.

        Args:
            request: what the call would send alone.
            writes: how many writes the client has seen through. A read never joins one that began
                before a write of the client's own ended: it would miss it.
        """
        if request.method == "GET":
            if request.payload is not None:
                return None
            key = ("GET", request.service, request.path, request.query, writes, self.like)
            return Company(key=key, boards=True)
        twin = request.twin
        if twin is None or self.most == 1:
            return None
        # Where one names its item by productid and another by sku, nobody knows whether it is the
        # same; so they do not share.
        named_by = frozenset(name for name, _ in twin.names)
        collection = request.service, twin.method, twin.path
        pace = self.paces.setdefault(collection, Pace(MOST, self.aim))
        return Company(
            key=(*collection, named_by, self.like),
            brings=twin.item,
            exchange=partial(
                _together, twin, request.service, self.exchange, pace, strict=self.strict
            ),
            names=twin.names,
            most=lambda: min(self.most, pace.size),
        )

    def own(self, outcome: Any) -> Response | SitooError:
        """This call's part of what an exchange gave."""
        self.alone, self.pause = False, 0.0
        if not isinstance(outcome, Part):
            # A read's answer is for all; its error is made one's own, since errors collect
            # tracebacks, and what became of each call.
            return copy_of(outcome) if isinstance(outcome, SitooError) else outcome
        if outcome.alone:
            self.alone, self.most = True, 1
        elif isinstance(outcome.outcome, SitooError):
            if outcome.inside:
                self.failures += 1
                self.pause = pause_before_item(self.failures)
            self.most = max(1, min(self.most, outcome.size) // 2)
        return outcome.outcome


async def _together(
    twin: Twin,
    service: ServiceName | None,
    exchange: Exchange,
    pace: Pace,
    items: Sequence[Any],
    *,
    strict: bool,
) -> list[Part]:
    """Send the items as one batch, and give each its part of the answer."""
    request = Request(twin.method, twin.path, payload=list(items), service=service)
    outcome = await exchange(request)
    try:
        return _parts(twin, outcome, pace, len(items), strict=strict)
    except Exception as error:  # noqa: BLE001  # whoever waits is told
        failure = unforeseen(error, f"{request.method} {request.path}", sent="unknown")
        return [Part(copy_of(failure), len(items)) for _ in items]


def _parts(
    twin: Twin, outcome: Response | SitooError, pace: Pace, size: int, *, strict: bool
) -> list[Part]:
    """Each item's part of the answer to them all."""
    if isinstance(outcome, SitooError):
        if isinstance(outcome, ServerError | ReadError | RequestTimeoutError):
            pace.failed(size)
        elif isinstance(outcome, DecodeError):
            # The whole was done, and what became of each item stands where nobody can read it.
            outcome.worsen("unknown")
        refused = isinstance(outcome, ApiError) and (outcome.status or 500) < 500
        alone = refused and getattr(outcome, "status", None) not in _FOR_ALL
        return [Part(copy_of(outcome), size, alone) for _ in range(size)]
    pace.took(size, outcome.elapsed)
    try:
        body = outcome.content(f"the results of {size} items")
        answer = decode_value(body, strict=strict)
        rows = results_of(answer, size, twin.path, whole=twin.whole, strict=strict)
    except DecodeError as error:
        error.status, error.request_id = outcome.status, outcome.request_id
        return [Part(copy_of(error.worsen("unknown")), size) for _ in range(size)]
    return [Part(_outcome(row, outcome), size, inside=True) for row in rows]


def only_result(answer: Response, label: str, *, strict: bool) -> Response | SitooError:
    """What a single write is answered with, where that may be a batch of one result.

    Any other answer stays as it is: whoever reads it tells what is wrong.
    """
    try:
        # Quietly, for it is read once more.
        value = decode_raw(answer.body)
        only = value[0] if is_array(value) and len(value) == 1 else value
        if not is_object(only) or "statuscode" not in only:
            return answer
        value = decode_value(answer.body, strict=strict, source=f"{label}: the answer")
    except DecodeError:
        return answer
    (result,) = results_of(value, 1, label, strict=strict)
    return _outcome(result, answer)


def _outcome(result: Result, answer: Response) -> Response | SitooError:
    if result.unreadable is not None:
        result.unreadable.request_id = answer.request_id
        return result.unreadable.worsen("unknown")
    if 200 <= result.status < 300:
        return Response(result.status, answer.headers, encode(result.returned))
    return error_for_status(result.status, errortext=result.errortext, request_id=answer.request_id)
