"""Which places of the API have rules of their own; every other one is a plain `Collection`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sitoo_async.testing._account import (
    cards,
    media,
    orders,
    pos,
    prices,
    products,
    services,
    stock,
    variants,
    warehouse_batches,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sitoo_async.testing._account.collection import Collection

__all__ = ["CLASSES"]

_WAREHOUSE = "/sites/{}/warehouses/{}"
_BATCHES = f"{_WAREHOUSE}/warehousebatches"

CLASSES: Mapping[str, type[Collection]] = {
    "/custom_metric_values": services.MetricValues,
    "/custom_metrics": services.Metrics,
    "/orders": orders.AllOrders,
    "/pos-z-reports": pos.ReportFeed,
    "/pos-z-reports/{}": pos.RegisterReports,
    "/serviceorders": services.ServiceOrders,
    "/shipments": services.Shipments,
    "/sites/{}/cashregisters": pos.CashRegisters,
    "/sites/{}/categories": products.Categories,
    "/sites/{}/customattributes": products.CustomAttributes,
    "/sites/{}/giftcards": cards.GiftCards,
    "/sites/{}/giftcards/{}/transactions": cards.GiftCardTransactions,
    "/sites/{}/influencercodes": cards.InfluencerCodes,
    "/sites/{}/influencervouchers": cards.InfluencerVouchers,
    "/sites/{}/influencervouchers/{}/transactions": cards.InfluencerTransactions,
    "/sites/{}/orderdeliveries": orders.AllDeliveries,
    "/sites/{}/orders": orders.Orders,
    "/sites/{}/orders/{}/orderdeliveries": orders.Deliveries,
    "/sites/{}/orders/{}/orderlogitems": orders.LogItems,
    "/sites/{}/plugins": pos.Plugins,
    "/sites/{}/plugins/{}/settings": pos.PluginSettings,
    "/sites/{}/posprofiles": pos.Profiles,
    "/sites/{}/pricelists": prices.PriceLists,
    "/sites/{}/pricelists/{}/pricelistitems": prices.PriceListItems,
    "/sites/{}/productgroups": products.ProductGroups,
    "/sites/{}/products": products.Products,
    "/sites/{}/products/{}/files": media.ProductMedia,
    "/sites/{}/products/{}/images": media.ProductMedia,
    "/sites/{}/products/{}/productvariants": variants.Variants,
    "/sites/{}/resources": media.Resources,
    "/sites/{}/salestaxgroups": prices.SalesTaxGroups,
    "/sites/{}/settings": pos.Settings,
    "/sites/{}/stores": pos.Stores,
    "/sites/{}/users": services.Users,
    "/sites/{}/vouchers": prices.Vouchers,
    "/sites/{}/vouchers/{}/products": prices.VoucherProducts,
    _BATCHES: warehouse_batches.Batches,
    f"{_BATCHES}/{{}}/warehousebatchitems": warehouse_batches.BatchItems,
    f"{_WAREHOUSE}/warehouseitems": stock.WarehouseItems,
    f"{_WAREHOUSE}/warehousetransactions": stock.Transactions,
    "/sites/{}/warehousetransactions": stock.AllTransactions,
    "/store-z-reports": pos.StoreReports,
    "/store-z-reports/configuration": pos.StoreReportConfiguration,
}
