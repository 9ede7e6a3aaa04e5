"""A gate that writes down what it is asked for."""

from __future__ import annotations

from tests.gates._noting_gate import NotingGate


class NamingGate(NotingGate):
    async def acquire(self, key):
        self.log.append(key)
        return await super().acquire(key)

    @property
    def keys(self):
        return {*self.log} - {"acquire", "release", "close"}
