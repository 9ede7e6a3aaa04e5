"""With how many rows a page is asked for once more, where the answer to so many did not come."""

from __future__ import annotations

from collections.abc import Callable

from sitoo_async._http.messages import Request, Response
from sitoo_async._lane.batch_size import Pace
from sitoo_async._lane.call import Call
from sitoo_async._lane.retry import Trouble
from sitoo_async.errors import (
    ClientClosedError,
    ConnectError,
    LaneError,
    RateLimitError,
    ReadError,
    RequestTimeoutError,
    ServerError,
    SitooError,
)

__all__ = ["by_halves", "fitting"]


async def fitting(
    call: Call,
    request: Callable[[int], Request],
    num: int,
    pace: Pace,
    *,
    pause: float = 0.0,
    trouble: Trouble | None = None,
) -> Response:
    """Ask for that many rows, and where the answer has no room for them at once for half."""
    while True:
        asked = request(num)
        try:
            response = await call.send(asked, pause=pause, trouble=trouble)
        except ServerError as error:
            if not asked.asks_too_much(error):
                raise
            pace.too_many(num)
            num, pause, trouble = num // 2, 0.0, call.trouble.smaller()
        else:
            pace.took(num, response.elapsed)
            return response


async def by_halves(
    call: Call, request: Callable[[int], Request], num: int, pace: Pace
) -> Response:
    """Ask for that many rows, and where that is too much for half of them, and so on.

    A try with fewer rows stands for a repetition, so the retry policy bounds them all, and
    they are one call to the lane. A half is no whole page, but no end either.
    """
    trouble, pause = Trouble(), 0.0
    last: SitooError | None = None
    while True:
        try:
            return await fitting(call, request, num, pace, pause=pause, trouble=trouble)
        except (LaneError, RateLimitError, ClientClosedError) as refusal:
            if last is None or refusal.sent != "no":
                raise
            # What became of the earlier tries matters more than the queue.
            last.add_note(f"not tried again: {refusal.message}")
            raise last from last.__cause__
        except ConnectError as error:
            error.worsen("no" if last is None else last.sent)
            raise
        except (ServerError, ReadError, RequestTimeoutError) as error:
            num, trouble = min(num, pace.fits), call.trouble
            pace.failed(num)
            again = call.pause_before_repeat(error)
            if again is None:
                raise
            last, pause = error, again
            if num > 1:
                num, trouble = num // 2, trouble.smaller()
