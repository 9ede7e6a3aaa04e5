"""A group of sales taxes names its taxes, or describes them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from sitoo_async._codec.codec import writable
from sitoo_async.errors import InvalidInputError
from sitoo_async.models import SalesTax, SalesTaxGroup


def test_a_tax_of_a_group_is_named_by_its_salestaxid_alone():
    group = SalesTaxGroup(name="Miami State", region="FL", salestaxes=[SalesTax(salestaxid=1)])
    sent = {"name": "Miami State", "region": "FL", "salestaxes": [{"salestaxid": 1}]}
    assert writable(SalesTaxGroup, group, required=True) == sent


def test_a_tax_that_is_not_named_has_its_required_fields():
    with pytest.raises(InvalidInputError, match="required") as caught:
        writable(SalesTaxGroup, {"name": "FL", "salestaxes": [{"name": "State"}]}, required=True)
    assert caught.value.field == "salestaxes[0].decimalvaluedefault"


def test_a_new_tax_has_its_required_fields_even_with_an_id():
    with pytest.raises(InvalidInputError, match="required") as caught:
        writable(SalesTax, {"salestaxid": 4, "decimalvaluedefault": Decimal(6)}, required=True)
    assert caught.value.field == "name"
