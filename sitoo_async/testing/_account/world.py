"""What an account holds beside its products: a small world that the seed decides."""

from __future__ import annotations

import random
import uuid
from typing import TYPE_CHECKING, Any

import attrs

from sitoo_async.testing._account.amounts import decimal, money, number
from sitoo_async.testing._account.catalogue import CATALOGUE_DATE

if TYPE_CHECKING:
    from sitoo_async.testing._account.account import Account
    from sitoo_async.testing._reference.parameters import Item

__all__ = ["World", "build"]

_DAY = 86_400
_FIFO, _VIRTUAL = 10, 20
_CLOSED, _PAID = 10, 20

_CITIES = ("Stockholm", "Oslo")
_FIRST_NAMES = ("Anna", "Bo", "Carin", "David", "Elsa", "Farid", "Greta", "Hugo")
_LAST_NAMES = ("Andersson", "Berg", "Chen", "Dahl", "Ek")


@attrs.frozen
class World:
    """How much an account holds beside its products.

    Attributes:
        orders: orders of each site.
        z_reports: z-reports of each cash register.
        users: users of the account.
        service_orders: service orders of the account.
    """

    orders: int = 12
    z_reports: int = 4
    users: int = 6
    service_orders: int = 4


# Tests fill many accounts alike, and to read what one of them held is several times faster.
_saved: dict[Any, bytes] = {}
_MOST_SAVED = 16


def build(account: Account, world: World) -> None:
    """Fill an account that has nothing but products."""
    # All that it follows from: of the products, the skus that are stocked and sold.
    stocked = tuple((site, *_stocked(account, site)) for site in account.sites)
    alike = (str(account.seed), world, stocked)
    if alike in _saved:
        account.restore(_saved[alike])
        return
    _build(account, world)
    if len(_saved) == _MOST_SAVED:
        del _saved[next(iter(_saved))]  # the oldest
    _saved[alike] = account.saved()


def _build(account: Account, world: World) -> None:
    random_ = random.Random(f"{account.seed}/world")  # noqa: S311  # a world, not a secret
    with account.at(CATALOGUE_DATE):
        for site in account.sites:
            _build_site(account, site)
            _build_catalogue(account, site)
            _build_stock(account, site, random_)
        _build_account(account, world, random_)
    for site in account.sites:
        for register in account.place("/sites/{}/cashregisters", site).items.values():
            if register["registerkey"]:
                _build_reports(account, site, register, world.z_reports, random_)
    for index in range(world.orders):
        for site in account.sites:
            with account.at(CATALOGUE_DATE + (index + 1) * _DAY):
                _build_order(account, site, index, random_)


def _guid(account: Account, name: str) -> str:
    return f"{{{str(uuid.uuid5(uuid.NAMESPACE_OID, f'{account.seed}/{name}')).upper()}}}"


def _build_site(account: Account, site: int) -> None:
    address = {
        "protocol": "https",
        "server": f"shop{site}.example.com",
        "abspath": "/",
        "siteurl": f"https://shop{site}.example.com/",
        "siteid": _guid(account, f"site/{site}"),
    }
    account.place("/sites").insert(site, address)
    stores = account.place("/sites/{}/stores", site)
    warehouses = account.place("/sites/{}/warehouses", site)
    registers = account.place("/sites/{}/cashregisters", site)
    for index, city in enumerate(_CITIES, start=1):
        name = f"{city} Store"
        externalid = f"{site}0{index}"
        store = {"storetype": 10, "name": name, "externalid": externalid, "city": city}
        storeid = stores.add(store, {})
        warehouse = {"usetype": 10, "currencycode": "SEK", "name": f"{city} Stock"}
        warehouseid = warehouses.add({**warehouse, "storeid": storeid}, {})
        _build_register(
            account, site, name, {"storesettingid": storeid, "warehouseid": warehouseid}
        )
    online = {"warehousetype": _VIRTUAL, "usetype": 10, "currencycode": "SEK", "name": "Web Stock"}
    warehouses.add(online, {})
    # A register that was set up and never started.
    key = _guid(account, f"register/{site}/new")
    registers.insert(key, {"company": "Sitoo"})


