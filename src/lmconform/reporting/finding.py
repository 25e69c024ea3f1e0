"""A finding as every view prints it: the same fields under the same names, made of one result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lmconform.results.events import Result

# Steps that one line of a story names.
_STEPS: Final = 8
# Characters of an answer.
_ANSWER: Final = 300
EVIDENCE: Final = {
    "spec": "SAP's published description says so",
    "proven": "SAP's tests show it on a tenant",
    "documented": "SAP's help pages or tutorials say so",
    "assumed": "no publication says so",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody has to look at. Texts are redacted, and not escaped for a medium.

    ``story`` are the requests that led to it, as results.schema.json describes them, the oldest first.
    """

    result: Result

    @property
    def title(self) -> str:
        """Outcome, requirements, level and operation."""
        ids = ", ".join(self.result.requirements) or self.result.id
        return f"{self.result.outcome} {ids}  {self.result.level}  {self.result.operation}".rstrip()

    @property
    def sentence(self) -> str:
        """The requirement in one sentence; empty where there is none."""
        return self.result.text

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Name and text of what is known of it, in the order in which it is read; what is empty is left out."""
        result = self.result
        found = (
            ("message", result.message),
            ("because", result.because),
            ("waiver", result.waiver),
            ("expected", result.expected),
            ("actual", result.actual),
            ("answer", _answer(result)),
            ("evidence", f"{result.evidence}: {EVIDENCE[result.evidence]}" if result.evidence in EVIDENCE else ""),
            ("source", result.basis or result.source),
            ("since", f"SAP's description {result.since}" if result.since else ""),
            ("story", in_short(result.story)),
            ("again", result.again),
            ("request", result.request),
        )
        return tuple((name, text) for name, text in found if text)

    @property
    def brief(self) -> str:
        """What is wrong, in one line."""
        result = self.result
        if result.because or (result.message and not result.expected):
            return result.because or result.message
        return f"expected {result.expected}, got {result.actual}"

    @property
    def story(self) -> tuple[Mapping[str, Any], ...]:
        """The requests that led to it."""
        return self.result.story


def _answer(result: Result) -> str:
    """Status and beginning of the answer that shows it; empty where ``actual`` begins with it, or there is none."""
    step = next((step for step in reversed(result.story) if step["telling"]), None)
    if step is None or not result.expected or result.actual.startswith(str(step["status"])):
        return ""
    text = " ".join(f"{step['status']} {step['answer']}".split())
    return text if len(text) <= _ANSWER else f"{text[:_ANSWER]}…"


def in_short(story: tuple[Mapping[str, Any], ...]) -> str:
    """The requests of a story in one line: method, path and status of each; empty for one request alone."""
    if len(story) < 2:
        return ""
    named = [f"{s['method']} {s['path']} {s['status']}{_times(s)}" for s in story[-_STEPS:]]
    more = f"{len(story) - _STEPS} more, then " if len(story) > _STEPS else ""
    return more + ", ".join(named)


def _times(step: Mapping[str, Any]) -> str:
    return f" ({step['times']} times)" if step["times"] > 1 else ""
