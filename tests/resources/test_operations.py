"""Every operation of the reference has its method, and no method has an operation of its own."""

from __future__ import annotations

import ast
import inspect
import json
import warnings
from importlib import resources
from inspect import Parameter
from operator import attrgetter
from pathlib import Path

import attrs
import pytest

from sitoo_async import InvalidInputError, SitooClient, UnverifiedEndpointWarning
from sitoo_async.__main__ import main
from sitoo_async._cli.index import index, operations
from sitoo_async._groups import GROUPS
from sitoo_async.resources._base import Resource
from sitoo_async.resources._operation import Operation, operation_of

EVIDENCE = {"name-only": "unverified"}
PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def documented() -> dict[tuple[str, str], dict[str, object]]:
    """The operations of the reference, by method and path."""
    facts = resources.files("sitoo_async.testing._reference") / "data"
    return {
        (fact["method"], fact["path"] or fact["path_by_analogy"]): fact
        for file in facts.iterdir()
        if file.is_file()
        for fact in json.loads(file.read_text("utf-8"))["operations"]
    }


@pytest.fixture(scope="module")
def entries():
    return {(entry.method, entry.path): entry for entry in index() if entry.service == "v2"}


@pytest.fixture(scope="module")
def every_entry():
    return index()


@pytest.fixture(scope="module")
def client():
    return SitooClient(api_id="90316-125", password="secret", base_url="http://127.0.0.1:1")


def test_nothing_is_missing_and_nothing_is_invented(entries):
    facts = documented()
    assert len(facts) == 162
    assert entries.keys() - facts.keys() == set()
    assert facts.keys() - entries.keys() == set()


def test_each_operation_says_how_much_of_it_is_known(entries):
    known = {
        place: EVIDENCE.get(fact["evidence"], fact["evidence"])
        for place, fact in documented().items()
    }
    assert {place: entry.evidence for place, entry in entries.items()} == known


def test_reads_are_repeatable_and_whatever_adds_is_not(every_entry):
    for entry in every_entry:
        if entry.method in ("GET", "POST") and entry.repeatable is not None:
            assert entry.repeatable is (entry.method == "GET"), entry


def parameters_in(text):
    """Kinds and names of the parameters of a printed signature, in their order."""
    (function,) = ast.parse(f"def function{text}: ...").body
    arguments = function.args
    groups = [
        (Parameter.POSITIONAL_ONLY, arguments.posonlyargs),
        (Parameter.POSITIONAL_OR_KEYWORD, arguments.args),
        (Parameter.VAR_POSITIONAL, [arguments.vararg]),
        (Parameter.KEYWORD_ONLY, arguments.kwonlyargs),
        (Parameter.VAR_KEYWORD, [arguments.kwarg]),
    ]
    return [(kind, each.arg) for kind, group in groups for each in group if each is not None]


def test_every_method_is_where_the_index_says_and_is_called_as_it_says(every_entry, client):
    for entry in every_entry:
        method = attrgetter(entry.callable)(client)
        operation = operation_of(method)
        assert (operation.method, operation.path) == (entry.method, entry.path)
        signature = inspect.signature(method)
        assert parameters_in(entry.signature) == [
            (parameter.kind, name) for name, parameter in signature.parameters.items()
        ]
        assert entry.signature.endswith(f") -> {signature.return_annotation}")
        if entry.batch is not None:
            assert attrgetter(entry.batch)(client)


def test_every_public_method_of_a_resource_performs_an_operation_or_composes_some(client):
    composed = {
        "journals.list_added",
        "journals.list_all",
        "warehouses.batches.close",
        "warehouses.stocktaking",
        "warehouses.session",
    }
    found = set()

    def look(resource, prefix):
        for name, value in inspect.getmembers(resource):
            if name.startswith("_") or name in ("caller", "options", "site"):
                continue
            if isinstance(value, Resource):
                look(value, f"{prefix}.{name}")
            elif operation_of(value) is None:
                found.add(f"{prefix}.{name}")

    for name in GROUPS:
        look(getattr(client, name), name)
    assert found == composed


def test_every_method_says_whether_it_is_repeatable_and_where_it_is_documented(every_entry, client):
    for entry in every_entry:
        text = " ".join(inspect.getdoc(attrgetter(entry.callable)(client)).split())
        assert "Reference: https://developer.sitoo.com/" in text, entry.callable
        if entry.method not in ("GET", None):
            word = "Not repeatable" if entry.repeatable is False else "Repeatable"
            assert word in text, entry.callable
        if entry.evidence != "documented":
            assert entry.evidence.capitalize() in text, entry.callable
        if entry.evidence == "inferred" and entry.service != "v2":
            assert f"Inferred, with {entry.confidence} confidence" in text, entry.callable


# By how likely it is that they are right; of v2 all are called, of the others not what is low.
CONFIDENCE = {
    "high": {
        "pos_payment_types.update",
        "pos_payment_types.delete",
        "pos_profiles.get",
        "pos_profiles.update",
        "pos_profiles.delete",
        "settings.update",
        "purchase_prices.lists.delete",
        "purchase_prices.items.list",
        "shipments_v3.get",
    },
    "medium": {
        "orders.deliveries.update",
        "purchase_prices.items.set",
        "purchase_prices.items.delete",
        "shipments_v3.delete",
        "shipments_v3.actions.list",
        "shipments_v3.actions.add",
    },
    "low": {
        "orders.deliveries.list_all",
        "store_z_reports.list",
        "store_z_reports.get",
        "store_z_reports.configuration.get",
        "store_z_reports.configuration.set",
        "vouchers.products.add",
        "vouchers.products.delete",
        "z_reports.get",
        "purchase_prices.mappings.get",
        "purchase_prices.mappings.set",
    },
    None: {"purchase_prices.get_computed"},
}


