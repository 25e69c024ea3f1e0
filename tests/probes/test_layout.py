"""Import floors of the probes: folders of resources share what lies below them, and never import each other."""

import ast
from pathlib import Path

import pytest

from lmconform import probes

PACKAGE = Path(probes.__file__).parent
MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
# The floors from below; a folder that is missing here belongs to a resource, and stands above all of them.
FLOORS = {
    **dict.fromkeys(("comparison", "described", "fixtures", "context", "enactment", "liveness", "parts", "reading"), 0),
    **dict.fromkeys(("not_offered", "pooled_enactment", "templates"), 0),
    "builders": 1,
    **dict.fromkeys(("enactment_pool", "observing", "registry"), 2),
    "shared": 3,
}


def place(path):
    return path.parts[0].removesuffix(".py")


def imported(path):
    """The first part below lmconform.probes of each import that is carried out at run time."""
    tree = ast.parse((PACKAGE / path).read_text())
    typing = {id(n) for node in ast.walk(tree) if isinstance(node, ast.If) for n in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("lmconform.probes") and id(node) not in typing:
            parts = node.module.split(".")[2:]
            yield from [parts[0]] if parts else [alias.name for alias in node.names]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_module_imports_its_own_place_and_lower_floors(path):
    own = place(path)
    for name in imported(path):
        assert name == own or FLOORS.get(name, 4) < FLOORS.get(own, 4) or FLOORS.get(name) == FLOORS.get(own) == 0, name


def test_folders_of_resources_hold_the_probes():
    folders = {place(path) for path in MODULES if len(path.parts) > 1} - set(FLOORS)
    assert {"artifacts", "configurations", "executions", "deployments", "schedules", "metrics", "files"} <= folders
    assert {"scenarios", "logs", "meta"} <= folders
