"""The objects of the reference, as typed models.

Names on models are the wire names, as the reference prints them. Each group of objects lives in
a module that is loaded when one of its names is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from sitoo_async.models._base import Model, changes, is_set, set_fields
from sitoo_async.models._enums import OpenEnum
from sitoo_async.models._unset import UNSET

if TYPE_CHECKING:
    from sitoo_async.models.products import (
        Product,
        ProductField,
        ProductFields,
        ProductGroupType,
        ProductVariant,
        ProductVariantFields,
        ProductVariantGroup,
        ProductVariantGroupFields,
        ProductVariants,
        ProductVariantsFields,
        ProductVariantValue,
    )

__all__ = [
    "UNSET",
    "Model",
    "OpenEnum",
    "Product",
    "ProductField",
    "ProductFields",
    "ProductGroupType",
    "ProductVariant",
    "ProductVariantFields",
    "ProductVariantGroup",
    "ProductVariantGroupFields",
    "ProductVariantValue",
    "ProductVariants",
    "ProductVariantsFields",
    "changes",
    "is_set",
    "set_fields",
]

_MODULE_OF: Final = {
    name: module
    for module, names in {
        "products": (
            "Product",
            "ProductField",
            "ProductFields",
            "ProductGroupType",
            "ProductVariant",
            "ProductVariantFields",
            "ProductVariantGroup",
            "ProductVariantGroupFields",
            "ProductVariantValue",
            "ProductVariants",
            "ProductVariantsFields",
        ),
    }.items()
    for name in names
}


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
