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
from hypothesis.errors import Flaky, FlakyStrategyDefinition, HypothesisWarning
from schemathesis.generation.stateful.state_machine import StepInput, StepOutput

from lmconform.client.client import Client
from lmconform.client.session import Session
from lmconform.contract.life import Runs
from lmconform.contract.openapi import Operation
from lmconform.contract.paths import META
from lmconform.contract.resources import Resource
from lmconform.errors import Inconclusive, NotApplicable
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import amounts, description, engine, links, oracle
from lmconform.fuzz.availability import Ledger
from lmconform.fuzz.case_encoding import Wire, as_response, encode
from lmconform.fuzz.findings import Report
from lmconform.fuzz.pool import ABSENT, Pool
from lmconform.fuzz.sending import Sender
from lmconform.judgement import Judgement, State, broken, kept

USABLE = "LM-FUZZ-SEQUENCE-USABLE"

_STEPS = 8
# How often hypothesis begins anew, when a target did not answer as before.
_BEGINNINGS = 4


@dataclass(slots=True)
class SequenceReport(Report):
    """What the sequences of one item gave: every request is a positive case."""

    @property
    def summary(self) -> str:
        """The counts in words."""
        return f"{self.cases} requests in sequences, {self.accepted} accepted"


@dataclass(slots=True)
class _Walk:
    """The state of one item's sequences; ``steps`` says how each case came about, by its id."""

    session: Session
    pool: Pool
    client: Client
    deadline: float = 0.0
    left: int = 0
    case: int = 0
    report: SequenceReport = field(default_factory=SequenceReport)
    steps: dict[str, str] = field(default_factory=dict)
    created: Counter[str] = field(default_factory=Counter)
    usable: set[str] = field(default_factory=set)
    broken: dict[tuple[str, str], Judgement] = field(default_factory=dict)
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
        wire = encode(operation, case, unambiguous=True)
        exchange = None if wire is None else self._send(operation, wire)
        if wire is None or exchange is None:
            return None
        before = self.steps.get(given.transition.parent_id, "") if given.transition else ""
        step = f"{operation.label} ({exchange.status})"
        self.steps[case.id] = f"{before}, {step}" if before else step
        self.report.positive += 1
        self.report.accepted += exchange.ok
        self.client.judge(operation, exchange)
        self._look(operation, wire, exchange, before)
        for judgement in self.ledger.note(operation, wire, exchange, step, self.case):
            self.take(judgement, before)
        return StepOutput(as_response(exchange), case)

    def take(self, judgement: Judgement, before: str = "") -> None:
        """Remember a judgement; ``before`` are the steps that led to it, in words."""
        if judgement.state.is_judged:
            self.report.judged.add(judgement.requirement)
        if judgement.state is State.BROKEN:
            key = (judgement.requirement, judgement.operation)
            message = f"after {before}" if before else ""
            first = self.broken.get(key)
            self.broken[key] = replace(first, count=first.count + 1) if first else replace(judgement, message=message)

    def close(self) -> SequenceReport:
        """The report, with what the contract's checks found in the same requests."""
        # Each request of a sequence is a case, and a few look after it: near enough.
        sent = self.client.exchanges
        checks = [judgement for judgement in self.client.judgements() if judgement.state is State.BROKEN]
        numbered = [replace(judgement, case=sent.index(judgement.exchanges[0]) + 1) for judgement in checks]
        self.report.broken = (*self.broken.values(), *numbered)
        return self.report

    def _send(self, operation: Operation, wire: Wire) -> Exchange | None:
        created = next(iter(self.session.resources.creates(operation)), None)
        most = amounts.in_sequences(created, disposable=self.pool.disposable) if created is not None else None
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
        created = next(iter(self.session.resources.creates(operation)), None)
        if created is None:
            return
        if created.noun == "configuration" and exchange.ok and trains is not None:
            if body.get("executableId") == trains.executable:
                self.usable.add(str(exchange.json_object().get("id")))
            return
        if body.get("configurationId") not in self.usable or not _runs(created):
            return
        if not self.pool.of(created.noun).steady:
            return
        if exchange.ok:
            self.take(kept(USABLE))
            return
        if not oracle.is_refusal(exchange):
            return
        # How many there may be at once is not published, nor in which words a tenant says so.
        if not self.pool.can_make(operation):
            return
        again = self._send(operation, wire)
        if again is not None and again.status == exchange.status:
            rule = "202: the configuration is complete and was made just before"
            judgement = self.client.shown(broken(USABLE, rule, exchange.brief), exchange)
            self.take(replace(judgement, case=self.case), before)


