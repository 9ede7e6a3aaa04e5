"""What the number of groups costs whoever checks types: pyright on a script of ten lines.

::

    pip install '.[dev]'
    python benchmarks/type_checking.py

The same script is checked against the whole package and against a copy that has no group but the
products, in turns. Each is installed in an environment of its own, as for a user, and each run is a
process of its own. The target: at most 1.5 times as long.
"""

from __future__ import annotations

import argparse
import ast
import json
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Final

import attrs
from _table import Target, print_table, ratios

ROOT: Final = Path(__file__).resolve().parent.parent
WRITER: Final = Path(".ci") / "write_fields.py"

PRODUCTS: Final = """\
import asyncio
from sitoo_async import SitooClient

async def main() -> None:
    async with SitooClient.from_env() as sitoo:
        async for product in sitoo.products.list(fields=["productid", "title"]):
            if product.title.islower():
                await sitoo.products.update(product.productid, title=product.title.title())

asyncio.run(main())
"""
FOUR_GROUPS: Final = """\
import asyncio
from sitoo_async import SitooClient

async def main() -> None:
    async with SitooClient.from_env() as sitoo:
        async for order in sitoo.orders.list(since_id=7):
            print(order.orderid, await sitoo.users.get("u-1"))
        print(await sitoo.warehouses.items.list(4), await sitoo.products.list())

asyncio.run(main())
"""

# What the products need: their images and files are resources.
MODULES_OF_PRODUCTS: Final = {
    "models": {"products", "resources"},
    "resources": {"products", "product_images_and_files"},
}


@attrs.frozen
class Project:
    """A script, and the environment that it is checked in.

    Attributes:
        name: how the table calls it.
        folder: where it is.
    """

    name: str
    folder: Path

    def install(self, script: str, *, products_alone: bool = False) -> None:
        """Lay out the script and the environment with the package."""
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        packages = self.folder / "environment" / "lib" / version / "site-packages"
        shutil.copytree(
            ROOT / "sitoo_async",
            packages / "sitoo_async",
            ignore=shutil.ignore_patterns("__pycache__", "testing"),
        )
        # What it depends on is taken from where this runs.
        (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
        if products_alone:
            keep_products(packages)
        settings = {
            "include": ["script.py"],
            "venvPath": ".",
            "venv": "environment",
            "typeCheckingMode": "strict",
        }
        (self.folder / "pyrightconfig.json").write_text(json.dumps(settings))
        (self.folder / "script.py").write_text(script)

    def check(self) -> float:
        """How many seconds pyright takes."""
        begun = perf_counter()
        checked = subprocess.run(  # noqa: S603  # on what was laid out above
            [
                Path(sys.executable).with_name("pyright"),
                "--outputjson",
                "--project",
                self.folder,
            ],
            check=True,  # an error in the script would end it
            capture_output=True,
            text=True,
        )
        took = perf_counter() - begun
        assert json.loads(checked.stdout)["summary"]["filesAnalyzed"] == 1
        return took


def keep_products(packages: Path) -> None:
    """Take all groups but the products out of a copy of the package."""
    for folder, kept in MODULES_OF_PRODUCTS.items():
        for module in (packages / "sitoo_async" / folder).glob("[!_]*.py"):
            if module.stem not in kept:
                module.unlink()
    # The package of models names those that are there.
    (packages / WRITER).parent.mkdir()
    shutil.copy(ROOT / WRITER, packages / WRITER)
    subprocess.run([sys.executable, packages / WRITER], check=True, capture_output=True)  # noqa: S603  # ours
    groups = packages / "sitoo_async" / "_groups.py"
    groups.write_text(ast.unparse(OneGroup().visit(ast.parse(groups.read_text()))))


class OneGroup(ast.NodeTransformer):
    """Takes all groups but the products out of the module that names them."""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | None:  # by ast
        """Import the products alone."""
        module = node.module or ""
        of_group = module.startswith("sitoo_async.resources.")
        return None if of_group and not module.endswith(".products") else node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AnnAssign | None:  # by ast
        """Annotate the products alone, and what is private."""
        name = ast.unparse(node.target)
        return node if name == "products" or name.startswith("_") else None


def measure(folder: Path, rounds: int) -> None:
    """Check everything in turns, and print the medians."""
    alone = Project("with products alone", folder / "alone")
    alone.install(PRODUCTS, products_alone=True)
    whole = Project("with all groups", folder / "whole")
    whole.install(PRODUCTS)
    four = Project("another script, which uses four groups", folder / "four")
    four.install(FOUR_GROUPS)
    projects = (alone, whole, four)
    times: dict[Project, list[float]] = {project: [] for project in projects}
    for project in projects:
        project.check()  # read from the disk from here on
    for _ in range(rounds):
        for project in projects:
            times[project].append(project.check())
    rows: list[tuple[str, ...]] = []
    for project in projects:
        ratio, by_round = ratios(times[project], times[alone])
        rows.append(
            (
                project.name,
                f"{statistics.median(times[project]):.2f}",
                f"{ratio:.2f}",
                f"{by_round:.2f}",
                Target(1.5).judge(ratio) if project is whole else "",
            )
        )
    print_table(
        f"pyright on ten lines, {rounds} rounds",
        ("", "median s", "to products alone", "(by round)", "target"),
        rows,
    )


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds (7)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.rounds)


if __name__ == "__main__":
    main()
