"""Runs a workflow up to a step: sends, judges, goes where actions lead."""

from __future__ import annotations

import random
import string
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lmconform.client.client import Client
from lmconform.client.diagnosis import diagnosis
from lmconform.client.polling import rest
from lmconform.client.session import Session
from lmconform.contract.limits import Limits
from lmconform.contract.paths import META
from lmconform.contract.resources import Role
from lmconform.errors import Failure, Inconclusive, NotApplicable, Skip
from lmconform.evidence.exchange import Exchange
from lmconform.evidence.story import Story
from lmconform.judgement import Judgement, State, kept, stated
from lmconform.safety.cron import quiet_month
from lmconform.scenarios import content
from lmconform.scenarios.criteria import first_broken
from lmconform.scenarios.expressions import MISSING, Scope, as_text, resolve
from lmconform.scenarios.judging import StepOutcome, is_fine, judge, judge_settled
from lmconform.scenarios.limits import beyond_limits
from lmconform.scenarios.model import Action, Poll, Step, Workflow, item_id
from lmconform.scenarios.poll import Pace, follow, limit
from lmconform.scenarios.sending import Unresolved, send_step

__all__ = ["StepOutcome", "WorkflowRun"]

Progress = Callable[[str], None]

# Too many requests: about us and the moment, never about what the step wants to know.
_BUSY = 429
_PROVIDED = "scenarios.provided"


@dataclass(slots=True)
class _Attempt:
    """One sending of a step: what its expressions see, its outputs, what went wrong, and what is to be said of it."""

    scope: Scope
    outputs: dict[str, Any] = field(default_factory=dict)
    problem: Failure | Unresolved | Skip | None = None
    note: str = ""

    @property
    def exchange(self) -> Exchange | None:
        return self.scope.exchange


