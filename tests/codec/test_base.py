"""What all models share."""

from __future__ import annotations

import copy
import subprocess
import sys
from decimal import Decimal

import pytest

from sitoo_async import models
from sitoo_async.errors import InvalidInputError
from sitoo_async.models import (
    Model,
    Product,
    ProductVariant,
    ProductVariantGroup,
    ServiceOrder,
    changes,
    is_set,
    replace,
    set_fields,
)


def test_the_repr_shows_what_was_fetched():
    assert repr(Product(productid=21, sku="54051-1")) == "Product(productid=21, sku='54051-1')"
    assert repr(Product()) == "Product()"
    assert repr(Product(barcode=None)) == "Product(barcode=None)"


def test_models_take_their_fields_by_name_only():
    with pytest.raises(TypeError):
        Product(21)


def test_is_set_tells_absent_from_null_and_from_set():
    product = Product(title="", barcode=None)
    assert is_set(product, "title")
    assert is_set(product, "barcode")
    assert not is_set(product, "sku")


def test_is_set_refuses_a_name_that_the_model_lacks():
    with pytest.raises(InvalidInputError, match="did you mean 'title'") as caught:
        is_set(Product(), "titel")
    assert caught.value.field == "titel"
    with pytest.raises(InvalidInputError, match=r"zzz is not a field of Product$"):
        is_set(Product(), "zzz")


@pytest.mark.parametrize("item", [5, "title", None, {"title": "a"}, Product], ids=ascii)
def test_what_is_no_model_is_refused(item):
    for ask in (set_fields, lambda item: is_set(item, "title")):
        with pytest.raises(InvalidInputError, match=r"a model is expected here, such as a Product"):
            ask(item)


def test_set_fields_gives_what_is_there_in_the_order_of_the_reference():
    product = Product(title="Box", sku="a", barcode=None)
    assert list(set_fields(product).items()) == [("sku", "a"), ("barcode", None), ("title", "Box")]


def test_changes_gives_the_differences_and_the_identifier():
    before = Product(productid=21, sku="a", title="Box", moneyprice=Decimal("5.00"), custom1="")
    after = copy.copy(before)
    after.title = "Big box"
    after.custom1 = "x"
    assert changes(before, after) == Product(productid=21, title="Big box", custom1="x")


def test_changes_of_nothing_is_the_identifier_alone():
    before = Product(productid=21, sku="a", title="Box")
    assert changes(before, copy.deepcopy(before)) == Product(productid=21)


def test_a_field_that_only_after_has_is_a_change():
    assert changes(Product(productid=1), Product(title="x", barcode=None)) == Product(
        productid=1, title="x", barcode=None
    )


def test_a_field_that_after_lacks_is_no_change():
    assert changes(Product(productid=1, title="x"), Product(productid=1)) == Product(productid=1)


def test_an_equal_amount_is_no_change():
    before = Product(productid=1, moneyprice=Decimal("7.00"))
    assert changes(before, Product(productid=1, moneyprice=Decimal(7))) == Product(productid=1)


def test_changes_never_holds_a_read_only_field():
    before = Product(productid=1, vatvalue=Decimal(25))
    after = Product(productid=1, vatvalue=Decimal(12), moneyfinalprice=Decimal(3))
    assert changes(before, after) == Product(productid=1)


def test_what_guards_an_update_goes_back_as_it_was_fetched():
    before = ServiceOrder(id="A", revision=3, note="x")
    after = replace(before, note="y")
    assert changes(before, after) == ServiceOrder(id="A", revision=3, note="y")
    after.revision = 4
    assert changes(before, after).revision == 3
    assert changes(ServiceOrder(id="A"), after).revision == 4
    assert not is_set(changes(ServiceOrder(id="A"), ServiceOrder(id="A")), "revision")


def test_a_changed_sku_goes_by_the_productid():
    before = Product(productid=1, sku="a")
    after = replace(before, sku="b")
    assert changes(before, after) == Product(productid=1, sku="b")


def test_the_sku_identifies_where_the_productid_was_not_fetched():
    before = Product(sku="a", title="x")
    assert changes(before, replace(before, title="y")) == Product(sku="a", title="y")


def test_without_productid_a_changed_sku_is_refused():
    with pytest.raises(InvalidInputError, match="identifier") as caught:
        changes(Product(sku="a"), Product(sku="b"))
    assert caught.value.field == "sku"


def test_two_different_products_are_refused():
    with pytest.raises(InvalidInputError, match="productid differs") as caught:
        changes(Product(productid=1, title="a"), Product(productid=2, title="b"))
    assert caught.value.field == "productid"


def test_changes_of_objects_without_identifier_are_just_the_differences():
    before = ProductVariantGroup(name="Color", options=["Red"])
    after = ProductVariantGroup(name="Color", options=["Red", "Blue"])
    assert changes(before, after) == ProductVariantGroup(options=["Red", "Blue"])
    assert changes(Product(), Product(title="x")) == Product(title="x")


def test_changes_compares_two_of_a_kind():
    with pytest.raises(InvalidInputError, match="Product and ProductVariant") as caught:
        changes(Product(), ProductVariant())
    assert caught.value.field == "after"


def test_every_public_name_is_there_and_listed_once():
    assert dir(models) == sorted(models.__all__)
    assert len(set(models.__all__)) == len(models.__all__)
    for name in models.__all__:
        assert getattr(models, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'Produkt'"):
        models.Produkt  # noqa: B018  # the lookup is the test


def test_the_public_names_of_a_group_are_those_of_its_module():
    from sitoo_async.models import products  # noqa: PLC0415  # compared with the package

    assert set(products.__all__) <= set(models.__all__)
    for name in products.__all__:
        assert getattr(models, name) is getattr(products, name)


def test_a_group_is_loaded_when_its_first_name_is_used():
    # A package of its own in the child's sys.modules stands for the real one, which would load
    # the client as well.
    script = """
import sys, types
package = types.ModuleType("sitoo_async")
package.__path__ = [sys.argv[1]]
sys.modules["sitoo_async"] = package
import sitoo_async.models as models
assert "sitoo_async.models.products" not in sys.modules
models.Product
assert "sitoo_async.models.products" in sys.modules
print("loaded")
"""
    package = models.__path__[0].removesuffix("models")
    done = subprocess.run(  # noqa: S603  # our own interpreter
        [sys.executable, "-c", script, package], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "loaded", done.stderr


def test_the_base_of_all_models_is_a_model_without_fields():
    assert set_fields(Model()) == {}
