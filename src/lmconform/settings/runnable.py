"""What a configuration of an executable binds: what the executable declares, with the values that its owner names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lmconform.settings.content import Runs

ARTIFACT_URL: Final = "ai://default/data"
ARTIFACT_KINDS: Final = frozenset({"model", "dataset", "resultset", "other"})


@dataclass(frozen=True, slots=True)
class Runnable:
    """An executable with what a configuration must bind: ``inputs`` as (key, kind), ``parameters`` as (key, value).

    ``invented`` are the names of parameters whose value is made up: only the author of the executable knows good ones.
    ``artifact`` is the URL of what the inputs are bound to, ``outputs`` are the names of what it makes.
    """

    scenario_id: str
    executable_id: str
    version_id: str
    inputs: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str], ...]
    invented: tuple[str, ...]
    artifact: str
    outputs: tuple[str, ...]


def runnable(scenario_id: str, executable: Mapping[str, Any], named: Runs | None = None) -> Runnable:
    """What ``executable`` of the target needs; ``named`` are the values that the owner of the target names for it."""
    known = named or Runs()
    given = dict(known.parameters)
    # A parameter with a default need not be bound (K).
    needed = [str(p["name"]) for p in declared(executable, "parameters") if p.get("default") is None]
    default_kind = "model" if executable.get("deployable") else "dataset"
    return Runnable(
        scenario_id=scenario_id,
        executable_id=str(executable["id"]),
        version_id=str(executable.get("versionId") or ""),
        inputs=tuple(
            (str(a["name"]), next((kind for kind in ARTIFACT_KINDS if kind == a.get("kind")), default_kind))
            for a in declared(executable, "inputArtifacts")
        ),
        parameters=tuple((dict.fromkeys(needed, "1") | given).items()),
        invented=tuple(name for name in needed if name not in given),
        artifact=known.artifact or ARTIFACT_URL,
        outputs=tuple(str(a["name"]) for a in declared(executable, "outputArtifacts")),
    )


def purpose(*, deployable: bool) -> str:
    """What an executable of that kind does, for people."""
    return "is deployed (deployable: true)" if deployable else "trains (deployable: false)"


def declared(executable: Mapping[str, Any], member: str) -> list[dict[str, Any]]:
    """The entries of a list of an executable that have a name; what is none of these is a finding of the schema."""
    found = executable.get(member)
    return [one for one in found if isinstance(one, dict) and "name" in one] if isinstance(found, list) else []