class WorkflowRun:
    """One run of a workflow in a session. It is lazy: ``until`` sends what is not sent yet."""

    def __init__(
        self,
        workflow: Workflow,
        session: Session,
        progress: Progress = lambda line: None,
        *,
        sleep: Callable[[float], None] = rest,
    ) -> None:
        self.workflow = workflow
        self.session = session
        self._progress = progress
        self._sleep = sleep
        self._fits = not workflow.content
        self._inputs: dict[str, Any] = {
            **{name: default for name, default in workflow.inputs.items() if default is not None},
            **{name: value for name, value in _provided(session).items() if name in workflow.inputs},
        }
        self._cursor: int | None = 0
        self._outcomes: dict[str, StepOutcome] = {}
        self._steps: dict[str, Mapping[str, Any]] = {}
        self._lacking: set[str] = set()
        self._reported: set[str] = set()
        # A step stands on those before it, and so does what it has to tell.
        self._story: Story | None = None

    def until(self, step_id: str) -> StepOutcome:
        """Run up to and including ``step_id``, and return what became of it.

        TargetLost, SafetyRefusal and interrupts propagate; after one, what was not reached is
        not testable.
        """
        index = self.workflow.index(step_id)
        while self._cursor is not None and self._cursor <= index:
            self._advance(self.workflow.steps[self._cursor])
        self._reported.add(step_id)
        return self._outcomes[step_id]

    def brought(self) -> list[StepOutcome]:
        """What became of the steps that ran and that ``until`` was not asked for, each once."""
        found = [o for o in self._outcomes.values() if o.step_id not in self._reported and not o.origin]
        self._reported.update(outcome.step_id for outcome in found)
        return found

    def _advance(self, step: Step) -> None:
        started = time.monotonic()
        client = self._client(step)
        reason = self._not_advertised(step)
        if reason:
            self._lacking.add(step.id)
            self._pass_over(step, State.NOT_APPLICABLE, reason, "")
            self._go_on(step, self._outcomes[step.id], None)
            return
        try:
            attempt = self._attempt(step, client)
            if attempt.problem is not None and client.hiccups and self.session.takes_second_attempt():
                attempt, client = self._second_attempt(step, client.hiccups[0])
            action = _chosen(step, attempt)
            self._steps[step.id] = attempt.outputs
            if action is not None and action.fills:
                passed_over, outputs = action.fills
                self._steps[passed_over] = _present(outputs, attempt.scope)
        except BaseException:
            self._close(State.NOT_TESTABLE, "the run was broken off", step.id)
            raise
        done = self._outcome(step, attempt, action, client, time.monotonic() - started)
        self._outcomes[step.id] = done
        self._go_on(step, done, action)

    def _client(self, step: Step) -> Client:
        client = self.session.client(item_id(self.workflow, step))
        client.story = self._story = self._story or client.story
        return client

    def _second_attempt(self, step: Step, lost: str) -> tuple[_Attempt, Client]:
        """Send a step again whose change was lost before the API, with a client that knows nothing of the first time.

        When a change or a deletion is refused then, it may have been carried out at first.
        """
        client = self._client(step)
        attempt = self._attempt(step, client)
        attempt.note = f"at a second attempt; in the first one {lost}"
        exchange, method = attempt.exchange, step.call.operation.method
        if isinstance(attempt.problem, Failure) and exchange and 400 <= exchange.status < 500 and method != "POST":
            attempt.problem = Inconclusive(f"{step.label} answered {exchange.brief} {attempt.note}")
        return attempt, client

    def _not_advertised(self, step: Step) -> str:
        """Why a requirement of the step does not apply to the target, or empty."""
        capabilities = self.session.capabilities
        if later := next(filter(None, map(self.session.published_later, step.requirements)), ""):
            return later
        for capability in (self.session.register[requirement].capability for requirement in step.requirements):
            if not capabilities.has(capability):
                return f"{META} does not advertise {capability}"
        return beyond_limits(self.workflow, step, Limits(capabilities.meta))

    def _attempt(self, step: Step, client: Client) -> _Attempt:
        attempt = _Attempt(self._scope())
        try:
            self._require(step)
            step = self._fitting(step, client)
            if step.poll:
                label = f"{self.workflow.id}/{step.id}"
                poll = replace(step.poll, needs=as_text(resolve(step.poll.needs, attempt.scope)))
                follow(poll, label, lambda: send_step(step, client, attempt.scope), self._pace(poll, client))
                judge_settled(step, client, attempt.scope, self._sleep)
            else:
                send_step(step, client, attempt.scope)
                if self._may_lag(step) and attempt.exchange is not None and attempt.exchange.ok:
                    judge_settled(step, client, attempt.scope, self._sleep)
                else:
                    judge(step, client, attempt.scope)
        except (Failure, Unresolved, Skip) as problem:
            attempt.problem = problem
        attempt.outputs = _present(step.outputs, attempt.scope)
        return attempt

    def _may_lag(self, step: Step) -> bool:
        """Whether the step reads a list or a count, which may lag behind what an earlier step has created (C2)."""
        known, operation = self.session.resources, step.call.operation
        if operation.id not in self.session.contract or known.role_of(operation) not in (Role.LIST, Role.COUNT):
            return False
        earlier = self.workflow.steps[: self.workflow.index(step.id)]
        return any(known.resource_of(operation) in known.creates(one.call.operation) for one in earlier)

    def _fitting(self, step: Step, client: Client) -> Step:
        """The step with what the owner of the target names, which is asked for before the first step; as ``fit``."""
        if not self._fits:
            self.workflow, inputs = content.fit(self.workflow, client)
            # What the bindings of a fitted step read is no input of the file.
            self._inputs |= inputs
            self._fits = True
        return self.workflow.step(step.id)

    def _pace(self, poll: Poll, client: Client) -> Pace:
        target = self.session.target
        return Pace(
            interval=target.poll_interval,
            limit=limit(poll, target.limits),
            progress=self._progress,
            sleep=self._sleep,
            waits=self.session.waits,
            expected=target.expected,
            diagnose=lambda exchange: diagnosis(client, poll.resource, exchange.json_object()),
        )

    def _require(self, step: Step) -> None:
        """Raise NotApplicable unless the target advertises what the step's requirements are about."""
        capabilities = self.session.capabilities
        needed = [self.session.register[name].capability for name in step.requirements]
        for capability in (*needed, self._creation_needs(step)):
            if not capabilities.has(capability):
                raise NotApplicable(f"{META} does not advertise {capability}")
            if capabilities.opt_in_unadvertised(capability):
                raise NotApplicable(f"there is no {META} to advertise {capability}")

    def _creation_needs(self, step: Step) -> str:
        """The capability of what a step creates: it may need more than what it judges, metrics for example."""
        session = self.session
        if step.operation_id not in session.contract:
            return ""
        operation = session.contract.operation(step.operation_id)
        return session.resources.capability(operation) if session.resources.creates(operation) else ""

    def _outcome(
        self, step: Step, attempt: _Attempt, action: Action | None, client: Client, duration: float
    ) -> StepOutcome:
        judgement = self._judgement(step, attempt, action)
        observations: tuple[tuple[str, str, str], ...] = ()
        if action and action.observe:
            name, value = action.observe
            observations = ((name, as_text(resolve(value, attempt.scope)), judgement.text),)
        return StepOutcome(
            workflow_id=self.workflow.id,
            step_id=step.id,
            requirements=step.requirements,
            judgement=replace(judgement, operation=step.operation_id, duration=duration),
            client=client,
            is_fine=is_fine(step, judgement.state, self.session.register),
            origin=attempt.problem.step if isinstance(attempt.problem, Unresolved) else "",
            observations=observations,
        )

    def _judgement(self, step: Step, attempt: _Attempt, action: Action | None) -> Judgement:
        """What the attempt that ended the step says, with the note of the action that it led to."""
        note = (as_text(resolve(action.note, attempt.scope)) if action else "") or attempt.note
        brief = attempt.exchange.brief if attempt.exchange else ""
        match attempt.problem:
            case Failure() | None if action and action.state:
                return stated(action.state, note, brief)
            case Failure() if attempt.exchange is not None and attempt.exchange.status == _BUSY:
                return stated(State.NOT_TESTABLE, f"{step.label} answered {brief}")
            case Failure(judgement=judgement):
                return replace(judgement, message=judgement.message or note)
            case Skip(judgement=judgement):
                return judgement
            case Unresolved() as problem if problem.step in self._lacking:
                # What it builds on does not apply to this target, so neither does it.
                self._lacking.add(step.id)
                return stated(State.NOT_APPLICABLE, "does not apply either")
            case Unresolved() as problem:
                origin = self._outcomes.get(problem.step)
                lacking = origin is not None and origin.state is State.NOT_APPLICABLE
                state = State.NOT_APPLICABLE if lacking else State.NOT_TESTABLE
                return stated(state, f"{problem.expression} has no value")
        return replace(kept(""), message=note)

    def _go_on(self, step: Step, done: StepOutcome, action: Action | None) -> None:
        """Move to the next step, and say what became of those that are passed over."""
        index = self.workflow.index(step.id)
        fine, text = done.is_fine, done.judgement.text
        reason = text if fine and text else f"step {step.id} {'went on' if fine else 'failed'}"
        if action is not None and action.step:
            target = self.workflow.index(action.step)
            for skipped in self.workflow.steps[index + 1 : target]:
                self._pass_over(skipped, done.behind, reason, step.id, done.judgement.option)
            self._cursor = target
        elif action is None and fine and index + 1 < len(self.workflow.steps):
            self._cursor = index + 1
        else:
            self._close(done.behind, reason, step.id, done.judgement.option)

    def _close(self, state: State, reason: str, origin: str, option: str = "") -> None:
        """End the flow: every step without an outcome gets this one; ``option`` as in Judgement."""
        self._cursor = None
        for step in self.workflow.steps:
            self._pass_over(step, state, reason, origin, option)

    def _pass_over(self, step: Step, state: State, reason: str, origin: str, option: str = "") -> None:
        if step.id in self._outcomes:
            return
        self._outcomes[step.id] = StepOutcome(
            workflow_id=self.workflow.id,
            step_id=step.id,
            requirements=step.requirements,
            judgement=replace(stated(state, reason), operation=step.operation_id, option=option),
            client=self.session.client(item_id(self.workflow, step)),
            is_fine=is_fine(step, state, self.session.register),
            origin=origin,
        )

    def _scope(self) -> Scope:
        return Scope(inputs=self._inputs, steps=self._steps)


