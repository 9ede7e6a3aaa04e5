"""What type checkers make of the models. Never run; checked by mypy and pyright, both strict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, assert_type

from sitoo_async._codec.codec import decode_item, decode_page
from sitoo_async.models import (
    UNSET,
    CrmChannel,
    CrmFieldSetting,
    Order,
    OrderDataKey,
    Product,
    ProductField,
    ProductFields,
    ProductGroupType,
    ProductVariant,
    ProductVariantFields,
    ProductVariants,
    ProductVariantsFields,
    ProductVariantValue,
    Voucher,
    VoucherType,
    as_model,
    changes,
    is_set,
    replace,
    set_fields,
    unknown_fields,
)


def attributes_are_as_the_reference_documents_them(product: Product) -> None:
    assert_type(product.productid, int)
    assert_type(product.sku, str)
    assert_type(product.active, bool)
    assert_type(product.moneyprice, Decimal)
    assert_type(product.moneyprice * 2 + product.vatvalue, Decimal)
    assert_type(product.barcode, str | None)
    assert_type(product.manufacturerid, int | None)
    assert_type(product.offerdatestart, datetime | None)
    assert_type(product.datecreated, datetime)
    assert_type(product.categories, list[int])
    assert_type(product.barcodealiases, list[str])
    assert_type(product.productgrouptype, ProductGroupType)
    assert_type(product.variant, list[ProductVariantValue])
    assert_type(product.variant[0].name, str)
    assert_type(product.customattributes, dict[str, Any])


def open_enumerations_and_keys_are_typed(
    voucher: Voucher, order: Order, channel: CrmChannel
) -> None:
    assert_type(voucher.vouchertype, VoucherType)
    assert_type(order.additionaldata.get(OrderDataKey.POS_RECEIPTID), str | None)
    assert_type(channel.client_settings.fields_add, dict[str, CrmFieldSetting])


def models_are_made_by_keyword() -> None:
    assert_type(Product(), Product)
    product = Product(sku="Q100", moneyprice=Decimal("99.00"), barcode=None)
    product.title = "Box"
    product.moneyprice = UNSET
    Product(21)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Product(titel="Box")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Product(title=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    product.title = 5  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    product.titel = "Box"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def the_dictionaries_take_what_may_be_sent() -> None:
    fields: ProductFields = {
        "sku": "Q100",
        "moneyprice": 99,
        "moneypricein": "8.00",
        "moneypriceorg": Decimal(99),
        "offerdatestart": datetime(2026, 1, 1, tzinfo=UTC),
        "offerdateend": None,
        "categories": (1, 2),
        "customattributes": {"season": "winter"},
    }
    fields["moneyprice"] = 9.5  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
    fields["barcode"] = None  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]
    fields["productid"] = 1  # type: ignore[typeddict-unknown-key]  # pyright: ignore[reportGeneralTypeIssues]
    variant: ProductVariantFields = {"productid": 0, "active": True}
    both: ProductVariantsFields = {"variants": [ProductVariant(productid=0), variant]}
    assert_type(ProductVariants(groups=[], variants=[]), ProductVariants)
    del both


def the_polite_questions(product: Product) -> None:
    assert_type(is_set(product, "title"), bool)
    assert_type(set_fields(product), dict[str, Any])
    assert_type(unknown_fields(product), Mapping[str, Any])
    assert_type(as_model(Product, {"productid": 21}), Product)
    as_model(Product, [21])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert_type(changes(product, product), Product)
    assert_type(replace(product, title="Box"), Product)
    assert_type(product.__replace__(title="Box"), Product)
    name: ProductField = "sku"
    wrong: ProductField = "titel"  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    del name, wrong


def decoding_keeps_the_class(body: bytes) -> None:
    assert_type(decode_item(body, Product), Product)
    assert_type(decode_page(body, Product), tuple[list[Product | None], int | None])
