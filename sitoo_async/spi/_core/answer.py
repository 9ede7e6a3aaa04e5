"""What goes back: a status, headers and bytes, and the bodies that tell errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sitoo_async._codec.codec import decode_raw
from sitoo_async._codec.json import encode
from sitoo_async.spi._core.refusal import Errors, Refusal, Unfit

__all__ = ["Answer", "as_json", "empty", "of_refusal", "of_unfit"]


class Answer(NamedTuple):
    """An answer; its repr does not show the body, which may be personal.

    Attributes:
        status: the HTTP status.
        headers: the headers by name, in lower case.
        body: the bytes.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as plain JSON values; None where there is none.

        Raises:
            DecodeError: it is no JSON, as no answer of this library is.
        """
        return decode_raw(self.body) if self.body else None

    def __repr__(self) -> str:
        return f"Answer(status={self.status}, {len(self.body)} bytes)"


def empty(status: int, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer without a body."""
    # RFC 9110: no length with a status that can't have a body.
    length = {} if status == 204 else {"content-length": "0"}
    return Answer(status, length | dict(headers or {}), b"")


def as_json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer of a plain JSON value.

    Raises:
        InvalidInputError: something in it has no JSON form.
    """
    body = encode(value)
    own = {"content-type": "application/json", "content-length": str(len(body))}
    return Answer(status, own | dict(headers or {}), body)


def of_unfit(
    errors: Errors, unfit: Unfit, request_id: str, headers: Mapping[str, str] | None = None
) -> Answer:
    """The answer to a request that can't be handed on, or that a handler failed at."""
    status, code = errors.told(unfit.finding)
    body = _body(code, unfit.message, unfit.field, request_id)
    return as_json(status, body, headers) if errors.body else empty(status, headers)


def of_refusal(errors: Errors, refusal: Refusal, request_id: str) -> Answer:
    """The answer to what a handler refused, with a code that the interface has."""
    status = refusal.status or errors.statuses[refusal.code]
    body = _body(refusal.code, refusal.message, refusal.field, request_id)
    return as_json(status, body) if errors.body else empty(status)


def _body(code: str, message: str, field: str | None, request_id: str) -> dict[str, Any]:
    data = {"message": message} if field is None else {"field": field, "message": message}
    return {"request_id": request_id, "error_code": code, "error_data": data}
