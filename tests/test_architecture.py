"""Who may import whom, and what every module has: the table of ARCHITECTURE.md, kept by a test."""

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

import lmconform

PACKAGE = Path(lmconform.__file__).parent
DOCUMENT = (Path(__file__).resolve().parents[1] / "ARCHITECTURE.md").read_text(encoding="utf-8")
FILES = sorted(p for p in PACKAGE.rglob("*.py") if "_bundle" not in p.parts)
# What stands in no room: the version, and the door for ``python -m``.
OUTSIDE = {"__init__", "__main__"}
# A library that has one door.
DOORS = {
    "schemathesis": {"fuzz"},
    "requests": {"client", "fuzz", "settings"},
    "uvicorn": {"mock"},
    "starlette": {"mock"},
    "allure": {"reporting"},
    "allure_commons": {"reporting"},
    "click": {"cli"},
    "rich": {"cli", "reporting"},
    "jinja2": {"rendering"},
    "cryptography": {"mock", "settings"},
    "sqlalchemy": {"history"},
}


def table(document):
    """Room by room who may import it, as ARCHITECTURE.md says."""
    section = document.partition("\n## Rooms\n")[2].partition("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in section.splitlines() if line[:2] == "| "]
    assert rows[0] == ["room", "what it owns", "who may import it"]
    assert [row for row in rows[1:] if not row[1].endswith(".")] == []
    owned = [(name, importers) for names, _, importers in rows[1:] for name in names.split(", ")]
    rooms = {name for name, _ in owned}
    assert len(rooms) == len(owned), "a room has two rows"
    words = {"every room": rooms, "no room": set()}
    found = {name: words[some] if some in words else set(some.split(", ")) for name, some in owned}
    assert set().union(*found.values()) <= rooms, "the table names a room that has no row"
    return found


IMPORTERS = table(DOCUMENT)


def name_of(path):
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(("lmconform", *parts)).removesuffix(".__init__")


MODULES = {name_of(path): path for path in FILES}


def room(name):
    return name.split(".")[1] if "." in name else "__init__"


def for_type_checkers(tree):
    """All nodes under ``if TYPE_CHECKING``: they are never carried out."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            for statement in node.body:
                yield from ast.walk(statement)


def imports(source, *, types=True):
    """The names that a module imports, at its top or in a function; ``types`` False: as the program does it."""
    tree = ast.parse(source)
    left_out = set() if types else {id(node) for node in for_type_checkers(tree)}
    for node in ast.walk(tree):
        if id(node) in left_out:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "an import names the whole path"
            # What is imported from a package may be a module of it.
            inside = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in MODULES else node.module for name in inside)


def cycles(arrows):
    """The sets of modules that reach one another along ``arrows``, a mapping of each module to those it imports."""
    reached = {}
    for start in arrows:
        seen, rest = set(), list(arrows[start])
        while rest:
            name = rest.pop()
            if name not in seen:
                seen.add(name)
                rest += arrows.get(name, ())
        reached[start] = seen
    return {frozenset(b for b in seen if a in reached[b]) for a, seen in reached.items() if a in seen}


ARROWS = {
    name: {other for other in imports(path.read_text(encoding="utf-8"), types=False) if other in MODULES} - {name}
    for name, path in MODULES.items()
}


@pytest.mark.parametrize("name", MODULES)
def test_a_module_imports_only_what_its_room_may(name):
    own = room(name)
    for other in imports(MODULES[name].read_text(encoding="utf-8")):
        if other in MODULES and own not in OUTSIDE and room(other) not in {own, "__init__"}:
            assert own in IMPORTERS[room(other)], f"{own} imports {other}"
        if (library := other.partition(".")[0]) in DOORS:
            assert own in DOORS[library], f"{own} imports {library}"


@pytest.mark.parametrize("name", MODULES)
def test_a_module_says_in_its_docstring_what_it_is_for_and_fits_on_a_few_screens(name):
    text = MODULES[name].read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert len(text.splitlines()) <= 400


def test_every_room_is_in_the_table_and_every_row_is_a_room():
    assert {room(name) for name in MODULES} - OUTSIDE == set(IMPORTERS)


def test_the_ground_is_imported_by_every_room_and_imports_none():
    ground = {name for name, importers in IMPORTERS.items() if importers == set(IMPORTERS)}
    assert ground
    assert [name for name in set(IMPORTERS) - ground if IMPORTERS[name] & ground] == []


def test_every_door_is_used():
    used = defaultdict(set)
    for name, path in MODULES.items():
        for other in imports(path.read_text(encoding="utf-8")):
            used[other.partition(".")[0]].add(room(name))
    assert {library: used[library] for library in DOORS} == DOORS


def test_no_module_imports_itself_over_others():
    found = cycles(ARROWS)
    assert found == set()


def test_a_cycle_is_seen_also_over_a_function_and_not_over_types():
    inside = "def f():\n    from lmconform.run import items\n"
    types = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lmconform.run import items\n"
    assert list(imports(inside, types=False)) == ["lmconform.run.items"]
    assert list(imports(types, types=False)) == ["typing"]
    assert cycles({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}}) == {frozenset("abc")}


def test_a_table_that_names_an_unknown_room_is_refused():
    with pytest.raises(AssertionError, match="has no row"):
        table(DOCUMENT.replace("| no room |", "| cellar |"))


def test_modules_that_the_document_names_are_there():
    paths = re.findall(r"`([a-z]+/[a-z_]+)(\.yaml)?`", DOCUMENT)
    known = {room for room in IMPORTERS if (PACKAGE / room).is_dir()}
    named = [(path, suffix) for path, suffix in paths if path.partition("/")[0] in known]
    assert named
    there = {path for path, suffix in named if (PACKAGE / f"{path}{suffix or '.py'}").is_file()}
    folders = {path for path, _ in named if (PACKAGE / path).is_dir()}
    assert {path for path, _ in named} - there - folders == set()


def test_every_room_that_is_a_folder_has_tests_in_a_folder_of_its_name():
    tests = Path(__file__).parent
    rooms = {name for name in IMPORTERS if (PACKAGE / name).is_dir()}
    assert {name for name in rooms if not list((tests / name).glob("test_*.py"))} == set()
