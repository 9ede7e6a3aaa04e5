"""What Sitoo sends to a receiver of events, and how long it waits for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sitoo_async.testing._server.partners import Outgoing, partner_of

if TYPE_CHECKING:
    from sitoo_async.testing._server.partners import AsgiApp, Partner

__all__ = ["Receiver", "receiver_of"]

PATIENCE = 15.0
"""Seconds in which Sitoo wants its answer."""


class Receiver:
    """Whoever implements the Events interface.

    Args:
        partner: whom to call.
        authorization: what goes into the header of that name; None: no such header.
    """

    def __init__(self, partner: Partner, authorization: str | None) -> None:
        self._partner = partner
        self._headers = {"Content-Type": "application/json"}
        if authorization is not None:
            self._headers["Authorization"] = authorization

    async def post(self, body: bytes) -> int:
        """Send a batch and return the status of the answer.

        Raises:
            NoAnswer: there was none within the time that Sitoo gives.
        """
        request = Outgoing(method="POST", path="/events", headers=self._headers, body=body)
        return (await self._partner.exchange(request, PATIENCE)).status

    async def aclose(self) -> None:
        """Let go of what is open."""
        await self._partner.aclose()


def receiver_of(to: str | AsgiApp, prefix: str, authorization: str | None) -> Receiver:
    """The receiver that a user means.

    Raises:
        ValueError: a URL that is not one of this machine, or not one at all; a bad prefix.
        TypeError: neither a URL nor an application.
    """
    return Receiver(partner_of(to, prefix), authorization)
