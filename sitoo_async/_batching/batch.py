"""How a batch takes its items in and hands its outcomes out: what `*_many(...)` returns.

A batch operation is no transaction: the answer is 200 while each item has a status code of its own
(reference: Introduction, "Errors in batch calls"). So a batch here gives one outcome per input, in
input order, whatever happens to the requests: refused items, lost answers, a key that is no longer
valid. Large requests may die with a 50x; the reference then recommends a smaller batch, and so the
chunk is halved where repeating does no harm, and later chunks are smaller either way.

These modules know neither HTTP nor the lane: they are given a function that opens a chunk. Here
are the reading of the input and the two ways of using a batch; `chunk` brings one chunk to its
outcomes, `outcome` is what the user gets.
"""

from __future__ import annotations

import logging
import warnings
from collections import deque
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
    Sized,
)
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Self, TypeVar, cast, get_args

from sitoo_async._batching.chunk import Entry, OpenChunk, Sending, not_sent
from sitoo_async._batching.outcome import BatchResult, Outcome, batch_error, summary
from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown, told, type_name
from sitoo_async._checks.values import check_whole
from sitoo_async._lane.batch_size import Pace
from sitoo_async.errors import InvalidInputError, InvalidRow, SitooError, copy_of, printable

if TYPE_CHECKING:
    from sitoo_async._lane.retry import RetryPolicy

__all__ = ["Batch", "BatchResult", "Invalid", "Outcome"]

V = TypeVar("V")

Invalid = Literal["raise", "outcome"]
"""What becomes of items that can't be sent: an error of the batch, or failed outcomes."""

_LARGEST_CHUNK = 5000  # the top of what the reference calls good practice
_FIRST_ROWS = 3  # that a text quotes of those that can't be sent
_END = object()

_log = logging.getLogger("sitoo_async")


