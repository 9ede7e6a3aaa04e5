"""Tools for testing code that talks to Sitoo: a fake server, faults, virtual time.

`FakeSitoo` is a real HTTP server on loopback. The pytest fixtures are in
``sitoo_async.testing.fixtures``; ``python -m sitoo_async.testing`` runs the server on its own.
"""

from __future__ import annotations

from sitoo_async.testing._server.event_queue import EventAttempt, EventDelivery
from sitoo_async.testing._server.faults import Fault
from sitoo_async.testing._server.http import FakeSitoo, RecordedRequest
from sitoo_async.testing._server.virtual import VirtualTimeLoop, run_virtual

__all__ = [
    "EventAttempt",
    "EventDelivery",
    "FakeSitoo",
    "Fault",
    "RecordedRequest",
    "VirtualTimeLoop",
    "run_virtual",
]
