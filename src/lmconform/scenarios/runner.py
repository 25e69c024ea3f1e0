"""Runs a workflow, as far as somebody wants to know: sends, judges, retries, goes where actions lead."""

from __future__ import annotations

import random
import string
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lmconform.client.client import Client
from lmconform.client.session import Session
from lmconform.client.transport import retry_after
from lmconform.errors import Inconclusive, NotApplicable, NotTestable, ScenarioError, Skip
from lmconform.evidence.exchange import Exchange
from lmconform.outcomes import Outcome
from lmconform.safety.guard import NAME_PREFIX, quiet_month
from lmconform.scenarios.criteria import first_broken
from lmconform.scenarios.expressions import MISSING, Scope, as_text, resolve
from lmconform.scenarios.judging import FINE, Broken, StepOutcome, judge, judge_settled, worst
from lmconform.scenarios.limits import beyond_limits
from lmconform.scenarios.model import Action, Document, Step, Workflow, item_id
from lmconform.scenarios.poll import Pace, follow
from lmconform.scenarios.sending import Unresolved, send_step, values

__all__ = ["StepOutcome", "WorkflowRun"]

Progress = Callable[[str], None]

# A file whose actions lead in circles, or whose workflows call each other, ends with an error all the same.
_VISITS = 50
_DEPTH = 5
_RETRY_AFTER_CAP = 120.0
# What a step sends may need more than what it judges: metrics are advertised apart from executions.
_NEEDS = {
    "createExecution": "aiApi.capabilities.userExecutions",
    "createDeployment": "aiApi.capabilities.userDeployments",
}
# Too many requests: about us and the moment, never about what the step wants to know.
_BUSY = 429
_PROVIDED = "scenarios.provided"


@dataclass(slots=True)
class _Attempt:
    """One sending of a step: what its expressions see, its outputs, and what went wrong."""

    scope: Scope
    outputs: dict[str, Any] = field(default_factory=dict)
    problem: Broken | Unresolved | Skip | None = None
    nested: tuple[tuple[str, str, str], ...] = ()

    @property
    def exchange(self) -> Exchange | None:
        return self.scope.exchange


