"""What a fake POS has to say of an answer, and the error that says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

if TYPE_CHECKING:
    from multidict import CIMultiDict

__all__ = ["ContractError", "Finding", "PosAnswer"]


@attrs.frozen
class Finding:
    """Something about an answer that is not as the reference has it.

    Attributes:
        place: where: ``status``, ``header``, ``body``, ``time``, or the path of a field, such as
            ``items[0].name``.
        text: what it is; it never tells values.
        breaks: whether it breaks what is documented. What doesn't is worth a look: a field that
            no page knows, an answer after a second, a type that is only inferred.
    """

    place: str
    text: str
    breaks: bool = True

    def __str__(self) -> str:
        return f"{self.place} {self.text}"


@attrs.frozen(kw_only=True)
class PosAnswer:
    """What a partner's server answered to a call of the POS.

    Attributes:
        service: the interface, such as ``spi-payment``.
        operation: the operation.
        method: the HTTP method.
        path: the path as it was sent, with its query.
        request_id: what went as ``Request-ID``; None where the interface has no such header.
        status: the status; None: there was no answer.
        headers: the headers; names in any case.
        body: the body, as it came.
        json: the body as plain JSON values; None where it is none.
        seconds: how long it took.
        findings: what is not as the reference has it.
    """

    service: str
    operation: str
    method: str
    path: str = attrs.field(repr=False)
    request_id: str | None
    status: int | None
    headers: CIMultiDict[str] = attrs.field(repr=False)
    body: bytes = attrs.field(repr=False)
    json: Any = attrs.field(repr=False)
    seconds: float
    findings: list[Finding]

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return self.status is not None and 200 <= self.status < 300


class ContractError(AssertionError):
    """An answer breaks what is documented.

    Attributes:
        answer: the answer, with all findings.
    """

    def __init__(self, answer: PosAnswer) -> None:
        broken = [each for each in answer.findings if each.breaks]
        place = f"{answer.service}, {answer.operation} ({answer.method} {_path(answer)})"
        super().__init__(f"{place}: {'; '.join(map(str, broken))}")
        self.answer = answer


def _path(answer: PosAnswer) -> str:
    # Without its query, which may hold a PIN.
    return answer.path.partition("?")[0]