class Batch(AsyncIterator[Outcome[V]]):
    """Many items for one operation, sent in chunks; nothing is sent before you await or iterate.

    ::

        result = await sitoo.products.update_many(changes)  # one outcome per input
        result.raise_for_failures()

        async for outcome in sitoo.products.update_many(stream()):  # chunk by chunk
            ...

    A list, or anything else with a length, is checked whole before anything is sent. Of a stream (a
    generator, an async iterable) only one chunk is held, and sent when it is full or the stream
    ends.

    What becomes of items that can't be sent, `invalid` says:

    - ``"raise"``, the default for a list: an `InvalidInputError` names all of them in its `rows`,
      and nothing is sent. A stream ends at the first one: what was read before it is sent, then
      the await raises a `BatchError` with the outcomes so far, caused by the `InvalidInputError`;
      an iteration gives those outcomes and raises the `InvalidInputError`.
    - ``"outcome"``, the default for a stream: they become failed outcomes, the rest is sent.

    Other than that the await does not raise for what happens to items or requests: the outcomes
    tell. A chunk that got no connection, or no turn in time, fails alone; after one that got no
    turn, the next is sent after a pause. An error that would strike every further chunk alike (a
    wrong password, a closed client, a second chunk in a row that got no connection for as long as
    its policy says) stops the sending: the rest of a list gets outcomes that say so; a stream,
    which may be endless, is read no further.

    Where two chunks in a row have used up the time of their policy without an answer that helps,
    those that follow are sent once each, until one is served.

    An exception that nobody foresaw, such as a fault of this library, stops the sending too. It is
    the cause of the items' errors, and is logged at ERROR with its traceback. A cancellation, or
    what the stream itself raises, comes out of the await; `outcomes` then holds one for each item
    that was read.

    A chunk is one call, however often it is cut up and sent again: `deadline` and `queue_timeout`
    hold for each chunk as a whole, and a client that drains finishes the chunk under way.

    A batch runs once. Awaited again, it gives the same result. It is either awaited or iterated:
    one left half done (a `break`, a cancellation) can be iterated further only if it was left
    between two outcomes; all else is a `RuntimeError`. After a whole iteration the await gives the
    result for a list, but not for a stream, whose outcomes are not kept.

    Args:
        open_chunk: opens a chunk for sending; see `OpenChunk`.
        items: the input.
        prepare: checks one input and gives what is sent for it, or raises InvalidInputError.
        read: turns the `return` of one result into the value of its outcome.
        chunk_size: items per request, 1 to 5000.
        invalid: what becomes of items that can't be sent; None is the default for such an input.
        repeatable: whether sending an item twice does no harm.
        deletes: whether an item that is gone is what was wanted.
        label: the operation's name, for texts.
        policy: for how long a chunk, or an item of it, is tried.
        seconds: how long a request is to take; None keeps chunks as large as `chunk_size`.
        ends_at: the moment by which all chunks have to be over, in loop time; None for never.
        strict: whether what is not of its documented type is an error.
        whole: whether one bare value may answer for all items of a request.

    Raises:
        InvalidInputError: `chunk_size` is out of its range, `invalid` is another word, or `items`
            is a single item.
    """

    def __init__(
        self,
        open_chunk: OpenChunk,
        items: Iterable[Any] | AsyncIterable[Any],
        *,
        prepare: Callable[[Any], Any],
        read: Callable[[Any], V],
        chunk_size: int,
        repeatable: bool,
        deletes: bool,
        label: str,
        policy: RetryPolicy,
        invalid: Invalid | None = None,
        seconds: float | None = None,
        ends_at: float | None = None,
        strict: bool = False,
        whole: bool = False,
    ) -> None:
        chunk_size = check_whole("chunk_size", chunk_size, least=1, most=_LARGEST_CHUNK)
        _check_items(items)
        _check_invalid(invalid)
        self._items = items
        self._invalid: Invalid | None = invalid
        self._raises = invalid == "raise"
        self._prepare = prepare
        self._label = label
        pace = Pace(chunk_size, seconds)
        self._sending = Sending(
            open_chunk,
            read,
            policy,
            repeatable,
            deletes,
            label,
            pace,
            ends_at,
            strict,
            whole,
        )
        self._touched = False  # whether anybody asked for an outcome
        self._awaited = False
        self._begun = False
        self._finished = False
        self._busy = False
        # The input, where it has a length; what can't be sent has its outcome already.
        self._whole: list[Entry | Outcome[V]] | None = None
        self._source: Iterator[Any] | AsyncIterator[Any] = iter(())  # the input, where it has none
        self._count = 0  # inputs read
        self._sent = False  # whether a chunk has gone out
        self._found: dict[int, Outcome[V]] = {}  # of the chunk at hand, by index
        self._kept: list[Outcome[V]] = []  # of the chunks before
        self._ready: deque[Outcome[V]] = deque()  # not handed out yet
        self._failures = 0
        self._first_failure: Outcome[V] | None = None
        self._refusal: InvalidInputError | None = None  # of the item that ended the stream
        self._cut_short: SitooError | None = None  # for an exception that got out
        self._result: BatchResult[V] | None = None

    @property
    def outcomes(self) -> tuple[Outcome[V], ...]:
        """What is known so far.

        After an exception out of the await, such as a cancellation or one of the stream's own,
        each item that was read has its outcome: those in flight an error whose `sent` is
        ``"unknown"``, the rest one that says that they were not sent. Of a stream that is iterated
        these are only the outcomes of the chunk at hand.
        """
        known = (*self._kept, *self._settled())
        if self._cut_short is None or self._whole is None:
            return known
        unsent = not_sent(f"the batch had to stop: {self._cut_short.message}", self._cut_short)
        rest = self._whole[self._count :]
        return (
            *known,
            *(
                Outcome(each.index, each.item, error=copy_of(unsent))
                if isinstance(each, Entry)
                else each
                for each in rest
            ),
        )

    def __await__(self) -> Generator[Any, Any, BatchResult[V]]:
        return self._gather().__await__()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Outcome[V]:
        if self._awaited:
            raise RuntimeError(
                f"{self._label}: this batch was awaited; iterate the result of the await"
            )
        if not self._begun:
            self._begin()
        if not self._ready and not self._finished:
            self._ready.extend(await self._chunk())
        if not self._ready:
            raise StopAsyncIteration
        outcome = self._ready.popleft()
        if self._refusal is not None and outcome.error is self._refusal:
            raise _refusal([_row(self._refusal)], self._refusal, self._count)
        return outcome

    if not TYPE_CHECKING:  # pragma: no branch  # checkers are to refuse a plain `for` themselves

        def __iter__(self) -> NoReturn:
            raise TypeError(
                "a Batch is asynchronous: use `async for outcome in batch`,"
                " or iterate the result of `await batch`"
            )

    async def _gather(self) -> BatchResult[V]:
        if not self._finished:
            if self._begun:
                raise RuntimeError(
                    f"{self._label}: this batch is under way or was left half done;"
                    " see its `outcomes`, and make a new batch for the rest"
                )
            self._begin()
            self._awaited = True
            while not self._finished:
                await self._chunk()
        if self._result is None:
            raise RuntimeError(
                f"{self._label}: the outcomes of this stream were handed out one by one, not kept"
            )
        if self._refusal is not None:
            done = len(self._result.succeeded)
            raise batch_error(
                f"the batch ended at {self._refusal} ({done} of the {self._count - 1} items before"
                " it succeeded)",
                self._result,
            ) from _refusal([_row(self._refusal)], self._refusal, self._count)
        return self._result

    def _begin(self) -> None:
        self._touched = True
        items = self._items
        if isinstance(items, AsyncIterable):
            self._source = aiter(items)
        elif _has_length(items):
            self._raises = self._invalid != "outcome"
            self._whole = self._all_checked(items)
        else:
            self._source = iter(items)
        self._begun = True

    def _all_checked(self, items: Iterable[Any]) -> list[Entry | Outcome[V]]:
        """The whole input; raises for all that can't be sent at once, where that is to raise."""
        whole: list[Entry | Outcome[V]] = []
        rows: list[InvalidRow] = []
        first: InvalidInputError | None = None
        for index, item in enumerate(items):
            checked = self._checked(index, item)
            if isinstance(checked, Entry):
                whole.append(checked)
            elif self._raises:
                # Of a million bad rows only the texts are kept.
                rows.append(_row(checked))
                first = first or checked
            else:
                whole.append(Outcome(index, item, error=checked))
        if first is not None:
            raise _refusal(rows, first, len(whole) + len(rows))
        return whole

    def _checked(self, index: int, item: Any) -> Entry | InvalidInputError:
        """An item ready to be sent, or why it can't be."""
        try:
            with Looking("item"):
                return Entry(index, item, self._prepare(item))
        except InvalidInputError as error:
            error.index = index
            return copy_of(error)

    async def _chunk(self) -> list[Outcome[V]]:
        """Read and send the next chunk; no outcomes are the end."""
        if self._busy:
            raise RuntimeError(
                f"{self._label}: another task is running this batch, or an exception cut it short"
            )
        # It stays so if an exception gets out: what the chunk came to is not known then.
        self._busy = True
        self._found = {}
        entries: list[Entry] = []
        try:
            await self._take(entries)
            if entries:
                await self._sending.chunk(entries, self._found, bulk=self._sent)
                self._sent = True
        except BaseException as error:
            self._cut_short = SitooError(f"it was cut short by {told(error)}")
            self._sending.abandon(entries, self._found, self._cut_short)
            raise
        outcomes = self._settled()
        for outcome in outcomes:
            if outcome.error is not None:
                self._failures += 1
                self._first_failure = self._first_failure or outcome
        if self._awaited or self._whole is not None:
            self._kept += outcomes
            self._found = {}
        if not outcomes or self._refusal is not None:
            self._finish()
        self._busy = False
        return outcomes

    async def _take(self, entries: list[Entry]) -> None:
        """Read as many inputs as a chunk holds; those that break a rule are settled at once."""
        size = self._sending.pace.size
        if self._whole is not None:
            for each in self._whole[self._count : self._count + size]:
                self._count += 1
                if isinstance(each, Entry):
                    entries.append(each)
                else:
                    self._found[each.index] = each
            return
        if self._sending.fatal is not None:
            return
        for _ in range(size):
            source = self._source
            if isinstance(source, AsyncIterator):
                item = await anext(source, _END)
            else:
                item = next(source, _END)
            if item is _END:
                break
            index = self._count
            self._count += 1
            checked = self._checked(index, item)
            if isinstance(checked, Entry):
                entries.append(checked)
                continue
            self._found[index] = Outcome(index, item, error=checked)
            if self._raises:
                self._refusal = checked
                break

    def _settled(self) -> list[Outcome[V]]:
        return [self._found[index] for index in sorted(self._found)]

    def _finish(self) -> None:
        self._finished = True
        if self._awaited or self._whole is not None:
            self._result = BatchResult(tuple(self._kept))
        if self._first_failure is not None:
            text = summary(self._count, self._failures, self._first_failure)
            _log.warning("%s: %s", self._label, text)

    def __repr__(self) -> str:
        if not self._begun:
            return f"<Batch {self._label}: not started, await it>"
        known = self._count if self._finished else len(self.outcomes)
        failures = self._failures
        state = "finished" if self._finished else "under way"
        if self._cut_short is not None:
            state = "cut short"
            failures += sum(
                outcome.error is not None for outcome in self.outcomes[len(self._kept) :]
            )
        return f"<Batch {self._label}: {state}, {known} outcomes, {failures} failed>"

    def __del__(self) -> None:
        # As for a coroutine: a forgotten `await` on a write must not go unnoticed.
        if not getattr(self, "_touched", True):
            warnings.warn(
                f"{self._label}: this batch was never awaited, nothing was sent",
                RuntimeWarning,
                stacklevel=2,
                source=self,
            )


