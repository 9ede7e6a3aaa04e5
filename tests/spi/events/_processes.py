"""Processes that receive and handle events, and are killed."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Self

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Receiver", "in_order"]

ROOT = Path(__file__).parents[3]


@attrs.define
class Receiver:
    """A process that receives the batches it is sent, and notes the events that it handles."""

    process: asyncio.subprocess.Process

    @classmethod
    async def begin(cls, place: object, notes: object) -> Self:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.spi.events._receiving", str(place), str(notes)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return cls(process)

    def send(self, body: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(body + b"\n")

    async def answer(self) -> bytes:
        assert self.process.stdout is not None
        return await self.process.stdout.readline()

    async def kill(self) -> None:
        self.process.kill()
        await self.process.communicate()


def in_order(handled: Sequence[int]) -> list[int]:
    """What was handled, without what was handled twice in a row: its process had been killed."""
    return [each for each, last in zip(handled, [None, *handled], strict=False) if each != last]
