"""The facts that the register cites, specs/lm/FACTS.md as values, and sources in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from lmconform.contract import bundle, paths, pointer
from lmconform.errors import ContractError

FILE: Final = "specs/lm/FACTS.md"
DESCRIPTION: Final = "openapi.yaml"
# A row of a table: id, what is known, source, evidence.
_ROW: Final = re.compile(r"^\| ([A-Z]\d*) \| (.+) \| (.+) \| (.+) \|$", re.MULTILINE)
_METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


@dataclass(frozen=True, slots=True)
class Fact:
    """What is known of the API beyond its description.

    ``text`` is the sentence, ``source`` names the publication, ``evidence`` says how far it carries (``proven``,
    ``documented``, ``spec``, ``assumed``, or a part of the fact with another word).
    """

    id: str
    text: str
    source: str
    evidence: str

    @property
    def words(self) -> str:
        """The fact in one line."""
        return f"{self.id}: {self.text} ({self.source}; {self.evidence})"


@cache
def load() -> Mapping[str, Fact]:
    """All facts by id, in the order of the file; raises ContractError."""
    path = bundle.root() / FILE
    try:
        rows = _ROW.findall(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContractError(f"{path}: cannot be read ({error.strerror or error}); install lmconform again") from error
    return {row[0]: Fact(*row) for row in rows}


@cache
def in_words(source: str) -> str:
    """The ``source`` of a requirement for people: what the facts say and where that stands, or a place in words.

    A part that names no fact and no place of the description stays as it is.
    """
    facts = load()
    parts = [part.strip() for part in source.split(",")]
    return " ".join(facts[part].words if part in facts else _place(part) for part in parts)


def _place(source: str) -> str:
    """A pointer into the description in words: an operation, a schema, a parameter, and what of it."""
    file, sign, where = source.partition("#")
    if file != DESCRIPTION or not sign:
        return source
    tokens = pointer.parse(where)
    match tokens:
        case ["paths", path, method, *rest] if method in _METHODS:
            subject = paths.label(method.upper(), path)
        case ["paths", path, *rest]:
            subject = f"{paths.BASE}{path}"
        case ["components", ("schemas" | "parameters" | "responses") as kind, name, *rest]:
            subject = f"{kind.removesuffix('s')} {name}"
        case _:
            subject, rest = " ".join(tokens), []
    member = " ".join(part for part in rest if part not in ("properties", "items"))
    return f"{subject}{f', {member}' if member else ''} (specs/lm/{DESCRIPTION})"
