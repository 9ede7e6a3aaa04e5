"""The products of the benchmarks: plausible rows in the 54 fields that Sitoo knows of a product."""

from __future__ import annotations

import random
from typing import Any, Final

FOUR: Final = ("productid", "sku", "moneyprice", "title")
DEFAULT: Final = (
    "productid",
    "sku",
    "datemodified",
    "active",
    "activepos",
    "vatid",
    "manufacturerid",
    "stockcountenable",
    "stockallowbackorder",
    "barcode",
    "moneyprice",
    "moneyfinalprice",
)
"""What Sitoo answers with unless it is asked for other fields."""


def products(count: int, *, first: int = 1, seed: int = 1) -> list[dict[str, Any]]:
    """So many products with all their fields, as JSON knows them; the first bears that number."""
    chance = random.Random(seed)  # noqa: S311  # data for a benchmark

    def price() -> str:
        # Shop prices cluster, but not to the point that all of them would be the same.
        return f"{chance.randrange(1, 400) * 5}.{chance.choice(('00', '00', '50', '90'))}"

    rows: list[dict[str, Any]] = []
    for index in range(count):
        full = price()
        added = 1_600_000_000 + chance.randrange(10**8)
        row: dict[str, Any] = {
            "productid": first + index,
            "sku": f"{10000 + index // 4}-{index % 4}",
            "skumanufacturer": f"M{chance.randrange(10**6)}",
            "descriptionshort": f"Blanket number {index}, soft and warm",
            "description": f"Blanket number {index}. " + "Woven of wool and kept simple. " * 4,
            "descriptionhtml": "",
            "deliverystatus": "",
            "moneyprice": full,
            "moneypriceorg": full,
            "moneypricein": price(),
            "unitlabel": "pcs",
            "allowdecimals": False,
            "deliveryinfo": "",
            "externalinputtitle": "",
            "offerisenabled": False,
            "moneyofferprice": "0.00",
            "offertitle": "",
            "offerdatestart": None,
            "offerdateend": None,
            "active": True,
            "activepos": True,
            "vatid": 2,
            "deliveryclassid": 1,
            "defaultcategoryid": 49,
            "categories": [19, 49, 59],
            "manufacturerid": chance.choice((None, 3, 4)),
            "manufacturerurl": "",
            "custom1": "wool",
            "custom2": "",
            "custom3": "",
            "custom4": "",
            "custom5": "",
            "stockcountenable": True,
            "stockallowbackorder": True,
            "variantparentid": first + index // 4 * 4,
            "barcode": f"{7310000000000 + index}",
            "barcodealiases": [],
            "similar": [1013],
            "related": [1012, 1014, 1015],
            "accessories": [],
            "offerisactive": False,
            "moneyfinalprice": full,
            "vatvalue": 25,
            "productgrouptype": 10,
            "pricelisthasvolume": False,
            "variant": [{"name": "Color", "value": "Red"}, {"name": "Pattern", "value": "Striped"}],
            "customattributes": {"season": "winter", "care": "30"},
            "friendly": f"blanket-{index}",
            "seo_title": "Blanket",
            "seo_keywords": "",
            "seo_description": "",
            "title": f"Blanket {index}",
            "datecreated": added,
            "datemodified": added + chance.randrange(10**7),
        }
        rows.append(row)
    return rows


ALL: Final = tuple(products(1)[0])


def selected(row: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """A product in the fields that were asked for."""
    return {name: row[name] for name in fields}
