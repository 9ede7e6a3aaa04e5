"""What a type checker infers for the public interface; checked, never run."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, assert_type

from sitoo_async import (
    Batch,
    BatchResult,
    ExchangeRecord,
    LaneStats,
    Outcome,
    Page,
    Paginator,
    Response,
    RetryPolicy,
    SitooClient,
    SitooError,
    changes,
    is_set,
)
from sitoo_async.errors import (
    AnyBatchResult,
    BatchError,
    InvalidInputError,
    InvalidRow,
    RateLimitError,
    Sent,
)
from sitoo_async.models import Product, ProductVariantGroup, ProductVariants


def observer(record: ExchangeRecord) -> None:
    assert_type(record.status, int | None)


async def client() -> None:
    async with SitooClient(
        account_id=90316,
        api_id="90316-125",
        password="pw",
        base_url="https://api.example",
        deadline=30,
        retry=RetryPolicy(attempts=2, within=5),
        observers=[observer],
        shipments_v3_url="https://shipments.example/v3",
        own_lanes=["shipments-v3"],
    ) as sitoo:
        assert_type(sitoo, SitooClient)
        assert_type(sitoo.site(2), SitooClient)
        assert_type(sitoo.within(2.0), SitooClient)
        assert_type(sitoo.with_options(priority="bulk", queue_timeout=None), SitooClient)
        assert_type(sitoo.stats(), LaneStats)
        assert_type(await sitoo.request("GET", "/sites/1/x.json", params={"a": 1}), Response)
        await sitoo.request("GET", "/x", service="journals-v3")
        await sitoo.request("GET", "/x", service="journals")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        sitoo.with_options(priority="urgent")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
        sitoo.with_options(patience=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    assert_type(SitooClient.from_env(deadline=3), SitooClient)
    way_out = SitooClient.from_env(
        proxy="http://proxy.example",
        proxy_auth=("login", "pw"),
        trust_env=True,
        ssl=ssl.create_default_context(),
        user_agent="shop-sync/2.1",
    )
    assert_type(way_out, SitooClient)
    SitooClient.from_env(proxy_auth="login:pw")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def reading(sitoo: SitooClient) -> None:
    products = sitoo.products.list(
        fields=["productid", "sku"],
        sku=["a"],
        includeinactive=True,
        datelastmodified=datetime.now(UTC),
        start=5,
        page_size=10,
    )
    assert_type(products, Paginator[Product])
    assert_type(await products, Page[Product])
    assert_type((await products).totalcount, int)
    assert_type((await products).items, list[Product])
    async for product in products:
        assert_type(product, Product)
    async for page in products.pages():
        assert_type(page, Page[Product])
    assert_type(await products.collect(limit=3), list[Product])
    assert_type(await products.first(), Product | None)
    assert_type(await products.count(), int)
    assert_type(products.position, int)
    assert_type(products.drifted, bool)
    assert_type(await sitoo.products.get(21), Product)
    sitoo.products.list(fields=["titel"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    sitoo.products.list(skuu=["a"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await sitoo.products.get("21")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def writing(sitoo: SitooClient) -> None:
    assert_type(await sitoo.products.add(sku="a", moneyprice=Decimal(7), active=True), int)
    assert_type(await sitoo.products.add(Product(sku="a")), int)
    assert_type(await sitoo.products.update(21, title="Blanket", barcode=""), bool)
    assert_type(await sitoo.products.delete(21), bool)
    before = await sitoo.products.get(21)
    assert_type(changes(before, before), Product)
    assert_type(is_set(before, "title"), bool)
    await sitoo.products.update(21, titel="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    await sitoo.products.update(21, title=7)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await sitoo.products.update(21, datecreated=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def count_failed(result: AnyBatchResult) -> int:
    return len(result.failed)


async def many(sitoo: SitooClient) -> None:
    async def stream() -> AsyncIterator[Product]:
        yield Product(sku="a")

    assert_type(sitoo.products.add_many(stream()), Batch[int])
    assert_type(await sitoo.products.add_many([{"sku": "a"}]), BatchResult[int])
    result = await sitoo.products.update_many([{"productid": 1, "title": "x"}], chunk_size=5)
    assert_type(result, BatchResult[bool])
    assert_type(result[0], Outcome[bool])
    assert_type(result[0].index, int)
    assert_type(result[0].item, Any)
    assert_type(result[0].status, int | None)
    assert_type(result[0].value, bool | None)
    assert_type(result[0].error, SitooError | None)
    assert_type(await sitoo.products.add_many(stream(), invalid="raise"), BatchResult[int])
    assert_type(sitoo.products.update_many([], invalid="outcome"), Batch[bool])
    sitoo.products.delete_many([], invalid="ignore")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    async with sitoo.warehouses.stocktaking(1) as count:
        assert_type(await count.set_many([], invalid="outcome"), BatchResult[bool])
    async for outcome in sitoo.products.delete_many([1, 2]):
        assert_type(outcome, Outcome[bool])
    assert_type(count_failed(result), int)
    try:
        result.raise_for_failures()
    except BatchError as error:
        assert_type(error.result[0].index, int)
        assert_type(error.result[0].item, Any)
        assert_type(error.result[0].value, Any)
        assert_type([each.error for each in error.result.failed], list[SitooError | None])
        assert_type(len(error.result.outcomes) == len(error.result), bool)
        assert_type(count_failed(error.result), int)
        assert_type(error.sent, Sent)
    except InvalidInputError as error:
        assert_type(error.rows, tuple[InvalidRow, ...])
        assert_type([(index, reason) for index, reason in error.rows], list[tuple[int, str]])
        assert_type(error.rows[0].index, int)
        assert_type(error.rows[0].reason, str)
    except RateLimitError as error:
        assert_type(error.retry_after, float | None)


async def variants(sitoo: SitooClient) -> None:
    assert_type(await sitoo.products.variants.get(21), ProductVariants)
    group = ProductVariantGroup(name="Size", options=["S"])
    assert_type(await sitoo.products.variants.set(21, groups=[group], variants=[]), bool)
    await sitoo.products.variants.set(21, groups=[group])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
