"""Finds something in the tenant that trains, or that serves, and what must be bound to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes.context import Context, Json

_SCENARIO: Final = "text-clf-tutorial"
_EXECUTABLES: Final = ("text-clf-train-tutorial", "text-clf-infer-tutorial")
_KINDS: Final = frozenset({"model", "dataset", "resultset", "other"})
# A tenant may have hundreds of scenarios; the first ones are as good as any.
_MOST_SCENARIOS: Final = 20
_SCENARIOS: Final = "probes.scenarios"


@dataclass(frozen=True, slots=True)
class Runnable:
    """An executable that trains or serves. ``inputs`` are (key, kind), ``parameters`` (key, value) to bind.

    Its author alone knows good values for ``parameters``: ours are made up.
    """

    scenario_id: str
    executable_id: str
    version_id: str
    inputs: tuple[tuple[str, str], ...]
    parameters: tuple[tuple[str, str], ...]


def scenarios(ctx: Context) -> list[Json]:
    """The tenant's scenarios, the tutorial's first; asked for once in a session."""
    shared = ctx.session.shared
    if _SCENARIOS not in shared:
        shared[_SCENARIOS] = _list(ctx.get_or_skip("listScenarios"), first=(_SCENARIO,))
    return list(shared[_SCENARIOS])


def executables(ctx: Context, scenario_id: str) -> list[Json]:
    """The executables of a scenario, the tutorial's first; asked for once in a session."""
    key = f"probes.executables.{scenario_id}"
    shared = ctx.session.shared
    if key not in shared:
        shared[key] = _list(ctx.get_or_skip("listExecutables", scenarioId=scenario_id), first=_EXECUTABLES)
    return list(shared[key])


def scenario(ctx: Context) -> str:
    """The scenario of the training executable, or the first one; raises Inconclusive."""
    try:
        return find(ctx).scenario_id
    except Inconclusive:
        return str(first_scenario(ctx)["id"])


def first_scenario(ctx: Context) -> Json:
    """Any scenario, the tutorial's if it is there; raises Inconclusive."""
    found = scenarios(ctx)
    if not found:
        raise Inconclusive("the tenant has no scenario")
    return found[0]


def first_executable(ctx: Context) -> tuple[str, Json]:
    """Any scenario that has an executable, and that executable; raises Inconclusive."""
    for entry in scenarios(ctx)[:_MOST_SCENARIOS]:
        for executable in executables(ctx, str(entry["id"])):
            return str(entry["id"]), executable
    raise Inconclusive("the tenant has no executable")


def another_executable(ctx: Context, own: str) -> str:
    """The id of an executable that exists and is not ``own``; raises Inconclusive."""
    for entry in scenarios(ctx)[:_MOST_SCENARIOS]:
        for executable in executables(ctx, str(entry["id"])):
            if executable["id"] != own:
                return str(executable["id"])
    raise Inconclusive("the tenant has one executable alone")


def scenario_without(ctx: Context, executable_id: str) -> str | None:
    """A scenario that exists and does not have the executable, if there is one."""
    for entry in scenarios(ctx)[:_MOST_SCENARIOS]:
        # One whose executables cannot be read tells nothing, and breaks nothing.
        with suppress(NotTestable):
            if executable_id not in [e["id"] for e in executables(ctx, str(entry["id"]))]:
                return str(entry["id"])
    return None


def find(ctx: Context, *, deployable: bool = False) -> Runnable:
    """An executable that trains, or one to deploy; raises Inconclusive when there is none.

    One that takes no values of ours is better than one that does.
    """
    shared = ctx.session.shared
    key = f"probes.runnable.{'serving' if deployable else 'training'}"
    if key not in shared:
        found = list(_until_easy(_candidates(ctx, deployable)))
        shared[key] = min(found, key=lambda r: len(r.parameters), default=None)
    best: Runnable | None = shared[key]
    if best is None:
        verb = "is deployed (deployable: true)" if deployable else "trains (deployable: false)"
        raise Inconclusive(f"the tenant has no executable that {verb}")
    return best


def _until_easy(candidates: Iterator[Runnable]) -> Iterator[Runnable]:
    for candidate in candidates:
        yield candidate
        if not candidate.parameters:
            return


def _candidates(ctx: Context, deployable: bool) -> Iterator[Runnable]:
    for entry in scenarios(ctx)[:_MOST_SCENARIOS]:
        for executable in executables(ctx, str(entry["id"])):
            if executable.get("deployable") is deployable:
                yield Runnable(
                    scenario_id=str(entry["id"]),
                    executable_id=str(executable["id"]),
                    version_id=str(executable.get("versionId", "")),
                    inputs=tuple(
                        (str(a["name"]), a["kind"] if a.get("kind") in _KINDS else "model" if deployable else "dataset")
                        for a in executable.get("inputArtifacts") or []
                    ),
                    # A parameter with a default need not be bound (K).
                    parameters=tuple(
                        (str(p["name"]), "1") for p in executable.get("parameters") or [] if p.get("default") is None
                    ),
                )


def _list(body: Json, first: tuple[str, ...]) -> list[Json]:
    entries = [e for e in body.get("resources") or [] if isinstance(e, dict) and "id" in e]
    return sorted(entries, key=lambda e: e["id"] not in first)
