"""The requirement register: specs/lm/requirements.yaml as values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lmconform.contract import bundle, versions
from lmconform.errors import ContractError, did_you_mean
from lmconform.judgement import Evidence, Level, Outcome, State, weigh


@dataclass(frozen=True, slots=True)
class Requirement:
    """One normative sentence.

    ``source`` points into openapi.yaml (``openapi.yaml#/paths/…``) or names facts (``F35``);
    ``capability`` is a dotted path into ``GET /lm/meta`` that must be true, or empty;
    ``effect`` is the most that judging it does: read, write or destructive;
    ``since`` is the version of SAP's description that brought it, empty for 2.32.1 and before;
    ``unscored`` is the revision that the target is held to and that does not have it yet, or empty.
    """

    id: str
    level: Level
    evidence: Evidence
    text: str
    source: str
    capability: str
    effect: str
    excluded: str
    since: str = ""
    unscored: str = ""

    @property
    def may_gate(self) -> bool:
        """Whether breaking it may fail a build: somebody published it, and the target is held to it."""
        return self.evidence.may_gate and not self.unscored

    def weigh(self, state: State) -> tuple[Outcome, bool]:
        """Its outcome in that state, and whether it fails the gate; what is not scored is shown and never does."""
        return weigh(state, self.level, self.evidence if self.may_gate else Evidence.ASSUMED)

    def later_than(self, version: str) -> str:
        """Why it does not apply to a runtime of ``version``: it was published later; else an empty text."""
        if not versions.is_later(self.since, version):
            return ""
        return f"published in {self.since}; the target is judged by {version}"


class Register(Mapping[str, Requirement]):
    """All requirements by id, in file order."""

    def __init__(self, requirements: Mapping[str, Requirement], sha256: str) -> None:
        self._requirements = requirements
        self.sha256 = sha256

    @classmethod
    def load(cls, folder: Path | None = None) -> Register:
        """The bundled register, or the one in ``folder``; raises ContractError."""
        source = (folder or bundle.root() / "specs") / "lm" / "requirements.yaml"
        data = bundle.read_yaml(source)
        found: dict[str, Requirement] = {}
        for number, row in enumerate(data.get("requirements") or [], 1):
            requirement = _requirement(row, f"{source}: requirement {number}")
            if requirement.id in found:
                raise ContractError(f"{source}: {requirement.id} stands twice; ids are unique")
            found[requirement.id] = requirement
        return cls(found, bundle.digest([source]))

    def at(self, version: str) -> Register:
        """The requirements that were published by ``version``; the hash stays that of the whole file."""
        known = {r.id: r for r in self._requirements.values() if not r.later_than(version)}
        return Register(known, self.sha256)

    def scored(self) -> dict[str, Level]:
        """What a revision that is frozen now lists: the requirements that are judged; a MAY never gates."""
        return {r.id: r.level if r.may_gate else Level.MAY for r in self._requirements.values() if not r.excluded}

    def held_to(self, levels: Mapping[str, Level], revision: str) -> Register:
        """The same requirements: those without a level there are not scored, and none binds more than it says there."""
        found = {
            r.id: replace(r, level=max(r.level, levels[r.id], key=list(Level).index))
            if r.id in levels
            else replace(r, unscored=revision)
            for r in self._requirements.values()
        }
        return Register(found, self.sha256)

    def __getitem__(self, requirement_id: str) -> Requirement:
        try:
            return self._requirements[requirement_id]
        except KeyError:
            raise ContractError(
                f"requirement {requirement_id!r} is not in the register"
                f"{did_you_mean(requirement_id, self._requirements)}"
            ) from None

    def __contains__(self, requirement_id: object) -> bool:
        return requirement_id in self._requirements

    def __iter__(self) -> Iterator[str]:
        return iter(self._requirements)

    def __len__(self) -> int:
        return len(self._requirements)


def _requirement(row: Any, where: str) -> Requirement:
    if not isinstance(row, dict) or "id" not in row:
        raise ContractError(f"{where}: expected a mapping with id, level, evidence, text and source")
    where = f"{where} ({row['id']})"
    unknown = set(row) - {"id", "level", "evidence", "text", "source", "capability", "effect", "excluded", "since"}
    if unknown:
        raise ContractError(f"{where}: unknown key {sorted(unknown)[0]!r}")
    try:
        return Requirement(
            id=row["id"],
            level=Level(row["level"]),
            evidence=Evidence(row["evidence"]),
            text=row["text"],
            source=row["source"],
            capability=row.get("capability", ""),
            effect=row.get("effect", "read"),
            excluded=row.get("excluded", ""),
            since=_since(row.get("since", "")),
        )
    except KeyError as error:
        raise ContractError(f"{where}: has no {error}") from error
    except ValueError as error:
        raise ContractError(f"{where}: {error}") from error


def _since(text: Any) -> str:
    if text and (not isinstance(text, str) or not versions.is_later(text, versions.OLDEST)):
        raise ValueError(f"since is {text!r}; expected a version after {versions.OLDEST}, or no such key")
    return str(text)
