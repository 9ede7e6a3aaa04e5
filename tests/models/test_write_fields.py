"""What is written of the models is current, and its writer does what it says."""

from __future__ import annotations

import ast
import importlib.util
import shutil
import subprocess
import sys
import typing
from pathlib import Path

import pytest

from sitoo_async._codec.fields import fields_of
from sitoo_async.models import Product, ProductField, ProductFields, ProductVariantFields, products

SCRIPT = Path(__file__).parents[2] / ".ci" / "write_fields.py"


@pytest.fixture
def write_fields():
    specification = importlib.util.spec_from_file_location("write_fields", SCRIPT)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def test_the_committed_dictionaries_are_current(write_fields, capsys):
    assert write_fields.main(["--check"]) == 0
    assert capsys.readouterr().out == ""


def test_stale_modules_are_named_and_then_written_anew(write_fields, capsys, tmp_path, monkeypatch):
    committed = write_fields.MODELS / "_written"
    written = tmp_path / "_written"
    shutil.copytree(committed, written)
    shutil.copy(committed.parent / "__init__.py", tmp_path)
    for group in write_fields.modules():
        shutil.copy(group, tmp_path)
    (written / "orders.py").unlink()
    products = (written / "products.py").read_text("utf-8")
    (written / "products.py").write_text(products.replace("    title: str\n", ""), "utf-8")
    (written / "a_group_that_is_gone.py").touch()
    monkeypatch.setattr(write_fields, "MODELS", tmp_path)
    monkeypatch.setattr(write_fields, "ROOT", written)
    assert write_fields.main(["--check"]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "a_group_that_is_gone.py is stale",
        "orders.py is stale",
        "products.py is stale",
    ]
    assert write_fields.main([]) == 0
    assert write_fields.main(["--check"]) == 0
    for path in committed.glob("*.py"):
        assert (written / path.name).read_text("utf-8") == path.read_text("utf-8")


def test_what_is_written_is_of_its_group_and_loaded_with_its_first_use():
    command = (
        "import sys, typing; from sitoo_async.models import products;"
        "before = [name for name in sys.modules if '_written.' in name];"
        "fields = products.ProductFields, typing.get_type_hints(products.ProductVariantsFields);"
        "assert 'ProductField' in dir(products); from sitoo_async.models.products import *;"
        "print([before, fields[0] is ProductFields, 'title' in typing.get_args(ProductField)])"
    )
    output = subprocess.run(  # noqa: S603  # this very Python
        [sys.executable, "-c", command], capture_output=True, check=True, text=True
    ).stdout
    assert ast.literal_eval(output) == [[], True, True]


def test_a_name_that_no_group_has_is_missing():
    with pytest.raises(AttributeError, match=r"'sitoo_async.models.products' has no .* 'Fields'"):
        products.Fields  # noqa: B018  # the access is the test


def test_the_dictionaries_hold_the_writable_fields():
    writable = [name for name, field in fields_of(Product).items() if not field.read_only]
    assert list(ProductFields.__annotations__) == writable
    assert "productid" not in ProductFields.__annotations__
    assert "active" in ProductVariantFields.__annotations__
    assert not ProductFields.__required_keys__


def test_the_fields_that_can_be_asked_for_are_all_that_are_ever_returned():
    assert list(typing.get_args(ProductField)) == list(fields_of(Product))
