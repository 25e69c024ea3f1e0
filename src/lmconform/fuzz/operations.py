"""Drives one operation with schemathesis: generates, sends, judges, and shrinks what breaks something."""

from __future__ import annotations

import warnings
import zlib
from collections import Counter
from collections.abc import Callable
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
from lmconform.contract.openapi import Operation
from lmconform.errors import NotApplicable
from lmconform.evidence.exchange import Exchange
from lmconform.fuzz import description, engine, oracle
from lmconform.fuzz.case_encoding import Wire, as_response, encode
from lmconform.fuzz.findings import Broken, Cause, Report
from lmconform.fuzz.pool import Pool
from lmconform.fuzz.sending import Sender

_Case = schemathesis.Case[Any]

# How many requests may follow the first sight of a cause, to make its example small.
_SHRINK = 120
_CAUSES = 4
# On a tenant nobody wants hundreds of artifacts that cannot be deleted, and deployments cost money.
_CREATIONS = {
    **dict.fromkeys(("createArtifact", "createConfiguration", "createExecution", "uploadFile"), 8),
    **{"createExecutionForConfiguration": 8, "createExecutionSchedule": 4, "createDeployment": 1},
}
_CHANGED = {
    **dict.fromkeys(("modifyExecution", "modifyExecutions", "deleteExecution", "deleteMetrics"), "execution"),
    **dict.fromkeys(("modifyDeployment", "modifyDeployments", "deleteDeployment"), "deployment"),
    **dict.fromkeys(("modifyExecutionSchedule", "deleteExecutionSchedule"), "schedule"),
    "deleteFile": "file",
}


@dataclass(slots=True)
class _Hunt:
    """The state of fuzzing one operation."""

    client: Client
    operation: Operation
    report: Report = field(default_factory=Report)
    seen: dict[tuple[Any, ...], tuple[Broken, ...]] = field(default_factory=dict)
    counts: Counter[Cause] = field(default_factory=Counter)
    smallest: dict[Cause, Broken] = field(default_factory=dict)
    told: set[Cause] = field(default_factory=set)
    first: dict[Cause, int] = field(default_factory=dict)
    case: int = 0
    budget: int | None = None
    created: Counter[GenerationMode] = field(default_factory=Counter)
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

        Raises NotApplicable when the target does not advertise it, NotTestable when it breaks connections.
        """
        reason = oracle.why_not(self._session.capabilities, operation)
        if reason:
            raise NotApplicable(reason)
        hunt = _Hunt(client, operation)
        kind = _CHANGED.get(operation.id)
        if kind is not None:
            self.pool.replace_spare(kind)
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            strategy = self._strategy(operation, mode)
            for attempt in range(_CAUSES):
                if not self._drive(hunt, strategy, mode, attempt):
                    break
        hunt.report.judged.update(oracle.judged(operation))
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
            hunt.told |= causes
            return bool(causes)
        except Unsatisfiable:
            # There is no wrong request to an operation that takes no input.
            return False
        return False

    def _examine(self, hunt: _Hunt, case: _Case, mode: GenerationMode) -> None:
        hunt.case += 1
        wire = encode(hunt.operation, case)
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
            failures = tuple(self._judge(hunt, wire, mode, exchange))
            hunt.seen[wire.key] = failures
            hunt.counts.update(failure.cause for failure in failures)
        new = [failure for failure in hunt.seen[wire.key] if failure.cause not in hunt.told]
        if not new:
            return
        if hunt.budget is None:
            hunt.budget = _SHRINK
        for failure in new:
            hunt.first.setdefault(failure.cause, hunt.case)
            # Hypothesis ends with its smallest example: the last one is the one to show.
            hunt.smallest[failure.cause] = failure
        case.validate_response(as_response(new[0].exchange), checks=[_check(failure) for failure in new])

    def _send(self, hunt: _Hunt, wire: Wire, mode: GenerationMode) -> Exchange | None:
        most = _CREATIONS.get(hunt.operation.id)
        if most is not None and not self._session.target.disposable and hunt.created[mode] >= most:
            return None
        exchange = hunt.sender.send(hunt.operation, wire, repeat=mode is GenerationMode.POSITIVE)
        if exchange is not None:
            hunt.created[mode] += exchange.ok
        return exchange

    def _judge(self, hunt: _Hunt, wire: Wire, mode: GenerationMode, exchange: Exchange) -> list[Broken]:
        label = hunt.operation.label
        broken = [Broken(label, judgement, exchange) for judgement in hunt.client.judge(hunt.operation, exchange)]
        if mode is GenerationMode.NEGATIVE and exchange.ok:
            ids = [value for name, value in wire.path_parameters.items() if name != "path"]
            if oracle.must_refuse_wrong_ids(hunt.operation) and any(oracle.is_wrong_id(value) for value in ids):
                rule = "400 or 404 for a path id that breaks its pattern"
                broken.append(Broken.rule(label, oracle.PATH_REFUSED, rule, exchange))
            why = self._why_wrong(hunt.operation, wire)
            if why:
                rule = f"400 for a body that is wrong: {why}"
                broken.append(Broken.rule(label, oracle.BODY_REFUSED, rule, exchange))
        if mode is GenerationMode.POSITIVE and self._is_refused(hunt, wire, exchange):
            rule = "a 2xx status: the request is valid and names real things alone"
            broken.append(Broken.rule(label, oracle.ACCEPTED, rule, exchange))
        return broken

    def _why_wrong(self, operation: Operation, wire: Wire) -> str:
        if not oracle.can_be_wrong(operation):
            return ""
        return oracle.is_wrong_body(self._session.contract, operation, wire.value) if wire.is_json else "it is no JSON"

    def _is_refused(self, hunt: _Hunt, wire: Wire, exchange: Exchange) -> bool:
        if not oracle.is_refusal(exchange):
            return False
        if not oracle.names_only_real_things(exchange.url, exchange.request_body):
            return False
        if not oracle.is_promised(hunt.operation, self.pool) or not self._is_possible(hunt):
            return False
        again = self._send(hunt, wire, GenerationMode.POSITIVE)
        return again is not None and again.status == exchange.status

    def _is_possible(self, hunt: _Hunt) -> bool:
        """Whether the plainest request of the kind still works: how many there may be at once is not published."""
        # Nobody pays for a deployment that only shows that there can be one more.
        is_free = hunt.operation.id != "createDeployment" or self._session.target.disposable
        return is_free and self.pool.can_start(hunt.operation.id)


def _count(hunt: _Hunt, mode: GenerationMode, exchange: Exchange) -> None:
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
