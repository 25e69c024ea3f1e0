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
from lmconform.scenarios.expressions import ExpressionError, check_pointer
from lmconform.scenarios.model import Action, Body, Call, Document, Parameter, Step, Workflow
from lmconform.scenarios.shape import Place, Shape, rows, table, text, texts, unique
from lmconform.scenarios.sources import Sources

__all__ = ["Document", "Step", "Workflow", "load", "read"]

_SUFFIX = ".arazzo.yaml"
_VERSIONS = ("1.0.0", "1.0.1")
_INFO = Shape("info", ("title", "version"), ("summary", "description"))
_ROOT = Shape("the file", ("arazzo", "info", "sourceDescriptions", "workflows"), ("components",))
_SOURCE = Shape("source description", ("name", "url"), ("type",))
_COMPONENTS = Shape("components", (), ("inputs", "parameters", "successActions", "failureActions"))
_WORKFLOW = Shape(
    "workflow",
    ("workflowId", "steps"),
    (
        *("summary", "description", "inputs", "dependsOn", "parameters"),
        *("successActions", "failureActions", "outputs"),
    ),
)
_STEP = Shape(
    "step",
    ("stepId",),
    (
        *("description", "operationId", "operationPath", "workflowId", "parameters", "requestBody"),
        *("successCriteria", "onSuccess", "onFailure", "outputs"),
    ),
    ("x-lm-requirements", "x-lm-dialect", "x-lm-poll", "x-lm-contains", "x-lm-absent"),
)
_PARAMETER = Shape("parameter", ("name", "value"), ("in",))
_BODY = Shape("requestBody", (), ("contentType", "payload", "replacements"))
_REPLACEMENT = Shape("replacement", ("target", "value"))
_CRITERION = Shape("criterion", ("condition",), ("context", "type"))
_ACTIONS = ("x-lm-note", "x-lm-observe", "x-lm-fills", "x-lm-outcome")
_SUCCESS = Shape("success action", ("name", "type"), ("workflowId", "stepId", "criteria"), _ACTIONS)
_FAILURE = Shape(
    "failure action", ("name", "type"), ("workflowId", "stepId", "criteria", "retryAfter", "retryLimit"), _ACTIONS
)
_LOCATIONS = ("path", "query", "header", "cookie")


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
        document = Document(
            self.place.file, text(self.root["info"], "title", self.place), workflows, self.components, self.sources.urls
        )
        references.check(document, self.place)
        return document

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
        success = self._actions(node, "successActions", _SUCCESS, place)
        failure = self._actions(node, "failureActions", _FAILURE, place)
        built = tuple(self._step(_STEP.read(row, place), place, shared, success, failure) for row in steps)
        unique([step.id for step in built], "stepId", place)
        return Workflow(
            id=text(node, "workflowId", place),
            summary=text(node, "summary", place),
            inputs=self._inputs(node, place),
            depends_on=texts(node, "dependsOn", place),
            steps=built,
            outputs=table(node, "outputs", place),
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

    def _step(
        self,
        node: dict[str, Any],
        place: Place,
        shared: tuple[Parameter, ...],
        success: tuple[Action, ...],
        failure: tuple[Action, ...],
    ) -> Step:
        place = place.inside(step=text(node, "stepId", place))
        call, workflow = self._what(node, place)
        own = tuple(self._parameter(row, place) for row in rows(node, "parameters", place))
        taken = {(p.name, p.location) for p in own}
        parameters = own + tuple(p for p in shared if call and (p.name, p.location) not in taken)
        _check_parameters(call, parameters, place)
        on_success = self._actions(node, "onSuccess", _SUCCESS, place)
        on_failure = self._actions(node, "onFailure", _FAILURE, place)
        dialect = text(node, "x-lm-dialect", place)
        if dialect and dialect not in DIALECTS:
            place.fail(f"x-lm-dialect: {dialect!r} does not exist{did_you_mean(dialect, DIALECTS)}")
        return Step(
            id=text(node, "stepId", place),
            description=text(node, "description", place),
            call=call,
            workflow=workflow,
            parameters=parameters,
            body=_body(node["requestBody"], call, place) if "requestBody" in node else None,
            criteria=self._criteria(rows(node, "successCriteria", place), place),
            on_success=_overridden(on_success, success),
            on_failure=_overridden(on_failure, failure),
            outputs=table(node, "outputs", place),
            requirements=extensions.requirements(node, self.register, place),
            dialect=dialect,
            poll=extensions.poll(node, place),
            contains=extensions.contains(node, place),
            absent=self._absent(node, shared, place),
        )

    def _what(self, node: Mapping[str, Any], place: Place) -> tuple[Call | None, str]:
        given = [key for key in ("operationId", "operationPath", "workflowId") if key in node]
        if len(given) != 1:
            got = " and ".join(given) or "none of them"
            place.fail(f"a step names one of operationId, operationPath and workflowId; this one names {got}")
        value = text(node, given[0], place)
        if given[0] == "workflowId":
            return None, value
        return self.sources.by_id(value, place) if given[0] == "operationId" else self.sources.by_path(value, place), ""

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
        if location and location not in _LOCATIONS:
            place.fail(f"parameter {name!r}: in {location!r} is unknown{did_you_mean(location, _LOCATIONS)}")
        if location == "cookie":
            place.fail(f"parameter {name!r}: cookies are not supported; no operation has any")
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
        step, workflow = text(node, "stepId", place), text(node, "workflowId", place)
        if (step and workflow) or (kind == "goto" and not step and not workflow):
            place.fail(f"{label}: a {kind} names either stepId or workflowId")
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
            workflow=workflow,
            after=float(after),
            limit=limit,
            note=text(node, "x-lm-note", place),
            observe=extensions.observe(node, place),
            fills=extensions.fills(node, place),
            state=extensions.state(node, place),
        )

    def _reused(self, row: Any, kind: str, place: Place) -> Any:
        """``row``, or what its ``reference`` ($components.KIND.NAME) points to, with its value replaced."""
        if not isinstance(row, dict) or "reference" not in row:
            return row
        node = Shape("reusable object", ("reference",), ("value",)).read(row, place)
        reference, prefix = text(node, "reference", place), f"$components.{kind}."
        known = table(self.components, kind, place)
        name = reference.removeprefix(prefix)
        if not reference.startswith(prefix) or name not in known:
            hint = did_you_mean(name.rpartition(".")[2], known)
            place.fail(f"reference {reference!r} points to nothing in components.{kind}{hint}")
        return {**known[name], "value": node["value"]} if "value" in node else known[name]


