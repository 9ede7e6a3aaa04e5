"""Fields that no model knows: kept on request, with the object, and no part of it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sitoo_async import changes, set_fields, unknown_fields
from sitoo_async._codec.codec import decode_array, decode_item, decode_page, encode, writable
from sitoo_async._codec.converter import converter
from sitoo_async.errors import DecodeError, InvalidInputError, UnexpectedTypeWarning
from sitoo_async.models import Product, ProductVariants, ServiceOrder, replace

ROW = b'{"loyalty": {"points": 12.50, "tiers": ["gold", null]}, "productid": 1, "rank": 7}'
KEPT = {"loyalty": {"points": Decimal("12.50"), "tiers": ["gold", None]}, "rank": 7}

Read = Callable[..., Any]


def from_page(body: bytes, **options: Any) -> Any:
    (item,), _ = decode_page(b'{"totalcount": 1, "items": [%b]}' % body, Product, **options)
    return item


def from_array(body: bytes, **options: Any) -> Any:
    (item,), _ = decode_array(b"[%b]" % body, Product, **options)
    return item


def by_itself(body: bytes, **options: Any) -> Any:
    return decode_item(body, Product, **options)


readers = pytest.mark.parametrize("read", [by_itself, from_page, from_array])


def fetched(body: bytes = ROW) -> Product:
    return decode_item(body, Product, keep_unknown=True)


@readers
@pytest.mark.parametrize("strict", [False, True])
def test_they_are_kept_on_request_only(read: Read, strict):
    for _ in range(2):  # the second page goes by the selection that the first one taught
        assert unknown_fields(read(ROW, strict=strict, keep_unknown=True)) == KEPT
        assert unknown_fields(read(ROW, strict=strict)) == {}
        assert unknown_fields(read(b'{"productid": 1}', strict=strict, keep_unknown=True)) == {}
    assert unknown_fields(Product(productid=1)) == {}


@readers
def test_all_else_is_as_without(read: Read):
    assert repr(read(ROW, keep_unknown=True)) == repr(read(ROW)) == "Product(productid=1)"


def test_objects_within_keep_their_own():
    body = (
        b'{"groups": [{"a": 1}, {"name": "Color"}], "variants": [{"sku": "B", "b": {}}], "c": []}'
    )
    found = decode_item(body, ProductVariants, keep_unknown=True)
    assert unknown_fields(found) == {"c": []}
    assert [unknown_fields(group) for group in found.groups] == [{"a": 1}, {}]
    assert unknown_fields(found.variants[0]) == {"b": {}}
    product = b'{"sku": "S", "d": 1, "services": [{"e": 2}, {"sku": "A"}, null]}'
    for form in (b'{"product": %b}', b'{"product": [%b]}'):  # as the object, and a list of it
        order = decode_item(form % product, ServiceOrder, keep_unknown=True)
        assert unknown_fields(order) == {}
        assert unknown_fields(order.product) == {"d": 1}
        assert [*map(unknown_fields, order.product.services[:2])] == [{"e": 2}, {}]


def test_an_object_within_alone_may_have_one():
    found = decode_item(b'{"variants": [{"sku": "B", "b": 1}]}', ProductVariants, keep_unknown=True)
    assert unknown_fields(found.variants[0]) == {"b": 1}


def test_what_breaks_its_type_is_told_with_them_as_without():
    body = b'{"title": 5, "rank": 7}'
    with pytest.warns(UnexpectedTypeWarning, match=r"Product\.title"):
        product = fetched(body)
    assert unknown_fields(product) == {"rank": 7}
    with pytest.raises(DecodeError, match="title"):
        decode_item(body, Product, strict=True, keep_unknown=True)


def test_what_can_not_be_text_is_mended_in_them_too():
    with pytest.warns(UnexpectedTypeWarning, match="an unknown field of Product"):
        product = fetched(rb'{"\ud800": {"a": "b\udfff"}}')
    assert unknown_fields(product) == {"\ufffd": {"a": "b\ufffd"}}


COPIES: dict[str, Callable[[Product], Product]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda item: pickle.loads(pickle.dumps(item)),  # noqa: S301  # our own bytes
    "replace": replace,
}


class Blanket(Product):
    """A user's own class, with attributes of its own."""


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("cls", [Product, Blanket])
def test_they_go_with_copies(name, cls):
    item = decode_item(ROW, cls, keep_unknown=True)
    again = COPIES[name](item)
    assert unknown_fields(again) == KEPT
    assert again == item
    shared = unknown_fields(again)["loyalty"] is unknown_fields(item)["loyalty"]
    assert shared == (name in ("copy", "replace"))


def test_they_are_no_part_of_the_object():
    item, same = fetched(), Product(productid=1)
    assert item == same
    assert set_fields(item) == {"productid": 1}
    assert set_fields(changes(item, replace(same, title="x"))) == {"productid": 1, "title": "x"}
    assert unknown_fields(changes(item, item)) == {}


def test_they_are_never_sent():
    item = fetched()
    item.title = "x"
    assert writable(Product, item, identifiers=("productid",)) == {"productid": 1, "title": "x"}
    found = decode_item(b'{"variants": [{"sku": "B", "b": 1}]}', ProductVariants, keep_unknown=True)
    assert writable(ProductVariants, found) == {"variants": [{"sku": "B"}]}
    assert encode(converter.unstructure(found)) == b'{"variants":[{"sku":"B"}]}'


def test_they_are_read_and_not_written():
    kept: Any = unknown_fields(fetched())
    with pytest.raises(TypeError):
        kept["rank"] = 8
    for odd in (5, None, Product):
        with pytest.raises(InvalidInputError):
            unknown_fields(odd)
