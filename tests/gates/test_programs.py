"""A machine without servers: what can't be tested there is left out by name, and nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.gates._programs import MODULES, NO_POSTGRES, NO_REDIS

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.timeout(240)  # a run within the run, on a machine that may be busy
def test_an_engine_without_a_server_is_left_out_by_name_also_of_the_coverage_bar(tmp_path):
    # In parallel, as the README has it.
    done = subprocess.run(  # noqa: S603  # ours
        [
            *(sys.executable, "-m", "pytest", "--cov=sitoo_async/_gates", "-n", "1"),
            *("-p", "no:cacheprovider"),
            *("tests/gates/test_redis_tls.py", "tests/gates/test_redis_laws.py"),
            *("tests/gates/test_postgres.py", "-k", "test_a_free or holder or certificate"),
        ],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        env={
            **os.environ,
            "SITOO_TEST_SERVERS": "none",
            "COVERAGE_FILE": str(tmp_path / "coverage"),
        },
    )
    printed = done.stdout + done.stderr
    assert " passed" not in printed
    assert " failed" not in printed
    for engine, reason in (("postgres", NO_POSTGRES), ("redis", NO_REDIS)):
        assert f" {engine} LEFT OUT " in printed
        assert f"{reason}\n" in printed
        assert f"Left out of the coverage bar: {', '.join(MODULES[engine])}\n" in printed
    measured = set(re.findall(r"^sitoo_async/_gates/(\S+)", printed, re.MULTILINE))
    assert "file.py" in measured
    assert not {name for name in measured if "postgres" in name or "redis" in name}


def test_on_its_own_it_tells_which_engines_have_no_server():
    command = [sys.executable, "-m", "tests.gates._programs"]
    environment = {**os.environ, "SITOO_TEST_SERVERS": "none"}
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, env=environment)  # noqa: S603  # ours
    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [NO_POSTGRES, NO_REDIS]
