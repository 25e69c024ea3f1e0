"""Drives one operation with schemathesis: generates, sends, judges, and shrinks what breaks something."""

from __future__ import annotations

import warnings
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Flaky, HypothesisWarning, Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis.core.failures import Failure as CheckFailure
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode

from lmconform.client.client import Client
from lmconform.client.session import Session
from lmconform.contract.life import Runs
from lmconform.contract.limits import Limits
from lmconform.contract.openapi import Operation
from lmconform.contract.resources import Role
from lmconform.errors import NotApplicable
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import amounts, coverage_cases, description, engine, oracle
from lmconform.fuzz.case_encoding import Wire, as_response, encode
from lmconform.fuzz.findings import Broken, Cause, Report
from lmconform.fuzz.pool import Pool
from lmconform.fuzz.sending import Sender

_Case = schemathesis.Case[Any]
# A parameter that names what goes when a template gets another version.
_VERSION = "versionId"

# How many requests may follow the first sight of a cause, to make its example small.
_SHRINK = 120
_CAUSES = 4
_SPENDING = (Role.MODIFY, Role.BULK_MODIFY, Role.DELETE, Role.BULK_DELETE)


@dataclass(slots=True)
class _Hunt:
    """The state of fuzzing one operation."""

    client: Client
    operation: Operation
    report: Report = field(default_factory=Report)
    seen: dict[tuple[Any, ...], tuple[Broken, ...]] = field(default_factory=dict)
    counts: Counter[Cause] = field(default_factory=Counter)
    smallest: dict[Cause, Broken] = field(default_factory=dict)
    reported: set[Cause] = field(default_factory=set)
    first: dict[Cause, int] = field(default_factory=dict)
    case: int = 0
    budget: int | None = None
    created: Counter[GenerationMode] = field(default_factory=Counter)
    accepted: list[Wire] = field(default_factory=list)
    sender: Sender = field(init=False)

    def __post_init__(self) -> None:
        self.sender = Sender(self.client)


