"""The items of a run: scenario steps, probes, observations, fuzzed operations."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lmconform.client.client import Client, Judged
from lmconform.client.session import Session
from lmconform.errors import Failure, Inconclusive, NotApplicable, Skip
from lmconform.evidence.recorder import curl
from lmconform.outcomes import Outcome
from lmconform.probes import enactment_pool, registry
from lmconform.probes.context import Context
from lmconform.results.assembly import Statement
from lmconform.results.events import Observation
from lmconform.scenarios.document import Document, Step, Workflow
from lmconform.scenarios.runner import WorkflowRun

if TYPE_CHECKING:
    from lmconform.fuzz.findings import Report as Fuzzed

Progress = Callable[[str], None]


@dataclass(slots=True)
class Report:
    """What running an item gave."""

    statements: list[Statement] = field(default_factory=list)
    observations: list[Observation] = field(default_factory=list)


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


@dataclass(frozen=True, slots=True, repr=False)
class ProbeItem(Item):
    """Runs one probe."""

    probe: registry.Probe

    def run(self, session: Session, progress: Progress) -> Report:
        """Run the probe's function in a ctx of its own."""
        requirement = session.register[self.probe.requirement]
        client = session.client(self.id)
        started = time.monotonic()
        report = Report()
        reason = session.published_later(requirement.id)
        if not reason and not session.capabilities.has(requirement.capability):
            reason = f"GET /lm/meta does not advertise {requirement.capability}"
        if reason:
            report.statements.append(Statement(requirement.id, None, skipped=Outcome.NOT_APPLICABLE, because=reason))
            return report
        enactment_pool.glance(Context(session, session.client("probe/glance")))
        ctx = Context(session, client)
        main = _guarded(lambda: self.probe.function(ctx), requirement.id)
        report.statements.append(_finished(main, client, time.monotonic() - started))
        report.statements += contract_statements(client)
        return report


@dataclass(frozen=True, slots=True, repr=False)
class ObservationItem(Item):
    """Records how the target behaves where nobody promised anything."""

    look: registry.Observation

    def run(self, session: Session, progress: Progress) -> Report:
        """Record the value; what keeps us from it becomes the value."""
        client = session.client(self.id)
        try:
            value = self.look.function(Context(session, client))
        except (Skip, Failure) as reason:
            value = f"not observed: {reason}"
        seen = Observation(
            id=self.look.name,
            item=self.id,
            operation=self.look.operation,
            value=session.redactor.text(value),
            text=self.look.text,
            source=self.look.source,
        )
        return Report(contract_statements(client), [seen])


@dataclass(frozen=True, slots=True, repr=False)
class ScenarioItem(Item):
    """Runs one step of a workflow, and before it the steps that it stands on."""

    document: Document
    workflow: Workflow
    step: Step

    def run(self, session: Session, progress: Progress) -> Report:
        """Advance the workflow's one run of this session up to this step."""
        key = f"workflow/{self.workflow.id}"
        if key not in session.shared:
            session.shared[key] = WorkflowRun(self.document, self.workflow, session, progress)
        done = session.shared[key].until(self.step.id)
        report = Report()
        for number, requirement in enumerate(done.requirements):
            skipped = done.outcome if done.outcome in (Outcome.NOT_TESTABLE, Outcome.NOT_APPLICABLE) else None
            main = Statement(
                requirement,
                done.outcome is Outcome.PASS,
                suffix=requirement if number else "",
                skipped=skipped,
                inconclusive=done.inconclusive,
                expected=done.expected,
                actual=done.actual,
                message="" if skipped else done.message,
                because=": ".join(filter(None, (done.because, done.message))) if skipped else "",
            )
            report.statements.append(_finished(main, done.client, done.duration, done.operation))
        report.statements += contract_statements(done.client)
        report.observations += [
            Observation(id=i, item=self.id, operation=done.operation, value=session.redactor.text(value), text=text)
            for i, value, text in done.observations
        ]
        return report


@dataclass(frozen=True, slots=True, repr=False)
class FuzzItem(Item):
    """Fuzzes one operation."""

    operation: str

    def run(self, session: Session, progress: Progress) -> Report:
        """Positive and negative data for one operation; one statement for each judged cause."""
        if self.operation not in session.contract:
            return _published_later(self, session)
        started = time.monotonic()
        # schemathesis takes most of a second to import: the other profiles need not wait for it.
        from lmconform.fuzz.operations import Fuzzer

        if "fuzzer" not in session.shared:
            session.shared["fuzzer"] = Fuzzer(session)
        client = session.client(self.id)
        operation = session.contract.operation(self.operation)
        try:
            done = session.shared["fuzzer"].run(operation, client)
        except Skip as reason:
            statement = _skipped(reason, self.requirements[0])
            return Report([_finished(statement, client, time.monotonic() - started, operation.id)])
        words = f"{done.cases} cases: {done.positive} positive ({done.accepted} accepted), {done.negative} negative"
        return _fuzzed(self, client, done, started, words, {*client.judged, *self.requirements[1:]})