class Sequences:
    """Walks for the items of one session; shares the pool with the other items."""

    def __init__(self, session: Session, pool: Pool) -> None:
        engine.prepare()
        self._session = session
        self._pool = pool

    def run(self, start: Operation, client: Client) -> SequenceReport:
        """Sequences that begin with ``start``.

        Raises NotApplicable when the target does not advertise it, NotTestable when it breaks connections,
        Inconclusive where each one would cost money, and when nothing could be sent.
        """
        session = self._session
        reason = oracle.why_not(session.capabilities, session.contract, start)
        if reason:
            raise NotApplicable(reason)
        if len(links.reachable(session.contract, start, self._left_out())) == 1:
            raise NotApplicable(f"{META} advertises nothing that {start.label} leads to")
        if self._costs_money(start):
            noun = session.resources.creates(start)[0].noun
            raise Inconclusive(f"each {noun} costs money: sequences of them run only on disposable targets")
        walk = _Walk(session, self._pool, client)
        branches = self._branches(start)
        for number, (operations, words) in enumerate(branches):
            walk.left = session.config.max_examples // len(branches)
            self._walk(start, walk, number, {*self._left_out(), *operations}, {ABSENT, *words})
        for judgement in walk.ledger.settle():
            walk.take(judgement)
        if not walk.report.cases:
            raise walk.sender.nothing_sent()
        return walk.close()

    def _branches(self, start: Operation) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Operations and words to do without: what trains is not deployed, and what serves is not run."""
        trains, serves = self._pool.trains, self._pool.serves
        made = {resource.noun for resource in self._session.resources.creates(start)[:1]}
        if "configuration" not in made or trains is None or serves is None:
            return [((), ())]
        running = tuple(o.id for o in self._session.contract.operations if any(map(_runs, self._made(o))))
        serving = tuple(o.id for o in self._session.contract.operations if any(map(_serves, self._made(o))))
        return [(serving, (serves.executable,)), (running, (trains.executable,))]

    def _made(self, operation: Operation) -> tuple[Resource, ...]:
        """What the operation usually creates."""
        return self._session.resources.creates(operation)[:1]

    def _costs_money(self, operation: Operation) -> bool:
        most = (amounts.in_sequences(r, disposable=self._pool.disposable) for r in self._made(operation))
        return 0 in most

    def _walk(self, start: Operation, walk: _Walk, branch: int, left_out: set[str], words: set[str]) -> None:
        contract = self._session.contract
        operations = links.reachable(contract, start, left_out)
        document = description.positive(contract, operations, self._pool, self._session.capabilities)
        present = description.without(links.linked(contract, document, operations), words)
        base = engine.read(present).as_state_machine()

        class Machine(base):  # type: ignore[misc, valid-type]
            def step(self, input: StepInput) -> StepOutput | None:
                return walk.step(input)

        # The clock runs only for the walk, not for making what it needs.
        walk.deadline = time.monotonic() + amounts.walking(disposable=self._pool.disposable)
        for number in range(_BEGINNINGS):
            name = f"{self._session.config.seed}/sequence/{start.id}/{branch}" + (f"/{number}" if number else "")
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore", HypothesisWarning)
                    seed(zlib.crc32(name.encode()))(Machine).run(settings=_settings(self._session.config.max_examples))
            except FlakyStrategyDefinition as end:
                if isinstance(end.__context__, engine.Over):
                    engine.leave(end)
                    return
                # An answer decides what may follow, and a target may answer the same request in two ways: another
                # quota, another id. To hypothesis that is data that depends on something else; it begins anew.
            except (engine.Over, Flaky) as end:
                engine.leave(end)
                return
            else:
                return

    def _left_out(self) -> Iterable[str]:
        """What no link may lead to: what is not advertised, and what costs money."""
        session = self._session
        for operation in session.contract.operations:
            unadvertised = oracle.why_not(session.capabilities, session.contract, operation)
            if unadvertised or self._costs_money(operation):
                yield operation.id


def _runs(resource: Resource) -> bool:
    """Whether one runs what a configuration trains, now or by the clock."""
    return resource.cost.runs is Runs.UNTIL_IT_ENDS or bool(resource.cost.starts)


def _serves(resource: Resource) -> bool:
    """Whether one serves what a configuration describes, until it is stopped."""
    return resource.cost.runs is Runs.UNTIL_STOPPED


def _settings(examples: int) -> Any:
    return settings(
        max_examples=examples,
        stateful_step_count=_STEPS,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
