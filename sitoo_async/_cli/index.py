"""The index of operations: every operation of the reference, and how it is called here.

Those of v2 and of the services with hosts of their own are methods of a client; those of the
interfaces are called by Sitoo, and are methods to implement.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib import import_module
from itertools import groupby
from typing import Any, cast

import attrs

from sitoo_async._cli.services import public_names
from sitoo_async._codec.evidence import Confidence
from sitoo_async._groups import GROUPS
from sitoo_async._lane.options import Options
from sitoo_async.resources._base import Resource
from sitoo_async.resources._operation import (
    Evidence,
    Operation,
    UnknownOperation,
    operation_of,
)
from sitoo_async.spi._core.service import Service

__all__ = [
    "Entry",
    "aligned",
    "answered",
    "as_json",
    "as_markdown",
    "as_table",
    "index",
    "operations",
]


@attrs.frozen
class Entry:
    """One operation.

    Attributes:
        service: ``v2``, a service with a host of its own, or an interface (``spi-payment``).
        name: its name in the reference; None of v2, where the path says as much.
        method: the HTTP method; None where it is not known.
        path: the reference's template, below the account or the service; None where it is not
            known.
        callable: where the method is found: on a client, or in a class to derive from.
        signature: how it is called.
        evidence: how much of the operation is known.
        confidence: how likely that is right, where it is not documented.
        repeatable: whether it may be sent again when its outcome is unknown; None of what Sitoo
            calls, and of what is not sent at all.
        unless: when it may not, although it is repeatable in general.
        batch: the method that does the same to many, where there is one.
    """

    service: str
    name: str | None
    method: str | None
    path: str | None
    callable: str
    signature: str
    evidence: Evidence
    confidence: Confidence | None
    repeatable: bool | None
    unless: str | None
    batch: str | None

    @property
    def request(self) -> str:
        """Method and path, as far as they are known; the name of what has neither."""
        return " ".join(part for part in (self.method, self.path) if part) or f"({self.name})"

    @property
    def known(self) -> str:
        """Evidence and confidence in one."""
        return self.evidence if self.confidence is None else f"{self.evidence}, {self.confidence}"


def operations() -> list[Entry]:
    """Every operation: those that a client performs, and those that Sitoo calls."""
    return [*index(), *answered()]


def index() -> list[Entry]:
    """What a client performs, group by group: of v2, then of the services beside it."""
    performed: dict[Operation | UnknownOperation, list[tuple[str, Any]]] = {}
    names: set[str] = set()
    for group, kind in GROUPS.items():
        module = import_module(f"sitoo_async.resources.{group}")
        # Only looked at: nothing is called that would need the way to the lane.
        resource = getattr(module, kind)(cast("Any", None), Options(), 1)
        for name, method in _methods(resource, group):
            names.add(name)
            operation = operation_of(method)
            if operation is not None:
                performed.setdefault(operation, []).append((name, method))
    entries = [_entry(operation, methods, names) for operation, methods in performed.items()]
    return sorted(entries, key=lambda entry: entry.service != "v2")


def _methods(resource: Resource, prefix: str) -> Iterator[tuple[str, Any]]:
    # What groups share comes before their own.
    classes = reversed(type(resource).__mro__)
    members = {name: value for cls in classes for name, value in vars(cls).items()}.items()
    for name, value in members:
        if inspect.isfunction(value) and not name.startswith("_"):
            yield f"{prefix}.{name}", getattr(resource, name)
    for name, value in members:
        if isinstance(value, cached_property):
            yield from _methods(getattr(resource, name), f"{prefix}.{name}")


def _entry(
    operation: Operation | UnknownOperation, methods: list[tuple[str, Any]], names: set[str]
) -> Entry:
    # One item before many, where both send the same request.
    name, method = min(methods, key=lambda found: found[0].endswith("_many"))
    many = f"{name}_many"
    sent = operation if isinstance(operation, Operation) else None
    return Entry(
        service=operation.service or "v2",
        name=operation.name,
        method=operation.method,
        path=operation.path,
        callable=name,
        signature=_signature(method),
        evidence=operation.evidence,
        confidence=operation.confidence,
        repeatable=None if sent is None else sent.repeatable,
        unless=None if sent is None else sent.unless,
        batch=many if many in names else None,
    )


def answered() -> Iterator[Entry]:
    """What Sitoo calls: the operations of the interfaces, and the events."""
    for place, declared in public_names().items():
        if place == "sitoo_async.spi.events.Events":
            # It has no method to implement: what comes goes to the handlers.
            yield Entry(
                service="spi-events",
                name="Add Events",
                method="POST",
                path="/events",
                callable=place,
                signature=str(inspect.signature(declared)),
                evidence="documented",
                confidence=None,
                repeatable=None,
                unless=None,
                batch=None,
            )
        elif isinstance(declared, type) and "__sitoo_interface__" in vars(declared):
            interface = cast("type[Service]", declared).__sitoo_interface__
            for operation in interface.operations.values():
                yield Entry(
                    service=interface.name,
                    name=operation.name,
                    method=operation.method,
                    path=operation.path,
                    callable=f"{place}.{operation.handler}",
                    signature=_signature(getattr(declared, operation.handler)),
                    evidence=operation.evidence,
                    confidence=operation.confidence,
                    repeatable=None,
                    unless=None,
                    batch=None,
                )


class _Source(str):
    """The text of an annotation, shown without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _signature(method: Any) -> str:
    signature = inspect.signature(method)
    return str(
        signature.replace(
            parameters=[
                parameter.replace(annotation=_Source(parameter.annotation))
                for parameter in signature.parameters.values()
                if parameter.name != "self"
            ],
            return_annotation=_Source(signature.return_annotation),
        )
    )


