"""The demonstration's tasks that all ask at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import anyio
import anyio.lowlevel
import attrs

from sitoo_async._cli.demo_report import Tally
from sitoo_async._cli.screen import Screen
from sitoo_async._client import SitooClient
from sitoo_async.errors import SitooError
from sitoo_async.models.products import Product

__all__ = ["Crowd"]


@attrs.define
class Crowd:
    """Tasks that all ask for one product each at once, some of which give up.

    Attributes:
        sitoo: whom they ask.
        productids: what they ask for.
        leave_waiting: the tasks that give up at once, while they wait for their turn.
        leave_in_flight: after so many answers, the task whose request is under way gives up.
        answered: what became of the others, by task.
        left: the tasks that gave up.
        failed: the tasks that got an error.
    """

    sitoo: SitooClient
    productids: Sequence[int]
    leave_waiting: Sequence[int] = ()
    leave_in_flight: Sequence[int] = ()
    answered: dict[int, Product] = attrs.field(factory=dict[int, Product], init=False)
    left: set[int] = attrs.field(factory=set[int], init=False)
    failed: dict[int, SitooError] = attrs.field(factory=dict[int, SitooError], init=False)
    _scopes: dict[int, anyio.CancelScope] = attrs.field(
        factory=dict[int, anyio.CancelScope], init=False
    )

    async def gather(self, screen: Screen) -> Crowd:
        """Start all tasks and wait until the last has ended."""
        with screen.bar("tasks", len(self.productids)) as advance:
            async with anyio.create_task_group() as group:
                for number in range(len(self.productids)):
                    group.start_soon(self._ask, number, advance)
                await anyio.lowlevel.checkpoint()  # lets them all take their places in the lane
                for number in self.leave_waiting:
                    self._scopes[number].cancel()
        return self

    async def _ask(self, number: int, advance: Callable[[], None]) -> None:
        with anyio.CancelScope() as scope:
            self._scopes[number] = scope
            try:
                self.answered[number] = await self.sitoo.products.get(self.productids[number])
            except SitooError as error:
                self.failed[number] = error
        del self._scopes[number]
        if scope.cancelled_caught:
            self.left.add(number)
        if number in self.answered and len(self.answered) in self.leave_in_flight:
            # The lane keeps the order, so whoever came next is in flight now.
            for following in itertools.islice(self._scopes.values(), 1):
                following.cancel()
        advance()

    def judge(self, tally: Tally) -> None:
        """Note whether each task either was answered with what it asked for, or gave up."""
        for error in itertools.islice(self.failed.values(), 3):
            tally.screen.line(f"  A task failed: {type(error).__name__}: {error}", "bad")
        answered = all(
            product.productid == self.productids[number]
            for number, product in self.answered.items()
        )
        fates = sorted([*self.answered, *self.left])
        tally.check(
            f"each of {len(self.productids):,} tasks got its own answer, unless it gave up",
            answered and fates == [*range(len(self.productids))],
        )
