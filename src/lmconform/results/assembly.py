"""Turns judgements into result events: levels and gates are looked up, texts are redacted."""

from __future__ import annotations

from collections.abc import Iterable

from lmconform.contract.requirements import Register
from lmconform.evidence.redaction import Redactor
from lmconform.judgement import Judgement, Level, Outcome, weigh
from lmconform.results.events import Result


def result(item: str, judgement: Judgement, register: Register, redactor: Redactor, again: str) -> Result:
    """The result event of ``judgement``; ``again`` is the command that repeats the item."""
    requirement = register[judgement.requirement]
    outcome, gates = weigh(judgement.state, requirement.level, requirement.evidence)
    message = judgement.message
    if judgement.count > 1:
        message = f"{message} ({judgement.count} requests)".strip()
    return Result(
        id=f"{item}#{judgement.part}" if judgement.part else item,
        item=item,
        requirements=(requirement.id,),
        level=requirement.level,
        evidence=requirement.evidence,
        outcome=outcome,
        gates=gates,
        operation=judgement.operation,
        text=requirement.text,
        source=requirement.source,
        expected=redactor.text(judgement.expected),
        actual=redactor.text(judgement.actual),
        message=redactor.text(message),
        because=redactor.text(judgement.because),
        option=judgement.option,
        exchanges=judgement.exchanges,
        request=redactor.text(judgement.request),
        again=again,
        duration=round(judgement.duration, 4),
        cases=judgement.cases,
        positive=judgement.positive,
        accepted=judgement.accepted,
        case=judgement.case,
    )


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
