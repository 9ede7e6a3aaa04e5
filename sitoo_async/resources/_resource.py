"""What all resources share: how each verb of Sitoo's becomes a call. Said once, here.

The methods of a group keep their own honest signatures; their bodies are one call to one of
these.
"""

from __future__ import annotations

import typing
from collections.abc import (
    AsyncIterable,
    Callable,
    Collection,
    Iterable,
    Mapping,
    Sequence,
)
from datetime import datetime
from functools import cache
from typing import Any, Final, TypeVar, cast

import attrs

from sitoo_async._batch import Batch
from sitoo_async._call import Caller, Options
from sitoo_async._codec import decode_item, decode_page, decode_value, select, writable
from sitoo_async._pages import Paginator
from sitoo_async._wire import Kind, Operation, Request, query_string
from sitoo_async.errors import DecodeError, InvalidInputError
from sitoo_async.models import Model, set_fields

__all__ = ["Resource", "accepted", "added_id", "changed", "fields_of", "one_item"]

M = TypeVar("M", bound=Model)
V = TypeVar("V")

PAGE_SIZE: Final = 1000
CHUNK_SIZE: Final = 1000

_KINDS: Final[Mapping[Any, Kind]] = {
    str: "text",
    int: "integer",
    bool: "boolean",
    datetime: "timestamp",
    Sequence[str]: "texts",
    Sequence[int]: "integers",
}


@cache
def filter_kinds(filters: type) -> Mapping[str, Kind]:
    """What a TypedDict of filters takes, read off its annotations."""
    return {name: _KINDS[hint] for name, hint in typing.get_type_hints(filters).items()}


def added_id(value: object) -> int:
    """Read the bare id that adding one item answers with."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise DecodeError(f"an id was expected, not {value!r}", sent="yes")
    return value


def accepted(value: object) -> bool:
    """Read the bare ``true`` that a write answers with."""
    if value is not True:
        raise DecodeError(f"true was expected, not {value!r}", sent="yes")
    return True


@attrs.frozen
class Resource:
    """A group of operations on one site.

    Attributes:
        caller: the way to the lane.
        options: what travels with each call.
        site: the eshopid that stands in the paths.
    """

    caller: Caller = attrs.field(repr=False)
    options: Options = attrs.field(repr=False)
    site: int

    async def _send(
        self,
        operation: Operation,
        path: str,
        *,
        query: str = "",
        payload: Any = None,
        bulk: bool = False,
        once: bool = False,
    ) -> bytes:
        """One call, its body as it came; `once` leaves an unknown outcome to the caller."""
        request = Request(
            operation.method,
            path,
            query=query,
            payload=payload,
            repeatable=operation.repeatable and not once,
        )
        return (await self.caller.call(request, self.options, bulk=bulk)).body

    async def _get(self, operation: Operation, path: str, model: type[M]) -> M:
        body = await self._send(operation, path)
        strict = self.options.strict
        return _read(operation, path, lambda: decode_item(body, model, strict=strict))

    def _list(
        self,
        operation: Operation,
        path: str,
        model: type[M],
        *,
        filters: Mapping[str, Any],
        takes: type,
        fields: Sequence[str] | None,
        start: int,
        page_size: int,
        identifier: str,
        label: str,
    ) -> Paginator[M]:
        asked = query_string(filters, filter_kinds(takes))
        selection = None if fields is None else select(model, fields)

        def query(start: int, num: int, fields: str | None) -> str:
            parts = [asked] if asked else []
            parts.append(f"start={start}&num={num}")
            if fields is not None:
                parts.append(f"fields={fields}")
            return "&".join(parts)

        async def fetch(start: int, num: int, bulk: bool) -> bytes:  # noqa: FBT001  # one seam
            return await self._send(operation, path, query=query(start, num, selection), bulk=bulk)

        def decode(body: bytes) -> tuple[list[M], int]:
            strict = self.options.strict
            return _read(operation, path, lambda: decode_page(body, model, strict=strict))

        async def count() -> int:
            # One row of one field is the least that an envelope can be asked for.
            return decode(await self._send(operation, path, query=query(0, 1, identifier)))[1]

        return Paginator(fetch, decode, start=start, page_size=page_size, label=label, count=count)

    async def _write(
        self,
        operation: Operation,
        path: str,
        payload: Any,
        read: Callable[[Any], V],
        *,
        once: bool = False,
    ) -> V:
        body = await self._send(operation, path, payload=payload, once=once)
        return _read(operation, path, lambda: read(decode_value(body)))

    def _many(
        self,
        operation: Operation,
        path: str,
        items: Iterable[Any] | AsyncIterable[Any],
        *,
        prepare: Callable[[Any], Any],
        read: Callable[[Any], V],
        chunk_size: int,
        label: str,
    ) -> Batch[V]:
        async def send(chunk: list[Any], bulk: bool) -> Any:  # noqa: FBT001  # one seam
            # A chunk whose outcome is unknown is halved, not repeated as it is.
            body = await self._send(operation, path, payload=chunk, bulk=bulk, once=True)
            return _read(operation, path, lambda: decode_value(body))

        return Batch(
            send,
            items,
            prepare=prepare,
            read=read,
            chunk_size=chunk_size,
            repeatable=operation.repeatable,
            deletes=operation.method == "DELETE",
            label=label,
            policy=self.options.retry,
        )


def _read(operation: Operation, path: str, read: Callable[[], V]) -> V:
    """Read an answer, and name its request in the error where it can't be read."""
    try:
        return read()
    except DecodeError as error:
        error.method, error.path, error.status = operation.method, path, 200
        error.worsen("yes")
        raise


def one_item(
    model: type[Model], item: Model | Mapping[str, Any] | None, values: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The fields of a single write, given as a model, a mapping or keywords.

    Raises:
        InvalidInputError: both are given, or a model of another kind.
    """
    if item is None:
        return values
    if values:
        raise InvalidInputError(
            f"give a {model.__name__} or keywords, not both", field=next(iter(values))
        )
    return fields_of(model, item)


def fields_of(model: type[Model], item: object) -> Mapping[str, Any]:
    """The set fields of an item of a batch.

    Raises:
        InvalidInputError: it is neither such a model nor a mapping.
    """
    if isinstance(item, model):
        return set_fields(item)
    if isinstance(item, Mapping):
        return cast("Mapping[str, Any]", item)
    raise InvalidInputError(
        f"an item must be a {model.__name__} or a mapping of its fields, not {type(item).__name__}",
        field="item",
    )


def changed(
    model: type[Model],
    values: Mapping[str, Any],
    *,
    identifiers: Collection[str],
    named: Collection[str],
) -> dict[str, Any]:
    """A checked update, which must change something beyond naming its item.

    Args:
        model: what is updated.
        values: the fields given.
        identifiers: read-only fields that may stand among them.
        named: the fields that do no more here than name the item.

    Raises:
        InvalidInputError: nothing is set, or a field can't be sent.
    """
    checked = writable(model, values, identifiers=identifiers)
    if not checked.keys() - {*named}:
        raise InvalidInputError("the update sets no field: nothing would change", field="item")
    return checked