@dataclass(frozen=True, slots=True)
class SequenceItem(Item):
    """Follows the contract's links from one operation on."""

    operation: str

    def run(self, session: Session, progress: Progress) -> Report:
        """Sequences of generated requests; one statement for each judged cause."""
        if self.operation not in session.contract:
            return _published_later(self, session)
        started = time.monotonic()
        from lmconform.fuzz.operations import Fuzzer
        from lmconform.fuzz.sequences import Sequences

        if "fuzzer" not in session.shared:
            session.shared["fuzzer"] = Fuzzer(session)
        client = session.client(self.id)
        start = session.contract.operation(self.operation)
        try:
            done = Sequences(session, session.shared["fuzzer"].pool).run(start, client)
        except Skip as reason:
            statement = _skipped(reason, self.requirements[0])
            return Report([_finished(statement, client, time.monotonic() - started, start.id)])
        words = f"{done.cases} requests in sequences, {done.accepted} accepted"
        return _fuzzed(self, client, done, started, words, {*client.judged, *done.judged})


def _published_later(item: FuzzItem | SequenceItem, session: Session) -> Report:
    """What an item says whose operation the version that judges the target does not have."""
    reason = f"{item.operation} was published after {session.contract.version}, which the target is judged by"
    return Report([Statement(item.requirements[0], None, skipped=Outcome.NOT_APPLICABLE, because=reason)])


def _fuzzed(
    item: FuzzItem | SequenceItem, client: Client, done: Fuzzed, started: float, words: str, judged: set[str]
) -> Report:
    """The item's own statement, what is broken, and which of the ``judged`` requirements hold."""
    report = Report(
        [
            Statement(
                item.requirements[0],
                True,
                operation=item.operation,
                message=words,
                duration=time.monotonic() - started,
                cases=done.cases,
                positive=done.positive,
                accepted=done.accepted,
            )
        ]
    )
    for found in done.findings:
        report.statements.append(
            Statement(
                found.requirement,
                False,
                suffix=found.requirement,
                operation=found.exchange.operation or item.operation,
                expected=found.expected,
                actual=found.actual,
                message=found.message,
                exchanges=(found.exchange.id,),
                request=curl(found.exchange, client.session.redactor),
                count=found.count,
                case=found.case,
            )
        )
    known = {f.requirement for f in done.findings}
    if isinstance(item, SequenceItem):
        # Each request of a sequence is a case, and a few look after it: near enough.
        report.statements += [
            s if s.ok else replace(s, case=client.exchanges.index(s.exchanges[0]) + 1)
            for s in contract_statements(client)
        ]
        judged = judged - client.judged
    report.statements += [Statement(r, True, suffix=r, operation=item.operation) for r in sorted(judged - known)]
    return report


def contract_statements(client: Client) -> list[Statement]:
    """What the contract's checks say of an item's exchanges: one statement per requirement."""
    statements = []
    for requirement in sorted(client.judged):
        broken = [(key, j) for key, j in client.broken.items() if key[0] == requirement]
        if not broken:
            statements.append(Statement(requirement, True, suffix=requirement))
            continue
        _, first = broken[0]
        statements.append(_contract_finding(first, client, sum(client.counts[k] for k, _ in broken)))
    return statements


def _contract_finding(judged: Judged, client: Client, count: int) -> Statement:
    return Statement(
        judged.finding.requirement,
        False,
        suffix=judged.finding.requirement,
        operation=judged.operation,
        expected=judged.finding.expected,
        actual=judged.finding.actual,
        exchanges=(judged.exchange.id,),
        request=curl(judged.exchange, client.session.redactor),
        count=count,
    )


def _guarded(function: Callable[[], object], requirement: str) -> Statement:
    try:
        function()
    except Failure as failure:
        return Statement(
            requirement,
            False,
            expected=failure.expected,
            actual=failure.actual,
            message=failure.message,
            operation=failure.operation,
            exchanges=failure.exchanges,
        )
    except Skip as reason:
        return _skipped(reason, requirement)
    return Statement(requirement, True)


def _skipped(reason: Skip, requirement: str) -> Statement:
    outcome = Outcome.NOT_APPLICABLE if isinstance(reason, NotApplicable) else Outcome.NOT_TESTABLE
    return Statement(
        requirement, None, skipped=outcome, inconclusive=isinstance(reason, Inconclusive), because=str(reason)
    )


def _finished(statement: Statement, client: Client, duration: float, operation: str = "") -> Statement:
    """The item's own statement with what the client knows: exchanges, curl, operation."""
    telling = statement.exchanges or tuple(client.exchanges[-3:][::-1])
    request = ""
    if client.last is not None and not statement.ok and statement.skipped is None:
        request = curl(client.last, client.session.redactor)
    named = statement.operation or operation or (client.last.operation if client.last else "")
    return replace(statement, exchanges=telling, request=request, operation=named, duration=duration)


def numbered(items: Iterable[Item]) -> list[Item]:
    """The items as a list; two with one id are our mistake."""
    result = list(items)
    doubled = sorted(item for item, number in Counter(item.id for item in result).items() if number > 1)
    if doubled:
        raise ValueError(f"items with one id: {doubled}")
    return result
