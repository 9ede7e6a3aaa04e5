"""Which operation of a v3 service a request is, and the values of its query parameters."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import attrs

from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._reference.services import service_facts, services
from sitoo_async.testing._reference.shapes import check_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sitoo_async.testing._reference.parameters import Parameters

__all__ = ["RouteV3", "query_values", "roots", "route_v3", "service_at"]

_NOTHING = "There is nothing at this path."

_INTEGER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


@attrs.frozen
class RouteV3:
    """Where a request leads.

    Attributes:
        service: the service, such as ``shipments-v3``.
        facts: what is known of its operation.
        values: the parameters in the path, in their order.
    """

    service: str
    facts: Mapping[str, Any]
    values: Sequence[str]

    @property
    def name(self) -> str:
        """The name of the operation."""
        return str(self.facts["operation"])


@functools.cache
def roots() -> Mapping[str, str]:
    """The path below which this server has each v3 service, by the service's name.

    It is what tells the hosts apart: ``https://shipments.sitooapis.com/v3`` is here
    ``/shipments/v3``.
    """
    bases: dict[str, str] = {
        name: service_facts(name)["base_url"]
        for name in services()
        if "base_url" in service_facts(name)
    }
    split = {name: urlsplit(base) for name, base in bases.items()}
    return {name: f"/{url.netloc.partition('.')[0]}{url.path}" for name, url in split.items()}


def service_at(path: Sequence[str]) -> tuple[str | None, Sequence[str]]:
    """The v3 service to which the parts of a path belong, and those below its root."""
    for service, root in roots().items():
        parts = root.strip("/").split("/")
        if list(path[: len(parts)]) == parts:
            return service, path[len(parts) :]
    return None, path


def route_v3(service: str, method: str, path: Sequence[str]) -> RouteV3:
    """Which operation of a service `method` is at the decoded parts of a path.

    Raises:
        Refusal: 404, none, or one whose path is no more than a guess.
    """
    for facts in service_facts(service)["operations"]:
        if facts["method"] != method or facts.get("confidence") == "low":
            continue
        template: list[str] = facts["path"].strip("/").split("/")
        if len(template) != len(path):
            continue
        pairs = list(zip(template, path, strict=True))
        if all(part == given or part.startswith("{") for part, given in pairs):
            values = [given for part, given in pairs if part.startswith("{")]
            return RouteV3(service, facts, values)
    raise Refusal(404, _NOTHING)


def query_values(route: RouteV3, query: Mapping[str, str]) -> Parameters:
    """The values of the parameters that the operation has, or their defaults.

    Others are ignored.

    Raises:
        Refusal: 400, naming the first one that is missing or not of its type.
    """
    facts = service_facts(route.service)
    return {known["name"]: _value(facts, known, query) for known in route.facts.get("query", ())}


def _value(facts: Mapping[str, Any], known: Mapping[str, Any], query: Mapping[str, str]) -> Any:
    name = known["name"]
    text = query.get(name, "")
    if not text:
        if known["required"]:
            message = f"The parameter {name} is required."
            raise Refusal(400, message, code="field-missing", field=name)
        return known.get("default")
    kind: str = known["type"]
    element = kind.removeprefix("array<").removesuffix(">")
    texts = [text] if element == kind else text.split(",")
    values = [_read(element, each) for each in texts]
    for value in values:
        check_value(facts, element, value, name)
        if value not in known.get("values", (value,)):
            message = f"{value} is no value of {name}."
            raise Refusal(400, message, code="field-validation", field=name)
    return values[0] if element == kind else values


def _read(kind: str, text: str) -> Any:
    if kind.startswith("integer") and _INTEGER.fullmatch(text):
        return int(text)
    # Exactly these two words: what else a boolean may look like is text, hence of another type.
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text
