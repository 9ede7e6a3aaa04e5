"""Whatever is sent to a v3 service of FakeSitoo, the answer is Sitoo's, never a failure."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sitoo_async.testing import FakeSitoo
from sitoo_async.testing._account import shipment_actions
from sitoo_async.testing._reference.fields import Refusal
from sitoo_async.testing._reference.services import service_facts
from sitoo_async.testing._server.answers import encoded

TEXTS = st.sampled_from(["", "0", "1", "A", "S-1", "new", "in-transit", "SEK", "é\0", "9" * 30])
INTEGERS = st.sampled_from([0, 1, -1, 2, 2**63 - 1, -(2**63)])
JUNK = st.recursive(
    st.none() | st.booleans() | INTEGERS | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
ACTIONS = st.sampled_from(list(shipment_actions._FROM))
OBJECTS = {
    "Add Price List": "PriceList",
    "Update Price List": "PriceList",
    "Set Price List Items": "PriceListItems",
    "Delete Price List Items": "PriceListItems",
    "Add Shipment": "Shipment",
    "Add Shipment Action": "ShipmentAction",
}


def values(facts, kind):
    """Values of a type of the reference, or nearly."""
    if kind in facts["enums"]:
        return st.sampled_from(facts["enums"][kind]["values"])
    if kind == "ActionType":
        return ACTIONS
    if kind in facts["objects"]:
        return objects(facts, kind)
    if kind.startswith("array<"):
        return st.lists(values(facts, kind[6:-1]), max_size=2)
    plain = {"string": TEXTS, "integer": INTEGERS, "boolean": st.booleans()}
    return plain.get(kind.partition(" ")[0], JUNK)


def objects(facts, name):
    fields = facts["objects"][name]["fields"]
    known = {field: values(facts, rules["type"]) for field, rules in fields.items()}
    writable = {name: known[name] for name in known if fields[name].get("access") != "read"}
    return st.fixed_dictionaries({}, optional={**writable, "unheard_of": JUNK})


OPERATIONS = [
    pytest.param(service, facts, id=facts["operation"])
    for service in ("journals-v3", "purchase-prices-v3", "shipments-v3")
    for facts in service_facts(service)["operations"]
    if facts["path"] is not None and facts.get("confidence") != "low"
]


@pytest.mark.no_cover  # as conftest.py says of all that hypothesis draws
@pytest.mark.parametrize(("service", "operation"), OPERATIONS)
def test_junk_is_refused_and_breaks_nothing(service, operation):
    fake = FakeSitoo(orders=1, z_reports=1)
    account = fake._account
    facts = service_facts(service)
    register = next(iter(fake.items("/sites/1/cashregisters")))
    needed = {"register_id": register, "eshop_id": "1"}

    def answered(facts, key, query, body):
        path = ["A" if "price" in part else key for part in facts["path"][1:].split("/")]
        given = zip(facts["path"][1:].split("/"), path, strict=True)
        path = [value if part.startswith("{") else part for part, value in given]
        with contextlib.suppress(Refusal):
            status, value = account.v3.answer(service, facts["method"], path, query, body)
            assert (status, value is None) in {(200, False), (204, True)}
            assert encoded(value)

    name = operation["operation"]
    body = st.none() | JUNK | (objects(facts, OBJECTS[name]) if name in OBJECTS else JUNK)
    names = [known["name"] for known in operation.get("query", ())]
    query = st.fixed_dictionaries({}, optional=dict.fromkeys(names, TEXTS))

    @settings(max_examples=1 + settings().max_examples // 10)
    @given(body, query, st.booleans())
    def attempt(body, query, is_known):
        if service == "shipments-v3":
            keys = list(fake.items("/shipments/v3/shipments"))
            key = keys[-1] if is_known and keys else "7"
        else:
            key = "A" if is_known else "7"
        answered(operation, key, needed | query if is_known else query, body)
        # What was stored can be read.
        for other in facts["operations"]:
            if other["method"] == "GET" and other.get("confidence") != "low":
                answered(other, key, needed | {"include_packages": "true"}, None)

    attempt()
