"""Names that nobody knows: what was meant is suggested by nearness and by the value's type."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitoo_async import InvalidInputError, SitooClient
from sitoo_async._checks.nearest import ANYTHING, did_you_mean
from sitoo_async._cli.index import index
from sitoo_async._codec.writing import select, writable
from sitoo_async.models import Order, Product, User, is_set
from sitoo_async.testing import FakeSitoo


@pytest.fixture
async def sitoo():
    async with FakeSitoo(products=3) as fake, SitooClient(**fake.credentials) as client:
        yield client
        assert fake.requests == []


def refused(model, **values):
    with pytest.raises(InvalidInputError) as caught:
        writable(model, values)
    return caught.value.message


# ---------------------------------------------------------------------------- fields of models


@pytest.mark.parametrize("value", [Decimal("2.000"), "2.000", 2, 2.0, None], ids=repr)
def test_several_are_named_where_several_may_be_meant(value):
    assert refused(Order, orderitems=[{"decimalquantity": value}]) == (
        "orderitems[0].decimalquantity is not a field of OrderItem; did you mean "
        "'decimalunitquantity' or 'quantity'?"
    )


def test_a_field_that_can_not_hold_the_value_is_not_suggested():
    assert refused(Product, titel="Blanket").endswith("did you mean 'title'?")
    for value in (Decimal("1.00"), 5, ["Blanket"], {"sv": "Blanket"}, datetime.now(UTC), True):
        assert refused(Product, titel=value) == "titel is not a field of Product"
    assert refused(Product, moneyprise="9.00").endswith("did you mean 'moneyprice'?")
    assert "did you mean" not in refused(Product, moneyprise="cheap")
    assert "did you mean 'datecreated'" not in refused(Product, datecreate="soon")


@pytest.mark.parametrize("name", ["moneyPrice", "money_price", "MoneyPrice", "MONEYPRICE"])
def test_a_field_in_the_writing_of_another_language_is_that_field_alone(name):
    assert refused(Product, **{name: "9.00"}).endswith("did you mean 'moneyprice'?")


def test_a_date_is_suggested_to_whoever_writes_a_moment_in_any_form():
    for value in (datetime.now(UTC), date(2026, 1, 1), "2026-01-01", 1_700_000_000):
        assert "did you mean 'orderdate'" in refused(Order, order_date=value)
    for value in (True, [1]):
        assert "did you mean" not in refused(Order, order_date=value)


def test_a_list_and_an_object_are_suggested_for_their_like():
    assert "'orderitems'" in refused(Order, orderitem=[{}])
    assert "did you mean" not in refused(Order, orderitem="two")
    assert "'additionaldata'" in refused(Order, additional_data={"a": "b"})
    assert "did you mean" not in refused(Order, additional_data=["a"])


def test_what_can_only_be_read_is_not_suggested_to_whoever_writes():
    assert "moneytotal_net" not in refused(Order, moneytotalnet="9.00")
    with pytest.raises(InvalidInputError, match=r"did you mean 'moneytotal_net'"):
        select(Order, ["moneytotalnet"])
    # But what names the object is.
    assert "did you mean 'productid'" in refused(Product, product_id=1)


def test_whoever_asks_for_a_field_is_told_the_nearest_of_any_type():
    with pytest.raises(InvalidInputError, match="did you mean 'moneyprice'"):
        select(Product, ["price"])
    with pytest.raises(InvalidInputError, match="did you mean 'title'"):
        is_set(Product(), "titel")
    assert refused(User, zzz=1) == "zzz is not a field of User"


@pytest.mark.parametrize(
    "name", ["x" * 1_000_000, "titel\x1b[2J", ""], ids=["long", "evil", "none"]
)
def test_a_name_of_any_kind_is_refused(name):
    text = refused(Product, **{name: "x"})
    assert len(text) < 1_100_000
    with pytest.raises(InvalidInputError) as caught:
        writable(Product, {name: "x"})
    assert len(str(caught.value)) <= 500
    assert str(caught.value).isprintable()


@given(
    st.text(),
    st.dictionaries(st.text(), st.just(ANYTHING)),
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.none()),
)
def test_only_names_that_there_are_are_suggested(name, known, value):  # pragma: no cover
    question = did_you_mean(name, known, value)
    if question:
        assert any(repr(other) in question for other in known)
        assert question.count(" or ") < 3 or any(" or " in other for other in known)


# ------------------------------------------------------------------------------------- filters


async def test_a_filter_is_suggested_that_can_hold_the_value(sitoo):
    with pytest.raises(InvalidInputError, match="did you mean 'sku'"):
        sitoo.products.list(skus=["a"])
    with pytest.raises(InvalidInputError, match="here: did you mean 'datelastmodified'"):
        sitoo.products.list(datemodified=datetime.now(UTC))
    for value in (True, ["2026-01-01"]):
        with pytest.raises(InvalidInputError, match="here: it takes "):
            sitoo.products.list(datemodified=value)


GUID = "{3CCB9848-155A-49E1-7CA8-5F7F78FC3067}"
SIZES = ["limit", "num", "count", "per_page", "max_results"]
SIZES += ["perPage", "pagesize", "pageSize", "size", "top", "take"]
PLACES = ["offset", "skip", "page"]
FIELDS = ["field", "select"]


@pytest.mark.parametrize("name", [*SIZES, *PLACES, *FIELDS])
async def test_every_list_says_what_the_paging_of_others_is_called_here(sitoo, name):
    says = (
        r"\.collect\(limit=.*page_size="
        if name in SIZES
        else ("start=" if name in PLACES else "fields=")
    )
    lists = [entry for entry in index() if entry.callable.rpartition(".")[2].startswith("list")]
    assert len(lists) > 30
    for entry in lists:
        method = sitoo
        for part in entry.callable.split("."):
            method = getattr(method, part)
        if entry.evidence != "documented":
            continue
        required = [
            GUID if parameter.name == "register_id" else 1
            for parameter in inspect.signature(method).parameters.values()
            if parameter.kind is parameter.POSITIONAL_ONLY
        ]
        with pytest.raises(InvalidInputError, match=says) as caught:
            method(*required, **{name: 10})
        assert caught.value.field == name


async def test_a_list_without_filters_keeps_its_signature(sitoo):
    method = sitoo.manufacturers.list
    assert [*inspect.signature(method).parameters] == ["fields", "start", "page_size"]
    assert method.__doc__.startswith("Walk the manufacturers")
    with pytest.raises(TypeError, match="color"):
        method(color="red")