def test_what_is_not_documented_says_how_likely_it_is_right(every_entry):
    told = {}
    for entry in every_entry:
        if entry.evidence != "documented":
            told.setdefault(entry.confidence, set()).add(entry.callable)
        else:
            assert entry.confidence is None
    assert told == CONFIDENCE


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_each_group_is_made_once_on_first_use_and_completes(name, client):
    resource = getattr(client, name)
    assert type(resource).__name__ == GROUPS[name]
    assert getattr(client, name) is resource
    assert name in dir(client)


def test_a_group_that_does_not_exist_is_an_attribute_error_with_a_hint(client):
    with pytest.raises(AttributeError, match="did you mean 'orders'"):
        _ = client.order
    with pytest.raises(AttributeError, match=r"no attribute 'xyzzy'$"):
        _ = client.xyzzy


# What is not documented


UNKNOWN = Operation("GET", "/store-z-reports/{name}", True, "unverified", ("name",))  # noqa: FBT003


def test_an_operation_that_no_page_prints_warns_once_where_it_is_used():
    with pytest.warns(UnverifiedEndpointWarning, match="nothing but its name is known") as told:
        assert UNKNOWN.at(name="a") == "/store-z-reports/a"
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        UNKNOWN.at(name="a")
        Operation("GET", "/sites.json", repeatable=True).at()


def test_an_operation_by_analogy_says_so():
    guess = Operation("PUT", "/sites/{siteid}/guess.json", repeatable=True, evidence="inferred")
    with pytest.warns(UnverifiedEndpointWarning, match=r"likeliest by analogy\. Try"):
        guess.at(siteid=1)
    likely = attrs.evolve(guess, confidence="medium", service="shipments-v3")
    told = r"PUT shipments-v3 /sites/.*by analogy, with medium confidence\."
    with pytest.warns(UnverifiedEndpointWarning, match=told):
        likely.at(siteid=1)


def test_the_warning_can_be_turned_into_an_error_that_keeps_the_request_from_being_sent():
    strict = Operation("GET", "/guess/{id}.json", repeatable=True, evidence="inferred")
    with warnings.catch_warnings():
        warnings.simplefilter("error", UnverifiedEndpointWarning)
        for _ in range(2):
            with pytest.raises(UnverifiedEndpointWarning):
                strict.at(id=1)


@pytest.mark.parametrize("value", ["7", True, 1.0, None])
def test_a_path_parameter_that_is_a_number_takes_no_text(value):
    with pytest.raises(InvalidInputError, match="orderid must be an int") as caught:
        Operation("GET", "/orders/{orderid}.json", repeatable=True).at(orderid=value)
    assert caught.value.field == "orderid"


@pytest.mark.parametrize("value", [7, True, None])
def test_a_path_parameter_that_is_text_takes_no_number(value):
    # A card number that is an int has lost its leading zeros.
    card = Operation("GET", "/giftcards/{cardnumber}.json", repeatable=True, texts=("cardnumber",))
    with pytest.raises(InvalidInputError, match="cardnumber must be text"):
        card.at(cardnumber=value)


# The ways to see it


def test_the_index_as_json_has_what_programs_need(capsys, entries):
    assert main(["operations", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert len([row for row in rows if row["service"] == "v2"]) == len(entries) == 162
    (update,) = (row for row in rows if row["callable"] == "products.update")
    assert update == {
        "service": "v2",
        "name": None,
        "method": "PUT",
        "path": "/sites/{siteid}/products/{productid}.json",
        "callable": "products.update",
        "signature": "(productid: int, item: Product | None = None, /, **values:"
        " Unpack[ProductFields]) -> bool",
        "evidence": "documented",
        "confidence": None,
        "repeatable": True,
        "unless": None,
        "batch": "products.update_many",
    }
    (state,) = (row for row in rows if row["callable"] == "shipments.update")
    assert (state["repeatable"], state["unless"]) == (True, "it sets the state")


def test_the_index_as_a_table_names_every_method(capsys):
    assert main(["operations"]) == 0
    shown = capsys.readouterr().out
    for entry in operations():
        assert entry.callable in shown


SOMETIMES = {
    "orders.update": "it sets the state, items or payments",
    "products.variants.set": "it makes a new variant",
    "shipments.update": "it sets the state",
    "warehouses.batches.update": "it sets the state",
}


def test_what_is_repeatable_only_sometimes_says_when_it_is_not(entries, client, capsys):
    unless = {entry.callable: entry.unless for entry in entries.values() if entry.unless}
    assert unless == SOMETIMES
    for columns, yes in ((["operations", "--markdown"], "| yes, "), (["operations"], "  yes, ")):
        main(columns)
        shown = capsys.readouterr().out.splitlines()
        for name, reason in SOMETIMES.items():
            (line,) = (line for line in shown if name in line.replace("`", " ").split())
            assert f"{yes}unless {reason}" in line
    for name, reason in SOMETIMES.items():
        text = " ".join(inspect.getdoc(attrgetter(name)(client)).split())
        assert "Repeatable, unless it" in text, (name, reason)


def test_nothing_else_is_left_unrepeated_where_its_outcome_is_unknown():
    # Each of these hands its doubt to `_write` by `once`.
    folder = Path(inspect.getfile(Resource)).parent
    doubtful = [
        path.stem for path in folder.glob("[a-z]*.py") if "once=" in path.read_text("utf-8")
    ]
    assert sorted(doubtful) == ["orders", "products", "shipments", "warehouse_batches"]


def test_the_page_of_the_documentation_is_current(capsys):
    assert main(["operations", "--markdown"]) == 0
    assert PAGE.read_text("utf-8") == capsys.readouterr().out