class WorkflowRun:
    """One run of a workflow in a session. It is lazy: ``until`` sends what is not sent yet.

    ``outputs`` are the workflow's outputs, filled when it has ended well. ``inputs`` and
    ``client`` are given when another workflow's step calls this one.
    """

    def __init__(
        self,
        document: Document,
        workflow: Workflow,
        session: Session,
        progress: Progress = lambda line: None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        inputs: Mapping[str, Any] | None = None,
        client: Client | None = None,
        depth: int = 0,
    ) -> None:
        self.document = document
        self.workflow = workflow
        self.session = session
        self.outputs: dict[str, Any] = {}
        self._progress = progress
        self._sleep = sleep
        self._inputs = {
            **{name: default for name, default in workflow.inputs.items() if default is not None},
            **{name: value for name, value in _provided(session).items() if name in workflow.inputs},
            **(inputs or {}),
        }
        self._client = client
        self._depth = depth
        self._cursor: int | None = 0
        self._ready = False
        self._outcomes: dict[str, StepOutcome] = {}
        self._steps: dict[str, Mapping[str, Any]] = {}
        self._workflows: dict[str, Mapping[str, Any]] = {}
        self._visits: Counter[str] = Counter()
        self._lacking: set[str] = set()

    def until(self, step_id: str) -> StepOutcome:
        """Run up to and including ``step_id``, and return what became of it.

        The flow has left a step when its retries are over and no action leads back to it or
        before it. TargetLost, SafetyRefusal and interrupts propagate; after one, what was not
        reached is not testable.
        """
        index = self.workflow.index(step_id)
        if not self._ready:
            self._await_dependencies()
            self._ready = True
        while self._cursor is not None and self._cursor <= index:
            self._advance(self.workflow.steps[self._cursor])
        return self._outcomes[step_id]

    def finish(self) -> StepOutcome | None:
        """Run to the end; returns the first outcome that is not fine, or None."""
        self.until(self.workflow.step_ids[-1])
        return next((done for done in self._outcomes.values() if done.outcome not in FINE), None)

    def _await_dependencies(self) -> None:
        for name in self.workflow.depends_on:
            run = self.session.shared.get(f"workflow/{name}")
            if run is None:
                run = WorkflowRun(
                    self.document, self.document.workflow(name), self.session, self._progress, sleep=self._sleep
                )
                self.session.shared[f"workflow/{name}"] = run
            failed = run.finish()
            if failed is not None:
                because = f"{name}/{failed.step_id}"
                self._close(Outcome.NOT_TESTABLE, f"workflow {name} did not end well", because, failed.inconclusive)
                return
            self._workflows[name] = run.outputs

    def _advance(self, step: Step) -> None:
        started = time.monotonic()
        client = self._client or self.session.client(item_id(self.workflow, step))
        reason = self._not_advertised(step)
        if reason:
            self._lacking.add(step.id)
            self._pass_over(step, Outcome.NOT_APPLICABLE, reason, "", False)
            self._go_on(step, self._outcomes[step.id], None)
            return
        try:
            self._visits[step.id] += 1
            if self._visits[step.id] > _VISITS:
                raise ScenarioError(
                    f"{self.document.path}, workflow {self.workflow.id}: step {step.id} was reached more than "
                    f"{_VISITS} times; its actions lead in a circle"
                )
            attempt, action = self._persist(step, client)
            self._steps[step.id] = attempt.outputs
            if action is not None and action.fills:
                passed_over, outputs = action.fills
                self._steps[passed_over] = _present(outputs, attempt.scope)
            if action is not None and action.workflow:
                attempt.nested += self._call(action.workflow, {}, client)[1]
        except Broken as problem:
            # The workflow that an action led to went wrong; the step that led there answers for it.
            attempt, action = _Attempt(Scope(), problem=problem), None
        except BaseException:
            self._close(Outcome.NOT_TESTABLE, "the run was broken off", step.id, False)
            raise
        done = self._outcome(step, attempt, action, client, time.monotonic() - started)
        self._outcomes[step.id] = done
        self._go_on(step, done, action)

    def _not_advertised(self, step: Step) -> str:
        """Why a requirement of the step does not apply to the target, or empty."""
        capabilities = self.session.capabilities
        if later := next(filter(None, map(self.session.published_later, step.requirements)), ""):
            return later
        for capability in (self.session.register[requirement].capability for requirement in step.requirements):
            if not capabilities.has(capability):
                return f"GET /v2/lm/meta does not advertise {capability}"
        return beyond_limits(self.workflow, step, capabilities)

    def _persist(self, step: Step, client: Client) -> tuple[_Attempt, Action | None]:
        """Attempt the step, and again as its retry actions say; returns what ended it."""
        retries: Counter[str] = Counter()
        while True:
            attempt = self._attempt(step, client)
            self._steps[step.id] = attempt.outputs
            action = self._choose(step, attempt, retries)
            if action is None or action.kind != "retry":
                return attempt, action
            retries[action.name] += 1
            wait = _asked(attempt.exchange)
            self._sleep(action.after if wait is None else min(wait, _RETRY_AFTER_CAP))
            if action.step:
                other = self.workflow.step(action.step)
                self._steps[other.id] = self._attempt(other, client).outputs
            elif action.workflow:
                self._call(action.workflow, {}, client)

    def _choose(self, step: Step, attempt: _Attempt, retries: Counter[str]) -> Action | None:
        """The first action whose criteria hold; None: go on, or end after a failure."""
        if isinstance(attempt.problem, Unresolved | Skip):
            return None
        for action in step.on_failure if attempt.problem else step.on_success:
            if action.kind == "retry" and (step.poll or retries[action.name] >= action.limit):
                # A poll has done its repeating; the retry action is there for other runners.
                continue
            if first_broken(action.criteria, attempt.scope) is None:
                return action
        return None

    def _attempt(self, step: Step, client: Client) -> _Attempt:
        attempt = _Attempt(self._scope())
        try:
            self._require(step)
            if step.workflow:
                given = {p.name: p.value for p in step.parameters}
                outputs, attempt.nested = self._call(step.workflow, values(given, attempt.scope), client)
                attempt.scope.outputs = outputs
            elif step.poll:
                label = f"{self.workflow.id}/{step.id}"
                target = self.session.target
                pace = Pace(
                    target.poll_interval, target.poll_timeout, self._progress, self._sleep, known=target.is_mock
                )
                follow(
                    step.poll,
                    label,
                    lambda: send_step(step, client, attempt.scope),
                    lambda text: resolve(text, attempt.scope),
                    pace,
                )
                judge_settled(step, client, attempt.scope, self._sleep)
            else:
                send_step(step, client, attempt.scope)
            if not step.poll:
                judge(step, client, attempt.scope)
        except (Broken, Unresolved, Skip) as problem:
            attempt.problem = problem
        attempt.outputs = _present(step.outputs, attempt.scope)
        return attempt

    def _require(self, step: Step) -> None:
        """Raise NotApplicable unless the target advertises what the step's requirements are about."""
        capabilities = self.session.capabilities
        needed = [self.session.register[name].capability for name in step.requirements]
        for capability in (*needed, _NEEDS.get(step.operation_id, "")):
            if not capabilities.has(capability):
                raise NotApplicable(f"GET /v2/lm/meta does not advertise {capability}")
            if capabilities.opt_in_unadvertised(capability):
                raise NotApplicable(f"there is no GET /v2/lm/meta to advertise {capability}")

    def _call(
        self, workflow_id: str, inputs: Mapping[str, Any], client: Client
    ) -> tuple[Mapping[str, Any], tuple[tuple[str, str, str], ...]]:
        """Run another workflow to its end, as part of a step; returns its outputs and observations."""
        if self._depth >= _DEPTH:
            raise ScenarioError(f"{self.document.path}: workflows call each other more than {_DEPTH} deep")
        workflow = self.document.workflow(workflow_id)
        run = WorkflowRun(
            self.document,
            workflow,
            self.session,
            self._progress,
            sleep=self._sleep,
            inputs=inputs,
            client=client,
            depth=self._depth + 1,
        )
        failed = run.finish()
        if failed is not None:
            where = f"workflow {workflow_id}, step {failed.step_id}"
            if failed.inconclusive:
                raise Inconclusive(f"{where}: {failed.message}")
            if failed.outcome is Outcome.NOT_TESTABLE:
                raise NotTestable(f"{where}: {failed.message}")
            raise Broken(failed.expected, failed.actual, f"{where}: {failed.message}".rstrip(": "))
        self._workflows[workflow_id] = run.outputs
        return run.outputs, tuple(seen for done in run._outcomes.values() for seen in done.observations)

    def _outcome(
        self, step: Step, attempt: _Attempt, action: Action | None, client: Client, duration: float
    ) -> StepOutcome:
        outcome, expected, actual, because = Outcome.PASS, "", "", ""
        note = as_text(resolve(action.note, attempt.scope)) if action else ""
        match attempt.problem:
            case Broken() if action and action.outcome:
                outcome, actual = Outcome(action.outcome), attempt.exchange.brief if attempt.exchange else ""
            case Broken() if attempt.exchange is not None and attempt.exchange.status == _BUSY:
                outcome, note = Outcome.NOT_TESTABLE, f"{step.label} answered {attempt.exchange.brief}"
            case Broken() as problem:
                outcome, expected, actual = worst(step, self.session.register), problem.expected, problem.actual
                note = problem.message or note
            case Unresolved() as problem if problem.step in self._lacking:
                # What it builds on does not apply to this target, so neither does it.
                self._lacking.add(step.id)
                outcome, because, note = Outcome.NOT_APPLICABLE, problem.step, "does not apply either"
            case Unresolved() as problem:
                origin = self._outcomes.get(problem.step)
                lacking = origin is not None and origin.outcome is Outcome.NOT_APPLICABLE
                outcome = Outcome.NOT_APPLICABLE if lacking else Outcome.NOT_TESTABLE
                because, note = problem.step, f"{problem.expression} has no value"
            case NotApplicable() as problem:
                outcome, note = Outcome.NOT_APPLICABLE, str(problem)
            case Skip() as problem:
                outcome, note = Outcome.NOT_TESTABLE, str(problem)
            case None if action and action.outcome:
                outcome = Outcome(action.outcome)
                actual = attempt.exchange.brief if attempt.exchange else ""
        observations = attempt.nested
        if action and action.observe:
            name, value = action.observe
            observations += ((name, as_text(resolve(value, attempt.scope)), note),)
        return StepOutcome(
            workflow_id=self.workflow.id,
            step_id=step.id,
            requirements=step.requirements,
            outcome=outcome,
            operation=step.operation_id,
            client=client,
            expected=expected,
            actual=actual,
            message=note,
            because=because,
            # An action that says so in the file knows a reason that nobody is to blame for.
            inconclusive=isinstance(attempt.problem, Inconclusive)
            or (outcome is Outcome.NOT_TESTABLE and bool(action and action.outcome)),
            duration=duration,
            observations=observations,
        )

    def _go_on(self, step: Step, done: StepOutcome, action: Action | None) -> None:
        """Move to the next step, and say what became of those that are passed over."""
        index = self.workflow.index(step.id)
        fine = done.outcome in FINE
        passed = Outcome.NOT_APPLICABLE if fine else Outcome.NOT_TESTABLE
        reason = done.message if fine and done.message else f"step {step.id} {'went on' if fine else 'failed'}"
        if action is not None and action.step:
            target = self.workflow.index(action.step)
            for skipped in self.workflow.steps[index + 1 : target]:
                self._pass_over(skipped, passed, reason, step.id, done.inconclusive)
            self._cursor = target
        elif action is None and fine and index + 1 < len(self.workflow.steps):
            self._cursor = index + 1
        else:
            self._close(passed, reason, step.id, done.inconclusive)
        if self._cursor is None and fine:
            self.outputs = _present(self.workflow.outputs, self._scope())

    def _close(self, outcome: Outcome, reason: str, because: str, inconclusive: bool) -> None:
        """End the flow: every step without an outcome gets this one."""
        self._cursor = None
        for step in self.workflow.steps:
            self._pass_over(step, outcome, reason, because, inconclusive)

    def _pass_over(self, step: Step, outcome: Outcome, reason: str, because: str, inconclusive: bool) -> None:
        if step.id in self._outcomes:
            return
        self._outcomes[step.id] = StepOutcome(
            workflow_id=self.workflow.id,
            step_id=step.id,
            requirements=step.requirements,
            outcome=outcome,
            operation=step.operation_id,
            client=self._client or self.session.client(item_id(self.workflow, step)),
            message=reason,
            because=because,
            inconclusive=inconclusive and outcome is Outcome.NOT_TESTABLE,
        )

    def _scope(self) -> Scope:
        return Scope(
            inputs=self._inputs,
            steps=self._steps,
            workflows=self._workflows,
            components=self.document.components,
            sources=self.document.sources,
        )


def _provided(session: Session) -> dict[str, Any]:
    """What a run brings along: the resource group, a name for what it makes that nothing else has, times for schedules.

    The times are half a year away, whatever day it is: a run that is cut off leaves its schedules behind.
    """
    if _PROVIDED not in session.shared:
        letters = "".join(random.SystemRandom().choices(string.ascii_lowercase, k=8))
        month = quiet_month(datetime.now(UTC))
        crons = {"cron": f"0 3 1 {month} *", "otherCron": f"30 4 1 {month} *"}
        session.shared[_PROVIDED] = {"runId": f"{NAME_PREFIX}{letters}", **crons}
    return {"resourceGroup": session.target.resource_group, **session.shared[_PROVIDED]}


def _present(outputs: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """The outputs that have a value; whoever needs one that has none says so."""
    found = {name: resolve(value, scope) for name, value in outputs.items()}
    return {name: value for name, value in found.items() if value is not MISSING}


def _asked(exchange: Exchange | None) -> float | None:
    value = exchange.header("Retry-After") if exchange else None
    return retry_after(value) if value is not None else None
