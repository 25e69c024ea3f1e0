"""Do all references of an Arazzo file resolve: steps, workflows, inputs, outputs, components?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lmconform.errors import did_you_mean
from lmconform.scenarios.expressions import MISSING, Expression, ExpressionError, Scope, evaluate, find
from lmconform.scenarios.model import Action, Document, Step, Workflow
from lmconform.scenarios.shape import Place

# Inputs that a run brings along; every other one needs a default.
PROVIDED = ("resourceGroup", "runId", "cron", "otherCron")

_AFTER = frozenset({"url", "method", "statusCode", "request", "response"})


def check(document: Document, place: Place) -> None:
    """Raise ScenarioError at the first reference that points to nothing."""
    known = {workflow.id: workflow for workflow in document.workflows}
    for workflow in document.workflows:
        here = place.inside(workflow=workflow.id)
        for name in workflow.depends_on:
            _known(name, known, "dependsOn names workflow", here)
        _check_cycle(workflow, known, here)
        checker = _Checker(document, workflow, known, here)
        for step in workflow.steps:
            checker.step(step)
        checker.tree("outputs", workflow.outputs, here, answered=False)


def _known(name: str, known: Collection[str], what: str, place: Place) -> None:
    if name.startswith("$"):
        place.fail(f"{what} {name!r} of another file, which is not supported; move it into this file")
    if name not in known:
        place.fail(f"{what} {name!r}, which does not exist{did_you_mean(name, known)}")


def _check_cycle(workflow: Workflow, known: Mapping[str, Workflow], place: Place) -> None:
    path, waiting = [workflow.id], [iter(workflow.depends_on)]
    done: set[str] = set()
    while waiting:
        name = next(waiting[-1], None)
        if name is None:
            waiting.pop()
            done.add(path.pop())
        elif name in path:
            place.fail(f"dependsOn is cyclic: {' → '.join([*path, name])}; break the circle")
        elif name not in done and name in known:
            path.append(name)
            waiting.append(iter(known[name].depends_on))


class _Checker:
    """Checks one workflow; ``before`` are the workflows that have ended when it starts."""

    def __init__(self, document: Document, workflow: Workflow, known: Mapping[str, Workflow], place: Place) -> None:
        self.document = document
        self.workflow = workflow
        self.known = known
        self.place = place
        self.scope = Scope(components=document.components, sources=document.sources)
        self.before = set(workflow.depends_on)

    def step(self, step: Step) -> None:
        place = self.place.inside(step=step.id)
        if step.workflow:
            _known(step.workflow, self.known, "the step calls workflow", place)
        for parameter in step.parameters:
            self.tree(f"parameter {parameter.name!r}", parameter.value, place, answered=False)
        if step.body:
            values = [step.body.payload, *(value for _, value in step.body.replacements)]
            self.tree("requestBody", values, place, answered=False)
        self.expressions("a criterion", (e for c in step.criteria for e in c.expressions), place, True, step)
        for action in (*step.on_success, *step.on_failure):
            self.action(action, step, place)
        self.tree("outputs", step.outputs, place, answered=True, step=step)
        if step.poll:
            self.tree("x-lm-poll", [step.poll.status, step.poll.detail], place, answered=True)
        if step.contains:
            self.tree("x-lm-contains", [step.contains.context, step.contains.value], place, answered=True)
        if step.absent:
            values = [parameter.value for parameter in step.absent.parameters]
            self.tree("x-lm-absent", values, place, answered=False)

    def action(self, action: Action, step: Step, place: Place) -> None:
        what = f"action {action.name!r} goes to"
        if action.step:
            _known(action.step, self.workflow.step_ids, f"{what} step", place)
        if action.workflow:
            _known(action.workflow, self.known, f"{what} workflow", place)
        self.expressions(
            f"action {action.name!r}", (e for c in action.criteria for e in c.expressions), place, True, step
        )
        self.tree(f"action {action.name!r}", [action.note, *(action.observe or ())], place, answered=True, step=step)
        if action.fills:
            name, outputs = action.fills
            _known(name, self.workflow.step_ids, f"action {action.name!r} fills step", place)
            for output in outputs:
                _known(output, self.workflow.step(name).outputs, f"action {action.name!r} fills output", place)
            self.tree("x-lm-fills", outputs, place, answered=True)

    def tree(self, what: str, tree: Any, place: Place, *, answered: bool, step: Step | None = None) -> None:
        try:
            found = list(find(tree))
        except ExpressionError as error:
            place.fail(f"{what}: {error}")
        self.expressions(what, found, place, answered, step)

    def expressions(
        self, what: str, found: Iterable[Expression], place: Place, answered: bool, step: Step | None = None
    ) -> None:
        for expression in found:
            problem = self.problem(expression, answered, step)
            if problem:
                place.fail(f"{what}: {expression.text} {problem}")

    def problem(self, expression: Expression, answered: bool, step: Step | None) -> str:
        """Why the expression can have no value here; empty when it can."""
        match expression.parts:
            case ("inputs", name):
                inputs = self.workflow.inputs
                if name not in inputs:
                    return f"is no input of the workflow{did_you_mean(name, inputs)}"
                if inputs[name] is None and name not in PROVIDED:
                    return f"has no value; give it a default, a run provides {', '.join(PROVIDED)} alone"
            case ("outputs", name):
                called = self.known.get(step.workflow) if step and step.workflow else None
                if called is None:
                    return "has a meaning only in a step that calls a workflow"
                if name not in called.outputs:
                    return f"is no output of workflow {called.id}{did_you_mean(name, called.outputs)}"
            case ("steps", name, _, output):
                if name not in self.workflow.step_ids:
                    return f"names no step of the workflow{did_you_mean(name, self.workflow.step_ids)}"
                outputs = self.workflow.step(name).outputs
                if output not in outputs:
                    return f"names no output of step {name}{did_you_mean(output, outputs)}"
            case ("workflows", name, section, output):
                return self.workflow_problem(name, section, output)
            case ("components" | "sourceDescriptions", *_):
                if evaluate(expression, self.scope) is MISSING:
                    return "points to nothing in this file"
            case _ if not answered and expression.root in _AFTER:
                return "is not known before the request is sent; take it from an output of an earlier step"
        return ""

    def workflow_problem(self, name: str, section: str, output: str) -> str:
        if name not in self.known:
            return f"names no workflow{did_you_mean(name, self.known)}"
        if section != "outputs":
            return "is not supported; take the value from the outputs of that workflow"
        outputs = self.known[name].outputs
        if output not in outputs:
            return f"names no output of workflow {name}{did_you_mean(output, outputs)}"
        if name not in self.before:
            return f"is not known unless the workflow depends on {name}; add it to dependsOn"
        return ""
