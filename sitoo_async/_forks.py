"""What a forked child must let go of: it inherits open files and sockets, but no threads."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable
from typing import Any

__all__ = ["abandon", "in_forked_child"]


@functools.cache
def in_forked_child(let_go: Callable[[], None]) -> None:
    """Call a function in each child that is forked from now on; once, however often asked."""
    if hasattr(os, "register_at_fork"):  # pragma: no branch  # where nothing forks
        os.register_at_fork(after_in_child=let_go)


def abandon(link: Any) -> None:
    """Close a forked child's copy of a socket, without a word to the other side.

    Its number stays taken, by something else: whoever owns it is going to close it.
    """
    nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    os.dup2(nothing, link.fileno(), inheritable=False)
    os.close(nothing)
