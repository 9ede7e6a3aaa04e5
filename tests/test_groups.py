"""A group of operations is loaded when it is first used, and nothing but what it needs.

And for each there is a check of what type checkers infer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

import sitoo_async
from sitoo_async._cli.index import index
from sitoo_async._groups import GROUPS

# Groups that need the models of another: their operations answer with its objects.
MODELS_OF_ANOTHER = {
    "cash_registers": {"z_reports"},  # the Z-reports of a register are those of the feed
    # A receipt names how it was paid by the numbers that v2 has for that.
    "journals": {"journal_reports", "pos_payment_types"},
}
# The reference says nothing of these objects, so they come as plain data.
WITHOUT_MODELS = {"store_z_reports"}
# Nested collections in a module of their own, and what they load beyond their group.
NESTED = {
    "products.images": {"resources.product_images_and_files", "models.resources"},
    "products.files": {"resources.product_images_and_files", "models.resources"},
    "warehouses.batches": {"resources.warehouse_batches", "models.warehouse_batches"},
    "warehouses.transactions": {
        "resources.warehouse_transactions",
        "models.warehouse_transactions",
    },
    # The session opens a batch; the annotation is all that it knows of transactions.
    "warehouses.stocktaking(4)": {
        "resources.warehouse_sessions",
        "resources.warehouse_batches",
        "models.warehouse_batches",
    },
}

# Each touch happens in a fork of its own: a process that has made a client and nothing else.
TOUCHES = """
import json, os, sys
from sitoo_async import SitooClient
sitoo = SitooClient(api_id="90316-125", password="secret", base_url="http://127.0.0.1:1")
for touch in sys.argv[1:]:
    child = os.fork()
    if not child:
        exec(touch)
        print(json.dumps([touch, *sys.modules]), flush=True)
        os._exit(0)  # clearing up takes longer than all else here
    os.waitpid(child, 0)
"""
NOTHING = "pass"


@pytest.fixture(scope="module")
def loaded() -> dict[str, set[str]]:
    """By touch, the modules of groups that are loaded then; private ones serve them all."""
    touches = [NOTHING, *(f"sitoo.{touched}" for touched in (*GROUPS, *NESTED))]
    told = subprocess.run(  # noqa: S603  # this interpreter, on the lines above
        [sys.executable, "-c", TOUCHES, *touches],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(sitoo_async.__file__).parents[1],
    ).stdout
    found: dict[str, set[str]] = {}
    # What fails tells nothing here: its traceback stands in stderr, and its test misses the line.
    for touch, *modules in map(json.loads, told.splitlines()):
        names = {name.removeprefix("sitoo_async.") for name in modules}
        found[touch] = {
            name
            for name in names
            if name.startswith(("resources.", "models.")) and "._" not in name
        }
    return found


def needed(group: str) -> set[str]:
    """The modules that a group may load."""
    models = {group, *MODELS_OF_ANOTHER.get(group, ())}.difference(WITHOUT_MODELS)
    return {f"resources.{group}", *(f"models.{name}" for name in models)}


def test_a_client_loads_no_group(loaded):
    assert loaded[NOTHING] == set()


@pytest.mark.parametrize("group", GROUPS)
def test_a_group_loads_its_own_modules_alone(group, loaded):
    assert loaded[f"sitoo.{group}"] == needed(group)


@pytest.mark.parametrize("nested", NESTED)
def test_a_nested_collection_in_a_module_of_its_own_is_loaded_on_first_use(nested, loaded):
    group, _, _ = nested.partition(".")
    assert loaded[f"sitoo.{nested}"] == needed(group) | NESTED[nested]


def test_what_type_checkers_infer_is_checked_for_every_operation():
    checked = (Path(__file__).parent / "typing" / "groups.py").read_text("utf-8")
    methods = {name for entry in index() for name in (entry.callable, entry.batch) if name}
    assert {name for name in methods if f"sitoo.{name}(" not in checked} == set()