def _overridden(own: tuple[Action, ...], shared: tuple[Action, ...]) -> tuple[Action, ...]:
    names = {action.name for action in own}
    return own + tuple(action for action in shared if action.name not in names)


def _check_parameters(call: Call | None, parameters: tuple[Parameter, ...], place: Place) -> None:
    if call is None:
        return
    operation = call.operation
    declared = {p.name for p in operation.parameters if p.location == "path"}
    for parameter in parameters:
        if not parameter.location:
            place.fail(f"parameter {parameter.name!r} has no in; expected one of {', '.join(_LOCATIONS[:3])}")
        if parameter.location == "path" and parameter.name not in declared:
            place.fail(
                f"parameter {parameter.name!r} is not in the path of {operation.label}"
                f"{did_you_mean(parameter.name, declared)}"
            )
    missing = sorted(declared - {p.name for p in parameters if p.location == "path"})
    if missing:
        place.fail(f"{operation.label} needs path parameter {missing[0]!r}; add it")


def _body(row: Any, call: Call | None, place: Place) -> Body:
    node = _BODY.read(row, place)
    content_type = text(node, "contentType", place)
    payload = node.get("payload")
    media = content_type.partition(";")[0].strip().lower()
    if not isinstance(payload, str) and media and media != "application/json" and not media.endswith("+json"):
        place.fail(f"requestBody: a payload that is no text cannot be sent as {content_type}; only JSON is supported")
    replacements = []
    for item in rows(node, "replacements", place):
        replacement = _REPLACEMENT.read(item, place)
        target = text(replacement, "target", place)
        if not target.startswith("/"):
            place.fail(f"replacement {target!r} is no JSON Pointer; XPath is not supported")
        check_pointer(target, target)
        replacements.append((target, replacement["value"]))
    if replacements and isinstance(payload, str):
        place.fail("requestBody: replacements need a payload that is an object or a list")
    url = payload.get("url") if isinstance(payload, dict) else None
    if call and call.operation.id == "createArtifact" and isinstance(url, str) and url.endswith("/"):
        place.fail(f"the artifact's url {url!r} ends in '/', and the run could not load it; drop the slash")
    return Body(content_type, payload, tuple(replacements))