def _chosen(step: Step, attempt: _Attempt) -> Action | None:
    """The first action whose criteria hold; None: go on, or end after a failure."""
    if isinstance(attempt.problem, Unresolved | Skip):
        return None
    actions = step.on_failure if attempt.problem else step.on_success
    # The retry of a poll is there for other runners: here the poll has done its repeating.
    legal = (action for action in actions if action.kind != "retry")
    return next((action for action in legal if first_broken(action.criteria, attempt.scope) is None), None)


def _provided(session: Session) -> dict[str, Any]:
    """What a run brings along: the resource group, a name for what it makes that nothing else has, times for schedules.

    The times are half a year away, whatever day it is: a run that is cut off leaves its schedules behind.
    """
    return {
        "resourceGroup": session.target.resource_group,
        **session.once(_PROVIDED, lambda: _inputs(session.run.prefix, session.target.now())),
    }


def _inputs(prefix: str, now: datetime) -> dict[str, str]:
    letters = "".join(random.SystemRandom().choices(string.ascii_lowercase, k=8))
    month = quiet_month(now)
    return {"runId": f"{prefix}{letters}", "cron": f"0 3 1 {month} *", "otherCron": f"30 4 1 {month} *"}


def _present(outputs: Mapping[str, Any], scope: Scope) -> dict[str, Any]:
    """The outputs that have a value; a missing one is reported where it is used."""
    found = {name: resolve(value, scope) for name, value in outputs.items()}
    return {name: value for name, value in found.items() if value is not MISSING}