def _build_register(account: Account, site: int, name: str, links: Item) -> None:
    registers = account.place("/sites/{}/cashregisters", site)
    key = _guid(account, f"register/{site}/{name}")
    number_ = account.next_number("registerkey")
    about = {
        "manufacturerid": "SITOO" + key.strip("{}").replace("-", ""),
        "registerkey": f"SII{number_:013}",
        "company": "Sitoo",
        "companyid": "556677-8899",
        "currencycode": "SEK",
        "countryid": "se",
        "receiptlanguagetag": "sv",
    }
    registers.insert(key, about | links)


def _build_catalogue(account: Account, site: int) -> None:
    categories = account.place("/sites/{}/categories", site)
    # The products of the catalogue refer to these.
    for key in range(10, 26):
        parent = key - 10 if key >= 20 else None
        categories.insert(key, {"title": f"Category {key}", "categoryparentid": parent})
    for key, name in ((3, "Alma"), (5, "Birch"), (8, "Fjord"), (13, "Linden")):
        account.place("/sites/{}/manufacturers", site).insert(key, {"name": name})
    for place, item in _EXAMPLES.items():
        account.place(place, site).add(item, {})
    tax = account.place("/sites/{}/salestaxes", site).add(
        {"name": "State Tax", "decimalvaluedefault": "6.000"},
        {},
    )
    group = {"name": "State", "salestaxes": [{"salestaxid": tax}]}
    account.place("/sites/{}/salestaxgroups", site).add(group, {})
    for order, (method, name) in enumerate(((100, "Cash"), (300, "Card"), (500, "Gift Card"))):
        kind = {"paymentmethodid": method, "name": name, "sortorder": order}
        account.place("/sites/{}/pospaymenttypes", site).add(kind, {})


_EXAMPLES: dict[str, Item] = {
    "/sites/{}/customattributes": {"id": "material", "title": "Material", "type": "string"},
    "/sites/{}/giftcards": {
        "type": "giftcard",
        "currencycode": "SEK",
        "transactions": [{"moneyamount": "500.00"}],
    },
    "/sites/{}/influencercodes": {
        "code": "SUMMER",
        "name": "Taylor Smith",
        "voucherpassword": "Lzs5MvMr",
        "maxuses": 1000,
    },
    "/sites/{}/posprofiles": {"name": "Store Profile"},
    "/sites/{}/pricelists": {"pricelistname": "Default Price List"},
    "/sites/{}/vouchers": {"vouchername": "10% Off", "vouchertype": 210, "value_x": 10},
}


def _skus(account: Account, site: int) -> list[str]:
    products = list(account.products(site).items.values())[:10]
    return [product["sku"] for product in products if product.get("sku")] or ["S-1", "S-2", "S-3"]


def _stocked(account: Account, site: int) -> list[tuple[str, Any]]:
    names = account.products(site).names
    return [(sku, names.owner("sku", sku)) for sku in _skus(account, site)]


def _build_stock(account: Account, site: int, random_: random.Random) -> None:
    transactions = account.place("/sites/{}/warehousetransactions", site)
    for warehouseid, warehouse in account.place("/sites/{}/warehouses", site).items.items():
        quantities = {sku: decimal(number(random_.randint(20, 60))) for sku in _skus(account, site)}
        if warehouse["warehousetype"] == _FIFO:
            rows = [
                {"sku": sku, "decimalquantity": quantity, "moneypricein": "10.00"}
                for sku, quantity in quantities.items()
            ]
            moved = {"warehouseid": warehouseid, "transactiontype": 10, "items": rows}
            transactions.add({**moved, "description": "Move In"}, {})
        else:
            items = account.place("/sites/{}/warehouses/{}/warehouseitems", site, warehouseid)
            for sku, quantity in quantities.items():
                items.update_named({"sku": sku, "decimaltotal": quantity}, {})


