"""Walks along the contract's links with schemathesis' state machine, and judges what one step leaves to the next."""

from __future__ import annotations

import time
import warnings
import zlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.errors import Flaky, HypothesisWarning
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput

from lmconform.client.client import Client
from lmconform.client.session import Session
from lmconform.contract.openapi import Operation
from lmconform.contract.paths import META
from lmconform.errors import Inconclusive, NotApplicable
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import description, engine, links, oracle
from lmconform.fuzz.availability import Availability, Ledger
from lmconform.fuzz.case_encoding import Wire, as_response, encode
from lmconform.fuzz.findings import Finding, Report
from lmconform.fuzz.pool import ABSENT, Pool
from lmconform.fuzz.sending import Sender

USABLE = "LM-FUZZ-SEQUENCE-USABLE"

_STEPS = 8
_SECONDS_ON_MOCK, _SECONDS_ON_TENANT = 15.0, 120.0
# Per item; a tenant keeps artifacts and configurations for ever.
_CREATIONS = {
    **dict.fromkeys(("createArtifact", "createConfiguration", "createExecution", "uploadFile"), 3),
    "createExecutionSchedule": 2,
}


@dataclass(slots=True)
class SequenceReport(Report):
    """What the sequences of one item gave; ``judged`` are the requirements that anything was judged by."""

    judged: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Walk:
    """The state of one item's sequences; ``steps`` tells how each case came about, by its id."""

    session: Session
    pool: Pool
    client: Client
    deadline: float = 0.0
    left: int = 0
    case: int = 0
    outcome: SequenceReport = field(default_factory=SequenceReport)
    steps: dict[str, str] = field(default_factory=dict)
    created: Counter[str] = field(default_factory=Counter)
    usable: set[str] = field(default_factory=set)
    found: dict[tuple[str, str], Finding] = field(default_factory=dict)
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    ledger: Ledger = field(init=False)
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.ledger = Ledger(self.client)
        self.sender = Sender(self.client)

    def step(self, given: StepInput) -> StepOutput | None:
        """Send one case; None when it cannot be sent, so that nothing follows from it."""
        try:
            return self._step(given)
        except Exception as error:
            raise engine.Over(error) from error

    def _step(self, given: StepInput) -> StepOutput | None:
        if self.left <= 0 or time.monotonic() > self.deadline:
            raise engine.Over
        self.left -= 1
        self.case += 1
        case = given.case
        operation = self.session.contract.operation(case.operation.definition.raw["operationId"])
        wire = encode(operation, case)
        exchange = None if wire is None else self._send(operation, wire)
        if wire is None or exchange is None:
            return None
        before = self.steps.get(given.transition.parent_id, "") if given.transition else ""
        step = f"{operation.label} ({exchange.status})"
        self.steps[case.id] = f"{before}, {step}" if before else step
        self.outcome.positive += 1
        self.outcome.accepted += exchange.ok
        self.client.judge(operation, exchange)
        self._look(operation, wire, exchange, before)
        for verdict in self.ledger.note(operation, wire, exchange, step, self.case):
            self.take(verdict, before)
        return StepOutput(as_response(exchange), case)

    def take(self, verdict: Availability, before: str = "") -> None:
        """Remember what the ledger says."""
        if verdict.ok is not None:
            self.outcome.judged.add(verdict.requirement)
        if verdict.ok is False:
            made = verdict.made
            self._add(verdict.requirement, made.creator.id, verdict.expected, verdict.exchange, before, made.case)

    def findings(self) -> tuple[Finding, ...]:
        """One for each cause, with how often it was seen."""
        return tuple(replace(found, count=self.counts[key]) for key, found in self.found.items())

    def _send(self, operation: Operation, wire: Wire) -> Exchange | None:
        most = None if self.session.target.is_mock else _CREATIONS.get(operation.id)
        if most is not None and self.created[operation.id] >= most:
            return None
        exchange = self.sender.send(operation, wire)
        if exchange is not None:
            self.created[operation.id] += exchange.ok
        return exchange

    def _look(self, operation: Operation, wire: Wire, exchange: Exchange, before: str) -> None:
        """Whether a configuration that was made here can be run, now or by the clock."""
        body = wire.value if isinstance(wire.value, dict) else {}
        trains = self.pool.trains
        if operation.id == "createConfiguration" and exchange.ok and trains is not None:
            if body.get("executableId") == trains.executable:
                self.usable.add(str(exchange.json_object().get("id")))
            return
        kind = {"createExecution": "execution", "createExecutionSchedule": "schedule"}.get(operation.id)
        if kind is None or body.get("configurationId") not in self.usable or not self.pool.of(kind).steady:
            return
        if exchange.ok:
            self.outcome.judged.add(USABLE)
            return
        if not oracle.is_refusal(exchange):
            return
        # How many there may be at once is not published, nor in which words a tenant says so.
        if not self.pool.can_start(operation.id):
            return
        again = self._send(operation, wire)
        if again is not None and again.status == exchange.status:
            self.outcome.judged.add(USABLE)
            rule = "202: the configuration is complete and was made just before"
            self._add(USABLE, operation.id, rule, exchange, before, self.case)

    def _add(self, requirement: str, operation: str, expected: str, exchange: Exchange, before: str, case: int) -> None:
        key = (requirement, operation)
        self.counts[key] += 1
        message = f"after {before}" if before else ""
        self.found.setdefault(key, Finding(requirement, expected, exchange.brief, exchange, 1, message, case))


