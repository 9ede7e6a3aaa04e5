"""Where in the caller's code a warning belongs."""

from __future__ import annotations

import sys
from traceback import walk_stack

__all__ = ["level_outside"]


def level_outside() -> int:
    """The stack level, for the caller, of the nearest frame that is neither ours nor cattrs'."""
    frames = walk_stack(sys._getframe(1))  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    names = (frame.f_globals.get("__name__", "") for frame, _ in frames)
    return next(
        (
            level
            for level, name in enumerate(names, start=1)
            if not name.startswith(("sitoo_async.", "cattrs."))
        ),
        1,
    )
