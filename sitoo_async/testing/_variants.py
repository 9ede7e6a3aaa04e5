"""The variants of a product: read as one document, written as a full replacement."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from sitoo_async.testing._collection import Item, Names
from sitoo_async.testing._fields import Field, Refusal, is_of_kind, json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sitoo_async.testing._products import Products

__all__ = ["VARIANT", "get_variants", "set_variants"]

# Required although deprecated: active, deliverystatus, moneyofferprice, friendly.
VARIANT: dict[str, Field] = {
    "productid": Field("integer", required=True),
    "active": Field("boolean", access="write", required=True),
    "activepos": Field("boolean", required=True),
    "title": Field("string", required=True),
    "sku": Field("string", required=True),
    "deliverystatus": Field("string", access="write", required=True),
    "moneyprice": Field("money", required=True),
    "moneypriceorg": Field("money", required=True),
    "moneypricein": Field("money", required=True),
    "moneyofferprice": Field("money", access="write", required=True),
    "barcode": Field("string", required=True),
    "barcodealiases": Field("strings", []),
    "friendly": Field("string", access="write", required=True),
    "attributes": Field("strings", required=True),
    "pricelisthasvolume": Field("boolean", access="read"),
}

_GROUP = {"name": Field("string", required=True), "options": Field("strings", required=True)}
_DOCUMENT = {
    "groups": Field("objects", required=True),
    "variants": Field("objects", required=True),
}

# "Invalid field value 'deliverystatus' should be string." was seen; the rest follows its pattern.
_SHOULD_BE = {
    "strings": "array of strings",
    "objects": "array of objects",
    "money": "money string",
}

Group = dict[str, Any]


def get_variants(products: Products, productid: int) -> dict[str, Any]:
    """The groups, and the variants with their fields as far as the API returns them."""
    product = products.get(productid)
    parent = product["variantparentid"]
    if parent is None:
        return {"groups": [], "variants": []}
    return {
        "groups": products.groups.get(parent, []),
        "variants": [_as_variant(member) for member in products.members(parent)],
    }


def _as_variant(product: Item) -> Item:
    shown = {
        name: product[name]
        for name, field in VARIANT.items()
        if field.access != "write" and name in product
    }
    return shown | {"attributes": [value["value"] for value in product["variant"]]}


def set_variants(products: Products, productid: int, body: Any) -> bool:
    """Replace the whole family of a product; what `body` leaves out is deleted or reset.

    Nothing is changed unless every variant passes.
    """
    product = products.get(productid)
    parent = product["variantparentid"] or productid
    groups, variants = _parts(body)
    _check_attributes(groups, variants)
    family = {member["productid"] for member in products.members(parent)} | {parent}
    kept = _check_members(products, parent, family, variants)
    leaving = family - kept - {parent}
    _check_unique(products, kept | leaving, variants)

    for gone in leaving:
        products.delete(gone)
    names = Names(products)
    for variant in variants:
        _store(products, parent, groups, variant, names)
    if variants:
        products.groups[parent] = groups
    else:
        products.groups.pop(parent, None)
        products.leave_family(products.items[parent])
    return True


def _parts(body: Any) -> tuple[list[Group], list[Item]]:
    document = json_object(body)
    _check_fields(_DOCUMENT, document)
    groups: list[Group] = document["groups"]
    variants: list[Item] = document["variants"]
    for group in groups:
        _check_fields(_GROUP, group)
    for variant in variants:
        _check_fields(VARIANT, variant)
    return groups, variants


def _check_fields(fields: Mapping[str, Field], sent: Item) -> None:
    for name, field in fields.items():
        if field.required and name not in sent:
            raise Refusal(400, f"400: Missing required field '{name}'.")
    for name, value in sent.items():
        if name not in fields:
            raise Refusal(400, f'Invalid input, "{name}" is not a valid field.')
        field = fields[name]
        if field.access == "read":
            raise Refusal(400, f'Invalid input, "{name}" is a read-only field.')
        if not is_of_kind(field.kind, value):
            should_be = _SHOULD_BE.get(field.kind, field.kind)
            raise Refusal(400, f"Invalid field value '{name}' should be {should_be}.")


def _check_attributes(groups: list[Group], variants: list[Item]) -> None:
    # One attribute for each group, in the order of the groups, and each combination once.
    seen: set[tuple[str, ...]] = set()
    for variant in variants:
        attributes = tuple(variant["attributes"])
        if (
            len(attributes) != len(groups)
            or any(
                attribute not in group["options"]
                for attribute, group in zip(attributes, groups, strict=True)
            )
            or attributes in seen
        ):
            raise Refusal(400, "Invalid value in attributes")
        seen.add(attributes)


def _check_members(
    products: Products,
    parent: int,
    family: set[int],
    variants: list[Item],
) -> set[int]:
    kept: set[int] = set()
    for variant in variants:
        productid = variant["productid"]
        if productid == 0:
            continue
        known = products.items.get(productid)
        if known is None:
            raise Refusal(404, f"productid {productid} does not exist.")
        single = known["variantparentid"] is None
        if productid in kept or not (productid in family or single):
            raise Refusal(400, "Invalid value in productid")
        kept.add(productid)
    # The main variant can't be left out: every other one refers to it. Leaving out all of them
    # dissolves the family.
    if variants and parent not in kept:
        raise Refusal(400, "Invalid value in variants (Main variant is missing)")
    return kept


def _check_unique(products: Products, involved: set[int], variants: list[Item]) -> None:
    for name in ("sku", "friendly"):
        others = (item for key, item in products.items.items() if key not in involved)
        taken = {item.get(name, "").casefold() for item in others}
        for variant in variants:
            text = variant[name].casefold()
            if not text or text in taken:
                raise Refusal(400, f"Invalid value in {name}")
            taken.add(text)


def _store(
    products: Products,
    parent: int,
    groups: list[Group],
    variant: Item,
    names: Names,
) -> None:
    changes: Item = {
        name: variant.get(name, copy.copy(field.default))
        for name, field in VARIANT.items()
        if field.access != "read" and name in products.table.fields and name != "productid"
    }
    changes["barcode"] = variant["barcode"] or None
    changes["variantparentid"] = parent
    changes["variant"] = [
        {"name": group["name"], "value": attribute}
        for group, attribute in zip(groups, variant["attributes"], strict=True)
    ]
    if variant["productid"] == 0:
        products.insert(products.new_key(), changes, names)
    else:
        products.store(products.items[variant["productid"]], changes, names)
