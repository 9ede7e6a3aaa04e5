"""Whether a failed exchange is worth another: pure, no clock, no I/O.

The table it implements:

==================================  ===================  ======================================
Outcome                             What is known        Again?
==================================  ===================  ======================================
connection not made                 not sent             any method
429                                 refused              any method, bounded by time alone
50x, connection lost, read timeout  nothing              only what is declared repeatable
anything else                       answered, not sent   never
==================================  ===================  ======================================
"""

from __future__ import annotations

import attrs

from sitoo_async._checks import check_number
from sitoo_async.errors import (
    ConnectError,
    RateLimitError,
    ReadError,
    RequestTimeoutError,
    ServerError,
    SitooError,
)

__all__ = ["Decision", "RetryPolicy", "decide"]

_AMBIGUOUS = (ServerError, ReadError, RequestTimeoutError)


@attrs.frozen
class RetryPolicy:
    """How often a call is tried before its error is raised.

    Attributes:
        attempts: exchanges a call may make in all, 429 refusals not counted (a refusal means
            that nothing was done; how long they are sat out is `max_rate_limit_wait`). With 1,
            nothing but a refusal is tried again.
        pause: seconds before the second try where no connection was made; doubles each time.
        longest_pause: the most that the pause grows to, in seconds.

    Raises:
        InvalidOptionError: `attempts` below 1, or a negative pause.
    """

    attempts: int = 4
    pause: float = 0.1
    longest_pause: float = 5.0

    def __attrs_post_init__(self) -> None:
        check_number("attempts", self.attempts, whole=True)
        check_number("pause", self.pause, zero=True)
        check_number("longest_pause", self.longest_pause, zero=True)


@attrs.frozen
class Decision:
    """What to do after a failed exchange.

    Attributes:
        again: whether to try once more.
        pause: seconds to wait first, off the lane.
        counts: whether the exchange uses up one of the policy's attempts.
    """

    again: bool
    pause: float = 0.0
    counts: bool = True


def decide(policy: RetryPolicy, error: SitooError, *, repeatable: bool, attempt: int) -> Decision:
    """Judge one failed exchange.

    Args:
        policy: the limits in force.
        error: how the exchange ended.
        repeatable: whether the operation is declared harmless to repeat.
        attempt: how many exchanges that count the call has made, this one included.
    """
    if isinstance(error, RateLimitError):
        # Nothing was done, whatever the method; the lane's hold paces it.
        return Decision(again=True, counts=False)
    left = attempt < policy.attempts
    if isinstance(error, ConnectError):
        # 64 doublings are beyond any limit, and far more would be beyond any float.
        doubled = policy.pause * 2 ** min(attempt - 1, 64)
        pause = min(doubled, policy.longest_pause)
        return Decision(again=left, pause=pause)
    if isinstance(error, _AMBIGUOUS):
        return Decision(again=left and repeatable)
    return Decision(again=False)