class Fuzzer:
    """Generates for all operations of one session; what it needs there is made when it is needed."""

    def __init__(self, session: Session) -> None:
        engine.prepare()
        self._session = session
        self.pool = Pool(session)

    def run(self, operation: Operation, client: Client) -> Report:
        """Positive, then negative data for ``operation``.

        Raises NotApplicable when the target does not advertise it, NotTestable when it breaks connections, Inconclusive
        when nothing could be sent.
        """
        session = self._session
        reason = oracle.why_not(session.capabilities, session.contract, operation)
        if reason:
            raise NotApplicable(reason)
        hunt = _Hunt(client, operation)
        subject = session.resources.subject(operation)
        if subject is not None and session.resources.role_of(operation) in _SPENDING:
            self.pool.replace_spare(subject)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = self._strategy(operation, mode)
            for attempt in range(_CAUSES):
                if not self._drive(hunt, strategy, mode, attempt):
                    break
        self._examine_listed(hunt)
        if not hunt.report.cases:
            raise hunt.sender.nothing_sent()
        hunt.report.broken = tuple(
            replace(client.shown(b.judgement, b.exchange), count=hunt.counts[cause], case=hunt.first[cause])
            for cause, b in hunt.smallest.items()
        )
        return hunt.report

    def _strategy(self, operation: Operation, mode: GenerationMode) -> SearchStrategy[_Case]:
        contract, session = self._session.contract, self._session
        headers = {"AI-Resource-Group": session.target.resource_group}
        if operation.parameter("AI-Resource-Group") is None:
            headers = {}
        if mode is GenerationMode.POSITIVE:
            document = description.positive(contract, [operation], self.pool, session.capabilities)
            own = None
        else:
            document = description.negative(contract, operation, self.pool)
            # A wrong body is refused for its own sake only where what it is for exists.
            own = description.own(operation, self.pool)
        described = engine.operations(document)[operation.id]
        strategy: SearchStrategy[_Case] = described.as_strategy(mode, headers=headers, path_parameters=own)
        return strategy

    def _drive(self, hunt: _Hunt, strategy: SearchStrategy[_Case], mode: GenerationMode, attempt: int) -> bool:
        """One pass over generated data; True when it ended at a cause that is new."""
        config = self._session.config
        number = zlib.crc32(f"{config.seed}/{hunt.operation.id}/{mode.value}/{attempt}".encode())
        hunt.budget, hunt.case = None, 0

        @seed(number)
        @settings(
            max_examples=config.max_examples,
            database=None,
            deadline=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            phases=(Phase.generate, Phase.shrink),
        )
        @given(strategy)
        def examine(case: _Case) -> None:
            try:
                self._examine(hunt, case, mode)
            except (CheckFailure, FailureGroup):
                raise
            except Exception as error:
                raise engine.Over(error) from error

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", HypothesisWarning)
                examine()
        except (engine.Over, Flaky) as end:
            engine.leave(end)
        except (FailureGroup, CheckFailure) as group:
            causes = {b.cause for b in (getattr(group, "exceptions", None) or [group]) if isinstance(b, Broken)}
            hunt.reported |= causes
            return bool(causes)
        except Unsatisfiable:
            # There is no wrong request to an operation that takes no input.
            return False
        return False

    def _examine(self, hunt: _Hunt, case: _Case, mode: GenerationMode) -> None:
        hunt.case += 1
        wire = encode(hunt.operation, case, unambiguous=mode is GenerationMode.POSITIVE)
        if wire is None:
            return
        if wire.key not in hunt.seen:
            if hunt.budget is not None:
                if hunt.budget <= 0:
                    return
                hunt.budget -= 1
            exchange = self._send(hunt, wire, mode)
            if exchange is None:
                return
            _count(hunt, mode, exchange)
            if mode is GenerationMode.POSITIVE and exchange.ok:
                hunt.accepted.append(wire)
            failures = tuple(self._judge(hunt, wire, mode, exchange))
            hunt.seen[wire.key] = failures
            hunt.counts.update(failure.cause for failure in failures)
        new = [failure for failure in hunt.seen[wire.key] if failure.cause not in hunt.reported]
        if not new:
            return
        if hunt.budget is None:
            hunt.budget = _SHRINK
        for failure in new:
            hunt.first.setdefault(failure.cause, hunt.case)
            # Hypothesis ends with its smallest example: the last one is the one to show.
            hunt.smallest[failure.cause] = failure
        case.validate_response(as_response(new[0].exchange), checks=[_check(failure) for failure in new])

    def _examine_listed(self, hunt: _Hunt) -> None:
        """The cases that do not depend on chance; they are as small as can be already."""
        session = self._session
        limit = Limits(session.capabilities.meta).largest_file
        for case in coverage_cases.listed(session.contract, hunt.operation, hunt.accepted, largest_file=limit):
            if case.wire.key in hunt.seen:
                continue
            if case.mode is None:
                self._look_up(case.wire)
            exchange = self._send(hunt, case.wire, case.mode)
            if exchange is None:
                continue
            _count(hunt, case.mode, exchange)
            failures = tuple(self._judge(hunt, case.wire, case.mode, exchange))
            hunt.seen[case.wire.key] = failures
            hunt.counts.update(failure.cause for failure in failures)
            for failure in failures:
                # Number 0: it takes no generated case to find it.
                hunt.first.setdefault(failure.cause, 0)
                hunt.smallest.setdefault(failure.cause, failure)

    def _look_up(self, wire: Wire) -> None:
        """Ask for what an example would change: the guard lets through what GET does not find."""
        if wire.operation.effect == "read":
            return
        for named in self._session.resources.ids_named(
            wire.operation, wire.path_parameters, wire.query_values, wire.value
        ):
            self.pool.look_up(named)

    def _send(self, hunt: _Hunt, wire: Wire, mode: GenerationMode | None) -> Exchange | None:
        most = self._most(hunt.operation)
        # What is not wrong shares the budget of what is right.
        spent = mode or GenerationMode.POSITIVE
        if most is not None and hunt.created[spent] >= most:
            return None
        if mode is GenerationMode.POSITIVE:
            wire = self._in_time(hunt.operation, wire)
        exchange = hunt.sender.send(hunt.operation, wire, repeat=mode is GenerationMode.POSITIVE)
        if exchange is not None:
            hunt.created[spent] += exchange.ok
        return exchange

    def _most(self, operation: Operation) -> int | None:
        """How many resources the cases of one mode may create, None for no limit."""
        created = next(iter(self._session.resources.creates(operation)), None)
        return amounts.generated(created, disposable=self.pool.disposable) if created is not None else None

    def _in_time(self, operation: Operation, wire: Wire) -> Wire:
        """The request with one that can be stopped, where it would change one that may have ended by itself."""
        resources = self._session.resources
        resource = resources.resource_of(operation)
        if resource is None or resource.life is None or resources.role_of(operation) != Role.MODIFY:
            return wire
        named = wire.path_parameters.get(resource.id_parameter, "")
        ends = resource.life.goal in resource.life.terminal
        if not ends or not resource.life.stop or named not in self.pool.ids(resource, spare=True):
            return wire
        return wire.naming({resource.id_parameter: self.pool.stoppable(resource, named)})

    def _judge(self, hunt: _Hunt, wire: Wire, mode: GenerationMode | None, exchange: Exchange) -> list[Broken]:
        """What the answer breaks; what it keeps or breaks is among the ``judged`` of the report afterwards."""
        label = hunt.operation.label
        broken = [Broken(label, judgement, exchange) for judgement in hunt.client.judge(hunt.operation, exchange)]
        if mode is GenerationMode.NEGATIVE and (exchange.ok or oracle.is_refusal(exchange)):
            for requirement, rule in self._wrong(hunt.operation, wire):
                hunt.report.judged.add(requirement)
                broken += [Broken.rule(label, requirement, rule, exchange)] if exchange.ok else []
        if mode is GenerationMode.POSITIVE and oracle.names_only_real_things(exchange.url, exchange.request_body):
            is_refused = self._is_refused(hunt, wire, exchange)
            if is_refused or (exchange.ok and self._session.resources.is_promised(hunt.operation)):
                hunt.report.judged.add(oracle.ACCEPTED)
            if is_refused:
                rule = "a 2xx status: the request is valid and names only real things"
                broken.append(Broken.rule(label, oracle.ACCEPTED, rule, exchange))
        return broken

    def _wrong(self, operation: Operation, wire: Wire) -> Iterator[tuple[str, str]]:
        """The requirements by which the request has to be refused beyond doubt, each with what it expects."""
        contract, offered = self._session.contract, self._session.capabilities.has
        # A target may pass over a member of what it does not offer (A2, F25).
        gated = self._session.resources.gated_members(operation)
        unread = {member for member, capability in gated.items() if not offered(capability)}
        if oracle.names_wrong_id(contract, operation, wire.path_parameters):
            yield oracle.PATH_REFUSED, "400 or 404 for a path id that breaks its pattern"
        if oracle.can_be_wrong(contract, operation):
            why = oracle.is_wrong_body(contract, operation, wire.value, unread) if wire.is_json else "it is no JSON"
            if why:
                yield oracle.BODY_REFUSED, f"400 for a body that is wrong: {why}"

    def _is_refused(self, hunt: _Hunt, wire: Wire, exchange: Exchange) -> bool:
        if not oracle.is_refusal(exchange):
            return False
        if not oracle.is_promised(hunt.operation, self.pool) or not self._is_possible(hunt):
            return False
        if exchange.status == 404 and _VERSION in wire.query_values:
            # Templates may have been synchronised since the version was read (M25).
            return False
        again = self._send(hunt, wire, GenerationMode.POSITIVE)
        return again is not None and again.status == exchange.status

    def _is_possible(self, hunt: _Hunt) -> bool:
        """Whether the plainest request of the kind still works: how many there may be at once is not published."""
        # A deployment that only shows that there can be one more costs money.
        runs = {resource.cost.runs for resource in self._session.resources.creates(hunt.operation)[:1]}
        costs = Runs.UNTIL_STOPPED in runs and not self.pool.disposable
        return not costs and self.pool.can_make(hunt.operation)


def _count(hunt: _Hunt, mode: GenerationMode | None, exchange: Exchange) -> None:
    if mode is GenerationMode.POSITIVE:
        hunt.report.positive += 1
        hunt.report.accepted += exchange.ok
    else:
        hunt.report.negative += 1


def _check(failure: Broken) -> Callable[..., bool | None]:
    def check(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: _Case) -> bool | None:
        raise failure

    check.__name__ = failure.judgement.requirement
    return check
