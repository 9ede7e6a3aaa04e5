"""Which operations a POS calls on a partner's server, and which headers go with them."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import attrs

from sitoo_async.testing._reference.services import service_facts, services

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["HEADERS", "PosOperation", "named_in", "operation_of", "operations", "pairs"]

_HEADERS = ("Store-ID", "Staff-ID", "Register-ID")

# Only these interfaces document headers. Sales Tax spells them in lower case.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "spi-crm-v2": _HEADERS,
    "spi-insurance": (*_HEADERS, "Request-ID"),
    "spi-product-recommendations": (*_HEADERS, "Request-ID"),
    "spi-tax-free": (*_HEADERS, "Request-ID"),
    "spi-discount-cards": (*_HEADERS, "Request-ID"),
    "spi-sales-tax": ("store-id", "staff-id", "register-id"),
}


@attrs.frozen(kw_only=True)
class PosOperation:
    """An operation of an interface.

    Attributes:
        service: the interface, such as ``spi-payment``.
        name: as the reference names it.
        method: the HTTP method; None: not known.
        path: the path with its parameters in braces; None: not known.
        path_parameters: their names.
        query: the parameters of the query by name, as the facts have them.
        body: what a request holds, in words; None: nothing is known, or it is empty.
        returns: what an answer holds, in words; None: nothing is known.
        statuses: those that are documented, that of success first; empty: none is.
        documented: whether the page of the operation could be had.
        example: its request and its answer, where they are printed.
    """

    service: str
    name: str
    method: str | None
    path: str | None
    path_parameters: tuple[str, ...]
    query: Mapping[str, Mapping[str, Any]]
    body: str | None
    returns: str | None
    statuses: tuple[int, ...]
    documented: bool
    example: Mapping[str, Any]

    @property
    def facts(self) -> Mapping[str, Any]:
        """What is known of the whole interface."""
        return service_facts(self.service)

    def __str__(self) -> str:
        return f"{self.service} {self.name}"


def operations(service: str) -> list[PosOperation]:
    """The operations of an interface, in the order of the reference."""
    facts = service_facts(service)
    return [
        PosOperation(
            service=service,
            name=each["operation"],
            method=each.get("method"),
            path=each.get("path"),
            path_parameters=tuple(each.get("path_params", ())),
            query={parameter["name"]: parameter for parameter in each.get("query", ())},
            body=each.get("body"),
            returns=each.get("returns"),
            statuses=tuple(each.get("statuses", ())),
            documented=each["evidence"] == "documented",
            example=facts["examples"].get(each["operation"], {}),
        )
        for each in facts["operations"]
    ]


def pairs(service: str | None) -> list[tuple[str, str]]:
    """The operations with a known path, as interface and name; of one interface, or of all."""
    # Events are told by Sitoo itself rather than by a POS: see `FakeSitoo.deliver_events`.
    chosen = [each for each in services() if each.startswith("spi-") and each != "spi-events"]
    found = chosen if service is None else [_service(service, chosen)]
    return [
        (each.service, each.name)
        for name in found
        for each in operations(name)
        if each.path is not None
    ]


def operation_of(service: str, name: str) -> PosOperation:
    """An operation by its names, of which that of the interface may lack its ``spi-``.

    Raises:
        ValueError: there is none; the text names the nearest.
    """
    chosen = [each for each in services() if each.startswith("spi-")]
    known = {each.name: each for each in operations(_service(service, chosen))}
    if name not in known:
        raise ValueError(f"operation: {name!r} is none of {service}; {_nearest(name, [*known])}")
    return known[name]


def _service(service: str, known: list[str]) -> str:
    name = service if service.startswith("spi-") else f"spi-{service}"
    if name not in known:
        raise ValueError(f"service: there is no {name!r}; {_nearest(name, known)}")
    return name


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(known))}"


def named_in(text: str | None, facts: Mapping[str, Any]) -> str | None:
    """The object that a description begins with or speaks of; None where it names none."""
    words = (text or "").replace("<", " ").replace(">", " ").replace(",", " ").split()
    return next((word for word in words if word in facts["objects"]), None)
