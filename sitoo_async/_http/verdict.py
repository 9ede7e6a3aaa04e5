"""What an answer means: the result or the error for its caller, and whether the lane is held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Literal

import attrs

from sitoo_async._checks.show import as_text, shown
from sitoo_async._codec.json import is_object, parse
from sitoo_async._http.messages import Response
from sitoo_async.errors import (
    ApiError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DecodeError,
    NotFoundError,
    PermissionDeniedError,
    PreconditionFailedError,
    RateLimitError,
    ServerError,
    SitooError,
    TransportError,
    printable,
)

__all__ = ["Verdict", "error_for_status", "judge", "judge_failure", "name_the_key", "name_the_size"]

LONGEST_RESET: Final = 600.0
"""Seconds; a slot lasts ten minutes, so no reset can be further away."""

SHORTEST_RESET: Final = 0.1
"""Seconds; Sitoo names whole ones."""

LONGEST_RETRY_AFTER: Final = 3_600.0
"""Seconds of a hold that a 503 asks for at most: a mistaken date must not lock a key for days."""


@attrs.define(eq=False)
class Verdict:
    """What one exchange means for its caller and for the lane.

    Attributes:
        outcome: the answer where it is a 2xx that can be used, else the error.
        answered: whether an answer came that is not a 429.
        served: whether it is no 50x either, which ends a series of brief holds.
        refused: whether it was a 429.
        overlap: whether it was one that says that another request is in flight.
        hold: seconds to hold the lane: the server named the time when the slot ends.
        brief: whether to hold the lane briefly, since the key may be locked.
    """

    outcome: Response | SitooError
    answered: bool = True
    served: bool = True
    refused: bool = False
    overlap: bool = False
    hold: float | None = None
    brief: bool = False


_ERRORS: Final[Mapping[int, type[ApiError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    412: PreconditionFailedError,
    429: RateLimitError,
}

_DENIED: Final[Mapping[int, str]] = {
    401: "check the API ID, the password and the base URL, and that the key's allow-list of"
    " addresses holds this machine's",
    403: "check what the key may do, the account and the site, and that the key's allow-list of"
    " addresses holds this machine's",
}

_HINTS: Final[Mapping[int, str]] = {
    401: "check api_id and password, and that this address is on the key's allow-list",
    404: "check the identifier, the site and the account",
}


def error_for_status(status: int, *, errortext: str | None, **context: Any) -> ApiError:
    """The error that stands for a status outside the 200 range.

    It serves whole answers and single items of a batch alike; `sent` is what the status tells.
    """
    kind = ServerError if status >= 500 else _ERRORS.get(status, ApiError)
    said = errortext or _HINTS.get(status) or "no reason given"
    # "429: Too many connections" and its like repeat the status.
    message = printable(said if said.startswith(f"{status}:") else f"{status}: {said}")
    context.setdefault("sent", _sent(status))
    return kind(message, status=status, errortext=errortext, **context)


def name_the_key(error: ApiError, *, api_id: str, account_id: int, origin: str) -> None:
    """Say in a 401 or a 403 which key was refused, and what to check; other errors stay."""
    remedy = _DENIED.get(error.status or 0)
    if remedy is not None:
        said = printable(error.message, 200) if error.errortext else f"{error.status}"
        error.args = (
            f"{said}: API ID {api_id} was refused for account {account_id} at {origin}; {remedy}",
        )


def name_the_size(error: ApiError, *, rows: bool) -> None:
    """Say in a 502 that the answer may be too large, where a service tells that by a 502.

    Args:
        error: the 502.
        rows: whether fewer rows can be asked for.
    """
    if rows:
        hint = "a page of more than 1 MB is answered so, and for ever: ask for fewer rows with num"
    else:
        hint = "more than 1 MB is answered so, too: see whether include_packages=False helps"
    error.args = (f"{printable(error.message, 200)}: {hint}",)


def _sent(status: int) -> Literal["no", "yes", "unknown"]:
    if status == 429:
        return "no"
    return "unknown" if status >= 500 else "yes"


def judge(response: Response) -> Verdict:
    """Read an answer: the status decides, whatever the body looks like."""
    status = response.status
    if 200 <= status < 300:
        return Verdict(_too_large(response) if response.oversized else response)
    text, code, field, request_id = _said(response)
    error = error_for_status(
        status,
        errortext=text,
        request_id=response.request_id or request_id,
        error_code=code,
        error_field=field,
    )
    if isinstance(error, RateLimitError):
        # Two meanings: another request is in flight (a moment), or the slot is used up (until
        # its end). The first is told by its text.
        overlap = "too many connections" in (error.errortext or "").lower()
        hold = None if overlap else _reset(response.headers)
        error.retry_after = hold
        return Verdict(
            error,
            answered=False,
            served=False,
            refused=True,
            overlap=overlap,
            hold=hold,
            brief=hold is None,
        )
    if isinstance(error, ServerError):
        if status == 503:
            error.retry_after = _retry_after(response.headers)
        hold = None if error.retry_after is None else min(error.retry_after, LONGEST_RETRY_AFTER)
        return Verdict(error, served=False, hold=hold, brief=hold is None)
    return Verdict(error)


def judge_failure(error: TransportError) -> Verdict:
    """Read an exchange without an answer: what was sent may still be at work and lock the key."""
    brief = error.sent != "no"
    return Verdict(error, answered=False, served=False, brief=brief)


def _too_large(response: Response) -> DecodeError:
    return DecodeError(
        "the answer is larger than max_response_bytes allows: ask for fewer fields or a smaller "
        "page_size, or raise the limit",
        sent="yes",
        status=response.status,
        request_id=response.request_id,
    )


def _said(response: Response) -> tuple[str | None, str | None, str | None, str | None]:
    """What the body says: a text, a code, a field and a request id, each None where it says none.

    v2 has an ``errortext``; the services on hosts of their own a ``request_id``, an ``error_code``
    and ``error_data``, which holds a ``message`` and, where it is about one, a ``field``.
    """
    if 300 <= response.status < 400:
        location = shown(response.headers.get("Location", "nowhere"))
        redirect = f"the server redirects to {location}, which is not followed with credentials"
        return f"{redirect}: check the base URL", None, None, None
    try:
        body, _ = parse(response.body, exact=False)
    except DecodeError:
        body = None
    if not is_object(body):
        return None, None, None, None
    text = body.get("errortext")
    if text is not None:
        return as_text(text), None, None, None
    code, request_id = _text_in(body, "error_code"), _text_in(body, "request_id")
    data = body.get("error_data")
    # Of an object in there, what is not foreseen stands behind what is.
    details = {"field": None, "message": None, **data} if is_object(data) else {"message": data}
    told = (code, *details.values())
    parts = [as_text(part) for part in told if part is not None and part != ""]
    return ": ".join(parts) or None, code, _text_in(details, "field"), request_id


def _text_in(values: Mapping[str, Any], name: str) -> str | None:
    """What is there under a name, as text; None where that is nothing."""
    value = values.get(name)
    return None if value is None or value == "" else as_text(value)


def _reset(headers: Mapping[str, str]) -> float | None:
    """Seconds until the slot ends: a delta, never an epoch; None where missing or unreadable."""
    text = headers.get("X-Rate-Limit-Reset")
    if text is None:
        # A proxy that limits by itself knows only the header that HTTP has for it.
        seconds = _retry_after(headers)
        return None if seconds is None else min(seconds, LONGEST_RESET)
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", text.strip(), re.ASCII):
        return None
    # A reset of (almost) 0 would be retried without a pause; the brief hold grows instead.
    seconds = min(float(text), LONGEST_RESET)
    return seconds if seconds >= SHORTEST_RESET else None


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that ``Retry-After`` names, by a number or a date; None where missing or unreadable.

    A moment that is past is none: the brief hold grows instead.
    """
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,15}", text, re.ASCII):
        return float(text) or None
    moment = _http_date(text)
    if moment is None:
        return None
    # By the server's own clock, where it tells its time: ours may be off.
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    seconds = (moment - now).total_seconds()
    return seconds if seconds > 0 else None


def _http_date(text: str) -> datetime | None:
    """A date as HTTP writes it; None where it is none."""
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
