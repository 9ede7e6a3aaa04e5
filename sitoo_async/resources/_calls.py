"""One call: how a verb that concerns one item becomes a request, and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import attrs

from sitoo_async._caller import Caller
from sitoo_async._codec import decode_item, decode_value, writable
from sitoo_async._operation import Operation
from sitoo_async._options import Options
from sitoo_async._wire import Request, Twin
from sitoo_async.errors import DecodeError
from sitoo_async.models import Model
from sitoo_async.resources._items import accepted, one_item, update

__all__ = ["At", "Calls", "reading"]

M = TypeVar("M", bound=Model)
V = TypeVar("V")

At = Mapping[str, int | str]
"""The parameters of a path, but for the site."""


@attrs.frozen
class Calls:
    """A group of operations on one site.

    Attributes:
        caller: the way to the lane.
        options: what travels with each call.
        site: the eshopid that stands in the paths.
    """

    caller: Caller = attrs.field(repr=False)
    options: Options = attrs.field(repr=False)
    site: int

    def _path(self, operation: Operation, at: At) -> str:
        # The reference spells the site in two ways.
        return operation.at(siteid=self.site, site_id=self.site, **at)

    async def _send(
        self,
        operation: Operation,
        path: str,
        *,
        query: str = "",
        payload: Any = None,
        once: bool = False,
        twin: Twin | None = None,
    ) -> bytes:
        """One call, its body as it came; `once` leaves an unknown outcome to the caller."""
        request = Request(
            operation.method,
            path,
            query=query,
            payload=payload,
            repeatable=operation.repeatable and not once,
            twin=twin,
        )
        return (await self.caller.call(request, self.options)).body

    async def _get(self, operation: Operation, at: At, model: type[M], *, query: str = "") -> M:
        path = self._path(operation, at)
        return self._item(operation, path, await self._send(operation, path, query=query), model)

    async def _write(
        self,
        operation: Operation,
        at: At,
        payload: Any,
        read: Callable[[Any], V],
        *,
        query: str = "",
        once: bool = False,
    ) -> V:
        """Write, and read the plain value that comes back."""
        path = self._path(operation, at)
        twin = None if query or once else self._twin(operation, at, payload)
        body = await self._send(operation, path, query=query, payload=payload, once=once, twin=twin)
        return reading(operation, path, lambda: read(decode_value(body)))

    def _twin(self, operation: Operation, at: At, payload: Any) -> Twin | None:
        """How a write may leave together with others that wait."""
        many = operation if operation.tells_apart is not None else operation.many
        if many is None or not self.options.coalesce:
            return None
        # What the path named, and the path of the many does not, the item has to name.
        named = {
            name: str.__str__(value) if isinstance(value, str) else value
            for name, value in at.items()
            if f"{{{name}}}" not in many.path
        }
        at = {name: value for name, value in at.items() if name not in named}
        item: dict[str, Any] = named | dict(payload or {})
        names = operation.tells_apart or tuple(named)
        touched = {name: item[name] for name in names if name in item}
        return Twin(
            many.method,
            self._path(many, at),
            item,
            # The case of letters does not tell two skus apart.
            frozenset((name, str(value).casefold()) for name, value in touched.items()),
        )

    async def _write_item(
        self,
        operation: Operation,
        at: At,
        payload: Any,
        model: type[M],
        *,
        query: str = "",
    ) -> M:
        """Write, and read the object that comes back."""
        path = self._path(operation, at)
        body = await self._send(operation, path, query=query, payload=payload)
        return self._item(operation, path, body, model)

    def _item(self, operation: Operation, path: str, body: bytes, model: type[M]) -> M:
        strict = self.options.strict
        return reading(operation, path, lambda: decode_item(body, model, strict=strict))

    async def _add(
        self,
        operation: Operation,
        at: At,
        model: type[Model],
        item: Model | None,
        values: Mapping[str, Any],
        *,
        read: Callable[[Any], V],
        query: str = "",
    ) -> V:
        payload = writable(model, one_item(model, item, values), required=True)
        return await self._write(operation, at, payload, read, query=query)

    async def _update(
        self,
        operation: Operation,
        at: At,
        model: type[Model],
        item: Model | None,
        values: Mapping[str, Any],
    ) -> bool:
        payload = update(model, item, values, at)
        return await self._write(operation, at, payload, accepted)

    async def _delete(self, operation: Operation, at: At) -> bool:
        return await self._write(operation, at, None, accepted)


def reading(operation: Operation, path: str, read: Callable[[], V]) -> V:
    """Read an answer, and name its request in the error where it can't be read."""
    try:
        return read()
    except DecodeError as error:
        error.method, error.path, error.status = operation.method, path, 200
        error.worsen("yes")
        raise
