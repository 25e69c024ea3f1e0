"""What a workflow trains or serves with: the owner of the target names it, else it is that of the tutorial."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from lmconform.client.client import Client
from lmconform.contract.resources import Role
from lmconform.errors import Inconclusive, NotTestable
from lmconform.scenarios.model import Body, Step, Workflow
from lmconform.settings.content import Runs
from lmconform.settings.runnable import Runnable, purpose, runnable

SERVE: Final = "serve"
# Both are declared for a scenario that does not exist.
_NOWHERE: Final = frozenset({400, 404})


def fit(workflow: Workflow, client: Client) -> tuple[Workflow, dict[str, Any]]:
    """The workflow with the bindings of what the owner of the target names for it, and inputs that go with it.

    Nothing is changed, and nothing sent, where nothing is named. Raises Inconclusive for what is named and cannot be
    used, NotTestable when it cannot be asked for.
    """
    deployable = workflow.content == SERVE
    named = client.session.target.content.of(deployable=deployable) if workflow.content else Runs()
    inputs: dict[str, Any] = {"artifactUrl": named.artifact} if named.artifact else {}
    if named.executable:
        found = _described(named, client, deployable=deployable)
        inputs |= _inputs(found)
        return _with(workflow, lambda step: _bindings(step, found)), inputs
    if named.parameters:
        inputs |= {"parameterBindings": _pairs(named.parameters)}
        return _with(workflow, lambda step: {"parameterBindings": "$inputs.parameterBindings"}), inputs
    return workflow, inputs


def _described(named: Runs, client: Client, *, deployable: bool) -> Runnable:
    """What the target says of the executable that is named."""
    operation = client.session.resources["executable"].operations[Role.GET]
    answer = client.send(operation.id, {"scenarioId": named.scenario, "executableId": named.executable})
    if answer.status in _NOWHERE:
        raise Inconclusive(f"{named.label}: the tenant has no such executable ({answer.status})")
    if not answer.ok:
        raise NotTestable(f"{named.label}: {operation.label} answered {answer.brief}")
    body = answer.json_object()
    if body.get("deployable") is not deployable:
        raise Inconclusive(f"{named.label}: expected one that {purpose(deployable=deployable)}")
    found = runnable(named.scenario, {**body, "id": named.executable}, named)
    if problem := next(_unknown(found, named), ""):
        raise Inconclusive(f"{named.label}: {problem}")
    return found


def _unknown(found: Runnable, named: Runs) -> Iterator[str]:
    """What only the owner of the target can say, and does not."""
    if found.invented:
        yield f"{' and '.join(found.invented)} has no default; name a value in 'parameters'"
    if found.inputs and not named.artifact:
        yield f"it reads {' and '.join(key for key, _ in found.inputs)}; name the URL of its data in 'artifact'"
    kinds = sorted({kind for _, kind in found.inputs})
    if len(kinds) > 1:
        yield f"it reads artifacts of the kinds {' and '.join(kinds)}, and a scenario registers one"


def _inputs(found: Runnable) -> dict[str, Any]:
    return {
        "scenarioId": found.scenario_id,
        "executableId": found.executable_id,
        "versionId": found.version_id,
        "makesArtifact": bool(found.outputs),
        "parameterBindings": _pairs(found.parameters),
        "inputKeys": [key for key, _ in found.inputs],
        **({"artifactKind": found.inputs[0][1]} if found.inputs else {}),
    }


def _bindings(step: Step, found: Runnable) -> dict[str, Any]:
    """Members of a body as expressions: a value that begins with a dollar sign is no expression then."""
    return {
        "parameterBindings": "$inputs.parameterBindings",
        "inputArtifactBindings": [
            {"key": f"$inputs.inputKeys#/{number}", "artifactId": step.binds} for number in range(len(found.inputs))
        ],
        "versionId": "$inputs.versionId" if found.version_id else None,
    }


def _with(workflow: Workflow, members: Callable[[Step], Mapping[str, Any]]) -> Workflow:
    """The workflow whose steps that bind something have these members in their bodies; None leaves one out."""
    return replace(workflow, steps=tuple(_bound(step, members(step)) for step in workflow.steps))


def _bound(step: Step, members: Mapping[str, Any]) -> Step:
    if not step.binds or step.body is None:
        return step
    # A version is sent where the flow sends one.
    known = {name: value for name, value in members.items() if name != "versionId" or name in step.body.payload}
    payload = {name: value for name, value in {**step.body.payload, **known}.items() if value is not None}
    return replace(step, body=Body(step.body.content_type, payload))


def _pairs(parameters: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in parameters]
