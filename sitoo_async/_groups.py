"""The groups of operations, as attributes of a client; each is loaded when it is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sitoo_async._lane.options import Options
from sitoo_async._lane.session import Session

if TYPE_CHECKING:
    from sitoo_async.resources.cash_registers import CashRegisters
    from sitoo_async.resources.categories import Categories
    from sitoo_async.resources.custom_attributes import CustomAttributes
    from sitoo_async.resources.custom_metrics import CustomMetrics
    from sitoo_async.resources.gift_cards import GiftCards
    from sitoo_async.resources.influencer_codes import InfluencerCodes
    from sitoo_async.resources.influencer_vouchers import InfluencerVouchers
    from sitoo_async.resources.journals import Journals
    from sitoo_async.resources.manufacturers import Manufacturers
    from sitoo_async.resources.orders import Orders
    from sitoo_async.resources.plugins import Plugins
    from sitoo_async.resources.pos_payment_types import PosPaymentTypes
    from sitoo_async.resources.pos_profiles import PosProfiles
    from sitoo_async.resources.price_lists import PriceLists
    from sitoo_async.resources.product_groups import ProductGroups
    from sitoo_async.resources.products import Products
    from sitoo_async.resources.purchase_prices import PurchasePrices
    from sitoo_async.resources.reason_codes import ReasonCodes
    from sitoo_async.resources.resources import Resources
    from sitoo_async.resources.sales_taxes import SalesTaxes
    from sitoo_async.resources.service_orders import ServiceOrders
    from sitoo_async.resources.settings import SiteSettings
    from sitoo_async.resources.shipments import Shipments
    from sitoo_async.resources.shipments_v3 import ShipmentsV3
    from sitoo_async.resources.sites import Sites
    from sitoo_async.resources.store_z_reports import StoreZReports
    from sitoo_async.resources.stores import Stores
    from sitoo_async.resources.users import Users
    from sitoo_async.resources.vouchers import Vouchers
    from sitoo_async.resources.warehouse_transactions import WarehouseTransactions
    from sitoo_async.resources.warehouses import Warehouses
    from sitoo_async.resources.z_reports import ZReports

__all__ = ["GROUPS", "Groups"]


class Groups:
    """What a client offers. The annotations say which class, the names which module."""

    _session: Session
    _options: Options
    _site: int

    cash_registers: CashRegisters
    """The instances of the POS, and their Z-reports."""

    categories: Categories
    """The tree that products are sorted into."""

    custom_attributes: CustomAttributes
    """The definitions of the account's own product fields."""

    custom_metrics: CustomMetrics
    """Figures from elsewhere for the dashboards."""

    gift_cards: GiftCards
    """Gift cards and credit notes, and what moves their balance."""

    influencer_codes: InfluencerCodes
    """The codes of influencers."""

    influencer_vouchers: InfluencerVouchers
    """The use of influencers' codes."""

    journals: Journals
    """What was done at each cash register; a service with a host of its own."""

    manufacturers: Manufacturers
    """Brands."""

    orders: Orders
    """Orders, their deliveries and their logs."""

    plugins: Plugins
    """The settings of plugins."""

    pos_payment_types: PosPaymentTypes
    """How can be paid in the POS."""

    pos_profiles: PosProfiles
    """How the POS behaves."""

    price_lists: PriceLists
    """Price lists and their items."""

    product_groups: ProductGroups
    """The groups that decide VAT and bookkeeping."""

    products: Products
    """The products of the site, their variants, images and files."""

    purchase_prices: PurchasePrices
    """Purchase prices by franchisee or store; a service with a host of its own."""

    reason_codes: ReasonCodes
    """Why stock was moved, goods returned, prices changed."""

    resources: Resources
    """Images and other files, shared by all sites."""

    sales_taxes: SalesTaxes
    """Sales taxes, their rules and groups."""

    service_orders: ServiceOrders
    """Products that are repaired or altered."""

    settings: SiteSettings
    """The settings of the site."""

    shipments: Shipments
    """What is on its way between warehouses and stores."""

    shipments_v3: ShipmentsV3
    """The same in the newer service, with a host of its own and shipments of its own."""

    sites: Sites
    """The sales channels of the account."""

    store_z_reports: StoreZReports
    """The Z-reports of whole stores."""

    stores: Stores
    """The stores."""

    users: Users
    """Customers and staff, shared by all sites."""

    vouchers: Vouchers
    """Campaigns."""

    warehouse_transactions: WarehouseTransactions
    """The movements of stock in all warehouses."""

    warehouses: Warehouses
    """Warehouses, their stock, movements and stocktakings."""

    z_reports: ZReports
    """The Z-reports of all cash registers, as they arrive."""

    if not TYPE_CHECKING:  # pragma: no branch  # checkers know every name from the annotations

        def __getattr__(self, name: str) -> Any:
            kind = GROUPS.get(name)
            if kind is None:
                # Only whoever made a slip waits for it to load.
                from difflib import get_close_matches  # noqa: PLC0415

                near = get_close_matches(name, GROUPS, n=1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise AttributeError(f"{type(self).__name__} has no attribute {name!r}{hint}")
            module = import_module(f"sitoo_async.resources.{name}")
            group = getattr(module, kind)(self._session, self._options, self._site)
            vars(self)[name] = group
            return group

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *GROUPS})


GROUPS = {name: kind for name, kind in Groups.__annotations__.items() if not name.startswith("_")}
"""The name of each group's class, by that of its attribute and module."""
