"""What a lane asks of a gate: the right to use a key that other processes use too."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Protocol, runtime_checkable

import attrs

__all__ = ["Gate", "Grant", "PromptGate"]


@attrs.frozen
class Grant:
    """The right to use a key, and what its last holder left behind.

    Attributes:
        hold: seconds for which the key is still not to be used, as another process told.
        abandoned: whether the last holder was lost before it gave the right back, so that Sitoo
            may still be at work on its request.
    """

    hold: float = 0.0
    abandoned: bool = False


class Gate(Protocol):
    """The right to use a key, shared with other processes.

    A lane takes the right while calls wait, and gives it back after each exchange. One gate may
    serve several keys, lanes and event loops. Gates that stand for the same right are equal, so
    that two clients may each bring their own.
    """

    def acquire(self, key: str) -> Coroutine[Any, Any, Grant]:
        """Wait for the right to use a key.

        From here to `release` the key counts as in flight: whoever gets the right after a holder
        that was lost meanwhile is told by `Grant.abandoned`. Cancelled, it leaves nothing behind.

        Args:
            key: the host and the API ID, as ``https://host 10020-140``; no secret.
        """
        ...

    def release(self, key: str, hold: float) -> Coroutine[Any, Any, None]:
        """Give the right back.

        Args:
            key: as it was acquired.
            hold: seconds for which nobody is to use the key; 0.0 where there is nothing new to
                tell. A hold that was told before and ends later stays.

        Raises:
            GateLostError: the right had been lost while it was held.
        """
        ...

    def aclose(self) -> Coroutine[Any, Any, None]:
        """Close what is open and idle in the running loop; a later `acquire` opens it again.

        What serves a right that is held, asked for or just given back, by whichever client, is in
        use and stays. A client closes the gate that it made from ``SITOO_GATE``, and none that it
        was given.
        """
        ...


@runtime_checkable
class PromptGate(Gate, Protocol):
    """A gate that may have its answer at once, so that no task has to be made to wait for it."""

    def acquire_now(self, key: str) -> Grant | None:
        """The right to use a key, if it can be had without waiting; None leaves nothing behind."""
        ...

    def release_now(self, key: str, hold: float) -> None:
        """Give the right back; see `Gate.release`."""
        ...
