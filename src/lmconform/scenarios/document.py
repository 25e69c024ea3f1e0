"""Loads scenarios/*.arazzo.yaml: whatever is wrong in a file is found here, before anything is sent."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lmconform.contract import bundle
from lmconform.contract.dialects import DIALECTS
from lmconform.contract.openapi import Contract
from lmconform.contract.requirements import Register
from lmconform.errors import ContractError, ScenarioError, did_you_mean
from lmconform.scenarios import extensions, references
from lmconform.scenarios.criteria import Criterion, compile_criterion
from lmconform.scenarios.expressions import ExpressionError
from lmconform.scenarios.model import Action, Body, Call, Document, Parameter, Step, Workflow
from lmconform.scenarios.shape import Place, Shape, rows, table, text, unique
from lmconform.scenarios.sources import Sources

__all__ = ["Document", "Step", "Workflow", "load", "read"]

_SUFFIX = ".arazzo.yaml"
_VERSIONS = ("1.0.0", "1.0.1")
_INFO = Shape("info", ("title", "version"), ("summary", "description"))
_ROOT = Shape("the file", ("arazzo", "info", "sourceDescriptions", "workflows"), ("components",))
_SOURCE = Shape("source description", ("name", "url"), ("type",))
_COMPONENTS = Shape("components", (), ("inputs", "parameters", "failureActions"), unsupported=("successActions",))
_WORKFLOW = Shape(
    "workflow",
    ("workflowId", "steps"),
    ("summary", "description", "inputs", "parameters", "outputs"),
    ("x-lm-content",),
    unsupported=("dependsOn", "successActions", "failureActions"),
)
_STEP = Shape(
    "step",
    ("stepId", "operationId"),
    ("description", "parameters", "requestBody", "successCriteria", "onSuccess", "onFailure", "outputs"),
    ("x-lm-requirements", "x-lm-dialect", "x-lm-poll", "x-lm-contains", "x-lm-absent", "x-lm-binds"),
    unsupported=("operationPath", "workflowId"),
)
_PARAMETER = Shape("parameter", ("name", "in", "value"))
_BODY = Shape("requestBody", ("payload",), ("contentType",), unsupported=("replacements",))
_CRITERION = Shape("criterion", ("condition",), ("context", "type"))
_ACTIONS = ("x-lm-note", "x-lm-observe", "x-lm-fills", "x-lm-outcome")
_SUCCESS = Shape("success action", ("name", "type"), ("stepId", "criteria"), _ACTIONS, unsupported=("workflowId",))
_FAILURE = Shape(
    "failure action",
    ("name", "type"),
    ("stepId", "criteria", "retryAfter", "retryLimit"),
    _ACTIONS,
    unsupported=("workflowId",),
)
_LOCATIONS = ("path", "query", "header")


def load(contract: Contract, folder: Path | None = None, register: Register | None = None) -> tuple[Document, ...]:
    """All Arazzo files of the bundle, or of ``folder``, in order of their names; raises ScenarioError."""
    where = folder or bundle.root() / "scenarios"
    files = sorted(where.glob(f"*{_SUFFIX}"), key=lambda f: f.name.removesuffix(_SUFFIX)) if where.is_dir() else []
    if not files:
        raise ScenarioError(f"{where}: there is no *{_SUFFIX} in it; name a folder that holds scenarios")
    known = register if register is not None else Register.load()
    documents = tuple(read(file, contract, known) for file in files)
    owners: dict[str, Path] = {}
    for document in documents:
        for workflow in document.workflows:
            if workflow.id in owners:
                other = owners[workflow.id].name
                Place(document.path).fail(f"workflowId {workflow.id!r} is taken by {other}; ids are unique")
            owners[workflow.id] = document.path
    return documents


def read(file: Path, contract: Contract, register: Register) -> Document:
    """The Arazzo file as values; raises ScenarioError with file, workflow, step and what is wrong."""
    try:
        return _Reader(file, contract, register).document()
    except (ContractError, ExpressionError) as error:
        raise ScenarioError(str(error)) from error


class _Reader:
    """Reads one file; the parts that reusable objects refer to are at hand."""

    def __init__(self, file: Path, contract: Contract, register: Register) -> None:
        self.place = Place(file)
        self.root = _ROOT.read(bundle.read_yaml(file), self.place)
        self.register = register
        if self.root["arazzo"] not in _VERSIONS:
            self.place.fail(f"arazzo {self.root['arazzo']!r} is not supported; expected {' or '.join(_VERSIONS)}")
        _INFO.read(self.root["info"], self.place)
        self.components = _COMPONENTS.read(table(self.root, "components", self.place), self.place)
        self.sources = Sources(self._source_urls(), contract, self.place)

    def document(self) -> Document:
        nodes = [_WORKFLOW.read(node, self.place) for node in rows(self.root, "workflows", self.place)]
        if not nodes:
            self.place.fail("workflows is empty; a file describes at least one")
        unique([str(node["workflowId"]) for node in nodes], "workflowId", self.place)
        workflows = tuple(self._workflow(node) for node in nodes)
        references.check(workflows, self.place)
        return Document(self.place.file, workflows)

    def _source_urls(self) -> dict[str, str]:
        urls: dict[str, str] = {}
        for row in rows(self.root, "sourceDescriptions", self.place):
            node = _SOURCE.read(row, self.place)
            if node.get("type", "openapi") != "openapi":
                self.place.fail(f"source description {node['name']!r}: type {node['type']!r} is not supported here")
            urls[text(node, "name", self.place)] = text(node, "url", self.place)
        if not urls:
            self.place.fail("sourceDescriptions is empty; name specs/lm/openapi.yaml")
        return urls

    def _workflow(self, node: dict[str, Any]) -> Workflow:
        place = self.place.inside(workflow=text(node, "workflowId", self.place))
        steps = rows(node, "steps", place)
        if not steps:
            place.fail("steps is empty; a workflow has at least one")
        shared = tuple(self._parameter(row, place) for row in rows(node, "parameters", place))
        built = tuple(self._step(row, place, shared) for row in steps)
        unique([step.id for step in built], "stepId", place)
        return Workflow(
            id=text(node, "workflowId", place),
            inputs=self._inputs(node, place),
            steps=built,
            outputs=table(node, "outputs", place),
            content=extensions.content(node, place),
        )

    def _inputs(self, node: Mapping[str, Any], place: Place) -> dict[str, Any]:
        schema = table(node, "inputs", place)
        if "$ref" in schema:
            prefix, name = "#/components/inputs/", str(schema["$ref"])
            known = table(self.components, "inputs", place)
            if not name.startswith(prefix) or name.removeprefix(prefix) not in known:
                place.fail(f"inputs: {name!r} points to nothing{did_you_mean(name.removeprefix(prefix), known)}")
            schema = known[name.removeprefix(prefix)]
        properties = table(schema, "properties", place)
        return {name: value.get("default") if isinstance(value, dict) else None for name, value in properties.items()}

    def _step(self, row: Any, place: Place, shared: tuple[Parameter, ...]) -> Step:
        if isinstance(row, dict) and isinstance(row.get("stepId"), str):
            place = place.inside(step=row["stepId"])
        node = _STEP.read(row, place)
        call = self.sources.by_id(text(node, "operationId", place), place)
        own = tuple(self._parameter(row, place) for row in rows(node, "parameters", place))
        taken = {(p.name, p.location) for p in own}
        parameters = own + tuple(p for p in shared if (p.name, p.location) not in taken)
        _check_parameters(call, parameters, place)
        poll = extensions.poll(node, self.sources.resource(call), place)
        on_failure = self._actions(node, "onFailure", _FAILURE, place)
        if poll is None and any(action.kind == "retry" for action in on_failure):
            place.fail("a retry without x-lm-poll is not supported; add x-lm-poll, which repeats the step here")
        dialect = text(node, "x-lm-dialect", place)
        if dialect and dialect not in DIALECTS:
            place.fail(f"x-lm-dialect: {dialect!r} does not exist{did_you_mean(dialect, DIALECTS)}")
        return Step(
            id=text(node, "stepId", place),
            description=text(node, "description", place),
            call=call,
            parameters=parameters,
            body=_body(node["requestBody"], call, place) if "requestBody" in node else None,
            criteria=self._criteria(rows(node, "successCriteria", place), place),
            on_success=self._actions(node, "onSuccess", _SUCCESS, place),
            on_failure=on_failure,
            outputs=table(node, "outputs", place),
            requirements=extensions.requirements(node, self.register, place),
            dialect=dialect,
            poll=poll,
            contains=extensions.contains(node, place),
            absent=self._absent(node, shared, place),
            binds=text(node, "x-lm-binds", place),
        )

    def _absent(self, node: Mapping[str, Any], shared: tuple[Parameter, ...], place: Place) -> Any:
        if "x-lm-absent" not in node:
            return None
        found = extensions.ABSENT.read(node["x-lm-absent"], place)
        call = self.sources.by_id(text(found, "operationId", place), place)
        own = tuple(self._parameter(row, place) for row in rows(found, "parameters", place))
        _check_parameters(call, (*own, *shared), place)
        return extensions.Absent(call, (*own, *shared), text(found, "says", place))

    def _criteria(self, nodes: list[Any], place: Place) -> tuple[Criterion, ...]:
        found = []
        for node in nodes:
            try:
                found.append(compile_criterion(_CRITERION.read(node, place)))
            except ExpressionError as error:
                place.fail(str(error))
        return tuple(found)

    def _parameter(self, row: Any, place: Place) -> Parameter:
        node = self._reused(row, "parameters", place)
        node = _PARAMETER.read(node, place)
        name, location = text(node, "name", place), text(node, "in", place)
        if location not in _LOCATIONS:
            place.fail(f"parameter {name!r}: in {location!r} is unknown{did_you_mean(location, _LOCATIONS)}")
        return Parameter(name, location, node["value"])

    def _actions(self, owner: Mapping[str, Any], key: str, shape: Shape, place: Place) -> tuple[Action, ...]:
        kind = "successActions" if shape is _SUCCESS else "failureActions"
        actions = tuple(self._action(self._reused(row, kind, place), shape, place) for row in rows(owner, key, place))
        unique([action.name for action in actions], key, place)
        return actions

    def _action(self, row: Any, shape: Shape, place: Place) -> Action:
        node = shape.read(row, place)
        name, kind = text(node, "name", place), text(node, "type", place)
        kinds = ("end", "goto") if shape is _SUCCESS else ("end", "goto", "retry")
        label = f"{shape.name} {name!r}"
        if kind not in kinds:
            place.fail(f"{label}: type {kind!r} is unknown{did_you_mean(kind, kinds)}")
        step = text(node, "stepId", place)
        if (kind == "goto") != bool(step):
            place.fail(f"{label}: a goto names a stepId, and no other type does")
        if kind != "retry" and ("retryAfter" in node or "retryLimit" in node):
            place.fail(f"{label}: retryAfter and retryLimit belong to type retry, not to {kind}")
        after, limit = node.get("retryAfter", 0), node.get("retryLimit", 1)
        if isinstance(after, bool) or not isinstance(after, int | float) or after < 0:
            place.fail(f"{label}: retryAfter {after!r} is no number of seconds")
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
            place.fail(f"{label}: retryLimit {limit!r} is no number of times")
        return Action(
            name=name,
            kind=kind,
            criteria=self._criteria(rows(node, "criteria", place), place),
            step=step,
            note=text(node, "x-lm-note", place),
            observe=extensions.observe(node, place),
            fills=extensions.fills(node, place),
            state=extensions.state(node, place),
        )

    def _reused(self, row: Any, kind: str, place: Place) -> Any:
        """``row``, or what its ``reference`` ($components.KIND.NAME) points to."""
        if not isinstance(row, dict) or "reference" not in row:
            return row
        node = Shape("reusable object", ("reference",), unsupported=("value",)).read(row, place)
        reference, prefix = text(node, "reference", place), f"$components.{kind}."
        known = table(self.components, kind, place)
        name = reference.removeprefix(prefix)
        if not reference.startswith(prefix) or name not in known:
            hint = did_you_mean(name.rpartition(".")[2], known)
            place.fail(f"reference {reference!r} points to nothing in components.{kind}{hint}")
        return known[name]


def _check_parameters(call: Call, parameters: tuple[Parameter, ...], place: Place) -> None:
    operation = call.operation
    declared = {p.name for p in operation.parameters if p.location == "path"}
    for parameter in parameters:
        if parameter.location == "path" and parameter.name not in declared:
            place.fail(
                f"parameter {parameter.name!r} is not in the path of {operation.label}"
                f"{did_you_mean(parameter.name, declared)}"
            )
    missing = sorted(declared - {p.name for p in parameters if p.location == "path"})
    if missing:
        place.fail(f"{operation.label} needs path parameter {missing[0]!r}; add it")


def _body(row: Any, call: Call, place: Place) -> Body:
    node = _BODY.read(row, place)
    content_type = text(node, "contentType", place)
    payload = node["payload"]
    media = content_type.partition(";")[0].strip().lower()
    if not isinstance(payload, dict | list) or (media and media != "application/json" and not media.endswith("+json")):
        place.fail("requestBody: only JSON is supported, with an object or a list as its payload")
    url = payload.get("url") if isinstance(payload, dict) else None
    if call.operation.id == "createArtifact" and isinstance(url, str) and url.endswith("/"):
        place.fail(f"the artifact's url {url!r} ends in '/', and the run could not load it; drop the slash")
    return Body(content_type, payload)
