"""A field that was neither fetched nor set is absent: to Python, and to all that builds on it."""

from __future__ import annotations

import copy
import inspect
import json
import pickle
import sys
import traceback
import weakref
from decimal import Decimal
from functools import cached_property
from types import FunctionType
from typing import Any

import attrs
import pydantic
import pytest

import sitoo_async
from sitoo_async._codec import base
from sitoo_async._codec.codec import decode_page
from sitoo_async._codec.converter import converter
from sitoo_async.errors import FieldNotFetchedError, InvalidInputError, SitooError
from sitoo_async.models import (
    UNSET,
    Order,
    OrderItem,
    Product,
    ProductVariantGroup,
    ProductVariantValue,
    changes,
    is_set,
    replace,
    set_fields,
)


def fetched(**fields: Any) -> Product:
    """A product as a page brings it, with these fields of it asked for."""
    body = json.dumps({"totalcount": 1, "items": [fields]}).encode()
    (product,), _ = decode_page(body, Product)
    assert product is not None
    return product


# One that was read, one that was made, and others that were changed until they were the same.
def set_later() -> Product:
    product = Product()
    product.moneyprice, product.sku = Decimal(5), "a"
    return product


def deleted_again() -> Product:
    product = Product(sku="a", moneyprice=Decimal(5), title="Box", barcode=None)
    del product.title
    product.barcode = UNSET
    return product


WAYS = {
    "read": lambda: fetched(sku="a", moneyprice="5.00"),
    "made": lambda: Product(sku="a", moneyprice=Decimal(5)),
    "made with UNSET": lambda: Product(sku="a", title=UNSET, moneyprice=Decimal(5), barcode=UNSET),
    "set later": set_later,
    "deleted again": deleted_again,
    "structured": lambda: converter.structure({"sku": "a", "moneyprice": "5.00"}, Product),
    "replaced": lambda: replace(
        fetched(sku="b", title="Box"), sku="a", moneyprice=Decimal(5), title=UNSET
    ),
    "a difference": lambda: changes(
        Product(sku="a", title="Box"), Product(sku="a", title="Box", moneyprice=Decimal(5))
    ),
    "copied": lambda: copy.copy(set_later()),
    "copied deep": lambda: copy.deepcopy(deleted_again()),
    "pickled": lambda: pickle.loads(pickle.dumps(fetched(sku="a", moneyprice="5.00"))),  # noqa: S301  # our own
}


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
def sparse(request: pytest.FixtureRequest) -> Product:
    """A product with a sku and a price, and nothing else."""
    return request.param()


# ------------------------------------------------------------------------------------- reading


def test_a_forgotten_field_does_not_pass_for_an_empty_one(sparse):
    with pytest.raises(FieldNotFetchedError):
        _ = sparse.barcode is None or sparse.barcode == ""


def test_the_error_names_the_model_the_field_and_the_remedy(sparse):
    with pytest.raises(FieldNotFetchedError) as caught:
        _ = sparse.title
    text = str(caught.value)
    assert text.startswith("Product.title was neither fetched nor set; name it in fields=")
    assert "or set it" in text
    assert "is_set(item, 'title')" in text
    assert isinstance(caught.value, SitooError)
    assert isinstance(caught.value, AttributeError)
    assert (caught.value.sent, caught.value.name) == ("no", "title")
    again = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # our own
    assert (type(again), str(again)) == (FieldNotFetchedError, text)


def test_a_field_of_an_object_within_is_named_with_its_own_model():
    order = Order(orderitems=[OrderItem(sku="a")])
    with pytest.raises(FieldNotFetchedError, match=r"OrderItem\.quantity was"):
        _ = order.orderitems[0].quantity


def test_python_suggests_no_field_that_is_spelt_alike():
    with pytest.raises(FieldNotFetchedError) as caught:
        _ = Product(custom2="wool").custom1
    assert "Did you mean" not in "".join(traceback.format_exception(caught.value))


def test_whatever_asks_first_takes_the_field_for_absent(sparse):
    assert hasattr(sparse, "sku")
    assert not hasattr(sparse, "title")
    assert getattr(sparse, "title", "none") == "none"
    match sparse:
        case Product(title=_):
            pytest.fail("there is no title")
        case Product(sku=sku):
            assert sku == "a"


def test_pydantic_reads_what_is_there():
    class Row(pydantic.BaseModel):
        model_config = pydantic.ConfigDict(from_attributes=True)

        sku: str
        moneyprice: Decimal
        title: str | None = None
        shelf: str = "unknown"  # which is no field of a product

    row = Row.model_validate(fetched(sku="a", moneyprice="5.00"))
    assert row == Row(sku="a", moneyprice=Decimal(5))
    with pytest.raises(pydantic.ValidationError, match=r"sku\n  Field required"):
        Row.model_validate(Product(title="Box", moneyprice=Decimal(5)))


