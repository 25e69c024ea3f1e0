"""The outcome of a judged requirement, and the one rule that says which of them gate."""

from __future__ import annotations

from enum import StrEnum


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
    ASSUMED = "assumed"  # nobody published it

    @property
    def may_gate(self) -> bool:
        """Whether breaking a requirement with this evidence may fail anybody's build."""
        return self is not Evidence.ASSUMED


class Outcome(StrEnum):
    """What became of one requirement at one item of a run."""

    PASS = "PASS"
    FAIL = "FAIL"
    WARN = "WARN"
    INFO = "INFO"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    NOT_TESTABLE = "NOT_TESTABLE"
    ERROR = "ERROR"

    @property
    def is_finding(self) -> bool:
        """Whether somebody has to look at it."""
        return self not in (Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.INFO)


def broken(level: Level, evidence: Evidence) -> Outcome:
    """The outcome of a requirement that the target breaks."""
    if not evidence.may_gate:
        return Outcome.INFO
    return {Level.MUST: Outcome.FAIL, Level.SHOULD: Outcome.WARN, Level.MAY: Outcome.INFO}[level]


def gates(outcome: Outcome, level: Level, evidence: Evidence) -> bool:
    """Whether this outcome fails the gate.

    A requirement that could not be exercised gates with its level: otherwise a server that
    refuses what it advertises would look better than one that does it wrongly.
    """
    if not evidence.may_gate:
        return False
    if outcome is Outcome.NOT_TESTABLE:
        return level is Level.MUST
    return outcome is Outcome.FAIL
