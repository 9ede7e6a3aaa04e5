"""Tools for testing code that talks to Sitoo: a fake server, faults, virtual time.

`FakeSitoo` is a real HTTP server on loopback, and `FakePos` calls the interfaces that you serve to
a POS. The pytest fixtures are in
``sitoo_async.testing.fixtures``; ``python -m sitoo_async.testing`` runs the server on its own.
"""

from __future__ import annotations

from sitoo_async.testing._pos.findings import ContractError, Finding, PosAnswer
from sitoo_async.testing._pos.payments import PosPayment
from sitoo_async.testing._pos.pos import FakePos
from sitoo_async.testing._server.event_queue import EventAttempt, EventDelivery
from sitoo_async.testing._server.faults import Fault
from sitoo_async.testing._server.http import FakeSitoo, RecordedRequest
from sitoo_async.testing._server.virtual import VirtualTimeLoop, run_virtual

__all__ = [
    "ContractError",
    "EventAttempt",
    "EventDelivery",
    "FakePos",
    "FakeSitoo",
    "Fault",
    "Finding",
    "PosAnswer",
    "PosPayment",
    "RecordedRequest",
    "VirtualTimeLoop",
    "run_virtual",
]
