"""A gate that lets everybody through, and writes down what it was asked."""

from __future__ import annotations

from sitoo_async import Grant


class NotingGate:
    def __init__(self):
        self.log = []

    async def acquire(self, key):
        self.log.append("acquire")
        return Grant()

    async def release(self, key, hold):
        self.log.append("release")

    async def aclose(self):
        self.log.append("close")
