"""The reports beside results.jsonl come from the registry, and the engine names none of them."""

import ast
from pathlib import Path

from tests.conftest import read_events

import lmconform.run
from lmconform.reporting import registry


def test_a_run_leaves_every_report_of_the_registry(lmconform, tmp_path):
    done = lmconform("run", "--only", "probe/LM-META-API-VERSION", "--profile", "smoke", "--report-dir", "out")
    assert done.returncode == 0, done.stdout
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert {form.file for form in registry.FORMATS.values() if form.always} <= written
    assert read_events(tmp_path / "out")[-1]["complete"]


def test_the_engine_imports_no_format():
    imported = {
        alias.name
        for path in Path(lmconform.run.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module == "lmconform.reporting"
        for alias in node.names
    }
    assert "registry" in imported
    assert imported.isdisjoint(registry.FORMATS)
