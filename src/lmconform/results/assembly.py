"""Turns judgements into result events: levels and gates are looked up, texts are redacted."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lmconform.contract import facts, versions
from lmconform.contract.requirements import Register
from lmconform.evidence.redaction import Redactor
from lmconform.judgement import Judgement, Level, Outcome
from lmconform.results.events import Result

# Characters of one text, and of a curl line; the exchanges have the rest.
_LONGEST_TEXT: Final = 1200
_LONGEST_REQUEST: Final = 4000


def result(item: str, judgement: Judgement, register: Register, redactor: Redactor, again: str) -> Result:
    """The result event of ``judgement``; ``again`` is the command that repeats the item."""
    requirement = register[judgement.requirement]
    outcome, gates = requirement.weigh(judgement.state)
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
        basis=facts.in_words(requirement.source) if outcome.is_finding else "",
        since=versions.first(requirement.since) if outcome.is_finding else "",
        expected=short(redactor.text(judgement.expected)),
        actual=short(redactor.text(judgement.actual)),
        message=short(redactor.text(message)),
        because=short(redactor.text(judgement.because)),
        option=judgement.option,
        exchanges=judgement.exchanges,
        request=_request(redactor.text(judgement.request), judgement.exchanges),
        story=judgement.story if gates or outcome is Outcome.WARN else (),
        again=again,
        duration=round(judgement.duration, 4),
        cases=judgement.cases,
        positive=judgement.positive,
        accepted=judgement.accepted,
        case=judgement.case,
        unscored=requirement.unscored,
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
        message=short(message),
        duration=round(duration, 4),
    )


def remark(
    item: str,
    outcome: Outcome,
    *,
    gates: bool = False,
    expected: str = "",
    actual: str = "",
    because: str = "",
    waiver: str = "",
) -> Result:
    """A result of no requirement: what the run says about itself."""
    return Result(
        id=item,
        item=item,
        requirements=(),
        level=Level.MUST,
        evidence="",
        outcome=outcome,
        gates=gates,
        expected=expected,
        actual=actual,
        because=because,
        waiver=waiver,
    )


def short(text: str) -> str:
    """A redacted text for a report: a target that answers at length must not make reports long."""
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:_LONGEST_TEXT]}… ({len(text) - _LONGEST_TEXT} more characters)"


def _request(line: str, exchanges: Iterable[str]) -> str:
    """A curl line, which cannot be run without its end, or where to look instead."""
    if len(line) <= _LONGEST_REQUEST:
        return line
    return f"# {len(line)} characters, see exchange {next(iter(exchanges), '')} in exchanges.jsonl"
