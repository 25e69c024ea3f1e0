"""One word for a whole run, and the exit code that follows from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from lmconform.contract.requirements import Register
from lmconform.exit_codes import ExitCode
from lmconform.judgement import Level, Outcome
from lmconform.results.events import Result


class Verdict(StrEnum):
    """The word for a whole run."""

    CONFORMANT = "conformant"  # every MUST that applies was exercised, and none is broken
    WAIVED = "waived"  # every MUST that applies was exercised, and what is broken fails as waivers say
    PARTIAL = "partial"  # none is broken without a waiver, and some MUST was not exercised
    NONCONFORMANT = "nonconformant"  # something gates
    INCOMPLETE = "incomplete"  # the run ended early, or we made an error


@dataclass(slots=True)
class Tally:
    """Counts results as they come; memory grows with the register, not with the run."""

    counts: Counter[str] = field(default_factory=Counter)
    # Results that say something against the target, MUSTs that waivers excuse, and waivers to be removed.
    gating: int = 0
    waived: int = 0
    stale: int = 0
    fuzz_cases: int = 0
    judged: set[str] = field(default_factory=set)
    not_applicable: set[str] = field(default_factory=set)

    def add(self, result: Result) -> None:
        """Count one result."""
        self.counts[result.outcome] += 1
        self.gating += result.gates and result.outcome != Outcome.XPASS
        self.waived += result.outcome == Outcome.XFAIL and result.level == Level.MUST
        self.stale += result.outcome == Outcome.XPASS
        self.fuzz_cases += result.cases
        if result.outcome == Outcome.NOT_APPLICABLE:
            self.not_applicable.update(result.requirements)
        elif result.outcome not in (Outcome.NOT_TESTABLE, Outcome.ERROR):
            self.judged.update(result.requirements)

    def not_exercised(self, register: Register) -> tuple[str, ...]:
        """The MUSTs of the register that apply and that nothing judged."""
        return tuple(
            r.id
            for r in register.values()
            if r.level is Level.MUST
            and r.may_gate
            and not r.excluded
            and r.id not in self.judged
            and r.id not in self.not_applicable
        )

    def verdict(self, register: Register, *, complete: bool) -> Verdict:
        """The word for what was counted."""
        if self.gating:
            return Verdict.NONCONFORMANT if complete else Verdict.INCOMPLETE
        if not complete or self.counts[Outcome.ERROR]:
            return Verdict.INCOMPLETE
        if self.not_exercised(register):
            return Verdict.PARTIAL
        return Verdict.WAIVED if self.waived else Verdict.CONFORMANT


def exit_code(verdict: Verdict, *, require_conformant: bool, stale_waivers: int = 0) -> ExitCode:
    """What the process returns for ``verdict``; waivers that are to be removed fail a gate that passes otherwise."""
    match verdict:
        case Verdict.CONFORMANT | Verdict.WAIVED | Verdict.PARTIAL if stale_waivers:
            return ExitCode.FAILED
        case Verdict.CONFORMANT | Verdict.WAIVED:
            return ExitCode.PASSED
        case Verdict.PARTIAL:
            return ExitCode.FAILED if require_conformant else ExitCode.PASSED
        case Verdict.NONCONFORMANT:
            return ExitCode.FAILED
        case Verdict.INCOMPLETE:
            return ExitCode.INCOMPLETE