def test_a_template_engine_finds_nothing_where_nothing_is(sparse):
    def looked_up(item, name):  # as jinja2 does
        try:
            return getattr(item, name)
        except AttributeError:
            pass
        try:
            return item[name]
        except (TypeError, LookupError, AttributeError):
            return ""

    assert [looked_up(sparse, name) for name in ("sku", "title")] == ["a", ""]


# --------------------------------------------------------------------------- what is there


def test_all_that_tells_of_an_item_tells_of_what_is_there(sparse):
    assert set_fields(sparse) == {"sku": "a", "moneyprice": Decimal(5)}
    assert list(set_fields(sparse)) == ["sku", "moneyprice"]
    assert list(sparse.__rich_repr__()) == list(set_fields(sparse).items())
    assert repr(sparse) in (
        "Product(sku='a', moneyprice=Decimal('5'))",
        "Product(sku='a', moneyprice=Decimal('5.00'))",
    )
    assert is_set(sparse, "sku")
    assert not is_set(sparse, "title")
    assert not is_set(sparse, "barcode")
    assert converter.unstructure(sparse) == {"sku": "a", "moneyprice": "5.00"}


def test_items_are_equal_whose_same_fields_hold_the_same_values(sparse):
    for way in WAYS.values():
        assert sparse == way()
    assert sparse != Product(sku="a")
    assert sparse != Product(sku="a", moneyprice=Decimal(5), title=None)
    assert sparse != Product(sku="b", moneyprice=Decimal(5))
    assert ProductVariantGroup() != ProductVariantValue()
    assert sparse != {"sku": "a", "moneyprice": Decimal(5)}
    with pytest.raises(TypeError, match="unhashable"):
        hash(sparse)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_copies_lack_what_the_item_lacks(sparse, protocol):
    pickled = pickle.loads(pickle.dumps(sparse, protocol))  # noqa: S301  # our own
    for again in (copy.copy(sparse), copy.deepcopy(sparse), pickled):
        assert again == sparse
        assert again is not sparse
        assert not hasattr(again, "title")


def test_what_was_pickled_with_unset_in_it_lacks_that_field():
    old = Product.__new__(Product)
    old.__setstate__({"productid": 21, "title": UNSET, "barcode": None})
    assert old == Product(productid=21, barcode=None)
    assert not hasattr(old, "title")


# -------------------------------------------------------------------------------- changing it


def test_a_field_that_is_set_is_there(sparse):
    sparse.title = "Box"
    sparse.moneyprice = None
    assert sparse.title == "Box"
    assert set_fields(sparse) == {"sku": "a", "moneyprice": None, "title": "Box"}
    assert sparse == Product(sku="a", moneyprice=None, title="Box")


def test_what_an_item_noted_of_itself_is_proved_where_it_was_changed(monkeypatch):
    looked_at = []
    value_of = base._value
    monkeypatch.setattr(base, "_value", lambda *at: looked_at.append(at) or value_of(*at))
    product = Product(sku="a", title="Box")
    product.barcode = None
    del product.title
    assert list(set_fields(product)) == ["sku", "barcode"]
    assert len(looked_at) == 2  # an empty slot costs an exception, and there are fifty
    # Of two threads that set two fields at once, the note of one may be lost.
    lost = product._present
    product.custom1 = "wool"
    object.__setattr__(product, "_present", lost)
    assert set_fields(product) == {"sku": "a", "barcode": None, "custom1": "wool"}


def test_a_field_that_another_thread_deletes_is_not_missed(monkeypatch):
    product = Product(sku="a", title="Box", barcode=None)
    present = base.present

    def overtaken(item: Product) -> tuple[str, ...]:
        names = present(item)
        if hasattr(item, "title"):
            del item.title
        return names

    monkeypatch.setattr(base, "present", overtaken)
    assert repr(product) == "Product(sku='a', barcode=None)"


@pytest.mark.parametrize(
    "unset",
    [lambda item: delattr(item, "sku"), lambda item: setattr(item, "sku", UNSET)],
    ids=["del", "UNSET"],
)
def test_a_field_can_be_made_absent_again(sparse, unset):
    unset(sparse)
    assert not hasattr(sparse, "sku")
    assert sparse == Product(moneyprice=Decimal(5))
    sparse.sku = "b"
    assert sparse == Product(sku="b", moneyprice=Decimal(5))


def test_what_is_absent_can_be_made_so_and_can_not_be_deleted(sparse):
    sparse.title = UNSET
    assert not hasattr(sparse, "title")
    with pytest.raises(FieldNotFetchedError, match=r"Product\.title was neither fetched nor set"):
        del sparse.title
    assert sparse == Product(sku="a", moneyprice=Decimal(5))


