"""Do all references of an Arazzo file resolve: steps, workflows, inputs, outputs, components?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from lmconform.errors import did_you_mean
from lmconform.scenarios.expressions import Expression, ExpressionError, find
from lmconform.scenarios.model import Action, Step, Workflow
from lmconform.scenarios.shape import Place

# Inputs that a run brings along; every other one needs a default.
PROVIDED = ("resourceGroup", "runId", "cron", "otherCron")

_AFTER = frozenset({"statusCode", "response"})


def check(workflows: Iterable[Workflow], place: Place) -> None:
    """Raise ScenarioError at the first reference that points to nothing."""
    for workflow in workflows:
        here = place.inside(workflow=workflow.id)
        checker = _Checker(workflow, here)
        for step in workflow.steps:
            checker.step(step)
        checker.tree("outputs", workflow.outputs, here, answered=False)


def _known(name: str, known: Collection[str], what: str, place: Place) -> None:
    if name not in known:
        place.fail(f"{what} {name!r}, which does not exist{did_you_mean(name, known)}")


class _Checker:
    """Checks one workflow."""

    def __init__(self, workflow: Workflow, place: Place) -> None:
        self.workflow = workflow
        self.place = place

    def step(self, step: Step) -> None:
        place = self.place.inside(step=step.id)
        for parameter in step.parameters:
            self.tree(f"parameter {parameter.name!r}", parameter.value, place, answered=False)
        if step.body:
            self.tree("requestBody", step.body.payload, place, answered=False)
        self.expressions("a criterion", (e for c in step.criteria for e in c.expressions), place, True)
        for action in (*step.on_success, *step.on_failure):
            self.action(action, step, place)
        self.tree("outputs", step.outputs, place, answered=True)
        if step.contains:
            self.tree("x-lm-contains", [step.contains.context, step.contains.value], place, answered=True)
        if step.absent:
            values = [step.absent.says, *(parameter.value for parameter in step.absent.parameters)]
            self.tree("x-lm-absent", values, place, answered=False)
        if step.poll:
            self.tree("x-lm-poll", step.poll.needs, place, answered=False)
        if step.binds:
            self.binds(step, place)

    def action(self, action: Action, step: Step, place: Place) -> None:
        if action.step:
            _known(action.step, self.workflow.step_ids, f"action {action.name!r} goes to step", place)
            if self.workflow.index(action.step) <= self.workflow.index(step.id):
                place.fail(f"action {action.name!r} goes back to step {action.step!r}; it can go to a later step only")
        self.expressions(f"action {action.name!r}", (e for c in action.criteria for e in c.expressions), place, True)
        self.tree(f"action {action.name!r}", [action.note, *(action.observe or ())], place, answered=True)
        if action.fills:
            name, outputs = action.fills
            _known(name, self.workflow.step_ids, f"action {action.name!r} fills step", place)
            for output in outputs:
                _known(output, self.workflow.step(name).outputs, f"action {action.name!r} fills output", place)
            self.tree("x-lm-fills", outputs, place, answered=True)

    def binds(self, step: Step, place: Place) -> None:
        if not self.workflow.content:
            place.fail("x-lm-binds: the workflow does not say what it needs; add x-lm-content to it")
        if not (step.body and isinstance(step.body.payload, dict)):
            place.fail("x-lm-binds: the step has no body; it belongs to one that creates a configuration")
        if not step.binds.startswith("$steps."):
            place.fail(f"x-lm-binds: {step.binds!r} is no output of a step; write $steps.ID.outputs.NAME")
        self.tree("x-lm-binds", step.binds, place, answered=False)

    def tree(self, what: str, tree: Any, place: Place, *, answered: bool) -> None:
        try:
            found = list(find(tree))
        except ExpressionError as error:
            place.fail(f"{what}: {error}")
        self.expressions(what, found, place, answered)

    def expressions(self, what: str, found: Iterable[Expression], place: Place, answered: bool) -> None:
        for expression in found:
            problem = self.problem(expression, answered)
            if problem:
                place.fail(f"{what}: {expression.text} {problem}")

    def problem(self, expression: Expression, answered: bool) -> str:
        """Why the expression can have no value here; empty when it can."""
        match expression.parts:
            case ("inputs", name):
                inputs = self.workflow.inputs
                if name not in inputs:
                    return f"is no input of the workflow{did_you_mean(name, inputs)}"
                if inputs[name] is None and name not in PROVIDED:
                    return f"has no value; give it a default, a run provides {', '.join(PROVIDED)} alone"
            case ("steps", name, _, output):
                if name not in self.workflow.step_ids:
                    return f"names no step of the workflow{did_you_mean(name, self.workflow.step_ids)}"
                outputs = self.workflow.step(name).outputs
                if output not in outputs:
                    return f"names no output of step {name}{did_you_mean(output, outputs)}"
            case _ if not answered and expression.root in _AFTER:
                return "is not known before the request is sent; take it from an output of an earlier step"
        return ""
