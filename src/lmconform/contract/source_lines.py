"""Where a promise stands: the line of specs/ that the source of a requirement names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

import yaml

from lmconform.contract import bundle, pointer

_DESCRIPTION: Final = "specs/lm/openapi.yaml"
_REGISTER: Final = "specs/lm/requirements.yaml"
_POINTER: Final = re.compile(r"openapi\.yaml#(/[^\s,;]*)")
_ROW: Final = re.compile(r"^\s*- id: (\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A file, as a path below the root of this project, and a line, counted from 1."""

    file: str
    line: int


def place(requirement: str, source: str) -> Place:
    """Where a requirement is promised: the member of the description that its source names, else its row."""
    named = _POINTER.search(source)
    if named is not None:
        line = _line_of(named[1])
        if line:
            return Place(_DESCRIPTION, line)
    return Place(_REGISTER, _rows().get(requirement, 1))


@cache
def _tree() -> yaml.Node | None:
    text = (bundle.root() / _DESCRIPTION).read_text(encoding="utf-8")
    return yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def _line_of(json_pointer: str) -> int:
    """The line of the key that a pointer names; 0 where it names nothing."""
    node, line = _tree(), 0
    for token in pointer.parse(json_pointer):
        pairs = node.value if isinstance(node, yaml.MappingNode) else ()
        found = next((pair for pair in pairs if pair[0].value == token), None)
        if found is None:
            return 0
        line, node = found[0].start_mark.line + 1, found[1]
    return line


@cache
def _rows() -> dict[str, int]:
    text = (bundle.root() / _REGISTER).read_text(encoding="utf-8")
    return {match[1]: text.count("\n", 0, match.start(1)) + 1 for match in _ROW.finditer(text)}