def _check_items(items: Any) -> None:
    """Refuse what is one item, or text, where many are meant."""
    given = type_name(items)
    with Looking("items"):
        many = isinstance(items, (Iterable, AsyncIterable))
        if many and not isinstance(items, (str, bytes, bytearray, memoryview, Mapping)):
            return
    raise InvalidInputError(
        f"items must be a list or another iterable of items, not {given};"
        " put a single item into a list: [item]",
        field="items",
    )


def _has_length(items: Iterable[Any]) -> bool:
    """Whether it can be read whole; a wrapper around a stream, such as a progress bar, can't."""
    try:
        len(cast("Sized", items))
    except Exception:  # noqa: BLE001  # whatever it raises, it has none
        return False
    return True


def _check_invalid(invalid: object) -> None:
    with Looking("invalid"):
        if invalid is not None and invalid not in get_args(Invalid):
            raise InvalidInputError(
                f'invalid must be "raise", "outcome" or None, not {shown(invalid)}', field="invalid"
            )


def _row(error: InvalidInputError) -> InvalidRow:
    return InvalidRow(cast("int", error.index), printable(error.message))


def _refusal(rows: Sequence[InvalidRow], first: InvalidInputError, items: int) -> InvalidInputError:
    """The error for the items that can't be sent, of which `first` is the first."""
    error = copy_of(first)
    error.rows = tuple(rows)
    if len(rows) > 1:
        quoted = [f"item {row.index}: {printable(row.reason, 100)}" for row in rows[:_FIRST_ROWS]]
        if len(rows) > _FIRST_ROWS:
            quoted.append("… (all of them are in `rows`)")
        error.args = (f"{len(rows)} of {items} items can't be sent; {'; '.join(quoted)}",)
    return error
