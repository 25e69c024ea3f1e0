"""Who may import whom, and what every module has: ARCHITECTURE.md, kept by a test."""

import ast
from pathlib import Path

import pytest

import lmconform

PACKAGE = Path(lmconform.__file__).parent
MODULES = sorted(p for p in PACKAGE.rglob("*.py") if "_bundle" not in p.parts)

GROUND = {"errors", "judgement", "exit_codes"}
# Each room with what it may import besides the ground and itself.
BASE = {"contract", "evidence", "settings", "safety", "checks"}
ALLOWED = {
    "contract": set(),
    "evidence": {"contract"},
    "results": {"contract", "evidence"},
    "checks": {"contract", "evidence"},
    "settings": {"contract"},
    "safety": {"contract"},
    "client": BASE,
    "probes": BASE | {"client"},
    "scenarios": BASE | {"client"},
    "fuzz": BASE | {"client"},
    "reporting": {"results"},
    "run": BASE | {"client", "results", "probes", "scenarios", "fuzz", "reporting"},
    "mutation": {"contract", "results", "settings", "client", "run"},
    "mock": {"contract", "mutants"},
    "mutants": {"contract", "mock"},
    "cli": {"contract", "results", "settings", "client", "run", "reporting", "mock", "mutants", "mutation"},
}
# A library that has one door.
DOORS = {
    "schemathesis": {"fuzz"},
    "requests": {"client", "fuzz"},
    "uvicorn": {"mock"},
    "starlette": {"mock"},
    "allure": {"reporting"},
    "allure_commons": {"reporting"},
    "click": {"cli"},
    "rich": {"cli", "reporting"},
    "jinja2": {"mutation"},
    "cryptography": {"mock", "settings"},
}


def room(path):
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module
            if node.module == "lmconform":
                yield from (f"lmconform.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_imports_only_what_its_room_may(path):
    own = room(path)
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "lmconform" and rest and rest != "__version__":
            other = rest.partition(".")[0]
            if own in GROUND:
                assert other in GROUND, f"the ground imports {name}"
            elif own not in ("__init__", "__main__") and other not in GROUND | {own}:
                assert other in ALLOWED[own], f"{own} imports {name}"
        if top in DOORS:
            assert own in DOORS[top], f"{own} imports {top}"


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_module_says_in_its_docstring_what_it_is_for_and_fits_on_a_few_screens(path):
    text = path.read_text()
    assert ast.get_docstring(ast.parse(text)), "no docstring"
    assert len(text.splitlines()) <= 400


def test_every_room_is_on_the_plan():
    assert {room(p) for p in MODULES} - GROUND - {"__init__", "__main__"} == set(ALLOWED)