# The ways to show it ------------------------------------------------------------------------


def _repeatable(entry: Entry) -> str:
    if entry.unless is not None:
        return f"yes, unless {entry.unless}"
    return {True: "yes", False: "no", None: ""}[entry.repeatable]


def as_json() -> str:
    """An array of objects."""
    return json.dumps([attrs.asdict(entry) for entry in operations()], indent=2) + "\n"


_TITLE = """\
# The operations

Every operation of the Sitoo REST API v2 and of the services with hosts of their own, with the
method of a `SitooClient` that performs it; and every operation that Sitoo calls on a partner's
server, with the method to implement.

*Evidence* tells what is known of it: printed in the reference (documented), its path likely by
analogy (inferred), or nothing but its name (unverified; name-only). What is not documented says how
likely it is right: high, medium or low. It warns once when it is used. Of the services with hosts
of their own, what is low or name-only is not called, and says so by an `UnknownOperationError`; of
the interfaces, what has no path is served only at one that you name.
*Repeatable* operations are tried again when nobody knows what became of them; the others, and those
of which the *unless* is true, are not, and their errors say `sent="unknown"`. *Batch* does the same
to many items.

Written by `python -m sitoo_async operations --markdown`. The objects are in [objects](objects.md).
"""

_SENT = """
| Operation | Method | Evidence | Repeatable | Batch |
|---|---|---|---|---|
"""

_ANSWERED = """
| Name | Operation | Method to implement | Evidence |
|---|---|---|---|
"""


def as_markdown() -> str:
    """A page with a table for each service."""
    parts = [_TITLE]
    for service, entries in groupby(operations(), key=lambda entry: entry.service):
        called = service.startswith("spi-")
        parts += [f"\n## {service}\n", _ANSWERED if called else _SENT]
        parts += [_answered_row(entry) if called else _sent_row(entry) for entry in entries]
    return "".join(parts)


def _sent_row(entry: Entry) -> str:
    batch = f"`{entry.batch}`" if entry.batch else ""
    cells = (f"`{entry.request}`", f"`{entry.callable}`", entry.known, _repeatable(entry), batch)
    return f"| {' | '.join(cells)} |\n"


def _answered_row(entry: Entry) -> str:
    request = f"`{entry.request}`" if entry.path else "not known"
    method = entry.callable.removeprefix("sitoo_async.spi.")
    return f"| {entry.name} | {request} | `{method}` | {entry.known} |\n"


def as_table() -> str:
    """Plain columns, one line for each operation."""
    rows = [("service", "operation", "method", "evidence", "repeatable", "batch")]
    rows += [
        (
            entry.service,
            entry.request,
            entry.callable,
            entry.known,
            _repeatable(entry),
            entry.batch or "",
        )
        for entry in operations()
    ]
    return aligned(rows)


def aligned(rows: Sequence[tuple[str, ...]]) -> str:
    """Rows of cells as columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)