class Sequences:
    """Walks for the items of one session; shares the pool with the other items."""

    def __init__(self, session: Session, pool: Pool) -> None:
        engine.prepare()
        self._session = session
        self._pool = pool

    def run(self, start: Operation, client: Client) -> SequenceReport:
        """Sequences that begin with ``start``.

        Raises NotApplicable when the target does not advertise it, NotTestable when it breaks connections,
        Inconclusive where each one would cost money.
        """
        session = self._session
        reason = oracle.why_not(session.capabilities, start)
        if reason:
            raise NotApplicable(reason)
        if len(links.reachable(session.contract, start, self._left_out())) == 1:
            raise NotApplicable(f"{META} advertises nothing that {start.label} leads to")
        if start.id == "createDeployment" and not session.target.is_mock:
            raise Inconclusive("each deployment costs money: sequences of them run on the mock alone")
        walk = _Walk(session, self._pool, client)
        branches = self._branches(start)
        for number, (operations, words) in enumerate(branches):
            walk.left = session.config.max_examples // len(branches)
            self._walk(start, walk, number, {*self._left_out(), *operations}, {ABSENT, *words})
        for verdict in walk.ledger.settle():
            walk.take(verdict)
        walk.outcome.findings = walk.findings()
        return walk.outcome

    def _branches(self, start: Operation) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Operations and words to do without: what trains is not deployed, and what serves is not run."""
        trains, serves = self._pool.trains, self._pool.serves
        if start.id != "createConfiguration" or trains is None or serves is None:
            return [((), ())]
        runs = ("createExecution", "createExecutionSchedule")
        return [(("createDeployment",), (serves.executable,)), (runs, (trains.executable,))]

    def _walk(self, start: Operation, walk: _Walk, branch: int, left_out: set[str], words: set[str]) -> None:
        contract = self._session.contract
        operations = links.reachable(contract, start, left_out)
        document = description.positive(contract, operations, self._pool, self._session.capabilities)
        present = description.without(links.linked(contract, document, operations), words)
        base = engine.read(present).as_state_machine()

        class Machine(base):  # type: ignore[misc, valid-type]
            def step(self, input: StepInput) -> StepOutput | None:
                return walk.step(input)

        # The clock runs for the walk alone, not for making what it needs.
        seconds = _SECONDS_ON_MOCK if self._session.target.is_mock else _SECONDS_ON_TENANT
        walk.deadline = time.monotonic() + seconds
        number = zlib.crc32(f"{self._session.config.seed}/sequence/{start.id}/{branch}".encode())
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", HypothesisWarning)
                seed(number)(Machine).run(settings=_settings(self._session.config.max_examples))
        except (engine.Over, Flaky) as end:
            engine.leave(end)

    def _left_out(self) -> Iterable[str]:
        """What no link may lead to: what is not advertised, and what costs money."""
        for operation in self._session.contract.operations:
            if oracle.why_not(self._session.capabilities, operation):
                yield operation.id
        if not self._session.target.is_mock:
            yield "createDeployment"


def _settings(examples: int) -> Any:
    return settings(
        max_examples=examples,
        stateful_step_count=_STEPS,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
