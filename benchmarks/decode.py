"""Bytes to products: the codec beside a floor and a peer.

``python benchmarks/decode.py`` reads a page of 1,000 products in 54, 12 and 4 fields, and pages
unlike those that the models describe, in turns with what others do with the same bytes. The floor
is orjson to plain dicts; the peer is pydantic 2 with the same types. The targets: at most 1.35, 1.8
and 1.8 times the floor's processor time, and for a page that is unlike its models at most 1.3 times
that of the plain one. Then a page of 1,000 shipments of the newer service, whose models keep what
they don't know, in objects within objects: at most 4 times the floor. Peak memory is taken in a
process of its own.
"""

from __future__ import annotations

import argparse
import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import attrs
from _products import ALL, DEFAULT, FOUR, products, selected
from _table import Target, print_table
from _times import Ratio, Rounds, Took, taking

from sitoo_async._codec.base import Model, model
from sitoo_async._codec.codec import decode_page
from sitoo_async._codec.json import encode
from sitoo_async.models.products import Product, ProductGroupType
from sitoo_async.models.shipments_v3 import ShipmentV3

SELECTIONS: Final = {"54 fields": (ALL, 1.35), "12 fields": (DEFAULT, 1.8), "4 fields": (FOUR, 1.8)}
UNLIKE: Final = 1.3
NESTED: Final = 4.0
EVERY: Final = 1000  # rows of a page

PLACE: Final = {
    "contact": {"first_name": "Jane", "last_name": "Doe", "email": "jane.doe@example.com"},
    "address": {"name": "Example Inc.", "address": "1445 1st Avenue", "city": "New York"},
}
SHIPMENT: Final[dict[str, Any]] = {
    "version": 0,
    "created_at": 1672386296,
    "modified_at": 1672386301,
    "state": "new",
    "info": {
        "reference_number": "SH-1",
        "origin": PLACE,
        "origin_warehouse_id": 1,
        "destination": PLACE,
        "destination_warehouse_id": 2,
        "carrier": {"name": "Post", "estimated_delivery_at": 1672386301},
    },
    "packages": [
        {"barcode": "P-1", "items": [{"sku": "S-1", "quantity": 2, "cost_price": 12350}] * 3}
    ],
}


def page(rows: list[dict[str, Any]]) -> bytes:
    """An envelope of these rows."""
    return encode({"totalcount": len(rows), "items": rows})


def unlike(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The same rows as no model describes them."""
    less = [{name: row[name] for name in row if name != "sku"} for row in rows]
    return {
        "a new field": [row | {"newfield": 1} for row in rows],
        "last row lacks one": [*rows[:-1], less[-1]],
        "every second lacks one": [
            less[index] if index % 2 else row for index, row in enumerate(rows)
        ],
    }


def pydantic_decoder() -> Callable[[bytes], Any]:
    """The peer: a plain BaseModel of the same types, from the bytes of an envelope."""
    from pydantic import BaseModel, create_model  # noqa: PLC0415  # not in the memory process

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
    fields: dict[str, Any] = {name: (kinds.get(name, text) | None, None) for name in ALL}
    product: Any = create_model("PydanticProduct", **fields)

    class Envelope(BaseModel):
        totalcount: int
        items: list[product]

    return Envelope.model_validate_json


@attrs.frozen
class Contender:
    """A way to read a page, what it is held against, and what is expected of it."""

    read: Callable[[], Any]
    to: str
    target: Target | None = None


def contenders(label: str, fields: tuple[str, ...], most: float) -> dict[str, Contender]:
    """All ways to read a page of these fields, and pages that are unlike it."""
    import orjson  # noqa: PLC0415  # not in the memory process

    rows = [selected(row, fields) for row in products(EVERY)]
    body, validate = page(rows), pydantic_decoder()
    assert decode_page(body, Product)[0][-1].moneyprice == validate(body).items[-1].moneyprice  # type: ignore[union-attr]
    floor, plain = f"{label}: orjson to dicts", f"{label}: ours"
    every = {
        floor: Contender(lambda: orjson.loads(body), floor),
        plain: Contender(lambda: decode_page(body, Product), floor, Target(most)),
        f"{label}: pydantic": Contender(lambda: validate(body), floor),
    }
    for name, others in unlike(rows).items():
        every[f"{label}: ours, {name}"] = Contender(alone(page(others)), plain, Target(UNLIKE))
    return every


def shipments() -> dict[str, Contender]:
    """All ways to read a page of shipments, and one that holds more within than is known."""
    import orjson  # noqa: PLC0415  # not in the memory process

    body = page([SHIPMENT | {"id": str(number)} for number in range(EVERY)])
    more = SHIPMENT | {"info": SHIPMENT["info"] | {"newfield": 1}}
    other = page([more | {"id": str(number)} for number in range(EVERY)])
    floor, plain = "shipments: orjson to dicts", "shipments: ours"
    return {
        floor: Contender(lambda: orjson.loads(body), floor),
        plain: Contender(alone(body, ShipmentV3), floor, Target(NESTED)),
        f"{plain}, a new field within": Contender(alone(other, ShipmentV3), plain, Target(UNLIKE)),
    }


def alone(body: bytes, cls: type[Model] = Product) -> Callable[[], Any]:
    """Read a page as of a model of its own, so that no other page teaches what its rows hold."""
    own = model(type(cls.__name__, (cls,), {"__module__": __name__}))
    return lambda: decode_page(body, own, counted=False)


def measure(every: dict[str, Contender], rounds: int) -> list[tuple[str, ...]]:
    """Let all ways to read the same take turns; the rows of a table."""
    took: dict[str, list[Took]] = {name: [] for name in every}
    for contender in every.values():
        contender.read()
        contender.read()  # as in a walk, whose first pages teach what its rows hold
    order = [*every]
    for _ in range(rounds):
        order.append(order.pop(0))  # so that nobody always runs behind the same neighbour
        for name in order:
            gc.collect()
            with taking(took[name]):
                every[name].read()
    times = {name: Rounds.of(each) for name, each in took.items()}
    rows: list[tuple[str, ...]] = []
    for name, contender in every.items():
        mine = times[name]
        wall, cpu = mine.to(times[contender.to])
        rows.append(
            (
                name,
                f"{1000 * min(mine.walls):.2f}",
                str(wall),
                f"{1000 * min(mine.cpus):.2f}",
                str(cpu),
                judged(contender, cpu),
            )
        )
    return rows


def judged(contender: Contender, cpu: Ratio) -> str:
    """What came of the target."""
    return contender.target.judge(cpu.of_least) if contender.target else ""


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


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=40, help="interleaved rounds (40)")
    parser.add_argument("--memory", type=int, metavar="COUNT", help="print the peak in MB only")
    options = parser.parse_args()
    if options.memory:
        print(f"{peak_memory(options.memory):.1f}")
        return
    every = [contenders(label, *selection) for label, selection in SELECTIONS.items()]
    rows = [row for each in (*every, shipments()) for row in measure(each, options.rounds)]
    print_table(
        f"A page of {EVERY:,} products, or shipments, to models, {options.rounds} rounds",
        ("", "ms", "ratio", "processor ms", "ratio", "target"),
        rows,
    )
    print("\nOf the least of the rounds; in brackets the median of the ratios of the rounds.")
    peak = subprocess.run(  # noqa: S603  # this very script
        [sys.executable, __file__, "--memory", "10000"], check=True, capture_output=True, text=True
    ).stdout.strip()
    print(f"Peak memory of decoding 10,000 full products: {peak} MB")


if __name__ == "__main__":
    main()
