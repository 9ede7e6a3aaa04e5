"""A catalogue of plausible products: the same seed gives the same products, in any number."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CATALOGUE_DATE", "Article", "articles", "ean13"]

Article = tuple[dict[str, Any], "Family | None"]
"""The written fields of one product, and its place in a family of variants."""

CATALOGUE_DATE = 1_600_000_000
"""The first products of a catalogue were created then (September 2020)."""

_SERIES = (
    "Grand",
    "Cosy",
    "Nordic",
    "Harbour",
    "Alma",
    "Birch",
    "Linden",
    "Fjord",
    "Studio",
    "Sol",
)
_THINGS = (
    ("Sofa", 6000, 10),
    ("Armchair", 2500, 10),
    ("Kitchen Table", 4500, 11),
    ("Floor Lamp", 900, 12),
    ("Blanket", 350, 13),
    ("Cushion", 180, 13),
    ("Vase", 220, 14),
    ("Coffee Mug", 90, 14),
    ("Wall Clock", 450, 15),
    ("Rug", 1500, 13),
    ("Bookshelf", 2200, 11),
    ("Candle Holder", 130, 14),
)
_COLOURS = ("Red", "Blue", "Sand", "Forest", "Charcoal", "White")
_PATTERNS = ("Plain", "Striped")
_MATERIALS = ("oak", "wool", "linen", "brass", "stoneware", "cotton")


class Family:
    """The variants of one model.

    Attributes:
        groups: names and options, as the API shows them.
        parent: productid of the main variant, once it has been given one.
    """

    def __init__(self, groups: list[dict[str, Any]]) -> None:
        self.groups = groups
        self.parent: int | None = None


def ean13(number: int) -> str:
    """The EAN-13 barcode of the twelve digits of `number`."""
    digits = f"{number:012d}"
    total = sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))
    return f"{digits}{-total % 10}"


def articles(seed: int, site: int) -> Iterator[Article]:
    """Endless products of one site; every sku, barcode and friendly name occurs once."""
    random_ = random.Random(f"{seed}/{site}")  # noqa: S311  # a catalogue, not a secret
    number = 0
    model = 10_000
    while True:
        model += 1
        for fields, family in _model(random_, model):
            fields["barcode"] = ean13(735_000_000_000 + site * 100_000_000 + number)
            fields["datecreated"] = CATALOGUE_DATE + number * 60
            fields["datemodified"] = fields["datecreated"] + random_.randrange(3_000_000)
            number += 1
            yield fields, family


def _model(random_: random.Random, model: int) -> Iterator[Article]:
    thing, price, category = random_.choice(_THINGS)
    name = f"{thing} {random_.choice(_SERIES)}"
    price = round(price * random_.uniform(0.5, 2.0))
    manufacturer = random_.choice((None, 3, 5, 8, 13))
    material = random_.choice(_MATERIALS)
    in_offer = random_.random() < 0.1
    variants: list[tuple[str, ...]] = [()]
    family = None
    if random_.random() < 0.4:
        colours = random_.sample(_COLOURS, random_.randint(1, 3))
        variants = [(colour, pattern) for colour in colours for pattern in _PATTERNS]
        family = Family(
            [
                {"name": "Color", "options": colours},
                {"name": "Pattern", "options": list(_PATTERNS)},
            ],
        )
    for index, options in enumerate(variants, start=1):
        title = " ".join((name, *options))
        fields: dict[str, Any] = {
            "sku": f"{model}-{index}",
            "skumanufacturer": f"{thing[:2].upper()}{model}",
            "title": title,
            "descriptionshort": f"{thing} in {material}",
            "description": f"{name}, made of {material}. A favourite since 19{model % 90 + 10}.",
            "moneyprice": f"{price}.00",
            "moneypriceorg": f"{price + price // 10}.00",
            "moneypricein": f"{price // 3}.50",
            "unitlabel": "pcs",
            "deliveryinfo": "Delivered in two to four days",
            "deliverystatus": "In stock",
            "vatid": 2,
            # Each product is for sale somewhere, so that a list without filters shows them all.
            "active": model % 7 != 0,
            "categories": [category, category + 10],
            "defaultcategoryid": category,
            "manufacturerid": manufacturer,
            "custom1": material,
            "custom2": f"shelf {model % 40 + 1}",
            "customattributes": {"material": material, "season": "all year"},
            "friendly": f"{title.lower().replace(' ', '-')}-{model}",
            "seo_title": title,
        }
        if in_offer:
            fields["offerisenabled"] = True
            fields["moneyofferprice"] = f"{price - price // 5}.00"
            fields["offertitle"] = "Season's end"
        if family is not None:
            fields["variant"] = [
                {"name": group["name"], "value": option}
                for group, option in zip(family.groups, options, strict=True)
            ]
        yield fields, family