def test_replace_gives_a_changed_copy_of_a_sparse_item(sparse):
    again = replace(sparse, title="Box", sku=UNSET)
    assert again == Product(moneyprice=Decimal(5), title="Box")
    assert sparse == Product(sku="a", moneyprice=Decimal(5))
    assert sparse.__replace__(sku="b") == replace(sparse, sku="b")
    if sys.version_info >= (3, 13):
        assert copy.replace(sparse, sku="b") == replace(sparse, sku="b")
    assert sitoo_async.replace is replace


def test_replace_shares_what_the_item_holds():
    product = Product(categories=[1])
    assert replace(product, sku="a").categories is product.categories


def test_replace_refuses_what_is_no_model():
    with pytest.raises(InvalidInputError, match="a model is expected here"):
        replace({"sku": "a"}, sku="b")


# ---------------------------------------------------------------------------------- misspelt


@pytest.mark.parametrize(
    ("use", "error"),
    [
        (lambda item: item.titel, AttributeError),
        (lambda item: setattr(item, "titel", "Box"), AttributeError),
        (lambda item: setattr(item, "titel", UNSET), AttributeError),
        (lambda item: delattr(item, "titel"), AttributeError),
        (lambda item: replace(item, titel="Box"), TypeError),
        (lambda item: item.__replace__(titel="Box"), TypeError),
        (lambda _: Product(titel="Box"), TypeError),
        (lambda item: is_set(item, "titel"), InvalidInputError),
    ],
    ids=[
        "reading",
        "setting",
        "unsetting",
        "deleting",
        "replace",
        "__replace__",
        "making",
        "is_set",
    ],
)
def test_a_misspelt_name_says_so_and_which_one_may_be_meant(sparse, use, error):
    with pytest.raises(
        error, match=r"^titel is not a field of Product; did you mean 'title'"
    ) as caught:
        use(sparse)
    assert not isinstance(caught.value, FieldNotFetchedError)
    assert "Did you mean" not in "".join(traceback.format_exception(caught.value))


def test_what_only_tools_ask_for_is_told_in_python_s_own_words(sparse):
    empty = Product.__new__(Product)
    for item in (sparse, empty):
        for name in ("__deepcopy__", "_repr_html_", "_ipython_display_", "__array__", "__len__"):
            with pytest.raises(
                AttributeError, match=rf"^'Product' object has no attribute '{name}'$"
            ):
                getattr(item, name)
    assert set_fields(empty) == {}
    assert empty == Product()
    assert repr(empty) == "Product()"


# -------------------------------------------------------------------------- a class of one's own


class Priced(Product):
    """A user's own, which keeps things beside the fields."""

    @property
    def label(self) -> str:
        return f"{self.sku}: {self.moneyprice}"

    @cached_property
    def net(self) -> Decimal:
        return self.moneyprice / 2


class Shelved(Product):
    """A user's own, which is made in another way."""

    def __init__(self, shelf: int, **fields: Any) -> None:
        super().__init__(**fields)
        self.shelf = shelf


@attrs.define(kw_only=True)
class Tagged(Product):
    """A user's own, made by attrs."""

    tag: str = ""


@attrs.define(kw_only=True)
class Checked(Product):
    """A user's own, of which attrs looks at each value that is set."""

    tag: str = attrs.field(default="", validator=attrs.validators.instance_of(str))


@attrs.frozen(kw_only=True)
class Frozen(Product):
    """A user's own that can't be changed."""

    tag: str = ""


@attrs.frozen
class Fixed(Product):
    """A user's own that can't be changed, and adds nothing."""


def test_a_property_that_needs_an_absent_field_tells_which():
    item = Priced(sku="a")
    with pytest.raises(FieldNotFetchedError, match=r"Priced\.moneyprice was neither"):
        _ = item.label
    with pytest.raises(AttributeError, match="setter"):
        item.label = "b"
    with pytest.raises(AttributeError, match="deleter"):
        del item.label
    item.moneyprice = Decimal(5)
    assert item.label == "a: 5"


def test_what_a_class_of_one_s_own_keeps_goes_into_its_copies():
    item = Priced(moneyprice=Decimal(5), title="Mat")
    assert item.net == Decimal("2.5")
    item.shop = "Demo"
    item.moneyprice, item.title = Decimal(5), "Box"
    pickled = pickle.loads(pickle.dumps(item))  # noqa: S301  # our own
    for again in (
        copy.copy(item),
        copy.deepcopy(item),
        replace(item, moneyprice=Decimal(5)),
        pickled,
    ):
        assert type(again) is Priced
        assert again == item
        assert vars(again) == {"net": Decimal("2.5"), "shop": "Demo"}


