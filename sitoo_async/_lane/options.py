"""What travels with each call: timeouts, limits, priority and the retry policy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import attrs

from sitoo_async._checks.show import shown
from sitoo_async._checks.values import check_number, is_a
from sitoo_async._lane.retry import RetryPolicy
from sitoo_async._records import Record
from sitoo_async.errors import InvalidOptionError

__all__ = ["Options", "Priority"]

Priority = Literal["interactive", "bulk"]

_NUMBERS: Final[Mapping[str, Mapping[str, bool]]] = {
    "queue_timeout": {"zero": True, "optional": True},
    "request_timeout": {},
    "deadline": {"optional": True},
    "bulk_seconds": {"optional": True},
    "max_rate_limit_wait": {"zero": True, "endless": True},
    "max_waiting": {"whole": True, "zero": True, "optional": True},
    "max_response_bytes": {"whole": True},
}


@attrs.frozen
class Options(Record):
    """What travels with each call, and differs between the views of one client.

    Where None stands for no limit, `math.inf` does too.

    Attributes:
        queue_timeout: seconds a call may wait for its turns, in all; None for any time.
        request_timeout: seconds for one exchange.
        deadline: seconds for the whole call: queue, holds, retries; None for any time. In a batch,
            this and `queue_timeout` hold for each chunk as a whole, however often it is cut up
            and sent again.
        max_rate_limit_wait: seconds a call agrees to sit out a rate limit; `math.inf` for any time.
        max_waiting: calls that may wait for the same turns when this one comes; None for any
            number.
        priority: ``"interactive"``, or ``"bulk"`` to give way to interactive calls.
        retry: for how long a call is tried.
        bulk_seconds: seconds that one request of a batch or of a walk is to take. Chunks and pages
            then grow and shrink towards it, up to the `chunk_size` and `page_size` given; None
            keeps them as given.
        coalesce: whether calls that wait together may leave in one request: single writes to one
            collection as a batch, identical reads as one.
        pin: where the client has several keys, whether all writes to one group of the API (all of
            ``products``, all of ``orders``) go through one key. They then reach Sitoo in the order
            in which their calls began, just as with one key. Reads go through any key: a read sees
            what had been written when it began, and not what was still waiting or under way.
        strict: whether an answer that breaks its documented types is a `DecodeError`.
        keep_unknown: whether fields of an answer that no model knows are kept, for
            `unknown_fields` to read.
        max_response_bytes: the largest body that is read, decompressed.
        ends_at: the moment by which all calls have to be over, in the time of their loop; set by
            `SitooClient.within`, None for never.
    """

    queue_timeout: float | None = None
    request_timeout: float = 120.0
    deadline: float | None = None
    max_rate_limit_wait: float = 660.0
    max_waiting: int | None = None
    priority: Priority = "interactive"
    retry: RetryPolicy = attrs.field(factory=RetryPolicy)
    bulk_seconds: float | None = None
    coalesce: bool = False
    pin: bool = False
    strict: bool = False
    keep_unknown: bool = False
    max_response_bytes: int = 64 * 1024 * 1024
    ends_at: float | None = None

    def __attrs_post_init__(self) -> None:
        for name, form in _NUMBERS.items():
            # As it counts: infinity is no limit.
            object.__setattr__(self, name, check_number(name, getattr(self, name), **form))
        for name in ("coalesce", "pin", "strict", "keep_unknown"):
            if not is_a(getattr(self, name), bool):
                raise InvalidOptionError(f"{name} must be True or False", field=name)
        # Whatever a subclass makes of it.
        priority = str.__str__(self.priority) if is_a(self.priority, str) else None
        if priority not in ("interactive", "bulk"):
            raise InvalidOptionError(
                f"priority must be 'interactive' or 'bulk', not {shown(self.priority)}",
                field="priority",
            )
        object.__setattr__(self, "priority", priority)
        if not is_a(self.retry, RetryPolicy):
            raise InvalidOptionError("retry must be a RetryPolicy", field="retry")
