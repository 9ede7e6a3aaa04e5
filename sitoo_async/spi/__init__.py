"""The interfaces that Sitoo calls on a partner's server.

Sitoo is the caller here, and the partner answers: events of what happened, customers, gift cards,
payments and the like. Nothing is imported that is not used.

Reference: https://developer.sitoo.com
"""

from __future__ import annotations

__all__: list[str] = []
