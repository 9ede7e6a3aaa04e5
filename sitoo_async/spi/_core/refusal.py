"""How a handler refuses, which codes an interface knows, and which status goes with each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

import attrs

from sitoo_async._checks.nearest import ANYTHING, did_you_mean
from sitoo_async._checks.show import shown, type_name
from sitoo_async._checks.values import is_a
from sitoo_async.errors import InvalidInputError

__all__ = ["BY_FIELD", "Code", "Errors", "Finding", "Refusal", "Unfit", "by_status"]

Code = Literal[
    "bad-gateway",
    "bad-request",
    "conflict",
    "field-missing",
    "field-readonly",
    "field-type",
    "field-unknown",
    "field-validation",
    "forbidden",
    "not-found",
    "other",
    "pin-invalid",
    "too-many-requests",
    "unauthorized",
    "unprocessable-entity",
]
"""Every `error_code` that some interface documents; which of them one has, its class says."""

Finding = Literal[
    "unauthorized", "not-found", "method", "too-large", "unreadable", "missing", "type", "failed",
    "late",
]  # fmt: skip
"""What the library finds by itself; how it is told, the interface says."""

_STATUSES: Final[Mapping[str, int]] = {
    "bad-gateway": 502,
    "bad-request": 400,
    "conflict": 409,
    "field-missing": 400,
    "field-readonly": 400,
    "field-type": 400,
    "field-unknown": 400,
    "field-validation": 400,
    "forbidden": 403,
    "not-found": 404,
    "other": 500,
    # Of the statuses that Discount Cards prints, the one for what the POS got wrong.
    "pin-invalid": 400,
    "too-many-requests": 429,
    "unauthorized": 401,
    "unprocessable-entity": 422,
}

# The status of each finding, and the codes that tell it, the fittest first.
_FINDINGS: Final[Mapping[Finding, tuple[int, tuple[str, ...]]]] = {
    "unauthorized": (401, ("unauthorized", "other")),
    "not-found": (404, ("not-found", "other")),
    "method": (405, ("bad-request", "other")),
    "too-large": (413, ("bad-request", "other")),
    "unreadable": (400, ("bad-request", "field-validation", "other")),
    "missing": (400, ("field-missing", "bad-request", "other")),
    "type": (400, ("field-type", "bad-request", "other")),
    "failed": (500, ("other", "bad-gateway")),
    "late": (500, ("other", "bad-gateway")),
}

_KNOWN: Final = dict.fromkeys(get_args(Code), ANYTHING)


class Refusal(Exception):  # noqa: N818  # a decision of the handler rather than an error of it
    """Raised by a handler, it is answered with an error that the interface documents.

    ::

        raise Refusal("not-found", "no such card")

    Where an interface has no codes of its own, such as Payment or CRM v1, the status that goes
    with the code is all that is answered. Nothing is logged.

    Attributes:
        code: the `error_code`. A code that the interface doesn't have is an error of the handler:
            it is logged, and answered as any other.
        message: what the POS may show; it is sent, so it holds no secret.
        field: the property that is at fault, where it is one, such as ``identifiers[0]``.
        status: the HTTP status; None for the one that goes with the code: 400 for the field codes,
            500 for ``other``.

    Raises:
        InvalidInputError: a code that no interface has, a text that is none, or a status below 400.
    """

    def __init__(
        self,
        code: Code,
        message: str = "",
        *,
        field: str | None = None,
        status: int | None = None,
    ) -> None:
        if not is_a(code, str) or code not in _KNOWN:
            hint = did_you_mean(code, _KNOWN) if is_a(code, str) else ""
            raise InvalidInputError(
                f"code {shown(code)} is none that an interface has{hint and f'; {hint}'}",
                field="code",
            )
        for name, text in (("message", message), ("field", field)):
            if text is not None and not is_a(text, str):
                raise InvalidInputError(f"{name} must be text, not {type_name(text)}", field=name)
        if status is not None and (not is_a(status, int) or not 400 <= status < 600):
            raise InvalidInputError(
                f"status must be one of an error, 400 to 599, not {shown(status)}", field="status"
            )
        # A text that was cut within a character has half of it left, which can't be sent.
        message, field = _sendable(message), None if field is None else _sendable(field)
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field
        self.status = status

    def __str__(self) -> str:
        return f"{self.code}: {self.message}".removesuffix(": ")

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.code, self.message), vars(self)


def _sendable(text: str) -> str:
    """A text with a question mark for each half of a surrogate pair, of which UTF-8 has none."""
    return text.encode(errors="replace").decode()


class Unfit(Exception):  # noqa: N818  # never leaves the core
    """What a request lacks or has wrong; it becomes an answer before a handler is called.

    Attributes:
        finding: what was found.
        message: the same in words, with the field, never with its value.
        field: the field, parameter or header.
    """

    def __init__(self, finding: Finding, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.finding: Finding = finding
        self.message = message
        self.field = field


@attrs.frozen
class Errors:
    """How one interface tells an error.

    Attributes:
        statuses: its codes, and the status that goes with each. There must be ``other`` or
            ``bad-gateway`` among them, for handlers that fail.
        body: whether a body tells more than the status: ``{request_id, error_code, error_data}``.
        late: the status for a handler that takes too long, where the interface has one for it;
            None for that of any failure.
    """

    statuses: Mapping[str, int]
    body: bool = True
    late: int | None = None

    def told(self, finding: Finding) -> tuple[int, str]:
        """The status and the code for something that the library found."""
        status, codes = _FINDINGS[finding]
        code = next(code for code in codes if code in self.statuses)
        if finding == "late" and self.late is not None:
            return self.late, code
        # A failure is told by the status that its code goes with.
        return (self.statuses[code] if status == 500 else status), code


def by_status(*codes: Code, body: bool = True, late: int | None = None) -> Errors:
    """The errors of an interface that has these codes, each with the status it is named after.

    Args:
        codes: the codes; for an interface that has none but statuses, those of its statuses.
        body: whether it has the documented error body.
        late: as in `Errors`.
    """
    return Errors({code: _STATUSES[code] for code in codes}, body, late)


BY_FIELD: Final = by_status(
    "field-missing", "field-unknown", "field-readonly", "field-type", "field-validation", "other"
)
"""The errors of RFID, which Insurance, Recommendations and Tax Free are taken to share."""
