"""Drives one operation with schemathesis: generates, sends, judges, shrinks, and says what it found."""

from __future__ import annotations

import tempfile
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.configuration import set_hypothesis_home_dir
from hypothesis.errors import HypothesisWarning, Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis.core.failures import Failure as CheckFailure
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from lmconform.contract.openapi import Operation
from lmconform.errors import ContractError, NotTestable, SafetyRefusal
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import doubt, pool
from lmconform.fuzz.description import narrowed
from lmconform.fuzz.wire import Wire, as_response, encode
from lmconform.target.client import Client
from lmconform.target.session import Session

_Case = schemathesis.Case[Any]

# How many requests may follow the first sight of a cause, to make its example small.
_SHRINK = 120
_CAUSES = 4
_BROKEN_CONNECTIONS = 3
# On a tenant nobody wants hundreds of artifacts that cannot be deleted.
_CREATIONS = 8
_CHANGES = frozenset({"modifyExecution", "modifyExecutions", "deleteExecution", "deleteMetrics"})
_CREATES = frozenset({"createArtifact", "createConfiguration", "createExecution", "createExecutionForConfiguration"})


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause: a requirement, the smallest exchange that shows it, and how many requests did."""

    requirement: str
    expected: str
    actual: str
    exchange: Exchange
    count: int


@dataclass(slots=True)
class Report:
    """What fuzzing one operation gave; ``accepted`` counts 2xx among the positive cases."""

    positive: int = 0
    negative: int = 0
    accepted: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def cases(self) -> int:
        """All requests that were generated and sent."""
        return self.positive + self.negative


class _Broken(CheckFailure):
    """One of our findings, as schemathesis carries it."""

    __slots__ = ("actual", "exchange", "expected", "requirement")

    def __init__(self, operation: str, requirement: str, expected: str, actual: str, exchange: Exchange) -> None:
        super().__init__(operation=operation, title=requirement, message=f"expected {expected}, got {actual}")
        self.requirement = requirement
        self.expected = expected
        self.actual = actual
        self.exchange = exchange

    @property
    def cause(self) -> tuple[str, int]:
        """Findings with the same cause are one."""
        return self.requirement, self.exchange.status

    @property
    def _unique_key(self) -> str:
        return f"{self.requirement}/{self.exchange.status}"


@dataclass(slots=True)
class _Hunt:
    """The state of fuzzing one operation."""

    client: Client
    operation: Operation
    report: Report = field(default_factory=Report)
    seen: dict[tuple[Any, ...], tuple[_Broken, ...]] = field(default_factory=dict)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)
    smallest: dict[tuple[str, int], _Broken] = field(default_factory=dict)
    told: set[tuple[str, int]] = field(default_factory=set)
    budget: int | None = None
    dropped: int = 0
    created: int = 0


class Fuzzer:
    """Generates for all operations of one session; its own resources are made when it is."""

    def __init__(self, session: Session) -> None:
        # Hypothesis keeps files; a run leaves none in the folder where somebody started it.
        set_hypothesis_home_dir(tempfile.mkdtemp(prefix="lmconform-hypothesis-"))
        self._session = session
        self._pool = pool.fill(session)
        self._right = _operations(narrowed(session.contract, self._pool))
        self._wrong = _operations(session.contract.document)

    def run(self, operation: Operation, client: Client) -> Report:
        """Positive, then negative data for ``operation``; raises NotTestable when it breaks connections."""
        hunt = _Hunt(client, operation)
        if operation.id in _CHANGES and self._session.target.is_mock:
            pool.replace_spare(self._session, self._pool)
            self._right = _operations(narrowed(self._session.contract, self._pool))
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = self._strategy(operation, mode)
            for attempt in range(_CAUSES):
                if not self._drive(hunt, strategy, mode, attempt):
                    break
        hunt.report.findings = tuple(
            Finding(broken.requirement, broken.expected, broken.actual, broken.exchange, hunt.counts[cause])
            for cause, broken in hunt.smallest.items()
        )
        return hunt.report

    def _strategy(self, operation: Operation, mode: GenerationMode) -> SearchStrategy[_Case]:
        headers = {"AI-Resource-Group": self._session.target.resource_group}
        if operation.parameter("AI-Resource-Group") is None:
            headers = {}
        if mode is GenerationMode.POSITIVE:
            found: SearchStrategy[_Case] = self._right[operation.id].as_strategy(mode, headers=headers)
            return found
        path = None
        if operation.request_body is not None and "{executionId}" in operation.path:
            # A wrong body is refused for its own sake only where the execution exists.
            path = {"executionId": next(iter(self._pool.spare), pool.ABSENT)}
        strategy: SearchStrategy[_Case] = self._wrong[operation.id].as_strategy(
            mode, headers=headers, path_parameters=path
        )
        return strategy

    def _drive(self, hunt: _Hunt, strategy: SearchStrategy[_Case], mode: GenerationMode, attempt: int) -> bool:
        """One pass over generated data; True when it ended at a cause that is new."""
        config = self._session.config
        number = zlib.crc32(f"{config.seed}/{hunt.operation.id}/{mode.value}/{attempt}".encode())
        hunt.budget = None

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
            self._examine(hunt, case, mode)

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", HypothesisWarning)
                examine()
        except (FailureGroup, CheckFailure) as group:
            causes = {b.cause for b in (getattr(group, "exceptions", None) or [group]) if isinstance(b, _Broken)}
            hunt.told |= causes
            return bool(causes)
        except Unsatisfiable:
            # There is no wrong request to an operation that takes no input.
            return False
        return False

    def _examine(self, hunt: _Hunt, case: _Case, mode: GenerationMode) -> None:
        wire = encode(hunt.operation, case)
        if wire is None:
            return
        if wire.key not in hunt.seen:
            if hunt.budget is not None:
                if hunt.budget <= 0:
                    return
                hunt.budget -= 1
            exchange = self._send(hunt, wire, repeat=mode is GenerationMode.POSITIVE)
            if exchange is None:
                return
            _count(hunt, mode, exchange)
            failures = tuple(self._judge(hunt, wire, mode, exchange))
            hunt.seen[wire.key] = failures
            for failure in failures:
                hunt.counts[failure.cause] = hunt.counts.get(failure.cause, 0) + 1
        new = [failure for failure in hunt.seen[wire.key] if failure.cause not in hunt.told]
        if not new:
            return
        if hunt.budget is None:
            hunt.budget = _SHRINK
        for failure in new:
            # Hypothesis ends with its smallest example: the last one is the one to show.
            hunt.smallest[failure.cause] = failure
        case.validate_response(as_response(new[0].exchange), checks=[_check(failure) for failure in new])

    def _send(self, hunt: _Hunt, wire: Wire, *, repeat: bool = True) -> Exchange | None:
        if hunt.operation.id in _CREATES and not self._session.target.is_mock and hunt.created >= _CREATIONS:
            return None
        try:
            exchange = hunt.client.dispatch(
                hunt.operation,
                wire.request(hunt.client.item, repeat),
                wire.path_parameters,
                wire.query_values,
                judge=False,
            )
        except SafetyRefusal:
            return None
        except NotTestable as error:
            hunt.dropped += 1
            if hunt.dropped >= _BROKEN_CONNECTIONS:
                raise NotTestable(f"{hunt.dropped} generated requests got no answer, the last: {error}") from error
            return None
        hunt.created += exchange.ok
        return exchange

    def _judge(self, hunt: _Hunt, wire: Wire, mode: GenerationMode, exchange: Exchange) -> list[_Broken]:
        label = hunt.operation.label
        found = [
            _Broken(label, f.requirement, f.expected, f.actual, exchange)
            for f in hunt.client.judge(hunt.operation, exchange)
        ]
        if mode is GenerationMode.NEGATIVE and exchange.ok:
            wrong_id = next((v for v in wire.path_parameters.values() if doubt.is_wrong_id(v)), None)
            if wrong_id is not None:
                rule = "400 or 404 for a path id that breaks its pattern"
                found.append(_Broken(label, "LM-FUZZ-NEGATIVE-PATH-REFUSED", rule, exchange.brief, exchange))
            why = self._why_wrong(hunt.operation, wire)
            if why:
                rule = f"400 for a body that is wrong: {why}"
                found.append(_Broken(label, "LM-FUZZ-NEGATIVE-BODY-REFUSED", rule, exchange.brief, exchange))
        if mode is GenerationMode.POSITIVE and self._is_refused(hunt, wire, exchange):
            rule = "a 2xx status: the request is valid and names real things alone"
            found.append(_Broken(label, "LM-FUZZ-POSITIVE-ACCEPTED", rule, exchange.brief, exchange))
        return found

    def _why_wrong(self, operation: Operation, wire: Wire) -> str:
        if operation.request_body is None:
            return ""
        if not wire.is_json:
            return "" if operation.id == "modifyExecutions" else "it is no JSON"
        return doubt.is_wrong_body(self._session.contract, operation, wire.value)

    def _is_refused(self, hunt: _Hunt, wire: Wire, exchange: Exchange) -> bool:
        if hunt.operation.id not in doubt.JUDGED or not 400 <= exchange.status < 500:
            return False
        if exchange.status in doubt.NO_REFUSAL or "quota" in exchange.text.lower():
            return False
        if not self._pool.steady or not doubt.names_only_real_things(exchange.url, exchange.request_body):
            return False
        again = self._send(hunt, wire)
        return again is not None and again.status == exchange.status


def _count(hunt: _Hunt, mode: GenerationMode, exchange: Exchange) -> None:
    if mode is GenerationMode.POSITIVE:
        hunt.report.positive += 1
        hunt.report.accepted += exchange.ok
    else:
        hunt.report.negative += 1


def _check(failure: _Broken) -> Callable[..., bool | None]:
    def check(ctx: schemathesis.CheckContext, response: schemathesis.Response, case: _Case) -> bool | None:
        raise failure

    check.__name__ = failure.requirement
    return check


def _operations(document: dict[str, Any]) -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(document)
    found: dict[str, Any] = {}
    for result in schema.get_all_operations():
        if not isinstance(result, Ok):
            raise ContractError(f"schemathesis cannot read the contract: {result.err()}")
        found[result.ok().definition.raw["operationId"]] = result.ok()
    return found
