"""Whatever is called at once, with whatever failing: the server ends in a state that some order of
the calls explains, those that succeeded all of them and those with an unknown outcome or not.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from sitoo_async import SitooClient, SitooError
from sitoo_async.testing import FakeSitoo, Fault, run_virtual

PRODUCTS = [1, 2, 3, 4]

FAULTS: dict[str, Callable[[], Fault]] = {
    "lost before": lambda: Fault.drop(when="before"),
    "lost after": lambda: Fault.drop(when="after"),
    "half": Fault.half,
    "refused": Fault.refuse,
    "broken before": lambda: Fault.server_error(when="before"),
    "broken after": lambda: Fault.html502(when="after"),
    "rejected": lambda: Fault.answer(400, errortext="400: Bad Request", when="before"),
}


@attrs.frozen
class Step:
    """One call of a program; `at` is when it begins, `cancelled` how much later it is dropped."""

    kind: str
    product: int
    at: float
    cancelled: float | None


steps = st.builds(
    Step,
    kind=st.sampled_from(["update", "update", "update", "delete", "add", "get", "update_many"]),
    product=st.sampled_from(PRODUCTS),
    at=st.sampled_from([0.0, 0.0, 0.0, 0.01, 0.03, 0.5]),
    cancelled=st.sampled_from([None, None, None, 0.0, 0.005, 0.025]),
)


@attrs.define
class Fate:
    """What became of a call: it was done, it was not, or nobody knows."""

    step: Step
    token: str
    done: bool | None = None


async def perform(client: SitooClient, fate: Fate) -> None:
    step, token, products = fate.step, fate.token, client.products
    calls: dict[str, Callable[[], Any]] = {
        "update": lambda: products.update(step.product, title=token),
        "delete": lambda: products.delete(step.product),
        "add": lambda: products.add(sku=token),
        "get": lambda: products.get(step.product),
        "update_many": lambda: many(client, fate),
    }
    await asyncio.sleep(step.at)
    try:
        async with asyncio.timeout(step.cancelled):
            await calls[step.kind]()
        fate.done = True
    except TimeoutError as error:
        # Ours: the call was dropped while it waited or flew. One of the library's own says more.
        fate.done = None if not isinstance(error, SitooError) or error.sent == "unknown" else False
    except SitooError as error:
        fate.done = None if error.sent == "unknown" else False


async def many(client: SitooClient, fate: Fate) -> None:
    result = await client.products.update_many(
        [{"productid": fate.step.product, "title": fate.token}]
    )
    result.raise_for_failures() if result[0].error is None else raise_(result[0].error)


def raise_(error: SitooError) -> None:
    raise error


async def run(program: list[Step], faults: list[str], *, coalesce: bool) -> None:
    async with FakeSitoo(products=len(PRODUCTS), delay=0.02) as fake:
        before = {number: fake.products()[number]["title"] for number in PRODUCTS}
        fake.script(*(FAULTS[name]() for name in faults))
        fates = [Fate(step, f"token-{number}") for number, step in enumerate(program)]
        async with SitooClient(**fake.credentials, coalesce=coalesce) as client:
            await asyncio.gather(*(perform(client, fate) for fate in fates))
            with contextlib.suppress(SitooError):
                await client.products.get(1)  # the lane serves afterwards
        # A call that was dropped in flight may still be at work.
        await asyncio.sleep(1)
        assert fake.highest_in_flight <= 1
        assert_explained(fake.products(), before, fates)


def assert_explained(
    store: dict[int, dict[str, Any]], before: dict[int, str], fates: list[Fate]
) -> None:
    def of(*kinds: str, product: int) -> list[Fate]:
        return [f for f in fates if f.step.kind in kinds and f.step.product == product]

    for product in PRODUCTS:
        deletes = of("delete", product=product)
        updates = of("update", "update_many", product=product)
        if product not in store:
            assert any(fate.done in (True, None) for fate in deletes)
            continue
        assert not any(fate.done for fate in deletes)
        possible = {fate.token for fate in updates if fate.done in (True, None)}
        if not any(fate.done for fate in updates):
            possible.add(before[product])
        assert store[product]["title"] in possible
    added = [item["sku"] for item in store.values() if item["sku"].startswith("token-")]
    assert len(added) == len(set(added))
    for fate in fates:
        if fate.step.kind == "add" and fate.done is not None:
            assert (fate.token in added) is fate.done


@settings(max_examples=60)
@given(
    program=st.lists(steps, min_size=1, max_size=14),
    faults=st.lists(st.sampled_from(sorted(FAULTS)), max_size=4),
    coalesce=st.booleans(),
)
def test_some_order_of_the_calls_explains_the_end(program, faults, coalesce):
    run_virtual(run(program, faults, coalesce=coalesce))
