"""What Sitoo sends to a receiver of events, and how long it waits for the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sitoo_async.testing._server.partners import Outgoing

if TYPE_CHECKING:
    from sitoo_async.testing._server.partners import Partner

__all__ = ["Receiver"]

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
