"""Which line a warning points at: the nearest that is neither ours nor cattrs', the user's own."""

from __future__ import annotations

import sys
import warnings
from traceback import walk_stack

from sitoo_async.errors import SitooWarning

__all__ = ["warn"]


def warn(message: str, category: type[SitooWarning]) -> None:
    """Warn, and show the line of the user's code that led here."""
    frames = walk_stack(sys._getframe())  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    names = (frame.f_globals.get("__name__", "") for frame, _ in frames)
    # From 3.12 on, `skip_file_prefixes` could say so.
    level = next(
        (
            level
            for level, name in enumerate(names, start=1)
            if not name.startswith(("sitoo_async.", "cattrs."))
        ),
        1,
    )
    warnings.warn(message, category, stacklevel=level)
