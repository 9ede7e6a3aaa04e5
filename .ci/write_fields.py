# ruff: noqa: INP001  # a script, not a package
"""Write what follows from the models: dictionaries of writable fields, names, lazy imports.

``python .ci/write_fields.py`` writes the modules in ``models/_written/``, and
``models/__init__.py``, each as a whole; ``--check`` only tells whether they are current.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import collections.abc
import datetime as dt
import decimal
import re
import sys
import typing
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
LINE: Final = 101  # with its end
MODELS: Final = ROOT / "sitoo_async" / "models"
# The objects whose collections take a selection of fields.
SELECTABLE: Final = {
    "Category",
    "InfluencerCode",
    "Manufacturer",
    "Order",
    "PosPaymentType",
    "PosProfile",
    "PriceList",
    "PriceListItem",
    "Product",
    "ProductGroup",
    "ReasonCode",
    "Resource",
    "SalesTax",
    "SalesTaxGroup",
    "Settings",
    "Shipment",
    "Store",
    "User",
    "Voucher",
    "Warehouse",
    "WarehouseBatch",
    "WarehouseBatchItem",
    "WarehouseItem",
    "WarehouseTransaction",
}
# What every model shares, at hand without loading any group.
SHARED: Final = {
    "Model": "sitoo_async._codec.base",
    "OpenEnum": "sitoo_async._codec.enums",
    "OpenText": "sitoo_async._codec.enums",
    "UNSET": "sitoo_async._codec.unset",
    "changes": "sitoo_async._codec.difference",
    "is_set": "sitoo_async._codec.base",
    "replace": "sitoo_async._codec.base",
    "set_fields": "sitoo_async._codec.base",
    "unknown_fields": "sitoo_async._codec.unknown",
}
# What few use, loaded with its first use.
LATE: Final = {"as_model": "sitoo_async._codec.converter"}

sys.path.insert(0, str(ROOT))

from sitoo_async._codec.base import Model  # noqa: E402  # after the path to this repository
from sitoo_async._codec.fields import Field, fields_of  # noqa: E402
from sitoo_async._codec.kinds import ChoiceOf, Kind, ListOf, MapOf, ObjectOf  # noqa: E402


def accepted(kind: Kind) -> str:
    """The source text of the type that may be given for a kind."""
    match kind:
        case ListOf(item=item):
            return f"Sequence[{accepted(item)}]"
        case MapOf(value=value):
            return f"Mapping[str, {value.accepts}]"
        case ObjectOf(model=model):
            return f"{model.__name__} | {model.__name__}Fields"
        case ChoiceOf(models=models, others=others):
            every = (*models.values(), *others)
            each = dict.fromkeys(accepted(ObjectOf(model)) for model in every)
            return " | ".join([*each, "Mapping[str, Any]"])
        case _:
            return kind.accepts


def annotation(field: Field) -> str:
    """The source text of the type of a writable field."""
    null = " | None" if field.nullable and not field.empty_for_null else ""
    one = accepted(field.kind)
    return (f"{one} | Sequence[{one}]" if field.list_of_one else one) + null


def typed_dict(model: type[Model]) -> Iterator[str]:
    """The lines of the dictionary of a model's writable fields."""
    writable = [field for field in fields_of(model).values() if not field.read_only]
    if not writable:
        return
    yield f"\n\nclass {model.__name__}Fields(TypedDict, total=False):\n"
    yield f'    """The fields of a {model.__name__} that can be set."""\n\n'
    for field in writable:
        line = f"    {field.name}: {annotation(field)}\n"
        yield line if len(line) <= LINE else broken(field)


def broken(field: Field) -> str:
    """The lines of a writable field whose type is too long for one, as ruff breaks it."""
    first, *others = annotation(field).split(" | ")
    parts = "".join(f"        {part}\n" for part in (first, *(f"| {part}" for part in others)))
    return f"    {field.name}: (\n{parts}    )\n"


def literal(model: type[Model]) -> Iterator[str]:
    """The lines of the type of the names that may be selected."""
    if model.__name__ not in SELECTABLE:
        return
    yield f"\n\n{model.__name__}Field = Literal[\n"
    for field in fields_of(model).values():
        if not field.write_only:
            yield f'    "{field.name}",\n'
    yield "]\n"
    yield f'"""The fields that can be asked for of a {model.__name__}."""\n'


GROUP: Final = '''"""Which fields may be set{asked}, of the models in {name}.py.

Written by .ci/write_fields.py; change the models and run it.
"""

{imports}
__all__ = [
{names}]
{body}'''


def render(module: ModuleType) -> str | None:
    """The whole text of what is written for a module of models; None where there is nothing."""
    models = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Model)
        and value.__module__ == module.__name__
    ]
    body = "".join(line for model in models for line in (*typed_dict(model), *literal(model)))
    if not body:
        return None
    made = re.findall(r"^class (\w+)|^(\w+) =", body, re.MULTILINE)
    names = sorted(first or second for first, second in made)
    return GROUP.format(
        name=module.__name__.rpartition(".")[2],
        asked=" and asked for" if "Literal[" in body else "",
        imports=needed(body, names),
        names="".join(f'    "{name}",\n' for name in names),
        body=body,
    )


