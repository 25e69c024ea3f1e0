"""What fuzz finds: one finding for each cause, with the smallest exchange that shows it."""

from __future__ import annotations

from dataclasses import dataclass

from schemathesis.core.failures import Failure as CheckFailure

from lmconform.evidence.exchange import Exchange

Cause = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cause: a requirement, the smallest exchange that shows it, and how many requests did.

    ``case`` is the number of the generated case, in its mode, that was the first to show it.
    """

    requirement: str
    expected: str
    actual: str
    exchange: Exchange
    count: int
    message: str = ""
    case: int = 0


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


class Broken(CheckFailure):
    """A finding at one exchange, as schemathesis carries it."""

    __slots__ = ("actual", "exchange", "expected", "requirement")

    def __init__(self, operation: str, requirement: str, expected: str, actual: str, exchange: Exchange) -> None:
        super().__init__(operation=operation, title=requirement, message=f"expected {expected}, got {actual}")
        self.requirement = requirement
        self.expected = expected
        self.actual = actual
        self.exchange = exchange

    @property
    def cause(self) -> Cause:
        """Findings with the same cause are one."""
        return self.requirement, self.exchange.status

    @property
    def _unique_key(self) -> str:
        return f"{self.requirement}/{self.exchange.status}"
