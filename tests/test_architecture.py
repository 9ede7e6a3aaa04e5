"""The page that maintainers read first is true, and each module says what is decided in it."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import sitoo_async

PACKAGE = Path(sitoo_async.__file__).parent
ROOT = PACKAGE.parent
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
MODULES = sorted(PACKAGE.rglob("*.py"))


def test_each_module_says_in_its_first_line_what_is_decided_in_it():
    lines = {
        path: (ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "").partition("\n")[0]
        for path in MODULES
    }
    assert [path for path, line in lines.items() if not 10 <= len(line) <= 100] == []
    assert [line for line, times in Counter(lines.values()).items() if times > 1] == []


def test_each_place_that_the_page_names_is_there():
    named = {*re.findall(r"`((?:\.ci/)?[\w/]+(?:\.py|/))`", PAGE)}
    assert len(named) > 40
    below = (PACKAGE, ROOT)
    assert [place for place in named if not any((root / place).exists() for root in below)] == []


def test_the_page_names_each_room_and_what_it_may_know():
    files = [path.name for path in PACKAGE.glob("*.py") if not path.name.startswith("__")]
    folders = [f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")]
    rows = re.findall(r"^\| `([\w/.]+)` \| .+\? \| .+ \|$", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(files + folders)
    drawing = PAGE.partition("```\n")[2].partition("```")[0]
    drawn = {*re.findall(r"\w+", drawing)}
    assert {room.removesuffix("/").removesuffix(".py") for room in rows} <= drawn


def test_the_concepts_of_a_get_are_where_the_page_says():
    concepts = re.findall(r"^\| (\w+) \| `([\w/.]+)` \|$", PAGE, re.MULTILINE)
    assert 10 < len(concepts) <= 15
    for concept, place in concepts:
        code = (PACKAGE / place).read_text("utf-8")
        assert concept.islower() or re.search(rf"^class {concept}\b", code, re.MULTILINE), concept


def test_the_readme_leads_there():
    assert "docs/architecture.md" in (ROOT / "README.md").read_text("utf-8")
