"""Imports run one way: from the doors down through the rooms to the errors, and never back."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import sitoo_async

FLOORS = [
    {"", "__main__"},  # the doors: what users import and run
    {"_cli"},
    {"testing"},
    {"testing._pos"},
    {"testing._server"},
    {"testing._account"},
    {"testing._reference"},
    {"spi"},
    {"spi._core"},
    {"_client"},
    {"_groups"},
    {"resources"},
    {"_paging"},
    {"_batching"},
    {"_lane"},
    {"_gates"},
    {"models", "_http"},
    {"_codec"},
    {"_checks", "_forks", "_on_demand", "_records", "_version"},
    {"errors"},
]
"""From the top; rooms of one floor do not know each other."""

FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

# What asks at the door for public names by themselves.
AT_THE_DOOR = {
    ("_cli.repl", ""),  # the prompt has every one of them at hand
    ("_records", ""),  # a pickle names a record by the public name of its class
}


def imported(tree: ast.Module) -> set[str]:
    """What a module imports: for types only, in functions, and by a name that is put together."""
    found = set[str]()
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                found.update(each.name for each in names)
            case ast.ImportFrom(module, names, level):
                # As written from the root, or it is found in no room.
                found.update(f"{'.' * level}{module or ''}.{each.name}" for each in names)
            case ast.Call(ast.Name("import_module") | ast.Attribute(attr="import_module"), args):
                first = getattr(args[0], "values", args)[0]  # of the parts, where there are some
                if isinstance(first, ast.Constant):
                    found.add(str(first.value))
    return found


def room(module: str) -> str:
    """The room that a module, or a name in it, belongs to; without one it stands at the door."""
    rooms = [each for each in FLOOR if f"{module}.".startswith(f"{each}.")]
    return max(rooms, key=len, default="")


def upwards(root: Path) -> set[tuple[str, str]]:
    """The modules of a package that import what does not lie below them, and which room it is."""
    found = set[tuple[str, str]]()
    for path in root.rglob("*.py"):
        parts = path.relative_to(root).with_suffix("").parts
        module = ".".join(part for part in parts if part != "__init__")
        mine = room(module)
        assert mine or not module, f"{module} stands in no room"
        for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
            package, _, below = name.partition(".")
            theirs = room(below)
            if package in {"sitoo_async", ""} and mine != theirs and FLOOR[mine] >= FLOOR[theirs]:
                found.add((module, theirs))
    return found


def test_imports_run_from_the_doors_down_to_the_errors():
    assert upwards(Path(sitoo_async.__file__).parent) == AT_THE_DOOR


@pytest.mark.parametrize(
    ("module", "line", "room_above"),
    [
        ("errors", "import sitoo_async._checks.show", "_checks"),
        ("errors", "from sitoo_async._version import __version__", "_version"),
        ("_http.url", "from sitoo_async import _lane", "_lane"),
        ("_http.url", "from sitoo_async.models import UNSET", "models"),
        ("_lane.call", "from sitoo_async import SitooClient", ""),
        ("_lane.call", "if TYPE_CHECKING:\n    from sitoo_async._paging import walk", "_paging"),
        ("_lane.call", "def late():\n    from sitoo_async._client import SitooClient", "_client"),
        ("_codec.kinds", "from ..models import products", ""),
        ("_codec.kinds", "import_module('sitoo_async.models')", "models"),
        ("_codec.kinds", "importlib.import_module(f'sitoo_async.models.{name}')", "models"),
        ("testing._reference.facts", "from sitoo_async.testing import FakeSitoo", "testing"),
        ("testing._account.pos", "import sitoo_async.testing._server.keys", "testing._server"),
        ("spi._core.app", "from sitoo_async.spi.payment import PaymentService", "spi"),
    ],
)
def test_an_import_that_leads_upwards_is_found_however_it_is_written(
    module, line, room_above, tmp_path
):
    path = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(line)
    assert upwards(tmp_path) == {(module, room_above)}


def test_a_module_that_stands_in_no_room_is_found(tmp_path):
    (tmp_path / "_helpers.py").touch()
    with pytest.raises(AssertionError, match="_helpers stands in no room"):
        upwards(tmp_path)
