"""What a lane asks of a gate: the right to use a key that other processes use too."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine
from typing import Any, Protocol, runtime_checkable

import attrs

from sitoo_async._checks.show import type_name
from sitoo_async._checks.values import is_a
from sitoo_async._records import Record
from sitoo_async.errors import InvalidOptionError

__all__ = ["Gate", "Grant", "PromptGate", "check_gate"]


@attrs.frozen
class Grant(Record):
    """The right to use a key, and what its last holder left behind.

    Attributes:
        hold: seconds for which the key is still not to be used, as another process told: a finite
            number from 0.
        abandoned: whether the last holder was lost before it gave the right back, so that Sitoo
            may still be at work on its request.
    """

    hold: float = 0.0
    abandoned: bool = False


class Gate(Protocol):
    """The right to use a key, shared with other processes.

    A lane takes the right while calls wait, and gives it back after each exchange. It asks for one
    thing at a time, in the loop that it belongs to, and in a task and context of their own. One
    gate may serve several keys, lanes and event loops. Gates that stand for the same right are
    equal, so that two clients may each bring their own.

    Whoever writes an engine may rely on this, whatever goes wrong in it, be it before a coroutine
    is made, in the coroutine, or by what it returns:

    - An exception of `acquire` goes to the calls that wait, as the cause of a `LaneError` that
      names the gate's class; with several keys, once no other key can serve them. The next call
      asks again. An engine repeats by itself what is worth it, and raises what does not pass.
    - Whatever else than a sound `Grant` is returned is an error as well. The right counts as
      taken, and `release` is called at once.
    - As long as `acquire` or `release` takes, the calls wait. Their ``queue_timeout`` and
      ``deadline`` send them home meanwhile; without them they wait for ever.
    - An exception of `release` is logged, and ends the turn as much as a return does. The key is
      held back for a moment, the exchange's own caller has its answer, and the next call asks for
      the right again.
    - Nothing is repeated, and nothing is called from another thread.
    """

    def acquire(self, key: str) -> Coroutine[Any, Any, Grant]:
        """Wait for the right to use a key.

        From here to `release` the key counts as in flight: whoever gets the right after a holder
        that was lost meanwhile is told by `Grant.abandoned`.

        It is cancelled when nobody needs the right any more, and when the loop shuts down. Then it
        leaves nothing behind: no place in a queue, and no right that came at that very moment. It
        lets the ``CancelledError`` through.

        Args:
            key: the host and the API ID, as ``https://host 10020-140``; no secret.
        """
        ...

    def release(self, key: str, hold: float) -> Coroutine[Any, Any, None]:
        """Give the right back.

        A right that was lost meanwhile may be another's by now: leave that one alone, tell the hold
        all the same if there is a way, and raise. Cancelled, it frees the right nevertheless.

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
    """A gate that may have its answer at once, so that no task has to be made to wait for it.

    Both are plain functions, are called in the middle of the lane's work, and must not block. What
    they raise or return is treated as that of `Gate.acquire` and `Gate.release`, which have to be
    there too.
    """

    def acquire_now(self, key: str) -> Grant | None:
        """The right to use a key, if it can be had without waiting; None leaves nothing behind."""
        ...

    def release_now(self, key: str, hold: float) -> None:
        """Give the right back, however it was had; see `Gate.release`."""
        ...


def check_gate(gate: object) -> None:
    """Refuse what can't be a gate.

    Raises:
        InvalidOptionError: a method is missing, or is not of the kind that the protocol asks for.
    """
    wanted = ("acquire", "release", "aclose")
    if is_a(gate, type) or not all(callable(getattr(gate, name, None)) for name in wanted):
        raise InvalidOptionError(
            "gate must be a FileGate, a PostgresGate, a RedisGate, or an object of your own with "
            f"the methods acquire, release and aclose, not {_kind(gate)}",
            field="gate",
        )
    for name in ("acquire_now", "release_now"):
        if inspect.iscoroutinefunction(getattr(gate, name, None)):
            raise InvalidOptionError(
                f"{name} of the gate {_kind(gate)} must be a plain function: what waits is acquire",
                field="gate",
            )


def _kind(gate: object) -> str:
    # Never what it says of itself: a URL may hold a password.
    return f"the class {gate.__name__}" if isinstance(gate, type) else type_name(gate)
