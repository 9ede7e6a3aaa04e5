"""What a log tells of a handler that failed: which exception and where, never what it says."""

from __future__ import annotations

import traceback
from pathlib import PurePath
from typing import Any, Final

from sitoo_async._checks.show import type_name
from sitoo_async._checks.values import is_a

__all__ = ["places"]

_MOST: Final = 12  # places, the innermost; and exceptions, the last


def places(error: BaseException) -> str:
    """The class of an exception and the lines that it came through, and those of its causes.

    What an exception says may hold a card number, a password or a whole request, as that of a
    database does that quotes a row. So its text is left out. Of a group, the first one is told.
    """
    chain: list[str] = []
    seen: Any = error  # of what a group is, no checker knows
    while seen is not None and len(chain) < _MOST:
        # Not by `extract_tb`: it reads the files for the text of the lines.
        frames = [*traceback.walk_tb(seen.__traceback__)][-_MOST:]
        lines = " < ".join(
            f"{PurePath(frame.f_code.co_filename).name}:{line} in {frame.f_code.co_name}"
            for frame, line in reversed(frames)
        )
        chain.append(f"{type_name(seen)} at {lines or 'no place'}")
        if is_a(seen, BaseExceptionGroup):
            seen = seen.exceptions[0]
        else:
            seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return ", from ".join(chain)
