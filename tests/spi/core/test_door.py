"""What comes through `sitoo_async.spi`, and what is not imported for it."""

from __future__ import annotations

import json
import subprocess
import sys

from sitoo_async import spi

_LOADED = """
import json, sys
import sitoo_async, sitoo_async.spi
before = [name for name in sys.modules if name.startswith("sitoo_async.spi.")]
from sitoo_async.spi import App
from sitoo_async.spi.payment import PaymentService
App(PaymentService(), user="sitoo", password="made up")
print(json.dumps([before, sorted({name.partition(".")[0] for name in sys.modules})]))
print("aiohttp.web" in sys.modules or "sitoo_async.spi.aiohttp" in sys.modules)
"""


def test_every_name_at_the_door_is_there():
    assert dir(spi) == spi.__all__ == sorted(spi.__all__)
    assert {getattr(spi, name).__name__ for name in spi.__all__} == set(spi.__all__)


def test_nothing_is_imported_that_is_not_used():
    told = subprocess.run(  # noqa: S603  # this interpreter, on the lines above
        [sys.executable, "-c", _LOADED], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    before, packages = json.loads(told[0])
    assert before == []
    assert not {"starlette", "fastapi", "litestar", "uvicorn", "sqlite3"} & {*packages}
    assert told[1] == "False"
