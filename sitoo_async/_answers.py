"""The answer to a batch, item by item.

Sitoo answers 200 as long as it could read the batch; what became of an item stands in its own
result (reference: Introduction, "Batch operations").
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sitoo_async._show import as_text
from sitoo_async.errors import DecodeError

__all__ = ["errortext_of", "pause_before", "results_of", "statuscode_of"]

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0  # seconds


def results_of(answer: Any, expected: int, label: str) -> Sequence[Any]:
    """The results of a batch, in the order of its items.

    Raises:
        DecodeError: there are more or fewer of them than items.
    """
    if isinstance(answer, list):
        rows = cast("Sequence[Any]", answer)
        if len(rows) == expected:
            return rows
        got = f"{len(rows)}"
    elif expected == 1:
        # Where one object is sent, the reference answers with the bare id or `true`.
        bare = statuscode_of(answer) is None
        return [{"statuscode": 200, "return": answer} if bare else answer]
    else:
        got = f"a bare {type(answer).__name__}"
    raise DecodeError(
        f"{label}: {expected} items were sent, so the answer should be an array of"
        f" {expected} results, not {got}",
        sent="unknown",
    )


def statuscode_of(row: Any) -> int | None:
    """The status code of one result, or None where it is no result."""
    if not isinstance(row, Mapping):
        return None
    status = cast("Mapping[str, Any]", row).get("statuscode")
    return status if isinstance(status, int) and not isinstance(status, bool) else None


def errortext_of(row: Mapping[str, Any]) -> str | None:
    """Why an item failed, as its result says."""
    text = row.get("errortext")
    return None if text is None else as_text(text)


def pause_before(tries: int) -> float:
    """Seconds before an item that failed inside a 200 goes again, growing with its tries.

    The answer as a whole went well, so no hold of the lane paces it.
    """
    return min(_FIRST_PAUSE * 2.0 ** (tries - 1), _LONGEST_PAUSE)