def test_a_class_of_one_s_own_may_be_made_in_its_own_way():
    before = Shelved(7, productid=1, title="Box")
    after = replace(before, title="Mat")
    assert (after.shelf, after.title) == (7, "Mat")
    assert set_fields(changes(before, after)) == {"productid": 1, "title": "Mat"}
    assert list(inspect.signature(Shelved).parameters) == ["shelf", "fields"]


@pytest.mark.parametrize("kind", [Tagged, Checked, Frozen])
def test_a_class_that_attrs_makes_of_a_model_knows_of_absent_fields(kind):
    item = kind(sku="a", tag="new")
    assert not hasattr(item, "title")
    assert set_fields(item) == {"sku": "a", "tag": "new"}
    assert repr(item) == f"{kind.__name__}(sku='a', tag='new')"
    assert item == kind(sku="a", tag="new")
    assert item != kind(sku="a", tag="old")
    assert item != kind(sku="a", tag="new", title=None)
    pickled = pickle.loads(pickle.dumps(item))  # noqa: S301  # our own
    for again in (copy.copy(item), copy.deepcopy(item), pickled):
        assert again == item
    assert replace(item, tag="old", title="Box") == kind(sku="a", tag="old", title="Box")
    assert item.__replace__(tag="old") == kind(sku="a", tag="old")
    assert "tag" in inspect.signature(kind).parameters


def test_one_field_that_was_set_unnoticed_is_there():
    item = Fixed(sku="a")  # past whatever the model does when an attribute is set
    assert set_fields(item) == {"sku": "a"}
    assert item != Fixed()
    assert pickle.loads(pickle.dumps(item)) == item  # noqa: S301  # our own


class Undocumented(Product):
    """Of its subclasses no method has a docstring, as where Python runs with -OO."""

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        for method in vars(cls).values():
            if isinstance(method, FunctionType):
                method.__doc__ = None
        super().__attrs_init_subclass__()


@attrs.frozen
class Terse(Undocumented):
    """A user's own that can't be changed, and of which nothing is documented."""


def test_what_attrs_wrote_is_known_without_docstrings():
    item = Terse(sku="a")
    for again in (copy.copy(item), pickle.loads(pickle.dumps(item))):  # noqa: S301  # our own
        assert again == item
        assert repr(again) == "Terse(sku='a')"
        assert hash(again) == hash(item)


@pytest.mark.parametrize("kind", [Tagged, Checked])
def test_a_class_that_attrs_makes_of_a_model_can_be_changed(kind):
    item = copy.copy(kind(sku="a"))
    item.title = "Box"
    item.sku = UNSET
    assert item == kind(title="Box")
    assert not hasattr(item, "sku")


def test_a_class_that_attrs_makes_of_a_model_keeps_its_rules():
    with pytest.raises(TypeError, match="must be <class 'str'>"):
        Checked().tag = 5
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        Frozen().tag = "b"
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        del Frozen(sku="a").sku
    assert hash(Frozen(sku="a")) == hash(Frozen(sku="a"))
    assert hash(Frozen(sku="a")) != hash(Frozen(sku="a", title="Box"))


# --------------------------------------------------------------------------- tools that look


def test_tools_that_look_at_a_model_find_its_fields(sparse):
    parameter = inspect.signature(Product).parameters["title"]
    assert (parameter.kind, parameter.default) == (parameter.KEYWORD_ONLY, UNSET)
    assert list(inspect.signature(Product).parameters) == list(attrs.fields_dict(Product))
    members = dict(inspect.getmembers(sparse))
    assert members["sku"] == "a"
    assert not hasattr(sparse, "__dict__")
    assert weakref.ref(sparse)() is sparse
    assert dir(sparse)


def test_attrs_reads_an_item_that_is_whole():
    value = ProductVariantValue(name="Color", value="Red")
    assert attrs.asdict(value) == {"name": "Color", "value": "Red"}
    assert attrs.evolve(value, value="Blue") == replace(value, value="Blue")
    with pytest.raises(FieldNotFetchedError):
        attrs.evolve(ProductVariantValue(name="Color"), name="Size")


# -------------------------------------------------------------------------------------- UNSET


def test_there_is_one_unset():
    assert repr(UNSET) == "UNSET"
    assert copy.copy(UNSET) is copy.deepcopy(UNSET) is UNSET
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(UNSET, protocol)) is UNSET  # noqa: S301  # our own
    assert UNSET not in (None, 0, "")


def test_unset_passes_for_nothing():
    with pytest.raises(TypeError, match="neither true nor false"):
        bool(UNSET)
    with pytest.raises(TypeError):
        json.dumps({"title": UNSET})
