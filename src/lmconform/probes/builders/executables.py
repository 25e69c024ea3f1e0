"""Finds scenarios and executables in the tenant: one that trains, one that can be deployed, and what they need."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from lmconform.errors import Inconclusive, NotTestable
from lmconform.probes.context import Context, Json
from lmconform.probes.fixtures import fixture
from lmconform.probes.reading import objects
from lmconform.settings.runnable import Runnable, purpose, runnable

_SCENARIO: Final = "text-clf-tutorial"
_EXECUTABLES: Final = ("text-clf-train-tutorial", "text-clf-infer-tutorial")
# A tenant may have hundreds of scenarios; the first ones are as good as any.
_MOST_SCENARIOS: Final = 20
# So many that a filter by all of them shows whether it takes the first one, or two, alone.
_MOST_OTHERS: Final = 3


@fixture()
def scenarios(ctx: Context) -> tuple[Json, ...]:
    """The tenant's scenarios, those that its owner names and that of the tutorial first; raises NotTestable."""
    content = ctx.session.target.content
    named = [runs.scenario for runs in (content.train, content.serve) if runs.scenario]
    return _entries(ctx.get_or_skip("listScenarios"), first=(*named, _SCENARIO))


@fixture()
def executables(ctx: Context, scenario_id: str) -> tuple[Json, ...]:
    """The executables of a scenario, those of the tutorial first; raises NotTestable."""
    return _entries(ctx.get_or_skip("listExecutables", scenarioId=scenario_id), first=_EXECUTABLES)


def scenario_id(ctx: Context) -> str:
    """The scenario of the training executable, or the first one; raises Inconclusive."""
    try:
        return find(ctx).scenario_id
    except Inconclusive:
        return str(first_scenario(ctx)["id"])


def first_scenario(ctx: Context) -> Json:
    """Any scenario, that of the tutorial if the tenant has it; raises Inconclusive."""
    entries = scenarios(ctx)
    if not entries:
        raise Inconclusive("the tenant has no scenario")
    return entries[0]


def other_scenario_id(ctx: Context, scenario_id: str) -> str | None:
    """A scenario that exists and is not ``scenario_id``, if there is one."""
    return next((str(s["id"]) for s in scenarios(ctx) if s["id"] != scenario_id), None)


def first_executable(ctx: Context) -> tuple[str, Json]:
    """The id of a scenario that has an executable, and that executable; raises Inconclusive."""
    for entry in scenarios(ctx)[:_MOST_SCENARIOS]:
        for executable in executables(ctx, str(entry["id"])):
            return str(entry["id"]), executable
    raise Inconclusive("the tenant has no executable")


def other_executable_id(ctx: Context, executable_id: str) -> str:
    """An executable that exists and is not ``executable_id``; raises Inconclusive."""
    return several_others(ctx, executable_id)[0]


def several_others(ctx: Context, executable_id: str) -> list[str]:
    """A few executables that exist and are not ``executable_id``; raises Inconclusive."""
    found = other_executable_ids(ctx, executable_id)
    if not found:
        raise Inconclusive("the tenant has only one executable")
    return found


@fixture()
def other_executable_ids(ctx: Context, executable_id: str) -> list[str]:
    """A few executables that exist and are not ``executable_id``, or none."""
    found: dict[str, None] = {}
    for entry in scenarios(ctx)[:_MOST_SCENARIOS]:
        for executable in executables(ctx, str(entry["id"])):
            if executable["id"] != executable_id and len(found) < _MOST_OTHERS:
                found[str(executable["id"])] = None
        if len(found) == _MOST_OTHERS:
            break
    return list(found)


def amid(others: list[str], own: str) -> list[str]:
    """``own`` among others, neither first nor last: a filter by some of several values is seen."""
    return [*others[:-1], own, others[-1]] if len(others) > 1 else [*others, own]


def sibling_ids(ctx: Context, scenario_id: str, executable_id: str) -> list[str]:
    """The other executables of the scenario of ``executable_id``."""
    return [str(e["id"]) for e in executables(ctx, scenario_id) if e["id"] != executable_id]


def scenario_without(ctx: Context, executable_id: str) -> str | None:
    """A scenario that exists and does not have the executable, if there is one."""
    for entry in scenarios(ctx)[:_MOST_SCENARIOS]:
        # A scenario whose executables cannot be read is passed over.
        with suppress(NotTestable):
            if executable_id not in [e["id"] for e in executables(ctx, str(entry["id"]))]:
                return str(entry["id"])
    return None


@fixture(remember=(Inconclusive,))
def find(ctx: Context, *, deployable: bool = False) -> Runnable:
    """An executable that trains, or one to deploy; raises Inconclusive when there is none.

    That is the one which the owner of the target names. Without a name, one whose parameters need no invented values is
    preferred.
    """
    if ctx.session.target.content.of(deployable=deployable).executable:
        return _named(ctx, deployable)
    candidates = list(_until_without_parameters(_candidates(ctx, deployable)))
    best = min(candidates, key=lambda r: len(r.parameters), default=None)
    if best is None:
        raise Inconclusive(f"the tenant has no executable that {purpose(deployable=deployable)}")
    return best


def _named(ctx: Context, deployable: bool) -> Runnable:
    """The executable that the owner of the target names; Inconclusive when the tenant has none like it."""
    named = ctx.session.target.content.of(deployable=deployable)
    if named.scenario not in [entry["id"] for entry in scenarios(ctx)]:
        raise Inconclusive(f"{named.label}: the tenant has no such scenario")
    found = next((e for e in executables(ctx, named.scenario) if e["id"] == named.executable), None)
    if found is None:
        raise Inconclusive(f"{named.label}: the scenario has no such executable")
    if found.get("deployable") is not deployable:
        raise Inconclusive(f"{named.label}: expected one that {purpose(deployable=deployable)}")
    return runnable(named.scenario, found, named)


def _until_without_parameters(candidates: Iterator[Runnable]) -> Iterator[Runnable]:
    for candidate in candidates:
        yield candidate
        if not candidate.parameters:
            return


def _candidates(ctx: Context, deployable: bool) -> Iterator[Runnable]:
    for entry in scenarios(ctx)[:_MOST_SCENARIOS]:
        for executable in executables(ctx, str(entry["id"])):
            if executable.get("deployable") is deployable:
                yield runnable(str(entry["id"]), executable)


def _entries(body: Json, first: tuple[str, ...]) -> tuple[Json, ...]:
    entries = [e for e in objects(body) if isinstance(e.get("id"), str)]
    return tuple(sorted(entries, key=lambda e: e["id"] not in first))
