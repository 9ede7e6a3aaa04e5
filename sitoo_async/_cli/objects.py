"""The index of objects: what the services beside v2 send and take, and how it is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

import attrs

from sitoo_async._cli.index import aligned, operations
from sitoo_async._cli.services import place_of
from sitoo_async._codec.base import Model
from sitoo_async._codec.evidence import Evidence, facts
from sitoo_async._codec.fields import fields_of

__all__ = ["Entry", "as_json", "as_markdown", "as_table", "objects"]


@attrs.frozen
class Entry:
    """One object, enumeration or kind of value.

    Attributes:
        service: the service, such as ``shipments-v3`` or ``spi-payment``.
        name: its name in the reference.
        here: the class that it is here; None where there is none.
        note: what it is instead; else empty.
        evidence: how it is known.
        fields: how each of its fields is known.
    """

    service: str
    name: str
    here: str | None
    note: str
    evidence: Evidence
    fields: dict[str, Evidence]


def objects() -> list[Entry]:
    """All of them, service by service."""
    services = {entry.service for entry in operations()}  # which loads what notes them
    ours = [fact for fact in facts().values() if fact.service in services]
    found = sorted(ours, key=lambda fact: fact.service)
    return [
        Entry(
            service=fact.service,
            name=fact.name,
            here=place_of(fact.of),
            note=fact.note or ("" if place_of(fact.of) else _kind_name(fact.of)),
            evidence=fact.evidence,
            fields=dict(_fields(fact.of)),
        )
        for fact in found
    ]


def _fields(of: Any) -> Iterator[tuple[str, Evidence]]:
    if isinstance(of, type) and issubclass(of, Model):
        for name, field in fields_of(of).items():
            yield name, "inferred" if field.inferred else "documented"


def _kind_name(of: Any) -> str:
    """What a value is that has no class of its own."""
    kinds = [each for each in getattr(of, "__metadata__", ()) if hasattr(each, "name")]
    return kinds[0].name if kinds else "one of several, as a text in or beside it tells"


# The ways to show it ------------------------------------------------------------------------


def as_json() -> str:
    """An array of objects."""
    return json.dumps([attrs.asdict(entry) for entry in objects()], indent=2) + "\n"


_TITLE = """\
# The objects

The objects of the services with hosts of their own, and of the interfaces that Sitoo calls, as
their reference names them; of v2 those alone that it does not show in full. *Evidence* tells what
is known: printed in the reference (documented), following from what is printed (inferred), or
nothing but its name (name-only). Fields that are inferred are in *italics*; what the models don't
know is kept, see `unknown_fields`.

Written by `python -m sitoo_async objects --markdown`. The operations are in
[operations](operations.md).
"""

_HEAD = """
| Object | Here | Evidence | Fields |
|---|---|---|---|
"""


def as_markdown() -> str:
    """A page with a table for each service."""
    parts = [_TITLE]
    for service, entries in groupby(objects(), key=lambda entry: entry.service):
        parts += [f"\n## {service}\n", _HEAD]
        for entry in entries:
            here = f"`{_short(entry)}`" if entry.here else entry.note
            fields = ", ".join(
                f"*{name}*" if known == "inferred" else name for name, known in entry.fields.items()
            ).replace("_", "\\_")
            parts.append(f"| {entry.name} | {here} | {entry.evidence} | {fields} |\n")
    return "".join(parts)


def _short(entry: Entry) -> str:
    return (entry.here or entry.note).removeprefix("sitoo_async.")


def as_table() -> str:
    """Plain columns, one line for each object."""
    rows = [("service", "object", "here", "evidence", "fields")]
    rows += [
        (entry.service, entry.name, _short(entry), entry.evidence, _counted(entry))
        for entry in objects()
    ]
    return aligned(rows)


def _counted(entry: Entry) -> str:
    inferred = sum(known == "inferred" for known in entry.fields.values())
    every = f"{len(entry.fields)}" if entry.fields else ""
    return f"{every}, {inferred} inferred" if inferred else every
