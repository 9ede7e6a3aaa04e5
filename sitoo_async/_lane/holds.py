"""What the process knows of its keys beyond any event loop: holds, and requests left behind.

A lane ends with its loop, but what Sitoo said of the key goes on. So the next lane of it begins
with it. Loops that are alive together are another matter: they need a gate.
"""

from __future__ import annotations

import threading
import time
from typing import Final

import attrs

from sitoo_async._forks import in_forked_child

__all__ = ["Memory", "forget"]

LONGEST_WORK: Final = 600.0
"""Seconds after which nothing that was sent before can still keep a key locked: a slot's length."""


@attrs.define
class _Past:
    """What is known of one key; both moments on the clock of `time.monotonic`.

    Attributes:
        held_until: from when on the key may be used again.
        left_until: until when Sitoo may be at work on what a loop that ended has left behind.
    """

    held_until: float = 0.0
    left_until: float = 0.0


_guard = threading.Lock()  # loops of several threads write here
_pasts: dict[tuple[str, str], _Past] = {}


@attrs.frozen
class Memory:
    """What the process remembers of one key at one origin, for the lanes of one loop after another.

    Attributes:
        origin: scheme, host and port; behind a space the service whose own lane it is.
        key: the API ID.
    """

    origin: str
    key: str

    def hold(self, seconds: float) -> None:
        """Remember that the key is on hold; a hold that ends later stays."""
        now = time.monotonic()
        with _guard:
            past = self._past(now)
            past.held_until = max(past.held_until, now + seconds)

    def leave(self) -> None:
        """Remember that a request was left behind: nobody sees its answer any more."""
        now = time.monotonic()
        with _guard:
            self._past(now).left_until = now + LONGEST_WORK

    def settle(self) -> None:
        """Nothing is left behind: Sitoo has served the key since."""
        with _guard:
            past = _pasts.get((self.origin, self.key))
            if past is not None:
                past.left_until = 0.0

    def held_for(self) -> float:
        """Seconds until the key may be used again."""
        past = _pasts.get((self.origin, self.key))
        return 0.0 if past is None else max(0.0, past.held_until - time.monotonic())

    def take_over(self) -> bool:
        """Whether a request was left behind; whoever asks takes care of it from now on."""
        with _guard:
            past = _pasts.get((self.origin, self.key))
            if past is None:
                return False
            left, past.left_until = past.left_until > time.monotonic(), 0.0
            return left

    def _past(self, now: float) -> _Past:
        """To be changed, under the guard; what is over is forgotten on this occasion."""
        for name, past in [*_pasts.items()]:
            if max(past.held_until, past.left_until) <= now:
                del _pasts[name]
        return _pasts.setdefault((self.origin, self.key), _Past())


def forget(origin: str) -> None:
    """Forget all keys of an origin, whose server is gone, in whichever of its lanes."""
    with _guard:
        for name in [name for name in _pasts if name[0].partition(" ")[0] == origin]:
            del _pasts[name]


def _keep_holds_alone() -> None:
    """A forked child has left nothing behind; its parent has, or sees to it."""
    global _guard  # noqa: PLW0603  # another thread of the parent may have held it at the fork
    _guard = threading.Lock()
    for past in _pasts.values():
        past.left_until = 0.0


in_forked_child(_keep_holds_alone)
