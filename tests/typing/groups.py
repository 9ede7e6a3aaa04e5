# pyright: reportUnnecessaryTypeIgnoreComment=true
"""What a type checker infers in each group of operations; checked, never run.

Lines that are wrong on purpose show what it refuses. Each carries mypy's code for the error; both
checkers complain where they find none, which the first line of this file tells pyright to do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, assert_type

from sitoo_async import Batch, BatchResult, Outcome, Page, Paginator, SitooClient
from sitoo_async.models import (
    ArchivedFilterType,
    Category,
    CustomAttribute,
    CustomMetric,
    CustomMetricValue,
    GiftCard,
    GiftCardResponse,
    InfluencerCode,
    InfluencerVoucher,
    InfluencerVoucherTransactionResponse,
    JournalCash,
    JournalEntry,
    JournalEntryType,
    Manufacturer,
    Order,
    OrderDelivery,
    OrderItem,
    OrderLogItem,
    PluginSettings,
    PosPaymentMethod,
    PosPaymentType,
    PosProfile,
    PosRegister,
    PosZReport,
    PriceList,
    PriceListItem,
    Product,
    ProductGroup,
    ProductGroupType,
    ProductVariants,
    PurchasePriceList,
    PurchasePriceListItem,
    PurchasePriceMapping,
    ReasonCode,
    Resource,
    SalesTax,
    SalesTaxGroup,
    ServiceOrder,
    Settings,
    Shipment,
    ShipmentActionV3,
    ShipmentStateV3,
    ShipmentV3,
    Site,
    Store,
    StoreType,
    TransactionType,
    User,
    Voucher,
    Warehouse,
    WarehouseBatch,
    WarehouseBatchItem,
    WarehouseBatchState,
    WarehouseItem,
    WarehouseTransaction,
)
from sitoo_async.resources.warehouse_sessions import WarehouseSession


async def cash_registers(sitoo: SitooClient) -> None:
    registers = sitoo.cash_registers.list(includenotregistered=True, start=5, page_size=10)
    assert_type(registers, Paginator[PosRegister])
    assert_type(await registers, Page[PosRegister])
    async for register in registers:
        assert_type(register, PosRegister)
    assert_type(registers.position, int)
    assert_type(await sitoo.cash_registers.get("R-1"), PosRegister)
    sitoo.cash_registers.list(registered=True)  # type: ignore[call-arg]
    sitoo.cash_registers.list(fields=["registerid"])  # type: ignore[call-arg]
    await sitoo.cash_registers.get(1)  # type: ignore[arg-type]

    reports = sitoo.cash_registers.z_reports.list("R-1", datecreatedfrom=datetime.now(UTC))
    assert_type(reports, Paginator[PosZReport])
    assert_type(await reports, Page[PosZReport])
    async for report in reports:
        assert_type(report, PosZReport)
    assert_type(reports.position, int)
    assert_type(await sitoo.cash_registers.z_reports.get("R-1", 7), PosZReport)
    sitoo.cash_registers.z_reports.list()  # type: ignore[call-arg]
    sitoo.cash_registers.z_reports.list("R-1", datecreatedto=date(2024, 1, 1))  # type: ignore[arg-type]
    await sitoo.cash_registers.z_reports.get("R-1", "7")  # type: ignore[arg-type]


async def categories(sitoo: SitooClient) -> None:
    found = sitoo.categories.list(fields=["categoryid", "title"], start=5, page_size=10)
    assert_type(found, Paginator[Category])
    assert_type(await found, Page[Category])
    async for category in found:
        assert_type(category, Category)
    assert_type(found.position, int)
    assert_type(await sitoo.categories.get(1), Category)
    assert_type(await sitoo.categories.add(title="Blankets", visible=True), int)
    assert_type(await sitoo.categories.add(Category(title="Blankets")), int)
    assert_type(await sitoo.categories.update(1, visible=False), bool)
    assert_type(await sitoo.categories.delete(1), bool)
    sitoo.categories.list(fields=["titel"])  # type: ignore[list-item]
    sitoo.categories.list(visible=True)  # type: ignore[call-arg]
    await sitoo.categories.get("1")  # type: ignore[arg-type]
    await sitoo.categories.add(Product(sku="a"))  # type: ignore[arg-type]
    await sitoo.categories.add(visible="yes")  # type: ignore[arg-type]
    await sitoo.categories.update(1, datecreated=1)  # type: ignore[call-arg]


async def custom_attributes(sitoo: SitooClient) -> None:
    attributes = sitoo.custom_attributes.list(start=5, page_size=10)
    assert_type(attributes, Paginator[CustomAttribute])
    assert_type(await attributes, Page[CustomAttribute])
    async for attribute in attributes:
        assert_type(attribute, CustomAttribute)
    assert_type(attributes.position, int)
    assert_type(await sitoo.custom_attributes.get("wash"), CustomAttribute)
    added = await sitoo.custom_attributes.add(id="wash", title="Washing", type="enum", enums=["30"])
    assert_type(added, CustomAttribute)
    assert_type(
        await sitoo.custom_attributes.update("wash", title="Wash", enums=None), CustomAttribute
    )
    assert_type(await sitoo.custom_attributes.delete("wash"), bool)
    sitoo.custom_attributes.list(type="enum")  # type: ignore[call-arg]
    await sitoo.custom_attributes.get(1)  # type: ignore[arg-type]
    await sitoo.custom_attributes.add(enums=30)  # type: ignore[arg-type]
    # Only the title and the choices can be changed.
    await sitoo.custom_attributes.update("wash", type="text")  # type: ignore[call-arg]


async def custom_metrics(sitoo: SitooClient) -> None:
    metrics = sitoo.custom_metrics.list(keys=["visitors"])
    assert_type(metrics, Paginator[CustomMetric])
    assert_type(await metrics, Page[CustomMetric])
    async for metric in metrics:
        assert_type(metric, CustomMetric)
    added = await sitoo.custom_metrics.add(key="visitors", grouping="per_day_site", type="scalar")
    assert_type(added, CustomMetric)
    assert_type(await sitoo.custom_metrics.delete("visitors"), bool)
    sitoo.custom_metrics.list(key=["visitors"])  # type: ignore[call-arg]
    sitoo.custom_metrics.list(keys=[1])  # type: ignore[list-item]
    await sitoo.custom_metrics.add(key=1)  # type: ignore[arg-type]

    values = sitoo.custom_metrics.values.list(keys=["visitors"], date="2024-05-01", num_days=7)
    assert_type(values, Paginator[CustomMetricValue])
    assert_type(await values, Page[CustomMetricValue])
    async for value in values:
        assert_type(value, CustomMetricValue)
    written = await sitoo.custom_metrics.values.update(
        [CustomMetricValue(key="visitors", value_scalar=Decimal(7)), {"key": "queue"}]
    )
    assert_type(written, Sequence[CustomMetricValue])
    assert_type(await sitoo.custom_metrics.values.delete("visitors", date="2024-05-01"), bool)
    sitoo.custom_metrics.values.list(days=7)  # type: ignore[call-arg]
    sitoo.custom_metrics.values.list(num_days="7")  # type: ignore[arg-type]
    await sitoo.custom_metrics.values.delete("visitors", keys=["queue"])  # type: ignore[call-arg]


async def gift_cards(sitoo: SitooClient) -> None:
    assert_type(await sitoo.gift_cards.get("4711", pin="12"), GiftCardResponse)
    added = await sitoo.gift_cards.add(type="giftcard", currencycode="SEK", email="a@example.com")
    assert_type(added, GiftCardResponse)
    assert_type(await sitoo.gift_cards.add(GiftCard(type="giftcard")), GiftCardResponse)
    await sitoo.gift_cards.get(4711)  # type: ignore[arg-type]
    await sitoo.gift_cards.add(date_created=1)  # type: ignore[call-arg]

    used = await sitoo.gift_cards.transactions.add("4711", moneyamount=Decimal(-50), pin="12")
    assert_type(used, GiftCardResponse)
    assert_type(await sitoo.gift_cards.transactions.delete("4711", ["a"]), bool)
    await sitoo.gift_cards.transactions.add("4711", moneyamount=0.5)  # type: ignore[arg-type]
    await sitoo.gift_cards.transactions.add("4711", transactionid="a")  # type: ignore[call-arg]
    await sitoo.gift_cards.transactions.delete("4711", [1])  # type: ignore[list-item]


async def influencer_codes(sitoo: SitooClient) -> None:
    codes = sitoo.influencer_codes.list(fields=["code", "numused"], active=True, name="A")
    assert_type(codes, Paginator[InfluencerCode])
    assert_type(await codes, Page[InfluencerCode])
    async for code in codes:
        assert_type(code, InfluencerCode)
    assert_type(codes.position, int)
    assert_type(await sitoo.influencer_codes.get("SUN", fields=["code"]), InfluencerCode)
    assert_type(sitoo.influencer_codes.add_many([{"code": "SUN", "name": "A"}]), Batch[str])
    result = await sitoo.influencer_codes.update_many([InfluencerCode(code="SUN", active=False)])
    assert_type(result, BatchResult[bool])
    async for outcome in sitoo.influencer_codes.delete_many(["SUN", {"code": "RAIN"}]):
        assert_type(outcome, Outcome[bool])
    sitoo.influencer_codes.list(activ=True)  # type: ignore[call-arg]
    sitoo.influencer_codes.list(active="yes")  # type: ignore[arg-type]
    sitoo.influencer_codes.list(fields=["number"])  # type: ignore[list-item]
    sitoo.influencer_codes.update_many([{"code": "SUN", "numused": 1}])  # type: ignore[list-item]
    sitoo.influencer_codes.delete_many([1])  # type: ignore[list-item]


async def influencer_vouchers(sitoo: SitooClient) -> None:
    assert_type(await sitoo.influencer_vouchers.get("SUN"), InfluencerVoucher)
    await sitoo.influencer_vouchers.get(1)  # type: ignore[arg-type]

    used = await sitoo.influencer_vouchers.transactions.add("SUN", moneyordertotal=Decimal(100))
    assert_type(used, InfluencerVoucherTransactionResponse)
    assert_type(await sitoo.influencer_vouchers.transactions.delete("SUN", "a"), bool)
    await sitoo.influencer_vouchers.transactions.add("SUN", moneyordertotal=1.5)  # type: ignore[arg-type]
    await sitoo.influencer_vouchers.transactions.add("SUN", transactionid="a")  # type: ignore[call-arg]
    await sitoo.influencer_vouchers.transactions.delete("SUN", 1)  # type: ignore[arg-type]


async def journals(sitoo: SitooClient) -> None:
    found = sitoo.journals.list(
        "3CCB", date_from=datetime.now(UTC), date_type="added", type="login"
    )
    assert_type(found, Paginator[JournalEntry, str | None])
    assert_type(await found, Page[JournalEntry])
    added = sitoo.journals.list_added("3CCB", since=datetime.now(UTC), held=[1])
    assert_type(added, Paginator[JournalEntry, datetime | None])
    async for entry in added:
        assert_type(entry, JournalEntry)
        assert_type(entry.type, JournalEntryType)
        if isinstance(entry.data, JournalCash):
            assert_type(entry.data.moneycash, Decimal)
    assert_type(added.position, datetime | None)
    every = sitoo.journals.list_all(since={"3CCB": datetime.now(UTC)})
    async for entry in every:
        assert_type(entry, JournalEntry)
    assert_type(every.positions, Mapping[str, datetime])
    sitoo.journals.list("3CCB", date_type="arrived")  # type: ignore[arg-type]
    sitoo.journals.list("3CCB", register="3CCB")  # type: ignore[call-arg]
    sitoo.journals.list_added("3CCB", since=1)  # type: ignore[arg-type]
    sitoo.journals.list_all(since=1)  # type: ignore[arg-type]


async def manufacturers(sitoo: SitooClient) -> None:
    found = sitoo.manufacturers.list(fields=["externalcompanyid", "name"], start=5, page_size=10)
    assert_type(found, Paginator[Manufacturer])
    assert_type(await found, Page[Manufacturer])
    async for manufacturer in found:
        assert_type(manufacturer, Manufacturer)
    assert_type(found.position, int)
    assert_type(await sitoo.manufacturers.get(1), Manufacturer)
    assert_type(await sitoo.manufacturers.add(name="Weavers"), int)
    assert_type(sitoo.manufacturers.add_many([Manufacturer(name="Weavers")]), Batch[int])
    assert_type(await sitoo.manufacturers.update(1, name="Spinners"), bool)
    result = await sitoo.manufacturers.update_many([{"externalcompanyid": 1, "name": "Spinners"}])
    assert_type(result, BatchResult[bool])
    assert_type(await sitoo.manufacturers.delete(1), bool)
    async for outcome in sitoo.manufacturers.delete_many([1, 2]):
        assert_type(outcome, Outcome[bool])
    sitoo.manufacturers.list(name="Weavers")  # type: ignore[call-arg]
    sitoo.manufacturers.list(fields=["nam"])  # type: ignore[list-item]
    await sitoo.manufacturers.add(name=1)  # type: ignore[arg-type]
    await sitoo.manufacturers.add(externalcompanyid=1)  # type: ignore[call-arg]
    sitoo.manufacturers.update_many([{"externalcompanyid": "1"}])  # type: ignore[list-item]
    sitoo.manufacturers.delete_many(["1"])  # type: ignore[list-item]


async def orders(sitoo: SitooClient) -> None:
    found = sitoo.orders.list(since_id=7, fields=["orderid", "email"], externalid=["E-1"])
    assert_type(found, Paginator[Order])
    assert_type(await found, Page[Order])
    async for order in found:
        assert_type(order, Order)
        assert_type(order.orderitems, list[OrderItem])
        assert_type(order.moneytotal_net, Decimal)
    assert_type(found.position, int)
    everywhere = sitoo.orders.list_all(sort="-orderid", eshopid=[1, 2])
    assert_type(everywhere, Paginator[Order])
    assert_type(await everywhere, Page[Order])
    assert_type(await sitoo.orders.get(1), Order)
    assert_type(
        await sitoo.orders.add(email="a@example.com", orderitems=[{"productname": "B"}]), int
    )
    assert_type(await sitoo.orders.add(Order(email="a@example.com")), int)
    assert_type(await sitoo.orders.update(1, externalid="E-1"), bool)
    sitoo.orders.list(eshopid=[1])  # type: ignore[call-arg]
    sitoo.orders.list(orderid=1)  # type: ignore[arg-type]
    sitoo.orders.list(sort="email")  # type: ignore[arg-type]
    sitoo.orders.list(fields=["mail"])  # type: ignore[list-item]
    sitoo.orders.list_all(fields=["mail"])  # type: ignore[list-item]
    await sitoo.orders.get("1")  # type: ignore[arg-type]
    await sitoo.orders.add(moneytotal_net=Decimal(1))  # type: ignore[call-arg]
    await sitoo.orders.add(orderitems=[{"productnam": "B"}])  # type: ignore[list-item]

    deliveries = sitoo.orders.deliveries.list(1, ignorestock=True)
    assert_type(deliveries, Paginator[OrderDelivery])
    assert_type(await deliveries, Page[OrderDelivery])
    async for delivery in deliveries:
        assert_type(delivery, OrderDelivery)
    assert_type(sitoo.orders.deliveries.list_all(start=5), Paginator[OrderDelivery])
    delivered = await sitoo.orders.deliveries.add(
        1, warehouseid=4, orderdeliveryitems=[{"orderitemid": 2, "quantity": 1}], ignorestock=True
    )
    assert_type(delivered, int)
    assert_type(await sitoo.orders.deliveries.update(1, 3, orderdeliveryref="T-1"), bool)
    sitoo.orders.deliveries.list("1")  # type: ignore[arg-type]
    sitoo.orders.deliveries.list(1, warehouseid=4)  # type: ignore[call-arg]
    await sitoo.orders.deliveries.add(1, datedelivery=1)  # type: ignore[call-arg]

    log_items = sitoo.orders.log_items.list(1)
    assert_type(log_items, Paginator[OrderLogItem])
    assert_type(await log_items, Page[OrderLogItem])
    async for log_item in log_items:
        assert_type(log_item, OrderLogItem)
    assert_type(await sitoo.orders.log_items.add(1, orderlogtypeid=110, strvalue="Packed"), bool)
    sitoo.orders.log_items.list(1, start=5)  # type: ignore[call-arg]
    await sitoo.orders.log_items.add(1, orderlogtypeid="110")  # type: ignore[arg-type]
    await sitoo.orders.log_items.add(1, datelog=1)  # type: ignore[call-arg]


async def plugins(sitoo: SitooClient) -> None:
    settings = await sitoo.plugins.settings.get("giftcards")
    assert_type(settings, PluginSettings)
    assert_type(settings.active, bool)
    # What a plugin has besides differs from plugin to plugin.
    assert_type(await sitoo.plugins.settings.update("giftcards", active=True, colour="red"), bool)
    await sitoo.plugins.settings.get(1)  # type: ignore[arg-type]
    await sitoo.plugins.settings.update("giftcards", active="yes")  # type: ignore[arg-type]


async def pos_payment_types(sitoo: SitooClient) -> None:
    found = sitoo.pos_payment_types.list(fields=["paymenttypeid", "name"])
    assert_type(found, Paginator[PosPaymentType])
    assert_type(await found, Page[PosPaymentType])
    async for payment_type in found:
        assert_type(payment_type, PosPaymentType)
        assert_type(payment_type.paymentmethodid, PosPaymentMethod)
    assert_type(await sitoo.pos_payment_types.get(1), PosPaymentType)
    assert_type(await sitoo.pos_payment_types.add(paymentmethodid=1, name="Cash"), int)
    assert_type(await sitoo.pos_payment_types.update(1, name="Coins"), bool)
    assert_type(await sitoo.pos_payment_types.delete(1), bool)
    # They come whole, in one page.
    sitoo.pos_payment_types.list(start=5)  # type: ignore[call-arg]
    sitoo.pos_payment_types.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.pos_payment_types.add(name=1)  # type: ignore[arg-type]
    await sitoo.pos_payment_types.update(1, paymenttypeid=2)  # type: ignore[call-arg]


async def pos_profiles(sitoo: SitooClient) -> None:
    profiles = sitoo.pos_profiles.list(fields=["id", "name"], searchtext="a", sort="name")
    assert_type(profiles, Paginator[PosProfile])
    assert_type(await profiles, Page[PosProfile])
    async for profile in profiles:
        assert_type(profile, PosProfile)
    assert_type(profiles.position, int)
    assert_type(await sitoo.pos_profiles.get(1), PosProfile)
    assert_type(await sitoo.pos_profiles.add(name="Counter"), int)
    assert_type(await sitoo.pos_profiles.update(1, receipt_showsku=True), bool)
    assert_type(await sitoo.pos_profiles.delete(1), bool)
    sitoo.pos_profiles.list(search="a")  # type: ignore[call-arg]
    sitoo.pos_profiles.list(sort="colour")  # type: ignore[arg-type]
    sitoo.pos_profiles.list(fields=["nam"])  # type: ignore[list-item]
    await sitoo.pos_profiles.update(1, receipt_showsku="yes")  # type: ignore[arg-type]
    await sitoo.pos_profiles.update(1, num_registers=2)  # type: ignore[call-arg]


async def price_lists(sitoo: SitooClient) -> None:
    found = sitoo.price_lists.list(fields=["pricelistid"], start=5, page_size=10)
    assert_type(found, Paginator[PriceList])
    assert_type(await found, Page[PriceList])
    async for price_list in found:
        assert_type(price_list, PriceList)
    assert_type(found.position, int)
    assert_type(await sitoo.price_lists.get(1), PriceList)
    assert_type(await sitoo.price_lists.add(pricelistname="Staff"), int)
    assert_type(await sitoo.price_lists.update(1, active=False), bool)
    assert_type(await sitoo.price_lists.delete(1), bool)
    sitoo.price_lists.list(active=True)  # type: ignore[call-arg]
    sitoo.price_lists.list(fields=["name"])  # type: ignore[list-item]
    await sitoo.price_lists.update(1, active="no")  # type: ignore[arg-type]
    await sitoo.price_lists.update(1, pricelistid=2)  # type: ignore[call-arg]

    items = sitoo.price_lists.items.list(1, fields=["productid", "moneyprice"])
    assert_type(items, Paginator[PriceListItem])
    assert_type(await items, Page[PriceListItem])
    async for item in items:
        assert_type(item, PriceListItem)
    assert_type(items.position, int)
    assert_type(await sitoo.price_lists.items.set(1, sku="a", moneyprice=Decimal(7)), bool)
    result = await sitoo.price_lists.items.set_many(1, [{"sku": "a", "moneyprice": "7.00"}])
    assert_type(result, BatchResult[bool])
    assert_type(await sitoo.price_lists.items.delete(1, 21), bool)
    async for outcome in sitoo.price_lists.items.delete_many(1, [21, {"sku": "a"}]):
        assert_type(outcome, Outcome[bool])
    sitoo.price_lists.items.list(1, sku=["a"])  # type: ignore[call-arg]
    sitoo.price_lists.items.list(1, fields=["price"])  # type: ignore[list-item]
    await sitoo.price_lists.items.set(1, moneyprice=0.5)  # type: ignore[arg-type]
    sitoo.price_lists.items.set_many(1, [{"price": 7}])  # type: ignore[list-item]
    sitoo.price_lists.items.delete_many([21])  # type: ignore[call-arg, arg-type]


async def product_groups(sitoo: SitooClient) -> None:
    groups = sitoo.product_groups.list(fields=["vatid", "value"], start=5, page_size=10)
    assert_type(groups, Paginator[ProductGroup])
    assert_type(await groups, Page[ProductGroup])
    async for group in groups:
        assert_type(group, ProductGroup)
        assert_type(group.productgrouptype, ProductGroupType)
    assert_type(groups.position, int)
    assert_type(await sitoo.product_groups.get(1), ProductGroup)
    assert_type(await sitoo.product_groups.add(productgroupname="Books", value=6), int)
    assert_type(await sitoo.product_groups.update(1, value=Decimal(12)), bool)
    assert_type(await sitoo.product_groups.delete(1), bool)
    sitoo.product_groups.list(value=6)  # type: ignore[call-arg]
    sitoo.product_groups.list(fields=["vat"])  # type: ignore[list-item]
    await sitoo.product_groups.add(value="6")  # type: ignore[arg-type]
    await sitoo.product_groups.update(1, vatid=2)  # type: ignore[call-arg]


async def products(sitoo: SitooClient) -> None:
    found = sitoo.products.list(fields=["productid", "sku"], includeinactive=True)
    assert_type(found, Paginator[Product])
    assert_type(await found, Page[Product])
    async for product in found:
        assert_type(product, Product)
    assert_type(found.position, int)
    assert_type(await sitoo.products.get(21), Product)
    assert_type(await sitoo.products.add(sku="a", active=True), int)
    assert_type(sitoo.products.add_many([{"sku": "a"}]), Batch[int])
    assert_type(await sitoo.products.update(21, title="Blanket"), bool)
    assert_type(await sitoo.products.delete(21), bool)
    assert_type(await sitoo.products.update_many([{"productid": 21}]), BatchResult[bool])
    async for outcome in sitoo.products.delete_many([21, {"sku": "a"}]):
        assert_type(outcome, Outcome[bool])
    sitoo.products.list(active=True)  # type: ignore[call-arg]
    sitoo.products.list(sku=[1])  # type: ignore[list-item]
    sitoo.products.update_many([{"productid": 21, "variantparentid": 1}])  # type: ignore[list-item]

    assert_type(await sitoo.products.variants.get(21), ProductVariants)
    assert_type(await sitoo.products.variants.set(21, groups=[], variants=[]), bool)
    await sitoo.products.variants.set(21, groups=["Size"], variants=[])  # type: ignore[list-item]

    images = sitoo.products.images.list(21, fields=["resourceid"], start=5, page_size=10)
    assert_type(images, Paginator[Resource])
    assert_type(await images, Page[Resource])
    async for image in images:
        assert_type(image, Resource)
    assert_type(images.position, int)
    assert_type(await sitoo.products.images.get(21, 0), Resource)
    assert_type(await sitoo.products.images.add(21, "r-1"), bool)
    assert_type(await sitoo.products.images.add(21, data=Path("blanket.png")), bool)
    assert_type(await sitoo.products.images.delete(21, 0), bool)
    sitoo.products.images.list(21, fields=["name"])  # type: ignore[list-item]
    await sitoo.products.images.get(21, "r-1")  # type: ignore[arg-type]
    await sitoo.products.images.add(21, data="blanket.png")  # type: ignore[arg-type]

    files = sitoo.products.files.list(21, fields=["resourceid"], start=5, page_size=10)
    assert_type(files, Paginator[Resource])
    assert_type(await files, Page[Resource])
    async for file in files:
        assert_type(file, Resource)
    assert_type(files.position, int)
    assert_type(await sitoo.products.files.get(21, 0), Resource)
    assert_type(await sitoo.products.files.add(21, data=b"%PDF"), bool)
    assert_type(await sitoo.products.files.delete(21, 0), bool)
    sitoo.products.files.list(21, mimetype="text/plain")  # type: ignore[call-arg]
    await sitoo.products.files.add(21, 1)  # type: ignore[arg-type]


async def purchase_prices(sitoo: SitooClient) -> None:
    lists = sitoo.purchase_prices.lists.list(1, page_size=10)
    assert_type(lists, Paginator[PurchasePriceList, str | None])
    assert_type(await sitoo.purchase_prices.lists.get("A"), PurchasePriceList)
    added = await sitoo.purchase_prices.lists.add(
        id="A", owner_eshop_id=1, name="A", currency="SEK"
    )
    assert_type(added, PurchasePriceList)
    assert_type(await sitoo.purchase_prices.lists.update("A", added), PurchasePriceList)
    assert_type(await sitoo.purchase_prices.lists.delete("A"), bool)
    items = sitoo.purchase_prices.items.list("A")
    assert_type(items, Paginator[PurchasePriceListItem, str | None])
    assert_type(await sitoo.purchase_prices.items.set("A", [{"sku": "b", "price": 4900}]), bool)
    price = PurchasePriceListItem(sku="a", price="49.00")
    assert_type(await sitoo.purchase_prices.items.set("A", [price]), bool)
    assert_type(await sitoo.purchase_prices.items.delete("A", ["a"]), bool)
    assert_type(await sitoo.purchase_prices.mappings.get(1), PurchasePriceMapping)
    assert_type(await sitoo.purchase_prices.mappings.set(1, stores=[]), PurchasePriceMapping)
    sitoo.purchase_prices.lists.list("1")  # type: ignore[arg-type]
    await sitoo.purchase_prices.lists.add(created_at=1)  # type: ignore[call-arg]
    await sitoo.purchase_prices.items.delete("A", [1])  # type: ignore[list-item]
    await sitoo.purchase_prices.get_computed()


async def reason_codes(sitoo: SitooClient) -> None:
    codes = sitoo.reason_codes.list(fields=["reasoncodeid", "name"], type=[10])
    assert_type(codes, Paginator[ReasonCode])
    assert_type(await codes, Page[ReasonCode])
    async for code in codes:
        assert_type(code, ReasonCode)
    assert_type(codes.position, int)
    assert_type(await sitoo.reason_codes.get(1), ReasonCode)
    assert_type(await sitoo.reason_codes.add(type=10, reasoncode="LOST"), int)
    assert_type(await sitoo.reason_codes.update(1, name="Lost"), bool)
    assert_type(await sitoo.reason_codes.delete(1), bool)
    sitoo.reason_codes.list(reasoncode="LOST")  # type: ignore[call-arg]
    sitoo.reason_codes.list(type=10)  # type: ignore[arg-type]
    sitoo.reason_codes.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.reason_codes.update(1, reasoncodeid=2)  # type: ignore[call-arg]


async def resources(sitoo: SitooClient) -> None:
    found = sitoo.resources.list(fields=["resourceid", "mimetype"], start=5, page_size=10)
    assert_type(found, Paginator[Resource])
    assert_type(await found, Page[Resource])
    async for resource in found:
        assert_type(resource, Resource)
    assert_type(found.position, int)
    sitoo.resources.list(mimetype="image/png")  # type: ignore[call-arg]
    sitoo.resources.list(fields=["filedata"])  # type: ignore[list-item]
    sitoo.resources.list(start="5")  # type: ignore[arg-type]


async def sales_taxes(sitoo: SitooClient) -> None:
    taxes = sitoo.sales_taxes.list(fields=["salestaxid", "name"], start=5, page_size=10)
    assert_type(taxes, Paginator[SalesTax])
    assert_type(await taxes, Page[SalesTax])
    async for tax in taxes:
        assert_type(tax, SalesTax)
    assert_type(taxes.position, int)
    assert_type(await sitoo.sales_taxes.get(1), SalesTax)
    assert_type(await sitoo.sales_taxes.add(name="City", decimalvaluedefault=Decimal(4)), int)
    assert_type(await sitoo.sales_taxes.update(1, name="County"), bool)
    assert_type(await sitoo.sales_taxes.delete(1), bool)
    sitoo.sales_taxes.list(name="City")  # type: ignore[call-arg]
    sitoo.sales_taxes.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.sales_taxes.add(decimalvaluedefault=0.5)  # type: ignore[arg-type]

    groups = sitoo.sales_taxes.groups.list(fields=["salestaxgroupid"], start=5, page_size=10)
    assert_type(groups, Paginator[SalesTaxGroup])
    assert_type(await groups, Page[SalesTaxGroup])
    async for group in groups:
        assert_type(group, SalesTaxGroup)
    assert_type(groups.position, int)
    assert_type(await sitoo.sales_taxes.groups.get(1), SalesTaxGroup)
    assert_type(
        await sitoo.sales_taxes.groups.add(name="North", salestaxes=[{"salestaxid": 1}]), int
    )
    assert_type(await sitoo.sales_taxes.groups.update(1, region="N"), bool)
    assert_type(await sitoo.sales_taxes.groups.delete(1), bool)
    sitoo.sales_taxes.groups.list(region="N")  # type: ignore[call-arg]
    sitoo.sales_taxes.groups.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.sales_taxes.groups.update(1, region=1)  # type: ignore[arg-type]


async def service_orders(sitoo: SitooClient) -> None:
    found = sitoo.service_orders.list(
        start_after_id="a", page_size=10, state=["new"], sort="created"
    )
    assert_type(found, Paginator[ServiceOrder, str])
    assert_type(await found, Page[ServiceOrder])
    async for order in found:
        assert_type(order, ServiceOrder)
    assert_type(found.position, str)
    assert_type(await sitoo.service_orders.get("a"), ServiceOrder)
    added = await sitoo.service_orders.add(store={"id": "1", "name": "Main"}, currency="SEK")
    assert_type(added, ServiceOrder)
    assert_type(await sitoo.service_orders.update("a", revision=1, state="done"), ServiceOrder)
    sitoo.service_orders.list(start=5)  # type: ignore[call-arg]
    sitoo.service_orders.list(start_after_id=5)  # type: ignore[arg-type]
    sitoo.service_orders.list(sort="id")  # type: ignore[arg-type]
    await sitoo.service_orders.get(1)  # type: ignore[arg-type]
    await sitoo.service_orders.update("a", created=1)  # type: ignore[call-arg]


async def settings(sitoo: SitooClient) -> None:
    assert_type(await sitoo.settings.get(fields=["eshopname"]), Settings)
    assert_type(await sitoo.settings.update(doroundoff=True), bool)
    assert_type(await sitoo.settings.update(Settings(doroundoff=True)), bool)
    await sitoo.settings.get(fields=["name"])  # type: ignore[list-item]
    await sitoo.settings.update(doroundoff="yes")  # type: ignore[arg-type]
    await sitoo.settings.update(roundoff=True)  # type: ignore[call-arg]


async def shipments(sitoo: SitooClient) -> None:
    found = sitoo.shipments.list(
        fields=["shipmentid"], any_warehouseid=[1], archived=ArchivedFilterType.ALL
    )
    assert_type(found, Paginator[Shipment])
    assert_type(await found, Page[Shipment])
    async for shipment in found:
        assert_type(shipment, Shipment)
    assert_type(found.position, int)
    assert_type(await sitoo.shipments.get(1), Shipment)
    assert_type(await sitoo.shipments.add(comment="Two boxes"), int)
    assert_type(await sitoo.shipments.update(1, archived=True), bool)
    sitoo.shipments.list(warehouseid=[1])  # type: ignore[call-arg]
    sitoo.shipments.list(any_warehouseid=1)  # type: ignore[arg-type]
    sitoo.shipments.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.shipments.update(1, archived="yes")  # type: ignore[arg-type]
    await sitoo.shipments.update(1, datenew=1)  # type: ignore[call-arg]


async def shipments_v3(sitoo: SitooClient) -> None:
    found = sitoo.shipments_v3.list(
        shipment_state=[ShipmentStateV3.NEW, "arrived"],
        warehouse_filter_mode="or",
        estimated_delivery_from=datetime.now(UTC),
        include_packages=True,
    )
    assert_type(found, Paginator[ShipmentV3, str | None])
    shipment = await sitoo.shipments_v3.get("7b1f", include_packages=False)
    assert_type(shipment, ShipmentV3)
    assert_type(shipment.state, ShipmentStateV3)
    assert_type(shipment.packages[0].items[0].cost_price, Decimal)
    assert_type(await sitoo.shipments_v3.add(info={"barcode": "1"}), ShipmentV3)
    assert_type(await sitoo.shipments_v3.delete("7b1f"), bool)
    actions = sitoo.shipments_v3.actions.list("7b1f")
    assert_type(actions, Paginator[ShipmentActionV3, str | None])
    done = await sitoo.shipments_v3.actions.add("7b1f", type="in-transit", data={"note": "x"})
    assert_type(done, Mapping[str, Any] | None)
    sitoo.shipments_v3.list(shipment_state=1)  # type: ignore[arg-type]
    sitoo.shipments_v3.list(include_packages="true")  # type: ignore[arg-type]
    await sitoo.shipments_v3.add(state="new")  # type: ignore[call-arg]
    sitoo.shipments_v3.update("7b1f")  # type: ignore[attr-defined]


async def sites(sitoo: SitooClient) -> None:
    found = sitoo.sites.list()
    assert_type(found, Paginator[Site])
    assert_type(await found, Page[Site])
    async for site in found:
        assert_type(site, Site)
    assert_type(await sitoo.sites.get(), Site)
    assert_type(await sitoo.sites.get(2), Site)
    sitoo.sites.list(start=5)  # type: ignore[call-arg]
    await sitoo.sites.get("2")  # type: ignore[arg-type]


async def store_z_reports(sitoo: SitooClient) -> None:
    # The reference gives no more than the names of these operations.
    assert_type(await sitoo.store_z_reports.list(), Any)
    assert_type(await sitoo.store_z_reports.get(1), Any)
    await sitoo.store_z_reports.get("1")  # type: ignore[arg-type]

    assert_type(await sitoo.store_z_reports.configuration.get(), Any)
    assert_type(await sitoo.store_z_reports.configuration.set({"enabled": True}), Any)
    await sitoo.store_z_reports.configuration.set([])  # type: ignore[arg-type]


async def stores(sitoo: SitooClient) -> None:
    found = sitoo.stores.list(fields=["storeid", "name"], start=5, page_size=10)
    assert_type(found, Paginator[Store])
    assert_type(await found, Page[Store])
    async for store in found:
        assert_type(store, Store)
        assert_type(store.storetype, StoreType)
    assert_type(found.position, int)
    assert_type(await sitoo.stores.get(1), Store)
    assert_type(await sitoo.stores.add(storetype=10, name="Main Street"), int)
    assert_type(await sitoo.stores.update(1, phone="031"), bool)
    assert_type(await sitoo.stores.delete(1), bool)
    sitoo.stores.list(name="Main Street")  # type: ignore[call-arg]
    sitoo.stores.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.stores.update(1, phone=31)  # type: ignore[arg-type]
    await sitoo.stores.update(1, storeid=2)  # type: ignore[call-arg]


async def users(sitoo: SitooClient) -> None:
    found = sitoo.users.list(fields=["userid", "email"], userid=["u-1"], mobile="+46")
    assert_type(found, Paginator[User])
    assert_type(await found, Page[User])
    async for user in found:
        assert_type(user, User)
    assert_type(found.position, int)
    assert_type(await sitoo.users.get("u-1", fields=["email"]), User)
    assert_type(await sitoo.users.add(email="a@example.com"), str)
    assert_type(sitoo.users.add_many([User(email="a@example.com")]), Batch[str])
    assert_type(await sitoo.users.add_many([{"email": "a@example.com"}]), BatchResult[str])
    assert_type(await sitoo.users.update("u-1", namefirst="Ann"), bool)
    result = await sitoo.users.update_many([{"userid": "u-1", "namefirst": "Ann"}])
    assert_type(result, BatchResult[bool])
    assert_type(await sitoo.users.delete("u-1"), bool)
    sitoo.users.list(name="Ann")  # type: ignore[call-arg]
    sitoo.users.list(mobile=46)  # type: ignore[arg-type]
    await sitoo.users.get("u-1", fields=["name"])  # type: ignore[list-item]
    await sitoo.users.update("u-1", datecreated=1)  # type: ignore[call-arg]
    sitoo.users.update_many([{"userid": "u-1", "datecreated": 1}])  # type: ignore[list-item]
    sitoo.users.delete_many(["u-1"])  # type: ignore[attr-defined]


async def vouchers(sitoo: SitooClient) -> None:
    found = sitoo.vouchers.list(fields=["voucherid"], product_identifier="sku", start=5)
    assert_type(found, Paginator[Voucher])
    assert_type(await found, Page[Voucher])
    async for voucher in found:
        assert_type(voucher, Voucher)
    assert_type(found.position, int)
    assert_type(await sitoo.vouchers.get(1, product_identifier="sku"), Voucher)
    assert_type(await sitoo.vouchers.add(vouchername="Spring"), int)
    assert_type(await sitoo.vouchers.update(1, datestart=datetime.now(UTC)), bool)
    assert_type(await sitoo.vouchers.delete(1), bool)
    sitoo.vouchers.list(product_identifier="barcode")  # type: ignore[arg-type]
    sitoo.vouchers.list(active=True)  # type: ignore[call-arg]
    sitoo.vouchers.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.vouchers.update(1, datestart=1)  # type: ignore[arg-type]
    await sitoo.vouchers.update(1, datecreated=1)  # type: ignore[call-arg]

    assert_type(await sitoo.vouchers.products.add(1, [21]), Any)
    assert_type(await sitoo.vouchers.products.delete(1, ["a"], product_identifier="sku"), Any)
    await sitoo.vouchers.products.add(1, 21)  # type: ignore[arg-type]


async def warehouse_transactions(sitoo: SitooClient) -> None:
    found = sitoo.warehouse_transactions.list(
        since_id=7, fields=["warehousetransactionid"], warehouseid=4
    )
    assert_type(found, Paginator[WarehouseTransaction])
    assert_type(await found, Page[WarehouseTransaction])
    async for transaction in found:
        assert_type(transaction, WarehouseTransaction)
        assert_type(transaction.transactiontype, TransactionType)
    assert_type(found.position, int)
    assert_type(await sitoo.warehouse_transactions.add(warehouseid=4, transactiontype=10), int)
    batch = sitoo.warehouse_transactions.add_many([{"warehouseid": 4}])
    assert_type(batch, Batch[int])
    sitoo.warehouse_transactions.list(warehouseids=[4])  # type: ignore[call-arg]
    sitoo.warehouse_transactions.list(datecreatedto=1)  # type: ignore[arg-type]
    sitoo.warehouse_transactions.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.warehouse_transactions.add(datecreated=1)  # type: ignore[call-arg]
    sitoo.warehouse_transactions.add_many([{"warehouse": 4}])  # type: ignore[list-item]


async def warehouses(sitoo: SitooClient) -> None:
    found = sitoo.warehouses.list(fields=["warehouseid", "name"], start=5, page_size=10)
    assert_type(found, Paginator[Warehouse])
    assert_type(await found, Page[Warehouse])
    async for warehouse in found:
        assert_type(warehouse, Warehouse)
    assert_type(found.position, int)
    assert_type(await sitoo.warehouses.get(4), Warehouse)
    assert_type(await sitoo.warehouses.add(name="Main", usetype=10, currencycode="SEK"), int)
    assert_type(await sitoo.warehouses.update(4, sellable=True), bool)
    assert_type(await sitoo.warehouses.delete(4), bool)
    sitoo.warehouses.list(sellable=True)  # type: ignore[call-arg]
    sitoo.warehouses.list(fields=["id"])  # type: ignore[list-item]
    await sitoo.warehouses.update(4, sellable="yes")  # type: ignore[arg-type]
    await sitoo.warehouses.update(4, warehouseid=5)  # type: ignore[call-arg]

    stock = sitoo.warehouses.items.list(4, fields=["sku", "decimaltotal"], sku=["a"])
    assert_type(stock, Paginator[WarehouseItem])
    assert_type(await stock, Page[WarehouseItem])
    async for item in stock:
        assert_type(item, WarehouseItem)
        assert_type(item.decimaltotal, Decimal)
    assert_type(stock.position, int)
    written = await sitoo.warehouses.items.set_many(4, [{"sku": "a", "decimaltotal": Decimal(12)}])
    assert_type(written, BatchResult[int])
    sitoo.warehouses.items.list(4, skus=["a"])  # type: ignore[call-arg]
    sitoo.warehouses.items.list(4, fields=["total"])  # type: ignore[list-item]
    sitoo.warehouses.items.set_many(4, [{"sku": "a", "decimaltotal": 0.5}])  # type: ignore[list-item]
    sitoo.warehouses.items.set_many(4, [{"sku": "a", "warehouseitemid": 1}])  # type: ignore[list-item]


async def warehouse_movements(sitoo: SitooClient) -> None:
    batches = sitoo.warehouses.batches.list(
        4, fields=["warehousebatchid"], warehousebatchstate=WarehouseBatchState.OPEN
    )
    assert_type(batches, Paginator[WarehouseBatch])
    assert_type(await batches, Page[WarehouseBatch])
    async for batch in batches:
        assert_type(batch, WarehouseBatch)
    assert_type(batches.position, int)
    assert_type(await sitoo.warehouses.batches.get(4, 1), WarehouseBatch)
    opened = await sitoo.warehouses.batches.add(4, transactiontype=TransactionType.STOCKTAKING)
    assert_type(opened, int)
    assert_type(await sitoo.warehouses.batches.update(4, 1, comment="Autumn"), bool)
    assert_type(await sitoo.warehouses.batches.close(4, 1, comment="Autumn"), int | None)
    sitoo.warehouses.batches.list(4, state=10)  # type: ignore[call-arg]
    sitoo.warehouses.batches.list(4, fields=["id"])  # type: ignore[list-item]
    await sitoo.warehouses.batches.get(4, "1")  # type: ignore[arg-type]
    await sitoo.warehouses.batches.update(4, 1, datecreated=1)  # type: ignore[call-arg]

    items = sitoo.warehouses.batches.items.list(4, 1, fields=["sku"], start=5, page_size=10)
    assert_type(items, Paginator[WarehouseBatchItem])
    assert_type(await items, Page[WarehouseBatchItem])
    async for item in items:
        assert_type(item, WarehouseBatchItem)
    assert_type(items.position, int)
    assert_type(await sitoo.warehouses.batches.items.set(4, 1, sku="a", decimalquantity=12), bool)
    result = await sitoo.warehouses.batches.items.set_many(4, 1, [WarehouseBatchItem(sku="a")])
    assert_type(result, BatchResult[bool])
    assert_type(await sitoo.warehouses.batches.items.delete(4, 1, "a"), bool)
    async for outcome in sitoo.warehouses.batches.items.delete_many(4, 1, ["a", {"sku": "b"}]):
        assert_type(outcome, Outcome[bool])
    sitoo.warehouses.batches.items.list(4, 1, fields=["id"])  # type: ignore[list-item]
    await sitoo.warehouses.batches.items.set(4, 1, datemodified=1)  # type: ignore[call-arg]
    sitoo.warehouses.batches.items.delete_many(4, 1, [1])  # type: ignore[list-item]

    transactions = sitoo.warehouses.transactions.list(
        4, since_id=7, datecreatedfrom=datetime.now(UTC)
    )
    assert_type(transactions, Paginator[WarehouseTransaction])
    assert_type(await transactions, Page[WarehouseTransaction])
    async for transaction in transactions:
        assert_type(transaction, WarehouseTransaction)
    assert_type(transactions.position, int)
    assert_type(await sitoo.warehouses.transactions.get(4, 7), WarehouseTransaction)
    sitoo.warehouses.transactions.list(4, warehouseid=4)  # type: ignore[call-arg]
    sitoo.warehouses.transactions.list(4, fields=["id"])  # type: ignore[list-item]
    sitoo.warehouses.transactions.list(4, since_id="7")  # type: ignore[arg-type]


async def warehouse_sessions(sitoo: SitooClient) -> None:
    block = sitoo.warehouses.session(4, transactiontype=TransactionType.MOVE_IN, comment="Autumn")
    assert_type(block, AbstractAsyncContextManager[WarehouseSession])
    async with sitoo.warehouses.stocktaking(4, emailowner="a@example.com") as session:
        assert_type(session, WarehouseSession)
        assert_type(await session.set_many([{"sku": "a"}]), BatchResult[bool])
        await session.set_many([{"sku": 1}])  # type: ignore[list-item]
    assert_type(session.warehousetransactionid, int | None)
    sitoo.warehouses.stocktaking(4, transactiontype=10)  # type: ignore[call-arg]
    sitoo.warehouses.session(4, transactiontype="in")  # type: ignore[arg-type]


async def z_reports(sitoo: SitooClient) -> None:
    reports = sitoo.z_reports.list(added_from=datetime.now(UTC), store_id=["1"], eshopid=[1])
    assert_type(reports, Paginator[PosZReport, datetime | None])
    assert_type(await reports, Page[PosZReport])
    async for report in reports:
        assert_type(report, PosZReport)
    assert_type(reports.position, datetime | None)
    assert_type(await sitoo.z_reports.get("R-1", 7), PosZReport)
    sitoo.z_reports.list(storeid=["1"])  # type: ignore[call-arg]
    sitoo.z_reports.list(added_from=1)  # type: ignore[arg-type]
    sitoo.z_reports.list(eshopid=1)  # type: ignore[arg-type]
    await sitoo.z_reports.get(1, 7)  # type: ignore[arg-type]
