"""An API key as the server sees it: busy or free, and how much of its slot is used up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import attrs

from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._reference.routes import NOTHING
from sitoo_async.testing._server.requests import basic_credentials, below_root

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

__all__ = ["Key", "admitted"]


@attrs.define(eq=False)
class Key:
    """One API key.

    Attributes:
        password: what goes with it.
        at_work: requests admitted and not ended, also those whose client has gone.
        open: requests arrived and not answered, the refused ones included.
        locked_until: until when a 50x keeps it busy; None: not locked.
        slot_began: when its first slot began; None: no request yet.
        slot: the number of the slot that `used` counts.
        used: requests admitted in that slot.
    """

    password: str
    at_work: int = 0
    open: int = 0
    locked_until: float | None = None
    slot_began: float | None = None
    slot: int = 0
    used: int = 0
    _parts: dict[str, Key] = attrs.field(factory=dict[str, "Key"])

    def part(self, service: str | None) -> Key:
        """What of it a v3 service counts, where each counts for itself; None: v2."""
        if service is None:
            return self
        return self._parts.setdefault(service, Key(self.password))

    def busy(self, now: float) -> bool:
        """Whether a request that comes `now` is one too many."""
        if self.locked_until is not None and now >= self.locked_until:
            self.locked_until = None
        return self.at_work > 0 or self.locked_until is not None

    def enter_slot(self, now: float, seconds: float) -> None:
        """Count from zero if a slot has ended; slots follow each other from the first request."""
        if self.slot_began is None:
            self.slot_began = now
        slot = int((now - self.slot_began) // seconds)
        if slot != self.slot:
            self.slot = slot
            self.used = 0

    def slot_left(self, now: float, seconds: float) -> float:
        """Seconds until the slot ends."""
        began = now if self.slot_began is None else self.slot_began
        return seconds - (now - began) % seconds

    def lock(self, now: float, seconds: float | None, slot_seconds: float) -> None:
        """Stay busy for `seconds`, at most until the slot ends."""
        left = self.slot_left(now, slot_seconds)
        self.locked_until = now + min(left, math.inf if seconds is None else seconds)

    def unlock(self) -> None:
        """Free it from what a 50x left behind."""
        self.locked_until = None
        for part in self._parts.values():
            part.unlock()

    def forget(self) -> None:
        """Unlock it and begin a new slot with the next request."""
        self.unlock()
        self._parts.clear()
        self.slot_began = None
        self.slot = 0
        self.used = 0


def admitted(request: web.BaseRequest, account_id: int, keys: Mapping[str, Key]) -> Key:
    """The key of a request whose credentials are good.

    Raises:
        Refusal: 401, they aren't; 403, they are those of another account; 404, there is no such
            account.
    """
    credentials = basic_credentials(request.headers.get("Authorization", ""))
    if credentials is not None:
        api_id, password = credentials
        key = keys.get(api_id)
        if key is not None and key.password == password:
            service, account, _ = below_root(request)
            # In the path of a v3 service there is no account: it follows from the key.
            if service is not None:
                return key
            if account is None:
                raise Refusal(404, NOTHING)
            # The key is good, but not for this account, whether or not that exists.
            if account != str(account_id):
                raise Refusal(403, "403: Forbidden")
            return key
    raise Refusal(401, "401: Unauthorized")
