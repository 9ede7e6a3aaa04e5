"""The facts of the services beside v2 come along."""

from __future__ import annotations

from sitoo_async.testing._reference.services import service_facts, services


def test_each_service_says_how_much_is_known_of_it():
    assert len(services()) == 16
    known = [service_facts(name) for name in services()]
    assert sum(len(facts["operations"]) for facts in known) == 64
    assert sum(len(facts["objects"]) for facts in known) == 189
    assert {operation["evidence"] for facts in known for operation in facts["operations"]} == {
        "documented",
        "inferred",
        "name-only",
    }
