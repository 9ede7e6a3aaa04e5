"""How a verb of a collection becomes a walk: filters, fields, and which cursor."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any, Final, Literal, TypeVar

import attrs

from sitoo_async._checks.looking import Looking
from sitoo_async._checks.show import shown
from sitoo_async._checks.values import check_whole
from sitoo_async._codec.codec import decode_array, decode_page, last_row, next_of, select
from sitoo_async._http.messages import Request
from sitoo_async._http.services import divides
from sitoo_async._http.url import Kind, query_string
from sitoo_async._lane.batch_size import Pace
from sitoo_async._lane.retry import CALL_WITHIN, JOB_WITHIN
from sitoo_async._paging.cursor import Advance, AfterId, AtOnce, ByNext, ByOffset, P
from sitoo_async._paging.paginator import LARGEST_PAGE, PageOf, Paginator, Part
from sitoo_async.errors import (
    BadRequestError,
    InvalidInputError,
    printable,
)
from sitoo_async.models import Model
from sitoo_async.resources._operation import Operation
from sitoo_async.resources._page_sizes import by_halves, fitting
from sitoo_async.resources._single import At, Calls, reading

__all__ = [
    "PAGE_SIZE",
    "Listing",
    "NoFilters",
    "filter_kinds",
    "joined",
    "refuse_ignored",
    "selected",
]

M = TypeVar("M", bound=Model)

PAGE_SIZE: Final = 1000

_KINDS: Final[Mapping[Any, Kind]] = {
    int: "integer",
    bool: "boolean",
    datetime: "timestamp",
    Sequence[str]: "texts",
    Sequence[int]: "integers",
}


class NoFilters(typing.TypedDict, total=False):
    """The filters of a collection that has none."""


@cache
def filter_kinds(filters: type) -> Mapping[str, Kind]:
    """What a TypedDict of filters takes, read off its annotations."""
    return {name: _kind(hint) for name, hint in typing.get_type_hints(filters).items()}


def _kind(hint: Any) -> Kind:
    if typing.get_origin(hint) is Literal:
        return typing.get_args(hint)
    # An enumeration of integers is sent as its number.
    if isinstance(hint, type) and issubclass(hint, int) and hint is not bool:
        return "integer"
    # And one of texts as its text.
    if isinstance(hint, type) and issubclass(hint, str):
        return "text"
    if typing.get_origin(hint) is Sequence:
        (element,) = typing.get_args(hint)
        return "texts" if _kind(element) == "text" else "integers"
    return _KINDS[hint]


def refuse_ignored(filters: Mapping[str, Any], ignored: str, *, beside: Iterable[str]) -> None:
    """Refuse a filter that would not count: the answer would be to another question.

    Args:
        filters: what the caller filters on.
        ignored: the filter that Sitoo ignores, where there is
        beside: one of these.

    Raises:
        InvalidInputError: it is given together with one of them.
    """
    for stronger in beside:
        if ignored in filters and stronger in filters:
            raise InvalidInputError(
                f"Sitoo ignores {ignored} where {stronger} is given: leave one of them out",
                field=ignored,
            )


def joined(*parts: str) -> str:
    """A query of several parts, of which some may be empty."""
    return "&".join(part for part in parts if part)


@attrs.frozen
class Listing(Calls):
    """The verbs of collections."""

    def _list(
        self,
        operation: Operation,
        at: At,
        model: type[M],
        *,
        start: int,
        page_size: int,
        filters: Mapping[str, Any] | None = None,
        takes: type = NoFilters,
        fields: Sequence[str] | None = None,
        identifier: str | None = None,
        extra: str = "",
    ) -> Paginator[M]:
        """A collection that is counted.

        Args:
            operation: the operation.
            at: the path's parameters.
            model: what its rows are.
            start: the index of the first row.
            page_size: rows per request.
            filters: what the caller filters on.
            takes: the TypedDict of the filters that there are.
            fields: the fields to fetch.
            identifier: the least that can be asked for, where fields can be selected.
            extra: more of the query, such as the order of the rows.
        """
        asked = joined(query_string(filters or {}, filter_kinds(takes)), extra)
        selection = selected(model, fields)
        return self._walk(
            operation,
            at,
            model,
            start=check_whole("start", start, least=0),
            page_size=page_size,
            query=lambda start, num: joined(asked, f"start={start}&num={num}", selection),
            advance=ByOffset(),
            least=joined(asked, "start=0&num=1", f"fields={identifier}" if identifier else ""),
        )

    def _list_by_id(
        self,
        operation: Operation,
        at: At,
        model: type[M],
        *,
        identifier: str,
        since_id: int | None,
        sort: str | None,
        start: int | None,
        page_size: int,
        filters: Mapping[str, Any],
        takes: type,
        fields: Sequence[str] | None,
    ) -> Paginator[M]:
        """A collection that is walked by ascending id, unless `sort` or `start` is given.

        The newest rows come first by default, so a counted walk over a live collection would see
        rows shift; behind a known id nothing does (behaviour 5.3.16).
        """
        filters = dict(filters)
        if sort is not None or start is not None:
            if since_id is not None:
                raise InvalidInputError(
                    "since_id walks by ascending id: leave out sort and start", field="since_id"
                )
            with Looking("sort"):
                orders = (f"sort={name}" for name in (identifier, f"-{identifier}") if name == sort)
                extra = "" if sort is None else next(orders, None)
            if extra is None:
                raise InvalidInputError(
                    f"sort must be {identifier!r} or '-{identifier}', not {shown(sort)}",
                    field="sort",
                )
            return self._list(
                operation,
                at,
                model,
                start=0 if start is None else start,
                page_size=page_size,
                filters=filters,
                takes=takes,
                fields=fields,
                identifier=identifier,
                extra=extra,
            )
        lowest = filters.pop(f"{identifier}from", None)
        if lowest is not None and since_id is not None:
            raise InvalidInputError(
                f"since_id says the same as {identifier}from: give one of them", field="since_id"
            )
        since = 0 if since_id is None else check_whole("since_id", since_id, least=0)
        if lowest is not None:
            since = max(check_whole(f"{identifier}from", lowest, least=0) - 1, 0)
        asked = query_string(filters, filter_kinds(takes))
        selection = selected(model, fields)
        if fields is not None:
            # Without the id there is no next page.
            selection = selected(model, [*fields, identifier])

        def query(since: int, num: int, selection: str = selection) -> str:
            return joined(
                asked,
                f"{identifier}from={since + 1}",
                f"num={num}",
                f"sort={identifier}",
                selection,
            )

        return self._walk(
            operation,
            at,
            model,
            start=since,
            page_size=page_size,
            query=query,
            advance=AfterId(identifier, lambda body: last_row(body, identifier, int)),
            least=query(since, 1, f"fields={identifier}"),
        )

    def _list_by_next(
        self,
        operation: Operation,
        at: At,
        model: type[M],
        *,
        after: str | None,
        page_size: int,
        filters: Mapping[str, Any] | None = None,
        takes: type = NoFilters,
        extra: str = "",
        through: Callable[[Sequence[M | None]], Sequence[M | None]] | None = None,
    ) -> Paginator[M, str | None]:
        """A collection whose pages name the next one by a cursor, and that nobody counts.

        Args:
            operation: the operation.
            at: the path's parameters.
            model: what its rows are.
            after: the cursor of the first page; None begins at the beginning.
            page_size: rows per request.
            filters: what the caller filters on.
            takes: the TypedDict of the filters that there are.
            extra: more of the query, such as the order of the rows.
            through: gives of each page's rows those that the caller is to get, such as those that
                the caller does not have yet; None is a row too. It is called once for each page
                that is read, in the order of a walk, and by whatever else reads one.

        Raises:
            InvalidInputError: `after` is no cursor, or a filter can't be meant.
        """
        with Looking("after"):
            if after is not None and not (isinstance(after, str) and after):
                raise InvalidInputError(
                    f"after must be a cursor, as `next` of a page or `position` tells it, or None"
                    f" to begin at the beginning, not {shown(after)}",
                    field="after",
                )
            cursor = None if after is None else str.__str__(after)
        asked = joined(query_string(filters or {}, filter_kinds(takes)), extra)

        def query(cursor: str | None, num: int) -> str:
            behind = "" if cursor is None else query_string({"next": cursor})
            return joined(asked, f"num={num}", behind)

        return self._walk(
            operation,
            at,
            model,
            start=cursor,
            page_size=page_size,
            query=query,
            advance=ByNext(self._next_of(operation, at)),
            through=through,
        )

    def _next_of(self, operation: Operation, at: At) -> Callable[[bytes], str | None]:
        """What reads the cursor of the next page off an answer."""
        path = self._path(operation, at)
        return lambda body: reading(operation, path, lambda: next_of(body))

    def _whole(
        self,
        operation: Operation,
        at: At,
        model: type[M],
        *,
        filters: Mapping[str, Any] | None = None,
        takes: type = NoFilters,
        fields: Sequence[str] | None = None,
        bare: bool,
    ) -> Paginator[M]:
        """A collection that comes whole, as a bare array or in an envelope."""
        asked = joined(query_string(filters or {}, filter_kinds(takes)), selected(model, fields))
        return self._walk(
            operation,
            at,
            model,
            start=0,
            page_size=PAGE_SIZE,
            query=lambda _start, _num: asked,
            advance=AtOnce(),
            bare=bare,
        )

    def _walk(
        self,
        operation: Operation,
        at: At,
        model: type[M],
        *,
        start: P,
        page_size: int,
        query: Callable[[P, int], str],
        advance: Advance[P],
        bare: bool = False,
        least: str | None = None,
        through: Callable[[Sequence[M | None]], Sequence[M | None]] | None = None,
    ) -> Paginator[M, P]:
        """Any collection.

        Args:
            operation: the operation.
            at: the path's parameters.
            model: what its rows are.
            start: the cursor of the first page.
            page_size: rows per request.
            query: the query of a page, given its cursor and how many rows are wanted.
            advance: how a walk gets from page to page.
            bare: whether the rows come as a bare array, without an envelope.
            least: the query that tells the totalcount at the least cost.
            through: gives of each page's rows those that the caller is to get.
        """
        path = self._path(operation, at)
        read: Callable[..., tuple[list[M | None], int | None]] = (
            decode_array if bare else partial(decode_page, counted=advance.countable)
        )
        need = f"a page of {operation.collection}"

        page_size = check_whole("page_size", page_size, least=1, most=LARGEST_PAGE)
        pace = Pace(page_size, self.options.bulk_seconds)
        # Where the caller has no say in the size, a smaller page can't be asked for.
        sized = pace.aim is not None and advance.page_size is None
        divided = divides(operation.service)

        async def fetch(cursor: P, num: int, of: PageOf) -> bytes:
            asked = num

            def request(num: int) -> Request:
                nonlocal asked
                asked = num
                text = query(cursor, num)
                # Where it is asked for by halves, that takes the place of repeating it.
                return Request(
                    operation.method,
                    path,
                    query=text,
                    repeatable=not sized,
                    service=operation.service,
                    divisible=divided and num > 1,
                )

            within = CALL_WITHIN if of == "call" else JOB_WITHIN
            with self._session.open(self.options, bulk=of == "rest", within=within) as call:
                try:
                    ask = by_halves if sized else fitting
                    response = await ask(call, request, num, pace)
                except BadRequestError as error:
                    if isinstance(advance, ByNext) and cursor is not None:
                        _name_the_cursor(error, cursor)
                    raise
            body = reading(operation, path, lambda: response.content(need))
            return body if asked == num else Part.of(body, asked)

        def decode(body: bytes) -> tuple[Sequence[M | None], int | None]:
            strict, keep = self.options.strict, self.options.keep_unknown
            rows, told = reading(
                operation, path, lambda: read(body, model, strict=strict, keep_unknown=keep)
            )
            return rows if through is None else through(rows), told

        async def count() -> int | None:
            response = await self._send(operation, path, query=least or "")
            rows, told = decode(reading(operation, path, lambda: response.content(need)))
            return None if told is None or told < len(rows) else told

        return Paginator(
            fetch,
            decode,
            start=start,
            page_size=page_size,
            label=operation.collection,
            count=None if least is None else count,
            advance=advance,
            pace=pace,
        )


def _name_the_cursor(error: BadRequestError, cursor: object) -> None:
    """Say in a 400 that the request named a page by a cursor, which may be the reason."""
    hint = "a cursor holds only for the filters of the list that gave it"
    said = printable(error.message, 200)
    error.args = (f"{said}: the page was named by after={shown(cursor)}, and {hint}",)


def selected(model: type[Model], fields: Sequence[str] | None) -> str:
    """The part of a query that selects fields; empty where nothing is said of them."""
    return "" if fields is None else f"fields={select(model, fields)}"
