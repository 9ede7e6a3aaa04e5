# ruff: noqa: INP001  # a script, not a package
"""Write the typed dictionaries of writable fields below the models that they belong to.

``python .ci/write_fields.py`` rewrites them; ``--check`` only tells whether they are current.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
MODELS: Final = ROOT / "sitoo_async" / "models"
MARKER: Final = (
    "# --- From here on written by .ci/write_fields.py; change the models above and run it. ---\n"
)
# The objects whose collections take a selection of fields.
SELECTABLE: Final = {"Product"}

sys.path.insert(0, str(ROOT))

from sitoo_async.models._base import Model  # noqa: E402  # after the path to this repository
from sitoo_async.models._fields import Field, fields_of  # noqa: E402
from sitoo_async.models._kinds import Kind, ListOf, MapOf, ObjectOf  # noqa: E402


def accepted(kind: Kind) -> str:
    """The source text of the type that may be given for a kind."""
    match kind:
        case ListOf(item=item):
            return f"Sequence[{accepted(item)}]"
        case MapOf(value=value):
            return f"Mapping[str, {value.accepts}]"
        case ObjectOf(model=model):
            return f"{model.__name__} | {model.__name__}Fields"
        case _:
            return kind.accepts


def annotation(field: Field) -> str:
    """The source text of the type of a writable field."""
    null = " | None" if field.nullable and not field.empty_for_null else ""
    return accepted(field.kind) + null


def typed_dict(model: type[Model]) -> Iterator[str]:
    """The lines of the dictionary of a model's writable fields."""
    writable = [field for field in fields_of(model).values() if not field.read_only]
    if not writable:
        return
    yield f"\n\nclass {model.__name__}Fields(TypedDict, total=False):\n"
    yield f'    """The fields of a {model.__name__} that can be set."""\n\n'
    for field in writable:
        yield f"    {field.name}: {annotation(field)}\n"


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


def render(path: Path) -> str:
    """The whole text of a module of models as it should be."""
    written_by_hand, marker, _ = path.read_text(encoding="utf-8").partition(MARKER)
    if not marker:
        raise SystemExit(f"{path} lacks the marker line")
    module = import_module(f"sitoo_async.models.{path.stem}")
    models = [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Model)
        and value.__module__ == module.__name__
    ]
    lines = [line for model in models for line in (*typed_dict(model), *literal(model))]
    return "".join((written_by_hand, marker, *lines))


def modules() -> list[Path]:
    """The modules of models, one per group of resources."""
    return sorted(path for path in MODELS.glob("*.py") if not path.name.startswith("_"))


def main(arguments: list[str] | None = None) -> int:
    """Write what is not current, or with ``--check`` name it and fail."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if stale")
    check = parser.parse_args(arguments).check
    stale = [path for path in modules() if path.read_text(encoding="utf-8") != render(path)]
    for path in stale:
        if not check:
            path.write_text(render(path), encoding="utf-8")
        print(path.relative_to(ROOT), "is stale" if check else "written")  # noqa: T201  # a script
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