def _build_account(account: Account, world: World, random_: random.Random) -> None:
    site = account.sites[0]
    for index in range(world.users):
        first, last = random_.choice(_FIRST_NAMES), random_.choice(_LAST_NAMES)
        user = {
            "email": f"{first}.{last}.{index + 1}@example.com".lower(),
            "namefirst": first,
            "namelast": last,
            "externalid": str(1001 + index),
        }
        account.place("/sites/{}/users", site).add(user, {})
    for code, name in (("101", "Reclaim"), ("102", "Guarantee")):
        account.place("/reasoncodes").add({"type": 10, "reasoncode": code, "name": name}, {})
    metric = {"key": "cm_budget", "grouping": "date_store", "type": "scalar", "format": "money"}
    account.place("/custom_metrics").add(metric, {})
    account.place("/shipments").add({"receiver_warehouseid": 1, "carrier_name": "Post"}, {})
    account.place("/sites/{}/resources", site).insert(
        "logo.png",
        {"mimetype": "image/png", "width": 320, "height": 200, "filesize": 2048},
    )
    for index in range(world.service_orders):
        staff = {"email": "staff@example.com"}
        order: Item = {
            "store": {"id": f"{site}01", "name": "Stockholm Store"},
            "owner": staff,
            "author": staff,
            "customer": {"first_name": random_.choice(_FIRST_NAMES)},
            "currency": "SEK",
            "product": {"sku": f"SHOE-{index + 1}", "name": "Shoe", "services": []},
        }
        with account.at(CATALOGUE_DATE + index * _DAY):
            account.place("/serviceorders").add(order, {})


def _build_reports(
    account: Account,
    site: int,
    register: Item,
    count: int,
    random_: random.Random,
) -> None:
    reports = account.place(
        "/sites/{}/cashregisters/{}/zreports",
        site,
        register["registerid"],
    )
    store = account.place("/sites/{}/stores", site).items[register["storesettingid"]]
    grand = number(0)
    for index in range(1, count + 1):
        closed = CATALOGUE_DATE + index * _DAY
        total = number(random_.randint(1000, 90_000))
        grand += total
        shared = ("registerid", "manufacturerid", "registerkey", "company", "companyid")
        sums = ("moneysalestotal", "moneysummarysales", "moneysummarysubtotal", "moneysummarytotal")
        about: Item = {name: register[name] for name in (*shared, "currencycode")}
        about |= {
            "registernumber": 1,
            "eshopid": site,
            "store_id": store["externalid"],
            "store_name": store["name"],
            "dateopened": closed - _DAY // 2,
            "datecreated": closed,
            # Every third time the register was offline, so the report came after the next one.
            "dateadded": closed + (2 * _DAY if index % 3 == 0 else 60),
            "numsales": random_.randint(1, 40),
            "moneysalestotalnet": money(total / number("1.25")),
            "moneygrandtotalsales": money(grand),
            "paymentssales": [{"name": "Card", "moneytotal": money(total), "subpayments": []}],
        }
        reports.insert(index, about | dict.fromkeys(sums, money(total)))


def _build_order(account: Account, site: int, index: int, random_: random.Random) -> None:
    orders = account.place("/sites/{}/orders", site)
    registers = account.place("/sites/{}/cashregisters", site).items.values()
    register = random_.choice([each for each in registers if each["registerkey"]])
    known = _skus(account, site)
    skus = random_.sample(known, min(len(known), random_.randint(1, 3)))
    rows = [
        {
            "productname": f"Product {sku}",
            "sku": sku,
            "quantity": random_.randint(1, 2),
            "moneyrowprice": f"{random_.randint(50, 900)}.00",
            "vatvalue": 25,
        }
        for sku in skus
    ]
    # Every fourth one was ordered and is not paid or delivered yet.
    done = index % 4 != 3
    order: Item = {
        "ordertypeid": 10,
        "orderitems": rows,
        "warehouseid": register["warehouseid"],
        # Every fifth one was sold while the POS was offline: a later orderid, an older date.
        "orderdate": account.now() - (2 * _DAY if index % 5 == 4 else 0),
        "orderstateid": _CLOSED if done else 0,
        "paymentstateid": _PAID if done else 0,
        "additionaldata": {"pos-receiptid": f"{site}-{10_001 + index}"},
    }
    key = orders.add(order, {})
    made = orders.items[key]
    made |= {"registerid": register["registerid"], "checkouttypename": "Sitoo POS - Card"}
    if not done:
        return
    made["payments"] = [_payment(key, made["moneytotal_gross_all"])]
    deliveries = account.place("/sites/{}/orders/{}/orderdeliveries", site, key)
    items = [{"orderitemid": row, "quantity": rows[row]["quantity"]} for row in range(len(rows))]
    deliveries.add({"warehouseid": register["warehouseid"], "orderdeliveryitems": items}, {})


def _payment(key: int, amount: str) -> dict[str, Any]:
    return {
        "name": "Card",
        "moneyamount": amount,
        "externalid": "CARD",
        "cardissuer": "Visa",
        "reftype": "verifonelpp",
        "refid": f"{key:012} 000000000001",
        "additionaldata": {},
    }
