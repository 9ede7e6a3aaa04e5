"""The services that Sitoo has on hosts of their own: their names, where they are, who says so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, NamedTuple, cast, get_args

from sitoo_async._checks.looking import LookingAtOption
from sitoo_async._checks.show import shown
from sitoo_async._checks.values import is_a
from sitoo_async._http.address import Address, Place, loopback
from sitoo_async.errors import InvalidOptionError

__all__ = [
    "SERVICES",
    "Service",
    "ServiceName",
    "divides",
    "nowhere",
    "places_of",
    "services_named",
]

ServiceName = Literal["journals-v3", "purchase-prices-v3", "shipments-v3"]
"""A service on a host of its own, as `SitooClient.request` takes it."""


class Service(NamedTuple):
    """A service on a host of its own. Its paths name no account, and end in no ``.json``.

    Attributes:
        name: what it is called wherever one has to be told from the others.
        url: what its paths are relative to, as the reference prints it.
        option: the client's option that says another URL; ``SITOO_`` before it and in capitals, it
            is the variable of the environment.
        divides: whether it answers 502 where a page would be too large, so that a smaller one is
            to be asked for: the same one would fail for ever.
    """

    name: ServiceName
    url: str
    option: str
    divides: bool = False

    @property
    def place(self) -> Place:
        """Where the reference says that it is."""
        return Place(self.url.removesuffix("/v3"), self.url)


SERVICES: Final[Mapping[str, Service]] = {
    service.name: service
    for service in (
        Service("journals-v3", "https://journals.sitooapis.com/v3", "journals_url"),
        Service(
            "purchase-prices-v3", "https://purchaseprices.sitooapis.com/v3", "purchase_prices_url"
        ),
        Service(
            "shipments-v3", "https://shipments.sitooapis.com/v3", "shipments_v3_url", divides=True
        ),
    )
}
"""All of them, by name."""


def services_named(services: object) -> tuple[ServiceName, ...]:
    """The services that have lanes of their own, as a client's option names them.

    Raises:
        InvalidOptionError: it is no list of their names.
    """
    known: tuple[ServiceName, ...] = get_args(ServiceName)
    given: list[object] = [None]
    with LookingAtOption("own_lanes"):
        if is_a(services, Iterable) and not is_a(services, (str, bytes, Mapping)):
            given = [*cast("Iterable[object]", services)]
        found = [next((name for name in known if name == each), None) for each in given]
    if None in found:
        raise InvalidOptionError(
            f"own_lanes must be a list, of {' or '.join(map(repr, known))}, not {shown(services)}",
            field="own_lanes",
        )
    return tuple(name for name in known if name in found)


def divides(name: ServiceName | None) -> bool:
    """Whether a 502 to a page of that service says that it would be too large."""
    return name is not None and SERVICES[name].divides


def places_of(address: Address, urls: Mapping[str, Any]) -> Mapping[str, Place]:
    """Where the services are, by name; some may be nowhere.

    A client of a server on this machine is one of a test, or of a tunnel. It must not surprise its
    user by calling the real hosts beside that, so it knows none but those that it is told.

    Args:
        address: the account's.
        urls: what the client's options say, by their names; None for the reference's.

    Raises:
        InvalidOptionError: a URL that can't be meant, by the name of its option.
    """
    found: dict[str, Place] = {}
    for service in SERVICES.values():
        url = urls[service.option]
        if url is not None:
            found[service.name] = Place.parse(url, service.option, service.url)
        elif not loopback(address.origin):
            found[service.name] = service.place
    return found


def nowhere(name: ServiceName) -> InvalidOptionError:
    """What is raised where a service is called whose place the client doesn't know."""
    option = SERVICES[name].option
    return InvalidOptionError(
        f"{option} is missing: base_url names this machine, so {name} is not called at its real"
        f" host. Give {option}= as well",
        field=option,
    )
