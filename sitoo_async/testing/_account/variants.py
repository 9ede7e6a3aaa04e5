"""The variants of a product: read as one document, written as a full replacement."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import attrs

from sitoo_async.testing._account.collection import Collection
from sitoo_async.testing._reference.facts import fields_of
from sitoo_async.testing._reference.fields import Field, Refusal, is_of_kind, json_object
from sitoo_async.testing._reference.parameters import Item, Parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sitoo_async.testing._account.products import Products

__all__ = ["Variants"]

# null is refused for the barcode, although it reads back as null.
VARIANT: Mapping[str, Field] = {
    name: attrs.evolve(field, nullable=False) for name, field in fields_of("productvariant").items()
}

_GROUP = fields_of("productvariantgroup")
_DOCUMENT = fields_of("productvariants")

# "Invalid field value 'deliverystatus' should be string." was seen; the rest follows its pattern.
_SHOULD_BE = {
    "strings": "array of strings",
    "objects": "array of objects",
    "money": "money string",
}

Group = dict[str, Any]


class Variants(Collection):
    """The variants of one product, as a document without a key."""

    @property
    def _products(self) -> Products:
        return self.account.products(self.scope[0])

    def get(self, key: Any, parameters: Parameters) -> Item:
        """The groups, and the variants with their fields as far as the API returns them."""
        del key, parameters
        products = self._products
        parent = products.get(self.scope[1], {})["variantparentid"]
        if parent is None:
            return {"groups": [], "variants": []}
        return {
            "groups": products.groups.get(parent, []),
            "variants": [_as_variant(member) for member in products.members(parent)],
        }

    def update(self, key: Any, sent: Any, parameters: Parameters) -> Any:
        """Replace the whole family; what `sent` leaves out is deleted or reset.

        Nothing is changed unless every variant passes.
        """
        del parameters
        products, productid = self._products, self.scope[1]
        parent = products.existing(productid)["variantparentid"] or productid
        groups, variants = _parts(sent)
        _check_attributes(groups, variants)
        family = {member["productid"] for member in products.members(parent)} | {parent}
        kept = _check_members(products, parent, family, variants)
        leaving = family - kept - {parent}
        _check_unique(products, kept | leaving, variants)

        for gone in leaving:
            products.delete(gone, {})
        products.begin()
        for variant in variants:
            _store(products, parent, groups, variant)
        if variants:
            products.groups[parent] = groups
        else:
            products.groups.pop(parent, None)
            products.leave_family(products.items[parent])
        return key


def _as_variant(product: Item) -> Item:
    shown = {
        name: product[name]
        for name, field in VARIANT.items()
        if field.access != "write" and name in product
    }
    return shown | {"attributes": [value["value"] for value in product["variant"]]}


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
        products.insert(products.new_key({}), changes)
    else:
        products.store(products.items[variant["productid"]], changes)
