"""The items of a run: scenario steps, probes, observations, fuzzed operations and sequences."""

from __future__ import annotations

import shlex
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeVar

from lmconform.client.client import Client
from lmconform.client.session import Session
from lmconform.contract.openapi import Operation
from lmconform.contract.paths import META
from lmconform.errors import Failure, HarnessError, NotTestable, Skip, caught
from lmconform.judgement import Judgement, State, kept, stated
from lmconform.probes import enactment_pool, registry, subjects
from lmconform.probes.context import Context
from lmconform.results import assembly
from lmconform.results.events import Event, Observation
from lmconform.scenarios.document import Step, Workflow
from lmconform.scenarios.runner import StepOutcome, WorkflowRun

if TYPE_CHECKING:
    from lmconform.fuzz.findings import Report as Generated
    from lmconform.fuzz.operations import Fuzzer

Progress = Callable[[str], None]
_T = TypeVar("_T")
_UNDECIDED: Final = frozenset({State.BROKEN, State.NOT_TESTABLE})
# What reading a value raises that is not of the kind that its schema says.
_MISREAD: Final = (TypeError, AttributeError, LookupError, ValueError, ArithmeticError)


@dataclass(slots=True)
class Report:
    """What running an item gave; the main judgement stands first, and has no part.

    ``others`` are judgements of other items that ran with this one, by their ids.
    """

    judgements: list[Judgement] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)
    others: dict[str, list[Judgement]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Item(ABC):
    """One thing to run. ``id`` is stable; ``profile`` the smallest that has it.

    ``group`` names items that must run on one worker, in order; empty when it does not matter.
    ``names`` is what ``--only`` looks at.
    """

    id: str
    profile: str
    group: str
    requirements: tuple[str, ...]
    names: tuple[str, ...]

    def __repr__(self) -> str:
        """Its id: pytest and Allure ask for it at every step, and a document is long."""
        return self.id

    @abstractmethod
    def run(self, session: Session, progress: Progress) -> Report:
        """Run it; raises TargetLost, and HarnessError when we are wrong."""

    def events(self, session: Session, progress: Progress) -> tuple[list[Event], Exception | None]:
        """Run it; returns its events, and the error that kept it from being judged, or None.

        Any error is ours and not the target's: it becomes an ERROR result, and the caller decides
        whether the run can go on.
        """
        started = time.monotonic()
        try:
            report = self.run(session, progress)
            if any(judgement.state in _UNDECIDED for judgement in report.judgements):
                session.transport.require_service()
        except Exception as error:
            words = str(error) if isinstance(error, HarnessError) else f"{type(error).__name__}: {error}"
            message = session.redactor.text(words)
            return [assembly.error(self.id, self.requirements, message, time.monotonic() - started)], error
        others = [event for item, found in report.others.items() for event in self._results(session, found, item)]
        return [*self._results(session, report.judgements), *report.observations, *others], None

    def left_out(self, session: Session, because: str) -> list[Event]:
        """The events of an item that is not run on purpose: its first requirement is not judged, and nothing gates."""
        judgement = stated(State.INCONCLUSIVE, because)
        return self._results(session, [replace(judgement, requirement=r) for r in self.requirements[:1]])

    def _results(self, session: Session, judgements: Iterable[Judgement], of: str = "") -> list[Event]:
        item = of or self.id
        again = shlex.join(("lmconform", "run", session.target.name, "--only", item, *session.config.repeating()))
        return [assembly.result(item, j, session.register, session.redactor, again) for j in judgements]


def _read(client: Client, function: Callable[[], _T]) -> _T:
    """What ``function`` returns; raises NotTestable when it cannot read an answer that breaks the contract.

    Probes read answers as the contract describes them, and that one is not so is a finding already: of its schema, or
    of its status or media type, whose schema nobody knows. Without such a finding the mistake is ours, and goes on.
    """
    try:
        return function()
    except _MISREAD as error:
        if not client.broken:
            raise
        words = f"{type(error).__name__}: {error}"
        raise NotTestable(f"an answer breaks the contract, and cannot be read as it stands ({words})") from error


@dataclass(frozen=True, slots=True, repr=False)
class ProbeItem(Item):
    """Runs one probe."""

    probe: registry.Probe

    def run(self, session: Session, progress: Progress) -> Report:
        """Run the probe's function in a fresh context; judgements of single operations follow the main one."""
        requirement = session.register[self.probe.requirement]
        reason = session.published_later(requirement.id)
        if not reason and not session.capabilities.has(requirement.capability):
            reason = f"{META} does not advertise {requirement.capability}"
        if reason:
            return Report([replace(stated(State.NOT_APPLICABLE, reason), requirement=requirement.id)])
        report, hiccups = self._attempt(session)
        # A change that was lost on the way says nothing about the API, and is not sent again: the probe begins anew.
        if hiccups and any(j.state in _UNDECIDED for j in report.judgements) and session.takes_second_attempt():
            report, _ = self._attempt(session)
            main, *others = report.judgements
            text = f"at a second attempt; in the first one {hiccups[0]}"
            report = replace(report, judgements=[replace(main, message=main.message or text), *others])
        return report

    def _attempt(self, session: Session) -> tuple[Report, list[str]]:
        """What the probe says, and which of its changes were lost on the way."""
        requirement = self.probe.requirement
        client = session.client(self.id)
        started = time.monotonic()
        enactment_pool.glance(Context(session, session.client("probe/glance")))
        # Not bound to the context: a cycle would keep the last answer, of up to 8 MiB, until somebody collects it.
        ctx = Context(session, client)
        ctx.excuse = subjects.excused
        raised = caught(lambda: _read(client, lambda: self.probe.function(ctx)))
        own = replace(raised.judgement, requirement=requirement) if raised else kept(requirement)
        main = replace(client.completed(own), duration=time.monotonic() - started)
        return Report([main, *ctx.parts, *client.judgements()]), client.hiccups


@dataclass(frozen=True, slots=True, repr=False)
class ObservationItem(Item):
    """Records how the target behaves where the contract leaves it open."""

    look: registry.Observation

    def run(self, session: Session, progress: Progress) -> Report:
        """Record the value; what keeps us from it becomes the value. It begins anew as a probe does."""
        client, value = self._attempt(session)
        if client.hiccups and client.broken and session.takes_second_attempt():
            client, value = self._attempt(session)
        observation = Observation(
            id=self.look.name,
            item=self.id,
            operation=self.look.operation,
            value=assembly.short(session.redactor.text(value)),
            text=self.look.text,
            source=self.look.source,
        )
        return Report(client.judgements(), [observation])

    def _attempt(self, session: Session) -> tuple[Client, str]:
        """What was sent with, and the value or why there is none."""
        client = session.client(self.id)
        try:
            return client, _read(client, lambda: self.look.function(Context(session, client)))
        except (Skip, Failure) as reason:
            return client, f"not observed: {reason}"


@dataclass(frozen=True, slots=True, repr=False)
class ScenarioItem(Item):
    """Runs one step of a workflow, and before it the steps that it stands on."""

    workflow: Workflow
    step: Step

    def run(self, session: Session, progress: Progress) -> Report:
        """Advance the workflow's one run of this session up to this step."""
        key = f"workflow/{self.workflow.id}"
        flow = session.once(key, lambda: WorkflowRun(self.workflow, session, progress))
        outcome = flow.until(self.step.id)
        client, operation = outcome.client, outcome.judgement.operation
        observations = [
            Observation(
                id=i, item=self.id, operation=operation, value=assembly.short(session.redactor.text(value)), text=text
            )
            for i, value, text in outcome.observations
        ]
        found = [*map(client.completed, outcome.judgements), *client.judgements()]
        return Report(found, observations, dict(filter(None, map(_failed, flow.brought()))))


def _failed(outcome: StepOutcome) -> tuple[str, list[Judgement]] | None:
    """The item of a step that another one brought along, and what it says, when something in it failed.

    It was not selected: what it keeps is not reported.
    """
    client = outcome.client
    own = [] if outcome.is_fine else [client.completed(judgement) for judgement in outcome.judgements]
    failed = [j for j in (*own, *client.judgements()) if j.state in (State.BROKEN, State.NOT_TESTABLE)]
    return (client.item, failed) if failed else None


@dataclass(frozen=True, slots=True, repr=False)
class FuzzItem(Item):
    """Fuzzes one operation."""

    operation: str

    def run(self, session: Session, progress: Progress) -> Report:
        """Generated data for one operation, or from one on: the counts, what is broken, and what holds."""
        if self.operation not in session.contract:
            reason = f"{self.operation} was published after {session.contract.version}, which the target is judged by"
            return Report([replace(stated(State.NOT_APPLICABLE, reason), requirement=self.requirements[0])])
        started = time.monotonic()
        # schemathesis takes most of a second to import: the other profiles need not wait for it.
        from lmconform.fuzz.operations import Fuzzer

        fuzzer = session.once("fuzzer", lambda: Fuzzer(session))
        client = session.client(self.id)
        client.story.alone = True
        main = kept(self.requirements[0], operation=self.operation)
        try:
            generated = self._drive(fuzzer, session.contract.operation(self.operation), client)
        except Skip as reason:
            main = replace(reason.judgement, requirement=main.requirement, operation=main.operation)
            return Report([replace(client.completed(main), duration=time.monotonic() - started)])
        main = replace(
            main,
            message=generated.summary,
            duration=time.monotonic() - started,
            cases=generated.cases,
            positive=generated.positive,
            accepted=generated.accepted,
        )
        not_kept = {main.requirement, *(judgement.requirement for judgement in generated.broken)}
        holding = sorted({*client.judged, *generated.judged} - not_kept)
        return Report([main, *generated.broken, *(kept(r, part=r, operation=self.operation) for r in holding)])

    def _drive(self, fuzzer: Fuzzer, operation: Operation, client: Client) -> Generated:
        """Positive and negative data for the operation."""
        return fuzzer.run(operation, client)


@dataclass(frozen=True, slots=True, repr=False)
class SequenceItem(FuzzItem):
    """Follows the contract's links from one operation on."""

    def _drive(self, fuzzer: Fuzzer, operation: Operation, client: Client) -> Generated:
        """Sequences of generated requests that begin with the operation."""
        from lmconform.fuzz.sequences import Sequences

        return Sequences(client.session, fuzzer.pool).run(operation, client)


def numbered(items: Iterable[Item]) -> list[Item]:
    """The items as a list; two with one id are our mistake."""
    result = list(items)
    doubled = sorted(item for item, number in Counter(item.id for item in result).items() if number > 1)
    if doubled:
        raise ValueError(f"items with one id: {doubled}")
    return result
