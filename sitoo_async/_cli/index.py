"""The index of operations: every operation of the reference, and how it is called here."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from functools import cached_property
from importlib import import_module
from typing import Any, cast

import attrs

from sitoo_async._groups import GROUPS
from sitoo_async._lane.options import Options
from sitoo_async.resources._base import Resource
from sitoo_async.resources._operation import Evidence, Operation, operation_of

__all__ = ["Entry", "as_json", "as_markdown", "as_table", "index"]


@attrs.frozen
class Entry:
    """One operation.

    Attributes:
        method: the HTTP method.
        path: the reference's template, below the account.
        callable: where the method is found on a client.
        signature: how it is called.
        evidence: how much of the operation is known.
        repeatable: whether it may be sent again when its outcome is unknown.
        unless: when it may not, although it is repeatable in general.
        batch: the method that does the same to many, where there is one.
    """

    method: str
    path: str
    callable: str
    signature: str
    evidence: Evidence
    repeatable: bool
    unless: str | None
    batch: str | None


def index() -> list[Entry]:
    """Every operation, group by group."""
    performed: dict[Operation, list[tuple[str, Any]]] = {}
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
    return [_entry(operation, methods, names) for operation, methods in performed.items()]


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


def _entry(operation: Operation, methods: list[tuple[str, Any]], names: set[str]) -> Entry:
    # One item before many, where both send the same request.
    name, method = min(methods, key=lambda found: found[0].endswith("_many"))
    many = f"{name}_many"
    return Entry(
        method=operation.method,
        path=operation.path,
        callable=name,
        signature=_signature(method),
        evidence=operation.evidence,
        repeatable=operation.repeatable,
        unless=operation.unless,
        batch=many if many in names else None,
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
            ],
            return_annotation=_Source(signature.return_annotation),
        )
    )


# The ways to show it ------------------------------------------------------------------------


def _repeatable(entry: Entry) -> str:
    if entry.unless is not None:
        return f"yes, unless {entry.unless}"
    return "yes" if entry.repeatable else "no"


def as_json() -> str:
    """An array of objects."""
    return json.dumps([attrs.asdict(entry) for entry in index()], indent=2) + "\n"


_TITLE = """\
# The operations

Every operation of the Sitoo REST API v2, and the method of a `SitooClient` that performs it.
*Evidence* tells what is known of it: printed in the reference (documented), its path likely by
analogy (inferred), or nothing but its name (unverified); the last two warn once when they are used.
*Repeatable* operations are tried again when nobody knows what became of them; the others, and those
of which the *unless* is true, are not, and their errors say `sent="unknown"`. *Batch* does the same
to many items.

Written by `python -m sitoo_async operations --markdown`.

| Operation | Method | Evidence | Repeatable | Batch |
|---|---|---|---|---|
"""


def as_markdown() -> str:
    """A page with a table."""
    lines = [
        f"| `{entry.method} {entry.path}` | `{entry.callable}` | {entry.evidence} |"
        f" {_repeatable(entry)} | {f'`{entry.batch}`' if entry.batch else ''} |\n"
        for entry in index()
    ]
    return _TITLE + "".join(lines)


def as_table() -> str:
    """Plain columns, one line for each operation."""
    rows = [("operation", "method", "evidence", "repeatable", "batch")]
    rows += [
        (
            f"{entry.method} {entry.path}",
            entry.callable,
            entry.evidence,
            _repeatable(entry),
            entry.batch or "",
        )
        for entry in index()
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        for row in rows
    )
    return "".join(f"{line.rstrip()}\n" for line in lines)
