"""Whether a failed exchange is worth another, and after which pause: pure, no clock, no I/O.

The table it implements:

==================================  ===================  ======================================
Outcome                             What is known        Again?
==================================  ===================  ======================================
connection not made                 not sent             any method
429                                 refused              any method, bounded by time alone
50x, connection lost, read timeout  nothing              only what is declared repeatable
anything else                       answered, not sent   never
==================================  ===================  ======================================

What may go again does so for a time, not for a number of tries: a server that restarts is back
within a minute, whether it refuses ten requests meanwhile or a hundred.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import attrs

from sitoo_async._checks.values import check_number
from sitoo_async._records import Record
from sitoo_async.errors import (
    ConnectError,
    RateLimitError,
    ReadError,
    RequestTimeoutError,
    ServerError,
    SitooError,
)

__all__ = [
    "CALL_WITHIN",
    "JOB_WITHIN",
    "RetryPolicy",
    "Trouble",
    "pause_before_item",
    "pause_before_repeat",
]

CALL_WITHIN: Final = 60.0
"""Seconds of trouble that a call outlasts, unless its policy says otherwise."""

JOB_WITHIN: Final = 300.0
"""Seconds of trouble that each page of a walk and each chunk of a batch outlasts likewise."""

FEW_ATTEMPTS: Final = 4
"""Exchanges with a host that has never answered: its address is wrong, most likely."""

SHORTEST: Final = 0.1
"""Seconds between further attempts at least: a host that is gone is not asked without a break."""

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 10.0
"""Seconds, of an item that failed inside a 200."""

_AMBIGUOUS = (ServerError, ReadError, RequestTimeoutError)


_NUMBERS: Final[Mapping[str, Mapping[str, bool]]] = {
    "within": {"zero": True, "optional": True, "endless": True},
    "attempts": {"whole": True, "optional": True},
    "pause": {"zero": True},
    "longest_pause": {"zero": True},
}


@attrs.frozen
class RetryPolicy(Record):
    """For how long a call is tried before its error is raised.

    Only what does no harm is tried again: what was never sent, and what may be repeated. 429
    refusals have limits of their own (`max_rate_limit_wait`). At least one repetition is made,
    however slow the first answer was. A host that has never answered this client is given four
    quick attempts, so that a wrong address shows at once.

    Attributes:
        within: seconds of trouble that a call outlasts, from the end of its first failed exchange
            on, without what it waits for its turn or for a hold. None is 60 for a call, and 300 for
            each page of a walk and each chunk of a batch; `math.inf` is any time. A chunk or
            a page that goes on as a smaller one starts anew.
        attempts: exchanges a call may make in all, 429 refusals not counted; None for any number.
            With 1, nothing but a refusal is tried again.
        pause: seconds before the second try; doubles each time.
        longest_pause: the most that the pause grows to, in seconds.

    Raises:
        InvalidOptionError: `attempts` below 1, or negative seconds.
    """

    within: float | None = attrs.field(default=None, kw_only=True)
    attempts: int | None = None
    pause: float = 0.1
    longest_pause: float = 10.0

    def __attrs_post_init__(self) -> None:
        for name, form in _NUMBERS.items():
            object.__setattr__(self, name, check_number(name, getattr(self, name), **form))


@attrs.define(eq=False)
class Trouble:
    """What a request has met with so far; the clock of its repetitions.

    Attributes:
        exchanges: how many it took part in, refusals included.
        failures: how many of them failed and count as attempts; refusals don't.
        lasted: seconds since the first of those ended, without waits for a turn or a hold.
        heard: whether the host has ever answered, as far as is known.
        flying: whether one more began, and nothing came of it yet.
    """

    exchanges: int = 0
    failures: int = 0
    lasted: float = 0.0
    heard: bool = True
    flying: bool = False
    _running: bool = False

    def failed(self, seconds: float) -> None:
        """Note an exchange that failed, and how long it took; the first one starts the clock."""
        if self._running:
            self.lasted += seconds
        self._running = True
        self.failures += 1

    def paused(self, seconds: float) -> None:
        """Note a wait off the lane."""
        if self._running:
            self.lasted += seconds

    def smaller(self) -> Trouble:
        """That of a part of the request: a new try, which starts the clock anew."""
        return Trouble(exchanges=self.exchanges, failures=self.failures, heard=self.heard)


def pause_before_repeat(
    policy: RetryPolicy,
    error: SitooError,
    *,
    repeatable: bool,
    trouble: Trouble,
    within: float,
) -> float | None:
    """Judge one failed exchange.

    Args:
        policy: the limits in force.
        error: how the exchange ended.
        repeatable: whether the operation is declared harmless to repeat.
        trouble: what the request has met with, this exchange included.
        within: seconds of trouble to outlast where the policy does not say.

    Returns:
        Seconds to wait first, off the lane; None where it must not go again.
    """
    if isinstance(error, RateLimitError):
        # Nothing was done, whatever the method; the lane's hold paces it.
        return 0.0
    if not (isinstance(error, ConnectError) or (repeatable and isinstance(error, _AMBIGUOUS))):
        return None
    failures = trouble.failures
    if policy.attempts is not None and failures >= policy.attempts:
        return None
    if not trouble.heard and failures >= FEW_ATTEMPTS:
        return None
    # 64 doublings are beyond any limit, and far more would be beyond any float.
    pause = min(policy.pause * 2.0 ** min(failures - 1, 64), policy.longest_pause)
    if failures >= FEW_ATTEMPTS:
        pause = max(pause, SHORTEST)
    if failures == 1:
        return pause
    left = (within if policy.within is None else policy.within) - trouble.lasted
    # The last try comes when the time is over, not a whole pause before.
    return min(pause, left) if left > 0 else None


def pause_before_item(tries: int) -> float:
    """Seconds before an item that failed inside a 200 goes again, growing with its tries.

    The answer as a whole went well, so no hold of the lane paces it.
    """
    return min(FIRST_PAUSE * 2.0 ** (tries - 1), LONGEST_PAUSE)
