"""One call: how a verb that concerns one item becomes a request, and how its answer is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import attrs

from sitoo_async._codec.base import filled, present
from sitoo_async._codec.codec import decode_item, decode_value, writable
from sitoo_async._codec.fields import fields_of
from sitoo_async._codec.tolerant import Reading, Trail
from sitoo_async._http.messages import Request, Response, Twin
from sitoo_async._lane.options import Options
from sitoo_async._lane.session import Session
from sitoo_async.errors import DecodeError
from sitoo_async.models import Model
from sitoo_async.resources._items import Expected, accepted, one_item, update
from sitoo_async.resources._operation import Operation

__all__ = ["At", "Calls", "reading"]

M = TypeVar("M", bound=Model)
V = TypeVar("V")

At = Mapping[str, int | str]
"""The parameters of a path, but for the site."""


@attrs.frozen
class Calls:
    """A group of operations on one site.

    Attributes:
        _session: the way to the lane.
        options: what travels with each call.
        site: the eshopid that stands in the paths.
    """

    _session: Session = attrs.field(repr=False)
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
    ) -> Response:
        """One call, its answer as it came; `once` leaves an unknown outcome to the caller."""
        request = Request(
            operation.method,
            path,
            query=query,
            payload=payload,
            repeatable=operation.repeatable and not once,
            twin=twin,
            of_batch=operation.tells_apart is not None,
            service=operation.service,
        )
        return await self._session.call(request, self.options)

    async def _get(
        self,
        operation: Operation,
        at: At,
        model: type[M],
        *,
        query: str = "",
        named_by: Sequence[str] = (),
    ) -> M:
        """Fetch one item; `named_by` are the fields of which one is there, if not the usual."""
        path = self._path(operation, at)
        request = Request(
            operation.method,
            path,
            query=query,
            repeatable=operation.repeatable,
            service=operation.service,
        )
        response = await self._session.call(request, self.options)
        # Of a selection the fields that name the item need not be a part.
        selection = "fields=" in query
        hashable: Any = model  # which mypy doubts of a type
        names = () if selection else named_by or _names(hashable, tuple(at))
        return self._item(operation, path, response, model, names)

    async def _write(
        self,
        operation: Operation,
        at: At,
        payload: Any,
        read: Expected[V],
        *,
        query: str = "",
        once: bool = False,
    ) -> V:
        """Write, and read the plain value that comes back."""
        path = self._path(operation, at)
        twin = None if query or once else self._twin(operation, at, payload)
        sent = [payload] if operation.listed else payload
        response = await self._send(
            operation, path, query=query, payload=sent, once=once, twin=twin
        )
        if (response.empty or operation.ignored) and read.nothing is not None:
            return read.nothing
        return reading(
            operation,
            path,
            lambda: read.of(self._value(operation, response, read.need), self._reading(operation)),
            response,
        )

    async def _as_it_came(
        self, operation: Operation, at: At, payload: Any = None, *, query: str = ""
    ) -> Any:
        """Call an operation of whose answer the reference tells nothing: plain JSON, or None."""
        path = self._path(operation, at)
        response = await self._send(operation, path, query=query, payload=payload)
        if response.empty and operation.method != "GET":
            return None
        need = "what is there"
        return reading(operation, path, lambda: self._value(operation, response, need), response)

    def _value(self, operation: Operation, response: Response, need: str) -> Any:
        source = f"the answer to {operation.method} {operation.path}"
        return decode_value(response.content(need), strict=self.options.strict, source=source)

    def _reading(self, operation: Operation, root: Trail | None = None) -> Reading:
        source = f"the answer to {operation.method} {operation.path}"
        return Reading(strict=self.options.strict, source=source, root=root)

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
            whole=many.whole,
        )

    async def _write_item(
        self,
        operation: Operation,
        at: At,
        payload: Any,
        model: type[M],
        *,
        query: str = "",
        named_by: Sequence[str] = (),
        or_id: bool = False,
    ) -> M:
        """Write, and read the object that comes back.

        An update has done its work where nothing comes back; of the item only what the path names
        is known then. With `or_id`, the bare id will do, where no page prints the answer.
        """
        path = self._path(operation, at)
        response = await self._send(operation, path, query=query, payload=payload)
        hashable: Any = model  # as above
        names = named_by or _names(hashable, tuple(at))
        if response.empty and operation.method == "PUT":
            return filled(model, dict(zip(names, at.values(), strict=False)))
        if or_id:
            found = reading(operation, path, response.json, response)
            if isinstance(found, str) and found:
                return filled(model, {names[0]: found})
        return self._item(operation, path, response, model, names)

    def _item(
        self,
        operation: Operation,
        path: str,
        response: Response,
        model: type[M],
        names: Sequence[str] = (),
    ) -> M:
        """Read an object, which holds one of these fields, or where none are named any field."""
        try:
            body = response.content(f"a {model.__name__}")
            options = self.options
            item = decode_item(
                body, model, strict=options.strict, keep_unknown=options.keep_unknown
            )
        except DecodeError as error:
            _place(error, operation, path, response)
            raise
        if not _holds(item, names):
            lacks = f"no {' or '.join(names)}" if names else "none of its fields"
            wrong = DecodeError(f"the answer should be a {model.__name__} and holds {lacks}")
            raise _place(wrong, operation, path, response)
        return item

    async def _add(
        self,
        operation: Operation,
        at: At,
        model: type[Model],
        item: Model | None,
        values: Mapping[str, Any],
        *,
        read: Expected[V],
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
        if item is None and not values:
            self._path(operation, at)  # which tells if the item stands where its id belongs
        payload = update(model, item, values, at)
        return await self._write(operation, at, payload, accepted)

    async def _delete(self, operation: Operation, at: At) -> bool:
        return await self._write(operation, at, None, accepted)


def reading(
    operation: Operation, path: str, read: Callable[[], V], response: Response | None = None
) -> V:
    """Read an answer, and name its request in the error where it can't be read."""
    try:
        return read()
    except DecodeError as error:
        _place(error, operation, path, response)
        raise


def _place(
    error: DecodeError, operation: Operation, path: str, response: Response | None
) -> DecodeError:
    """Say in an error of which request the answer is that can't be read."""
    error.method, error.path, error.service = operation.method, path, operation.service
    error.status = error.status or (200 if response is None else response.status)
    if response is not None:
        error.request_id = response.request_id
    error.worsen("yes")
    return error


@cache
def _names(model: type[Model], parameters: tuple[str, ...]) -> Sequence[str]:
    """The fields that tell which item it is: those of the reference, or those of the path."""
    fields = fields_of(model)
    marked = [name for name, field in fields.items() if field.identifier]
    return marked or [name for name in parameters if name in fields]


def _holds(item: Model, names: Sequence[str]) -> bool:
    """Whether an item holds one of these fields, or where none are named any field."""
    for name in names:
        # A field may well be null or empty, but not what tells which item it is.
        if getattr(item, name, None):
            return True
    return not names and bool(present(item))
