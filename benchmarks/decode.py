"""Bytes to products: the codec beside a floor and a peer.

``python benchmarks/decode.py`` prints medians over interleaved rounds. The floor is orjson to
plain dicts; the peer is pydantic 2 with the same types. Peak memory is taken in a process of its
own.
"""

from __future__ import annotations

import argparse
import gc
import random
import statistics
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from sitoo_async._codec.codec import decode_page, encode
from sitoo_async.models.products import Product, ProductGroupType

DEFAULT_FIELDS: Final = (
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
FOUR_FIELDS: Final = ("productid", "sku", "moneyprice", "title")


def products(count: int, *, seed: int = 1) -> list[dict[str, Any]]:
    """Plausible products with all 54 fields, as JSON-able objects."""
    chance = random.Random(seed)  # noqa: S311  # data for a benchmark

    def price() -> str:
        # Shop prices cluster, but not to the point that all of them would be the same.
        return f"{chance.randrange(1, 400) * 5}.{chance.choice(('00', '00', '50', '90'))}"

    rows: list[dict[str, Any]] = []
    for index in range(count):
        full = price()
        added = 1_600_000_000 + chance.randrange(10**8)
        row: dict[str, Any] = {
            "productid": 1000 + index,
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
            "variantparentid": 1000 + index // 4 * 4,
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


def page(rows: list[dict[str, Any]], fields: tuple[str, ...] | None = None) -> bytes:
    """An envelope of these rows, in the fields that were asked for."""
    items = rows if fields is None else [{name: row[name] for name in fields} for row in rows]
    return encode({"totalcount": len(items), "items": items})


def pydantic_decoder() -> Callable[[bytes], Any]:
    """The peer: a plain BaseModel of the same types, from the bytes of an envelope."""
    from pydantic import BaseModel, create_model  # noqa: PLC0415  # not in the memory processes

    money, text, flag, number = Decimal, str, bool, int
    variant = create_model("Variant", name=(str | None, None), value=(str | None, None))
    kinds: dict[str, Any] = {
        **dict.fromkeys(("productid", "vatid", "deliveryclassid"), number),
        **dict.fromkeys(("defaultcategoryid", "manufacturerid", "variantparentid"), number),
        **dict.fromkeys(("categories", "similar", "related", "accessories"), list[int]),
        **dict.fromkeys(("moneyprice", "moneypriceorg", "moneypricein"), money),
        **dict.fromkeys(("moneyofferprice", "moneyfinalprice", "vatvalue"), money),
        **dict.fromkeys(("allowdecimals", "offerisenabled", "active", "activepos"), flag),
        **dict.fromkeys(("stockcountenable", "stockallowbackorder", "offerisactive"), flag),
        **dict.fromkeys(
            ("offerdatestart", "offerdateend", "datecreated", "datemodified"), datetime
        ),
        "pricelisthasvolume": flag,
        "barcodealiases": list[str],
        "productgrouptype": ProductGroupType,
        "variant": list[variant],
        "customattributes": dict[str, Any],
    }
    fields: dict[str, Any] = {name: (kinds.get(name, text) | None, None) for name in products(1)[0]}
    product: Any = create_model("PydanticProduct", **fields)

    class Envelope(BaseModel):
        totalcount: int
        items: list[product]

    return Envelope.model_validate_json


def timed(contenders: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Median milliseconds of each contender, in interleaved rounds."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        contender()
    for _ in range(rounds):
        for name, contender in contenders.items():
            gc.collect()
            begin = perf_counter()
            contender()
            times[name].append((perf_counter() - begin) * 1000)
    return {name: statistics.median(values) for name, values in times.items()}


def peak_memory(count: int) -> float:
    """Peak MB allocated while a page of full products is decoded, its bytes not counted."""
    body = page(products(count))
    decode_page(page(products(1)), Product)  # what is built once per process
    gc.collect()
    tracemalloc.start()
    items, _ = decode_page(body, Product)
    _, peak = tracemalloc.get_traced_memory()
    assert len(items) == count
    return peak / 1e6


def decoding(count: int, rounds: int) -> None:
    """Print the table of decoding."""
    import orjson  # noqa: PLC0415  # not in the memory process

    rows = products(count)
    validate = pydantic_decoder()
    print(f"\nDecoding {count} products, median of {rounds} rounds, ms (ratio to orjson)")
    print(f"{'fields':<10}{'orjson':>10}{'sitoo_async':>22}{'pydantic':>22}")
    for label, fields in (("all 54", None), ("default 12", DEFAULT_FIELDS), ("4", FOUR_FIELDS)):
        body = page(rows, fields)
        items, totalcount = decode_page(body, Product)
        assert totalcount == len(items) == count
        assert items[-1].moneyprice == validate(body).items[-1].moneyprice
        taken = timed(
            {
                "floor": lambda body=body: orjson.loads(body),
                "ours": lambda body=body: decode_page(body, Product),
                "peer": lambda body=body: validate(body),
            },
            rounds,
        )
        floor, ours, peer = taken["floor"], taken["ours"], taken["peer"]
        print(
            f"{label:<10}{floor:>10.2f}{ours:>14.2f} ({ours / floor:>4.2f})"
            f"{peer:>14.2f} ({peer / floor:>4.2f})"
        )


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="products in a page")
    parser.add_argument("--rounds", type=int, default=15, help="interleaved rounds, at least 9")
    parser.add_argument("--memory", type=int, metavar="COUNT", help="print the peak in MB only")
    chosen = parser.parse_args()
    if chosen.memory:
        print(f"{peak_memory(chosen.memory):.1f}")
        return
    if chosen.rounds < 9:
        parser.error("--rounds must be at least 9")
    decoding(chosen.count, chosen.rounds)
    peak = subprocess.run(  # noqa: S603  # this very script
        [sys.executable, __file__, "--memory", "10000"], check=True, capture_output=True, text=True
    ).stdout.strip()
    print(f"\nPeak memory of decoding 10,000 full products: {peak} MB")


if __name__ == "__main__":
    main()
