"""What TAB completes at the prompt."""

from __future__ import annotations

import asyncio

import pytest

from sitoo_async import SitooClient, models
from sitoo_async._cli.completion import Completer


class Sulky:
    @property
    def never(self):
        raise RuntimeError("ask somebody else")


@pytest.fixture(scope="module")
def completer():
    sitoo = SitooClient(api_id="90316-125", password="p", base_url="https://api.example")
    product = models.Product(productid=1)
    names = {"sitoo": sitoo, "product": product, "sulky": Sulky(), "asyncio": asyncio}
    return Completer(names | {"Product": models.Product})


KEYWORDS = {
    "a parameter": ("sitoo.products.list(", "fi", "fields="),
    "a filter": ("sitoo.products.list(", "sk", "sku="),
    "an option": ("sitoo.with_options(", "dead", "deadline="),
    "a field to write": ("await sitoo.products.update(21, ", "moneyp", "moneyprice="),
    "behind others": (
        "await sitoo.products.list(sku=['a'], fields=('sku',), ",
        "page",
        "page_size=",
    ),
    "of the inner call": ("print(sitoo.products.list(", "page", "page_size="),
    "after an inner call": (
        "asyncio.wait_for(sitoo.products.list(fields=[]), ",
        "time",
        "timeout=",
    ),
    "of a class": ("Product(", "produ", "productid="),
    "of a builtin": ("print('x', ", "se", "sep="),
}


@pytest.mark.parametrize(("before", "text", "found"), KEYWORDS.values(), ids=KEYWORDS)
def test_the_keywords_of_a_call(completer, before, text, found):
    assert found in completer.matches(text, before)


NO_KEYWORDS = {
    "no call": ("sitoo.products.list", "fi"),
    "a list in a call": ("sitoo.products.list(fields=[", "fi"),
    "in a string": ("sitoo.products.list(sku='", "fi"),
    "in a long string": ("sitoo.products.list(sku='''", "fi"),
    "after the call": ("sitoo.products.list() + ", "fi"),
    "what is no function": ("product.productid(", "fi"),
    "what is not there": ("nobody.knows.it(", "fi"),
    "what is no name": ("(sitoo or None)(", "fi"),
    "what raises": ("sulky.never(", "fi"),
    "in C": ("dict(", "fi"),
    "brackets that never opened": ("])} sitoo.products.list", "fi"),
    "nothing": ("", "fi"),
    "a bracket": ("(", "fi"),
}


@pytest.mark.parametrize(("before", "text"), NO_KEYWORDS.values(), ids=NO_KEYWORDS)
def test_where_there_is_no_call_there_are_no_keywords(completer, before, text):
    assert not [match for match in completer.matches(text, before) if match.endswith("=")]


def test_names_and_attributes(completer):
    assert "sitoo.products" in completer.matches("sitoo.prod", "await ")
    assert completer.matches("sitoo.products.upd", "await ") == [
        "sitoo.products.update(",
        "sitoo.products.update_many(",
    ]
    assert "product.productid" in completer.matches("product.prod", "")
    assert "sitoo" in completer.matches("si", "")


def test_internals_are_hidden(completer):
    found = completer.matches("sitoo.products.", "")
    names = {match.rpartition(".")[2].rstrip("(") for match in found}
    assert {"list", "get", "images"} <= names
    assert not {name for name in names if name.startswith("_")} | names & {"caller", "options"}
    assert completer.matches("sitoo.products._li", "") != []  # asked for by name


def test_readline_is_given_one_match_after_the_other(completer):
    found = []
    while (match := completer.complete_in("sitoo.products.upd", len(found), "")) is not None:
        found.append(match)
    assert found == ["sitoo.products.update(", "sitoo.products.update_many("]
