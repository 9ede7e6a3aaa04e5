"""The written part of the modules of models is current, and its writer does what it says."""

from __future__ import annotations

import importlib.util
import typing
from pathlib import Path

import pytest

from sitoo_async._codec.fields import fields_of
from sitoo_async.models import Product, ProductField, ProductFields, ProductVariantFields

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


def test_a_stale_module_is_named_and_then_rewritten(write_fields, capsys, tmp_path, monkeypatch):
    current = (write_fields.MODELS / "products.py").read_text("utf-8")
    stale = tmp_path / "products.py"
    stale.write_text(current.replace("    title: str\n", ""), encoding="utf-8")
    monkeypatch.setattr(write_fields, "MODELS", tmp_path)
    monkeypatch.setattr(write_fields, "ROOT", tmp_path)
    (tmp_path / "__init__.py").write_text(write_fields.render_package(), encoding="utf-8")
    assert write_fields.main(["--check"]) == 1
    assert capsys.readouterr().out == "products.py is stale\n"
    assert write_fields.main([]) == 0
    assert stale.read_text("utf-8") == current
    assert write_fields.main(["--check"]) == 0


def test_a_module_without_the_marker_is_refused(write_fields, tmp_path, monkeypatch):
    (tmp_path / "products.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(write_fields, "MODELS", tmp_path)
    with pytest.raises(SystemExit, match="marker"):
        write_fields.main([])


def test_the_dictionaries_hold_the_writable_fields():
    writable = [name for name, field in fields_of(Product).items() if not field.read_only]
    assert list(ProductFields.__annotations__) == writable
    assert "productid" not in ProductFields.__annotations__
    assert "active" in ProductVariantFields.__annotations__
    assert not ProductFields.__required_keys__


def test_the_fields_that_can_be_asked_for_are_all_that_are_ever_returned():
    assert list(typing.get_args(ProductField)) == list(fields_of(Product))
