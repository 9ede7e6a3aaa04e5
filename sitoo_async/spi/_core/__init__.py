"""What all interfaces share: from requests to typed calls, and from what handlers give to answers.

Nothing here does I/O but `asgi.py`, which drives the rest as an ASGI application.
"""

from __future__ import annotations

__all__: list[str] = []
