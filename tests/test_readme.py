"""Everything that the README shows in Python is run here, against the fake server.

A comment before a block says how: ``<!-- run: pytest -->`` and ``<!-- run: script -->`` run it as a
file of its own; all others run with top-level await, and with `sitoo` and `fake` at hand.
"""

from __future__ import annotations

import ast
import asyncio
import inspect
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from sitoo_async import SitooClient
from sitoo_async._cli.index import operations
from sitoo_async.testing import FakeSitoo

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:^<!-- run: (\w+) -->\n)?^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(how: str) -> list[Any]:
    return [
        pytest.param(match[2], id=f"line {README.count(chr(10), 0, match.start(2)) + 1}")
        for match in BLOCK.finditer(README)
        if (match[1] or "await") == how
    ]


def test_each_block_is_run_in_a_known_way() -> None:
    known = sum(len(blocks(how)) for how in ("await", "pytest", "script"))
    assert known == README.count("```python\n")
    assert min(len(blocks("await")), len(blocks("pytest")), len(blocks("script"))) > 0


@pytest.mark.parametrize("block", blocks("await"))
async def test_a_block_runs_at_a_prompt(
    block: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)  # some write files
    async with FakeSitoo(products=60) as fake, SitooClient(**fake.credentials) as sitoo:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        names = {"SitooClient": SitooClient, "asyncio": asyncio, "fake": fake, "sitoo": sitoo}
        code = compile(block, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        result = FunctionType(code, names)()
        if inspect.iscoroutine(result):
            await result
        assert fake.overlaps == 0


@pytest.mark.parametrize("block", blocks("script"))
def test_a_block_runs_as_a_script(block: str) -> None:
    exec(compile(block, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102  # our page


@pytest.mark.parametrize("block", blocks("pytest"))
def test_a_block_runs_under_pytest(block: str, tmp_path: Path) -> None:
    path = tmp_path / "test_block.py"
    path.write_text(block, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    done = subprocess.run(  # noqa: S603  # our own page
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(path)],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=50,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


def test_what_is_covered_is_what_the_index_lists() -> None:
    listed = Counter((name_in_readme(entry.service), entry.evidence) for entry in operations())
    table = re.findall(r"^\| ([\w ,]+) \|" + r" ([0-9]+) \|" * 4 + "$", README, re.MULTILINE)
    assert len(table) == len({name for name, _ in listed})
    for name, every, documented, inferred, known_by_name in table:
        counts = [listed[name, kind] for kind in ("documented", "inferred")]
        counts.append(listed[name, "name-only"] + listed[name, "unverified"])
        assert counts == [int(documented), int(inferred), int(known_by_name)], name
        assert sum(counts) == int(every), name


def name_in_readme(service: str) -> str:
    if service.startswith("spi-"):
        return "the interfaces that Sitoo calls, Events among them"
    return (
        "REST API v2" if service == "v2" else service.replace("-", " ").title().replace("V3", "v3")
    )


def test_the_commands_are_one_line_each() -> None:
    # .ci/run takes the second from here.
    assert README.count("\npython3 -m venv .venv && ") == 1
    assert README.count("\npython3 -m venv .venv-test && ") == 1


def test_links_lead_somewhere_wherever_the_page_is_shown() -> None:
    # PyPI shows it too, and has no files beside it.
    targets = re.findall(r"\]\(([^)]+)\)", BLOCK.sub("", README))
    assert targets
    for target in targets:
        assert target.startswith(("https://", "#")), target


@pytest.mark.parametrize("page", ["README.md", ".github/CONTRIBUTING.md"])
def test_the_files_of_the_source_that_a_page_names_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    room = r"\.ci|\.github|docs|benchmarks|tests"
    named = set(re.findall(rf"(?:`(?:python )?|src(?:set)?=\")((?:{room})/[\w./-]+)[`\"]", text))
    assert named
    for name in named:
        assert (ROOT / name).exists(), name
