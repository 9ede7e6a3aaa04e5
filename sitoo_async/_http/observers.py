"""Observation: one frozen record for each exchange, handed to whoever asked for it."""

from __future__ import annotations

import logging
from collections.abc import Callable

import attrs

from sitoo_async._records import Record
from sitoo_async.errors import printable

__all__ = ["ExchangeRecord", "Observer", "log_exchange"]

logger = logging.getLogger("sitoo_async")


@attrs.frozen
class ExchangeRecord(Record):
    """One exchange that has ended, whoever still waits for it.

    Attributes:
        method: the HTTP method.
        path: below the account, or below the service; without the query.
        status: the HTTP status; None where no answer came.
        error: the name of the error's class; None for a 2xx.
        request_id: the ``Sitoo-Request-ID``.
        elapsed: seconds on the wire, from the turn to the last byte.
        received: bytes of body, decompressed.
        service: the service on a host of its own, such as ``journals-v3``; None: the account's API.
    """

    method: str
    path: str
    status: int | None
    error: str | None
    request_id: str | None
    elapsed: float
    received: int
    service: str | None = None


Observer = Callable[[ExchangeRecord], None]
"""Called from the loop after each exchange, never inside one: it may not block, it may log."""


def log_exchange(record: ExchangeRecord) -> None:
    """The observer that is always there: one DEBUG record an exchange, without the query."""
    place = "" if record.service is None else f"{record.service} "
    logger.debug(
        "%s %s%s: %s in %.3f s (%s)",
        record.method,
        place,
        printable(record.path),
        record.status if record.error is None else f"{record.status or '-'} {record.error}",
        record.elapsed,
        printable(record.request_id or "no request id", 100),
    )
