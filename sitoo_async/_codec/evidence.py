"""How sure it is that an object, an enumeration or a kind of value of a service is as we have it.

The pages of the services beside v2 can be had in part only. So what is known of them is noted
where it is written down, and read again by the index; a model of such a service keeps what it
doesn't know.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple, TypeVar

from sitoo_async._codec.base import Model

__all__ = [
    "Confidence",
    "Evidence",
    "Fact",
    "elsewhere",
    "facts",
    "known",
    "name_only",
    "scalar",
    "union",
]

Evidence = Literal["documented", "inferred", "name-only"]
"""Printed on a page; following from what is printed, or from how its siblings are; or no more
than a name in a list."""

Confidence = Literal["high", "medium", "low"]
"""How likely what is not printed is right."""

C = TypeVar("C", bound=type)


class Fact(NamedTuple):
    """What is known by one name of one service."""

    service: str
    """The service, such as ``shipments-v3`` or ``spi-payment``."""

    name: str
    """The name in the reference, such as ``cpapayment``."""

    evidence: Evidence
    """How it is known."""

    of: Any
    """The model, the enumeration or the type of a value; None where there is none."""

    note: str
    """Where it is to be found if it is no model; else empty."""


_facts: Final[dict[tuple[str, str], Fact]] = {}


def facts() -> Mapping[tuple[str, str], Fact]:
    """What the modules loaded so far note, by service and name, in the order of the modules."""
    return MappingProxyType(_facts)


def known(service: str, name: str, evidence: Evidence) -> Callable[[C], C]:
    """Note what a model or an enumeration stands for; written above `model`.

    What is read into such a model keeps the fields that it doesn't know, whatever the option says:
    see `unknown_fields`. A field that is less sure than the object bears `Mark.INFERRED`.

    Args:
        service: the service, as the facts spell it.
        name: the name of the object in the reference; that of an enumeration without a name is
            ``Object.field``.
        evidence: how the object is known.
    """

    def note(cls: C) -> C:
        if issubclass(cls, Model):
            cls.__keeps_unknown__ = True
        _note(Fact(service, name, evidence, cls, ""))
        return cls

    return note


def scalar(service: str, name: str, evidence: Evidence, of: Any) -> None:
    """Note which type the values of a name have, such as `Money`."""
    _note(Fact(service, name, evidence, of, ""))


def union(service: str, name: str, evidence: Evidence, of: Any) -> None:
    """Note which models a name stands for."""
    _note(Fact(service, name, evidence, of, ""))


def name_only(service: str, *names: str) -> None:
    """Note objects of which no more than the name is known; they are plain mappings."""
    for name in names:
        _note(Fact(service, name, "name-only", None, "a plain mapping"))


def elsewhere(service: str, name: str, evidence: Evidence, where: str) -> None:
    """Note an object that needs no model, since its parts are found elsewhere.

    Args:
        service: the service.
        name: the name of the object.
        evidence: how it is known.
        where: where what it holds is to be found, such as ``ApiError.error_code``.
    """
    _note(Fact(service, name, evidence, None, where))


def _note(fact: Fact) -> None:
    _facts[fact.service, fact.name] = fact
