"""``python -m sitoo_async``: a prompt with top-level await, the demo, the index of operations."""

from __future__ import annotations

import sys

from sitoo_async._cli.parser import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
