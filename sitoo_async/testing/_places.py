"""Which places of the API have rules of their own; every other one is a plain `Collection`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sitoo_async.testing import (
    _cards,
    _media,
    _orders,
    _pos,
    _prices,
    _products,
    _services,
    _stock,
    _variants,
    _warehouse_batches,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sitoo_async.testing._collection import Collection

__all__ = ["CLASSES"]

_WAREHOUSE = "/sites/{}/warehouses/{}"
_BATCHES = f"{_WAREHOUSE}/warehousebatches"

CLASSES: Mapping[str, type[Collection]] = {
    "/custom_metric_values": _services.MetricValues,
    "/custom_metrics": _services.Metrics,
    "/orders": _orders.AllOrders,
    "/pos-z-reports": _pos.ReportFeed,
    "/pos-z-reports/{}": _pos.RegisterReports,
    "/serviceorders": _services.ServiceOrders,
    "/shipments": _services.Shipments,
    "/sites/{}/cashregisters": _pos.CashRegisters,
    "/sites/{}/customattributes": _products.CustomAttributes,
    "/sites/{}/giftcards": _cards.GiftCards,
    "/sites/{}/giftcards/{}/transactions": _cards.GiftCardTransactions,
    "/sites/{}/influencercodes": _cards.InfluencerCodes,
    "/sites/{}/influencervouchers": _cards.InfluencerVouchers,
    "/sites/{}/influencervouchers/{}/transactions": _cards.InfluencerTransactions,
    "/sites/{}/orderdeliveries": _orders.AllDeliveries,
    "/sites/{}/orders": _orders.Orders,
    "/sites/{}/orders/{}/orderdeliveries": _orders.Deliveries,
    "/sites/{}/orders/{}/orderlogitems": _orders.LogItems,
    "/sites/{}/plugins": _pos.Plugins,
    "/sites/{}/plugins/{}/settings": _pos.PluginSettings,
    "/sites/{}/posprofiles": _pos.Profiles,
    "/sites/{}/pricelists": _prices.PriceLists,
    "/sites/{}/pricelists/{}/pricelistitems": _prices.PriceListItems,
    "/sites/{}/productgroups": _products.ProductGroups,
    "/sites/{}/products": _products.Products,
    "/sites/{}/products/{}/files": _media.ProductMedia,
    "/sites/{}/products/{}/images": _media.ProductMedia,
    "/sites/{}/products/{}/productvariants": _variants.Variants,
    "/sites/{}/resources": _media.Resources,
    "/sites/{}/salestaxgroups": _prices.SalesTaxGroups,
    "/sites/{}/settings": _pos.Settings,
    "/sites/{}/stores": _pos.Stores,
    "/sites/{}/users": _services.Users,
    "/sites/{}/vouchers": _prices.Vouchers,
    "/sites/{}/vouchers/{}/products": _prices.VoucherProducts,
    _BATCHES: _warehouse_batches.Batches,
    f"{_BATCHES}/{{}}/warehousebatchitems": _warehouse_batches.BatchItems,
    f"{_WAREHOUSE}/warehouseitems": _stock.WarehouseItems,
    f"{_WAREHOUSE}/warehousetransactions": _stock.Transactions,
    "/sites/{}/warehousetransactions": _stock.AllTransactions,
    "/store-z-reports": _pos.StoreReports,
    "/store-z-reports/configuration": _pos.StoreReportConfiguration,
}
