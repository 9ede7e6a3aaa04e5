"""What became of each item of a batch, read from one answer.

Sitoo answers 200 as long as it could read the batch; what became of an item stands in its own
result (reference: Introduction, "Batch operations").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import attrs

from sitoo_async._checks.show import as_text
from sitoo_async._codec.json import is_object, json_name
from sitoo_async._codec.tolerant import Reading
from sitoo_async.errors import DecodeError

__all__ = ["Result", "results_of"]


@attrs.frozen
class Result:
    """What became of one item of a batch.

    Attributes:
        status: its own status code.
        returned: what it is answered with where it succeeded, such as an id.
        errortext: why it failed.
        unreadable: the error where it has no status code, so that nothing is known of it.
    """

    status: int
    returned: Any = None
    errortext: str | None = None
    unreadable: DecodeError | None = None


def results_of(
    answer: Any, expected: int, label: str, *, whole: bool = False, strict: bool = False
) -> Sequence[Result]:
    """The results of a batch, in the order of its items.

    Args:
        answer: the whole answer, as plain JSON.
        expected: how many items were sent.
        label: the batch's name, for texts.
        whole: whether one bare value may stand for what each item is answered with.
        strict: whether what is not of its documented type is an error.

    Raises:
        DecodeError: there are more or fewer of them than items.
    """
    reading = Reading(strict=strict, source=f"{label}: the answer")
    rows = reading.elements(answer)
    if rows is not None and len(rows) == expected:
        return [_result(row, index, label, reading) for index, row in enumerate(rows)]
    if rows is None and expected == 1 and answer is not None:
        # Where one object is sent, the reference answers with the bare id or `true`.
        bare = not (is_object(answer) and "statuscode" in answer)
        return [Result(200, answer) if bare else _result(answer, 0, label, reading)]
    if whole and rows is None and answer is not None and not is_object(answer):
        return [Result(200, answer)] * expected
    got = json_name(answer) if rows is None else f"{len(rows)}"
    raise DecodeError(
        f"{label}: {expected} items were sent, so the answer should be an array of"
        f" {expected} results, not {got}",
        sent="unknown",
    )


def _result(row: Any, index: int, label: str, reading: Reading) -> Result:
    try:
        status = reading.statuscode(row, index)
    except DecodeError as error:
        return Result(0, unreadable=error)
    if status is None:
        return Result(0, unreadable=DecodeError(f"{label}: a result without statuscode"))
    result = cast("dict[str, Any]", row)
    text = result.get("errortext")
    return Result(status, result.get("return"), None if text is None else as_text(text))
