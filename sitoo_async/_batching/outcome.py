"""What became of each input of a batch, and the one error for all that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Generic, TypeVar, overload

import attrs

from sitoo_async._records import Record
from sitoo_async.errors import BatchError, SitooError

__all__ = ["BatchResult", "Outcome", "batch_error", "summary"]

V_co = TypeVar("V_co", covariant=True)


@attrs.frozen
class Outcome(Record, Generic[V_co]):
    """What became of one input.

    Attributes:
        index: its place in the input, counted from 0.
        item: the input as it was given.
        status: its own status code in the answer; None where no answer told.
        value: what the operation gave for it, such as the new id; None where it failed.
        error: why it failed; its `sent` says whether the server may have done the work.
    """

    index: int
    item: Any
    status: int | None = None
    value: V_co | None = None
    error: SitooError | None = None

    @property
    def ok(self) -> bool:
        """Whether the item succeeded."""
        return self.error is None


@attrs.frozen(repr=False)
class BatchResult(Record, Sequence[Outcome[V_co]]):
    """One outcome per input, in input order.

    Attributes:
        outcomes: all of them.
    """

    outcomes: tuple[Outcome[V_co], ...]

    @overload
    def __getitem__(self, index: int) -> Outcome[V_co]: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Outcome[V_co], ...]: ...
    def __getitem__(self, index: int | slice) -> Outcome[V_co] | tuple[Outcome[V_co], ...]:
        return self.outcomes[index]

    def __len__(self) -> int:
        return len(self.outcomes)

    def __iter__(self) -> Iterator[Outcome[V_co]]:
        return iter(self.outcomes)

    @property
    def succeeded(self) -> tuple[Outcome[V_co], ...]:
        """The outcomes of the items that succeeded."""
        return tuple(outcome for outcome in self.outcomes if outcome.error is None)

    @property
    def failed(self) -> tuple[Outcome[V_co], ...]:
        """The outcomes of the items that failed."""
        return tuple(outcome for outcome in self.outcomes if outcome.error is not None)

    def raise_for_failures(self) -> None:
        """Do nothing if every item succeeded.

        Raises:
            BatchError: some failed. It carries this result; its `sent` is the worst of theirs and
                its cause the first of their errors.
        """
        failed = self.failed
        if failed:
            text = summary(len(self), len(failed), failed[0])
            raise batch_error(text, self) from failed[0].error

    def __repr__(self) -> str:
        failed = self.failed
        if not failed:
            return f"<BatchResult: all {len(self)} succeeded>"
        return f"<BatchResult: {summary(len(self), len(failed), failed[0])}>"


def summary(items: int, failures: int, first: Outcome[Any]) -> str:
    """One line that counts the failures and quotes the first."""
    # An InvalidInputError names its item already.
    text = str(first.error).removeprefix(f"item {first.index}: ")
    return f"{failures} of {items} items failed; the first is item {first.index}: {text}"


def batch_error(text: str, result: BatchResult[Any]) -> BatchError:
    """An error that carries a result; its `sent` is the worst of those of the items."""
    error = BatchError(text, result=result)
    for outcome in result.outcomes:
        if outcome.error is not None:
            error.worsen(outcome.error.sent)
    return error
