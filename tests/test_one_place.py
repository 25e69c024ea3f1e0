"""What the API is stands once, in specs/: no table of operation ids in the source."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import lmconform
from lmconform.contract import bundle
from lmconform.contract.dialects import DIALECTS
from lmconform.contract.openapi import Contract

PACKAGE = Path(lmconform.__file__).parent
OPERATIONS = frozenset(operation.id for dialect in DIALECTS for operation in Contract.load(dialect).operations)
# The description itself, and the mutants, whose defects are about single operations by nature.
EXEMPT = ("contract", "mutants", "_bundle")
_COLLECTIONS = (ast.List, ast.Tuple, ast.Set, ast.Dict)

# Who knows the embedded mock: what starts it, and the options that are wrong for it.
_KNOW_THE_MOCK = (
    "settings/",
    "cli/",
    "client/embedded.py",
    "run/examination.py",
    "run/invocation.py",
    "run/report_folder.py",
    "mock/",
    "mutants/",
)
# Who sleeps: the one loop, and what is waited for by Retry-After or before a connection is tried again.
_SLEEP = ("client/polling.py", "client/transport.py", "client/token.py")


def sources(exempt):
    """The text of each source file by its path, without those whose path begins so."""
    paths = ((file.relative_to(PACKAGE).as_posix(), file) for file in sorted(PACKAGE.rglob("*.py")))
    return {path: file.read_text() for path, file in paths if not path.startswith((*exempt, "_bundle"))}


def test_no_judgement_asks_whether_the_target_is_the_embedded_mock():
    assert [path for path, text in sources(_KNOW_THE_MOCK).items() if "is_mock" in text] == []


def test_waiting_stands_in_one_place():
    assert [path for path, text in sources((*_SLEEP, "mock/", "mutants/")).items() if "time.sleep" in text] == []


def tables(source: str, operations=OPERATIONS) -> Iterator[int]:
    """The line of each collection that holds two or more operation ids.

    A collection is a list, tuple, set or dict (a call such as frozenset or dict.fromkeys holds one), the cases of one
    match, or the keyword arguments of one call, which makes a value with an operation for each role. What lies inside
    another one is no second table.
    """
    yield from _tables(ast.parse(source), operations)


def _tables(node, operations):
    held = _held(node)
    if len({text for text in held if text in operations}) >= 2:
        yield node.lineno
        if not isinstance(node, ast.Match):
            return
    for child in ast.iter_child_nodes(node):
        yield from _tables(child, operations)


def _held(node):
    """The texts that a node holds as a collection; nothing when it is none."""
    if isinstance(node, _COLLECTIONS):
        return _texts(node)
    if isinstance(node, ast.Match):
        return [text for case in node.cases for text in _texts(case.pattern)]
    if isinstance(node, ast.Call):
        return [k.value.value for k in node.keywords if isinstance(k.value, ast.Constant)]
    return []


def _texts(node):
    return [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]


def count(package: Path) -> dict[str, int]:
    """The tables of each file of a package that has any."""
    found = {}
    for path in sorted(package.rglob("*.py")):
        name = path.relative_to(package)
        number = len(list(tables(path.read_text(encoding="utf-8"))))
        if number and name.parts[0] not in EXEMPT:
            found[name.as_posix()] = number
    return found


def test_no_table_of_operation_ids_stands_outside_the_description():
    assert count(PACKAGE) == {}


@pytest.mark.parametrize(
    ("source", "number"),
    [
        ("X = ('getArtifact', 'listArtifacts')", 1),
        ("X = frozenset({'getArtifact', 'listArtifacts'})", 1),
        ("X = {'getArtifact': 'a', 'listArtifacts': 'b'}", 1),
        ("X = {'a': 'getArtifact', 'b': 'listArtifacts'}", 1),
        ("X = {**dict.fromkeys(('getArtifact', 'listArtifacts'), 8), 'createArtifact': 4}", 1),
        ("X = [('getArtifact', ''), ('listArtifacts', '')]", 1),
        ("X = Kind(get='getArtifact', list='listArtifacts')", 1),
        ("match x:\n case 'getArtifact':\n  pass\n case 'listArtifacts':\n  pass", 1),
        ("match x:\n case 'getArtifact' | 'listArtifacts':\n  pass", 1),
        ("match x:\n case 1:\n  y = 'getArtifact', 'listArtifacts'", 1),
        ("if x in ('getArtifact', 'listArtifacts'):\n pass", 1),
        ("X = ['getArtifact']\nY = ['listArtifacts']", 0),
        ("send('getArtifact')\nsend('listArtifacts')", 0),
        ("agree('getArtifact', 'listArtifacts')", 0),
        ("X = ('getArtifact', 'getArtifact')", 0),
        ("X = ('artifact', 'execution')", 0),
        ("def f():\n '''Of getArtifact and listArtifacts.'''", 0),
        ("X = {'getArtifact', 'listArtifacts'}\nY = {'getArtifact', 'createArtifact'}", 2),
    ],
)
def test_a_table_is_seen_in_each_of_its_forms(source, number):
    assert len(list(tables(source))) == number


def test_operation_ids_are_those_of_all_dialects():
    assert {"getArtifact", "createExecutionForConfiguration"} < OPERATIONS
    deprecated = bundle.read_yaml(bundle.root() / "specs" / "tutorial" / "deprecated.openapi.yaml")
    assert {operation.id for operation in Contract(deprecated).operations} <= OPERATIONS
