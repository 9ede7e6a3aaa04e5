"""What a client has in one event loop: lanes, connections, and those of each service it calls."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import attrs

from sitoo_async._http.connections import Connections
from sitoo_async._http.services import ServiceName
from sitoo_async._http.transport import Transport
from sitoo_async._lane.lane import Lane
from sitoo_async._lane.one_key import OneKey

if TYPE_CHECKING:
    from sitoo_async._lane.balancer import Balancer

__all__ = ["Binding"]


@attrs.frozen
class Binding:
    """What belongs to one event loop.

    Attributes:
        loop: the loop.
        balancer: the lanes of the keys, and which serves; shared with other clients.
        transports: a connection for each of them, this client's own.
        connections: these connections, to be closed.
        services: what belongs to the loop and a service on a host of its own, once that was
            called: connections to that host, and lanes of its own where it has some.
    """

    loop: asyncio.AbstractEventLoop
    balancer: Balancer | OneKey
    transports: Mapping[Lane, Transport]
    connections: Connections
    services: dict[ServiceName, Binding] = attrs.field(factory=dict["ServiceName", "Binding"])

    @property
    def balancers(self) -> Iterable[Balancer | OneKey]:
        """All whose lanes calls go to, each once."""
        return {self.balancer, *(each.balancer for each in self.services.values())}
