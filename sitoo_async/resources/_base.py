"""What all resources share, and how a verb of many items becomes a batch.

The methods of a group keep their own honest signatures; their bodies are one call to one of the
verbs of `Resource`: of one item (`Calls`), of a collection (`Listing`), or of many items (here).
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Callable, Generator, Iterable, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, Literal, TypeVar

import attrs

from sitoo_async._batching.batch import Batch, Invalid
from sitoo_async._batching.chunk import SendPiece
from sitoo_async._codec.codec import decode_value
from sitoo_async._http.messages import Request
from sitoo_async._lane.retry import JOB_WITHIN, Trouble
from sitoo_async.models import Model
from sitoo_async.resources._collection import PAGE_SIZE, Listing, NoFilters, joined
from sitoo_async.resources._items import Expected, addition, deletion, named_update
from sitoo_async.resources._operation import Operation
from sitoo_async.resources._single import At, reading

__all__ = ["CHUNK_SIZE", "PAGE_SIZE", "At", "NoFilters", "Resource", "joined", "reading"]

V = TypeVar("V")

CHUNK_SIZE: Final = 1000

Verb = Literal["add", "update", "set", "delete"]

_SENT: Final[Mapping[Verb, Callable[..., Any]]] = {
    "add": addition,
    "set": addition,
    "update": named_update,
    "delete": deletion,
}
"""What makes of an item what is sent for it."""


@attrs.frozen
class Resource(Listing):
    """A group of operations on one site."""

    def _many(
        self,
        verb: Verb,
        operation: Operation,
        at: At,
        model: type[Model],
        items: Iterable[Any] | AsyncIterable[Any],
        *,
        read: Expected[V],
        chunk_size: int,
        invalid: Invalid | None,
        prepare: Callable[[Any], Any] | None = None,
        **named: Any,
    ) -> Batch[V]:
        """Do the same to many items, in chunks.

        Args:
            verb: what is done to them.
            operation: the operation that takes many.
            at: the path's parameters.
            model: what the items are.
            items: as they were given.
            read: what each is answered with.
            chunk_size: items a request at the most.
            invalid: what becomes of an item that can't be sent.
            prepare: makes of an item what is sent for it, where that is not the verb's way.
            **named: what the verb's way needs beside the model.
        """
        path = self._path(operation, at)
        strict = self.options.strict
        returned = self._reading(operation, (None, "return"))

        @contextmanager
        def open_chunk(bulk: bool) -> Generator[SendPiece, None, None]:  # noqa: FBT001  # one seam
            with self._session.open(self.options, bulk=bulk, within=JOB_WITHIN) as call:

                async def send(
                    piece: list[Any], pause: float, trouble: Trouble
                ) -> tuple[Any, float]:
                    # Not repeatable here: what has an unknown outcome is halved, not repeated.
                    request = Request(
                        operation.method, path, payload=piece, service=operation.service
                    )
                    response = await call.send(request, pause=pause, trouble=trouble)
                    answer = reading(
                        operation,
                        path,
                        lambda: decode_value(
                            response.content(f"the results of {len(piece)} items"), strict=strict
                        ),
                        response,
                    )
                    return answer, response.elapsed

                yield send

        return Batch(
            open_chunk,
            items,
            prepare=prepare or partial(_SENT[verb], model, **named),
            read=lambda value: read.of(value, returned),
            chunk_size=chunk_size,
            invalid=invalid,
            repeatable=operation.repeatable,
            deletes=operation.method == "DELETE",
            label=f"{operation.collection}.{verb}_many",
            policy=self.options.retry,
            seconds=self.options.bulk_seconds,
            ends_at=self.options.ends_at,
            strict=strict,
            whole=operation.whole,
        )