def needed(body: str, made: list[str]) -> str:
    """The lines that import what a text names but does not make itself."""
    nodes = [node for node in ast.walk(ast.parse(body)) if isinstance(node, ast.Name)]
    used = {node.id for node in nodes if isinstance(node.ctx, ast.Load)}
    homes: dict[str, set[str]] = {}
    for name in used - {*made, *vars(builtins)}:
        homes.setdefault(home_of(name), set()).add(name)
    blocks = ["", ""]
    for home, names in sorted(homes.items()):
        blocks[home.startswith("sitoo_async")] += imports(home, names)
    return "\n".join(filter(None, blocks))


def home_of(name: str) -> str:
    """The module that has a name of an annotation: of Python's own, or of ours."""
    for module in (collections.abc, dt, decimal, typing):
        if hasattr(module, name):
            return module.__name__
    model = name.removesuffix("Fields")
    home = next(
        vars(load(path))[model].__module__ for path in modules() if model in vars(load(path))
    )
    return home if model == name else home.replace(".models.", ".models._written.")


PACKAGE: Final = '''"""The objects of the reference, as typed models.

Names on models are the wire names, as the reference prints them. Each group of objects lives in
a module that is loaded when one of its names is first used.

Written by .ci/write_fields.py; add a model to its module and run it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

{shared}from sitoo_async._on_demand import on_demand

__all__ = [
{names}]

if TYPE_CHECKING:
{groups}else:
    __getattr__, __dir__ = on_demand(
        __name__,
        {{
{module_of}        }},
    )
'''


def rank(name: str) -> tuple[bool, bool]:
    """Constants come first, then classes, then functions."""
    return not name.isupper(), not name[0].isupper()


def imports(module: str, names: Iterable[str], indent: str = "") -> str:
    """The lines that import names from a module of the package."""
    # Within an import, unlike in __all__, ruff wants the case of letters not to count.
    ordered = sorted(names, key=lambda name: (rank(name), name.lower()))
    line = f"{indent}from {module} import {', '.join(ordered)}\n"
    if len(line) <= LINE:
        return line
    listed = "".join(f"{indent}    {name},\n" for name in ordered)
    return f"{indent}from {module} import (\n{listed}{indent})\n"


def render_package() -> str:
    """The whole text of ``models/__init__.py`` as it should be."""
    public = {path.stem: list[str](load(path).__all__) for path in modules()}
    shared = {
        module: [name for name, home in SHARED.items() if home == module]
        for module in sorted(set(SHARED.values()))
    }
    module_of = {
        name: f"sitoo_async.models.{module}" for module, names in public.items() for name in names
    } | LATE
    exported = sorted([*SHARED, *module_of], key=lambda name: (rank(name), name))
    return PACKAGE.format(
        shared="".join(imports(module, names) for module, names in shared.items()),
        groups="".join(
            [
                *(imports(module, [name], "    ") for name, module in LATE.items()),
                *(
                    imports(f"sitoo_async.models.{module}", names, "    ")
                    for module, names in public.items()
                ),
            ]
        ),
        names="".join(f'    "{name}",\n' for name in exported),
        module_of="".join(
            f'            "{name}": "{module_of[name]}",\n' for name in sorted(module_of)
        ),
    )


def load(path: Path) -> ModuleType:
    """The module of models that lives there."""
    return import_module(f"sitoo_async.models.{path.stem}")


def modules() -> list[Path]:
    """The modules of models, one per group of resources."""
    return sorted(path for path in MODELS.glob("*.py") if not path.name.startswith("_"))


def main(arguments: list[str] | None = None) -> int:
    """Write what is not current, or with ``--check`` name it and fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if stale")
    check = parser.parse_args(arguments).check
    written = {MODELS / "_written" / path.name: render(load(path)) for path in modules()}
    wanted = {path: text for path, text in written.items() if text is not None}
    wanted[MODELS / "__init__.py"] = render_package()
    gone = {*(MODELS / "_written").glob("[!_]*.py")} - {*wanted}
    for path in sorted(gone):
        if not check:
            path.unlink()
        print(path.relative_to(ROOT), "is stale" if check else "removed")  # noqa: T201  # a script
    stale = [path for path, text in wanted.items() if not is_current(path, text)]
    for path in stale:
        if not check:
            path.write_text(wanted[path], encoding="utf-8")
        print(path.relative_to(ROOT), "is stale" if check else "written")  # noqa: T201
    return 1 if check and (stale or gone) else 0


def is_current(path: Path, text: str) -> bool:
    """Whether a file holds a text."""
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
