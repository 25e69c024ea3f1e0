"""The judgement: what an item says about one requirement, and the one rule that says which judgements gate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final


class Level(StrEnum):
    """How strongly a requirement binds, in the sense of RFC 2119."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Evidence(StrEnum):
    """Why we believe that a requirement is promised at all."""

    SPEC = "spec"  # SAP's published OpenAPI description says so
    PROVEN = "proven"  # SAP's own tests show it against a real tenant
    DOCUMENTED = "documented"  # SAP's help pages or tutorials say so
    ASSUMED = "assumed"  # no publication says so

    @property
    def may_gate(self) -> bool:
        """Whether breaking a requirement with this evidence may fail a build."""
        return self is not Evidence.ASSUMED


class State(StrEnum):
    """What a judgement says, before the level of the requirement is looked up."""

    KEPT = "kept"
    BROKEN = "broken"
    NOTED = "noted"  # broken or worth a word, and stated never to gate
    NOT_APPLICABLE = "not applicable"  # the target does not advertise what the requirement is about
    NOT_TESTABLE = "not testable"  # it applies, and the target kept us from judging it
    INCONCLUSIVE = "inconclusive"  # judging needs something that no publication promises

    @property
    def is_judged(self) -> bool:
        """Whether the requirement was exercised at all."""
        return self in (State.KEPT, State.BROKEN, State.NOTED)


class Outcome(StrEnum):
    """What became of one requirement at one item of a run, as reports show it."""

    PASS = "PASS"
    FAIL = "FAIL"
    WARN = "WARN"
    INFO = "INFO"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NOT_TESTABLE = "NOT_TESTABLE"
    ERROR = "ERROR"
    XFAIL = "XFAIL"  # it fails as a waiver says
    XPASS = "XPASS"  # what a waiver names does not fail: the waiver is to be removed

    @property
    def is_finding(self) -> bool:
        """Whether somebody has to look at it."""
        return self not in (Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.INFO, Outcome.XFAIL)


_BROKEN: Final = {Level.MUST: Outcome.FAIL, Level.SHOULD: Outcome.WARN, Level.MAY: Outcome.INFO}
_OTHERWISE: Final = {
    State.KEPT: Outcome.PASS,
    State.BROKEN: Outcome.INFO,
    State.NOTED: Outcome.INFO,
    State.NOT_APPLICABLE: Outcome.NOT_APPLICABLE,
    State.NOT_TESTABLE: Outcome.NOT_TESTABLE,
    State.INCONCLUSIVE: Outcome.NOT_TESTABLE,
}


def weigh(state: State, level: Level, evidence: Evidence) -> tuple[Outcome, bool]:
    """The outcome of a requirement in that state, and whether it fails the gate.

    A MUST that is not testable gates as well: otherwise a server that refuses what it advertises
    would look better than one that does it wrongly. Evidence that is assumed never gates.
    """
    if evidence.may_gate and state is State.BROKEN:
        return _BROKEN[level], level is Level.MUST
    return _OTHERWISE[state], evidence.may_gate and state is State.NOT_TESTABLE and level is Level.MUST


def weigh_waived(*, fails: bool) -> tuple[Outcome, bool]:
    """The outcome of what a waiver names, and whether it fails the gate.

    What fails as the waiver says does not; when nothing does any more, the waiver hides the next defect, and gates.
    """
    return (Outcome.XFAIL, False) if fails else (Outcome.XPASS, True)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an item says about one requirement; every room of the judging side answers with it.

    ``requirement`` is an id of the register; empty when an exception carries the judgement and
    the item that catches it knows the requirement. ``part`` is what distinguishes the judgements
    of one item: an operation id, or the requirement of a check; the item's main judgement has none.
    ``expected``, ``actual`` and ``message`` are short texts for people, ``because`` says why a
    requirement was not judged, ``option`` names the option of a run that would let it be judged.
    ``exchanges`` are ids, the telling one first; ``request`` is a curl line; ``story`` are the requests that led to
    it, the oldest first, as ``evidence.step`` makes them; ``count`` is the number
    of requests that showed it. ``duration`` is in seconds.
    Generated data only: ``cases`` were sent, ``positive`` of them ought to be accepted, ``accepted``
    of these were; ``case`` is the number of the case that was the first to show what is broken.
    """

    requirement: str
    state: State
    part: str = ""
    operation: str = ""
    expected: str = ""
    actual: str = ""
    message: str = ""
    because: str = ""
    option: str = ""
    exchanges: tuple[str, ...] = ()
    request: str = ""
    story: tuple[dict[str, Any], ...] = ()
    count: int = 1
    duration: float = 0.0
    cases: int = 0
    positive: int = 0
    accepted: int = 0
    case: int = 0

    @property
    def text(self) -> str:
        """The sentence that it brings along: a remark, or why nothing was judged."""
        return self.message or self.because


def kept(requirement: str, *, part: str = "", operation: str = "") -> Judgement:
    """The requirement was judged, and it holds."""
    return Judgement(requirement, State.KEPT, part, operation)


def broken(requirement: str, expected: str, actual: str) -> Judgement:
    """The requirement was judged, and it does not hold."""
    return Judgement(requirement, State.BROKEN, expected=expected, actual=actual)


def stated(state: State, text: str, actual: str = "") -> Judgement:
    """A judgement in that state, of a requirement that its item knows.

    ``text`` says why nothing was judged, or remarks on what was.
    """
    if state.is_judged:
        return Judgement("", state, message=text, actual=actual)
    return Judgement("", state, because=text, actual=actual)
