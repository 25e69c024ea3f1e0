"""Turns what an item found into result events: one place knows levels, gates and texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lmconform.contract.requirements import Register, Requirement
from lmconform.evidence.redaction import Redactor
from lmconform.outcomes import Level, Outcome, broken, gates
from lmconform.results.events import Result


@dataclass(frozen=True, slots=True)
class Statement:
    """What an item says about one requirement, before levels and gates are looked up.

    ``suffix`` tells results of one item apart; the item's own result has none.
    ``inconclusive``: not testable, and nobody is to blame, so it does not gate.
    """

    requirement: str
    ok: bool | None
    suffix: str = ""
    skipped: Outcome | None = None
    inconclusive: bool = False
    operation: str = ""
    expected: str = ""
    actual: str = ""
    message: str = ""
    because: str = ""
    exchanges: tuple[str, ...] = ()
    request: str = ""
    duration: float = 0.0
    cases: int = 0
    positive: int = 0
    accepted: int = 0
    case: int = 0
    count: int = 1


def result(item: str, statement: Statement, register: Register, redactor: Redactor, again: str) -> Result:
    """The result event of ``statement``; every text is redacted."""
    requirement = register[statement.requirement]
    outcome = _outcome(statement, requirement)
    message = statement.message
    if statement.count > 1:
        message = f"{message} ({statement.count} requests)".strip()
    return Result(
        id=f"{item}#{statement.suffix}" if statement.suffix else item,
        item=item,
        requirements=(requirement.id,),
        level=requirement.level,
        evidence=requirement.evidence,
        outcome=outcome,
        gates=not statement.inconclusive and gates(outcome, requirement.level, requirement.evidence),
        operation=statement.operation,
        text=requirement.text,
        source=requirement.source,
        expected=redactor.text(statement.expected),
        actual=redactor.text(statement.actual),
        message=redactor.text(message),
        because=redactor.text(statement.because),
        exchanges=statement.exchanges,
        request=redactor.text(statement.request),
        again=again,
        duration=round(statement.duration, 4),
        cases=statement.cases,
        positive=statement.positive,
        accepted=statement.accepted,
        case=statement.case,
    )


def not_run(requirement: str, because: str) -> Statement:
    """What an item says that was left out on purpose: nobody judged, nothing gates."""
    return Statement(requirement, None, skipped=Outcome.NOT_TESTABLE, inconclusive=True, because=because)


def error(item: str, requirements: Iterable[str], message: str, duration: float) -> Result:
    """The result of an item that we could not run."""
    return Result(
        id=item,
        item=item,
        requirements=tuple(requirements),
        level=Level.MUST,
        evidence="",
        outcome=Outcome.ERROR,
        gates=False,
        message=message,
        duration=round(duration, 4),
    )


def _outcome(statement: Statement, requirement: Requirement) -> Outcome:
    if statement.skipped is not None:
        return statement.skipped
    return Outcome.PASS if statement.ok else broken(requirement.level, requirement.evidence)
